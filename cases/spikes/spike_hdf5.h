/* SPDX-License-Identifier: MIT */
/* spike_hdf5.h: what the two layouts of spikes in HDF5 files share. */
#ifndef EVIDENT_SPIKE_HDF5_H
#define EVIDENT_SPIKE_HDF5_H

#include "cases/hdf5_file.h"
#include "cases/spikes/collect.h"

struct spike_hdf5 {
    struct spike_collector *collector;
    hid_t file;
    size_t samples;
    int64_t *label, *group; /* [samples]; group: NULL without extra/speaker */
};

/* Opens a dataset of the file. Negative after a refusal. */
hid_t spike_hdf5_open(const struct spike_hdf5 *reader, const char *name);
void spike_hdf5_close(hid_t id); /* of any kind; a negative one is none */

/* The extent of an open dataset, which must have that many dimensions. 0, or -1 and error. */
int spike_hdf5_shape(hsize_t *shape, const struct spike_hdf5 *reader, const char *name, hid_t set,
                     int dimensions);

/* Whether numbers of a type are whole and fit 64 bits. */
bool spike_hdf5_is_whole(hid_t type);

/* Reads labels and groups; the number of samples is known. 0, or -1 and error. */
int spike_hdf5_labels(struct spike_hdf5 *reader);

/* Ends a sample with its label and group. 0, or -1 and error. */
int spike_hdf5_sample(struct spike_hdf5 *reader, size_t sample);

/* Reads a file whose dataset spikes is a raster. 0, or -1 and error. */
int spike_read_raster(struct spike_hdf5 *reader, hid_t spikes);

#endif
