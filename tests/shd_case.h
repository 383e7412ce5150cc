/* SPDX-License-Identifier: MIT */
/* shd_case.h: for tests of the commands about training: a file in the layout of SHD that is made
 * here, 40 samples of 4 classes and 5 speakers, another one as its test set, and a configuration
 * that learns it in seconds. */
#ifndef EVIDENT_TESTS_SHD_CASE_H
#define EVIDENT_TESTS_SHD_CASE_H

#include "tests/shell.h"

#include <hdf5.h>

enum { SAMPLES = 40, CHANNELS = 24, CLASSES = 4, SPIKES = 9 };

static inline const char *in_place(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static inline void put_dataset(hid_t file, const char *name, hid_t stored, hid_t type,
                               const void *from)
{
    hsize_t count = SAMPLES;
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t set = H5Dcreate2(file, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert(set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, from) >= 0);
    H5Dclose(set);
    H5Sclose(space);
}

/* Times in s as lists of float32, units of uint16, labels, speakers. Class c on channels about 6 c,
 * within 100 ms; seed moves them. */
static inline void write_shd(const char *name, int seed)
{
    static float time[SAMPLES][SPIKES];
    static uint16_t unit[SAMPLES][SPIKES];
    hvl_t times[SAMPLES], units[SAMPLES];
    int64_t label[SAMPLES], speaker[SAMPLES];
    for (int s = 0; s < SAMPLES; s++) {
        label[s] = s % CLASSES;
        speaker[s] = s / CLASSES % 5;
        for (int k = 0; k < SPIKES; k++) {
            time[s][k] = (float)(5 + 9 * k + (3 * s + k * seed) % 8) / 1000;
            unit[s][k] = (uint16_t)(k == 4 ? (7 * s + seed) % CHANNELS
                                           : 6 * (s % CLASSES) + (k + s + seed) % 6);
        }
        times[s] = (hvl_t){SPIKES, time[s]};
        units[s] = (hvl_t){SPIKES, unit[s]};
    }
    unit[0][4] = CHANNELS - 1;
    hid_t file = H5Fcreate(in_place(name), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t groups[] = {H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                      H5Gcreate2(file, "extra", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)};
    hid_t of_times = H5Tvlen_create(H5T_IEEE_F32LE), of_units = H5Tvlen_create(H5T_STD_U16LE);
    hid_t floats = H5Tvlen_create(H5T_NATIVE_FLOAT), shorts = H5Tvlen_create(H5T_NATIVE_UINT16);
    put_dataset(file, "spikes/times", of_times, floats, times);
    put_dataset(file, "spikes/units", of_units, shorts, units);
    put_dataset(file, "labels", H5T_STD_U16LE, H5T_NATIVE_INT64, label);
    put_dataset(file, "extra/speaker", H5T_STD_U16LE, H5T_NATIVE_INT64, speaker);
    hid_t types[] = {of_times, of_units, floats, shorts};
    for (size_t k = 0; k < 4; k++)
        H5Tclose(types[k]);
    H5Gclose(groups[0]);
    H5Gclose(groups[1]);
    ck_assert(H5Fclose(file) >= 0);
}

static inline void setup_training(void)
{
    make_folder();
    write_shd("train.h5", 1);
    write_shd("test.h5", 2);
    put_file("small.json",
             "{\"name\": \"small\", \"train\": \"train.h5\", \"test\": \"test.h5\", \"leave\": 4, "
             "\"end\": 100, \"step\": 2, \"hidden\": \"12\", \"recurrent\": true, \"batch\": 8, "
             "\"epochs\": 12, \"rate\": 0.05, \"ease\": 1, \"input_mean\": 3, "
             "\"input_deviation\": 2, \"output_deviation\": 0.5, \"strength\": 1e-6, "
             "\"loss\": \"max-voltage-cross-entropy\", \"select\": \"validation\"}\n");
}

/* The program with these arguments, which must end well. */
static inline void works(const char *arguments)
{
    char command[1024];
    snprintf(command, sizeof command, "$E %s", arguments);
    ck_assert_msg(shell(command) == 0, "%s: %s", arguments, text);
}

#endif
