/* SPDX-License-Identifier: MIT */
/* runtime.c: the calls of CUDA's runtime that cuda.cu makes, but for streams (stream.c); see
 * standin.h. A call that is not here does not link. */
#include "tests/ptx/standin.h"

#include <stdio.h>
#include <stdlib.h>

extern const struct ptx_kernel ptx_kernels_80[], ptx_kernels_90[];

struct standin standin;

enum { KERNELS = 16, PLAIN_SHARED = 48 << 10, MOST_CLUSTER = 8, MOST_Y = 65535 };

static struct {
    const void *host; /* what stands for it in the program */
    char name[64];
    size_t shared; /* that it may have without and with asking */
} known[KERNELS];

static cudaError_t last; /* of calls, until it is asked for */
static struct {
    dim3 grid, block;
    size_t shared;
    cudaStream_t stream;
} configured; /* by <<<...>>>, for the launch that follows */

/* ---- settings ---- */

static long number(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void begin(void)
{
    static const char *const order[] = {"issue", "first", "last", "random"};
    const char *wanted = getenv("STANDIN_ORDER");
    for (int k = 0; wanted && k < STANDIN_ORDERS; k++)
        if (strcmp(wanted, order[k]) == 0)
            standin.order = (enum standin_order)k;
    standin.seed = (uint64_t)number("STANDIN_SEED", 1);
    standin.code = (int)number("STANDIN_CODE", 90);
    standin.major = (int)number("STANDIN_MAJOR", 9);
    standin.shared = (int)number("STANDIN_SHARED", 227 << 10);
    standin.device = (cudaError_t)number("STANDIN_DEVICE", cudaSuccess);
    standin.bad = (unsigned long)number("STANDIN_BAD", 0);
}

/* ---- errors ---- */

static cudaError_t keep(cudaError_t error)
{
    if (error == cudaSuccess)
        error = standin_lost();
    if (error != cudaSuccess)
        last = error;
    return error;
}

cudaError_t cudaGetLastError(void)
{
    cudaError_t error = last;
    last = standin_lost();
    return error;
}

const char *cudaGetErrorString(cudaError_t error)
{
    static char text[64];
    snprintf(text, sizeof text, "error %d of the stand-in", (int)error);
    return error == cudaErrorNoDevice               ? "no CUDA-capable device is detected"
           : error == cudaErrorIllegalAddress       ? "an illegal memory access was encountered"
           : error == cudaErrorMisalignedAddress    ? "misaligned address"
           : error == cudaErrorInvalidConfiguration ? "invalid configuration argument"
                                                    : text;
}

/* ---- kernels of the program ---- */

void **__cudaRegisterFatBinary(void *binary)
{
    static void *handle;
    (void)binary;
    return &handle;
}

void __cudaRegisterFatBinaryEnd(void **handle)
{
    (void)handle;
}

void __cudaUnregisterFatBinary(void **handle)
{
    (void)handle;
}

void __cudaRegisterFunction(void **handle, const char *host, char *device, const char *name,
                            int limit, uint3 *thread, uint3 *block, dim3 *block_size,
                            dim3 *grid_size, int *warp)
{
    (void)handle, (void)device, (void)limit, (void)thread, (void)block;
    (void)block_size, (void)grid_size, (void)warp;
    for (size_t k = 0; k < KERNELS; k++)
        if (!known[k].host) {
            known[k].host = host;
            known[k].shared = PLAIN_SHARED;
            snprintf(known[k].name, sizeof known[k].name, "%s", name);
            return;
        }
    abort();
}

/* Where it is among those known, and its PTX; -1: nowhere. */
static int find(const void *host, const struct ptx_kernel **kernel)
{
    const struct ptx_kernel *all = standin.code == 80 ? ptx_kernels_80 : ptx_kernels_90;
    for (int k = 0; k < KERNELS && known[k].host; k++)
        for (const struct ptx_kernel *p = all; known[k].host == host && p->name; p++)
            if (strcmp(p->name, known[k].name) == 0) {
                *kernel = p;
                return k;
            }
    return -1;
}

cudaError_t __cudaGetKernel(cudaKernel_t *kernel, const void *host)
{
    *kernel = (cudaKernel_t)(uintptr_t)host;
    return cudaSuccess;
}

cudaError_t cudaFuncGetAttributes(struct cudaFuncAttributes *attributes, const void *host)
{
    const struct ptx_kernel *kernel;
    memset(attributes, 0, sizeof *attributes);
    if (find(host, &kernel) < 0)
        return keep(cudaErrorInvalidDeviceFunction);
    attributes->ptxVersion = kernel->version;
    attributes->binaryVersion = 10 * standin.major;
    attributes->maxThreadsPerBlock = (int)kernel->most_threads;
    return keep(cudaSuccess);
}

cudaError_t cudaFuncSetAttribute(const void *host, enum cudaFuncAttribute attribute, int value)
{
    const struct ptx_kernel *kernel;
    int k = find(host, &kernel);
    if (k < 0 || attribute != cudaFuncAttributeMaxDynamicSharedMemorySize || value < 0 ||
        value > standin.shared)
        return keep(cudaErrorInvalidValue);
    known[k].shared = (size_t)value;
    return keep(cudaSuccess);
}

/* ---- launches ---- */

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, void *stream)
{
    configured.grid = grid;
    configured.block = block;
    configured.shared = shared;
    configured.stream = stream;
    return 0;
}

