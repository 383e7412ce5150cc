/* SPDX-License-Identifier: MIT */
/* t_spikes.c: are idx files, JSON lines and Yin-Yang points put on the grid as defined, and broken
 * ones refused in one line? HDF5 files: t_spikes_hdf5.c. */
#include "tests/run_suite.h"
#include "tests/spike_case.h"

#include <math.h>
#include <zlib.h>

static const struct spike_grid ms20 = {.end = 20, .step = 1}, merged20 = {20, 1, .merge = true};

static void put_compressed(const char *path, const void *bytes, size_t length)
{
    gzFile out = gzopen(path, "wb");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(gzfwrite(bytes, 1, length, out), length);
    ck_assert_int_eq(gzclose(out), Z_OK);
}

/* ---- JSON lines ---- */

static const char lines[] =
    "{\"channels\": 9, \"classes\": 4}\n"
    "{\"label\": 3, \"group\": 7, \"spikes\": [[2.5, 1], [0.999, 8], [2, 1],"
    " [2.9, 0], [19.999, 2], [20, 1], [1e300, 2]]}\n"
    "\n"
    "{\"label\": 0, \"spikes\": []}\r\n"
    "{\"spikes\": [[\"0x1.8p+0\", 4]], \"label\": 1}";

TEST_EACH(lines_are_samples_sorted_by_step_then_channel, 0, 2)
{
    (_i ? put_compressed : spike_put)(spike_path, lines, strlen(lines));
    spike_read_well(spike_path, NULL, &ms20);
    spike_expect("3 7: 0.8 2.0 2.1 2.1 19.2; 0 0:; 1 0: 1.4; ");
    spike_expect_sizes(9, 4, 2, 0);
    ck_assert_uint_eq(spike_found.steps, 20);
}

TEST(spikes_of_a_channel_in_one_step_count_once_if_asked)
{
    spike_put(spike_path, lines, strlen(lines));
    spike_read_well(spike_path, NULL, &merged20);
    spike_expect("3 7: 0.8 2.0 2.1 19.2; 0 0:; 1 0: 1.4; ");
    spike_expect_sizes(9, 4, 2, 1);
}

TEST(sizes_are_what_is_needed_unless_they_are_given)
{
    const char *text = strchr(lines, '\n') + 1;
    struct spike_grid grid = ms20;
    spike_put(spike_path, text, strlen(text));
    spike_read_well(spike_path, NULL, &grid);
    spike_expect_sizes(9, 4, 2, 0);
    grid.end = 1; /* spikes that are dropped have channels, too */
    spike_read_well(spike_path, NULL, &grid);
    spike_expect_sizes(9, 4, 7, 0);
    grid.channels = 700;
    grid.classes = 20;
    spike_put(spike_path, lines, strlen(lines));
    spike_read_well(spike_path, NULL, &grid);
    spike_expect_sizes(700, 20, 7, 0);
}

#define SAMPLE "{\"label\": 1, \"spikes\": [[1, 2]]}\n"

static const struct {
    const char *text, *end;
} bad_lines[] = {
    {SAMPLE "{\"label\": 1, \"spikes\": [[1,",
     ":2:27: found the end of the file, wanted the rest of the JSON text (']' expected)"},
    {SAMPLE SAMPLE "{\"label\": 1, \"spikes\": [[1, 2]]} 7\n",
     ":3:34: found 7, wanted nothing after the JSON text (end of file expected)"},
    {SAMPLE "[]\n", ":2: $: found a list of 0, wanted an object: a sample"},
    {"{\"label\": 1}\n", ":1: $: found no such key, wanted the key \"spikes\" of a sample"},
    {SAMPLE "{\"label\": 1, \"spikes\": [], \"lable\": 1}\n",
     ":2: $: found the key \"lable\", wanted only the keys of a sample: label, group, spikes"},
    {SAMPLE "{\"label\": -1, \"spikes\": []}\n",
     ":2: $.label: found -1, wanted a whole number 0 .. 16777215"},
    {"{\"label\": 1, \"group\": 4294967296, \"spikes\": []}\n",
     ":1: $.group: found 4294967296, wanted a whole number 0 .. 4294967295"},
    {"{\"label\": 1, \"spikes\": [[1, 2], [-0.5, 2]]}\n",
     ":1: $.spikes[1][0]: found -0.5 ms, wanted a time of 0 or later"},
    {"{\"label\": 1, \"spikes\": [[1, 65536]]}\n",
     ":1: $.spikes[0][1]: found 65536, wanted a whole number 0 .. 65535"},
    {"{\"label\": 1, \"spikes\": [[1]]}\n",
     ":1: $.spikes[0]: found a list of 1, wanted a spike [time in ms, channel]"},
    {"{\"channels\": 2, \"classes\": 2}\n{\"label\": 1, \"spikes\": [[30, 2]]}\n",
     ":2: $.spikes[0][1]: found 2, wanted a channel 0 .. 1"},
    {"{\"channels\": 2, \"classes\": 2}\n{\"label\": 2, \"spikes\": []}\n",
     ":2: $.label: found 2, wanted a label 0 .. 1"},
    {"{\"channels\": 2}\n",
     ":1: $: found no such key, wanted the key \"classes\" of the sizes of a set"},
    {SAMPLE "{\"channels\": 2, \"classes\": 2}\n",
     ":2: $: found the key \"channels\", wanted only the keys of a sample: label, group, spikes"},
    {"{\"channels\": 2, \"classes\": 2}\n\n", ": found no samples, wanted one at least"},
    {"label 1\n",
     ": found a file that begins with \"label 1\\u000a\", wanted HDF5, idx or JSON lines"},
    {"", ": found an empty file, wanted HDF5, idx or JSON lines"},
};

