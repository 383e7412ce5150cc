/* t_witness.c: the witness against what can be worked out by hand.
 *
 * Spikes are checked by closed forms in MPFR at CHECK bits; losses by Simpson's rule in double over
 * voltages summed from single responses; derivatives by closed forms. Bounds are powers of two. */
#include "ref/ref.h"

#include <check.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PREC = 256, CHECK = 1024, TEXT = 4096 };

/* ---- helpers ---- */

static struct case_problem *problem(const char *format, ...)
{
    char text[TEXT];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ck_assert(length > 0 && length < TEXT);
    struct case_error error = {""};
    struct case_problem *c = case_read_text(text, (size_t)length, "test", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

/* One source neuron, lif neurons, a first-spike loss on them. */
#define LIF_CASE(end, populations, weights, spikes)                                                \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":" end "},\"populations\":["   \
    "{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"}," populations                         \
    "],\"projections\":[" weights "],\"samples\":[{\"spikes\":{\"in\":[" spikes                    \
    "]},\"target\":{\"times\":[0]}}],"                                                             \
    "\"loss\":{\"kind\":\"first-spike-squared-error\",\"population\":\"lif\"}}"
#define LIF(tau_mem, tau_syn, rest)                                                                \
    "{\"name\":\"lif\",\"size\":1,\"model\":\"lif\",\"tau_mem\":" tau_mem ",\"tau_syn\":" tau_syn  \
    ",\"threshold\":1" rest "}"
#define FROM_IN(weight, rest)                                                                      \
    "{\"source\":\"in\",\"target\":\"lif\",\"weights\":[[" weight "]]" rest "}"

/* Two sources straight onto two li outputs: V is a sum of single responses. */
#define LI_CASE                                                                                    \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":40},\"populations\":["        \
    "{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"                                     \
    "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":[5,8],"              \
    "\"bias\":[0.25,-0.125]}],\"projections\":["                                                   \
    "{\"source\":\"in\",\"target\":\"out\",\"delay\":0.5,\"weights\":[[3,-1],[2.5,4]]}],"          \
    "\"samples\":[{\"spikes\":{\"in\":[[1,9.5,20.25],[2.5,12]]},\"target\":{%s}}],"                \
    "\"loss\":{\"population\":\"out\",%s}}"

static struct witness_run simulate(const struct case_problem *c, mpfr_prec_t prec)
{
    struct witness_run run;
    mpfr_t h;
    mpfr_init_set_ui(h, 0, MPFR_RNDN);
    ck_assert_int_eq(witness_simulate(&run, c, NULL, h, prec), WITNESS_OK);
    mpfr_clear(h);
    return run;
}

static bool agree(mpfr_srcptr got, mpfr_srcptr want, long bits)
{
    mpfr_t distance, bound;
    mpfr_inits2(CHECK, distance, bound, (mpfr_ptr)0);
    mpfr_sub(distance, got, want, MPFR_RNDN);
    mpfr_mul_2si(bound, want, -bits, MPFR_RNDN);
    bool close = mpfr_cmpabs(distance, bound) <= 0;
    mpfr_clears(distance, bound, (mpfr_ptr)0);
    return close;
}

static bool agree_d(mpfr_srcptr got, double want, int bits)
{
    return fabs(mpfr_get_d(got, MPFR_RNDN) - want) <= ldexp(fabs(want), -bits);
}

static mpfr_ptr spike(const struct witness_run *run, size_t neuron, size_t k)
{
    ck_assert_uint_gt(run->spikes[0][1][neuron].count, k);
    return run->spikes[0][1][neuron].at[k];
}

