/* SPDX-License-Identifier: MIT */
/* clock_adjoint.c: the adjoint of one sample on the host, a chunk of arrival indices at a time.
 *
 * lambda_I lives in the rows of the history, from which the gradient is gathered afterwards: the
 * row of index a holds it at time a dt, before the jumps there; propagation writes the row of a
 * - 1. */
#include "gpu/clock/plan.h"
#include "gpu/step.h"
#include "gpu/clock/vector.h"

/* Cloned functions need names of their own in each of the two compilations (see vector.h). */
#define propagate CLOCK(propagate)
#define propagate_driven CLOCK(propagate_driven)

/* ---- the reverse input of a spike ---- */

/* Lanes first, then folded in halves: the shape is fixed, whatever the width of vectors. */
static real dot(const real *restrict w, const real *restrict x, size_t width)
{
    real lane[LANES];
    clock_dot_lanes(lane, w, x, width);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] = lane[l] + lane[l + half];
    return lane[0];
}

static real dot_delayed(const real *w, const real *x, const uint32_t *delay, uint32_t wanted,
                        size_t width)
{
    real lane[LANES] = {0};
    for (size_t j = 0; j < width; j++)
        lane[j % LANES] = lane[j % LANES] + (delay[j] == wanted ? w[j] * x[j] : 0);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++)
            lane[l] = lane[l] + lane[l + half];
    return lane[0];
}

/* The spikes whose arrivals over this fan are at the start of step a. */
static void receive_fan(const struct clock_plan *plan, struct clock_sample *s,
                        const struct clock_projection *p, size_t fan, uint32_t a)
{
    struct clock_list *list = &s->back[p->source];
    uint32_t delay = plan->fan[fan].delay;
    const real *x = s->across + plan->population[p->target].first;
    for (size_t k = s->cursor[fan]; k-- > 0 && list->step[k] == a - 1 - delay;) {
        size_t i = list->neuron[k];
        const real *w = plan->weight_back + p->weight + i * p->width;
        real sum = p->delay ? dot_delayed(w, x, p->delay + i * p->width, delay, p->width)
                            : dot(w, x, p->width);
        list->rev[k] = list->rev[k] + sum;
    }
}

static void receive(const struct clock_plan *plan, struct clock_sample *s, uint32_t a)
{
    for (size_t k = 0; k < plan->projections; k++) {
        const struct clock_projection *p = &plan->projection[k];
        if (plan->population[p->source].model != CASE_LIF)
            continue;
        for (size_t f = 0; f < p->fans; f++)
            if (a > plan->fan[p->fan[f]].delay)
                receive_fan(plan, s, p, p->fan[f], a);
    }
}

/* Past the spikes whose arrivals are at a: what is left before the cursor arrives earlier. */
static void retreat_cursors(const struct clock_plan *plan, struct clock_sample *s, uint32_t a)
{
    for (size_t f = 0; f < plan->fans; f++) {
        const struct clock_list *list = &s->back[plan->fan[f].source];
        size_t k = s->cursor[f];
        while (k > 0 && list->step[k - 1] + 1 + plan->fan[f].delay >= a)
            k--;
        s->cursor[f] = k;
    }
}

/* ---- jumps ---- */

static void jump(const struct clock_plan *plan, struct clock_sample *s, size_t population,
                 uint32_t step)
{
    const struct clock_population *p = &plan->population[population];
    struct clock_list *list = &s->back[population];
    bool scored = population == plan->loss.population;
    while (s->jumped[population] > 0 && list->step[s->jumped[population] - 1] == step) {
        size_t k = --s->jumped[population], neuron = list->neuron[k], cell = p->first + neuron;
        real lambda = s->lambda_v[cell], height = plan->height[cell];
        s->lambda_v[cell] =
            scored && s->when[neuron] == step
                ? step_jump_loss(lambda, height, list->rev[k], s->pull[neuron], list->slope[k])
                : step_jump(lambda, height, list->rev[k], list->slope[k]);
        if (plan->rules.pull)
            s->lambda_v[cell] = s->lambda_v[cell] - plan->rules.pull[cell];
    }
}

static void jump_all(const struct clock_plan *plan, struct clock_sample *s, uint32_t step)
{
    for (size_t p = 0; p < plan->populations; p++)
        if (plan->population[p].model == CASE_LIF)
            jump(plan, s, p, step);
}

