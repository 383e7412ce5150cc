/* SPDX-License-Identifier: MIT */
/* table.h: queries as tables: of a report's folder, of exports, of the page. Private to verify/. */
#ifndef EVIDENT_VERIFY_TABLE_H
#define EVIDENT_VERIFY_TABLE_H

#include "verify/store/store_inner.h"

/* ---- a query of queries.sql ---- */

enum { TABLE_COLUMNS = 40 };

struct table {
    struct store *store;
    sqlite3_stmt *row;
    size_t columns;
    char *cell[TABLE_COLUMNS]; /* of the current row, as texts without control characters; "-" for
                                  nothing, "nan" for no number */
};

/* The text of a query; of a name that there is not, one that SQLite refuses. */
const char *table_sql(const char *query);

/* Types and values as store_ask has them; the first is the run. */
void table_ask(struct table *table, struct store *store, const char *query, const char *types, ...);

/* Keeps the rows of a query in a temporary table of its name, for what asks often. 0, or -1. */
int table_keep(struct store *store, const char *query, const char *types, ...);
void table_ask_kept(struct table *table, struct store *store, const char *query);

/* 1: a row; 0: there is no more; -1, and store_error(). End it in any case. */
int table_next(struct table *table);
void table_end(struct table *table);

enum table_form {
    TABLE_TSV,  /* names in the first line, tabs between */
    TABLE_LINES /* the first column, which is text as it is to be written */
};

/* All rows. 0, or -1 and store_error(). Ends it. */
int table_put(struct table *table, enum table_form form, FILE *out);

/* ---- files ---- */

/* Opens DIRECTORY/NAME and writes its first line, or none (NULL). 0, or -1 and error. */
int table_open(struct case_file *file, const char *directory, const char *name, const char *heading,
               struct case_error *error);

/* ucurve.tsv, example_traces.tsv and example_spikes.tsv. 0, or -1 and error. */
int table_examples(const char *directory, struct case_error *error);

#endif
