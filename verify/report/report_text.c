/* SPDX-License-Identifier: MIT */
/* report_text.c: text and tables of the page. Every text from a table is escaped, since names of
 * cases come from users. */
#include "verify/base/word.h"
#include "verify/report/report.h"

#include <stdlib.h>
#include <string.h>

void report_put_cell(FILE *out, const char *kind, const char *text)
{
    fprintf(out, kind ? "<td class=\"%s\">" : "<td>", kind);
    ver_html_put(out, text);
    fputs("</td>", out);
}

void report_put_number(FILE *out, const char *kind, const char *text)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end || strlen(text) < 8) {
        report_put_cell(out, kind, text);
        return;
    }
    fprintf(out, "<td%s%s%s title=\"", kind ? " class=\"" : "", kind ? kind : "", kind ? "\"" : "");
    ver_html_put(out, text);
    fprintf(out, "\">%.6g</td>", number);
}

int report_put_shared(FILE *out, const char *name, struct case_error *error)
{
    char *text = report_read_shared(name, error);
    fputs(text ? text : "", out);
    free(text);
    return text ? 0 : -1;
}

void report_put_picture(FILE *out, const struct report_picture *picture)
{
    if (picture->inlined)
        fprintf(out, "<div class=\"wide\">%s</div>\n", picture->inlined);
    else
        fputs("<p>Nothing to draw in this run.</p>\n", out);
}

void report_put_table_start(FILE *out, const char *const *title)
{
    fputs("<div class=\"wide\"><table>\n<thead><tr>", out);
    for (; *title; title++)
        fprintf(out, "<th>%s</th>", *title);
    fputs("</tr></thead>\n<tbody>\n", out);
}

void report_put_table_end(FILE *out)
{
    fputs("</tbody>\n</table></div>\n", out);
}

/* What a report writes as a file is kept. */
void report_ask(struct report *report, struct table *table, const char *query)
{
    if (strstr(query, ".tsv"))
        table_ask_kept(table, report->store, query);
    else
        table_ask(table, report->store, query, "i", report->run);
}

int report_end_rows(struct report *report, struct table *table, int got)
{
    table_end(table);
    if (got < 0)
        snprintf(report->error->text, sizeof report->error->text, "%s", store_error(report->store));
    return got < 0 ? -1 : 0;
}

int report_put_rows(struct report *report, const char *query, const char *const *title)
{
    struct table rows;
    size_t lines = 0;
    int got;
    report_ask(report, &rows, query);
    while ((got = table_next(&rows)) > 0) {
        if (lines++ == 0)
            report_put_table_start(report->out, title);
        fputs("<tr>", report->out);
        for (size_t k = 0; k < rows.columns && title[k]; k++)
            report_put_cell(report->out, NULL, rows.cell[k]);
        fputs("</tr>\n", report->out);
    }
    if (lines > 0)
        report_put_table_end(report->out);
    return report_end_rows(report, &rows, got) != 0 ? -1 : lines > 0;
}
