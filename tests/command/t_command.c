/* SPDX-License-Identifier: MIT */
/* t_command.c: the program from outside. Every command as a user calls it: exit codes, one clear
 * line for what is wrong, nothing half written. */
#include "tests/run_suite.h"
#include "tests/shell.h"
#include "tests/whole.h"

#include <jansson.h>
#include <sys/stat.h>

#define CASE "closed-quadratic:1:0"

static size_t lines_of(const char *printed)
{
    size_t lines = 0;
    for (; *printed; printed++)
        lines += *printed == '\n';
    return lines;
}

/* The lines "Try: evident ..." and "     evident ..." at the end of `evident --help`. */
TEST(commands_that_the_help_proposes_work)
{
    static char help[sizeof text];
    char proposed[128];
    gives("$E --version", 0, "MPFR");
    gives("$E --help", 0, "Try: evident ");
    memcpy(help, text, sizeof help);
    const char *line = strstr(help, "Try: evident ");
    size_t tried = 0;
    for (; line; line = strstr(line, "\n     evident ")) {
        tried++;
        line = strstr(line, "evident ") + strlen("evident ");
        int length = (int)strcspn(line, "\n");
        /* of the suite, a case of every family */
        bool part = strncmp(line, "verify smoke\n", 13) == 0 && !whole();
        snprintf(proposed, sizeof proposed, "$E %.*s%s", length, line, part ? " --shard 1/4" : "");
        gives(proposed, 0, "");
    }
    ck_assert_uint_eq(tried, 2);
}

TEST(bad_arguments_are_refused_in_one_line)
{
    refuses("$E walk", "unknown command");
    refuses("$E run", "wants a case");
    refuses("$E run --digits", "wants a value");
    refuses("$E run --digits x a", "found 'x', wanted a whole number");
    refuses("$E run --digits 0 a", "found '0', wanted a whole number");
    refuses("$E run --digits -3 a", "found '-3'");
    refuses("$E run --digitss 3 a", "unknown option");
    refuses("$E run --adjoints=3 a", "takes no value");
    refuses("$E run a b", "only one case");
    refuses("$E run --adjoints --no-gradients a", "exclude each other");
    refuses("$E run ''", "empty argument");
    refuses("$E verify --jobs 0", "wanted a whole number from 1");
    refuses("$E families x", "wants no argument");
    refuses("$E check", "wants a case");
    refuses("$E generate", "wants FAMILY");
    refuses("$E run -x", "unknown option");
    refuses("$E verify --engine clock", "found 'clock', wanted one of clock-host, clock-cuda");
    refuses("$E verify --engine clock-host --engine clock-host", "named twice");
    refuses("$E verify --defect 3 --engine clock-host", "found '3', wanted one of 1 2 4 5 6 7 18");
    refuses("$E verify --step -1 --engine clock-host", "found '-1', wanted a time in ms");
    refuses("$E verify --step nan --engine clock-host", "found 'nan'");
    refuses("$E verify closed-chain:1:0 --no-witness", "want an --engine");
    refuses("$E verify closed-chain:1:0 --compat", "want an --engine");
    refuses("$E run --step 1 a", "want an --engine");
    refuses("$E run --engine clock-host --adjoints a", "exclude each other");
    refuses("$E run --engine clock-host --engine clock-cuda a", "only one at a time");
    refuses("$E run --engine clock-host --defect 6 a", "evident verify only");
}

TEST(unreadable_case_is_refused_before_anything_runs)
{
    refuses("$E run $D/missing.json", "missing.json");
    refuses("$E verify $D/missing.json", "missing.json");
    refuses("$E check $D/missing.json", "missing.json");
    refuses("$E run no-such-family:1:0", "no-such-family");
    refuses("$E verify no-such-family:1:0", "no-such-family");
    refuses("$E verify no-such-suite", "no suite of that name");
    refuses("$E verify $D/missing.suite", "missing.suite");
    ck_assert_int_eq(shell(": > $D/empty.json; : > $D/empty.suite; echo x 1 2 > "
                           "$D/bad.suite"),
                     0);
    refuses("$E run $D/empty.json", "empty.json");
    refuses("$E verify $D/empty.json", "empty.json");
    refuses("$E verify $D/empty.suite", "names no case");
    refuses("$E verify $D/bad.suite", "bad.suite:1: unknown family");
    refuses("$E run - < /dev/null", "");
    refuses("$E run $D", "");
}

