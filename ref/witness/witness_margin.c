/* SPDX-License-Identifier: MIT */
/* witness_margin.c: by how much the decisions of a run hold, as far as the witness sees.
 *
 *  - slope: V' of every spike, before the reset;
 *  - grazing: the peak that V would have reached without the reset, or the bias if it would rise
 *    for ever, less the threshold; the threshold less every peak below it. A voltage that rises
 *    into an arrival, or into the end, may be such a peak or none: it lowers what the margin can be
 *    at least, not at most;
 *  - coincidence: a spike and the arrivals next to it at its neuron, but for its own echo. Which
 *    arrival a maximum sits at counts, too, where the loss looks at one: at most;
 *  - end: the end and every spike or arrival. Crossings after the end are not looked for: at most.
 */
#include "ref/witness/witness.h"

#include <math.h>

enum { MARGIN_S, MARGIN_X, MARGIN_Y, MARGIN_K, MARGIN_U, MARGIN_SCRATCH };
_Static_assert(MARGIN_SCRATCH <= WITNESS_SCRATCH, "scratch numbers");

void witness_margins_begin(struct witness_run *run, const struct case_problem *c)
{
    for (int m = 0; m < REF_MAXIMUM_GAP; m++) {
        run->margin[m] = (struct witness_margin){HUGE_VAL, HUGE_VAL};
    }
    run->margin[REF_END].least = 0;
    if (c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        run->margin[REF_COINCIDENCE].least = 0;
    }
}

static void lower(struct witness_engine *e, enum ref_margin which, mpfr_srcptr x, bool surely)
{
    struct witness_margin *margin = &e->record->margin[which];
    double size = fabs(mpfr_get_d(x, MPFR_RNDN));
    margin->least = fmin(margin->least, size);
    if (surely) {
        margin->most = fmin(margin->most, size);
    }
}

/* Lowers grazing by the peak after the neuron's time, or by the bias if there is none. */
static void peak(struct witness_engine *e, const struct witness_neuron *n)
{
    mpfr_t *t = e->margin_scratch;
    bool turns =
        mpfr_sgn(n->current) > 0 && witness_extremum(e, t[MARGIN_S], n->kind, n->u, n->current);
    mpfr_set_zero(t[MARGIN_U], 1);
    if (turns) {
        witness_kernel_fresh(e, t[MARGIN_X], t[MARGIN_Y], t[MARGIN_K], n->kind, t[MARGIN_S]);
        mpfr_fmma(t[MARGIN_U], n->u, t[MARGIN_X], n->current, t[MARGIN_K], MPFR_RNDN);
    }
    mpfr_sub(t[MARGIN_U], t[MARGIN_U], n->level, MPFR_RNDN);
    lower(e, REF_GRAZING, t[MARGIN_U], true);
}

void witness_margin_peak(struct witness_engine *e, const struct witness_neuron *n)
{
    if (e->record != NULL && n->model == CASE_LIF) {
        peak(e, n);
    }
}

/* Before its reset; the neuron is still at its event before. */
void witness_margin_spike(struct witness_engine *e, const struct witness_neuron *n)
{
    mpfr_t *t = e->margin_scratch;
    if (e->record == NULL) {
        return;
    }
    peak(e, n);
    mpfr_sub(t[MARGIN_S], n->crossing, n->time, MPFR_RNDN);
    mpfr_mul(t[MARGIN_U], n->current, witness_decay_at(e, n->kind->synapse, t[MARGIN_S]),
             MPFR_RNDN);
    mpfr_sub(t[MARGIN_U], t[MARGIN_U], n->level, MPFR_RNDN);
    mpfr_div(t[MARGIN_U], t[MARGIN_U], n->tau_mem, MPFR_RNDN);
    lower(e, REF_SLOPE, t[MARGIN_U], true);
    mpfr_sub(t[MARGIN_U], e->end, n->crossing, MPFR_RNDN);
    lower(e, REF_END, t[MARGIN_U], true);
    if (n->arrivals > 0) {
        mpfr_sub(t[MARGIN_U], n->crossing, n->heard, MPFR_RNDN);
        lower(e, REF_COINCIDENCE, t[MARGIN_U], true);
    }
}

/* Before its jump; the neuron is at the arrival. echo: of its own last spike. */
void witness_margin_arrival(struct witness_engine *e, const struct witness_neuron *n, bool echo)
{
    mpfr_t *t = e->margin_scratch;
    if (e->record == NULL || n->model != CASE_LIF) {
        return;
    }
    mpfr_sub(t[MARGIN_U], n->level, n->u, MPFR_RNDN);
    lower(e, REF_GRAZING, t[MARGIN_U], false);
    if (n->spikes > 0 && !echo) {
        mpfr_sub(t[MARGIN_U], n->heard, n->fired, MPFR_RNDN);
        lower(e, REF_COINCIDENCE, t[MARGIN_U], true);
    }
}

void witness_margin_sent(struct witness_engine *e, mpfr_srcptr time)
{
    if (e->record != NULL) {
        mpfr_sub(e->margin_scratch[MARGIN_U], e->end, time, MPFR_RNDN);
        lower(e, REF_END, e->margin_scratch[MARGIN_U], true);
    }
}

/* V at the end may rise on. */
void witness_margin_end(struct witness_engine *e, struct witness_neuron *n)
{
    if (e->record != NULL && n->model == CASE_LIF) {
        witness_advance(e, n, e->end);
        mpfr_sub(e->margin_scratch[MARGIN_U], n->level, n->u, MPFR_RNDN);
        lower(e, REF_GRAZING, e->margin_scratch[MARGIN_U], false);
    }
}
