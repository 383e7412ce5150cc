/* SPDX-License-Identifier: MIT */
/* family_degenerate_scale.c: long trials, extreme scales of weights and times.
 *
 * As in family_degenerate.c, k mod 12 chooses the way and k mod 11 the loss. */
#include "cases/families/families.h"
#include "cases/families/family_degenerate.h"

/* One spike of every input in [low, high]. */
static void one_each(struct net *net, struct case_random *r, double low, double high)
{
    for (size_t n = 0; n < net->inputs; n++) {
        net->count[n] = 1;
        net->time[n][0] = case_random_between(r, low, high);
    }
}

/* Weights that make a single arrival fire a neuron with time constants 20 and 5. */
static const char *bend_long(struct net *net, struct case_random *r, size_t way)
{
    if (case_build_loss_kind(net->variant) == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        net->variant = 8; /* its quadrature through so long a trial takes seconds */
    }
    net->end = 25000;
    net->step = 1;
    net->hid = case_build_alike(net->hidden, 20, 5, 1);
    net->out.tau_mem[0] = net->out.tau_mem[1] = 20;
    net->out.tau_syn[0] = net->out.tau_syn[1] = 5;
    net->most = 0;
    for (size_t n = 0; n < net->inputs; n++) {
        net->time[n][0] = case_random_between(r, 1, 12000);
        net->time[n][1] = case_random_between(r, 12000, 24900);
    }
    for (size_t s = 0; s < net->inputs * net->hidden; s++) {
        net->in_hid.weight[s] = case_random_between(r, 7, 13);
    }
    for (size_t s = 0; s < net->hidden * net->outputs; s++) {
        net->hid_out.weight[s] = case_random_between(r, 7, 13);
    }
    switch (way) {
    case 0:
        return "Sparse spikes in 25,000 ms";
    case 1:
        one_each(net, r, 1, 40);
        return "Spikes at the start, then 24,900 ms of silence";
    case 2:
        one_each(net, r, 24900, 24960);
        return "24,900 ms of silence, then spikes";
    case 3:
        net->in_hid.delay[0] = 9000;
        return "Delays of 9,000 ms";
    case 4:
        net->recurrent = true;
        net->hid_hid.weight[1] = 9;
        net_draw_delays(&net->hid_hid, r, 3000, 6000);
        return "A recurrent echo after thousands of milliseconds";
    case 5:
        net->hid.tau_syn[0] = 0.5;
        net->hid.tau_mem[0] = 1;
        return "25,000 membrane time constants";
    case 6:
        net->out.tau_mem[0] = net->out.tau_mem[1] = 5000;
        net_scale(net->hid_out.weight, NET_SYNAPSES, 100);
        return "Outputs that remember thousands of milliseconds";
    case 7:
        net->hid.bias[0] = 0.3;
        return "A bias below threshold through a long trial";
    case 8:
        net->out.tau_mem[0] = net->out.tau_mem[1] = 5;
        return "Outputs of equal time constants through a long trial";
    case 9:
        net->count[1] = net->count[2] = 1;
        net->time[1][0] = net->time[0][0] + 2;
        net->time[2][0] = net->time[0][0] + 3;
        return "One volley in the middle of silence";
    case 10:
        net->end = 0x1p20;
        net->step = 64;
        return "A trial of 2^20 ms";
    default:
        one_each(net, r, 1, 40);
        net->hid.bias[0] = 0.5;
        return "Spikes at the start, then a bias below threshold";
    }
}

static void scale_times(struct net *net, double factor)
{
    struct net_synapses *synapses[] = {&net->in_hid, &net->hid_hid, &net->hid_out};
    net->end *= factor;
    net->step *= factor;
    net_scale(net->hid.tau_mem, net->hidden, factor);
    net_scale(net->hid.tau_syn, net->hidden, factor);
    net_scale(net->out.tau_mem, net->outputs, factor);
    net_scale(net->out.tau_syn, net->outputs, factor);
    for (size_t n = 0; n < net->inputs; n++) {
        net_scale(net->time[n], net->count[n], factor);
    }
    for (size_t p = 0; p < 3; p++) {
        net_scale(synapses[p]->delay, NET_SYNAPSES, factor);
    }
}

