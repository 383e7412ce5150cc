/* SPDX-License-Identifier: MIT */
/* store_baseline.h: the worst that was ever accepted, in a file under version control that can only
 * tighten. Private to verify/. */
#ifndef EVIDENT_VERIFY_STORE_BASELINE_H
#define EVIDENT_VERIFY_STORE_BASELINE_H

#include "verify/store/store.h"

struct baseline_entry {
    char *key;        /* "CASE\tKIND\tENGINE"; kind and engine "-" in the line of the verdict */
    char verdict[16]; /* "-" but in the line of the verdict */
    double ratio;     /* largest distance, rounded up to three digits; NaN: none */
    double digits;    /* fewest digits of agreement, rounded down to a tenth; NaN: none */
};

struct baseline {
    struct baseline_entry *entry; /* sorted by key, byte by byte */
    size_t entries, room;
    char **remark; /* why something was allowed to be looser, oldest first; whole lines */
    size_t remarks, remark_room;
};

void baseline_clear(struct baseline *baseline);
/* Each takes a copy. 0, or -1 if memory is short. */
int baseline_add(struct baseline *baseline, const struct baseline_entry *entry);
int baseline_add_remark(struct baseline *baseline, const char *remark);
void baseline_sort(struct baseline *baseline);

/* What a run gives. 0, or -1 and store_error(). */
int baseline_of_run(struct baseline *baseline, struct store *store, int64_t run);

/* 0, or -1 and error; *absent (may be NULL) says that there is no such file. */
int baseline_read(struct baseline *baseline, const char *path, bool *absent,
                  struct case_error *error);
int baseline_write(const struct baseline *baseline, const char *path, struct case_error *error);

/* Tells of every entry of old that new has looser, or not at all; and, with strangers, of every new
 * case that did not pass. How many. */
size_t baseline_compare(const struct baseline *old, const struct baseline *new, bool strangers,
                        void (*tell)(void *context, const char *line), void *context);

/* Keeps the remarks of old in new, and one more. 0, or -1 if memory is short. */
int baseline_remark(struct baseline *new, const struct baseline *old, const char *remark);

#endif
