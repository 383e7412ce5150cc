/* SPDX-License-Identifier: MIT */
/* build.c: puts a case together in memory, one population, projection and sample after another.
 *
 * The counts in the problem never run ahead of what is allocated and zeroed, so that case_free can
 * take back an unfinished problem at any point. */
#include "cases/families/build.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(struct case_builder *b)
{
    case_free(b->problem);
    b->problem = NULL;
}

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

static double *copy_doubles(const double *at, size_t count)
{
    double *copy = malloc((count ? count : 1) * sizeof *copy);
    if (copy != NULL && count) {
        memcpy(copy, at, count * sizeof *copy);
    }
    return copy;
}

static bool copy_values(struct case_values *values, const double *at, size_t count)
{
    values->at = copy_doubles(at, count);
    values->count = values->at == NULL ? 0 : count;
    return values->at != NULL;
}

/* Room for one more zeroed element behind *array. */
static void *extend(void **array, size_t count, size_t size)
{
    char *bigger = realloc(*array, (count + 1) * size);
    if (bigger == NULL) {
        return NULL;
    }
    *array = bigger;
    return memset(bigger + count * size, 0, size);
}

void case_build_start(struct case_builder *b, const char *family, uint64_t seed, uint64_t k,
                      double end)
{
    char name[128];
    snprintf(name, sizeof name, "%s:%" PRIu64 ":%" PRIu64, family, seed, k);
    case_random_init(&b->random, seed, family, k);
    b->k = k;
    b->problem = calloc(1, sizeof *b->problem);
    if (b->problem == NULL) {
        return;
    }
    case_build_end(b, end, 0x1p-3);
    b->problem->name = copy_text(name);
    if (b->problem->name == NULL) {
        fail(b);
    }
}

void case_build_end(struct case_builder *b, double end, double step)
{
    if (b->problem != NULL) {
        b->problem->end = end;
        b->problem->step = step;
    }
}

struct case_build_neurons case_build_alike(size_t size, double tau_mem, double tau_syn,
                                           double threshold)
{
    struct case_build_neurons neurons = {.size = size};
    for (size_t n = 0; n < size; n++) {
        neurons.tau_mem[n] = tau_mem;
        neurons.tau_syn[n] = tau_syn;
        neurons.threshold[n] = threshold;
    }
    return neurons;
}

static struct case_population *add_population(struct case_builder *b, const char *name, size_t size,
                                              enum case_model model)
{
    struct case_problem *c = b->problem;
    void *array = c->population;
    struct case_population *p = extend(&array, c->populations, sizeof *p);
    c->population = array;
    if (p == NULL) {
        return NULL;
    }
    c->populations++;
    p->size = size;
    p->model = model;
    p->name = copy_text(name);
    return p->name == NULL ? NULL : p;
}

size_t case_build_source(struct case_builder *b, const char *name, size_t size)
{
    if (b->problem == NULL) {
        return 0;
    }
    size_t index = b->problem->populations;
    if (add_population(b, name, size, CASE_SPIKE_SOURCE) == NULL) {
        fail(b);
    }
    return index;
}

size_t case_build_population(struct case_builder *b, const char *name, enum case_model model,
                             const struct case_build_neurons *neurons)
{
    if (b->problem == NULL) {
        return 0;
    }
    size_t index = b->problem->populations;
    size_t count = neurons->each ? neurons->size : 1;
    struct case_population *p = add_population(b, name, neurons->size, model);
    bool good = p != NULL && copy_values(&p->tau_mem, neurons->tau_mem, count) &&
                copy_values(&p->tau_syn, neurons->tau_syn, count) &&
                copy_values(&p->bias, neurons->bias, count);
    if (good && model == CASE_LIF) {
        good = copy_values(&p->threshold, neurons->threshold, count) &&
               copy_values(&p->reset, neurons->reset, count);
    }
    if (!good) {
        fail(b);
    }
    return index;
}

size_t case_build_projection(struct case_builder *b, size_t source, size_t target,
                             const double *weight, const double *delay, size_t delays)
{
    struct case_problem *c = b->problem;
    if (c == NULL) {
        return 0;
    }
    size_t index = c->projections;
    void *array = c->projection;
    struct case_projection *p = extend(&array, index, sizeof *p);
    c->projection = array;
    if (p == NULL) {
        fail(b);
        return index;
    }
    c->projections++;
    p->source = source;
    p->target = target;
    p->weight = copy_doubles(weight, c->population[source].size * c->population[target].size);
    if (p->weight == NULL || !copy_values(&p->delay, delay, delays)) {
        fail(b);
    }
    return index;
}

