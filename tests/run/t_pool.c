/* SPDX-License-Identifier: MIT */
/* t_pool.c: jobs in processes: every job is told of once, however it ends. */
#include "verify/run/pool.h"
#include "tests/run_suite.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOBS = 200 };

struct ledger {
    size_t given;
    unsigned told[JOBS];
    enum pool_end end[JOBS];
    int detail[JOBS];
    size_t size[JOBS], sum;
};

static struct ledger ledger;

static size_t next(void *context)
{
    struct ledger *l = context;
    return l->given < JOBS ? l->given++ : POOL_NO_JOB;
}

static void done(void *context, size_t job, enum pool_end end, int detail, const char *data,
                 size_t size)
{
    struct ledger *l = context;
    ck_assert_uint_lt(job, JOBS);
    l->told[job]++;
    l->end[job] = end;
    l->detail[job] = detail;
    l->size[job] = size;
    for (size_t k = 0; k < size; k++)
        l->sum += (unsigned char)data[k];
}

static void run(unsigned workers, void (*work)(void *, size_t, FILE *), double seconds,
                size_t bytes)
{
    struct pool pool = {.workers = workers,
                        .seconds = seconds,
                        .bytes = bytes,
                        .context = &ledger,
                        .next = next,
                        .work = work,
                        .done = done};
    ledger = (struct ledger){.given = 0};
    ck_assert_int_eq(pool_run(&pool), 0);
    for (size_t k = 0; k < JOBS; k++)
        ck_assert_msg(ledger.told[k] == 1, "job %zu was told of %u times", k, ledger.told[k]);
}

static void write_much(void *context, size_t job, FILE *out)
{
    (void)context;
    for (size_t k = 0; k < job * job; k++)
        fputc((int)(job & 255), out);
}

TEST(results_of_any_length_arrive_whole)
{
    size_t sum = 0;
    for (size_t job = 0; job < JOBS; job++)
        sum += job * job * (job & 255);
    for (unsigned workers = 1; workers <= 4; workers++) {
        run(workers, write_much, 0, 0);
        ck_assert_uint_eq(ledger.sum, sum);
        for (size_t job = 0; job < JOBS; job++)
            ck_assert(ledger.end[job] == POOL_DONE && ledger.size[job] == job * job);
    }
}

static void misbehave(void *context, size_t job, FILE *out)
{
    (void)context;
    fputs("half a result", out);
    if (job % 10 == 3)
        raise(SIGSEGV);
    if (job % 10 == 5)
        _exit(7);
    if (job % 10 == 7)
        abort();
}

TEST(job_that_dies_ends_alone)
{
    run(3, misbehave, 0, 0);
    for (size_t job = 0; job < JOBS; job++) {
        bool dies = job % 10 == 3 || job % 10 == 5 || job % 10 == 7;
        int detail = job % 10 == 3 ? SIGSEGV : job % 10 == 5 ? 256 + 7 : SIGABRT;
        ck_assert(ledger.end[job] == (dies ? POOL_CRASHED : POOL_DONE));
        if (dies)
            ck_assert_int_eq(ledger.detail[job], detail);
    }
}

static void hang(void *context, size_t job, FILE *out)
{
    (void)context;
    (void)out;
    while (job % 100 == 42)
        pause();
}

TEST(job_that_hangs_is_killed)
{
    run(2, hang, 0.25, 0);
    for (size_t job = 0; job < JOBS; job++)
        ck_assert(ledger.end[job] == (job % 100 == 42 ? POOL_SLOW : POOL_DONE));
}

#ifndef __SANITIZE_ADDRESS__
static void devour(void *context, size_t job, FILE *out)
{
    (void)context;
    size_t bytes = job % 50 == 9 ? (size_t)1 << 34 : 1 << 10;
    char *block = malloc(bytes);
    if (!block)
        _exit(9);
    memset(block, 1, 1 << 10);
    fputc(block[5], out);
    free(block);
}

TEST(job_that_eats_memory_meets_the_limit)
{
    run(2, devour, 0, (size_t)1 << 32);
    for (size_t job = 0; job < JOBS; job++)
        ck_assert(ledger.end[job] == (job % 50 == 9 ? POOL_CRASHED : POOL_DONE));
}
#else
TEST(job_that_eats_memory_meets_the_limit)
{
    puts("not run: job_that_eats_memory_meets_the_limit: a sanitizer's shadow is larger than it");
}
#endif

/* A device that a job loses stays lost to its process. */
static bool device_is_lost;

static void lose(void *context, size_t job, FILE *out)
{
    (void)context;
    fputc(device_is_lost, out);
    device_is_lost |= job % 10 == 3;
}

static bool is_lost(void *context)
{
    (void)context;
    return device_is_lost;
}

TEST(job_after_a_lost_device_has_another_process)
{
    for (unsigned workers = 1; workers <= 3; workers++) {
        struct pool pool = {.workers = workers,
                            .context = &ledger,
                            .next = next,
                            .work = lose,
                            .spent = is_lost,
                            .done = done};
        ledger = (struct ledger){.given = 0};
        ck_assert_int_eq(pool_run(&pool), 0);
        ck_assert_uint_eq(ledger.sum, 0);
        for (size_t job = 0; job < JOBS; job++)
            ck_assert(ledger.told[job] == 1 && ledger.end[job] == POOL_DONE);
        pool.spent = NULL;
        ledger = (struct ledger){.given = 0};
        ck_assert_int_eq(pool_run(&pool), 0);
        ck_assert_uint_gt(ledger.sum, 0);
    }
}

static unsigned calls;

static bool thrice(void *context)
{
    struct ledger *l = context;
    if (l->given == JOBS && calls < 3) {
        calls++;
        return true;
    }
    return false;
}

TEST(pool_stays_while_more_may_come)
{
    struct pool pool = {.workers = 1,
                        .context = &ledger,
                        .next = next,
                        .work = write_much,
                        .done = done,
                        .more = thrice};
    ledger = (struct ledger){.given = JOBS - 2};
    ck_assert_int_eq(pool_run(&pool), 0);
    ck_assert_uint_eq(calls, 3);
    ck_assert_uint_eq(ledger.told[JOBS - 1], 1);
}

TEST(ends_are_explained)
{
    char text[80];
    struct pool pool = {.seconds = 2.5};
    pool_explain(text, sizeof text, &pool, POOL_SLOW, 0);
    ck_assert_str_eq(text, "took more than 2.5 seconds");
    pool_explain(text, sizeof text, &pool, POOL_CRASHED, SIGSEGV);
    ck_assert_str_eq(text, "killed by signal 11");
    pool_explain(text, sizeof text, &pool, POOL_CRASHED, 256 + 3);
    ck_assert_str_eq(text, "ended with status 3");
}

SUITE("pool", .seconds = 60)
