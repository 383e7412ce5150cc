/* SPDX-License-Identifier: MIT */
/* clock_forward.c: forward passes on the host, sample by sample.
 *
 * In a step, every population of cells first adds up the weight rows of what arrives (the rows are
 * listed before, so that a stretch of currents stays in registers while all rows pass), then all
 * its cells move on and the few that spike are looked for. */
#include "gpu/clock/plan.h"
#include "gpu/step.h"
#include "gpu/clock/vector.h"

#include <stdlib.h>

/* Cloned functions need names of their own in each of the two compilations (see vector.h). */
#define move_cells CLOCK(move_cells)

/* ---- arrivals ---- */

/* Only the synapses of this delay. */
static void add_row_delayed(real *i, const real *row, const uint32_t *delay, uint32_t wanted,
                            size_t width)
{
    for (size_t j = 0; j < width; j++)
        i[j] = delay[j] == wanted ? i[j] + row[j] : i[j];
}

enum { BATCH = 64 }; /* rows listed at a time */

struct rows { /* not added yet */
    const real *row[BATCH];
    size_t count, width;
    real *i;
};

static void flush(struct rows *rows)
{
    if (rows->count > 0)
        clock_add_rows(rows->i, rows->row, rows->count, rows->width);
    rows->count = 0;
}

/* The spikes of step `step` of one fan of a projection. */
static void deliver_fan(const struct clock_plan *plan, struct clock_sample *s, struct rows *rows,
                        const struct clock_projection *p, size_t fan, uint32_t step)
{
    const struct clock_list *list = &s->spikes[p->source];
    uint32_t delay = plan->fan[fan].delay;
    for (size_t k = s->cursor[fan]; k < list->count && list->step[k] == step; k++) {
        size_t i = list->neuron[k];
        const real *row = plan->weight + p->weight + i * p->width;
        if (p->delay) {
            flush(rows);
            add_row_delayed(rows->i, row, p->delay + i * p->width, delay, p->width);
            continue;
        }
        rows->row[rows->count++] = row;
        if (rows->count == BATCH)
            flush(rows);
    }
}

static void deliver(const struct clock_plan *plan, struct clock_sample *s,
                    const struct clock_population *population, uint32_t n)
{
    struct rows rows = {.count = 0, .width = population->padded, .i = s->i + population->first};
    for (size_t k = 0; k < population->incomings; k++) {
        const struct clock_projection *p =
            &plan->projection[plan->incoming[population->incoming + k]];
        for (size_t f = 0; f < p->fans; f++) {
            uint32_t delay = plan->fan[p->fan[f]].delay;
            if (n > delay)
                deliver_fan(plan, s, &rows, p, p->fan[f], n - 1 - delay);
        }
    }
    flush(&rows);
}

/* Past the spikes that arrive at the start of step n. */
static void advance_cursors(const struct clock_plan *plan, struct clock_sample *s, uint32_t n)
{
    for (size_t f = 0; f < plan->fans; f++) {
        const struct clock_list *list = &s->spikes[plan->fan[f].source];
        uint32_t delay = plan->fan[f].delay;
        size_t k = s->cursor[f];
        while (n > delay && k < list->count && list->step[k] == n - 1 - delay)
            k++;
        s->cursor[f] = k;
    }
}

/* ---- cells ---- */

/* Moves cells on by a step: v and i in place, i before its decay into before. Whether one of each
 * LANES reaches its threshold, into any[width / LANES]. */
CLONED_WIDEST static void move_cells(real *restrict v, real *restrict i, real *restrict before,
                                     unsigned char *restrict any, const struct clock_plan *plan,
                                     size_t first, size_t width)
{
    const real *restrict alpha = plan->alpha + first, *restrict beta = plan->beta + first;
    const real *restrict kappa = plan->kappa + first, *restrict drive = plan->drive + first;
    const real *restrict threshold = plan->threshold + first;
    for (size_t j = 0; j < width; j += LANES) {
        int over = 0;
        for (size_t l = j; l < j + LANES; l++) {
            real current = i[l], fresh = step_voltage(v[l], current, alpha[l], kappa[l], drive[l]);
            over |= fresh >= threshold[l];
            before[l] = current;
            i[l] = step_current(current, beta[l]);
            v[l] = fresh;
        }
        any[j / LANES] = (unsigned char)over;
    }
}

