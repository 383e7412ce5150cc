/* SPDX-License-Identifier: MIT */
/* gpu.h: the contender. The clock engine: the published system (Nowotny, Turner, Knight 2025) with
 * a fixed time step, forward and EventProp backward, on the host and on CUDA devices, to the last
 * bit alike. The scheme is written down in gpu/step.h. */
#ifndef EVIDENT_GPU_H
#define EVIDENT_GPU_H

#include "cases/cases.h"
#include "cases/engine.h"
#include "cases/scheme.h"
#include "cases/time_grid.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct engine gpu_clock_host;     /* C, vectors over neurons, OpenMP over samples */
extern const struct engine gpu_clock_cuda;     /* an NVIDIA device */
extern const struct engine gpu_clock_emulated; /* the text of the CUDA kernels, run thread by thread
                                                * on the host: slow, for tests */

/* One line about the device and driver, RESULT_OK; or why there is none, RESULT_ABSENT; or what is
 * wrong with it, RESULT_FAULT. */
enum result_status gpu_device(char *text, size_t size);

/* Whether a run of this process ended in RESULT_FAULT: what a device's kernel did wrong stays with
 * the process, so that no later run on it can succeed; those are refused with the first one's
 * reason. */
bool gpu_lost(void);

#ifdef __cplusplus
}
#endif

#endif
