/* witness_crossing.c: the next time at which one neuron reaches its threshold, to full precision.
 *
 * u has at most one extremum, so a crossing lies before it or after it, and on a monotone stretch.
 * The stretch comes from double where that is certain, else from the extremum itself. On it
 * Halley's iteration runs, kept inside the bracket by bisection. The derivatives are free:
 *     tau_mem u' = I - u        tau_mem u'' = -u' - I / tau_syn
 * and from u''' = -S u'' - P u', S = 1/tau_mem + 1/tau_syn, P = 1/(tau_mem tau_syn) <= S^2/4,
 * a Halley step of length d leaves an error of at most about (|u''/u'| + S)^2 |d|^3. */
#include "ref/witness.h"

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
#if FAULT != 13 /* V' after instead of before the reset */
    mpfr_sub(t[SLOPE], t[F], t[CURRENT], MPFR_RNDN);
#else
    mpfr_sub(t[SLOPE], n->floor, t[CURRENT], MPFR_RNDN);
#endif
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

void witness_crossing(struct witness_engine *e, size_t which)
{
    struct witness_neuron *n = &e->neuron[which];
    mpfr_t *t = e->root_scratch;
    struct witness_bracket b;
    if (witness_leg_crossing(e, which)) {
        return;
    }
    n->known = true;
    e->earliest[which] = HUGE_VAL;
    if (!mpfr_less_p(n->u, n->level)) {
        mpfr_set(n->crossing, n->time, MPFR_RNDN);
    } else {
        bool certain = witness_forecast_certain(e, &b, n);
        mpfr_sub(t[SPAN], e->end, n->time, MPFR_RNDN);
        if (certain) {
            mpfr_set_d(t[LOW], b.low, MPFR_RNDN);
            mpfr_set_d(t[HIGH], b.high, MPFR_RNDN);
            mpfr_set_d(t[S], b.guess, MPFR_RNDN);
        } else if (mpfr_sgn(t[SPAN]) <= 0 || !isolate(e, n)) {
            witness_leg_write_crossing(e, n, HUGE_VAL);
            return;
        }
        polish(e, n);
        mpfr_add(n->crossing, n->time, t[S], MPFR_RNDN);
    }
    if (mpfr_less_p(n->crossing, e->end)) {
        e->earliest[which] = mpfr_get_d(n->crossing, MPFR_RNDD);
    }
    witness_leg_write_crossing(e, n, e->earliest[which]);
}
