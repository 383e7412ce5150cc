/* SPDX-License-Identifier: MIT */
/* t_program_grid.c: programs with a fixed step, judged as it shrinks; and programs that run
 * elsewhere, judged by the answers that they left. */
#include "tests/program_case.h"
#include "tests/run_suite.h"

/* ---- a fixed step ---- */

#define GRID "CONVENTIONS='{\"format\":\"evident-conventions-1\",\"time\":\"grid\"}' "

static int judge_grid(const char *how)
{
    char command[1024];
    snprintf(command, sizeof command,
             "HOW='--engine clock-host %s'; export HOW; export " GRID "; " VERIFY, how);
    return shell(command);
}

TEST(program_with_a_step_is_judged_as_it_shrinks)
{
    ck_assert_msg(judge_grid("") == 0, "%s", text);
    says("conventions: grid");
    says(" ladders");
    ck_assert_msg(judge_grid("--defect 1") == 1, "%s", text);
    says("ladder_weights");
    says("times the reference: 1/tau_mem?");
}

TEST(no_number_of_a_program_with_a_step_fails)
{
    ck_assert_int_eq(
        shell("HOW='--engine clock-host'; FILTER=\"sed 's/^ \\\"loss\\\": \\\"[^\\\"]*\\\"/ "
              "\\\"loss\\\": \\\"nan\\\"/'\"; export HOW FILTER; export " GRID "; " VERIFY),
        1);
    says(" loss at 0.25 ms got no number");
}

/* The clock engine as a program of its own, right or wrong on purpose: tests/hostile.c. */
static int judge_hostile(const char *cases, const char *how, const char *more)
{
    char command[1024];
    snprintf(command, sizeof command,
             "H=$(dirname $E)/tests/hostile; [ -x $H ] || H=$(dirname $E)/../tests/hostile; "
             "$E verify %s --no-witness --engine \"exec:$H %s\" %s",
             cases, how, more);
    return shell(command);
}

TEST(right_gradients_pass_in_both_precisions)
{
    static const char cases[] = "closed-output:1:1 random-feedforward:1:2 random-deep:1:1";
    ck_assert_msg(judge_hostile(cases, "", "") == 0, "%s", text);
    says("3 pass");
    ck_assert_msg(judge_hostile(cases, "--double", "") == 0, "%s", text);
    says("3 pass");
    /* small gradients of large terms, whose rounding is what they are off by at small steps */
    ck_assert_msg(judge_hostile("closed-chain:78:2 degenerate-twins:301:2", "", "--round-delays") ==
                      0,
                  "%s", text);
    says("2 pass");
}

/* Two maxima nearly alike: the ladder alone proves nothing here. */
TEST(wrong_gradients_fail_where_a_ladder_is_excused)
{
    static const char *const wrong[] = {"--times -1", "--times 0.05", "--times 0"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        ck_assert_int_eq(judge_hostile("random-recurrent:1:2 random-deep:1:1", wrong[k], ""), 1);
        says("cases: 2, 2 fail");
        says("want factor 1, found ");
    }
    ck_assert_int_eq(judge_hostile("random-recurrent:1:2 random-deep:1:1", "--random", ""), 1);
    ck_assert_ptr_null(strstr(text, " pass"));
    /* a factor near 1 stays where it is, too, as the step shrinks */
    ck_assert_int_eq(judge_hostile("closed-output:1:1 closed-lambert:1:0", "--double --times 1.05",
                                   "--round-delays"),
                     1);
    says("cases: 2, 2 fail");
    says("want factor 1, found 1.0");
}

TEST(gradient_that_cannot_be_judged_is_undecided)
{
    ck_assert_int_eq(judge_hostile("degenerate-end:1:0", "", ""), 1);
    says("UNDECIDED degenerate-end:1:0: exec:");
    says("weights[0] not judged: coincidence");
    says("a gradient not judged in 1: 1 coincidence");
    ck_assert_int_eq(judge_hostile("conditioning-slope:1:3", "--times -1", "--round-delays"), 1);
    says("cases: 1, 1 undecided");
    ck_assert_int_ne(shell("$E explain degenerate-end:1:0 --engine \"exec:"
                           "$(ls -d $(dirname $E)/tests/hostile $(dirname $E)/../tests/hostile "
                           "2>/dev/null | head -1)\""),
                     0);
    says("weights[0] not judged: coincidence");
}

/* Whatever it declares to be no derivative is no evidence, at a step or without. */
TEST(surrogate_gradient_is_undecided_at_best)
{
    static const char *const time[] = {"grid", "exact"};
    for (size_t k = 0; k < 2; k++) {
        char command[512];
        snprintf(command, sizeof command,
                 "HOW='%s'; CONVENTIONS='{\"format\":\"evident-conventions-1\","
                 "\"time\":\"%s\",\"surrogate\":\"arctan\"}'; export HOW CONVENTIONS; " VERIFY,
                 k == 0 ? "--engine clock-host" : "", time[k]);
        ck_assert_int_eq(shell(command), 1);
        says("cases: 1, 1 undecided");
        says("gradients not judged: a surrogate gradient is the derivative of nothing");
        says("a gradient not judged in 1: 1 surrogate");
        ck_assert_ptr_null(strstr(text, "1 pass"));
    }
}

