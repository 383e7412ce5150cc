/* SPDX-License-Identifier: MIT */
/* t_sabotage.c: the reference proves what it takes. Where it looks next is guessed (hint.c,
 * queue.c); with guesses that are wrong on purpose it still finds the same numbers or says that it
 * cannot, but never other numbers.
 *
 * Linked with --wrap for the guesses (tests.mk). */
#include "ref/reference/reference.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double __real_hint_crossing(const struct neuron *n, double v, double i, double slack);
double __wrap_hint_crossing(const struct neuron *n, double v, double i, double slack);
double __real_hint_root(const struct neuron *n, double v, double i, double end);
double __wrap_hint_root(const struct neuron *n, double v, double i, double end);
size_t __real_queue_pop(struct pass *e);
size_t __wrap_queue_pop(struct pass *e);
size_t __real_tournament_first(const struct pass *e);
size_t __wrap_tournament_first(const struct pass *e);

/* The first ones cost time only; from CROSSING_NEVER on some spikes cannot be proven. */
static enum sabotage {
    NOTHING,
    CROSSING_AT_ONCE,
    CROSSING_EARLY,
    ROOT_AT_START,
    ROOT_AT_END,
    ROOT_BEYOND,
    CROSSING_NEVER,
    ROOT_NAN,
    CROSSING_LATE,
    CROSSING_A_LITTLE_LATE,
    POP_SECOND,
    FIRST_NOBODY,
    FIRST_ANY,
    SABOTAGES
} sabotage;

static size_t calls;

double __wrap_hint_crossing(const struct neuron *n, double v, double i, double slack)
{
    double const real = __real_hint_crossing(n, v, i, slack);
    switch (sabotage) {
    case CROSSING_AT_ONCE:
        return 0;
    case CROSSING_EARLY:
        return real / 2;
    case CROSSING_NEVER:
        return (double)INFINITY;
    case CROSSING_LATE:
        return real + 2;
    case CROSSING_A_LITTLE_LATE:
        return calls++ % 3 ? real : real + 0.25;
    default:
        return real;
    }
}

double __wrap_hint_root(const struct neuron *n, double v, double i, double end)
{
    switch (sabotage) {
    case ROOT_AT_START:
        return 0;
    case ROOT_AT_END:
        return end;
    case ROOT_BEYOND:
        return 2 * end;
    case ROOT_NAN:
        return (double)NAN;
    default:
        return __real_hint_root(n, v, i, end);
    }
}

size_t __wrap_queue_pop(struct pass *e)
{
    size_t const first = __real_queue_pop(e);
    if (sabotage != POP_SECOND || e->pending == 0 || calls++ % 4)
        return first;
    size_t const second = __real_queue_pop(e);
    ck_assert_int_eq(queue_push(e, first), PROVEN);
    return second;
}

size_t __wrap_tournament_first(const struct pass *e)
{
    if (sabotage == FIRST_NOBODY)
        return NOBODY;
    if (sabotage == FIRST_ANY)
        return e->neurons ? calls++ % e->neurons : NOBODY;
    return __real_tournament_first(e);
}

static const char *const cases[] = {
    "random-feedforward:1:0",   "random-feedforward:1:1", "random-feedforward:1:2",
    "random-feedforward:1:6",   "random-delays:1:0",      "random-delays:1:3",
    "random-recurrent:1:0",     "random-recurrent:1:1",   "random-heterogeneous:1:3",
    "random-batch:1:2",         "random-deep:1:1",        "degenerate-end:1:1",
    "degenerate-bursting:1:0",  "closed-chain:1:0",       "degenerate-silent:1:0",
    "degenerate-inhibition:1:0"};
enum { CASES = sizeof cases / sizeof *cases };

