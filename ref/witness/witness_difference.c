/* SPDX-License-Identifier: MIT */
/* witness_difference.c: the derivative of the loss along a direction, by differences.
 *
 * With D(h) the difference of step h (central, or forward from three points), the truth is
 * D(h) - C h^2 + ... At p bits h = 2^-(5p/16): h^2 = 2^-(10p/16) meets the rounding floor
 * 2^-p |L| / h = 2^-(11p/16) |L| nearly. The witness carries guard bits, so the floor is an upper
 * bound by far. Steps h, h/2, h/4 give the order and the estimate of the error at h/4,
 *     |D(h/4) - D(h/2)| / 3 + floor(h/4).
 * A pattern is what makes the loss smooth: spike counts, and arrivals before every spike. All
 * points must show the pattern of the unmoved case, else the difference is no evidence. At an
 * output without a threshold the loss is continuous where arrivals, steps of the target and the end
 * change places (borders), but may have a kink there: a central difference across one is none, as
 * its two halves may be of different functions whose mean has any order. One-sided points must
 * have one order among themselves; the unmoved case, where events may coincide, is their limit, as
 * the loss is continuous where no spike is born or lost.
 *
 * The panels of a quadrature are chosen so that its error is below 2^-p |L|. That of its derivative
 * may be larger: by Cauchy it is that error divided by the radius, in the direction, within which
 * the integrand stays analytic on the ellipses of the panels, where the response to a nudge has
 * grown. Twin outputs, whose loss does not grow at all there, have shown 2^-(11p/20); 2^-(17p/32)
 * |L| goes into the floor. (A step in the choice of panels between two points shows as a wrong
 * order.)
 *
 * Points are numbered: 0 is h = 0; central: +h, -h, +h/2, -h/2, +h/4, -h/4; forward: 2h, h, h/2,
 * h/4; backward likewise, all negative. */
#include "ref/witness/witness.h"

#include <math.h>
#include <string.h>

enum { POINTS = 7, STEPS = 3 };

struct point {
    mpfr_t loss;
    struct witness_outcome is;
    bool known;
};

struct stencil {
    struct witness_engine engine;
    enum witness_side side;
    mpfr_t step;     /* h */
    mpfr_t at;       /* the point being visited */
    mpfr_t d[STEPS]; /* D(h), D(h/2), D(h/4) */
    mpfr_t change, floor, bound, scale;
    struct point point[POINTS];
    size_t points, simulations;
};

static int stencil_init(struct stencil *s, const struct case_problem *c,
                        const struct witness_direction *direction, enum witness_side side,
                        mpfr_prec_t prec, struct witness_share *share)
{
    memset(s, 0, sizeof *s);
    mpfr_prec_t work = prec + WITNESS_GUARD_BITS;
    s->side = side;
    s->points = side == WITNESS_CENTRAL ? 7 : 5;
    mpfr_inits2(work, s->step, s->at, s->change, s->floor, s->bound, s->scale, (mpfr_ptr)0);
    for (size_t i = 0; i < STEPS; i++) {
        mpfr_init2(s->d[i], work);
    }
    for (size_t i = 0; i < POINTS; i++) {
        mpfr_init2(s->point[i].loss, work);
    }
    int failed = witness_engine_init(&s->engine, c, direction, prec);
    s->engine.share = share;
    return failed;
}

static void stencil_clear(struct stencil *s)
{
    mpfr_clears(s->step, s->at, s->change, s->floor, s->bound, s->scale, (mpfr_ptr)0);
    for (size_t i = 0; i < STEPS; i++) {
        mpfr_clear(s->d[i]);
    }
    for (size_t i = 0; i < POINTS; i++) {
        mpfr_clear(s->point[i].loss);
    }
    witness_engine_clear(&s->engine);
}

