/* SPDX-License-Identifier: MIT */
/* plan.h: a case laid out for the clock engine, and the state of one run on the host. Private to
 * gpu/; host and CUDA drivers work on the same plan.
 *
 * Cells are the lif and li neurons. Each population of cells starts at a multiple of LANES and is
 * padded with dead cells (no weights, threshold infinite), so that vectors need no remainder. A
 * weight matrix has a row for every source neuron and the padded width of its target.
 *
 * Data flow: case -> grid (time_grid.h) -> plan -> forward (lists of spikes) -> backward (chunks
 * of arrival indices: adjoints, then the gradient gathered from them) -> result. */
#ifndef EVIDENT_GPU_PLAN_H
#define EVIDENT_GPU_PLAN_H

#include "gpu/gpu.h"
#include "gpu/peers.h"
#include "gpu/step_loss.h"
#include "gpu/real.h"

#include <stddef.h>
#include <stdint.h>

#define clock_take CLOCK(take)
#define clock_release CLOCK(release)
#define clock_plan_make CLOCK(plan_make)
#define clock_plan_clear CLOCK(plan_clear)
#define clock_plan_delays CLOCK(plan_delays)
#define clock_constants CLOCK(constants)
#define clock_inputs CLOCK(inputs)
#define clock_round CLOCK(round)
#define clock_run_make CLOCK(run_make)
#define clock_run_clear CLOCK(run_clear)
#define clock_run_bytes CLOCK(run_bytes)
#define clock_forward CLOCK(forward)
#define clock_backward CLOCK(backward)
#define clock_gather CLOCK(gather)
#define clock_gather_sort CLOCK(gather_sort)
#define clock_adjoint CLOCK(adjoint)
#define clock_adjoint_begin CLOCK(adjoint_begin)
#define clock_loss_begin CLOCK(loss_begin)
#define clock_loss_waits CLOCK(loss_waits)
#define clock_loss_before CLOCK(loss_before)
#define clock_loss_after CLOCK(loss_after)
#define clock_loss_end CLOCK(loss_end)
#define clock_loss_drive CLOCK(loss_drive)
#define clock_block CLOCK(block)
#define clock_predict CLOCK(predict)
#define clock_add_rows CLOCK(add_rows)
#define clock_dot_lanes CLOCK(dot_lanes)
#define clock_add_history CLOCK(add_history)
#define clock_host CLOCK(host)
#define clock_result CLOCK(result)
#define clock_list_room CLOCK(list_room)
#define clock_first CLOCK(first)
#define clock_last CLOCK(last)
#define clock_left CLOCK(left)
#define clock_right CLOCK(right)
#define clock_share_make CLOCK(share_make)
#define clock_share_free CLOCK(share_free)
#define clock_share_records CLOCK(share_records)
#define clock_share_taus CLOCK(share_taus)
#define clock_share_lists CLOCK(share_lists)
#define clock_share_history CLOCK(share_history)
#define clock_share_gradient CLOCK(share_gradient)

/* ---- memory: all of a plan or a run, freed at once ---- */

struct clock_memory {
    void **block;
    size_t blocks, room, bytes;
    bool poison; /* fill with NaN, or the like, instead of zero */
};

/* count elements at a multiple of 64 bytes, zero or poisoned; NULL if memory is short. */
void *clock_take(struct clock_memory *memory, size_t count, size_t size);
void clock_release(struct clock_memory *memory);

/* ---- the plan ---- */

/* Spikes of one population in one sample, by step, then by neuron. */
struct clock_list {
    size_t count, room;
    uint32_t *step, *neuron;
    real *slope; /* of a lif population: (I + bias) - V */
    real *rev;   /* backward: sum of w (lambda_V - lambda_I) over the arrivals */
};

struct clock_population {
    enum case_model model;
    size_t size, padded;
    size_t first;              /* cell; of a source: unused */
    size_t incoming, outgoing; /* projections, into the lists of the plan */
    size_t incomings, outgoings;
};

/* Spikes of `source` that arrive `delay` steps later; shared by projections. */
struct clock_fan {
    size_t source;
    uint32_t delay;
};

struct clock_projection {
    size_t source, target; /* populations */
    size_t rows, width;    /* source size, padded target size */
    size_t fans;           /* distinct delays, ascending */
    size_t *fan;           /* [fans]: into plan.fan */
    uint32_t *delay;       /* [rows][width] in steps, or NULL where all are alike */
    size_t weight;         /* offset of [rows][width] into plan.weight */
};

struct clock_loss {
    enum case_loss_kind kind;
    int weighting;
    size_t population, outputs;
    bool by_voltage, traced; /* drives lambda_V of li outputs; needs V of every step */
    struct loss_first first;
    double silent; /* ms: the spike time of a silent output */
    bool label_times, before_only;
    bool kinks;         /* a maximum at an arrival moves with it (step.h) */
    double drive_scale; /* 1 / end, the factor of a drive */
};

