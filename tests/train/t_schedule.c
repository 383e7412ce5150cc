/* SPDX-License-Identifier: MIT */
/* t_schedule.c: the rate of a training against numbers worked out by hand. */
#include "tests/run_suite.h"
#include "tests/training_case.h"

#include <math.h>

static struct train_schedule start(struct train_settings *settings, const char *text)
{
    struct train_schedule schedule;
    *settings = settings_of(text, NULL);
    train_schedule_start(&schedule, settings);
    return schedule;
}

static float next_rate(struct train_schedule *schedule, const struct train_settings *settings,
                       double all)
{
    return train_schedule_step(schedule, settings, all).rate;
}

/* ---- the present rate ---- */

TEST(the_rate_starts_at_a_thousandth_and_grows_by_a_factor)
{
    struct train_settings s;
    struct train_schedule schedule = start(&s, "rate=0.5 ease=2");
    double wanted = 0.5 / 1000;
    for (int k = 0; k < 10; k++, wanted = wanted * 2) /* 2^9 / 1000 < 1 */
        ck_assert(next_rate(&schedule, &s, 100) == (float)wanted);
    for (int k = 0; k < 5; k++)
        ck_assert(next_rate(&schedule, &s, 100) == 0.5f);
    train_settings_clear(&s);
}

TEST(without_ease_the_rate_is_there_at_once)
{
    struct train_settings s;
    struct train_schedule schedule = start(&s, "rate=0.25 ease=1");
    for (int k = 0; k < 3; k++)
        ck_assert(next_rate(&schedule, &s, 100) == 0.25f);
    train_settings_clear(&s);
}

/* ---- epochs ---- */

/* Averages that keep a half and a quarter, from 0:
 *     accuracy  1     1      1       1/2        1/2        1/2
 *     fast      3/4   15/16  63/64   159/256    543/1024   2079/4096
 *     slow      1/2   3/4    7/8     11/16      19/32      35/64
 * fast is the one that keeps a quarter; it falls below slow at epoch 3: 0.621 < 0.6875, and stays
 * there; the second cut waits until more than 2 epochs after the first, for epoch 6. */
TEST(a_plateau_cuts_the_rate_at_once_and_then_waits)
{
    struct train_settings s;
    struct train_schedule schedule =
        start(&s, "rate=1 ease=1 schedule=plateau plateau_fast=0.25 plateau_slow=0.5 "
                  "plateau_epochs=2 plateau_factor=0.5");
    static const double accuracy[] = {1, 1, 1, 0.5, 0.5, 0.5, 0.5};
    static const double fast[] = {0.75,         0.9375,        0.984375,      0.62109375,
                                  543.0 / 1024, 2079.0 / 4096, 8223.0 / 16384};
    static const double slow[] = {0.5, 0.75, 0.875, 0.6875, 0.59375, 0.546875, 0.5234375};
    static const double rate[] = {1, 1, 1, 0.5, 0.5, 0.5, 0.25};
    for (size_t epoch = 0; epoch < 7; epoch++) {
        train_schedule_epoch(&schedule, &s, epoch, accuracy[epoch]);
        ck_assert_msg(schedule.fast == fast[epoch], "%zu: %.9g", epoch, schedule.fast);
        ck_assert_msg(schedule.slow == slow[epoch], "%zu: %.9g", epoch, schedule.slow);
        ck_assert_msg(schedule.rate == rate[epoch], "%zu: %.9g", epoch, schedule.rate);
        ck_assert(next_rate(&schedule, &s, 100) == (float)rate[epoch]);
    }
    train_settings_clear(&s);
}

/* Both averages at 0: not above is enough, but only once the epochs are over. */
TEST(equal_averages_are_a_plateau)
{
    struct train_settings s;
    struct train_schedule schedule =
        start(&s, "rate=1 ease=1 schedule=plateau plateau_epochs=3 plateau_factor=0.25");
    for (size_t epoch = 0; epoch < 6; epoch++) {
        train_schedule_epoch(&schedule, &s, epoch, 0);
        ck_assert_msg(schedule.rate == (epoch < 4 ? 1 : 0.25), "%zu", epoch);
    }
    ck_assert(schedule.cut == 4);
    train_settings_clear(&s);
}

TEST(without_the_rule_a_plateau_changes_nothing)
{
    struct train_settings s;
    struct train_schedule schedule = start(&s, "rate=1 ease=1 plateau_epochs=0");
    for (size_t epoch = 0; epoch < 9; epoch++)
        train_schedule_epoch(&schedule, &s, epoch, 0);
    ck_assert(schedule.rate == 1 && schedule.eased == 1);
    train_settings_clear(&s);
}

TEST(the_rate_decays_after_every_epoch_but_the_first)
{
    struct train_settings s;
    struct train_schedule schedule = start(&s, "rate=1 ease=1 decay=0.5");
    static const double rate[] = {1, 0.5, 0.25, 0.125};
    for (size_t epoch = 0; epoch < 4; epoch++) {
        train_schedule_epoch(&schedule, &s, epoch, 1);
        ck_assert(schedule.rate == rate[epoch] && schedule.eased == rate[epoch]);
    }
    train_settings_clear(&s);
}

