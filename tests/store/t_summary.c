/* SPDX-License-Identifier: MIT */
/* t_summary.c: the summary of a CI job: what it says of a run, and that nothing in a name or an
 * answer is taken for markup. */
#include "tests/shell.h"
#include "tests/store_case.h"

static struct store *store;

static void setup(void)
{
    make_store_folder();
    store = must_open("s", STORE_WRITE);
}

static void teardown(void)
{
    store_close(store);
    drop_folder();
}

static int count_text(const char *in, const char *what)
{
    int count = 0;
    for (; (in = strstr(in, what)) != NULL; in += strlen(what))
        count++;
    return count;
}

static void has(const char *summary, const char *what)
{
    ck_assert_msg(strstr(summary, what) != NULL, "'%s' lacks '%s'", summary, what);
}

TEST(failures_come_first_with_their_numbers)
{
    char *summary = exported(store, record_run(store, 14, 5), STORE_MARKDOWN, NULL, false);
    ck_assert_ptr_eq(strstr(summary, "## evident: 2 of 14 cases fail\n"), summary);
    has(summary, "\n| 14 | 12 | 2 | 0 | 0 | 0 |\n");
    has(summary, "| clock-host | 5 | 5 | ");
    has(summary, "| closed-chain:1:6 | reference | adjoint\\_V weights\\[0\\]\\[6\\]\\[0\\] | ");
    has(summary, " | nan | ");
    has(summary, "\nevident verify closed-chain:1:6 --seed 0\n");
    has(summary, "| some &amp; all | ");
    ck_assert_int_eq(count_text(summary, "\n```"), 2);
    free(summary);
}

TEST(nothing_is_taken_for_markup)
{
    struct store_facts facts = make_facts(2);
    struct ver_judgement j = make_judgement(6, 2);
    int64_t run = store_begin(store, &facts, false);
    snprintf(j.name, 64, "%s", "a|b`c<d>&*_e_[f](g)\n# h\t@i");
    snprintf(j.comparison[0].reference, sizeof j.comparison[0].reference, "%s", "1|</table>");
    must(store, store_record(store, run, 0, &j));
    snprintf(j.name, 64, "```\nrm");
    must(store, store_record(store, run, 1, &j));
    ver_judgement_clear(&j);
    must(store, store_finish(store, run));
    char *summary = exported(store, run, STORE_MARKDOWN, NULL, false);
    has(summary, "| a\\|b\\`c&lt;d&gt;&amp;\\*\\_e\\_\\[f\\]\\(g\\) \\# h \\@i | ");
    has(summary, "| 1\\|&lt;/table&gt; | ");
    has(summary, "\nevident verify '``` rm' --seed 0\n");
    ck_assert_int_eq(count_text(summary, "\n```"), 2);
    free(summary);
}

TEST(many_failures_are_counted_and_the_text_stays_short)
{
    char *summary = exported(store, record_run(store, 700, 3), STORE_MARKDOWN, NULL, false);
    has(summary, "## evident: 100 of 700 cases fail");
    has(summary, "\n80 more are not listed here.\n");
    ck_assert_int_eq(count_text(summary, "\nevident verify "), 20);
    ck_assert_uint_lt(strlen(summary), 65536);
    free(summary);
}

TEST(what_was_not_settled_is_no_pass)
{
    struct store_facts facts = make_facts(2);
    int64_t run = store_begin(store, &facts, false);
    must(store, record(store, run, 1, 3));
    struct ver_judgement j = make_judgement(2, 3);
    j.verdict = VER_UNDECIDED;
    snprintf(j.reason, sizeof j.reason, "grazing: too near");
    must(store, store_record(store, run, 0, &j));
    ver_judgement_clear(&j);
    char *summary = exported(store, run, STORE_MARKDOWN, NULL, false);
    ck_assert_ptr_eq(strstr(summary, "## evident: 1 of 2 cases pass, none fails\n"), summary);
    has(summary, "**The run is not complete.**");
    has(summary, "### What was not settled");
    has(summary, "| undecided | odd &lt;&amp;");
    has(summary, "| grazing: too near |");
    free(summary);
    must(store, store_finish(store, run));
    summary = exported(store, run, STORE_MARKDOWN, NULL, false);
    ck_assert_ptr_null(strstr(summary, "not complete"));
    free(summary);
}

