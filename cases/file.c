/* SPDX-License-Identifier: MIT */
/* file.c: files that appear whole or not at all.
 *
 * A file is written beside its place and renamed, so that whoever looks never sees half of one; a
 * full disk leaves what was there, and so does a power cut, since all is on the disk before the
 * name is. Devices and pipes are written in place: to rename over /dev/null would replace it. */
#include "cases/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(struct case_file *file, const char *path, int number, struct case_error *error)
{
    snprintf(error->text, sizeof error->text, "%.300s: cannot write: %s", path, strerror(number));
    case_file_abandon(file);
    return -1;
}

/* Another process may write to the same place, or have left what it began. */
static FILE *open_beside(const char *path, char **beside)
{
    size_t size = strlen(path) + 64;
    FILE *stream = NULL;
    *beside = malloc(size);
    for (unsigned attempt = 0; *beside && !stream && (attempt == 0 || errno == EEXIST); attempt++) {
        snprintf(*beside, size, "%s.part-%ld-%u", path, (long)getpid(), attempt);
        stream = fopen(*beside, "wx");
    }
    if (!stream) { /* what is there is somebody else's */
        free(*beside);
        *beside = NULL;
    }
    return stream;
}

int case_file_open(struct case_file *file, const char *path, struct case_error *error)
{
    struct stat status;
    bool in_place = stat(path, &status) == 0 && !S_ISREG(status.st_mode);
    *file = (struct case_file){NULL, strdup(path), NULL};
    errno = file->path ? 0 : ENOMEM;
    if (file->path)
        file->stream = in_place ? fopen(path, "w") : open_beside(path, &file->beside);
    return file->stream ? 0 : refuse(file, path, errno, error);
}

int case_file_commit(struct case_file *file, struct case_error *error)
{
    errno = 0;
    int failed = ferror(file->stream) || fflush(file->stream) != 0 ||
                 (file->beside && fsync(fileno(file->stream)) != 0);
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
    *file = (struct case_file){NULL, NULL, NULL};
    return 0;
}

void case_file_abandon(struct case_file *file)
{
    if (file->stream)
        fclose(file->stream);
    if (file->beside)
        unlink(file->beside);
    free(file->path);
    free(file->beside);
    *file = (struct case_file){NULL, NULL, NULL};
}
