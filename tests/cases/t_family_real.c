/* SPDX-License-Identifier: MIT */
/* t_family_real.c: do the families from real data hold the published data, and are they cases that
 * every engine may rely on?
 *
 * The digests of the recordings were computed from the archive that cases/data/README.md names. */
#include "cases/families/families.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    size_t label, spikes;
    uint64_t digest; /* see digest_of_trains */
} RECORDING[CASE_DIGITS_RECORDINGS] = {
    {18, 1220, UINT64_C(0x7417db9c5d954050)}, {16, 1912, UINT64_C(0x34f1c1ab3585c716)},
    {5, 1982, UINT64_C(0xfe32d51e0842f8b1)},  {4, 2290, UINT64_C(0x14c436ebeefa7cc8)},
    {1, 3109, UINT64_C(0x374cd3046cd07611)},  {6, 4226, UINT64_C(0x73ffcd7b56c00f4a)},
    {2, 6524, UINT64_C(0x6a035c99f78f3d8a)},  {7, 7903, UINT64_C(0xf90fa7032e8d5029)},
};

/* Weights of seed 0: a change of compiler, libm or MPFR must not move a bit. */
static const uint64_t YIN_YANG_WEIGHTS = UINT64_C(0x96235514d71c7b5e);
static const uint64_t DIGITS_WEIGHTS = UINT64_C(0xa5fa5f4e0c9ef515);

/* A sample mean of n normal numbers is off by more than 6 sigma/sqrt(n) once in 5e8 seeds; the
 * deviation's own deviation is sigma/sqrt(2 n). */
static const double SIX_SIGMA = 6;

typedef int maker(struct case_made *made, uint64_t seed, uint64_t k);

static uint64_t digest_word(uint64_t digest, uint64_t word)
{
    for (int byte = 0; byte < 8; byte++)
        digest = (digest ^ ((word >> (8 * byte)) & 0xff)) * UINT64_C(0x100000001b3);
    return digest;
}

static uint64_t digest_double(uint64_t digest, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return digest_word(digest, bits);
}

/* FNV-1a, 64 bits, over little-endian bytes: channel as int64 and time in ms, channel by channel.
 */
static uint64_t digest_of_trains(const struct case_train *train, size_t channels)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    for (size_t channel = 0; channel < channels; channel++)
        for (size_t s = 0; s < train[channel].count; s++)
            digest = digest_double(digest_word(digest, channel), train[channel].at[s]);
    return digest;
}

static size_t synapses(const struct case_problem *c, size_t projection)
{
    const struct case_projection *p = &c->projection[projection];
    return c->population[p->source].size * c->population[p->target].size;
}

static uint64_t digest_of_weights(const struct case_problem *c)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    for (size_t p = 0; p < c->projections; p++)
        for (size_t s = 0; s < synapses(c, p); s++)
            digest = digest_double(digest, c->projection[p].weight[s]);
    return digest;
}

static size_t input_spikes(const struct case_problem *c)
{
    size_t spikes = 0;
    for (size_t n = 0; n < c->population[0].size; n++)
        spikes += c->sample->spikes[0][n].count;
    return spikes;
}

static void expect_valid(const struct case_problem *c)
{
    struct case_error error;
    ck_assert_msg(case_check(c, &error) == 0, "%s", error.text);
}

static void expect_all_valid(maker *make, uint64_t limit, uint64_t stride)
{
    for (uint64_t k = 0; k < limit; k += stride) {
        struct case_made made;
        ck_assert_int_eq(make(&made, 1, k), 0);
        expect_valid(made.problem);
        case_made_clear(&made);
    }
}

static void expect_law(const struct case_problem *c, size_t projection, double mean,
                       double deviation)
{
    size_t count = synapses(c, projection);
    const double *weight = c->projection[projection].weight;
    double sum = 0, squares = 0;
    for (size_t s = 0; s < count; s++)
        sum += weight[s];
    double middle = sum / (double)count;
    for (size_t s = 0; s < count; s++)
        squares += (weight[s] - middle) * (weight[s] - middle);
    double spread = sqrt(squares / (double)count);
    ck_assert(fabs(middle - mean) <= SIX_SIGMA * deviation / sqrt((double)count));
    ck_assert(fabs(spread - deviation) <= SIX_SIGMA * deviation / sqrt(2.0 * (double)count));
}

TEST(real_cases_pass_the_checker)
{
    expect_all_valid(case_make_yin_yang, CASE_REAL_YIN_YANG_LIMIT, 111);
    expect_all_valid(case_make_digits_small, CASE_REAL_DIGITS_LIMIT, 1);
}

