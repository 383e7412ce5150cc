/* SPDX-License-Identifier: MIT */
/* resident_host.c: the host engine that stays. The plan of the network is laid once; a batch
 * replaces its lists of input spikes, its labels and the number of samples, and Adam works on the
 * weights where the engine reads them. */
#include "gpu/resident/resident_kind.h"

#include "gpu/clock/plan.h"
#include "gpu/clock/vector.h"
#include "gpu/step_tau.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct resident_host {
    struct resident base;
    struct clock_plan plan;
    struct clock_run run;
    struct clock_memory memory;
    size_t source;
    real *mean, *square;                        /* [synapses], laid out as the weights */
    real *tau[2], *tau_mean[2], *tau_square[2]; /* [cells] tau_mem, tau_syn */
    real *pull;                                 /* [cells] */
    real *gradient;                             /* [synapses] */
    double *loss;                               /* [room] */
    uint32_t *predicted, *count;                /* [room], [hidden] */
    int threads;
};

/* ---- time constants ---- */

/* The populations whose time constants are trained and whose spikes are counted. */
static bool is_hidden(const struct clock_plan *plan, size_t population)
{
    return plan->population[population].model == CASE_LIF && population != plan->loss.population;
}

static void lay_taus(struct resident_host *r)
{
    struct clock_plan *plan = &r->plan;
    double dt = plan->c->end / (double)plan->steps, samples = (double)plan->samples;
    for (size_t p = 0; p < plan->populations; p++)
        for (size_t k = 0; is_hidden(plan, p) && k < plan->population[p].size; k++) {
            size_t cell = plan->population[p].first + k;
            double tau_mem = (double)r->tau[0][cell], tau_syn = (double)r->tau[1][cell];
            struct step_tau made = step_tau(tau_mem, tau_syn, dt);
            plan->tau_mem[cell] = tau_mem;
            plan->alpha[cell] = made.alpha;
            plan->beta[cell] = made.beta;
            plan->kappa[cell] = made.kappa;
            plan->kappa_back[cell] = made.kappa_back;
            plan->drive[cell] = (1 - made.alpha) * plan->bias[cell];
            plan->weight_scale[cell] = (real)(-tau_syn / samples);
            plan->tau_mem_scale[cell] = (real)(dt / samples / tau_mem);
            plan->tau_syn_scale[cell] = (real)(-dt / samples / tau_syn);
        }
}

static void start_taus(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    for (size_t p = 0; p < plan->populations; p++)
        for (size_t k = 0; is_hidden(plan, p) && k < plan->population[p].size; k++) {
            const struct case_population *from = &plan->c->population[p];
            r->tau[0][plan->population[p].first + k] = (real)case_value(&from->tau_mem, k);
            r->tau[1][plan->population[p].first + k] = (real)case_value(&from->tau_syn, k);
        }
    lay_taus(r);
}

/* ---- parameters in their flat order ---- */

static float *copy_row(float *flat, real *row, size_t count, bool get)
{
    for (size_t j = 0; j < count; j++)
        if (get)
            flat[j] = row[j];
        else
            row[j] = flat[j];
    return flat + count;
}

/* Between the flat order and the padded rows of the engine. */
static void copy_all(struct resident_host *r, real *synapses, real *const tau[2], float *flat,
                     bool get)
{
    const struct clock_plan *plan = &r->plan;
    for (size_t k = 0; k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        for (size_t i = 0; i < p->rows; i++)
            flat = copy_row(flat, synapses + p->weight + i * p->width,
                            plan->population[p->target].size, get);
    }
    for (size_t which = 0; r->base.options.train_taus && which < 2; which++)
        for (size_t p = 0; p < plan->populations; p++)
            if (is_hidden(plan, p))
                flat = copy_row(flat, tau[which] + plan->population[p].first,
                                plan->population[p].size, get);
}

static void host_copy(struct resident *base, enum resident_part part, float *flat, bool get)
{
    struct resident_host *r = (struct resident_host *)base;
    real *const synapses[] = {r->plan.weight, r->mean, r->square};
    real *const *const taus[] = {r->tau, r->tau_mean, r->tau_square};
    copy_all(r, synapses[part], taus[part], flat, get);
    if (!get && part == RESIDENT_VALUE && base->options.train_taus)
        lay_taus(r);
}

/* ---- Adam ---- */

#define adam_row CLOCK(adam_row)

