/* SPDX-License-Identifier: MIT */
/* digest_training.h: one number for all bits that short trainings compute, every rule in one of
 * them, each stopped after an epoch and gone on with from its checkpoint. */
#ifndef EVIDENT_GPU_DIGEST_TRAINING_H
#define EVIDENT_GPU_DIGEST_TRAINING_H

#include "cases/fnv.h"
#include "gpu/train/train.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIGEST_EPOCHS = 2 };
#define DIGEST_START FNV_START

#define DIGEST_SPIKES                                                                              \
    "latency=full span=30 end=40 hidden=30 input_mean=1.5 input_deviation=0.78 output_mean=0.93 "  \
    "output_deviation=0.1 loss=first-spike-cross-entropy tau0=0.5 tau1=6.4 alpha=0.003 "           \
    "rate=0.005 "

/* Yin-Yang as in cases/training/, on a coarser grid and with fewer neurons; then other rules on a
 * fifth of its points. */
static const char *const digest_training[] = {
    DIGEST_SPIKES "train=yin-yang:train ease=1 step=0.2 strength=0 skip_silent=true select=last",
    DIGEST_SPIKES "train=yin-yang:validation step=0.5 phantom=true strength=1e-4 spikes=3 "
                  "input_mean=1.2 validate=100 select=validation schedule=plateau plateau_epochs=0",
    "train=yin-yang:validation end=40 span=30 step=0.5 hidden=10,8 recurrent=true taps=2 tap=3 "
    "heterogeneous=true train_taus=true input_mean=1.5 input_deviation=1 hidden_mean=0.6 "
    "hidden_deviation=0.5 output_deviation=0.5 shift=2 dropout=0.2 blend=true lift=0.1 rate=0.02 "
    "strength=1e-4 epsilon=0.001 select=train",
    "train=yin-yang:validation end=40 span=30 step=0.5 hidden=16 input_mean=3 "
    "input_deviation=2 "
    "output_deviation=0.5 loss=max-voltage-cross-entropy schedule=one-cycle rewire=true "
    "compat=true "
    "epochs=3 rate=0.02 seed=5",
};

static inline void digest_add(uint64_t *hash, const void *bytes, size_t size)
{
    *hash = fnv_add(*hash, bytes, size);
}

static inline int digest_open(struct train *train, const char *text, struct case_error *error)
{
    struct train_settings settings;
    char copy[1000], *rest = copy;
    snprintf(copy, sizeof copy, "%s", text);
    *train = (struct train){.kind = NULL};
    int failed = train_settings_start(&settings, error);
    for (char *word; !failed && (word = strtok_r(rest, " ", &rest));)
        failed = train_settings_set(&settings, word, error);
    failed = failed || train_open(train, &settings, &gpu_clock_host, 1, NULL, error) != 0;
    train_settings_clear(&settings);
    return failed ? -1 : 0;
}

/* The gradient of a batch that is not full. */
static inline int digest_short(uint64_t *hash, struct train *train)
{
    float *gradient = malloc((train->parameters + 1) * sizeof *gradient);
    int failed = !gradient ||
                 train_batch_plain(&train->batch, &train->set[TRAIN_LEARN], 0, 5) != 0 ||
                 resident_run(train->engine, &train->batch.batch, true) != 0;
    if (!failed) {
        resident_gradient(train->engine, gradient);
        digest_add(hash, gradient, train->parameters * sizeof *gradient);
    }
    free(gradient);
    return failed ? -1 : 0;
}

static inline int digest_state(uint64_t *hash, struct train *train)
{
    float *values = malloc((train->parameters + 1) * sizeof *values);
    for (int part = RESIDENT_VALUE; values && part <= RESIDENT_SQUARE; part++) {
        resident_get(train->engine, (enum resident_part)part, values);
        digest_add(hash, values, train->parameters * sizeof *values);
    }
    digest_add(hash, train->state.kept, train->parameters * sizeof *values);
    digest_add(hash, &train->state.schedule, sizeof train->state.schedule);
    for (size_t k = 0; k < train->state.rows; k++) {
        struct train_row row = train->state.row[k];
        row.seconds = 0;
        digest_add(hash, &row, sizeof row);
    }
    free(values);
    return values ? 0 : -1;
}

/* Adds training k. 0, or -1 and error. */
static inline int digest_one(uint64_t *hash, size_t k, struct case_error *error)
{
    char path[] = "/tmp/digest-XXXXXX";
    int file = mkstemp(path), failed = file < 0 ? -1 : close(file);
    for (int epoch = 0; !failed && epoch < DIGEST_EPOCHS; epoch++) {
        struct train train;
        failed = digest_open(&train, digest_training[k], error) != 0 ||
                 (epoch > 0 && train_restore(&train, path, error) != 0) ||
                 train_epoch(&train, NULL, error) != 0 || train_save(&train, path, error) != 0 ||
                 digest_state(hash, &train) != 0 || digest_short(hash, &train) != 0;
        if (!failed && !(train.state.row[epoch].learn.spikes > 0)) {
            snprintf(error->text, sizeof error->text, "training %zu has no spikes", k);
            failed = -1;
        }
        train_close(&train);
    }
    unlink(path);
    return failed ? -1 : 0;
}

/* The number of trainings, or 0 and error. */
static inline size_t digest_trainings(uint64_t *hash, struct case_error *error)
{
    size_t count = sizeof digest_training / sizeof *digest_training;
    *hash = DIGEST_START;
    snprintf(error->text, sizeof error->text, "no file or no memory");
    for (size_t k = 0; k < count; k++)
        if (digest_one(hash, k, error) != 0)
            return 0;
    return count;
}

#endif
