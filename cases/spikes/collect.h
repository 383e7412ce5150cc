/* SPDX-License-Identifier: MIT */
/* collect.h: what every format does with a spike: put it on the grid, sort it, keep it.
 *
 * A reader tells the spikes of a sample in any order, then its label; and so on. Functions that
 * return int return 0, or -1 after they have filled the error. */
#ifndef EVIDENT_SPIKES_COLLECT_H
#define EVIDENT_SPIKES_COLLECT_H

#include "cases/internal.h"
#include "cases/spikes/spikes.h"

#include <zlib.h>

struct spike_collector {
    struct spike_set *set;
    const struct spike_grid *grid;
    struct case_report report;
    size_t channels, classes; /* of the set, 0 while they are not known */
    /* Of the sample under way: step * 2^16 + channel; the second half of room is for sorting. */
    uint32_t *key;
    size_t keys, room;
    size_t spike_room, sample_room; /* of the set */
};

/* What the file says of itself, 0 if it does not; the grid's numbers come before it. */
void spike_collect_sizes(struct spike_collector *collector, size_t channels, size_t classes);

/* A spike at time (ms) on a channel. at_time and at_channel: where they stand in the file. */
int spike_collect(struct spike_collector *collector, const struct case_place *at_time,
                  const struct case_place *at_channel, double time, int64_t channel);

/* count spikes in a step of the grid; the channel is known to be there. */
int spike_collect_step(struct spike_collector *collector, size_t step, size_t channel,
                       size_t count);

/* Ends a sample. label and group are judged; the former stands at a place in the file of report. */
int spike_collect_sample(struct spike_collector *collector, const struct case_report *report,
                         const struct case_place *at_label, int64_t label,
                         const struct case_place *at_group, int64_t group);

/* Ends the set: what is not known of its sizes is what its spikes and labels need. */
int spike_collect_end(struct spike_collector *collector);

/* Refuses a file of labels beside what has them itself. */
int spike_refuse_labels(const struct spike_collector *collector);

/* ---- formats: each reads all of a file ---- */

int spike_read_hdf5(struct spike_collector *collector);
int spike_read_idx(struct spike_collector *collector, gzFile in, const char *labels);
int spike_read_lines(struct spike_collector *collector, gzFile in);

/* set: "train" and its like; labels: refused. */
int spike_read_yin_yang(struct spike_collector *collector, const char *set, const char *labels);

/* ---- files that may be compressed (spikes.c) ---- */

/* Opens one that is there. NULL and error on refusal. */
gzFile spike_open_stream(const struct case_report *report, const char *path);

/* Reads exactly size bytes; what: "a label". */
int spike_read_bytes(const struct case_report *report, const struct case_place *at, gzFile in,
                     void *bytes, size_t size, const char *what);

/* Refuses what zlib has to say of the file, if it has (-1), or returns 0. */
int spike_refuse_stream(const struct case_report *report, const struct case_place *at, gzFile in);

#endif
