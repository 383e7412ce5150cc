/* SPDX-License-Identifier: MIT */
/* report_case.c: cases by what they look like: readings of those that fail, reasons of those that
 * were not settled, and a table of cases that a reader sorts and filters. */
#include "verify/report/report.h"
#include "verify/base/word.h"

#include <stdlib.h>
#include <string.h>

static void put_link(FILE *out, const char *anchor, const char *name)
{
    fprintf(out, "<td><a href=\"#%s\"><code>", anchor);
    ver_html_put(out, name);
    fputs("</code></a></td>", out);
}

int report_put_readings(struct report *report)
{
    enum { LOOK, CASES, DISTANCE, OFF, ANCHOR, NAME };
    static const char *const title[] = {
        "cases", "distance,<br>bounds", "relative<br>error", "what it looks like", "the worst",
        NULL};
    struct table rows;
    int got;
    if (report->totals->verdict[VER_FAIL] == 0) {
        fputs("<p>Nothing fails.</p>\n", report->out);
        return 0;
    }
    report_ask(report, &rows, "page readings");
    report_put_table_start(report->out, title);
    while ((got = table_next(&rows)) > 0) {
        fputs("<tr>", report->out);
        report_put_cell(report->out, NULL, rows.cell[CASES]);
        report_put_cell(report->out, "bad", rows.cell[DISTANCE]);
        report_put_cell(report->out, NULL, strcmp(rows.cell[OFF], "nan") ? rows.cell[OFF] : "-");
        report_put_cell(report->out, "text", rows.cell[LOOK]);
        put_link(report->out, rows.cell[ANCHOR], rows.cell[NAME]);
        fputs("</tr>\n", report->out);
    }
    report_put_table_end(report->out);
    return report_end_rows(report, &rows, got);
}

int report_put_unsettled(struct report *report)
{
    enum { VERDICT, CASES, REASON, NAMES };
    struct table rows;
    int got;
    report_ask(report, &rows, "page unsettled");
    while ((got = table_next(&rows)) > 0) {
        bool error = strcmp(rows.cell[VERDICT], "error") == 0;
        bool one = strcmp(rows.cell[CASES], "1") == 0;
        fprintf(report->out,
                "<details class=\"fold\"><summary><span class=\"%s\">%s</span> %s case%s: ",
                error ? "bad" : "open",
                strcmp(rows.cell[VERDICT], "not-run") == 0 ? "not run" : rows.cell[VERDICT],
                rows.cell[CASES], one ? "" : "s");
        ver_html_put(report->out, rows.cell[REASON]);
        fputs("</summary><p class=\"command\">", report->out);
        ver_html_put(report->out, rows.cell[NAMES]);
        fputs(strtoul(rows.cell[CASES], NULL, 10) > 24 ? " ...</p></details>\n"
                                                       : "</p></details>\n",
              report->out);
    }
    return report_end_rows(report, &rows, got);
}

int report_put_cases(struct report *report)
{
    enum { VERDICT, DISTANCE, OFF, ANCHOR, NAME, QUANTITY, LOOK, FAMILY, CELLS };
    static const char *const title[] = {
        "", "distance,<br>bounds", "relative<br>error", "case", "quantity", "looks like", NULL};
    struct table rows;
    int got;
    report_ask(report, &rows, "page cases");
    report_put_table_start(report->out, title);
    while ((got = table_next(&rows)) > 0) {
        bool pass = strcmp(rows.cell[VERDICT], "pass") == 0;
        bool open = strcmp(rows.cell[VERDICT], "undecided") == 0;
        fputs("<tr data-family=\"", report->out);
        ver_html_put(report->out, rows.cell[FAMILY]);
        fprintf(report->out, "\" data-cells=\"%s\">", rows.cell[CELLS]);
        fprintf(report->out, "<td class=\"%s\" title=\"%s\">%s</td>",
                pass   ? "good"
                : open ? "open"
                       : "bad",
                rows.cell[VERDICT],
                pass   ? "✓"
                : open ? "?"
                       : "✗");
        report_put_cell(report->out, pass || open ? NULL : "bad", rows.cell[DISTANCE]);
        report_put_cell(report->out, NULL, rows.cell[OFF]);
        if (pass) {
            fputs("<td><code>", report->out);
            ver_html_put(report->out, rows.cell[NAME]);
            fputs("</code></td>", report->out);
        } else {
            put_link(report->out, rows.cell[ANCHOR], rows.cell[NAME]);
        }
        report_put_cell(report->out, NULL, rows.cell[QUANTITY]);
        report_put_cell(report->out, "text", strcmp(rows.cell[LOOK], "-") ? rows.cell[LOOK] : "");
        fputs("</tr>\n", report->out);
    }
    report_put_table_end(report->out);
    return report_end_rows(report, &rows, got);
}
