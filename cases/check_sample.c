/* check_sample.c: judges the samples of a case: spike trains and targets. */
#include "cases/internal.h"

#include <float.h>
#include <stdio.h>

enum list { TIMES, STEPS }; /* of steps, the time is element [0] */

/* Times of one list: strictly ascending, in [0, end). */
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
        if (k && !(time[k] > time[k - 1]))
            return case_refuse(report, place, case_show_number(found, time[k]),
                               "ascending times, so more than %s",
                               case_show_number(bound, time[k - 1]));
    }
    return 0;
}

static int judge_spikes(const struct case_report *report, const struct case_place *at,
                        const struct case_problem *c, const struct case_sample *sample)
{
    if (!sample->spikes)
        return case_refuse(report, at, "nothing", "spikes for every spike-source population");
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *population = &c->population[p];
        const struct case_place *place = CASE_KEY(at, population->name);
        const struct case_train *train = sample->spikes[p];
        if (population->model != CASE_SPIKE_SOURCE) {
            if (train)
                return case_refuse(report, place, "spikes", "none for a %s population",
                                   case_models[population->model]);
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

static int judge_voltages(const struct case_report *report, const struct case_place *at,
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

static int judge_target(const struct case_report *report, const struct case_place *at,
                        const struct case_problem *c, const struct case_sample *sample)
{
    size_t size = c->population[c->loss.population].size;
    enum case_target target = case_target_of(c->loss.kind);
    char found[CASE_SHOWN];
    if (sample->times && target != CASE_TARGET_TIMES)
        return case_refuse(report, CASE_KEY(at, "times"), "times", "none for this loss");
    if (sample->voltages && target != CASE_TARGET_VOLTAGES)
        return case_refuse(report, CASE_KEY(at, "voltages"), "voltages", "none for this loss");
    if (target == CASE_TARGET_LABEL) {
        if (sample->label < size)
            return 0;
        snprintf(found, sizeof found, "%zu", sample->label);
        return case_refuse(report, CASE_KEY(at, "label"), found,
                           "less than %zu, the size of the loss population", size);
    }
    const char *key = target == CASE_TARGET_TIMES ? "times" : "voltages";
    const struct case_place *place = CASE_KEY(at, key);
    if (target == CASE_TARGET_TIMES ? !sample->times : !sample->voltages)
        return case_refuse(report, place, "nothing", "a list of %zu, one each output", size);
    for (size_t n = 0; n < size; n++) {
        const struct case_place *output = CASE_AT(place, n);
        if (target == CASE_TARGET_TIMES
                ? judge_finite(report, output, sample->times[n])
                : judge_voltages(report, output, &sample->voltages[n], c->end))
            return -1;
    }
    return 0;
}

int case_judge_samples(const struct case_report *report, const struct case_problem *c)
{
    const struct case_place *all = CASE_KEY(CASE_ROOT, "samples");
    if (c->samples == 0 || !c->sample)
        return case_refuse(report, all, "no samples", "one at least");
    for (size_t s = 0; s < c->samples; s++) {
        const struct case_place *at = CASE_AT(all, s);
        if (judge_spikes(report, CASE_KEY(at, "spikes"), c, &c->sample[s]) ||
            judge_target(report, CASE_KEY(at, "target"), c, &c->sample[s]))
            return -1;
    }
    return 0;
}

int case_check(const struct case_problem *c, struct case_error *error)
{
    struct case_report report = {c->name && c->name[0] ? c->name : "case", error, 0, 0};
    if (case_judge_head(&report, c) || case_judge_populations(&report, c) ||
        case_judge_projections(&report, c) || case_judge_loss(&report, c))
        return -1;
    return case_judge_samples(&report, c);
}
