/* SPDX-License-Identifier: MIT */
/* word.c: see word.h. */
#include "verify/base/word.h"

#include <stdlib.h>
#include <string.h>

/* What no shell takes for anything but itself. */
static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                            "_-+=.,:/@%";

char *ver_word(const char *word)
{
    char *quoted = malloc(4 * strlen(word) + 3), *to = quoted;
    if (!quoted)
        return NULL;
    if (*word && word[strspn(word, plain)] == '\0')
        return strcpy(quoted, word);
    *to++ = '\'';
    for (; *word; word++)
        if (*word == '\'')
            to = strcpy(to, "'\\''") + 4;
        else
            *to++ = *word;
    strcpy(to, "'");
    return quoted;
}

void ver_word_put(FILE *out, const char *word)
{
    char *quoted = ver_word(word);
    fputs(quoted ? quoted : word, out);
    free(quoted);
}

void ver_anchor_put(FILE *out, const char *text)
{
    for (; *text; text++)
        if (strchr(plain, *text) && !strchr("%+=,@", *text))
            fputc(*text, out);
        else
            fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

void ver_html_put(FILE *out, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (; *text; text++) {
        const char *found = strchr(special, *text);
        if (found)
            fputs(entity[found - special], out);
        else
            fputc(*text, out);
    }
}
