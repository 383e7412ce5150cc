/* copy.c: a case once more, sharing nothing with the first, so that it may be changed in place. */
#include "cases/cases.h"

#include <stdlib.h>
#include <string.h>

/* NULL stays NULL; failed is set where memory is short. */
static void *again(const void *from, size_t count, size_t size, int *failed)
{
    if (!from)
        return NULL;
    void *copy = calloc(count + 1, size);
    if (copy)
        memcpy(copy, from, count * size);
    *failed |= !copy;
    return copy;
}

static char *again_text(const char *text, int *failed)
{
    return again(text, text ? strlen(text) + 1 : 0, 1, failed);
}

static void again_values(struct case_values *values, int *failed)
{
    values->at = again(values->at, values->count, sizeof *values->at, failed);
}

static void again_population(struct case_population *p, int *failed)
{
    p->name = again_text(p->name, failed);
    again_values(&p->tau_mem, failed);
    again_values(&p->tau_syn, failed);
    again_values(&p->threshold, failed);
    again_values(&p->reset, failed);
    again_values(&p->bias, failed);
}

static struct case_train *again_trains(const struct case_train *train, size_t size, int *failed)
{
    struct case_train *copy = again(train, size, sizeof *copy, failed);
    for (size_t n = 0; copy && n < size; n++)
        copy[n].at = again(train[n].at, train[n].count, sizeof *copy[n].at, failed);
    return copy;
}

static void again_sample(struct case_sample *sample, const struct case_problem *c, int *failed)
{
    size_t outputs = c->population[c->loss.population].size;
    sample->times = again(sample->times, outputs, sizeof *sample->times, failed);
    struct case_train **from = sample->spikes;
    sample->spikes = again(from, c->populations, sizeof *from, failed);
    for (size_t p = 0; sample->spikes && p < c->populations; p++)
        sample->spikes[p] = again_trains(from[p], c->population[p].size, failed);
    struct case_steps *steps = sample->voltages =
        again(sample->voltages, outputs, sizeof *sample->voltages, failed);
    for (size_t n = 0; steps && n < outputs; n++) {
        steps[n].time = again(steps[n].time, steps[n].count, sizeof *steps[n].time, failed);
        steps[n].value = again(steps[n].value, steps[n].count, sizeof *steps[n].value, failed);
    }
}

struct case_problem *case_copy(const struct case_problem *c)
{
    int failed = 0;
    struct case_problem *copy = again(c, 1, sizeof *c, &failed);
    if (!copy)
        return NULL;
    copy->name = again_text(c->name, &failed);
    copy->note = again_text(c->note, &failed);
    copy->population = again(c->population, c->populations, sizeof *c->population, &failed);
    copy->projection = again(c->projection, c->projections, sizeof *c->projection, &failed);
    copy->sample = again(c->sample, c->samples, sizeof *c->sample, &failed);
    if (failed) { /* what lies inside is still the original's */
        free(copy->name);
        free(copy->note);
        free(copy->population);
        free(copy->projection);
        free(copy->sample);
        free(copy);
        return NULL;
    }
    for (size_t p = 0; p < c->populations; p++)
        again_population(&copy->population[p], &failed);
    for (size_t j = 0; j < c->projections; j++) {
        struct case_projection *p = &copy->projection[j];
        size_t synapses = c->population[p->source].size * c->population[p->target].size;
        again_values(&p->delay, &failed);
        p->weight = again(p->weight, synapses, sizeof *p->weight, &failed);
    }
    for (size_t s = 0; s < c->samples; s++)
        again_sample(&copy->sample[s], c, &failed);
    if (!failed)
        return copy;
    case_free(copy); /* what could not be copied is NULL */
    return NULL;
}
