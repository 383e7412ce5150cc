/* SPDX-License-Identifier: MIT */
/* sweep.c: gpu_exp and gpu_log, rounded to float, on all 2^32 floats; a program of its own.
 *
 *     exp: N inputs, W wrong, M decided by MPFR, digest D
 *
 * What is right comes from the double functions of libm wherever 2^-38 to either side of it rounds
 * to the same float, so that all libm has to be is right to 2^-38; elsewhere MPFR decides. The
 * digest is of all 64 bits of every result: two machines, compilers or devices that print the same
 * one agree. Minutes on two cores; --every K takes every K-th float only. Exit 0: none is wrong,
 * 1: some are, 2: could not run. */
#include "gpu/canary.h"
#include "gpu/exp_log.h"
#include "gpu/tools/sweep.h"

#include <math.h>
#include <mpfr.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK_BITS = 18, BLOCKS = 1 << (32 - BLOCK_BITS), SHOWN = 10 };

struct sweep_function {
    const char *name;
    double (*ours)(double);
    double (*libm)(double);
    int (*mpfr)(mpfr_t, const mpfr_t, mpfr_rnd_t);
};

struct sweep_count {
    uint64_t inputs, wrong, decided, digest;
};

static double ours_exp(double x)
{
    return gpu_exp(x);
}

static double ours_log(double x)
{
    return gpu_log(x);
}

/* MPFR with the 24 bits and the exponents of binary32. */
static float decide(const struct sweep_function *f, float x)
{
    mpfr_t y;
    mpfr_set_emin(-148);
    mpfr_set_emax(128);
    mpfr_init2(y, 24);
    mpfr_set_flt(y, x, MPFR_RNDN);
    int ternary = f->mpfr(y, y, MPFR_RNDN);
    mpfr_subnormalize(y, ternary, MPFR_RNDN);
    float result = mpfr_get_flt(y, MPFR_RNDN);
    mpfr_clear(y);
    return result;
}

static void one(const struct sweep_function *f, uint32_t input, struct sweep_count *count)
{
    float x, got, wanted;
    memcpy(&x, &input, sizeof x);
    double y = f->ours((double)x), libm = f->libm((double)x);
    uint64_t bits = gpu_bits(y);
    bool right;
    if (libm != libm) {
        right = bits == UINT64_C(0x7FF8000000000000);
    } else {
        got = (float)y;
        wanted = (float)(libm * (1 - 0x1p-38));
        if (memcmp(&wanted, &(float){(float)(libm * (1 + 0x1p-38))}, sizeof wanted) != 0) {
            wanted = decide(f, x);
            count->decided++;
        }
        right = memcmp(&got, &wanted, sizeof got) == 0;
    }
    count->inputs++;
    count->digest += sweep_mix(bits + sweep_mix(input));
    if (!right) {
        if (count->wrong++ < SHOWN)
            printf("%s: wrong at %a: %a\n", f->name, (double)x, y);
    }
}

static void block(const struct sweep_function *f, uint64_t first, uint64_t every,
                  struct sweep_count *count)
{
    uint64_t end = first + (UINT64_C(1) << BLOCK_BITS);
    for (uint64_t input = (first + every - 1) / every * every; input < end; input += every)
        one(f, (uint32_t)input, count);
    mpfr_free_cache();
}

static uint64_t sweep(const struct sweep_function *f, uint64_t every)
{
    uint64_t inputs = 0, wrong = 0, decided = 0, digest = 0;
    int done = 0, terminal = isatty(STDERR_FILENO);
#pragma omp parallel for schedule(dynamic) reduction(+ : inputs, wrong, decided, digest)
    for (int b = 0; b < BLOCKS; b++) {
        struct sweep_count count = {0};
        int now;
        block(f, (uint64_t)b << BLOCK_BITS, every, &count);
        inputs += count.inputs;
        wrong += count.wrong;
        decided += count.decided;
        digest += count.digest;
#pragma omp atomic capture
        now = ++done;
        if (terminal && now % 64 == 0)
            fprintf(stderr, "\r%s: %3d %%%s", f->name, now * 100 / BLOCKS,
                    now == BLOCKS ? "\r            \r" : "");
    }
    printf("%s: %llu inputs, %llu wrong, %llu decided by MPFR, digest %016llx\n", f->name,
           (unsigned long long)inputs, (unsigned long long)wrong, (unsigned long long)decided,
           (unsigned long long)digest);
    fflush(stdout);
    return wrong;
}

int main(int argc, char **argv)
{
    static const struct sweep_function functions[] = {{"exp", ours_exp, exp, mpfr_exp},
                                                      {"log", ours_log, log, mpfr_log}};
    char text[256], *end = NULL;
    unsigned long long every = 1;
    if (argc == 3 && strcmp(argv[1], "--every") == 0)
        every = strtoull(argv[2], &end, 10);
    if (every == 0 || every > UINT32_MAX || (argc != 1 && (!end || end == argv[2] || *end))) {
        fprintf(stderr, "usage: %s [--every K]\n", argv[0]);
        return 2;
    }
    if (!gpu_canary(text, sizeof text)) {
        fprintf(stderr, "sweep: %s\n", text);
        return 2;
    }
    uint64_t wrong = sweep(&functions[0], every);
    wrong += sweep(&functions[1], every);
    return wrong != 0;
}
