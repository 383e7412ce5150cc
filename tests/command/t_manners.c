/* SPDX-License-Identifier: MIT */
/* t_manners.c: how `evident verify` behaves on a terminal, in a pipe, when it is interrupted, and
 * when only some cases are wanted. */
#include "tests/run_suite.h"
#include "tests/shell.h"

/* $W: two cases that fail by $DEFECT and pass without. */
static void setup(void)
{
    make_folder();
    setenv("W", "cases/examples/worked.json cases/examples/three-layer.json", 1);
    setenv("DEFECT", "--engine clock-host --no-witness --defect 1", 1);
}

TEST(no_case_is_begun_after_the_first_failure)
{
    gives("$E verify $W closed-chain:1:0 $DEFECT -q -j1 --fail-fast --store $D/s", 1,
          "\ncases: 3, 1 fail, 2 not begun\n");
    ck_assert_ptr_null(strstr(text, "three-layer"));
    gives("$E list --store $D/s --tsv", 0, "\t1 of 3\t1 fail\t");
    gives("$E verify $W closed-chain:1:0 $DEFECT -q -j1 --store $D/s --resume", 1,
          "\ncases: 3, 2 fail, 1 not-run\n");
    gives("$E list --store $D/s --tsv", 0, "\tcomplete\t2 fail, 1 not-run\t");
    gives("$E verify $W -q -j1 --fail-fast", 0, "cases: 2, 2 pass\n");
}

TEST(cases_are_chosen_by_their_names)
{
    static const char *const patterns[][2] = {
        {"chain", "cases: 3, 3 pass\n"},     {"chain:1:1", "cases: 1, 1 pass\n"},
        {"'chain*2'", "cases: 1, 1 pass\n"}, {"':[02]'", "cases: 4, 4 pass\n"},
        {"'?:1:1'", "cases: 2, 2 pass\n"},
    };
    char command[200];
    for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) {
        snprintf(command, sizeof command,
                 "printf 'closed-chain 1 3\nclosed-quadratic 1 3\n' >$D/a.suite; "
                 "$E verify $D/a.suite -q -k %s",
                 patterns[k][0]);
        gives(command, 0, patterns[k][1]);
    }
    gives("$E verify $D/a.suite -q -k chain:1:2 --store $D/s; $E export latest --table cases "
          "--store $D/s | tail -1 | cut -f1",
          0, "\n0\n"); /* a run of one case, not the third of three */
    gives("$E verify $D/a.suite -q -k nothing", 2,
          "evident verify: --match: found no case whose name holds 'nothing'\n");
}

TEST(only_what_failed_last_is_judged_again)
{
    gives("$E verify closed-chain:1:0 --last-failed --store $D/none", 2, "no such store");
    gives("$E verify closed-chain:1:10 $W -q --cap 64 --store $D/s", 1, "cases: 3, 3 undecided\n");
    gives("$E verify closed-chain:1:0 closed-chain:1:1 closed-chain:1:10 $W --last-failed -q "
          "--store $D/s --resume",
          0, "cases: 3, 3 pass\n");
    gives("$E verify $W --last-failed -q --store $D/s", 2,
          "--last-failed: no such case did not pass in the newest run of ");
}

/* A program that runs nothing, for a reason that holds a number; the second time for another. */
#define RUNS_NOTHING                                                                               \
    "printf '%s\n' 'while read -r case; do k=$((k + 1)); why=\"delays of $k steps\"' "             \
    "'[ $k = 2 ] && why=bias; " ANSWER "; done' >$D/nothing; N='exec:sh '$D/nothing; "
#define ANSWER "echo \"{\\\"format\\\":\\\"evident-result-1\\\",\\\"not-run\\\":\\\"$why\\\"}\""
#define THREE "closed-chain:1:0 closed-chain:1:1 closed-chain:1:2 -j1 --no-witness"

TEST(what_was_not_run_is_a_line_a_reason)
{
    gives(RUNS_NOTHING "$E verify " THREE " --engine \"$N\"", 2, "\ncases: 3, 3 not-run\n");
    says("NOT-RUN 2 cases: delays of ... steps | evident verify closed-chain:1:0 --engine ");
    says("NOT-RUN closed-chain:1:1: bias | evident verify closed-chain:1:1 --engine ");
    ck_assert_ptr_null(strstr(text, "closed-chain:1:2"));
    gives(RUNS_NOTHING "$E verify " THREE " --engine \"$N\" --quiet", 2, "cases: 3, 3 not-run\n");
    ck_assert_ptr_null(strstr(text, "NOT-RUN"));
}

