/* SPDX-License-Identifier: MIT */
/* resident_host.c: the host engine that stays. The plan of the network is laid once; a batch
 * replaces its lists of input spikes, its labels and the number of samples, and Adam works on the
 * weights where the engine reads them. */
#include "gpu/resident/resident_kind.h"

#include "gpu/clock/vector.h"
#include "gpu/step_rules.h"
#include "gpu/step_tau.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct resident_host {
    struct resident base;
    struct clock_plan plan;
    struct clock_run run;
    struct clock_memory memory;
    real *mean, *square;                        /* [synapses], laid out as the weights */
    real *tau[2], *tau_mean[2], *tau_square[2]; /* [cells] tau_mem, tau_syn */
    real *delay[4];        /* [synapses] value, averages of Adam, gradient; of the input, ms */
    real *pull;            /* [cells] */
    real *gradient;        /* [synapses] */
    unsigned char *silent; /* [samples] whether the label is */
    int threads;
};

/* ---- time constants ---- */

static void lay_taus(struct resident_host *r)
{
    struct clock_plan *plan = &r->plan;
    double dt = plan->c->end / (double)plan->steps, samples = (double)plan->samples;
    for (size_t p = 0; p < plan->populations; p++)
        for (size_t k = 0; resident_is_hidden(plan, p) && k < plan->population[p].size; k++) {
            size_t cell = plan->population[p].first + k;
            double tau_mem = (double)r->tau[0][cell], tau_syn = (double)r->tau[1][cell];
            struct step_tau made = step_tau(tau_mem, tau_syn, dt);
            struct step_scale scale = step_scale(tau_mem, tau_syn, dt, samples);
            plan->tau_mem[cell] = tau_mem;
            plan->alpha[cell] = made.alpha;
            plan->beta[cell] = made.beta;
            plan->kappa[cell] = made.kappa;
            plan->kappa_back[cell] = made.kappa_back;
            plan->drive[cell] = step_drive(made.alpha, plan->bias[cell]);
            plan->weight_scale[cell] = scale.weight;
            plan->tau_mem_scale[cell] = scale.tau_mem;
            plan->tau_syn_scale[cell] = scale.tau_syn;
        }
}

/* ---- delays ---- */

/* On the grid. Dead cells keep theirs. */
static void lay_delays(struct resident_host *r)
{
    struct clock_plan *plan = &r->plan;
    for (size_t k = 0; k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        for (size_t i = 0; resident_is_input(plan, k) && i < p->rows; i++)
            for (size_t j = 0; j < plan->population[p->target].size; j++) {
                double ms = (double)r->delay[RESIDENT_VALUE][p->weight + i * p->width + j];
                p->delay[i * p->width + j] =
                    (uint32_t)round(ms * (double)plan->steps / plan->c->end);
            }
    }
}

static void start_delays(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    for (size_t k = 0; k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        const struct case_values *from = &plan->c->projection[k].delay;
        size_t columns = plan->population[p->target].size;
        for (size_t i = 0; resident_is_input(plan, k) && i < p->rows; i++)
            for (size_t j = 0; j < columns; j++)
                r->delay[RESIDENT_VALUE][p->weight + i * p->width + j] =
                    (real)case_value(from, i * columns + j);
    }
    lay_delays(r);
}

/* The engine's, with the weights of the batch (clock_result.c). */
static void derive_delays(struct resident_host *r, real *gradient)
{
    const struct clock_plan *plan = &r->plan;
    const real *sum = r->run.gradient + plan->synapses;
    for (size_t k = 0; k < plan->synapses; k++)
        gradient[k] = (sum[k] * plan->weight_back[k]) / plan->samples_real;
}

/* Before the weights move, of which their gradient is made. */
static void move_delays(struct resident_host *r, const struct adam *adam)
{
    struct clock_plan *plan = &r->plan;
    struct adam own = *adam;
    real most = (real)r->base.options.most_delay;
    own.rate = r->base.delay_rate;
    derive_delays(r, r->delay[3]);
    for (size_t k = 0; k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        for (size_t i = 0; resident_is_input(plan, k) && i < p->rows; i++)
            for (size_t j = 0; j < plan->population[p->target].size; j++) {
                size_t at = p->weight + i * p->width + j;
                real *value = &r->delay[RESIDENT_VALUE][at];
                adam_step(&own, value, &r->delay[RESIDENT_MEAN][at], &r->delay[RESIDENT_SQUARE][at],
                          r->delay[3][at], 1);
                *value = *value < 0 ? 0 : *value > most ? most : *value;
            }
    }
    lay_delays(r);
}

/* ---- parameters in their flat order ---- */

