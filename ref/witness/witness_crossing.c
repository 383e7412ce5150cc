/* SPDX-License-Identifier: MIT */
/* witness_crossing.c: the next time at which one neuron reaches its threshold, to full precision.
 *
 * u has at most one extremum, so a crossing lies before it or after it, and on a monotone stretch.
 * The stretch comes from double where that is certain, else from the extremum itself. On it
 * Halley's iteration runs, kept inside the bracket by bisection. The derivatives are free:
 *     tau_mem u' = I - u        tau_mem u'' = -u' - I / tau_syn
 * and from u''' = -S u'' - P u', S = 1/tau_mem + 1/tau_syn, P = 1/(tau_mem tau_syn) <= S^2/4,
 * a Halley step of length d leaves an error of at most about (|u''/u'| + S)^2 |d|^3. */
#include "ref/witness/witness.h"

#include <math.h>

enum {
    SPAN, /* also used by witness_forecast.c: nothing is kept there across calls */
    LOW,
    HIGH,
    S,
    X,
    Y,
    K,
    CURRENT,
    F,
    SLOPE,
    BEND,
    STEP,
    NEXT,
    TEMPORARY,
    CROSSING_SCRATCH
};
_Static_assert(CROSSING_SCRATCH <= WITNESS_SCRATCH, "scratch numbers");

/* F = u(s) - level, and I, u', u'' there. */
static void evaluate(struct witness_engine *e, const struct witness_neuron *n, mpfr_srcptr s)
{
    mpfr_t *t = e->root_scratch;
    witness_kernel_fresh(e, t[X], t[Y], t[K], n->kind, s);
    mpfr_mul(t[F], n->u, t[X], MPFR_RNDN);
    mpfr_fma(t[F], n->current, t[K], t[F], MPFR_RNDN);
    mpfr_mul(t[CURRENT], n->current, t[Y], MPFR_RNDN);
    mpfr_sub(t[SLOPE], t[F], t[CURRENT], MPFR_RNDN);
    mpfr_mul(t[SLOPE], t[SLOPE], n->kind->membrane->rate, MPFR_RNDN);
    mpfr_mul(t[BEND], t[CURRENT], n->kind->synapse->rate, MPFR_RNDN);
    mpfr_sub(t[BEND], t[SLOPE], t[BEND], MPFR_RNDN);
    mpfr_mul(t[BEND], t[BEND], n->kind->membrane->rate, MPFR_RNDN);
    mpfr_sub(t[F], t[F], n->level, MPFR_RNDN);
}

/* Of a power of two that |u''/u'| + S is below. */
static mpfr_exp_t rate_exponent(mpfr_t *t, const struct witness_kind *kind)
{
    mpfr_exp_t membrane = mpfr_get_exp(kind->membrane->rate);
    mpfr_exp_t synapse = mpfr_get_exp(kind->synapse->rate);
    mpfr_exp_t most = membrane > synapse ? membrane : synapse;
    if (!mpfr_zero_p(t[BEND])) {
        mpfr_exp_t bend = mpfr_get_exp(t[BEND]) - mpfr_get_exp(t[SLOPE]) + 1;
        most = bend > most ? bend : most;
    }
    return most + 2;
}

/* STEP = -2 F u' / (2 u'^2 - F u''), S + STEP in NEXT. True if its error is below rounding. */
static bool halley(struct witness_engine *e, const struct witness_neuron *n)
{
    mpfr_t *t = e->root_scratch;
    mpfr_mul(t[TEMPORARY], t[F], t[BEND], MPFR_RNDN);
    mpfr_sqr(t[STEP], t[SLOPE], MPFR_RNDN);
    mpfr_mul_2ui(t[STEP], t[STEP], 1, MPFR_RNDN);
    mpfr_sub(t[TEMPORARY], t[STEP], t[TEMPORARY], MPFR_RNDN);
    mpfr_mul(t[STEP], t[F], t[SLOPE], MPFR_RNDN);
    mpfr_mul_si(t[STEP], t[STEP], -2, MPFR_RNDN);
    mpfr_div(t[STEP], t[STEP], t[TEMPORARY], MPFR_RNDN);
    mpfr_add(t[NEXT], t[S], t[STEP], MPFR_RNDN);
    if (!mpfr_number_p(t[NEXT]) || mpfr_sgn(t[NEXT]) <= 0) {
        return false;
    }
    if (mpfr_zero_p(t[STEP])) {
        return true;
    }
    return 3 * mpfr_get_exp(t[STEP]) + 2 * rate_exponent(t, n->kind) <
           mpfr_get_exp(t[S]) - (mpfr_exp_t)e->work;
}

/* Root of F between LOW (F < 0) and HIGH (F >= 0), starting at S; leaves it in S. Halley gains
 * digits by threes; where it leaves the bracket, or fails to halve it in two rounds near a
 * tangent, bisection gains a bit a round, so 4 work rounds are plenty. */
