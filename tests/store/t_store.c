/* SPDX-License-Identifier: MIT */
/* t_store.c: what is put into a store comes out again; runs begin, go on and end. */
#include "tests/same_judgement.h"
#include "tests/store_case.h"

enum { CASES = 12, COMPARISONS = 14 };

/* ---- schema ---- */

TEST(fresh_store_has_the_newest_version)
{
    struct store *store = must_open("s", STORE_WRITE);
    ck_assert_int_eq(store_count(store, "PRAGMA user_version", ""), STORE_VERSION);
    ck_assert_int_eq(store_count(store, "PRAGMA foreign_keys", ""), 1);
    must(store, store_check(store));
    store_close(store);
}

TEST(row_without_its_run_is_refused_by_the_file)
{
    struct store *store = must_open("s", STORE_WRITE);
    ck_assert_int_eq(record(store, 5, 0, 1), -1);
    ck_assert_ptr_nonnull(strstr(store_error(store), "FOREIGN KEY"));
    ck_assert_int_eq(store_count(store, "SELECT count(*) FROM comparisons", ""), 0);
    store_close(store);
}

/* ---- what is recorded ---- */

TEST(judgement_comes_back_bit_for_bit)
{
    struct store *store = must_open("s", STORE_WRITE);
    int64_t run = record_run(store, CASES, COMPARISONS);
    store_close(store);
    store = must_open("s", STORE_READ);
    for (size_t k = 0; k < CASES; k++) {
        struct ver_judgement was = make_judgement(k, COMPARISONS), is;
        must(store, store_take(store, run, k, &is));
        same_judgement(&was, &is);
        ver_judgement_clear(&was);
        ver_judgement_clear(&is);
    }
    store_close(store);
}

/* The sign of a NaN and of a zero means nothing, and SQLite does not keep it. */
TEST(what_sqlite_does_not_keep_is_in_no_digest)
{
    struct store *store = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(1);
    int64_t run = store_begin(store, &facts, false);
    struct ver_judgement j = make_judgement(0, 2);
    j.comparison[0].digits = copysign(VER_NAN, -1);
    j.comparison[0].step = -0.0;
    must(store, store_record(store, run, 0, &j));
    j.comparison[0].digits = VER_NAN;
    j.comparison[0].step = 0;
    must(store, store_record(store, run, 0, &j)); /* the same */
    must(store, store_check(store));
    ver_judgement_clear(&j);
    store_close(store);
}

TEST(name_that_a_newer_program_wrote_is_refused_not_guessed)
{
    struct store *store = must_open("s", STORE_WRITE);
    int64_t run = record_run(store, 1, 1);
    struct ver_judgement j;
    must(store, store_script(store, "UPDATE cases SET verdict = 'perhaps'"));
    ck_assert_int_eq(store_take(store, run, 0, &j), -1);
    ck_assert_ptr_nonnull(strstr(store_error(store), "found 'perhaps'"));
    ver_judgement_clear(&j);
    char *json = exported(store, run, STORE_JSON, NULL, false); /* yet it can be shown */
    ck_assert_ptr_nonnull(strstr(json, "perhaps"));
    free(json);
    store_close(store);
}

TEST(same_case_twice_is_kept_once)
{
    struct store *store = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(2);
    int64_t run = store_begin(store, &facts, false);
    must(store, record(store, run, 0, 3));
    must(store, record(store, run, 0, 3));
    ck_assert_int_eq(store_count(store, "SELECT count(*) FROM comparisons", ""), 3);
    ck_assert_int_eq(record(store, run, 0, 4), -1); /* says something else */
    ck_assert_ptr_nonnull(strstr(store_error(store), "did not say the same"));
    ck_assert_int_eq(store_count(store, "SELECT count(*) FROM comparisons", ""), 3);
    must(store, record(store, run, 1, 4));
    must(store, store_check(store));
    store_close(store);
}

/* Changes one column of one row; whether the case is another then, or none that can be read. */
static bool digest_sees(struct store *store, int64_t run, const char *table, const char *column)
{
    char sql[320], text[HASH_TEXT] = "", was[HASH_TEXT];
    struct ver_judgement j;
    ck_assert_int_eq(store_content(store, run, 0, was), 1);
    snprintf(sql, sizeof sql,
             "SAVEPOINT x; UPDATE %s SET \"%s\" = CASE typeof(\"%s\") WHEN 'null' THEN 0.5"
             " WHEN 'text' THEN \"%s\" || '0' ELSE 1 - \"%s\" END"
             " WHERE run = %d AND position = 0",
             table, column, column, column, column, (int)run);
    must(store, store_script(store, sql));
    if (store_take(store, run, 0, &j) == 0)
        record_digest(text, &j);
    ver_judgement_clear(&j);
    must(store, store_script(store, "ROLLBACK TO x; RELEASE x"));
    return strcmp(text, was) != 0;
}

TEST(digest_of_a_case_sees_every_column_that_is_no_time)
{
    struct store *store = must_open("s", STORE_WRITE);
    int64_t run = record_run(store, 1, 1);
    struct ver_judgement j;
    char content[HASH_TEXT];
    must(store, store_script(store, "UPDATE cases SET \"end\" = 0, grazing = 0, condition = 0;"
                                    "UPDATE ladders SET \"limit\" = 0"));
    must(store, store_take(store, run, 0, &j));
    record_digest(content, &j);
    ver_judgement_clear(&j);
    must(store, store_do(store, "UPDATE cases SET content = ?", "t", content));
    size_t columns = 0, apart = 0;
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        for (size_t k = 0; k < record_table[kind].columns; k++) {
            const struct column *column = &record_table[kind].column[k];
            bool sees = digest_sees(store, run, record_table[kind].name, column->name);
            ck_assert_msg(sees != column->apart, "%s.%s", record_table[kind].name, column->name);
            columns++;
            apart += column->apart;
        }
    ck_assert_uint_gt(columns, 60);
    ck_assert_uint_eq(apart, 9);
    store_close(store);
}

