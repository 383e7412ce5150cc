/* SPDX-License-Identifier: MIT */
/* contender.h: a program under judgement: one case a line on its standard input, one answer a line
 * on its standard output. It is started when first asked, kept, and started again after it died or
 * was killed for taking too long. Private to verify/. */
#ifndef EVIDENT_VERIFY_CONTENDER_H
#define EVIDENT_VERIFY_CONTENDER_H

#include "cases/cases.h"

#include <stdbool.h>
#include <sys/types.h>

enum { CONTENDER_REASON = 256, CONTENDER_SAID = 512 };

struct contender {
    const char *command; /* for /bin/sh */
    double seconds;      /* limit of one answer; 0: none */
    pid_t process;       /* 0: not running */
    pid_t guard;         /* ends it should the judge be killed; 0: none */
    int to, from, error, alive;
    char *line; /* what has come of the answer, and what came after it */
    size_t size, room;
    char said[CONTENDER_SAID]; /* the end of what came on its standard error */
    size_t said_size;
    unsigned starts, answers;
    bool no_start; /* it ended as a command does that the shell cannot start, and never answered */
    double took;   /* seconds, of the last answer */
};

/* Sends one document (new lines inside it become spaces) and waits for one line. *answer belongs to
 * the contender until the next call. 0, or -1 and reason: it could not start, it died, it took too
 * long; then with the last line of its standard error, which goes on to that of the judge. SIGPIPE
 * must be ignored. */
int contender_ask(struct contender *contender, const char *document, const char **answer,
                  size_t *length, char reason[CONTENDER_REASON]);

/* Closes its input, gives it a second to end by itself, then kills it. */
void contender_close(struct contender *contender);

#endif
