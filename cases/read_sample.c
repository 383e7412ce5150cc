/* read_sample.c: reads the loss of a case and then its samples, whose targets depend on it. */
#include "cases/internal.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What may stand in a loss before its kind is known. */
static const struct case_key any_loss[] = {
    {"kind", CASE_REQUIRED},    {"population", CASE_OPTIONAL}, {"weighting", CASE_OPTIONAL},
    {"penalty", CASE_OPTIONAL}, {"tau0", CASE_OPTIONAL},       {"tau1", CASE_OPTIONAL},
    {"alpha", CASE_OPTIONAL},   {"margin", CASE_OPTIONAL},     {"silent_after", CASE_OPTIONAL},
    {NULL, CASE_UNUSED}};

static enum case_need needed_if(int condition)
{
    return condition ? CASE_REQUIRED : CASE_UNUSED;
}

static int read_optional(double *number, const struct case_reader *reader,
                         const struct case_place *at, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value ? case_read_number(number, reader, CASE_KEY(at, key), value) : 0;
}

int case_read_loss(struct case_reader *reader, const json_t *value)
{
    const struct case_place *at = CASE_KEY(CASE_ROOT, "loss");
    struct case_loss *loss = &reader->problem->loss;
    size_t kind = 0, penalty = CASE_PENALTY_EXPONENTIAL, weighting = CASE_UNIFORM;
    const json_t *word = json_object_get(value, "kind");
    if (!word)
        return case_read_keys(reader, at, value, any_loss, "the loss");
    if (case_read_choice(&kind, reader, CASE_KEY(at, "kind"), word, case_loss_kinds))
        return -1;
    loss->kind = (enum case_loss_kind)kind;
    int softmax_of_times = loss->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY;
    const json_t *shape = softmax_of_times ? json_object_get(value, "penalty") : NULL;
    if (shape && case_read_choice(&penalty, reader, CASE_KEY(at, "penalty"), shape, case_penalties))
        return -1;
    loss->penalty = (enum case_penalty)penalty;
    int first_spike = case_loss_is_first_spike(loss->kind);
    const struct case_key keys[] = {
        {"kind", CASE_REQUIRED},
        {"population", CASE_REQUIRED},
        {"weighting", needed_if(loss->kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY)},
        {"penalty", softmax_of_times ? CASE_OPTIONAL : CASE_UNUSED},
        {"tau0", needed_if(softmax_of_times)},
        {"tau1", needed_if(softmax_of_times && penalty == CASE_PENALTY_EXPONENTIAL)},
        {"alpha", needed_if(softmax_of_times)},
        {"margin", needed_if(loss->kind == CASE_FIRST_SPIKE_MARGIN)},
        {"silent_after", first_spike ? CASE_OPTIONAL : CASE_UNUSED},
        {NULL, CASE_UNUSED}};
    char whose[CASE_SHOWN];
    snprintf(whose, sizeof whose, "%s%s", case_loss_kinds[kind],
             penalty == CASE_PENALTY_RECIPROCAL ? " (reciprocal)" : "");
    if (case_read_keys(reader, at, value, keys, whose) ||
        case_read_population_name(&loss->population, reader, CASE_KEY(at, "population"),
                                  json_object_get(value, "population")))
        return -1;
    const json_t *weighting_word = json_object_get(value, "weighting");
    if (weighting_word && case_read_choice(&weighting, reader, CASE_KEY(at, "weighting"),
                                           weighting_word, case_weightings))
        return -1;
    loss->weighting = (enum case_weighting)weighting;
    loss->silent_after = first_spike ? 1 : 0;
    if (read_optional(&loss->tau0, reader, at, value, "tau0") ||
        read_optional(&loss->tau1, reader, at, value, "tau1") ||
        read_optional(&loss->alpha, reader, at, value, "alpha") ||
        read_optional(&loss->margin, reader, at, value, "margin") ||
        read_optional(&loss->silent_after, reader, at, value, "silent_after"))
        return -1;
    return case_judge_loss(&reader->report, reader->problem);
}

static int read_train(struct case_train *train, const struct case_reader *reader,
                      const struct case_place *at, const json_t *value)
{
    if (case_read_list(reader, at, value, "spike times"))
        return -1;
    if (json_array_size(value) == 0)
        return 0;
    train->count = json_array_size(value);
    return case_read_numbers(&train->at, reader, at, value, train->count);
}

