/* SPDX-License-Identifier: MIT */
/* t_canary.c: the canary accepts this build, its results are those of IEEE 754, and whatever breaks
 * is named. tests/canary.sh tries it on compilers told to break things. */
#include "gpu/canary.h"
#include "tests/run_suite.h"

#include <mpfr.h>
#include <stdlib.h>
#include <time.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

/* MPFR as binary32 or binary64. */
struct ieee {
    mpfr_t a, b, c, t, u;
    mpfr_prec_t precision;
    mpfr_exp_t low, high;
};

static void ieee_init(struct ieee *m, const struct gpu_canary_entry *e)
{
    bool single = e->type == CANARY_FLOAT;
    m->precision = single ? 24 : 53;
    m->low = mpfr_get_emin();
    m->high = mpfr_get_emax();
    mpfr_set_emin(single ? -148 : -1073);
    mpfr_set_emax(single ? 128 : 1024);
    mpfr_inits2(m->precision, m->a, m->b, m->c, m->t, m->u, (mpfr_ptr)0);
    mpfr_set_d(m->a, e->a, MPFR_RNDN);
    mpfr_set_d(m->b, e->b, MPFR_RNDN);
    mpfr_set_d(m->c, e->c, MPFR_RNDN);
}

static void ieee_clear(struct ieee *m)
{
    mpfr_clears(m->a, m->b, m->c, m->t, m->u, (mpfr_ptr)0);
    mpfr_set_emin(m->low);
    mpfr_set_emax(m->high);
}

typedef int binary(mpfr_t, const mpfr_t, const mpfr_t, mpfr_rnd_t);
typedef int unary(mpfr_t, const mpfr_t, mpfr_rnd_t);

static void two(mpfr_t r, binary *f, const mpfr_t x, const mpfr_t y)
{
    int ternary = f(r, x, y, MPFR_RNDN);
    mpfr_subnormalize(r, ternary, MPFR_RNDN);
}

static void one(mpfr_t r, unary *f, const mpfr_t x)
{
    int ternary = f(r, x, MPFR_RNDN);
    mpfr_subnormalize(r, ternary, MPFR_RNDN);
}

/* t = the result of a sum or product; false: not one of them. */
static bool sums(struct ieee *m, enum gpu_canary_operation operation)
{
    switch (operation) {
    case CANARY_ADD:
        return two(m->t, mpfr_add, m->a, m->b), true;
    case CANARY_MULTIPLY:
        return two(m->t, mpfr_mul, m->a, m->b), true;
    case CANARY_ADD_ZERO:
        return mpfr_set_zero(m->u, 1), two(m->t, mpfr_add, m->a, m->u), true;
    case CANARY_ZERO_LESS:
        return mpfr_set_zero(m->u, 1), two(m->t, mpfr_sub, m->u, m->a), true;
    case CANARY_TIMES_ZERO:
        return mpfr_set_zero(m->u, 1), two(m->t, mpfr_mul, m->a, m->u), true;
    case CANARY_MULTIPLY_ADD:
    case CANARY_THEN_ADD:
        return two(m->u, mpfr_mul, m->a, m->b), two(m->t, mpfr_add, m->u, m->c), true;
    case CANARY_MULTIPLY_LESS:
        return two(m->u, mpfr_mul, m->a, m->b), two(m->t, mpfr_sub, m->u, m->c), true;
    case CANARY_LESS_MULTIPLY:
        return two(m->u, mpfr_mul, m->a, m->b), two(m->t, mpfr_sub, m->c, m->u), true;
    case CANARY_SUM_LESS:
        return two(m->u, mpfr_add, m->a, m->b), two(m->t, mpfr_sub, m->u, m->a), true;
    case CANARY_LESS_LESS:
        return two(m->u, mpfr_sub, m->a, m->b), two(m->t, mpfr_sub, m->a, m->u), true;
    case CANARY_SUM_SUM:
        return two(m->u, mpfr_add, m->a, m->b), two(m->t, mpfr_add, m->u, m->c), true;
    case CANARY_PRODUCTS:
        return two(m->u, mpfr_mul, m->a, m->b), two(m->t, mpfr_mul, m->u, m->c), true;
    case CANARY_FACTOR:
        two(m->u, mpfr_mul, m->a, m->b);
        two(m->t, mpfr_mul, m->a, m->c);
        return two(m->t, mpfr_add, m->u, m->t), true;
    case CANARY_FOURTH:
        two(m->t, mpfr_mul, m->a, m->a);
        two(m->t, mpfr_mul, m->t, m->a);
        return two(m->t, mpfr_mul, m->t, m->a), true;
    case CANARY_LOOP:
        mpfr_set(m->t, m->a, MPFR_RNDN);
        for (int i = 0; i < 16; i++)
            two(m->t, mpfr_add, m->t, m->b);
        return two(m->t, mpfr_add, m->t, m->c), true;
    default:
        return false;
    }
}

