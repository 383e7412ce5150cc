/* t_program.c: other programs before the judge, as a user calls it: one that answers with the
 * reference's own numbers passes; with one thing changed it fails, and the change is named. The
 * program under test is `evident run` with a filter behind it. EVIDENT names the program. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 1 << 18 };

static char directory[64];
static char text[ROOM]; /* what the last call printed, standard error included */

static int shell(const char *command)
{
    char whole[4096];
    const char *program = getenv("EVIDENT");
    snprintf(whole, sizeof whole, "exec 2>&1; D=%s; E=$(realpath %s); export D E; %s", directory,
             program ? program : "EVIDENT-is-not-set", command);
    FILE *pipe = popen(whole, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t got = fread(text, 1, sizeof text - 1, pipe);
    text[got] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void write_file(const char *name, const char *content)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(content, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* Two hidden neurons that spike, one projection with a square matrix. */
static const char problem[] =
    "{\"format\": \"evident-case-1\", \"name\": \"judged\", \"time\": {\"end\": 32, \"step\": "
    "0.25},"
    "\"populations\": ["
    " {\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},"
    " {\"name\": \"hid\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"threshold\": 1, \"reset\": 0, \"bias\": 0},"
    " {\"name\": \"out\", \"size\": 2, \"model\": \"li\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"bias\": 0}],"
    "\"projections\": ["
    " {\"source\": \"in\", \"target\": \"hid\", \"delay\": 0, \"weights\": [[9, 4], [5, 8]]},"
    " {\"source\": \"hid\", \"target\": \"out\", \"delay\": 1, \"weights\": [[1, 2], [3, -1]]}],"
    "\"samples\": ["
    " {\"spikes\": {\"in\": [[1, 9, 31.5], [2.5]]}, \"target\": {\"label\": 1}},"
    " {\"spikes\": {\"in\": [[3], [4.75, 12]]}, \"target\": {\"label\": 0}}],"
    "\"loss\": {\"kind\": \"voltage-integral-cross-entropy\", \"population\": \"out\","
    " \"weighting\": \"exponential\"}}\n";

/* Answers by `evident run` with the options $HOW, whose lines go through $FILTER. */
static const char answers[] =
    "[ \"$1\" = --conventions ] && { echo \"$CONVENTIONS\"; exit; }\n"
    "while IFS= read -r line; do\n"
    "    printf '%s\\n' \"$line\" | $E run - $HOW | eval \"${FILTER:-cat}\" | tr '\\n' ' '; echo\n"
    "done\n";

/* A filter that multiplies all gradients, and what stands behind them, by factor. */
static const char scale[] =
    "/\"gradients\"/ { on = 1 }\n"
    "{ if (on) { out = \"\"; rest = $0\n"
    "    while (match(rest, /\"-?[0-9][0-9.e+-]*\"/)) {\n"
    "      out = out substr(rest, 1, RSTART - 1) \\\n"
    "            sprintf(\"%.17g\", factor * substr(rest, RSTART + 1, RLENGTH - 2))\n"
    "      rest = substr(rest, RSTART + RLENGTH) }\n"
    "    $0 = out rest }\n"
    "  print }\n";

static void setup(void)
{
    snprintf(directory, sizeof directory, "/tmp/t_program-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    write_file("case.json", problem);
    write_file("answers.sh", answers);
    write_file("scale.awk", scale);
}

static void teardown(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

#define EXACT "CONVENTIONS='{\"format\":\"evident-conventions-1\",\"time\":\"exact\"}' "
#define VERIFY "$E verify $D/case.json --no-witness --engine \"exec:sh $D/answers.sh\" "

/* Judges the program with these settings of the environment; the exit code. */
static int judge(const char *settings, const char *options)
{
    char command[2048];
    snprintf(command, sizeof command, "HOW='--digits 17'; export HOW; export %s; " VERIFY "%s",
             settings, options);
    return shell(command);
}

static void says(const char *what)
{
    ck_assert_msg(strstr(text, what) != NULL, "wanted %s, printed %s", what, text);
}

static void fails(const char *settings, const char *what)
{
    int code = judge(settings, "");
    ck_assert_msg(code == 1, "%s: exit %d, printed %s", settings, code, text);
    says(what);
}

/* ---- exact times ---- */

START_TEST(reference_as_a_program_passes)
{
    ck_assert_msg(judge(EXACT, "") == 0, "%s", text);
    says("1 pass, 0 fail");
    says("conventions: exact, binary64");
    ck_assert_ptr_null(strstr(text, " 0 answers\nexcluded of"));
    ck_assert_msg(judge("CONVENTIONS=", "") == 0, "%s", text);
    says("conventions: none given");
}
END_TEST

START_TEST(one_changed_number_fails_and_is_named)
{
    fails(EXACT "FILTER=\"tr '\\n' ' ' | sed -E "
                "'s/(\\\"weights\\\": \\[ *\\[\\[\\\"-?[0-9]*\\.)/\\11/'\"",
          " weights weights[0][0][0] got ");
    says("weights_direction");
    fails(EXACT "FILTER=\"sed 's/^ \\\"loss\\\": \\\"/&1/'\"", " loss - got ");
}
END_TEST

START_TEST(factor_is_named_and_sign_told_apart)
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
}
END_TEST

START_TEST(declared_factor_is_taken_out_first)
{
    static const char declared[] =
        "CONVENTIONS='{\"format\":\"evident-conventions-1\",\"scale\":\"1/tau_mem\",\"sign\":-1}' "
        "FILTER='awk -v factor=-0.05 -f $D/scale.awk'";
    ck_assert_msg(judge(declared, "") == 0, "%s", text);
    says("opposite sign, scale 1/tau_mem");
    write_file("file.json", "{\"format\":\"evident-conventions-1\",\"scale\": 2}");
    ck_assert_msg(judge("FILTER='awk -v factor=2 -f $D/scale.awk'", "--conventions $D/file.json") ==
                      0,
                  "%s", text);
    write_file("file.json", "{\"format\":\"evident-conventions-1\",\"time\":\"sometimes\"}");
    ck_assert_int_eq(judge("FILTER=cat", "--conventions $D/file.json"), 2);
    says("conventions.time: found sometimes, wanted \"exact\" or \"grid\"");
}
END_TEST

START_TEST(transposed_matrix_is_recognised)
{
    /* The first matrix stands on two lines: [[["a", "b"],  ["c", "d"]]. */
    static const char filter[] = EXACT
        "FILTER='tr \"\\n\" \" \" | sed -E "
        "\"s/(\\\"weights\\\": \\[ *\\[\\[[^,]*), ([^]]*)\\], *\\[([^,]*), /\\1, \\3], [\\2, /\"'";
    fails(filter, "weights[0] transposed");
}
END_TEST

START_TEST(first_event_that_differs_is_named)
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
    fails(late, "spikes first diverging event: sample 0 hid[0] spike 0 at ");
    ck_assert_msg(strstr(text, " late by ") || strstr(text, " early by "), "%s", text);
}
END_TEST

START_TEST(no_number_fails_every_comparison)
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
END_TEST

START_TEST(what_is_not_provided_is_no_evidence)
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
END_TEST

/* ---- programs that do not answer ---- */

static void errs(const char *program, const char *what)
{
    char command[1024];
    snprintf(command, sizeof command,
             "$E verify $D/case.json $D/case.json --no-witness --engine 'exec:%s' "
             "--engine-time-limit 1 --jobs 1 --quiet",
             program);
    ck_assert_msg(shell(command) == 1, "%s: %s", program, text);
    says(what);
    says("2 error"); /* started again, asked about the second case, too */
}

START_TEST(crash_hang_and_babble_are_errors_of_their_case)
{
    errs("read -r line; kill -SEGV $$", "died of signal 11 without an answer");
    errs("read -r line; exit 7", "ended with status 7 without an answer");
    errs("sleep 1000 # %s", "no answer within 1 seconds");
    errs("while read -r line; do echo hello; done", "no JSON");
    errs("while read -r line; do echo \"{\\\"format\\\":\\\"evident-result-1\\\","
         "\\\"error\\\":\\\"ValueError: x\\\"}\"; done",
         "ValueError: x");
    errs("while read -r line; do echo \"{\\\"format\\\":\\\"evident-result-1\\\","
         "\\\"case\\\":\\\"other\\\"}\"; done",
         "case: found \"other\", wanted judged");
}
END_TEST

START_TEST(no_program_outlives_its_judge)
{
    /* A judge that is killed, and a worker that is. */
    ck_assert_int_eq(shell("$E verify $D/case.json --no-witness --engine 'exec:sleep 1234.5' & "
                           "sleep 1; pgrep -f '^sleep 1234.5' >/dev/null || exit 3; "
                           "kill -9 $!; wait; sleep 0.5; ! pgrep -f '^sleep 1234.5'"),
                     0);
    shell("$E verify $D/case.json --no-witness --engine 'exec:sleep 1234.5' --time-limit 1");
    says("took more than 1 seconds");
    ck_assert_int_eq(shell("sleep 0.5; ! pgrep -f '^sleep 1234.5'"), 0);
}
END_TEST

START_TEST(output_does_not_depend_on_the_number_of_processes)
{
    ck_assert_int_eq(
        shell("HOW='--digits 17'; export HOW; for n in 1 3; do $E verify $D/case.json "
              "random-deep:1:17 random-recurrent:1:3 --engine \"exec:sh $D/answers.sh\" "
              "--jobs $n | sed 's/; a case takes.*//' >$D/$n; done; cmp $D/1 $D/3 && cat $D/1"),
        0);
    says("3 pass");
}
END_TEST

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
    Suite *suite = suite_create("program");
    TCase *tests = tcase_create("programs");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, reference_as_a_program_passes);
    tcase_add_test(tests, one_changed_number_fails_and_is_named);
    tcase_add_test(tests, factor_is_named_and_sign_told_apart);
    tcase_add_test(tests, declared_factor_is_taken_out_first);
    tcase_add_test(tests, transposed_matrix_is_recognised);
    tcase_add_test(tests, first_event_that_differs_is_named);
    tcase_add_test(tests, no_number_fails_every_comparison);
    tcase_add_test(tests, what_is_not_provided_is_no_evidence);
    tcase_add_test(tests, crash_hang_and_babble_are_errors_of_their_case);
    tcase_add_test(tests, no_program_outlives_its_judge);
    tcase_add_test(tests, output_does_not_depend_on_the_number_of_processes);
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
