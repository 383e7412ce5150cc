/* SPDX-License-Identifier: MIT */
/* t_clock.c: the host driver of the clock engine, held bit by bit to the lines of gpu/step.h that
 * its own traces allow to be computed again. */
#include "tests/clock_case.h"
#include "tests/run_suite.h"

#include <math.h>

static const struct engine_options traced = {
    .gradients = true, .tau_gradients = true, .delay_gradients = true, .trace = true};

static struct case_problem *c;
static struct result r;

static void setup(void)
{
    c = problem(RECURRENT, "\"delay\":2,", SAMPLE_A);
    r = run(c, &traced);
}

static void teardown(void)
{
    result_clear(&r);
    case_free(c);
    mpfr_free_cache();
}

enum { HID = 0, OUT = 3 }; /* cells */

/* e^(-dt / tau), rounded twice, which no constant used here notices. */
static float decay(double tau)
{
    return (float)exp(-0.5 / tau);
}

static float f(double x)
{
    return (float)x;
}

static bool spiked(size_t neuron, uint32_t step)
{
    const struct case_step_train *train = &r.raster.train[0][1][neuron];
    for (size_t k = 0; k < train->count; k++)
        if (train->step[k] == step)
            return true;
    return false;
}

/* ---- forward ---- */

TEST(input_of_step_n_acts_delay_steps_after_step_n_plus_1)
{
    /* 1 ms is in step 2; 2 ms of delay are 4 steps: it acts in step 7. */
    ck_assert(row(r.sample[0].trace.i, &r, 6)[HID] == 0);
    ck_assert(row(r.sample[0].trace.i, &r, 7)[HID] == 6);
    ck_assert(row(r.sample[0].trace.i, &r, 7)[HID + 1] == 2.5);
}

TEST(current_decays_and_takes_arrivals_of_hidden_spikes)
{
    size_t arrivals = 0;
    for (uint32_t n = 1; n < r.steps; n++)
        for (size_t j = 0; j < 2; j++) {
            const double w[3][2] = {{1, -0.5}, {0.5, 1.5}, {-1, 2}};
            float beta = decay(j == 0 ? 5 : 20);
            float i = beta * f(row(r.sample[0].trace.i, &r, n - 1)[OUT + j]);
            for (size_t k = 0; k < 3; k++)
                if (spiked(k, n - 1)) {
                    i = i + f(w[k][j]);
                    arrivals++;
                }
            ck_assert(f(row(r.sample[0].trace.i, &r, n)[OUT + j]) == i);
        }
    ck_assert_uint_gt(arrivals, 8);
}

TEST(spikes_are_where_the_voltage_reaches_the_threshold)
{
    size_t spikes = 0;
    for (uint32_t n = 0; n < r.steps; n++)
        for (size_t k = 0; k < 3; k++) {
            bool over = row(r.sample[0].trace.v, &r, n)[HID + k] >= 1;
            ck_assert(over == spiked(k, n));
            spikes += over;
        }
    ck_assert_uint_gt(spikes, 8);
}

TEST(voltage_starts_again_from_the_reset)
{
    const double reset[] = {0, -0.25, 0.125}, tau[] = {20, 15, 10};
    size_t resets = 0;
    for (uint32_t n = 1; n < r.steps; n++)
        for (size_t k = 0; k < 3; k += 2) { /* neuron 1 has a bias */
            float alpha = decay(tau[k]),
                  kappa = f(5 / (tau[k] - 5) * (exp(-0.5 / tau[k]) - exp(-0.1)));
            float i = f(row(r.sample[0].trace.i, &r, n)[k]);
            float v = spiked(k, n - 1) ? f(reset[k]) : f(row(r.sample[0].trace.v, &r, n - 1)[k]);
            ck_assert(f(row(r.sample[0].trace.v, &r, n)[k]) == (kappa * i + alpha * v) + 0.0f);
            resets += spiked(k, n - 1);
        }
    ck_assert_uint_gt(resets, 5);
}

TEST(slope_is_current_before_decay_and_bias_less_voltage_after)
{
    const double bias[] = {0, 0.125, 0};
    for (size_t k = 0, at = 0; k < 3; k++)
        for (size_t s = 0; s < r.raster.train[0][1][k].count; s++, at++) {
            uint32_t n = r.raster.train[0][1][k].step[s];
            float slope = (f(row(r.sample[0].trace.i, &r, n)[k]) + f(bias[k])) -
                          f(row(r.sample[0].trace.v, &r, n)[k]);
            ck_assert(r.sample[0].slope[1][at] == (double)slope);
        }
}

/* ---- backward ---- */

/* Sum over the targets j of w (lambda_V - lambda_I) at index a = row + 1, folded as lanes are. */
static float reverse(const double *w, size_t first, size_t width, uint32_t row_number)
{
    const double *lv = row(r.sample[0].trace.lambda_v, &r, row_number);
    const double *li = row(r.sample[0].trace.lambda_i, &r, row_number);
    float lane[4] = {0, 0, 0, 0};
    for (size_t j = 0; j < width; j++)
        lane[j] = f(w[j]) * (f(lv[first + j]) - f(li[first + j]));
    return (lane[0] + lane[2]) + (lane[1] + lane[3]);
}

