/* SPDX-License-Identifier: MIT */
/* witness.h: the private parts of the witness (ref.h holds the public ones).
 *
 * State of a neuron: u = V - bias, I, and the time they belong to. Between arrivals
 *     u(s) = u0 x + I0 k        I(s) = I0 y        x = e^{-s/tau_mem}, y = e^{-s/tau_syn}
 *     k(s) = tau_syn / (tau_mem - tau_syn) (x - y), or (s/tau_mem) x where the constants agree.
 * u instead of V keeps the sign of V - threshold right where V creeps towards its bias.
 * An engine owns everything one simulation needs and serves one thread; nothing is static. */
#ifndef EVIDENT_WITNESS_H
#define EVIDENT_WITNESS_H

#include "ref/ref.h"

/* Bits carried beyond the precision asked for: they pay for accumulated rounding, for a crossing
 * slope of 1e-12 (40 bits) and for x - y down to s (1/tau_syn - 1/tau_mem) = 2^-16. */
enum { WITNESS_GUARD_BITS = 64 };
enum { WITNESS_MEMO = 4 };
#define WITNESS_SCRATCH 24
/* A sample with more spikes is given up: self-excitation without delay can grow without end. */
static inline uint64_t witness_most_spikes(size_t neurons)
{
    return ((uint64_t)1 << 16) + ((uint64_t)neurons << 12);
}

/* ---- memory (witness_memory.c) ---- */

/* Owns arrays of numbers whose limbs lie in one piece; they are never cleared one by one. */
struct witness_store {
    struct witness_slab *slab;
};
mpfr_t *witness_store_take(struct witness_store *store, size_t count, mpfr_prec_t prec);
void witness_store_clear(struct witness_store *store);

enum witness_entry_kind {
    WITNESS_EMISSION, /* a spike of an input neuron */
    WITNESS_ARRIVAL,  /* at one target, or at all targets of a projection */
    WITNESS_JOLT,     /* an impulse of the direction */
    WITNESS_STEP      /* the target voltage of an output steps */
};
#define WITNESS_ALL SIZE_MAX

struct witness_entry {
    mpfr_ptr time;
    enum witness_entry_kind kind;
    size_t place;  /* arrival: projection; emission: population; step: neuron */
    size_t source; /* arrival and emission: the spiking neuron; step: its number */
    size_t target; /* arrival: neuron of the target population, or WITNESS_ALL */
};

/* A binary heap, earliest first; times are lent from a free list. */
struct witness_agenda {
    struct witness_entry *heap;
    size_t count;
    mpfr_ptr *spare;
    size_t spares, times; /* heap and spare have room for all times ever made */
    struct witness_store *store;
    mpfr_prec_t prec;
};
/* A time to be filled in and handed to witness_agenda_push; NULL if memory is short. */
mpfr_ptr witness_agenda_time(struct witness_agenda *agenda);
void witness_agenda_push(struct witness_agenda *agenda, struct witness_entry entry);
struct witness_entry witness_agenda_pop(struct witness_agenda *agenda);
void witness_agenda_release(struct witness_agenda *agenda, mpfr_ptr time);
void witness_agenda_empty(struct witness_agenda *agenda);
void witness_agenda_clear(struct witness_agenda *agenda);

/* ---- membranes (witness_membrane.c) ---- */

/* e^{-s/tau} for the last few s, shared by all neurons with this tau. */
struct witness_decay {
    mpfr_ptr tau, rate; /* rate = -1/tau */
    mpfr_t *at, *value; /* [WITNESS_MEMO] */
    unsigned used, oldest;
    double tau_d;
};

/* A pair of time constants. delta = 1/tau_syn - 1/tau_mem, gain = tau_syn / (tau_mem - tau_syn). */
struct witness_kind {
    struct witness_decay *membrane, *synapse;
    bool equal;
    mpfr_ptr delta, gain;
    mpfr_t *at, *kernel; /* [WITNESS_MEMO] */
    unsigned used, oldest;
    double tau_m, tau_s, delta_d;
};

/* Of a crossing, in time since the last event. */
struct witness_bracket {
    double low, high, guess;
};

