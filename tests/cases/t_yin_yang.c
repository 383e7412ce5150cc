/* SPDX-License-Identifier: MIT */
/* t_yin_yang.c: do the generator's samples equal the published ones bit for bit?
 *
 * The digests and rows below were computed from the publication's own .npy files
 * (github.com/lkriener/yin_yang_data_set, commit e6eef961, MIT licence), not from this code. */
#include "cases/families/mersenne.h"
#include "cases/families/yin_yang.h"
#include "tests/run_suite.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t TRAIN_DIGEST = UINT64_C(0xebf794534f3f0b56);
static const uint64_t VALIDATION_DIGEST = UINT64_C(0x7e308eb822d3da3a);
static const uint64_t TEST_DIGEST = UINT64_C(0xd18c8c9398306209);

static const struct case_yin_yang TEST_HEAD[5] = {
    {{0x1.df6e0fe77e0e4p-3, 0x1.9b5dcab9967b6p-2, 0x1.88247c06207c7p-1, 0x1.32511aa334c25p-1}, 2},
    {{0x1.80ae3293af921p-1, 0x1.df7af78b6999cp-2, 0x1.fd4735b141b7cp-3, 0x1.1042843a4b332p-1}, 2},
    {{0x1.1b4a4c74a9654p-3, 0x1.24541434b9943p-1, 0x1.b92d6ce2d5a6bp-1, 0x1.b757d7968cd7ap-2}, 1},
    {{0x1.c65787bba9b90p-4, 0x1.28de309f90155p-1, 0x1.c7350f088ac8ep-1, 0x1.ae439ec0dfd56p-2}, 1},
    {{0x1.cdaf0966168f0p-4, 0x1.0c6ad901a95bdp-1, 0x1.c64a1ed33d2e2p-1, 0x1.e72a4dfcad486p-2}, 1},
};

static uint64_t digest_word(uint64_t digest, uint64_t word)
{
    for (int byte = 0; byte < 8; byte++)
        digest = (digest ^ ((word >> (8 * byte)) & 0xff)) * UINT64_C(0x100000001b3);
    return digest;
}

/* FNV-1a, 64 bits, over little-endian bytes: for each sample four doubles, then the label as int64.
 */
static uint64_t digest_of_set(size_t count, uint32_t seed)
{
    struct case_yin_yang *sample = calloc(count, sizeof *sample);
    ck_assert_ptr_nonnull(sample);
    case_yin_yang_samples(sample, count, seed);
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    for (size_t k = 0; k < count; k++) {
        for (int f = 0; f < CASE_YIN_YANG_FEATURES; f++) {
            uint64_t bits;
            memcpy(&bits, &sample[k].feature[f], sizeof bits);
            digest = digest_word(digest, bits);
        }
        digest = digest_word(digest, sample[k].label);
    }
    free(sample);
    return digest;
}

TEST(first_test_samples_are_the_published_ones)
{
    struct case_yin_yang sample[5];
    case_yin_yang_samples(sample, 5, CASE_YIN_YANG_TEST_SEED);
    for (int k = 0; k < 5; k++) {
        ck_assert_mem_eq(sample[k].feature, TEST_HEAD[k].feature, sizeof sample[k].feature);
        ck_assert_uint_eq(sample[k].label, TEST_HEAD[k].label);
    }
}

TEST(all_test_samples_are_the_published_ones)
{
    ck_assert_uint_eq(digest_of_set(CASE_YIN_YANG_TEST_COUNT, CASE_YIN_YANG_TEST_SEED),
                      TEST_DIGEST);
}

TEST(all_validation_samples_are_the_published_ones)
{
    ck_assert_uint_eq(digest_of_set(CASE_YIN_YANG_VALIDATION_COUNT, CASE_YIN_YANG_VALIDATION_SEED),
                      VALIDATION_DIGEST);
}

TEST(all_training_samples_are_the_published_ones)
{
    ck_assert_uint_eq(digest_of_set(CASE_YIN_YANG_TRAIN_COUNT, CASE_YIN_YANG_TRAIN_SEED),
                      TRAIN_DIGEST);
}

/* The C++ standard, [rand.predef], gives the 10000th word of MT19937 with its default seed 5489. */
TEST(ten_thousandth_mersenne_word_is_the_standard_one)
{
    struct case_mersenne generator;
    case_mersenne_init(&generator, 5489);
    for (int k = 0; k < 9999; k++)
        (void)case_mersenne_next(&generator);
    ck_assert_uint_eq(case_mersenne_next(&generator), UINT32_C(4123659995));
}

TEST(bounded_integers_stay_below_and_reach_every_value)
{
    for (uint32_t count = 1; count <= 9; count++) {
        struct case_mersenne generator;
        case_mersenne_init(&generator, count);
        uint32_t seen = 0;
        for (int k = 0; k < 1000; k++) {
            uint32_t drawn = case_mersenne_below(&generator, count);
            ck_assert_uint_lt(drawn, count);
            seen |= UINT32_C(1) << drawn;
        }
        ck_assert_uint_eq(seen, (UINT32_C(1) << count) - 1);
    }
}

SUITE("yin-yang")
