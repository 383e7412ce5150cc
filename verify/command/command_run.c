/* SPDX-License-Identifier: MIT */
/* command_run.c: `evident run`, the reference on one case. */
#include "verify/run/engines.h"
#include "verify/command/command.h"
#include "verify/study/study_line.h"

#include <string.h>

/* A ball of relative radius 10^-(n+2) prints n digits whatever its leading digit is. */
enum { GUARD_DIGITS = 2 };

/* Options that mean nothing together are refused. */
static bool is_good(struct options *options)
{
    const struct ver_options *judge = &options->judge;
    const char *wrong = NULL;
    if (judge->engines > 1)
        wrong = "--engine: only one at a time";
    else if (options->adjoints && options->no_gradients)
        wrong = "--adjoints and --no-gradients exclude each other";
    else if (options->adjoints && judge->engines > 0)
        wrong = "--adjoints and --engine exclude each other";
    else if (judge->engines > 0 && judge->how.defects >> 6 & 1)
        wrong = "--defect 6 is known to evident verify only";
    else if (options->at && !options->along)
        wrong = "--at wants --along";
    else if (options->along && judge->engines > 0)
        wrong = "--along and --engine exclude each other";
    if (wrong)
        command_refuse("run", "%s", wrong);
    return !wrong && options_engines_fit(options);
}

/* Writes what is asked for: 0, or -1 and error, empty if it is the stream that failed. */
static int put_result(FILE *out, const struct options *options, const struct case_problem *c,
                      const struct ref_result *result, const struct ver_result_options *how,
                      struct case_error *error)
{
    error->text[0] = '\0';
    if (options->judge.engines > 0)
        return ver_engine_write(out, c, options->judge.engine[0], &options->judge.how,
                                !options->no_gradients, error);
    if (ver_result_write(out, c, result, how) == 0)
        return 0;
    if (!ferror(out))
        snprintf(error->text, sizeof error->text, "memory is short");
    return -1;
}

static int write_result(const struct options *options, const struct case_problem *c,
                        const struct ref_result *result, const struct ver_result_options *how,
                        int code)
{
    struct case_error error;
    if (!options->out) {
        if (put_result(stdout, options, c, result, how, &error) != 0 && error.text[0])
            return command_refuse("run", "%s", error.text);
        return code;
    }
    struct case_file file;
    if (case_file_open(&file, options->out, &error) != 0)
        return command_refuse("run", "%s", error.text);
    if (put_result(file.stream, options, c, result, how, &error) != 0 && error.text[0]) {
        case_file_abandon(&file);
        return command_refuse("run", "%s", error.text);
    }
    if (case_file_commit(&file, &error) != 0)
        return command_refuse("run", "%s", error.text);
    return code;
}

struct ref_options run_reference_options(const struct options *options)
{
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    ask.digits = options->judge.digits + GUARD_DIGITS;
    ask.precision_cap = options->judge.precision_cap;
    ask.gradients = !options->no_gradients;
    ask.adjoints = options->adjoints;
    ask.max_spikes = (size_t)options->spikes;
    ask.deadline = options->judge.seconds > 0 ? ver_now() + options->judge.seconds : 0;
    return ask;
}

/* A point of a line or, as [m +/- r], a ball of it. 0, or the exit code after a line. */
static int at_read(arb_t h, const char *text)
{
    if (arb_set_str(h, text, (slong)(4 * strlen(text) + 64)) != 0 || !arb_is_finite(h))
        return command_refuse("run", "--at: found '%.100s', wanted a number, or a ball [M +/- R]",
                              text);
    if (!strstr(text, "+/-"))
        arb_get_mid_arb(h, h); /* a decimal is a point, as near as its digits say */
    return 0;
}

