/* SPDX-License-Identifier: MIT */
/* t_witness_loss.c: the losses against sums worked out here: Simpson's rule in double over voltages
 * summed from single responses, spike times in closed form. */
#include "tests/witness_case.h"
#include "tests/run_suite.h"

static bool agree_d(mpfr_srcptr got, double want, int bits)
{
    return fabs(mpfr_get_d(got, MPFR_RNDN) - want) <= ldexp(fabs(want), -bits);
}

static double response_d(double tau_mem, double tau_syn, double s)
{
    return s <= 0 ? 0 : tau_syn / (tau_mem - tau_syn) * (exp(-s / tau_mem) - exp(-s / tau_syn));
}

/* V of output k of LI_CASE. */
static double voltage(int k, double t)
{
    static const double at[2][3] = {{1.5, 10, 20.75}, {3, 12.5, HUGE_VAL}};
    static const double weight[2][2] = {{3, -1}, {2.5, 4}};
    double v = (k == 0 ? 0.25 : -0.125) * -expm1(-t / 20);
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 3; j++) {
            v += weight[i][k] * (t > at[i][j] ? response_d(20, k == 0 ? 5 : 8, t - at[i][j]) : 0);
        }
    }
    return v;
}

enum integrand { WEIGHTED_0, WEIGHTED_1, ENTROPY, SQUARES };

static double value_at(enum integrand what, enum case_weighting weighting, double t)
{
    double a = voltage(0, t), b = voltage(1, t);
    if (what == ENTROPY) {
        return log1p(exp(a - b));
    }
    if (what == SQUARES) {
        double wanted = t < 12.5 ? 0.5 : -0.25;
        return (a - wanted) * (a - wanted) + (b - 1) * (b - 1);
    }
    double x = t / 40;
    double weight = weighting == CASE_UNIFORM       ? 1
                    : weighting == CASE_EXPONENTIAL ? exp(-x)
                    : weighting == CASE_LINEAR      ? 1 - x
                                                    : 1 / (1 + exp((x - 0.5) / 0.2));
    return weight * (what == WEIGHTED_0 ? a : b);
}

/* Simpson between the kinks at arrivals and at the step of the target; a step counts as its limit
 * from the left at the right end. */
static double integral(enum integrand what, enum case_weighting weighting)
{
    static const double cut[] = {0, 1.5, 3, 10, 12.5, 20.75, 40};
    enum { PIECES = 4096 };
    double sum = 0;
    for (int i = 0; i + 1 < (int)(sizeof cut / sizeof cut[0]); i++) {
        double width = (cut[i + 1] - cut[i]) / PIECES;
        for (int j = 0; j < PIECES; j++) {
            double left = cut[i] + j * width, right = nextafter(left + width, 0);
            sum += width / 6 *
                   (value_at(what, weighting, left) + value_at(what, weighting, right) +
                    4 * value_at(what, weighting, left + width / 2));
        }
    }
    return sum / 40;
}

static void check_loss(const char *target, const char *loss, double want, int bits)
{
    struct case_problem *c = problem(LI_CASE, target, loss);
    struct witness_run run = simulate(c, PREC);
    ck_assert_msg(agree_d(run.loss, want, bits), "%s: got %.17g, want %.17g", loss,
                  mpfr_get_d(run.loss, MPFR_RNDN), want);
    witness_run_clear(&run);
    case_free(c);
}

TEST(voltage_integral_losses_are_their_integrals)
{
    static const char *const name[] = {"uniform", "exponential", "linear", "sigmoid"};
    for (int i = 0; i < 4; i++) {
        enum case_weighting weighting = (enum case_weighting)i;
        char loss[128];
        snprintf(loss, sizeof loss,
                 "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"%s\"", name[i]);
        double gap = integral(WEIGHTED_0, weighting) - integral(WEIGHTED_1, weighting);
        check_loss("\"label\":1", loss, log1p(exp(gap)), 36);
        check_loss("\"label\":0", loss, log1p(exp(-gap)), 36);
    }
}

