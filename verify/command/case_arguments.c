/* SPDX-License-Identifier: MIT */
/* case_arguments.c: arguments of the commands that look at one case: shrink, explain and plot. */
#include "verify/command/command.h"

const char *case_argument(const struct options *options)
{
    return options->operand[options->operands - 1];
}

/* Cases before it mean something to other programs, which may keep something of them. Their names
 * are tried now. */
static bool check_before(const struct options *options)
{
    const struct ver_options *judge = &options->judge;
    bool program = false;
    for (size_t e = 0; e < judge->engines; e++)
        program |= !judge->engine[e]->scheme;
    if (judge->befores > 0 && !program) {
        command_refuse(options->where,
                       "%s: only one case at a time (but of exec:COMMAND, which is asked about the "
                       "others first)",
                       case_argument(options));
        return false;
    }
    for (size_t k = 0; k < judge->befores; k++) {
        struct case_made made;
        struct case_error error;
        if (ver_load(&made, judge->before[k], &error) != 0) {
            command_refuse(options->where, "%s", error.text);
            return false;
        }
        case_made_clear(&made);
    }
    return true;
}

enum options_status case_arguments_read(struct options *options, int argc, char **argv)
{
    enum options_status status = options_read(options, argc, argv);
    if (status != OPTIONS_GOOD)
        return status;
    options->judge.before = options->operand;
    options->judge.befores = options->operands - 1;
    return check_before(options) && options_engines_fit(options) ? OPTIONS_GOOD : OPTIONS_BAD;
}
