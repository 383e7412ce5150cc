/* SPDX-License-Identifier: MIT */
/* store_case.h: judgements that no engine made, with every kind of number in them, and a folder for
 * stores. For the tests of the store. */
#ifndef EVIDENT_TESTS_STORE_CASE_H
#define EVIDENT_TESTS_STORE_CASE_H

#include "tests/fresh_folder.h"
#include "tests/run_suite.h"
#include "verify/store/store_inner.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Where syncing is free, if there is such a place: these tests open and close much. */
static inline void make_store_folder(void)
{
    make_folder_in(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
}

static inline struct store *must_open(const char *name, enum store_mode mode)
{
    struct case_error error = {""};
    struct store *store = store_open(at(name), mode, &error);
    ck_assert_msg(store != NULL, "%s", error.text);
    return store;
}

/* Opening is refused in one line that contains said. */
static inline void must_refuse(const char *name, enum store_mode mode, const char *said)
{
    struct case_error error = {""};
    struct store *store = store_open(at(name), mode, &error);
    ck_assert_msg(store == NULL, "%s was opened, wanted: %s", name, said);
    ck_assert_msg(strstr(error.text, said) && strstr(error.text, name), "%s", error.text);
    ck_assert_ptr_null(strchr(error.text, '\n'));
}

#define must(store, expression)                                                                    \
    ck_assert_msg((expression) == 0, "%s: %s", #expression, store_error(store))

/* In processes that a test starts: Check's own macros would write into the parent's file. */
#define need(expression) ((expression) ? (void)0 : abort())

static inline struct store *child_open(const char *name)
{
    struct case_error error;
    struct store *store = store_open(at(name), STORE_WRITE, &error);
    need(store);
    return store;
}

/* ---- judgements ---- */

static inline struct ver_judged *make_clock(size_t k)
{
    struct ver_judged *clock = calloc(1, sizeof *clock);
    need(clock);
    *clock = (struct ver_judged){.engine = "clock-host", .digest = 77 * k + 1, .traced = true};
    clock->decisions = 100 + k;
    clock->near = k % 3;
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++)
        clock->ratios[q].largest = VER_NAN;
    clock->ratios[VER_SCHEME_V].largest = 0.75;
    clock->ratios[VER_SCHEME_V].count[1] = 3;
    clock->ratios[VER_SCHEME_V].count[VER_RATIO_BINS - 1] = UINT64_MAX / 2;
    return clock;
}

static inline struct ver_ladder *make_ladder(size_t k)
{
    struct ver_ladder *ladder = calloc(1, sizeof *ladder);
    need(ladder);
    ladder->rungs = 1 + k % VER_RUNGS;
    for (size_t r = 0; r < ladder->rungs; r++) {
        ladder->rung[r].step = ldexp(0.1, -(int)r);
        ladder->rung[r].agrees = (k + r) % 2 == 0;
        for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
            ladder->rung[r].error[q] = q == 1 ? VER_NAN : 1.0 / (3.0 + (double)r + q);
    }
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        ladder->order[q] = q == 1 ? VER_NAN : 1 + 1.0 / (double)(7 + q);
    ladder->limit = VER_INFINITY;
    snprintf(ladder->reason, sizeof ladder->reason, "reason %zu", k);
    return ladder;
}

/* The judgement of case k: its comparisons, every third one with an engine and a ladder. */
static inline struct ver_judgement make_judgement(size_t k, size_t comparisons)
{
    static const char *const families[] = {"closed-chain", "random-deep", "odd <&\"'> \x01\xff"};
    struct ver_judgement j = {.family = families[k % 3],
                              .verdict = k % 7 == 6 ? VER_FAIL : VER_PASS,
                              .neurons = k,
                              .parameters = 2 * k,
                              .spikes = 3 * k,
                              .precision = 128,
                              .gradient_norm = 1.0 / 3,
                              .condition = k % 2 ? VER_INFINITY : 1e-300,
                              .digits = k % 5 ? 50.4 : VER_NAN};
    for (int m = 0; m < REF_MARGINS; m++)
        j.margin[m] = m == 0 ? VER_INFINITY : 0.1 * m;
    j.name = calloc(1, 64);
    j.comparison = calloc(comparisons + 1, sizeof *j.comparison);
    need(j.name && j.comparison);
    snprintf(j.name, 64, "%.20s:1:%zu", j.family, k);
    snprintf(j.case_digest, sizeof j.case_digest, "%032zx", 1000 + k);
    if (j.verdict != VER_PASS)
        snprintf(j.reason, sizeof j.reason, "1 of %zu comparisons differ", comparisons);
    for (size_t i = 0; i < comparisons; i++) {
        bool fails = j.verdict == VER_FAIL && i == 0;
        struct ver_comparison *c = &j.comparison[i];
        *c = (struct ver_comparison){.kind = (enum ver_kind)(i % VER_KINDS),
                                     .outcome = fails ? VER_DIFFERS : VER_AGREES,
                                     .engine = i % 3 == 1 ? "clock-host" : NULL,
                                     .class_ = i % 4 ? VER_NO_CLASS : 0,
                                     .quantity = i % 2 ? "weights" : "adjoint_V",
                                     .numbers = i + 1,
                                     .digits = i % 2 ? VER_NAN : 40.0 + (double)i,
                                     .order = 2,
                                     .step = -30.5,
                                     .precision = 256,
                                     .distance = fails ? VER_NAN : 0.3 / (double)(i + 1)};
        snprintf(c->index, sizeof c->index, "weights[0][%zu][%zu]", k, i);
        snprintf(c->value, sizeof c->value, "%.20e", (double)k);
        snprintf(c->reference, sizeof c->reference, "%.20e", (double)i);
    }
    j.comparisons = j.room = comparisons;
    if (k % 3 == 0) {
        j.judged = make_clock(k);
        j.engines = 1;
        j.ladder = make_ladder(k);
    }
    return j;
}

static inline struct store_facts make_facts(size_t cases)
{
    struct store_facts facts = {.version = "0", .program = "p", .compiler = "cc", .cases = cases};
    snprintf(facts.suite, sizeof facts.suite, "some & all");
    snprintf(facts.options, sizeof facts.options, "--seed 0");
    snprintf(facts.engines, sizeof facts.engines, "clock-host");
    facts.planned = cases;
    return facts;
}

static inline int record(struct store *store, int64_t run, size_t k, size_t comparisons)
{
    struct ver_judgement j = make_judgement(k, comparisons);
    int failed = store_record(store, run, k, &j);
    ver_judgement_clear(&j);
    return failed;
}

/* A finished run of so many cases. */
static inline int64_t record_run(struct store *store, size_t cases, size_t comparisons)
{
    struct store_facts facts = make_facts(cases);
    int64_t run = store_begin(store, &facts, false);
    ck_assert_msg(run > 0, "%s", store_error(store));
    for (size_t k = 0; k < cases; k++)
        must(store, record(store, run, k, comparisons));
    must(store, store_finish(store, run));
    return run;
}

/* What judgements add up to, by way of a store of their own. */
static inline struct ver_totals totals_of(const struct ver_judgement *judgement, size_t cases)
{
    struct case_error error = {""};
    struct store *store = store_open(NULL, STORE_WRITE, &error);
    struct store_facts facts = make_facts(cases);
    struct ver_totals totals;
    ck_assert_msg(store != NULL, "%s", error.text);
    int64_t run = store_begin(store, &facts, false);
    for (size_t k = 0; k < cases; k++)
        must(store, store_record(store, run, k, &judgement[k]));
    must(store, store_totals(store, run, &totals));
    store_close(store);
    return totals;
}

/* An export as text, to be freed. */
static inline char *exported(struct store *store, int64_t run, enum store_format format,
                             const char *table, bool times)
{
    char *document = NULL;
    size_t size = 0;
    struct store_export how = {format, table, times};
    FILE *out = open_memstream(&document, &size);
    ck_assert_ptr_nonnull(out);
    must(store, store_export(store, run, &how, out));
    ck_assert_int_eq(fclose(out), 0);
    return document;
}

static inline void same_export(struct store *a, int64_t run_a, struct store *b, int64_t run_b)
{
    char *one = exported(a, run_a, STORE_JSON, NULL, false);
    char *two = exported(b, run_b, STORE_JSON, NULL, false);
    ck_assert_str_eq(one, two);
    free(one);
    free(two);
}

#endif
