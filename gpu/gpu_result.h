/* result.h: laying out a result. Private to gpu/. */
#ifndef EVIDENT_GPU_RESULT_H
#define EVIDENT_GPU_RESULT_H

#include "gpu/gpu.h"

/* Takes all memory of a result, zeroed; spikes are counted by count, as in case_raster_make. The
 * caller has set steps, cells and provides. -1 if memory is short. */
int gpu_result_make(struct gpu_result *result, const struct case_problem *c,
                    const struct gpu_options *options,
                    size_t (*count)(const void *context, size_t sample, size_t population,
                                    size_t neuron),
                    const void *context);

#endif
