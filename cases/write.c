/* SPDX-License-Identifier: MIT */
/* write.c: the canonical text of a case.
 *
 * One text for one problem: keys in the order of the format, a population, a projection's matrix
 * row or a spike train a line, the shortest decimal that reads back to the same double, one plain
 * number where one number holds for all, and nothing where absent means the same. The reader maps
 * this text to the same problem, hence to the same bytes when written again. */
#include "cases/internal.h"
#include "cases/put_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool case_put_quoted(FILE *out, const char *text)
{
    json_t *value = json_string(text);
    char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    bool made = quoted != NULL;
    if (made)
        fputs(quoted, out); /* whoever owns the stream asks it for errors */
    free(quoted);
    json_decref(value);
    return made;
}

/* A NUL byte marks the output as spoiled. */
static void put_string(FILE *out, const char *text)
{
    if (!case_put_quoted(out, text))
        fputc(0, out);
}

static void put_number(FILE *out, double value)
{
    char text[CASE_NUMBER];
    fputs(case_show_number(text, value), out);
}

static void put_list(FILE *out, const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ", " : "[", out);
        put_number(out, value[i]);
    }
    fputs(count ? "]" : "[]", out);
}

static void put_numbers(FILE *out, const double *value, struct case_shape shape)
{
    if (shape.rows == 0)
        put_list(out, value, shape.columns);
    for (size_t i = 0; i < shape.rows; i++) {
        fputs(i ? ",\n   " : "[\n   ", out);
        put_list(out, value + i * shape.columns, shape.columns);
    }
    fputs(shape.rows ? "]" : "", out);
}

static void put_voltages(FILE *out, const struct case_steps *steps, size_t outputs)
{
    for (size_t n = 0; n < outputs; n++) {
        fputs(n ? ", " : "[", out);
        if (steps[n].count == 1)
            put_number(out, steps[n].value[0]);
        for (size_t k = 0; steps[n].count > 1 && k < steps[n].count; k++) {
            const double step[2] = {steps[n].time[k], steps[n].value[k]};
            fputs(k ? ", " : "[", out);
            put_list(out, step, 2);
        }
        if (steps[n].count > 1)
            fputs("]", out);
    }
    fputs("]", out);
}

static void put_trains(FILE *out, const struct case_problem *c, struct case_train *const *spikes)
{
    int first = 1;
    fputs("{", out);
    for (size_t p = 0; p < c->populations; p++) {
        if (c->population[p].model != CASE_SPIKE_SOURCE)
            continue;
        fputs(first ? "" : ", ", out);
        first = 0;
        put_string(out, c->population[p].name);
        fputs(": [", out);
        for (size_t n = 0; n < c->population[p].size; n++) {
            fputs(n ? ",\n   " : "\n   ", out);
            put_list(out, spikes[p][n].at, spikes[p][n].count);
        }
        fputs("]", out);
    }
    fputs("}", out);
}

static void put_object(FILE *out, const struct case_form *form, const struct case_problem *c,
                       const void *object);

static void put_objects(FILE *out, const struct case_row *row, const struct case_problem *c,
                        const char *object)
{
    size_t count;
    const char *list;
    memcpy(&count, object + row->count, sizeof count);
    memcpy(&list, object + row->place, sizeof list);
    fputs("[", out);
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ",\n  " : "\n  ", out);
        put_object(out, row->form, c, list + i * row->form->size);
    }
    fputs(count ? "\n ]" : "]", out);
}

static void put_member(FILE *out, const struct case_form *form, const struct case_row *row,
                       const struct case_problem *c, const void *object)
{
    const void *member = (const char *)object + row->place;
    const struct case_values *values = member;
    switch (row->type) {
    case CASE_FORMAT:
        fputs("\"evident-case-1\"", out);
        break;
    case CASE_TEXT:
        put_string(out, *(char *const *)member);
        break;
    case CASE_WHOLE:
        fprintf(out, "%zu", *(const size_t *)member);
        break;
    case CASE_WORD:
        fprintf(out, "\"%s\"", row->words->word[*(const unsigned *)member]);
        break;
    case CASE_POPULATION:
        put_string(out, c->population[*(const size_t *)member].name);
        break;
    case CASE_DOUBLE:
        put_number(out, *(const double *)member);
        break;
    case CASE_VALUES:
        if (values->count == 1)
            put_number(out, values->at[0]);
        else
            put_numbers(out, values->at, case_shape_of(form, c, object));
        break;
    case CASE_NUMBERS:
        put_numbers(out, *(double *const *)member, case_shape_of(form, c, object));
        break;
    case CASE_STEPS:
        put_voltages(out, *(struct case_steps *const *)member, case_shape_of(form, c, object).full);
        break;
    case CASE_TRAINS:
        put_trains(out, c, *(struct case_train * *const *)member);
        break;
    case CASE_OBJECT:
        put_object(out, row->form, c, member);
        break;
    case CASE_LIST:
        put_objects(out, row, c, object);
        break;
    }
}

