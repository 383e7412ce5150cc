/* SPDX-License-Identifier: MIT */
/* store_text.c: numbers as files can carry them. */
#include "verify/store/store_inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* 15 digits are always a number's own, 17 always read back. */
void store_number_text(char text[STORE_NUMBER], double x)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, STORE_NUMBER, "%.*g", digits, x);
        if (isnan(x) || strtod(text, NULL) == x)
            break;
    }
    if (isnan(x))
        snprintf(text, STORE_NUMBER, "nan");
}

FILE *store_text_open(const char *path, bool *absent, struct case_error *error)
{
    struct stat status;
    bool device = stat(path, &status) == 0 && S_ISCHR(status.st_mode);
    FILE *file = device ? NULL : fopen(path, "r");
    if (absent)
        *absent = device || (!file && errno == ENOENT);
    if (!file)
        snprintf(error->text, sizeof error->text, "%.300s: %s", path,
                 device ? "found a device, wanted a file" : strerror(errno));
    return file;
}
