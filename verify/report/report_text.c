/* report_text.c: text and tables of the page. Every text from a table is escaped, since names of
 * cases come from users. */
#include "verify/report/report.h"

#include <string.h>
#include <unistd.h>

void report_put_text(FILE *out, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (; *text; text++) {
        const char *found = strchr(special, *text);
        if (found)
            fputs(entity[found - special], out);
        else
            fputc(*text, out);
    }
}

void report_put_cell(FILE *out, const char *kind, const char *text)
{
    fprintf(out, kind ? "<td class=\"%s\">" : "<td>", kind);
    report_put_text(out, text);
    fputs("</td>", out);
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

int report_put_rows(struct report *report, const char *name, const char *heading,
                    const char *const *title)
{
    struct report_rows rows;
    char path[1240];
    size_t lines = 0;
    snprintf(path, sizeof path, "%s/%s", report->directory, name);
    if (access(path, F_OK) != 0)
        return 0;
    int found = report_rows_open(&rows, report->directory, name, heading, report->error);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        if (lines++ == 0)
            report_put_table_start(report->out, title);
        fputs("<tr>", report->out);
        for (size_t k = 0; k < rows.columns && title[k]; k++)
            report_put_cell(report->out, NULL, rows.cell[k]);
        fputs("</tr>\n", report->out);
        found = 0;
    }
    report_rows_close(&rows);
    if (lines > 0)
        report_put_table_end(report->out);
    return found < 0 ? -1 : lines > 0;
}
