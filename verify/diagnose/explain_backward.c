/* SPDX-License-Identifier: MIT */
/* explain_backward.c: which mistake would give the first wrong adjoint, or a gradient that its own
 * adjoints do not give. Row n of the adjoints comes from row n + 1 and the jumps of the spikes of
 * step n + 1. */
#include "verify/diagnose/explain.h"
#include "verify/judge/bounds.h"

#include <math.h>

static double lambda(const struct explain *e, bool current, size_t sample, uint32_t step,
                     size_t cell)
{
    return explain_engine(e, current ? REF_GRID_LAMBDA_I : REF_GRID_LAMBDA_V, sample, step, cell);
}

/* ---- what a spike gets back from its arrivals ---- */

struct back {
    double right, transposed, swapped, undelayed, size;
};

static size_t first_cell(const struct explain *e, size_t population)
{
    size_t cell = 0;
    while (cell < e->cells && e->scheme.places.population[cell] != population)
        cell++;
    return cell;
}

/* The sum of w (lambda_V - lambda_I) over the arrivals of a spike, by the engine's own adjoints. */
static struct back reverse_input(const struct explain *e, size_t sample, size_t cell,
                                 uint32_t spike)
{
    const struct case_problem *c = e->scheme.problem;
    const struct scheme_places *places = &e->scheme.places;
    struct back z = {0, 0, 0, 0, 0};
    for (size_t j = 0; j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        size_t rows = c->population[p->source].size, columns = c->population[p->target].size;
        size_t pre = places->neuron[cell], first = first_cell(e, p->target);
        if (p->source != places->population[cell])
            continue;
        for (size_t post = 0; post < columns; post++) {
            size_t synapse = pre * columns + post;
            size_t row = (size_t)spike + case_grid_delay(&e->grid, j, synapse);
            double weight = p->weight[synapse];
            double at_once = lambda(e, false, sample, spike, first + post) -
                             lambda(e, true, sample, spike, first + post);
            z.undelayed += (size_t)spike + 1 < e->steps ? weight * at_once : 0;
            if (row + 1 >= e->steps)
                continue;
            double v = lambda(e, false, sample, (uint32_t)row, first + post);
            double i = lambda(e, true, sample, (uint32_t)row, first + post);
            z.right += weight * (v - i);
            z.swapped += weight * (i - v);
            z.transposed += p->weight[post * rows + pre] * (v - i);
            z.size += fabs(weight) * (fabs(v) + fabs(i));
        }
    }
    return z;
}

/* ---- a jump ---- */

static bool first_spike_scored(const struct explain *e, size_t cell)
{
    return e->scheme.places.population[cell] == e->scheme.problem->loss.population &&
           case_loss_is_first_spike(e->scheme.problem->loss.kind);
}

static void guess_jump(struct explain *e, const struct explain_event *event, uint32_t spike)
{
    struct explain_cell z = explain_constants(e, event->cell);
    size_t s = event->sample, k = event->cell;
    double from = lambda(e, false, s, spike, k), height = z.threshold - z.reset;
    double slope = scheme_slope(&e->scheme.places, &e->scheme.result, s, k, spike);
    double i = explain_engine(e, REF_GRID_I, s, spike, k);
    struct back rev = reverse_input(e, s, k, spike);
    double jump = (height * from + rev.right) / slope, after = i + z.bias - z.reset;
    double right = z.alpha * (from + jump);
    double size = fabs(from) + (fabs(height * from) + rev.size) / fabs(slope);
    const struct {
        double value;
        const char *says;
    } mistake[] = {
        {z.alpha * from, "missing jump"},
        {z.alpha * from + (height * z.alpha * from + rev.right) / slope,
         "off by one step: the jump comes after the decay, one step late"},
        {z.alpha * (from + rev.right / slope), "the reset term of the jump is missing"},
        {z.alpha * (from + height * from / slope), "the jump misses what comes back from arrivals"},
        {z.alpha * (from + (height * from + rev.right) / after),
         "wrong side of the reset: the jump is divided by the slope after it"},
        {z.alpha * (from - jump), "sign of the jump"},
        {z.alpha * (from + (height * from + rev.transposed) / slope),
         "transposed weights in the backward pass"},
        {z.alpha * (from + (height * from + rev.swapped) / slope),
         "lambda_V and lambda_I swapped in what comes back from arrivals"},
        {z.alpha * (from + (height * from + rev.undelayed) / slope),
         "delays are ignored in the backward pass"},
        {z.alpha * (from + (z.threshold * from + rev.right) / slope),
         "the reset voltage is ignored in the jump"},
    };
    /* What the loss adds to the spike that it scores is not known here. */
    size_t mistakes = first_spike_scored(e, k) ? 1 : sizeof mistake / sizeof *mistake;
    for (size_t m = 0; m < mistakes; m++)
        if (explain_fits(event->engine, mistake[m].value, right, size, event->bound)) {
            explain_guess(e, "%s: the spike of step %lu", mistake[m].says, (unsigned long)spike);
            return;
        }
}

