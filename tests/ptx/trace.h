/* SPDX-License-Identifier: MIT */
/* trace.h: what translated kernels include before everything else where the instructions that they
 * execute are written down (trace.c). */
#ifndef EVIDENT_TESTS_PTX_TRACE_H
#define EVIDENT_TESTS_PTX_TRACE_H

#include "tests/ptx/machine.h"

void trace_enter(const char *kernel);
void trace_step(int line);
/* The access of the instruction that the thread is at. */
void trace_access(enum ptx_space space, uint64_t address, size_t bytes);
/* The thread waits for its block. */
void trace_barrier(void);

#undef PTX_ENTER
#undef PTX_STEP
#define PTX_ENTER(name) trace_enter(name);
#define PTX_STEP(line) trace_step(line);
#define ptx_read(line, space, address, bytes)                                                      \
    (trace_access(space, address, bytes), (ptx_read)(line, space, address, bytes))
#define ptx_write(line, space, address, bytes)                                                     \
    (trace_access(space, address, bytes), (ptx_write)(line, space, address, bytes))
#define emulated_block_barrier(name) (trace_barrier(), (emulated_block_barrier)(name))
#define emulated_cluster_barrier(name) (trace_barrier(), (emulated_cluster_barrier)(name))

#endif
