/* t_report.c: does the page say what the tables say, and nothing when they are not whole? */
#include "verify/report.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const table[][2] = {
    {"checks.tsv",
     REPORT_CHECKS "\n"
                   "random-a\trandom-a:1:0\tweights\tweights[0][1][2]\tsmooth\t41.30\t2.00001\t"
                   "-80.0\t256\t1.25\t1.25\t0.31\tpass\treference\n"
                   "file\t<b>&\"x'.json\tdirection\t0\tsmooth\t3.20\t2.00001\t"
                   "-80.0\t256\t0.7012\t0.7013\t1.5e+20\tfail\treference\n"},
    {"cases.tsv",
     REPORT_CASES "\n"
                  "random-a\trandom-a:1:0\tpass\t5\t40\t7\t256\t0.01\t0.2\t0.3\t4\t1.5\t"
                  "2.5\t41.30\n"
                  "file\t<b>&\"x'.json\tfail\t5\t40\t7\t256\t0.02\t0.2\t0.3\t4\t1.5\t"
                  "2.5\t3.20\n"},
    {"families.tsv",
     REPORT_FAMILIES "\n"
                     "random-a\t1201\t1190\t4\t3\t2\t2\t50001\t40.10\t41.30\t2.00001\n"
                     "file\t1\t0\t1\t0\t0\t0\t2\t3.20\t3.20\t2.00001\n"},
    {"ucurve.tsv", "precision\tstep\terror\n53\t-30\t1e-7\n53\t-20\t1e-9\n128\t-44\t1e-25\n"
                   "512\t-40\t1e-22\n512\t-170\t1e-101\n512\t-200\t1e-95\n"},
    {"example_traces.tsv", "time\tpopulation\tneuron\tV\tI\tlambda_V\tlambda_I\n"
                           "0.5\thid\t0\t0.1\t1\t0.02\t0.01\n9.5\thid\t0\t0.99\t1\t0.01\t0.02\n"},
    {"example_spikes.tsv", "time\tpopulation\tneuron\n1\tin\t0\n9.6\thid\t0\n"},
    {"engines.tsv", REPORT_ENGINES "\nrandom-a\trandom-a:1:0\tclock-host\tran\t1\t0\t4000\t0\t"
                                   "00ff\t-\n"},
    {"ratios.tsv", REPORT_RATIOS "\nclock-host\tV\t-3\t17\t0.4\nclock-host\tV\t-4\t3\t0.4\n"
                                 "clock-host\tweights\t-3\t5\t0.2\n"},
    {"ladder.tsv",
     REPORT_LADDER "\nrandom-a\trandom-a:1:0\t0\t0.5\tyes\t0.4\t0.1\t0.1\t0.1\t0.1\n"
                   "random-a\trandom-a:1:0\t1\t0.25\tyes\t0.2\t0.05\t0.1\t0.1\t0.1\n"},
    {"orders.tsv", REPORT_ORDERS "\nrandom-a\trandom-a:1:0\t2\t1.01\t0.99\t1\t1\t1\t1e-5\t-\n"},
    {"convergence.tsv", REPORT_CONVERGENCE "\nspikes\t-1\t-1.3\t1\nspikes\t-2\t-2.3\t1\n"
                                           "weights\t-1\t-3.3\t1\nweights\t-2\t-4.3\t1\n"},
    {"engine_families.tsv",
     REPORT_ENGINE_FAMILIES "\nrandom-a\tclock-host\t1201\t1100\t101\t0\t0\t0\t0"
                            "\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4"
                            "\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t0.1\t0.4\t1.01\tnan\n"},
    {"summary.tsv", "key\tvalue\nsources\tci & more\ndigest\t00ff\n"}};
enum { TABLES = sizeof table / sizeof *table };

static char directory[64], error[600];

