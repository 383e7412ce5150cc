/* SPDX-License-Identifier: MIT */
/* reading_change.c: what a program may have taken a case for: each is a change of a copy of it.
 * false: it changes nothing here, so that it explains nothing. */
#include "verify/judge/reading.h"

#include <math.h>
#include <string.h>

static size_t synapses_of(const struct case_problem *c, const struct case_projection *p)
{
    return c->population[p->source].size * c->population[p->target].size;
}

/* ---- constants of neurons ---- */

bool reading_swap_constants(struct reading_trial *t)
{
    bool differs = false;
    for (size_t p = 0; p < t->c->populations; p++) {
        struct case_population *now = &t->c->population[p];
        struct case_values mem = now->tau_mem;
        for (size_t n = 0; now->model != CASE_SPIKE_SOURCE && n < now->size; n++)
            differs |= case_value(&now->tau_mem, n) != case_value(&now->tau_syn, n);
        now->tau_mem = now->tau_syn;
        now->tau_syn = mem;
    }
    return differs;
}

static bool set_all(struct case_values *values, double x)
{
    bool differs = false;
    for (size_t k = 0; k < values->count; k++) {
        differs |= values->at[k] != x;
        values->at[k] = x;
    }
    return differs;
}

bool reading_first_constant(struct reading_trial *t)
{
    bool differs = false;
    for (size_t p = 0; p < t->c->populations; p++) {
        struct case_population *now = &t->c->population[p];
        struct case_values *values[] = {&now->tau_mem, &now->tau_syn, &now->threshold, &now->reset,
                                        &now->bias};
        for (size_t k = 0; k < sizeof values / sizeof *values; k++)
            differs |= values[k]->count > 0 && set_all(values[k], values[k]->at[0]);
    }
    return differs;
}

/* A decay by 1 - dt/tau a step is that of another time constant. */
static bool make_euler(struct case_values *tau, double step)
{
    for (size_t k = 0; k < tau->count; k++) {
        if (!(step > 0 && step < tau->at[k]))
            return false;
        tau->at[k] = -step / log1p(-step / tau->at[k]);
    }
    return true;
}

bool reading_euler_constants(struct reading_trial *t)
{
    for (size_t p = 0; p < t->c->populations; p++)
        if (!make_euler(&t->c->population[p].tau_mem, t->p->step) ||
            !make_euler(&t->c->population[p].tau_syn, t->p->step))
            return false;
    return true;
}

bool reading_drop_bias(struct reading_trial *t)
{
    bool differs = false;
    for (size_t p = 0; p < t->c->populations; p++)
        differs |= set_all(&t->c->population[p].bias, 0);
    return differs;
}

bool reading_drop_reset(struct reading_trial *t)
{
    bool differs = false;
    for (size_t p = 0; p < t->c->populations; p++)
        differs |= set_all(&t->c->population[p].reset, 0);
    return differs;
}

/* ---- delays ---- */

bool reading_first_delay(struct reading_trial *t)
{
    bool differs = false;
    for (size_t j = 0; j < t->c->projections; j++)
        differs |= set_all(&t->c->projection[j].delay, t->c->projection[j].delay.at[0]);
    return differs;
}

bool reading_drop_delays(struct reading_trial *t)
{
    bool differs = false;
    for (size_t j = 0; j < t->c->projections; j++)
        differs |= set_all(&t->c->projection[j].delay, 0);
    return differs;
}

/* One step short, one long, two short, ...; none is below 0. */
bool reading_move_delays(struct reading_trial *t)
{
    int steps = (int)t->variant / 2 + 1, way = t->variant % 2 == 0 ? -1 : 1;
    bool differs = false;
    for (size_t j = 0; t->p->step > 0 && j < t->c->projections; j++)
        for (size_t k = 0; k < t->c->projection[j].delay.count; k++) {
            double *delay = &t->c->projection[j].delay.at[k], old = *delay;
            *delay = fmax(old + way * steps * t->p->step, 0);
            differs |= *delay != old;
        }
    snprintf(t->detail, sizeof t->detail, "%d step%s %s", steps, steps > 1 ? "s" : "",
             way < 0 ? "short" : "long");
    return differs;
}

/* ---- matrices ---- */

bool reading_transposed(double *to, size_t rows, size_t columns)
{
    double *from = malloc((rows * columns + 1) * sizeof *from);
    bool differs = false;
    if (!from)
        return false;
    memcpy(from, to, rows * columns * sizeof *from);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            to[i * columns + j] = from[j * rows + i];
            differs |= to[i * columns + j] != from[i * columns + j];
        }
    free(from);
    return differs;
}

bool reading_transpose_delays(struct reading_trial *t)
{
    bool differs = false;
    for (size_t j = 0; j < t->c->projections; j++) {
        struct case_projection *p = &t->c->projection[j];
        if (p->delay.count > 1)
            differs |= reading_transposed(p->delay.at, t->c->population[p->source].size,
                                          t->c->population[p->target].size);
    }
    return differs;
}

