/* SPDX-License-Identifier: MIT */
/* convergence.c: another program with a fixed step. At one step it is wrong by what a step is
 * worth, so that its direction and scale there are told but prove nothing; it is asked again at
 * halves of the step, and must come nearer to the reference, in each of its parts
 * (convergence_part.c). A gradient that is there and cannot be judged leaves the case undecided. */
#include "verify/judge/bounds.h"
#include "verify/judge/reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "weights[1]", "tau_mem of hid" */
static void name_block(char *text, size_t size, const struct case_problem *c,
                       const struct case_block *block)
{
    const char *quantity = case_quantity_name(block->quantity);
    if (block->quantity <= CASE_DELAY)
        snprintf(text, size, "%s[%zu]", quantity, block->projection);
    else if (block->quantity == CASE_SPIKE_TIME)
        snprintf(text, size, "%s of sample %zu %.24s[%zu]", quantity, block->sample,
                 c->population[block->population].name, block->neuron);
    else
        snprintf(text, size, "%s of %.24s", quantity, c->population[block->population].name);
}

/* ---- what is told ---- */

/* At the case's own step: told, but no evidence. */
static int tell_first(struct judge_answer *p)
{
    const struct result *answer = p->answer;
    struct agree_spikes spikes;
    for (int q = 0; q < CASE_QUANTITIES; q++) {
        char text[80];
        agree_describe(text, sizeof text, p, answer->gradient, (enum case_quantity)q);
        if (!answer->provides[q] || !text[0])
            continue;
        struct ver_comparison *c =
            answer_compare(p, VER_KIND_ANSWER, case_quantity_name((enum case_quantity)q));
        if (!c)
            return judge_no_memory(p->judge);
        c->outcome = VER_EXCLUDED;
        snprintf(c->index, sizeof c->index, "%s at %.6g ms%s", text, p->step,
                 p->engine->surrogate ? ", surrogate" : "");
    }
    if (p->judge->truth->nones > 0) {
        struct ver_comparison *c = answer_compare(p, VER_KIND_ANSWER, "gradients");
        if (!c)
            return judge_no_memory(p->judge);
        c->outcome = VER_EXCLUDED;
        c->numbers = p->judge->truth->nones;
        snprintf(c->index, sizeof c->index, "there is no derivative");
    }
    if (!answer->spikes)
        return 0;
    struct ver_comparison *c = answer_compare(p, VER_KIND_ANSWER, "spike_counts");
    if (!c)
        return judge_no_memory(p->judge);
    agree_compare_spikes(&spikes, p, answer, NULL, VER_ANSWER_LATE_STEPS * p->step);
    c->outcome = VER_EXCLUDED;
    c->numbers = p->trains;
    snprintf(c->index, sizeof c->index, "%s", spikes.first);
    snprintf(c->value, sizeof c->value, "%zu trains", p->trains);
    snprintf(c->reference, sizeof c->reference, "%zu right", p->trains - spikes.trains_differ);
    return 0;
}

static int tell_track(struct convergence *ladder, const struct convergence_part *track,
                      const struct convergence_verdict *weighed)
{
    struct judge_answer *p = ladder->p;
    struct ver_comparison *c = answer_compare(p, VER_KIND_LADDER, track->name);
    const struct ver_rung *last = &track->ladder.rung[ladder->rungs - 1];
    double relative = track->like == VER_LADDER_SPIKES || !(track->size > 0) ? 1 : track->size;
    char block[64] = "";
    if (!c)
        return judge_no_memory(p->judge);
    if (track->block)
        name_block(block, sizeof block, p->judge->problem, track->block);
    c->outcome = weighed->outcome;
    c->distance = weighed->ratio;
    c->order = convergence_order(&track->ladder, track->like);
    c->step = log2(last->step);
    if (!last->agrees && weighed->outcome == VER_DIFFERS) {
        snprintf(c->index, sizeof c->index, "%.70s at %.6g ms", ladder->event, last->step);
        snprintf(c->value, sizeof c->value, "%zu spikes", last->spikes);
        snprintf(c->reference, sizeof c->reference, "%zu missing, %zu extra", last->missing,
                 last->extra);
        return 0;
    }
    snprintf(c->index, sizeof c->index, "%s%s%zu rungs to %.6g ms%s%s", block, block[0] ? ": " : "",
             ladder->rungs, last->step, weighed->why ? ": " : "", cause_text(weighed->why));
    snprintf(c->reference, sizeof c->reference, "error %.6g", last->error[track->like] / relative);
    if (weighed->constant)
        snprintf(c->value, sizeof c->value, "factor 1, found %.6g",
                 track->factor[ladder->rungs - 1]);
    else if (!isnan(weighed->bound))
        snprintf(c->value, sizeof c->value, "at most %.6g", weighed->bound / relative);
    return 0;
}

/* Which gradient of those that are there was not judged, and why; the first one stands for all. */
static void note_unjudged(struct convergence *ladder, const struct case_block *block,
                          enum ver_cause cause, const char *why)
{
    struct judge_answer *p = ladder->p;
    char name[64] = "gradients";
    if (p->cause)
        return;
    p->cause = cause;
    if (block)
        name_block(name, sizeof name, p->judge->problem, block);
    snprintf(p->unjudged, sizeof p->unjudged, "%s not judged: %.120s", name, why);
}

