/* SPDX-License-Identifier: MIT */
/* report_case.h: a run that never was, in a store, and the folder of its report. */
#ifndef EVIDENT_TESTS_REPORT_CASE_H
#define EVIDENT_TESTS_REPORT_CASE_H

#include "tests/store_case.h"
#include "verify/report/report.h"

#include <dirent.h>

static struct store *store;
static int64_t recorded;
static struct ver_totals totals;
static struct case_error error;
static const char *report_who = "clock-host\t\t\tgrid, binary32";

__attribute__((unused)) static void put(const char *name, const char *text, size_t length)
{
    FILE *out = fopen(at(name), "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(text, 1, length, out), length);
    ck_assert_int_eq(fclose(out), 0);
}

/* ---- the run ---- */

#define COMPARED(kind_, engine_, outcome_, numbers_, distance_)                                    \
    {                                                                                              \
        .kind = VER_KIND_##kind_, .outcome = VER_##outcome_, .engine = engine_,                    \
        .class_ = VER_NO_CLASS, .quantity = "V", .numbers = (numbers_), .digits = VER_NAN,         \
        .order = VER_NAN, .step = VER_NAN, .distance = (distance_)                                 \
    }
#define WRONG(quantity_, index_, got_, want_, distance_)                                           \
    {                                                                                              \
        .kind = VER_KIND_ROUNDING, .outcome = VER_DIFFERS, .engine = "clock-host",                 \
        .class_ = VER_NO_CLASS, .quantity = quantity_, .index = index_, .numbers = 3,              \
        .digits = VER_NAN, .order = VER_NAN, .step = VER_NAN, .distance = (distance_),             \
        .reference = got_, .value = want_                                                          \
    }
#define SMOOTH                                                                                     \
    {                                                                                              \
        .kind = VER_KIND_COORDINATE, .outcome = VER_EXCLUDED, .class_ = WITNESS_SMOOTH,            \
        .quantity = "weights", .numbers = 0, .digits = 41.3, .order = 2, .step = -80,              \
        .distance = VER_NAN                                                                        \
    }

static struct ver_comparison right[] = {
    COMPARED(SPIKES, NULL, AGREES, 70, 0.31), COMPARED(ROUNDING, "clock-host", AGREES, 900, 1),
    COMPARED(LADDER, "clock-host", EXCLUDED, 4, VER_NAN), SMOOTH};
static struct ver_comparison wrong[] = {
    COMPARED(SPIKES, NULL, AGREES, 7, 0.0001),
    WRONG("weights", "weights[0][1][0]", "0.7012", "0.7013", 57.1),
    WRONG("loss", "", "1", "2", 3.04), WRONG("tau_mem", "tau_mem", "1", "2", 3)};

static void add(size_t position, struct ver_judgement j, struct ver_judged *clock)
{
    j.judged = clock;
    j.engines = clock != NULL;
    j.margin[REF_GRAZING] = 0.01;
    j.gradient_norm = 1.5;
    j.condition = 2.5;
    must(store, store_record(store, recorded, position, &j));
}

#define HOSTILE "<b>&\"x'.json"

/* Nine cases that pass, one that is undecided, and one that fails. */
static void add_cases(void)
{
    char name[32];
    struct ver_judged *made = make_clock(1), clock = *made;
    free(made);
    clock.ratios[VER_SCHEME_V].count[VER_RATIO_BINS - 1] = 5;
    for (size_t k = 0; k < 9; k++) {
        struct ver_ladder *ladder = make_ladder(3);
        snprintf(name, sizeof name, "random-a:1:%zu", k);
        for (size_t r = 0; r < ladder->rungs; r++)
            ladder->rung[r] = (struct ver_rung){.step = ladder->rung[r].step,
                                                .agrees = true,
                                                .spikes = 10,
                                                .missing = 2 - r % 2,
                                                .error = {0.4 / (double)(r + 1), 0.1}};
        ladder->order[VER_LADDER_WEIGHTS] = 0.99;
        add(k,
            (struct ver_judgement){.name = name,
                                   .family = "random-a",
                                   .comparison = right,
                                   .comparisons = sizeof right / sizeof *right,
                                   .ladder = ladder},
            &clock);
        free(ladder);
    }
    add(9,
        (struct ver_judgement){.name = (char *)"random-a:1:9",
                               .family = "random-a",
                               .verdict = VER_UNDECIDED,
                               .reason = "grazing: too near"},
        NULL);
    snprintf(clock.diagnosis, sizeof clock.diagnosis, "matches defect 4: late (weights 2 times)");
    add(10,
        (struct ver_judgement){.name = (char *)HOSTILE,
                               .family = "file",
                               .verdict = VER_FAIL,
                               .reason = "3 of 4 comparisons differ",
                               .comparison = wrong,
                               .comparisons = sizeof wrong / sizeof *wrong,
                               .seconds = {.all = 10.5, .witness = 10.5}},
        &clock);
}

static inline void begin_run(const char *path, size_t cases)
{
    struct store_facts facts = make_facts(cases);
    snprintf(facts.suite, sizeof facts.suite, "ci & more");
    snprintf(facts.options, sizeof facts.options,
             "--seed 3 --directions 4 --every 8 --engine clock-host --defect 4");
    snprintf(facts.libraries, sizeof facts.libraries, "MPFR 4, Arb 2");
    snprintf(facts.started, sizeof facts.started, "2026-01-02T00:00:00Z");
    snprintf(facts.who, sizeof facts.who, "%s", report_who);
    snprintf(facts.host, sizeof facts.host, "bench");
    snprintf(facts.commit, sizeof facts.commit, "abc123");
    if (!store)
        store = store_open(path, STORE_WRITE, &error);
    ck_assert_msg(store != NULL, "%s", error.text);
    recorded = store_begin(store, &facts, false);
    ck_assert_int_gt(recorded, 0);
}

__attribute__((unused)) static void make_run(void)
{
    make_folder();
    begin_run(NULL, 11);
    add_cases();
}

__attribute__((unused)) static void remove_all(void)
{
    store_close(store);
    store = NULL;
    drop_folder();
}

/* ---- its report ---- */

static inline int write_report(void)
{
    struct report report = {
        .directory = folder, .store = store, .run = recorded, .totals = &totals, .error = &error};
    must(store, store_totals(store, recorded, &totals));
    must(store, store_take_run(store, recorded, &report.facts));
    return report_tables(&report, false) != 0 ? -1 : report_page(&report);
}

/* A page, to be freed: of the run, or of evident. */
__attribute__((unused)) static char *page_named(const char *name)
{
    struct case_error unread;
    ck_assert_msg(write_report() == 0, "%s", error.text);
    char *page = report_read(at(name), &unread);
    ck_assert_ptr_nonnull(page);
    return page;
}

__attribute__((unused)) static char *page_of_run(void)
{
    return page_named("index.html");
}

/* How many files the folder holds whose name ends so. */
__attribute__((unused)) static int count_files(const char *ending)
{
    int count = 0;
    DIR *open = opendir(folder);
    ck_assert_ptr_nonnull(open);
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;) {
        size_t length = strlen(entry->d_name), tail = strlen(ending);
        count += length >= tail && strcmp(entry->d_name + length - tail, ending) == 0 &&
                 entry->d_name[0] != '.';
    }
    closedir(open);
    return count;
}

__attribute__((unused)) static int count_text(const char *page, const char *text)
{
    int count = 0;
    for (; (page = strstr(page, text)) != NULL; page += strlen(text))
        count++;
    return count;
}

#endif
