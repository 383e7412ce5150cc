/* SPDX-License-Identifier: MIT */
/* store_speed.h: how fast engines were, as it is compared: with another bench, or with the slowest
 * that was accepted, in a file under version control that can only tighten. Private to verify/.
 *
 * Slower is what is slower by more than its noise: the interval of the new time lies above that of
 * the old one. Intervals hold for all cases together (interval_level_of), the sum over all cases
 * has one of its own. Memory that the engine says itself is exact, other memory is known to
 * RESIDENT_UNCERTAIN. */
#ifndef EVIDENT_VERIFY_STORE_SPEED_H
#define EVIDENT_VERIFY_STORE_SPEED_H

#include "verify/store/store_bench.h"
#include "verify/store/store_diff.h"

struct speed_entry {
    char *key;            /* "CASE\tENGINE" */
    struct interval time; /* seconds of one answer */
    double bytes;         /* 0: not known */
    bool said;
    uint64_t digest;             /* of its numbers; 0: not known */
    char case_digest[HASH_TEXT]; /* "": not known */
};

struct speed {
    char host[160];            /* times of other hosts are not compared */
    struct speed_entry *entry; /* sorted by key, byte by byte */
    size_t entries, room;
    char *remarks; /* why something was allowed to be slower: lines; NULL: none */
};

/* Of what a bench of all cases together is called. */
#define SPEED_ALL "all cases"

/* 0, or -1 if memory is short. */
int speed_of_bench(struct speed *speed, const struct store_facts *facts, const struct bench *bench);
void speed_clear(struct speed *speed);

/* Takes a copy of the key. 0, or -1 if memory is short. */
int speed_add(struct speed *speed, const struct speed_entry *entry);
void speed_sort(struct speed *speed);

/* Adds lines. 0, or -1 if memory is short. */
int speed_remark(struct speed *speed, const char *text);

/* What moved, as diff asks. */
void speed_compare(const struct speed *old, const struct speed *new, struct store_diff *diff);

/* "3.1 % slower, more than its noise of 0.8 %", of a ratio of times. */
void speed_text(char *text, size_t size, struct interval ratio);

/* 0, or -1 and store_error(). */
int store_speed_take(struct store *store, int64_t number, struct speed *speed);

/* From bench a (before) to bench b (after). 0, or -1 and store_error(). */
int store_speed_diff(struct store *store, int64_t a, int64_t b, struct store_diff *diff);

/* Before new is written over old: a time that is within its noise stays what it was, so that many
 * small steps do not creep; remarks are kept. 0, or -1 if memory is short. */
int speed_tighten(struct speed *new, const struct speed *old);

/* ---- store_speed_file.c ---- */

/* Reads "# evident-speed-1". 0, or -1 and error; *absent (may be NULL): there is no such file. */
int speed_read(struct speed *speed, const char *path, bool *absent, struct case_error *error);
int speed_write(const struct speed *speed, const char *path, struct case_error *error);

#endif
