/* SPDX-License-Identifier: MIT */
/* family_degenerate.c: simultaneous arrivals, twins, ratios of time constants, zero weights.
 *
 * Each family bends the generic network in a dozen ways, chosen by k mod 12; the loss is chosen by
 * k mod 11, so that 132 cases meet every pair. */
#include "cases/families/families.h"
#include "cases/families/family_degenerate.h"

static void all_at(struct net *net, double first, double second)
{
    for (size_t n = 0; n < net->inputs; n++) {
        net->time[n][0] = first;
        net->time[n][1] = second;
    }
}

static const char *bend_simultaneous(struct net *net, struct case_random *r, size_t way)
{
    double *weight = net->in_hid.weight;
    double second = case_random_between(r, 12, 25);
    double first = case_random_between(r, 1, 10);
    all_at(net, first, second);
    switch (way) {
    case 0:
        return "All inputs spike at the same two times";
    case 1:
        all_at(net, 0, case_random_between(r, 8, 20));
        return "All inputs spike at time 0 and once more";
    case 2:
        for (size_t h = 0; h < net->hidden; h++) {
            weight[h] *= -0.5;
        }
        return "Excitation and inhibition arrive together";
    case 3:
        net->in_hid.matrix = true;
        for (size_t n = 0; n < net->inputs; n++) {
            net->time[n][0] = 8 - (double)n;
            net->time[n][1] = 20 - (double)n;
            for (size_t h = 0; h < net->hidden; h++) {
                net->in_hid.delay[n * net->hidden + h] = (double)n;
            }
        }
        return "Different times and delays with the same sum";
    case 4:
        net->again = true;
        return "Two projections deliver every spike at the same time";
    case 5:
        for (size_t h = 0; h < net->hidden; h++) {
            weight[h] = -weight[net->hidden + h];
        }
        return "Two simultaneous arrivals cancel exactly";
    case 6:
        for (size_t n = 0; n < net->inputs; n++) {
            net->time[n][0] = 4 + (double)n;
            net->time[n][1] = 12 + (double)n;
        }
        net->in_hid.matrix = true;
        for (size_t s = 0; s < net->inputs * net->hidden; s++) {
            net->in_hid.delay[s] = (double)case_random_below(r, 4);
        }
        return "Times and delays are whole numbers, many arrivals coincide";
    case 7:
        net_draw_recurrent(net, r, 0.5);
        return "Simultaneous inputs into a recurrent layer";
    case 8:
        net->again = true;
        net->in_hid.delay[0] = 2;
        for (size_t n = 0; n < net->inputs; n++) {
            net->time[n][1] = 3 + 4 * (double)n;
            net->time[n][0] = net->time[n][1] - 2;
        }
        return "A spike and the delayed one before it arrive together";
    case 9:
        for (size_t n = 0; n < net->inputs; n++) { /* one unit in the last place at 16 */
            net->time[n][0] = 16 + (double)n * 0x1p-48;
        }
        return "Inputs a unit in the last place apart";
    case 10:
        for (size_t n = 0; n < net->inputs; n++) {
            net->time[n][0] = 5 + (double)n * 0x1p-40;
        }
        return "Inputs 1e-12 ms apart";
    default:
        net->count[0] = 1;
        net->in_hid.delay[0] = 0.5;
        return "All inputs spike together behind one delay";
    }
}

/* Neuron to becomes a copy of neuron from: parameters and what comes in from the sources. */
static void copy_neuron(struct net *net, size_t to, size_t from)
{
    net->hid.tau_mem[to] = net->hid.tau_mem[from];
    net->hid.tau_syn[to] = net->hid.tau_syn[from];
    net->hid.bias[to] = net->hid.bias[from];
    for (size_t n = 0; n < net->inputs; n++) {
        net->in_hid.weight[n * net->hidden + to] = net->in_hid.weight[n * net->hidden + from];
    }
}

