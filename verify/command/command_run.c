/* command_run.c: `evident run`, the reference on one case. */
#include "verify/run/engines.h"
#include "verify/command/command.h"

#include <string.h>

static const char usage[] =
    "usage: evident run CASE [options]\n"
    "\n"
    "Simulates a case with proven error bounds and prints spikes, loss, gradients and margins as "
    "one\n"
    "JSON document (format evident-result-1). Every digit printed is proven: a number differs "
    "from\n"
    "the truth by less than one unit in its last place; 0e-81 means less than 1e-81 in size.\n"
    "\n"
    "CASE is a file in format evident-case-1, \"-\" for standard input, or an address\n"
    "FAMILY:SEED:K such as random-deep:1:17 (`evident families` lists the families).\n"
    "\n"
    "  --digits N       decimal digits of every number (default 40)\n"
    "  --adjoints       also lambda_V and lambda_I just before and after every event\n"
    "  --no-gradients   spikes and loss only\n"
    "  --cap BITS       precision at which to give up (default 16384)\n"
    "  --time-limit S   seconds after which to stop (default 600; 0: never)\n"
    "  --spike-limit N  spikes of one sample, inputs left out, at which to stop (default 1000000;\n"
    "                   0: none). Either says which neuron fires most, and how often\n"
    "  --engine NAME    what an engine says instead (clock-host, clock-cuda, clock-emulated): its\n"
    "                   numbers, such that they read back to the same bits; no margins\n"
    "  --step MS        step of the engine instead of the case's own\n"
    "  --round-delays   round delays to whole steps instead of refusing the case\n"
    "  --compat         the published scheme instead of the clean one: defects 1, 2, 4 and 5 and "
    "its\n"
    "                   conventions; spike times are its labels, n dt for a spike that acts at\n"
    "                   (n + 1) dt (\"times\": \"step-begin\", else \"step-end\"). Not in it: 6, 7 "
    "and 18,\n"
    "                   so that gradients of time constants are not the published ones, and the\n"
    "                   phantom spike of a silent output, which is no derivative\n"
    "  --defect N       with published defect N (evident defects), but for 6\n"
    "  --out FILE       write there instead; the file appears whole or not at all\n"
    "\n"
    "A run of more than a second says on a terminal how far it is; elsewhere a line every 30 "
    "seconds,\n"
    "on standard error.\n"
    "Exit code: 0 decided; 1 undecided at the precision cap (the document says why); 2 could not\n"
    "run, or stopped at a limit.\n";

static const struct command_option options[] = {
    {"digits", true},  {"adjoints", false}, {"no-gradients", false}, {"cap", true},
    {"out", true},     {"engine", true},    {"step", true},          {"round-delays", false},
    {"compat", false}, {"defect", true},    {"time-limit", true},    {"spike-limit", true},
    {NULL, false},
};
enum {
    OPTION_DIGITS,
    OPTION_ADJOINTS,
    OPTION_NO_GRADIENTS,
    OPTION_CAP,
    OPTION_OUT,
    OPTION_ENGINE,
    OPTION_STEP,
    OPTION_ROUND_DELAYS,
    OPTION_COMPAT,
    OPTION_DEFECT,
    OPTION_TIME_LIMIT,
    OPTION_SPIKE_LIMIT
};

enum { TIME_LIMIT = 600, SPIKE_LIMIT = 1000000, MOST_SECONDS = 1000000 };

/* A ball of relative radius 10^-(n+2) prints n digits whatever its leading digit is. */
enum { GUARD_DIGITS = 2 };

struct wish {
    const char *name, *out;
    uint64_t digits, cap, seconds, spikes;
    bool adjoints, gradients;
    struct ver_options engine; /* of which only what is about engines counts */
};

static bool take_engine_option(struct wish *wish, int option, const char *value)
{
    struct ver_clock_options *clock = &wish->engine.clock;
    switch (option) {
    case OPTION_ENGINE:
        if (wish->engine.engines > 0)
            return command_refuse("run", "--engine: only one at a time") == 0;
        return command_take_engine("run", value, &wish->engine);
    case OPTION_STEP:
        return command_take_step("run", value, &clock->step);
    case OPTION_DEFECT:
        return command_take_defect("run", value, clock);
    case OPTION_ROUND_DELAYS:
        clock->round_delays = true;
        return true;
    default:
        clock->compat = true;
        return true;
    }
}

/* Options that mean nothing together are refused. */
static bool check_wish(const struct wish *wish)
{
    const struct ver_clock_options *clock = &wish->engine.clock;
    if (!wish->name)
        return command_refuse("run", "wants a case (see evident run --help)") == 0;
    if (wish->adjoints && !wish->gradients)
        return command_refuse("run", "--adjoints and --no-gradients exclude each other") == 0;
    if (wish->adjoints && wish->engine.engines > 0)
        return command_refuse("run", "--adjoints and --engine exclude each other") == 0;
    if (wish->engine.engines == 0 &&
        (clock->step > 0 || clock->round_delays || clock->compat || clock->defects))
        return command_refuse(
                   "run", "--step, --round-delays, --compat and --defect want an --engine") == 0;
    if (clock->defects >> 6 & 1)
        return command_refuse("run", "--defect 6 is known to evident verify only") == 0;
    return true;
}

