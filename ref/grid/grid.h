/* SPDX-License-Identifier: MIT */
/* grid.h: the parts of the grid reference, private to ref/.
 *
 * The scheme of a fixed-step engine is followed operation by operation along the spikes that an
 * engine emitted. Every number is a pair: x, a ball around what exact arithmetic gives, and e, a
 * bound on how far the engine's own number can be from it. One function stands for one operation
 * of the engine, so that grid_forward.c and grid_backward.c read like the engine and prove their
 * bounds on the way (grid_number.c has the inequalities; nothing else rounds).
 *
 * Data flow of one sample: grid_spikes_load -> grid_forward -> grid_loss_end -> grid_backward,
 * which adds to the sums that grid_gradient_end turns into gradients. */
#ifndef EVIDENT_REF_GRID_H
#define EVIDENT_REF_GRID_H

#include "ref/ref.h"

#include <math.h>

/* Bits of the balls: two limbs, which arb keeps without allocating. An engine's operation adds at
 * least 2^-53 |x| to e where it adds 2^-127 |x| to the radius of x, and an operation that leaves e
 * alone is exact in balls, too: so every radius is below 2^-70 of its bound, however long the
 * computation, and more bits could never matter. Bounds that are reported include it. */
#define GRID_BITS 128

/* Bits of constants before they become balls of GRID_BITS: the difference of two exponentials may
 * lose 53 (nearly equal time constants) and two times 30 (small steps). */
#define GRID_CONSTANT_BITS 320

/* ---- grid_number.c: one operation of the engine ---- */

struct grid_number {
    arb_t x;
    double e;
};

/* Bounds are computed in doubles, all of whose terms are positive, and widened once an expression:
 * fewer than 2^10 operations are off by less than 2^-43 of the result, or, where they underflow, by
 * less than 2^-1060. Sizes outside of 2^-900 .. 2^900 become 2^-900 or infinite. */
#define GRID_SLACK 0x1p-40
#define GRID_FLOOR 0x1p-900
#define GRID_MOST 0x1p900

static inline double grid_up(double bound)
{
    return bound * (1 + GRID_SLACK) + GRID_FLOOR;
}

/* Rounding to nearest: fl(x) = x (1 + d) + t, |d| <= u = 2^-bits, |t| <= tiny, half the smallest
 * subnormal number (in binary64 2^-1075, which GRID_FLOOR covers), as long as |x| <= most; beyond
 * that the engine may overflow and e becomes infinite. least: grid_flush. */
struct grid_rounding {
    int bits;
    double u, u_twice, tiny, most; /* u_twice: u (1 + 2^-20), for roundings of rounded sizes */
    double least;
};
extern const struct grid_rounding grid_binary32, grid_binary64;

double grid_size(const arb_t x);  /* at least |x| */
double grid_least(const arb_t x); /* at most |x| */
double grid_grow(double x);       /* at least e^x - 1; infinite above 1 */

/* The bound of a number that would be off by e and is rounded. */
double grid_settled(const arb_t x, double e, const struct grid_rounding *r);

/* count numbers, all exactly zero; NULL if memory is short. */
struct grid_number *grid_numbers(size_t count);
void grid_numbers_clear(struct grid_number *z, size_t count);

bool grid_is_zero(const struct grid_number *x); /* exactly, in the engine, too */
void grid_zero(struct grid_number *z);
void grid_set(struct grid_number *z, const struct grid_number *x);
void grid_set_d(struct grid_number *z, double x); /* a double of the case, exact */
/* A double of the case rounded to the engine's numbers; its error is known exactly. */
void grid_set_rounded(struct grid_number *z, double x, const struct grid_rounding *r);
/* A constant, correctly rounded by the engine from its exact value. */
void grid_constant(struct grid_number *z, const arb_t x, const struct grid_rounding *r);
/* A constant that the engine computes by a few roundings. */
void grid_computed(struct grid_number *z, const arb_t x, int roundings,
                   const struct grid_rounding *r);

