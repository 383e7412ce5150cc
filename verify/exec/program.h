/* SPDX-License-Identifier: MIT */
/* program.h: any program as an engine: it is started, asked about cases one a line, and started
 * again when it dies; or its answers are there already, in files or in memory. Private to
 * verify/. */
#ifndef EVIDENT_VERIFY_PROGRAM_H
#define EVIDENT_VERIFY_PROGRAM_H

#include "verify/base/hash.h"
#include "verify/exec/convention.h"
#include "cases/engine.h"
#include "verify/verify.h"

#include <sys/types.h>

struct answers; /* answers.h */

struct program {
    struct program *next;
    struct engine engine; /* its name is "exec:COMMAND" */
    const char *command;  /* inside the name; NULL: answers are there already */
    const struct answers *answers;
    const json_t *given;     /* or a list of them: to one case at its step, and at halves of it */
    const char *conventions; /* the file they come from; NULL: asked for */
    struct convention convention;
    double seconds; /* limit of one answer */
};

#define PROGRAM_PREFIX "exec:"
#define PROGRAM_ANSWERS "answers:"

/* Limit of one answer, unless another is asked for. */
enum { PROGRAM_SECONDS = 60 };

/* The longest command: names stand in tables. */
enum { PROGRAM_MOST_COMMAND = 200 };

/* Kept to the end of the program. name: "exec:COMMAND", or any with answers. NULL if memory is
 * short. */
struct program *program_new(const char *name, const struct answers *answers);

/* From now on it has answered one case so: program->given. */
void program_give(struct program *program, const json_t *given,
                  const struct convention *convention);

/* The program of an engine; NULL if it is none. */
struct program *program_of(const struct engine *engine);
struct program *program_named(const char *name);

/* What it declares beyond its precision, 0 where nothing (convention.h); of any engine. */
void program_tolerance(const struct engine *engine, double *accuracy, double *residual);

/* What its numbers are, in words; of any engine. */
void program_conventions(char *text, size_t size, const struct engine *engine);

/* Who it is: as it is called here, what it calls itself, its version ("" if it has none), what its
 * numbers are; with tabs between. */
void program_who(char *text, size_t size, const struct engine *engine);

/* Asks COMMAND --conventions, if no file says them. A program without is no error. 0, or -1 and
 * error. */
int program_ask_conventions(struct program *program, struct case_error *error);

/* The rest is nothing of an engine that is no program which is kept running. */
bool program_keeps_running(const struct engine *engine);

/* The cases that the running process was asked about, oldest first, once in a row: those that were
 * noted after they were asked. They belong to the program until the next call. */
void program_note(const struct engine *engine, const char *name);
size_t program_asked(const struct engine *engine, char *const **name);

/* The process that runs, which leads a group of its own; 0: none. */
pid_t program_process(const struct engine *engine);

/* The next question goes to a fresh process. */
void program_restart(const struct engine *engine);

/* Whether it may be started anew once more to see what it says alone: so often in vain. */
bool program_may_restart(const struct engine *engine, unsigned most);
void program_found_state(const struct engine *engine);

/* Adds to a digest what an engine from elsewhere is: conventions, every file that a word of the
 * command names or that PATH has for one, the shared object. false: it is one of our own. */
bool engine_digest(struct hash *hash, const struct engine *engine);

/* Ends what this process has started. */
void program_end_all(void);

#endif
