/* SPDX-License-Identifier: MIT */
/* grid_backward.c: the adjoint of one sample, from the end of the trial to its beginning.
 *
 * At index a, time a dt: arrivals add w . (lambda_V - lambda_I) to the reverse input of their spike
 * and to the sums of the gradients (an arrival at a maximum: with part of the jump there); the
 * maximum of an output, then the spikes of step a - 1 make lambda_V jump; the gradients of time
 * constants gather; the adjoint moves to (a - 1) dt. */
#include "ref/grid/grid.h"

static void begin(struct grid *g)
{
    for (size_t k = 0; k < g->cells; k++) {
        grid_zero(&g->adjoint[k].v);
        grid_zero(&g->adjoint[k].i);
        g->adjoint[k].across = 0;
        g->adjoint[k].gap = HUGE_VAL;
        grid_zero(g->tau_mem + k);
        grid_zero(g->tau_syn + k);
    }
    for (size_t p = 0; p < g->c->populations; p++)
        g->across_at[p] = 0;
    if (g->c->loss.kind != CASE_MAX_VOLTAGE_CROSS_ENTROPY)
        return;
    for (size_t j = 0; j < g->loss.outputs; j++) /* the engine's jump may be anywhere */
        if (!g->loss.maximum[j].sure)
            g->adjoint[g->loss.cell + j].v.e = g->adjoint[g->loss.cell + j].across = HUGE_VAL;
}

static void tell(struct grid *g, uint32_t a)
{
    for (size_t k = 0; k < g->cells; k++) {
        struct ref_grid_number told = {.quantity = REF_GRID_LAMBDA_V, .cell = k, .step = a - 1};
        grid_tell(g, &told, &g->adjoint[k].v);
        told.quantity = REF_GRID_LAMBDA_I;
        grid_tell(g, &told, &g->adjoint[k].i);
    }
}

/* ---- arrivals ---- */

/* A maximum at an arrival moves with it. */
static void add_maximum(struct grid *g, uint32_t a)
{
    struct grid_number *seen = g->scratch + GRID_SCRATCH - 1;
    for (size_t j = 0; j < g->loss.outputs; j++)
        if (g->loss.maximum[j].when == a) {
            struct grid_number *x = g->across + g->loss.cell + j;
            grid_maximum_seen(seen, g, j, a);
            grid_add(x, x, seen, g->real);
        }
}

/* lambda_V - lambda_I as arrivals at a see it, computed once for all who read it. */
static const struct grid_number *across(struct grid *g, size_t population, uint32_t a)
{
    size_t first = g->first[population], end = first + g->c->population[population].size;
    bool maximum = g->c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    if (g->across_at[population] == a)
        return g->across + first;
    for (size_t k = first; k < end; k++)
        grid_adjoint_across(g->across + k, g->adjoint + k, g->real);
    if (maximum && population == g->c->loss.population)
        add_maximum(g, a);
    g->across_at[population] = a;
    return g->across + first;
}

static double backward_weight(const struct grid *g, size_t projection, size_t synapse)
{
    return grid_has(g, SCHEME_STALE) ? g->options->backward_weight[projection][synapse]
                                     : g->c->projection[projection].weight[synapse];
}

/* Lanes of every GRID_LANES-th target, folded in halves; what the engine adds as zero is left out.
 */
