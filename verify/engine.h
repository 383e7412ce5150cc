/* engine.h: the engines that `evident verify` and `evident run` know by name. Private to verify/.
 *
 * This table is all that the rest of the judge knows of them; what an engine's numbers are held
 * against is decided in judge_clock.c. */
#ifndef EVIDENT_VERIFY_ENGINE_H
#define EVIDENT_VERIFY_ENGINE_H

#include "gpu/gpu.h"
#include "verify/verify.h"

struct ver_engine {
    const char *name, *says;
    enum gpu_status (*run)(struct gpu_result *result, const struct case_problem *c,
                           const struct gpu_options *options);
    double most;  /* samples * steps * cells of a case; larger ones are not asked for */
    bool threads; /* options.threads means something */
    bool shapes;  /* options.block and options.cluster do */
    bool ladder;  /* it can run in double precision */
    bool device;  /* it wants address space without a limit */
};

/* For struct pool: the device of an engine is lost to this process. */
bool ver_engine_spent(void *context);

#endif
