/* SPDX-License-Identifier: MIT */
/* oracle.h: a third simulator, for tests: 113 bits, differences only, no adjoint, no error bound.
 *
 * It owes nothing to ref/: every parameter is a number of one flat array; a maximum is where the
 * sign of V' changes, found by halving, a crossing is narrowed by a bracket of values; integrals
 * are halved until Gauss's rule of 20 points stops moving. Every arrival is an event of its own
 * synapse. Losses are those of cases/case.schema.json.
 *
 * The digest of a run covers what must not change across a difference: the number of spikes of
 * every neuron, the arrivals before each, and the place of every maximum that the loss looks at. */
#ifndef EVIDENT_TESTS_ORACLE_H
#define EVIDENT_TESTS_ORACLE_H

#define __STDC_WANT_IEC_60559_TYPES_EXT__ 1
#include "cases/cases.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef _Float128 quad;

struct oracle_arrival {
    quad time;
    size_t order; /* first come, first served at one time */
    size_t neuron, parameter;
    uint64_t who; /* digest of synapse and number of the spike */
};

struct oracle_segment { /* V and I just after a time, up to the next one */
    quad time, v, i;
    uint64_t before; /* digest of the arrivals so far */
};

struct oracle_neuron {
    size_t population, index, segments, room, spikes, spike_room;
    quad tau_mem, tau_syn, threshold, reset, bias;
    bool fires;
    struct oracle_segment *segment; /* of an output of a voltage loss, all; else the last one */
    quad *spike;
    /* Of its crossing if nothing arrives: not before next, which is the time itself once known;
     * else in [low, high] after the last segment's start. INFINITY: none. */
    quad next, low, high;
    bool known;
};

struct oracle {
    const struct case_problem *c;
    struct case_block *block;
    size_t blocks, parameters, *first, *weight, *delay; /* first neuron, first parameters */
    quad *value;                                        /* [parameters] */
    quad loss, *sample_loss;
    struct oracle_neuron *neuron; /* [samples][neurons] */
    size_t neurons, arrivals, room, came, limit;
    struct oracle_arrival *heap;
    uint64_t digest;
    bool full; /* more than limit arrivals: give up */
};

static inline uint64_t oracle_mix(uint64_t a, uint64_t b)
{
    uint64_t x = (a ^ b * UINT64_C(0x9E3779B97F4A7C15)) + UINT64_C(0xD1B54A32D192ED03);
    x = (x ^ (x >> 31)) * UINT64_C(0xBF58476D1CE4E5B9);
    return x ^ (x >> 29);
}

/* ---- one neuron in free flow: the textbook's solution of tau_mem V' = -V + I + b ---- */

static inline quad oracle_voltage(const struct oracle_neuron *n, const struct oracle_segment *g,
                                  quad s)
{
    if (g->v == n->bias && g->i == 0)
        return n->bias;
    quad const x = s / n->tau_syn - s / n->tau_mem, em = expf128(-s / n->tau_mem);
    quad k = s / n->tau_mem * em; /* of a unit of I */
    if (x > 1 || x < -1)
        k = (em - expf128(-s / n->tau_syn)) * n->tau_syn / (n->tau_mem - n->tau_syn);
    else if (x != 0)
        k *= -expm1f128(-x) / x;
    return n->bias + (g->v - n->bias) * em + g->i * k;
}

/* The same in doubles. */
static inline double oracle_rough(const struct oracle_neuron *n, const struct oracle_segment *g,
                                  double s)
{
    double const m = (double)n->tau_mem, y = (double)n->tau_syn, x = s / y - s / m;
    double const em = exp(-s / m);
    double const k = fabs(x) > 1 ? (em - exp(-s / y)) * y / (m - y)
                                 : s / m * em * (fabs(x) > 0 ? -expm1(-x) / x : 1);
    return (double)n->bias + (double)(g->v - n->bias) * em + (double)g->i * k;
}

/* Whether V rises, by the sign of e^(s/tau_mem) tau_mem V' = I (1 - lost) - (V - b), of V and I at
 * the segment's start. lost grows with s whatever the constants are, so that V turns once at most;
 * V' itself would sink below the rounding of b. */
static inline bool oracle_rises(const struct oracle_neuron *n, const struct oracle_segment *g,
                                quad s, bool rough)
{
    quad const x = s / n->tau_syn - s / n->tau_mem;
    quad const f = x == 0 ? 1 : rough ? (quad)expm1((double)-x) / -x : expm1f128(-x) / -x;
    return (g->i == 0 ? 0 : g->i * (1 - s / n->tau_syn * f)) > g->v - n->bias;
}

