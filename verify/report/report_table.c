/* report_table.c: reads back what table.c wrote, and texts that come with the program. A table that
 * is missing, cut off or of another version is refused: a page must not show half of a run. */
#include "verify/report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Cuts a line at its tabs; the number of cells, at most REPORT_COLUMNS + 1. */
static size_t cut(char *line, char **cell)
{
    size_t cells = 0;
    for (char *at = line; at; cells++) {
        char *tab = strchr(at, '\t');
        if (cells < REPORT_COLUMNS)
            cell[cells] = at;
        if (tab)
            *tab = '\0';
        at = tab && cells < REPORT_COLUMNS ? tab + 1 : NULL;
    }
    return cells;
}

/* 1: a line, without its newline; 0: the end; -1: it cannot be read or its end is missing. */
static int next_line(struct report_rows *rows, struct case_error *error)
{
    errno = 0;
    ssize_t length = getline(&rows->line, &rows->room, rows->stream);
    rows->number++;
    if (length < 0 && feof(rows->stream))
        return 0;
    if (length > 0 && rows->line[length - 1] == '\n') {
        rows->line[length - 1] = '\0';
        return 1;
    }
    snprintf(error->text, sizeof error->text, "%.300s:%zu: %s", rows->path, rows->number,
             length < 0 ? strerror(errno)
                        : "the line ends without a newline: the table is cut off");
    return -1;
}

int report_rows_open(struct report_rows *rows, const char *directory, const char *name,
                     const char *heading, struct case_error *error)
{
    *rows = (struct report_rows){.stream = NULL};
    int length = snprintf(rows->path, sizeof rows->path, "%s/%s", directory, name);
    if (length < 0 || (size_t)length >= sizeof rows->path) {
        snprintf(error->text, sizeof error->text, "%.300s: path too long", directory);
        return -1;
    }
    rows->stream = fopen(rows->path, "r");
    if (!rows->stream) {
        snprintf(error->text, sizeof error->text, "%.300s: cannot read: %s", rows->path,
                 strerror(errno));
        return -1;
    }
    int found = next_line(rows, error);
    if (found > 0 && strcmp(rows->line, heading) == 0) {
        rows->columns = cut(rows->line, rows->cell);
        return 0;
    }
    if (found >= 0)
        snprintf(error->text, sizeof error->text,
                 "%.200s:1: found the columns '%.120s', wanted '%.120s'", rows->path,
                 found > 0 ? rows->line : "", heading);
    return -1;
}

int report_rows_next(struct report_rows *rows, struct case_error *error)
{
    int found = next_line(rows, error);
    if (found <= 0)
        return found;
    size_t cells = cut(rows->line, rows->cell);
    if (cells == rows->columns)
        return 1;
    snprintf(error->text, sizeof error->text, "%.300s:%zu: found %zu%s cells, wanted %zu",
             rows->path, rows->number, cells, cells > REPORT_COLUMNS ? " or more" : "",
             rows->columns);
    return -1;
}

void report_rows_close(struct report_rows *rows)
{
    if (rows->stream)
        fclose(rows->stream);
    free(rows->line);
    *rows = (struct report_rows){.stream = NULL};
}

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
