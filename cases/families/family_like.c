/* SPDX-License-Identifier: MIT */
/* family_like.c: draws other numbers for a given case; see family_like.h. */
#include "cases/families/family_like.h"
#include "cases/families/families.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Times draws one factor for all numbers, which keeps what is 0, and signs. */
static void scale(struct case_random *r, const struct case_values *values, double low, double high)
{
    for (size_t k = 0; k < values->count; k++)
        values->at[k] *= case_random_between(r, low, high);
}

static bool all_are(const struct case_values *values, double wanted)
{
    bool all = true;
    for (size_t k = 0; k < values->count; k++)
        all = all && values->at[k] == wanted;
    return all;
}

static bool same(const struct case_values *a, const struct case_values *b)
{
    return a->count == b->count && memcmp(a->at, b->at, a->count * sizeof *a->at) == 0;
}

/* ---- constants of populations ---- */

/* The ratio that both lists have throughout, if it is 1 or 2: there are closed forms for it. */
static double closed_ratio(const struct case_population *p, size_t size)
{
    double ratio = case_value(&p->tau_mem, 0) / case_value(&p->tau_syn, 0);
    for (size_t n = 1; n < size; n++)
        if (case_value(&p->tau_mem, n) / case_value(&p->tau_syn, n) != ratio)
            return 0;
    return ratio == 1 || ratio == 2 ? ratio : 0;
}

static void draw_taus(struct case_random *r, struct case_population *p)
{
    double ratio = closed_ratio(p, p->size);
    scale(r, &p->tau_syn, 0.7, 1.4);
    if (ratio == 0)
        scale(r, &p->tau_mem, 0.7, 1.4);
    else
        for (size_t n = 0; n < p->tau_mem.count; n++)
            p->tau_mem.at[n] = ratio * case_value(&p->tau_syn, n);
    for (size_t n = 0; ratio > 0 && p->tau_mem.count == 1 && n < p->tau_syn.count; n++)
        p->tau_syn.at[n] = p->tau_mem.at[0] / ratio;
}

/* Populations that have the same time constants in the given case go on having the same. */
static void draw_populations(struct case_builder *b, const struct case_problem *given)
{
    struct case_random *r = &b->random;
    for (size_t p = 0; p < given->populations; p++) {
        const struct case_population *old = &given->population[p];
        struct case_population *new = &b->problem->population[p];
        if (old->model == CASE_SPIKE_SOURCE)
            continue;
        size_t twin = 0;
        while (twin < p && !(given->population[twin].model != CASE_SPIKE_SOURCE &&
                             same(&given->population[twin].tau_mem, &old->tau_mem) &&
                             same(&given->population[twin].tau_syn, &old->tau_syn)))
            twin++;
        if (twin == p)
            draw_taus(r, new);
        for (size_t n = 0; twin < p && n < new->tau_mem.count; n++)
            new->tau_mem.at[n] = b->problem->population[twin].tau_mem.at[n];
        for (size_t n = 0; twin < p && n < new->tau_syn.count; n++)
            new->tau_syn.at[n] = b->problem->population[twin].tau_syn.at[n];
        scale(r, &new->bias, 0.5, 1.2);
        if (old->model == CASE_LIF && !all_are(&old->threshold, 1))
            scale(r, &new->threshold, 0.9, 1.2);
        if (old->model == CASE_LIF)
            scale(r, &new->reset, 0.5, 0.9);
    }
}

static void draw_loss(struct case_builder *b)
{
    struct case_random *r = &b->random;
    struct case_loss *loss = &b->problem->loss;
    loss->tau0 *= case_random_between(r, 0.6, 1.6);
    loss->tau1 *= case_random_between(r, 0.6, 1.6);
    loss->alpha *= case_random_between(r, 0.5, 2);
    loss->margin *= case_random_between(r, 0.5, 1.5);
    loss->silent_after *= case_random_between(r, 0.5, 1); /* stays below the pole of a penalty */
}

/* ---- synapses ---- */

static bool is_whole(double time, double step)
{
    return step > 0 && floor(time / step) * step == time;
}

static bool delays_are_whole(const struct case_problem *c)
{
    bool whole = true;
    for (size_t j = 0; j < c->projections; j++)
        for (size_t k = 0; k < c->projection[j].delay.count; k++)
            whole = whole && is_whole(c->projection[j].delay.at[k], c->step);
    return whole;
}

static void draw_delays(struct case_builder *b, const struct case_problem *given)
{
    struct case_random *r = &b->random;
    bool whole = delays_are_whole(given);
    for (size_t j = 0; j < given->projections; j++) {
        const struct case_values *delay = &b->problem->projection[j].delay;
        for (size_t k = 0; k < delay->count; k++) {
            double steps = whole ? delay->at[k] / given->step : 0;
            if (delay->at[k] > 0 && whole)
                delay->at[k] = given->step * (double)case_random_from(r, 1, (size_t)(2 * steps));
            else
                delay->at[k] *= case_random_between(r, 0.5, 2);
        }
    }
}

