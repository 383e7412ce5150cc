/* SPDX-License-Identifier: MIT */
/* sound.c: reads recordings; see sound.h. */
#include "cases/spikes/sound.h"
#include "cases/internal.h"
#include "cases/spikes/cochlea.h"

#include <errno.h>
#include <fftw3.h>
#include <float.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LEAST_RATE = 8000, LEAST_SAMPLES = 48 };

static int judge_format(const struct case_report *report, const SF_INFO *info)
{
    char found[CASE_SHOWN];
    int factor = info->samplerate > 0 ? COCHLEA_RATE / info->samplerate : 0;
    snprintf(found, sizeof found, "%d channels", info->channels);
    if (info->channels != 1)
        return case_refuse(report, NULL, found, "one");
    snprintf(found, sizeof found, "%d Hz", info->samplerate);
    if (info->samplerate < LEAST_RATE || factor * info->samplerate != COCHLEA_RATE)
        return case_refuse(report, NULL, found, "8000, 12000, 16000, 24000 or 48000 Hz");
    snprintf(found, sizeof found, "%jd samples", (intmax_t)info->frames);
    if (info->frames < LEAST_SAMPLES ||
        info->frames > (sf_count_t)SPIKE_MAX_SECONDS * info->samplerate)
        return case_refuse(report, NULL, found, "%d samples .. %d s", LEAST_SAMPLES,
                           SPIKE_MAX_SECONDS);
    return 0;
}

static int judge_samples(const struct case_report *report, const double *sound, size_t samples)
{
    char found[CASE_NUMBER];
    bool silent = true;
    for (size_t k = 0; k < samples; k++) {
        if (!(sound[k] >= -DBL_MAX && sound[k] <= DBL_MAX))
            return case_refuse(report, CASE_AT(CASE_ROOT, k), case_show_number(found, sound[k]),
                               "a finite number");
        silent = silent && !(sound[k] < 0 || sound[k] > 0);
    }
    return silent ? case_refuse(report, NULL, "silence", "sound") : 0;
}

/* The same band-limited signal at factor times the rate: its spectrum, and zeros above. Of an even
 * number of samples the last frequency stands for two, that and its conjugate. */
static int raise_rate(double **sound, size_t *samples, size_t factor)
{
    size_t many = *samples * factor, bins = *samples / 2 + 1;
    double *raised = malloc(many * sizeof *raised);
    fftw_complex *spectrum = fftw_alloc_complex(many / 2 + 1);
    int failed = !raised || !spectrum;
    if (!failed) {
        memset(spectrum, 0, (many / 2 + 1) * sizeof *spectrum);
        fftw_plan there = fftw_plan_dft_r2c_1d((int)*samples, *sound, spectrum, FFTW_ESTIMATE);
        fftw_execute(there);
        if (*samples % 2 == 0)
            spectrum[bins - 1] /= 2;
        fftw_plan back = fftw_plan_dft_c2r_1d((int)many, spectrum, raised, FFTW_ESTIMATE);
        fftw_execute(back);
        fftw_destroy_plan(there);
        fftw_destroy_plan(back);
        for (size_t k = 0; k < many; k++)
            raised[k] /= (double)*samples;
        free(*sound);
        *sound = raised;
        *samples = many;
    } else {
        free(raised);
    }
    fftw_free(spectrum);
    return failed ? -1 : 0;
}

static int read_samples(double **sound, size_t *samples, const struct case_report *report,
                        SNDFILE *in, const SF_INFO *info)
{
    char found[CASE_SHOWN];
    *samples = (size_t)info->frames;
    *sound = malloc(*samples * sizeof **sound);
    if (!*sound)
        return case_refuse_memory(report);
    sf_count_t taken = sf_readf_double(in, *sound, info->frames);
    snprintf(found, sizeof found, "the end after %jd samples", (intmax_t)taken);
    if (taken != info->frames)
        return case_refuse(report, NULL, found, "%zu", *samples);
    if (judge_samples(report, *sound, *samples))
        return -1;
    size_t factor = (size_t)(COCHLEA_RATE / info->samplerate);
    if (factor > 1 && raise_rate(sound, samples, factor))
        return case_refuse_memory(report);
    return 0;
}

int spike_sound_read(double **sound, size_t *samples, const char *path, struct case_error *error)
{
    static const char wanted[] = "WAV, FLAC or another recording";
    struct case_report report = {path, error, 0, 0};
    struct stat status;
    SF_INFO info = {0};
    char found[96];
    *sound = NULL;
    if (stat(path, &status))
        return case_refuse_file(&report, errno, wanted);
    if (!S_ISREG(status.st_mode)) /* opening a pipe would wait for ever */
        return case_refuse(&report, NULL, "no regular file", "%s", wanted);
    SNDFILE *in = sf_open(path, SFM_READ, &info);
    if (!in) {
        snprintf(found, sizeof found, "no recording (%.64s)", sf_strerror(NULL));
        return case_refuse(&report, NULL, found, "%s", wanted);
    }
    int failed = judge_format(&report, &info) || read_samples(sound, samples, &report, in, &info);
    sf_close(in);
    if (failed) {
        free(*sound);
        *sound = NULL;
    }
    return failed ? -1 : 0;
}
