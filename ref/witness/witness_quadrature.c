/* SPDX-License-Identifier: MIT */
/* witness_quadrature.c: integrals without a closed form: sigmoid weighting and instantaneous cross
 * entropy, by Gauss-Legendre panels between the events of the outputs.
 *
 * Nodes lie symmetrically at c +- d, and e^{-(c+-d)/tau} = e^{-c/tau} / or * e^{d/tau}: one
 * exponential a pair and time constant, shared by all outputs and by all panels of a segment.
 * Instantaneous: with g = -log softmax(V)[label] = log1p(sum_{k != l} e^{V_k - V_l}), m = (a+b)/2,
 *     int_a^b g dt = (b - a)/2 (g(a) + g(b)) - int_a^b (t - m) g' dt
 * spares the logarithm at every node, as g' needs none. */
#include "ref/witness/witness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SPAN,
    RADIUS,
    MIDDLE,
    CENTRE,
    OFFSET,
    AT,
    LABEL_V,
    LABEL_SLOPE,
    V,
    SLOPE,
    SUM,
    RISE,
    TEMPORARY,
    EDGE,
    INTEGRAL,
    WEIGHT,
    PIECE,
    NODE_SCRATCH
};
_Static_assert(NODE_SCRATCH <= WITNESS_SCRATCH, "scratch numbers");

bool witness_quadrature_needed(const struct case_problem *c)
{
    return c->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY ||
           (c->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY &&
            c->loss.weighting == CASE_SIGMOID);
}

int witness_quadrature_init(struct witness_engine *e)
{
    struct witness_quadrature *q = &e->quadrature;
    size_t rows = 2 * e->outputs + 1;
    q->decay = malloc(rows * sizeof(struct witness_decay *));
    q->slot_m = malloc(e->outputs * sizeof q->slot_m[0]);
    q->slot_s = malloc(e->outputs * sizeof q->slot_s[0]);
    q->ratio = witness_store_take(&e->store, rows * witness_rule_half(e->prec, WITNESS_RULES - 1),
                                  e->work);
    q->centre = witness_store_take(&e->store, 3 * rows, e->work);
    q->kernel = witness_store_take(&e->store, e->outputs + 2, e->work);
    if (q->decay == NULL || q->slot_m == NULL || q->slot_s == NULL || q->ratio == NULL ||
        q->centre == NULL || q->kernel == NULL) {
        return -1;
    }
    q->left = q->centre + rows;
    q->right = q->left + rows;
    q->synced = q->kernel[e->outputs];
    q->integral = q->kernel[e->outputs + 1];
    return 0;
}

void witness_quadrature_clear(struct witness_engine *e)
{
    free(e->quadrature.decay);
    free(e->quadrature.slot_m);
    free(e->quadrature.slot_s);
}

static size_t slot_of(struct witness_quadrature *q, struct witness_decay *decay)
{
    size_t slot = 0;
    while (slot < q->decays && q->decay[slot] != decay) {
        slot++;
    }
    if (slot == q->decays) {
        q->decay[q->decays++] = decay;
    }
    return slot;
}

int witness_quadrature_begin(struct witness_engine *e)
{
    struct witness_quadrature *q = &e->quadrature;
    const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population]];
    q->decays = 0;
    for (size_t k = 0; k < e->outputs; k++) {
        q->slot_m[k] = slot_of(q, n[k].kind->membrane);
        q->slot_s[k] = slot_of(q, n[k].kind->synapse);
    }
    mpfr_set_zero(q->synced, 1);
    mpfr_set_zero(q->integral, 1);
    return 0;
}

/* d/dt of the sigmoid's exponent is +5/T, as if tau were -T/5. */
static void exponent(struct witness_engine *e, mpfr_ptr value, size_t slot, mpfr_srcptr s)
{
    const struct witness_quadrature *q = &e->quadrature;
    if (slot < q->decays) {
        mpfr_mul(value, s, q->decay[slot]->rate, MPFR_RNDN);
    } else {
        mpfr_mul_ui(value, s, 5, MPFR_RNDN);
        mpfr_div(value, value, e->end, MPFR_RNDN);
    }
}

static size_t rows_of(const struct witness_engine *e)
{
    return e->quadrature.decays + (e->c->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY);
}

/* e^{d/tau} for all nodes d of a panel and all rows. */
static void ratios(struct witness_engine *e, const struct witness_rule *rule)
{
    mpfr_t *w = e->node_scratch;
    for (size_t row = 0; row < rows_of(e); row++) {
        for (size_t i = 0; i < rule->half; i++) {
            mpfr_ptr ratio = e->quadrature.ratio[row * rule->half + i];
            mpfr_mul(w[OFFSET], w[RADIUS], rule->node[i], MPFR_RNDN);
            exponent(e, ratio, row, w[OFFSET]);
            mpfr_neg(ratio, ratio, MPFR_RNDN);
            witness_exp(e, ratio, ratio);
        }
    }
}