/* A rate that is still growing is not cut, but ends lower. */
TEST(a_growing_rate_goes_towards_the_lowered_one)
{
    struct train_settings s;
    struct train_schedule schedule = start(&s, "rate=1 ease=2 decay=0.5");
    ck_assert(next_rate(&schedule, &s, 100) == 0.001f);
    train_schedule_epoch(&schedule, &s, 1, 1);
    ck_assert(schedule.eased == 0.002 && schedule.rate == 0.5);
    for (int k = 0; k < 20; k++)
        next_rate(&schedule, &s, 100);
    ck_assert(next_rate(&schedule, &s, 100) == 0.5f);
    train_settings_clear(&s);
}

/* ---- one cycle ---- */

/* Of 10 steps 4 grow. At a half of a ramp, half of the way; at a quarter, 3/16 - 2/64 = 5/32. */
TEST(one_cycle_goes_from_a_25th_to_the_peak_to_a_ten_thousandth)
{
    struct train_settings s;
    struct train_schedule schedule = start(&s, "rate=1 schedule=one-cycle warm=0.4");
    float rate[11];
    for (int k = 0; k < 11; k++)
        rate[k] = next_rate(&schedule, &s, 10);
    ck_assert(rate[0] == 0.04f);
    ck_assert(rate[1] == (float)(0.04 + 0.96 * (5.0 / 32)));
    ck_assert(rate[2] == (float)(0.04 + 0.96 * 0.5));
    ck_assert(rate[4] == 1.0f);
    ck_assert(fabs((double)rate[7] - (1 + 0.0001) / 2) < 1e-7);
    ck_assert(fabs((double)rate[10] - 0.0001) < 1e-10);
    for (int k = 1; k < 11; k++)
        ck_assert((rate[k] > rate[k - 1]) == (k <= 4));
    train_settings_clear(&s);
}

TEST(one_cycle_may_grow_from_the_start_to_the_end_or_not_at_all)
{
    struct train_settings s;
    struct train_schedule schedule = start(&s, "rate=1 schedule=one-cycle warm=0");
    ck_assert(next_rate(&schedule, &s, 4) == 1.0f);
    train_settings_clear(&s);
    schedule = start(&s, "rate=1 schedule=one-cycle warm=1");
    ck_assert(next_rate(&schedule, &s, 2) == 0.04f);
    ck_assert(next_rate(&schedule, &s, 2) == 0.52f);
    ck_assert(next_rate(&schedule, &s, 2) == (float)0.0001);
    train_settings_clear(&s);
}

/* ---- Adam ---- */

/* beta1 = 1/2, beta2 = 3/4: 1 / (1 - beta^k) = 2, 4/3, 8/7 and 4, 16/7, 64/37. */
TEST(corrections_of_adam_are_those_of_the_step_itself)
{
    struct train_settings s;
    struct train_schedule schedule = start(&s, "beta1=0.5 beta2=0.75 epsilon=0.125");
    static const double one[] = {2, 4.0 / 3, 8.0 / 7}, two[] = {4, 16.0 / 7, 64.0 / 37};
    for (int k = 0; k < 3; k++) {
        struct adam adam = train_schedule_step(&schedule, &s, 100);
        ck_assert_msg(adam.mean_scale == (float)one[k], "%d: %g", k, (double)adam.mean_scale);
        ck_assert_msg(adam.square_scale == (float)two[k], "%d: %g", k, (double)adam.square_scale);
        ck_assert(adam.mean_keep == 0.5f && adam.mean_take == 0.5f);
        ck_assert(adam.square_keep == 0.75f && adam.square_take == 0.25f);
        ck_assert(adam.epsilon == 0.125f);
        ck_assert(schedule.steps == k + 1);
    }
    train_settings_clear(&s);
}

/* Worked out by hand: gradient 2, then -1; epsilon 1/2 stands outside the root. After the first,
 * m = 1, v = 1, both corrected to 2 and 4: 2 / (2 + 1/2) = 0.8 of the rate. */
TEST(a_step_of_adam_by_hand)
{
    struct train_settings s;
    struct train_schedule schedule = start(&s, "rate=1 ease=1 beta1=0.5 beta2=0.75 epsilon=0.5");
    struct adam adam = train_schedule_step(&schedule, &s, 100);
    float mean = adam_mean(&adam, 0, 2), square = adam_square(&adam, 0, 2);
    ck_assert(mean == 1.0f && square == 1.0f);
    float value = adam_value(&adam, 3, mean, square);
    ck_assert(value == 3.0f - 2.0f / 2.5f);
    adam = train_schedule_step(&schedule, &s, 100);
    mean = adam_mean(&adam, mean, -1);
    square = adam_square(&adam, square, -1);
    ck_assert(mean == 0.0f && square == 1.0f);
    ck_assert(adam_value(&adam, value, mean, square) == value);
    train_settings_clear(&s);
}

SUITE("schedule", .seconds = 60)
