/* ask.c: arguments of the commands that look at one case. The options about engines come first in
 * the table of options, those of the command behind them. */
#include "verify/ask.h"

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
        return command_take_conventions(ask->command, value, &ask->judge);
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
    if (got == COMMAND_OPERAND && ask->name) {
        command_refuse(ask->command, "%s: only one case at a time", value);
        return false;
    }
    if (got == COMMAND_OPERAND)
        ask->name = value;
    else if (got < SHARED)
        return take_shared(ask, got, value);
    else
        return ask->take(ask, got - SHARED, value);
    return true;
}

static int check(const struct ask *ask)
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
    return command_limit_fits(ask->command, &ask->judge) &&
                   command_ask_conventions(ask->command, &ask->judge)
               ? COMMAND_END
               : COMMAND_BAD;
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