/* e^{-c/tau}, and e^{5 (t/T - 1/2)} for the sigmoid, at the middle of a panel. */
static void centres(struct witness_engine *e)
{
    struct witness_quadrature *q = &e->quadrature;
    mpfr_t *w = e->node_scratch;
    for (size_t row = 0; row < rows_of(e); row++) {
        if (row < q->decays) {
            exponent(e, q->centre[row], row, w[CENTRE]);
        } else {
            mpfr_add(w[TEMPORARY], w[CENTRE], q->synced, MPFR_RNDN);
            exponent(e, q->centre[row], row, w[TEMPORARY]);
            mpfr_sub_d(q->centre[row], q->centre[row], 2.5, MPFR_RNDN);
        }
        witness_exp(e, q->centre[row], q->centre[row]);
    }
}

static void kernels(struct witness_engine *e, mpfr_t *value, mpfr_srcptr s)
{
    struct witness_quadrature *q = &e->quadrature;
    const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population]];
    for (size_t k = 0; k < e->outputs; k++) {
        if (k > 0 && n[k].kind == n[k - 1].kind) {
            mpfr_set(q->kernel[k], q->kernel[k - 1], MPFR_RNDN);
        } else {
            witness_kernel_of(e, q->kernel[k], n[k].kind, s, value[q->slot_m[k]],
                              value[q->slot_s[k]]);
        }
    }
}

/* V and V' of output k. */
static void voltage(struct witness_engine *e, mpfr_ptr v, mpfr_ptr slope, mpfr_t *value, size_t k)
{
    struct witness_quadrature *q = &e->quadrature;
    const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population] + k];
    mpfr_mul(v, n->u, value[q->slot_m[k]], MPFR_RNDN);
    mpfr_fma(v, n->current, q->kernel[k], v, MPFR_RNDN);
    mpfr_mul(slope, n->current, value[q->slot_s[k]], MPFR_RNDN);
    mpfr_sub(slope, v, slope, MPFR_RNDN);
    mpfr_mul(slope, slope, n->kind->membrane->rate, MPFR_RNDN);
    mpfr_add(v, v, n->bias, MPFR_RNDN);
}

/* integral += weight (s - middle) g'(s). */
static void entropy_node(struct witness_engine *e, mpfr_t *value, mpfr_srcptr s)
{
    mpfr_t *w = e->node_scratch;
    size_t label = e->c->sample[e->sample].label;
    mpfr_set_ui(w[SUM], 1, MPFR_RNDN);
    mpfr_set_zero(w[RISE], 1);
    voltage(e, w[LABEL_V], w[LABEL_SLOPE], value, label);
    for (size_t k = 0; k < e->outputs; k++) {
        if (k == label) {
            continue;
        }
        voltage(e, w[V], w[SLOPE], value, k);
        mpfr_sub(w[V], w[V], w[LABEL_V], MPFR_RNDN);
        mpfr_sub(w[SLOPE], w[SLOPE], w[LABEL_SLOPE], MPFR_RNDN);
        witness_exp(e, w[V], w[V]);
        mpfr_add(w[SUM], w[SUM], w[V], MPFR_RNDN);
        mpfr_fma(w[RISE], w[V], w[SLOPE], w[RISE], MPFR_RNDN);
    }
    mpfr_div(w[RISE], w[RISE], w[SUM], MPFR_RNDN);
    mpfr_sub(w[TEMPORARY], s, w[MIDDLE], MPFR_RNDN);
    mpfr_mul(w[TEMPORARY], w[TEMPORARY], w[WEIGHT], MPFR_RNDN);
    mpfr_fma(w[INTEGRAL], w[TEMPORARY], w[RISE], w[INTEGRAL], MPFR_RNDN);
}

/* output[].sum += weight sigmoid(t) u_k. */
static void sigmoid_node(struct witness_engine *e, mpfr_t *value)
{
    struct witness_quadrature *q = &e->quadrature;
    mpfr_t *w = e->node_scratch;
    mpfr_add_ui(w[SUM], value[q->decays], 1, MPFR_RNDN);
    mpfr_div(w[SUM], w[WEIGHT], w[SUM], MPFR_RNDN);
    for (size_t k = 0; k < e->outputs; k++) {
        const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population] + k];
        mpfr_mul(w[V], n->u, value[q->slot_m[k]], MPFR_RNDN);
        mpfr_fma(w[V], n->current, q->kernel[k], w[V], MPFR_RNDN);
        mpfr_fma(e->output[k].sum, w[SUM], w[V], e->output[k].sum, MPFR_RNDN);
    }
}

static void node(struct witness_engine *e, mpfr_t *value, mpfr_srcptr s)
{
    kernels(e, value, s);
    if (e->c->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        entropy_node(e, value, s);
    } else {
        sigmoid_node(e, value);
    }
}

