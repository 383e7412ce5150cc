/* SPDX-License-Identifier: MIT */
/* reference.h: the parts of the reference, private to ref/.
 *
 * Data flow of one sample at one precision: neurons_init -> simulate (tapes, events, spikes,
 * margins)
 * -> loss_evaluate (value, first-spike slopes, drive of the outputs) -> adjoint_run (gradients).
 * Every function that has to decide something returns an outcome; IMPRECISE climbs to ref_run,
 * which starts again with twice the precision. No decision is ever taken on a ball that does not
 * prove it. */
#ifndef EVIDENT_REFERENCE_H
#define EVIDENT_REFERENCE_H

#include "ref/ref.h"
#if __has_include(<flint/acb.h>)
#include <flint/acb.h>
#include <flint/arb_hypgeom.h>
#else
#include <acb.h>
#include <arb_hypgeom.h>
#endif

enum outcome { PROVEN, IMPRECISE, FULL };

/* ---- flow.c: one neuron between two of its events ---- */

/* What depends on the time constants alone: a = 1/tau_mem, c = 1/tau_syn. */
struct constants {
    bool equal; /* tau_mem == tau_syn exactly */
    arb_t tau_mem, tau_syn, a, c, aa, cc;
    arb_t gain;   /* a / (c - a); 0 if equal */
    arb_t gain_a; /* c / (c - a)^2 = d gain / da */
    arb_t gain_c; /* a / (c - a)^2 = -d gain / dc */
    double tau_mem_d, tau_syn_d; /* not above the true ones */
};

/* The state at time s after (V0, I0) is
 *     V = b + (V0 - b) em + I0 k          I = I0 es          em = e^(-as), es = e^(-cs)
 *     k = a (em - es) / (c - a), or a s em if a = c
 * and its derivatives by the time constants are
 *     dV/dtau_mem = (V0 - b) vm + I0 im    dV/dtau_syn = I0 is    dI/dtau_syn = I0 ii.
 * The first six are also the functions whose integrals with a drive make the adjoint of an output.
 */
enum propagator { P_ONE, P_EM, P_K, P_VM, P_IM, P_IS, P_DRIVEN, P_ES = P_DRIVEN, P_II, P_ALL };

struct neuron;

void constants_init(struct constants *k, const arb_t tau_mem, const arb_t tau_syn, long prec);
void constants_clear(struct constants *k);

/* values[P_ALL] at s; only P_EM, P_K and P_ES if brief. */
enum depth { BRIEF, COMPLETE };
void propagate(arb_ptr values, const struct constants *k, const arb_t s, enum depth depth,
               long prec);

/* An unknown answer of crossing_find is IMPRECISE. */
enum crossing { CROSSING_NONE, CROSSING_FOUND, CROSSING_UNKNOWN };

/* The first upward crossing of the threshold after the state (v, i), in free flow of length up to
 * horizon: proven absent, or s encloses it (it may lie beyond the horizon), and slope > 0 encloses
 * tau_mem dV/dt there, current the I there. peak: sup of V in free flow, where one was needed. */
enum crossing crossing_find(arb_t s, arb_t slope, arb_t current, arb_t peak, const struct neuron *n,
                            const arb_t v, const arb_t i, const arb_t horizon, long prec);

/* Time of the extremum of V in free flow, if it has one at s > 0 where V' falls through zero. */
enum crossing peak_find(arb_t s, arb_t peak, const struct neuron *n, const arb_t v, const arb_t i,
                        long prec);

/* ---- hint.c: a guess in double precision, never a proof ---- */

double middle_d(const arb_t x); /* the midpoint, rounded */

/* A time not later than the first crossing of threshold - slack * scale, INFINITY if none. */
double hint_crossing(const struct neuron *n, double v, double i, double slack);
/* The crossing itself, as good as doubles go, within [0, end]. */
double hint_root(const struct neuron *n, double v, double i, double end);

/* ---- the state of one sample ---- */

enum event_kind { EVENT_START, EVENT_ARRIVAL, EVENT_SPIKE, EVENT_PROBE, EVENT_BREAK, EVENT_END };

