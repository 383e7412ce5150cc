/* SPDX-License-Identifier: MIT */
/* word.h: words as others read them: a shell, a page. Private to verify/. */
#ifndef EVIDENT_VERIFY_WORD_H
#define EVIDENT_VERIFY_WORD_H

#include <stdio.h>

/* The word, in quotes where a shell needs them; to be freed. NULL if memory is short. */
char *ver_word(const char *word);
void ver_word_put(FILE *out, const char *word);

/* A copy that is UTF-8 and has no control characters ('?' and ' ' take their places). To be freed;
 * NULL if memory is short. */
char *ver_clean_text(const char *text);

/* As the id of an element and, alike, as the fragment that leads to it. */
void ver_anchor_put(FILE *out, const char *text);

/* Escaped for HTML. */
void ver_html_put(FILE *out, const char *text);

#endif
