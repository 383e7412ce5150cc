/* SPDX-License-Identifier: MIT */
/* t_store_diff.c: what moved between two runs; baselines, which only tighten. */
#include "tests/store_case.h"
#include "verify/store/store_baseline.h"
#include "verify/store/store_diff.h"

enum { CASES = 14, COMPARISONS = 12 };

static struct store *store;
static int64_t run;

static void setup(void)
{
    make_store_folder();
    store = must_open("s", STORE_WRITE);
    run = record_run(store, CASES, COMPARISONS);
}

static void teardown(void)
{
    store_close(store);
    drop_folder();
}

/* ---- diff ---- */

/* The digest of what is there now; of what cannot be read, some other. */
static void seal(int64_t of, int64_t position)
{
    struct ver_judgement j;
    char content[HASH_TEXT] = "another";
    if (store_take(store, of, (size_t)position, &j) == 0)
        record_digest(content, &j);
    ver_judgement_clear(&j);
    must(store, store_do(store, "UPDATE cases SET content = ? WHERE run = ? AND position = ?",
                         "tii", content, of, position));
}

/* A second run, changed by SQL behind the back of its digests, then sealed again. */
static int64_t changed_run(const char *sql)
{
    int64_t other = record_run(store, CASES, COMPARISONS);
    must(store, store_script(store, sql));
    for (int64_t k = 0; k < CASES; k++)
        if (store_count(store, "SELECT count(*) FROM cases WHERE run = ? AND position = ?", "ii",
                        other, k) > 0)
            seal(other, k);
    return other;
}

static struct store_diff diff_with(const char *sql, enum store_topic topic, size_t worse,
                                   size_t better, size_t moved)
{
    struct store_diff diff = {.ratio = 2, .digits = 1};
    int64_t other = changed_run(sql);
    must(store, store_diff(store, run, other, &diff));
    ck_assert_msg(diff.count[topic][STORE_WORSE] == worse &&
                      diff.count[topic][STORE_BETTER] == better &&
                      diff.count[topic][STORE_MOVED] == moved,
                  "%s: %s: %zu worse, %zu better, %zu moved", sql, store_topic_name(topic),
                  diff.count[topic][STORE_WORSE], diff.count[topic][STORE_BETTER],
                  diff.count[topic][STORE_MOVED]);
    return diff;
}

TEST(nothing_moves_between_equal_runs)
{
    struct store_diff diff = diff_with("SELECT 1", STORE_TOPIC_VERDICT, 0, 0, 0);
    ck_assert_uint_eq(diff.pairs, CASES);
    for (int topic = 0; topic < STORE_TOPICS; topic++)
        for (int move = 0; move < STORE_MOVES; move++)
            ck_assert_uint_eq(diff.count[topic][move], 0);
}

TEST(diff_finds_verdicts_that_moved)
{
    struct store_diff diff =
        diff_with("UPDATE cases SET verdict = 'undecided' WHERE run = 2 AND position IN (0, 6)",
                  STORE_TOPIC_VERDICT, 1, 1, 0); /* 0 passed, 6 failed */
    ck_assert_uint_eq(diff.count[STORE_TOPIC_BITS][STORE_MOVED], 2);
}

TEST(diff_finds_cases_that_went)
{
    struct store_diff diff =
        diff_with("DELETE FROM cases WHERE run = 2 AND position = 3", STORE_TOPIC_VERDICT, 1, 0, 0);
    ck_assert_uint_eq(diff.pairs, CASES - 1);
}

TEST(diff_finds_cases_that_came)
{
    diff_with("UPDATE cases SET name = 'new-one' WHERE run = 2 AND position = 1",
              STORE_TOPIC_VERDICT, 1, 0, 1); /* the old is gone; the new passes */
}

TEST(diff_finds_cases_that_are_another)
{
    diff_with("UPDATE cases SET case_digest = '1' WHERE run = 2 AND position = 1", STORE_TOPIC_CASE,
              0, 0, 1);
}

TEST(diff_finds_engines_and_their_digests)
{
    diff_with("UPDATE engines SET state = 'failed' WHERE run = 2 AND position = 0;"
              "UPDATE engines SET digest = '2' WHERE run = 2 AND position = 3",
              STORE_TOPIC_ENGINE, 1, 0, 1);
}

