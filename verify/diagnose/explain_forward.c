/* SPDX-License-Identifier: MIT */
/* explain_forward.c: which mistake would give the first wrong V, I or slope. From the engine's own
 * numbers one step before, the number is computed as each mistake would have it; what fits, and is
 * not right, is a guess. */
#include "verify/diagnose/explain.h"
#include "verify/judge/bounds.h"

#include <math.h>

bool explain_fits(double engine, double mistake, double right, double size, double bound)
{
    double slack = VER_FACTOR_BOUNDS * bound + ldexp(size, -VER_FACTOR_BITS);
    return fabs(engine - mistake) <= slack && !(fabs(mistake - right) <= 2 * slack);
}

struct explain_cell explain_constants(const struct explain *e, size_t cell)
{
    const struct scheme_places *places = &e->scheme.places;
    const struct case_population *p = &e->scheme.problem->population[places->population[cell]];
    size_t n = places->neuron[cell];
    struct explain_cell z = {
        .tau_mem = case_value(&p->tau_mem, n),
        .tau_syn = case_value(&p->tau_syn, n),
        .bias = case_value(&p->bias, n),
        .lif = p->model == CASE_LIF,
        .dt = e->scheme.problem->end / (double)e->steps,
    };
    z.threshold = z.lif ? case_value(&p->threshold, n) : VER_INFINITY;
    z.reset = z.lif ? case_value(&p->reset, n) : 0;
    z.alpha = exp(-z.dt / z.tau_mem);
    z.beta = exp(-z.dt / z.tau_syn);
    /* (alpha - beta) / (tau_mem - tau_syn), which has a limit where they are equal. */
    double d = z.dt * (1 / z.tau_syn - 1 / z.tau_mem);
    double ratio = fabs(d) > 0 ? expm1(d) / d : 1;
    double common = z.beta * ratio * z.dt / (z.tau_mem * z.tau_syn);
    z.kappa = z.tau_syn * common;
    z.kappa_back = z.tau_mem * common;
    return z;
}

/* ---- arrivals ---- */

enum reading { AS_IS, TRANSPOSED, ONCE };

/* What arrives at a cell at the start of a step, and the size of it. */
static double arrivals(const struct explain *e, size_t sample, size_t cell, uint32_t step,
                       enum reading how, double *size)
{
    const struct case_problem *c = e->scheme.problem;
    const struct scheme_places *places = &e->scheme.places;
    double sum = 0;
    for (size_t j = 0; j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        size_t rows = c->population[p->source].size, columns = c->population[p->target].size;
        size_t post = places->neuron[cell];
        if (p->target != places->population[cell])
            continue;
        for (size_t pre = 0; pre < rows; pre++) {
            uint32_t delay = case_grid_delay(&e->grid, j, pre * columns + post);
            if (step < delay + 1)
                continue;
            size_t count = explain_spikes(e, sample, p->source, pre, step - 1 - delay);
            double weight = p->weight[how == TRANSPOSED ? post * rows + pre : pre * columns + post];
            count = how == ONCE && count > 1 ? 1 : count;
            sum += (double)count * weight;
            *size += (double)count * fabs(weight);
        }
    }
    return sum;
}

static void guess_current(struct explain *e, const struct explain_event *event)
{
    struct explain_cell z = explain_constants(e, event->cell);
    size_t s = event->sample, k = event->cell;
    uint32_t n = event->step;
    double before = n > 0 ? explain_engine(e, REF_GRID_I, s, n - 1, k) : 0;
    double size = fabs(before), ignored = 0, decayed = z.beta * before;
    double now = arrivals(e, s, k, n, AS_IS, &size), right = decayed + now;
    const struct {
        double value;
        const char *says;
    } mistake[] = {
        {decayed + arrivals(e, s, k, n, TRANSPOSED, &ignored), "transposed weights: I takes the "
                                                               "weight of the mirrored synapse"},
        {decayed + arrivals(e, s, k, n, ONCE, &ignored),
         "spikes of one neuron in one step count once"},
        {decayed, "an arrival is missing"},
        {decayed + (n > 0 ? arrivals(e, s, k, n - 1, AS_IS, &ignored) : 0),
         "off by one step: arrivals come one step late (order of ties?)"},
        {decayed + arrivals(e, s, k, n + 1, AS_IS, &ignored),
         "off by one step: arrivals come one step early (order of ties?)"},
        {decayed + 2 * now, "arrivals are counted twice"},
        {decayed - now, "sign of the weights"},
        {(1 - z.dt / z.tau_syn) * before + now, "Euler steps of I instead of exact propagation"},
    };
    for (size_t m = 0; m < sizeof mistake / sizeof *mistake; m++)
        if (explain_fits(event->engine, mistake[m].value, right, size, event->bound)) {
            explain_guess(e, "%s", mistake[m].says);
            return;
        }
}

/* ---- voltages and slopes ---- */

