/* SPDX-License-Identifier: MIT */
/* t_witness_track.c: a moved run that takes from the unmoved one what did not move is the run that
 * it would have been. Every parameter of a case is moved by itself, and impulses come before, into
 * and after what neurons do; the losses must be those of a run without a track, but for the last
 * bits, and the digests the same. */
#include "ref/witness/witness.h"
#include "tests/witness_case.h"
#include "tests/run_suite.h"

enum { WORK = PREC + WITNESS_GUARD_BITS, STEP = -5 * PREC / 16 };

/* Two hidden neurons, one of them feeding the other, spikes of inputs at one time, a bias, a long
 * delay, outputs that integrate. */
#define DEEP_CASE                                                                                  \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":80},\"populations\":["        \
    "{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"                                     \
    "{\"name\":\"mid\",\"size\":2,\"model\":\"lif\",\"tau_mem\":[20,15],\"tau_syn\":[5,7],"        \
    "\"threshold\":1,\"bias\":[0,0.125]},"                                                         \
    "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":[5,20]}],"           \
    "\"projections\":["                                                                            \
    "{\"source\":\"in\",\"target\":\"mid\",\"delay\":1,\"weights\":[[14,-1],[0.5,13]]},"           \
    "{\"source\":\"mid\",\"target\":\"mid\",\"delay\":2,\"weights\":[[0,9],[0,0]]},"               \
    "{\"source\":\"mid\",\"target\":\"out\",\"delay\":0.5,\"weights\":[[3,-1],[2.5,4]]}],"         \
    "\"samples\":[{\"spikes\":{\"in\":[[1,12.5,40],[1,30]]},\"target\":{%s}},"                     \
    "{\"spikes\":{\"in\":[[5],[]]},\"target\":{%s}}],"                                             \
    "\"loss\":{\"population\":\"out\",%s}}"

static const char *const loss[] = {
    "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"exponential\"",
    "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"sigmoid\"",
    "\"kind\":\"max-voltage-cross-entropy\"",
    "\"kind\":\"instantaneous-cross-entropy\"",
};

/* Quadratures. */
static bool slow(int number)
{
    return number % 2 != 0;
}

/* Losses at +h and -h. */
static void compare_runs(const struct case_problem *c, const struct witness_direction *direction,
                         struct witness_share *share)
{
    struct witness_engine with, without;
    mpfr_t h, off;
    mpfr_inits2(WORK, h, off, (mpfr_ptr)0);
    ck_assert_int_eq(witness_engine_init(&with, c, direction, PREC), 0);
    ck_assert_int_eq(witness_engine_init(&without, c, direction, PREC), 0);
    with.share = share;
    for (int sign = -1; sign <= 1; sign += 2) {
        mpfr_set_si_2exp(h, sign, STEP, MPFR_RNDN);
        ck_assert_int_eq(witness_engine_run(&with, h), WITNESS_OK);
        ck_assert_int_eq(witness_engine_run(&without, h), WITNESS_OK);
        mpfr_sub(off, with.loss, without.loss, MPFR_RNDN);
        ck_assert(mpfr_zero_p(off) || mpfr_get_exp(off) < mpfr_get_exp(without.loss) - PREC - 24);
        ck_assert_uint_eq(with.outcome.counts, without.outcome.counts);
        ck_assert_uint_eq(with.outcome.sequence, without.outcome.sequence);
        ck_assert_uint_eq(with.outcome.borders, without.outcome.borders);
    }
    with.share = NULL;
    witness_engine_clear(&with);
    witness_engine_clear(&without);
    mpfr_clears(h, off, (mpfr_ptr)0);
}

/* The unmoved run of the case, so that there is a track. */
static struct witness_share *recorded(const struct case_problem *c)
{
    struct witness_share *share = witness_share_new();
    struct witness_engine e;
    mpfr_t zero;
    mpfr_init_set_ui(zero, 0, MPFR_RNDN);
    ck_assert_ptr_nonnull(share);
    ck_assert_int_eq(witness_engine_init(&e, c, NULL, PREC), 0);
    e.share = share;
    ck_assert_int_eq(witness_engine_run(&e, zero), WITNESS_OK);
    ck_assert(e.recording && e.spikes > 0);
    e.share = NULL;
    witness_engine_clear(&e);
    mpfr_clear(zero);
    return share;
}

TEST_EACH(moved_parameters_move_what_they_reach, 0, sizeof loss / sizeof *loss)
{
    struct case_problem *c = problem(DEEP_CASE, "\"label\":1", "\"label\":0", loss[_i]);
    struct witness_share *share = recorded(c);
    struct case_block *block;
    size_t parameters;
    case_blocks(&block, &parameters, c);
    for (size_t k = 0; k < parameters; k += slow(_i) ? 9 : 1) {
        struct ref_nudge nudge = {k, 1};
        struct witness_direction direction = {&nudge, 1, NULL};
        compare_runs(c, &direction, share);
    }
    free(block);
    witness_share_free(share);
    case_free(c);
}

TEST_EACH(impulses_change_what_comes_after, 0, sizeof loss / sizeof *loss)
{
    struct case_problem *c = problem(DEEP_CASE, "\"label\":1", "\"label\":0", loss[_i]);
    struct witness_share *share = recorded(c);
    for (size_t x = 0; x < 16; x += slow(_i) ? 5 : 1) {
        struct witness_impulse impulse = {x % 2,     1 + x / 2 % 2,
                                          x / 4 % 2, 0.5 + 7.5 * (double)x,
                                          1,         x < 8 ? WITNESS_V : WITNESS_I};
        struct witness_direction direction = {NULL, 0, &impulse};
        compare_runs(c, &direction, share);
    }
    witness_share_free(share);
    case_free(c);
}

/* Everything at once: no neuron is what it was, all are near. */
TEST_EACH(a_direction_moves_all, 0, sizeof loss / sizeof *loss)
{
    struct case_problem *c = problem(DEEP_CASE, "\"label\":1", "\"label\":0", loss[_i]);
    struct witness_share *share = recorded(c);
    struct case_block *block;
    size_t parameters;
    case_blocks(&block, &parameters, c);
    struct ref_nudge *nudge = calloc(parameters, sizeof *nudge);
    for (size_t k = 0; k < parameters; k++) {
        nudge[k] = (struct ref_nudge){k, k % 3 == 0 ? 0.75 : -0.5};
    }
    struct witness_direction direction = {nudge, parameters, NULL};
    compare_runs(c, &direction, share);
    free(nudge);
    free(block);
    witness_share_free(share);
    case_free(c);
}

SUITE("witness track", .teardown = mpfr_free_cache)