TEST(diff_finds_ratios_that_grew_near_their_bound)
{
    diff_with(
        "UPDATE comparisons SET distance = 0.9 WHERE run = 2 AND position = 0 AND number = 0;"
        "UPDATE comparisons SET distance = 0.31 WHERE run = 2 AND position = 1 AND number = 0;"
        "UPDATE comparisons SET distance = 0.1 WHERE run = 2 AND position = 2 AND number = 0",
        STORE_TOPIC_RATIO, 1, 1, 1);
}

TEST(diff_finds_a_ratio_that_became_nan)
{
    diff_with("UPDATE comparisons SET distance = NULL, outcome = 'fail'"
              " WHERE run = 2 AND position = 0 AND number = 0",
              STORE_TOPIC_RATIO, 1, 0, 0);
}

TEST(diff_finds_fewer_digits)
{
    diff_with("UPDATE comparisons SET digits = 38 WHERE run = 2 AND position = 0 AND number = 0;"
              "UPDATE comparisons SET digits = 39.5 WHERE run = 2 AND position = 1 AND number = 0;"
              "UPDATE comparisons SET digits = 41 WHERE run = 2 AND position = 2 AND number = 0",
              STORE_TOPIC_DIGITS, 1, 1, 1);
}

TEST(diff_finds_comparisons_that_are_no_longer_made)
{
    diff_with("DELETE FROM comparisons WHERE run = 2 AND position = 0 AND number = 0",
              STORE_TOPIC_RATIO, 1, 0, 0);
}

TEST(diff_finds_times_and_forgives_them_unless_asked)
{
    struct store_diff diff = {.ratio = 2, .digits = 1, .time = 1.5};
    int64_t other = record_run(store, CASES, COMPARISONS);
    must(store,
         store_script(
             store, "UPDATE cases SET seconds = 1, seconds_0 = 1 WHERE run = 1 AND position = 0;"
                    "UPDATE cases SET seconds = 2, seconds_0 = 2 WHERE run = 2 AND position = 0"));
    must(store, store_diff(store, run, other, &diff));
    ck_assert_uint_eq(diff.count[STORE_TOPIC_TIME][STORE_WORSE], 1);
    diff.time = 0;
    must(store, store_diff(store, run, other, &diff));
    ck_assert_uint_eq(diff.count[STORE_TOPIC_TIME][STORE_MOVED], 1);
}

TEST(diff_pairs_cases_of_one_name_in_their_order)
{
    must(store, store_script(store, "UPDATE cases SET name = 'twin' WHERE position IN (1, 2)"));
    struct store_diff diff = diff_with("UPDATE cases SET name = 'twin' WHERE position IN (1, 2)",
                                       STORE_TOPIC_VERDICT, 0, 0, 0);
    ck_assert_uint_eq(diff.pairs, CASES);
    ck_assert_uint_eq(diff.count[STORE_TOPIC_CASE][STORE_MOVED], 0);
    diff = diff_with("DELETE FROM cases WHERE run = 3 AND position = 2;"
                     "UPDATE cases SET name = 'twin' WHERE position IN (1, 2)",
                     STORE_TOPIC_VERDICT, 1, 0, 0); /* the second is gone, not the first */
    ck_assert_uint_eq(diff.count[STORE_TOPIC_CASE][STORE_MOVED], 0);
}

/* ---- baselines ---- */

static size_t looser_than_first(const char *sql)
{
    struct baseline old, new;
    must(store, baseline_of_run(&old, store, run));
    must(store, baseline_of_run(&new, store, changed_run(sql)));
    size_t looser = baseline_compare(&old, &new, true, NULL, NULL);
    baseline_clear(&old);
    baseline_clear(&new);
    return looser;
}