/* V at s from V(0) = v, I(0) = i without bias, at CHECK bits; I there in *current if not NULL. */
static void response(mpfr_ptr value, mpfr_ptr current, double tau_mem, double tau_syn,
                     mpfr_srcptr v, mpfr_srcptr i, mpfr_srcptr s)
{
    mpfr_t x, y, k;
    mpfr_inits2(CHECK, x, y, k, (mpfr_ptr)0);
    mpfr_div_d(x, s, -tau_mem, MPFR_RNDN);
    mpfr_div_d(y, s, -tau_syn, MPFR_RNDN);
    mpfr_exp(x, x, MPFR_RNDN);
    mpfr_exp(y, y, MPFR_RNDN);
    if (memcmp(&tau_mem, &tau_syn, sizeof tau_mem) == 0) {
        mpfr_mul(k, x, s, MPFR_RNDN);
        mpfr_div_d(k, k, tau_mem, MPFR_RNDN);
    } else {
        mpfr_t gap;
        mpfr_init2(gap, CHECK);
        mpfr_set_d(gap, tau_mem, MPFR_RNDN);
        mpfr_sub_d(gap, gap, tau_syn, MPFR_RNDN);
        mpfr_sub(k, x, y, MPFR_RNDN);
        mpfr_mul_d(k, k, tau_syn, MPFR_RNDN);
        mpfr_div(k, k, gap, MPFR_RNDN);
        mpfr_clear(gap);
    }
    if (current != NULL) {
        mpfr_mul(current, i, y, MPFR_RNDN);
    }
    mpfr_mul(x, v, x, MPFR_RNDN);
    mpfr_fma(value, i, k, x, MPFR_RNDN);
    mpfr_clears(x, y, k, (mpfr_ptr)0);
}

/* Is V = 1 at the first spike after a single arrival of this weight at start? */
static void check_first_crossing(const char *text, double tau_mem, double tau_syn, double weight,
                                 double start)
{
    struct case_problem *c = problem("%s", text);
    struct witness_run run = simulate(c, PREC);
    mpfr_t s, v, i, one;
    mpfr_inits2(CHECK, s, v, i, one, (mpfr_ptr)0);
    mpfr_sub_d(s, spike(&run, 0, 0), start, MPFR_RNDN);
    mpfr_set_zero(v, 1);
    mpfr_set_d(i, weight, MPFR_RNDN);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    response(v, NULL, tau_mem, tau_syn, v, i, s);
    ck_assert(agree(v, one, PREC - 8));
    mpfr_clears(s, v, i, one, (mpfr_ptr)0);
    witness_run_clear(&run);
    case_free(c);
}

static size_t parameter_named(const struct case_problem *c, const char *name)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c), found = SIZE_MAX;
    for (size_t p = 0; p < parameters; p++) {
        char text[128];
        case_parameter_name(text, sizeof text, c, block, blocks, p);
        found = strcmp(text, name) == 0 ? p : found;
    }
    free(block);
    ck_assert_uint_ne(found, SIZE_MAX);
    return found;
}

static struct witness_difference differentiate(const struct case_problem *c, const char *name,
                                               const struct witness_impulse *impulse,
                                               enum witness_side side, long digits,
                                               mpfr_prec_t first, mpfr_prec_t cap)
{
    struct witness_nudge nudge = {name == NULL ? 0 : parameter_named(c, name), 1};
    struct witness_direction direction = {&nudge, name != NULL, impulse};
    struct witness_request request = {digits, 0.0625, first, cap};
    struct witness_difference d;
    ck_assert_int_eq(witness_differentiate(&d, c, &direction, side, &request), WITNESS_OK);
    return d;
}

static enum witness_class class_of(const struct case_problem *c, const char *name, mpfr_prec_t cap)
{
    struct witness_difference d = differentiate(c, name, NULL, WITNESS_CENTRAL, 16, 128, cap);
    enum witness_class found = d.class_;
    witness_difference_clear(&d);
    return found;
}

/* ---- spikes ---- */

/* tau_mem = 2 tau_syn, x = e^{-s/tau_mem}: w (x - x^2) = 1, the larger root. */
START_TEST(crossing_at_double_constant_solves_the_quadratic)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "10", ""), FROM_IN("5", ""), "[1]"));
    struct witness_run run = simulate(c, PREC);
    mpfr_t x;
    mpfr_init2(x, CHECK);
    mpfr_set_ui(x, 1, MPFR_RNDN);
    mpfr_div_ui(x, x, 5, MPFR_RNDN);
    mpfr_sqrt(x, x, MPFR_RNDN);
    mpfr_add_ui(x, x, 1, MPFR_RNDN);
    mpfr_div_ui(x, x, 2, MPFR_RNDN);
    mpfr_log(x, x, MPFR_RNDN);
    mpfr_mul_si(x, x, -20, MPFR_RNDN);
    mpfr_add_ui(x, x, 1, MPFR_RNDN);
    ck_assert(agree(spike(&run, 0, 0), x, PREC - 2));
    mpfr_clear(x);
    witness_run_clear(&run);
    case_free(c);
}
END_TEST

