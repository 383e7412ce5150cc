/* SPDX-License-Identifier: MIT */
/* edge.c: what the decisions of a sample turn on, by name, and a signature of all of them.
 *
 * A spike is there as long as the V that it resets would have had its peak above the threshold, and
 * as long as no arrival comes between; there is none as long as all maxima of V stay below. Where
 * neither changes, nor what comes before T, every number of the result is an analytic function of
 * the parameters; only a maximum that moves elsewhere adds to that. */
#include "ref/reference/loss.h"

#include <stdlib.h>

static uint64_t mixed(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) + 0x9e3779b97f4a7c15u;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    return hash ^ (hash >> 31);
}

/* An arrival by name: whose spike, which, by which projection, at whom. */
static uint64_t arrival_name(const struct pass *e, const struct event *event)
{
    const struct spike *s = e->spike + event->spike;
    uint64_t const words[] = {s->population, s->index, s->ordinal, event->projection,
                              event->target};
    uint64_t hash = e->sample;
    for (size_t x = 0; x < sizeof words / sizeof *words; x++)
        hash = mixed(hash, words[x]);
    return hash;
}

static struct ref_edge *edge_new(struct pass *e, enum ref_edge_kind kind, const struct neuron *n,
                                 size_t ordinal)
{
    struct ref_result *r = e->result;
    struct ref_edge *larger = grown(r->edge, r->edges, &e->edges_room, sizeof *larger);
    if (!larger)
        return NULL;
    r->edge = larger;
    struct ref_edge *edge = r->edge + r->edges++;
    *edge = (struct ref_edge){.kind = kind, .sample = e->sample, .ordinal = ordinal};
    edge->population = n ? n->population : SIZE_MAX;
    edge->neuron = n ? n->index : 0;
    edge->from.population = SIZE_MAX;
    arb_init(edge->margin);
    arb_init(edge->time);
    return edge;
}

static void from_set(struct ref_edge *edge, const struct pass *e, const struct event *arrival)
{
    const struct spike *s = e->spike + arrival->spike;
    edge->from.population = s->population;
    edge->from.neuron = s->index;
    edge->from.ordinal = s->ordinal;
    edge->from.projection = arrival->projection;
}

/* ---- peaks ---- */

/* The stretch of a neuron since its last spike. */
struct stretch {
    struct pass *e;
    const struct neuron *n;
    size_t ordinal;   /* of the spike that ends it, or would */
    bool any;         /* is there a maximum? */
    arb_t peak, time; /* of the largest */
    uint64_t before;  /* sum of the names of all arrivals so far, of stretches before, too */
};

static void offer(struct stretch *s, const arb_t peak, const arb_t time)
{
    if (s->any && arf_cmp(arb_midref(peak), arb_midref(s->peak)) <= 0)
        return;
    s->any = true;
    arb_set(s->peak, peak);
    arb_set(s->time, time);
}

/* The maxima after entry k and up to the next, an arrival or T; that included where V turns there.
 * The last before T may cross behind it: its end edge. */
static enum outcome offer_interval(struct stretch *s, size_t k)
{
    struct pass *e = s->e;
    const struct neuron *n = s->n;
    const struct entry *now = n->tape + k, *next = k + 1 < n->entries ? now + 1 : NULL;
    arb_srcptr start = e->event[now->event].mark, end = e->event[interval_end(e, n, k)].time;
    arb_ptr at = e->scratch, peak = e->scratch + 1, span = e->scratch + 2, rise = e->scratch + 6;
    arb_sub(span, end, start, e->prec);
    enum crossing const has = peak_find(at, peak, n, now->v, now->i, e->prec);
    if (has == CROSSING_FOUND && arf_cmp(arb_midref(at), arb_midref(span)) < 0) {
        arb_add(at, at, start, e->prec);
        offer(s, peak, at);
        return PROVEN;
    }
    rise_after(rise, n, now, span, e->prec);
    if (arf_sgn(arb_midref(rise)) <= 0)
        return PROVEN;
    if (next) {
        arb_sub(rise, next->i, next->v, e->prec);
        arb_add(rise, rise, n->bias, e->prec);
        if (arf_sgn(arb_midref(rise)) < 0)
            offer(s, next->v, end);
        return PROVEN;
    }
    arb_mul_2exp_si(span, n->k->tau_mem, 6);
    if (crossing_find(at, rise, e->scratch + 7, peak, n, now->v, now->i, span, e->prec) !=
        CROSSING_FOUND)
        return PROVEN;
    struct ref_edge *edge = edge_new(e, REF_EDGE_END, n, s->ordinal);
    if (!edge)
        return FULL;
    arb_add(edge->time, start, at, e->prec);
    arb_sub(edge->margin, end, edge->time, e->prec);
    return PROVEN;
}

