/* SPDX-License-Identifier: MIT */
/* t_store_command.c: the commands on stores from outside: exit codes, one clear line for what is
 * wrong. */
#include "tests/shell.h"
#include "tests/store_case.h"

static void setup(void)
{
    make_store_folder();
    setenv("EVIDENT_STORE", at("s"), 1);
    struct store *store = must_open("s", STORE_WRITE);
    record_run(store, 9, 7);
    record_run(store, 9, 7);
    store_close(store);
}

TEST(bad_arguments_are_refused_in_one_line)
{
    refuses("$E list x", "wants no argument");
    refuses("$E show", "wants a run");
    refuses("$E show 1 2 3", "one argument more");
    refuses("$E show 7", "no run 7 among its 2");
    refuses("$E show x", "found run 'x', wanted a number");
    refuses("$E show latest-9", "no run latest-9");
    refuses("$E show 1 nobody", "has no case nobody");
    refuses("$E diff 1", "wants two runs");
    refuses("$E diff 1 2 --ratio x", "found 'x', wanted a number from 1");
    refuses("$E diff 1 2 --ratio 0.5", "wanted a number from 1");
    refuses("$E diff 1 2 --digits nan", "wanted a number from 0");
    refuses("$E export", "wants a run");
    refuses("$E export 1 --format xml", "wanted tsv, json, junit or markdown");
    refuses("$E export 1 --table t", "wanted cases, comparisons");
    refuses("$E export 1 --format json --table cases", "goes with --format tsv");
    refuses("$E export 1 --out $D/no/file", "cannot write");
    refuses("$E merge", "wants a store");
    refuses("$E merge $D/none", "no such store");
    refuses("$E baseline latest", "wants either --check or --write");
    refuses("$E baseline latest --check $D/b --write $D/b", "wants either");
    refuses("$E baseline latest --check $D/none", "No such file");
    refuses("$E baseline latest --write $D/b --allow-looser ' '", "wants a reason");
    refuses("$E baseline latest --check $D/b --allow-looser x", "goes with --write");
    refuses("$E store", "wants --schema");
    refuses("$E store --check --schema", "only one thing at a time");
    refuses("$E list --store $D/none", "no such store");
    refuses("$E list --stores x", "unknown option");
}

TEST(list_names_every_run)
{
    gives("$E list", 0, "complete");
    ck_assert_ptr_nonnull(strstr(text, "8 pass, 1 fail"));
    gives("$E list --tsv", 0, "run\tstarted\tstate");
    gives("$E store --drop 1", 0, "");
    gives("$E list", 0, "   2  ");
    ck_assert_ptr_null(strstr(text, "   1  "));
}

TEST(show_prints_a_run_and_a_case)
{
    gives("$E show latest", 0, "FAIL closed-chain:1:6: 1 of 7 comparisons differ");
    ck_assert_ptr_nonnull(strstr(text, "complete: 9 of 9 cases"));
    gives("$E show latest closed-chain:1:6", 0, "fail     spikes");
    ck_assert_ptr_nonnull(strstr(text, "evident verify closed-chain:1:6 --seed 0"));
    gives("$E show 1 6", 0, "engine clock-host: ran");
}

TEST(diff_exits_by_what_got_worse)
{
    gives("$E diff latest-1 latest", 0, "cases in both: 9\nnothing moved\n");
    gives("$E store --compact", 0, "");
    struct store *store = must_open("s", STORE_WRITE);
    must(store, store_script(store, "UPDATE cases SET verdict = 'error' WHERE run = 2 AND "
                                    "position = 0"));
    store_close(store);
    gives("$E diff 1 2", 1, "WORSE  verdict closed-chain:1:0: pass -> error");
    gives("$E diff 2 1", 0, "better verdict closed-chain:1:0: error -> pass");
    gives("$E diff 1 2 --quiet", 1, "cases in both: 9");
}

