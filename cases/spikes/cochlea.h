/* SPDX-License-Identifier: MIT */
/* cochlea.h: the model of the inner ear behind SHD and SSC: sound to spikes.
 *
 * The equations are those of lauscher (B. Cramer, Y. Stradmann, J. Schemmel, F. Zenke, IEEE TNNLS
 * 33, 2744, 2020): basilar membrane (Sieroka, Dosch, Rupp 2006), hair cells (Meddis 1986, 1988),
 * bushy cells (leaky integrate-and-fire). */
#ifndef EVIDENT_SPIKES_COCHLEA_H
#define EVIDENT_SPIKES_COCHLEA_H

#include "cases/families/mersenne.h"

#include <complex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COCHLEA_RATE                                                                               \
    48000 /* Hz; hair cells follow at half of it, where their Euler step is stable */

/* The transfer functions of the membrane's channels at the frequencies of one length of sound. */
struct cochlea {
    size_t samples, bins;    /* of the sound with its zeros; bins = samples / 2 + 1 */
    size_t channels;         /* 0: the base, high frequencies */
    float complex *transfer; /* [channels][bins] */
};

/* stiffness: C0, 1e9 for SHD. 0, or -1 if memory is short. */
int spike_cochlea_make(struct cochlea *cochlea, size_t samples, size_t channels, double stiffness);
void spike_cochlea_clear(struct cochlea *cochlea);

/* Where the hair cells' fibres get their numbers from. */
struct cochlea_draws {
    struct case_mersenne *single; /* one number a fibre and sample, channel after channel, or */
    uint64_t seed;    /* NULL: of this seed, name and channel one a sample: the number */
    const char *name; /* of fibres that fire, by the same law */
};

struct cochlea_spikes {
    size_t count;
    uint64_t *at; /* [count]: tick * 2^16 + channel, ascending; a tick is 1/24000 s */
};

/* The spikes of a sound of at most cochlea->samples samples at 48 kHz; of its zeros nothing is said
 * that the sound before them did not cause. It must not be silent throughout. 0, or -1 if memory is
 * short. spikes must be freed with free(spikes->at). */
int spike_cochlea_hear(struct cochlea_spikes *spikes, const struct cochlea *cochlea,
                       const double *sound, size_t samples, const struct cochlea_draws *draws);

#endif