/* Rules of training that are no derivatives of the loss; without them all is 0. */
struct clock_rules {
    const real *pull; /* [cells] taken off lambda_V after the jump of every spike; NULL: nothing */
    real phantom;     /* lambda_V at the end of an output that is the label and is silent */
    bool skip_silent; /* no gradient of a sample whose label is silent */
};

struct clock_plan {
    struct clock_memory memory;
    const struct case_problem *c;
    struct engine_options options;
    struct case_grid grid;
    uint32_t steps;
    size_t samples;  /* room for them: the batch by whose size gradients are divided */
    size_t valid;    /* those of the present batch, <= samples */
    uint32_t *label; /* [samples] */
    size_t populations, projections, cells, fans, synapses, rows;
    struct clock_population *population;
    struct clock_projection *projection;
    size_t *incoming, *outgoing; /* projections by target, by source; in the order of the case */
    struct clock_fan *fan;
    size_t *order; /* [valid] of sums over samples: by content, so that none depends on the order
                    * of a case's samples, or as a batch is given */
    /* [cells], see step.h */
    real *alpha, *beta, *kappa, *kappa_back, *drive, *bias, *threshold, *reset, *height;
    real *weight_scale, *tau_mem_scale, *tau_syn_scale; /* factors of the gradients' sums */
    double *tau_mem;                                    /* [cells], as given */
    real *weight, *weight_back; /* [synapses]; weight_back is weight but for SCHEME_STALE */
    real samples_real;
    struct clock_list *input; /* [samples][populations]; empty where no source */
    struct clock_loss loss;
    size_t history; /* kinds of history rows a step: 1, or 2 with gradients of delays */
    struct clock_rules rules;
};

/* RESULT_OK, or a status and reason. plan must be cleared whatever comes out. c must outlive it. */
enum result_status clock_plan_make(struct clock_plan *plan, const struct case_problem *c,
                                   const struct engine_options *options,
                                   char reason[RESULT_REASON]);
void clock_plan_clear(struct clock_plan *plan);

/* Before a run is made: the delays of a projection may become anything from 0 to most steps. What
 * is computed is the same to the bit. -1 if memory is short. */
int clock_plan_delays(struct clock_plan *plan, size_t projection, uint32_t most);

/* Parts of clock_plan_make: -1 and reason if a number leaves the range of real; or memory. */
enum result_status clock_constants(struct clock_plan *plan, char reason[RESULT_REASON]);
enum result_status clock_inputs(struct clock_plan *plan, char reason[RESULT_REASON]);

/* x rounded to real, the only way a double of the case enters the arithmetic. */
static inline real clock_real(double x)
{
    return (real)x;
}

/* ---- a run ---- */

struct clock_sample {
    struct clock_memory blocked; /* of back, where it is not spikes */
    struct clock_list *spikes;   /* [populations]; of a source: the plan's */
    struct clock_list *back;     /* [populations]: what the backward pass sees of them */
    real *lambda_v, *lambda_i;   /* [cells] at the time of the next chunk */
    real *across;                /* [cells] lambda_V - lambda_I */
    size_t *cursor;              /* [fans] into the lists */
    size_t *jumped;              /* [populations] spikes not jumped yet */
    real *v, *i;                 /* [cells] */
    real *before;                /* [cells] I before its decay */
    unsigned char *any;          /* [padded / LANES] of a population: a spike among these */
    const real *zero;            /* [cells] */
    /* of the loss, [outputs] each */
    real *score;      /* integral, maximum or mean of V */
    uint32_t *when;   /* index of the maximum; step of the first spike or UINT32_MAX */
    real *pull;       /* q_j, g_j or dloss/dt_j */
    real *rise;       /* of a maximum: (I + bias) - V before the arrivals of the present step */
    real *kink;       /* of a maximum: its share, then that times g_j (step.h) */
    real *steady;     /* [padded] the drive of the present step */
    real *output;     /* [steps][padded outputs] V, where the loss needs a trace */
    double *square;   /* sums over steps: of squares, or of V */
    double *time;     /* [2 outputs] of first spikes, and dloss/dt */
    uint32_t *target; /* current step of target.voltages */
    double loss;
    real *trace_v, *trace_i; /* [steps][cells] before the update; for gradients of time constants */
    real *tau_mem, *tau_syn; /* [cells] sums */
    double *saw[4];          /* [steps][cells] what a trace reports: V, I, lambda_V, lambda_I */
};

/* One bundle of history rows for the gradient: row (sample * CHUNK + a % CHUNK) * cells. */
struct clock_gather {
    size_t *first;    /* [fans][source size + 1] */
    size_t *begin;    /* [fans] into first */
    uint32_t **entry; /* [fans] history rows, sorted by source neuron */
    size_t *room;     /* [fans] */
};

/* What a rank keeps to exchange with the others. */
struct clock_share {
    const struct gpu_peers *peers;
    unsigned char *out, *in;
    size_t out_room, in_room;
    size_t *out_begin, *in_begin; /* [ranks + 1] */
};

