/* SPDX-License-Identifier: MIT */
/* record.h: what is kept of a case: rows. One table of columns for each kind of row (record.c) says
 * what there is and where it stands in memory. By it a worker sends a judgement (record_bytes.c),
 * a store has its tables, takes and gives rows (store_row.c), and a digest is taken: what is sent,
 * kept, shown and digested is the same. Private to verify/. */
#ifndef EVIDENT_VERIFY_RECORD_H
#define EVIDENT_VERIFY_RECORD_H

#include "verify/base/hash.h"
#include "verify/verify.h"

/* ---- columns ---- */

enum column_type {
    COLUMN_SIZE,   /* size_t */
    COLUMN_LONG,   /* long */
    COLUMN_FLAG,   /* bool */
    COLUMN_REAL,   /* double; NaN is NULL */
    COLUMN_HEX,    /* uint64_t, as 16 hexadecimal digits */
    COLUMN_TEXT,   /* char[size] */
    COLUMN_OWN,    /* char *, of malloc */
    COLUMN_NAME,   /* const char *, kept for the life of the program; NULL has a text of its own */
    COLUMN_WORD,   /* an enum, by its names */
    COLUMN_COUNTS, /* uint64_t[VER_RATIO_BINS], as "BIN:COUNT ..." where there are any */
};

struct column {
    enum column_type type;
    const char *name;
    size_t place, size;       /* in the struct of the row */
    const char *(*word)(int); /* of COLUMN_WORD; so many */
    int words;
    const char *none; /* of COLUMN_NAME: the text of NULL, if it may be */
    bool apart;       /* in no digest: times, and what is only for the process that collects */
    const char *says; /* in the schema */
};

struct value {
    enum { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT } type;
    int64_t integer;
    double real;
    const char *text; /* in room, in the row, or kept */
    char room[24 * VER_RATIO_BINS];
};

/* What a column of a row holds, and back. false: no value of this column, or memory is short. */
void column_get(struct value *value, const struct column *column, const void *row);
bool column_set(const struct column *column, void *row, const struct value *value);

/* Adds "BIN:COUNT ..." to counts. false: it is none. */
bool record_counts(uint64_t count[VER_RATIO_BINS], const char *text);

/* The one copy of a name that nobody owns (families, quantities, engines: a few dozen). For one
 * thread only. NULL if memory is short. */
const char *record_name(const char *text);

/* ---- kinds of rows ---- */

enum record_kind {
    RECORD_CASE,
    RECORD_COMPARISON,
    RECORD_ENGINE,
    RECORD_RATIO,
    RECORD_LADDER,
    RECORD_RUNG,
    RECORD_KINDS
};

/* keys: how many beside run and position; the first is number, the second quantity. */
struct record_table {
    const char *name, *says;
    int keys;
    const struct column *column;
    size_t columns;
};
extern const struct record_table record_table[RECORD_KINDS];

struct record_row {
    enum record_kind kind;
    size_t number, quantity; /* the keys: in the order of the judge; enum ver_scheme_quantity */
    const void *at;          /* the struct that the places of its columns are in */
};

/* Every row of a judgement in one order, until each is not 0, which is returned. */
int record_each(const struct ver_judgement *judgement,
                int (*each)(void *context, const struct record_row *row), void *context);

/* Room for the next row, which must come in that order; NULL: it does not, or memory is short. The
 * judgement starts as {0}. */
void *record_place(struct ver_judgement *judgement, enum record_kind kind, size_t number,
                   size_t quantity);

/* ---- bytes ---- */

/* A judgement, to travel to the process that collects; both run the same program. */
void record_put(FILE *out, const struct ver_judgement *judgement);

/* judgement must be cleared whatever comes out. 0, or -1: the bytes are no judgement, or memory is
 * short. */
int record_get(struct ver_judgement *judgement, const char *data, size_t size);

/* Of all rows, but for columns that are apart. "" if memory is short. */
void record_digest(char text[HASH_TEXT], const struct ver_judgement *judgement);

#endif
