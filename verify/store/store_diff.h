/* SPDX-License-Identifier: MIT */
/* store_diff.h: what moved between two runs. Private to verify/. */
#ifndef EVIDENT_VERIFY_STORE_DIFF_H
#define EVIDENT_VERIFY_STORE_DIFF_H

#include "verify/store/store.h"

enum store_move {
    STORE_MOVED, /* neither better nor worse */
    STORE_BETTER,
    STORE_WORSE,
    STORE_MOVES
};

enum store_topic {
    STORE_TOPIC_VERDICT, /* of a case; a case that came or went */
    STORE_TOPIC_CASE,    /* the case itself is another */
    STORE_TOPIC_ENGINE,  /* whether it ran; the digest of its numbers */
    STORE_TOPIC_RATIO,   /* largest distance in units of its bound */
    STORE_TOPIC_DIGITS,  /* fewest digits of agreement */
    STORE_TOPIC_BITS,    /* anything at all that the judge says of a case */
    STORE_TOPIC_TIME,    /* seconds of an engine, over the cases that both runs timed */
    STORE_TOPIC_MEMORY,  /* of a bench */
    STORE_TOPICS
};

struct store_diff {
    /* What is asked: see `evident diff --help`. */
    double ratio, digits, time; /* time 0: never worse */
    bool bits;                  /* a moved bit is worse */
    void (*tell)(void *context, enum store_topic topic, enum store_move move, const char *line);
    void *context;
    /* What came out. */
    size_t pairs; /* cases in both runs */
    size_t count[STORE_TOPICS][STORE_MOVES];
};

const char *store_topic_name(enum store_topic topic);

/* 0 is pass; larger is worse. */
int store_verdict_rank(const char *verdict);

/* From run a (before) to run b (after). 0, or -1. */
int store_diff(struct store *store, int64_t a, int64_t b, struct store_diff *diff);

#endif
