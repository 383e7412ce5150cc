/* wish.h: what `evident verify` was asked for, and what it says. Private to its command. */
#ifndef EVIDENT_VERIFY_WISH_H
#define EVIDENT_VERIFY_WISH_H

#include "verify/command/command.h"

struct wish {
    const char *command; /* "verify" or "judge" */
    struct ver_options judge;
    const char **name;
    size_t names;
    const char *report;
    const char *store; /* NULL: none */
    int workers;
    uint64_t shard, shards; /* 1 of 1 is everything */
    const char *summary;    /* a file to append to; NULL: none */
    uint64_t judged;        /* so many cases, or so many in a hundred, must be judged */
    bool percent, quiet, resume;
    bool all_checks;      /* in the report: a row for every comparison that agrees, too */
    char *suite_options;  /* that suites want, cut into words; to be freed */
    bool replace_engines; /* the next engine takes the place of those of a suite */
    const char *absent;   /* an engine that was wanted if present, and is not */
    const char *why;      /* or is, and cannot be had with --memory-limit; NULL: it cannot run */
    const char *present;  /* an engine that was wanted if present, and is */
    const char *folder, *answers, *conventions; /* of judge */
};

/* COMMAND_END if the arguments are good, else BAD or HELPED. wish->name has room for them all. */
int wish_read(struct wish *wish, int argc, char **argv);

/* ---- command_verify.c ---- */

/* Judges all sources, records, reports and tells as the wish says. Returns an exit code. */
int verify_run(const struct wish *wish, struct ver_sources *sources);

/* ---- talk.c: lines on standard output ---- */

struct talk { /* context of the listener */
    const struct wish *wish;
    struct progress progress;
    bool few;
    unsigned annotations;
};

void talk_start(struct talk *talk, const struct wish *wish, size_t cases);
void talk_judgement(void *context, const struct ver_judgement *judgement);
void talk_progress(void *context, size_t done, size_t all, size_t failed);
void talk_totals(const struct ver_totals *totals, const struct wish *wish);

#endif
