/* SPDX-License-Identifier: MIT */
/* family.c: how "FAMILY:SEED:K" and "like:CASE:SEED:K" become a case.
 *
 * SEED and K are plain decimal numbers below 2^64; the same address is the same case on every
 * machine. */
#include "cases/families/families.h"
#include "cases/families/family_like.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* ---- like another case ---- */

static const char *const like_heads[] = {CASE_LIKE, CASE_LIKE_WEIGHTS, NULL};

/* What stands before the last two numbers of an address: the case that is meant; NULL if it is no
 * such address. To be freed. */
static char *read_like(struct case_like *like, const char *address)
{
    size_t head = 0, length = strlen(address);
    for (; like_heads[head]; head++)
        if (strncmp(address, like_heads[head], strlen(like_heads[head])) == 0)
            break;
    if (!like_heads[head])
        return NULL;
    const char *given = address + strlen(like_heads[head]);
    const char *k = strrchr(address, ':'), *seed = k > given ? k - 1 : given;
    while (seed > given && *seed != ':')
        seed--;
    *like = (struct case_like){.address = address, .constants = head == 0};
    const char *after = read_number(&like->seed, seed + 1, ':');
    bool good = seed > given && after && read_number(&like->k, after, '\0');
    char *text = good ? malloc(length) : NULL;
    if (text) {
        memcpy(text, given, (size_t)(seed - given));
        text[seed - given] = '\0';
    }
    return text;
}

bool case_is_like(const char *address)
{
    for (size_t k = 0; like_heads[k]; k++)
        if (strncmp(address, like_heads[k], strlen(like_heads[k])) == 0)
            return true;
    return false;
}

static int make_like(struct case_made *made, const char *address, struct case_error *error)
{
    struct case_like like;
    struct case_made given = {0};
    char *name = read_like(&like, address);
    if (!name)
        return refuse(error, address, "something else",
                      "like:CASE:SEED:K, CASE a file or an "
                      "address, SEED and K below 2^64");
    int failed = 0;
    if (access(name, F_OK) != 0 && strchr(name, ':'))
        failed = case_make(&given, name, error);
    else
        failed = (given.problem = case_read(name, error)) ? 0 : -1;
    if (!failed && case_like_make(made, given.problem, &like) != 0)
        failed = refuse(error, address, "too little memory", "more");
    case_made_clear(&given);
    free(name);
    return failed;
}

bool case_range_read(struct case_range *range, const char *text)
{
    const char *colon = strrchr(text, ':');
    const char *last = colon ? read_number(&range->first, colon + 1, '-') : NULL;
    if (!last || !read_number(&range->last, last, '\0') || range->last < range->first)
        return false;
    range->head = (size_t)(colon + 1 - text);
    return true;
}

/* ---- any ---- */

int case_make(struct case_made *made, const char *address, struct case_error *error)
{
    *made = (struct case_made){0};
    if (case_is_like(address))
        return make_like(made, address, error);
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
