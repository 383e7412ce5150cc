/* t_program_grid.c: programs with a fixed step, judged as it shrinks; and programs that run
 * elsewhere, judged by the answers that they left. */
#include "tests/program_case.h"

/* ---- a fixed step ---- */

#define GRID "CONVENTIONS='{\"format\":\"evident-conventions-1\",\"time\":\"grid\"}' "

static int judge_grid(const char *how)
{
    char command[1024];
    snprintf(command, sizeof command,
             "HOW='--engine clock-host %s'; export HOW; export " GRID "; " VERIFY, how);
    return shell(command);
}

START_TEST(program_with_a_step_is_judged_as_it_shrinks)
{
    ck_assert_msg(judge_grid("") == 0, "%s", text);
    says("conventions: grid");
    ck_assert_ptr_null(strstr(text, " 0 ladders, 0 invariances, 0 answers\nexcluded of"));
    ck_assert_msg(judge_grid("--defect 1") == 1, "%s", text);
    says("ladder_weights");
    says("times the reference: 1/tau_mem?");
}
END_TEST

START_TEST(no_number_of_a_program_with_a_step_fails)
{
    ck_assert_int_eq(
        shell("HOW='--engine clock-host'; FILTER=\"sed 's/^ \\\"loss\\\": \\\"[^\\\"]*\\\"/ "
              "\\\"loss\\\": \\\"nan\\\"/'\"; export HOW FILTER; export " GRID "; " VERIFY),
        1);
    says(" loss at 0.25 ms got no number");
}
END_TEST

/* ---- elsewhere ---- */

START_TEST(answers_from_elsewhere_are_judged_alike)
{
    ck_assert_int_eq(
        shell("$E export-cases $D/out random-deep:1:17 random-recurrent:1:3 && for f in "
              "$D/out/*.json; do $E run $f --digits 17 | tr '\\n' ' '; echo; done >$D/all && "
              "$E judge $D/out --answers $D/all"),
        0);
    says("2 pass");
    ck_assert_int_eq(shell("head -n 1 $D/all >$D/one; $E judge $D/out --answers $D/one"), 2);
    says("NOT-RUN random-recurrent:1:3: no answer");
    says("1 pass, 0 fail, 0 undecided, 1 not-run");
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
END_TEST

START_TEST(answers_at_smaller_steps_make_a_ladder)
{
    write_file("grid.json", "{\"format\":\"evident-conventions-1\",\"time\":\"grid\"}");
    ck_assert_int_eq(
        shell("$E export-cases $D/out $D/case.json --ladder && for f in $D/out/*.json; do "
              "$E run $f --engine clock-host | tr '\\n' ' '; echo; done >$D/all && "
              "$E judge $D/out --answers $D/all --conventions $D/grid.json"),
        0);
    says("8 cases written");
    says("1 pass");
}
END_TEST

static Suite *program_suite(void)
{
    Suite *suite = suite_create("program_grid");
    TCase *tests = tcase_create("programs");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, program_with_a_step_is_judged_as_it_shrinks);
    tcase_add_test(tests, no_number_of_a_program_with_a_step_fails);
    tcase_add_test(tests, answers_from_elsewhere_are_judged_alike);
    tcase_add_test(tests, answers_at_smaller_steps_make_a_ladder);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(program_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
