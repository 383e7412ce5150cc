/* SPDX-License-Identifier: MIT */
/* command_export.c: `evident export` and `evident merge`: runs leave a store, stores become one. */
#include "verify/command/command_store.h"
#include "verify/store/store_bench.h"

#include <string.h>

/* ---- export ---- */

/* A run, or a bench by its name. */
static int put_to(struct store *store, const char *name, const struct store_export *how, FILE *out)
{
    bool bench = store_is_bench(name);
    int64_t number = bench ? store_bench_find(store, name) : store_find(store, name);
    if (number < 0)
        return -1;
    return bench ? store_bench_export(store, number, how->format, strcmp(how->table, "times") == 0,
                                      out)
                 : store_export(store, number, how, out);
}

/* To a file or to standard output. 0, or the exit code after a line. */
static int put(struct store *store, const char *name, const struct store_export *how,
               const char *path)
{
    struct case_file file;
    struct case_error error;
    if (!path && put_to(store, name, how, stdout) != 0)
        return command_refuse("export", "%s", store_error(store));
    if (!path)
        return COMMAND_PASS;
    if (case_file_open(&file, path, &error) != 0)
        return command_refuse("export", "%s", error.text);
    if (put_to(store, name, how, file.stream) != 0) {
        case_file_abandon(&file);
        return command_refuse("export", "%s", store_error(store));
    }
    return case_file_commit(&file, &error) == 0 ? COMMAND_PASS
                                                : command_refuse("export", "%s", error.text);
}

static enum store_format format_of(const char *name)
{
    return strcmp(name, "tsv") == 0     ? STORE_TSV
           : strcmp(name, "json") == 0  ? STORE_JSON
           : strcmp(name, "junit") == 0 ? STORE_JUNIT
                                        : STORE_MARKDOWN;
}

static int run_export(struct options *options)
{
    const struct store_export how = {.format = format_of(options->format),
                                     .table = options->table ? options->table : "comparisons",
                                     .times = options->times};
    if (options->table && how.format != STORE_TSV)
        return command_refuse("export", "--table goes with --format tsv only");
    if (store_is_bench(options->operand[0]) &&
        ((how.format != STORE_TSV && how.format != STORE_MARKDOWN) ||
         (options->table && strcmp(how.table, "cases") != 0 && strcmp(how.table, "times") != 0)))
        return command_refuse("export", "of a bench there are --format tsv, with --table cases or "
                                        "times, and --format markdown");
    struct store *store = command_store_open(options, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int code = put(store, options->operand[0], &how, options->out);
    store_close(store);
    return code;
}

const struct command command_export = {
    .name = "export",
    .operands = "RUN",
    .wants = "a run",
    .says = "a run as a table, JSON, or JUnit XML for CI",
    .about =
        "Without times the bytes are the same for any number of threads, shards and resumptions. "
        "tsv: NaN is nan, infinity is inf, nothing is -. json: NaN is null, infinity is \"inf\". "
        "junit: a suite a family; undecided is a failure of that type, not-run is "
        "skipped.\n" COMMAND_RUN_NAMES "\n" COMMAND_BENCH_NAMES
        " As tsv and markdown.\nExit status: 0; 2 could not.",
    .examples = "evident export latest --table cases\n"
                "evident export latest --format junit -o junit.xml\n",
    .run = run_export,
};

/* ---- merge ---- */

static int run_merge(struct options *options)
{
    struct store *store = command_store_open(options, STORE_WRITE);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    if (store_merge(store, options->operand, options->operands) != 0)
        return command_store_end(options, store);
    store_close(store);
    return COMMAND_PASS;
}

const struct command command_merge = {
    .name = "merge",
    .operands = "STORE...",
    .wants = "a store",
    .says = "bring stores together: the shards of a job array",
    .about =
        "Brings the runs of all STOREs into the store, which is made if it is missing, all or "
        "nothing; the outcome does not depend on their order. Runs of the same program, suite and "
        "options are one run: so the shards of a job array, each with a --store of its own, become "
        "the whole. A case that two stores tell differently is refused.\n"
        "Exit status: 0; 2 could not, and nothing was changed.",
    .examples = "evident merge shard-1.sqlite shard-2.sqlite --store runs.sqlite\n",
    .run = run_merge,
};
