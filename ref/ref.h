/* SPDX-License-Identifier: MIT */
/* ref.h: the truth. The reference (proven enclosures), the witness (independent, round to nearest),
 * and the grid reference (a fixed-step engine without its rounding).
 *
 * Sensitivities and adjoints (ref/MATH.md, E7): with l_V the derivative of the loss density by V,
 *     dL/dV_j(t) = -tau_mem lambda_V,j(t)       dL/dI_j(t) = -tau_syn lambda_I,j(t)
 *     tau_mem lambda_V' = -lambda_V - l_V       tau_syn lambda_I' = -lambda_I + lambda_V
 * with ' = -d/dt, as in Wunderlich and Pehle 2021 and Nowotny, Turner, Knight 2025. The loss is the
 * mean over samples. */
#ifndef EVIDENT_REF_H
#define EVIDENT_REF_H

#include "cases/cases.h"
#include "cases/engine.h"
#include "cases/scheme.h"
#include "cases/time_grid.h"
#include "ref/reference/mistake.h"

#include <stdbool.h>
#if __has_include(<flint/arb.h>)
#include <flint/arb.h>
#else
#include <arb.h>
#endif

/* ---- the reference ---- */

enum ref_status {
    REF_OK,        /* every decision proven, every number has the digits asked for */
    REF_UNDECIDED, /* not at the precision cap; reason says which margin defeats it */
    REF_CAPACITY,  /* more events or spikes than the options allow, or the deadline has passed */
    REF_MEMORY     /* memory is short */
};

/* Asks for the adjoints of one neuron at one time, which should be no event of that neuron. */
struct ref_probe {
    size_t sample, population, neuron;
    double time; /* in (0, end) */
};

/* parameter += h * coefficient, parameters as numbered by case_blocks. */
struct ref_nudge {
    size_t parameter;
    double coefficient;
};

/* A case moved along a line: every parameter that is named becomes its double plus h times its
 * coefficient, exactly. h may be of any precision; a ball stands for all that it holds, and every
 * ball of the result then holds what is true of each of them. */
struct ref_line {
    const struct ref_nudge *nudge;
    size_t nudges;
    arb_srcptr h;
};

/* How far a run has come. */
struct ref_progress {
    long precision;        /* bits */
    size_t sample, spikes; /* spikes: of this sample, inputs left out */
    double time;           /* ms */
    bool back;             /* on the way back from T */
};

struct ref_options {
    long digits;         /* decimal digits every number must have (relative; see ref_run) */
    long precision_cap;  /* bits */
    size_t max_events;   /* arrivals and spikes of one sample, summed over neurons */
    bool gradients;      /* false: forward pass only */
    bool adjoints;       /* true: record the adjoints before and after every event */
    bool adjoints_short; /* they may miss their digits; the result says whether any does */
    const struct ref_probe *probe;
    size_t probes;
    size_t max_spikes; /* of one sample, inputs left out; 0: no limit */
    double deadline;   /* seconds of the monotonic clock; 0: none */
    void (*progress)(void *context, const struct ref_progress *progress); /* often; NULL: nobody */
    void *context;
    /* NULL: the case as it is. Of an h that is no point digits only say where precision starts:
     * nothing of the result has to have them. */
    const struct ref_line *line;
    bool no_loss; /* neither loss nor gradients, only spikes and what decides them */
    bool edges;   /* name what every decision is near, see ref_edge */
    unsigned mistakes; /* bits of enum ref_mistake; 0: none, and gradients are gradients */
};

#define REF_OPTIONS_DEFAULT                                                                        \
    {                                                                                              \
        .digits = 40, .precision_cap = 16384, .max_events = (size_t)1 << 25, .gradients = true     \
    }

/* Adjoints of one neuron around one of its events: minus is just before, plus just after. */
struct ref_adjoint {
    size_t population, neuron;
    enum ref_event { REF_ARRIVAL, REF_SPIKE, REF_MAXIMUM, REF_PROBE } event;
    arb_t time, lambda_v_minus, lambda_v_plus, lambda_i_minus, lambda_i_plus;
    /* Whether an output is at its largest voltage for a while there, so that a step of its V or I
     * has two one-sided derivatives; NaN then. */
    bool none_minus, none_plus;
};

struct ref_train {
    size_t count;
    arb_ptr at;      /* ascending, proven enclosures of the spike times in ms */
    arb_ptr by_time; /* dL/dt of each, through its arrivals, its reset and the loss; NULL without
                        gradients */
};

