/* SPDX-License-Identifier: MIT */
/* bench_sum.c: what the rounds of a bench say of an engine (bench.h). */
#include "verify/run/bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of a copy: the rounds stay in their order. */
static struct interval of_rounds(const double *x, size_t rounds, double level)
{
    double *copy = malloc((rounds + 1) * sizeof *copy);
    if (!copy)
        return (struct interval){NAN, -INFINITY, INFINITY};
    memcpy(copy, x, rounds * sizeof *copy);
    struct interval interval = interval_of_median(copy, rounds, level);
    free(copy);
    return interval;
}

struct interval bench_time(const struct bench *bench, size_t c, size_t engine, double level)
{
    return of_rounds(bench_seconds(bench, c, engine), bench->rounds, level);
}

/* The sum of a round over all cases that the engine, and the other, ran. */
static double of_round(const struct bench *bench, size_t engine, size_t other, size_t round,
                       size_t *cases)
{
    double sum = 0;
    *cases = 0;
    for (size_t c = 0; c < bench->cases; c++)
        if (bench_row(bench, c, engine)->ran && bench_row(bench, c, other)->ran) {
            sum += bench_seconds(bench, c, engine)[round];
            ++*cases;
        }
    return sum;
}

static struct interval of_sums(const struct bench *bench, size_t engine, size_t other, bool ratio,
                               size_t *cases)
{
    double *sum = malloc((bench->rounds + 1) * sizeof *sum);
    *cases = 0;
    if (!sum)
        return (struct interval){NAN, -INFINITY, INFINITY};
    for (size_t r = 0; r < bench->rounds; r++) {
        sum[r] = of_round(bench, engine, other, r, cases);
        if (ratio)
            sum[r] /= of_round(bench, other, engine, r, cases);
    }
    struct interval interval = interval_of_median(sum, bench->rounds, INTERVAL_LEVEL);
    free(sum);
    return interval;
}

struct interval bench_total(const struct bench *bench, size_t engine, size_t *cases)
{
    return of_sums(bench, engine, engine, false, cases);
}

struct interval bench_against(const struct bench *bench, size_t engine, size_t other, size_t *cases)
{
    return of_sums(bench, engine, other, true, cases);
}

const struct bench_row *bench_memory(const struct bench *bench, size_t engine)
{
    const struct bench_row *most = NULL;
    for (size_t c = 0; c < bench->cases; c++) {
        const struct bench_row *row = bench_row(bench, c, engine);
        if (row->ran && row->bytes > 0 && (!most || row->bytes > most->bytes))
            most = row;
    }
    return most;
}
