/* SPDX-License-Identifier: MIT */
/* resident_kind.h: what a driver of the clock engine does to stay, and what all of them do alike.
 * Private to gpu/resident/. */
#ifndef EVIDENT_GPU_RESIDENT_KIND_H
#define EVIDENT_GPU_RESIDENT_KIND_H

#include "gpu/clock/plan.h"
#include "gpu/resident/resident.h"

/* 0, or -1 with a reason in r. */
struct resident_kind {
    struct resident *(*open)(const struct engine *engine, const struct case_problem *c,
                             const struct resident_options *options, size_t source,
                             enum result_status *status, char reason[RESULT_REASON]);
    void (*close)(struct resident *r);
    int (*run)(struct resident *r, const struct resident_batch *batch, bool learn);
    int (*adam)(struct resident *r, const struct adam *adam);
    /* Between flat and the engine's own order. */
    int (*copy)(struct resident *r, enum resident_part part, float *flat, bool get);
    int (*gradient)(struct resident *r, float *flat);
    size_t (*bytes)(const struct resident *r);
};

/* The beginning of what a driver keeps. */
struct resident {
    const struct resident_kind *kind;
    struct resident_options options;
    struct resident_outcome outcome;
    const struct case_problem *c;
    float delay_rate;
    size_t parameters, source; /* source: the population that spikes come from */
    char reason[RESULT_REASON];
};

extern const struct resident_kind resident_host, resident_device;

/* ---- resident_plan.c ---- */

/* The plan of a network that learns. */
enum result_status resident_plan(struct clock_plan *plan, const struct case_problem *c,
                                 const struct resident_options *options,
                                 char reason[RESULT_REASON]);

/* pull: [cells] that will be filled before every backward pass; or NULL. */
void resident_rules(struct clock_plan *plan, const struct resident_options *options,
                    const real *pull);

/* The populations whose time constants are trained and whose spikes are counted. */
bool resident_is_hidden(const struct clock_plan *plan, size_t population);

/* tau_mem and tau_syn of hidden neurons as the case has them, [cells] each. */
void resident_start_taus(const struct clock_plan *plan, real *const tau[2]);

/* The projections whose delays may be trained. */
bool resident_is_input(const struct clock_plan *plan, size_t projection);

/* Between the flat order and the padded rows of the engine; tau: [cells] each, and delay:
 * [synapses], where they are trained. */
void resident_flat(const struct resident *r, const struct clock_plan *plan, real *synapses,
                   real *const tau[2], real *delay, float *flat, bool get);

/* The gradient, in place of its sums. */
void resident_scale(const struct resident *r, const struct clock_plan *plan, real *synapses,
                    const real *weight_scale, real *const tau[2], const real *const tau_scale[2]);

/* Into the plan and its run, which has lists of spikes for every sample. */
void resident_take(const struct resident *r, struct clock_plan *plan, struct clock_run *run,
                   const struct resident_batch *batch);

/* Memory for an outcome. -1: it is short. */
int resident_room(struct resident *r, const struct clock_plan *plan, struct clock_memory *memory);

/* [samples], [samples], [hidden]: of the outcome, to be filled. */
struct resident_filled {
    double *loss;
    uint32_t *predicted, *count;
};
struct resident_filled resident_filled(const struct resident *r);

/* What follows from losses and predictions. */
void resident_sum(struct resident *r, const struct clock_plan *plan);

#endif
