/* SPDX-License-Identifier: MIT */
/* plot_choose.c: which neurons of a large case are worth a line. */
#include "verify/report/plot.h"

#include <stdlib.h>

/* How much a neuron matters: what fails, then what is scored, then what spikes. */
enum { FAILS = 1 << 30, CONCERNED = 1 << 29, LABELLED = 1 << 28, SCORED = 1 << 27 };

struct choice {
    struct plot_neuron neuron;
    long score;
};

static long spikes_of(const struct plot *plot, size_t population, size_t neuron)
{
    const struct case_train *input = plot->problem->sample[plot->sample].spikes[population];
    if (input)
        return (long)input[neuron].count;
    if (plot->decided && plot->truth.sample[plot->sample].spikes[population])
        return (long)plot->truth.sample[plot->sample].spikes[population][neuron].count;
    if (plot->engine && plot->explain->scheme.result.raster.train[plot->sample][population])
        return (long)plot->explain->scheme.result.raster.train[plot->sample][population][neuron]
            .count;
    return 0;
}

static long score_of(const struct plot *plot, const struct plot_neuron *n)
{
    const struct case_problem *c = plot->problem;
    const struct explain *e = plot->engine ? plot->explain : NULL;
    long score = spikes_of(plot, n->population, n->neuron);
    bool source = c->population[n->population].model == CASE_SPIKE_SOURCE;
    if (e && !source && e->forward.found && e->forward.cell == n->cell)
        score += FAILS;
    else if (e && !source && e->backward.found && e->backward.cell == n->cell)
        score += FAILS;
    if (e && e->weighed) {
        const struct case_projection *p = &c->projection[e->projection];
        if ((p->source == n->population && e->pre == n->neuron) ||
            (p->target == n->population && e->post == n->neuron))
            score += CONCERNED;
    }
    if (n->population == c->loss.population)
        score += n->neuron == c->sample[plot->sample].label ? LABELLED : SCORED;
    return score;
}

static int by_score(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    if (x->neuron.population != y->neuron.population)
        return x->neuron.population < y->neuron.population ? -1 : 1;
    return x->neuron.neuron < y->neuron.neuron ? -1 : x->neuron.neuron > y->neuron.neuron;
}

static int by_place(const void *a, const void *b)
{
    const struct plot_neuron *x = a, *y = b;
    if (x->population != y->population)
        return x->population < y->population ? -1 : 1;
    return x->neuron < y->neuron ? -1 : x->neuron > y->neuron;
}

/* Half of the places are for outputs at most, or many silent ones would hide who spikes. */
static void spare_outputs(const struct plot *plot, struct choice *choice, size_t count)
{
    size_t outputs = 0;
    for (size_t k = 0; k < count; k++)
        if (choice[k].neuron.population == plot->problem->loss.population &&
            choice[k].score < LABELLED && ++outputs > plot->most / 2)
            choice[k].score -= SCORED;
}

static void choose(const struct plot *plot, bool sources, struct plot_neuron *chosen, size_t *count,
                   size_t *others)
{
    const struct case_problem *c = plot->problem;
    size_t all = 0, cell = 0, found = 0;
    for (size_t p = 0; p < c->populations; p++)
        all += c->population[p].size;
    struct choice *choice = calloc(all + 1, sizeof *choice);
    for (size_t p = 0; choice && p < c->populations; p++) {
        bool source = c->population[p].model == CASE_SPIKE_SOURCE;
        for (size_t n = 0; n < c->population[p].size; n++) {
            struct plot_neuron neuron = {p, n, cell};
            cell += !source;
            if (source == sources)
                choice[found++] = (struct choice){neuron, score_of(plot, &neuron)};
        }
    }
    if (choice) {
        qsort(choice, found, sizeof *choice, by_score);
        spare_outputs(plot, choice, found);
        qsort(choice, found, sizeof *choice, by_score);
    }
    *count = found < plot->most ? found : plot->most;
    *others = found - *count;
    for (size_t k = 0; k < *count; k++)
        chosen[k] = choice[k].neuron;
    free(choice);
    qsort(chosen, *count, sizeof *chosen, by_place);
}

void plot_choose(struct plot *plot)
{
    choose(plot, true, plot->source, &plot->sources, &plot->other_sources);
    choose(plot, false, plot->trace, &plot->traces, &plot->other_traces);
}
