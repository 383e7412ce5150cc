/* SPDX-License-Identifier: MIT */
/* command_store.c: `evident store`, the file itself, and what the commands on stores share. */
#include "verify/command/command_store.h"
#include "verify/store/store_bench.h"
#include "verify/store/store_inner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- shared ---- */

static const char *path_of(const struct options *options)
{
    return options->store ? options->store : store_default_path();
}

struct store *command_store_open(const struct options *options, enum store_mode mode)
{
    struct case_error error;
    struct store *store = store_open(path_of(options), mode, &error);
    if (!store)
        command_refuse(options->where, "%s", error.text);
    return store;
}

int command_store_end(const struct options *options, struct store *store)
{
    command_refuse(options->where, "%s", store_error(store));
    store_close(store);
    return COMMAND_COULD_NOT_RUN;
}

/* ---- the command ---- */

static int print_schema(const struct options *options)
{
    struct case_error error;
    struct store *store = store_open(NULL, STORE_WRITE, &error);
    if (!store)
        return command_refuse("store", "%s", error.text);
    sqlite3_stmt *row = store_ask(store,
                                  "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
                                  " AND name NOT LIKE 'sqlite_%'",
                                  "");
    int got;
    printf("PRAGMA user_version = %d;\n", (int)STORE_VERSION);
    while ((got = store_next(store, row)) > 0)
        printf("%s;\n", store_column_text(row, 0));
    if (got < 0)
        return command_store_end(options, store);
    store_close(store);
    return COMMAND_PASS;
}

static int print_check(const struct options *options, struct store *store)
{
    if (store_check(store) != 0)
        return -1;
    printf("%s: whole: %" PRId64 " runs, %" PRId64 " cases, %" PRId64 " comparisons\n",
           path_of(options), store_count(store, "SELECT count(*) FROM runs", ""),
           store_count(store, "SELECT count(*) FROM cases", ""),
           store_count(store, "SELECT count(*) FROM comparisons", ""));
    return 0;
}

static int drop(const struct options *options, struct store *store)
{
    bool bench = store_is_bench(options->drop);
    int64_t number =
        bench ? store_bench_find(store, options->drop) : store_find(store, options->drop);
    return number < 0 ? -1 : bench ? store_bench_drop(store, number) : store_drop(store, number);
}

static int run(struct options *options)
{
    int things = options->schema + options->check_store + !!options->drop + options->compact;
    if (things != 1)
        return command_refuse("store", "%s (see evident store --help)",
                              things > 1 ? "only one thing at a time"
                                         : "wants --schema, --check, --drop or --compact");
    if (options->schema)
        return print_schema(options);
    struct store *store =
        command_store_open(options, options->check_store ? STORE_READ : STORE_WRITE);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int failed = options->check_store ? print_check(options, store)
                 : options->drop      ? drop(options, store)
                                      : store_script(store, "VACUUM");
    if (failed)
        return command_store_end(options, store);
    store_close(store);
    return COMMAND_PASS;
}

const struct command command_store = {
    .name = "store",
    .operands = "--schema | --check | --drop RUN | --compact",
    .says = "the file itself: schema, check, delete a run",
    .about =
        "A store is one SQLite file; any program that reads SQLite reads it.\n" COMMAND_RUN_NAMES
        "\nExit status: 0; 2 could not, or damaged.",
    .examples = "evident store --check --store runs.sqlite\n"
                "evident store --drop latest\n",
    .run = run,
};
