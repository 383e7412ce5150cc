/* SPDX-License-Identifier: MIT */
/* convergence_part.c: does what a program with a fixed step prints go to the truth as the step
 * shrinks? Loss, spikes and the gradient of every projection and population by themselves: in one
 * norm a large one hides a small one.
 *
 * Three questions of a gradient. Is it a constant factor? Does its error shrink as that of first
 * order does (convergence_order.c)? And where the steps do not resolve what decides, is it nearer
 * to the truth than a step moves the truth itself (convergence_shift.c)? What passes is near to the
 * truth in any case: a limit that is not known to VER_LADDER_NEAR is no evidence of a gradient. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_answer.h"
#include "verify/base/number.h"

#include <math.h>

struct convergence_fit convergence_fit_block(const struct judge *judge,
                                             const struct case_block *block, size_t first,
                                             size_t count, const double *x)
{
    double squares = 0, own = 0, across = 0, error = 0;
    for (size_t k = block->first + first; k < block->first + first + count; k++) {
        double want = middle(judge->truth->gradient + k);
        if (isnan(want))
            continue;
        squares += want * want;
        own += x[k] * x[k];
        across += x[k] * want;
        error += (x[k] - want) * (x[k] - want);
    }
    return (struct convergence_fit){sqrt(squares), sqrt(own), sqrt(error), across / squares,
                                    across / (sqrt(squares) * sqrt(own))};
}

/* ---- what a ladder tells ---- */

static double error_at(const struct convergence_part *track, size_t rung)
{
    return track->ladder.rung[rung].error[track->like];
}

static bool counts(const struct convergence_part *track, size_t rung)
{
    return track->ladder.rung[rung].agrees && isfinite(error_at(track, rung));
}

size_t convergence_best_step(const struct convergence_part *track)
{
    size_t last = track->ladder.rungs - 1, best = last;
    for (size_t k = 0; k <= last; k++)
        if (counts(track, k) && !(error_at(track, k) >= error_at(track, best)))
            best = k;
    bool grows = error_at(track, last) > VER_LADDER_GROWS * error_at(track, best);
    return grows ? best : last;
}

static double least_error(const struct convergence_part *track)
{
    double least = VER_INFINITY;
    for (size_t k = 0; k < track->ladder.rungs; k++)
        if (counts(track, k))
            least = fmin(least, error_at(track, k));
    return least;
}

/* Does the program's gradient go to a multiple of the truth that is not the truth? One spike of a
 * tiny slope that all of it goes through makes a factor of any step: beyond is what no step does.
 */
static bool constant_factor(const struct convergence_part *track, double beyond)
{
    size_t rungs = track->ladder.rungs;
    if (rungs < VER_ORDER_RUNGS)
        return false;
    double factor = track->factor[rungs - 1], cosine = track->cosine[rungs - 1];
    double off = fabs(factor - 1), across = isnan(cosine) ? 0 : fabs(factor) * (1 - fabs(cosine));
    bool flat = off > beyond && across <= ldexp(off, -VER_FACTOR_GRID_BITS);
    for (size_t k = rungs - VER_ORDER_RUNGS; k < rungs && flat; k++)
        flat = counts(track, k) && fabs(track->factor[k] - factor) <= off * VER_LADDER_FLAT;
    return flat;
}

/* ---- bounds ---- */

static size_t block_number(const struct judge *judge, const struct convergence_part *track)
{
    return (size_t)(track->block - judge->block);
}

/* What the program's precision does to it at a step, through voltages that are off by a part. */
static double lost_to_rounding(const struct judge_answer *p, const struct convergence_part *track,
                               double step)
{
    double part = convergence_rounding(p, step),
           tau = convergence_shortest_constant(p->judge->problem);
    double reach =
        convergence_least_constant(p->judge, VER_LADDER_WEIGHTS) * tau; /* of a gradient */
    return track->like == VER_LADDER_SPIKES ? part * (reach - 1) * tau : part * reach * track->size;
}

/* The size of a step of a parameter: a time constant of a time, else its own. */
static double natural_of(const struct judge *judge, const struct case_block *block, size_t k)
{
    bool time = block->quantity == CASE_DELAY || block->quantity == CASE_SPIKE_TIME;
    return time ? convergence_shortest_constant(judge->problem) : judge->scale[k];
}

/* The most that any parameter does to the loss. Of a cross entropy that is nearly zero, every
 * derivative is a share less one: their difference is small, their rounding is not. */
