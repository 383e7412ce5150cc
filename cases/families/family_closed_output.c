/* family_closed_output.c: the family closed-output: LI outputs driven by input spikes, losses and
 * gradients by hand.
 *
 * V of an output and its derivative by any parameter are sums of terms
 *     coefficient t^power e^(-rate t)     from some time on        (family_closed_terms.c)
 * and so is the weighting of the loss. With L the loss of one sample, every gradient is
 *     dL/dp = int_0^T q_k(t) dV_k/dp dt
 *         q = (p_k - [k = l]) w(t)/T               voltage-integral        (E14)
 *         q = (V_k - y_k(t))/T                     squared error           (E17)
 *     dL/dp = (p_k - [k = l]) dV_k/dp (t_k)        max-voltage             (E16)
 *         t_k where V_k is largest
 * For max-voltage every output gets one excitatory arrival at a and bias 0: t_k = a + u, with
 *     u = ln(tau_mem/tau_syn) tau_mem tau_syn/(tau_mem - tau_syn), or tau,
 * or T if that comes first (E6). */
#include "cases/families/families.h"
#include "cases/families/family_closed_terms.h"

#include <stdlib.h>

enum { OUTPUTS = 3 };

/* LI variants of build_loss.c that have closed forms. */
static const size_t variants[5] = {0, 8, 4, 2, 6};

struct output {
    struct case_problem *c;
    const struct case_block *block;
    size_t parameters;
    mpfr_t *gradient;             /* [parameters] */
    mpfr_t loss;                  /* sum over samples */
    struct closed_terms *voltage; /* [OUTPUTS], of the sample at hand */
    struct closed_terms *seed;    /* q_k of the output at hand */
    struct closed_terms *change;  /* dV_k/dp */
    mpfr_t share[OUTPUTS];        /* p_k - [k = l] */
    mpfr_t peak[OUTPUTS];         /* t_k of max-voltage */
};

static void draw(struct case_builder *b, size_t variant)
{
    struct case_random *r = &b->random;
    bool maximum = case_build_loss_kind(variant) == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    size_t outputs = case_random_from(r, 2, OUTPUTS),
           inputs = maximum ? 1 : case_random_from(r, 1, 3);
    size_t samples = case_random_from(r, 1, 2), ratio = (size_t)(b->k / 5 % 4);
    struct case_build_neurons neurons = case_build_alike(outputs, 1, 1, 1);
    neurons.each = true;
    for (size_t n = 0; n < outputs; n++) {
        neurons.tau_mem[n] = case_random_between(r, 4, 30);
        neurons.tau_syn[n] = ratio == 0   ? neurons.tau_mem[n]
                             : ratio == 1 ? neurons.tau_mem[n] / 2
                                          : neurons.tau_mem[n] * case_random_between(r, 0.1, 0.8);
        if (ratio == 3) {
            neurons.tau_syn[n] *= 4;
        }
        neurons.bias[n] = maximum || b->k % 2 ? 0 : case_random_between(r, -0.4, 0.4);
    }
    case_build_source(b, "in", inputs);
    size_t out = case_build_population(b, "out", CASE_LI, &neurons);

    double weight[3 * OUTPUTS], delay[3 * OUTPUTS];
    size_t delays = case_random_below(r, 3);
    for (size_t s = 0; s < inputs * outputs; s++) {
        weight[s] = maximum ? case_random_between(r, 0.5, 6) : case_random_normal(r, 0.5, 3);
        delay[s] = delays == 0 ? 0 : case_random_between(r, 0.1, 6);
    }
    case_build_projection(b, 0, out, weight, delay, delays == 2 ? inputs * outputs : 1);
    case_build_random_loss(b, variant, out);
    for (size_t s = 0; s < samples; s++) {
        case_build_sample(b);
        for (size_t n = 0; n < inputs; n++) {
            double time[3];
            size_t count = maximum ? 1 : case_random_from(r, 1, 3);
            for (size_t i = 0; i < count; i++) {
                time[i] = case_random_between(r, 0, 18);
            }
            case_build_spikes(b, s, 0, n, time, count);
        }
    }
    case_build_random_targets(b);
}

static void weighting_terms(struct closed_terms *terms, const struct case_problem *c)
{
    mpfr_t rate;
    mpfr_init2(rate, CLOSED_BITS);
    mpfr_set_zero(rate, 1);
    if (c->loss.weighting == CASE_EXPONENTIAL) {
        mpfr_set_d(rate, c->end, MPFR_RNDN);
        mpfr_ui_div(rate, 1, rate, MPFR_RNDN);
    }
    closed_terms_clear(terms);
    closed_terms_add_simple(terms, 1, 0, rate);
    if (c->loss.weighting == CASE_LINEAR) {
        mpfr_set_d(rate, c->end, MPFR_RNDN);
        mpfr_si_div(rate, -1, rate, MPFR_RNDN);
        closed_terms_add(terms, rate, 1, NULL, NULL);
    }
    mpfr_clear(rate);
}

