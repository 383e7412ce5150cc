/* SPDX-License-Identifier: MIT */
/* command_plot.c: `evident plot`, a case as a picture. */
#include "verify/command/command.h"
#include "verify/report/plot.h"
#include "verify/report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMES = 600, DIGITS = 15 }; /* of a trace; of what is drawn */

/* ---- the numbers ---- */

/* Midpoints: times of events are round numbers, these are not. */
static struct ref_probe *make_probes(const struct plot *plot, size_t *probes)
{
    struct ref_probe *probe = calloc(plot->traces * TIMES + 1, sizeof *probe);
    *probes = probe ? plot->traces * TIMES : 0;
    for (size_t k = 0; k < *probes; k++) {
        const struct plot_neuron *n = &plot->trace[k / TIMES];
        double part = (2 * (double)(k % TIMES) + 1) / (2.0 * TIMES);
        probe[k] =
            (struct ref_probe){plot->sample, n->population, n->neuron, plot->problem->end * part};
    }
    return probe;
}

static void run_truth(struct plot *plot, const struct ref_probe *probe, size_t probes)
{
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    ask.digits = DIGITS;
    ask.probe = probe;
    ask.probes = probes;
    ask.gradients = probes > 0;
    ref_clear(&plot->truth);
    plot->decided = ref_run(&plot->truth, plot->problem, &ask) == REF_OK;
}

/* ---- the picture ---- */

static int copy_file(const char *from, const char *to, struct case_error *error)
{
    struct case_file file;
    char *text = report_read(from, error);
    int failed = !text || case_file_open(&file, to, error) != 0;
    if (!failed) {
        fputs(text, file.stream);
        failed = case_file_commit(&file, error) != 0;
    }
    free(text);
    return failed ? -1 : 0;
}

static int draw(const struct plot *plot, const struct ref_probe *probe, size_t probes,
                const char *out, struct case_error *error)
{
    static const char *const left[] = {"case_traces.tsv", "case_engine.tsv", "case_spikes.tsv",
                                       "case_facts.gp", "case.svg"};
    const char *temporary = getenv("TMPDIR");
    char directory[600], path[700];
    struct report_picture picture = {"case", "Spikes, voltages and adjoints of a case over time",
                                     NULL};
    snprintf(directory, sizeof directory, "%.500s/evident-plot-XXXXXX",
             temporary && temporary[0] ? temporary : "/tmp");
    if (!mkdtemp(directory)) {
        snprintf(error->text, sizeof error->text, "%.300s: %s", directory, strerror(errno));
        return -1;
    }
    char *style = report_read_shared("picture.css", error);
    int failed = !style || plot_tables(plot, probe, probes, directory, error) != 0 ||
                 report_draw(&picture, directory, style, error) != 0;
    snprintf(path, sizeof path, "%s/case.svg", directory);
    failed = failed || copy_file(path, out, error) != 0;
    for (size_t k = 0; k < sizeof left / sizeof *left; k++) {
        snprintf(path, sizeof path, "%s/%s", directory, left[k]);
        unlink(path);
    }
    rmdir(directory);
    free(style);
    free(picture.inlined);
    return failed ? -1 : 0;
}

static void default_path(char *path, size_t size, const char *name)
{
    const char *slash = strrchr(name, '/'), *from = slash ? slash + 1 : name;
    size_t length = strlen(from);
    if (length > 5 && strcmp(from + length - 5, ".json") == 0)
        length -= 5;
    snprintf(path, size, "%.*s.svg", (int)length, strcmp(from, "-") == 0 ? "case" : from);
    for (char *at = path; *at; at++)
        if (*at == ':')
            *at = '-';
}

/* ---- the command ---- */

/* Without its numbers there is still the reference to draw. */
static void run_engine(struct plot *plot, struct explain *explain, const struct options *options,
                       const struct case_made *made)
{
    char reason[512];
    plot->explain = explain;
    plot->engine = explain_case(explain, made, case_argument(options), &options->judge, reason,
                                sizeof reason) != EXPLAIN_CANNOT;
    if (!plot->engine)
        command_refuse("plot", "%s: drawn without the engine: %s", case_argument(options), reason);
}

static int plot_it(const struct options *options, struct plot *plot)
{
    struct case_error error;
    char path[300];
    size_t probes;
    bool sampled = options_given(options, "sample");
    const struct explain *e = plot->engine ? plot->explain : NULL;
    if (e && !sampled && e->forward.found)
        plot->sample = e->forward.sample;
    else if (e && !sampled && e->backward.found)
        plot->sample = e->backward.sample;
    run_truth(plot, NULL, 0); /* who spikes how often */
    plot_choose(plot);
    struct ref_probe *probe = make_probes(plot, &probes);
    if (plot->decided)
        run_truth(plot, probe, probes);
    int code = COMMAND_PASS;
    default_path(path, sizeof path, case_argument(options));
    if (!plot->decided && !plot->engine)
        code = command_refuse("plot", "%s: the reference cannot decide it: %s",
                              case_argument(options), plot->truth.reason);
    else if (draw(plot, probe, probes, options->out ? options->out : path, &error) != 0)
        code = command_refuse("plot", "%s", error.text);
    else
        printf("wrote %s\n", options->out ? options->out : path);
    free(probe);
    return code;
}

static int run(struct options *options)
{
    static struct explain explain;
    struct case_made made;
    struct case_error error;
    const char *name = case_argument(options);
    if (options->judge.engines > 1)
        return command_refuse("plot", "--engine: only one at a time");
    if (ver_load(&made, name, &error) != 0)
        return command_refuse("plot", "%s", error.text);
    struct plot plot = {.problem = made.problem,
                        .sample = (size_t)options->sample,
                        .most = (size_t)options->neurons,
                        .title = name};
    struct ref_options forward = REF_OPTIONS_DEFAULT;
    int code = COMMAND_PASS;
    if (options->sample >= made.problem->samples)
        code = command_refuse("plot", "--sample: found %llu, wanted less than %zu",
                              (unsigned long long)options->sample, made.problem->samples);
    else if (options->judge.engines == 1)
        run_engine(&plot, &explain, options, &made);
    if (code == COMMAND_PASS) {
        forward.digits = DIGITS;
        forward.gradients = false;
        ref_run(&plot.truth, made.problem, &forward);
        code = plot_it(options, &plot);
        ref_clear(&plot.truth);
    }
    if (plot.explain)
        explain_clear(&explain);
    case_made_clear(&made);
    return code;
}

const struct command command_plot = {
    .name = "plot",
    .operands = "CASE",
    .wants = "a case",
    .says = "a case as a picture: spikes, voltages, adjoints",
    .about =
        "Draws a case by the reference: spikes, voltages with thresholds, adjoints. With --engine, "
        "its numbers lie over them as dots, and the first that leaves its bound is marked. Of a "
        "large case the most interesting neurons are drawn: those that fail, the outputs, those "
        "that spike most. Needs gnuplot.\n"
        "CASE is a file, \"-\" or an address FAMILY:SEED:K.\n"
        "Exit status: 0 a picture was written; 2 could not run.",
    .examples = "evident plot random-deep:1:0\n"
                "evident plot random-deep:1:0 --engine clock-host --round-delays -o deep.svg\n",
    .read = case_arguments_read,
    .run = run,
};
