/* SPDX-License-Identifier: MIT */
/* family_degenerate_net.c: draws and builds the network of family_degenerate.h. */
#include "cases/families/family_degenerate.h"

static struct case_build_neurons draw_neurons(struct case_random *r, size_t size)
{
    double tau_syn = case_random_between(r, 2, 7);
    double tau_mem = case_random_between(r, 10, 25);
    return case_build_alike(size, tau_mem, tau_syn, 1);
}

void net_draw(struct net *net, struct case_random *r, uint64_t k)
{
    *net = (struct net){.variant = (size_t)(k % CASE_BUILD_LOSSES), .inputs = 3, .outputs = 2};
    bool li = case_build_loss_model(net->variant) == CASE_LI;
    net->maximum = case_build_loss_kind(net->variant) == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    net->end = case_random_between(r, 35, 60);
    net->step = 0x1p-3;
    net->hidden = case_build_loss_costly(net->variant) ? 2 : case_random_from(r, 2, 3);
    net->least = 1;
    net->most = case_build_loss_costly(net->variant) ? 2 : 4;
    net->hid = draw_neurons(r, net->hidden);
    net->out = draw_neurons(r, net->outputs);
    for (size_t n = 0; n < net->outputs && net->maximum; n++) {
        net->out.each = true;
        net->out.bias[n] = case_random_between(r, 0.01, 0.1);
    }
    for (size_t n = 0; n < net->inputs; n++) {
        net->count[n] = 2;
        for (size_t i = 0; i < 2; i++) {
            net->time[n][i] = case_random_between(r, 0.5, 24);
        }
    }
    for (size_t s = 0; s < net->inputs * net->hidden; s++) {
        net->in_hid.weight[s] = case_random_between(r, 1.5, 4.5);
        net->in_hid_again.weight[s] = case_random_between(r, 0.5, 2);
    }
    for (size_t s = 0; s < net->hidden * net->outputs; s++) {
        net->hid_out.weight[s] =
            li && !net->maximum ? case_random_normal(r, 0.5, 1.5) : case_random_between(r, 1, 4);
    }
}

void net_draw_recurrent(struct net *net, struct case_random *r, double deviation)
{
    net->recurrent = true;
    for (size_t s = 0; s < net->hidden * net->hidden; s++) {
        net->hid_hid.weight[s] = case_random_normal(r, 0, deviation);
    }
}

void net_draw_delays(struct net_synapses *s, struct case_random *r, double low, double high)
{
    s->matrix = true;
    for (size_t i = 0; i < NET_SYNAPSES; i++) {
        s->delay[i] = case_random_between(r, low, high);
    }
}

void net_scale(double *at, size_t count, double factor)
{
    for (size_t i = 0; i < count; i++) {
        at[i] *= factor;
    }
}

static void project(struct case_builder *b, size_t source, size_t target, size_t synapses,
                    const struct net_synapses *s)
{
    case_build_projection(b, source, target, s->weight, s->delay, s->matrix ? synapses : 1);
}

void net_build(struct case_builder *b, const struct net *net)
{
    case_build_end(b, net->end, net->step);
    size_t in = case_build_source(b, "in", net->inputs);
    size_t hid = case_build_population(b, "hid", CASE_LIF, &net->hid);
    size_t out = case_build_population(b, "out", case_build_loss_model(net->variant), &net->out);
    project(b, in, hid, net->inputs * net->hidden, &net->in_hid);
    if (net->again) {
        project(b, in, hid, net->inputs * net->hidden, &net->in_hid_again);
    }
    if (net->recurrent) {
        project(b, hid, hid, net->hidden * net->hidden, &net->hid_hid);
    }
    project(b, hid, out, net->hidden * net->outputs, &net->hid_out);
    case_build_random_loss(b, net->variant, out);
    case_build_sample(b);
    for (size_t n = 0; n < net->inputs; n++) {
        case_build_spikes(b, 0, in, n, net->time[n], net->count[n]);
    }
    if (net->most > 0) {
        case_build_tune(b, net->least, net->most);
    }
    case_build_random_targets(b);
}

int net_make(struct case_made *made, const char *family, uint64_t seed, uint64_t k,
             const char *(*bend)(struct net *net, struct case_random *r, size_t way))
{
    struct case_builder b;
    struct net net;
    case_build_start(&b, family, seed, k, 1);
    net_draw(&net, &b.random, k);
    const char *text = bend(&net, &b.random, (size_t)(k % NET_WAYS));
    net_build(&b, &net);
    case_build_note(&b, "%s; loss: %s.", text, case_build_loss_name(net.variant));
    return case_build_finish(made, &b, CASE_DECIDED);
}
