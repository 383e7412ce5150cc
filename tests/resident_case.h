/* SPDX-License-Identifier: MIT */
/* resident_case.h: engines that stay, for tests: batches drawn from the samples of a case, and a
 * short training on two engines, held against each other to the last bit. */
#ifndef EVIDENT_TESTS_RESIDENT_CASE_H
#define EVIDENT_TESTS_RESIDENT_CASE_H

#include "gpu/resident/resident.h"
#include "tests/edge_case.h"

#include <check.h>
#include <math.h>

/* ---- batches: the spikes of a case ---- */

enum { DRAWN_SAMPLES = 8, DRAWN_SPIKES = 1024 };

struct drawn {
    struct resident_batch batch;
    size_t begin[DRAWN_SAMPLES + 1];
    uint32_t step[DRAWN_SPIKES], neuron[DRAWN_SPIKES], label[DRAWN_SAMPLES];
};

/* The samples order[0 .. samples) of a case, by step, then by neuron. */
static inline void draw(struct drawn *d, const struct case_problem *c, const size_t *order,
                        size_t samples)
{
    struct case_grid grid;
    struct case_error error;
    size_t at = 0;
    ck_assert(case_grid_make(&grid, c, 0, CASE_ROUND_DELAYS, &error) == 0);
    for (size_t s = 0; s < samples; s++) {
        d->begin[s] = at;
        d->label[s] = (uint32_t)c->sample[order[s]].label;
        for (uint32_t n = 0; n < grid.steps; n++)
            for (uint32_t i = 0; i < c->population[0].size; i++) {
                const struct case_step_train *train = &grid.input.train[order[s]][0][i];
                for (size_t k = 0; k < train->count; k++)
                    if (train->step[k] == n) {
                        ck_assert(at < DRAWN_SPIKES);
                        d->step[at] = n;
                        d->neuron[at++] = i;
                    }
            }
    }
    d->begin[samples] = at;
    d->batch = (struct resident_batch){samples, d->begin, d->step, d->neuron, d->label};
    case_grid_clear(&grid);
}

/* ---- calls that must not fail ---- */

static inline struct resident *open_one(const struct engine *engine, const struct case_problem *c,
                                        const struct resident_options *options)
{
    enum result_status status;
    char reason[RESULT_REASON];
    struct resident *r = resident_open(engine, c, options, &status, reason);
    ck_assert_msg(r != NULL, "%s: %s", engine->name, reason);
    return r;
}

static inline void did(const struct resident *r, int status)
{
    ck_assert_msg(status == 0, "%s", resident_reason(r));
}

/* ---- a training on two engines ---- */

/* edge: of edge_case.h, with five samples. */
struct training {
    struct edge edge;
    struct resident_options options;
    double loud; /* all recurrent weights instead of those drawn; 0: those */
};

enum { TRAINING_SAMPLES = 5 };

static const struct training trainings[] = {
    {.edge = {20, 40, 3, 5, 130, CASE_FIRST_SPIKE_CROSS_ENTROPY, EDGE_MATRIX},
     .options = {.train_taus = true,
                 .least_tau_mem = 19.99,
                 .least_tau_syn = 4.99,
                 .strength = 0.125,
                 .spikes = 3,
                 .phantom = true}},
    /* 32 outputs: the last weight is that of a neuron, not of padding */
    {.edge = {20, 40, 32, 5, 129, CASE_FIRST_SPIKE_CROSS_ENTROPY, EDGE_SCALAR},
     .options = {.engine = {.cluster = 2, .block = 32}, .skip_silent = true}},
    {.edge = {7, 70, 3, 5, 65, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_SCALAR},
     .options = {.train_taus = true, .strength = 0.5, .spikes = 1}},
    {.edge = {7, 31, 3, 5, 90, CASE_INSTANTANEOUS_CROSS_ENTROPY, EDGE_NONE},
     .options = {.strength = 0.25, .spikes = 2}},
    {.edge = {7, 8, 2, 5, 100, CASE_MAX_VOLTAGE_CROSS_ENTROPY, EDGE_NONE}, .loud = 1},
    {.edge = {20, 40, 3, 5, 130, CASE_FIRST_SPIKE_MARGIN, EDGE_SCALAR},
     .options = {.strength = 0.25}},
    {.edge = {20, 40, 3, 5, 130, CASE_MAX_VOLTAGE_CROSS_ENTROPY, EDGE_SCALAR},
     .options = {.engine = {.variant = SCHEME_COMPAT}, .strength = 0.125, .spikes = 2}},
};
enum { TRAININGS = sizeof trainings / sizeof *trainings };

struct pair {
    struct resident *one, *other;
    size_t parameters, silent, right, samples; /* sums of what the first said */
    uint64_t spikes;
    float *a, *b; /* [parameters] */
};

static inline bool same_floats(struct pair *p)
{
    return memcmp(p->a, p->b, p->parameters * sizeof *p->a) == 0;
}

