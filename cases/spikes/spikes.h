/* SPDX-License-Identifier: MIT */
/* spikes.h: labelled spike data sets on a time grid, as training reads them.
 *
 * A set is read from a file, whose format is told by its content, or generated:
 *
 *   HDF5 as SHD and SSC have it  spikes/times (lists of float16, float32 or float64, in s),
 *                                spikes/units (lists of integers: channels), labels, and where
 *                                present extra/speaker (groups) and extra/keys (a name a class)
 *   HDF5 rasters                 spikes [samples][steps][channels], counts, and labels
 *   idx, as MNIST has it         images; a grey above 1 spikes once, the brighter the earlier
 *   JSON lines                   {"label": 3, "group": 1, "spikes": [[ms, channel], ...]} a line;
 *                                the first may be {"channels": N, "classes": M}
 *   yin-yang:train, yin-yang:validation, yin-yang:test
 *                                the published points: x, y, 1 - x, 1 - y and a bias, a spike each
 *
 * Sources and definitions: cases/spikes/README.md. idx and JSON lines may be compressed (gzip). */
#ifndef EVIDENT_SPIKES_H
#define EVIDENT_SPIKES_H

#include "cases/cases.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a file may ask for: more samples or classes are refused. */
#define SPIKE_MAX_SAMPLES ((size_t)1 << 28)
#define SPIKE_MAX_CLASSES ((size_t)1 << 24)
#define SPIKE_MAX_CHANNELS ((size_t)1 << 16)
#define SPIKE_MAX_STEPS ((size_t)65535)

/* Spikes take 4 bytes each. Of a sample, they ascend by step, then by channel. */
struct spike_set {
    size_t samples, channels, classes;
    size_t *begin;            /* [samples + 1]: where a sample's spikes begin */
    uint16_t *step, *channel; /* [begin[samples]] */
    uint32_t *label, *group;  /* [samples]; group: the speaker, 0 where none is given */
    size_t steps;             /* of the grid: every step is below it */
    size_t dropped;           /* spikes at or behind the end, which are not in the set */
    size_t merged; /* spikes that count no more, beside another of their channel and step */
};

/* How a value v in [0, 1], 0 the earliest, becomes a spike (idx, yin-yang). */
enum spike_latency {
    SPIKE_INSET, /* at v (span - 4 step) + 2 step, the bias at 2 step */
    SPIKE_FULL   /* at v span, the bias at 0 */
};

/* A spike at time t is in step floor(t / step), computed in doubles. */
struct spike_grid {
    double end, step; /* ms; a whole number of steps, 1 .. SPIKE_MAX_STEPS */
    bool merge;       /* several spikes of a channel in one step count once */
    enum spike_latency latency;
    double span;              /* ms, of the latency code; 0: end */
    size_t channels, classes; /* 0: as the file says or, where it does not, as it needs */
};

/* Reads a set. name: a path, or "yin-yang:train" and its like. labels: the idx file with the labels
 * of an idx file, NULL for all else. 0, or -1 and one line in error; then the set is empty. It is
 * read sample by sample: beside the set, a sample is all that is in memory. */
int spike_set_read(struct spike_set *set, const char *name, const char *labels,
                   const struct spike_grid *grid, struct case_error *error);

/* Frees what a set has; it is empty afterwards, and may be so before. */
void spike_set_clear(struct spike_set *set);

#endif
