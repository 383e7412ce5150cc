/* SPDX-License-Identifier: MIT */
/* t_train_rules.c: which epoch's weights a training keeps, and which neurons it revives. */
#include "gpu/train/network.h"
#include "tests/run_suite.h"
#include "tests/training_case.h"

#include <math.h>

/* ---- which weights are kept ---- */

enum { EPOCHS = 8 };

/* The first epoch of the largest accuracy by a rule; with weights of every epoch at hand. */
static void check_selection(const char *more, int by)
{
    struct train train;
    struct case_error error;
    float *value[EPOCHS];
    double accuracy[EPOCHS];
    size_t best = 0, later = 0;
    open_tiny(&train, more, 1);
    for (size_t k = 0; k < EPOCHS; k++) {
        struct train_score test;
        learn(&train, 1);
        value[k] = part_of(&train, RESIDENT_VALUE);
        const struct train_row *row = &train.state.row[k];
        if (by == 3)
            ck_assert_int_eq(train_evaluate(&train, TRAIN_TEST, &test, NULL, &error), 0);
        accuracy[k] = by == 0   ? (double)k
                      : by == 1 ? row->learn.accuracy
                      : by == 2 ? row->validate.accuracy
                                : test.accuracy;
        if (accuracy[k] > accuracy[best])
            best = k;
        later += k > best && accuracy[k] == accuracy[best];
        ck_assert_uint_eq(train.state.best_epoch, best);
        ck_assert(train.state.best == accuracy[best]);
        ck_assert_mem_eq(train.state.kept, value[best], train.parameters * sizeof(float));
    }
    ck_assert(by == 0 || later > 0); /* of equals the first: there were some */
    train_choose(&train);
    float *chosen = part_of(&train, RESIDENT_VALUE);
    ck_assert_mem_eq(chosen, value[best], train.parameters * sizeof(float));
    free(chosen);
    for (size_t k = 0; k < EPOCHS; k++)
        free(value[k]);
    train_close(&train);
}

TEST(the_best_epoch_is_the_first_of_the_best_by_each_rule)
{
    char test[200];
    write_tiny("late.jsonl", 2);
    snprintf(test, sizeof test, "rate=0.1 select=test test=%s", file_at("late.jsonl"));
    check_selection("", 0);
    check_selection("rate=0.1 select=train", 1);
    check_selection("rate=0.1 select=validation validate=6", 2);
    check_selection(test, 3);
}

/* ---- neurons that are silent ---- */

/* After an epoch the input weights of silent neurons of the first layer are others, and nothing
 * else. */
static void check_revived(const char *network, const char *rule)
{
    struct train plain, other;
    char both[300];
    size_t size[TRAIN_LAYERS], silent = 0;
    snprintf(both, sizeof both, "%s %s", network, rule);
    open_tiny(&plain, network, 1);
    open_tiny(&other, both, 1);
    learn(&plain, 1);
    learn(&other, 1);
    train_layers(&plain.settings, size);
    size_t inputs = (size_t)plain.settings.taps * TINY_CHANNELS;
    float *a = part_of(&plain, RESIDENT_VALUE), *b = part_of(&other, RESIDENT_VALUE);
    float *drawn = malloc(inputs * sizeof *drawn);
    for (size_t k = 0; k < plain.parameters; k++) {
        size_t neuron = k % *size, input = k / *size;
        float wanted = a[k];
        if (input < inputs && plain.spikes[neuron] == 0) {
            train_draw_input(drawn, &other.settings, TINY_CHANNELS, neuron, 0);
            wanted = other.settings.rewire ? drawn[input] : a[k] + 0.25f;
            silent += input == 0;
            ck_assert(wanted != a[k]);
        }
        ck_assert_msg(b[k] == wanted, "%s: %zu: %g, wanted %g", both, k, (double)b[k],
                      (double)wanted);
    }
    ck_assert_msg(silent > 0 && silent < *size, "%zu of %zu", silent, *size);
    free(a);
    free(b);
    free(drawn);
    train_close(&plain);
    train_close(&other);
}

TEST(silent_neurons_alone_are_lifted_or_rewired)
{
    check_revived("input_mean=0 input_deviation=3", "lift=0.25");
    check_revived("input_mean=0 input_deviation=3", "rewire=true");
    check_revived("input_mean=0 input_deviation=4 hidden=9,5 taps=2 tap=3 recurrent=true",
                  "lift=0.25");
    check_revived("input_mean=0 input_deviation=4 hidden=9,5 taps=2 tap=3 recurrent=true",
                  "rewire=true");
}

TEST(a_neuron_is_drawn_anew_differently_each_time)
{
    struct train_settings s = settings_of("input_mean=0.5", NULL),
                          other = settings_of("input_mean=0.5 seed=2", NULL);
    float a[40], b[40], mean = 0;
    train_draw_input(a, &s, 40, 3, 5);
    train_draw_input(b, &s, 40, 3, 5);
    ck_assert_mem_eq(a, b, sizeof a);
    for (int k = 0; k < 3; k++) {
        train_draw_input(b, k == 2 ? &other : &s, 40, k == 0 ? 4 : 3, k == 1 ? 6 : 5);
        ck_assert_mem_ne(a, b, sizeof a);
    }
    for (int k = 0; k < 40; k++)
        mean = mean + a[k] / 40;
    ck_assert(fabs((double)mean - 0.5) < 5 * 0.01 / sqrt(40));
    train_settings_clear(&s);
    train_settings_clear(&other);
}

SUITE("train_rules", .setup = open_place, .teardown = close_place, .seconds = 120)
