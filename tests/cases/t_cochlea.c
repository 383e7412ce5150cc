/* SPDX-License-Identifier: MIT */
/* t_cochlea.c: does the model of the inner ear give the published spikes, from the published random
 * numbers; are its own draws of the same law; are Hankel functions those of Arb?
 *
 * tests/golden/cochlea-70.tsv: see the page there. */
#include "cases/spikes/cochlea.h"
#include "cases/spikes/hankel.h"
#include "cases/spikes/sound.h"
#include "tests/run_suite.h"

#if __has_include(<flint/acb_hypgeom.h>)
#include <flint/acb_hypgeom.h>
#else
#include <acb_hypgeom.h>
#endif
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double *sound;
static size_t samples;

static void setup(void)
{
    struct case_error error;
    ck_assert_msg(spike_sound_read(&sound, &samples, "tests/golden/spoken_digit.flac", &error) == 0,
                  "%s", error.text);
    ck_assert_uint_eq(samples, 38172);
}

static void teardown(void)
{
    free(sound);
}

/* ---- published spikes: stiffness 1e8, 70 channels, numpy.random.seed(123) ---- */

TEST(published_spikes_come_of_the_published_random_numbers)
{
    struct cochlea cochlea;
    struct cochlea_spikes spikes;
    struct case_mersenne generator;
    const struct cochlea_draws draws = {.single = &generator};
    unsigned long tick, channel;
    size_t rows = 0;
    char line[64];
    case_mersenne_init(&generator, 123);
    ck_assert_int_eq(spike_cochlea_make(&cochlea, samples, 70, 1e8), 0);
    ck_assert_int_eq(spike_cochlea_hear(&spikes, &cochlea, sound, samples, &draws), 0);
    FILE *file = fopen("tests/golden/cochlea-70.tsv", "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        ck_assert_int_eq(sscanf(line, "%lu %lu", &tick, &channel), 2);
        ck_assert_uint_lt(rows, spikes.count);
        ck_assert_uint_eq(spikes.at[rows] >> 16, tick);
        ck_assert_uint_eq(spikes.at[rows] & 0xffff, channel);
        rows++;
    }
    fclose(file);
    ck_assert_uint_eq(rows, 618);
    ck_assert_uint_eq(spikes.count, 618);
    free(spikes.at);
    spike_cochlea_clear(&cochlea);
}

/* ---- own draws ---- */

static struct cochlea few; /* 5 channels */

static struct cochlea_spikes hear(const struct cochlea_draws *draws)
{
    struct cochlea_spikes spikes;
    if (!few.transfer)
        ck_assert_int_eq(spike_cochlea_make(&few, 42000, 5, 1e8), 0);
    ck_assert_int_eq(spike_cochlea_hear(&spikes, &few, sound, samples, draws), 0);
    return spikes;
}

static bool same(const struct cochlea_spikes *one, const struct cochlea_spikes *other)
{
    return one->count == other->count &&
           memcmp(one->at, other->at, one->count * sizeof *one->at) == 0;
}

TEST(spikes_depend_on_seed_and_name_alone)
{
    const struct cochlea_draws draws[] = {
        {NULL, 1, "a"}, {NULL, 2, "a"}, {NULL, 1, "b"}, {NULL, 1, "a"}};
    struct cochlea_spikes spikes[4];
    for (int k = 0; k < 4; k++)
        spikes[k] = hear(&draws[k]);
    ck_assert(same(&spikes[0], &spikes[3]));
    for (int k = 1; k < 3; k++)
        ck_assert(!same(&spikes[0], &spikes[k]));
    ck_assert(!same(&spikes[1], &spikes[2]));
    for (int k = 0; k < 4; k++)
        free(spikes[k].at);
    spike_cochlea_clear(&few);
}

/* Means of the number of spikes over many draws of either kind; they differ by less than four
 * standard errors. All is determined, so the test either always passes or never. */
TEST(fibres_counted_have_the_law_of_fibres_one_by_one)
{
    enum { DRAWS = 24 };
    double mean[2] = {0}, error = 0;
    for (int kind = 0; kind < 2; kind++) {
        double sum = 0, squares = 0;
        for (uint32_t k = 0; k < DRAWS; k++) {
            struct case_mersenne generator;
            const struct cochlea_draws draws = {kind ? &generator : NULL, k, "law"};
            case_mersenne_init(&generator, k);
            struct cochlea_spikes spikes = hear(&draws);
            sum += (double)spikes.count;
            squares += (double)spikes.count * (double)spikes.count;
            free(spikes.at);
        }
        mean[kind] = sum / DRAWS;
        error += (squares / DRAWS - mean[kind] * mean[kind]) / (DRAWS - 1);
    }
    ck_assert_msg(error > 0 && fabs(mean[0] - mean[1]) < 4 * sqrt(error), "%g and %g, error %g",
                  mean[0], mean[1], sqrt(error));
    ck_assert_msg(mean[0] > 20, "%g spikes say little", mean[0]);
    spike_cochlea_clear(&few);
}

/* ---- Hankel functions ---- */

/* By Arb at a precision that leaves 64 right bits. */
static double complex by_arb(double complex z, long order)
{
    acb_t at, value, nu;
    acb_init(at);
    acb_init(value);
    acb_init(nu);
    acb_set_d_d(at, creal(z), cimag(z));
    acb_set_si(nu, order);
    for (long precision = 128; acb_rel_accuracy_bits(value) < 64 || precision == 128;
         precision *= 2) {
        acb_t y;
        acb_init(y); /* H = J + i Y, another way than the code's */
        acb_hypgeom_bessel_jy(value, y, nu, at, precision);
        acb_mul_onei(y, y);
        acb_add(value, value, y, precision);
        acb_clear(y);
    }
    double complex h = CMPLX(arf_get_d(arb_midref(acb_realref(value)), ARF_RND_NEAR),
                             arf_get_d(arb_midref(acb_imagref(value)), ARF_RND_NEAR));
    acb_clear(nu);
    acb_clear(value);
    acb_clear(at);
    return h;
}

TEST(hankel_functions_are_those_of_arb)
{
    static const double size[] = {3e-4, 0.1, 1,     2.99,  3.01, 4.5,  5.7, 8.5,
                                  13.3, 17,  19.99, 20.01, 31,   74.5, 150};
    struct spike_hankel_table *table = spike_hankel_table_make();
    ck_assert_ptr_nonnull(table);
    for (size_t k = 0; k < sizeof size / sizeof size[0]; k++)
        for (int turn = 0; turn <= 8; turn++) {
            double angle = 0.19634954 * turn; /* to just below pi / 2 */
            double complex z = CMPLX(size[k] * cos(angle), size[k] * sin(angle)), value[2];
            spike_hankel(value, table, z);
            for (int order = 0; order < 2; order++) {
                double complex want = by_arb(z, order);
                ck_assert_msg(cabs(value[order] - want) <= 1e-12 * cabs(want),
                              "H%d(%g%+gi) = %.17g%+.17gi, but %.17g%+.17gi", order, creal(z),
                              cimag(z), creal(value[order]), cimag(value[order]), creal(want),
                              cimag(want));
            }
        }
    spike_hankel_table_free(table);
}

SUITE("cochlea", .setup = setup, .teardown = teardown)
