/* SPDX-License-Identifier: MIT */
/* engine_arguments.c: options about engines: which, and how they run. */
#include "verify/options/options.h"
#include "verify/run/engines.h"
#include "verify/exec/program.h"
#include "verify/exec/shared_object.h"
#include "verify/base/word.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- which ---- */

static void list_engines(char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; ver_engine_at(k) && used < size; k++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", k > 0 ? ", " : "",
                                 ver_engine_at(k)->name);
}

/* Names stand in tables, a line each. NULL after a line that says what was wanted. */
static const struct engine *take_program(struct options *options, const char *name)
{
    const char *text = name + strlen(PROGRAM_PREFIX);
    bool plain = text[strspn(text, " ")] != '\0' && strlen(text) <= PROGRAM_MOST_COMMAND;
    for (const char *at = text; *at; at++)
        plain = plain && (unsigned char)*at >= ' ';
    if (!plain) {
        command_refuse(options->where,
                       "--engine: found '%.60s', wanted exec:COMMAND, in one line of at "
                       "most %d characters",
                       name, (int)PROGRAM_MOST_COMMAND);
        return NULL;
    }
    struct program *program = program_new(name, NULL);
    if (!program)
        command_refuse(options->where, "memory is short");
    if (program && options->early.conventions)
        program->conventions = options->early.conventions;
    if (program && options->early.seconds > 0)
        program->seconds = options->early.seconds;
    options->early.conventions = NULL;
    options->early.seconds = 0;
    return program ? &program->engine : NULL;
}

static const struct engine *take_shared_object(const struct options *options, const char *name)
{
    struct case_error error;
    const struct engine *engine = shared_object_open(name, &error);
    if (!engine)
        command_refuse(options->where, "--engine: %s", error.text);
    return engine;
}

static bool add_engine(struct options *options, const char *name)
{
    struct ver_options *judge = &options->judge;
    bool program = strncmp(name, PROGRAM_PREFIX, strlen(PROGRAM_PREFIX)) == 0;
    bool shared = strncmp(name, SHARED_OBJECT_PREFIX, strlen(SHARED_OBJECT_PREFIX)) == 0;
    const struct engine *engine = shared    ? take_shared_object(options, name)
                                  : program ? take_program(options, name)
                                            : ver_engine_find(name);
    char known[200];
    list_engines(known, sizeof known);
    if (!engine && !program && !shared)
        command_refuse(options->where,
                       "--engine: found '%s', wanted one of %s, exec:COMMAND or so:PATH", name,
                       known);
    if (!engine)
        return false;
    for (size_t e = 0; e < judge->engines; e++)
        if (strcmp(judge->engine[e]->name, name) == 0) {
            command_refuse(options->where, "--engine: %s is named twice", name);
            return false;
        }
    if (judge->engines == VER_ENGINES) {
        command_refuse(options->where, "--engine: at most %d engines", (int)VER_ENGINES);
        return false;
    }
    judge->engine[judge->engines++] = engine;
    return true;
}

/* The first engine of the command line replaces those of a suite; "none" replaces them by none. */
static bool is_none(struct options *options, const char *name)
{
    if (options->replace_engines)
        options->judge.engines = 0;
    options->replace_engines = false;
    return strcmp(options->command->name, "verify") == 0 && strcmp(name, "none") == 0;
}

bool option_take_engine(struct options *options, const char *name)
{
    return is_none(options, name) || add_engine(options, name);
}

/* Whether it runs at all, found out in a process of its own: a device that was touched before the
 * workers begin would be of no use to them. */