static int host_copy(struct resident *base, enum resident_part part, float *flat, bool get)
{
    struct resident_host *r = (struct resident_host *)base;
    real *const synapses[] = {r->plan.weight, r->mean, r->square};
    real *const *const taus[] = {r->tau, r->tau_mean, r->tau_square};
    resident_flat(base, &r->plan, synapses[part], taus[part], r->delay[part], flat, get);
    if (!get && part == RESIDENT_VALUE && base->options.train_delays)
        lay_delays(r);
    if (!get && part == RESIDENT_VALUE && base->options.train_taus)
        lay_taus(r);
    return 0;
}

/* ---- Adam ---- */

#define adam_row CLOCK(adam_row)

/* scale: what makes a gradient of a sum. */
CLONED_WIDEST static void adam_row(real *restrict value, real *restrict mean, real *restrict square,
                                   const real *restrict sum, const real *restrict scale,
                                   size_t count, const struct adam *adam)
{
    const struct adam a = *adam;
    for (size_t j = 0; j < count; j++)
        adam_step(&a, &value[j], &mean[j], &square[j], sum[j], scale[j]);
}

static int host_adam(struct resident *base, const struct adam *adam)
{
    struct resident_host *r = (struct resident_host *)base;
    struct clock_plan *plan = &r->plan;
    if (base->options.train_delays)
        move_delays(r, adam);
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
        return 0;
    for (size_t which = 0; which < 2; which++)
        for (size_t p = 0; p < plan->populations; p++) {
            size_t first = plan->population[p].first;
            if (!resident_is_hidden(plan, p))
                continue;
            adam_row(r->tau[which] + first, r->tau_mean[which] + first,
                     r->tau_square[which] + first, sum[which] + first, scale[which] + first,
                     plan->population[p].size, adam);
            for (size_t k = first; k < first + plan->population[p].size; k++)
                if (r->tau[which][k] < least[which])
                    r->tau[which][k] = least[which];
        }
    lay_taus(r);
    return 0;
}

static int host_gradient(struct resident *base, float *flat)
{
    struct resident_host *r = (struct resident_host *)base;
    const struct clock_plan *plan = &r->plan;
    /* The second halves of what Adam has for time constants: ready to be copied. */
    real *const tau[2] = {r->tau_mean[0] + plan->cells, r->tau_mean[1] + plan->cells};
    const real *const tau_scale[2] = {plan->tau_mem_scale, plan->tau_syn_scale};
    memcpy(r->gradient, r->run.gradient, plan->synapses * sizeof(real));
    memcpy(tau[0], r->run.tau_mem, plan->cells * sizeof(real));
    memcpy(tau[1], r->run.tau_syn, plan->cells * sizeof(real));
    resident_scale(base, plan, r->gradient, plan->weight_scale, tau, tau_scale);
    if (base->options.train_delays)
        derive_delays(r, r->delay[3]);
    resident_flat(base, plan, r->gradient, tau, r->delay[3], flat, true);
    return 0;
}

/* ---- a batch ---- */

/* Of the samples that this rank runs. */
static void count_spikes(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    uint32_t *count = resident_filled(&r->base).count;
    memset(count, 0, r->base.outcome.hidden * sizeof *count);
    for (size_t p = 0; p < plan->populations; p++) {
        if (!resident_is_hidden(plan, p))
            continue;
        for (size_t s = clock_first(&r->run); s < clock_last(&r->run); s++) {
            const struct clock_list *list = &r->run.sample[s].spikes[p];
            for (size_t k = 0; k < list->count; k++)
                count[list->neuron[k]]++;
        }
        count += plan->population[p].size;
    }
}

static void lay_pull(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    const struct resident_options *o = &r->base.options;
    size_t hidden = 0;
    for (size_t p = 0; p < plan->populations; p++)
        for (size_t k = 0; resident_is_hidden(plan, p) && k < plan->population[p].size;
             k++, hidden++) {
            uint32_t count = r->base.outcome.count[hidden];
            r->pull[plan->population[p].first + k] =
                step_pull(count, (double)plan->valid, o->strength, o->spikes);
        }
}

/* The counts of all ranks: whole numbers, whose sum has no order. */
static int sum_counts(struct resident_host *r)
{
    const struct gpu_peers *peers = r->run.share->peers;
    size_t hidden = r->base.outcome.hidden, size = hidden * sizeof(uint32_t);
    uint32_t *count = resident_filled(&r->base).count;
    uint32_t *all = malloc(peers->ranks * size + 1);
    if (!all)
        return -1;
    memcpy(all + peers->rank * hidden, count, size);
    int failed = clock_share_records(r->run.share, all, size, peers->ranks);
    memset(count, 0, size);
    for (size_t k = 0; k < peers->ranks * hidden; k++)
        count[k % hidden] += all[k];
    free(all);
    return failed;
}

