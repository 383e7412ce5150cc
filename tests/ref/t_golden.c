/* SPDX-License-Identifier: MIT */
/* t_golden.c: does the reference agree with published runs of the EventProp paper?
 *
 * tests/golden/eventprop.inc holds weights, published first output spike times and gradients of
 * Wunderlich and Pehle's own simulator (README.md there: source, licence, units). Where their times
 * are wrong, because of missed spikes upstream, the exact ones stand beside them. */
#include "cases/families/families.h"
#include "cases/families/yin_yang.h"
#include "ref/ref.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 5, HIDDEN = 200, OUTPUTS = 3, BATCH_SIZE = 32, OUTPUT_POPULATION = 2 };
enum { WEIGHTS_1 = INPUTS * HIDDEN, WEIGHTS_2 = HIDDEN * OUTPUTS };

/* The published simulator solves for a root in doubles: its times were seen to be within 2.6e-15 s
 * of the exact ones. 1e-12 s leaves room for steeper or flatter crossings, and is a millionth of
 * the smallest wrong difference. */
static const double TIME_BOUND_S = 1e-12;

/* Wrong published times miss the exact ones by 1.4 us or more; so this tells them apart. */
static const double WRONG_BY_S = 1e-6;

/* Relative to the largest entry of the matrix: what central differences confirmed of the golden
 * gradients. */
static const double GRADIENT_BOUND = 1e-9;

/* The golden losses are sums of 32 doubles computed from times good to 2.6e-15 s. Times enter as
 * t/tau0 with tau0 = 0.5 ms: 2.6e-15 s / 5e-4 s = 5e-12, of losses near 1. */
static const double LOSS_BOUND = 1e-11;

/* The published loss leaves silent outputs out. Here they spike at T + silent_after; this far away
 * their share of the softmax is below e^-1900 (T + 1000 ms over tau0 = 0.5 ms). */
static const double SILENT_AFTER = 1000;

/* Of a reference run; five digits more than any bound above asks for. */
static const long DIGITS = 20;

struct golden_network {
    int seed, after_epoch; /* -1: initial weights */
    double w1[WEIGHTS_1], w2[WEIGHTS_2];
};

#define SILENT (-1.0) /* stands for the time of an output without spikes */

/* First spikes of the three outputs on one test sample, in seconds. */
struct golden_trial {
    size_t network, sample;
    double published[OUTPUTS], exact[OUTPUTS];
};

struct golden_batch {
    size_t network, sample[BATCH_SIZE]; /* of the training set */
    double loss, sample_loss[BATCH_SIZE], gradient1[WEIGHTS_1], gradient2[WEIGHTS_2];
};

#include "tests/golden/eventprop.inc"
#include "tests/run_suite.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void use_weights(struct case_problem *c, const struct golden_network *network)
{
    memcpy(c->projection[0].weight, network->w1, sizeof network->w1);
    memcpy(c->projection[1].weight, network->w2, sizeof network->w2);
}

/* |time of the case in ms - time in s| against a bound in s, both proven. */
enum verdict { NEAR, FAR, NEITHER };

static enum verdict compare_time(const struct ref_train *train, double seconds)
{
    bool silent = seconds < 0;
    if (train->count == 0 || silent)
        return train->count == 0 && silent ? NEAR : FAR;
    arb_t difference, near, far;
    arb_init(difference);
    arb_init(near);
    arb_init(far);
    arb_set_d(near, seconds);
    arb_mul_ui(near, near, 1000, 256);
    arb_sub(difference, &train->at[0], near, 256);
    arb_abs(difference, difference);
    arb_div_ui(difference, difference, 1000, 256);
    arb_set_d(near, TIME_BOUND_S);
    arb_set_d(far, WRONG_BY_S);
    enum verdict verdict = NEITHER;
    if (arb_le(difference, near))
        verdict = NEAR;
    else if (arb_ge(difference, far))
        verdict = FAR;
    arb_clear(difference);
    arb_clear(near);
    arb_clear(far);
    return verdict;
}

static void run_trial(struct ref_result *result, const struct golden_trial *trial)
{
    struct case_made made;
    ck_assert_int_eq(case_make_yin_yang(&made, 0, trial->sample), 0);
    use_weights(made.problem, &NETWORK[trial->network]);
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.digits = DIGITS;
    options.gradients = false;
    ck_assert_int_eq(ref_run(result, made.problem, &options), REF_OK);
    case_made_clear(&made);
}

/* An output's verdict, or FAR if any output is FAR: a wrong trial has at least one wrong time. */
static enum verdict worst(const struct ref_result *result, const double seconds[OUTPUTS])
{
    enum verdict verdict = NEAR;
    for (size_t k = 0; k < OUTPUTS; k++) {
        enum verdict one =
            compare_time(&result->sample[0].spikes[OUTPUT_POPULATION][k], seconds[k]);
        if (one == NEITHER)
            return NEITHER;
        if (one == FAR)
            verdict = FAR;
    }
    return verdict;
}

TEST(published_first_spikes_at_initial_weights_are_reproduced)
{
    for (size_t k = 0; k < COUNT(AGREED); k++) {
        struct ref_result result;
        run_trial(&result, &AGREED[k]);
        ck_assert_msg(worst(&result, AGREED[k].published) == NEAR, "network %zu, sample %zu",
                      AGREED[k].network, AGREED[k].sample);
        ref_clear(&result);
    }
}