/* z may be x or y. */
void grid_add(struct grid_number *z, const struct grid_number *x, const struct grid_number *y,
              const struct grid_rounding *r);
void grid_sub(struct grid_number *z, const struct grid_number *x, const struct grid_number *y,
              const struct grid_rounding *r);
void grid_mul(struct grid_number *z, const struct grid_number *x, const struct grid_number *y,
              const struct grid_rounding *r);
/* e is infinite where y may be zero. */
void grid_div(struct grid_number *z, const struct grid_number *x, const struct grid_number *y,
              const struct grid_rounding *r);
/* The engine's own exponential of doubles. */
void grid_exp(struct grid_number *z, const struct grid_number *x);
/* The end of a step: the engine replaces a number smaller than r->least in size by 0. How far its
 * number may have moved: r->least, or 0 where its size is surely no less. */
double grid_flush(struct grid_number *z, const struct grid_rounding *r);
double grid_flushed(const struct grid_number *z, const struct grid_rounding *r); /* only how far */
/* A double rounded to r; nothing happens if r is binary64. */
void grid_round(struct grid_number *z, const struct grid_number *x, const struct grid_rounding *r);

/* Relative error of the engine's exponential and logarithm; an exponential below 2^-1022 may be
 * anything up to that, which GRID_FLOOR covers. */
#define GRID_FUNCTION 0x1p-50

/* Numbers that many terms are added to. With `ordered` the terms come in the engine's order;
 * otherwise in an unknown one, and the bound holds for every order. */
struct grid_sums {
    bool ordered;
    size_t count;
    struct grid_number *sum;
    double *size;    /* sum of the terms' magnitudes; NULL if ordered */
    uint32_t *terms; /* NULL if ordered */
    struct grid_rounding rounding;
};

int grid_sums_init(struct grid_sums *s, size_t count, bool ordered,
                   const struct grid_rounding *rounding); /* -1 if memory is short */
void grid_sums_clear(struct grid_sums *s);
void grid_sums_add(struct grid_sums *s, size_t at, const struct grid_number *x);
void grid_sums_end(struct grid_number *z, const struct grid_sums *s, size_t at);

/* ---- grid_plan.c: constants and wiring ---- */

/* Sizes of the engine's constants, for grid_propagate.c. */
struct grid_bounds {
    double alpha, beta, kappa_back, kappa;
    double rest_v, rest_i;     /* 1 - alpha, 1 - beta - kappa_back */
    double cross, cross_error; /* alpha - beta - kappa_back, and its error */
};

struct grid_cell {
    size_t population, index;
    double tau_mem, tau_syn;
    /* kappa: V gains kappa I in a step; kappa_back: lambda_I gains kappa_back lambda_V */
    struct grid_number alpha, beta, kappa, kappa_back, drive, bias;
    struct grid_number threshold, reset, height; /* lif */
    struct grid_bounds bounds;
};

/* The synapses of a projection by delay. Rows of target are sorted by delay, then by target. */
struct grid_fan {
    size_t rows, columns, distinct;
    uint32_t *delay;  /* [distinct], ascending */
    uint32_t *target; /* [rows][columns], or NULL where all delays are alike */
    size_t first;     /* number of its first synapse among all */
};

/* ---- grid_spikes.c: the spikes of one population in one sample, by step, then by neuron ---- */

struct grid_spikes {
    size_t count, room;
    size_t *first;    /* [steps + 1]: spikes of step n are first[n] .. first[n + 1] - 1 */
    uint32_t *neuron; /* [room], like what follows */
    bool *heard;      /* whether the backward pass knows this spike */
    struct grid_number *slope, *rev; /* of lif populations, else NULL */
};

/* ---- grid_propagate.c: the adjoint of a cell ---- */

