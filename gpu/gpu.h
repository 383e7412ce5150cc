/* gpu.h: the contender. The clock engine: the published system (Nowotny, Turner, Knight 2025) with
 * a fixed time step, forward and EventProp backward, on the host and on CUDA devices, to the last
 * bit alike.
 *
 * The scheme is written down in gpu/step.h. All numbers of a result are those of the engine,
 * widened to double without rounding, so that they can be compared bit by bit. */
#ifndef EVIDENT_GPU_H
#define EVIDENT_GPU_H

#include "cases/cases.h"
#include "cases/time_grid.h"

#include <stdbool.h>

enum gpu_driver {
    GPU_HOST,    /* C, vectorised over neurons, OpenMP over samples */
    GPU_CUDA,    /* an NVIDIA device */
    GPU_EMULATED /* the text of the CUDA kernels, run thread by thread on the host: slow, for tests
                  */
};

/* Double precision is for the ladder of steps that measures discretisation; host only. */
enum gpu_precision { GPU_SINGLE, GPU_DOUBLE };

/* Defects of the published code, by their numbers in its register, and its conventions. 0 is the
 * clean scheme. GPU_COMPAT reproduces the published spikes, losses and gradients of weights of one
 * trial, but for
 *   - the backward pass with newer weights, which needs a training run (GPU_STALE takes them as an
 *     argument);
 *   - the time weighting of the drive, which the published code samples one step later than that of
 *     the score: below rounding;
 *   - the phantom spike (a silent output of the right label pulled towards spiking): on purpose, a
 *     rule of training and no derivative of the loss;
 *   - the search of spikes by a binary32 clock, defect 18, which is wrong at small steps alone;
 *   - gradients of time constants, defect 7: those of the published code are wrong beyond a factor,
 *     here they are right along its adjoints. GPU_TAU_PUBLISHED and GPU_FLOAT_CLOCK add both.
 * A raster counts steps. The published code labels a spike of step n by n dt, and so do losses
 * under GPU_LABEL; it acts at (n + 1) dt, which is its time everywhere else. */
enum gpu_variant {
    GPU_DRIVE_OVER_TAU = 1 << 0, /* 1: drives of integral losses divided by tau_mem */
    GPU_MAX_OVER_T = 1 << 1,     /* 2: jump of the maximum loss divided by T */
    GPU_LATE_JUMP = 1 << 2,      /* 4: the jump of a spike comes one step late */
    GPU_BLOCKED = 1 << 3,        /* 5: a spike in the last step blocks its neuron's backward pass */
    GPU_STALE = 1 << 4,          /* 6: backward with options.backward_weight */
    GPU_TAU_PUBLISHED = 1 << 5, /* 7: gradients of time constants without dt, misaligned, aliased */
    GPU_FLOAT_CLOCK = 1 << 6,   /* 18: spikes found again by comparing binary32 times */
    GPU_LABEL = 1 << 7,         /* first spike times are n dt, not (n + 1) dt */
    GPU_CLAMP = 1 << 8,         /* currents set to 0 before the last step */
    GPU_MERGE = 1 << 9,         /* spikes of one input in one step count once */
    GPU_MAX_BEFORE = 1 << 10,   /* maximum over V before update only */
    GPU_MAX_STILL = 1 << 11,    /* a maximum at an arrival does not move with it */
    GPU_COMPAT = GPU_DRIVE_OVER_TAU | GPU_MAX_OVER_T | GPU_LATE_JUMP | GPU_BLOCKED | GPU_LABEL |
                 GPU_CLAMP | GPU_MERGE | GPU_MAX_BEFORE | GPU_MAX_STILL
};

struct gpu_options {
    enum gpu_driver driver;
    enum gpu_precision precision;
    double step; /* ms; 0: the case's own */
    enum case_delay_rule delays;
    unsigned variant;
    const double *const *backward_weight; /* [projections][source size * target size], GPU_STALE */
    bool gradients;                       /* false: forward pass only */
    bool tau_gradients;                   /* needs memory for V and I of every step */
    bool delay_gradients;                 /* twice the memory of the weight gradients */
    bool trace;                           /* V, I and adjoints of every step and cell: for tests */
    int threads;                          /* host: 0 as OpenMP sees fit */
    unsigned block;   /* CUDA and emulated: threads a block, a multiple of 32; 0: chosen */
    unsigned cluster; /* CUDA and emulated: blocks a cluster, 1 to 8; 0: chosen */
    bool poison;      /* fill every buffer with NaN before use: for tests */
};

#define GPU_OPTIONS_DEFAULT                                                                        \
    {                                                                                              \
        .gradients = true, .tau_gradients = true, .delay_gradients = true                          \
    }

enum gpu_status {
    GPU_OK,
    GPU_REFUSED, /* the scheme cannot express the case or the options */
    GPU_ABSENT,  /* no device, or built without CUDA */
    GPU_SHORT,   /* memory is short */
    GPU_BROKEN,  /* the canary table failed: a compiler fused, flushed or reassociated */
    GPU_FAULT    /* an error of the device */
};

/* [steps][cells], cells being the lif and li neurons in the order of the populations. Row n of v is
 * V at the end of step n before any reset, of i is I in step n after arrivals and before decay; row
 * n of the adjoints is their value at time (n + 1) dt, before the jumps there. */
struct gpu_trace {
    double *v, *i, *lambda_v, *lambda_i; /* the last two are NULL without gradients */
};

struct gpu_sample {
    double loss;
    double **slope; /* [populations]: (I + bias) - V of every spike, by neuron, then in time; NULL
                       where not lif */
    struct gpu_trace trace;
};

enum { GPU_REASON = 512 };

struct gpu_result {
    enum gpu_status status;
    char reason[GPU_REASON]; /* of any status but GPU_OK: one line */
    uint32_t steps;
    size_t samples, populations, cells, parameters;
    double loss;
    struct gpu_sample *sample;
    struct case_raster raster;      /* steps of the spikes of lif populations */
    bool provides[CASE_QUANTITIES]; /* which gradients there are */
    double *gradient;               /* [parameters] in the flat order of cases.h; 0 where absent */
    size_t bytes;                   /* memory of the engine at its largest */
    void *memory;
};

#ifdef __cplusplus
extern "C" {
#endif

/* Runs a case forward and backward. result must be cleared whatever comes out. */
enum gpu_status gpu_run(struct gpu_result *result, const struct case_problem *c,
                        const struct gpu_options *options);
void gpu_clear(struct gpu_result *result);

const char *gpu_status_name(enum gpu_status status);
const char *gpu_driver_name(enum gpu_driver driver); /* "clock-host", "clock-cuda", ... */

/* FNV-1a of all numbers of a result: spikes, slopes, losses, gradients, traces. */
uint64_t gpu_digest(const struct gpu_result *result);

/* One line about the device and driver, GPU_OK; or why there is none, GPU_ABSENT; or what is wrong
 * with it, GPU_FAULT. */
enum gpu_status gpu_device(char *text, size_t size);

/* Whether a run of this process ended in GPU_FAULT: what a device's kernel did wrong stays with the
 * process, so that no later run on it can succeed; those are refused with the first one's reason.
 */
bool gpu_lost(void);

#ifdef __cplusplus
}
#endif

#endif
