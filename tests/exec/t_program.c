/* SPDX-License-Identifier: MIT */
/* t_program.c: other programs before the judge, as a user calls it: one that answers with the
 * reference's own numbers passes; with one thing changed it fails, and the change is named. */
#include "tests/program_case.h"
#include "tests/run_suite.h"

#define EXACT "CONVENTIONS='{\"format\":\"evident-conventions-1\",\"time\":\"exact\"}' "

/* Judges the program with these settings of the environment; the exit code. */
static int judge(const char *settings, const char *options)
{
    char command[2048];
    snprintf(command, sizeof command, "HOW='--digits 17'; export HOW; export %s; " VERIFY "%s",
             settings, options);
    return shell(command);
}

static void fails(const char *settings, const char *what)
{
    int code = judge(settings, "");
    ck_assert_msg(code == 1, "%s: exit %d, printed %s", settings, code, text);
    says(what);
}

/* ---- exact times ---- */

TEST(reference_as_a_program_passes)
{
    ck_assert_msg(judge(EXACT, "") == 0, "%s", text);
    says(", 1 pass\n");
    says("conventions: exact, binary64");
    says(" answers\n");
    ck_assert_msg(judge("CONVENTIONS=", "") == 0, "%s", text);
    says("conventions: none given: ");
    ck_assert_msg(judge("CONVENTIONS='ready {}'", "") == 0, "%s", text);
    says("conventions: none given (what --conventions printed is no such document): ");
    ck_assert_int_eq(judge("CONVENTIONS='{\"format\":\"evident-conventions-1\",\"sign\":0}'", ""),
                     2);
    says("conventions.sign: found 0, wanted 1 or -1");
    ck_assert_int_eq(judge("CONVENTIONS='{\"format\":\"evident-conventions-1\",\"time\":3}'", ""),
                     2);
    says("conventions.time: found 3, wanted \"exact\" or \"grid\"");
    ck_assert_int_eq(
        judge("CONVENTIONS='{\"format\":\"evident-conventions-1\",\"precison\":1}'", ""), 2);
    says("conventions: found precison, wanted one of time, ");
}

TEST(one_changed_number_fails_and_is_named)
{
    fails(EXACT "FILTER=\"tr '\\n' ' ' | sed -E "
                "'s/(\\\"weights\\\": \\[ *\\[\\[\\\"-?[0-9]*\\.)/\\11/'\"",
          " weights weights[0][0][0] got ");
    says("weights_direction");
    fails(EXACT "FILTER=\"sed 's/^ \\\"loss\\\": \\\"/&1/'\"", " loss - got ");
    fails(EXACT "FILTER=\"tr '\\n' ' ' | sed -E "
                "'s/(.*\\\"loss\\\": \\\")([0-9.]+\\\", *\\\"spikes\\\")/\\11\\2/'\"",
          " sample_loss sample 1 got ");
}

TEST(factor_is_named_and_sign_told_apart)
{
    fails(EXACT "FILTER='awk -v factor=0.05 -f $D/scale.awk'",
          "weights 0.05 times the reference: 1/tau_mem?");
    says(" weights_scale - got 0.0");
    ck_assert_ptr_null(strstr(text, "weights_direction"));
    ck_assert_ptr_null(strstr(text, "weights_sign"));
    fails(EXACT "FILTER='awk -v factor=-1 -f $D/scale.awk'",
          "weights -1 times the reference: sign?");
    says(" weights_sign - got - want +");
    ck_assert_ptr_null(strstr(text, "weights_direction"));
    ck_assert_ptr_null(strstr(text, "weights_scale"));
    /* nine decimals of every gradient */
    fails(EXACT "FILTER='sed -E \"/gradients/,\\$ s/([.][0-9]{9})[0-9]+/\\1/g\"'",
          "of their size: float32, and not declared?");
}