/* Where in [0, span] V stops rising; 0 if it only falls. V is larger nowhere else but at 0. rough:
 * in doubles, which misplace it where V is as flat as their rounding. */
static inline quad oracle_top(const struct oracle_neuron *n, const struct oracle_segment *g,
                              quad span, bool rough)
{
    if (oracle_rises(n, g, span, rough))
        return span;
    quad low = 0, high = oracle_rises(n, g, 0, rough) ? span : 0;
    for (int k = 0; k < (rough ? 50 : 120) && low < high; k++) {
        quad const middle = low + (high - low) / 2;
        if (oracle_rises(n, g, middle, rough))
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* V < threshold at low, >= at high: Ridders' method, which keeps a bracket and ends quadratically.
 */
static inline quad oracle_root(const struct oracle_neuron *n, const struct oracle_segment *g,
                               quad low, quad high)
{
    quad below = oracle_voltage(n, g, low) - n->threshold, last = low;
    quad above = oracle_voltage(n, g, high) - n->threshold;
    for (int k = 0; k < 300; k++) {
        quad const middle = low + (high - low) / 2;
        quad const at = oracle_voltage(n, g, middle) - n->threshold;
        quad const x = middle - (middle - low) * at / sqrtf128(at * at - below * above);
        /* rounded onto an end: there it is */
        if (!(low < x))
            return low;
        if (!(x < high) || fabsf128(x - last) <= x * 0x1p-111f128)
            return x < high ? x : high;
        last = x;
        if (at < 0)
            low = middle, below = at;
        else
            high = middle, above = at;
        quad const v = oracle_voltage(n, g, x) - n->threshold;
        if (v < 0 && x > low)
            low = x, below = v;
        else if (v >= 0 && x < high)
            high = x, above = v;
    }
    return high;
}

/* Whether V reaches the threshold within span after the segment's start: for the first time in
 * [low, high]. */
static inline bool oracle_crosses(struct oracle_neuron *n, const struct oracle_segment *g,
                                  quad span)
{
    quad const level = n->threshold;
    if (fmaxf128(g->v, n->bias) + fmaxf128(g->i, 0) < level || span <= 0)
        return false;
    double const close =
        (double)(fabsf128(g->v) + fabsf128(g->i) + fabsf128(n->bias) + level) * 0x1p-24;
    double low = 0, high = (double)oracle_top(n, g, span, true);
    double over = oracle_rough(n, g, high) - (double)level;
    n->low = 0, n->high = fminf128(span, (quad)high);
    if (over < close) { /* doubles cannot tell */
        n->high = over < -close ? 0 : oracle_top(n, g, span, false);
        return over >= -close && oracle_voltage(n, g, n->high) >= level;
    }
    for (int k = 0; k < 12 && fabs(over) >= close; k++) {
        double const middle = (low + high) / 2;
        over = oracle_rough(n, g, middle) - (double)level;
        if (over >= close)
            n->high = high = middle;
        else if (over <= -close)
            n->low = low = middle;
    }
    return true;
}

/* ---- events ---- */

static inline bool oracle_earlier(const struct oracle_arrival *x, const struct oracle_arrival *y)
{
    return x->time < y->time || (x->time == y->time && x->order < y->order);
}

static inline void oracle_push(struct oracle *o, struct oracle_arrival new)
{
    if (o->arrivals == o->room)
        o->heap = realloc(o->heap, (o->room = 2 * o->room + 64) * sizeof *o->heap);
    size_t at = o->arrivals++;
    for (; at > 0 && oracle_earlier(&new, &o->heap[(at - 1) / 2]); at = (at - 1) / 2)
        o->heap[at] = o->heap[(at - 1) / 2];
    o->heap[at] = new;
}

static inline struct oracle_arrival oracle_pop(struct oracle *o)
{
    struct oracle_arrival const top = o->heap[0], last = o->heap[--o->arrivals];
    size_t at = 0;
    for (size_t next; (next = 2 * at + 1) < o->arrivals; at = next) {
        next += next + 1 < o->arrivals && oracle_earlier(&o->heap[next + 1], &o->heap[next]);
        if (!oracle_earlier(&o->heap[next], &last))
            break;
        o->heap[at] = o->heap[next];
    }
    o->heap[at] = last;
    return top;
}

static inline void oracle_send(struct oracle *o, size_t population, size_t index, size_t ordinal,
                               quad time)
{
    for (size_t x = 0; x < o->c->projections; x++) {
        const struct case_projection *p = &o->c->projection[x];
        size_t const columns = o->c->population[p->target].size;
        for (size_t j = 0; p->source == population && j < columns; j++) {
            quad const at = time + o->value[o->delay[x] + index * columns + j];
            if (at >= (quad)o->c->end || (o->full = o->full || ++o->came > o->limit))
                continue;
            oracle_push(o, (struct oracle_arrival){
                               at, o->came, o->first[p->target] + j,
                               o->weight[x] + index * columns + j,
                               oracle_mix(o->weight[x] + index * columns + j, ordinal)});
        }
    }
}

static inline bool oracle_kept(const struct oracle *o, const struct oracle_neuron *n)
{
    return !n->fires && n->population == o->c->loss.population;
}

static inline void oracle_expect(const struct oracle *o, struct oracle_neuron *n)
{
    const struct oracle_segment *g = n->segment + n->segments - 1;
    bool const crosses = n->fires && oracle_crosses(n, g, (quad)o->c->end - g->time);
    n->next = crosses ? g->time + n->low : (quad)INFINITY;
    n->known = false;
}

/* The neuron flows to `time`, where V is reset or I jumps. */
static inline void oracle_touch(struct oracle *o, struct oracle_neuron *n, quad time, bool reset,
                                quad jump, uint64_t who)
{
    struct oracle_segment now = n->segment[n->segments - 1];
    quad const s = time - now.time;
    now.v = reset ? n->reset : oracle_voltage(n, &now, s);
    now.i = now.i * expf128(-s / n->tau_syn) + jump;
    now.time = time;
    now.before += who;
    if (oracle_kept(o, n)) {
        if (n->segments == n->room)
            n->segment = realloc(n->segment, (n->room = 2 * n->room + 8) * sizeof now);
        n->segments++;
    }
    n->segment[n->segments - 1] = now;
    oracle_expect(o, n);
}

static inline void oracle_fire(struct oracle *o, struct oracle_neuron *n, size_t number)
{
    quad const time = n->next;
    if (n->spikes == n->spike_room)
        n->spike = realloc(n->spike, (n->spike_room = 2 * n->spike_room + 8) * sizeof time);
    n->spike[n->spikes] = time;
    o->digest += oracle_mix(oracle_mix(number, n->spikes), n->segment[n->segments - 1].before);
    oracle_touch(o, n, time, true, 0, 0);
    oracle_send(o, n->population, n->index, n->spikes++, time);
}

static inline void oracle_sample(struct oracle *o, size_t sample)
{
    struct oracle_neuron *neuron = o->neuron + sample * o->neurons;
    const struct case_problem *c = o->c;
    o->arrivals = 0;
    for (size_t b = 0; b < o->blocks; b++)
        for (size_t k = 0; o->block[b].quantity == CASE_SPIKE_TIME &&
                           o->block[b].sample == sample && k < o->block[b].columns;
             k++)
            oracle_send(o, o->block[b].population, o->block[b].neuron, k,
                        o->value[o->block[b].first + k]);
    while (!o->full) {
        size_t first = 0;
        for (size_t k = 1; k < o->neurons; k++)
            first = neuron[k].next < neuron[first].next ? k : first;
        bool const fires = o->neurons > 0 && neuron[first].next < (quad)c->end;
        if (fires && (o->arrivals == 0 || neuron[first].next <= o->heap[0].time)) {
            struct oracle_neuron *n = neuron + first;
            if (!n->known) {
                const struct oracle_segment *g = n->segment + n->segments - 1;
                n->next = g->time + oracle_root(n, g, n->low, n->high);
                n->known = true;
                continue;
            }
            o->full = neuron[first].spikes > o->limit;
            oracle_fire(o, neuron + first, sample * o->neurons + first);
        } else if (o->arrivals > 0) {
            struct oracle_arrival const a = oracle_pop(o);
            const struct case_block *of = case_block_of(o->block, o->blocks, a.parameter);
            bool const counts =
                fabs(c->projection[of->projection].weight[a.parameter - of->first]) > 0;
            oracle_touch(o, neuron + a.neuron, a.time, false, o->value[a.parameter],
                         counts ? a.who : 0);
        } else {
            break;
        }
    }
    for (size_t k = 0; k < o->neurons; k++)
        if (oracle_kept(o, neuron + k)) /* what arrived before T */
            o->digest += oracle_mix(sample * o->neurons + k,
                                    neuron[k].segment[neuron[k].segments - 1].before);
}

#include "tests/oracle_loss.h"

#endif
