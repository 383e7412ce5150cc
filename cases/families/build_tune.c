/* SPDX-License-Identifier: MIT */
/* build_tune.c: scales weights until the neurons of a drawn network are alive.
 *
 * A coarse simulation (forward Euler, + - * / only, so the same on every machine) counts the spikes
 * of every LIF neuron; a neuron outside the wanted range has its incoming weights scaled, and the
 * simulation is repeated. It decides nothing but the weights: what a case is worth is left to the
 * engines. */
#include "cases/families/build.h"

#include <stdlib.h>

enum { STEPS = 400, ROUNDS = 20, LAST_ROUNDS = 40, BURST = 20000 };

struct tune {
    struct case_problem *c;
    size_t neurons, *first;        /* first[p]: number of neuron 0 of population p; [populations] */
    double *v, *i;                 /* [neurons] */
    double *pending;               /* [STEPS][neurons]: current that arrives at a step */
    size_t *spikes, *least, *most; /* [neurons]: in this sample; over the samples */
    bool *reached;                 /* [neurons]: an arrival came */
    size_t total;
};

static void send(struct tune *t, size_t population, size_t neuron, double time)
{
    const struct case_problem *c = t->c;
    for (size_t j = 0; j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        size_t size = c->population[p->target].size;
        if (p->source != population) {
            continue;
        }
        for (size_t n = 0; n < size; n++) {
            double step = (time + case_delay(c, p, neuron, n)) / c->end * STEPS + 1;
            if (step < STEPS) {
                size_t target = t->first[p->target] + n;
                t->pending[(size_t)step * t->neurons + target] += p->weight[neuron * size + n];
                t->reached[target] = true;
            }
        }
    }
}

static void advance(struct tune *t, size_t population, size_t neuron, size_t step)
{
    const struct case_population *p = &t->c->population[population];
    size_t n = t->first[population] + neuron;
    double dt = t->c->end / STEPS;
    t->i[n] += t->pending[step * t->neurons + n];
    /* The implicit form cannot become unstable where a time constant is shorter than the step. */
    double mem = dt / case_value(&p->tau_mem, neuron), syn = dt / case_value(&p->tau_syn, neuron);
    t->v[n] = (t->v[n] + mem * (t->i[n] + case_value(&p->bias, neuron))) / (1 + mem);
    t->i[n] /= 1 + syn;
    if (p->model == CASE_LIF && t->v[n] >= case_value(&p->threshold, neuron) && t->total < BURST) {
        t->v[n] = case_value(&p->reset, neuron);
        t->spikes[n]++;
        t->total++;
        send(t, population, neuron, (double)step * dt);
    }
}

static void simulate(struct tune *t, size_t sample)
{
    const struct case_problem *c = t->c;
    for (size_t n = 0; n < t->neurons; n++) {
        t->v[n] = t->i[n] = 0;
        t->spikes[n] = 0;
    }
    for (size_t n = 0; n < STEPS * t->neurons; n++) {
        t->pending[n] = 0;
    }
    for (size_t p = 0; p < c->populations; p++) {
        for (size_t n = 0; c->sample[sample].spikes[p] != NULL && n < c->population[p].size; n++) {
            const struct case_train *train = &c->sample[sample].spikes[p][n];
            for (size_t i = 0; i < train->count; i++) {
                send(t, p, n, train->at[i]);
            }
        }
    }
    for (size_t step = 0; step < STEPS; step++) {
        for (size_t p = 0; p < c->populations; p++) {
            for (size_t n = 0;
                 c->population[p].model != CASE_SPIKE_SOURCE && n < c->population[p].size; n++) {
                advance(t, p, n, step);
            }
        }
    }
}

/* Multiplies what comes in by factor, or measures it: sum and largest of the weights. Recurrent
 * weights never grow: above about tau_mem / tau_syn thresholds a loop excites itself without end.
 */
