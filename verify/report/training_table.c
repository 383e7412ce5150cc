/* SPDX-License-Identifier: MIT */
/* training_table.c: what a training did, as tables with tabs, a line of titles first. */
#include "verify/report/training_table.h"
#include "verify/verify.h"

#include <math.h>
#include <stdlib.h>

struct table_place { /* what a table is written of */
    struct train *train;
    const struct training_result *result;
    const struct training_choice *choice;
    FILE *out;
};

static void put_log(const struct table_place *at)
{
    const struct train *t = at->train;
    bool held = t->set[TRAIN_VALIDATE].samples > 0;
    fputs("epoch\trate\tloss\taccuracy\tvalidation_loss\tvalidation_accuracy\tspikes\tsilent\t"
          "silent_labels\tseconds\n",
          at->out);
    for (size_t k = 0; k < t->state.rows; k++) {
        const struct train_row *row = &t->state.row[k];
        fprintf(at->out, "%.0f\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.0f\t%.0f\t%.3f\n", row->epoch,
                row->rate, row->learn.loss, row->learn.accuracy,
                held ? row->validate.loss : VER_NAN, held ? row->validate.accuracy : VER_NAN,
                row->learn.spikes, row->learn.silent, row->learn.silent_labels, row->seconds);
    }
}

static void put_confusion(const struct table_place *at)
{
    size_t classes = at->train->set[TRAIN_LEARN].classes;
    const size_t *count = at->result->confusion;
    fputs("label\tprediction\tsamples\tshare\n", at->out);
    for (size_t k = 0; count && k < classes; k++) {
        size_t all = 0;
        for (size_t p = 0; p < classes; p++)
            all += count[k * classes + p];
        for (size_t p = 0; p < classes; p++)
            fprintf(at->out, "%zu\t%zu\t%zu\t%.6f\n", k, p, count[k * classes + p],
                    all > 0 ? (double)count[k * classes + p] / (double)all : 0);
    }
}

/* ---- one sample ---- */

static void put_inputs(FILE *out, const struct case_problem *c)
{
    for (size_t n = 0; n < c->population[0].size; n++) {
        const struct case_train *train = &c->sample[0].spikes[0][n];
        for (size_t k = 0; k < train->count; k++)
            fprintf(out, "%.9g\t%zu\t0\n", train->at[k], n);
    }
}

static void put_spikes(FILE *out, const struct case_problem *c, const struct result *result)
{
    double dt = c->end / (double)result->steps;
    for (size_t p = 1; p < c->populations; p++)
        for (size_t n = 0; c->population[p].model == CASE_LIF && n < c->population[p].size; n++) {
            const struct case_step_train *train = &result->raster.train[0][p][n];
            for (size_t k = 0; k < train->count; k++)
                fprintf(out, "%.9g\t%zu\t%d\n", ((double)train->step[k] + 1) * dt, n,
                        p == c->loss.population ? 2 : 1);
        }
}

static void put_raster(const struct table_place *at)
{
    struct train *t = at->train;
    struct engine_options options = train_engine_options(&t->settings);
    struct result result;
    fputs("ms\tneuron\tpopulation\n", at->out);
    if (train_batch_plain(&t->batch, &t->set[at->result->set], 0, 1) != 0)
        return;
    struct case_problem *c = train_case(t, 0, 1);
    options.gradients = options.tau_gradients = options.delay_gradients = false;
    if (c && engine_run(&gpu_clock_host, &result, c, &options) == RESULT_OK) {
        put_inputs(at->out, c);
        put_spikes(at->out, c, &result);
    }
    if (c)
        result_clear(&result);
    case_free(c);
}

/* ---- weights ---- */

enum { BINS = 60, KINDS = 3 };

static int kind_of(const struct case_projection *p)
{
    return p->source == 0 ? 0 : p->source == p->target ? 1 : 2;
}