/* Where the voltage of an output is largest, for a loss that asks for it. */
struct ref_maximum {
    enum ref_maximum_place {
        REF_MAXIMUM_START,   /* at t = 0 alone, or from there on for a while */
        REF_MAXIMUM_ARRIVAL, /* where something arrives */
        REF_MAXIMUM_INSIDE,
        REF_MAXIMUM_END /* V still rises at T */
    } place;
    arb_t time, value;
};

/* What a decision turns on. Between two of them along a line the loss is smooth. */
enum ref_edge_kind {
    REF_EDGE_PEAK,    /* peak - threshold, of a spike (> 0: it dies at 0) or of the silence before
                         the spike of that ordinal (< 0: it is born at 0) */
    REF_EDGE_ORDER,   /* between a spike and the arrival at its neuron next before or behind it */
    REF_EDGE_END,     /* T - time of a spike or of an arrival; < 0 of one that comes too late */
    REF_EDGE_MAXIMUM, /* between the largest and the next largest maximum of an output */
    REF_EDGE_KINDS
};

/* A signed margin with its name. An order edge names the spike, and by `from` the arrival. */
struct ref_edge {
    enum ref_edge_kind kind;
    size_t sample, population, neuron, ordinal;
    bool behind; /* order: the arrival comes after the spike */
    bool lowers; /* order: its weight is below zero */
    /* Of order, and of the end of an arrival: the spike that arrives and by which projection;
     * from.population is SIZE_MAX where there is no arrival. */
    struct {
        size_t population, neuron, ordinal, projection;
    } from;
    arb_t margin, time; /* time: of the peak, the spike, the arrival */
};

struct ref_sample {
    arb_t loss;
    struct ref_train **spikes;   /* [populations][neurons]; NULL for populations that are not lif */
    struct ref_adjoint *adjoint; /* on request; of each neuron the latest first */
    size_t adjoints;
    struct ref_maximum *maximum; /* [outputs], of the loss of the maximum; else NULL */
    size_t maxima;
};

enum ref_margin { REF_GRAZING, REF_SLOPE, REF_COINCIDENCE, REF_END, REF_MAXIMUM_GAP, REF_MARGINS };

/* Why a loss has no derivative by a parameter at a case. */
enum ref_none_kind {
    REF_NONE_ONE_SIDED, /* two one-sided derivatives: a voltage at its maximum for a while */
    REF_NONE_BIRTH,     /* a spike is born or lost */
    REF_NONE_ORDER,     /* events change places (arrivals that share a maximum) */
    REF_NONE_END,       /* an event at the end of the trial comes in or leaves */
    REF_NONE_BEYOND,    /* beyond what the engine's numbers can say */
    REF_NONE_KINDS
};

/* A parameter of which it is not proven that there is a derivative: its one-sided ones differ or,
 * summed over outputs and samples, may differ; or they are equal, but the loss has no derivative
 * along directions that move it together with others. It costs no other parameter its value. */
struct ref_none {
    size_t parameter; /* in the flat order of cases.h */
    enum ref_none_kind kind;
    bool known;        /* whether left and right are */
    arb_t left, right; /* derivatives as the parameter comes from below, from above */
};

struct ref_result {
    enum ref_status status;
    long precision; /* bits of the run that succeeded, or of the last one tried */
    arb_t loss;
    size_t samples, populations;
    size_t *size; /* [populations], 0 where a population is not lif */
    struct ref_sample *sample;
    size_t parameters;
    arb_ptr gradient; /* [parameters] in the flat order of cases.h; NULL without gradients. NaN, so
                         that it equals nothing, where none says that there is no derivative */
    size_t nones;
    struct ref_none *none; /* [nones], parameters ascending */
    size_t probes;
    arb_ptr probe_v, probe_i;               /* [probes]: V and I there */
    arb_ptr probe_lambda_v, probe_lambda_i; /* [probes]; NULL without gradients */
    bool *probe_none;                       /* [probes]: as none_minus of an adjoint */
    arb_t margin[REF_MARGINS];              /* +inf where there is nothing to measure */
    char reason[256];                       /* of any status but REF_OK: one line */
    bool late;                              /* REF_CAPACITY: it was the deadline */
    bool adjoints_short;                    /* some recorded adjoint misses its digits */
    /* On request. Equal signatures: the same spikes, each behind the same arrivals at its neuron,
     * and the same arrivals before T (but for a collision of 64 bits). */
    uint64_t signature;
    struct ref_edge *edge;
    size_t edges;
};

