/* SPDX-License-Identifier: MIT */
/* training_page.h: the page of a training. Private to verify/. */
#ifndef EVIDENT_VERIFY_TRAINING_PAGE_H
#define EVIDENT_VERIFY_TRAINING_PAGE_H

#include "gpu/train/train.h"

/* How well the chosen weights do on a set that was not learned from. */
struct training_result {
    enum train_set set; /* TRAIN_TEST, else TRAIN_VALIDATE, else TRAIN_LEARN */
    struct train_score score;
    double low, high;  /* 95 % interval of the accuracy */
    size_t *confusion; /* [classes][classes], or NULL */
};

/* Writes log.tsv, confusion.tsv, raster.tsv and weights.tsv into a folder, draws them and
 * verified.tsv, where that is there, and writes index.html. The engine holds the chosen weights.
 * 0, or -1 and error. */
int training_page(struct train *train, const struct training_result *result, const char *directory,
                  const char *command, struct case_error *error);

#endif
