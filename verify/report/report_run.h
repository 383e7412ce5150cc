/* report_run.h: from judgements to a page: tables, pictures of what fails, the page itself. Private
 * to the commands that write one. */
#ifndef EVIDENT_VERIFY_REPORT_RUN_H
#define EVIDENT_VERIFY_REPORT_RUN_H

#include "verify/store/store.h"
#include "verify/verify.h"

struct report_run {
    const char *directory; /* that exists */
    const struct ver_judgement *judgement;
    const struct ver_totals *totals;
    struct ver_run_facts facts;
    struct store *store; /* where it was recorded; NULL: it was not */
    int64_t run;
};

/* All of it. 0, or -1 and error. */
int report_run(const struct report_run *run, struct case_error *error);

/* ---- report_history.c ---- */

/* facts.tsv, times.tsv, slowest.tsv and trend.tsv of a run. 0, or -1 and error. */
int report_history(struct store *store, int64_t run, const char *directory,
                   struct case_error *error);

#endif
