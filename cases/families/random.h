/* SPDX-License-Identifier: MIT */
/* random.h: counter-based random numbers (Philox4x32-10, Salmon et al. 2011), so that case k of a
 * seed needs no case k - 1.
 *
 * A stream is named by (seed, stream, k). Doubles are built from bits with + - * only, or come
 * correctly rounded out of MPFR: a stream is the same bytes on every machine. One draw a statement:
 * the order in which arguments and operands are evaluated is the compiler's choice. */
#ifndef EVIDENT_RANDOM_H
#define EVIDENT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct case_random {
    uint32_t key[2], counter[4];
    uint32_t block[4];
    unsigned used; /* words of block already given out, 0 .. 4 */
};

/* One Philox4x32-10 block: out may be counter. */
void case_random_block(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

/* stream: any text; streams with different texts are independent. */
void case_random_init(struct case_random *r, uint64_t seed, const char *stream, uint64_t k);

uint32_t case_random_word(struct case_random *r);
uint64_t case_random_bits(struct case_random *r);

/* Uniform in 0 .. n - 1 without bias; n > 0. */
size_t case_random_below(struct case_random *r, size_t n);

/* Uniform in low .. high, both included. */
size_t case_random_from(struct case_random *r, size_t low, size_t high);

/* Multiple of 2^-53, uniform in [0, 1). */
double case_random_unit(struct case_random *r);

/* Uniform in [low, high]. */
double case_random_between(struct case_random *r, double low, double high);

/* 2 to a uniform power, in [low, high]; 0 < low < high. */
double case_random_log_between(struct case_random *r, double low, double high);

/* Sum of twelve uniforms less six, scaled: mean and deviation exact, tails end at six deviations.
 */
double case_random_normal(struct case_random *r, double mean, double deviation);

/* 1 with the given probability, else 0. */
int case_random_chance(struct case_random *r, double probability);

#endif
