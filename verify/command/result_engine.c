/* SPDX-License-Identifier: MIT */
/* result_engine.c: writes a result of an engine as an evident-result-1 document. Numbers are those
 * of the engine, printed so that they read back to the same bits; on a grid a spike of step n
 * stands at (n + 1) dt, when it acts, or with the published conventions at its label there, n dt;
 * "times" says which. What the engine does not provide is absent. */
#include "verify/judge/judge_scheme.h"

#include <math.h>
#include <stdlib.h>

struct writer {
    FILE *out;
    const struct case_problem *problem;
    const struct result *result;
    bool label;  /* spike times are n dt */
    bool failed; /* memory was short */
};

static void put_name(struct writer *w, const char *name)
{
    w->failed |= !case_put_quoted(w->out, name);
}

/* With as few digits as read back to the same double. */
static void put_number(struct writer *w, double x)
{
    char text[40] = "";
    if (!isfinite(x)) {
        fputs("null", w->out);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    fprintf(w->out, "\"%s\"", text);
}

static void put_row(struct writer *w, const double *row, size_t count)
{
    fputc('[', w->out);
    for (size_t k = 0; k < count; k++) {
        fputs(k > 0 ? ", " : "", w->out);
        put_number(w, row[k]);
    }
    fputc(']', w->out);
}

static void separate(struct writer *w, bool *first, int depth)
{
    fprintf(w->out, "%s\n%*s", *first ? "" : ",", depth, "");
    *first = false;
}

/* The spikes of a neuron, in ms. */
static void put_train(struct writer *w, size_t sample, size_t population, size_t neuron)
{
    if (w->result->spikes) {
        const struct case_train *train = result_train(w->result, sample, population, neuron);
        put_row(w, train->at, train->count);
        return;
    }
    const struct case_step_train *train = &w->result->raster.train[sample][population][neuron];
    fputc('[', w->out);
    for (size_t k = 0; k < train->count; k++) {
        fputs(k > 0 ? ", " : "", w->out);
        double step = (double)train->step[k] + (w->label ? 0 : 1);
        put_number(w, step * w->problem->end / (double)w->result->steps);
    }
    fputc(']', w->out);
}

static void put_spikes(struct writer *w, size_t sample)
{
    bool first_population = true;
    fputs("\"spikes\": {", w->out);
    for (size_t p = 0; p < w->problem->populations; p++) {
        if (w->problem->population[p].model != CASE_LIF)
            continue;
        separate(w, &first_population, 4);
        put_name(w, w->problem->population[p].name);
        fputs(": [", w->out);
        bool first_row = true;
        for (size_t n = 0; n < w->problem->population[p].size; n++) {
            separate(w, &first_row, 5);
            put_train(w, sample, p, n);
        }
        fputc(']', w->out);
    }
    fputc('}', w->out);
}

static void put_samples(struct writer *w)
{
    bool first = true, spikes = w->result->spikes || w->result->raster.train;
    fputs(",\n \"samples\": [", w->out);
    for (size_t s = 0; s < w->result->samples; s++) {
        separate(w, &first, 2);
        fputc('{', w->out);
        if (w->result->has_sample_loss) {
            fputs("\"loss\": ", w->out);
            put_number(w, w->result->sample[s].loss);
        }
        fputs(w->result->has_sample_loss && spikes ? ", " : "", w->out);
        if (spikes)
            put_spikes(w, s);
        fputc('}', w->out);
    }
    fputc(']', w->out);
}

/* By sample, source population and neuron. */
static void put_spike_times(struct writer *w, const struct case_block *block, size_t blocks)
{
    const struct case_block *before = NULL;
    for (size_t b = 0; b < blocks; b++) {
        const struct case_block *at = &block[b];
        if (at->quantity != CASE_SPIKE_TIME)
            continue;
        bool sample = !before || before->sample != at->sample;
        bool population = sample || before->population != at->population;
        fputs(!before ? "[\n   {" : sample ? "]},\n   {" : population ? "], " : ", ", w->out);
        if (population) {
            put_name(w, w->problem->population[at->population].name);
            fputs(": [", w->out);
        }
        put_row(w, w->result->gradient + at->first, at->columns);
        before = at;
    }
    fputs(before ? "]}]" : "[]", w->out);
}

/* Matrices of projections in a list, rows of populations by name. */
static void put_quantity(struct writer *w, const struct case_block *block, size_t blocks,
                         enum case_quantity quantity)
{
    bool matrices = quantity <= CASE_DELAY, first = true;
    if (quantity == CASE_SPIKE_TIME) {
        put_spike_times(w, block, blocks);
        return;
    }
    fputc(matrices ? '[' : '{', w->out);
    for (size_t b = 0; b < blocks; b++) {
        const double *at = w->result->gradient + block[b].first;
        if (block[b].quantity != quantity)
            continue;
        separate(w, &first, 3);
        if (matrices) {
            fputc('[', w->out);
            for (size_t row = 0; row < block[b].rows; row++) {
                fputs(row > 0 ? ",\n    " : "", w->out);
                put_row(w, at + row * block[b].columns, block[b].columns);
            }
            fputc(']', w->out);
        } else {
            put_name(w, w->problem->population[block[b].population].name);
            fputs(": ", w->out);
            put_row(w, at, block[b].columns);
        }
    }
    fputc(matrices ? ']' : '}', w->out);
}

static void put_gradients(struct writer *w)
{
    struct case_block *block = NULL;
    size_t parameters, blocks = case_blocks(&block, &parameters, w->problem);
    bool first = true;
    if (!block) {
        w->failed = true;
        return;
    }
    fputs(",\n \"gradients\": {", w->out);
    for (int q = 0; q < CASE_QUANTITIES; q++) {
        if (!w->result->provides[q])
            continue;
        separate(w, &first, 2);
        fprintf(w->out, "\"%s\": ", case_quantity_name((enum case_quantity)q));
        put_quantity(w, block, blocks, (enum case_quantity)q);
    }
    fputs("}", w->out);
    free(block);
}

static void put_result(struct writer *w, const struct engine *engine)
{
    fputs("{\n \"format\": \"evident-result-1\",\n \"case\": ", w->out);
    put_name(w, w->problem->name);
    fputs(",\n \"engine\": ", w->out);
    put_name(w, engine->name);
    fputs(",\n \"status\": \"ok\"", w->out);
    if (w->result->steps > 0) {
        fputs(",\n \"step\": ", w->out);
        put_number(w, w->problem->end / (double)w->result->steps);
        fprintf(w->out, ",\n \"times\": \"%s\"", w->label ? "step-begin" : "step-end");
    }
    if (w->result->has_loss) {
        fputs(",\n \"loss\": ", w->out);
        put_number(w, w->result->loss);
    }
    if (w->result->has_sample_loss || w->result->spikes || w->result->raster.train)
        put_samples(w);
    if (result_has_gradient(w->result))
        put_gradients(w);
    fputs("\n}\n", w->out);
}

int ver_engine_write(FILE *out, const struct case_problem *c, const struct engine *engine,
                     const struct ver_engine_options *asked, bool gradients,
                     struct case_error *error)
{
    struct engine_options options = scheme_options(asked);
    struct result result;
    options.gradients = gradients;
    options.threads = 0;
    enum result_status status = engine_run(engine, &result, c, &options);
    bool label = (options.variant & SCHEME_LABEL) != 0;
    struct writer w = {out, c, &result, label, false};
    if (status == RESULT_OK)
        put_result(&w, engine);
    else
        snprintf(error->text, sizeof error->text, "%s: %.300s", engine->name, result.reason);
    result_clear(&result);
    if (w.failed)
        snprintf(error->text, sizeof error->text, "memory is short");
    return status == RESULT_OK && !w.failed ? 0 : -1;
}
