/* SPDX-License-Identifier: MIT */
/* read_object.c: reads the objects of a case by the table of the format.
 *
 * Keys that tell the variant are read first, since they say which others there may be; what depends
 * on rows behind it comes last. Each section of the root is judged before the next is read, so that
 * the first refusal is the most basic one and shapes can be relied on. */
#include "cases/internal.h"

#include <stdlib.h>
#include <string.h>

/* The names of the populations are unique: they have been judged. */
int case_find_population(size_t *population, struct case_reader *reader, const char *name)
{
    const struct case_problem *c = reader->problem;
    if (!reader->names) {
        reader->names = json_object();
        for (size_t p = 0; p < c->populations; p++)
            if (json_object_set_new(reader->names, c->population[p].name,
                                    json_integer((json_int_t)p)))
                return case_refuse_memory(&reader->report);
    }
    const json_t *index = json_object_get(reader->names, name);
    *population = (size_t)json_integer_value(index);
    return index ? 0 : 1;
}

static int read_population(size_t *population, struct case_reader *reader,
                           const struct case_place *at, const json_t *value)
{
    char shown[CASE_SHOWN];
    const char *name = json_string_value(value);
    int status = name ? case_find_population(population, reader, name) : 1;
    if (status <= 0)
        return status;
    return case_refuse(&reader->report, at, case_show_json(shown, value),
                       "the name of a population");
}

/* Where the member of an absent key is not what would be written, the value may not be given. */
static int read_number(double *number, const struct case_reader *reader,
                       const struct case_place *at, const json_t *value, const struct case_row *row)
{
    char shown[CASE_SHOWN];
    if (case_read_number(number, reader, at, value))
        return -1;
    if (row->optional && row->rule == CASE_POSITIVE && case_is_absent(row, *number))
        return case_refuse(&reader->report, at, case_show_json(shown, value),
                           "a finite number > 0");
    return 0;
}

/* One number for all, where there may be one, or as many as the shape says. */
static int read_values(double **at, size_t *count, struct case_reader *reader,
                       const struct case_place *place, const json_t *value, struct case_shape shape)
{
    char shown[CASE_SHOWN];
    if (count && (json_is_number(value) || json_is_string(value))) {
        *count = 1;
        *at = malloc(sizeof **at);
        return *at ? case_read_number(*at, reader, place, value)
                   : case_refuse_memory(&reader->report);
    }
    if (count && !json_is_array(value) && !(shape.rows && json_is_object(value))) {
        case_show_json(shown, value);
        return shape.rows ? case_refuse(&reader->report, place, shown,
                                        "a number, %zu rows of %zu, or an hdf5 object", shape.rows,
                                        shape.columns)
                          : case_refuse(&reader->report, place, shown, "a number, or a list of %zu",
                                        shape.columns);
    }
    if (count)
        *count = shape.full;
    return shape.rows ? case_read_matrix(at, reader, place, value, shape.rows, shape.columns)
                      : case_read_numbers(at, reader, place, value, shape.columns);
}

static int read_list(struct case_reader *reader, const struct case_place *at, const json_t *value,
                     const struct case_row *row, char *object)
{
    const struct case_problem *c = reader->problem;
    size_t count = json_array_size(value); /* 0 where value is no list */
    char found[CASE_SHOWN];
    if (case_read_list(reader, at, value, row->key))
        return -1;
    /* Each sample holds a pointer a population, so the product must not run away either. */
    snprintf(found, sizeof found, "%zu samples of %zu populations", count, c->populations);
    if (row->order == CASE_LATE && count > CASE_MAX_NEURONS / c->populations)
        return case_refuse(&reader->report, at, found, "a product of at most %zu",
                           CASE_MAX_NEURONS);
    char *list = calloc(count ? count : 1, row->form->size);
    if (!list)
        return case_refuse_memory(&reader->report);
    memcpy(object + row->place, &list, sizeof list);
    memcpy(object + row->count, &count, sizeof count);
    for (size_t i = 0; i < count; i++)
        if (case_read_object(reader, CASE_AT(at, i), row->form, json_array_get(value, i),
                             list + i * row->form->size))
            return -1;
    return 0;
}

