/* SPDX-License-Identifier: MIT */
/* t_again.c: programs that keep something of what they were asked: the verdict says so, whatever
 * the order and the number of processes, and the command that is printed shows it again. */
#include "tests/program_case.h"
#include "tests/whole.h"
#include "tests/run_suite.h"

/* Some other cases than the one of judge_answer.h. */
#define CASES "random-batch:1:0 closed-chain:1:0 closed-output:1:1 random-feedforward:1:2 "
#define OTHERS "random-batch:1:0 closed-output:1:1 random-feedforward:1:2 "
#define STATE(mode) "--no-witness --engine \"exec:$(realpath tests/state.sh) $E " mode "\" "

static size_t count_of(const char *what)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, what)); at++)
        found++;
    return found;
}

/* Every case fails by its second answer alone, in so many processes, from one number to another. */
static void fails_everywhere(const char *mode, int first, int last)
{
    char command[1024];
    for (int jobs = first; jobs <= last; jobs++) {
        snprintf(command, sizeof command,
                 "$E verify " CASES "--jobs %d --quiet --no-witness "
                 "--engine \"exec:$(realpath tests/state.sh) $E %s\"",
                 jobs, mode);
        ck_assert_msg(shell(command) == 1, "%s", text);
        says("cases: 4, 4 fail");
        ck_assert_uint_eq(count_of("\nFAIL ") + (strncmp(text, "FAIL ", 5) == 0), 4);
        ck_assert_uint_eq(count_of(" again "), 4 + count_of("differently when asked again "));
    }
}

TEST(what_is_kept_fails_every_case_in_any_order)
{
    fails_everywhere("leak", 1, 3);
    fails_everywhere("add", whole() ? 1 : 2, whole() ? 3 : 2);
    fails_everywhere("break", 1, whole() ? 3 : 1);
}

TEST(case_that_is_right_alone_is_told_with_the_one_before)
{
    ck_assert_int_eq(shell("$E verify " CASES "--jobs 1 --quiet " STATE("leak")), 1);
    says("FAIL random-feedforward:1:2 again loss got 11.69");
    says("| depends on the cases before it (closed-output:1:1); alone it is right | evident verify "
         "closed-output:1:1 random-feedforward:1:2 --engine ");
    says(" --no-witness --jobs 1\n");
    /* The printed command, given to a shell, shows it again. */
    ck_assert_int_eq(shell("eval \"$E $($E verify " CASES "--jobs 1 --quiet " STATE(
                         "leak") "| sed -n '/^FAIL random-feed/s/.* | evident //p') --quiet\""),
                     1);
    says("FAIL random-feedforward:1:2 again loss got 11.69");
    says("depends on the cases before it (closed-output:1:1); alone it is right");
}

TEST(case_that_makes_the_difference_may_be_further_back)
{
    ck_assert_int_eq(
        shell("OTHER=random-batch:1:0; export OTHER; $E verify closed-output:1:0 " CASES
              "--jobs 1 --quiet " STATE("third")),
        1);
    says("FAIL random-feedforward:1:2 again loss got ");
    says("evident verify random-batch:1:0 random-feedforward:1:2 --engine ");
    says("cases: 5, 1 pass, 4 fail"); /* the one before it is right */
}

TEST(program_that_dies_after_another_case_is_told_so)
{
    ck_assert_int_eq(
        shell("$E verify random-batch:1:0 closed-output:1:1 --jobs 1 --quiet " STATE("end")), 1);
    says(
        "FAIL closed-output:1:1 again whether it answers got ended with status 3 without an answer "
        "want an answer");
    says("depends on the cases before it (");
    says("; alone it is right");
    says("cases: 2, 2 fail");
}

#define ASKED "--engine \"exec:$(realpath tests/state.sh) $E leak\" "

TEST(explain_and_shrink_ask_about_the_case_before)
{
    ck_assert_int_eq(shell("$E explain random-batch:1:0 closed-chain:1:0 " ASKED), 0);
    says("looks like: depends on the cases before it (random-batch:1:0); alone it is right");
    says("evident verify random-batch:1:0 closed-chain:1:0 --engine ");
    ck_assert_int_eq(
        shell("$E shrink random-batch:1:0 closed-chain:1:0 --out $D/small.json --quiet "
              "--seconds 20 " ASKED),
        0);
    says("closed-chain:1:0: again of exec:");
    says("small.json --engine ");
    ck_assert_int_eq(
        shell("$E verify random-batch:1:0 $D/small.json --jobs 1 --no-witness " ASKED "--quiet"),
        1);
    says("small.json again loss got ");
}

