/* SPDX-License-Identifier: MIT */
/* network.c: see network.h. Every number comes from a stream of its own name and place, so that it
 * does not depend on any other. */
#include "gpu/train/network.h"

#include "cases/families/random.h"
#include "gpu/exp_log.h"

#include <stdlib.h>
#include <string.h>

struct normal {
    double mean, deviation;
};

/* ---- values ---- */

static int set_one(struct case_values *values, double x)
{
    values->count = 1;
    values->at = malloc(sizeof *values->at);
    if (values->at)
        values->at[0] = x;
    return values->at ? 0 : -1;
}

/* Gamma of shape 3, that is the sum of three exponential variables, between least and three means;
 * the published one, with logarithms that are the same on every machine. */
static int set_gamma(struct case_values *values, size_t count, double mean, double least,
                     uint64_t seed, const char *stream)
{
    values->count = count;
    values->at = malloc(count * sizeof *values->at);
    for (size_t k = 0; values->at && k < count; k++) {
        struct case_random random;
        double sum = 0;
        case_random_init(&random, seed, stream, k);
        for (int draw = 0; draw < 3; draw++)
            sum = sum - gpu_log(1.0 - case_random_unit(&random));
        double tau = mean / 3.0 * sum;
        tau = tau < least ? least : tau > 3 * mean ? 3 * mean : tau;
        values->at[k] = (double)(float)tau;
    }
    return values->at ? 0 : -1;
}

static int set_population(struct case_population *p, const char *name, size_t size,
                          enum case_model model)
{
    p->name = strdup(name);
    p->size = size;
    p->model = model;
    return p->name ? 0 : -1;
}

/* threshold 0: of a li population, which has none. */
static int set_cells(struct case_population *p, const struct train_settings *s, bool output,
                     size_t layer)
{
    char mem[40], syn[40];
    uint64_t seed = (uint64_t)s->seed;
    int failed = set_one(&p->bias, 0);
    snprintf(mem, sizeof mem, "train tau_mem %zu", layer);
    snprintf(syn, sizeof syn, "train tau_syn %zu", layer);
    if (!output && s->heterogeneous) {
        failed |= set_gamma(&p->tau_mem, p->size, s->tau_mem, s->least_tau_mem, seed, mem);
        failed |= set_gamma(&p->tau_syn, p->size, s->tau_syn, s->least_tau_syn, seed, syn);
    } else {
        failed |= set_one(&p->tau_mem, output ? s->tau_mem_out : s->tau_mem);
        failed |= set_one(&p->tau_syn, output ? s->tau_syn_out : s->tau_syn);
    }
    if (p->model == CASE_LIF) {
        failed |= set_one(&p->threshold, s->threshold);
        failed |= set_one(&p->reset, 0);
    }
    return failed;
}

/* One for all, or one each, uniform over a width behind the first. */
static int set_delays(struct case_values *values, size_t count, double first, double width,
                      size_t projection, uint64_t seed)
{
    struct case_random random;
    if (width <= 0)
        return set_one(values, first);
    values->count = count;
    values->at = malloc(count * sizeof *values->at);
    case_random_init(&random, seed, "train delays", projection);
    for (size_t k = 0; values->at && k < count; k++)
        values->at[k] = (double)(float)(first + case_random_between(&random, 0, width));
    return values->at ? 0 : -1;
}

static int set_projection(struct case_problem *c, size_t source, size_t target, double delay,
                          struct normal normal, const struct train_settings *s)
{
    struct case_projection *p = &c->projection[c->projections];
    size_t count = c->population[source].size * c->population[target].size;
    struct case_random random;
    p->source = source;
    p->target = target;
    case_random_init(&random, (uint64_t)s->seed, "train weights", c->projections);
    c->projections++;
    if (set_delays(&p->delay, count, delay, source == 0 ? s->delay_start : 0, c->projections - 1,
                   (uint64_t)s->seed) != 0 ||
        !(p->weight = malloc(count * sizeof *p->weight)))
        return -1;
    for (size_t k = 0; k < count; k++)
        p->weight[k] = (double)(float)case_random_normal(&random, normal.mean, normal.deviation);
    return 0;
}

/* ---- the whole ---- */

