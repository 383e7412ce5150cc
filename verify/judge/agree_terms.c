/* SPDX-License-Identifier: MIT */
/* agree_terms.c: what cancels in a derivative. Where a loss does not depend on when a spike
 * comes, dL/dt of it is zero to the last digit of the truth, and of a program it is what is left of
 * two equal terms; so are all derivatives that this spike passes on. Their sizes come from the
 * weights' own derivatives, q = dL/dI summed over arrivals: dL/dt of an arrival is w (q/tau_syn -
 * p/tau_mem).
 */
#include "verify/judge/judge_answer.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>

/* population or projection: whichever the quantity is of. */
static const struct case_block *block_of(const struct judge *judge, enum case_quantity quantity,
                                         size_t population, size_t projection)
{
    const struct case_block *block = judge->block;
    bool synapses = quantity <= CASE_DELAY;
    while (block->quantity != quantity ||
           (synapses ? block->projection != projection : block->population != population))
        block++;
    return block;
}

/* |w dL/dw| / the shorter time constant of a synapse; 0 where there is no derivative. */
static double term_of(const struct judge *judge, size_t projection, size_t synapse)
{
    const struct case_projection *now = &judge->problem->projection[projection];
    const struct case_population *target = &judge->problem->population[now->target];
    const struct case_block *block = block_of(judge, CASE_WEIGHT, 0, projection);
    size_t n = synapse % target->size;
    arb_srcptr gradient = judge->truth->gradient + block->first + synapse;
    double tau = fmin(case_value(&target->tau_mem, n), case_value(&target->tau_syn, n));
    return arb_is_finite(gradient) ? fabs(now->weight[synapse] * middle(gradient)) / tau : 0;
}

/* A derivative by a time constant is a sum over the flight of an arrival, of terms of both signs: V
 * rises more slowly and falls more slowly. Their sizes are those of the weights. */
static void terms_of_target(struct agree_terms *terms, const struct judge *judge, size_t population,
                            size_t neuron)
{
    static const enum case_quantity quantity[] = {CASE_TAU_MEM, CASE_TAU_SYN};
    const struct case_problem *c = judge->problem;
    double sum = 0;
    for (size_t p = 0; p < c->projections; p++)
        for (size_t k = 0; c->projection[p].target == population &&
                           k < c->population[c->projection[p].source].size;
             k++)
            sum += term_of(judge, p, k * c->population[population].size + neuron);
    for (size_t q = 0; q < sizeof quantity / sizeof *quantity; q++)
        terms->parameter[block_of(judge, quantity[q], population, 0)->first + neuron] = sum;
}

/* Of the spikes of one neuron, and of its delays. */
static double terms_of_source(struct agree_terms *terms, const struct judge *judge,
                              size_t population, size_t neuron)
{
    const struct case_problem *c = judge->problem;
    double sum = 0;
    for (size_t p = 0; p < c->projections; p++) {
        if (c->projection[p].source != population)
            continue;
        size_t columns = c->population[c->projection[p].target].size;
        size_t first = block_of(judge, CASE_DELAY, 0, p)->first;
        for (size_t k = neuron * columns; k < (neuron + 1) * columns; k++) {
            terms->parameter[first + k] = term_of(judge, p, k);
            sum += terms->parameter[first + k];
        }
    }
    return sum;
}

int agree_terms_init(struct agree_terms *terms, const struct judge *judge)
{
    const struct case_problem *c = judge->problem;
    size_t neurons = 0, number = 0;
    for (size_t p = 0; p < c->populations; p++)
        neurons += c->population[p].size;
    terms->neuron = calloc(neurons + 1, sizeof *terms->neuron);
    terms->parameter = calloc(judge->parameters + 1, sizeof *terms->parameter);
    if (!terms->neuron || !terms->parameter)
        return -1;
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; n < c->population[p].size; n++) {
            double sum = terms_of_source(terms, judge, p, n);
            if (c->population[p].model != CASE_SPIKE_SOURCE)
                terms_of_target(terms, judge, p, n);
            if (c->population[p].model == CASE_LIF)
                terms->neuron[number++] = sum;
            for (size_t b = 0; c->population[p].model == CASE_SPIKE_SOURCE && b < judge->blocks;
                 b++) {
                const struct case_block *block = &judge->block[b];
                bool own = block->quantity == CASE_SPIKE_TIME && block->population == p &&
                           block->neuron == n;
                for (size_t k = 0; own && k < block->rows * block->columns; k++)
                    terms->parameter[block->first + k] = sum;
            }
        }
    return 0;
}

void agree_terms_clear(struct agree_terms *terms)
{
    free(terms->neuron);
    free(terms->parameter);
}

/* A cross entropy of first spikes: dL/dt of the label's is (1 - share)/tau0 (E18), of which 1/tau0
 * is rounded. All first spikes moved alike leave the loss as it is: this may be all of it. */
static double term_of_label(const struct case_problem *c, size_t sample, size_t population,
                            size_t neuron, size_t spike)
{
    bool label = c->loss.kind == CASE_FIRST_SPIKE_CROSS_ENTROPY &&
                 population == c->loss.population && neuron == c->sample[sample].label &&
                 spike == 0;
    return label ? 1 / (c->loss.tau0 * (double)c->samples) : 0;
}

/* Sum of |move of a spike| times the terms of its neuron, and of the loss. */
static double reach(const struct agree_terms *terms, const struct case_problem *c,
                    const struct ref_result *a, const struct ref_result *b)
{
    double sum = 0;
    arb_t difference;
    arb_init(difference);
    for (size_t s = 0; s < a->samples; s++) {
        size_t number = 0;
        for (size_t p = 0; p < a->populations; p++)
            for (size_t n = 0; n < a->size[p]; n++, number++)
                for (size_t k = 0; k < a->sample[s].spikes[p][n].count; k++) {
                    arb_sub(difference, b->sample[s].spikes[p][n].at + k,
                            a->sample[s].spikes[p][n].at + k, MAG_BITS);
                    sum += fabs(middle(difference)) *
                           (terms->neuron[number] + term_of_label(c, s, p, n, k));
                }
    }
    arb_clear(difference);
    return sum;
}

void agree_terms_add(struct agree_terms *terms, const struct judge *judge,
                     const struct case_problem *c, const struct ref_result *moved, double share)
{
    double sum = share * reach(terms, judge->problem, judge->truth, moved);
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *block = &judge->block[b];
        for (size_t k = 0; k < block->rows * block->columns; k++) {
            double by =
                case_parameter_value(c, block, k) - case_parameter_value(judge->problem, block, k);
            if (by < 0 || by > 0)
                terms->parameter[block->first + k] += sum / fabs(by);
        }
    }
}
