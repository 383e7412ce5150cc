/* SPDX-License-Identifier: MIT */
/* clock_host.c: the host driver: memory of a run, the backward pass over all samples, everything
 * together. */
#include "gpu/clock/plan.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

static int make_sample(struct clock_run *run, struct clock_sample *s, size_t sample)
{
    const struct clock_plan *plan = run->plan;
    const struct engine_options *options = &plan->options;
    struct clock_memory *m = &run->memory;
    size_t outputs = plan->loss.outputs, width = plan->population[plan->loss.population].padded;
    size_t cells = plan->cells, all = (size_t)plan->steps * cells;
    size_t tau = options->tau_gradients && options->gradients ? all : 0;
    *s = (struct clock_sample){.loss = 0};
    struct {
        void *place;
        size_t count, size;
    } wanted[] = {
        {&s->spikes, plan->populations, sizeof *s->spikes},
        {&s->back, plan->populations, sizeof *s->back},
        {&s->cursor, plan->fans, sizeof *s->cursor},
        {&s->jumped, plan->populations, sizeof *s->jumped},
        {&s->any, cells / LANES, sizeof *s->any},
        {&s->lambda_v, cells, sizeof(real)},
        {&s->lambda_i, cells, sizeof(real)},
        {&s->across, cells, sizeof(real)},
        {&s->v, cells, sizeof(real)},
        {&s->i, cells, sizeof(real)},
        {&s->before, cells, sizeof(real)},
        {&s->score, outputs, sizeof(real)},
        {&s->when, outputs, sizeof *s->when},
        {&s->pull, outputs, sizeof(real)},
        {&s->rise, outputs, sizeof(real)},
        {&s->kink, outputs, sizeof(real)},
        {&s->steady, width, sizeof(real)},
        {&s->square, outputs, sizeof(double)},
        {&s->time, 2 * outputs, sizeof(double)},
        {&s->target, outputs, sizeof *s->target},
        {&s->output, plan->loss.traced ? plan->steps * width : 0, sizeof(real)},
        {&s->trace_v, tau, sizeof(real)},
        {&s->trace_i, tau, sizeof(real)},
        {&s->tau_mem, tau ? cells : 0, sizeof(real)},
        {&s->tau_syn, tau ? cells : 0, sizeof(real)},
        {&s->saw[0], options->trace ? all : 0, sizeof(double)},
        {&s->saw[1], options->trace ? all : 0, sizeof(double)},
        {&s->saw[2], options->trace && options->gradients ? all : 0, sizeof(double)},
        {&s->saw[3], options->trace && options->gradients ? all : 0, sizeof(double)},
    };
    for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
        void *taken = wanted[k].count ? clock_take(m, wanted[k].count, wanted[k].size) : NULL;
        if (wanted[k].count && !taken)
            return -1;
        memcpy(wanted[k].place, &taken, sizeof taken);
    }
    for (size_t p = 0; p < plan->populations; p++)
        s->spikes[p] = s->back[p] = plan->input[sample * plan->populations + p];
    return 0;
}

static int make_gather(struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    size_t sum = 0;
    run->gather.begin = clock_take(&run->memory, plan->fans, sizeof *run->gather.begin);
    run->gather.room = clock_take(&run->memory, plan->fans, sizeof *run->gather.room);
    run->gather.entry = clock_take(&run->memory, plan->fans, sizeof *run->gather.entry);
    if (!run->gather.begin || !run->gather.room || !run->gather.entry)
        return -1;
    for (size_t f = 0; f < plan->fans; f++) {
        run->gather.begin[f] = sum;
        run->gather.room[f] = 0;
        run->gather.entry[f] = NULL;
        sum += plan->population[plan->fan[f].source].size + 2;
    }
    run->gather.first = clock_take(&run->memory, sum, sizeof *run->gather.first);
    return run->gather.first ? 0 : -1;
}

