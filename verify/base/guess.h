/* SPDX-License-Identifier: MIT */
/* guess.h: of known names, the one that a mistyped word may have meant. Private to verify/. */
#ifndef EVIDENT_VERIFY_GUESS_H
#define EVIDENT_VERIFY_GUESS_H

#include <stddef.h>

struct guess {
    const char *word;
    size_t length;    /* of the word, which need not end there */
    const char *name; /* the nearest so far; NULL: none is near */
    size_t edits;     /* from the word to it */
};

/* Keeps the name if it is near, and nearer than those before it. */
void guess_try(struct guess *guess, const char *name);

#endif
