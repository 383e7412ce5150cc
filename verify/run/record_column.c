/* SPDX-License-Identifier: MIT */
/* record_column.c: a column of a row as a value, and back to the same bits; only what no digest may
 * tell apart is made one: the sign of zero, and the bits of a NaN, which SQLite does not keep. */
#include "verify/run/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *record_name(const char *text)
{
    static char **name;
    static size_t names, last; /* names mostly come again, or in the order of the case before */
    for (size_t k = 0; k < names; k++) {
        size_t at = (last + k) % names;
        if (strcmp(name[at], text) == 0)
            return name[last = at];
    }
    char **grown = realloc(name, (names + 1) * sizeof *grown);
    size_t size = strlen(text) + 1;
    char *copy = grown ? malloc(size) : NULL;
    name = grown ? grown : name;
    if (!copy)
        return NULL;
    memcpy(copy, text, size);
    return name[last = names++] = copy;
}

/* ---- out of a row ---- */

static void put_counts(struct value *value, const uint64_t *count)
{
    size_t used = 0;
    value->text = value->room;
    value->room[0] = '\0';
    for (size_t k = 0; k < VER_RATIO_BINS && used < sizeof value->room; k++)
        if (count[k] > 0)
            used += (size_t)snprintf(value->room + used, sizeof value->room - used,
                                     "%s%zu:%" PRIu64, used > 0 ? " " : "", k, count[k]);
}

static void put_text(struct value *value, const struct column *column, const void *at)
{
    uint64_t hex;
    int word;
    value->type = VALUE_TEXT;
    switch (column->type) {
    case COLUMN_HEX:
        memcpy(&hex, at, sizeof hex);
        snprintf(value->room, sizeof value->room, "%016" PRIx64, hex);
        value->text = value->room;
        break;
    case COLUMN_TEXT:
        value->text = at;
        break;
    case COLUMN_WORD:
        memcpy(&word, at, sizeof word);
        value->text = column->word(word);
        break;
    case COLUMN_COUNTS:
        put_counts(value, at);
        break;
    default:
        memcpy(&value->text, at, sizeof value->text);
        if (!value->text)
            value->text = column->none ? column->none : "";
        break;
    }
}

void column_get(struct value *value, const struct column *column, const void *row)
{
    const char *at = (const char *)row + column->place;
    value->type = VALUE_INTEGER;
    switch (column->type) {
    case COLUMN_SIZE: {
        size_t size;
        memcpy(&size, at, sizeof size);
        value->integer = (int64_t)size;
        break;
    }
    case COLUMN_LONG: {
        long number;
        memcpy(&number, at, sizeof number);
        value->integer = number;
        break;
    }
    case COLUMN_FLAG:
        value->integer = *(const bool *)at;
        break;
    case COLUMN_REAL:
        memcpy(&value->real, at, sizeof value->real);
        value->type = isnan(value->real) ? VALUE_NULL : VALUE_REAL;
        value->real = value->real == 0 ? 0 : value->real;
        break;
    default:
        put_text(value, column, at);
        break;
    }
}

/* ---- into a row ---- */

bool record_counts(uint64_t count[VER_RATIO_BINS], const char *text)
{
    for (char *end; *text; text = *end == ' ' ? end + 1 : end) {
        unsigned long k = strtoul(text, &end, 10);
        if (*end != ':' || k >= VER_RATIO_BINS)
            return false;
        count[k] += strtoull(end + 1, &end, 10);
    }
    return true;
}

static bool take_own(char **own, const char *text)
{
    size_t size = strlen(text) + 1;
    *own = malloc(size);
    if (*own)
        memcpy(*own, text, size);
    return *own != NULL;
}

static bool take_text(const struct column *column, void *at, const char *text)
{
    size_t size = strlen(text) + 1;
    uint64_t hex;
    const char *name = NULL;
    switch (column->type) {
    case COLUMN_HEX:
        hex = strtoull(text, NULL, 16);
        memcpy(at, &hex, sizeof hex);
        return true;
    case COLUMN_TEXT:
        if (size <= column->size)
            memcpy(at, text, size);
        return size <= column->size;
    case COLUMN_WORD:
        for (int k = 0; k < column->words; k++)
            if (strcmp(column->word(k), text) == 0) {
                memcpy(at, &k, sizeof k);
                return true;
            }
        return false;
    case COLUMN_COUNTS:
        return record_counts(at, text);
    case COLUMN_OWN:
        return take_own(at, text);
    default:
        if ((!column->none || strcmp(text, column->none) != 0) && !(name = record_name(text)))
            return false;
        memcpy(at, &name, sizeof name);
        return true;
    }
}

bool column_set(const struct column *column, void *row, const struct value *value)
{
    char *at = (char *)row + column->place;
    if (column->type > COLUMN_REAL)
        return value->type == VALUE_TEXT && take_text(column, at, value->text);
    if (column->type == COLUMN_REAL) {
        double real = value->type == VALUE_REAL ? value->real : VER_NAN;
        memcpy(at, &real, sizeof real);
        return value->type == VALUE_REAL || value->type == VALUE_NULL;
    }
    size_t size = (size_t)value->integer;
    long number = (long)value->integer;
    if (column->type == COLUMN_SIZE)
        memcpy(at, &size, sizeof size);
    else if (column->type == COLUMN_LONG)
        memcpy(at, &number, sizeof number);
    else
        *(bool *)at = value->integer != 0;
    return value->type == VALUE_INTEGER;
}
