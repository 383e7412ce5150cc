/* SPDX-License-Identifier: MIT */
/* run_suite.h: the tests of a file, and its main. A test is in the suite by being written:
 *
 *     TEST(what_it_says) { ... }
 *     TEST_EACH(what_they_say, first, end) { ... }   once for each _i, first <= _i < end
 *     SUITE("name", .setup = make, .teardown = drop)
 */
#ifndef EVIDENT_TESTS_RUN_SUITE_H
#define EVIDENT_TESTS_RUN_SUITE_H

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>

struct suite {
    const char *name;
    void (*setup)(void), (*teardown)(void); /* around every test */
    void (*cleanup)(void);                  /* after the last */
    double seconds; /* every test in a process of its own, for at most so long, so that a crash is a
                       failure of that test; 0: all in one */
    bool (*possible)(void); /* false: it has said why not, and no test is run */
};

struct suite_test {
    void (*add)(TCase *tests);
    struct suite_test *next;
};
static struct suite_test *suite_first, **suite_last = &suite_first;

#define TEST(name) TEST_EACH(name, 0, 1)
#define TEST_EACH(name, first, end)                                                                \
    static void name##_body(int _i);                                                               \
    START_TEST(name)                                                                               \
    {                                                                                              \
        name##_body(_i);                                                                           \
    }                                                                                              \
    END_TEST                                                                                       \
    static void name##_add(TCase *tests)                                                           \
    {                                                                                              \
        tcase_add_loop_test(tests, name, first, end);                                              \
    }                                                                                              \
    __attribute__((constructor)) static void name##_join(void)                                     \
    {                                                                                              \
        static struct suite_test joined = {name##_add, NULL};                                      \
        *suite_last = &joined;                                                                     \
        suite_last = &joined.next;                                                                 \
    }                                                                                              \
    static void name##_body(__attribute__((unused)) int _i)

/* Exit status of the program. */
static inline int suite_run(const struct suite *of)
{
    Suite *suite = suite_create(of->name);
    TCase *tests = tcase_create(of->name);
    if (of->possible && !of->possible())
        return EXIT_SUCCESS;
    tcase_add_checked_fixture(tests, of->setup, of->teardown);
    tcase_add_unchecked_fixture(tests, NULL, of->cleanup);
    tcase_set_timeout(tests, of->seconds);
    for (struct suite_test *test = suite_first; test; test = test->next)
        test->add(tests);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, of->seconds > 0 ? CK_FORK_GETENV : CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#define SUITE(name_, ...)                                                                          \
    int main(void)                                                                                 \
    {                                                                                              \
        return suite_run(&(struct suite){.name = name_, __VA_ARGS__});                             \
    }

#endif
