/* SPDX-License-Identifier: MIT */
/* witness_case.h: what the tests of the witness share: small cases, and comparisons in MPFR.
 *
 * Values are held to closed forms at CHECK bits; bounds are powers of two. */
#ifndef EVIDENT_TESTS_WITNESS_CASE_H
#define EVIDENT_TESTS_WITNESS_CASE_H

#include "ref/ref.h"

#include <check.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PREC = 256, CHECK = 1024, TEXT = 4096 };

static inline struct case_problem *problem(const char *format, ...)
{
    char text[TEXT];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ck_assert(length > 0 && length < TEXT);
    struct case_error error = {""};
    struct case_problem *c = case_read_text(text, (size_t)length, "test", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

/* One source neuron, lif neurons, a first-spike loss on them. */
#define LIF_CASE(end, populations, weights, spikes)                                                \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":" end "},\"populations\":["   \
    "{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"}," populations                         \
    "],\"projections\":[" weights "],\"samples\":[{\"spikes\":{\"in\":[" spikes                    \
    "]},\"target\":{\"times\":[0]}}],"                                                             \
    "\"loss\":{\"kind\":\"first-spike-squared-error\",\"population\":\"lif\"}}"
#define LIF(tau_mem, tau_syn, rest)                                                                \
    "{\"name\":\"lif\",\"size\":1,\"model\":\"lif\",\"tau_mem\":" tau_mem ",\"tau_syn\":" tau_syn  \
    ",\"threshold\":1" rest "}"
#define FROM_IN(weight, rest)                                                                      \
    "{\"source\":\"in\",\"target\":\"lif\",\"weights\":[[" weight "]]" rest "}"

/* Two sources straight onto two li outputs: V is a sum of single responses. */
#define LI_CASE                                                                                    \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":40},\"populations\":["        \
    "{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"                                     \
    "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":[5,8],"              \
    "\"bias\":[0.25,-0.125]}],\"projections\":["                                                   \
    "{\"source\":\"in\",\"target\":\"out\",\"delay\":0.5,\"weights\":[[3,-1],[2.5,4]]}],"          \
    "\"samples\":[{\"spikes\":{\"in\":[[1,9.5,20.25],[2.5,12]]},\"target\":{%s}}],"                \
    "\"loss\":{\"population\":\"out\",%s}}"

/* in -> mid -> lif, a spike of mid delayed. */
#define CHAIN(first, second, delay)                                                                \
    LIF_CASE("60",                                                                                 \
             "{\"name\":\"mid\",\"size\":1,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"        \
             "\"threshold\":1}," LIF("20", "10", ""),                                              \
             "{\"source\":\"in\",\"target\":\"mid\",\"weights\":[[" first "]]},"                   \
             "{\"source\":\"mid\",\"target\":\"lif\",\"delay\":" delay ",\"weights\":[[" second    \
             "]]}",                                                                                \
             "[1]")

static inline struct witness_run simulate(const struct case_problem *c, mpfr_prec_t prec)
{
    struct witness_run run;
    mpfr_t h;
    mpfr_init_set_ui(h, 0, MPFR_RNDN);
    ck_assert_int_eq(witness_simulate(&run, c, NULL, h, prec), WITNESS_OK);
    mpfr_clear(h);
    return run;
}

static inline bool agree(mpfr_srcptr got, mpfr_srcptr want, long bits)
{
    mpfr_t distance, bound;
    mpfr_inits2(CHECK, distance, bound, (mpfr_ptr)0);
    mpfr_sub(distance, got, want, MPFR_RNDN);
    mpfr_mul_2si(bound, want, -bits, MPFR_RNDN);
    bool close = mpfr_cmpabs(distance, bound) <= 0;
    mpfr_clears(distance, bound, (mpfr_ptr)0);
    return close;
}

static inline mpfr_ptr spike(const struct witness_run *run, size_t neuron, size_t k)
{
    ck_assert_uint_gt(run->spikes[0][1][neuron].count, k);
    return run->spikes[0][1][neuron].at[k];
}

/* V at s from V(0) = v, I(0) = i without bias, at CHECK bits; I there in *current if not NULL. */
static inline void response(mpfr_ptr value, mpfr_ptr current, double tau_mem, double tau_syn,
                            mpfr_srcptr v, mpfr_srcptr i, mpfr_srcptr s)
{
    mpfr_t x, y, k;
    mpfr_inits2(CHECK, x, y, k, (mpfr_ptr)0);
    mpfr_div_d(x, s, -tau_mem, MPFR_RNDN);
    mpfr_div_d(y, s, -tau_syn, MPFR_RNDN);
    mpfr_exp(x, x, MPFR_RNDN);
    mpfr_exp(y, y, MPFR_RNDN);
    if (memcmp(&tau_mem, &tau_syn, sizeof tau_mem) == 0) {
        mpfr_mul(k, x, s, MPFR_RNDN);
        mpfr_div_d(k, k, tau_mem, MPFR_RNDN);
    } else {
        mpfr_t gap;
        mpfr_init2(gap, CHECK);
        mpfr_set_d(gap, tau_mem, MPFR_RNDN);
        mpfr_sub_d(gap, gap, tau_syn, MPFR_RNDN);
        mpfr_sub(k, x, y, MPFR_RNDN);
        mpfr_mul_d(k, k, tau_syn, MPFR_RNDN);
        mpfr_div(k, k, gap, MPFR_RNDN);
        mpfr_clear(gap);
    }
    if (current != NULL) {
        mpfr_mul(current, i, y, MPFR_RNDN);
    }
    mpfr_mul(x, v, x, MPFR_RNDN);
    mpfr_fma(value, i, k, x, MPFR_RNDN);
    mpfr_clears(x, y, k, (mpfr_ptr)0);
}

static inline size_t parameter_named(const struct case_problem *c, const char *name)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c), found = SIZE_MAX;
    for (size_t p = 0; p < parameters; p++) {
        char text[128];
        case_parameter_name(text, sizeof text, c, block, blocks, p);
        found = strcmp(text, name) == 0 ? p : found;
    }
    free(block);
    ck_assert_uint_ne(found, SIZE_MAX);
    return found;
}

static inline struct witness_difference
differentiate(const struct case_problem *c, const char *name, const struct witness_impulse *impulse,
              enum witness_side side, long digits, mpfr_prec_t first, mpfr_prec_t cap)
{
    struct ref_nudge nudge = {name == NULL ? 0 : parameter_named(c, name), 1};
    struct witness_direction direction = {&nudge, name != NULL, impulse};
    struct witness_request request = {digits, 0.0625, first, cap, NULL};
    struct witness_difference d;
    ck_assert_int_eq(witness_differentiate(&d, c, &direction, side, &request), WITNESS_OK);
    return d;
}

#endif
