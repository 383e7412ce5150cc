/* SPDX-License-Identifier: MIT */
/* oracle_loss.h: the losses of the oracle, and its differences; included by oracle.h. */
#ifndef EVIDENT_TESTS_ORACLE_LOSS_H
#define EVIDENT_TESTS_ORACLE_LOSS_H

enum { ORACLE_POINTS = 20, ORACLE_HALVINGS = 30, ORACLE_ROWS = 6 };

/* ---- integrals ---- */

struct oracle_at {
    struct oracle *o;
    const struct oracle_neuron *output; /* of the sample, the first one */
    size_t outputs, k;                  /* k: the one of interest */
    size_t *segment;                    /* [outputs]: in force */
    quad target, most;                  /* most: the largest part of an integral so far */
    size_t label;
};

typedef quad oracle_integrand(const struct oracle_at *at, quad time);

/* Nodes on [-1, 1] by Newton's method on Legendre's recurrence. */
static inline void oracle_rule(quad *node, quad *weight)
{
    for (int k = 0; k < ORACLE_POINTS; k++) {
        quad x = cosf128(acosf128(-1) * (k + 0.75f128) / (ORACLE_POINTS + 0.5f128)), slope = 1;
        for (int step = 0; step < 12; step++) {
            quad p = 1, before = 0;
            for (int j = 0; j < ORACLE_POINTS; j++) {
                quad const next = ((2 * j + 1) * x * p - j * before) / (j + 1);
                before = p, p = next;
            }
            slope = ORACLE_POINTS * (before - x * p) / (1 - x * x);
            x -= p / slope;
        }
        node[k] = x;
        weight[k] = 2 / ((1 - x * x) * slope * slope);
    }
}

static inline quad oracle_panel(oracle_integrand *f, const struct oracle_at *at, quad low,
                                quad high)
{
    static quad node[ORACLE_POINTS], weight[ORACLE_POINTS];
    if (weight[0] == 0)
        oracle_rule(node, weight);
    quad sum = 0;
    for (int k = 0; k < ORACLE_POINTS; k++)
        sum += weight[k] * f(at, (low + high) / 2 + node[k] * (high - low) / 2);
    return sum * (high - low) / 2;
}

static inline quad oracle_integral(oracle_integrand *f, struct oracle_at *at, quad low, quad high,
                                   quad whole, int halvings)
{
    quad const middle = (low + high) / 2;
    quad const left = oracle_panel(f, at, low, middle), right = oracle_panel(f, at, middle, high);
    at->most = fmaxf128(at->most, fabsf128(left) + fabsf128(right));
    if (halvings == 0 || fabsf128(left + right - whole) <= at->most * 0x1p-108f128)
        return left + right;
    return oracle_integral(f, at, low, middle, left, halvings - 1) +
           oracle_integral(f, at, middle, high, right, halvings - 1);
}

static inline quad oracle_output(const struct oracle_at *at, size_t k, quad time)
{
    const struct oracle_segment *g = at->output[k].segment + at->segment[k];
    return oracle_voltage(at->output + k, g, time - g->time);
}

static inline quad oracle_weighted(const struct oracle_at *at, quad time)
{
    quad const part = time / (quad)at->o->c->end, v = oracle_output(at, at->k, time);
    switch (at->o->c->loss.weighting) {
    case CASE_EXPONENTIAL:
        return v * expf128(-part);
    case CASE_LINEAR:
        return v * (1 - part);
    case CASE_SIGMOID:
        return v / (1 + expf128((part - 0.5f128) * 5));
    default:
        return v;
    }
}

static inline quad oracle_squared(const struct oracle_at *at, quad time)
{
    quad const off = oracle_output(at, at->k, time) - at->target;
    return off * off / 2;
}

static inline quad oracle_entropy(const quad *x, size_t count, size_t label)
{
    quad most = x[0], sum = 0;
    for (size_t k = 1; k < count; k++)
        most = fmaxf128(most, x[k]);
    for (size_t k = 0; k < count; k++)
        sum += expf128(x[k] - most);
    return logf128(sum) + most - x[label];
}

static inline quad oracle_instant(const struct oracle_at *at, quad time)
{
    quad *x = calloc(at->outputs, sizeof *x);
    for (size_t k = 0; k < at->outputs; k++)
        x[k] = oracle_output(at, k, time);
    quad const loss = oracle_entropy(x, at->outputs, at->label);
    free(x);
    return loss;
}

