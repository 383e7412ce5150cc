/* SPDX-License-Identifier: MIT */
/* judge.c: the verdict on one case.
 *
 * The reference runs once, with a few probes; then the witness is asked about everything it said. A
 * case passes if something could be compared, all of it agreed, and the reference kept its own
 * promises. What lies exactly where the gradient does not exist passes by being reported so. */
#include "verify/judge/judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A process that takes longer is killed and cannot say why: what runs away stops before and does.
 */
static double deadline_of(const struct judge *judge)
{
    double seconds = judge->options->seconds;
    return seconds > 0 ? ver_now() + VER_SHARE_OF_TIME * seconds : 0;
}

static int end_late(struct judge *judge)
{
    char text[320];
    snprintf(text, sizeof text, "took more than %g seconds: %.240s", judge->options->seconds,
             judge->truth->reason);
    return judge_end(judge, VER_ERROR, text);
}

static int run_reference(struct judge *judge)
{
    const struct ver_options *options = judge->options;
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    ask.digits = options->digits;
    ask.precision_cap = options->precision_cap;
    ask.probe = judge->probe;
    ask.probes = judge->probes;
    ask.adjoints = ask.adjoints_short = !judge->costly;
    ask.deadline = deadline_of(judge);
    bool expected = judge->made->expectation == CASE_UNDECIDED;
    enum ref_status status = ref_run(judge->truth, judge->problem, &ask);
    judge->out->precision = judge->truth->precision;
    if (status == REF_MEMORY)
        return judge_end(judge, VER_ERROR, judge->truth->reason);
    if (status == REF_CAPACITY && judge->truth->late)
        return end_late(judge);
    if (status == REF_CAPACITY)
        return judge_end(judge, VER_NOT_RUN, judge->truth->reason);
    if (status == REF_UNDECIDED && !expected)
        return judge_end(judge, VER_UNDECIDED, judge->truth->reason);
    if (status != REF_OK && status != REF_UNDECIDED)
        return judge_end(judge, VER_ERROR, "the reference returned an unknown status");
    if (!expected)
        return 0;
    struct ver_comparison *c = judge_compare(judge, VER_KIND_PROMISE, "status");
    if (!c)
        return judge_no_memory(judge);
    c->outcome = status == REF_UNDECIDED ? VER_AGREES : VER_DIFFERS;
    c->distance = status == REF_UNDECIDED ? 0 : VER_INFINITY;
    snprintf(c->value, sizeof c->value, "undecided");
    snprintf(c->reference, sizeof c->reference, "%s", status == REF_UNDECIDED ? "undecided" : "ok");
    return 0;
}

/* The reference runs for its own sake, or only as far as a ladder of steps needs it. */
static int run_for_ladder(struct judge *judge)
{
    double start = ver_now();
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    ask.digits = VER_LADDER_DIGITS;
    ask.precision_cap = judge->options->precision_cap;
    ask.deadline = deadline_of(judge);
    if (ref_run(judge->truth, judge->problem, &ask) == REF_OK)
        judge_measure_truth(judge);
    judge->out->precision = judge->truth->precision;
    judge->out->seconds.reference = ver_now() - start;
    return judge->truth->status == REF_CAPACITY && judge->truth->late ? end_late(judge) : 0;
}

static void fail(struct ver_judgement *out, size_t differing)
{
    out->verdict = VER_FAIL;
    snprintf(out->reason, sizeof out->reason, "%zu of %zu comparisons differ", differing,
             out->comparisons);
}

/* How many derivatives no comparison speaks for. */
static size_t count_uncovered(const struct judge *judge)
{
    size_t uncovered = 0;
    for (size_t k = 0; k < judge->parameters; k++)
        uncovered += !judge->none[k] && !judge->covered[k];
    return uncovered;
}

/* A pass needs evidence for every derivative: a direction that agrees has it for all that it moves.
 */
