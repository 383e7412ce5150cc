/* SPDX-License-Identifier: MIT */
/* problem.h: the problem. What a network, its samples and its loss are: plain data, for C, C++ and
 * CUDA C; all that an engine needs to know of a case.
 *
 * Every number in a case is an IEEE double, and that double is exact: 0.1 in a file means the
 * double nearest to 0.1. Times in ms; voltages and currents dimensionless.
 *
 * Dynamics of LIF and LI neurons (bias b, LI without the threshold):
 *     tau_mem dV/dt = -V + I + b        tau_syn dI/dt = -I        V = I = 0 at t = 0
 * A LIF neuron spikes when V reaches the threshold from below; V is then set to reset.
 * A spike of neuron i at time t arrives at j at time t + delay[i][j]: I_j += weight[i][j].
 * Ties: arrivals at one neuron at one time add up; a threshold crossing at the very time of an
 * arrival happens before it; an event at exactly T = end does not happen.
 *
 * The reader guarantees what the comments below say; engines rely on it without checking again. */
#ifndef EVIDENT_PROBLEM_H
#define EVIDENT_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

enum case_model { CASE_SPIKE_SOURCE, CASE_LIF, CASE_LI };

enum case_loss_kind {
    CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, /* needs label, weighting; li population */
    CASE_INSTANTANEOUS_CROSS_ENTROPY,    /* needs label; li population */
    CASE_MAX_VOLTAGE_CROSS_ENTROPY,      /* needs label; li population */
    CASE_FIRST_SPIKE_CROSS_ENTROPY,      /* needs label, tau0, tau1, alpha; lif population */
    CASE_FIRST_SPIKE_SQUARED_ERROR,      /* needs target.times; lif population */
    CASE_FIRST_SPIKE_MARGIN,             /* needs label, margin; lif population */
    CASE_VOLTAGE_SQUARED_ERROR           /* needs target.voltages; li population */
};
#define CASE_LOSS_KINDS (CASE_VOLTAGE_SQUARED_ERROR + 1)
enum case_weighting { CASE_UNIFORM, CASE_EXPONENTIAL, CASE_LINEAR, CASE_SIGMOID };
enum case_penalty { CASE_PENALTY_EXPONENTIAL, CASE_PENALTY_RECIPROCAL };

/* One number for all (count 1) or one each (count = number of neurons, or of synapses). */
struct case_values {
    size_t count;
    double *at;
};

struct case_population {
    char *name;
    size_t size; /* 1 .. CASE_MAX_NEURONS */
    enum case_model model;
    struct case_values tau_mem, tau_syn; /* [1 or size], > 0; lif and li */
    struct case_values threshold, reset; /* [1 or size], threshold > 0, > reset; lif */
    struct case_values bias;             /* [1 or size]; lif and li */
};

struct case_projection {
    size_t source, target;    /* populations: from a spike-source or lif to a lif or li */
    struct case_values delay; /* [1] or [source size * target size], row = source neuron; >= 0 */
    double *weight;           /* [source size * target size], row = source neuron */
};

/* A list of times, ascending and finite, in [0, end). Equal ones are as many spikes. */
struct case_train {
    size_t count;
    double *at;
};

/* Piecewise constant target voltage: value[k] holds from time[k] on; time[0] = 0, ascending. */
struct case_steps {
    size_t count;
    double *time, *value;
};

struct case_sample {
    struct case_train *
        *spikes;   /* [populations][neurons]; NULL for populations that are no source */
    size_t label;  /* where the loss needs one: < size of the loss population */
    double *times; /* [size of the loss population] or NULL */
    struct case_steps *voltages; /* [size of the loss population] or NULL */
};

struct case_loss {
    enum case_loss_kind kind;
    size_t population;
    enum case_weighting weighting;
    enum case_penalty penalty;
    double tau0, tau1, alpha; /* tau0, tau1 > 0; tau1 unused (0) with the reciprocal penalty */
    double silent_after;      /* ms after end at which a silent output counts as spiking; >= 0 */
    double margin;
};

struct case_problem {
    char *name, *note; /* note may be NULL */
    double end,
        step; /* trial length T > 0; step > 0 or 0 if absent (for fixed-step engines only) */
    size_t populations, projections, samples;
    struct case_population *population;
    struct case_projection *projection;
    struct case_sample *sample;
    struct case_loss loss;
};

static inline double case_value(const struct case_values *v, size_t i)
{
    return v->at[v->count == 1 ? 0 : i];
}

/* Delay of the synapse (pre, post) of a projection. */
static inline double case_delay(const struct case_problem *c, const struct case_projection *p,
                                size_t pre, size_t post)
{
    return case_value(&p->delay, pre * c->population[p->target].size + post);
}

/* ---- parameters: the numbers by which a loss is differentiated, in one flat order ---- */

enum case_quantity {
    CASE_WEIGHT,     /* one block a projection, [source size][target size] */
    CASE_DELAY,      /* likewise, also where the case gives one delay for all */
    CASE_TAU_MEM,    /* one block a lif or li population, [1][size] */
    CASE_TAU_SYN,    /* likewise */
    CASE_THRESHOLD,  /* one block a lif population, [1][size] */
    CASE_BIAS,       /* one block a lif or li population, [1][size] */
    CASE_SPIKE_TIME, /* one block a sample, source population and neuron, [1][spikes] */
    CASE_QUANTITIES
};

struct case_block {
    enum case_quantity quantity;
    size_t projection;                 /* of CASE_WEIGHT and CASE_DELAY */
    size_t population, sample, neuron; /* of the others; sample and neuron of CASE_SPIKE_TIME */
    size_t rows, columns;
    size_t first; /* flat index of element [0][0]; row-major from there */
};

/* ---- a case on a time grid (cases/time_grid.h) ---- */

enum case_delay_rule {
    CASE_WHOLE_DELAYS, /* a delay that is no whole number of steps is refused */
    CASE_ROUND_DELAYS  /* rounded to the nearest number of steps, halves away from zero */
};

/* Steps in which one neuron spiked, ascending; an input neuron may stand twice in one step. */
struct case_step_train {
    size_t count;
    uint32_t *step; /* [count] */
};

/* [samples][populations][neurons]; the inner pointers are NULL where a raster has no such spikes
 * (of inputs: populations that are no source; of an engine: populations that are not lif). */
struct case_raster {
    size_t samples, populations;
    struct case_step_train ***train;
    size_t *sizes; /* [populations]: neurons, 0 where NULL */
    void *memory;  /* all of it, one allocation */
};

#endif