#define NOBODY SIZE_MAX

/* States are kept at the mark, an exact number inside the enclosure of the time. An arrival at time
 * t adds w k(mark - t) to V and w es(mark - t) to I there: by linearity the flow from the mark on
 * is the true one, and the uncertainty of t enters once, times w, instead of growing with every
 * event that passes. Where marks and times differ the states are off by at most epsilon (see struct
 * neuron). */
struct event {
    enum event_kind kind;
    arb_t time, mark;
    size_t spike;       /* arrival: which one arrives; spike: itself; probe: its number */
    size_t projection;  /* of an arrival */
    size_t first, last; /* neurons (numbers in the network) that have a tape entry for it */
    size_t target;      /* arrival: the only one that receives it, NOBODY: all of first..last-1 */
};

struct spike {
    size_t neuron;                     /* number in the network; NOBODY for an input spike */
    size_t population, index, ordinal; /* neuron within the population, spike within the neuron */
    arb_t time;
    arb_t slope;   /* tau_mem dV/dt just before */
    arb_t current; /* I just before */
    arb_t by_time; /* dL/dt of this spike through its arrivals and the loss (backward) */
};

/* The state of a neuron at the mark of one of its events, that event included. */
struct entry {
    size_t event;
    arb_t v, i;
};

/* near.c: the events of a neuron since `first` (an entry of its tape), of which no two neighbours
 * are proven apart. Doubles not below the true ones. */
struct near {
    size_t first;
    double reach;   /* ms: none of them is later */
    double radius;  /* the largest of their times; 0: all exact */
    double weights; /* sum of |w| */
    double top;     /* largest V */
    double size;    /* largest |V| + |I| */
};

struct neuron {
    size_t population, index;
    enum case_model model;
    struct constants *k;
    arb_t threshold, reset, bias;
    double threshold_d, bias_d; /* of hints */
    struct entry *tape;
    size_t entries, room;
    /* forward */
    double key; /* earliest time at which it may cross; tournament order */
    bool crossing_known;
    arb_t crossing, slope, current;
    /* V < threshold is proven where the true V may differ from the flow between marks, too
     * (near.c), and then the order of arrivals among each other does not matter. */
    struct near near;
    /* Of an output, once all is simulated: |V| and |I| are at most S = size = |b| + |threshold| +
     * |reset| + the sum of |w| over all its arrivals. At any time the true V differs from the flow
     * between marks by at most epsilon, and V moves by less than epsilon in 4 R, R being the
     * largest radius of its events: |V'| <= 2 S / tau_mem, so epsilon = 16 S R / tau_mem. */
    double heard; /* the sum of |w|, rounded up */
    mag_t size, epsilon;
    size_t last_spike, last_arrival; /* events, 0 if none */
    size_t spikes;
    /* backward: dL/dV and dL/dI just before the event of entry cursor + 1 */
    size_t cursor;
    arb_t p, q;
    mag_t jump; /* |p(-)| + |p(+)| + |q| at the spike passed last */
};

/* A zero-weight arrival whose order to a spike of its neuron is unknown: its gradient is q there.
 */
struct pending_weight {
    size_t spike_event, parameter;
};

/* How the time of one event lies to that of another. SAME only where equality is a fact: exact
 * equal times, or an arrival at no delay of the very spike. */
enum relation { BEFORE, SAME, AFTER, OVERLAP };

/* The last flow computed for a population; neurons with the same constants share it. */
struct flow_memo {
    size_t from, to;           /* events */
    const struct constants *k; /* NULL: empty */
    enum depth depth;
    arb_ptr values; /* [P_ALL] */
    arb_t span;     /* mark of to minus mark of from, exact; of a shift: mark minus time */
};

/* A Gauss-Legendre rule of even degree on [-1, 1]: its positive nodes, descending, and their
 * weights for the mean instead of the integral. */
struct rule {
    size_t degree;
    arb_ptr node, weight; /* [degree / 2] */
};

struct drive; /* loss.h */

