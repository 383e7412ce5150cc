/* SPDX-License-Identifier: MIT */
/* adjoint_arrival.c: what an arrival gives to the gradients of its weight, its delay and the spike
 * that it came from. */
#include "ref/reference/adjoint.h"

static enum outcome unsettled_add(struct pass *e, size_t spike_event, size_t parameter)
{
    struct pending_weight *larger =
        grown(e->unsettled, e->unsettleds, &e->unsettled_room, sizeof *larger);
    if (!larger)
        return FULL;
    e->unsettled = larger;
    larger[e->unsettleds++] = (struct pending_weight){spike_event, parameter};
    return PROVEN;
}

/* dL/dw at an arrival of weight zero, which has no place on the tape: q at its time. */
static enum outcome unseen_arrival(struct pass *e, struct neuron *n, size_t event,
                                   size_t parameter)
{
    const struct event *before = e->event + n->tape[n->cursor].event;
    if (before->kind == EVENT_SPIKE &&
        event_relation(e, n->tape[n->cursor].event, event) == OVERLAP)
        return unsettled_add(e, n->tape[n->cursor].event, parameter);
    if (arb_is_zero(n->p) && arb_is_zero(n->q))
        return PROVEN;
    size_t const next = interval_end(e, n, n->cursor);
    arb_ptr values = _arb_vec_init(P_ALL), span = e->scratch + 13, q = e->scratch + 14;
    arb_sub(span, e->event[next].mark, e->event[event].time, e->prec);
    propagate(values, n->k, span, BRIEF, e->prec);
    arb_mul(q, n->p, values + P_K, e->prec);
    arb_addmul(q, n->q, values + P_ES, e->prec);
    _arb_vec_clear(values, P_ALL);
    if (e->event[next].kind == EVENT_SPIKE && event_relation(e, event, next) == OVERLAP)
        jump_blur(e, n, event, next, q);
    arb_add(e->gradient + parameter, e->gradient + parameter, q, e->prec);
    return PROVEN;
}

enum outcome arrival_back(struct sweep *s, size_t event, struct neuron *n)
{
    struct pass *e = s->e;
    struct event const now = e->event[event];
    const struct case_projection *projection = e->c->projection + now.projection;
    struct spike *spike = e->spike + now.spike;
    bool const receives = now.target == NOBODY || now.target == n->index;
    size_t const synapse = spike->index * e->c->population[projection->target].size + n->index;
    arb_ptr weight = e->scratch + 24;
    arrival_weight(weight, e, &now, n);
    arb_ptr by_weight = e->gradient + s->weight[now.projection] + synapse;
    if (arb_is_zero(weight) && n->model == CASE_LIF) {
        return unseen_arrival(e, n, event, s->weight[now.projection] + synapse);
    }
    arb_ptr q = e->scratch + 14, p = e->scratch + 15;
    interval_back(s, n);
    to_time(s, n, event, p, q);
    arb_swap(n->p, p); /* for the record: at the true time */
    arb_swap(n->q, q);
    enum outcome const recorded = record_adjoint(e, n, event, n->p);
    arb_swap(n->p, p);
    arb_swap(n->q, q);
    if (receives) {
        arb_ptr by_time = e->scratch + 12, part = e->scratch + 13;
        arb_add(by_weight, by_weight, q, e->prec);
        unsigned const mistakes = e->options->mistakes;
        arb_mul(by_time, q, n->k->c, e->prec);
        arb_mul(part, p, n->k->a, e->prec);
        if (mistakes & REF_NO_LAMBDA_I)
            arb_zero(by_time);
        if (!(mistakes & REF_NO_LAMBDA_V))
            arb_sub(by_time, by_time, part, e->prec);
        arb_mul(by_time, by_time, weight, e->prec);
        arb_ptr by_delay = e->gradient + s->delay[now.projection] + synapse;
        arb_add(by_delay, by_delay, by_time, e->prec);
        bool const within = projection->source == projection->target;
        if (spike->neuron == NOBODY || !((mistakes & REF_NO_ARRIVALS) ||
                                         (within && (mistakes & REF_NO_RECURRENCE))))
            arb_add(spike->by_time, spike->by_time, by_time, e->prec);
        if (!arb_is_exact(now.time)) {
            mag_t on;
            mag_init(on);
            arb_get_mag(on, weight);
            size_add(s, p);
            size_add(s, q);
            blur(s, n, event, on);
            mag_clear(on);
        }
    }
    n->cursor--;
    return recorded;
}
