/* SPDX-License-Identifier: MIT */
/* store_bench.h: what evident bench measured, in a store beside the runs: every measurement of
 * every round. Private to verify/. */
#ifndef EVIDENT_VERIFY_STORE_BENCH_H
#define EVIDENT_VERIFY_STORE_BENCH_H

#include "verify/run/bench.h"
#include "verify/store/store.h"

/* Records it whole. Its number, or -1. */
int64_t store_bench_record(struct store *store, const struct store_facts *facts,
                           const struct bench *bench);

/* As it was recorded; to be cleared whatever comes out. 0, or -1. */
int store_bench_take(struct store *store, int64_t number, struct store_facts *facts,
                     struct bench *bench);

/* Whether a text names a bench: "bench", the newest, "bench-N", the Nth before it, "bench:NUMBER".
 */
bool store_is_bench(const char *text);
/* Its number, or -1. */
int64_t store_bench_find(struct store *store, const char *text);

int store_bench_drop(struct store *store, int64_t number);

/* All of them, a line each; nothing without any. */
int store_bench_list(struct store *store, FILE *out);

/* STORE_TSV: a row for every case and engine, or for every measurement (times); STORE_MARKDOWN.
 * 0, or -1. */
int store_bench_export(struct store *store, int64_t number, enum store_format format, bool times,
                       FILE *out);

/* Inside a transaction: brings those of another store in that are not there yet. */
int store_bench_merge(struct store *store, struct store *from);

#endif
