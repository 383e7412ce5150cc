/* SPDX-License-Identifier: MIT */
/* t_order.c: the order in which an epoch shows its samples. */
#include "tests/run_suite.h"
#include "tests/training_case.h"

TEST(the_order_of_an_epoch_is_a_permutation_of_its_own)
{
    enum { MANY = 100 };
    struct train_settings s = settings_of(NULL), other = settings_of("seed=2", NULL);
    size_t order[MANY], again[MANY], next[MANY], seeded[MANY];
    bool seen[MANY] = {false};
    train_order(order, MANY, &s, 3);
    train_order(again, MANY, &s, 3);
    train_order(next, MANY, &s, 4);
    train_order(seeded, MANY, &other, 3);
    for (size_t k = 0; k < MANY; k++) {
        ck_assert(order[k] < MANY && !seen[order[k]]);
        seen[order[k]] = true;
    }
    ck_assert_mem_eq(order, again, sizeof order);
    ck_assert_mem_ne(order, next, sizeof order);
    ck_assert_mem_ne(order, seeded, sizeof order);
    train_settings_clear(&s);
    train_settings_clear(&other);
}

/* 6000 epochs of 3 samples: 1000 of each order, give or take five deviations of 29. */
TEST(every_order_is_as_likely)
{
    struct train_settings s = settings_of(NULL);
    int count[9] = {0};
    for (size_t epoch = 0; epoch < 6000; epoch++) {
        size_t order[3];
        train_order(order, 3, &s, epoch);
        count[3 * order[0] + order[1]]++;
    }
    for (int k = 0; k < 9; k++)
        ck_assert_msg(k / 3 == k % 3 ? count[k] == 0 : abs(count[k] - 1000) < 145, "%d: %d", k,
                      count[k]);
    train_settings_clear(&s);
}

TEST(each_epoch_has_its_own_order)
{
    struct train train;
    size_t order[TINY_SAMPLES];
    open_tiny(&train, "", 1);
    for (size_t epoch = 0; epoch < 3; epoch++) {
        learn(&train, 1);
        train_order(order, TINY_SAMPLES, &train.settings, epoch);
        ck_assert_mem_eq(order, train.order, sizeof order);
    }
    train_close(&train);
}

SUITE("order", .setup = open_place, .teardown = close_place, .seconds = 120)
