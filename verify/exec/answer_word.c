/* SPDX-License-Identifier: MIT */
/* answer_word.c: numbers that JSON has not, or jansson takes for none: NaN, Infinity and -Infinity
 * as json.dumps of Python writes them, nan and inf as printf of C does, and 1e999. Outside of
 * strings they are put between quotes, where a reader of answers takes them for what they are; all
 * else stays as it came, so that what is no JSON is still refused. */
#include "verify/exec/answer.h"

#include <stdlib.h>
#include <string.h>

/* No longer number and no exponent of fewer digits is beyond a double. */
enum { PLAIN_LENGTH = 300, PLAIN_EXPONENT = 2 };

static bool in_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '.';
}

/* A character follows the word, or strtod might read on. */
static bool must_be_quoted(const char *word, size_t length)
{
    const char *plain = word + (word[0] == '-');
    size_t at = 0;
    while (at < length && word[at] != 'e' && word[at] != 'E')
        at++;
    at += at + 1 < length && (word[at + 1] == '+' || word[at + 1] == '-');
    bool number = plain[0] >= '0' && plain[0] <= '9';
    bool strange = plain[0] == 'N' || plain[0] == 'n' || plain[0] == 'I' || plain[0] == 'i';
    bool large = number && (length > PLAIN_LENGTH || at + 1 + PLAIN_EXPONENT < length);
    char *end;
    if (!strange && !large)
        return false;
    strtod(word, &end);
    return end == word + length;
}

/* Copies to `to`, or counts alone where that is NULL; how many words were quoted. */
static size_t quote(char *to, const char *text, size_t length)
{
    size_t words = 0;
    for (size_t k = 0, end; k < length; k = end) {
        end = k + 1;
        bool quoted = false;
        if (text[k] == '"') {
            while (end < length && text[end] != '"')
                end += text[end] == '\\' ? 2 : 1;
            end = end < length ? end + 1 : length;
        } else if (in_word(text[k])) {
            while (end < length && in_word(text[end]))
                end++;
            quoted = end < length && must_be_quoted(text + k, end - k);
            words += quoted;
        }
        if (!to)
            continue;
        if (quoted)
            *to++ = '"';
        memcpy(to, text + k, end - k);
        to += end - k;
        if (quoted)
            *to++ = '"';
    }
    return words;
}

json_t *answer_document(const char *text, size_t length, size_t flags, json_error_t *where)
{
    flags |= JSON_DECODE_INT_AS_REAL; /* of any size */
    size_t words = quote(NULL, text, length);
    if (words == 0)
        return json_loadb(text, length, flags, where);
    char *whole = malloc(length + 2 * words);
    if (!whole) {
        json_error_t plain = {.text = "memory is short"};
        if (where)
            *where = plain;
        return NULL;
    }
    quote(whole, text, length);
    json_t *document = json_loadb(whole, length + 2 * words, flags, where);
    free(whole);
    return document;
}