/* Simulates and differentiates a case with proven error bounds. Precision starts low and grows
 * until every decision is proven and every number x of the result has radius <= 10^-digits |x|, or,
 * where x is not separated from zero, radius <= 10^-(2 digits) times the largest number of its
 * kind. result must be cleared whatever is returned. */
enum ref_status ref_run(struct ref_result *result, const struct case_problem *c,
                        const struct ref_options *options);
void ref_clear(struct ref_result *result);

/* The reference as an engine: midpoints, rounded to doubles; NaN where there is no derivative.
 * RESULT_REFUSED where it is undecided. */
extern const struct engine ref_engine;

/* Why there is no derivative by a parameter; NULL if there is one. */
const struct ref_none *ref_none_of(const struct ref_result *result, size_t parameter);

/* The gradient times the direction of a line. false, and NaN: some part has no derivative. */
bool ref_slope(arb_t slope, const struct ref_result *result, const struct ref_nudge *nudge,
               size_t nudges);

const char *ref_none_name(enum ref_none_kind kind);  /* "one-sided", ... */
const char *ref_edge_name(enum ref_edge_kind kind);  /* "peak", "order", "end", "maximum" */
const char *ref_margin_name(enum ref_margin margin); /* "grazing", ... */
const char *ref_status_name(enum ref_status status);

/* ---- the witness: a second forward simulator, MPFR round to nearest, no error bounds ---- */

enum witness_port { WITNESS_V, WITNESS_I };

/* V or I of one neuron += h size at one time (which should be no event of that neuron). */
struct witness_impulse {
    size_t sample, population, neuron;
    double time, size;
    enum witness_port port;
};

struct witness_direction {
    const struct ref_nudge *nudge;
    size_t nudges;
    const struct witness_impulse *impulse; /* or NULL */
};

struct witness_train {
    size_t count;
    mpfr_t *at;
};

/* What a margin of the reference can be, by what was seen; +inf where nothing was. */
struct witness_margin {
    double least, most;
};

struct witness_run {
    mpfr_t loss;
    mpfr_t *sample_loss; /* [samples] */
    size_t samples, populations;
    size_t *size;                   /* [populations], 0 where not lif */
    struct witness_train ***spikes; /* [samples][populations][neurons] */
    uint64_t counts;                /* digest of the number of spikes of every neuron */
    uint64_t sequence; /* digest of, for every spike, the arrivals of nonzero weight at its neuron
                          before it */
    uint64_t borders;  /* digest of the order of arrivals and steps of the target at every output
                          without a threshold: what is late for the end is not among them */
    mpfr_t
        closest; /* smallest |peak - threshold| seen: tells a tangent from a plain count change */
    struct witness_margin margin[REF_MAXIMUM_GAP]; /* all but the gap between two maxima */
};

enum witness_status {
    WITNESS_OK,
    WITNESS_CAPACITY, /* too many spikes */
    WITNESS_MEMORY    /* memory is short */
};

/* Simulates the case with direction (NULL: none) applied h times, at a precision of prec bits. */
enum witness_status witness_simulate(struct witness_run *run, const struct case_problem *c,
                                     const struct witness_direction *direction, mpfr_srcptr h,
                                     mpfr_prec_t prec);
void witness_run_clear(struct witness_run *run);

/* Central differences, or from one side: for parameters that cannot go below zero (a delay of zero,
 * a spike at time zero), and where the two sides need not be alike, the forward difference
 * (-3 f(0) + 4 f(h) - f(2h)) / 2h or its mirror image. All are of second order. */
enum witness_side { WITNESS_CENTRAL, WITNESS_FORWARD, WITNESS_BACKWARD };

enum witness_class {
    WITNESS_SMOOTH,       /* the same spikes in the same order at every point: evidence */
    WITNESS_ORDER_CHANGE, /* a spike and an arrival at its neuron changed places, or, at an output
                           * without a threshold, arrivals, a step of its target and the end:
                           * there the loss may have a kink, and each side is asked by itself */
    WITNESS_COUNT_CHANGE, /* a spike was born or lost */
    WITNESS_TANGENT,      /* likewise, at a peak that touches the threshold */
    WITNESS_UNRESOLVED    /* smooth, but the digits were not reached at the precision cap */
};

struct witness_request {
    long digits;        /* relative error to reach, judged by the difference of two steps */
    double order_slack; /* accept an observed order in 2 +- order_slack */
    mpfr_prec_t precision_first, precision_cap;
    struct witness_share *share; /* or NULL */
};

