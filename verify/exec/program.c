/* SPDX-License-Identifier: MIT */
/* program.c: see program.h. Every worker process has contenders of its own, one a program, started
 * at its first case. */
#include "verify/exec/program.h"
#include "verify/exec/answers.h"
#include "verify/exec/contender.h"
#include "verify/base/word.h"
#include "cases/time_grid.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---- programs by name ---- */

static struct program *programs;

static enum result_status run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options);

/* What its conventions say of it as an engine. */
static void declare(struct program *program)
{
    program->engine.time = program->convention.grid ? ENGINE_GRID : ENGINE_EXACT;
    program->engine.single = program->convention.single;
    program->engine.surrogate = program->convention.surrogate;
    program->engine.varies = program->convention.varies;
}

struct program *program_new(const char *name, const struct answers *answers)
{
    struct program *program = calloc(1, sizeof *program);
    char *own = malloc(strlen(name) + 1);
    if (!program || !own) {
        free(program);
        free(own);
        return NULL;
    }
    strcpy(own, name);
    program->engine = (struct engine){
        .abi = ENGINE_ABI, .name = own, .says = "another program", .run = run, .self = program};
    program->command = answers ? NULL : own + strlen(PROGRAM_PREFIX);
    program->answers = answers;
    convention_default(&program->convention);
    program->seconds = PROGRAM_SECONDS;
    program->next = programs;
    programs = program;
    return program;
}

void program_give(struct program *program, const json_t *given, const struct convention *convention)
{
    program->command = NULL;
    program->given = given;
    program->convention = *convention;
    declare(program);
}

struct program *program_of(const struct engine *engine)
{
    return engine->run == run ? (struct program *)engine->self : NULL;
}

struct program *program_named(const char *name)
{
    struct program *program = programs;
    while (program && strcmp(program->engine.name, name) != 0)
        program = program->next;
    return program;
}

/* ---- its conventions ---- */

/* The shell joins the lines of the document into one and hides what a program says that knows no
 * such option. */
static char *conventions_command(const char *command)
{
    char *text = NULL, *whole = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "%s --conventions", command);
    if (fclose(out) == 0 && (out = open_memstream(&whole, &size))) {
        fputs("exec 2>/dev/null; eval ", out);
        ver_word_put(out, text);
        fputs(" </dev/null | tr '\\n' ' '; echo", out);
        fclose(out);
    }
    free(text);
    return whole;
}

int program_ask_conventions(struct program *program, struct case_error *error)
{
    char *command, reason[CONTENDER_REASON];
    const char *document;
    size_t length;
    int got = 1;
    if (program->conventions) {
        got = convention_load(&program->convention, program->conventions, error);
        declare(program);
        return got;
    }
    if (!program->command || !(command = conventions_command(program->command)))
        return 0;
    struct contender contender = {.command = command, .seconds = program->seconds};
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    if (contender_ask(&contender, "", &document, &length, reason) == 0)
        got = convention_read(&program->convention, document, length, error);
    contender_close(&contender);
    signal(SIGPIPE, before);
    free(command);
    declare(program);
    return got < 0 ? -1 : 0;
}

/* ---- asking ---- */

static struct started {
    const struct program *program;
    struct contender contender;
    char **asked; /* names */
    size_t askeds, room;
    unsigned starts, alone; /* of the process that was asked; asked alone in vain */
} started[VER_ENGINES];

/* NULL of an engine that is no program which is kept running. */
static struct started *started_of(const struct engine *engine)
{
    const struct program *program = program_of(engine);
    for (int k = 0; k < VER_ENGINES && program && program->command; k++) {
        if (!started[k].program) {
            started[k].program = program;
            started[k].contender =
                (struct contender){.command = program->command, .seconds = program->seconds};
        }
        if (started[k].program == program)
            return &started[k];
    }
    return NULL;
}

bool program_keeps_running(const struct engine *engine)
{
    return started_of(engine) != NULL;
}

static void forget(struct started *one)
{
    for (size_t k = 0; k < one->askeds; k++)
        free(one->asked[k]);
    one->askeds = 0;
}

void program_note(const struct engine *engine, const char *name)
{
    struct started *one = started_of(engine);
    if (!one)
        return;
    if (one->starts != one->contender.starts)
        forget(one);
    one->starts = one->contender.starts;
    if (one->askeds > 0 && strcmp(one->asked[one->askeds - 1], name) == 0)
        return;
    if (one->askeds == one->room) {
        size_t room = 2 * one->room + 16;
        char **grown = realloc(one->asked, room * sizeof *grown);
        if (!grown)
            return;
        one->asked = grown;
        one->room = room;
    }
    if ((one->asked[one->askeds] = strdup(name)))
        one->askeds++;
}

size_t program_asked(const struct engine *engine, char *const **name)
{
    struct started *one = started_of(engine);
    *name = one ? one->asked : NULL;
    return one ? one->askeds : 0;
}

pid_t program_process(const struct engine *engine)
{
    const struct started *one = started_of(engine);
    return one ? one->contender.process : 0;
}

void program_restart(const struct engine *engine)
{
    struct started *one = started_of(engine);
    if (!one)
        return;
    unsigned starts = one->contender.starts, answers = one->contender.answers;
    contender_close(&one->contender);
    one->contender.seconds = one->program->seconds;
    one->contender.starts = starts;
    one->contender.answers = answers;
}

