/* SPDX-License-Identifier: MIT */
/* arrive.c: what an arrival does to a neuron: the proof that nothing was missed since its last
 * event, the place of the arrival among the spikes of the neuron, and where its own spikes go. */
#include "ref/reference/reference.h"

#include <float.h>
#include <math.h>

/* A local maximum at a kink or inside an interval counts for the margin of grazing. */
static void grazing_note(struct pass *e, const struct neuron *n, const arb_t peak)
{
    arb_ptr gap = e->scratch + 3;
    arb_sub(gap, n->threshold, peak, e->prec);
    margin_lower(e, REF_GRAZING, gap);
}

/* The sign of tau_mem V' = I + b - V: where doubles cannot tell, balls do; where they cannot
 * either, it counts as both, so that no maximum goes unnoted. */
struct sign {
    bool may_rise, may_fall;
};

static struct sign slope_sign(struct pass *e, const struct neuron *n, const arb_t v,
                              const arb_t i)
{
    double const slope = middle_d(i) - middle_d(v) + n->bias_d;
    double const size = fabs(middle_d(i)) + fabs(middle_d(v)) + fabs(n->bias_d);
    double const radius = mag_get_d(arb_radref(i)) + mag_get_d(arb_radref(v)) +
                          mag_get_d(arb_radref(n->bias));
    if (fabs(slope) > 0x1p-50 * size + 2 * radius + DBL_MIN)
        return (struct sign){slope > 0, slope < 0};
    arb_ptr exact = e->scratch + 3;
    arb_sub(exact, i, v, e->prec);
    arb_add(exact, exact, n->bias, e->prec);
    return (struct sign){!arb_is_nonpositive(exact), !arb_is_nonnegative(exact)};
}

void end_note(struct pass *e, const struct neuron *n, const arb_t v, const arb_t i)
{
    if (slope_sign(e, n, v, i).may_rise)
        grazing_note(e, n, v);
}

/* No crossing within span after (v0, i0), which ends in (v, i). The cheap tests come first; each
 * implies the statement for all values in the balls:
 *   V <= max(V0, b) + max(I0, 0);  a rising end means a maximum at the end;  a falling start means
 *   none inside;  else the peak itself. */
static enum outcome quiet(struct pass *e, const struct neuron *n, const struct entry *from,
                          const arb_t span, const arb_t v, const arb_t i)
{
    struct span const v0 = span_of(from->v), i0 = span_of(from->i), v1 = span_of(v),
                      i1 = span_of(i), b = span_of(n->bias);
    double const threshold = span_of(n->threshold).low;
    double const roof = up(fmax(v0.high, b.high) + fmax(i0.high, 0));
    double const watch = -up(e->margin_d[REF_GRAZING] - threshold); /* peaks above it are noted */
    if (roof < threshold && roof < watch)
        return PROVEN;
    if (!arb_lt(v, n->threshold)) {
        grazing_note(e, n, v);
        return imprecise(
            e, "grazing: neuron %zu of population %s is at the threshold near t = %.17g", n->index,
            e->c->population[n->population].name, middle_d(e->event[from->event].time));
    }
    bool const kink = -up(v1.high - i1.low - b.low) > 0;
    if (i0.high <= 0 || kink)
        return PROVEN; /* no maximum inside; one at the end is noted by neuron_receive, end_note */
    double const rise = up(up(i0.high - v0.low) + b.high);
    if (rise <= 0)
        return PROVEN;
    double const slope_roof = up(v0.high + up(rise * up(span_of(span).high) / n->k->tau_mem_d));
    if (slope_roof < threshold && slope_roof < watch)
        return PROVEN;
    arb_ptr s = e->scratch + 4, peak = e->scratch + 5;
    enum crossing const has = peak_find(s, peak, n, from->v, from->i, e->prec);
    if (has == CROSSING_NONE || (has == CROSSING_FOUND && arb_gt(s, span)))
        return PROVEN;
    if (has == CROSSING_FOUND) {
        grazing_note(e, n, peak);
        if (arb_lt(peak, n->threshold))
            return PROVEN;
    }
    if (has == CROSSING_UNKNOWN && (roof < threshold || slope_roof < threshold))
        return PROVEN;
    return imprecise(e, "grazing: neuron %zu of population %s near t = %.17g", n->index,
                     e->c->population[n->population].name, middle_d(e->event[from->event].time));
}

enum outcome neuron_advance(struct pass *e, struct neuron *n, size_t event, arb_t v, arb_t i)
{
    const struct entry *from = n->tape + n->entries - 1;
    const struct flow_memo *flow = flow_between(e, n, from->event, event, BRIEF);
    arb_sub(v, from->v, n->bias, e->prec);
    arb_mul(v, v, flow->values + P_EM, e->prec);
    arb_addmul(v, from->i, flow->values + P_K, e->prec);
    arb_add(v, v, n->bias, e->prec);
    arb_mul(i, from->i, flow->values + P_ES, e->prec);
    return n->model == CASE_LIF ? quiet(e, n, from, flow->span, v, i) : PROVEN;
}

/* The gap between two events whose order matters. */
static void gap_note(struct pass *e, size_t early, size_t late)
{
    arb_ptr gap = e->scratch + 3;
    arb_sub(gap, e->event[late].time, e->event[early].time, e->prec);
    margin_lower(e, REF_COINCIDENCE, gap);
}

/* A double not above the gap between an event and a later one: their radii, and the rounding of
 * their middles and of the difference, are off it. */
