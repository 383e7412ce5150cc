/* SPDX-License-Identifier: MIT */
/* sketch.h: the spikes of one sample in double precision, event by event: what the family "like"
 * needs to bring a network near to a place where something changes. It decides nothing but where
 * numbers are put; what a case is worth is left to the engines.
 *
 * Exponentials and logarithms are MPFR's, rounded to double, so that the spikes are the same bits
 * on every machine. */
#ifndef EVIDENT_SKETCH_H
#define EVIDENT_SKETCH_H

#include "cases/cases.h"

struct case_sketch_spike {
    double time;
    size_t population, neuron;
};

struct case_sketch {
    struct case_sketch_spike *spike; /* of lif neurons, in the order of time */
    size_t count;
    bool whole; /* false: it was broken off, at many spikes */
};

/* Whether a case is small enough to be sketched within some milliseconds. */
bool case_sketch_can(const struct case_problem *c);

/* 0, or -1 if memory is short. To be freed with free(sketch->spike). */
int case_sketch(struct case_sketch *sketch, const struct case_problem *c, size_t sample);

#endif
