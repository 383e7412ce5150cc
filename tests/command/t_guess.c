/* SPDX-License-Identifier: MIT */
/* t_guess.c: which name a mistyped word may have meant, and what the program says of one. */
#include "verify/base/guess.h"
#include "tests/run_suite.h"
#include "tests/shell.h"

static const char *guess(const char *word, const char *const *names)
{
    struct guess nearest = {.word = word, .length = strlen(word)};
    for (; *names; names++)
        guess_try(&nearest, *names);
    return nearest.name;
}

TEST(one_slip_is_seen_through)
{
    static const char *const names[] = {"verify", "explain", "export", "engine", "cap", NULL};
    static const char *const words[][2] = {
        {"verify", "verify"}, {"verfy", "verify"},   {"verrify", "verify"}, {"vetify", "verify"},
        {"evrify", "verify"}, {"erify", "verify"},   {"verif", "verify"},   {"explian", "explain"},
        {"xeport", "export"}, {"enignes", "engine"}, {"cat", "cap"},        {"acp", "cap"},
    };
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        const char *found = guess(words[k][0], names);
        ck_assert_msg(found && strcmp(found, words[k][1]) == 0, "%s: %s", words[k][0],
                      found ? found : "nothing");
    }
}

TEST(words_that_are_far_mean_nothing)
{
    static const char *const names[] = {"verify", "run", "list", "cap", NULL};
    static const char *const words[] = {
        "", "x", "ca", "xyz", "dog", "vry", "walker", "a-very-long-word-of-no-meaning-at-all"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        ck_assert_msg(guess(words[k], names) == NULL, "%s: %s", words[k], guess(words[k], names));
}

TEST(nearest_of_several_wins_and_the_first_of_equals)
{
    static const char *const names[] = {"export-cases", "store", "shore", "score", NULL};
    ck_assert_str_eq(guess("shorr", names), "shore");
    ck_assert_str_eq(guess("sXore", names), "store");
    struct guess value = {.word = "stores=file", .length = 6};
    guess_try(&value, "store");
    ck_assert_str_eq(value.name, "store");
    ck_assert_uint_eq(value.edits, 1);
}

/* A name that is too long for the rows is no name of a command. */
TEST(longest_name_is_32_letters)
{
    static const char *const names[] = {"abcdefghijklmnopqrstuvwxyz0123456", NULL};
    ck_assert_ptr_null(guess(names[0], names));
    ck_assert_str_eq(guess(names[0] + 1, (const char *[]){names[0] + 1, NULL}), names[0] + 1);
}

/* ---- the program ---- */

TEST(program_says_what_may_have_been_meant)
{
    static const char *const refused[][2] = {
        {"walk", "evident: walk: unknown command (see evident --help)\n"},
        {"verfy", "evident: verfy: unknown command, did you mean verify? (see evident --help)\n"},
        {"--explian a", "did you mean explain?"},
        {"hepl", "did you mean help?"},
        {"help verfy", "did you mean verify?"},
        {"help run verify", "only one command at a time"},
        {"run --xyz a", "evident run: --xyz: unknown option (see evident run --help)\n"},
        {"run --digit=3 a", "--digit=3: unknown option, did you mean --digits? (see evident run"},
        {"run -engine a", "did you mean --engine?"},
        {"run --hepl", "did you mean --help?"},
        {"verify --enigne x", "did you mean --engine?"},
        {"explain --defetc 1 a", "did you mean --defect?"},
    };
    char command[128];
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        snprintf(command, sizeof command, "$E %s", refused[k][0]);
        refuses(command, refused[k][1]);
    }
}

TEST(help_of_a_command_is_that_of_its_option)
{
    static const char *const same[][2] = {
        {"help verify", "verify --help"},
        {"help defects", "defects -h"},
        {"--help run", "run -h"},
        {"help help", "--help"},
        {"help", "-h"},
    };
    char command[128];
    for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
        snprintf(command, sizeof command, "$E %s >$D/a; $E %s | tee $D/b; cmp $D/a $D/b",
                 same[k][1], same[k][0]);
        gives(command, 0, "usage: evident ");
    }
}

SUITE("guess", .setup = make_folder, .teardown = drop_folder)
