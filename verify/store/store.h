/* SPDX-License-Identifier: MIT */
/* store.h: what runs leave behind. One SQLite file holds every run, every case, every comparison;
 * `evident store --schema` prints the tables. Private to verify/.
 *
 * A finished case is one transaction. A process that is killed, at whatever moment, loses none; a
 * machine that loses its power loses at most the last second of them, never the file (store_open.c
 * says how). What a run holds does not depend on threads, shards, resumptions or their order: rows
 * go by the position of their case in the suite, and times are kept apart.
 *
 * Functions that can fail return -1 (or NULL) and leave one line in store_error(). A store is used
 * by one thread at a time. */
#ifndef EVIDENT_VERIFY_STORE_H
#define EVIDENT_VERIFY_STORE_H

#include "verify/base/hash.h"
#include "verify/verify.h"

struct store;

enum store_mode {
    STORE_READ, /* must exist */
    STORE_WRITE /* is made where there is none; the folder must exist */
};

/* Opens a store and checks that it is one, of this version. path NULL: one of its own, which nobody
 * else sees and which goes when it is closed. NULL after an error. */
struct store *store_open(const char *path, enum store_mode mode, struct case_error *error);

/* Puts all in one file, without companions, if nobody else has it open. NULL is allowed. */
void store_close(struct store *store);

const char *store_error(const struct store *store);

/* $EVIDENT_STORE, else evident.sqlite in the current folder. */
const char *store_default_path(void);

/* Everything that SQLite can find wrong, and every digest taken again. 0, or -1. */
int store_check(struct store *store);

/* ---- runs ---- */

/* What a run is. By these, but for who, started, host, host_cores and processor, another run is the
 * same run: it has the same fingerprint, and so the same numbers. */
struct store_facts {
    char version[32];
    char program[HASH_TEXT]; /* digest of the program's own file */
    char commit[64];         /* of what is under test; empty if not known */
    bool dirty;              /* and was changed since */
    char flags[512];         /* of the compiler; empty if not known */
    char compiler[128];
    char libraries[256];
    char device[128]; /* that an engine runs on, beside the processor; empty for none */
    char suite[1024]; /* as on the command line */
    char suite_digest[HASH_TEXT];
    char options[512];
    char engines[256];
    char who[1200];           /* what they say of themselves: a line each (program_who) */
    char programs[HASH_TEXT]; /* digest of what exec: engines are; empty without one */
    char started[32];         /* UTC; empty: is not to be kept */
    char host[64];            /* its name */
    long host_cores;
    char processor[128];  /* of the host; empty if not known. Not in the fingerprint */
    size_t cases;         /* of the whole suite */
    size_t shard, shards; /* shard of shards, from 1; 0 of 0: all of it. Not in the fingerprint */
    size_t planned;       /* cases of this shard */
};

/* All that the program knows by itself. names: the operands of the command line; sources: the whole
 * suite, before a shard is taken. The caller sets device, and shard, shards and planned (here: all)
 * where it runs only a part. 0, or -1 if memory is short. */
int store_facts(struct store_facts *facts, const char *const *names, size_t count,
                const struct ver_sources *sources, const struct ver_options *options);

void store_fingerprint(char text[HASH_TEXT], const struct store_facts *facts);

/* Begins a run and returns its number, or -1. With resume: the newest of the same fingerprint and
 * the same shard goes on, complete or not; only where there is none a new one begins. */
int64_t store_begin(struct store *store, const struct store_facts *facts, bool resume);

/* Which positions are recorded: done[cases]. How many, or -1. */
int64_t store_done(struct store *store, int64_t run, bool *done, size_t cases);

/* Ends a run: fails if a planned case is missing. Records the totals. */
int store_finish(struct store *store, int64_t run);

/* Of all that the judge said of all cases, without times, host and the number of the run. */
int store_digest(struct store *store, int64_t run, char text[HASH_TEXT]);

/* How many cases passed or failed, with all engines asked for; -1. */
int64_t store_judged(struct store *store, int64_t run);

/* What the cases of a run add up to. */
int store_totals(struct store *store, int64_t run, struct ver_totals *totals);

/* The number of a run from its text: a number, "latest", "latest-N". -1 after an error. */
int64_t store_find(struct store *store, const char *text);

/* The names of the cases of the newest run that did not pass, each between newlines; to be freed.
 * NULL after an error. */
char *store_failed(struct store *store);

int store_drop(struct store *store, int64_t run);

/* ---- cases ---- */

/* Records one finished case; when it returns 0, kill -9 cannot take it back. The same case again is
 * no error if it says the same. */
int store_record(struct store *store, int64_t run, size_t position,
                 const struct ver_judgement *judgement);

/* The judgement as it was recorded, to be cleared whatever comes out. */
int store_take(struct store *store, int64_t run, size_t position, struct ver_judgement *judgement);

/* ---- a run of ver_judge_all ---- */

/* The judgements of sources that are recorded, each in its place; the other places are left as they
 * are (zero). How many, or -1. */
int64_t store_resume(struct store *store, int64_t run, const struct ver_sources *sources,
                     struct ver_judgement *judgement);

struct store_listener {
    struct store *store;
    int64_t run;
    const struct ver_listener *then; /* is told everything after it is recorded; may be NULL */
    bool failed;                     /* store_error() says why; nothing is recorded after it */
};

/* Records every case when it is finished. */
struct ver_listener store_listener(struct store_listener *context);

/* ---- many stores, many runs ---- */

/* Brings the runs of other stores into this one: all of them, or nothing. The same whatever their
 * order; runs of the same fingerprint (the shards of one) become one run. */
int store_merge(struct store *store, const char *const *paths, size_t count);

enum store_format { STORE_TSV, STORE_JSON, STORE_JUNIT, STORE_MARKDOWN };

struct store_export {
    enum store_format format;
    const char *table; /* of TSV: "cases", "comparisons", "engines", "ladders", "times" */
    bool times;        /* JSON, JUnit: with times and host, which no two runs have in common */
};

int store_export(struct store *store, int64_t run, const struct store_export *how, FILE *out);
bool store_export_table(const char *name);

#endif
