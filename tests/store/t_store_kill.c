/* SPDX-License-Identifier: MIT */
/* t_store_kill.c: runs that are killed, split, merged and gone on with hold what a run in one piece
 * holds, to the last byte. */
#include "tests/store_case.h"

#include <signal.h>
#include <time.h>

enum { CASES = 160, COMPARISONS = 4, KILLS = 200 };

static void pause_for(long microseconds)
{
    struct timespec time = {0, microseconds * 1000};
    nanosleep(&time, NULL);
}

/* Goes on with the run until it is killed, or done. It tells each case that it has recorded. */
static void go_on(int tell)
{
    struct store *store = child_open("killed");
    struct store_facts facts = make_facts(CASES);
    bool done[CASES];
    int64_t run = store_begin(store, &facts, true);
    if (run < 0 || store_done(store, run, done, CASES) < 0)
        _exit(1);
    for (size_t k = 0; k < CASES; k++) {
        if (done[k])
            continue;
        if (record(store, run, k, COMPARISONS) != 0 || write(tell, &k, sizeof k) != sizeof k)
            _exit(1);
    }
    int failed = store_finish(store, run);
    store_close(store);
    _exit(failed ? 1 : 0);
}

/* Starts a process and kills it after so long; notes what it told. Whether it came to its end. */
static bool kill_after(long microseconds, bool *told)
{
    int ends[2], status;
    size_t k;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        go_on(ends[1]);
    close(ends[1]);
    pause_for(microseconds);
    kill(child, SIGKILL);
    while (read(ends[0], &k, sizeof k) == sizeof k)
        told[k] = true;
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(!WIFEXITED(status) || WEXITSTATUS(status) == 0, "a resumed run failed");
    return WIFEXITED(status);
}

/* Nothing that was told is missing. */
static void check_told(const bool *told)
{
    bool kept[CASES];
    struct store *store = must_open("killed", STORE_WRITE);
    if (store_count(store, "SELECT count(*) FROM runs", "") > 0) {
        ck_assert_int_ge(store_done(store, 1, kept, CASES), 0);
        for (size_t k = 0; k < CASES; k++)
            ck_assert_msg(kept[k] || !told[k], "case %zu was recorded, and is lost", k);
    }
    store_close(store);
}

/* The run that came to its end is the whole one; the next starts from nothing. */
static void check_ended(struct store *whole, bool *told)
{
    struct store *killed = must_open("killed", STORE_READ);
    must(killed, store_check(killed));
    ck_assert_int_eq(store_count(killed, "SELECT count(*) FROM runs", ""), 1);
    same_export(killed, 1, whole, 1);
    store_close(killed);
    ck_assert_int_eq(unlink(at("killed")), 0);
    memset(told, 0, CASES * sizeof *told);
}

TEST(killed_run_loses_no_finished_case_and_ends_like_a_whole_one)
{
    bool told[CASES] = {false};
    unsigned random = 12345;
    int kills = 0, ends = 0;
    struct store *whole = must_open("whole", STORE_WRITE);
    ck_assert_int_eq(record_run(whole, CASES, COMPARISONS), 1);
    while (kills < KILLS || ends == 0) {
        random = random * 1103515245u + 12345u;
        bool ended = kill_after((long)(random >> 16) % 4000, told);
        if (ended)
            check_ended(whole, told);
        else
            check_told(told);
        kills += !ended;
        ends += ended;
    }
    store_close(whole);
}

/* ---- shards ---- */

enum { SMALL = 31 };

/* Shard I of N has the cases I-1, I-1+N, ...: half of a last one stays undone if cut. */
static void make_shard(const char *name, size_t shard, size_t shards, bool cut)
{
    struct store *store = must_open(name, STORE_WRITE);
    struct store_facts facts = make_facts(SMALL);
    facts.shard = shard;
    facts.shards = shards;
    facts.host_cores = (long)shard;
    facts.planned = (SMALL + shards - shard) / shards;
    snprintf(facts.started, sizeof facts.started, "2026-01-0%zuT00:00:00Z", shard);
    int64_t run = store_begin(store, &facts, true);
    for (size_t k = shard - 1; k < SMALL - (cut ? SMALL / 2 : 0); k += shards)
        must(store, record(store, run, k, COMPARISONS));
    if (!cut)
        must(store, store_finish(store, run));
    store_close(store);
}

TEST(shards_in_any_order_become_the_whole)
{
    static const char *const orders[][3] = {{"1", "2", "3"}, {"3", "1", "2"}, {"2", "3", "1"}};
    for (size_t shard = 1; shard <= 3; shard++)
        make_shard((char[]){(char)('0' + shard), '\0'}, shard, 3, false);
    struct store *whole = must_open("whole", STORE_WRITE);
    int64_t run = record_run(whole, SMALL, COMPARISONS);
    for (size_t o = 0; o < 3; o++) {
        char path[3][160], name[] = {'m', (char)('0' + o), '\0'};
        const char *paths[3];
        for (int k = 0; k < 3; k++) {
            snprintf(path[k], sizeof path[k], "%s", at(orders[o][k]));
            paths[k] = path[k];
        }
        struct store *merged = must_open(name, STORE_WRITE);
        must(merged, store_merge(merged, paths, 3));
        ck_assert_int_eq(store_count(merged, "SELECT count(*) FROM runs", ""), 1);
        ck_assert_int_eq(store_count(merged,
                                     "SELECT host_cores FROM runs"
                                     " WHERE status = 'complete' AND shards = 0",
                                     ""),
                         1);
        must(merged, store_check(merged));
        same_export(merged, 1, whole, run);
        must(merged, store_merge(merged, paths, 2)); /* again: nothing new */
        same_export(merged, 1, whole, run);
        store_close(merged);
    }
    store_close(whole);
}

