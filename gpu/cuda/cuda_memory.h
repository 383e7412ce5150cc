/* SPDX-License-Identifier: MIT */
/* cuda_memory.h: streams, events and the arenas of an NVIDIA device, and what every call
 * goes through: the first that fails ends the run with its place and the words of the driver. Part
 * of gpu/cuda/cuda.cu. */
#ifndef EVIDENT_GPU_CUDA_MEMORY_H
#define EVIDENT_GPU_CUDA_MEMORY_H

#include "gpu/device/device.h"

#include <cuda_runtime.h>
#include <stdio.h>

enum cuda_mark { CUDA_BEGUN, CUDA_FORWARD, CUDA_BACKWARD, CUDA_ENDED, CUDA_MARKS };

struct cuda {
    cudaStream_t adjoint, gather;
    cudaEvent_t left[2], gathered[2]; /* of the two halves of the history */
    cudaEvent_t mark[CUDA_MARKS];
    bool begun; /* the first of them is there */
};

/* ---- checking ---- */

/* 0, or -1 with the place, the call and the words of the driver. */
static int check(struct device_driver *driver, cudaError_t error, const char *call,
                 const char *file, int line)
{
    if (error == cudaSuccess)
        return 0;
    driver->status = error == cudaErrorMemoryAllocation ? RESULT_SHORT : RESULT_FAULT;
    snprintf(driver->reason, sizeof driver->reason, "%s:%d: %s: %s", file, line, call,
             cudaGetErrorString(error));
    cudaGetLastError(); /* not the next run's */
    return -1;
}

#define CHECK(call) check(driver, (call), #call, __FILE__, __LINE__)
#define CHECK_LAUNCH(name) check(driver, cudaGetLastError(), name, __FILE__, __LINE__)

static struct cuda *cuda_of(struct device_driver *driver)
{
    return (struct cuda *)driver->context;
}

/* ---- memory ---- */

static int take(struct device_driver *driver, unsigned char **base, size_t bytes, int poison)
{
    if (CHECK(cudaMalloc((void **)base, bytes)) != 0)
        return -1;
    return poison ? CHECK(cudaMemsetAsync(*base, 0xff, bytes, cuda_of(driver)->adjoint)) : 0;
}

static void give(struct device_driver *driver, unsigned char *base)
{
    CHECK(cudaFree(base));
}

static int finish(struct device_driver *driver)
{
    struct cuda *cuda = cuda_of(driver);
    return CHECK(cudaStreamSynchronize(cuda->adjoint)) != 0 ||
                   CHECK(cudaStreamSynchronize(cuda->gather)) != 0
               ? -1
               : 0;
}

/* The host's memory is not pinned: it has been read when the call returns. */
static int put(struct device_driver *driver, void *to, const void *from, size_t bytes)
{
    return bytes == 0 ? 0
                      : CHECK(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice,
                                              cuda_of(driver)->adjoint));
}

static int get(struct device_driver *driver, void *to, const void *from, size_t bytes)
{
    if (finish(driver) != 0)
        return -1;
    if (bytes == 0)
        return 0;
    if (CHECK(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, cuda_of(driver)->adjoint)) !=
        0)
        return -1;
    return finish(driver);
}

static int clear(struct device_driver *driver, void *at, size_t bytes)
{
    return bytes > 0 ? CHECK(cudaMemsetAsync(at, 0, bytes, cuda_of(driver)->adjoint)) : 0;
}

static int mark(struct device_driver *driver, enum cuda_mark which)
{
    return CHECK(cudaEventRecord(cuda_of(driver)->mark[which], cuda_of(driver)->adjoint));
}

#endif
