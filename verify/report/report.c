/* SPDX-License-Identifier: MIT */
/* report.c: the page that shows a run. reports/page.html is the page; each <!-- evident:NAME --> in
 * it is replaced by what the queries say. Nothing is judged here. */
#include "verify/report/report.h"

#include <stdlib.h>
#include <string.h>

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
    struct case_file file;
    snprintf(path, sizeof path, "%s/index.html", report->directory);
    char *page = report_read_shared("page.html", report->error);
    if (!page || case_file_open(&file, path, report->error) != 0) {
        free(page);
        return -1;
    }
    report->out = file.stream;
    int failed = put_page(report, page);
    free(page);
    if (!failed)
        return case_file_commit(&file, report->error);
    case_file_abandon(&file);
    return -1;
}

int report_page(struct report *report)
{
    static const struct report_picture pictures[REPORT_PICTURES] = {
        {"example", "Spikes, voltages and adjoints of a small network over time", NULL},
        {"agreement", "Share of comparisons against digits of agreement", NULL},
        {"ucurve", "Error of a central difference against its step", NULL},
        {"grazing", "Gradient norm and condition against distance to grazing", NULL},
        {"ratios", "Shares of an engine's errors in units of their bounds", NULL},
        {"ladder", "Errors of the fixed-step scheme against its step", NULL},
        {"orders", "Observed orders of convergence, cases of each", NULL},
        {"counts", "Spikes lost and made up against the step", NULL},
        {"trend", "Time and worst ratio of the runs of this suite", NULL}};
    memcpy(report->picture, pictures, sizeof pictures);
    report->style = report_read_shared("picture.css", report->error);
    int failed = report->style ? 0 : -1;
    for (size_t k = 0; k < REPORT_PICTURES && !failed; k++)
        failed = report_draw(&report->picture[k], report->directory, report->style, report->error);
    if (!failed)
        failed = write_page(report);
    for (size_t k = 0; k < REPORT_PICTURES; k++)
        free(report->picture[k].inlined);
    free(report->style);
    return failed;
}