struct clock_run {
    struct clock_memory memory;
    struct clock_share *share; /* NULL: alone. The run does not own it */
    const struct clock_plan *plan;
    struct clock_sample *sample; /* [samples] */
    real *history;           /* [history][samples][CHUNK][cells] lambda_I; lambda_V - lambda_I */
    real *gradient;          /* [history][synapses] sums: of weights, of delays */
    real *tau_mem, *tau_syn; /* [cells] sums over samples */
    struct clock_gather gather;
    double loss;
    double adjoint_seconds, gather_seconds; /* of the last backward pass */
    int failed;                             /* memory was short somewhere in a parallel loop */
};

/* -1 if memory is short. run must be cleared whatever comes out. */
int clock_run_make(struct clock_run *run, const struct clock_plan *plan);
void clock_run_clear(struct clock_run *run);
size_t clock_run_bytes(const struct clock_run *run);

/* Whole trials, all samples, or those of this rank; -1 if memory is short. */
int clock_forward(struct clock_run *run);
int clock_backward(struct clock_run *run);

/* ---- of one sample ---- */

/* waits, before: V at the start of step n, before and after arrivals; after: at its end, before any
 * reset. */
void clock_loss_begin(const struct clock_plan *plan, struct clock_sample *s);
void clock_loss_waits(const struct clock_plan *plan, struct clock_sample *s);
void clock_loss_before(const struct clock_plan *plan, struct clock_sample *s, uint32_t n);
void clock_loss_after(const struct clock_plan *plan, struct clock_sample *s, uint32_t n);
void clock_loss_end(const struct clock_plan *plan, struct clock_sample *s, size_t sample);
/* Fills s->steady[outputs] for a step. */
void clock_loss_drive(const struct clock_plan *plan, struct clock_sample *s, size_t sample,
                      uint32_t step);

/* The output that a sample is taken for: the largest score, the earliest first spike; of equal ones
 * the first. After clock_forward. */
size_t clock_predict(const struct clock_plan *plan, const struct clock_sample *s);

/* Fills s->back: the lists without the spikes that a published defect loses. -1: memory. */
int clock_block(const struct clock_plan *plan, struct clock_sample *s);

/* Rows in whole LANES. i[width] += the sum of rows, row by row in order. */
void clock_add_rows(real *restrict i, const real *const *row, size_t rows, size_t width);
/* lane[LANES]: sums of w x over the places that are alike modulo LANES, ascending. */
void clock_dot_lanes(real *restrict lane, const real *restrict w, const real *restrict x,
                     size_t width);
/* sum[width] += the rows of the history that entries point to, in order; stride between rows. */
void clock_add_history(real *restrict sum, const real *restrict history,
                       const uint32_t *restrict entry, size_t entries, size_t stride, size_t width);

/* Adjoints over the arrival indices of one chunk, into the history of this sample. */
void clock_adjoint_begin(const struct clock_plan *plan, struct clock_sample *s);
void clock_adjoint(const struct clock_run *run, size_t sample, uint32_t chunk);

/* Sorts the arrivals of a chunk at one fan by source neuron; -1 if memory is short. */
int clock_gather_sort(struct clock_run *run, size_t fan, uint32_t chunk);
/* Adds them up for the rows [from, to) of a projection, columns [left, left + wide). */
void clock_gather(const struct clock_run *run, size_t projection, size_t from, size_t to,
                  size_t left, size_t wide);

/* ---- clock_share.c: over several ranks ---- */

/* NULL if memory is short. */
struct clock_share *clock_share_make(const struct gpu_peers *peers);
void clock_share_free(struct clock_share *share);

/* The samples [first, last) of the batch that this rank runs, and the columns [left, right) of a
 * population that it gathers for. All, where there is one rank. */
size_t clock_first(const struct clock_run *run);
size_t clock_last(const struct clock_run *run);
size_t clock_left(const struct clock_run *run, size_t padded);
size_t clock_right(const struct clock_run *run, size_t padded);

/* What follows is -1 if memory is short. Record s, of size bytes, of every sample s that this rank
 * runs, to all ranks; likewise of other things that are split like samples. */
int clock_share_records(struct clock_share *share, void *record, size_t size, size_t samples);
int clock_share_taus(struct clock_run *run);
int clock_share_lists(struct clock_run *run);
int clock_share_history(struct clock_run *run, uint32_t chunk);
int clock_share_gradient(struct clock_run *run);

/* Fills a result that result_make_raster has laid out; -1 if memory is short. */
int clock_result(struct result *result, const struct clock_run *run);

/* Everything: plan, run, result. */
enum result_status clock_host(struct result *result, const struct case_problem *c,
                              const struct engine_options *options);

/* Room for so many spikes; -1 if memory is short. */
int clock_list_room(struct clock_list *list, size_t room);

/* First spike of a list with a step of at least `step`. */
static inline size_t clock_from(const struct clock_list *list, uint32_t step)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->step[middle] < step)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
