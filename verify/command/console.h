/* SPDX-License-Identifier: MIT */
/* console.h: what `evident verify` and `evident judge` print while they run and at their end.
 * Private to verify/command/. */
#ifndef EVIDENT_VERIFY_CONSOLE_H
#define EVIDENT_VERIFY_CONSOLE_H

#include "verify/command/command.h"
#include "verify/store/store.h"

struct console { /* context of the listener */
    const struct options *options;
    struct progress progress;
    bool few, colored;
    unsigned annotations;
    const bool *broken; /* NULL, or true once nothing can be recorded any more */
    bool stop;          /* no more cases */
};

void console_start(struct console *console, const struct options *options, size_t cases);

/* Whether SIGINT and SIGTERM end the program at its next look, with a line that says how far it
 * was; a second one, or any when that is not wanted, ends it at once. */
void console_catch_signals(bool wanted);
/* The one that was caught, or 0. */
int console_caught(void);
/* Ends the program by it, as if it had not been caught. */
void console_raise(void);

/* For struct ver_listener. */
void console_judged(void *context, const struct ver_judgement *judgement);
void console_finished(void *context, size_t position, const struct ver_judgement *judgement);
void console_progress(void *context, size_t done, size_t all, size_t failed);

void console_totals(const struct console *console, const struct ver_totals *totals,
                    size_t not_begun);

/* A verdict in its colour. */
void console_verdict(const struct console *console, enum ver_verdict verdict, const char *text);

/* A list "heading 3 this, 1 that", without what there is none of. */

struct console_list {
    const char *before; /* of the next item: the heading, then a comma */
};
void console_item(struct console_list *list, size_t count, const char *name);

/* ---- console_not_run.c ---- */

/* A line a reason, with how many cases it has; nothing if quiet. 0, or -1 and store_error(). */
int console_not_run(const struct console *console, struct store *store, int64_t run);

/* ---- console_engine.c ---- */

void console_engines(const struct ver_totals *totals);

/* Whether an engine asked for could not run at all, or a median order is wrong. */
bool console_engine_absent(const struct ver_totals *totals);
bool console_ladder_wrong(const struct ver_totals *totals);

#endif
