/* SPDX-License-Identifier: MIT */
/* t_spikes_hdf5.c: are spikes of HDF5 files read, lists in each type of number and rasters, and
 * broken files refused in one line? */
#include "tests/run_suite.h"
#include "tests/spike_case.h"

#include <hdf5.h>

static const struct spike_grid ms20 = {.end = 20, .step = 1}, merged20 = {20, 1, .merge = true};

/* ---- writing ---- */

/* Beside HDF5's own types, binary16 of either byte order. */
static hid_t type_of(const char *name)
{
    static const struct {
        const char *name;
        hid_t *type;
    } types[] = {{"f32", &H5T_IEEE_F32LE_g}, {"F32", &H5T_IEEE_F32BE_g}, {"f64", &H5T_IEEE_F64LE_g},
                 {"F64", &H5T_IEEE_F64BE_g}, {"u8", &H5T_STD_U8LE_g},    {"i8", &H5T_STD_I8LE_g},
                 {"u16", &H5T_STD_U16LE_g},  {"U16", &H5T_STD_U16BE_g},  {"I16", &H5T_STD_I16BE_g},
                 {"u32", &H5T_STD_U32LE_g},  {"i64", &H5T_STD_I64LE_g},  {"U64", &H5T_STD_U64BE_g}};
    H5open();
    for (size_t k = 0; k < sizeof types / sizeof types[0]; k++)
        if (strcmp(name, types[k].name) == 0)
            return H5Tcopy(*types[k].type);
    hid_t half = H5Tcopy(name[0] == 'f' ? H5T_IEEE_F32LE : H5T_IEEE_F32BE);
    ck_assert(strcmp(name + 1, "16") == 0 && H5Tset_fields(half, 15, 10, 5, 0, 10) >= 0 &&
              H5Tset_size(half, 2) >= 0 && H5Tset_ebias(half, 15) >= 0);
    return half;
}

