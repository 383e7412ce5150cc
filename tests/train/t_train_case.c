/* SPDX-License-Identifier: MIT */
/* t_train_case.c: a sample of a training as a case: the engine that is judged gives the loss and
 * the gradient by which the training learns, to the bit; and the rules that are no derivatives. */
#include "tests/run_suite.h"
#include "tests/training_case.h"

#define TWO_LAYERS "hidden=8,6 hidden_mean=1 hidden_deviation=0.5 recurrent=true "

/* Lets the training learn from one sample as it is; its gradient, to be freed. */
static float *gradient_of(struct train *train, size_t sample)
{
    float *gradient = malloc((train->parameters + 1) * sizeof *gradient);
    ck_assert_int_eq(train_batch_plain(&train->batch, &train->set[TRAIN_LEARN], sample, 1), 0);
    ck_assert_int_eq(resident_run(train->engine, &train->batch.batch, true), 0);
    resident_gradient(train->engine, gradient);
    return gradient;
}

static struct result run_case(const struct train *train, const struct case_problem *c)
{
    struct engine_options options = ENGINE_OPTIONS_DEFAULT;
    struct result result;
    options.delays = CASE_ROUND_DELAYS;
    options.variant = train->settings.compat ? SCHEME_COMPAT : 0;
    enum result_status status = engine_run(&gpu_clock_host, &result, c, &options);
    ck_assert_msg(status == RESULT_OK, "%s", result.reason);
    return result;
}

static size_t weights_of(const struct case_problem *c)
{
    size_t weights = 0;
    for (size_t k = 0; k < c->projections; k++)
        weights += c->population[c->projection[k].source].size *
                   c->population[c->projection[k].target].size;
    return weights;
}

/* With the weights of two epochs; batches of one sample, so that nothing is divided. */
static void check_sample(const char *more)
{
    struct train train;
    struct case_error error;
    char both[400];
    snprintf(both, sizeof both, "batch=1 %s", more);
    open_tiny(&train, both, 1);
    learn(&train, 2);
    for (size_t s = 0; s < 3; s++) {
        float *gradient = gradient_of(&train, s);
        size_t moved = 0;
        struct case_problem *c = train_case(&train, 0, 1);
        ck_assert_ptr_nonnull(c);
        ck_assert_msg(case_check(c, &error) == 0, "%s: %s", more, error.text);
        struct result result = run_case(&train, c);
        ck_assert_msg((double)(float)resident_outcome(train.engine)->sample_loss[0] ==
                          result.sample[0].loss,
                      "%s", more);
        for (size_t k = 0; k < weights_of(c); k++) {
            ck_assert_msg((double)gradient[k] == result.gradient[k], "%s: %zu: %a, wanted %a", more,
                          k, (double)gradient[k], result.gradient[k]);
            moved += gradient[k] != 0;
        }
        ck_assert_msg(moved > 10, "%s: %zu", more, moved);
        result_clear(&result);
        case_free(c);
        free(gradient);
    }
    train_close(&train);
}

TEST(loss_and_gradient_are_those_of_the_judged_engine)
{
    check_sample("");
    check_sample("loss=voltage-integral-cross-entropy weighting=linear");
    check_sample("loss=voltage-integral-cross-entropy weighting=sigmoid compat=true");
    check_sample("loss=instantaneous-cross-entropy");
    check_sample("loss=first-spike-cross-entropy output_mean=4 tau0=1 tau1=20 alpha=0.01");
    check_sample("loss=first-spike-margin output_mean=4 margin=30");
    check_sample(TWO_LAYERS "taps=3 tap=2.4");
    check_sample(TWO_LAYERS "heterogeneous=true step=0.1");
    check_sample("merge=false step=5");
}

/* The engine lays its constants from decimals through MPFR, the training through its own
 * exponential: both are rounded once. */
