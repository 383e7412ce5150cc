/* SPDX-License-Identifier: MIT */
/* format.c: the table of the format; see format.h. Keys stand in the order in which they are
 * written. */
#include "cases/format.h"

#include <stdio.h>

const struct case_words
    case_models = {"model", "spike-source, lif or li", {"spike-source", "lif", "li"}},
    case_loss_kinds = {"loss",
                       "one of the seven",
                       {"voltage-integral-cross-entropy", "instantaneous-cross-entropy",
                        "max-voltage-cross-entropy", "first-spike-cross-entropy",
                        "first-spike-squared-error", "first-spike-margin",
                        "voltage-squared-error"}},
    case_weightings = {"weighting",
                       "uniform, exponential, linear or sigmoid",
                       {"uniform", "exponential", "linear", "sigmoid"}},
    case_penalties = {"penalty", "exponential or reciprocal", {"exponential", "reciprocal"}};

const char *case_loss_kind_name(enum case_loss_kind kind)
{
    return case_loss_kinds.word[kind];
}

int case_loss_is_first_spike(enum case_loss_kind kind)
{
    return kind == CASE_FIRST_SPIKE_CROSS_ENTROPY || kind == CASE_FIRST_SPIKE_SQUARED_ERROR ||
           kind == CASE_FIRST_SPIKE_MARGIN;
}

int case_loss_is_entropy(enum case_loss_kind kind)
{
    return kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY ||
           kind == CASE_INSTANTANEOUS_CROSS_ENTROPY || kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY ||
           kind == CASE_FIRST_SPIKE_CROSS_ENTROPY;
}

struct case_shape case_shape_of(const struct case_form *form, const struct case_problem *c,
                                const void *object)
{
    const struct case_population *population = object;
    const struct case_projection *projection = object;
    size_t size = c->loss.population < c->populations ? c->population[c->loss.population].size : 0;
    if (form->shape == CASE_PER_SYNAPSE) {
        size_t rows = c->population[projection->source].size;
        size_t columns = c->population[projection->target].size;
        return (struct case_shape){rows, columns, rows * columns}; /* at most 2^48 */
    }
    size = form->shape == CASE_PER_NEURON ? population->size : size;
    return (struct case_shape){0, size, size};
}

/* ---- time ---- */

#define AT(structure, member) .place = offsetof(struct structure, member)
#define REQUIRED .required = CASE_ALWAYS
#define OPTIONAL .optional = CASE_ALWAYS

static const struct case_form time_form = {
    .whose = "the time",
    .row = {{"end", CASE_DOUBLE, CASE_POSITIVE, AT(case_problem, end), REQUIRED},
            {"step", CASE_DOUBLE, CASE_POSITIVE, AT(case_problem, step), OPTIONAL}}};

/* ---- populations ---- */

enum { LIF = 1 << CASE_LIF, LI = 1 << CASE_LI };

static int model_of(const struct case_problem *c, const void *object)
{
    (void)c;
    return 1 << ((const struct case_population *)object)->model;
}

static const char *call_population(char text[64], const struct case_problem *c, const void *object)
{
    (void)c;
    enum case_model model = ((const struct case_population *)object)->model;
    snprintf(text, 64, "%s %s population", model == CASE_LI ? "an" : "a", case_models.word[model]);
    return text;
}

static const struct case_form population_form = {
    .whose = "a population",
    .size = sizeof(struct case_population),
    .shape = CASE_PER_NEURON,
    .variant = model_of,
    .call = call_population,
    .row = {
        {"name", CASE_TEXT, CASE_NAME, AT(case_population, name), REQUIRED},
        {"size", CASE_WHOLE, CASE_SIZE, AT(case_population, size), REQUIRED},
        {"model", CASE_WORD, CASE_ANY, AT(case_population, model), REQUIRED, .words = &case_models,
         .order = CASE_TAG},
        {"tau_mem", CASE_VALUES, CASE_POSITIVE, AT(case_population, tau_mem), .required = LIF | LI},
        {"tau_syn", CASE_VALUES, CASE_POSITIVE, AT(case_population, tau_syn), .required = LIF | LI},
        {"threshold", CASE_VALUES, CASE_POSITIVE, AT(case_population, threshold), .required = LIF},
        {"reset", CASE_VALUES, CASE_BELOW_THRESHOLD, AT(case_population, reset), .optional = LIF},
        {"bias", CASE_VALUES, CASE_FINITE, AT(case_population, bias), .optional = LIF | LI}}};

/* ---- projections ---- */

static const struct case_form projection_form = {
    .whose = "a projection",
    .size = sizeof(struct case_projection),
    .shape = CASE_PER_SYNAPSE,
    .row = {{"source", CASE_POPULATION, CASE_SENDS, AT(case_projection, source), REQUIRED},
            {"target", CASE_POPULATION, CASE_RECEIVES, AT(case_projection, target), REQUIRED},
            {"delay", CASE_VALUES, CASE_NOT_NEGATIVE, AT(case_projection, delay), OPTIONAL},
            {"weights", CASE_NUMBERS, CASE_FINITE, AT(case_projection, weight), REQUIRED}}};

