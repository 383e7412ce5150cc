/* SPDX-License-Identifier: MIT */
/* build.h: helpers of the families to put a case together in memory.
 *
 * A builder whose memory ran short drops its problem and ignores every later call; only
 * case_build_finish has to be checked. Arrays given are copied. */
#ifndef EVIDENT_BUILD_H
#define EVIDENT_BUILD_H

#include "cases/cases.h"
#include "cases/families/random.h"

#include <stdbool.h>

enum { CASE_BUILD_NEURONS = 24, CASE_BUILD_TIMES = 64, CASE_BUILD_LOSSES = 11 };

struct case_builder {
    struct case_problem *problem; /* NULL once memory ran short */
    struct case_random random;
    uint64_t k;
};

/* Parameters of a population; each: one number per neuron, otherwise element 0 counts for all. */
struct case_build_neurons {
    size_t size;
    bool each;
    double tau_mem[CASE_BUILD_NEURONS], tau_syn[CASE_BUILD_NEURONS];
    double threshold[CASE_BUILD_NEURONS], reset[CASE_BUILD_NEURONS], bias[CASE_BUILD_NEURONS];
};

/* An empty case of trial length end, named "FAMILY:SEED:K", and its stream of random numbers. */
void case_build_start(struct case_builder *b, const char *family, uint64_t seed, uint64_t k,
                      double end);

/* All neurons alike, reset and bias 0. */
struct case_build_neurons case_build_alike(size_t size, double tau_mem, double tau_syn,
                                           double threshold);

/* Populations come first, then projections, then samples. The index of the new one. */
size_t case_build_source(struct case_builder *b, const char *name, size_t size);
size_t case_build_population(struct case_builder *b, const char *name, enum case_model model,
                             const struct case_build_neurons *neurons);

/* weight [source size][target size]; delay [delays], delays = 1 or one per synapse. */
size_t case_build_projection(struct case_builder *b, size_t source, size_t target,
                             const double *weight, const double *delay, size_t delays);
size_t case_build_sample(struct case_builder *b);

/* The spikes of one source neuron in any order; repeats and what is not in [0, end) are dropped. */
void case_build_spikes(struct case_builder *b, size_t sample, size_t population, size_t neuron,
                       const double *time, size_t count);

void case_build_loss(struct case_builder *b, const struct case_loss *loss);
void case_build_label(struct case_builder *b, size_t sample, size_t label);
void case_build_times(struct case_builder *b, size_t sample, const double *time);
void case_build_voltages(struct case_builder *b, size_t sample, size_t neuron, const double *time,
                         const double *value, size_t count);

/* Scales weights until every LIF neuron that gets input spikes least to most times in every sample
 * of a coarse simulation, or gives up after some rounds. Comes after the samples. */
void case_build_tune(struct case_builder *b, size_t least, size_t most);

/* Trial length and fixed step. */
void case_build_end(struct case_builder *b, double end, double step);

/* One sentence that says what the case is about, as printf. */
void case_build_note(struct case_builder *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Hands the problem over to made. 0, or -1 if memory ran short somewhere on the way. */
int case_build_finish(struct case_made *made, struct case_builder *b,
                      enum case_expectation expectation);

/* A new entry of made->known with its value set (NULL for a count). 0, or -1 if memory is short. */
int case_build_known(struct case_made *made, const struct case_known *entry, mpfr_srcptr value);

/* ---- losses: CASE_BUILD_LOSSES variants, so that k mod that many meets every kind, weighting and
 * penalty ---- */

enum case_loss_kind case_build_loss_kind(size_t variant);
enum case_weighting case_build_loss_weighting(size_t variant);
enum case_penalty case_build_loss_penalty(size_t variant);
enum case_model case_build_loss_model(size_t variant); /* of the output population */
const char *case_build_loss_name(size_t variant);

/* Variants whose integrals have no closed form: keep the number of output events small. */
bool case_build_loss_costly(size_t variant);

/* Sets the loss on a population with random constants that fit the trial length. */
void case_build_random_loss(struct case_builder *b, size_t variant, size_t population);

/* A random target of every sample that fits the loss: label, times or voltages. */
void case_build_random_targets(struct case_builder *b);

#endif
