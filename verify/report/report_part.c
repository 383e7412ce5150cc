/* SPDX-License-Identifier: MIT */
/* report_part.c: the parts of the page: verdict, totals, families, pictures. */
#include "verify/base/word.h"
#include "verify/report/report.h"

#include <stdlib.h>
#include <string.h>

/* ---- what stands at the top ---- */

static size_t unsettled(const struct report *report)
{
    return report->totals->verdict[VER_UNDECIDED] + report->totals->verdict[VER_NOT_RUN];
}

static size_t wrong(const struct report *report)
{
    return report->totals->verdict[VER_FAIL] + report->totals->verdict[VER_ERROR];
}

static int put_tone(struct report *report)
{
    bool clean =
        report->totals->verdict[VER_PASS] == report->totals->cases && report->totals->cases > 0;
    fputs(wrong(report) ? "fail" : clean ? "pass" : "open", report->out);
    return 0;
}

static int put_verdict(struct report *report)
{
    if (report->totals->cases == 0)
        fputs("nothing was run", report->out);
    else if (wrong(report))
        fprintf(report->out, "%zu of %zu cases fail", wrong(report), report->totals->cases);
    else if (unsettled(report))
        fprintf(report->out, "%zu of %zu cases pass, none fails", report->totals->verdict[VER_PASS],
                report->totals->cases);
    else
        fprintf(report->out, "all %zu cases pass", report->totals->cases);
    return 0;
}

/* 2,702,273 */
static const char *group_digits(char text[40], size_t number)
{
    char plain[32];
    int length = snprintf(plain, sizeof plain, "%zu", number), used = 0;
    for (int k = 0; k < length; k++) {
        if (k > 0 && (length - k) % 3 == 0)
            text[used++] = ',';
        text[used++] = plain[k];
    }
    text[used] = '\0';
    return text;
}

static int put_evidence(struct report *report)
{
    char grouped[40];
    size_t numbers = 0;
    for (int k = 0; k < VER_KINDS; k++)
        numbers += report->totals->compared[k];
    fprintf(report->out, "%s numbers were compared.", group_digits(grouped, numbers));
    if (unsettled(report))
        fprintf(report->out, " %zu undecided, %zu not run: no claim is made about these.",
                report->totals->verdict[VER_UNDECIDED], report->totals->verdict[VER_NOT_RUN]);
    return 0;
}

static int put_totals(struct report *report)
{
    static const char *const title[VER_VERDICTS] = {"pass", "fail", "undecided", "not run",
                                                    "error"};
    static const char *const kind[VER_VERDICTS] = {"", "bad", "open", "open", "bad"};
    fprintf(report->out, "<dl class=\"totals\">\n<div><dt>cases</dt><dd>%zu</dd></div>\n",
            report->totals->cases);
    for (int v = 0; v < VER_VERDICTS; v++)
        fprintf(report->out, "<div class=\"%s\"><dt>%s</dt><dd>%zu</dd></div>\n",
                report->totals->verdict[v] ? kind[v] : "", title[v], report->totals->verdict[v]);
    fputs("</dl>\n", report->out);
    return 0;
}

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
    table_ask(&rows, report->store, "page heat", "");
    return report_end_rows(report, &rows, table_put(&rows, TABLE_LINES, report->out));
}

static int put_layout(struct report *report)
{
    return report_put_layout(report->out, report->error);
}

/* ---- all of them ---- */

int report_put_part(struct report *report, const char *name)
{
    static const struct {
        const char *name;
        int (*put)(struct report *report);
    } part[] = {{"style", put_style},
                {"layout", put_layout},
                {"tone", put_tone},
                {"verdict", put_verdict},
                {"evidence", put_evidence},
                {"totals", put_totals},
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
    for (size_t k = 0; k < sizeof report->picture / sizeof *report->picture; k++)
        if (strncmp(name, "picture ", 8) == 0 && strcmp(name + 8, report->picture[k].name) == 0) {
            report_put_picture(report->out, &report->picture[k]);
            return 0;
        }
    snprintf(report->error->text, sizeof report->error->text,
             "page.html: unknown part 'evident:%s'", name);
    return -1;
}
