/* SPDX-License-Identifier: MIT */
/* plot_table.c: the tables that reports/case.gp draws, and what it must know beside them. */
#include "verify/report/plot.h"
#include "verify/store/table.h"
#include "verify/base/number.h"

#include <math.h>
#include <string.h>

static const char heading[] = "time\tneuron\tV\tlambda_V\tlambda_I";

static int put_truth(const struct plot *plot, const struct ref_probe *probe, size_t probes,
                     const char *directory, struct case_error *error)
{
    struct case_file file;
    const struct ref_result *r = &plot->truth;
    if (table_open(&file, directory, "case_traces.tsv", heading, error) != 0)
        return -1;
    size_t each = plot->traces > 0 ? probes / plot->traces : 0;
    for (size_t k = 0; k < probes && plot->decided; k++) {
        fprintf(file.stream, "%.9g\t%zu\t%.9g", probe[k].time, k / each + 1,
                middle(r->probe_v + k));
        if (r->probe_lambda_v)
            fprintf(file.stream, "\t%.9g\t%.9g", middle(r->probe_lambda_v + k),
                    middle(r->probe_lambda_i + k));
        fprintf(file.stream, "\n");
    }
    return case_file_commit(&file, error);
}

static int put_engine(const struct plot *plot, const char *directory, struct case_error *error)
{
    struct case_file file;
    const struct explain *e = plot->explain;
    if (table_open(&file, directory, "case_engine.tsv", heading, error) != 0)
        return -1;
    for (size_t k = 0; k < plot->traces && plot->engine; k++)
        for (uint32_t n = 0; n < e->steps; n++) {
            size_t cell = plot->trace[k].cell;
            fprintf(file.stream, "%.9g\t%zu\t%.9g\t%.9g\t%.9g\n",
                    plot->problem->end * ((double)n + 1) / (double)e->steps, k + 1,
                    explain_engine(e, REF_GRID_V, plot->sample, n, cell),
                    explain_engine(e, REF_GRID_LAMBDA_V, plot->sample, n, cell),
                    explain_engine(e, REF_GRID_LAMBDA_I, plot->sample, n, cell));
        }
    return case_file_commit(&file, error);
}

/* Rows: sources first, then traces. */
static void put_spikes_of(FILE *out, const struct plot *plot, const struct plot_neuron *n,
                          size_t row)
{
    const struct case_train *input = plot->problem->sample[plot->sample].spikes[n->population];
    for (size_t k = 0; input && k < input[n->neuron].count; k++)
        fprintf(out, "%.12g\t%zu\t0\n", input[n->neuron].at[k], row);
    if (input)
        return;
    if (plot->decided) {
        const struct ref_train *train = plot->truth.sample[plot->sample].spikes[n->population];
        for (size_t k = 0; train && k < train[n->neuron].count; k++)
            fprintf(out, "%.12g\t%zu\t0\n", middle(train[n->neuron].at + k), row);
    }
    for (uint32_t step = 0; plot->engine && step < plot->explain->steps; step++)
        if (explain_spiked(plot->explain, plot->sample, n->cell, step))
            fprintf(out, "%.12g\t%zu\t1\n",
                    plot->problem->end * ((double)step + 1) / (double)plot->explain->steps, row);
}

static int put_spikes(const struct plot *plot, const char *directory, struct case_error *error)
{
    struct case_file file;
    if (table_open(&file, directory, "case_spikes.tsv", "time\trow\tengine", error) != 0)
        return -1;
    for (size_t k = 0; k < plot->sources; k++)
        put_spikes_of(file.stream, plot, &plot->source[k], k + 1);
    for (size_t k = 0; k < plot->traces; k++)
        put_spikes_of(file.stream, plot, &plot->trace[k], plot->sources + k + 1);
    return case_file_commit(&file, error);
}

/* ---- facts: a script that sets variables ---- */

