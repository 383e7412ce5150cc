/* SPDX-License-Identifier: MIT */
/* parameter.c: numbers the parameters of a case, and names them.
 *
 * One flat order for every engine: blocks by quantity, then by projection, population, or sample,
 * population and neuron, as stored in the case; row-major inside a block. Blocks without elements
 * (the spike times of a silent source neuron) are kept, so that blocks and neurons correspond. */
#include "cases/cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct list {
    struct case_block *block; /* NULL: only count */
    size_t blocks, parameters;
};

static void append(struct list *list, struct case_block block)
{
    block.first = list->parameters;
    if (list->block)
        list->block[list->blocks] = block;
    list->blocks++;
    list->parameters += block.rows * block.columns;
}

static int has(enum case_model model, enum case_quantity quantity)
{
    return quantity == CASE_THRESHOLD ? model == CASE_LIF : model != CASE_SPIKE_SOURCE;
}

static void append_all(struct list *list, const struct case_problem *c)
{
    for (enum case_quantity q = CASE_WEIGHT; q <= CASE_DELAY; q++)
        for (size_t j = 0; j < c->projections; j++)
            append(list,
                   (struct case_block){.quantity = q,
                                       .projection = j,
                                       .rows = c->population[c->projection[j].source].size,
                                       .columns = c->population[c->projection[j].target].size});
    for (enum case_quantity q = CASE_TAU_MEM; q <= CASE_BIAS; q++)
        for (size_t p = 0; p < c->populations; p++)
            if (has(c->population[p].model, q))
                append(list, (struct case_block){.quantity = q,
                                                 .population = p,
                                                 .rows = 1,
                                                 .columns = c->population[p].size});
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++)
                append(list, (struct case_block){.quantity = CASE_SPIKE_TIME,
                                                 .sample = s,
                                                 .population = p,
                                                 .neuron = n,
                                                 .rows = 1,
                                                 .columns = c->sample[s].spikes[p][n].count});
}

const char *case_quantity_name(enum case_quantity quantity)
{
    static const char *const name[CASE_QUANTITIES] = {
        "weights", "delays", "tau_mem", "tau_syn", "threshold", "bias", "spike_times"};
    return name[quantity];
}

size_t case_parameters(const struct case_problem *c)
{
    struct list list = {NULL, 0, 0};
    append_all(&list, c);
    return list.parameters;
}

size_t case_blocks(struct case_block **block, size_t *parameters, const struct case_problem *c)
{
    struct list list = {NULL, 0, 0};
    append_all(&list, c);
    *block = list.block = calloc(list.blocks ? list.blocks : 1, sizeof *list.block);
    *parameters = 0;
    if (!list.block)
        return 0;
    list.blocks = list.parameters = 0;
    append_all(&list, c);
    *parameters = list.parameters;
    return list.blocks;
}

/* The last block that starts at or before the parameter: an empty block starts where its successor
 * does, so the last one is the one that holds elements. */
double case_parameter_value(const struct case_problem *c, const struct case_block *block,
                            size_t element)
{
    const struct case_population *population = &c->population[block->population];
    switch (block->quantity) {
    case CASE_WEIGHT:
        return c->projection[block->projection].weight[element];
    case CASE_DELAY:
        return case_value(&c->projection[block->projection].delay, element);
    case CASE_TAU_MEM:
        return case_value(&population->tau_mem, element);
    case CASE_TAU_SYN:
        return case_value(&population->tau_syn, element);
    case CASE_THRESHOLD:
        return case_value(&population->threshold, element);
    case CASE_BIAS:
        return case_value(&population->bias, element);
    case CASE_SPIKE_TIME:
        return c->sample[block->sample].spikes[block->population][block->neuron].at[element];
    case CASE_QUANTITIES:
        break;
    }
    return (double)NAN;
}

const struct case_block *case_block_of(const struct case_block *block, size_t blocks,
                                       size_t parameter)
{
    size_t low = 0, high = blocks; /* block[low].first <= parameter < block[high].first */
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (block[middle].first <= parameter)
            low = middle;
        else
            high = middle;
    }
    if (blocks == 0 || parameter - block[low].first >= block[low].rows * block[low].columns)
        return NULL;
    return &block[low];
}

void case_parameter_name(char *text, size_t size, const struct case_problem *c,
                         const struct case_block *block, size_t blocks, size_t parameter)
{
    const struct case_block *of = case_block_of(block, blocks, parameter);
    if (!of) {
        snprintf(text, size, "parameter %zu (there is none)", parameter);
        return;
    }
    size_t offset = parameter - of->first;
    const char *word = case_quantity_name(of->quantity);
    if (of->quantity <= CASE_DELAY)
        snprintf(text, size, "%s[%zu][%zu][%zu]", word, of->projection, offset / of->columns,
                 offset % of->columns);
    else if (of->quantity == CASE_SPIKE_TIME)
        snprintf(text, size, "%s[%zu].%s[%zu][%zu]", word, of->sample,
                 c->population[of->population].name, of->neuron, offset);
    else
        snprintf(text, size, "%s.%s[%zu]", word, c->population[of->population].name, offset);
}
