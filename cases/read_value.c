/* SPDX-License-Identifier: MIT */
/* read_value.c: reads JSON values: numbers, words, lists, matrices.
 *
 * Only syntax, type and shape are judged here; what a number may be is for check.c. Nothing is
 * allocated before the input has been seen to hold as many elements. */
#include "cases/internal.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char number_wanted[] = "a number, or a string that holds one such as \"0x1.8p-3\"";

char *case_show_json(char shown[CASE_SHOWN], const json_t *value)
{
    static const char *const words[] = {[JSON_TRUE] = "true",
                                        [JSON_FALSE] = "false",
                                        [JSON_NULL] = "null",
                                        [JSON_OBJECT] = "an object"};
    if (json_is_string(value))
        return case_show_quoted(shown, json_string_value(value));
    if (json_is_array(value))
        snprintf(shown, CASE_SHOWN, "a list of %zu", json_array_size(value));
    else if (json_is_integer(value))
        snprintf(shown, CASE_SHOWN, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        case_show_number(shown, json_real_value(value));
    else
        snprintf(shown, CASE_SHOWN, "%s", words[json_typeof(value)]);
    return shown;
}

static int refuse_value(const struct case_reader *reader, const struct case_place *at,
                        const json_t *value, const char *wanted)
{
    char shown[CASE_SHOWN];
    return case_refuse(&reader->report, at, case_show_json(shown, value), "%s", wanted);
}

/* strtod also takes leading blanks, "inf" and "nan": the first character tells them apart. */
static int parse_number(double *number, const char *text)
{
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    char *end;
    if (!((digits[0] >= '0' && digits[0] <= '9') || digits[0] == '.'))
        return -1;
    *number = strtod(text, &end);
    return end == text || *end ? -1 : 0;
}

int case_read_number(double *number, const struct case_reader *reader, const struct case_place *at,
                     const json_t *value)
{
    if (json_is_number(value)) {
        *number = json_number_value(value);
        return 0;
    }
    if (!json_is_string(value) || parse_number(number, json_string_value(value)))
        return refuse_value(reader, at, value, number_wanted);
    if (isinf(*number))
        return refuse_value(reader, at, value, "a number that a double can hold");
    return 0;
}

int case_read_whole(size_t *whole, const struct case_reader *reader, const struct case_place *at,
                    const json_t *value, size_t least, size_t most)
{
    double number = 0;
    char shown[CASE_SHOWN];
    if (case_read_number(&number, reader, at, value))
        return -1;
    if (!(number >= (double)least && number <= (double)most && floor(number) >= number))
        return case_refuse(&reader->report, at, case_show_json(shown, value),
                           "a whole number %zu .. %zu", least, most);
    *whole = (size_t)number;
    return 0;
}

int case_read_string(char **text, const struct case_reader *reader, const struct case_place *at,
                     const json_t *value)
{
    if (!json_is_string(value))
        return refuse_value(reader, at, value, "a string");
    size_t size = json_string_length(value) + 1;
    *text = malloc(size);
    if (!*text)
        return case_refuse_memory(&reader->report);
    memcpy(*text, json_string_value(value), size);
    return 0;
}

int case_read_choice(size_t *choice, const struct case_reader *reader, const struct case_place *at,
                     const json_t *value, const char *const *words)
{
    char wanted[256] = "";
    for (size_t i = 0; words[i]; i++) {
        if (json_is_string(value) && strcmp(json_string_value(value), words[i]) == 0) {
            *choice = i;
            return 0;
        }
        size_t used = strlen(wanted);
        snprintf(wanted + used, sizeof wanted - used, "%s%s",
                 !i             ? ""
                 : words[i + 1] ? ", "
                                : " or ",
                 words[i]);
    }
    return refuse_value(reader, at, value, wanted);
}

int case_read_list(const struct case_reader *reader, const struct case_place *at,
                   const json_t *value, const char *of)
{
    char shown[CASE_SHOWN];
    if (json_is_array(value))
        return 0;
    return case_refuse(&reader->report, at, case_show_json(shown, value), "a list of %s", of);
}

static int is_known(const struct case_row *row, int variant, const char *name)
{
    while (row->key && (strcmp(row->key, name) != 0 || !case_used(row, variant)))
        row++;
    return row->key != NULL;
}

static int refuse_key(const struct case_reader *reader, const struct case_place *at,
                      const char *name, const struct case_row *rows, int variant, const char *whose)
{
    char found[CASE_SHOWN + 16], shown[CASE_SHOWN], known[160] = "";
    for (const struct case_row *row = rows; row->key; row++) {
        size_t used = strlen(known);
        if (case_used(row, variant))
            snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", row->key);
    }
    snprintf(found, sizeof found, "the key %s", case_show_quoted(shown, name));
    return case_refuse(&reader->report, at, found, "only the keys of %s: %s", whose, known);
}

int case_read_keys(const struct case_reader *reader, const struct case_place *at,
                   const json_t *value, const struct case_row *rows, int variant, const char *whose)
{
    char shown[CASE_SHOWN];
    const char *name;
    json_t *member;
    if (!json_is_object(value))
        return case_refuse(&reader->report, at, case_show_json(shown, value), "an object: %s",
                           whose);
    /* json_object_foreach wants a pointer that is not const, and changes nothing through it. */
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        if (!is_known(rows, variant, name))
            return refuse_key(reader, at, name, rows, variant, whose);
    }
    for (const struct case_row *row = rows; row->key; row++) {
        int needed =
            variant == CASE_ALWAYS ? row->required == CASE_ALWAYS : (row->required & variant) != 0;
        if (needed && !json_object_get(value, row->key))
            return case_refuse(&reader->report, at, "no such key", "the key \"%s\" of %s", row->key,
                               whose);
    }
    return 0;
}

