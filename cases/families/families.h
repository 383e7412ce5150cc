/* SPDX-License-Identifier: MIT */
/* families.h: the table of all families; a row says of one what `evident families` prints, and that
 * there is a generator case_make_MAKER with the signature of struct case_family. */
#ifndef EVIDENT_FAMILIES_H
#define EVIDENT_FAMILIES_H

#include "cases/cases.h"
#include "cases/families/family_real.h"

/* FAMILY(maker, name, what its cases are, how many different ones: 0 without end), in the order of
 * `evident families`. */
#define CASE_FAMILIES(FAMILY)                                                                      \
    FAMILY(closed_quadratic, "closed-quadratic",                                                   \
           "one layer at tau_mem = 2 tau_syn: spikes by the quadratic formula", 0)                 \
    FAMILY(closed_lambert, "closed-lambert",                                                       \
           "one layer at equal time constants: spikes by Lambert's W", 0)                          \
    FAMILY(closed_chain, "closed-chain",                                                           \
           "two or three neurons in a chain: the chain rule by hand", 0)                           \
    FAMILY(closed_output, "closed-output", "LI outputs driven by input spikes: losses by hand", 0) \
    FAMILY(random_feedforward, "random-feedforward", "none or one hidden layer, every loss", 0)    \
    FAMILY(random_deep, "random-deep", "two to four hidden layers", 0)                             \
    FAMILY(random_recurrent, "random-recurrent",                                                   \
           "recurrent layers with self-connections, with and without delays", 0)                   \
    FAMILY(random_delays, "random-delays",                                                         \
           "scalar and matrix delays, several projections between a pair", 0)                      \
    FAMILY(random_heterogeneous, "random-heterogeneous",                                           \
           "time constants, thresholds, resets and biases of every neuron", 0)                     \
    FAMILY(random_batch, "random-batch", "two to four samples", 0)                                 \
    FAMILY(conditioning_slope, "conditioning-slope",                                               \
           "a crossing at a prescribed slope, 1 down to 1e-12 per ms", 0)                          \
    FAMILY(conditioning_peak_above, "conditioning-peak-above",                                     \
           "a peak 1e-2 down to 1e-30 above threshold", 0)                                         \
    FAMILY(conditioning_peak_below, "conditioning-peak-below",                                     \
           "a peak 1e-2 down to 1e-30 below threshold", 0)                                         \
    FAMILY(degenerate_simultaneous, "degenerate-simultaneous", "arrivals at the same time", 0)     \
    FAMILY(degenerate_twins, "degenerate-twins", "identical neurons that spike at the same times", \
           0)                                                                                      \
    FAMILY(degenerate_undecided, "degenerate-undecided",                                           \
           "cases at which the gradient, or a part of it, does not exist", 0)                      \
    FAMILY(degenerate_end, "degenerate-end", "events next to the end of the trial", 0)             \
    FAMILY(degenerate_taus, "degenerate-taus",                                                     \
           "equal, nearly equal and extreme ratios of time constants", 0)                          \
    FAMILY(degenerate_zero_weights, "degenerate-zero-weights", "weights that are exactly zero", 0) \
    FAMILY(degenerate_silent, "degenerate-silent", "networks of which parts or all stay silent",   \
           0)                                                                                      \
    FAMILY(degenerate_bursting, "degenerate-bursting", "many spikes a neuron", 0)                  \
    FAMILY(degenerate_inhibition, "degenerate-inhibition",                                         \
           "strong inhibition, voltages far below threshold", 0)                                   \
    FAMILY(degenerate_long, "degenerate-long", "trials of more than 1,000 time constants", 0)      \
    FAMILY(degenerate_scales, "degenerate-scales",                                                 \
           "weights and times many powers of two away from 1", 0)                                  \
    FAMILY(first_spikes, "first-spikes",                                                           \
           "one to three layers that spike once: peaks between arrivals, late times", 0)           \
    FAMILY(yin_yang, "real-yin-yang", "Yin-Yang trials of the published 5-200-3 network",          \
           CASE_REAL_YIN_YANG_LIMIT)                                                               \
    FAMILY(digits, "real-digits", "spoken digits through a 700-256-20 recurrent network",          \
           CASE_REAL_DIGITS_LIMIT)                                                                 \
    FAMILY(digits_small, "real-digits-small", "the same on every tenth channel, 70-24-20",         \
           CASE_REAL_DIGITS_LIMIT)

#define MAKER(maker, ...) int case_make_##maker(struct case_made *made, uint64_t seed, uint64_t k);
CASE_FAMILIES(MAKER)
#undef MAKER

/* What a case of "conditioning-*" prescribes: the slope in 1/ms, or the distance of the peak from
 * the threshold in units of the threshold. */
double case_conditioning_wanted(const char *family, uint64_t seed, uint64_t k);

#endif
