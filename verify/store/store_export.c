/* store_export.c: a run as a table or as JSON, for other programs.
 *
 * Without times the bytes are the same for any number of threads, shards and resumptions: neither
 * the number of the run nor its host is in them. Numbers read back to the same bits. NaN and
 * infinities: "nan", "inf" in tables; null, "inf" in JSON, which has no word for them. */
#include "verify/store/store_inner.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *sql;
} tables[] = {
    {"cases",
     "SELECT position, family, name AS \"case\", verdict, reason, neurons, parameters, spikes,"
     " precision, grazing, slope, coincidence, \"end\", maximum_gap, gradient_norm, condition, "
     "digits,"
     " case_digest, content FROM cases WHERE run = ? ORDER BY position"},
    {"comparisons",
     "SELECT c.position, c.family, c.name AS \"case\", c.verdict, q.kind, q.engine,"
     " q.name AS quantity, x.place AS \"index\", x.outcome, x.class, x.numbers, x.digits,"
     " x.\"order\", x.step, x.precision, x.distance, x.got, x.want, x.hint"
     " FROM cases c JOIN comparisons x ON x.run = c.run AND x.position = c.position"
     " JOIN quantities q ON q.id = x.quantity"
     " WHERE c.run = ? ORDER BY c.position, x.number"},
    {"engines",
     "SELECT c.position, c.family, c.name AS \"case\", e.engine, e.state, e.reason, e.digest,"
     " e.traced, e.same, e.decisions, e.near, e.diagnosis"
     " FROM cases c JOIN engines e ON e.run = c.run AND e.position = c.position"
     " WHERE c.run = ? ORDER BY c.position, e.number"},
    {"ladders",
     "SELECT c.position, c.family, c.name AS \"case\", o.quantity, o.\"order\", l.step, l.agrees,"
     " l.\"limit\", o.errors, l.reason"
     " FROM cases c JOIN ladders l ON l.run = c.run AND l.position = c.position"
     " JOIN orders o ON o.run = c.run AND o.position = c.position"
     " WHERE c.run = ? ORDER BY c.position, o.quantity"},
    {"times", "SELECT c.position, c.family, c.name AS \"case\", t.engine, t.seconds"
              " FROM cases c JOIN times t ON t.run = c.run AND t.position = c.position"
              " WHERE c.run = ? ORDER BY c.position, t.engine"},
};
enum { TABLES = sizeof tables / sizeof *tables };

static const char *table_sql(const char *name)
{
    for (int k = 0; k < TABLES; k++)
        if (strcmp(tables[k].name, name) == 0)
            return tables[k].sql;
    return NULL;
}

bool store_export_table(const char *name)
{
    return table_sql(name) != NULL;
}

/* ---- TSV ---- */

static bool is_real(sqlite3_stmt *row, int column)
{
    const char *type = sqlite3_column_decltype(row, column);
    return type && strcmp(type, "REAL") == 0;
}

/* Nothing is empty, so that a table can be read by columns; NULL of a number is NaN. */
static int put_field(struct store *store, FILE *out, sqlite3_stmt *row, int column)
{
    char number[STORE_NUMBER];
    if (is_real(row, column)) {
        store_number_text(number, store_column_real(row, column));
        fputs(number, out);
        return 0;
    }
    char *text = store_clean_text(store_column_text(row, column));
    if (!text)
        return store_refuse(store, "memory is short");
    fputs(text[0] ? text : "-", out);
    free(text);
    return 0;
}

static int put_table(struct store *store, int64_t run, const char *name, FILE *out)
{
    sqlite3_stmt *row = store_ask(store, table_sql(name), "i", run);
    int got, columns = row ? sqlite3_column_count(row) : 0;
    for (int k = 0; k < columns; k++)
        fprintf(out, "%s%s", k > 0 ? "\t" : "", sqlite3_column_name(row, k));
    fputc('\n', out);
    while ((got = store_next(store, row)) > 0) {
        for (int k = 0; k < columns; k++) {
            if (k > 0)
                fputc('\t', out);
            if (put_field(store, out, row, k) != 0) {
                store_stop(row);
                return -1;
            }
        }
        fputc('\n', out);
    }
    return got;
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
    char *clean = store_clean_text(text);
    json_t *json = clean ? json_string(clean) : NULL;
    free(clean);
    return json;
}

