/* SPDX-License-Identifier: MIT */
/* hdf5.c: reads a float dataset of an HDF5 file, for matrices and spikes too large for JSON.
 *
 * IEEE binary32 and binary64 of either byte order are taken, since each of their numbers is a
 * double; other types would have to be rounded and are refused. The shape is compared with the case
 * before anything is allocated. HDF5's own messages are held back: a refusal is one line. */
#include "cases/hdf5_file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* directory/file, or file where it is absolute or directory is NULL. */
static char *join(const char *directory, const char *file)
{
    if (!directory || file[0] == '/')
        directory = "";
    size_t size = strlen(directory) + strlen(file) + 2;
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s%s%s", directory, directory[0] ? "/" : "", file);
    return path;
}

int case_hdf5_quietly(int (*work)(void *context), void *context)
{
    H5E_auto2_t print;
    void *data;
    H5Eget_auto2(H5E_DEFAULT, &print, &data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    int status = work(context);
    H5Eset_auto2(H5E_DEFAULT, print, data);
    return status;
}

/* Only a regular file: opening a pipe would wait for ever. */
static bool is_regular(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int recognise(void *path)
{
    return is_regular(path) && H5Fis_hdf5(path) > 0;
}

bool case_hdf5_recognise(const char *path)
{
    return case_hdf5_quietly(recognise, (void *)(uintptr_t)path) > 0;
}

hid_t case_hdf5_open(const struct case_report *report, const struct case_place *at,
                     const char *path)
{
    char shown[CASE_SHOWN];
    bool regular = is_regular(path);
    hid_t file = regular ? H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT) : -1;
    if (file < 0)
        case_refuse(report, at, case_show_quoted(shown, path),
                    regular ? "an HDF5 file; this one is damaged or of another kind"
                            : "an HDF5 file; there is none of that name");
    return file;
}

bool case_hdf5_is_float(hid_t type)
{
    return H5Tequal(type, H5T_IEEE_F32LE) > 0 || H5Tequal(type, H5T_IEEE_F32BE) > 0 ||
           H5Tequal(type, H5T_IEEE_F64LE) > 0 || H5Tequal(type, H5T_IEEE_F64BE) > 0;
}

/* Takes the extent of a dataset that has two dimensions. */
static int get_shape(hsize_t shape[2], hid_t dataset)
{
    hid_t space = H5Dget_space(dataset);
    int dimensions = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    if (dimensions == 2)
        H5Sget_simple_extent_dims(space, shape, NULL);
    if (space >= 0)
        H5Sclose(space);
    return dimensions;
}

static int read_dataset(double **numbers, size_t *rows, size_t *taken,
                        const struct case_report *report, const struct case_place *at,
                        hid_t dataset, size_t columns)
{
    char found[CASE_SHOWN], wanted[CASE_SHOWN] = "any number of";
    hsize_t shape[2] = {0, 0};
    hid_t type = H5Dget_type(dataset);
    int suits = type >= 0 && case_hdf5_is_float(type);
    if (type >= 0)
        H5Tclose(type);
    if (!suits)
        return case_refuse(report, at, "a dataset of another type", "IEEE float32 or float64");
    int dimensions = get_shape(shape, dataset);
    if (dimensions == 2)
        snprintf(found, sizeof found, "a dataset of shape [%ju][%ju]", (uintmax_t)shape[0],
                 (uintmax_t)shape[1]);
    else
        snprintf(found, sizeof found, "a dataset of %d dimensions",
                 dimensions < 0 ? 0 : dimensions);
    if (*rows != SIZE_MAX)
        snprintf(wanted, sizeof wanted, "%zu", *rows);
    if (dimensions != 2 || shape[1] != columns || (*rows != SIZE_MAX && shape[0] != *rows))
        return case_refuse(report, at, found, "shape [%s][%zu]", *rows == SIZE_MAX ? "n" : wanted,
                           columns);
    if (shape[0] > (CASE_MAX_HDF5_NUMBERS - *taken) / columns)
        return case_refuse(report, at, found, "at most %zu numbers from HDF5 files",
                           CASE_MAX_HDF5_NUMBERS);
    size_t count = (size_t)shape[0] * columns;
    *taken += count;
    *rows = (size_t)shape[0];
    *numbers = malloc((count ? count : 1) * sizeof **numbers);
    if (!*numbers)
        return case_refuse_memory(report);
    if (count && H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, *numbers) < 0)
        return case_refuse(report, at, "a dataset that cannot be read", "a sound file");
    return 0;
}

/* The arguments of case_read_dataset. */
struct wish {
    double **numbers;
    size_t *rows, *taken;
    const struct case_report *report;
    const struct case_place *at;
    const char *path, *name;
    size_t columns;
};

static int read_file(void *context)
{
    const struct wish *wish = context;
    char shown[CASE_SHOWN];
    hid_t file = case_hdf5_open(wish->report, CASE_KEY(wish->at, "hdf5"), wish->path);
    if (file < 0)
        return -1;
    hid_t dataset = H5Dopen2(file, wish->name, H5P_DEFAULT);
    int result = dataset < 0 ? case_refuse(wish->report, CASE_KEY(wish->at, "dataset"),
                                           case_show_quoted(shown, wish->name),
                                           "a dataset of that HDF5 file")
                             : read_dataset(wish->numbers, wish->rows, wish->taken, wish->report,
                                            wish->at, dataset, wish->columns);
    if (dataset >= 0)
        H5Dclose(dataset);
    H5Fclose(file);
    return result;
}

int case_read_dataset(double **numbers, size_t *rows, size_t *taken,
                      const struct case_report *report, const struct case_place *at,
                      const char *path, const char *name, size_t columns)
{
    struct wish wish = {numbers, rows, taken, report, at, path, name, columns};
    return case_hdf5_quietly(read_file, &wish);
}

int case_read_hdf5(double **numbers, size_t *rows, struct case_reader *reader,
                   const struct case_place *at, const json_t *value, size_t columns)
{
    static const struct case_row keys[] = {
        {"hdf5", .required = CASE_ALWAYS}, {"dataset", .required = CASE_ALWAYS}, {NULL}};
    char shown[CASE_SHOWN];
    const char *text[2];
    if (case_read_keys(reader, at, value, keys, CASE_ALWAYS, "an hdf5 object"))
        return -1;
    for (int i = 0; i < 2; i++) {
        const json_t *word = json_object_get(value, keys[i].key);
        text[i] = json_string_value(word); /* NULL where it is no string */
        if (!text[i] || !text[i][0])
            return case_refuse(&reader->report, CASE_KEY(at, keys[i].key),
                               case_show_json(shown, word), "a string that is not empty");
    }
    char *path = join(reader->directory, text[0]);
    if (!path)
        return case_refuse_memory(&reader->report);
    int status = case_read_dataset(numbers, rows, &reader->hdf5_numbers, &reader->report, at, path,
                                   text[1], columns);
    free(path);
    return status;
}
