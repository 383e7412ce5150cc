/* SPDX-License-Identifier: MIT */
/* report.c: the page that shows a run. reports/page.html is the page; each <!-- evident:NAME --> in
 * it is replaced by what the queries say. Nothing is judged here. What is about evident itself, how
 * the witness works and which planted faults are caught, is a page beside it (about.html). */
#include "verify/report/report.h"

#include <stdlib.h>
#include <string.h>

static int fill(FILE *out, const char *name, const char *page, report_put *put, void *context,
                struct case_error *error)
{
    static const char mark[] = "<!-- evident:", close[] = " -->";
    for (const char *at; (at = strstr(page, mark)) != NULL;) {
        const char *end = strstr(at, close);
        char part[64];
        fwrite(page, 1, (size_t)(at - page), out);
        at += sizeof mark - 1;
        if (!end || (size_t)(end - at) >= sizeof part) {
            snprintf(error->text, sizeof error->text, "%s: '%s' has no end", name, mark);
            return -1;
        }
        memcpy(part, at, (size_t)(end - at));
        part[end - at] = '\0';
        int got = put(context, out, part);
        if (got < 0)
            return -1;
        page = end + sizeof close - 1;
        if (got > 0 && (page = strstr(page, "<!-- evident:end -->")) == NULL) {
            snprintf(error->text, sizeof error->text, "%s: 'evident:%s' has no end", name, part);
            return -1;
        }
    }
    fputs(page, out);
    return 0;
}

int report_write(const char *directory, const char *name, const char *template, report_put *put,
                 void *context, struct case_error *error)
{
    char path[1200];
    struct case_file file;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    char *page = report_read_shared(template, error);
    if (!page || case_file_open(&file, path, error) != 0) {
        free(page);
        return -1;
    }
    int failed = fill(file.stream, template, page, put, context, error);
    free(page);
    if (!failed)
        return case_file_commit(&file, error);
    case_file_abandon(&file);
    return -1;
}

static int put_part(void *context, FILE *out, const char *name)
{
    struct report *report = context;
    report->out = out;
    return report_put_part(report, name);
}

int report_page(struct report *report)
{
    static const struct report_picture pictures[REPORT_PICTURES] = {
        {"judged", "Got against want, and how far off numbers are", NULL},
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
        failed = report_write(report->directory, "index.html", "page.html", put_part, report,
                              report->error) != 0 ||
                         report_write(report->directory, "evident.html", "about.html", put_part,
                                      report, report->error) != 0
                     ? -1
                     : 0;
    for (size_t k = 0; k < REPORT_PICTURES; k++)
        free(report->picture[k].inlined);
    free(report->style);
    return failed;
}