TEST(declared_factor_is_taken_out_first)
{
    static const char declared[] =
        "CONVENTIONS='{\"format\":\"evident-conventions-1\",\"scale\":\"1/tau_mem\",\"sign\":-1}' "
        "FILTER='awk -v factor=-0.05 -f $D/scale.awk'";
    ck_assert_msg(judge(declared, "") == 0, "%s", text);
    says("opposite sign, scale 1/tau_mem");
    put_file("file.json", "{\"format\":\"evident-conventions-1\",\"scale\": 2}");
    ck_assert_msg(judge("FILTER='awk -v factor=2 -f $D/scale.awk'", "--conventions $D/file.json") ==
                      0,
                  "%s", text);
    put_file("file.json", "{\"format\":\"evident-conventions-1\",\"time\":\"sometimes\"}");
    ck_assert_int_eq(judge("FILTER=cat", "--conventions $D/file.json"), 2);
    says("conventions.time: found \"sometimes\", wanted \"exact\" or \"grid\"");
}

TEST(transposed_matrix_is_recognised)
{
    /* The first matrix stands on two lines: [[["a", "b"],  ["c", "d"]]. */
    static const char filter[] = EXACT
        "FILTER='tr \"\\n\" \" \" | sed -E "
        "\"s/(\\\"weights\\\": \\[ *\\[\\[[^,]*), ([^]]*)\\], *\\[([^,]*), /\\1, \\3], [\\2, /\"'";
    fails(filter, "weights[0] transposed");
}

TEST(first_event_that_differs_is_named)
{
    /* Neuron 0 of sample 0 loses its first spike. */
    static const char missing[] =
        EXACT "FILTER=\"tr '\\n' ' ' | sed -E 's/(\\\"hid\\\": \\[ *\\[)\\\"[^,]*, /\\1/'\"";
    fails(missing, "spike_counts first diverging event: sample 0 hid[0] spike 0 at ");
    says(" missing ");
    says("answers\n"); /* gradients are of other spikes: told apart, not judged */
    ck_assert_ptr_null(strstr(text, " weights weights"));
    static const char late[] = EXACT
        "FILTER=\"tr '\\n' ' ' | sed -E 's/(\\\"hid\\\": \\[ *\\[\\\"[0-9]*\\.)0*[0-9]/\\1999/'\"";
    fails(late, "spikes furthest off: sample 0 hid[0] spike 0 at ");
    ck_assert_msg(strstr(text, " late by ") || strstr(text, " early by "), "%s", text);
}

TEST(first_event_is_first_in_time_not_in_order_of_neurons)
{
    /* Neuron 0 loses its last spike, neuron 1 all of them. */
    fails(EXACT "FILTER=\"tr '\\n' ' ' | sed -E 's/(\\\"hid\\\": \\[ *\\[[^]]*), [^],]*\\], "
                "*\\[[^]]*\\]\\]/\\1], []]/'\"",
          "first diverging event: sample 0 hid[1] spike 0 at 4.24591 ms missing");
}

TEST(no_number_fails_every_comparison)
{
    fails(EXACT "FILTER=\"tr '\\n' ' ' | sed -E "
                "'s/(\\\"weights\\\": \\[ *\\[\\[\\\")[^\\\"]*/\\1nan/'\"",
          " weights weights[0][0][0] got nan");
    says("weights_direction");
    says("weights_scale");
    says("weights_sign");
    fails(EXACT "FILTER=\"sed 's/^ \\\"loss\\\": \\\"[^\\\"]*\\\"/ \\\"loss\\\": null/'\"",
          " loss - got nan");
}

TEST(what_is_not_provided_is_no_evidence)
{
    static const char *const forms[] = {"{\"format\":\"evident-result-1\"}",
                                        "{\"format\":\"evident-result-1\",\"gradients\":{}}"};
    for (size_t k = 0; k < 2; k++) {
        char command[512];
        snprintf(command, sizeof command, "FILTER='cat >/dev/null; echo %s'", "\"$ANSWER\"");
        setenv("ANSWER", forms[k], 1);
        fails(command, "UNDECIDED ");
        says("nothing in its answer can be compared");
    }
    setenv("ANSWER", "{\"format\":\"evident-result-1\",\"not-run\":\"delays\"}", 1);
    ck_assert_int_eq(judge("FILTER='cat >/dev/null; echo \"$ANSWER\"'", ""), 2);
    says("NOT-RUN ");
    says(": delays");
    unsetenv("ANSWER");
}

