/* SPDX-License-Identifier: MIT */
/* fit.c: see fit.h. */
#include "cases/fit.h"

#include <math.h>
#include <stdio.h>

static const char *const feature_name[CASE_FIT_FEATURES] = {
    "recurrent", "skip", "parallel", "bias", "reset", "per_neuron", "equal_taus"};
static const char *const model_name[] = {"spike-source", "lif", "li"};

const char *case_fit_feature_name(enum case_fit_feature feature)
{
    return feature_name[feature];
}

bool case_fit_is_any(const struct case_fit *fit)
{
    bool any = true;
    for (int k = 0; k < CASE_FIT_FEATURES; k++)
        any = any && !fit->without[k];
    return any && !fit->models && !fit->losses && fit->delays == CASE_FIT_ANY_DELAYS &&
           fit->least_layers == 0 && fit->most_layers == 0 && fit->least_size == 0 &&
           fit->most_size == 0 && fit->most_samples == 0;
}

static bool any_but_0(const struct case_values *values)
{
    bool found = false;
    for (size_t k = 0; k < values->count; k++)
        found = found || values->at[k] != 0;
    return found;
}

static bool differ(const struct case_values *values)
{
    bool found = false;
    for (size_t k = 1; k < values->count; k++)
        found = found || values->at[k] != values->at[0];
    return found;
}

static bool equal_taus(const struct case_population *p)
{
    bool found = false;
    for (size_t n = 0; p->model != CASE_SPIKE_SOURCE && n < p->size; n++)
        found = found || case_value(&p->tau_mem, n) == case_value(&p->tau_syn, n);
    return found;
}

static bool population_has(const struct case_population *p, enum case_fit_feature feature)
{
    switch (feature) {
    case CASE_FIT_BIAS:
        return any_but_0(&p->bias);
    case CASE_FIT_RESET:
        return any_but_0(&p->reset);
    case CASE_FIT_PER_NEURON:
        return differ(&p->tau_mem) || differ(&p->tau_syn) || differ(&p->threshold) ||
               differ(&p->reset) || differ(&p->bias);
    case CASE_FIT_EQUAL_TAUS:
        return equal_taus(p);
    default:
        return false;
    }
}

/* The populations of neurons that no projection between them comes before: a case lists them in
 * any order, so depth is the longest way from a source. Loops end it. */
static size_t depth(const struct case_problem *c, size_t population, size_t limit)
{
    size_t most = 0;
    for (size_t j = 0; limit > 0 && j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        if (p->target == population && p->source != population) {
            size_t before = 1 + depth(c, p->source, limit - 1);
            most = before > most ? before : most;
        }
    }
    return most;
}

static bool projection_has(const struct case_problem *c, size_t j, enum case_fit_feature feature)
{
    const struct case_projection *p = &c->projection[j];
    bool found = false;
    switch (feature) {
    case CASE_FIT_RECURRENT:
        return p->source >= p->target && c->population[p->source].model != CASE_SPIKE_SOURCE;
    case CASE_FIT_SKIP:
        return depth(c, p->target, c->populations) > depth(c, p->source, c->populations) + 1;
    case CASE_FIT_PARALLEL:
        for (size_t k = 0; k < j; k++)
            found = found ||
                    (c->projection[k].source == p->source && c->projection[k].target == p->target);
        return found;
    case CASE_FIT_PER_NEURON:
        return differ(&p->delay);
    default:
        return false;
    }
}

static bool has(const struct case_problem *c, enum case_fit_feature feature)
{
    bool found = false;
    for (size_t p = 0; p < c->populations && !found; p++)
        found = population_has(&c->population[p], feature);
    for (size_t j = 0; j < c->projections && !found; j++)
        found = projection_has(c, j, feature);
    return found;
}

static bool delays_fit(const struct case_problem *c, enum case_fit_delays delays)
{
    bool good = true;
    for (size_t j = 0; j < c->projections && good; j++)
        for (size_t k = 0; k < c->projection[j].delay.count; k++) {
            double delay = c->projection[j].delay.at[k];
            bool whole = delay == 0 || (c->step > 0 && fmod(delay, c->step) == 0);
            good = good && (delays == CASE_FIT_WHOLE_DELAYS ? whole : delay == 0);
        }
    return good;
}

static bool sizes_fit(const struct case_problem *c, const struct case_fit *fit, char *why)
{
    size_t layers = 0;
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *of = &c->population[p];
        layers += of->model != CASE_SPIKE_SOURCE;
        snprintf(why, CASE_FIT_WHY, "model %s", model_name[of->model]);
        if (fit->models && of->model != CASE_SPIKE_SOURCE && !(fit->models >> of->model & 1))
            return false;
        snprintf(why, CASE_FIT_WHY, "sizes");
        if (of->size < fit->least_size || (fit->most_size > 0 && of->size > fit->most_size))
            return false;
    }
    snprintf(why, CASE_FIT_WHY, "%zu layers", layers);
    if (layers < fit->least_layers || (fit->most_layers > 0 && layers > fit->most_layers))
        return false;
    snprintf(why, CASE_FIT_WHY, "several samples");
    return fit->most_samples == 0 || c->samples <= fit->most_samples;
}

bool case_fits(const struct case_problem *c, const struct case_fit *fit, char why[CASE_FIT_WHY])
{
    snprintf(why, CASE_FIT_WHY, "loss %s", case_loss_kind_name(c->loss.kind));
    if (fit->losses && !(fit->losses >> c->loss.kind & 1))
        return false;
    if (!sizes_fit(c, fit, why))
        return false;
    snprintf(why, CASE_FIT_WHY, "%s",
             fit->delays == CASE_FIT_WHOLE_DELAYS ? "delays of no whole number of steps"
                                                  : "delays");
    if (fit->delays != CASE_FIT_ANY_DELAYS && !delays_fit(c, fit->delays))
        return false;
    for (int feature = 0; feature < CASE_FIT_FEATURES; feature++) {
        snprintf(why, CASE_FIT_WHY, "%s", feature_name[feature]);
        if (fit->without[feature] && has(c, (enum case_fit_feature)feature))
            return false;
    }
    return true;
}