static void weigh(struct judge *judge)
{
    struct ver_judgement *out = judge->out;
    size_t differing = judge_differing(out, 0), uncovered = count_uncovered(judge);
    bool expected = judge->made->expectation == CASE_UNDECIDED;
    const char *class_ = "none was asked for";
    for (size_t k = 0; k < out->comparisons; k++) {
        const struct ver_comparison *c = &out->comparison[k];
        if (c->class_ != VER_NO_CLASS && c->outcome != VER_EXCLUDED)
            out->digits = fmin(out->digits, c->digits);
        if (c->kind == VER_KIND_DIRECTION && c->outcome == VER_EXCLUDED)
            class_ = ver_class_name(c->class_);
    }
    if (differing > 0) {
        fail(out, differing);
    } else if (uncovered == 0 || expected) {
        out->verdict = VER_PASS;
    } else {
        char reason[128];
        snprintf(reason, sizeof reason,
                 "no evidence for %zu of %zu derivatives: no difference of the loss agreed (%s)",
                 uncovered, judge->parameters, class_);
        judge_end(judge, VER_UNDECIDED, reason);
    }
}

/* Without the witness, the engines are all there is to say of a case. */
static void weigh_engines(struct judge *judge)
{
    const struct ver_judgement *out = judge->out;
    size_t agreeing = 0;
    for (size_t k = 0; k < out->comparisons; k++)
        agreeing += out->comparison[k].outcome == VER_AGREES;
    if (agreeing > 0)
        judge->out->verdict = VER_PASS;
    else
        judge_end(judge, VER_NOT_RUN,
                  out->engines > 0 ? out->judged[0].reason : "there was nothing to compare");
}

/* -1 if the verdict is settled, but for what differs. */
static int judge_truth(struct judge *judge)
{
    if (judge->options->no_witness)
        return run_for_ladder(judge);
    struct ver_seconds *seconds = &judge->out->seconds;
    double start = ver_now();
    int ended = run_reference(judge);
    seconds->reference = ver_now() - start;
    if (ended || judge->truth->status != REF_OK)
        return ended;
    judge_measure_truth(judge);
    if (judge_promise(judge) != 0 || judge_known(judge) != 0 || judge_metamorphic(judge) != 0)
        return -1;
    start = ver_now();
    ended = judge_forward(judge) != 0 || judge_backward(judge) != 0 || judge_adjoints(judge) != 0
                ? -1
                : 0;
    seconds->witness = ver_now() - start;
    return ended;
}

/* An early end does not hide what differed before it, nor what differs in an engine. */
static void judge_case(struct judge *judge)
{
    int ended = judge_truth(judge);
    if (judge->out->verdict != VER_ERROR || !ended)
        ended |= judge->options->engines > 0 ? judge_engines(judge) : 0;
    size_t differing = judge_differing(judge->out, 0);
    if (!ended && differing == 0 && judge->options->no_witness)
        weigh_engines(judge);
    else if (!ended)
        weigh(judge);
    else if (differing > 0 && judge->out->verdict != VER_ERROR)
        fail(judge->out, differing);
}

void ver_judge(struct ver_judgement *judgement, const char *name, const char *family,
               const struct case_made *made, const struct ver_options *options)
{
    *judgement = VER_NO_JUDGEMENT;
    judgement->family = family;
    struct ref_result truth;
    struct judge judge = {
        .out = judgement,
        .made = made,
        .problem = made->problem,
        .options = options,
        .truth = &truth,
    };
    size_t size = strlen(name) + 1;
    judgement->name = malloc(size); /* tests let every malloc fail, and count what is freed */
    if (judgement->name)
        memcpy(judgement->name, name, size);
    if (judgement->name && judge_prepare(&judge) == 0) {
        double start = ver_now();
        judge_measure_case(&judge);
        judge_case(&judge);
        judgement->seconds.all = ver_now() - start;
        ref_clear(&truth);
    } else {
        judge_no_memory(&judge);
    }
    judge_release(&judge);
}
