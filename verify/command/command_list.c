/* SPDX-License-Identifier: MIT */
/* command_list.c: `evident list`, the runs of a store. */
#include "verify/command/command_store.h"
#include "verify/store/store_bench.h"
#include "verify/store/store_training.h"
#include "verify/store/table.h"

#include <inttypes.h>
#include <string.h>

/* Verdicts that a run has, "3 pass, 1 fail"; by text, whatever they are called. */
static void verdict_text(char *text, size_t size, struct store *store, int64_t run)
{
    sqlite3_stmt *row =
        store_ask(store,
                  "SELECT verdict, count(*) FROM cases WHERE run = ? GROUP BY verdict"
                  " ORDER BY verdict = 'pass' DESC, verdict",
                  "i", run);
    size_t used = 0;
    snprintf(text, size, "none");
    while (store_next(store, row) > 0 && used < size)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%lld %s", used > 0 ? ", " : "",
                             (long long)sqlite3_column_int64(row, 1), store_column_text(row, 0));
}

static int print_run(struct store *store, sqlite3_stmt *row, bool tsv)
{
    char verdicts[256], state[64];
    int64_t run = sqlite3_column_int64(row, 0), recorded = sqlite3_column_int64(row, 10);
    char digest[HASH_TEXT];
    const char *commit = store_column_text(row, 4), *dirty = store_column_text(row, 5);
    if (store_digest(store, run, digest) != 0)
        return -1;
    verdict_text(verdicts, sizeof verdicts, store, run);
    if (strcmp(store_column_text(row, 2), "complete") == 0)
        snprintf(state, sizeof state, "complete");
    else
        snprintf(state, sizeof state, "%" PRId64 " of %s", recorded, store_column_text(row, 3));
    const char *field[] = {state,
                           verdicts,
                           store_column_text(row, 6),
                           store_column_text(row, 7),
                           store_column_text(row, 8),
                           store_column_text(row, 9)};
    printf(tsv ? "%" PRId64 "\t%s" : "%4" PRId64 "  %-20s", run,
           store_column_text(row, 1)[0] ? store_column_text(row, 1) : "-");
    printf(tsv ? "\t%s\t%s\t%s" : "  %-14s  %-20s  %s", field[0], field[1], digest);
    char built[40];
    snprintf(built, sizeof built, "%.12s%s", commit[0] ? commit : "-",
             commit[0] && dirty[0] == '1' ? "+" : "");
    if (!tsv)
        printf("  %-8s", store_column_text(row, 11));
    printf(tsv ? "\t%s" : "  %-13s", built);
    for (int k = 2; k < 6; k++)
        printf(tsv ? "\t%s" : k == 2 ? "  %-5s" : "  %s", field[k][0] ? field[k] : "-");
    if (tsv)
        printf("\t%s", store_column_text(row, 11));
    printf("\n");
    return 0;
}

static int print_runs(struct store *store, bool tsv)
{
    sqlite3_stmt *row = store_ask(store, table_sql("list runs"), "");
    int got;
    if (tsv)
        printf("run\tstarted\tstate\tverdicts\tdigest\tcommit\tshard\tsuite\tengines\toptions"
               "\tversion\n");
    size_t runs = 0;
    while ((got = store_next(store, row)) > 0) {
        if (runs == 0 && !tsv)
            printf("%4s  %-20s  %-14s  %-20s  %-32s  %-8s  %-13s  %-5s  %s\n", "run", "started",
                   "state", "verdicts", "digest", "evident", "commit", "shard",
                   "suite, engines, options");
        runs++;
        if (print_run(store, row, tsv) != 0) {
            store_stop(row);
            return -1;
        }
    }
    int64_t trainings = got == 0 ? store_count(store, "SELECT count(*) FROM trainings", "") : -1;
    int64_t benches = trainings < 0 ? -1 : store_count(store, "SELECT count(*) FROM benches", "");
    if (runs == 0 && trainings == 0 && benches == 0 && !tsv)
        printf("no runs yet\n");
    if (benches < 0 || tsv)
        return benches < 0 ? -1 : 0;
    if (benches > 0)
        printf("%s", runs > 0 ? "\n" : "");
    if (store_bench_list(store, stdout) != 0)
        return -1;
    if (trainings > 0)
        printf("%strainings\n", runs + (size_t)benches > 0 ? "\n" : "");
    return store_training_list(store, stdout);
}

static int run(struct options *options)
{
    struct store *store = command_store_open(options, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    if (print_runs(store, options->tsv) != 0)
        return command_store_end(options, store);
    store_close(store);
    return COMMAND_PASS;
}

const struct command command_list = {
    .name = "list",
    .operands = "",
    .says = "the runs",
    .about =
        "Prints the runs of a store, a line each, oldest first: number, when it began, how "
        "far it is, the verdicts, the digest of all that was said, the program's version and "
        "commit, shard, suite, engines and options. Two runs of the same digest say the same "
        "to the last bit.\n"
        "Then what evident bench measured: the sum of one answer to every case that ran, and its "
        "interval.\n"
        "Then the trainings: number, when it began, name, seed, epochs, what came of it; those "
        "that differ in their seeds alone together, with mean and deviation.\n"
        "Exit status: 0; 2 could not.",
    .examples = "evident list --store runs.sqlite\n",
    .run = run,
};
