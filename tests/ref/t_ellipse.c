/* SPDX-License-Identifier: MIT */
/* t_ellipse.c: the integrands of the reference off the real line. On the edge of an ellipse, where
 * an analytic function is largest, what they are at complex points, written here by itself, must be
 * at most the bound that the reference takes. Static functions are reached by including their files
 * under other names. */
#define propagators_bound_init included_propagators_bound_init
#define propagators_bound_clear included_propagators_bound_clear
#define propagators_bound included_propagators_bound
#define kept_moments_clear included_kept_moments_clear
#define sigmoid_moments included_sigmoid_moments
#define instantaneous_loss included_instantaneous_loss
#include "ref/reference/loss_instant.c"
#include "ref/reference/loss_quadrature.c"

#include "cases/families/random.h"
#include "tests/doubles.h"
#include "tests/run_suite.h"

enum { PREC = 128, OUTPUTS = 3, EDGE = 24, DRAWS = 1500 };

/* The functions of `enum propagator` at a complex s, from (E5). */
static void propagators_at(acb_ptr x, const struct constants *k, const acb_t s)
{
    acb_t es, gap, part;
    acb_init(es);
    acb_init(gap);
    acb_init(part);
    acb_one(x + P_ONE);
    acb_mul_arb(part, s, k->a, PREC);
    acb_neg(part, part);
    acb_exp(x + P_EM, part, PREC);
    acb_mul_arb(part, s, k->c, PREC);
    acb_neg(part, part);
    acb_exp(es, part, PREC);
    acb_sub(gap, x + P_EM, es, PREC);
    acb_mul(x + P_VM, s, x + P_EM, PREC);
    if (k->equal) {
        acb_mul_arb(x + P_K, x + P_VM, k->a, PREC);
        acb_mul(x + P_IS, x + P_K, s, PREC);
        acb_mul_2exp_si(x + P_IS, x + P_IS, -1); /* -dk/dc */
        acb_sub(x + P_IM, x + P_IS, x + P_VM, PREC);
    } else {
        acb_mul_arb(x + P_K, gap, k->gain, PREC);
        acb_mul_arb(x + P_IM, x + P_VM, k->gain, PREC);
        acb_mul_arb(part, gap, k->gain_a, PREC);
        acb_sub(x + P_IM, x + P_IM, part, PREC); /* -dk/da */
        acb_mul_arb(x + P_IS, gap, k->gain_c, PREC);
        acb_mul(part, s, es, PREC);
        acb_mul_arb(part, part, k->gain, PREC);
        acb_sub(x + P_IS, x + P_IS, part, PREC); /* -dk/dc */
    }
    acb_mul_arb(x + P_VM, x + P_VM, k->aa, PREC);
    acb_mul_arb(x + P_IM, x + P_IM, k->aa, PREC);
    acb_mul_arb(x + P_IS, x + P_IS, k->cc, PREC);
    acb_clear(es);
    acb_clear(gap);
    acb_clear(part);
}

struct draw {
    struct constants k[OUTPUTS];
    struct neuron neuron[OUTPUTS];
    struct entry entry[OUTPUTS];
    struct drive drive;
    struct pass e;
    struct instant_context instant;
    struct sigmoid_context sigmoid;
    struct ellipse x;
    arb_t start;
    double rho;
    acb_t s;
    acb_ptr value;
};

enum { COUNT = 1 + OUTPUTS * P_DRIVEN };

