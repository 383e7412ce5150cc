/* SPDX-License-Identifier: MIT */
/* engine.h: an engine: whatever turns a case into spikes, a loss and its gradients. The engines of
 * this program, other programs (exec:COMMAND) and shared objects (so:PATH) are all this; what a
 * judge needs to know of one is a field.
 *
 * A shared object is an engine if it exports evident_engine (at the end of this header); it links
 * nothing of ours. For C, C++ and CUDA C. */
#ifndef EVIDENT_ENGINE_H
#define EVIDENT_ENGINE_H

#include "cases/result.h"

/* Goes up whenever a struct of problem.h, result.h or this header changes its layout or meaning. */
enum { ENGINE_ABI = 1 };

enum engine_time {
    ENGINE_EXACT, /* spikes at their own times: held against the truth as it is */
    ENGINE_GRID   /* a fixed step: held against the truth as its step shrinks */
};

/* Double precision is for the convergence of a scheme, where rounding must not be seen. */
enum engine_precision { ENGINE_SINGLE, ENGINE_DOUBLE };

struct engine_options {
    enum engine_precision precision;
    double step; /* ms; 0: the case's own */
    enum case_delay_rule delays;
    unsigned variant;                     /* bits of enum scheme_variant (scheme.h) */
    const double *const *backward_weight; /* [projections][source size * target size], for
                                             SCHEME_STALE */
    bool gradients;                       /* false: forward pass only */
    bool tau_gradients;                   /* clock engines: memory for V and I of every step */
    bool delay_gradients;                 /* twice the memory of the weight gradients */
    bool trace;       /* V, I and adjoints of every step and cell, where an engine gives them */
    int threads;      /* 0: as it sees fit */
    unsigned block;   /* of a device: threads a block, a multiple of 32; 0: chosen */
    unsigned cluster; /* of a device: blocks a cluster, 1 to 8; 0: chosen */
    bool poison;      /* fill every buffer with NaN before use: for tests */
};

#define ENGINE_OPTIONS_DEFAULT                                                                     \
    {                                                                                              \
        .gradients = true, .tau_gradients = true, .delay_gradients = true                          \
    }

struct engine {
    unsigned abi; /* ENGINE_ABI */
    const char *name, *version, *says;
    enum engine_time time;
    bool single;      /* its numbers are binary32, else binary64 */
    bool scheme;      /* it does the operations of gpu/step.h in their order, to the last bit */
    bool varies;      /* its bits may differ from run to run, within its bounds */
    bool surrogate;   /* its gradients are no derivatives: told, never judged */
    bool slow;        /* it is for small cases only */
    bool threads;     /* options.threads means something */
    bool shapes;      /* options.block and options.cluster do */
    bool doubles;     /* it has ENGINE_DOUBLE */
    unsigned lanes;   /* cells that are computed at once: what a step costs; 0: one */
    bool device;      /* it wants address space without a limit */
    const void *self; /* what run needs to know; nobody else looks */

    /* One case, forward and backward. result is empty, or as result_make leaves it: of a shared
     * object it has losses, gradient and spike(). Returns its status. */
    enum result_status (*run)(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options);
};

#ifdef __cplusplus
extern "C" {
#endif

/* Runs a case. result must be cleared whatever comes out. */
enum result_status engine_run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options);

/* ---- what a shared object exports ---- */

/* The engine, which lives as long as the process; NULL if it does not know this abi. */
const struct engine *evident_engine(unsigned abi);

#ifdef __cplusplus
}
#endif

#endif
