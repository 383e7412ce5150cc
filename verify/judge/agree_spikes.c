/* SPDX-License-Identifier: MIT */
/* agree_spikes.c: spikes of another program against the reference's. A spike that is missing or
 * extra comes before any that is late or early, however early these are: what follows it may only
 * follow from it. Of those that are there, the one furthest off is named. */
#include "verify/judge/judge_answer.h"
#include "verify/base/number.h"

#include <inttypes.h>
#include <math.h>

/* ---- events that differ ---- */

struct event {
    double time; /* of the earlier one of the two; NaN: the program gave one */
    size_t sample, population, neuron, train, index;
    enum { NO_NUMBER, MISSING, EXTRA, LATE, EARLY } how;
    double by, ratio; /* ms late or early; in bounds */
};

struct trains { /* the train at hand */
    const struct case_train *got;
    const struct ref_train *want;
    const double *bound; /* of its spikes; NULL: common */
    double common;
};

static double bound_of(const struct trains *t, size_t k)
{
    return t->bound ? t->bound[k] : t->common;
}

static bool near(const struct trains *t, size_t got, size_t want)
{
    return fabs(t->got->at[got] - middle(t->want->at + want)) <= bound_of(t, want);
}

/* Whether a spike is missing or extra, or no number, and the first such. A spike that is not there
 * but its follower is, is missing; a spike whose place is right but one further is extra; where
 * counts differ and no follower tells, the train ends too soon or too late. */
static bool part(struct event *event, const struct trains *t)
{
    size_t k = 0, got = t->got->count, want = t->want->count;
    for (; k < got && k < want; k++) {
        if (!isfinite(t->got->at[k]))
            break;
        if (near(t, k, k))
            continue;
        if ((k + 1 < want && near(t, k, k + 1)) || (k + 1 < got && near(t, k + 1, k)))
            break;
    }
    event->index = k;
    if (k == got && k == want)
        return false;
    double g = k < got ? t->got->at[k] : VER_NAN;
    double w = k < want ? middle(t->want->at + k) : VER_NAN;
    event->how = k < got && !isfinite(g)             ? NO_NUMBER
                 : k == got                          ? MISSING
                 : k == want                         ? EXTRA
                 : k + 1 < want && near(t, k, k + 1) ? MISSING
                                                     : EXTRA;
    event->time = event->how == EXTRA ? g : event->how == NO_NUMBER && isnan(w) ? g : w;
    return true;
}

/* Samples know nothing of each other: the first of them that differs. Within it, time decides. */
static bool earlier(const struct event *a, const struct event *b)
{
    if (a->sample != b->sample)
        return a->sample < b->sample;
    return !isnan(b->time) && (isnan(a->time) || a->time < b->time);
}

static void tell_event(char *text, size_t size, const struct judge_answer *p,
                       const struct event *event)
{
    static const char *const how[] = {"no number", "missing", "extra", "late", "early"};
    const struct case_problem *c = p->judge->problem;
    bool off = event->how == LATE || event->how == EARLY;
    char sample[32] = "", by[32] = "";
    if (c->samples > 1)
        snprintf(sample, sizeof sample, "sample %zu ", event->sample);
    if (off)
        snprintf(by, sizeof by, " by %.3g ms", event->by);
    snprintf(text, size, "%s: %s%.24s[%zu] spike %zu at %.6g ms %s%s",
             off ? "furthest off" : "first diverging event", sample,
             c->population[event->population].name, event->neuron, event->index, event->time,
             how[event->how], by);
}

/* ---- all spikes ---- */

/* The spikes before the first that is missing or extra: further on, places do not belong together.
 * furthest: of all trains so far. */
static void compare_train(struct agree_spikes *spikes, const struct trains *t, size_t count,
                          const struct event *at, struct event *furthest)
{
    for (size_t k = 0; k < count; k++) {
        double got = t->got->at[k], want = middle(t->want->at + k);
        double ratio = agree_ratio(got, want, bound_of(t, k));
        spikes->numbers++;
        if (ratio <= spikes->worst)
            continue;
        spikes->worst = ratio;
        spikes->got = got;
        spikes->want = want;
        *furthest = *at;
        furthest->index = k;
        furthest->how = got > want ? LATE : EARLY;
        furthest->by = fabs(got - want);
        furthest->time = furthest->how == LATE ? want : got;
    }
}

static void look_at_train(struct agree_spikes *spikes, const struct trains *t, struct event *at,
                          struct event *first, struct event *furthest)
{
    bool parts = part(at, t);
    compare_train(spikes, t, at->index, at, furthest);
    spikes->trains_differ += parts;
    if (parts && earlier(at, first))
        *first = *at;
}

void agree_compare_spikes(struct agree_spikes *spikes, const struct judge_answer *p,
                          const struct result *answer, const double *bound, double common)
{
    const struct ref_result *truth = p->judge->truth;
    struct event first = {.sample = SIZE_MAX, .time = VER_NAN}, furthest = first;
    size_t train = 0, spike = 0;
    *spikes = (struct agree_spikes){.worst = -1};
    for (size_t s = 0; s < truth->samples; s++)
        for (size_t k = 0; k < truth->populations; k++)
            for (size_t n = 0; n < truth->size[k]; n++, train++) {
                struct trains t = {.got = &answer->spikes[train],
                                   .want = &truth->sample[s].spikes[k][n],
                                   .bound = bound ? bound + spike : NULL,
                                   .common = common};
                struct event event = {.sample = s, .population = k, .neuron = n, .train = train};
                spike += t.want->count;
                look_at_train(spikes, &t, &event, &first, &furthest);
            }
    if (furthest.sample != SIZE_MAX)
        tell_event(spikes->furthest, sizeof spikes->furthest, p, &furthest);
    if (first.sample == SIZE_MAX && spikes->worst > 1)
        first = furthest;
    if (first.sample == SIZE_MAX)
        return;
    tell_event(spikes->first, sizeof spikes->first, p, &first);
    spikes->first_sample = first.sample;
    spikes->first_population = first.population;
    spikes->first_neuron = first.neuron;
    spikes->first_train = first.train;
    spikes->first_index = first.index;
}

int agree_judge_spikes(struct judge_answer *p, const struct agree_move *move, bool *same)
{
    struct agree_spikes spikes;
    *same = true;
    if (!p->answer->spikes)
        return 0;
    agree_compare_spikes(&spikes, p, p->answer, move->spike, 0);
    *same = spikes.trains_differ == 0;
    struct ver_comparison *c = answer_compare(p, VER_KIND_ANSWER, "spike_counts");
    if (!c)
        return judge_no_memory(p->judge);
    c->numbers = p->trains;
    c->outcome = *same ? VER_AGREES : VER_DIFFERS;
    c->distance = *same ? 0 : VER_INFINITY;
    snprintf(c->index, sizeof c->index, "%s", *same ? "" : spikes.first);
    snprintf(c->value, sizeof c->value, "%zu trains", p->trains);
    snprintf(c->reference, sizeof c->reference, "%zu right", p->trains - spikes.trains_differ);
    if (spikes.numbers == 0)
        return 0;
    c = answer_compare(p, VER_KIND_ANSWER, "spikes");
    if (!c)
        return judge_no_memory(p->judge);
    c->numbers = spikes.numbers;
    c->outcome = spikes.worst <= 1 ? VER_AGREES : VER_DIFFERS;
    c->distance = spikes.worst;
    snprintf(c->index, sizeof c->index, "%s", spikes.furthest);
    snprintf(c->value, sizeof c->value, "%.17g", spikes.want);
    snprintf(c->reference, sizeof c->reference, "%.17g", spikes.got);
    return 0;
}