static size_t outputs_of(const struct output *o)
{
    return o->c->population[o->c->loss.population].size;
}

/* log sum e^x - x_l added to the loss; share = softmax(x) - onehot. x is given in share. */
static void cross_entropy(struct output *o, size_t label)
{
    mpfr_t sum, e;
    mpfr_inits2(CLOSED_BITS, sum, e, (mpfr_ptr)0);
    mpfr_sub(o->loss, o->loss, o->share[label], MPFR_RNDN);
    mpfr_set_zero(sum, 1);
    for (size_t k = 0; k < outputs_of(o); k++) {
        mpfr_exp(o->share[k], o->share[k], MPFR_RNDN);
        mpfr_add(sum, sum, o->share[k], MPFR_RNDN);
    }
    for (size_t k = 0; k < outputs_of(o); k++) {
        mpfr_div(o->share[k], o->share[k], sum, MPFR_RNDN);
        if (k == label) {
            mpfr_sub_ui(o->share[k], o->share[k], 1, MPFR_RNDN);
        }
    }
    mpfr_log(e, sum, MPFR_RNDN);
    mpfr_add(o->loss, o->loss, e, MPFR_RNDN);
    mpfr_clears(sum, e, (mpfr_ptr)0);
}

/* When the only arrival makes V largest, or T. */
static void find_peak(mpfr_t peak, const struct case_problem *c, size_t sample, size_t k)
{
    const struct case_population *p = &c->population[c->loss.population];
    double tau_mem = case_value(&p->tau_mem, k), tau_syn = case_value(&p->tau_syn, k);
    mpfr_t gap, u;
    mpfr_inits2(CLOSED_BITS, gap, u, (mpfr_ptr)0);
    mpfr_set_d(gap, tau_mem, MPFR_RNDN);
    mpfr_set(u, gap, MPFR_RNDN);
    mpfr_sub_d(gap, gap, tau_syn, MPFR_RNDN);
    if (!mpfr_zero_p(gap)) {
        mpfr_div_d(u, u, tau_syn, MPFR_RNDN);
        mpfr_log(u, u, MPFR_RNDN);
        mpfr_mul_d(u, u, tau_mem, MPFR_RNDN);
        mpfr_mul_d(u, u, tau_syn, MPFR_RNDN);
        mpfr_div(u, u, gap, MPFR_RNDN);
    }
    mpfr_set_d(peak, c->sample[sample].spikes[0][0].at[0], MPFR_RNDN);
    mpfr_add_d(peak, peak, case_delay(c, &c->projection[0], 0, k), MPFR_RNDN);
    mpfr_add(peak, peak, u, MPFR_RNDN);
    if (mpfr_cmp_d(peak, c->end) > 0) {
        mpfr_set_d(peak, c->end, MPFR_RNDN);
    }
    mpfr_clears(gap, u, (mpfr_ptr)0);
}

/* Voltages, loss and shares of one sample. */
static void forward(struct output *o, size_t sample)
{
    const struct case_problem *c = o->c;
    size_t outputs = outputs_of(o);
    mpfr_t part;
    mpfr_init2(part, CLOSED_BITS);
    for (size_t k = 0; k < outputs; k++) {
        struct closed_terms *v = &o->voltage[k];
        closed_terms_voltage(v, c, sample, k);
        if (c->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
            weighting_terms(o->seed, c);
            closed_terms_integrate(o->share[k], v, o->seed, c->end);
            mpfr_div_d(o->share[k], o->share[k], c->end, MPFR_RNDN);
        } else if (c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
            find_peak(o->peak[k], c, sample, k);
            closed_terms_evaluate(o->share[k], v, o->peak[k]);
        } else {
            const struct case_steps *y = &c->sample[sample].voltages[k];
            closed_terms_subtract_steps(v, y);
            closed_terms_integrate(part, v, v, c->end);
            mpfr_div_d(part, part, c->end, MPFR_RNDN);
            mpfr_div_2ui(part, part, 1, MPFR_RNDN);
            mpfr_add(o->loss, o->loss, part, MPFR_RNDN);
        }
    }
    mpfr_clear(part);
    if (c->loss.kind != CASE_VOLTAGE_SQUARED_ERROR) {
        cross_entropy(o, c->sample[sample].label);
    }
}

/* Adds dL/dp, o->change being dV_k/dp. */
static void add_gradient(struct output *o, size_t k, size_t parameter)
{
    const struct case_problem *c = o->c;
    mpfr_t part;
    mpfr_init2(part, CLOSED_BITS);
    if (c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        closed_terms_evaluate(part, o->change, o->peak[k]);
    } else {
        closed_terms_integrate(part, o->change, o->seed, c->end);
        mpfr_div_d(part, part, c->end, MPFR_RNDN);
    }
    if (c->loss.kind != CASE_VOLTAGE_SQUARED_ERROR) {
        mpfr_mul(part, part, o->share[k], MPFR_RNDN);
    }
    mpfr_add(o->gradient[parameter], o->gradient[parameter], part, MPFR_RNDN);
    mpfr_clear(part);
}