static void put(hid_t file, const char *name, hid_t type, hid_t memory, int dimensions,
                const hsize_t *shape, const void *data)
{
    hid_t space = H5Screate_simple(dimensions, shape, NULL), list = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(list, 1);
    hid_t set = H5Dcreate2(file, name, type, space, list, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert(set >= 0);
    if (data)
        ck_assert(H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(set);
    H5Pclose(list);
    H5Sclose(space);
}

/* What a file has: NULL leaves a dataset out. */
struct file {
    const char *times, *units, *labels, *speakers; /* types */
    bool keys;
    hsize_t samples, labelled; /* how many lists and labels; 0: three */
    size_t shorter;            /* by how many the units of the first sample are fewer */
    double first;              /* another first time, in s; 0: none */
    int unit, label;           /* another first unit, first label; 0: none */
    bool plain;                /* times are no lists */
};

static const struct file shd = {
    .times = "f16", .units = "u16", .labels = "u8", .speakers = "u16", .keys = true};

static void put_lists(hid_t out, const struct file *file)
{
    /* 2^-24 s is binary16's smallest number; 2^-9 s is 1.95 ms, 3/512 s 5.86 ms, 1/32 s 31.2 ms. */
    double first[] = {0x1.8p-8, 0x1p-9, 0x1p-24, 0x1p-9, 0x1p-5}, last[] = {0x1p-7};
    int64_t low[] = {3, 200, 0, 200, 1}, high[] = {4};
    first[0] = file->first != 0 ? file->first : first[0];
    low[0] = file->unit ? file->unit : low[0];
    const hvl_t time[] = {{5, first}, {0, NULL}, {1, last}};
    const hvl_t unit[] = {{5 - file->shorter, low}, {0, NULL}, {1, high}};
    const hsize_t samples = file->samples ? file->samples : 3;
    hid_t base[] = {type_of(file->times), type_of(file->units)};
    hid_t types[] = {H5Tvlen_create(base[0]), H5Tvlen_create(base[1])};
    hid_t memory[] = {H5Tvlen_create(H5T_NATIVE_DOUBLE), H5Tvlen_create(H5T_NATIVE_INT64)};
    put(out, "spikes/times", file->plain ? base[0] : types[0],
        file->plain ? H5T_NATIVE_DOUBLE : memory[0], 1, &samples,
        file->plain ? first : (void *)time);
    put(out, "spikes/units", types[1], memory[1], 1, (const hsize_t[]){3}, unit);
    for (int k = 0; k < 2; k++) {
        H5Tclose(base[k]);
        H5Tclose(types[k]);
        H5Tclose(memory[k]);
    }
}

static void put_numbers(hid_t out, const char *name, const char *type, hsize_t count, int64_t first)
{
    const int64_t value[] = {first, 0, 1, 0};
    hid_t id = type_of(type);
    put(out, name, id, H5T_NATIVE_INT64, 1, &count, value);
    H5Tclose(id);
}

static void put_file(const struct file *file)
{
    hid_t out = H5Fcreate(spike_path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert(out >= 0);
    if (file->times)
        put_lists(out, file);
    if (file->labels)
        put_numbers(out, "labels", file->labels, file->labelled ? file->labelled : 3,
                    file->label ? file->label : 2);
    if (file->speakers)
        put_numbers(out, "extra/speaker", file->speakers, 3, 11);
    if (file->keys)
        put_numbers(out, "extra/keys", "u8", 4, 0);
    H5Fclose(out);
}

/* ---- lists ---- */

static const struct {
    const char *times, *units, *labels, *speakers;
} numbers[] = {
    {"f16", "u16", "u8", "u16"},  {"F16", "U16", "I16", "U16"}, {"f32", "u8", "u16", "u8"},
    {"F32", "I16", "u32", "i64"}, {"f64", "u32", "i8", "u32"},  {"F64", "i64", "i64", "I16"},
    {"f16", "U64", "U64", "U64"},
};

TEST_EACH(lists_of_every_type_of_number_are_read, 0, COUNT(numbers))
{
    struct file file = {numbers[_i].times, numbers[_i].units, numbers[_i].labels,
                        numbers[_i].speakers, .keys = true};
    put_file(&file);
    spike_read_well(spike_path, NULL, &ms20);
    spike_expect("2 11: 0.0 1.200 1.200 5.3; 0 0:; 1 1: 7.4; ");
    spike_expect_sizes(201, 4, 1, 0);
    spike_read_well(spike_path, NULL, &merged20);
    spike_expect("2 11: 0.0 1.200 5.3; 0 0:; 1 1: 7.4; ");
    spike_expect_sizes(201, 4, 1, 1);
}

TEST(speakers_and_keys_may_lack)
{
    struct file file = shd;
    file.speakers = NULL;
    file.keys = false;
    put_file(&file);
    spike_read_well(spike_path, NULL, &ms20);
    spike_expect("2 0: 0.0 1.200 1.200 5.3; 0 0:; 1 0: 7.4; ");
    spike_expect_sizes(201, 3, 1, 0);
}

static const struct {
    struct file file;
    const char *end;
} bad_files[] = {
    {{.labels = "u8"},
     "$.spikes: found nothing, wanted a group with times and units, or a dataset "
     "[samples][steps][channels]"},
    {{.times = "u16", .units = "u16", .labels = "u8"},
     "$.spikes/times: found a dataset of another type, wanted lists of IEEE float16, float32 or "
     "float64"},
    {{.times = "f16", .units = "f32", .labels = "u8"},
     "$.spikes/units: found a dataset of another type, wanted lists of integers"},
    {{.times = "f16", .units = "u16", .labels = "u8", .plain = true},
     "$.spikes/times: found a dataset of another type, wanted lists of IEEE float16, float32 or "
     "float64"},
    {{.times = "f16", .units = "u16", .labels = "u8", .samples = 2},
     "$.spikes/units: found lists of 3 samples, wanted 2, as of times"},
    {{.times = "f16", .units = "u16"},
     "$.labels: found no such dataset, wanted that dataset of the HDF5 file"},
    {{.times = "f16", .units = "u16", .labels = "f32"},
     "$.labels: found a dataset of another type, wanted integers"},
    {{.times = "f16", .units = "u16", .labels = "u8", .labelled = 4},
     "$.labels: found 4, wanted 3, one a sample"},
    {{.times = "f16", .units = "u16", .labels = "u8", .speakers = "f32"},
     "$.extra/speaker: found a dataset of another type, wanted integers"},
    {{.times = "f16", .units = "u16", .labels = "u8", .shorter = 1},
     "$.spikes/units[0]: found 4 units, wanted 5, one a time"},
    {{.times = "f16", .units = "u16", .labels = "u8", .first = -0.5},
     "$.spikes/times[0][0]: found -500 ms, wanted a time of 0 or later"},
    {{.times = "f16", .units = "u16", .labels = "u8", .first = 0.0 / 0.0},
     "$.spikes/times[0][0]: found nan ms, wanted a time of 0 or later"},
    {{.times = "F16", .units = "u16", .labels = "u8", .first = 1e6},
     "$.spikes/times[0][0]: found inf ms, wanted a time of 0 or later"},
    {{.times = "f64", .units = "i64", .labels = "u8", .unit = 65536},
     "$.spikes/units[0][0]: found 65536, wanted a channel 0 .. 65535"},
    {{.times = "f64", .units = "i64", .labels = "u8", .unit = -1},
     "$.spikes/units[0][0]: found -1, wanted a channel 0 .. 65535"},
    {{.times = "f16", .units = "u16", .labels = "u8", .keys = true, .label = 4},
     "$.labels[0]: found 4, wanted a label 0 .. 3"},
    {{.times = "f16", .units = "u16", .labels = "i8", .label = -1},
     "$.labels[0]: found -1, wanted a label 0 .. 16777215"},
};

TEST_EACH(a_wrong_file_of_lists_is_refused, 0, COUNT(bad_files))
{
    put_file(&bad_files[_i].file);
    spike_read_badly(spike_path, NULL, &ms20, bad_files[_i].end);
}

TEST(a_file_that_is_cut_off_is_refused)
{
    char end[320];
    put_file(&shd);
    ck_assert_int_eq(truncate(spike_path, 1500), 0);
    snprintf(end, sizeof end,
             "%s: found \"%s\", wanted an HDF5 file; this one is damaged or of another kind",
             spike_path, spike_path);
    spike_read_badly(spike_path, NULL, &ms20, end);
    spike_put(spike_labels, "", 0);
    put_file(&shd);
    spike_read_badly(
        spike_path, spike_labels, &ms20,
        "found labels in a file of their own, wanted such a file beside an idx file alone");
}

/* ---- rasters ---- */

/* Two samples of 20 steps and 3 channels. other: one of the counts. */
static void put_raster(const char *type, int64_t other, hsize_t channels)
{
    static int64_t count[2][20][3];
    const hsize_t shape[] = {2, 20, channels};
    memset(count, 0, sizeof count);
    count[0][0][2] = 1;
    count[0][4][1] = other;
    count[0][4][0] = 1;
    count[1][19][0] = 1;
    hid_t out = H5Fcreate(spike_path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), id;
    ck_assert(out >= 0);
    if (strcmp(type, "truth") == 0) { /* as h5py writes it */
        const int8_t value[] = {0, 1};
        id = H5Tenum_create(H5T_STD_I8LE);
        H5Tenum_insert(id, "FALSE", &value[0]);
        H5Tenum_insert(id, "TRUE", &value[1]);
        put(out, "spikes", id, H5T_NATIVE_INT64, 3, shape, NULL);
        int8_t truth[2][20][3];
        for (int k = 0; k < 120; k++)
            truth[0][0][k] = (int8_t)count[0][0][k];
        hid_t set = H5Dopen2(out, "spikes", H5P_DEFAULT);
        ck_assert(H5Dwrite(set, id, H5S_ALL, H5S_ALL, H5P_DEFAULT, truth) >= 0);
        H5Dclose(set);
    } else {
        id = type_of(type);
        put(out, "spikes", id, H5T_NATIVE_INT64, 3, shape, count);
    }
    H5Tclose(id);
    put_numbers(out, "labels", "u8", 2, 5);
    H5Fclose(out);
}

TEST_EACH(a_raster_counts_spikes, 0, 4)
{
    static const char *const types[] = {"u8", "I16", "i64", "U64"};
    put_raster(types[_i], 3, 3);
    spike_read_well(spike_path, NULL, &ms20);
    spike_expect("5 0: 0.2 4.0 4.1 4.1 4.1; 0 0: 19.0; ");
    spike_expect_sizes(3, 6, 0, 0);
    spike_read_well(spike_path, NULL, &merged20);
    spike_expect("5 0: 0.2 4.0 4.1; 0 0: 19.0; ");
    spike_expect_sizes(3, 6, 0, 2);
}

TEST(a_raster_may_be_of_truth_values)
{
    put_raster("truth", 1, 3);
    spike_read_well(spike_path, NULL, &ms20);
    spike_expect("5 0: 0.2 4.0 4.1; 0 0: 19.0; ");
}

TEST(a_wrong_raster_is_refused)
{
    struct spike_grid grid = ms20;
    put_raster("f32", 1, 3);
    spike_read_badly(
        spike_path, NULL, &grid,
        "$.spikes: found a dataset of another type, wanted integers: counts of spikes");
    put_raster("i8", -1, 3);
    spike_read_badly(spike_path, NULL, &grid,
                     "$.spikes[0][4][1]: found -1, wanted a count 0 .. 65535");
    put_raster("i64", 65536, 3);
    spike_read_badly(spike_path, NULL, &grid,
                     "$.spikes[0][4][1]: found 65536, wanted a count 0 .. 65535");
    put_raster("u8", 1, 0);
    spike_read_badly(spike_path, NULL, &grid,
                     "found 2 samples of 20 steps and 0 channels, wanted 1 .. 65536 channels");
    put_raster("u8", 1, 3);
    grid.step = 2;
    spike_read_badly(
        spike_path, NULL, &grid,
        "$.spikes: found 2 samples of 20 steps and 3 channels, wanted 10 steps, as the "
        "grid has");
    grid = ms20;
    grid.channels = 2;
    spike_read_badly(spike_path, NULL, &grid,
                     "found 2 samples of 20 steps and 3 channels, wanted 1 .. 2 channels");
}

SUITE("spikes_hdf5", .setup = spike_setup, .teardown = spike_teardown)
