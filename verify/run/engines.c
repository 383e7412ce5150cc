/* engines.c: see engines.h. */
#include "verify/run/engines.h"
#include "gpu/gpu.h"
#include "verify/exec/program.h"
#include "verify/exec/shared_object.h"
#include "verify/base/word.h"

#include <string.h>

static const struct engine *const table[] = {&gpu_clock_host, &gpu_clock_cuda, &gpu_clock_emulated};

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

const char *ver_engine_name(const struct engine *engine)
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
           strncmp(name, SHARED_OBJECT_PREFIX, strlen(SHARED_OBJECT_PREFIX)) == 0 ||
           strncmp(name, PROGRAM_ANSWERS, strlen(PROGRAM_ANSWERS)) == 0;
}

static void put_program(FILE *out, const struct program *program)
{
    fputs(" --engine ", out);
    ver_word_put(out, program->engine.name);
    if (program->conventions) {
        fputs(" --conventions ", out);
        ver_word_put(out, program->conventions);
    }
    if (program->seconds != PROGRAM_SECONDS)
        fprintf(out, " --engine-time-limit %g", program->seconds);
}

void ver_engine_options_put(FILE *out, const struct ver_options *options)
{
    for (size_t e = 0; e < options->engines; e++)
        if (program_of(options->engine[e])) {
            put_program(out, program_of(options->engine[e]));
        } else {
            fputs(" --engine ", out);
            ver_word_put(out, options->engine[e]->name);
        }
    for (unsigned k = 0; k < 32; k++)
        if (options->clock.defects >> k & 1)
            fprintf(out, " --defect %u", k);
    if (options->clock.compat)
        fprintf(out, " --compat");
    if (options->clock.round_delays)
        fprintf(out, " --round-delays");
    if (options->clock.step > 0)
        fprintf(out, " --step %.17g", options->clock.step);
    if (options->no_witness)
        fprintf(out, " --no-witness");
}
