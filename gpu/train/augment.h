/* SPDX-License-Identifier: MIT */
/* augment.h: which samples a batch has, and what is done to them before they are shown. Everything
 * is a function of seed, epoch and place alone, so that a training goes on where it stood. */
#ifndef EVIDENT_GPU_AUGMENT_H
#define EVIDENT_GPU_AUGMENT_H

#include "cases/spikes/spikes.h"
#include "gpu/resident/resident.h"
#include "gpu/train/settings.h"

/* A batch and its memory; starts as {0}. */
struct train_batch {
    struct resident_batch batch;
    size_t *begin;
    uint32_t *step, *neuron, *label;
    size_t room, samples; /* for spikes, samples */
};

void train_batch_clear(struct train_batch *batch);

/* Samples a set counts in an epoch: twice as many where they are blended. */
size_t train_epoch_samples(const struct spike_set *set, const struct train_settings *settings);

/* order[train_epoch_samples]: that of an epoch. */
void train_order(size_t *order, size_t samples, const struct train_settings *settings,
                 size_t epoch);

/* As they are. -1 if memory is short. */
int train_batch_plain(struct train_batch *batch, const struct spike_set *set, size_t first,
                      size_t samples);

/* order[0 .. samples) of an epoch, shifted, blended, thinned as the settings say. */
int train_batch_augmented(struct train_batch *batch, const struct spike_set *set,
                          const size_t *order, size_t samples,
                          const struct train_settings *settings, size_t epoch);

#endif
