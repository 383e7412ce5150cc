/* SPDX-License-Identifier: MIT */
/* family_degenerate_edge.c: events next to the end of the trial, and cases that cannot be decided.
 *
 * degenerate-end: the last spike is known by formula (closed.c), and the trial is made
 * to end next to it.
 *
 * degenerate-undecided: an arrival comes exactly at a threshold crossing, or the maximum of V is
 * attained on a whole interval, so that the gradient does not exist and no precision can tell. That
 * the two times are equal is a theorem, not a number: identical neurons with identical input cross
 * together, and a copy that gets everything later by a delay d crosses later by d. */
#include "cases/families/families.h"
#include "cases/families/closed.h"
#include "cases/families/family_degenerate.h"

#include <string.h>

/* ---- next to the end ---- */

/* The double that is steps doubles after x > 0. */
static double step_doubles(double x, int steps)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits += (uint64_t)(int64_t)steps;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void draw_end(struct net *net, struct case_random *r, uint64_t k)
{
    net_draw(net, r, k);
    net->hid.each = true;
    for (size_t n = 0; n < net->hidden; n++) {
        net->hid.tau_mem[n] = case_random_between(r, 8, 25);
        net->hid.tau_syn[n] = net->hid.tau_mem[n] / (n == 1 ? 1 : 2);
    }
    for (size_t n = 0; n < net->outputs; n++) {
        net->out.tau_syn[n] = net->out.tau_mem[n] / 2;
    }
}

/* The trial length of a way, given the last spike before the generic end. The draws do not depend
 * on the end, so the network stays the same. */
static const char *bend_end(struct net *net, struct case_random *r, size_t way, double before,
                            double after)
{
    switch (way) {
    case 0:
        net->end = after;
        return "The trial ends at the double after the last spike";
    case 1:
        net->end = step_doubles(after, 3);
        return "The trial ends a few doubles after the last spike";
    case 2:
        net->end = after + 1e-12;
        return "The trial ends 1e-12 ms after the last spike";
    case 3:
        net->end = after + 1e-9;
        return "The trial ends 1e-9 ms after the last spike";
    case 4:
        net->end = before;
        return "The trial ends at the double before a spike, which does not happen";
    case 5:
        net->end = step_doubles(before, -3);
        return "The trial ends a few doubles before a spike, which does not happen";
    case 6:
        net->end = before - 1e-9;
        return "The trial ends 1e-9 ms before a spike, which does not happen";
    case 7:
        net->end = 32;
        net->in_hid.delay[0] = 4;
        net->time[0][1] = 28;
        return "An arrival exactly at the end, which does not happen";
    case 8:
        net->time[0][1] = step_doubles(net->end, -1);
        return "An input at the double before the end";
    case 9:
        net->in_hid.delay[0] = 2;
        net->time[0][1] = net->end - case_random_between(r, 0.1, 1.9);
        return "An input before the end that arrives after it";
    case 10:
        net->end = 32;
        net->in_hid.delay[0] = 4;
        net->time[0][1] = step_doubles(28, -1);
        return "An arrival a unit in the last place before the end";
    default:
        net->end = case_random_between(r, 1, 3);
        return "A trial that is over almost at once";
    }
}

/* The last spike of the generic network between two doubles; the generic end if there is none. */
static int last_spike(double *before, double *after, const struct case_problem *c)
{
    struct closed x;
    bool started = closed_start(&x, c, CLOSED_BITS);
    number last = 0;
    if (started && closed_solve(&x) == CLOSED_OK) {
        for (size_t k = 0; k < x.neurons; k++) {
            const struct closed_neuron *n = &x.neuron[k];
            if (n->spikes > 0 && less(&x.f, last, n->spike[n->spikes - 1])) {
                last = n->spike[n->spikes - 1];
            }
        }
    }
    *before = started ? mpfr_get_d(value(&x.f, last), MPFR_RNDD) : 0;
    *after = started ? mpfr_get_d(value(&x.f, last), MPFR_RNDU) : 0;
    if (!(*before > 1)) {
        *before = *after = c->end;
    }
    closed_clear(&x);
    return started ? 0 : -1;
}

int case_make_degenerate_end(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    struct net net;
    size_t way = (size_t)(k % NET_WAYS);
    case_build_start(&b, "degenerate-end", seed, k, 1);
    draw_end(&net, &b.random, k);
    if (net.maximum && way == 7) {
        net.variant = 0; /* a maximum at T has no derivative by the delay of an arrival at T */
    }
    net_build(&b, &net);
    if (case_build_finish(made, &b, CASE_DECIDED) != 0) {
        return -1;
    }
    double before, after;
    if (last_spike(&before, &after, made->problem) != 0) {
        return -1;
    }

    /* The weights as tuned, because tuning depends on the end. */
    for (size_t s = 0; s < net.inputs * net.hidden; s++) {
        net.in_hid.weight[s] = made->problem->projection[0].weight[s];
    }
    for (size_t s = 0; s < net.hidden * net.outputs; s++) {
        net.hid_out.weight[s] = made->problem->projection[1].weight[s];
    }
    net.most = 0;
    case_made_clear(made);
    struct case_random random = b.random;
    case_build_start(&b, "degenerate-end", seed, k, 1);
    b.random = random;
    const char *text = bend_end(&net, &b.random, way, before, after);
    net_build(&b, &net);
    case_build_note(&b, "%s; loss: %s.", text, case_build_loss_name(net.variant));
    return case_build_finish(made, &b, CASE_DECIDED);
}

