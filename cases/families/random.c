/* SPDX-License-Identifier: MIT */
/* random.c: Philox4x32-10 and the distributions that the families draw from.
 *
 * The key is the seed mixed with a hash of the stream's name, the high half of the counter is k,
 * the low half numbers the blocks of 128 bits. Known answers: tests/cases/t_random.c. */
#include "cases/families/random.h"

#include <mpfr.h>

enum { ROUNDS = 10 };

static const uint32_t multiplier[2] = {0xD2511F53u, 0xCD9E8D57u};
static const uint32_t weyl[2] = {0x9E3779B9u, 0xBB67AE85u};

void case_random_block(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];

    for (int round = 0; round < ROUNDS; round++) {
        uint64_t product0 = (uint64_t)multiplier[0] * x0;
        uint64_t product1 = (uint64_t)multiplier[1] * x2;
        x0 = (uint32_t)(product1 >> 32) ^ x1 ^ k0;
        x2 = (uint32_t)(product0 >> 32) ^ x3 ^ k1;
        x1 = (uint32_t)product1;
        x3 = (uint32_t)product0;
        k0 += weyl[0];
        k1 += weyl[1];
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
}

/* The finaliser of SplitMix64: every bit of the input reaches every bit of the output. */
static uint64_t mix(uint64_t z)
{
    z += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void case_random_init(struct case_random *r, uint64_t seed, const char *stream, uint64_t k)
{
    uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a */
    for (const char *c = stream; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * 0x100000001B3u;
    }

    uint64_t key = mix(seed ^ mix(hash));
    r->key[0] = (uint32_t)key;
    r->key[1] = (uint32_t)(key >> 32);
    r->counter[0] = r->counter[1] = 0;
    r->counter[2] = (uint32_t)k;
    r->counter[3] = (uint32_t)(k >> 32);
    r->used = 4;
}

uint32_t case_random_word(struct case_random *r)
{
    if (r->used == 4) {
        case_random_block(r->block, r->counter, r->key);
        r->counter[0]++;
        r->counter[1] += r->counter[0] == 0;
        r->used = 0;
    }
    return r->block[r->used++];
}

uint64_t case_random_bits(struct case_random *r)
{
    uint64_t low = case_random_word(r);
    return low | (uint64_t)case_random_word(r) << 32;
}

size_t case_random_below(struct case_random *r, size_t n)
{
    uint64_t surplus = (UINT64_MAX % n + 1) % n; /* 2^64 mod n: what would favour small results */
    uint64_t bits;
    do {
        bits = case_random_bits(r);
    } while (bits > UINT64_MAX - surplus);
    return (size_t)(bits % n);
}

size_t case_random_from(struct case_random *r, size_t low, size_t high)
{
    return low + case_random_below(r, high - low + 1);
}

double case_random_unit(struct case_random *r)
{
    return (double)(case_random_bits(r) >> 11) * 0x1p-53;
}

double case_random_between(struct case_random *r, double low, double high)
{
    return low + (high - low) * case_random_unit(r);
}

double case_random_log_between(struct case_random *r, double low, double high)
{
    mpfr_t a, b;
    mpfr_init2(a, 128);
    mpfr_init2(b, 128);
    mpfr_set_d(a, low, MPFR_RNDN);
    mpfr_set_d(b, high, MPFR_RNDN);
    mpfr_log2(a, a, MPFR_RNDN);
    mpfr_log2(b, b, MPFR_RNDN);
    mpfr_sub(b, b, a, MPFR_RNDN);
    mpfr_mul_d(b, b, case_random_unit(r), MPFR_RNDN);
    mpfr_add(a, a, b, MPFR_RNDN);
    mpfr_exp2(a, a, MPFR_RNDN);
    double value = mpfr_get_d(a, MPFR_RNDN);
    mpfr_clear(a);
    mpfr_clear(b);
    return value;
}

double case_random_normal(struct case_random *r, double mean, double deviation)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        sum += case_random_unit(r);
    }
    return mean + deviation * sum;
}

int case_random_chance(struct case_random *r, double probability)
{
    return case_random_unit(r) < probability;
}
