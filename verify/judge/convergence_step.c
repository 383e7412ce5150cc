/* SPDX-License-Identifier: MIT */
/* convergence_step.c: one answer of a ladder of steps: how far loss, spikes and the gradient of
 * every block are from the truth at that step; and what is wrong at any step: what is no number,
 * and rows that were lost. */
#include "verify/judge/bounds.h"
#include "verify/judge/reading.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the tracks ---- */

/* Those of the clock engine's ladder behave like spikes and like gradients alike. */
static void add_track(struct convergence *ladder, const char *name, const struct case_block *block,
                      bool spikes, double size)
{
    struct convergence_part *track = &ladder->track[ladder->tracks++];
    *track = (struct convergence_part){
        .name = name,
        .like = spikes                                   ? VER_LADDER_SPIKES
                : block && block->quantity == CASE_DELAY ? VER_LADDER_DELAYS
                                                         : VER_LADDER_WEIGHTS,
        .block = block,
        .size = size,
    };
}

int convergence_add_parts(struct convergence *ladder)
{
    static const char *const name[CASE_QUANTITIES] = {
        "ladder_weights",   "ladder_delays", "ladder_tau_mem",    "ladder_tau_syn",
        "ladder_threshold", "ladder_bias",   "ladder_spike_times"};
    const struct judge *judge = ladder->p->judge;
    const struct result *answer = ladder->p->answer;
    ladder->track = calloc(judge->blocks + 2, sizeof *ladder->track);
    if (!ladder->track)
        return -1;
    if (answer->spikes)
        add_track(ladder, "ladder_spikes", NULL, true, 1);
    if (answer->has_loss)
        add_track(ladder, "ladder_loss", NULL, false, fmax(fabs(middle(judge->truth->loss)), 1));
    for (size_t b = 0; b < judge->blocks && !ladder->p->engine->surrogate; b++) {
        const struct case_block *block = &judge->block[b];
        size_t count = block->rows * block->columns;
        double size = convergence_fit_block(judge, block, 0, count, answer->gradient).size;
        if (answer->provides[block->quantity] && count > 0)
            add_track(ladder, name[block->quantity], block, false, size);
    }
    return 0;
}

/* ---- one rung ---- */

static double spike_error(struct ver_rung *rung, const struct judge_answer *p,
                          const struct result *answer)
{
    const struct ref_result *truth = p->judge->truth;
    double squares = 0;
    size_t spikes = 0, train = 0;
    for (size_t s = 0; s < truth->samples; s++)
        for (size_t k = 0; k < truth->populations; k++)
            for (size_t n = 0; n < truth->size[k]; n++, train++) {
                const struct ref_train *want = &truth->sample[s].spikes[k][n];
                const struct case_train *got = &answer->spikes[train];
                rung->spikes += want->count;
                if (want->count > got->count)
                    rung->missing += want->count - got->count;
                else
                    rung->extra += got->count - want->count;
                for (size_t i = 0; i < got->count && i < want->count; i++, spikes++) {
                    double error = got->at[i] - middle(want->at + i);
                    squares += error * error;
                }
            }
    rung->agrees = rung->missing + rung->extra == 0;
    return spikes > 0 ? sqrt(squares / (double)spikes) : VER_NAN;
}

int convergence_judge_finite(bool *bad, struct judge_answer *p, const struct result *a, double step)
{
    const struct judge *judge = p->judge;
    const char *quantity = a->has_loss && !isfinite(a->loss) ? "loss" : NULL;
    char place[80] = "";
    for (size_t k = 0; a->has_sample_loss && k < judge->problem->samples && !quantity; k++)
        if (!isfinite(a->sample[k].loss)) {
            snprintf(place, sizeof place, "sample %zu", k);
            quantity = "sample_loss";
        }
    for (size_t k = 0; a->spikes && k < a->trains && !quantity; k++)
        for (size_t i = 0; i < a->spikes[k].count && !quantity; i++)
            quantity = isfinite(a->spikes[k].at[i]) ? NULL : "spikes";
    for (size_t b = 0; b < judge->blocks && !quantity; b++) {
        const struct case_block *block = &judge->block[b];
        for (size_t k = block->first;
             a->provides[block->quantity] && k < block->first + block->rows * block->columns; k++)
            if (!isfinite(a->gradient[k]) && !isnan(middle(judge->truth->gradient + k))) {
                case_parameter_name(place, sizeof place, judge->problem, judge->block,
                                    judge->blocks, k);
                quantity = case_quantity_name(block->quantity);
                break;
            }
    }
    *bad = quantity != NULL;
    if (!quantity)
        return 0;
    struct ver_comparison *c = answer_compare(p, VER_KIND_ANSWER, quantity);
    if (!c)
        return judge_no_memory(p->judge);
    snprintf(c->index, sizeof c->index, "%s%sat %.6g ms", place, place[0] ? " " : "", step);
    snprintf(c->value, sizeof c->value, "a number");
    snprintf(c->reference, sizeof c->reference, "no number");
    return 0;
}

