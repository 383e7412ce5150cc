/* SPDX-License-Identifier: MIT */
/* train_data.c: see train_data.h. */
#include "gpu/train/train_data.h"

#include "cases/fnv.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(struct case_error *error)
{
    snprintf(error->text, sizeof error->text, "memory is short");
    return -1;
}

/* Moves the samples for which keep says so to another set, which starts empty. */
static int split_set(struct spike_set *from, struct spike_set *to, const bool *keep)
{
    size_t moved = 0, spikes = 0, at = 0, left = 0;
    for (size_t s = 0; s < from->samples; s++)
        if (!keep[s]) {
            moved++;
            spikes += from->begin[s + 1] - from->begin[s];
        }
    *to = *from;
    to->samples = moved;
    to->begin = malloc((moved + 1) * sizeof *to->begin);
    to->step = malloc((spikes + 1) * sizeof *to->step);
    to->channel = malloc((spikes + 1) * sizeof *to->channel);
    to->label = malloc((moved + 1) * sizeof *to->label);
    to->group = malloc((moved + 1) * sizeof *to->group);
    if (!to->begin || !to->step || !to->channel || !to->label || !to->group)
        return -1;
    moved = spikes = 0;
    for (size_t s = 0; s < from->samples; s++) {
        size_t begin = from->begin[s], count = from->begin[s + 1] - begin;
        struct spike_set *into = keep[s] ? from : to;
        size_t *place = keep[s] ? &at : &spikes, *sample = keep[s] ? &left : &moved;
        memmove(into->step + *place, from->step + begin, count * sizeof *from->step);
        memmove(into->channel + *place, from->channel + begin, count * sizeof *from->channel);
        into->label[*sample] = from->label[s];
        into->group[*sample] = from->group[s];
        /* of what is kept, begin[s] has been read already: left <= s */
        into->begin[(*sample)++] = *place;
        *place += count;
    }
    from->begin[left] = at;
    from->samples = left;
    to->begin[moved] = spikes;
    return 0;
}

/* Holds out what the settings say as validation set. */
static int hold_out(struct train *t, struct case_error *error)
{
    const struct train_settings *s = &t->settings;
    struct spike_set *set = &t->set[TRAIN_LEARN];
    bool *keep = malloc(set->samples + 1);
    size_t held = 0;
    if (!keep)
        return no_memory(error);
    for (size_t k = 0; k < set->samples; k++) {
        keep[k] = s->leave >= 0 ? (double)set->group[k] != s->leave
                                : (double)k + s->validate < (double)set->samples;
        held += !keep[k];
    }
    int failed = 0;
    if (held == 0 || held == set->samples) {
        snprintf(error->text, sizeof error->text,
                 "%s: %s: found %zu of %zu samples to hold out, wanted some to hold out and some "
                 "to learn from",
                 s->train, s->leave >= 0 ? "leave" : "validate", held, set->samples);
        failed = -1;
    } else if (split_set(set, &t->set[TRAIN_VALIDATE], keep) != 0) {
        failed = no_memory(error);
    }
    free(keep);
    return failed;
}

static int read_set(struct train *t, enum train_set which, const char *name, const char *labels,
                    struct case_error *error)
{
    const struct train_settings *s = &t->settings;
    const struct spike_set *first = &t->set[TRAIN_LEARN];
    struct spike_grid grid = {
        .end = s->end,
        .step = s->step,
        .merge = s->merge,
        .latency = strcmp(s->latency, "full") == 0 ? SPIKE_FULL : SPIKE_INSET,
        .span = s->span,
        .channels = which == TRAIN_LEARN ? 0 : first->channels,
        .classes = which == TRAIN_LEARN ? 0 : first->classes,
    };
    if (!name[0])
        return 0;
    return spike_set_read(&t->set[which], name, labels[0] ? labels : NULL, &grid, error);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

size_t train_groups(uint32_t **group, const struct train_settings *settings,
                    struct case_error *error)
{
    struct train t = {.settings = *settings};
    struct spike_set *set = &t.set[TRAIN_LEARN];
    size_t groups = 0;
    if (read_set(&t, TRAIN_LEARN, settings->train, settings->train_labels, error) != 0)
        return 0;
    qsort(set->group, set->samples, sizeof *set->group, by_number);
    for (size_t k = 0; k < set->samples; k++)
        if (groups == 0 || set->group[k] != set->group[groups - 1])
            set->group[groups++] = set->group[k];
    *group = set->group;
    set->group = NULL;
    spike_set_clear(set);
    return groups;
}

/* What a training learns from and is validated by. */
static void digest_data(struct train *t)
{
    uint64_t hash = FNV_START;
    for (int which = TRAIN_LEARN; which <= TRAIN_VALIDATE; which++) {
        const struct spike_set *set = &t->set[which];
        size_t spikes = set->samples > 0 ? set->begin[set->samples] : 0;
        uint64_t sizes[] = {set->samples, set->channels, set->classes, set->steps, spikes};
        hash = fnv_add(hash, sizes, sizeof sizes);
        for (size_t k = 0; k < set->samples; k++) {
            uint64_t begin = set->begin[k];
            hash = fnv_add(hash, &begin, sizeof begin);
        }
        if (set->samples == 0)
            continue;
        hash = fnv_add(hash, set->label, set->samples * sizeof *set->label);
        hash = fnv_add(hash, set->step, spikes * sizeof *set->step);
        hash = fnv_add(hash, set->channel, spikes * sizeof *set->channel);
    }
    /* In two halves: numbers that a double holds. */
    t->digest[0] = (double)(hash >> 32);
    t->digest[1] = (double)(hash & 0xffffffffu);
}

int train_data_read(struct train *t, struct case_error *error)
{
    const struct train_settings *s = &t->settings;
    if (read_set(t, TRAIN_LEARN, s->train, s->train_labels, error) != 0 ||
        read_set(t, TRAIN_VALIDATE, s->validation, s->validation_labels, error) != 0 ||
        read_set(t, TRAIN_TEST, s->test, s->test_labels, error) != 0)
        return -1;
    if ((s->leave >= 0 || s->validate > 0) && hold_out(t, error) != 0)
        return -1;
    if ((double)t->set[TRAIN_LEARN].samples < s->batch) {
        snprintf(error->text, sizeof error->text, "%s: found %zu samples, wanted a batch of %.0f",
                 s->train, t->set[TRAIN_LEARN].samples, s->batch);
        return -1;
    }
    digest_data(t);
    return 0;
}