/* COMMAND_END if the arguments are good, else BAD or HELPED. */
static int read_wish(struct wish *wish, int argc, char **argv)
{
    struct command_line line = {"run", usage, options, argc, argv, 1, false};
    const char *value;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        bool good = true;
        if (got == COMMAND_BAD || got == COMMAND_HELPED)
            return got;
        if (got == COMMAND_OPERAND && wish->name)
            good = command_refuse("run", "%s: only one case at a time", value) == 0;
        else if (got == COMMAND_OPERAND)
            wish->name = value;
        else if (got == OPTION_DIGITS)
            good = command_number("run", "digits", value, 1, COMMAND_MOST_DIGITS, &wish->digits);
        else if (got == OPTION_CAP)
            good = command_number("run", "cap", value, 64, COMMAND_MOST_BITS, &wish->cap);
        else if (got == OPTION_OUT)
            wish->out = value;
        else if (got == OPTION_TIME_LIMIT)
            good = command_number("run", "time-limit", value, 0, MOST_SECONDS, &wish->seconds);
        else if (got == OPTION_SPIKE_LIMIT)
            good = command_number("run", "spike-limit", value, 0, SIZE_MAX, &wish->spikes);
        else if (got >= OPTION_ENGINE)
            good = take_engine_option(wish, got, value);
        wish->adjoints = wish->adjoints || got == OPTION_ADJOINTS;
        wish->gradients = wish->gradients && got != OPTION_NO_GRADIENTS;
        if (!good)
            return COMMAND_BAD;
    }
    return check_wish(wish) ? COMMAND_END : COMMAND_BAD;
}

/* Writes what is asked for: 0, or -1 and error, empty if it is the stream that failed. */
static int put_result(FILE *out, const struct wish *wish, const struct case_problem *c,
                      const struct ref_result *result, struct case_error *error)
{
    struct ver_result_options how = {(long)wish->digits};
    error->text[0] = '\0';
    if (wish->engine.engines > 0)
        return ver_engine_write(out, c, wish->engine.engine[0], &wish->engine.clock,
                                wish->gradients, error);
    if (ver_result_write(out, c, result, &how) == 0)
        return 0;
    if (!ferror(out))
        snprintf(error->text, sizeof error->text, "memory is short");
    return -1;
}

static int write_result(const struct wish *wish, const struct case_problem *c,
                        const struct ref_result *result, int code)
{
    struct case_error error;
    if (!wish->out) {
        if (put_result(stdout, wish, c, result, &error) != 0 && error.text[0])
            return command_refuse("run", "%s", error.text);
        return command_finish("run", code);
    }
    struct ver_file file;
    if (ver_file_open(&file, wish->out, &error) != 0)
        return command_refuse("run", "%s", error.text);
    if (put_result(file.stream, wish, c, result, &error) != 0 && error.text[0]) {
        ver_file_abandon(&file);
        return command_refuse("run", "%s", error.text);
    }
    if (ver_file_commit(&file, &error) != 0)
        return command_refuse("run", "%s", error.text);
    return code;
}

static int run_case(const struct wish *wish, const struct case_problem *c)
{
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    ask.digits = (long)wish->digits + GUARD_DIGITS;
    ask.precision_cap = (long)wish->cap;
    ask.gradients = wish->gradients;
    ask.adjoints = wish->adjoints;
    ask.max_spikes = (size_t)wish->spikes;
    ask.deadline = wish->seconds > 0 ? ver_now() + (double)wish->seconds : 0;
    struct progress progress;
    progress_start_run(&progress, c->end);
    ask.progress = progress_run;
    ask.context = &progress;
    struct ref_result result;
    enum ref_status status = ref_run(&result, c, &ask);
    progress_hide(&progress);
    int code;
    if (status == REF_CAPACITY || status == REF_MEMORY)
        code = command_refuse("run", "%s: %s", wish->name, result.reason);
    else
        code = write_result(wish, c, &result, status == REF_OK ? COMMAND_PASS : COMMAND_FAIL);
    ref_clear(&result);
    return code;
}

int command_run(int argc, char **argv)
{
    struct wish wish = {.digits = 40,
                        .cap = 16384,
                        .seconds = TIME_LIMIT,
                        .spikes = SPIKE_LIMIT,
                        .gradients = true};
    int got = read_wish(&wish, argc, argv);
    if (got == COMMAND_HELPED)
        return command_finish("run", COMMAND_PASS);
    if (got == COMMAND_BAD)
        return COMMAND_COULD_NOT_RUN;
    struct case_made made;
    struct case_error error;
    if (ver_load(&made, wish.name, &error) != 0)
        return command_refuse("run", "%s", error.text);
    int code = wish.engine.engines > 0 ? write_result(&wish, made.problem, NULL, COMMAND_PASS)
                                       : run_case(&wish, made.problem);
    case_made_clear(&made);
    return code;
}
