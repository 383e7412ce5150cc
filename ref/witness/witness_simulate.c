/* SPDX-License-Identifier: MIT */
/* witness_simulate.c: the event loop.
 *
 * What comes first happens first: the earliest crossing of all neurons, or the head of the agenda.
 * A crossing at the very time of an arrival goes before it; arrivals at one neuron at one time add
 * up, as V is continuous; nothing happens at T or later. */
#include "ref/witness/witness.h"

#include <math.h>
#include <stdlib.h>

enum { SPAN, NOW };

static uint64_t mix(uint64_t digest, uint64_t word)
{
    uint64_t z = digest ^ (word + 0x9e3779b97f4a7c15u + (digest << 6) + (digest >> 2));
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Puts an arrival at now + delay on the agenda unless it comes too late to happen. */
static int send(struct witness_engine *e, mpfr_srcptr now, mpfr_srcptr delay, size_t projection,
                size_t source, size_t target)
{
    mpfr_ptr time = witness_agenda_time(&e->agenda);
    if (time == NULL) {
        return -1;
    }
    mpfr_add(time, now, delay, MPFR_RNDN);
    witness_margin_sent(e, time);
    if (mpfr_less_p(time, e->end)) {
        witness_agenda_push(
            &e->agenda, (struct witness_entry){time, WITNESS_ARRIVAL, projection, source, target});
    } else {
        witness_agenda_release(&e->agenda, time);
    }
    return 0;
}

static int emit(struct witness_engine *e, size_t population, size_t source, mpfr_srcptr now)
{
    for (size_t p = 0; p < e->c->projections; p++) {
        const struct case_projection *projection = &e->c->projection[p];
        if (projection->source != population || e->first[projection->target] == SIZE_MAX) {
            continue;
        }
        if (e->delay[p].uniform) {
            if (send(e, now, e->delay[p].at[0], p, source, WITNESS_ALL) != 0) {
                return -1;
            }
            continue;
        }
        size_t columns = e->c->population[projection->target].size;
        for (size_t target = 0; target < columns; target++) {
            size_t synapse = source * columns + target;
            if (e->weight[p].active[synapse] &&
                send(e, now, e->delay[p].at[synapse], p, source, target) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* An output without a threshold heard something at this time: what comes at one time comes in no
 * order. */
static void note_border(struct witness_neuron *n, mpfr_srcptr t, uint64_t what)
{
    if (!mpfr_equal_p(n->heard, t)) {
        n->border = mix(n->border, n->at_once);
        n->at_once = 0;
        mpfr_set(n->heard, t, MPFR_RNDN);
    }
    n->at_once += mix(1, what);
}

/* The neuron at time t, ready to be changed. */
static int bring(struct witness_engine *e, size_t which, mpfr_srcptr t)
{
    struct witness_neuron *n = &e->neuron[which];
    if (witness_is_output(e, n) && witness_quadrature_needed(e->c)) {
        return witness_quadrature_sync(e, t);
    }
    witness_advance(e, n, t);
    if (!n->touched) {
        n->touched = true;
        e->touched[e->touches++] = which;
    }
    return 0;
}

/* Whether an arrival is what the last spike of its neuron sent to itself. */
static bool is_echo(const struct witness_engine *e, const struct witness_neuron *n,
                    const struct witness_entry *entry)
{
    const struct case_projection *projection = &e->c->projection[entry->place];
    size_t synapse = entry->source * e->c->population[projection->target].size + n->index;
    const struct witness_table *delay = &e->delay[entry->place];
    mpfr_ptr sent = e->run_scratch[SPAN];
    mpfr_add(sent, n->fired, delay->at[delay->uniform ? 0 : synapse], MPFR_RNDN);
    return projection->source == n->population && entry->source == n->index &&
           mpfr_equal_p(sent, entry->time);
}

/* Before the jump of an arrival. */
static void hear(struct witness_engine *e, struct witness_neuron *n,
                 const struct witness_entry *entry)
{
    if (n->model == CASE_LI) {
        note_border(n, entry->time, ((uint64_t)entry->place << 32) + entry->source);
        return;
    }
    mpfr_set(n->heard, entry->time, MPFR_RNDN);
    if (e->record != NULL) {
        witness_margin_arrival(e, n, is_echo(e, n, entry));
    }
}

static int arrive(struct witness_engine *e, const struct witness_entry *entry)
{
    const struct case_projection *projection = &e->c->projection[entry->place];
    size_t columns = e->c->population[projection->target].size;
    size_t begin = entry->target == WITNESS_ALL ? 0 : entry->target;
    size_t end = entry->target == WITNESS_ALL ? columns : entry->target + 1;
    const struct witness_table *weight = &e->weight[entry->place];
    for (size_t target = begin; target < end; target++) {
        size_t synapse = entry->source * columns + target;
        size_t which = e->first[projection->target] + target;
        if (!weight->active[synapse]) {
            continue;
        }
        if (bring(e, which, entry->time) != 0) {
            return -1;
        }
        struct witness_neuron *n = &e->neuron[which];
        hear(e, n, entry);
        mpfr_add(n->current, n->current, weight->at[synapse], MPFR_RNDN);
        n->arrivals++;
    }
    return 0;
}

static int jolt(struct witness_engine *e, const struct witness_entry *entry, mpfr_srcptr h)
{
    const struct witness_impulse *impulse = e->direction->impulse;
    size_t which = e->first[impulse->population] + impulse->neuron;
    if (bring(e, which, entry->time) != 0) {
        return -1;
    }
    struct witness_neuron *n = &e->neuron[which];
    mpfr_ptr port = impulse->port == WITNESS_V ? n->u : n->current;
    mpfr_mul_d(e->amount, h, impulse->size, MPFR_RNDN);
    mpfr_add(port, port, e->amount, MPFR_RNDN);
    return 0;
}

static int step(struct witness_engine *e, const struct witness_entry *entry)
{
    if (bring(e, entry->place, entry->time) != 0) {
        return -1;
    }
    note_border(&e->neuron[entry->place], entry->time, UINT64_MAX - entry->source);
    witness_loss_step(e, &e->neuron[entry->place], entry->source);
    return 0;
}

/* Everything on the agenda at the time of its head. */
static int happen(struct witness_engine *e, mpfr_srcptr h)
{
    mpfr_ptr now = e->run_scratch[NOW];
    mpfr_set(now, e->agenda.heap[0].time, MPFR_RNDN);
    e->touches = 0;
    while (e->agenda.count > 0 && mpfr_equal_p(e->agenda.heap[0].time, now)) {
        struct witness_entry entry = witness_agenda_pop(&e->agenda);
        int status = entry.kind == WITNESS_ARRIVAL    ? arrive(e, &entry)
                     : entry.kind == WITNESS_EMISSION ? emit(e, entry.place, entry.source, now)
                     : entry.kind == WITNESS_JOLT     ? jolt(e, &entry, h)
                                                      : step(e, &entry);
        witness_agenda_release(&e->agenda, entry.time);
        if (status != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < e->touches; i++) {
        e->neuron[e->touched[i]].touched = false;
        witness_leg_begin(e, e->touched[i]);
    }
    return 0;
}

static int record(struct witness_engine *e, const struct witness_neuron *n)
{
    struct witness_train *train = &e->record->spikes[e->sample][n->population][n->index];
    if ((train->count & (train->count - 1)) == 0) {
        size_t capacity = train->count == 0 ? 1 : 2 * train->count;
        mpfr_t *at = realloc(train->at, capacity * sizeof at[0]);
        if (at == NULL) {
            return -1;
        }
        train->at = at;
    }
    mpfr_init2(train->at[train->count], e->prec);
    mpfr_set(train->at[train->count], n->crossing, MPFR_RNDN);
    train->count++;
    return 0;
}

static int fire(struct witness_engine *e, size_t which)
{
    struct witness_neuron *n = &e->neuron[which];
    mpfr_ptr span = e->run_scratch[SPAN];
    witness_margin_spike(e, n);
    if (!witness_leg_fire(e, n)) {
        mpfr_sub(span, n->crossing, n->time, MPFR_RNDN);
        mpfr_mul(n->current, n->current, witness_decay_at(e, n->kind->synapse, span), MPFR_RNDN);
        witness_leg_write_fire(e, n);
    }
    mpfr_set(n->u, n->floor, MPFR_RNDN);
    mpfr_set(n->time, n->crossing, MPFR_RNDN);
    mpfr_set(n->fired, n->crossing, MPFR_RNDN);
    e->outcome.closest = fmin(e->outcome.closest, n->peak_gap);
    if (n->spikes == 0 && witness_is_output(e, n)) {
        mpfr_set(e->output[n->index].first, n->crossing, MPFR_RNDN);
    }
    n->spikes++;
    n->history = mix(n->history, n->arrivals);
    e->spikes++;
    if (e->spikes > witness_most_spikes(e->neurons) || (e->record != NULL && record(e, n) != 0) ||
        emit(e, n->population, n->index, n->crossing) != 0) {
        return -1;
    }
    witness_leg_begin(e, which);
    return 0;
}

static size_t smallest(const struct witness_engine *e)
{
    size_t best = 0;
    for (size_t i = 1; i < e->neurons; i++) {
        if (e->earliest[i] < e->earliest[best]) {
            best = i;
        }
    }
    return best;
}

/* The first neuron to cross, if any does so up to limit. Lower bounds are replaced by crossings
 * from the smallest on, until nothing that is still a bound can come before the winner. */
static bool next_crossing(struct witness_engine *e, size_t *which, mpfr_srcptr limit)
{
    double latest = mpfr_get_d(limit, MPFR_RNDU);
    while (e->neurons > 0) {
        size_t best = smallest(e);
        if (!(e->earliest[best] <= latest)) {
            return false;
        }
        if (!e->neuron[best].known) {
            witness_crossing(e, best);
            continue;
        }
        double bound = mpfr_get_d(e->neuron[best].crossing, MPFR_RNDU);
        bool settled = true;
        for (size_t i = 0; i < e->neurons && settled; i++) {
            if (!(e->earliest[i] <= bound)) {
                continue;
            }
            if (!e->neuron[i].known) {
                witness_crossing(e, i);
                settled = false;
            } else if (mpfr_less_p(e->neuron[i].crossing, e->neuron[best].crossing)) {
                best = i;
            }
        }
        if (settled) {
            *which = best;
            return mpfr_lessequal_p(e->neuron[best].crossing, limit);
        }
    }
    return false;
}

static int begin(struct witness_engine *e, mpfr_srcptr h)
{
    witness_agenda_empty(&e->agenda);
    witness_track_sample(e);
    for (size_t i = 0; i < e->neurons; i++) {
        struct witness_neuron *n = &e->neuron[i];
        mpfr_neg(n->u, n->bias, MPFR_RNDN);
        mpfr_set_zero(n->current, 1);
        mpfr_set_zero(n->time, 1);
        mpfr_set_si(n->heard, -1, MPFR_RNDN);
        n->arrivals = n->spikes = n->history = n->border = n->at_once = 0;
        n->touched = false;
        n->peak_after = n->peak_gap = e->earliest[i] = HUGE_VAL;
        witness_leg_begin(e, i);
    }
    const struct witness_impulse *impulse = e->direction == NULL ? NULL : e->direction->impulse;
    if (impulse != NULL && impulse->sample == e->sample &&
        e->first[impulse->population] != SIZE_MAX) {
        mpfr_ptr time = witness_agenda_time(&e->agenda);
        if (time == NULL) {
            return -1;
        }
        mpfr_set_d(time, impulse->time, MPFR_RNDN);
        witness_agenda_push(&e->agenda, (struct witness_entry){time, WITNESS_JOLT, 0, 0, 0});
    }
    return witness_emissions_apply(e, h) != 0 ? -1 : witness_loss_begin(e);
}

/* Peaks of the last stretches, the digests of this sample. */
static void finish(struct witness_engine *e)
{
    for (size_t i = 0; i < e->neurons; i++) {
        struct witness_neuron *n = &e->neuron[i];
        if (n->model != CASE_LIF) {
            e->outcome.borders = mix(mix(e->outcome.borders, n->border), n->at_once);
            continue;
        }
        e->outcome.closest = fmin(e->outcome.closest, n->peak_gap);
        witness_margin_end(e, n);
        e->outcome.counts = mix(e->outcome.counts, n->spikes);
        e->outcome.sequence = mix(e->outcome.sequence, n->history);
    }
}

static int simulate_sample(struct witness_engine *e, mpfr_srcptr h)
{
    e->spikes = 0;
    if (begin(e, h) != 0) {
        return -1;
    }
    for (;;) {
        bool due = e->agenda.count > 0 && mpfr_less_p(e->agenda.heap[0].time, e->end);
        size_t which;
        bool spikes = next_crossing(e, &which, due ? e->agenda.heap[0].time : e->end);
        if (!spikes && !due) {
            break;
        }
        if ((spikes ? fire(e, which) : happen(e, h)) != 0) {
            return -1;
        }
    }
    finish(e);
    return witness_loss_end(e);
}

enum witness_status witness_engine_run(struct witness_engine *e, mpfr_srcptr h)
{
    e->outcome = (struct witness_outcome){.closest = HUGE_VAL};
    e->unmoved = mpfr_zero_p(h) != 0;
    mpfr_set_zero(e->loss, 1);
    e->no_room = false;
    witness_share_track(e);
    if (witness_parameters_apply(e, h) != 0) {
        return WITNESS_MEMORY;
    }
    for (e->sample = 0; e->sample < e->c->samples; e->sample++) {
        if (simulate_sample(e, h) != 0) {
            return e->spikes > witness_most_spikes(e->neurons) ? WITNESS_CAPACITY : WITNESS_MEMORY;
        }
        mpfr_add(e->loss, e->loss, e->sample_loss, MPFR_RNDN);
        if (e->record != NULL) {
            mpfr_set(e->record->sample_loss[e->sample], e->sample_loss, MPFR_RNDN);
        }
    }
    mpfr_div_ui(e->loss, e->loss, e->c->samples, MPFR_RNDN);
    return e->no_room ? WITNESS_MEMORY : WITNESS_OK;
}