/* at = the offset of point i from the unmoved case. */
static void place(struct stencil *s, size_t i)
{
    if (i == 0) {
        mpfr_set_zero(s->at, 1);
    } else if (s->side == WITNESS_CENTRAL) {
        mpfr_div_2ui(s->at, s->step, (i - 1) / 2, MPFR_RNDN);
        if (i % 2 == 0) {
            mpfr_neg(s->at, s->at, MPFR_RNDN);
        }
    } else {
        mpfr_mul_2si(s->at, s->step, 2 - (long)i, MPFR_RNDN);
        if (s->side == WITNESS_BACKWARD) {
            mpfr_neg(s->at, s->at, MPFR_RNDN);
        }
    }
}

static enum witness_status visit(struct stencil *s, size_t i)
{
    struct point *point = &s->point[i];
    if (point->known) {
        return WITNESS_OK;
    }
    point->known = true;
    if (i == 0 && witness_share_recall(&s->engine, point->loss, &point->is)) {
        return WITNESS_OK;
    }
    place(s, i);
    enum witness_status status = witness_engine_run(&s->engine, s->at);
    mpfr_set(point->loss, s->engine.loss, MPFR_RNDN);
    point->is = s->engine.outcome;
    s->simulations++;
    if (i == 0 && status == WITNESS_OK && witness_share_tell(&s->engine) != 0) {
        return WITNESS_MEMORY;
    }
    return status;
}

/* Do the moved points seen so far lie on both sides of a change of borders? */
static bool crosses_border(const struct stencil *s)
{
    for (size_t i = 2; i < s->points; i++) {
        if (s->point[i].known && s->point[i].is.borders != s->point[1].is.borders) {
            return true;
        }
    }
    return false;
}

/* The pattern of the unmoved case; on one side, its spikes, and one order of events. */
static bool all_smooth(const struct stencil *s)
{
    const struct witness_outcome *still = &s->point[0].is, *first = &s->point[1].is;
    for (size_t i = 1; i < s->points; i++) {
        const struct witness_outcome *is = &s->point[i].is;
        uint64_t order = s->side == WITNESS_CENTRAL ? still->sequence : first->sequence;
        if (s->point[i].known && (is->counts != still->counts || is->sequence != order)) {
            return false;
        }
    }
    return true;
}

/* D at step h / 2^i from its points. */
static void difference_of(struct stencil *s, size_t i)
{
    mpfr_ptr d = s->d[i];
    if (s->side == WITNESS_CENTRAL) {
        mpfr_sub(d, s->point[2 * i + 1].loss, s->point[2 * i + 2].loss, MPFR_RNDN);
    } else {
        mpfr_sub(d, s->point[i + 2].loss, s->point[0].loss, MPFR_RNDN);
        mpfr_mul_2ui(d, d, 2, MPFR_RNDN);
        mpfr_sub(s->change, s->point[i + 1].loss, s->point[0].loss, MPFR_RNDN);
        mpfr_sub(d, d, s->change, MPFR_RNDN);
    }
    mpfr_div(d, d, s->step, MPFR_RNDN);
    if (s->side == WITNESS_BACKWARD) {
        mpfr_neg(d, d, MPFR_RNDN);
    }
    mpfr_mul_2si(d, d, (long)i - 1, MPFR_RNDN);
}

/* scale: the largest |loss| of the stencil; floor = 2^-p scale / (h/4), and what a quadrature adds.
 */
static void set_floor(struct stencil *s)
{
    mpfr_set_zero(s->scale, 1);
    for (size_t i = 0; i < s->points; i++) {
        if (mpfr_cmpabs(s->point[i].loss, s->scale) > 0) {
            mpfr_abs(s->scale, s->point[i].loss, MPFR_RNDN);
        }
    }
    mpfr_div(s->floor, s->scale, s->step, MPFR_RNDN);
    mpfr_mul_2si(s->floor, s->floor, 2 - (long)s->engine.prec, MPFR_RNDN);
    if (s->engine.c->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        mpfr_mul_2si(s->bound, s->scale, -17 * (long)s->engine.quadrature_bits / 32, MPFR_RNDN);
        mpfr_add(s->floor, s->floor, s->bound, MPFR_RNDN);
    }
}

