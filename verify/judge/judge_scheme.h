/* SPDX-License-Identifier: MIT */
/* judge_scheme.h: what the files share that judge an engine of the documented scheme (gpu/step.h).
 * Private to verify/.
 *
 * Such an engine is wrong in one of three ways, each with its own judge: its rounding
 * (scheme_rounding.c, against its scheme in balls), its scheme (scheme_convergence.c, against the
 * reference as the step shrinks), its bits (scheme_bits.c, against another engine or itself). */
#ifndef EVIDENT_VERIFY_JUDGE_SCHEME_H
#define EVIDENT_VERIFY_JUDGE_SCHEME_H

#include "cases/engine.h"
#include "verify/judge/judge.h"

/* ---- scheme_place.c: where the numbers of a result stand ---- */

struct scheme_places {
    const struct case_problem *problem;
    size_t cells, *population, *neuron; /* [cells] */
    size_t *first; /* [samples][cells]: place of a neuron's first slope in its population's row */
};

/* 0, or -1 if memory is short; clear whatever comes out. */
int scheme_places_make(struct scheme_places *places, const struct case_problem *c,
                       const struct result *result);
void scheme_places_clear(struct scheme_places *places);

/* "[0].hid[3] step 17" */
void scheme_place_text(char *text, size_t size, const struct scheme_places *places, size_t sample,
                       size_t cell, uint32_t step);

/* The slope of the spike of a cell in a step; NaN if it has none there. */
double scheme_slope(const struct scheme_places *places, const struct result *result, size_t sample,
                    size_t cell, uint32_t step);

/* ---- one engine on one case ---- */

struct scheme {
    struct judge *judge;
    const struct engine *engine;
    struct ver_judged *out;
    const struct case_problem *problem;
    struct engine_options options; /* how it was run */
    double **backward; /* [projections], ends with NULL: weights of the backward pass, defect 6 */
    struct result result;
    bool ran; /* result has numbers */
    struct scheme_places places;
};

/* Step, delays and variant of a run as the user asked for it. */
struct engine_options scheme_options(const struct ver_engine_options *asked);

/* Runs the engine, as its options say, and fills state, reason, digest and places. 0, or -1 with
 * verdict and reason. */
int scheme_run(struct scheme *scheme);

/* A fresh comparison of this engine; NULL if memory is short. */
struct ver_comparison *scheme_compare(struct scheme *scheme, enum ver_kind kind,
                                      const char *quantity);

/* ---- scheme_tally.c: one quantity of an engine in units of its bounds ---- */

struct scheme_tally {
    size_t numbers, infinite, outside;
    uint64_t bin[VER_RATIO_BINS];
    double worst; /* ratio; NaN is worst of all */
    double engine, value;
    size_t sample, cell, parameter;
    uint32_t step;
};

/* |engine - value| in units of bound: at most 1 is a proof that the number is within. NaN is NaN; a
 * bound of 0 is met by equality only. Bounds are finite here. */
double scheme_ratio(double engine, const arb_t value, const mag_t bound);

/* true if the number is the worst so far: the caller then says which it was. */
bool scheme_tally(struct scheme_tally *tally, double engine, const arb_t value, const mag_t bound);

void scheme_tally_add(struct ver_ratios *ratios, const struct scheme_tally *tally);

/* ---- scheme_rounding.c ---- */

struct scheme_tallies {
    struct scheme_tally of[VER_SCHEME_QUANTITIES];
    size_t decisions, unexplained, near, differing;
    size_t sample, cell; /* the first unexplained decision */
    uint32_t step;
    int exact; /* there */
};

/* Holds all numbers of the engine against the grid reference of a variant, whose result is left
 * for the caller (to be cleared whatever comes out). 0, or -1 if it gave none: grid->reason. */
int scheme_against_grid(struct scheme_tallies *tallies, struct ref_grid_result *grid,
                        struct scheme *scheme, unsigned variant, const double *const *backward);

/* The comparisons of rounding. 0, or -1 with verdict and reason. */
int scheme_judge_rounding(struct scheme *scheme);

/* ---- scheme_defect.c, reading_factor.c: what a wrong gradient looks like ---- */

/* Weights one step of Adam newer: w - 0.001 sign(gradient). Ends with NULL; to be freed by
 * scheme_weights_free; NULL if memory is short. */
double **scheme_newer_weights(const struct case_problem *c, const struct case_block *block,
                              size_t blocks, const double *gradient);
void scheme_weights_free(double **weights);

/* Fills clock->out->diagnosis: the known defect that explains all its numbers, or a factor. */
void scheme_diagnose(struct scheme *scheme, const struct ref_grid_result *grid);

/* engine = factor * truth for all of count numbers, but for rounding? NaN if not, or if there is
 * none to tell by. */
double reading_common_factor(const double *engine, arb_srcptr truth, mag_srcptr bound, size_t count,
                             double *cosine);

