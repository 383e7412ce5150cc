/* SPDX-License-Identifier: MIT */
/* t_flow.c: what the reference says of one neuron in free flow, held to the flows of the points in
 * its balls: "no crossing" only where none of them crosses, "a crossing" only where all do, there;
 * "unknown" where they differ, and never for a point. Flows of points are in long double, by the
 * closed form and by halving. */
#include "cases/families/random.h"
#include "ref/reference/reference.h"
#include "tests/doubles.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PREC = 128, DRAWS = 1500, CORNERS = 9, POINT = 0, RADII = 8 };

static double const threshold = 1;
/* What long double may be off by, relative to the numbers of this test; points nearer to a decision
 * than that are no evidence. */
static long double const off = 0x1p-50L;

struct draw {
    struct neuron n;
    struct constants k;
    arb_t v, i, horizon;
    double radius; /* the larger one, 0: a point */
};

struct point {
    long double v, i, tau_mem, tau_syn, b;
};

static long double voltage(const struct point *p, long double s)
{
    long double const a = 1 / p->tau_mem, c = 1 / p->tau_syn;
    long double const em = expl(-a * s), es = expl(-c * s);
    bool const equal = !(p->tau_mem < p->tau_syn || p->tau_mem > p->tau_syn);
    return p->b + (p->v - p->b) * em + p->i * (equal ? a * s * em : a * (em - es) / (c - a));
}

/* U(s) = tau_mem V'(s) e^(s/tau_mem) has the derivative -(I/tau_syn) e^(-(1/tau_syn - 1/tau_mem)
 * s), so it is monotone; INFINITY gives its limit. */
static long double lifted(const struct point *p, long double s)
{
    long double const d = 1 / p->tau_syn - 1 / p->tau_mem, start = p->i - p->v + p->b;
    bool const equal = !(d < 0 || d > 0);
    return start - p->i / p->tau_syn * (equal ? s : -expm1l(-d * s) / d);
}

static long double rise(const struct point *p, long double s) /* tau_mem V' */
{
    return lifted(p, s) * expl(-s / p->tau_mem);
}

/* Time of the largest V, INFINITY if it rises for ever, 0 if the start is the largest. */
static long double summit(const struct point *p)
{
    long double high = p->tau_mem + p->tau_syn, low = 0;
    if (!(p->i > 0))
        return p->b > p->v ? (long double)INFINITY : 0;
    if (!(lifted(p, 0) > 0))
        return 0;
    if (!(lifted(p, (long double)INFINITY) < 0))
        return (long double)INFINITY;
    while (lifted(p, high) > 0)
        high *= 2;
    for (int halving = 0; halving < 90; halving++) {
        long double const middle = (low + high) / 2;
        *(lifted(p, middle) > 0 ? &low : &high) = middle;
    }
    return low;
}

static long double supremum(const struct point *p)
{
    long double const at = summit(p);
    return isinf(at) ? p->b : voltage(p, at);
}

/* The first time above the level, which it does reach. */
static long double crossing(const struct point *p, long double level)
{
    long double low = 0, high = summit(p);
    if (isinf(high))
        for (high = p->tau_mem; voltage(p, high) < level && high < 1e6L;)
            high *= 2;
    for (int halving = 0; halving < 100; halving++) {
        long double const middle = (low + high) / 2;
        *(voltage(p, middle) < level ? &low : &high) = middle;
    }
    return high;
}

static bool near(long double x, long double y)
{
    return fabsl(x - y) < 64 * off * (1 + fabsl(x) + fabsl(y));
}

static double pick(struct case_random *r, const double *list, size_t count)
{
    return list[case_random_below(r, count)];
}

#define PICK(r, ...)                                                                               \
    pick(r, (double[]){__VA_ARGS__}, sizeof(double[]){__VA_ARGS__} / sizeof(double))

