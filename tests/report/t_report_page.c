/* SPDX-License-Identifier: MIT */
/* t_report_page.c: what a page says of failures, bounds, time and planted faults. */
#include "tests/report_case.h"
#include "tests/run_suite.h"

/* Text, and where it stands in the page. */
static const char *need_in(const char *page, const char *wanted)
{
    const char *found = strstr(page, wanted);
    ck_assert_msg(found != NULL, "the page lacks %s", wanted);
    return found;
}

/* ---- who was judged ---- */

#define ANSWER(quantity_, outcome_, got_, want_, distance_, digits_)                               \
    {                                                                                              \
        .kind = VER_KIND_ANSWER, .outcome = VER_##outcome_, .engine = "exec:./mine",               \
        .class_ = VER_NO_CLASS, .quantity = quantity_, .index = "weights[0][1][2]", .numbers = 6,  \
        .digits = (digits_), .order = VER_NAN, .step = VER_NAN, .distance = (distance_),           \
        .reference = got_, .value = want_                                                          \
    }
static struct ver_comparison agree[] = {ANSWER("weights", AGREES, "0.25", "0.25", 0.5, 13.14)};
static struct ver_comparison halved[] = {
    ANSWER("weights", DIFFERS, "0.12345678901234567", "0.24691357802469134", 3e12, 0.3),
    ANSWER("weights_direction", DIFFERS, "cosine 0.99912345678", "cosine 1", 2e12, VER_NAN),
    ANSWER("weights_scale", DIFFERS, "0.5", "1", 4e12, VER_NAN)};

/* Of a program: one case passes, one fails, and two are not run. */
static void make_program_run(void)
{
    static struct ver_judged judged = {.engine = "exec:./mine",
                                       .diagnosis = "weights 0.5 times the reference: N samples?"};
    static struct ver_judged refused = {
        .engine = "exec:./mine", .state = VER_ENGINE_INEXPRESSIBLE, .reason = "delays"};
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++)
        judged.ratios[q].largest = refused.ratios[q].largest = VER_NAN;
    report_who = "exec:./mine\tmine & co\t0.3\texact, binary64";
    begin_run(NULL, 4);
    add(0,
        (struct ver_judgement){.name = (char *)"random-a:1:0",
                               .family = "random-a",
                               .comparison = agree,
                               .comparisons = 1},
        &judged);
    add(1,
        (struct ver_judgement){.name = (char *)"random-a:1:1",
                               .family = "random-a",
                               .verdict = VER_FAIL,
                               .reason = "3 of 3 comparisons differ",
                               .comparison = halved,
                               .comparisons = sizeof halved / sizeof *halved},
        &judged);
    add(2,
        (struct ver_judgement){.name = (char *)"random-a:1:2",
                               .family = "random-a",
                               .verdict = VER_NOT_RUN,
                               .reason = "a delay of 3.5 ms"},
        &refused);
    add(3,
        (struct ver_judgement){.name = (char *)"random-a:1:3",
                               .family = "random-a",
                               .verdict = VER_NOT_RUN,
                               .reason = "a delay of 4 ms"},
        &refused);
}

TEST(first_screen_says_who_the_verdict_how_far_and_where)
{
    make_program_run();
    char *page = page_of_run();
    const char *at = need_in(page, "<p class=\"who\"><strong>mine &amp; co</strong> 0.3 <span>"
                                   "exact, binary64</span> <code>exec:./mine</code></p>");
    at = need_in(at, "<h1>1 of the 2 cases it can run fails</h1>");
    at = need_in(at, "What passes agrees to at least 13.1 digits (random-a:1:0)");
    at = need_in(at, "2 not run: no claim is made about these.");
    at = need_in(at, "2026-01-02 00:00 UTC</time> on bench, commit <code>abc123</code>");
    at = need_in(at, "<dt>fail</dt><dd>1</dd>");
    at = need_in(at, "<h2 id=\"failures\">"); /* before anything else */
    ck_assert_int_lt(count_text(page, "<h2") - count_text(at, "<h2"), 1);
    at = need_in(at, "<td>1</td><td class=\"bad\">3e+12</td><td>0.5</td><td class=\"text\">"
                     "weights 0.5 times the reference: N samples?</td>"
                     "<td><a href=\"#random-a:1:1\">");
    at = need_in(at, "<span class=\"open\">not run</span> 2 cases: a delay of ... ms</summary>"
                     "<p class=\"command\">random-a:1:2 random-a:1:3</p>");
    free(page);
}