int clock_run_make(struct clock_run *run, const struct clock_plan *plan)
{
    struct clock_memory *m = &run->memory;
    size_t history = plan->history * plan->samples * CHUNK * plan->cells;
    *run = (struct clock_run){.plan = plan, .memory.poison = plan->options.poison};
    real *zero = clock_take(m, plan->cells, sizeof *zero);
    run->sample = calloc(plan->samples, sizeof *run->sample);
    run->tau_mem = clock_take(m, plan->cells, sizeof(real));
    run->tau_syn = clock_take(m, plan->cells, sizeof(real));
    if (!zero || !run->sample || !run->tau_mem || !run->tau_syn || make_gather(run) != 0)
        return -1;
    memset(zero, 0, plan->cells * sizeof *zero);
    for (size_t s = 0; s < plan->samples; s++) {
        if (make_sample(run, &run->sample[s], s) != 0)
            return -1;
        run->sample[s].zero = zero;
    }
    if (plan->options.gradients) {
        run->history = clock_take(m, history, sizeof(real));
        run->gradient = clock_take(m, plan->history * plan->synapses, sizeof(real));
        if (!run->history || !run->gradient)
            return -1;
    }
    return 0;
}

void clock_run_clear(struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    for (size_t s = 0; run->sample && s < plan->samples; s++) {
        clock_release(&run->sample[s].blocked);
        for (size_t p = 0; run->sample[s].spikes && p < plan->populations; p++)
            if (plan->population[p].model == CASE_LIF) {
                struct clock_list *list = &run->sample[s].spikes[p];
                free(list->step);
                free(list->neuron);
                free(list->slope);
                free(list->rev);
            }
    }
    for (size_t f = 0; run->gather.entry && run->gather.room && f < plan->fans; f++)
        free(run->gather.entry[f]);
    free(run->sample);
    clock_release(&run->memory);
}

size_t clock_run_bytes(const struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    size_t bytes = run->memory.bytes + plan->memory.bytes;
    for (size_t s = 0; s < plan->samples; s++) {
        bytes += run->sample[s].blocked.bytes;
        for (size_t p = 0; p < plan->populations; p++)
            if (plan->population[p].model == CASE_LIF)
                bytes += run->sample[s].spikes[p].room * (2 * sizeof(uint32_t) + 2 * sizeof(real));
    }
    for (size_t f = 0; f < plan->fans; f++)
        bytes += run->gather.room[f] * sizeof(uint32_t);
    return bytes;
}

/* ---- backward ---- */

enum { ROWS = 32, COLUMNS = 2 * LANES }; /* of one task of the gathering */

struct task {
    size_t projection, from, left;
};

/* Tasks of one projection, columns outermost. */
static size_t list_tasks(struct task *task, const struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    size_t tasks = 0;
    for (size_t p = 0; p < plan->projections; p++)
        for (size_t left = clock_left(run, plan->projection[p].width);
             left < clock_right(run, plan->projection[p].width); left += COLUMNS)
            for (size_t from = 0; from < plan->projection[p].rows; from += ROWS) {
                if (task)
                    task[tasks] = (struct task){p, from, left};
                tasks++;
            }
    return tasks;
}

static void do_task(const struct clock_run *run, const struct task *task)
{
    const struct clock_projection *p = &run->plan->projection[task->projection];
    size_t to = task->from + ROWS < p->rows ? task->from + ROWS : p->rows;
    size_t right = clock_right(run, p->width);
    size_t wide = task->left + COLUMNS < right ? COLUMNS : right - task->left;
    clock_gather(run, task->projection, task->from, to, task->left, wide);
}

static void sum_tau(struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    for (size_t j = 0; j < plan->cells; j++) {
        run->tau_mem[j] = run->tau_syn[j] = 0;
        for (size_t k = 0; k < plan->valid; k++) {
            const struct clock_sample *s = &run->sample[plan->order[k]];
            run->tau_mem[j] = run->tau_mem[j] + s->tau_mem[j];
            run->tau_syn[j] = run->tau_syn[j] + s->tau_syn[j];
        }
    }
}

