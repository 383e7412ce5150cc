/* SPDX-License-Identifier: MIT */
/* t_suite_options.c: suites that say how they want to be judged. */
#include "verify/command/command.h"
#include "tests/run_suite.h"
#include "tests/shell.h"

/* NAME.suite of these options, with one case of a family. */
static void suite(const char *name, const char *options)
{
    char file[32], content[256];
    snprintf(file, sizeof file, "%s.suite", name);
    snprintf(content, sizeof content, "%s\nclosed-chain 1 1\n", options);
    put_file(file, content);
}

#define VERIFY "cd $D && $E verify "

TEST(a_suite_says_which_engines_and_how)
{
    suite("a", "--engine clock-host --defect 4 # late\n --round-delays");
    refuses(VERIFY "a.suite",
            "options of a.suite: found --defect, wanted one of how cases are judged");
    suite("a", "--engine clock-host # the only one\n  --round-delays --directions 2");
    gives(VERIFY "a.suite --defect 4", 1,
          "--directions 2 --engine clock-host --defect 4 --round-delays");
    gives(VERIFY "a.suite", 0, "engine clock-host: 1 cases");
}

TEST(the_command_line_wins)
{
    suite("a", "--engine clock-host --round-delays --directions 2");
    gives(VERIFY "a.suite --defect 4 --directions 3", 1, "--directions 3 --engine clock-host");
    gives(VERIFY "a.suite --engine none", 0, "1 pass");
    ck_assert_ptr_null(strstr(text, "engine clock-host"));
    gives(VERIFY "a.suite --engine clock-emulated", 0, "engine clock-emulated: 1 cases");
    ck_assert_ptr_null(strstr(text, "engine clock-host"));
    gives(VERIFY "a.suite --engine clock-emulated --engine clock-host", 0,
          "bits: those of clock-emulated");
}

TEST(an_option_that_is_none_is_refused_with_its_suite)
{
    suite("a", "--engine clock-hast");
    refuses(VERIFY "a.suite", "options of a.suite: --engine: found 'clock-hast', wanted one of");
    suite("a", "--store x");
    refuses(VERIFY "a.suite", "options of a.suite: found --store, wanted");
    suite("a", "--evry 2");
    refuses(VERIFY "a.suite", "options of a.suite: found --evry, wanted");
    suite("a", "--every x");
    refuses(VERIFY "a.suite", "options of a.suite: --every: found");
}

TEST(two_suites_that_differ_are_refused_and_two_that_do_not_are_taken)
{
    suite("a", "--every 2");
    suite("b", "--every 3");
    suite("c", "");
    refuses(VERIFY "a.suite b.suite", "a.suite and b.suite want to be judged in different ways");
    suite("b", "--every 2 # as the other");
    gives(VERIFY "a.suite c.suite b.suite", 0, "cases: 3, 3 pass");
}

TEST(a_limit_of_memory_and_a_device_exclude_each_other)
{
    suite("a", "--engine clock-host --round-delays");
    refuses(VERIFY "a.suite --engine clock-cuda --memory-limit 4000",
            "--memory-limit: clock-cuda reserves address space beyond any limit");
    gives(VERIFY "a.suite --memory-limit 4000", 0, "1 pass");
    gives(VERIFY "a.suite --engine clock-cuda --memory-limit 0", 2, "clock-cuda");
    ck_assert_ptr_null(strstr(text, "--memory-limit: "));
}

TEST(an_engine_that_cannot_run_here_is_left_out_by_name)
{
    suite("a", "--engine-if-present clock-cuda --engine-if-present clock-host --round-delays");
    gives(VERIFY "a.suite", 0, "engine clock-host: 1 cases");
    /* Where there is a device, it is judged. */
    ck_assert(strstr(text, "left out: clock-cuda cannot run here") ||
              strstr(text, "engine clock-cuda: 1 cases"));
    suite("a", "--engine-if-present clock-hast");
    refuses(VERIFY "a.suite", "found 'clock-hast', wanted one of");
}

TEST(words_are_cut_as_a_shell_cuts_them)
{
    char line[] = "  --engine 'exec:a b'\tc\\ d ''  e'f g'h";
    char *word[8];
    ck_assert_int_eq(options_cut_words(line, word, 8), 5);
    ck_assert_str_eq(word[0], "--engine");
    ck_assert_str_eq(word[1], "exec:a b");
    ck_assert_str_eq(word[2], "c d");
    ck_assert_str_eq(word[3], "");
    ck_assert_str_eq(word[4], "ef gh");
    char many[] = "a b c";
    ck_assert_int_eq(options_cut_words(many, word, 2), 2);
    char empty[] = " \t ";
    ck_assert_int_eq(options_cut_words(empty, word, 8), 0);
}

TEST(every_suite_of_the_program_can_be_read)
{
    static const char *const names[] = {"smoke", "ci", "nightly", "regression", "faults"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct ver_sources sources = {NULL, 0, 0};
        struct case_error error = {""};
        ck_assert_msg(ver_sources_add(&sources, names[k], 0, &error) == 0, "%s", error.text);
        ck_assert_uint_gt(sources.count, strcmp(names[k], "ci") == 0        ? 10000
                                         : strcmp(names[k], "nightly") == 0 ? 30000
                                                                            : 5);
        ver_sources_clear(&sources);
    }
}

SUITE("suite options", .setup = make_folder, .teardown = drop_folder)
