/* SPDX-License-Identifier: MIT */
/* training_verify.c: a sample of a training before the reference, with the weights of the moment.
 *
 * Two questions, which are not one. Did the engine compute its scheme? Then every gradient is
 * within the proven bound of the grid reference. How far is its scheme, on this step, from the
 * network in continuous time? That is the cosine to the exact gradient, the ratio of lengths, and
 * the spikes that one has and the other has not. */
#include "verify/command/training.h"
#include "verify/judge/judge_scheme.h"

#include <math.h>

/* Enough for a cosine; the proof of every spike needs what it needs. */
enum { DIGITS = 8 };

/* What is compared: weights come first in the order of all parameters. */
static size_t count_weights(const struct case_problem *c)
{
    size_t weights = 0;
    for (size_t k = 0; k < c->projections; k++)
        weights += c->population[c->projection[k].source].size *
                   c->population[c->projection[k].target].size;
    return weights;
}

static void compare_grid(struct training_verified *v, const struct case_problem *c,
                         const struct result *result, const struct engine_options *options)
{
    struct ref_grid_options ask = {
        .delays = options->delays, .unit = 24, .variant = options->variant, .gradients = true};
    struct ref_grid_result grid;
    enum ref_status status = ref_grid_run(&grid, c, &result->raster, &ask);
    v->bound = 0;
    for (size_t k = 0; status == REF_OK && k < count_weights(c); k++) {
        double ratio =
            scheme_ratio(result->gradient[k], grid.gradient + k, grid.gradient_bound + k);
        if (!isnan(v->bound) && !(ratio <= v->bound))
            v->bound = ratio;
    }
    if (status != REF_OK) {
        v->bound = VER_NAN;
        snprintf(v->reason, sizeof v->reason, "grid reference: %.180s", grid.reason);
    }
    ref_grid_clear(&grid);
}

static void count_spikes(struct training_verified *v, const struct case_problem *c,
                         const struct result *result, const struct ref_result *exact)
{
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->population[p].model == CASE_LIF && n < c->population[p].size; n++) {
            size_t here = result->raster.train[0][p][n].count;
            size_t there = exact->sample[0].spikes[p][n].count;
            v->spikes += there;
            v->missing += there > here ? there - here : 0;
            v->extra += here > there ? here - there : 0;
        }
}

/* Over the weights. */
static void compare_exact(struct training_verified *v, const struct case_problem *c,
                          const struct result *result, double seconds)
{
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct ref_result exact;
    double product = 0, here = 0, there = 0;
    size_t weights = count_weights(c);
    ask.digits = DIGITS;
    ask.deadline = ver_now() + seconds;
    enum ref_status status = ref_run(&exact, c, &ask);
    for (size_t k = 0; status == REF_OK && k < weights; k++) {
        double a = result->gradient[k], b = arf_get_d(arb_midref(exact.gradient + k), ARF_RND_NEAR);
        if (ref_none_of(&exact, k))
            continue;
        product += a * b;
        here += a * a;
        there += b * b;
    }
    v->cosine = v->length = VER_NAN;
    if (status == REF_OK) {
        v->cosine = product / sqrt(here * there);
        v->length = sqrt(here / there);
        if (!(here > 0 && there > 0))
            snprintf(v->reason, sizeof v->reason, "%s of weights is 0, so there is no cosine",
                     here > 0    ? "the exact gradient"
                     : there > 0 ? "the gradient"
                                 : "each gradient");
        count_spikes(v, c, result, &exact);
    } else {
        snprintf(v->reason, sizeof v->reason, "reference: %.180s", exact.reason);
    }
    ref_clear(&exact);
}

int training_verify(struct training_verified *v, struct train *train, double seconds)
{
    struct engine_options options = train_engine_options(&train->settings);
    struct case_problem *c = train_case(train, 0, 1);
    struct result result;
    double start = ver_now();
    *v = (struct training_verified){.bound = VER_NAN, .cosine = VER_NAN, .length = VER_NAN};
    if (!c)
        return -1;
    options.delay_gradients = options.tau_gradients = false;
    enum result_status status = engine_run(&gpu_clock_host, &result, c, &options);
    if (status == RESULT_OK) {
        compare_grid(v, c, &result, &options);
        compare_exact(v, c, &result, seconds);
    } else {
        snprintf(v->reason, sizeof v->reason, "%.200s", result.reason);
    }
    v->seconds = ver_now() - start;
    result_clear(&result);
    case_free(c);
    return 0;
}

void training_put_verified(FILE *out, const struct training_verified *v)
{
    fprintf(out, "error %.3g of its proven bound", v->bound);
    if (!isnan(v->cosine))
        fprintf(out,
                "; to the exact gradient: cosine %.6f, length %.4f; of %zu exact spikes %zu "
                "missing, %zu extra",
                v->cosine, v->length, v->spikes, v->missing, v->extra);
    if (v->reason[0])
        fprintf(out, "; %s", v->reason);
    fprintf(out, " (%.1f s)", v->seconds);
}