static void guess_adjoint(struct explain *e, const struct explain_event *event)
{
    struct explain_cell z = explain_constants(e, event->cell);
    size_t s = event->sample, k = event->cell;
    uint32_t n = event->step + 1;
    if (n >= e->steps)
        return;
    if (z.lif && explain_spiked(e, s, k, n) && event->quantity == REF_GRID_LAMBDA_V) {
        guess_jump(e, event, n);
        return;
    }
    double v = lambda(e, false, s, n, k), i = lambda(e, true, s, n, k);
    double size = fabs(v) + fabs(i), right = z.kappa_back * v + z.beta * i;
    if (event->quantity == REF_GRID_LAMBDA_V ||
        first_cell(e, e->scheme.problem->loss.population) <= k)
        return;
    const struct {
        double value;
        const char *says;
    } mistake[] = {
        {z.kappa_back * z.alpha * v + z.beta * i, "lambda_I takes lambda_V after its decay"},
        {z.kappa * v + z.beta * i, "tau_mem and tau_syn swapped in lambda_I"},
        {z.beta * i, "lambda_I does not take lambda_V"},
        {-z.kappa_back * v + z.beta * i, "sign of lambda_V in lambda_I"},
    };
    for (size_t m = 0; m < sizeof mistake / sizeof *mistake; m++)
        if (explain_fits(event->engine, mistake[m].value, right, size, event->bound)) {
            explain_guess(e, "%s", mistake[m].says);
            return;
        }
}

void explain_backward_causes(struct explain *e)
{
    if (e->backward.found)
        guess_adjoint(e, &e->backward);
}

/* ---- gradients ---- */

/* All weights of a square projection at the place of their mirror images. */
static bool mirrored(const struct explain *e)
{
    const struct case_problem *c = e->scheme.problem;
    const struct case_projection *p = &c->projection[e->projection];
    size_t size = c->population[p->source].size, first = e->parameter - e->pre * size - e->post;
    bool fits = size == c->population[p->target].size && size > 1;
    for (size_t i = 0; i < size && fits; i++)
        for (size_t j = 0; j < size && fits; j++)
            fits = fabs(e->scheme.result.gradient[first + i * size + j] -
                        e->gradient[first + j * size + i]) <=
                   VER_FACTOR_BOUNDS * e->gradient_bounds[first + j * size + i];
    return fits;
}

void explain_gradient_causes(struct explain *e)
{
    double own = 0, early = 0, late = 0, voltage = 0, size = 0;
    if (!e->weighed)
        return;
    size_t cell = first_cell(e, e->scheme.problem->projection[e->projection].target) + e->post;
    for (size_t k = 0; k < e->terms; k++) {
        const struct explain_term *t = &e->term[k];
        own += e->scale * t->engine;
        size += fabs(e->scale * t->engine);
        early += t->row > 0 ? e->scale * lambda(e, true, t->sample, t->row - 1, cell) : 0;
        late += t->row + 1 < e->steps ? e->scale * lambda(e, true, t->sample, t->row + 1, cell) : 0;
        voltage += e->scale * lambda(e, false, t->sample, t->row, cell);
    }
    double got = e->engine_gradient, bound = e->gradient_bound;
    if (!explain_fits(own, own, got, size, bound))
        return; /* the engine's own adjoints give it: the fault lies before */
    if (mirrored(e))
        explain_guess(e, "transposed gradient: it stands at the mirrored place");
    else if (explain_fits(got, early, own, size, bound))
        explain_guess(e, "off by one step: the gradient takes lambda_I one step early");
    else if (explain_fits(got, late, own, size, bound))
        explain_guess(e, "off by one step: the gradient takes lambda_I one step late");
    else if (explain_fits(got, voltage, own, size, bound))
        explain_guess(e, "the gradient of the weights takes lambda_V, not lambda_I");
    else if (explain_fits(got, -own, own, size, bound))
        explain_guess(e, "sign of the gradient");
    else
        for (size_t k = 0; k < e->terms; k++)
            if (explain_fits(got, own - e->scale * e->term[k].engine, own, size, bound)) {
                explain_guess(e, "the gradient misses the arrival of the spike of step %lu",
                              (unsigned long)e->term[k].spike);
                return;
            }
}
