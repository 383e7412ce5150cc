/* SPDX-License-Identifier: MIT */
/* sketch.c: see sketch.h. */
#include "cases/families/sketch.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_NEURONS = 64, MOST_ARRIVALS = 4096, MOST_SPIKES = 1000, BITS = 53, HALVINGS = 60 };

struct cell { /* a lif neuron */
    size_t population, neuron;
    double tau_mem, tau_syn, threshold, reset, bias;
    double time, v, i; /* just after its last event */
    double next;       /* its next crossing, as things stand; infinite: none */
};

struct arrival {
    double time, weight;
    size_t cell;
};

struct sketcher {
    const struct case_problem *c;
    struct cell *cell;
    size_t cells, first[MOST_NEURONS]; /* first[p]: cell of neuron 0 of population p */
    struct arrival *arrival;           /* that are still to come, in no order */
    size_t arrivals;
    struct case_sketch *sketch;
};

/* ---- between events: V = b + (V0 - b) e^(-s/tau_mem) + I0 k(s) ---- */

static double apply(int (*function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t), double x)
{
    mpfr_t value;
    mpfr_init2(value, BITS);
    mpfr_set_d(value, x, MPFR_RNDN);
    function(value, value, MPFR_RNDN);
    double result = mpfr_get_d(value, MPFR_RNDN);
    mpfr_clear(value);
    return result;
}

/* Time constants that are nearly equal are taken for equal: near enough for a sketch. */
static bool equal_taus(const struct cell *n)
{
    return fabs(n->tau_mem - n->tau_syn) < 0x1p-24 * n->tau_mem;
}

static double voltage(const struct cell *n, double s)
{
    double mem = apply(mpfr_exp, -s / n->tau_mem);
    double k = equal_taus(n) ? s / n->tau_mem * mem
                             : (mem - apply(mpfr_exp, -s / n->tau_syn)) * n->tau_syn /
                                   (n->tau_mem - n->tau_syn);
    return n->bias + (n->v - n->bias) * mem + n->i * k;
}

static void advance(struct cell *n, double time)
{
    double s = time - n->time;
    n->v = voltage(n, s);
    n->i *= apply(mpfr_exp, -s / n->tau_syn);
    n->time = time;
}

/* Where V has its maximum after now; negative where it has none (it may rise for ever). */
static double top(const struct cell *n)
{
    double rise = n->i - n->v + n->bias;
    if (!(n->i > 0 && rise > 0))
        return -1;
    if (equal_taus(n))
        return n->tau_mem * rise / n->i;
    double x = (1 - n->tau_syn / n->tau_mem) * rise / n->i;
    return x < 1 ? -apply(mpfr_log, 1 - x) / (1 / n->tau_syn - 1 / n->tau_mem) : -1;
}

/* Without a maximum, V is at its largest at the end of the trial, if it rises at all. */
static double crossing(const struct cell *n, double end)
{
    double peak = top(n), low = 0, high = end - n->time;
    if (peak > 0 && peak < high)
        high = peak;
    if (!(voltage(n, high) >= n->threshold))
        return INFINITY;
    for (int k = 0; k < HALVINGS; k++) {
        double middle = (low + high) / 2;
        if (voltage(n, middle) >= n->threshold)
            high = middle;
        else
            low = middle;
    }
    return n->time + high;
}

/* ---- the network ---- */

static void send(struct sketcher *r, size_t population, size_t neuron, double time)
{
    const struct case_problem *c = r->c;
    for (size_t j = 0; j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        size_t size = c->population[p->target].size;
        if (p->source != population || c->population[p->target].model != CASE_LIF)
            continue;
        for (size_t n = 0; n < size && r->arrivals < MOST_ARRIVALS; n++)
            r->arrival[r->arrivals++] = (struct arrival){.time = time + case_delay(c, p, neuron, n),
                                                         .weight = p->weight[neuron * size + n],
                                                         .cell = r->first[p->target] + n};
    }
    r->sketch->whole &= r->arrivals < MOST_ARRIVALS;
}

