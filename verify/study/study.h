/* SPDX-License-Identifier: MIT */
/* study.h: studies: what losses and their exact gradients do, as numbers that are tested. A study
 * is a file with a struct study and a row in the table of study.c. It writes tables, claims what
 * they show, and scripts of reports/ draw them. Private to verify/. */
#ifndef EVIDENT_VERIFY_STUDY_H
#define EVIDENT_VERIFY_STUDY_H

#include "cases/file.h"
#include "verify/base/progress.h"
#include "verify/study/study_line.h"

struct study_run {
    const char *directory; /* DIR/NAME, where everything goes */
    uint64_t seed;
    bool quick; /* a few cases, in seconds: the same claims */
    struct progress *progress;
    struct case_error *error;
    struct case_file claims;
    size_t claimed, broken;
};

enum { STUDY_PICTURES = 3 };

struct study {
    const char *name, *claim;            /* claim: one line */
    const char *picture[STUDY_PICTURES]; /* reports/NAME.gp each; NULL: no more */
    const char *reading[STUDY_PICTURES]; /* how to read it: two sentences */
    int (*run)(struct study_run *run);   /* 0, or -1 and run->error */
};

/* In the order of the table; NULL after the last, or of no such name. */
const struct study *study_at_place(size_t k);
const struct study *study_find(const char *name);

/* Runs a study into directory/NAME, which is made, with its pictures and a page, index.html.
 * 0, or -1 and error. *broken: claims that do not hold; *claimed: of so many. */
int study_execute(const struct study *study, const char *directory, uint64_t seed, bool quick,
                  size_t *claimed, size_t *broken, struct case_error *error);

/* ---- for the studies ---- */

/* Opens a table, NAME.tsv, with its first line. 0, or -1 and run->error. */
int study_open(struct study_run *run, struct case_file *file, const char *name,
               const char *heading);
/* Puts it in its place, or, if the study has failed, away. Returns failed, or -1 if that fails. */
int study_close(struct study_run *run, struct case_file *file, int failed);

/* A line of claim.tsv: it holds if lowest <= measured <= highest; no number does not. */
void study_claim(struct study_run *run, const char *claim, double measured, double lowest,
                 double highest);

/* The q-quantile of x[count] (sorted by this), interpolated; NaN of none. */
double study_quantile(double *x, size_t count, double q);

#endif
