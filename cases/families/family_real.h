/* SPDX-License-Identifier: MIT */
/* family_real.h: how much there is of the families from real data (family_real.c). */
#ifndef EVIDENT_FAMILY_REAL_H
#define EVIDENT_FAMILY_REAL_H

#include "cases/families/yin_yang.h"

#define CASE_DIGITS_RECORDINGS 8
#define CASE_DIGITS_CHANNELS 700    /* 0: highest frequencies */
#define CASE_DIGITS_CLASSES 20      /* the digit, +10 if spoken in German */
#define CASE_DIGITS_TICKS_PER_MS 24 /* spike times are k/24 ms */

/* Number of different cases. A larger k starts again at k = 0. */
#define CASE_REAL_YIN_YANG_LIMIT ((uint64_t)CASE_YIN_YANG_TEST_COUNT)
#define CASE_REAL_DIGITS_LIMIT ((uint64_t)CASE_DIGITS_RECORDINGS)

#endif
