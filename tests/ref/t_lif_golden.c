/* SPDX-License-Identifier: MIT */
/* t_lif_golden.c: does the reference give the numbers by which other simulators are tested?
 *
 * The numbers are test constants of jaxsnn (tests/sw/test_event_root_ttfs.py at 5e9bb860) and NEST
 * (testsuite/pytests/neurons at 84b06d8d), with the closed forms evaluated to 20 digits; only
 * numbers are quoted. Published decimals such as 0.6 are no doubles: each problem is scaled (V, I,
 * threshold and weights together) until all its constants are whole numbers, which moves no spike.
 * Times in ms. */
#include "cases/families/build.h"
#include "ref/ref.h"
#include "tests/run_suite.h"

#include <stdlib.h>

enum { PRECISION = 512, MAX_INPUTS = 8 };

struct input {
    double time, weight;
};

/* One neuron with one source neuron an input. Its loss is t^2/2, t the first spike (lif), or 0
 * (li).
 */
struct neuron {
    enum case_model model;
    double tau_mem, tau_syn, threshold, reset, bias, end;
    size_t inputs;
    struct input input[MAX_INPUTS];
};

/* Runs the neuron; its probes, if any, are at the given times. */
static void run(struct ref_result *result, const struct neuron *neuron, const double *probe_time,
                size_t probes)
{
    struct case_builder b;
    case_build_start(&b, "lif-golden", 0, 0, neuron->end);
    struct case_build_neurons one =
        case_build_alike(1, neuron->tau_mem, neuron->tau_syn, neuron->threshold);
    one.reset[0] = neuron->reset;
    one.bias[0] = neuron->bias;
    size_t sources = neuron->inputs == 0 ? 1 : neuron->inputs; /* none: a silent one */
    case_build_source(&b, "in", sources);
    case_build_population(&b, "out", neuron->model, &one);
    double weight[MAX_INPUTS] = {0};
    for (size_t i = 0; i < neuron->inputs; i++)
        weight[i] = neuron->input[i].weight;
    case_build_projection(&b, 0, 1, weight, &(double){0}, 1);
    case_build_sample(&b);
    for (size_t i = 0; i < neuron->inputs; i++)
        case_build_spikes(&b, 0, 0, i, &neuron->input[i].time, 1);
    if (neuron->model == CASE_LIF) {
        case_build_loss(
            &b, &(struct case_loss){.kind = CASE_FIRST_SPIKE_SQUARED_ERROR, .population = 1});
        case_build_times(&b, 0, &(double){0});
    } else {
        case_build_loss(
            &b, &(struct case_loss){.kind = CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, .population = 1});
    }
    struct case_made made;
    ck_assert_int_eq(case_build_finish(&made, &b, CASE_DECIDED), 0);

    struct ref_probe *probe = calloc(probes + 1, sizeof *probe);
    ck_assert_ptr_nonnull(probe);
    for (size_t p = 0; p < probes; p++)
        probe[p] = (struct ref_probe){0, 1, 0, probe_time[p]};
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.probe = probe;
    options.probes = probes;
    ck_assert_int_eq(ref_run(result, made.problem, &options), REF_OK);
    free(probe);
    case_made_clear(&made);
}

/* wanted: "x +/- half a unit in its last place". Proven: x rounds to the digits printed. */
static void expect(const arb_t got, const char *wanted)
{
    arb_t interval;
    arb_init(interval);
    ck_assert_int_eq(arb_set_str(interval, wanted, PRECISION), 0);
    if (!arb_contains(interval, got)) {
        char *digits = arb_get_str(got, 30, 0);
        ck_abort_msg("%s, wanted %s", digits, wanted);
    }
    arb_clear(interval);
}

static const struct ref_train *train_of(const struct ref_result *result)
{
    return &result->sample[0].spikes[1][0];
}

static void expect_first_spike(const struct neuron *neuron, const char *wanted)
{
    struct ref_result result;
    run(&result, neuron, NULL, 0);
    ck_assert_uint_ge(train_of(&result)->count, 1);
    expect(&train_of(&result)->at[0], wanted);
    ref_clear(&result);
}

static void expect_no_spike(const struct neuron *neuron)
{
    struct ref_result result;
    run(&result, neuron, NULL, 0);
    ck_assert_uint_eq(train_of(&result)->count, 0);
    ref_clear(&result);
}

/* ---- jaxsnn: tau_mem V' = v_leak - V + I, threshold 0.6, state (V0, I0) at t = 0 ---- */

/* What the threshold of 0.6 and all currents are multiplied with. */
enum { SCALE = 5, THRESHOLD = 3 };

