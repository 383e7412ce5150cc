/* SPDX-License-Identifier: MIT */
/* made_bench.h: benches that nobody measured. For tests: nothing in them depends on a clock. */
#ifndef EVIDENT_TESTS_MADE_BENCH_H
#define EVIDENT_TESTS_MADE_BENCH_H

#include "tests/run_suite.h"
#include "verify/run/bench.h"

#include <stdio.h>
#include <string.h>

/* Case c takes the engine e (1 + c) ms times factor; rounds differ by spread (0.01: by 1 %). */
static inline struct bench made_bench(size_t cases, size_t engines, size_t rounds, double factor,
                                      double spread)
{
    struct bench bench;
    ck_assert_int_eq(bench_make(&bench, cases, engines, rounds), 0);
    for (size_t e = 0; e < engines; e++) {
        char name[32];
        snprintf(name, sizeof name, "engine-%zu", e);
        bench.engine[e] = strdup(name);
    }
    for (size_t c = 0; c < cases; c++) {
        char name[32];
        snprintf(name, sizeof name, "case:%zu", c);
        bench.at[c].name = strdup(name);
        snprintf(bench.at[c].digest, sizeof bench.at[c].digest, "%032zx", c);
        for (size_t e = 0; e < engines; e++) {
            *bench_row(&bench, c, e) = (struct bench_row){.ran = true,
                                                          .digest = 77 * c + 1,
                                                          .same = true,
                                                          .answers = 3,
                                                          .bytes = 4096.0 * (double)(c + 1),
                                                          .said = true};
            for (size_t r = 0; r < rounds; r++) /* as often above as below */
                bench_seconds(&bench, c, e)[r] =
                    1e-3 * (double)(1 + c) * factor *
                    (1 + spread * ((double)r / (double)(rounds - 1) - 0.5));
        }
    }
    return bench;
}

#endif
