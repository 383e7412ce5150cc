/* SPDX-License-Identifier: MIT */
/* cuda_canary.h: the canary on the device, before anything else runs there. Part of cuda.cu.
 *
 * Parallel layout: a thread an entry of the table. */
#ifndef EVIDENT_GPU_CUDA_CANARY_H
#define EVIDENT_GPU_CUDA_CANARY_H

#include "gpu/canary.h"
#include "gpu/cuda/cuda_memory.h"
#include "gpu/emulate/kernel.h"

#include <stdlib.h>

KERNEL(DEVICE_SMALL_BLOCK)
kernel_canary(uint64_t *got, const struct gpu_canary_entry *table, uint32_t count)
{
    uint32_t k = BLOCK * THREADS + THREAD;
    if (k < count)
        got[k] = gpu_canary_bits(&table[k]);
}

/* 0, or -1: the reason says which operation is broken. got: [count] of the host. */
static int judge_canary(struct device_driver *driver, const struct gpu_canary_entry *table,
                        const uint64_t *got, uint32_t count)
{
    uint32_t failures = 0, first = 0;
    for (uint32_t k = count; k-- > 0;)
        if (got[k] != table[k].wanted) {
            failures++;
            first = k;
        }
    if (failures == 0)
        return 0;
    char text[RESULT_REASON / 2];
    gpu_canary_explain(text, sizeof text, first, got[first], failures);
    driver->status = RESULT_BROKEN;
    snprintf(driver->reason, sizeof driver->reason, "on the device: %s", text);
    return -1;
}

static int run_canary(struct device_driver *driver)
{
    uint32_t count;
    const struct gpu_canary_entry *table = gpu_canary_table(&count);
    size_t bytes = count * sizeof *table, all = bytes + count * sizeof(uint64_t);
    uint64_t *got = (uint64_t *)malloc(count * sizeof *got);
    unsigned char *base;
    int status = -1;
    if (!got) {
        driver->status = RESULT_SHORT;
        snprintf(driver->reason, sizeof driver->reason, "memory is short");
        return -1;
    }
    if (take(driver, &base, all, 0) == 0) {
        uint64_t *out = (uint64_t *)(base + bytes);
        if (put(driver, base, table, bytes) == 0) {
            kernel_canary<<<(count + DEVICE_SMALL_BLOCK - 1) / DEVICE_SMALL_BLOCK,
                            DEVICE_SMALL_BLOCK, 0, cuda_of(driver)->adjoint>>>(
                out, (const struct gpu_canary_entry *)base, count);
            if (CHECK_LAUNCH("kernel_canary") == 0 &&
                get(driver, got, out, count * sizeof *got) == 0)
                status = judge_canary(driver, table, got, count);
        }
        give(driver, base);
    }
    free(got);
    return status;
}

#endif
