/* SPDX-License-Identifier: MIT */
/* command_report.c: `evident report`, the page of a run from its store. */
#include "verify/command/command_store.h"
#include "verify/report/report_run.h"

static int write_run(struct store *store, int64_t run, const struct options *options)
{
    char directory[1024];
    struct case_error error;
    struct ver_totals totals;
    if (options->out)
        snprintf(directory, sizeof directory, "%s", options->out);
    else
        snprintf(directory, sizeof directory, "report-%lld", (long long)run);
    if (store_totals(store, run, &totals) != 0)
        return command_refuse("report", "%s", store_error(store));
    if (totals.cases == 0)
        return command_refuse("report", "run %lld has no case yet", (long long)run);
    if (ver_directory_make(directory, &error) != 0 ||
        report_run(store, run, &totals, directory, options->all_checks, &error) != 0)
        return command_refuse("report", "%s", error.text);
    printf("report: %s/index.html\n", directory);
    return COMMAND_PASS;
}

static int run(struct options *options)
{
    struct store *store = command_store_open(options, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int64_t run = store_find(store, options->operands > 0 ? options->operand[0] : "latest");
    if (run < 0)
        return command_store_end(options, store);
    int code = write_run(store, run, options);
    store_close(store);
    return code;
}

const struct command command_report = {
    .name = "report",
    .operands = "[RUN]",
    .wants = "a run",
    .says = "its page: one file, verdict first, every failure with its picture",
    .about =
        "Writes the page of a recorded run: DIR/index.html, one file that needs nothing else, with "
        "the verdict first, then every failure with its picture and its commands, a heat map by "
        "family, the engines, orders of convergence, times, the runs before it. Its tables and "
        "pictures lie beside it. The same as evident verify --report DIR writes. Needs "
        "gnuplot.\n" COMMAND_RUN_NAMES " Without: latest.\n"
        "Exit status: 0 a page was written; 2 could not.",
    .examples = "evident report latest --store runs.sqlite -o page\n",
    .run = run,
};
