/* judge_program.c: another program on one case: it is asked, its conventions are taken out of what
 * it says, and that is held against the reference. */
#include "cases/time_grid.h"
#include "verify/judge/bounds.h"
#include "verify/judge/program_judge.h"
#include "verify/base/number.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct ver_comparison *program_compare(struct program_case *p, enum ver_kind kind,
                                       const char *quantity)
{
    struct ver_comparison *c = judge_compare(p->judge, kind, quantity);
    if (c)
        c->engine = p->out->engine;
    return c;
}

bool program_says(const struct program_case *p, const arb_t x)
{
    double most = p->program->convention.single ? (double)FLT_MAX : DBL_MAX;
    return arb_is_finite(x) && fabs(middle(x)) <= most;
}

const char *program_beyond(const struct program_case *p)
{
    return p->program->convention.single ? "beyond single precision" : "beyond double precision";
}

int program_set_apart(struct program_case *p, const char *quantity, size_t numbers, const char *why)
{
    struct ver_comparison *c = program_compare(p, VER_KIND_ANSWER, quantity);
    if (!c)
        return judge_no_memory(p->judge);
    c->outcome = VER_EXCLUDED;
    c->numbers = numbers;
    snprintf(c->index, sizeof c->index, "%s", why);
    return 0;
}

/* ---- asking ---- */

static int end_in_error(struct program_case *p, const char *reason)
{
    char text[400];
    p->out->state = VER_CLOCK_FAILED;
    snprintf(p->out->reason, sizeof p->out->reason, "%.250s", reason);
    snprintf(text, sizeof text, "%.60s: %.250s", p->out->engine, reason);
    return judge_end(p->judge, VER_ERROR, text);
}

int program_ask_at(struct program_case *p, struct answer *answer, double step,
                   char reason[PROGRAM_REASON])
{
    bool rounded = p->program->convention.grid && p->judge->options->clock.round_delays;
    struct case_problem *own = rounded ? case_copy(p->judge->problem) : NULL;
    const struct case_problem *c = own ? own : p->judge->problem;
    double seconds = 0;
    if (rounded && !own) {
        *answer = (struct answer){.has_loss = false};
        return judge_no_memory(p->judge);
    }
    if (own)
        case_round_delays(own, step);
    enum program_said said = program_ask(answer, p->program, c, step, &seconds, reason);
    program_note(p->program, p->judge->out->name);
    case_free(own);
    c = p->judge->problem;
    p->out->seconds += seconds;
    p->out->no_start = said == PROGRAM_NO_START;
    if (said == PROGRAM_ERROR || said == PROGRAM_NO_START)
        return end_in_error(p, reason);
    if (said == PROGRAM_ABSENT && step == p->step)
        p->out->state = VER_CLOCK_ABSENT;
    if (said != PROGRAM_ANSWERED)
        return 1;
    return convention_apply(answer, c, step, &p->program->convention, reason, PROGRAM_REASON) != 0;
}

/* ---- what it printed, as one number ---- */

static void digest_number(uint64_t *hash, double x)
{
    unsigned char bytes[sizeof x];
    memcpy(bytes, &x, sizeof x);
    for (size_t k = 0; k < sizeof x; k++)
        *hash = (*hash ^ bytes[k]) * 0x100000001b3u;
}

static uint64_t digest(const struct answer *a, size_t samples)
{
    uint64_t hash = 0xcbf29ce484222325u;
    if (a->has_loss)
        digest_number(&hash, a->loss);
    for (size_t s = 0; a->sample_loss && s < samples; s++)
        digest_number(&hash, a->sample_loss[s]);
    for (size_t k = 0; a->spikes && k < a->trains; k++)
        for (size_t i = 0; i < a->spikes[k].count; i++)
            digest_number(&hash, a->spikes[k].at[i]);
    for (size_t k = 0; k < a->parameters; k++)
        digest_number(&hash, a->gradient[k]);
    return hash;
}

/* ---- exact times ---- */