static json_t *json_field(sqlite3_stmt *row, int column)
{
    if (is_real(row, column))
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
static int add_rows(struct store *store, json_t *to, const char *key, const char *sql, int64_t run,
                    int64_t position)
{
    sqlite3_stmt *row = store_ask(store, sql, "ii", run, position);
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
    static const char comparisons[] =
        "SELECT q.kind, q.engine, q.name AS quantity, x.place AS \"index\", x.outcome, x.class,"
        " x.numbers, x.digits, x.\"order\", x.step, x.precision, x.distance, x.got, x.want, x.hint"
        " FROM comparisons x JOIN quantities q ON q.id = x.quantity"
        " WHERE x.run = ? AND x.position = ? ORDER BY x.number";
    static const char engines[] =
        "SELECT engine, state, reason, digest, traced, same, decisions, near, diagnosis"
        " FROM engines WHERE run = ? AND position = ? ORDER BY number";
    static const char ratios[] =
        "SELECT e.engine, r.quantity, r.largest, r.counts FROM ratios r JOIN engines e"
        " ON e.run = r.run AND e.position = r.position AND e.number = r.number"
        " WHERE r.run = ? AND r.position = ? ORDER BY r.number, r.quantity";
    static const char ladders[] =
        "SELECT o.quantity, o.\"order\", l.step, l.agrees, l.\"limit\", o.errors, l.reason"
        " FROM ladders l JOIN orders o ON o.run = l.run AND o.position = l.position"
        " WHERE l.run = ? AND l.position = ? ORDER BY o.quantity";
    static const char seconds[] =
        "SELECT engine, seconds FROM times WHERE run = ? AND position = ? ORDER BY engine";
    return add_rows(store, to, "comparisons", comparisons, run, position) != 0 ||
                   add_rows(store, to, "engines", engines, run, position) != 0 ||
                   add_rows(store, to, "ratios", ratios, run, position) != 0 ||
                   add_rows(store, to, "ladders", ladders, run, position) != 0 ||
                   (times && add_rows(store, to, "times", seconds, run, position) != 0)
               ? -1
               : 0;
}

enum { COMPACT = JSON_COMPACT | JSON_REAL_PRECISION(17) };

static int put_json_cases(struct store *store, int64_t run, bool times, FILE *out)
{
    sqlite3_stmt *row = store_ask(store, table_sql("cases"), "i", run);
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
static int put_json_row(struct store *store, const char *key, sqlite3_stmt *row, FILE *out)
{
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
    static const char facts[] =
        "SELECT version, program, commit_id AS \"commit\", dirty, flags, compiler, libraries,"
        " device, suite, suite_digest, options, engines, cases, fingerprint FROM runs WHERE id = ?";
    static const char host[] = "SELECT started, host_cores FROM runs WHERE id = ?";
    sqlite3_stmt *row;
    uint64_t digest;
    int got;
    fputs("{\n \"format\": \"evident-run-1\",\n", out);
    if (put_json_row(store, "run", store_ask(store, facts, "i", run), out) != 0 ||
        (times && put_json_row(store, "host", store_ask(store, host, "i", run), out) != 0) ||
        store_digest(store, run, &digest) != 0)
        return -1;
    fprintf(out, " \"digest\": \"%016" PRIx64 "\",\n \"totals\": {", digest);
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
        return put_table(store, run, how->table, out);
    case STORE_JSON:
        return put_json(store, run, how->times, out);
    case STORE_MARKDOWN:
        return store_markdown(store, run, out);
    default:
        return store_junit(store, run, how->times, out);
    }
}