/* The same program, once it is known that a case is right alone. */
TEST(explain_and_shrink_say_what_to_try)
{
    ck_assert_int_eq(shell("$E explain closed-chain:1:0 --engine \"exec:sh $D/answers.sh\""), 2);
    says("nothing to explain: every number of exec:sh ");
    says("evident explain OTHER closed-chain:1:0");
    ck_assert_int_eq(shell("$E shrink closed-chain:1:0 --engine \"exec:sh $D/answers.sh\""), 2);
    says("passes alone: nothing to shrink");
    ck_assert_int_eq(shell("$E explain a.json closed-chain:1:0 --engine clock-host"), 2);
    says("only one case at a time");
    ck_assert_int_eq(shell("$E explain $D/none.json closed-chain:1:0 --engine exec:cat"), 2);
    says("none.json");
}

TEST(other_bits_are_right_where_they_are_declared)
{
    ck_assert_int_eq(shell("$E verify " OTHERS "--quiet " STATE("noise")), 1);
    says("cases: 3, 3 fail");
    setenv("CONVENTIONS", "{\"format\":\"evident-conventions-1\",\"repeatable\":false}", 1);
    ck_assert_msg(shell("$E verify " OTHERS STATE("noise")) == 0, "%s", text);
    says("conventions: exact, binary64, not repeatable");
    /* within its bounds, not beyond */
    ck_assert_int_eq(shell("$E verify " CASES "--quiet " STATE("leak")), 1);
    says("cases: 4, 4 fail");
    setenv("CONVENTIONS", "{\"format\":\"evident-conventions-1\",\"repeatable\":\"no\"}", 1);
    ck_assert_int_eq(shell("$E verify " OTHERS STATE("noise")), 2);
    says("conventions.repeatable: found \"no\", wanted true or false");
    unsetenv("CONVENTIONS");
}

/* ---- delays ---- */

/* A program that is asked about a case which sed has changed on the way in. */
static void changed(const char *edit, const char *options)
{
    char command[512];
    put_file("changed.sh", "while IFS= read -r line; do printf '%s\\n' \"$line\" | sed \"$EDIT\" | "
                           "$E run - --digits 17 | tr '\\n' ' '; echo; done\n");
    setenv("EDIT", edit, 1);
    snprintf(command, sizeof command,
             "$E verify $D/case.json --no-witness --quiet --engine \"exec:sh $D/changed.sh\" %s",
             options);
    ck_assert_int_eq(shell(command), 1);
    unsetenv("EDIT");
}

TEST(delays_that_are_short_are_named)
{
    /* those of the outputs alone, so that no spike is another */
    changed("s/\"delay\": 1,/\"delay\": 0.5,/", "");
    says("| delays 2 steps short | evident verify ");
    ck_assert_ptr_null(strstr(text, "times the reference"));
    changed("s/\"delay\": 1,/\"delay\": 0.5,/", "--step 0.5");
    says("| delays 1 step short | evident verify ");
    changed("s/\"delay\": 1,/\"delay\": 1.75,/; s/\"target\": \"hid\",/& \"delay\": 0.75,/", "");
    says(" late by 0.75 ms");
    says("| delays 3 steps long | evident verify ");
    /* one projection of two; another mistake */
    changed("s/\"delay\": 1,/\"delay\": 1.75,/", "");
    ck_assert_ptr_null(strstr(text, " steps "));
    changed("s/\"tau_mem\": 20/\"tau_mem\": 19/", "");
    ck_assert_ptr_null(strstr(text, " steps "));
}

/* ---- what ends a run, or is no verdict ---- */

TEST(limit_of_a_program_may_stand_before_it)
{
    ck_assert_int_eq(shell("timeout 20 $E verify $D/case.json --engine-time-limit 1 --no-witness "
                           "--engine 'exec:sleep 1000' --quiet"),
                     1);
    says("no answer within 1 seconds");
    says("--engine 'exec:sleep 1000' --engine-time-limit 1 --no-witness\n");
    put_file("sum.json", "{\"format\":\"evident-conventions-1\",\"scale\": 2}");
    ck_assert_int_eq(shell("timeout 20 $E explain $D/case.json --conventions $D/sum.json "
                           "--engine-time-limit 1 --engine 'exec:sleep 1000'"),
                     2);
    says("no answer within 1 seconds");
}

