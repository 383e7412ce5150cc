/* SPDX-License-Identifier: MIT */
/* report_file.c: files that are read whole: texts that come with the program, and what it wrote. */
#include "verify/report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

char *report_read(const char *path, struct case_error *error)
{
    FILE *in = fopen(path, "r");
    size_t length = 0, room = 0;
    char *text = NULL;
    int number = in ? 0 : errno;
    while (number == 0) {
        if (length + 1 >= room) {
            room = room ? 2 * room : 1 << 16;
            char *larger = realloc(text, room);
            if (!larger) {
                number = ENOMEM;
                break;
            }
            text = larger;
        }
        size_t got = fread(text + length, 1, room - length - 1, in);
        length += got;
        text[length] = '\0';
        if (got == 0)
            break;
    }
    if (number == 0 && ferror(in))
        number = EIO;
    if (in)
        fclose(in);
    if (number == 0)
        return text;
    free(text);
    snprintf(error->text, sizeof error->text, "%.300s: cannot read: %s", path, strerror(number));
    return NULL;
}

char *report_read_shared(const char *name, struct case_error *error)
{
    char in_tree[64];
    snprintf(in_tree, sizeof in_tree, "./reports/%s", name);
    char *path = case_shared_path(in_tree, in_tree + 2, error);
    char *text = path ? report_read(path, error) : NULL;
    free(path);
    return text;
}