START_TEST(crossing_meets_the_threshold_for_equal_and_nearly_equal_constants)
{
    check_first_crossing(LIF_CASE("40", LIF("20", "20", ""), FROM_IN("4", ""), "[1.5]"), 20, 20, 4,
                         1.5);
    check_first_crossing(LIF_CASE("40", LIF("20", "20.00000000002", ""), FROM_IN("4", ""), "[1.5]"),
                         20, 20.00000000002, 4, 1.5);
    check_first_crossing(LIF_CASE("40", LIF("5", "20", ""), FROM_IN("4", ""), "[1.5]"), 5, 20, 4,
                         1.5);
}
END_TEST

START_TEST(after_a_spike_voltage_starts_at_the_reset_and_current_goes_on)
{
    struct case_problem *c =
        problem(LIF_CASE("60", LIF("20", "5", ",\"reset\":-0.5"), FROM_IN("30", ""), "[1]"));
    struct witness_run run = simulate(c, PREC);
    mpfr_t s, v, i, one;
    mpfr_inits2(CHECK, s, v, i, one, (mpfr_ptr)0);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    mpfr_set_zero(v, 1);
    mpfr_set_ui(i, 30, MPFR_RNDN);
    mpfr_sub_ui(s, spike(&run, 0, 0), 1, MPFR_RNDN);
    response(v, i, 20, 5, v, i, s);
    mpfr_set_d(v, -0.5, MPFR_RNDN);
    mpfr_sub(s, spike(&run, 0, 1), spike(&run, 0, 0), MPFR_RNDN);
    response(v, NULL, 20, 5, v, i, s);
    ck_assert(agree(v, one, PREC - 8));
    mpfr_clears(s, v, i, one, (mpfr_ptr)0);
    witness_run_clear(&run);
    case_free(c);
}
END_TEST

/* bias 2, threshold 1: V = 2 (1 - e^{-s/20}) reaches 1 every 20 ln 2 ms, 72 times in 1000 ms. */
START_TEST(bias_above_the_threshold_bursts_with_its_period)
{
    struct case_problem *c =
        problem(LIF_CASE("1000", LIF("20", "5", ",\"bias\":2"), FROM_IN("0", ""), "[]"));
    struct witness_run run = simulate(c, PREC);
    ck_assert_uint_eq(run.spikes[0][1][0].count, 72);
    mpfr_t period, want;
    mpfr_inits2(CHECK, period, want, (mpfr_ptr)0);
    mpfr_const_log2(period, MPFR_RNDN);
    mpfr_mul_ui(period, period, 20, MPFR_RNDN);
    for (size_t k = 0; k < 72; k++) {
        mpfr_mul_ui(want, period, k + 1, MPFR_RNDN);
        ck_assert(agree(spike(&run, 0, k), want, PREC - 2));
    }
    mpfr_clears(period, want, (mpfr_ptr)0);
    witness_run_clear(&run);
    case_free(c);
}
END_TEST

/* The bias equals the threshold: V creeps towards it for 1000 time constants and never crosses. */
START_TEST(bias_at_the_threshold_never_spikes)
{
    struct case_problem *c =
        problem(LIF_CASE("20000", LIF("20", "5", ",\"bias\":1"), FROM_IN("-0.5", ""), "[3]"));
    struct witness_run run = simulate(c, PREC);
    ck_assert_uint_eq(run.spikes[0][1][0].count, 0);
    witness_run_clear(&run);
    case_free(c);
}
END_TEST

/* The peak of w (x - x^2) is w/4; w = 4 + 2^-50 exceeds the threshold by 2^-52. */
START_TEST(peak_just_above_the_threshold_is_found_and_just_below_is_not)
{
    struct case_problem *c =
        problem(LIF_CASE("40", LIF("20", "10", ""), FROM_IN("\"0x1.0000000000004p2\"", ""), "[1]"));
    struct witness_run run = simulate(c, PREC);
    ck_assert_uint_eq(run.spikes[0][1][0].count, 1);
    double gap = mpfr_get_d(run.closest, MPFR_RNDN);
    ck_assert(fabs(gap - ldexp(1, -50)) <= ldexp(1, -60));
    witness_run_clear(&run);
    case_free(c);
    c = problem(LIF_CASE("40", LIF("20", "10", ""), FROM_IN("\"0x1.ffffffffffffcp1\"", ""), "[1]"));
    run = simulate(c, PREC);
    ck_assert_uint_eq(run.spikes[0][1][0].count, 0);
    witness_run_clear(&run);
    case_free(c);
}
END_TEST