/* Over [0, T], from one change of outputs first .. last-1 or of their target to the next. */
static inline quad oracle_whole(oracle_integrand *f, struct oracle_at *at, size_t first,
                                size_t last, const struct case_steps *steps)
{
    quad const end = (quad)at->o->c->end;
    quad sum = 0, now = 0;
    size_t step = 0;
    at->most = 0;
    for (size_t k = first; k < last; k++)
        at->segment[k] = 0;
    while (now < end) {
        quad next = end;
        for (size_t k = first; k < last; k++) {
            const struct oracle_neuron *n = at->output + k;
            while (at->segment[k] + 1 < n->segments && n->segment[at->segment[k] + 1].time <= now)
                at->segment[k]++;
            if (at->segment[k] + 1 < n->segments)
                next = fminf128(next, n->segment[at->segment[k] + 1].time);
        }
        while (steps && step + 1 < steps->count && (quad)steps->time[step + 1] <= now)
            step++;
        if (steps && step + 1 < steps->count)
            next = fminf128(next, (quad)steps->time[step + 1]);
        at->target = steps ? (quad)steps->value[step] : 0;
        sum += oracle_integral(f, at, now, next, oracle_panel(f, at, now, next), ORACLE_HALVINGS);
        now = next;
    }
    return sum / end;
}

/* ---- the other losses ---- */

/* Largest V over [0, T]; its place goes into the digest: inside a segment, or at the end of one. It
 * starts where the one before ends, and the first one at 0. */
static inline quad oracle_maximum(struct oracle *o, const struct oracle_neuron *n)
{
    quad most = 0;
    uint64_t place = 1;
    for (size_t x = 0; x < n->segments; x++) {
        const struct oracle_segment *g = n->segment + x;
        quad const end = x + 1 < n->segments ? g[1].time : (quad)o->c->end, span = end - g->time;
        quad const at = oracle_top(n, g, span, false), v = oracle_voltage(n, g, at);
        if (at > 0 && v > most)
            most = v, place = oracle_mix(at < span ? 3 : 4, g->before);
    }
    o->digest += oracle_mix(place, (uint64_t)(n - o->neuron));
    return most;
}

static inline quad oracle_first_spikes(const struct oracle *o, const struct case_sample *s,
                                       const quad *t, size_t count)
{
    const struct case_loss *l = &o->c->loss;
    quad sum = 0, *x = calloc(count, sizeof *x);
    for (size_t k = 0; k < count; k++) {
        x[k] = -t[k] / (quad)l->tau0;
        quad const off = l->kind == CASE_FIRST_SPIKE_MARGIN ? t[k] - t[s->label] - (quad)l->margin
                         : s->times                         ? t[k] - (quad)s->times[k]
                                                            : 0;
        if (l->kind == CASE_FIRST_SPIKE_SQUARED_ERROR || k != s->label)
            sum += off * off / 2;
    }
    if (l->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY)
        sum = oracle_entropy(x, count, s->label) +
              (l->penalty == CASE_PENALTY_EXPONENTIAL
                   ? (quad)l->alpha * expm1f128(t[s->label] / (quad)l->tau1)
                   : (quad)l->alpha / (101 * (quad)o->c->end / 100 - t[s->label]));
    free(x);
    return sum;
}

static inline quad oracle_sample_loss(struct oracle *o, size_t sample)
{
    const struct case_loss *l = &o->c->loss;
    const struct case_sample *s = o->c->sample + sample;
    size_t const count = o->c->population[l->population].size;
    struct oracle_at at = {.o = o,
                           .output = o->neuron + sample * o->neurons + o->first[l->population],
                           .outputs = count,
                           .segment = calloc(count, sizeof(size_t)),
                           .label = s->label};
    quad loss = 0, *x = calloc(count, sizeof *x);
    if (l->kind == CASE_INSTANTANEOUS_CROSS_ENTROPY)
        loss = oracle_whole(oracle_instant, &at, 0, count, NULL);
    for (; at.k < count; at.k++) {
        const struct oracle_neuron *n = at.output + at.k;
        if (l->kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY)
            x[at.k] = oracle_whole(oracle_weighted, &at, at.k, at.k + 1, NULL);
        else if (l->kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY)
            x[at.k] = oracle_maximum(o, n);
        else if (l->kind == CASE_VOLTAGE_SQUARED_ERROR)
            loss += oracle_whole(oracle_squared, &at, at.k, at.k + 1, s->voltages + at.k);
        else
            x[at.k] = n->spikes ? n->spike[0] : (quad)o->c->end + (quad)l->silent_after;
    }
    if (l->kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY || l->kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY)
        loss = oracle_entropy(x, count, s->label);
    else if (o->c->population[l->population].model == CASE_LIF)
        loss = oracle_first_spikes(o, s, x, count);
    free(at.segment);
    free(x);
    return loss;
}

