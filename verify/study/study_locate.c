/* SPDX-License-Identifier: MIT */
/* study_locate.c: the next change along a line.
 *
 * Every margin of a point is followed from the point before it: the secant says where it would be
 * zero, and the nearest such place is where to look. Where two predictions in a row agree the
 * change is looked for on both sides of the last, at the distance by which they differed; where
 * they do not, the way is halved. Margins are analytic up to the change, so that the digits of the
 * place grow by a factor a step. */
#include "verify/study/study_line.h"
#include "verify/base/number.h"

#include <math.h>
#include <string.h>

enum { PREC = 1024, POINT_DIGITS = 20, MOST_STEPS = 300, MOST_ALARMS = 64, BESIDE = 40 };

/* A largest voltage that moves further than this share of tau_syn off its course has jumped. */
static double const jump = 0.05;

struct search {
    const struct study_line *line;
    int side;
    arb_srcptr start;
    arb_t from, here, beyond; /* the point before, the last that is as the start, the first that is
                                 not: exact */
    arb_t target;             /* where the nearest margin would be zero */
    struct ref_result before, now;
    bool any_beyond, domain; /* domain: behind it a parameter is not what it may be */
    bool any_target;
    size_t edge; /* of now: the margin that is nearest to zero */
    size_t runs;
};

static bool same_edge(const struct ref_edge *x, const struct ref_edge *y)
{
    return x->kind == y->kind && x->sample == y->sample && x->population == y->population &&
           x->neuron == y->neuron && x->ordinal == y->ordinal && x->behind == y->behind &&
           x->from.population == y->from.population && x->from.neuron == y->from.neuron &&
           x->from.ordinal == y->from.ordinal && x->from.projection == y->from.projection &&
           (x->kind != REF_EDGE_PEAK ||
            arf_sgn(arb_midref(x->margin)) == arf_sgn(arb_midref(y->margin)));
}

static const struct ref_edge *edge_find(const struct ref_result *r, const struct ref_edge *edge,
                                        size_t hint)
{
    if (hint < r->edges && same_edge(r->edge + hint, edge))
        return r->edge + hint;
    for (size_t x = 0; x < r->edges; x++)
        if (same_edge(r->edge + x, edge))
            return r->edge + x;
    return NULL;
}

/* The nearest zero of all margins behind the last point, by secants. */
static void predict(struct search *s)
{
    arb_t slope, zero;
    arb_init(slope);
    arb_init(zero);
    s->any_target = false;
    for (size_t x = 0; x < s->now.edges; x++) {
        const struct ref_edge *now = s->now.edge + x, *then = edge_find(&s->before, now, x);
        if (!then)
            continue;
        arb_sub(slope, now->margin, then->margin, PREC);
        arb_sub(zero, s->here, s->from, PREC);
        arb_div(zero, zero, slope, PREC);
        arb_mul(zero, zero, now->margin, PREC);
        arb_neg(zero, zero);
        if (!arb_is_finite(zero) || arf_sgn(arb_midref(zero)) != s->side)
            continue;
        arb_add(zero, zero, s->here, PREC);
        if (s->any_target && arf_cmpabs(arb_midref(zero), arb_midref(s->target)) >= 0)
            continue;
        s->any_target = true;
        s->edge = x;
        arb_get_mid_arb(s->target, zero);
    }
    arb_clear(slope);
    arb_clear(zero);
}

/* No output's largest voltage has left the course that it has taken so far. */
static bool maxima_stay(const struct search *s, const struct ref_result *r, const arb_t h)
{
    arb_t way, course;
    bool stay = true;
    arb_init(way);
    arb_init(course);
    for (size_t x = 0; x < s->now.samples; x++)
        for (size_t k = 0; k < s->now.sample[x].maxima; k++) {
            size_t const output = s->line->c->loss.population;
            const struct ref_maximum *then = s->before.sample[x].maximum + k;
            const struct ref_maximum *now = s->now.sample[x].maximum + k;
            const struct ref_maximum *here = r->sample[x].maximum + k;
            arb_sub(course, now->time, then->time, PREC);
            arb_sub(way, s->here, s->from, PREC);
            arb_div(course, course, way, PREC);
            arb_sub(way, h, s->here, PREC);
            arb_mul(course, course, way, PREC);
            arb_add(course, course, now->time, PREC);
            arb_sub(course, course, here->time, PREC);
            double const off = fabs(middle(course));
            stay = stay && off <= jump * case_value(&s->line->c->population[output].tau_syn, k);
        }
    arb_clear(way);
    arb_clear(course);
    return stay;
}

/* Takes a point in: it is as the start, or beyond the change. */
static bool step_to(struct search *s, const arb_t h)
{
    struct ref_result r;
    enum ref_status const status = study_at(&r, s->line, h, POINT_DIGITS, STUDY_SPIKES);
    s->runs++;
    bool const same = status == REF_OK && r.signature == s->now.signature && maxima_stay(s, &r, h);
    if (same) {
        ref_clear(&s->before);
        s->before = s->now;
        s->now = r;
        arb_set(s->from, s->here);
        arb_set(s->here, h);
        predict(s);
        return true;
    }
    s->domain = status != REF_OK && strncmp(r.reason, "along", 5) == 0;
    s->any_beyond = true;
    arb_set(s->beyond, h);
    ref_clear(&r);
    return false;
}

