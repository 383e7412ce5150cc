/* SPDX-License-Identifier: MIT */
/* reading_see.c: what all of an answer at exact times looks like: times on a grid, or numbers that
 * are right but for an integrator's error. */
#include "verify/judge/bounds.h"
#include "verify/judge/reading.h"
#include "verify/base/number.h"

#include <math.h>

enum { LEAST_SPIKES = 4 };

/* Whether a time is a whole number of steps, but for its own rounding. */
static bool whole(double time, double step, double within)
{
    return fabs(time - step * round(time / step)) <= within;
}

static bool all_whole(const struct reading_trial *t, const struct reading_answer *a, double step)
{
    double unit = ldexp(1, -(t->p->single ? VER_SINGLE_BITS : VER_DOUBLE_BITS));
    double within = VER_ANSWER_TIME_ROUNDINGS * unit * t->p->judge->problem->end;
    size_t spikes = 0;
    for (size_t k = 0; k < t->p->trains; k++)
        for (size_t i = 0; i < a->spikes[k].count; i++, spikes++)
            if (!whole(a->spikes[k].at[i], step, within))
                return false;
    return spikes >= LEAST_SPIKES;
}

/* The case's step first, then 1, 1/2, 1/5, 1/10, ... and 1, 1/2, 1/4, ... ms. */
bool reading_see_grid(struct reading_trial *t, const struct reading_answer *a)
{
    static const int parts[] = {1,  2,   4,   5,   8,   10,  16,  20,   32,  50,
                                64, 100, 128, 200, 256, 500, 512, 1000, 1024};
    double step = t->p->step > 0 && a->spikes && all_whole(t, a, t->p->step) ? t->p->step : 0;
    if (!a->spikes || t->p->engine->time == ENGINE_GRID)
        return false;
    for (size_t k = 0; k < sizeof parts / sizeof *parts && !(step > 0); k++)
        step = all_whole(t, a, 1.0 / parts[k]) ? 1.0 / parts[k] : 0;
    snprintf(t->detail, sizeof t->detail, "%.6g ms: on a grid? declare time: grid", step);
    return step > 0;
}

static void take(double *worst, double got, double want, double size)
{
    double off = fabs(got - want) / size;
    if (got != want && !(off <= *worst))
        *worst = off;
}

static bool see_spikes(double *worst, const struct reading_trial *t, const struct reading_answer *a)
{
    const struct ref_result *truth = t->p->judge->truth;
    size_t train = 0;
    for (size_t s = 0; a->spikes && s < truth->samples; s++)
        for (size_t k = 0; k < truth->populations; k++)
            for (size_t n = 0; n < truth->size[k]; n++, train++) {
                const struct ref_train *want = &truth->sample[s].spikes[k][n];
                if (a->spikes[train].count != want->count)
                    return false;
                for (size_t i = 0; i < want->count; i++)
                    take(worst, a->spikes[train].at[i], middle(want->at + i),
                         t->p->judge->problem->end);
            }
    return true;
}

/* Every number is right to some digits: of a time, of the trial; of a derivative, of the largest of
 * its kind. */
bool reading_see_integration(struct reading_trial *t, const struct reading_answer *a)
{
    const struct judge *judge = t->p->judge;
    double worst = 0, loss = middle(judge->truth->loss);
    if (t->p->engine->time == ENGINE_GRID || !see_spikes(&worst, t, a))
        return false;
    if (a->has_loss)
        take(&worst, a->loss, loss, fabs(loss));
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *block = &judge->block[b];
        for (size_t k = block->first; k < block->first + block->rows * block->columns; k++)
            if (a->provides[block->quantity] && answer_says(t->p, judge->truth->gradient + k))
                take(&worst, a->gradient[k], middle(judge->truth->gradient + k),
                     t->p->size[block->quantity]);
    }
    snprintf(t->detail, sizeof t->detail, "agrees to %.1f digits everywhere", -log10(worst));
    return worst <= VER_LOOKS_INTEGRATED;
}
