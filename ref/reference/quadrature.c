/* SPDX-License-Identifier: MIT */
/* quadrature.c: integrals of several analytic functions over [0, length] at once, by Gauss-Legendre
 * rules with a proven error. acb_calc_integrate does one function at a time; here the many moments
 * of one interval share every evaluation.
 *
 * If |f| <= M on the ellipse with foci -1 and 1 and sum of half axes rho, the error of the n-point
 * rule on [-1, 1] is at most (64/15) M rho^(2 - 2n) / (1 - rho^-2) (Trefethen, SIAM Review 50,
 * 2008, theorem 4.5, stated for n + 1 points). An integrand knows such an M for any ellipse, so no
 * function is evaluated off the real line, and a few trials find the ellipse that asks for the
 * fewest points. */
#include "ref/reference/loss.h"

#include <math.h>
#include <stdlib.h>

#define DEPTH 40

/* ---- ellipses ---- */

void ellipse_init(struct ellipse *x)
{
    arb_init(x->low);
    arb_init(x->length);
    arb_init(x->behind);
    arb_init(x->height);
    mag_init(x->shrink);
}

void ellipse_clear(struct ellipse *x)
{
    arb_clear(x->low);
    arb_clear(x->length);
    arb_clear(x->behind);
    arb_clear(x->height);
    mag_clear(x->shrink);
}

void ellipse_reach(mag_t reach, const struct ellipse *x)
{
    arb_t sum;
    arb_init(sum);
    arb_add(sum, x->low, x->length, BOUND_BITS);
    arb_add(sum, sum, x->behind, BOUND_BITS);
    arb_add(sum, sum, x->height, BOUND_BITS);
    arb_get_mag(reach, sum);
    arb_clear(sum);
}

/* Half axes (rho +- 1/rho)/2 in units of half the length. */
void ellipse_set(struct ellipse *x, double rho)
{
    arb_t inverse;
    arb_init(inverse);
    arb_set_d(x->height, rho);
    arb_inv(inverse, x->height, BOUND_BITS);
    arb_add(x->behind, x->height, inverse, BOUND_BITS);
    arb_sub_ui(x->behind, x->behind, 2, BOUND_BITS);
    arb_sub(x->height, x->height, inverse, BOUND_BITS);
    arb_ptr const both[] = {x->behind, x->height};
    for (int k = 0; k < 2; k++) {
        arb_mul(both[k], both[k], x->length, BOUND_BITS);
        arb_mul_2exp_si(both[k], both[k], -2);
    }
    arb_get_mag(x->shrink, inverse);
    arb_clear(inverse);
}

/* ---- one panel ---- */

struct task {
    struct pass *e;
    const struct integrand *f;
    long prec;
    arb_ptr value, sum; /* [count] */
};

/* The smallest degree of the form 2^k {4, 5, 6, 7}, k >= 1, that brings the error below
 * 2^-prec (1 + M). */
static size_t degree_for(long prec, const mag_t bound, double log_rho)
{
    double const excess = mag_is_special(bound) ? 0 : mag_get_d_log2_approx(bound);
    double const points = ((double)prec + fmax(excess, 0) + 4) / (2 * log_rho) + 1;
    size_t step = 4;
    while ((double)(7 * step) < points)
        step *= 2;
    size_t degree = 2 * step;
    while ((double)degree < points)
        degree += step / 2;
    return degree;
}

struct choice {
    size_t degree;
    double log_rho;
    mag_t bound;
};

/* Whether an ellipse asks for fewer points than the best one so far, which it then becomes. */
static bool try_ellipse(struct choice *best, const struct task *t, struct ellipse *x,
                        double log_rho)
{
    mag_t bound;
    mag_init(bound);
    ellipse_set(x, exp2(log_rho));
    bool better = t->f->bound(bound, t->f->context, x) && mag_is_finite(bound);
    size_t const degree = better ? degree_for(t->prec, bound, log_rho) : 0;
    better = better && degree < best->degree;
    if (better) {
        best->degree = degree;
        best->log_rho = log_rho;
        mag_set(best->bound, bound);
    }
    mag_clear(bound);
    return better;
}

