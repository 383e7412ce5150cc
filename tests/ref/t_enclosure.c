/* SPDX-License-Identifier: MIT */
/* t_enclosure.c: do the balls of the reference hold the truth where they are wide?
 *
 * At the precision of a usual run every radius is far below what any comparison sees. Here all is
 * computed with 30 to 200 bits, and every ball that is proven must hold the number that 1,000 bits
 * give: integrals, flows, peaks, crossings, spikes, losses, gradients, adjoints. Integrals and
 * roots are held to closed forms besides. Static functions are reached by including their file
 * under other names; what is linked is tested through its public functions, too. */
#define constants_init included_constants_init
#define constants_clear included_constants_clear
#define propagate included_propagate
#define peak_find included_peak_find
#define crossing_find included_crossing_find
#define ellipse_init included_ellipse_init
#define ellipse_clear included_ellipse_clear
#define ellipse_set included_ellipse_set
#define ellipse_reach included_ellipse_reach
#define integrate included_integrate
#include "ref/reference/flow.c"
#include "ref/reference/quadrature.c"
#include "tests/run_suite.h"
#undef constants_init
#undef constants_clear
#undef propagate
#undef peak_find
#undef crossing_find
#undef ellipse_init
#undef ellipse_clear
#undef ellipse_set
#undef ellipse_reach
#undef integrate
void constants_init(struct constants *k, const arb_t tau_mem, const arb_t tau_syn, long prec);
void constants_clear(struct constants *k);
void propagate(arb_ptr values, const struct constants *k, const arb_t s, enum depth depth,
               long prec);
enum crossing peak_find(arb_t s, arb_t peak, const struct neuron *n, const arb_t v, const arb_t i,
                        long prec);
enum crossing crossing_find(arb_t s, arb_t slope, arb_t current, arb_t peak, const struct neuron *n,
                            const arb_t v, const arb_t i, const arb_t horizon, long prec);
void ellipse_init(struct ellipse *x);
void ellipse_clear(struct ellipse *x);
void ellipse_set(struct ellipse *x, double rho);
enum outcome integrate(struct pass *e, arb_ptr integral, const struct integrand *f,
                       const arb_t length, long prec);

#include "cases/families/random.h"
#include "tests/doubles.h"

#include <math.h>
#include <stdio.h>

enum { TRUE_BITS = 1000, TRUE_DIGITS = 300, DRAWS = 1200 };
static const long few[] = {30, 36, 45, 60};
enum { FEW = sizeof few / sizeof *few };

static void holds(const arb_t ball, const arb_t truth, const char *what)
{
    if (!arb_contains(ball, truth)) {
        char *got = arb_get_str(ball, 30, 0), *wanted = arb_get_str(truth, 30, 0);
        ck_abort_msg("%s: %s does not hold %s", what, got, wanted);
    }
}

/* ---- integrals over [0, 1] ---- */

struct shape {
    int order, scale; /* 2^-scale T_order(2u - 1); order 0: e^(-scale u); -1: cos(scale (2u - 1)) */
};

static void shape_at(acb_t f, const struct shape *s, const acb_t u, long prec);

static void shape_value(arb_ptr f, void *context, const arb_t u, long prec)
{
    acb_t value, at;
    acb_init(value);
    acb_init(at);
    acb_set_arb(at, u);
    shape_at(value, context, at, prec);
    arb_set(f, acb_realref(value));
    acb_clear(value);
    acb_clear(at);
}

/* On a box around the ellipse. */
static bool shape_bound(mag_t bound, void *context, const struct ellipse *x)
{
    acb_t value, box;
    acb_init(value);
    acb_init(box);
    arb_mul_2exp_si(acb_realref(box), x->length, -1);
    arb_add(acb_realref(box), acb_realref(box), x->behind, BOUND_BITS);
    arb_get_mag(bound, acb_realref(box));
    arb_sub(acb_realref(box), acb_realref(box), x->behind, BOUND_BITS);
    arb_add(acb_realref(box), acb_realref(box), x->low, BOUND_BITS);
    arb_add_error_mag(acb_realref(box), bound);
    arb_add_error(acb_imagref(box), x->height);
    shape_at(value, context, box, BOUND_BITS);
    acb_get_mag(bound, value);
    bool const finite = acb_is_finite(value);
    acb_clear(value);
    acb_clear(box);
    return finite;
}

