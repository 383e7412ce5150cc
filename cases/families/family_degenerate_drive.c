/* SPDX-License-Identifier: MIT */
/* family_degenerate_drive.c: silence, bursts, strong inhibition.
 *
 * As in family_degenerate.c, k mod 12 chooses the way and k mod 11 the loss. */
#include "cases/families/families.h"
#include "cases/families/family_degenerate.h"

static const char *bend_silent(struct net *net, struct case_random *r, size_t way)
{
    double *in = net->in_hid.weight;
    size_t synapses = net->inputs * net->hidden;
    net->most = 0;
    switch (way) {
    case 0:
        net->count[0] = net->count[1] = net->count[2] = 0;
        return "No input spikes at all";
    case 1:
        net_scale(in, synapses, 0x1p-5);
        return "Input too weak for any spike";
    case 2:
        net_scale(in, synapses, -1);
        return "Only inhibition";
    case 3:
        net->count[0] = net->count[1] = net->count[2] = 0;
        net->hid.bias[0] = net->hid.threshold[0];
        return "A bias equal to the threshold, which V approaches and never reaches";
    case 4:
        net_scale(in, synapses, 0x1p-5);
        net->hid.bias[0] = 0.5 * net->hid.threshold[0];
        return "A bias and weak inputs that together stay below the threshold";
    case 5:
        net_scale(in, synapses, 3);
        net_scale(net->hid_out.weight, net->hidden * net->outputs, 0x1p-4);
        return "Hidden neurons spike, outputs hardly move";
    case 6:
        net->hid.threshold[0] = 0x1p20;
        return "A threshold out of reach";
    case 7:
        net->in_hid.delay[0] = net->end;
        return "All input arrives after the end";
    case 8:
        net_scale(in, synapses, 3);
        net->out.each = true;
        net->out.threshold[0] = 0x1p10;
        return "Output 0 cannot spike";
    case 9:
        net->most = 4;
        net->in_hid.matrix = true;
        for (size_t n = 0; n < net->inputs; n++) {
            net->in_hid.delay[n * net->hidden] = net->end;
        }
        return "Hidden neuron 0 gets its input after the end";
    case 10:
        net->count[0] = 1;
        net->count[1] = net->count[2] = 0;
        net->time[0][0] = net->end * case_random_between(r, 0.99, 0.999);
        return "One input spike, too late to matter";
    default:
        net->hid.bias[0] = -2;
        net_scale(in, synapses, 0.5);
        return "A negative bias holds everything down";
    }
}

/* Hidden neurons that the bias drives: interval tau_mem log((bias - reset)/(bias - threshold)). */
static void drive(struct net *net, struct case_random *r, double low, double high)
{
    net->hid.each = true;
    for (size_t n = 0; n < net->hidden; n++) {
        net->hid.bias[n] = case_random_between(r, low, high);
    }
}

static const char *bend_bursting(struct net *net, struct case_random *r, size_t way)
{
    net->hidden = 2;
    net->hid.size = 2;
    net->most = 0;
    net_scale(net->in_hid.weight, NET_SYNAPSES, 0.5);
    if (case_build_loss_costly(net->variant)) {
        net->end = case_random_between(r, 12, 18);
    }
    drive(net, r, 1.3, 3);
    switch (way) {
    case 0:
        net->count[0] = net->count[1] = net->count[2] = 0;
        return "Bias above threshold, no input";
    case 1:
        return "Bias above threshold and input";
    case 2:
        drive(net, r, 0, 0.1);
        net_scale(net->in_hid.weight, NET_SYNAPSES, 6);
        return "Very strong input";
    case 3:
        net_draw_recurrent(net, r, 0.1);
        net->hid_hid.weight[0] = net->hid_hid.weight[3] = 0.8;
        net->hid_hid.delay[0] = 3;
        return "Delayed self-excitation";
    case 4:
        net_draw_recurrent(net, r, 0.1);
        net->hid_hid.weight[0] = net->hid_hid.weight[3] = -1.5;
        return "Bursts against self-inhibition without delay";
    case 5:
        net->hid.reset[0] = net->hid.reset[1] = 0.8;
        drive(net, r, 1.1, 1.4);
        return "Reset close below the threshold";
    case 6:
        net->hid.reset[0] = -2;
        return "Reset far below the threshold";
    case 7:
        drive(net, r, 1.0001, 1.001);
        return "Bias barely above the threshold";
    case 8:
        net->hid.tau_mem[0] = 3;
        net->hid.tau_mem[1] = 4;
        net->end = case_random_between(r, 15, 25);
        return "Short membrane time constants";
    case 9:
        net_draw_recurrent(net, r, 0);
        net->hid_hid.weight[1] = -3;
        net->hid_hid.weight[2] = 1;
        net->hid_hid.delay[0] = 0.5;
        return "One neuron drives the other and is held back by it";
    case 10:
        net->out.bias[0] = net->out.bias[1] = case_random_between(r, 0.5, 1.2);
        return "Hidden and output neurons are driven by a bias";
    default:
        net->out.tau_syn[0] = net->out.tau_syn[1] = 1;
        return "Bursts into outputs of short synaptic time constant";
    }
}