static inline const char *outcome_difference(struct pair *p, size_t samples)
{
    const struct resident_outcome *a = resident_outcome(p->one), *b = resident_outcome(p->other);
    if (memcmp(a->sample_loss, b->sample_loss, samples * sizeof *a->sample_loss) != 0)
        return "loss of a sample";
    if (memcmp(&a->loss, &b->loss, sizeof a->loss) != 0)
        return "loss";
    if (memcmp(a->predicted, b->predicted, samples * sizeof *a->predicted) != 0 ||
        a->right != b->right)
        return "predictions";
    if (a->hidden != b->hidden || memcmp(a->count, b->count, a->hidden * sizeof *a->count) != 0)
        return "spike counts";
    if (a->silent_labels != b->silent_labels)
        return "silent labels";
    p->silent += a->silent_labels;
    p->right += a->right;
    p->samples += samples;
    for (size_t k = 0; k < a->hidden; k++)
        p->spikes += a->count[k];
    return NULL;
}

static inline const char *batch_difference(struct pair *p, const struct case_problem *c,
                                           const size_t *order, size_t samples, bool learn)
{
    struct drawn d;
    draw(&d, c, order, samples);
    did(p->one, resident_run(p->one, &d.batch, learn));
    did(p->other, resident_run(p->other, &d.batch, learn));
    const char *what = outcome_difference(p, samples);
    did(p->one, resident_gradient(p->one, p->a));
    did(p->other, resident_gradient(p->other, p->b));
    return what ? what : same_floats(p) ? NULL : "gradient";
}

static inline const char *step_difference(struct pair *p, int step)
{
    static const char *const name[] = {"value", "mean", "square"};
    double one = 1 - pow(0.9, step), two = 1 - pow(0.999, step);
    struct adam adam = {0.01f,           1e-8f, 0.9f, 0.1f, 0.999f, 0.001f, (float)(1 / one),
                        (float)(1 / two)};
    did(p->one, resident_adam(p->one, &adam));
    did(p->other, resident_adam(p->other, &adam));
    for (int part = RESIDENT_VALUE; part <= RESIDENT_SQUARE; part++) {
        did(p->one, resident_get(p->one, (enum resident_part)part, p->a));
        did(p->other, resident_get(p->other, (enum resident_part)part, p->b));
        if (!same_floats(p))
            return name[part];
    }
    return NULL;
}

/* Other weights and time constants on both. */
static inline const char *put_difference(struct pair *p)
{
    did(p->one, resident_get(p->one, RESIDENT_VALUE, p->a));
    for (size_t k = 0; k < p->parameters; k++)
        p->a[k] = p->a[k] * (1 + (float)(k % 7) / 64);
    did(p->one, resident_put(p->one, RESIDENT_VALUE, p->a));
    did(p->other, resident_put(p->other, RESIDENT_VALUE, p->a));
    did(p->other, resident_get(p->other, RESIDENT_VALUE, p->b));
    return same_floats(p) ? NULL : "what was put";
}

static inline const char *pair_difference(struct pair *p, const struct case_problem *c)
{
    static const size_t orders[][TRAINING_SAMPLES] = {
        {2}, {0, 1, 2, 3, 4}, {3, 0}, {4, 2, 0}, {1, 3, 0, 2, 4}};
    static const size_t samples[] = {1, 5, 2, 3, 5};
    const char *what = NULL;
    for (int k = 0; k < 5 && !what; k++) {
        bool learn = k != 2; /* then the gradient is that of the batch before */
        what = batch_difference(p, c, orders[k], samples[k], learn);
        if (!what && learn)
            what = step_difference(p, k < 2 ? k + 1 : k);
        if (!what && k == 3)
            what = put_difference(p);
    }
    return what;
}

/* NULL, or what differs between the host and another engine in a training of four batches, one of
 * them short, and one that is only looked at. */
static inline const char *training_difference(const struct training *t, const struct engine *other)
{
    struct case_problem *c = edge_case(&t->edge);
    struct resident_options options = t->options;
    struct pair p = {.one = NULL};
    options.engine.delays = CASE_ROUND_DELAYS;
    for (size_t k = 0; t->loud != 0 && k < t->edge.hidden * t->edge.hidden; k++)
        c->projection[1].weight[k] = t->loud;
    for (size_t s = 0; s < TRAINING_SAMPLES; s++)
        c->sample[s].label = s % t->edge.outputs;
    p.one = open_one(&gpu_clock_host, c, &options);
    p.other = open_one(other, c, &options);
    p.parameters = resident_parameters(p.one);
    p.a = edge_take(p.parameters, sizeof *p.a);
    p.b = edge_take(p.parameters, sizeof *p.b);
    const char *what = pair_difference(&p, c);
    /* Loud: more than a driver has room for to begin with. */
    uint64_t least = t->loud != 0 ? 64 * (uint64_t)(t->edge.hidden * p.samples) : 0;
    ck_assert_msg(p.spikes > least || what, "hidden neurons spiked %d times", (int)p.spikes);
    ck_assert_msg(what || !(options.phantom || options.skip_silent) ||
                      (p.silent > 0 && p.silent < p.samples),
                  "of %zu labels %zu were silent", p.samples, p.silent);
    ck_assert_msg(what || (p.right < p.samples && (p.right > 0 || t->edge.outputs > 3)),
                  "of %zu samples %zu were right", p.samples, p.right);
    free(p.a);
    free(p.b);
    resident_close(p.one);
    resident_close(p.other);
    case_free(c);
    return what;
}

#endif
