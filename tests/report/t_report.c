/* SPDX-License-Identifier: MIT */
/* t_report.c: does the page say what the run says, and nothing where it cannot be drawn? */
#include "tests/report_case.h"
#include "tests/run_suite.h"

static void assert_refused(const char *complaint)
{
    ck_assert_int_eq(write_report(), -1);
    ck_assert_msg(strstr(error.text, complaint) != NULL, "'%s' lacks '%s'", error.text, complaint);
    ck_assert_ptr_null(strchr(error.text, '\n'));
    ck_assert_int_eq(count_files(".html"), 0);
    ck_assert_int_eq(count_files(".part"), 0);
    ck_assert_int_eq(count_files(".log"), 0);
}

TEST(a_folder_that_is_not_there_is_refused_with_the_table)
{
    char was[sizeof folder];
    memcpy(was, folder, sizeof was);
    snprintf(folder, sizeof folder, "/no/such");
    ck_assert_int_eq(write_report(), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "/no/such/checks.tsv"));
    memcpy(folder, was, sizeof was);
}

TEST(a_store_that_is_damaged_gives_no_page)
{
    must(store, store_script(store, "UPDATE ratios SET counts = '99:1'"));
    ck_assert_int_eq(store_totals(store, recorded, &totals), -1);
    ck_assert_ptr_nonnull(strstr(store_error(store), "damaged"));
    must(store, store_script(store, "DELETE FROM ratios; UPDATE cases SET verdict = 'perhaps'"));
    ck_assert_int_eq(store_totals(store, recorded, &totals), -1);
    ck_assert_ptr_nonnull(strstr(store_error(store), "do not add up"));
}

TEST(the_page_shows_the_sums_over_families)
{
    char *page = page_of_run();
    ck_assert_ptr_nonnull(strstr(page, "<dt>cases</dt><dd>11</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>pass</dt><dd>9</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>fail</dt><dd>1</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>undecided</dt><dd>1</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>not run</dt><dd>0</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "<dt>error</dt><dd>0</dd>"));
    ck_assert_ptr_nonnull(strstr(page, "8,746 numbers were compared"));
    ck_assert_ptr_nonnull(strstr(page, "<h1>1 of 11 cases fail</h1>"));
    free(page);
}

TEST(texts_are_escaped)
{
    char *page = page_of_run();
    ck_assert_ptr_null(strstr(page, "<b>&"));
    ck_assert_ptr_nonnull(strstr(page, "&lt;b&gt;&amp;&quot;x&#39;.json"));
    ck_assert_ptr_nonnull(strstr(page, "evident verify ci &amp; more --seed 3 "));
    free(page);
}

TEST(engines_have_a_row_a_family)
{
    char *page = page_of_run();
    ck_assert_ptr_nonnull(strstr(page, "<tr><td>random-a</td><td>clock-host</td><td>9</td>"
                                       "<td>9</td>"));
    ck_assert_ptr_nonnull(
        strstr(page, "<td>0.990</td></tr>")); /* columns of nothing are left out */
    ck_assert_ptr_null(strstr(page, "no<br>device"));
    free(page);
}

TEST(all_pictures_are_in_the_page_and_beside_it_and_nothing_else_is_left)
{
    enum { TABLES = 25 };
    char path[80];
    store_close(store);
    store = NULL;
    snprintf(path, sizeof path, "%s/.kept", folder);
    for (int k = 0; k < 2; k++) {
        begin_run(path, 11);
        add_cases();
        must(store, store_finish(store, recorded));
    }
    char *page = page_of_run(), *evident = page_named("evident.html");
    ck_assert_int_eq(count_text(page, "Nothing to draw") + count_text(evident, "Nothing to"), 0);
    ck_assert_int_eq(count_text(page, "<svg role=\"img\"") +
                         count_text(evident, "<svg role=\"img\""),
                     REPORT_PICTURES);
    free(evident);
    ck_assert_int_eq(count_files(".svg"), REPORT_PICTURES);
    ck_assert_int_eq(count_files(".tsv"), TABLES);
    ck_assert_int_eq(count_files(""), TABLES + REPORT_PICTURES + 2);
    free(page);
}

TEST(the_page_needs_no_network_and_repeats_no_name)
{
    char *page = page_of_run();
    ck_assert_int_eq(count_text(page, "://"), count_text(page, "http://www.w3.org/"));
    ck_assert_int_eq(count_text(page, "src="), 0);
    ck_assert_int_eq(count_text(page, "<!-- evident:"), 0);
    ck_assert_int_eq(count_text(page, "id='ladder-gpPt6'"), 1);
    ck_assert_int_eq(count_text(page, "id='gpPt6'"), 0);
    free(page);
}

TEST(a_run_without_cases_claims_nothing)
{
    begin_run(NULL, 3);
    char *page = page_of_run();
    ck_assert_ptr_nonnull(strstr(page, "<header class=\"open\">"));
    ck_assert_ptr_nonnull(strstr(page, "<h1>nothing was run</h1>"));
    ck_assert_int_eq(count_text(page, "<svg"), 0); /* nor a frame without a picture */
    ck_assert_ptr_nonnull(strstr(page, "No engine was judged in this run."));
    free(page);
}

TEST(without_gnuplot_one_line_says_so_and_no_page_is_left)
{
    char path[4096];
    snprintf(path, sizeof path, "%s", getenv("PATH"));
    setenv("PATH", folder, 1);
    assert_refused("gnuplot: not found");
    setenv("PATH", path, 1);
}

TEST(a_script_that_fails_is_named_with_its_complaint)
{
    char path[4096], longer[4200];
    snprintf(path, sizeof path, "%s", getenv("PATH"));
    snprintf(longer, sizeof longer, "%s:%s", folder, path);
    static const char fake[] = "#!/bin/sh\necho '\"x.gp\" line 7: warning: harmless'\n"
                               "echo '\"x.gp\" line 9: undefined variable: y'\n"
                               "echo '\"x.gp\" line 10: warning: harmless'\nexit 3\n";
    put("gnuplot", fake, sizeof fake - 1);
    ck_assert_int_eq(chmod(at("gnuplot"), 0700), 0);
    setenv("PATH", longer, 1);
    assert_refused("exit status 3: \"x.gp\" line 9: undefined variable: y");
    setenv("PATH", path, 1);
}

SUITE("report", .setup = make_run, .teardown = remove_all)
