/* t_store.c: what is put into a store comes out again; runs begin, go on and end. */
#include "tests/store_case.h"

enum { CASES = 12, COMPARISONS = 14 };

/* ---- schema ---- */

START_TEST(fresh_store_has_the_newest_version)
{
    struct store *store = must_open("s", STORE_WRITE);
    ck_assert_int_eq(store_count(store, "PRAGMA user_version", ""), STORE_VERSION);
    ck_assert_int_eq(store_count(store, "PRAGMA foreign_keys", ""), 1);
    must(store, store_check(store));
    store_close(store);
}
END_TEST

/* A store as the first version left it, with a run in it. */
static void make_version_1(void)
{
    struct store store = {.path = (char[]){"old"}, .writing = true};
    ck_assert_int_eq(sqlite3_open(at("old"), &store.db), SQLITE_OK);
    must(&store, store_migrate(&store, 1));
    ck_assert_int_eq(store_count(&store, "PRAGMA user_version", ""), 1);
    must(&store, store_script(&store, "INSERT INTO runs VALUES (7, 'f', 'running', 0, 0, 1, '', '',"
                                      "'', 0, '', '', '', '', '', '', '', '', 1, '', 2);"
                                      "INSERT INTO cases (run, position, name, family, verdict,"
                                      "reason, neurons, parameters, spikes, precision)"
                                      "VALUES (7, 0, 'n', 'f', 'pass', '', 1, 1, 1, 1)"));
    for (size_t k = 0; k < store.cached; k++)
        sqlite3_finalize(store.cache[k].statement);
    ck_assert_int_eq(sqlite3_close(store.db), SQLITE_OK);
}

START_TEST(store_of_version_1_is_migrated_and_keeps_its_rows)
{
    make_version_1();
    struct store *store = must_open("old", STORE_READ);
    ck_assert_int_eq(store_count(store, "PRAGMA user_version", ""), STORE_VERSION);
    ck_assert_int_eq(store_count(store, "SELECT id FROM runs", ""), 7);
    ck_assert_int_eq(store_count(store, "SELECT count(*) FROM engines", ""), 0);
    struct ver_judgement j;
    must(store, store_judgement(store, 7, 0, &j));
    ck_assert_str_eq(j.name, "n");
    ck_assert(isnan(j.digits));
    ver_judgement_clear(&j);
    store_close(store);
}
END_TEST

START_TEST(migrated_schema_is_the_fresh_one)
{
    static const char sql[] = "SELECT group_concat(sql, ';') FROM sqlite_master ORDER BY name";
    make_version_1();
    struct store *old = must_open("old", STORE_WRITE), *fresh = must_open("s", STORE_WRITE);
    sqlite3_stmt *a = store_ask(old, sql, ""), *b = store_ask(fresh, sql, "");
    ck_assert_int_eq(store_next(old, a), 1);
    ck_assert_int_eq(store_next(fresh, b), 1);
    ck_assert_str_eq(store_column_text(a, 0), store_column_text(b, 0));
    store_close(old);
    store_close(fresh);
}
END_TEST

START_TEST(row_without_its_run_is_refused_by_the_file)
{
    struct store *store = must_open("s", STORE_WRITE);
    ck_assert_int_eq(record(store, 5, 0, 1), -1);
    ck_assert_ptr_nonnull(strstr(store_error(store), "FOREIGN KEY"));
    ck_assert_int_eq(store_count(store, "SELECT count(*) FROM comparisons", ""), 0);
    store_close(store);
}
END_TEST

/* ---- what is recorded ---- */

static void same_number(double a, double b)
{
    ck_assert_msg((isnan(a) && isnan(b)) || a == b, "%.17g is not %.17g", a, b);
}

static void same_comparison(const struct ver_comparison *a, const struct ver_comparison *b)
{
    ck_assert_int_eq(a->kind, b->kind);
    ck_assert_int_eq(a->outcome, b->outcome);
    ck_assert_int_eq(a->class_, b->class_);
    ck_assert_int_eq(!a->engine, !b->engine);
    ck_assert_str_eq(a->engine ? a->engine : "", b->engine ? b->engine : "");
    ck_assert_str_eq(a->quantity, b->quantity);
    ck_assert_str_eq(a->index, b->index);
    ck_assert_str_eq(a->value, b->value);
    ck_assert_str_eq(a->reference, b->reference);
    ck_assert_uint_eq(a->numbers, b->numbers);
    ck_assert_int_eq(a->precision, b->precision);
    same_number(a->digits, b->digits);
    same_number(a->order, b->order);
    same_number(a->step, b->step);
    same_number(a->distance, b->distance);
}

