/* SPDX-License-Identifier: MIT */
/* run.c: the engines of gpu/, each behind the same check of the arithmetic. */
#include "gpu/gpu.h"
#include "gpu/canary.h"
#include "gpu/device/device.h"

#include <stdio.h>

enum result_status clock_host_single(struct result *result, const struct case_problem *c,
                                     const struct engine_options *options);
enum result_status clock_host_double(struct result *result, const struct case_problem *c,
                                     const struct engine_options *options);

/* Why the device is lost to this process; empty: it is not. */
static char lost[RESULT_REASON];

bool gpu_lost(void)
{
    return lost[0] != '\0';
}

static enum result_status run_host(const struct engine *engine, struct result *result,
                                   const struct case_problem *c,
                                   const struct engine_options *options)
{
    (void)engine;
    if (!gpu_canary(result->reason, sizeof result->reason))
        return RESULT_BROKEN;
    return options->precision == ENGINE_DOUBLE ? clock_host_double(result, c, options)
                                               : clock_host_single(result, c, options);
}

/* Whether a device may be asked. */
static enum result_status ready(struct result *result, const struct engine_options *options)
{
    if (!gpu_canary(result->reason, sizeof result->reason))
        return RESULT_BROKEN;
    if (options->precision == ENGINE_DOUBLE)
        return result_end(result, RESULT_REFUSED, "double precision runs on the host only");
    return RESULT_OK;
}

static enum result_status run_emulated(const struct engine *engine, struct result *result,
                                       const struct case_problem *c,
                                       const struct engine_options *options)
{
    (void)engine;
    enum result_status status = ready(result, options);
    return status == RESULT_OK ? clock_emulated(result, c, options) : status;
}

static enum result_status run_cuda(const struct engine *engine, struct result *result,
                                   const struct case_problem *c,
                                   const struct engine_options *options)
{
    (void)engine;
    enum result_status status = ready(result, options);
    if (status != RESULT_OK)
        return status;
    if (gpu_lost())
        return result_end(result, RESULT_FAULT, lost);
    status = clock_cuda(result, c, options);
    if (status == RESULT_FAULT)
        snprintf(lost, sizeof lost, "%s", result->reason);
    return status;
}

const struct engine gpu_clock_host = {.abi = ENGINE_ABI,
                                      .name = "clock-host",
                                      .says = "fixed step, binary32, on the host",
                                      .time = ENGINE_GRID,
                                      .single = true,
                                      .scheme = true,
                                      .threads = true,
                                      .doubles = true,
                                      .lanes = 32,
                                      .run = run_host};

const struct engine gpu_clock_cuda = {.abi = ENGINE_ABI,
                                      .name = "clock-cuda",
                                      .says = "the same on an NVIDIA device",
                                      .time = ENGINE_GRID,
                                      .single = true,
                                      .scheme = true,
                                      .shapes = true,
                                      .device = true,
                                      .run = run_cuda};

const struct engine gpu_clock_emulated = {.abi = ENGINE_ABI,
                                          .name = "clock-emulated",
                                          .says = "the text of the CUDA kernels on the host: slow, "
                                                  "small cases only",
                                          .time = ENGINE_GRID,
                                          .single = true,
                                          .scheme = true,
                                          .shapes = true,
                                          .slow = true,
                                          .run = run_emulated};
