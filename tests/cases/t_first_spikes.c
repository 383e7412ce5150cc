/* SPDX-License-Identifier: MIT */
/* t_first_spikes.c: in the family of first spikes nothing spikes twice, and every kind is what its
 * note says. */
#include "cases/cases.h"
#include "cases/families/sketch.h"
#include "tests/run_suite.h"

#include <stdlib.h>
#include <string.h>

enum { KINDS = 8, CASES = 96 };

static void make(struct case_made *made, uint64_t k)
{
    struct case_error error;
    const struct case_family *family = case_family_find("first-spikes");
    ck_assert_ptr_nonnull(family);
    ck_assert_msg(case_family_make(made, family, 1, k, &error) == 0, "%s", error.text);
    ck_assert_msg(case_check(made->problem, &error) == 0, "%s", error.text);
}

static struct case_sketch sketch_of(const struct case_problem *c)
{
    struct case_sketch sketch;
    ck_assert_int_eq(case_sketch(&sketch, c, 0), 0);
    ck_assert(sketch.whole);
    return sketch;
}

TEST(nothing_spikes_twice_and_most_outputs_spike)
{
    size_t outputs = 0, spikes = 0, layers[4] = {0};
    for (uint64_t k = 0; k < CASES; k++) {
        struct case_made made;
        make(&made, k);
        const struct case_problem *c = made.problem;
        struct case_sketch sketch = sketch_of(c);
        layers[c->populations - 1]++;
        outputs += c->population[c->loss.population].size;
        for (size_t n = 0; n < c->population[0].size; n++)
            ck_assert_uint_le(c->sample[0].spikes[0][n].count, 1);
        for (size_t i = 0; i < sketch.count; i++) {
            spikes += sketch.spike[i].population == c->loss.population;
            for (size_t j = 0; j < i; j++)
                ck_assert(sketch.spike[i].population != sketch.spike[j].population ||
                          sketch.spike[i].neuron != sketch.spike[j].neuron);
        }
        free(sketch.spike);
        case_made_clear(&made);
    }
    ck_assert(layers[1] > 20 && layers[2] > 20 && layers[3] > 20);
    ck_assert_uint_gt(spikes, outputs / 2);
}

/* The first input, of those that spike, in units of tau_syn of the first layer. */
static double first_input(const struct case_problem *c, size_t *silent)
{
    double first = c->end;
    *silent = 0;
    for (size_t n = 0; n < c->population[0].size; n++) {
        const struct case_train *train = &c->sample[0].spikes[0][n];
        *silent += train->count == 0;
        first = train->count > 0 && train->at[0] < first ? train->at[0] : first;
    }
    return first / c->population[1].tau_syn.at[0];
}

/* How soon the last input, which inhibits, follows a spike of the first layer; end: never. */
static double follows(const struct case_problem *c)
{
    struct case_sketch sketch = sketch_of(c);
    size_t last = c->population[0].size - 1;
    double least = c->end;
    for (size_t k = 0; k < sketch.count; k++) {
        double away = c->sample[0].spikes[0][last].at[0] - sketch.spike[k].time;
        if (sketch.spike[k].population == 1 && away > 0 && away < least)
            least = away;
    }
    free(sketch.spike);
    return least;
}

static size_t spikes_at(struct case_problem *c, size_t layer, double factor)
{
    const struct case_projection *p = &c->projection[layer - 1];
    size_t size = c->population[p->source].size * c->population[p->target].size;
    for (size_t k = 0; k < size; k++)
        p->weight[k] *= factor;
    struct case_sketch sketch = sketch_of(c);
    for (size_t k = 0; k < size; k++)
        p->weight[k] /= factor;
    free(sketch.spike);
    return sketch.count;
}

/* Whether a hundredth of the weights of one layer gives or takes a spike. */
static bool next_to_a_peak(struct case_problem *c, double factor)
{
    bool moved = false;
    for (size_t layer = 1; layer < c->populations; layer++)
        moved = moved || spikes_at(c, layer, factor) != spikes_at(c, layer, 1);
    return moved;
}

TEST(kinds_are_what_they_say)
{
    size_t peaks = 0, below = 0, after = 0, late = 0;
    for (uint64_t k = 0; k < CASES; k++) {
        struct case_made made;
        size_t silent;
        make(&made, k);
        double first = first_input(made.problem, &silent);
        peaks += k % KINDS == 1 && next_to_a_peak(made.problem, 0.9875);
        below += k % KINDS == 7 && next_to_a_peak(made.problem, 1.0125);
        after += k % KINDS == 2 && follows(made.problem) <= 1e-3 * made.problem->end;
        late += k % KINDS == 6 && made.problem->end < 60;
        if (k % KINDS == 3 || k % KINDS == 6)
            ck_assert_uint_eq(silent, 1);
        if (k % KINDS == 4)
            ck_assert(first > 100);
        if (k % KINDS == 5)
            ck_assert(first > 800);
        case_made_clear(&made);
    }
    ck_assert_msg(peaks >= 10 && below >= 9 && after >= 10 && late >= 8,
                  "%zu peaks, %zu below, %zu after, %zu late", peaks, below, after, late);
}

SUITE("first_spikes")
