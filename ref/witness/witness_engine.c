/* SPDX-License-Identifier: MIT */
/* witness_engine.c: sizes an engine: neurons, tables, scratch. What grows later (agenda, memo per
 * time constant) grows in pieces and is kept for the next run. */
#include "ref/witness/witness.h"

#include <stdlib.h>
#include <string.h>

/* li populations that no loss looks at change nothing. */
static bool simulated(const struct case_problem *c, size_t population)
{
    enum case_model model = c->population[population].model;
    return model == CASE_LIF || (model == CASE_LI && c->loss.population == population);
}

enum {
    NUMBERS_PER_NEURON = 13 /* tau_mem .. crossing, heard, fired of struct witness_neuron */
};

static int neurons_init(struct witness_engine *e)
{
    const struct case_problem *c = e->c;
    e->first = malloc((c->populations + 1) * sizeof e->first[0]);
    if (e->first == NULL) {
        return -1;
    }
    for (size_t p = 0; p < c->populations; p++) {
        e->first[p] = simulated(c, p) ? e->neurons : SIZE_MAX;
        e->neurons += simulated(c, p) ? c->population[p].size : 0;
    }
    e->neuron = calloc(e->neurons + 1, sizeof e->neuron[0]);
    e->earliest = malloc((e->neurons + 1) * sizeof e->earliest[0]);
    e->touched = malloc((e->neurons + 1) * sizeof e->touched[0]);
    e->kind = malloc((e->neurons + 1) * sizeof e->kind[0]);
    e->decay = malloc((2 * e->neurons + 1) * sizeof(struct witness_decay *));
    mpfr_t *at = witness_store_take(&e->store, NUMBERS_PER_NEURON * e->neurons, e->work);
    if (e->neuron == NULL || e->earliest == NULL || e->touched == NULL || e->kind == NULL ||
        e->decay == NULL || at == NULL) {
        return -1;
    }
    for (size_t p = 0; p < c->populations; p++) {
        size_t size = e->first[p] == SIZE_MAX ? 0 : c->population[p].size;
        for (size_t i = 0; i < size; i++) {
            mpfr_t *own = at + NUMBERS_PER_NEURON * (e->first[p] + i);
            e->neuron[e->first[p] + i] = (struct witness_neuron){
                .population = p,
                .index = i,
                .model = c->population[p].model,
                .tau_mem = own[0],
                .tau_syn = own[1],
                .threshold = own[2],
                .bias = own[3],
                .reset = own[4],
                .level = own[5],
                .floor = own[6],
                .u = own[7],
                .current = own[8],
                .time = own[9],
                .crossing = own[10],
                .heard = own[11],
                .fired = own[12],
            };
        }
    }
    return 0;
}

static size_t emissions_most(const struct case_problem *c)
{
    size_t most = 0;
    for (size_t s = 0; s < c->samples; s++) {
        size_t count = 0;
        for (size_t p = 0; p < c->populations; p++) {
            size_t size = c->population[p].model == CASE_SPIKE_SOURCE ? c->population[p].size : 0;
            for (size_t i = 0; i < size; i++) {
                count += c->sample[s].spikes[p][i].count;
            }
        }
        most = count > most ? count : most;
    }
    return most;
}

static int scratch_init(struct witness_engine *e)
{
    mpfr_t **scratch[] = {&e->kernel_scratch, &e->root_scratch, &e->loss_scratch,  &e->node_scratch,
                          &e->run_scratch,    &e->exp_scratch,  &e->margin_scratch};
    for (size_t i = 0; i < sizeof scratch / sizeof scratch[0]; i++) {
        *scratch[i] = witness_store_take(&e->store, WITNESS_SCRATCH, e->work);
        if (*scratch[i] == NULL) {
            return -1;
        }
    }
    mpfr_t *own = witness_store_take(&e->store, 4, e->work);
    e->short_scratch = witness_store_take(&e->store, WITNESS_SCRATCH, witness_short_bits(e->prec));
    if (own == NULL || e->short_scratch == NULL || witness_series_init(e) != 0) {
        return -1;
    }
    e->end = own[0];
    e->amount = own[1];
    e->loss = own[2];
    e->sample_loss = own[3];
    mpfr_set_d(e->end, e->c->end, MPFR_RNDN);
    return 0;
}

int witness_engine_init(struct witness_engine *e, const struct case_problem *c,
                        const struct witness_direction *direction, mpfr_prec_t prec)
{
    memset(e, 0, sizeof *e);
    e->c = c;
    e->direction = direction;
    e->prec = e->quadrature_bits = prec;
    e->work = prec + WITNESS_GUARD_BITS;
    e->agenda.store = &e->store;
    e->agenda.prec = e->work;
    e->weight = calloc(c->projections + 1, sizeof e->weight[0]);
    e->delay = calloc(c->projections + 1, sizeof e->delay[0]);
    e->emissions = emissions_most(c);
    e->emission = malloc((e->emissions + 1) * sizeof(mpfr_ptr));
    if (e->weight == NULL || e->delay == NULL || e->emission == NULL || scratch_init(e) != 0 ||
        neurons_init(e) != 0 || witness_parameters_init(e) != 0) {
        return -1;
    }
    return witness_loss_init(e);
}

void witness_engine_clear(struct witness_engine *e)
{
    for (size_t p = 0; e->weight != NULL && p < e->c->projections; p++) {
        free(e->weight[p].active);
    }
    for (size_t i = 0; i < e->kinds_made; i++) {
        free(e->kind[i]);
    }
    for (size_t i = 0; i < e->decays_made; i++) {
        free(e->decay[i]);
    }
    witness_quadrature_clear(e);
    free(e->clock);
    free(e->output);
    free(e->weight);
    free(e->delay);
    free(e->emission);
    free(e->first);
    free(e->neuron);
    free(e->earliest);
    free(e->touched);
    free(e->kind);
    free(e->decay);
    free(e->shift);
    free(e->time_shift);
    witness_agenda_clear(&e->agenda);
    witness_store_clear(&e->store);
    memset(e, 0, sizeof *e);
}