/* Half of them near a decision: a start at the threshold, no current, a peak at the threshold. */
static void draw(struct draw *d, struct case_random *r, int radius)
{
    static double const radii[RADII] = {0, 0x1p-100, 0x1p-60, 0x1p-40, 0x1p-20, 0x1p-10, 0x1p-4, 1};
    double const tau_mem = PICK(r, 20, 10, 5, 2.5), tau_syn = PICK(r, 5, 10, 4, 20);
    double v = case_random_between(r, -1, 1), i = case_random_between(r, -2, 8);
    double const b = PICK(r, 0, 0, -0.5, 0.75, 1, 1.25);
    double const end = case_random_between(r, 0.5, 60);
    constants_of_doubles(&d->k, tau_mem, tau_syn, PREC);
    d->n = (struct neuron){.model = CASE_LIF, .k = &d->k, .threshold_d = threshold, .bias_d = b};
    switch (case_random_below(r, 10)) {
    case 0:
        v = threshold - PICK(r, 0, 0x1p-40, 0x1p-20, -0x1p-20);
        break;
    case 1:
        i = PICK(r, 0, 0x1p-40, -0x1p-40, 0x1p-10);
        break;
    case 2:
        i = v - b + PICK(r, 0, 0x1p-40, -0x1p-40, 0x1p-10); /* V' of nearly 0 */
        break;
    case 3:
    case 4: { /* the peak at the threshold */
        double low = 0, high = 64;
        for (int halving = 0; halving < 60; halving++) {
            struct point p = {v, i = (low + high) / 2, tau_mem, tau_syn, b};
            *(supremum(&p) < threshold ? &low : &high) = i;
        }
        i += PICK(r, 0, 0x1p-40, -0x1p-40, 0x1p-18, -0x1p-18);
        break;
    }
    default:
        break;
    }
    arb_init(d->n.threshold);
    arb_init(d->n.bias);
    arb_set_d(d->n.threshold, threshold);
    arb_set_d(d->n.bias, b);
    arb_init(d->v);
    arb_init(d->i);
    arb_init(d->horizon);
    arb_set_d(d->v, v);
    arb_set_d(d->i, i);
    arb_set_d(d->horizon, end);
    d->radius = radii[radius];
    double const smaller = case_random_below(r, 2) ? d->radius : radii[radius / 2];
    mag_set_d(arb_radref(d->v), case_random_below(r, 2) ? d->radius : smaller);
    mag_set_d(arb_radref(d->i), smaller);
}

static void draw_clear(struct draw *d)
{
    arb_clear(d->n.threshold);
    arb_clear(d->n.bias);
    arb_clear(d->v);
    arb_clear(d->i);
    arb_clear(d->horizon);
    constants_clear(&d->k);
}

static struct point corner(const struct draw *d, int number)
{
    static const int steps[CORNERS][2] = {{0, 0}, {-1, -1}, {-1, 0}, {-1, 1}, {0, -1},
                                          {0, 1}, {1, -1},  {1, 0},  {1, 1}};
    return (struct point){middle_d(d->v) + steps[number][0] * mag_get_d(arb_radref(d->v)),
                          middle_d(d->i) + steps[number][1] * mag_get_d(arb_radref(d->i)),
                          d->k.tau_mem_d, d->k.tau_syn_d, d->n.bias_d};
}

/* Whether a ball has x in it, up to what long double is off by. */
static bool holds(const arb_t ball, long double x, long double slack)
{
    long double const middle = middle_d(ball), radius = mag_get_d(arb_radref(ball));
    return fabsl(middle - x) <= radius + slack + 0x1p-52L * fabsl(middle);
}

static char *told(const struct draw *d, const struct point *p, const char *what)
{
    static char text[512];
    snprintf(text, sizeof text,
             "%s: V %.17g, I %.17g, radius %g, bias %g, tau %g %g, horizon %g; point %.17Lg %.17Lg",
             what, middle_d(d->v), middle_d(d->i), d->radius, d->n.bias_d, d->k.tau_mem_d,
             d->k.tau_syn_d, middle_d(d->horizon), p->v, p->i);
    return text;
}

struct seen {
    size_t answer[3], evidence;
};

static void check_crossing(const struct draw *d, enum crossing answer, const arb_t s,
                           const arb_t slope, const arb_t current, struct seen *seen)
{
    long double const end = middle_d(d->horizon);
    for (int number = 0; number < (d->radius > 0 ? CORNERS : 1); number++) {
        struct point const p = corner(d, number);
        long double const most = supremum(&p);
        if (near(p.v, threshold) || near(most, threshold))
            continue;
        if (p.v > threshold) {
            ck_assert_msg(answer == CROSSING_UNKNOWN, "%s", told(d, &p, "starts above"));
            continue;
        }
        long double const at = most > threshold ? crossing(&p, threshold) : (long double)INFINITY;
        long double const speed = isinf(at) ? 1 : rise(&p, at);
        long double const slack = 256 * off * (1 + fabsl(p.i)) * p.tau_mem / speed;
        seen->evidence++;
        if (answer == CROSSING_NONE)
            ck_assert_msg(!(at < end - slack), "%s", told(d, &p, "none"));
        else if (answer == CROSSING_FOUND)
            ck_assert_msg(isfinite(at) && holds(s, at, slack) && holds(slope, speed, 64 * slack) &&
                              arb_is_positive(slope) &&
                              holds(current, p.i * expl(-at / p.tau_syn), 64 * slack),
                          "%s", told(d, &p, "found"));
        else if (d->radius <= 0)
            ck_assert_msg(fabsl(at - end) < slack, "%s", told(d, &p, "unknown"));
        if (answer == CROSSING_FOUND && d->radius <= 0 && most - threshold > 0x1p-10L)
            ck_assert_msg(mag_cmp_2exp_si(arb_radref(s), 20 - PREC) < 0, "%s", told(d, &p, "wide"));
    }
}

