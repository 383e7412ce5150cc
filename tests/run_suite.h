/* SPDX-License-Identifier: MIT */
/* run_suite.h: the end of a test program: it runs its suite. */
#ifndef EVIDENT_TESTS_RUN_SUITE_H
#define EVIDENT_TESTS_RUN_SUITE_H

#include <check.h>

/* forks: every test in a process of its own, so that a crash is a failure of that test. Exit status
 * of the program. */
static inline int run_suite_as(Suite *suite, enum fork_status forks)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, forks);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

static inline int run_suite(Suite *suite)
{
    return run_suite_as(suite, CK_NOFORK);
}

static inline int run_suite_forked(Suite *suite)
{
    return run_suite_as(suite, CK_FORK_GETENV);
}

#endif
