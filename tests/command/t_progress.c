/* SPDX-License-Identifier: MIT */
/* t_progress.c: without a terminal, long work says every 30 s how far it is, also while one case
 * takes long; with --quiet it says nothing. Time is moved by moving what the line before it was
 * said at. */
#include "verify/command/command.h"
#include "tests/run_suite.h"

#include <fcntl.h>
#include <unistd.h>

static int kept, ends[2];
static char said[512];

static void setup(void)
{
    kept = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
    close(ends[1]);
}

static void teardown(void)
{
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[0]);
}

/* What was said since it was asked last. */
static const char *line(void)
{
    ssize_t got = read(ends[0], said, sizeof said - 1);
    said[got > 0 ? got : 0] = '\0';
    return said;
}

static void later(struct progress *progress, double seconds)
{
    progress->started -= seconds;
    progress->drawn -= seconds;
}

TEST(many_cases_say_a_line_every_half_minute)
{
    struct progress progress;
    progress_start(&progress, "verify", true);
    progress_show(&progress, 0, 100, 0);
    later(&progress, 29);
    progress_show(&progress, 9, 100, 0);
    ck_assert_str_eq(line(), "");
    later(&progress, 1);
    progress_show(&progress, 10, 100, 2);
    progress_show(&progress, 11, 100, 2);
    ck_assert_str_eq(line(), "evident verify: 10 of 100 cases, 2 not passed, 270 s to go, 30 s\n");
    later(&progress, 29);
    progress_show(&progress, 12, 100, 2);
    ck_assert_str_eq(line(), "");
    later(&progress, 2);
    progress_show(&progress, 61, 100, 2);
    ck_assert_str_eq(line(), "evident verify: 61 of 100 cases, 2 not passed, 39 s to go, 61 s\n");
    progress_hide(&progress);
    ck_assert_str_eq(line(), "");
}

TEST(the_first_case_may_take_long)
{
    struct progress progress;
    progress_start(&progress, "judge", true);
    later(&progress, 45);
    progress_show(&progress, 0, 3, 0);
    ck_assert_str_eq(line(), "evident judge: 0 of 3 cases, 0 not passed, 45 s\n");
}

TEST(other_work_says_lines_of_its_own)
{
    struct progress progress;
    progress_start(&progress, "generate", true);
    progress_say(&progress, "%d of %d cases", 5, 7);
    ck_assert_str_eq(line(), "");
    later(&progress, 30);
    progress_say(&progress, "%d of %d cases", 6, 7);
    ck_assert_str_eq(line(), "evident generate: 6 of 7 cases, 30 s\n");
}

TEST(quiet_is_quiet)
{
    struct progress progress;
    progress_start(&progress, "verify", false);
    later(&progress, 1000);
    progress_show(&progress, 1, 2, 0);
    ck_assert_str_eq(line(), "");
}

/* ---- who calls it while one case is judged ---- */

static size_t before, after;

static void count(void *context, size_t done, size_t all, size_t failed)
{
    (void)context;
    ck_assert_uint_eq(all, 1);
    ck_assert_uint_eq(failed, 0);
    *(done == 0 ? &before : &after) += 1;
}

TEST(the_judge_speaks_while_a_case_is_judged)
{
    struct ver_sources sources = {NULL, 0, 0};
    struct ver_judgement judgement = {NULL};
    struct ver_options options = VER_OPTIONS_DEFAULT;
    struct ver_listener listener = {.progress = count};
    struct case_error error;
    ck_assert_int_eq(ver_sources_add(&sources, "real-yin-yang:1:1", 0, &error), 0);
    ver_judge_all(&judgement, &sources, &options, 1, &listener);
    ck_assert_int_eq(judgement.verdict, VER_PASS);
    ck_assert_uint_ge(before, 1); /* a fifth of a second at least, ten times a second */
    ck_assert_uint_ge(after, 1);
    ver_judgement_clear(&judgement);
    ver_sources_clear(&sources);
}

SUITE("progress", .setup = setup, .teardown = teardown)
