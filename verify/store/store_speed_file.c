/* SPDX-License-Identifier: MIT */
/* store_speed_file.c: the file of accepted times, read and written:
 *
 *     # evident-speed-1
 *     # host: PROCESSOR, N cores
 *     # slower: REASON
 *     case  engine  seconds  low  high  bytes  said          (tabs between)
 */
#include "verify/store/store_speed.h"
#include "cases/file.h"
#include "verify/store/store_inner.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char title[] = "# evident-speed-1", host[] = "# host: ", slower[] = "# slower: ";
static const char heading[] = "case\tengine\tseconds\tlow\thigh\tbytes\tsaid";

/* ---- reading ---- */

/* From a tab on, a number that ends at the next one. */
static bool take_number(char **at, double *x)
{
    char *end;
    *x = strtod(*at + 1, &end);
    bool good = **at == '\t' && end != *at + 1 && *x >= 0 && (*end == '\t' || *end == '\0');
    *at = end;
    return good;
}

/* What is wrong with a line, or NULL. */
static const char *take_entry(struct speed *speed, char *line)
{
    struct speed_entry entry = {.key = line};
    double said = 0;
    char *tab = strchr(line, '\t'), *at = tab ? strchr(tab + 1, '\t') : NULL, *end = at;
    if (!at || !take_number(&at, &entry.time.middle) || !take_number(&at, &entry.time.low) ||
        !take_number(&at, &entry.time.high) || !take_number(&at, &entry.bytes) ||
        !take_number(&at, &said) || *at)
        return "wanted a case, an engine and five numbers with tabs between";
    entry.said = said > 0;
    *end = '\0';
    return speed_add(speed, &entry) != 0 ? "memory is short" : NULL;
}

static const char *take_line(struct speed *speed, char *line, size_t number)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (number == 1)
        return strcmp(line, title) == 0 ? NULL : "wanted '# evident-speed-1'";
    if (strncmp(line, host, strlen(host)) == 0)
        snprintf(speed->host, sizeof speed->host, "%s", line + strlen(host));
    if (strncmp(line, slower, strlen(slower)) == 0)
        return speed_remark(speed, line) != 0 || speed_remark(speed, "\n") != 0 ? "memory is short"
                                                                                : NULL;
    return line[0] == '#' || line[0] == '\0' || strcmp(line, heading) == 0
               ? NULL
               : take_entry(speed, line);
}

int speed_read(struct speed *speed, const char *path, bool *absent, struct case_error *error)
{
    *speed = (struct speed){.entries = 0};
    FILE *file = store_text_open(path, absent, error);
    if (!file)
        return -1;
    char *line = NULL;
    const char *wrong = NULL;
    size_t room = 0, number = 0;
    errno = 0;
    while (!wrong && getline(&line, &room, file) >= 0)
        wrong = take_line(speed, line, ++number);
    if (ferror(file))
        wrong = strerror(errno ? errno : EIO);
    else if (!wrong && number == 0)
        wrong = "found an empty file, wanted one that evident baseline wrote";
    free(line);
    fclose(file);
    speed_sort(speed);
    if (wrong)
        snprintf(error->text, sizeof error->text, "%.300s:%zu: %.150s", path, number, wrong);
    return wrong ? -1 : 0;
}

/* ---- writing ---- */

int speed_write(const struct speed *speed, const char *path, struct case_error *error)
{
    struct case_file file;
    if (case_file_open(&file, path, error) != 0)
        return -1;
    fprintf(file.stream, "%s\n%s%s\n%s%s\n", title, host, speed->host,
            speed->remarks ? speed->remarks : "", heading);
    for (size_t k = 0; k < speed->entries; k++) {
        const struct speed_entry *entry = &speed->entry[k];
        fprintf(file.stream, "%s\t%.6g\t%.6g\t%.6g\t%.0f\t%d\n", entry->key, entry->time.middle,
                entry->time.low, entry->time.high, entry->bytes, (int)entry->said);
    }
    return case_file_commit(&file, error);
}