static int run_case(const struct options *options, const struct case_problem *c,
                    const struct ref_line *line)
{
    struct ref_options ask = run_reference_options(options);
    struct ver_result_options how = {.digits = options->judge.digits};
    if (line) {
        how =
            (struct ver_result_options){options->judge.digits, options->along,
                                        options->at ? options->at : "0", line->nudge, line->nudges};
        ask.line = line;
        ask.edges = true;
    }
    struct progress progress;
    progress_start_run(&progress, c->end);
    ask.progress = progress_run;
    ask.context = &progress;
    struct ref_result result;
    enum ref_status status = ref_run(&result, c, &ask);
    progress_hide(&progress);
    int code;
    if (status == REF_CAPACITY || status == REF_MEMORY)
        code = command_refuse("run", "%s: %s", options->operand[0], result.reason);
    else
        code =
            write_result(options, c, &result, &how, status == REF_OK ? COMMAND_PASS : COMMAND_FAIL);
    ref_clear(&result);
    return code;
}

static int run_along(const struct options *options, const struct case_problem *c)
{
    struct study_line line;
    struct case_error error;
    arb_t h;
    arb_init(h);
    int code = options->at ? at_read(h, options->at) : 0;
    if (code == 0) {
        if (study_line_find(&line, c, options->along, &error) != 0) {
            code = command_refuse("run", "--along: %s", error.text);
        } else {
            struct ref_line const along = {line.nudge, line.nudges, h};
            code = run_case(options, c, &along);
        }
        study_line_clear(&line);
    }
    arb_clear(h);
    return code;
}

static int run(struct options *options)
{
    struct case_made made;
    struct case_error error;
    if (!is_good(options))
        return COMMAND_COULD_NOT_RUN;
    if (ver_load(&made, options->operand[0], &error) != 0)
        return command_refuse("run", "%s", error.text);
    int code = options->judge.engines > 0
                   ? write_result(options, made.problem, NULL, NULL, COMMAND_PASS)
               : options->along ? run_along(options, made.problem)
                                : run_case(options, made.problem, NULL);
    case_made_clear(&made);
    return code;
}

const struct command command_run = {
    .name = "run",
    .operands = "CASE",
    .wants = "a case",
    .says = "proven spikes, loss and gradients of one case, as JSON",
    .about =
        "Simulates a case with proven error bounds and prints spikes, loss, gradients and margins "
        "as one JSON document (format evident-result-1). Every digit printed is proven: a number "
        "differs from the truth by less than one unit in its last place; 0e-81 means less than "
        "1e-81 in size.\n"
        "CASE is a file in format evident-case-1, \"-\" for standard input, or an address "
        "FAMILY:SEED:K such as random-deep:1:17 (evident families lists the families).\n"
        "With --engine, what an engine says instead (clock-host, clock-cuda, clock-emulated, "
        "rounded-reference, so:PATH): its numbers, such that they read back to the same bits; no "
        "margins. "
        "--compat is defects 1, 2, "
        "4 and 5 and the published conventions; spike times are its labels, n dt for a spike that "
        "acts at (n + 1) dt (\"times\": \"step-begin\", else \"step-end\"). Not in it: 6, 7 and "
        "18, "
        "so that gradients of time constants are not the published ones, and the phantom spike of "
        "a silent output, which is no derivative. --defect 6 is known to evident verify only.\n"
        "--along DIRECTION --at H: the case at a point of a line, with every parameter of the "
        "direction moved by H times its share; H may have any number of digits, or be a ball, for "
        "all points of which the numbers then hold. Added are the slope of the loss along the "
        "line, dL/dt of every spike, the places of maxima, and what each decision turns on: signed "
        "margins by neuron and spike (evident validity).\n"
        "A run of more than a second says on a terminal how far it is; elsewhere a line every 30 "
        "seconds, on standard error.\n"
        "Exit status: 0 decided; 1 undecided at the precision cap (the document says why); 2 could "
        "not run, or stopped at a limit, which says which neuron fires most, and how often.",
    .examples = "evident run closed-quadratic:1:0\n"
                "evident run random-deep:1:17 --digits 100 --adjoints -o result.json\n"
                "evident run cases/examples/worked.json --engine clock-host\n",
    .run = run,
};