/* log2(|D(h) - D(h/2)| / |D(h/2) - D(h/4)|); NaN if the latter is rounding. Leaves
 * |D(h/2) - D(h/4)| in change. */
static double observed_order(struct stencil *s)
{
    mpfr_sub(s->bound, s->d[0], s->d[1], MPFR_RNDN);
    mpfr_sub(s->change, s->d[1], s->d[2], MPFR_RNDN);
    mpfr_abs(s->bound, s->bound, MPFR_RNDN);
    mpfr_abs(s->change, s->change, MPFR_RNDN);
    if (mpfr_lessequal_p(s->change, s->floor)) {
        return (double)NAN;
    }
    mpfr_div(s->bound, s->bound, s->change, MPFR_RNDN);
    mpfr_log2(s->bound, s->bound, MPFR_RNDN);
    return mpfr_get_d(s->bound, MPFR_RNDN);
}

/* Is error <= 10^-digits size? */
static bool within(struct stencil *s, mpfr_srcptr error, mpfr_srcptr size, long digits)
{
    mpfr_set_si(s->bound, -digits, MPFR_RNDN);
    mpfr_exp10(s->bound, s->bound, MPFR_RNDN);
    mpfr_mul(s->bound, s->bound, size, MPFR_RNDN);
    mpfr_abs(s->bound, s->bound, MPFR_RNDN);
    return mpfr_lessequal_p(error, s->bound) != 0;
}

/* Fills in value, error, order. True if they are what was asked for: order 2 (or no order left),
 * and error <= 10^-digits |value|. A value no larger than twice its error is zero as far as this
 * precision sees; it counts as reached if error <= 10^-digits max(|loss| of the stencil). */
static bool judge(struct witness_difference *out, struct stencil *s,
                  const struct witness_request *request)
{
    for (size_t i = 0; i < STEPS; i++) {
        difference_of(s, i);
    }
    set_floor(s);
    out->order = observed_order(s);
    mpfr_set_prec(out->value, s->engine.work);
    mpfr_set_prec(out->error, s->engine.work);
    mpfr_set(out->value, s->d[2], MPFR_RNDN);
    mpfr_div_ui(out->error, s->change, 3, MPFR_RNDN);
    mpfr_add(out->error, out->error, s->floor, MPFR_RNDN);
    if (!mpfr_number_p(out->value)) {
        return false;
    }
    if (!isnan(out->order) && !(fabs(out->order - 2) <= request->order_slack)) {
        return false;
    }
    if (within(s, out->error, out->value, request->digits)) {
        return true;
    }
    mpfr_mul_2ui(s->change, out->error, 1, MPFR_RNDN);
    return mpfr_cmpabs(out->value, s->change) <= 0 &&
           within(s, out->error, s->scale, request->digits);
}

/* Does the closest peak approach the threshold in proportion to h? Both sides are seen, as the
 * one where the spike is missing may pass a nearer peak elsewhere. A fourth of the step must at
 * least halve the distance. */
static bool approaches(const struct stencil *s)
{
    const struct point *p = s->point;
    bool central = s->side == WITNESS_CENTRAL;
    double far = central ? fmax(p[1].is.closest, p[2].is.closest) : p[2].is.closest;
    double near = central ? fmax(p[5].is.closest, p[6].is.closest) : p[4].is.closest;
    return isfinite(far) && near <= far / 2;
}