/* Fills count numbers from a list whose length is checked here. */
static int fill_numbers(double *number, const struct case_reader *reader,
                        const struct case_place *at, const json_t *value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (case_read_number(&number[i], reader, CASE_AT(at, i), json_array_get(value, i)))
            return -1;
    return 0;
}

static int check_length(const struct case_reader *reader, const struct case_place *at,
                        const json_t *value, size_t count)
{
    char shown[CASE_SHOWN];
    if (json_is_array(value) && json_array_size(value) == count)
        return 0;
    return case_refuse(&reader->report, at, case_show_json(shown, value), "a list of %zu number%s",
                       count, count == 1 ? "" : "s");
}

int case_read_numbers(double **numbers, const struct case_reader *reader,
                      const struct case_place *at, const json_t *value, size_t count)
{
    if (check_length(reader, at, value, count))
        return -1;
    *numbers = malloc((count ? count : 1) * sizeof **numbers);
    if (!*numbers)
        return case_refuse_memory(&reader->report);
    return fill_numbers(*numbers, reader, at, value, count);
}

int case_read_matrix(double **numbers, struct case_reader *reader, const struct case_place *at,
                     const json_t *value, size_t rows, size_t columns)
{
    char shown[CASE_SHOWN];
    if (json_is_object(value))
        return case_read_hdf5(numbers, &rows, reader, at, value, columns);
    if (!json_is_array(value) || json_array_size(value) != rows)
        return case_refuse(&reader->report, at, case_show_json(shown, value),
                           "a list of %zu rows of %zu (source by target), or an hdf5 object", rows,
                           columns);
    for (size_t i = 0; i < rows; i++)
        if (check_length(reader, CASE_AT(at, i), json_array_get(value, i), columns))
            return -1;
    *numbers = malloc(rows * columns * sizeof **numbers);
    if (!*numbers)
        return case_refuse_memory(&reader->report);
    for (size_t i = 0; i < rows; i++)
        if (fill_numbers(*numbers + i * columns, reader, CASE_AT(at, i), json_array_get(value, i),
                         columns))
            return -1;
    return 0;
}
