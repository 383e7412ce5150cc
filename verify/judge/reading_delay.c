/* SPDX-License-Identifier: MIT */
/* reading_delay.c: a reading of wrong spikes and losses, in words, no verdict: what would the
 * reference say if all delays were some steps shorter or longer, or the first one of a projection
 * stood for all of them? If that is what the program says, it is named. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_answer.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Delays off by up to so many steps are tried; beyond, it is no slip of an index. */
enum { MOST_STEPS = 4 };

/* All spikes and the loss, as far as they are given. */
static bool says(const struct judge_answer *p, const struct ref_result *truth)
{
    const struct result *a = p->answer;
    double apart = p->single ? VER_READING_SINGLE : VER_EXPLAIN_APART;
    double loss = middle(truth->loss);
    size_t train = 0, compared = 0;
    for (size_t s = 0; a->spikes && s < truth->samples; s++)
        for (size_t k = 0; k < truth->populations; k++)
            for (size_t n = 0; n < truth->size[k]; n++, train++) {
                const struct ref_train *want = &truth->sample[s].spikes[k][n];
                if (a->spikes[train].count != want->count)
                    return false;
                for (size_t i = 0; i < want->count; i++, compared++)
                    if (!(fabs(a->spikes[train].at[i] - middle(want->at + i)) <=
                          apart * p->judge->problem->end))
                        return false;
            }
    if (a->has_loss && !(fabs(a->loss - loss) <= apart * fabs(loss)))
        return false;
    return a->has_loss || compared > 0;
}

/* Its delays are changed: all by so many steps, not below 0, or the first one stands for all. */
static bool would_say(const struct judge_answer *p, int steps, bool first)
{
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct ref_result truth;
    struct case_problem *c = case_copy(p->judge->problem);
    ask.digits = VER_LADDER_DIGITS;
    ask.precision_cap = VER_READING_BITS;
    ask.gradients = false;
    bool found = false;
    for (size_t j = 0; c && j < c->projections; j++)
        for (size_t k = 0; k < c->projection[j].delay.count; k++) {
            double *delay = c->projection[j].delay.at;
            delay[k] = first ? delay[0] : fmax(delay[k] + steps * p->step, 0);
        }
    if (c) {
        found = ref_run(&truth, c, &ask) == REF_OK && says(p, &truth);
        ref_clear(&truth);
    }
    case_free(c);
    return found;
}

static bool has_delays(const struct case_problem *c, bool *several)
{
    bool any = false;
    *several = false;
    for (size_t j = 0; j < c->projections; j++)
        for (size_t k = 0; k < c->projection[j].delay.count; k++) {
            any |= c->projection[j].delay.at[k] > 0;
            *several |= c->projection[j].delay.at[k] != c->projection[j].delay.at[0];
        }
    return any;
}

/* Whether a number is wrong; *again: whether it answers differently when asked again. */
static bool any_wrong(const struct judge_answer *p, size_t since, bool *again)
{
    const struct ver_judgement *out = p->judge->out;
    bool wrong = false;
    *again = false;
    for (size_t k = since; k < out->comparisons; k++) {
        bool differs = out->comparison[k].outcome == VER_DIFFERS;
        bool twice = strcmp(out->comparison[k].quantity, "again") == 0;
        *again |= differs && twice;
        wrong |= differs && !twice;
    }
    return wrong;
}

/* What explains all replaces what explains a part. */
static void name(struct judge_answer *p, bool again, const char *reading)
{
    char *text = p->out->diagnosis;
    size_t used = again ? strlen(text) : 0;
    snprintf(text + used, sizeof p->out->diagnosis - used, "%s%s", used > 0 ? "; " : "", reading);
}

void reading_delays(struct judge_answer *p, size_t since)
{
    char reading[64];
    bool again, several, any = has_delays(p->judge->problem, &several);
    bool asked = any_wrong(p, since, &again) && !p->judge->costly;
    if (!asked || p->engine->time == ENGINE_GRID)
        return;
    if (several && would_say(p, 0, true)) {
        name(p, again, "the first delay of a projection stands for all of it");
        return;
    }
    for (int steps = 1; steps <= MOST_STEPS && p->step > 0; steps++)
        for (int sign = -1; sign <= 1; sign += 2) {
            if ((sign < 0 && !any) || !would_say(p, sign * steps, false))
                continue;
            snprintf(reading, sizeof reading, "delays %d step%s %s", steps, steps > 1 ? "s" : "",
                     sign < 0 ? "short" : "long");
            name(p, again, reading);
            return;
        }
}
