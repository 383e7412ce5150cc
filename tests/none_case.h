/* SPDX-License-Identifier: MIT */
/* none_case.h: what the tests of derivatives that do not exist share: outputs of the loss of
 * maxima, and a check of every parameter by one-sided differences of the witness's loss. */
#ifndef EVIDENT_TESTS_NONE_CASE_H
#define EVIDENT_TESTS_NONE_CASE_H

#include "tests/witness_case.h"

/* One output or two with one input population, `projections` between them. */
#define MAXIMUM(end, size, bias, projections, spikes)                                              \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":" end "},\"populations\":["   \
    "{\"name\":\"in\",\"size\":3,\"model\":\"spike-source\"},"                                     \
    "{\"name\":\"out\",\"size\":" size                                                             \
    ",\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":5,\"bias\":" bias                                \
    "}],\"projections\":[" projections "],\"samples\":[{\"spikes\":{\"in\":[" spikes               \
    "]},\"target\":{\"label\":0}}],"                                                               \
    "\"loss\":{\"kind\":\"max-voltage-cross-entropy\",\"population\":\"out\"}}"
#define FROM(delay, weights)                                                                       \
    "{\"source\":\"in\",\"target\":\"out\",\"delay\":" delay ",\"weights\":[" weights "]}"

/* ---- differences ---- */

static inline void loss_of(mpfr_t loss, const struct case_problem *c, size_t parameter, double h)
{
    struct ref_nudge nudge = {parameter, h};
    struct witness_direction direction = {&nudge, 1, NULL};
    struct witness_run run;
    mpfr_t one;
    mpfr_init2(one, 64);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    ck_assert_int_eq(witness_simulate(&run, c, &direction, one, 512), WITNESS_OK);
    mpfr_set(loss, run.loss, MPFR_RNDN);
    witness_run_clear(&run);
    mpfr_clear(one);
}

/* (L(h) - L(0)) / h */
static inline double difference(const struct case_problem *c, size_t parameter, double h)
{
    mpfr_t moved, still;
    mpfr_inits2(512, moved, still, (mpfr_ptr)NULL);
    loss_of(moved, c, parameter, h);
    loss_of(still, c, parameter, 0);
    mpfr_sub(moved, moved, still, MPFR_RNDN);
    double const value = mpfr_get_d(moved, MPFR_RNDN) / h;
    mpfr_clears(moved, still, (mpfr_ptr)NULL);
    return value;
}

static inline double number(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

/* Whether a parameter is at the edge of what it may be. */
static inline bool at_edge(const struct case_problem *c, size_t parameter)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    const struct case_block *of = case_block_of(block, blocks, parameter);
    size_t const k = parameter - of->first;
    bool const edge =
        (of->quantity == CASE_DELAY && case_value(&c->projection[of->projection].delay, k) <= 0) ||
        (of->quantity == CASE_SPIKE_TIME &&
         c->sample[of->sample].spikes[of->population][of->neuron].at[k] <= 0);
    free(block);
    return edge;
}

/* Of second order in the step: differences of first order are off by less than STEP 2^20 here. */
static double const STEP = 0x1p-60, OFF = 0x1p-40;

static inline void check_side(const char *what, const struct case_problem *c, size_t k, double h,
                              const arb_t want)
{
    double const got = difference(c, k, h);
    ck_assert_msg(fabs(got - number(want)) <= OFF, "%s: %zu from %s: %.15g, not %.15g", what, k,
                  h < 0 ? "below" : "above", number(want), got);
    ck_assert(mag_cmp_2exp_si(arb_radref(want), -60) < 0);
}

static inline void check_all(const char *what, const struct case_problem *c,
                             const struct ref_result *r)
{
    for (size_t k = 0; k < r->parameters; k++) {
        const struct ref_none *none = ref_none_of(r, k);
        bool const edge = at_edge(c, k);
        ck_assert_msg(arb_is_finite(r->gradient + k) == !none, "%s: %zu", what, k);
        if (!none || none->known)
            check_side(what, c, k, STEP, none ? none->right : r->gradient + k);
        if ((!none || none->known) && !edge)
            check_side(what, c, k, -STEP, none ? none->left : r->gradient + k);
        bool const jointly = none && arb_equal(none->left, none->right);
        if (none && none->known && !jointly)
            ck_assert_msg(!arb_overlaps(none->left, none->right), "%s: %zu", what, k);
        if (none && none->known && !edge && !jointly)
            ck_assert_msg(fabs(difference(c, k, STEP) - difference(c, k, -STEP)) > OFF, "%s: %zu",
                          what, k);
    }
}

static inline enum ref_status status_of(struct ref_result *r, const struct case_problem *c)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    return ref_run(r, c, &options);
}

static inline void run(struct ref_result *r, const struct case_problem *c)
{
    ck_assert_msg(status_of(r, c) == REF_OK, "%s: %s", c->name, r->reason);
}

#endif