cudaError_t __cudaPopCallConfiguration(dim3 *grid, dim3 *block, size_t *shared, void *stream)
{
    *grid = configured.grid;
    *block = configured.block;
    *shared = configured.shared;
    *(cudaStream_t *)stream = configured.stream;
    return cudaSuccess;
}

/* What a launch must keep to: bounds that the kernel was compiled with, and the device's. */
static const char *forbidden(const struct ptx_kernel *kernel, dim3 grid, dim3 block, size_t shared,
                             size_t most_shared, unsigned cluster)
{
    return grid.x == 0 || grid.y == 0 || grid.z != 1 || grid.x > INT32_MAX || grid.y > MOST_Y
               ? "a grid that cannot be"
           : block.x == 0 || block.y != 1 || block.z != 1 || block.x % LANES != 0
               ? "a block that cannot be"
           : block.x > kernel->most_threads ? "more threads than it was compiled for"
           : shared > most_shared           ? "more shared memory than a block may have"
           : cluster == 0 || cluster > MOST_CLUSTER || grid.x % cluster != 0
               ? "a cluster that cannot be"
           : cluster > 1 && standin.major < 9 ? "a cluster on a device without them"
                                              : NULL;
}

static struct operation *prepare(const struct ptx_kernel *kernel, void **arguments,
                                 cudaStream_t stream)
{
    struct operation *o = standin_push(stream, STANDIN_KERNEL);
    if (o)
        o->kernel = kernel;
    for (int k = 0; o && k < kernel->parameters; k++) {
        o->parameter[k] = malloc(kernel->size[k]);
        if (!o->parameter[k])
            abort(); /* it is in the queue */
        memcpy(o->parameter[k], arguments[k], kernel->size[k]);
    }
    return o;
}