static int tell_loss(struct program_case *p, const char *quantity, const char *place, double got,
                     const arb_t truth, double bound)
{
    double want = middle(truth);
    if (!program_says(p, truth))
        return program_set_apart(p, quantity, 1, program_beyond(p));
    struct ver_comparison *c = program_compare(p, VER_KIND_ANSWER, quantity);
    if (!c)
        return judge_no_memory(p->judge);
    c->distance = program_ratio(got, want, bound);
    c->outcome = c->distance <= 1 ? VER_AGREES : VER_DIFFERS;
    snprintf(c->index, sizeof c->index, "%s", place);
    snprintf(c->value, sizeof c->value, "%.17g", want);
    snprintf(c->reference, sizeof c->reference, "%.17g", got);
    return 0;
}

static int judge_losses(struct program_case *p, const struct program_move *move)
{
    const struct ref_result *truth = p->judge->truth;
    const struct answer *a = p->answer;
    if (a->has_loss && tell_loss(p, "loss", "", a->loss, truth->loss, *move->loss) != 0)
        return -1;
    for (size_t s = 0; a->sample_loss && s < truth->samples; s++) {
        char place[32];
        snprintf(place, sizeof place, "sample %zu", s);
        if (tell_loss(p, "sample_loss", place, a->sample_loss[s], truth->sample[s].loss,
                      move->sample_loss[s]) != 0)
            return -1;
    }
    return 0;
}

/* 0, or -1 with verdict and reason. */
static int judge_numbers(struct program_case *p, const struct program_move *move)
{
    bool same = true;
    if (move->near) {
        char why[96];
        snprintf(why, sizeof why, "beyond its precision: %s", move->near);
        return program_set_apart(p, "answer", 1, why);
    }
    if (program_judge_spikes(p, move, &same) != 0)
        return -1;
    if (!same) /* the first cause is told; the rest follows from it */
        return program_set_apart(p, "gradients", p->judge->parameters, "of other spikes");
    if (judge_losses(p, move) != 0)
        return -1;
    return p->program->convention.surrogate ? 0 : program_judge_gradients(p, move);
}

/* Part of the bound first, which takes a few runs of the reference; all of it for a program that
 * does not agree within the part. */
static int judge_exact(struct program_case *p)
{
    struct ver_judgement *out = p->judge->out;
    size_t since = out->comparisons;
    for (int whole = 0; whole < 2; whole++) {
        struct program_move move;
        bool agrees = true;
        out->comparisons = since;
        p->out->diagnosis[0] = p->out->reason[0] = '\0';
        int failed = program_move_measure(&move, p, whole);
        if (!failed)
            failed = judge_numbers(p, &move);
        program_move_clear(&move);
        if (failed)
            return -1;
        for (size_t k = since; k < out->comparisons; k++)
            agrees = agrees && out->comparison[k].outcome != VER_DIFFERS;
        if (agrees)
            break;
    }
    return 0;
}

/* ---- the verdict ---- */

static bool provides_gradient(const struct answer *answer)
{
    for (int q = 0; q < CASE_QUANTITIES; q++)
        if (answer->provides[q])
            return true;
    return false;
}

/* A gradient that is there and was not judged leaves the case undecided, unless something differs;
 * and something must have been compared, gradients first of all: they are what this is about. */
static int weigh(struct program_case *p, size_t since)
{
    const struct ver_judgement *out = p->judge->out;
    const char *apart = NULL;
    char text[300];
    bool differs = false;
    for (size_t k = since; k < out->comparisons; k++)
        differs |= out->comparison[k].outcome == VER_DIFFERS;
    if (p->unjudged[0] && !differs) {
        p->out->state = VER_CLOCK_UNJUDGED;
        snprintf(p->out->reason, sizeof p->out->reason, "%s", p->unjudged);
        snprintf(text, sizeof text, "%.60s: %s", p->out->engine, p->unjudged);
        return judge_end(p->judge, VER_UNDECIDED, text);
    }
    for (size_t k = since; k < out->comparisons; k++) {
        if (out->comparison[k].outcome != VER_EXCLUDED) {
            if (provides_gradient(p->answer))
                return 0;
            snprintf(text, sizeof text, "%.60s: no gradient in its answer, so none was judged",
                     p->out->engine);
            return judge_end(p->judge, VER_UNDECIDED, text);
        }
        apart = out->comparison[k].index;
    }
    if (apart) {
        p->out->state = VER_CLOCK_INEXPRESSIBLE;
        snprintf(p->out->reason, sizeof p->out->reason, "no evidence: %.200s", apart);
        return 0;
    }
    snprintf(p->out->reason, sizeof p->out->reason, "nothing in its answer can be compared");
    snprintf(text, sizeof text, "%.60s: %.100s", p->out->engine, p->out->reason);
    return judge_end(p->judge, VER_UNDECIDED, text);
}

