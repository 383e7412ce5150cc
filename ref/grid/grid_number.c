/* SPDX-License-Identifier: MIT */
/* grid_number.c: one operation of the engine on pairs (x, e), |engine - x| <= e.
 *
 * With X and Y the engine's numbers, |X - x| <= ex and |Y - y| <= ey:
 *     |(X + Y) - (x + y)| <= ex + ey
 *     |X Y - x y|         <= |x| ey + (|y| + ey) ex
 *     |X / Y - x / y|     <= (ex + |x / y| ey) / (|y| - ey)
 * and rounding adds at most u (|exact result| + that) + tiny, see struct grid_rounding. Sums have
 * no tiny: where they are subnormal they are exact. A sum with a term that is zero in the engine,
 * too, is exact; so is a product with it. A flush at the end of a step changes no x, which stays
 * what exact arithmetic gives: X becomes 0 only where |X| < least, and then
 *     |0 - x| = |x| <= |X| + ex < least + ex
 * so that e is the larger of ex and min(|x|, least + ex): it does not grow in silence. */
#include "ref/grid/grid.h"

#include <stdlib.h>
#include <string.h>

const struct grid_rounding grid_binary32 = {24,       0x1p-24, 0x1.00001p-24,
                                            0x1p-150, 0x1p127, 0x1p-100},
                           grid_binary64 = {53, 0x1p-53, 0x1.00001p-53, 0, GRID_MOST, 0x1p-900};

/* ---- sizes ---- */

enum { EXPONENTS = 900 }; /* GRID_FLOOR = 2^-900, GRID_MOST = 2^900 */

