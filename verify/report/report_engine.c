/* SPDX-License-Identifier: MIT */
/* report_engine.c: what the page says of engines: a table, a line a family and engine. */
#include "verify/report/report.h"

#include <string.h>

/* Columns of engine_families.tsv that are shown, and their titles. */
static const struct {
    int column;
    const char *title;
} shown[] = {
    {0, "family"},
    {1, "engine"},
    {2, "cases"},
    {3, "ran"},
    {4, "inex-<br>pressible"},
    {5, "too<br>large"},
    {6, "no<br>device"},
    {7, "failed"},
    {33, "not<br>judged"},
    {8, "same<br>bits"},
    {10, "V"},
    {16, "λ<sub>V</sub>"},
    {23, "weights,<br>median"},
    {24, "weights"},
    {30, "tau_syn"},
    {31, "order,<br>spikes"},
    {32, "order,<br>weights"},
};
enum { SHOWN = sizeof shown / sizeof *shown, FAILED = 7, SAME = 8, FIRST_RATIO = 10 };

static bool is_nothing(const char *text)
{
    return strcmp(text, "0") == 0 || strstr(text, "nan");
}

static void put_row(FILE *out, const struct table *rows, const bool *used)
{
    fputs("<tr>", out);
    for (int k = 0; k < SHOWN; k++) {
        if (!used[k])
            continue;
        const char *text = rows->cell[shown[k].column];
        bool nothing = is_nothing(text);
        bool bad = shown[k].column == FAILED && !nothing;
        report_put_cell(out,
                        bad       ? "bad"
                        : nothing ? "none"
                                  : NULL,
                        strstr(text, "nan") ? "-" : text);
    }
    fputs("</tr>\n", out);
}

/* Columns that say something in some row: most runs have no device and no failed engine. */
static int find_used(struct report *report, bool *used)
{
    struct table rows;
    int got;
    report_ask(report, &rows, "engine_families.tsv");
    while ((got = table_next(&rows)) > 0) {
        for (int k = 0; k < SHOWN; k++)
            used[k] = used[k] || !is_nothing(rows.cell[shown[k].column]);
    }
    return report_end_rows(report, &rows, got);
}

int report_put_engines(struct report *report)
{
    bool used[SHOWN] = {false};
    if (find_used(report, used) != 0)
        return -1;
    struct table rows;
    int got;
    report_ask(report, &rows, "engine_families.tsv");
    size_t lines = 0;
    while ((got = table_next(&rows)) > 0) {
        if (lines++ == 0) {
            fputs("<div class=\"wide\"><table>\n<thead><tr>", report->out);
            for (int k = 0; k < SHOWN; k++)
                fprintf(report->out, used[k] ? "<th>%s</th>" : "", shown[k].title);
            fputs("</tr></thead>\n<tbody>\n", report->out);
        }
        put_row(report->out, &rows, used);
    }
    fputs(lines > 0 ? "</tbody>\n</table></div>\n" : "<p>No engine was judged in this run.</p>\n",
          report->out);
    return report_end_rows(report, &rows, got);
}
