/* program.c: see program.h. Every worker process has contenders of its own, one a program, started
 * at its first case. */
#include "verify/exec/program.h"
#include "verify/exec/answers.h"
#include "verify/exec/contender.h"
#include "verify/base/word.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---- programs by name ---- */

static struct program *programs;

/* Whoever takes an engine for one that can be called is told. */
static enum gpu_status run(struct gpu_result *result, const struct case_problem *c,
                           const struct gpu_options *options)
{
    (void)c;
    (void)options;
    memset(result, 0, sizeof *result);
    snprintf(result->reason, sizeof result->reason,
             "another program: evident verify, explain and shrink ask it");
    return GPU_REFUSED;
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
    program->engine = (struct ver_engine){
        .name = own, .says = "another program", .run = run, .most = VER_INFINITY};
    program->command = answers ? NULL : own + strlen(PROGRAM_PREFIX);
    program->answers = answers;
    convention_default(&program->convention);
    program->seconds = PROGRAM_SECONDS;
    program->next = programs;
    programs = program;
    return program;
}

struct program *program_of(const struct ver_engine *engine)
{
    struct program *program = programs;
    while (program && &program->engine != engine)
        program = program->next;
    return program;
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
    if (program->conventions)
        return convention_load(&program->convention, program->conventions, error);
    if (!program->command || !(command = conventions_command(program->command)))
        return 0;
    struct contender contender = {.command = command, .seconds = program->seconds};
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    if (contender_ask(&contender, "", &document, &length, reason) == 0)
        got = convention_read(&program->convention, document, length, error);
    contender_close(&contender);
    signal(SIGPIPE, before);
    free(command);
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

static struct started *started_of(const struct program *program)
{
    for (int k = 0; k < VER_ENGINES; k++) {
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

static void forget(struct started *one)
{
    for (size_t k = 0; k < one->askeds; k++)
        free(one->asked[k]);
    one->askeds = 0;
}

void program_note(const struct program *program, const char *name)
{
    struct started *one = program->command ? started_of(program) : NULL;
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

size_t program_asked(const struct program *program, char *const **name)
{
    struct started *one = program->command ? started_of(program) : NULL;
    *name = one ? one->asked : NULL;
    return one ? one->askeds : 0;
}

void program_restart(const struct program *program)
{
    struct started *one = program->command ? started_of(program) : NULL;
    if (!one)
        return;
    unsigned starts = one->contender.starts, answers = one->contender.answers;
    contender_close(&one->contender);
    one->contender.seconds = program->seconds;
    one->contender.starts = starts;
    one->contender.answers = answers;
}

bool program_may_restart(const struct program *program, unsigned most)
{
    struct started *one = started_of(program);
    return one && one->alone++ < most;
}

void program_found_state(const struct program *program)
{
    started_of(program)->alone = 0;
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

static enum program_said fail(char reason[PROGRAM_REASON], const char *why)
{
    snprintf(reason, PROGRAM_REASON, "%.299s", why);
    return PROGRAM_ERROR;
}

/* An answer as it came, or why there is none. */
static enum program_said read_answer(struct answer *answer, const char *text, size_t length,
                                     const struct case_problem *c, char reason[PROGRAM_REASON])
{
    struct case_error error;
    if (answer_read(answer, text, length, c, &error) != 0)
        return fail(reason, error.text);
    if (answer->error[0])
        return fail(reason, answer->error);
    snprintf(reason, PROGRAM_REASON, "%s", answer->not_run);
    return answer->not_run[0] ? PROGRAM_NOT_RUN : PROGRAM_ANSWERED;
}

static enum program_said ask_process(struct answer *answer, const struct program *program,
                                     const struct case_problem *c, double *seconds,
                                     char reason[PROGRAM_REASON])
{
    struct started *one = started_of(program);
    struct contender *contender = one ? &one->contender : NULL;
    char *document = contender ? case_text(c) : NULL, why[CONTENDER_REASON];
    const char *text;
    size_t length;
    if (!document)
        return fail(reason, "memory is short");
    int failed = contender_ask(contender, document, &text, &length, why);
    free(document);
    if (failed) {
        fail(reason, why);
        return contender->no_start ? PROGRAM_NO_START : PROGRAM_ERROR;
    }
    *seconds = contender->took;
    enum program_said said = read_answer(answer, text, length, c, reason);
    /* Answers and questions out of step: whatever comes next is no better. */
    if (said == PROGRAM_ERROR && strncmp(reason, "case: ", strlen("case: ")) == 0)
        program_restart(program);
    return said;
}

/* An answer at a finer step is that to case NAME@1, NAME@2, ... */
static enum program_said ask_answers(struct answer *answer, const struct program *program,
                                     const struct case_problem *c, double step,
                                     char reason[PROGRAM_REASON])
{
    struct case_problem asked = *c;
    enum program_said said = PROGRAM_ABSENT;
    const char *text;
    size_t length;
    char *name = malloc(strlen(c->name) + 16);
    if (!name)
        return fail(reason, "memory is short");
    int halves = step > 0 && c->step > 0 ? (int)lround(log2(c->step / step)) : 0;
    if (halves > 0)
        sprintf(name, "%s@%d", c->name, halves);
    else
        strcpy(name, c->name);
    asked.name = name;
    if (answers_find(program->answers, name, &text, &length))
        said = read_answer(answer, text, length, &asked, reason);
    else
        snprintf(reason, PROGRAM_REASON, "no answer%s", halves > 0 ? " at smaller steps" : "");
    free(name);
    return said;
}

enum program_said program_ask(struct answer *answer, const struct program *program,
                              const struct case_problem *c, double step, double *seconds,
                              char reason[PROGRAM_REASON])
{
    struct case_problem with_step = *c;
    *answer = (struct answer){.has_loss = false};
    *seconds = 0;
    if (!program->command)
        return ask_answers(answer, program, c, step, reason);
    if (step > 0)
        with_step.step = step;
    return ask_process(answer, program, &with_step, seconds, reason);
}