struct grid_adjoint {
    struct grid_number v, i; /* lambda_V, lambda_I */
    double across;           /* bound of the error of lambda_V - lambda_I */
    double gap; /* of lambda_V - A, A the drive of the step last passed; infinite before */
};

/* ---- grid_loss.c ---- */

/* The maximum of one output. */
struct grid_maximum {
    uint32_t when;
    bool sure; /* when is the engine's, too */
    struct grid_number best;
    double most; /* the largest e of all that has been seen */
};

struct grid_loss {
    size_t cell, outputs;           /* first cell of the loss population, and its size */
    struct grid_number *score;      /* [outputs]: S, a maximum, or the time of the first spike */
    struct grid_number *pull;       /* [outputs]: q, g or dloss/dt */
    struct grid_number *part;       /* [outputs]: a softmax */
    struct grid_number *shape;      /* [steps]: weighting of the voltage integral, in double */
    struct grid_number *steady;     /* [steps][outputs]: drives of the instantaneous loss */
    struct grid_number *factor;     /* [outputs]: of the squared error's drive */
    struct grid_number real_shape;  /* of the step that is processed */
    struct grid_number value, sums; /* in double: of the sample, over time */
    struct grid_maximum *maximum;   /* [outputs] */
    double *drift;                  /* [steps][outputs]: error of V's change, of the maximum loss */
    double shape_change, shape_error; /* of the step that is processed to the next one */
    size_t *first;                    /* [outputs]: number of the first spike, or SIZE_MAX */
};

/* ---- the whole ---- */

#define GRID_SCRATCH 6
#define GRID_LANES 32

struct grid {
    const struct case_problem *c;
    const struct case_raster *raster;
    const struct ref_grid_options *options;
    struct ref_grid_result *result;
    struct case_grid grid;
    uint32_t steps;
    const struct grid_rounding *real; /* of the engine; losses are in binary64 */
    size_t cells, synapses, sample;
    size_t *first; /* [populations]: number of their first cell */
    struct grid_cell *cell;
    struct grid_fan *fan;       /* [projections] */
    struct grid_spikes *spikes; /* [populations] */
    bool *blocked;              /* [neurons of the largest population] */
    struct grid_loss loss;
    /* [rows][cells]: V at time n dt, I in step n after arrivals; all steps with gradients, else the
     * last two */
    size_t rows;
    struct grid_number *v, *i;
    struct grid_adjoint *adjoint;          /* [cells] */
    struct grid_number *across;            /* [cells]: lambda_V - lambda_I */
    uint32_t *across_at;                   /* [populations]: the index it is of, 0 at first */
    struct grid_number *tau_mem, *tau_syn; /* [cells], of this sample */
    struct grid_sums weight_sums, delay_sums, tau_mem_sums, tau_syn_sums, loss_sums;
    struct grid_number lane[GRID_LANES], scratch[GRID_SCRATCH], term;
};

static inline bool grid_has(const struct grid *g, unsigned variant)
{
    return (g->options->variant & variant) != 0;
}

static inline struct grid_number *grid_v(const struct grid *g, uint32_t n)
{
    return g->v + n % g->rows * g->cells;
}

static inline struct grid_number *grid_i(const struct grid *g, uint32_t n)
{
    return g->i + n % g->rows * g->cells;
}

