/* SPDX-License-Identifier: MIT */
/* mersenne.c: MT19937 (Matsumoto and Nishimura 1998), with numpy's way to make doubles and bounded
 * integers of its words. Checked against published samples by tests/cases/t_yin_yang.c. */
#include "cases/families/mersenne.h"

/* The recurrence is x[k+n] = x[k+m] ^ twist(high bit of x[k], low bits of x[k+1]). */
#define MIDDLE 397
#define TWIST UINT32_C(0x9908b0df)
#define HIGH UINT32_C(0x80000000)
#define LOW UINT32_C(0x7fffffff)

void case_mersenne_init(struct case_mersenne *generator, uint32_t seed)
{
    uint32_t *word = generator->word;
    word[0] = seed;
    for (uint32_t k = 1; k < CASE_MERSENNE_WORDS; k++)
        word[k] = UINT32_C(1812433253) * (word[k - 1] ^ (word[k - 1] >> 30)) + k;
    generator->next = CASE_MERSENNE_WORDS;
}

static void refill(struct case_mersenne *generator)
{
    uint32_t *word = generator->word;
    for (unsigned k = 0; k < CASE_MERSENNE_WORDS; k++) {
        uint32_t mixed = (word[k] & HIGH) | (word[(k + 1) % CASE_MERSENNE_WORDS] & LOW);
        uint32_t twisted = (mixed >> 1) ^ ((mixed & 1) != 0 ? TWIST : 0);
        word[k] = word[(k + MIDDLE) % CASE_MERSENNE_WORDS] ^ twisted;
    }
    generator->next = 0;
}

uint32_t case_mersenne_next(struct case_mersenne *generator)
{
    if (generator->next == CASE_MERSENNE_WORDS)
        refill(generator);
    uint32_t word = generator->word[generator->next++];
    word ^= word >> 11;
    word ^= (word << 7) & UINT32_C(0x9d2c5680);
    word ^= (word << 15) & UINT32_C(0xefc60000);
    return word ^ (word >> 18);
}

double case_mersenne_uniform(struct case_mersenne *generator)
{
    uint64_t high = case_mersenne_next(generator) >> 5;
    uint64_t low = case_mersenne_next(generator) >> 6;
    /* exact: the sum has 53 bits, and scaling by a power of two rounds nothing */
    return (double)((high << 26) + low) * 0x1p-53;
}

uint32_t case_mersenne_below(struct case_mersenne *generator, uint32_t count)
{
    uint32_t mask = count - 1;
    for (unsigned shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
    for (;;) {
        uint32_t drawn = case_mersenne_next(generator) & mask;
        if (drawn < count)
            return drawn;
    }
}
