/* SPDX-License-Identifier: MIT */
/* t_clock_quiet.c: silence ends at 0, in all texts of the clock engine alike: nothing is left at
 * numbers that arithmetic is slow with and that no factor makes smaller. */
#include "gpu/step.h"
#include "tests/clock_case.h"
#include "tests/emulated_case.h"
#include "tests/quiet_case.h"
#include "tests/run_suite.h"

#include <math.h>

static void teardown(void)
{
    mpfr_free_cache();
}

TEST(a_step_ends_with_0_below_2_to_the_minus_100)
{
    const float least = 0x1p-100f, below = nextafterf(least, 0);
    const float kept[] = {least, -least, 1, -1, 0x1p127f, HUGE_VALF, -HUGE_VALF};
    const float gone[] = {below, -below, 0x1p-126f, 0x1p-149f, -0x1p-149f, 0, -0.0f};
    for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
        ck_assert(step_flush(kept[k]) == kept[k]);
    for (size_t k = 0; k < sizeof gone / sizeof *gone; k++)
        ck_assert(step_flush(gone[k]) == 0 && !signbit(step_flush(gone[k])));
    ck_assert(isnan(step_flush(NAN)));
}

/* The slowest decay there is: by the largest factor below 1. */
TEST(every_factor_below_1_makes_a_state_smaller)
{
    const float slowest = 1 - 0x1p-24f, states[] = {1, 0x1.fffffep0f, 0x1p-99f, 0x1.000002p-99f};
    for (size_t k = 0; k < sizeof states / sizeof *states; k++) {
        ck_assert(step_current(states[k], slowest) < states[k]);
        ck_assert(step_lambda_v(-states[k], slowest) > -states[k]);
    }
    ck_assert(step_current(0x1p-100f, slowest) == 0);
    ck_assert(slowest * 0x1p-149f == 0x1p-149f); /* where it would stay */
}

/* Rows first .. last of a trace: the largest number, and the smallest that is not 0. */
struct sizes {
    double largest, smallest;
};

static struct sizes sizes_of(const struct result *r, const double *trace, size_t first, size_t last)
{
    struct sizes found = {0, HUGE_VAL};
    for (size_t k = first * r->cells; k < (last + 1) * r->cells; k++) {
        double size = fabs(trace[k]);
        found.largest = fmax(found.largest, size);
        if (size > 0)
            found.smallest = fmin(found.smallest, size);
    }
    return found;
}

/* Steps from the burst on until e^(-t/tau) of all that was there, at most 2^4, is below 2^-100. */
static size_t silence(double tau)
{
    return (size_t)(tau * 104 * log(2) / 0.5) + 2;
}

TEST_EACH(silence_ends_at_0_and_not_far_above, 0, QUIET_LOSSES)
{
    enum { FIRST = 680, LAST = 730 }; /* steps of the burst, 340 ms to 365 ms */
    struct case_problem *c = quiet_case(_i);
    struct result r = run(c, &traced);
    const struct result_trace *t = &r.sample[0].trace;
    const double *all[] = {t->v, t->i, t->lambda_v, t->lambda_i};
    for (size_t q = 0; q < 4; q++) {
        bool back = q > 1;
        /* two adjoints of nearly one time constant: their sum decays later than either */
        size_t quiet = silence(4) + (back || q == 0 ? 40 : 0);
        struct sizes burst = sizes_of(&r, all[q], FIRST, LAST);
        struct sizes decay =
            sizes_of(&r, all[q], back ? FIRST - quiet : LAST, back ? FIRST : LAST + quiet);
        struct sizes end =
            sizes_of(&r, all[q], back ? 0 : LAST + quiet, back ? FIRST - quiet : r.steps - 1);
        ck_assert_msg(burst.largest > 1e-4 && burst.largest < 16, "%zu: %a", q, burst.largest);
        ck_assert_msg(decay.smallest < 0x1p-99 && decay.smallest >= 0x1p-100, "%zu: %a", q,
                      decay.smallest);
        ck_assert_msg(!(end.largest > 0), "%zu: %a", q, end.largest);
    }
    result_clear(&r);
    case_free(c);
}

TEST_EACH(kernels_give_the_bits_of_the_host_in_silence, 0, QUIET_LOSSES)
{
    static const struct {
        unsigned block, cluster;
    } shapes[] = {{32, 1}, {64, 1}, {32, 2}};
    struct case_problem *c = quiet_case(_i);
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        struct engine_options options = traced;
        struct emulated_settings settings = {.order = EMULATED_SHUFFLED, .seed = k};
        options.block = shapes[k].block;
        options.cluster = shapes[k].cluster;
        ck_assert_ptr_null(emulated_difference(c, &options, &settings));
    }
    case_free(c);
}

SUITE("clock_quiet", .teardown = teardown)
