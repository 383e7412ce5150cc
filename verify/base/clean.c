/* SPDX-License-Identifier: MIT */
/* clean.c: any bytes as a text that others can read. */
#include "verify/base/word.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How many bytes of a well-formed character stand here; 0: none. By the table of the Unicode
 * standard (3-7): no overlong forms, no surrogates, nothing above U+10FFFF. */
static size_t character(const unsigned char *s)
{
    size_t more = s[0] < 0x80 ? 0 : s[0] < 0xC2 ? 9 : s[0] < 0xE0 ? 1 : s[0] < 0xF0 ? 2 : 3;
    unsigned char least = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char most = s[0] == 0xED ? 0x9F : s[0] == 0xF4 ? 0x8F : 0xBF;
    if (more == 9 || s[0] > 0xF4)
        return 0;
    for (size_t k = 1; k <= more; k++) {
        if (s[k] < least || s[k] > most)
            return 0;
        least = 0x80;
        most = 0xBF;
    }
    return more + 1;
}

char *ver_clean_text(const char *text)
{
    size_t length = strlen(text), k = 0;
    char *clean = malloc(length + 1);
    if (!clean)
        return NULL;
    memcpy(clean, text, length + 1);
    while (k < length) {
        const unsigned char *at = (const unsigned char *)clean + k;
        size_t size = character(at);
        /* U+FFFE and U+FFFF are characters, but no XML may hold them. */
        bool barred = size == 3 && at[0] == 0xEF && at[1] == 0xBF && at[2] >= 0xBE;
        if (at[0] < ' ' || at[0] == 0x7F)
            clean[k] = ' ';
        else if (size == 0 || barred)
            memset(clean + k, '?', size > 0 ? size : 1);
        k += size > 0 ? size : 1;
    }
    return clean;
}