/* Input 2 inhibits every hidden neuron at the given time. */
static void inhibit(struct net *net, double time, double weight)
{
    net->count[2] = 1;
    net->time[2][0] = time;
    for (size_t n = 0; n < net->hidden; n++) {
        net->in_hid.weight[2 * net->hidden + n] = weight * (1 + 0.125 * (double)n);
    }
}

static const char *bend_inhibition(struct net *net, struct case_random *r, size_t way)
{
    double middle = case_random_between(r, 12, 16);
    net->most = 0;
    net_scale(net->in_hid.weight, 2 * net->hidden, 2.5);
    for (size_t n = 0; n < 2; n++) {
        net->time[n][0] = case_random_between(r, 1, 6);
        net->time[n][1] = case_random_between(r, 25, 30);
    }
    inhibit(net, middle, -8);
    switch (way) {
    case 0:
        return "Inhibition after a spike, then excitation again";
    case 1:
        inhibit(net, middle, -0x1p10);
        return "V is driven to minus several hundred";
    case 2:
        inhibit(net, middle, -0x1p20);
        return "V is driven to minus 1e5";
    case 3:
        net_draw_recurrent(net, r, 0.2);
        for (size_t n = 0; n < net->hidden; n++) {
            net->hid_hid.weight[n * (net->hidden + 1)] = -20;
        }
        return "Every spike inhibits its own neuron at once";
    case 4:
        net_draw_recurrent(net, r, 4);
        for (size_t s = 0; s < net->hidden * net->hidden; s++) {
            net->hid_hid.weight[s] *= net->hid_hid.weight[s] > 0 ? -1 : 1;
        }
        net_draw_delays(&net->hid_hid, r, 0.3, 2);
        return "All inhibit all behind delays";
    case 5:
        inhibit(net, 0.25, -12);
        return "Inhibition comes first";
    case 6:
        inhibit(net, middle, -40);
        net->count[0] = 1;
        net->time[1][1] = middle + 2;
        net_scale(&net->in_hid.weight[net->hidden], net->hidden, 5);
        return "Strong inhibition is overcome by strong excitation";
    case 7:
        net->hid.bias[0] = -3;
        net_scale(net->in_hid.weight, 2 * net->hidden, 4);
        return "A negative bias and strong excitation";
    case 8:
        net->hid.reset[0] = -50;
        net_scale(net->in_hid.weight, 2 * net->hidden, 4);
        return "Reset to minus 50 thresholds";
    case 9:
        inhibit(net, net->time[0][0] + 0x1p-30, -8);
        net_scale(net->in_hid.weight, 2 * net->hidden, 1.5);
        return "Inhibition 1e-9 ms after excitation";
    case 10:
        for (size_t n = 0; n < net->hidden && !net->maximum; n++) {
            net->hid_out.weight[n * net->outputs] = -30;
        }
        return "Output 0 is only inhibited";
    default:
        net->count[2] = 10;
        for (size_t i = 0; i < 10; i++) {
            net->time[2][i] = middle + 0.75 * (double)i;
        }
        return "A volley of ten inhibitory inputs";
    }
}

int case_make_degenerate_silent(struct case_made *made, uint64_t seed, uint64_t k)
{
    return net_make(made, "degenerate-silent", seed, k, bend_silent);
}

int case_make_degenerate_bursting(struct case_made *made, uint64_t seed, uint64_t k)
{
    return net_make(made, "degenerate-bursting", seed, k, bend_bursting);
}

int case_make_degenerate_inhibition(struct case_made *made, uint64_t seed, uint64_t k)
{
    return net_make(made, "degenerate-inhibition", seed, k, bend_inhibition);
}
