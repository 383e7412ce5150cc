/* SPDX-License-Identifier: MIT */
/* answer.h: an evident-result-1 document that another program gave. Private to verify/.
 *
 * What a program does not provide is absent; what it provides must have the shape of the case.
 * Numbers may be JSON numbers or strings and are taken as the nearest doubles: no program that is
 * judged in this way claims more. NaN and infinities are taken as they are ("nan", "inf", null, and
 * the bare words that Python and C write for them): they are wrong, and it is the judge who says
 * so. */
#ifndef EVIDENT_VERIFY_ANSWER_H
#define EVIDENT_VERIFY_ANSWER_H

#include "cases/cases.h"
#include "cases/result.h"

#include <jansson.h>
#include <stdbool.h>

enum answer_kind {
    ANSWER_READ,
    ANSWER_NOT_RUN,    /* it says that it cannot, and why */
    ANSWER_ERROR,      /* it says that something went wrong, and what */
    ANSWER_OTHER_CASE, /* it answers another question */
    ANSWER_NONE        /* no such document */
};

/* A document that was parsed, by answer_document below; error's place is in it. The rest as
 * answer_read. */
enum answer_kind answer_take(struct result *result, const json_t *document,
                             const struct case_problem *c, struct case_error *error);

/* text: one JSON document. result must be cleared whatever comes out. Of anything but ANSWER_READ
 * error is one line: what it says, or place, found, wanted. */
enum answer_kind answer_read(struct result *result, const char *text, size_t length,
                             const struct case_problem *c, struct case_error *error);

/* The document itself, words such as NaN in quotes (answer_word.c). NULL and *where, as json_loadb.
 */
json_t *answer_document(const char *text, size_t length, size_t flags, json_error_t *where);

#endif
