/* SPDX-License-Identifier: MIT */
/* spike_write.h: writes spikes as an HDF5 file with the layout of SHD and SSC. */
#ifndef EVIDENT_SPIKE_WRITE_H
#define EVIDENT_SPIKE_WRITE_H

#include "cases/spikes/cochlea.h"
#include "cases/cases.h"

struct spike_file;

/* Begins a file of so many samples beside path. NULL and error on refusal. */
struct spike_file *spike_file_begin(const char *path, size_t samples, struct case_error *error);

/* Writes the spikes of one sample, in any order of samples. Times are float32 in s, rounded up, so
 * that a spike on the edge of a step is never put in the step before. 0, or -1 and error. */
int spike_file_put(struct spike_file *file, size_t sample, const struct cochlea_spikes *spikes);

/* Writes labels [samples], speakers [samples] (NULL: none) and the name of each class (keys NULL:
 * none), and gives the file its name. Without labels it is taken away instead. Frees file. 0, or -1
 * and error. */
int spike_file_end(struct spike_file *file, const uint32_t *label, const uint32_t *speaker,
                   const char *const *keys, size_t classes);

#endif