TEST(instantaneous_loss_is_its_integral)
{
    check_loss("\"label\":1", "\"kind\":\"instantaneous-cross-entropy\"",
               integral(ENTROPY, CASE_UNIFORM), 36);
}

TEST(squared_error_follows_the_steps_of_its_target)
{
    check_loss("\"voltages\":[[[0,0.5],[12.5,-0.25]],1]", "\"kind\":\"voltage-squared-error\"",
               integral(SQUARES, CASE_UNIFORM) / 2, 36);
}

/* A scan in steps of 2^-12 ms misses the top by the square of that. */
TEST(maximum_loss_sees_the_peaks)
{
    double top[2] = {0, 0};
    for (int i = 0; i <= 40 * 4096; i++) {
        top[0] = fmax(top[0], voltage(0, i / 4096.0));
        top[1] = fmax(top[1], voltage(1, i / 4096.0));
    }
    check_loss("\"label\":1", "\"kind\":\"max-voltage-cross-entropy\"", log1p(exp(top[0] - top[1])),
               22);
}

/* Digits beyond double: quadrature at 128 bits against quadrature at 512, whose nodes differ. */
TEST(quadrature_is_as_good_as_its_precision)
{
    static const char *const loss[] = {
        "\"kind\":\"instantaneous-cross-entropy\"",
        "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"sigmoid\""};
    for (size_t i = 0; i < 2; i++) {
        struct case_problem *c = problem(LI_CASE, "\"label\":1", loss[i]);
        struct witness_run low = simulate(c, 128), middle = simulate(c, 256),
                           high = simulate(c, 512);
        ck_assert(agree(low.loss, high.loss, 124));
        ck_assert(agree(middle.loss, high.loss, 252));
        witness_run_clear(&low);
        witness_run_clear(&middle);
        witness_run_clear(&high);
        case_free(c);
    }
}

/* Neuron 0 spikes by its bias at 20 ln 2, neuron 1 at 20 ln 1.5, neuron 2 never: 41.25 with
 * silent_after 1.25. */
TEST(first_spike_losses_take_silent_outputs_late)
{
    const char *format =
        "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":40},\"populations\":["
        "{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"
        "{\"name\":\"lif\",\"size\":3,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"
        "\"threshold\":1,\"bias\":[2,3,0]}],\"projections\":[],"
        "\"samples\":[{\"spikes\":{\"in\":[[]]},\"target\":{%s}}],"
        "\"loss\":{\"population\":\"lif\",\"silent_after\":1.25,%s}}";
    double t[] = {20 * log(2), 20 * log(1.5), 41.25};
    double softmax = t[0] / 4 + log(exp(-t[0] / 4) + exp(-t[1] / 4) + exp(-t[2] / 4));
    struct {
        const char *target, *loss;
        double want;
    } row[] = {
        {"\"label\":0",
         "\"kind\":\"first-spike-cross-entropy\",\"tau0\":4,\"tau1\":8,\"alpha\":0.5",
         softmax + 0.5 * expm1(t[0] / 8)},
        {"\"label\":0",
         "\"kind\":\"first-spike-cross-entropy\",\"tau0\":4,\"alpha\":0.5,"
         "\"penalty\":\"reciprocal\"",
         softmax + 0.5 / (1.01 * 40 - t[0])},
        {"\"times\":[10,12,30]", "\"kind\":\"first-spike-squared-error\"",
         (pow(t[0] - 10, 2) + pow(t[1] - 12, 2) + pow(t[2] - 30, 2)) / 2},
        {"\"label\":1", "\"kind\":\"first-spike-margin\",\"margin\":2",
         (pow(t[0] - t[1] - 2, 2) + pow(t[2] - t[1] - 2, 2)) / 2},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct case_problem *c = problem(format, row[i].target, row[i].loss);
        struct witness_run run = simulate(c, PREC);
        ck_assert_msg(agree_d(run.loss, row[i].want, 44), "%s: got %.17g, want %.17g", row[i].loss,
                      mpfr_get_d(run.loss, MPFR_RNDN), row[i].want);
        witness_run_clear(&run);
        case_free(c);
    }
}

SUITE("witness loss", .teardown = mpfr_free_cache)