/* ---- runs ---- */

TEST(resume_goes_on_with_the_run_of_the_same_fingerprint)
{
    struct store *store = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(3), other = facts;
    bool done[3];
    int64_t run = store_begin(store, &facts, false);
    must(store, record(store, run, 1, 2));
    store_close(store);
    store = must_open("s", STORE_WRITE);
    snprintf(facts.started, sizeof facts.started, "2026-01-01T00:00:00Z"); /* is no difference */
    ck_assert_int_eq(store_begin(store, &facts, true), run);
    ck_assert_int_eq(store_done(store, run, done, 3), 1);
    ck_assert(!done[0] && done[1] && !done[2]);
    snprintf(other.options, sizeof other.options, "--seed 1");
    ck_assert_int_gt(store_begin(store, &other, true), run);
    ck_assert_int_gt(store_begin(store, &facts, false), run);
    facts.shard = facts.shards = facts.planned = 1;
    ck_assert_int_gt(store_begin(store, &facts, true), run + 2); /* a shard is another run */
    store_close(store);
}

TEST(unfinished_run_cannot_be_ended)
{
    struct store *store = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(2);
    int64_t run = store_begin(store, &facts, false);
    must(store, record(store, run, 1, 1));
    ck_assert_int_eq(store_finish(store, run), -1);
    ck_assert_ptr_nonnull(strstr(store_error(store), "has 1 cases, wanted 2"));
    must(store, record(store, run, 0, 1));
    must(store, store_finish(store, run));
    ck_assert_int_eq(store_count(store, "SELECT sum(cases) FROM totals", ""), 2);
    store_close(store);
}

TEST(order_of_recording_does_not_show)
{
    struct store *a = must_open("a", STORE_WRITE), *b = must_open("b", STORE_WRITE);
    int64_t forth = record_run(a, CASES, COMPARISONS);
    struct store_facts facts = make_facts(CASES);
    int64_t back = store_begin(b, &facts, false);
    for (size_t k = CASES; k-- > 0;)
        must(b, record(b, back, k, COMPARISONS));
    must(b, store_finish(b, back));
    char x[HASH_TEXT], y[HASH_TEXT];
    must(a, store_digest(a, forth, x));
    must(b, store_digest(b, back, y));
    ck_assert_str_eq(x, y);
    same_export(a, forth, b, back);
    store_close(a);
    store_close(b);
}

TEST(times_are_no_part_of_the_digest)
{
    struct store *store = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(1);
    struct ver_judgement j = make_judgement(0, 2);
    char with[HASH_TEXT], without[HASH_TEXT];
    int64_t run = store_begin(store, &facts, false), again = store_begin(store, &facts, false);
    j.seconds = (struct ver_seconds){.all = 1, .reference = 0.5, .engine = {0.25}};
    must(store, store_record(store, run, 0, &j));
    j.seconds = (struct ver_seconds){.all = 0};
    must(store, store_record(store, again, 0, &j));
    must(store, store_digest(store, run, with));
    must(store, store_digest(store, again, without));
    ck_assert_str_eq(with, without);
    char *text = exported(store, run, STORE_TSV, "times", true);
    ck_assert_ptr_nonnull(strstr(text, "\tclock-host\t0.25\n"));
    ck_assert_ptr_nonnull(strstr(text, "\tjudge\t0.25\n"));
    ck_assert_ptr_nonnull(strstr(text, "\treference\t0.5\n"));
    ck_assert_ptr_null(strstr(text, "witness"));
    free(text);
    same_export(store, run, store, again);
    ver_judgement_clear(&j);
    store_close(store);
}

TEST(runs_are_found_by_number_and_by_age)
{
    static const char *const bad[] = {"",         "9",  "last", "latest-3",
                                      "latest-x", "-1", "1x",   "latest1"};
    struct store *store = must_open("s", STORE_WRITE);
    for (int k = 0; k < 3; k++)
        record_run(store, 1, 1);
    ck_assert_int_eq(store_find(store, "2"), 2);
    ck_assert_int_eq(store_find(store, "latest"), 3);
    ck_assert_int_eq(store_find(store, "latest-2"), 1);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        ck_assert_msg(store_find(store, bad[k]) == -1, "%s", bad[k]);
    must(store, store_drop(store, 3));
    ck_assert_int_eq(store_find(store, "latest"), 2);
    ck_assert_int_eq(record_run(store, 1, 1), 4); /* a number means one run for ever */
    must(store, store_check(store));
    store_close(store);
}

TEST(fingerprint_knows_everything_but_host_and_shard)
{
    struct store_facts facts = make_facts(3), other = facts;
    char one[HASH_TEXT], two[HASH_TEXT];
    store_fingerprint(one, &facts);
    other.shard = other.shards = 4;
    other.planned = 1;
    other.host_cores = 99;
    store_fingerprint(two, &other);
    ck_assert_str_eq(one, two);
    other.dirty = true;
    store_fingerprint(two, &other);
    ck_assert_str_ne(one, two);
}

SUITE("store", .setup = make_store_folder, .teardown = drop_folder)
