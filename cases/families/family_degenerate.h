/* SPDX-License-Identifier: MIT */
/* family_degenerate.h: the small network that the families "degenerate-*" bend: sources "in", LIF
 * neurons "hid", outputs "out" that fit the loss, all to all. A family draws the generic network,
 * changes what it is about, and builds it. */
#ifndef EVIDENT_FAMILY_DEGENERATE_H
#define EVIDENT_FAMILY_DEGENERATE_H

#include "cases/families/build.h"

enum { NET_SIZE = 6, NET_TIMES = 12, NET_SYNAPSES = NET_SIZE * NET_SIZE, NET_WAYS = 12 };

struct net_synapses {
    double weight[NET_SYNAPSES]; /* [source size][target size] */
    double delay[NET_SYNAPSES];
    bool matrix; /* one delay a synapse; otherwise element 0 counts for all */
};

struct net {
    size_t variant; /* of the loss */
    bool maximum;   /* the loss is max-voltage */
    double end, step;
    size_t inputs, hidden, outputs;
    struct case_build_neurons hid, out;
    struct net_synapses in_hid, in_hid_again, hid_hid, hid_out;
    bool again;     /* in_hid_again exists */
    bool recurrent; /* hid_hid exists */
    size_t count[NET_SIZE];
    double time[NET_SIZE][NET_TIMES];
    size_t least, most; /* spikes a neuron that the weights are tuned for; most 0: not tuned */
};

/* A generic network: 3 inputs of 2 spikes, 2 or 3 hidden neurons, 2 outputs, no delay, loss k mod
 * 11. The outputs of max-voltage have a bias and excitatory weights: with bias 0 the gradient does
 * not exist where V never leaves 0, and a maximum at the very time of two arrivals has none, too.
 */
void net_draw(struct net *net, struct case_random *r, uint64_t k);

/* Every recurrent weight normal around 0, delay 0. */
void net_draw_recurrent(struct net *net, struct case_random *r, double deviation);

/* Delays of all synapses between low and high. */
void net_draw_delays(struct net_synapses *s, struct case_random *r, double low, double high);

void net_scale(double *at, size_t count, double factor);

void net_build(struct case_builder *b, const struct net *net);

/* Draws, bends in way k mod NET_WAYS, builds. bend says in words what it did. */
int net_make(struct case_made *made, const char *family, uint64_t seed, uint64_t k,
             const char *(*bend)(struct net *net, struct case_random *r, size_t way));

#endif