static void same_clock(const struct ver_clock *a, const struct ver_clock *b)
{
    ck_assert_str_eq(a->engine, b->engine);
    ck_assert_uint_eq(a->digest, b->digest);
    ck_assert_int_eq(a->state, b->state);
    ck_assert(a->traced == b->traced && a->same == b->same);
    ck_assert(a->decisions == b->decisions && a->near == b->near);
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++) {
        same_number(a->ratios[q].largest, b->ratios[q].largest);
        ck_assert_mem_eq(a->ratios[q].count, b->ratios[q].count, sizeof a->ratios[q].count);
    }
}

static void same_ladder(const struct ver_ladder *a, const struct ver_ladder *b)
{
    ck_assert_uint_eq(a->rungs, b->rungs);
    same_number(a->limit, b->limit);
    ck_assert_str_eq(a->reason, b->reason);
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        same_number(a->order[q], b->order[q]);
    for (size_t r = 0; r < a->rungs; r++) {
        same_number(a->rung[r].step, b->rung[r].step);
        ck_assert(a->rung[r].agrees == b->rung[r].agrees);
        ck_assert(a->rung[r].spikes == b->rung[r].spikes &&
                  a->rung[r].missing == b->rung[r].missing && a->rung[r].extra == b->rung[r].extra);
        for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
            same_number(a->rung[r].error[q], b->rung[r].error[q]);
    }
}

static void same_judgement(const struct ver_judgement *a, const struct ver_judgement *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->family, b->family);
    ck_assert_str_eq(a->reason, b->reason);
    ck_assert_int_eq(a->verdict, b->verdict);
    ck_assert(a->neurons == b->neurons && a->parameters == b->parameters && a->spikes == b->spikes);
    same_number(a->gradient_norm, b->gradient_norm);
    same_number(a->condition, b->condition);
    same_number(a->digits, b->digits);
    for (int m = 0; m < REF_MARGINS; m++)
        same_number(a->margin[m], b->margin[m]);
    ck_assert_uint_eq(a->comparisons, b->comparisons);
    for (size_t k = 0; k < a->comparisons; k++)
        same_comparison(&a->comparison[k], &b->comparison[k]);
    ck_assert_uint_eq(a->clocks, b->clocks);
    for (size_t k = 0; k < a->clocks; k++)
        same_clock(&a->clock[k], &b->clock[k]);
    ck_assert_int_eq(!a->ladder, !b->ladder);
    if (a->ladder)
        same_ladder(a->ladder, b->ladder);
}

START_TEST(judgement_comes_back_bit_for_bit)
{
    struct store *store = must_open("s", STORE_WRITE);
    int64_t run = record_run(store, CASES, COMPARISONS);
    store_close(store);
    store = must_open("s", STORE_READ);
    for (size_t k = 0; k < CASES; k++) {
        struct ver_judgement was = make_judgement(k, COMPARISONS), is;
        must(store, store_judgement(store, run, k, &is));
        same_judgement(&was, &is);
        ver_judgement_clear(&was);
        ver_judgement_clear(&is);
    }
    store_close(store);
}
END_TEST

START_TEST(name_that_a_newer_program_wrote_is_refused_not_guessed)
{
    struct store *store = must_open("s", STORE_WRITE);
    int64_t run = record_run(store, 1, 1);
    struct ver_judgement j;
    must(store, store_script(store, "UPDATE cases SET verdict = 'perhaps'"));
    ck_assert_int_eq(store_judgement(store, run, 0, &j), -1);
    ck_assert_ptr_nonnull(strstr(store_error(store), "found 'perhaps'"));
    ver_judgement_clear(&j);
    char *json = exported(store, run, STORE_JSON, NULL, false); /* yet it can be shown */
    ck_assert_ptr_nonnull(strstr(json, "perhaps"));
    free(json);
    store_close(store);
}
END_TEST

START_TEST(same_case_twice_is_kept_once)
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
    must(store, record(store, run, 1, 4)); /* its fourth quantity went with what was undone */
    must(store, store_check(store));
    store_close(store);
}
END_TEST

/* Changes one column of one row, if there is such a row; whether the digest of the case moved. */
static bool digest_sees(struct store *store, int64_t run, const char *table, const char *column)
{
    char sql[256];
    uint64_t before, after;
    must(store, store_content(store, run, 0, &before));
    snprintf(sql, sizeof sql,
             "SAVEPOINT x; UPDATE %s SET \"%s\" = CASE typeof(\"%s\") WHEN 'null' THEN 0.5"
             " WHEN 'text' THEN \"%s\" || 'x' ELSE \"%s\" + 1 END"
             " WHERE run = %d AND position = 0",
             table, column, column, column, column, (int)run);
    must(store, store_script(store, sql));
    must(store, store_content(store, run, 0, &after));
    must(store, store_script(store, "ROLLBACK TO x; RELEASE x"));
    return before != after;
}

