/* SPDX-License-Identifier: MIT */
/* shrink_number.c: cuts that leave the shape of a case alone and make its numbers and words
 * simpler: zeros, one number for all, common time constants, few bits, plain names. Each makes a
 * case simpler in an order that has an end, so no two of them can undo each other for ever. */
#include "verify/shrink/shrink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- synapses ---- */

static size_t synapses_of(const struct case_problem *c, size_t projection)
{
    const struct case_projection *p = &c->projection[projection];
    return c->population[p->source].size * c->population[p->target].size;
}

static size_t synapses(const struct case_problem *c)
{
    size_t all = 0;
    for (size_t j = 0; j < c->projections; j++)
        all += synapses_of(c, j);
    return all;
}

static bool is_zero(double x)
{
    static const double zero = 0;
    return memcmp(&x, &zero, sizeof x) == 0; /* -0 is not simple */
}

static size_t zero_at(double *at)
{
    bool changes = !is_zero(*at);
    *at = 0;
    return changes;
}

static size_t zero_synapses(struct case_problem *c, size_t first, size_t count)
{
    size_t begin = 0, changed = 0;
    for (size_t j = 0; j < c->projections; j++) {
        size_t here = synapses_of(c, j);
        for (size_t k = 0; k < here; k++)
            if (begin + k >= first && begin + k < first + count)
                changed += zero_at(&c->projection[j].weight[k]);
        begin += here;
    }
    return changed;
}

/* ---- delays ---- */

static size_t projections(const struct case_problem *c)
{
    return c->projections;
}

static size_t zero_delays(struct case_problem *c, size_t first, size_t count)
{
    size_t changed = 0;
    for (size_t j = first; j < first + count; j++) {
        struct case_values *delay = &c->projection[j].delay;
        changed += delay->count > 1 || !is_zero(delay->at[0]);
        delay->count = 1;
        delay->at[0] = 0;
    }
    return changed;
}

static size_t one_for_all(struct case_values *values)
{
    bool changes = values->count > 1;
    values->count = changes ? 1 : values->count;
    return changes;
}

static size_t equal_delays(struct case_problem *c, size_t first, size_t count)
{
    size_t changed = 0;
    for (size_t j = first; j < first + count; j++)
        changed += one_for_all(&c->projection[j].delay);
    return changed;
}

/* ---- values of populations ---- */

enum { VALUES = 5 }; /* of a population */

/* Those that everybody takes, in the order of values_of. */
static const double plain[VALUES] = {0, 0, 20, 5, 1};

static struct case_values *values_of(struct case_population *p, size_t k)
{
    struct case_values *const all[VALUES] = {&p->bias, &p->reset, &p->tau_mem, &p->tau_syn,
                                             &p->threshold};
    return all[k];
}

static size_t values(const struct case_problem *c)
{
    return VALUES * c->populations;
}

static size_t equal_values(struct case_problem *c, size_t first, size_t count)
{
    size_t changed = 0;
    for (size_t k = first; k < first + count; k++)
        changed += one_for_all(values_of(&c->population[k / VALUES], k % VALUES));
    return changed;
}

static size_t plain_values(struct case_problem *c, size_t first, size_t count)
{
    size_t changed = 0;
    for (size_t k = first; k < first + count; k++) {
        struct case_values *v = values_of(&c->population[k / VALUES], k % VALUES);
        if (v->count == 0 ||
            (v->count == 1 && memcmp(&v->at[0], &plain[k % VALUES], sizeof(double)) == 0))
            continue;
        v->count = 1;
        v->at[0] = plain[k % VALUES];
        changed++;
    }
    return changed;
}

/* ---- the loss and its targets ---- */

enum { LOSS_WEIGHTING, LOSS_PENALTY, LOSS_ALPHA, LOSS_MARGIN, LOSS_ITEMS };

static size_t loss_items(const struct case_problem *c)
{
    (void)c;
    return LOSS_ITEMS;
}

static size_t plain_loss(struct case_problem *c, size_t first, size_t count)
{
    struct case_loss *loss = &c->loss;
    size_t changed = 0;
    for (size_t k = first; k < first + count; k++)
        switch (k) {
        case LOSS_WEIGHTING:
            changed += loss->weighting != CASE_UNIFORM;
            loss->weighting = CASE_UNIFORM;
            break;
        case LOSS_PENALTY:
            if (loss->penalty != CASE_PENALTY_RECIPROCAL)
                break;
            loss->penalty = CASE_PENALTY_EXPONENTIAL;
            loss->tau1 = loss->tau0;
            changed++;
            break;
        case LOSS_ALPHA:
            changed += zero_at(&loss->alpha);
            break;
        default:
            changed += zero_at(&loss->margin);
        }
    return changed;
}

static size_t samples(const struct case_problem *c)
{
    return c->samples;
}

static size_t plain_targets(struct case_problem *c, size_t first, size_t count)
{
    size_t changed = 0;
    for (size_t s = first; s < first + count; s++) {
        struct case_sample *sample = &c->sample[s];
        changed += sample->label > 0;
        sample->label = 0;
        for (size_t n = 0; sample->voltages && n < c->population[c->loss.population].size; n++) {
            changed += sample->voltages[n].count > 1;
            sample->voltages[n].count = 1;
        }
    }
    return changed;
}

/* ---- bits ---- */