static bool runs_here(const struct engine *engine)
{
    fflush(NULL);
    pid_t child = fork();
    int status = 0;
    if (child == 0) {
        struct case_made made;
        struct case_error error;
        struct result result;
        struct engine_options options = ENGINE_OPTIONS_DEFAULT;
        bool ran = ver_load(&made, "closed-output:1:0", &error) == 0 &&
                   engine_run(engine, &result, made.problem, &options) != RESULT_ABSENT;
        _exit(ran ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

bool option_take_engine_if_present(struct options *options, const char *name)
{
    if (is_none(options, name))
        return true;
    const struct engine *engine = ver_engine_find(name);
    if (engine && !runs_here(engine)) {
        options->absent = name;
        return true;
    }
    options->present = name;
    return add_engine(options, name);
}

/* ---- of a program ---- */

static struct program *last_program(const struct ver_options *options)
{
    return options->engines > 0 ? program_of(options->engine[options->engines - 1]) : NULL;
}

bool option_take_conventions(struct options *options, const char *path)
{
    struct program *program = last_program(&options->judge);
    *(program ? &program->conventions : &options->early.conventions) = path;
    return true;
}

bool option_take_engine_limit(struct options *options, const char *text)
{
    struct program *program = last_program(&options->judge);
    uint64_t seconds = 0;
    if (!command_number(options->where, "engine-time-limit", text, 1, 1000000, &seconds))
        return false;
    *(program ? &program->seconds : &options->early.seconds) = (double)seconds;
    return true;
}

static void put_program(FILE *out, const struct program *program)
{
    if (program->conventions) {
        fputs(" --conventions ", out);
        ver_word_put(out, program->conventions);
    }
    if (program->seconds < PROGRAM_SECONDS || program->seconds > PROGRAM_SECONDS)
        fprintf(out, " --engine-time-limit %g", program->seconds);
}

void option_put_engines(FILE *out, const struct options *options)
{
    for (size_t e = 0; e < options->judge.engines; e++) {
        const struct engine *engine = options->judge.engine[e];
        fputs(" --engine ", out);
        ver_word_put(out, engine->name);
        if (program_of(engine))
            put_program(out, program_of(engine));
    }
}

/* ---- how ---- */

bool option_take_defect(struct options *options, const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && number < 32 &&
        ver_defect_known((unsigned)number)) {
        options->judge.how.defects |= 1u << number;
        return true;
    }
    char known[100] = "";
    for (unsigned k = 0; k < 32; k++)
        if (ver_defect_known(k)) {
            size_t used = strlen(known);
            snprintf(known + used, sizeof known - used, " %u", k);
        }
    command_refuse(options->where, "--defect: found '%s', wanted one of%s", text, known);
    return false;
}

void option_put_defects(FILE *out, const struct options *options)
{
    for (unsigned k = 0; k < 32; k++)
        if (options->judge.how.defects >> k & 1)
            fprintf(out, " --defect %u", k);
}

/* ---- together ---- */

const struct engine *options_device(const struct ver_options *options)
{
    for (size_t e = 0; e < options->engines; e++)
        if (options->engine[e]->device)
            return options->engine[e];
    return NULL;
}

static bool ask_conventions(const struct options *options)
{
    struct case_error error;
    for (size_t e = 0; e < options->judge.engines; e++) {
        struct program *program = program_of(options->judge.engine[e]);
        if (program && program_ask_conventions(program, &error) != 0) {
            command_refuse(options->where, "%s: %s", program->engine.name, error.text);
            return false;
        }
    }
    return true;
}

bool options_engines_fit(struct options *options)
{
    const struct ver_options *judge = &options->judge;
    const struct ver_engine_options *how = &judge->how;
    const struct engine *device = options_device(judge);
    if (judge->engines == 0 &&
        (how->step > 0 || how->round_delays || how->compat || how->defects || judge->no_witness))
        command_refuse(options->where, "--step, --round-delays, --compat, --defect and "
                                       "--no-witness want an --engine");
    else if (options->early.conventions || options->early.seconds > 0)
        command_refuse(options->where, "--%s: wants an --engine exec:COMMAND",
                       options->early.conventions ? "conventions" : "engine-time-limit");
    else if (judge->bytes > 0 && device)
        /* The limit is one of address space (verify/run/pool.c), of which CUDA reserves more than
         * there is memory: a device would seem to be broken. */
        command_refuse(options->where,
                       "--memory-limit: %s reserves address space beyond any limit: leave out one "
                       "of the two",
                       device->name);
    else
        return ask_conventions(options);
    return false;
}
