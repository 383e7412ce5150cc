/* SPDX-License-Identifier: MIT */
/* result.h: what an engine says about a case: spikes, loss, gradients. Plain data, for C, C++ and
 * CUDA C. All numbers are those of the engine, widened to double without rounding, so that they can
 * be compared bit by bit. */
#ifndef EVIDENT_RESULT_H
#define EVIDENT_RESULT_H

#include "cases/problem.h"

#include <stdbool.h>

enum result_status {
    RESULT_OK,
    RESULT_REFUSED, /* it cannot express the case or the options */
    RESULT_ABSENT,  /* no device, no answer, or built without it */
    RESULT_SHORT,   /* memory is short */
    RESULT_BROKEN,  /* its own check of the arithmetic failed: a compiler fused, flushed or
                       reassociated */
    RESULT_FAULT,   /* an error of the device or of the program */
    RESULT_NO_START /* its command cannot be started at all: no case can be judged */
};

/* [steps][cells], cells being the lif and li neurons in the order of the populations. Row n of v is
 * V at the end of step n before any reset, of i is I in step n after arrivals and before decay; row
 * n of the adjoints is their value at time (n + 1) dt, before the jumps there. */
struct result_trace {
    double *v, *i, *lambda_v, *lambda_i; /* the last two are NULL without gradients */
};

struct result_sample {
    double loss;
    double **slope; /* [populations]: (I + bias) - V of every spike, by neuron, then in time; NULL
                       where not lif. NULL: not given */
    struct result_trace trace;
};

enum { RESULT_REASON = 512 };

struct result {
    enum result_status status;
    char reason[RESULT_REASON]; /* of any status but RESULT_OK: one line */
    size_t samples, populations, cells, parameters;
    bool has_loss, has_sample_loss, has_spikes; /* whether these are given */
    double loss;                                /* mean over samples */
    struct result_sample *sample;
    /* Spike times in ms, ascending: [samples * lif neurons], by sample, population, neuron. NULL:
     * not given, or as steps of a raster alone. */
    struct case_train *spikes;
    size_t trains;
    uint32_t steps;            /* of a grid; 0: none */
    struct case_raster raster; /* steps of the spikes of lif populations, where there are any */
    bool provides[CASE_QUANTITIES]; /* which gradients there are, whole quantities only */
    double *gradient;               /* [parameters] in the flat order of cases.h; 0 where absent */
    size_t bytes;                   /* memory of the engine at its largest; 0: not known */
    double seconds;                 /* that it took; 0: not measured */
    /* Adds a spike at a time in ms after those of the same neuron; for engines that link nothing.
     * 0, or -1: memory is short, or there is no such lif neuron. */
    int (*spike)(struct result *result, size_t sample, size_t population, size_t neuron, double ms);
    size_t *first_train; /* [populations + 1]: place of a population's first train in a sample */
};

#ifdef __cplusplus
extern "C" {
#endif

/* Memory for what every engine gives: losses, spikes in ms and gradients, zeroed; nothing is taken
 * twice. -1 if memory is short. */
int result_make(struct result *result, const struct case_problem *c, bool spikes, bool gradients);

/* Memory for a raster, slopes and traces, zeroed; spikes are counted by count, as in
 * case_raster_make. The caller has set steps and cells. -1 if memory is short. */
int result_make_raster(struct result *result, const struct case_problem *c, bool trace,
                       size_t (*count)(const void *context, size_t sample, size_t population,
                                       size_t neuron),
                       const void *context);
/* The spikes of a neuron, where they are given in ms. */
struct case_train *result_train(const struct result *result, size_t sample, size_t population,
                                size_t neuron);

/* The steps of a raster as times: a spike of step n acts at (n + 1) end / steps. -1 if memory is
 * short. */
int result_make_times(struct result *result, const struct case_problem *c);

/* As if no times of spikes had been given. */
void result_drop_spikes(struct result *result);

void result_clear(struct result *result);

/* Ends a run with a status and one line of why; returns the status. */
enum result_status result_end(struct result *result, enum result_status status, const char *reason);

const char *result_status_name(enum result_status status);

/* Is there any gradient? */
bool result_has_gradient(const struct result *result);

/* FNV-1a of all numbers of a result: spikes, slopes, losses, gradients, traces. */
uint64_t result_digest(const struct result *result);

#ifdef __cplusplus
}
#endif

#endif
