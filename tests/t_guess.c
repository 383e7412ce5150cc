/* t_guess.c: which name a mistyped word may have meant. */
#include "verify/guess.h"

#include <check.h>
#include <string.h>

static const char *guess(const char *word, const char *const *names)
{
    struct guess nearest = {.word = word, .length = strlen(word)};
    for (; *names; names++)
        guess_try(&nearest, *names);
    return nearest.name;
}

START_TEST(one_slip_is_seen_through)
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
END_TEST

START_TEST(words_that_are_far_mean_nothing)
{
    static const char *const names[] = {"verify", "run", "list", "cap", NULL};
    static const char *const words[] = {
        "", "x", "ca", "xyz", "dog", "vry", "walker", "a-very-long-word-of-no-meaning-at-all"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        ck_assert_msg(guess(words[k], names) == NULL, "%s: %s", words[k], guess(words[k], names));
}
END_TEST

START_TEST(nearest_of_several_wins_and_the_first_of_equals)
{
    static const char *const names[] = {"export-cases", "store", "shore", "score", NULL};
    ck_assert_str_eq(guess("shorr", names), "shore");
    ck_assert_str_eq(guess("sXore", names), "store");
    struct guess value = {.word = "stores=file", .length = 6};
    guess_try(&value, "store");
    ck_assert_str_eq(value.name, "store");
    ck_assert_uint_eq(value.edits, 1);
}
END_TEST

/* A name that is too long for the rows is no name of a command. */
START_TEST(longest_name_is_32_letters)
{
    static const char *const names[] = {"abcdefghijklmnopqrstuvwxyz0123456", NULL};
    ck_assert_ptr_null(guess(names[0], names));
    ck_assert_str_eq(guess(names[0] + 1, (const char *[]){names[0] + 1, NULL}), names[0] + 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guess");
    TCase *tests = tcase_create("words");
    tcase_add_test(tests, one_slip_is_seen_through);
    tcase_add_test(tests, words_that_are_far_mean_nothing);
    tcase_add_test(tests, nearest_of_several_wins_and_the_first_of_equals);
    tcase_add_test(tests, longest_name_is_32_letters);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