TEST(command_that_cannot_start_ends_the_run_once)
{
    static const char *const commands[] = {"no-such-program-anywhere", "/etc/passwd", "if true",
                                           "cd / && ./no-such-program", "'unclosed"};
    for (size_t k = 0; k < sizeof commands / sizeof *commands; k++) {
        char command[512];
        snprintf(command, sizeof command,
                 "$E verify smoke --no-witness --engine \"exec:%s\" 2>&1 >$D/out | grep evident; "
                 "test ! -s $D/out",
                 commands[k]);
        ck_assert_msg(shell(command) == 0, "%s: %s", commands[k], text);
        says(" cannot be started: it ended with status ");
        ck_assert_uint_eq(count_of("\n"), 1);
        snprintf(command, sizeof command,
                 "$E verify closed-chain:1:0 --no-witness --engine \"exec:%s\" 2>/dev/null",
                 commands[k]);
        ck_assert_int_eq(shell(command), 2);
        snprintf(command, sizeof command,
                 "$E shrink closed-chain:1:0 --engine \"exec:%s\" --out $D/s.json 2>/dev/null",
                 commands[k]);
        ck_assert_int_eq(shell(command), 2);
    }
    /* A program that has answered has been started. */
    ck_assert_int_eq(shell("$E verify random-batch:1:0 closed-chain:1:0 --no-witness --jobs 1 "
                           "--quiet --engine 'exec:read -r a; echo \"{}\"; exit 127'"),
                     1);
    says("2 error");
}

TEST(answers_of_python_are_judged_whole)
{
    if (shell("command -v python3") != 0) {
        printf("not run: words of Python for no number: no python3\n");
        return;
    }
    ck_assert_int_eq(shell("$E verify $D/case.json --no-witness --quiet --engine \"exec:python3 "
                           "$(realpath tests/nan_token.py)\""),
                     1);
    says(" loss - got inf want ");
    says(" weights weights[0][0][0] got nan want ");
    says("cases: 1, 1 fail\n");
    /* the same from files */
    ck_assert_int_eq(
        shell("$E export-cases $D/all $D/case.json && tr '\\n' ' ' <$D/case.json >$D/in "
              "&& echo >>$D/in && python3 tests/nan_token.py <$D/in | sed "
              "'s/{/{\"case\": \"judged\", /' >$D/all/answers.jsonl && $E judge "
              "$D/all --quiet"),
        1);
    says(" weights weights[0][0][0] got nan want ");
}

TEST(loss_alone_is_no_verdict_on_gradients)
{
    static const char filter[] = "HOW='--digits 17 --no-gradients'; export HOW; ";
    char command[1024];
    snprintf(command, sizeof command, "%s" VERIFY, filter);
    ck_assert_int_eq(shell(command), 1);
    says("UNDECIDED ");
    says("no gradient in its answer, so none was judged");
    says("cases: 1, 1 undecided");
    /* a loss that is wrong is wrong */
    snprintf(command, sizeof command,
             "%sFILTER=\"sed 's/^ .loss.: ./&1/'\"; export FILTER; " VERIFY, filter);
    ck_assert_int_eq(shell(command), 1);
    says("cases: 1, 1 fail");
}

TEST(run_that_judged_too_little_fails)
{
    static const char some[] = "HOW='--digits 17'; export HOW; $E verify random-batch:1:0 "
                               "closed-chain:1:0 --no-witness --engine \"exec:%s\" --quiet "
                               "--require-judged %s";
    static const char half[] = "while read -r line; do case \\$line in *closed*) echo '{\\\"format"
                               "\\\":\\\"evident-result-1\\\",\\\"not-run\\\":\\\"no\\\"}';; *) "
                               "echo \\\"\\$line\\\" | $E run - --digits 17 | tr '\\n' ' '; echo;; "
                               "esac; done";
    static const struct {
        const char *wanted;
        int code;
    } tried[] = {{"0", 0}, {"1", 0}, {"2", 1}, {"50%", 0}, {"51%", 1}, {"100%", 1}, {"0%", 0}};
    for (size_t k = 0; k < sizeof tried / sizeof *tried; k++) {
        char command[2048];
        snprintf(command, sizeof command, some, half, tried[k].wanted);
        ck_assert_msg(shell(command) == tried[k].code, "%s: %s", tried[k].wanted, text);
        says("cases: 2, 1 pass, 1 not-run");
        ck_assert_int_eq(strstr(text, "FAIL run judged - got 1 want 2: ") != NULL, tried[k].code);
    }
}

SUITE("again", .setup = setup, .teardown = drop_folder, .seconds = 120)