struct witness_neuron {
    size_t population, index;
    enum case_model model;
    struct witness_kind *kind;
    mpfr_ptr tau_mem, tau_syn, threshold, bias, reset; /* parameters with the direction applied */
    mpfr_ptr level, floor;                             /* threshold - bias, reset - bias */
    mpfr_ptr u, current, time;
    mpfr_ptr crossing; /* valid if known */
    bool known, touched;
    double peak_after, peak_gap;   /* where the coming maximum lies, |V - threshold| there */
    bool moved;                    /* a constant of its own is, by the direction */
    bool same;                     /* so far, bit for bit, what the unmoved run was */
    struct witness_leg *leg;       /* the one it is on, or NULL: it goes by itself */
    struct witness_leg **leg_link; /* where the next one is found, or is to be written */
    uint64_t arrivals, spikes, history;
    mpfr_ptr heard, fired;    /* times of the last arrival and spike, for margins and borders */
    uint64_t border, at_once; /* of an output: digest of what came, sum of what came at heard */
};

/* ---- losses (witness_loss.c, witness_quadrature.c) ---- */

struct witness_output {
    mpfr_ptr sum;     /* integral of weight * u, or of the squared error */
    mpfr_ptr maximum; /* max_t V */
    mpfr_ptr weight;  /* exponential weighting at the time of the last event */
    mpfr_ptr first;   /* first spike */
    mpfr_ptr target;  /* target voltage that holds now */
};

/* Gauss-Legendre rule with 2 * half nodes, symmetric: node[i] > 0 and its mirror image. */
struct witness_rule {
    size_t half;
    mpfr_t *node, *weight;
};
enum { WITNESS_RULES = 8 };

struct witness_quadrature {
    struct witness_rule rule[WITNESS_RULES]; /* made on first use */
    struct witness_decay **decay;            /* distinct decays of the outputs */
    size_t *slot_m, *slot_s;                 /* [outputs]: places in decay */
    size_t decays;
    mpfr_t *ratio;                 /* [decays + 1][largest half]; the last row is the sigmoid's */
    mpfr_t *centre, *left, *right; /* [decays + 1] */
    mpfr_t *kernel;                /* [outputs] */
    mpfr_ptr synced;               /* outputs are up to date here, the integrals reach here */
    mpfr_ptr integral;             /* of the instantaneous cross entropy */
};

/* ---- what the differences of a case share (witness_share.c) ---- */

/* What one run says of the case, but for its spikes. */
struct witness_outcome {
    uint64_t counts, sequence, borders;
    double closest;
};

/* For e^d - 1 of a small d: all terms but the first need fewer bits. */
enum { WITNESS_TERMS = 40, WITNESS_LEVELS = 2 };
struct witness_series {
    mpfr_t *level[WITNESS_LEVELS]; /* d, a sum, and coefficients up to d^TERMS */
    long made[WITNESS_LEVELS][2];  /* the last one of each function */
};

/* ---- the engine ---- */

struct witness_table {
    mpfr_t *at;
    bool uniform; /* one number for the whole projection */
    bool *active; /* of weights: not zero, or moved by the direction; NULL for delays */
};

struct witness_shift {
    mpfr_ptr where;
    double value, coefficient;
};

struct witness_time_shift {
    size_t sample, emission; /* number of the input spike among those of its sample */
    double coefficient;
};

struct witness_engine {
    const struct case_problem *c;
    const struct witness_direction *direction;
    mpfr_prec_t prec, work;      /* asked for; used */
    mpfr_prec_t quadrature_bits; /* prec, or fewer where only differences are wanted */
    struct witness_store store;
    struct witness_agenda agenda;
    struct witness_table *weight, *delay; /* [projections] */
    size_t *first;                        /* [populations], SIZE_MAX if not simulated */
    struct witness_neuron *neuron;
    size_t neurons;
    double *earliest; /* [neurons]: lower bound of the next crossing, +inf if there is none */
    size_t *touched;
    size_t touches;
    struct witness_kind **kind;
    size_t kinds, kinds_made;
    struct witness_decay **decay;
    size_t decays, decays_made;
    struct witness_decay *clock; /* e^{-t/T} */
    struct witness_shift *shift;
    size_t shifts;
    struct witness_time_shift *time_shift;
    size_t time_shifts;
    mpfr_ptr *emission; /* input spike times of one sample */
    size_t emissions;
    mpfr_ptr end, amount, loss, sample_loss;
    mpfr_t *kernel_scratch, *root_scratch, *loss_scratch, *node_scratch, *run_scratch;
    mpfr_t *exp_scratch, *margin_scratch;
    mpfr_t *short_scratch; /* of fewer bits */
    struct witness_series series;
    struct witness_output *output;
    size_t outputs, output_first; /* neurons output_first .. + outputs - 1; 0 if none */
    struct witness_quadrature quadrature;
    struct witness_share *share;       /* or NULL */
    bool unmoved;                      /* this run is of the case itself */
    struct witness_track *track;       /* or NULL */
    bool recording;                    /* the track is being written */
    struct witness_piece **piece_link; /* as leg_link of the outputs of a quadrature */
    size_t sample;
    struct witness_run *record; /* or NULL */
    uint64_t spikes;
    bool no_room; /* for what a later run would have taken from this one: memory is short */
    struct witness_outcome outcome;
};