TEST(a_run_that_passes_says_so_and_an_empty_one_does_not)
{
    char *summary = exported(store, record_run(store, 6, 5), STORE_MARKDOWN, NULL, false);
    ck_assert_ptr_eq(strstr(summary, "## evident: all 6 cases pass\n"), summary);
    ck_assert_ptr_null(strstr(summary, "What fails"));
    ck_assert_ptr_null(strstr(summary, "```"));
    free(summary);
    struct store_facts facts = make_facts(9);
    int64_t run = store_begin(store, &facts, false);
    summary = exported(store, run, STORE_MARKDOWN, NULL, false);
    ck_assert_ptr_eq(strstr(summary, "## evident: nothing was run\n"), summary);
    free(summary);
}

TEST(a_summary_says_what_moved_since_the_run_before)
{
    struct store_facts facts = make_facts(1);
    struct ver_judgement j = make_judgement(6, 2);
    int64_t first = store_begin(store, &facts, false);
    must(store, store_record(store, first, 0, &j));
    must(store, store_finish(store, first));
    char *summary = exported(store, first, STORE_MARKDOWN, NULL, false);
    ck_assert_ptr_null(strstr(summary, "Since run"));
    free(summary);
    int64_t second = store_begin(store, &facts, false);
    j.verdict = j.verdict == VER_PASS ? VER_FAIL : VER_ERROR;
    must(store, store_record(store, second, 0, &j));
    must(store, store_finish(store, second));
    summary = exported(store, second, STORE_MARKDOWN, NULL, false);
    has(summary, "### Since run 1 of the same suite\n\n```\nworse verdict ");
    has(summary, "\n```\n\n| what | worse | better | moved |\n");
    has(summary, "\n| verdict | 1 | 0 | 0 |\n");
    free(summary);
    snprintf(facts.suite, sizeof facts.suite, "another");
    int64_t third = store_begin(store, &facts, false);
    must(store, store_record(store, third, 0, &j));
    must(store, store_finish(store, third));
    ver_judgement_clear(&j);
    summary = exported(store, third, STORE_MARKDOWN, NULL, false);
    ck_assert_ptr_null(strstr(summary, "Since run"));
    free(summary);
}

/* Of at most ten cases, and only where a workflow runs and wants a summary. */
TEST(failures_are_annotations_of_a_workflow)
{
    static const char verify[] =
        "for k in 0 1 2 3 4 5 6 7 8 9 10 11; do CASES=\"$CASES closed-output:1:$k\"; done; "
        "env GITHUB_ACTIONS=%s $E verify $CASES --no-witness --store $D/t %s "
        "--engine 'exec:read -r line; echo 100%%: >&2' >$D/log 2>&1; "
        "[ $(grep -c '^::' $D/log) = %d ] && [ $(grep -c '^::error title=evident "
        "closed-output%%3A1%%3A[0-9]*::exec:read .* words: 100%%25:$' $D/log) = %d ]";
    char command[1024];
    snprintf(command, sizeof command, verify, "true", "--summary $D/m", 10, 10);
    gives(command, 0, "");
    snprintf(command, sizeof command, verify, "true", "", 0, 0);
    gives(command, 0, "");
    snprintf(command, sizeof command, verify, "false", "--summary $D/m", 0, 0);
    gives(command, 0, "");
}

TEST(verify_appends_what_the_store_exports)
{
    gives("echo before >$D/m; $E verify closed-chain:1:0 --store $D/t --summary $D/m", 0, "");
    gives("{ echo before; $E export latest --store $D/t --format markdown; } | "
          "cmp - $D/m",
          0, "");
    gives("grep -q 'all 1 cases pass' $D/m", 0, "");
    refuses("$E verify closed-chain:1:0 --summary $D/m", "summary wants a --store");
    gives("$E verify closed-chain:1:0 --store $D/t --summary $D/no/where", 2, "");
    gives("$E verify closed-chain:1:0 --store $D/t --summary /dev/full", 2, "");
}

SUITE("summary", .setup = setup, .teardown = teardown)
