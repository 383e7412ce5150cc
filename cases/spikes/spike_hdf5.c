/* SPDX-License-Identifier: MIT */
/* spike_hdf5.c: reads spikes from HDF5 files as SHD and SSC have them: of each sample a list of
 * times and a list of units. One sample is in memory at a time.
 *
 * Times are IEEE binary16, 32 or 64 of either byte order, so each is a double; HDF5 converts the
 * wider two, binary16 is taken as it stands, since HDF5 would go through it bit by bit. Units,
 * labels and groups are integers of any width, order and sign. */
#include "cases/spikes/spike_hdf5.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- datasets ---- */

void spike_hdf5_close(hid_t id)
{
    if (id >= 0)
        H5Idec_ref(id);
}

hid_t spike_hdf5_open(const struct spike_hdf5 *reader, const char *name)
{
    hid_t set = H5Dopen2(reader->file, name, H5P_DEFAULT);
    if (set < 0)
        case_refuse(&reader->collector->report, CASE_KEY(CASE_ROOT, name), "no such dataset",
                    "that dataset of the HDF5 file");
    return set;
}

int spike_hdf5_shape(hsize_t *shape, const struct spike_hdf5 *reader, const char *name, hid_t set,
                     int dimensions)
{
    char found[CASE_SHOWN];
    hid_t space = H5Dget_space(set);
    int has = space < 0 ? 0 : H5Sget_simple_extent_ndims(space);
    if (has == dimensions)
        H5Sget_simple_extent_dims(space, shape, NULL);
    spike_hdf5_close(space);
    if (has == dimensions)
        return 0;
    snprintf(found, sizeof found, "a dataset of %d dimensions", has < 0 ? 0 : has);
    return case_refuse(&reader->collector->report, CASE_KEY(CASE_ROOT, name), found, "%d",
                       dimensions);
}

/* h5py writes truth values as an enumeration of int8. */
bool spike_hdf5_is_whole(hid_t type)
{
    H5T_class_t class = H5Tget_class(type);
    return (class == H5T_INTEGER || class == H5T_ENUM) && H5Tget_size(type) <= sizeof(int64_t);
}

/* Reads a dataset of whole numbers, one a sample. *values to be freed. */
static int read_wholes(int64_t **values, const struct spike_hdf5 *reader, const char *name)
{
    const struct case_report *report = &reader->collector->report;
    const struct case_place *at = CASE_KEY(CASE_ROOT, name);
    char found[CASE_SHOWN];
    hsize_t count = 0;
    int status = -1;
    hid_t set = spike_hdf5_open(reader, name), type = set < 0 ? -1 : H5Dget_type(set);
    if (set < 0 || spike_hdf5_shape(&count, reader, name, set, 1)) {
        spike_hdf5_close(type);
        spike_hdf5_close(set);
        return -1;
    }
    snprintf(found, sizeof found, "%ju", (uintmax_t)count);
    if (type < 0 || !spike_hdf5_is_whole(type))
        case_refuse(report, at, "a dataset of another type", "integers");
    else if (count != reader->samples)
        case_refuse(report, at, found, "%zu, one a sample", reader->samples);
    else if (!(*values = malloc((reader->samples + 1) * sizeof **values)))
        case_refuse_memory(report);
    else if (H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, *values) < 0)
        case_refuse(report, at, "a dataset that cannot be read", "a sound file");
    else
        status = 0;
    spike_hdf5_close(type);
    spike_hdf5_close(set);
    return status;
}

int spike_hdf5_sample(struct spike_hdf5 *reader, size_t sample)
{
    return spike_collect_sample(reader->collector, &reader->collector->report,
                                CASE_AT(CASE_KEY(CASE_ROOT, "labels"), sample),
                                reader->label[sample],
                                CASE_AT(CASE_KEY(CASE_ROOT, "extra/speaker"), sample),
                                reader->group ? reader->group[sample] : 0);
}

/* ---- lists ---- */

struct lists {
    const char *name;
    hid_t set, file_type, base, memory_type;
    bool half, reversed; /* of times: binary16, and not in this machine's byte order */
};

static bool is_half(hid_t type)
{
    size_t sign, exponent, exponent_bits, mantissa, mantissa_bits;
    return H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) == 2 &&
           H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits) >= 0 &&
           sign == 15 && exponent == 10 && exponent_bits == 5 && mantissa == 0 &&
           mantissa_bits == 10 && H5Tget_ebias(type) == 15 && H5Tget_norm(type) == H5T_NORM_IMPLIED;
}

