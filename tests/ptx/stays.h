/* SPDX-License-Identifier: MIT */
/* stays.h: tests of an engine that stays on the stand-in of a device; part of tests/gpu/t_ptx.c. */
#ifndef EVIDENT_TESTS_PTX_STAYS_H
#define EVIDENT_TESTS_PTX_STAYS_H

#include "tests/ptx/standin.h"
#include "tests/resident_case.h"
#include "tests/run_suite.h"

TEST_EACH(a_training_has_the_bits_of_the_host, 0, getenv("PTX_ALL") ? TRAININGS : 2)
{
    standin.order = (enum standin_order)(_i % STANDIN_ORDERS);
    const char *what = training_difference(&trainings[_i], &gpu_clock_cuda);
    ck_assert_msg(!what, "training %d: %s differs", _i, what);
}

/* What a kernel did wrong after the last wait is said by the call that waits next. */
TEST(an_engine_that_stays_says_what_a_kernel_did_wrong)
{
    const struct edge e = {2, 3, 2, 1, 10, CASE_MAX_VOLTAGE_CROSS_ENTROPY, EDGE_NONE};
    const struct resident_options options = {.engine = ENGINE_OPTIONS_DEFAULT};
    const struct adam adam = {1, 1, 0, 1, 0, 1, 1, 1};
    static const size_t first[1] = {0};
    struct case_problem *c = edge_case(&e);
    struct resident *r = open_one(&gpu_clock_cuda, c, &options);
    float value[2 * 3 + 3 * 3 + 3 * 2];
    struct drawn d;
    draw(&d, c, first, 1);
    did(r, resident_run(r, &d.batch, true));
    did(r, resident_get(r, RESIDENT_VALUE, value));
    standin.bad = standin.launches + 1;
    did(r, resident_adam(r, &adam));
    ck_assert_int_eq(resident_get(r, RESIDENT_VALUE, value), -1);
    ck_assert_ptr_nonnull(strstr(resident_reason(r), "illegal memory access"));
    ck_assert_int_eq(resident_run(r, &d.batch, true), -1);
    resident_close(r);
    case_free(c);
}

#endif
