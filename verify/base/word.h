/* SPDX-License-Identifier: MIT */
/* word.h: words as others read them: a shell, a page. Private to verify/. */
#ifndef EVIDENT_VERIFY_WORD_H
#define EVIDENT_VERIFY_WORD_H

#include <stdio.h>

/* The word, in quotes where a shell needs them; to be freed. NULL if memory is short. */
char *ver_word(const char *word);
void ver_word_put(FILE *out, const char *word);

/* Escaped for HTML. */
void ver_html_put(FILE *out, const char *text);

#endif