/* A Chebyshev polynomial of twice the degree of a rule is what the rule gets wrong most for its
 * size on the ellipse that bounds the error. */
static void shape_at(acb_t f, const struct shape *s, const acb_t u, long prec)
{
    acb_t x, before, next;
    acb_init(x);
    acb_init(before);
    acb_init(next);
    if (s->order == 0) {
        acb_mul_si(f, u, -s->scale, prec);
        acb_exp(f, f, prec);
    } else if (s->order < 0) {
        acb_mul_2exp_si(x, u, 1);
        acb_sub_ui(x, x, 1, prec);
        acb_mul_si(x, x, s->scale, prec);
        acb_cos(f, x, prec);
    } else {
        acb_mul_2exp_si(x, u, 1);
        acb_sub_ui(x, x, 1, prec);
        acb_chebyshev_t_ui(f, (ulong)s->order, x, prec);
        acb_mul_2exp_si(f, f, -s->scale);
    }
    acb_clear(x);
    acb_clear(before);
    acb_clear(next);
}

/* int_0^1 T_m(2u - 1) du = -1/(m^2 - 1) for even m, 0 for odd; (1 - e^-k)/k; sin(k)/k. */
static void shape_integral(arb_t value, const struct shape *s)
{
    if (s->order == 0) {
        arb_set_si(value, -s->scale);
        arb_expm1(value, value, TRUE_BITS);
        arb_div_si(value, value, -s->scale, TRUE_BITS);
        return;
    }
    if (s->order < 0) {
        arb_set_si(value, s->scale);
        arb_sin(value, value, TRUE_BITS);
        arb_div_si(value, value, s->scale, TRUE_BITS);
        return;
    }
    arb_set_si(value, s->order % 2 ? 0 : -1);
    arb_div_si(value, value, (slong)s->order * s->order - 1, TRUE_BITS);
    arb_mul_2exp_si(value, value, -s->scale);
}

TEST_EACH(integrals_hold_their_closed_forms, 0, FEW)
{
    struct pass e = {.prec = few[_i]};
    char reason[256];
    e.reason = reason;
    arb_t got, truth, one;
    arb_init(got);
    arb_init(truth);
    arb_init(one);
    arb_one(one);
    for (int order = -1; order <= 80; order += order < 8 ? 1 : 4) {
        for (int scale = order > 0 ? 0 : 1; scale <= 100; scale++) {
            struct shape s = {order == 1 ? 2 : order, scale};
            char what[64];
            snprintf(what, sizeof what, "order %d, scale %d", s.order, s.scale);
            arb_zero(got);
            struct integrand const f = {1, &s, shape_value, shape_bound};
            ck_assert_int_eq(integrate(&e, got, &f, one, e.prec), PROVEN);
            shape_integral(truth, &s);
            holds(got, truth, what);
            /* and no wider than promised */
            ck_assert_msg(mag_cmp_2exp_si(arb_radref(got), 16 - few[_i]) < 0, "%s", what);
        }
    }
    rules_clear(&e);
    arb_clear(got);
    arb_clear(truth);
    arb_clear(one);
}

