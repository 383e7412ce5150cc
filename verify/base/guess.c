/* SPDX-License-Identifier: MIT */
/* guess.c: edit distance: how many letters are to be put in, left out, changed, or swapped with
 * their neighbour. */
#include "verify/base/guess.h"

#include <string.h>

enum { MOST_LETTERS = 32 }; /* of a name */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Row i holds the edits from the first i letters of the word to the first k of the name; three rows
 * are enough, since a swap looks back by two. */
static size_t count_edits(const char *word, size_t length, const char *name, size_t letters)
{
    size_t rows[3][MOST_LETTERS + 1];
    for (size_t k = 0; k <= letters; k++)
        rows[0][k] = k;
    for (size_t i = 1; i <= length; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t k = 1; k <= letters; k++) {
            now[k] = before[k - 1] + (word[i - 1] != name[k - 1]);
            now[k] = least(now[k], 1 + least(before[k], now[k - 1]));
            if (i > 1 && k > 1 && word[i - 1] == name[k - 2] && word[i - 2] == name[k - 1])
                now[k] = least(now[k], 1 + two_before[k - 2]);
        }
    }
    return rows[length % 3][letters];
}

void guess_try(struct guess *guess, const char *name)
{
    size_t letters = strlen(name);
    if (letters > MOST_LETTERS)
        return;
    size_t edits = count_edits(guess->word, guess->length, name, letters);
    /* One slip in every three letters, and one at least of a word that is more than that. */
    size_t most = guess->length < 3 ? 0 : guess->length / 3;
    if (edits <= most && (!guess->name || edits < guess->edits)) {
        guess->name = name;
        guess->edits = edits;
    }
}