/* Exact: a binary16 is a binary32 with a narrower exponent; 2^112 moves its bias, and carries its
 * subnormal numbers along. */
static double of_half(uint16_t bits)
{
    uint32_t wide = (uint32_t)(bits & 0x7fff) << 13;
    float scaled;
    memcpy(&scaled, &wide, sizeof scaled);
    double size = (bits & 0x7c00) == 0x7c00 ? ((bits & 0x3ff) ? (double)NAN : (double)INFINITY)
                                            : (double)scaled * 0x1p112;
    return bits & 0x8000 ? -size : size;
}

static void close_lists(struct lists *lists)
{
    spike_hdf5_close(lists->memory_type);
    spike_hdf5_close(lists->base);
    spike_hdf5_close(lists->file_type);
    spike_hdf5_close(lists->set);
}

/* Opens a dataset of lists and finds the type that they have in memory. */
static int open_lists(struct lists *lists, const struct spike_hdf5 *reader, bool times)
{
    const struct case_place *at = CASE_KEY(CASE_ROOT, lists->name);
    hid_t native = times ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64;
    lists->set = spike_hdf5_open(reader, lists->name);
    if (lists->set < 0)
        return -1;
    lists->file_type = H5Dget_type(lists->set);
    if (lists->file_type >= 0 && H5Tget_class(lists->file_type) == H5T_VLEN)
        lists->base = H5Tget_super(lists->file_type);
    lists->half = times && lists->base >= 0 && is_half(lists->base);
    lists->reversed = lists->half && H5Tget_order(lists->base) != H5Tget_order(H5T_NATIVE_INT);
    if (lists->base < 0 || !(lists->half || (times ? case_hdf5_is_float(lists->base)
                                                   : spike_hdf5_is_whole(lists->base))))
        return case_refuse(&reader->collector->report, at, "a dataset of another type",
                           times ? "lists of IEEE float16, float32 or float64"
                                 : "lists of integers");
    lists->memory_type = H5Tvlen_create(lists->half ? lists->base : native);
    return lists->memory_type < 0 ? case_refuse_memory(&reader->collector->report) : 0;
}

