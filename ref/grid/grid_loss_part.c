/* SPDX-License-Identifier: MIT */
/* grid_loss_part.c: the softmax of the losses, and the maximum of a voltage, with their bounds. */
#include "ref/grid/grid.h"

/* ---- maximum ----
 *
 * The engine keeps the earliest of its largest numbers. Neighbours on the grid differ by far less
 * than V is off, but V is off by nearly the same at both: so V at two times is compared with the
 * help of drift, the error of V's change in a step, summed up between them. */

void grid_maximum_begin(struct grid_maximum *m)
{
    m->when = 0;
    m->sure = true;
    m->most = 0;
    grid_zero(&m->best); /* V(0) = 0 */
}

void grid_maximum_see(struct grid_maximum *m, uint32_t when, const struct grid_number *v)
{
    m->most = fmax(m->most, v->e);
    if (when > 0 && arf_cmp(arb_midref(v->x), arb_midref(m->best.x)) > 0) {
        grid_set(&m->best, v);
        m->when = when;
    }
}

/* |max V - max v| <= max |V - v|; likewise the radii, as all are far below their bounds. */
void grid_maximum_end(struct grid_number *z, const struct grid_maximum *m)
{
    grid_set(z, &m->best);
    z->e = m->most;
}

double grid_loss_drift(const struct grid *g, size_t cell, uint32_t n)
{
    const struct grid_cell *c = g->cell + cell;
    const struct grid_number *v = grid_v(g, n) + cell, *i = grid_i(g, n) + cell;
    if (grid_is_zero(v) && grid_is_zero(i) && grid_is_zero(&c->drive))
        return 0;
    double size_v = grid_size(v->x) + v->e, size_i = grid_size(i->x) + i->e;
    double size = c->bounds.kappa * size_i + c->bounds.alpha * size_v;
    double roundings = 3 * size + grid_size(c->drive.x) + c->drive.e;
    return grid_up(c->bounds.kappa * i->e + c->bounds.rest_v * v->e + c->kappa.e * size_i +
                   c->alpha.e * size_v + c->drive.e + g->real->u_twice * roundings +
                   2 * g->real->tiny + grid_flushed(grid_v(g, n + 1) + cell, g->real));
}

/* No earlier number may reach the one at `when`, no later one exceed it. */
static bool stays_below(const struct grid_number *other, const struct grid_number *best,
                        double drift, bool earlier)
{
    arb_t lead;
    arb_init(lead);
    arb_sub(lead, best->x, other->x, GRID_BITS);
    double error = other->e > 0 || best->e > 0 ? grid_up(other->e + best->e) : 0;
    double least = arb_is_nonnegative(lead) ? grid_least(lead) : -1;
    error = fmin(error, drift);
    arb_clear(lead);
    return earlier ? least > error : least >= error;
}

bool grid_maximum_is_sure(const struct grid *g, size_t output)
{
    const struct grid_loss *l = &g->loss;
    const struct grid_maximum *m = l->maximum + output;
    uint32_t last = grid_has(g, SCHEME_MAX_BEFORE) ? g->steps - 1 : g->steps;
    double drift = 0;
    for (uint32_t n = m->when; n-- > 0;) {
        double step = l->drift[n * l->outputs + output];
        drift = step > 0 ? grid_up(drift + step) : drift;
        if (!stays_below(grid_v(g, n) + l->cell + output, &m->best, drift, true))
            return false;
    }
    drift = 0;
    for (uint32_t n = m->when + 1; n <= last; n++) {
        double step = l->drift[(n - 1) * l->outputs + output];
        drift = step > 0 ? grid_up(drift + step) : drift;
        if (!stays_below(grid_v(g, n) + l->cell + output, &m->best, drift, false))
            return false;
    }
    return true;
}

/* ---- a maximum at an arrival ----
 *
 * In exact arithmetic: with d = (I + b) - V before the arrivals of a step, f after them, V the
 * maximum, the time of a maximum between d > 0 and f < 0 is that of the arrivals. Of the jump of
 * lambda_V, pull, they see s = d / (d - f): then w s pull, w = f - d, is -pull d = dL/dV dV/dt, the
 * loss by the time of the arrival. s is 0 for d <= 0 and 1 for d > 0, f >= 0.
 *
 * Where d - f is surely positive, that is clamp (d / (d - f)) in the engine as here: its quotient
 * is at most 0 for D <= 0, and for F >= 0 at least 1, since rounding keeps order; and to clamp to
 * [0, 1] does not make an error larger. Elsewhere s is 0 or 1, and known if the signs are. */

/* Surely above (+1) or at most (-1) zero, in the engine, too; 0: nobody knows. */
static int sign(const struct grid_number *x)
{
    if (arb_is_nonpositive(x->x) && grid_least(x->x) >= x->e)
        return -1;
    return arb_is_positive(x->x) && grid_least(x->x) > x->e ? 1 : 0;
}

static void share(struct grid_number *s, const struct grid_number *d, const struct grid_number *f,
                  struct grid *g)
{
    struct grid_number *change = &g->term;
    grid_sub(change, d, f, g->real);
    grid_set_d(s, 1);
    if (sign(change) > 0) {
        arb_t limit;
        arb_init(limit);
        grid_div(s, d, change, g->real);
        arb_max(s->x, s->x, limit, GRID_BITS);
        arb_one(limit);
        arb_min(s->x, s->x, limit, GRID_BITS);
        s->e = fmin(s->e, 1);
        arb_clear(limit);
    } else if (sign(d) < 0) {
        grid_zero(s);
    } else if (!(sign(d) > 0 && arb_is_nonnegative(f->x) && grid_least(f->x) >= f->e)) {
        arb_set_d(s->x, 0.5);
        mag_set_d(arb_radref(s->x), 0.5);
        s->e = 1;
    }
}

