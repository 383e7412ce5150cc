/* SPDX-License-Identifier: MIT */
/* command_show.c: `evident show`, one run, or one case of it, for people. */
#include "verify/command/command_store.h"
#include "verify/store/table.h"

#include <inttypes.h>
#include <string.h>

enum { FEW_LINES = 40 };

/* ---- printing what a statement gives ---- */

/* A row as lines "name  value", empty ones left out. */
static int print_facts(struct store *store, sqlite3_stmt *row)
{
    int got = store_next(store, row), columns = got > 0 ? sqlite3_column_count(row) : 0;
    for (int k = 0; k < columns; k++)
        if (store_column_text(row, k)[0])
            printf("%-14s %s\n", sqlite3_column_name(row, k), store_column_text(row, k));
    if (got > 0)
        store_stop(row);
    return got;
}

/* Rows of one text each, at most so many. */
static int print_lines(struct store *store, sqlite3_stmt *row, size_t most)
{
    size_t lines = 0;
    int got;
    while ((got = store_next(store, row)) > 0) {
        if (lines < most)
            printf("%s\n", store_column_text(row, 0));
        lines++;
    }
    if (lines > most)
        printf("... and %zu more (--all)\n", lines - most);
    return got;
}

/* ---- a run ---- */

static int print_kinds(struct store *store, int64_t run)
{
    sqlite3_stmt *row = store_ask(store, table_sql("show kinds"), "i", run);
    int got;
    printf("\n%-12s %-14s %12s %8s %9s %12s %8s\n", "kind", "engine", "numbers", "differ",
           "excluded", "worst ratio", "digits");
    while ((got = store_next(store, row)) > 0)
        printf("%-12s %-14s %12lld %8lld %9lld %12.3g %8.1f\n", store_column_text(row, 0),
               store_column_text(row, 1), (long long)sqlite3_column_int64(row, 2),
               (long long)sqlite3_column_int64(row, 3), (long long)sqlite3_column_int64(row, 4),
               store_column_real(row, 5), store_column_real(row, 6));
    return got;
}

static int print_run(struct store *store, int64_t run, bool all)
{
    char digest[HASH_TEXT];
    if (print_facts(store, store_ask(store, table_sql("show facts"), "i", run)) < 0 ||
        store_digest(store, run, digest) != 0)
        return -1;
    printf("%-14s %s\n", "digest", digest);
    if (print_lines(store, store_ask(store, table_sql("show times"), "i", run), SIZE_MAX) != 0 ||
        print_kinds(store, run) != 0)
        return -1;
    printf("\n%-28s %6s %6s %6s %9s %7s %6s\n", "family", "cases", "pass", "fail", "undecided",
           "not-run", "error");
    if (print_lines(store, store_ask(store, table_sql("show families"), "i", run), SIZE_MAX) != 0)
        return -1;
    printf("\n");
    return print_lines(store, store_ask(store, table_sql("show bad"), "i", run),
                       all ? SIZE_MAX : FEW_LINES);
}

/* ---- a case ---- */

static int64_t find_case(struct store *store, int64_t run, const char *name)
{
    int64_t place = store_count(store, table_sql("show find"), "it", run, name);
    return place == 0 ? store_refuse(store, "run %" PRId64 " has no case %.200s", run, name)
                      : place - 1;
}

static int print_case(struct store *store, int64_t run, int64_t position)
{
    if (print_facts(store, store_ask(store, table_sql("show whole"), "ii", run, position)) < 0 ||
        print_facts(store, store_ask(store, table_sql("show again"), "ii", run, position)) < 0)
        return -1;
    printf("\n");
    return print_lines(store, store_ask(store, table_sql("show engines"), "ii", run, position),
                       SIZE_MAX) != 0 ||
                   print_lines(store,
                               store_ask(store, table_sql("show ladders"), "ii", run, position),
                               SIZE_MAX) != 0 ||
                   print_lines(store,
                               store_ask(store, table_sql("show comparisons"), "ii", run, position),
                               SIZE_MAX) != 0
               ? -1
               : 0;
}

/* ---- the command ---- */

static int run(struct options *options)
{
    struct store *store = command_store_open(options, STORE_READ);
    const char *name = options->operands > 1 ? options->operand[1] : NULL;
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int64_t number = store_find(store, options->operand[0]);
    int64_t position = number < 0 || !name ? 0 : find_case(store, number, name);
    int failed = number < 0 || position < 0;
    if (!failed)
        failed =
            name ? print_case(store, number, position) : print_run(store, number, options->all);
    if (failed)
        return command_store_end(options, store);
    store_close(store);
    return COMMAND_PASS;
}

const struct command command_show = {
    .name = "show",
    .operands = "RUN [CASE]",
    .wants = "a run",
    .says = "one run, or one case of it",
    .about = "A run: what it was (program, commit, suite, options), its verdicts, the worst of "
             "every kind of comparison, and every case that did not pass.\n"
             "A case, by its name or its position in the suite: its verdict and all its "
             "comparisons, engines and steps.\n" COMMAND_RUN_NAMES "\nExit status: 0; 2 could not.",
    .examples = "evident show latest\n"
                "evident show latest-1 random-deep:1:0\n",
    .run = run,
};