static char *place(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void put(const char *name, const char *text, size_t length)
{
    FILE *out = fopen(place(name), "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(text, 1, length, out), length);
    ck_assert_int_eq(fclose(out), 0);
}

static void make_tables(void)
{
    snprintf(directory, sizeof directory, "/tmp/evident-t_report-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    for (size_t k = 0; k < TABLES; k++)
        put(table[k][0], table[k][1], strlen(table[k][1]));
    error[0] = '\0';
}

static void keep_headings_only(void)
{
    for (size_t k = 0; k < TABLES; k++)
        put(table[k][0], table[k][1], strcspn(table[k][1], "\n") + 1);
}

/* How many files the directory holds whose name ends so. */
static int count_files(const char *ending)
{
    int count = 0;
    DIR *open = opendir(directory);
    ck_assert_ptr_nonnull(open);
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;) {
        size_t length = strlen(entry->d_name), tail = strlen(ending);
        count += length >= tail && strcmp(entry->d_name + length - tail, ending) == 0 &&
                 entry->d_name[0] != '.';
    }
    closedir(open);
    return count;
}

static void remove_all(void)
{
    DIR *open = opendir(directory);
    ck_assert_ptr_nonnull(open);
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(place(entry->d_name));
    closedir(open);
    rmdir(directory);
}

static char *report_page(void)
{
    struct case_error unread;
    ck_assert_msg(ver_report(directory, error, sizeof error) == 0, "%s", error);
    char *page = report_read(place("index.html"), &unread);
    ck_assert_ptr_nonnull(page);
    return page;
}

static int count_text(const char *page, const char *text)
{
    int count = 0;
    for (; (page = strstr(page, text)) != NULL; page += strlen(text))
        count++;
    return count;
}

static void assert_refused(const char *complaint)
{
    ck_assert_int_eq(ver_report(directory, error, sizeof error), -1);
    ck_assert_msg(strstr(error, complaint) != NULL, "'%s' lacks '%s'", error, complaint);
    ck_assert_ptr_null(strchr(error, '\n'));
    ck_assert_int_eq(count_files(".html"), 0);
    ck_assert_int_eq(count_files(".part"), 0);
    ck_assert_int_eq(count_files(".log"), 0);
}

START_TEST(each_missing_table_is_named_and_leaves_no_page)
{
    put("index.html", "an older verdict", 16);
    unlink(place(table[_i][0]));
    assert_refused(table[_i][0]);
}
END_TEST

START_TEST(each_table_that_is_cut_off_in_its_heading_is_refused)
{
    put(table[_i][0], table[_i][1], 5);
    assert_refused(table[_i][0]);
}
END_TEST

START_TEST(a_row_that_is_cut_off_is_refused_with_its_line)
{
    put("families.tsv", table[2][1], strlen(table[2][1]) - 4);
    assert_refused("families.tsv:3: ");
    put("families.tsv", REPORT_FAMILIES "\nrandom-a\t1\t2\n", strlen(REPORT_FAMILIES) + 14);
    assert_refused("families.tsv:2: found 3 cells, wanted 11");
}
END_TEST

START_TEST(the_page_shows_the_sums_over_families)
{
    char *page = report_page();
    ck_assert_ptr_nonnull(strstr(page, "<dt>cases</dt><dd>1202</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>pass</dt><dd>1190</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>fail</dt><dd>5</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>undecided</dt><dd>3</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>not run</dt><dd>2</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>error</dt><dd>2</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>comparisons</dt><dd>50003</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<h1>7 of 1202 cases fail</h1>"));
    free(page);
}
END_TEST

START_TEST(texts_from_tables_are_escaped)
{
    char *page = report_page();
    ck_assert_ptr_null(strstr(page, "<b>&"));
    ck_assert_ptr_nonnull(strstr(page, "&lt;b&gt;&amp;&quot;x&#39;.json"));
    ck_assert_ptr_nonnull(strstr(page, "evident verify ci &amp; more --report"));
    free(page);
}
END_TEST

START_TEST(a_failing_comparison_is_listed_and_a_passing_one_is_not)
{
    char *page = report_page();
    ck_assert_ptr_nonnull(strstr(page, "<td>0.7012</td><td>0.7013</td><td>1.5e+20</td>"));
    ck_assert_ptr_null(strstr(page, "weights[0][1][2]"));
    free(page);
}
END_TEST

START_TEST(engines_have_a_row_a_family)
{
    char *page = report_page();
    ck_assert_ptr_nonnull(strstr(page, "<tr><td>random-a</td><td>clock-host</td><td>1201</td>"
                                       "<td>1100</td><td>101</td>"));
    ck_assert_ptr_nonnull(strstr(page, "<td>1.01</td><td class=\"none\">-</td></tr>"));
    free(page);
}
END_TEST

START_TEST(all_pictures_are_in_the_page_and_beside_it_and_nothing_else_is_left)
{
    char *page = report_page();
    ck_assert_int_eq(count_text(page, "<svg role=\"img\""), REPORT_PICTURES);
    ck_assert_int_eq(count_files(".svg"), REPORT_PICTURES);
    ck_assert_int_eq(count_files(""),
                     TABLES + REPORT_PICTURES + 2); /* the page and agreement.tsv */
    free(page);
}
END_TEST

START_TEST(the_page_needs_no_network_and_repeats_no_name)
{
    char *page = report_page();
    ck_assert_int_eq(count_text(page, "://"), count_text(page, "http://www.w3.org/"));
    ck_assert_int_eq(count_text(page, "src="), 0);
    ck_assert_int_eq(count_text(page, "<!-- evident:"), 0);
    ck_assert_int_eq(count_text(page, "id='example-gpPt6'"), 1);
    ck_assert_int_eq(count_text(page, "id='gpPt6'"), 0);
    free(page);
}
END_TEST

START_TEST(a_run_without_cases_claims_nothing)
{
    keep_headings_only();
    char *page = report_page();
    ck_assert_ptr_nonnull(strstr(page, "<header class=\"open\">"));
    ck_assert_ptr_nonnull(strstr(page, "<h1>nothing was run</h1>"));
    ck_assert_int_eq(count_text(page, "Nothing to draw"), REPORT_PICTURES);
    ck_assert_ptr_nonnull(strstr(page, "No engine was judged in this run."));
    free(page);
}
END_TEST

START_TEST(agreement_counts_smooth_differences_only)
{
    static const char checks[] = REPORT_CHECKS
        "\n"
        "closed-a\tx\tq\t-\tsmooth\t41.23\t2\t-80\t256\t1\t1\t0.3\tpass\treference\n"
        "closed-b\tx\tq\t-\tsmooth\t44.00\t2\t-80\t256\t1\t1\t0.3\tpass\treference\n"
        "closed-b\tx\tq\t-\ttangent\t12.00\t2\t-80\t256\t1\t1\t0.3\texcluded\treference\n"
        "closed-b\tx\tq\t-\tsmooth\tnan\t2\t-80\t256\t1\t1\t0.3\tpass\treference\n"
        "closed-b\tx\tq\t-\t-\t60.00\t2\t-80\t256\t1\t1\t0.3\tpass\treference\n";
    put("checks.tsv", checks, sizeof checks - 1);
    free(report_page());
    struct case_error unread;
    char *counted = report_read(place("agreement.tsv"), &unread);
    ck_assert_ptr_nonnull(counted);
    ck_assert_str_eq(counted, "group\tdigits\tcomparisons\tshare\nclosed\t41.3\t0\t0\n"
                              "closed\t41.3\t1\t0.500000\nclosed\t44.0\t2\t1.000000\n");
    free(counted);
}
END_TEST

START_TEST(without_gnuplot_one_line_says_so_and_no_page_is_left)
{
    char path[4096];
    snprintf(path, sizeof path, "%s", getenv("PATH"));
    setenv("PATH", directory, 1);
    assert_refused("gnuplot: not found");
    setenv("PATH", path, 1);
}
END_TEST

START_TEST(a_script_that_fails_is_named_with_its_complaint)
{
    char path[4096], longer[4200];
    snprintf(path, sizeof path, "%s", getenv("PATH"));
    snprintf(longer, sizeof longer, "%s:%s", directory, path);
    static const char fake[] = "#!/bin/sh\necho '\"x.gp\" line 7: warning: harmless'\n"
                               "echo '\"x.gp\" line 9: undefined variable: y'\n"
                               "echo '\"x.gp\" line 10: warning: harmless'\nexit 3\n";
    put("gnuplot", fake, sizeof fake - 1);
    ck_assert_int_eq(chmod(place("gnuplot"), 0700), 0);
    setenv("PATH", longer, 1);
    assert_refused("exit status 3: \"x.gp\" line 9: undefined variable: y");
    setenv("PATH", path, 1);
}
END_TEST

static Suite *report_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = tcase_create("report");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, make_tables, remove_all);
    tcase_add_loop_test(tcase, each_missing_table_is_named_and_leaves_no_page, 0, TABLES);
    tcase_add_loop_test(tcase, each_table_that_is_cut_off_in_its_heading_is_refused, 0, TABLES);
    tcase_add_test(tcase, a_row_that_is_cut_off_is_refused_with_its_line);
    tcase_add_test(tcase, the_page_shows_the_sums_over_families);
    tcase_add_test(tcase, texts_from_tables_are_escaped);
    tcase_add_test(tcase, a_failing_comparison_is_listed_and_a_passing_one_is_not);
    tcase_add_test(tcase, engines_have_a_row_a_family);
    tcase_add_test(tcase, all_pictures_are_in_the_page_and_beside_it_and_nothing_else_is_left);
    tcase_add_test(tcase, the_page_needs_no_network_and_repeats_no_name);
    tcase_add_test(tcase, a_run_without_cases_claims_nothing);
    tcase_add_test(tcase, agreement_counts_smooth_differences_only);
    tcase_add_test(tcase, without_gnuplot_one_line_says_so_and_no_page_is_left);
    tcase_add_test(tcase, a_script_that_fails_is_named_with_its_complaint);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(report_suite());
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
