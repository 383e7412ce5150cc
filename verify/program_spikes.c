/* program_spikes.c: spikes of another program against the reference's, by count and by time; and
 * the first event that differs, since all that comes after it may only follow from it. */
#include "verify/program_judge.h"

#include <inttypes.h>
#include <math.h>

static double middle(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

/* ---- the first event that differs ---- */

struct event {
    double time; /* of the earlier one of the two; NaN: the program gave one */
    size_t sample, population, neuron, train, index;
    enum { MISSING, EXTRA, LATE, EARLY, NO_NUMBER } how;
    double by; /* ms late or early */
};

static bool near(double a, double b, double bound)
{
    return fabs(a - b) <= bound;
}

/* The first spike at which two trains part; false if they do not. A spike that is not there but its
 * follower is, is missing; a spike whose place is right but one further is extra. */
static bool part(struct event *event, const struct answer_train *got, const struct ref_train *want,
                 double bound)
{
    size_t k = 0;
    while (k < got->count && k < want->count && near(got->at[k], middle(want->at + k), bound))
        k++;
    event->index = k;
    if (k == got->count && k == want->count)
        return false;
    double g = k < got->count ? got->at[k] : VER_NAN;
    double w = k < want->count ? middle(want->at + k) : VER_NAN;
    if (k == got->count) {
        event->how = MISSING;
    } else if (!isfinite(g)) {
        event->how = NO_NUMBER;
    } else if (k == want->count) {
        event->how = EXTRA;
    } else {
        bool skipped = k + 1 < want->count && near(g, middle(want->at + k + 1), bound);
        bool inserted = k + 1 < got->count && near(got->at[k + 1], w, bound);
        event->how = skipped ? MISSING : inserted ? EXTRA : g > w ? LATE : EARLY;
    }
    event->by = fabs(g - w);
    event->time = event->how == EXTRA || event->how == EARLY ? g : isnan(w) ? g : w;
    return true;
}

/* Samples know nothing of each other: the first of them that differs. Within it, time decides. */
static bool earlier(const struct event *a, const struct event *b)
{
    if (a->sample != b->sample)
        return a->sample < b->sample;
    return !isnan(b->time) && (isnan(a->time) || a->time < b->time);
}

static void tell_event(char *text, size_t size, const struct program_case *p,
                       const struct event *event)
{
    static const char *const how[] = {"missing", "extra", "late", "early", "no number"};
    const struct case_problem *c = p->judge->problem;
    char sample[32] = "", by[32] = "";
    if (c->samples > 1)
        snprintf(sample, sizeof sample, "sample %zu ", event->sample);
    if (event->how == LATE || event->how == EARLY)
        snprintf(by, sizeof by, " by %.3g ms", event->by);
    snprintf(text, size, "first diverging event: %s%.24s[%zu] spike %zu at %.6g ms %s%s", sample,
             c->population[event->population].name, event->neuron, event->index, event->time,
             how[event->how], by);
}

/* ---- all spikes ---- */

static void compare_train(struct program_spikes *spikes, const struct answer_train *got,
                          const struct ref_train *want, double bound, const struct event *at)
{
    for (size_t k = 0; k < got->count && k < want->count; k++) {
        double time = middle(want->at + k), ratio = fabs(got->at[k] - time) / bound;
        spikes->numbers++;
        if (isnan(spikes->worst) || (!isnan(ratio) && ratio <= spikes->worst))
            continue;
        spikes->worst = ratio;
        spikes->sample = at->sample;
        spikes->population = at->population;
        spikes->neuron = at->neuron;
        spikes->index = k;
        spikes->got = got->at[k];
        spikes->want = time;
    }
    for (size_t k = 0; k < got->count; k++)
        if (!isfinite(got->at[k]))
            spikes->worst = VER_NAN;
    spikes->trains_differ += got->count != want->count;
}

void program_compare_spikes(struct program_spikes *spikes, const struct program_case *p,
                            const struct answer *answer, const double *bound, double common)
{
    const struct ref_result *truth = p->judge->truth;
    struct event first = {.sample = SIZE_MAX, .time = VER_NAN};
    size_t train = 0;
    *spikes = (struct program_spikes){.worst = -1};
    for (size_t s = 0; s < truth->samples; s++)
        for (size_t k = 0; k < truth->populations; k++)
            for (size_t n = 0; n < truth->size[k]; n++, train++) {
                double within = bound ? bound[train] : common;
                const struct ref_train *want = &truth->sample[s].spikes[k][n];
                struct event event = {.sample = s, .population = k, .neuron = n, .train = train};
                compare_train(spikes, &answer->spikes[train], want, within, &event);
                if (part(&event, &answer->spikes[train], want, within) && earlier(&event, &first))
                    first = event;
            }
    if (first.sample == SIZE_MAX)
        return;
    tell_event(spikes->first, sizeof spikes->first, p, &first);
    spikes->first_sample = first.sample;
    spikes->first_population = first.population;
    spikes->first_neuron = first.neuron;
    spikes->first_train = first.train;
    spikes->first_index = first.index;
}

int program_judge_spikes(struct program_case *p, const struct program_move *move, bool *same)
{
    struct program_spikes spikes;
    *same = true;
    if (!p->answer->spikes)
        return 0;
    program_compare_spikes(&spikes, p, p->answer, move->train, 0);
#if FAULT != 149 /* trains of other lengths are the same */
    *same = spikes.trains_differ == 0;
#endif
    struct ver_comparison *c = program_compare(p, VER_KIND_ANSWER, "spike_counts");
    if (!c)
        return judge_no_memory(p->judge);
    c->numbers = p->trains;
    c->outcome = *same ? VER_AGREES : VER_DIFFERS;
    c->distance = *same ? 0 : VER_INFINITY;
    snprintf(c->index, sizeof c->index, "%s", *same ? "" : spikes.first);
    snprintf(c->value, sizeof c->value, "%zu trains", p->trains);
    snprintf(c->reference, sizeof c->reference, "%zu right", p->trains - spikes.trains_differ);
    if (spikes.numbers == 0 && !isnan(spikes.worst))
        return 0;
    c = program_compare(p, VER_KIND_ANSWER, "spikes");
    if (!c)
        return judge_no_memory(p->judge);
    c->numbers = spikes.numbers;
    c->outcome = spikes.worst <= 1 ? VER_AGREES : VER_DIFFERS;
    c->distance = spikes.worst;
    const char *name = p->judge->problem->population[spikes.population].name;
    if (spikes.first[0])
        snprintf(c->index, sizeof c->index, "%s", spikes.first);
    else
        snprintf(c->index, sizeof c->index, "sample %zu %.40s[%zu] spike %zu", spikes.sample, name,
                 spikes.neuron, spikes.index);
    snprintf(c->value, sizeof c->value, "%.17g", spikes.want);
    snprintf(c->reference, sizeof c->reference, "%.17g", spikes.got);
    return 0;
}