static int tell_outcome(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    struct clock_share *share = r->run.share;
    struct resident_filled to = resident_filled(&r->base);
    for (size_t s = clock_first(&r->run); s < clock_last(&r->run); s++) {
        const struct clock_sample *from = &r->run.sample[s];
        to.loss[s] = from->loss;
        to.predicted[s] = (uint32_t)clock_predict(plan, from);
        r->silent[s] = !plan->loss.by_voltage && from->when[plan->label[s]] == UINT32_MAX;
    }
    if (share &&
        (clock_share_records(share, to.loss, sizeof *to.loss, plan->valid) != 0 ||
         clock_share_records(share, to.predicted, sizeof *to.predicted, plan->valid) != 0 ||
         clock_share_records(share, r->silent, sizeof *r->silent, plan->valid) != 0 ||
         sum_counts(r) != 0))
        return -1;
    r->base.outcome.silent_labels = 0;
    for (size_t s = 0; s < plan->valid; s++)
        r->base.outcome.silent_labels += r->silent[s];
    resident_sum(&r->base, plan);
    return 0;
}

static int host_run(struct resident *base, const struct resident_batch *batch, bool learn)
{
    struct resident_host *r = (struct resident_host *)base;
    int threads = omp_get_max_threads(), failed;
    if (r->threads > 0)
        omp_set_num_threads(r->threads);
    resident_take(base, &r->plan, &r->run, batch);
    failed = clock_forward(&r->run) != 0;
    if (!failed) {
        count_spikes(r);
        failed = tell_outcome(r) != 0;
    }
    if (!failed && learn) {
        lay_pull(r);
        failed = clock_backward(&r->run) != 0;
    }
    omp_set_num_threads(threads);
    if (failed)
        snprintf(base->reason, RESULT_REASON, "memory is short");
    return failed ? -1 : 0;
}

/* ---- the whole ---- */

static int take_memory(struct resident_host *r)
{
    const struct clock_plan *plan = &r->plan;
    struct clock_memory *m = &r->memory;
    r->mean = clock_take(m, plan->synapses, sizeof(real));
    r->square = clock_take(m, plan->synapses, sizeof(real));
    r->gradient = clock_take(m, plan->synapses, sizeof(real));
    r->pull = clock_take(m, plan->cells, sizeof(real));
    r->silent = clock_take(m, plan->samples, sizeof *r->silent);
    bool taken = r->silent && r->mean && r->square && r->gradient && r->pull;
    for (size_t which = 0; which < 2; which++) {
        r->tau[which] = clock_take(m, plan->cells, sizeof(real));
        /* Twice: the second half is where gradients are made ready to be copied. */
        r->tau_mean[which] = clock_take(m, 2 * plan->cells, sizeof(real));
        r->tau_square[which] = clock_take(m, plan->cells, sizeof(real));
        taken = taken && r->tau[which] && r->tau_mean[which] && r->tau_square[which];
    }
    for (size_t part = 0; part < 4 && r->base.options.train_delays; part++) {
        r->delay[part] = clock_take(m, plan->synapses, sizeof(real));
        taken = taken && r->delay[part];
    }
    return taken && resident_room(&r->base, plan, m) == 0 ? 0 : -1;
}

static int take_peers(struct resident_host *r)
{
    if (r->base.options.peers)
        r->run.share = clock_share_make(r->base.options.peers);
    return r->run.share || !r->base.options.peers ? 0 : -1;
}

static void host_close(struct resident *base)
{
    struct resident_host *r = (struct resident_host *)base;
    clock_share_free(r->run.share);
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

static struct resident *host_open(const struct engine *engine, const struct case_problem *c,
                                  const struct resident_options *options, size_t source,
                                  enum result_status *status, char reason[RESULT_REASON])
{
    struct resident_host *r = calloc(1, sizeof *r);
    (void)engine;
    *status = RESULT_SHORT;
    snprintf(reason, RESULT_REASON, "memory is short");
    if (!r)
        return NULL;
    r->base.options = *options;
    r->base.source = source;
    r->threads = options->engine.threads;
    r->run.plan = &r->plan;
    *status = resident_plan(&r->plan, c, options, reason);
    if (*status == RESULT_OK &&
        (clock_run_make(&r->run, &r->plan) != 0 || take_memory(r) != 0 || take_peers(r) != 0)) {
        *status = RESULT_SHORT;
        snprintf(reason, RESULT_REASON, "memory is short");
    }
    if (*status != RESULT_OK) {
        host_close(&r->base);
        return NULL;
    }
    if (options->train_taus) {
        resident_start_taus(&r->plan, r->tau);
        lay_taus(r);
    }
    if (options->train_delays)
        start_delays(r);
    resident_rules(&r->plan, options, r->pull);
    return &r->base;
}

const struct resident_kind resident_host = {host_open, host_close,    host_run,  host_adam,
                                            host_copy, host_gradient, host_bytes};