TEST(yin_yang_input_spikes_encode_the_test_sample)
{
    struct case_yin_yang sample[8];
    case_yin_yang_samples(sample, 8, CASE_YIN_YANG_TEST_SEED);
    struct case_made made;
    ck_assert_int_eq(case_make_yin_yang(&made, 3, 7), 0);
    const struct case_train *train = made.problem->sample->spikes[0];
    for (size_t i = 0; i < CASE_YIN_YANG_FEATURES; i++) {
        double wanted = 30.0 * sample[7].feature[i];
        ck_assert_uint_eq(train[i].count, 1);
        ck_assert_mem_eq(train[i].at, &wanted, sizeof wanted);
    }
    ck_assert_uint_eq(train[4].count, 1);
    ck_assert_mem_eq(train[4].at, &(double){0.0}, sizeof(double));
    ck_assert_uint_eq(made.problem->sample->label, sample[7].label);
    case_made_clear(&made);
}

TEST(yin_yang_weights_belong_to_the_seed_and_follow_the_published_law)
{
    struct case_made made, other;
    ck_assert_int_eq(case_make_yin_yang(&made, 0, 0), 0);
    ck_assert_int_eq(case_make_yin_yang(&other, 0, 999), 0);
    uint64_t digest = digest_of_weights(made.problem);
    ck_assert_uint_eq(digest, YIN_YANG_WEIGHTS);
    ck_assert_uint_eq(digest, digest_of_weights(other.problem));
    expect_law(made.problem, 0, 1.5, 0.78);
    expect_law(made.problem, 1, 0.93, 0.1);
    case_made_clear(&other);
    ck_assert_int_eq(case_make_yin_yang(&other, 1, 0), 0);
    ck_assert_uint_ne(digest, digest_of_weights(other.problem));
    case_made_clear(&other);
    case_made_clear(&made);
}

TEST(digits_are_the_recordings_of_the_archive_with_the_weights_of_the_seed)
{
    for (uint64_t k = 0; k < CASE_REAL_DIGITS_LIMIT; k++) {
        struct case_made made;
        ck_assert_int_eq(case_make_digits(&made, 0, k), 0);
        const struct case_problem *c = made.problem;
        expect_valid(c);
        ck_assert_uint_eq(digest_of_weights(c), DIGITS_WEIGHTS);
        ck_assert_uint_eq(input_spikes(c), RECORDING[k].spikes);
        ck_assert_uint_eq(digest_of_trains(c->sample->spikes[0], CASE_DIGITS_CHANNELS),
                          RECORDING[k].digest);
        ck_assert_uint_eq(c->sample->label, RECORDING[k].label);
        case_made_clear(&made);
    }
}

TEST(digits_weights_follow_the_published_law)
{
    struct case_made made;
    ck_assert_int_eq(case_make_digits(&made, 1, 0), 0);
    ck_assert_uint_ne(digest_of_weights(made.problem), DIGITS_WEIGHTS);
    expect_law(made.problem, 0, 0.03, 0.01);
    expect_law(made.problem, 1, 0.0, 0.02);
    expect_law(made.problem, 2, 0.0, 0.03);
    case_made_clear(&made);
}

TEST(small_digits_hold_100_spikes_and_end_20_ms_after_the_last)
{
    for (uint64_t k = 0; k < CASE_REAL_DIGITS_LIMIT; k++) {
        struct case_made made;
        ck_assert_int_eq(case_make_digits_small(&made, 0, k), 0);
        const struct case_problem *c = made.problem;
        ck_assert_uint_eq(input_spikes(c), 100);
        double first = c->end, last = 0;
        for (size_t n = 0; n < c->population[0].size; n++) {
            const struct case_train *train = &c->sample->spikes[0][n];
            if (train->count == 0)
                continue;
            first = fmin(first, train->at[0]);
            last = fmax(last, train->at[train->count - 1]);
        }
        ck_assert_mem_eq(&first, &(double){0.0}, sizeof first);
        ck_assert(c->end - last >= 20 && c->end - last < 21);
        case_made_clear(&made);
    }
}

TEST(a_file_that_is_nowhere_is_refused_with_where_it_was_looked_for)
{
    struct case_error error;
    char *path = case_shared_path("cases/data/digits.h5", "data/digits.h5", &error);
    ck_assert_str_eq(path, "cases/data/digits.h5");
    free(path);
    ck_assert_ptr_null(case_shared_path("cases/data/none.h5", "data/none.h5", &error));
    static const char *const said[] = {"cases/data/none.h5: found no such file here, in /",
                                       "/tests/share, wanted it there or as data/none.h5 in /"};
    for (int i = 0; i < 2; i++)
        ck_assert_msg(strstr(error.text, said[i]) != NULL, "%s", error.text);
}

SUITE("family-real")
