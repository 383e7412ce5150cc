/* SPDX-License-Identifier: MIT */
/* family_like.h: cases like a given one: the same network, loss and features, other numbers.
 *
 * Addresses are "like:CASE:SEED:K" and "like-weights:CASE:SEED:K", where CASE is a file or an
 * address. What a case has none of is not brought in: what is 0 stays 0 (bias, reset, delays,
 * weights), a threshold of 1 and a ratio of time constants of 1 or 2 stay what they are, one number
 * for all stays one, delays and inputs on whole steps stay there, a neuron has as many input
 * spikes. "like-weights" leaves all but weights, input spikes and targets as they are. */
#ifndef EVIDENT_FAMILY_LIKE_H
#define EVIDENT_FAMILY_LIKE_H

#include "cases/families/build.h"

struct case_like {
    const char *address; /* of the case that is made: its name */
    uint64_t seed, k;
    bool constants; /* false: weights, input spikes and targets alone are drawn */
};

/* 0, or -1 if memory is short. */
int case_like_make(struct case_made *made, const struct case_problem *given,
                   const struct case_like *like);

/* Of k mod 20: the even ones are plain, every odd one is near to something in a way of its own. */
enum case_like_edge {
    CASE_LIKE_PLAIN,
    CASE_LIKE_PEAK_ABOVE,    /* a spike that is nearly none */
    CASE_LIKE_COINCIDENT,    /* two input spikes, at the same time or nearly */
    CASE_LIKE_SILENT_NEURON, /* a lif neuron that never spikes */
    CASE_LIKE_AFTER_SPIKE,   /* an arrival just after the spike of its target */
    CASE_LIKE_LATE_SPIKE,    /* the last spike just before the end */
    CASE_LIKE_SILENT_INPUT,
    CASE_LIKE_PEAK_BELOW, /* no spike, nearly one */
    CASE_LIKE_FIRST_LAST, /* an input spike at 0, and one just before the end */
    CASE_LIKE_BURST,      /* a neuron with three times the input */
    CASE_LIKE_EQUAL_TAUS  /* nearly equal time constants */
};

enum case_like_edge case_like_edge_of(uint64_t k);

/* Brings a drawn case near to an edge. What it is near to, or NULL where the case cannot be brought
 * there and stays plain: it has no such neuron or is too large to be sketched. */
const char *case_like_bring(struct case_builder *b, enum case_like_edge edge, bool constants);

#endif