static double effect_of(const struct judge *judge)
{
    double effect = 0, share = -expm1(-middle(judge->truth->loss));
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *block = &judge->block[b];
        for (size_t k = block->first; k < block->first + block->rows * block->columns; k++)
            if (!ref_none_of(judge->truth, k))
                effect = fmax(effect, fabs(middle(judge->truth->gradient + k)) *
                                          natural_of(judge, block, k));
    }
    bool shares = case_loss_is_entropy(judge->problem->loss.kind) && share > 0;
    return shares ? effect / share : effect;
}

/* Terms that cancel are rounded like themselves: in units of what any parameter does to the loss.
 */
static double size_of_terms(const struct judge_answer *p, const struct case_block *block)
{
    double natural = 0, count = (double)(block->rows * block->columns);
    for (size_t k = block->first; k < block->first + block->rows * block->columns; k++)
        natural = fmax(natural, natural_of(p->judge, block, k));
    double effect = natural > 0 ? effect_of(p->judge) / natural : 0;
    return sqrt(count) * fmax(p->size[block->quantity], effect);
}

/* The step at which a right program is the nearest: its error goes with the step, what precision
 * loses with its inverse. Coarser ones that do not count stay out. */
static size_t nearest_rung(const struct convergence *ladder, const struct convergence_part *track)
{
    double tau = convergence_shortest_constant(ladder->p->judge->problem), least = VER_INFINITY;
    size_t nearest = ladder->rungs - 1;
    for (size_t k = 0; k < ladder->rungs; k++) {
        double step = track->ladder.rung[k].step;
        double part = step / tau + convergence_rounding(ladder->p, step);
        if (counts(track, k) && part < least) {
            least = part;
            nearest = k;
        }
    }
    return nearest;
}

static int need_shift(struct convergence *ladder, double step)
{
    if (ladder->shift.step == step)
        return 0;
    convergence_shift_clear(&ladder->shift);
    return convergence_shift_measure(&ladder->shift, ladder->p, step);
}

/* ---- the verdicts ---- */

static void say(struct convergence_verdict *weighed, enum ver_outcome outcome, enum ver_cause why)
{
    weighed->outcome = outcome;
    weighed->why = why;
}

static void set_bound(struct convergence_verdict *weighed, double error, double bound)
{
    weighed->bound = bound;
    weighed->ratio = error == 0 ? 0 : error / bound;
}

/* What so many steps and the precision explain by themselves of the error at a rung (bounds.h). */
static double explained(const struct judge_answer *p, const struct convergence_part *track,
                        size_t rung, double steps)
{
    double step = track->ladder.rung[rung].step;
    double least = convergence_least_constant(p->judge, track->like) * step * track->size;
    return steps * least + lost_to_rounding(p, track, step);
}

/* Where the ladder proves nothing. As near to the truth as a step explains by itself, or as the
 * truth is to itself a step beside? At that step at which a right program is the nearest: the
 * finest one that counts, but where precision loses more there than a step. */
static int weigh_by_shift(struct convergence_verdict *weighed, struct convergence *ladder,
                          const struct convergence_part *track, double noise, enum ver_cause excuse)
{
    const struct judge *judge = ladder->p->judge;
    bool resolved = !excuse && weighed->ratio > 1, zero = track->size <= noise;
    bool near = zero || least_error(track) <= VER_LADDER_NEAR * track->size;
    size_t at = nearest_rung(ladder, track);
    double error = error_at(track, at);
    bool converges = !zero && weighed->ratio <= 1;
    struct convergence_part like = *track;
    like.size = size_of_terms(ladder->p, track->block);
    if (!resolved && !zero)
        set_bound(weighed, error, explained(ladder->p, track, at, VER_LADDER_FACTOR));
    if (!resolved && !zero && weighed->ratio <= 1 && near) {
        say(weighed, VER_AGREES, VER_CAUSE_NONE);
        return 0;
    }
    if (converges) { /* to something that is not near yet */
        say(weighed, VER_EXCLUDED, VER_CAUSE_TOO_SMALL);
        return 0;
    }
    if (need_shift(ladder, track->ladder.rung[at].step) != 0)
        return -1;
    double moved = VER_SHIFT_FACTOR * ladder->shift.block[block_number(judge, track)] + noise;
    moved += explained(ladder->p, &like, at, VER_LADDER_FACTOR); /* of terms that cancel */
    if (ladder->shift.near && !resolved) {
        say(weighed, VER_EXCLUDED, excuse ? excuse : ladder->shift.near);
        return 0;
    }
    if (ladder->shift.near) /* how far the truth moves is not known: only what rounding does */
        moved = weighed->bound + lost_to_rounding(ladder->p, &like, track->ladder.rung[at].step);
    if (!(moved <= weighed->bound))
        set_bound(weighed, error, moved);
    if (!(error <= weighed->bound))
        say(weighed, VER_DIFFERS, VER_CAUSE_NONE);
    else
        say(weighed, near ? VER_AGREES : VER_EXCLUDED, near ? VER_CAUSE_NONE : VER_CAUSE_TOO_SMALL);
    return 0;
}

