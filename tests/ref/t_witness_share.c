/* SPDX-License-Identifier: MIT */
/* t_witness_share.c: what the differences of a case share changes how long they take, not what they
 * are. */
#include "ref/witness/witness.h"
#include "tests/witness_case.h"
#include "tests/run_suite.h"

enum { WORK = PREC + WITNESS_GUARD_BITS };

static const char one_output[] = LIF_CASE("40", LIF("20", "5", ""), FROM_IN("9", ""), "[1]");

/* Arguments at all distances from one whose exponential is known, and of its moved neighbours, must
 * have the exponentials that MPFR gives, to all but the last bits. */
TEST(exponentials_near_each_other_are_exponentials)
{
    static const long distance[] = {10, 30, 41, 60, 80, 82, 160, 300};
    struct case_problem *c = problem(one_output);
    struct witness_engine e;
    mpfr_t x, moved, value, want, off;
    mpfr_inits2(WORK, x, moved, value, want, off, (mpfr_ptr)0);
    ck_assert_int_eq(witness_engine_init(&e, c, NULL, PREC), 0);
    ck_assert_ptr_nonnull(e.share = witness_share_new());
    for (int start = 1; start < 400; start++) {
        e.unmoved = true;
        mpfr_set_d(x, -start / 16.0 / (1 + start % 3), MPFR_RNDN);
        witness_exp(&e, value, x);
        e.unmoved = false;
        for (size_t k = 0; k < sizeof distance / sizeof *distance; k++) {
            mpfr_set_si_2exp(moved, start % 2 ? 3 : -3, -distance[k], MPFR_RNDN);
            mpfr_add(moved, moved, x, MPFR_RNDN);
            mpfr_exp(want, moved, MPFR_RNDN);
            mpfr_set(value, moved, MPFR_RNDN);
            witness_exp(&e, value, value); /* in place, too */
            mpfr_sub(off, value, want, MPFR_RNDN);
            mpfr_div(off, off, want, MPFR_RNDN);
            ck_assert(mpfr_zero_p(off) || mpfr_get_exp(off) < 6 - WORK);
        }
    }
    witness_share_free(e.share);
    e.share = NULL;
    witness_engine_clear(&e);
    mpfr_clears(x, moved, value, want, off, (mpfr_ptr)0);
    case_free(c);
}

static struct witness_difference ask(const struct case_problem *c, size_t parameter,
                                     struct witness_share *share)
{
    struct ref_nudge nudge = {parameter, 1};
    struct witness_direction direction = {&nudge, 1, NULL};
    struct witness_request request = {40, 0.0625, PREC, 1024, share};
    struct witness_difference d;
    ck_assert_int_eq(witness_differentiate(&d, c, &direction, WITNESS_CENTRAL, &request),
                     WITNESS_OK);
    ck_assert_int_eq(d.class_, WITNESS_SMOOTH);
    return d;
}

/* Closed forms and quadratures; parameters one after the other, so that later ones find what the
 * first ones left. */
TEST_EACH(shared_differences_are_the_same, 0, 3)
{
    static const char *const loss[] = {
        "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"uniform\"",
        "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"sigmoid\"",
        "\"kind\":\"instantaneous-cross-entropy\""};
    struct case_problem *c = problem(LI_CASE, "\"label\":1", loss[_i]);
    struct witness_share *share = witness_share_new();
    size_t less = 0;
    ck_assert_ptr_nonnull(share);
    for (size_t k = 0; k < 8; k++) {
        struct witness_difference with = ask(c, k, share), without = ask(c, k, NULL);
        mpfr_t off;
        mpfr_init2(off, 64);
        mpfr_sub(off, with.value, without.value, MPFR_RNDN);
        ck_assert(mpfr_cmpabs(off, with.error) <= 0);
        less += with.simulations < without.simulations;
        mpfr_clear(off);
        witness_difference_clear(&with);
        witness_difference_clear(&without);
    }
    ck_assert_uint_ge(less, 6); /* the unmoved run of all but the first ones */
    witness_share_free(share);
    case_free(c);
}

SUITE("witness share", .teardown = mpfr_free_cache)
