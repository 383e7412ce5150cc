/* SPDX-License-Identifier: MIT */
/* t_store_bench.c: benches in a store, what diff and baseline say of planted times, memory and
 * bits. Nothing here is measured. */
#include "tests/made_bench.h"
#include "tests/shell.h"
#include "tests/store_case.h"
#include "verify/base/pages.h"
#include "verify/store/store_speed.h"

enum { CASES = 4, ROUNDS = 15 };

static struct store_facts facts;

static void setup(void)
{
    make_store_folder();
    setenv("EVIDENT_STORE", at("s"), 1);
    facts = make_facts(CASES);
    snprintf(facts.processor, sizeof facts.processor, "abacus");
    snprintf(facts.started, sizeof facts.started, "2020-02-02T02:02:02Z");
}

/* Into a store of this name; its number. */
static int64_t record_into(const char *name, struct bench *bench)
{
    struct store *store = must_open(name, STORE_WRITE);
    int64_t number = store_bench_record(store, &facts, bench);
    ck_assert_msg(number > 0, "%s", store_error(store));
    store_close(store);
    bench_clear(bench);
    return number;
}

static void record_made(double factor, double spread)
{
    struct bench bench = made_bench(CASES, 1, ROUNDS, factor, spread);
    record_into("s", &bench);
}

/* ---- records ---- */

TEST(what_is_taken_is_what_was_recorded)
{
    struct bench bench = made_bench(CASES, 2, ROUNDS, 1, 0.02), got;
    struct store_facts was;
    bench_row(&bench, 2, 1)->ran = false;
    snprintf(bench_row(&bench, 2, 1)->reason, sizeof bench.row->reason, "delays\tare no steps");
    bench_row(&bench, 1, 0)->same = false;
    bench_row(&bench, 1, 0)->digest = UINT64_MAX;
    bench_row(&bench, 3, 0)->said = false;
    struct store *store = must_open("s", STORE_WRITE);
    int64_t number = store_bench_record(store, &facts, &bench);
    ck_assert_int_eq(number, 1);
    ck_assert_int_eq(store_bench_record(store, &facts, &bench), 1); /* it is there already */
    must(store, store_bench_take(store, number, &was, &got));
    ck_assert_str_eq(was.processor, "abacus");
    ck_assert_uint_eq(got.cases, CASES);
    ck_assert_uint_eq(got.engines, 2);
    ck_assert_uint_eq(got.rounds, ROUNDS);
    for (size_t k = 0; k < 2 * CASES; k++) {
        ck_assert_str_eq(got.at[k / 2].name, bench.at[k / 2].name);
        ck_assert_str_eq(got.at[k / 2].digest, bench.at[k / 2].digest);
        ck_assert_int_eq(got.row[k].ran, bench.row[k].ran);
        ck_assert_str_eq(got.row[k].reason, bench.row[k].reason);
        ck_assert(got.row[k].digest == bench.row[k].digest);
        ck_assert_int_eq(got.row[k].same, bench.row[k].same);
        ck_assert_uint_eq(got.row[k].answers, bench.row[k].answers);
        ck_assert(got.row[k].bytes == bench.row[k].bytes && got.row[k].said == bench.row[k].said);
        for (size_t r = 0; r < ROUNDS && got.row[k].ran; r++)
            ck_assert(got.seconds[k * ROUNDS + r] == bench.seconds[k * ROUNDS + r]);
    }
    bench_clear(&got);
    bench_clear(&bench);
    store_close(store);
}

TEST(names_find_benches_and_nothing_else)
{
    record_made(1, 0.01);
    record_made(2, 0.01);
    gives("$E list", 0, "engine-0, some & all");
    gives("$E store --drop bench-1", 0, "");
    gives("$E export bench:2", 0, "case:0\tengine-0\t0.002");
    refuses("$E export bench-1", "no bench-1 among its 1");
    refuses("$E export bench:1", "no bench:1 among its 1");
    refuses("$E export bench-x", "wanted bench, bench-N or bench:NUMBER");
    refuses("$E export benches", "found run 'benches'");
    refuses("$E export latest", "no run latest");
    refuses("$E diff bench latest", "nothing in common");
    refuses("$E export bench --format json", "of a bench there are");
    refuses("$E export bench --table ladders", "of a bench there are");
}

