/* SPDX-License-Identifier: MIT */
/* closed.h: hand-derived truths of small feed-forward networks, for the families "closed-*".
 *
 * Values come from closed formulas, derivatives from the chain rule through them (formula.h). LIF
 * neurons must have tau_mem = 2 tau_syn or tau_mem = tau_syn. What is published carries CLOSED_BITS
 * bits; the operations on them, well conditioned by the choice of cases, leave far more than the
 * 480 bits that a known value has to have. */
#ifndef EVIDENT_CLOSED_H
#define EVIDENT_CLOSED_H

#include "cases/families/build.h"
#include "cases/families/formula.h"

enum {
    CLOSED_BITS = 768,
    CLOSED_DRAFT_BITS = 128,
    CLOSED_NEURONS = 8,
    CLOSED_ARRIVALS = 32,
    CLOSED_SPIKES = 16
};

/* A LIF neuron in sample 0. */
struct closed_neuron {
    size_t population, index;
    size_t spikes;
    number spike[CLOSED_SPIKES]; /* only the first carries derivatives */
    number slope;                /* dV/dt just before the first spike */
};

struct closed {
    struct formula f;
    const struct case_problem *c;
    struct case_block *block;
    size_t blocks, parameters;
    number parameter; /* the first of the numbers that are the parameters of the case */
    bool second;      /* a first spike depends on one that is no first one: no derivatives */
    size_t neurons;
    struct closed_neuron neuron[CLOSED_NEURONS]; /* in the order of the case */
};

/* closed_clear in any case. False if memory is short. */
bool closed_start(struct closed *x, const struct case_problem *c, mpfr_prec_t bits);
void closed_clear(struct closed *x);

/* The number of a parameter: element of a projection's or population's block. */
number closed_parameter(const struct closed *x, enum case_quantity quantity, size_t of,
                        size_t element);
number closed_input(const struct closed *x, size_t sample, size_t source, size_t neuron,
                    size_t spike);

/* What V of a neuron is made of, as numbers. */
struct closed_membrane {
    number tau_mem, bias, p, q; /* p = 1/tau_mem, q = 1/tau_syn */
    bool equal;                 /* p = q in the case; their derivatives differ */
    number scale, rate;         /* of an arrival: p/(q - p); where equal p, (p + q)/2 */
};

struct closed_membrane closed_membrane(struct closed *x, size_t population, size_t neuron);

/* bias (1 - e^{-pt}): V without arrivals. K(u): V at u after an arrival of weight 1 at rest. */
number closed_biased(struct closed *x, const struct closed_membrane *m, number t);
number closed_response(struct closed *x, const struct closed_membrane *m, number u);

enum closed_status {
    CLOSED_OK,
    CLOSED_OUT_OF_REACH, /* there are too many of something */
    CLOSED_NO_MEMORY
};

/* Spikes of all neurons of sample 0. Populations must come in the order of the flow. */
enum closed_status closed_solve(struct closed *x);

/* Appends to made what is known: the loss, the spikes and counts of neurons that were solved, and
 * the gradients that are not zero. 0, or -1 if memory is short. */
int closed_publish(struct case_made *made, struct closed *x, number loss);

#endif
