/* SPDX-License-Identifier: MIT */
/* grid_gradient.c: from sums over arrivals and steps to gradients, B samples.
 *
 *     dL/dw = sum lambda_I R(-tau_syn/B)      dL/ddelay = (sum (lambda_V - lambda_I) w) / R(B)
 *     dL/dtau_mem = sum R(dt/(tau_mem B))     dL/dtau_syn = sum R(-dt/(tau_syn B)) */
#include "ref/grid/grid.h"

#include <stdlib.h>

int grid_gradient_init(struct grid *g)
{
    bool ordered = g->c->samples == 1; /* else by a digest that only the engine knows */
    size_t synapses = g->options->gradients ? g->synapses : 0;
    size_t cells = g->options->gradients ? g->cells : 0;
    if (grid_sums_init(&g->weight_sums, synapses, ordered, g->real) != 0 ||
        grid_sums_init(&g->delay_sums, synapses, ordered, g->real) != 0 ||
        grid_sums_init(&g->tau_mem_sums, cells, ordered, g->real) != 0 ||
        grid_sums_init(&g->tau_syn_sums, cells, ordered, g->real) != 0 ||
        grid_sums_init(&g->loss_sums, 1, ordered, &grid_binary64) != 0)
        return -1;
    g->adjoint = calloc(cells + 1, sizeof *g->adjoint);
    g->across = grid_numbers(cells);
    g->tau_mem = grid_numbers(cells);
    g->tau_syn = grid_numbers(cells);
    g->across_at = calloc(g->c->populations + 1, sizeof *g->across_at);
    return g->adjoint && g->across && g->tau_mem && g->tau_syn && g->across_at ? 0 : -1;
}

void grid_gradient_clear(struct grid *g)
{
    size_t cells = g->options->gradients ? g->cells : 0;
    grid_sums_clear(&g->weight_sums);
    grid_sums_clear(&g->delay_sums);
    grid_sums_clear(&g->tau_mem_sums);
    grid_sums_clear(&g->tau_syn_sums);
    grid_sums_clear(&g->loss_sums);
    for (size_t k = 0; g->adjoint && k < cells; k++) {
        arb_clear(g->adjoint[k].v.x);
        arb_clear(g->adjoint[k].i.x);
    }
    free(g->adjoint);
    grid_numbers_clear(g->across, cells);
    grid_numbers_clear(g->tau_mem, cells);
    grid_numbers_clear(g->tau_syn, cells);
    free(g->across_at);
}

static void end_weight(struct grid_number *z, struct grid *g, size_t projection, size_t synapse)
{
    const struct grid_fan *fan = g->fan + projection;
    size_t target = g->c->projection[projection].target;
    struct grid_number *factor = g->scratch + 1;
    grid_sums_end(z, &g->weight_sums, fan->first + synapse);
    arb_set_d(factor->x, -g->cell[g->first[target] + synapse % fan->columns].tau_syn);
    arb_div_ui(factor->x, factor->x, g->c->samples, GRID_BITS);
    grid_constant(factor, factor->x, g->real);
    grid_mul(z, z, factor, g->real);
}

static void end_delay(struct grid_number *z, struct grid *g, size_t projection, size_t synapse)
{
    struct grid_number *factor = g->scratch + 1;
    bool stale = grid_has(g, SCHEME_STALE);
    const double *weight =
        stale ? g->options->backward_weight[projection] : g->c->projection[projection].weight;
    grid_sums_end(z, &g->delay_sums, g->fan[projection].first + synapse);
    grid_set_rounded(factor, weight[synapse], g->real);
    grid_mul(z, z, factor, g->real);
    grid_set_rounded(factor, (double)g->c->samples, g->real);
    grid_div(z, z, factor, g->real);
}

/* The published code leaves out dt. */
static void end_tau(struct grid_number *z, struct grid *g, size_t cell, bool synaptic)
{
    struct grid_number *factor = g->scratch + 1, *t = factor + 1;
    grid_sums_end(z, synaptic ? &g->tau_syn_sums : &g->tau_mem_sums, cell);
    arb_set_d(t->x, synaptic ? -g->cell[cell].tau_syn : g->cell[cell].tau_mem);
    if (grid_has(g, SCHEME_TAU_PUBLISHED)) {
        arb_set_ui(factor->x, 1);
    } else {
        arb_set_d(factor->x, g->c->end);
        arb_div_ui(factor->x, factor->x, g->steps, GRID_BITS);
    }
    arb_div_ui(factor->x, factor->x, g->c->samples, GRID_BITS);
    arb_div(factor->x, factor->x, t->x, GRID_BITS);
    grid_constant(factor, factor->x, g->real);
    grid_mul(z, z, factor, g->real);
}

static void end_block(struct grid *g, const struct case_block *block)
{
    struct grid_number *z = g->scratch;
    for (size_t k = 0; k < block->rows * block->columns; k++) {
        if (block->quantity == CASE_WEIGHT)
            end_weight(z, g, block->projection, k);
        else if (block->quantity == CASE_DELAY)
            end_delay(z, g, block->projection, k);
        else
            end_tau(z, g, g->first[block->population] + k, block->quantity == CASE_TAU_SYN);
        grid_report(g->result->gradient + block->first + k,
                    g->result->gradient_bound + block->first + k, z);
        if (!(z->e < HUGE_VAL))
            grid_undecided(g, "a gradient may overflow");
    }
}

int grid_gradient_end(struct grid *g)
{
    struct case_block *block = NULL;
    size_t parameters, blocks = case_blocks(&block, &parameters, g->c);
    for (size_t b = 0; b < blocks; b++)
        if (block[b].quantity <= CASE_TAU_SYN) {
            g->result->provides[block[b].quantity] = true;
            end_block(g, block + b);
        }
    free(block);
    return blocks > 0 ? 0 : -1;
}
