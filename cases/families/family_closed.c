/* SPDX-License-Identifier: MIT */
/* family_closed.c: the families closed-quadratic, closed-lambert and closed-chain.
 *
 * A candidate is drawn, solved by formula (closed.c) and thrown away if it is not what was wanted:
 * outputs that spike (or exactly one that does not), clear slopes, and a chain in which only first
 * spikes matter. Most are thrown away, so that is found out at few bits, and what stays is solved
 * again at all of them. Draws go on in the same stream, so a case depends on nothing else. */
#include "cases/families/closed.h"
#include "cases/families/families.h"

enum { ATTEMPTS = 400 };
enum ratio { RATIO_TWO, RATIO_ONE };

/* The first-spike losses among the variants of build_loss.c. */
static const size_t first_spike_variants[4] = {3, 1, 7, 5};

struct wanted {
    const char *family;
    uint64_t seed, k;
    size_t variant, outputs;
    size_t silent; /* outputs that must stay silent */
    enum ratio ratio;
    bool chain;
};

static struct case_build_neurons draw_neurons(struct case_random *r, size_t size, enum ratio ratio,
                                              bool biased)
{
    struct case_build_neurons neurons = case_build_alike(size, 0, 0, 0);
    neurons.each = case_random_chance(r, 0.5) != 0;
    for (size_t n = 0; n < size; n++) {
        neurons.tau_mem[n] = case_random_between(r, 5, 30);
        neurons.tau_syn[n] = ratio == RATIO_TWO ? neurons.tau_mem[n] / 2 : neurons.tau_mem[n];
        neurons.threshold[n] = case_random_between(r, 0.5, 1.5);
        neurons.reset[n] = case_random_chance(r, 0.5) ? 0 : case_random_between(r, -0.5, 0.3);
        neurons.bias[n] = biased ? case_random_between(r, -0.3, 0.45) : 0;
    }
    return neurons;
}

/* Weights large enough for one input to fire a neuron most of the time. The last column can be made
 * too small for that. */
static void draw_projection(struct case_builder *b, size_t source, size_t target, size_t rows,
                            size_t columns, size_t silent, size_t delays)
{
    struct case_random *r = &b->random;
    double weight[CASE_BUILD_NEURONS], delay[CASE_BUILD_NEURONS];
    for (size_t s = 0; s < rows * columns; s++) {
        weight[s] = case_random_between(r, 2.5, 11);
        if (s % columns >= columns - silent) {
            weight[s] *= 0.1;
        } else if (rows > 1 && case_random_chance(r, 0.2)) {
            weight[s] *= -0.2;
        }
    }
    size_t count = delays == 2 ? rows * columns : 1;
    for (size_t s = 0; s < count; s++) {
        delay[s] = delays == 0 ? 0 : case_random_between(r, 0.1, 5);
    }
    case_build_projection(b, source, target, weight, delay, count);
}

static void draw_inputs(struct case_builder *b, size_t inputs, size_t most)
{
    struct case_random *r = &b->random;
    size_t sample = case_build_sample(b);
    for (size_t n = 0; n < inputs; n++) {
        double time[4];
        size_t count = case_random_from(r, 1, most);
        for (size_t i = 0; i < count; i++) {
            time[i] = case_random_between(r, 0, 12);
        }
        case_build_spikes(b, sample, 0, n, time, count);
    }
}

static void draw_layer(struct case_builder *b, const struct wanted *w)
{
    struct case_random *r = &b->random;
    size_t inputs = case_random_from(r, 1, 4);
    case_build_source(b, "in", inputs);
    struct case_build_neurons neurons =
        draw_neurons(r, w->outputs, w->ratio, case_random_chance(r, 0.5) != 0);
    size_t out = case_build_population(b, "out", CASE_LIF, &neurons);
    draw_projection(b, 0, out, inputs, w->outputs, w->silent, case_random_below(r, 3));
    case_build_random_loss(b, w->variant, out);
    draw_inputs(b, inputs, 2);
}

