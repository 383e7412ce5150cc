/* SPDX-License-Identifier: MIT */
/* cuda.cu: the driver for NVIDIA devices: launches; gpu/device/device.c does the rest.
 *
 * Two streams: the adjoint of chunk c - 1 runs while the gradient of chunk c is gathered; history
 * and masks are there twice, and events keep the order. The last gathering is waited for by the
 * stream of the adjoint, in which all else is done.
 *
 * Kernels: gpu/cuda/cuda_forward.h, cuda_loss.h, cuda_adjoint.h, cuda_gather.h, cuda_resident.h. */
#include "gpu/cuda/cuda_forward.h"
#include "gpu/cuda/cuda_adjoint.h"
#include "gpu/cuda/cuda_gather.h"
#include "gpu/cuda/cuda_resident.h"
#include "gpu/cuda/cuda_canary.h"
#include "gpu/cuda/cuda_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- launches ---- */

/* Kernels with a block, or a cluster, a sample. */
enum { FORWARD, ADJOINT, FORWARD_GLOBAL, ADJOINT_GLOBAL, BY_SAMPLE };
static const void *const by_sample[BY_SAMPLE] = {
    (const void *)kernel_forward, (const void *)kernel_adjoint, (const void *)kernel_forward_global,
    (const void *)kernel_adjoint_global};

static int launch_samples(struct device_driver *driver, const struct device *d, const void *kernel,
                          const char *name, void **arguments, uint32_t threads, size_t shared)
{
    cudaLaunchAttribute attribute = {};
    cudaLaunchConfig_t shape = {};
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim.x = d->ranks;
    attribute.val.clusterDim.y = attribute.val.clusterDim.z = 1;
    shape.gridDim = dim3(d->samples * d->ranks);
    shape.blockDim = dim3(threads);
    shape.dynamicSmemBytes = shared;
    shape.stream = cuda_of(driver)->adjoint;
    shape.attrs = &attribute;
    shape.numAttrs = d->ranks > 1 ? 1 : 0;
    return check(driver, cudaLaunchKernelExC(&shape, kernel, arguments), name, __FILE__, __LINE__);
}

static int forward(struct device_driver *driver, const struct device *d)
{
    void *arguments[] = {(void *)d};
    /* Again where lists were full: what that took is part of the time, too. */
    if ((!cuda_of(driver)->begun && mark(driver, CUDA_BEGUN) != 0) ||
        launch_samples(driver, d, by_sample[d->forward_spill ? FORWARD_GLOBAL : FORWARD],
                       "kernel_forward", arguments, d->threads,
                       d->forward_spill ? 0 : d->forward_bytes) != 0)
        return -1;
    cuda_of(driver)->begun = true;
    const uint32_t threads = DEVICE_SMALL_BLOCK;
    kernel_loss<<<d->samples, threads, threads * sizeof(double), cuda_of(driver)->adjoint>>>(*d);
    return CHECK_LAUNCH("kernel_loss") != 0 ? -1 : mark(driver, CUDA_FORWARD);
}

static int adjoint(struct device_driver *driver, const struct device *d, uint32_t chunk)
{
    struct cuda *cuda = cuda_of(driver);
    void *arguments[] = {(void *)d, &chunk};
    if (chunk == (d->steps - 1) / CHUNK && mark(driver, CUDA_BACKWARD) != 0)
        return -1;
    if (CHECK(cudaStreamWaitEvent(cuda->adjoint, cuda->gathered[chunk & 1], 0)) != 0)
        return -1;
    if (launch_samples(driver, d, by_sample[d->adjoint_spill ? ADJOINT_GLOBAL : ADJOINT],
                       "kernel_adjoint", arguments, d->adjoint_threads,
                       d->adjoint_spill ? 0 : d->adjoint_bytes) != 0)
        return -1;
    return CHECK(cudaEventRecord(cuda->left[chunk & 1], cuda->adjoint));
}

static int gather(struct device_driver *driver, const struct device *d, uint32_t chunk,
                  uint32_t from, uint32_t to)
{
    const uint32_t warps = DEVICE_SMALL_BLOCK / LANES;
    struct cuda *cuda = cuda_of(driver);
    uint32_t units = d->lif_rows + (to - from);
    dim3 blocks((units + warps - 1) / warps, (d->widest + DEVICE_COLUMNS - 1) / DEVICE_COLUMNS);
    if (CHECK(cudaStreamWaitEvent(cuda->gather, cuda->left[chunk & 1], 0)) != 0)
        return -1;
    if (units > 0) {
        size_t shared = warps * DEVICE_WINDOW * sizeof(uint32_t);
        kernel_gather<<<blocks, DEVICE_SMALL_BLOCK, shared, cuda->gather>>>(*d, chunk, from, to);
        if (CHECK_LAUNCH("kernel_gather") != 0)
            return -1;
    }
    if (CHECK(cudaEventRecord(cuda->gathered[chunk & 1], cuda->gather)) != 0)
        return -1;
    if (chunk > 0)
        return 0;
    return CHECK(cudaStreamWaitEvent(cuda->adjoint, cuda->gathered[0], 0)) != 0
               ? -1
               : mark(driver, CUDA_ENDED);
}