START_TEST(digest_of_a_case_sees_every_column)
{
    static const char *const tables[] = {"cases",  "comparisons", "engines",
                                         "ratios", "ladders",     "orders"};
    static const char no[] = "run position number content times quantity";
    struct store *store = must_open("s", STORE_WRITE);
    int64_t run = record_run(store, 1, 1);
    must(store, store_script(store, "UPDATE cases SET \"end\" = 0, grazing = 0, condition = 0;"
                                    "UPDATE ladders SET \"limit\" = 0"));
    size_t columns = 0;
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
        sqlite3_stmt *row =
            store_ask(store, "SELECT name FROM pragma_table_info(?)", "t", tables[k]);
        while (store_next(store, row) > 0) {
            const char *column = store_column_text(row, 0);
            if (strstr(no, column) && strcmp(column, "times") != 0)
                continue;
            columns++;
            ck_assert_msg(digest_sees(store, run, tables[k], column), "%s.%s", tables[k], column);
        }
    }
    ck_assert_uint_gt(columns, 40);
    store_close(store);
}
END_TEST

/* ---- runs ---- */

START_TEST(resume_goes_on_with_the_run_of_the_same_fingerprint)
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
END_TEST

START_TEST(unfinished_run_cannot_be_ended)
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
END_TEST

START_TEST(order_of_recording_does_not_show)
{
    struct store *a = must_open("a", STORE_WRITE), *b = must_open("b", STORE_WRITE);
    int64_t forth = record_run(a, CASES, COMPARISONS);
    struct store_facts facts = make_facts(CASES);
    int64_t back = store_begin(b, &facts, false);
    for (size_t k = CASES; k-- > 0;)
        must(b, record(b, back, k, COMPARISONS));
    must(b, store_finish(b, back));
    uint64_t x, y;
    must(a, store_digest(a, forth, &x));
    must(b, store_digest(b, back, &y));
    ck_assert_uint_eq(x, y);
    same_export(a, forth, b, back);
    store_close(a);
    store_close(b);
}
END_TEST

START_TEST(times_are_no_part_of_the_digest)
{
    struct store *store = must_open("s", STORE_WRITE);
    struct store_facts facts = make_facts(1);
    struct store_time time = {"clock-host", 0.25};
    struct store_extra extra = {1000, &time, 1};
    struct ver_judgement j = make_judgement(0, 2);
    uint64_t with, without;
    int64_t run = store_begin(store, &facts, false), again = store_begin(store, &facts, false);
    must(store, store_record(store, run, 0, &j, &extra));
    extra.times = 0;
    must(store, store_record(store, again, 0, &j, &extra));
    must(store, store_digest(store, run, &with));
    must(store, store_digest(store, again, &without));
    ck_assert_uint_eq(with, without);
    same_export(store, run, store, again);
    ver_judgement_clear(&j);
    store_close(store);
}
END_TEST

START_TEST(runs_are_found_by_number_and_by_age)
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
END_TEST

START_TEST(fingerprint_knows_everything_but_host_and_shard)
{
    struct store_facts facts = make_facts(3), other = facts;
    char one[20], two[20];
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
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *tests = tcase_create("store");
    tcase_add_checked_fixture(tests, make_folder, drop_folder);
    tcase_add_test(tests, fresh_store_has_the_newest_version);
    tcase_add_test(tests, store_of_version_1_is_migrated_and_keeps_its_rows);
    tcase_add_test(tests, migrated_schema_is_the_fresh_one);
    tcase_add_test(tests, row_without_its_run_is_refused_by_the_file);
    tcase_add_test(tests, judgement_comes_back_bit_for_bit);
    tcase_add_test(tests, name_that_a_newer_program_wrote_is_refused_not_guessed);
    tcase_add_test(tests, same_case_twice_is_kept_once);
    tcase_add_test(tests, digest_of_a_case_sees_every_column);
    tcase_add_test(tests, resume_goes_on_with_the_run_of_the_same_fingerprint);
    tcase_add_test(tests, unfinished_run_cannot_be_ended);
    tcase_add_test(tests, order_of_recording_does_not_show);
    tcase_add_test(tests, times_are_no_part_of_the_digest);
    tcase_add_test(tests, runs_are_found_by_number_and_by_age);
    tcase_add_test(tests, fingerprint_knows_everything_but_host_and_shard);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
