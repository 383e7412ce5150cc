/* SPDX-License-Identifier: MIT */
/* table.c: see table.h. Nothing in a table depends on time, threads or the machine, but for those
 * that are about them: two runs of the same program write the same bytes. */
#include "verify/store/table.h"
#include "verify/base/word.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int ver_directory_make(const char *directory, struct case_error *error)
{
    struct stat status;
    if (mkdir(directory, 0777) == 0)
        return 0;
    int number = errno;
    if (number == EEXIST && stat(directory, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return 0;
        number = ENOTDIR;
    }
    snprintf(error->text, sizeof error->text, "%.300s: cannot make directory: %s", directory,
             strerror(number));
    return -1;
}

int table_open(struct case_file *file, const char *directory, const char *name, const char *heading,
               struct case_error *error)
{
    char path[1200];
    int length = snprintf(path, sizeof path, "%s/%s", directory, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        snprintf(error->text, sizeof error->text, "%.300s: path too long", directory);
        return -1;
    }
    if (case_file_open(file, path, error) != 0)
        return -1;
    if (heading)
        fprintf(file->stream, "%s\n", heading);
    return 0;
}

/* ---- queries ---- */

#define QUERY(name, ...) {name, #__VA_ARGS__},
static const struct {
    const char *name, *sql;
} queries[] = {
#include "verify/store/queries.sql"
};

const char *table_sql(const char *query)
{
    for (size_t k = 0; k < sizeof queries / sizeof *queries; k++)
        if (strcmp(queries[k].name, query) == 0)
            return queries[k].sql;
    return "no query of that name";
}

void table_ask(struct table *table, struct store *store, const char *query, const char *types, ...)
{
    va_list values;
    *table = (struct table){.store = store};
    va_start(values, types);
    table->row = store_ask_list(store, table_sql(query), types, values);
    va_end(values);
    table->columns = table->row ? (size_t)sqlite3_column_count(table->row) : 0;
}

int table_keep(struct store *store, const char *query, const char *types, ...)
{
    const char *make;
    char text[8192], drop[128];
    va_list values;
    snprintf(drop, sizeof drop, "DROP TABLE IF EXISTS temp.\"%s\"", query);
    snprintf(text, sizeof text, "CREATE TEMP TABLE \"%s\" AS %s", query, table_sql(query));
    if (!(make = record_name(text)))
        return store_refuse(store, "memory is short");
    if (store_script(store, drop) != 0)
        return -1;
    va_start(values, types);
    sqlite3_stmt *statement = store_ask_list(store, make, types, values);
    va_end(values);
    return store_next(store, statement);
}

void table_ask_kept(struct table *table, struct store *store, const char *query)
{
    char text[128];
    snprintf(text, sizeof text, "SELECT * FROM temp.\"%s\"", query);
    const char *sql = record_name(text);
    *table = (struct table){.store = store, .row = sql ? store_ask(store, sql, "") : NULL};
    table->columns = table->row ? (size_t)sqlite3_column_count(table->row) : 0;
}

/* A REAL column is printed so that it reads back, its NULL is no number. */
static char *cell_text(sqlite3_stmt *row, int column)
{
    const char *type = sqlite3_column_decltype(row, column), *text = store_column_text(row, column);
    char number[STORE_NUMBER];
    if (type && strcmp(type, "REAL") == 0) {
        store_number_text(number, store_column_real(row, column));
        text = number;
    }
    return ver_clean_text(text[0] ? text : "-");
}

static void drop_cells(struct table *table)
{
    for (size_t k = 0; k < table->columns; k++) {
        free(table->cell[k]);
        table->cell[k] = NULL;
    }
}

int table_next(struct table *table)
{
    drop_cells(table);
    int got = store_next(table->store, table->row);
    for (size_t k = 0; k < table->columns && got > 0; k++)
        if (!(table->cell[k] = cell_text(table->row, (int)k)))
            got = store_refuse(table->store, "memory is short");
    if (got <= 0)
        table_end(table);
    return got;
}

void table_end(struct table *table)
{
    drop_cells(table);
    if (table->row)
        store_stop(table->row);
    *table = (struct table){.store = table->store};
}

int table_put(struct table *table, enum table_form form, FILE *out)
{
    int got;
    for (size_t k = 0; k < table->columns && form == TABLE_TSV; k++)
        fprintf(out, "%s%c", sqlite3_column_name(table->row, (int)k),
                k + 1 < table->columns ? '\t' : '\n');
    if (form == TABLE_LINES) {
        while ((got = store_next(table->store, table->row)) > 0)
            fprintf(out, "%s\n", store_column_text(table->row, 0));
        return got;
    }
    while ((got = table_next(table)) > 0)
        for (size_t k = 0; k < table->columns; k++)
            fprintf(out, "%s%c", table->cell[k], k + 1 < table->columns ? '\t' : '\n');
    return got;
}
