/* SPDX-License-Identifier: MIT */
/* simulate.c: the forward pass of one sample, event by event.
 *
 * The loop takes the earliest of the pending arrivals and of the crossings that neurons are heading
 * for. What is heuristic is only where it looks; what it uses is proven:
 *   - between two events of a neuron there is no crossing (neuron_advance);
 *   - a spike is the unique upward crossing in its enclosure (crossing_find);
 *   - its place among the arrivals of its own neuron is certain, and nothing else matters: arrivals
 *     whose enclosures overlap commute, because the flow is linear (struct event, struct neuron);
 *   - it lies before T, or after it. */
#include "ref/reference/reference.h"

#include <math.h>

static enum outcome inputs_load(struct pass *e)
{
    const struct case_problem *c = e->c;
    const struct case_sample *s = c->sample + e->sample;
    size_t b = 0;
    while (b < e->blocks &&
           (e->block[b].quantity != CASE_SPIKE_TIME || e->block[b].sample != e->sample))
        b++;
    for (size_t p = 0; p < c->populations; p++) {
        for (size_t n = 0; c->population[p].model == CASE_SPIKE_SOURCE && n < c->population[p].size;
             n++, b++) {
            for (size_t k = 0; k < s->spikes[p][n].count; k++) {
                size_t spike;
                if (spike_new(e, &spike) != PROVEN)
                    return FULL;
                e->spike[spike].population = p;
                e->spike[spike].index = n;
                e->spike[spike].ordinal = k;
                line_value(e->spike[spike].time, e, e->block[b].first + k, s->spikes[p][n].at[k]);
                e->last_input = fmax(e->last_input, s->spikes[p][n].at[k]);
                enum outcome const sent = spike_send(e, spike);
                if (sent != PROVEN)
                    return sent;
            }
        }
    }
    e->inputs = e->spikes;
    return PROVEN;
}

/* Probes, and the steps of target voltages, are events that change nothing. */
static enum outcome marks_load(struct pass *e)
{
    for (size_t x = 0; x < e->options->probes; x++) {
        const struct ref_probe *probe = e->options->probe + x;
        if (probe->sample != e->sample)
            continue;
        size_t number;
        if (event_new(e, &number, EVENT_PROBE) != PROVEN)
            return FULL;
        struct event *event = e->event + number;
        arb_set_d(event->time, probe->time);
        arb_set(event->mark, event->time);
        event->spike = x;
        event->target = probe->neuron;
        event_range(e, event, probe->population);
        if (queue_push(e, number) != PROVEN)
            return FULL;
    }
    const struct case_sample *s = e->c->sample + e->sample;
    size_t const outputs = e->c->population[e->c->loss.population].size;
    for (size_t k = 0; s->voltages && k < outputs; k++) {
        for (size_t step = 1; step < s->voltages[k].count; step++) {
            size_t number;
            if (event_new(e, &number, EVENT_BREAK) != PROVEN)
                return FULL;
            struct event *event = e->event + number;
            arb_set_d(event->time, s->voltages[k].time[step]);
            arb_set(event->mark, event->time);
            event->first = e->first[e->c->loss.population] + k;
            event->last = event->first + 1;
            if (queue_push(e, number) != PROVEN)
                return FULL;
        }
    }
    return PROVEN;
}

/* Replaces the guess of a neuron by a proven crossing, or by the proof that there is none before T.
 */
