/* SPDX-License-Identifier: MIT */
/* training_page.h: the page of a training. Private to verify/. */
#ifndef EVIDENT_VERIFY_TRAINING_PAGE_H
#define EVIDENT_VERIFY_TRAINING_PAGE_H

#include "verify/store/store_training.h"

/* Writes log.tsv, confusion.tsv, raster.tsv and weights.tsv into a folder, draws them and
 * verified.tsv, where that is there, and writes index.html. The engine holds the chosen weights.
 * 0, or -1 and error. */
int training_page(struct train *train, const struct training_result *result, const char *directory,
                  const char *command, struct case_error *error);

#endif
