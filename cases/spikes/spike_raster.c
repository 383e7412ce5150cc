/* SPDX-License-Identifier: MIT */
/* spike_raster.c: reads spikes from an HDF5 dataset [samples][steps][channels] of counts: how many
 * spikes a channel has in a step. Some rows of one sample are in memory at a time. */
#include "cases/spikes/spike_hdf5.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Counts that are read at once (32 MiB), and the largest. */
enum { SLAB = 1 << 22, MOST = 65535 };

static const char name[] = "spikes";

struct raster {
    struct spike_hdf5 *reader;
    hid_t set, space;
    hsize_t shape[3];
    int64_t *count; /* [rows][channels] */
    size_t rows;
};

static int collect_rows(const struct raster *raster, const struct case_place *at, size_t first,
                        size_t rows)
{
    size_t channels = (size_t)raster->shape[2];
    char found[CASE_NUMBER];
    for (size_t k = 0; k < rows * channels; k++) {
        int64_t count = raster->count[k];
        size_t step = first + k / channels, channel = k % channels;
        snprintf(found, sizeof found, "%" PRId64, count);
        if (count < 0 || count > MOST)
            return case_refuse(&raster->reader->collector->report,
                               CASE_AT(CASE_AT(at, step), channel), found, "a count 0 .. %d", MOST);
        if (count > 0 &&
            spike_collect_step(raster->reader->collector, step, channel, (size_t)count))
            return -1;
    }
    return 0;
}

static int read_sample(const struct raster *raster, size_t sample)
{
    const struct case_place *at = CASE_AT(CASE_KEY(CASE_ROOT, name), sample);
    size_t steps = (size_t)raster->shape[1];
    for (size_t first = 0; first < steps; first += raster->rows) {
        size_t rows = steps - first < raster->rows ? steps - first : raster->rows;
        const hsize_t start[3] = {sample, first, 0}, count[3] = {1, rows, raster->shape[2]};
        hid_t memory = H5Screate_simple(3, count, NULL);
        int status = memory >= 0 &&
                             H5Sselect_hyperslab(raster->space, H5S_SELECT_SET, start, NULL, count,
                                                 NULL) >= 0 &&
                             H5Dread(raster->set, H5T_NATIVE_INT64, memory, raster->space,
                                     H5P_DEFAULT, raster->count) >= 0
                         ? 0
                         : case_refuse(&raster->reader->collector->report, at,
                                       "a dataset that cannot be read", "a sound file");
        spike_hdf5_close(memory);
        if (status || collect_rows(raster, at, first, rows))
            return -1;
    }
    return spike_hdf5_sample(raster->reader, sample);
}

static int read_samples(struct raster *raster)
{
    size_t samples = (size_t)raster->shape[0], channels = (size_t)raster->shape[2];
    raster->rows = SLAB / channels < raster->shape[1] ? SLAB / channels : (size_t)raster->shape[1];
    raster->count = malloc(raster->rows * channels * sizeof *raster->count);
    raster->space = H5Dget_space(raster->set);
    int status = raster->count && raster->space >= 0
                     ? 0
                     : case_refuse_memory(&raster->reader->collector->report);
    for (size_t sample = 0; sample < samples && status == 0; sample++)
        status = read_sample(raster, sample);
    spike_hdf5_close(raster->space);
    free(raster->count);
    return status;
}

int spike_read_raster(struct spike_hdf5 *reader, hid_t spikes)
{
    struct spike_collector *collector = reader->collector;
    const struct case_place *at = CASE_KEY(CASE_ROOT, name);
    struct raster raster = {.reader = reader, .set = spikes};
    char found[96];
    if (spike_hdf5_shape(raster.shape, reader, name, spikes, 3))
        return -1;
    hid_t type = H5Dget_type(spikes);
    bool whole = type >= 0 && spike_hdf5_is_whole(type);
    spike_hdf5_close(type);
    if (!whole)
        return case_refuse(&collector->report, at, "a dataset of another type",
                           "integers: counts of spikes");
    snprintf(found, sizeof found, "%ju samples of %ju steps and %ju channels",
             (uintmax_t)raster.shape[0], (uintmax_t)raster.shape[1], (uintmax_t)raster.shape[2]);
    if (raster.shape[1] != collector->set->steps)
        return case_refuse(&collector->report, at, found, "%zu steps, as the grid has",
                           collector->set->steps);
    size_t most = collector->grid->channels ? collector->grid->channels : SPIKE_MAX_CHANNELS;
    if (raster.shape[2] < 1 || raster.shape[2] > most)
        return case_refuse(&collector->report, at, found, "1 .. %zu channels", most);
    reader->samples = (size_t)raster.shape[0];
    spike_collect_sizes(collector, (size_t)raster.shape[2], 0);
    return spike_hdf5_labels(reader) ? -1 : read_samples(&raster);
}