TEST(export_writes_whole_files)
{
    gives("$E export 1 --format junit --out $D/j.xml && head -1 $D/j.xml", 0, "<?xml");
    gives("$E export 1 --format json > $D/j.json; $E export 2 --format json | cmp - $D/j.json "
          "&& echo same",
          0, "same");
    gives("$E export 1 --format tsv --table cases", 0, "position\tfamily\tcase");
    refuses("$E export 1 --out /dev/full", "/dev/full: cannot write");
    refuses("$E export 1 >/dev/full", "cannot write to standard output");
}

TEST(merge_makes_a_store_of_many)
{
    gives("$E merge $D/s --store $D/m && $E list --store $D/m --tsv | wc -l", 0, "2");
    gives("$E store --check --store $D/m", 0, "whole: 1 runs, 9 cases, 63 comparisons");
}

TEST(baseline_only_tightens)
{
    gives("$E baseline 1 --write $D/b", 0, "0 looser");
    gives("$E baseline 2 --check $D/b", 0, "0 worse");
    struct store *store = must_open("s", STORE_WRITE);
    must(store, store_script(store, "UPDATE comparisons SET distance = 2 * distance WHERE run = 2 "
                                    "AND position = 1 AND number = 0"));
    store_close(store);
    gives("$E baseline 2 --check $D/b", 1,
          "WORSE random-deep:1:1 spikes reference: ratio 3.00e-01");
    gives("$E baseline 2 --write $D/b", 1, "nothing was written");
    gives("$E baseline 1 --check $D/b", 0, "0 worse");
    gives("$E baseline 2 --write $D/b --allow-looser 'a new\tkernel'", 0, "1 looser");
    gives("$E baseline 2 --check $D/b; cat $D/b", 0, "# looser: a new kernel (1 entries)\n");
    gives("$E baseline 1 --write $D/b; cat $D/b", 0, "# looser: a new kernel"); /* tighter: kept */
    gives("$E baseline 2 --check $D/b", 1, "1 worse");
}

TEST(schema_is_printed_as_sql_that_runs)
{
    sqlite3 *db;
    gives("$E store --schema", 0, "CREATE TABLE comparisons");
    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Of a case of a family, too: a generator that changed is seen as another case. */
TEST(every_case_has_the_digest_of_its_text)
{
    gives("$E generate closed-chain --seed 1 --count 1 --first 0 --out $D/made", 0, "");
    gives("$E verify closed-chain:1:0 $D/made/closed-chain-1-0.json --store $D/v --jobs 1", 0, "");
    gives("$E export latest --store $D/v --format tsv --table cases | tail -n +2 | "
          "awk -F'\t' '{ print $(NF - 1) }' | sort -u | grep -cE '^[0-9a-f]{32}$'",
          0, "1\n");
}

/* A campaign whose store can no longer grow ends at once with one line; what it has recorded is
 * there, and it goes on from there to what one left alone records. */
TEST(a_campaign_stops_where_its_store_ends)
{
    static const char line[] =
        "for k in 0 1 2 3 4 5 6 7 8 9 10 11; do C=\"$C random-batch:1:$k\"; done; "
        "V=\"verify $C --no-witness --engine clock-host --round-delays --jobs 1\"; "
        "(ulimit -f 400; trap '' XFSZ; $E $V --store $D/t >$D/out 2>$D/err); "
        "[ $? = 2 ] || exit 3; [ $(wc -l <$D/err) = 1 ] || exit 4; grep -q '^cases:' $D/out && "
        "exit 5; "
        "N=$(grep -c '^[A-Z]' $D/out); [ $N -gt 1 ] && [ $N -lt 12 ] || exit 6; "
        "$E export latest --store $D/t --table cases | grep -c random-batch:1: >$D/n; "
        "[ $(cat $D/n) = $((N - 1)) ] || exit 7; "
        "$E $V --store $D/t --resume >/dev/null || exit 8; $E $V --store $D/u >/dev/null; "
        "$E export latest --store $D/t --format json >$D/a; $E export latest --store $D/u "
        "--format json | cmp - $D/a";
    gives(line, 0, "");
}

SUITE("store_command", .setup = setup, .teardown = drop_folder)
