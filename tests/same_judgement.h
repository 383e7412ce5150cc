/* SPDX-License-Identifier: MIT */
/* same_judgement.h: two judgements say the same, to the last bit. For the tests of rows. */
#ifndef EVIDENT_TESTS_SAME_JUDGEMENT_H
#define EVIDENT_TESTS_SAME_JUDGEMENT_H

#include "verify/verify.h"

#include <check.h>

static inline void same_number(double a, double b)
{
    ck_assert_msg((isnan(a) && isnan(b)) || a == b, "%.17g is not %.17g", a, b);
}

static inline void same_comparison(const struct ver_comparison *a, const struct ver_comparison *b)
{
    ck_assert_int_eq(a->kind, b->kind);
    ck_assert_int_eq(a->outcome, b->outcome);
    ck_assert_int_eq(a->class_, b->class_);
    ck_assert_int_eq(!a->engine, !b->engine);
    ck_assert_str_eq(a->engine ? a->engine : "", b->engine ? b->engine : "");
    ck_assert_str_eq(a->quantity, b->quantity);
    ck_assert_str_eq(a->index, b->index);
    ck_assert_str_eq(a->value, b->value);
    ck_assert_str_eq(a->reference, b->reference);
    ck_assert_uint_eq(a->numbers, b->numbers);
    ck_assert_int_eq(a->precision, b->precision);
    same_number(a->digits, b->digits);
    same_number(a->order, b->order);
    same_number(a->step, b->step);
    same_number(a->distance, b->distance);
}

static inline void same_clock(const struct ver_judged *a, const struct ver_judged *b)
{
    ck_assert_int_eq(!a->engine, !b->engine);
    ck_assert_str_eq(a->engine ? a->engine : "", b->engine ? b->engine : "");
    ck_assert_uint_eq(a->digest, b->digest);
    ck_assert_str_eq(a->reason, b->reason);
    ck_assert_str_eq(a->diagnosis, b->diagnosis);
    ck_assert_str_eq(a->before, b->before);
    ck_assert(a->no_start == b->no_start && a->seconds == b->seconds);
    ck_assert_int_eq(a->state, b->state);
    ck_assert(a->traced == b->traced && a->same == b->same);
    ck_assert(a->decisions == b->decisions && a->near == b->near);
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++) {
        same_number(a->ratios[q].largest, b->ratios[q].largest);
        ck_assert_mem_eq(a->ratios[q].count, b->ratios[q].count, sizeof a->ratios[q].count);
    }
}

static inline void same_ladder(const struct ver_ladder *a, const struct ver_ladder *b)
{
    ck_assert_uint_eq(a->rungs, b->rungs);
    same_number(a->limit, b->limit);
    ck_assert_str_eq(a->reason, b->reason);
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        same_number(a->order[q], b->order[q]);
    for (size_t r = 0; r < a->rungs; r++) {
        same_number(a->rung[r].step, b->rung[r].step);
        ck_assert(a->rung[r].agrees == b->rung[r].agrees);
        ck_assert(a->rung[r].spikes == b->rung[r].spikes &&
                  a->rung[r].missing == b->rung[r].missing && a->rung[r].extra == b->rung[r].extra);
        for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
            same_number(a->rung[r].error[q], b->rung[r].error[q]);
    }
}

static inline void same_judgement(const struct ver_judgement *a, const struct ver_judgement *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->family, b->family);
    ck_assert_str_eq(a->reason, b->reason);
    ck_assert_int_eq(a->verdict, b->verdict);
    ck_assert(a->neurons == b->neurons && a->parameters == b->parameters && a->spikes == b->spikes);
    same_number(a->gradient_norm, b->gradient_norm);
    same_number(a->condition, b->condition);
    same_number(a->digits, b->digits);
    for (int m = 0; m < REF_MARGINS; m++)
        same_number(a->margin[m], b->margin[m]);
    ck_assert_str_eq(a->case_digest, b->case_digest);
    ck_assert_int_eq(a->precision, b->precision);
    ck_assert(a->seconds.all == b->seconds.all && a->seconds.reference == b->seconds.reference);
    for (int e = 0; e < VER_ENGINES; e++)
        ck_assert(a->seconds.engine[e] == b->seconds.engine[e]);
    ck_assert_uint_eq(a->comparisons, b->comparisons);
    for (size_t k = 0; k < a->comparisons; k++)
        same_comparison(&a->comparison[k], &b->comparison[k]);
    ck_assert_uint_eq(a->engines, b->engines);
    for (size_t k = 0; k < a->engines; k++)
        same_clock(&a->judged[k], &b->judged[k]);
    ck_assert_int_eq(!a->ladder, !b->ladder);
    if (a->ladder)
        same_ladder(a->ladder, b->ladder);
}

#endif
