/* SPDX-License-Identifier: MIT */
/* event.c: events, spikes and the entries of tapes; flows between events; margins. */
#include "ref/reference/reference.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum outcome imprecise(struct pass *e, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(e->reason, 256, format, arguments);
    va_end(arguments);
    return IMPRECISE;
}

/* Room for one more element: doubles, so that appending costs constant time on average. */
void *grown(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    size_t const wanted = 2 * *room + 16;
    void *larger = realloc(array, wanted * size);
    if (larger)
        *room = wanted;
    return larger;
}

enum outcome event_new(struct pass *e, size_t *number, enum event_kind kind)
{
    struct event *events = grown(e->event, e->events, &e->events_room, sizeof *events);
    if (!events)
        return FULL;
    e->event = events;
    *number = e->events++;
    events[*number] = (struct event){.kind = kind, .spike = NOBODY, .target = NOBODY};
    arb_init(events[*number].time);
    arb_init(events[*number].mark);
    return PROVEN;
}

enum outcome spike_new(struct pass *e, size_t *number)
{
    struct spike *spikes = grown(e->spike, e->spikes, &e->spikes_room, sizeof *spikes);
    if (!spikes)
        return FULL;
    e->spike = spikes;
    *number = e->spikes++;
    struct spike *s = spikes + *number;
    *s = (struct spike){.neuron = NOBODY};
    arb_init(s->time);
    arb_init(s->slope);
    arb_init(s->current);
    arb_init(s->by_time);
    return PROVEN;
}

void arrival_weight(arb_t weight, const struct pass *e, const struct event *event,
                    const struct neuron *n)
{
    arb_zero(weight);
    if (event->kind != EVENT_ARRIVAL || (event->target != NOBODY && event->target != n->index))
        return;
    size_t const targets = e->c->population[e->c->projection[event->projection].target].size;
    line_weight(weight, e, event->projection,
                e->spike[event->spike].index * targets + n->index);
}

enum outcome order_append(struct pass *e, size_t event)
{
    size_t *order = grown(e->order, e->ordered, &e->order_room, sizeof *order);
    if (!order)
        return FULL;
    e->order = order;
    order[e->ordered++] = event;
    return PROVEN;
}

enum outcome tape_append(struct pass *e, struct neuron *n, size_t event)
{
    if (e->entries >= e->options->max_events) {
        snprintf(e->reason, 256, "more than %zu events in sample %zu", e->options->max_events,
                 e->sample);
        return FULL;
    }
    struct entry *tape = grown(n->tape, n->entries, &n->room, sizeof *tape);
    if (!tape)
        return FULL;
    n->tape = tape;
    tape[n->entries].event = event;
    arb_init(tape[n->entries].v);
    arb_init(tape[n->entries].i);
    n->entries++;
    e->entries++;
    return PROVEN;
}

enum relation event_relation(const struct pass *e, size_t from, size_t to)
{
    const struct event *x = e->event + from, *y = e->event + to;
    arb_srcptr earlier = x->time, later = y->time;
    bool const own = x->kind == EVENT_SPIKE && y->kind == EVENT_ARRIVAL && x->spike == y->spike;
    if ((own || arb_is_exact(earlier)) && arb_equal(earlier, later))
        return SAME;
    return arb_lt(earlier, later) ? AFTER : arb_gt(earlier, later) ? BEFORE : OVERLAP;
}

const struct flow_memo *flow_between(struct pass *e, const struct neuron *n, size_t from,
                                     size_t to, enum depth depth)
{
    struct flow_memo *memo = e->memo + n->population;
    if (memo->k == n->k && memo->from == from && memo->to == to && memo->depth >= depth)
        return memo;
    memo->from = from;
    memo->to = to;
    memo->k = n->k;
    memo->depth = depth;
    arb_sub(memo->span, e->event[to].mark, e->event[from].mark, ARF_PREC_EXACT);
    propagate(memo->values, n->k, memo->span, depth, e->prec);
    return memo;
}

const struct flow_memo *flow_shift(struct pass *e, const struct neuron *n, size_t event,
                                   enum depth depth)
{
    struct flow_memo *memo = e->shift + n->population;
    if (memo->k == n->k && memo->from == event && memo->depth >= depth)
        return memo;
    memo->from = event;
    memo->k = n->k;
    memo->depth = depth;
    arb_sub(memo->span, e->event[event].mark, e->event[event].time, e->prec);
    propagate(memo->values, n->k, memo->span, depth, e->prec);
    return memo;
}

void event_range(const struct pass *e, struct event *event, size_t population)
{
    bool const mixed =
        e->c->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY && population == e->c->loss.population;
    event->first = e->first[population];
    event->last = e->first[population + 1];
    if (event->target != NOBODY && !mixed) {
        event->first += event->target;
        event->last = event->first + 1;
    }
}

enum outcome event_mark(struct pass *e, size_t event)
{
    struct event *now = e->event + event;
    arb_get_mid_arb(now->mark, now->time);
    if (arb_is_finite(now->time) && mag_cmp(arb_radref(now->time), e->rho) <= 0)
        return PROVEN;
    return imprecise(e, "the time of an event near t = %.17g is too uncertain",
                     middle_d(now->time));
}

void margin_lower(struct pass *e, enum ref_margin which, const arb_t x)
{
    /* most calls end here: |x| is provably not the smallest */
    double const rough = fabs(middle_d(x)) * (1 - 0x1p-50) - mag_get_d(arb_radref(x));
    if (rough > e->margin_d[which])
        return;
    arb_t size;
    arf_t bound;
    arb_init(size);
    arf_init(bound);
    arb_abs(size, x);
    arb_min(e->margin[which], e->margin[which], size, e->prec);
    arb_get_ubound_arf(bound, e->margin[which], 53);
    e->margin_d[which] = arf_get_d(bound, ARF_RND_UP);
    arf_clear(bound);
    arb_clear(size);
}