static void scale_hidden(struct net *net, double factor)
{
    net_scale(net->in_hid.weight, NET_SYNAPSES, factor);
    net_scale(net->hid_hid.weight, NET_SYNAPSES, factor);
    net_scale(net->hid.threshold, net->hidden, factor);
    net_scale(net->hid.reset, net->hidden, factor);
    net_scale(net->hid.bias, net->hidden, factor);
}

/* LIF outputs scale like hidden neurons; LI outputs would make a softmax of 0 and 1. */
static void scale_outputs(struct net *net, double factor)
{
    bool li = case_build_loss_model(net->variant) == CASE_LI;
    double used = li && factor > 1 ? 4 : factor;
    net_scale(net->hid_out.weight, NET_SYNAPSES, used);
    net_scale(net->out.threshold, net->outputs, used);
    net_scale(net->out.bias, net->outputs, used);
}

static const char *bend_scales(struct net *net, struct case_random *r, size_t way)
{
    static const struct {
        int weights, times;
        const char *text;
    } by[8] = {{40, 0, "Weights and thresholds times 2^40"},
               {-40, 0, "Weights and thresholds times 2^-40"},
               {0, 20, "Times times 2^20"},
               {0, -20, "Times times 2^-20"},
               {40, 20, "Weights times 2^40, times times 2^20"},
               {40, -20, "Weights times 2^40, times times 2^-20"},
               {-40, 20, "Weights times 2^-40, times times 2^20"},
               {-40, -20, "Weights times 2^-40, times times 2^-20"}};
    const double scales[5] = {0x1p-40, 0x1p-20, 1, 0x1p20, 0x1p40};
    net->hid.bias[0] = case_random_between(r, 0.05, 0.3);
    net_draw_recurrent(net, r, 0.3);
    net_draw_delays(&net->hid_hid, r, 0.2, 4);
    if (way < 8) {
        scale_hidden(net, scales[2 + by[way].weights / 20]);
        scale_times(net, scales[2 + by[way].times / 10]);
        return by[way].text;
    }
    switch (way) {
    case 8:
        net->hid.each = true;
        net->hid.bias[1] = 0;
        net->hid.threshold[0] *= 0x1p40;
        net->hid.threshold[1] *= 0x1p-40;
        for (size_t n = 0; n < net->inputs; n++) {
            net->in_hid.weight[n * net->hidden] *= 0x1p40;
            net->in_hid.weight[n * net->hidden + 1] *= 0x1p-40;
        }
        for (size_t n = 0; n < net->hidden; n++) {
            net->hid_hid.weight[n * net->hidden + 1] *= 0x1p-40;
        }
        return "Neurons of scales 2^40 and 2^-40 in one layer";
    case 9:
        scale_outputs(net, 0x1p-40);
        return "Outputs at the scale of 2^-40";
    case 10:
        scale_outputs(net, 0x1p40);
        scale_hidden(net, 0x1p40);
        return "Everything at the scale of 2^40";
    default:
        net->out.tau_mem[0] = net->out.tau_mem[1] = 0x1p12;
        net->hid.tau_syn[0] = 0x1p-7;
        net_scale(net->in_hid.weight, NET_SYNAPSES, 0x1p10);
        return "Time constants from 2^-7 to 2^12 ms";
    }
}

int case_make_degenerate_long(struct case_made *made, uint64_t seed, uint64_t k)
{
    return net_make(made, "degenerate-long", seed, k, bend_long);
}

int case_make_degenerate_scales(struct case_made *made, uint64_t seed, uint64_t k)
{
    return net_make(made, "degenerate-scales", seed, k, bend_scales);
}
