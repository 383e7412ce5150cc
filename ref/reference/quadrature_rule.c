/* SPDX-License-Identifier: MIT */
/* quadrature_rule.c: Gauss-Legendre nodes and weights, proven. */
#include "ref/reference/loss.h"

#include <math.h>
#include <stdlib.h>

/* P' at a root, from P and P' at x and step = x - root, of at most radius: P' - P'' step + ..,
 * where (1 - x^2) P'' = 2 x P' - n (n + 1) P, and what is left out is below P'''(1) radius^2/2,
 * P'''(1) = (n + 3)!/(n - 3)!/48 < (n + 1)^6/48. */
static void slope_at_root(arb_t slope, const arb_t x, const arb_t p, const arb_t step,
                          const mag_t radius, size_t degree, long prec)
{
    arb_t bend, part;
    mag_t rest;
    arb_init(bend);
    arb_init(part);
    mag_init(rest);
    arb_mul(bend, x, slope, prec);
    arb_mul_2exp_si(bend, bend, 1);
    arb_mul_ui(part, p, degree * (degree + 1), prec);
    arb_sub(bend, bend, part, prec);
    arb_sqr(part, x, prec);
    arb_sub_ui(part, part, 1, prec);
    arb_div(bend, bend, part, prec);
    arb_addmul(slope, bend, step, prec);
    mag_set_ui(rest, degree + 1);
    mag_pow_ui(rest, rest, 6);
    mag_mul(rest, rest, radius);
    mag_mul(rest, rest, radius);
    mag_mul_2exp_si(rest, rest, -6);
    arb_add_error_mag(slope, rest);
    arb_clear(bend);
    arb_clear(part);
    mag_clear(rest);
}

/* The root of a Legendre polynomial P near `root`, by Newton steps until one proves it, and P'
 * there. As |P''| <= P''(1) = (n - 1) n (n + 1) (n + 2)/8 < (n + 1)^4/8 on [-1, 1], P' changes by
 * less than that times r within r of a point x; where |P(x)| is at most r |P'| all over that,
 * exactly one root lies there, P(x)/P' from x. */
static bool root_refine(arb_t root, arb_t slope, size_t degree, long prec)
{
    arb_t p, step, around;
    mag_t radius, change;
    arb_init(p);
    arb_init(step);
    arb_init(around);
    mag_init(radius);
    mag_init(change);
    bool proven = false;
    for (long bits = 64; !proven && bits < 16 * prec; bits *= 2) {
        long const now = (bits < prec ? bits : prec) + 64; /* 64 for the powers of n */
        arb_hypgeom_legendre_p_ui(p, slope, degree, root, now);
        arb_div(step, p, slope, MAG_BITS);
        arb_get_mag(radius, step);
        mag_mul_2exp_si(radius, radius, 1);
        arb_set(around, root);
        arb_add_error_mag(around, radius);
        arb_sub_ui(around, around, 1, MAG_BITS);
        bool const inside = arb_is_nonpositive(around);
        mag_set_ui(change, degree + 1);
        mag_pow_ui(change, change, 4);
        mag_mul(change, change, radius);
        mag_mul_2exp_si(change, change, -3);
        arb_set(around, slope);
        arb_add_error_mag(around, change);
        arb_div(step, p, around, now);
        arb_get_mag(change, step);
        slope_at_root(slope, root, p, step, radius, degree, now);
        arb_sub(root, root, step, now);
        proven = inside && mag_cmp(change, radius) <= 0 &&
                 arb_rel_accuracy_bits(slope) >= prec && arb_rel_accuracy_bits(root) >= prec;
        if (!proven)
            arb_get_mid_arb(root, root);
    }
    arb_clear(p);
    arb_clear(step);
    arb_clear(around);
    mag_clear(radius);
    mag_clear(change);
    return proven;
}

/* Root number k of a Legendre polynomial from above, as good as doubles go; a guess. */
static double root_guess(size_t degree, size_t k)
{
    double const n = (double)degree;
    double x = cos(3.141592653589793 * ((double)k + 0.75) / (n + 0.5));
    for (int step = 0; step < 4; step++) {
        double before = 1, now = x;
        for (size_t m = 1; m < degree; m++) {
            double const next =
                ((double)(2 * m + 1) * x * now - (double)m * before) / (double)(m + 1);
            before = now;
            now = next;
        }
        x -= now * (1 - x * x) / (n * (before - x * now));
    }
    return x;
}

/* A polynomial of even degree 2 m that has m positive roots, apart from each other, has no others.
 */
static bool rule_find(struct rule *r, long prec)
{
    bool proven = true;
    arb_t slope;
    arb_init(slope);
    for (size_t k = 0; 2 * k < r->degree && proven; k++) {
        arb_ptr node = r->node + k, weight = r->weight + k;
        arb_set_d(node, root_guess(r->degree, k));
        proven = root_refine(node, slope, r->degree, prec) && arb_is_positive(node) &&
                 (k == 0 || arb_lt(node, node - 1));
        arb_sqr(weight, node, prec);
        arb_sub_ui(weight, weight, 1, prec);
        arb_neg(weight, weight);
        arb_mul(weight, weight, slope, prec);
        arb_mul(weight, weight, slope, prec);
        arb_inv(weight, weight, prec); /* half of 2/((1 - x^2) P'^2): the interval has length 2 */
    }
    arb_clear(slope);
    return proven;
}

enum outcome rule_of(const struct rule **rule, struct pass *e, size_t degree)
{
    for (size_t x = 0; x < e->rules; x++) {
        *rule = e->rule + x;
        if (e->rule[x].degree == degree)
            return PROVEN;
    }
    struct rule *rules = realloc(e->rule, (e->rules + 1) * sizeof *rules);
    if (!rules)
        return FULL;
    e->rule = rules;
    struct rule *r = rules + e->rules++;
    r->degree = degree;
    r->node = _arb_vec_init((slong)degree / 2);
    r->weight = _arb_vec_init((slong)degree / 2);
    *rule = r;
    return rule_find(r, e->prec + 16)
               ? PROVEN
               : imprecise(e, "quadrature: the nodes of degree %zu are not apart", degree);
}

void rules_clear(struct pass *e)
{
    for (size_t x = 0; x < e->rules; x++) {
        _arb_vec_clear(e->rule[x].node, (slong)e->rule[x].degree / 2);
        _arb_vec_clear(e->rule[x].weight, (slong)e->rule[x].degree / 2);
    }
    free(e->rule);
    e->rule = NULL;
    e->rules = 0;
}
