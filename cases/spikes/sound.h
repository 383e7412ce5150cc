/* SPDX-License-Identifier: MIT */
/* sound.h: recordings of sound, as the model of the inner ear takes them. */
#ifndef EVIDENT_SPIKES_SOUND_H
#define EVIDENT_SPIKES_SOUND_H

#include "cases/cases.h"

/* A longer recording is refused: the tables of its transfer functions would take gigabytes. */
#define SPIKE_MAX_SECONDS 10

/* Reads a recording of one channel (WAV, FLAC and what else libsndfile reads), in [-1, 1), at 48
 * kHz; 8, 12, 16 and 24 kHz are brought to that, without what they cannot hold. *sound to be freed.
 * 0, or -1 and error: other rates, silence, what is no number or is cut off. */
int spike_sound_read(double **sound, size_t *samples, const char *path, struct case_error *error);

#endif