TEST_EACH(a_wrong_line_is_refused, 0, COUNT(bad_lines))
{
    char end[256];
    snprintf(end, sizeof end, "%s%s", spike_path, bad_lines[_i].end);
    spike_put(spike_path, bad_lines[_i].text, strlen(bad_lines[_i].text));
    spike_read_badly(spike_path, NULL, &ms20, end);
}

/* ---- idx ---- */

/* Two images of 2 by 3, and their labels. */
static const unsigned char images[] = {0, 0, 8, 3,   0, 0,   0,   2, 0, 0,   0, 2, 0,  0,
                                       0, 3, 0, 255, 1, 128, 254, 2, 0, 255, 0, 0, 64, 0};
static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 7, 3};

TEST_EACH(a_grey_above_1_spikes_once_the_brighter_the_earlier, 0, 4)
{
    struct spike_grid grid = ms20;
    (_i & 1 ? put_compressed : spike_put)(spike_path, images, sizeof images);
    (_i & 2 ? put_compressed : spike_put)(spike_labels, labels, sizeof labels);
    spike_read_well(spike_path, spike_labels, &grid);
    /* (255 - 128) / 255 * 16 + 2 = 9.97, (255 - 2) / 255 * 16 + 2 = 17.9, (255 - 64) ...: 13.98 */
    spike_expect("7 0: 2.1 2.4 9.3 17.5; 3 0: 2.1 13.4; ");
    spike_expect_sizes(6, 8, 0, 0);
    grid.latency = SPIKE_FULL;
    spike_read_well(spike_path, spike_labels, &grid);
    spike_expect("7 0: 0.1 0.4 9.3 19.5; 3 0: 0.1 14.4; ");
    grid.span = 10;
    spike_read_well(spike_path, spike_labels, &grid);
    spike_expect("7 0: 0.1 0.4 4.3 9.5; 3 0: 0.1 7.4; ");
}

/* A byte of the images (negative place: of the labels) that is another, or the length cut. */
static const struct {
    int place, value;
    size_t cut;
    const char *end;
} bad_idx[] = {
    {2, 13, 0,
     "spikes: found an idx file of type 0x0d with 3 dimensions, wanted images of type 0x08 (uint8) "
     "with 3"},
    {3, 1, 0,
     "spikes: found an idx file of type 0x08 with 1 dimensions, wanted images of type 0x08 (uint8) "
     "with 3"},
    {0, 0, 3,
     "spikes: found the end of the file after 3 bytes, wanted 4 bytes: the head of an idx file"},
    {0, 0, 14,
     "spikes: found the end of the file after 2 bytes, wanted 4 bytes: a dimension of an idx file"},
    {0, 0, 27, "spikes: $[1]: found the end of the file after 5 bytes, wanted 6 bytes: an image"},
    {0, 0, 22, "spikes: $[1]: found the end of the file, wanted 6 bytes: an image"},
    {7, 3, 0, "labels: found 2 labels, wanted 3, one an image"},
    {11, 0, 0, "spikes: found images of 0 by 3, wanted 1 .. 65536 pixels"},
    {9, 1, 0, "spikes: found images of 65538 by 3, wanted 1 .. 65536 pixels"},
    {15, 2, 0,
     "spikes: found more bytes, wanted the end of the file after 2 elements of its first "
     "dimension"},
    {-2, 9, 0,
     "labels: found an idx file of type 0x09 with 1 dimensions, wanted labels of type 0x08 (uint8) "
     "with 1"},
    {-1, 1, 0, "labels: found a file of another kind, wanted an idx file of labels"},
};

