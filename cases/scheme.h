/* SPDX-License-Identifier: MIT */
/* scheme.h: the variants of the scheme of a fixed step (gpu/step.h): defects of the published code,
 * each of which an engine can have and the grid reference can follow, and its conventions. The
 * register of all published defects is verify/judge/defect.c. */
#ifndef EVIDENT_SCHEME_H
#define EVIDENT_SCHEME_H

/* Defects of the published code, by their numbers in its register, and its conventions. 0 is the
 * clean scheme. SCHEME_COMPAT reproduces the published spikes, losses and gradients of weights of
 * one trial, but for
 *   - the backward pass with newer weights, which needs a training run (SCHEME_STALE takes them as
 *     an argument);
 *   - the time weighting of the drive, which the published code samples one step later than that of
 *     the score: below rounding;
 *   - the phantom spike (a silent output of the right label pulled towards spiking): on purpose, a
 *     rule of training and no derivative of the loss;
 *   - the search of spikes by a binary32 clock, defect 18, which is wrong at small steps alone;
 *   - gradients of time constants, defect 7: those of the published code are wrong beyond a factor,
 *     here they are right along its adjoints. SCHEME_TAU_PUBLISHED and SCHEME_FLOAT_CLOCK add both.
 * A raster counts steps. The published code labels a spike of step n by n dt, and so do losses
 * under SCHEME_LABEL; it acts at (n + 1) dt, which is its time everywhere else. */
enum scheme_variant {
    SCHEME_DRIVE_OVER_TAU = 1 << 0, /* 1: drives of integral losses divided by tau_mem */
    SCHEME_MAX_OVER_T = 1 << 1,     /* 2: jump of the maximum loss divided by T */
    SCHEME_LATE_JUMP = 1 << 2,      /* 4: the jump of a spike comes one step late */
    SCHEME_BLOCKED = 1 << 3, /* 5: a spike in the last step blocks its neuron's backward pass */
    SCHEME_STALE = 1 << 4,   /* 6: backward with backward_weight of the options */
    SCHEME_TAU_PUBLISHED =
        1 << 5, /* 7: gradients of time constants without dt, misaligned, aliased */
    SCHEME_FLOAT_CLOCK = 1 << 6, /* 18: spikes found again by comparing binary32 times */
    SCHEME_LABEL = 1 << 7,       /* first spike times are n dt, not (n + 1) dt */
    SCHEME_CLAMP = 1 << 8,       /* currents set to 0 before the last step */
    SCHEME_MERGE = 1 << 9,       /* spikes of one input in one step count once */
    SCHEME_MAX_BEFORE = 1 << 10, /* maximum over V before update only */
    SCHEME_MAX_STILL = 1 << 11,  /* a maximum at an arrival does not move with it */
    SCHEME_COMPAT = SCHEME_DRIVE_OVER_TAU | SCHEME_MAX_OVER_T | SCHEME_LATE_JUMP | SCHEME_BLOCKED |
                    SCHEME_LABEL | SCHEME_CLAMP | SCHEME_MERGE | SCHEME_MAX_BEFORE |
                    SCHEME_MAX_STILL
};

#endif
