/* SPDX-License-Identifier: MIT */
/* engine.c: the memory of one run of the reference at one precision: neurons and their tapes,
 * events, spikes. Only this file allocates and frees them. */
#include "ref/reference/reference.h"
#include "ref/reference/loss.h"

#include <math.h>
#include <stdlib.h>

/* One set of constants a population, or one a neuron where the case, or a line, gives one each. */
static size_t constants_of(const struct pass *e, size_t population)
{
    const struct case_population *p = e->c->population + population;
    bool const moved =
        line_touches(e, line_parameter(e, CASE_TAU_MEM, population), p->size) ||
        line_touches(e, line_parameter(e, CASE_TAU_SYN, population), p->size);
    return p->tau_mem.count == 1 && p->tau_syn.count == 1 && !moved ? 1 : p->size;
}

static void neuron_init(const struct pass *e, struct neuron *n, size_t population, size_t index,
                        struct constants *k)
{
    const struct case_population *p = e->c->population + population;
    *n = (struct neuron){.population = population, .index = index, .model = p->model, .k = k};
    arb_init(n->threshold);
    arb_init(n->reset);
    arb_init(n->bias);
    arb_init(n->crossing);
    arb_init(n->slope);
    arb_init(n->current);
    arb_init(n->p);
    arb_init(n->q);
    mag_init(n->size);
    mag_init(n->epsilon);
    mag_init(n->jump);
    line_value(n->bias, e, line_parameter(e, CASE_BIAS, population) + index,
               case_value(&p->bias, index));
    n->bias_d = middle_d(n->bias);
    if (p->model != CASE_LIF)
        return;
    line_value(n->threshold, e, line_parameter(e, CASE_THRESHOLD, population) + index,
               case_value(&p->threshold, index));
    n->threshold_d = middle_d(n->threshold);
    arb_set_d(n->reset, case_value(&p->reset, index));
}

void epsilon_find(struct pass *e)
{
    size_t const population = e->c->loss.population;
    mag_t size, total;
    mag_init(size);
    mag_init(total);
    for (size_t x = e->first[population]; x < e->first[population + 1]; x++) {
        struct neuron *n = e->neuron + x;
        arb_srcptr const parts[] = {n->bias, n->threshold, n->reset};
        mag_set_d(n->size, n->heard);
        for (size_t y = 0; y < sizeof parts / sizeof *parts; y++) {
            arb_get_mag(size, parts[y]);
            mag_add(n->size, n->size, size);
        }
        mag_zero(total);
        for (size_t y = 0; y < n->entries; y++)
            mag_max(total, total, arb_radref(e->event[n->tape[y].event].time));
        arb_get_mag(size, n->k->a);
        mag_mul(total, total, size);
        mag_mul_2exp_si(total, total, 4);
        mag_set(n->epsilon, n->size);
        mag_mul(n->epsilon, n->epsilon, total);
    }
    mag_clear(size);
    mag_clear(total);
}

static void constants_make(struct pass *e, struct constants *k, size_t population, size_t index)
{
    const struct case_population *p = e->c->population + population;
    arb_t tau_mem, tau_syn;
    arb_init(tau_mem);
    arb_init(tau_syn);
    line_value(tau_mem, e, line_parameter(e, CASE_TAU_MEM, population) + index,
               case_value(&p->tau_mem, index));
    line_value(tau_syn, e, line_parameter(e, CASE_TAU_SYN, population) + index,
               case_value(&p->tau_syn, index));
    constants_init(k, tau_mem, tau_syn, e->prec);
    e->shortest = fmin(e->shortest, fmin(k->tau_mem_d, k->tau_syn_d));
    arb_clear(tau_mem);
    arb_clear(tau_syn);
}

/* Of a point far above what a run that succeeds reaches, far below every margin that it can prove;
 * of a ball what near.c allows. */
static void rho_set(struct pass *e)
{
    const struct ref_line *line = e->options->line;
    mag_set_d_lower(e->rho, e->shortest);
    mag_mul_2exp_si(e->rho, e->rho, line && !arb_is_exact(line->h) ? -6 : -72 - e->prec / 8);
}

static enum outcome network_init(struct pass *e)
{
    const struct case_problem *c = e->c;
    e->first = calloc(c->populations + 1, sizeof *e->first);
    e->memo = calloc(c->populations, sizeof *e->memo);
    e->shift = calloc(c->populations, sizeof *e->shift);
    if (!e->first || !e->memo || !e->shift)
        return FULL;
    e->shortest = c->end;
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *pop = c->population + p;
        bool const source = pop->model == CASE_SPIKE_SOURCE;
        e->first[p + 1] = e->first[p] + (source ? 0 : pop->size);
        e->constants_count += source ? 0 : constants_of(e, p);
        e->memo[p].values = _arb_vec_init(P_ALL);
        arb_init(e->memo[p].span);
        e->shift[p].values = _arb_vec_init(P_ALL);
        arb_init(e->shift[p].span);
    }
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
        size_t const sets = constants_of(e, p);
        for (size_t x = 0; x < sets; x++)
            constants_make(e, k + x, p, x);
        for (size_t x = 0; x < pop->size; x++)
            neuron_init(e, e->neuron + e->first[p] + x, p, x, k + (sets == 1 ? 0 : x));
        k += sets;
    }
    rho_set(e);
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
    enum outcome outcome = line_init(e);
    if (outcome == PROVEN)
        outcome = network_init(e);
    return outcome == PROVEN ? drive_init(e) : outcome;
}

void pass_clear(struct pass *e)
{
    sample_end(e);
    drive_clear(e);
    for (size_t x = 0; x < e->neurons; x++) {
        struct neuron *n = e->neuron + x;
        arb_ptr const all[] = {n->threshold, n->reset,   n->bias, n->crossing,
                               n->slope,     n->current, n->p,    n->q};
        for (size_t y = 0; y < sizeof all / sizeof *all; y++)
            arb_clear(all[y]);
        mag_clear(n->size);
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
    line_clear(e);
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
        n->near = (struct near){0};
        n->heard = 0;
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
