/* SPDX-License-Identifier: MIT */
/* training_table.h: the tables of a training. Private to verify/report/. */
#ifndef EVIDENT_VERIFY_TRAINING_TABLE_H
#define EVIDENT_VERIFY_TRAINING_TABLE_H

#include "verify/report/training_page.h"

/* All but verified.tsv, which the training itself writes. 0, or -1 and error. */
int training_tables(struct train *train, const struct training_result *result,
                    const struct training_choice *choice, const char *directory,
                    struct case_error *error);

#endif
