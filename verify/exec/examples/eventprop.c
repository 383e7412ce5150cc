/* SPDX-License-Identifier: MIT */
/* eventprop.c: a textbook EventProp as an engine of its own: spikes at their exact times, losses of
 * first spikes, gradients of weights, delays and input times. It shows what evident asks of a
 * shared object, and links nothing of it:
 *
 *     cc -shared -fPIC -O2 -I PREFIX/include/evident eventprop.c -o eventprop.so -lm
 *     evident verify smoke --engine so:./eventprop.so
 *
 * Numbers in brackets are equations of ref/MATH.md. A neuron is a place in one row over all
 * populations, and so is a source of spikes. */
#include "cases/engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct neuron {
    double tau_m, tau_s, threshold, reset, bias;
    double t, v, i; /* state just after its last event, forward */
    double p, q;    /* dL/dV and dL/dI at time t, backward */
};
struct spike {
    double t, current, g; /* I there; g: dL/dt */
    size_t neuron, k;     /* k: index among those of its neuron */
};
struct event { /* an arrival, or a spike (synapse: NONE) */
    double t, weight;
    size_t spike, target, synapse;
};
enum { MOST = 1 << 16 };
#define NONE ((size_t)-1)

struct run {
    const struct case_problem *c;
    struct result *result;
    size_t neurons, *first; /* first[population] */
    struct neuron *neuron;
    struct spike *spike;
    struct event *pending, *past;
    size_t spikes, pendings, pasts;
};

/* ---- between events [E4, E6] ---- */

/* 1/tau_s - 1/tau_m: no digit is lost where they are nearly equal. */
static double apart(const struct neuron *n)
{
    return (n->tau_m - n->tau_s) / (n->tau_m * n->tau_s);
}

static double k_of(const struct neuron *n, double s)
{
    return -exp(-s / n->tau_m) * expm1(-s * apart(n)) / (n->tau_m * apart(n));
}

static double v_after(const struct neuron *n, double s)
{
    return n->bias + (n->v - n->bias) * exp(-s / n->tau_m) + n->i * k_of(n, s);
}

static void advance(struct neuron *n, double t)
{
    double s = t - n->t;
    n->v = v_after(n, s);
    n->i *= exp(-s / n->tau_s);
    n->t = t;
}

/* When V reaches the threshold, at the latest at time t; infinite if it does not. V has one
 * extremum at most between events, and it is a maximum only where I > 0. */
static double crossing(const struct neuron *n, double t)
{
    double x = apart(n) * n->tau_s * (n->i - n->v + n->bias) / n->i;
    double top = n->i > 0 && x < 1 ? -log1p(-x) / apart(n) : -1;
    double low = 0, high = top > 0 && top < t - n->t ? top : t - n->t;
    if (!(v_after(n, high) >= n->threshold))
        return INFINITY;
    for (double middle = high / 2; middle > low && middle < high; middle = (low + high) / 2)
        *(v_after(n, middle) >= n->threshold ? &high : &low) = middle;
    return n->t + high;
}

/* ---- forward ---- */

/* A spike and its arrivals. */
static int emit(struct run *r, size_t neuron, size_t population, double t, size_t k)
{
    const struct case_problem *c = r->c;
    if (r->spikes == MOST)
        return -1;
    r->spike[r->spikes++] = (struct spike){t, r->neuron[neuron].i, 0, neuron, k};
    for (size_t j = 0, synapse = 0; j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        size_t columns = c->population[p->target].size, row = neuron - r->first[p->source];
        for (size_t n = 0; p->source == population && n < columns; n++) {
            double at = t + case_delay(c, p, row, n);
            if (!(at < c->end))
                continue;
            if (r->pendings == MOST)
                return -1;
            r->pending[r->pendings++] =
                (struct event){at, p->weight[row * columns + n], r->spikes - 1,
                               r->first[p->target] + n, synapse + row * columns + n};
        }
        synapse += c->population[p->source].size * columns;
    }
    return 0;
}