/* Blocks of DEVICE_SMALL_BLOCK threads for so many. */
static unsigned blocks_of(size_t threads)
{
    return (unsigned)((threads + DEVICE_SMALL_BLOCK - 1) / DEVICE_SMALL_BLOCK);
}

static int sum_tau(struct device_driver *driver, const struct device *d)
{
    kernel_sum_tau<<<blocks_of(d->cells), DEVICE_SMALL_BLOCK, 0, cuda_of(driver)->adjoint>>>(*d);
    return CHECK_LAUNCH("kernel_sum_tau");
}

static int outcome(struct device_driver *driver, const struct device *d,
                   const struct device_resident *r)
{
    const cudaStream_t stream = cuda_of(driver)->adjoint;
    size_t counts = (size_t)d->samples * d->cells, ends = d->cells;
    ends = d->samples > ends ? d->samples : ends;
    kernel_count<<<blocks_of(counts), DEVICE_SMALL_BLOCK, 0, stream>>>(*d, *r);
    if (CHECK_LAUNCH("kernel_count") != 0)
        return -1;
    kernel_outcome<<<blocks_of(ends), DEVICE_SMALL_BLOCK, 0, stream>>>(*d, *r);
    return CHECK_LAUNCH("kernel_outcome");
}

static int adam(struct device_driver *driver, const struct device *d,
                const struct device_resident *r, const struct adam *how)
{
    kernel_adam<<<blocks_of(d->synapses + 2 * (size_t)d->cells), DEVICE_SMALL_BLOCK, 0,
                  cuda_of(driver)->adjoint>>>(*d, *r, *how);
    return CHECK_LAUNCH("kernel_adam");
}

static int taus(struct device_driver *driver, const struct device *d,
                const struct device_resident *r)
{
    kernel_taus<<<blocks_of(d->cells), DEVICE_SMALL_BLOCK, 0, cuda_of(driver)->adjoint>>>(*d, *r);
    return CHECK_LAUNCH("kernel_taus");
}

/* ---- a device ---- */

/* Whether blocks can be clusters: where the device has them, and in the code that it chose of a
 * kernel: that of an earlier architecture runs on a later one, and knows none. */
static int ask_clusters(struct device_driver *driver, int major)
{
    bool can = major >= 9;
    for (int k = 0; k < BY_SAMPLE; k++) {
        cudaFuncAttributes attributes;
        if (CHECK(cudaFuncGetAttributes(&attributes, by_sample[k])) != 0)
            return -1;
        can = can && attributes.ptxVersion >= 90;
    }
    driver->clusters = can ? DEVICE_MOST_BLOCKS : 1;
    return 0;
}

/* Streams, events, shared memory beyond 48 KiB. */
static int open_device(struct device_driver *driver)
{
    struct cuda *cuda = cuda_of(driver);
    int device, shared, major;
    if (CHECK(cudaGetDevice(&device)) != 0 ||
        CHECK(cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, device)) ||
        CHECK(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device)) != 0)
        return -1;
    driver->shared = (size_t)shared;
    if (ask_clusters(driver, major) != 0)
        return -1;
    if (CHECK(cudaFuncSetAttribute(by_sample[FORWARD], cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   shared)) != 0 ||
        CHECK(cudaFuncSetAttribute(by_sample[ADJOINT], cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   shared)) != 0 ||
        CHECK(cudaStreamCreateWithFlags(&cuda->adjoint, cudaStreamNonBlocking)) != 0 ||
        CHECK(cudaStreamCreateWithFlags(&cuda->gather, cudaStreamNonBlocking)) != 0)
        return -1;
    for (int k = 0; k < 2; k++)
        if (CHECK(cudaEventCreateWithFlags(&cuda->left[k], cudaEventDisableTiming)) != 0 ||
            CHECK(cudaEventCreateWithFlags(&cuda->gathered[k], cudaEventDisableTiming)) != 0)
            return -1;
    for (int k = 0; k < CUDA_MARKS; k++)
        if (CHECK(cudaEventCreate(&cuda->mark[k])) != 0)
            return -1;
    return 0;
}