size_t case_build_sample(struct case_builder *b)
{
    struct case_problem *c = b->problem;
    if (c == NULL) {
        return 0;
    }
    size_t index = c->samples;
    void *array = c->sample;
    struct case_sample *s = extend(&array, index, sizeof *s);
    c->sample = array;
    if (s == NULL) {
        fail(b);
        return index;
    }
    c->samples++;
    s->spikes = calloc(c->populations, sizeof *s->spikes);
    for (size_t p = 0; s->spikes != NULL && p < c->populations; p++) {
        if (c->population[p].model == CASE_SPIKE_SOURCE) {
            s->spikes[p] = calloc(c->population[p].size, sizeof **s->spikes);
            if (s->spikes[p] == NULL) {
                fail(b);
                return index;
            }
        }
    }
    if (s->spikes == NULL) {
        fail(b);
    }
    return index;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void case_build_spikes(struct case_builder *b, size_t sample, size_t population, size_t neuron,
                       const double *time, size_t count)
{
    if (b->problem == NULL || count == 0) {
        return;
    }
    struct case_train *train = &b->problem->sample[sample].spikes[population][neuron];
    train->at = copy_doubles(time, count);
    if (train->at == NULL) {
        fail(b);
        return;
    }
    qsort(train->at, count, sizeof *train->at, compare_doubles);
    train->count = 0;
    for (size_t i = 0; i < count; i++) {
        double t = train->at[i];
        bool repeated = train->count > 0 && !(t > train->at[train->count - 1]);
        if (t >= 0 && t < b->problem->end && !repeated) {
            train->at[train->count++] = t;
        }
    }
    if (train->count == 0) {
        free(train->at);
        train->at = NULL;
    }
}

void case_build_loss(struct case_builder *b, const struct case_loss *loss)
{
    if (b->problem != NULL) {
        b->problem->loss = *loss;
    }
}

void case_build_label(struct case_builder *b, size_t sample, size_t label)
{
    if (b->problem != NULL) {
        b->problem->sample[sample].label = label;
    }
}

void case_build_times(struct case_builder *b, size_t sample, const double *time)
{
    if (b->problem == NULL) {
        return;
    }
    double *copy = copy_doubles(time, b->problem->population[b->problem->loss.population].size);
    b->problem->sample[sample].times = copy;
    if (copy == NULL) {
        fail(b);
    }
}

void case_build_voltages(struct case_builder *b, size_t sample, size_t neuron, const double *time,
                         const double *value, size_t count)
{
    if (b->problem == NULL) {
        return;
    }
    struct case_sample *s = &b->problem->sample[sample];
    if (s->voltages == NULL) {
        size_t size = b->problem->population[b->problem->loss.population].size;
        s->voltages = calloc(size, sizeof *s->voltages);
        if (s->voltages == NULL) {
            fail(b);
            return;
        }
    }
    struct case_steps *steps = &s->voltages[neuron];
    steps->time = copy_doubles(time, count);
    steps->value = copy_doubles(value, count);
    steps->count = count;
    if (steps->time == NULL || steps->value == NULL) {
        fail(b);
    }
}

void case_build_note(struct case_builder *b, const char *format, ...)
{
    if (b->problem == NULL) {
        return;
    }
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    free(b->problem->note);
    b->problem->note = copy_text(text);
    if (b->problem->note == NULL) {
        fail(b);
    }
}

int case_build_finish(struct case_made *made, struct case_builder *b,
                      enum case_expectation expectation)
{
    *made = (struct case_made){.problem = b->problem, .expectation = expectation};
    return b->problem == NULL ? -1 : 0;
}

int case_build_known(struct case_made *made, const struct case_known *entry, mpfr_srcptr value)
{
    void *array = made->known;
    struct case_known *known = extend(&array, made->knowns, sizeof *known);
    made->known = array;
    if (known == NULL) {
        return -1;
    }
    *known = *entry;
    if (value != NULL) {
        mpfr_init2(known->value, 512);
        mpfr_set(known->value, value, MPFR_RNDN);
    }
    made->knowns++;
    return 0;
}
