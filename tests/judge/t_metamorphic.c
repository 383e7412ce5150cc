/* SPDX-License-Identifier: MIT */
/* t_metamorphic.c: the reference says the same of cases that were changed in ways that must not
 * matter, and a wrong number would be seen. */
#include "verify/judge/judge.h"
#include "tests/run_suite.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"split_weights", "duplicated_samples", "reversed_neurons",
                                    "late_spikes", "negated"};
enum { NAMES = sizeof names / sizeof *names };

/* What the change chosen by choice says of a case whose truth was spoiled, or not. */
static struct ver_comparison try(const char *address, size_t choice, void (*spoil)(struct judge *))
{
    struct case_made made;
    struct case_error error;
    struct ver_options options = VER_OPTIONS_DEFAULT;
    struct ver_judgement out = {.verdict = VER_ERROR};
    struct ref_result truth;
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct judge judge = {.out = &out, .made = &made, .options = &options, .truth = &truth};
    ck_assert_msg(ver_load(&made, address, &error) == 0, "%s", error.text);
    out.name = calloc(1, 32);
    judge.problem = made.problem;
    ck_assert_int_eq(judge_prepare(&judge), 0);
    ck_assert_int_eq(ref_run(&truth, made.problem, &ask), REF_OK);
    if (spoil)
        spoil(&judge);
    int ended = judge_change(&judge, choice);
    ck_assert_int_ge(ended, 0);
    ck_assert_uint_eq(out.comparisons, ended == 0);
    struct ver_comparison c = {.outcome = VER_EXCLUDED, .quantity = names[choice]};
    if (ended == 0)
        c = out.comparison[0];
    ck_assert_str_eq(c.quantity, names[choice]);
    ck_assert(ended > 0 || c.kind == VER_KIND_INVARIANCE);
    ref_clear(&truth);
    judge_release(&judge);
    ver_judgement_clear(&out);
    case_made_clear(&made);
    return c;
}

/* Delays, recurrence, batches, targets of every kind. */
static const char *const cases[] = {
    "random-delays:1:0",        "random-delays:1:1", "random-delays:1:2",
    "random-batch:1:0",         "random-batch:1:1",  "random-batch:1:2",
    "random-heterogeneous:1:0", "closed-chain:1:0",  "random-feedforward:1:2",
    "random-recurrent:1:0",     "closed-output:1:0", "random-deep:1:0",
    "random-delays:1:8",        "random-batch:1:8",  "random-recurrent:1:8"};
enum { CASES = sizeof cases / sizeof *cases };

TEST_EACH(the_reference_says_the_same_after_each_change, 0, NAMES)
{
    size_t agreed = 0;
    for (size_t k = 0; k < CASES; k++) {
        struct ver_comparison c = try(cases[k], (size_t)_i, NULL);
        ck_assert_msg(c.outcome != VER_DIFFERS, "%s: %s %s", cases[k], names[_i], c.index);
        agreed += c.outcome == VER_AGREES && c.numbers > 5;
    }
    ck_assert_uint_ge(agreed, 3);
}

static void spoil_loss(struct judge *judge)
{
    arb_mul_si(judge->truth->loss, judge->truth->loss, 3, 64);
}

/* One number of a gradient, by one part in 10^20. */
static void spoil_gradient(struct judge *judge)
{
    arb_ptr x = judge->truth->gradient + judge->parameters / 3;
    arb_t part;
    arb_init(part);
    for (size_t k = 0; k < judge->parameters && arb_contains_zero(x); k++)
        x = judge->truth->gradient + k;
    arb_set_str(part, "1e-20", 64);
    arb_mul(part, part, x, 64);
    arb_add(x, x, part, 256);
    arb_clear(part);
}

static void spoil_nan(struct judge *judge)
{
    arb_indeterminate(judge->truth->gradient);
}

TEST_EACH(a_wrong_number_is_seen, 0, NAMES)
{
    void (*const spoil[])(struct judge *) = {spoil_loss, spoil_gradient, spoil_nan};
    for (size_t k = 0; k < sizeof spoil / sizeof *spoil; k++) {
        const char *address = _i < NAMES - 1 ? "random-delays:1:0" : "random-delays:1:8";
        struct ver_comparison c = try(address, (size_t)_i, spoil[k]);
        ck_assert_msg(c.outcome == VER_DIFFERS, "%s does not see spoiled number %zu", names[_i], k);
        ck_assert(c.distance > 1);
        ck_assert_uint_gt(strlen(c.index), 0);
    }
}

SUITE("metamorphic")
