/* SPDX-License-Identifier: MIT */
/* t_bench.c: `evident bench` from outside: what it takes, refuses, prints and records; and what
 * rounds come to, of made-up ones. No test asks how long anything takes. */
#include "tests/made_bench.h"
#include "tests/shell.h"

#include <math.h>

#define SMALL "closed-chain:1:0 closed-chain:1:1 --repeats 8 "

TEST(rounds_come_to_a_median_and_an_interval)
{
    struct bench bench = made_bench(3, 2, 15, 1, 0.02);
    size_t cases;
    struct interval time = bench_total(&bench, 0, &cases);
    ck_assert_uint_eq(cases, 3);
    ck_assert_double_eq_tol(time.middle, 6e-3, 1e-12);
    ck_assert_double_eq_tol(time.low, 6e-3 * (1 - 0.02 * 4 / 14), 1e-12);
    bench_row(&bench, 2, 0)->ran = false;
    ck_assert_double_eq_tol(bench_total(&bench, 0, &cases).middle, 3e-3, 1e-12);
    for (size_t c = 0; c < 3; c++) /* the first engine is a tenth slower, in every round */
        for (size_t r = 0; r < 15; r++)
            bench_seconds(&bench, c, 0)[r] *= 1.1;
    struct interval ratio = bench_against(&bench, 0, 1, &cases);
    ck_assert_uint_eq(cases, 2); /* that both ran */
    ck_assert_double_eq_tol(ratio.low, 1.1, 1e-12);
    ck_assert_double_eq_tol(ratio.high, 1.1, 1e-12);
    ck_assert(bench_memory(&bench, 0) == bench_row(&bench, 1, 0));
    bench_clear(&bench);
}

TEST(an_engine_is_timed_and_recorded)
{
    gives("$E bench clock-host " SMALL "--store $D/s --round-delays", 0,
          "engine clock-host: 2 cases, 8 rounds\n  time: ");
    says(" (95 % interval of the median)\n  memory: ");
    says("by its own count");
    says("the slowest: closed-chain:1:");
    gives("$E export bench --store $D/s --table times | grep -c clock-host", 0, "16\n");
    gives("$E list --store $D/s", 0, "clock-host, closed-chain:1:0 closed-chain:1:1\n");
    gives("$E diff bench bench --store $D/s", 0, "0.0 % slower, within its noise of");
}

TEST(engines_take_turns_and_answer_with_the_same_bits)
{
    shell("$E bench clock-host " SMALL "--against clock-emulated --round-delays --store $D/s");
    says("against clock-emulated, on 2 cases: ");
    says("; the same bits in 2 of them\n");
    gives("$E export bench --store $D/s | cut -f 1,9 | sort -u | grep -c closed-chain", 0, "2\n");
}

TEST(other_bits_fail_on_wish)
{
    gives("$E bench clock-host " SMALL "--against rounded-reference --round-delays --bits", 1,
          "; the same bits in 0 of them\n");
}

/* Without a time of its own a measurement would be as many answers as there may be. */
TEST(a_program_is_timed_by_its_answers)
{
    gives("$E run random-feedforward:1:0 --engine rounded-reference | tr '\\n' ' ' > $D/answer && "
          "printf 'while read -r line; do cat %s; echo; done' $D/answer > $D/p.sh",
          0, "");
    gives("$E bench \"exec:sh $D/p.sh\" random-feedforward:1:0 --repeats 6 --store $D/s", 0,
          "MiB at most, resident\n");
    gives("$E export bench --store $D/s | tail -1 | cut -f 7 | grep -E '^[0-9]{1,4}$'", 0, "");
}

TEST(a_program_is_timed_and_one_that_is_not_there_is_refused)
{
    gives("printf 'head -1 >/dev/null' > $D/p.sh", 0, "");
    refuses("$E bench 'exec:sh '$D/p.sh " SMALL, "closed-chain:1:0: ended with status 0 without");
    gives("$E bench exec:$D/none " SMALL, 2, "ended with status 127 without an answer");
    gives("printf 'while read -r line; do echo %s; done' '\"not-run\"' > $D/p.sh", 0, "");
    shell("$E bench 'exec:sh '$D/p.sh " SMALL);
    ck_assert_ptr_null(strstr(text, "time:"));
}

TEST(what_is_refused_is_counted_with_its_reason)
{
    gives("$E bench clock-host random-delays:1:0 random-feedforward:1:0 --repeats 8", 0,
          "1 cases, 8");
    says("  not run: 1: ");
    gives("$E bench clock-host random-delays:1:0 --repeats 6; echo $?", 0, "2\n");
}

TEST(wrong_words_are_one_line)
{
    refuses("$E bench", "wants an engine");
    refuses("$E bench clock-hots", "found 'clock-hots', wanted one of clock-host");
    refuses("$E bench clock-host --against clock-host", "named twice");
    refuses("$E bench clock-host nothing", "nothing");
    refuses("$E bench clock-host smoke -k nothing", "found no case whose name holds 'nothing'");
    refuses("$E bench clock-host smoke --repeats 5", "wanted a whole number from 6 to 1000");
    refuses("$E bench clock-host smoke --repeats 7 -k closed", "found 7, wanted at least");
    refuses("$E bench so:$D/none.so", "none.so");
    refuses("$E bench clock-host smoke --store $D/no/s", "its folder does not exist");
    refuses("$E bench clock-host --engine clock-cuda", "unknown option");
}

TEST(an_interrupted_bench_records_nothing)
{
    gives("$E bench clock-host smoke --round-delays --store $D/s --repeats 1000 & "
          "p=$!; sleep 1; kill -TERM $p; wait $p; echo $?; $E list --store $D/s",
          0, "143\nno runs yet\n");
    says("; nothing was recorded\n");
}

SUITE("bench", .setup = make_folder, .teardown = drop_folder, .seconds = 60)