TEST(adjoints_jump_at_spikes_and_decay_between)
{
    const double hid[3][3] = {{0.5, 1, -0.5}, {0.25, -0.5, 1}, {1, 0.5, 0.25}};
    const double out[3][2] = {{1, -0.5}, {0.5, 1.5}, {-1, 2}}, tau[] = {20, 15, 10};
    const double height[] = {1, 1.25, 0.875};
    for (size_t k = 0; k < 3; k++) {
        size_t at = 0;
        for (size_t before = 0; before < k; before++)
            at += r.raster.train[0][1][before].count;
        for (uint32_t n = 1; n < r.steps; n++) {
            float lambda = f(row(r.sample[0].trace.lambda_v, &r, n)[k]), rev = 0;
            if (spiked(k, n)) {
                if (n + 3 < r.steps) /* delay of 2 steps: index n + 3, row n + 2 */
                    rev = rev + reverse(hid[k], HID, 3, n + 2);
                if (n + 1 < r.steps)
                    rev = rev + reverse(out[k], OUT, 2, n);
                lambda = lambda + (f(height[k]) * lambda + rev) / f(r.sample[0].slope[1][at++]);
            }
            ck_assert(f(row(r.sample[0].trace.lambda_v, &r, n - 1)[k]) == decay(tau[k]) * lambda);
        }
    }
}

/* Sums lambda_I of a cell over the arrivals of a neuron, in chunks of 64 indices, all backward. */
static float gathered(const struct case_step_train *train, uint32_t delay, size_t cell, bool across)
{
    float sum = 0;
    for (size_t k = train->count; k-- > 0;) {
        uint32_t a = train->step[k] + 1 + delay;
        if (a >= r.steps)
            continue;
        float lv = f(row(r.sample[0].trace.lambda_v, &r, a - 1)[cell]);
        float li = f(row(r.sample[0].trace.lambda_i, &r, a - 1)[cell]);
        sum = sum + (across ? lv - li : li);
    }
    return sum;
}

TEST(weight_and_delay_gradients_are_sums_over_arrivals)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c), moved = 0;
    for (size_t b = 0; b < blocks; b++) {
        if (block[b].quantity > CASE_DELAY)
            continue;
        size_t p = block[b].projection, source = p == 0 ? 0 : 1;
        struct case_grid grid;
        struct case_error error;
        ck_assert_int_eq(case_grid_make(&grid, c, 0, CASE_WHOLE_DELAYS, &error), 0);
        for (size_t i = 0; i < block[b].rows; i++)
            for (size_t j = 0; j < block[b].columns; j++) {
                const struct case_step_train *train =
                    p == 0 ? &grid.input.train[0][0][i] : &r.raster.train[0][source][i];
                bool delay = block[b].quantity == CASE_DELAY;
                size_t cell = (p == 2 ? OUT : HID) + j;
                float sum = gathered(train, case_grid_delay(&grid, p, 0), cell, delay);
                float tau = p == 2 && j == 1 ? 20 : 5;
                float w = f(c->projection[p].weight[i * block[b].columns + j]);
                float want = delay ? (sum * w) / 1.0f : sum * -tau;
                double got = r.gradient[block[b].first + i * block[b].columns + j];
                ck_assert_msg(f(got) == want, "%a %a", got, (double)want);
                moved += got < 0 || got > 0;
            }
        case_grid_clear(&grid);
    }
    free(block);
    ck_assert_uint_gt(moved, 20);
}

TEST(tau_gradients_are_sums_over_steps)
{
    const double tau[] = {20, 15, 10, 20, 20}, bias[] = {0, 0.125, 0, 0, 0};
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    for (size_t cell = OUT; cell < OUT + 2; cell++) { /* no jumps: lambda is what is traced */
        float mem = 0;
        for (uint32_t n = r.steps; n-- > 0;) {
            float v = n > 0 ? f(row(r.sample[0].trace.v, &r, n - 1)[cell]) : 0;
            float i = f(row(r.sample[0].trace.i, &r, n)[cell]);
            mem = mem + f(row(r.sample[0].trace.lambda_v, &r, n)[cell]) * ((i + f(bias[cell])) - v);
        }
        for (size_t b = 0; b < blocks; b++)
            if (block[b].quantity == CASE_TAU_MEM && block[b].population == 2)
                ck_assert(f(r.gradient[block[b].first + cell - OUT]) == mem * f(0.5 / tau[cell]));
    }
    free(block);
}

/* The label fires last: its loss is not that of the output that the network would choose. */
TEST(loss_of_first_spikes_is_that_of_the_label)
{
    struct case_problem *race =
        problem("{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":30,\"step\":0.5},"
                "\"populations\":[{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"
                "{\"name\":\"out\",\"size\":2,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"
                "\"threshold\":1}],\"projections\":[{\"source\":\"in\",\"target\":\"out\","
                "\"weights\":[[8,16]]}],"
                "\"samples\":[{\"spikes\":{\"in\":[[1]]},\"target\":{\"label\":0}}],"
                "\"loss\":{\"kind\":\"first-spike-cross-entropy\",\"population\":\"out\","
                "\"tau0\":2,\"tau1\":4,\"alpha\":0.5}}");
    struct result raced = run(race, &traced);
    const struct case_step_train *train = raced.raster.train[0][1];
    ck_assert(train[0].count > 0 && train[1].count > 0);
    ck_assert_uint_gt(train[0].step[0], train[1].step[0]);
    double last = 0.5 * (train[0].step[0] + 1), first = 0.5 * (train[1].step[0] + 1);
    double loss = last / 2 + log(exp(-last / 2) + exp(-first / 2)) + 0.5 * (exp(last / 4) - 1);
    ck_assert_double_eq_tol(raced.sample[0].loss, loss, 1e-6 * loss);
    result_clear(&raced);
    case_free(race);
}

SUITE("clock", .setup = setup, .teardown = teardown, .seconds = 60)
