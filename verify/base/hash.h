/* SPDX-License-Identifier: MIT */
/* hash.h: digests of 128 bits (XXH3), as texts of 32 hexadecimal digits. Two things with one digest
 * are taken for one; by chance that comes once in 2^64 things. No protection against malice.
 * Private to verify/. */
#ifndef EVIDENT_VERIFY_HASH_H
#define EVIDENT_VERIFY_HASH_H

#include "cases/cases.h"

#include <stddef.h>

enum { HASH_TEXT = 33 };

struct hash; /* of what comes piece by piece */

/* NULL if memory is short; the others take that, and the digest is "" then. */
struct hash *hash_new(void);
void hash_add(struct hash *hash, const void *data, size_t size);
void hash_add_text(struct hash *hash, const char *text); /* with its end: "a", "b" is not "ab" */
void hash_end(struct hash *hash, char text[HASH_TEXT]);  /* frees hash */

void hash_of(char text[HASH_TEXT], const void *data, size_t size);

/* Of the canonical text; "" if memory is short. */
void hash_case(char text[HASH_TEXT], const struct case_problem *problem);

#endif