TEST(without_an_engine_the_reference_is_judged)
{
    report_who = "";
    begin_run(NULL, 3);
    char *page = page_of_run();
    need_in(page, "<strong>the reference of evident</strong> 0 ");
    free(page);
}

/* ---- what fails ---- */

TEST(a_failing_case_shows_its_numbers_what_they_look_like_and_its_commands)
{
    char *page = page_of_run();
    need_in(page, "<td class=\"bad\">57.1</td><td>0.000143</td><td>0.7012</td><td>0.7013</td>");
    need_in(page, "<td class=\"bad\">3.04</td>");
    need_in(page, "</code> matches defect 4: late (weights 2 times)</summary>");
    /* Defaults and --every are left out, quotes are the shell's. */
    need_in(page, "evident verify &#39;&lt;b&gt;&amp;&quot;x&#39;\\&#39;&#39;"
                  ".json&#39; --seed 3 --engine clock-host --defect 4</code>");
    need_in(page, ".json&#39; --engine clock-host --defect 4</code>");
    ck_assert_int_eq(count_text(page, "evident explain "), 1);
    ck_assert_int_eq(count_text(page, "No picture: "), 1);
    free(page);
}

TEST(a_quantity_is_a_row_with_its_parts_distance_and_relative_error_before_got_and_want)
{
    make_program_run();
    char *page = page_of_run();
    const char *at = need_in(page, "<details class=\"case\" id=\"random-a:1:1\" open>");
    at = need_in(at, "<th>quantity</th><th>distance,<br>bounds</th><th>relative<br>error</th>"
                     "<th>got</th><th>want</th><th>where</th>");
    at = need_in(at, "<tr><td>weights<br><small>cosine 0.999123, scale 0.5</small></td>"
                     "<td class=\"bad\">3e+12</td><td>0.5</td>"
                     "<td title=\"0.12345678901234567\">0.123457</td>"
                     "<td title=\"0.24691357802469134\">0.246914</td><td>weights[0][1][2]</td></tr>"
                     "\n</tbody>");
    free(page);
}

TEST(what_was_not_settled_is_shown_with_its_reason)
{
    char *page = page_of_run();
    need_in(page, "<span class=\"open\">undecided</span> 1 case: grazing: too near</summary>");
    need_in(page, "<details class=\"case\" id=\"random-a:1:9\" open>\n<summary>"
                  "<span class=\"open\">undecided</span> <code>random-a:1:9</code> "
                  "grazing: too near</summary>");
    ck_assert_int_eq(count_text(page, "<details class=\"case\""), 2);
    free(page);
}

TEST(failures_are_counted_by_what_they_look_like)
{
    char *page = page_of_run();
    need_in(page, "<td>1</td><td class=\"bad\">57.1</td><td>0.000143</td><td class=\"text\">"
                  "matches defect 4: late</td>"
                  "<td><a href=\"#%3Cb%3E%26%22x%27.json\">");
    need_in(page, "<details class=\"case\" id=\"%3Cb%3E%26%22x%27.json\" open>");
    free(page);
}

/* Its address as it is; of a second case of that name another. */
TEST(every_case_that_does_not_pass_has_a_place_of_its_own)
{
    begin_run(NULL, 2);
    for (size_t k = 0; k < 2; k++)
        add(k,
            (struct ver_judgement){.name = (char *)"a:1:2",
                                   .family = "file",
                                   .verdict = VER_ERROR,
                                   .reason = "memory is short"},
            NULL);
    char *page = page_of_run();
    need_in(page, "id=\"a:1:2\"");
    need_in(page, "id=\"a:1:2~2\"");
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
    enum { CASES = 320 };
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
    ck_assert_int_eq(count_text(page, "<details class=\"case\""), 300);
    need_in(page, "<p>20 more are in <code>failures.tsv</code>.</p>");
    need_in(page, "<span class=\"bad\">error</span> 320 cases: memory is short</summary>");
    free(page);
}

