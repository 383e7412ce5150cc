/* SPDX-License-Identifier: MIT */
/* family_like_edge.c: brings a drawn case near to a place where something changes, by at most a
 * thousandth and down to a part in 10^8; see family_like.h. */
#include "cases/families/family_like.h"
#include "cases/families/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HALVINGS = 45, AIMS = 6 };

/* A neuron of the case, and one of its samples. */
struct place {
    size_t population, neuron, sample;
};

static double gap(struct case_builder *b)
{
    return b->problem->end * case_random_log_between(&b->random, 1e-8, 1e-3);
}

static double *inputs_of(const struct case_builder *b, struct place at, size_t *count)
{
    const struct case_train *train =
        &b->problem->sample[at.sample].spikes[at.population][at.neuron];
    *count = train->count;
    return train->at;
}

/* ---- choosing ---- */

typedef bool wanted(const struct case_builder *b, struct place at);

static bool is_lif(const struct case_builder *b, struct place at)
{
    return b->problem->population[at.population].model == CASE_LIF;
}

static bool is_input(const struct case_builder *b, struct place at)
{
    size_t count = 0;
    return b->problem->population[at.population].model == CASE_SPIKE_SOURCE &&
           (inputs_of(b, at, &count), count > 0);
}

/* A neuron in a random sample, each with the same chance; false if there is none. */
static bool choose(struct case_builder *b, wanted *is, struct place *chosen)
{
    size_t found = 0;
    struct place at = {.sample = case_random_below(&b->random, b->problem->samples)};
    for (at.population = 0; at.population < b->problem->populations; at.population++)
        for (at.neuron = 0; at.neuron < b->problem->population[at.population].size; at.neuron++)
            if (is(b, at) && case_random_below(&b->random, ++found) == 0)
                *chosen = at;
    return found > 0;
}

/* Sorted, and in [0, end). */
static void put_input(struct case_builder *b, struct place at, size_t k, double time)
{
    size_t count;
    double *train = inputs_of(b, at, &count);
    double below_end = b->problem->end * (1 - 0x1p-50);
    time = time < 0 ? 0 : time < below_end ? time : below_end;
    for (; k > 0 && train[k - 1] > time; k--)
        train[k] = train[k - 1];
    for (; k + 1 < count && train[k + 1] < time; k++)
        train[k] = train[k + 1];
    train[k] = time;
}

/* ---- what a neuron gets ---- */

static void scale_inputs(struct case_builder *b, struct place at, double factor)
{
    for (size_t j = 0; j < b->problem->projections; j++) {
        const struct case_projection *p = &b->problem->projection[j];
        size_t size = b->problem->population[p->target].size;
        for (size_t s = 0; p->target == at.population && s < b->problem->population[p->source].size;
             s++)
            p->weight[s * size + at.neuron] *= factor;
    }
}

/* Spikes of a neuron with all its weights times factor; SIZE_MAX where that cannot be said. */
static size_t spikes_at(struct case_builder *b, struct place at, double factor)
{
    struct case_problem *whole = b->problem;
    struct case_sketch sketch;
    size_t count = SIZE_MAX;
    b->problem = case_copy(whole);
    if (b->problem) {
        scale_inputs(b, at, factor);
        if (case_sketch(&sketch, b->problem, at.sample) == 0) {
            count = sketch.whole ? 0 : SIZE_MAX;
            for (size_t k = 0; sketch.whole && k < sketch.count; k++)
                count += sketch.spike[k].population == at.population &&
                         sketch.spike[k].neuron == at.neuron;
            free(sketch.spike);
        }
        case_free(b->problem);
    }
    b->problem = whole;
    return count;
}

/* Halves [0, 1] until one factor gives fewer spikes than the other, a hair above it. */
static bool bring_peak(struct case_builder *b, bool above)
{
    struct place at;
    if (!case_sketch_can(b->problem) || !choose(b, is_lif, &at))
        return false;
    size_t most = spikes_at(b, at, 1), least = spikes_at(b, at, 0);
    if (most == SIZE_MAX || least >= most)
        return false;
    size_t count = case_random_from(&b->random, least + 1, most);
    double low = 0, high = 1;
    for (int k = 0; k < HALVINGS; k++) {
        double middle = (low + high) / 2;
        if (spikes_at(b, at, middle) >= count)
            high = middle;
        else
            low = middle;
    }
    double away = case_random_log_between(&b->random, 1e-6, 1e-2);
    scale_inputs(b, at, above ? high * (1 + away) : low * (1 - away));
    return true;
}

