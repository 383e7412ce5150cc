/* store_inner.h: what the files of the store share. Private to verify/store/ and its tests. */
#ifndef EVIDENT_VERIFY_STORE_INNER_H
#define EVIDENT_VERIFY_STORE_INNER_H

#include "verify/store/store.h"

#include <sqlite3.h>

enum { STORE_STATEMENTS = 64 };

struct store_quantity { /* a row of the table quantities, kept in memory */
    int64_t id;
    const char *kind, *engine, *name;
};

struct store {
    sqlite3 *db;
    char *path; /* as the user wrote it */
    bool writing;
    struct case_error error;
    struct {
        const char *sql; /* known by its address */
        sqlite3_stmt *statement;
    } cache[STORE_STATEMENTS];
    size_t cached;
    char **word; /* names that outlive a row */
    size_t words, word_room;
    struct store_quantity *quantity;
    size_t quantities, quantity_room, quantity_hint;
    double synced; /* when the last transaction reached the disk */
    bool full;     /* what synchronous is set to */
};

/* ---- store_sql.c: the only place that talks to SQLite about statements ---- */

/* The one line for whatever SQLite says is wrong now. Returns -1. */
int store_fail(struct store *store);
int store_refuse(struct store *store, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int store_code_text(char *text, size_t size, const char *path, sqlite3 *db, int code);

/* Statements without data; several with ';' between. */
int store_script(struct store *store, const char *sql);

/* Prepares sql, whose address must not change, and binds: i int64_t, z size_t, t text or NULL, r
 * double (NaN is NULL), b bool (int), x uint64_t as 16 hexadecimal digits. NULL after an error. */
sqlite3_stmt *store_ask(struct store *store, const char *sql, const char *types, ...);

/* 1: a row; 0: there is no more, or -1; the statement is ready for other use then. */
int store_next(struct store *store, sqlite3_stmt *statement);
void store_stop(sqlite3_stmt *statement); /* before the last row */

/* Asks and steps to the end. */
int store_do(struct store *store, const char *sql, const char *types, ...);
/* The first number of the first row; 0 without a row; -1 after an error. */
int64_t store_count(struct store *store, const char *sql, const char *types, ...);

const char *store_column_text(sqlite3_stmt *statement, int column); /* "" for NULL */
double store_column_real(sqlite3_stmt *statement, int column);      /* NaN for NULL */
uint64_t store_column_hex(sqlite3_stmt *statement, int column);

/* ---- transactions: store_open.c ---- */

int store_lock(struct store *store);   /* BEGIN IMMEDIATE */
int store_commit(struct store *store); /* undoes all if it fails */
int store_undo(struct store *store);   /* keeps the error; returns -1 */

/* ---- store_schema.c ---- */

enum { STORE_VERSION = 3, STORE_APPLICATION = 0x45766964 /* "Evid" */ };
int store_migrate(struct store *store, int version);

/* ---- store_word.c ---- */

const char *store_word(struct store *store, const char *text); /* NULL if memory is short */
void store_words_clear(struct store *store);
void store_quantities_forget(struct store *store); /* reads them again when next needed */
/* The id of a quantity, entered if new; -1 after an error. */
int64_t store_quantity(struct store *store, const char *kind, const char *engine, const char *name);
const struct store_quantity *store_quantity_at(struct store *store, int64_t id);

/* ---- store_digest.c ---- */

#define STORE_FNV 0xcbf29ce484222325u
uint64_t store_hash(uint64_t hash, const void *data, size_t size);
uint64_t store_hash_text(uint64_t hash, const char *text);
/* Of all rows of one case, but for its times. */
int store_content(struct store *store, int64_t run, int64_t position, uint64_t *content);

/* ---- store_record.c ---- */

/* Inside a transaction: writes the digest of the rows of a case beside them. */
int store_seal(struct store *store, int64_t run, int64_t position);

/* ---- store_run.c ---- */

/* Inside a transaction: enters a run. Its number, or -1. */
int64_t store_enter_run(struct store *store, const struct store_facts *facts,
                        const char *fingerprint);
int store_complete(struct store *store, int64_t run);

/* ---- store_text.c: numbers and texts for files ---- */

enum { STORE_NUMBER = 32 };
/* The shortest decimal that reads back to the same bits; "nan", "inf", "-inf". */
void store_number_text(char text[STORE_NUMBER], double x);
/* A copy that is UTF-8 and has no control characters ('?' and ' ' take their places). To be freed;
 * NULL if memory is short. */
char *store_clean_text(const char *text);

/* ---- store_junit.c ---- */

int store_junit(struct store *store, int64_t run, bool times, FILE *out);

/* ---- store_markdown.c ---- */

int store_markdown(struct store *store, int64_t run, FILE *out);

/* What moved since the newest complete run before of the same suite; nothing without one. 0, or
 * -1. */
int store_since(struct store *store, int64_t run, FILE *out);

#endif
