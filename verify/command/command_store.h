/* SPDX-License-Identifier: MIT */
/* command_store.h: what the commands on stores share. Private to verify/command/. */
#ifndef EVIDENT_VERIFY_COMMAND_STORE_H
#define EVIDENT_VERIFY_COMMAND_STORE_H

#include "verify/command/command.h"
#include "verify/store/store.h"

#define COMMAND_RUN_NAMES                                                                          \
    "RUN is a number that evident list prints, latest, or latest-N: the Nth before it."

#define COMMAND_BENCH_NAMES                                                                        \
    "What evident bench measured is bench, the newest, bench-N, the Nth before it, or "            \
    "bench:NUMBER."

/* That of --store, or the default. NULL after a line. */
struct store *command_store_open(const struct options *options, enum store_mode mode);

/* The line of store_error(). Closes the store, returns COMMAND_COULD_NOT_RUN. */
int command_store_end(const struct options *options, struct store *store);

/* `evident baseline` of a bench (baseline_speed.c). Closes the store, returns an exit code. */
int baseline_speed(const struct options *options, struct store *store);

#endif
