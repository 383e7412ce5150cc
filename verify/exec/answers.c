/* SPDX-License-Identifier: MIT */
/* answers.c: see answers.h. The text of an answer is read when its case is judged; here only its
 * case is looked for. */
#include "verify/exec/answers.h"
#include "verify/exec/answer.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct one {
    char *name, *text;
    size_t length;
};

struct answers {
    struct one *at;
    size_t count, room;
};

static int refuse(struct case_error *error, const char *path, const char *what)
{
    snprintf(error->text, sizeof error->text, "%.300s: %.200s", path, what);
    return -1;
}

/* ---- the list, in the order of names ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct one *)a)->name, ((const struct one *)b)->name);
}

static const struct one *find(const struct answers *answers, const char *name)
{
    struct one key = {(char *)name, NULL, 0};
    return answers->count == 0 ? NULL
                               : bsearch(&key, answers->at, answers->count, sizeof key, by_name);
}

/* The case an answer is to; NULL: it says none, or is no document (which its judge will say). */
static char *case_of(const char *text, size_t length)
{
    json_t *document = answer_document(text, length, 0, NULL);
    const json_t *name = json_object_get(document, "case");
    char *copy = json_is_string(name) ? malloc(json_string_length(name) + 1) : NULL;
    if (copy)
        strcpy(copy, json_string_value(name));
    json_decref(document);
    return copy;
}

/* Copies the text. fallback names the case of a document that says none. */
static int add(struct answers *answers, const char *text, size_t length, const char *fallback,
               const char *path, struct case_error *error)
{
    if (answers->count == answers->room) {
        size_t room = answers->room > 0 ? 2 * answers->room : 64;
        struct one *grown = realloc(answers->at, room * sizeof *grown);
        if (!grown)
            return refuse(error, path, "memory is short");
        answers->at = grown;
        answers->room = room;
    }
    struct one one = {case_of(text, length), malloc(length + 1), length};
    if (!one.name && fallback && (one.name = malloc(strlen(fallback) + 1)))
        strcpy(one.name, fallback);
    if (!one.name || !one.text) {
        free(one.name);
        free(one.text);
        return refuse(error, path, fallback ? "memory is short" : "an answer that names no case");
    }
    memcpy(one.text, text, length);
    one.text[length] = '\0';
    answers->at[answers->count++] = one;
    return 0;
}

/* ---- files ---- */

static int read_lines(struct answers *answers, const char *path, struct case_error *error)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t got = 0;
    int failed = file ? 0 : refuse(error, path, strerror(errno));
    while (!failed && (got = getline(&line, &room, file)) >= 0) {
        size_t length = (size_t)got;
        while (length > 0 && strchr(" \t\r\n", line[length - 1]))
            length--;
        if (length > 0)
            failed = add(answers, line, length, NULL, path, error);
    }
    if (!failed && ferror(file))
        failed = refuse(error, path, "cannot be read");
    free(line);
    if (file)
        fclose(file);
    return failed;
}

static int read_whole(struct answers *answers, const char *path, const char *name,
                      struct case_error *error)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    if (!file)
        return refuse(error, path, strerror(errno));
    ssize_t got = getdelim(&text, &room, EOF, file); /* no text has that byte */
    int failed = ferror(file) ? refuse(error, path, "cannot be read")
                              : add(answers, text, got > 0 ? (size_t)got : 0, name, path, error);
    free(text);
    fclose(file);
    return failed;
}

/* One document a file: NAME.json. */
static int read_folder(struct answers *answers, const char *path, struct case_error *error)
{
    DIR *folder = opendir(path);
    int failed = folder ? 0 : refuse(error, path, strerror(errno));
    for (struct dirent *entry; !failed && (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name), tail = strlen(".json");
        char name[sizeof entry->d_name], whole[4096];
        if (length <= tail || strcmp(entry->d_name + length - tail, ".json") != 0)
            continue;
        memcpy(name, entry->d_name, length + 1);
        name[length - tail] = '\0';
        int size = snprintf(whole, sizeof whole, "%s/%s", path, entry->d_name);
        failed = size < 0 || (size_t)size >= sizeof whole ? refuse(error, path, "path too long")
                                                          : read_whole(answers, whole, name, error);
    }
    if (folder)
        closedir(folder);
    return failed;
}

struct answers *answers_load(const char *path, struct case_error *error)
{
    struct stat status;
    struct answers *answers = calloc(1, sizeof *answers);
    int failed = !answers                   ? refuse(error, path, "memory is short")
                 : stat(path, &status) != 0 ? refuse(error, path, strerror(errno))
                 : S_ISDIR(status.st_mode)  ? read_folder(answers, path, error)
                                            : read_lines(answers, path, error);
    if (!failed && answers->count > 0)
        qsort(answers->at, answers->count, sizeof *answers->at, by_name);
    for (size_t k = 1; !failed && k < answers->count; k++)
        if (strcmp(answers->at[k - 1].name, answers->at[k].name) == 0) {
            snprintf(error->text, sizeof error->text, "%.200s: two answers to case %.200s", path,
                     answers->at[k].name);
            failed = -1;
        }
    if (!failed)
        return answers;
    answers_free(answers);
    return NULL;
}

void answers_free(struct answers *answers)
{
    for (size_t k = 0; answers && k < answers->count; k++) {
        free(answers->at[k].name);
        free(answers->at[k].text);
    }
    if (answers)
        free(answers->at);
    free(answers);
}

bool answers_find(const struct answers *answers, const char *name, const char **text,
                  size_t *length)
{
    const struct one *one = find(answers, name);
    if (one) {
        *text = one->text;
        *length = one->length;
    }
    return one != NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *answers_stray(const struct answers *answers, const char *const *names, size_t count)
{
    const char **sorted = malloc((count + 1) * sizeof *sorted), *stray = NULL;
    if (!sorted)
        return NULL;
    memcpy(sorted, names, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_text);
    for (size_t k = 0; !stray && k < answers->count; k++) {
        const char *name = answers->at[k].name;
        if (!bsearch(&name, sorted, count, sizeof *sorted, by_text))
            stray = name;
    }
    free(sorted);
    return stray;
}
