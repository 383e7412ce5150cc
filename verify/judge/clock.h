/* clock.h: what the files that judge a clock engine share. Private to verify/.
 *
 * A clock engine is wrong in one of three ways, each with its own judge: its rounding
 * (clock_rounding.c, against its scheme in balls), its scheme (convergence.c, against the
 * reference as the step shrinks), its bits (clock_bits.c, against another engine or itself). */
#ifndef EVIDENT_VERIFY_CLOCK_H
#define EVIDENT_VERIFY_CLOCK_H

#include "cases/engine.h"
#include "verify/judge/judge.h"

/* ---- clock_place.c: where the numbers of a result stand ---- */

struct clock_places {
    const struct case_problem *problem;
    size_t cells, *population, *neuron; /* [cells] */
    size_t *first; /* [samples][cells]: place of a neuron's first slope in its population's row */
};

/* 0, or -1 if memory is short; clear whatever comes out. */
int clock_places_make(struct clock_places *places, const struct case_problem *c,
                      const struct result *result);
void clock_places_clear(struct clock_places *places);

/* "[0].hid[3] step 17" */
void clock_place_text(char *text, size_t size, const struct clock_places *places, size_t sample,
                      size_t cell, uint32_t step);

/* The slope of the spike of a cell in a step; NaN if it has none there. */
double clock_slope(const struct clock_places *places, const struct result *result, size_t sample,
                   size_t cell, uint32_t step);

/* ---- one engine on one case ---- */

struct clock {
    struct judge *judge;
    const struct engine *engine;
    struct ver_clock *out;
    const struct case_problem *problem;
    struct engine_options options; /* how it was run */
    double **backward; /* [projections], ends with NULL: weights of the backward pass, defect 6 */
    struct result result;
    bool ran; /* result has numbers */
    struct clock_places places;
};

/* Step, delays and variant of a run as the user asked for it. */
struct engine_options clock_options(const struct ver_clock_options *asked);

/* Runs the engine, as its options say, and fills state, reason, digest and places. 0, or -1 with
 * verdict and reason. */
int clock_run(struct clock *clock);

/* A fresh comparison of this engine; NULL if memory is short. */
struct ver_comparison *clock_compare(struct clock *clock, enum ver_kind kind, const char *quantity);

/* ---- clock_tally.c: one quantity of an engine in units of its bounds ---- */

struct clock_tally {
    size_t numbers, infinite, outside;
    uint64_t bin[VER_RATIO_BINS];
    double worst; /* ratio; NaN is worst of all */
    double engine, value;
    size_t sample, cell, parameter;
    uint32_t step;
};

/* |engine - value| in units of bound: at most 1 is a proof that the number is within. NaN is NaN; a
 * bound of 0 is met by equality only. Bounds are finite here. */
double clock_ratio(double engine, const arb_t value, const mag_t bound);

/* true if the number is the worst so far: the caller then says which it was. */
bool clock_tally(struct clock_tally *tally, double engine, const arb_t value, const mag_t bound);

void clock_tally_add(struct ver_ratios *ratios, const struct clock_tally *tally);

/* ---- clock_rounding.c ---- */

struct clock_tallies {
    struct clock_tally of[VER_CLOCK_QUANTITIES];
    size_t decisions, unexplained, near, differing;
    size_t sample, cell; /* the first unexplained decision */
    uint32_t step;
    int exact; /* there */
};

/* Holds all numbers of the engine against the grid reference of a variant, whose result is left
 * for the caller (to be cleared whatever comes out). 0, or -1 if it gave none: grid->reason. */
int clock_against_grid(struct clock_tallies *tallies, struct ref_grid_result *grid,
                       struct clock *clock, unsigned variant, const double *const *backward);

/* The comparisons of rounding. 0, or -1 with verdict and reason. */
int clock_judge_rounding(struct clock *clock);

/* ---- clock_defect.c, clock_factor.c: what a wrong gradient looks like ---- */

/* Weights one step of Adam newer: w - 0.001 sign(gradient). Ends with NULL; to be freed by
 * clock_weights_free; NULL if memory is short. */
double **clock_newer_weights(const struct case_problem *c, const struct case_block *block,
                             size_t blocks, const double *gradient);
void clock_weights_free(double **weights);

/* Fills clock->out->diagnosis: the known defect that explains all its numbers, or a factor. */
void clock_diagnose(struct clock *clock, const struct ref_grid_result *grid);

/* engine = factor * truth for all of count numbers, but for rounding? NaN if not, or if there is
 * none to tell by. */
double clock_common_factor(const double *engine, arb_srcptr truth, mag_srcptr bound, size_t count,
                           double *cosine);

