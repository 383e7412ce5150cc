/* SPDX-License-Identifier: MIT */
/* schedule.h: the rate of Adam from batch to batch and epoch to epoch, and the corrections of its
 * bias. All of it is state of a training, plain doubles. */
#ifndef EVIDENT_GPU_SCHEDULE_H
#define EVIDENT_GPU_SCHEDULE_H

#include "gpu/step_adam.h"
#include "gpu/train/settings.h"

struct train_schedule {
    double rate;           /* towards which the present one grows */
    double eased;          /* the present one */
    double power1, power2; /* beta^k after k steps */
    double fast, slow;     /* averages of accuracy */
    double cut;            /* epoch in which the rate last fell, or 0 */
    double steps;          /* of Adam */
};

void train_schedule_start(struct train_schedule *schedule, const struct train_settings *settings);

/* The rate of the next step of Adam, of so many in the whole training. */
double train_schedule_rate(const struct train_schedule *schedule,
                           const struct train_settings *settings, double all);

/* The next step of Adam, and moves on. */
struct adam train_schedule_step(struct train_schedule *schedule,
                                const struct train_settings *settings, double all);

/* After epoch 0, 1, ...; accuracy in [0, 1], on what the rate goes by. */
void train_schedule_epoch(struct train_schedule *schedule, const struct train_settings *settings,
                          size_t epoch, double accuracy);

#endif
