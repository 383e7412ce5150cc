/* SPDX-License-Identifier: MIT */
/* precision.c: with how many bits the next attempt is made. Guesses that cost or save time: nothing
 * here is a proof, and no number depends on it.
 *
 * In a recurrent network the radius of a spike's time grows by a steady factor a millisecond, once
 * it has begun to grow and while inputs go on, since a ball knows |w| where the truth knows w. So
 * an attempt that fails halfway tells what is lost at the end. The way back loses about as much
 * again. */
#include "ref/reference/reference.h"

#include <math.h>

/* Bits that an attempt may lose before rho stops it (engine.c), and some to spare. */
static double affordable(long prec)
{
    return (double)(prec - prec / 8) - 72 - 16;
}

void precision_note(struct pass *e, const arb_t time)
{
    double const radius = mag_get_d_log2_approx(arb_radref(time));
    double const last = e->last_input > 0 ? e->last_input : e->c->end;
    double const part = middle_d(time) / last * FORECAST_PARTS;
    if (!(part >= 0) || !isfinite(radius))
        return;
    struct forecast *f = &e->forecast;
    size_t const now = part < FORECAST_PARTS ? (size_t)part : FORECAST_PARTS - 1;
    while (f->reached < now) {
        f->lost[f->reached + 1] = f->lost[f->reached];
        f->reached++;
    }
    f->lost[now] = fmax(f->lost[now], radius + (double)e->prec - log2(e->c->end));
}

/* What is lost at the end if it goes on as in the second half of the way so far. */
static double expected(const struct forecast *f)
{
    size_t const now = f->reached, half = now / 2;
    double const way = now > half ? (double)(now - half) : 1;
    double const rate = (f->lost[now] - f->lost[half]) / way;
    return f->lost[now] + fmax(rate, 0) * (double)(FORECAST_PARTS - 1 - now);
}

static long whole_words(double bits)
{
    return (long)ceil(bits / 64) * 64;
}

/* At most four times as many: a forecast is a guess. */
static long limited(long next, long prec)
{
    return next < prec + 64 ? prec + 64 : next > 4 * prec ? 4 * prec : next;
}

long precision_after_failure(const struct forecast *f, long prec, const struct ref_options *o)
{
    double const lost = expected(f);
    if (!(lost > affordable(prec))) /* it was no lack of bits that failed, but a margin */
        return 2 * prec;
    double const back = o->gradients ? 2 * lost : lost;
    return limited(whole_words(fmax((lost + 88) * 8 / 7, back + (double)o->digits * 3.33 + 32)),
                   prec);
}

long precision_after_shortfall(long prec, double missing)
{
    return limited(isfinite(missing) ? whole_words((double)prec + missing + 32) : 2 * prec, prec);
}
