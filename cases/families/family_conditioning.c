/* SPDX-License-Identifier: MIT */
/* family_conditioning.c: the families "conditioning-*": a crossing at a prescribed slope, a peak at
 * a prescribed distance above or below the threshold.
 *
 * Neuron 0 of the first layer gets two arrivals at a_1 < a_2. V is linear in the weights, so the
 * voltage and the slope wanted at a chosen time t* > a_2 are two linear equations for two weights.
 * A slope of sigma rises above the threshold by only about sigma^2 / (2 |V''|), 1e-24 for 1e-12,
 * and a peak is asked for to 1e-30: far below the resolution of two doubles. So the residual that
 * rounding leaves is solved for again by two more inputs, and once more by a third pair. The
 * weights of a stage are about 2^-53 of those before, and the sum of all, which is what a case
 * means, meets both equations to about 2^-150.
 *
 * That V crosses once, or not at all, up to t*: between arrivals dV/dt has at most one zero. Both
 * dV/dt at a_2 and at t* being positive (or zero at t*), V rises from a_2 to t*; and before a_2 it
 * stays below 0.9 of the threshold, because the bias and the largest response to the first arrival
 * together do. */
#include "cases/families/build.h"
#include "cases/families/families.h"

#include <string.h>

enum {
    BITS = 768,
    STAGES = 3,
    ARRIVALS = 2 * STAGES,
    EXTRAS = 2,
    INPUTS = ARRIVALS + EXTRAS,
    ATTEMPTS = 400
};
enum kind { SLOPE, PEAK_ABOVE, PEAK_BELOW };

struct crossing {
    double tau_mem, tau_syn, threshold, bias, delay;
    double time[ARRIVALS], weight[ARRIVALS]; /* the first pair carries the weight, 0 before 1 */
    double at;                               /* t* */
    mpfr_t spike; /* the crossing of the weights as rounded; not for PEAK_BELOW */
};

static const char *const families[] = {"conditioning-slope", "conditioning-peak-above",
                                       "conditioning-peak-below"};

static double draw_wanted(struct case_random *r, enum kind kind)
{
    return kind == SLOPE ? case_random_log_between(r, 1e-12, 1)
                         : case_random_log_between(r, 1e-30, 1e-2);
}

double case_conditioning_wanted(const char *family, uint64_t seed, uint64_t k)
{
    struct case_random r;
    case_random_init(&r, seed, family, k);
    return draw_wanted(&r, strcmp(family, families[SLOPE]) == 0 ? SLOPE : PEAK_ABOVE);
}

/* The response to an arrival of weight 1, K = tau_syn/(tau_mem - tau_syn) (m - s) with
 * m = e^{-u/tau_mem} and s = e^{-u/tau_syn}, and its slope: tau_mem K' = s - K. */
static void respond(mpfr_t response, mpfr_t slope, const struct crossing *x, mpfr_srcptr u)
{
    mpfr_t s;
    mpfr_init2(s, BITS);
    mpfr_div_d(s, u, -x->tau_syn, MPFR_RNDN);
    mpfr_exp(s, s, MPFR_RNDN);
    mpfr_div_d(response, u, -x->tau_mem, MPFR_RNDN);
    mpfr_exp(response, response, MPFR_RNDN);
    mpfr_sub(response, response, s, MPFR_RNDN);
    mpfr_mul_d(response, response, x->tau_syn, MPFR_RNDN);
    mpfr_set_d(slope, x->tau_mem, MPFR_RNDN);
    mpfr_sub_d(slope, slope, x->tau_syn, MPFR_RNDN);
    mpfr_div(response, response, slope, MPFR_RNDN);
    mpfr_sub(slope, s, response, MPFR_RNDN);
    mpfr_div_d(slope, slope, x->tau_mem, MPFR_RNDN);
    mpfr_clear(s);
}

