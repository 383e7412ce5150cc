/* emulated_case.h: the kernels run on the host, held against the host driver. */
#ifndef EVIDENT_TESTS_EMULATED_CASE_H
#define EVIDENT_TESTS_EMULATED_CASE_H

#include "gpu/emulate.h"
#include "tests/edge_case.h"

static const struct gpu_options traced = {.gradients = true,
                                          .tau_gradients = true,
                                          .delay_gradients = true,
                                          .trace = true,
                                          .threads = 1,
                                          .poison = true};

/* NULL, or what differs between the host driver and the emulation. */
static inline const char *emulated_difference(const struct case_problem *c,
                                              const struct gpu_options *options,
                                              const struct emulated_settings *settings)
{
    struct gpu_result host, other;
    memset(&other, 0, sizeof other);
    gpu_run(&host, c, options);
    other.status = clock_emulated_with(&other, c, options, settings);
    const char *what = edge_difference(&host, &other);
    if (what && other.status != GPU_OK)
        printf("    emulated: %s\n", other.reason);
    gpu_clear(&host);
    gpu_clear(&other);
    return what;
}

#endif
