/* SPDX-License-Identifier: MIT */
/* family_random.c: the families "random-*", generic networks without exact ties.
 *
 * A family sets a plan (layers, recurrence, delays, ...), and one generator fills it with random
 * numbers. Weights are scaled so that the mean drive of a neuron is a few thresholds: most neurons
 * spike once or a few times, most outputs get input. k mod 11 chooses the loss. */
#include "cases/families/build.h"
#include "cases/families/families.h"

enum delays { NO_DELAY, ONE_DELAY, DELAY_MATRIX };
enum { MAX_LAYERS = 4 };

struct plan {
    size_t variant; /* of the loss */
    size_t inputs, input_spikes, layers, size[MAX_LAYERS], outputs, samples;
    size_t copies; /* projections between one pair */
    bool recurrent, skip, heterogeneous;
    enum delays delays, recurrent_delays;
    double end;
};

/* What a projection has to know about its ends. */
struct end {
    size_t population, size;
    double spikes; /* expected, per neuron and trial */
    double tau_syn, threshold;
    bool output;
};

static struct plan draw_plan(struct case_random *r, uint64_t k)
{
    struct plan plan = {.variant = (size_t)(k % CASE_BUILD_LOSSES), .samples = 1, .copies = 1};
    bool costly = case_build_loss_costly(plan.variant);
    bool single = case_build_loss_kind(plan.variant) == CASE_FIRST_SPIKE_SQUARED_ERROR ||
                  case_build_loss_kind(plan.variant) == CASE_VOLTAGE_SQUARED_ERROR;

    plan.inputs = case_random_from(r, 1, costly ? 3 : 6);
    plan.input_spikes = case_random_from(r, 1, costly ? 3 : 5);
    plan.layers = 1;
    for (size_t i = 0; i < MAX_LAYERS; i++) {
        plan.size[i] = case_random_from(r, 1, costly ? 2 : 5);
    }
    plan.outputs = case_random_from(r, single ? 1 : 2, costly ? 2 : 4);
    plan.end = case_random_between(r, 25, 80);
    return plan;
}

/* Numbers of one layer. Outputs of max-voltage get a bias, because with bias 0 the gradient by the
 * bias does not exist where V never exceeds its initial 0. */
static struct case_build_neurons draw_neurons(struct case_random *r, const struct plan *plan,
                                              size_t size, enum case_model model)
{
    double threshold = case_random_chance(r, 0.5) ? 1 : case_random_between(r, 0.5, 2);
    double tau_syn = case_random_between(r, 2, 7);
    double tau_mem = case_random_between(r, 8, 30);
    struct case_build_neurons neurons = case_build_alike(size, tau_mem, tau_syn, threshold);
    bool biased =
        model == CASE_LI && case_build_loss_kind(plan->variant) == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    neurons.each = plan->heterogeneous || biased;
    for (size_t n = 0; neurons.each && n < size; n++) {
        if (plan->heterogeneous) {
            neurons.tau_mem[n] = case_random_between(r, 5, 40);
            neurons.tau_syn[n] = case_random_between(r, 1.5, 12);
            neurons.threshold[n] = case_random_between(r, 0.5, 1.5);
            neurons.reset[n] = case_random_between(r, -0.5, 0.3);
            neurons.bias[n] = case_random_between(r, -0.2, 0.4);
        }
        if (biased) {
            neurons.bias[n] = case_random_between(r, 0.01, 0.1);
            if (!case_random_chance(r, 0.8)) {
                neurons.bias[n] *= -1;
            }
        }
    }
    return neurons;
}

/* One projection. share: part of the drive that it has to carry. */
static void draw_projection(struct case_builder *b, const struct plan *plan, struct end from,
                            struct end to, double share, enum delays delays)
{
    struct case_random *r = &b->random;
    size_t synapses = from.size * to.size;
    double weight[CASE_BUILD_NEURONS * CASE_BUILD_NEURONS];
    double delay[CASE_BUILD_NEURONS * CASE_BUILD_NEURONS];

    double arrivals = from.spikes * (double)from.size;
    double mean = share * to.threshold * case_random_between(r, 1.2, 2.8) * 0.6 * plan->end /
                  (arrivals * to.tau_syn);
    double most = share * 14 * to.threshold;
    mean = mean < most ? mean : most;
    for (size_t s = 0; s < synapses; s++) {
        weight[s] =
            to.output ? case_random_normal(r, 0.5, 1.5) : mean * case_random_between(r, 0.4, 1.7);
        if (!to.output && from.size > 1 && case_random_chance(r, 0.12)) {
            weight[s] *= -0.5;
        }
    }