/* Relative: of the gradients that are added up, in the program's precision. */
static double unit_of(const struct judge_answer *p)
{
    return ldexp(1, p->single ? -VER_SINGLE_BITS : -VER_DOUBLE_BITS);
}

/* The truth is zero, or what it is lost in its own terms: a step and the precision do to it what
 * they do to those. */
static int weigh_zero(struct convergence_verdict *weighed, struct convergence *ladder,
                      const struct convergence_part *track, double terms, enum ver_cause excuse)
{
    size_t last = ladder->rungs - 1;
    double error = error_at(track, last), noise = VER_SHIFT_FACTOR * unit_of(ladder->p) * terms;
    struct convergence_part like = *track;
    like.size = terms;
    double ratio = weighed->ratio;
    set_bound(weighed, error, noise + explained(ladder->p, &like, last, VER_LADDER_FACTOR));
    if (error == track->size || ratio <= 1 || weighed->ratio <= 1) { /* it says 0, or goes there */
        say(weighed, VER_AGREES, VER_CAUSE_NONE);
        return 0;
    }
    return weigh_by_shift(weighed, ladder, track, noise, excuse);
}

static int weigh_gradient(struct convergence_verdict *weighed, struct convergence *ladder,
                          const struct convergence_part *track, enum ver_cause excuse)
{
    const struct judge_answer *p = ladder->p;
    double terms = size_of_terms(p, track->block);
    double noise = VER_SHIFT_FACTOR * unit_of(p) * terms;
    if (track->size <= noise)
        return weigh_zero(weighed, ladder, track, terms, excuse);
    struct convergence_part like = *track;
    like.size = terms; /* what is left of terms that cancel moves by as much of those */
    if (constant_factor(track, explained(p, &like, ladder->rungs - 1, 1) / track->size)) {
        weighed->constant = true;
        say(weighed, VER_DIFFERS, VER_CAUSE_NONE);
        return 0;
    }
    if (weighed->ratio <= 1 && least_error(track) <= VER_LADDER_NEAR * track->size) {
        say(weighed, VER_AGREES, VER_CAUSE_NONE);
        return 0;
    }
    return weigh_by_shift(weighed, ladder, track, noise, excuse);
}

int convergence_weigh(struct convergence_verdict *weighed, struct convergence *ladder,
                      const struct convergence_part *track)
{
    const struct judge *judge = ladder->p->judge;
    const struct ver_rung *last = &track->ladder.rung[track->ladder.rungs - 1];
    enum ver_cause excuse = convergence_excuse(judge, track->like, last->step);
    double relative = track->like == VER_LADDER_SPIKES ? 1 : track->size;
    double least = convergence_least_constant(judge, track->like) * relative;
    double error = last->error[track->like];
    double ratio = convergence_ratio(&track->ladder, track->like, least);
    *weighed = (struct convergence_verdict){.bound = VER_NAN, .ratio = VER_NAN};
    if (!isnan(ratio) && ratio > 0)
        set_bound(weighed, error, error / ratio + lost_to_rounding(ladder->p, track, last->step));
    else
        weighed->ratio = ratio;
    if (!last->agrees && track->like == VER_LADDER_SPIKES && !excuse)
        say(weighed, VER_DIFFERS, VER_CAUSE_NONE);
    else if (!last->agrees)
        say(weighed, VER_EXCLUDED, excuse ? excuse : VER_CAUSE_OTHER_SPIKES);
    else if (track->block)
        return weigh_gradient(weighed, ladder, track, excuse);
    else if (isnan(ratio))
        say(weighed, VER_EXCLUDED, VER_CAUSE_STEPS);
    else if (weighed->ratio <= 1 || !excuse)
        say(weighed, weighed->ratio <= 1 ? VER_AGREES : VER_DIFFERS, VER_CAUSE_NONE);
    else
        say(weighed, VER_EXCLUDED, excuse);
    return 0;
}