static void take_cells(struct sketcher *r)
{
    const struct case_problem *c = r->c;
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *of = &c->population[p];
        r->first[p] = r->cells;
        for (size_t n = 0; of->model == CASE_LIF && n < of->size; n++) {
            struct cell *cell = &r->cell[r->cells++];
            *cell = (struct cell){.population = p,
                                  .neuron = n,
                                  .tau_mem = case_value(&of->tau_mem, n),
                                  .tau_syn = case_value(&of->tau_syn, n),
                                  .threshold = case_value(&of->threshold, n),
                                  .reset = case_value(&of->reset, n),
                                  .bias = case_value(&of->bias, n)};
            cell->next = crossing(cell, c->end);
        }
    }
}

static void take_inputs(struct sketcher *r, const struct case_sample *sample)
{
    for (size_t p = 0; p < r->c->populations; p++)
        for (size_t n = 0; sample->spikes[p] && n < r->c->population[p].size; n++)
            for (size_t k = 0; k < sample->spikes[p][n].count; k++)
                send(r, p, n, sample->spikes[p][n].at[k]);
}

static void arrive(struct sketcher *r, size_t which)
{
    struct arrival a = r->arrival[which];
    struct cell *n = &r->cell[a.cell];
    r->arrival[which] = r->arrival[--r->arrivals];
    advance(n, a.time);
    n->i += a.weight;
    n->next = crossing(n, r->c->end);
}

static void spike(struct sketcher *r, struct cell *n)
{
    double time = n->next;
    advance(n, time);
    n->v = n->reset;
    n->next = crossing(n, r->c->end);
    r->sketch->spike[r->sketch->count++] =
        (struct case_sketch_spike){time, n->population, n->neuron};
    send(r, n->population, n->neuron, time);
}

/* Event after event; a crossing at the time of an arrival comes first. */
static void run(struct sketcher *r)
{
    while (r->sketch->whole) {
        size_t next = 0, soonest = 0;
        for (size_t k = 1; k < r->arrivals; k++)
            next = r->arrival[k].time < r->arrival[next].time ? k : next;
        for (size_t k = 1; k < r->cells; k++)
            soonest = r->cell[k].next < r->cell[soonest].next ? k : soonest;
        double arrives = r->arrivals > 0 ? r->arrival[next].time : (double)INFINITY;
        double crosses = r->cells > 0 ? r->cell[soonest].next : (double)INFINITY;
        if (!(arrives < r->c->end || crosses < r->c->end))
            return;
        if (crosses <= arrives)
            spike(r, &r->cell[soonest]);
        else
            arrive(r, next);
        r->sketch->whole &= r->sketch->count < MOST_SPIKES;
    }
}

bool case_sketch_can(const struct case_problem *c)
{
    size_t neurons = 0;
    for (size_t p = 0; p < c->populations; p++)
        neurons += c->population[p].size;
    return neurons <= MOST_NEURONS;
}

int case_sketch(struct case_sketch *sketch, const struct case_problem *c, size_t sample)
{
    struct sketcher r = {.c = c, .sketch = sketch};
    sketch->count = 0;
    sketch->whole = true;
    sketch->spike = malloc(MOST_SPIKES * sizeof *sketch->spike);
    r.cell = malloc(MOST_NEURONS * sizeof *r.cell);
    r.arrival = malloc(MOST_ARRIVALS * sizeof *r.arrival);
    bool room = sketch->spike && r.cell && r.arrival;
    if (room) {
        take_cells(&r);
        take_inputs(&r, &c->sample[sample]);
        run(&r);
    } else {
        free(sketch->spike);
        sketch->spike = NULL;
    }
    free(r.cell);
    free(r.arrival);
    return room ? 0 : -1;
}