/* ---- delays, ties, the end ---- */

#define CHAIN(first, second, delay)                                                                \
    LIF_CASE("60",                                                                                 \
             "{\"name\":\"mid\",\"size\":1,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"        \
             "\"threshold\":1}," LIF("20", "10", ""),                                              \
             "{\"source\":\"in\",\"target\":\"mid\",\"weights\":[[" first "]]},"                   \
             "{\"source\":\"mid\",\"target\":\"lif\",\"delay\":" delay ",\"weights\":[[" second    \
             "]]}",                                                                                \
             "[1]")

START_TEST(spike_of_a_chain_comes_its_delay_later)
{
    struct case_problem *c = problem(CHAIN("12", "5", "0")),
                        *later = problem(CHAIN("12", "5", "2.5"));
    struct witness_run run = simulate(c, PREC), shifted = simulate(later, PREC);
    ck_assert_uint_gt(run.spikes[0][2][0].count, 0);
    mpfr_t want;
    mpfr_init2(want, CHECK);
    mpfr_add_d(want, run.spikes[0][2][0].at[0], 2.5, MPFR_RNDN);
    ck_assert(agree(shifted.spikes[0][2][0].at[0], want, PREC - 2));
    mpfr_clear(want);
    witness_run_clear(&run);
    witness_run_clear(&shifted);
    case_free(c);
    case_free(later);
}
END_TEST

/* Two projections, one with a matrix of delays, onto the neuron: as one weight, as one delay. */
START_TEST(arrivals_at_one_time_add_up)
{
    struct case_problem *one =
        problem(LIF_CASE("40", LIF("20", "5", ""), FROM_IN("7", ",\"delay\":1.5"), "[1]"));
    struct case_problem *two = problem(
        LIF_CASE("40", LIF("20", "5", ""),
                 FROM_IN("9", ",\"delay\":1.5") "," FROM_IN("-2", ",\"delay\":[[1.5]]"), "[1]"));
    struct witness_run a = simulate(one, PREC), b = simulate(two, PREC);
    ck_assert(agree(spike(&a, 0, 0), spike(&b, 0, 0), PREC - 2));
    witness_run_clear(&a);
    witness_run_clear(&b);
    case_free(one);
    case_free(two);
}
END_TEST

/* Twins cross at one time; each would silence the other if its arrival came first. Many weights, as
 * V there may round to either side of the threshold. */
START_TEST(crossing_goes_before_an_arrival_at_its_very_time)
{
    const char *format =
        "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":40},\"populations\":["
        "{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"
        "{\"name\":\"lif\",\"size\":2,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"
        "\"threshold\":1}],\"projections\":["
        "{\"source\":\"in\",\"target\":\"lif\",\"weights\":[[%d,%d]]},"
        "{\"source\":\"lif\",\"target\":\"lif\",\"weights\":[[0,-99],[-99,0]]}],"
        "\"samples\":[{\"spikes\":{\"in\":[[1]]},\"target\":{\"times\":[0,0]}}],"
        "\"loss\":{\"kind\":\"first-spike-squared-error\",\"population\":\"lif\"}}";
    for (int weight = 8; weight < 24; weight++) {
        struct case_problem *c = problem(format, weight, weight);
        struct witness_run run = simulate(c, PREC);
        ck_assert_uint_eq(run.spikes[0][1][0].count, 1);
        ck_assert_uint_eq(run.spikes[0][1][1].count, 1);
        ck_assert(mpfr_equal_p(spike(&run, 0, 0), spike(&run, 1, 0)));
        witness_run_clear(&run);
        case_free(c);
    }
}
END_TEST