static void polish(struct witness_engine *e, const struct witness_neuron *n)
{
    mpfr_t *t = e->root_scratch;
    for (mpfr_prec_t i = 0; i < 4 * e->work; i++) {
        evaluate(e, n, t[S]);
        if (mpfr_zero_p(t[F])) {
            return;
        }
        mpfr_set(t[mpfr_sgn(t[F]) < 0 ? LOW : HIGH], t[S], MPFR_RNDN);
        bool done = halley(e, n);
        bool inside = mpfr_greater_p(t[NEXT], t[LOW]) && mpfr_less_p(t[NEXT], t[HIGH]);
        if (done && (inside || mpfr_equal_p(t[NEXT], t[S]))) {
            mpfr_set(t[S], t[NEXT], MPFR_RNDN);
            return;
        }
        if (!inside) {
            mpfr_add(t[NEXT], t[LOW], t[HIGH], MPFR_RNDN);
            mpfr_div_2ui(t[NEXT], t[NEXT], 1, MPFR_RNDN);
            if (!mpfr_greater_p(t[NEXT], t[LOW]) || !mpfr_less_p(t[NEXT], t[HIGH])) {
                return;
            }
        }
        mpfr_set(t[S], t[NEXT], MPFR_RNDN);
    }
}

/* A start just before a maximum of height F > 0: s - sqrt(2 F / |u''|). */
static void start_below_maximum(mpfr_t *t)
{
    mpfr_abs(t[TEMPORARY], t[BEND], MPFR_RNDN);
    mpfr_div(t[TEMPORARY], t[F], t[TEMPORARY], MPFR_RNDN);
    mpfr_mul_2ui(t[TEMPORARY], t[TEMPORARY], 1, MPFR_RNDN);
    mpfr_sqrt(t[TEMPORARY], t[TEMPORARY], MPFR_RNDN);
    mpfr_sub(t[S], t[HIGH], t[TEMPORARY], MPFR_RNDN);
    if (!mpfr_greater_p(t[S], t[LOW]) || !mpfr_less_p(t[S], t[HIGH])) {
        mpfr_div_2ui(t[S], t[HIGH], 1, MPFR_RNDN);
    }
}

/* Sets LOW, HIGH and a start S from the extremum; false if the neuron stays below. */
static bool isolate(struct witness_engine *e, struct witness_neuron *n)
{
    mpfr_t *t = e->root_scratch;
    mpfr_set_zero(t[LOW], 1);
    bool turns =
        witness_extremum(e, t[HIGH], n->kind, n->u, n->current) && mpfr_less_p(t[HIGH], t[SPAN]);
    if (turns) {
        evaluate(e, n, t[HIGH]);
        if (mpfr_greater_p(n->current, n->u)) {
            n->peak_gap = fabs(mpfr_get_d(t[F], MPFR_RNDN));
            n->peak_after = mpfr_get_d(t[HIGH], MPFR_RNDN);
        }
        if (mpfr_sgn(t[F]) >= 0) {
            start_below_maximum(t);
            return true;
        }
        mpfr_set(t[LOW], t[HIGH], MPFR_RNDN);
    }
    mpfr_set(t[HIGH], t[SPAN], MPFR_RNDN);
    evaluate(e, n, t[HIGH]);
    mpfr_add(t[S], t[LOW], t[HIGH], MPFR_RNDN);
    mpfr_div_2ui(t[S], t[S], 1, MPFR_RNDN);
    return mpfr_sgn(t[F]) >= 0;
}

/* From a time that is as near to the crossing as two points of a difference are: with
 * u''' = -S u'' - P u' and so on, and a_k = u^(k) / (k! u'), the root of the Taylor series is
 *     d0 - a2 d0^2 + (2 a2^2 - a3) d0^3 - (5 a2^3 - 5 a2 a3 + a4) d0^4 + ..,    d0 = -F/u'.
 * S + that in NEXT. True if what is left out is below rounding. */