static void draw_make(struct draw *d, struct case_random *r)
{
    static const double taus[] = {20, 5, 4, 20.0625, 0.5, 300};
    *d = (struct draw){.drive.outputs = OUTPUTS};
    bool const shared = case_random_below(r, 2) == 0;
    size_t const strong = case_random_below(r, 8);
    for (size_t k = 0; k < OUTPUTS; k++) {
        double const tau_mem = taus[case_random_below(r, 6)];
        double const tau_syn = taus[case_random_below(r, 6)];
        constants_of_doubles(d->k + k, tau_mem, tau_syn, PREC);
        struct neuron *n = d->neuron + k;
        *n = (struct neuron){.k = d->k + (shared ? 0 : k), .tape = d->entry + k, .entries = 1};
        arb_ptr const number[] = {n->bias, d->entry[k].v, d->entry[k].i};
        for (int y = 0; y < 3; y++) {
            double const size = y == 2 ? ldexp(1, (int)strong) : 1;
            arb_init(number[y]);
            arb_set_d(number[y], size * case_random_between(r, -1, 1));
        }
    }
    d->e = (struct pass){.neuron = d->neuron, .drive = &d->drive, .prec = PREC};
    d->instant = (struct instant_context){.e = &d->e, .label = case_random_below(r, OUTPUTS)};
    d->instant.centred = _arb_vec_init(OUTPUTS);
    d->instant.voltage = _arb_vec_init(OUTPUTS);
    d->instant.softmax = _arb_vec_init(OUTPUTS);
    d->instant.values = _arb_vec_init(P_ALL);
    for (size_t k = 0; k < OUTPUTS; k++)
        arb_sub(d->instant.centred + k, d->entry[k].v, d->neuron[k].bias, PREC);
    arb_init(d->start);
    arb_init(d->sigmoid.end);
    arb_set_d(d->sigmoid.end, 40);
    arb_set_d(d->start, case_random_between(r, 0, 30));
    d->sigmoid.start = d->start;
    d->sigmoid.k = d->k;
    ellipse_init(&d->x);
    double const low = case_random_below(r, 2) == 0 ? 0 : case_random_between(r, 0, 20);
    arb_set_d(d->x.low, low);
    double const size = case_random_between(r, -6, 4);
    arb_set_d(d->x.length, exp2(size));
    double const log_rho = case_random_between(r, 0.5, 5);
    d->rho = exp2(log_rho);
    ellipse_set(&d->x, d->rho);
    acb_init(d->s);
    d->value = _acb_vec_init(COUNT);
}

static void draw_clear(struct draw *d)
{
    for (size_t k = 0; k < OUTPUTS; k++) {
        constants_clear(d->k + k);
        arb_clear(d->neuron[k].bias);
        arb_clear(d->entry[k].v);
        arb_clear(d->entry[k].i);
    }
    _arb_vec_clear(d->instant.centred, OUTPUTS);
    _arb_vec_clear(d->instant.voltage, OUTPUTS);
    _arb_vec_clear(d->instant.softmax, OUTPUTS);
    _arb_vec_clear(d->instant.values, P_ALL);
    arb_clear(d->start);
    arb_clear(d->sigmoid.end);
    ellipse_clear(&d->x);
    acb_clear(d->s);
    _acb_vec_clear(d->value, COUNT);
}

/* Point number `at` of the edge: the middle + (length/4) (rho e^(i angle) + e^(-i angle)/rho). */
static void edge_point(struct draw *d, int at)
{
    arb_t angle;
    acb_t turn, part;
    arb_init(angle);
    acb_init(turn);
    acb_init(part);
    arb_set_si(angle, 2 * at);
    arb_div_si(angle, angle, EDGE, PREC);
    arb_sin_cos_pi(acb_imagref(turn), acb_realref(turn), angle, PREC);
    arb_set_d(angle, d->rho);
    acb_mul_arb(part, turn, angle, PREC);
    acb_conj(turn, turn);
    acb_div_arb(turn, turn, angle, PREC);
    acb_add(d->s, part, turn, PREC);
    acb_mul_arb(d->s, d->s, d->x.length, PREC);
    acb_mul_2exp_si(d->s, d->s, -2);
    arb_mul_2exp_si(angle, d->x.length, -1);
    acb_add_arb(d->s, d->s, angle, PREC);
    acb_add_arb(d->s, d->s, d->x.low, PREC);
    arb_clear(angle);
    acb_clear(turn);
    acb_clear(part);
}

/* -log softmax(V)[label] and (softmax(V)[k] - [k = label]) X. */
static void instant_at(struct draw *d)
{
    acb_ptr x = _acb_vec_init(P_DRIVEN), v = _acb_vec_init(OUTPUTS), softmax = v;
    acb_t sum, label;
    acb_init(sum);
    acb_init(label);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < OUTPUTS; k++) {
            const struct neuron *n = d->neuron + k;
            propagators_at(x, n->k, d->s);
            if (pass == 0) {
                acb_mul_arb(v + k, x + P_EM, d->instant.centred + k, PREC);
                acb_addmul_arb(v + k, x + P_K, n->tape->i, PREC);
                acb_add_arb(v + k, v + k, n->bias, PREC);
                if (k == d->instant.label)
                    acb_set(label, v + k);
                acb_exp(softmax + k, v + k, PREC);
                acb_add(sum, sum, softmax + k, PREC);
                continue;
            }
            acb_div(softmax + k, softmax + k, sum, PREC);
            if (k == d->instant.label)
                acb_sub_ui(softmax + k, softmax + k, 1, PREC);
            for (int y = 0; y < P_DRIVEN; y++)
                acb_mul(d->value + 1 + k * P_DRIVEN + (size_t)y, x + y, softmax + k, PREC);
        }
    }
    acb_log(d->value, sum, PREC);
    acb_sub(d->value, d->value, label, PREC);
    _acb_vec_clear(x, P_DRIVEN);
    _acb_vec_clear(v, OUTPUTS);
    acb_clear(sum);
    acb_clear(label);
}