/* 20 ln 2 lies between the neighbouring doubles 0x1.bb9d3beb8c86bp3 and ...cp3. */
START_TEST(spike_just_before_the_end_happens_and_just_after_does_not)
{
    const char *format = LIF_CASE("%s", LIF("20", "5", ",\"bias\":2"), FROM_IN("0", ""), "[]");
    const char *end[] = {"\"0x1.bb9d3beb8c86bp3\"", "\"0x1.bb9d3beb8c86cp3\""};
    for (size_t i = 0; i < 2; i++) {
        struct case_problem *c = problem(format, end[i]);
        struct witness_run run = simulate(c, PREC);
        ck_assert_uint_eq(run.spikes[0][1][0].count, i);
        witness_run_clear(&run);
        case_free(c);
    }
}
END_TEST

START_TEST(runaway_excitation_is_given_up)
{
    struct case_problem *c = problem(LIF_CASE(
        "20", LIF("20", "5", ",\"bias\":2"),
        FROM_IN("9", "") ",{\"source\":\"lif\",\"target\":\"lif\",\"weights\":[[512]]}", "[1]"));
    struct witness_run run;
    mpfr_t h;
    mpfr_init_set_ui(h, 0, MPFR_RNDN);
    ck_assert_int_eq(witness_simulate(&run, c, NULL, h, 53), WITNESS_CAPACITY);
    mpfr_clear(h);
    witness_run_clear(&run);
    case_free(c);
}
END_TEST

/* ---- losses ---- */

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

START_TEST(voltage_integral_losses_are_their_integrals)
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
END_TEST

START_TEST(instantaneous_loss_is_its_integral)
{
    check_loss("\"label\":1", "\"kind\":\"instantaneous-cross-entropy\"",
               integral(ENTROPY, CASE_UNIFORM), 36);
}
END_TEST

START_TEST(squared_error_follows_the_steps_of_its_target)
{
    check_loss("\"voltages\":[[[0,0.5],[12.5,-0.25]],1]", "\"kind\":\"voltage-squared-error\"",
               integral(SQUARES, CASE_UNIFORM) / 2, 36);
}
END_TEST

/* A scan in steps of 2^-12 ms misses the top by the square of that. */
START_TEST(maximum_loss_sees_the_peaks)
{
    double top[2] = {0, 0};
    for (int i = 0; i <= 40 * 4096; i++) {
        top[0] = fmax(top[0], voltage(0, i / 4096.0));
        top[1] = fmax(top[1], voltage(1, i / 4096.0));
    }
    check_loss("\"label\":1", "\"kind\":\"max-voltage-cross-entropy\"", log1p(exp(top[0] - top[1])),
               22);
}
END_TEST

/* Digits beyond double: quadrature at 128 bits against quadrature at 512, whose nodes differ. */
START_TEST(quadrature_is_as_good_as_its_precision)
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
END_TEST

/* Neuron 0 spikes by its bias at 20 ln 2, neuron 1 at 20 ln 1.5, neuron 2 never: 41.25 with
 * silent_after 1.25. */
START_TEST(first_spike_losses_take_silent_outputs_late)
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
END_TEST

/* ---- derivatives ---- */

#define UNIFORM "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"uniform\""

/* d/dw of -log softmax(m)[1] by a weight onto output 0 is p_0 dm_0/dw, p_0 = 1 - e^{-L}, and
 * dm_0/dw = (1/T) int_0^S k = (1/T) (tau_syn (1 - y) - tau_mem k) at S = T - arrival. */
static void softmax_slope(mpfr_ptr want, const struct case_problem *c, double span, bool by_voltage)
{
    struct witness_run run = simulate(c, CHECK - 64);
    mpfr_t s, x, y, zero, one;
    mpfr_inits2(CHECK, s, x, y, zero, one, (mpfr_ptr)0);
    mpfr_set_d(s, span, MPFR_RNDN);
    mpfr_set_zero(zero, 1);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    if (by_voltage) { /* int x = tau_mem (1 - x) */
        response(want, NULL, 20, 5, one, zero, s);
        mpfr_ui_sub(want, 1, want, MPFR_RNDN);
        mpfr_mul_ui(want, want, 20, MPFR_RNDN);
    } else {
        response(x, y, 20, 5, zero, one, s);
        mpfr_ui_sub(want, 1, y, MPFR_RNDN);
        mpfr_mul_ui(want, want, 5, MPFR_RNDN);
        mpfr_mul_ui(x, x, 20, MPFR_RNDN);
        mpfr_sub(want, want, x, MPFR_RNDN);
    }
    mpfr_div_ui(want, want, 40, MPFR_RNDN);
    mpfr_neg(s, run.loss, MPFR_RNDN);
    mpfr_expm1(s, s, MPFR_RNDN);
    mpfr_mul(want, want, s, MPFR_RNDN);
    mpfr_neg(want, want, MPFR_RNDN);
    mpfr_clears(s, x, y, zero, one, (mpfr_ptr)0);
    witness_run_clear(&run);
}

