/* SPDX-License-Identifier: MIT */
/* suite_fit.h: cases of suites that do not fit are left out, counted, and replaced. */
#ifndef EVIDENT_SUITE_FIT_H
#define EVIDENT_SUITE_FIT_H

#include "cases/fit.h"
#include "verify/verify.h"

enum { SUITE_FIT_WANTS = VER_ENGINES + 1, SUITE_FIT_LEFTS = 64 };

struct suite_left { /* by reason */
    char why[CASE_FIT_WHY];
    size_t count;
};

struct suite_fit {
    const struct case_fit *want[SUITE_FIT_WANTS]; /* a case must fit all of them */
    size_t wants;
    struct suite_left left[SUITE_FIT_LEFTS];
    size_t lefts, out, drawn; /* cases left out, and drawn instead */
};

/* 0, or -1 and error. Cases that were named by themselves stay. */
int suite_fit(struct ver_sources *sources, struct suite_fit *fit, struct case_error *error);

#endif
