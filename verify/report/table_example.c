/* SPDX-License-Identifier: MIT */
/* table_example.c: two tables that explain rather than judge. A small recurrent network worked out
 * (voltages, currents, adjoints, spikes), and on the same network the U-curve of a difference: its
 * error against its step, first falling with h^2, then rising with rounding. */
#include "verify/store/table.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>

enum {
    EXAMPLE_TIMES = 600,  /* of a trace */
    EXAMPLE_DIGITS = 150, /* of the truth: more than 512 bits can agree with */
    STEP_FIRST = 4,       /* -log2 h */
    STEP_LAST = 340,
    STEP_STRIDE = 4,
    RATIO_BITS = 64
};

static struct case_problem *read_example(struct case_error *error)
{
    char *path = case_shared_path("cases/examples/worked.json", "examples/worked.json", error);
    struct case_problem *c = path ? case_read(path, error) : NULL;
    free(path);
    return c;
}

/* ---- traces ---- */

/* A grid of midpoints: times of events are round numbers, these are not. */
static struct ref_probe *grid(const struct case_problem *c, size_t *probes)
{
    size_t neurons = 0, count = 0;
    for (size_t p = 0; p < c->populations; p++)
        neurons += c->population[p].model == CASE_SPIKE_SOURCE ? 0 : c->population[p].size;
    struct ref_probe *probe = calloc(neurons * EXAMPLE_TIMES + 1, sizeof *probe);
    for (size_t p = 0; p < c->populations && probe; p++)
        for (size_t n = 0; n < c->population[p].size; n++)
            for (size_t k = 0; k < EXAMPLE_TIMES; k++)
                if (c->population[p].model != CASE_SPIKE_SOURCE)
                    probe[count++] = (struct ref_probe){
                        0, p, n, c->end * (2 * (double)k + 1) / (2.0 * EXAMPLE_TIMES)};
    *probes = count;
    return probe;
}

static int write_traces(const char *directory, const struct case_problem *c,
                        const struct ref_result *r, const struct ref_probe *probe, size_t probes,
                        struct case_error *error)
{
    struct case_file file;
    if (table_open(&file, directory, "example_traces.tsv",
                   "time\tpopulation\tneuron\tV\tI\tlambda_V\tlambda_I", error) != 0)
        return -1;
    for (size_t k = 0; k < probes; k++)
        fprintf(file.stream, "%.9g\t%s\t%zu\t%.9g\t%.9g\t%.9g\t%.9g\n", probe[k].time,
                c->population[probe[k].population].name, probe[k].neuron, middle(r->probe_v + k),
                middle(r->probe_i + k), middle(r->probe_lambda_v + k),
                middle(r->probe_lambda_i + k));
    return case_file_commit(&file, error);
}

static int write_spikes(const char *directory, const struct case_problem *c,
                        const struct ref_result *r, struct case_error *error)
{
    struct case_file file;
    if (table_open(&file, directory, "example_spikes.tsv", "time\tpopulation\tneuron", error) != 0)
        return -1;
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; n < c->population[p].size; n++) {
            const struct case_train *input = c->sample[0].spikes[p];
            const struct ref_train *train = r->sample[0].spikes[p];
            for (size_t k = 0; input && k < input[n].count; k++)
                fprintf(file.stream, "%.12g\t%s\t%zu\n", input[n].at[k], c->population[p].name, n);
            for (size_t k = 0; train && k < train[n].count; k++)
                fprintf(file.stream, "%.12g\t%s\t%zu\n", middle(train[n].at + k),
                        c->population[p].name, n);
        }
    return case_file_commit(&file, error);
}

/* ---- the U-curve ---- */

/* Relative error of one difference, or NaN if the witness gave none. */
static double error_at(const struct case_problem *c, const struct witness_direction *direction,
                       const arb_t truth, long step, mpfr_prec_t precision)
{
    double error = VER_NAN;
    mpfr_t value;
    arb_t distance;
    mpfr_init2(value, precision);
    arb_init(distance);
    if (witness_difference_at(value, c, direction, WITNESS_CENTRAL, (double)-step, precision) ==
            WITNESS_OK &&
        mpfr_number_p(value)) {
        arf_set_mpfr(arb_midref(distance), value);
        arb_sub(distance, distance, truth, 2 * precision);
        arb_div(distance, distance, truth, RATIO_BITS);
        error = fabs(middle(distance));
    }
    mpfr_clear(value);
    arb_clear(distance);
    return error;
}

/* Every weight, each by its own size: one smooth direction. */
static struct ref_nudge *weight_direction(arb_t truth, size_t *nudges,
                                              const struct case_problem *c,
                                              const struct ref_result *r)
{
    struct case_block *block = NULL;
    struct ref_nudge *nudge = NULL;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    *nudges = 0;
    arb_zero(truth);
    if (block)
        nudge = malloc((parameters + 1) * sizeof *nudge);
    for (size_t b = 0; b < blocks && nudge && block[b].quantity == CASE_WEIGHT; b++)
        for (size_t k = 0; k < block[b].rows * block[b].columns; k++) {
            size_t parameter = block[b].first + k;
            double weight = c->projection[block[b].projection].weight[k];
            if (ref_none_of(r, parameter))
                continue;
            arb_t coefficient;
            arb_init(coefficient);
            arb_set_d(coefficient, weight);
            arb_addmul(truth, r->gradient + parameter, coefficient, r->precision);
            arb_clear(coefficient);
            nudge[(*nudges)++] = (struct ref_nudge){parameter, weight};
        }
    free(block);
    return nudge;
}

static int write_ucurve(const char *directory, const struct case_problem *c,
                        const struct ref_result *r, struct case_error *error)
{
    static const mpfr_prec_t precision[] = {53, 128, 512};
    struct case_file file;
    size_t nudges;
    arb_t truth;
    arb_init(truth);
    struct ref_nudge *nudge = weight_direction(truth, &nudges, c, r);
    int failed = -1;
    if (!nudge)
        snprintf(error->text, sizeof error->text, "ucurve.tsv: memory is short");
    else
        failed = table_open(&file, directory, "ucurve.tsv", "precision\tstep\terror", error);
    if (!failed) {
        struct witness_direction direction = {nudge, nudges, NULL};
        for (size_t p = 0; p < sizeof precision / sizeof *precision; p++)
            for (long step = STEP_FIRST; step <= STEP_LAST; step += STEP_STRIDE) {
                double relative = error_at(c, &direction, truth, step, precision[p]);
                if (isfinite(relative))
                    fprintf(file.stream, "%ld\t%ld\t%.6g\n", (long)precision[p], -step, relative);
            }
        failed = case_file_commit(&file, error);
    }
    free(nudge);
    arb_clear(truth);
    return failed;
}

int table_examples(const char *directory, struct case_error *error)
{
    struct case_problem *c = read_example(error);
    if (!c)
        return -1;
    size_t probes = 0;
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_probe *probe = grid(c, &probes);
    int failed = -1;
    if (!probe) {
        snprintf(error->text, sizeof error->text, "example: memory is short");
    } else {
        struct ref_result result;
        options.digits = EXAMPLE_DIGITS;
        options.probe = probe;
        options.probes = probes;
        if (ref_run(&result, c, &options) != REF_OK)
            snprintf(error->text, sizeof error->text, "worked.json: %s", result.reason);
        else
            failed = write_traces(directory, c, &result, probe, probes, error) != 0 ||
                     write_spikes(directory, c, &result, error) != 0 ||
                     write_ucurve(directory, c, &result, error) != 0;
        ref_clear(&result);
    }
    free(probe);
    case_free(c);
    return failed ? -1 : 0;
}
