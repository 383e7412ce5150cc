/* SPDX-License-Identifier: MIT */
/* command_encode.c: `evident encode`: recordings of sound as spikes of the inner ear.
 *
 * All recordings are read and judged before the first is encoded. They are taken in the order of
 * their length, which has a table of transfer functions each; what a recording gives knows nothing
 * of that, nor of the others. */
#include "cases/spikes/sound.h"
#include "cases/spikes/spike_write.h"
#include "verify/command/command.h"

#include <stdlib.h>
#include <string.h>

/* Sounds are as long as the next whole number of these samples (1/8 s): few lengths, few tables. */
enum { PIECE = COCHLEA_RATE / 8 };

static const double stiffness = 1e9; /* C0 of SHD */

static const char *const keys[] = {"zero",  "one",   "two",   "three",  "four", "five", "six",
                                   "seven", "eight", "nine",  "null",   "eins", "zwei", "drei",
                                   "vier",  "fuenf", "sechs", "sieben", "acht", "neun"};
enum { DIGITS = 10, KEYS = 20 };

struct recordings {
    const struct options *options;
    size_t count;
    size_t *order;             /* [count], by length */
    size_t *length;            /* [count], samples with zeros */
    uint32_t *label, *speaker; /* [count] */
    size_t speakers;           /* how many have one */
};

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The number behind a word of a name: "speaker-03". false: there is none. */
static bool number_behind(uint32_t *number, const char *name, const char *word)
{
    const char *at = strstr(name, word);
    char *end = NULL;
    if (!at || at[strlen(word)] < '0' || at[strlen(word)] > '9')
        return false;
    unsigned long value = strtoul(at + strlen(word), &end, 10);
    *number = (uint32_t)value;
    return value <= UINT16_MAX;
}

static int judge_name(struct recordings *r, size_t k)
{
    const char *path = r->options->operand[k], *name = name_of(path);
    bool speaks = number_behind(&r->speaker[k], name, "speaker-");
    if (options_given(r->options, "label")) {
        r->label[k] = (uint32_t)r->options->label;
    } else if (!number_behind(&r->label[k], name, "digit-") || r->label[k] >= DIGITS) {
        return command_refuse("encode",
                              "%.300s: found no digit-D in its name, wanted D of 0 .. 9, "
                              "or --label N",
                              path);
    } else if (strstr(name, "german")) {
        r->label[k] += DIGITS;
    }
    if (speaks != (r->speakers > 0) && k > 0)
        return command_refuse("encode",
                              "%.300s: found %s speaker-N in its name, wanted it in all "
                              "names or in none",
                              path, speaks ? "a" : "no");
    r->speakers += speaks;
    return COMMAND_PASS;
}

static int judge(struct recordings *r, struct progress *progress)
{
    struct case_error error;
    for (size_t k = 0; k < r->count; k++) {
        double *sound;
        size_t samples;
        if (judge_name(r, k) != COMMAND_PASS)
            return COMMAND_COULD_NOT_RUN;
        if (spike_sound_read(&sound, &samples, r->options->operand[k], &error))
            return command_refuse("encode", "%s", error.text);
        free(sound);
        r->length[k] = (samples + PIECE - 1) / PIECE * PIECE;
        progress_say(progress, "%zu of %zu recordings read", k + 1, r->count);
    }
    /* A stable counting sort by length. */
    size_t used = 0;
    for (size_t length = PIECE; used < r->count; length += PIECE)
        for (size_t k = 0; k < r->count; k++)
            if (r->length[k] == length)
                r->order[used++] = k;
    return COMMAND_PASS;
}

static int encode_one(struct spike_file *file, const struct recordings *r, size_t k,
                      const struct cochlea *cochlea, struct case_error *error)
{
    const char *path = r->options->operand[k];
    const struct cochlea_draws draws = {NULL, r->options->judge.seed, name_of(path)};
    struct cochlea_spikes spikes = {0, NULL};
    double *sound;
    size_t samples;
    if (spike_sound_read(&sound, &samples, path, error))
        return -1;
    int status = spike_cochlea_hear(&spikes, cochlea, sound, samples, &draws);
    if (status)
        snprintf(error->text, sizeof error->text, "%.300s: too little memory", path);
    else
        status = spike_file_put(file, k, &spikes);
    free(spikes.at);
    free(sound);
    return status;
}

static int encode_all(struct spike_file *file, const struct recordings *r,
                      struct progress *progress, struct case_error *error)
{
    struct cochlea cochlea = {0};
    int status = 0;
    for (size_t k = 0; k < r->count && status == 0; k++) {
        size_t length = r->length[r->order[k]];
        if (cochlea.samples != length) {
            spike_cochlea_clear(&cochlea);
            status = spike_cochlea_make(&cochlea, length, (size_t)r->options->channels, stiffness);
            snprintf(error->text, sizeof error->text, "too little memory for %zu samples", length);
        }
        if (status == 0)
            status = encode_one(file, r, r->order[k], &cochlea, error);
        progress_say(progress, "%zu of %zu recordings encoded", k + 1, r->count);
    }
    spike_cochlea_clear(&cochlea);
    return status;
}

static int encode_recordings(struct recordings *r, struct progress *progress)
{
    const struct options *options = r->options;
    struct case_error error;
    if (judge(r, progress) != COMMAND_PASS)
        return COMMAND_COULD_NOT_RUN;
    struct spike_file *file = spike_file_begin(options->out, r->count, &error);
    if (!file)
        return command_refuse("encode", "%s", error.text);
    int status = encode_all(file, r, progress, &error);
    bool digits = !options_given(options, "label");
    int ended = spike_file_end(file, status ? NULL : r->label, r->speakers ? r->speaker : NULL,
                               digits ? keys : NULL, KEYS);
    return status || ended ? command_refuse("encode", "%s", error.text) : COMMAND_PASS;
}

static int encode(struct options *options)
{
    size_t count = options->operands;
    if (!options->out)
        return command_refuse("encode", "wants SOUND and --out (see evident encode --help)");
    struct recordings r = {.options = options, .count = count};
    r.order = calloc(count, sizeof *r.order);
    r.length = calloc(count, sizeof *r.length);
    r.label = calloc(count, sizeof *r.label);
    r.speaker = calloc(count, sizeof *r.speaker);
    struct progress progress;
    progress_start(&progress, "encode", true);
    int code = r.order && r.length && r.label && r.speaker
                   ? encode_recordings(&r, &progress)
                   : command_refuse("encode", "too little memory");
    progress_hide(&progress);
    if (code == COMMAND_PASS)
        printf("%zu recordings encoded to %s\n", count, options->out);
    free(r.order);
    free(r.length);
    free(r.label);
    free(r.speaker);
    return code;
}

const struct command command_encode = {
    .name = "encode",
    .operands = "SOUND... --out FILE",
    .wants = "SOUND and --out",
    .says = "make spikes of recordings of sound",
    .about = "Writes what the inner ear makes of recordings (WAV, FLAC and what else libsndfile "
             "reads; one channel; 8, 12, 16, 24 or 48 kHz) as an HDF5 file with the layout of SHD: "
             "the model behind that data set, with its parameters, but with other random "
             "numbers.\n"
             "A label is --label, or the D of digit-D in the name of a file, 10 more if german is "
             "in it; a speaker is the N of speaker-N. Spikes depend on the sound, the name of the "
             "file and --seed alone.\n"
             "Exit status: 0 all written; 2 could not run, nothing is written.",
    .examples = "evident encode digits/*.flac --out digits.h5\n"
                "evident encode yes/*.wav --label 0 --channels 70 --out yes.h5\n",
    .run = encode,
};
