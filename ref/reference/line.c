/* SPDX-License-Identifier: MIT */
/* line.c: the values of parameters: the doubles of the case, exact, or moved along a line. */
#include "ref/reference/reference.h"

#include <stdlib.h>

struct moved {
    size_t parameter;
    arb_t value;
};

static int by_parameter(const void *one, const void *two)
{
    size_t const x = ((const struct ref_nudge *)one)->parameter;
    size_t const y = ((const struct ref_nudge *)two)->parameter;
    return (x > y) - (x < y);
}

static const struct moved *find(const struct pass *e, size_t parameter)
{
    size_t low = 0, high = e->moveds;
    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        if (e->moved[middle].parameter < parameter)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->moveds && e->moved[low].parameter == parameter ? e->moved + low : NULL;
}

void line_value(arb_t x, const struct pass *e, size_t parameter, double plain)
{
    const struct moved *moved = find(e, parameter);
    if (moved)
        arb_set(x, moved->value);
    else
        arb_set_d(x, plain);
}

/* Blocks begin with the weights of every projection, then their delays. */
void line_weight(arb_t w, const struct pass *e, size_t projection, size_t synapse)
{
    line_value(w, e, e->block[projection].first + synapse,
               e->c->projection[projection].weight[synapse]);
}

void line_delay(arb_t delay, const struct pass *e, size_t projection, size_t pre, size_t post)
{
    const struct case_block *b = e->block + e->c->projections + projection;
    line_value(delay, e, b->first + pre * b->columns + post,
               case_delay(e->c, e->c->projection + projection, pre, post));
}

size_t line_parameter(const struct pass *e, enum case_quantity quantity, size_t population)
{
    for (size_t x = 0; x < e->blocks; x++)
        if (e->block[x].quantity == quantity && e->block[x].population == population)
            return e->block[x].first;
    return NOBODY;
}

bool line_touches(const struct pass *e, size_t first, size_t count)
{
    for (size_t x = 0; x < e->moveds; x++)
        if (e->moved[x].parameter >= first && e->moved[x].parameter - first < count)
            return true;
    return false;
}

/* What a parameter may be: no delay and no input below zero, no time constant at zero, a threshold
 * above zero and above its reset. */
static bool may_be(const struct pass *e, const struct case_block *b, size_t parameter,
                   const arb_t value)
{
    bool good = true;
    if (b->quantity == CASE_DELAY || b->quantity == CASE_SPIKE_TIME)
        good = arb_is_nonnegative(value);
    else if (b->quantity != CASE_WEIGHT && b->quantity != CASE_BIAS)
        good = arb_is_positive(value);
    if (b->quantity == CASE_THRESHOLD) {
        arb_t reset;
        arb_init(reset);
        arb_set_d(reset, case_value(&e->c->population[b->population].reset, parameter - b->first));
        good = good && arb_gt(value, reset);
        arb_clear(reset);
    }
    return good && arb_is_finite(value);
}

static enum outcome move(struct pass *e, const struct ref_nudge *nudge, arb_srcptr h)
{
    const struct case_block *b = case_block_of(e->block, e->blocks, nudge->parameter);
    if (!b)
        return imprecise(e, "along the line: there is no parameter %zu", nudge->parameter);
    struct moved *now = e->moveds > 0 ? e->moved + e->moveds - 1 : NULL;
    if (!now || now->parameter != nudge->parameter) {
        now = e->moved + e->moveds++;
        now->parameter = nudge->parameter;
        arb_init(now->value);
        arb_set_d(now->value, case_parameter_value(e->c, b, nudge->parameter - b->first));
    }
    arb_t part;
    arb_init(part);
    arb_set_d(part, nudge->coefficient);
    arb_mul(part, part, h, ARF_PREC_EXACT);
    arb_add(now->value, now->value, part, ARF_PREC_EXACT);
    arb_clear(part);
    if (may_be(e, b, nudge->parameter, now->value))
        return PROVEN;
    char name[128];
    case_parameter_name(name, sizeof name, e->c, e->block, e->blocks, nudge->parameter);
    return imprecise(e, "along the line: %s cannot be %.17g", name, middle_d(now->value));
}

enum outcome line_init(struct pass *e)
{
    const struct ref_line *line = e->options->line;
    if (!line || line->nudges == 0)
        return PROVEN;
    struct ref_nudge *nudge = malloc(line->nudges * sizeof *nudge);
    e->moved = calloc(line->nudges, sizeof *e->moved);
    enum outcome outcome = nudge && e->moved ? PROVEN : FULL;
    if (outcome == PROVEN) {
        for (size_t x = 0; x < line->nudges; x++)
            nudge[x] = line->nudge[x];
        qsort(nudge, line->nudges, sizeof *nudge, by_parameter);
    }
    for (size_t x = 0; x < line->nudges && outcome == PROVEN; x++)
        outcome = move(e, nudge + x, line->h);
    free(nudge);
    return outcome;
}

void line_clear(struct pass *e)
{
    for (size_t x = 0; x < e->moveds; x++)
        arb_clear(e->moved[x].value);
    free(e->moved);
}
