/* report_failure.c: what did not pass, case by case: the numbers that are wrong, what they look
 * like, a picture, and the commands that show it again, explain it and make it small. */
#include "verify/command/options.h"
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
    report_put_text(out, quoted ? quoted : "");
    free(quoted);
}

/* The options of the run that the command takes, defaults left out; alone, a case deserves every
 * check, so --every is left out, too. */
static void put_options(FILE *out, const char *options, const char *command, bool engines)
{
    char *text = options_again(options, command, engines);
    report_put_text(out, text ? text : "");
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
    put_options(report->out, report->options, what, !engine);
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
    bool open = strstr("undecided not-run", cell[VERDICT]) != NULL;
    fprintf(report->out, "<article id=\"case-%zu\">\n<h3><span class=\"%s\">", number,
            open ? "open" : "bad");
    report_put_text(report->out, cell[VERDICT]);
    fputs("</span> ", report->out);
    report_put_text(report->out, cell[CASE]);
    fputs("</h3>\n<p>", report->out);
    report_put_text(report->out, cell[REASON]);
    if (strcmp(cell[HINT], "-") != 0) {
        fputs("<br><strong>", report->out);
        report_put_text(report->out, cell[HINT]);
        fputs("</strong>", report->out);
    }
    fputs("</p>\n", report->out);
    put_commands(report, cell);
    if (strcmp(cell[QUANTITY], "-") != 0) {
        static const char *const title[] = {"who",  "quantity",         "index", "got",
                                            "want", "distance, bounds", NULL};
        report_put_table_start(report->out, title);
    }
}

static void put_numbers(struct report *report, char *const *cell)
{
    static const int column[] = {ENGINE, QUANTITY, INDEX, GOT, WANT, DISTANCE};
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

/* ---- what they look like ---- */

enum { LOOKS = 8 };

struct looks {
    struct {
        char text[160];
        size_t cases;
    } at[LOOKS];
    size_t count, others, cases;
    char name[256];
};

/* A hint up to its details, a verdict without one. */
static void count_look(struct looks *looks, char *const *cell)
{
    const char *text = strcmp(cell[HINT], "-") != 0         ? cell[HINT]
                       : strcmp(cell[VERDICT], "fail") == 0 ? "fails, and nothing known looks so"
                                                            : cell[REASON];
    const char *details = strstr(text, " (");
    size_t length = details ? (size_t)(details - text) : strlen(text), k = 0;
    if (length >= sizeof looks->at[0].text)
        length = sizeof looks->at[0].text - 1;
    while (k < looks->count &&
           (strncmp(looks->at[k].text, text, length) != 0 || looks->at[k].text[length] != '\0'))
        k++;
    if (k == LOOKS) {
        looks->others++;
        return;
    }
    if (k == looks->count)
        memcpy(looks->at[looks->count++].text, text, length);
    looks->at[k].cases++;
}

static int put_looks(struct report *report)
{
    static const char *const title[] = {"what it looks like", "cases", NULL};
    struct report_rows rows;
    struct looks looks = {.count = 0};
    int found =
        report_rows_open(&rows, report->directory, "failures.tsv", REPORT_FAILURES, report->error);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        found = 0;
        if (looks.cases > 0 && strcmp(looks.name, rows.cell[CASE]) == 0)
            continue;
        snprintf(looks.name, sizeof looks.name, "%s", rows.cell[CASE]);
        looks.cases++;
        count_look(&looks, rows.cell);
    }
    report_rows_close(&rows);
    if (found < 0 || looks.cases < 2)
        return found;
    report_put_table_start(report->out, title);
    for (size_t k = 0; k < looks.count; k++) {
        fputs("<tr>", report->out);
        report_put_cell(report->out, NULL, looks.at[k].text);
        fprintf(report->out, "<td>%zu</td></tr>\n", looks.at[k].cases);
    }
    if (looks.others > 0)
        fprintf(report->out, "<tr><td>other</td><td>%zu</td></tr>\n", looks.others);
    report_put_table_end(report->out);
    return 0;
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
        report_put_text(report->out, cell[VERDICT]);
        fputs(" <code>", report->out);
        report_put_text(report->out, cell[CASE]);
        fputs("</code>: ", report->out);
        report_put_text(report->out, strcmp(cell[HINT], "-") != 0 ? cell[HINT] : cell[REASON]);
        fputs("</li>\n", report->out);
    }
}

int report_put_failures(struct report *report)
{
    struct report_rows rows;
    struct shown shown = {"", "", 0, false, 0};
    int found =
        report_rows_open(&rows, report->directory, "failures.tsv", REPORT_FAILURES, report->error);
    while (found == 0 && (found = report_rows_next(&rows, report->error)) == 1) {
        found = 0;
        if (shown.cases == 0) {
            fputs("<p>Distance is in units of the bound of the comparison; at most 1 passes.</p>\n",
                  report->out);
            found = put_looks(report);
        }
        put_case_row(report, &shown, rows.cell);
    }
    if (shown.cases == 0)
        fputs("<p>Every case passed.</p>\n", report->out);
    if (shown.cases > 0 && shown.cases <= SHOWN)
        put_end(report, shown.verdict, shown.table, &shown.drawn);
    if (shown.cases > SHOWN + LISTED)
        fprintf(report->out, "<li>%zu more are in <code>failures.tsv</code></li>\n",
                shown.cases - SHOWN - LISTED);
    if (shown.cases > SHOWN)
        fputs("</ul></details>\n", report->out);
    report_rows_close(&rows);
    return found;
}