/* x between here and beyond, not too near to either: the middle otherwise. */
static bool is_inside(const struct search *s, const arb_t x)
{
    bool const ahead = s->side > 0 ? arf_cmp(arb_midref(x), arb_midref(s->here)) > 0
                                   : arf_cmp(arb_midref(x), arb_midref(s->here)) < 0;
    bool const within =
        !s->any_beyond || (s->side > 0 ? arf_cmp(arb_midref(x), arb_midref(s->beyond)) < 0
                                       : arf_cmp(arb_midref(x), arb_midref(s->beyond)) > 0);
    return ahead && within;
}

static void between(arb_t x, const arb_t from, const arb_t to, double share)
{
    arb_t part;
    arb_init(part);
    arb_set_d(part, share);
    arb_sub(x, to, from, PREC);
    arb_mul(x, x, part, PREC);
    arb_add(x, x, from, PREC);
    arb_get_mid_arb(x, x);
    arb_clear(part);
}

/* Twice as far from the start. */
static void double_way(arb_t x, const struct search *s)
{
    arb_sub(x, s->here, s->start, PREC);
    arb_add(x, x, s->here, PREC);
    arb_get_mid_arb(x, x);
}

/* here and beyond differ by at most 10^-digits of the way. */
static bool is_close(const struct search *s, long digits)
{
    arb_t gap, size;
    arb_init(gap);
    arb_init(size);
    arb_sub(gap, s->beyond, s->here, PREC);
    arb_abs(gap, gap);
    arb_set_ui(size, 10);
    arb_pow_ui(size, size, (ulong)digits, PREC);
    arb_mul(gap, gap, size, PREC);
    arb_sub(size, s->beyond, s->start, PREC);
    arb_abs(size, size);
    bool const close = s->any_beyond && arb_le(gap, size);
    arb_clear(gap);
    arb_clear(size);
    return close;
}

/* One step further on. last: the prediction before this one, and whether there was any. */
static void advance(struct search *s, arb_t last, bool *any_last, const arb_t limit)
{
    arb_t x, error;
    arb_init(x);
    arb_init(error);
    bool const inside = s->any_target && is_inside(s, s->target);
    double agreement = 1;
    if (inside && *any_last) {
        arb_sub(error, s->target, last, PREC);
        arb_sub(x, s->target, s->here, PREC);
        arb_div(x, error, x, PREC);
        agreement = fabs(middle(x));
        arb_abs(error, error);
    }
    *any_last = s->any_target;
    arb_set(last, s->target);
    if (inside && agreement < 0.1) {
        /* on both sides of it, twice as far as it has moved, and some last places */
        arb_abs(x, s->target);
        arb_mul_2exp_si(x, x, -BESIDE * 4);
        arb_mul_2exp_si(error, error, 1);
        arb_add(error, error, x, PREC);
        arb_t at;
        arb_init(at);
        arb_set(at, s->target);
        for (int turn = -1; turn <= 1; turn += 2) {
            arb_mul_si(x, error, turn * s->side, PREC);
            arb_add(x, x, at, PREC);
            arb_get_mid_arb(x, x);
            if (is_inside(s, x))
                step_to(s, x);
        }
        arb_clear(at);
    } else {
        if (inside)
            between(x, s->here, s->target, 0.5);
        else if (s->any_beyond)
            between(x, s->here, s->beyond, 0.5);
        else
            double_way(x, s);
        if ((s->side > 0) == (arf_cmp(arb_midref(x), arb_midref(limit)) > 0))
            arb_set(x, limit);
        step_to(s, x);
    }
    arb_clear(x);
    arb_clear(error);
}

/* ---- both sides of it ---- */

/* Beyond the change a point that is decided, and differs: 4 times as far off each time. */
static bool far_find(struct search *s, struct ref_result *far)
{
    arb_t gap, x;
    bool found = false;
    arb_init(gap);
    arb_init(x);
    arb_sub(gap, s->beyond, s->here, PREC);
    for (int attempt = 0; attempt < 12 && !found && !s->domain; attempt++) {
        arb_add(x, s->here, gap, PREC);
        arb_get_mid_arb(x, x);
        found = study_at(far, s->line, x, POINT_DIGITS, STUDY_SPIKES) == REF_OK &&
                (far->signature != s->now.signature || !maxima_stay(s, far, x));
        s->runs++;
        if (found)
            arb_set(s->beyond, x);
        else
            ref_clear(far);
        arb_mul_2exp_si(gap, gap, 2);
    }
    arb_clear(gap);
    arb_clear(x);
    return found;
}

