/* SPDX-License-Identifier: MIT */
/* quadrature.c: integrals of several analytic functions over [0, 1] at once, by Gauss-Legendre
 * rules with a proven error. acb_calc_integrate does one function at a time; here the many moments
 * of one interval share every evaluation.
 *
 * If |f| <= M on the ellipse with foci -1 and 1 and sum of half axes rho, the error of the n-point
 * rule on [-1, 1] is at most (64/15) M rho^(2 - 2n) / (1 - rho^-2) (Trefethen, SIAM Review 50,
 * 2008, theorem 4.5, stated for n + 1 points). M comes from evaluating f on a box around the
 * ellipse. */
#include "ref/reference/loss.h"

#include <stdlib.h>

#define ELLIPSES 7 /* rho = 2^1 .. 2^7 */
#define DEPTH 40

static const struct rule *rule_of(struct pass *e, size_t degree)
{
    for (size_t x = 0; x < e->rules; x++)
        if (e->rule[x].degree == degree)
            return e->rule + x;
    struct rule *rules = realloc(e->rule, (e->rules + 1) * sizeof *rules);
    if (!rules)
        return NULL;
    e->rule = rules;
    struct rule *r = rules + e->rules++;
    r->degree = degree;
    r->node = _arb_vec_init((slong)degree);
    r->weight = _arb_vec_init((slong)degree);
    for (size_t k = 0; 2 * k < degree; k++) { /* a node and its mirror image */
        arb_ptr node = r->node + k, weight = r->weight + k;
        arb_hypgeom_legendre_p_ui_root(node, weight, degree, k, e->prec + 16);
        /* from [-1, 1] to [0, 1] */
        arb_add_ui(node, node, 1, e->prec + 16);
        arb_mul_2exp_si(node, node, -1);
        arb_mul_2exp_si(weight, weight, -1);
        arb_sub_ui(r->node + degree - 1 - k, node, 1, e->prec + 16);
        arb_neg(r->node + degree - 1 - k, r->node + degree - 1 - k);
        arb_set(r->weight + degree - 1 - k, weight);
    }
    return r;
}

void rules_clear(struct pass *e)
{
    for (size_t x = 0; x < e->rules; x++) {
        _arb_vec_clear(e->rule[x].node, (slong)e->rule[x].degree);
        _arb_vec_clear(e->rule[x].weight, (slong)e->rule[x].degree);
    }
    free(e->rule);
    e->rule = NULL;
    e->rules = 0;
}

struct task {
    struct pass *e;
    size_t count;
    integrand *f;
    void *context;
    acb_ptr value;
    arb_ptr sum;
};

/* Upper bound of all |f| on a box around the ellipse rho = 2^log_rho of the interval; false if f is
 * not bounded there. */
static bool ellipse_bound(mag_t bound, struct task *t, const arb_t low, const arb_t length,
                          int log_rho)
{
    acb_t box;
    mag_t size;
    acb_init(box);
    mag_init(size);
    /* half axes (rho +- 1/rho)/2 in units of half the interval; rho/2 + 1 covers both */
    arb_mul_2exp_si(acb_realref(box), length, -1);
    arb_add(acb_realref(box), acb_realref(box), low, 64);
    mag_set_ui_2exp_si(size, (ulong)(1 << (log_rho - 1)) + 1, -1);
    mag_t half;
    mag_init(half);
    arb_get_mag(half, length);
    mag_mul(size, size, half);
    mag_add(arb_radref(acb_realref(box)), arb_radref(acb_realref(box)), size);
    mag_set(arb_radref(acb_imagref(box)), size);
    t->f(t->value, box, t->context, 64);
    mag_zero(bound);
    bool finite = true;
    for (size_t x = 0; x < t->count && finite; x++) {
        finite = acb_is_finite(t->value + x);
        acb_get_mag(size, t->value + x);
        mag_max(bound, bound, size);
    }
    mag_clear(half);
    mag_clear(size);
    acb_clear(box);
    return finite && mag_is_finite(bound);
}

/* The degree that brings the error below 2^-prec (1 + M at the smallest ellipse). */
static size_t degree_for(long prec, const mag_t bound, int log_rho)
{
    double const excess = mag_is_special(bound) ? 0 : mag_get_d_log2_approx(bound);
    double const bits = (double)prec + (excess > 0 ? excess : 0) + 4;
    size_t const degree = (size_t)(bits / (2 * log_rho)) + 2;
    return (degree + 3) / 4 * 4; /* few different rules */
}

static enum outcome apply(struct task *t, const arb_t low, const arb_t length, size_t degree,
                          const mag_t bound, int log_rho)
{
    const struct rule *r = rule_of(t->e, degree);
    if (!r)
        return FULL;
    long const prec = t->e->prec;
    _arb_vec_zero(t->sum, (slong)t->count);
    acb_t point;
    acb_init(point);
    for (size_t k = 0; k < degree; k++) {
        arb_mul(acb_realref(point), r->node + k, length, prec);
        arb_add(acb_realref(point), acb_realref(point), low, prec);
        arb_zero(acb_imagref(point));
        t->f(t->value, point, t->context, prec);
        for (size_t x = 0; x < t->count; x++)
            arb_addmul(t->sum + x, r->weight + k, acb_realref(t->value + x), prec);
    }
    acb_clear(point);
    /* half of (64/15) / (1 - rho^-2) is below 2.85 for rho >= 2 */
    mag_t error;
    mag_init(error);
    mag_mul_ui(error, bound, 3);
    mag_mul_2exp_si(error, error, -2L * log_rho * ((long)degree - 1));
    for (size_t x = 0; x < t->count; x++)
        mag_add(arb_radref(t->sum + x), arb_radref(t->sum + x), error);
    mag_clear(error);
    return PROVEN;
}

static enum outcome integrate_part(struct task *t, arb_ptr integral, const arb_t low,
                                   const arb_t length, int depth)
{
    size_t best = SIZE_MAX;
    int best_rho = 0;
    mag_t bound, best_bound;
    mag_init(bound);
    mag_init(best_bound);
    for (int log_rho = 1; log_rho <= ELLIPSES; log_rho++) {
        if (!ellipse_bound(bound, t, low, length, log_rho))
            break;
        size_t const degree = degree_for(t->e->prec, bound, log_rho);
        if (degree < best) {
            best = degree;
            best_rho = log_rho;
            mag_set(best_bound, bound);
        }
    }
    enum outcome outcome = PROVEN;
    if (best <= (size_t)t->e->prec / 2 + 16) {
        outcome = apply(t, low, length, best, best_bound, best_rho);
        for (size_t x = 0; x < t->count && outcome == PROVEN; x++)
            arb_addmul(integral + x, t->sum + x, length, t->e->prec);
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
    mag_clear(bound);
    mag_clear(best_bound);
    return outcome;
}

enum outcome integrate(struct pass *e, arb_ptr integral, size_t count, integrand *f, void *context)
{
    struct task t = {.e = e, .count = count, .f = f, .context = context};
    arb_t low, length;
    arb_init(low);
    arb_init(length);
    arb_one(length);
    t.value = _acb_vec_init((slong)count);
    t.sum = _arb_vec_init((slong)count);
    enum outcome const outcome = integrate_part(&t, integral, low, length, DEPTH);
    _acb_vec_clear(t.value, (slong)count);
    _arb_vec_clear(t.sum, (slong)count);
    arb_clear(low);
    arb_clear(length);
    return outcome;
}
