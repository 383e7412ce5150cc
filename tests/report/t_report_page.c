/* SPDX-License-Identifier: MIT */
/* t_report_page.c: what a page says of failures, bounds, time and planted faults. */
#include "tests/report_case.h"
#include "tests/run_suite.h"

TEST(a_failing_case_shows_its_numbers_what_they_look_like_and_its_commands)
{
    char *page = page_of_run();
    ck_assert_ptr_nonnull(
        strstr(page, "<td class=\"bad\">57.1</td><td>0.7012</td><td>0.7013</td>"));
    ck_assert_ptr_nonnull(strstr(page, "<td class=\"bad\">3.04</td>"));
    ck_assert_ptr_nonnull(
        strstr(page, "<strong>matches defect 4: late (weights 2 times)</strong>"));
    /* Defaults and --every are left out, quotes are the shell's. */
    ck_assert_ptr_nonnull(strstr(page,
                                 "evident verify &#39;&lt;b&gt;&amp;&quot;x&#39;\\&#39;&#39;"
                                 ".json&#39; --seed 3 --engine clock-host --defect 4</code>"));
    ck_assert_ptr_nonnull(strstr(page, ".json&#39; --engine clock-host --defect 4</code>"));
    ck_assert_int_eq(count_text(page, "evident explain "), 1);
    ck_assert_int_eq(count_text(page, "No picture: "), 1);
    free(page);
}

TEST(what_was_not_settled_is_shown_with_its_reason)
{
    char *page = page_of_run();
    ck_assert_ptr_nonnull(strstr(page, "<span class=\"open\">undecided</span> random-a:1:9"));
    ck_assert_ptr_nonnull(strstr(page, "<p>grazing: too near</p>"));
    ck_assert_int_eq(count_text(page, "<article id="), 2);
    free(page);
}

TEST(failures_are_counted_by_what_they_look_like)
{
    char *page = page_of_run();
    ck_assert_ptr_nonnull(strstr(page, "<tr><td>matches defect 4: late</td><td>1</td></tr>"));
    ck_assert_ptr_nonnull(strstr(page, "<tr><td>grazing: too near</td><td>1</td></tr>"));
    free(page);
}

TEST(a_picture_of_a_failing_case_is_in_the_page_without_its_own_style)
{
    static const char drawn[] = "<?xml?>\n<svg role=\"img\" width=\"5\">\n<style>\np {}</style>"
                                "<g id='dot'/><use href='#dot'/></svg>\n";
    put("failure-0.svg", drawn, sizeof drawn - 1);
    char *page = page_of_run();
    ck_assert_ptr_nonnull(strstr(page, "<svg role=\"img\" width=\"5\">\n<g id='failure-0-dot'/>"
                                       "<use href='#failure-0-dot'/></svg>"));
    ck_assert_ptr_null(strstr(page, "p {}"));
    ck_assert_int_eq(count_text(page, "No picture: "), 0);
    free(page);
}

TEST(cases_beyond_the_first_are_listed_and_the_rest_is_counted)
{
    enum { CASES = 240 };
    char name[32];
    begin_run(NULL, CASES);
    for (size_t k = 0; k < CASES; k++) {
        snprintf(name, sizeof name, "case-%zu", k);
        add(k,
            (struct ver_judgement){
                .name = name, .family = "file", .verdict = VER_ERROR, .reason = "memory is short"},
            NULL);
    }
    char *page = page_of_run();
    ck_assert_int_eq(count_text(page, "<article id="), 20);
    ck_assert_int_eq(count_text(page, "<li>error <code>"), 200);
    ck_assert_ptr_nonnull(strstr(page, "<li>20 more are in <code>failures.tsv</code></li>"));
    ck_assert_ptr_nonnull(strstr(page, "<td>memory is short</td><td>240</td>"));
    free(page);
}

TEST(heat_map_tells_passing_failing_excluded_and_not_asked_apart)
{
    char *page = page_of_run();
    ck_assert_ptr_nonnull(strstr(page, "<th colspan=\"1\" scope=\"colgroup\">reference</th>"
                                       "<th colspan=\"2\" scope=\"colgroup\">clock-host</th>"));
    ck_assert_ptr_nonnull(strstr(page, "<tr><th scope=\"row\">random-a</th>"
                                       "<td class=\"h3\" title=\"630 numbers\">0.31</td>"
                                       "<td class=\"h4\" title=\"8100 numbers\">1.00</td>"
                                       "<td class=\"out\" title=\"0 numbers, 36 excluded\">○</td>"
                                       "</tr>"));
    ck_assert_ptr_nonnull(strstr(page, "<tr><th scope=\"row\">file</th>"
                                       "<td class=\"h0\" title=\"7 numbers\">‹.01</td>"
                                       "<td class=\"hot\" title=\"9 numbers, 3 comparisons fail, "
                                       "worst 57.1 bounds\">✗3</td><td></td></tr>"));
    free(page);
}

TEST(a_distance_that_is_no_number_is_hot)
{
    must(store,
         store_script(store, "UPDATE comparisons SET distance = NULL WHERE kind = 'spikes'"));
    char *page = page_of_run();
    ck_assert_int_eq(count_text(page, "<td class=\"hot\""), 3);
    free(page);
}

TEST(times_and_trend_come_from_a_store_that_is_kept_or_the_page_says_that_there_is_none)
{
    char path[80], *page = page_of_run();
    ck_assert_ptr_nonnull(strstr(page, "Times are kept in a store"));
    free(page);
    store_close(store);
    store = NULL;
    snprintf(path, sizeof path, "%s/.kept", folder);
    begin_run(path, 11);
    add_cases();
    must(store, store_finish(store, recorded));
    page = page_of_run();
    ck_assert_ptr_null(strstr(page, "Times are kept in a store"));
    ck_assert_ptr_nonnull(strstr(page, "<td>witness</td><td>1</td><td>10.500</td>"));
    ck_assert_ptr_nonnull(strstr(page, "<td>1</td><td>2026-01-02T00:00:00Z</td><td>-</td>"));
    free(page);
}

TEST(kill_matrix_counts_what_was_caught)
{
    static const char kills[] = "fault\tname\twhere\tspikes\ttests\tkinds\tverdict\n"
                                "1\tjump missing\tref/x.c\t3\t1\t2\tcaught\n"
                                "2\tsign\tref/y.c\t0\t1\t1\tone kind\n";
    put("kills.tsv", kills, sizeof kills - 1);
    char *page = page_of_run();
    ck_assert_ptr_nonnull(strstr(page, "2 faults were planted, one at a time; 1 were caught by at "
                                       "least two kinds of check, 1 were not."));
    ck_assert_ptr_nonnull(strstr(page, "<td></td><td class=\"h3\" title=\"1\">●</td><td>1</td>"
                                       "<td class=\"bad\">one kind</td>"));
    free(page);
}

TEST(every_link_in_the_page_has_its_place)
{
    char *page = page_of_run(), id[128];
    int links = 0;
    for (const char *at = page; (at = strstr(at, "href=\"#")) != NULL; links++) {
        at += strlen("href=\"#");
        snprintf(id, sizeof id, "id=\"%.*s\"", (int)strcspn(at, "\""), at);
        ck_assert_msg(strstr(page, id) != NULL, "%s is nowhere", id);
    }
    ck_assert_int_ge(links, 7);
    free(page);
}

SUITE("report page", .setup = make_run, .teardown = remove_all)