static enum witness_class classify(const struct stencil *s)
{
    bool counts = false, sequence = false;
    for (size_t i = 1; i < s->points; i++) {
        const struct point *p = &s->point[i];
        counts = counts || (p->known && p->is.counts != s->point[0].is.counts);
        sequence = sequence || (p->known && p->is.sequence != s->point[0].is.sequence);
    }
    if (counts) {
        return approaches(s) ? WITNESS_TANGENT : WITNESS_COUNT_CHANGE;
    }
    return sequence || crosses_border(s) ? WITNESS_ORDER_CHANGE : WITNESS_UNRESOLVED;
}

/* h = 2^-(5p/16). */
static long log2_step(mpfr_prec_t prec)
{
    return -(long)(5 * prec / 16);
}

/* One attempt; sets done if its class_ is the last word. The widest points come first: a change of
 * pattern there spares the rest, unless this is the last attempt, which must classify. */
static enum witness_status attempt(struct witness_difference *out, bool *done,
                                   const struct case_problem *c,
                                   const struct witness_direction *direction,
                                   enum witness_side side, const struct witness_request *request)
{
    struct stencil s;
    enum witness_status status = WITNESS_MEMORY;
    bool last = out->precision > request->precision_cap / 2, reached = false, torn = false;
    if (stencil_init(&s, c, direction, side, out->precision, request->share) == 0) {
        status = WITNESS_OK;
        mpfr_set_ui_2exp(s.step, 1, log2_step(out->precision), MPFR_RNDN);
        for (size_t i = 0;
             i < s.points && status == WITNESS_OK && (last || (all_smooth(&s) && !torn)); i++) {
            status = visit(&s, i);
            torn = crosses_border(&s);
        }
        torn = torn && all_smooth(&s);
        out->step = (double)log2_step(out->precision) - 2;
        out->simulations += s.simulations;
        if (status == WITNESS_OK && all_smooth(&s) && !torn) {
            reached = judge(out, &s, request);
        }
        if (status == WITNESS_OK) {
            out->class_ = reached ? WITNESS_SMOOTH : classify(&s);
        }
    }
    *done = last || reached || (torn && side == WITNESS_CENTRAL);
    stencil_clear(&s);
    return status;
}

enum witness_status witness_differentiate(struct witness_difference *difference,
                                          const struct case_problem *c,
                                          const struct witness_direction *direction,
                                          enum witness_side side,
                                          const struct witness_request *request)
{
    memset(difference, 0, sizeof *difference);
    mpfr_init2(difference->value, request->precision_first);
    mpfr_init2(difference->error, request->precision_first);
    difference->order = (double)NAN;
    difference->class_ = WITNESS_UNRESOLVED;
    difference->precision = request->precision_first;
    for (;;) {
        bool done;
        enum witness_status status = attempt(difference, &done, c, direction, side, request);
        if (status != WITNESS_OK || done) {
            return status;
        }
        difference->precision *= 2;
    }
}

void witness_difference_clear(struct witness_difference *difference)
{
    mpfr_clears(difference->value, difference->error, (mpfr_ptr)0);
    memset(difference, 0, sizeof *difference);
}

enum witness_status witness_difference_at(mpfr_t value, const struct case_problem *c,
                                          const struct witness_direction *direction,
                                          enum witness_side side, double log2_step_size,
                                          mpfr_prec_t prec)
{
    struct stencil s;
    enum witness_status status = WITNESS_MEMORY;
    if (stencil_init(&s, c, direction, side, prec, NULL) == 0) {
        status = WITNESS_OK;
        mpfr_set_d(s.step, log2_step_size, MPFR_RNDN);
        mpfr_exp2(s.step, s.step, MPFR_RNDN);
        for (size_t i = side == WITNESS_CENTRAL; i < 3 && status == WITNESS_OK; i++) {
            status = visit(&s, i);
            /* The U-curve is to show the rounding of prec bits: drop the guard bits. */
            mpfr_prec_round(s.point[i].loss, prec, MPFR_RNDN);
        }
        difference_of(&s, 0);
        mpfr_set(value, s.d[0], MPFR_RNDN);
    }
    stencil_clear(&s);
    return status;
}
