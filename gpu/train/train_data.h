/* SPDX-License-Identifier: MIT */
/* train_data.h: what a training learns from, is validated by, tested on. Private to gpu/train/. */
#ifndef EVIDENT_GPU_TRAIN_DATA_H
#define EVIDENT_GPU_TRAIN_DATA_H

#include "gpu/train/train.h"

/* Reads the sets that the settings name, holds out what they say, and fills the digest. 0, or -1
 * and error. */
int train_data_read(struct train *train, struct case_error *error);

#endif