TEST(time_constants_that_were_learned_go_into_the_case)
{
    struct train train;
    check_sample("train_taus=true");
    check_sample(TWO_LAYERS "train_taus=true heterogeneous=true");
    open_tiny(&train, TWO_LAYERS "train_taus=true rate=0.5 least_tau_mem=19 least_tau_syn=4.5", 1);
    learn(&train, 2);
    free(gradient_of(&train, 0));
    struct case_problem *c = train_case(&train, 0, 1);
    float *value = part_of(&train, RESIDENT_VALUE), *at = value + weights_of(c);
    size_t moved = 0, least = 0;
    ck_assert_uint_eq(train.parameters, weights_of(c) + 2 * (8 + 6));
    for (int which = 0; which < 2; which++)
        for (size_t p = 1; p < 3; p++)
            for (size_t k = 0; k < c->population[p].size; k++, at++) {
                const struct case_values *values =
                    which == 0 ? &c->population[p].tau_mem : &c->population[p].tau_syn;
                float lowest = which == 0 ? 19 : 4.5f;
                ck_assert(case_value(values, k) == (double)*at && *at >= lowest);
                least += *at == lowest;
                moved += *at != (which == 0 ? 20 : 5);
            }
    ck_assert_msg(moved > 8 && least > 0, "%zu moved, %zu least", moved, least);
    free(value);
    case_free(c);
    train_close(&train);
}

/* Several samples of a batch, each where it is asked for. */
TEST(samples_are_taken_from_their_place_in_the_batch)
{
    struct train train;
    open_tiny(&train, "", 1);
    ck_assert_int_eq(train_batch_plain(&train.batch, &train.set[TRAIN_LEARN], 4, 4), 0);
    ck_assert_int_eq(resident_run(train.engine, &train.batch.batch, true), 0);
    struct case_problem *c = train_case(&train, 1, 2);
    ck_assert_uint_eq(c->samples, 2);
    struct result result = run_case(&train, c);
    for (size_t s = 0; s < 2; s++) {
        ck_assert_int_eq((int)c->sample[s].label, (int)(5 + s) % TINY_CLASSES);
        ck_assert((double)(float)resident_outcome(train.engine)->sample_loss[1 + s] ==
                  result.sample[s].loss);
    }
    result_clear(&result);
    case_free(c);
    train_close(&train);
}

/* ---- rules that are no derivatives ---- */

/* A batch of one in an engine with room for four: gradients are a quarter, and the pull goes by the
 * mean count of the one. A power of two, so to the bit. */
TEST(a_short_batch_is_pulled_by_the_counts_of_its_own_samples)
{
    struct train one, four;
    open_tiny(&one, "batch=1 strength=0.01 spikes=3", 1);
    open_tiny(&four, "batch=4 strength=0.01 spikes=3", 1);
    float *a = gradient_of(&one, 2), *b = gradient_of(&four, 2);
    for (size_t k = 0; k < one.parameters; k++)
        ck_assert_msg(a[k] == 4 * b[k], "%zu: %a, %a", k, (double)a[k], (double)b[k]);
    free(a);
    free(b);
    train_close(&one);
    train_close(&four);
}

/* What is pulled is hidden: the weights of outputs that spike learn as without, those before do
 * not. */
TEST(the_pull_leaves_outputs_alone)
{
    struct train with, without;
#define SPIKING "batch=1 loss=first-spike-cross-entropy output_mean=4 tau0=1 tau1=20 alpha=0.01 "
    open_tiny(&without, SPIKING, 1);
    open_tiny(&with, SPIKING "strength=0.01", 1);
    float *a = gradient_of(&without, 0), *b = gradient_of(&with, 0);
    size_t inputs = TINY_CHANNELS * 8, other = 0, outputs = 0;
    for (size_t k = 0; k < with.parameters; k++) {
        ck_assert(k < inputs || a[k] == b[k]);
        other += a[k] != b[k];
        outputs += k >= inputs && b[k] != 0;
    }
    ck_assert(other > 0 && outputs > 0);
    free(a);
    free(b);
    train_close(&with);
    train_close(&without);
}

SUITE("train_case", .setup = open_place, .teardown = close_place, .seconds = 120)
