/* SPDX-License-Identifier: MIT */
/* witness_forecast.c: a quick look in double at when a neuron may spike next.
 *
 * The look may only say "not before s" and "surely within [low, high]". Both stand on a margin of
 * 2^-32 (|u0| + |I0| + |level|): x, y and k are at most 1, and double evaluates u with an error of
 * some 2^-45 of that sum, so the margin is 2^13 times too wide. Whatever lies inside the margin is
 * decided in full precision by witness_crossing. Not a number is never "surely". */
#include "ref/witness/witness.h"

#include <math.h>

enum { MARGIN_EXPONENT = -32 };
enum { MAX_STEPS = 200 };

struct path {
    const struct witness_kind *kind;
    double u, current, level, span;
};

static double kernel(const struct witness_kind *kind, double s, double x)
{
    double phase = kind->delta_d * s;
    if (kind->equal) {
        return s / kind->tau_m * x;
    }
    if (fabs(phase) < 0.5) {
        return -expm1(-phase) * x / (kind->delta_d * kind->tau_m);
    }
    return (x - exp(-s / kind->tau_s)) / (kind->delta_d * kind->tau_m);
}

static double height(const struct path *p, double s)
{
    double x = exp(-s / p->kind->tau_m);
    return p->u * x + p->current * kernel(p->kind, s, x) - p->level;
}

static double slope(const struct path *p, double s)
{
    double x = exp(-s / p->kind->tau_m);
    double u = p->u * x + p->current * kernel(p->kind, s, x);
    return (p->current * exp(-s / p->kind->tau_s) - u) / p->kind->tau_m;
}

/* The only extremum (see witness_extremum); 0 if there is none in (0, span). */
static double extremum(const struct path *p)
{
    double s = p->kind->tau_s * (1 - p->u / p->current);
    if (!p->kind->equal) {
        double phase = -p->kind->delta_d * s;
        s = phase > -1 ? -log1p(phase) / p->kind->delta_d : 0;
    }
    return s > 0 && s < p->span ? s : 0;
}

/* Where u rises through level + shift for the first time, between low and high: u is monotone on
 * either side of its extremum. */
static bool bracket(struct witness_bracket *b, const struct path *p, double turn, double shift)
{
    if (turn > 0 && !(height(p, turn) < shift)) {
        *b = (struct witness_bracket){0, turn, 0};
        return true;
    }
    if (!(height(p, p->span) < shift)) {
        *b = (struct witness_bracket){turn, p->span, 0};
        return true;
    }
    return false;
}

/* Newton kept inside the bracket by bisection; the lower end of the final bracket. */
static double solve(const struct path *p, double low, double high, double shift)
{
    double s = low + (high - low) / 2;
    for (int i = 0; i < MAX_STEPS; i++) {
        double value = height(p, s) - shift;
        if (value < 0) {
            low = s;
        } else {
            high = s;
        }
        double next = s - value / slope(p, s);
        if (!(next > low && next < high)) {
            next = low + (high - low) / 2;
        }
        if (!(fabs(next - s) > ldexp(fabs(s), -48))) {
            break;
        }
        s = next;
    }
    return s;
}

static struct path path_of(struct witness_engine *e, const struct witness_neuron *n)
{
    mpfr_ptr span = e->root_scratch[0];
    mpfr_sub(span, e->end, n->time, MPFR_RNDN);
    return (struct path){n->kind, mpfr_get_d(n->u, MPFR_RNDN), mpfr_get_d(n->current, MPFR_RNDN),
                         mpfr_get_d(n->level, MPFR_RNDN), mpfr_get_d(span, MPFR_RNDN)};
}

static double margin_of(const struct path *p)
{
    return ldexp(fabs(p->u) + fabs(p->current) + fabs(p->level), MARGIN_EXPONENT);
}

void witness_forecast(struct witness_engine *e, size_t which)
{
    struct witness_neuron *n = &e->neuron[which];
    struct path p = path_of(e, n);
    double margin = margin_of(&p);
    n->known = false;
    n->peak_after = n->peak_gap = HUGE_VAL;
    double now = mpfr_get_d(n->time, MPFR_RNDD);
    if (!(p.span > 0)) {
        e->earliest[which] = HUGE_VAL;
        return;
    }
    if (!(p.u - p.level < -margin) || !isfinite(p.current)) {
        e->earliest[which] = now;
        return;
    }
    double turn = extremum(&p);
    if (turn > 0 && p.current > p.u) {
        n->peak_after = turn;
        n->peak_gap = fabs(height(&p, turn));
    }
    struct witness_bracket b;
    if (!bracket(&b, &p, turn, -margin)) {
        e->earliest[which] = HUGE_VAL;
        return;
    }
    /* The solver ends within 2^-47 of a point 2^-32 below the level; 2^-40 covers its rounding
     * and that of the sum, and refining too early costs time only. */
    double s = solve(&p, b.low, b.high, -margin);
    e->earliest[which] = now + s - ldexp(now + s, -40);
}

bool witness_forecast_certain(struct witness_engine *e, struct witness_bracket *b,
                              const struct witness_neuron *n)
{
    struct path p = path_of(e, n);
    double margin = margin_of(&p);
    if (!isfinite(p.current) || !bracket(b, &p, extremum(&p), margin) ||
        !(height(&p, b->low) < -margin) || !(height(&p, b->high) > margin)) {
        return false;
    }
    b->guess = solve(&p, b->low, b->high, 0);
    return b->guess > b->low && b->guess < b->high;
}

double witness_forecast_top(double *margin, const struct witness_kind *kind, double u,
                            double current, double span)
{
    struct path p = {kind, u, current, 0, span};
    double turn = extremum(&p);
    *margin = margin_of(&p);
    if (!isfinite(*margin)) {
        return HUGE_VAL;
    }
    return fmax(turn > 0 ? height(&p, turn) : u, fmax(u, height(&p, span)));
}