/* Whether the key of an optional row says nothing: values only where one, of the same sign, stands
 * for all. */
static int is_default(const struct case_row *row, const char *object)
{
    const void *member = object + row->place;
    const struct case_values *values = member;
    switch (row->type) {
    case CASE_TEXT:
        return !*(char *const *)member;
    case CASE_WORD:
        return *(const unsigned *)member == 0;
    case CASE_DOUBLE:
        return case_is_absent(row, *(const double *)member);
    default:
        return values->count == 1 && memcmp(values->at, &row->absent, sizeof row->absent) == 0;
    }
}

/* Keys of the root have a line each. */
static void put_object(FILE *out, const struct case_form *form, const struct case_problem *c,
                       const void *object)
{
    int root = form == &case_root, variant = case_variant(form, c, object);
    const char *before = root ? "{\n " : "{";
    for (const struct case_row *row = form->row; row->key; row++) {
        if (!case_used(row, variant) || (row->optional && is_default(row, object)))
            continue;
        fprintf(out, "%s\"%s\": ", before, row->key);
        put_member(out, form, row, c, object);
        before = root ? ",\n " : ", ";
    }
    fputs(root ? "\n}\n" : "}", out);
}

char *case_text(const struct case_problem *c)
{
    char *text = NULL;
    size_t length;
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0); /* 0.5, never 0,5 */
    if (plain == (locale_t)0)
        return NULL;
    locale_t before = uselocale(plain);
    FILE *out = open_memstream(&text, &length);
    if (out) {
        put_object(out, &case_root, c, c);
        int failed = ferror(out);
        if (fclose(out) || failed || strlen(text) != length) {
            free(text);
            text = NULL;
        }
    }
    uselocale(before);
    freelocale(plain);
    return text;
}

/* Opens a new file in the folder of path; its name goes to temporary. -1 and errno on failure. */
static int open_beside(char **temporary, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0, size = folder + 64;
    *temporary = malloc(size);
    if (!*temporary)
        return -1;
    for (unsigned attempt = 0;; attempt++) {
        snprintf(*temporary, size, "%.*s.evident-%ld-%u", (int)folder, path, (long)getpid(),
                 attempt);
        int descriptor = open(*temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
}

int case_put_bytes(int descriptor, const void *bytes, size_t size)
{
    const char *from = bytes;
    while (size) {
        ssize_t written = write(descriptor, from, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        from += written;
        size -= (size_t)written;
    }
    return fsync(descriptor);
}

int case_write(const char *path, const struct case_problem *c, struct case_error *error)
{
    struct case_report report = {path, error, 0, 0};
    if (case_check(c, error))
        return -1;
    char *text = case_text(c), *temporary = NULL, why[128] = "an error", found[160];
    if (!text)
        return case_refuse_memory(&report);
    int descriptor = open_beside(&temporary, path), failed = descriptor < 0;
    int cause = failed ? errno : 0;
    if (!failed && case_put_bytes(descriptor, text, strlen(text)))
        failed = 1, cause = errno;
    if (descriptor >= 0 && close(descriptor) && !failed)
        failed = 1, cause = errno;
    if (!failed && rename(temporary, path))
        failed = 1, cause = errno;
    if (failed && descriptor >= 0)
        unlink(temporary);
    free(temporary);
    free(text);
    if (!failed)
        return 0;
    strerror_r(cause, why, sizeof why);
    snprintf(found, sizeof found, "no way to write it (%s)", why);
    return case_refuse(&report, NULL, found, "a file that can be written");
}