/* In single quotes, where gnuplot replaces nothing but '' by '; cut, so that it fits its place. */
static void put_text(FILE *out, const char *text, size_t most)
{
    for (size_t k = 0; text[k] && k < most; k++)
        if (text[k] == '\'')
            fputs("''", out);
        else if ((unsigned char)text[k] < 0x80)
            fputc(text[k] == '\\' ? '/' : text[k], out);
    if (strlen(text) > most)
        fputs("...", out);
}

enum { NAME = 12, TITLE = 60 };

static void put_names(FILE *out, const struct plot *plot)
{
    size_t rows = plot->sources + plot->traces;
    fprintf(out, "array row_name[%zu]\n", rows);
    for (size_t k = 0; k < rows; k++) {
        const struct plot_neuron *n =
            k < plot->sources ? &plot->source[k] : &plot->trace[k - plot->sources];
        fprintf(out, "row_name[%zu] = '", k + 1);
        put_text(out, plot->problem->population[n->population].name, NAME);
        fprintf(out, " %zu'\n", n->neuron);
    }
}

static void put_thresholds(FILE *out, const struct plot *plot)
{
    fprintf(out, "array threshold[%zu]\n", plot->traces > 0 ? plot->traces : 1);
    for (size_t k = 0; k < plot->traces; k++) {
        const struct case_population *p = &plot->problem->population[plot->trace[k].population];
        double value =
            p->model == CASE_LIF ? case_value(&p->threshold, plot->trace[k].neuron) : VER_NAN;
        if (isfinite(value))
            fprintf(out, "threshold[%zu] = %.17g\n", k + 1, value);
        else
            fprintf(out, "threshold[%zu] = NaN\n", k + 1);
    }
}

static void put_event(FILE *out, const struct plot *plot)
{
    const struct explain *e = plot->engine ? plot->explain : NULL;
    const struct explain_event *event = !e ? NULL : e->forward.found ? &e->forward : &e->backward;
    if (!event || !event->found || event->sample != plot->sample) {
        fprintf(out, "event = NaN\nevent_says = ''\n");
        return;
    }
    const struct scheme_places *places = &e->scheme.places;
    fprintf(out, "event = %.17g\nevent_says = '%s of ",
            plot->problem->end * ((double)event->step + 1) / (double)e->steps,
            event->decision ? "spike" : explain_quantity_name(event->quantity));
    put_text(out, plot->problem->population[places->population[event->cell]].name, NAME);
    fprintf(out, " %zu, step %lu'\n", places->neuron[event->cell], (unsigned long)event->step);
}

static int put_facts(const struct plot *plot, const char *directory, struct case_error *error)
{
    struct case_file file;
    char path[1200];
    snprintf(path, sizeof path, "%.1100s/case_facts.gp", directory);
    if (case_file_open(&file, path, error) != 0)
        return -1;
    FILE *out = file.stream;
    fprintf(out, "title = '");
    put_text(out, plot->title, TITLE);
    if (plot->problem->samples > 1)
        fprintf(out, ", sample %zu of %zu", plot->sample, plot->problem->samples);
    fprintf(out, "'\nengine = '%s'\ndecided = %d\nend = %.17g\n",
            plot->engine ? plot->explain->out.engine : "", plot->decided, plot->problem->end);
    fprintf(out, "sources = %zu\ntraces = %zu\nother_sources = %zu\nother_traces = %zu\n",
            plot->sources, plot->traces, plot->other_sources, plot->other_traces);
    put_names(out, plot);
    put_thresholds(out, plot);
    put_event(out, plot);
    return case_file_commit(&file, error);
}

int plot_tables(const struct plot *plot, const struct ref_probe *probe, size_t probes,
                const char *directory, struct case_error *error)
{
    return put_truth(plot, probe, probes, directory, error) != 0 ||
                   put_engine(plot, directory, error) != 0 ||
                   put_spikes(plot, directory, error) != 0 || put_facts(plot, directory, error) != 0
               ? -1
               : 0;
}
