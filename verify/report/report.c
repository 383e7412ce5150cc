/* report.c: the page that shows a run. reports/page.html is the page; each <!-- evident:NAME --> in
 * it is replaced by what the tables say. Nothing is judged here: numbers are those of the tables,
 * and the totals are added up from families.tsv.
 *
 * The page of an earlier run goes first, so that one that stands beside the tables is theirs. */
#include "verify/report/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int put_page(struct report *report, const char *page)
{
    static const char mark[] = "<!-- evident:", close[] = " -->";
    for (const char *at; (at = strstr(page, mark)) != NULL;) {
        const char *end = strstr(at, close);
        char name[64];
        fwrite(page, 1, (size_t)(at - page), report->out);
        at += sizeof mark - 1;
        if (!end || (size_t)(end - at) >= sizeof name) {
            snprintf(report->error->text, sizeof report->error->text, "page.html: '%s' has no end",
                     mark);
            return -1;
        }
        memcpy(name, at, (size_t)(end - at));
        name[end - at] = '\0';
        if (report_put_part(report, name) != 0)
            return -1;
        page = end + sizeof close - 1;
    }
    fputs(page, report->out);
    return 0;
}

static int write_page(struct report *report)
{
    char path[1200];
    struct ver_file file;
    snprintf(path, sizeof path, "%s/index.html", report->directory);
    char *page = report_read_shared("page.html", report->error);
    if (!page || ver_file_open(&file, path, report->error) != 0) {
        free(page);
        return -1;
    }
    report->out = file.stream;
    int failed = put_page(report, page);
    free(page);
    if (!failed)
        return ver_file_commit(&file, report->error);
    ver_file_abandon(&file);
    return -1;
}

/* ---- the report ---- */

/* How the run was asked for. */
static int read_summary(struct report *report)
{
    struct report_rows rows;
    int found =
        report_rows_open(&rows, report->directory, "summary.tsv", "key\tvalue", report->error);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        found = 0;
        if (strcmp(rows.cell[0], "sources") == 0)
            snprintf(report->sources, sizeof report->sources, "%s", rows.cell[1]);
        if (strcmp(rows.cell[0], "options") == 0)
            snprintf(report->options, sizeof report->options, "%s", rows.cell[1]);
    }
    report_rows_close(&rows);
    return found;
}

/* All tables are there and of this version; adds up the families. */
static int read_tables(struct report *report)
{
    static const char *const other[][2] = {
        {"checks.tsv", REPORT_CHECKS},
        {"agreement.tsv", REPORT_AGREEMENT},
        {"cases.tsv", REPORT_CASES},
        {"ucurve.tsv", "precision\tstep\terror"},
        {"example_traces.tsv", "time\tpopulation\tneuron\tV\tI\tlambda_V\tlambda_I"},
        {"example_spikes.tsv", "time\tpopulation\tneuron"},
        {"engines.tsv", REPORT_ENGINES},
        {"ratios.tsv", REPORT_RATIOS},
        {"ladder.tsv", REPORT_LADDER},
        {"orders.tsv", REPORT_ORDERS},
        {"convergence.tsv", REPORT_CONVERGENCE},
        {"engine_families.tsv", REPORT_ENGINE_FAMILIES},
        {"heat.tsv", REPORT_HEAT},
        {"counts.tsv", REPORT_COUNTS},
        {"points.tsv", REPORT_POINTS},
        {"failures.tsv", REPORT_FAILURES}};
    struct report_rows rows;
    int found =
        report_rows_open(&rows, report->directory, "families.tsv", REPORT_FAMILIES, report->error);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        report->cases += strtoull(rows.cell[REPORT_CASES_COLUMN], NULL, 10);
        report->comparisons += strtoull(rows.cell[REPORT_COMPARISONS_COLUMN], NULL, 10);
        for (int v = 0; v < VER_VERDICTS; v++)
            report->verdict[v] += strtoull(rows.cell[REPORT_VERDICT_COLUMN + v], NULL, 10);
        found = 0;
    }
    report_rows_close(&rows);
    for (size_t k = 0; k < sizeof other / sizeof *other && found == 0; k++) {
        found = report_rows_open(&rows, report->directory, other[k][0], other[k][1], report->error);
        report_rows_close(&rows);
    }
    return found == 0 ? read_summary(report) : found;
}

int ver_report(const char *directory, char *error, size_t size)
{
    struct case_error problem = {""};
    struct report report = {
        .directory = directory,
        .picture = {{"example", "Spikes, voltages and adjoints of a small network over time", NULL},
                    {"agreement", "Share of comparisons against digits of agreement", NULL},
                    {"ucurve", "Error of a central difference against its step", NULL},
                    {"grazing", "Gradient norm and condition against distance to grazing", NULL},
                    {"ratios", "Shares of an engine's errors in units of their bounds", NULL},
                    {"ladder", "Errors of the fixed-step scheme against its step", NULL},
                    {"orders", "Observed orders of convergence, cases of each", NULL},
                    {"counts", "Spikes lost and made up against the step", NULL},
                    {"trend", "Time and worst ratio of the runs of this suite", NULL}},
        .error = &problem};
    char path[1200];
    int length = snprintf(path, sizeof path, "%s/index.html", directory);
    if (length < 0 || (size_t)length >= sizeof path) {
        snprintf(error, size, "%.300s: path too long", directory);
        return -1;
    }
    unlink(path);
    int failed = read_tables(&report);
    if (!failed)
        failed = (report.style = report_read_shared("picture.css", &problem)) == NULL;
    for (size_t k = 0; k < REPORT_PICTURES && !failed; k++)
        failed = report_draw(&report.picture[k], directory, report.style, &problem);
    if (!failed)
        failed = write_page(&report);
    for (size_t k = 0; k < REPORT_PICTURES; k++)
        free(report.picture[k].inlined);
    free(report.style);
    if (failed)
        snprintf(error, size, "%s", problem.text);
    return failed ? -1 : 0;
}