TEST(exports_hold_every_measurement_and_what_they_come_to)
{
    struct bench bench = made_bench(CASES, 1, ROUNDS, 1, 0.02);
    bench_row(&bench, 0, 0)->ran = false;
    snprintf(bench_row(&bench, 0, 0)->reason, sizeof bench.row->reason, "too | small");
    record_into("s", &bench);
    gives("$E export bench | grep -c ''", 0, "5\n");
    gives("$E export bench", 0, "case:0\tengine-0\t-\t-\t-\t0\t0\t-\t-\ttoo   small\n");
    says("case:1\tengine-0\t0.002\t0.00198571429\t0.00201428571\t15\t3\t8192\t");
    gives("$E export bench --table times | grep -c ''", 0, "46\n");
    gives("$E export bench --format markdown", 0, "| engine-0 | 3 | 9 ms | ");
    says("on abacus, ");
    refuses("$E export bench --out /dev/full", "/dev/full: cannot write");
}

TEST(merge_brings_benches_once)
{
    record_made(1, 0.01);
    gives("cp $D/s $D/t", 0, "");
    record_made(2, 0.01);
    gives("$E merge $D/s $D/t $D/s --store $D/m && $E list --store $D/m | grep -c engine-0", 0,
          "2\n");
    gives("$E store --check --store $D/m", 0, "whole");
}

/* ---- diff ---- */

static void diff_gives(int code, const char *said)
{
    gives("$E diff bench-1 bench", code, said);
}

TEST(slower_by_more_than_its_noise_is_worse)
{
    record_made(1, 0.01);
    record_made(1.031, 0.01); /* ranks 4 and 12 of fifteen are 0.3 % from the middle */
    diff_gives(1, "WORSE  time all cases (4) engine-0: 10 ms -> 10.31 ms, 3.1 % slower, more than "
                  "its noise of 0.6 %\n");
    says("time     5 worse\n"); /* every case, too */
    gives("$E diff bench-1 bench --time 1.05", 0, "time     5 moved\n");
    gives("$E diff bench bench-1", 0,
          "better time all cases (4) engine-0: 10.31 ms -> 10 ms, "
          "3.0 % faster, more than its noise of");
}

TEST(slower_within_its_noise_is_not)
{
    record_made(1, 0.1);
    record_made(1.031, 0.1);
    diff_gives(0, "moved  time all cases (4) engine-0: 10 ms -> 10.31 ms, 3.1 % slower, within its "
                  "noise of 5.7");
    says("time     1 moved\n");
}

TEST(one_case_that_is_slower_is_named)
{
    record_made(1, 0.01);
    struct bench bench = made_bench(CASES, 1, ROUNDS, 1, 0.01);
    for (size_t r = 0; r < ROUNDS; r++)
        bench_seconds(&bench, 0, 0)[r] *= 1.05;
    record_into("s", &bench);
    diff_gives(1, "WORSE  time case:0 engine-0: 1 ms -> 1.05 ms, 5.0 % slower, more than");
    says("time     1 worse, 1 moved\n");
}

TEST(memory_and_bits_are_compared_exactly_where_they_are_known)
{
    record_made(1, 0.01);
    struct bench bench = made_bench(CASES, 1, ROUNDS, 1, 0.01);
    bench_row(&bench, 1, 0)->bytes += 4096;
    bench_row(&bench, 2, 0)->digest++;
    snprintf(bench.at[3].digest, sizeof bench.at[3].digest, "another");
    bench_row(&bench, 3, 0)->digest++;
    record_into("s", &bench);
    diff_gives(1, "WORSE  memory case:1 engine-0: 0.01 MiB -> 0.01 MiB\n");
    says("memory   1 worse\n");
    says("moved  bits case:2 engine-0: digest ");
    says("bits     1 moved\n");
    says("moved  case case:3 engine-0: the case itself is another\n");
    gives("$E diff bench-1 bench --bits", 1, "WORSE  bits case:2");
}

static void record_resident(double bytes)
{
    struct bench bench = made_bench(1, 1, ROUNDS, 1, 0.01);
    bench.row->said = false;
    bench.row->bytes = bytes;
    record_into("s", &bench);
}