    size_t count = delays == DELAY_MATRIX ? synapses : 1;
    for (size_t s = 0; s < count; s++) {
        delay[s] = delays == NO_DELAY ? 0 : case_random_between(r, 0.1, 6);
    }
    case_build_projection(b, from.population, to.population, weight, delay, count);
}

/* Recurrent weights of both signs, small beside the feed-forward drive; self-connections too. */
static void draw_recurrent(struct case_builder *b, const struct plan *plan, struct end layer)
{
    struct case_random *r = &b->random;
    size_t synapses = layer.size * layer.size;
    double weight[CASE_BUILD_NEURONS * CASE_BUILD_NEURONS];
    double delay[CASE_BUILD_NEURONS * CASE_BUILD_NEURONS];
    /* Without delay, excitation that feeds on itself can burst without limit. */
    double deviation = plan->recurrent_delays == NO_DELAY ? 0.5 : 1.2;
    for (size_t s = 0; s < synapses; s++) {
        weight[s] = layer.threshold * case_random_normal(r, 0, deviation);
    }
    size_t count = plan->recurrent_delays == DELAY_MATRIX ? synapses : 1;
    for (size_t s = 0; s < count; s++) {
        delay[s] = plan->recurrent_delays == NO_DELAY ? 0 : case_random_between(r, 0.05, 8);
    }
    case_build_projection(b, layer.population, layer.population, weight, delay, count);
}

static void draw_projections(struct case_builder *b, const struct plan *plan,
                             const struct end *layer, size_t layers)
{
    for (size_t l = 1; l < layers; l++) {
        bool skipped = plan->skip && l >= 2;
        double share = (skipped ? 0.6 : 1) / (double)plan->copies;
        for (size_t copy = 0; copy < plan->copies; copy++) {
            enum delays delays = plan->delays;
            if (copy > 0) {
                delays = delays == ONE_DELAY ? DELAY_MATRIX : ONE_DELAY;
            }
            draw_projection(b, plan, layer[l - 1], layer[l], share, delays);
        }
        if (skipped) {
            draw_projection(b, plan, layer[l - 2], layer[l], 0.4, plan->delays);
        }
        if (plan->recurrent && !(layer[l].output)) {
            draw_recurrent(b, plan, layer[l]);
        }
    }
}

static void draw_inputs(struct case_builder *b, const struct plan *plan)
{
    struct case_random *r = &b->random;
    for (size_t s = 0; s < plan->samples; s++) {
        case_build_sample(b);
        for (size_t n = 0; n < plan->inputs; n++) {
            double time[CASE_BUILD_TIMES];
            for (size_t i = 0; i < plan->input_spikes; i++) {
                time[i] = case_random_between(r, 0, 0.6 * plan->end);
            }
            case_build_spikes(b, s, 0, n, time, plan->input_spikes);
        }
    }
}

static int make_network(struct case_made *made, struct case_builder *b, const struct plan *plan)
{
    struct case_random *r = &b->random;
    static const char *const names[MAX_LAYERS] = {"hid", "hid2", "hid3", "hid4"};
    struct end layer[MAX_LAYERS + 2] = {{0}};

    case_build_end(b, plan->end, 0x1p-3);
    layer[0].population = case_build_source(b, "in", plan->inputs);
    layer[0].size = plan->inputs;
    layer[0].spikes = (double)plan->input_spikes;
    for (size_t l = 1; l <= plan->layers + 1; l++) {
        bool last = l == plan->layers + 1;
        enum case_model model = last ? case_build_loss_model(plan->variant) : CASE_LIF;
        size_t size = last ? plan->outputs : plan->size[l - 1];
        struct case_build_neurons neurons = draw_neurons(r, plan, size, model);
        layer[l] = (struct end){.size = size,
                                .spikes = 2,
                                .tau_syn = neurons.tau_syn[0],
                                .threshold = neurons.threshold[0],
                                .output = model == CASE_LI};
        layer[l].population =
            case_build_population(b, last ? "out" : names[l - 1], model, &neurons);
    }
    draw_projections(b, plan, layer, plan->layers + 2);
    case_build_random_loss(b, plan->variant, layer[plan->layers + 1].population);
    draw_inputs(b, plan);
    case_build_tune(b, 1, case_build_loss_costly(plan->variant) ? 3 : case_random_from(r, 2, 8));
    case_build_random_targets(b);
    return case_build_finish(made, b, CASE_DECIDED);
}

