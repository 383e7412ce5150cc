/* SPDX-License-Identifier: MIT */
/* training_page.h: the page of a training. Private to verify/. */
#ifndef EVIDENT_VERIFY_TRAINING_PAGE_H
#define EVIDENT_VERIFY_TRAINING_PAGE_H

#include "verify/store/store_training.h"

/* How a configuration did on each group that was held out in turn. */
struct training_folds {
    char *name;
    size_t groups, epochs;
    uint32_t *group;  /* [groups] */
    size_t *held;     /* [groups] samples of it */
    double *accuracy; /* [groups][epochs] of 1 */
    double *mean;     /* [epochs] over groups */
    size_t best;      /* the epoch with the largest mean, of equal ones the first */
};

struct training_choice {
    struct training_folds *of; /* [configurations] */
    size_t configurations, chosen;
};

/* Writes log.tsv, confusion.tsv, raster.tsv and weights.tsv into a folder, draws them and
 * verified.tsv, where that is there, and writes index.html. The engine holds the chosen weights.
 * choice: how the training was chosen, for folds.tsv, or NULL. 0, or -1 and error. */
int training_page(struct train *train, const struct training_result *result, const char *directory,
                  const char *command, const struct training_choice *choice,
                  struct case_error *error);

#endif
