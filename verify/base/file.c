/* SPDX-License-Identifier: MIT */
/* file.c: files that appear whole or not at all.
 *
 * A result or table is written beside its place and renamed, so that whoever looks never sees half
 * of one, and a full disk leaves what was there. Devices and pipes are written in place: to rename
 * over /dev/null would replace it. */
#include "verify/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *join(const char *first, const char *second)
{
    size_t size = strlen(first) + strlen(second) + 1;
    char *text = malloc(size);
    if (text)
        snprintf(text, size, "%s%s", first, second);
    return text;
}

static int refuse(struct ver_file *file, const char *path, int number, struct case_error *error)
{
    snprintf(error->text, sizeof error->text, "%.300s: cannot write: %s", path, strerror(number));
    ver_file_abandon(file);
    return -1;
}

int ver_file_open(struct ver_file *file, const char *path, struct case_error *error)
{
    *file = (struct ver_file){NULL, NULL, NULL};
    struct stat status;
    bool in_place = stat(path, &status) == 0 && !S_ISREG(status.st_mode);
    char suffix[40];
    snprintf(suffix, sizeof suffix, ".part-%ld", (long)getpid());
    file->path = join(path, "");
    file->beside = in_place ? NULL : join(path, suffix);
    if (!file->path || (!in_place && !file->beside))
        return refuse(file, path, ENOMEM, error);
    file->stream = fopen(in_place ? path : file->beside, "w");
    if (!file->stream)
        return refuse(file, path, errno, error);
    return 0;
}

int ver_file_commit(struct ver_file *file, struct case_error *error)
{
    errno = 0;
    int failed = ferror(file->stream) || fflush(file->stream) != 0;
    int number = failed ? (errno ? errno : EIO) : 0;
    if (fclose(file->stream) != 0 && number == 0)
        number = errno ? errno : EIO;
    file->stream = NULL;
    if (number == 0 && file->beside && rename(file->beside, file->path) != 0)
        number = errno;
    if (number != 0) {
        char *path = file->path;
        file->path = NULL;
        refuse(file, path, number, error);
        free(path);
        return -1;
    }
    free(file->path);
    free(file->beside);
    *file = (struct ver_file){NULL, NULL, NULL};
    return 0;
}

void ver_file_abandon(struct ver_file *file)
{
    if (file->stream)
        fclose(file->stream);
    if (file->beside)
        unlink(file->beside);
    free(file->path);
    free(file->beside);
    *file = (struct ver_file){NULL, NULL, NULL};
}
