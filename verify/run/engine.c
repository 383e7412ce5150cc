/* engine.c: see engine.h. */
#include "verify/run/engine.h"
#include "verify/judge/bounds.h"
#include "verify/exec/program.h"

#include <string.h>

static enum gpu_status run_on(enum gpu_driver driver, struct gpu_result *result,
                              const struct case_problem *c, const struct gpu_options *options)
{
    struct gpu_options with_driver = *options;
    with_driver.driver = driver;
    return gpu_run(result, c, &with_driver);
}

static enum gpu_status run_host(struct gpu_result *result, const struct case_problem *c,
                                const struct gpu_options *options)
{
    return run_on(GPU_HOST, result, c, options);
}

static enum gpu_status run_cuda(struct gpu_result *result, const struct case_problem *c,
                                const struct gpu_options *options)
{
    return run_on(GPU_CUDA, result, c, options);
}

static enum gpu_status run_emulated(struct gpu_result *result, const struct case_problem *c,
                                    const struct gpu_options *options)
{
    return run_on(GPU_EMULATED, result, c, options);
}

static const struct ver_engine table[] = {
    {.name = "clock-host",
     .says = "fixed step, binary32, on the host",
     .run = run_host,
     .most = VER_CLOCK_MOST,
     .threads = true,
     .ladder = true},
    {.name = "clock-cuda",
     .says = "the same on an NVIDIA device",
     .run = run_cuda,
     .most = VER_CLOCK_MOST,
     .shapes = true,
     .device = true},
    {.name = "clock-emulated",
     .says = "the text of the CUDA kernels on the host: slow, small cases only",
     .run = run_emulated,
     .most = VER_EMULATED_MOST,
     .shapes = true},
};

const struct ver_engine *ver_engine_at(size_t k)
{
    return k < sizeof table / sizeof *table ? &table[k] : NULL;
}

const struct ver_engine *ver_engine_find(const char *name)
{
    for (size_t k = 0; k < sizeof table / sizeof *table; k++)
        if (strcmp(table[k].name, name) == 0)
            return &table[k];
    return NULL;
}

const char *ver_engine_name(const struct ver_engine *engine)
{
    return engine->name;
}

bool ver_engine_spent(void *context)
{
    (void)context;
    return gpu_lost();
}

bool ver_engine_is_program(const char *name)
{
    return strncmp(name, PROGRAM_PREFIX, strlen(PROGRAM_PREFIX)) == 0 ||
           strncmp(name, PROGRAM_ANSWERS, strlen(PROGRAM_ANSWERS)) == 0;
}
