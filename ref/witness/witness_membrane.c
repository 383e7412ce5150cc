/* SPDX-License-Identifier: MIT */
/* witness_membrane.c: the closed form between events.
 *
 *     u(s) = u0 x + I0 k,  I(s) = I0 y,  x = e^{-s/tau_mem}, y = e^{-s/tau_syn}
 * With delta = 1/tau_syn - 1/tau_mem,
 *     k(s) = (x - y) gain = x (1 - e^{-delta s}) gain = x (s/tau_mem) (1 + O(delta s)),
 * so that nearly equal constants lose nothing if the middle form is taken with expm1. The first
 * form is taken from |delta s| = 2^-16 on: it costs 16 of the guard bits and no exponential. */
#include "ref/witness/witness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN_FROM_EXPONENT = -15 }; /* |delta s| >= 2^-16 */
enum { ARGUMENT, PHASE, U_NEXT, CURRENT_NEXT, SPAN, MEMBRANE_SCRATCH };
_Static_assert(MEMBRANE_SCRATCH <= WITNESS_SCRATCH, "scratch numbers");

static void decay_fresh(struct witness_engine *e, mpfr_ptr value, mpfr_srcptr rate, mpfr_srcptr s)
{
    mpfr_ptr argument = e->kernel_scratch[ARGUMENT];
    mpfr_mul(argument, s, rate, MPFR_RNDN);
    witness_exp(e, value, argument);
}

/* The place for a new entry of a memo: the least recently made one. */
static unsigned memo_place(unsigned *used, unsigned *oldest)
{
    if (*used < WITNESS_MEMO) {
        return (*used)++;
    }
    unsigned place = *oldest;
    *oldest = (place + 1) % WITNESS_MEMO;
    return place;
}

static mpfr_ptr memo_find(mpfr_t *at, mpfr_t *value, unsigned used, mpfr_srcptr s)
{
    for (unsigned i = used; i-- > 0;) {
        if (mpfr_equal_p(at[i], s)) {
            return value[i];
        }
    }
    return NULL;
}

mpfr_srcptr witness_decay_at(struct witness_engine *e, struct witness_decay *decay, mpfr_srcptr s)
{
    mpfr_ptr value = memo_find(decay->at, decay->value, decay->used, s);
    if (value == NULL) {
        unsigned place = memo_place(&decay->used, &decay->oldest);
        mpfr_set(decay->at[place], s, MPFR_RNDN);
        value = decay->value[place];
        decay_fresh(e, value, decay->rate, s);
    }
    return value;
}

void witness_kernel_of(struct witness_engine *e, mpfr_ptr k, const struct witness_kind *kind,
                       mpfr_srcptr s, mpfr_srcptr x, mpfr_srcptr y)
{
    if (kind->equal) {
        mpfr_mul(k, s, kind->membrane->rate, MPFR_RNDN);
        mpfr_mul(k, k, x, MPFR_RNDN);
        mpfr_neg(k, k, MPFR_RNDN);
        return;
    }
    mpfr_ptr phase = e->kernel_scratch[PHASE];
    mpfr_mul(phase, kind->delta, s, MPFR_RNDN);
    if (mpfr_zero_p(phase)) {
        mpfr_set_zero(k, 1);
    } else if (mpfr_get_exp(phase) >= PLAIN_FROM_EXPONENT) {
        mpfr_sub(k, x, y, MPFR_RNDN);
        mpfr_mul(k, k, kind->gain, MPFR_RNDN);
    } else {
        mpfr_neg(phase, phase, MPFR_RNDN);
        witness_exp_less_1(e, k, phase);
        mpfr_neg(k, k, MPFR_RNDN);
        mpfr_mul(k, x, k, MPFR_RNDN);
        mpfr_mul(k, k, kind->gain, MPFR_RNDN);
    }
}

void witness_kernel_fresh(struct witness_engine *e, mpfr_ptr x, mpfr_ptr y, mpfr_ptr k,
                          const struct witness_kind *kind, mpfr_srcptr s)
{
    decay_fresh(e, x, kind->membrane->rate, s);
    if (kind->equal) {
        mpfr_set(y, x, MPFR_RNDN);
    } else {
        decay_fresh(e, y, kind->synapse->rate, s);
    }
    witness_kernel_of(e, k, kind, s, x, y);
}