static void panel(struct witness_engine *e, const struct witness_rule *rule)
{
    struct witness_quadrature *q = &e->quadrature;
    mpfr_t *w = e->node_scratch;
    centres(e);
    for (size_t i = 0; i < rule->half; i++) {
        for (size_t row = 0; row < rows_of(e); row++) {
            mpfr_srcptr ratio = q->ratio[row * rule->half + i];
            mpfr_mul(q->left[row], q->centre[row], ratio, MPFR_RNDN);
            mpfr_div(q->right[row], q->centre[row], ratio, MPFR_RNDN);
        }
        mpfr_mul(w[WEIGHT], rule->weight[i], w[RADIUS], MPFR_RNDN);
        mpfr_mul(w[OFFSET], rule->node[i], w[RADIUS], MPFR_RNDN);
        mpfr_sub(w[AT], w[CENTRE], w[OFFSET], MPFR_RNDN);
        node(e, q->left, w[AT]);
        mpfr_add(w[AT], w[CENTRE], w[OFFSET], MPFR_RNDN);
        node(e, q->right, w[AT]);
    }
}

/* EDGE += g at the common time of the outputs. */
static void edge(struct witness_engine *e)
{
    mpfr_t *w = e->node_scratch;
    const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population]];
    size_t label = e->c->sample[e->sample].label;
    mpfr_add(w[LABEL_V], n[label].u, n[label].bias, MPFR_RNDN);
    mpfr_set_zero(w[SUM], 1);
    for (size_t k = 0; k < e->outputs; k++) {
        if (k != label) {
            mpfr_add(w[V], n[k].u, n[k].bias, MPFR_RNDN);
            mpfr_sub(w[V], w[V], w[LABEL_V], MPFR_RNDN);
            witness_exp(e, w[V], w[V]);
            mpfr_add(w[SUM], w[SUM], w[V], MPFR_RNDN);
        }
    }
    witness_log1p(e, w[SUM], w[SUM]);
    mpfr_add(w[EDGE], w[EDGE], w[SUM], MPFR_RNDN);
}

/* All panels from the common time of the outputs over SPAN. */
static int integrate(struct witness_engine *e)
{
    mpfr_t *w = e->node_scratch;
    size_t choice, panels;
    witness_panel_choose(&choice, &panels, e, mpfr_get_d(w[SPAN], MPFR_RNDN));
    const struct witness_rule *rule = witness_rule_get(e, choice);
    if (rule == NULL) {
        return -1;
    }
    mpfr_div_2ui(w[MIDDLE], w[SPAN], 1, MPFR_RNDN);
    mpfr_div_ui(w[RADIUS], w[MIDDLE], panels, MPFR_RNDN);
    mpfr_set_zero(w[INTEGRAL], 1);
    ratios(e, rule);
    for (size_t i = 0; i < panels; i++) {
        mpfr_mul_ui(w[CENTRE], w[RADIUS], 2 * i + 1, MPFR_RNDN);
        panel(e, rule);
    }
    return 0;
}

static void outputs_advance(struct witness_engine *e, mpfr_srcptr t)
{
    for (size_t k = 0; k < e->outputs; k++) {
        witness_advance(e, &e->neuron[e->first[e->c->loss.population] + k], t);
    }
}

/* From the last common time of the outputs to t. */
static int sync_piece(struct witness_engine *e, mpfr_srcptr t)
{
    struct witness_quadrature *q = &e->quadrature;
    mpfr_t *w = e->node_scratch;
    if (mpfr_equal_p(t, q->synced)) {
        return 0;
    }
    if (witness_piece_follow(e, t)) {
        outputs_advance(e, t);
        mpfr_set(q->synced, t, MPFR_RNDN);
        return 0;
    }
    witness_piece_begin(e);
    mpfr_sub(w[SPAN], t, q->synced, MPFR_RNDN);
    if (integrate(e) != 0) {
        return -1;
    }
    mpfr_set_zero(w[EDGE], 1);
    bool entropy = e->c->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY;
    if (entropy) {
        edge(e);
    }
    outputs_advance(e, t);
    if (entropy) {
        edge(e);
        mpfr_fms(w[INTEGRAL], w[EDGE], w[MIDDLE], w[INTEGRAL], MPFR_RNDN);
        mpfr_add(q->integral, q->integral, w[INTEGRAL], MPFR_RNDN);
    }
    mpfr_set(q->synced, t, MPFR_RNDN);
    witness_piece_write(e);
    return 0;
}

/* A long silence is cut into pieces, because a rule fits the size of V at the start of its piece,
 * and V has decayed by e^-4 or more at the end of one. */
int witness_quadrature_sync(struct witness_engine *e, mpfr_srcptr t)
{
    struct witness_quadrature *q = &e->quadrature;
    const struct witness_neuron *n = &e->neuron[e->first[e->c->loss.population]];
    double shortest = n->kind->tau_m;
    for (size_t k = 0; k < e->outputs; k++) {
        shortest = fmin(shortest, fmin(n[k].kind->tau_m, n[k].kind->tau_s));
    }
    if (e->c->loss.kind != CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        return sync_piece(e, t); /* linear in V: its size is no matter */
    }
    mpfr_ptr next = e->node_scratch[PIECE];
    for (;;) {
        mpfr_add_d(next, q->synced, 4 * shortest, MPFR_RNDN);
        mpfr_sub(e->node_scratch[SPAN], t, next, MPFR_RNDN);
        if (mpfr_cmp_d(e->node_scratch[SPAN], 2 * shortest) < 0) {
            return sync_piece(e, t);
        }
        if (sync_piece(e, next) != 0) {
            return -1;
        }
    }
}
