/* command_report.c: `evident report`, the page of a run from its store. */
#include "verify/command/command_store.h"
#include "verify/report/report_run.h"

static const char usage[] =
    "usage: evident report [RUN] [options]\n"
    "\n"
    "Writes the page of a recorded run: DIR/index.html, one file that needs nothing else, with "
    "the\n"
    "verdict first, then every failure with its picture and its commands, a heat map by family, "
    "the\n"
    "engines, orders of convergence, times, the runs before it. Its tables and pictures lie "
    "beside it.\n"
    "The same as `evident verify --report DIR` writes. Needs gnuplot.\n"
    "\n"
    "  --out DIR        made if it is not there (default: report-RUN)\n"
    "  --all-checks     a row in its checks.tsv for every comparison that agrees, "
    "too\n" COMMAND_STORE_USAGE "Without RUN: latest.\n"
    "\n"
    "Exit code: 0 a page was written; 2 could not.\n";

static const struct command_option options[] = {
    {"out", true}, {"store", true}, {"all-checks", false}, {NULL, false}};
enum { OPTION_OUT, OPTION_STORE, OPTION_ALL_CHECKS };

static int write_run(struct store *store, int64_t run, const char *out, bool all_checks)
{
    char directory[1024];
    struct case_error error;
    struct ver_totals totals;
    if (out)
        snprintf(directory, sizeof directory, "%s", out);
    else
        snprintf(directory, sizeof directory, "report-%lld", (long long)run);
    if (store_totals(store, run, &totals) != 0)
        return command_refuse("report", "%s", store_error(store));
    if (totals.cases == 0)
        return command_refuse("report", "run %lld has no case yet", (long long)run);
    if (ver_directory_make(directory, &error) != 0 ||
        report_run(store, run, &totals, directory, all_checks, &error) != 0)
        return command_refuse("report", "%s", error.text);
    printf("report: %s/index.html\n", directory);
    return COMMAND_PASS;
}

static int report(const char *name, const char *path, const char *out, bool all_checks)
{
    struct store *store = command_store_open("report", path, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int64_t run = store_find(store, name);
    if (run < 0)
        return command_store_end("report", store);
    int code = write_run(store, run, out, all_checks);
    store_close(store);
    return code;
}

int command_report(int argc, char **argv)
{
    struct command_line line = {"report", usage, options, argc, argv, 1, false};
    struct command_operands operands = {{NULL}, 0};
    const char *value, *path = NULL, *out = NULL;
    bool all_checks = false;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_HELPED)
            return command_finish("report", COMMAND_PASS);
        if (got == COMMAND_BAD ||
            (got == COMMAND_OPERAND && !command_operand("report", &operands, value, 1)))
            return COMMAND_COULD_NOT_RUN;
        if (got == OPTION_STORE)
            path = value;
        all_checks = all_checks || got == OPTION_ALL_CHECKS;
        if (got == OPTION_OUT)
            out = value;
    }
    return command_finish(
        "report", report(operands.count ? operands.at[0] : "latest", path, out, all_checks));
}
