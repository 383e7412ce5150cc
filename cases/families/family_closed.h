/* family_closed.h: hand-derived truths of small feed-forward networks, for the families "closed-*".
 *
 * LIF neurons must have tau_mem = 2 tau_syn or tau_mem = tau_syn. What is published carries
 * CLOSED_BITS bits; the few dozen operations on them, well conditioned by the choice of cases,
 * leave far more than the 480 bits that a known value has to have. */
#ifndef EVIDENT_FAMILY_CLOSED_H
#define EVIDENT_FAMILY_CLOSED_H

#include "cases/families/build.h"

enum {
    CLOSED_BITS = 768,
    CLOSED_DRAFT_BITS = 128,
    CLOSED_NEURONS = 8,
    CLOSED_ARRIVALS = 32,
    CLOSED_SPIKES = 16
};

struct closed_arrival {
    size_t projection, pre; /* the synapse, as in the case */
    size_t spike;           /* index in the train of pre */
    size_t neuron;          /* pre as index into closed.neuron, or SIZE_MAX for a source */
    double weight;
    mpfr_t at;
    mpfr_t d_at, d_weight; /* of the first spike of the target */
};

struct closed_neuron {
    size_t population, index;
    double tau_mem, tau_syn, threshold, reset, bias;
    size_t arrivals;
    struct closed_arrival arrival[CLOSED_ARRIVALS]; /* ascending in time */
    size_t spikes;
    mpfr_t spike[CLOSED_SPIKES];
    mpfr_t slope;                                     /* dV/dt just before the first spike */
    mpfr_t d_threshold, d_bias, d_tau_mem, d_tau_syn; /* of the first spike */
    mpfr_t adjoint;                                   /* dL / d first spike */
};

struct closed {
    size_t neurons;
    struct closed_neuron neuron[CLOSED_NEURONS]; /* in the order of the case */
    mpfr_t loss;
    size_t parameters;
    mpfr_t *gradient; /* [parameters] */
};

/* K, the voltage at u after an arrival of weight 1 at rest, and its derivatives by u, tau_mem and
 * tau_syn. */
struct closed_kernel {
    mpfr_t k, by_u, by_mem, by_syn;
    mpfr_t m, s; /* scratch: the two exponentials */
};

void closed_kernel_init(struct closed_kernel *q, mpfr_prec_t bits);
void closed_kernel_clear(struct closed_kernel *q);
void closed_kernel_at(struct closed_kernel *q, double tau_mem, double tau_syn, mpfr_srcptr u);

/* All its numbers carry so many bits, at least those of doubles twice. NULL if memory is short. */
struct closed *closed_new(const struct case_problem *c, mpfr_prec_t bits);
void closed_free(struct closed *closed); /* NULL is allowed */

enum closed_status {
    CLOSED_OK,
    CLOSED_OUT_OF_REACH, /* a second spike matters, or there are too many of something */
    CLOSED_NO_MEMORY
};

/* Spikes of all neurons and the derivatives of each first spike, of sample 0. Populations must come
 * in the order of the flow. */
enum closed_status closed_solve(struct closed *closed, const struct case_problem *c);

/* Whether the neuron has tau_mem = tau_syn; otherwise tau_mem > tau_syn. */
bool closed_equal_taus(const struct closed_neuron *n);

/* The slope at the first spike and its derivatives, once arrivals and spikes are known. */
void closed_differentiate_spike(struct closed_neuron *n);

/* Loss and gradient of a first-spike loss by the chain rule, after closed_solve. */
enum closed_status closed_differentiate(struct closed *closed, const struct case_problem *c);

/* Appends everything that is known to made: loss, spikes, counts and the gradients that are not
 * exactly zero. 0, or -1 if memory is short. */
int closed_publish(struct case_made *made, const struct closed *closed);

/* The double nearest to, and not before (direction > 0) or not after (direction < 0), the last
 * spike of any neuron; 0 if there is none. */
double closed_last_spike(const struct closed *closed, int direction);

#endif
