/* SPDX-License-Identifier: MIT */
/* device_rows.c: the arrivals of input spikes, sorted for kernel_gather: chunks from late to early;
 * in a chunk by row of a projection; in a row delays ascending, samples in the order of the plan,
 * indices from late to early, which is the order of the sum. Two stable counting sorts. */
#include "gpu/device/device_run.h"

#include <stdlib.h>

struct device_arrival {
    uint32_t chunk, line, wanted, entry; /* line: rows of all projections from inputs in turn */
};

/* Projections as the device numbers them: from lif populations, then from inputs. */
static bool from_input(const struct clock_plan *plan, size_t projection)
{
    size_t source = plan->projection[projection].source;
    return plan->population[source].model == CASE_SPIKE_SOURCE;
}

/* Appends the arrivals of one projection over one of its fans; only counts where to is NULL. */
static size_t list_fan(struct device_arrival *to, const struct clock_run *run, size_t fan,
                       uint32_t line)
{
    const struct clock_plan *plan = run->plan;
    uint64_t delay = plan->fan[fan].delay;
    size_t count = 0;
    for (size_t rank = 0; rank < plan->valid; rank++) {
        const struct clock_list *list = &run->sample[plan->order[rank]].back[plan->fan[fan].source];
        for (size_t k = list->count; k-- > 0;) {
            uint64_t a = list->step[k] + 1 + delay;
            if (a >= plan->steps)
                continue;
            if (to)
                to[count] =
                    (struct device_arrival){(uint32_t)(a / CHUNK), line + list->neuron[k],
                                            (uint32_t)delay, (uint32_t)(rank * CHUNK + a % CHUNK)};
            count++;
        }
    }
    return count;
}

static size_t list_all(struct device_arrival *to, const struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    size_t count = 0, line = 0;
    for (size_t p = 0; p < plan->projections; p++) {
        const struct clock_projection *projection = &plan->projection[p];
        if (!from_input(plan, p))
            continue;
        for (size_t f = 0; f < projection->fans; f++)
            count += list_fan(to ? to + count : NULL, run, projection->fan[f], (uint32_t)line);
        line += projection->rows;
    }
    return count;
}

static uint32_t key_of(const struct device_arrival *a, bool by_chunk, uint32_t last)
{
    return by_chunk ? last - a->chunk : a->line;
}

/* place: [keys + 1] */
static void sort(struct device_arrival *to, const struct device_arrival *from, size_t count,
                 bool by_chunk, uint32_t last, size_t *place, size_t keys)
{
    for (size_t k = 0; k <= keys; k++)
        place[k] = 0;
    for (size_t k = 0; k < count; k++)
        place[key_of(&from[k], by_chunk, last) + 1]++;
    for (size_t k = 0; k < keys; k++)
        place[k + 1] += place[k];
    for (size_t k = 0; k < count; k++)
        to[place[key_of(&from[k], by_chunk, last)]++] = from[k];
}

/* first: the line of the first row of every projection of the device. */
static void fill(struct device_rows *rows, const struct device_arrival *a, size_t count,
                 const uint32_t *first)
{
    rows->rows = rows->segments = 0;
    for (size_t k = 0; k < count; k++) {
        bool fresh = k == 0 || a[k].chunk != a[k - 1].chunk || a[k].line != a[k - 1].line;
        if (fresh) {
            uint32_t projection = 0;
            while (first[projection + 1] <= a[k].line)
                projection++;
            rows->chunk[rows->rows] = a[k].chunk;
            rows->row[rows->rows++] = (struct device_row){projection, a[k].line - first[projection],
                                                          (uint32_t)rows->segments, 0};
        }
        if (fresh || a[k].wanted != a[k - 1].wanted) {
            rows->row[rows->rows - 1].segments++;
            rows->segment[rows->segments++] =
                (struct device_segment){a[k].wanted, (uint32_t)k, (uint32_t)k};
        }
        rows->segment[rows->segments - 1].end++;
        rows->entry[k] = a[k].entry;
    }
    rows->entries = count;
}

/* [projections + 1]; those from lif populations have no lines. */
static uint32_t *lines_of(const struct clock_plan *plan)
{
    uint32_t *first = malloc((plan->projections + 1) * sizeof *first);
    uint32_t line = 0;
    size_t at = 0;
    for (int inputs = 0; first && inputs < 2; inputs++)
        for (size_t p = 0; p < plan->projections; p++)
            if (from_input(plan, p) == (inputs == 1)) {
                first[at++] = line;
                line += inputs ? (uint32_t)plan->projection[p].rows : 0;
            }
    if (first)
        first[at] = line;
    return first;
}

/* What is kept is only what is thrown away when there has to be more. */
static int make_room(struct device_rows *rows, size_t count, size_t keys)
{
    if (count <= rows->room && keys <= rows->keys)
        return 0;
    count += count / 2;
    device_rows_clear(rows);
    *rows = (struct device_rows){
        .row = malloc((count + 1) * sizeof *rows->row),
        .segment = malloc((count + 1) * sizeof *rows->segment),
        .entry = malloc((count + 1) * sizeof *rows->entry),
        .chunk = malloc((count + 1) * sizeof *rows->chunk),
        .room = count,
        .keys = keys,
        .a = malloc((count + 1) * sizeof *rows->a),
        .b = malloc((count + 1) * sizeof *rows->b),
        .place = malloc((keys + 1) * sizeof *rows->place),
    };
    return rows->row && rows->segment && rows->entry && rows->chunk && rows->a && rows->b &&
                   rows->place
               ? 0
               : -1;
}

int device_rows_make(struct device_rows *rows, const struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    uint32_t last = (plan->steps - 1) / CHUNK, *first = lines_of(plan);
    size_t count = list_all(NULL, run);
    size_t keys = first && first[plan->projections] > last ? first[plan->projections] : last + 1;
    bool made = first && count < UINT32_MAX && make_room(rows, count, keys) == 0;
    if (made) {
        list_all(rows->a, run);
        sort(rows->b, rows->a, count, false, last, rows->place, first[plan->projections]);
        sort(rows->a, rows->b, count, true, last, rows->place, (size_t)last + 1);
        fill(rows, rows->a, count, first);
    }
    free(first);
    return made ? 0 : -1;
}

void device_rows_clear(struct device_rows *rows)
{
    free(rows->row);
    free(rows->segment);
    free(rows->entry);
    free(rows->chunk);
    free(rows->a);
    free(rows->b);
    free(rows->place);
    *rows = (struct device_rows){.row = NULL};
}
