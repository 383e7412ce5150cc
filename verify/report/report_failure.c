/* SPDX-License-Identifier: MIT */
/* report_failure.c: what did not pass, case by case: the numbers that are wrong, what they look
 * like, a picture, and the commands that show it again, explain it and make it small. */
#include "verify/options/options.h"
#include "verify/exec/program.h"
#include "verify/report/report.h"
#include "verify/base/word.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20, LISTED = 200 }; /* cases in full; cases in a line; the rest is counted */

/* Columns of failures.tsv. */
enum { CASE = 1, VERDICT, REASON, QUANTITY, INDEX, GOT, WANT, DISTANCE, ENGINE, HINT };

/* ---- commands ---- */

static void put_quoted(FILE *out, const char *word)
{
    char *quoted = ver_word(word);
    ver_html_put(out, quoted ? quoted : "");
    free(quoted);
}

/* The options of the run that the command takes, defaults left out; alone, a case deserves every
 * check, so --every is left out, too. */
static void put_options(FILE *out, const char *options, const char *command, bool engines)
{
    char *text = options_again(options, command, engines);
    ver_html_put(out, text ? text : "");
    free(text);
}

static void put_command(struct report *report, const char *what, char *const *cell, bool engine)
{
    fprintf(report->out, "<code>evident %s ", what);
    put_quoted(report->out, cell[CASE]);
    if (engine) {
        fputs(" --engine ", report->out);
        put_quoted(report->out, cell[ENGINE]);
    }
    put_options(report->out, report->facts.options, what, !engine);
    fputs("</code>\n", report->out);
}

static void put_commands(struct report *report, char *const *cell)
{
    bool engine = strcmp(cell[ENGINE], "reference") != 0 &&
                  strncmp(cell[ENGINE], PROGRAM_ANSWERS, strlen(PROGRAM_ANSWERS)) != 0;
    fputs("<p class=\"command\">Again: ", report->out);
    put_command(report, "verify", cell, false);
    if (engine && strcmp(cell[VERDICT], "fail") == 0) {
        fputs("<br>Why: ", report->out);
        put_command(report, "explain", cell, true);
        fputs("<br>Smaller: ", report->out);
        put_command(report, "shrink", cell, true);
    }
    fputs("</p>\n", report->out);
}

/* ---- one case ---- */

static void put_head(struct report *report, char *const *cell, size_t number)
{
    bool open = strcmp(cell[VERDICT], "undecided") == 0 || strcmp(cell[VERDICT], "not-run") == 0;
    fprintf(report->out, "<article id=\"case-%zu\">\n<h3><span class=\"%s\">", number,
            open ? "open" : "bad");
    ver_html_put(report->out, cell[VERDICT]);
    fputs("</span> ", report->out);
    ver_html_put(report->out, cell[CASE]);
    fputs("</h3>\n<p>", report->out);
    ver_html_put(report->out, cell[REASON]);
    if (strcmp(cell[HINT], "-") != 0) {
        fputs("<br><strong>", report->out);
        ver_html_put(report->out, cell[HINT]);
        fputs("</strong>", report->out);
    }
    fputs("</p>\n", report->out);
    put_commands(report, cell);
    if (strcmp(cell[QUANTITY], "-") != 0) {
        static const char *const title[] = {"who", "quantity", "index", "distance, bounds",
                                            "got", "want",     NULL};
        report_put_table_start(report->out, title);
    }
}

static void put_numbers(struct report *report, char *const *cell)
{
    static const int column[] = {ENGINE, QUANTITY, INDEX, DISTANCE, GOT, WANT};
    if (strcmp(cell[QUANTITY], "-") == 0)
        return;
    fputs("<tr>", report->out);
    for (size_t k = 0; k < sizeof column / sizeof *column; k++)
        report_put_cell(report->out, column[k] == DISTANCE ? "bad" : NULL, cell[column[k]]);
    fputs("</tr>\n", report->out);
}

static void put_end(struct report *report, const char *verdict, bool table, int *drawn)
{
    char name[32];
    if (table)
        report_put_table_end(report->out);
    if (strcmp(verdict, "fail") == 0) {
        bool asked = *drawn < REPORT_DRAWN;
        snprintf(name, sizeof name, "failure-%d", (*drawn)++);
        fputs("<figure><div class=\"wide\">", report->out);
        if (!asked || report_inline(report->out, report->directory, name) != 0)
            fprintf(report->out,
                    "<p class=\"command\">No picture: %s; <code>evident plot</code> "
                    "draws it.</p>\n",
                    asked ? "the case is large, or drawing it failed"
                          : "only the first failures are drawn");
        fputs("</div></figure>\n", report->out);
    }
    fputs("</article>\n", report->out);
}

/* ---- all of them ---- */

struct shown {
    char name[256], verdict[16];
    size_t cases;
    bool table;
    int drawn;
};

static void put_case_row(struct report *report, struct shown *shown, char *const *cell)
{
    bool fresh = shown->cases == 0 || strcmp(shown->name, cell[CASE]) != 0;
    if (fresh && shown->cases > 0 && shown->cases <= SHOWN)
        put_end(report, shown->verdict, shown->table, &shown->drawn);
    if (fresh) {
        snprintf(shown->name, sizeof shown->name, "%s", cell[CASE]);
        snprintf(shown->verdict, sizeof shown->verdict, "%s", cell[VERDICT]);
        shown->table = strcmp(cell[QUANTITY], "-") != 0;
        shown->cases++;
        if (shown->cases == SHOWN + 1)
            fputs("<details><summary>More cases</summary>\n<ul>\n", report->out);
    }
    if (shown->cases <= SHOWN) {
        if (fresh)
            put_head(report, cell, shown->cases);
        put_numbers(report, cell);
    } else if (fresh && shown->cases <= SHOWN + LISTED) {
        fputs("<li>", report->out);
        ver_html_put(report->out, cell[VERDICT]);
        fputs(" <code>", report->out);
        ver_html_put(report->out, cell[CASE]);
        fputs("</code>: ", report->out);
        ver_html_put(report->out, strcmp(cell[HINT], "-") != 0 ? cell[HINT] : cell[REASON]);
        fputs("</li>\n", report->out);
    }
}

int report_put_failures(struct report *report)
{
    struct table rows;
    struct shown shown = {"", "", 0, false, 0};
    static const char *const looks[] = {"what it looks like", "cases", NULL};
    int got;
    fputs(report->totals->verdict[VER_PASS] == report->totals->cases
              ? "<p>Every case passed.</p>\n"
              : "<p>Distance is in units of the bound of the comparison; at most 1 passes.</p>\n",
          report->out);
    if (report_put_rows(report, "page looks", looks) < 0)
        return -1;
    report_ask(report, &rows, "failures.tsv");
    while ((got = table_next(&rows)) > 0)
        put_case_row(report, &shown, rows.cell);
    if (shown.cases > 0 && shown.cases <= SHOWN)
        put_end(report, shown.verdict, shown.table, &shown.drawn);
    if (shown.cases > SHOWN + LISTED)
        fprintf(report->out, "<li>%zu more are in <code>failures.tsv</code></li>\n",
                shown.cases - SHOWN - LISTED);
    if (shown.cases > SHOWN)
        fputs("</ul></details>\n", report->out);
    return report_end_rows(report, &rows, got);
}
