/* SPDX-License-Identifier: MIT */
/* t_like.c: cases like a given one have its network, loss and features, other numbers, and half of
 * them are near to something. */
#include "cases/families/family_like.h"
#include "cases/families/sketch.h"
#include "tests/run_suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const given[] = {
    "cases/regression/first-spikes-two-layers.json",
    "cases/examples/three-layer.json",
    "cases/regression/heterogeneous-delays.json",
    "cases/examples/voltage-squared-error.json",
    "random-recurrent:1:3",
    "random-batch:1:9",
    "closed-lambert:1:0",
    "like:random-delays:1:1:2:3",
};
enum { GIVEN = sizeof given / sizeof *given, CASES = 20 };

static void make(struct case_made *made, const char *head, const char *name, uint64_t seed,
                 uint64_t k)
{
    char address[200];
    struct case_error error;
    snprintf(address, sizeof address, "%s%s:%" PRIu64 ":%" PRIu64, head, name, seed, k);
    ck_assert_msg(case_make(made, address, &error) == 0, "%s", error.text);
    ck_assert_msg(case_check(made->problem, &error) == 0, "%s: %s", address, error.text);
    ck_assert_str_eq(made->problem->name, address);
}

static struct case_problem *load(const char *name)
{
    struct case_made made;
    struct case_error error;
    if (!strchr(name, ':'))
        return case_read(name, &error);
    ck_assert_int_eq(case_make(&made, name, &error), 0);
    struct case_problem *c = case_copy(made.problem);
    case_made_clear(&made);
    return c;
}

static void same_zeros(const struct case_values *a, const struct case_values *b)
{
    ck_assert_uint_eq(a->count, b->count);
    for (size_t k = 0; k < a->count; k++)
        ck_assert_int_eq(a->at[k] == 0, b->at[k] == 0);
}

static void same_shape(const struct case_problem *a, const struct case_problem *b)
{
    ck_assert(a->end == b->end && a->step == b->step);
    ck_assert_uint_eq(a->populations, b->populations);
    ck_assert_uint_eq(a->projections, b->projections);
    ck_assert_uint_eq(a->samples, b->samples);
    ck_assert_int_eq(a->loss.kind, b->loss.kind);
    ck_assert_int_eq(a->loss.weighting, b->loss.weighting);
    ck_assert_int_eq(a->loss.penalty, b->loss.penalty);
    ck_assert_uint_eq(a->loss.population, b->loss.population);
    for (size_t p = 0; p < a->populations; p++) {
        const struct case_population *x = &a->population[p], *y = &b->population[p];
        ck_assert(x->size == y->size && x->model == y->model && strcmp(x->name, y->name) == 0);
        ck_assert_uint_eq(x->tau_mem.count, y->tau_mem.count);
        same_zeros(&x->bias, &y->bias);
        same_zeros(&x->reset, &y->reset);
    }
    for (size_t j = 0; j < a->projections; j++) {
        const struct case_projection *x = &a->projection[j], *y = &b->projection[j];
        size_t size = a->population[x->source].size * a->population[x->target].size;
        ck_assert(x->source == y->source && x->target == y->target);
        same_zeros(&x->delay, &y->delay);
        for (size_t k = 0; k < size; k++)
            ck_assert_int_eq(x->weight[k] == 0, y->weight[k] == 0);
    }
}

TEST_EACH(shape_loss_and_features_stay_and_numbers_differ, 0, GIVEN)
{
    struct case_problem *base = load(given[_i]);
    char *before = NULL;
    for (uint64_t k = 0; k < CASES; k++) {
        struct case_made made;
        make(&made, CASE_LIKE, given[_i], 3, k);
        same_shape(base, made.problem);
        char *text = case_text(made.problem);
        ck_assert_ptr_nonnull(text);
        const char *body = strstr(text, "\"populations\"");
        ck_assert_msg(!before || strcmp(strstr(before, "\"populations\""), body) != 0, "%s",
                      made.problem->name);
        free(before);
        before = text;
        case_made_clear(&made);
    }
    free(before);
    case_free(base);
}

TEST(an_address_is_the_same_case_again)
{
    for (uint64_t k = 0; k < 20; k++) {
        struct case_made one, two;
        make(&one, CASE_LIKE, given[4], 1, k);
        make(&two, CASE_LIKE, given[4], 1, k);
        char *a = case_text(one.problem), *b = case_text(two.problem);
        ck_assert_str_eq(a, b);
        free(a);
        free(b);
        case_made_clear(&one);
        case_made_clear(&two);
    }
}

