/* SPDX-License-Identifier: MIT */
/* grid_propagate.c: the adjoint of a cell over one step, with a sharper bound than its operations
 * give one by one.
 *
 * lambda_V, lambda_I and the drive A of an output share the error of A: near the steady state
 * lambda_V = lambda_I = A their differences are far more exact than they are. Engine's numbers in
 * capitals, z their error, r_ all roundings of a line:
 *     V' = A + a (V - A) + r_V                  = (1 - a) A + a V + r_V
 *     I' = A + b (I - A) + k (V - A) + r_I      = (1 - b - k) A + b I + k V + r_I
 *     V' - I' = c (V - A) + b (V - I) + r_V - r_I        c = a - k - b
 *     V' - A  = a (V - A) + r_V
 * a, b, k being alpha, beta, kappa_back as the engine has them, off by ea, eb, ek. So beside z_V
 * and z_I two more bounds are kept: `across` of V - I, and `gap` of V - A with the A of the last
 * step, which is that of the next one but for the error in which two drives differ. A flush (see
 * grid_number.c) moves each by what it moves V and I. */
#include "ref/grid/grid.h"

/* Roundings of V' = A + fl(a fl(V - A)), a <= 1: sizes of V - A twice and of V' once. */
static double rounding_v(const struct grid *g, double d, double v)
{
    return grid_up(g->real->u_twice * (2 * d + v) + g->real->tiny);
}

static double least_of(double x, double y)
{
    return x < y ? x : y;
}

void grid_adjoint_jump(struct grid_adjoint *l, const struct grid_number *jump,
                       const struct grid_rounding *r)
{
    grid_add(&l->v, &l->v, jump, r);
    double across = l->across + jump->e + r->u * (grid_size(l->v.x) + l->v.e);
    l->across = least_of(grid_up(across), grid_up(l->v.e + l->i.e));
}

void grid_adjoint_across(struct grid_number *z, const struct grid_adjoint *l,
                         const struct grid_rounding *r)
{
    grid_sub(z, &l->v, &l->i, r);
    if (!grid_is_zero(&l->v) && !grid_is_zero(&l->i))
        z->e = grid_settled(z->x, l->across, r);
}

/* Both may become 0 at the end of a step; l->across is what it was before that, and may become the
 * sum of both bounds. How far V may have moved. */
static double flush(struct grid_adjoint *l, const struct grid_rounding *r)
{
    double moved = grid_flush(&l->v, r), moved_i = grid_flush(&l->i, r);
    l->across = least_of(grid_up(l->across + moved + moved_i), grid_up(l->v.e + l->i.e));
    return moved;
}

void grid_propagate_free(struct grid *g, struct grid_adjoint *l, const struct grid_cell *cell)
{
    const struct grid_bounds *b = &cell->bounds;
    double u = g->real->u_twice, tiny = g->real->tiny;
    arb_ptr t = g->scratch[0].x;
    if (grid_is_zero(&l->v) && grid_is_zero(&l->i))
        return;
    double v = grid_size(l->v.x) + l->v.e, i = grid_size(l->i.x) + l->i.e;

    arb_mul(t, cell->kappa_back.x, l->v.x, GRID_BITS);
    arb_mul(l->i.x, cell->beta.x, l->i.x, GRID_BITS);
    arb_add(l->i.x, l->i.x, t, GRID_BITS);
    arb_mul(l->v.x, cell->alpha.x, l->v.x, GRID_BITS);

    /* each size is of the engine's number and its product with a constant, at most that constant */
    double round_v = grid_up(u * b->alpha * v + tiny);
    double round_i = grid_up(2 * u * (b->kappa_back * v + b->beta * i) + 2 * tiny);
    double across = b->cross * l->v.e + b->cross_error * v + b->beta * l->across +
                    cell->beta.e * (v + i) + round_v + round_i;
    double e_i = b->kappa_back * l->v.e + cell->kappa_back.e * v + b->beta * l->i.e +
                 cell->beta.e * i + round_i;
    double e_v = b->alpha * l->v.e + cell->alpha.e * v + round_v;
    bool fits = v + i <= g->real->most / 4;
    l->v.e = fits ? grid_up(e_v) : HUGE_VAL;
    l->i.e = fits ? grid_up(e_i) : HUGE_VAL;
    l->across = across;
    flush(l, g->real);
}

void grid_propagate_driven(struct grid *g, struct grid_adjoint *l, const struct grid_cell *cell,
                           const struct grid_number *drive, double drift)
{
    const struct grid_bounds *b = &cell->bounds;
    double u = g->real->u_twice, tiny = g->real->tiny;
    arb_ptr d = g->scratch[0].x, t = g->scratch[1].x;

    arb_sub(d, l->v.x, drive->x, GRID_BITS);
    arb_sub(t, l->i.x, drive->x, GRID_BITS);
    double gap = least_of(grid_up(l->gap + drift), grid_up(l->v.e + drive->e));
    double size_d = grid_size(d) + gap, size_g = grid_size(t) + l->i.e + drive->e;
    double size_a = grid_size(drive->x) + drive->e;

    arb_mul(t, t, cell->beta.x, GRID_BITS);
    arb_add(l->i.x, t, drive->x, GRID_BITS);
    arb_mul(t, cell->kappa_back.x, d, GRID_BITS);
    arb_add(l->i.x, l->i.x, t, GRID_BITS);
    arb_mul(d, cell->alpha.x, d, GRID_BITS);
    arb_add(l->v.x, drive->x, d, GRID_BITS);

    /* V' has a size of at most |A| + |V - A|; I' of |A| + |I - A| + |V - A| */
    double round_v = rounding_v(g, size_d, size_a + size_d);
    double round_i = grid_up(u * (4 * (size_g + size_d) + 2 * size_a) + 2 * tiny);
    double across = b->cross * gap + b->cross_error * size_d + b->beta * l->across +
                    cell->beta.e * (size_d + size_g) + round_v + round_i;
    double e_i = b->rest_i * drive->e + b->beta * l->i.e + b->kappa_back * l->v.e +
                 cell->beta.e * size_g + cell->kappa_back.e * size_d + round_i;
    double e_v = b->rest_v * drive->e + b->alpha * l->v.e + cell->alpha.e * size_d + round_v;
    bool fits = size_a + size_d + size_g <= g->real->most / 4;
    l->gap = grid_up(b->alpha * gap + cell->alpha.e * size_d + round_v);
    l->v.e = fits ? least_of(grid_up(e_v), grid_up(l->gap + drive->e)) : HUGE_VAL;
    l->i.e = fits ? grid_up(e_i) : HUGE_VAL;
    l->across = across;
    l->gap = grid_up(l->gap + flush(l, g->real));
}
