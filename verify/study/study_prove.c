/* SPDX-License-Identifier: MIT */
/* study_prove.c: how far along a line there is provably no change: balls of the reference, each
 * with the signature of the start, that touch. Their size doubles after a success and is a quarter
 * after a failure. */
#include "verify/study/study_line.h"

enum { BALL_DIGITS = 10, PREC = 512, FIRST = 5, LEAST = 24, ENOUGH = 10 };

/* The ball between two points, and no less. */
static void ball_between(arb_t ball, const arb_t from, const arb_t to)
{
    arb_t half;
    arb_init(half);
    arb_add(ball, from, to, PREC);
    arb_mul_2exp_si(ball, ball, -1);
    arb_get_mid_arb(ball, ball);
    arb_sub(half, ball, from, PREC);
    arb_get_mag(arb_radref(ball), half);
    arb_sub(half, to, ball, PREC);
    mag_t other;
    mag_init(other);
    arb_get_mag(other, half);
    mag_max(arb_radref(ball), arb_radref(ball), other);
    mag_clear(other);
    arb_clear(half);
}

size_t study_prove(arb_t proven, const struct study_line *line, const arb_t end, size_t most)
{
    struct ref_result r;
    arb_t step, least, next, ball, enough; /* enough: what may be left */
    uint64_t signature = 0;
    size_t balls = 0;
    arb_init(step);
    arb_init(least);
    arb_init(next);
    arb_init(ball);
    arb_init(enough);
    arb_zero(proven);
    arb_mul_2exp_si(enough, end, -ENOUGH);
    arb_mul_2exp_si(step, end, -FIRST);
    arb_mul_2exp_si(least, end, -LEAST);
    bool going = study_at(&r, line, proven, BALL_DIGITS, STUDY_SPIKES) == REF_OK;
    signature = r.signature;
    ref_clear(&r);
    while (going && balls < most) {
        balls++;
        arb_add(next, proven, step, PREC);
        arb_get_mid_arb(next, next);
        bool const last = arf_cmpabs(arb_midref(next), arb_midref(end)) >= 0;
        if (last)
            arb_set(next, end);
        ball_between(ball, proven, next);
        bool const good = study_at(&r, line, ball, BALL_DIGITS, STUDY_SPIKES) == REF_OK &&
                          r.signature == signature;
        ref_clear(&r);
        if (good)
            arb_set(proven, next);
        else
            going = arf_cmpabs(arb_midref(step), arb_midref(least)) > 0;
        arb_mul_2exp_si(step, step, good ? 1 : -2);
        arb_sub(next, end, proven, PREC);
        going = going && arf_cmpabs(arb_midref(next), arb_midref(enough)) > 0;
    }
    arb_clear(step);
    arb_clear(least);
    arb_clear(next);
    arb_clear(ball);
    arb_clear(enough);
    return balls;
}