/* Each that is not 0 becomes another one's of the same projection, up to a factor of 2, one of ten
 * with the other sign. */
static void draw_weights(struct case_builder *b, const struct case_problem *given)
{
    struct case_random *r = &b->random;
    for (size_t j = 0; j < given->projections; j++) {
        const struct case_projection *old = &given->projection[j];
        double *new = b->problem->projection[j].weight;
        size_t size = given->population[old->source].size * given->population[old->target].size;
        for (size_t k = 0; k < size; k++) {
            if (old->weight[k] == 0)
                continue;
            double other = old->weight[case_random_below(r, size)];
            new[k] = other == 0 ? old->weight[k] : other;
            new[k] *= case_random_log_between(r, 0.5, 2);
            if (case_random_chance(r, 0.1))
                new[k] *= -1;
        }
    }
}

/* ---- samples ---- */

struct range {
    double last;
    bool whole; /* all inputs are on whole steps */
};

static struct range input_range(const struct case_problem *c)
{
    struct range range = {0, true};
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++) {
                const struct case_train *train = &c->sample[s].spikes[p][n];
                for (size_t k = 0; k < train->count; k++) {
                    range.last = train->at[k] > range.last ? train->at[k] : range.last;
                    range.whole = range.whole && is_whole(train->at[k], c->step);
                }
            }
    return range;
}

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void draw_train(struct case_builder *b, struct case_train *train, struct range range)
{
    for (size_t k = 0; k < train->count; k++) {
        double time = case_random_between(&b->random, 0, range.last);
        train->at[k] = range.whole ? floor(time / b->problem->step) * b->problem->step : time;
    }
    if (train->count > 0)
        qsort(train->at, train->count, sizeof *train->at, compare_times);
    for (size_t k = 1; range.whole && k < train->count; k++) {
        double next = train->at[k - 1] + b->problem->step;
        if (train->at[k] <= train->at[k - 1] && next < b->problem->end)
            train->at[k] = next;
    }
}

static void draw_target(struct case_builder *b, struct case_sample *sample)
{
    struct case_random *r = &b->random;
    const struct case_problem *c = b->problem;
    size_t size = c->population[c->loss.population].size;
    sample->label = case_random_below(r, size);
    for (size_t n = 0; sample->times && n < size; n++)
        sample->times[n] = c->end * case_random_between(r, 0.05, 0.95);
    for (size_t n = 0; sample->voltages && n < size; n++)
        for (size_t k = 0; k < sample->voltages[n].count; k++)
            sample->voltages[n].value[k] = case_random_between(r, -0.5, 1);
    if (sample->times || sample->voltages)
        sample->label = 0; /* the loss has none */
}

static void draw_samples(struct case_builder *b, const struct case_problem *given)
{
    struct range range = input_range(given);
    struct case_problem *c = b->problem;
    for (size_t s = 0; s < c->samples; s++) {
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++)
                draw_train(b, &c->sample[s].spikes[p][n], range);
        draw_target(b, &c->sample[s]);
    }
}

/* ---- the case ---- */

static int name_case(struct case_problem *c, const char *address)
{
    char *name = malloc(strlen(address) + 1);
    if (!name)
        return -1;
    strcpy(name, address);
    free(c->name);
    c->name = name;
    return 0;
}

enum case_like_edge case_like_edge_of(uint64_t k)
{
    return k % 2 == 0 ? CASE_LIKE_PLAIN : (enum case_like_edge)(1 + k / 2 % 10);
}

int case_like_make(struct case_made *made, const struct case_problem *given,
                   const struct case_like *like)
{
    struct case_builder b = {.k = like->k, .problem = case_copy(given)};
    *made = (struct case_made){0};
    if (!b.problem || name_case(b.problem, like->address) != 0) {
        case_free(b.problem);
        return -1;
    }
    case_random_init(&b.random, like->seed, like->constants ? "like" : "like-weights", like->k);
    if (like->constants) {
        draw_populations(&b, given);
        draw_delays(&b, given);
        draw_loss(&b);
    }
    draw_weights(&b, given);
    draw_samples(&b, given);
    case_build_tune(&b, 1, case_random_from(&b.random, 2, 8));
    const char *edge = case_like_bring(&b, case_like_edge_of(like->k), like->constants);
    case_build_note(&b, "Like %.150s, other numbers%s%s.", given->name, edge ? "; " : "",
                    edge ? edge : "");
    return case_build_finish(made, &b, CASE_DECIDED);
}