/* ---- the loss: its kinds, and one for the other penalty ---- */

enum {
    INTEGRAL = 1 << CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY,
    ENTROPY = 1 << CASE_FIRST_SPIKE_CROSS_ENTROPY,
    TIMES = 1 << CASE_FIRST_SPIKE_SQUARED_ERROR,
    MARGIN = 1 << CASE_FIRST_SPIKE_MARGIN,
    VOLTAGES = 1 << CASE_VOLTAGE_SQUARED_ERROR,
    RECIPROCAL = 1 << CASE_LOSS_KINDS
};

static int kind_of(const struct case_problem *c, const void *object)
{
    (void)c;
    const struct case_loss *loss = object;
    int reciprocal =
        loss->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY && loss->penalty == CASE_PENALTY_RECIPROCAL;
    return reciprocal ? RECIPROCAL : 1 << loss->kind;
}

static const char *call_loss(char text[64], const struct case_problem *c, const void *object)
{
    const struct case_loss *loss = object;
    snprintf(text, 64, "%s%s", case_loss_kinds.word[loss->kind],
             kind_of(c, loss) == RECIPROCAL ? " (reciprocal)" : "");
    return text;
}

static const struct case_form loss_form = {
    .whose = "the loss",
    .variant = kind_of,
    .call = call_loss,
    .row = {
        {"kind", CASE_WORD, CASE_ANY, AT(case_loss, kind), REQUIRED, .words = &case_loss_kinds,
         .order = CASE_TAG},
        {"population", CASE_POPULATION, CASE_READ_OUT, AT(case_loss, population), REQUIRED},
        {"weighting", CASE_WORD, CASE_ANY, AT(case_loss, weighting), .required = INTEGRAL,
         .words = &case_weightings},
        {"penalty", CASE_WORD, CASE_ANY, AT(case_loss, penalty), .optional = ENTROPY | RECIPROCAL,
         .words = &case_penalties, .order = CASE_TAG},
        {"tau0", CASE_DOUBLE, CASE_POSITIVE, AT(case_loss, tau0), .required = ENTROPY | RECIPROCAL},
        {"tau1", CASE_DOUBLE, CASE_POSITIVE, AT(case_loss, tau1), .required = ENTROPY},
        {"alpha", CASE_DOUBLE, CASE_FINITE, AT(case_loss, alpha), .required = ENTROPY | RECIPROCAL},
        {"margin", CASE_DOUBLE, CASE_FINITE, AT(case_loss, margin), .required = MARGIN},
        {"silent_after", CASE_DOUBLE, CASE_NOT_NEGATIVE, AT(case_loss, silent_after),
         .optional = ENTROPY | RECIPROCAL | TIMES | MARGIN, .absent = 1}}};

/* ---- samples; their targets depend on the loss ---- */

static int kind_of_case(const struct case_problem *c, const void *object)
{
    (void)object;
    return 1 << c->loss.kind;
}

static const char *call_target(char text[64], const struct case_problem *c, const void *object)
{
    (void)object;
    snprintf(text, 64, "a target of %s", case_loss_kinds.word[c->loss.kind]);
    return text;
}

static const struct case_form target_form = {
    .whose = "a target",
    .variant = kind_of_case,
    .call = call_target,
    .row = {
        {"label", CASE_WHOLE, CASE_LABEL, AT(case_sample, label),
         .required = CASE_ALWAYS & ~TIMES & ~VOLTAGES},
        {"times", CASE_NUMBERS, CASE_FINITE, AT(case_sample, times), .required = TIMES},
        {"voltages", CASE_STEPS, CASE_FINITE, AT(case_sample, voltages), .required = VOLTAGES}}};

static const struct case_form sample_form = {
    .whose = "a sample",
    .size = sizeof(struct case_sample),
    .row = {{"spikes", CASE_TRAINS, CASE_ANY, AT(case_sample, spikes), REQUIRED},
            {"target", CASE_OBJECT, CASE_ANY, REQUIRED, .form = &target_form}}};

/* ---- the whole ---- */

#define LIST(elements, element, of)                                                                \
    AT(case_problem, element), .count = offsetof(struct case_problem, elements), .form = &of,      \
                               REQUIRED

const struct case_form case_root = {
    .whose = "a case",
    .row = {
        {"format", CASE_FORMAT, CASE_ANY, REQUIRED, .order = CASE_TAG},
        {"name", CASE_TEXT, CASE_NAME, AT(case_problem, name), REQUIRED},
        {"note", CASE_TEXT, CASE_ANY, AT(case_problem, note), OPTIONAL},
        {"time", CASE_OBJECT, CASE_ANY, REQUIRED, .form = &time_form},
        {"populations", CASE_LIST, CASE_SOME_NAMED, LIST(populations, population, population_form)},
        {"projections", CASE_LIST, CASE_ANY, LIST(projections, projection, projection_form)},
        {"samples", CASE_LIST, CASE_SOME, LIST(samples, sample, sample_form), .order = CASE_LATE},
        {"loss", CASE_OBJECT, CASE_ANY, AT(case_problem, loss), REQUIRED, .form = &loss_form}}};
