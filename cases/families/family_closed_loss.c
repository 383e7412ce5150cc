/* family_closed_loss.c: first-spike losses of closed networks, their gradient by the chain rule,
 * and handing all of it over as known values.
 *
 * dL/dp = sum_k dL/dT_k dT_k/dp over the first spikes T_k; dL/dT_k of a hidden neuron comes from
 * the arrivals of its first spike further on, dL/dT_k of an output from the loss: cross-entropy
 * t_l/tau0 + log sum e^{-t_k/tau0} + alpha (e^{t_l/tau1} - 1):
 *                   ([k = l] - p_k)/tau0 + [k = l] (alpha/tau1) e^{t_l/tau1}
 *   reciprocal      alpha/(1.01 T - t_l) instead: alpha/(1.01 T - t_l)^2
 *   squared error   t_k - times_k
 *   margin          t_k - t_l - margin for k != l, minus their sum for l
 * A silent output counts as a spike at T + silent_after that nothing moves. */
#include "cases/families/family_closed.h"

#include <stdlib.h>

struct closed *closed_new(const struct case_problem *c, mpfr_prec_t bits)
{
    struct closed *closed = calloc(1, sizeof *closed);
    struct case_block *block = NULL;
    if (closed == NULL) {
        return NULL;
    }
    size_t blocks = case_blocks(&block, &closed->parameters, c);
    free(block);
    closed->gradient = malloc(closed->parameters * sizeof *closed->gradient);
    if (blocks == 0 || closed->gradient == NULL) {
        free(closed->gradient);
        free(closed);
        return NULL;
    }
    for (size_t i = 0; i < closed->parameters; i++) {
        mpfr_init2(closed->gradient[i], bits);
    }
    mpfr_init2(closed->loss, bits);
    for (size_t k = 0; k < CLOSED_NEURONS; k++) {
        struct closed_neuron *n = &closed->neuron[k];
        for (size_t a = 0; a < CLOSED_ARRIVALS; a++) {
            struct closed_arrival *arrival = &n->arrival[a];
            mpfr_inits2(bits, arrival->at, arrival->d_at, arrival->d_weight, (mpfr_ptr)0);
        }
        for (size_t s = 0; s < CLOSED_SPIKES; s++) {
            mpfr_init2(n->spike[s], bits);
        }
        mpfr_inits2(bits, n->slope, n->d_threshold, n->d_bias, n->d_tau_mem, n->d_tau_syn,
                    n->adjoint, (mpfr_ptr)0);
    }
    return closed;
}

void closed_free(struct closed *closed)
{
    if (closed == NULL) {
        return;
    }
    for (size_t i = 0; i < closed->parameters; i++) {
        mpfr_clear(closed->gradient[i]);
    }
    free(closed->gradient);
    mpfr_clear(closed->loss);
    for (size_t k = 0; k < CLOSED_NEURONS; k++) {
        struct closed_neuron *n = &closed->neuron[k];
        for (size_t a = 0; a < CLOSED_ARRIVALS; a++) {
            struct closed_arrival *arrival = &n->arrival[a];
            mpfr_clears(arrival->at, arrival->d_at, arrival->d_weight, (mpfr_ptr)0);
        }
        for (size_t s = 0; s < CLOSED_SPIKES; s++) {
            mpfr_clear(n->spike[s]);
        }
        mpfr_clears(n->slope, n->d_threshold, n->d_bias, n->d_tau_mem, n->d_tau_syn, n->adjoint,
                    (mpfr_ptr)0);
    }
    free(closed);
}

/* t_k, where a silent output counts as T + silent_after. */
static void first_time(mpfr_t t, const struct closed_neuron *n, const struct case_problem *c)
{
    if (n->spikes > 0) {
        mpfr_set(t, n->spike[0], MPFR_RNDN);
    } else {
        mpfr_set_d(t, c->end, MPFR_RNDN);
        mpfr_add_d(t, t, c->loss.silent_after, MPFR_RNDN);
    }
}

/* The penalty of the label's time t: added to the loss and to its adjoint. */
static void add_penalty(mpfr_t loss, mpfr_t adjoint, mpfr_srcptr t, const struct case_problem *c)
{
    mpfr_t a, b;
    mpfr_inits2(mpfr_get_prec(loss), a, b, (mpfr_ptr)0);
    if (c->loss.penalty == CASE_PENALTY_EXPONENTIAL) {
        mpfr_div_d(a, t, c->loss.tau1, MPFR_RNDN);
        mpfr_expm1(b, a, MPFR_RNDN);
        mpfr_exp(a, a, MPFR_RNDN);
        mpfr_div_d(a, a, c->loss.tau1, MPFR_RNDN);
    } else {
        mpfr_set_ui(a, 101, MPFR_RNDN);
        mpfr_div_ui(a, a, 100, MPFR_RNDN);
        mpfr_mul_d(a, a, c->end, MPFR_RNDN);
        mpfr_sub(a, a, t, MPFR_RNDN);
        mpfr_ui_div(b, 1, a, MPFR_RNDN);
        mpfr_sqr(a, b, MPFR_RNDN);
    }
    mpfr_mul_d(b, b, c->loss.alpha, MPFR_RNDN);
    mpfr_add(loss, loss, b, MPFR_RNDN);
    mpfr_mul_d(a, a, c->loss.alpha, MPFR_RNDN);
    mpfr_add(adjoint, adjoint, a, MPFR_RNDN);
    mpfr_clears(a, b, (mpfr_ptr)0);
}

