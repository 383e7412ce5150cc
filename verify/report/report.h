/* SPDX-License-Identifier: MIT */
/* report.h: what the files that write the report share. Private to verify/. */
#ifndef EVIDENT_VERIFY_REPORT_H
#define EVIDENT_VERIFY_REPORT_H

#include "verify/store/table.h"

/* ---- pictures ---- */

struct report_picture {
    const char *name; /* reports/NAME.gp draws DIRECTORY/NAME.svg */
    const char *says; /* for those who hear a page */
    char *inlined; /* the SVG for a page with picture.css; NULL where there was nothing to draw */
};

/* Draws with gnuplot, writes DIRECTORY/NAME.svg, which carries its own style. 0, or -1 and error;
 * free inlined in any case. */
int report_draw(struct report_picture *picture, const char *directory, const char *style,
                struct case_error *error);

/* Runs a program with its output, both streams, in a file, for so many seconds at most (0: no
 * limit). Its exit status, or -1 and errno. */
int report_spawn(char *const argument[], const char *log, double seconds);

/* Puts DIRECTORY/NAME.svg, as report_draw wrote it, into a page. 0, or -1: there is none. */
int report_inline(FILE *out, const char *directory, const char *name);

/* Failing cases whose picture is shown: DIRECTORY/failure-K.svg, K from 0, in their order. */
enum { REPORT_DRAWN = 8, REPORT_DRAWING_SECONDS = 20 };

/* ---- pages ---- */

/* Puts what stands for <!-- evident:NAME --> in a page. 0, or -1 and error; 1: what follows is left
 * out, up to <!-- evident:end -->. */
typedef int report_put(void *context, FILE *out, const char *name);

/* Writes DIRECTORY/NAME after reports/TEMPLATE. 0, or -1 and error. */
int report_write(const char *directory, const char *name, const char *template, report_put *put,
                 void *context, struct case_error *error);

/* A file of reports/ as it is: page.css, the layout of every page; page.js. 0, or -1 and error. */
int report_put_shared(FILE *out, const char *name, struct case_error *error);

/* A picture in a page, or a sentence where there is none. */
void report_put_picture(FILE *out, const struct report_picture *picture);

/* ---- the page of a run ---- */

/* Columns of families.tsv; the verdicts follow one another in the order of enum ver_verdict. */
enum { REPORT_CASES_COLUMN = 1, REPORT_VERDICT_COLUMN = 2 };
enum { REPORT_PICTURES = 10 };

struct report {
    const char *directory;
    struct store *store;
    int64_t run;
    const struct ver_totals *totals;
    struct store_facts facts;
    char *style;
    struct report_picture picture[REPORT_PICTURES];
    struct case_error *error;
    FILE *out;
};

/* Puts what replaces <!-- evident:NAME --> in page.html. 0, or -1 and error. */
int report_put_part(struct report *report, const char *name);

/* ---- report_text.c: putting text ---- */

void report_put_cell(FILE *out, const char *kind, const char *text); /* kind: its class, or NULL */

/* A number to six digits, all that there are where a pointer rests; any other text as it is. */
void report_put_number(FILE *out, const char *kind, const char *text);
void report_put_table_start(FILE *out, const char *const *title); /* titles end with NULL */
void report_put_table_end(FILE *out);

/* A table as it is, column k under title[k]; titles end with NULL. 1, 0 if it has no row, or -1 and
 * error. */
int report_put_rows(struct report *report, const char *query, const char *const *title);

/* Rows of a table of the run; -1 of table_next is put into error by report_end_rows, which returns
 * 0, or -1. */
void report_ask(struct report *report, struct table *table, const char *query);
int report_end_rows(struct report *report, struct table *table, int got);

/* ---- parts of the page, each 0, or -1 and error ---- */

/* report_judged.c: who was judged, and what came of it. Each of them is one line of HTML. */
int report_put_tone(struct report *report);
int report_put_who(struct report *report);
int report_put_verdict(struct report *report);
int report_put_evidence(struct report *report);
int report_put_where(struct report *report);
int report_put_totals(struct report *report);

/* report_failure.c: a section a case, its address the anchor. */
int report_put_failures(struct report *report);

/* report_case.c: readings, reasons, cases. */
int report_put_readings(struct report *report);
int report_put_unsettled(struct report *report);
int report_put_cases(struct report *report);

int report_put_times(struct report *report);
int report_put_trend(struct report *report);
int report_put_kills(struct report *report);
int report_put_about(struct report *report);

/* ---- report_engine.c ---- */

/* The table of engines by family, or a sentence where none was judged. 0, or -1 and error. */
int report_put_engines(struct report *report);

/* Writes all tables of a run. 0, or -1 and error. */
int report_tables(struct report *report, bool all_checks);

/* Draws the pictures of a run and writes its page. 0, or -1 and error. */
int report_page(struct report *report);

/* ---- texts ---- */

/* The whole of a file as one string, to be freed; NULL and error. */
char *report_read(const char *path, struct case_error *error);

/* The whole of reports/NAME, from the source tree or where it was installed. */
char *report_read_shared(const char *name, struct case_error *error);

#endif
