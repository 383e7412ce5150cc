/* SPDX-License-Identifier: MIT */
/* again_difference.c: two answers of a program to the same question, number by number. */
#include "verify/judge/judge_answer.h"

#include <math.h>
#include <string.h>

/* Notes the first number that differs. NaN is NaN, whatever its bits. */
static void compare(struct again_difference *d, double first, double second, const char *place)
{
    d->numbers++;
    bool same = memcmp(&first, &second, sizeof first) == 0 || (isnan(first) && isnan(second));
    if (same || d->place[0])
        return;
    snprintf(d->place, sizeof d->place, "%s", place);
    snprintf(d->first, sizeof d->first, "%.17g", first);
    snprintf(d->second, sizeof d->second, "%.17g", second);
}

static void compare_trains(struct again_difference *d, const struct result *a,
                           const struct result *b)
{
    for (size_t k = 0; a->spikes && b->spikes && k < a->trains; k++) {
        const struct case_train *x = &a->spikes[k], *y = &b->spikes[k];
        char place[80];
        snprintf(place, sizeof place, "number of spikes, train %zu", k);
        compare(d, (double)x->count, (double)y->count, place);
        for (size_t i = 0; i < x->count && i < y->count; i++) {
            snprintf(place, sizeof place, "train %zu spike %zu", k, i);
            compare(d, x->at[i], y->at[i], place);
        }
    }
}

bool again_differ(struct again_difference *d, const struct judge_answer *p, const struct result *a,
                  const struct result *b)
{
    const struct judge *judge = p->judge;
    *d = (struct again_difference){.numbers = 0};
    compare(d, a->has_loss, b->has_loss, "whether there is a loss");
    compare(d, a->loss, b->loss, "loss");
    compare(d, a->has_sample_loss, b->has_sample_loss, "whether samples have losses");
    compare(d, a->spikes != NULL, b->spikes != NULL, "whether there are spikes");
    for (size_t s = 0; a->has_sample_loss && b->has_sample_loss && s < judge->problem->samples;
         s++) {
        char place[48];
        snprintf(place, sizeof place, "loss of sample %zu", s);
        compare(d, a->sample[s].loss, b->sample[s].loss, place);
    }
    compare_trains(d, a, b);
    for (int q = 0; q < CASE_QUANTITIES; q++)
        compare(d, a->provides[q], b->provides[q], "which gradients there are");
    for (size_t k = 0; k < judge->parameters; k++) {
        char place[96] = "";
        if (!d->place[0])
            case_parameter_name(place, sizeof place, judge->problem, judge->block, judge->blocks,
                                k);
        compare(d, a->gradient[k], b->gradient[k], place);
    }
    return d->place[0] != '\0';
}