/* "0.0500 times the grid: 1/tau_mem?"; false if no candidate fits. tau_mem, tau_syn and step: NaN
 * where cells differ, where there is none. */
struct reading_units {
    double tau_mem, tau_syn, end, step, samples;
    const char *truth; /* what it is a factor of; NULL: the grid */
    int bits;          /* how exact it is; 0: VER_FACTOR_BITS */
};
/* Of a case with this step in ms; 0: there is none. */
struct reading_units reading_units_of(const struct case_problem *c, double step);
bool reading_factor_text(char *text, size_t size, double factor, const struct reading_units *units);

/* ---- scheme_bits.c ---- */

/* Which numbers of two results are to be the same, and after which power of two. */
struct scheme_sameness {
    const size_t *sample; /* b's number of a's sample s is sample[s]; NULL: s */
    size_t samples;       /* of a, that b has, too */
    bool traces, losses, loss, gradients;
    bool numerically; /* -0 is 0 */
    bool negated;     /* V, I, adjoints of the outputs and weights into them: b = -a */
    int v, lambda, sample_loss, total, slope; /* b = a * 2^these */
    int gradient[CASE_QUANTITIES];
};

struct scheme_difference {
    size_t numbers; /* compared */
    bool differs;
    const char *quantity; /* of the first that differs, and where; as the engines gave them */
    char index[112];
    double a, b;
};

/* Compares b with a, number by number: spikes, slopes, V, I, losses, adjoints, gradients. Both have
 * the parameters of a's case first in each of their blocks: b may have more populations and
 * projections behind. 0, or -1 if memory is short. */
int scheme_same(struct scheme_difference *difference, const struct case_problem *a_case,
                const struct result *a, const struct case_problem *b_case, const struct result *b,
                const struct scheme_sameness *what);

/* Two engines on one case: everything. 0, or -1 with verdict and reason. */
int scheme_judge_bits(struct scheme *scheme, const struct scheme *first);

/* ---- scheme_case.c, scheme_range.c, scheme_invariance.c ---- */

/* A case changed in some places; what it does not change belongs to the original. */
struct scheme_case {
    struct case_problem problem;
    void **memory;
    size_t blocks, room;
    bool failed; /* memory was short */
};

void scheme_case_start(struct scheme_case *changed, const struct case_problem *c);
void scheme_case_clear(struct scheme_case *changed);
void scheme_case_scale_time(struct scheme_case *changed, double factor);
void scheme_case_scale_voltage(struct scheme_case *changed, double factor);
/* Weights into the outputs, their biases and targets change sign. false, and nothing is changed,
 * where that does not just turn the sign of what is theirs: losses but squared distances of
 * voltages, outputs with a threshold. */
bool scheme_case_negate(struct scheme_case *changed);
void scheme_case_add_zeros(struct scheme_case *changed); /* a projection of zero weights */
void scheme_case_add_late(struct scheme_case *changed, double time); /* a last spike each input */
void scheme_case_add_silent(struct scheme_case *changed); /* a population that never spikes */
/* Sample k of the new case is sample[k] of the old one. */
void scheme_case_take_samples(struct scheme_case *changed, const size_t *sample, size_t samples);

/* Are all numbers that the engine shows so far from the ends of the range that nothing computed
 * from them underflows, overflows or is flushed (bounds.h)? */
bool scheme_far_from_underflow(const struct scheme *scheme);

/* Some invariances, chosen by the case's key. 0, or -1 with verdict and reason. */
int scheme_judge_invariances(struct scheme *scheme);

/* ---- convergence_order.c ---- */

/* Least-squares slope of log2 error against log2 step over the rungs that agree and have an error;
 * NaN if there are fewer than VER_ORDER_RUNGS. */
double convergence_order(const struct ver_ladder *ladder, enum ver_ladder_quantity quantity);

/* How far the finest rung is from what the coarse ones promise: error / (factor * C * step), C
 * being the largest error / step of the coarse rungs, and not below least; at most 1 for a scheme
 * that converges. NaN where there is nothing to judge. */
double convergence_ratio(const struct ver_ladder *ladder, enum ver_ladder_quantity quantity,
                         double least);

/* ---- convergence_resolve.c ---- */

double convergence_shortest_constant(const struct case_problem *c); /* of time, ms */

/* What a shift of one step explains by itself, per ms of it (bounds.h): of a spike, the step; of a
 * gradient, the change of the exponentials and of the slopes that jumps are divided by. */
double convergence_least_constant(const struct judge *judge, enum ver_ladder_quantity quantity);

/* Why an error outside its bound says nothing about the scheme; NULL if it does. */
enum ver_cause convergence_excuse(const struct judge *judge, enum ver_ladder_quantity quantity,
                                  double step);

/* ---- scheme_closer.c ---- */

/* Of a ladder that failed: names the defect if it shows in the rounding at a finer step. */
void scheme_look_closer(struct scheme *scheme);

#endif