static int read_row(struct case_reader *reader, const struct case_place *at, const json_t *value,
                    const struct case_form *form, const struct case_row *row, char *object)
{
    static const char *const formats[] = {"evident-case-1", NULL};
    const struct case_problem *c = reader->problem;
    void *member = object + row->place;
    struct case_values *values = member;
    size_t choice = 0;
    switch (row->type) {
    case CASE_FORMAT:
        return case_read_choice(&choice, reader, at, value, formats);
    case CASE_TEXT:
        return case_read_string(member, reader, at, value);
    case CASE_WHOLE:
        return row->rule == CASE_SIZE
                   ? case_read_whole(member, reader, at, value, 1, CASE_MAX_NEURONS)
                   : case_read_whole(member, reader, at, value, 0,
                                     case_shape_of(form, c, object).full - 1);
    case CASE_WORD:
        if (case_read_choice(&choice, reader, at, value, row->words->word))
            return -1;
        *(unsigned *)member = (unsigned)choice;
        return 0;
    case CASE_POPULATION:
        return read_population(member, reader, at, value);
    case CASE_DOUBLE:
        return read_number(member, reader, at, value, row);
    case CASE_VALUES:
        return read_values(&values->at, &values->count, reader, at, value,
                           case_shape_of(form, c, object));
    case CASE_NUMBERS:
        return read_values(member, NULL, reader, at, value, case_shape_of(form, c, object));
    case CASE_STEPS:
        return case_read_voltages(member, reader, at, value, case_shape_of(form, c, object).full);
    case CASE_TRAINS:
        return case_read_spikes(member, reader, at, value);
    case CASE_OBJECT:
        return case_read_object(reader, at, row->form, value, member);
    case CASE_LIST:
        return read_list(reader, at, value, row, object);
    }
    return -1;
}

/* A member without its key: one value for all. */
static int set_absent(const struct case_reader *reader, const struct case_row *row, char *object)
{
    struct case_values *values = (void *)(object + row->place);
    if (row->type == CASE_DOUBLE)
        memcpy(object + row->place, &row->absent, sizeof row->absent);
    if (row->type != CASE_VALUES)
        return 0;
    values->at = malloc(sizeof *values->at);
    if (!values->at)
        return case_refuse_memory(&reader->report);
    values->at[0] = row->absent;
    values->count = 1;
    return 0;
}

static int read_tags(int *known, struct case_reader *reader, const struct case_place *at,
                     const struct case_form *form, const json_t *value, char *object)
{
    *known = 1;
    for (const struct case_row *row = form->row; row->key; row++) {
        const json_t *member = json_object_get(value, row->key); /* NULL where there is no object */
        if (row->order != CASE_TAG || !case_used(row, case_variant(form, reader->problem, object)))
            continue;
        if (member && read_row(reader, CASE_KEY(at, row->key), member, form, row, object))
            return -1;
        *known &= member || row->required != CASE_ALWAYS;
    }
    return 0;
}

int case_read_object(struct case_reader *reader, const struct case_place *at,
                     const struct case_form *form, const json_t *value, void *object)
{
    const struct case_problem *c = reader->problem;
    char text[CASE_SHOWN];
    int known;
    if (read_tags(&known, reader, at, form, value, object))
        return -1;
    int variant = case_variant(form, c, object);
    if (case_read_keys(reader, at, value, form->row, known ? variant : CASE_ALWAYS,
                       known && form->call ? form->call(text, c, object) : form->whose))
        return -1;
    for (int late = 0; late < 2; late++)
        for (const struct case_row *row = form->row; row->key; row++) {
            const json_t *member = json_object_get(value, row->key);
            if (!case_used(row, variant) || row->order == CASE_TAG ||
                (row->order == CASE_LATE) != late)
                continue;
            if (member ? read_row(reader, CASE_KEY(at, row->key), member, form, row, object)
                       : set_absent(reader, row, object))
                return -1;
            if (form == &case_root && case_judge_row(&reader->report, at, form, row, c, object))
                return -1;
        }
    return 0;
}