/* ---- programs that do not answer ---- */

static void errs(const char *program, const char *what)
{
    char command[1024];
    snprintf(command, sizeof command,
             "$E verify $D/case.json $D/case.json --no-witness --engine 'exec:%s' "
             "--engine-time-limit 1 --jobs 1 --quiet 2>/dev/null",
             program);
    ck_assert_msg(shell(command) == 1, "%s: %s", program, text);
    says(what);
    says("2 error"); /* started again, asked about the second case, too */
}

TEST(crash_hang_and_babble_are_errors_of_their_case)
{
    errs("read -r line; kill -SEGV $$", "died of signal 11 without an answer");
    errs("read -r line; exit 7", "ended with status 7 without an answer | ");
    errs("sleep 1000 # %s", "no answer within 1 seconds");
    /* more than a pipe holds, then words; a line that is too long; what no terminal should get */
    errs("head -c 300000 /dev/zero | tr \"\\0\" x >&2; echo >&2; echo ValueError: y >&2; echo >&2",
         "ended with status 0 without an answer; its last words: ValueError: y | ");
    errs("head -c 5000 /dev/zero | tr \"\\0\" z >&2", "its last words: zzzzzzzz");
    errs("printf \"a\\033[2Jb\" >&2; sleep 1000", "within 1 seconds; its last words: a [2Jb | ");
    errs("while read -r line; do echo hello; done", "no JSON");
    errs("while read -r line; do echo \"{\\\"format\\\":\\\"evident-result-1\\\","
         "\\\"error\\\":\\\"ValueError: x\\\"}\"; done",
         "ValueError: x");
    errs("while read -r line; do echo \"{\\\"format\\\":\\\"evident-result-1\\\","
         "\\\"case\\\":\\\"other\\\"}\"; done",
         "case: found \"other\", wanted judged");
}

#define EXPLAIN "$E explain $D/case.json --engine \"exec:sh $D/answers.sh\" "

TEST(explain_tells_what_differs_of_another_program)
{
    static const char exact[] = "HOW='--digits 17' CONVENTIONS='{\"format\":"
                                "\"evident-conventions-1\",\"time\":\"exact\"}'; "
                                "export HOW CONVENTIONS FILTER; ";
    static const char changed[] = "FILTER=\"tr '\\n' ' ' | sed -E 's/(\\\"weights\\\": \\[ "
                                  "*\\[\\[\\\")[^\\\"]*/\\1$new/'\"; ";
    char command[2048];
    snprintf(command, sizeof command, "FILTER=cat; %s" EXPLAIN, exact);
    ck_assert_int_eq(shell(command), 2);
    says("nothing to explain: every number of exec:");
    snprintf(
        command, sizeof command,
        "FILTER=\"tr '\\n' ' ' | sed -E 's/(\\\"hid\\\": \\[ *\\[)\\\"[^,]*, /\\1/'\"; %s" EXPLAIN,
        exact);
    ck_assert_msg(shell(command) == 0, "%s", text);
    says("first diverging event: sample 0 hid[0] spike 0 at ");
    says("missing; spikes of this neuron, in ms:\n");
    says("  >    0 ");
    /* The first weight without the part of its first arrival, which explain prints itself. */
    snprintf(command, sizeof command,
             "new=1; %s%s" EXPLAIN ">$D/e; part=$(awk '/a sum over arrivals/ { getline; getline; "
             "print $4; exit }' $D/e); want=$(awk '$1 == \"weights[0][0][0]\" { print $3; exit }' "
             "$D/e); new=$(awk \"BEGIN { printf \\\"%%.17g\\\", $want - $part }\"); %s" EXPLAIN
             "| grep 'this one'",
             changed, exact, changed);
    ck_assert_msg(shell(command) == 0, "%s", text);
    says("as if this one were missing");
    ck_assert_ptr_null(strstr(strstr(text, "missing") + 1, "missing"));
}

