/* SPDX-License-Identifier: MIT */
/* family.c: how "FAMILY:SEED:K" becomes a case.
 *
 * SEED and K are plain decimal numbers below 2^64; the same address is the same case on every
 * machine. */
#include "cases/families/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW(maker, name, summary, limit) {name, summary, limit, case_make_##maker},
const struct case_family case_families[] = {CASE_FAMILIES(ROW){NULL, NULL, 0, NULL}};
#undef ROW

const struct case_family *case_family_find(const char *name)
{
    for (const struct case_family *f = case_families; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0) {
            return f;
        }
    }
    return NULL;
}

static int refuse(struct case_error *error, const char *address, const char *found,
                  const char *wanted)
{
    snprintf(error->text, sizeof error->text, "%.80s: %s: found %.80s, wanted %.200s", address,
             "address of a case", found, wanted);
    return -1;
}

/* A decimal number below 2^64 that ends at stop. The text behind it, or NULL. */
static const char *read_number(uint64_t *value, const char *text, char stop)
{
    const char *c = text;
    *value = 0;
    for (; *c >= '0' && *c <= '9'; c++) {
        uint64_t digit = (uint64_t)(*c - '0');
        if (*value > (UINT64_MAX - digit) / 10) {
            return NULL;
        }
        *value = *value * 10 + digit;
    }
    return c == text || *c != stop ? NULL : c + 1;
}

int case_make(struct case_made *made, const char *address, struct case_error *error)
{
    *made = (struct case_made){0};
    char name[64] = "";
    const char *colon = strchr(address, ':');
    if (colon != NULL && (size_t)(colon - address) < sizeof name) {
        memcpy(name, address, (size_t)(colon - address));
    }
    if (colon == NULL) {
        return refuse(error, address, "no colon", "FAMILY:SEED:K");
    }
    const struct case_family *family = case_family_find(name);
    if (family == NULL) {
        return refuse(error, address, "an unknown family", "a family that is listed");
    }

    uint64_t seed, k;
    const char *rest = read_number(&seed, colon + 1, ':');
    if (rest == NULL || read_number(&k, rest, '\0') == NULL) {
        return refuse(error, address, colon + 1, "SEED:K, two whole numbers below 2^64");
    }
    if (family->limit > 0 && k >= family->limit) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "K below %" PRIu64, family->limit);
        return refuse(error, address, rest, wanted);
    }
    return case_family_make(made, family, seed, k, error);
}

int case_family_make(struct case_made *made, const struct case_family *family, uint64_t seed,
                     uint64_t k, struct case_error *error)
{
    *made = (struct case_made){0};
    if (family->make(made, seed, k) == 0)
        return 0;
    *error = made->error;
    case_made_clear(made);
    return error->text[0] ? -1 : refuse(error, family->name, "too little memory", "more");
}

void case_made_clear(struct case_made *made)
{
    for (size_t i = 0; i < made->knowns; i++) {
        if (made->known[i].kind != CASE_KNOWN_COUNT) {
            mpfr_clear(made->known[i].value);
        }
    }
    free(made->known);
    case_free(made->problem);
    *made = (struct case_made){0};
}
