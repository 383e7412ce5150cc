/* SPDX-License-Identifier: MIT */
/* file.h: files that appear whole, or not at all. */
#ifndef EVIDENT_CASES_FILE_H
#define EVIDENT_CASES_FILE_H

#include "cases/cases.h"

#include <stdio.h>

/* A file that appears whole or not at all: written beside its place, then renamed. What is no
 * regular file (a pipe, a terminal) is written in place. */
struct case_file {
    FILE *stream;
    char *path, *beside; /* beside is NULL if written in place */
};

/* 0, or -1 and error. */
int case_file_open(struct case_file *file, const char *path, struct case_error *error);
int case_file_commit(struct case_file *file, struct case_error *error);
void case_file_abandon(struct case_file *file);

#endif
