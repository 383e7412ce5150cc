/* SPDX-License-Identifier: MIT */
/* command_serve.c: `evident serve`: the reference and the judge as a program that answers lines.
 *
 * Lines are read here and answered in a process behind (verify/run/pool.h), which is kept from line
 * to line: one that runs away or eats memory is an error of its line. */
#include "verify/command/serve.h"
#include "verify/run/pool.h"

#include <stdlib.h>
#include <string.h>

/* Of one line: 200 times a trial of 700-256-20 neurons. */
enum { MOST_LINE = 1 << 30 };

struct service {
    const struct options *options;
    struct pool pool;
    char *line; /* the last; its end is left out of one that is too long */
    size_t length, room, lines;
    const char *given; /* in the process behind */
    size_t size;
};

/* Room for one more character; false: there is none. */
static bool has_room(struct service *service)
{
    if (service->length < service->room)
        return true;
    size_t room = 2 * service->room + BUFSIZ;
    char *grown = service->length < MOST_LINE ? realloc(service->line, room) : NULL;
    if (!grown)
        return false;
    service->line = grown;
    service->room = room;
    return true;
}

/* The next line, or what there is of it. *whole: it fits. false at the end of the input. */
static bool read_line(struct service *service, bool *whole)
{
    int got;
    service->length = 0;
    *whole = true;
    while ((got = getc_unlocked(stdin)) != EOF && got != '\n')
        if (*whole && (*whole = has_room(service)))
            service->line[service->length++] = (char)got;
    service->lines++;
    return got != EOF || service->length > 0;
}

static bool says_something(const struct service *service)
{
    size_t k = 0;
    while (k < service->length && strchr(" \t\r", service->line[k]) && service->line[k])
        k++;
    return k < service->length;
}

/* The number of the next line that says something, from 1. */
static size_t next(void *context)
{
    struct service *service = context;
    bool whole;
    while (!ferror(stdout) && read_line(service, &whole)) {
        if (!whole) {
            serve_refusal(stdout, service->lines, "error",
                          "longer than a gibibyte, or memory is "
                          "short");
            fflush(stdout);
        } else if (says_something(service)) {
            return service->lines;
        }
    }
    return POOL_NO_JOB;
}

static const char *give(void *context, size_t job, size_t *size)
{
    const struct service *service = context;
    (void)job;
    *size = service->length;
    return service->line;
}

static void take(void *context, const char *data, size_t size)
{
    struct service *service = context;
    service->given = data;
    service->size = size;
}

static void work(void *context, size_t job, FILE *out)
{
    const struct service *service = context;
    serve_line(out, service->options, job, service->given, service->size);
}

static void answer(void *context, size_t job, enum pool_end end, int detail, const char *data,
                   size_t size)
{
    struct service *service = context;
    if (end == POOL_DONE) {
        fwrite(data, 1, size, stdout);
    } else {
        char why[200];
        pool_explain(why, sizeof why, &service->pool, end, detail);
        serve_refusal(stdout, job, "error", why);
    }
    fflush(stdout);
}

static int run(struct options *options)
{
    struct service service = {.options = options};
    if (options->adjoints && options->no_gradients)
        return command_refuse("serve", "--adjoints and --no-gradients exclude each other");
    service.pool = (struct pool){.workers = 1,
                                 .seconds = options->judge.seconds,
                                 .bytes = options->judge.bytes,
                                 .context = &service,
                                 .next = next,
                                 .give = give,
                                 .take = take,
                                 .work = work,
                                 .done = answer};
    int failed = pool_run(&service.pool);
    free(service.line);
    if (failed)
        return command_refuse("serve", "memory is short");
    return ferror(stdin) ? command_refuse("serve", "standard input cannot be read") : COMMAND_PASS;
}

const struct command command_serve = {
    .name = "serve",
    .operands = "",
    .says = "answer cases a line on standard input with results or verdicts a line",
    .about =
        "The reference and the judge as a program that is kept running: a line in, a line out, "
        "until its input ends (verify/exec/PROTOCOL.md). A line is a case in JSON, an address "
        "FAMILY:SEED:K, or the name of a file: what evident run prints of it, on one line. Or it "
        "is {\"case\": CASE, \"answer\": RESULT, \"conventions\": DOCUMENT}: the verdict on that "
        "answer, as evident judge comes to it, in format evident-verdict-1 (of a program with a "
        "grid RESULT is a list, at the step of the case and at halves of it). "
        "{\"case\": CASE, \"want\": \"case\"} is answered with the case itself.\n"
        "Nothing in a line ends the program: what is wrong with it is its answer, {\"error\": "
        "\"line 3: ...\"}. A line that runs into --time-limit or --memory-limit, or would need "
        "more spikes than --spike-limit, is such a line.\n"
        "Exit status: 0 at the end of its input; 2 could not run.",
    .examples = "echo random-deep:1:17 | evident serve --digits 20\n",
    .run = run,
};