int clock_list_room(struct clock_list *list, size_t room)
{
    if (room <= list->room)
        return 0;
    uint32_t *steps = realloc(list->step, room * sizeof *steps);
    if (steps)
        list->step = steps;
    uint32_t *neurons = realloc(list->neuron, room * sizeof *neurons);
    if (neurons)
        list->neuron = neurons;
    real *slopes = realloc(list->slope, room * sizeof *slopes);
    if (slopes)
        list->slope = slopes;
    real *revs = realloc(list->rev, room * sizeof *revs);
    if (revs)
        list->rev = revs;
    if (!steps || !neurons || !slopes || !revs)
        return -1;
    list->room = room;
    return 0;
}

static int append(struct clock_list *list, uint32_t step, uint32_t neuron, real slope)
{
    if (list->count == list->room &&
        clock_list_room(list, list->room > 0 ? 2 * list->room : 256) != 0)
        return -1;
    list->step[list->count] = step;
    list->neuron[list->count] = neuron;
    list->slope[list->count++] = slope;
    return 0;
}

static int fire(const struct clock_plan *plan, struct clock_sample *s, size_t population,
                uint32_t n)
{
    const struct clock_population *p = &plan->population[population];
    for (size_t block = 0; block < p->padded; block += LANES) {
        if (!s->any[block / LANES])
            continue;
        for (size_t k = block; k < block + LANES; k++) {
            size_t cell = p->first + k;
            if (!(s->v[cell] >= plan->threshold[cell]))
                continue;
            real slope = step_slope(s->before[cell], plan->bias[cell], s->v[cell]);
            if (append(&s->spikes[population], n, (uint32_t)k, slope) != 0)
                return -1;
            if (population == plan->loss.population && s->when[k] == UINT32_MAX)
                s->when[k] = n;
            s->v[cell] = plan->reset[cell];
        }
    }
    return 0;
}

/* ---- what the step leaves behind ---- */

static void widen(double *to, const real *from, size_t count)
{
    for (size_t k = 0; k < count; k++)
        to[k] = (double)from[k];
}

static void keep(real *to, const real *from, size_t count)
{
    for (size_t k = 0; k < count; k++)
        to[k] = from[k];
}

static int step_population(const struct clock_plan *plan, struct clock_sample *s, size_t population,
                           uint32_t n)
{
    const struct clock_population *p = &plan->population[population];
    size_t first = p->first, row = (size_t)n * plan->cells + first;
    if (population == plan->loss.population)
        clock_loss_waits(plan, s);
    if ((plan->options.variant & SCHEME_CLAMP) && n + 1 == plan->steps)
        for (size_t k = 0; k < p->padded; k++)
            s->i[first + k] = 0;
    deliver(plan, s, p, n);
    if (s->trace_v) {
        keep(s->trace_v + row, s->v + first, p->padded);
        keep(s->trace_i + row, s->i + first, p->padded);
    }
    if (population == plan->loss.population)
        clock_loss_before(plan, s, n);
    move_cells(s->v + first, s->i + first, s->before + first, s->any, plan, first, p->padded);
    if (s->saw[0]) {
        widen(s->saw[0] + row, s->v + first, p->padded);
        widen(s->saw[1] + row, s->before + first, p->padded);
    }
    if (population == plan->loss.population)
        clock_loss_after(plan, s, n);
    return p->model == CASE_LIF ? fire(plan, s, population, n) : 0;
}

static int forward_sample(const struct clock_plan *plan, struct clock_sample *s, size_t sample)
{
    clock_loss_begin(plan, s);
    keep(s->v, s->zero, plan->cells);
    keep(s->i, s->zero, plan->cells);
    for (size_t f = 0; f < plan->fans; f++)
        s->cursor[f] = 0;
    for (size_t p = 0; p < plan->populations; p++)
        if (plan->population[p].model == CASE_LIF)
            s->spikes[p].count = 0;
    for (uint32_t n = 0; n < plan->steps; n++) {
        for (size_t p = 0; p < plan->populations; p++)
            if (plan->population[p].model != CASE_SPIKE_SOURCE &&
                step_population(plan, s, p, n) != 0)
                return -1;
        advance_cursors(plan, s, n);
    }
    clock_loss_end(plan, s, sample);
    return 0;
}

int clock_forward(struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    int failed = 0;
    double sum = 0;
    size_t first = clock_first(run), last = clock_last(run);
#pragma omp parallel for schedule(dynamic, 1) reduction(| : failed)
    for (size_t k = first; k < last; k++)
        failed |= forward_sample(plan, &run->sample[k], k) != 0;
    for (size_t k = 0; k < plan->valid && !failed; k++)
        sum = sum + run->sample[plan->order[k]].loss;
    run->loss = (double)(real)(sum / (double)plan->valid);
    return failed ? -1 : 0;
}
