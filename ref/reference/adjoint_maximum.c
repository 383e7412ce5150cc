/* SPDX-License-Identifier: MIT */
/* adjoint_maximum.c: how the maximum M of the voltage of an output moves where it is more than that
 * of V at one fixed time. In all of it, f'(right) is the derivative as a parameter grows, f'(left)
 * the one as it comes from below, and a = 1/tau_mem. MATH.md, E38 to E42.
 *
 * By Danskin, M'(right) is the largest of the derivatives of V over all times at which V = M, and
 * M'(left) the least: V may be followed along any times that move with the parameter, so at
 * arrivals each of those that share a time has to be looked at.
 *
 * ARRIVALS AT ONE TIME t0 (E39). To first order V rises by r = V'(t0-) a unit of time up to t0, and
 * by a w more behind each arrival of weight w. A parameter (a delay, the time of an input spike)
 * moves some of them, of weights S together, and leaves the others, of weights R, by u later:
 *     all of them move      M' = r                      an ordinary derivative
 *     u > 0   the others come first: V is V(t0) there, and V(t0) + (r + a R) u at the moved ones
 *     u < 0   the moved ones come first: V(t0) + r u there, and V(t0) - a S u at the others
 * so M'(right) = max(0, r + a R) and M'(left) = min(r, -a S). No other parameter sees their order.
 * Where R = 0 both are r, but only as long as none of the others moves: no derivative, either.
 * Where S = 0 both are 0 whatever else moves.
 *
 * AT T (E40), where V still rises, r = V'(T-) >= 0. Arrivals at exactly T do not happen; later than
 * T they do not either: M'(right) = 0, M'(left) = min(r, -a S).
 *
 * AT 0 (E41), where V falls from its start. Nothing comes before 0, so there is only the right,
 * with a (bias + R) behind the others: M'(right) = max(0, a (bias + R)); if all move, that is a
 * derivative as good as any at the edge of what a parameter may be. Where several arrivals below
 * zero move at once, V may rise although none of them alone lets it: as soon as the bias and the
 * weights above zero can do that, there is no derivative by what moves those below.
 *
 * A PLATEAU (E42): V = 0 exactly on [0, t_p] (without a bias; nothing arrived, or weights of zero,
 * or weights that cancel at one time), and below after it. With a weight grows k(t - s) behind each
 * of its arrivals s, with a delay -w k'(t - s), with the bias 1 - em(t), with a time constant
 * nothing: f(t) = dV/dparameter solves the equations of V and I itself, so that its extremes over
 * [0, t_p] are those of a flow between events. k' is the flow of (V, I) = (a, -c). M'(right) is the
 * largest f, M'(left) the least, and the arrivals that end the plateau, or those at T, add as
 * above, with r = 0 and from f(t_p) on; where some of those that end it are above zero, two
 * parameters that have a derivative of zero each may have none together, as at 0. What arrives at
 * t_p or later does nothing by its weight: proven zeros.
 *
 * Other losses have no such points. Integrals over V: what arrives at s changes V(t) by w k(t - s),
 * k(0) = 0, so dV(t)/ds is bounded and the integral, also against targets with steps and also at
 * s = T (of second order there), has a continuous derivative. First spikes: smooth functions of the
 * spike times; those are smooth where no arrival meets a spike, which simulate() has proven, and
 * the order of arrivals among each other does not matter, since the flow is linear. A silent output
 * is a constant, and a spike next to T is undecided there. */
#include "ref/reference/adjoint_maximum.h"

#include <stdlib.h>

void touch_weight(arb_t weight, const struct touches *t, const struct touch *touch)
{
    arrival_weight(weight, t->s->e, t->s->e->event + touch->event, t->n);
}

static enum outcome touch_add(struct touches *t, struct touch now)
{
    struct touch *larger = grown(t->at, t->count, &t->room, sizeof *larger);
    if (!larger)
        return FULL;
    t->at = larger;
    now.order = t->count;
    t->at[t->count++] = now;
    return PROVEN;
}

/* Flat index of the time of an input spike: they come neuron after neuron. */
static size_t time_parameter(const struct sweep *s, size_t spike)
{
    const struct spike *all = s->e->spike;
    if (spike >= s->e->inputs)
        return NOBODY;
    size_t first = spike;
    while (first > 0 && all[first - 1].population == all[spike].population)
        first--;
    return s->inputs[all[spike].population] + spike - first;
}

