/* SPDX-License-Identifier: MIT */
/* spike_write.c: see spike_write.h. What is written has another name until it is whole. */
#include "cases/spikes/spike_write.h"
#include "cases/file.h"
#include "cases/hdf5_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY = 16 }; /* bytes of the name of a class */

struct spike_file {
    struct case_report report;
    struct case_file out;
    size_t samples;
    hid_t file, times, units, list[2]; /* the types of their lists */
};

static void close_id(hid_t id)
{
    if (id >= 0)
        H5Idec_ref(id);
}

static int refuse(const struct spike_file *file)
{
    return case_refuse(&file->report, NULL, "no way to write it", "a file that can be written");
}

/* The times of objects would make files of the same spikes differ. */
static hid_t make(hid_t file, const char *name, hid_t type, hsize_t count)
{
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t link = H5Pcreate(H5P_LINK_CREATE), set = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_create_intermediate_group(link, 1);
    H5Pset_obj_track_times(set, 0);
    hid_t made = H5Dcreate2(file, name, type, space, link, set, H5P_DEFAULT);
    close_id(set);
    close_id(link);
    close_id(space);
    return made;
}

static int begin(void *context)
{
    struct spike_file *file = context;
    file->file = H5Fcreate(file->out.beside ? file->out.beside : file->out.path, H5F_ACC_TRUNC,
                           H5P_DEFAULT, H5P_DEFAULT);
    file->list[0] = H5Tvlen_create(H5T_IEEE_F32LE);
    file->list[1] = H5Tvlen_create(H5T_STD_U16LE);
    if (file->file < 0)
        return -1;
    file->times = make(file->file, "spikes/times", file->list[0], file->samples);
    file->units = make(file->file, "spikes/units", file->list[1], file->samples);
    return file->times < 0 || file->units < 0 ? -1 : 0;
}

/* The file is whole on disk only if HDF5 says so of its end. */
static int close_all(void *context)
{
    struct spike_file *file = context;
    close_id(file->units);
    close_id(file->times);
    close_id(file->list[1]);
    close_id(file->list[0]);
    int failed = file->file >= 0 && H5Fclose(file->file) < 0;
    file->units = file->times = file->list[0] = file->list[1] = file->file = -1;
    return failed ? -1 : 0;
}

static int give_up(struct spike_file *file)
{
    case_hdf5_quietly(close_all, file);
    case_file_abandon(&file->out);
    free(file);
    return -1;
}

struct spike_file *spike_file_begin(const char *path, size_t samples, struct case_error *error)
{
    struct case_report report = {path, error, 0, 0};
    struct spike_file *file = malloc(sizeof *file);
    if (!file) {
        case_refuse_memory(&report);
        return NULL;
    }
    *file = (struct spike_file){.report = report,
                                .samples = samples,
                                .file = -1,
                                .times = -1,
                                .units = -1,
                                .list = {-1, -1}};
    /* HDF5 writes under the name beside; the stream keeps its place and brings it to the disk. */
    if (case_file_open(&file->out, path, error) != 0) {
        free(file);
        return NULL;
    }
    if (case_hdf5_quietly(begin, file) == 0)
        return file;
    refuse(file);
    give_up(file);
    return NULL;
}

struct sample {
    struct spike_file *file;
    size_t sample;
    hvl_t time, unit;
};

static int put_list(const struct spike_file *file, hid_t set, hid_t base, size_t sample,
                    const hvl_t *list)
{
    const hsize_t start = sample, one = 1;
    hid_t space = H5Dget_space(set), memory = H5Screate_simple(1, &one, NULL);
    hid_t type = H5Tvlen_create(base);
    int failed = H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &one, NULL) < 0 ||
                 H5Dwrite(set, type, memory, space, H5P_DEFAULT, list) < 0;
    close_id(type);
    close_id(memory);
    close_id(space);
    return failed ? refuse(file) : 0;
}

static int put(void *context)
{
    const struct sample *s = context;
    return put_list(s->file, s->file->times, H5T_NATIVE_FLOAT, s->sample, &s->time) ||
                   put_list(s->file, s->file->units, H5T_NATIVE_UINT16, s->sample, &s->unit)
               ? -1
               : 0;
}

/* The least binary32 at or above tick / 24000 s: times 24000 it is exact in doubles. */
static float seconds_of(uint64_t tick)
{
    float seconds = (float)((double)tick / (COCHLEA_RATE / 2));
    return (double)seconds * (COCHLEA_RATE / 2) < (double)tick ? nextafterf(seconds, 1e9f)
                                                               : seconds;
}

int spike_file_put(struct spike_file *file, size_t sample, const struct cochlea_spikes *spikes)
{
    float *time = malloc((spikes->count + 1) * sizeof *time);
    uint16_t *unit = malloc((spikes->count + 1) * sizeof *unit);
    struct sample s = {file, sample, {spikes->count, time}, {spikes->count, unit}};
    int status = time && unit ? 0 : case_refuse_memory(&file->report);
    for (size_t k = 0; k < spikes->count && status == 0; k++) {
        time[k] = seconds_of(spikes->at[k] >> 16);
        unit[k] = (uint16_t)(spikes->at[k] & 0xffff);
    }
    if (status == 0)
        status = case_hdf5_quietly(put, &s);
    free(unit);
    free(time);
    return status;
}

/* Numbers of a sample each, or texts of a class each. */
static int put_all(const struct spike_file *file, const char *name, hid_t type, hid_t memory,
                   size_t count, const void *data)
{
    hid_t set = make(file->file, name, type, count);
    int failed = set < 0 || H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0;
    close_id(set);
    return failed;
}

struct end {
    struct spike_file *file;
    const uint32_t *label, *speaker;
    const char *const *keys;
    size_t classes;
};

static int end(void *context)
{
    const struct end *e = context;
    const struct spike_file *file = e->file;
    char(*key)[KEY] = calloc(e->classes + 1, KEY);
    hid_t text = H5Tcopy(H5T_C_S1);
    int failed = !key || text < 0 || H5Tset_size(text, KEY) < 0;
    for (size_t k = 0; e->keys && !failed && k < e->classes; k++)
        snprintf(key[k], KEY, "%s", e->keys[k]);
    failed = failed ||
             put_all(file, "labels", H5T_STD_U16LE, H5T_NATIVE_UINT32, file->samples, e->label) ||
             (e->speaker && put_all(file, "extra/speaker", H5T_STD_U16LE, H5T_NATIVE_UINT32,
                                    file->samples, e->speaker)) ||
             (e->keys && put_all(file, "extra/keys", text, text, e->classes, key)) ||
             H5Fflush(file->file, H5F_SCOPE_GLOBAL) < 0;
    close_id(text);
    free(key);
    return failed ? -1 : 0;
}

int spike_file_end(struct spike_file *file, const uint32_t *label, const uint32_t *speaker,
                   const char *const *keys, size_t classes)
{
    struct end e = {file, label, speaker, keys, classes};
    if (!label)
        return give_up(file);
    bool whole = case_hdf5_quietly(end, &e) == 0 && case_hdf5_quietly(close_all, file) == 0;
    if (!whole) {
        refuse(file);
        return give_up(file);
    }
    int failed = case_file_commit(&file->out, file->report.error);
    free(file);
    return failed;
}
