/* SPDX-License-Identifier: MIT */
/* change.h: a case changed so that every number of the reference after it is known from the one
 * before: what is done to the case, and what that does to the numbers. */
#ifndef EVIDENT_VERIFY_CHANGE_H
#define EVIDENT_VERIFY_CHANGE_H

#include "verify/judge/judge.h"

struct change {
    struct judge *judge;
    struct case_problem *problem; /* a copy, changed in place */
    const char *excluded;         /* why there is nothing to change here */
    size_t split;                 /* projection that became two, the second one last; or SIZE_MAX */
    bool reversed, negated, failed;
};

struct change_kind {
    const char *name;
    void (*make)(struct change *change); /* sets excluded or failed where it could not */
};

enum { CHANGES = 5, CHANGE_RARE = 2 }; /* the last ones apply to few cases */
extern const struct change_kind change_kind[CHANGES];

/* Does the change turn the sign of the derivatives of a block of the unchanged case? */
bool change_turns(const struct change *change, const struct case_block *block);

#endif
