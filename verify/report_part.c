/* report_part.c: the parts of the page: totals, tables, findings, pictures. Every text from a table
 * is escaped, since names of cases come from users. */
#include "verify/report.h"

#include <stdlib.h>
#include <string.h>

enum { LISTED = 50 }; /* findings of a kind on a page; the tables have all */

/* ---- putting text ---- */

static void put_text(FILE *out, const char *text)
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

static void put_cell(FILE *out, const char *kind, const char *text)
{
    fprintf(out, kind ? "<td class=\"%s\">" : "<td>", kind);
    put_text(out, text);
    fputs("</td>", out);
}

/* A table with a row of titles; titles end with NULL. */
static void put_table_start(FILE *out, const char *const *title)
{
    fputs("<div class=\"wide\"><table>\n<thead><tr>", out);
    for (; *title; title++)
        fprintf(out, "<th>%s</th>", *title);
    fputs("</tr></thead>\n<tbody>\n", out);
}

static void put_table_end(FILE *out)
{
    fputs("</tbody>\n</table></div>\n", out);
}

/* ---- what stands at the top ---- */

static unsigned long long unsettled(const struct report *report)
{
    return report->verdict[VER_UNDECIDED] + report->verdict[VER_NOT_RUN];
}

static unsigned long long wrong(const struct report *report)
{
    return report->verdict[VER_FAIL] + report->verdict[VER_ERROR];
}

static int put_tone(struct report *report)
{
    bool clean = report->verdict[VER_PASS] == report->cases && report->cases > 0;
    fputs(wrong(report) ? "fail" : clean ? "pass" : "open", report->out);
    return 0;
}

static int put_verdict(struct report *report)
{
    if (report->cases == 0)
        fputs("nothing was run", report->out);
    else if (wrong(report))
        fprintf(report->out, "%llu of %llu cases fail", wrong(report), report->cases);
    else if (unsettled(report))
        fprintf(report->out, "%llu of %llu cases pass, none fails", report->verdict[VER_PASS],
                report->cases);
    else
        fprintf(report->out, "all %llu cases pass", report->cases);
    return 0;
}

static int put_evidence(struct report *report)
{
    fprintf(report->out, "%llu numbers were compared.", report->comparisons);
    if (unsettled(report))
        fprintf(report->out, " %llu undecided, %llu not run: no claim is made about these.",
                report->verdict[VER_UNDECIDED], report->verdict[VER_NOT_RUN]);
    return 0;
}

static int put_totals(struct report *report)
{
    static const char *const title[VER_VERDICTS] = {"pass", "fail", "undecided", "not run",
                                                    "error"};
    static const char *const kind[VER_VERDICTS] = {"", "bad", "open", "open", "bad"};
    fprintf(report->out, "<dl class=\"totals\">\n<div><dt>cases</dt><dd>%llu</dd></div>\n",
            report->cases);
    for (int v = 0; v < VER_VERDICTS; v++)
        fprintf(report->out, "<div class=\"%s\"><dt>%s</dt><dd>%llu</dd></div>\n",
                report->verdict[v] ? kind[v] : "", title[v], report->verdict[v]);
    fprintf(report->out, "<div><dt>comparisons</dt><dd>%llu</dd></div>\n</dl>\n",
            report->comparisons);
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
    struct report_rows rows;
    int found =
        report_rows_open(&rows, report->directory, "families.tsv", REPORT_FAMILIES, report->error);
    put_table_start(report->out, title);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        fputs("<tr>", report->out);
        for (int k = 0; k < (int)rows.columns; k++) {
            bool zero = strcmp(rows.cell[k], "0") == 0, nan = strstr(rows.cell[k], "nan") != NULL;
            int verdict = k - REPORT_VERDICT_COLUMN;
            bool bad = verdict == VER_FAIL || verdict == VER_ERROR;
            bool open = verdict == VER_UNDECIDED || verdict == VER_NOT_RUN;
            put_cell(report->out,
                     (zero && k > REPORT_CASES_COLUMN) || nan ? "none"
                     : bad                                    ? "bad"
                     : open                                   ? "open"
                                                              : NULL,
                     nan ? "-" : rows.cell[k]);
        }
        fputs("</tr>\n", report->out);
        found = 0;
    }
    put_table_end(report->out);
    report_rows_close(&rows);
    return found;
}

/* Rows of a table whose verdict is one of those in verdicts ("fail", or "error undecided"), so many
 * columns as there are titles, column[k] below title[k]. The first LISTED of them. */
