/* SPDX-License-Identifier: MIT */
/* convergence_shift.c: how far may a right scheme be from the truth at one step? What it prints is
 * the exact answer to a problem that is moved a little (backward analysis): every event acts up to
 * a step late, or early where times go to the nearest step, and every constant is met to what a
 * step is of a time constant, and to what the program's precision loses over one (bounds.h). So the
 * reference is asked about such problems: all of it late, and each number up or down at random. */
#include "cases/families/random.h"
#include "verify/judge/bounds.h"
#include "verify/judge/judge_answer.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>

enum { LATE, RANDOM }; /* the first problem; the ones after it */

struct mover {
    struct case_problem *c;
    struct case_random random;
    double time, part; /* ms; relative */
    bool late;
};

static double either_way(struct mover *mover)
{
    return case_random_word(&mover->random) & 1 ? 1 : -1;
}

static void move_values(struct mover *mover, struct case_values *values)
{
    for (size_t k = 0; k < values->count; k++)
        values->at[k] *= 1 + mover->part * either_way(mover);
}

static double moved_time(struct mover *mover, double time)
{
    return time + mover->time * (mover->late ? 1 : either_way(mover));
}

static void move_delays(struct mover *mover, struct case_values *delay)
{
    for (size_t k = 0; k < delay->count; k++)
        delay->at[k] = fmax(0, moved_time(mover, delay->at[k]));
}

/* A train stays a train: what would leave its place among its neighbours, or the trial, stays. */
static void move_train(struct mover *mover, struct case_train *train)
{
    double before = -1;
    for (size_t k = 0; k < train->count; k++) {
        double time = moved_time(mover, train->at[k]);
        double after = k + 1 < train->count ? train->at[k + 1] : mover->c->end;
        if (time >= 0 && time > before && (mover->late ? time < mover->c->end : time < after))
            train->at[k] = time;
        before = train->at[k];
    }
}

/* The first step of a target begins with the trial. */
static void move_targets(struct mover *mover, struct case_steps *steps)
{
    for (size_t k = 1; k < steps->count; k++) {
        double time = moved_time(mover, steps->time[k]);
        double after = k + 1 < steps->count ? steps->time[k + 1] : VER_INFINITY;
        if (time > steps->time[k - 1] && time < after)
            steps->time[k] = time;
    }
}

static void move_all(struct mover *mover)
{
    struct case_problem *c = mover->c;
    for (size_t p = 0; p < c->projections; p++) {
        struct case_projection *projection = &c->projection[p];
        size_t count = c->population[projection->source].size;
        count *= c->population[projection->target].size;
        for (size_t k = 0; k < count; k++)
            projection->weight[k] *= 1 + mover->part * either_way(mover);
        move_delays(mover, &projection->delay);
    }
    for (size_t p = 0; p < c->populations; p++) {
        move_values(mover, &c->population[p].tau_mem);
        move_values(mover, &c->population[p].tau_syn);
        move_values(mover, &c->population[p].threshold);
        move_values(mover, &c->population[p].reset);
        move_values(mover, &c->population[p].bias);
    }
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++)
                move_train(mover, &c->sample[s].spikes[p][n]);
    for (size_t s = 0; s < c->samples; s++)
        for (size_t n = 0; c->sample[s].voltages && n < c->population[c->loss.population].size; n++)
            move_targets(mover, &c->sample[s].voltages[n]);
}

/* ---- what comes of it ---- */

static double block_distance(const struct judge *judge, const struct case_block *block,
                             const struct ref_result *moved)
{
    double squares = 0;
    for (size_t k = block->first; k < block->first + block->rows * block->columns; k++) {
        double by = middle(moved->gradient + k) - middle(judge->truth->gradient + k);
        squares += isnan(by) ? 0 : by * by; /* without a derivative: not compared either */
    }
    return sqrt(squares);
}

static void take_moved(struct convergence_shift *shift, const struct judge *judge,
                       const struct ref_result *moved)
{
    if (moved->status != REF_OK || !moved->gradient)
        shift->near = VER_CAUSE_UNDECIDED;
    else if (!agree_same_counts(judge->truth, moved))
        shift->near = VER_CAUSE_BORN_OR_LOST;
    for (size_t b = 0; b < judge->blocks && !shift->near; b++)
        shift->block[b] = fmax(shift->block[b], block_distance(judge, &judge->block[b], moved));
}

double convergence_rounding(const struct judge_answer *p, double step)
{
    const struct case_problem *c = p->judge->problem;
    int bits = p->single ? VER_SINGLE_BITS : VER_DOUBLE_BITS;
    double longest = 0;
    for (size_t k = 0; k < c->populations; k++)
        for (size_t n = 0; c->population[k].model != CASE_SPIKE_SOURCE && n < c->population[k].size;
             n++)
            longest = fmax(longest, fmax(case_value(&c->population[k].tau_mem, n),
                                         case_value(&c->population[k].tau_syn, n)));
    return ldexp(VER_GRID_ROUNDINGS * (1 + longest / step), -bits);
}

int convergence_shift_measure(struct convergence_shift *shift, const struct judge_answer *p,
                              double step)
{
    struct judge *judge = p->judge;
    *shift = (struct convergence_shift){.step = step,
                                        .block = calloc(judge->blocks + 1, sizeof(double))};
    if (!shift->block)
        return judge_no_memory(judge);
    int moves = judge->costly ? RANDOM + 1 : VER_SHIFTS;
    for (int k = 0; k < moves && !shift->near; k++) {
        struct ref_options ask = REF_OPTIONS_DEFAULT;
        struct ref_result moved;
        struct mover mover = {.c = case_copy(judge->problem), .time = step, .late = k == LATE};
        if (!mover.c)
            return judge_no_memory(judge);
        mover.part = step / convergence_shortest_constant(judge->problem);
        mover.part += convergence_rounding(p, step);
        case_random_init(&mover.random, judge->key, "shift", (uint64_t)k);
        move_all(&mover);
        ask.digits = VER_LADDER_DIGITS;
        ask.precision_cap = judge->options->precision_cap;
        ref_run(&moved, mover.c, &ask);
        take_moved(shift, judge, &moved);
        ref_clear(&moved);
        case_free(mover.c);
    }
    return 0;
}

void convergence_shift_clear(struct convergence_shift *shift)
{
    free(shift->block);
    *shift = (struct convergence_shift){.step = 0};
}
