/* SPDX-License-Identifier: MIT */
/* device.h: a case laid out in the memory of a device, and the run that the CUDA driver and its
 * emulation share. Private to gpu/; C and CUDA C.
 *
 * Everything lies in two arenas: that of the network (constants, weights, gradients), which stays
 * when an engine does, and that of the batch; in each first what the host sends, then what kernels
 * write. Samples stand in the order of the plan, so that a kernel sums over 0, 1, 2, ... and no sum
 * knows another order. Cells are padded as in plan.h, and a tile is the LANES cells of one warp.
 * Spikes lie in lists by step, then by neuron; a group is the spikes of one step, so that memory
 * follows the spikes and not the steps.
 *
 * Data flow: plan -> arena -> forward (lists, losses) -> per chunk of arrival indices: adjoint
 * (history rows, masks of arrivals), gather (sums of gradients) -> host -> clock_result.c. */
#ifndef EVIDENT_GPU_DEVICE_H
#define EVIDENT_GPU_DEVICE_H

#include "gpu/gpu.h"
#include "gpu/step_adam.h"
#include "gpu/step_loss.h"
#include "gpu/real.h"

#include <stddef.h>
#include <stdint.h>

#define DEVICE_NONE UINT32_MAX
#define DEVICE_MOST_THREADS 1024
#define DEVICE_GLOBAL_THREADS 512 /* of a block that has more than fits into shared memory */
#define DEVICE_SMALL_BLOCK 256    /* threads, of kernels that are not a sample a block */
#define DEVICE_MOST_BLOCKS 8      /* a cluster; more is not portable */
#define DEVICE_WINDOW 256         /* arrivals that a warp of the gathering lists at a time */
#define DEVICE_COLUMNS 64         /* columns that it adds up, two a lane */

/* ---- parts of what kernels see ---- */

struct device_group { /* spikes [begin, begin of the next group) of one step */
    uint32_t step, begin;
};

struct device_list {  /* of one population in one sample */
    uint32_t *neuron; /* [room] */
    float *slope;     /* [room] of a lif population: (I + bias) - V */
    float *rev;       /* [room] backward: sum of w (lambda_V - lambda_I) over the arrivals */
    struct device_group *group; /* [groups + 1] the last only says where the end is */
    uint32_t count, groups, room;
};

struct device_population {
    uint32_t lif;           /* or LI, or a source */
    uint32_t first;         /* cell */
    uint32_t size, padded;  /* padded to tiles; a source has none */
    uint32_t route, routes; /* forward, by projection, then by delay */
};

/* Spikes of `source` that arrive `delay` steps later. */
struct device_fan {
    uint32_t source, delay;
    uint32_t fresh;         /* forward: of this very step, which shared memory holds */
    uint32_t route, routes; /* backward, by projection; none: only to find what jumps */
    size_t mask;            /* into mask: [neurons][samples] */
};

/* One delay of one projection. */
struct device_route {
    size_t weight;         /* offset of [rows][width] */
    const uint32_t *delay; /* [rows][width] or NULL where all are alike */
    uint32_t wanted;       /* this delay */
    uint32_t fan, source, width;
    uint32_t first; /* cell: forward of the source, backward of the target */
    uint32_t fresh;
};

struct device_projection {
    size_t weight;
    const uint32_t *delay;
    uint32_t rows, width, first; /* cell of the target */
    uint32_t fan, fans;          /* into back_list, delays ascending; of lif sources only */
};

/* Arrivals of one input neuron in one chunk, over one projection: by delay, then by sample, then
 * from late to early. */
struct device_row {
    uint32_t projection, row, segment, segments;
};

struct device_segment { /* one delay; entries [begin, end) */
    uint32_t wanted, begin, end;
};

struct device_loss {
    int kind, weighting; /* enum case_loss_kind, enum loss_weighting */
    uint32_t population, first, outputs, width;
    int by_voltage, traced, label_times, before_only, kinks;
    double silent, end;
    struct loss_first times;
};

/* Rules of training, as in plan.h; none where all is 0. */
struct device_rules {
    const float *pull; /* [cells] or NULL */
    float phantom;
    uint32_t skip_silent;
};

/* ---- what a block of a kernel holds in shared memory: type, name, count ---- */