/* ---- grid_run.c ---- */
/* Remembers why a number has no finite bound; the first reason stays. */
void grid_undecided(struct grid *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Tells the observer. number has quantity, cell, step, and what a decision needs. */
void grid_tell(struct grid *g, struct ref_grid_number *number, const struct grid_number *z);
/* x into a result: the bound covers the radius, so that it holds around the midpoint, too. */
void grid_report(arb_t value, mag_t bound, const struct grid_number *x);

int grid_plan_init(struct grid *g); /* -1 if memory is short */
void grid_plan_clear(struct grid *g);
void grid_plan_bounds(struct grid_cell *cell); /* fills cell->bounds */
/* Those synapses of a row that have the delay: first and end into fan.target. */
void grid_fan_range(size_t *first, size_t *end, const struct grid *g, size_t projection, size_t row,
                    uint32_t delay);
static inline size_t grid_fan_target(const struct grid_fan *fan, size_t row, size_t k)
{
    return fan->target ? fan->target[row * fan->columns + k] : k;
}

int grid_spikes_init(struct grid *g);
void grid_spikes_clear(struct grid *g);
void grid_spikes_load(struct grid *g); /* those of g->sample */
/* Marks the spikes that a defect makes the backward pass miss. */
void grid_spikes_miss(struct grid *g);

void grid_forward(struct grid *g);

int grid_loss_init(struct grid *g);
void grid_loss_clear(struct grid *g);
void grid_loss_begin(struct grid *g);
void grid_loss_step(struct grid *g, uint32_t n);
void grid_loss_end(struct grid *g);
bool grid_loss_drives(const struct grid *g); /* whether the outputs' adjoint has a drive */
void grid_loss_drive_begin(struct grid *g, uint32_t k);
/* Also bounds the error of the difference to the drive of step k + 1. */
double grid_loss_drive(struct grid_number *z, struct grid *g, uint32_t k, size_t output);
/* p = softmax of s, loss = -log p[label], in doubles, as the engine does. The engine takes
 * `roundings` roundings from s - max s to the argument of the exponential. */
void grid_softmax(struct grid_number *p, struct grid_number *loss, const struct grid_number *s,
                  size_t count, size_t label, int roundings);

/* ---- grid_loss_voltage.c, grid_loss_spike.c, grid_loss_part.c ---- */

/* Roundings of 1 / T or 1 / (T tau): an engine may divide twice, or multiply by a reciprocal. */
#define GRID_SCALING 2

/* 1 / T and 1 / tau_mem of an output, or their product, or 1. */
void grid_loss_scale(arb_t z, const struct grid *g, size_t output, bool by_end, bool by_tau);
/* (delta - p) times that, p of loss.part, in doubles, rounded to real at the end. */
void grid_loss_pull(struct grid_number *z, struct grid *g, size_t output, bool by_end, bool by_tau);
void grid_loss_shape(struct grid_number *z, struct grid *g, uint32_t n);
void grid_maximum_begin(struct grid_maximum *m);
void grid_maximum_see(struct grid_maximum *m, uint32_t when, const struct grid_number *v);
void grid_maximum_end(struct grid_number *z, const struct grid_maximum *m);
/* Whether the engine's maximum is at m->when, too. */
bool grid_maximum_is_sure(const struct grid *g, size_t output);
/* What arrivals at index a see of the jump of lambda_V at the maximum of an output, which is at a;
 * 0 where the engine's maximum does not move. */
void grid_maximum_seen(struct grid_number *z, struct grid *g, size_t output, uint32_t a);
/* Bound of the error of the change of V in step n of a cell that is never reset. */
double grid_loss_drift(const struct grid *g, size_t cell, uint32_t n);
void grid_loss_spike(struct grid *g);

void grid_adjoint_jump(struct grid_adjoint *l, const struct grid_number *jump,
                       const struct grid_rounding *r);
void grid_adjoint_across(struct grid_number *z, const struct grid_adjoint *l,
                         const struct grid_rounding *r);
void grid_propagate_free(struct grid *g, struct grid_adjoint *l, const struct grid_cell *cell);
/* drift as from grid_loss_drive. */
void grid_propagate_driven(struct grid *g, struct grid_adjoint *l, const struct grid_cell *cell,
                           const struct grid_number *drive, double drift);

void grid_backward(struct grid *g);

int grid_gradient_init(struct grid *g);
void grid_gradient_clear(struct grid *g);
int grid_gradient_end(struct grid *g); /* -1 if memory is short */

#endif
