/* SPDX-License-Identifier: MIT */
/* build_loss.c: the eleven variants of the seven losses, with random constants and targets.
 *
 * The order alternates between LI and LIF outputs, so that neighbours among the cases differ. */
#include "cases/families/build.h"

struct variant {
    const char *name;
    enum case_loss_kind kind;
    enum case_weighting weighting;
    enum case_penalty penalty;
};

static const struct variant variants[CASE_BUILD_LOSSES] = {
    {"voltage-integral, uniform", CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, CASE_UNIFORM, 0},
    {"first-spike, exponential penalty", CASE_FIRST_SPIKE_CROSS_ENTROPY, 0,
     CASE_PENALTY_EXPONENTIAL},
    {"max-voltage", CASE_MAX_VOLTAGE_CROSS_ENTROPY, 0, 0},
    {"first-spike squared error", CASE_FIRST_SPIKE_SQUARED_ERROR, 0, 0},
    {"voltage-integral, exponential", CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, CASE_EXPONENTIAL, 0},
    {"first-spike, reciprocal penalty", CASE_FIRST_SPIKE_CROSS_ENTROPY, 0, CASE_PENALTY_RECIPROCAL},
    {"voltage-integral, linear", CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, CASE_LINEAR, 0},
    {"first-spike margin", CASE_FIRST_SPIKE_MARGIN, 0, 0},
    {"voltage squared error", CASE_VOLTAGE_SQUARED_ERROR, 0, 0},
    {"voltage-integral, sigmoid", CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, CASE_SIGMOID, 0},
    {"instantaneous cross-entropy", CASE_INSTANTANEOUS_CROSS_ENTROPY, 0, 0},
};

enum case_loss_kind case_build_loss_kind(size_t variant)
{
    return variants[variant].kind;
}

enum case_weighting case_build_loss_weighting(size_t variant)
{
    return variants[variant].weighting;
}

enum case_penalty case_build_loss_penalty(size_t variant)
{
    return variants[variant].penalty;
}

const char *case_build_loss_name(size_t variant)
{
    return variants[variant].name;
}

enum case_model case_build_loss_model(size_t variant)
{
    return case_loss_is_first_spike(variants[variant].kind) ? CASE_LIF : CASE_LI;
}

bool case_build_loss_costly(size_t variant)
{
    return variants[variant].kind == CASE_INSTANTANEOUS_CROSS_ENTROPY ||
           variants[variant].weighting == CASE_SIGMOID;
}

void case_build_random_loss(struct case_builder *b, size_t variant, size_t population)
{
    if (b->problem == NULL) {
        return;
    }
    struct case_random *r = &b->random;
    double end = b->problem->end;
    struct case_loss loss = {.kind = variants[variant].kind,
                             .population = population,
                             .weighting = variants[variant].weighting,
                             .penalty = variants[variant].penalty};
    if (case_build_loss_model(variant) == CASE_LIF) {
        loss.silent_after = 0x1p-5 * end;
    }
    if (loss.kind == CASE_FIRST_SPIKE_CROSS_ENTROPY) {
        loss.tau0 = end * case_random_between(r, 0.02, 0.2);
        loss.alpha = case_random_log_between(r, 0x1p-12, 0x1p-3);
        if (loss.penalty == CASE_PENALTY_RECIPROCAL) {
            /* Keeps T + silent_after below the pole at 1.01 T. */
            loss.silent_after = 0x1p-8 * end;
            loss.alpha *= end;
        } else {
            loss.tau1 = end * case_random_between(r, 0.2, 1.5);
        }
    }
    if (loss.kind == CASE_FIRST_SPIKE_MARGIN) {
        loss.margin = end * case_random_between(r, 0.01, 0.2);
    }
    case_build_loss(b, &loss);
}

static void random_voltages(struct case_builder *b, size_t sample, size_t neuron)
{
    struct case_random *r = &b->random;
    double time[4] = {0}, value[4];
    size_t count = case_random_from(r, 1, 4);
    for (size_t i = 0; i < count; i++) {
        value[i] = case_random_between(r, -0.5, 1);
        if (i > 0) {
            time[i] = time[i - 1] + b->problem->end * case_random_between(r, 0.05, 0.3);
        }
    }
    case_build_voltages(b, sample, neuron, time, value, count);
}

void case_build_random_targets(struct case_builder *b)
{
    if (b->problem == NULL) {
        return;
    }
    struct case_random *r = &b->random;
    size_t size = b->problem->population[b->problem->loss.population].size;
    enum case_loss_kind kind = b->problem->loss.kind;

    for (size_t s = 0; b->problem != NULL && s < b->problem->samples; s++) {
        if (kind == CASE_FIRST_SPIKE_SQUARED_ERROR) {
            double times[CASE_BUILD_NEURONS];
            for (size_t n = 0; n < size; n++) {
                times[n] = b->problem->end * case_random_between(r, 0.05, 0.95);
            }
            case_build_times(b, s, times);
        } else if (kind == CASE_VOLTAGE_SQUARED_ERROR) {
            for (size_t n = 0; b->problem != NULL && n < size; n++) {
                random_voltages(b, s, n);
            }
        } else {
            case_build_label(b, s, case_random_below(r, size));
        }
    }
}