static void jump_maximum(const struct clock_plan *plan, struct clock_sample *s, uint32_t a)
{
    size_t first = plan->population[plan->loss.population].first;
    for (size_t k = 0; k < plan->loss.outputs; k++)
        if (s->when[k] == a)
            s->lambda_v[first + k] = s->lambda_v[first + k] + s->pull[k];
}

/* ---- gradients of time constants ---- */

/* Where the published code finds the trace: one step late, and of the next neuron in the earlier
 * half of the trial. */
static size_t published_place(const struct clock_plan *plan, const struct clock_population *p,
                              size_t k, uint32_t step)
{
    uint32_t m = plan->steps - 1 - step;
    size_t neuron = m > plan->steps / 2 && k + 1 < p->size ? k + 1 : k;
    return ((size_t)step + 1) * plan->cells + p->first + neuron;
}

static void add_tau(const struct clock_plan *plan, struct clock_sample *s, const real *lambda_i,
                    uint32_t step)
{
    bool published = (plan->options.variant & SCHEME_TAU_PUBLISHED) != 0;
    for (size_t q = 0; q < plan->populations; q++) {
        const struct clock_population *p = &plan->population[q];
        for (size_t k = 0; p->model != CASE_SPIKE_SOURCE && k < p->size; k++) {
            size_t cell = p->first + k, place = (size_t)step * plan->cells + cell;
            if (published && step + 1 == plan->steps)
                continue;
            if (published)
                place = published_place(plan, p, k, step);
            real v = s->trace_v[place], i = s->trace_i[place];
            s->tau_mem[cell] =
                s->tau_mem[cell] + step_tau_mem(s->lambda_v[cell], i, plan->bias[cell], v);
            s->tau_syn[cell] = s->tau_syn[cell] + step_tau_syn(lambda_i[cell], i);
        }
    }
}

/* ---- propagation ---- */

CLONED_WIDEST static void propagate(real *restrict to, real *restrict lambda_v,
                                    real *restrict across, const real *restrict from,
                                    const struct clock_plan *plan, size_t first, size_t width)
{
    const real *restrict alpha = plan->alpha + first, *restrict beta = plan->beta + first;
    const real *restrict kappa_back = plan->kappa_back + first;
    for (size_t j = 0; j < width; j++) {
        real lambda = lambda_v[j];
        to[j] = step_lambda_i(from[j], lambda, beta[j], kappa_back[j]);
        lambda_v[j] = step_lambda_v(lambda, alpha[j]);
        across[j] = lambda_v[j] - to[j];
    }
}

CLONED_WIDEST static void propagate_driven(real *restrict to, real *restrict lambda_v,
                                           real *restrict across, const real *restrict from,
                                           const real *restrict steady,
                                           const struct clock_plan *plan, size_t first,
                                           size_t width)
{
    const real *restrict alpha = plan->alpha + first, *restrict beta = plan->beta + first;
    const real *restrict kappa_back = plan->kappa_back + first;
    for (size_t j = 0; j < width; j++) {
        real lambda = lambda_v[j];
        to[j] = step_driven_i(from[j], lambda, steady[j], beta[j], kappa_back[j]);
        lambda_v[j] = step_driven_v(lambda, steady[j], alpha[j]);
        across[j] = lambda_v[j] - to[j];
    }
}

static void propagate_all(const struct clock_plan *plan, struct clock_sample *s, size_t sample,
                          real *to, const real *from, uint32_t step)
{
    for (size_t q = 0; q < plan->populations; q++) {
        const struct clock_population *p = &plan->population[q];
        size_t f = p->first;
        if (p->model == CASE_SPIKE_SOURCE)
            continue;
        if (q == plan->loss.population && plan->loss.by_voltage) {
            clock_loss_drive(plan, s, sample, step);
            propagate_driven(to + f, s->lambda_v + f, s->across + f, from + f, s->steady, plan, f,
                             p->padded);
        } else {
            propagate(to + f, s->lambda_v + f, s->across + f, from + f, plan, f, p->padded);
        }
    }
}

/* ---- a chunk ---- */