int case_make_random_feedforward(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    case_build_start(&b, "random-feedforward", seed, k, 1);
    struct plan plan = draw_plan(&b.random, k);
    plan.layers = case_random_chance(&b.random, 0.3) ? 0 : 1;
    case_build_note(&b, "A feed-forward network with %zu hidden layer(s); loss: %s.", plan.layers,
                    case_build_loss_name(plan.variant));
    return make_network(made, &b, &plan);
}

int case_make_random_deep(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    case_build_start(&b, "random-deep", seed, k, 1);
    struct plan plan = draw_plan(&b.random, k);
    plan.layers = case_build_loss_costly(plan.variant) ? 2 : case_random_from(&b.random, 2, 4);
    plan.skip = case_random_chance(&b.random, 0.4);
    plan.end += 20;
    case_build_note(&b, "A network with %zu hidden layers%s; loss: %s.", plan.layers,
                    plan.skip ? " and connections that skip one" : "",
                    case_build_loss_name(plan.variant));
    return make_network(made, &b, &plan);
}

int case_make_random_recurrent(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    static const char *const delays[] = {"without delay", "with one delay", "with many delays"};
    case_build_start(&b, "random-recurrent", seed, k, 1);
    struct plan plan = draw_plan(&b.random, k);
    plan.recurrent = true;
    plan.recurrent_delays = (enum delays)(k / CASE_BUILD_LOSSES % 3);
    plan.layers = case_random_from(&b.random, 1, case_build_loss_costly(plan.variant) ? 1 : 2);
    case_build_note(&b, "Recurrent layers with self-connections, %s; loss: %s.",
                    delays[plan.recurrent_delays], case_build_loss_name(plan.variant));
    return make_network(made, &b, &plan);
}

int case_make_random_delays(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    case_build_start(&b, "random-delays", seed, k, 1);
    struct plan plan = draw_plan(&b.random, k);
    plan.delays = k / CASE_BUILD_LOSSES % 2 ? DELAY_MATRIX : ONE_DELAY;
    plan.copies = case_build_loss_costly(plan.variant) ? 1 : case_random_from(&b.random, 1, 3);
    plan.recurrent = case_random_chance(&b.random, 0.3);
    plan.recurrent_delays = DELAY_MATRIX;
    plan.skip = case_random_chance(&b.random, 0.3);
    plan.end += 10;
    case_build_note(&b, "Delays: %s first, %zu projection(s) between each pair; loss: %s.",
                    plan.delays == DELAY_MATRIX ? "a matrix" : "one number", plan.copies,
                    case_build_loss_name(plan.variant));
    return make_network(made, &b, &plan);
}

int case_make_random_heterogeneous(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    case_build_start(&b, "random-heterogeneous", seed, k, 1);
    struct plan plan = draw_plan(&b.random, k);
    plan.heterogeneous = true;
    plan.recurrent = case_random_chance(&b.random, 0.3);
    plan.recurrent_delays = (enum delays)case_random_below(&b.random, 3);
    plan.delays = (enum delays)case_random_below(&b.random, 3);
    case_build_note(&b,
                    "Every neuron has its own time constants, threshold, reset and bias; "
                    "loss: %s.",
                    case_build_loss_name(plan.variant));
    return make_network(made, &b, &plan);
}

int case_make_random_batch(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    case_build_start(&b, "random-batch", seed, k, 1);
    struct plan plan = draw_plan(&b.random, k);
    bool costly = case_build_loss_costly(plan.variant);
    plan.samples = case_random_from(&b.random, 2, costly ? 2 : 4);
    plan.input_spikes = case_random_from(&b.random, 1, 3);
    plan.inputs = case_random_from(&b.random, 1, costly ? 2 : 4);
    plan.recurrent = case_random_chance(&b.random, 0.3);
    plan.delays = (enum delays)case_random_below(&b.random, 2);
    case_build_note(&b, "A batch of %zu samples; loss: %s.", plan.samples,
                    case_build_loss_name(plan.variant));
    return make_network(made, &b, &plan);
}