/* value = e^argument, which may be one object: near an exponential that the case already had, by
 * its Taylor series, so that a moved run costs few full ones. */
void witness_exp(struct witness_engine *e, mpfr_ptr value, mpfr_srcptr argument);
/* Likewise log(1 + argument). */
void witness_log1p(struct witness_engine *e, mpfr_ptr value, mpfr_srcptr argument);
/* value = e^argument - 1, which may not be one object, to all its bits. */
void witness_exp_less_1(struct witness_engine *e, mpfr_ptr value, mpfr_srcptr argument);
/* 0, or -1 if memory is short. */
int witness_series_init(struct witness_engine *e);
/* A rule that lives as long as the share, or as the engine without one; NULL: memory is short. */
const struct witness_rule *witness_rule_get(struct witness_engine *e, size_t choice);
/* The unmoved run of an engine's case with its direction's impulse, if it was told. */
bool witness_share_recall(const struct witness_engine *e, mpfr_ptr loss,
                          struct witness_outcome *outcome);
int witness_share_tell(const struct witness_engine *e);
struct witness_known **witness_share_known(struct witness_share *share);
void witness_known_free(struct witness_known *table);
/* Before a run: the track that it writes or follows. */
void witness_share_track(struct witness_engine *e);

/* ---- what neurons did in the unmoved run (witness_track.c) ---- */

void witness_track_choose(struct witness_engine *e, struct witness_track **list);
void witness_tracks_free(struct witness_track *track);
void witness_track_sample(struct witness_engine *e);
/* A neuron has its state at an event and goes on: its forecast, as recorded or made. */
void witness_leg_begin(struct witness_engine *e, size_t which);
/* As recorded, if they are: the crossing that was forecast; the neuron at t; at its crossing. */
bool witness_leg_crossing(struct witness_engine *e, size_t which);
bool witness_leg_advance(struct witness_engine *e, struct witness_neuron *n, mpfr_srcptr t);
bool witness_leg_fire(struct witness_engine *e, struct witness_neuron *n);
/* Where a neuron that is near its recorded self crossed. */
bool witness_leg_near_crossing(const struct witness_engine *e, mpfr_ptr crossing,
                               struct witness_bracket *bracket, const struct witness_neuron *n);
/* The same, once they are made. */
void witness_leg_write_crossing(struct witness_engine *e, const struct witness_neuron *n,
                                double earliest, const struct witness_bracket *bracket);
void witness_leg_write_advance(struct witness_engine *e, struct witness_neuron *n, bool peaked);
void witness_leg_write_fire(struct witness_engine *e, struct witness_neuron *n);
/* The integrals of a quadrature from the common time of the outputs to t, if they are recorded. */
bool witness_piece_follow(struct witness_engine *e, mpfr_srcptr t);
void witness_piece_begin(struct witness_engine *e);
void witness_piece_write(struct witness_engine *e);
void witness_pieces_free(struct witness_piece *piece);
/* Numbers that live as long as the track; NULL where they would take too much memory: what is not
 * written goes on by itself. */
mpfr_t *witness_track_numbers(struct witness_engine *e, size_t numbers);

/* witness_margin.c: margins of the run that is recorded. */
void witness_margins_begin(struct witness_run *run, const struct case_problem *c);
void witness_margin_spike(struct witness_engine *e, const struct witness_neuron *n);
void witness_margin_peak(struct witness_engine *e, const struct witness_neuron *n);
void witness_margin_arrival(struct witness_engine *e, const struct witness_neuron *n, bool echo);
void witness_margin_sent(struct witness_engine *e, mpfr_srcptr time);
void witness_margin_end(struct witness_engine *e, struct witness_neuron *n);

/* witness_engine.c: sizes everything. 0, or -1 if memory is short; clear in both cases. */
int witness_engine_init(struct witness_engine *e, const struct case_problem *c,
                        const struct witness_direction *direction, mpfr_prec_t prec);
