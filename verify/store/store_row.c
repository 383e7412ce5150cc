/* SPDX-License-Identifier: MIT */
/* store_row.c: rows put into their tables and taken out again, by the columns of
 * verify/run/record.c. A name that this program does not know (a newer one wrote it) is refused,
 * not guessed. */
#include "verify/store/store_inner.h"

#include <string.h>

enum { LONGEST = 1600 };

/* ", "a", "b"": so many columns; how long. */
static size_t put_names(char *to, size_t size, const struct column *column, size_t columns)
{
    size_t used = 0;
    for (size_t k = 0; k < columns && used < size; k++)
        used += (size_t)snprintf(to + used, size - used, ", \"%s\"", column[k].name);
    return used;
}

static void make_insert(char text[LONGEST], const char *table, const char *keys, size_t values,
                        const struct column *column, size_t columns)
{
    char names[LONGEST / 2];
    put_names(names, sizeof names, column, columns);
    size_t used =
        (size_t)snprintf(text, LONGEST, "INSERT INTO %s (%s%s) VALUES (?", table, keys, names);
    for (size_t k = 1; k < values + columns; k++)
        used += (size_t)snprintf(text + used, LONGEST - used, ", ?");
    snprintf(text + used, LONGEST - used, ")");
}

static int bind(sqlite3_stmt *statement, int place, const struct column *column, const void *row,
                struct value *value)
{
    column_get(value, column, row);
    switch (value->type) {
    case VALUE_INTEGER:
        return sqlite3_bind_int64(statement, place, value->integer);
    case VALUE_REAL:
        return sqlite3_bind_double(statement, place, value->real);
    case VALUE_TEXT: /* copied only if it does not outlive this call */
        return sqlite3_bind_text(statement, place, value->text, -1,
                                 value->text == value->room ? SQLITE_TRANSIENT : SQLITE_STATIC);
    default:
        return sqlite3_bind_null(statement, place);
    }
}

static int put(struct store *store, sqlite3_stmt *statement, int place, const struct column *column,
               size_t columns, const void *row)
{
    struct value value;
    int code = SQLITE_OK;
    for (size_t k = 0; k < columns && statement && code == SQLITE_OK; k++)
        code = bind(statement, place + (int)k, &column[k], row, &value);
    if (code != SQLITE_OK)
        return store_fail(store);
    int got = store_next(store, statement);
    return got > 0 ? -1 : got;
}

static bool take(sqlite3_stmt *row, int place, const struct column *column, size_t columns,
                 void *to, const char **wrong)
{
    for (size_t k = 0; k < columns; k++, place++) {
        struct value value = {.type = VALUE_NULL};
        switch (sqlite3_column_type(row, place)) {
        case SQLITE_INTEGER:
            value.type = VALUE_INTEGER;
            value.integer = sqlite3_column_int64(row, place);
            break;
        case SQLITE_FLOAT:
            value.type = VALUE_REAL;
            value.real = sqlite3_column_double(row, place);
            break;
        case SQLITE_TEXT:
            value.type = VALUE_TEXT;
            break;
        default:
            break;
        }
        value.text = *wrong = store_column_text(row, place);
        if (!column_set(&column[k], to, &value))
            return false;
    }
    return true;
}

/* ---- runs ---- */

int64_t store_put_run(struct store *store, const struct store_facts *facts)
{
    static char sql[LONGEST];
    char fingerprint[HASH_TEXT];
    store_fingerprint(fingerprint, facts);
    make_insert(sql, "runs", "fingerprint, status", 2, store_run_column, STORE_RUN_COLUMNS);
    sqlite3_stmt *statement = store_ask(store, sql, "tt", fingerprint, "running");
    return put(store, statement, 3, store_run_column, STORE_RUN_COLUMNS, facts) != 0
               ? -1
               : sqlite3_last_insert_rowid(store->db);
}

int64_t store_put_bench(struct store *store, const struct store_facts *facts, const char *content,
                        size_t rounds)
{
    static char sql[LONGEST];
    make_insert(sql, "benches", "content, rounds", 2, store_run_column, STORE_RUN_COLUMNS);
    sqlite3_stmt *statement = store_ask(store, sql, "tz", content, rounds);
    return put(store, statement, 3, store_run_column, STORE_RUN_COLUMNS, facts) != 0
               ? -1
               : sqlite3_last_insert_rowid(store->db);
}