static void close_device(struct device_driver *driver)
{
    struct cuda *cuda = cuda_of(driver);
    for (int k = 0; k < 2; k++) {
        if (cuda->left[k])
            cudaEventDestroy(cuda->left[k]);
        if (cuda->gathered[k])
            cudaEventDestroy(cuda->gathered[k]);
    }
    for (int k = 0; k < CUDA_MARKS; k++)
        if (cuda->mark[k])
            cudaEventDestroy(cuda->mark[k]);
    if (cuda->adjoint)
        cudaStreamDestroy(cuda->adjoint);
    if (cuda->gather)
        cudaStreamDestroy(cuda->gather);
}

/* What the events of a run say; 0 where there was no backward pass. */
static void read_times(struct cuda *cuda, struct cuda_times *times, bool gradients)
{
    float forward = 0, backward = 0;
    cudaEventElapsedTime(&forward, cuda->mark[CUDA_BEGUN], cuda->mark[CUDA_FORWARD]);
    if (gradients)
        cudaEventElapsedTime(&backward, cuda->mark[CUDA_BACKWARD], cuda->mark[CUDA_ENDED]);
    times->forward = (double)forward / 1000;
    times->backward = (double)backward / 1000;
}

/* Whether there is a device: RESULT_OK, or a line about what is wrong. Only two errors say that
 * there is none; all others are of one that does not work. */
static enum result_status find_device(int *device, char *text, size_t size)
{
    int devices = 0;
    cudaError_t error = cudaGetDeviceCount(&devices);
    if (error == cudaSuccess)
        error = devices == 0 ? cudaErrorNoDevice : cudaGetDevice(device);
    if (error == cudaSuccess)
        return RESULT_OK;
    bool absent = error == cudaErrorNoDevice || error == cudaErrorInsufficientDriver;
    snprintf(text, size, "%s: %s", absent ? "no NVIDIA device" : "the NVIDIA device does not work",
             cudaGetErrorString(error));
    cudaGetLastError();
    return absent ? RESULT_ABSENT : RESULT_FAULT;
}

struct opened {
    struct device_driver driver;
    struct cuda cuda;
};

static void close_driver(struct device_driver *driver)
{
    close_device(driver);
    free(driver);
}

/* What a driver does. */
static void fill(struct opened *opened)
{
    struct device_driver *driver = &opened->driver;
    driver->context = &opened->cuda;
    driver->take = take;
    driver->give = give;
    driver->put = put;
    driver->get = get;
    driver->clear = clear;
    driver->forward = forward;
    driver->adjoint = adjoint;
    driver->gather = gather;
    driver->sum_tau = sum_tau;
    driver->outcome = outcome;
    driver->adam = adam;
    driver->taus = taus;
    driver->close = close_driver;
}

struct device_driver *device_cuda_open(enum result_status *status, char reason[RESULT_REASON])
{
    int device;
    *status = find_device(&device, reason, RESULT_REASON);
    if (*status != RESULT_OK)
        return NULL;
    struct opened *opened = (struct opened *)calloc(1, sizeof *opened);
    if (!opened) {
        *status = RESULT_SHORT;
        snprintf(reason, RESULT_REASON, "memory is short");
        return NULL;
    }
    fill(opened);
    struct device_driver *driver = &opened->driver;
    if (open_device(driver) == 0 && run_canary(driver) == 0)
        return driver;
    *status = driver->status;
    memcpy(reason, driver->reason, RESULT_REASON);
    close_driver(driver);
    return NULL;
}

enum result_status clock_cuda_timed(struct result *result, const struct case_problem *c,
                                    const struct engine_options *options, struct cuda_times *times)
{
    enum result_status status;
    struct device_driver *driver = device_cuda_open(&status, result->reason);
    if (!driver)
        return status;
    status = device_run(result, c, options, driver);
    if (status == RESULT_OK && times)
        read_times(cuda_of(driver), times, options->gradients);
    driver->close(driver);
    return status;
}

enum result_status clock_cuda(struct result *result, const struct case_problem *c,
                              const struct engine_options *options)
{
    return clock_cuda_timed(result, c, options, NULL);
}

enum result_status gpu_device(char *text, size_t size)
{
    int device, driver = 0, runtime = 0;
    cudaDeviceProp p;
    enum result_status status = find_device(&device, text, size);
    if (status != RESULT_OK)
        return status;
    cudaError_t error = cudaGetDeviceProperties(&p, device);
    if (error != cudaSuccess) {
        snprintf(text, size, "the NVIDIA device does not work: %s", cudaGetErrorString(error));
        cudaGetLastError();
        return RESULT_FAULT;
    }
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    snprintf(text, size, "%s, sm_%d%d, %d multiprocessors, driver %d.%d, runtime %d.%d", p.name,
             p.major, p.minor, p.multiProcessorCount, driver / 1000, driver % 1000 / 10,
             runtime / 1000, runtime % 1000 / 10);
    return RESULT_OK;
}