/* What the differences of one case share: unmoved runs and what neurons did in them, exponentials,
 * rules of quadrature. They are then the same but for rounding far below the guard bits, and
 * faster. NULL if memory is short. */
struct witness_share *witness_share_new(void);
void witness_share_free(struct witness_share *share);

struct witness_difference {
    enum witness_class class_;
    mpfr_t value; /* the difference at the smallest step */
    mpfr_t error; /* estimate of its error: a third of its distance to the one at twice the step,
                   * plus the rounding floor */
    double order; /* observed from three steps; NaN where the differences agree to rounding */
    double step;  /* log2 of the smallest step */
    mpfr_prec_t precision;
    size_t simulations;
};

/* Differentiates the loss along a direction. Step and precision are chosen together: h = 2^-(5p/16)
 * at p bits; p doubles until the pattern is smooth at h, h/2, h/4, the observed order is 2 and the
 * digits are reached. A central difference across a change of borders (see witness_run) ends at
 * once as an order change. difference must be cleared. */
enum witness_status witness_differentiate(struct witness_difference *difference,
                                          const struct case_problem *c,
                                          const struct witness_direction *direction,
                                          enum witness_side side,
                                          const struct witness_request *request);
void witness_difference_clear(struct witness_difference *difference);

/* The difference of one step at one precision, for the U-curve: error against step. */
enum witness_status witness_difference_at(mpfr_t value, const struct case_problem *c,
                                          const struct witness_direction *direction,
                                          enum witness_side side, double log2_step,
                                          mpfr_prec_t prec);

/* ---- the grid reference: a fixed-step engine without its rounding, along its spikes ---- */

enum ref_grid_quantity {
    REF_GRID_V,        /* at the end of a step, before any reset; of a lif, what it decided on */
    REF_GRID_I,        /* in a step, after arrivals and before decay */
    REF_GRID_SLOPE,    /* (I + bias) - V of a spike */
    REF_GRID_LAMBDA_V, /* at time (step + 1) dt, before the jumps there */
    REF_GRID_LAMBDA_I,
    REF_GRID_QUANTITIES
};

/* What the engine would have got without rounding, and how far rounding can have taken it:
 * |engine - value| <= bound for every engine that does the documented operations in their order,
 * each rounded to nearest with unit roundoff 2^-unit. */
struct ref_grid_number {
    enum ref_grid_quantity quantity;
    size_t sample, cell; /* cell: lif and li neurons in the order of the populations */
    uint32_t step;
    arb_srcptr value;
    mag_srcptr bound;
    /* Of REF_GRID_V of a lif: whether the raster has a spike here, and what the exact voltage says:
     * +1 spike, -1 none, 0 nearer to the threshold than rounding decides. */
    bool spiked;
    int exact;
};

struct ref_grid_options {
    double step; /* ms; 0: the case's own */
    enum case_delay_rule delays;
    int unit;                             /* 24 or 53 */
    unsigned variant;                     /* bits of enum scheme_variant */
    const double *const *backward_weight; /* [projections][source size * target size], STALE */
    bool gradients;                       /* false: forward pass only */
    /* NULL, or is told of every number: all of a sample's forward pass, then its backward pass. */
    void (*observe)(void *context, const struct ref_grid_number *number);
    void *context;
};

struct ref_grid_result {
    enum ref_status status; /* REF_UNDECIDED: a number has no finite bound; all others hold */
    char reason[256];       /* of any status but REF_OK: one line */
    uint32_t steps;
    size_t samples, parameters;
    arb_t loss;
    mag_t loss_bound;
    arb_ptr sample_loss; /* [samples] */
    mag_ptr sample_loss_bound;
    bool provides[CASE_QUANTITIES]; /* weights, delays, tau_mem, tau_syn; none without gradients */
    arb_ptr gradient;               /* [parameters] in the flat order of cases.h; 0 where absent */
    mag_ptr gradient_bound;
    size_t decisions, unexplained; /* of spikes; those that the exact voltage contradicts */
};

/* Follows the scheme of a clock engine on the grid of case_grid_make along the spikes in raster
 * (of lif populations; steps ascending, each at most once). REF_CAPACITY: memory is short, the case
 * has no such grid, or the raster does not fit it. result must be cleared whatever is returned. */
enum ref_status ref_grid_run(struct ref_grid_result *result, const struct case_problem *c,
                             const struct case_raster *raster,
                             const struct ref_grid_options *options);
void ref_grid_clear(struct ref_grid_result *result);

#endif
