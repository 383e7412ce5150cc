/* SPDX-License-Identifier: MIT */
/* command_explain.c: `evident explain`, why an engine is wrong on one case. */
#include "verify/command/command.h"
#include "verify/diagnose/explain.h"

#include <string.h>

/* 0 explained, else the exit code. */
static int tell(enum explain_status status, const struct options *options, const char *reason)
{
    bool other = !options->judge.engine[0]->scheme;
    if (status == EXPLAIN_AGREES && other && options->judge.befores == 0)
        return command_refuse("explain",
                              "%s: nothing to explain: every number of %.60s is within its bound; "
                              "if it is wrong after another case: evident explain OTHER %s",
                              case_argument(options), options->judge.engine[0]->name,
                              case_argument(options));
    if (status == EXPLAIN_AGREES)
        return command_refuse("explain",
                              "%s: nothing to explain: every number of %s is within its bound",
                              case_argument(options), options->judge.engine[0]->name);
    return status == EXPLAIN_CANNOT
               ? command_refuse("explain", "%s: %s", case_argument(options), reason)
               : COMMAND_PASS;
}

static int explain_other(const struct options *options, const struct case_made *made)
{
    char reason[512] = "";
    if (options->json)
        return command_refuse("explain", "--json: not of another program");
    enum explain_status status =
        explain_program(stdout, made, case_argument(options), &options->judge,
                        (unsigned)options->around, reason, sizeof reason);
    return tell(status, options, reason);
}

static int explain_it(const struct options *options, const struct case_made *made)
{
    static struct explain explain;
    char reason[512] = "";
    int code = tell(explain_case(&explain, made, case_argument(options), &options->judge, reason,
                                 sizeof reason),
                    options, reason);
    if (code == COMMAND_PASS) {
        if (!options->json)
            explain_text(stdout, &explain, case_argument(options), &options->judge,
                         (unsigned)options->around);
        else if (explain_json(stdout, &explain, case_argument(options),
                              (unsigned)options->around) != 0)
            code = command_refuse("explain", "memory is short");
    }
    explain_clear(&explain);
    return code;
}

static int run(struct options *options)
{
    struct case_made made;
    struct case_error error;
    if (options->judge.engines != 1)
        return command_refuse("explain", "wants one --engine (see evident explain --help)");
    if (ver_load(&made, case_argument(options), &error) != 0)
        return command_refuse("explain", "%s", error.text);
    int code = !options->judge.engine[0]->scheme ? explain_other(options, &made)
                                                 : explain_it(options, &made);
    case_made_clear(&made);
    return code;
}

const struct command command_explain = {
    .name = "explain",
    .operands = "[BEFORE]... CASE --engine NAME",
    .wants = "a case",
    .says = "where an engine goes wrong first, and what that looks like",
    .about =
        "Says where an engine with a fixed step leaves the bounds on its rounding first, not last: "
        "the first wrong spike, V or I from the beginning of the trial, the first wrong adjoint "
        "from its end, the numbers around both, the terms of the worst weight's gradient, an "
        "arrival a line, and which known mistake would give such numbers. The grid is the engine's "
        "own scheme without rounding. Of exec:COMMAND: what was judged wrong, its spikes and the "
        "reference's around the first that differs, the gradients that are furthest off, an "
        "arrival's part of the worst a line.\n"
        "BEFORE are cases that exec:COMMAND is asked about first: it may keep something of them. "
        "CASE is a file, \"-\" or an address FAMILY:SEED:K.\n"
        "Exit status: 0 explained; 2 nothing to explain, or could not run.",
    .examples = "evident explain random-deep:1:0 --engine clock-host --round-delays --defect 1\n",
    .read = case_arguments_read,
    .run = run,
};