/* ---- a run ---- */

static inline quad oracle_given(const struct case_problem *c, const struct case_block *b, size_t k)
{
    const struct case_population *p = c->population + b->population;
    switch (b->quantity) {
    case CASE_WEIGHT:
        return (quad)c->projection[b->projection].weight[k];
    case CASE_DELAY:
        return (quad)case_value(&c->projection[b->projection].delay, k);
    case CASE_TAU_MEM:
        return (quad)case_value(&p->tau_mem, k);
    case CASE_TAU_SYN:
        return (quad)case_value(&p->tau_syn, k);
    case CASE_THRESHOLD:
        return (quad)case_value(&p->threshold, k);
    case CASE_BIAS:
        return (quad)case_value(&p->bias, k);
    default:
        return (quad)c->sample[b->sample].spikes[b->population][b->neuron].at[k];
    }
}

static inline void oracle_make(struct oracle *o, const struct case_problem *c, size_t limit)
{
    *o = (struct oracle){.c = c, .limit = limit};
    o->blocks = case_blocks(&o->block, &o->parameters, c);
    o->value = calloc(o->parameters + 1, sizeof *o->value);
    o->first = calloc(c->populations + 1, sizeof *o->first);
    o->weight = calloc(c->projections + 1, sizeof *o->weight);
    o->delay = calloc(c->projections + 1, sizeof *o->delay);
    o->sample_loss = calloc(c->samples, sizeof *o->sample_loss);
    for (size_t p = 0; p < c->populations; p++) {
        o->first[p] = o->neurons;
        o->neurons += c->population[p].model == CASE_SPIKE_SOURCE ? 0 : c->population[p].size;
    }
    for (size_t b = 0; b < o->blocks; b++) {
        const struct case_block *now = o->block + b;
        for (size_t k = 0; k < now->rows * now->columns; k++)
            o->value[now->first + k] = oracle_given(c, now, k);
        if (now->quantity <= CASE_DELAY)
            (now->quantity == CASE_WEIGHT ? o->weight : o->delay)[now->projection] = now->first;
    }
    o->neuron = calloc(c->samples * o->neurons + 1, sizeof *o->neuron);
    for (size_t k = 0; k < c->samples * o->neurons; k++)
        o->neuron[k].segment = calloc(o->neuron[k].room = 8, sizeof *o->neuron[k].segment);
}

static inline void oracle_free(struct oracle *o)
{
    for (size_t k = 0; k < o->c->samples * o->neurons; k++) {
        free(o->neuron[k].segment);
        free(o->neuron[k].spike);
    }
    void *const all[] = {o->block, o->value,       o->first,  o->weight,
                         o->delay, o->sample_loss, o->neuron, o->heap};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        free(all[k]);
}

