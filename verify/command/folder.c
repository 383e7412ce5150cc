/* SPDX-License-Identifier: MIT */
/* folder.c: see folder.h. Answers name their case, so no two cases of a folder may have one name.
 */
#include "verify/command/folder.h"
#include "verify/judge/bounds.h"
#include "verify/store/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char heading[] = "file\tcase\tsource\texpected";
static const char *const expected[] = {"decided", "undecided"};
static const char rung_mark[] = "rung";

static int refuse(struct case_error *error, const char *name, const char *what)
{
    snprintf(error->text, sizeof error->text, "%.250s: %.200s", name, what);
    return -1;
}

/* ---- writing ---- */

/* A name that every file system takes. */
static void file_name(char *text, size_t size, const char *name)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@";
    snprintf(text, size, "%.200s.json", name);
    for (char *at = text; *at; at++)
        if (!strchr(plain, *at) || (at == text && *at == '.'))
            *at = '-';
}

struct writer {
    const char *folder;
    FILE *index;
    char **name; /* of files */
    size_t count, room;
    struct case_error *error;
};

static int note_name(struct writer *w, const char *name)
{
    if (w->count == w->room) {
        size_t room = w->room > 0 ? 2 * w->room : 256;
        char **grown = realloc(w->name, room * sizeof *grown);
        if (!grown)
            return refuse(w->error, name, "memory is short");
        w->name = grown;
        w->room = room;
    }
    if (!(w->name[w->count] = malloc(strlen(name) + 1)))
        return refuse(w->error, name, "memory is short");
    strcpy(w->name[w->count++], name);
    return 0;
}

static int write_one(struct writer *w, const struct case_problem *c, const char *source,
                     const char *kind)
{
    char file[256], path[1500];
    if (strpbrk(c->name, "\t\n") || strpbrk(source, "\t\n"))
        return refuse(w->error, source, "a name with tabs or new lines");
    file_name(file, sizeof file, c->name);
    int length = snprintf(path, sizeof path, "%s/%s", w->folder, file);
    if (length < 0 || (size_t)length >= sizeof path)
        return refuse(w->error, w->folder, "path too long");
    if (note_name(w, file) != 0 || case_write(path, c, w->error) != 0)
        return -1;
    fprintf(w->index, "%s\t%s\t%s\t%s\n", file, c->name, source, kind);
    return 0;
}

static double cost_of(const struct case_problem *c)
{
    double cells = 0;
    for (size_t p = 0; p < c->populations; p++)
        cells += c->population[p].model != CASE_SPIKE_SOURCE ? (double)c->population[p].size : 0;
    return c->end / c->step * cells * (double)c->samples;
}

static int write_ladder(struct writer *w, const struct case_problem *c, const char *source)
{
    struct case_problem finer = *c;
    int failed = 0;
    char *name = malloc(strlen(c->name) + 16);
    if (!name)
        return refuse(w->error, source, "memory is short");
    finer.name = name;
    for (int k = 1; k < VER_ANSWER_RUNGS && c->step > 0 && !failed; k++) {
        finer.step /= 2;
        if (cost_of(&finer) > VER_LADDER_MOST)
            break;
        sprintf(name, "%s@%d", c->name, k);
        failed = write_one(w, &finer, source, rung_mark);
    }
    free(name);
    return failed;
}

static int write_source(struct writer *w, const struct ver_source *source, bool ladder)
{
    struct case_made own = {0}, *made = source->made;
    if (!made && ver_source_make(&own, source, w->error) != 0)
        return -1;
    made = made ? made : &own;
    int failed = write_one(w, made->problem, source->name, expected[made->expectation]);
    if (!failed && ladder)
        failed = write_ladder(w, made->problem, source->name);
    if (made == &own)
        case_made_clear(&own);
    return failed;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int check_names(struct writer *w)
{
    if (w->count > 0)
        qsort(w->name, w->count, sizeof *w->name, by_text);
    for (size_t k = 1; k < w->count; k++)
        if (strcmp(w->name[k - 1], w->name[k]) == 0)
            return refuse(w->error, w->name[k], "two cases would be this file");
    return 0;
}

int folder_write(const char *folder, const struct ver_sources *sources, bool ladder,
                 size_t *written, struct case_error *error)
{
    struct writer w = {.folder = folder, .error = error};
    struct case_file file;
    if (table_open(&file, folder, "index.tsv", heading, error) != 0)
        return -1;
    w.index = file.stream;
    int failed = 0;
    for (size_t k = 0; k < sources->count && !failed; k++)
        failed = write_source(&w, &sources->at[k], ladder);
    if (!failed)
        failed = check_names(&w);
    *written = w.count;
    for (size_t k = 0; k < w.count; k++)
        free(w.name[k]);
    free(w.name);
    if (!failed)
        return case_file_commit(&file, error);
    case_file_abandon(&file);
    return -1;
}

/* ---- reading ---- */

static bool wanted(const char *name, const char *const *only, size_t count)
{
    bool found = !only || count == 0;
    for (size_t k = 0; k < count && !found; k++)
        found = strcmp(name, only[k]) == 0;
    return found;
}

/* Takes a case under its own name, and what is expected of it. */
static int add_case(struct ver_sources *sources, const char *folder, char *const field[4],
                    struct case_error *error)
{
    char path[1500];
    int length = snprintf(path, sizeof path, "%s/%s", folder, field[0]);
    if (length < 0 || (size_t)length >= sizeof path || strchr(field[0], '/'))
        return refuse(error, field[0], "no name of a file in the folder");
    if (ver_sources_add(sources, path, 0, error) != 0)
        return -1;
    struct ver_source *source = &sources->at[sources->count - 1];
    char *name = malloc(strlen(field[1]) + 1);
    if (!name)
        return refuse(error, path, "memory is short");
    strcpy(name, field[1]);
    free(source->name);
    source->name = name;
    if (strcmp(source->made->problem->name, name) != 0)
        return refuse(error, path, "another case than index.tsv says");
    source->made->expectation =
        strcmp(field[3], expected[CASE_UNDECIDED]) == 0 ? CASE_UNDECIDED : CASE_DECIDED;
    return 0;
}

static bool split(char *line, char *field[4])
{
    for (int k = 0; k < 4; k++) {
        field[k] = line;
        line = line ? strpbrk(line, "\t\n") : NULL;
        if (line)
            *line++ = '\0';
        if (!field[k] || !*field[k])
            return false;
    }
    return true;
}

int folder_read(struct ver_sources *sources, const char *folder, const char *const *only,
                size_t count, bool rungs, struct case_error *error)
{
    char path[1500], *line = NULL, *field[4];
    size_t room = 0, number = 0;
    snprintf(path, sizeof path, "%.1400s/index.tsv", folder);
    FILE *index = fopen(path, "r");
    if (!index)
        return refuse(error, path, strerror(errno));
    int failed = 0;
    while (!failed && getline(&line, &room, index) >= 0) {
        number++;
        if (number == 1 && strncmp(line, heading, strlen(heading)) != 0)
            failed = refuse(error, path, "no index that export-cases wrote");
        else if (number > 1 && !split(line, field))
            failed = refuse(error, path, "a line without four fields");
        else if (number > 1 && (rungs || strcmp(field[3], rung_mark) != 0) &&
                 wanted(field[1], only, count))
            failed = add_case(sources, folder, field, error);
    }
    if (!failed && ferror(index))
        failed = refuse(error, path, "cannot be read");
    if (!failed && (sources->count == 0 || (count > 0 && sources->count < count)))
        failed = refuse(error, path, "has no such case");
    free(line);
    fclose(index);
    return failed;
}
