/* SPDX-License-Identifier: MIT */
/* flow.c: one neuron between two of its events, in closed form and in balls (MATH.md, E4 to E6).
 *
 * tau_mem V' = -V + I + b and tau_syn I' = -I give, at time s after (V0, I0), the formulas at `enum
 * propagator`. U(s) = tau_mem V'(s) e^(as) has the derivative -c I0 e^(-(c-a)s): it is monotone, so
 * V has at most one extremum, a maximum only where I0 > 0, and V can cross the threshold upwards at
 * most once. That is why no spike is ever missed: an upward crossing that is proven to exist is the
 * first one, and its absence follows from the value at the peak or at the end. */
#include "ref/reference/reference.h"

/* Not above x. */
static double floor_d(const arb_t x)
{
    arf_t low;
    arf_init(low);
    arb_get_lbound_arf(low, x, 53);
    double const floor = arf_get_d(low, ARF_RND_FLOOR);
    arf_clear(low);
    return floor;
}

void constants_init(struct constants *k, const arb_t tau_mem, const arb_t tau_syn, long prec)
{
    arb_ptr const all[] = {k->tau_mem, k->tau_syn, k->a,      k->c,     k->aa,
                           k->cc,      k->gain,    k->gain_a, k->gain_c};
    for (size_t x = 0; x < sizeof all / sizeof *all; x++)
        arb_init(all[x]);
    k->equal = arb_is_exact(tau_mem) && arb_equal(tau_mem, tau_syn);
    k->tau_mem_d = floor_d(tau_mem);
    k->tau_syn_d = floor_d(tau_syn);
    arb_set(k->tau_mem, tau_mem);
    arb_set(k->tau_syn, tau_syn);
    arb_inv(k->a, k->tau_mem, prec);
    arb_inv(k->c, k->tau_syn, prec);
    arb_mul(k->aa, k->a, k->a, prec);
    arb_mul(k->cc, k->c, k->c, prec);
    if (k->equal)
        return;
    /* c - a = (tau_mem - tau_syn) a c, with an exact difference: nothing cancels. */
    arb_t difference;
    arb_init(difference);
    arb_sub(difference, k->tau_mem, k->tau_syn, ARF_PREC_EXACT);
    arb_div(k->gain, k->tau_syn, difference, prec);
    arb_mul(k->gain_a, k->gain, k->tau_mem, prec);
    arb_div(k->gain_a, k->gain_a, difference, prec);
    arb_mul(k->gain_a, k->gain_a, k->tau_mem, prec); /* tau_mem^2 tau_syn / difference^2 */
    arb_mul(k->gain_c, k->gain, k->gain, prec);
    arb_mul(k->gain_c, k->gain_c, k->tau_mem, prec); /* tau_mem tau_syn^2 / difference^2 */
    arb_clear(difference);
}

void constants_clear(struct constants *k)
{
    arb_ptr const all[] = {k->tau_mem, k->tau_syn, k->a,      k->c,     k->aa,
                           k->cc,      k->gain,    k->gain_a, k->gain_c};
    for (size_t x = 0; x < sizeof all / sizeof *all; x++)
        arb_clear(all[x]);
}

/* Derivatives by the time constants: vm, im, is, ii of `enum propagator`. */
static void propagate_tau(arb_ptr values, const struct constants *k, const arb_t s, long prec)
{
    arb_ptr vm = values + P_VM, im = values + P_IM, is = values + P_IS, ii = values + P_II;
    arb_mul(vm, s, values + P_EM, prec); /* s em */
    arb_mul(ii, s, values + P_ES, prec); /* s es */
    if (k->equal) {
        /* dk/da = s em - (a/2) s^2 em, dk/dc = -(a/2) s^2 em */
        arb_mul(is, s, vm, prec);
        arb_mul(is, is, k->a, prec);
        arb_mul_2exp_si(is, is, -1);
        arb_sub(im, is, vm, prec);
        arb_mul(im, im, k->aa, prec);
        arb_mul(is, is, k->cc, prec);
    } else {
        /* dk/da = gain_a (em - es) - gain s em, dk/dc = -gain_c (em - es) + gain s es */
        arb_sub(is, values + P_EM, values + P_ES, prec);
        arb_mul(im, k->gain, vm, prec);
        arb_submul(im, k->gain_a, is, prec);
        arb_mul(im, im, k->aa, prec);
        arb_mul(is, is, k->gain_c, prec);
        arb_submul(is, k->gain, ii, prec);
        arb_mul(is, is, k->cc, prec);
    }
    arb_mul(vm, vm, k->aa, prec);
    arb_mul(ii, ii, k->cc, prec);
}

