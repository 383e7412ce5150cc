/* SPDX-License-Identifier: MIT */
/* cuda_absent.c: the CUDA driver of a build without nvcc. */
#include "gpu/device/device.h"

#include <stdio.h>

struct device_driver *device_cuda_open(enum result_status *status, char reason[RESULT_REASON])
{
    *status = gpu_device(reason, RESULT_REASON);
    return NULL;
}

enum result_status clock_cuda(struct result *result, const struct case_problem *c,
                              const struct engine_options *options)
{
    return clock_cuda_timed(result, c, options, NULL);
}

enum result_status clock_cuda_timed(struct result *result, const struct case_problem *c,
                                    const struct engine_options *options, struct cuda_times *times)
{
    (void)c;
    (void)options;
    (void)times;
    return gpu_device(result->reason, sizeof result->reason);
}

enum result_status gpu_device(char *text, size_t size)
{
    snprintf(text, size, "built without CUDA: there was no nvcc");
    return RESULT_ABSENT;
}
