/* program_move.c: how far may a program be from the truth that computes in floating point, but
 * rightly? What it prints is the exact answer to a problem whose numbers are moved by its rounding
 * (backward analysis); so the reference is asked about such problems, moved at random, and what its
 * answers move by, times a factor for how few were asked, is the bound (bounds.h).
 *
 * Where a margin moves by as much as it is wide, rounding may decide otherwise, and nothing can be
 * said. */
#include "cases/random.h"
#include "verify/program_judge.h"

#include <math.h>
#include <stdlib.h>

static double middle(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

/* ---- the problem, moved ---- */

struct nudge {
    struct case_problem *c;
    struct case_random random;
    double size;
};

static double either_way(struct nudge *nudge)
{
    return case_random_word(&nudge->random) & 1 ? nudge->size : -nudge->size;
}

static void nudge_values(struct nudge *nudge, struct case_values *values)
{
    for (size_t k = 0; k < values->count; k++)
        values->at[k] *= 1 + either_way(nudge);
}

/* A time is as exact as the end of the trial is. Zero stays zero, and the order of a train. */
static void nudge_times(struct nudge *nudge, double *at, size_t count, bool ordered)
{
    double before = -1, end = nudge->c->end;
    for (size_t k = 0; k < count; k++) {
        double time = at[k] + either_way(nudge) * end;
        double after = ordered && k + 1 < count ? at[k + 1] : VER_INFINITY;
        bool good = at[k] > 0 && time > 0 && (!ordered || (time > before && time < after));
        if (good && (!ordered || time < end))
            at[k] = time;
        before = at[k];
    }
}

static void nudge_all(struct nudge *nudge)
{
    struct case_problem *c = nudge->c;
    for (size_t p = 0; p < c->projections; p++) {
        struct case_projection *projection = &c->projection[p];
        size_t count = c->population[projection->source].size;
        count *= c->population[projection->target].size;
        for (size_t k = 0; k < count; k++)
            projection->weight[k] *= 1 + either_way(nudge);
        nudge_times(nudge, projection->delay.at, projection->delay.count, false);
    }
    for (size_t p = 0; p < c->populations; p++) {
        nudge_values(nudge, &c->population[p].tau_mem);
        nudge_values(nudge, &c->population[p].tau_syn);
        nudge_values(nudge, &c->population[p].threshold);
        nudge_values(nudge, &c->population[p].reset);
        nudge_values(nudge, &c->population[p].bias);
    }
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++) {
                struct case_train *train = &c->sample[s].spikes[p][n];
                nudge_times(nudge, train->at, train->count, true);
            }
}

/* ---- what comes of it ---- */

static void take_larger(double *largest, const arb_t a, const arb_t b)
{
    arb_t difference;
    arb_init(difference);
    arb_sub(difference, a, b, ARF_PREC_EXACT);
    *largest = fmax(*largest, fabs(middle(difference)));
    arb_clear(difference);
}

/* false if a neuron spikes more or less often. */
static bool take_spikes(struct program_move *move, const struct ref_result *a,
                        const struct ref_result *b)
{
    size_t train = 0;
    for (size_t s = 0; s < a->samples; s++)
        for (size_t p = 0; p < a->populations; p++)
            for (size_t n = 0; n < a->size[p]; n++, train++) {
                const struct ref_train *x = &a->sample[s].spikes[p][n];
                const struct ref_train *y = &b->sample[s].spikes[p][n];
                if (x->count != y->count)
                    return false;
                for (size_t k = 0; k < x->count; k++)
                    take_larger(&move->train[train], x->at + k, y->at + k);
            }
    return true;
}

static void take_moves(struct program_move *move, const struct program_case *p,
                       const struct ref_result *moved)
{
    const struct judge *judge = p->judge;
    const struct ref_result *truth = judge->truth;
    move->near = moved->status == REF_OK ? NULL : "undecided";
    for (int m = 0; m < REF_MARGINS && !move->near; m++) {
        double margin = middle(truth->margin[m]);
        if (isfinite(margin) &&
            !(margin > VER_ANSWER_FACTOR * fabs(margin - middle(moved->margin[m]))))
            move->near = ref_margin_name((enum ref_margin)m);
    }
    if (!move->near && !take_spikes(move, truth, moved))
        move->near = "spikes are born or lost";
    if (move->near)
        return;
    take_larger(&move->loss, truth->loss, moved->loss);
    for (size_t s = 0; s < truth->samples; s++)
        take_larger(&move->sample_loss[s], truth->sample[s].loss, moved->sample[s].loss);
    for (size_t b = 0; b < judge->blocks; b++) {
        size_t first = judge->block[b].first;
        size_t count = judge->block[b].rows * judge->block[b].columns;
        for (size_t k = first; k < first + count; k++)
            if (!ref_none_of(truth, k) && !ref_none_of(moved, k))
                take_larger(&move->block[b], truth->gradient + k, moved->gradient + k);
    }
}

