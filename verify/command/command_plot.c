/* command_plot.c: `evident plot`, a case as a picture. */
#include "verify/command/ask.h"
#include "verify/report/plot.h"
#include "verify/report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: evident plot CASE [--engine NAME] [options]\n"
    "\n"
    "Draws a case by the reference: spikes, voltages with thresholds, adjoints. With an engine, "
    "its\n"
    "numbers lie over them as dots, and the first that leaves its bound is marked. Of a large "
    "case\n"
    "the most interesting neurons are drawn: those that fail, the outputs, those that spike most.\n"
    "Needs gnuplot.\n"
    "\n"
    "CASE is a file, \"-\" or an address FAMILY:SEED:K. As in evident verify:\n"
    "\n" ASK_USAGE "\n"
    "  --out FILE       write there (default: NAME.svg in the current folder)\n"
    "  --neurons N      so many neurons with traces, and so many inputs, 1 to 10 (default 5)\n"
    "  --sample S       draw this sample (default: the one that fails first, else 0)\n"
    "\n"
    "Exit code: 0 a picture was written; 2 could not run.\n";

static const struct command_option own[] = {
    {"out", true}, {"neurons", true}, {"sample", true}, {NULL, false}};
enum { OUT, NEURONS, SAMPLE };
enum { TIMES = 600, DIGITS = 15 }; /* of a trace; of what is drawn */

struct wish {
    const char *out;
    uint64_t neurons, sample;
    bool sampled;
};

static bool take(struct ask *ask, int option, const char *value)
{
    struct wish *wish = ask->context;
    if (option == OUT) {
        wish->out = value;
        return true;
    }
    if (option == NEURONS)
        return command_number("plot", "neurons", value, 1, PLOT_MOST, &wish->neurons);
    wish->sampled = true;
    return command_number("plot", "sample", value, 0, UINT32_MAX, &wish->sample);
}

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
    struct ver_file file;
    char *text = report_read(from, error);
    int failed = !text || ver_file_open(&file, to, error) != 0;
    if (!failed) {
        fputs(text, file.stream);
        failed = ver_file_commit(&file, error) != 0;
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
static void run_engine(struct plot *plot, struct explain *explain, const struct ask *ask,
                       const struct case_made *made)
{
    char reason[512];
    plot->explain = explain;
    plot->engine = explain_case(explain, made, ask->name, &ask->judge, reason, sizeof reason) !=
                   EXPLAIN_CANNOT;
    if (!plot->engine)
        command_refuse("plot", "%s: drawn without the engine: %s", ask->name, reason);
}

static int plot_it(const struct ask *ask, const struct wish *wish, struct plot *plot)
{
    struct case_error error;
    char path[300];
    size_t probes;
    const struct explain *e = plot->engine ? plot->explain : NULL;
    if (e && !wish->sampled && e->forward.found)
        plot->sample = e->forward.sample;
    else if (e && !wish->sampled && e->backward.found)
        plot->sample = e->backward.sample;
    run_truth(plot, NULL, 0); /* who spikes how often */
    plot_choose(plot);
    struct ref_probe *probe = make_probes(plot, &probes);
    if (plot->decided)
        run_truth(plot, probe, probes);
    int code = COMMAND_PASS;
    default_path(path, sizeof path, ask->name);
    if (!plot->decided && !plot->engine)
        code = command_refuse("plot", "%s: the reference cannot decide it: %s", ask->name,
                              plot->truth.reason);
    else if (draw(plot, probe, probes, wish->out ? wish->out : path, &error) != 0)
        code = command_refuse("plot", "%s", error.text);
    else
        printf("wrote %s\n", wish->out ? wish->out : path);
    free(probe);
    return code == COMMAND_PASS ? command_finish("plot", code) : code;
}

int command_plot(int argc, char **argv)
{
    static struct explain explain;
    struct wish wish = {.neurons = 5};
    struct ask ask = {.command = "plot",
                      .usage = usage,
                      .own = own,
                      .take = take,
                      .context = &wish,
                      .judge = VER_OPTIONS_DEFAULT};
    struct case_made made;
    struct case_error error;
    int got = ask_read(&ask, argc, argv);
    if (got == COMMAND_HELPED)
        return command_finish("plot", COMMAND_PASS);
    if (got == COMMAND_BAD)
        return COMMAND_COULD_NOT_RUN;
    if (ask.judge.engines > 1)
        return command_refuse("plot", "--engine: only one at a time");
    if (ver_load(&made, ask.name, &error) != 0)
        return command_refuse("plot", "%s", error.text);
    struct plot plot = {.problem = made.problem,
                        .sample = (size_t)wish.sample,
                        .most = (size_t)wish.neurons,
                        .title = ask.name};
    struct ref_options forward = REF_OPTIONS_DEFAULT;
    int code = COMMAND_PASS;
    if (wish.sample >= made.problem->samples)
        code = command_refuse("plot", "--sample: found %llu, wanted less than %zu",
                              (unsigned long long)wish.sample, made.problem->samples);
    else if (ask.judge.engines == 1)
        run_engine(&plot, &explain, &ask, &made);
    if (code == COMMAND_PASS) {
        forward.digits = DIGITS;
        forward.gradients = false;
        ref_run(&plot.truth, made.problem, &forward);
        code = plot_it(&ask, &wish, &plot);
        ref_clear(&plot.truth);
    }
    if (plot.explain)
        explain_clear(&explain);
    case_made_clear(&made);
    return code;
}
