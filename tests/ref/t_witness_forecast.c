/* SPDX-License-Identifier: MIT */
/* t_witness_forecast.c: the witness looks in double first (witness_forecast.c). What it says only
 * saves time: with looks that say as little as they may, or start Newton badly, the spikes are the
 * same.
 *
 * Linked with --wrap for both looks (tests.mk). */
#include "ref/witness/witness.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void __real_witness_forecast(struct witness_engine *e, size_t which);
void __wrap_witness_forecast(struct witness_engine *e, size_t which);
bool __real_witness_forecast_certain(struct witness_engine *e, struct witness_bracket *bracket,
                                     const struct witness_neuron *n);
bool __wrap_witness_forecast_certain(struct witness_engine *e, struct witness_bracket *bracket,
                                     const struct witness_neuron *n);

static enum look {
    HONEST,
    EARLIEST_NOW,
    EARLIEST_HALF,
    NEVER_CERTAIN,
    START_LOW,
    START_HIGH,
    LOOKS
} look;

void __wrap_witness_forecast(struct witness_engine *e, size_t which)
{
    __real_witness_forecast(e, which);
    double const now = mpfr_get_d(e->neuron[which].time, MPFR_RNDD);
    if (look == EARLIEST_NOW && now < e->c->end)
        e->earliest[which] = now;
    if (look == EARLIEST_HALF && e->earliest[which] < HUGE_VAL)
        e->earliest[which] = now + (e->earliest[which] - now) / 2;
}

bool __wrap_witness_forecast_certain(struct witness_engine *e, struct witness_bracket *bracket,
                                     const struct witness_neuron *n)
{
    bool const certain = __real_witness_forecast_certain(e, bracket, n);
    double const width = bracket->high - bracket->low;
    if (look == START_LOW)
        bracket->guess = bracket->low + 0x1p-20 * width;
    if (look == START_HIGH)
        bracket->guess = bracket->high - 0x1p-20 * width;
    return certain && look != NEVER_CERTAIN;
}

static struct witness_run run_of(const struct case_problem *c, mpfr_prec_t prec)
{
    struct witness_run run;
    mpfr_t h;
    mpfr_init_set_ui(h, 0, MPFR_RNDN);
    ck_assert_int_eq(witness_simulate(&run, c, NULL, h, prec), WITNESS_OK);
    mpfr_clear(h);
    return run;
}

static bool agree(mpfr_srcptr x, mpfr_srcptr y, mpfr_prec_t bits)
{
    mpfr_t distance;
    mpfr_init2(distance, bits + 64);
    mpfr_sub(distance, x, y, MPFR_RNDN);
    bool const same = mpfr_zero_p(distance) || mpfr_get_exp(distance) < -(mpfr_exp_t)bits;
    mpfr_clear(distance);
    return same;
}

static const char *const cases[] = {"random-feedforward:1:1",  "random-feedforward:1:3",
                                    "random-delays:1:0",       "random-recurrent:1:0",
                                    "random-recurrent:1:1",    "random-heterogeneous:1:3",
                                    "random-batch:1:1",        "random-deep:1:1",
                                    "degenerate-bursting:1:1", "degenerate-end:1:1",
                                    "degenerate-taus:1:1",     "conditioning-slope:1:1",
                                    "degenerate-twins:1:1",    "conditioning-peak-above:1:1"};
enum { CASES = sizeof cases / sizeof *cases, PREC = 256 };

TEST_EACH(looks_only_save_time, EARLIEST_NOW, LOOKS)
{
    for (size_t k = 0; k < CASES; k++) {
        struct case_made made;
        struct case_error error;
        size_t spikes = 0;
        ck_assert_msg(case_make(&made, cases[k], &error) == 0, "%s", error.text);
        look = HONEST;
        struct witness_run honest = run_of(made.problem, PREC);
        look = (enum look)_i;
        struct witness_run other = run_of(made.problem, PREC);
        ck_assert_msg(honest.counts == other.counts && honest.sequence == other.sequence, "%s",
                      cases[k]);
        ck_assert_msg(agree(honest.loss, other.loss, PREC - 48), "%s: loss", cases[k]);
        ck_assert_msg(agree(honest.closest, other.closest, 40), "%s: closest", cases[k]);
        for (size_t s = 0; s < honest.samples; s++)
            for (size_t p = 0; p < honest.populations; p++)
                for (size_t n = 0; n < honest.size[p]; n++)
                    for (size_t j = 0; j < honest.spikes[s][p][n].count; j++, spikes++)
                        ck_assert_msg(agree(honest.spikes[s][p][n].at[j],
                                            other.spikes[s][p][n].at[j], PREC - 48),
                                      "%s: spike %zu of neuron %zu", cases[k], j, n);
        ck_assert_uint_gt(spikes, 0);
        witness_run_clear(&honest);
        witness_run_clear(&other);
        case_made_clear(&made);
    }
}

SUITE("witness_forecast", .cleanup = mpfr_free_cache)
