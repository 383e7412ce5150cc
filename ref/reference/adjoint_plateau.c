/* SPDX-License-Identifier: MIT */
/* adjoint_plateau.c: the extremes, along a plateau of the voltage, of its derivative by a
 * parameter. See adjoint_maximum.c. */
#include "ref/reference/adjoint_maximum.h"

/* The flow of dV/dparameter, and its extremes so far. */
struct sensitivity {
    arb_t v, i, time;
};

static void extremes_note(struct sides *sides, const arb_t v, long prec)
{
    arb_max(sides->right, sides->right, v, prec);
    arb_min(sides->left, sides->left, v, prec);
}

/* The extremum inside an interval, if there is one; sign: +1 maximum, -1 minimum. */
static void inside_note(struct sides *sides, const struct neuron *n, const struct sensitivity *f,
                        const arb_t span, int sign, long prec)
{
    arb_t at, value, v, i;
    arb_init(at);
    arb_init(value);
    arb_init(v);
    arb_init(i);
    arb_mul_si(v, f->v, sign, prec);
    arb_mul_si(i, f->i, sign, prec);
    enum crossing const has = peak_find(at, value, n, v, i, prec);
    arb_mul_si(value, value, sign, prec);
    if (has == CROSSING_FOUND && arb_lt(at, span))
        extremes_note(sides, value, prec);
    else if (has == CROSSING_UNKNOWN || (has == CROSSING_FOUND && !arb_gt(at, span)))
        sides->known = false;
    arb_clear(at);
    arb_clear(value);
    arb_clear(v);
    arb_clear(i);
}

static void sensitivity_advance(struct sensitivity *f, struct sides *sides, const struct neuron *n,
                                const arb_t time, long prec)
{
    arb_ptr values = _arb_vec_init(P_ALL);
    arb_t span;
    arb_init(span);
    arb_sub(span, time, f->time, prec);
    arb_set(f->time, time);
    if (!arb_is_nonnegative(span))
        sides->known = false;
    if (!arb_is_zero(span) && !(arb_is_zero(f->v) && arb_is_zero(f->i))) {
        inside_note(sides, n, f, span, 1, prec);
        inside_note(sides, n, f, span, -1, prec);
        propagate(values, n->k, span, BRIEF, prec);
        arb_mul(f->v, f->v, values + P_EM, prec);
        arb_addmul(f->v, f->i, values + P_K, prec);
        arb_mul(f->i, f->i, values + P_ES, prec);
        extremes_note(sides, f->v, prec);
    }
    arb_clear(span);
    _arb_vec_clear(values, P_ALL);
}

/* An arrival on the plateau: by its weight I grows by 1, by its time V by -a w and I by c w. All
 * those at one time count together, so that the weights of one sum exactly. */
static size_t sensitivity_step(struct sensitivity *f, struct sides *sides, const struct touches *t,
                               const struct touch *run, size_t count)
{
    const struct pass *e = t->s->e;
    long const prec = e->prec;
    arb_t sum, part;
    arb_init(sum);
    arb_init(part);
    size_t x = 0;
    do {
        arb_one(part);
        if (!run[x].by_weight)
            touch_weight(part, t, run + x);
        arb_add(sum, sum, part, ARF_PREC_EXACT);
        x++;
    } while (x < count && !run[x].at_peak &&
             event_relation(e, run[x - 1].event, run[x].event) == SAME);
    sensitivity_advance(f, sides, t->n, e->event[run->event].time, prec);
    if (run->by_weight) {
        arb_add(f->i, f->i, sum, prec);
    } else {
        arb_mul(part, sum, t->n->k->a, prec);
        arb_sub(f->v, f->v, part, prec);
        arb_mul(part, sum, t->n->k->c, prec);
        arb_add(f->i, f->i, part, prec);
        extremes_note(sides, f->v, prec);
        sides->known = sides->known && !arb_is_zero(f->time); /* nothing arrives before 0 */
    }
    arb_clear(sum);
    arb_clear(part);
    return x;
}

arb_srcptr plateau_end(const struct pass *e, const struct neuron *n, const struct peak *peak)
{
    size_t const last = peak->entry < n->entries ? n->tape[peak->entry].event : e->end_event;
    return e->event[last].time;
}

void plateau_sides(struct sides *sides, const struct touches *t, const struct touch *run,
                   size_t count)
{
    const struct pass *e = t->s->e;
    struct sensitivity f;
    arb_t moved, weight;
    arb_init(f.v);
    arb_init(f.i);
    arb_init(f.time);
    arb_init(moved);
    arb_init(weight);
    arb_zero(sides->left);
    arb_zero(sides->right);
    size_t x = 0;
    while (x < count && !run[x].at_peak)
        x += sensitivity_step(&f, sides, t, run + x, count - x);
    sensitivity_advance(&f, sides, t->n, plateau_end(e, t->n, t->peak), e->prec);
    for (size_t y = x; y < count; y++) {
        touch_weight(weight, t, run + y);
        arb_add(moved, moved, weight, ARF_PREC_EXACT);
    }
    arb_zero(weight);
    if (x < count)
        shared_time(sides, t, moved, f.v, weight);
    sides->jointly = x < count && count - x < t->arrivals && arb_is_negative(moved) &&
                     !arb_is_zero(t->above) && t->peak->entry < t->n->entries;
    arb_clear(f.v);
    arb_clear(f.i);
    arb_clear(f.time);
    arb_clear(moved);
    arb_clear(weight);
}