TEST(missing_shard_leaves_the_run_open_until_it_comes)
{
    char one[160], two[160];
    snprintf(one, sizeof one, "%s", at("1"));
    snprintf(two, sizeof two, "%s", at("2"));
    const char *first = one, *second = two;
    make_shard("1", 1, 2, false);
    make_shard("2", 2, 2, true);
    struct store *merged = must_open("m", STORE_WRITE);
    must(merged, store_merge(merged, &first, 1));
    must(merged, store_merge(merged, &second, 1));
    ck_assert_int_eq(store_count(merged, "SELECT status = 'running' FROM runs", ""), 1);
    make_shard("2", 2, 2, false);
    must(merged, store_merge(merged, &second, 1));
    ck_assert_int_eq(store_count(merged, "SELECT status = 'complete' FROM runs", ""), 1);
    must(merged, store_check(merged));
    store_close(merged);
}

TEST(stores_that_contradict_are_refused_and_nothing_is_merged)
{
    char one[160], two[160];
    snprintf(one, sizeof one, "%s", at("1"));
    snprintf(two, sizeof two, "%s", at("2"));
    const char *paths[] = {one, two};
    struct store *a = must_open("1", STORE_WRITE), *b = must_open("2", STORE_WRITE);
    record_run(a, 3, COMPARISONS);
    record_run(b, 3, COMPARISONS + 1);
    store_close(a);
    store_close(b);
    struct store *merged = must_open("m", STORE_WRITE);
    ck_assert_int_eq(store_merge(merged, paths, 2), -1);
    ck_assert_ptr_nonnull(strstr(store_error(merged), "did not say the same"));
    ck_assert_int_eq(store_count(merged, "SELECT count(*) FROM runs", ""), 0);
    store_close(merged);
}

TEST(damaged_store_is_named_and_nothing_is_merged)
{
    char one[160], two[160];
    snprintf(one, sizeof one, "%s", at("1"));
    snprintf(two, sizeof two, "%s", at("2"));
    const char *paths[] = {one, two};
    struct store *a = must_open("1", STORE_WRITE);
    record_run(a, 3, COMPARISONS);
    store_close(a);
    make_shard("2", 1, 1, false);
    ck_assert_int_eq(truncate(two, 8192), 0);
    struct store *merged = must_open("m", STORE_WRITE);
    ck_assert_int_eq(store_merge(merged, paths, 2), -1);
    ck_assert_ptr_nonnull(strstr(store_error(merged), two));
    ck_assert_int_eq(store_count(merged, "SELECT count(*) FROM runs", ""), 0);
    store_close(merged);
}

/* ---- real judgements, through the listener ---- */

static const struct ver_options defaults = VER_OPTIONS_DEFAULT;

static void count_case(void *context, const struct ver_judgement *judgement)
{
    size_t *told = context;
    *told += judgement->verdict == VER_PASS;
}

/* Judges a small suite in so many processes into a store; what is there already is not judged. */
static int64_t judge_into(struct store *store, int workers, int64_t there,
                          struct ver_totals *totals)
{
    struct ver_sources sources = {NULL, 0, 0};
    struct case_error error;
    const char *names[] = {"some"};
    size_t told = 0;
    char address[128];
    for (int k = 0; k < 6; k++) {
        snprintf(address, sizeof address, "%s:3:%d", case_families[0].name, k);
        ck_assert_int_eq(ver_sources_add(&sources, address, 0, &error), 0);
    }
    struct store_facts facts;
    ck_assert_int_eq(store_facts(&facts, names, 1, &sources, &defaults), 0);
    int64_t run = store_begin(store, &facts, true);
    struct ver_judgement judgement[6] = {{NULL}};
    ck_assert_int_eq(store_resume(store, run, &sources, judgement), there);
    struct ver_listener then = {.judged = count_case, .context = &told};
    struct store_listener context = {store, run, &then, false};
    struct ver_listener listener = store_listener(&context);
    ver_judge_all(judgement, &sources, &defaults, workers, &listener);
    ck_assert_msg(!context.failed, "%s", store_error(store));
    ck_assert_uint_eq(told, 6);
    must(store, store_finish(store, run));
    must(store, store_totals(store, run, totals));
    for (size_t k = 0; k < 6; k++)
        ver_judgement_clear(&judgement[k]);
    ver_sources_clear(&sources);
    return run;
}

TEST(listener_records_the_same_for_any_number_of_processes_and_resumptions)
{
    struct ver_totals one, three, rest;
    struct store *a = must_open("a", STORE_WRITE), *b = must_open("b", STORE_WRITE);
    int64_t run_a = judge_into(a, 1, 0, &one), run_b = judge_into(b, 3, 0, &three);
    same_export(a, run_a, b, run_b);
    must(a, store_script(a, "DELETE FROM cases WHERE position >= 2"));
    judge_into(a, 2, 2, &rest); /* two of six are left */
    same_export(a, run_a, b, run_b);
    ck_assert_str_eq(one.digest, three.digest);
    ck_assert_str_eq(one.digest, rest.digest); /* what is printed and drawn is the same, too */
    ck_assert(one.digits_median == rest.digits_median && one.order_median == rest.order_median);
    store_close(a);
    store_close(b);
}

SUITE("store_kill", .setup = make_store_folder, .teardown = drop_folder)
