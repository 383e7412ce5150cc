/* SPDX-License-Identifier: MIT */
/* edge_case.h: networks of any size for tests of the kernels: inputs -> recurrent lif -> outputs,
 * with weights that make some neurons spike, by counter-based random numbers; and the comparison of
 * two results to the last bit. */
#ifndef EVIDENT_TESTS_EDGE_CASE_H
#define EVIDENT_TESTS_EDGE_CASE_H

#include "cases/cases.h"
#include "cases/families/random.h"
#include "gpu/gpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum edge_delays { EDGE_NONE, EDGE_SCALAR, EDGE_MATRIX };

struct edge {
    size_t inputs, hidden, outputs, samples, steps;
    enum case_loss_kind kind;
    enum edge_delays delays;
};

static inline void *edge_take(size_t count, size_t size)
{
    void *taken = calloc(count + 1, size);
    if (!taken)
        abort();
    return taken;
}

static inline char *edge_name(const char *text)
{
    return strcpy(edge_take(strlen(text), 1), text);
}

static inline struct case_values edge_number(double x)
{
    struct case_values v = {1, edge_take(1, sizeof *v.at)};
    v.at[0] = x;
    return v;
}

static inline struct case_population edge_population(const char *name, size_t size,
                                                     enum case_model model)
{
    struct case_population p = {.name = edge_name(name), .size = size, .model = model};
    if (model != CASE_SPIKE_SOURCE) {
        p.tau_mem = edge_number(20);
        p.tau_syn = edge_number(5);
        p.bias = edge_number(0);
    }
    if (model == CASE_LIF) {
        p.threshold = edge_number(1);
        p.reset = edge_number(0);
    }
    return p;
}

/* Weights around mean; a delay of 0 to 3 ms for all, or each. */
static inline struct case_projection edge_projection(const struct case_problem *c, size_t source,
                                                     size_t target, double mean, double spread,
                                                     enum edge_delays delays, struct case_random *r)
{
    size_t count = c->population[source].size * c->population[target].size;
    struct case_projection p = {.source = source, .target = target};
    p.weight = edge_take(count, sizeof *p.weight);
    for (size_t k = 0; k < count; k++)
        p.weight[k] = case_random_between(r, mean - spread, mean + spread);
    p.delay = edge_number(delays == EDGE_NONE ? 0 : 2);
    if (delays == EDGE_MATRIX) {
        free(p.delay.at);
        p.delay = (struct case_values){count, edge_take(count, sizeof *p.delay.at)};
        for (size_t k = 0; k < count; k++)
            p.delay.at[k] = (double)case_random_below(r, 4);
    }
    return p;
}

static inline void edge_sample(struct case_sample *s, const struct case_problem *c,
                               const struct edge *e, struct case_random *r)
{
    s->spikes = edge_take(c->populations, sizeof *s->spikes);
    s->spikes[0] = edge_take(e->inputs, sizeof **s->spikes);
    for (size_t n = 0; n < e->inputs; n++) {
        struct case_train *train = &s->spikes[0][n];
        double at = case_random_between(r, 0, c->end / 2);
        train->at = edge_take(3, sizeof *train->at);
        for (; train->count < 3 && at < c->end; at += case_random_between(r, 0.25, c->end))
            train->at[train->count++] = at;
    }
    s->label = case_random_below(r, e->outputs);
    if (e->kind == CASE_FIRST_SPIKE_SQUARED_ERROR) {
        s->times = edge_take(e->outputs, sizeof *s->times);
        for (size_t k = 0; k < e->outputs; k++)
            s->times[k] = case_random_between(r, 0, c->end);
    }
    if (e->kind == CASE_VOLTAGE_SQUARED_ERROR) {
        s->voltages = edge_take(e->outputs, sizeof *s->voltages);
        for (size_t k = 0; k < e->outputs; k++) {
            struct case_steps *v = &s->voltages[k];
            *v = (struct case_steps){2, edge_take(2, sizeof *v->time),
                                     edge_take(2, sizeof *v->value)};
            v->time[1] = c->end / 3;
            v->value[0] = case_random_between(r, -1, 1);
            v->value[1] = case_random_between(r, -1, 1);
        }
    }
}

