/* SPDX-License-Identifier: MIT */
/* store_training.h: trainings in a store: what they were told, every epoch, what came of it. A
 * training is the same training where its settings, the program and its version are the same: going
 * on with it adds epochs, and merging brings together what jobs of a sweep have recorded. Private
 * to verify/. */
#ifndef EVIDENT_VERIFY_STORE_TRAINING_H
#define EVIDENT_VERIFY_STORE_TRAINING_H

#include "gpu/train/train.h"
#include "verify/store/store.h"

/* How well the chosen weights do on a set. */
struct training_result {
    enum train_set set; /* TRAIN_TEST, else TRAIN_VALIDATE, else TRAIN_LEARN */
    struct train_score score;
    double low, high;  /* 95 % interval of the accuracy */
    size_t *confusion; /* [classes][classes], or NULL */
};

/* "training", "validation", "test" */
const char *training_set_name(enum train_set set);

/* Begins a training or finds the one that goes on. Its number, or -1. */
int64_t store_training_begin(struct store *store, const struct train *train);
/* The epoch that ended last. 0, or -1. */
int store_training_epoch(struct store *store, int64_t training, const struct train *train);
int store_training_end(struct store *store, int64_t training, const struct train *train,
                       const struct training_result *result);

/* All of them, a line each, those that differ in the seed alone together, then their mean and
 * deviation. */
int store_training_list(struct store *store, FILE *out);

/* Inside a transaction: brings those of another store in. */
int store_training_merge(struct store *store, struct store *from);

#endif