/* scale: what makes a gradient of a sum. */
CLONED_WIDEST static void adam_row(real *restrict value, real *restrict mean, real *restrict square,
                                   const real *restrict sum, const real *restrict scale,
                                   size_t count, const struct adam *adam)
{
    const struct adam a = *adam;
    for (size_t j = 0; j < count; j++) {
        real gradient = sum[j] * scale[j];
        mean[j] = adam_mean(&a, mean[j], gradient);
        square[j] = adam_square(&a, square[j], gradient);
        value[j] = adam_value(&a, value[j], mean[j], square[j]);
    }
}

static void host_adam(struct resident *base, const struct adam *adam)
{
    struct resident_host *r = (struct resident_host *)base;
    struct clock_plan *plan = &r->plan;
    for (size_t k = 0; k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        const real *scale = plan->weight_scale + plan->population[p->target].first;
        for (size_t i = 0; i < p->rows; i++) {
            size_t at = p->weight + i * p->width;
            adam_row(plan->weight + at, r->mean + at, r->square + at, r->run.gradient + at, scale,
                     p->width, adam);
        }
    }
    const real *const sum[] = {r->run.tau_mem, r->run.tau_syn};
    const real *const scale[] = {plan->tau_mem_scale, plan->tau_syn_scale};
    const real least[] = {(real)base->options.least_tau_mem, (real)base->options.least_tau_syn};
    if (!base->options.train_taus)
        return;
    for (size_t which = 0; which < 2; which++)
        for (size_t p = 0; p < plan->populations; p++) {
            size_t first = plan->population[p].first;
            if (!is_hidden(plan, p))
                continue;
            adam_row(r->tau[which] + first, r->tau_mean[which] + first,
                     r->tau_square[which] + first, sum[which] + first, scale[which] + first,
                     plan->population[p].size, adam);
            for (size_t k = first; k < first + plan->population[p].size; k++)
                if (r->tau[which][k] < least[which])
                    r->tau[which][k] = least[which];
        }
    lay_taus(r);
}

static void host_gradient(struct resident *base, float *flat)
{
    struct resident_host *r = (struct resident_host *)base;
    const struct clock_plan *plan = &r->plan;
    real *tau[2] = {r->tau_mean[0] + plan->cells, r->tau_mean[1] + plan->cells};
    for (size_t k = 0; k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        const real *scale = plan->weight_scale + plan->population[p->target].first;
        for (size_t i = 0; i < p->rows * p->width; i++)
            r->gradient[p->weight + i] = r->run.gradient[p->weight + i] * scale[i % p->width];
    }
    for (size_t j = 0; base->options.train_taus && j < plan->cells; j++) {
        tau[0][j] = r->run.tau_mem[j] * plan->tau_mem_scale[j];
        tau[1][j] = r->run.tau_syn[j] * plan->tau_syn_scale[j];
    }
    copy_all(r, r->gradient, tau, flat, true);
}

/* ---- a batch ---- */

static void take_batch(struct resident_host *r, const struct resident_batch *batch)
{
    struct clock_plan *plan = &r->plan;
    plan->valid = batch->samples;
    for (size_t s = 0; s < batch->samples; s++) {
        struct clock_list *list = &plan->input[s * plan->populations + r->source];
        /* The engine reads its inputs only. */
        *list = (struct clock_list){.count = batch->begin[s + 1] - batch->begin[s],
                                    .step = (uint32_t *)batch->step + batch->begin[s],
                                    .neuron = (uint32_t *)batch->neuron + batch->begin[s]};
        r->run.sample[s].spikes[r->source] = r->run.sample[s].back[r->source] = *list;
        plan->label[s] = batch->label[s];
        plan->order[s] = s;
    }
}

static void count_spikes(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    size_t first = 0;
    memset(r->count, 0, r->base.outcome.hidden * sizeof *r->count);
    for (size_t p = 0; p < plan->populations; p++) {
        if (!is_hidden(plan, p))
            continue;
        for (size_t s = 0; s < plan->valid; s++) {
            const struct clock_list *list = &r->run.sample[s].spikes[p];
            for (size_t k = 0; k < list->count; k++)
                r->count[first + list->neuron[k]]++;
        }
        first += plan->population[p].size;
    }
}

static void lay_pull(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    const struct resident_options *o = &r->base.options;
    size_t hidden = 0;
    for (size_t p = 0; p < plan->populations; p++)
        for (size_t k = 0; is_hidden(plan, p) && k < plan->population[p].size; k++, hidden++) {
            double mean = (double)r->count[hidden] / (double)plan->valid;
            r->pull[plan->population[p].first + k] = (real)(o->strength * (mean - o->spikes));
        }
}