/* k over a ball s around zero, as s k'(ball) = s gain (c es - a em). The difference of em and es
 * would count the uncertainty of s once for each, (c + a)/(c - a) times too much, and that at every
 * spike of a long train. */
static void gain_around_zero(arb_t gain, const struct constants *k, const arb_t s, const arb_t em,
                             const arb_t es, long prec)
{
    arb_mul(gain, k->c, es, prec);
    arb_submul(gain, k->a, em, prec);
    arb_mul(gain, gain, k->gain, prec);
    arb_mul(gain, gain, s, prec);
}

void propagate(arb_ptr values, const struct constants *k, const arb_t s, enum depth depth,
               long prec)
{
    arb_ptr em = values + P_EM, es = values + P_ES, gain = values + P_K;
    arb_mul(em, k->a, s, prec);
    arb_neg(em, em);
    arb_exp(em, em, prec);
    if (k->equal) {
        arb_set(es, em);
        arb_mul(gain, k->a, s, prec);
        arb_mul(gain, gain, em, prec);
    } else {
        arb_mul(es, k->c, s, prec);
        arb_neg(es, es);
        arb_exp(es, es, prec);
        if (arb_contains_zero(s)) {
            gain_around_zero(gain, k, s, em, es, prec);
        } else {
            arb_sub(gain, em, es, prec);
            arb_mul(gain, gain, k->gain, prec);
        }
    }
    arb_one(values + P_ONE);
    if (depth == COMPLETE)
        propagate_tau(values, k, s, prec);
}

/* V and tau_mem V' at s. */
static void voltage_at(arb_t voltage, arb_t rise, arb_t current, const struct neuron *n,
                       const arb_t v, const arb_t i, const arb_t s, long prec)
{
    arb_ptr values = _arb_vec_init(P_ALL);
    propagate(values, n->k, s, BRIEF, prec);
    arb_sub(voltage, v, n->bias, prec);
    arb_mul(voltage, voltage, values + P_EM, prec);
    arb_addmul(voltage, i, values + P_K, prec);
    arb_add(voltage, voltage, n->bias, prec);
    arb_mul(current, i, values + P_ES, prec);
    arb_sub(rise, current, voltage, prec);
    arb_add(rise, rise, n->bias, prec);
    _arb_vec_clear(values, P_ALL);
}

enum crossing peak_find(arb_t s, arb_t peak, const struct neuron *n, const arb_t v, const arb_t i,
                        long prec)
{
    /* U = 0 where 1 - e^(-(c-a)s) = y = (1 - tau_syn/tau_mem) (I0 - V0 + b)/I0, so
     * s = -log(1 - y)/(c - a); with equal constants s = tau_syn (I0 - V0 + b)/I0. */
    if (!arb_is_positive(i))
        return arb_is_nonpositive(i) ? CROSSING_NONE : CROSSING_UNKNOWN;
    const struct constants *k = n->k;
    enum crossing answer = CROSSING_FOUND;
    arb_t ratio, y;
    arb_init(ratio);
    arb_init(y);
    arb_sub(ratio, i, v, prec);
    arb_add(ratio, ratio, n->bias, prec);
    if (!arb_is_positive(ratio))
        answer = arb_is_nonpositive(ratio) ? CROSSING_NONE : CROSSING_UNKNOWN;
    arb_div(ratio, ratio, i, prec);
    if (answer == CROSSING_FOUND && k->equal) {
        arb_mul(s, ratio, k->tau_syn, prec);
    } else if (answer == CROSSING_FOUND) {
        arb_sub(y, k->tau_mem, k->tau_syn, ARF_PREC_EXACT);
        arb_mul(y, y, k->a, prec);
        arb_mul(y, y, ratio, prec);
        arb_neg(y, y);
        arb_add_ui(ratio, y, 1, prec); /* 1 - y */
        if (!arb_is_positive(ratio))
            answer = arb_is_nonpositive(ratio) ? CROSSING_NONE : CROSSING_UNKNOWN;
        arb_log1p(s, y, prec);
        arb_mul(s, s, k->gain, prec);
        arb_mul(s, s, k->tau_mem, prec); /* 1/(c-a) = tau_mem gain */
        arb_neg(s, s);
    }
    if (answer == CROSSING_FOUND) {
        /* V' = 0 there, so V = b + I. */
        arb_mul(y, k->c, s, prec);
        arb_neg(y, y);
        arb_exp(y, y, prec);
        arb_mul(y, y, i, prec);
        arb_add(peak, y, n->bias, prec);
    }
    arb_clear(ratio);
    arb_clear(y);
    return answer;
}