bool reading_turns(const struct reading_trial *t, size_t projection)
{
    return t->variant / 2 == 0 || t->variant / 2 == projection + 1;
}

bool reading_transpose_weights(struct reading_trial *t)
{
    bool differs = false;
    for (size_t j = 0; j < t->c->projections; j++) {
        struct case_projection *p = &t->c->projection[j];
        if (reading_turns(t, j))
            differs |= reading_transposed(p->weight, t->c->population[p->source].size,
                                          t->c->population[p->target].size);
    }
    if (t->variant / 2 > 0)
        snprintf(t->detail, sizeof t->detail, "of projection %u", t->variant / 2 - 1);
    return differs;
}

double reading_scale(const struct case_problem *c, const struct case_projection *to, size_t post,
                     unsigned number, const char **name)
{
    static const char *const names[READING_SCALES] = {"tau_mem", "1/tau_mem", "tau_syn",
                                                      "1/tau_syn", "1/peak of its response"};
    double mem = case_value(&c->population[to->target].tau_mem, post);
    double syn = case_value(&c->population[to->target].tau_syn, post);
    /* of V after one arrival of weight 1 (E4) */
    double peak = mem != syn ? pow(syn / mem, mem / (mem - syn)) : exp(-1);
    const double value[READING_SCALES] = {mem, 1 / mem, syn, 1 / syn, 1 / peak};
    *name = names[number];
    return value[number];
}

bool reading_scale_weights(struct reading_trial *t)
{
    const char *name = "";
    for (size_t j = 0; j < t->c->projections; j++) {
        struct case_projection *p = &t->c->projection[j];
        size_t columns = t->c->population[p->target].size;
        for (size_t k = 0; k < synapses_of(t->c, p); k++)
            p->weight[k] *= reading_scale(t->c, p, k % columns, t->variant / 2, &name);
    }
    snprintf(t->detail, sizeof t->detail, "%s%s", name,
             t->variant % 2 == 0 ? "" : ", and their gradient, too");
    return true;
}

/* ---- samples ---- */

/* Of channels: up or down by one, the last in place of the first or lost. */
static bool shift(struct case_train *train, size_t size, bool up, bool around)
{
    size_t lost = up ? size - 1 : 0, empty = up ? 0 : size - 1;
    struct case_train left = train[lost];
    bool differs = false;
    for (size_t n = 0; n < size; n++)
        differs |= train[n].count > 0;
    if (up)
        memmove(train + 1, train, (size - 1) * sizeof *train);
    else
        memmove(train, train + 1, (size - 1) * sizeof *train);
    train[empty] = left;
    if (!around)
        train[empty].count = 0;
    return differs;
}

bool reading_shift_inputs(struct reading_trial *t)
{
    bool differs = false, up = t->variant % 2 == 0, around = t->variant / 2 > 0;
    for (size_t s = 0; s < t->c->samples; s++)
        for (size_t p = 0; p < t->c->populations; p++)
            if (t->c->sample[s].spikes[p] && t->c->population[p].size > 1)
                differs |= shift(t->c->sample[s].spikes[p], t->c->population[p].size, up, around);
    t->other_inputs = true;
    snprintf(t->detail, sizeof t->detail, "%s%s", up ? "up" : "down", around ? ", around" : "");
    return differs;
}

/* ---- losses ---- */

bool reading_move_labels(struct reading_trial *t)
{
    size_t outputs = t->c->population[t->c->loss.population].size;
    bool up = t->variant == 0;
    bool labelled =
        case_loss_is_entropy(t->c->loss.kind) || t->c->loss.kind == CASE_FIRST_SPIKE_MARGIN;
    for (size_t s = 0; s < t->c->samples; s++)
        t->c->sample[s].label = (t->c->sample[s].label + (up ? 1 : outputs - 1)) % outputs;
    snprintf(t->detail, sizeof t->detail, "one too %s", up ? "large" : "small");
    return labelled && outputs > 1;
}

bool reading_uniform_weighting(struct reading_trial *t)
{
    bool differs = t->c->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY &&
                   t->c->loss.weighting != CASE_UNIFORM;
    t->c->loss.weighting = CASE_UNIFORM;
    return differs;
}

/* V of an output is linear in what reaches it: T times that is T times its average. */
bool reading_scale_outputs(struct reading_trial *t)
{
    const struct case_loss *loss = &t->c->loss;
    for (size_t j = 0; j < t->c->projections; j++)
        for (size_t k = 0; t->c->projection[j].target == loss->population &&
                           k < synapses_of(t->c, &t->c->projection[j]);
             k++)
            t->c->projection[j].weight[k] *= t->c->end;
    for (size_t k = 0; k < t->c->population[loss->population].bias.count; k++)
        t->c->population[loss->population].bias.at[k] *= t->c->end;
    return loss->kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY;
}