static void tell_outcome(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    struct resident_outcome *told = &r->base.outcome;
    told->loss = 0;
    told->right = told->silent_labels = 0;
    for (size_t s = 0; s < plan->valid; s++) {
        const struct clock_sample *from = &r->run.sample[s];
        r->loss[s] = from->loss;
        r->predicted[s] = (uint32_t)clock_predict(plan, from);
        told->loss = told->loss + from->loss;
        told->right += r->predicted[s] == plan->label[s];
        told->silent_labels += !plan->loss.by_voltage && from->when[plan->label[s]] == UINT32_MAX;
    }
}

static int host_run(struct resident *base, const struct resident_batch *batch, bool learn)
{
    struct resident_host *r = (struct resident_host *)base;
    int threads = omp_get_max_threads(), failed;
    if (r->threads > 0)
        omp_set_num_threads(r->threads);
    take_batch(r, batch);
    failed = clock_forward(&r->run) != 0;
    if (!failed) {
        count_spikes(r);
        tell_outcome(r);
        lay_pull(r);
        failed = learn && clock_backward(&r->run) != 0;
    }
    omp_set_num_threads(threads);
    return failed ? -1 : 0;
}

/* ---- the whole ---- */

static int take_memory(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    struct clock_memory *m = &r->memory;
    size_t hidden = 0;
    for (size_t p = 0; p < plan->populations; p++)
        hidden += is_hidden(plan, p) ? plan->population[p].size : 0;
    r->mean = clock_take(m, plan->synapses, sizeof(real));
    r->square = clock_take(m, plan->synapses, sizeof(real));
    r->gradient = clock_take(m, plan->synapses, sizeof(real));
    r->pull = clock_take(m, plan->cells, sizeof(real));
    r->loss = clock_take(m, plan->samples, sizeof *r->loss);
    r->predicted = clock_take(m, plan->samples, sizeof *r->predicted);
    r->count = clock_take(m, hidden, sizeof *r->count);
    bool taken =
        r->mean && r->square && r->gradient && r->pull && r->loss && r->predicted && r->count;
    for (size_t which = 0; which < 2; which++) {
        r->tau[which] = clock_take(m, plan->cells, sizeof(real));
        /* Twice: the second half is where gradients are made ready to be copied. */
        r->tau_mean[which] = clock_take(m, 2 * plan->cells, sizeof(real));
        r->tau_square[which] = clock_take(m, plan->cells, sizeof(real));
        taken = taken && r->tau[which] && r->tau_mean[which] && r->tau_square[which];
    }
    r->base.outcome = (struct resident_outcome){
        .sample_loss = r->loss, .predicted = r->predicted, .count = r->count, .hidden = hidden};
    return taken ? 0 : -1;
}

static void host_close(struct resident *base)
{
    struct resident_host *r = (struct resident_host *)base;
    clock_run_clear(&r->run);
    clock_plan_clear(&r->plan);
    clock_release(&r->memory);
    free(r);
}

static size_t host_bytes(const struct resident *base)
{
    const struct resident_host *r = (const struct resident_host *)base;
    return clock_run_bytes(&r->run) + r->memory.bytes;
}

static void lay_rules(struct resident_host *r)
{
    const struct resident_options *o = &r->base.options;
    struct clock_rules *rules = &r->plan.rules;
    rules->pull = o->strength != 0 ? r->pull : NULL;
    rules->skip_silent = o->skip_silent;
    rules->phantom =
        o->phantom ? (real)loss_penalty_slope(&r->plan.loss.first, r->plan.loss.first.end) : 0;
}

static struct resident *host_open(const struct engine *engine, const struct case_problem *c,
                                  const struct resident_options *options, size_t source,
                                  enum result_status *status, char reason[RESULT_REASON])
{
    struct resident_host *r = calloc(1, sizeof *r);
    struct engine_options ask = options->engine;
    (void)engine;
    ask.gradients = true;
    ask.tau_gradients = options->train_taus;
    ask.delay_gradients = false;
    *status = RESULT_SHORT;
    snprintf(reason, RESULT_REASON, "memory is short");
    if (!r)
        return NULL;
    r->base.options = *options;
    r->source = source;
    r->threads = ask.threads;
    r->run.plan = &r->plan;
    *status = clock_plan_make(&r->plan, c, &ask, reason);
    if (*status == RESULT_OK && (clock_run_make(&r->run, &r->plan) != 0 || take_memory(r) != 0)) {
        *status = RESULT_SHORT;
        snprintf(reason, RESULT_REASON, "memory is short");
    }
    if (*status != RESULT_OK) {
        host_close(&r->base);
        return NULL;
    }
    if (options->train_taus)
        start_taus(r);
    lay_rules(r);
    return &r->base;
}

const struct resident_kind resident_host = {host_open, host_close,    host_run,  host_adam,
                                            host_copy, host_gradient, host_bytes};
