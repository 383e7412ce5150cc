/* free.c: gives back the memory of a case.
 *
 * Every list of a case is a block of its own. A case that is only half built may be freed too, as
 * long as the lists that are missing are NULL. */
#include "cases/cases.h"

#include <stdlib.h>

static void free_sample(const struct case_problem *c, struct case_sample *sample)
{
    for (size_t p = 0; sample->spikes && p < c->populations; p++) {
        struct case_train *train = sample->spikes[p];
        for (size_t n = 0; train && n < c->population[p].size; n++)
            free(train[n].at);
        free(train);
    }
    free(sample->spikes);
    free(sample->times);
    if (sample->voltages && c->loss.population < c->populations)
        for (size_t n = 0; n < c->population[c->loss.population].size; n++) {
            free(sample->voltages[n].time);
            free(sample->voltages[n].value);
        }
    free(sample->voltages);
}

void case_free(struct case_problem *c)
{
    if (!c)
        return;
    for (size_t s = 0; c->sample && s < c->samples; s++)
        free_sample(c, &c->sample[s]);
    for (size_t j = 0; c->projection && j < c->projections; j++) {
        free(c->projection[j].delay.at);
        free(c->projection[j].weight);
    }
    for (size_t p = 0; c->population && p < c->populations; p++) {
        struct case_population *population = &c->population[p];
        free(population->name);
        free(population->tau_mem.at);
        free(population->tau_syn.at);
        free(population->threshold.at);
        free(population->reset.at);
        free(population->bias.at);
    }
    free(c->sample);
    free(c->projection);
    free(c->population);
    free(c->name);
    free(c->note);
    free(c);
}