static void check_peak(const struct draw *d, enum crossing answer, const arb_t s, const arb_t peak,
                       struct seen *seen)
{
    for (int number = 0; number < (d->radius > 0 ? CORNERS : 1); number++) {
        struct point const p = corner(d, number);
        long double const at = summit(&p);
        bool const has = at > 0 && isfinite(at);
        if (near(rise(&p, 0), 0) || near(p.i, 0) || near(lifted(&p, (long double)INFINITY), 0))
            continue;
        seen->evidence++;
        if (answer == CROSSING_NONE)
            ck_assert_msg(!has, "%s", told(d, &p, "no peak"));
        else if (answer == CROSSING_FOUND)
            ck_assert_msg(has && holds(s, at, 0x1p-25L * (1 + at)) &&
                              holds(peak, voltage(&p, at), 0x1p-45L),
                          "%s", told(d, &p, "peak"));
        else
            ck_assert_msg(d->radius > 0, "%s", told(d, &p, "unknown peak"));
    }
}

TEST_EACH(answers_hold_for_every_point_of_the_balls, 0, RADII)
{
    struct case_random r;
    case_random_init(&r, 7, "balls", (uint64_t)_i);
    struct seen cross = {0}, peaks = {0};
    arb_t s, slope, current, peak;
    arb_init(s);
    arb_init(slope);
    arb_init(current);
    arb_init(peak);
    for (int number = 0; number < DRAWS; number++) {
        struct draw d;
        draw(&d, &r, _i);
        enum crossing answer =
            crossing_find(s, slope, current, peak, &d.n, d.v, d.i, d.horizon, PREC);
        cross.answer[answer]++;
        check_crossing(&d, answer, s, slope, current, &cross);
        answer = peak_find(s, peak, &d.n, d.v, d.i, PREC);
        peaks.answer[answer]++;
        check_peak(&d, answer, s, peak, &peaks);
        draw_clear(&d);
    }
    arb_clear(s);
    arb_clear(slope);
    arb_clear(current);
    arb_clear(peak);
    ck_assert_uint_gt(cross.evidence, DRAWS / 2);
    ck_assert_uint_gt(peaks.evidence, DRAWS / 2);
    for (int answer = 0; answer < 3; answer++) {
        ck_assert_uint_gt(cross.answer[answer], 20);
        ck_assert(peaks.answer[answer] > 20 || (answer == CROSSING_UNKNOWN && _i == POINT));
    }
}

/* Not later than the crossing of a level a little below the threshold; early by little. */
TEST(hints_are_not_late)
{
    struct case_random r;
    case_random_init(&r, 7, "hints", 0);
    size_t finite = 0, infinite = 0;
    for (int number = 0; number < 4 * DRAWS; number++) {
        struct draw d;
        draw(&d, &r, POINT);
        struct point const p = corner(&d, 0);
        double const hint = hint_crossing(&d.n, (double)p.v, (double)p.i, 0x1p-30);
        long double const scale = fabsl(p.v - p.b) + fabsl(p.i) + fabsl(p.b) + threshold;
        long double const level = threshold - 0x1p-30L * scale, most = supremum(&p);
        if (p.v >= level)
            ck_assert_msg(!(hint > 0), "%s", told(&d, &p, "hint above"));
        else if (most > level && !near(most, level)) {
            long double const at = crossing(&p, level);
            long double const peak = summit(&p), way = isinf(peak) ? 2 * at + 40 : peak;
            ck_assert_msg(hint <= at + 0x1p-40L || at > 4000 * p.tau_mem, "%s",
                          told(&d, &p, "late"));
            ck_assert_msg(hint >= at - 0x1p-15L * way, "%s", told(&d, &p, "early"));
            finite++;
        } else if (most < level && !near(most, level)) {
            ck_assert_msg(isinf(hint), "%s", told(&d, &p, "hint of none"));
            infinite++;
        }
        draw_clear(&d);
    }
    ck_assert_uint_gt(finite, DRAWS);
    ck_assert_uint_gt(infinite, DRAWS / 2);
}

SUITE("flow")