static cudaError_t launch(const void *host, dim3 grid, dim3 block, void **arguments, size_t shared,
                          cudaStream_t stream, unsigned cluster)
{
    const struct ptx_kernel *kernel;
    int k = find(host, &kernel);
    if (k < 0)
        return keep(cudaErrorInvalidDeviceFunction);
    const char *why = forbidden(kernel, grid, block, shared, known[k].shared, cluster);
    if (why) {
        fprintf(stderr,
                "stand-in: %s: %s: grid %u, %u, block %u, %zu bytes shared, cluster of %u\n",
                kernel->name, why, grid.x, grid.y, block.x, shared, cluster);
        return keep(cudaErrorInvalidConfiguration);
    }
    struct operation *o = prepare(kernel, arguments, stream);
    if (!o)
        return keep(cudaErrorMemoryAllocation);
    o->wanted = shared;
    o->shape = (struct emulated_launch){.blocks = grid.x,
                                        .blocks_y = grid.y,
                                        .cluster = cluster,
                                        .threads = block.x,
                                        .shared = (shared + 63) / 64 * 64};
    if (standin.only > 0 && grid.x >= standin.only)
        o->shape.first = grid.x - cluster;
    return keep(cudaSuccess);
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t *shape, const void *host, void **arguments)
{
    unsigned cluster = 1;
    for (unsigned k = 0; k < shape->numAttrs; k++) {
        const cudaLaunchAttributeValue *value = &shape->attrs[k].val;
        if (shape->attrs[k].id != cudaLaunchAttributeClusterDimension || value->clusterDim.y != 1 ||
            value->clusterDim.z != 1)
            return keep(cudaErrorInvalidValue);
        cluster = value->clusterDim.x;
    }
    return launch(host, shape->gridDim, shape->blockDim, arguments, shape->dynamicSmemBytes,
                  shape->stream, cluster);
}

cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void **arguments,
                               size_t shared, cudaStream_t stream)
{
    return launch((const void *)kernel, grid, block, arguments, shared, stream, 1);
}

/* ---- memory ---- */

cudaError_t cudaMalloc(void **place, size_t bytes)
{
    *place = standin_take(bytes);
    return keep(*place ? cudaSuccess : cudaErrorMemoryAllocation);
}

/* Waits for the whole device. */
cudaError_t cudaFree(void *place)
{
    cudaError_t error = standin_drain(NULL);
    return keep(error != cudaSuccess ? error : standin_free(place));
}

/* From the host: what it holds now, as the runtime takes memory that is not pinned. To the host:
 * when the stream comes to it. */
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind,
                            cudaStream_t stream)
{
    struct operation *o = standin_push(stream, STANDIN_COPY);
    if (!o)
        return keep(cudaErrorMemoryAllocation);
    o->to = to;
    o->from = (void *)(uintptr_t)from;
    o->bytes = bytes;
    o->out = kind == cudaMemcpyDeviceToHost;
    if (kind == cudaMemcpyHostToDevice) {
        o->in = true;
        o->from = malloc(bytes + 1);
        if (!o->from)
            abort();
        memcpy(o->from, from, bytes);
    }
    return keep(o->in || o->out ? cudaSuccess : cudaErrorInvalidMemcpyDirection);
}

cudaError_t cudaMemsetAsync(void *to, int value, size_t bytes, cudaStream_t stream)
{
    struct operation *o = standin_push(stream, STANDIN_SET);
    if (!o)
        return keep(cudaErrorMemoryAllocation);
    o->to = to;
    o->value = value;
    o->bytes = bytes;
    return keep(cudaSuccess);
}

/* ---- devices ---- */

cudaError_t cudaGetDeviceCount(int *devices)
{
    *devices = standin.device == cudaSuccess;
    return keep(standin.device);
}

cudaError_t cudaGetDevice(int *device)
{
    *device = 0;
    return keep(standin.device);
}

cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attribute, int device)
{
    if (device != 0 || (attribute != cudaDevAttrMaxSharedMemoryPerBlockOptin &&
                        attribute != cudaDevAttrComputeCapabilityMajor))
        return keep(cudaErrorInvalidValue);
    *value = attribute == cudaDevAttrComputeCapabilityMajor ? standin.major : standin.shared;
    return keep(cudaSuccess);
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *properties, int device)
{
    memset(properties, 0, sizeof *properties);
    snprintf(properties->name, sizeof properties->name, "PTX of sm_%d on the host", standin.code);
    properties->major = standin.major;
    properties->multiProcessorCount = 1;
    return keep(device == 0 ? standin.device : cudaErrorInvalidDevice);
}

cudaError_t cudaDriverGetVersion(int *version)
{
    *version = CUDART_VERSION;
    return keep(cudaSuccess);
}

cudaError_t cudaRuntimeGetVersion(int *version)
{
    *version = CUDART_VERSION;
    return keep(cudaSuccess);
}