TEST(generated_case_reads_runs_and_verifies)
{
    gives("$E generate closed-quadratic --seed 1 --count 2 --first 3 --out $D/new", 0,
          "2 cases written to ");
    gives("$E check $D/new/closed-quadratic-1-3.json $D/new/closed-quadratic-1-4.json", 0, "");
    ck_assert_uint_eq(lines_of(text), 2);
    gives("$E verify $D/new/closed-quadratic-1-3.json", 0, "cases: 1, 1 pass");
    gives("$E run - < $D/new/closed-quadratic-1-4.json", 0, "");
}

TEST(unknown_family_is_answered_with_the_list)
{
    gives("$E generate nonsense --seed 1 --count 1 --out $D/x", 2,
          "unknown family; the families are:");
    ck_assert_uint_gt(lines_of(text), 1);
}

TEST(run_prints_a_result_of_the_digits_asked_for)
{
    json_error_t error;
    gives("$E run " CASE " --digits=60 2>/dev/null", 0, "");
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

TEST(run_gives_adjoints_on_request_and_no_gradients_on_request)
{
    gives("$E run --adjoints " CASE, 0, "\"lambda_V\"");
    gives("$E run --no-gradients " CASE, 0, "");
    ck_assert_ptr_null(strstr(text, "\"gradients\""));
}

TEST(fewer_digits_are_the_beginning_of_more)
{
    json_error_t error;
    gives("$E run " CASE " --digits 20 2>/dev/null", 0, "");
    json_t *few = json_loads(text, 0, &error);
    gives("$E run " CASE " --digits 80 2>/dev/null", 0, "");
    json_t *many = json_loads(text, 0, &error);
    ck_assert(few && many);
    const char *a = json_string_value(json_object_get(few, "loss"));
    const char *b = json_string_value(json_object_get(many, "loss"));
    ck_assert_int_eq(strncmp(a, b, 18), 0); /* the last digit may be rounded */
    json_decref(few);
    json_decref(many);
}

TEST(undecided_run_exits_one_with_a_reason)
{
    gives("$E run " CASE " --cap 64", 1, "\"status\": \"undecided\"");
    says("\"reason\": \"");
}

TEST(out_writes_the_same_bytes_and_nothing_beside)
{
    gives("$E run " CASE " --out $D/r.json && $E run " CASE " | cmp - $D/r.json && ls $D", 0, "");
    ck_assert_str_eq(text, "r.json\n");
}

TEST(run_prints_what_an_engine_says_in_its_own_bits)
{
    json_error_t error;
    gives("$E run cases/examples/worked.json --engine clock-host 2>/dev/null", 0, "");
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
    refuses("$E run closed-quadratic:1:0 --engine clock-host", "wanted a whole number of steps");
}

TEST(planted_defect_fails_with_its_name_and_the_command_that_shows_it)
{
    gives("$E verify cases/examples/worked.json --engine clock-host --defect 1 --no-witness", 1,
          " | matches defect 1: ");
    says(" | evident verify cases/examples/worked.json --engine clock-host --defect 1 "
         "--no-witness\n");
    gives("$E verify cases/examples/worked.json --engine clock-host --no-witness", 0,
          "engine clock-host: 1 cases");
}

TEST(output_that_is_not_taken_is_an_error)
{
    refuses("$E run " CASE " >/dev/full", "cannot write to standard output");
    refuses("$E run " CASE " --out /dev/full", "/dev/full: cannot write");
    refuses("$E run " CASE " --out $D/no/such/place", "cannot write: No such file");
    refuses("$E families >/dev/full", "cannot write to standard output");
    refuses("$E verify " CASE " --report $D/no/such", "cannot make directory");
    struct stat status; /* a device is written in place, never replaced */
    ck_assert_int_eq(stat("/dev/full", &status), 0);
    ck_assert(S_ISCHR(status.st_mode));
}

TEST(verify_does_not_depend_on_the_number_of_threads)
{
    static char first[sizeof text];
    put_file("s.suite", "closed-quadratic 1 8\n");
    gives("$E verify $D/s.suite --jobs 1", 0, "cases: 8, 8 pass");
    memcpy(first, text, sizeof first);
    gives("$E verify $D/s.suite --jobs 3", 0, first);
    ck_assert_str_eq(text, first);
}

TEST(quiet_prints_the_verdict_line_only)
{
    gives("$E verify " CASE " --quiet", 0, "cases: 1, 1 pass");
    ck_assert_uint_eq(lines_of(text), 1);
}

TEST(undecided_case_makes_verify_exit_one_with_its_command)
{
    gives("$E verify " CASE " --cap 64", 1, "UNDECIDED ");
    says(" | evident verify " CASE " --cap 64\n");
}

SUITE("command", .setup = make_folder, .teardown = drop_folder)
