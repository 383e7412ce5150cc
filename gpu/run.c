/* run.c: one entry for all drivers. */
#include "gpu/gpu.h"
#include "gpu/canary.h"
#include "gpu/device/device.h"

#include <stdio.h>

enum gpu_status clock_host_single(struct gpu_result *result, const struct case_problem *c,
                                  const struct gpu_options *options);
enum gpu_status clock_host_double(struct gpu_result *result, const struct case_problem *c,
                                  const struct gpu_options *options);

/* Why the device is lost to this process; empty: it is not. */
static char lost[GPU_REASON];

bool gpu_lost(void)
{
    return lost[0] != '\0';
}

static enum gpu_status refuse(struct gpu_result *result, enum gpu_status status, const char *text)
{
    snprintf(result->reason, sizeof result->reason, "%s", text);
    return status;
}

static enum gpu_status dispatch(struct gpu_result *result, const struct case_problem *c,
                                const struct gpu_options *options)
{
    if (!gpu_canary(result->reason, sizeof result->reason))
        return GPU_BROKEN;
    if (options->driver == GPU_HOST)
        return options->precision == GPU_DOUBLE ? clock_host_double(result, c, options)
                                                : clock_host_single(result, c, options);
    if (options->precision == GPU_DOUBLE)
        return refuse(result, GPU_REFUSED, "double precision runs on the host only");
    if (options->driver != GPU_CUDA)
        return clock_emulated(result, c, options);
    if (gpu_lost())
        return refuse(result, GPU_FAULT, lost);
    enum gpu_status status = clock_cuda(result, c, options);
    if (status == GPU_FAULT)
        snprintf(lost, sizeof lost, "%s", result->reason);
    return status;
}

enum gpu_status gpu_run(struct gpu_result *result, const struct case_problem *c,
                        const struct gpu_options *options)
{
    *result = (struct gpu_result){.status = GPU_REFUSED};
    result->status = dispatch(result, c, options);
    return result->status;
}
