/* SPDX-License-Identifier: MIT */
/* again.c: the same question must have the same answer. Of a program that is kept running,
 * what it carries from one case into the next is no part of either, so
 *   - a case is asked a second time, after two others, and the bits must be the same (those
 *     of a program that declares that it is not repeatable may differ within its bounds: then the
 *     second answer is the one that is judged);
 *   - where a case came out wrong after others, the program is started anew and asked that case
 *     alone. If it answers otherwise, the answer alone is judged, so that the numbers of a verdict
 *     do not hang on the order of the cases, and that it answers otherwise is a failure of its own,
 *     told with the cases that must come before to see it. */
#include "verify/judge/bounds.h"
#include "verify/exec/shared_object.h"
#include "verify/judge/reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cases that came out wrong are asked alone so often by one process of the judge: starting may take
 * seconds, and a program that is wrong alone so many times is wrong by itself. */
enum { MOST_ALONE = 16 };

/* So far back the cases are looked for that make the difference. */
enum { MOST_BACK = 64 };

#define DIFFERENTLY "answers differently when asked again"

/* A case that most programs can express, and whose derivatives by weights are not 0. */
static const char SMALL[] = "closed-chain:1:0";

/* ---- what is told ---- */

/* A reading that has been named stays the one. */
static void add_diagnosis(struct judge_answer *p, const char *text)
{
    char key[VER_READING];
    snprintf(key, sizeof key, "%s", p->out->reading[0] ? p->out->reading : "not-the-same");
    reading_name(p, key, true, text);
}

static int tell(struct judge_answer *p, const struct again_difference *d)
{
    struct ver_comparison *c = answer_compare(p, VER_KIND_ANSWER, "again");
    if (!c)
        return judge_no_memory(p->judge);
    bool same = d->place[0] == '\0';
    c->numbers = d->numbers;
    c->outcome = same ? VER_AGREES : VER_DIFFERS;
    c->distance = same ? 0 : VER_INFINITY;
    snprintf(c->index, sizeof c->index, "%s", d->place);
    snprintf(c->value, sizeof c->value, "%s", d->first);
    snprintf(c->reference, sizeof c->reference, "%s", d->second);
    return 0;
}

/* As if the program had ended nothing. */
static void take_back_end(struct judge_answer *p)
{
    struct ver_judgement *out = p->judge->out;
    out->verdict = p->verdict;
    memcpy(out->reason, p->reason, sizeof out->reason);
    p->out->state = VER_ENGINE_RAN;
    p->out->reason[0] = '\0';
}

/* Takes back what was judged of the answer, and judges this one in its place. */
static int judge_instead(struct judge_answer *p, struct result *answer, size_t since)
{
    struct result old = *p->answer;
    struct ver_judgement *out = p->judge->out;
    out->comparisons = since;
    take_back_end(p);
    p->out->diagnosis[0] = p->out->reading[0] = '\0';
    p->trains = 0;
    memset(p->size, 0, sizeof p->size);
    *p->answer = *answer;
    *answer = old;
    return answer_judge(p);
}

/* ---- asked alone ---- */

struct past { /* names of the cases before, oldest first */
    char **name;
    size_t count;
};

static void past_clear(struct past *past)
{
    for (size_t k = 0; past->name && k < past->count; k++)
        free(past->name[k]);
    free(past->name);
    *past = (struct past){NULL, 0};
}

/* What its process was asked before this case; nothing if it was started for it. */
static struct past past_of(const struct judge_answer *p)
{
    char *const *name;
    size_t count = program_asked(p->engine, &name);
    struct past past = {NULL, count > 1 ? count - 1 : 0};
    past.name = past.count > 0 ? calloc(past.count, sizeof *past.name) : NULL;
    for (size_t k = 0; past.name && k < past.count; k++)
        if (!(past.name[k] = strdup(name[k])))
            past.count = k;
    if (!past.name)
        past.count = 0;
    return past;
}

/* Nothing is told of it. */
static enum result_status ask_quietly(struct result *answer, const struct judge_answer *p,
                                      const struct case_problem *c, double step)
{
    struct engine_options options = p->options;
    options.step = step;
    return engine_run(p->engine, answer, c, &options);
}