void grid_maximum_seen(struct grid_number *z, struct grid *g, size_t output, uint32_t a)
{
    const struct grid_cell *cell = g->cell + g->loss.cell + output;
    const struct grid_number *v = grid_v(g, a) + g->loss.cell + output;
    struct grid_number *before = g->scratch, *after = g->scratch + 1;
    grid_zero(z);
    if (grid_has(g, SCHEME_MAX_STILL) || a == 0 || a == g->steps)
        return; /* nothing arrives at the ends */
    grid_mul(before, &cell->beta, grid_i(g, a - 1) + g->loss.cell + output, g->real);
    grid_flush(before, g->real);
    grid_add(before, before, &cell->bias, g->real);
    grid_sub(before, before, v, g->real);
    grid_add(after, grid_i(g, a) + g->loss.cell + output, &cell->bias, g->real);
    grid_sub(after, after, v, g->real);
    share(z, before, after, g);
    grid_mul(z, z, g->loss.pull + output, g->real);
}

/* ---- softmax ----
 *
 * The engine has S_k, |S_k - s_k| <= e_k, and M = max S_k. Its terms are T_k = E(fl(S_k - M)) =
 * c e^(s_k) with log c = -M + a_k + (S_k - s_k), where
 *     |a_k| <= own = roundings u |S_k - M| + 2 f      u = 2^-53, f = GRID_FUNCTION
 * so, the common factor e^(-M) aside, every term is off by a factor within e^(+-all), all =
 * max (own + e_k), and quotients of two within e^(+-2 all). With p = 1 / (1 + R), R the other terms
 * over this one, |d p / d log R| = p (1 - p) and |d log p / d log R| = 1 - p, hence
 *     |dp| <= p (1 - p) odds      |d log p| <= (1 - p) odds      odds = e^(2 all) - 1
 * and what adding n terms, dividing, and terms below 2^-1022 do is a factor within e^(+-sum),
 *     sum = (n + 1) u + n 2^-1022 / (1/2), the largest term being near 1. */

struct errors {
    double most; /* of M */
    double own, all, odds, sum;
};

/* roundings u |S - M| from the exact difference. */
static double argument_error(const struct errors *e, const struct grid_number *s,
                             const arb_t difference, int roundings)
{
    return grid_up(roundings * grid_binary64.u * (grid_size(difference) + s->e + e->most));
}

static void term_error(struct errors *e, const struct grid_number *s, double argument)
{
    double own = argument + 2 * GRID_FUNCTION;
    e->own = fmax(e->own, own);
    e->all = fmax(e->all, own + s->e);
}

static double share_error(const struct errors *e, const arb_t p, double others)
{
    double error = grid_size(p) * others * e->odds;
    return grid_up(error + (grid_size(p) + error) * grid_grow(e->sum));
}

/* loss = log Z - (S_l - M): the terms' own errors change Z alone; then f |log Z| of the logarithm,
 * and the rounding of two differences. */
static double loss_error(const struct errors *e, const arb_t loss, double others,
                         const arb_t log_sum, double argument)
{
    double error = e->odds * others + e->own + e->sum + argument;
    error += GRID_FUNCTION * (grid_size(log_sum) + e->most + error);
    return grid_up(error + grid_binary64.u * (grid_size(loss) + error));
}

/* An exact number near the maximum, and a bound on how far it is from the engine's. */
static void center(arf_t z, double *most, const struct grid_number *s, size_t count)
{
    *most = 0;
    arf_set(z, arb_midref(s->x));
    for (size_t k = 0; k < count; k++) {
        arf_max(z, z, arb_midref(s[k].x));
        *most = fmax(*most, grid_up(s[k].e + mag_get_d(arb_radref(s[k].x))));
    }
}

void grid_softmax(struct grid_number *p, struct grid_number *loss, const struct grid_number *s,
                  size_t count, size_t label, int roundings)
{
    struct errors e = {0};
    double argument = 0;
    arf_t middle;
    arb_t sum, other;
    arf_init(middle);
    arb_init(sum);
    arb_init(other);

    center(middle, &e.most, s, count);
    for (size_t k = 0; k < count; k++) {
        arb_sub_arf(other, s[k].x, middle, GRID_BITS);
        term_error(&e, s + k, argument_error(&e, s + k, other, roundings));
        if (k == label) {
            argument = argument_error(&e, s + k, other, roundings);
            arb_neg(loss->x, other);
        }
        arb_exp(p[k].x, other, GRID_BITS);
        arb_add(sum, sum, p[k].x, GRID_BITS);
    }
    e.odds = grid_grow(2 * e.all);
    e.sum = grid_up((double)(count + 1) * grid_binary64.u);

    for (size_t k = 0; k < count; k++) {
        arb_sub(other, sum, p[k].x, GRID_BITS);
        arb_div(other, other, sum, GRID_BITS);
        double others = grid_size(other);
        arb_div(p[k].x, p[k].x, sum, GRID_BITS);
        p[k].e = share_error(&e, p[k].x, others);
        if (k == label) {
            arb_log(other, sum, GRID_BITS);
            arb_add(loss->x, loss->x, other, GRID_BITS);
            loss->e = loss_error(&e, loss->x, others, other, argument);
        }
    }
    arf_clear(middle);
    arb_clear(sum);
    arb_clear(other);
}
