/* SPDX-License-Identifier: MIT */
/* family_first_spikes.c: the family "first-spikes", feed-forward networks of one to three layers in
 * which every input and every neuron spikes at most once: the reset is so low that none comes back
 * within a trial. What k mod 8 chooses is where solvers of first spikes go wrong: a peak between
 * arrivals, inhibition just after a crossing, silent inputs, a crossing just after the end, times
 * of more than 100 and more than 800 synaptic time constants. */
#include "cases/families/families.h"
#include "cases/families/family_like.h"
#include "cases/families/sketch.h"

#include <stdlib.h>

enum kind { PLAIN, PEAK, INHIBITION, SILENT_INPUT, LATE, VERY_LATE, AFTER_END, BELOW, KINDS };
enum { MOST_LAYERS = 3, MOST_SIZE = 5 };
#define RESET (-0x1p20)

static const char *const about[KINDS] = {
    "nothing else",
    "a peak just above the threshold",
    "inhibition just after a crossing",
    "a silent input",
    "times beyond 100 synaptic time constants",
    "times beyond 800 synaptic time constants",
    "a crossing just after the end, and a silent input",
    "a peak just below the threshold",
};

struct net {
    enum kind kind;
    size_t layers, size[MOST_LAYERS + 1]; /* 0: inputs */
    double tau_syn;                       /* of the first layer */
};

static void draw_weights(struct case_builder *b, const struct net *net, size_t layer)
{
    struct case_random *r = &b->random;
    double weight[MOST_SIZE * MOST_SIZE], delay = 0;
    size_t rows = net->size[layer - 1], columns = net->size[layer];
    for (size_t k = 0; k < rows * columns; k++) {
        bool inhibits = layer == 1 && net->kind == INHIBITION && k / columns == rows - 1;
        weight[k] = case_random_between(r, 1, 5) * 4 / (double)rows;
        if (inhibits || (rows > 2 && case_random_chance(r, 0.12)))
            weight[k] *= -0.5;
    }
    case_build_projection(b, layer - 1, layer, weight, &delay, 1);
}

static void draw_net(struct case_builder *b, struct net *net)
{
    struct case_random *r = &b->random;
    static const char *const names[MOST_LAYERS + 1] = {"in", "hid", "hid2", "out"};
    case_build_source(b, "in", net->size[0]);
    for (size_t layer = 1; layer <= net->layers; layer++) {
        double tau_syn = case_random_between(r, 2, 6);
        double tau_mem = tau_syn * case_random_between(r, 1.5, 4.5);
        struct case_build_neurons neurons = case_build_alike(net->size[layer], tau_mem, tau_syn, 1);
        neurons.reset[0] = RESET;
        if (layer == 1)
            net->tau_syn = tau_syn;
        case_build_population(b, names[layer == net->layers ? MOST_LAYERS : layer], CASE_LIF,
                              &neurons);
    }
    for (size_t layer = 1; layer <= net->layers; layer++)
        draw_weights(b, net, layer);
}

static void draw_inputs(struct case_builder *b, const struct net *net)
{
    size_t sample = case_build_sample(b);
    bool silent = net->kind == SILENT_INPUT || net->kind == AFTER_END;
    for (size_t n = 0; n < net->size[0]; n++) {
        double time = case_random_between(&b->random, 0, 0.3 * b->problem->end);
        if (!(silent && n == net->size[0] - 1))
            case_build_spikes(b, sample, 0, n, &time, 1);
    }
}

/* ---- where solvers go wrong ---- */

/* The last input, which inhibits, moves to just after a first spike of the first layer. */
static void inhibit(struct case_builder *b, const struct net *net)
{
    struct case_train *train = &b->problem->sample[0].spikes[0][net->size[0] - 1];
    double after = b->problem->end * case_random_log_between(&b->random, 1e-8, 1e-3);
    struct case_sketch sketch;
    train->at[0] = b->problem->end * (1 - 0x1p-10); /* it changes nothing before it comes */
    if (case_sketch(&sketch, b->problem, 0) != 0)
        return;
    for (size_t k = 0; k < sketch.count; k++)
        if (sketch.spike[k].population == 1) {
            train->at[0] = sketch.spike[k].time + after;
            break;
        }
    free(sketch.spike);
}

/* The trial ends just before the last first spike of an output; no input is later. */
static void end_before(struct case_builder *b, const struct net *net)
{
    struct case_problem *c = b->problem;
    double before = c->end * case_random_log_between(&b->random, 1e-8, 1e-3), last = 0;
    struct case_sketch sketch;
    if (case_sketch(&sketch, c, 0) != 0)
        return;
    for (size_t k = 0; k < sketch.count; k++)
        last = sketch.spike[k].population == net->layers ? sketch.spike[k].time : last;
    free(sketch.spike);
    double end = last - before;
    for (size_t n = 0; n < net->size[0]; n++)
        if (c->sample[0].spikes[0][n].count > 0 && c->sample[0].spikes[0][n].at[0] >= end)
            return;
    if (end > 0)
        case_build_end(b, end, c->step);
}

static void come_later(struct case_builder *b, const struct net *net, double least, double most)
{
    struct case_problem *c = b->problem;
    double by = net->tau_syn * case_random_between(&b->random, least, most);
    for (size_t n = 0; n < net->size[0]; n++)
        for (size_t k = 0; k < c->sample[0].spikes[0][n].count; k++)
            c->sample[0].spikes[0][n].at[k] += by;
    case_build_end(b, c->end + by, c->step);
}

static void bring(struct case_builder *b, const struct net *net)
{
    switch (net->kind) {
    case PEAK:
        case_like_bring(b, CASE_LIKE_PEAK_ABOVE, false);
        break;
    case BELOW:
        case_like_bring(b, CASE_LIKE_PEAK_BELOW, false);
        break;
    case INHIBITION:
        inhibit(b, net);
        break;
    case LATE:
        come_later(b, net, 100, 150);
        break;
    case VERY_LATE:
        come_later(b, net, 800, 1000);
        break;
    case AFTER_END:
        end_before(b, net);
        break;
    default:
        break;
    }
}

int case_make_first_spikes(struct case_made *made, uint64_t seed, uint64_t k)
{
    static const size_t losses[] = {3, 1, 7, 5}; /* of build_loss.c: those of first spikes */
    struct case_builder b;
    case_build_start(&b, "first-spikes", seed, k, 60);
    struct net net = {.kind = (enum kind)(k % KINDS)};
    size_t variant = losses[k / KINDS % 4];
    net.layers = 1 + (size_t)(k / KINDS % MOST_LAYERS);
    for (size_t layer = 0; layer <= net.layers; layer++)
        net.size[layer] = case_random_from(&b.random, 2, layer == net.layers ? 3 : MOST_SIZE);
    draw_net(&b, &net);
    if (b.problem)
        draw_inputs(&b, &net);
    case_build_tune(&b, 1, 1);
    if (b.problem)
        bring(&b, &net);
    case_build_random_loss(&b, variant, net.layers);
    case_build_random_targets(&b);
    case_build_note(&b, "First spikes of %zu layer(s), with %s; loss: %s.", net.layers,
                    about[net.kind], case_build_loss_name(variant));
    return case_build_finish(made, &b, CASE_DECIDED);
}
