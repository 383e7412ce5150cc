/* SPDX-License-Identifier: MIT */
/* store_check.c: is everything in the store what was put there? */
#include "verify/store/table.h"

#include <inttypes.h>
#include <string.h>

/* What SQLite itself can tell: pages, indices, references. */
static int check_file(struct store *store)
{
    sqlite3_stmt *row = store_ask(store, "PRAGMA integrity_check(1)", "");
    int got = store_next(store, row);
    if (got > 0 && strcmp(store_column_text(row, 0), "ok") != 0)
        got = store_refuse(store, "damaged: %.200s", store_column_text(row, 0));
    if (row)
        store_stop(row);
    if (got < 0)
        return -1;
    row = store_ask(store, "PRAGMA foreign_key_check", "");
    got = store_next(store, row);
    if (got > 0) {
        store_refuse(store, "damaged: a row of %.60s belongs to nothing",
                     store_column_text(row, 0));
        store_stop(row);
    }
    return got != 0 ? -1 : 0;
}

/* Totals of complete runs, counted again. */
static int check_totals(struct store *store)
{
    sqlite3_stmt *row = store_ask(store, table_sql("check totals"), "");
    int got;
    while ((got = store_next(store, row)) > 0) {
        int64_t planned = sqlite3_column_int64(row, 1), cases = sqlite3_column_int64(row, 2);
        if (cases == planned && sqlite3_column_int64(row, 3) == planned &&
            sqlite3_column_int64(row, 4) == 0)
            continue;
        store_refuse(
            store, "the totals of run %lld do not add up: found %" PRId64 " cases, wanted %" PRId64,
            (long long)sqlite3_column_int64(row, 0), cases, planned);
        store_stop(row);
        return -1;
    }
    return got;
}

int store_take_checked(struct store *store, int64_t run, size_t position,
                       struct ver_judgement *judgement)
{
    char digest[HASH_TEXT], content[HASH_TEXT];
    if (store_take(store, run, position, judgement) != 0 ||
        store_content(store, run, position, content) < 0)
        return -1;
    record_digest(digest, judgement);
    return strcmp(digest, content) == 0
               ? 0
               : store_refuse(store,
                              "case %zu of run %" PRId64 " is not what was recorded: digest %s, "
                              "wanted %s",
                              position, run, digest, content);
}

static int check_contents(struct store *store)
{
    sqlite3_stmt *row =
        store_ask(store, "SELECT run, position FROM cases ORDER BY run, position", "");
    int got;
    while ((got = store_next(store, row)) > 0) {
        struct ver_judgement judgement;
        int failed = store_take_checked(store, sqlite3_column_int64(row, 0),
                                        (size_t)sqlite3_column_int64(row, 1), &judgement);
        ver_judgement_clear(&judgement);
        if (failed) {
            store_stop(row);
            return -1;
        }
    }
    return got;
}

int store_check(struct store *store)
{
    return check_file(store) != 0 || check_totals(store) != 0 || check_contents(store) != 0 ? -1
                                                                                            : 0;
}