static bool silence_neuron(struct case_builder *b)
{
    struct place at;
    if (!choose(b, is_lif, &at))
        return false;
    scale_inputs(b, at, 0x1p-6);
    return true;
}

/* Undone where a loop of excitation would spike without end. */
static bool burst(struct case_builder *b)
{
    struct place at;
    if (!case_sketch_can(b->problem) || !choose(b, is_lif, &at) || spikes_at(b, at, 3) == SIZE_MAX)
        return false;
    scale_inputs(b, at, 3);
    return true;
}

/* ---- times ---- */

static bool silence_input(struct case_builder *b)
{
    struct place at;
    if (!choose(b, is_input, &at))
        return false;
    struct case_train *train = &b->problem->sample[at.sample].spikes[at.population][at.neuron];
    free(train->at);
    *train = (struct case_train){0};
    return true;
}

/* Every other time exactly, else with a gap. */
static bool coincide(struct case_builder *b)
{
    struct place from, to;
    if (!choose(b, is_input, &from))
        return false;
    size_t sample = from.sample, others = 0;
    struct place at = {.sample = sample};
    for (at.population = 0; at.population < b->problem->populations; at.population++)
        for (at.neuron = 0; at.neuron < b->problem->population[at.population].size; at.neuron++) {
            bool itself = at.population == from.population && at.neuron == from.neuron;
            if (!itself && is_input(b, at) && case_random_below(&b->random, ++others) == 0)
                to = at;
        }
    if (others == 0)
        return false;
    size_t count, targets;
    const double *train = inputs_of(b, from, &count);
    inputs_of(b, to, &targets);
    double time = train[case_random_below(&b->random, count)];
    size_t k = case_random_below(&b->random, targets);
    double away = gap(b);
    put_input(b, to, k, case_random_chance(&b->random, 0.5) ? time : time + away);
    return true;
}

static bool first_and_last(struct case_builder *b)
{
    struct place first, last;
    size_t count;
    if (!choose(b, is_input, &first) || !choose(b, is_input, &last))
        return false;
    put_input(b, first, 0, 0);
    inputs_of(b, last, &count);
    bool one = first.population == last.population && first.neuron == last.neuron &&
               first.sample == last.sample && count == 1;
    double before = b->problem->step > 0 ? b->problem->step / 2 : gap(b);
    if (!one)
        put_input(b, last, count - 1, b->problem->end - before);
    return true;
}

/* All inputs of a sample by as much, for what its last spike is to be at; those that leave the
 * trial go. */
static void shift_inputs(struct case_builder *b, size_t sample, double by)
{
    for (size_t p = 0; p < b->problem->populations; p++)
        for (size_t n = 0;
             b->problem->sample[sample].spikes[p] && n < b->problem->population[p].size; n++) {
            struct case_train *train = &b->problem->sample[sample].spikes[p][n];
            size_t kept = 0;
            for (size_t k = 0; k < train->count; k++) {
                double time = train->at[k] + by;
                if (time >= 0 && time < b->problem->end)
                    train->at[kept++] = time;
            }
            train->count = kept;
            if (kept == 0) {
                free(train->at);
                train->at = NULL;
            }
        }
}

static bool come_late(struct case_builder *b)
{
    if (!case_sketch_can(b->problem))
        return false;
    size_t sample = case_random_below(&b->random, b->problem->samples);
    double wanted_at = b->problem->end - gap(b);
    bool moved = false;
    for (int aim = 0; aim < 2; aim++) {
        struct case_sketch sketch;
        if (case_sketch(&sketch, b->problem, sample) != 0)
            return false;
        if (sketch.count > 0 && sketch.whole) {
            shift_inputs(b, sample, wanted_at - sketch.spike[sketch.count - 1].time);
            moved = true;
        }
        free(sketch.spike);
    }
    return moved;
}

