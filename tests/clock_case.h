/* SPDX-License-Identifier: MIT */
/* clock_case.h: what the tests of the clock engine share: a small recurrent case, runs of it. */
#ifndef EVIDENT_TESTS_CLOCK_CASE_H
#define EVIDENT_TESTS_CLOCK_CASE_H

#include "gpu/gpu.h"

#include <check.h>
#include <mpfr.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline struct case_problem *problem(const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ck_assert(length > 0 && (size_t)length < sizeof text);
    struct case_error error = {""};
    struct case_problem *c = case_read_text(text, (size_t)length, "test", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

/* Two inputs, three recurrent lif neurons, two li outputs, 100 ms in steps of 0.5 ms: 200 steps,
 * four chunks. %s: members of the input projection before its weights; samples; weighting. */
#define RECURRENT                                                                                  \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":100,\"step\":0.5},"           \
    "\"populations\":[{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"                    \
    "{\"name\":\"hid\",\"size\":3,\"model\":\"lif\",\"tau_mem\":[20,15,10],\"tau_syn\":5,"         \
    "\"threshold\":1,\"reset\":[0,-0.25,0.125],\"bias\":[0,0.125,0]},"                             \
    "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":[5,20]}],"           \
    "\"projections\":[{\"source\":\"in\",\"target\":\"hid\",%s"                                    \
    "\"weights\":[[6,2.5,3],[4,5,1.5]]},"                                                          \
    "{\"source\":\"hid\",\"target\":\"hid\",\"delay\":1,"                                          \
    "\"weights\":[[0.5,1,-0.5],[0.25,-0.5,1],[1,0.5,0.25]]},"                                      \
    "{\"source\":\"hid\",\"target\":\"out\",\"weights\":[[1,-0.5],[0.5,1.5],[-1,2]]}],"            \
    "\"samples\":[%s],\"loss\":{\"kind\":\"voltage-integral-cross-entropy\","                      \
    "\"population\":\"out\",\"weighting\":\"exponential\"}}"

#define SAMPLE_A                                                                                   \
    "{\"spikes\":{\"in\":[[1,9.5,20.25,61,70],[2.5,12,33,88]]},\"target\":{\"label\":1}}"
#define SAMPLE_B "{\"spikes\":{\"in\":[[5,40,41.5],[3,44,90.5]]},\"target\":{\"label\":0}}"
#define SAMPLE_C "{\"spikes\":{\"in\":[[],[17,18,19.5,50]]},\"target\":{\"label\":0}}"

static inline struct result run(const struct case_problem *c, const struct engine_options *options)
{
    struct result result;
    enum result_status status = engine_run(&gpu_clock_host, &result, c, options);
    ck_assert_msg(status == RESULT_OK, "%s", result.reason);
    return result;
}

static inline const double *row(const double *trace, const struct result *r, size_t step)
{
    return trace + step * r->cells;
}

#endif