static enum outcome event_touches(struct touches *t, size_t event, bool at_peak)
{
    const struct pass *e = t->s->e;
    const struct event *now = e->event + event;
    if (now->kind != EVENT_ARRIVAL || (now->target != NOBODY && now->target != t->n->index))
        return PROVEN;
    arb_srcptr weight = e->scratch + 24;
    arrival_weight(e->scratch + 24, e, now, t->n);
    size_t const targets = e->c->population[e->c->projection[now->projection].target].size;
    size_t const synapse = e->spike[now->spike].index * targets + t->n->index;
    struct touch touch = {.event = event, .at_peak = at_peak, .spike = NOBODY};
    touch.by_weight = true;
    touch.parameter = t->s->weight[now->projection] + synapse;
    if (!at_peak && touch_add(t, touch) != PROVEN)
        return FULL;
    if (arb_is_zero(weight))
        return PROVEN;
    if (at_peak) {
        arb_add(t->sum, t->sum, weight, ARF_PREC_EXACT);
        if (!arb_is_nonpositive(weight))
            arb_add(t->above, t->above, weight, ARF_PREC_EXACT);
        t->arrivals++;
    }
    touch.by_weight = false;
    touch.parameter = t->s->delay[now->projection] + synapse;
    if (touch_add(t, touch) != PROVEN)
        return FULL;
    touch.parameter = time_parameter(t->s, now->spike);
    touch.spike = now->spike;
    return touch_add(t, touch);
}

static enum outcome collect(struct touches *t)
{
    const struct pass *e = t->s->e;
    const struct peak *peak = t->peak;
    bool const plateau = peak->kind == PEAK_PLATEAU;
    bool const to_end = peak->kind == PEAK_END || (plateau && peak->entry == t->n->entries);
    for (size_t x = 0; plateau && x < peak->entry; x++)
        if (event_touches(t, t->n->tape[x].event, false) != PROVEN)
            return FULL;
    for (size_t x = peak->entry; !to_end && x < peak->behind; x++)
        if (event_touches(t, t->n->tape[x].event, true) != PROVEN)
            return FULL;
    for (size_t x = 0; to_end && x < e->events; x++)
        if (e->event[x].kind == EVENT_ARRIVAL &&
            e->c->projection[e->event[x].projection].target == t->n->population &&
            event_relation(e, x, e->end_event) == SAME && event_touches(t, x, true) != PROVEN)
            return FULL;
    return PROVEN;
}

/* ---- the arrivals that share a time ---- */

void shared_time(struct sides *sides, const struct touches *t, const arb_t moved, const arb_t from,
                 const arb_t rise)
{
    const struct neuron *n = t->n;
    long const prec = t->s->e->prec;
    arb_t x;
    arb_init(x);
    arb_mul(x, moved, n->k->a, prec);
    arb_sub(x, from, x, prec); /* from - a S */
    arb_min(sides->left, sides->left, x, prec);
    bool const at_end = t->peak->kind == PEAK_END || t->peak->entry == n->entries;
    if (!at_end) {
        arb_sub(x, t->sum, moved, ARF_PREC_EXACT);
        if (t->peak->kind == PEAK_START)
            arb_add(x, x, n->bias, ARF_PREC_EXACT);
        arb_mul(x, x, n->k->a, prec);
        arb_add(x, x, from, prec);
        arb_add(x, x, rise, prec); /* from + r + a R */
        arb_max(sides->right, sides->right, x, prec);
    }
    arb_clear(x);
}

/* A run of touches of one parameter at a kink, at T or at 0. */
static void peak_sides(struct sides *sides, const struct touches *t, const struct touch *run,
                       size_t count)
{
    arb_t moved, zero, weight;
    arb_init(moved);
    arb_init(zero);
    arb_init(weight);
    for (size_t x = 0; x < count; x++) {
        touch_weight(weight, t, run + x);
        arb_add(moved, moved, weight, ARF_PREC_EXACT);
    }
    arb_zero(sides->right);
    bool const all = count == t->arrivals;
    if (t->peak->kind == PEAK_START) {
        shared_time(sides, t, moved, zero, zero);
        arb_set(sides->left, sides->right);
        arb_add(weight, t->above, t->n->bias, ARF_PREC_EXACT);
        sides->equal = all || arb_is_nonnegative(moved) || arb_is_nonpositive(weight);
        sides->known = sides->equal; /* else there is none on the left */
    } else {
        arb_set(sides->left, t->peak->rise);
        shared_time(sides, t, moved, zero, t->peak->rise);
        sides->equal = t->peak->kind == PEAK_KINK && all;
        if (sides->equal)
            arb_set(sides->right, t->peak->rise);
    }
    arb_clear(moved);
    arb_clear(zero);
    arb_clear(weight);
}

