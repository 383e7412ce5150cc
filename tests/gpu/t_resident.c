/* SPDX-License-Identifier: MIT */
/* t_resident.c: the engines that stay give the bits of the engine that is judged, batch after
 * batch; Adam by the formula; the rules of training against the lines of gpu/step.h; all of it on
 * the host and by the kernels' text, which train to the same bits. */
#include "tests/resident_case.h"

#include "gpu/step.h"
#include "tests/clock_case.h"
#include "tests/run_suite.h"

#include <math.h>

/* Every test runs for each. */
static const struct engine *const kind[] = {&gpu_clock_host, &gpu_clock_emulated};
enum { KINDS = sizeof kind / sizeof *kind };
enum { SAMPLES = 3, WEIGHTS = 6 + 9 + 6, TAUS = 6 };

static const struct resident_options plain = {.engine = ENGINE_OPTIONS_DEFAULT};
static const size_t orders[6][SAMPLES] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                          {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

static struct case_problem *three(void)
{
    return problem(RECURRENT, "\"delay\":2,", SAMPLE_A "," SAMPLE_B "," SAMPLE_C);
}

static bool same(const float *a, const double *b, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if ((double)a[k] != b[k])
            return false;
    return true;
}

/* ---- bits ---- */

TEST_EACH(the_gradient_is_that_of_the_engine_in_the_same_order_of_sums, 0, KINDS)
{
    struct case_problem *c = three();
    struct engine_options options = ENGINE_OPTIONS_DEFAULT;
    struct result result = run(c, &options);
    struct resident *r = open_one(kind[_i], c, &plain);
    struct drawn d;
    float gradient[WEIGHTS];
    int alike = 0;
    ck_assert_uint_eq(resident_parameters(r), WEIGHTS);
    for (size_t k = 0; k < 6; k++) {
        draw(&d, c, orders[k], SAMPLES);
        ck_assert_int_eq(resident_run(r, &d.batch, true), 0);
        did(r, resident_gradient(r, gradient));
        alike += same(gradient, result.gradient, WEIGHTS);
        for (size_t s = 0; s < SAMPLES; s++)
            ck_assert((double)(float)resident_outcome(r)->sample_loss[s] ==
                      result.sample[orders[k][s]].loss);
    }
    /* The engine's own order is one of them; others may round alike. */
    ck_assert_int_ge(alike, 1);
    resident_close(r);
    result_clear(&result);
    case_free(c);
}

TEST_EACH(a_short_batch_is_the_batch_of_its_samples_and_leaves_nothing_behind, 0, KINDS)
{
    struct case_problem *c = three();
    struct resident *r = open_one(kind[_i], c, &plain), *fresh = open_one(kind[_i], c, &plain);
    struct drawn all, one;
    float a[WEIGHTS], b[WEIGHTS];
    draw(&all, c, orders[0], SAMPLES);
    draw(&one, c, orders[3], 1);
    ck_assert_int_eq(resident_run(r, &all.batch, true), 0);
    ck_assert_int_eq(resident_run(r, &one.batch, true), 0);
    ck_assert_int_eq(resident_run(fresh, &one.batch, true), 0);
    did(r, resident_gradient(r, a));
    did(fresh, resident_gradient(fresh, b));
    ck_assert_mem_eq(a, b, sizeof a);
    ck_assert(resident_outcome(r)->loss == resident_outcome(r)->sample_loss[0]);
    resident_close(r);
    resident_close(fresh);
    case_free(c);
}

TEST_EACH(counts_are_the_spikes_of_hidden_neurons, 0, KINDS)
{
    struct case_problem *c = three();
    struct engine_options options = ENGINE_OPTIONS_DEFAULT;
    struct result result = run(c, &options);
    struct resident *r = open_one(kind[_i], c, &plain);
    struct drawn d;
    draw(&d, c, orders[0], SAMPLES);
    ck_assert_int_eq(resident_run(r, &d.batch, false), 0);
    const struct resident_outcome *o = resident_outcome(r);
    ck_assert_uint_eq(o->hidden, 3);
    for (size_t n = 0; n < 3; n++) {
        size_t count = 0;
        for (size_t s = 0; s < SAMPLES; s++)
            count += result.raster.train[s][1][n].count;
        ck_assert_uint_gt(count, 0);
        ck_assert_uint_eq(o->count[n], count);
    }
    resident_close(r);
    result_clear(&result);
    case_free(c);
}

/* ---- parameters and Adam ---- */

TEST_EACH(parameters_are_those_of_the_case_and_come_back_as_they_are_put, 0, KINDS)
{
    struct case_problem *c = three();
    struct resident_options options = plain;
    options.train_taus = true;
    struct resident *r = open_one(kind[_i], c, &options);
    float value[WEIGHTS + TAUS], again[WEIGHTS + TAUS];
    ck_assert_uint_eq(resident_parameters(r), WEIGHTS + TAUS);
    did(r, resident_get(r, RESIDENT_VALUE, value));
    ck_assert(value[0] == 6 && value[1] == 2.5f && value[5] == 1.5f && value[6] == 0.5f);
    ck_assert(value[WEIGHTS] == 20 && value[WEIGHTS + 2] == 10 && value[WEIGHTS + 3] == 5);
    for (int part = RESIDENT_VALUE; part <= RESIDENT_SQUARE; part++) {
        for (size_t k = 0; k < WEIGHTS + TAUS; k++)
            value[k] = (float)(k + 1) / 7 + (float)part;
        did(r, resident_put(r, (enum resident_part)part, value));
        did(r, resident_get(r, (enum resident_part)part, again));
        ck_assert_mem_eq(value, again, sizeof value);
    }
    resident_close(r);
    case_free(c);
}

/* Kingma and Ba, algorithm 1, in double: rounding apart. */
TEST_EACH(adam_is_the_published_step, 0, KINDS)
{
    struct case_problem *c = three();
    struct resident_options options = plain;
    options.train_taus = true;
    struct resident *r = open_one(kind[_i], c, &options);
    struct drawn d;
    float gradient[WEIGHTS + TAUS], value[WEIGHTS + TAUS];
    double m[WEIGHTS + TAUS] = {0}, v[WEIGHTS + TAUS] = {0}, x[WEIGHTS + TAUS];
    did(r, resident_get(r, RESIDENT_VALUE, value));
    for (size_t k = 0; k < WEIGHTS + TAUS; k++)
        x[k] = (double)value[k];
    for (int step = 1; step <= 3; step++) {
        double one = 1 - pow(0.9, step), two = 1 - pow(0.999, step);
        struct adam adam = {0.0625f,          0.125f,          0.9f, 0.1f, 0.999f, 0.001f,
                            (float)(1 / one), (float)(1 / two)};
        draw(&d, c, orders[step], SAMPLES);
        ck_assert_int_eq(resident_run(r, &d.batch, true), 0);
        did(r, resident_gradient(r, gradient));
        did(r, resident_adam(r, &adam));
        did(r, resident_get(r, RESIDENT_VALUE, value));
        for (size_t k = 0; k < WEIGHTS + TAUS; k++) {
            double g = (double)gradient[k];
            m[k] = 0.9 * m[k] + 0.1 * g;
            v[k] = 0.999 * v[k] + 0.001 * g * g;
            x[k] = x[k] - 0.0625 * (m[k] / one) / (sqrt(v[k] / two) + 0.125);
            ck_assert_msg(fabs(x[k] - (double)value[k]) < 1e-5, "%zu: %g, wanted %g", k,
                          (double)value[k], x[k]);
        }
    }
    resident_close(r);
    case_free(c);
}

TEST_EACH(trained_time_constants_stay_above_their_least, 0, KINDS)
{
    struct case_problem *c = three();
    struct resident_options options = plain;
    options.train_taus = true;
    options.least_tau_mem = 19;
    options.least_tau_syn = 4.5;
    struct resident *r = open_one(kind[_i], c, &options);
    struct drawn d;
    float value[WEIGHTS + TAUS];
    struct adam adam = {1, 1e-8f, 0, 1, 0, 1, 1, 1};
    draw(&d, c, orders[0], SAMPLES);
    ck_assert_int_eq(resident_run(r, &d.batch, true), 0);
    did(r, resident_adam(r, &adam));
    did(r, resident_get(r, RESIDENT_VALUE, value));
    for (size_t k = 0; k < 3; k++) {
        ck_assert(value[WEIGHTS + k] >= 19);
        ck_assert(value[WEIGHTS + 3 + k] >= 4.5f);
    }
    resident_close(r);
    case_free(c);
}

/* ---- rules of training: a neuron whose adjoint can be written down ---- */

/* One input at 1 ms, one neuron that it makes spike once or not at all, 20 steps of 1 ms. */
#define CHAIN                                                                                      \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":20,\"step\":1},"              \
    "\"populations\":[{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"                    \
    "{\"name\":\"hid\",\"size\":1,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"                 \
    "\"threshold\":1,\"reset\":0},"                                                                \
    "{\"name\":\"out\",\"size\":2,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"                 \
    "\"threshold\":1,\"reset\":0}],"                                                               \
    "\"projections\":[{\"source\":\"in\",\"target\":\"hid\",\"weights\":[[%s]]},"                  \
    "{\"source\":\"hid\",\"target\":\"out\",\"weights\":[[%s]]}],"                                 \
    "\"samples\":[{\"spikes\":{\"in\":[[1]]},\"target\":{\"label\":0}}],"                          \
    "\"loss\":{\"kind\":\"first-spike-cross-entropy\",\"population\":\"out\",\"tau0\":1,"          \
    "\"tau1\":10,\"alpha\":0.5,\"silent_after\":1}}"

struct constants {
    float alpha, beta, kappa, kappa_back;
};

static struct constants constants_of_chain(void)
{
    double a = exp(-1.0 / 20), b = exp(-1.0 / 5), k = (a - b) / 15;
    return (struct constants){(float)a, (float)b, (float)(5 * k), (float)(20 * k)};
}

/* lambda_I of a free neuron so many steps before lambda_V was set and lambda_I was 0. */
static float transported(float lambda_v, uint32_t steps)
{
    struct constants k = constants_of_chain();
    float lambda_i = 0;
    for (uint32_t n = 0; n < steps; n++) {
        float next = step_lambda_i(lambda_i, lambda_v, k.beta, k.kappa_back);
        lambda_v = step_lambda_v(lambda_v, k.alpha);
        lambda_i = next;
    }
    return lambda_i;
}

static void run_chain(struct resident *r, struct case_problem *c, float gradient[3])
{
    struct drawn d;
    static const size_t first[1] = {0};
    draw(&d, c, first, 1);
    ck_assert_int_eq(resident_run(r, &d.batch, true), 0);
    did(r, resident_gradient(r, gradient));
}

/* The outputs are not reached, so that nothing else moves lambda: the hidden spike's jump is the
 * pull alone, and what arrived at the neuron sees it transported. */
TEST_EACH(the_pull_towards_a_spike_count_is_taken_off_every_jump, 0, KINDS)
{
    struct case_problem *c = problem(CHAIN, "7", "0,0");
    struct resident_options options = plain;
    options.strength = 0.25;
    options.spikes = 14;
    struct resident *r = open_one(kind[_i], c, &options);
    struct engine_options engine = ENGINE_OPTIONS_DEFAULT;
    struct result result = run(c, &engine);
    ck_assert_uint_eq(result.raster.train[0][1][0].count, 1);
    uint32_t spike = result.raster.train[0][1][0].step[0];
    float gradient[3], pull = (float)(0.25 * (1.0 - 14));
    run_chain(r, c, gradient);
    /* Arrival at index 2; the spike's jump is at index spike + 1. */
    float wanted = transported(-pull, spike + 1 - 2) * -5.0f;
    ck_assert_msg(gradient[0] == wanted, "%a, wanted %a", (double)gradient[0], (double)wanted);
    ck_assert(gradient[0] < 0); /* too few spikes: weights go up */
    resident_close(r);
    result_clear(&result);
    case_free(c);
}

TEST_EACH(without_strength_nothing_is_pulled, 0, KINDS)
{
    struct case_problem *c = problem(CHAIN, "7", "0,0");
    struct resident *r = open_one(kind[_i], c, &plain);
    float gradient[3];
    run_chain(r, c, gradient);
    ck_assert(gradient[0] == 0 && gradient[1] == 0 && gradient[2] == 0);
    resident_close(r);
    case_free(c);
}

/* dloss/dt of a spike at the end: alpha / tau1 e^(T / tau1) = 0.05 e^2, of the label alone. */
TEST_EACH(a_silent_label_is_pulled_as_if_it_spiked_at_the_end, 0, KINDS)
{
    struct case_problem *c = problem(CHAIN, "7", "0.5,0.5");
    struct resident_options options = plain;
    options.phantom = true;
    struct resident *r = open_one(kind[_i], c, &options);
    struct engine_options engine = ENGINE_OPTIONS_DEFAULT;
    struct result result = run(c, &engine);
    uint32_t spike = result.raster.train[0][1][0].step[0];
    float gradient[3], phantom = (float)(0.05 * exp(2.0));
    run_chain(r, c, gradient);
    ck_assert_uint_eq(resident_outcome(r)->silent_labels, 1);
    float wanted = transported(phantom, 20 - (spike + 1)) * -5.0f;
    ck_assert_msg(gradient[1] == wanted, "%a, wanted %a", (double)gradient[1], (double)wanted);
    ck_assert(gradient[1] < 0 && gradient[2] == 0);
    resident_close(r);
    result_clear(&result);
    case_free(c);
}

/* The other output spikes and pushes; the label does not. */
TEST_EACH(a_sample_whose_label_is_silent_can_be_left_out, 0, KINDS)
{
    struct case_problem *c = problem(CHAIN, "7", "0.5,9");
    struct resident_options options = plain;
    float gradient[3];
    struct resident *r = open_one(kind[_i], c, &options);
    run_chain(r, c, gradient);
    ck_assert(gradient[0] != 0 && gradient[2] != 0);
    resident_close(r);
    options.skip_silent = true;
    r = open_one(kind[_i], c, &options);
    run_chain(r, c, gradient);
    ck_assert(gradient[0] == 0 && gradient[1] == 0 && gradient[2] == 0);
    ck_assert_uint_eq(resident_outcome(r)->silent_labels, 1);
    ck_assert_uint_eq(resident_outcome(r)->predicted[0], 1);
    resident_close(r);
    case_free(c);
}

/* ---- on the device as on the host ---- */

TEST_EACH(a_training_has_the_bits_of_the_host_whatever_its_rules, 0, TRAININGS)
{
    const char *what = training_difference(&trainings[_i], &gpu_clock_emulated);
    ck_assert_msg(!what, "training %d: %s differs", _i, what);
}

/* ---- what cannot train ---- */

TEST_EACH(engines_and_networks_that_cannot_stay_are_refused, 0, KINDS)
{
    struct case_problem *c = three();
    enum result_status status;
    char reason[RESULT_REASON];
    struct engine other = *kind[_i];
    ck_assert(resident_open(&other, c, &plain, &status, reason) == NULL);
    ck_assert(status == RESULT_REFUSED && strstr(reason, "cannot train"));
    struct resident_options shape = plain;
    shape.engine.block = 33; /* of no device */
    ck_assert(resident_open(&gpu_clock_emulated, c, &shape, &status, reason) == NULL);
    ck_assert(status == RESULT_REFUSED && strstr(reason, "wanted a multiple of 32"));
    c->loss.kind = CASE_VOLTAGE_SQUARED_ERROR;
    ck_assert(resident_open(kind[_i], c, &plain, &status, reason) == NULL);
    ck_assert(status == RESULT_REFUSED && strstr(reason, "labels"));
    case_free(c);
}

TEST(without_a_device_the_reason_says_so)
{
    struct case_problem *c = three();
    enum result_status status;
    char reason[RESULT_REASON], text[200];
    if (gpu_device(text, sizeof text) == RESULT_ABSENT) {
        ck_assert(resident_open(&gpu_clock_cuda, c, &plain, &status, reason) == NULL);
        ck_assert(status == RESULT_ABSENT);
        ck_assert_str_eq(reason, text);
    }
    case_free(c);
}

SUITE("resident", .seconds = 60)