static bool leap(struct witness_engine *e, const struct witness_neuron *n)
{
    mpfr_t *t = e->root_scratch, *a = e->short_scratch;
    mpfr_ptr a2 = a[2], a3 = a[3], a4 = a[4], x = a[5], y = a[6], minus_s = a[0], p = a[1];
    mpfr_div(t[STEP], t[F], t[SLOPE], MPFR_RNDN);
    mpfr_neg(t[STEP], t[STEP], MPFR_RNDN);
    if (!mpfr_regular_p(t[STEP])) {
        mpfr_set(t[NEXT], t[S], MPFR_RNDN);
        return mpfr_zero_p(t[STEP]) != 0;
    }
    mpfr_exp_t d = mpfr_get_exp(t[STEP]), rate = rate_exponent(t, n->kind);
    mpfr_exp_t rounding = mpfr_get_exp(t[S]) - (mpfr_exp_t)e->work;
    bool enough = 5 * d + 4 * rate + 4 < rounding &&
                  2 * d + rate < rounding + (mpfr_exp_t)witness_short_bits(e->prec);
    mpfr_add(minus_s, n->kind->membrane->rate, n->kind->synapse->rate, MPFR_RNDN);
    mpfr_mul(p, n->kind->membrane->rate, n->kind->synapse->rate, MPFR_RNDN);
    mpfr_div(a2, t[BEND], t[SLOPE], MPFR_RNDN);
    mpfr_mul(a3, minus_s, a2, MPFR_RNDN);
    mpfr_sub(a3, a3, p, MPFR_RNDN);
    mpfr_mul(a4, minus_s, a3, MPFR_RNDN);
    mpfr_mul(x, p, a2, MPFR_RNDN);
    mpfr_sub(a4, a4, x, MPFR_RNDN);
    mpfr_div_2ui(a2, a2, 1, MPFR_RNDN);
    mpfr_div_ui(a3, a3, 6, MPFR_RNDN);
    mpfr_div_ui(a4, a4, 24, MPFR_RNDN);
    mpfr_sqr(x, a2, MPFR_RNDN);
    mpfr_sub(y, x, a3, MPFR_RNDN);
    mpfr_mul(y, y, a2, MPFR_RNDN);
    mpfr_mul_ui(y, y, 5, MPFR_RNDN);
    mpfr_add(a4, a4, y, MPFR_RNDN);
    mpfr_mul_2ui(x, x, 1, MPFR_RNDN);
    mpfr_sub(a3, x, a3, MPFR_RNDN);
    mpfr_set(x, t[STEP], MPFR_RNDN);
    mpfr_mul(a4, a4, x, MPFR_RNDN);
    mpfr_sub(a3, a3, a4, MPFR_RNDN);
    mpfr_mul(a3, a3, x, MPFR_RNDN);
    mpfr_sub(a3, a3, a2, MPFR_RNDN);
    mpfr_mul(a3, a3, x, MPFR_RNDN);
    mpfr_mul(a3, a3, x, MPFR_RNDN);
    mpfr_add(t[STEP], t[STEP], a3, MPFR_RNDN);
    mpfr_add(t[NEXT], t[S], t[STEP], MPFR_RNDN);
    return enough;
}

/* The crossing of a neuron near its unmoved self, if one leap gives it. */
static bool near_crossing(struct witness_engine *e, struct witness_neuron *n)
{
    mpfr_t *t = e->root_scratch;
    struct witness_bracket b;
    if (!witness_leg_near_crossing(e, t[S], &b, n)) {
        return false;
    }
    mpfr_sub(t[S], t[S], n->time, MPFR_RNDN);
    if (mpfr_sgn(t[S]) <= 0) {
        return false;
    }
    evaluate(e, n, t[S]);
    if (!leap(e, n) || mpfr_cmp_d(t[NEXT], b.low) <= 0 || mpfr_cmp_d(t[NEXT], b.high) >= 0) {
        return false;
    }
    mpfr_set(t[S], t[NEXT], MPFR_RNDN);
    return true;
}

/* Where the stretch of the crossing and a start come from; false if there is none. */
static bool bracketed(struct witness_engine *e, struct witness_neuron *n, struct witness_bracket *b)
{
    mpfr_t *t = e->root_scratch;
    mpfr_sub(t[SPAN], e->end, n->time, MPFR_RNDN);
    if (witness_forecast_certain(e, b, n)) {
        mpfr_set_d(t[LOW], b->low, MPFR_RNDN);
        mpfr_set_d(t[HIGH], b->high, MPFR_RNDN);
        mpfr_set_d(t[S], b->guess, MPFR_RNDN);
        return true;
    }
    b->guess = 0;
    return mpfr_sgn(t[SPAN]) > 0 && isolate(e, n);
}

void witness_crossing(struct witness_engine *e, size_t which)
{
    struct witness_neuron *n = &e->neuron[which];
    mpfr_t *t = e->root_scratch;
    struct witness_bracket b = {0, 0, 0};
    if (witness_leg_crossing(e, which)) {
        return;
    }
    n->known = true;
    e->earliest[which] = HUGE_VAL;
    bool crosses = true;
    if (!mpfr_less_p(n->u, n->level)) {
        mpfr_set(n->crossing, n->time, MPFR_RNDN);
    } else {
        bool near = near_crossing(e, n);
        crosses = near || bracketed(e, n, &b);
        if (crosses && !near) {
            polish(e, n);
        }
        if (crosses) {
            mpfr_add(n->crossing, n->time, t[S], MPFR_RNDN);
        }
    }
    if (crosses && mpfr_less_p(n->crossing, e->end)) {
        e->earliest[which] = mpfr_get_d(n->crossing, MPFR_RNDD);
    }
    witness_leg_write_crossing(e, n, e->earliest[which], &b);
}