static size_t first_of(const struct output *o, enum case_quantity quantity, size_t sample,
                       size_t neuron)
{
    const struct case_block *block = o->block;
    while (block->quantity != quantity ||
           (quantity == CASE_SPIKE_TIME && (block->sample != sample || block->neuron != neuron))) {
        block++;
    }
    return block->first;
}

static void backward(struct output *o, size_t sample, size_t k)
{
    static const enum case_quantity of_neuron[] = {CASE_BIAS, CASE_TAU_MEM, CASE_TAU_SYN};
    const struct case_problem *c = o->c;
    size_t outputs = outputs_of(o), inputs = c->population[0].size;
    if (c->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
        weighting_terms(o->seed, c);
    } else {
        closed_terms_copy(o->seed, &o->voltage[k]);
    }
    for (size_t q = 0; q < 3; q++) {
        closed_terms_change(o->change, c, sample, k, of_neuron[q]);
        add_gradient(o, k, first_of(o, of_neuron[q], 0, 0) + k);
    }
    for (size_t n = 0; n < inputs; n++) {
        for (size_t i = 0; i < c->sample[sample].spikes[0][n].count; i++) {
            closed_terms_change_arrival(o->change, c, sample, k, n, i, CASE_WEIGHT);
            add_gradient(o, k, first_of(o, CASE_WEIGHT, 0, 0) + n * outputs + k);
            closed_terms_change_arrival(o->change, c, sample, k, n, i, CASE_DELAY);
            add_gradient(o, k, first_of(o, CASE_DELAY, 0, 0) + n * outputs + k);
            add_gradient(o, k, first_of(o, CASE_SPIKE_TIME, sample, n) + i);
        }
    }
}

/* The loss is the mean over samples. */
static int publish(struct case_made *made, struct output *o)
{
    struct case_known known = {.kind = CASE_KNOWN_LOSS};
    unsigned long samples = (unsigned long)o->c->samples;
    mpfr_div_ui(o->loss, o->loss, samples, MPFR_RNDN);
    int status = case_build_known(made, &known, o->loss);
    known.kind = CASE_KNOWN_GRADIENT;
    for (known.parameter = 0; known.parameter < o->parameters && status == 0; known.parameter++) {
        mpfr_t *gradient = &o->gradient[known.parameter];
        mpfr_div_ui(*gradient, *gradient, samples, MPFR_RNDN);
        if (!mpfr_zero_p(*gradient)) {
            status = case_build_known(made, &known, *gradient);
        }
    }
    return status;
}

static int solve(struct case_made *made)
{
    struct output o = {.c = made->problem};
    struct case_block *block = NULL;
    size_t blocks = case_blocks(&block, &o.parameters, o.c);
    int status = -1;
    o.block = block;
    o.gradient = calloc(o.parameters, sizeof *o.gradient);
    struct closed_terms *terms = closed_terms_new(OUTPUTS + 2);
    if (blocks > 0 && o.gradient != NULL && terms != NULL) {
        o.voltage = terms;
        o.seed = &terms[OUTPUTS];
        o.change = &terms[OUTPUTS + 1];
        mpfr_init2(o.loss, CLOSED_BITS);
        mpfr_set_zero(o.loss, 1);
        for (size_t i = 0; i < o.parameters; i++) {
            mpfr_init2(o.gradient[i], CLOSED_BITS);
            mpfr_set_zero(o.gradient[i], 1);
        }
        for (size_t k = 0; k < OUTPUTS; k++) {
            mpfr_inits2(CLOSED_BITS, o.share[k], o.peak[k], (mpfr_ptr)0);
        }
        for (size_t s = 0; s < o.c->samples; s++) {
            forward(&o, s);
            for (size_t k = 0; k < outputs_of(&o); k++) {
                backward(&o, s, k);
            }
        }
        status = publish(made, &o);
        for (size_t k = 0; k < OUTPUTS; k++) {
            mpfr_clears(o.share[k], o.peak[k], (mpfr_ptr)0);
        }
        for (size_t i = 0; i < o.parameters; i++) {
            mpfr_clear(o.gradient[i]);
        }
        mpfr_clear(o.loss);
    }
    closed_terms_free(terms, OUTPUTS + 2);
    free(o.gradient);
    free(block);
    return status;
}

int case_make_closed_output(struct case_made *made, uint64_t seed, uint64_t k)
{
    struct case_builder b;
    size_t variant = variants[k % 5];
    case_build_start(&b, "closed-output", seed, k, 1);
    case_build_end(&b, case_random_between(&b.random, 25, 80), 0x1p-3);
    draw(&b, variant);
    case_build_note(&b, "LI outputs driven by input spikes, integrated by hand; loss: %s.",
                    case_build_loss_name(variant));
    return case_build_finish(made, &b, CASE_DECIDED) == 0 ? solve(made) : -1;
}
