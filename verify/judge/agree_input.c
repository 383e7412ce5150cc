/* SPDX-License-Identifier: MIT */
/* agree_input.c: every number that a case gives, in one order, and the case again with some of
 * them moved. Which of them, and which way, follows from their places alone: no name, no thread and
 * no order of cases has a part in it. */
#include "verify/judge/judge_answer.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>

struct walk {
    struct case_problem *c;
    const struct ref_result *truth;
    const struct agree_design *design;
    double nudge, time; /* relative; ms by which times are moved */
    size_t number;      /* of the next input */
    bool apart;         /* what no rounding moves was moved */
};

/* How the next input moves: up, down or not at all. */
static int turn(struct walk *w)
{
    const struct agree_design *design = w->design;
    size_t number = w->number++;
    if (design->groups == 0)
        return 0;
    if (design->alone)
        return number == design->group;
    uint64_t word = mix(mix(design->pattern) ^ number);
    if ((word & 0xffffffffu) % design->groups != design->group)
        return 0;
    return word >> 63 ? 1 : -1;
}

/* Zero is exact in every arithmetic, and stays zero but where it moves alone: that says what there
 * is a derivative of, not what rounding does. */
static void move_number(struct walk *w, double *x)
{
    int way = turn(w);
    if (*x < 0 || *x > 0) {
        *x *= 1 + way * w->nudge;
    } else if (w->design->alone && way != 0) {
        *x = way * w->nudge;
        w->apart = true;
    }
}

static void move_values(struct walk *w, struct case_values *values)
{
    for (size_t k = 0; k < values->count; k++)
        move_number(w, &values->at[k]);
}

/* The shortest time in which a neuron rises from reset to threshold, between two of its spikes;
 * infinite where none of them has a follower, however deep the reset. */
static double shortest_rise(const struct walk *w, size_t population, size_t neuron)
{
    double shortest = VER_INFINITY;
    for (size_t s = 0; s < w->truth->samples; s++) {
        const struct ref_train *train = &w->truth->sample[s].spikes[population][neuron];
        for (size_t k = 1; k < train->count; k++)
            shortest = fmin(shortest, arf_get_d(arb_midref(train->at + k), ARF_RND_NEAR) -
                                          arf_get_d(arb_midref(train->at + k - 1), ARF_RND_NEAR));
    }
    return shortest;
}

/* A spike that is late since its time was rounded is late like one of a higher threshold, and its
 * followers are later still: a threshold moves by its slope times that, too. */
static void move_thresholds(struct walk *w, size_t population)
{
    struct case_population *now = &w->c->population[population];
    double nudge = w->nudge;
    for (size_t k = 0; k < now->threshold.count; k++) {
        size_t n = now->threshold.count == 1 ? now->size : 1;
        for (size_t i = k; i < k + n; i++) {
            double rise = case_value(&now->threshold, i) - case_value(&now->reset, i);
            rise /= shortest_rise(w, population, i) * now->threshold.at[k]; /* per ms, relative */
            w->nudge = fmax(w->nudge, w->time * rise);
            w->nudge = fmax(w->nudge, w->design->residual / now->threshold.at[k]);
        }
        move_number(w, &now->threshold.at[k]);
        w->nudge = nudge;
    }
}

/* ---- times ---- */

/* The order of a train stays: a spike that cannot move one way moves the other. */
static void move_train(struct walk *w, struct case_train *train)
{
    for (size_t k = 0; k < train->count; k++) {
        double low = k > 0 ? train->at[k - 1] : 0;
        double high = k + 1 < train->count ? train->at[k + 1] : w->c->end;
        int way = train->at[k] > 0 ? turn(w) : 0;
        for (int tries = 0; way != 0 && tries < 2; tries++, way = -way) {
            double time = train->at[k] + way * w->time;
            if (time > low && time < high) {
                train->at[k] = time;
                break;
            }
        }
    }
}

static bool fires(const struct walk *w, size_t population, size_t neuron)
{
    for (size_t s = 0; s < w->c->samples; s++) {
        const struct case_train *inputs = w->c->sample[s].spikes[population];
        if ((inputs ? inputs[neuron].count : w->truth->sample[s].spikes[population][neuron].count) >
            0)
            return true;
    }
    return false;
}

static void move_delay(struct walk *w, double *delay, int way)
{
    *delay = fmax(*delay + way * w->time, 0);
}

/* No rounding is of one synapse alone where all share a delay. But arrivals that move together may
 * move a spike by less than each of them does: alone, a delay says what it is the derivative of. */