/* Recurrence between the twins 0 and 1 and the rest: equal columns, nothing from twin to twin. */
static void twin_recurrence(struct net *net, struct case_random *r, double self)
{
    net_draw_recurrent(net, r, 0.6);
    for (size_t n = 0; n < net->hidden; n++) {
        net->hid_hid.weight[n * net->hidden + 1] = net->hid_hid.weight[n * net->hidden];
    }
    net->hid_hid.weight[0] = net->hid_hid.weight[net->hidden + 1] = self;
    net->hid_hid.weight[1] = net->hid_hid.weight[net->hidden] = 0;
}

static const char *bend_twins(struct net *net, struct case_random *r, size_t way)
{
    net->hid.each = true;
    for (size_t n = 0; n < net->hidden; n++) {
        net->hid.tau_mem[n] = case_random_between(r, 10, 25);
    }
    copy_neuron(net, 1, 0);
    switch (way) {
    case 0:
        return "Two twins";
    case 1:
        copy_neuron(net, net->hidden - 1, 0);
        return "All hidden neurons are alike";
    case 2:
        twin_recurrence(net, r, 0);
        return "Twins in a recurrent layer, no weight between them";
    case 3:
        twin_recurrence(net, r, -2);
        return "Twins that inhibit themselves";
    case 4:
        for (size_t n = 0; n < net->hidden; n++) {
            net->hid_out.weight[n * net->outputs + 1] = net->hid_out.weight[n * net->outputs];
        }
        net->out.bias[1] = net->out.bias[0];
        return "Twins before twin outputs";
    case 5:
        for (size_t k = 0; k < net->outputs && !net->maximum; k++) {
            net->hid_out.weight[net->outputs + k] = -net->hid_out.weight[k];
        }
        return "Twins of opposite effect";
    case 6:
        net_draw_delays(&net->hid_out, r, 0.5, 4);
        for (size_t k = 0; k < net->outputs; k++) {
            net->hid_out.delay[net->outputs + k] = net->hid_out.delay[k];
        }
        return "Twins behind equal delays";
    case 7:
        net_draw_delays(&net->hid_out, r, 0.5, 4);
        return "Twins behind different delays";
    case 8:
        for (size_t i = 0; i < 2; i++) {
            net->time[1][i] = net->time[0][i];
        }
        return "Twins driven by twin inputs";
    case 9:
        net->hid.bias[0] = net->hid.bias[1] = case_random_between(r, 0.1, 0.5);
        return "Twins with a bias";
    case 10:
        net->in_hid.weight[1] *= 1 + 0x1p-50;
        return "Twins that differ in the last places of one weight";
    default:
        net->again = true;
        for (size_t n = 0; n < net->inputs; n++) {
            net->in_hid_again.weight[n * net->hidden + 1] =
                net->in_hid_again.weight[n * net->hidden];
        }
        net->in_hid_again.delay[0] = 1.5;
        return "Twins with two projections each";
    }
}

