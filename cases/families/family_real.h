/* SPDX-License-Identifier: MIT */
/* family_real.h: makers of the families from real data; see family_real.c and case_family. */
#ifndef EVIDENT_FAMILY_REAL_H
#define EVIDENT_FAMILY_REAL_H

#include "cases/cases.h"
#include "cases/families/yin_yang.h"

#define CASE_DIGITS_RECORDINGS 8
#define CASE_DIGITS_CHANNELS 700    /* 0: highest frequencies */
#define CASE_DIGITS_CLASSES 20      /* the digit, +10 if spoken in German */
#define CASE_DIGITS_TICKS_PER_MS 24 /* spike times are k/24 ms */

/* Number of different cases of each maker. A larger k starts again at k = 0. */
#define CASE_REAL_YIN_YANG_LIMIT ((uint64_t)CASE_YIN_YANG_TEST_COUNT)
#define CASE_REAL_DIGITS_LIMIT ((uint64_t)CASE_DIGITS_RECORDINGS)

/* Yin-Yang test sample k, 5-200-3, about 120 spikes: the EventProp paper's network and loss. */
int case_make_yin_yang(struct case_made *made, uint64_t seed, uint64_t k);

/* Recording k, 700-256-20 with recurrence: 1,220 (k = 0) to 7,903 (k = 7) input spikes. */
int case_make_digits(struct case_made *made, uint64_t seed, uint64_t k);

/* The middle of recording k on every tenth channel, 70-24-20 with recurrence. */
int case_make_digits_small(struct case_made *made, uint64_t seed, uint64_t k);

#endif