/* own: cells of this block's tiles. */
#define FORWARD_LIST(X)                                                                            \
    X(double, square, d->loss.width)                                                               \
    X(struct device_list, list, d->populations) /* of this sample */                               \
    X(float, v, own)                                                                               \
    X(float, i, own)                                                                               \
    X(float, slope, own)                                                                           \
    X(uint32_t, mask, 2 * d->tiles)         /* [2][tiles] lanes that spike; even, odd steps */     \
    X(uint32_t, bits, 2 * d->tiles)         /* [2][tiles] how many those are */                    \
    X(uint32_t, fresh, d->cells)            /* neurons that spiked last, by population */          \
    X(uint32_t, freshes, d->populations)    /* how many */                                         \
    X(uint32_t, count, 2 * d->populations)  /* [2][populations] listed before even, odd steps */   \
    X(uint32_t, groups, 2 * d->populations) /* likewise */                                         \
    X(uint32_t, cursor, d->fans)            /* next group */                                       \
    X(uint32_t, begin, d->fans)             /* first arrival of the next step */                   \
    X(uint32_t, arrive, d->fans)            /* how many */                                         \
    X(uint32_t, staged, d->fans * d->stage) /* [fans][stage] the first of them */                  \
    X(float, score, d->loss.width)                                                                 \
    X(float, rise, d->loss.width) /* at the maximum: (I + bias) - V before */                      \
    X(float, fall, d->loss.width) /* and after arrivals */                                         \
    X(float, scale, d->loss.width)                                                                 \
    X(uint32_t, when, d->loss.width)                                                               \
    X(uint32_t, turn, d->loss.width)                                                               \
    X(uint32_t, stop, 1)

#define ADJOINT_LIST(X)                                                                            \
    X(struct device_list, list, d->populations) /* of this sample */                               \
    X(float, lambda_v, own)                                                                        \
    X(float, lambda_i, own)                                                                        \
    X(float, tau_mem, own)                                                                         \
    X(float, tau_syn, own)                                                                         \
    X(uint32_t, jumps, own) /* 1: a spike at this index, with */                                   \
    X(float, rev, own)                                                                             \
    X(float, slope, own)                                                                           \
    X(float, across, d->cells)    /* lambda_V - lambda_I */                                        \
    X(uint32_t, cursor, d->backs) /* groups left */                                                \
    X(uint32_t, begin, d->backs)  /* spikes that arrive at this index */                           \
    X(uint32_t, end, d->backs)                                                                     \
    X(uint32_t, staged, d->backs * d->stage) /* [backs][stage] neurons of the first of them */     \
    X(float, staged_rev, d->backs * d->stage)                                                      \
    X(float, staged_slope, d->backs * d->stage)

#define SHARED_DECLARE(type, name, count) type *name;

struct forward_state {
    FORWARD_LIST(SHARED_DECLARE)
};

struct adjoint_state {
    ADJOINT_LIST(SHARED_DECLARE)
};

/* ---- what kernels see ---- */

/* Passed to kernels by value. Pointers are the device's. */
struct device {
    uint32_t steps, samples, populations, cells, tiles, fans, backs, projections;
    uint32_t histories;        /* kinds of rows: lambda_I, and lambda_V - lambda_I for delays */
    uint32_t lif_rows, widest; /* rows of projections from lif populations; columns of any */
    unsigned variant;
    uint32_t threads, adjoint_threads, ranks; /* a block, forward and backward; blocks a cluster */
    uint32_t stage;                           /* spikes of a fan that are copied to shared memory */
    size_t synapses, buffer;                  /* floats of one of the two history buffers */
    struct forward_state forward_places;      /* within a block's shared memory */
    struct adjoint_state adjoint_places;
    size_t forward_bytes, adjoint_bytes;          /* a block */
    unsigned char *forward_spill, *adjoint_spill; /* instead, where that is too much; or NULL */
    struct device_loss loss;
    struct device_rules rules;

    /* from the host */
    const float *alpha, *beta, *kappa, *kappa_back, *drive, *bias, *threshold, *reset, *height;
    const double *tau; /* [cells] tau_mem as given */
    const float *weight, *weight_back;
    const uint32_t *tile; /* [tiles] population */
    const struct device_population *population;
    const struct device_fan *fan, *back; /* [fans], [backs] */
    const struct device_route *route, *back_route;
    const struct device_projection *projection; /* those from lif populations first */
    const uint32_t *back_list;
    const uint32_t *label; /* [samples] */
    const double *times;   /* [samples][outputs] wanted spike times, or NULL */
    const uint32_t *turn;  /* [samples * outputs + 1] into the next two, or NULL */
    const double *turn_time, *turn_value;
    struct device_list *list;     /* [samples][populations] */
    const struct device_row *row; /* chunks from late to early */
    const struct device_segment *segment;
    const uint32_t *entry; /* sample * CHUNK + index within the chunk */

