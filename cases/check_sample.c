/* SPDX-License-Identifier: MIT */
/* check_sample.c: judges what has times: spike trains and target voltages. */
#include "cases/internal.h"

#include <float.h>
#include <stdio.h>

enum list { TIMES, STEPS }; /* of steps, the time is element [0] */

/* Times of one list: ascending, in [0, end). Two spikes may share a time, two steps may not. */
static int judge_times(const struct case_report *report, const struct case_place *at,
                       enum list list, const double *time, size_t count, double end)
{
    char found[CASE_NUMBER], bound[CASE_NUMBER];
    if (count && !time)
        return case_refuse(report, at, "nothing", "%zu times", count);
    for (size_t k = 0; k < count; k++) {
        const struct case_place *element = CASE_AT(at, k);
        const struct case_place *place = list == STEPS ? CASE_AT(element, 0) : element;
        if (!(time[k] >= 0 && time[k] < end))
            return case_refuse(report, place, case_show_number(found, time[k]), "a time in [0, %s)",
                               case_show_number(bound, end));
        if (k && !(list == STEPS ? time[k] > time[k - 1] : time[k] >= time[k - 1]))
            return case_refuse(
                report, place, case_show_number(found, time[k]), "ascending times, so %s %s",
                list == STEPS ? "more than" : "at least", case_show_number(bound, time[k - 1]));
    }
    return 0;
}

int case_judge_spikes(const struct case_report *report, const struct case_place *at,
                      const struct case_problem *c, struct case_train *const *spikes)
{
    if (!spikes)
        return case_refuse(report, at, "nothing", "spikes for every spike-source population");
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *population = &c->population[p];
        const struct case_place *place = CASE_KEY(at, population->name);
        const struct case_train *train = spikes[p];
        if (population->model != CASE_SPIKE_SOURCE) {
            if (train)
                return case_refuse(report, place, "spikes", "none for a %s population",
                                   case_models.word[population->model]);
            continue;
        }
        if (!train)
            return case_refuse(report, place, "nothing", "spikes of %zu neurons", population->size);
        for (size_t n = 0; n < population->size; n++)
            if (judge_times(report, CASE_AT(place, n), TIMES, train[n].at, train[n].count, c->end))
                return -1;
    }
    return 0;
}

static int judge_finite(const struct case_report *report, const struct case_place *at, double value)
{
    char found[CASE_NUMBER];
    if (value >= -DBL_MAX && value <= DBL_MAX)
        return 0;
    return case_refuse(report, at, case_show_number(found, value), "a finite number");
}

int case_judge_steps(const struct case_report *report, const struct case_place *at,
                     const struct case_steps *steps, double end)
{
    char found[CASE_NUMBER];
    if (steps->count == 0 || !steps->time || !steps->value)
        return case_refuse(report, at, "no steps", "one at least, at time 0");
    if (!(steps->time[0] >= 0 && steps->time[0] <= 0))
        return case_refuse(report, CASE_AT(CASE_AT(at, 0), 0),
                           case_show_number(found, steps->time[0]),
                           "0: the first step starts there");
    for (size_t k = 0; k < steps->count; k++)
        if (judge_finite(report, steps->count == 1 ? at : CASE_AT(CASE_AT(at, k), 1),
                         steps->value[k]))
            return -1;
    return judge_times(report, at, STEPS, steps->time, steps->count, end);
}