/* V - threshold and dV/dt at t. */
static void voltage(mpfr_t v, mpfr_t slope, const struct crossing *x, mpfr_srcptr t)
{
    mpfr_t u, response, rise;
    mpfr_inits2(BITS, u, response, rise, (mpfr_ptr)0);
    mpfr_div_d(u, t, -x->tau_mem, MPFR_RNDN);
    mpfr_exp(slope, u, MPFR_RNDN);
    mpfr_expm1(v, u, MPFR_RNDN);
    mpfr_mul_d(v, v, -x->bias, MPFR_RNDN);
    mpfr_mul_d(slope, slope, x->bias, MPFR_RNDN);
    mpfr_div_d(slope, slope, x->tau_mem, MPFR_RNDN);
    mpfr_sub_d(v, v, x->threshold, MPFR_RNDN);
    for (size_t i = 0; i < ARRIVALS; i++) {
        mpfr_sub_d(u, t, x->time[i], MPFR_RNDN);
        mpfr_sub_d(u, u, x->delay, MPFR_RNDN);
        if (mpfr_sgn(u) < 0) {
            continue;
        }
        respond(response, rise, x, u);
        mpfr_mul_d(response, response, x->weight[i], MPFR_RNDN);
        mpfr_add(v, v, response, MPFR_RNDN);
        mpfr_mul_d(rise, rise, x->weight[i], MPFR_RNDN);
        mpfr_add(slope, slope, rise, MPFR_RNDN);
    }
    mpfr_clears(u, response, rise, (mpfr_ptr)0);
}

/* Weights of one pair that add (v, slope) at t*, rounded to doubles. */
static void solve_pair(double weight[2], const struct crossing *x, const double time[2],
                       mpfr_srcptr v, mpfr_srcptr slope)
{
    mpfr_t u, determinant, w, k[2], rise[2];
    mpfr_inits2(BITS, u, determinant, w, k[0], k[1], rise[0], rise[1], (mpfr_ptr)0);
    for (size_t i = 0; i < 2; i++) {
        mpfr_set_d(u, x->at, MPFR_RNDN);
        mpfr_sub_d(u, u, time[i], MPFR_RNDN);
        mpfr_sub_d(u, u, x->delay, MPFR_RNDN);
        respond(k[i], rise[i], x, u);
    }
    mpfr_fmms(determinant, k[0], rise[1], k[1], rise[0], MPFR_RNDN);
    mpfr_fmms(w, v, rise[1], k[1], slope, MPFR_RNDN);
    mpfr_div(w, w, determinant, MPFR_RNDN);
    weight[0] = mpfr_get_d(w, MPFR_RNDN);
    mpfr_fmms(w, k[0], slope, v, rise[0], MPFR_RNDN);
    mpfr_div(w, w, determinant, MPFR_RNDN);
    weight[1] = mpfr_get_d(w, MPFR_RNDN);
    mpfr_clears(u, determinant, w, k[0], k[1], rise[0], rise[1], (mpfr_ptr)0);
}

/* The largest response to an arrival of weight 1: (tau_syn/tau_mem)^(tau_mem/(tau_mem - tau_syn)).
 */
static double largest_response(double tau_mem, double tau_syn)
{
    mpfr_t base, exponent;
    mpfr_inits2(BITS, base, exponent, (mpfr_ptr)0);
    mpfr_set_d(base, tau_syn, MPFR_RNDN);
    mpfr_div_d(base, base, tau_mem, MPFR_RNDN);
    mpfr_set_d(exponent, tau_mem / (tau_mem - tau_syn), MPFR_RNDN);
    mpfr_pow(base, base, exponent, MPFR_RNDN);
    double value = mpfr_get_d(base, MPFR_RNDU);
    mpfr_clears(base, exponent, (mpfr_ptr)0);
    return value;
}