TEST_EACH(a_wrong_idx_file_is_refused, 0, COUNT(bad_idx))
{
    unsigned char image[sizeof images], label[sizeof labels];
    int place = bad_idx[_i].place;
    memcpy(image, images, sizeof images);
    memcpy(label, labels, sizeof labels);
    if (place >= 0)
        image[place] = (unsigned char)bad_idx[_i].value;
    else
        label[-place] = (unsigned char)bad_idx[_i].value;
    spike_put(spike_path, image, bad_idx[_i].cut ? bad_idx[_i].cut : sizeof image);
    spike_put(spike_labels, label, sizeof label);
    spike_read_badly(spike_path, spike_labels, &ms20, bad_idx[_i].end);
}

TEST(labels_stand_beside_idx_files_and_nothing_else)
{
    const struct spike_grid few = {.end = 1, .step = 1, .classes = 7};
    spike_put(spike_path, images, sizeof images);
    spike_put(spike_labels, labels, sizeof labels - 1);
    spike_read_badly(spike_path, NULL, &ms20,
                     "spikes: found idx images without labels, wanted an idx file of labels beside "
                     "them");
    spike_read_badly(spike_path, spike_labels, &ms20,
                     "labels: $[1]: found the end of the file, wanted 1 bytes: a label");
    spike_read_badly(spike_path, spike_labels, &few,
                     "found 1 ms for the latency code, wanted more than 4 ms");
    struct spike_grid grid = ms20;
    grid.classes = 7;
    spike_read_badly(spike_path, spike_labels, &grid,
                     "labels: $[0]: found 7, wanted a label 0 .. 6");
    static const char message[] =
        "found labels in a file of their own, wanted such a file beside an idx file alone";
    spike_put(spike_path, lines, strlen(lines));
    spike_read_badly(spike_path, spike_labels, &ms20, message);
    spike_read_badly("yin-yang:test", spike_labels, &ms20, message);
}

TEST(damaged_compressed_data_is_refused)
{
    unsigned char bytes[512];
    put_compressed(spike_path, images, sizeof images);
    FILE *in = fopen(spike_path, "rb");
    size_t length = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    spike_put(spike_labels, labels, sizeof labels);
    spike_put(spike_path, bytes, length - 6); /* data is whole, its checksum is not */
    spike_read_badly(spike_path, spike_labels, &ms20,
                     "found the end of the file, wanted the rest of its compressed data");
    bytes[length - 8] ^= 1;
    spike_put(spike_path, bytes, length);
    spike_read_badly(spike_path, spike_labels, &ms20,
                     "found damaged gzip data (incorrect data check), wanted a sound file");
}

/* ---- Yin-Yang ---- */

/* Published samples 0, 1 and 4 of the test set, from the publication's own .npy files
 * (github.com/lkriener/yin_yang_data_set, commit e6eef961, MIT licence). */
static const struct {
    size_t sample;
    double value[5];
    unsigned label;
} points[] = {
    {0,
     {0x1.df6e0fe77e0e4p-3, 0x1.9b5dcab9967b6p-2, 0x1.88247c06207c7p-1, 0x1.32511aa334c25p-1, 0},
     2},
    {1,
     {0x1.80ae3293af921p-1, 0x1.df7af78b6999cp-2, 0x1.fd4735b141b7cp-3, 0x1.1042843a4b332p-1, 0},
     2},
    {4,
     {0x1.cdaf0966168f0p-4, 0x1.0c6ad901a95bdp-1, 0x1.c64a1ed33d2e2p-1, 0x1.e72a4dfcad486p-2, 0},
     1},
};

TEST_EACH(yin_yang_points_are_the_published_ones, 0, 2)
{
    struct spike_grid grid = {.end = 30, .step = 0x1p-11};
    grid.latency = _i ? SPIKE_FULL : SPIKE_INSET;
    spike_read_well("yin-yang:test", NULL, &grid);
    ck_assert_uint_eq(spike_found.samples, 1000);
    spike_expect_sizes(5, 3, 0, 0);
    for (size_t k = 0; k < 3; k++) {
        size_t sample = points[k].sample, begin = spike_found.begin[sample];
        ck_assert_uint_eq(spike_found.label[sample], points[k].label);
        ck_assert_uint_eq(spike_found.begin[sample + 1] - begin, 5);
        for (size_t i = begin; i < begin + 5; i++) {
            double value = points[k].value[spike_found.channel[i]];
            double time = _i ? 30 * value : value * (30 - 0x1p-9) + 0x1p-10;
            ck_assert_uint_eq(spike_found.step[i], (size_t)floor(time * 0x1p11));
            ck_assert(i == begin || spike_found.step[i] >= spike_found.step[i - 1]);
        }
    }
}

