/* SPDX-License-Identifier: MIT */
/* suite_options.c: how a suite wants to be judged. Its lines that begin with "--" hold options of
 * `evident verify`, several or one to a line; they are read as if they stood on the command line
 * before everything else, so what does stand there wins. */
#include "verify/options/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int options_cut_words(char *text, char **word, int most)
{
    int words = 0;
    for (char *from = text; words < most;) {
        from += strspn(from, " \t\r\n");
        if (!*from)
            break;
        char *to = word[words++] = from;
        bool quoted = false;
        for (; *from && (quoted || !strchr(" \t\r\n", *from)); from++)
            if (*from == '\'')
                quoted = !quoted;
            else if (*from == '\\' && !quoted && from[1])
                *to++ = *++from;
            else
                *to++ = *from;
        from += *from != '\0';
        *to = '\0';
    }
    return words;
}

/* All lines of options of a file as one text; "" without any, NULL and error if it cannot be read.
 */
static char *read_lines(const char *path, struct case_error *error)
{
    char *text = NULL, *line = NULL;
    size_t size = 0, room = 0;
    FILE *file = fopen(path, "r"), *out = file ? open_memstream(&text, &size) : NULL;
    if (!out) {
        snprintf(error->text, sizeof error->text, "%.300s: %s", path, strerror(errno));
        if (file)
            fclose(file);
        return NULL;
    }
    while (getline(&line, &room, file) >= 0) {
        size_t blank = strspn(line, " \t"), length = strcspn(line, "#\r\n");
        while (length > 0 && strchr(" \t", line[length - 1]))
            length--;
        line[length] = '\0';
        if (blank < length && strncmp(line + blank, "--", 2) == 0)
            fprintf(out, "%s ", line + blank);
    }
    free(line);
    fclose(file);
    if (fclose(out) != 0) {
        snprintf(error->text, sizeof error->text, "%.300s: memory is short", path);
        free(text);
        return NULL;
    }
    return text;
}

int options_of_suites(char **text, const char **suite, const char *const *names, size_t count,
                      struct case_error *error)
{
    *text = NULL;
    *suite = NULL;
    for (size_t k = 0; k < count; k++) {
        char *path = ver_suite_path(names[k]);
        char *found = path ? read_lines(path, error) : NULL;
        bool failed = path && !found;
        free(path);
        if (failed)
            return -1;
        if (!found || !*found) {
            free(found);
            continue;
        }
        if (*text && strcmp(*text, found) != 0) {
            snprintf(error->text, sizeof error->text,
                     "%.60s and %.60s want to be judged in different ways: '%.100s' and "
                     "'%.100s'; judge them one at a time",
                     *suite, names[k], *text, found);
            free(found);
            free(*text);
            *text = NULL;
            return -1;
        }
        free(*text);
        *text = found;
        *suite = names[k];
    }
    return 0;
}