static enum outcome crossing_resolve(struct pass *e, size_t number)
{
    struct neuron *n = e->neuron + number;
    const struct entry *now = n->tape + n->entries - 1;
    arb_ptr s = e->scratch, horizon = e->scratch + 1, peak = e->scratch + 2;
    arb_srcptr start = e->event[now->event].mark;
    arb_sub(horizon, e->event[e->end_event].time, start, e->prec);
    enum crossing const answer =
        crossing_find(s, n->slope, n->current, peak, n, now->v, now->i, horizon, e->prec);
    n->key = (double)INFINITY;
    if (answer == CROSSING_UNKNOWN) {
        if (peak_find(s, peak, n, now->v, now->i, e->prec) == CROSSING_FOUND) {
            arb_sub(peak, peak, n->threshold, e->prec);
            margin_lower(e, REF_GRAZING, peak);
        }
        return imprecise(e, "grazing: does neuron %zu of population %s spike after t = %.17g?",
                         n->index, e->c->population[n->population].name, middle_d(start));
    }
    if (answer == CROSSING_FOUND) {
        arb_add(n->crossing, start, s, e->prec);
        /* Later than all arrivals so far: none of them lies further than this behind its mark. */
        arb_get_lbound_arf(arb_midref(peak), s, MAG_BITS);
        mag_zero(arb_radref(peak));
        near_radius(arb_radref(horizon), e, n);
        arf_zero(arb_midref(horizon));
        if (!arb_gt(peak, horizon)) {
            arb_add(s, s, horizon, e->prec);
            margin_lower(e, REF_COINCIDENCE, s);
            return imprecise(e, "coincidence: a spike and an arrival near t = %.17g",
                             middle_d(n->crossing));
        }
        arb_sub(s, e->event[e->end_event].time, n->crossing, e->prec);
        margin_lower(e, REF_END, s);
        if (arb_contains_zero(s))
            return imprecise(e, "end: a spike next to T = %.17g", e->c->end);
        if (arb_is_positive(s)) {
            n->crossing_known = true;
            n->key = middle_d(n->crossing);
        }
    }
    tournament_update(e, number);
    return PROVEN;
}

/* The peak that V would have reached without the reset: by how much the spike exists. */
static void spike_margins(struct pass *e, const struct neuron *n, size_t event)
{
    const struct entry *before = n->tape + n->entries - 1;
    arb_ptr s = e->scratch, peak = e->scratch + 1;
    if (peak_find(s, peak, n, before->v, before->i, e->prec) != CROSSING_FOUND)
        arb_set(peak, n->bias); /* V rises to the bias for ever */
    arb_sub(peak, peak, n->threshold, e->prec);
    margin_lower(e, REF_GRAZING, peak);
    arb_mul(s, n->slope, n->k->a, e->prec);
    margin_lower(e, REF_SLOPE, s);
    if (n->last_arrival) {
        arb_sub(s, e->event[event].time, e->event[n->last_arrival].time, e->prec);
        margin_lower(e, REF_COINCIDENCE, s);
    }
}

static enum outcome neuron_spike(struct pass *e, size_t number)
{
    struct neuron *n = e->neuron + number;
    size_t spike, event;
    if (spike_new(e, &spike) != PROVEN || event_new(e, &event, EVENT_SPIKE) != PROVEN)
        return FULL;
    struct spike *s = e->spike + spike;
    s->neuron = number;
    s->population = n->population;
    s->index = n->index;
    s->ordinal = n->spikes++;
    arb_set(s->time, n->crossing);
    arb_set(s->slope, n->slope);
    arb_set(s->current, n->current);
    e->event[event].spike = spike;
    e->event[event].first = number;
    e->event[event].last = number + 1;
    arb_set(e->event[event].time, n->crossing);
    precision_note(e, n->crossing);
    enum outcome const marked = event_mark(e, event);
    if (marked != PROVEN)
        return marked;
    spike_margins(e, n, event);
    if (tape_append(e, n, event) != PROVEN || order_append(e, event) != PROVEN)
        return FULL;
    struct entry *now = n->tape + n->entries - 1;
    size_t const from = n->tape[n->entries - 2].event;
    const struct flow_memo *flow = flow_between(e, n, from, event, BRIEF);
    arb_mul(now->i, n->tape[n->entries - 2].i, flow->values + P_ES, e->prec);
    /* V at the mark, having started from the reset at the true time: reset + span V'(somewhere in
     * between), which counts the uncertainty of the time once; that V itself only bounds V' */
    flow = flow_shift(e, n, event, BRIEF);
    arb_ptr rise = e->scratch;
    arb_sub(now->v, n->reset, n->bias, e->prec);
    arb_mul(now->v, now->v, flow->values + P_EM, e->prec);
    arb_addmul(now->v, n->current, flow->values + P_K, e->prec);
    arb_mul(rise, n->current, flow->values + P_ES, e->prec);
    arb_sub(rise, rise, now->v, e->prec);
    arb_mul(rise, rise, n->k->a, e->prec);
    arb_mul(rise, rise, flow->span, e->prec);
    arb_add(now->v, n->reset, rise, e->prec);
    arb_zero(e->scratch + 24);
    if (near_check(e, n, e->scratch + 24) != PROVEN)
        return IMPRECISE;
    n->last_spike = event;
    n->crossing_known = false;
    n->key = hint_crossing(n, middle_d(now->v), middle_d(now->i), e->slack);
    n->key += middle_d(n->crossing);
    tournament_update(e, number);
    return spike_send(e, spike);
}

