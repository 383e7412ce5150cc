/* SPDX-License-Identifier: MIT */
/* schedule.c: see schedule.h. The published rules: the eased rate starts at a thousandth and grows
 * by a factor a batch; on a plateau, where the fast average of accuracy is not above the slow one,
 * both starting at 0, the rate is cut at once. One cycle (Smith and Topin 2018) with cubic ramps,
 * which need no cosine: 3 u^2 - 2 u^3 differs from (1 - cos pi u) / 2 by 0.01 at most. */
#include "gpu/train/schedule.h"

#include <string.h>

enum { EASE_FROM = 1000, CYCLE_FROM = 25, CYCLE_TO = 10000 };

void train_schedule_start(struct train_schedule *schedule, const struct train_settings *settings)
{
    *schedule = (struct train_schedule){.rate = settings->rate,
                                        .eased = settings->ease > 1 ? settings->rate / EASE_FROM
                                                                    : settings->rate,
                                        .power1 = 1,
                                        .power2 = 1};
}

static double ramp(double from, double to, double u)
{
    return from + (to - from) * (u * u * (3 - 2 * u));
}

static double cycle(const struct train_settings *s, double steps, double all)
{
    double warm = s->warm * all;
    if (steps < warm)
        return ramp(s->rate / CYCLE_FROM, s->rate, steps / warm);
    return ramp(s->rate, s->rate / CYCLE_TO, all > warm ? (steps - warm) / (all - warm) : 1);
}

double train_schedule_rate(const struct train_schedule *schedule,
                           const struct train_settings *settings, double all)
{
    return strcmp(settings->schedule, "one-cycle") == 0 ? cycle(settings, schedule->steps, all)
                                                        : schedule->eased;
}

struct adam train_schedule_step(struct train_schedule *schedule,
                                const struct train_settings *settings, double all)
{
    double rate = train_schedule_rate(schedule, settings, all);
    schedule->steps = schedule->steps + 1;
    schedule->power1 = schedule->power1 * settings->beta1;
    schedule->power2 = schedule->power2 * settings->beta2;
    schedule->eased = schedule->eased * settings->ease;
    if (schedule->eased > schedule->rate)
        schedule->eased = schedule->rate;
    return (struct adam){
        .rate = (float)rate,
        .epsilon = (float)settings->epsilon,
        .mean_keep = (float)settings->beta1,
        .mean_take = (float)(1 - settings->beta1),
        .square_keep = (float)settings->beta2,
        .square_take = (float)(1 - settings->beta2),
        .mean_scale = (float)(1 / (1 - schedule->power1)),
        .square_scale = (float)(1 / (1 - schedule->power2)),
    };
}

void train_schedule_epoch(struct train_schedule *schedule, const struct train_settings *settings,
                          size_t epoch, double accuracy)
{
    const struct train_settings *s = settings;
    schedule->fast = s->plateau_fast * schedule->fast + (1 - s->plateau_fast) * accuracy;
    schedule->slow = s->plateau_slow * schedule->slow + (1 - s->plateau_slow) * accuracy;
    if (strcmp(s->schedule, "plateau") == 0 && (double)epoch - schedule->cut > s->plateau_epochs &&
        schedule->fast <= schedule->slow) {
        schedule->rate = schedule->rate * s->plateau_factor;
        schedule->cut = (double)epoch;
    }
    if (epoch > 0)
        schedule->rate = schedule->rate * s->decay;
    if (schedule->eased > schedule->rate)
        schedule->eased = schedule->rate;
}