TEST(where_published_times_are_wrong_the_exact_ones_are_reproduced)
{
    ck_assert_uint_ge(COUNT(WRONG), 20);
    for (size_t k = 0; k < COUNT(WRONG); k++) {
        struct ref_result result;
        run_trial(&result, &WRONG[k]);
        ck_assert_msg(worst(&result, WRONG[k].exact) == NEAR, "network %zu, sample %zu",
                      WRONG[k].network, WRONG[k].sample);
        ck_assert_msg(worst(&result, WRONG[k].published) == FAR, "network %zu, sample %zu",
                      WRONG[k].network, WRONG[k].sample);
        ref_clear(&result);
    }
}

/* Replaces the one sample of a Yin-Yang case by the golden minibatch of the training set. */
static void use_batch(struct case_problem *c, const struct golden_batch *batch)
{
    struct case_yin_yang *all = calloc(CASE_YIN_YANG_TRAIN_COUNT, sizeof *all);
    struct case_sample *sample = calloc(BATCH_SIZE, sizeof *sample);
    ck_assert(all != NULL && sample != NULL);
    case_yin_yang_samples(all, CASE_YIN_YANG_TRAIN_COUNT, CASE_YIN_YANG_TRAIN_SEED);
    for (size_t b = 0; b < BATCH_SIZE; b++) {
        const struct case_yin_yang *point = &all[batch->sample[b]];
        sample[b].label = point->label;
        sample[b].spikes = calloc(c->populations, sizeof *sample[b].spikes);
        ck_assert_ptr_nonnull(sample[b].spikes);
        struct case_train *train = sample[b].spikes[0] = calloc(INPUTS, sizeof *train);
        ck_assert_ptr_nonnull(train);
        for (size_t i = 0; i < INPUTS; i++) {
            train[i].at = malloc(sizeof *train[i].at);
            ck_assert_ptr_nonnull(train[i].at);
            train[i].at[0] = i < CASE_YIN_YANG_FEATURES ? 30 * point->feature[i] : 0;
            train[i].count = 1;
        }
    }
    free(all);
    for (size_t i = 0; i < INPUTS; i++)
        free(c->sample->spikes[0][i].at);
    free(c->sample->spikes[0]);
    free(c->sample->spikes);
    free(c->sample);
    c->sample = sample;
    c->samples = BATCH_SIZE;
    c->loss.silent_after = SILENT_AFTER;
}

/* Proven |x - golden| <= bound |scale|. */
static bool is_within(const arb_t x, double golden, double bound, double scale)
{
    arb_t difference, allowed;
    arb_init(difference);
    arb_init(allowed);
    arb_set_d(allowed, golden);
    arb_sub(difference, x, allowed, 256);
    arb_abs(difference, difference);
    arb_set_d(allowed, bound * fabs(scale));
    bool within = arb_le(difference, allowed);
    arb_clear(difference);
    arb_clear(allowed);
    return within;
}

static double largest(const double *at, size_t count)
{
    double most = 0;
    for (size_t k = 0; k < count; k++)
        most = fmax(most, fabs(at[k]));
    return most;
}

/* The golden gradient has no entry for a silent label; here every label spikes. */
TEST(exact_gradient_of_the_first_minibatch_is_reproduced)
{
    struct case_made made;
    ck_assert_int_eq(case_make_yin_yang(&made, 0, 0), 0);
    use_weights(made.problem, &NETWORK[BATCH.network]);
    use_batch(made.problem, &BATCH);
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.digits = DIGITS;
    struct ref_result result;
    ck_assert_int_eq(ref_run(&result, made.problem, &options), REF_OK);

    ck_assert(is_within(result.loss, BATCH.loss, LOSS_BOUND, BATCH.loss));
    for (size_t b = 0; b < BATCH_SIZE; b++) {
        size_t label = made.problem->sample[b].label;
        ck_assert_uint_ge(result.sample[b].spikes[OUTPUT_POPULATION][label].count, 1);
        ck_assert_msg(is_within(result.sample[b].loss, BATCH.sample_loss[b], LOSS_BOUND, 1),
                      "loss of sample %zu", b);
    }
    double most1 = largest(BATCH.gradient1, WEIGHTS_1), most2 = largest(BATCH.gradient2, WEIGHTS_2);
    for (size_t k = 0; k < WEIGHTS_1; k++)
        ck_assert_msg(is_within(&result.gradient[k], BATCH.gradient1[k], GRADIENT_BOUND, most1),
                      "weights[0][%zu][%zu]", k / HIDDEN, k % HIDDEN);
    for (size_t k = 0; k < WEIGHTS_2; k++)
        ck_assert_msg(
            is_within(&result.gradient[WEIGHTS_1 + k], BATCH.gradient2[k], GRADIENT_BOUND, most2),
            "weights[1][%zu][%zu]", k / OUTPUTS, k % OUTPUTS);
    ref_clear(&result);
    case_made_clear(&made);
}

SUITE("golden", .cleanup = flint_cleanup)
