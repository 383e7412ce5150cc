/* SPDX-License-Identifier: MIT */
/* t_contender.c: programs that answer, crash, hang and babble. */
#include "verify/exec/contender.h"
#include "tests/run_suite.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct contender contender;
static char reason[CONTENDER_REASON];
static const char *answer;
static size_t length;

static void setup(void)
{
    signal(SIGPIPE, SIG_IGN);
}

static void teardown(void)
{
    contender_close(&contender);
}

static int ask(const char *command, double seconds, const char *document)
{
    contender.command = command;
    contender.seconds = seconds;
    return contender_ask(&contender, document, &answer, &length, reason);
}

static void answers(const char *want)
{
    ck_assert_msg(length == strlen(want) && memcmp(answer, want, length) == 0, "%.*s", (int)length,
                  answer);
}

TEST(one_line_goes_and_one_line_comes_by_the_same_process)
{
    static const char echo[] = "while read -r line; do echo \"$$ got $line\"; done";
    char first[64];
    ck_assert_msg(ask(echo, 5, "{\"a\":\n 1}\n") == 0, "%s", reason);
    snprintf(first, sizeof first, "%.*s", (int)strcspn(answer, " "), answer);
    ck_assert_int_eq(memcmp(answer + strlen(first), " got {\"a\":  1}", 13), 0);
    ck_assert_int_eq(ask(echo, 5, "x"), 0);
    ck_assert(strncmp(answer, first, strlen(first)) == 0);
    ck_assert_uint_eq(contender.starts, 1);
}

TEST(long_documents_and_answers_pass_whole)
{
    size_t size = 3 << 20;
    char *text = malloc(size + 1);
    memset(text, 'x', size);
    text[size] = '\0';
    ck_assert_msg(ask("cat", 20, text) == 0, "%s", reason);
    ck_assert_uint_eq(length, size);
    ck_assert_mem_eq(answer, text, size);
    free(text);
}

TEST(contender_that_crashes_is_started_again)
{
    static const char crash[] = "read -r line; [ \"$line\" = die ] && kill -SEGV $$; echo fine";
    ck_assert_int_eq(ask(crash, 5, "die"), -1);
    ck_assert_str_eq(reason, "died of signal 11 without an answer");
    ck_assert_int_eq(ask(crash, 5, "live"), 0);
    answers("fine");
    ck_assert_uint_eq(contender.starts, 2);
}

TEST(contender_that_hangs_is_killed_with_its_children)
{
    ck_assert_int_eq(ask("sleep 1000 & sleep 1000", 0.2, "x"), -1);
    ck_assert_str_eq(reason, "no answer within 0.2 seconds");
    ck_assert_int_eq(contender.process, 0);
}

TEST(contender_that_ends_is_named_with_its_status)
{
    ck_assert_int_eq(ask("exit 3", 5, "x"), -1);
    ck_assert_str_eq(reason, "ended with status 3 without an answer");
    ck_assert_int_eq(ask("no-such-program-anywhere 2>/dev/null", 5, "x"), -1);
    ck_assert_str_eq(reason, "ended with status 127 without an answer");
}

TEST(command_that_cannot_start_is_told_from_a_program_that_ends)
{
    static const char *const never[] = {"no-such-program-anywhere",  "/etc/passwd", "if true",
                                        "cd / && ./no-such-program", "for x in",    "echo 'open"};
    static const char *const ended[] = {"exit 2", "exit 1", "read -r line; exit 2", "kill -9 $$"};
    for (size_t k = 0; k < sizeof never / sizeof *never; k++) {
        ck_assert_int_eq(ask(never[k], 5, "x"), -1);
        ck_assert_msg(contender.no_start, "%s: %s", never[k], reason);
    }
    for (size_t k = 0; k < sizeof ended / sizeof *ended; k++) {
        ck_assert_int_eq(ask(ended[k], 5, "x"), -1);
        ck_assert_msg(!contender.no_start, "%s: %s", ended[k], reason);
    }
    /* It has answered before: whatever happened since, it can be started. */
    static const char once[] = "read -r line; echo \"$line\"; read -r line; exit 127";
    ck_assert_int_eq(ask(once, 5, "x"), 0);
    ck_assert_int_eq(ask(once, 5, "x"), -1);
    ck_assert(!contender.no_start);
}

TEST(what_is_said_unasked_answers_nothing)
{
    static const char babble[] = "read -r a; echo one; echo two; sleep 0.1; read -r b; echo three";
    ck_assert_int_eq(ask(babble, 5, "x"), 0);
    answers("one");
    poll(NULL, 0, 50);
    ck_assert_int_eq(ask(babble, 5, "y"), 0);
    answers("three");
}

SUITE("contender", .setup = setup, .teardown = teardown, .seconds = 60)