/* Neuron 0 and its inputs. False if the draw is not what the banner promises. */
static bool draw_crossing(struct crossing *x, struct case_random *r, enum kind kind, double wanted,
                          bool together)
{
    x->tau_mem = case_random_between(r, 8, 30);
    x->tau_syn = x->tau_mem * case_random_between(r, 0.15, 0.7);
    x->threshold = case_random_chance(r, 0.5) ? 1 : case_random_between(r, 0.5, 1.5);
    x->bias = case_random_chance(r, 0.5) ? 0 : case_random_between(r, -0.3, 0.3) * x->threshold;
    x->delay = case_random_chance(r, 0.5) ? 0 : case_random_between(r, 0.1, 4);
    x->time[0] = case_random_between(r, 0, 4);
    x->time[1] = x->time[0] + case_random_between(r, 0.2, 1.2) * x->tau_syn;
    for (size_t i = 2; i < ARRIVALS; i++) {
        x->time[i] = together ? x->time[i % 2] : case_random_between(r, 0, x->time[1]);
    }
    x->at = x->time[1] + x->delay + case_random_between(r, 0.2, 1.2) * x->tau_syn;
    memset(x->weight, 0, sizeof x->weight);

    mpfr_t v, slope, t, margin;
    mpfr_inits2(BITS, v, slope, t, margin, (mpfr_ptr)0);
    mpfr_set_d(margin, kind == SLOPE ? 0 : wanted, MPFR_RNDN);
    mpfr_mul_d(margin, margin, kind == PEAK_ABOVE ? x->threshold : -x->threshold, MPFR_RNDN);
    mpfr_set_d(t, x->at, MPFR_RNDN);
    for (size_t stage = 0; stage < STAGES; stage++) {
        voltage(v, slope, x, t);
        mpfr_sub(v, margin, v, MPFR_RNDN);
        mpfr_d_sub(slope, kind == SLOPE ? wanted : 0, slope, MPFR_RNDN);
        solve_pair(&x->weight[2 * stage], x, &x->time[2 * stage], v, slope);
    }

    double first = x->weight[0] > 0 ? x->weight[0] * largest_response(x->tau_mem, x->tau_syn) : 0;
    double bias = x->bias > 0 ? x->bias : 0;
    bool good = first + bias < 0.9 * x->threshold && x->weight[1] < 64 * x->threshold;
    mpfr_set_d(t, x->time[1], MPFR_RNDN);
    mpfr_add_d(t, t, x->delay, MPFR_RNDN);
    voltage(v, slope, x, t); /* just after a_2: an arrival of age 0 counts */
    good = good && mpfr_cmp_d(slope, 0x1p-7 * x->threshold / x->tau_mem) > 0;
    mpfr_clears(v, slope, t, margin, (mpfr_ptr)0);
    return good;
}

/* The crossing in (a_2, t*], or next to t* for SLOPE: Newton's method, kept in a bracket by
 * bisection. */
static void find_spike(struct crossing *x, enum kind kind)
{
    mpfr_t low, high, v, slope;
    mpfr_inits2(BITS, low, high, v, slope, (mpfr_ptr)0);
    mpfr_set_d(low, x->time[1], MPFR_RNDN);
    mpfr_add_d(low, low, x->delay, MPFR_RNDN);
    mpfr_set_d(high, x->at, MPFR_RNDN);
    mpfr_set(x->spike, high, MPFR_RNDN);
    for (int step = 0; step < 400; step++) {
        voltage(v, slope, x, x->spike);
        if (kind != SLOPE) {
            mpfr_set(mpfr_sgn(v) < 0 ? low : high, x->spike, MPFR_RNDN);
        }
        mpfr_div(v, v, slope, MPFR_RNDN);
        mpfr_sub(x->spike, x->spike, v, MPFR_RNDN);
        if (mpfr_zero_p(v) || (mpfr_number_p(v) && mpfr_get_exp(v) < 64 - BITS)) {
            break;
        }
        bool inside = mpfr_less_p(low, x->spike) && mpfr_less_p(x->spike, high);
        if (kind != SLOPE && !inside) {
            mpfr_add(x->spike, low, high, MPFR_RNDN);
            mpfr_div_2ui(x->spike, x->spike, 1, MPFR_RNDN);
        }
    }
    mpfr_clears(low, high, v, slope, (mpfr_ptr)0);
}

static size_t build_layer(struct case_builder *b, const struct crossing *x, const char *name,
                          size_t size)
{
    struct case_random *r = &b->random;
    double weight[INPUTS * CASE_BUILD_NEURONS];
    struct case_build_neurons neurons =
        case_build_alike(size, x->tau_mem, x->tau_syn, x->threshold);
    neurons.bias[0] = x->bias;
    neurons.each = size > 1;
    size_t layer = case_build_population(b, name, CASE_LIF, &neurons);
    for (size_t i = 0; i < INPUTS; i++) {
        bool correction = i >= 2 && i < ARRIVALS;
        weight[i * size] =
            i < ARRIVALS ? x->weight[i] : case_random_between(r, 1, 6) * x->threshold;
        for (size_t n = 1; n < size; n++) {
            weight[i * size + n] = correction ? 0 : case_random_between(r, 1.5, 5) * x->threshold;
        }
    }
    case_build_projection(b, 0, layer, weight, &x->delay, 1);
    return layer;
}

