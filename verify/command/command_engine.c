/* command_engine.c: what the commands have in common about engines: their options, and the lines
 * that say what engines did. */
#include "verify/command/command.h"
#include "verify/run/engine.h"
#include "verify/exec/program.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- options ---- */

static void list_engines(char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; ver_engine_at(k) && used < size; k++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", k > 0 ? ", " : "",
                                 ver_engine_name(ver_engine_at(k)));
}

/* Given before any program: of the first one that comes. */
static struct {
    const char *conventions;
    double seconds;
} early;

/* Names stand in tables, a line each. NULL after a line that says what was wanted. */
static const struct ver_engine *take_program(const char *command, const char *name)
{
    const char *text = name + strlen(PROGRAM_PREFIX);
    bool plain = text[strspn(text, " ")] != '\0' && strlen(text) <= PROGRAM_MOST_COMMAND;
    for (const char *at = text; *at; at++)
        plain = plain && (unsigned char)*at >= ' ';
    if (!plain) {
        command_refuse(command,
                       "--engine: found '%.60s', wanted exec:COMMAND, in one line of at "
                       "most %d characters",
                       name, (int)PROGRAM_MOST_COMMAND);
        return NULL;
    }
    struct program *program = program_new(name, NULL);
    if (!program)
        command_refuse(command, "memory is short");
    if (program && early.conventions)
        program->conventions = early.conventions;
    if (program && early.seconds > 0)
        program->seconds = early.seconds;
    early.conventions = NULL;
    early.seconds = 0;
    return program ? &program->engine : NULL;
}

bool command_take_engine(const char *command, const char *name, struct ver_options *options)
{
    bool other = strncmp(name, PROGRAM_PREFIX, strlen(PROGRAM_PREFIX)) == 0;
    const struct ver_engine *engine = other ? take_program(command, name) : ver_engine_find(name);
    char known[200];
    list_engines(known, sizeof known);
    if (!engine && !other)
        command_refuse(command, "--engine: found '%s', wanted one of %s, or exec:COMMAND", name,
                       known);
    if (!engine)
        return false;
    for (size_t e = 0; e < options->engines; e++)
        if (strcmp(ver_engine_name(options->engine[e]), name) == 0) {
            command_refuse(command, "--engine: %s is named twice", name);
            return false;
        }
    if (options->engines == VER_ENGINES) {
        command_refuse(command, "--engine: at most %d engines", (int)VER_ENGINES);
        return false;
    }
    options->engine[options->engines++] = engine;
    return true;
}

/* Whether it runs at all, found out in a process of its own: a device that was touched before the
 * workers begin would be of no use to them. */