/* precision.c: bits lost by spike times, the most of each part of the trial so far. */
#define FORECAST_PARTS 32
struct forecast {
    size_t reached; /* the last part with a spike */
    double lost[FORECAST_PARTS];
};

struct pass {
    const struct case_problem *c;
    const struct ref_options *options;
    long prec;
    double slack; /* of the hints */
    size_t sample, parameters, blocks, watched;
    struct case_block *block;
    size_t *first; /* [populations + 1]: numbers of their first neurons, sources excluded */
    size_t neurons;
    struct neuron *neuron;
    struct constants *constants;
    size_t constants_count;
    struct flow_memo *memo, *shift; /* [populations] */
    struct moved *moved;            /* [moveds]: parameters along a line, ascending */
    size_t moveds;
    double shortest; /* ms: of T and all time constants */
    mag_t rho; /* no enclosure of a time has a larger radius */
    struct event *event;
    size_t events, events_room;
    struct spike *spike;
    size_t spikes, spikes_room, inputs;
    struct pending_weight *unsettled; /* backward */
    size_t unsettleds, unsettled_room;
    size_t *heap; /* pending arrivals: numbers of events, by time */
    size_t pending, heap_room;
    size_t *order; /* events in the order in which they were processed */
    size_t ordered, order_room;
    size_t *tournament, leaves;
    size_t entries; /* in all tapes */
    size_t end_event;
    arb_t margin[REF_MARGINS];
    double margin_d[REF_MARGINS]; /* upper bounds, to skip what cannot lower them */
    arb_ptr gradient;             /* [parameters], summed over samples */
    struct ref_none *none;        /* [nones]: shares of outputs and samples, without the gradient */
    size_t nones, nones_room;
    struct ref_result *result;
    size_t edges_room;
    struct rule *rule;
    size_t rules;
    struct drive *drive;
    arb_ptr scratch;
    char *reason; /* [256] */
    struct forecast forecast;
    double last_input; /* ms, the latest of the sample */
};

#define SCRATCH 26

/* Scratch use: flow of the event loop 0..7, adjoint 8..15, loss 16..23, weights 24..25. */

/* An interval of doubles that holds a ball: |rounding| <= 2^-51 of the size plus an underflow. */
struct span {
    double low, high;
};

/* ---- line.c ---- */
enum outcome line_init(struct pass *e); /* IMPRECISE: a parameter cannot be so */
void line_clear(struct pass *e);
/* A parameter: the double, exact, or what it is along the line. */
void line_value(arb_t x, const struct pass *e, size_t parameter, double plain);
void line_weight(arb_t w, const struct pass *e, size_t projection, size_t synapse);
void line_delay(arb_t delay, const struct pass *e, size_t projection, size_t pre, size_t post);
/* The first of a quantity of a population. */
size_t line_parameter(const struct pass *e, enum case_quantity quantity, size_t population);
/* Whether the line moves any of `count` parameters from the first on. */
bool line_touches(const struct pass *e, size_t first, size_t count);

/* ---- near.c ---- */
struct span span_of(const arb_t x);
double up(double x); /* a sum that is not below the exact one */
/* V < threshold around the true time of the event just put on the tape of a LIF neuron. */
enum outcome near_check(struct pass *e, struct neuron *n, const arb_t weight);
/* No true time of an event so far is later than the last mark plus this. */
void near_radius(mag_t radius, const struct pass *e, const struct neuron *n);

/* ---- engine.c ---- */
enum outcome pass_init(struct pass *e, const struct case_problem *c,
                         const struct ref_options *options, struct ref_result *result, long prec,
                         double slack);
void pass_clear(struct pass *e);
/* Room for one more element of an array, NULL if memory is short. */
void *grown(void *array, size_t count, size_t *room, size_t size);
enum outcome sample_begin(struct pass *e, size_t sample);
void sample_end(struct pass *e);
enum outcome event_new(struct pass *e, size_t *number, enum event_kind kind);
enum outcome spike_new(struct pass *e, size_t *number);
enum outcome tape_append(struct pass *e, struct neuron *n, size_t event);
/* size and epsilon of the outputs; after simulate() has seen all arrivals. */
void epsilon_find(struct pass *e);
/* The weight by which an event arrives at a neuron; 0 if it is no arrival there. */
void arrival_weight(arb_t weight, const struct pass *e, const struct event *event,
                    const struct neuron *n);