static int set_populations(struct case_problem *c, const struct train_settings *s, size_t channels,
                           size_t classes)
{
    size_t size[TRAIN_LAYERS], layers = train_layers(s, size);
    bool spikes = strncmp(s->loss, "first-spike", 11) == 0;
    int failed = set_population(&c->population[0], "in", channels, CASE_SPIKE_SOURCE);
    for (size_t k = 0; k < layers; k++) {
        char name[16];
        snprintf(name, sizeof name, layers > 1 ? "hid%zu" : "hid", k + 1);
        failed |= set_population(&c->population[k + 1], name, size[k], CASE_LIF) != 0 ||
                  set_cells(&c->population[k + 1], s, false, k) != 0;
    }
    failed |= set_population(&c->population[layers + 1], "out", classes,
                             spikes ? CASE_LIF : CASE_LI) != 0 ||
              set_cells(&c->population[layers + 1], s, true, layers) != 0;
    c->populations = layers + 2;
    return failed;
}

static int set_projections(struct case_problem *c, const struct train_settings *s)
{
    struct normal input = {s->input_mean, s->input_deviation},
                  between = {s->hidden_mean, s->hidden_deviation},
                  recurrent = {s->recurrent_mean, s->recurrent_deviation},
                  output = {s->output_mean, s->output_deviation};
    int failed = 0;
    for (size_t tap = 0; tap < (size_t)s->taps; tap++)
        failed |= set_projection(c, 0, 1, (double)tap * s->tap, input, s);
    for (size_t layer = 1; layer + 1 < c->populations; layer++) {
        if (s->recurrent)
            failed |= set_projection(c, layer, layer, 0, recurrent, s);
        failed |= set_projection(c, layer, layer + 1, 0,
                                 layer + 2 == c->populations ? output : between, s);
    }
    return failed;
}

static size_t index_of(const char *words, const char *word)
{
    size_t k = 0, size = strlen(word);
    while (strncmp(words, word, size) != 0 || (words[size] != '|' && words[size] != '\0')) {
        words = strchr(words, '|') + 1; /* the table has let only these through */
        k++;
    }
    return k;
}

static void set_loss(struct case_problem *c, const struct train_settings *s)
{
    static const char kinds[] = "voltage-integral-cross-entropy|instantaneous-cross-entropy|"
                                "max-voltage-cross-entropy|first-spike-cross-entropy|"
                                "first-spike-squared-error|first-spike-margin";
    c->loss = (struct case_loss){
        .kind = (enum case_loss_kind)index_of(kinds, s->loss),
        .population = c->populations - 1,
        .weighting =
            (enum case_weighting)index_of("uniform|exponential|linear|sigmoid", s->weighting),
        .penalty = (enum case_penalty)index_of("exponential|reciprocal", s->penalty),
        .tau0 = s->tau0,
        .tau1 = s->tau1,
        .alpha = s->alpha,
        .silent_after = s->silent_after,
        .margin = s->margin,
    };
}

static int set_samples(struct case_problem *c, size_t samples)
{
    c->sample = calloc(samples, sizeof *c->sample);
    for (size_t s = 0; c->sample && s < samples; s++) {
        c->samples = s + 1;
        c->sample[s].spikes = calloc(c->populations, sizeof *c->sample[s].spikes);
        if (!c->sample[s].spikes)
            return -1;
        c->sample[s].spikes[0] = calloc(c->population[0].size, sizeof **c->sample[s].spikes);
        if (!c->sample[s].spikes[0])
            return -1;
    }
    return c->sample ? 0 : -1;
}

struct case_problem *train_network(const struct train_settings *settings, size_t channels,
                                   size_t classes, size_t samples)
{
    struct case_problem *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->name = strdup(settings->name);
    c->end = settings->end;
    c->step = settings->step;
    c->population = calloc(TRAIN_LAYERS + 2, sizeof *c->population);
    c->projection = calloc((size_t)settings->taps + 2 * TRAIN_LAYERS, sizeof *c->projection);
    if (!c->name || !c->population || !c->projection ||
        set_populations(c, settings, channels, classes) != 0 || set_projections(c, settings) != 0 ||
        set_samples(c, samples) != 0) {
        case_free(c);
        return NULL;
    }
    set_loss(c, settings);
    return c;
}

void train_draw_input(float *out, const struct train_settings *settings, size_t channels,
                      size_t neuron, uint64_t k)
{
    struct case_random random;
    case_random_init(&random, (uint64_t)settings->seed, "train rewire", k << 20 | neuron);
    for (size_t at = 0; at < (size_t)settings->taps * channels; at++)
        out[at] =
            (float)case_random_normal(&random, settings->input_mean, settings->input_deviation);
}
