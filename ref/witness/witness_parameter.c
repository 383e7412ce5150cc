/* SPDX-License-Identifier: MIT */
/* witness_parameter.c: the parameters of a case as MPFR numbers, moved along a direction.
 *
 * parameter = double of the case + h * coefficient, rounded once to the working precision for each
 * nudge. What no nudge touches keeps its 53 bits, which are exact. */
#include "ref/witness/witness.h"

#include <stdlib.h>

/* One number for all entries, or one each at the precision the direction demands. */
static int table_fill(struct witness_engine *e, struct witness_table *table, const double *value,
                      size_t values, size_t entries, bool moved)
{
    table->uniform = values == 1 && !moved;
    size_t count = table->uniform ? 1 : entries;
    table->at = witness_store_take(&e->store, count, moved ? e->work : 53);
    if (table->at == NULL) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        mpfr_set_d(table->at[i], value[values == 1 ? 0 : i], MPFR_RNDN);
    }
    return 0;
}

/* moved[2 p] and moved[2 p + 1]: do nudges touch the weights, the delays of projection p? */
static int projections_init(struct witness_engine *e, const bool *moved)
{
    const struct case_problem *c = e->c;
    for (size_t p = 0; p < c->projections; p++) {
        const struct case_projection *projection = &c->projection[p];
        size_t synapses =
            c->population[projection->source].size * c->population[projection->target].size;
        struct witness_table *weight = &e->weight[p];
        weight->active = malloc(synapses * sizeof weight->active[0]);
        if (weight->active == NULL ||
            table_fill(e, weight, projection->weight, synapses, synapses, moved[2 * p]) != 0 ||
            table_fill(e, &e->delay[p], projection->delay.at, projection->delay.count, synapses,
                       moved[2 * p + 1]) != 0) {
            return -1;
        }
        weight->uniform = false;
        for (size_t i = 0; i < synapses; i++) {
            weight->active[i] = !mpfr_zero_p(weight->at[i]);
        }
    }
    return 0;
}

static void neurons_set(struct witness_engine *e)
{
    for (size_t i = 0; i < e->neurons; i++) {
        struct witness_neuron *n = &e->neuron[i];
        const struct case_population *p = &e->c->population[n->population];
        mpfr_set_d(n->tau_mem, case_value(&p->tau_mem, n->index), MPFR_RNDN);
        mpfr_set_d(n->tau_syn, case_value(&p->tau_syn, n->index), MPFR_RNDN);
        mpfr_set_d(n->bias, case_value(&p->bias, n->index), MPFR_RNDN);
        if (n->model == CASE_LIF) {
            mpfr_set_d(n->threshold, case_value(&p->threshold, n->index), MPFR_RNDN);
            mpfr_set_d(n->reset, case_value(&p->reset, n->index), MPFR_RNDN);
        }
    }
}

/* Number of the input spike [neuron][k] among all of its sample, in the order of their emission
 * in witness_emissions_apply. */
static size_t emission_number(const struct case_problem *c, const struct case_block *block,
                              size_t k)
{
    const struct case_sample *sample = &c->sample[block->sample];
    size_t number = k;
    for (size_t p = 0; p <= block->population; p++) {
        if (c->population[p].model != CASE_SPIKE_SOURCE) {
            continue;
        }
        size_t last = p == block->population ? block->neuron : c->population[p].size;
        for (size_t i = 0; i < last; i++) {
            number += sample->spikes[p][i].count;
        }
    }
    return number;
}

static void shift_add(struct witness_engine *e, mpfr_ptr where, double coefficient)
{
    e->shift[e->shifts++] =
        (struct witness_shift){where, mpfr_get_d(where, MPFR_RNDN), coefficient};
}

static void nudge_resolve(struct witness_engine *e, const struct case_block *block, size_t element,
                          double coefficient)
{
    if (block->quantity == CASE_SPIKE_TIME) {
        e->time_shift[e->time_shifts++] = (struct witness_time_shift){
            block->sample, emission_number(e->c, block, element), coefficient};
        return;
    }
    if (block->quantity == CASE_WEIGHT) {
        struct witness_table *weight = &e->weight[block->projection];
        weight->active[element] = true;
        shift_add(e, weight->at[element], coefficient);
        return;
    }
    if (block->quantity == CASE_DELAY) {
        shift_add(e, e->delay[block->projection].at[element], coefficient);
        return;
    }
    if (e->first[block->population] == SIZE_MAX) {
        return;
    }
    struct witness_neuron *n = &e->neuron[e->first[block->population] + element];
    n->moved = true;
    if (block->quantity == CASE_TAU_MEM) {
        shift_add(e, n->tau_mem, coefficient);
    } else if (block->quantity == CASE_TAU_SYN) {
        shift_add(e, n->tau_syn, coefficient);
    } else if (block->quantity == CASE_THRESHOLD) {
        shift_add(e, n->threshold, coefficient);
    } else {
        shift_add(e, n->bias, coefficient);
    }
}

