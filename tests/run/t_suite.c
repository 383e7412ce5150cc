/* SPDX-License-Identifier: MIT */
/* t_suite.c: suites, totals, and independence of the number of threads. */
#include "tests/store_case.h"
#include "verify/judge/bounds.h"
#include "verify/verify.h"
#include "tests/run_suite.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- sources and totals ---- */

static const struct ver_options defaults = VER_OPTIONS_DEFAULT;
static char path[64];

/* Writes a suite file and reads it; the sources are to be cleared. */
static int read_suite(struct ver_sources *sources, const char *lines, struct case_error *error)
{
    snprintf(path, sizeof path, "/tmp/t_verify-%ld.suite", (long)getpid());
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(lines, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    *sources = (struct ver_sources){NULL, 0, 0};
    int status = ver_sources_add(sources, path, 5, error);
    unlink(path);
    return status;
}

TEST(suite_names_families_seeds_and_counts)
{
    struct ver_sources sources;
    struct case_error error;
    char lines[256], first[128];
    snprintf(lines, sizeof lines, "# comment\n\n  %s 7 3 # three\n", case_families[0].name);
    ck_assert_int_eq(read_suite(&sources, lines, &error), 0);
    ck_assert_uint_eq(sources.count, 3);
    snprintf(first, sizeof first, "%s:12:0", case_families[0].name); /* 7 + 5 */
    ck_assert_str_eq(sources.at[0].name, first);
    ver_sources_clear(&sources);
}

TEST(bad_suite_is_refused_with_its_line)
{
    static const struct {
        const char *lines, *said;
    } bad[] = {
        {"", "names no case"},
        {"# nothing\n", "names no case"},
        {"\nno-such-family 1 2\n", ".suite:2: unknown family"},
    };
    struct ver_sources sources;
    struct case_error error;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ck_assert_int_eq(read_suite(&sources, bad[k].lines, &error), -1);
        ck_assert_msg(strstr(error.text, bad[k].said) != NULL, "%s", error.text);
        ver_sources_clear(&sources);
    }
}

TEST(suite_names_files_and_folders)
{
    struct ver_sources sources;
    struct case_error error = {""};
    ck_assert_msg(read_suite(&sources,
                             "file cases/examples/worked.json\nfolder cases/regression # all\n",
                             &error) == 0,
                  "%s", error.text);
    ck_assert_uint_gt(sources.count, 3);
    ck_assert_str_eq(sources.at[0].name, "cases/examples/worked.json");
    for (size_t k = 2; k < sources.count; k++)
        ck_assert_int_lt(strcmp(sources.at[k - 1].name, sources.at[k].name), 0);
    ver_sources_clear(&sources);
}

TEST(bad_file_or_folder_of_a_suite_is_refused_with_its_line)
{
    static const struct {
        const char *lines, *said;
    } bad[] = {
        {"file\n", ".suite:1: wanted file PATH or folder PATH"},
        {"file a b\n", ".suite:1: wanted file PATH or folder PATH"},
        {"\nfile no/such.json\n", ".suite:2: there is no such file or folder"},
        {"folder /no/such/folder\n", ".suite:1: there is no such file or folder"},
        {"folder cases\n", ".suite:1: there is no such file or folder"},
        {"file cases/cases.h\n", ".suite:1: cases/cases.h"},
    };
    struct ver_sources sources;
    struct case_error error;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ck_assert_int_eq(read_suite(&sources, bad[k].lines, &error), -1);
        ck_assert_msg(strstr(error.text, bad[k].said) != NULL, "%s", error.text);
        ver_sources_clear(&sources);
    }
}

TEST(unfinished_suite_line_is_refused)
{
    static const char *const rest[] = {"", " 1", " 1 x", " -1 2", " 1 2 3"};
    struct ver_sources sources;
    struct case_error error;
    for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) {
        char line[128];
        snprintf(line, sizeof line, "%s%s\n", case_families[0].name, rest[k]);
        ck_assert_int_eq(read_suite(&sources, line, &error), -1);
        ck_assert_msg(strstr(error.text, "wanted FAMILY SEED COUNT") != NULL, "%s", error.text);
        ver_sources_clear(&sources);
    }
}

