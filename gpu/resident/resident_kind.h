/* SPDX-License-Identifier: MIT */
/* resident_kind.h: what a driver of the clock engine does to stay. Private to gpu/resident/. */
#ifndef EVIDENT_GPU_RESIDENT_KIND_H
#define EVIDENT_GPU_RESIDENT_KIND_H

#include "gpu/resident/resident.h"

struct resident_kind {
    struct resident *(*open)(const struct engine *engine, const struct case_problem *c,
                             const struct resident_options *options, size_t source,
                             enum result_status *status, char reason[RESULT_REASON]);
    void (*close)(struct resident *r);
    int (*run)(struct resident *r, const struct resident_batch *batch, bool learn);
    void (*adam)(struct resident *r, const struct adam *adam);
    /* Between flat and the engine's own order. */
    void (*copy)(struct resident *r, enum resident_part part, float *flat, bool get);
    void (*gradient)(struct resident *r, float *flat);
    size_t (*bytes)(const struct resident *r);
};

/* The beginning of what a driver keeps. */
struct resident {
    const struct resident_kind *kind;
    struct resident_options options;
    struct resident_outcome outcome;
    size_t parameters;
};

extern const struct resident_kind resident_host;

#endif