/* Calls see for every number of a case that may be rounded; times of spikes last. */
static void visit(struct case_problem *c, void (*see)(void *context, double *number), void *context)
{
    double *single[] = {&c->end,        &c->step,       &c->loss.tau0,
                        &c->loss.tau1,  &c->loss.alpha, &c->loss.silent_after,
                        &c->loss.margin};
    size_t outputs = c->population[c->loss.population].size;
    for (size_t p = 0; p < c->populations; p++)
        for (size_t k = 0; k < VALUES; k++)
            for (size_t n = 0; n < values_of(&c->population[p], k)->count; n++)
                see(context, &values_of(&c->population[p], k)->at[n]);
    for (size_t j = 0; j < c->projections; j++) {
        for (size_t k = 0; k < c->projection[j].delay.count; k++)
            see(context, &c->projection[j].delay.at[k]);
        for (size_t k = 0; k < synapses_of(c, j); k++)
            see(context, &c->projection[j].weight[k]);
    }
    for (size_t k = 0; k < sizeof single / sizeof *single; k++)
        see(context, single[k]);
    for (size_t s = 0; s < c->samples; s++) {
        struct case_sample *sample = &c->sample[s];
        for (size_t n = 0; n < outputs; n++) {
            if (sample->times)
                see(context, &sample->times[n]);
            for (size_t k = 0; sample->voltages && k < sample->voltages[n].count; k++) {
                see(context, &sample->voltages[n].time[k]);
                see(context, &sample->voltages[n].value[k]);
            }
        }
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; sample->spikes[p] && n < c->population[p].size; n++)
                for (size_t k = 0; k < sample->spikes[p][n].count; k++)
                    see(context, &sample->spikes[p][n].at[k]);
    }
}

struct rounding {
    size_t seen, first, end, changed;
    int bits;
    const double *down, *up; /* the end and the step: a trial must never get longer */
};

/* Common values are as simple as a number gets: to round them would undo what they are for. */
static bool is_plain(double number)
{
    for (size_t k = 0; k < VALUES; k++)
        if (memcmp(&number, &plain[k], sizeof number) == 0)
            return true;
    return false;
}

static void round_one(void *context, double *number)
{
    struct rounding *r = context;
    size_t k = r->seen++;
    int exponent;
    if (k < r->first || k >= r->end || !isfinite(*number) || is_plain(*number))
        return;
    double mantissa = frexp(*number, &exponent);
    double whole = ldexp(mantissa, r->bits);
    whole = number == r->down ? floor(whole) : number == r->up ? ceil(whole) : rint(whole);
    double rounded = ldexp(whole, exponent - r->bits);
    r->changed += memcmp(&rounded, number, sizeof rounded) != 0;
    *number = rounded;
}

static void count_one(void *context, double *number)
{
    (void)number;
    ++*(size_t *)context;
}

static size_t numbers(const struct case_problem *c)
{
    size_t all = 0;
    visit((struct case_problem *)c, count_one, &all); /* which changes nothing */
    return all;
}

static size_t round_numbers(struct case_problem *c, size_t first, size_t count, int bits)
{
    struct rounding r = {0, first, first + count, 0, bits, &c->end, &c->step};
    visit(c, round_one, &r);
    return r.changed;
}

#define ROUND_TO(bits)                                                                             \
    static size_t round_to_##bits(struct case_problem *c, size_t first, size_t count)              \
    {                                                                                              \
        return round_numbers(c, first, count, bits);                                               \
    }
ROUND_TO(1)
ROUND_TO(2)
ROUND_TO(3)
ROUND_TO(4)
ROUND_TO(6)
ROUND_TO(8)
ROUND_TO(12)
ROUND_TO(16)
ROUND_TO(24)

/* ---- names ---- */

static size_t populations(const struct case_problem *c)
{
    return c->populations;
}

/* "in", "hid", "out"; "in2" where there is one before it. */
static void plain_name(char *name, size_t size, const struct case_problem *c, size_t population)
{
    static const char *const names[] = {"in", "hid", "out"};
    const struct case_population *p = &c->population[population];
    size_t which = p->model == CASE_SPIKE_SOURCE ? 0 : population == c->loss.population ? 2 : 1;
    size_t number = 1;
    for (size_t k = 0; k < population; k++)
        number += c->population[k].model == p->model && k != c->loss.population;
    if (which == 2 || number == 1)
        snprintf(name, size, "%s", names[which]);
    else
        snprintf(name, size, "%s%zu", names[which], number);
}

static size_t plain_names(struct case_problem *c, size_t first, size_t count)
{
    size_t changed = 0;
    for (size_t p = first; p < first + count; p++) {
        char name[32];
        plain_name(name, sizeof name, c, p);
        char *copy = strcmp(name, c->population[p].name) == 0 ? NULL : malloc(strlen(name) + 1);
        if (!copy)
            continue;
        free(c->population[p].name);
        c->population[p].name = strcpy(copy, name);
        changed++;
    }
    return changed;
}

const struct shrink_cut shrink_numbers[] = {
    {"synapses to 0", synapses, zero_synapses, false},
    {"delays to 0", projections, zero_delays, false},
    {"delays to one", projections, equal_delays, false},
    {"values to one for all", values, equal_values, false},
    {"values to common ones", values, plain_values, false},
    {"parts of the loss", loss_items, plain_loss, false},
    {"targets", samples, plain_targets, false},
    {"numbers to 1 bit", numbers, round_to_1, false},
    {"numbers to 2 bits", numbers, round_to_2, false},
    {"numbers to 3 bits", numbers, round_to_3, false},
    {"numbers to 4 bits", numbers, round_to_4, false},
    {"numbers to 6 bits", numbers, round_to_6, false},
    {"numbers to 8 bits", numbers, round_to_8, false},
    {"numbers to 12 bits", numbers, round_to_12, false},
    {"numbers to 16 bits", numbers, round_to_16, false},
    {"numbers to 24 bits", numbers, round_to_24, false},
    {"names", populations, plain_names, false},
    {NULL, NULL, NULL, false},
};
