/* SPDX-License-Identifier: MIT */
/* standin.h: what stands in for a device, its memory and the runtime of CUDA, where nvcc is but no
 * GPU: host code of cuda.cu as it is, its kernels as nvcc compiled them to PTX, made into C by
 * tests/ptx/translate.py, and these files instead of libcudart.
 *
 * Streams are queues; what is in them runs when the host waits, in an order that the events allow
 * and that is chosen: what one stream must not do before another has done its part, it does.
 * Launches are held against the limits of the device, accesses to memory against machine.h. An
 * error of a kernel stays, as on a device: every later call gives it again.
 *
 * All of it is of one thread of one process: streams, memory and errors of the host's threads would
 * mix. */
#ifndef EVIDENT_TESTS_PTX_STANDIN_H
#define EVIDENT_TESTS_PTX_STANDIN_H

#include "tests/ptx/machine.h"

#include <cuda_runtime_api.h>
#include <stdbool.h>

enum standin_order {
    STANDIN_ISSUE,  /* as the host issued it */
    STANDIN_FIRST,  /* the oldest stream as far as it can */
    STANDIN_LAST,   /* the youngest */
    STANDIN_RANDOM, /* by seed, anew for every operation */
    STANDIN_ORDERS
};

struct standin {
    enum standin_order order;
    uint64_t seed;
    int code;           /* 80 or 90: what the kernels were compiled for */
    int major;          /* compute capability of the device */
    int shared;         /* bytes that a block may have, if it says so before */
    cudaError_t device; /* what asking for devices gives */
    unsigned long bad;  /* this launch, counted from 1, touches what is not there; 0: none */
    uint32_t only;      /* of kernels with as many blocks or more, the last block only; 0: all */
    unsigned long launches, overtakes; /* counted: kernels; operations before an older one */
};

/* Settings of the process; from STANDIN_ORDER, _SEED, _CODE, _MAJOR, _SHARED, _DEVICE, _BAD of
 * the environment to begin with. */
extern struct standin standin;

/* ---- stream.c ---- */

enum operation_kind { STANDIN_KERNEL, STANDIN_COPY, STANDIN_SET, STANDIN_RECORD, STANDIN_WAIT };

struct operation {
    enum operation_kind kind;
    unsigned long number, waits; /* in order of issue from 1; WAIT: for which, or 0 */
    const struct ptx_kernel *kernel;
    unsigned char *parameter[8]; /* copies, to be freed */
    struct emulated_launch shape;
    size_t wanted;   /* bytes of shared memory that the launch asked for */
    void *to, *from; /* from: of a copy to the device, to be freed */
    bool in, out;    /* of a copy: from, to the host */
    int value;
    size_t bytes;
    struct operation *next;
};

/* The end of a stream's queue; NULL if memory is short. */
struct operation *standin_push(cudaStream_t stream, enum operation_kind kind);
/* Runs until the stream, or NULL: all, have nothing left. */
cudaError_t standin_drain(cudaStream_t stream);

/* ---- machine.c ---- */

/* Nothing of it has been written. NULL if there is no more address space. */
void *standin_take(size_t bytes);
cudaError_t standin_free(void *base);
/* The host's part, now: cudaErrorInvalidValue where a place is not, or was never written. */
cudaError_t standin_set(void *to, int value, size_t bytes);
cudaError_t standin_copy_in(void *to, const void *from, size_t bytes);
cudaError_t standin_copy_out(void *to, const void *from, size_t bytes);
/* Runs a kernel. */
cudaError_t standin_run(const struct operation *launch);

/* The error that stays; cudaSuccess: none. */
cudaError_t standin_lost(void);

#endif