/* The same for division and what comes out of one function. */
static bool quotients(struct ieee *m, const struct gpu_canary_entry *e)
{
    switch (e->operation) {
    case CANARY_DIVIDE:
        return two(m->t, mpfr_div, m->a, m->b), true;
    case CANARY_THIRD:
        return mpfr_set_ui(m->u, 3, MPFR_RNDN), two(m->t, mpfr_div, m->a, m->u), true;
    case CANARY_SEVENTH:
        return mpfr_set_ui(m->u, 7, MPFR_RNDN), two(m->t, mpfr_div, m->a, m->u), true;
    case CANARY_QUOTIENT_BACK:
        return two(m->u, mpfr_div, m->a, m->b), two(m->t, mpfr_mul, m->u, m->b), true;
    case CANARY_RECIPROCAL:
        return two(m->u, mpfr_div, m->b, m->c), two(m->t, mpfr_div, m->a, m->u), true;
    case CANARY_QUOTIENTS:
        two(m->u, mpfr_div, m->a, m->c);
        two(m->t, mpfr_div, m->b, m->c);
        return two(m->t, mpfr_sub, m->u, m->t), true;
    case CANARY_SQRT:
        return one(m->t, mpfr_sqrt, m->a), true;
    case CANARY_SQRT_SQUARE:
        return one(m->u, mpfr_sqrt, m->a), two(m->t, mpfr_mul, m->u, m->u), true;
    case CANARY_SQRT_UNDER:
        return one(m->u, mpfr_sqrt, m->b), two(m->t, mpfr_div, m->a, m->u), true;
    case CANARY_NARROW:
        mpfr_subnormalize(m->t, mpfr_set_d(m->t, e->a, MPFR_RNDN), MPFR_RNDN);
        return true;
    case CANARY_EXP: /* in double they are a unit off, so only the float is what it must be */
        return e->type == CANARY_FLOAT && (one(m->t, mpfr_exp, m->a), true);
    case CANARY_LOG:
        return e->type == CANARY_FLOAT && (one(m->t, mpfr_log, m->a), true);
    default:
        return sums(m, e->operation);
    }
}

static uint64_t bits_of(const struct ieee *m, enum gpu_canary_type type)
{
    float single = mpfr_get_flt(m->t, MPFR_RNDN);
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    return type == CANARY_FLOAT ? bits : gpu_bits(mpfr_get_d(m->t, MPFR_RNDN));
}

TEST(this_build_is_accepted)
{
    char text[256] = "";
    ck_assert_msg(gpu_canary(text, sizeof text), "%s", text);
}

TEST(results_are_those_of_ieee_754)
{
    uint32_t count, compared = 0;
    const struct gpu_canary_entry *table = gpu_canary_table(&count);
    for (uint32_t i = 0; i < count; i++) {
        struct ieee m;
        ieee_init(&m, &table[i]);
        if (quotients(&m, &table[i])) {
            ck_assert_msg(bits_of(&m, table[i].type) == table[i].wanted, "entry %u", i);
            compared++;
        }
        ieee_clear(&m);
    }
    ck_assert_uint_ge(compared, 80);
}

TEST(every_wrong_entry_is_found)
{
    uint32_t count;
    const struct gpu_canary_entry *table = gpu_canary_table(&count);
    struct gpu_canary_entry *copy = malloc(count * sizeof *copy);
    memcpy(copy, table, count * sizeof *copy);
    for (uint32_t i = 0; i < count; i++) {
        copy[i].wanted ^= 1;
        ck_assert_uint_eq(gpu_canary_run(copy, 0, count), i);
        ck_assert_uint_eq(gpu_canary_run(copy, i + 1, count), count);
        copy[i].wanted ^= 1;
    }
    free(copy);
}

/* As a device's driver has it explained. */
TEST(a_failure_is_explained_in_one_line)
{
    uint32_t count, entry = 0;
    const struct gpu_canary_entry *table = gpu_canary_table(&count);
    while (table[entry].operation != CANARY_MULTIPLY_ADD || table[entry].type != CANARY_FLOAT)
        entry++;
    char text[256];
    gpu_canary_explain(text, sizeof text, entry, 0x33800000, 3);
    ck_assert_ptr_nonnull(strstr(text, "a product and a sum are fused (float"));
    ck_assert_ptr_nonnull(strstr(text, "0x33800000 instead of 0x0; 3 of "));
    ck_assert_ptr_null(strchr(text, '\n'));
}

#ifdef __SSE2__
/* As when a library built with -ffast-math has been loaded: 0x8000 flushes results, 0x40 operands.
 * 0x6000 are the directions of rounding but the nearest. */
TEST_EACH(the_state_of_the_processor_is_seen, 0, 6)
{
    static const struct {
        unsigned set;
        const char *name;
    } states[] = {{0x8000, "subnormal"},
                  {0x0040, "subnormal operands are flushed"},
                  {0x8040, "subnormal operands are flushed"},
                  {0x2000, ""},
                  {0x4000, ""},
                  {0x6000, ""}};
    char text[256] = "";
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | states[_i].set);
    bool accepted = gpu_canary(text, sizeof text);
    _mm_setcsr(before);
    ck_assert(!accepted);
    ck_assert_ptr_nonnull(strstr(text, states[_i].name));
    ck_assert(gpu_canary(text, sizeof text));
}
#endif

TEST(it_takes_less_than_a_millisecond)
{
    enum { TIMES = 100 };
    char text[256];
    clock_t start = clock();
    for (int i = 0; i < TIMES; i++)
        gpu_canary(text, sizeof text);
    ck_assert_int_lt(clock() - start, TIMES * (CLOCKS_PER_SEC / 1000));
}

SUITE("canary")