static int move_each_delay(struct walk *w, struct case_projection *projection)
{
    size_t columns = w->c->population[projection->target].size;
    size_t rows = w->c->population[projection->source].size, firing = 0;
    for (size_t row = 0; row < rows; row++)
        firing += fires(w, projection->source, row);
    for (size_t row = 0; row < rows && firing > 1; row++)
        for (size_t k = row * columns; fires(w, projection->source, row) && k < (row + 1) * columns;
             k++) {
            int way = w->design->alone || w->design->groups == 0 ? turn(w) : 0;
            w->apart |= way != 0;
            move_delay(w, &projection->delay.at[k], way);
        }
    return 0;
}

/* One delay for all stands for the times that are computed with it, each rounded for itself: those
 * at which a source fires, where they are no inputs, and those at which a target is reached. */
static int move_common_delay(struct walk *w, struct case_projection *projection)
{
    size_t columns = w->c->population[projection->target].size;
    size_t rows = w->c->population[projection->source].size;
    bool inputs = w->c->population[projection->source].model == CASE_SPIKE_SOURCE;
    double *all = malloc((rows * columns + 1) * sizeof *all);
    if (!all)
        return -1;
    for (size_t k = 0; k < rows * columns; k++)
        all[k] = projection->delay.at[0];
    free(projection->delay.at);
    projection->delay.at = all;
    projection->delay.count = rows * columns;
    for (size_t row = 0; row < rows; row++) {
        int way = !inputs && fires(w, projection->source, row) ? turn(w) : 0;
        for (size_t k = row * columns; way != 0 && k < (row + 1) * columns; k++)
            move_delay(w, &all[k], way);
    }
    for (size_t column = 0; column < columns; column++) {
        int way = turn(w);
        for (size_t k = column; way != 0 && k < rows * columns; k += columns)
            move_delay(w, &all[k], way);
    }
    return move_each_delay(w, projection);
}

static int move_delays(struct walk *w, struct case_projection *projection)
{
    size_t columns = w->c->population[projection->target].size;
    size_t rows = w->c->population[projection->source].size;
    if (projection->delay.count == 1)
        return move_common_delay(w, projection);
    for (size_t row = 0; row < rows; row++)
        for (size_t k = row * columns; fires(w, projection->source, row) && k < (row + 1) * columns;
             k++)
            move_delay(w, &projection->delay.at[k], turn(w));
    return 0;
}

/* ---- all ---- */

static int move_projection(struct walk *w, struct case_projection *projection)
{
    size_t columns = w->c->population[projection->target].size;
    for (size_t row = 0; row < w->c->population[projection->source].size; row++)
        for (size_t k = row * columns; fires(w, projection->source, row) && k < (row + 1) * columns;
             k++)
            move_number(w, &projection->weight[k]);
    return move_delays(w, projection);
}

static void move_sample(struct walk *w, struct case_sample *sample)
{
    const struct case_problem *c = w->c;
    size_t outputs = c->population[c->loss.population].size;
    for (size_t p = 0; p < c->populations; p++)
        for (size_t n = 0; sample->spikes[p] && n < c->population[p].size; n++)
            move_train(w, &sample->spikes[p][n]);
    for (size_t k = 0; sample->times && k < outputs; k++)
        move_number(w, &sample->times[k]);
    for (size_t k = 0; sample->voltages && k < outputs; k++)
        for (size_t i = 0; i < sample->voltages[k].count; i++)
            move_number(w, &sample->voltages[k].value[i]);
}

static int move_all(struct walk *w)
{
    struct case_problem *c = w->c;
    for (size_t p = 0; p < c->projections; p++)
        if (move_projection(w, &c->projection[p]) != 0)
            return -1;
    for (size_t p = 0; p < c->populations; p++) {
        move_values(w, &c->population[p].tau_mem);
        move_values(w, &c->population[p].tau_syn);
        move_thresholds(w, p);
        move_values(w, &c->population[p].reset);
        move_values(w, &c->population[p].bias);
    }
    for (size_t s = 0; s < c->samples; s++)
        move_sample(w, &c->sample[s]);
    double *loss[] = {&c->loss.tau0, &c->loss.tau1, &c->loss.alpha, &c->loss.margin};
    for (size_t k = 0; k < sizeof loss / sizeof *loss; k++)
        move_number(w, loss[k]);
    /* where a silent output counts as spiking is a time, as T is */
    c->loss.silent_after = fmax(c->loss.silent_after + turn(w) * w->time, 0);
    return 0;
}

struct case_problem *agree_input_move(const struct judge *judge, const struct agree_design *design,
                                      double nudge, double time, size_t *inputs, bool *apart)
{
    struct walk w = {.c = case_copy(judge->problem),
                     .truth = judge->truth,
                     .design = design,
                     .nudge = nudge,
                     .time = time};
    if (w.c && move_all(&w) != 0) {
        case_free(w.c);
        w.c = NULL;
    }
    *inputs = w.number;
    *apart = w.apart;
    return w.c;
}
