/* SPDX-License-Identifier: MIT */
/* t_command.c: the program from outside. Every command as a user calls it: exit codes, one clear
 * line for what is wrong, nothing half written. The program is named by the environment variable
 * EVIDENT; without it the suite fails. */
#include "tests/whole.h"
#include "tests/run_suite.h"

#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 1 << 20 };

static char directory[64];
static char text[ROOM]; /* what the last call printed, standard error included */

static const char *program(void)
{
    const char *name = getenv("EVIDENT");
    return name ? name : "EVIDENT-is-not-set";
}

static void setup(void)
{
    snprintf(directory, sizeof directory, "/tmp/t_command-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void teardown(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

/* Runs "evident ARGUMENTS" in a shell, $D being a fresh directory; the exit code. */
static int call(const char *arguments)
{
    char command[2048];
    snprintf(command, sizeof command, "D=%s; E=%s; $E %s", directory, program(), arguments);
    size_t length = strlen(command);
    if (!strstr(arguments, "2>"))
        snprintf(command + length, sizeof command - length, " 2>&1");
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t got = fread(text, 1, sizeof text - 1, pipe);
    text[got] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static size_t lines_of(const char *printed)
{
    size_t lines = 0;
    for (; *printed; printed++)
        lines += *printed == '\n';
    return lines;
}

/* Exit code 2 after one line that contains said. */
static void refuses(const char *arguments, const char *said)
{
    int code = call(arguments);
    ck_assert_msg(code == 2, "%s: exit %d, printed %s", arguments, code, text);
    ck_assert_msg(strstr(text, said) != NULL, "%s: printed %s", arguments, text);
    ck_assert_msg(lines_of(text) == 1, "%s: printed %s", arguments, text);
}

/* The first family that `evident families` names, and a case of it. */
static const char *some_address(void)
{
    static char address[96];
    ck_assert_int_eq(call("families"), 0);
    ck_assert_int_eq(sscanf(text, " %80s", address), 1);
    strcat(address, ":1:0");
    return address;
}

START_TEST(every_command_has_help)
{
    static const char *const commands[] = {
        "--help",          "run --help",   "verify --help", "generate --help",
        "families --help", "check --help", "run -h",        "help",
    };
    for (size_t k = 0; k < sizeof commands / sizeof *commands; k++) {
        ck_assert_int_eq(call(commands[k]), 0);
        ck_assert_ptr_nonnull(strstr(text, "usage: evident"));
    }
    ck_assert_int_eq(call("--version"), 0);
    ck_assert_ptr_nonnull(strstr(text, "MPFR"));
}
END_TEST

/* The lines "Try: evident ..." and "     evident ..." at the end of `evident --help`. */
START_TEST(commands_that_the_help_proposes_work)
{
    static char help[ROOM];
    char proposed[128];
    ck_assert_int_eq(call("--help"), 0);
    memcpy(help, text, sizeof help);
    const char *line = strstr(help, "Try: evident ");
    size_t tried = 0;
    for (; line; line = strstr(line, "\n     evident ")) {
        tried++;
        line = strstr(line, "evident ") + strlen("evident ");
        int length = (int)strcspn(line, "\n");
        /* of the suite, a case of every family */
        bool part = strncmp(line, "verify smoke\n", 13) == 0 && !whole();
        snprintf(proposed, sizeof proposed, "%.*s%s", length, line, part ? " --shard 1/4" : "");
        int code = call(proposed);
        ck_assert_msg(code == 0, "evident %s: exit %d, printed %.300s", proposed, code, text);
    }
    ck_assert_uint_eq(tried, 2);
}
END_TEST

START_TEST(bad_arguments_are_refused_in_one_line)
{
    refuses("walk", "unknown command");
    refuses("run", "wants a case");
    refuses("run --digits", "wants a value");
    refuses("run --digits x a", "found 'x', wanted a whole number");
    refuses("run --digits 0 a", "found '0', wanted a whole number");
    refuses("run --digits -3 a", "found '-3'");
    refuses("run --digitss 3 a", "unknown option");
    refuses("run --adjoints=3 a", "takes no value");
    refuses("run a b", "only one case");
    refuses("run --adjoints --no-gradients a", "exclude each other");
    refuses("run ''", "empty argument");
    refuses("verify --jobs 0", "wanted a whole number from 1");
    refuses("families x", "wants no argument");
    refuses("check", "wants a case");
    refuses("generate", "wants FAMILY");
    refuses("run -x", "unknown option");
    refuses("verify --engine clock", "found 'clock', wanted one of clock-host, clock-cuda");
    refuses("verify --engine clock-host --engine clock-host", "named twice");
    refuses("verify --defect 3 --engine clock-host", "found '3', wanted one of 1 2 4 5 6 7 18");
    refuses("verify --step -1 --engine clock-host", "found '-1', wanted a time in ms");
    refuses("verify --step nan --engine clock-host", "found 'nan'");
    refuses("verify closed-chain:1:0 --no-witness", "want an --engine");
    refuses("verify closed-chain:1:0 --compat", "want an --engine");
    refuses("run --step 1 a", "want an --engine");
    refuses("run --engine clock-host --adjoints a", "exclude each other");
    refuses("run --engine clock-host --engine clock-cuda a", "only one at a time");
    refuses("run --engine clock-host --defect 6 a", "evident verify only");
}
END_TEST

START_TEST(unreadable_case_is_refused_before_anything_runs)
{
    refuses("run $D/missing.json", "missing.json");
    refuses("verify $D/missing.json", "missing.json");
    refuses("check $D/missing.json", "missing.json");
    refuses("run no-such-family:1:0", "no-such-family");
    refuses("verify no-such-family:1:0", "no-such-family");
    refuses("verify no-such-suite", "no suite of that name");
    refuses("verify $D/missing.suite", "missing.suite");
    ck_assert_int_eq(call("--version; : > $D/empty.json; : > $D/empty.suite; echo x 1 2 > "
                          "$D/bad.suite"),
                     0);
    refuses("run $D/empty.json", "empty.json");
    refuses("verify $D/empty.json", "empty.json");
    refuses("verify $D/empty.suite", "names no case");
    refuses("verify $D/bad.suite", "bad.suite:1: unknown family");
    refuses("run - < /dev/null", "");
    refuses("run $D", "");
}
END_TEST

START_TEST(generated_case_reads_runs_and_verifies)
{
    char arguments[512], family[96];
    const char *address = some_address();
    snprintf(family, sizeof family, "%.*s", (int)strcspn(address, ":"), address);
    snprintf(arguments, sizeof arguments, "generate %s --seed 1 --count 2 --first 3 --out $D/new",
             family);
    ck_assert_msg(call(arguments) == 0, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "2 cases written to "));
    snprintf(arguments, sizeof arguments, "check $D/new/%s-1-3.json $D/new/%s-1-4.json", family,
             family);
    ck_assert_msg(call(arguments) == 0, "%s", text);
    ck_assert_uint_eq(lines_of(text), 2);
    snprintf(arguments, sizeof arguments, "verify $D/new/%s-1-3.json", family);
    ck_assert_msg(call(arguments) == 0, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "cases: 1, 1 pass"));
    snprintf(arguments, sizeof arguments, "run - < $D/new/%s-1-4.json", family);
    ck_assert_msg(call(arguments) == 0, "%s", text);
}
END_TEST

START_TEST(unknown_family_is_answered_with_the_list)
{
    ck_assert_int_eq(call("generate nonsense --seed 1 --count 1 --out $D/x"), 2);
    ck_assert_ptr_nonnull(strstr(text, "unknown family; the families are:"));
    ck_assert_uint_gt(lines_of(text), 1);
}
END_TEST

START_TEST(run_prints_a_result_of_the_digits_asked_for)
{
    char arguments[256];
    json_error_t error;
    snprintf(arguments, sizeof arguments, "run %s --digits=60 2>/dev/null", some_address());
    ck_assert_int_eq(call(arguments), 0);
    json_t *root = json_loads(text, 0, &error);
    ck_assert_msg(root != NULL, "%s", error.text);
    ck_assert_str_eq(json_string_value(json_object_get(root, "format")), "evident-result-1");
    ck_assert_int_eq(json_integer_value(json_object_get(root, "digits")), 60);
    const char *loss = json_string_value(json_object_get(root, "loss"));
    ck_assert_ptr_nonnull(loss);
    ck_assert_uint_ge(strlen(loss), 60);
    ck_assert_ptr_nonnull(json_object_get(root, "gradients"));
    ck_assert_ptr_null(json_object_get(root, "adjoints"));
    json_decref(root);
}
END_TEST

START_TEST(run_gives_adjoints_on_request_and_no_gradients_on_request)
{
    char arguments[256];
    snprintf(arguments, sizeof arguments, "run --adjoints %s 2>/dev/null", some_address());
    ck_assert_int_eq(call(arguments), 0);
    ck_assert_ptr_nonnull(strstr(text, "\"lambda_V\""));
    snprintf(arguments, sizeof arguments, "run --no-gradients %s 2>/dev/null", some_address());
    ck_assert_int_eq(call(arguments), 0);
    ck_assert_ptr_null(strstr(text, "\"gradients\""));
}
END_TEST

START_TEST(fewer_digits_are_the_beginning_of_more)
{
    char arguments[256];
    json_error_t error;
    snprintf(arguments, sizeof arguments, "run %s --digits 20 2>/dev/null", some_address());
    ck_assert_int_eq(call(arguments), 0);
    json_t *few = json_loads(text, 0, &error);
    snprintf(arguments, sizeof arguments, "run %s --digits 80 2>/dev/null", some_address());
    ck_assert_int_eq(call(arguments), 0);
    json_t *many = json_loads(text, 0, &error);
    ck_assert(few && many);
    const char *a = json_string_value(json_object_get(few, "loss"));
    const char *b = json_string_value(json_object_get(many, "loss"));
    ck_assert_int_eq(strncmp(a, b, 18), 0); /* the last digit may be rounded */
    json_decref(few);
    json_decref(many);
}
END_TEST

START_TEST(undecided_run_exits_one_with_a_reason)
{
    char arguments[256];
    snprintf(arguments, sizeof arguments, "run %s --cap 64 2>/dev/null", some_address());
    ck_assert_int_eq(call(arguments), 1);
    ck_assert_ptr_nonnull(strstr(text, "\"status\": \"undecided\""));
    ck_assert_ptr_nonnull(strstr(text, "\"reason\": \""));
}
END_TEST

START_TEST(out_writes_the_same_bytes_and_nothing_beside)
{
    char arguments[512];
    snprintf(arguments, sizeof arguments,
             "run %s --out $D/r.json && $E run %s | cmp - $D/r.json && ls $D", some_address(),
             "$(cat $D/address 2>/dev/null)");
    char write[256];
    snprintf(write, sizeof write, "--version >/dev/null; echo %s > $D/address", some_address());
    ck_assert_int_eq(call(write), 0);
    ck_assert_msg(call(arguments) == 0, "%s", text);
    ck_assert_str_eq(text, "address\nr.json\n");
}
END_TEST

START_TEST(run_prints_what_an_engine_says_in_its_own_bits)
{
    json_error_t error;
    ck_assert_int_eq(call("run cases/examples/worked.json --engine clock-host 2>/dev/null"), 0);
    json_t *root = json_loads(text, 0, &error);
    ck_assert_msg(root != NULL, "%s", error.text);
    ck_assert_str_eq(json_string_value(json_object_get(root, "format")), "evident-result-1");
    ck_assert_str_eq(json_string_value(json_object_get(root, "engine")), "clock-host");
    ck_assert_ptr_null(json_object_get(root, "margins"));
    json_t *gradients = json_object_get(root, "gradients");
    ck_assert_ptr_nonnull(json_object_get(gradients, "weights"));
    ck_assert_ptr_null(json_object_get(gradients, "threshold"));
    double loss = strtod(json_string_value(json_object_get(root, "loss")), NULL);
    ck_assert(loss == (double)(float)loss); /* a binary32 number, to the bit */
    json_decref(root);
    refuses("run closed-quadratic:1:0 --engine clock-host", "wanted a whole number of steps");
}
END_TEST

START_TEST(planted_defect_fails_with_its_name_and_the_command_that_shows_it)
{
    static const char arguments[] = "verify cases/examples/worked.json --engine clock-host "
                                    "--defect 1 --no-witness";
    char again[200];
    ck_assert_int_eq(call(arguments), 1);
    ck_assert_msg(strstr(text, " | matches defect 1: ") != NULL, "%s", text);
    snprintf(again, sizeof again, " | evident %s\n", arguments);
    ck_assert_msg(strstr(text, again) != NULL, "%s", text);
    ck_assert_int_eq(call("verify cases/examples/worked.json --engine clock-host --no-witness"), 0);
    ck_assert_ptr_nonnull(strstr(text, "engine clock-host: 1 cases"));
}
END_TEST

START_TEST(output_that_is_not_taken_is_an_error)
{
    char arguments[256];
    snprintf(arguments, sizeof arguments, "run %s 2>&1 >/dev/full", some_address());
    refuses(arguments, "cannot write to standard output");
    snprintf(arguments, sizeof arguments, "run %s --out /dev/full", some_address());
    refuses(arguments, "/dev/full: cannot write");
    snprintf(arguments, sizeof arguments, "run %s --out $D/no/such/place", some_address());
    refuses(arguments, "cannot write: No such file");
    refuses("families 2>&1 >/dev/full", "cannot write to standard output");
    snprintf(arguments, sizeof arguments, "verify %s --report $D/no/such", some_address());
    refuses(arguments, "cannot make directory");
    struct stat status; /* a device is written in place, never replaced */
    ck_assert_int_eq(stat("/dev/full", &status), 0);
    ck_assert(S_ISCHR(status.st_mode));
}
END_TEST

START_TEST(verify_does_not_depend_on_the_number_of_threads)
{
    static char first[ROOM];
    char write[256], family[96];
    const char *address = some_address();
    snprintf(family, sizeof family, "%.*s", (int)strcspn(address, ":"), address);
    snprintf(write, sizeof write, "--version >/dev/null; echo %s 1 8 > $D/s.suite", family);
    ck_assert_int_eq(call(write), 0);
    ck_assert_msg(call("verify $D/s.suite --jobs 1") == 0, "%s", text);
    memcpy(first, text, sizeof first);
    ck_assert_ptr_nonnull(strstr(first, "cases: 8, 8 pass"));
    ck_assert_int_eq(call("verify $D/s.suite --jobs 3"), 0);
    ck_assert_str_eq(text, first);
}
END_TEST

START_TEST(quiet_prints_the_verdict_line_only)
{
    char arguments[256];
    snprintf(arguments, sizeof arguments, "verify %s --quiet", some_address());
    ck_assert_int_eq(call(arguments), 0);
    ck_assert_uint_eq(lines_of(text), 1);
    ck_assert_ptr_nonnull(strstr(text, "cases: 1, 1 pass"));
}
END_TEST

START_TEST(undecided_case_makes_verify_exit_one_with_its_command)
{
    char arguments[256], again[300];
    snprintf(arguments, sizeof arguments, "verify %s --cap 64", some_address());
    snprintf(again, sizeof again, " | evident %s\n", arguments);
    ck_assert_int_eq(call(arguments), 1);
    ck_assert_ptr_nonnull(strstr(text, "UNDECIDED "));
    ck_assert_msg(strstr(text, again) != NULL, "%s", text);
}
END_TEST

static Suite *command_suite(void)
{
    Suite *suite = suite_create("command");
    TCase *tests = tcase_create("command");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, every_command_has_help);
    tcase_add_test(tests, commands_that_the_help_proposes_work);
    tcase_add_test(tests, bad_arguments_are_refused_in_one_line);
    tcase_add_test(tests, unreadable_case_is_refused_before_anything_runs);
    tcase_add_test(tests, generated_case_reads_runs_and_verifies);
    tcase_add_test(tests, unknown_family_is_answered_with_the_list);
    tcase_add_test(tests, run_prints_a_result_of_the_digits_asked_for);
    tcase_add_test(tests, run_gives_adjoints_on_request_and_no_gradients_on_request);
    tcase_add_test(tests, fewer_digits_are_the_beginning_of_more);
    tcase_add_test(tests, undecided_run_exits_one_with_a_reason);
    tcase_add_test(tests, out_writes_the_same_bytes_and_nothing_beside);
    tcase_add_test(tests, run_prints_what_an_engine_says_in_its_own_bits);
    tcase_add_test(tests, planted_defect_fails_with_its_name_and_the_command_that_shows_it);
    tcase_add_test(tests, output_that_is_not_taken_is_an_error);
    tcase_add_test(tests, verify_does_not_depend_on_the_number_of_threads);
    tcase_add_test(tests, quiet_prints_the_verdict_line_only);
    tcase_add_test(tests, undecided_case_makes_verify_exit_one_with_its_command);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return run_suite(command_suite());
}