static void draw_chain(struct case_builder *b, const struct wanted *w)
{
    static const char *const names[] = {"first", "second", "third"};
    struct case_random *r = &b->random;
    size_t inputs = case_random_from(r, 1, 2), length = 2 + (size_t)(w->k % 2);
    size_t population[4] = {0};
    bool biased = case_random_chance(r, 0.5) != 0;
    case_build_source(b, "in", inputs);
    for (size_t l = 0; l < length; l++) {
        enum ratio ratio = case_random_chance(r, 0.5) ? RATIO_ONE : RATIO_TWO;
        size_t size = l + 1 == length ? w->outputs : 1;
        struct case_build_neurons neurons = draw_neurons(r, size, ratio, biased);
        population[l + 1] = case_build_population(b, names[l], CASE_LIF, &neurons);
    }
    for (size_t l = 0; l < length; l++) {
        draw_projection(b, population[l], population[l + 1], l == 0 ? inputs : 1,
                        l + 1 == length ? w->outputs : 1, 0, case_random_below(r, 3));
    }
    if (case_random_chance(r, 0.3)) { /* the input reaches the last neurons directly, too */
        draw_projection(b, 0, population[length], inputs, w->outputs, w->outputs, 1);
    }
    case_build_random_loss(b, w->variant, population[length]);
    draw_inputs(b, inputs, 1);
}

/* t_k, where a silent output counts as a spike at T + silent_after that nothing moves. */
static number first_time(struct closed *x, size_t k)
{
    const struct closed_neuron *n = x->neuron;
    while (n->population != x->c->loss.population) {
        n++;
    }
    return n[k].spikes > 0 ? n[k].spike[0]
                           : plus(&x->f, formula_given(&x->f, x->c->end),
                                  formula_given(&x->f, x->c->loss.silent_after));
}

/* What the label's time t costs: alpha (e^{t/tau1} - 1), or alpha/(1.01 T - t) (E18, E19). */
static number penalty(struct closed *x, number t)
{
    struct formula *f = &x->f;
    const struct case_loss *loss = &x->c->loss;
    number alpha = formula_given(f, loss->alpha), one = formula_given(f, 1);
    if (loss->penalty == CASE_PENALTY_EXPONENTIAL) {
        number e = e_to_minus(f, over(f, t, formula_given(f, -loss->tau1)));
        return times(f, alpha, minus(f, e, one));
    }
    number pole = over(f, formula_given(f, 101), formula_given(f, 100));
    pole = times(f, pole, formula_given(f, x->c->end));
    return over(f, alpha, minus(f, pole, t));
}

/* Cross-entropy t_l/tau0 + log sum_k e^{-t_k/tau0} + penalty; squared error half the sum of
 * (t_k - times_k)^2, margin that of (t_k - t_l - margin)^2 over k != l (E20, E21). */
static number first_spike_loss(struct closed *x)
{
    struct formula *f = &x->f;
    const struct case_loss *loss = &x->c->loss;
    const struct case_sample *sample = x->c->sample;
    size_t size = x->c->population[loss->population].size;
    number sum = 0, half = formula_given(f, 0.5), tau0 = formula_given(f, loss->tau0);
    bool entropy = loss->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY;
    bool margin = loss->kind == CASE_FIRST_SPIKE_MARGIN;
    number label = margin || entropy ? first_time(x, sample->label) : 0;
    for (size_t k = 0; k < size; k++) {
        number t = first_time(x, k);
        if (entropy) {
            sum = plus(f, sum, e_to_minus(f, over(f, t, tau0)));
        } else if (!margin || k != sample->label) {
            number base = margin ? plus(f, label, formula_given(f, loss->margin))
                                 : formula_given(f, sample->times[k]);
            number gap = minus(f, t, base);
            sum = plus(f, sum, times(f, half, times(f, gap, gap)));
        }
    }
    if (!entropy) {
        return sum;
    }
    return plus(f, plus(f, over(f, label, tau0), ln(f, sum)), penalty(x, label));
}

/* Only first spikes matter, every neuron spikes but for the wanted silent outputs, and no crossing
 * is shallow. */