TEST(every_projection_has_a_norm_of_its_own)
{
    ck_assert_int_eq(judge_hostile("$D/case.json", "--double --projection 1 0.62", ""), 1);
    says("ladder_weights weights[1]: 8 rungs");
    ck_assert_ptr_null(strstr(text, "ladder_weights weights[0]"));
    says("weights[1] 0.6201 times the reference");
}

TEST(error_that_grows_again_is_told_from_before_it)
{
    ck_assert_int_eq(judge_hostile("$D/case.json", "--double --cliff 0.004", ""), 1);
    says("grows again below 0.0");
    ck_assert_ptr_null(strstr(text, "sign?"));
    ck_assert_int_eq(judge_hostile("$D/case.json", "--double --step-factor", ""), 1);
    says("dt/T");
}

TEST(lost_row_is_seen_at_any_step)
{
    ck_assert_int_eq(judge_hostile("$D/case.json", "--double --row 0 1 --above 0.25", ""), 1);
    says("ladder_row weights[0] row 1 exactly 0 at 0.25 ms");
    says("cases: 1, 1 fail");
    /* A peak that grazes is a spike at fine steps, instead of the one after a later arrival. */
    judge_hostile("conditioning-peak-below:78:0", "", "--round-delays");
    ck_assert_ptr_null(strstr(text, " fail"));
    judge_hostile("conditioning-peak-below:300:4", "--double", "--round-delays");
    ck_assert_ptr_null(strstr(text, " fail"));
    judge_hostile("conditioning-peak-below:300:4", "--double --times -1", "--round-delays");
    ck_assert_ptr_null(strstr(text, " pass"));
}

TEST(rounded_delays_reach_programs)
{
    ck_assert_int_eq(judge_hostile("closed-quadratic:1:0", "", ""), 2);
    says("1 not-run or beyond its precision, the first: hostile: ");
    ck_assert_msg(judge_hostile("closed-quadratic:1:0", "", "--round-delays") == 0, "%s", text);
    says("1 pass");
    ck_assert_int_eq(judge_hostile("closed-quadratic:1:0", "--times -1", "--round-delays"), 1);
    says("ladder_delays delays[0]");
}

TEST(scale_may_differ_by_kind_of_loss)
{
    put_file("scale.json", "{\"format\":\"evident-conventions-1\",\"time\":\"grid\",\"scale\":"
                           "{\"max-voltage-cross-entropy\":2,"
                           "\"voltage-integral-cross-entropy\":\"1/tau_mem\"}}");
    ck_assert_msg(
        judge_hostile("$D/case.json", "--double --times 0.05", "--conventions $D/scale.json") == 0,
        "%s", text);
    says("scale 1/tau_mem of voltage-integral-cross-entropy, 2 of max-voltage-cross-entropy");
    ck_assert_msg(judge_hostile("closed-output:1:3", "--double --times 2",
                                "--round-delays --conventions $D/scale.json") == 0,
                  "%s", text);
    put_file("scale.json", "{\"format\":\"evident-conventions-1\",\"scale\":{\"mean\":2}}");
    ck_assert_int_eq(judge_hostile("$D/case.json", "", "--conventions $D/scale.json"), 2);
    says("conventions.scale: found mean, wanted a kind of loss");
}

/* ---- elsewhere ---- */

TEST(answers_from_elsewhere_are_judged_alike)
{
    ck_assert_int_eq(
        shell("$E export-cases $D/out random-deep:1:17 random-recurrent:1:3 && for f in "
              "$D/out/*.json; do $E run $f --digits 17 | tr '\\n' ' '; echo; done >$D/all && "
              "$E judge $D/out --answers $D/all"),
        0);
    says("2 pass");
    ck_assert_int_eq(shell("head -n 1 $D/all >$D/one; $E judge $D/out --answers $D/one"), 2);
    says("NOT-RUN random-recurrent:1:3: no answer");
    says(", 1 pass, 1 not-run\n");
    ck_assert_int_eq(shell("mkdir $D/out/answers; $E run random-deep:1:17 --digits 17 | sed "
                           "'s/^ \"loss\": \"/&1/' >$D/out/answers/random-deep-1-17.json; "
                           "$E judge $D/out random-deep:1:17"),
                     1);
    says("FAIL random-deep:1:17 loss");
    says(" | evident judge ");
    ck_assert_int_eq(shell("echo '{\"format\":\"evident-result-1\",\"case\":\"x\"}' >>$D/one; "
                           "$E judge $D/out --answers $D/one"),
                     2);
    says("an answer to x, which is no case of ");
}

TEST(answers_at_smaller_steps_make_a_ladder)
{
    put_file("grid.json", "{\"format\":\"evident-conventions-1\",\"time\":\"grid\"}");
    ck_assert_int_eq(
        shell("$E export-cases $D/out $D/case.json --ladder && for f in $D/out/*.json; do "
              "$E run $f --engine clock-host | tr '\\n' ' '; echo; done >$D/all && "
              "$E judge $D/out --answers $D/all --conventions $D/grid.json"),
        0);
    says("8 cases written");
    says("1 pass");
}

SUITE("program_grid", .setup = setup, .teardown = drop_folder, .seconds = 120)