void witness_engine_clear(struct witness_engine *e);

/* witness_parameter.c */
int witness_parameters_init(struct witness_engine *e);
int witness_parameters_apply(struct witness_engine *e, mpfr_srcptr h);
int witness_emissions_apply(struct witness_engine *e, mpfr_srcptr h);

/* witness_simulate.c: runs all samples; e->loss, e->outcome. */
enum witness_status witness_engine_run(struct witness_engine *e, mpfr_srcptr h);

/* witness_membrane.c */
int witness_kinds_assign(struct witness_engine *e);
struct witness_decay *witness_decay_make(struct witness_engine *e);
void witness_decay_set(struct witness_decay *decay, mpfr_srcptr tau);
mpfr_srcptr witness_decay_at(struct witness_engine *e, struct witness_decay *decay, mpfr_srcptr s);
/* k from s, x and y. */
void witness_kernel_of(struct witness_engine *e, mpfr_ptr k, const struct witness_kind *kind,
                       mpfr_srcptr s, mpfr_srcptr x, mpfr_srcptr y);
/* x, y, k at s, computed afresh; x and y may be the same object if the constants are equal. */
void witness_kernel_fresh(struct witness_engine *e, mpfr_ptr x, mpfr_ptr y, mpfr_ptr k,
                          const struct witness_kind *kind, mpfr_srcptr s);
/* Time of the only extremum of u from (u0, I0) on. False if there is none at s > 0. */
bool witness_extremum(struct witness_engine *e, mpfr_ptr s, const struct witness_kind *kind,
                      mpfr_srcptr u0, mpfr_srcptr current0);
/* Brings a neuron to time t. */
void witness_advance(struct witness_engine *e, struct witness_neuron *n, mpfr_srcptr t);

/* witness_forecast.c: the same in double, where a wide margin decides. */
void witness_forecast(struct witness_engine *e, size_t which);
bool witness_forecast_certain(struct witness_engine *e, struct witness_bracket *bracket,
                              const struct witness_neuron *n);
/* Upper bound, up to the margin, of u on [0, span]. */
double witness_forecast_top(double *margin, const struct witness_kind *kind, double u,
                            double current, double span);

/* Of what is of second order in a step of a difference, h = 2^-(5p/16). */
static inline mpfr_prec_t witness_short_bits(mpfr_prec_t prec)
{
    return 3 * prec / 8 + 95;
}

/* witness_crossing.c: the next crossing of one neuron to full precision. */
void witness_crossing(struct witness_engine *e, size_t which);

/* witness_loss.c */
int witness_loss_init(struct witness_engine *e);
int witness_loss_begin(struct witness_engine *e);
/* Output n ran from (time, u, current) to (t, u1, current1). */
void witness_loss_segment(struct witness_engine *e, const struct witness_neuron *n, mpfr_srcptr t,
                          mpfr_srcptr u1, mpfr_srcptr current1);
void witness_loss_step(struct witness_engine *e, struct witness_neuron *n, size_t number);
int witness_loss_end(struct witness_engine *e);
bool witness_is_output(const struct witness_engine *e, const struct witness_neuron *n);

/* witness_quadrature.c: losses without a closed form keep all outputs at one time. */
bool witness_quadrature_needed(const struct case_problem *c);
int witness_quadrature_init(struct witness_engine *e);
void witness_quadrature_clear(struct witness_engine *e);
int witness_quadrature_begin(struct witness_engine *e);
int witness_quadrature_sync(struct witness_engine *e, mpfr_srcptr t);

/* witness_panel.c: the cheapest rule and number of panels with an error below the rounding floor.
 * A voltage wild enough to ask for more than WITNESS_MAX_PANELS a segment gets no more. */
#define WITNESS_MAX_PANELS ((size_t)1 << 16)
void witness_panel_choose(size_t *rule, size_t *panels, const struct witness_engine *e,
                          double span);

/* The rules have about p/16, 3p/32, p/8 .. 9p/32 nodes: for short and for long segments. */
static inline size_t witness_rule_half(mpfr_prec_t prec, size_t rule)
{
    return (size_t)prec * (rule + 2) / 64 + 2;
}

/* witness_rule.c: Gauss-Legendre nodes and weights; 0, or -1 if memory is short. */
int witness_rule_make(struct witness_rule *rule, struct witness_store *store, size_t half,
                      mpfr_prec_t prec);

#endif