static bool acceptable(const struct closed *x, const struct case_problem *c, const struct wanted *w)
{
    size_t silent = 0;
    for (size_t k = 0; k < x->neurons; k++) {
        const struct closed_neuron *n = &x->neuron[k];
        const struct case_population *p = &c->population[n->population];
        if (n->spikes == 0) {
            silent += n->population == c->loss.population ? 1 : CLOSED_NEURONS;
        } else if (!(mpfr_get_d(value(&x->f, n->slope), MPFR_RNDN) *
                         case_value(&p->tau_mem, n->index) >
                     0x1p-5 * case_value(&p->threshold, n->index))) {
            return false;
        }
    }
    return silent == w->silent && !x->second;
}

/* *good: it was what is wanted; then its truth goes to made, unless that is NULL. */
static enum closed_status solve(struct case_made *made, const struct case_problem *c, bool *good,
                                const struct wanted *w, mpfr_prec_t bits)
{
    struct closed x;
    enum closed_status status = closed_start(&x, c, bits) ? closed_solve(&x) : CLOSED_NO_MEMORY;
    *good = status == CLOSED_OK && acceptable(&x, c, w);
    if (*good && made != NULL && closed_publish(made, &x, first_spike_loss(&x)) != 0) {
        status = CLOSED_NO_MEMORY;
    }
    closed_clear(&x);
    return status;
}

/* One draw. *known: whether it was good and its truth has been published. */
static int attempt(struct case_made *made, bool *known, struct case_builder *b,
                   const struct wanted *w)
{
    struct case_random random = b->random;
    case_build_start(b, w->family, w->seed, w->k, 1);
    b->random = random;
    case_build_end(b, case_random_between(&b->random, 30, 70), 0x1p-3);
    if (w->chain) {
        draw_chain(b, w);
    } else {
        draw_layer(b, w);
    }
    case_build_random_targets(b);
    case_build_note(b, "%s; %zu output(s), %zu of them silent; loss: %s.",
                    w->chain ? "A chain in which one spike makes the next"
                    : w->ratio == RATIO_ONE
                        ? "Equal time constants, spikes by Lambert's W"
                        : "tau_mem = 2 tau_syn, spikes by the quadratic formula",
                    w->outputs, w->silent, case_build_loss_name(w->variant));
    if (case_build_finish(made, b, CASE_DECIDED) != 0) {
        return -1;
    }

    enum closed_status status = solve(NULL, made->problem, known, w, CLOSED_DRAFT_BITS);
    if (*known) {
        status = solve(made, made->problem, known, w, CLOSED_BITS);
    }
    return status == CLOSED_NO_MEMORY ? -1 : 0;
}

/* A case that was never acceptable is still a good case, only without known values. */
static int make(struct case_made *made, const struct wanted *w)
{
    struct case_builder b;
    bool known = false;
    *made = (struct case_made){0};
    case_random_init(&b.random, w->seed, w->family, w->k);
    for (int i = 0; i < ATTEMPTS && !known; i++) {
        case_made_clear(made);
        if (attempt(made, &known, &b, w) != 0) {
            return -1;
        }
    }
    return 0;
}

static struct wanted want(const char *family, uint64_t seed, uint64_t k)
{
    struct wanted w = {.family = family, .seed = seed, .k = k};
    w.variant = first_spike_variants[k % 4];
    bool single = case_build_loss_kind(w.variant) != CASE_FIRST_SPIKE_MARGIN && k / 4 % 3 == 0;
    w.outputs = single ? 1 : 2 + (size_t)(k / 12 % 2);
    return w;
}

int case_make_closed_quadratic(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct wanted w = want("closed-quadratic", seed, k);
    w.silent = w.outputs > 1 && k % 5 == 4;
    return make(made, &w);
}

int case_make_closed_lambert(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct wanted w = want("closed-lambert", seed, k);
    w.ratio = RATIO_ONE;
    w.silent = w.outputs > 1 && k % 5 == 4;
    return make(made, &w);
}

int case_make_closed_chain(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct wanted w = want("closed-chain", seed, k);
    w.chain = true;
    return make(made, &w);
}