static void side_take(struct study_change *change, const struct search *s, int which)
{
    struct ref_result r;
    arb_srcptr h = which ? change->far : change->near;
    arb_indeterminate(change->loss[which]);
    arb_indeterminate(change->by[which]);
    if (study_at(&r, s->line, h, POINT_DIGITS, STUDY_GRADIENT) == REF_OK) {
        arb_set(change->loss[which], r.loss);
        if (!ref_slope(change->by[which], &r, s->line->nudge, s->line->nudges))
            arb_indeterminate(change->by[which]);
    }
    ref_clear(&r);
}

static void change_fill(struct study_change *change, const struct search *s,
                        const struct ref_result *far)
{
    change->confirmed = far != NULL;
    change->kind = s->domain       ? STUDY_DOMAIN
                   : s->any_target ? study_kind_of(s->now.edge + s->edge, &s->now, far)
                                   : STUDY_UNKNOWN;
    if (s->any_target) {
        const struct ref_edge *edge = s->now.edge + s->edge;
        change->sample = edge->sample;
        change->population = edge->population;
        change->neuron = edge->neuron;
        change->ordinal = edge->ordinal;
        arb_set(change->margin, edge->margin);
    }
    if (far)
        change->born = (int)study_spikes(far) - (int)study_spikes(&s->now);
    arb_set(change->near, s->here);
    arb_set(change->far, s->beyond);
    for (int which = 0; which < 2; which++)
        side_take(change, s, which);
}

/* ---- from the start ---- */

static int search_begin(struct search *s, struct case_error *error)
{
    bool const good = study_at(&s->before, s->line, s->start, POINT_DIGITS, STUDY_SPIKES) == REF_OK;
    if (!good)
        snprintf(error->text, sizeof error->text, "%.400s", s->before.reason);
    /* a first step far below everything that happens */
    arb_set(s->from, s->start);
    arb_set_si(s->here, s->side);
    arb_mul_2exp_si(s->here, s->here, -BESIDE);
    arb_add(s->here, s->here, s->start, PREC);
    arb_get_mid_arb(s->here, s->here);
    enum ref_status const status =
        good ? study_at(&s->now, s->line, s->here, POINT_DIGITS, STUDY_SPIKES) : REF_UNDECIDED;
    s->runs = 2;
    if (good && status != REF_OK && strncmp(s->now.reason, "along", 5) == 0)
        s->domain = true;
    else if (good && (status != REF_OK || s->now.signature != s->before.signature))
        snprintf(error->text, sizeof error->text, "there is a change within 2^-%d of the start",
                 (int)BESIDE);
    else if (good)
        predict(s);
    return good && (s->domain || (status == REF_OK && s->now.signature == s->before.signature))
               ? 0
               : -1;
}

/* Up to the end, or until a change is enclosed. Whether it is. */
static bool enclose(struct search *s, const arb_t end, long digits)
{
    arb_t last;
    bool any_last = false;
    arb_init(last);
    for (int step = 0; step < MOST_STEPS && !is_close(s, digits); step++) {
        if (!s->any_beyond && arb_equal(s->here, end))
            break;
        advance(s, last, &any_last, end);
    }
    arb_clear(last);
    return s->any_beyond;
}

/* Goes on behind what turned out to be none: a maximum that only moved fast. */
static bool resume(struct search *s)
{
    arb_t x;
    arb_init(x);
    arb_set(x, s->beyond);
    s->any_beyond = false;
    bool const same = step_to(s, x);
    arb_clear(x);
    return same;
}

int study_locate(struct study_change *change, const struct study_line *line, const arb_t start,
                 int side, double limit, long digits, struct case_error *error)
{
    struct search s = {.line = line, .side = side, .start = start};
    struct ref_result far;
    arb_t end;
    arb_ptr const all[] = {s.from, s.here, s.beyond, s.target, end};
    bool confirmed = false;
    for (size_t x = 0; x < sizeof all / sizeof *all; x++)
        arb_init(all[x]);
    arb_set_d(end, side * limit);
    arb_add(end, end, start, PREC);
    arb_get_mid_arb(end, end);
    int const failed = search_begin(&s, error);
    bool const begun = !failed && !s.domain;
    for (int alarm = 0; begun && alarm < MOST_ALARMS && enclose(&s, end, digits); alarm++) {
        confirmed = far_find(&s, &far);
        if (confirmed || s.domain || !resume(&s))
            break;
    }
    change->kind = STUDY_NONE;
    if (!failed && !begun) {
        change->kind = STUDY_DOMAIN; /* at the start itself */
        arb_set(change->near, start);
        arb_set(change->far, start);
    } else if (!failed && s.any_beyond) {
        change_fill(change, &s, confirmed ? &far : NULL);
    } else if (!failed) {
        change->kind = arb_equal(s.here, end) ? STUDY_NONE : STUDY_UNKNOWN;
        arb_set(change->near, s.here);
        arb_set(change->far, s.here);
    }
    change->runs = s.runs;
    if (confirmed)
        ref_clear(&far);
    ref_clear(&s.before);
    ref_clear(&s.now);
    for (size_t x = 0; x < sizeof all / sizeof *all; x++)
        arb_clear(all[x]);
    return failed;
}
