/* SPDX-License-Identifier: MIT */
/* engines.c: see engines.h. */
#include "verify/run/engines.h"
#include "gpu/gpu.h"
#include "verify/exec/program.h"
#include "verify/exec/shared_object.h"

#include <string.h>

/* Engines of this program, in the order of help and messages. */
#define ENGINES(ENGINE)                                                                            \
    ENGINE(gpu_clock_host) ENGINE(gpu_clock_cuda) ENGINE(gpu_clock_emulated) ENGINE(ref_engine)

#define DECLARE(name) extern const struct engine name;
ENGINES(DECLARE)

#define ROW(name) &name,
static const struct engine *const table[] = {ENGINES(ROW)};

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
