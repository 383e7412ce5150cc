/* SPDX-License-Identifier: MIT */
/* engine.c: the memory of one run of the reference at one precision: neurons and their tapes,
 * events, spikes. Only this file allocates and frees them. */
#include "ref/reference/reference.h"
#include "ref/reference/loss.h"

#include <math.h>
#include <stdlib.h>

/* One set of constants a population, or one a neuron where the case gives one each. */
static size_t constants_of(const struct case_population *p)
{
    return p->tau_mem.count == 1 && p->tau_syn.count == 1 ? 1 : p->size;
}

static void neuron_init(struct neuron *n, const struct case_population *p, size_t population,
                        size_t index, struct constants *k)
{
    *n = (struct neuron){.population = population, .index = index, .model = p->model, .k = k};
    arb_init(n->threshold);
    arb_init(n->reset);
    arb_init(n->bias);
    arb_init(n->crossing);
    arb_init(n->slope);
    arb_init(n->current);
    arb_init(n->p);
    arb_init(n->q);
    arb_init(n->safe);
    mag_init(n->epsilon);
    mag_init(n->jump);
    n->bias_d = case_value(&p->bias, index);
    arb_set_d(n->bias, n->bias_d);
    if (p->model != CASE_LIF)
        return;
    n->threshold_d = case_value(&p->threshold, index);
    arb_set_d(n->threshold, n->threshold_d);
    arb_set_d(n->reset, case_value(&p->reset, index));
}

/* epsilon and safe of every neuron, from the sums of the sizes of their weights. */
static void epsilon_init(struct pass *e)
{
    const struct case_problem *c = e->c;
    mag_t size, total;
    mag_init(size);
    mag_init(total);
    for (size_t x = 0; x < c->projections; x++) {
        const struct case_projection *p = c->projection + x;
        size_t const targets = c->population[p->target].size;
        for (size_t y = 0; y < c->population[p->source].size * targets; y++) {
            struct neuron *n = e->neuron + e->first[p->target] + y % targets;
            mag_set_d(size, p->weight[y]);
            mag_add(n->epsilon, n->epsilon, size);
        }
    }
    for (size_t x = 0; x < e->neurons; x++) {
        struct neuron *n = e->neuron + x;
        arb_srcptr const parts[] = {n->bias, n->threshold, n->reset};
        for (size_t y = 0; y < sizeof parts / sizeof *parts; y++) {
            arb_get_mag(size, parts[y]);
            mag_add(n->epsilon, n->epsilon, size);
        }
        mag_set_d(size, n->k->tau_mem_d);
        mag_div(total, e->rho, size);
        mag_mul_ui(total, total, 16 * e->options->max_events);
        mag_mul(n->epsilon, n->epsilon, total);
        arb_set(n->safe, n->threshold);
        mag_add(arb_radref(n->safe), arb_radref(n->safe), n->epsilon);
        arf_t low;
        arf_init(low);
        arb_get_lbound_arf(low, n->safe, e->prec);
        arb_set_arf(n->safe, low);
        arf_clear(low);
    }
    mag_clear(size);
    mag_clear(total);
}

static enum outcome network_init(struct pass *e)
{
    const struct case_problem *c = e->c;
    e->first = calloc(c->populations + 1, sizeof *e->first);
    e->memo = calloc(c->populations, sizeof *e->memo);
    e->shift = calloc(c->populations, sizeof *e->shift);
    if (!e->first || !e->memo || !e->shift)
        return FULL;
    double shortest = c->end;
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *pop = c->population + p;
        bool const source = pop->model == CASE_SPIKE_SOURCE;
        e->first[p + 1] = e->first[p] + (source ? 0 : pop->size);
        e->constants_count += source ? 0 : constants_of(pop);
        e->memo[p].values = _arb_vec_init(P_ALL);
        arb_init(e->memo[p].span);
        e->shift[p].values = _arb_vec_init(P_ALL);
        arb_init(e->shift[p].span);
        for (size_t x = 0; x < pop->tau_mem.count; x++)
            shortest = fmin(shortest, pop->tau_mem.at[x]);
        for (size_t x = 0; x < pop->tau_syn.count; x++)
            shortest = fmin(shortest, pop->tau_syn.at[x]);
    }
    mag_set_d_lower(e->rho, shortest);
    /* far above what a run that succeeds reaches, far below every margin that it can prove */
    mag_mul_2exp_si(e->rho, e->rho, -72 - e->prec / 8);
    e->neurons = e->first[c->populations];
    e->leaves = 1;
    while (e->leaves < e->neurons)
        e->leaves *= 2;
    e->neuron = calloc(e->neurons + 1, sizeof *e->neuron);
    e->constants = calloc(e->constants_count + 1, sizeof *e->constants);
    e->tournament = malloc(2 * e->leaves * sizeof *e->tournament);
    if (!e->neuron || !e->constants || !e->tournament) {
        e->neurons = e->constants_count = 0;
        return FULL;
    }
    struct constants *k = e->constants;
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *pop = c->population + p;
        if (pop->model == CASE_SPIKE_SOURCE)
            continue;
        size_t const sets = constants_of(pop);
        for (size_t x = 0; x < sets; x++)
            constants_init(k + x, case_value(&pop->tau_mem, x), case_value(&pop->tau_syn, x),
                           e->prec);
        for (size_t x = 0; x < pop->size; x++)
            neuron_init(e->neuron + e->first[p] + x, pop, p, x, k + (sets == 1 ? 0 : x));
        k += sets;
    }
    epsilon_init(e);
    return PROVEN;
}