static int forward(struct run *r, size_t sample)
{
    const struct case_problem *c = r->c;
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->sample[sample].spikes[p] && n < c->population[p].size; n++)
            for (size_t k = 0; k < c->sample[sample].spikes[p][n].count; k++)
                if (emit(r, r->first[p] + n, p, c->sample[sample].spikes[p][n].at[k], k) != 0)
                    return -1;
    for (;;) {
        size_t next = NONE, spiking = NONE, population = 0;
        for (size_t k = 0; k < r->pendings; k++)
            if (next == NONE || r->pending[k].t < r->pending[next].t)
                next = k;
        double t = next == NONE ? c->end : r->pending[next].t, at = INFINITY;
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->population[p].model == CASE_LIF && n < c->population[p].size;
                 n++) {
                double crosses = crossing(&r->neuron[r->first[p] + n], t);
                if (crosses < c->end && crosses < at) {
                    at = crosses;
                    spiking = r->first[p] + n;
                    population = p;
                }
            }
        if ((spiking == NONE && next == NONE) || r->pasts == 2 * MOST)
            return spiking == NONE && next == NONE ? 0 : -1;
        struct neuron *n = &r->neuron[spiking != NONE ? spiking : r->pending[next].target];
        advance(n, spiking != NONE ? at : t);
        if (spiking == NONE) { /* [E2] */
            n->i += r->pending[next].weight;
            r->past[r->pasts++] = r->pending[next];
            r->pending[next] = r->pending[--r->pendings];
            continue;
        }
        n->v = n->reset; /* [E3] */
        r->past[r->pasts++] = (struct event){at, 0, r->spikes, spiking, NONE};
        if (emit(r, spiking, population, at, 0) != 0 ||
            r->result->spike(r->result, sample, population, spiking - r->first[population], at) !=
                0)
            return -1;
    }
}

/* ---- losses of first spikes [E18 to E20]: the loss, and dL/dt of each first spike ---- */

static double loss_of(struct run *r, const struct case_sample *sample)
{
    const struct case_loss *l = &r->c->loss;
    size_t outputs = r->c->population[l->population].size;
    double loss = 0, sum = 0, *t = calloc(2 * outputs, sizeof *t), *slope = t + outputs;
    for (size_t k = 0; t && k < outputs; k++)
        t[k] = r->c->end + l->silent_after;
    for (size_t k = r->spikes; t && k-- > 0;) /* from late to early: the first stays */
        if (r->spike[k].neuron - r->first[l->population] < outputs)
            t[r->spike[k].neuron - r->first[l->population]] = r->spike[k].t;
    for (size_t k = 0; t && k < outputs; k++)
        sum += exp(-t[k] / l->tau0);
    for (size_t k = 0; t && k < outputs; k++) {
        bool label = l->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY && k == sample->label;
        double error = l->kind == CASE_FIRST_SPIKE_SQUARED_ERROR ? t[k] - sample->times[k] : 0;
        double pole = 1.01 * r->c->end - t[k];
        bool reciprocal = l->penalty == CASE_PENALTY_RECIPROCAL;
        if (l->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY)
            slope[k] = (label - exp(-t[k] / l->tau0) / sum) / l->tau0;
        else
            slope[k] = error;
        loss += error * error / 2;
        if (!label)
            continue;
        loss += t[k] / l->tau0 + log(sum);
        loss += l->alpha * (reciprocal ? 1 / pole : expm1(t[k] / l->tau1));
        slope[k] += l->alpha * (reciprocal ? 1 / (pole * pole) : exp(t[k] / l->tau1) / l->tau1);
    }
    for (size_t k = 0; t && k < r->spikes; k++) {
        size_t output = r->spike[k].neuron - r->first[l->population];
        if (output < outputs && r->spike[k].t == t[output])
            r->spike[k].g = slope[output];
    }
    free(t);
    return t ? loss : (double)NAN;
}

/* ---- backward ---- */

/* [E8] without a drive: from n->t back to t. */
static void retreat(struct neuron *n, double t)
{
    double s = n->t - t;
    n->q = k_of(n, s) * n->p + exp(-s / n->tau_s) * n->q;
    n->p *= exp(-s / n->tau_m);
    n->t = t;
}

static void backward(struct run *r, double *weights, double *delays)
{
    for (size_t n = 0; n < r->neurons; n++)
        r->neuron[n].p = r->neuron[n].q = 0, r->neuron[n].t = r->c->end;
    for (size_t e = r->pasts; e-- > 0;) {
        const struct event *event = &r->past[e];
        struct neuron *n = &r->neuron[event->target];
        struct spike *spike = &r->spike[event->spike];
        retreat(n, event->t);
        if (event->synapse == NONE) { /* [E12] */
            double before = (spike->current - n->threshold + n->bias) / n->tau_m;
            double after = (spike->current - n->reset + n->bias) / n->tau_m;
            n->p = -(spike->g - after * n->p) / before;
            continue;
        }
        double slope = event->weight * (n->q / n->tau_s - n->p / n->tau_m); /* [E11] */
        weights[event->synapse] += n->q / (double)r->c->samples;            /* [E10] */
        delays[event->synapse] += slope / (double)r->c->samples;
        spike->g += slope;
    }
}