TEST(annotations_are_for_what_is_wrong)
{
    gives("export GITHUB_ACTIONS=true; $E verify $W $DEFECT -q -j1 --store $D/r --summary $D/s", 1,
          "\n::error title=evident cases/examples/worked.json::");
    gives(RUNS_NOTHING "GITHUB_ACTIONS=true $E verify " THREE
                       " --engine \"$N\" --store $D/r --summary $D/s",
          2, "NOT-RUN");
    ck_assert_ptr_null(strstr(text, "\n::"));
    gives("GITHUB_ACTIONS=true $E verify closed-chain:1:10 --cap 64 --store $D/r --summary $D/s", 1,
          "UNDECIDED closed-chain:1:10");
    ck_assert_ptr_null(strstr(text, "\n::"));
}

TEST(colors_are_for_terminals_and_who_asks)
{
    gives("$E verify closed-chain:1:0", 0, "PASS closed-chain:1:0");
    ck_assert_ptr_null(strchr(text, '\033'));
    gives("$E verify closed-chain:1:0 --color always", 0, "\033[32mPASS\033[0m closed-chain:1:0");
    ck_assert_ptr_nonnull(strstr(text, "cases: 1, \033[32m1 pass\033[0m\n"));
    gives("$E verify $W $DEFECT -q --color always", 1, "\033[31mFAIL\033[0m cases/examples/");
    /* script has a terminal */
    if (shell("command -v script") != 0) {
        puts("not run: manners: colors on a terminal: no script");
        return;
    }
    gives("TERM=xterm script -qec \"$E verify closed-chain:1:0\" /dev/null", 0, "\033[32mPASS");
    gives("NO_COLOR=1 TERM=xterm script -qec \"$E verify closed-chain:1:0\" /dev/null", 0, "PASS");
    ck_assert_ptr_null(strstr(text, "\033[32m"));
    gives("TERM=dumb script -qec \"$E verify closed-chain:1:0\" /dev/null", 0, "PASS");
    ck_assert_ptr_null(strstr(text, "\033[32m"));
    gives("TERM=xterm script -qec \"$E verify closed-chain:1:0 --color never\" /dev/null", 0,
          "PASS");
    ck_assert_ptr_null(strstr(text, "\033[32m"));
}

/* The shell of popen leaves SIGTERM as it is; behind it is a run of some seconds. */
TEST(an_interrupted_run_says_how_far_it_was_and_goes_on)
{
    gives("$E verify ci -q -j1 --store $D/s & p=$!; until $E list --store $D/s --tsv 2>&1 | "
          "grep -q '[1-9] of'; do sleep 0.1; done; kill -TERM $p; wait $p",
          128 + 15, "evident verify: interrupted after ");
    ck_assert_ptr_nonnull(strstr(text, " cases; go on with --resume\n"));
    gives("$E verify ci -q -j1 & p=$!; sleep 1; kill -TERM $p; wait $p", 128 + 15, " cases\n");
    ck_assert_ptr_null(strstr(text, "--resume"));
    ck_assert_int_eq(shell("$E list --store $D/s --tsv | tail -1 | cut -f3"), 0);
    unsigned long done = strtoul(text, NULL, 10);
    ck_assert_msg(done > 0 && strstr(text, " of "), "%s", text);
    gives("$E verify ci -q -j1 --store $D/s --resume & p=$!; sleep 1; kill -TERM $p; wait $p",
          128 + 15, "interrupted after ");
    const char *again = strstr(text, "after ");
    ck_assert_uint_ge(strtoul(again + strlen("after "), NULL, 10), done);
    /* What the caller ignores stays ignored. */
    gives("trap '' INT; $E verify ci -q -j1 & p=$!; sleep 1; kill -INT $p; sleep 1; "
          "kill -TERM $p; wait $p",
          128 + 15, "interrupted after ");
}

TEST(list_has_a_heading_and_the_version)
{
    gives("$E verify closed-chain:1:0 -q --store $D/s && $E list --store $D/s", 0,
          "\n run  started               state           verdicts              digest  "
          "                          evident   commit");
    ck_assert_ptr_nonnull(strstr(text, "  0.1.0     "));
    gives("$E list --store $D/s --tsv | awk -F'\t' '{ print $1, $NF }'", 0,
          "run version\n1 0.1.0\n");
}

SUITE("manners", .setup = setup, .teardown = drop_folder, .seconds = 120)
