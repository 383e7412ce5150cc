/* SPDX-License-Identifier: MIT */
/* report_failure.c: what did not pass, case by case: the numbers that are wrong, what they look
 * like, a picture, and the commands that show it again, explain it and make it small. */
#include "verify/options/options.h"
#include "verify/exec/program.h"
#include "verify/report/report.h"
#include "verify/base/word.h"

#include <stdlib.h>
#include <string.h>

enum { OPEN = 4, SHOWN = 300 }; /* cases in full; cases that have a section; the rest is counted */

/* Columns of failures.tsv. */
enum {
    CASE = 1,
    VERDICT,
    REASON,
    QUANTITY,
    INDEX,
    GOT,
    WANT,
    DISTANCE,
    ENGINE,
    HINT,
    RELATIVE,
    ALSO,
    ANCHOR,
    WORST,
    COLUMNS
};

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

/* The line that is left of it when it is closed. */
static void put_summary(struct report *report, char *const *cell)
{
    bool open = strcmp(cell[VERDICT], "undecided") == 0;
    fprintf(report->out, "<summary><span class=\"%s\">%s</span> ", open ? "open" : "bad",
            cell[VERDICT]);
    if (strcmp(cell[QUANTITY], "-") != 0)
        fprintf(report->out, "<b>%s</b> bounds ", cell[WORST]);
    fputs("<code>", report->out);
    ver_html_put(report->out, cell[CASE]);
    fputs("</code> ", report->out);
    ver_html_put(report->out, strcmp(cell[HINT], "-") != 0 ? cell[HINT] : cell[REASON]);
    fputs("</summary>\n", report->out);
}

static void put_head(struct report *report, char *const *cell, bool open)
{
    static const char *const title[] = {
        "quantity", "distance,<br>bounds", "relative<br>error", "got", "want", "where", NULL};
    fprintf(report->out, "<details class=\"case\" id=\"%s\"%s>\n", cell[ANCHOR],
            open ? " open" : "");
    put_summary(report, cell);
    if (strcmp(cell[HINT], "-") != 0 && strcmp(cell[REASON], "-") != 0) {
        fputs("<p>", report->out);
        ver_html_put(report->out, cell[REASON]);
        fputs("</p>\n", report->out);
    }
    if (strcmp(cell[QUANTITY], "-") != 0)
        report_put_table_start(report->out, title);
}

static void put_numbers(struct report *report, char *const *cell)
{
    if (strcmp(cell[QUANTITY], "-") == 0)
        return;
    fputs("<tr><td>", report->out);
    ver_html_put(report->out, cell[QUANTITY]);
    if (report->totals->engines > 1 || strcmp(cell[ENGINE], "reference") == 0) {
        fputs(" <small>by ", report->out);
        ver_html_put(report->out, cell[ENGINE]);
        fputs("</small>", report->out);
    }
    if (strcmp(cell[ALSO], "-") != 0) {
        fputs("<br><small>", report->out);
        ver_html_put(report->out, cell[ALSO]);
        fputs("</small>", report->out);
    }
    fputs("</td>", report->out);
    report_put_cell(report->out, "bad", cell[DISTANCE]);
    report_put_cell(report->out, NULL, strcmp(cell[RELATIVE], "nan") ? cell[RELATIVE] : "-");
    report_put_number(report->out, NULL, cell[GOT]);
    report_put_number(report->out, NULL, cell[WANT]);
    report_put_cell(report->out, NULL, cell[INDEX]);
    fputs("</tr>\n", report->out);
}

static void put_picture(struct report *report, int number)
{
    char name[32];
    bool asked = number < REPORT_DRAWN;
    snprintf(name, sizeof name, "failure-%d", number);
    fputs("<figure><div class=\"wide\">", report->out);
    if (!asked || report_inline(report->out, report->directory, name) != 0)
        fprintf(report->out,
                "<p class=\"command\">No picture: %s; <code>evident plot</code> draws it.</p>\n",
                asked ? "the case is large, or drawing it failed"
                      : "only the first failures are drawn");
    fputs("</div></figure>\n", report->out);
}

/* ---- all of them ---- */

struct shown {
    char anchor[1024], verdict[16];
    char *head[COLUMNS]; /* what its commands are made of */
    size_t cases;
    int drawn;
};

static void keep(struct shown *shown, char *const *cell)
{
    for (size_t k = 0; k < COLUMNS; k++) {
        free(shown->head[k]);
        shown->head[k] = cell ? strdup(cell[k]) : NULL;
    }
}

static void put_end(struct report *report, struct shown *shown)
{
    if (shown->cases == 0 || shown->cases > SHOWN || !shown->head[ENGINE])
        return;
    if (strcmp(shown->head[QUANTITY], "-") != 0)
        report_put_table_end(report->out);
    put_commands(report, shown->head);
    if (strcmp(shown->head[VERDICT], "fail") == 0)
        put_picture(report, shown->drawn++);
    fputs("</details>\n", report->out);
}

static void put_case_row(struct report *report, struct shown *shown, char *const *cell)
{
    bool fresh = shown->cases == 0 || strcmp(shown->anchor, cell[ANCHOR]) != 0;
    if (fresh) {
        put_end(report, shown);
        snprintf(shown->anchor, sizeof shown->anchor, "%s", cell[ANCHOR]);
        keep(shown, cell);
        shown->cases++;
    }
    if (shown->cases > SHOWN)
        return;
    if (fresh)
        put_head(report, cell, shown->cases <= OPEN);
    put_numbers(report, cell);
}

int report_put_failures(struct report *report)
{
    struct table rows;
    static struct shown shown;
    int got;
    shown = (struct shown){.cases = 0};
    report_ask(report, &rows, "failures.tsv");
    while ((got = table_next(&rows)) > 0)
        if (strcmp(rows.cell[VERDICT], "not-run") != 0) /* by reason, in a line */
            put_case_row(report, &shown, rows.cell);
    put_end(report, &shown);
    keep(&shown, NULL);
    if (shown.cases > SHOWN)
        fprintf(report->out, "<p>%zu more are in <code>failures.tsv</code>.</p>\n",
                shown.cases - SHOWN);
    return report_end_rows(report, &rows, got);
}