/* ---- a case ---- */

static void reset(struct run *r)
{
    const struct case_problem *c = r->c;
    r->spikes = r->pendings = r->pasts = 0;
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; c->population[p].model != CASE_SPIKE_SOURCE && n < c->population[p].size;
             n++) {
            const struct case_population *q = &c->population[p];
            bool lif = q->model == CASE_LIF;
            r->neuron[r->first[p] + n] =
                (struct neuron){.tau_m = case_value(&q->tau_mem, n),
                                .tau_s = case_value(&q->tau_syn, n),
                                .threshold = lif ? case_value(&q->threshold, n) : INFINITY,
                                .reset = lif ? case_value(&q->reset, n) : 0,
                                .bias = case_value(&q->bias, n)};
        }
}

/* Input times are the last parameters, by sample, population, neuron. */
static double *put_input_times(const struct run *r, double *to)
{
    for (size_t k = 0; k < r->spikes; k++)
        for (size_t p = 0; p < r->c->populations; p++)
            if (r->c->population[p].model == CASE_SPIKE_SOURCE &&
                r->spike[k].neuron - r->first[p] < r->c->population[p].size)
                *to++ = r->spike[k].g / (double)r->c->samples;
    return to;
}

static enum result_status all_samples(struct run *r)
{
    const struct case_problem *c = r->c;
    struct result *result = r->result;
    size_t synapses = 0, inputs = 0;
    for (size_t j = 0; j < c->projections; j++)
        synapses += c->population[c->projection[j].source].size *
                    c->population[c->projection[j].target].size;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++)
                inputs += c->sample[s].spikes[p][n].count;
    double *times = result->gradient + result->parameters - inputs;
    for (size_t s = 0; s < c->samples; s++) {
        reset(r);
        if (forward(r, s) != 0)
            return RESULT_SHORT;
        result->sample[s].loss = loss_of(r, &c->sample[s]);
        result->loss += result->sample[s].loss / (double)c->samples;
        backward(r, result->gradient, result->gradient + synapses);
        times = put_input_times(r, times);
    }
    result->has_loss = result->has_sample_loss = result->has_spikes = true;
    result->provides[CASE_WEIGHT] = result->provides[CASE_DELAY] = true;
    result->provides[CASE_SPIKE_TIME] = true;
    return RESULT_OK;
}

static enum result_status run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options)
{
    struct run r = {.c = c, .result = result};
    (void)engine, (void)options;
    if (c->loss.kind != CASE_FIRST_SPIKE_CROSS_ENTROPY &&
        c->loss.kind != CASE_FIRST_SPIKE_SQUARED_ERROR) {
        snprintf(result->reason, sizeof result->reason, "losses of first spikes only");
        return RESULT_REFUSED;
    }
    r.first = calloc(c->populations, sizeof *r.first);
    for (size_t p = 0; r.first && p < c->populations; p++) {
        const struct case_population *q = &c->population[p];
        r.first[p] = r.neurons;
        r.neurons += q->size;
        for (size_t n = 0; q->model != CASE_SPIKE_SOURCE && n < q->size; n++)
            if (case_value(&q->tau_mem, n) == case_value(&q->tau_syn, n)) {
                snprintf(result->reason, sizeof result->reason, "equal time constants");
                free(r.first);
                return RESULT_REFUSED;
            }
    }
    r.neuron = calloc(r.neurons, sizeof *r.neuron);
    r.spike = calloc(MOST, sizeof *r.spike);
    r.pending = calloc(MOST, sizeof *r.pending);
    r.past = calloc((size_t)2 * MOST, sizeof *r.past);
    bool room = r.first && r.neuron && r.spike && r.pending && r.past;
    enum result_status status = room ? all_samples(&r) : RESULT_SHORT;
    if (status == RESULT_SHORT)
        snprintf(result->reason, sizeof result->reason, "too many spikes, or memory is short");
    free(r.first), free(r.neuron), free(r.spike), free(r.pending), free(r.past);
    return status;
}

const struct engine *evident_engine(unsigned abi)
{
    static const struct engine engine = {.abi = ENGINE_ABI,
                                         .name = "textbook",
                                         .version = "1",
                                         .says = "EventProp at exact times, as in the papers",
                                         .time = ENGINE_EXACT,
                                         .run = run};
    return abi == ENGINE_ABI ? &engine : NULL;
}
