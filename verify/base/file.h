/* SPDX-License-Identifier: MIT */
/* file.h: files that appear whole, or not at all. */
#ifndef EVIDENT_VERIFY_FILE_H
#define EVIDENT_VERIFY_FILE_H

#include "cases/cases.h"

#include <stdio.h>

/* A file that appears whole or not at all: written beside its place, then renamed. What is no
 * regular file (a pipe, a terminal) is written in place. */
struct ver_file {
    FILE *stream;
    char *path, *beside; /* beside is NULL if written in place */
};

int ver_file_open(struct ver_file *file, const char *path, struct case_error *error);
int ver_file_commit(struct ver_file *file, struct case_error *error);
void ver_file_abandon(struct ver_file *file);

#endif
