/* SPDX-License-Identifier: MIT */
/* judge_answer.c: another program on one case: it is asked, its conventions are taken out of what
 * it says, and that is held against the reference. */
#include "cases/time_grid.h"
#include "verify/judge/bounds.h"
#include "verify/judge/judge_answer.h"
#include "verify/judge/reading.h"
#include "verify/base/number.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct ver_comparison *answer_compare(struct judge_answer *p, enum ver_kind kind,
                                      const char *quantity)
{
    struct ver_comparison *c = judge_compare(p->judge, kind, quantity);
    if (c)
        c->engine = p->out->engine;
    return c;
}

bool answer_says(const struct judge_answer *p, const arb_t x)
{
    double most = p->single ? (double)FLT_MAX : DBL_MAX;
    return arb_is_finite(x) && fabs(middle(x)) <= most;
}

const char *answer_beyond(const struct judge_answer *p)
{
    return p->single ? "beyond single precision" : "beyond double precision";
}

double answer_digits(double off, double size)
{
    if (!(off <= size))
        return size > 0 ? 0 : VER_NAN;
    return size > 0 ? -log10(fmax(off / size, DBL_EPSILON / 2)) : VER_NAN;
}

int answer_set_apart(struct judge_answer *p, const char *quantity, size_t numbers, const char *why)
{
    struct ver_comparison *c = answer_compare(p, VER_KIND_ANSWER, quantity);
    if (!c)
        return judge_no_memory(p->judge);
    c->outcome = VER_EXCLUDED;
    c->numbers = numbers;
    snprintf(c->index, sizeof c->index, "%s", why);
    return 0;
}

/* ---- asking ---- */

static int end_in_error(struct judge_answer *p, const char *reason)
{
    char text[400];
    p->out->state = VER_ENGINE_FAILED;
    snprintf(p->out->reason, sizeof p->out->reason, "%.250s", reason);
    snprintf(text, sizeof text, "%.60s: %.250s", p->out->engine, reason);
    return judge_end(p->judge, VER_ERROR, text);
}

int answer_ask(struct judge_answer *p, struct result *answer, double step,
               char reason[RESULT_REASON])
{
    struct engine_options options = p->options;
    options.step = step;
    enum result_status said = engine_run(p->engine, answer, p->judge->problem, &options);
    program_note(p->engine, p->judge->out->name);
    snprintf(reason, RESULT_REASON, "%s", answer->reason);
    p->out->seconds += answer->seconds;
    p->out->no_start = said == RESULT_NO_START;
    if (said == RESULT_ABSENT && step == p->step)
        p->out->state = VER_ENGINE_ABSENT;
    if (said == RESULT_OK && answer->raster.train &&
        result_make_times(answer, p->judge->problem) != 0)
        return judge_no_memory(p->judge);
    if (said == RESULT_OK || said == RESULT_REFUSED || said == RESULT_ABSENT)
        return said != RESULT_OK;
    return end_in_error(p, reason);
}

/* ---- exact times ---- */

static int tell_loss(struct judge_answer *p, const char *quantity, const char *place, double got,
                     const arb_t truth, double bound)
{
    double want = middle(truth);
    if (!answer_says(p, truth))
        return answer_set_apart(p, quantity, 1, answer_beyond(p));
    struct ver_comparison *c = answer_compare(p, VER_KIND_ANSWER, quantity);
    if (!c)
        return judge_no_memory(p->judge);
    c->distance = agree_ratio(got, want, bound);
    c->outcome = c->distance <= 1 ? VER_AGREES : VER_DIFFERS;
    c->digits = answer_digits(fabs(got - want), fabs(want));
    snprintf(c->index, sizeof c->index, "%s", place);
    snprintf(c->value, sizeof c->value, "%.17g", want);
    snprintf(c->reference, sizeof c->reference, "%.17g", got);
    return 0;
}

static int judge_losses(struct judge_answer *p, const struct agree_move *move)
{
    const struct ref_result *truth = p->judge->truth;
    const struct result *a = p->answer;
    if (a->has_loss && tell_loss(p, "loss", "", a->loss, truth->loss, *move->loss) != 0)
        return -1;
    for (size_t s = 0; a->has_sample_loss && s < truth->samples; s++) {
        char place[32];
        snprintf(place, sizeof place, "sample %zu", s);
        if (tell_loss(p, "sample_loss", place, a->sample[s].loss, truth->sample[s].loss,
                      move->sample_loss[s]) != 0)
            return -1;
    }
    return 0;
}

/* 0, or -1 with verdict and reason. */
static int judge_numbers(struct judge_answer *p, const struct agree_move *move)
{
    bool same = true;
    if (move->near) {
        char why[96];
        snprintf(why, sizeof why, "beyond its precision: %s", move->near);
        return answer_set_apart(p, "answer", 1, why);
    }
    if (agree_judge_spikes(p, move, &same) != 0)
        return -1;
    if (!same) /* the first cause is told; the rest follows from it */
        return answer_set_apart(p, "gradients", p->judge->parameters, "of other spikes");
    if (judge_losses(p, move) != 0)
        return -1;
    return p->engine->surrogate ? 0 : agree_judge_gradients(p, move);
}

/* Part of the bound first, which takes a few runs of the reference; all of it for a program that
 * does not agree within the part. */
static int judge_exact(struct judge_answer *p)
{
    struct ver_judgement *out = p->judge->out;
    size_t since = out->comparisons;
    for (int whole = 0; whole < 2; whole++) {
        struct agree_move move;
        out->comparisons = since;
        p->out->diagnosis[0] = p->out->reading[0] = p->out->reason[0] = '\0';
        int failed = agree_move_measure(&move, p, whole);
        if (!failed)
            failed = judge_numbers(p, &move);
        agree_move_clear(&move);
        if (failed)
            return -1;
        if (judge_differing(out, since) == 0)
            break;
    }
    return 0;
}