/* Deals the rows (neuron, time) of a dataset out to the neurons, in the order of the rows. */
static int deal_spikes(struct case_train *train, const struct case_reader *reader,
                       const struct case_place *at, const double *row, size_t rows, size_t size)
{
    char found[2 * CASE_SHOWN], number[CASE_NUMBER];
    for (size_t k = 0; k < rows; k++) {
        double neuron = row[2 * k];
        if (!(neuron >= 0 && neuron < (double)size && (double)(size_t)neuron >= neuron)) {
            snprintf(found, sizeof found, "neuron %s in row %zu", case_show_number(number, neuron),
                     k);
            return case_refuse(&reader->report, at, found, "a whole number 0 .. %zu", size - 1);
        }
        train[(size_t)neuron].count++;
    }
    for (size_t n = 0; n < size; n++) {
        if (train[n].count == 0)
            continue;
        train[n].at = malloc(train[n].count * sizeof *train[n].at);
        if (!train[n].at)
            return case_refuse_memory(&reader->report);
        train[n].count = 0;
    }
    for (size_t k = 0; k < rows; k++) {
        struct case_train *of = &train[(size_t)row[2 * k]];
        of->at[of->count++] = row[2 * k + 1];
    }
    return 0;
}

/* A dataset says nothing of neurons that are silent, so the number of trains has a bound of its
 * own: otherwise each sample of a few bytes could ask for CASE_MAX_NEURONS of them. */
static int read_hdf5_trains(struct case_train **trains, struct case_reader *reader,
                            const struct case_place *at, const json_t *value, size_t size)
{
    double *row = NULL;
    size_t rows = SIZE_MAX;
    int status = case_read_hdf5(&row, &rows, reader, at, value, 2);
    reader->hdf5_trains += size;
    if (status == 0 && reader->hdf5_trains > CASE_MAX_NEURONS)
        status = case_refuse(&reader->report, at, "too many neurons",
                             "at most %zu spike trains from HDF5 files", CASE_MAX_NEURONS);
    if (status == 0) {
        *trains = calloc(size, sizeof **trains);
        status = *trains ? deal_spikes(*trains, reader, at, row, rows, size)
                         : case_refuse_memory(&reader->report);
    }
    free(row);
    return status;
}

static int read_trains(struct case_train **trains, struct case_reader *reader,
                       const struct case_place *at, const json_t *value, size_t size)
{
    char shown[CASE_SHOWN];
    if (json_is_object(value))
        return read_hdf5_trains(trains, reader, at, value, size);
    if (!json_is_array(value) || json_array_size(value) != size)
        return case_refuse(&reader->report, at, case_show_json(shown, value),
                           "a list of %zu lists of spike times, or an hdf5 object", size);
    *trains = calloc(size, sizeof **trains);
    if (!*trains)
        return case_refuse_memory(&reader->report);
    for (size_t n = 0; n < size; n++)
        if (read_train(&(*trains)[n], reader, CASE_AT(at, n), json_array_get(value, n)))
            return -1;
    return 0;
}

static int read_spikes(struct case_sample *sample, struct case_reader *reader,
                       const struct case_place *at, const json_t *value)
{
    const struct case_problem *c = reader->problem;
    char shown[CASE_SHOWN];
    const char *name;
    json_t *member;
    if (!json_is_object(value))
        return case_refuse(&reader->report, at, case_show_json(shown, value),
                           "an object: spike times by spike-source population");
    sample->spikes = calloc(c->populations, sizeof *sample->spikes);
    if (!sample->spikes)
        return case_refuse_memory(&reader->report);
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        const json_t *index = json_object_get(reader->names, name);
        if (!index || c->population[json_integer_value(index)].model != CASE_SPIKE_SOURCE)
            return case_refuse(&reader->report, CASE_KEY(at, name), case_show_json(shown, member),
                               "only keys that name spike-source populations");
    }
    for (size_t p = 0; p < c->populations; p++) {
        if (c->population[p].model != CASE_SPIKE_SOURCE)
            continue;
        name = c->population[p].name;
        const json_t *trains = json_object_get(value, name);
        if (!trains)
            return case_refuse(&reader->report, at, "no such key",
                               "a key for the spike-source population %s",
                               case_show_quoted(shown, name));
        if (read_trains(&sample->spikes[p], reader, CASE_KEY(at, name), trains,
                        c->population[p].size))
            return -1;
    }
    return 0;
}

