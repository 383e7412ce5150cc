/* SPDX-License-Identifier: MIT */
/* read.c: reads a case: the file and its JSON text. */
#include "cases/internal.h"

#include <errno.h>
#include <locale.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int case_refuse_file(const struct case_report *report, int cause, const char *wanted)
{
    char why[96] = "an error", found[128];
    strerror_r(cause, why, sizeof why);
    snprintf(found, sizeof found, "no readable file (%s)", why);
    return case_refuse(report, NULL, found, "%s", wanted);
}

/* Doubles the buffer until the end of the file, or until it holds one byte more than the limit. */
static char *read_stream(size_t *length, const struct case_report *report, FILE *in, size_t limit)
{
    size_t room = limit < 1 << 16 ? limit + 1 : 1 << 16, used = 0;
    char *text = malloc(room);
    while (text && !feof(in) && !ferror(in)) {
        used += fread(text + used, 1, room - used, in);
        if (used > limit) {
            case_refuse(report, NULL, "a larger file", "at most %zu bytes", limit);
            free(text);
            return NULL;
        }
        if (used < room)
            continue;
        room = room > limit / 2 ? limit + 1 : 2 * room;
        char *larger = realloc(text, room);
        if (!larger)
            free(text);
        text = larger;
    }
    if (!text) {
        case_refuse_memory(report);
    } else if (ferror(in)) {
        case_refuse_file(report, errno, "a case");
        free(text);
        return NULL;
    }
    *length = used;
    return text;
}

char *case_read_bytes(size_t *length, const struct case_report *report, const char *path,
                      size_t limit)
{
    if (strcmp(path, "-") == 0)
        return read_stream(length, report, stdin, limit);
    struct stat status;
    char *text = NULL;
    FILE *in = fopen(path, "rb");
    if (!in || fstat(fileno(in), &status))
        case_refuse_file(report, errno, "a case");
    else if (S_ISDIR(status.st_mode))
        case_refuse(report, NULL, "a directory", "a file");
    else if (S_ISREG(status.st_mode) && (uintmax_t)status.st_size > limit)
        case_refuse(report, NULL, "a larger file", "at most %zu bytes", limit);
    else
        text = read_stream(length, report, in, limit);
    if (in)
        fclose(in);
    return text;
}

/* jansson says "PROBLEM near 'TOKEN'" or "PROBLEM near end of file". */
static void refuse_json(const struct case_report *report, const json_error_t *json)
{
    static const struct {
        enum json_error_code code;
        const char *wanted;
    } hints[] = {
        {json_error_invalid_utf8, "UTF-8 text"},
        {json_error_premature_end_of_input, "the rest of the JSON text"},
        {json_error_end_of_input_expected, "nothing after the JSON text"},
        {json_error_duplicate_key, "every key once"},
        {json_error_numeric_overflow,
         "a number that a double can hold; integers beyond 64 bits need a decimal point"},
        {json_error_stack_overflow, "less depth"},
        {json_error_null_character, "text without NUL"},
        {json_error_null_byte_in_key, "text without NUL"},
    };
    char found[CASE_SHOWN], problem[JSON_ERROR_TEXT_LENGTH];
    const char *wanted = "valid JSON";
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (json_error_code(json) == hints[i].code)
            wanted = hints[i].wanted;
    snprintf(problem, sizeof problem, "%s", json->text);
    char *near = strstr(problem, " near '");
    char *end = strstr(problem, " near end of file");
    struct case_report here = {report->file, report->error,
                               json->line + (report->line > 0 ? report->line - 1 : 0),
                               json->column};
    if (end) {
        *end = 0;
        case_refuse(&here, NULL, "the end of the file", "%s (%s)", wanted, problem);
    } else if (near && json_error_code(json) != json_error_invalid_utf8) {
        size_t last = strlen(near) - 1;
        if (last > 7)
            near[last] = 0; /* the closing quote */
        *near = 0;
        case_refuse(&here, NULL, case_show(found, sizeof found, near + 7), "%s (%s)", wanted,
                    problem);
    } else {
        if (near)
            *near = 0;
        case_refuse(&here, NULL, case_show(found, sizeof found, problem), "%s", wanted);
    }
}

json_t *case_load_json(const char *text, size_t length, const struct case_report *report)
{
    json_error_t json;
    if (length > CASE_MAX_BYTES) {
        case_refuse(report, NULL, "a larger text", "at most %zu bytes", CASE_MAX_BYTES);
        return NULL;
    }
    const char *nul = length ? memchr(text, 0, length) : NULL;
    if (nul) { /* jansson would call it the end of the file */
        char found[CASE_SHOWN];
        snprintf(found, sizeof found, "a NUL byte at offset %td", nul - text);
        case_refuse(report, NULL, found, "JSON text");
        return NULL;
    }
    json_t *root = json_loadb(length ? text : "", length, JSON_REJECT_DUPLICATES, &json);
    if (!root)
        refuse_json(report, &json);
    return root;
}

static struct case_problem *read_json(const char *text, size_t length,
                                      const struct case_report *report, const char *directory)
{
    json_t *root = case_load_json(text, length, report);
    if (!root)
        return NULL;
    struct case_reader reader = {*report, directory, calloc(1, sizeof *reader.problem), NULL, 0, 0};
    int status = reader.problem
                     ? case_read_object(&reader, CASE_ROOT, &case_root, root, reader.problem)
                     : case_refuse_memory(report);
    json_decref(reader.names);
    json_decref(root);
    if (status == 0)
        return reader.problem;
    case_free(reader.problem);
    return NULL;
}

locale_t case_locale_enter(void)
{
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    return plain == (locale_t)0 ? plain : uselocale(plain);
}

void case_locale_leave(locale_t before)
{
    freelocale(uselocale(before));
}

struct case_problem *case_read_text(const char *text, size_t length, const char *name,
                                    const char *directory, struct case_error *error)
{
    struct case_report report = {name, error, 0, 0};
    locale_t before = case_locale_enter();
    if (before == (locale_t)0) {
        case_refuse_memory(&report);
        return NULL;
    }
    struct case_problem *c = read_json(text, length, &report, directory);
    case_locale_leave(before);
    return c;
}

struct case_problem *case_read(const char *path, struct case_error *error)
{
    const char *name = strcmp(path, "-") ? path : "standard input";
    const char *slash = strrchr(path, '/');
    struct case_report report = {name, error, 0, 0};
    struct case_problem *c = NULL;
    size_t length;
    char *text = case_read_bytes(&length, &report, path, CASE_MAX_BYTES);
    if (!text)
        return NULL;
    char *directory = slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
    if (slash && !directory)
        case_refuse_memory(&report);
    else
        c = case_read_text(text, length, name, directory, error);
    free(directory);
    free(text);
    return c;
}