void again_ask_before(const struct judge_answer *p, char *const *name, size_t count)
{
    program_restart(p->engine);
    for (size_t k = 0; k < count; k++) {
        struct case_made made;
        struct case_error error;
        struct result answer;
        if (strcmp(name[k], "-") == 0 || ver_load(&made, name[k], &error) != 0)
            continue; /* standard input is read by now */
        ask_quietly(&answer, p, made.problem, p->judge->options->how.step);
        program_note(p->engine, name[k]);
        result_clear(&answer);
        case_made_clear(&made);
    }
}

/* Whether, after these cases, the answer is another than p->answer, which it gave alone. */
static bool differs_after(const struct judge_answer *p, char *const *name, size_t count)
{
    struct result answer;
    struct again_difference d;
    again_ask_before(p, name, count);
    bool other = ask_quietly(&answer, p, p->judge->problem, p->step) != RESULT_OK ||
                 again_differ(&d, p, p->answer, &answer);
    program_note(p->engine, p->judge->out->name);
    result_clear(&answer);
    return other;
}

static void put_before(struct judge_answer *p, char *const *name, size_t count)
{
    char *text = p->out->before;
    size_t used = 0, size = sizeof p->out->before;
    for (size_t k = 0; k < count; k++)
        if (used + strlen(name[k]) + 2 < size)
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? "\n" : "", name[k]);
}

/* The case directly before, if that is enough; else the latest one that is; else the fewest of the
 * last. Nothing, if all of them are not enough. */
static void find_before(struct judge_answer *p, const struct past *past)
{
    size_t least = past->count > MOST_BACK ? past->count - MOST_BACK : 0;
    size_t with = least, without = past->count - 1; /* differs after [with..], not [without..] */
    if (differs_after(p, past->name + without, 1)) {
        put_before(p, past->name + without, 1);
        return;
    }
    if (with == without || !differs_after(p, past->name + with, past->count - with))
        return;
    while (without - with > 1) {
        size_t middle = with + (without - with) / 2;
        if (differs_after(p, past->name + middle, past->count - middle))
            with = middle;
        else
            without = middle;
    }
    bool one = differs_after(p, past->name + with, 1);
    put_before(p, past->name + with, one ? 1 : past->count - with);
}

static void tell_before(struct judge_answer *p, const struct past *past, bool right)
{
    const char *alone = right ? "; alone it is right" : "; alone it is wrong, too";
    char text[192];
    const struct ver_options *options = p->judge->options;
    if (options->befores > 0)
        put_before(p, past->name, past->count);
    else
        find_before(p, past);
    char *line = strchr(p->out->before, '\n');
    if (!p->out->before[0])
        snprintf(text, sizeof text, DIFFERENTLY "%s", alone);
    else
        snprintf(text, sizeof text, "depends on the cases before it (%.*s%s)%s",
                 line ? (int)(line - p->out->before) : 100, p->out->before, line ? ", ..." : "",
                 alone);
    if (right)
        p->out->diagnosis[0] = p->out->reading[0] = '\0';
    add_diagnosis(p, text);
}

/* The answer after others was wrong, or none came (got < 0). *settled: alone it is another, which
 * has been judged. */
static int judge_alone(struct judge_answer *p, size_t since, int got, bool *settled)
{
    struct past past = past_of(p);
    struct result alone;
    struct again_difference d = {.numbers = 1, .place = "whether it answers", .first = "an answer"};
    char reason[RESULT_REASON], said[40];
    *settled = false;
    snprintf(said, sizeof said, "%.39s", p->out->reason);
    if (past.count == 0 || !program_may_restart(p->engine, MOST_ALONE)) {
        past_clear(&past);
        return got;
    }
    program_restart(p->engine);
    int now = answer_ask(p, &alone, p->step, reason);
    bool other = now == 0 && (got < 0 || again_differ(&d, p, &alone, p->answer));
    if (other) {
        program_found_state(p->engine);
        if (got < 0)
            snprintf(d.second, sizeof d.second, "%s", said);
        got = judge_instead(p, &alone, since);
        bool right = got == 0 && judge_differing(p->judge->out, since) == 0;
        if (got == 0 && (right || !p->engine->varies)) {
            got = tell(p, &d);
            tell_before(p, &past, right);
            *settled = true;
        }
    } else {
        got = now < 0 ? now : got;
    }
    result_clear(&alone);
    past_clear(&past);
    return got;
}