    /* written by kernels */
    uint32_t *need;  /* [samples][populations] spikes, also those there was no room for */
    float *score;    /* [samples][width] integral or maximum */
    uint32_t *when;  /* [samples][width] index of the maximum; step of the first spike */
    float *pull;     /* [samples][width] q_j, g_j or dloss/dt_j */
    float *kink;     /* [samples][width] of a maximum: its share, then that times g_j (step.h) */
    double *square;  /* [samples][width] sums of squares, or of V: see loss_after */
    double *scratch; /* [samples][2 outputs] spike times and dloss/dt */
    double *loss_of; /* [samples] */
    float *output;   /* [samples][steps][width] V, then the drive: where the loss needs a trace */
    float *trace_v, *trace_i; /* [samples][steps][cells] before the update, or NULL */
    float *saw[4];            /* [samples][steps][cells] V, I, lambda_V, lambda_I; or NULL */
    float *lambda_v, *lambda_i, *tau_mem, *tau_syn; /* [samples][cells] between chunks */
    uint32_t *cursor;                               /* [samples][backs] between chunks */
    uint64_t *mask;  /* [2] of [fans][neurons][samples]: bit a % CHUNK of arrivals */
    size_t masks;    /* of one of the two */
    float *history;  /* [2][histories][samples][CHUNK][cells] */
    float *gradient; /* [histories][synapses] */
    float *tau_mem_sum, *tau_syn_sum; /* [cells] */
};

/* What stays on a device that trains, beside what it reads of the network, by kernels of
 * gpu/cuda/cuda_resident.h. Hidden neurons: of lif populations that the loss is not of. */
struct device_resident {
    uint32_t learns, tau_learns;   /* whether it is there; whether time constants are trained */
    float *weight, *mean, *square; /* [synapses]; averages of Adam */
    float *tau[2], *tau_mean[2], *tau_square[2];      /* [cells] tau_mem, tau_syn in ms */
    float *weight_scale, *tau_scale[2];               /* [cells] factors of the gradients' sums */
    float *alpha, *beta, *kappa, *kappa_back, *drive; /* those of the network */
    double *tau_given;                                /* likewise */
    float *pull;                                      /* [cells] likewise, where rules have one */
    float least[2];                                   /* of tau */
    double dt, batch, strength, wanted; /* ms; room for samples; of the pull: see step_rules.h */
    /* of a batch, in the arena of the batch */
    uint32_t *spikes;             /* [samples][cells] of hidden neurons */
    uint32_t *count;              /* [cells] their sums */
    uint32_t *predicted, *silent; /* [samples] output; 1 where the label did not spike */
};

/* ---- what a driver does: 0, or -1 after reason and status ---- */

struct device_driver {
    void *context;
    size_t shared;     /* bytes of shared memory a block can have */
    uint32_t clusters; /* blocks a cluster can have */
    uint32_t threads;  /* a block where nothing else is asked for; 0: by the cells */
    uint32_t spikes;   /* room a neuron to start with; 0: chosen */
    enum result_status status;
    char reason[RESULT_REASON];
    int (*take)(struct device_driver *driver, unsigned char **base, size_t bytes, int poison);
    void (*give)(struct device_driver *driver, unsigned char *base);
    /* The host's memory may be used again when it returns. */
    int (*put)(struct device_driver *driver, void *to, const void *from, size_t bytes);
    /* Waits for all that was asked for before. */
    int (*get)(struct device_driver *driver, void *to, const void *from, size_t bytes);
    int (*clear)(struct device_driver *driver, void *at, size_t bytes);
    int (*forward)(struct device_driver *driver, const struct device *d);
    /* Chunks from late to early, each adjoint before its gathering. rows [from, to) of inputs */
    int (*adjoint)(struct device_driver *driver, const struct device *d, uint32_t chunk);
    int (*gather)(struct device_driver *driver, const struct device *d, uint32_t chunk,
                  uint32_t from, uint32_t to);
    int (*sum_tau)(struct device_driver *driver, const struct device *d);
    /* Of what stays: after forward spike counts, the pull and predictions; a step of Adam;
     * constants of a step from time constants. */
    int (*outcome)(struct device_driver *driver, const struct device *d,
                   const struct device_resident *r);
    int (*adam)(struct device_driver *driver, const struct device *d,
                const struct device_resident *r, const struct adam *adam);
    int (*taus)(struct device_driver *driver, const struct device *d,
                const struct device_resident *r);
    void (*close)(struct device_driver *driver); /* frees it, too */
};

#ifdef __cplusplus
extern "C" {
#endif

/* A whole run on a driver; fills all of result but its status. */
enum result_status device_run(struct result *result, const struct case_problem *c,
                              const struct engine_options *options, struct device_driver *driver);

/* A driver for long, to be closed; NULL after status and reason. */
struct device_driver *device_cuda_open(enum result_status *status, char reason[RESULT_REASON]);
struct device_driver *device_emulated_open(enum result_status *status, char reason[RESULT_REASON]);

enum result_status clock_cuda(struct result *result, const struct case_problem *c,
                              const struct engine_options *options);

/* Seconds of the device, between events: what kernels need, without copies. */
struct cuda_times {
    double forward, backward;
};

/* times: NULL, or filled where the status is RESULT_OK. */
enum result_status clock_cuda_timed(struct result *result, const struct case_problem *c,
                                    const struct engine_options *options, struct cuda_times *times);

enum result_status clock_emulated(struct result *result, const struct case_problem *c,
                                  const struct engine_options *options);

#ifdef __cplusplus
}
#endif

#endif
