/* program.h: any program as an engine: it is started, asked about cases one a line, and started
 * again when it dies; or its answers are there already, in files. Private to verify/. */
#ifndef EVIDENT_VERIFY_PROGRAM_H
#define EVIDENT_VERIFY_PROGRAM_H

#include "verify/base/hash.h"
#include "verify/exec/convention.h"
#include "verify/run/engine.h"

struct answers; /* answers.h */

struct program {
    struct program *next;
    struct ver_engine engine; /* its name is "exec:COMMAND" */
    const char *command;      /* inside the name; NULL: answers are there already */
    const struct answers *answers;
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

/* The program of an engine; NULL if it is none. */
struct program *program_of(const struct ver_engine *engine);
struct program *program_named(const char *name);

/* Asks COMMAND --conventions, if no file says them. A program without is no error. 0, or -1 and
 * error. */
int program_ask_conventions(struct program *program, struct case_error *error);

enum program_said {
    PROGRAM_ANSWERED,
    PROGRAM_NOT_RUN, /* it says why */
    PROGRAM_ABSENT,  /* there is no answer to this case */
    PROGRAM_ERROR,
    PROGRAM_NO_START /* its command cannot be started at all */
};
enum { PROGRAM_REASON = 300 };

/* What it says about a case with this step (0: the case's own), as it says it. answer must be
 * cleared whatever comes out. */
enum program_said program_ask(struct answer *answer, const struct program *program,
                              const struct case_problem *c, double step, double *seconds,
                              char reason[PROGRAM_REASON]);

/* The cases that the running process was asked about, oldest first, once in a row: those that were
 * noted after they were asked. They belong to the program until the next call. */
void program_note(const struct program *program, const char *name);
size_t program_asked(const struct program *program, char *const **name);

/* The next question goes to a fresh process. */
void program_restart(const struct program *program);

/* Whether it may be started anew once more to see what it says alone: so often in vain. */
bool program_may_restart(const struct program *program, unsigned most);
void program_found_state(const struct program *program);

/* Adds to a digest: conventions, and every file that a word of the command names, or that PATH has
 * for one. */
void program_digest(struct hash *hash, const struct program *program);

/* Ends what this process has started. */
void program_end_all(void);

#endif
