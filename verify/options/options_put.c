/* SPDX-License-Identifier: MIT */
/* options_put.c: options printed again: to be copied into a shell, or kept in a store. */
#include "verify/options/options.h"

#include <stdlib.h>
#include <string.h>

static void put_rows(FILE *out, const struct options *options, const char *command, unsigned use)
{
    for (const struct option *row = option_table; row->name; row++)
        if (option_is_of(row, command) && (use == 0 || row->use & use))
            option_put(out, row, options, use == OPTION_RECORDED && row->use & OPTION_EXPLICIT);
}

void options_put(FILE *out, const struct options *options, unsigned use)
{
    put_rows(out, options, options->command->name, use);
}

void options_put_judge(FILE *out, const struct ver_options *judge, unsigned use)
{
    const struct options options = {.judge = *judge};
    put_rows(out, &options, "verify", use);
}

/* ---- of a store ---- */

static const struct option *row_of(const char *word, size_t length)
{
    for (const struct option *row = option_table; row->name; row++)
        if (option_is_of(row, "verify") && strlen(row->name) + 2 == length &&
            strncmp(word + 2, row->name, length - 2) == 0)
            return row;
    return NULL;
}

/* The row of the same name that a command has; NULL: it takes no such option. */
static const struct option *row_for(const struct option *row, const char *command)
{
    for (const struct option *other = option_table; other->name; other++)
        if (strcmp(other->name, row->name) == 0 && option_is_of(other, command))
            return other;
    return NULL;
}

/* Up to the next blank outside quotes. */
static size_t word_length(const char *word)
{
    bool quoted = false;
    size_t length = 0;
    for (; word[length] && (quoted || word[length] != ' '); length++)
        if (word[length] == '\\' && !quoted && word[length + 1])
            length++;
        else
            quoted ^= word[length] == '\'';
    return length;
}

char *options_again(const char *recorded, const char *command, bool engines)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    for (const char *at = recorded + strspn(recorded, " "); *at;) {
        size_t name = word_length(at), value = 0;
        const struct option *row = strncmp(at, "--", 2) == 0 ? row_of(at, name) : NULL;
        const char *next = at + name;
        if (row && row->argument && *next)
            next += 1 + (value = word_length(next + 1));
        bool plain = row && row->plain && strlen(row->plain) == value &&
                     strncmp(at + name + 1, row->plain, value) == 0;
        if (row && row->use & OPTION_AGAIN && !plain && row_for(row, command) &&
            (engines || row->put != option_put_engines))
            fprintf(out, " %.*s", (int)(next - at), at);
        at = next + strspn(next, " ");
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
