/* SPDX-License-Identifier: MIT */
/* store_inner.h: what the files of the store share. Private to verify/store/ and its tests. */
#ifndef EVIDENT_VERIFY_STORE_INNER_H
#define EVIDENT_VERIFY_STORE_INNER_H

#include "verify/run/record.h"
#include "verify/store/store.h"

#include <sqlite3.h>
#include <stdarg.h>

enum { STORE_STATEMENTS = 96 };

struct store {
    sqlite3 *db;
    char *path; /* as the user wrote it; of a temporary store what it is called */
    bool writing, temporary;
    struct case_error error;
    struct {
        const char *sql; /* known by its address */
        sqlite3_stmt *statement;
    } cache[STORE_STATEMENTS];
    size_t cached;
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
 * double (NaN is NULL). NULL after an error. */
sqlite3_stmt *store_ask(struct store *store, const char *sql, const char *types, ...);
sqlite3_stmt *store_ask_list(struct store *store, const char *sql, const char *types,
                             va_list values);

/* 1: a row; 0: there is no more, or -1; the statement is ready for other use then. */
int store_next(struct store *store, sqlite3_stmt *statement);
void store_stop(sqlite3_stmt *statement); /* before the last row */

/* Asks and steps to the end. */
int store_do(struct store *store, const char *sql, const char *types, ...);
/* The first number of the first row; 0 without a row; -1 after an error. */
int64_t store_count(struct store *store, const char *sql, const char *types, ...);

const char *store_column_text(sqlite3_stmt *statement, int column); /* "" for NULL */
double store_column_real(sqlite3_stmt *statement, int column);      /* NaN for NULL */

/* ---- transactions: store_open.c ---- */

int store_lock(struct store *store);   /* BEGIN IMMEDIATE */
int store_commit(struct store *store); /* undoes all if it fails */
int store_undo(struct store *store);   /* keeps the error; returns -1 */

/* ---- store_schema.c ---- */

enum { STORE_VERSION = 7, STORE_APPLICATION = 0x45766964 /* "Evid" */ };
enum { STORE_RUN_COLUMNS = 22 };
extern const struct column store_run_column[STORE_RUN_COLUMNS]; /* of struct store_facts */
int store_create(struct store *store);
extern const char store_training_tables[]; /* store_training.c */
extern const char store_bench_tables[];    /* store_bench.c */

/* ---- store_function.c ---- */

/* What the queries of this program ask for beside SQL: fixed(x, digits), general(x, digits) and
 * shortest(x) print a number as printf and store_number_text do; median(x), counts(x) and
 * nearest(number, distance, digits) are of all rows; log2(x), log10(x), exp10(x): NULL where there
 * is none; line(x): one line; word(x): a word of a shell; alike(x): "..." for every number in it;
 * number(x): of a text that is one and no more; anchor(x): the id of a place in a page; xml(x),
 * html(x), and markdown(x, ...), a row of a table: nothing is taken for markup. And the table
 * words: names of enumerations (what: their column, or 'ratio', 'ladder'; number; name). */
int store_add_functions(struct store *store);

/* ---- store_row.c ---- */

/* Inside a transaction: enters a run. Its number, or -1. */
int64_t store_put_run(struct store *store, const struct store_facts *facts);
int store_take_run(struct store *store, int64_t run, struct store_facts *facts);
/* The same of a bench. */
int64_t store_put_bench(struct store *store, const struct store_facts *facts, const char *content,
                        size_t rounds);
int store_take_bench(struct store *store, int64_t bench, struct store_facts *facts);
/* Likewise a case, which must not be there; content is its digest. */
int store_put(struct store *store, int64_t run, size_t position,
              const struct ver_judgement *judgement, const char *content);

/* ---- store_record.c ---- */

/* The digest of a case as recorded: 1; 0 without such a case; -1. */
int store_content(struct store *store, int64_t run, size_t position, char text[HASH_TEXT]);
/* Inside a transaction: puts a case, or makes sure that it is there and says the same. */
int store_put_same(struct store *store, int64_t run, size_t position,
                   const struct ver_judgement *judgement);

/* ---- store_check.c ---- */

/* store_take, and its digest is the one that was recorded. */
int store_take_checked(struct store *store, int64_t run, size_t position,
                       struct ver_judgement *judgement);

/* ---- store_run.c ---- */

int store_complete(struct store *store, int64_t run);

/* ---- store_text.c: numbers for files ---- */

enum { STORE_NUMBER = 32 };
/* The shortest decimal that reads back to the same bits; "nan", "inf", "-inf". */
void store_number_text(char text[STORE_NUMBER], double x);
/* A file of lines, to be read. NULL and error; *absent (may be NULL): there is nothing to read, no
 * such file or a device, which has no end. */
FILE *store_text_open(const char *path, bool *absent, struct case_error *error);

/* ---- store_since.c ---- */

/* What moved since the newest complete run before of the same suite; nothing without one. 0, or
 * -1. */
int store_since(struct store *store, int64_t run, FILE *out);

#endif
