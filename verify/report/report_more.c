/* SPDX-License-Identifier: MIT */
/* report_more.c: what the page says beside the numbers: where the time went, the runs before this
 * one, the planted faults, and what the run was. */
#include "verify/base/word.h"
#include "verify/report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- time ---- */

int report_put_times(struct report *report)
{
    static const char *const title[] = {"who", "cases", "seconds", NULL};
    static const char *const slow[] = {"slowest cases", "seconds", NULL};
    fputs("<div class=\"pair words\">\n", report->out);
    bool kept = !report->store->temporary;
    int got = kept ? report_put_rows(report, "times.tsv", title) : 0;
    if (got >= 0 && kept && report_put_rows(report, "slowest.tsv", slow) < 0)
        got = -1;
    if (got == 0)
        fprintf(report->out, "<p>%s</p>\n",
                kept ? "This run was recorded without times."
                     : "Times are kept in a store: <code>evident verify ... --store FILE</code>.");
    fputs("</div>\n", report->out);
    return got < 0 ? -1 : 0;
}

int report_put_trend(struct report *report)
{
    static const char *const title[] = {
        "run",   "started", "commit",           "cases",   "pass", "fail",
        "other", "seconds", "worst,<br>bounds", "program", NULL};
    int got = report->store->temporary ? 0 : report_put_rows(report, "trend.tsv", title);
    if (got == 0)
        fputs("<p>No complete run of this suite with these options is recorded.</p>\n",
              report->out);
    return got < 0 ? -1 : 0;
}

/* ---- planted faults ---- */

/* Cuts a line at its tabs; at most so many. */
static size_t cut(char *line, char **cell, size_t most)
{
    size_t cells = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; at && cells < most;) {
        char *tab = strchr(at, '\t');
        if (tab)
            *tab++ = '\0';
        cell[cells++] = at;
        at = tab;
    }
    return cells;
}

/* A line is: fault, name, where, a count a kind, kinds, verdict. */
static void put_kill(FILE *out, char **cell, size_t cells)
{
    fputs("<tr>", out);
    for (size_t k = 0; k < cells; k++) {
        bool count = k > 2 && k + 2 < cells, last = k + 1 == cells;
        if (!count)
            report_put_cell(out, last && strcmp(cell[k], "caught") != 0 ? "bad" : NULL, cell[k]);
        else if (strcmp(cell[k], "0") == 0)
            fputs("<td></td>", out);
        else
            fprintf(out, "<td class=\"h3\" title=\"%ld\">●</td>", atol(cell[k]));
    }
    fputs("</tr>\n", out);
}

static void put_matrix(FILE *out, FILE *table)
{
    enum { MOST = 40 };
    char *line = NULL, *cell[MOST];
    size_t room = 0, faults = 0, caught = 0;
    bool head = true;
    char *body = NULL;
    size_t size = 0;
    FILE *rows = open_memstream(&body, &size);
    while (rows && getline(&line, &room, table) > 0) {
        size_t cells = cut(line, cell, MOST);
        if (head) {
            fputs("<div class=\"wide\"><table class=\"heat kills\">\n<thead><tr>", rows);
            for (size_t k = 0; k < cells; k++) {
                fputs("<th scope=\"col\"><span>", rows);
                ver_html_put(rows, cell[k]);
                fputs("</span></th>", rows);
            }
            fputs("</tr></thead>\n<tbody>\n", rows);
        } else if (cells > 4) {
            faults++;
            caught += strcmp(cell[cells - 1], "caught") == 0;
            put_kill(rows, cell, cells);
        }
        head = false;
    }
    if (rows)
        fclose(rows);
    fprintf(out,
            "<p>%zu faults were planted, one at a time; %zu were caught by at least two kinds "
            "of check, %zu were not.</p>\n<details><summary>The kill matrix</summary>\n",
            faults, caught, faults - caught);
    fputs(body ? body : "", out);
    report_put_table_end(out);
    fputs("</details>\n", out);
    free(body);
    free(line);
}

int report_put_kills(struct report *report)
{
    char path[1240];
    snprintf(path, sizeof path, "%s/kills.tsv", report->directory);
    char *measured = case_shared_path("./reports/measured/kills.tsv", "reports/kills.tsv", NULL);
    bool own = access(path, R_OK) == 0;
    FILE *table = own ? fopen(path, "r") : measured ? fopen(measured, "r") : NULL;
    if (table) {
        put_matrix(report->out, table);
        fprintf(report->out,
                "<p class=\"command\">From <code>%s</code>; made by <code>make "
                "faults</code>.</p>\n",
                own ? "kills.tsv" : "reports/measured/kills.tsv");
        fclose(table);
    } else {
        fputs("<p><code>make faults</code> plants them, one at a time, and says here which kinds "
              "of check catch each.</p>\n",
              report->out);
    }
    free(measured);
    return 0;
}

/* ---- what the run was ---- */

int report_put_about(struct report *report)
{
    static const char *const title[] = {"", "", NULL};
    return !report->store->temporary && report_put_rows(report, "facts.tsv", title) < 0 ? -1 : 0;
}