/* Whatever degree is chosen, two above all, the error of the rule is in the radius. */
TEST(a_rule_of_any_degree_encloses)
{
    char reason[256];
    struct pass e = {.prec = 60, .reason = reason};
    struct ellipse x;
    arb_t sum, value, truth;
    mag_t bound;
    ellipse_init(&x);
    arb_init(sum);
    arb_init(value);
    arb_init(truth);
    mag_init(bound);
    arb_one(x.length);
    size_t wide = 0;
    for (size_t degree = 2; degree <= 12; degree += 2) {
        for (int order = -1; order <= 30; order += order < 0 ? 1 : 2) {
            for (double log_rho = 0.5; log_rho <= 7; log_rho += 0.25) {
                struct shape s = {order, order > 0 ? 0 : 20};
                struct integrand const f = {1, &s, shape_value, shape_bound};
                struct task t = {.e = &e, .f = &f, .prec = 60, .value = value, .sum = sum};
                ellipse_set(&x, exp2(log_rho));
                ck_assert(shape_bound(bound, &s, &x));
                ck_assert_int_eq(apply(&t, &x, degree, bound), PROVEN);
                shape_integral(truth, &s);
                holds(sum, truth, "a rule");
                wide += mag_cmp_2exp_si(arb_radref(sum), -20) > 0;
            }
        }
    }
    ck_assert_uint_gt(wide, 100); /* the rule alone would not do */
    rules_clear(&e);
    ellipse_clear(&x);
    arb_clear(sum);
    arb_clear(value);
    arb_clear(truth);
    mag_clear(bound);
}

/* ---- one neuron ---- */

struct draw {
    struct neuron n;
    struct constants coarse, fine;
    arb_t v, i, horizon;
};

static void draw_make(struct draw *d, struct case_random *r, long prec)
{
    static const double taus[] = {20, 5, 10, 10 + 0x1p-40, 10 + 0x1p-8, 4};
    double const tau_mem = taus[case_random_below(r, 6)], tau_syn = taus[case_random_below(r, 6)];
    constants_of_doubles(&d->coarse, tau_mem, tau_syn, prec);
    constants_of_doubles(&d->fine, tau_mem, tau_syn, TRUE_BITS);
    d->n = (struct neuron){.model = CASE_LIF, .threshold_d = 1, .bias_d = 0};
    if (case_random_below(r, 3) == 0)
        d->n.bias_d = case_random_between(r, -1, 1.5);
    arb_t *const all[] = {&d->n.threshold, &d->n.bias, &d->v, &d->i, &d->horizon};
    double const value[] = {1, d->n.bias_d, case_random_between(r, -1, 1),
                            case_random_between(r, -2, 8), case_random_between(r, 0.5, 60)};
    for (size_t k = 0; k < 5; k++) {
        arb_init(*all[k]);
        arb_set_d(*all[k], value[k]);
    }
}

static void draw_clear(struct draw *d)
{
    constants_clear(&d->coarse);
    constants_clear(&d->fine);
    arb_t *const all[] = {&d->n.threshold, &d->n.bias, &d->v, &d->i, &d->horizon};
    for (size_t k = 0; k < 5; k++)
        arb_clear(*all[k]);
}

TEST_EACH(flows_hold_those_of_every_point, 0, FEW)
{
    struct case_random r;
    case_random_init(&r, 11, "flows", (uint64_t)_i);
    arb_ptr coarse = _arb_vec_init(P_ALL), fine = _arb_vec_init(P_ALL);
    arb_t point;
    arb_init(point);
    for (int number = 0; number < DRAWS; number++) {
        struct draw d;
        draw_make(&d, &r, few[_i]);
        arb_srcptr s = d.horizon;
        if (case_random_below(&r, 2)) /* around zero, as the flow from a time to its mark */
            arb_mul_2exp_si(d.horizon, d.horizon, -(slong)case_random_below(&r, 60));
        double const centre = middle_d(s), radius = centre * case_random_between(&r, 0, 1.5);
        mag_set_d(arb_radref(d.horizon), radius);
        propagate(coarse, &d.coarse, s, COMPLETE, few[_i]);
        for (int side = -1; side <= 1; side++) {
            arb_set_d(point, radius * (1 - 0x1p-30));
            arb_mul_si(point, point, side, TRUE_BITS);
            arb_set_d(fine, centre);
            arb_add(point, point, fine, TRUE_BITS);
            propagate(fine, &d.fine, point, COMPLETE, TRUE_BITS);
            for (int x = 0; x < P_ALL; x++)
                holds(coarse + x, fine + x, "a propagator");
        }
        draw_clear(&d);
    }
    _arb_vec_clear(coarse, P_ALL);
    _arb_vec_clear(fine, P_ALL);
    arb_clear(point);
}