static bool runs_here(const struct ver_engine *engine)
{
    fflush(NULL);
    pid_t child = fork();
    int status = 0;
    if (child == 0) {
        struct case_made made;
        struct case_error error;
        struct gpu_result result;
        struct gpu_options options = GPU_OPTIONS_DEFAULT;
        bool ran = ver_load(&made, "closed-output:1:0", &error) == 0 &&
                   engine->run(&result, made.problem, &options) != GPU_ABSENT;
        _exit(ran ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

bool command_take_engine_if_present(const char *command, const char *name,
                                    struct ver_options *options, bool *present)
{
    const struct ver_engine *engine = ver_engine_find(name);
    *present = engine && runs_here(engine);
    if (engine && !*present)
        return true;
    return command_take_engine(command, name, options);
}

static struct program *last_program(const struct ver_options *options)
{
    return options->engines > 0 ? program_of(options->engine[options->engines - 1]) : NULL;
}

void command_take_conventions(const char *path, const struct ver_options *options)
{
    struct program *program = last_program(options);
    *(program ? &program->conventions : &early.conventions) = path;
}

bool command_take_limit(const char *command, const char *text, const struct ver_options *options)
{
    struct program *program = last_program(options);
    uint64_t seconds = 0;
    if (!command_number(command, "engine-time-limit", text, 1, 1000000, &seconds))
        return false;
    *(program ? &program->seconds : &early.seconds) = (double)seconds;
    return true;
}

bool command_ask_conventions(const char *command, const struct ver_options *options)
{
    struct case_error error;
    if (early.conventions || early.seconds > 0) {
        command_refuse(command, "--%s: wants an --engine exec:COMMAND",
                       early.conventions ? "conventions" : "engine-time-limit");
        return false;
    }
    for (size_t e = 0; e < options->engines; e++) {
        struct program *program = program_of(options->engine[e]);
        if (program && program_ask_conventions(program, &error) != 0) {
            command_refuse(command, "%s: %s", program->engine.name, error.text);
            return false;
        }
    }
    return true;
}

const struct ver_engine *command_device_engine(const struct ver_options *options)
{
    for (size_t e = 0; e < options->engines; e++)
        if (options->engine[e]->device)
            return options->engine[e];
    return NULL;
}

/* The limit is one of address space (verify/run/pool.c), of which CUDA reserves more than there is
 * memory: a device would seem to be broken. */
bool command_limit_fits(const char *command, const struct ver_options *options)
{
    const struct ver_engine *engine = command_device_engine(options);
    if (options->bytes == 0 || !engine)
        return true;
    command_refuse(command,
                   "--memory-limit: %s reserves address space beyond any limit: leave out one of "
                   "the two",
                   engine->name);
    return false;
}

bool command_take_defect(const char *command, const char *text, struct ver_clock_options *clock)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && number < 32 &&
        ver_defect_known((unsigned)number)) {
        clock->defects |= 1u << number;
        return true;
    }
    char known[100] = "";
    for (unsigned k = 0; k < 32; k++)
        if (ver_defect_known(k)) {
            size_t used = strlen(known);
            snprintf(known + used, sizeof known - used, " %u", k);
        }
    command_refuse(command, "--defect: found '%s', wanted one of%s", text, known);
    return false;
}

bool command_take_step(const char *command, const char *text, double *step)
{
    char *end;
    double value = strtod(text, &end);
    if (end != text && *end == '\0' && value > 0 && isfinite(value)) {
        *step = value;
        return true;
    }
    command_refuse(command, "--step: found '%s', wanted a time in ms, above 0", text);
    return false;
}

/* ---- totals ---- */

/* A program that answers nothing at all has not been judged, whatever its reasons. */
static bool ran_nowhere(const struct ver_clock_totals *clock)
{
    bool program = clock->engine && ver_engine_is_program(clock->engine);
    return clock->state[VER_CLOCK_RAN] + clock->state[VER_CLOCK_UNJUDGED] == 0 &&
           (program ? clock->state[VER_CLOCK_FAILED] == 0 : clock->state[VER_CLOCK_ABSENT] > 0);
}

bool command_engine_absent(const struct ver_totals *totals)
{
    for (size_t e = 0; e < totals->clocks; e++)
        if (ran_nowhere(&totals->clock[e]))
            return true;
    return false;
}

bool command_ladder_wrong(const struct ver_totals *totals)
{
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        if (totals->ladder_wrong[q])
            return true;
    return false;
}

static void print_ratios(const struct ver_clock_totals *clock)
{
    uint64_t numbers = 0;
    int worst = -1;
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++) {
        uint64_t of_this = 0;
        for (size_t b = 0; b < VER_RATIO_BINS; b++)
            of_this += clock->ratios[q].count[b];
        numbers += of_this;
        if (of_this > 0 &&
            (worst < 0 || !(clock->ratios[q].largest <= clock->ratios[worst].largest)))
            worst = q;
    }
    if (worst < 0)
        return;
    printf("  rounding: %" PRIu64 " numbers, largest error / bound %.4f (%s)\n", numbers,
           clock->ratios[worst].largest, ver_clock_quantity_name((enum ver_clock_quantity)worst));
    printf("  spike decisions: %zu, nearer to the threshold than rounding: %zu\n", clock->decisions,
           clock->near);
}