/* What was judged of a program is taken up again for the same one alone: the same files, the same
 * conventions. */
TEST(a_program_that_changed_is_judged_anew)
{
    static const char again[] =
        "HOW='--digits 17'; export HOW; for k in 1 2; do $E verify $D/case.json --no-witness "
        "--jobs 1 --engine \"exec:sh '$D/answers.sh'\" $MORE --store $D/store --resume --quiet "
        ">/dev/null; done; $E list --store $D/store | grep -c case.json";
    put_file("file.json", "{\"format\":\"evident-conventions-1\",\"scale\": 2}");
    shell(again);
    ck_assert_str_eq(text, "1\n");
    shell("echo '# no other answers' >>$D/answers.sh");
    shell(again);
    ck_assert_str_eq(text, "2\n");
    char command[1024];
    snprintf(command, sizeof command, "MORE=\"--conventions $D/file.json\"; %s", again);
    shell(command);
    ck_assert_str_eq(text, "3\n");
}

/* A command that is printed, given to a shell, prints the same again. */
/* A user stands where their program is, not in the checkout. */
TEST(suites_are_found_from_anywhere)
{
    ck_assert_int_eq(
        shell("cd $D && $E verify smoke --shard 1/200 --no-witness --engine clock-host"), 0);
    says("cases: 1, 1 pass");
}

/* A full disk, or a limit on the size of files. */
TEST(store_that_may_not_grow_is_told)
{
    ck_assert_int_eq(shell("ulimit -f 4; $E verify closed-quadratic:1:0 --no-witness --engine "
                           "clock-host --round-delays --store $D/full.sqlite"),
                     2);
    says("full.sqlite: cannot read or write: ");
}

TEST(commands_can_be_copied)
{
    ck_assert_msg(
        shell("P=\"$D/it's a folder\"; mkdir -p \"$P\"; cp $D/case.json \"$P/a \\$case.json\"; "
              "$E verify \"$P/a \\$case.json\" --no-witness --jobs 1 "
              "--engine 'exec:read -r line; exit 7' >$D/first; "
              "grep -q ' | evident verify ' $D/first || exit 3; "
              "eval \"$E $(sed -n 's/.* | evident //p' $D/first | head -1) --jobs 1\" >$D/second; "
              "cmp $D/first $D/second && cat $D/first") == 0,
        "%s", text);
    says("1 error");
}

TEST(no_program_outlives_its_judge)
{
    /* A judge that is killed, and a worker that is. The program is told from those of others. */
    char sleeper[32];
    snprintf(sleeper, sizeof sleeper, "sleep 1234.%ld", (long)getpid());
    setenv("SLEEPER", sleeper, 1);
    ck_assert_int_eq(shell("$E verify $D/case.json --no-witness --engine \"exec:$SLEEPER\" & "
                           "sleep 1; pgrep -f \"^$SLEEPER\" >/dev/null || exit 3; "
                           "kill -9 $!; wait; sleep 0.5; ! pgrep -f \"^$SLEEPER\""),
                     0);
    shell("$E verify $D/case.json --no-witness --engine \"exec:$SLEEPER\" --time-limit 1");
    says("took more than 1 seconds");
    ck_assert_int_eq(shell("sleep 0.5; ! pgrep -f \"^$SLEEPER\""), 0);
    unsetenv("SLEEPER");
}

TEST(output_does_not_depend_on_the_number_of_processes)
{
    ck_assert_int_eq(
        shell("HOW='--digits 17'; export HOW; for n in 1 3; do $E verify $D/case.json "
              "random-deep:1:17 random-recurrent:1:3 --engine \"exec:sh $D/answers.sh\" "
              "--jobs $n | sed 's/; a case takes.*//' >$D/$n; done; cmp $D/1 $D/3 && cat $D/1"),
        0);
    says("3 pass");
}

SUITE("program", .setup = setup, .teardown = drop_folder, .seconds = 120)