static mpfr_srcptr kernel_at(struct witness_engine *e, struct witness_kind *kind, mpfr_srcptr s,
                             mpfr_srcptr x, mpfr_srcptr y)
{
    mpfr_ptr k = memo_find(kind->at, kind->kernel, kind->used, s);
    if (k == NULL) {
        unsigned place = memo_place(&kind->used, &kind->oldest);
        mpfr_set(kind->at[place], s, MPFR_RNDN);
        k = kind->kernel[place];
        witness_kernel_of(e, k, kind, s, x, y);
    }
    return k;
}

/* u' = 0 where phi = tau_syn (1 - u0/I0), phi(s) = (1 - e^{-delta s}) / delta, or s if delta = 0.
 * No difference of nearly equal numbers but I0 - u0, which is small only where s is. */
bool witness_extremum(struct witness_engine *e, mpfr_ptr s, const struct witness_kind *kind,
                      mpfr_srcptr u0, mpfr_srcptr current0)
{
    if (mpfr_zero_p(current0)) {
        return false;
    }
    mpfr_sub(s, current0, u0, MPFR_RNDN);
    mpfr_div(s, s, current0, MPFR_RNDN);
    mpfr_mul(s, s, kind->synapse->tau, MPFR_RNDN);
    if (!kind->equal) {
        mpfr_ptr phase = e->kernel_scratch[PHASE];
        mpfr_mul(phase, s, kind->delta, MPFR_RNDN);
        mpfr_neg(phase, phase, MPFR_RNDN);
        if (mpfr_cmp_si(phase, -1) <= 0) {
            return false;
        }
        witness_log1p(e, s, phase);
        mpfr_div(s, s, kind->delta, MPFR_RNDN);
        mpfr_neg(s, s, MPFR_RNDN);
    }
    return mpfr_sgn(s) > 0;
}

void witness_advance(struct witness_engine *e, struct witness_neuron *n, mpfr_srcptr t)
{
    if (mpfr_equal_p(t, n->time)) {
        return;
    }
    if (witness_leg_advance(e, n, t)) {
        return;
    }
    mpfr_ptr span = e->kernel_scratch[SPAN];
    mpfr_ptr u = e->kernel_scratch[U_NEXT];
    mpfr_ptr current = e->kernel_scratch[CURRENT_NEXT];
    mpfr_sub(span, t, n->time, MPFR_RNDN);
    mpfr_srcptr x = witness_decay_at(e, n->kind->membrane, span);
    mpfr_srcptr y = witness_decay_at(e, n->kind->synapse, span);
    mpfr_srcptr k = kernel_at(e, n->kind, span, x, y);
    mpfr_mul(u, n->u, x, MPFR_RNDN);
    mpfr_fma(u, n->current, k, u, MPFR_RNDN);
    mpfr_mul(current, n->current, y, MPFR_RNDN);
    if (n->model == CASE_LI && witness_is_output(e, n)) {
        witness_loss_segment(e, n, t, u, current);
    }
    bool peaked = mpfr_get_d(span, MPFR_RNDN) >= n->peak_after;
    if (peaked) {
        e->outcome.closest = fmin(e->outcome.closest, n->peak_gap);
        witness_margin_peak(e, n);
    }
    mpfr_set(n->u, u, MPFR_RNDN);
    mpfr_set(n->current, current, MPFR_RNDN);
    mpfr_set(n->time, t, MPFR_RNDN);
    witness_leg_write_advance(e, n, peaked);
}

struct witness_decay *witness_decay_make(struct witness_engine *e)
{
    struct witness_decay *decay = calloc(1, sizeof *decay);
    if (decay == NULL) {
        return NULL;
    }
    decay->at = witness_store_take(&e->store, 2 * WITNESS_MEMO + 2, e->work);
    if (decay->at == NULL) {
        free(decay);
        return NULL;
    }
    decay->value = decay->at + WITNESS_MEMO;
    decay->tau = decay->at[2 * WITNESS_MEMO];
    decay->rate = decay->at[2 * WITNESS_MEMO + 1];
    return decay;
}