/* "; a gradient not judged in 3: 2 grazing, 1 end" */
static void print_unjudged(const struct ver_clock_totals *clock)
{
    const char *comma = ": ";
    if (clock->state[VER_CLOCK_UNJUDGED] == 0)
        return;
    printf("; a gradient not judged in %zu", clock->state[VER_CLOCK_UNJUDGED]);
    for (size_t k = 0; k < VER_UNJUDGED; k++)
        if (clock->unjudged[k] > 0) {
            const char *name = ver_unjudged_name(k);
            printf("%s%zu %s", comma, clock->unjudged[k], name[0] ? name : "other");
            comma = ", ";
        }
}

/* How long it takes is left out of what --quiet prints, and of all digests. */
static void print_program(const struct ver_clock_totals *clock)
{
    char conventions[200] = "";
    printf("engine %s: %zu cases; not run: %zu not-run or beyond its precision, %zu left out, %zu "
           "without answer, %zu failed",
           clock->engine, clock->state[VER_CLOCK_RAN], clock->state[VER_CLOCK_INEXPRESSIBLE],
           clock->state[VER_CLOCK_LARGE], clock->state[VER_CLOCK_ABSENT],
           clock->state[VER_CLOCK_FAILED]);
    print_unjudged(clock);
    if (!isnan(clock->seconds))
        printf("; a case takes %.3g s (median)", clock->seconds);
    const struct program *program = program_named(clock->engine);
    if (program)
        convention_text(conventions, sizeof conventions, &program->convention);
    printf("\n  conventions: %s\n  digest: %s\n", program ? conventions : "not known here",
           clock->digest);
}

static void print_engine(const struct ver_totals *totals, size_t e)
{
    const struct ver_clock_totals *clock = &totals->clock[e];
    if (!clock->engine || ran_nowhere(clock)) {
        size_t asked = clock->state[VER_CLOCK_INEXPRESSIBLE];
        printf("not run: %s", clock->engine ? clock->engine : "an engine");
        if (clock->state[VER_CLOCK_ABSENT] == 0 && asked > 0) /* it answered: why is in the cases */
            printf(": %zu not-run or beyond its precision, the first", asked);
        printf(": %s\n", clock->reason[0] ? clock->reason : "no reason given");
        return;
    }
    if (ver_engine_is_program(clock->engine)) {
        print_program(clock);
        return;
    }
    printf("engine %s: %zu cases, %zu with every V, I and adjoint; not run: %zu inexpressible "
           "(%zu by delays), %zu large, %zu absent, %zu failed\n",
           clock->engine, clock->state[VER_CLOCK_RAN], clock->traced,
           clock->state[VER_CLOCK_INEXPRESSIBLE], clock->delays, clock->state[VER_CLOCK_LARGE],
           clock->state[VER_CLOCK_ABSENT], clock->state[VER_CLOCK_FAILED]);
    if (e > 0)
        printf("  bits: those of %s in %zu of these cases\n",
               totals->clock[0].engine ? totals->clock[0].engine : "none", clock->same);
    print_ratios(clock);
    printf("  digest: %s\n", clock->digest);
}

static void print_orders(const struct ver_totals *totals)
{
    bool any = false;
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++) {
        if (totals->ladders[q] == 0)
            continue;
        const char *name = ver_ladder_quantity_name((enum ver_ladder_quantity)q);
        printf("%s %s %.3f (%zu)",
               any ? "," : "median order of convergence (cases):", strchr(name, '_') + 1,
               totals->ladder_order[q], totals->ladders[q]);
        any = true;
    }
    if (any)
        printf("\n");
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        if (totals->ladder_wrong[q])
            printf("FAIL run %s - got order %.4f want 1: the median over %zu cases\n",
                   ver_ladder_quantity_name((enum ver_ladder_quantity)q), totals->ladder_order[q],
                   totals->ladders[q]);
}

void command_print_engine_totals(const struct ver_totals *totals)
{
    for (size_t e = 0; e < totals->clocks; e++)
        print_engine(totals, e);
    print_orders(totals);
}