static const char *bend_taus(struct net *net, struct case_random *r, size_t way)
{
    static const struct {
        double ratio;
        const char *text;
    } ratios[NET_WAYS] = {{4, "tau_mem = 4 tau_syn"},
                          {2, "tau_mem = 2 tau_syn"},
                          {1, "tau_mem = tau_syn"},
                          {0.25, "tau_mem = tau_syn / 4"},
                          {1 + 1e-12, "tau_mem is 1e-12 larger than tau_syn"},
                          {1 - 1e-12, "tau_mem is 1e-12 smaller than tau_syn"},
                          {1 + 0x1p-52, "tau_mem is the double after tau_syn"},
                          {1 - 0x1p-53, "tau_mem is the double before tau_syn"},
                          {1 + 1e-6, "tau_mem is 1e-6 larger than tau_syn"},
                          {64, "tau_mem = 64 tau_syn"},
                          {0x1p-6, "tau_mem = tau_syn / 64"},
                          {0, "equal, nearly equal and different time constants side by side"}};
    net->hid.each = net->out.each = true;
    for (size_t n = 0; n < net->hidden; n++) {
        double ratio = way == NET_WAYS - 1 ? ratios[n + 2].ratio : ratios[way].ratio;
        net->hid.tau_syn[n] = ratio < 1 ? 16 : ratio > 8 ? 0.5 : 4;
        net->hid.tau_mem[n] = net->hid.tau_syn[n] * ratio;
    }
    for (size_t n = 0; n < net->outputs; n++) {
        bool too = way < NET_WAYS - 1 && case_random_chance(r, 0.5);
        double ratio = too ? ratios[way].ratio : ratios[n + 2].ratio;
        net->out.tau_syn[n] = ratio < 1 ? 16 : ratio > 8 ? 0.5 : 4;
        net->out.tau_mem[n] = net->out.tau_syn[n] * ratio;
    }
    return ratios[way].text;
}

static void clear_weights(double *weight, size_t first, size_t stride, size_t count, double value)
{
    for (size_t i = 0; i < count; i++) {
        weight[first + i * stride] = value;
    }
}

static const char *bend_zero_weights(struct net *net, struct case_random *r, size_t way)
{
    double *in = net->in_hid.weight, *out = net->hid_out.weight;
    size_t h = net->hidden, k = net->outputs, i = net->inputs;
    switch (way) {
    case 0:
        clear_weights(in, 0, h, i, 0);
        return "A hidden neuron whose weights are all zero";
    case 1:
        clear_weights(in, 0, 1, h, 0);
        return "An input whose weights are all zero";
    case 2:
        clear_weights(out, 0, k, h, 0);
        return "An output whose weights are all zero";
    case 3:
        clear_weights(in, 0, 1, h * i, 0);
        return "No input reaches the network";
    case 4:
        net_draw_recurrent(net, r, 1);
        clear_weights(net->hid_hid.weight, 0, 1, h * h, 0);
        return "Recurrent weights that are all zero";
    case 5:
        clear_weights(in, 0, 1, h, -0.0);
        return "Weights of minus zero";
    case 6:
        net_draw_recurrent(net, r, 0.6);
        clear_weights(net->hid_hid.weight, 0, h + 1, h, 0);
        return "A recurrent layer without self-connections";
    case 7:
        for (size_t s = 0; s < h * i; s++) {
            in[s] *= s / h == s % h ? 2 : 0;
        }
        return "A diagonal matrix of input weights";
    case 8:
        clear_weights(in, 1, 1, h * i - 1, 0);
        in[0] = 9;
        return "One input weight that is not zero";
    case 9:
        clear_weights(out, 1, 1, h * k - 1, 0);
        out[0] = 7;
        return "One output weight that is not zero";
    case 10:
        clear_weights(out, 0, 1, h * k, 0);
        return "Output weights that are all zero";
    default:
        net_draw_delays(&net->in_hid, r, 0, 5);
        clear_weights(in, 0, h, i, 0);
        clear_weights(in, 0, 1, h, 0);
        return "Zero weights with delays";
    }
}

int case_make_degenerate_simultaneous(struct case_made *made, uint64_t seed, uint64_t k)
{
    return net_make(made, "degenerate-simultaneous", seed, k, bend_simultaneous);
}

int case_make_degenerate_twins(struct case_made *made, uint64_t seed, uint64_t k)
{
    return net_make(made, "degenerate-twins", seed, k, bend_twins);
}

int case_make_degenerate_taus(struct case_made *made, uint64_t seed, uint64_t k)
{
    return net_make(made, "degenerate-taus", seed, k, bend_taus);
}

int case_make_degenerate_zero_weights(struct case_made *made, uint64_t seed, uint64_t k)
{
    return net_make(made, "degenerate-zero-weights", seed, k, bend_zero_weights);
}
