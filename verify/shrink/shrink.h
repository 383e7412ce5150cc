/* SPDX-License-Identifier: MIT */
/* shrink.h: from a case that fails to a small one that fails in the same way. Private to verify/.
 *
 * A cut is one way to make a case smaller: it sees the case as a row of items (samples, neurons,
 * spikes, numbers, ...) and takes away, or makes simpler, a range of them. The search tries every
 * cut, the coarsest first, on all items, then on halves, quarters, ..., single ones, keeps whatever
 * still fails in the same way, and goes on until a whole round changes nothing. It is greedy and
 * has no random choice, so it does not depend on the number of processes. */
#ifndef EVIDENT_VERIFY_SHRINK_H
#define EVIDENT_VERIFY_SHRINK_H

#include "verify/run/pool.h"
#include "verify/verify.h"

/* ---- shrink_way.c: how a case fails ---- */

enum { SHRINK_DIFFERENCES = 32 };

struct shrink_difference { /* who is judged, about what, by which check */
    enum ver_kind kind;
    char engine[32], quantity[32];
};

/* A case fails in the same way as another if all of this holds: the process of the judge ended
 * alike; the verdict is the same; of a fail, the first comparison that differs in the other differs
 * here, too (not necessarily first: small cases are compared in more ways than large ones); of an
 * undecided or an error, the reasons are the same but for numbers and names. */
struct shrink_way {
    enum pool_end end;
    int detail;
    enum ver_verdict verdict;
    struct shrink_difference difference[SHRINK_DIFFERENCES]; /* each once, in their order */
    size_t differences;
    char reason[320];
    char said[320]; /* the reason as it was, for people; not compared */
};

struct shrink_judge {
    const char *name; /* under which cases are judged: it chooses the random directions */
    struct ver_options options;
    unsigned workers;
    void (*wait)(void *context); /* while a case is judged, ten times a second; NULL: nobody */
    void *context;
};

/* Judges count cases, each in a process of its own. */
void shrink_judge(struct shrink_way *way, const struct shrink_judge *judge,
                  struct case_problem *const *problem, size_t count);

bool shrink_fails(const struct shrink_way *way); /* not pass, not not-run */
bool shrink_same(const struct shrink_way *way, const struct shrink_way *wanted);

/* "fail: lambda_V (rounding) of clock-host", "killed by signal 11", ... */
void shrink_way_text(char *text, size_t size, const struct shrink_way *way);

/* ---- shrink_cut.c, shrink_number.c: what can be taken away ---- */

struct shrink_cut {
    const char *says;                              /* "samples": what is counted in the summary */
    size_t (*items)(const struct case_problem *c); /* how many there are now */
    /* Takes away or simplifies items first .. first + count - 1, in place. How many it changed; 0:
     * nothing to do there, or it cannot be done. May leave what case_check refuses. */
    size_t (*apply)(struct case_problem *c, size_t first, size_t count);
    bool removes; /* the items are gone afterwards, so that the next ones have their places */
};

extern const struct shrink_cut shrink_structure[]; /* both end with a NULL name */
extern const struct shrink_cut shrink_numbers[];

/* ---- shrink.c: the search ---- */

struct shrink_removed {
    const char *says;
    size_t count;
};
enum { SHRINK_CUTS = 48 };

struct shrink {
    struct shrink_judge judge;
    struct shrink_way way;        /* that must be kept */
    struct case_problem *problem; /* the smallest so far, owned */
    double seconds;               /* 0: until nothing changes */
    const char *cut;              /* what is tried now; NULL before the search */
    struct shrink_removed removed[SHRINK_CUTS];
    size_t removals, tried, adopted, rounds;
    bool finished; /* nothing can be taken away any more; false: time ran out */
    double started;
    struct shrink_seen *seen; /* texts of what was tried in vain */
};

/* Makes shrink->problem as small as it gets. 0, or -1 if memory is short. */
int shrink_search(struct shrink *shrink);

#endif
