/* SPDX-License-Identifier: MIT */
/* sweep_device.cu: gpu_exp and gpu_log on all 2^32 floats, on the device and on the host; a program
 * of its own. That the host's results are right is sweep.c's business; here they are the same.
 *
 * What is computed: for every block of 2^20 inputs the sum of mixed bits of all results, as in
 * gpu/tools/sweep.c, so that both programs print the same digest.
 *
 * Parallel layout: a block of threads a block of inputs; a thread sums every THREADS-th of them;
 * whole numbers, so the order of the sum does not matter. */
#include "gpu/tools/sweep.h"

#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_BITS = 20, BLOCKS = 1 << (32 - BLOCK_BITS), THREADS = 256 };
enum function { EXP, LOG, FUNCTIONS };

GPU_BOTH static inline uint64_t digest_one(int function, uint32_t input)
{
    float x;
    memcpy(&x, &input, sizeof x);
    double y = function == EXP ? gpu_exp((double)x) : gpu_log((double)x);
    return sweep_mix(gpu_bits(y) + sweep_mix(input));
}

extern "C" __global__ void __launch_bounds__(THREADS) kernel_sweep(uint64_t *digest, int function)
{
    __shared__ uint64_t part[THREADS];
    uint32_t first = blockIdx.x << BLOCK_BITS;
    uint64_t sum = 0;
    for (uint32_t k = threadIdx.x; k < (uint32_t)1 << BLOCK_BITS; k += THREADS)
        sum += digest_one(function, first + k);
    part[threadIdx.x] = sum;
    __syncthreads();
    for (uint32_t half = THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half)
            part[threadIdx.x] += part[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0)
        digest[blockIdx.x] = part[0];
}

static void check(cudaError_t error, const char *call, int line)
{
    if (error == cudaSuccess)
        return;
    fprintf(stderr, "sweep_device: gpu/tools/sweep_device.cu:%d: %s: %s\n", line, call,
            cudaGetErrorString(error));
    exit(2);
}

#define CHECK(call) check((call), #call, __LINE__)

/* digest: [BLOCKS] */
static void on_device(uint64_t *digest, int function)
{
    uint64_t *there;
    CHECK(cudaMalloc((void **)&there, BLOCKS * sizeof *there));
    kernel_sweep<<<BLOCKS, THREADS>>>(there, function);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(digest, there, BLOCKS * sizeof *there, cudaMemcpyDeviceToHost));
    CHECK(cudaFree(there));
}

static void on_host(uint64_t *digest, int function)
{
#pragma omp parallel for schedule(dynamic)
    for (int b = 0; b < BLOCKS; b++) {
        uint64_t sum = 0;
        for (uint32_t k = 0; k < (uint32_t)1 << BLOCK_BITS; k++)
            sum += digest_one(function, ((uint32_t)b << BLOCK_BITS) + k);
        digest[b] = sum;
    }
}

int main(void)
{
    static const char *const name[] = {"exp", "log"};
    uint64_t *device = (uint64_t *)malloc(BLOCKS * sizeof *device);
    uint64_t *host = (uint64_t *)malloc(BLOCKS * sizeof *host);
    int differ = 0;
    if (!device || !host)
        return 2;
    for (int function = 0; function < FUNCTIONS; function++) {
        uint64_t sum = 0;
        int wrong = 0, first = 0;
        on_device(device, function);
        on_host(host, function);
        for (int b = BLOCKS; b-- > 0;) {
            sum += device[b];
            if (device[b] != host[b]) {
                wrong++;
                first = b;
            }
        }
        printf("%s: %d of %d blocks of 2^%d inputs differ", name[function], wrong, BLOCKS,
               BLOCK_BITS);
        if (wrong > 0)
            printf(", the first from 0x%08x on", (unsigned)first << BLOCK_BITS);
        printf(", digest %016llx\n", (unsigned long long)sum);
        differ += wrong;
    }
    free(device);
    free(host);
    return differ != 0;
}
