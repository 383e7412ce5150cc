/* SPDX-License-Identifier: MIT */
/* report_part.c: the parts of the page by name; families, summary, pictures. */
#include "verify/base/word.h"
#include "verify/report/report.h"

#include <stdlib.h>
#include <string.h>

/* ---- tables ---- */

static int put_families(struct report *report)
{
    static const char *const title[] = {"family",
                                        "cases",
                                        "pass",
                                        "fail",
                                        "un-<br>decided",
                                        "not<br>run",
                                        "error",
                                        "comparisons",
                                        "digits,<br>fewest",
                                        "digits,<br>median",
                                        "order",
                                        NULL};
    struct table rows;
    int got;
    report_ask(report, &rows, "families.tsv");
    report_put_table_start(report->out, title);
    while ((got = table_next(&rows)) > 0) {
        fputs("<tr>", report->out);
        for (int k = 0; k < (int)rows.columns; k++) {
            bool zero = strcmp(rows.cell[k], "0") == 0, nan = strstr(rows.cell[k], "nan") != NULL;
            int verdict = k - REPORT_VERDICT_COLUMN;
            bool bad = verdict == VER_FAIL || verdict == VER_ERROR;
            bool open = verdict == VER_UNDECIDED || verdict == VER_NOT_RUN;
            report_put_cell(report->out,
                            (zero && k > REPORT_CASES_COLUMN) || nan ? "none"
                            : bad                                    ? "bad"
                            : open                                   ? "open"
                                                                     : NULL,
                            nan ? "-" : rows.cell[k]);
        }
        fputs("</tr>\n", report->out);
    }
    report_put_table_end(report->out);
    return report_end_rows(report, &rows, got);
}

static int put_summary(struct report *report)
{
    struct table rows;
    int got;
    report_ask(report, &rows, "summary.tsv");
    fputs("<div class=\"wide\"><table>\n<tbody>\n", report->out);
    while ((got = table_next(&rows)) > 0) {
        fputs("<tr>", report->out);
        report_put_cell(report->out, NULL, rows.cell[0]);
        report_put_cell(report->out, NULL, rows.cell[1]);
        fputs("</tr>\n", report->out);
    }
    report_put_table_end(report->out);
    return report_end_rows(report, &rows, got);
}

static int put_command(struct report *report)
{
    fputs("evident verify ", report->out);
    ver_html_put(report->out, report->facts.suite);
    fputs(" ", report->out);
    ver_html_put(report->out, report->facts.options);
    fputs(" --report ", report->out);
    ver_html_put(report->out, report->directory);
    return 0;
}

static int put_directory(struct report *report)
{
    ver_html_put(report->out, report->directory);
    return 0;
}

static int put_style(struct report *report)
{
    fputs(report->style, report->out);
    return 0;
}

static int put_heat(struct report *report)
{
    struct table rows;
    table_ask(&rows, report->store, "page heat", "i", report->run);
    return report_end_rows(report, &rows, table_put(&rows, TABLE_LINES, report->out));
}

static int put_layout(struct report *report)
{
    return report_put_shared(report->out, "page.css", report->error);
}

static int put_script(struct report *report)
{
    return report_put_shared(report->out, "page.js", report->error);
}

/* Leaves out what a run has nothing of. */
static int when_engines(struct report *report)
{
    return report->totals->engines == 0;
}

static int when_kept(struct report *report)
{
    return report->store->temporary;
}

static int put_end(struct report *report)
{
    (void)report;
    return 0;
}

static int put_picture(struct report *report, const char *name)
{
    static const char when[] = "if picture ";
    bool asks = strncmp(name, when, strlen(when)) == 0;
    const char *of = strchr(name + (asks ? 3 : 0), ' ');
    for (size_t k = 0; of && k < sizeof report->picture / sizeof *report->picture; k++) {
        if (strcmp(of + 1, report->picture[k].name) != 0)
            continue;
        if (!asks)
            report_put_picture(report->out, &report->picture[k]);
        return asks && !report->picture[k].inlined;
    }
    snprintf(report->error->text, sizeof report->error->text, "unknown part 'evident:%s' of a page",
             name);
    return -1;
}

/* ---- all of them ---- */

int report_put_part(struct report *report, const char *name)
{
    static const struct {
        const char *name;
        int (*put)(struct report *report);
    } part[] = {{"style", put_style},
                {"layout", put_layout},
                {"script", put_script},
                {"tone", report_put_tone},
                {"who", report_put_who},
                {"verdict", report_put_verdict},
                {"evidence", report_put_evidence},
                {"where", report_put_where},
                {"totals", report_put_totals},
                {"readings", report_put_readings},
                {"unsettled", report_put_unsettled},
                {"cases", report_put_cases},
                {"if engines", when_engines},
                {"if kept", when_kept},
                {"end", put_end},
                {"families", put_families},
                {"summary", put_summary},
                {"failures", report_put_failures},
                {"heat", put_heat},
                {"times", report_put_times},
                {"trend", report_put_trend},
                {"kills", report_put_kills},
                {"about", report_put_about},
                {"command", put_command},
                {"directory", put_directory},
                {"engines", report_put_engines}};
    for (size_t k = 0; k < sizeof part / sizeof *part; k++)
        if (strcmp(name, part[k].name) == 0)
            return part[k].put(report);
    return put_picture(report, name);
}