void witness_decay_set(struct witness_decay *decay, mpfr_srcptr tau)
{
    mpfr_set(decay->tau, tau, MPFR_RNDN);
    mpfr_si_div(decay->rate, -1, tau, MPFR_RNDN);
    decay->used = decay->oldest = 0;
    decay->tau_d = mpfr_get_d(tau, MPFR_RNDN);
}

static struct witness_kind *kind_make(struct witness_engine *e)
{
    struct witness_kind *kind = calloc(1, sizeof *kind);
    if (kind == NULL) {
        return NULL;
    }
    kind->at = witness_store_take(&e->store, 2 * WITNESS_MEMO + 2, e->work);
    if (kind->at == NULL) {
        free(kind);
        return NULL;
    }
    kind->kernel = kind->at + WITNESS_MEMO;
    kind->delta = kind->at[2 * WITNESS_MEMO];
    kind->gain = kind->at[2 * WITNESS_MEMO + 1];
    return kind;
}

/* Equal values are looked for among the last few only: a network where every neuron has its own
 * constants would otherwise cost the square of its size. */
enum { LOOK_BACK = 16 };

static struct witness_decay *decay_of(struct witness_engine *e, mpfr_srcptr tau)
{
    for (size_t i = e->decays; i > 0 && e->decays - i < LOOK_BACK; i--) {
        if (mpfr_equal_p(e->decay[i - 1]->tau, tau)) {
            return e->decay[i - 1];
        }
    }
    if (e->decays == e->decays_made) {
        e->decay[e->decays] = witness_decay_make(e);
        if (e->decay[e->decays] == NULL) {
            return NULL;
        }
        e->decays_made++;
    }
    struct witness_decay *decay = e->decay[e->decays++];
    witness_decay_set(decay, tau);
    return decay;
}

static void kind_set(struct witness_engine *e, struct witness_kind *kind,
                     struct witness_decay *membrane, struct witness_decay *synapse)
{
    kind->membrane = membrane;
    kind->synapse = synapse;
    kind->used = kind->oldest = 0;
    kind->tau_m = membrane->tau_d;
    kind->tau_s = synapse->tau_d;
    kind->equal = mpfr_equal_p(membrane->tau, synapse->tau) != 0;
    if (kind->equal) {
        mpfr_set_zero(kind->delta, 1);
    } else {
        mpfr_ptr difference = e->kernel_scratch[ARGUMENT];
        mpfr_sub(difference, membrane->tau, synapse->tau, MPFR_RNDN);
        mpfr_div(kind->gain, synapse->tau, difference, MPFR_RNDN);
        mpfr_div(kind->delta, difference, membrane->tau, MPFR_RNDN);
        mpfr_div(kind->delta, kind->delta, synapse->tau, MPFR_RNDN);
    }
    kind->delta_d = mpfr_get_d(kind->delta, MPFR_RNDN);
}

static struct witness_kind *kind_of(struct witness_engine *e, struct witness_decay *membrane,
                                    struct witness_decay *synapse)
{
    for (size_t i = e->kinds; i > 0 && e->kinds - i < LOOK_BACK; i--) {
        if (e->kind[i - 1]->membrane == membrane && e->kind[i - 1]->synapse == synapse) {
            return e->kind[i - 1];
        }
    }
    if (e->kinds == e->kinds_made) {
        e->kind[e->kinds] = kind_make(e);
        if (e->kind[e->kinds] == NULL) {
            return NULL;
        }
        e->kinds_made++;
    }
    struct witness_kind *kind = e->kind[e->kinds++];
    kind_set(e, kind, membrane, synapse);
    return kind;
}

int witness_kinds_assign(struct witness_engine *e)
{
    e->kinds = e->decays = 0;
    for (size_t i = 0; i < e->neurons; i++) {
        struct witness_neuron *n = &e->neuron[i];
        struct witness_decay *membrane = decay_of(e, n->tau_mem);
        mpfr_srcptr tau_syn = n->tau_syn;
        struct witness_decay *synapse = membrane == NULL ? NULL : decay_of(e, tau_syn);
        n->kind = synapse == NULL ? NULL : kind_of(e, membrane, synapse);
        if (n->kind == NULL) {
            return -1;
        }
    }
    return 0;
}
