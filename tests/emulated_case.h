/* SPDX-License-Identifier: MIT */
/* emulated_case.h: the kernels run on the host, held against the host driver. */
#ifndef EVIDENT_TESTS_EMULATED_CASE_H
#define EVIDENT_TESTS_EMULATED_CASE_H

#include "gpu/emulate/emulate.h"
#include "tests/edge_case.h"

static const struct engine_options traced = {.gradients = true,
                                             .tau_gradients = true,
                                             .delay_gradients = true,
                                             .trace = true,
                                             .threads = 1,
                                             .poison = true};

/* NULL, or what differs between the host driver and the emulation. */
static inline const char *emulated_difference(const struct case_problem *c,
                                              const struct engine_options *options,
                                              const struct emulated_settings *settings)
{
    struct result host, other;
    memset(&other, 0, sizeof other);
    engine_run(&gpu_clock_host, &host, c, options);
    other.status = clock_emulated_with(&other, c, options, settings);
    const char *what = edge_difference(&host, &other);
    if (what && other.status != RESULT_OK)
        printf("    emulated: %s\n", other.reason);
    result_clear(&host);
    result_clear(&other);
    return what;
}

/* ---- places beyond 32 bits ---- */

enum { FAR_SAMPLES = 1 << 15, FAR_STEPS = 2064, FAR_CELLS = 64 /* two tiles */ };
_Static_assert((uint64_t)(FAR_SAMPLES - 1) * FAR_STEPS * FAR_CELLS > UINT32_MAX, "far");

/* All samples like the first, so that any may come last. To be freed. */
static inline struct case_problem *far_case(size_t samples)
{
    struct edge e = {2, 3, 2, samples, FAR_STEPS, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY, EDGE_SCALAR};
    struct case_problem *c = edge_case(&e);
    for (size_t s = 1; s < samples; s++) {
        c->sample[s].label = c->sample[0].label;
        for (size_t n = 0; n < e.inputs; n++) {
            struct case_train *to = &c->sample[s].spikes[0][n];
            to->count = c->sample[0].spikes[0][n].count;
            memcpy(to->at, c->sample[0].spikes[0][n].at, to->count * sizeof *to->at);
        }
    }
    return c;
}

/* NULL, or how the last of many differs from one alone: its gradients are those of a batch of one,
 * but for the mean, which is exact. */
static inline const char *far_difference(const struct result *host, const struct result *far)
{
    size_t moved = 0;
    if (host->status != RESULT_OK || far->status != RESULT_OK)
        return "it does not run";
    if (host->steps != FAR_STEPS || edge_spikes(far) != edge_spikes(host))
        return "the number of steps or spikes is another";
    /* The times of more input spikes come last. */
    for (size_t k = 0; k < host->parameters; k++) {
        double scaled = far->gradient[k] * FAR_SAMPLES;
        if (memcmp(&scaled, &host->gradient[k], sizeof scaled) != 0)
            return "a gradient is another";
        moved += scaled > 0 || scaled < 0;
    }
    return moved < 15 ? "nearly all gradients are 0" : NULL;
}

/* Of 2^15 samples only the last runs: its traces lie behind 2^32 numbers. NULL, or what is wrong.
 * *only: what the driver looks at to leave the other samples out; settings: NULL, or of the
 * emulation. */
static inline const char *emulated_far(const struct engine *engine, uint32_t *only,
                                       const struct emulated_settings *settings)
{
    struct case_problem *many = far_case(FAR_SAMPLES), *one = far_case(1);
    struct engine_options options = {.gradients = true, .tau_gradients = true, .threads = 1};
    struct result host, far = {.status = RESULT_REFUSED};
    const char *what = NULL;
    engine_run(&gpu_clock_host, &host, one, &options);
    options.block = 32;
    *only = FAR_SAMPLES;
    if (settings)
        far.status = clock_emulated_with(&far, many, &options, settings);
    else
        engine_run(engine, &far, many, &options);
    if (far.status == RESULT_SHORT)
        puts("not run: places beyond 32 bits: no addresses for so much memory");
    else
        what = far_difference(&host, &far);
    if (what)
        printf("    %s%s\n", host.reason, far.reason);
    result_clear(&host);
    result_clear(&far);
    case_free(many);
    case_free(one);
    return what;
}

#endif