TEST(heat_map_tells_passing_failing_excluded_and_not_asked_apart)
{
    char *page = page_of_run();
    need_in(page, "<th colspan=\"1\" scope=\"colgroup\">reference</th>"
                  "<th colspan=\"2\" scope=\"colgroup\">clock-host</th>");
    need_in(page, "<tr><th scope=\"row\">random-a</th><td class=\"h3\" title=\"630 numbers\">"
                  "<a href=\"#cases\" data-family=\"random-a\" data-cell=\"0.0\">0.31</a></td>"
                  "<td class=\"h4\" title=\"8100 numbers\">"
                  "<a href=\"#cases\" data-family=\"random-a\" data-cell=\"1.7\">1.00</a></td>"
                  "<td class=\"out\" title=\"0 numbers, 36 excluded\">"
                  "<a href=\"#cases\" data-family=\"random-a\" data-cell=\"1.10\">○</a></td></tr>");
    ck_assert_ptr_nonnull(strstr(page, "<tr><th scope=\"row\">file</th>"
                                       "<td class=\"h0\" title=\"7 numbers\"><a href=\"#cases\" "
                                       "data-family=\"file\" data-cell=\"0.0\">‹.01</a></td>"
                                       "<td class=\"hot\" title=\"9 numbers, 3 comparisons fail, "
                                       "worst 57.1 bounds\"><a href=\"#%3Cb%3E%26%22x%27.json\" "
                                       "data-family=\"file\" data-cell=\"1.7\">✗3</a></td>"
                                       "<td></td></tr>"));
    free(page);
}

/* Every cell names its family and kind as rows of the table of cases do. */
TEST(a_cell_of_the_heat_map_leads_to_its_cases)
{
    make_program_run();
    char *page = page_of_run(), *rest;
    const char *row = need_in(page, "<tr data-family=\"random-a\" data-cells=\"1.12\">");
    need_in(row, "<td class=\"bad\" title=\"fail\">✗</td><td class=\"bad\">3e+12</td><td>0.5</td>"
                 "<td><a href=\"#random-a:1:1\"><code>random-a:1:1</code></a></td>");
    need_in(row, "<td class=\"good\" title=\"pass\">✓</td><td>0.5</td><td>0</td>"
                 "<td><code>random-a:1:0</code></td>");
    need_in(page, "<a href=\"#random-a:1:1\" data-family=\"random-a\" data-cell=\"1.12\">✗3</a>");
    need_in(page, "find(\"filter\")"); /* who does it */
    free(page);
    begin_run(NULL, 11);
    add_cases();
    page = page_of_run();
    for (rest = page; (rest = strstr(rest, "data-cell=\"")) != NULL; rest++) {
        char token[16], seen[80];
        snprintf(token, sizeof token, "%.*s", (int)strcspn(rest + 11, "\""), rest + 11);
        int found = 0;
        for (const char *at = page; (at = strstr(at, "data-cells=\"")) != NULL; at++) {
            snprintf(seen, sizeof seen, " %.*s ", (int)strcspn(at + 12, "\""), at + 12);
            snprintf(token, sizeof token, " %.*s ", (int)strcspn(rest + 11, "\""), rest + 11);
            found += strstr(seen, token) != NULL;
        }
        ck_assert_msg(found > 0, "no case of cell %s", token);
    }
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
    ck_assert_ptr_nonnull(strstr(page, "<td>1</td><td>2026-01-02T00:00:00Z</td><td>abc123</td>"));
    free(page);
}

TEST(kill_matrix_counts_what_was_caught)
{
    static const char kills[] = "fault\tname\twhere\tspikes\ttests\tkinds\tverdict\n"
                                "1\tjump missing\tref/x.c\t3\t1\t2\tcaught\n"
                                "2\tsign\tref/y.c\t0\t1\t1\tone kind\n";
    put("kills.tsv", kills, sizeof kills - 1);
    char *page = page_named("evident.html");
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