bool program_may_restart(const struct engine *engine, unsigned most)
{
    struct started *one = started_of(engine);
    return one && one->alone++ < most;
}

void program_found_state(const struct engine *engine)
{
    started_of(engine)->alone = 0;
}

void program_end_all(void)
{
    for (int k = 0; k < VER_ENGINES; k++) {
        if (started[k].program)
            contender_close(&started[k].contender);
        forget(&started[k]);
        free(started[k].asked);
        started[k] = (struct started){.program = NULL};
    }
}

/* An answer as it came, or why there is none. */
static enum result_status answered(struct result *result, enum answer_kind kind, const char *why)
{
    if (kind == ANSWER_READ)
        return RESULT_OK;
    return result_end(result, kind == ANSWER_NOT_RUN ? RESULT_REFUSED : RESULT_FAULT, why);
}

static enum result_status ask_process(struct result *result, const struct program *program,
                                      const struct case_problem *c)
{
    struct started *one = started_of(&program->engine);
    struct contender *contender = one ? &one->contender : NULL;
    char *document = contender ? case_text(c) : NULL, why[CONTENDER_REASON];
    const char *text;
    size_t length;
    if (!document)
        return result_end(result, RESULT_FAULT, "memory is short");
    int failed = contender_ask(contender, document, &text, &length, why);
    free(document);
    if (failed)
        return result_end(result, contender->no_start ? RESULT_NO_START : RESULT_FAULT, why);
    struct case_error error;
    enum answer_kind kind = answer_read(result, text, length, c, &error);
    result->seconds = contender->took;
    /* Answers and questions out of step: whatever comes next is no better. */
    if (kind == ANSWER_OTHER_CASE)
        program_restart(&program->engine);
    return answered(result, kind, error.text);
}

/* How often the step of the case was halved to this one. */
static int halves_of(const struct case_problem *c, double step)
{
    return step > 0 && c->step > 0 ? (int)lround(log2(c->step / step)) : 0;
}

static enum result_status no_answer(struct result *result, int halves)
{
    return result_end(result, RESULT_ABSENT,
                      halves > 0 ? "no answer at smaller steps" : "no answer");
}

static enum result_status ask_given(struct result *result, const struct program *program,
                                    const struct case_problem *c, double step)
{
    int halves = halves_of(c, step);
    const json_t *answer = halves < 0 ? NULL : json_array_get(program->given, (size_t)halves);
    struct case_error error;
    if (!answer)
        return no_answer(result, halves);
    return answered(result, answer_take(result, answer, c, &error), error.text);
}

/* An answer at a finer step is that to case NAME@1, NAME@2, ... */
static enum result_status ask_answers(struct result *result, const struct program *program,
                                      const struct case_problem *c, double step)
{
    struct case_problem asked = *c;
    struct case_error error;
    enum result_status status;
    const char *text;
    size_t length;
    char *name = malloc(strlen(c->name) + 16);
    if (!name)
        return result_end(result, RESULT_FAULT, "memory is short");
    int halves = halves_of(c, step);
    if (halves > 0)
        sprintf(name, "%s@%d", c->name, halves);
    else
        strcpy(name, c->name);
    asked.name = name;
    if (answers_find(program->answers, name, &text, &length))
        status = answered(result, answer_read(result, text, length, &asked, &error), error.text);
    else
        status = no_answer(result, halves);
    free(name);
    return status;
}

static enum result_status ask(struct result *result, const struct program *program,
                              const struct case_problem *c, double step)
{
    struct case_problem with_step = *c;
    if (program->given)
        return ask_given(result, program, c, step);
    if (!program->command)
        return ask_answers(result, program, c, step);
    if (step > 0)
        with_step.step = step;
    return ask_process(result, program, &with_step);
}

/* Its conventions are taken out of what it says: the result is what it means. */
static enum result_status run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options)
{
    const struct program *program = program_of(engine);
    bool rounded = program->convention.grid && options->delays == CASE_ROUND_DELAYS;
    struct case_problem *own = rounded ? case_copy(c) : NULL;
    if (rounded && !own)
        return result_end(result, RESULT_FAULT, "memory is short");
    if (own)
        case_round_delays(own, options->step);
    enum result_status status = ask(result, program, own ? own : c, options->step);
    case_free(own);
    if (status == RESULT_OK && convention_apply(result, c, options->step, &program->convention,
                                                result->reason, sizeof result->reason) != 0)
        return RESULT_REFUSED;
    return status;
}

void program_who(char *text, size_t size, const struct engine *engine)
{
    char how[200];
    const struct program *program = program_of(engine);
    const struct convention *convention = program ? &program->convention : NULL;
    const char *version = convention ? convention->version : engine->version;
    program_conventions(how, sizeof how, engine);
    snprintf(text, size, "%s\t%s\t%s\t%s", engine->name, convention ? convention->name : "",
             version ? version : "", how);
}

void program_tolerance(const struct engine *engine, double *accuracy, double *residual)
{
    const struct program *program = program_of(engine);
    *accuracy = program ? program->convention.accuracy : 0;
    *residual = program ? program->convention.residual : 0;
}

void program_conventions(char *text, size_t size, const struct engine *engine)
{
    const struct program *program = program_of(engine);
    if (program)
        convention_text(text, size, &program->convention);
    else
        snprintf(text, size, "%s, %s", engine->time == ENGINE_GRID ? "grid" : "exact",
                 engine->single ? "binary32" : "binary64");
}