/* ---- the bounds ---- */

/* Contributions that one neuron or one derivative sums at most: every spike of the largest sample
 * by every projection. */
static double longest_sum(const struct judge *judge)
{
    const struct case_problem *c = judge->problem;
    double most = 0;
    for (size_t s = 0; s < c->samples; s++) {
        double arrivals = 0;
        for (size_t k = 0; k < c->projections; k++) {
            size_t source = c->projection[k].source;
            for (size_t n = 0; n < c->population[source].size; n++)
                arrivals += (double)(c->sample[s].spikes[source]
                                         ? c->sample[s].spikes[source][n].count
                                         : judge->truth->sample[s].spikes[source][n].count);
        }
        most = fmax(most, arrivals);
    }
    return most;
}

/* A gradient that is small because its terms cancel is rounded like its terms: relative to what any
 * parameter of the case does to the loss. */
static double size_of_block(const struct program_case *p, size_t b)
{
    const struct case_block *block = &p->judge->block[b];
    double natural = 0;
    for (size_t k = block->first; k < block->first + block->rows * block->columns; k++)
        natural = fmax(natural, program_natural(p->judge, block, k));
    return fmax(p->size[block->quantity], natural > 0 ? p->effect / natural : 0);
}

/* From moves to bounds: the factor, and the rounding of what is printed. */
static void finish(struct program_move *move, const struct program_case *p)
{
    const struct judge *judge = p->judge;
    const struct ref_result *truth = judge->truth;
    double own = move->nudge;
    move->loss = VER_ANSWER_FACTOR * (move->loss + own * fmax(fabs(middle(truth->loss)), 1));
    for (size_t s = 0; s < truth->samples; s++)
        move->sample_loss[s] =
            VER_ANSWER_FACTOR *
            (move->sample_loss[s] + own * fmax(fabs(middle(truth->sample[s].loss)), 1));
    for (size_t k = 0; k < p->trains; k++)
        move->train[k] = VER_ANSWER_FACTOR * (move->train[k] + own * judge->problem->end);
    for (size_t b = 0; b < judge->blocks; b++)
        move->block[b] = VER_ANSWER_FACTOR * (move->block[b] + own * size_of_block(p, b));
}

int program_move_measure(struct program_move *move, const struct program_case *p)
{
    struct judge *judge = p->judge;
    int bits = p->program->convention.single ? VER_SINGLE_BITS : VER_DOUBLE_BITS;
    int nudges = judge->costly ? VER_ANSWER_COSTLY_NUDGES : VER_ANSWER_NUDGES;
    *move = (struct program_move){
        .nudge = ldexp(VER_ANSWER_ROUNDINGS * (VER_ANSWER_LEAST_SUM + longest_sum(judge)), -bits),
        .sample_loss = calloc(judge->truth->samples + 1, sizeof(double)),
        .train = calloc(p->trains + 1, sizeof(double)),
        .block = calloc(judge->blocks + 1, sizeof(double)),
    };
    if (!move->sample_loss || !move->train || !move->block)
        return judge_no_memory(judge);
    for (int k = 0; k < nudges && !move->near; k++) {
        struct ref_options ask = REF_OPTIONS_DEFAULT;
        struct ref_result moved;
        struct nudge nudge = {.c = case_copy(judge->problem), .size = move->nudge};
        if (!nudge.c)
            return judge_no_memory(judge);
        case_random_init(&nudge.random, judge->key, "nudge", (uint64_t)k);
        nudge_all(&nudge);
        ask.digits = VER_LADDER_DIGITS;
        ask.precision_cap = judge->options->precision_cap;
        ref_run(&moved, nudge.c, &ask);
        take_moves(move, p, &moved);
        ref_clear(&moved);
        case_free(nudge.c);
    }
    finish(move, p);
    return 0;
}

void program_move_clear(struct program_move *move)
{
    free(move->sample_loss);
    free(move->train);
    free(move->block);
}