/* "0.0500 times the grid: 1/tau_mem?"; false if no candidate fits. tau_mem, tau_syn and step: NaN
 * where cells differ, where there is none. */
struct clock_units {
    double tau_mem, tau_syn, end, step, samples;
    const char *truth; /* what it is a factor of; NULL: the grid */
    int bits;          /* how exact it is; 0: VER_FACTOR_BITS */
};
/* Of a case with this step in ms; 0: there is none. */
struct clock_units clock_units_of(const struct case_problem *c, double step);
bool clock_factor_text(char *text, size_t size, double factor, const struct clock_units *units);

/* ---- clock_bits.c ---- */

/* Which numbers of two results are to be the same, and after which power of two. */
struct clock_sameness {
    const size_t *sample; /* b's number of a's sample s is sample[s]; NULL: s */
    size_t samples;       /* of a, that b has, too */
    bool traces, losses, loss, gradients;
    bool numerically; /* -0 is 0 */
    bool negated;     /* V, I, adjoints of the outputs and weights into them: b = -a */
    int v, lambda, sample_loss, total, slope; /* b = a * 2^these */
    int gradient[CASE_QUANTITIES];
};

struct clock_difference {
    size_t numbers; /* compared */
    bool differs;
    const char *quantity; /* of the first that differs, and where; as the engines gave them */
    char index[112];
    double a, b;
};

/* Compares b with a, number by number: spikes, slopes, V, I, losses, adjoints, gradients. Both have
 * the parameters of a's case first in each of their blocks: b may have more populations and
 * projections behind. 0, or -1 if memory is short. */
int clock_same(struct clock_difference *difference, const struct case_problem *a_case,
               const struct result *a, const struct case_problem *b_case, const struct result *b,
               const struct clock_sameness *what);

/* Two engines on one case: everything. 0, or -1 with verdict and reason. */
int clock_judge_bits(struct clock *clock, const struct clock *first);

/* ---- clock_case.c, clock_range.c, clock_invariance.c ---- */

/* A case changed in some places; what it does not change belongs to the original. */
struct clock_case {
    struct case_problem problem;
    void **memory;
    size_t blocks, room;
    bool failed; /* memory was short */
};

void clock_case_start(struct clock_case *changed, const struct case_problem *c);
void clock_case_clear(struct clock_case *changed);
void clock_case_scale_time(struct clock_case *changed, double factor);
void clock_case_scale_voltage(struct clock_case *changed, double factor);
/* Weights into the outputs, their biases and targets change sign. false, and nothing is changed,
 * where that does not just turn the sign of what is theirs: losses but squared distances of
 * voltages, outputs with a threshold. */
bool clock_case_negate(struct clock_case *changed);
void clock_case_add_zeros(struct clock_case *changed); /* a projection of zero weights */
void clock_case_add_late(struct clock_case *changed, double time); /* a last spike each input */
void clock_case_add_silent(struct clock_case *changed); /* a population that never spikes */
/* Sample k of the new case is sample[k] of the old one. */
void clock_case_take_samples(struct clock_case *changed, const size_t *sample, size_t samples);

/* Are all numbers that the engine shows so far from the ends of the range that nothing computed
 * from them underflows or overflows (bounds.h)? */
bool clock_far_from_underflow(const struct clock *clock);

/* Some invariances, chosen by the case's key. 0, or -1 with verdict and reason. */
int clock_judge_invariances(struct clock *clock);

/* ---- clock_order.c ---- */

/* Least-squares slope of log2 error against log2 step over the rungs that agree and have an error;
 * NaN if there are fewer than VER_ORDER_RUNGS. */
double clock_order(const struct ver_ladder *ladder, enum ver_ladder_quantity quantity);

/* How far the finest rung is from what the coarse ones promise: error / (factor * C * step), C
 * being the largest error / step of the coarse rungs, and not below least; at most 1 for a scheme
 * that converges. NaN where there is nothing to judge. */
double clock_convergence(const struct ver_ladder *ladder, enum ver_ladder_quantity quantity,
                         double least);

/* ---- clock_resolve.c ---- */

double clock_shortest_constant(const struct case_problem *c); /* of time, ms */

/* What a shift of one step explains by itself, per ms of it (bounds.h): of a spike, the step; of a
 * gradient, the change of the exponentials and of the slopes that jumps are divided by. */
double clock_least_constant(const struct judge *judge, enum ver_ladder_quantity quantity);

/* Why an error outside its bound says nothing about the scheme; NULL if it does. */
const char *clock_excuse(const struct judge *judge, enum ver_ladder_quantity quantity, double step);

/* ---- clock_closer.c ---- */

/* Of a ladder that failed: names the defect if it shows in the rounding at a finer step. */
void clock_look_closer(struct clock *clock);

#endif