static enum outcome silence_note(struct stretch *s)
{
    if (!s->any)
        return PROVEN;
    struct ref_edge *edge = edge_new(s->e, REF_EDGE_PEAK, s->n, s->ordinal);
    if (!edge)
        return FULL;
    arb_sub(edge->margin, s->peak, s->n->threshold, s->e->prec);
    arb_set(edge->time, s->time);
    s->any = false;
    return PROVEN;
}

/* ---- spikes ---- */

/* The peak that V would have had without the reset. Where it rises for ever, there is no such
 * edge but that of its bias, which no peak stands for. */
static enum outcome peak_note(struct pass *e, const struct neuron *n, size_t k, size_t ordinal)
{
    const struct entry *before = n->tape + k - 1;
    arb_ptr at = e->scratch, peak = e->scratch + 1;
    if (peak_find(at, peak, n, before->v, before->i, e->prec) != CROSSING_FOUND)
        return PROVEN;
    struct ref_edge *edge = edge_new(e, REF_EDGE_PEAK, n, ordinal);
    if (!edge)
        return FULL;
    arb_sub(edge->margin, peak, n->threshold, e->prec);
    arb_add(edge->time, e->event[before->event].mark, at, e->prec);
    return PROVEN;
}

/* The gap between the spike of entry k and the next arrival on one side that is not its own; an
 * arrival behind another spike meets that one first. */
static enum outcome gap_note(struct pass *e, const struct neuron *n, size_t k, bool behind)
{
    const struct event *spike = e->event + n->tape[k].event, *other = NULL;
    for (size_t x = k; !other && (behind ? x + 1 < n->entries : x > 1);) {
        x += behind ? 1 : (size_t)-1;
        const struct event *now = e->event + n->tape[x].event;
        if (now->kind == EVENT_SPIKE)
            return PROVEN;
        if (now->kind == EVENT_ARRIVAL && now->spike != spike->spike)
            other = now;
    }
    if (!other)
        return PROVEN;
    struct ref_edge *edge = edge_new(e, REF_EDGE_ORDER, n, e->spike[spike->spike].ordinal);
    if (!edge)
        return FULL;
    edge->behind = behind;
    arb_ptr weight = e->scratch;
    arrival_weight(weight, e, other, n);
    edge->lowers = arf_sgn(arb_midref(weight)) < 0;
    from_set(edge, e, other);
    arb_sub(edge->margin, behind ? other->time : spike->time, behind ? spike->time : other->time,
            e->prec);
    arb_set(edge->time, spike->time);
    return PROVEN;
}

static enum outcome spike_note(struct stretch *s, size_t k)
{
    struct pass *e = s->e;
    const struct neuron *n = s->n;
    enum outcome outcome = silence_note(s);
    if (outcome == PROVEN)
        outcome = peak_note(e, n, k, s->ordinal);
    for (int behind = 0; behind < 2 && outcome == PROVEN; behind++)
        outcome = gap_note(e, n, k, behind);
    struct ref_edge *edge = outcome == PROVEN ? edge_new(e, REF_EDGE_END, n, s->ordinal) : NULL;
    if (!edge)
        return FULL;
    arb_set(edge->time, e->event[n->tape[k].event].time);
    arb_sub(edge->margin, e->event[e->end_event].time, edge->time, e->prec);
    e->result->signature += mixed(mixed(mixed(s->before, n->population), n->index), s->ordinal);
    s->ordinal++;
    return PROVEN;
}

static enum outcome neuron_note(struct pass *e, const struct neuron *n)
{
    struct stretch s = {.e = e, .n = n, .before = mixed(e->sample, 1)};
    enum outcome outcome = PROVEN;
    arb_init(s.peak);
    arb_init(s.time);
    for (size_t k = 0; k < n->entries && outcome == PROVEN; k++) {
        const struct event *event = e->event + n->tape[k].event;
        if (event->kind == EVENT_SPIKE)
            outcome = spike_note(&s, k);
        else if (event->kind == EVENT_ARRIVAL)
            s.before += arrival_name(e, event);
        bool const spikes =
            k + 1 < n->entries && e->event[n->tape[k + 1].event].kind == EVENT_SPIKE;
        if (outcome == PROVEN && !spikes)
            outcome = offer_interval(&s, k);
    }
    if (outcome == PROVEN)
        outcome = silence_note(&s);
    arb_clear(s.peak);
    arb_clear(s.time);
    return outcome;
}

