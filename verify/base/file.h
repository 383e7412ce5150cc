/* file.h: files that appear whole, and where those are that come with the program. */
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

/* The place of a file that comes with the program: in the source tree, here (./verify/suites) or
 * where the program was built, else in the installed share directory. To be freed; NULL if it is
 * in none of them, or memory is short. */
char *ver_shared_path(const char *in_tree, const char *in_share);

#endif