static void cross_entropy(struct closed *closed, struct closed_neuron *out, size_t size,
                          const struct case_problem *c)
{
    size_t label = c->sample[0].label;
    mpfr_t sum, t, e;
    mpfr_inits2(mpfr_get_prec(closed->loss), sum, t, e, (mpfr_ptr)0);
    mpfr_set_zero(sum, 1);
    for (size_t k = 0; k < size; k++) {
        first_time(t, &out[k], c);
        mpfr_div_d(t, t, -c->loss.tau0, MPFR_RNDN);
        mpfr_exp(out[k].adjoint, t, MPFR_RNDN);
        mpfr_add(sum, sum, out[k].adjoint, MPFR_RNDN);
    }
    for (size_t k = 0; k < size; k++) { /* ([k = l] - e^{-t_k/tau0} / sum) / tau0 */
        mpfr_div(e, out[k].adjoint, sum, MPFR_RNDN);
        mpfr_ui_sub(e, k == label ? 1 : 0, e, MPFR_RNDN);
        mpfr_div_d(out[k].adjoint, e, c->loss.tau0, MPFR_RNDN);
    }
    first_time(t, &out[label], c);
    mpfr_log(sum, sum, MPFR_RNDN);
    mpfr_div_d(closed->loss, t, c->loss.tau0, MPFR_RNDN);
    mpfr_add(closed->loss, closed->loss, sum, MPFR_RNDN);
    add_penalty(closed->loss, out[label].adjoint, t, c);
    mpfr_clears(sum, t, e, (mpfr_ptr)0);
}

/* Squared error and margin: half the sum of the squares of differences. */
static void squares(struct closed *closed, struct closed_neuron *out, size_t size,
                    const struct case_problem *c)
{
    bool margin = c->loss.kind == CASE_FIRST_SPIKE_MARGIN;
    size_t label = c->sample[0].label;
    mpfr_t t, base;
    mpfr_inits2(mpfr_get_prec(closed->loss), t, base, (mpfr_ptr)0);
    for (size_t k = 0; k < size; k++) {
        if (margin && k == label) {
            continue;
        }
        first_time(t, &out[k], c);
        if (margin) {
            first_time(base, &out[label], c);
            mpfr_add_d(base, base, c->loss.margin, MPFR_RNDN);
        } else {
            mpfr_set_d(base, c->sample[0].times[k], MPFR_RNDN);
        }
        mpfr_sub(t, t, base, MPFR_RNDN);
        mpfr_set(out[k].adjoint, t, MPFR_RNDN);
        if (margin) {
            mpfr_sub(out[label].adjoint, out[label].adjoint, t, MPFR_RNDN);
        }
        mpfr_sqr(t, t, MPFR_RNDN);
        mpfr_div_2ui(t, t, 1, MPFR_RNDN);
        mpfr_add(closed->loss, closed->loss, t, MPFR_RNDN);
    }
    mpfr_clears(t, base, (mpfr_ptr)0);
}

/* Adds adjoint * derivative to the gradient of element [row][column] of a block. */
static void add(struct closed *closed, const struct case_block *block, size_t row, size_t column,
                mpfr_srcptr adjoint, mpfr_srcptr derivative)
{
    mpfr_t term, *to = &closed->gradient[block->first + row * block->columns + column];
    mpfr_init2(term, mpfr_get_prec(closed->loss));
    mpfr_mul(term, adjoint, derivative, MPFR_RNDN);
    mpfr_add(*to, *to, term, MPFR_RNDN);
    mpfr_clear(term);
}

static const struct case_block *of_projection(const struct case_block *index,
                                              enum case_quantity quantity, size_t projection)
{
    size_t b = 0;
    while (index[b].quantity != quantity || index[b].projection != projection) {
        b++;
    }
    return &index[b];
}

/* Of a population, or of the spike times of a source neuron in sample 0. */
static const struct case_block *of_population(const struct case_block *index,
                                              enum case_quantity quantity, size_t population,
                                              size_t neuron)
{
    for (size_t b = 0;; b++) {
        const struct case_block *block = &index[b];
        bool same = block->quantity == quantity && block->population == population;
        if (same &&
            (quantity != CASE_SPIKE_TIME || (block->sample == 0 && block->neuron == neuron))) {
            return block;
        }
    }
}

