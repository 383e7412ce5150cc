/* SPDX-License-Identifier: MIT */
/* judgement.c: what is written down about a case: its comparisons, how it ended, and the names of
 * all that. Whoever compares writes here; it asks nobody. */
#include "verify/judge/judge_answer.h"

#include <stdlib.h>

/* ---- names ---- */

const char *ver_verdict_name(enum ver_verdict verdict)
{
    static const char *const name[] = {"pass", "fail", "undecided", "not-run", "error"};
    return name[verdict];
}

const char *ver_kind_name(enum ver_kind kind)
{
    static const char *const name[] = {
        "spikes",   "losses",    "directions", "coordinates", "adjoints",    "known",  "promises",
        "rounding", "decisions", "bits",       "ladders",     "invariances", "answers"};
    return name[kind];
}

const char *ver_class_name(int class_)
{
    static const char *const name[] = {
        "smooth", "order-change", "count-change", "tangent", "unresolved", "no-derivative", "-"};
    return name[class_];
}

const char *ver_outcome_name(enum ver_outcome outcome)
{
    static const char *const name[] = {"pass", "fail", "excluded"};
    return name[outcome];
}

const char *ver_engine_state_name(enum ver_engine_state state)
{
    static const char *const name[] = {"ran",    "inexpressible", "large",
                                       "absent", "failed",        "unjudged"};
    return name[state];
}

static const struct {
    const char *name, *text;
} causes[VER_CAUSES] = {
    [VER_CAUSE_NONE] = {"-", ""},
    [VER_CAUSE_DELAYS] = {"delays", "a delay is no whole number of steps"},
    [VER_CAUSE_GRAZING] = {"grazing", "grazing"},
    [VER_CAUSE_COINCIDENCE] = {"coincidence", "coincidence"},
    [VER_CAUSE_END] = {"end", "end"},
    [VER_CAUSE_MAXIMA] = {"two largest voltages", "two largest voltages"},
    [VER_CAUSE_BORN_OR_LOST] = {"born or lost", "spikes are born or lost a step beside it"},
    [VER_CAUSE_TOO_SMALL] = {"moves it by as much", "a step moves it by as much as it is large"},
    [VER_CAUSE_OTHER_SPIKES] = {"of other spikes", "of other spikes"},
    [VER_CAUSE_SURROGATE] = {"surrogate", "a surrogate gradient is the derivative of nothing"},
    [VER_CAUSE_UNDECIDED] = {"undecided", "the reference is undecided a step beside it"},
    [VER_CAUSE_STEPS] = {"too few steps", "too few rungs agree"},
};

const char *ver_cause_name(enum ver_cause cause)
{
    return causes[cause].name;
}

const char *cause_text(enum ver_cause cause)
{
    return causes[cause].text;
}

/* ---- comparisons ---- */

struct ver_comparison *judge_comparison(struct ver_judgement *out)
{
    if (out->comparisons == out->room) {
        size_t room = out->room > 0 ? 2 * out->room : 16;
        struct ver_comparison *grown = realloc(out->comparison, room * sizeof *grown);
        if (!grown)
            return NULL;
        out->comparison = grown;
        out->room = room;
    }
    struct ver_comparison *c = &out->comparison[out->comparisons++];
    *c = (struct ver_comparison){.numbers = 0};
    return c;
}

struct ver_comparison *judge_compare(struct judge *judge, enum ver_kind kind, const char *quantity)
{
    struct ver_comparison *c = judge_comparison(judge->out);
    if (!c)
        return NULL;
    *c = (struct ver_comparison){
        .kind = kind,
        .outcome = VER_DIFFERS,
        .class_ = VER_NO_CLASS,
        .quantity = quantity,
        .numbers = 1,
        .digits = VER_NAN,
        .order = VER_NAN,
        .step = VER_NAN,
        .distance = VER_NAN,
    };
    return c;
}

struct ver_comparison *scheme_compare(struct scheme *scheme, enum ver_kind kind,
                                      const char *quantity)
{
    struct ver_comparison *c = judge_compare(scheme->judge, kind, quantity);
    if (c)
        c->engine = scheme->engine->name;
    return c;
}

size_t judge_differing(const struct ver_judgement *out, size_t since)
{
    size_t differing = 0;
    for (size_t k = since; k < out->comparisons; k++)
        differing += out->comparison[k].outcome == VER_DIFFERS;
    return differing;
}

/* ---- the end ---- */

int judge_end(struct judge *judge, enum ver_verdict verdict, const char *reason)
{
    judge->out->verdict = verdict;
    snprintf(judge->out->reason, sizeof judge->out->reason, "%s", reason);
    return -1;
}

int judge_no_memory(struct judge *judge)
{
    return judge_end(judge, VER_ERROR, "memory is short");
}

int judge_no_witness(struct judge *judge, enum witness_status status)
{
    return status == WITNESS_MEMORY
               ? judge_no_memory(judge)
               : judge_end(judge, VER_NOT_RUN, "the witness's capacity is exceeded");
}

void ver_judgement_clear(struct ver_judgement *judgement)
{
    free(judgement->name);
    free(judgement->comparison);
    free(judgement->judged);
    free(judgement->ladder);
    *judgement = (struct ver_judgement){.verdict = VER_ERROR};
}