/* ---- the verdict ---- */

/* A gradient that is there and was not judged leaves the case undecided, unless something differs;
 * and something must have been compared, gradients first of all: they are what this is about. */
static int weigh(struct judge_answer *p, size_t since)
{
    const struct ver_judgement *out = p->judge->out;
    const char *apart = NULL;
    char text[300];
    bool differs = judge_differing(out, since) > 0;
    if (p->cause && !differs) {
        p->out->state = VER_ENGINE_UNJUDGED;
        p->out->cause = p->cause;
        snprintf(p->out->reason, sizeof p->out->reason, "%s", p->unjudged);
        snprintf(text, sizeof text, "%.60s: %s", p->out->engine, p->unjudged);
        return judge_end(p->judge, VER_UNDECIDED, text);
    }
    for (size_t k = since; k < out->comparisons; k++) {
        if (out->comparison[k].outcome != VER_EXCLUDED) {
            if (result_has_gradient(p->answer))
                return 0;
            snprintf(text, sizeof text, "%.60s: no gradient in its answer, so none was judged",
                     p->out->engine);
            return judge_end(p->judge, VER_UNDECIDED, text);
        }
        apart = out->comparison[k].index;
    }
    if (apart) {
        p->out->state = VER_ENGINE_INEXPRESSIBLE;
        snprintf(p->out->reason, sizeof p->out->reason, "no evidence: %.200s", apart);
        return 0;
    }
    snprintf(p->out->reason, sizeof p->out->reason, "nothing in its answer can be compared");
    snprintf(text, sizeof text, "%.60s: %.100s", p->out->engine, p->out->reason);
    return judge_end(p->judge, VER_UNDECIDED, text);
}

/* The reference must know. 0; 1: there is nothing to compare; -1 with verdict and reason. */
static int need_truth(struct judge_answer *p)
{
    struct judge *judge = p->judge;
    const struct ref_result *truth = judge->truth;
    if (truth->status == REF_OK && truth->gradient)
        return 0;
    p->out->state = VER_ENGINE_INEXPRESSIBLE;
    snprintf(p->out->reason, sizeof p->out->reason, "the reference: %.200s", truth->reason);
    if (judge->made->expectation == CASE_UNDECIDED || !judge->options->no_witness)
        return 1;
    return judge_end(judge,
                     truth->status == REF_MEMORY     ? VER_ERROR
                     : truth->status == REF_CAPACITY ? VER_NOT_RUN
                                                     : VER_UNDECIDED,
                     truth->reason);
}

void answer_measure(struct judge_answer *p)
{
    const struct judge *judge = p->judge;
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *block = &judge->block[b];
        double *largest = &p->size[block->quantity];
        for (size_t k = block->first; k < block->first + block->rows * block->columns; k++)
            if (answer_says(p, judge->truth->gradient + k))
                *largest = fmax(*largest, fabs(middle(judge->truth->gradient + k)));
    }
    for (size_t k = 0; k < judge->truth->populations; k++)
        p->trains += judge->truth->size[k] * judge->truth->samples;
}

int answer_judge(struct judge_answer *p)
{
    size_t since = p->judge->out->comparisons;
    int got = need_truth(p);
    if (got != 0)
        return got < 0 ? -1 : 0;
    answer_measure(p);
    p->out->digest = result_digest(p->answer);
    if (p->engine->surrogate && result_has_gradient(p->answer)) {
        p->cause = VER_CAUSE_SURROGATE;
        snprintf(p->unjudged, sizeof p->unjudged, "gradients not judged: %s", cause_text(p->cause));
    }
    int failed = p->engine->time == ENGINE_GRID ? convergence_judge_program(p) : judge_exact(p);
    return failed ? failed : weigh(p, since);
}

int judge_free_engine(struct judge *judge, const struct engine *engine, struct ver_judged *out)
{
    double step = judge->options->how.step;
    struct result answer;
    struct judge_answer p = {.judge = judge,
                             .engine = engine,
                             .options = scheme_options(&judge->options->how),
                             .single = engine->single,
                             .out = out,
                             .answer = &answer,
                             .step = step > 0 ? step : judge->problem->step};
    char reason[RESULT_REASON];
    out->engine = engine->name;
    out->state = VER_ENGINE_RAN;
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++)
        out->ratios[q].largest = VER_NAN;
    if (p.engine->time == ENGINE_GRID && !judge->thorough) {
        out->state = VER_ENGINE_LARGE;
        snprintf(out->reason, sizeof out->reason, "left out by --every");
        return 0;
    }
    size_t since = judge->out->comparisons;
    p.verdict = judge->out->verdict;
    memcpy(p.reason, judge->out->reason, sizeof p.reason);
    if (judge->options->befores > 0 && program_keeps_running(engine))
        again_ask_before(&p, (char *const *)judge->options->before, judge->options->befores);
    int got = answer_ask(&p, &answer, p.step, reason);
    if (got > 0) {
        out->state = out->state == VER_ENGINE_RAN ? VER_ENGINE_INEXPRESSIBLE : out->state;
        snprintf(out->reason, sizeof out->reason, "%.250s", reason);
    } else if (!out->no_start) {
        got = again_judge(&p, since, got == 0 ? answer_judge(&p) : got);
        if (got == 0)
            reading_explain_exact(&p, since);
    }
    result_clear(&answer);
    return got < 0 ? -1 : 0;
}