static void fail(struct clock_run *run)
{
#pragma omp atomic write
    run->failed = 1;
}

/* By one thread, while the others wait. */
static void share_lists(struct clock_run *run)
{
    if (!run->share)
        return;
#pragma omp master
    if (!run->failed && clock_share_lists(run) != 0)
        fail(run);
#pragma omp barrier
}

static void share_history(struct clock_run *run, uint32_t chunk)
{
    if (!run->share)
        return;
#pragma omp master
    if (clock_share_history(run, chunk) != 0)
        fail(run);
#pragma omp barrier
}

/* Of all threads: one chunk after the other, the samples first, then what they left behind. */
static void work(struct clock_run *run, const struct task *task, size_t tasks)
{
    const struct clock_plan *plan = run->plan;
    size_t first = clock_first(run), last = clock_last(run);
#pragma omp for schedule(dynamic, 1)
    for (size_t s = first; s < last; s++)
        if (clock_block(plan, &run->sample[s]) == 0)
            clock_adjoint_begin(plan, &run->sample[s]);
        else
            fail(run);
    share_lists(run);
    for (uint32_t chunk = (plan->steps - 1) / CHUNK; !run->failed; chunk--) {
        double start = omp_get_wtime();
#pragma omp for schedule(dynamic, 1)
        for (size_t s = first; s < last; s++)
            clock_adjoint(run, s, chunk);
        share_history(run, chunk);
        double middle = omp_get_wtime();
#pragma omp for schedule(dynamic, 1)
        for (size_t f = 0; f < plan->fans; f++)
            if (clock_gather_sort(run, f, chunk) != 0)
                fail(run);
        if (run->failed)
            break;
#pragma omp for schedule(dynamic, 4)
        for (size_t t = 0; t < tasks; t++)
            do_task(run, &task[t]);
#pragma omp master
        {
            run->adjoint_seconds += middle - start;
            run->gather_seconds += omp_get_wtime() - middle;
        }
        if (chunk == 0)
            break;
    }
}

/* A chunk that takes less time than threads need to meet three times is done by one thread. */
enum { LEAST_WORK = 1 << 18 }; /* cells times samples times indices */

int clock_backward(struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    size_t tasks = list_tasks(NULL, run);
    struct task *task = malloc((tasks + 1) * sizeof *task);
    if (!task)
        return -1;
    list_tasks(task, run);
    run->adjoint_seconds = run->gather_seconds = 0;
    memset(run->gradient, 0, plan->history * plan->synapses * sizeof(real));
#pragma omp parallel if (plan->valid * plan->cells * CHUNK >= LEAST_WORK)
    work(run, task, tasks);
    free(task);
    if (run->share && !run->failed &&
        (clock_share_gradient(run) != 0 ||
         (plan->options.tau_gradients && clock_share_taus(run) != 0)))
        return -1;
    if (!run->failed && plan->options.tau_gradients)
        sum_tau(run);
    return run->failed ? -1 : 0;
}

/* ---- everything ---- */

enum result_status clock_host(struct result *result, const struct case_problem *c,
                              const struct engine_options *options)
{
    struct clock_plan plan;
    struct clock_run run = {.plan = &plan};
    int threads = omp_get_max_threads();
    enum result_status status = clock_plan_make(&plan, c, options, result->reason);
    if (options->threads > 0)
        omp_set_num_threads(options->threads);
    if (status == RESULT_OK &&
        (clock_run_make(&run, &plan) != 0 || clock_forward(&run) != 0 ||
         (options->gradients && clock_backward(&run) != 0) || clock_result(result, &run) != 0)) {
        status = RESULT_SHORT;
        snprintf(result->reason, sizeof result->reason, "memory is short");
    }
    omp_set_num_threads(threads);
    clock_run_clear(&run);
    clock_plan_clear(&plan);
    return status;
}
