/* SPDX-License-Identifier: MIT */
/* shared.c: where the files are that come with the program: suites, examples, recordings, pages.
 *
 * From the source tree a program finds them here or in the tree that it was built in, as
 * build/evident; carried to another machine, in the folder share beside it; installed, in the share
 * directory. */
#include "cases/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef EVIDENT_SHARE
#define EVIDENT_SHARE "/usr/local/share/evident"
#endif

enum { ROOM = 4096, PLACES = 4 };

/* The folder of the running program, or the one above it (up = 1); "" if it is not known. */
static void program_folder(char folder[ROOM], int up)
{
    ssize_t size = readlink("/proc/self/exe", folder, ROOM);
    for (; up >= 0 && size > 0; up--)
        while (--size > 0 && folder[size] != '/')
            continue;
    folder[size > 0 && size < ROOM ? size : 0] = '\0';
}

char *case_shared_path(const char *in_tree, const char *in_share, struct case_error *error)
{
    char beside[ROOM], above[ROOM];
    program_folder(beside, 0);
    program_folder(above, 1);
    const struct {
        const char *folder, *between, *file;
    } places[PLACES] = {{"", "", in_tree},
                        {above, "/", in_tree},
                        {beside, "/share/", in_share},
                        {EVIDENT_SHARE, "/", in_share}};
    for (size_t i = 0; i < PLACES; i++) {
        size_t size = strlen(places[i].folder) + strlen(places[i].file) + sizeof "/share/";
        char *path = malloc(size);
        if (path)
            snprintf(path, size, "%s%s%s", places[i].folder, places[i].between, places[i].file);
        if (path && access(path, R_OK) == 0)
            return path;
        free(path);
    }
    if (error)
        snprintf(
            error->text, sizeof error->text,
            "%.100s: found no such file here, in %.100s or in %.100s/share, wanted it there or "
            "as %.60s in " EVIDENT_SHARE,
            in_tree, above[0] ? above : "/", beside, in_share);
    return NULL;
}
