/* SPDX-License-Identifier: MIT */
/* word.h: words of the commands that are printed, to be copied into a shell. Private to verify/. */
#ifndef EVIDENT_VERIFY_WORD_H
#define EVIDENT_VERIFY_WORD_H

#include <stdio.h>

/* The word, in quotes where a shell needs them; to be freed. NULL if memory is short. */
char *ver_word(const char *word);
void ver_word_put(FILE *out, const char *word);

#endif
