/* read_network.c: reads the populations and the projections of a case. */
#include "cases/internal.h"

#include <stdio.h>
#include <stdlib.h>

/* An absent bias, reset or delay is one zero for all. */
static int read_values_or_zero(struct case_values *values, const struct case_reader *reader,
                               const struct case_place *at, const json_t *value, size_t size)
{
    if (value)
        return case_read_values(values, reader, at, value, size);
    values->at = calloc(1, sizeof *values->at);
    if (!values->at)
        return case_refuse_memory(&reader->report);
    values->count = 1;
    return 0;
}

static int read_population(struct case_population *p, const struct case_reader *reader,
                           const struct case_place *at, const json_t *value)
{
    static const char *const whose[] = {"a spike-source population", "a lif population",
                                        "an li population"};
    size_t model = CASE_LIF;
    const json_t *word = json_object_get(value, "model"); /* NULL where value is no object */
    if (word && case_read_choice(&model, reader, CASE_KEY(at, "model"), word, case_models))
        return -1;
    p->model = (enum case_model)model;
    enum case_need dynamic = p->model == CASE_SPIKE_SOURCE ? CASE_UNUSED : CASE_REQUIRED;
    const struct case_key keys[] = {
        {"name", CASE_REQUIRED},
        {"size", CASE_REQUIRED},
        {"model", CASE_REQUIRED},
        {"tau_mem", dynamic},
        {"tau_syn", dynamic},
        {"threshold", p->model == CASE_LIF ? CASE_REQUIRED : CASE_UNUSED},
        {"reset", p->model == CASE_LIF ? CASE_OPTIONAL : CASE_UNUSED},
        {"bias", dynamic == CASE_REQUIRED ? CASE_OPTIONAL : CASE_UNUSED},
        {NULL, CASE_UNUSED}};
    if (case_read_keys(reader, at, value, keys, word ? whose[model] : "a population") ||
        case_read_string(&p->name, reader, CASE_KEY(at, "name"), json_object_get(value, "name")) ||
        case_read_whole(&p->size, reader, CASE_KEY(at, "size"), json_object_get(value, "size"), 1,
                        CASE_MAX_NEURONS))
        return -1;
    if (p->model == CASE_SPIKE_SOURCE)
        return 0;
    if (case_read_values(&p->tau_mem, reader, CASE_KEY(at, "tau_mem"),
                         json_object_get(value, "tau_mem"), p->size) ||
        case_read_values(&p->tau_syn, reader, CASE_KEY(at, "tau_syn"),
                         json_object_get(value, "tau_syn"), p->size) ||
        read_values_or_zero(&p->bias, reader, CASE_KEY(at, "bias"), json_object_get(value, "bias"),
                            p->size))
        return -1;
    if (p->model == CASE_LI)
        return 0;
    if (case_read_values(&p->threshold, reader, CASE_KEY(at, "threshold"),
                         json_object_get(value, "threshold"), p->size))
        return -1;
    return read_values_or_zero(&p->reset, reader, CASE_KEY(at, "reset"),
                               json_object_get(value, "reset"), p->size);
}

int case_read_populations(struct case_reader *reader, const json_t *value)
{
    const struct case_place *at = CASE_KEY(CASE_ROOT, "populations");
    struct case_problem *c = reader->problem;
    size_t count = json_array_size(value); /* 0 where value is no list */
    if (case_read_list(reader, at, value, "populations"))
        return -1;
    c->population = calloc(count ? count : 1, sizeof *c->population);
    reader->names = json_object();
    if (!c->population || !reader->names)
        return case_refuse_memory(&reader->report);
    c->populations = count;
    for (size_t p = 0; p < count; p++)
        if (read_population(&c->population[p], reader, CASE_AT(at, p), json_array_get(value, p)))
            return -1;
    if (case_judge_populations(&reader->report, c))
        return -1;
    for (size_t p = 0; p < count; p++)
        if (json_object_set_new(reader->names, c->population[p].name, json_integer((json_int_t)p)))
            return case_refuse_memory(&reader->report);
    return 0;
}

static int read_projection(struct case_projection *projection, struct case_reader *reader,
                           const struct case_place *at, const json_t *value)
{
    static const struct case_key keys[] = {{"source", CASE_REQUIRED},
                                           {"target", CASE_REQUIRED},
                                           {"delay", CASE_OPTIONAL},
                                           {"weights", CASE_REQUIRED},
                                           {NULL, CASE_UNUSED}};
    if (case_read_keys(reader, at, value, keys, "a projection") ||
        case_read_population_name(&projection->source, reader, CASE_KEY(at, "source"),
                                  json_object_get(value, "source")) ||
        case_read_population_name(&projection->target, reader, CASE_KEY(at, "target"),
                                  json_object_get(value, "target")))
        return -1;
    const struct case_population *population = reader->problem->population;
    size_t rows = population[projection->source].size;
    size_t columns = population[projection->target].size;
    const json_t *delay = json_object_get(value, "delay");
    const struct case_place *place = CASE_KEY(at, "delay");
    if (json_is_array(delay) || json_is_object(delay)) {
        if (case_read_matrix(&projection->delay.at, reader, place, delay, rows, columns))
            return -1;
        projection->delay.count = rows * columns;
    } else if (!delay || json_is_number(delay) || json_is_string(delay)) {
        if (read_values_or_zero(&projection->delay, reader, place, delay, rows * columns))
            return -1;
    } else {
        char shown[CASE_SHOWN];
        return case_refuse(&reader->report, place, case_show_json(shown, delay),
                           "a number, %zu rows of %zu, or an hdf5 object", rows, columns);
    }
    return case_read_matrix(&projection->weight, reader, CASE_KEY(at, "weights"),
                            json_object_get(value, "weights"), rows, columns);
}

int case_read_projections(struct case_reader *reader, const json_t *value)
{
    const struct case_place *at = CASE_KEY(CASE_ROOT, "projections");
    struct case_problem *c = reader->problem;
    size_t count = json_array_size(value);
    if (case_read_list(reader, at, value, "projections"))
        return -1;
    c->projection = calloc(count ? count : 1, sizeof *c->projection);
    if (!c->projection)
        return case_refuse_memory(&reader->report);
    c->projections = count;
    for (size_t j = 0; j < count; j++)
        if (read_projection(&c->projection[j], reader, CASE_AT(at, j), json_array_get(value, j)))
            return -1;
    return case_judge_projections(&reader->report, c);
}