TEST_EACH(peaks_and_crossings_hold_those_of_1000_bits, 0, FEW)
{
    struct case_random r;
    case_random_init(&r, 11, "crossings", (uint64_t)_i);
    arb_ptr got = _arb_vec_init(4), truth = _arb_vec_init(4);
    size_t found = 0, none = 0, peaks = 0;
    for (int number = 0; number < DRAWS; number++) {
        struct draw d;
        draw_make(&d, &r, few[_i]);
        d.n.k = &d.coarse;
        enum crossing const coarse =
            crossing_find(got, got + 1, got + 2, got + 3, &d.n, d.v, d.i, d.horizon, few[_i]);
        d.n.k = &d.fine;
        enum crossing const fine = crossing_find(truth, truth + 1, truth + 2, truth + 3, &d.n, d.v,
                                                 d.i, d.horizon, TRUE_BITS);
        bool const beyond = fine == CROSSING_FOUND && arb_gt(truth, d.horizon);
        if (coarse == CROSSING_FOUND) {
            ck_assert_int_eq(fine, CROSSING_FOUND);
            for (int x = 0; x < 3; x++)
                holds(got + x, truth + x, "a crossing");
        }
        ck_assert(coarse != CROSSING_NONE || fine == CROSSING_NONE || beyond);
        found += coarse == CROSSING_FOUND;
        none += coarse == CROSSING_NONE;
        d.n.k = &d.coarse;
        if (peak_find(got, got + 1, &d.n, d.v, d.i, few[_i]) == CROSSING_FOUND) {
            d.n.k = &d.fine;
            ck_assert_int_eq(peak_find(truth, truth + 1, &d.n, d.v, d.i, TRUE_BITS),
                             CROSSING_FOUND);
            holds(got, truth, "the time of a peak");
            holds(got + 1, truth + 1, "a peak");
            peaks++;
        }
        draw_clear(&d);
    }
    ck_assert(found > DRAWS / 8 && none > DRAWS / 8 && peaks > DRAWS / 4);
    _arb_vec_clear(got, 4);
    _arb_vec_clear(truth, 4);
}

/* From a place that is no root a box is proven only if it reaches one: s holds it. Where V does not
 * reach the threshold, or falls through it, nothing is. */
TEST_EACH(no_box_around_a_wrong_root_is_proven, 0, FEW)
{
    struct case_random r;
    case_random_init(&r, 11, "boxes", (uint64_t)_i);
    arb_ptr truth = _arb_vec_init(4);
    arb_t s, place;
    arb_init(s);
    arb_init(place);
    size_t wrong = 0, right = 0;
    for (int number = 0; number < DRAWS; number++) {
        struct draw d;
        draw_make(&d, &r, few[_i]);
        d.n.k = &d.fine;
        arb_set_d(d.horizon, 1e5); /* for ever */
        enum crossing const answer = crossing_find(truth, truth + 1, truth + 2, truth + 3, &d.n,
                                                   d.v, d.i, d.horizon, TRUE_BITS);
        arb_set_d(place, case_random_between(&r, 0.01, 60));
        if (answer == CROSSING_FOUND && case_random_below(&r, 2)) {
            arb_set_d(place, case_random_between(&r, -1, 1));
            arb_mul_2exp_si(place, place, -(slong)case_random_below(&r, 40));
            arb_add(place, place, truth, TRUE_BITS);
            arb_get_mid_arb(place, place);
        }
        if (answer == CROSSING_UNKNOWN || !arb_is_positive(place)) {
            draw_clear(&d);
            continue;
        }
        d.n.k = &d.coarse;
        if (!newton_encloses(s, &d.n, d.v, d.i, place, few[_i])) {
            wrong++;
        } else if (answer == CROSSING_FOUND) {
            holds(s, truth, "a proven box");
            right++;
        } else {
            ck_abort_msg("a box without a crossing");
        }
        draw_clear(&d);
    }
    ck_assert(wrong > DRAWS / 4 && right > DRAWS / 20);
    _arb_vec_clear(truth, 4);
    arb_clear(s);
    arb_clear(place);
}

#include "tests/enclosure_case.h"

SUITE("enclosure", .cleanup = flint_cleanup)