int witness_parameters_init(struct witness_engine *e)
{
    const struct case_problem *c = e->c;
    const struct witness_direction *direction = e->direction;
    size_t nudges = direction == NULL ? 0 : direction->nudges;
    struct case_block *block = NULL;
    size_t parameters = 0;
    size_t blocks = nudges == 0 ? 0 : case_blocks(&block, &parameters, c);
    bool *moved = calloc(2 * c->projections + 1, sizeof moved[0]);
    e->shift = malloc((nudges + 1) * sizeof e->shift[0]);
    e->time_shift = malloc((nudges + 1) * sizeof e->time_shift[0]);
    int status = -1;
    if (moved == NULL || e->shift == NULL || e->time_shift == NULL ||
        (nudges > 0 && block == NULL)) {
        goto done;
    }
    for (size_t i = 0; i < nudges; i++) {
        const struct case_block *b = case_block_of(block, blocks, direction->nudge[i].parameter);
        if (b->quantity == CASE_WEIGHT || b->quantity == CASE_DELAY) {
            moved[2 * b->projection + (b->quantity == CASE_DELAY)] = true;
        }
    }
    status = projections_init(e, moved);
    if (status == 0) {
        neurons_set(e);
        for (size_t i = 0; i < nudges; i++) {
            size_t parameter = direction->nudge[i].parameter;
            const struct case_block *b = case_block_of(block, blocks, parameter);
            nudge_resolve(e, b, parameter - b->first, direction->nudge[i].coefficient);
        }
    }
done:
    free(moved);
    free(block);
    return status;
}

int witness_parameters_apply(struct witness_engine *e, mpfr_srcptr h)
{
    for (size_t i = 0; i < e->shifts; i++) {
        mpfr_set_d(e->shift[i].where, e->shift[i].value, MPFR_RNDN);
    }
    for (size_t i = 0; i < e->shifts; i++) {
        mpfr_mul_d(e->amount, h, e->shift[i].coefficient, MPFR_RNDN);
        mpfr_add(e->shift[i].where, e->shift[i].where, e->amount, MPFR_RNDN);
    }
    for (size_t i = 0; i < e->neurons; i++) {
        struct witness_neuron *n = &e->neuron[i];
        if (n->model == CASE_LIF) {
            mpfr_sub(n->level, n->threshold, n->bias, MPFR_RNDN);
            mpfr_sub(n->floor, n->reset, n->bias, MPFR_RNDN);
        }
    }
    return witness_kinds_assign(e);
}

int witness_emissions_apply(struct witness_engine *e, mpfr_srcptr h)
{
    const struct case_problem *c = e->c;
    const struct case_sample *sample = &c->sample[e->sample];
    size_t number = 0;
    for (size_t p = 0; p < c->populations; p++) {
        size_t size = c->population[p].model == CASE_SPIKE_SOURCE ? c->population[p].size : 0;
        for (size_t i = 0; i < size; i++) {
            for (size_t k = 0; k < sample->spikes[p][i].count; k++) {
                mpfr_ptr time = witness_agenda_time(&e->agenda);
                if (time == NULL) {
                    return -1;
                }
                mpfr_set_d(time, sample->spikes[p][i].at[k], MPFR_RNDN);
                e->emission[number++] = time;
            }
        }
    }
    for (size_t i = 0; i < e->time_shifts; i++) {
        if (e->time_shift[i].sample == e->sample) {
            mpfr_ptr time = e->emission[e->time_shift[i].emission];
            mpfr_mul_d(e->amount, h, e->time_shift[i].coefficient, MPFR_RNDN);
            mpfr_add(time, time, e->amount, MPFR_RNDN);
        }
    }
    number = 0;
    for (size_t p = 0; p < c->populations; p++) {
        size_t size = c->population[p].model == CASE_SPIKE_SOURCE ? c->population[p].size : 0;
        for (size_t i = 0; i < size; i++) {
            for (size_t k = 0; k < sample->spikes[p][i].count; k++) {
                witness_agenda_push(&e->agenda, (struct witness_entry){e->emission[number++],
                                                                       WITNESS_EMISSION, p, i, 0});
            }
        }
    }
    return 0;
}