TEST(constants_stay_where_weights_alone_vary)
{
    struct case_problem *base = load(given[2]);
    struct case_made made;
    make(&made, CASE_LIKE_WEIGHTS, given[2], 1, 0);
    for (size_t p = 0; p < base->populations; p++)
        for (size_t k = 0; k < base->population[p].tau_mem.count; k++)
            ck_assert(made.problem->population[p].tau_mem.at[k] ==
                      base->population[p].tau_mem.at[k]);
    for (size_t k = 0; k < base->projection[0].delay.count; k++)
        ck_assert(made.problem->projection[0].delay.at[k] == base->projection[0].delay.at[k]);
    ck_assert(made.problem->projection[0].weight[0] != base->projection[0].weight[0]);
    case_free(base);
    case_made_clear(&made);
}

/* ---- near to something ---- */

TEST(half_are_near_to_something_and_say_to_what)
{
    size_t near = 0;
    for (uint64_t k = 0; k < 200; k++) {
        struct case_made made;
        make(&made, CASE_LIKE, given[0], 1, k);
        near += strchr(made.problem->note, ';') != NULL;
        ck_assert(k % 2 == 1 || !strchr(made.problem->note, ';'));
        case_made_clear(&made);
    }
    ck_assert_uint_ge(near, 90); /* not every case can be brought near to everything */
}

static size_t spikes_of(struct case_problem *c, double factor)
{
    size_t count = 0;
    for (size_t j = 0; j < c->projections; j++)
        for (size_t k = 0; k < c->population[c->projection[j].source].size *
                                   c->population[c->projection[j].target].size;
             k++)
            c->projection[j].weight[k] *= factor;
    for (size_t s = 0; s < c->samples; s++) {
        struct case_sketch sketch;
        ck_assert_int_eq(case_sketch(&sketch, c, s), 0);
        count += sketch.count;
        free(sketch.spike);
    }
    return count;
}

/* A hundredth less or more of all weights takes or gives a spike. */
TEST_EACH(peaks_are_next_to_the_threshold, 0, 2)
{
    size_t moved = 0;
    for (uint64_t k = _i ? 13 : 1; k < 200; k += 20) {
        struct case_made made;
        make(&made, CASE_LIKE, given[0], 1, k);
        size_t now = spikes_of(made.problem, 1);
        moved += spikes_of(made.problem, _i ? 1.0125 : 0.9875) != now;
        case_made_clear(&made);
    }
    ck_assert_uint_ge(moved, 9);
}

/* The distance of the last spike from the end, or of an arrival from the spike before it. */
static double nearest(const struct case_problem *c, bool end)
{
    double least = c->end;
    for (size_t s = 0; s < c->samples; s++) {
        struct case_sketch sketch;
        ck_assert_int_eq(case_sketch(&sketch, c, s), 0);
        for (size_t k = 0; k < sketch.count; k++) {
            double away = c->end - sketch.spike[k].time;
            least = end && away < least ? away : least;
            for (size_t n = 0; !end && sketch.spike[k].population == 1 && n < 3; n++)
                for (size_t i = 0; i < c->sample[s].spikes[0][n].count; i++) {
                    away = c->sample[s].spikes[0][n].at[i] + c->projection[0].delay.at[0] -
                           sketch.spike[k].time;
                    least = away > 0 && away < least ? away : least;
                }
        }
        free(sketch.spike);
    }
    return least;
}

TEST_EACH(spikes_are_next_to_the_end_or_to_an_arrival, 0, 2)
{
    size_t near = 0;
    for (uint64_t k = _i ? 9 : 7; k < 200; k += 20) {
        struct case_made made;
        make(&made, CASE_LIKE, given[0], 1, k);
        near += nearest(made.problem, _i) <= 1e-3 * made.problem->end;
        case_made_clear(&made);
    }
    ck_assert_uint_ge(near, 9);
}

/* ---- addresses ---- */

static const char *const refused[] = {
    "like:",
    "like:closed-chain:1:0",
    "like:closed-chain:1:0:1:",
    "like::1:2",
    "like:1:2",
    "like:no-such-file.json:1:2",
    "like:closed-chain:1:0:1:x",
    "like:a:1:-1",
    "like-weights:closed-chain:1",
    "like:closed-chain:1:0:99999999999999999999:1",
};

TEST_EACH(wrong_addresses_are_refused, 0, (int)(sizeof refused / sizeof *refused))
{
    struct case_made made;
    struct case_error error = {""};
    ck_assert_int_eq(case_make(&made, refused[_i], &error), -1);
    ck_assert_ptr_null(made.problem);
    ck_assert_uint_gt(strlen(error.text), 10);
}

TEST(ranges_are_read)
{
    struct case_range range;
    ck_assert(case_range_read(&range, "random-deep:1:2-11"));
    ck_assert(range.first == 2 && range.last == 11 && range.head == strlen("random-deep:1:"));
    ck_assert(!case_range_read(&range, "random-deep:1:2"));
    ck_assert(!case_range_read(&range, "random-deep:1:3-2"));
    ck_assert(!case_range_read(&range, "random-deep:1:2-"));
    ck_assert(!case_range_read(&range, "random-deep"));
}

SUITE("like")