static void dot(struct grid_number *z, struct grid *g, size_t projection, size_t row,
                uint32_t delay, const struct grid_number *x)
{
    const struct grid_fan *fan = g->fan + projection;
    size_t first, end;
    for (size_t l = 0; l < GRID_LANES; l++)
        grid_zero(g->lane + l);
    grid_fan_range(&first, &end, g, projection, row, delay);
    for (size_t k = first; k < end; k++) {
        size_t j = grid_fan_target(fan, row, k);
        struct grid_number *lane = g->lane + j % GRID_LANES;
        grid_set_rounded(&g->term, backward_weight(g, projection, row * fan->columns + j), g->real);
        grid_mul(&g->term, &g->term, x + j, g->real);
        grid_add(lane, lane, &g->term, g->real);
    }
    for (size_t half = GRID_LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            grid_add(g->lane + l, g->lane + l, g->lane + l + half, g->real);
    grid_set(z, g->lane);
}

static void receive(struct grid *g, size_t projection, uint32_t delay, uint32_t a)
{
    const struct case_projection *p = g->c->projection + projection;
    const struct grid_fan *fan = g->fan + projection;
    struct grid_spikes *list = g->spikes + p->source;
    uint32_t step = a - 1 - delay;
    if (list->first[step] == list->first[step + 1])
        return;
    const struct grid_number *x = across(g, p->target, a);
    const struct grid_adjoint *adjoint = g->adjoint + g->first[p->target];
    for (size_t s = list->first[step]; s < list->first[step + 1]; s++) {
        size_t row = list->neuron[s], first, end;
        if (!list->heard[s])
            continue;
        grid_fan_range(&first, &end, g, projection, row, delay);
        for (size_t k = first; k < end; k++) {
            size_t j = grid_fan_target(fan, row, k);
            size_t synapse = fan->first + row * fan->columns + j;
            grid_sums_add(&g->weight_sums, synapse, &adjoint[j].i);
            grid_sums_add(&g->delay_sums, synapse, x + j);
        }
        if (list->rev) {
            dot(g->scratch, g, projection, row, delay, x);
            grid_add(list->rev + s, list->rev + s, g->scratch, g->real);
        }
    }
}

static void receive_all(struct grid *g, uint32_t a)
{
    for (size_t p = 0; p < g->c->projections; p++) {
        const struct grid_fan *fan = g->fan + p;
        for (size_t d = 0; d < fan->distinct && fan->delay[d] < a; d++)
            receive(g, p, fan->delay[d], a);
    }
}

/* ---- jumps ---- */

static void jump_maximum(struct grid *g, uint32_t a)
{
    const struct grid_loss *l = &g->loss;
    for (size_t j = 0; j < l->outputs; j++)
        if (l->maximum[j].when == a)
            grid_adjoint_jump(g->adjoint + l->cell + j, l->pull + j, g->real);
}

/* lambda_V = lambda_V + ((height lambda_V + rev) + dloss/dt) / slope. */
static void jump(struct grid *g, size_t population, size_t number, bool scored)
{
    struct grid_spikes *list = g->spikes + population;
    size_t neuron = list->neuron[number], k = g->first[population] + neuron;
    struct grid_number *t = g->scratch;
    grid_mul(t, &g->cell[k].height, &g->adjoint[k].v, g->real);
    grid_add(t, t, list->rev + number, g->real);
    if (scored && g->loss.first[neuron] == number)
        grid_add(t, t, g->loss.pull + neuron, g->real);
    grid_div(t, t, list->slope + number, g->real);
    if (!(t->e < HUGE_VAL))
        grid_undecided(g,
                       "sample %zu, population %s, neuron %zu: the slope of a spike is within "
                       "rounding of zero",
                       g->sample, g->c->population[population].name, neuron);
    grid_adjoint_jump(g->adjoint + k, t, g->real);
}

static void jump_all(struct grid *g, uint32_t step)
{
    for (size_t p = 0; p < g->c->populations; p++) {
        const struct grid_spikes *list = g->spikes + p;
        for (size_t s = list->first[step]; list->rev && s < list->first[step + 1]; s++)
            if (list->heard[s])
                jump(g, p, s, p == g->c->loss.population);
    }
}

/* ---- gradients of time constants ---- */

/* The cell and step whose V and I are taken; false: nothing is. The published code is a step late
 * and takes the next neuron of the population in the earlier half of the trial. */
static bool trace_place(size_t *cell, uint32_t *step, const struct grid *g, uint32_t k)
{
    const struct grid_cell *own = g->cell + *cell;
    *step = k;
    if (!grid_has(g, SCHEME_TAU_PUBLISHED))
        return true;
    *step = k + 1;
    bool next = own->index + 1 < g->c->population[own->population].size;
    if (g->steps - 1 - k > g->steps / 2 && next)
        ++*cell;
    return *step < g->steps;
}

static void gather_tau(struct grid *g, size_t cell, uint32_t k)
{
    struct grid_number *t = g->scratch, *i;
    size_t from = cell;
    uint32_t step;
    if (!trace_place(&from, &step, g, k))
        return;
    i = grid_i(g, step) + from;
    if (!grid_is_zero(&g->adjoint[cell].v)) {
        grid_add(t, i, &g->cell[cell].bias, g->real);
        grid_sub(t, t, grid_v(g, step) + from, g->real);
        grid_mul(t, &g->adjoint[cell].v, t, g->real);
        grid_add(g->tau_mem + cell, g->tau_mem + cell, t, g->real);
    }
    grid_mul(t, &g->adjoint[cell].i, i, g->real);
    grid_add(g->tau_syn + cell, g->tau_syn + cell, t, g->real);
}

/* ---- the whole ---- */

static void propagate_all(struct grid *g, uint32_t k)
{
    bool drives = grid_loss_drives(g);
    struct grid_number *drive = g->scratch + GRID_SCRATCH - 1;
    if (drives)
        grid_loss_drive_begin(g, k);
    for (size_t c = 0; c < g->cells; c++) {
        if (drives && g->cell[c].population == g->c->loss.population) {
            double drift = grid_loss_drive(drive, g, k, g->cell[c].index);
            grid_propagate_driven(g, g->adjoint + c, g->cell + c, drive, drift);
        } else {
            grid_propagate_free(g, g->adjoint + c, g->cell + c);
        }
    }
}

void grid_backward(struct grid *g)
{
    bool maximum = g->c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    bool late = grid_has(g, SCHEME_LATE_JUMP);
    begin(g);
    for (uint32_t a = g->steps; a > 0; a--) {
        uint32_t step = a - 1;
        if (g->options->observe)
            tell(g, a);
        if (a < g->steps)
            receive_all(g, a);
        if (maximum)
            jump_maximum(g, a);
        if (!late)
            jump_all(g, step);
        for (size_t k = 0; k < g->cells; k++)
            gather_tau(g, k, step);
        propagate_all(g, step);
        if (late)
            jump_all(g, step);
    }
    for (size_t k = 0; k < g->cells; k++) {
        grid_sums_add(&g->tau_mem_sums, k, g->tau_mem + k);
        grid_sums_add(&g->tau_syn_sums, k, g->tau_syn + k);
    }
}
