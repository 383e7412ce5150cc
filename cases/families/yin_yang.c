/* SPDX-License-Identifier: MIT */
/* yin_yang.c: points of a Yin-Yang symbol of radius 1/2 around (1/2, 1/2), with their class.
 *
 * For each sample a class is drawn first, then points until one lies in the symbol and has that
 * class. Every double operation follows the published program, so that the samples are the same
 * bits: + - * / and sqrt are correctly rounded, and the build forbids contraction. Checked for all
 * 1,000 test samples by tests/cases/t_yin_yang.c. */
#include "cases/families/yin_yang.h"

#include "cases/families/mersenne.h"

#include <math.h>

#define BIG 0.5   /* radius of the symbol */
#define SMALL 0.1 /* radius of the dots */

static double distance_to(double x, double y, double centre_x)
{
    return sqrt((x - centre_x) * (x - centre_x) + (y - BIG) * (y - BIG));
}

static uint32_t class_of(double x, double y)
{
    double right = distance_to(x, y, 1.5 * BIG);
    double left = distance_to(x, y, 0.5 * BIG);
    if (right < SMALL || left < SMALL)
        return 2;
    /* right <= SMALL is only left at equality, where the published program says 1 as well */
    int yin =
        right <= SMALL || (left > SMALL && left <= 0.5 * BIG) || (y > BIG && right > 0.5 * BIG);
    return yin ? 1 : 0;
}

static void draw(struct case_yin_yang *sample, struct case_mersenne *generator)
{
    uint32_t goal = case_mersenne_below(generator, CASE_YIN_YANG_CLASSES);
    double x, y;
    do {
        x = case_mersenne_uniform(generator) * 2.0 * BIG;
        y = case_mersenne_uniform(generator) * 2.0 * BIG;
    } while (distance_to(x, y, BIG) > BIG || class_of(x, y) != goal);
    *sample = (struct case_yin_yang){{x, y, 1.0 - x, 1.0 - y}, goal};
}

void case_yin_yang_samples(struct case_yin_yang *sample, size_t count, uint32_t seed)
{
    struct case_mersenne generator;
    case_mersenne_init(&generator, seed);
    for (size_t k = 0; k < count; k++)
        draw(&sample[k], &generator);
}