/* rho = 2^(1/2) and more, by ever finer steps from the best one. */
static void choose(struct choice *best, const struct task *t, struct ellipse *x)
{
    best->degree = SIZE_MAX;
    best->log_rho = 0.5;
    try_ellipse(best, t, x, best->log_rho);
    for (double log_rho = 1; try_ellipse(best, t, x, log_rho);)
        log_rho += 1;
    for (double step = 0.5; step > 0.2; step /= 2)
        if (!try_ellipse(best, t, x, best->log_rho + step) && best->log_rho - step >= 0.5)
            try_ellipse(best, t, x, best->log_rho - step);
}

static enum outcome apply(struct task *t, const struct ellipse *x, size_t degree,
                          const mag_t bound)
{
    const struct rule *r;
    enum outcome const found = rule_of(&r, t->e, degree);
    if (found != PROVEN)
        return found;
    long const prec = t->prec;
    size_t const count = t->f->count;
    arb_t half, middle, point;
    arb_init(half);
    arb_init(middle);
    arb_init(point);
    arb_mul_2exp_si(half, x->length, -1);
    arb_add(middle, x->low, half, prec);
    _arb_vec_zero(t->sum, (slong)count);
    for (size_t k = 0; k < degree; k++) { /* a node, then its mirror image */
        arb_mul(point, half, r->node + k / 2, prec);
        if (k % 2 == 0)
            arb_add(point, middle, point, prec);
        else
            arb_sub(point, middle, point, prec);
        t->f->value(t->value, t->f->context, point, prec);
        for (size_t y = 0; y < count; y++)
            arb_addmul(t->sum + y, r->weight + k / 2, t->value + y, prec);
    }
    arb_clear(half);
    arb_clear(middle);
    arb_clear(point);
    /* half of (64/15) / (1 - rho^-2) is below 4.3 for rho >= 2^(1/2) */
    mag_t error;
    mag_init(error);
    mag_pow_ui(error, x->shrink, 2 * degree - 2);
    mag_mul(error, error, bound);
    mag_mul_ui(error, error, 5);
    for (size_t y = 0; y < count; y++)
        mag_add(arb_radref(t->sum + y), arb_radref(t->sum + y), error);
    mag_clear(error);
    return PROVEN;
}

static enum outcome integrate_part(struct task *t, arb_ptr integral, const arb_t low,
                                   const arb_t length, int depth)
{
    struct ellipse x;
    struct choice best;
    ellipse_init(&x);
    mag_init(best.bound);
    arb_set(x.low, low);
    arb_set(x.length, length);
    choose(&best, t, &x);
    enum outcome outcome = PROVEN;
    if (best.degree <= (size_t)t->prec / 2 + 16) {
        ellipse_set(&x, exp2(best.log_rho));
        outcome = apply(t, &x, best.degree, best.bound);
        for (size_t y = 0; y < t->f->count && outcome == PROVEN; y++)
            arb_addmul(integral + y, t->sum + y, length, t->e->prec);
    } else if (depth == 0) {
        outcome = imprecise(t->e, "quadrature: an integrand is not analytic near the real line");
    } else {
        arb_t half, middle;
        arb_init(half);
        arb_init(middle);
        arb_mul_2exp_si(half, length, -1);
        arb_add(middle, low, half, ARF_PREC_EXACT);
        outcome = integrate_part(t, integral, low, half, depth - 1);
        if (outcome == PROVEN)
            outcome = integrate_part(t, integral, middle, half, depth - 1);
        arb_clear(half);
        arb_clear(middle);
    }
    mag_clear(best.bound);
    ellipse_clear(&x);
    return outcome;
}

enum outcome integrate(struct pass *e, arb_ptr integral, const struct integrand *f,
                       const arb_t length, long prec)
{
    struct task t = {.e = e, .f = f, .prec = prec};
    arb_t low;
    arb_init(low);
    t.value = _arb_vec_init((slong)f->count);
    t.sum = _arb_vec_init((slong)f->count);
    enum outcome const outcome = integrate_part(&t, integral, low, length, DEPTH);
    _arb_vec_clear(t.value, (slong)f->count);
    _arb_vec_clear(t.sum, (slong)f->count);
    arb_clear(low);
    return outcome;
}