/* What the layer drives, unless it is itself the output. */
static size_t build_output(struct case_builder *b, size_t variant, size_t layer, size_t size,
                           double threshold)
{
    struct case_random *r = &b->random;
    enum case_model model = case_build_loss_model(variant);
    double weight[CASE_BUILD_NEURONS * CASE_BUILD_NEURONS], delay = case_random_between(r, 0, 3);
    double tau_syn = case_random_between(r, 2, 7);
    double tau_mem = case_random_between(r, 8, 30);
    struct case_build_neurons neurons = case_build_alike(2, tau_mem, tau_syn, threshold);
    neurons.each = model == CASE_LI;
    for (size_t n = 0; n < 2 && model == CASE_LI; n++) {
        neurons.bias[n] = case_random_between(r, 0.01, 0.1);
    }
    size_t out = case_build_population(b, "out", model, &neurons);
    for (size_t s = 0; s < 2 * size; s++) {
        weight[s] = model == CASE_LI ? case_random_normal(r, 0.5, 1.5)
                                     : case_random_between(r, 4, 9) * threshold;
    }
    case_build_projection(b, layer, out, weight, &delay, 1);
    return out;
}

static void build(struct case_builder *b, const struct crossing *x, enum kind kind, double wanted)
{
    struct case_random *r = &b->random;
    size_t variant = (size_t)(b->k % CASE_BUILD_LOSSES);
    bool direct = case_build_loss_model(variant) == CASE_LIF && case_random_chance(r, 0.5);
    size_t size = case_random_from(r, direct ? 2 : 1, case_build_loss_costly(variant) ? 1 : 3);
    case_build_end(b, x->at + case_random_between(r, 20, 50), 0x1p-3);
    case_build_source(b, "in", INPUTS);
    size_t layer = build_layer(b, x, direct ? "out" : "hid", size);
    size_t out = direct ? layer : build_output(b, variant, layer, size, x->threshold);
    case_build_random_loss(b, variant, out);
    case_build_sample(b);
    for (size_t i = 0; i < INPUTS; i++) {
        double time = i < ARRIVALS ? x->time[i] : x->at + case_random_between(r, 1, 12);
        case_build_spikes(b, 0, 0, i, &time, i < ARRIVALS || case_random_chance(r, 0.6) ? 1 : 0);
    }
    case_build_random_targets(b);
    case_build_note(b,
                    kind == SLOPE ? "Neuron 0 crosses the threshold at a slope of %.3g per ms; "
                                    "loss: %s."
                    : kind == PEAK_ABOVE
                        ? "A peak of neuron 0 is %.3g of the threshold above it; loss: %s."
                        : "A peak of neuron 0 is %.3g of the threshold below it; loss: %s.",
                    wanted, case_build_loss_name(variant));
}

static int make(struct case_made *made, enum kind kind, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    struct crossing x;
    case_build_start(&b, families[kind], seed, k, 1);
    double wanted = draw_wanted(&b.random, kind);
    for (int i = 0; i < ATTEMPTS && !draw_crossing(&x, &b.random, kind, wanted, k % 2 == 0); i++) {
    }
    build(&b, &x, kind, wanted);
    if (case_build_finish(made, &b, CASE_DECIDED) != 0 || kind == PEAK_BELOW) {
        return made->problem == NULL ? -1 : 0;
    }

    mpfr_init2(x.spike, BITS);
    find_spike(&x, kind);
    struct case_known known = {.kind = CASE_KNOWN_SPIKE, .population = 1};
    int status = case_build_known(made, &known, x.spike);
    mpfr_clear(x.spike);
    return status;
}

int case_make_conditioning_slope(struct case_made *made, uint64_t seed, uint64_t k)
{
    return make(made, SLOPE, seed, k);
}

int case_make_conditioning_peak_above(struct case_made *made, uint64_t seed, uint64_t k)
{
    return make(made, PEAK_ABOVE, seed, k);
}

int case_make_conditioning_peak_below(struct case_made *made, uint64_t seed, uint64_t k)
{
    return make(made, PEAK_BELOW, seed, k);
}
