/* SPDX-License-Identifier: MIT */
/* store_export.c: a run as a table or as JSON, for other programs.
 *
 * Without times the bytes are the same for any number of threads, shards and resumptions: neither
 * the number of the run nor its host is in them. Numbers read back to the same bits. NaN and
 * infinities: "nan", "inf" in tables; null, "inf" in JSON, which has no word for them. */
#include "verify/store/table.h"
#include "verify/base/word.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool store_export_table(const char *name)
{
    static const char *const names[] = {"cases", "comparisons", "engines", "ladders", "times"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcmp(names[k], name) == 0)
            return true;
    return false;
}

static int put_tsv(struct store *store, int64_t run, const char *name, FILE *out)
{
    char query[64];
    struct table table;
    snprintf(query, sizeof query, "export %s", name);
    table_ask(&table, store, query, "i", run);
    return table_put(&table, TABLE_TSV, out);
}

static int put_junit(struct store *store, int64_t run, bool times, FILE *out)
{
    struct table table;
    table_ask(&table, store, "junit", "ii", run, (int64_t)times);
    return table_put(&table, TABLE_LINES, out);
}

static int put_markdown(struct store *store, int64_t run, FILE *out)
{
    struct table table;
    table_ask(&table, store, "markdown", "i", run);
    if (table_put(&table, TABLE_LINES, out) != 0 || store_since(store, run, out) != 0)
        return -1;
    table_ask(&table, store, "markdown about", "i", run);
    return table_put(&table, TABLE_LINES, out);
}

/* ---- JSON ---- */

static json_t *json_number(double x)
{
    if (isnan(x))
        return json_null();
    return isinf(x) ? json_string(x > 0 ? "inf" : "-inf") : json_real(x);
}

static json_t *json_clean(const char *text)
{
    char *clean = ver_clean_text(text);
    json_t *json = clean ? json_string(clean) : NULL;
    free(clean);
    return json;
}

static json_t *json_field(sqlite3_stmt *row, int column)
{
    const char *type = sqlite3_column_decltype(row, column);
    if (type && strcmp(type, "REAL") == 0)
        return json_number(store_column_real(row, column));
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(row, column));
    case SQLITE_NULL:
        return json_null();
    default:
        return json_clean(store_column_text(row, column));
    }
}

/* The columns from first on as an object. NULL after an error. */
static json_t *json_row(struct store *store, sqlite3_stmt *row, int first)
{
    json_t *object = json_object();
    int columns = sqlite3_column_count(row), failed = object ? 0 : -1;
    for (int k = first; k < columns && !failed; k++)
        failed = json_object_set_new(object, sqlite3_column_name(row, k), json_field(row, k));
    if (!failed)
        return object;
    json_decref(object);
    store_refuse(store, "memory is short");
    return NULL;
}

/* "1.5 nan 2" as numbers. */
static json_t *json_numbers(const char *text)
{
    json_t *array = json_array();
    while (array && *text != '\0') {
        char *end;
        double x = strtod(text, &end);
        if (end == text || json_array_append_new(array, json_number(x)) != 0) {
            json_decref(array);
            return NULL;
        }
        text = end;
    }
    return array;
}

/* All rows of one case as a list, under a key, if there are any. */
static int add_rows(struct store *store, json_t *to, const char *key, int64_t run, int64_t position)
{
    char query[64];
    struct table table;
    snprintf(query, sizeof query, "json %s", key);
    table_ask(&table, store, query, "ii", run, position);
    sqlite3_stmt *row = table.row;
    json_t *list = json_array();
    int got, failed = list ? 0 : -1;
    while (!failed && (got = store_next(store, row)) != 0) {
        json_t *object = got > 0 ? json_row(store, row, 0) : NULL;
        const char *errors = json_string_value(json_object_get(object, "errors"));
        failed = !object || json_array_append_new(list, object) != 0 ||
                 (errors && json_object_set_new(object, "errors", json_numbers(errors)) != 0);
        if (failed && got > 0)
            store_stop(row);
    }
    if (!failed && json_array_size(list) > 0)
        failed = json_object_set(to, key, list);
    json_decref(list);
    return failed ? -1 : 0;
}

static int add_details(struct store *store, json_t *to, int64_t run, int64_t position, bool times)
{
    static const char *const key[] = {"comparisons", "engines", "ratios", "ladders", "times"};
    for (int k = 0; k < (times ? 5 : 4); k++)
        if (add_rows(store, to, key[k], run, position) != 0)
            return -1;
    return 0;
}

enum { COMPACT = JSON_COMPACT | JSON_REAL_PRECISION(17) };

static int put_json_cases(struct store *store, int64_t run, bool times, FILE *out)
{
    struct table table;
    table_ask(&table, store, "export cases", "i", run);
    sqlite3_stmt *row = table.row;
    const char *before = "\n  ";
    int got;
    fputs(" \"cases\": [", out);
    while ((got = store_next(store, row)) > 0) {
        json_t *object = json_row(store, row, 0);
        int failed =
            !object || add_details(store, object, run, sqlite3_column_int64(row, 0), times) != 0;
        fputs(before, out);
        if (!failed)
            failed = json_dumpf(object, out, COMPACT) != 0 && !ferror(out);
        json_decref(object);
        before = ",\n  ";
        if (failed) {
            store_stop(row);
            return -1;
        }
    }
    fputs("\n ]\n}\n", out);
    return got;
}

/* One row as an object, the names of its columns as keys. */
static int put_json_row(struct store *store, int64_t run, const char *key, FILE *out)
{
    char query[64];
    struct table table;
    snprintf(query, sizeof query, "json %s", key);
    table_ask(&table, store, query, "i", run);
    sqlite3_stmt *row = table.row;
    int got = store_next(store, row);
    json_t *object = got > 0 ? json_row(store, row, 0) : NULL;
    fprintf(out, " \"%s\": ", key);
    int failed = !object || (json_dumpf(object, out, COMPACT) != 0 && !ferror(out));
    fputs(",\n", out);
    json_decref(object);
    if (got > 0)
        store_stop(row);
    return failed ? -1 : 0;
}

static int put_json(struct store *store, int64_t run, bool times, FILE *out)
{
    sqlite3_stmt *row;
    char digest[HASH_TEXT];
    int got;
    fputs("{\n \"format\": \"evident-run-1\",\n", out);
    if (put_json_row(store, run, "run", out) != 0 ||
        (times && put_json_row(store, run, "host", out) != 0) ||
        store_digest(store, run, digest) != 0)
        return -1;
    fprintf(out, " \"digest\": \"%s\",\n \"totals\": {", digest);
    row = store_ask(store,
                    "SELECT verdict, count(*) FROM cases WHERE run = ? GROUP BY verdict "
                    "ORDER BY verdict",
                    "i", run);
    for (const char *before = ""; (got = store_next(store, row)) > 0; before = ", ")
        fprintf(out, "%s\"%s\": %lld", before, store_column_text(row, 0),
                (long long)sqlite3_column_int64(row, 1));
    fputs("},\n", out);
    return got < 0 ? -1 : put_json_cases(store, run, times, out);
}

int store_export(struct store *store, int64_t run, const struct store_export *how, FILE *out)
{
    switch (how->format) {
    case STORE_TSV:
        return put_tsv(store, run, how->table, out);
    case STORE_JSON:
        return put_json(store, run, how->times, out);
    case STORE_MARKDOWN:
        return put_markdown(store, run, out);
    default:
        return put_junit(store, run, how->times, out);
    }
}