static int put_findings_of(struct report *report, const char *name, const char *heading,
                           int verdict_column, const char *verdicts, const char *const *title,
                           const int *column)
{
    struct report_rows rows;
    unsigned long long findings = 0;
    int found = report_rows_open(&rows, report->directory, name, heading, report->error);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        found = 0;
        if (!strstr(verdicts, rows.cell[verdict_column]) || findings++ >= LISTED)
            continue;
        if (findings == 1)
            put_table_start(report->out, title);
        const char *tone = strstr("undecided not-run", rows.cell[verdict_column]) ? "open" : "bad";
        fputs("<tr>", report->out);
        for (int k = 0; title[k]; k++)
            put_cell(report->out, column[k] == verdict_column ? tone : NULL, rows.cell[column[k]]);
        fputs("</tr>\n", report->out);
    }
    if (findings > 0)
        put_table_end(report->out);
    if (findings > LISTED)
        fprintf(report->out, "<p>%llu more are in <code>%s</code>.</p>\n", findings - LISTED, name);
    report_rows_close(&rows);
    return found;
}

static int put_findings(struct report *report)
{
    static const char *const check[] = {"case", "quantity", "index",  "want",
                                        "got",  "distance", "engine", NULL};
    static const char *const unfinished[] = {"case", "verdict", NULL};
    static const int check_column[] = {1, 2, 3, 9, 10, 11, 13}, unfinished_column[] = {1, 2};
    int found = 0;
    if (report->verdict[VER_FAIL] > 0) {
        fputs("<h2>What fails</h2>\n<p>Distance is in units of the bound of the comparison; at "
              "most 1 passes. To see a case again: <code>evident verify CASE</code>.</p>\n",
              report->out);
        found =
            put_findings_of(report, "checks.tsv", REPORT_CHECKS, 12, "fail", check, check_column);
    }
    if (found == 0 && unsettled(report) + report->verdict[VER_ERROR] > 0) {
        fputs("<h2>What was not settled</h2>\n<p><code>evident verify CASE</code> gives the "
              "reason.</p>\n",
              report->out);
        found = put_findings_of(report, "cases.tsv", REPORT_CASES, 2, "error undecided not-run",
                                unfinished, unfinished_column);
    }
    return found;
}

static int put_summary(struct report *report)
{
    struct report_rows rows;
    int found =
        report_rows_open(&rows, report->directory, "summary.tsv", "key\tvalue", report->error);
    fputs("<div class=\"wide\"><table>\n<tbody>\n", report->out);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        fputs("<tr>", report->out);
        put_cell(report->out, NULL, rows.cell[0]);
        put_cell(report->out, NULL, rows.cell[1]);
        fputs("</tr>\n", report->out);
        found = 0;
    }
    put_table_end(report->out);
    report_rows_close(&rows);
    return found;
}

static int put_command(struct report *report)
{
    struct report_rows rows;
    int found =
        report_rows_open(&rows, report->directory, "summary.tsv", "key\tvalue", report->error);
    fputs("evident verify ", report->out);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        if (strcmp(rows.cell[0], "sources") == 0 || strcmp(rows.cell[0], "engines") == 0)
            put_text(report->out, rows.cell[1]);
        found = 0;
    }
    fputs(" --report ", report->out);
    put_text(report->out, report->directory);
    report_rows_close(&rows);
    return found;
}

static int put_directory(struct report *report)
{
    put_text(report->out, report->directory);
    return 0;
}

static int put_style(struct report *report)
{
    fputs(report->style, report->out);
    return 0;
}

/* ---- all of them ---- */

int report_put_part(struct report *report, const char *name)
{
    static const struct {
        const char *name;
        int (*put)(struct report *report);
    } part[] = {{"style", put_style},           {"tone", put_tone},
                {"verdict", put_verdict},       {"evidence", put_evidence},
                {"totals", put_totals},         {"families", put_families},
                {"findings", put_findings},     {"summary", put_summary},
                {"command", put_command},       {"directory", put_directory},
                {"engines", report_put_engines}};
    for (size_t k = 0; k < sizeof part / sizeof *part; k++)
        if (strcmp(name, part[k].name) == 0)
            return part[k].put(report);
    for (size_t k = 0; k < sizeof report->picture / sizeof *report->picture; k++)
        if (strncmp(name, "picture ", 8) == 0 && strcmp(name + 8, report->picture[k].name) == 0) {
            const char *svg = report->picture[k].inlined;
            fputs(svg ? "<div class=\"wide\">" : "<p>Nothing to draw in this run.</p>\n",
                  report->out);
            fputs(svg ? svg : "", report->out);
            fputs(svg ? "</div>\n" : "", report->out);
            return 0;
        }
    snprintf(report->error->text, sizeof report->error->text,
             "page.html: unknown part 'evident:%s'", name);
    return -1;
}
