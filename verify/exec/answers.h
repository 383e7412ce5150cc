/* SPDX-License-Identifier: MIT */
/* answers.h: answers that a program wrote elsewhere, by the names of their cases. Private to
 * verify/. */
#ifndef EVIDENT_VERIFY_ANSWERS_H
#define EVIDENT_VERIFY_ANSWERS_H

#include "cases/cases.h"

#include <stdbool.h>

struct answers;

/* A file with one document a line, or a folder with one document a file, *.json. NULL and error: it
 * cannot be read, or two answers are to one case. A document that says no case is that of its
 * file's name. */
struct answers *answers_load(const char *path, struct case_error *error);
void answers_free(struct answers *answers);

bool answers_find(const struct answers *answers, const char *name, const char **text,
                  size_t *length);

/* The name of one that no case of these has; NULL if all are asked for. */
const char *answers_stray(const struct answers *answers, const char *const *names, size_t count);

#endif