static double gap_at_least(const struct pass *e, size_t early, size_t late)
{
    struct span const from = span_of(e->event[early].time), to = span_of(e->event[late].time);
    return -up(from.high - to.low);
}

/* The last spike of the neuron lies before the arrival, or the arrival is its own, at no delay. */
static enum outcome place_check(struct pass *e, const struct neuron *n, size_t event)
{
    double const time = middle_d(e->event[event].time);
    if (!n->last_spike || gap_at_least(e, n->last_spike, event) > 0)
        return PROVEN;
    enum relation const own = event_relation(e, n->last_spike, event);
    if (own == AFTER || own == SAME)
        return PROVEN;
    gap_note(e, n->last_spike, event);
    return imprecise(e, "coincidence: a spike and an arrival near t = %.17g", time);
}

static void coincidence_note(struct pass *e, struct neuron *n, size_t event)
{
    n->last_arrival = event;
    if (!n->last_spike || e->event[n->last_spike].spike == e->event[event].spike)
        return;
    if (gap_at_least(e, n->last_spike, event) <= e->margin_d[REF_COINCIDENCE])
        gap_note(e, n->last_spike, event);
}

enum outcome neuron_receive(struct pass *e, struct neuron *n, size_t event, const arb_t weight)
{
    arb_ptr v = e->scratch + 6, i = e->scratch + 7;
    const struct entry *last = n->tape + n->entries - 1;
    bool const changes = !arb_is_zero(weight);
    if (arf_cmp(arb_midref(e->event[event].mark), arb_midref(e->event[last->event].mark)) < 0) {
        gap_note(e, last->event, event);
        return imprecise(e, "coincidence: events near t = %.17g come in the wrong order",
                         middle_d(e->event[event].time));
    }
    enum outcome outcome = n->model == CASE_LIF ? place_check(e, n, event) : PROVEN;
    if (outcome == PROVEN)
        outcome = neuron_advance(e, n, event, v, i);
    if (outcome != PROVEN)
        return outcome;
    bool const rising = slope_sign(e, n, v, i).may_rise;
    if (tape_append(e, n, event) != PROVEN)
        return FULL;
    struct entry *now = n->tape + n->entries - 1;
    arb_set(now->i, weight);
    if (changes && !arb_is_exact(e->event[event].time)) {
        const struct flow_memo *shift = flow_shift(e, n, event, BRIEF);
        arb_addmul(v, now->i, shift->values + P_K, e->prec);
        arb_mul(now->i, now->i, shift->values + P_ES, e->prec);
    }
    arb_set(now->v, v);
    arb_add(now->i, now->i, i, e->prec);
    if (n->model != CASE_LIF) {
        struct span const w = span_of(weight);
        n->heard = up(n->heard + fmax(-w.low, w.high));
        return PROVEN;
    }
    if (rising && slope_sign(e, n, v, now->i).may_fall)
        grazing_note(e, n, v);
    if (changes)
        coincidence_note(e, n, event);
    n->crossing_known = false;
    n->key = hint_crossing(n, middle_d(now->v), middle_d(now->i), e->slack);
    n->key += middle_d(e->event[event].time);
    return near_check(e, n, weight);
}

/* Makes the event at which a spike arrives through one projection, at one neuron or at all. */
static enum outcome arrival_make(struct pass *e, size_t spike, size_t projection, size_t pre,
                                 size_t post, size_t target)
{
    const struct case_projection *p = e->c->projection + projection;
    size_t number;
    if (event_new(e, &number, EVENT_ARRIVAL) != PROVEN)
        return FULL;
    struct event *event = e->event + number;
    arb_ptr gap = e->scratch + 3;
    line_delay(event->time, e, projection, pre, post);
    /* Input spikes and delays are exact, and so are the ties between their sums. */
    bool const exact = arb_is_exact(e->spike[spike].time);
    arb_add(event->time, event->time, e->spike[spike].time, exact ? ARF_PREC_EXACT : e->prec);
    event->spike = spike;
    event->projection = projection;
    event->target = target;
    event_range(e, event, p->target);
    enum outcome const marked = event_mark(e, number);
    if (marked != PROVEN)
        return marked;
    arb_sub(gap, e->event[e->end_event].time, event->time, e->prec);
    margin_lower(e, REF_END, gap);
    if (arb_ge(event->time, e->event[e->end_event].time))
        return PROVEN; /* an event at exactly T does not happen */
    if (!arb_lt(event->time, e->event[e->end_event].time))
        return imprecise(e, "end: an arrival next to T = %.17g", e->c->end);
    return queue_push(e, number);
}

enum outcome spike_send(struct pass *e, size_t spike)
{
    size_t const population = e->spike[spike].population, index = e->spike[spike].index;
    for (size_t x = 0; x < e->c->projections; x++) {
        const struct case_projection *p = e->c->projection + x;
        if (p->source != population)
            continue;
        const struct case_block *delays = e->block + e->c->projections + x;
        if (p->delay.count == 1 &&
            !line_touches(e, delays->first, delays->rows * delays->columns)) {
            enum outcome const made = arrival_make(e, spike, x, index, 0, NOBODY);
            if (made != PROVEN)
                return made;
            continue;
        }
        for (size_t j = 0; j < e->c->population[p->target].size; j++) {
            enum outcome const made = arrival_make(e, spike, x, index, j, j);
            if (made != PROVEN)
                return made;
        }
    }
    return PROVEN;
}
