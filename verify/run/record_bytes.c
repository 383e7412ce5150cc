/* SPDX-License-Identifier: MIT */
/* record_bytes.c: rows as bytes: a kind, its keys, its columns, each with its type before it. A
 * text ends with a zero, a number has eight bytes, the lowest first, on any processor. */
#include "verify/run/record.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

struct buffer {
    char *at;
    size_t size, room;
    bool failed, digest;
};

static void put(struct buffer *to, const void *data, size_t size)
{
    if (size > to->room - to->size) {
        size_t room = 2 * to->room + size + 4096;
        char *grown = realloc(to->at, room);
        to->failed |= !grown;
        if (!grown)
            return;
        to->at = grown;
        to->room = room;
    }
    memcpy(to->at + to->size, data, size);
    to->size += size;
}

static void put_number(struct buffer *to, uint64_t number)
{
    unsigned char byte[8];
    for (int k = 0; k < 8; k++)
        byte[k] = (unsigned char)(number >> (8 * k));
    put(to, byte, sizeof byte);
}

static void put_value(struct buffer *to, const struct value *value)
{
    char type = (char)value->type;
    uint64_t bits = 0;
    put(to, &type, 1);
    if (value->type == VALUE_TEXT) {
        put(to, value->text, strlen(value->text) + 1);
    } else if (value->type != VALUE_NULL) {
        memcpy(&bits, value->type == VALUE_REAL ? (const void *)&value->real : &value->integer,
               sizeof bits);
        put_number(to, bits);
    }
}

static int put_row(void *context, const struct record_row *row)
{
    struct buffer *to = context;
    const struct record_table *table = &record_table[row->kind];
    char kind = (char)row->kind;
    struct value value;
    put(to, &kind, 1);
    put_number(to, row->number);
    put_number(to, row->quantity);
    for (size_t k = 0; k < table->columns && !to->failed; k++)
        if (!to->digest || !table->column[k].apart) {
            column_get(&value, &table->column[k], row->at);
            put_value(to, &value);
        }
    return to->failed;
}

static void put_all(struct buffer *to, const struct ver_judgement *judgement)
{
    static const char end = RECORD_KINDS;
    record_each(judgement, put_row, to);
    put(to, &end, 1);
}

void record_put(FILE *out, const struct ver_judgement *judgement)
{
    struct buffer bytes = {.digest = false};
    put_all(&bytes, judgement);
    if (!bytes.failed)
        fwrite(bytes.at, 1, bytes.size, out);
    free(bytes.at);
}

void record_digest(char text[HASH_TEXT], const struct ver_judgement *judgement)
{
    struct buffer bytes = {.digest = true};
    put_all(&bytes, judgement);
    text[0] = '\0';
    if (!bytes.failed)
        hash_of(text, bytes.at, bytes.size);
    free(bytes.at);
}

/* ---- reading ---- */

struct bytes {
    const char *at;
    size_t left;
};

static const char *take(struct bytes *from, size_t size)
{
    const char *at = from->at;
    if (size > from->left)
        return NULL;
    from->at += size;
    from->left -= size;
    return at;
}

static bool take_number(struct bytes *from, uint64_t *number)
{
    const unsigned char *byte = (const unsigned char *)take(from, 8);
    *number = 0;
    for (int k = 0; byte && k < 8; k++)
        *number |= (uint64_t)byte[k] << (8 * k);
    return byte != NULL;
}

static bool take_value(struct bytes *from, struct value *value)
{
    const char *type = take(from, 1), *end;
    uint64_t bits = 0;
    if (!type || *type < VALUE_NULL || *type > VALUE_TEXT)
        return false;
    value->type = (unsigned)*type;
    if (value->type == VALUE_NULL)
        return true;
    if (value->type == VALUE_TEXT) {
        end = memchr(from->at, '\0', from->left);
        value->text = end ? take(from, (size_t)(end - from->at) + 1) : NULL;
        return end != NULL;
    }
    bool whole = take_number(from, &bits);
    memcpy(value->type == VALUE_REAL ? (void *)&value->real : &value->integer, &bits, sizeof bits);
    return whole;
}

static bool take_row(struct bytes *from, enum record_kind kind, struct ver_judgement *judgement)
{
    const struct record_table *table = &record_table[kind];
    uint64_t number, quantity;
    struct value value;
    void *row = NULL;
    if (take_number(from, &number) && take_number(from, &quantity))
        row = record_place(judgement, kind, (size_t)number, (size_t)quantity);
    for (size_t k = 0; row && k < table->columns; k++)
        if (!take_value(from, &value) || !column_set(&table->column[k], row, &value))
            row = NULL;
    return row != NULL;
}

int record_get(struct ver_judgement *judgement, const char *data, size_t size)
{
    struct bytes from = {data, size};
    *judgement = (struct ver_judgement){.verdict = VER_ERROR};
    for (const char *kind; (kind = take(&from, 1)) != NULL;) {
        if (*kind == RECORD_KINDS)
            return judgement->name && from.left == 0 ? 0 : -1;
        if (*kind < 0 || *kind > RECORD_KINDS ||
            !take_row(&from, (enum record_kind) * kind, judgement))
            return -1;
    }
    return -1;
}