static int read_steps(struct case_steps *steps, const struct case_reader *reader,
                      const struct case_place *at, const json_t *value)
{
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    char shown[CASE_SHOWN];
    if (!json_is_number(value) && !json_is_string(value) && !json_is_array(value))
        return case_refuse(&reader->report, at, case_show_json(shown, value),
                           "a number or a list of [time, value] steps");
    steps->time = calloc(count ? count : 1, sizeof *steps->time);
    steps->value = calloc(count ? count : 1, sizeof *steps->value);
    if (!steps->time || !steps->value)
        return case_refuse_memory(&reader->report);
    steps->count = count;
    if (!json_is_array(value))
        return case_read_number(steps->value, reader, at, value);
    for (size_t k = 0; k < count; k++) {
        const json_t *step = json_array_get(value, k);
        const struct case_place *place = CASE_AT(at, k);
        if (json_array_size(step) != 2)
            return case_refuse(&reader->report, place, case_show_json(shown, step),
                               "a step [time, value]");
        if (case_read_number(&steps->time[k], reader, CASE_AT(place, 0), json_array_get(step, 0)) ||
            case_read_number(&steps->value[k], reader, CASE_AT(place, 1), json_array_get(step, 1)))
            return -1;
    }
    return 0;
}

static int read_target(struct case_sample *sample, const struct case_reader *reader,
                       const struct case_place *at, const json_t *value)
{
    const struct case_problem *c = reader->problem;
    enum case_target target = case_target_of(c->loss.kind);
    size_t outputs = c->population[c->loss.population].size;
    const struct case_key keys[] = {{"label", needed_if(target == CASE_TARGET_LABEL)},
                                    {"times", needed_if(target == CASE_TARGET_TIMES)},
                                    {"voltages", needed_if(target == CASE_TARGET_VOLTAGES)},
                                    {NULL, CASE_UNUSED}};
    char whose[CASE_SHOWN], shown[CASE_SHOWN];
    snprintf(whose, sizeof whose, "a target of %s", case_loss_kinds[c->loss.kind]);
    if (case_read_keys(reader, at, value, keys, whose))
        return -1;
    if (target == CASE_TARGET_LABEL)
        return case_read_whole(&sample->label, reader, CASE_KEY(at, "label"),
                               json_object_get(value, "label"), 0, outputs - 1);
    if (target == CASE_TARGET_TIMES)
        return case_read_numbers(&sample->times, reader, CASE_KEY(at, "times"),
                                 json_object_get(value, "times"), outputs);
    const json_t *list = json_object_get(value, "voltages");
    const struct case_place *place = CASE_KEY(at, "voltages");
    if (json_array_size(list) != outputs)
        return case_refuse(&reader->report, place, case_show_json(shown, list),
                           "a list of %zu, one each output", outputs);
    sample->voltages = calloc(outputs, sizeof *sample->voltages);
    if (!sample->voltages)
        return case_refuse_memory(&reader->report);
    for (size_t n = 0; n < outputs; n++)
        if (read_steps(&sample->voltages[n], reader, CASE_AT(place, n), json_array_get(list, n)))
            return -1;
    return 0;
}

int case_read_samples(struct case_reader *reader, const json_t *value)
{
    static const struct case_key keys[] = {
        {"spikes", CASE_REQUIRED}, {"target", CASE_REQUIRED}, {NULL, CASE_UNUSED}};
    const struct case_place *all = CASE_KEY(CASE_ROOT, "samples");
    struct case_problem *c = reader->problem;
    size_t count = json_array_size(value);
    char found[CASE_SHOWN];
    if (case_read_list(reader, all, value, "samples"))
        return -1;
    /* Each sample holds a pointer a population, so the product must not run away either. */
    snprintf(found, sizeof found, "%zu samples of %zu populations", count, c->populations);
    if (count > CASE_MAX_NEURONS / c->populations)
        return case_refuse(&reader->report, all, found, "a product of at most %zu",
                           CASE_MAX_NEURONS);
    c->sample = calloc(count ? count : 1, sizeof *c->sample);
    if (!c->sample)
        return case_refuse_memory(&reader->report);
    c->samples = count;
    for (size_t s = 0; s < count; s++) {
        const struct case_place *at = CASE_AT(all, s);
        const json_t *sample = json_array_get(value, s);
        if (case_read_keys(reader, at, sample, keys, "a sample") ||
            read_spikes(&c->sample[s], reader, CASE_KEY(at, "spikes"),
                        json_object_get(sample, "spikes")) ||
            read_target(&c->sample[s], reader, CASE_KEY(at, "target"),
                        json_object_get(sample, "target")))
            return -1;
    }
    return case_judge_samples(&reader->report, c);
}