/* ---- what becomes of them ---- */

/* The loss follows the maximum by `amount`. Equal sides are a derivative: they are both zero, or
 * the same r. */
static enum outcome sides_take(struct touches *t, struct sides *sides, const struct touch *what,
                               enum ref_none_kind kind)
{
    struct pass *e = t->s->e;
    arb_srcptr amount = e->drive->amount + t->n->index;
    bool const equal = sides->equal || (sides->known && !sides->jointly &&
                                        arb_is_zero(sides->left) && arb_is_zero(sides->right));
    arb_mul(sides->left, sides->left, amount, e->prec);
    arb_mul(sides->right, sides->right, amount, e->prec);
    if (!equal && what->parameter == NOBODY)
        return imprecise(e, "coincidence: arrivals of hidden spikes cannot be put in order");
    if (!equal)
        return none_add(e, what->parameter, kind, sides->known, sides->left, sides->right);
    arb_ptr to =
        what->spike != NOBODY ? e->spike[what->spike].by_time : e->gradient + what->parameter;
    arb_add(to, to, sides->right, e->prec);
    return PROVEN;
}

static int by_parameter(const void *one, const void *two)
{
    const struct touch *x = one, *y = two;
    size_t const first[] = {x->spike, x->parameter, x->order};
    size_t const second[] = {y->spike, y->parameter, y->order};
    for (int k = 0; k < 3; k++)
        if (first[k] != second[k])
            return first[k] < second[k] ? -1 : 1;
    return 0;
}

static enum outcome touches_back(struct touches *t)
{
    enum ref_none_kind kind = t->peak->kind == PEAK_END ? REF_NONE_END : REF_NONE_ORDER;
    struct sides sides;
    arb_init(sides.left);
    arb_init(sides.right);
    enum outcome outcome = PROVEN;
    for (size_t x = 0, y; x < t->count && outcome == PROVEN; x = y) {
        for (y = x + 1; y < t->count && t->at[y].spike == t->at[x].spike &&
                        t->at[y].parameter == t->at[x].parameter;)
            y++;
        sides.known = true;
        sides.equal = sides.jointly = false;
        if (t->peak->kind == PEAK_PLATEAU)
            plateau_sides(&sides, t, t->at + x, y - x);
        else
            peak_sides(&sides, t, t->at + x, y - x);
        outcome = sides_take(t, &sides, t->at + x, t->at[x].by_weight ? REF_NONE_ONE_SIDED : kind);
    }
    arb_clear(sides.left);
    arb_clear(sides.right);
    return outcome;
}

/* By the bias, 1 - em grows along the plateau. */
static enum outcome bias_back(struct touches *t)
{
    struct pass *e = t->s->e;
    struct sides sides = {.known = true};
    struct touch bias = {.spike = NOBODY};
    bias.parameter = t->s->population[t->n->population].bias + t->n->index;
    arb_init(sides.left);
    arb_init(sides.right);
    arb_mul(sides.right, plateau_end(e, t->n, t->peak), t->n->k->a, e->prec);
    arb_neg(sides.right, sides.right);
    arb_expm1(sides.right, sides.right, e->prec);
    arb_neg(sides.right, sides.right);
    enum outcome const outcome = sides_take(t, &sides, &bias, REF_NONE_ONE_SIDED);
    arb_clear(sides.left);
    arb_clear(sides.right);
    return outcome;
}

enum outcome maximum_back(struct sweep *s)
{
    struct pass *e = s->e;
    struct drive *d = e->drive;
    enum outcome outcome = PROVEN;
    if (e->c->loss.kind != CASE_MAX_VOLTAGE_CROSS_ENTROPY)
        return PROVEN;
    for (size_t k = 0; k < d->outputs && outcome == PROVEN; k++) {
        struct touches t = {.s = s, .n = e->neuron + d->first + k, .peak = d->peak + k};
        if (t.peak->kind == PEAK_INSIDE)
            continue;
        arb_init(t.sum);
        arb_init(t.above);
        outcome = collect(&t);
        if (outcome == PROVEN && t.count > 1)
            qsort(t.at, t.count, sizeof *t.at, by_parameter);
        if (outcome == PROVEN)
            outcome = touches_back(&t);
        if (outcome == PROVEN && t.peak->kind == PEAK_PLATEAU)
            outcome = bias_back(&t);
        arb_clear(t.sum);
        arb_clear(t.above);
        free(t.at);
    }
    return outcome;
}