static void guess_voltage(struct explain *e, const struct explain_event *event)
{
    struct explain_cell z = explain_constants(e, event->cell);
    size_t s = event->sample, k = event->cell;
    uint32_t n = event->step;
    double own = n > 0 ? explain_engine(e, REF_GRID_V, s, n - 1, k) : 0;
    bool reset = n > 0 && z.lif && explain_spiked(e, s, k, n - 1);
    double v = reset ? z.reset : own, i = explain_engine(e, REF_GRID_I, s, n, k);
    double drive = (1 - z.alpha) * z.bias, size = fabs(own) + fabs(i) + fabs(z.bias);
    double right = z.kappa * i + z.alpha * v + drive;
    const struct {
        double value;
        const char *says;
    } mistake[] = {
        {z.kappa * i + z.alpha * own + drive, "the reset is missing"},
        {z.kappa * i + z.alpha * (reset ? own - z.threshold : v) + drive,
         "wrong reset: the threshold is subtracted"},
        {z.kappa * i + z.alpha * (reset ? 0 : v) + drive, "wrong reset: V is set to 0"},
        {z.kappa * z.beta * i + z.alpha * v + drive, "V takes I after its decay"},
        {z.kappa * i + z.alpha * v, "the bias is missing"},
        {v + z.dt / z.tau_mem * (i + z.bias - v), "Euler steps of V instead of exact propagation"},
        {z.alpha * v + (1 - z.alpha) * (i + z.bias), "I is taken as constant within a step"},
    };
    for (size_t m = 0; m < sizeof mistake / sizeof *mistake; m++)
        if (explain_fits(event->engine, mistake[m].value, right, size, event->bound)) {
            explain_guess(e, "%s", mistake[m].says);
            return;
        }
}

static void guess_slope(struct explain *e, const struct explain_event *event)
{
    struct explain_cell z = explain_constants(e, event->cell);
    double i = explain_engine(e, REF_GRID_I, event->sample, event->step, event->cell);
    double v = explain_engine(e, REF_GRID_V, event->sample, event->step, event->cell);
    double right = i + z.bias - v, size = fabs(i) + fabs(v) + fabs(z.bias);
    const struct {
        double value;
        const char *says;
    } mistake[] = {
        {i + z.bias - z.reset, "wrong side of the reset: the slope of a spike is taken after it"},
        {z.beta * i + z.bias - v, "the slope of a spike takes I after its decay"},
        {i - v, "the bias is missing in the slope of a spike"},
        {right / z.tau_mem, "the slope of a spike is divided by tau_mem"},
        {i + z.bias - z.threshold, "the slope of a spike takes the threshold for V"},
    };
    for (size_t m = 0; m < sizeof mistake / sizeof *mistake; m++)
        if (explain_fits(event->engine, mistake[m].value, right, size, event->bound)) {
            explain_guess(e, "%s", mistake[m].says);
            return;
        }
}

/* ---- decisions and batches ---- */

static void guess_decision(struct explain *e, const struct explain_event *event)
{
    size_t s = event->sample, k = event->cell;
    uint32_t n = event->step;
    if (event->exact > 0 && n + 1 < e->steps && explain_spiked(e, s, k, n + 1))
        explain_guess(e, "off by one step: the spike of step %lu comes one step late",
                      (unsigned long)n);
    else if (event->exact > 0)
        explain_guess(e, "missing spike: V is above the threshold in step %lu", (unsigned long)n);
    else
        explain_guess(e, "a spike too many: V is below the threshold in step %lu",
                      (unsigned long)n);
}

/* Does the engine's sample show what belongs to another one? */
static void guess_batch(struct explain *e, const struct explain_event *event)
{
    const struct case_problem *c = e->scheme.problem;
    enum ref_grid_quantity q = event->quantity;
    for (size_t t = 0; t < c->samples && q != REF_GRID_SLOPE; t++) {
        bool same = t != event->sample;
        double spread = 0;
        for (uint32_t n = 0; n < e->steps && same; n++) {
            size_t place = explain_place(e, t, n, event->cell);
            double engine = explain_engine(e, q, event->sample, n, event->cell);
            same = fabs(engine - e->value[q][place]) <= VER_FACTOR_BOUNDS * e->bound[q][place];
            spread = fmax(spread, fabs(engine));
        }
        if (!same || !(spread > 0))
            continue;
        explain_guess(e, "stale batch: %s of sample %zu is that of sample %zu",
                      explain_quantity_name(q), event->sample, t);
        return;
    }
}

void explain_forward_causes(struct explain *e)
{
    const struct explain_event *event = &e->forward;
    if (!event->found)
        return;
    if (e->scheme.problem->samples > 1)
        guess_batch(e, event);
    if (event->decision)
        guess_decision(e, event);
    else if (event->quantity == REF_GRID_I)
        guess_current(e, event);
    else if (event->quantity == REF_GRID_V)
        guess_voltage(e, event);
    else
        guess_slope(e, event);
}
