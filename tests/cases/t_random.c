/* SPDX-License-Identifier: MIT */
/* t_random.c: the generator gives its published numbers, and its distributions are what they say.
 */
#include "cases/families/random.h"
#include "tests/run_suite.h"

enum { DRAWS = 40000, BINS = 16 };

/* Known answers of Philox4x32-10, published with Random123. */
TEST_EACH(philox_gives_the_published_answers, 0, 3)
{
    static const uint32_t counter[3][4] = {{0, 0, 0, 0},
                                           {0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu},
                                           {0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u}};
    static const uint32_t key[3][2] = {
        {0, 0}, {0xFFFFFFFFu, 0xFFFFFFFFu}, {0xA4093822u, 0x299F31D0u}};
    static const uint32_t wanted[3][4] = {{0x6627E8D5u, 0xE169C58Du, 0xBC57AC4Cu, 0x9B00DBD8u},
                                          {0x408F276Du, 0x41C83B0Eu, 0xA20BC7C6u, 0x6D5451FDu},
                                          {0xD16CFE09u, 0x94FDCCEBu, 0x5001E420u, 0x24126EA1u}};
    uint32_t out[4];
    case_random_block(out, counter[_i], key[_i]);
    ck_assert_mem_eq(out, wanted[_i], sizeof out);
}

TEST(a_stream_depends_on_seed_name_and_k_alone)
{
    struct case_random a, b;
    case_random_init(&a, 7, "family", 12);
    case_random_init(&b, 7, "family", 12);
    uint64_t first = case_random_bits(&a);
    ck_assert_uint_eq(first, case_random_bits(&b));
    case_random_init(&b, 8, "family", 12);
    ck_assert_uint_ne(first, case_random_bits(&b));
    case_random_init(&b, 7, "famile", 12);
    ck_assert_uint_ne(first, case_random_bits(&b));
    case_random_init(&b, 7, "family", 13);
    ck_assert_uint_ne(first, case_random_bits(&b));
    case_random_init(&b, 7, "family", 12 + ((uint64_t)1 << 32));
    ck_assert_uint_ne(first, case_random_bits(&b));
}

/* Freezes the streams: a change of any number changes every case of every family. */
TEST(the_streams_have_not_changed)
{
    struct case_random r;
    case_random_init(&r, 1, "random-deep", 0);
    ck_assert_uint_eq(case_random_bits(&r), UINT64_C(0x04C93B41511589CA));
    double unit = case_random_unit(&r), wanted_unit = 0x1.11bb6728c4a08p-4;
    double power = case_random_log_between(&r, 1e-12, 1), wanted_power = 0x1.b5ba263b43d68p-12;
    double normal = case_random_normal(&r, 1, 2), wanted_normal = 0x1.9e069a03901aep+0;
    ck_assert_mem_eq(&unit, &wanted_unit, sizeof unit);
    ck_assert_mem_eq(&power, &wanted_power, sizeof power);
    ck_assert_mem_eq(&normal, &wanted_normal, sizeof normal);
}

/* 15 degrees of freedom: a chi-square of 60 has probability 2e-7. */
TEST(units_fill_the_unit_interval_evenly)
{
    struct case_random r;
    size_t bins[BINS] = {0};
    case_random_init(&r, 3, "even", 0);
    for (int i = 0; i < DRAWS; i++) {
        double unit = case_random_unit(&r);
        ck_assert(unit >= 0 && unit < 1);
        bins[(size_t)(unit * BINS)]++;
    }
    double chi_square = 0, wanted = (double)DRAWS / BINS;
    for (int b = 0; b < BINS; b++) {
        chi_square += ((double)bins[b] - wanted) * ((double)bins[b] - wanted) / wanted;
    }
    ck_assert(chi_square < 60);
}

TEST(whole_numbers_stay_in_range_and_reach_both_ends)
{
    struct case_random r;
    size_t seen[5] = {0};
    case_random_init(&r, 3, "range", 0);
    for (int i = 0; i < 500; i++) {
        size_t value = case_random_from(&r, 3, 7);
        ck_assert(value >= 3 && value <= 7);
        seen[value - 3]++;
    }
    for (int b = 0; b < 5; b++) {
        ck_assert(seen[b] > 50);
    }
    ck_assert_uint_eq(case_random_below(&r, 1), 0);
}

/* Mean of 40,000: deviation 0.005 of its own, so 0.03 is six of them. */
TEST(normal_numbers_have_their_mean_and_deviation)
{
    struct case_random r;
    double sum = 0, squares = 0;
    case_random_init(&r, 3, "normal", 0);
    for (int i = 0; i < DRAWS; i++) {
        double x = case_random_normal(&r, 0, 1);
        sum += x;
        squares += x * x;
    }
    ck_assert(sum / DRAWS > -0.03 && sum / DRAWS < 0.03);
    ck_assert(squares / DRAWS > 0.96 && squares / DRAWS < 1.04);
}

TEST(logarithmic_numbers_are_even_in_the_exponent)
{
    struct case_random r;
    size_t small = 0;
    case_random_init(&r, 3, "log", 0);
    for (int i = 0; i < 2000; i++) {
        double x = case_random_log_between(&r, 0x1p-40, 1);
        ck_assert(x >= 0x1p-40 && x <= 1);
        small += x < 0x1p-20;
    }
    ck_assert(small > 850 && small < 1150);
}

SUITE("random")