/* From dL/d first spike of n to its parameters and to where its arrivals came from. */
static enum closed_status backward(struct closed *closed, const struct closed_neuron *n,
                                   const struct case_problem *c, const struct case_block *index)
{
    static const enum case_quantity quantity[] = {CASE_THRESHOLD, CASE_BIAS, CASE_TAU_MEM,
                                                  CASE_TAU_SYN};
    mpfr_srcptr derivative[] = {n->d_threshold, n->d_bias, n->d_tau_mem, n->d_tau_syn};
    if (n->spikes == 0) {
        return CLOSED_OK;
    }
    for (size_t q = 0; q < 4; q++) {
        add(closed, of_population(index, quantity[q], n->population, 0), 0, n->index, n->adjoint,
            derivative[q]);
    }
    for (size_t a = 0; a < n->arrivals; a++) {
        const struct closed_arrival *from = &n->arrival[a];
        if (!mpfr_less_p(from->at, n->spike[0])) {
            continue;
        }
        add(closed, of_projection(index, CASE_WEIGHT, from->projection), from->pre, n->index,
            n->adjoint, from->d_weight);
        add(closed, of_projection(index, CASE_DELAY, from->projection), from->pre, n->index,
            n->adjoint, from->d_at);
        if (from->neuron == SIZE_MAX) {
            size_t source = c->projection[from->projection].source;
            add(closed, of_population(index, CASE_SPIKE_TIME, source, from->pre), 0, from->spike,
                n->adjoint, from->d_at);
        } else if (from->spike > 0) {
            return CLOSED_OUT_OF_REACH;
        } else {
            mpfr_t term, *to = &closed->neuron[from->neuron].adjoint;
            mpfr_init2(term, mpfr_get_prec(closed->loss));
            mpfr_mul(term, n->adjoint, from->d_at, MPFR_RNDN);
            mpfr_add(*to, *to, term, MPFR_RNDN);
            mpfr_clear(term);
        }
    }
    return CLOSED_OK;
}

enum closed_status closed_differentiate(struct closed *closed, const struct case_problem *c)
{
    struct closed_neuron *out = closed->neuron;
    struct case_block *block = NULL;
    size_t parameters;
    for (size_t i = 0; i < closed->parameters; i++) {
        mpfr_set_zero(closed->gradient[i], 1);
    }
    for (size_t n = 0; n < closed->neurons; n++) {
        mpfr_set_zero(closed->neuron[n].adjoint, 1);
    }
    while (out->population != c->loss.population) {
        out++;
    }
    mpfr_set_zero(closed->loss, 1);
    size_t size = c->population[c->loss.population].size;
    if (c->loss.kind == CASE_FIRST_SPIKE_CROSS_ENTROPY) {
        cross_entropy(closed, out, size, c);
    } else {
        squares(closed, out, size, c);
    }

    case_blocks(&block, &parameters, c);
    enum closed_status status = block == NULL ? CLOSED_NO_MEMORY : CLOSED_OK;
    for (size_t n = closed->neurons; n > 0 && status == CLOSED_OK; n--) {
        status = backward(closed, &closed->neuron[n - 1], c, block);
    }
    free(block);
    return status;
}

int closed_publish(struct case_made *made, const struct closed *closed)
{
    struct case_known loss = {.kind = CASE_KNOWN_LOSS};
    int status = mpfr_zero_p(closed->loss) ? 0 : case_build_known(made, &loss, closed->loss);
    for (size_t k = 0; k < closed->neurons && status == 0; k++) {
        const struct closed_neuron *n = &closed->neuron[k];
        struct case_known known = {.population = n->population, .neuron = n->index};
        known.kind = CASE_KNOWN_COUNT;
        known.index = n->spikes;
        status = case_build_known(made, &known, NULL);
        known.kind = CASE_KNOWN_SPIKE;
        for (known.index = 0; known.index < n->spikes && status == 0; known.index++) {
            status = case_build_known(made, &known, n->spike[known.index]);
        }
    }
    for (size_t i = 0; i < closed->parameters && status == 0; i++) {
        struct case_known known = {.kind = CASE_KNOWN_GRADIENT, .parameter = i};
        if (!mpfr_zero_p(closed->gradient[i])) {
            status = case_build_known(made, &known, closed->gradient[i]);
        }
    }
    return status;
}

double closed_last_spike(const struct closed *closed, int direction)
{
    mpfr_srcptr last = NULL;
    for (size_t k = 0; k < closed->neurons; k++) {
        const struct closed_neuron *n = &closed->neuron[k];
        if (n->spikes > 0 && (last == NULL || mpfr_less_p(last, n->spike[n->spikes - 1]))) {
            last = n->spike[n->spikes - 1];
        }
    }
    return last == NULL ? 0 : mpfr_get_d(last, direction > 0 ? MPFR_RNDU : MPFR_RNDD);
}