/* ---- T ---- */

/* Inputs and their delays only move where the line moves them. */
static bool inputs_move(const struct pass *e)
{
    for (size_t x = 0; x < e->blocks; x++) {
        const struct case_block *b = e->block + x;
        if ((b->quantity == CASE_DELAY || b->quantity == CASE_SPIKE_TIME) &&
            line_touches(e, b->first, b->rows * b->columns))
            return true;
    }
    return false;
}

static enum outcome arrivals_note(struct pass *e)
{
    bool const all = inputs_move(e);
    for (size_t x = 0; x < e->events; x++) {
        const struct event *now = e->event + x;
        if (now->kind != EVENT_ARRIVAL)
            continue;
        if (arb_lt(now->time, e->event[e->end_event].time))
            e->result->signature += arrival_name(e, now);
        if (!all && now->spike < e->inputs)
            continue;
        struct ref_edge *edge = edge_new(e, REF_EDGE_END, NULL, 0);
        if (!edge)
            return FULL;
        edge->population = e->c->projection[now->projection].target;
        edge->neuron = now->target == NOBODY ? 0 : now->target;
        from_set(edge, e, now);
        arb_sub(edge->margin, e->event[e->end_event].time, now->time, e->prec);
        arb_set(edge->time, now->time);
    }
    return PROVEN;
}

enum outcome edges_note(struct pass *e)
{
    enum outcome outcome = PROVEN;
    for (size_t x = 0; x < e->neurons && outcome == PROVEN; x++)
        if (e->neuron[x].model == CASE_LIF)
            outcome = neuron_note(e, e->neuron + x);
    return outcome == PROVEN ? arrivals_note(e) : outcome;
}

enum outcome edge_of_maximum(struct pass *e, const struct neuron *n, const arb_t gap)
{
    struct ref_edge *edge = edge_new(e, REF_EDGE_MAXIMUM, n, 0);
    if (!edge)
        return FULL;
    arb_set(edge->margin, gap);
    return PROVEN;
}

/* ---- where voltages are largest ---- */

static void place_set(struct ref_maximum *m, const struct pass *e, const struct neuron *n,
                      const struct peak *peak)
{
    static const enum ref_maximum_place places[] = {[PEAK_START] = REF_MAXIMUM_START,
                                                    [PEAK_PLATEAU] = REF_MAXIMUM_START,
                                                    [PEAK_KINK] = REF_MAXIMUM_ARRIVAL,
                                                    [PEAK_INSIDE] = REF_MAXIMUM_INSIDE,
                                                    [PEAK_END] = REF_MAXIMUM_END};
    m->place = places[peak->kind];
    arb_set(m->value, peak->value);
    if (peak->kind == PEAK_INSIDE)
        arb_add(m->time, e->event[n->tape[peak->entry].event].mark, peak->offset, e->prec);
    else if (peak->kind == PEAK_KINK)
        arb_set(m->time, e->event[n->tape[peak->entry].event].time);
    else if (peak->kind == PEAK_END)
        arb_set(m->time, e->event[e->end_event].time);
}

enum outcome maxima_note(struct pass *e)
{
    struct ref_sample *s = e->result->sample + e->sample;
    const struct drive *d = e->drive;
    if (e->c->loss.kind != CASE_MAX_VOLTAGE_CROSS_ENTROPY)
        return PROVEN;
    s->maximum = calloc(d->outputs, sizeof *s->maximum);
    if (!s->maximum)
        return FULL;
    for (; s->maxima < d->outputs; s->maxima++) {
        struct ref_maximum *m = s->maximum + s->maxima;
        arb_init(m->time);
        arb_init(m->value);
        place_set(m, e, e->neuron + d->first + s->maxima, d->peak + s->maxima);
    }
    return PROVEN;
}

const char *ref_edge_name(enum ref_edge_kind kind)
{
    static const char *const names[] = {"peak", "order", "end", "maximum"};
    return (unsigned)kind < REF_EDGE_KINDS ? names[kind] : "unknown";
}
