/* SPDX-License-Identifier: MIT */
/* t_store_training.c: trainings in a store: every epoch, what came of them, jobs of a sweep brought
 * together. */
#include "tests/run_suite.h"
#include "tests/shell.h"
#include "verify/store/store_inner.h"

#include <math.h>

#define TRAIN                                                                                      \
    "$E train --set hidden=8 --set step=1 --set epochs=2 --set skip_silent=false -q -j1 --set "

static void train(const char *more)
{
    char line[400];
    snprintf(line, sizeof line, TRAIN "%s", more);
    gives(line, 0, "checkpoint: ");
}

static int64_t count(const char *name, const char *sql)
{
    char path[300];
    struct case_error error;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct store *store = store_open(path, STORE_READ, &error);
    ck_assert_msg(store != NULL, "%s", error.text);
    int64_t found = store_count(store, sql, "");
    store_close(store);
    return found;
}

TEST(every_epoch_is_a_row_and_going_on_adds_to_the_same_training)
{
    train("seed=1 --out $D/a --store $D/s");
    ck_assert_int_eq(count("s", "SELECT count(*) FROM epochs"), 2);
    train("seed=1 --out $D/a --store $D/s --set epochs=3 --resume");
    ck_assert_int_eq(count("s", "SELECT count(*) FROM trainings"), 1);
    ck_assert_int_eq(count("s", "SELECT count(*) FROM epochs"), 3);
    ck_assert_int_eq(count("s", "SELECT chosen FROM trainings WHERE evaluated = 'test'"
                                " AND low < accuracy AND accuracy < high AND samples = 1000"),
                     count("s", "SELECT epoch FROM epochs ORDER BY validation_accuracy DESC, epoch"
                                " LIMIT 1"));
    gives("$E list --store $D/s", 0, "yin-yang seed 1, 3 epochs, test ");
}

TEST(jobs_of_a_sweep_come_together_in_any_order)
{
    train("seed=1 --out $D/a --store $D/s1");
    train("seed=2 --out $D/b --store $D/s2");
    train("seed=2 --set rate=0.01 --out $D/c --store $D/s3");
    gives("cd $D && $E merge s1 s2 s3 --store x && $E merge s3 s2 s1 s1 --store y && "
          "$E list --store x | sed 's/^ *[0-9]*  2/2/' >x.txt && "
          "$E list --store y | sed 's/^ *[0-9]*  2/2/' >y.txt && cmp x.txt y.txt && cat x.txt",
          0, "\n2 seeds: ");
    ck_assert_int_eq(count("x", "SELECT count(*) FROM trainings"), 3);
    ck_assert_int_eq(count("x", "SELECT count(DISTINCT recipe) FROM trainings"), 2);
    ck_assert_int_eq(count("x", "SELECT count(*) FROM epochs"), 6);
    /* Again: nothing doubles. */
    gives("cd $D && $E merge s2 --store x", 0, "");
    ck_assert_int_eq(count("x", "SELECT count(*) FROM epochs"), 6);
}

TEST(mean_and_deviation_are_those_of_the_seeds)
{
    train("seed=1 --out $D/a --store $D/s");
    train("seed=2 --out $D/b --store $D/s");
    double mean = (double)count("s", "SELECT 1e4 * avg(accuracy) FROM trainings") / 100;
    double apart =
        (double)count("s", "SELECT 5e3 * (max(accuracy) - min(accuracy)) FROM trainings") / 100;
    gives("$E list --store $D/s", 0, " 2 seeds: ");
    const char *line = strstr(text, " 2 seeds: ");
    double said_mean = 0, said_apart = 0;
    ck_assert_int_eq(sscanf(line, " 2 seeds: %lf %% +- %lf", &said_mean, &said_apart), 2);
    ck_assert(fabs(said_mean - mean) < 0.011 && fabs(said_apart - apart) < 0.011);
}

SUITE("store_training", .setup = make_folder, .teardown = drop_folder, .seconds = 120)
