/* SPDX-License-Identifier: MIT */
/* yin_yang.h: the Yin-Yang data set (Kriener, Goeltz, Petrovici, arXiv 2102.08211), generated bit
 * for bit as published. */
#ifndef EVIDENT_YIN_YANG_H
#define EVIDENT_YIN_YANG_H

#include <stddef.h>
#include <stdint.h>

/* Seeds and sizes of the three published sets. */
#define CASE_YIN_YANG_TRAIN_SEED 42
#define CASE_YIN_YANG_TRAIN_COUNT 5000
#define CASE_YIN_YANG_VALIDATION_SEED 41
#define CASE_YIN_YANG_VALIDATION_COUNT 1000
#define CASE_YIN_YANG_TEST_SEED 40
#define CASE_YIN_YANG_TEST_COUNT 1000

#define CASE_YIN_YANG_FEATURES 4
#define CASE_YIN_YANG_CLASSES 3

struct case_yin_yang {
    double feature[CASE_YIN_YANG_FEATURES]; /* x, y, 1-x, 1-y in [0, 1] */
    uint32_t label;                         /* 0 or 1: the two halves, 2: the dots */
};

/* The first count samples of the set that belongs to a seed. */
void case_yin_yang_samples(struct case_yin_yang *sample, size_t count, uint32_t seed);

#endif
