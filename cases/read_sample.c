/* SPDX-License-Identifier: MIT */
/* read_sample.c: reads spike trains and target voltages. */
#include "cases/internal.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

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

int case_read_spikes(struct case_train ***spikes, struct case_reader *reader,
                     const struct case_place *at, const json_t *value)
{
    const struct case_problem *c = reader->problem;
    char shown[CASE_SHOWN];
    const char *name;
    json_t *member;
    if (!json_is_object(value))
        return case_refuse(&reader->report, at, case_show_json(shown, value),
                           "an object: spike times by spike-source population");
    *spikes = calloc(c->populations, sizeof **spikes);
    if (!*spikes)
        return case_refuse_memory(&reader->report);
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        size_t p;
        int status = case_find_population(&p, reader, name);
        if (status < 0)
            return -1;
        if (status > 0 || c->population[p].model != CASE_SPIKE_SOURCE)
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
        if (read_trains(&(*spikes)[p], reader, CASE_KEY(at, name), trains, c->population[p].size))
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

int case_read_voltages(struct case_steps **voltages, const struct case_reader *reader,
                       const struct case_place *at, const json_t *value, size_t outputs)
{
    char shown[CASE_SHOWN];
    if (json_array_size(value) != outputs)
        return case_refuse(&reader->report, at, case_show_json(shown, value),
                           "a list of %zu, one each output", outputs);
    *voltages = calloc(outputs, sizeof **voltages);
    if (!*voltages)
        return case_refuse_memory(&reader->report);
    for (size_t n = 0; n < outputs; n++)
        if (read_steps(&(*voltages)[n], reader, CASE_AT(at, n), json_array_get(value, n)))
            return -1;
    return 0;
}
