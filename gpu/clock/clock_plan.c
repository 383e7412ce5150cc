/* SPDX-License-Identifier: MIT */
/* clock_plan.c: from a case to the arrays of the engine. */
#include "gpu/clock/plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum result_status refuse(char reason[RESULT_REASON], const char *text)
{
    snprintf(reason, RESULT_REASON, "%s", text);
    return RESULT_REFUSED;
}

static enum result_status no_memory(char reason[RESULT_REASON])
{
    snprintf(reason, RESULT_REASON, "memory is short");
    return RESULT_SHORT;
}

/* ---- populations ---- */

static int lay_populations(struct clock_plan *plan)
{
    const struct case_problem *c = plan->c;
    plan->populations = c->populations;
    plan->population = clock_take(&plan->memory, c->populations, sizeof *plan->population);
    if (!plan->population)
        return -1;
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *from = &c->population[p];
        size_t padded = (from->size + LANES - 1) / LANES * LANES;
        plan->population[p] = (struct clock_population){
            .model = from->model,
            .size = from->size,
            .padded = padded,
            .first = plan->cells,
        };
        if (from->model != CASE_SPIKE_SOURCE)
            plan->cells += padded;
    }
    return 0;
}

/* The numbers of the projections into, or out of, every population: list[begin .. begin + count).
 */
static void list_projections(struct clock_plan *plan)
{
    size_t in = 0, out = 0;
    for (size_t p = 0; p < plan->populations; p++) {
        struct clock_population *population = &plan->population[p];
        population->incoming = in;
        population->outgoing = out;
        for (size_t k = 0; k < plan->projections; k++) {
            if (plan->projection[k].target == p)
                plan->incoming[in++] = k;
            if (plan->projection[k].source == p)
                plan->outgoing[out++] = k;
        }
        population->incomings = in - population->incoming;
        population->outgoings = out - population->outgoing;
    }
}

/* ---- projections ---- */

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static size_t find_fan(struct clock_plan *plan, size_t source, uint32_t delay)
{
    for (size_t f = 0; f < plan->fans; f++)
        if (plan->fan[f].source == source && plan->fan[f].delay == delay)
            return f;
    plan->fan[plan->fans] = (struct clock_fan){source, delay};
    return plan->fans++;
}

/* The delays of a projection, ascending, as fans. */
static int take_fans(struct clock_plan *plan, struct clock_projection *p, const uint32_t *delay,
                     size_t count)
{
    p->fans = count;
    p->fan = clock_take(&plan->memory, count, sizeof *p->fan);
    struct clock_fan *grown = clock_take(&plan->memory, plan->fans + count, sizeof *grown);
    if (!p->fan || !grown)
        return -1;
    if (plan->fans > 0)
        memcpy(grown, plan->fan, plan->fans * sizeof *grown);
    plan->fan = grown;
    for (size_t k = 0; k < count; k++)
        p->fan[k] = find_fan(plan, p->source, delay[k]);
    return 0;
}

static int lay_fans(struct clock_plan *plan, struct clock_projection *p, size_t number)
{
    size_t count = plan->grid.delays[number], distinct = 0;
    uint32_t *sorted = malloc((count + 1) * sizeof *sorted);
    if (!sorted)
        return -1;
    memcpy(sorted, plan->grid.delay[number], count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_value);
    for (size_t k = 0; k < count; k++)
        if (k == 0 || sorted[k] != sorted[k - 1])
            sorted[distinct++] = sorted[k];
    int failed = take_fans(plan, p, sorted, distinct);
    free(sorted);
    return failed;
}

/* Delays of dead cells equal no delay there is. */
static int lay_delays(struct clock_plan *plan, struct clock_projection *p, size_t number)
{
    size_t columns = plan->population[p->target].size;
    p->delay = clock_take(&plan->memory, p->rows * p->width, sizeof *p->delay);
    if (!p->delay)
        return -1;
    for (size_t i = 0; i < p->rows; i++)
        for (size_t j = 0; j < p->width; j++)
            p->delay[i * p->width + j] =
                j < columns ? case_grid_delay(&plan->grid, number, i * columns + j) : UINT32_MAX;
    return 0;
}