enum outcome order_append(struct pass *e, size_t event);
/* Flow of neuron n from one event to another; shared by neurons with the same constants. */
const struct flow_memo *flow_between(struct pass *e, const struct neuron *n, size_t from,
                                     size_t to, enum depth depth);
/* The flow from the true time of an event to its mark. */
const struct flow_memo *flow_shift(struct pass *e, const struct neuron *n, size_t event,
                                   enum depth depth);
/* The neurons that get an entry for an event at `target` of a population: that one, or all; and all
 * outputs of the instantaneous loss, which mixes them and needs them to share their intervals. */
void event_range(const struct pass *e, struct event *event, size_t population);
/* Sets the mark to the midpoint; IMPRECISE if the radius is above rho. */
enum outcome event_mark(struct pass *e, size_t event);
enum relation event_relation(const struct pass *e, size_t from, size_t to);
/* Lowers a margin to an enclosure of |x|. */
void margin_lower(struct pass *e, enum ref_margin which, const arb_t x);
enum outcome imprecise(struct pass *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- queue.c ---- */
enum outcome queue_push(struct pass *e, size_t event);
size_t queue_pop(struct pass *e);
void tournament_update(struct pass *e, size_t neuron);
size_t tournament_first(const struct pass *e);

/* ---- simulate.c, arrive.c ---- */
enum outcome simulate(struct pass *e);
/* watch.c: called at every event, the last of so many in order; FULL, with a reason, to stop. */
enum outcome watch(struct pass *e, size_t ordered, bool back);
enum outcome neuron_advance(struct pass *e, struct neuron *n, size_t event, arb_t v, arb_t i);
/* At T: a voltage that still rises is a maximum, at which a spike may be born. */
void end_note(struct pass *e, const struct neuron *n, const arb_t v, const arb_t i);
enum outcome neuron_receive(struct pass *e, struct neuron *n, size_t event, const arb_t weight);
enum outcome spike_send(struct pass *e, size_t spike);

/* ---- result.c ---- */
/* Adds to what makes a derivative one-sided; left and right are parts of it. */
enum outcome none_add(struct pass *e, size_t parameter, enum ref_none_kind kind, bool known,
                      const arb_t left, const arb_t right);
/* Gives the result its nones, one a parameter, and takes their numbers out of its gradient. */
void result_nones(struct pass *e);
enum outcome result_init(struct ref_result *r, const struct case_problem *c,
                         const struct ref_options *o);
struct ref_adjoint *ref_adjoint_new(struct ref_sample *s); /* NULL if memory is short */
enum outcome result_spikes(struct pass *e);
void result_times(struct pass *e); /* dL/dt of every spike, after adjoint_run */
/* Bits by which some number misses the digits asked for: 0 if none does, infinite if one has none.
 * Sets adjoints_short. */
double result_shortfall(struct ref_result *r, const struct ref_options *o);

/* ---- precision.c ---- */
void precision_note(struct pass *e, const arb_t time); /* of a spike */
/* Bits for the next attempt, more than prec: a run failed, or some of its numbers missed digits. */
long precision_after_failure(const struct forecast *f, long prec, const struct ref_options *o);
long precision_after_shortfall(long prec, double missing);

/* ---- edge.c ---- */
/* Signature and edges of the sample just simulated. */
enum outcome edges_note(struct pass *e);
/* gap: between the largest and the next largest maximum of an output. */
enum outcome edge_of_maximum(struct pass *e, const struct neuron *n, const arb_t gap);
enum outcome maxima_note(struct pass *e); /* after its loss: where they are */

/* ---- adjoint.c ---- */
enum outcome adjoint_run(struct pass *e);

#endif