/* Reads the list of a sample; to be given back to HDF5. */
static int read_list(hvl_t *list, const struct spike_hdf5 *reader, const struct lists *lists,
                     size_t sample, hid_t one, hid_t from)
{
    const hsize_t start = sample, count = 1;
    if (H5Sselect_hyperslab(from, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
        H5Dread(lists->set, lists->memory_type, one, from, H5P_DEFAULT, list) >= 0)
        return 0;
    *list = (hvl_t){0, NULL};
    return case_refuse(&reader->collector->report,
                       CASE_AT(CASE_KEY(CASE_ROOT, lists->name), sample),
                       "a list that cannot be read", "a sound file");
}

static int collect_lists(struct spike_hdf5 *reader, const struct lists *times, const hvl_t *time,
                         const hvl_t *unit, size_t sample)
{
    const struct case_place *at_time = CASE_AT(CASE_KEY(CASE_ROOT, "spikes/times"), sample);
    const struct case_place *at_unit = CASE_AT(CASE_KEY(CASE_ROOT, "spikes/units"), sample);
    char found[CASE_SHOWN];
    snprintf(found, sizeof found, "%zu units", unit->len);
    if (unit->len != time->len)
        return case_refuse(&reader->collector->report, at_unit, found, "%zu, one a time",
                           time->len);
    for (size_t k = 0; k < time->len; k++) {
        double seconds;
        if (times->half) {
            uint16_t bits = ((const uint16_t *)time->p)[k];
            seconds = of_half(times->reversed ? (uint16_t)(bits << 8 | bits >> 8) : bits);
        } else {
            seconds = ((const double *)time->p)[k];
        }
        if (spike_collect(reader->collector, CASE_AT(at_time, k), CASE_AT(at_unit, k),
                          seconds * 1000, ((const int64_t *)unit->p)[k]))
            return -1;
    }
    return spike_hdf5_sample(reader, sample);
}

static int read_samples(struct spike_hdf5 *reader, const struct lists *times,
                        const struct lists *units)
{
    const hsize_t one = 1;
    hid_t memory = H5Screate_simple(1, &one, NULL);
    hid_t from[2] = {H5Dget_space(times->set), H5Dget_space(units->set)};
    int status = memory < 0 || from[0] < 0 || from[1] < 0
                     ? case_refuse_memory(&reader->collector->report)
                     : 0;
    for (size_t sample = 0; sample < reader->samples && status == 0; sample++) {
        hvl_t time = {0, NULL}, unit = {0, NULL};
        if (read_list(&time, reader, times, sample, memory, from[0]) ||
            read_list(&unit, reader, units, sample, memory, from[1]))
            status = -1;
        if (status == 0)
            status = collect_lists(reader, times, &time, &unit, sample);
        H5Dvlen_reclaim(times->memory_type, memory, H5P_DEFAULT, &time);
        H5Dvlen_reclaim(units->memory_type, memory, H5P_DEFAULT, &unit);
    }
    spike_hdf5_close(from[1]);
    spike_hdf5_close(from[0]);
    spike_hdf5_close(memory);
    return status;
}

/* extra/keys has a name a class. */
static int read_classes(size_t *classes, const struct spike_hdf5 *reader)
{
    hsize_t count = 0;
    hid_t set = spike_hdf5_open(reader, "extra/keys");
    int status = set < 0 || spike_hdf5_shape(&count, reader, "extra/keys", set, 1) ? -1 : 0;
    spike_hdf5_close(set);
    *classes = (size_t)count;
    return status;
}

static bool has(const struct spike_hdf5 *reader, const char *name)
{
    return H5Lexists(reader->file, "extra", H5P_DEFAULT) > 0 &&
           H5Lexists(reader->file, name, H5P_DEFAULT) > 0;
}

static int read_lists(struct spike_hdf5 *reader)
{
    struct lists times = {"spikes/times", -1, -1, -1, -1, false, false};
    struct lists units = {"spikes/units", -1, -1, -1, -1, false, false};
    hsize_t samples[2] = {0, 0};
    size_t classes = 0;
    char found[CASE_SHOWN];
    int status = open_lists(&times, reader, true) || open_lists(&units, reader, false) ||
                         spike_hdf5_shape(&samples[0], reader, times.name, times.set, 1) ||
                         spike_hdf5_shape(&samples[1], reader, units.name, units.set, 1)
                     ? -1
                     : 0;
    snprintf(found, sizeof found, "lists of %ju samples", (uintmax_t)samples[1]);
    if (status == 0 && samples[0] != samples[1])
        status = case_refuse(&reader->collector->report, CASE_KEY(CASE_ROOT, units.name), found,
                             "%ju, as of times", (uintmax_t)samples[0]);
    reader->samples = (size_t)samples[0];
    if (status == 0)
        status = spike_hdf5_labels(reader);
    if (status == 0 && has(reader, "extra/keys"))
        status = read_classes(&classes, reader);
    if (status == 0) {
        spike_collect_sizes(reader->collector, 0, classes);
        status = read_samples(reader, &times, &units);
    }
    close_lists(&units);
    close_lists(&times);
    return status;
}

int spike_hdf5_labels(struct spike_hdf5 *reader)
{
    char found[CASE_SHOWN];
    snprintf(found, sizeof found, "%zu samples", reader->samples);
    if (reader->samples > SPIKE_MAX_SAMPLES)
        return case_refuse(&reader->collector->report, NULL, found, "at most %zu",
                           SPIKE_MAX_SAMPLES);
    if (read_wholes(&reader->label, reader, "labels"))
        return -1;
    return has(reader, "extra/speaker") ? read_wholes(&reader->group, reader, "extra/speaker") : 0;
}

/* ---- files ---- */

static int read_file(void *context)
{
    struct spike_hdf5 reader = {.collector = context};
    reader.file = case_hdf5_open(&reader.collector->report, NULL, reader.collector->report.file);
    if (reader.file < 0)
        return -1;
    hid_t spikes = H5Oopen(reader.file, "spikes", H5P_DEFAULT);
    H5I_type_t kind = spikes < 0 ? H5I_BADID : H5Iget_type(spikes);
    int status = kind == H5I_GROUP     ? read_lists(&reader)
                 : kind == H5I_DATASET ? spike_read_raster(&reader, spikes)
                                       : case_refuse(&reader.collector->report,
                                                     CASE_KEY(CASE_ROOT, "spikes"), "nothing",
                                                     "a group with times and units, or a dataset "
                                                     "[samples][steps][channels]");
    spike_hdf5_close(spikes);
    H5Fclose(reader.file);
    free(reader.label);
    free(reader.group);
    return status;
}

int spike_read_hdf5(struct spike_collector *collector)
{
    return case_hdf5_quietly(read_file, collector);
}