/* The delay of a synapse from an input to a neuron; negative where there is none. */
static double delay_between(const struct case_problem *c, struct place from,
                            const struct case_sketch_spike *to)
{
    for (size_t j = 0; j < c->projections; j++)
        if (c->projection[j].source == from.population && c->projection[j].target == to->population)
            return case_delay(c, &c->projection[j], from.neuron, to->neuron);
    return -1;
}

/* Moves the last spike of an input, which comes later, to just after a spike of its target: aimed
 * again, because other targets of that input may have moved it. */
static bool follow(struct case_builder *b)
{
    struct place from;
    if (!case_sketch_can(b->problem) || !choose(b, is_input, &from))
        return false;
    double after = gap(b);
    for (int aim = 0; aim < AIMS; aim++) {
        struct case_sketch sketch;
        size_t count;
        double time = -1;
        const double *train = inputs_of(b, from, &count);
        if (case_sketch(&sketch, b->problem, from.sample) != 0)
            return false;
        for (size_t k = 0; k < sketch.count; k++) {
            double delay = delay_between(b->problem, from, &sketch.spike[k]);
            double there = sketch.spike[k].time + after - delay;
            if (delay >= 0 && there >= 0 && there <= train[count - 1])
                time = there; /* the last one before the input arrives */
        }
        free(sketch.spike);
        if (time < 0)
            return aim > 0;
        put_input(b, from, count - 1, time);
    }
    return true;
}

/* ---- time constants ---- */

static bool equal_taus(struct case_builder *b, bool constants)
{
    size_t found = 0, chosen = 0;
    for (size_t p = 0; p < b->problem->populations; p++)
        if (b->problem->population[p].model != CASE_SPIKE_SOURCE &&
            case_random_below(&b->random, ++found) == 0)
            chosen = p;
    struct case_population *p = &b->problem->population[chosen];
    double ratio = found > 0 ? case_value(&p->tau_mem, 0) / case_value(&p->tau_syn, 0) : 1;
    if (!constants || ratio == 1 || ratio == 2 || p->tau_mem.count != p->tau_syn.count)
        return false; /* a closed form may be all that the program has */
    double away = case_random_log_between(&b->random, 1e-9, 1e-3);
    for (size_t n = 0; n < p->tau_mem.count; n++)
        p->tau_mem.at[n] = p->tau_syn.at[n] * (1 + away);
    return true;
}

const char *case_like_bring(struct case_builder *b, enum case_like_edge edge, bool constants)
{
    if (!b->problem)
        return NULL;
    switch (edge) {
    case CASE_LIKE_PLAIN:
        return NULL;
    case CASE_LIKE_PEAK_ABOVE:
        return bring_peak(b, true) ? "a peak just above the threshold" : NULL;
    case CASE_LIKE_COINCIDENT:
        return coincide(b) ? "two input spikes at one time, or nearly" : NULL;
    case CASE_LIKE_SILENT_NEURON:
        return silence_neuron(b) ? "a neuron that hardly gets any input" : NULL;
    case CASE_LIKE_AFTER_SPIKE:
        return follow(b) ? "an arrival just after a spike of its target" : NULL;
    case CASE_LIKE_LATE_SPIKE:
        return come_late(b) ? "the last spike just before the end" : NULL;
    case CASE_LIKE_SILENT_INPUT:
        return silence_input(b) ? "an input without spikes" : NULL;
    case CASE_LIKE_PEAK_BELOW:
        return bring_peak(b, false) ? "a peak just below the threshold" : NULL;
    case CASE_LIKE_FIRST_LAST:
        return first_and_last(b) ? "input spikes at 0 and next to the end" : NULL;
    case CASE_LIKE_BURST:
        return burst(b) ? "a neuron with three times the input" : NULL;
    case CASE_LIKE_EQUAL_TAUS:
        return equal_taus(b, constants) ? "nearly equal time constants" : NULL;
    }
    return NULL;
}