/* in[1] spikes twice: the slopes of its two arrivals add up. */
START_TEST(weight_derivative_of_a_linear_output_is_exact)
{
    struct case_problem *c = problem(LI_CASE, "\"label\":1", UNIFORM);
    struct witness_difference d =
        differentiate(c, "weights[0][1][0]", NULL, WITNESS_CENTRAL, 40, PREC, PREC);
    mpfr_t want, second;
    mpfr_inits2(CHECK, want, second, (mpfr_ptr)0);
    softmax_slope(want, c, 37, false);
    softmax_slope(second, c, 27.5, false);
    mpfr_add(want, want, second, MPFR_RNDN);
    ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
    ck_assert(agree(d.value, want, 140));
    mpfr_sub(second, d.value, want, MPFR_RNDN);
    ck_assert(mpfr_cmpabs(second, d.error) <= 0);
    mpfr_clears(want, second, (mpfr_ptr)0);
    witness_difference_clear(&d);
    case_free(c);
}
END_TEST

START_TEST(impulses_have_the_derivatives_of_their_responses)
{
    struct case_problem *c = problem(LI_CASE, "\"label\":1", UNIFORM);
    mpfr_t want;
    mpfr_init2(want, CHECK);
    for (int port = WITNESS_V; port <= WITNESS_I; port++) {
        struct witness_impulse impulse = {0, 1, 0, 15, (enum witness_port)port};
        struct witness_difference d =
            differentiate(c, NULL, &impulse, WITNESS_CENTRAL, 40, PREC, PREC);
        softmax_slope(want, c, 25, port == WITNESS_V);
        ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
        ck_assert(agree(d.value, want, 140));
        witness_difference_clear(&d);
    }
    mpfr_clear(want);
    case_free(c);
}
END_TEST

START_TEST(difference_of_a_quadratic_loss_has_no_order)
{
    struct case_problem *c =
        problem(LI_CASE, "\"voltages\":[0.5,1]", "\"kind\":\"voltage-squared-error\"");
    struct witness_difference d =
        differentiate(c, "weights[0][1][1]", NULL, WITNESS_CENTRAL, 40, PREC, PREC);
    ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
    ck_assert(isnan(d.order));
    witness_difference_clear(&d);
    case_free(c);
}
END_TEST

/* The first-spike time depends on weight and arrival: dt/dw is smooth, dt/d(arrival) = 1. */
START_TEST(difference_of_a_smooth_loss_has_order_two)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "5", ""), FROM_IN("9", ""), "[1]"));
    struct witness_difference d =
        differentiate(c, "weights[0][0][0]", NULL, WITNESS_CENTRAL, 40, PREC, 1024);
    ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
    ck_assert(fabs(d.order - 2) <= ldexp(1, -10));
    ck_assert_uint_eq(d.simulations, 7);
    witness_difference_clear(&d);
    case_free(c);
}
END_TEST

START_TEST(forward_difference_at_zero_delay_is_that_of_the_spike_time)
{
    struct case_problem *c = problem(CHAIN("12", "5", "0"));
    struct witness_difference delay =
        differentiate(c, "delays[0][0][0]", NULL, WITNESS_FORWARD, 40, PREC, 1024);
    struct witness_difference time =
        differentiate(c, "spike_times[0].in[0][0]", NULL, WITNESS_CENTRAL, 40, PREC, 1024);
    ck_assert_int_eq(delay.class_, WITNESS_SMOOTH);
    ck_assert_int_eq(time.class_, WITNESS_SMOOTH);
    ck_assert(agree(delay.value, time.value, 130));
    ck_assert_uint_eq(delay.simulations, 5);
    witness_difference_clear(&delay);
    witness_difference_clear(&time);
    case_free(c);
}
END_TEST