/* Whether the numbers enclose the same ones. */
static void check_same(const struct ref_result *x, const struct ref_result *y, const char *where)
{
    ck_assert_msg(arb_overlaps(x->loss, y->loss), "%s: loss", where);
    for (size_t k = 0; k < x->parameters; k++)
        ck_assert_msg(arb_overlaps(x->gradient + k, y->gradient + k), "%s: gradient %zu", where, k);
    for (size_t s = 0; s < x->samples; s++)
        for (size_t p = 0; p < x->populations; p++)
            for (size_t n = 0; n < x->size[p]; n++) {
                const struct ref_train *a = x->sample[s].spikes[p] + n,
                                       *b = y->sample[s].spikes[p] + n;
                ck_assert_msg(a->count == b->count, "%s: spikes of neuron %zu", where, n);
                for (size_t k = 0; k < a->count; k++)
                    ck_assert_msg(arb_overlaps(a->at + k, b->at + k), "%s: spike %zu", where, k);
            }
}

/* 1 if the reference refused. */
static size_t refuses(const char *address, enum sabotage how)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result truth, result;
    struct case_made made;
    struct case_error error;
    char where[80];
    snprintf(where, sizeof where, "%s, sabotage %d", address, (int)how);
    options.digits = 20;
    options.precision_cap = 512;
    ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
    sabotage = NOTHING;
    ck_assert_int_eq(ref_run(&truth, made.problem, &options), REF_OK);
    sabotage = how;
    calls = 0;
    enum ref_status const status = ref_run(&result, made.problem, &options);
    if (status == REF_OK)
        check_same(&result, &truth, where);
    else
        ck_assert_msg(status == REF_UNDECIDED && result.reason[0], "%s: %s", where, result.reason);
    ref_clear(&truth);
    ref_clear(&result);
    case_made_clear(&made);
    return status != REF_OK;
}

TEST_EACH(wrong_guesses_never_make_wrong_numbers, 0, SABOTAGES)
{
    size_t refused = 0;
    for (size_t k = 0; k < CASES; k++)
        refused += refuses(cases[k], (enum sabotage)_i);
    if (_i < CROSSING_NEVER)
        ck_assert_uint_eq(refused, 0);
    else
        ck_assert_uint_gt(refused, 0); /* else nothing was sabotaged */
    ck_assert_uint_lt(refused, CASES);
}

/* With few bits the balls are wide, and proofs fail at every place that has one. */
TEST_EACH(few_bits_never_make_wrong_numbers, 0, 16)
{
    static const long bits[] = {24, 64, 80, 84, 88, 92, 96, 100, 104, 112, 120, 160};
    static const char *const families[] = {
        "random-feedforward",    "random-delays",       "random-recurrent",
        "random-heterogeneous",  "random-batch",        "random-deep",
        "degenerate-end",        "degenerate-bursting", "degenerate-taus",
        "degenerate-scales",     "closed-quadratic",    "degenerate-twins",
        "degenerate-inhibition", "conditioning-slope",  "degenerate-zero-weights",
        "closed-chain"};
    enum { EACH = 6 };
    size_t const count = sizeof bits / sizeof *bits;
    size_t answered = 0, refused = 0;
    struct ref_options options = REF_OPTIONS_DEFAULT;
    sabotage = NOTHING;
    for (uint64_t k = 0; k < EACH; k++) {
        struct ref_result truth, result;
        struct case_made made;
        struct case_error error;
        char address[80];
        snprintf(address, sizeof address, "%s:5:%llu", families[_i], (unsigned long long)k);
        ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
        options.digits = 20;
        options.precision_cap = 1024;
        bool const known = ref_run(&truth, made.problem, &options) == REF_OK;
        for (size_t b = 0; b < count && known; b++) {
            options.digits = 0;
            options.precision_cap = bits[b];
            enum ref_status const status = ref_run(&result, made.problem, &options);
            if (status == REF_OK)
                check_same(&result, &truth, address);
            ck_assert(status == REF_OK || (status == REF_UNDECIDED && result.reason[0]));
            ck_assert_int_le(result.precision, bits[b]);
            answered += status == REF_OK;
            refused += status != REF_OK;
            ref_clear(&result);
        }
        ref_clear(&truth);
        case_made_clear(&made);
    }
    ck_assert_uint_gt(answered, EACH);
    ck_assert_uint_gt(refused, 0);
}

SUITE("sabotage", .cleanup = flint_cleanup)