/* I0 = 3 w at w = 1, so weight = 15 w. The loss is t^2/2: dt/dw = 15 (dL/dweight) / t. */
static void expect_spike_and_derivative(double tau_mem, const char *time, const char *derivative)
{
    const struct neuron neuron = {
        .model = CASE_LIF,
        .tau_mem = tau_mem,
        .tau_syn = 5,
        .threshold = THRESHOLD,
        .end = 100,
        .inputs = 1,
        .input = {{0, 3 * SCALE}},
    };
    struct ref_result result;
    run(&result, &neuron, NULL, 0);
    ck_assert_uint_ge(train_of(&result)->count, 1);
    expect(&train_of(&result)->at[0], time);
    arb_t slope;
    arb_init(slope);
    arb_div(slope, &result.gradient[0], &train_of(&result)->at[0], PRECISION);
    arb_mul_ui(slope, slope, 3 * SCALE, PRECISION);
    expect(slope, derivative);
    arb_clear(slope);
    ref_clear(&result);
}

TEST(jaxsnn_spike_time_and_its_derivative_at_tau_ratio_two)
{
    expect_spike_and_derivative(10, "3.235071311574467398 +/- 5e-19",
                                "-6.180339887498948482 +/- 5e-19");
}

TEST(jaxsnn_spike_time_and_its_derivative_at_equal_taus)
{
    expect_spike_and_derivative(5, "1.2958555090953687253 +/- 5e-20",
                                "-1.7491967609218358355 +/- 5e-20");
}

TEST(jaxsnn_weak_inputs_give_no_spike)
{
    struct neuron neuron = {
        .model = CASE_LIF,
        .tau_mem = 10,
        .tau_syn = 5,
        .threshold = THRESHOLD,
        .end = 100,
        .inputs = 1,
        .input = {{0, 2 * SCALE}},
    };
    expect_no_spike(&neuron);
    neuron.tau_mem = 5;
    neuron.input[0].weight = SCALE;
    expect_no_spike(&neuron);
}

TEST(jaxsnn_leak_over_threshold_spikes_without_input)
{
    const struct neuron neuron = {
        .model = CASE_LIF, .tau_mem = 20, .tau_syn = 10, .threshold = 1, .bias = 2, .end = 20};
    expect_first_spike(&neuron, "13.862943611198906188 +/- 5e-19");
}

/* V0 = 0.3 is where a neuron starts that has just been reset to 0.3: the time asked for is the one
 * between two spikes. Scaled by 10. */
TEST(jaxsnn_leak_over_threshold_from_a_start_voltage)
{
    const struct neuron neuron = {.model = CASE_LIF,
                                  .tau_mem = 20,
                                  .tau_syn = 10,
                                  .threshold = 10,
                                  .reset = 3,
                                  .bias = 20,
                                  .end = 30};
    struct ref_result result;
    run(&result, &neuron, NULL, 0);
    ck_assert_uint_eq(train_of(&result)->count, 2);
    arb_t interval;
    arb_init(interval);
    arb_sub(interval, &train_of(&result)->at[1], &train_of(&result)->at[0], PRECISION);
    expect(interval, "10.612565021243407925 +/- 5e-19");
    arb_clear(interval);
    ref_clear(&result);
}

/* ---- NEST: I_e in pA drives V to I_e tau_m / C_m mV above rest ---- */

/* Adds inputs at one time whose weights sum to x with a relative error of 2^-158. */
static void add_in_parts(struct neuron *neuron, double time, const arb_t x)
{
    arb_t rest, part;
    arb_init(rest);
    arb_init(part);
    arb_set(rest, x);
    for (int k = 0; k < 3; k++) {
        double weight = arf_get_d(arb_midref(rest), ARF_RND_NEAR);
        neuron->input[neuron->inputs++] = (struct input){time, weight};
        arb_set_d(part, weight);
        arb_sub(rest, rest, part, PRECISION);
    }
    arb_clear(rest);
    arb_clear(part);
}

/* The "lossless" neuron, tau_m 100 ms, tau_syn 1 ms, threshold 21 mV above rest: a direct current
 * holds V(2 ms) = 20.999 mV and V(4 ms) = v4 = 21 - 0.001 e^-0.02, then stops as a synaptic current
 * of 0.4 mV/pA times 55, 70 or 90 pA sets in. A bias cannot stop, so an input at time 0 lifts V to
 * v4 at our time 1 (NEST's 4), monotonically and below threshold:
 *     V(1) = (first / 99) (e^-0.01 - e^-1) = v4        I(1-) = first e^-1
 * and a second input then turns I into 0.4 weight_pa. Neither is a double: each is a sum of three.
 */
