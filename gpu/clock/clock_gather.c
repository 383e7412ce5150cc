/* SPDX-License-Identifier: MIT */
/* clock_gather.c: weight and delay gradients on the host, gathered per source neuron.
 *
 * In a chunk of arrival indices, the arrivals of one source neuron are listed over all samples; the
 * rows of the history that they point to are then added up in registers. One owner an element and
 * one order: chunks from late to early; in a chunk delays ascending, samples in canonical order,
 * indices from late to early. Columns are the outer loop, so that the part of the history that is
 * read again and again stays in the second-level cache. */
#include "gpu/clock/plan.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists by source neuron: a counting sort ---- */

/* The spikes of a sample whose arrivals over a fan have indices in [low, high]. */
static void window(size_t *from, size_t *to, const struct clock_list *list, uint32_t delay,
                   uint32_t low, uint32_t high)
{
    *from = low > delay ? clock_from(list, low - 1 - delay) : 0;
    *to = high > delay ? clock_from(list, high - delay) : 0;
}

static int make_room(struct clock_run *run, size_t fan, size_t count)
{
    if (count <= run->gather.room[fan])
        return 0;
    size_t room = count + count / 2;
    uint32_t *grown = realloc(run->gather.entry[fan], room * sizeof *grown);
    if (!grown)
        return -1;
    run->gather.entry[fan] = grown;
    run->gather.room[fan] = room;
    return 0;
}

/* Entries of neuron i are entry[first[i] .. first[i + 1]): while they are filled, first[i + 1] is
 * the next free place of neuron i. */
int clock_gather_sort(struct clock_run *run, size_t fan, uint32_t chunk)
{
    const struct clock_plan *plan = run->plan;
    uint32_t delay = plan->fan[fan].delay, low = chunk * CHUNK, high = low + CHUNK - 1;
    size_t source = plan->fan[fan].source, size = plan->population[source].size, from, to, sum = 0;
    size_t *first = run->gather.first + run->gather.begin[fan];
    if (high > plan->steps - 1)
        high = plan->steps - 1;
    memset(first, 0, (size + 2) * sizeof *first);
    for (size_t k = 0; k < plan->valid; k++) {
        const struct clock_list *list = &run->sample[k].back[source];
        window(&from, &to, list, delay, low, high);
        for (size_t n = from; n < to; n++)
            first[list->neuron[n] + 2]++;
    }
    for (size_t i = 2; i < size + 2; i++)
        first[i] = sum += first[i];
    if (make_room(run, fan, sum) != 0)
        return -1;
    uint32_t *entry = run->gather.entry[fan];
    for (size_t k = 0; k < plan->valid; k++) {
        size_t sample = plan->order[k];
        const struct clock_list *list = &run->sample[sample].back[source];
        window(&from, &to, list, delay, low, high);
        for (size_t n = to; n-- > from;)
            entry[first[list->neuron[n] + 1]++] =
                (uint32_t)(sample * CHUNK + (list->step[n] + 1 + delay - low));
    }
    return 0;
}

/* ---- sums ---- */

static void add_history_delayed(real *sum, const real *history, const uint32_t *entry,
                                size_t entries, size_t stride, size_t wide, const uint32_t *delay,
                                uint32_t wanted)
{
    for (size_t e = 0; e < entries; e++)
        for (size_t j = 0; j < wide; j++)
            sum[j] = delay[j] == wanted ? sum[j] + history[entry[e] * stride + j] : sum[j];
}

static void gather_row(const struct clock_run *run, const struct clock_projection *p, size_t row,
                       size_t left, size_t wide)
{
    const struct clock_plan *plan = run->plan;
    size_t column = plan->population[p->target].first + left;
    size_t kind = plan->samples * CHUNK * plan->cells;
    for (size_t h = 0; h < plan->history; h++) {
        real *sum = run->gradient + h * plan->synapses + p->weight + row * p->width + left;
        const real *history = run->history + h * kind + column;
        for (size_t f = 0; f < p->fans; f++) {
            const size_t *first = run->gather.first + run->gather.begin[p->fan[f]] + row;
            const uint32_t *entry = run->gather.entry[p->fan[f]] + first[0];
            size_t entries = first[1] - first[0];
            if (entries == 0)
                continue;
            if (p->delay)
                add_history_delayed(sum, history, entry, entries, plan->cells, wide,
                                    p->delay + row * p->width + left, plan->fan[p->fan[f]].delay);
            else
                clock_add_history(sum, history, entry, entries, plan->cells, wide);
        }
    }
}

void clock_gather(const struct clock_run *run, size_t projection, size_t from, size_t to,
                  size_t left, size_t wide)
{
    for (size_t row = from; row < to; row++)
        gather_row(run, &run->plan->projection[projection], row, left, wide);
}
