/* SPDX-License-Identifier: MIT */
/* collect.c: spikes on their way from a file to a set; see collect.h. */
#include "cases/spikes/collect.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void spike_collect_sizes(struct spike_collector *collector, size_t channels, size_t classes)
{
    const struct spike_grid *grid = collector->grid;
    collector->channels = grid->channels ? grid->channels : channels;
    collector->classes = grid->classes ? grid->classes : classes;
}

/* Room for one more element of size bytes in an array that may move. */
static void *grow(void *array, size_t *room, size_t used, size_t size)
{
    if (used < *room)
        return array;
    size_t more = *room + *room / 2 + 1024;
    void *larger = more <= SIZE_MAX / size ? realloc(array, more * size) : NULL;
    if (larger)
        *room = more;
    return larger;
}

int spike_collect_step(struct spike_collector *collector, size_t step, size_t channel, size_t count)
{
    for (; count > 0; count--) {
        uint32_t *key = grow(collector->key, &collector->room, collector->keys, 2 * sizeof *key);
        if (!key)
            return case_refuse_memory(&collector->report);
        collector->key = key;
        key[collector->keys++] = (uint32_t)(step << 16 | channel);
    }
    return 0;
}

int spike_collect(struct spike_collector *collector, const struct case_place *at_time,
                  const struct case_place *at_channel, double time, int64_t channel)
{
    char found[CASE_NUMBER + 4], number[CASE_NUMBER];
    size_t channels = collector->channels ? collector->channels : SPIKE_MAX_CHANNELS;
    if (!(time >= 0 && time <= DBL_MAX)) {
        snprintf(found, sizeof found, "%s ms", case_show_number(number, time));
        return case_refuse(&collector->report, at_time, found, "a time of 0 or later");
    }
    if (channel < 0 || (uint64_t)channel >= channels) {
        snprintf(found, sizeof found, "%jd", (intmax_t)channel);
        return case_refuse(&collector->report, at_channel, found, "a channel 0 .. %zu",
                           channels - 1);
    }
    if (!collector->channels && (size_t)channel >= collector->set->channels)
        collector->set->channels = (size_t)channel + 1;
    double step = floor(time / collector->grid->step);
    if (!(time < collector->grid->end && step < (double)collector->set->steps)) {
        collector->set->dropped++;
        return 0;
    }
    return spike_collect_step(collector, (size_t)step, (size_t)channel, 1);
}

/* Sorts the keys by their four bytes, the last first; four passes leave them where they were. */
static void sort(uint32_t *key, uint32_t *scratch, size_t keys)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        size_t place[257] = {0};
        for (size_t k = 0; k < keys; k++)
            place[(key[k] >> shift & 0xff) + 1]++;
        for (size_t digit = 1; digit < 256; digit++)
            place[digit] += place[digit - 1];
        for (size_t k = 0; k < keys; k++)
            scratch[place[key[k] >> shift & 0xff]++] = key[k];
        uint32_t *other = key;
        key = scratch;
        scratch = other;
    }
}

/* Appends the sorted keys to the spikes of the set. */
static int keep_spikes(struct spike_collector *collector)
{
    struct spike_set *set = collector->set;
    size_t used = set->begin[set->samples];
    if (collector->keys > collector->spike_room - used) {
        size_t room = used + collector->keys + used / 2;
        uint16_t *step = realloc(set->step, room * sizeof *step);
        set->step = step ? step : set->step;
        uint16_t *channel = realloc(set->channel, room * sizeof *channel);
        set->channel = channel ? channel : set->channel;
        if (!step || !channel)
            return case_refuse_memory(&collector->report);
        collector->spike_room = room;
    }
    for (size_t k = 0; k < collector->keys; k++) {
        uint32_t key = collector->key[k];
        if (collector->grid->merge && k > 0 && key == collector->key[k - 1]) {
            set->merged++;
            continue;
        }
        set->step[used] = (uint16_t)(key >> 16);
        set->channel[used++] = (uint16_t)(key & 0xffff);
    }
    set->begin[set->samples + 1] = used;
    return 0;
}

/* Room for one more sample; the set has a begin of its end from the first call on. */
static int keep_room(struct spike_collector *collector)
{
    struct spike_set *set = collector->set;
    if (set->samples + 1 < collector->sample_room)
        return 0;
    size_t room = collector->sample_room + collector->sample_room / 2 + 1024;
    size_t *begin = realloc(set->begin, room * sizeof *begin);
    set->begin = begin ? begin : set->begin;
    uint32_t *label = realloc(set->label, room * sizeof *label);
    set->label = label ? label : set->label;
    uint32_t *group = realloc(set->group, room * sizeof *group);
    set->group = group ? group : set->group;
    if (!begin || !label || !group)
        return case_refuse_memory(&collector->report);
    if (collector->sample_room == 0)
        begin[0] = 0;
    collector->sample_room = room;
    return 0;
}

static int judge(const struct case_report *report, const struct case_place *at, int64_t value,
                 const char *what, size_t count)
{
    char found[CASE_NUMBER];
    if (value >= 0 && (uint64_t)value < count)
        return 0;
    snprintf(found, sizeof found, "%jd", (intmax_t)value);
    return case_refuse(report, at, found, "a %s 0 .. %zu", what, count - 1);
}

int spike_collect_sample(struct spike_collector *collector, const struct case_report *report,
                         const struct case_place *at_label, int64_t label,
                         const struct case_place *at_group, int64_t group)
{
    struct spike_set *set = collector->set;
    size_t classes = collector->classes ? collector->classes : SPIKE_MAX_CLASSES;
    if (judge(report, at_label, label, "label", classes) ||
        judge(&collector->report, at_group, group, "group", (size_t)UINT32_MAX + 1) ||
        keep_room(collector))
        return -1;
    if (set->samples == SPIKE_MAX_SAMPLES)
        return case_refuse(&collector->report, NULL, "more samples", "at most %zu",
                           SPIKE_MAX_SAMPLES);
    if (collector->keys > 0)
        sort(collector->key, collector->key + collector->room, collector->keys);
    if (keep_spikes(collector))
        return -1;
    if (!collector->classes && (size_t)label >= set->classes)
        set->classes = (size_t)label + 1;
    set->label[set->samples] = (uint32_t)label;
    set->group[set->samples++] = (uint32_t)group;
    collector->keys = 0;
    return 0;
}

int spike_collect_end(struct spike_collector *collector)
{
    struct spike_set *set = collector->set;
    if (set->samples == 0)
        return case_refuse(&collector->report, NULL, "no samples", "one at least");
    set->channels = collector->channels ? collector->channels : set->channels;
    set->classes = collector->classes ? collector->classes : set->classes;
    size_t spikes = set->begin[set->samples];
    void *step = realloc(set->step, (spikes + 1) * sizeof *set->step);
    set->step = step ? step : set->step;
    void *channel = realloc(set->channel, (spikes + 1) * sizeof *set->channel);
    set->channel = channel ? channel : set->channel;
    return step && channel ? 0 : case_refuse_memory(&collector->report);
}
