/* SPDX-License-Identifier: MIT */
/* near.c: how far the true V of a neuron can be from the flow between marks, and the proof that it
 * does not reach the threshold there.
 *
 * J = [mark - r, mark + r] holds the true time of an event of radius r. Outside of all J of a
 * neuron its true V is the flow between marks: by linearity an arrival counts alike wherever its
 * mark is put, and to one side of J mark and time agree on whether it has come. So no more is to be
 * shown than V < threshold inside of every J.
 *
 * A cluster is a run of events of one neuron, one after the other, whose J touch; W is the sum of
 * |w| of its arrivals, R the largest of its radii, v and i the state at the mark of one of its
 * events, which are kept for all arrivals up to that one. With a = 1/tau_mem, c = 1/tau_syn, aR and
 * cR <= 1/64 (rho is not larger), and u in J of that event:
 *   - at the mark the true V differs from v by arrivals of the cluster that the mark is on the
 *     wrong side of, each by |w k(s)| <= |w| a R e^(1/64), |s| <= R; together <= 1.02 a R W;
 *   - from there to u, by at most R, V moves by a R sup|I + b - V|, where
 *     |I| <= (|i| + W) e^(1/32), as arrivals come and I decays, and |V| <= |v| + D for D the whole
 *     difference.
 * So D (1 - aR) <= a R (1.02 W + 1.04 (|i| + W) + |b| + |v|), D < 4 a R (|b| + |v| + |i| + W).
 * The cluster is looked at again with every event that joins it, so that the last time all of its
 * arrivals, also those that come later than u, are in W.
 *
 * A spike begins a cluster: crossing_resolve has proven that it lies behind all J so far, and
 * place_check that whatever arrives after it does, or is its own at no delay, which joins.
 * Doubles, rounded up, answer first; where they do not suffice the cluster is gone through in
 * balls. */
#include "ref/reference/reference.h"

#include <float.h>
#include <math.h>

struct span span_of(const arb_t x)
{
    double const middle = middle_d(x), radius = mag_get_d(arb_radref(x));
    double const slip = (fabs(middle) + radius) * 0x1p-51 + DBL_MIN;
    return (struct span){middle - radius - slip, middle + radius + slip};
}

double up(double x)
{
    return x + fabs(x) * 0x1p-50 + DBL_MIN;
}

static double size_d(const arb_t x)
{
    struct span const s = span_of(x);
    return fmax(-s.low, s.high);
}

/* The largest radius and the sum of |w| of the entries of a cluster. */
static void cluster_sizes(mag_t radius, mag_t weights, const struct pass *e, const struct neuron *n)
{
    arb_t weight;
    mag_t size;
    arb_init(weight);
    mag_init(size);
    mag_zero(radius);
    mag_zero(weights);
    for (size_t x = n->near.first; x < n->entries; x++) {
        const struct event *event = e->event + n->tape[x].event;
        mag_max(radius, radius, arb_radref(event->time));
        arrival_weight(weight, e, event, n);
        arb_get_mag(size, weight);
        mag_add(weights, weights, size);
    }
    arb_clear(weight);
    mag_clear(size);
}

void near_radius(mag_t radius, const struct pass *e, const struct neuron *n)
{
    mag_zero(radius);
    for (size_t x = n->near.first; x < n->entries; x++)
        mag_max(radius, radius, arb_radref(e->event[n->tape[x].event].time));
}

/* x = v + D */
static void add_difference(arb_t x, const struct entry *entry, const struct neuron *n,
                           const mag_t radius, const mag_t weights)
{
    mag_t sum, size;
    mag_init(sum);
    mag_init(size);
    arb_get_mag(sum, n->bias);
    mag_add(sum, sum, weights);
    arb_get_mag(size, entry->v);
    mag_add(sum, sum, size);
    arb_get_mag(size, entry->i);
    mag_add(sum, sum, size);
    mag_mul(sum, sum, radius);
    arb_get_mag(size, n->k->a);
    mag_mul(sum, sum, size);
    mag_mul_2exp_si(sum, sum, 2);
    arb_set(x, entry->v);
    mag_add(arb_radref(x), arb_radref(x), sum);
    mag_clear(sum);
    mag_clear(size);
}

/* The whole cluster once more, in balls. */
static enum outcome cluster_check(struct pass *e, const struct neuron *n)
{
    mag_t radius, weights;
    mag_init(radius);
    mag_init(weights);
    cluster_sizes(radius, weights, e, n);
    arb_ptr v = e->scratch + 3;
    bool below = true;
    for (size_t x = n->near.first; x < n->entries && below; x++) {
        add_difference(v, n->tape + x, n, radius, weights);
        below = arb_lt(v, n->threshold);
    }
    mag_clear(radius);
    mag_clear(weights);
    if (below)
        return PROVEN;
    arb_sub(v, v, n->threshold, e->prec);
    margin_lower(e, REF_GRAZING, v);
    return imprecise(e, "grazing: neuron %zu of population %s is at the threshold near t = %.17g",
                     n->index, e->c->population[n->population].name,
                     middle_d(e->event[n->tape[n->entries - 1].event].time));
}

enum outcome near_check(struct pass *e, struct neuron *n, const arb_t weight)
{
    const struct entry *now = n->tape + n->entries - 1;
    const struct event *event = e->event + now->event;
    struct span const when = span_of(event->time), v = span_of(now->v);
    struct near *near = &n->near;
    bool const exact = arb_is_exact(event->time);
    if (event->kind == EVENT_SPIKE || when.low > near->reach)
        *near = (struct near){.first = n->entries - 1, .reach = when.high, .top = v.high};
    near->reach = fmax(near->reach, when.high);
    near->top = fmax(near->top, v.high);
    near->size = fmax(near->size, up(fmax(-v.low, v.high) + size_d(now->i)));
    near->weights = up(near->weights + size_d(weight));
    if (!exact)
        near->radius = fmax(near->radius, up(mag_get_d(arb_radref(event->time))));
    if (!(near->radius > 0))
        return PROVEN;
    double const sum = up(up(near->size + near->weights) + size_d(n->bias));
    double const rate = up(1 / n->k->tau_mem_d);
    double const most = up(near->top + up(4 * up(up(near->radius * rate) * sum)));
    return most < span_of(n->threshold).low ? PROVEN : cluster_check(e, n);
}
