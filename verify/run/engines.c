/* SPDX-License-Identifier: MIT */
/* engines.c: see engines.h. */
#include "verify/run/engines.h"
#include "gpu/gpu.h"
#include "ref/ref.h"
#include "verify/exec/program.h"
#include "verify/exec/shared_object.h"

#include <string.h>

static const struct engine *const table[] = {&gpu_clock_host, &gpu_clock_cuda, &gpu_clock_emulated,
                                             &ref_engine};

const struct engine *ver_engine_at(size_t k)
{
    return k < sizeof table / sizeof *table ? table[k] : NULL;
}

const struct engine *ver_engine_find(const char *name)
{
    for (size_t k = 0; k < sizeof table / sizeof *table; k++)
        if (strcmp(table[k]->name, name) == 0)
            return table[k];
    const struct program *program = program_named(name);
    return program ? &program->engine : shared_object_named(name);
}

bool ver_engine_spent(void *context)
{
    (void)context;
    return gpu_lost();
}