enum outcome pass_init(struct pass *e, const struct case_problem *c,
                         const struct ref_options *options, struct ref_result *result, long prec,
                         double slack)
{
    *e = (struct pass){.c = c,
                         .options = options,
                         .prec = prec,
                         .slack = slack,
                         .result = result,
                         .reason = result->reason};
    for (int m = 0; m < REF_MARGINS; m++) {
        arb_init(e->margin[m]);
        arb_pos_inf(e->margin[m]);
        e->margin_d[m] = (double)INFINITY;
    }
    mag_init(e->rho);
    e->scratch = _arb_vec_init(SCRATCH);
    e->blocks = case_blocks(&e->block, &e->parameters, c);
    if (!e->block)
        return FULL;
    if (options->gradients)
        e->gradient = _arb_vec_init((slong)e->parameters);
    if (network_init(e) != PROVEN)
        return FULL;
    return drive_init(e);
}

void pass_clear(struct pass *e)
{
    sample_end(e);
    drive_clear(e);
    for (size_t x = 0; x < e->neurons; x++) {
        struct neuron *n = e->neuron + x;
        arb_ptr const all[] = {n->threshold, n->reset, n->bias, n->crossing, n->slope,
                               n->current,   n->p,     n->q,    n->safe};
        for (size_t y = 0; y < sizeof all / sizeof *all; y++)
            arb_clear(all[y]);
        mag_clear(n->epsilon);
        mag_clear(n->jump);
    }
    for (size_t x = 0; x < e->constants_count; x++)
        constants_clear(e->constants + x);
    for (size_t p = 0; e->memo && e->shift && p < e->c->populations; p++) {
        if (!e->memo[p].values)
            continue;
        _arb_vec_clear(e->memo[p].values, P_ALL);
        arb_clear(e->memo[p].span);
        _arb_vec_clear(e->shift[p].values, P_ALL);
        arb_clear(e->shift[p].span);
    }
    mag_clear(e->rho);
    _arb_vec_clear(e->scratch, SCRATCH);
    for (int m = 0; m < REF_MARGINS; m++)
        arb_clear(e->margin[m]);
    for (size_t x = 0; x < e->nones; x++) {
        arb_clear(e->none[x].left);
        arb_clear(e->none[x].right);
    }
    free(e->none);
    free(e->event);
    free(e->spike);
    free(e->heap);
    free(e->order);
    free(e->neuron);
    free(e->constants);
    free(e->memo);
    free(e->shift);
    free(e->unsettled);
    free(e->tournament);
    free(e->first);
    free(e->block);
}

enum outcome sample_begin(struct pass *e, size_t sample)
{
    e->sample = sample;
    e->entries = 0;
    e->last_input = 0;
    size_t start;
    if (event_new(e, &start, EVENT_START) != PROVEN ||
        event_new(e, &e->end_event, EVENT_END) != PROVEN)
        return FULL;
    arb_set_d(e->event[e->end_event].time, e->c->end);
    arb_set(e->event[e->end_event].mark, e->event[e->end_event].time);
    for (size_t p = 0; p < e->c->populations; p++)
        e->memo[p].k = e->shift[p].k = NULL;
    for (size_t x = 0; x < 2 * e->leaves; x++)
        e->tournament[x] = NOBODY;
    for (size_t x = 0; x < e->neurons; x++) {
        struct neuron *n = e->neuron + x;
        n->crossing_known = false;
        n->last_spike = n->last_arrival = 0;
        n->spikes = 0;
        arb_zero(n->p);
        arb_zero(n->q);
        if (tape_append(e, n, start) != PROVEN)
            return FULL;
        n->key = n->model == CASE_LIF ? hint_crossing(n, 0, 0, e->slack) : (double)INFINITY;
        tournament_update(e, x);
    }
    return PROVEN;
}

void sample_end(struct pass *e)
{
    for (size_t x = 0; x < e->neurons; x++) {
        struct neuron *n = e->neuron + x;
        for (size_t y = 0; y < n->entries; y++) {
            arb_clear(n->tape[y].v);
            arb_clear(n->tape[y].i);
        }
        free(n->tape);
        n->tape = NULL;
        n->entries = n->room = 0;
    }
    for (size_t x = 0; x < e->events; x++) {
        arb_clear(e->event[x].time);
        arb_clear(e->event[x].mark);
    }
    for (size_t x = 0; x < e->spikes; x++) {
        arb_clear(e->spike[x].time);
        arb_clear(e->spike[x].slope);
        arb_clear(e->spike[x].current);
        arb_clear(e->spike[x].by_time);
    }
    e->events = e->spikes = e->pending = e->ordered = e->unsettleds = 0;
}