/* A small part of its quantity, the rest of which is judged or noted by itself. */
static bool is_small_part(const struct convergence *ladder, const struct convergence_part *part)
{
    double squares = 0;
    for (size_t k = 0; k < ladder->tracks; k++) {
        const struct convergence_part *track = &ladder->track[k];
        if (track->block && track->block->quantity == part->block->quantity)
            squares += track->size * track->size;
    }
    return part->size <= VER_LADDER_NEAR * sqrt(squares);
}

static int tell_too_few(struct convergence *ladder)
{
    struct ver_comparison *c = answer_compare(ladder->p, VER_KIND_LADDER, "ladder_rungs");
    if (!c)
        return judge_no_memory(ladder->p->judge);
    c->outcome = VER_EXCLUDED;
    snprintf(c->index, sizeof c->index, "%.100s", ladder->reason);
    for (size_t k = 0; k < ladder->tracks; k++)
        if (ladder->track[k].block)
            note_unjudged(ladder, NULL, VER_CAUSE_STEPS, ladder->reason);
    return 0;
}

/* Spikes first, since gradients follow from them. */
static int tell_all(struct convergence *ladder)
{
    struct judge_answer *p = ladder->p;
    bool late = false;
    if (ladder->rungs < VER_ORDER_RUNGS)
        return tell_too_few(ladder);
    for (size_t k = 0; k < ladder->tracks; k++) {
        const struct convergence_part *track = &ladder->track[k];
        struct convergence_verdict weighed;
        if (isnan(track->ladder.rung[ladder->rungs - 1].error[track->like]) &&
            track->ladder.rung[ladder->rungs - 1].agrees) /* no such spikes */
            continue;
        if (convergence_weigh(&weighed, ladder, track) != 0 ||
            tell_track(ladder, track, &weighed) != 0)
            return -1;
        bool differs = weighed.outcome == VER_DIFFERS;
        if (differs && track->like == VER_LADDER_SPIKES && !late)
            reading_name(p, "event", false, ladder->event);
        late |= differs && track->like == VER_LADDER_SPIKES;
        if (differs && track->block)
            convergence_name_gradient(ladder, track);
        if (weighed.outcome == VER_EXCLUDED && track->block &&
            !(weighed.why == VER_CAUSE_TOO_SMALL && is_small_part(ladder, track)))
            note_unjudged(ladder, track->block, weighed.why, cause_text(weighed.why));
    }
    return 0;
}

/* ---- all rungs ---- */

/* 0; 1: that was the last; -1 with verdict and reason. */
static int climb_rung(struct convergence *ladder, double step)
{
    struct judge_answer *p = ladder->p;
    struct result answer;
    bool bad = false;
    if (judge_cost(p->judge->problem, step, p->engine->lanes) > VER_LADDER_MOST) {
        snprintf(ladder->reason, sizeof ladder->reason, "too large for a ladder");
        return 1;
    }
    int got = answer_ask(p, &answer, step, ladder->reason);
    if (got == 0)
        got = convergence_judge_finite(&bad, p, &answer, step);
    if (got == 0 && !bad)
        got = convergence_take_step(ladder, &answer, step);
    convergence_keep(ladder, &answer, got == 0 && !bad);
    return got == 0 && bad ? 1 : got;
}

static int climb_all(struct convergence *ladder)
{
    struct judge_answer *p = ladder->p;
    double step = p->step;
    snprintf(ladder->reason, sizeof ladder->reason,
             "the case has no step: time.step, or --step MS");
    int got = !(step > 0) ? 1 : convergence_take_step(ladder, p->answer, step);
    int rungs = p->options.precision == ENGINE_DOUBLE ? VER_RUNGS : VER_ANSWER_RUNGS;
    for (int k = 1; k < rungs && got == 0; k++)
        got = climb_rung(ladder, step = step / 2);
    return got >= 0 ? tell_all(ladder) : -1;
}

int convergence_judge(struct convergence *ladder, bool first)
{
    struct judge_answer *p = ladder->p;
    bool bad = false;
    int failed = convergence_judge_finite(&bad, p, p->answer, p->step);
    if (bad)
        snprintf(ladder->reason, sizeof ladder->reason, "it says what is no number");
    if (failed || bad)
        return failed;
    if (convergence_add_parts(ladder) != 0)
        return judge_no_memory(p->judge);
    if (first && tell_first(p) != 0)
        return -1;
    size_t since = p->judge->out->comparisons;
    failed = climb_all(ladder);
    if (!failed && judge_differing(p->judge->out, since) > 0)
        convergence_explain(ladder);
    return failed;
}

void convergence_clear(struct convergence *ladder)
{
    for (size_t k = 0; k < ladder->rungs; k++)
        free(ladder->gradient[k]);
    free(ladder->track);
    if (ladder->kept)
        result_clear(&ladder->finest);
    convergence_shift_clear(&ladder->shift);
}

int convergence_judge_program(struct judge_answer *p)
{
    struct convergence ladder = {.p = p};
    int failed = convergence_judge(&ladder, true);
    convergence_clear(&ladder);
    return failed ? -1 : 0;
}