void clock_adjoint_begin(const struct clock_plan *plan, struct clock_sample *s)
{
    for (size_t j = 0; j < plan->cells; j++) {
        s->lambda_v[j] = s->lambda_i[j] = s->across[j] = 0;
        if (s->trace_v)
            s->tau_mem[j] = s->tau_syn[j] = 0;
    }
    for (size_t f = 0; f < plan->fans; f++)
        s->cursor[f] = s->back[plan->fan[f].source].count;
    for (size_t p = 0; p < plan->populations; p++) {
        s->jumped[p] = s->back[p].count;
        for (size_t k = 0; plan->population[p].model == CASE_LIF && k < s->back[p].count; k++)
            s->back[p].rev[k] = 0;
    }
    for (size_t k = 0; k < plan->population[plan->loss.population].padded; k++)
        s->steady[k] = 0;
}

/* The published rule that revives a silent output: as if it spiked at the end. */
static void start_phantom(const struct clock_plan *plan, struct clock_sample *s, size_t sample)
{
    uint32_t label = plan->label[sample];
    if (plan->rules.phantom != 0 && s->when[label] == UINT32_MAX)
        s->lambda_v[plan->population[plan->loss.population].first + label] = plan->rules.phantom;
}

/* Arrivals at a maximum see lambda_V within its jump. */
static void meet_kinks(const struct clock_plan *plan, struct clock_sample *s, uint32_t a)
{
    real *across = s->across + plan->population[plan->loss.population].first;
    for (size_t k = 0; plan->loss.kinks && k < plan->loss.outputs; k++)
        if (s->when[k] == a)
            across[k] = across[k] + s->kink[k];
}

static void look(const struct clock_plan *plan, struct clock_sample *s, const real *lambda_i,
                 uint32_t step)
{
    for (size_t j = 0; j < plan->cells; j++) {
        s->saw[2][(size_t)step * plan->cells + j] = (double)s->lambda_v[j];
        s->saw[3][(size_t)step * plan->cells + j] = (double)lambda_i[j];
    }
}

/* Index a: state at time a dt, with lambda_I in from; leaves it at (a - 1) dt in to. */
static void step_back(const struct clock_plan *plan, struct clock_sample *s, size_t sample,
                      real *to, const real *from, uint32_t a)
{
    uint32_t step = a - 1;
    bool late = (plan->options.variant & SCHEME_LATE_JUMP) != 0;
    if (s->saw[2])
        look(plan, s, from, step);
    if (a < plan->steps)
        receive(plan, s, a);
    retreat_cursors(plan, s, a);
    if (plan->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY)
        jump_maximum(plan, s, a);
    if (!late)
        jump_all(plan, s, step);
    if (s->trace_v)
        add_tau(plan, s, from, step);
    propagate_all(plan, s, sample, to, from, step);
    if (late) {
        jump_all(plan, s, step);
        for (size_t j = 0; j < plan->cells; j++)
            s->across[j] = s->lambda_v[j] - to[j];
    }
}

/* Chunk c holds the indices c CHUNK .. c CHUNK + CHUNK - 1, but 0, where nothing arrives that would
 * move anything, and those after the last step. Index steps, the end of the trial, belongs to no
 * history row: it is passed before the first chunk. */
void clock_adjoint(const struct clock_run *run, size_t sample, uint32_t chunk)
{
    const struct clock_plan *plan = run->plan;
    struct clock_sample *s = &run->sample[sample];
    size_t stride = plan->cells, other = plan->samples * CHUNK * stride;
    real *history = run->history + sample * CHUNK * stride;
    uint32_t low = chunk * CHUNK, high = low + CHUNK - 1;
    if (chunk == (plan->steps - 1) / CHUNK) {
        high = plan->steps - 1;
        start_phantom(plan, s, sample);
        step_back(plan, s, sample, s->lambda_i, s->zero, plan->steps);
    }
    real *row = history + (high - low) * stride;
    for (size_t j = 0; j < stride; j++)
        row[j] = s->lambda_i[j];
    for (uint32_t a = high;; a--) {
        row = history + (a - low) * stride;
        meet_kinks(plan, s, a);
        if (plan->history > 1)
            for (size_t j = 0; j < stride; j++)
                row[other + j] = s->across[j];
        if (a == 0)
            break;
        step_back(plan, s, sample, a > low ? row - stride : s->lambda_i, row, a);
        if (a == low)
            break;
    }
}
