/* SPDX-License-Identifier: MIT */
/* bench_case.h: the work that bench.c measures, that of one batch of spoken digits: 700 channels,
 * recurrent hidden layer, 20 outputs, published initial weights and loss (integral cross-entropy,
 * exponential weighting), 1,000 steps of 1 ms; the recordings of the family real-digits, each
 * several times, its channels shifted as the published augmentation shifts them. */
#ifndef EVIDENT_GPU_BENCH_CASE_H
#define EVIDENT_GPU_BENCH_CASE_H

#include "cases/cases.h"
#include "cases/families/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 700, OUTPUTS = 20, RECORDINGS = 8, MOST_SHIFT = 40 };

struct work {
    size_t hidden, batch, steps;
    int threads;
    size_t thin; /* every thin-th input spike only; 0: all */
};

/* ---- the case ---- */

static void fatal(const char *text)
{
    fprintf(stderr, "bench: %s\n", text);
    exit(2);
}

static void *take(size_t count, size_t size)
{
    void *taken = calloc(count + 1, size);
    if (!taken)
        fatal("memory is short");
    return taken;
}

static double *normal_weights(size_t count, double mean, double deviation, uint64_t stream)
{
    struct case_random r;
    double *weight = take(count, sizeof *weight);
    case_random_init(&r, 1, "bench", stream);
    for (size_t k = 0; k < count; k++)
        weight[k] = case_random_normal(&r, mean, deviation);
    return weight;
}

static void resize_hidden(struct case_problem *c, size_t hidden)
{
    const size_t count[] = {CHANNELS * hidden, hidden * hidden, hidden * OUTPUTS};
    const double mean[] = {0.03, 0, 0}, deviation[] = {0.01, 0.02, 0.03};
    c->population[1].size = hidden;
    for (size_t k = 0; k < c->projections; k++) {
        free(c->projection[k].weight);
        c->projection[k].weight = normal_weights(count[k], mean[k], deviation[k], k);
    }
}

/* Recordings heard at once, so that every trial has about 8,000 input spikes, as those of the
 * published benchmark have on average; these digits alone have 1,220 to 7,903. */
static const struct scene {
    size_t count, recording[4];
} scenes[] = {{1, {7}}, {2, {6, 0}}, {2, {5, 4}}, {4, {0, 1, 2, 3}}};
enum { SCENES = sizeof scenes / sizeof *scenes };

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Every thin-th spike; how many. */
static size_t copy_thin(double *to, const struct case_train *from, size_t thin)
{
    size_t count = 0;
    for (size_t k = 0; k < from->count; k += thin)
        to[count++] = from->at[k];
    return count;
}

/* The spikes of one scene, channels moved by shift. */
static struct case_train *hear(const struct case_made *made, const struct scene *scene, long shift,
                               size_t thin)
{
    struct case_train *train = take(CHANNELS, sizeof *train);
    for (long channel = 0; channel < CHANNELS; channel++) {
        long source = channel - shift;
        size_t count = 0;
        if (source < 0 || source >= CHANNELS)
            continue;
        for (size_t k = 0; k < scene->count; k++)
            count += made[scene->recording[k]].problem->sample[0].spikes[0][source].count;
        double *at = train[channel].at = take(count, sizeof *at);
        for (size_t k = 0; k < scene->count; k++) {
            const struct case_train *t =
                &made[scene->recording[k]].problem->sample[0].spikes[0][source];
            at += copy_thin(at, t, thin);
        }
        train[channel].count = count = (size_t)(at - train[channel].at);
        qsort(train[channel].at, count, sizeof *at, by_time);
    }
    return train;
}

static void free_sample(struct case_sample *sample)
{
    for (size_t k = 0; k < CHANNELS; k++)
        free(sample->spikes[0][k].at);
    free(sample->spikes[0]);
    free(sample->spikes);
}

static struct case_problem *make_case(const struct work *work)
{
    struct case_made made[RECORDINGS];
    struct case_random r;
    case_random_init(&r, 1, "bench shift", 0);
    for (size_t k = 0; k < RECORDINGS; k++) {
        struct case_error error;
        char address[64];
        snprintf(address, sizeof address, "real-digits:1:%zu", k);
        if (case_make(&made[k], address, &error) != 0)
            fatal(error.text);
    }
    struct case_problem *c = made[0].problem;
    if (c->populations != 3 || c->population[0].size != CHANNELS)
        fatal("the family real-digits has changed its network");
    struct case_sample *sample = take(work->batch, sizeof *sample);
    for (size_t s = 0; s < work->batch; s++) {
        const struct scene *scene = &scenes[s % SCENES];
        long shift = (long)case_random_below(&r, 2 * MOST_SHIFT + 1) - MOST_SHIFT;
        sample[s].spikes = take(c->populations, sizeof *sample->spikes);
        sample[s].spikes[0] = hear(made, scene, shift, work->thin > 0 ? work->thin : 1);
        sample[s].label = made[scene->recording[0]].problem->sample[0].label;
    }
    free_sample(&c->sample[0]);
    free(c->sample);
    c->sample = sample;
    c->samples = work->batch;
    c->step = c->end / (double)work->steps;
    if (work->hidden != c->population[1].size)
        resize_hidden(c, work->hidden);
    made[0].problem = NULL;
    for (size_t k = 0; k < RECORDINGS; k++)
        case_made_clear(&made[k]);
    return c;
}

#endif