/* ---- undecided ---- */

static void alike(struct net *net, size_t count)
{
    for (size_t to = 1; to < count; to++) {
        for (size_t n = 0; n < net->inputs; n++) {
            net->in_hid.weight[n * net->hidden + to] = net->in_hid.weight[n * net->hidden];
        }
    }
}

/* Hidden neuron 1 gets everything that neuron 0 gets, 2 ms later; and neuron 0 reaches it after 2
 * ms. Times are multiples of 1/4, so that the sums are exact. */
static void shifted_copy(struct net *net, struct case_random *r, double weight)
{
    alike(net, 2);
    net->recurrent = true;
    net->hid_hid.weight[1] = weight;
    net->hid_hid.delay[0] = 2;
    net->in_hid.matrix = true;
    for (size_t n = 0; n < net->inputs; n++) {
        net->in_hid.delay[n * net->hidden + 1] = 2;
        for (size_t i = 0; i < net->count[n]; i++) {
            net->time[n][i] = 0.25 * (double)case_random_from(r, 2, 60);
        }
    }
}

static void use_maximum(struct net *net, struct case_random *r)
{
    struct net maximum;
    net_draw(&maximum, r, 2);
    *net = maximum;
    net_draw_recurrent(net, r, 0.3);
    net->out.bias[0] = 0;
}

static const char *bend_undecided(struct net *net, struct case_random *r, size_t way)
{
    /* Not tuned: tuning could scale the weights of one twin and not of the other. */
    net->most = 0;
    net_scale(net->in_hid.weight, NET_SYNAPSES, 1.8);
    net->recurrent = true;
    double *rec = net->hid_hid.weight;
    size_t h = net->hidden;
    double weight = case_random_between(r, 0.2, 0.6);
    switch (way) {
    case 0:
        alike(net, 2);
        rec[1] = rec[h] = weight;
        return "Twins that excite each other without delay";
    case 1:
        alike(net, 2);
        rec[1] = rec[h] = -weight;
        return "Twins that inhibit each other without delay";
    case 2:
        alike(net, 2);
        rec[1] = weight;
        return "Of two twins one excites the other without delay";
    case 3:
        alike(net, 2);
        rec[h] = -weight;
        return "Of two twins one inhibits the other without delay";
    case 4:
        alike(net, h);
        for (size_t s = 0; s < h * h; s++) {
            rec[s] = weight;
        }
        return "All neurons alike, all connected to all and to themselves";
    case 5:
        shifted_copy(net, r, weight);
        return "Excitation arrives exactly at the crossing of a copy delayed by 2 ms";
    case 6:
        shifted_copy(net, r, -weight);
        return "Inhibition arrives exactly at the crossing of a copy delayed by 2 ms";
    case 7:
        alike(net, 2);
        rec[1] = weight;
        rec[h] = -weight;
        return "One twin excites the other and is inhibited by it";
    case 8:
        alike(net, 2);
        rec[1] = rec[h] = weight;
        net->hid.bias[0] = case_random_between(r, 0.1, 0.4);
        return "Twins with a bias that excite each other without delay";
    case 9:
        shifted_copy(net, r, weight);
        net_scale(net->in_hid.delay, NET_SYNAPSES, 0.5);
        net->hid_hid.delay[0] = 1;
        net->in_hid.matrix = true;
        return "Excitation arrives exactly at the crossing of a copy delayed by 1 ms";
    case 10:
        use_maximum(net, r);
        for (size_t n = 0; n < net->hidden; n++) {
            net->hid_out.weight[n * net->outputs] = 0;
        }
        return "An output that stays at its maximum 0 throughout";
    default:
        use_maximum(net, r);
        for (size_t n = 0; n < net->hidden; n++) {
            net->hid_out.weight[n * net->outputs] *= -1;
        }
        return "An output that leaves its maximum 0 only downward, after a while";
    }
}

int case_make_degenerate_undecided(struct case_made *made, uint64_t seed, uint64_t k)
{
    int status = net_make(made, "degenerate-undecided", seed, k, bend_undecided);
    /* A plateau of a maximum costs no more than the derivatives along it. */
    made->expectation = k % NET_WAYS < 10 ? CASE_UNDECIDED : CASE_DECIDED;
    return status;
}
