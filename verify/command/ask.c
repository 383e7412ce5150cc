/* ask.c: arguments of the commands that look at one case. The options about engines come first in
 * the table of options, those of the command behind them. */
#include "verify/command/ask.h"

#include <string.h>

static const struct command_option shared[] = {
    {"engine", true}, {"step", true},        {"round-delays", false},     {"compat", false},
    {"defect", true}, {"conventions", true}, {"engine-time-limit", true},
};
enum {
    OPTION_ENGINE,
    OPTION_STEP,
    OPTION_ROUND_DELAYS,
    OPTION_COMPAT,
    OPTION_DEFECT,
    OPTION_CONVENTIONS,
    OPTION_TIME_LIMIT,
    SHARED
};
enum { MOST_OPTIONS = 32 };

static bool take_shared(struct ask *ask, int option, const char *value)
{
    struct ver_clock_options *clock = &ask->judge.clock;
    switch (option) {
    case OPTION_ENGINE:
        return command_take_engine(ask->command, value, &ask->judge);
    case OPTION_STEP:
        return command_take_step(ask->command, value, &clock->step);
    case OPTION_DEFECT:
        return command_take_defect(ask->command, value, clock);
    case OPTION_CONVENTIONS:
        command_take_conventions(value, &ask->judge);
        return true;
    case OPTION_TIME_LIMIT:
        return command_take_limit(ask->command, value, &ask->judge);
    case OPTION_ROUND_DELAYS:
        clock->round_delays = true;
        return true;
    default:
        clock->compat = true;
        return true;
    }
}

static bool take(struct ask *ask, int got, const char *value)
{
    if (got == COMMAND_OPERAND && ask->judge.befores == ASK_BEFORE) {
        command_refuse(ask->command, "%s: at most %d cases before it", value, (int)ASK_BEFORE);
        return false;
    }
    if (got == COMMAND_OPERAND && ask->name)
        ask->before[ask->judge.befores++] = ask->name;
    if (got == COMMAND_OPERAND)
        ask->name = value;
    else if (got < SHARED)
        return take_shared(ask, got, value);
    else
        return ask->take(ask, got - SHARED, value);
    return true;
}

/* Cases before it mean something to other programs, which may keep something of them. Their names
 * are tried now. */
static bool check_before(struct ask *ask)
{
    bool program = false, good = true;
    for (size_t e = 0; e < ask->judge.engines; e++)
        program |= ver_engine_is_program(ver_engine_name(ask->judge.engine[e]));
    ask->judge.before = ask->before;
    if (ask->judge.befores > 0 && !program) {
        command_refuse(ask->command,
                       "%s: only one case at a time (but of exec:COMMAND, which is asked about the "
                       "others first)",
                       ask->name);
        return false;
    }
    for (size_t k = 0; k < ask->judge.befores && good; k++) {
        struct case_made made;
        struct case_error error;
        good = ver_load(&made, ask->before[k], &error) == 0;
        if (good)
            case_made_clear(&made);
        else
            command_refuse(ask->command, "%s", error.text);
    }
    return good;
}

static int check(struct ask *ask)
{
    const struct ver_clock_options *clock = &ask->judge.clock;
    if (!ask->name) {
        command_refuse(ask->command, "wants a case (see evident %s --help)", ask->command);
        return COMMAND_BAD;
    }
    if (ask->judge.engines == 0 && (clock->step > 0 || clock->round_delays || clock->compat ||
                                    clock->defects || ask->judge.no_witness)) {
        command_refuse(ask->command, "options about engines want an --engine");
        return COMMAND_BAD;
    }
    if (!check_before(ask) || !command_limit_fits(ask->command, &ask->judge))
        return COMMAND_BAD;
    return command_ask_conventions(ask->command, &ask->judge) ? COMMAND_END : COMMAND_BAD;
}

int ask_read(struct ask *ask, int argc, char **argv)
{
    struct command_option option[MOST_OPTIONS] = {{NULL, false}};
    int own = 0;
    memcpy(option, shared, sizeof shared);
    for (; ask->own[own].name && SHARED + own + 1 < MOST_OPTIONS; own++)
        option[SHARED + own] = ask->own[own];
    struct command_line line = {ask->command, ask->usage, option, argc, argv, 1, false};
    const char *value;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_BAD || got == COMMAND_HELPED)
            return got;
        if (!take(ask, got, value))
            return COMMAND_BAD;
    }
    return check(ask);
}