/* First arrival in ms of any spike of a source neuron; infinite if none comes before the end. */
static double first_arrival(const struct judge *judge, const struct case_projection *projection,
                            size_t neuron)
{
    const struct case_problem *c = judge->problem;
    double first = VER_INFINITY, delay = VER_INFINITY;
    for (size_t k = 0; k < c->population[projection->target].size; k++)
        delay = fmin(delay, case_delay(c, projection, neuron, k));
    for (size_t s = 0; s < c->samples; s++) {
        const struct case_train *in = c->sample[s].spikes[projection->source]
                                          ? &c->sample[s].spikes[projection->source][neuron]
                                          : NULL;
        const struct ref_train *own =
            in ? NULL : &judge->truth->sample[s].spikes[projection->source][neuron];
        if (in ? in->count > 0 : own->count > 0)
            first = fmin(first, (in ? in->at[0] : middle(own->at)) + delay);
    }
    return first;
}

/* A row of weights that is exactly zero at some step, although its neuron's spikes arrive and
 * matter: they were lost on the way back. Any step tells at which the spikes are the right ones:
 * one that comes early, at a grazing peak, is without what arrives later. 0, or -1. */
static int judge_rows(struct convergence *ladder, const struct case_block *block, double step)
{
    struct judge_answer *p = ladder->p;
    const struct judge *judge = p->judge;
    const double *x = ladder->gradient[ladder->rungs - 1];
    struct convergence_fit whole =
        convergence_fit_block(judge, block, 0, block->rows * block->columns, x);
    double all = whole.size;
    for (size_t k = 0; k < judge->out->comparisons; k++) /* once is enough */
        if (strcmp(judge->out->comparison[k].quantity, "ladder_row") == 0)
            return 0;
    if (whole.own == 0) /* of all rows */
        return 0;
    for (size_t row = 0; row < block->rows; row++) {
        struct convergence_fit fit =
            convergence_fit_block(judge, block, row * block->columns, block->columns, x);
        double arrives = first_arrival(judge, &judge->problem->projection[block->projection], row);
        if (!(fit.own == 0 && fit.size > VER_LADDER_NEAR * all) ||
            !(arrives + VER_LADDER_RESOLVED * step < judge->problem->end))
            continue;
        struct ver_comparison *c = answer_compare(p, VER_KIND_LADDER, "ladder_row");
        if (!c)
            return judge_no_memory(p->judge);
        c->numbers = block->columns;
        c->distance = VER_INFINITY;
        snprintf(c->index, sizeof c->index, "weights[%zu] row %zu exactly 0 at %.6g ms",
                 block->projection, row, step);
        snprintf(c->value, sizeof c->value, "norm %.6g", fit.size);
        snprintf(c->reference, sizeof c->reference, "0");
        if (!p->out->diagnosis[0])
            reading_name(p, "zero", false, c->index);
        break; /* one of a matrix is enough */
    }
    return 0;
}

static double track_error(struct convergence *ladder, struct convergence_part *track,
                          struct ver_rung *rung, const struct result *answer)
{
    const struct judge *judge = ladder->p->judge;
    size_t k = ladder->rungs - 1;
    if (track->like == VER_LADDER_SPIKES)
        return answer->spikes ? spike_error(rung, ladder->p, answer) : VER_NAN;
    if (!track->block)
        return answer->has_loss ? fabs(answer->loss - middle(judge->truth->loss)) : VER_NAN;
    if (!answer->provides[track->block->quantity])
        return VER_NAN;
    struct convergence_fit fit = convergence_fit_block(
        judge, track->block, 0, track->block->rows * track->block->columns, ladder->gradient[k]);
    track->factor[k] = fit.factor;
    track->cosine[k] = fit.cosine;
    return fit.error;
}

/* How far off, in ms, spikes of the right number are others: a crossing that grazes moves by
 * sqrt(step tau), which is of the order 1/2 (bounds.h). */
static double elsewhere(const struct judge *judge, double step)
{
    return sqrt(VER_LADDER_RESOLVED * step * convergence_shortest_constant(judge->problem));
}

int convergence_take_step(struct convergence *ladder, const struct result *answer, double step)
{
    struct judge_answer *p = ladder->p;
    size_t bytes = (p->judge->parameters + 1) * sizeof(double);
    struct ver_rung rung = {.step = step, .agrees = true};
    struct agree_spikes spikes;
    if (!(ladder->gradient[ladder->rungs] = malloc(bytes)))
        return judge_no_memory(p->judge);
    memcpy(ladder->gradient[ladder->rungs++], answer->gradient,
           p->judge->parameters * sizeof(double));
    if (answer->spikes) {
        agree_compare_spikes(&spikes, p, answer, NULL, VER_ANSWER_LATE_STEPS * step);
        memcpy(ladder->event, spikes.first, sizeof ladder->event);
    }
    for (size_t k = 0; k < ladder->tracks; k++) { /* spikes first: whether their counts agree */
        struct convergence_part *track = &ladder->track[k];
        double error = track_error(ladder, track, &rung, answer);
        for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
            rung.error[q] = q == (int)track->like ? error : VER_NAN;
        track->ladder.rung[track->ladder.rungs++] = rung;
        if (track->like == VER_LADDER_SPIKES && answer->spikes)
            rung.agrees &= !(error > elsewhere(p->judge, step));
    }
    for (size_t k = 0; k < ladder->tracks && rung.agrees; k++)
        if (ladder->track[k].block && ladder->track[k].block->quantity == CASE_WEIGHT &&
            judge_rows(ladder, ladder->track[k].block, step) != 0)
            return -1;
    return 0;
}
