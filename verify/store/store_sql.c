/* SPDX-License-Identifier: MIT */
/* store_sql.c: statements of the store. Every return code of SQLite about them is looked at here,
 * and becomes one line: the file, what is wrong, what to do. */
#include "verify/store/store_inner.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is wrong ---- */

static const char *explain(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "in use by another run; try again when it is done, or give each run a --store of "
               "its own and `evident merge` them";
    case SQLITE_FULL:
        return "the disk is full; what was recorded before is kept";
    case SQLITE_NOTADB:
        return "found a file that is no store, wanted one that evident made";
    case SQLITE_CORRUPT:
        return "damaged; take a copy from before, or mend it with `sqlite3 FILE .recover`";
    case SQLITE_READONLY:
        return "cannot write: the file or its folder is read-only";
    case SQLITE_NOMEM:
        return "memory is short";
    default:
        return NULL;
    }
}

int store_code_text(char *text, size_t size, const char *path, sqlite3 *db, int code)
{
    const char *what = explain(code);
    int number = db ? sqlite3_system_errno(db) : 0;
    if (what)
        snprintf(text, size, "%.300s: %s", path, what);
    else if ((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR)
        snprintf(text, size, "%.300s: cannot %s: %s", path,
                 (code & 0xff) == SQLITE_IOERR ? "read or write" : "open",
                 number ? strerror(number) : sqlite3_errstr(code));
    else
        snprintf(text, size, "%.300s: %.150s", path,
                 db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
    return -1;
}

int store_fail(struct store *store)
{
    return store_code_text(store->error.text, sizeof store->error.text, store->path, store->db,
                           sqlite3_extended_errcode(store->db));
}

int store_refuse(struct store *store, const char *format, ...)
{
    va_list arguments;
    int used = snprintf(store->error.text, sizeof store->error.text, "%.250s: ", store->path);
    va_start(arguments, format);
    vsnprintf(store->error.text + used, sizeof store->error.text - (size_t)used, format, arguments);
    va_end(arguments);
    return -1;
}

int store_script(struct store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_fail(store);
}

/* ---- statements ---- */

static void keep_statement(struct store *store, const char *sql, sqlite3_stmt *statement)
{
    store->cache[store->cached].sql = sql;
    store->cache[store->cached].statement = statement;
    store->cached++;
}

/* The prepared statement, reset; the oldest are never thrown away, since there are few texts. */
static sqlite3_stmt *find_statement(struct store *store, const char *sql)
{
    for (size_t k = 0; k < store->cached; k++) {
        if (store->cache[k].sql == sql) {
            store_stop(store->cache[k].statement);
            return store->cache[k].statement;
        }
    }
    sqlite3_stmt *statement = NULL;
    if (store->cached == STORE_STATEMENTS)
        store_refuse(store, "more than %d statements", (int)STORE_STATEMENTS);
    else if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
             SQLITE_OK)
        store_fail(store);
    else
        keep_statement(store, sql, statement);
    return statement;
}

static int bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    return text ? sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT)
                : sqlite3_bind_null(statement, place);
}

static sqlite3_stmt *bind_all(struct store *store, sqlite3_stmt *statement, const char *types,
                              va_list values)
{
    int code = SQLITE_OK;
    for (int k = 0; statement && types[k] != '\0' && code == SQLITE_OK; k++) {
        switch (types[k]) {
        case 'i':
            code = sqlite3_bind_int64(statement, k + 1, va_arg(values, int64_t));
            break;
        case 'z':
            code = sqlite3_bind_int64(statement, k + 1, (sqlite3_int64)va_arg(values, size_t));
            break;
        case 'r': /* SQLite has no NaN: it becomes NULL by itself */
            code = sqlite3_bind_double(statement, k + 1, va_arg(values, double));
            break;
        default:
            code = bind_text(statement, k + 1, va_arg(values, const char *));
            break;
        }
    }
    if (statement && code != SQLITE_OK) {
        store_fail(store);
        return NULL;
    }
    return statement;
}

sqlite3_stmt *store_ask_list(struct store *store, const char *sql, const char *types,
                             va_list values)
{
    return bind_all(store, find_statement(store, sql), types, values);
}

sqlite3_stmt *store_ask(struct store *store, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = store_ask_list(store, sql, types, values);
    va_end(values);
    return statement;
}

int store_next(struct store *store, sqlite3_stmt *statement)
{
    if (!statement)
        return -1;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return 1;
    if (code != SQLITE_DONE)
        store_fail(store);
    store_stop(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

/* What reset returns is the error of the last step, which was seen there. */
void store_stop(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

int store_do(struct store *store, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = store_ask_list(store, sql, types, values);
    va_end(values);
    int got;
    do
        got = store_next(store, statement);
    while (got > 0);
    return got;
}

int64_t store_count(struct store *store, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = store_ask_list(store, sql, types, values);
    va_end(values);
    int got = store_next(store, statement);
    int64_t number = got > 0 ? sqlite3_column_int64(statement, 0) : got;
    if (got > 0)
        store_stop(statement);
    return number;
}

/* ---- columns ---- */

const char *store_column_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}

double store_column_real(sqlite3_stmt *statement, int column)
{
    bool null = sqlite3_column_type(statement, column) == SQLITE_NULL;
    return null ? VER_NAN : sqlite3_column_double(statement, column);
}