static int lay_projections(struct clock_plan *plan)
{
    const struct case_problem *c = plan->c;
    plan->projections = c->projections;
    plan->projection = clock_take(&plan->memory, c->projections, sizeof *plan->projection);
    plan->incoming = clock_take(&plan->memory, c->projections, sizeof *plan->incoming);
    plan->outgoing = clock_take(&plan->memory, c->projections, sizeof *plan->outgoing);
    if (!plan->projection || !plan->incoming || !plan->outgoing)
        return -1;
    for (size_t k = 0; k < c->projections; k++) {
        struct clock_projection *p = &plan->projection[k];
        *p = (struct clock_projection){.source = c->projection[k].source,
                                       .target = c->projection[k].target};
        p->rows = plan->population[p->source].size;
        p->width = plan->population[p->target].padded;
        p->weight = plan->synapses;
        plan->synapses += p->rows * p->width;
        plan->rows += p->rows;
        if (lay_fans(plan, p, k) != 0 || (p->fans > 1 && lay_delays(plan, p, k) != 0))
            return -1;
    }
    list_projections(plan);
    return 0;
}

/* ---- loss ---- */

static void lay_loss(struct clock_plan *plan)
{
    const struct case_problem *c = plan->c;
    const struct case_loss *from = &c->loss;
    unsigned variant = plan->options.variant;
    struct clock_loss *loss = &plan->loss;
    *loss = (struct clock_loss){
        .kind = from->kind,
        .weighting = (int)from->weighting,
        .population = from->population,
        .outputs = c->population[from->population].size,
        .by_voltage = c->population[from->population].model == CASE_LI,
        .traced = from->kind == CASE_INSTANTANEOUS_CROSS_ENTROPY ||
                  from->kind == CASE_VOLTAGE_SQUARED_ERROR,
        .first = {.kind = (int)from->kind,
                  .reciprocal = from->penalty == CASE_PENALTY_RECIPROCAL,
                  .tau0 = from->tau0,
                  .tau1 = from->tau1,
                  .alpha = from->alpha,
                  .margin = from->margin,
                  .end = c->end},
        .silent = c->end + from->silent_after,
        .label_times = (variant & SCHEME_LABEL) != 0,
        .before_only = (variant & SCHEME_MAX_BEFORE) != 0,
        .kinks = from->kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY && !(variant & SCHEME_MAX_STILL),
        .drive_scale = 1.0 / c->end,
    };
}

/* ---- the whole ---- */

enum result_status clock_plan_make(struct clock_plan *plan, const struct case_problem *c,
                                   const struct engine_options *options, char reason[RESULT_REASON])
{
    struct case_error error;
    *plan = (struct clock_plan){
        .c = c, .options = *options, .samples = c->samples, .valid = c->samples};
    plan->memory.poison = options->poison;
    if (c->loss.kind == CASE_FIRST_SPIKE_CROSS_ENTROPY && c->loss.tau0 <= 0)
        return refuse(reason, "tau0 of the loss is not positive");
    if ((options->variant & SCHEME_STALE) && !options->backward_weight)
        return refuse(reason, "SCHEME_STALE needs the weights of the backward pass");
    if (case_grid_make(&plan->grid, c, options->step, options->delays, &error) != 0)
        return refuse(reason, error.text);
    plan->steps = plan->grid.steps;
    plan->history = options->delay_gradients ? 2 : 1;
    if (lay_populations(plan) != 0 || lay_projections(plan) != 0)
        return no_memory(reason);
    lay_loss(plan);
    enum result_status status = clock_constants(plan, reason);
    return status == RESULT_OK ? clock_inputs(plan, reason) : status;
}

int clock_plan_delays(struct clock_plan *plan, size_t projection, uint32_t most)
{
    struct clock_projection *p = &plan->projection[projection];
    uint32_t *delay = malloc(((size_t)most + 1) * sizeof *delay);
    for (uint32_t k = 0; delay && k <= most; k++)
        delay[k] = k;
    int failed = !delay || take_fans(plan, p, delay, (size_t)most + 1) != 0 ||
                 lay_delays(plan, p, projection) != 0;
    free(delay);
    return failed ? -1 : 0;
}

void clock_plan_clear(struct clock_plan *plan)
{
    case_grid_clear(&plan->grid);
    clock_release(&plan->memory);
}
