/* SPDX-License-Identifier: MIT */
/* t_encode.c: `evident encode`: the file that it writes, read again; the order of recordings; what
 * is refused before anything is written. */
#include "cases/spikes/spikes.h"
#include "tests/run_suite.h"
#include "tests/shell.h"

#include <sndfile.h>

static const struct spike_grid grid = {.end = 1000, .step = 1};

/* Noise of an own kind: seed. Two lengths, so two tables. */
static void put(const char *name, uint32_t seed, size_t samples)
{
    char path[160];
    SF_INFO info = {.samplerate = 8000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    short *data = malloc(samples * sizeof *data);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    SNDFILE *out = sf_open(path, SFM_WRITE, &info);
    ck_assert(data && out);
    for (size_t k = 0; k < samples; k++) {
        seed = seed * 1664525 + 1013904223;
        data[k] = (short)(seed >> 17);
    }
    ck_assert_int_eq(sf_writef_short(out, data, (sf_count_t)samples), (sf_count_t)samples);
    sf_close(out);
    free(data);
}

static void put_recordings(void)
{
    make_folder();
    put("lang-german_speaker-07_digit-3.wav", 1, 2400);
    put("lang-english_speaker-11_digit-4.wav", 2, 900);
    put("other.wav", 3, 900);
}

static struct spike_set read_back(const char *name)
{
    char path[160];
    struct spike_set set;
    struct case_error error;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_msg(spike_set_read(&set, path, NULL, &grid, &error) == 0, "%s", error.text);
    return set;
}

/* The spikes of a sample of one set and of another. */
static void expect_same(const struct spike_set *a, size_t one, const struct spike_set *b,
                        size_t other)
{
    size_t count = a->begin[one + 1] - a->begin[one];
    ck_assert_uint_gt(count, 0);
    ck_assert_uint_eq(count, b->begin[other + 1] - b->begin[other]);
    ck_assert_mem_eq(a->step + a->begin[one], b->step + b->begin[other], count * sizeof *a->step);
    ck_assert_mem_eq(a->channel + a->begin[one], b->channel + b->begin[other],
                     count * sizeof *a->channel);
}

TEST(spikes_do_not_depend_on_the_other_recordings)
{
    ck_assert_int_eq(shell("cd $D && $E encode lang-g*.wav lang-e*.wav --channels 12 -o both.h5"),
                     0);
    ck_assert_str_eq(text, "2 recordings encoded to both.h5\n");
    ck_assert_int_eq(shell("cd $D && $E encode ./lang-e*.wav $D/lang-g*.wav --channels 12 "
                           "-o turned.h5 && $E encode lang-e*.wav --channels 12 -o one.h5 && "
                           "$E encode lang-e*.wav --seed 1 --channels 12 -o seed.h5"),
                     0);
    struct spike_set both = read_back("both.h5"), turned = read_back("turned.h5");
    struct spike_set one = read_back("one.h5"), seed = read_back("seed.h5");
    ck_assert_uint_eq(both.samples, 2);
    ck_assert_uint_eq(both.classes, 20);
    ck_assert_uint_eq(both.label[0], 13);
    ck_assert_uint_eq(both.label[1], 4);
    ck_assert_uint_eq(both.group[0], 7);
    ck_assert_uint_eq(both.group[1], 11);
    expect_same(&both, 0, &turned, 1);
    expect_same(&both, 1, &turned, 0);
    expect_same(&both, 1, &one, 0);
    ck_assert(seed.begin[1] != one.begin[1] ||
              memcmp(seed.step, one.step, one.begin[1] * sizeof *one.step) != 0);
    spike_set_clear(&both);
    spike_set_clear(&turned);
    spike_set_clear(&one);
    spike_set_clear(&seed);
}

TEST(a_label_may_be_given)
{
    ck_assert_int_eq(shell("cd $D && $E encode other.wav --label 5 --channels 3 -o o.h5"), 0);
    struct spike_set set = read_back("o.h5");
    ck_assert_uint_eq(set.label[0], 5);
    ck_assert_uint_eq(set.group[0], 0);
    ck_assert_uint_eq(set.classes, 6);
    spike_set_clear(&set);
}

static const struct {
    const char *command, *says;
} bad[] = {
    {"$E encode other.wav", "wants SOUND and --out"},
    {"$E encode other.wav -o o.h5", "other.wav: found no digit-D in its name, wanted D of 0 .. 9"},
    {"$E encode lang-e*.wav other.wav --label 1 -o o.h5",
     "other.wav: found no speaker-N in its name, wanted it in all names or in none"},
    {"$E encode other.wav lang-e*.wav --label 1 -o o.h5",
     "found a speaker-N in its name, wanted it in all names or in none"},
    {"cp other.wav digit-12.wav; $E encode digit-12.wav -o o.h5",
     "digit-12.wav: found no digit-D in its name"},
    {"echo no > digit-1.wav; $E encode digit-1.wav -o o.h5", "digit-1.wav: found no recording ("},
    {"$E encode lang-e*.wav --channels 2 -o none/o.h5",
     "none/o.h5: cannot write: No such file or directory"},
};

TEST_EACH(what_cannot_be_encoded_is_refused_and_nothing_is_written, 0,
          (int)(sizeof bad / sizeof *bad))
{
    char command[320];
    snprintf(command, sizeof command, "cd $D && %s", bad[_i].command);
    ck_assert_int_eq(shell(command), 2);
    ck_assert_msg(strstr(text, bad[_i].says), "%s", text);
    ck_assert_ptr_eq(strchr(text, '\n'), strrchr(text, '\n'));
    ck_assert_int_eq(shell("ls -A $D | grep h5"), 1);
}

SUITE("encode", .setup = put_recordings, .teardown = drop_folder)
