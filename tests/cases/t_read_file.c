/* SPDX-License-Identifier: MIT */
/* t_read_file.c: are cases read from files, standard input and HDF5 datasets, and broken files
 * refused in one line, with HDF5's own messages held back? */
#include "cases/internal.h"
#include "tests/fresh_folder.h"
#include "tests/run_suite.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* in (spike-source, 2) -> out (lif, 3), with a gap for the delay, the weights and the spikes. */
static const char frame[] =
    "{\"format\": \"evident-case-1\", \"name\": \"n\", \"time\": {\"end\": 40}, \"populations\": ["
    "{\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},"
    "{\"name\": \"out\", \"size\": 3, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    " \"threshold\": 1}],\n"
    "\"projections\": [{\"source\": \"in\", \"target\": \"out\", \"delay\": %s, \"weights\": %s}],"
    "\"samples\": [{\"spikes\": {\"in\": %s}, \"target\": {\"label\": 0}}],"
    "\"loss\": {\"kind\": \"first-spike-margin\", \"population\": \"out\", \"margin\": 1}}";
static const char plain[] = "[[1, 2, 3], [4, 5, 6]]", trains[] = "[[1], []]";

static char case_path[96], hdf5_path[96];
static struct case_error error;

/* Writes data, given as doubles, as a dataset of the type. */
static void put_dataset(hid_t file, const char *name, hid_t type, hsize_t rows, hsize_t columns,
                        const double *data)
{
    const hsize_t shape[2] = {rows, columns};
    hid_t space = H5Screate_simple(columns ? 2 : 1, shape, NULL);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert(set >= 0);
    if (data)
        ck_assert(H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(set);
    H5Sclose(space);
}

/* A dataset that promises far more than the file holds: its chunks were never written. */
static void put_promise(hid_t file, const char *name, hsize_t rows)
{
    const hsize_t shape[2] = {rows, 2}, chunk[2] = {1024, 2};
    hid_t space = H5Screate_simple(2, shape, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, chunk);
    hid_t set = H5Dcreate2(file, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    ck_assert(set >= 0);
    H5Dclose(set);
    H5Pclose(list);
    H5Sclose(space);
}

static void setup(void)
{
    static const double weights[] = {0.1, 2, -3, 4, 5, 6}, bad[] = {0.1, 2, -3, 4, 5, 0.0 / 0.0};
    static const double spikes[] = {1, 2.5, 0, 3, 1, 4, 1, 39};
    static const double wrong[] = {0, 1, 2, 3}, half[] = {0.5, 1}, back[] = {0, 4, 0, 3};
    static const double unknown[] = {0.0 / 0.0, 1};
    make_folder();
    snprintf(case_path, sizeof case_path, "%s/case.json", folder);
    snprintf(hdf5_path, sizeof hdf5_path, "%s/data.h5", folder);
    hid_t file = H5Fcreate(hdf5_path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert(file >= 0);
    put_dataset(file, "w64", H5T_IEEE_F64LE, 2, 3, weights);
    put_dataset(file, "w64be", H5T_IEEE_F64BE, 2, 3, weights);
    put_dataset(file, "w32", H5T_IEEE_F32LE, 2, 3, weights);
    put_dataset(file, "whole", H5T_STD_I32LE, 2, 3, weights);
    put_dataset(file, "turned", H5T_IEEE_F64LE, 3, 2, weights);
    put_dataset(file, "line", H5T_IEEE_F64LE, 6, 0, weights);
    put_dataset(file, "nan", H5T_IEEE_F64LE, 2, 3, bad);
    put_dataset(file, "spikes", H5T_IEEE_F32LE, 4, 2, spikes);
    put_dataset(file, "silence", H5T_IEEE_F64LE, 0, 2, NULL);
    put_dataset(file, "wrong", H5T_IEEE_F64LE, 2, 2, wrong);
    put_dataset(file, "half", H5T_IEEE_F64LE, 1, 2, half);
    put_dataset(file, "unknown", H5T_IEEE_F64LE, 1, 2, unknown);
    put_dataset(file, "back", H5T_IEEE_F64LE, 2, 2, back);
    put_promise(file, "promise", (hsize_t)1 << 40);
    H5Gclose(H5Gcreate2(file, "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Fclose(file);
}

static void put_bytes(const char *path, const char *text, size_t length)
{
    FILE *out = fopen(path, "wb");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(text, 1, length, out), length);
    fclose(out);
}

/* The case with a dataset in the place of the delay (0), the weights (1) or the spikes (2). */
static struct case_problem *read_with(int place, const char *dataset)
{
    char text[2048], object[128];
    snprintf(object, sizeof object, "{\"hdf5\": \"data.h5\", \"dataset\": \"%s\"}", dataset);
    int length = snprintf(text, sizeof text, frame, place == 0 ? object : "0",
                          place == 1 ? object : plain, place == 2 ? object : trains);
    put_bytes(case_path, text, (size_t)length);
    return case_read(case_path, &error);
}

TEST_EACH(a_matrix_may_stand_in_an_hdf5_file_beside_the_case, 0, 3)
{
    static const char *const sets[] = {"w64", "/w64be", "/w32"};
    double want[] = {0.1, 2, -3, 4, 5, 6};
    struct case_problem *c = read_with(1, sets[_i]);
    ck_assert_msg(c, "%s", error.text);
    if (_i == 2)
        want[0] = (double)0.1f;
    ck_assert_mem_eq(c->projection[0].weight, want, sizeof want);
    case_free(c);
}

TEST(delays_from_hdf5_obey_the_rules_of_delays)
{
    ck_assert_ptr_null(read_with(0, "w64"));
    ck_assert_ptr_nonnull(
        strstr(error.text, "$.projections[0].delay[0][2]: found -3, wanted a finite number >= 0"));
}

TEST(spikes_may_stand_in_an_hdf5_file_in_any_order_of_neurons)
{
    struct case_problem *c = read_with(2, "spikes");
    ck_assert_msg(c, "%s", error.text);
    const struct case_train *train = c->sample[0].spikes[0];
    ck_assert_uint_eq(train[0].count, 1);
    ck_assert_mem_eq(train[0].at, ((const double[]){3}), sizeof(double));
    ck_assert_uint_eq(train[1].count, 3);
    ck_assert_mem_eq(train[1].at, ((const double[]){2.5, 4, 39}), 3 * sizeof(double));
    case_free(c);
}

TEST(a_dataset_without_rows_is_silence)
{
    struct case_problem *c = read_with(2, "silence");
    ck_assert_msg(c, "%s", error.text);
    ck_assert_uint_eq(c->sample[0].spikes[0][0].count + c->sample[0].spikes[0][1].count, 0);
    case_free(c);
}

static const struct {
    int place;
    const char *dataset, *message;
} bad_sets[] = {
    {1, "none", "weights.dataset: found \"none\", wanted a dataset of that HDF5 file"},
    {1, "group", "weights.dataset: found \"group\", wanted a dataset of that HDF5 file"},
    {1, "a/b", "weights.dataset: found \"a/b\", wanted a dataset of that HDF5 file"},
    {1, "", "weights.dataset: found \"\", wanted a string that is not empty"},
    {1, "whole", "weights: found a dataset of another type, wanted IEEE float32 or float64"},
    {1, "turned", "weights: found a dataset of shape [3][2], wanted shape [2][3]"},
    {1, "line", "weights: found a dataset of 1 dimensions, wanted shape [2][3]"},
    {1, "nan", "weights[1][2]: found nan, wanted a finite number"},
    {2, "w64", "spikes.in: found a dataset of shape [2][3], wanted shape [n][2]"},
    {2, "wrong", "spikes.in: found neuron 2 in row 1, wanted a whole number 0 .. 1"},
    {2, "half", "spikes.in: found neuron 0.5 in row 0, wanted a whole number 0 .. 1"},
    {2, "unknown", "spikes.in: found neuron nan in row 0, wanted a whole number 0 .. 1"},
    {2, "back", "spikes.in[0][1]: found 3, wanted ascending times, so at least 4"},
    {2, "promise",
     "spikes.in: found a dataset of shape [1099511627776][2], wanted at most 268435456 numbers "
     "from HDF5 files"},
};

TEST_EACH(a_wrong_dataset_is_refused, 0, (int)(sizeof bad_sets / sizeof bad_sets[0]))
{
    ck_assert_ptr_null(read_with(bad_sets[_i].place, bad_sets[_i].dataset));
    const char *place = strstr(error.text, bad_sets[_i].place == 1 ? "weights" : "spikes");
    ck_assert_msg(place, "%s", error.text);
    ck_assert_str_eq(place, bad_sets[_i].message);
}

TEST(a_file_that_is_not_hdf5_is_refused)
{
    put_bytes(hdf5_path, "something else", 14);
    ck_assert_ptr_null(read_with(1, "w64"));
    ck_assert_ptr_nonnull(strstr(error.text, "this one is damaged or of another kind"));
}

TEST(nothing_but_the_refusal_is_said_of_a_bad_hdf5_file)
{
    char path[96], seen[8];
    snprintf(path, sizeof path, "%s/stderr", folder);
    fflush(stderr);
    int before = dup(STDERR_FILENO);
    FILE *capture = fopen(path, "w+b");
    ck_assert_ptr_nonnull(capture);
    dup2(fileno(capture), STDERR_FILENO);
    struct case_problem *missing = read_with(1, "none");
    put_bytes(hdf5_path, "something else", 14);
    struct case_problem *damaged = read_with(1, "w64");
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    ck_assert(!missing && !damaged);
    rewind(capture);
    ck_assert_uint_eq(fread(seen, 1, sizeof seen, capture), 0);
    fclose(capture);
    unlink(path);
}

TEST(standard_input_is_a_file_too)
{
    char text[2048];
    int length = snprintf(text, sizeof text, frame, "0", plain, trains);
    put_bytes(case_path, text, (size_t)length);
    ck_assert_ptr_nonnull(freopen(case_path, "rb", stdin));
    struct case_problem *c = case_read("-", &error);
    ck_assert_msg(c, "%s", error.text);
    case_free(c);
    ck_assert_ptr_null(case_read("-", &error)); /* it is at its end */
    ck_assert_ptr_nonnull(strstr(error.text, "standard input:1:0: found the end of the file"));
}

TEST(a_missing_file_and_a_folder_are_refused)
{
    char want[256];
    ck_assert_ptr_null(case_read(case_path, &error));
    snprintf(want, sizeof want,
             "%s: found no readable file (No such file or directory), wanted "
             "a case",
             case_path);
    ck_assert_str_eq(error.text, want);
    ck_assert_ptr_null(case_read(folder, &error));
    snprintf(want, sizeof want, "%s: found a directory, wanted a file", folder);
    ck_assert_str_eq(error.text, want);
}

TEST(a_file_larger_than_the_limit_is_not_read)
{
    put_bytes(case_path, "{}", 2);
    ck_assert_int_eq(truncate(case_path, (off_t)1 << 31), 0);
    ck_assert_ptr_null(case_read(case_path, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "found a larger file, wanted at most 1073741824"));
}

TEST(a_stream_larger_than_the_limit_is_left_off)
{
    struct case_report report = {"stream", &error, 0, 0};
    size_t length;
    char *text;
    put_bytes(case_path, "0123456789", 10);
    ck_assert_ptr_nonnull(freopen(case_path, "rb", stdin));
    ck_assert_ptr_null(case_read_bytes(&length, &report, "-", 9));
    ck_assert_str_eq(error.text, "stream: found a larger file, wanted at most 9 bytes");
    ck_assert_ptr_nonnull(freopen(case_path, "rb", stdin));
    text = case_read_bytes(&length, &report, "-", 10);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(length, 10);
    free(text);
}

SUITE("read_file", .setup = setup, .teardown = drop_folder)