/* The reference must know. 0; 1: there is nothing to compare; -1 with verdict and reason. */
static int need_truth(struct program_case *p)
{
    struct judge *judge = p->judge;
    const struct ref_result *truth = judge->truth;
    if (truth->status == REF_OK && truth->gradient)
        return 0;
    p->out->state = VER_CLOCK_INEXPRESSIBLE;
    snprintf(p->out->reason, sizeof p->out->reason, "the reference: %.200s", truth->reason);
    if (judge->made->expectation == CASE_UNDECIDED || !judge->options->no_witness)
        return 1;
    return judge_end(judge,
                     truth->status == REF_MEMORY     ? VER_ERROR
                     : truth->status == REF_CAPACITY ? VER_NOT_RUN
                                                     : VER_UNDECIDED,
                     truth->reason);
}

static void measure(struct program_case *p)
{
    const struct judge *judge = p->judge;
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *block = &judge->block[b];
        double *largest = &p->size[block->quantity];
        for (size_t k = block->first; k < block->first + block->rows * block->columns; k++)
            if (program_says(p, judge->truth->gradient + k))
                *largest = fmax(*largest, fabs(middle(judge->truth->gradient + k)));
    }
    for (size_t k = 0; k < judge->truth->populations; k++)
        p->trains += judge->truth->size[k] * judge->truth->samples;
}

int program_judge_answer(struct program_case *p)
{
    size_t since = p->judge->out->comparisons;
    int got = need_truth(p);
    if (got != 0)
        return got < 0 ? -1 : 0;
    measure(p);
    p->out->digest = digest(p->answer, p->judge->problem->samples);
    if (p->program->convention.surrogate && provides_gradient(p->answer))
        snprintf(p->unjudged, sizeof p->unjudged,
                 "gradients not judged: a surrogate gradient is the derivative of nothing");
    int failed = p->program->convention.grid ? program_judge_ladder(p) : judge_exact(p);
    return failed ? failed : weigh(p, since);
}

int judge_program(struct judge *judge, const struct ver_engine *engine, struct ver_clock *out)
{
    double step = judge->options->clock.step;
    struct answer answer;
    struct program_case p = {.judge = judge,
                             .program = program_of(engine),
                             .out = out,
                             .answer = &answer,
                             .step = step > 0 ? step : judge->problem->step};
    char reason[PROGRAM_REASON];
    out->engine = engine->name;
    out->state = VER_CLOCK_RAN;
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
        out->ratios[q].largest = VER_NAN;
    if (p.program->convention.grid && !judge->thorough) {
        out->state = VER_CLOCK_LARGE;
        snprintf(out->reason, sizeof out->reason, "left out by --every");
        return 0;
    }
    size_t since = judge->out->comparisons;
    p.verdict = judge->out->verdict;
    memcpy(p.reason, judge->out->reason, sizeof p.reason);
    if (judge->options->befores > 0 && p.program->command)
        program_ask_before(&p, (char *const *)judge->options->before, judge->options->befores);
    int got = program_ask_at(&p, &answer, p.step, reason);
    if (got > 0) {
        out->state = out->state == VER_CLOCK_RAN ? VER_CLOCK_INEXPRESSIBLE : out->state;
        snprintf(out->reason, sizeof out->reason, "%.250s", reason);
    } else if (!out->no_start) {
        got = program_judge_again(&p, since, got == 0 ? program_judge_answer(&p) : got);
        if (got == 0)
            program_name_delays(&p, since);
    }
    answer_clear(&answer);
    return got < 0 ? -1 : 0;
}