/* ---- asked again ---- */

static void ask_and_forget(const struct judge_answer *p, const struct case_problem *c)
{
    struct result answer;
    ask_quietly(&answer, p, c, p->judge->options->how.step);
    result_clear(&answer);
}

/* Two other questions, so that what is kept of the last one is of another: the same case with all
 * weights a little smaller, which has its shapes and nearly its spikes; and the small one. What
 * comes of them says nothing about this case. */
static void ask_others(const struct judge_answer *p)
{
    struct case_problem *c = case_copy(p->judge->problem);
    struct case_made small;
    struct case_error error;
    for (size_t j = 0; c && j < c->projections; j++) {
        size_t count = c->population[c->projection[j].source].size *
                       c->population[c->projection[j].target].size;
        for (size_t k = 0; k < count; k++)
            c->projection[j].weight[k] *= 0.9375;
    }
    char *name = c ? strdup("another question") : NULL;
    if (name) {
        free(c->name);
        c->name = name;
        ask_and_forget(p, c);
    }
    case_free(c);
    if (case_make(&small, SMALL, &error) == 0) {
        if (strcmp(small.problem->name, p->judge->problem->name) != 0)
            ask_and_forget(p, small.problem);
        case_made_clear(&small);
    }
}

/* Is it the small one that made the difference? Then that is told, and the command holds both. */
static void tell_small(struct judge_answer *p, bool right)
{
    char *small[] = {(char *)SMALL};
    struct past past = {small, 1};
    bool own = strcmp(p->judge->out->name, SMALL) == 0 || p->judge->options->befores > 0;
    if (own || !program_may_restart(p->engine, MOST_ALONE) || differs_after(p, NULL, 0) ||
        !differs_after(p, small, 1))
        add_diagnosis(p, DIFFERENTLY);
    else
        tell_before(p, &past, right);
}

static int ask_twice(struct judge_answer *p, size_t since)
{
    struct result second;
    struct again_difference d;
    char reason[RESULT_REASON];
    ask_others(p);
    int got = answer_ask(p, &second, p->step, reason);
    bool none = got < 0 && p->judge->out->verdict == VER_ERROR,
         right = judge_differing(p->judge->out, since) == 0;
    if (got == 0 && !again_differ(&d, p, p->answer, &second)) {
        got = tell(p, &d);
    } else if (got == 0 && p->engine->varies) {
        got = judge_instead(p, &second, since);
        if (right && judge_differing(p->judge->out, since) > 0)
            add_diagnosis(p, DIFFERENTLY);
    } else if (got >= 0 || none) {
        if (got != 0) {
            d = (struct again_difference){.numbers = 1, .place = "whether it answers"};
            snprintf(d.first, sizeof d.first, "an answer");
            snprintf(d.second, sizeof d.second, "%.39s", none ? p->out->reason : reason);
            take_back_end(p);
        }
        got = tell(p, &d);
        tell_small(p, right);
    }
    result_clear(&second);
    return got;
}

int again_judge(struct judge_answer *p, size_t since, int got)
{
    double seconds = p->out->seconds; /* of the first answer, and its rungs */
    bool settled = false, error = got < 0 && p->judge->out->verdict == VER_ERROR;
    if (program_keeps_running(p->engine) &&
        (error || (got == 0 && judge_differing(p->judge->out, since) > 0)))
        got = judge_alone(p, since, got, &settled);
    bool keeps = program_keeps_running(p->engine) || shared_object_path(p->engine);
    if (keeps && got == 0 && !settled && p->judge->thorough && p->out->state == VER_ENGINE_RAN)
        got = ask_twice(p, since);
    p->out->seconds = seconds;
    return got;
}
