/* report.h: what the files that write the report share. Private to verify/. */
#ifndef EVIDENT_VERIFY_REPORT_H
#define EVIDENT_VERIFY_REPORT_H

#include "verify/verify.h"

/* ---- tables, read one row at a time: checks.tsv may be larger than memory likes ---- */

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

/* ---- the page ---- */

/* First lines of the tables with more than a few columns. */
#define REPORT_CHECKS                                                                              \
    "family\tcase\tquantity\tindex\tclass\tdigits\torder\tstep\tprecision\tvalue\treference\t"     \
    "distance\tverdict\tengine"
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
    "order_spikes\torder_weights"

/* Columns of families.tsv; the verdicts follow one another in the order of enum ver_verdict. */
enum { REPORT_CASES_COLUMN = 1, REPORT_VERDICT_COLUMN = 2, REPORT_COMPARISONS_COLUMN = 7 };
enum { REPORT_PICTURES = 7 };

struct report {
    const char *directory;
    char *style;
    struct report_picture picture[REPORT_PICTURES];
    unsigned long long cases, verdict[VER_VERDICTS], comparisons;
    struct case_error *error;
    FILE *out;
};

/* Writes DIRECTORY/agreement.tsv from checks.tsv. 0, or -1 and error. */
int report_count_agreement(const char *directory, struct case_error *error);

/* Puts what replaces <!-- evident:NAME --> in page.html. 0, or -1 and error. */
int report_put_part(struct report *report, const char *name);

/* ---- report_engine.c ---- */

/* The table of engines by family, or a sentence where none was judged. 0, or -1 and error. */
int report_put_engines(struct report *report);

/* ---- texts ---- */

/* The whole of a file as one string, to be freed; NULL and error. */
char *report_read(const char *path, struct case_error *error);

/* The whole of reports/NAME, from the source tree or where it was installed. */
char *report_read_shared(const char *name, struct case_error *error);

#endif