/* Spikes, losses and digest at the values of the moment. */
static inline quad oracle_run(struct oracle *o)
{
    o->loss = 0;
    o->came = o->digest = 0;
    o->full = false;
    for (size_t b = 0; b < o->blocks; b++) {
        const struct case_block *now = o->block + b;
        const struct case_population *p = o->c->population + now->population;
        for (size_t k = 0; k < o->c->samples * now->columns; k++) {
            size_t const at = k % now->columns;
            struct oracle_neuron *n =
                o->neuron + k / now->columns * o->neurons + o->first[now->population] + at;
            if (now->quantity == CASE_TAU_MEM) {
                n->tau_mem = o->value[now->first + at];
                n->population = now->population, n->index = at;
                n->fires = p->model == CASE_LIF;
                n->reset = n->fires ? (quad)case_value(&p->reset, at) : 0;
            } else if (now->quantity == CASE_TAU_SYN) {
                n->tau_syn = o->value[now->first + at];
            } else if (now->quantity == CASE_THRESHOLD) {
                n->threshold = o->value[now->first + at];
            } else if (now->quantity == CASE_BIAS) {
                n->bias = o->value[now->first + at];
            }
        }
    }
    for (size_t k = 0; k < o->c->samples * o->neurons; k++) {
        struct oracle_neuron *n = o->neuron + k;
        n->segments = 1;
        n->spikes = 0;
        n->segment[0] = (struct oracle_segment){0, 0, 0, 0};
        oracle_expect(o, n);
    }
    for (size_t s = 0; s < o->c->samples && !o->full; s++) {
        oracle_sample(o, s);
        o->sample_loss[s] = o->full ? 0 : oracle_sample_loss(o, s);
        o->loss += o->sample_loss[s] / o->c->samples;
    }
    return o->loss;
}

/* ---- differences ---- */

enum oracle_state { ORACLE_SMOOTH, ORACLE_CHANGES, ORACLE_ROUGH };

/* The parameter is moved to x: loss there; a change of the digest is noted. */
static inline quad oracle_moved(struct oracle *o, size_t k, quad x, uint64_t digest, bool *changes)
{
    o->value[k] = x;
    quad const loss = oracle_run(o);
    *changes = *changes || o->full || o->digest != digest;
    return loss;
}

/* Richardson's table of differences of steps h, h/2, ...: central ones, or forward ones where the
 * parameter cannot be smaller. ORACLE_CHANGES: the digest does, at some step. error: how far the
 * last two of the diagonal are apart, and what rounding makes of the loss. */
static inline enum oracle_state oracle_table(struct oracle *o, size_t k, quad h, bool forward,
                                             quad *value, quad *error)
{
    quad const middle = o->value[k], loss = oracle_run(o);
    uint64_t const digest = o->digest;
    quad row[ORACLE_ROWS] = {0}, past[ORACLE_ROWS] = {0};
    int const rows = forward ? ORACLE_ROWS : ORACLE_ROWS / 2;
    bool changes = false;
    *value = *error = 0;
    for (int x = 0; x < rows && !changes; x++, h /= 2) {
        quad const above = middle + h, below = forward ? middle : middle - h;
        quad const high = oracle_moved(o, k, above, digest, &changes);
        quad const low = forward ? loss : oracle_moved(o, k, below, digest, &changes);
        memcpy(past, row, sizeof past);
        row[0] = (high - low) / (above - below);
        quad factor = 1;
        for (int y = 1; y <= x; y++) {
            factor *= forward ? 2 : 4;
            row[y] = row[y - 1] + (row[y - 1] - past[y - 1]) / (factor - 1);
        }
        *value = row[x];
        *error = x ? fabsf128(row[x] - past[x - 1]) : 0;
        *error += fabsf128(loss) * 0x1p-106f128 / h;
    }
    o->value[k] = middle;
    return changes ? ORACLE_CHANGES : ORACLE_SMOOTH;
}

/* dL/dparameter by the first step at which nothing changes and the error is below 2^-44 of it, or
 * below 2^-80 of `most`, the largest derivative (0: there is none). scale: a change that matters.
 */
static inline enum oracle_state oracle_derivative(struct oracle *o, size_t k, quad scale, quad most,
                                                  quad *value, quad *error)
{
    const struct case_block *of = case_block_of(o->block, o->blocks, k);
    bool const time = of->quantity == CASE_DELAY || of->quantity == CASE_SPIKE_TIME;
    enum oracle_state state = ORACLE_ROUGH;
    for (int bits = 14; bits <= 74; bits += 12) {
        quad const h = ldexpf128(scale, -bits);
        quad now, doubt;
        state = oracle_table(o, k, h, time && o->value[k] < h, &now, &doubt);
        if (state != ORACLE_SMOOTH)
            continue;
        *value = now, *error = doubt;
        if (doubt <= fabsf128(now) * 0x1p-44f128 || most == 0 || doubt <= most * 0x1p-80f128)
            return ORACLE_SMOOTH;
        state = ORACLE_ROUGH;
    }
    return state;
}

#endif