static void incoming(double *sum, double *largest, struct tune *t, size_t population, size_t neuron,
                     double factor)
{
    *sum = *largest = 0;
    for (size_t j = 0; j < t->c->projections; j++) {
        struct case_projection *p = &t->c->projection[j];
        size_t size = t->c->population[p->target].size;
        for (size_t s = 0; p->target == population && s < t->c->population[p->source].size; s++) {
            double *weight = &p->weight[s * size + neuron];
            double magnitude = *weight < 0 ? -*weight : *weight;
            *sum += *weight;
            *largest = magnitude > *largest ? magnitude : *largest;
            *weight *= (factor > 0 && factor < 1) || p->source != population ? factor : 1;
        }
    }
}

/* More input. A neuron without net excitation is turned around; one that is not woken by very large
 * weights gets its input too late, and larger ones would only make it burst. */
static void raise_neuron(struct tune *t, size_t population, size_t neuron)
{
    double sum, largest;
    incoming(&sum, &largest, t, population, neuron, 1);
    if (largest < 16 * case_value(&t->c->population[population].threshold, neuron)) {
        incoming(&sum, &largest, t, population, neuron, sum < 0 ? -1.0 : 1.4);
    }
}

static void lower_neuron(struct tune *t, size_t population, size_t neuron)
{
    double sum, largest;
    incoming(&sum, &largest, t, population, neuron, 0.75);
}

/* One round. Whether anything was scaled. */
static bool adjust(struct tune *t, size_t least, size_t most)
{
    bool changed = false;
    for (size_t n = 0; n < t->neurons; n++) {
        t->least[n] = SIZE_MAX;
        t->most[n] = 0;
        t->reached[n] = false;
    }
    t->total = 0;
    for (size_t s = 0; s < t->c->samples; s++) {
        simulate(t, s);
        for (size_t n = 0; n < t->neurons; n++) {
            t->least[n] = t->spikes[n] < t->least[n] ? t->spikes[n] : t->least[n];
            t->most[n] = t->spikes[n] > t->most[n] ? t->spikes[n] : t->most[n];
        }
    }
    for (size_t p = 0; p < t->c->populations; p++) {
        for (size_t k = 0; t->c->population[p].model == CASE_LIF && k < t->c->population[p].size;
             k++) {
            size_t n = t->first[p] + k;
            if (t->most[n] > most) {
                lower_neuron(t, p, k);
                changed = true;
            } else if (t->least[n] < least && t->reached[n]) {
                raise_neuron(t, p, k);
                changed = true;
            }
        }
    }
    return changed;
}

static bool allocate(struct tune *t)
{
    t->first = calloc(t->c->populations, sizeof *t->first);
    for (size_t p = 0; t->first != NULL && p < t->c->populations; p++) {
        t->first[p] = t->neurons;
        t->neurons += t->c->population[p].size;
    }
    t->v = calloc(t->neurons, sizeof *t->v);
    t->i = calloc(t->neurons, sizeof *t->i);
    t->pending = calloc(STEPS * t->neurons, sizeof *t->pending);
    t->spikes = calloc(t->neurons, sizeof *t->spikes);
    t->least = calloc(t->neurons, sizeof *t->least);
    t->most = calloc(t->neurons, sizeof *t->most);
    t->reached = calloc(t->neurons, sizeof *t->reached);
    return t->first && t->v && t->i && t->pending && t->spikes && t->least && t->most && t->reached;
}

void case_build_tune(struct case_builder *b, size_t least, size_t most)
{
    if (b->problem == NULL) {
        return;
    }
    struct tune t = {.c = b->problem};
    bool good = allocate(&t);
    bool changed = good;
    for (int round = 0; changed && round < ROUNDS; round++) {
        changed = adjust(&t, least, most);
    }
    /* Samples or loops that want opposite things: silence is better than an explosion. */
    for (int round = 0; changed && round < LAST_ROUNDS; round++) {
        changed = adjust(&t, 0, most);
    }
    free(t.first);
    free(t.v);
    free(t.i);
    free(t.pending);
    free(t.spikes);
    free(t.least);
    free(t.most);
    free(t.reached);
    if (!good) {
        case_free(b->problem);
        b->problem = NULL;
    }
}