TEST(baseline_sees_everything_that_is_worse_and_nothing_else)
{
    static const struct {
        const char *sql;
        size_t looser;
    } some[] = {
        {"SELECT 1", 0},
        {"UPDATE cases SET verdict = 'pass' WHERE run = (SELECT max(id) FROM runs)", 0},
        {"UPDATE cases SET verdict = 'error' WHERE run = (SELECT max(id) FROM runs) AND "
         "position = 0",
         1},
        {"UPDATE comparisons SET distance = distance * 1.02, digits = digits - 0.2"
         " WHERE run = (SELECT max(id) FROM runs) AND position = 0 AND number = 0",
         2},
        {"UPDATE comparisons SET distance = distance / 2, digits = digits + 1"
         " WHERE run = (SELECT max(id) FROM runs)",
         0},
        {"DELETE FROM comparisons WHERE run = (SELECT max(id) FROM runs) AND position = 0"
         " AND number = 0",
         1},
        {"DELETE FROM cases WHERE run = (SELECT max(id) FROM runs) AND position = 0",
         1 + COMPARISONS},
        {"UPDATE cases SET name = 'new' WHERE run = (SELECT max(id) FROM runs) AND position = 6",
         1 + COMPARISONS + 1},
    };
    for (size_t k = 0; k < sizeof some / sizeof *some; k++)
        ck_assert_msg(looser_than_first(some[k].sql) == some[k].looser, "%s: %zu", some[k].sql,
                      looser_than_first(some[k].sql));
}

TEST(baseline_rounds_towards_what_is_worse)
{
    struct baseline baseline;
    must(store, store_script(store, "UPDATE comparisons SET distance = 0.30123, digits = 40.19"
                                    " WHERE position = 0"));
    must(store, baseline_of_run(&baseline, store, run));
    size_t seen = 0;
    for (size_t k = 0; k < baseline.entries; k++) {
        const struct baseline_entry *entry = &baseline.entry[k];
        if (strncmp(entry->key, "closed-chain:1:0\t", 17) != 0 || entry->verdict[0] != '-')
            continue;
        ck_assert(entry->ratio == 0.302 && entry->digits == 40.1);
        seen++;
    }
    ck_assert_uint_eq(seen, COMPARISONS);
    baseline_clear(&baseline);
}

TEST(baseline_of_a_file_is_that_of_its_run)
{
    struct baseline of_run, of_file;
    struct case_error error = {""};
    char first[160], second[160], command[600];
    snprintf(first, sizeof first, "%s", at("b1"));
    snprintf(second, sizeof second, "%s", at("b2"));
    must(store, baseline_of_run(&of_run, store, run));
    ck_assert_int_eq(baseline_remark(&of_run, &of_run, "a \xff reason"), 0);
    ck_assert_int_eq(baseline_write(&of_run, first, &error), 0);
    ck_assert_msg(baseline_read(&of_file, first, NULL, &error) == 0, "%s", error.text);
    ck_assert_uint_eq(baseline_compare(&of_run, &of_file, true, NULL, NULL), 0);
    ck_assert_uint_eq(baseline_compare(&of_file, &of_run, true, NULL, NULL), 0);
    ck_assert_uint_eq(of_file.remarks, 1);
    ck_assert_int_eq(baseline_write(&of_file, second, &error), 0);
    snprintf(command, sizeof command, "cmp %s %s && sed 1,3d %s | LC_ALL=C sort -c", first, second,
             first);
    ck_assert_int_eq(system(command), 0);
    baseline_clear(&of_run);
    baseline_clear(&of_file);
}

TEST(bad_baseline_is_refused_with_its_line)
{
    static const struct {
        const char *text, *said;
    } bad[] = {
        {"", "b:1: found an empty file"},
        {"case\n", "b:1: wanted '# evident-baseline-1'"},
        {"# evident-baseline-1\na\tb\n", "b:2: wanted six columns"},
        {"# evident-baseline-1\na\t-\t-\tpass\t1\tnan\n", "b:2: wanted a number"},
        {"# evident-baseline-1\na\t-\t-\tpass\t1x\t2\n", "b:2: wanted a number"},
        {"# evident-baseline-1\na\t-\t-\t\t1\t2\n", "b:2: wanted a verdict"},
        {"# evident-baseline-1\na\t-\t-\tpass\t-\t-\na\t-\t-\tpass\t-\t-\n", "twice"},
    };
    struct case_error error;
    struct baseline baseline;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        FILE *file = fopen(at("b"), "w");
        fputs(bad[k].text, file);
        fclose(file);
        ck_assert_int_eq(baseline_read(&baseline, at("b"), NULL, &error), -1);
        ck_assert_msg(strstr(error.text, bad[k].said) != NULL, "%s", error.text);
        baseline_clear(&baseline);
    }
}

SUITE("store_diff", .setup = setup, .teardown = teardown)
