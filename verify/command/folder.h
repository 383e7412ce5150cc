/* SPDX-License-Identifier: MIT */
/* folder.h: cases as files, for programs that cannot be run here: DIR/NAME.json and DIR/index.tsv
 * with a line a case. Private to verify/. */
#ifndef EVIDENT_VERIFY_FOLDER_H
#define EVIDENT_VERIFY_FOLDER_H

#include "verify/verify.h"

/* Writes all cases into a folder that exists; ladder: those with a step at its halves, too, as
 * NAME@1, NAME@2, ... *written: files. 0, or -1 and error. */
int folder_write(const char *folder, const struct ver_sources *sources, bool ladder,
                 size_t *written, struct case_error *error);

/* Adds the cases of a folder, named as they are: count of these names, or all (0); rungs: those at
 * halves of a step, too. 0, or -1 and error. */
int folder_read(struct ver_sources *sources, const char *folder, const char *const *only,
                size_t count, bool rungs, struct case_error *error);

#endif
