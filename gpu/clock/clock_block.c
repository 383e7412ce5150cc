/* SPDX-License-Identifier: MIT */
/* clock_block.c: which spikes the backward pass sees. All of them, but for two defects of the
 * published code, in which a spike that the backward clock never meets blocks its neuron's list:
 * that spike and all earlier ones get no backward pass. */
#include "gpu/clock/plan.h"

#include <math.h>
#include <stdlib.h>

/* The published clock runs on in binary32 after the trial; it meets a spike of step n one step
 * before the backward step m = steps - 1 - n. */
static bool met(const struct clock_plan *plan, uint32_t n)
{
    unsigned variant = plan->options.variant;
    uint32_t m = plan->steps - 1 - n;
    if (m == 0)
        return !(variant & SCHEME_BLOCKED);
    if (!(variant & SCHEME_FLOAT_CLOCK))
        return true;
    double dt = plan->c->end / (double)plan->steps;
    float label = (float)((double)n * dt), step = (float)dt, end = (float)plan->c->end;
    float now = end + (float)((double)(m - 1) * dt);
    float back = (2.0f * end - now) - step;
    return fabsf((back - label) - step) < 0x1.0624dep-10f * step; /* 1e-3 */
}

static int take_list(struct clock_sample *s, struct clock_list *list, size_t count)
{
    list->room = count;
    list->step = clock_take(&s->blocked, count, sizeof *list->step);
    list->neuron = clock_take(&s->blocked, count, sizeof *list->neuron);
    list->slope = clock_take(&s->blocked, count, sizeof *list->slope);
    list->rev = clock_take(&s->blocked, count, sizeof *list->rev);
    return list->step && list->neuron && list->slope && list->rev ? 0 : -1;
}

/* Keeps the spikes after the last one of each neuron that is not met. */
static int filter(const struct clock_plan *plan, struct clock_sample *s, size_t population)
{
    const struct clock_list *from = &s->spikes[population];
    struct clock_list *to = &s->back[population];
    bool *lost = calloc(plan->population[population].size, sizeof *lost);
    *to = (struct clock_list){0, 0, NULL, NULL, NULL, NULL};
    if (!lost || take_list(s, to, from->count) != 0) {
        free(lost);
        return -1;
    }
    size_t at = from->count; /* filled from the end */
    for (size_t k = from->count; k-- > 0;) {
        lost[from->neuron[k]] |= !met(plan, from->step[k]);
        if (lost[from->neuron[k]])
            continue;
        at--;
        to->step[at] = from->step[k];
        to->neuron[at] = from->neuron[k];
        to->slope[at] = from->slope ? from->slope[k] : 0;
    }
    free(lost);
    to->count = from->count - at;
    for (size_t k = 0; k < to->count; k++) {
        to->step[k] = to->step[at + k];
        to->neuron[k] = to->neuron[at + k];
        to->slope[k] = to->slope[at + k];
    }
    return 0;
}

int clock_block(const struct clock_plan *plan, struct clock_sample *s)
{
    bool published = (plan->options.variant & (SCHEME_BLOCKED | SCHEME_FLOAT_CLOCK)) != 0;
    clock_release(&s->blocked);
    for (size_t p = 0; p < plan->populations; p++) {
        if (plan->population[p].model == CASE_LI)
            continue;
        if (published) {
            if (filter(plan, s, p) != 0)
                return -1;
        } else {
            s->back[p] = s->spikes[p];
        }
    }
    return 0;
}