TEST(there_are_three_yin_yang_sets)
{
    const struct spike_grid grid = {.end = 60, .step = 1, .latency = SPIKE_FULL, .span = 30};
    spike_read_well("yin-yang:train", NULL, &grid);
    ck_assert_uint_eq(spike_found.samples, 5000);
    ck_assert_uint_eq(spike_found.steps, 60);
    spike_read_well("yin-yang:validation", NULL, &grid);
    ck_assert_uint_eq(spike_found.samples, 1000);
    spike_read_badly("yin-yang:all", NULL, &grid,
                     "yin-yang:all: found \"all\", wanted train, validation or test");
}

/* ---- grids and files ---- */

static const struct {
    struct spike_grid grid;
    const char *end;
} bad_grids[] = {
    {{.end = 20, .step = 3},
     "found 20 ms in steps of 3 ms, wanted a whole number of steps, 1 .. 65535"},
    {{.end = 65536, .step = 1},
     "found 65536 ms in steps of 1 ms, wanted a whole number of steps, 1 .. 65535"},
    {{.end = 20, .step = -1},
     "found 20 ms in steps of -1 ms, wanted a whole number of steps, 1 .. 65535"},
    {{.end = 0.0 / 0.0, .step = 1},
     "ms in steps of 1 ms, wanted a whole number of steps, 1 .. 65535"},
    {{.end = 20, .step = 0},
     "found 20 ms in steps of 0 ms, wanted a whole number of steps, 1 .. 65535"},
    {{.end = 20, .step = 1, .span = -1}, "found -1 ms for the latency code, wanted more than 4 ms"},
    {{.end = 20, .step = 1, .channels = 65537},
     "found 65537 channels and 0 classes, wanted at most 65536 and 16777216"},
    {{.end = 20, .step = 1, .channels = 4},
     "yin-yang:test: $[0]: found 4, wanted a channel 0 .. 3"},
};

TEST_EACH(a_wrong_grid_is_refused, 0, COUNT(bad_grids))
{
    spike_read_badly("yin-yang:test", NULL, &bad_grids[_i].grid, bad_grids[_i].end);
}

TEST(a_grid_is_whole_if_doubles_find_it_so)
{
    const struct spike_grid grid = {.end = 0.3, .step = 0.1, .latency = SPIKE_FULL};
    spike_read_well("yin-yang:test", NULL, &grid);
    ck_assert_uint_eq(spike_found.steps, 3);
}

/* 0.3 / 0.1 is below 3 in doubles, and (0.9 - 2^-53) / 0.3 is 3. */
TEST_EACH(the_end_is_the_end_whatever_doubles_make_of_it, 0, 2)
{
    static const char text[] = "{\"label\": 0, \"spikes\": [[0, 0], [%s, 1]]}";
    const struct spike_grid grid[] = {{.end = 0.3, .step = 0.1}, {.end = 0.9, .step = 0.3}};
    static const char *const late[] = {"0.3", "0.8999999999999999"};
    char line[128];
    spike_put(spike_path, line, (size_t)snprintf(line, sizeof line, text, late[_i]));
    spike_read_well(spike_path, NULL, &grid[_i]);
    spike_expect("0 0: 0.0; ");
    spike_expect_sizes(2, 1, 1, 0);
}

TEST(what_is_no_file_is_refused)
{
    spike_read_badly(spike_path, NULL, &ms20,
                     "spikes: found no readable file (No such file or directory), wanted HDF5, idx "
                     "or JSON lines");
    spike_read_badly(spike_folder, NULL, &ms20, "found a directory, wanted a file");
    spike_read_badly("/dev/null", NULL, &ms20, "/dev/null: found no regular file, wanted a file");
    spike_put(spike_path, images, sizeof images);
    spike_read_badly(spike_path, spike_labels, &ms20,
                     "labels: found no readable file (No such file or directory), wanted HDF5, idx "
                     "or JSON lines");
}

SUITE("spikes", .setup = spike_setup, .teardown = spike_teardown)
