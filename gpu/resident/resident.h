/* SPDX-License-Identifier: MIT */
/* resident.h: an engine that stays: the network once, then batches of samples and steps of Adam,
 * with the gradient that the engine gives for the same network, samples and order of sums. All
 * engines of gpu/gpu.h stay, with the same bits.
 *
 *     open (network, room for samples) ; put parameters
 *     run a batch (forward; gradient where it learns) ; adam ; ...
 *     get parameters ; close
 *
 * All numbers are those of the engine, binary32. Parameters are in one flat order: the weights of
 * every projection, [source size][target size], in the order of the case; where time constants are
 * trained, then tau_mem of every population that trains, and their tau_syn, in ms; where delays
 * are trained, those of every projection from the source, in ms (resident_block). */
#ifndef EVIDENT_GPU_RESIDENT_H
#define EVIDENT_GPU_RESIDENT_H

#include "gpu/gpu.h"
#include "gpu/peers.h"
#include "gpu/step_adam.h"

/* Spikes of the one source population: by sample, then step, then neuron. */
struct resident_batch {
    size_t samples;                /* 1 .. room; those that are there */
    const size_t *begin;           /* [samples + 1] into step and neuron */
    const uint32_t *step, *neuron; /* a neuron that stands twice in a step counts twice */
    const uint32_t *label;         /* [samples] */
};

/* What a batch was like. Arrays live until the next batch. */
struct resident_outcome {
    double loss;               /* sum over samples */
    const double *sample_loss; /* [samples] */
    const uint32_t *predicted; /* [samples] output with the largest score or the earliest spike */
    size_t right;              /* predictions that are the label */
    const uint32_t *count;     /* [hidden] spikes of the batch, of all lif neurons that are not the
                                * loss population, in the order of the case */
    size_t hidden;
    size_t silent_labels; /* samples whose label did not spike, where outputs do */
};

struct resident_options {
    struct engine_options engine; /* step, variant, threads */
    bool train_taus;              /* of the lif populations that are not the loss population */
    double least_tau_mem, least_tau_syn; /* ms; trained ones are set to these where they are less */
    /* Of the projections from the source, on clock-host: any number from 0 to most_delay, ms. On
     * the grid they are the nearest whole number of steps, and their gradient is that of the
     * scheme there. */
    bool train_delays;
    double most_delay;
    /* The pull of every hidden neuron towards so many spikes a trial, strength times the mean count
     * of the batch less that; taken off lambda_V after every jump. */
    double strength, spikes;
    const struct gpu_peers *peers; /* who run the same batches, a part each; NULL: alone. The bits
                                    * do not depend on how many they are */
    bool phantom;                  /* the published revival of a silent label (gpu/clock/plan.h) */
    bool skip_silent;              /* no gradient of such a sample */
};

enum resident_part { RESIDENT_VALUE, RESIDENT_MEAN, RESIDENT_SQUARE }; /* averages of Adam */

struct resident;

/* c: a network with one source population and as many samples, without spikes, as a batch has at
 * most; it must outlive the engine. NULL after status and reason. */
struct resident *resident_open(const struct engine *engine, const struct case_problem *c,
                               const struct resident_options *options, enum result_status *status,
                               char reason[RESULT_REASON]);
void resident_close(struct resident *r);

/* What follows gives 0; or -1, with a reason: memory is short, or the device failed, which may be
 * seen by a later call only. Then nothing that the engine says counts any more. */
const char *resident_reason(const struct resident *r);

/* Of the flat order: a matrix of weights or delays, or time constants, one column. */
struct resident_block {
    enum { RESIDENT_WEIGHT, RESIDENT_TAU_MEM, RESIDENT_TAU_SYN, RESIDENT_DELAY } quantity;
    size_t of; /* a projection, or a population */
    size_t rows, columns;
};
/* Block k; false behind the last. */
bool resident_block(struct resident_block *block, const struct resident *r, size_t k);

size_t resident_parameters(const struct resident *r);
int resident_get(struct resident *r, enum resident_part part, float *to);
int resident_put(struct resident *r, enum resident_part part, const float *from);

/* Forward; where learn is set also the gradient, divided by the room for samples. */
int resident_run(struct resident *r, const struct resident_batch *batch, bool learn);
const struct resident_outcome *resident_outcome(const struct resident *r);
/* Of the last batch that learned. */
int resident_gradient(struct resident *r, float *to);
int resident_adam(struct resident *r, const struct adam *adam);
/* The rate at which resident_adam moves delays instead of its own; 0 at first. */
void resident_delay_rate(struct resident *r, float rate);
size_t resident_bytes(const struct resident *r);

#endif