/* Steps of 1 ms. To be freed with case_free. */
static inline struct case_problem *edge_case(const struct edge *e)
{
    bool by_spikes = e->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY ||
                     e->kind == CASE_FIRST_SPIKE_SQUARED_ERROR ||
                     e->kind == CASE_FIRST_SPIKE_MARGIN;
    struct case_problem *c = edge_take(1, sizeof *c);
    struct case_random r;
    double input = 12.0 / (double)(e->inputs < 60 ? e->inputs : 60);
    double hidden = 4.0 / (double)e->hidden;
    case_random_init(&r, 1, "edge", e->hidden + 4096 * e->inputs);
    c->name = edge_name("edge");
    c->end = (double)e->steps;
    c->step = 1;
    c->populations = c->projections = 3;
    c->samples = e->samples;
    c->population = edge_take(3, sizeof *c->population);
    c->projection = edge_take(3, sizeof *c->projection);
    c->sample = edge_take(e->samples, sizeof *c->sample);
    c->population[0] = edge_population("in", e->inputs, CASE_SPIKE_SOURCE);
    c->population[1] = edge_population("hid", e->hidden, CASE_LIF);
    c->population[2] = edge_population("out", e->outputs, by_spikes ? CASE_LIF : CASE_LI);
    c->projection[0] = edge_projection(c, 0, 1, input, 2 * input, e->delays, &r);
    c->projection[1] = edge_projection(c, 1, 1, 0, hidden, e->delays, &r);
    c->projection[2] = edge_projection(c, 1, 2, 2 * hidden, 2 * hidden, EDGE_NONE, &r);
    c->loss = (struct case_loss){.kind = e->kind,
                                 .population = 2,
                                 .weighting = CASE_EXPONENTIAL,
                                 .tau0 = 2,
                                 .tau1 = 8,
                                 .alpha = 0.01,
                                 .silent_after = 1,
                                 .margin = 3};
    for (size_t s = 0; s < e->samples; s++)
        edge_sample(&c->sample[s], c, e, &r);
    return c;
}

static inline size_t edge_spikes(const struct result *r)
{
    size_t spikes = 0;
    for (size_t s = 0; s < r->samples; s++)
        for (size_t p = 0; p < r->populations; p++)
            for (size_t n = 0; n < r->raster.sizes[p]; n++)
                spikes += r->raster.train[s][p][n].count;
    return spikes;
}

/* ---- comparison ---- */

static inline bool edge_same(const double *a, const double *b, size_t count)
{
    return (!a && !b) || (a && b && memcmp(a, b, count * sizeof *a) == 0);
}

static inline const char *edge_difference_of(const struct result *a, const struct result *b,
                                             size_t s)
{
    const struct result_trace *x = &a->sample[s].trace, *y = &b->sample[s].trace;
    size_t all = (size_t)a->steps * a->cells;
    for (size_t p = 0; p < a->populations; p++) {
        size_t spikes = 0;
        for (size_t n = 0; n < a->raster.sizes[p]; n++) {
            const struct case_step_train *t = &a->raster.train[s][p][n];
            const struct case_step_train *u = &b->raster.train[s][p][n];
            if (t->count != u->count || memcmp(t->step, u->step, t->count * sizeof *t->step) != 0)
                return "spikes";
            spikes += t->count;
        }
        if (!edge_same(a->sample[s].slope[p], b->sample[s].slope[p], spikes))
            return "slopes";
    }
    if (!edge_same(&a->sample[s].loss, &b->sample[s].loss, 1))
        return "loss of a sample";
    if (!edge_same(x->v, y->v, all) || !edge_same(x->i, y->i, all))
        return "trace";
    if (!edge_same(x->lambda_v, y->lambda_v, all) || !edge_same(x->lambda_i, y->lambda_i, all))
        return "adjoints";
    return NULL;
}

/* What differs first, or NULL: not one bit does. */
static inline const char *edge_difference(const struct result *a, const struct result *b)
{
    if (a->status != b->status)
        return "status";
    if (a->status != RESULT_OK)
        return NULL;
    if (a->steps != b->steps || a->samples != b->samples || a->cells != b->cells ||
        a->parameters != b->parameters || a->populations != b->populations ||
        memcmp(a->provides, b->provides, sizeof a->provides) != 0)
        return "shape";
    for (size_t s = 0; s < a->samples; s++) {
        const char *what = edge_difference_of(a, b, s);
        if (what)
            return what;
    }
    if (!edge_same(&a->loss, &b->loss, 1))
        return "loss";
    if (!edge_same(a->gradient, b->gradient, a->parameters))
        return "gradient";
    return result_digest(a) == result_digest(b) ? NULL : "digest";
}

#endif