static struct neuron lossless(unsigned weight_pa)
{
    struct neuron neuron = {
        .model = CASE_LIF, .tau_mem = 100, .tau_syn = 1, .threshold = 21, .end = 3};
    arb_t v4, decay, first, second;
    arb_init(v4);
    arb_init(decay);
    arb_init(first);
    arb_init(second);
    arb_set_si(v4, -2);
    arb_div_ui(v4, v4, 100, PRECISION);
    arb_exp(v4, v4, PRECISION);
    arb_div_ui(v4, v4, 1000, PRECISION);
    arb_sub_ui(v4, v4, 21, PRECISION);
    arb_neg(v4, v4);

    arb_set_si(first, -1);
    arb_exp(decay, first, PRECISION);
    arb_div_ui(first, first, 100, PRECISION);
    arb_exp(first, first, PRECISION);
    arb_sub(first, first, decay, PRECISION);
    arb_div(first, v4, first, PRECISION);
    arb_mul_ui(first, first, 99, PRECISION);
    add_in_parts(&neuron, 0, first);

    arb_set_ui(second, 4 * weight_pa);
    arb_div_ui(second, second, 10, PRECISION);
    arb_submul(second, first, decay, PRECISION);
    add_in_parts(&neuron, 1, second);
    arb_clear(v4);
    arb_clear(decay);
    arb_clear(first);
    arb_clear(second);
    return neuron;
}

TEST(nest_lossless_weak_input_is_missed_by_the_threshold)
{
    struct neuron neuron = lossless(55);
    expect_no_spike(&neuron);
}

/* At 70 pA V is above threshold for a part of a millisecond only. Our times are 3 ms earlier. */
TEST(nest_lossless_spike_inside_a_step_is_found)
{
    struct neuron neuron = lossless(70);
    expect_first_spike(&neuron, "1.0144154599123257472 +/- 5e-20");
}

TEST(nest_lossless_strong_input)
{
    struct neuron neuron = lossless(90);
    expect_first_spike(&neuron, "1.0065863856661800508 +/- 5e-20");
}

TEST(nest_first_spike_under_direct_current)
{
    const struct neuron neuron = {
        .model = CASE_LIF, .tau_mem = 10, .tau_syn = 2, .threshold = 15, .bias = 40, .end = 8};
    expect_first_spike(&neuron, "4.7000362924573555365 +/- 5e-20");
}

/* V(500 ms) = 40 (1 - e^-50), which is 40 - 7.7e-21. */
TEST(nest_voltage_under_direct_current)
{
    static const double time[2] = {5, 500};
    const struct neuron neuron = {
        .model = CASE_LI, .tau_mem = 10, .tau_syn = 2, .bias = 40, .end = 512};
    struct ref_result result;
    run(&result, &neuron, time, 2);
    expect(&result.probe_v[0], "15.738773611494663056 +/- 5e-19");
    expect(&result.probe_v[1], "40 +/- 1e-20");
    ref_clear(&result);
}

/* A table of six digits from a grid, V_rest -70 mV; its spike, on the grid, is at 4.8 ms. The
 * doubles nearest to 0.1 ... 4.7 move V by less than 1e-14. */
TEST(nest_voltage_table_under_direct_current)
{
    static const double time[] = {0.1, 0.2, 0.3, 0.4, 0.5, 4.3, 4.4, 4.5, 4.6, 4.7};
    static const char *const wanted[] = {"0.3980 +/- 5e-5",  "0.7921 +/- 5e-5",  "1.1822 +/- 5e-5",
                                         "1.5684 +/- 5e-5",  "1.9508 +/- 5e-5",  "13.9796 +/- 5e-5",
                                         "14.2385 +/- 5e-5", "14.4949 +/- 5e-5", "14.7487 +/- 5e-5",
                                         "14.9999 +/- 5e-5"};
    enum { ROWS = sizeof time / sizeof time[0] };
    const struct neuron neuron = {
        .model = CASE_LIF, .tau_mem = 10, .tau_syn = 2, .threshold = 15, .bias = 40, .end = 8};
    struct ref_result result;
    run(&result, &neuron, time, ROWS);
    for (size_t row = 0; row < ROWS; row++)
        expect(&result.probe_v[row], wanted[row]);
    ck_assert_uint_eq(train_of(&result)->count, 1);
    expect(&train_of(&result)->at[0], "4.75 +/- 0.05");
    ref_clear(&result);
}

/* Left out, because no case can say them:
 * - NEST, alpha-PSC PSP of one off-grid spike (V(3 ms) = 1.2237180269836677837 mV): the synaptic
 *   current is t e^(-t/tau_syn), not an exponential; two equal time constants in series are needed;
 * - NIR, one neuron under a piecewise constant current (spikes near 46.084, 51.09, 71.092 and
 *   76.091 ms): the current has no synapse and steps 10 times a ms, and the reset subtracts the
 *   threshold. Our reset sets V. */

SUITE("lif-golden", .cleanup = flint_cleanup)