/* Moving all spikes of in[1] is moving both of its delays, given as one number in the case. */
START_TEST(delay_derivatives_of_a_neuron_sum_to_those_of_its_spike_times)
{
    static const char *const name[] = {"delays[0][1][0]", "delays[0][1][1]",
                                       "spike_times[0].in[1][0]", "spike_times[0].in[1][1]"};
    struct case_problem *c = problem(LI_CASE, "\"label\":1", UNIFORM);
    mpfr_t sum[2];
    mpfr_inits2(CHECK, sum[0], sum[1], (mpfr_ptr)0);
    mpfr_set_zero(sum[0], 1);
    mpfr_set_zero(sum[1], 1);
    for (size_t i = 0; i < 4; i++) {
        struct witness_difference d =
            differentiate(c, name[i], NULL, WITNESS_CENTRAL, 40, PREC, PREC);
        ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
        mpfr_add(sum[i / 2], sum[i / 2], d.value, MPFR_RNDN);
        witness_difference_clear(&d);
    }
    ck_assert(agree(sum[0], sum[1], 136));
    mpfr_clears(sum[0], sum[1], (mpfr_ptr)0);
    case_free(c);
}
END_TEST

/* There tau_mem and tau_syn differ by h only, and x - y would lose 80 bits. */
START_TEST(derivative_at_equal_constants_needs_no_more_bits)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "20", ""), FROM_IN("4", ""), "[1]"));
    struct witness_difference d =
        differentiate(c, "tau_syn.lif[0]", NULL, WITNESS_CENTRAL, 40, PREC, 1024);
    ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
    ck_assert_int_eq(d.precision, PREC);
    witness_difference_clear(&d);
    case_free(c);
}
END_TEST

START_TEST(nudges_of_one_parameter_add_up)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "5", ""), FROM_IN("9", ""), "[1]"));
    struct witness_nudge nudge[] = {{0, 1}, {0, -0.25}};
    struct witness_direction both = {nudge, 2, NULL},
                             one = {&(struct witness_nudge){0, 0.75}, 1, NULL};
    mpfr_t a, b;
    mpfr_inits2(PREC, a, b, (mpfr_ptr)0);
    ck_assert_int_eq(witness_difference_at(a, c, &both, WITNESS_CENTRAL, -40, PREC), WITNESS_OK);
    ck_assert_int_eq(witness_difference_at(b, c, &one, WITNESS_CENTRAL, -40, PREC), WITNESS_OK);
    ck_assert(!mpfr_zero_p(a) && agree(a, b, PREC - 64));
    mpfr_clears(a, b, (mpfr_ptr)0);
    case_free(c);
}
END_TEST

/* ---- patterns ---- */

/* w = 4 at tau_mem = 2 tau_syn peaks exactly at the threshold. */
START_TEST(peak_at_the_threshold_is_a_tangent)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "10", ""), FROM_IN("4", ""), "[1]"));
    ck_assert_int_eq(class_of(c, "weights[0][0][0]", 512), WITNESS_TANGENT);
    case_free(c);
}
END_TEST

/* The end lies within 2^-49 of the spike at 20 ln 2: seen at h = 2^-40, resolved at 2^-80. */
START_TEST(spike_lost_over_the_end_is_a_count_change)
{
    struct case_problem *c = problem(
        LIF_CASE("\"0x1.bb9d3beb8c86cp3\"", LIF("20", "5", ",\"bias\":2"), FROM_IN("0", ""), "[]"));
    ck_assert_int_eq(class_of(c, "bias.lif[0]", 128), WITNESS_COUNT_CHANGE);
    ck_assert_int_eq(class_of(c, "bias.lif[0]", 1024), WITNESS_SMOOTH);
    case_free(c);
}
END_TEST

START_TEST(spike_that_passes_an_arrival_is_an_order_change)
{
    const char *format = LIF_CASE("40", LIF("20", "5", ",\"bias\":2"), FROM_IN("%s", ""),
                                  "[\"0x1.bb9d3beb8c86cp3\"]");
    struct case_problem *c = problem(format, "0.5"), *unseen = problem(format, "0");
    ck_assert_int_eq(class_of(c, "bias.lif[0]", 128), WITNESS_ORDER_CHANGE);
    ck_assert_int_eq(class_of(c, "bias.lif[0]", 1024), WITNESS_SMOOTH);
    ck_assert_int_eq(class_of(unseen, "bias.lif[0]", 128), WITNESS_SMOOTH);
    case_free(c);
    case_free(unseen);
}
END_TEST