TEST(unknown_suite_is_refused)
{
    struct ver_sources sources = {NULL, 0, 0};
    struct case_error error;
    ck_assert_int_eq(ver_sources_add(&sources, "no-such-suite", 0, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "no suite of that name"));
    ver_sources_clear(&sources);
}

/* The first cases of the first family, judged in so many processes. */
static struct ver_totals judge_some(int workers)
{
    enum { SOME = 6 };
    struct ver_sources sources;
    struct ver_judgement some[SOME] = {{.name = NULL}};
    struct ver_totals totals;
    struct case_error error;
    char line[128];
    snprintf(line, sizeof line, "%s 1 %d\n", case_families[0].name, SOME);
    ck_assert_int_eq(read_suite(&sources, line, &error), 0);
    ver_judge_all(some, &sources, &defaults, workers, NULL);
    for (int k = 0; k < SOME; k++)
        ck_assert_ptr_nonnull(some[k].name);
    totals = totals_of(some, SOME);
    for (int k = 0; k < SOME; k++)
        ver_judgement_clear(&some[k]);
    ver_sources_clear(&sources);
    return totals;
}

TEST(result_does_not_depend_on_the_number_of_processes)
{
    struct ver_totals one = judge_some(1), three = judge_some(3);
    ck_assert_str_eq(one.digest, three.digest);
    ck_assert_uint_eq(one.cases, 6);
    ck_assert_uint_eq(one.verdict[VER_PASS], 6);
}

/* A family whose case 1 crashes and whose case 2 never ends. */
static int make_trouble(struct case_made *out, uint64_t seed, uint64_t k)
{
    if (k == 1)
        raise(SIGSEGV);
    while (k == 2)
        pause();
    return case_families[0].make(out, seed, k);
}

TEST(case_that_crashes_or_hangs_is_an_error_of_that_case)
{
    static const struct case_family trouble = {"trouble", "", 0, make_trouble};
    struct ver_source source[4];
    struct ver_judgement some[4] = {{.name = NULL}};
    struct ver_sources sources = {source, 4, 4};
    struct ver_options options = defaults;
    char name[] = "trouble:1:0";
    options.seconds = 5;
    for (size_t k = 0; k < 4; k++)
        source[k] = (struct ver_source){
            .name = name, .family = &trouble, .seed = 1, .number = k, .position = k};
    ver_judge_all(some, &sources, &options, 2, NULL);
    ck_assert_int_eq(some[0].verdict, VER_PASS);
    ck_assert_int_eq(some[1].verdict, VER_ERROR);
    ck_assert_str_eq(some[1].reason, "killed by signal 11");
    ck_assert_int_eq(some[2].verdict, VER_ERROR);
    ck_assert_str_eq(some[2].reason, "took more than 5 seconds");
    ck_assert_int_eq(some[3].verdict, VER_PASS);
    for (int k = 0; k < 4; k++)
        ver_judgement_clear(&some[k]);
}

TEST(shards_hold_every_case_once)
{
    struct ver_sources sources;
    struct case_error error;
    bool seen[10] = {false};
    char line[128];
    for (uint64_t shard = 1; shard <= 3; shard++) {
        snprintf(line, sizeof line, "%s 1 10\n", case_families[0].name);
        ck_assert_int_eq(read_suite(&sources, line, &error), 0);
        ver_sources_shard(&sources, shard, 3);
        for (size_t k = 0; k < sources.count; k++) {
            ck_assert(!seen[sources.at[k].position]);
            seen[sources.at[k].position] = true;
        }
        ver_sources_clear(&sources);
    }
    for (int k = 0; k < 10; k++)
        ck_assert(seen[k]);
}

TEST(totals_count_every_verdict_once)
{
    static char name[] = "x";
    struct ver_judgement some[VER_VERDICTS];
    struct ver_totals totals;
    for (int v = 0; v < VER_VERDICTS; v++)
        some[v] = (struct ver_judgement){
            .name = name, .family = "file", .verdict = (enum ver_verdict)v, .digits = VER_NAN};
    totals = totals_of(some, VER_VERDICTS);
    for (int v = 0; v < VER_VERDICTS; v++)
        ck_assert_uint_eq(totals.verdict[v], 1);
    ck_assert(isnan(totals.digits_median));
}

SUITE("suites")
