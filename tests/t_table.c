/* t_table.c: checks.tsv has a row for all that does not agree and one for the rest of a kind, by
 * which nothing of the totals is lost; agreement.tsv counts every smooth difference. */
#include "verify/report/table.h"
#include "verify/report/report.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AGREES(kind_, quantity_, index_, numbers_, digits_, distance_)                             \
    {                                                                                              \
        .kind = VER_KIND_##kind_, .outcome = VER_AGREES, .class_ = WITNESS_SMOOTH,                 \
        .quantity = (quantity_), .index = index_, .numbers = (numbers_), .digits = (digits_),      \
        .order = 2, .step = -80, .precision = 256, .distance = (distance_), .value = "1.25",       \
        .reference = "1.25"                                                                        \
    }

/* Names in the order of the rows wanted; the nearest to its bound is neither first nor last. */
static struct ver_comparison comparison[] = {
    AGREES(COORDINATE, "weights", "weights[0]", 1, 50, 0.25),
    AGREES(COORDINATE, "delays", "delays[1]", 1, 44.004, 0.5),
    AGREES(DIRECTION, "direction", "0", 1, 41.23, VER_NAN),
    AGREES(COORDINATE, "weights", "weights[2]", 1, 60, 0.5),
    AGREES(COORDINATE, "weights", "weights[3]", 3, 60, VER_NAN),
    AGREES(LOSS, "loss", "-", 1, 60, 0),
    AGREES(COORDINATE, "weights", "weights[4]", 1, 3.2, 7),
    AGREES(COORDINATE, "weights", "weights[5]", 1, 12, 0.1),
    AGREES(ROUNDING, "V", "[0].hid[1]", 100, VER_NAN, 0.5),
    AGREES(ROUNDING, "I", "[0].hid[1]", 10, VER_NAN, 0.75),
    AGREES(ROUNDING, "V", "[0].hid[1]", 100, VER_NAN, 0.25),
};
enum { COMPARISONS = sizeof comparison / sizeof *comparison, DIFFERENT = 6, EXCLUDED = 7 };

static struct ver_judgement judgement = {.name = (char *)"closed-a:1:0",
                                         .family = "closed-a",
                                         .comparison = comparison,
                                         .comparisons = COMPARISONS};
static char directory[64];

static void setup(void)
{
    snprintf(directory, sizeof directory, "/tmp/evident-t_table-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    comparison[DIFFERENT].outcome = VER_DIFFERS;
    comparison[EXCLUDED].outcome = VER_EXCLUDED;
    comparison[EXCLUDED].class_ = WITNESS_ORDER_CHANGE;
    comparison[5].class_ = VER_NO_CLASS;
    comparison[8].engine = "one";
    comparison[9].engine = "one";
    comparison[10].engine = "two";
    for (int k = 8; k < COMPARISONS; k++)
        comparison[k].class_ = VER_NO_CLASS;
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void teardown(void)
{
    unlink(path_of("checks.tsv"));
    unlink(path_of("agreement.tsv"));
    rmdir(directory);
}

static char *written(const char *name)
{
    struct case_error error;
    char *text = report_read(path_of(name), &error);
    ck_assert_ptr_nonnull(text);
    return text;
}

static char *checks(bool all)
{
    struct case_error error;
    ck_assert_int_eq(table_checks(directory, &judgement, 1, all, &error), 0);
    return written("checks.tsv");
}

START_TEST(what_agrees_shares_the_row_of_the_nearest_to_its_bound)
{
    char *text = checks(false);
#define ROW(rest) "closed-a\tclosed-a:1:0\t" rest "\n"
    ck_assert_str_eq(
        text,
        REPORT_CHECKS "\n" ROW("delays\tdelays[1]\tsmooth\t44.00\t2.00000\t-80.0\t256\t-\t-\t0.5\t"
                               "pass\treference\tcoordinates\t4\t6")
            ROW("direction\t0\tsmooth\t41.23\t2.00000\t-80.0\t256\t-\t-\tnan\tpass\treference\t"
                "directions\t1\t1")
                ROW("loss\t-\t-\t60.00\t2.00000\t-80.0\t256\t-\t-\t0\tpass\treference\tlosses\t1\t"
                    "1") ROW("weights\tweights[4]\tsmooth\t3.20\t2.00000\t-80.0\t256\t1.25\t1.25\t"
                             "7\tfail\treference\tcoordinates\t1\t1")
                    ROW("weights\tweights[5]\torder-change\t12.00\t2.00000\t-80.0\t256\t1.25\t"
                        "1.25\t0.1\texcluded\treference\tcoordinates\t1\t1")
                        ROW("I\t[0].hid[1]\t-\tnan\t2.00000\t-80.0\t256\t-\t-\t0.75\tpass\tone\t"
                            "rounding\t2\t110")
                            ROW("V\t[0].hid[1]\t-\tnan\t2.00000\t-80.0\t256\t-\t-\t0.25\tpass\t"
                                "two\trounding\t1\t100"));
    free(text);
}
END_TEST

/* Sums of the last two columns, of rows that are no heading. */
static void add_up(char *text, size_t *rows, size_t *numbers)
{
    *rows = *numbers = 0;
    for (char *line = strtok(text, "\n"); (line = strtok(NULL, "\n")) != NULL;) {
        char *last = strrchr(line, '\t'), *before = last;
        while (*--before != '\t')
            continue;
        *rows += strtoull(before, NULL, 10);
        *numbers += strtoull(last, NULL, 10);
    }
}

START_TEST(no_comparison_is_lost_with_all_rows_or_without)
{
    size_t rows, numbers, lines = 0;
    char *few = checks(false), *all = checks(true);
    for (const char *at = all; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_uint_eq(lines, 1 + COMPARISONS);
    ck_assert_ptr_nonnull(strstr(all, "weights[0]\tsmooth\t50.00\t2.00000\t-80.0\t256\t1.25\t1.25\t"
                                      "0.25\tpass\treference\tcoordinates\t1\t1\n"));
    add_up(few, &rows, &numbers);
    ck_assert_uint_eq(rows, COMPARISONS);
    ck_assert_uint_eq(numbers, 220);
    add_up(all, &rows, &numbers);
    ck_assert_uint_eq(rows, COMPARISONS);
    ck_assert_uint_eq(numbers, 220);
    free(few);
    free(all);
}
END_TEST

START_TEST(agreement_counts_smooth_differences_only)
{
    struct case_error error;
    ck_assert_int_eq(table_agreement(directory, &judgement, 1, &error), 0);
    char *text = written("agreement.tsv");
    ck_assert_str_eq(text, REPORT_AGREEMENT "\nclosed\t3.2\t0\t0\nclosed\t3.2\t1\t0.166667\n"
                                            "closed\t41.3\t2\t0.333333\nclosed\t44.0\t3\t0.500000\n"
                                            "closed\t50.0\t4\t0.666667\nclosed\t60.0\t6\t1.000000"
                                            "\n");
    free(text);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_refused)
{
    struct case_error error;
    ck_assert_int_eq(table_checks("/no/such", &judgement, 1, false, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "/no/such/checks.tsv"));
    ck_assert_int_eq(table_agreement("/no/such", &judgement, 1, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "/no/such/agreement.tsv"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("table");
    TCase *tests = tcase_create("tables");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_agrees_shares_the_row_of_the_nearest_to_its_bound);
    tcase_add_test(tests, no_comparison_is_lost_with_all_rows_or_without);
    tcase_add_test(tests, agreement_counts_smooth_differences_only);
    tcase_add_test(tests, a_folder_that_is_not_there_is_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
