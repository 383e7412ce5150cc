/* SPDX-License-Identifier: MIT */
/* mersenne.h: the MT19937 generator, for data sets that were published with it. New cases draw from
 * the counter-based generator instead. */
#ifndef EVIDENT_MERSENNE_H
#define EVIDENT_MERSENNE_H

#include <stdint.h>

#define CASE_MERSENNE_WORDS 624

struct case_mersenne {
    uint32_t word[CASE_MERSENNE_WORDS];
    unsigned next; /* index of the next word; CASE_MERSENNE_WORDS: all are used up */
};

/* init_genrand(seed) of Matsumoto and Nishimura; numpy.random.seed(seed) does the same. */
void case_mersenne_init(struct case_mersenne *generator, uint32_t seed);

uint32_t case_mersenne_next(struct case_mersenne *generator);

/* Uniform in [0, 1), a multiple of 2^-53, as numpy.random.random() draws it: 27 bits, then 26. */
double case_mersenne_uniform(struct case_mersenne *generator);

/* Uniform in 0 .. count-1, as numpy.random.randint(count) draws it: the low bits of one word,
 * redrawn while they are too large. count in 1 .. 2^32-1. */
uint32_t case_mersenne_below(struct case_mersenne *generator, uint32_t count);

#endif
