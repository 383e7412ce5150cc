/* SPDX-License-Identifier: MIT */
/* t_emulated_barrier.c: no barrier of the kernels can be left out without some order of the threads
 * giving other bits: so the orders that t_emulated.c tries do find a barrier that is missing. */
#include "gpu/emulate/kernel.h"
#include "tests/emulated_case.h"
#include "tests/run_suite.h"

#include <sys/wait.h>
#include <unistd.h>

/* Whether an order of the threads gives other bits without one barrier, gets stuck, or crashes: in
 * a process of its own. */
static bool goes_wrong(const struct case_problem *c, const struct engine_options *options,
                       const struct emulated_settings *settings)
{
    int status;
    pid_t child = fork();
    ck_assert(child >= 0);
    if (child == 0) {
        close(STDOUT_FILENO);
        close(STDERR_FILENO);
        _exit(emulated_difference(c, options, settings) != NULL);
    }
    ck_assert(waitpid(child, &status, 0) == child);
    return status != 0;
}

static bool missed(int barrier, const struct edge *e, unsigned block, unsigned cluster)
{
    struct case_problem *c = edge_case(e);
    struct engine_options options = traced;
    bool found = false;
    options.block = block;
    options.cluster = cluster;
    for (uint64_t seed = 0; seed < 8 && !found; seed++) {
        struct emulated_settings settings = {.order =
                                                 seed == 0 ? EMULATED_REVERSE : EMULATED_SHUFFLED,
                                             .seed = seed,
                                             .left_out = barrier};
        found = goes_wrong(c, &options, &settings);
    }
    case_free(c);
    return found;
}

/* Integral and instantaneous losses have barriers of their own; the latter need more steps than
 * threads. */
TEST_EACH(every_barrier_is_needed, BARRIER_NONE + 1, BARRIERS)
{
    struct edge e = {20, 130, 3, 1, 70, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_SCALAR};
    if (_i == BARRIER_TERMS || _i == BARRIER_ADDED)
        e.kind = CASE_INSTANTANEOUS_CROSS_ENTROPY;
    if (_i == BARRIER_TAKEN) /* several windows a row */
        e.delays = EDGE_MATRIX;
    ck_assert_msg(missed(_i, &e, 32, 1) || missed(_i, &e, 64, 2),
                  "barrier %d can be left out and nobody sees it", _i);
    /* With all of them, every order gives the same: asked once of each of the three cases. */
    if (_i == BARRIER_NONE + 1 || _i == BARRIER_TERMS || _i == BARRIER_TAKEN)
        ck_assert(!missed(BARRIER_NONE, &e, 64, 2));
}

static void half_a_block(const void *argument)
{
    (void)argument;
    if (emulated_here()->thread < 32)
        emulated_block_barrier(BARRIER_MOVED);
}

TEST(a_barrier_that_not_all_threads_reach_is_an_error)
{
    const struct emulated_settings settings = {.order = EMULATED_FORWARD};
    const struct emulated_launch launch = {
        .blocks = 1, .blocks_y = 1, .cluster = 1, .threads = 64, .kernel = half_a_block};
    int stuck;
    ck_assert_int_eq(emulated_run(&launch, &settings, &stuck), -1);
    ck_assert_int_eq(stuck, 1);
}

SUITE("emulated_barrier", .seconds = 60)