static void sigmoid_at(struct draw *d)
{
    acb_t weight;
    acb_init(weight);
    propagators_at(d->value, d->sigmoid.k, d->s);
    acb_add_arb(weight, d->s, d->start, PREC);
    acb_div_arb(weight, weight, d->sigmoid.end, PREC);
    arb_set_d(d->instant.values, 0.5);
    acb_sub_arb(weight, weight, d->instant.values, PREC);
    acb_mul_ui(weight, weight, 5, PREC);
    acb_exp(weight, weight, PREC);
    acb_add_ui(weight, weight, 1, PREC);
    for (int y = 0; y < P_DRIVEN; y++)
        acb_div(d->value + y, d->value + y, weight, PREC);
    acb_clear(weight);
}

/* How many edges were found to be bounded, and how many points came near their bound. */
struct seen {
    size_t bounded, near;
};

static void edge_holds(struct seen *seen, struct draw *d, const struct integrand *f,
                       void at_point(struct draw *), const char *what)
{
    mag_t bound, size, largest;
    mag_init(bound);
    mag_init(size);
    mag_init(largest);
    if (f->bound(bound, f->context, &d->x)) {
        seen->bounded++;
        for (int at = 0; at < EDGE; at++) {
            edge_point(d, at);
            at_point(d);
            for (size_t y = 0; y < f->count; y++) {
                acb_get_mag_lower(size, d->value + y);
                ck_assert_msg(mag_cmp(size, bound) <= 0, "%s: function %zu is larger", what, y);
                mag_max(largest, largest, size);
            }
        }
        mag_mul_2exp_si(largest, largest, 6);
        seen->near += mag_cmp(largest, bound) > 0;
    }
    mag_clear(bound);
    mag_clear(size);
    mag_clear(largest);
}

/* At a real point they are what is integrated. */
static void values_agree(struct draw *d, const struct integrand *f, void at_point(struct draw *))
{
    arb_ptr got = _arb_vec_init((slong)f->count);
    arb_t s;
    arb_init(s);
    arb_mul_2exp_si(s, d->x.length, -2);
    arb_add(s, s, d->x.low, PREC);
    acb_set_arb(d->s, s);
    at_point(d);
    f->value(got, f->context, s, PREC);
    for (size_t y = 0; y < f->count; y++)
        ck_assert_msg(arb_overlaps(got + y, acb_realref(d->value + y)), "function %zu", y);
    _arb_vec_clear(got, (slong)f->count);
    arb_clear(s);
}

TEST(integrands_are_at_most_their_bounds)
{
    struct seen instant = {0}, sigmoid = {0};
    for (uint64_t k = 0; k < DRAWS; k++) {
        struct case_random r;
        struct draw d;
        case_random_init(&r, 1, "ellipses", k);
        draw_make(&d, &r);
        struct integrand const entropy = {COUNT, &d.instant, instant_value, instant_bound};
        struct integrand const weighted = {P_DRIVEN, &d.sigmoid, sigmoid_value, sigmoid_bound};
        values_agree(&d, &entropy, instant_at);
        values_agree(&d, &weighted, sigmoid_at);
        edge_holds(&instant, &d, &entropy, instant_at, "cross entropy");
        edge_holds(&sigmoid, &d, &weighted, sigmoid_at, "sigmoid");
        draw_clear(&d);
    }
    /* and the bounds are worth having: many, and most within a factor of 64 */
    ck_assert_uint_gt(instant.bounded, DRAWS / 4);
    ck_assert_uint_gt(sigmoid.bounded, DRAWS / 4);
    ck_assert_uint_gt(instant.near, instant.bounded / 3);
    ck_assert_uint_gt(sigmoid.near, sigmoid.bounded / 2);
}

SUITE("ellipse", .cleanup = flint_cleanup)