/* sql: room for the statement, which is kept by its address. */
static int take_facts(struct store *store, char sql[LONGEST], const char *table, int64_t number,
                      struct store_facts *facts)
{
    const char *wrong;
    size_t used = (size_t)snprintf(sql, LONGEST, "SELECT id");
    used += put_names(sql + used, LONGEST - used, store_run_column, STORE_RUN_COLUMNS);
    snprintf(sql + used, LONGEST - used, " FROM %s WHERE id = ?", table);
    *facts = (struct store_facts){.shard = 0};
    sqlite3_stmt *row = store_ask(store, sql, "i", number);
    if (store_next(store, row) <= 0)
        return -1;
    bool whole = take(row, 1, store_run_column, STORE_RUN_COLUMNS, facts, &wrong);
    if (!whole)
        store_refuse(store, "damaged: found '%.60s' in %s %lld", wrong, table, (long long)number);
    store_stop(row);
    return whole ? 0 : -1;
}

int store_take_run(struct store *store, int64_t run, struct store_facts *facts)
{
    static char sql[LONGEST];
    return take_facts(store, sql, "runs", run, facts);
}

int store_take_bench(struct store *store, int64_t bench, struct store_facts *facts)
{
    static char sql[LONGEST];
    return take_facts(store, sql, "benches", bench, facts);
}

/* ---- cases ---- */

struct putting {
    struct store *store;
    int64_t run;
    size_t position;
    const char *content;
};

static int put_row(void *context, const struct record_row *row)
{
    static char sql[RECORD_KINDS][LONGEST];
    const struct putting *to = context;
    const struct record_table *table = &record_table[row->kind];
    bool is_case = row->kind == RECORD_CASE;
    if (!sql[row->kind][0])
        make_insert(sql[row->kind], table->name,
                    is_case           ? "run, position, content"
                    : table->keys > 1 ? "run, position, number, quantity"
                    : table->keys > 0 ? "run, position, number"
                                      : "run, position",
                    2 + (size_t)(is_case ? 1 : table->keys), table->column, table->columns);
    sqlite3_stmt *statement =
        is_case ? store_ask(to->store, sql[row->kind], "izt", to->run, to->position, to->content)
        : table->keys > 1
            ? store_ask(to->store, sql[row->kind], "izzt", to->run, to->position, row->number,
                        ver_scheme_quantity_name((enum ver_scheme_quantity)row->quantity))
        : table->keys > 0
            ? store_ask(to->store, sql[row->kind], "izz", to->run, to->position, row->number)
            : store_ask(to->store, sql[row->kind], "iz", to->run, to->position);
    return put(to->store, statement, 3 + (is_case ? 1 : table->keys), table->column, table->columns,
               row->at);
}

int store_put(struct store *store, int64_t run, size_t position,
              const struct ver_judgement *judgement, const char *content)
{
    struct putting to = {store, run, position, content};
    return record_each(judgement, put_row, &to);
}

static size_t quantity_of(const char *text)
{
    size_t k = 0;
    while (k < VER_SCHEME_QUANTITIES &&
           strcmp(ver_scheme_quantity_name((enum ver_scheme_quantity)k), text) != 0)
        k++;
    return k;
}

static int take_rows(struct store *store, int64_t run, size_t position, int kind,
                     struct ver_judgement *judgement)
{
    static char sql[RECORD_KINDS][LONGEST];
    const struct record_table *table = &record_table[kind];
    if (!sql[kind][0]) {
        size_t used =
            (size_t)snprintf(sql[kind], LONGEST, "SELECT %s, %s", table->keys > 0 ? "number" : "0",
                             table->keys > 1 ? "quantity" : "''");
        used += put_names(sql[kind] + used, LONGEST - used, table->column, table->columns);
        snprintf(sql[kind] + used, LONGEST - used, " FROM %s WHERE run = ? AND position = ?%s",
                 table->name, table->keys > 0 ? " ORDER BY number" : "");
    }
    sqlite3_stmt *row = store_ask(store, sql[kind], "iz", run, position);
    int got;
    while ((got = store_next(store, row)) > 0) {
        const char *wrong = store_column_text(row, 1);
        void *place =
            record_place(judgement, (enum record_kind)kind, (size_t)sqlite3_column_int64(row, 0),
                         table->keys > 1 ? quantity_of(wrong) : 0);
        if (place && take(row, 2, table->column, table->columns, place, &wrong))
            continue;
        store_refuse(store, "found '%.60s' among %s, which this evident does not know", wrong,
                     table->name);
        store_stop(row);
        return -1;
    }
    return got;
}

int store_take(struct store *store, int64_t run, size_t position, struct ver_judgement *judgement)
{
    *judgement = (struct ver_judgement){.verdict = VER_ERROR};
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        if (take_rows(store, run, position, kind, judgement) != 0)
            return -1;
    return judgement->name
               ? 0
               : store_refuse(store, "run %lld has no case at %zu", (long long)run, position);
}
