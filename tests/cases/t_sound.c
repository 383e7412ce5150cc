/* SPDX-License-Identifier: MIT */
/* t_sound.c: are recordings read at 48 kHz whatever their rate, and others refused in one line? */
#include "cases/spikes/sound.h"
#include "tests/run_suite.h"

#include <check.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];
static struct case_error error;

static void setup(void)
{
    snprintf(path, sizeof path, "/tmp/evident-sound-XXXXXX");
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
}

static void teardown(void)
{
    unlink(path);
}

enum { FLOATS = SF_FORMAT_WAV | SF_FORMAT_DOUBLE, WHOLES = SF_FORMAT_WAV | SF_FORMAT_PCM_16 };

/* 50 Hz and 3 kHz for a tenth of a second, in whole periods, each at its phase. */
static double tone(double time)
{
    const double turn = 8 * atan(1);
    return 0.5 * sin(50 * turn * time + 0.3) + 0.25 * cos(3000 * turn * time);
}

static void put(int format, int rate, int channels, size_t samples, double loudness)
{
    SF_INFO info = {.samplerate = rate, .channels = channels, .format = format};
    double *data = malloc(samples * (size_t)channels * sizeof *data);
    SNDFILE *out = sf_open(path, SFM_WRITE, &info);
    ck_assert(data && out);
    for (size_t k = 0; k < samples * (size_t)channels; k++)
        data[k] = loudness * tone((double)(k / (size_t)channels) / rate);
    ck_assert_int_eq(sf_writef_double(out, data, (sf_count_t)samples), (sf_count_t)samples);
    sf_close(out);
    free(data);
}

TEST_EACH(every_rate_comes_as_48_khz, 0, 10)
{
    static const int rates[] = {8000, 12000, 16000, 24000, 48000};
    double *sound;
    size_t samples, odd = _i >= 5;
    int rate = rates[_i % 5];
    put(FLOATS, rate, 1, (size_t)rate / 10 + odd, 1);
    ck_assert_msg(spike_sound_read(&sound, &samples, path, &error) == 0, "%s", error.text);
    ck_assert_uint_eq(samples, 4800 + odd * (size_t)(48000 / rate));
    for (size_t k = 0; k < samples; k++) {
        double want = tone((double)k / 48000), far = fabs(sound[k] - want);
        /* One sample more is no whole period; what was recorded is still there. */
        ck_assert_msg(far < 1e-12 || (odd && k % (size_t)(48000 / rate) != 0),
                      "%d Hz, sample %zu: %.17g, but %.17g", rate, k, sound[k], want);
    }
    free(sound);
}

static void refused(const char *wanted)
{
    double *sound;
    size_t samples;
    char text[256];
    snprintf(text, sizeof text, "%s: %s", path, wanted);
    ck_assert_int_eq(spike_sound_read(&sound, &samples, path, &error), -1);
    ck_assert_str_eq(error.text, text);
    ck_assert_ptr_null(sound);
}

/* The highest frequency that there is at all: the samples that were recorded are still there. */
TEST(a_sound_at_half_its_rate_keeps_its_samples)
{
    SF_INFO info = {.samplerate = 16000, .channels = 1, .format = FLOATS};
    double data[64], *sound;
    size_t samples;
    for (size_t k = 0; k < 64; k++)
        data[k] = k % 2 ? -0.25 : 0.25;
    SNDFILE *out = sf_open(path, SFM_WRITE, &info);
    ck_assert_int_eq(sf_writef_double(out, data, 64), 64);
    sf_close(out);
    ck_assert_msg(spike_sound_read(&sound, &samples, path, &error) == 0, "%s", error.text);
    for (size_t k = 0; k < 64; k++)
        ck_assert_double_eq_tol(sound[3 * k], data[k], 1e-14);
    free(sound);
}

TEST(what_the_model_cannot_take_is_refused)
{
    put(WHOLES, 44100, 1, 4410, 1);
    refused("found 44100 Hz, wanted 8000, 12000, 16000, 24000 or 48000 Hz");
    put(WHOLES, 6000, 1, 600, 1);
    refused("found 6000 Hz, wanted 8000, 12000, 16000, 24000 or 48000 Hz");
    put(WHOLES, 16000, 2, 1600, 1);
    refused("found 2 channels, wanted one");
    put(WHOLES, 16000, 1, 1600, 0);
    refused("found silence, wanted sound");
    put(FLOATS, 16000, 1, 1600, (double)INFINITY);
    refused("$[0]: found inf, wanted a finite number");
    put(WHOLES, 48000, 1, 47, 1);
    refused("found 47 samples, wanted 48 samples .. 10 s");
    put(WHOLES, 8000, 1, 80001, 1);
    refused("found 80001 samples, wanted 48 samples .. 10 s");
}

TEST(what_is_no_recording_is_refused)
{
    FILE *out = fopen(path, "w");
    fputs("no sound at all", out);
    fclose(out);
    double *sound;
    size_t samples;
    ck_assert_int_eq(spike_sound_read(&sound, &samples, path, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, ": found no recording ("));
    ck_assert_int_eq(spike_sound_read(&sound, &samples, "/dev/null", &error), -1);
    ck_assert_str_eq(error.text, "/dev/null: found no regular file, wanted WAV, FLAC or another "
                                 "recording");
    unlink(path);
    refused("found no readable file (No such file or directory), wanted WAV, FLAC or another "
            "recording");
}

TEST(a_recording_that_is_cut_off_is_refused)
{
    double *sound;
    size_t samples;
    put(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48000, 1, 48000, 1);
    FILE *in = fopen(path, "rb");
    fseek(in, 0, SEEK_END);
    long size = ftell(in);
    fclose(in);
    ck_assert_int_eq(truncate(path, size / 2), 0);
    ck_assert_int_eq(spike_sound_read(&sound, &samples, path, &error), -1);
    ck_assert_msg(strstr(error.text, ": found the end after ") &&
                      strstr(error.text, ", wanted 48000"),
                  "%s", error.text);
}

SUITE("sound", .setup = setup, .teardown = teardown)
