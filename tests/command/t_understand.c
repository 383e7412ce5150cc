/* SPDX-License-Identifier: MIT */
/* t_understand.c: `evident plot`, `evident explain` and `evident shrink` as a user calls them. The
 * program is named by the environment variable EVIDENT; without it the suite fails. */
#include "tests/run_suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 1 << 21 };

static char directory[64];
static char text[ROOM];

static void setup(void)
{
    snprintf(directory, sizeof directory, "/tmp/t_understand-XXXXXX");
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
    const char *program = getenv("EVIDENT");
    char command[2048];
    snprintf(command, sizeof command, "D=%s; %s %s 2>&1", directory,
             program ? program : "EVIDENT-is-not-set", arguments);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    text[fread(text, 1, sizeof text - 1, pipe)] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void refuses(const char *arguments, const char *said)
{
    int code = call(arguments);
    const char *end = strchr(text, '\n');
    ck_assert_msg(code == 2 && strstr(text, said) && end && end[1] == '\0',
                  "%s: exit %d, printed %s", arguments, code, text);
}

static void read_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
}

/* Every tag that opens closes, in order; & only in entities. */
static void is_well_formed(void)
{
    enum { DEEP = 64 };
    const char *open[DEEP];
    size_t depth = 0, roots = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '&')
            ck_assert_ptr_nonnull(memchr(at, ';', strlen(at) < 8 ? strlen(at) : 8));
        if (*at != '<' || at[1] == '?' || at[1] == '!')
            continue;
        const char *end = strchr(at, '>');
        ck_assert_ptr_nonnull(end);
        size_t length = strcspn(at + 1 + (at[1] == '/'), " \t\r\n/>");
        if (at[1] == '/') {
            ck_assert_uint_gt(depth, 0);
            ck_assert_int_eq(strncmp(open[--depth], at + 2, length), 0);
        } else if (end[-1] != '/') {
            roots += depth == 0;
            ck_assert_uint_lt(depth, DEEP);
            open[depth++] = at + 1;
        }
    }
    ck_assert_uint_eq(depth, 0);
    ck_assert_uint_eq(roots, 1);
}

START_TEST(picture_is_a_well_formed_svg)
{
    static const char *const calls[] = {
        "plot cases/examples/worked.json --out $D/a.svg",
        "plot cases/regression/name-there-is-none.json --out $D/a.svg",
        "plot random-recurrent:1:3 --engine clock-host --round-delays --defect 4 --out $D/a.svg",
        "plot random-batch:1:0 --sample 1 --neurons 10 --out $D/a.svg",
    };
    for (size_t k = 0; k < sizeof calls / sizeof *calls; k++) {
        ck_assert_msg(call(calls[k]) == 0, "%s: %s", calls[k], text);
        read_file("a.svg");
        ck_assert_ptr_nonnull(strstr(text, "<svg"));
        ck_assert_ptr_nonnull(strstr(text, "voltage V"));
        is_well_formed();
    }
}
END_TEST

START_TEST(failing_event_is_marked)
{
    ck_assert_int_eq(call("plot random-recurrent:1:3 --engine clock-host --round-delays --defect 4 "
                          "--out $D/a.svg"),
                     0);
    read_file("a.svg");
    ck_assert_ptr_nonnull(strstr(text, "first out of bounds: lambda_V of out 0, step 149"));
}
END_TEST

START_TEST(large_case_shows_as_many_neurons_as_asked_for)
{
    ck_assert_int_eq(call("plot real-yin-yang:1:0 --neurons 4 --out $D/a.svg"), 0);
    read_file("a.svg");
    ck_assert_ptr_nonnull(strstr(text, "199 more neurons"));
    ck_assert_ptr_nonnull(strstr(text, "1 more inputs"));
}
END_TEST

START_TEST(explain_prints_what_a_person_needs)
{
    ck_assert_int_eq(call("explain random-recurrent:1:3 --engine clock-host --round-delays "
                          "--defect 4"),
                     0);
    ck_assert_ptr_nonnull(strstr(text, "lambda_V of out[0] in step 149"));
    ck_assert_ptr_nonnull(strstr(text, "matches defect 4"));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= 110, "%.120s", line);
}
END_TEST

START_TEST(shrink_writes_the_same_file_again_and_its_command_fails)
{
    static char first[ROOM];
    const char *shrink =
        "shrink random-recurrent:1:3 --engine clock-host --round-delays --defect 4 "
        "--out $D/a.json";
    ck_assert_msg(call(shrink) == 0, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "nothing more can be removed"));
    ck_assert_ptr_nonnull(strstr(text, "\nevident verify "));
    read_file("a.json");
    memcpy(first, text, sizeof first);
    ck_assert_int_eq(call(shrink), 0);
    read_file("a.json");
    ck_assert_str_eq(first, text);
    ck_assert_ptr_nonnull(strstr(text, "lambda_V of clock-host differs"));
    ck_assert_int_eq(call("verify $D/a.json --engine clock-host --defect 4 --no-witness"), 1);
    ck_assert_ptr_nonnull(strstr(text, " lambda_V "));
    ck_assert_int_eq(call("verify $D/a.json --engine clock-host --quiet"), 0);
}
END_TEST

START_TEST(bad_arguments_are_refused_in_one_line)
{
    refuses("shrink", "wants a case");
    refuses("shrink random-deep:1:0", "passes: nothing to shrink");
    refuses("shrink random-deep:1:0 --engine clock-host --round-delays", "passes: nothing");
    refuses("shrink degenerate-undecided:1:0", "as it is meant to be");
    refuses("shrink random-deep:1:0 --step 1", "want an --engine");
    refuses("shrink random-deep:1:0 --seconds 0", "wanted a whole number from 1");
    refuses("shrink /no/such/file", "/no/such/file");
    refuses("shrink random-recurrent:1:3 --engine clock-host --round-delays --defect 4 --out "
            "/no/such/folder/a.json",
            "no way to write there");
    refuses("explain random-deep:1:0", "wants one --engine");
    refuses("explain random-deep:1:0 --engine clock-host --round-delays", "nothing to explain");
    refuses("explain a b", "only one case at a time");
    refuses("explain random-deep:1:0 --engine x", "found 'x'");
    refuses("plot random-deep:1:0 --sample 9", "wanted less than 1");
    refuses("plot random-deep:1:0 --neurons 11", "from 1 to 10");
    refuses("plot random-deep:1:0 --out /no/such/folder/a.svg", "cannot write");
    refuses("plot degenerate-undecided:1:0 --out $D/a.svg", "cannot decide it");
}
END_TEST

START_TEST(every_command_has_help)
{
    static const char *const commands[] = {"shrink --help", "explain --help", "plot -h"};
    for (size_t k = 0; k < sizeof commands / sizeof *commands; k++) {
        ck_assert_int_eq(call(commands[k]), 0);
        ck_assert_ptr_nonnull(strstr(text, "usage: evident"));
        ck_assert_ptr_nonnull(strstr(text, "Exit status:"));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("understand");
    TCase *tests = tcase_create("commands");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, picture_is_a_well_formed_svg);
    tcase_add_test(tests, failing_event_is_marked);
    tcase_add_test(tests, large_case_shows_as_many_neurons_as_asked_for);
    tcase_add_test(tests, explain_prints_what_a_person_needs);
    tcase_add_test(tests, shrink_writes_the_same_file_again_and_its_command_fails);
    tcase_add_test(tests, bad_arguments_are_refused_in_one_line);
    tcase_add_test(tests, every_command_has_help);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
