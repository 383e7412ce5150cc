/* report.h: what the files that write the report share. Private to verify/. */
#ifndef EVIDENT_VERIFY_REPORT_H
#define EVIDENT_VERIFY_REPORT_H

#include "verify/verify.h"

/* ---- tables, read one row at a time ---- */

enum { REPORT_COLUMNS = 40 };

struct report_rows {
    FILE *stream;
    char path[1200];
    size_t columns, number; /* of the current line */
    char *line;
    size_t room;
    char *cell[REPORT_COLUMNS]; /* of the current row, in the order of the heading */
};

/* Opens DIRECTORY/NAME, whose first line must be heading. 0, or -1 and error; close in any case. */
int report_rows_open(struct report_rows *rows, const char *directory, const char *name,
                     const char *heading, struct case_error *error);

/* 1: a row was read; 0: there are no more; -1 and error: a row without all its cells. */
int report_rows_next(struct report_rows *rows, struct case_error *error);
void report_rows_close(struct report_rows *rows);

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

/* ---- the page ---- */

/* First lines of the tables with more than a few columns. */
#define REPORT_CHECKS                                                                              \
    "family\tcase\tquantity\tindex\tclass\tdigits\torder\tstep\tprecision\tvalue\treference\t"     \
    "distance\tverdict\tengine\tkind\trows\tnumbers"
#define REPORT_AGREEMENT "group\tdigits\tcomparisons\tshare"
#define REPORT_CASES                                                                               \
    "family\tcase\tverdict\tneurons\tparameters\tspikes\tprecision\tgrazing\tslope\tcoincidence\t" \
    "end\tgradient_norm\tcondition\tdigits"
#define REPORT_FAMILIES                                                                            \
    "family\tcases\tpass\tfail\tundecided\tnot_run\terror\tcomparisons\tdigits_minimum\t"          \
    "digits_median\torder_median"

/* Of engines: */
#define REPORT_ENGINES "family\tcase\tengine\tstate\ttraced\tsame\tdecisions\tnear\tdigest\treason"
#define REPORT_RATIOS "engine\tquantity\tlog2_at_most\tcount\tlargest"
#define REPORT_LADDER "family\tcase\trung\tstep\tagrees\tspikes\tweights\tdelays\ttau_mem\ttau_syn"
#define REPORT_ORDERS                                                                              \
    "family\tcase\trungs\tspikes\tweights\tdelays\ttau_mem\ttau_syn\tlimit\treason"
#define REPORT_CONVERGENCE "quantity\tlog2_step\tlog2_error\tcases"
#define REPORT_ENGINE_FAMILIES                                                                     \
    "family\tengine\tcases\tran\tinexpressible\tlarge\tabsent\tfailed\tsame\t"                     \
    "V_median\tV_largest\tI_median\tI_largest\tslope_median\tslope_largest\t"                      \
    "lambda_V_median\tlambda_V_largest\tlambda_I_median\tlambda_I_largest\t"                       \
    "sample_loss_median\tsample_loss_largest\tloss_median\tloss_largest\t"                         \
    "weights_median\tweights_largest\tdelays_median\tdelays_largest\t"                             \
    "tau_mem_median\ttau_mem_largest\ttau_syn_median\ttau_syn_largest\t"                           \
    "order_spikes\torder_weights\tunjudged"

/* Only for the page: */
#define REPORT_HEAT "family\tengine\tkind\tnumbers\tdiffer\texcluded\tlargest"
#define REPORT_COUNTS "log2_step\tladders\tspikes\tmissing\textra"
#define REPORT_POINTS "picture\tgroup\tx\ty"
#define REPORT_FAILURES                                                                            \
    "family\tcase\tverdict\treason\tquantity\tindex\tgot\twant\tdistance\tengine\thint"

/* From a store, where the run was recorded: */
#define REPORT_TIMES "engine\tcases\tseconds"
#define REPORT_SLOWEST "case\tseconds"
#define REPORT_TREND "run\tstarted\tcommit\tcases\tpass\tfail\tother\tseconds\tlargest\tprogram"
#define REPORT_FACTS "key\tvalue"

/* Columns of families.tsv; the verdicts follow one another in the order of enum ver_verdict. */
enum { REPORT_CASES_COLUMN = 1, REPORT_VERDICT_COLUMN = 2, REPORT_COMPARISONS_COLUMN = 7 };
enum { REPORT_PICTURES = 9 };

struct report {
    const char *directory;
    char *style;
    struct report_picture picture[REPORT_PICTURES];
    unsigned long long cases, verdict[VER_VERDICTS], comparisons;
    char sources[1024], options[1024]; /* as on the command line */
    struct case_error *error;
    FILE *out;
};

/* Puts what replaces <!-- evident:NAME --> in page.html. 0, or -1 and error. */
int report_put_part(struct report *report, const char *name);

/* ---- report_text.c: putting text ---- */

void report_put_text(FILE *out, const char *text); /* escaped: names come from users */
void report_put_cell(FILE *out, const char *kind, const char *text); /* kind: its class, or NULL */
void report_put_table_start(FILE *out, const char *const *title);    /* titles end with NULL */
void report_put_table_end(FILE *out);

/* A table as it is, if DIRECTORY/NAME exists; column k under title[k]; titles end with NULL. 1, 0
 * if there is no such table or no row, or -1 and error. */
int report_put_rows(struct report *report, const char *name, const char *heading,
                    const char *const *title);

/* ---- parts of the page, each 0, or -1 and error ---- */

int report_put_heat(struct report *report);
int report_put_failures(struct report *report);
int report_put_times(struct report *report);
int report_put_trend(struct report *report);
int report_put_kills(struct report *report);
int report_put_about(struct report *report);

/* ---- report_engine.c ---- */

/* The table of engines by family, or a sentence where none was judged. 0, or -1 and error. */
int report_put_engines(struct report *report);

/* ---- texts ---- */

/* The whole of a file as one string, to be freed; NULL and error. */
char *report_read(const char *path, struct case_error *error);

/* The whole of reports/NAME, from the source tree or where it was installed. */
char *report_read_shared(const char *name, struct case_error *error);

#endif