START_TEST(arrivals_that_pass_each_other_are_smooth)
{
    struct case_problem *c =
        problem(LIF_CASE("40", LIF("20", "5", ""),
                         FROM_IN("4", ",\"delay\":1") "," FROM_IN("5", ",\"delay\":1"), "[1]"));
    ck_assert_int_eq(class_of(c, "delays[1][0][0]", 256), WITNESS_SMOOTH);
    case_free(c);
}
END_TEST

/* 40 digits are asked of a difference at 64 bits. */
START_TEST(digits_out_of_reach_are_unresolved)
{
    struct case_problem *c = problem(LIF_CASE("40", LIF("20", "5", ""), FROM_IN("9", ""), "[1]"));
    struct witness_difference d =
        differentiate(c, "weights[0][0][0]", NULL, WITNESS_CENTRAL, 40, 64, 64);
    ck_assert_int_eq(d.class_, WITNESS_UNRESOLVED);
    witness_difference_clear(&d);
    case_free(c);
}
END_TEST

static void add_tests(TCase *t)
{
    tcase_add_test(t, crossing_at_double_constant_solves_the_quadratic);
    tcase_add_test(t, crossing_meets_the_threshold_for_equal_and_nearly_equal_constants);
    tcase_add_test(t, after_a_spike_voltage_starts_at_the_reset_and_current_goes_on);
    tcase_add_test(t, bias_above_the_threshold_bursts_with_its_period);
    tcase_add_test(t, bias_at_the_threshold_never_spikes);
    tcase_add_test(t, peak_just_above_the_threshold_is_found_and_just_below_is_not);
    tcase_add_test(t, spike_of_a_chain_comes_its_delay_later);
    tcase_add_test(t, arrivals_at_one_time_add_up);
    tcase_add_test(t, crossing_goes_before_an_arrival_at_its_very_time);
    tcase_add_test(t, spike_just_before_the_end_happens_and_just_after_does_not);
    tcase_add_test(t, runaway_excitation_is_given_up);
    tcase_add_test(t, voltage_integral_losses_are_their_integrals);
    tcase_add_test(t, instantaneous_loss_is_its_integral);
    tcase_add_test(t, squared_error_follows_the_steps_of_its_target);
    tcase_add_test(t, maximum_loss_sees_the_peaks);
    tcase_add_test(t, quadrature_is_as_good_as_its_precision);
    tcase_add_test(t, first_spike_losses_take_silent_outputs_late);
    tcase_add_test(t, weight_derivative_of_a_linear_output_is_exact);
    tcase_add_test(t, impulses_have_the_derivatives_of_their_responses);
    tcase_add_test(t, difference_of_a_quadratic_loss_has_no_order);
    tcase_add_test(t, difference_of_a_smooth_loss_has_order_two);
    tcase_add_test(t, forward_difference_at_zero_delay_is_that_of_the_spike_time);
    tcase_add_test(t, delay_derivatives_of_a_neuron_sum_to_those_of_its_spike_times);
    tcase_add_test(t, derivative_at_equal_constants_needs_no_more_bits);
    tcase_add_test(t, nudges_of_one_parameter_add_up);
    tcase_add_test(t, peak_at_the_threshold_is_a_tangent);
    tcase_add_test(t, spike_lost_over_the_end_is_a_count_change);
    tcase_add_test(t, spike_that_passes_an_arrival_is_an_order_change);
    tcase_add_test(t, arrivals_that_pass_each_other_are_smooth);
    tcase_add_test(t, digits_out_of_reach_are_unresolved);
}

static Suite *witness_suite(void)
{
    Suite *suite = suite_create("witness");
    TCase *t = tcase_create("witness");
    tcase_add_checked_fixture(t, NULL, mpfr_free_cache);
    tcase_set_timeout(t, 0);
    add_tests(t);
    suite_add_tcase(suite, t);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(witness_suite());
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