/* Proves, by the interval Newton operator on r +- radius, that exactly one upward crossing lies in
 * there; s encloses it. */
static bool newton_encloses(arb_t s, const struct neuron *n, const arb_t v, const arb_t i,
                            const arb_t r, long prec)
{
    arb_t voltage, rise, current, excess, box;
    arb_init(voltage);
    arb_init(rise);
    arb_init(current);
    arb_init(excess);
    arb_init(box);
    bool proven = false;
    voltage_at(voltage, rise, current, n, v, i, r, prec);
    arb_sub(excess, voltage, n->threshold, prec);
    arb_mul(excess, excess, n->k->tau_mem, prec);
    /* Twice the first step, and at least a few units in the last place of r. */
    mag_t radius, tiny;
    mag_init(radius);
    mag_init(tiny);
    arb_div(box, excess, rise, prec);
    arb_get_mag(radius, box);
    arb_get_mag(tiny, r);
    mag_mul_2exp_si(tiny, tiny, 4 - prec);
    for (int attempt = 0; attempt < 4 && !proven && mag_is_finite(radius); attempt++) {
        mag_mul_2exp_si(radius, radius, 1);
        mag_add(radius, radius, tiny);
        arb_set(box, r);
        mag_add(arb_radref(box), arb_radref(box), radius);
        if (arb_is_negative(box) || arb_contains_zero(box))
            break;
        voltage_at(voltage, rise, current, n, v, i, box, prec);
        if (!arb_is_positive(rise))
            break;
        arb_div(s, excess, rise, prec);
        arb_sub(s, r, s, prec);
        proven = arb_contains(box, s);
    }
    mag_clear(radius);
    mag_clear(tiny);
    arb_clear(voltage);
    arb_clear(rise);
    arb_clear(current);
    arb_clear(excess);
    arb_clear(box);
    return proven;
}

/* Newton steps from a double, kept inside (0, end) by bisection, without proof. */
static void root_approach(arb_t r, const struct neuron *n, const arb_t v, const arb_t i,
                          const arb_t end, long prec)
{
    arb_t low, high, voltage, rise, current, step;
    arb_init(low);
    arb_init(high);
    arb_init(voltage);
    arb_init(rise);
    arb_init(current);
    arb_init(step);
    arb_get_mid_arb(high, end);
    arb_set_d(r, hint_root(n, middle_d(v), middle_d(i), middle_d(end)));
    bool close = false;
    /* 200 halvings would do at double precision of any start; Newton needs about log2(prec). */
    for (int iteration = 0; iteration < 200 && !close; iteration++) {
        if (arb_le(r, low) || arb_ge(r, high)) {
            arb_add(r, low, high, prec);
            arb_mul_2exp_si(r, r, -1);
            arb_get_mid_arb(r, r);
        }
        voltage_at(voltage, rise, current, n, v, i, r, prec);
        arb_sub(voltage, voltage, n->threshold, prec);
        arb_set(arf_sgn(arb_midref(voltage)) < 0 ? low : high, r);
        arb_mul(step, voltage, n->k->tau_mem, prec);
        arb_div(step, step, rise, prec);
        if (!arb_is_finite(step) || arf_sgn(arb_midref(rise)) <= 0) {
            arb_zero(r); /* falls back to bisection above */
            continue;
        }
        arb_get_mid_arb(step, step);
        close = arf_cmpabs_2exp_si(arb_midref(step), -prec) <= 0 || arf_is_zero(arb_midref(step));
        arb_sub(r, r, step, prec);
        arb_get_mid_arb(r, r);
        arb_mul_2exp_si(step, step, 3 * prec / 4);
        close = close || arf_cmpabs(arb_midref(step), arb_midref(r)) < 0;
    }
    arb_clear(low);
    arb_clear(high);
    arb_clear(voltage);
    arb_clear(rise);
    arb_clear(current);
    arb_clear(step);
}