static double power(slong k)
{
    uint64_t bits = (uint64_t)(k + 1023) << 52;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* At least |x|, and less than 2^-52 |x| above it where that is in the range. */
static double middle_size(const arf_t x)
{
    mp_limb_t top;
    slong exponent = ARF_EXP(x); /* far out of the range if it is no small integer */
    if (arf_is_special(x))
        return arf_is_zero(x) ? 0 : HUGE_VAL;
    if (exponent <= -EXPONENTS || exponent > EXPONENTS)
        return arf_cmpabs_2exp_si(x, 0) < 0 ? GRID_FLOOR : HUGE_VAL;
    ARF_GET_TOP_LIMB(top, x);
    return (double)((top >> 11) + 1) * power(exponent - 53);
}

static double radius_size(const mag_t x)
{
    slong exponent = MAG_EXP(x);
    if (mag_is_special(x))
        return mag_is_zero(x) ? 0 : HUGE_VAL;
    if (exponent <= -EXPONENTS || exponent > EXPONENTS)
        return mag_cmp_2exp_si(x, 0) < 0 ? GRID_FLOOR : HUGE_VAL;
    return (double)MAG_MAN(x) * power(exponent - MAG_BITS);
}

double grid_size(const arb_t x)
{
    return grid_up(middle_size(arb_midref(x)) + radius_size(arb_radref(x)));
}

double grid_least(const arb_t x)
{
    double middle = middle_size(arb_midref(x)), radius = radius_size(arb_radref(x));
    double least = middle * (1 - GRID_SLACK) - grid_up(radius);
    return middle < HUGE_VAL && least > 4 * GRID_FLOOR ? least : 0; /* never one that is clamped */
}

double grid_grow(double x)
{
    return x <= 1 ? grid_up(x + x * x) : HUGE_VAL;
}

/* ---- numbers ---- */

struct grid_number *grid_numbers(size_t count)
{
    return calloc(count + 1, sizeof(struct grid_number)); /* all bits zero is zero to arb */
}

void grid_numbers_clear(struct grid_number *z, size_t count)
{
    for (size_t k = 0; z && k < count; k++)
        arb_clear(z[k].x);
    free(z);
}

bool grid_is_zero(const struct grid_number *x)
{
    return !(x->e > 0) && arb_is_zero(x->x);
}

void grid_zero(struct grid_number *z)
{
    arb_zero(z->x);
    z->e = 0;
}

void grid_set(struct grid_number *z, const struct grid_number *x)
{
    arb_set(z->x, x->x);
    z->e = x->e;
}

void grid_set_d(struct grid_number *z, double x)
{
    arb_set_d(z->x, x);
    z->e = 0;
}

double grid_settled(const arb_t x, double e, const struct grid_rounding *r)
{
    double size = grid_size(x) + e;
    return size <= r->most ? grid_up(e + r->u * size) : HUGE_VAL;
}

void grid_set_rounded(struct grid_number *z, double x, const struct grid_rounding *r)
{
    arb_set_d(z->x, x);
    z->e = 0;
    if (!(fabs(x) <= r->most))
        z->e = HUGE_VAL;
    else if (r->bits == grid_binary32.bits) /* exact: no bit below the last of x, none above it */
        z->e = fabs(x - (double)(float)x);
}

void grid_computed(struct grid_number *z, const arb_t x, int roundings,
                   const struct grid_rounding *r)
{
    arb_set_round(z->x, x, GRID_BITS);
    z->e = 0;
    for (int k = 0; k < roundings && !arb_is_zero(x); k++)
        z->e = grid_settled(z->x, z->e + r->tiny, r);
}

/* Whether x is a number of the engine. */
static bool fits(const arb_t x, const struct grid_rounding *r)
{
    return arb_is_exact(x) && arf_bits(arb_midref(x)) <= r->bits &&
           grid_least(x) * r->u >= r->tiny && grid_size(x) <= r->most;
}

void grid_constant(struct grid_number *z, const arb_t x, const struct grid_rounding *r)
{
    grid_computed(z, x, fits(x, r) ? 0 : 1, r);
}

void grid_add(struct grid_number *z, const struct grid_number *x, const struct grid_number *y,
              const struct grid_rounding *r)
{
    if (grid_is_zero(y)) {
        grid_set(z, x);
    } else if (grid_is_zero(x)) {
        grid_set(z, y);
    } else {
        arb_add(z->x, x->x, y->x, GRID_BITS);
        z->e = grid_settled(z->x, x->e + y->e, r);
    }
}

void grid_sub(struct grid_number *z, const struct grid_number *x, const struct grid_number *y,
              const struct grid_rounding *r)
{
    if (grid_is_zero(y)) {
        grid_set(z, x);
    } else if (grid_is_zero(x)) {
        arb_neg(z->x, y->x);
        z->e = y->e;
    } else {
        arb_sub(z->x, x->x, y->x, GRID_BITS);
        z->e = grid_settled(z->x, x->e + y->e, r);
    }
}

void grid_mul(struct grid_number *z, const struct grid_number *x, const struct grid_number *y,
              const struct grid_rounding *r)
{
    double e;
    if (grid_is_zero(x) || grid_is_zero(y)) {
        e = x->e + y->e < HUGE_VAL ? 0 : HUGE_VAL; /* zero times infinity is not zero */
        arb_zero(z->x);
    } else {
        e = grid_size(x->x) * y->e + (grid_size(y->x) + y->e) * x->e + r->tiny;
        arb_mul(z->x, x->x, y->x, GRID_BITS);
        e = grid_settled(z->x, e, r);
    }
    z->e = e;
}

void grid_div(struct grid_number *z, const struct grid_number *x, const struct grid_number *y,
              const struct grid_rounding *r)
{
    double ex = x->e, ey = y->e, least = grid_least(y->x) * (1 - GRID_SLACK) - grid_up(ey);
    if (!(least > GRID_FLOOR)) {
        arb_div(z->x, x->x, y->x, GRID_BITS);
        z->e = HUGE_VAL;
    } else if (grid_is_zero(x)) {
        grid_zero(z);
    } else {
        arb_div(z->x, x->x, y->x, GRID_BITS);
        z->e = grid_settled(z->x, grid_up((ex + grid_size(z->x) * ey) / least) + r->tiny, r);
    }
}

double grid_flushed(const struct grid_number *z, const struct grid_rounding *r)
{
    return arb_is_zero(z->x) || grid_least(z->x) >= grid_up(z->e + r->least) ? 0 : r->least;
}

double grid_flush(struct grid_number *z, const struct grid_rounding *r)
{
    double moved = grid_flushed(z, r);
    if (moved > 0)
        z->e = fmax(z->e, fmin(grid_size(z->x), grid_up(z->e + moved)));
    return moved;
}

/* |E(X) - e^x| <= e^x (e^ex - 1) + f e^x e^ex + floor, f = GRID_FUNCTION. */
void grid_exp(struct grid_number *z, const struct grid_number *x)
{
    double grown = grid_grow(x->e);
    arb_exp(z->x, x->x, GRID_BITS);
    grown = grid_up(grid_size(z->x) * (grown + GRID_FUNCTION * (1 + grown)));
    z->e = grid_size(z->x) + grown <= GRID_MOST ? grown : HUGE_VAL;
}

void grid_round(struct grid_number *z, const struct grid_number *x, const struct grid_rounding *r)
{
    bool exact = r->bits == grid_binary64.bits || (!(x->e > 0) && fits(x->x, r));
    arb_set(z->x, x->x);
    z->e = exact ? x->e : grid_settled(x->x, x->e + r->tiny, r);
}

/* ---- sums ---- */

int grid_sums_init(struct grid_sums *s, size_t count, bool ordered,
                   const struct grid_rounding *rounding)
{
    *s = (struct grid_sums){.ordered = ordered, .count = count, .rounding = *rounding};
    s->sum = grid_numbers(count);
    if (!ordered) {
        s->size = calloc(count + 1, sizeof *s->size);
        s->terms = calloc(count + 1, sizeof *s->terms);
    }
    return s->sum && (ordered || (s->size && s->terms)) ? 0 : -1;
}

void grid_sums_clear(struct grid_sums *s)
{
    grid_numbers_clear(s->sum, s->count);
    free(s->size);
    free(s->terms);
}

void grid_sums_add(struct grid_sums *s, size_t at, const struct grid_number *x)
{
    struct grid_number *sum = s->sum + at;
    if (s->ordered) {
        grid_add(sum, sum, x, &s->rounding);
    } else if (!grid_is_zero(x)) {
        arb_add(sum->x, sum->x, x->x, GRID_BITS);
        sum->e = grid_up(sum->e + x->e);
        s->size[at] = grid_up(s->size[at] + grid_size(x->x) + x->e);
        s->terms[at]++;
    }
}

/* n terms in any order, bracketed in any way: every one is rounded at most n - 1 times, so it
 * changes by at most (1 + u)^(n-1) - 1 <= e^((n-1) u) - 1 of itself. */
void grid_sums_end(struct grid_number *z, const struct grid_sums *s, size_t at)
{
    grid_set(z, s->sum + at);
    if (s->ordered || s->terms[at] < 2)
        return;
    double growth = grid_grow((double)(s->terms[at] - 1) * s->rounding.u);
    z->e = s->size[at] * (1 + growth) <= s->rounding.most ? grid_up(z->e + growth * s->size[at])
                                                          : HUGE_VAL;
}
