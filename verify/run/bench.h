/* SPDX-License-Identifier: MIT */
/* bench.h: how long engines take for cases, and how much memory. Private to verify/.
 *
 * What is timed is one answer, forward and backward: of an engine of this program and of a shared
 * object engine_run(), from the case in memory to its result; of another program the time from the
 * first byte of the question to the last of the answer, so that reading the case and writing the
 * answer are in it, starting the program is not. Making cases and reading answers are never in it.
 *
 * Engines run in one process, which does nothing else, one after the other. Every case is warmed up
 * (twice: what is started or allocated once is not counted); then come the rounds. A round measures
 * every case once, every engine in turn, in opposite order every other time, so that what disturbs
 * the machine for a while disturbs all alike. A measurement is the mean of as many answers as take
 * BENCH_SECONDS. */
#ifndef EVIDENT_VERIFY_BENCH_H
#define EVIDENT_VERIFY_BENCH_H

#include "verify/base/hash.h"
#include "verify/base/interval.h"
#include "verify/verify.h"

/* A shorter measurement would be one of the clock and of interrupts. */
#define BENCH_SECONDS 0.002

enum { BENCH_LEAST_ROUNDS = 6, BENCH_ROUNDS = 15 };

struct bench_case {
    char *name;
    char digest[HASH_TEXT]; /* of its text */
};

struct bench_row { /* an engine on a case */
    bool ran;
    char reason[200]; /* why it did not */
    uint64_t digest;  /* of its numbers */
    bool same;        /* they were the same in all rounds */
    size_t answers;   /* in one measurement */
    double bytes;     /* memory at its largest; 0: not known */
    bool said;        /* by the engine itself, exactly; else as the system counts */
};

struct bench {
    size_t cases, engines, rounds;
    struct bench_case *at;     /* [cases] */
    char *engine[VER_ENGINES]; /* names */
    struct bench_row *row;     /* [cases][engines] */
    double *seconds;           /* [cases][engines][rounds], of one answer */
};

struct bench_listener {
    /* Often; may be NULL. true: stop. round 0 warms up. */
    bool (*progress)(void *context, size_t round, size_t done, size_t cases);
    void *context;
};

enum bench_end {
    BENCH_DONE,
    BENCH_STOPPED, /* by the listener */
    BENCH_FAILED   /* and error */
};

/* Zeroed rows of so many cases and engines, without names. 0, or -1 if memory is short. */
int bench_make(struct bench *bench, size_t cases, size_t engines, size_t rounds);
void bench_clear(struct bench *bench);

/* Measures all engines of options on all sources. What an engine refuses did not run; an engine
 * that crashes, takes longer than options->seconds for a measurement, or cannot run at all, ends
 * it. threads: of engines to which they mean something; 0: as they see fit. */
enum bench_end bench_measure(struct bench *bench, const struct ver_sources *sources,
                             const struct ver_options *options, size_t rounds, int threads,
                             const struct bench_listener *listener, struct case_error *error);

struct bench_row *bench_row(const struct bench *bench, size_t c, size_t engine);
double *bench_seconds(const struct bench *bench, size_t c, size_t engine);

/* ---- bench_sum.c: what the rounds say ---- */

/* One answer, at a level. */
struct interval bench_time(const struct bench *bench, size_t c, size_t engine, double level);

/* Of all cases that the engine ran, one answer each; cases: how many. */
struct interval bench_total(const struct bench *bench, size_t engine, size_t *cases);

/* The time of an engine over that of another in the same rounds, of all cases that both ran. */
struct interval bench_against(const struct bench *bench, size_t engine, size_t other,
                              size_t *cases);

/* The largest; its row. NULL: nothing is known. */
const struct bench_row *bench_memory(const struct bench *bench, size_t engine);

#endif
