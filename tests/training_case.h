/* SPDX-License-Identifier: MIT */
/* training_case.h: what the tests of training share: settings in a line, a folder, and a small data
 * set that can be learned: 12 channels, 3 classes, 24 samples of 4 groups. */
#ifndef EVIDENT_TESTS_TRAINING_CASE_H
#define EVIDENT_TESTS_TRAINING_CASE_H

#include "gpu/train/train.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TINY_CHANNELS = 12, TINY_CLASSES = 3, TINY_SAMPLES = 24, TINY_GROUPS = 4 };

static char place[64]; /* of this test's files */

static inline const char *file_at(const char *name)
{
    static char path[4][160];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", place, name);
    return path[next];
}

/* Sample s has class s % 3 and group s / 3 % 4: three spikes on channels of its class, a fourth
 * anywhere. late moves all of them. */
static inline void write_tiny(const char *name, int late)
{
    FILE *out = fopen(file_at(name), "w");
    ck_assert_ptr_nonnull(out);
    fprintf(out, "{\"channels\": %d, \"classes\": %d}\n", TINY_CHANNELS, TINY_CLASSES);
    for (int s = 0; s < TINY_SAMPLES; s++) {
        int class = s % TINY_CLASSES, stray = (5 * s + 3) % TINY_CHANNELS;
        fprintf(out, "{\"label\": %d, \"group\": %d, \"spikes\": [", class,
                s / TINY_CLASSES % TINY_GROUPS);
        for (int k = 0; k < 3; k++)
            fprintf(out, "[%d.5, %d], ", 1 + 2 * k + s % 4 + late, 4 * class + (k + s) % 4);
        fprintf(out, "[%d.5, %d]]}\n", 12 + s % 5 + late, stray);
    }
    ck_assert_int_eq(fclose(out), 0);
}

static inline void open_place(void)
{
    snprintf(place, sizeof place, "/tmp/t_training-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(place));
    write_tiny("tiny.jsonl", 0);
}

static inline void close_place(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", place);
    ck_assert_int_eq(system(command), 0);
}

/* The defaults, then "NAME=VALUE NAME=VALUE ..." of each text in turn; NULL ends them. */
static inline struct train_settings settings_of(const char *first, ...)
{
    struct train_settings settings;
    struct case_error error;
    va_list texts;
    va_start(texts, first);
    ck_assert_int_eq(train_settings_start(&settings, &error), 0);
    for (const char *one = first; one; one = va_arg(texts, const char *)) {
        char copy[1000], *rest = copy;
        snprintf(copy, sizeof copy, "%s", one);
        for (char *word; (word = strtok_r(rest, " ", &rest));)
            ck_assert_msg(train_settings_set(&settings, word, &error) == 0, "%s", error.text);
    }
    va_end(texts);
    return settings;
}

#define TINY                                                                                       \
    "end=20 step=1 hidden=8 batch=4 epochs=3 rate=0.02 ease=1 strength=0 input_mean=4 "            \
    "input_deviation=2 output_mean=0.3 output_deviation=0.5 loss=max-voltage-cross-entropy"

static inline struct train_settings tiny_settings(const char *more)
{
    char data[200];
    snprintf(data, sizeof data, "train=%s/tiny.jsonl", place);
    return settings_of(TINY, data, more, NULL);
}

/* A training of the tiny set with more settings. */
static inline void open_tiny(struct train *train, const char *more, int threads)
{
    struct train_settings settings = tiny_settings(more);
    struct case_error error = {""};
    ck_assert_msg(train_open(train, &settings, &gpu_clock_host, threads, NULL, &error) == 0, "%s",
                  error.text);
    train_settings_clear(&settings);
}

static inline void learn(struct train *train, int epochs)
{
    struct case_error error = {""};
    for (int k = 0; k < epochs; k++)
        ck_assert_msg(train_epoch(train, NULL, &error) == 0, "%s", error.text);
}

/* To be freed. */
static inline float *part_of(struct train *train, enum resident_part part)
{
    float *values = malloc((train->parameters + 1) * sizeof *values);
    ck_assert_ptr_nonnull(values);
    resident_get(train->engine, part, values);
    return values;
}

/* All that is state, to the bit, but for how long epochs took. */
static inline bool same_state(struct train *a, struct train *b)
{
    bool same = a->parameters == b->parameters && a->state.rows == b->state.rows &&
                a->state.epoch == b->state.epoch && a->state.best == b->state.best &&
                a->state.best_epoch == b->state.best_epoch &&
                memcmp(&a->state.schedule, &b->state.schedule, sizeof a->state.schedule) == 0 &&
                (a->state.best < 0 ||
                 memcmp(a->state.kept, b->state.kept, a->parameters * sizeof(float)) == 0);
    for (int part = RESIDENT_VALUE; same && part <= RESIDENT_SQUARE; part++) {
        float *x = part_of(a, (enum resident_part)part), *y = part_of(b, (enum resident_part)part);
        same = memcmp(x, y, a->parameters * sizeof *x) == 0;
        free(x);
        free(y);
    }
    for (size_t k = 0; same && k < a->state.rows; k++) {
        struct train_row x = a->state.row[k], y = b->state.row[k];
        x.seconds = y.seconds = 0;
        same = memcmp(&x, &y, sizeof x) == 0;
    }
    return same;
}

static inline bool is_one_line(const char *line)
{
    return line[0] != '\0' && strchr(line, '\n') == NULL;
}

#endif