static enum crossing root_enclose(arb_t s, arb_t slope, arb_t current, const struct neuron *n,
                                  const arb_t v, const arb_t i, const arb_t end, long prec)
{
    arb_t r, voltage, rise;
    arb_init(r);
    arb_init(voltage);
    arb_init(rise);
    root_approach(r, n, v, i, end, prec);
    /* one more step doubles the three quarters of the digits that root_approach stops at */
    voltage_at(voltage, rise, current, n, v, i, r, prec);
    arb_sub(voltage, voltage, n->threshold, prec);
    arb_mul(voltage, voltage, n->k->tau_mem, prec);
    arb_div(voltage, voltage, rise, prec);
    if (arb_is_finite(voltage)) {
        arb_sub(r, r, voltage, prec);
        arb_get_mid_arb(r, r);
    }
    bool const proven = newton_encloses(s, n, v, i, r, prec);
    if (proven) {
        arb_mul(current, n->k->c, s, prec);
        arb_neg(current, current);
        arb_exp(current, current, prec);
        arb_mul(current, current, i, prec);
        arb_sub(slope, current, n->threshold, prec); /* V = threshold there */
        arb_add(slope, slope, n->bias, prec);
    }
    arb_clear(r);
    arb_clear(voltage);
    arb_clear(rise);
    return proven && arb_is_positive(slope) ? CROSSING_FOUND : CROSSING_UNKNOWN;
}

/* For a flow that has no maximum inside [0, horizon]. */
static enum crossing crossing_by_end(arb_t s, arb_t slope, arb_t current, const struct neuron *n,
                                     const arb_t v, const arb_t i, const arb_t horizon, long prec)
{
    arb_t voltage, rise;
    arb_init(voltage);
    arb_init(rise);
    voltage_at(voltage, rise, current, n, v, i, horizon, prec);
    enum crossing answer = CROSSING_UNKNOWN;
    if (arb_lt(voltage, n->threshold))
        answer = CROSSING_NONE;
    else if (arb_gt(voltage, n->threshold))
        answer = root_enclose(s, slope, current, n, v, i, horizon, prec);
    arb_clear(voltage);
    arb_clear(rise);
    return answer;
}

enum crossing crossing_find(arb_t s, arb_t slope, arb_t current, arb_t peak, const struct neuron *n,
                            const arb_t v, const arb_t i, const arb_t horizon, long prec)
{
    if (!arb_lt(v, n->threshold))
        return CROSSING_UNKNOWN;
    /* V <= max(V0, b) + max(I0, 0), because 0 <= em and 0 <= k <= 1. */
    arb_max(peak, v, n->bias, prec);
    if (!arb_is_nonpositive(i)) {
        arb_t positive;
        arb_init(positive);
        arb_max(positive, i, positive, prec);
        arb_add(peak, peak, positive, prec);
        arb_clear(positive);
    }
    if (arb_lt(peak, n->threshold))
        return CROSSING_NONE;
    if (arb_is_nonpositive(i))
        return crossing_by_end(s, slope, current, n, v, i, horizon, prec);
    switch (peak_find(s, peak, n, v, i, prec)) {
    case CROSSING_FOUND:
        if (arb_lt(peak, n->threshold))
            return CROSSING_NONE;
        if (!arb_gt(peak, n->threshold))
            return CROSSING_UNKNOWN;
        arb_set(peak, s);
        return root_enclose(s, slope, current, n, v, i, peak, prec);
    case CROSSING_NONE:
        return crossing_by_end(s, slope, current, n, v, i, horizon, prec);
    default:
        /* A peak at s ~ 0 or I0 ~ 0: V <= max(V0, b + I0) or so; more precision decides. */
        return CROSSING_UNKNOWN;
    }
}
