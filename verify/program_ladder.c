/* program_ladder.c: another program with a fixed step. At one step it is wrong by what a step is
 * worth, so that its direction and scale there are told but prove nothing; it is asked again at
 * halves of the step, and must come nearer to the reference as first order does or better: the same
 * criterion by which the clock engine's scheme is judged (clock_order.c). */
#include "verify/bounds.h"
#include "verify/program_judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The rungs of struct ver_ladder have room for what the clock engine provides; a second one holds
 * the rest. */
enum { SLOT_LOSS, SLOT_THRESHOLD, SLOT_BIAS, SLOT_SPIKE_TIMES, SLOTS };

struct climb {
    struct program_case *p;
    struct ver_ladder first, second;
    double *last, *before; /* [parameters]: of the finest rung, of the one before */
    bool provides[CASE_QUANTITIES], has_loss, has_spikes;
    char event[112]; /* the first that differs at the finest rung */
};

static double middle(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

/* ---- one rung ---- */

static double spike_error(struct ver_rung *rung, const struct program_case *p,
                          const struct answer *answer)
{
    const struct ref_result *truth = p->judge->truth;
    double squares = 0;
    size_t spikes = 0, train = 0;
    for (size_t s = 0; s < truth->samples; s++)
        for (size_t k = 0; k < truth->populations; k++)
            for (size_t n = 0; n < truth->size[k]; n++, train++) {
                const struct ref_train *want = &truth->sample[s].spikes[k][n];
                const struct answer_train *got = &answer->spikes[train];
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

/* |x - truth| / |truth| over a quantity; NaN where the truth is zero. */
static double gradient_error(const struct program_case *p, const double *x,
                             enum case_quantity quantity)
{
    const struct judge *judge = p->judge;
    double squares = 0, size = 0;
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *block = &judge->block[b];
        for (size_t k = block->first;
             block->quantity == quantity && k < block->first + block->rows * block->columns; k++) {
            if (ref_none_of(judge->truth, k))
                continue;
            double want = middle(judge->truth->gradient + k);
            squares += (x[k] - want) * (x[k] - want);
            size += want * want;
        }
    }
    return size > 0 ? sqrt(squares) / sqrt(size) : VER_NAN;
}

/* A NaN is wrong whatever the step. 0, or -1 with verdict and reason; *bad: it was told. */
static int judge_finite(bool *bad, struct program_case *p, const struct answer *a, double step)
{
    const struct judge *judge = p->judge;
    const char *quantity = a->has_loss && !isfinite(a->loss) ? "loss" : NULL;
    char place[80] = "";
    for (size_t k = 0; a->sample_loss && k < judge->problem->samples && !quantity; k++)
        if (!isfinite(a->sample_loss[k])) {
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
            if (!isfinite(a->gradient[k]) && !ref_none_of(judge->truth, k)) {
                case_parameter_name(place, sizeof place, judge->problem, judge->block,
                                    judge->blocks, k);
                quantity = program_quantity_name(block->quantity);
                break;
            }
    }
    *bad = quantity != NULL;
    if (!quantity)
        return 0;
    struct ver_comparison *c = program_compare(p, VER_KIND_ANSWER, quantity);
    if (!c)
        return judge_no_memory(p->judge);
    snprintf(c->index, sizeof c->index, "%s%sat %.6g ms", place, place[0] ? " " : "", step);
    snprintf(c->value, sizeof c->value, "a number");
    snprintf(c->reference, sizeof c->reference, "no number");
    return 0;
}

static void take_rung(struct climb *climb, const struct answer *answer, double step)
{
    struct program_case *p = climb->p;
    const struct judge *judge = p->judge;
    struct ver_rung *a = &climb->first.rung[climb->first.rungs++];
    struct ver_rung *b = &climb->second.rung[climb->second.rungs++];
    double *oldest = climb->before, loss = middle(judge->truth->loss);
    struct program_spikes spikes;
    climb->before = climb->last;
    climb->last = oldest;
    memcpy(climb->last, answer->gradient, judge->parameters * sizeof *climb->last);
    *a = *b = (struct ver_rung){.step = step, .agrees = true};
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        a->error[q] = b->error[q] = VER_NAN;
    if (climb->has_spikes && answer->spikes) {
        a->error[VER_LADDER_SPIKES] = spike_error(a, p, answer);
        program_compare_spikes(&spikes, p, answer, NULL, VER_ANSWER_LATE_STEPS * step);
        memcpy(climb->event, spikes.first, sizeof climb->event);
    }
    b->agrees = a->agrees;
    if (climb->has_loss && answer->has_loss)
        b->error[SLOT_LOSS] = fabs(answer->loss - loss) / fmax(fabs(loss), 1);
    for (int q = 0; q < CASE_QUANTITIES; q++) {
        double error = climb->provides[q] && answer->provides[q]
                           ? gradient_error(p, answer->gradient, (enum case_quantity)q)
                           : VER_NAN;
        if (q <= CASE_TAU_SYN)
            a->error[VER_LADDER_WEIGHTS + q] = error;
        else
            b->error[SLOT_THRESHOLD + (q - CASE_THRESHOLD)] = error;
    }
}

/* ---- what is told ---- */

/* At the case's own step: told, but no evidence. */
static int tell_first(struct program_case *p)
{
    const struct answer *answer = p->answer;
    struct program_spikes spikes;
    for (int q = 0; q < CASE_QUANTITIES; q++) {
        char text[80];
        program_describe(text, sizeof text, p, answer->gradient, (enum case_quantity)q);
        if (!answer->provides[q] || !text[0])
            continue;
        struct ver_comparison *c =
            program_compare(p, VER_KIND_ANSWER, program_quantity_name((enum case_quantity)q));
        if (!c)
            return judge_no_memory(p->judge);
        c->outcome = VER_EXCLUDED;
        snprintf(c->index, sizeof c->index, "%s at %.6g ms%s", text, p->step,
                 p->program->convention.surrogate ? ", surrogate" : "");
    }
    if (!answer->spikes)
        return 0;
    struct ver_comparison *c = program_compare(p, VER_KIND_ANSWER, "spike_counts");
    if (!c)
        return judge_no_memory(p->judge);
    program_compare_spikes(&spikes, p, answer, NULL, VER_ANSWER_LATE_STEPS * p->step);
    c->outcome = VER_EXCLUDED;
    c->numbers = p->trains;
    snprintf(c->index, sizeof c->index, "%s", spikes.first);
    snprintf(c->value, sizeof c->value, "%zu trains", p->trains);
    snprintf(c->reference, sizeof c->reference, "%zu right", p->trains - spikes.trains_differ);
    return 0;
}

/* Twice the finest less the one before it is free of the first order: what it looks like. Spikes
 * come first, since gradients follow from them. */
static void name_what_differs(struct climb *climb, size_t since)
{
    struct program_case *p = climb->p;
    const struct ver_judgement *out = p->judge->out;
    const char *spikes = ver_ladder_quantity_name(VER_LADDER_SPIKES);
    bool differs = false, late = false;
    for (size_t k = since; k < out->comparisons; k++) {
        const struct ver_comparison *c = &out->comparison[k];
        differs |= c->outcome == VER_DIFFERS;
        late |= c->outcome == VER_DIFFERS && strcmp(c->quantity, spikes) == 0;
    }
    for (size_t k = 0; k < p->judge->parameters; k++)
        climb->before[k] = 2 * climb->last[k] - climb->before[k];
    if (late)
        snprintf(p->out->diagnosis, sizeof p->out->diagnosis, "%s", climb->event);
    for (int q = 0; q < CASE_QUANTITIES && differs; q++)
        if (climb->provides[q])
            program_diagnose(p, climb->before, (enum case_quantity)q, NULL, VER_FACTOR_GRID_BITS);
}

static int tell_all(struct climb *climb)
{
    static const char *const rest[SLOTS] = {"ladder_loss", "ladder_threshold", "ladder_bias",
                                            "ladder_spike_times"};
    struct judge *judge = climb->p->judge;
    const char *name = climb->p->out->engine;
    size_t since = judge->out->comparisons;
    if (climb->first.rungs < VER_ORDER_RUNGS) {
        struct ver_comparison *c = program_compare(climb->p, VER_KIND_LADDER, "ladder_rungs");
        if (!c)
            return judge_no_memory(judge);
        c->outcome = VER_EXCLUDED;
        snprintf(c->index, sizeof c->index, "%.100s", climb->first.reason);
        return 0;
    }
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        if (clock_tell_ladder(judge, &climb->first, (enum ver_ladder_quantity)q,
                              (enum ver_ladder_quantity)q, name,
                              ver_ladder_quantity_name((enum ver_ladder_quantity)q)) != 0)
            return -1;
    for (int q = 0; q < SLOTS; q++)
        if (clock_tell_ladder(judge, &climb->second, (enum ver_ladder_quantity)q,
                              VER_LADDER_WEIGHTS, name, rest[q]) != 0)
            return -1;
    name_what_differs(climb, since);
    return 0;
}

/* ---- all rungs ---- */

static double cost_of(const struct case_problem *c, double step)
{
    double cells = 0;
    for (size_t p = 0; p < c->populations; p++)
        cells += c->population[p].model != CASE_SPIKE_SOURCE ? (double)c->population[p].size : 0;
    return c->end / step * cells * (double)c->samples;
}

/* 0; 1: that was the last; -1 with verdict and reason. */
static int climb_rung(struct climb *climb, double step)
{
    struct program_case *p = climb->p;
    struct answer answer;
    bool bad = false;
    char reason[PROGRAM_REASON] = "too large for a ladder";
    int got = cost_of(p->judge->problem, step) > VER_LADDER_MOST
                  ? 1
                  : program_ask_at(p, &answer, step, reason);
    if (got == 0)
        got = judge_finite(&bad, p, &answer, step);
    if (got == 0 && !bad)
        take_rung(climb, &answer, step);
    if (got > 0)
        snprintf(climb->first.reason, sizeof climb->first.reason, "%.120s", reason);
    if (cost_of(p->judge->problem, step) <= VER_LADDER_MOST)
        answer_clear(&answer);
    return got == 0 && bad ? 1 : got;
}

int program_judge_ladder(struct program_case *p)
{
    size_t bytes = (p->judge->parameters + 1) * sizeof(double);
    struct climb climb = {.p = p,
                          .last = calloc(1, bytes),
                          .before = calloc(1, bytes),
                          .has_loss = p->answer->has_loss,
                          .has_spikes = p->answer->spikes != NULL};
    bool bad = false;
    int got = climb.last && climb.before ? judge_finite(&bad, p, p->answer, p->step)
                                         : judge_no_memory(p->judge);
    for (int q = 0; q < CASE_QUANTITIES; q++)
        climb.provides[q] = p->answer->provides[q] && !p->program->convention.surrogate;
    if (got == 0 && !bad)
        got = tell_first(p);
    if (got == 0 && !bad && p->step > 0) {
        double step = p->step;
        take_rung(&climb, p->answer, step);
        for (int k = 1; k < VER_ANSWER_RUNGS && got == 0; k++)
            got = climb_rung(&climb, step = step / 2);
        got = got >= 0 ? tell_all(&climb) : -1;
    }
    free(climb.last);
    free(climb.before);
    return got < 0 ? -1 : 0;
}