TEST(resident_memory_is_known_to_so_much)
{
    record_resident(64e6);
    record_resident(64e6 + RESIDENT_UNCERTAIN);
    diff_gives(0, "cases in both: 1\ntime     1 moved\n");
    record_resident(64e6 + 2.5 * RESIDENT_UNCERTAIN);
    diff_gives(1, "WORSE  memory");
}

TEST(a_case_that_no_longer_runs_is_worse)
{
    record_made(1, 0.01);
    struct bench bench = made_bench(CASES, 1, ROUNDS, 1, 0.01);
    bench_row(&bench, 3, 0)->ran = false;
    record_into("s", &bench);
    diff_gives(1, "WORSE  case case:3 engine-0: gone\n");
    gives("$E diff bench bench-1", 0, "moved  case case:3 engine-0: new\n");
}

TEST(times_of_other_hosts_are_not_compared)
{
    record_made(1, 0.01);
    snprintf(facts.processor, sizeof facts.processor, "loom");
    record_made(2, 0.01);
    diff_gives(0, "moved  time not compared: on abacus, 0 cores, now on loom, 0 cores\n");
}

/* ---- baseline ---- */

TEST(a_baseline_of_times_only_tightens)
{
    record_made(1, 0.01);
    gives("$E baseline bench --write $D/b", 0, "5 entries, 0 looser");
    gives("head -2 $D/b", 0, "# evident-speed-1\n# host: abacus, 0 cores\n");
    gives("$E baseline bench --check $D/b", 0, "5 entries, 0 worse");
    record_made(1.031, 0.01);
    gives("$E baseline bench --check $D/b", 1, "WORSE time all cases (4) engine-0: 10 ms");
    gives("$E baseline bench --check $D/b --time 1.05", 0, "0 worse");
    gives("$E baseline bench --write $D/b", 1, "nothing was written");
    gives("$E baseline bench-1 --check $D/b", 0, "0 worse");
    gives("$E baseline bench --write $D/b --allow-looser 'more is done'; cat $D/b", 0,
          "# slower: more is done (5 entries)\n");
    gives("$E baseline bench --check $D/b", 0, "0 worse");
    gives("$E baseline bench-1 --write $D/b; cat $D/b", 0, "# slower: more is done (5 entries)\n");
    gives("$E baseline bench --check $D/b", 1, "5 worse");
}

TEST(small_steps_do_not_creep)
{
    record_made(1, 0.02);
    gives("$E baseline bench --write $D/b; cp $D/b $D/first", 0, "0 looser");
    for (int k = 1; k <= 3; k++) {
        record_made(1 + 0.002 * k, 0.02);
        gives("$E baseline bench --write $D/b", 0, "0 looser");
    }
    gives("cmp $D/first $D/b && echo same", 0, "same");
    record_made(0.9, 0.02);
    gives(
        "$E baseline bench --write $D/b && grep -P '^all cases \\(4\\)\\tengine-0\\t0.009\\t' $D/b",
        0, "0 looser");
}

TEST(a_wrong_baseline_is_refused_in_one_line)
{
    record_made(1, 0.01);
    refuses("$E baseline bench --check $D/none", "No such file");
    gives("echo '# evident-baseline-1' > $D/b", 0, "");
    refuses("$E baseline bench --check $D/b", "b:1: wanted '# evident-speed-1'");
    gives("printf '# evident-speed-1\\na\\tb\\t1\\t2\\n' > $D/b", 0, "");
    refuses("$E baseline bench --check $D/b", "b:2: wanted a case, an engine and five numbers");
    gives("printf '# evident-speed-1\\na\\tb\\t1\\t-2\\t3\\t4\\t5\\n' > $D/b", 0, "");
    refuses("$E baseline bench --check $D/b", "b:2: wanted a case, an engine and five numbers");
    gives(": > $D/b", 0, "");
    refuses("$E baseline bench --check $D/b", "found an empty file");
    refuses("$E baseline bench --write /dev/full", "/dev/full");
}

SUITE("store_bench", .setup = setup, .teardown = drop_folder, .seconds = 60)
