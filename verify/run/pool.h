/* SPDX-License-Identifier: MIT */
/* pool.h: jobs in processes of their own, so that one that crashes, hangs or eats memory ends
 * alone.
 *
 * A worker is forked before anything else runs and does one job after the other: it reads a number,
 * writes what comes out. The caller only waits, hands out and collects; a worker that dies or takes
 * too long is replaced, and its job is told as ended in that way. Private to verify/. */
#ifndef EVIDENT_VERIFY_POOL_H
#define EVIDENT_VERIFY_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum pool_end {
    POOL_DONE,
    POOL_CRASHED, /* detail: the signal, or 256 + the exit status */
    POOL_SLOW,    /* beyond the time limit, killed */
    POOL_LOST     /* no process could be made for it; detail: errno */
};

#define POOL_NO_JOB ((size_t)-1)

struct pool {
    unsigned workers; /* at least 1 */
    double seconds;   /* limit of one job; 0: none */
    size_t bytes;     /* address space of a worker; 0: no limit */
    void *context;

    /* In the caller: the next job, or POOL_NO_JOB, for now or for good. */
    size_t (*next)(void *context);
    /* In a worker: does a job and writes what comes out. */
    void (*work)(void *context, size_t job, FILE *out);
    /* In the caller and in a worker before work, or both NULL: what a job is, of one that is not
     * known when the worker is forked. take has the bytes until the next. */
    const char *(*give)(void *context, size_t job, size_t *size);
    void (*take)(void *context, const char *data, size_t size);
    /* In a worker after a job, or NULL: whether another process must do the next one. */
    bool (*spent)(void *context);
    /* In a worker, when there is no more to do; or NULL. */
    void (*end)(void *context);
    /* In the caller: what came of it; data is NULL unless POOL_DONE. */
    void (*done)(void *context, size_t job, enum pool_end end, int detail, const char *data,
                 size_t size);
    /* In the caller while it waits, ten times a second, or NULL. */
    void (*wait)(void *context);
    /* In the caller, often, or NULL: whether jobs may still come when next has none now. */
    bool (*more)(void *context);
};

/* Returns when there are no more jobs. 0, or -1 with errno if not even one worker could start. */
int pool_run(const struct pool *pool);

/* "killed by signal 11", "ended with status 3", ...: how a job ended, for people. */
void pool_explain(char *text, size_t size, const struct pool *pool, enum pool_end end, int detail);

#endif