static enum outcome arrival_deliver(struct pass *e, size_t event)
{
    struct event const now = e->event[event];
    arb_ptr weight = e->scratch + 24;
    if (order_append(e, event) != PROVEN)
        return FULL;
    for (size_t x = now.first; x < now.last; x++) {
        struct neuron *n = e->neuron + x;
        arrival_weight(weight, e, &now, n);
        /* A weight of zero changes no state: its arrival needs no place on the tape of a LIF
         * neuron, and may even coincide with a spike there. */
        if (now.kind == EVENT_ARRIVAL && arb_is_zero(weight) && n->model == CASE_LIF)
            continue;
        enum outcome const received = neuron_receive(e, n, event, weight);
        if (received != PROVEN)
            return received;
        tournament_update(e, x);
        if (now.kind == EVENT_PROBE && now.target == n->index) {
            arb_set(e->result->probe_v + now.spike, n->tape[n->entries - 1].v);
            arb_set(e->result->probe_i + now.spike, n->tape[n->entries - 1].i);
        }
    }
    return PROVEN;
}

/* No neuron crosses after its last event and before T. */
static enum outcome finish(struct pass *e)
{
    arb_ptr v = e->scratch + 6, i = e->scratch + 7;
    for (size_t x = 0; x < e->neurons; x++) {
        struct neuron *n = e->neuron + x;
        if (n->model != CASE_LIF)
            continue;
        if (n->key < e->c->end + e->margin_d[REF_END] && !n->crossing_known) {
            enum outcome const resolved = crossing_resolve(e, x);
            if (resolved != PROVEN)
                return resolved;
            if (n->crossing_known)
                return imprecise(e, "a spike was found late, near t = %.17g",
                                 middle_d(n->crossing));
        }
        enum outcome const advanced = neuron_advance(e, n, e->end_event, v, i);
        if (advanced != PROVEN)
            return advanced;
        end_note(e, n, v, i);
    }
    epsilon_find(e);
    return PROVEN;
}

enum outcome simulate(struct pass *e)
{
    enum outcome outcome = inputs_load(e);
    if (outcome == PROVEN)
        outcome = marks_load(e);
    while (outcome == PROVEN) {
        size_t const n = tournament_first(e);
        double const key = n == NOBODY ? (double)INFINITY : e->neuron[n].key;
        bool spikes = key < e->c->end || (key <= e->c->end && e->neuron[n].crossing_known);
        if (spikes && e->pending > 0) {
            arb_srcptr next = e->event[e->heap[0]].mark;
            spikes = e->neuron[n].crossing_known
                         ? arf_cmp(arb_midref(e->neuron[n].crossing), arb_midref(next)) <= 0
                         : key <= middle_d(next);
        }
        if (spikes && !e->neuron[n].crossing_known)
            outcome = crossing_resolve(e, n);
        else if (spikes)
            outcome = neuron_spike(e, n);
        else if (e->pending > 0)
            outcome = arrival_deliver(e, queue_pop(e));
        else
            return finish(e);
        if (outcome == PROVEN)
            outcome = watch(e, e->ordered, false);
    }
    return outcome;
}
