/* SPDX-License-Identifier: MIT */
/* adjoint.c: the backward pass of one sample: EventProp in exact event time. Equations are those of
 * MATH.md.
 *
 * It carries p = dL/dV = -tau_mem lambda_V and q = dL/dI = -tau_syn lambda_I of every neuron back
 * through the events of the forward pass in reverse order. Over an interval of length D
 *     p <- em p + M_em,    q <- k p + es q + M_k                                    (E8)
 * (propagators at D, moments M of the drive), and the parameters of the flow collect
 *     p dV(D)/dtheta + q dI(D)/dtheta + M_theta                                     (E9)
 * At an arrival of weight w at neuron j both are continuous, and
 *     dL/dw += q                                                                    (E10)
 *     dL/dd = dL/dt += w (q/tau_syn - p/tau_mem) = w (lambda_V - lambda_I)          (E11)
 * At a spike of n at t, with G = dL/dt collected from its arrivals and from the loss,
 *     G <- G - V'(t+) p(+),    p(-) = -G / V'(t-),    q(-) = q(+)                   (E12)
 *     dL/dthreshold += G / V'(t-)
 * which is the jump (E13) of Wunderlich and Pehle 2021, with V'(t+) = V'(t-) + (threshold -
 * reset)/tau_mem. Everything is checked against differences by `evident verify`.
 *
 * p and q are kept at the marks of events (struct event) and moved to the true times, and back, by
 * the flow over mark - time, a ball around zero. What the parameters of the flow and the drive do
 * within that distance r is bounded by r times the sizes of what is there: blur(). */
#include "ref/reference/adjoint.h"

#include <stdlib.h>

/* ---- adjoints on request ---- */

static void adjoint_set(arb_t lambda_v, arb_t lambda_i, const struct neuron *n, const arb_t p,
                        const arb_t q, long prec)
{
    arb_mul(lambda_v, p, n->k->a, prec);
    arb_neg(lambda_v, lambda_v);
    arb_mul(lambda_i, q, n->k->c, prec);
    arb_neg(lambda_i, lambda_i);
}

enum outcome record_adjoint(struct pass *e, const struct neuron *n, size_t event,
                            const arb_t p_minus)
{
    static const enum ref_event kinds[] = {
        [EVENT_ARRIVAL] = REF_ARRIVAL, [EVENT_SPIKE] = REF_SPIKE, [EVENT_PROBE] = REF_PROBE};
    enum event_kind const kind = e->event[event].kind;
    if (!e->options->adjoints || kind == EVENT_START || kind == EVENT_BREAK)
        return PROVEN;
    struct ref_adjoint *a = ref_adjoint_new(e->result->sample + e->sample);
    if (!a)
        return FULL;
    a->population = n->population;
    a->neuron = n->index;
    a->event = kinds[kind];
    arb_set(a->time, e->event[event].time);
    adjoint_set(a->lambda_v_plus, a->lambda_i_plus, n, n->p, n->q, e->prec);
    adjoint_set(a->lambda_v_minus, a->lambda_i_minus, n, p_minus, n->q, e->prec);
    a->none_minus = plateau_before(e, n, n->cursor);
    a->none_plus = plateau_after(e, n, n->cursor);
    if (a->none_minus) {
        arb_indeterminate(a->lambda_v_minus);
        arb_indeterminate(a->lambda_i_minus);
    }
    if (a->none_plus) {
        arb_indeterminate(a->lambda_v_plus);
        arb_indeterminate(a->lambda_i_plus);
    }
    return PROVEN;
}

/* ---- one interval ---- */

void interval_back(struct sweep *s, struct neuron *n)
{
    struct pass *e = s->e;
    bool const driven = drive_moments(e, n, n->cursor, s->moments);
    if (driven && (e->options->mistakes & REF_DRIVE_PER_MS))
        _arb_vec_scalar_mul(s->moments, s->moments, P_DRIVEN, n->k->a, e->prec);
    if (!driven && arb_is_zero(n->p) && arb_is_zero(n->q))
        return;
    long const prec = e->prec;
    const struct entry *now = n->tape + n->cursor;
    const struct flow_memo *flow =
        flow_between(e, n, now->event, interval_end(e, n, n->cursor), COMPLETE);
    arb_srcptr x = flow->values;
    arb_ptr centred = e->scratch + 8, by_k = e->scratch + 9, sum = e->scratch + 10;
    const struct offsets *o = s->population + n->population;
    arb_ptr tau_mem = e->gradient + o->tau_mem + n->index;
    arb_ptr tau_syn = e->gradient + o->tau_syn + n->index;
    arb_ptr bias = e->gradient + o->bias + n->index;
    arb_sub(centred, now->v, n->bias, prec);
    /* dL/dtau_mem: p ((V0 - b) vm + I0 im) */
    arb_mul(sum, centred, x + P_VM, prec);
    arb_addmul(sum, now->i, x + P_IM, prec);
    arb_addmul(tau_mem, sum, n->p, prec);
    /* dL/dtau_syn: I0 (p is + q ii) */
    arb_mul(sum, n->p, x + P_IS, prec);
    arb_addmul(sum, n->q, x + P_II, prec);
    arb_addmul(tau_syn, sum, now->i, prec);
    /* dL/db: p (1 - em) */
    arb_sub_ui(sum, x + P_EM, 1, prec);
    arb_submul(bias, sum, n->p, prec);
    arb_mul(by_k, n->p, x + P_K, prec);
    arb_mul(n->q, n->q, x + P_ES, prec);
    arb_add(n->q, n->q, by_k, prec);
    arb_mul(n->p, n->p, x + P_EM, prec);
    if (!driven)
        return;
    arb_addmul(tau_mem, centred, s->moments + P_VM, prec);
    arb_addmul(tau_mem, now->i, s->moments + P_IM, prec);
    arb_addmul(tau_syn, now->i, s->moments + P_IS, prec);
    arb_add(bias, bias, s->moments + P_ONE, prec);
    arb_sub(bias, bias, s->moments + P_EM, prec);
    arb_add(n->p, n->p, s->moments + P_EM, prec);
    arb_add(n->q, n->q, s->moments + P_K, prec);
}

