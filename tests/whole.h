/* SPDX-License-Identifier: MIT */
/* whole.h: a test that goes through a product of cases and shapes takes every case with one of the
 * shapes in `make check`, and with every one where EVIDENT_WHOLE is set (make nightly). */
#ifndef EVIDENT_TESTS_WHOLE_H
#define EVIDENT_TESTS_WHOLE_H

#include <stdbool.h>
#include <stdlib.h>

static inline bool whole(void)
{
    return getenv("EVIDENT_WHOLE") != NULL;
}

#endif
