/* command_explain.c: `evident explain`, why an engine is wrong on one case. */
#include "verify/command/ask.h"
#include "verify/diagnose/explain.h"

#include <string.h>

static const char usage[] =
    "usage: evident explain [BEFORE]... CASE --engine NAME [options]\n"
    "\n"
    "Says where an engine with a fixed step leaves the bounds on its rounding first, not last: "
    "the\n"
    "first wrong spike, V or I from the beginning of the trial, the first wrong adjoint from its "
    "end,\n"
    "the numbers around both, the terms of the worst weight's gradient, an arrival a line, and "
    "which\n"
    "known mistake would give such numbers. The grid is the engine's own scheme without rounding.\n"
    "Of exec:COMMAND: what was judged wrong, its spikes and the reference's around the first that\n"
    "differs, the gradients that are furthest off, an arrival's part of the worst a line.\n"
    "\n"
    "BEFORE are cases that exec:COMMAND is asked about first: it may keep something of them.\n"
    "CASE is a file, \"-\" or an address FAMILY:SEED:K. As in evident verify:\n"
    "\n" ASK_USAGE "\n"
    "  --around N       steps, or spikes, to print before and after an event (default 3)\n"
    "  --json           one JSON document instead (evident-explanation-1)\n"
    "\n"
    "Exit code: 0 explained; 2 nothing to explain, or could not run.\n";

static const struct command_option own[] = {{"around", true}, {"json", false}, {NULL, false}};
enum { AROUND, JSON };
enum { MOST_AROUND = 1000000 };

struct wish {
    uint64_t around;
    bool json;
};

static bool take(struct ask *ask, int option, const char *value)
{
    struct wish *wish = ask->context;
    if (option == AROUND)
        return command_number("explain", "around", value, 0, MOST_AROUND, &wish->around);
    return wish->json = true;
}

/* 0 explained, else the exit code. */
static int tell(enum explain_status status, const struct ask *ask, const char *reason)
{
    bool other = ver_engine_is_program(ver_engine_name(ask->judge.engine[0]));
    if (status == EXPLAIN_AGREES && other && ask->judge.befores == 0)
        return command_refuse("explain",
                              "%s: nothing to explain: every number of %.60s is within its bound; "
                              "if it is wrong after another case: evident explain OTHER %s",
                              ask->name, ver_engine_name(ask->judge.engine[0]), ask->name);
    if (status == EXPLAIN_AGREES)
        return command_refuse("explain",
                              "%s: nothing to explain: every number of %s is within its bound",
                              ask->name, ver_engine_name(ask->judge.engine[0]));
    return status == EXPLAIN_CANNOT ? command_refuse("explain", "%s: %s", ask->name, reason)
                                    : COMMAND_PASS;
}

static int explain_other(const struct ask *ask, const struct wish *wish,
                         const struct case_made *made)
{
    char reason[512] = "";
    if (wish->json)
        return command_refuse("explain", "--json: not of another program");
    enum explain_status status = explain_program(stdout, made, ask->name, &ask->judge,
                                                 (unsigned)wish->around, reason, sizeof reason);
    int code = tell(status, ask, reason);
    return code == COMMAND_PASS ? command_finish("explain", code) : code;
}

static int explain_it(const struct ask *ask, const struct wish *wish, const struct case_made *made)
{
    static struct explain explain;
    char reason[512] = "";
    int code = tell(explain_case(&explain, made, ask->name, &ask->judge, reason, sizeof reason),
                    ask, reason);
    if (code == COMMAND_PASS) {
        if (!wish->json)
            explain_text(stdout, &explain, ask->name, &ask->judge, (unsigned)wish->around);
        else if (explain_json(stdout, &explain, ask->name, (unsigned)wish->around) != 0)
            code = command_refuse("explain", "memory is short");
        code = code == COMMAND_PASS ? command_finish("explain", code) : code;
    }
    explain_clear(&explain);
    return code;
}

int command_explain(int argc, char **argv)
{
    struct wish wish = {.around = 3};
    struct ask ask = {.command = "explain",
                      .usage = usage,
                      .own = own,
                      .take = take,
                      .context = &wish,
                      .judge = VER_OPTIONS_DEFAULT};
    struct case_made made;
    struct case_error error;
    int got = ask_read(&ask, argc, argv);
    if (got == COMMAND_HELPED)
        return command_finish("explain", COMMAND_PASS);
    if (got == COMMAND_BAD)
        return COMMAND_COULD_NOT_RUN;
    if (ask.judge.engines != 1)
        return command_refuse("explain", "wants one --engine (see evident explain --help)");
    if (ver_load(&made, ask.name, &error) != 0)
        return command_refuse("explain", "%s", error.text);
    bool other = ver_engine_is_program(ver_engine_name(ask.judge.engine[0]));
    int code = other ? explain_other(&ask, &wish, &made) : explain_it(&ask, &wish, &made);
    case_made_clear(&made);
    return code;
}
