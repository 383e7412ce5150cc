/* SPDX-License-Identifier: MIT */
/* families.h: the generators behind the table of family.c; signature as in struct case_family. */
#ifndef EVIDENT_FAMILIES_H
#define EVIDENT_FAMILIES_H

#include "cases/cases.h"

int case_make_closed_quadratic(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_closed_lambert(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_closed_chain(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_closed_output(struct case_made *made, uint64_t seed, uint64_t k);

int case_make_random_feedforward(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_random_deep(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_random_recurrent(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_random_delays(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_random_heterogeneous(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_random_batch(struct case_made *made, uint64_t seed, uint64_t k);

int case_make_conditioning_slope(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_conditioning_peak_above(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_conditioning_peak_below(struct case_made *made, uint64_t seed, uint64_t k);

/* What a case of "conditioning-*" prescribes: the slope in 1/ms, or the distance of the peak from
 * the threshold in units of the threshold. */
double case_conditioning_wanted(const char *family, uint64_t seed, uint64_t k);

int case_make_degenerate_simultaneous(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_twins(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_undecided(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_end(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_taus(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_zero_weights(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_silent(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_bursting(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_inhibition(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_long(struct case_made *made, uint64_t seed, uint64_t k);
int case_make_degenerate_scales(struct case_made *made, uint64_t seed, uint64_t k);

#endif