/* value: NULL for the weights of the start. */
static void range(double *low, double *high, const struct case_problem *c, const float *value,
                  int kind)
{
    for (size_t k = 0; k < c->projections; k++) {
        const struct case_projection *p = &c->projection[k];
        size_t count = c->population[p->source].size * c->population[p->target].size;
        for (size_t i = 0; kind_of(p) == kind && i < count; i++) {
            double w = value ? (double)value[i] : p->weight[i];
            *low = w < *low ? w : *low;
            *high = w > *high ? w : *high;
        }
        value = value ? value + count : NULL;
    }
}

static void count_bins(double share[BINS], const struct case_problem *c, const float *value,
                       int kind, double low, double high)
{
    double all = 0;
    for (size_t b = 0; b < BINS; b++)
        share[b] = 0;
    for (size_t k = 0; k < c->projections; k++) {
        const struct case_projection *p = &c->projection[k];
        size_t count = c->population[p->source].size * c->population[p->target].size;
        for (size_t i = 0; kind_of(p) == kind && i < count; i++) {
            double w = value ? (double)value[i] : p->weight[i];
            size_t b = (size_t)((w - low) / (high - low) * BINS);
            share[b < BINS ? b : BINS - 1]++;
            all++;
        }
        value = value ? value + count : NULL;
    }
    for (size_t b = 0; b < BINS && all > 0; b++)
        share[b] = share[b] / all;
}

static void put_weights(const struct table_place *at)
{
    struct train *t = at->train;
    float *value = malloc((t->parameters + 1) * sizeof *value);
    fputs("kind\tweight\tbefore\tafter\n", at->out);
    if (value)
        resident_get(t->engine, RESIDENT_VALUE, value);
    for (int kind = 0; value && kind < KINDS; kind++) {
        double low = VER_INFINITY, high = -VER_INFINITY, before[BINS], after[BINS];
        range(&low, &high, t->problem, NULL, kind);
        range(&low, &high, t->problem, value, kind);
        if (!(low < high))
            continue;
        count_bins(before, t->problem, NULL, kind, low, high);
        count_bins(after, t->problem, value, kind, low, high);
        for (size_t b = 0; b < BINS; b++)
            fprintf(at->out, "%d\t%.6g\t%.6g\t%.6g\n", kind,
                    low + ((double)b + 0.5) * (high - low) / BINS, before[b], after[b]);
    }
    free(value);
}

/* ---- what was held out, a block a configuration ---- */

static void put_folds(const struct table_place *at)
{
    fputs("configuration\tepoch\tmean\tleast\tmost\tchosen\n", at->out);
    for (size_t c = 0; c < at->choice->configurations; c++) {
        const struct training_folds *f = &at->choice->of[c];
        for (size_t e = 0; e < f->epochs; e++) {
            double least = 1, most = 0;
            for (size_t g = 0; g < f->groups; g++) {
                double share = f->accuracy[g * f->epochs + e];
                least = share < least ? share : least;
                most = share > most ? share : most;
            }
            fprintf(at->out, "%zu\t%zu\t%.9g\t%.9g\t%.9g\t%d\n", c + 1, e, f->mean[e], least, most,
                    c == at->choice->chosen);
        }
        fputs(c + 1 < at->choice->configurations ? "\n\n" : "", at->out);
    }
}

/* ---- all ---- */

int training_tables(struct train *train, const struct training_result *result,
                    const struct training_choice *choice, const char *directory,
                    struct case_error *error)
{
    static const struct {
        const char *name;
        void (*put)(const struct table_place *at);
    } table[] = {{"log", put_log},
                 {"confusion", put_confusion},
                 {"raster", put_raster},
                 {"weights", put_weights},
                 {"folds", put_folds}};
    for (size_t k = 0; k < sizeof table / sizeof *table - !choice; k++) {
        char path[1200];
        struct case_file file;
        snprintf(path, sizeof path, "%s/%s.tsv", directory, table[k].name);
        if (case_file_open(&file, path, error) != 0)
            return -1;
        struct table_place at = {train, result, choice, file.stream};
        table[k].put(&at);
        if (case_file_commit(&file, error) != 0)
            return -1;
    }
    return 0;
}
