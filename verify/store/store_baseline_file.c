/* SPDX-License-Identifier: MIT */
/* store_baseline_file.c: the file of a baseline, read and written. */
#include "verify/store/store_baseline.h"
#include "verify/store/store_inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char title[] = "# evident-baseline-1";
static const char looser[] = "# looser: ";
static const char heading[] = "case\tkind\tengine\tverdict\tratio\tdigits";

/* ---- reading ---- */

/* "-" is NaN. */
static bool take_number(const char *text, double *x)
{
    char *end;
    *x = VER_NAN;
    if (strcmp(text, "-") == 0)
        return true;
    *x = strtod(text, &end);
    return end != text && *end == '\0' && !isnan(*x);
}

/* Cuts a line at its tabs; how many fields. */
static size_t cut(char *line, char **field, size_t most)
{
    size_t fields = 0;
    for (char *at = line; at; fields++) {
        char *tab = strchr(at, '\t');
        if (tab)
            *tab = '\0';
        if (fields < most)
            field[fields] = at;
        at = tab ? tab + 1 : NULL;
    }
    return fields;
}

/* What is wrong with a line, or NULL. */
static const char *take_entry(struct baseline *baseline, char *line)
{
    char *field[6];
    struct baseline_entry entry = {NULL, "", 0, 0};
    if (cut(line, field, 6) != 6)
        return "wanted six columns with tabs between";
    size_t length = strlen(field[3]);
    if (length == 0 || length >= sizeof entry.verdict)
        return "wanted a verdict, or -, in the fourth column";
    memcpy(entry.verdict, field[3], length + 1);
    if (!take_number(field[4], &entry.ratio) || !take_number(field[5], &entry.digits))
        return "wanted a number, or -, in the last two columns";
    field[1][-1] = field[2][-1] = '\t'; /* the key is the first three columns together */
    entry.key = line;
    return baseline_add(baseline, &entry) != 0 ? "memory is short" : NULL;
}

static const char *take_line(struct baseline *baseline, char *line, size_t number)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (number == 1)
        return strcmp(line, title) == 0 ? NULL : "wanted '# evident-baseline-1'";
    if (strncmp(line, looser, strlen(looser)) == 0)
        return baseline_add_remark(baseline, line + strlen(looser)) != 0 ? "memory is short" : NULL;
    if (line[0] == '#' || line[0] == '\0' || strcmp(line, heading) == 0)
        return NULL;
    return take_entry(baseline, line);
}

static int refuse(struct case_error *error, const char *path, size_t line, const char *what)
{
    if (line > 0)
        snprintf(error->text, sizeof error->text, "%.300s:%zu: %.150s", path, line, what);
    else
        snprintf(error->text, sizeof error->text, "%.300s: %.150s", path, what);
    return -1;
}

int baseline_read(struct baseline *baseline, const char *path, bool *absent,
                  struct case_error *error)
{
    *baseline = (struct baseline){NULL, 0, 0, NULL, 0, 0};
    FILE *file = store_text_open(path, absent, error);
    if (!file)
        return -1;
    char *line = NULL;
    const char *wrong = NULL;
    size_t room = 0, number = 0;
    errno = 0;
    while (!wrong && getline(&line, &room, file) >= 0)
        wrong = take_line(baseline, line, ++number);
    bool broken = ferror(file) != 0;
    int why = errno;
    free(line);
    fclose(file);
    if (broken)
        return refuse(error, path, 0, strerror(why ? why : EIO));
    if (wrong || number == 0)
        return refuse(error, path, number > 0 ? number : 1,
                      wrong ? wrong : "found an empty file, wanted a baseline");
    baseline_sort(baseline);
    for (size_t k = 1; k < baseline->entries; k++)
        if (strcmp(baseline->entry[k - 1].key, baseline->entry[k].key) == 0)
            return refuse(error, path, 0, "an entry stands there twice");
    return 0;
}

/* ---- writing ---- */

static void put_numbers(FILE *out, const struct baseline_entry *entry)
{
    if (isnan(entry->ratio))
        fputs("\t-", out);
    else
        fprintf(out, "\t%.2e", entry->ratio);
    if (isnan(entry->digits))
        fputs("\t-\n", out);
    else
        fprintf(out, "\t%.1f\n", entry->digits);
}

int baseline_write(const struct baseline *baseline, const char *path, struct case_error *error)
{
    struct case_file file;
    if (case_file_open(&file, path, error) != 0)
        return -1;
    fprintf(file.stream, "%s\n", title);
    for (size_t k = 0; k < baseline->remarks; k++)
        fprintf(file.stream, "%s%s\n", looser, baseline->remark[k]);
    fprintf(file.stream, "%s\n", heading);
    for (size_t k = 0; k < baseline->entries; k++) {
        const struct baseline_entry *entry = &baseline->entry[k];
        fprintf(file.stream, "%s\t%s", entry->key, entry->verdict);
        put_numbers(file.stream, entry);
    }
    return case_file_commit(&file, error);
}