static enum outcome mark_back(struct sweep *s, size_t event, struct neuron *n)
{
    struct pass *e = s->e;
    interval_back(s, n);
    bool const probed = e->event[event].kind == EVENT_PROBE && e->event[event].target == n->index;
    if (probed) {
        size_t const probe = e->event[event].spike;
        adjoint_set(e->result->probe_lambda_v + probe, e->result->probe_lambda_i + probe, n, n->p,
                    n->q, e->prec);
        e->result->probe_none[probe] = plateau_before(e, n, n->cursor);
        if (e->result->probe_none[probe]) {
            arb_indeterminate(e->result->probe_lambda_v + probe);
            arb_indeterminate(e->result->probe_lambda_i + probe);
        }
    }
    enum outcome const recorded = probed ? record_adjoint(e, n, event, n->p) : PROVEN;
    n->cursor--;
    return recorded;
}

static enum outcome event_back(struct sweep *s, size_t event)
{
    struct pass *e = s->e;
    size_t const first = e->event[event].first, last = e->event[event].last;
    enum event_kind const kind = e->event[event].kind;
    for (size_t x = first; x < last; x++) {
        struct neuron *n = e->neuron + x;
        enum outcome outcome = PROVEN;
        if (kind == EVENT_ARRIVAL)
            outcome = arrival_back(s, event, n);
        else if (kind == EVENT_SPIKE)
            outcome = spike_back(s, event, n);
        else
            outcome = mark_back(s, event, n);
        if (outcome != PROVEN)
            return outcome;
    }
    return PROVEN;
}

static void offsets_find(struct sweep *s)
{
    struct pass *e = s->e;
    for (size_t x = e->blocks; x-- > 0;) {
        const struct case_block *b = e->block + x;
        struct offsets *o = s->population + b->population;
        switch (b->quantity) {
        case CASE_WEIGHT:
            s->weight[b->projection] = b->first;
            break;
        case CASE_DELAY:
            s->delay[b->projection] = b->first;
            break;
        case CASE_TAU_MEM:
            o->tau_mem = b->first;
            break;
        case CASE_TAU_SYN:
            o->tau_syn = b->first;
            break;
        case CASE_THRESHOLD:
            o->threshold = b->first;
            break;
        case CASE_BIAS:
            o->bias = b->first;
            break;
        default: /* of this sample, going down, the first one stays */
            if (b->sample == e->sample)
                s->inputs[b->population] = b->first;
        }
    }
}

static enum outcome sweep_back(struct sweep *s)
{
    struct pass *e = s->e;
    offsets_find(s);
    for (size_t x = 0; x < e->neurons; x++)
        e->neuron[x].cursor = e->neuron[x].entries - 1;
    enum outcome outcome = maximum_back(s);
    for (size_t x = e->ordered; x-- > 0 && outcome == PROVEN;) {
        outcome = event_back(s, e->order[x]);
        if (outcome == PROVEN)
            outcome = watch(e, x + 1, true);
    }
    for (size_t x = 0; x < e->neurons && outcome == PROVEN; x++)
        interval_back(s, e->neuron + x);
    /* input spikes come first in the list, neuron after neuron, in the order of the flat index */
    size_t population = SIZE_MAX, at = 0;
    for (size_t x = 0; x < e->inputs && outcome == PROVEN; x++) {
        if (e->spike[x].population != population) {
            population = e->spike[x].population;
            at = s->inputs[population];
        }
        arb_add(e->gradient + at, e->gradient + at, e->spike[x].by_time, e->prec);
        at++;
    }
    return outcome;
}

enum outcome adjoint_run(struct pass *e)
{
    const struct case_problem *c = e->c;
    struct sweep s = {.e = e};
    s.population = calloc(c->populations, sizeof *s.population);
    s.weight = calloc(c->projections + 1, sizeof *s.weight);
    s.delay = calloc(c->projections + 1, sizeof *s.delay);
    s.inputs = calloc(c->populations, sizeof *s.inputs);
    s.moments = _arb_vec_init(P_DRIVEN);
    mag_init(s.size);
    enum outcome outcome = FULL;
    if (s.population && s.weight && s.delay && s.inputs)
        outcome = sweep_back(&s);
    free(s.population);
    free(s.weight);
    free(s.delay);
    free(s.inputs);
    _arb_vec_clear(s.moments, P_DRIVEN);
    mag_clear(s.size);
    return outcome;
}
