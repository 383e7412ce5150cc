/* SPDX-License-Identifier: MIT */
/* witness_panel.c: how many panels, and which rule, an integral without closed form needs.
 *
 * An n-point Gauss rule on a panel of half-length r errs by at most about M rho^{-2n}, if the
 * integrand is analytic and at most M inside the ellipse with half-axes
 *     A = r (rho + 1/rho) / 2 along the real axis,    B = r (rho - 1/rho) / 2 across.
 * Seen from the start of the segment, the ellipse of the first panel reaches back by A - r only;
 * e^{-z/tau} grows by e^{(A - r)/tau} there and nowhere more.
 * Sigmoid weighting: the poles stand at T/2 +- i pi T/5; B <= T/2 keeps clear of them (there
 * |sigmoid| <= 1 / sin 2.5).
 * Instantaneous cross entropy: |Im (V_k - V_l)| <= 0.45 pi keeps the sum of exponentials from
 * vanishing (each has real part >= 0.15 of its modulus, the label's is 1), and bounds
 * |d/dt log sum| by 7 max |V_k' - V_l'|. With |u'| <= (|u| + |I|) / tau_mem along the way across,
 * k <= min(1, s/tau_mem) on the real axis and |z| <= 3/2 A,
 *     |Im u| <= (B/tau_mem) e^{(A - r)/tau_min} (|u| + |I| (1 + min(1, span/tau_mem) +
 * 3A/2tau_mem)), or the sum over the two exponentials of u, whichever is less. The choice changes
 * with the parameters only in jumps, each below the rounding floor. */
#include "ref/witness/witness.h"

#include <math.h>

enum { SLACK_BITS = 16 };              /* constants of the bound and the size of the voltages */
enum { RHO_FIRST = 4, RHO_LAST = 48 }; /* quarters of log2 rho */

struct ellipse {
    double along, across, back, span;
};

static double shortest(const struct witness_kind *kind)
{
    return fmin(kind->tau_m, kind->tau_s);
}

static double imaginary(const struct witness_kind *kind, double u, double current,
                        struct ellipse reach)
{
    double kernel = fmin(1, reach.span / kind->tau_m) + 1.5 * reach.along / kind->tau_m;
    double together = reach.across / kind->tau_m * exp(reach.back / shortest(kind)) *
                      (fabs(u) + fabs(current) * (1 + kernel));
    /* Far apart, each part of V grows by its own constant: the slow one hardly does. */
    double gap = kind->tau_m - kind->tau_s;
    if (fabs(gap) < 0.25 * kind->tau_m) {
        return together;
    }
    double slow = kind->tau_s / gap * current;
    double apart = reach.across * (fabs(u + slow) / kind->tau_m * exp(reach.back / kind->tau_m) +
                                   fabs(slow) / kind->tau_s * exp(reach.back / kind->tau_s));
    return fmin(together, apart);
}

/* The largest bound on |Im (V_k - V_label)|. */
static double imaginary_most(const struct witness_engine *e, struct ellipse reach)
{
    const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population]];
    const struct witness_neuron *l = &n[e->c->sample[e->sample].label];
    double u = mpfr_get_d(l->u, MPFR_RNDN), current = mpfr_get_d(l->current, MPFR_RNDN);
    double label = imaginary(l->kind, u, current, reach);
    double most = 0;
    for (size_t k = 0; k < e->outputs; k++) {
        double u_k = mpfr_get_d(n[k].u, MPFR_RNDN);
        double current_k = mpfr_get_d(n[k].current, MPFR_RNDN);
        double bound = n[k].kind == l->kind
                           ? imaginary(l->kind, u_k - u, current_k - current, reach)
                           : imaginary(n[k].kind, u_k, current_k, reach) + label;
        most = fmax(most, bound);
    }
    return most;
}

/* Bits that M costs inside the ellipse, or infinity if the integrand may not be analytic. */
static double lost_bits(const struct witness_engine *e, struct ellipse reach)
{
    if (e->c->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        return imaginary_most(e, reach) <= 0.45 * acos(-1.0) ? 0 : HUGE_VAL;
    }
    if (!(reach.across <= e->c->end / 2)) {
        return HUGE_VAL;
    }
    const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population]];
    double bits = 0;
    for (size_t k = 0; k < e->outputs; k++) {
        bits = fmax(bits, reach.back / shortest(n[k].kind) / log(2) +
                              log2(1 + reach.along / n[k].kind->tau_m));
    }
    return bits;
}

/* With so many panels: what is lost by each ellipse rho = 2^(j/4) in which the integrand is
 * analytic; the last of them. */
static int ellipses(double *lost, const struct witness_engine *e, double span, size_t panels)
{
    double radius = span / (2 * (double)panels);
    int j = RHO_FIRST;
    for (; j <= RHO_LAST; j++) {
        double rho = exp2(j / 4.0), along = radius * (rho + 1 / rho) / 2;
        struct ellipse reach = {along, radius * (rho - 1 / rho) / 2, along - radius, span};
        lost[j] = lost_bits(e, reach);
        if (!(lost[j] < HUGE_VAL)) {
            break;
        }
    }
    return j - 1;
}

/* Does a rule give so many bits with the best of these ellipses? */
static bool suffices(const double *lost, int last, double wanted, size_t nodes)
{
    for (int j = last; j >= RHO_FIRST; j--) {
        if ((double)nodes * j / 2 - lost[j] >= wanted) {
            return true;
        }
    }
    return false;
}

/* A generic factor, so that no round number of a case sits on a step of the choice. */
static size_t more(size_t panels)
{
    return panels + 1 + panels / 5;
}

void witness_panel_choose(size_t *rule, size_t *panels, const struct witness_engine *e, double span)
{
    size_t cost = SIZE_MAX, least = 2 * witness_rule_half(e->prec, 0);
    double lost[RHO_LAST + 1], wanted = (double)(e->quadrature_bits + SLACK_BITS);
    *rule = WITNESS_RULES - 1;
    *panels = WITNESS_MAX_PANELS;
    for (size_t m = 1; m * least <= cost && m < WITNESS_MAX_PANELS; m = more(m)) {
        int last = ellipses(lost, e, fabs(span), m);
        for (size_t r = 0; r < WITNESS_RULES; r++) {
            size_t nodes = 2 * witness_rule_half(e->prec, r), all = m * nodes;
            bool better = all < cost || (all == cost && r < *rule);
            if (better && suffices(lost, last, wanted, nodes)) {
                cost = all;
                *rule = r;
                *panels = m;
            }
        }
    }
}
