/* SPDX-License-Identifier: MIT */
/* t_train_ranks.c: a training over MPI ranks has the bits of one process. Run where the program was
 * built with Open MPI. */
#include "tests/run_suite.h"
#include "tests/shell.h"
#include "tests/training_case.h"

static void setup(void)
{
    make_folder();
    snprintf(place, sizeof place, "%s", folder);
    write_tiny("tiny.jsonl", 0);
}

/* As children of mpirun, also as root and on a machine of fewer cores; Open MPI leaves memory
 * behind that is not ours, and says more about a program that ends by itself than the program. */
#define RANKS                                                                                      \
    "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; ranks() { n=$1; shift; "    \
    "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 mpirun --oversubscribe -n $n $E train "             \
    "$D/tiny.json \"$@\"; }; "

/* What is split and exchanged: hidden neurons in one block of columns and in several, spikes of the
 * network with other delays, sums of time constants, batches that some ranks have no sample of, the
 * pull by the counts of all. */
static const char *const trainings[] = {
    "recurrent=true train_taus=true heterogeneous=true strength=1e-3 validate=5 select=validation "
    "hidden=70,40 hidden_mean=0.4 shift=2 lift=0.1 recurrent_deviation=0.1",
    "hidden=33 batch=2 taps=3 tap=2 input_mean=2 compat=true recurrent=true select=train "
    "recurrent_mean=0.1",
    "loss=first-spike-cross-entropy output_mean=4 tau0=1 tau1=20 phantom=true rewire=true "
    "input_mean=1.5 hidden=100 strength=1e-4",
    "hidden=70 train_delays=true delay_start=4 most_delay=6",
};

static void put_configuration(const char *more)
{
    struct train_settings settings = tiny_settings(more);
    FILE *out = fopen(at("tiny.json"), "w");
    ck_assert_ptr_nonnull(out);
    train_settings_put(out, &settings, false);
    ck_assert_int_eq(fclose(out), 0);
    train_settings_clear(&settings);
}

static void restore(struct train *train, const char *more, const char *name)
{
    struct case_error error = {""};
    open_tiny(train, more, 1);
    ck_assert_msg(train_restore(train, at(name), &error) == 0, "%s", error.text);
}

/* Of both, whose bits are compared: they learned, and their neurons spiked. */
static void have_learned(const struct train *train)
{
    const struct train_row *row = train->state.row;
    ck_assert_uint_eq(train->state.rows, 3);
    ck_assert(row[0].learn.loss != row[2].learn.loss && row[2].learn.spikes > 0.2);
}

TEST_EACH(ranks_have_the_bits_of_one_process, 0, 8)
{
    const char *more = trainings[_i / 2];
    struct train one, all;
    char command[600];
    put_configuration(more);
    gives("$E train $D/tiny.json --jobs 1 --out $D/one", 0, "checkpoint: ");
    snprintf(command, sizeof command, RANKS "ranks %d --jobs %d --out $D/all", 2 + _i % 2,
             1 + _i % 2);
    gives(command, 0, "checkpoint: ");
    restore(&one, more, "one/checkpoint.h5");
    restore(&all, more, "all/checkpoint.h5");
    have_learned(&one);
    ck_assert_msg(same_state(&one, &all), "%s", more);
    train_close(&one);
    train_close(&all);
}

/* Also one that was begun alone. */
TEST(a_training_goes_on_with_other_ranks)
{
    struct train one, all;
    put_configuration("");
    gives("$E train $D/tiny.json --out $D/one", 0, "checkpoint: ");
    gives(RANKS "$E train $D/tiny.json --out $D/all --set epochs=1 && "
                "ranks 3 --out $D/all --resume --set epochs=2 && ranks 2 --out $D/all --resume",
          0, "checkpoint: ");
    restore(&one, "", "one/checkpoint.h5");
    restore(&all, "", "all/checkpoint.h5");
    have_learned(&one);
    ck_assert(same_state(&one, &all));
    train_close(&one);
    train_close(&all);
}

/* The same lines, the same files, one training and three epochs in the store. */
TEST(the_first_rank_alone_writes_and_speaks)
{
    put_configuration("validate=4 verify_every=100");
    gives(RANKS "$E train $D/tiny.json --out $D/one --store $D/one.sqlite >$D/one.said && "
                "ranks 3 --out $D/all --store $D/all.sqlite >$D/all.said && "
                "for f in one all; do sed 's/[0-9.]* *$//; s/([0-9.]* s)//; /^[cp].*: /d' "
                "$D/$f.said >$D/$f.lines; done; "
                "diff $D/one.lines $D/all.lines && grep -c ' 0  batch 0: error' $D/all.lines && "
                "test \"$(ls $D/one)\" = \"$(ls $D/all)\" && wc -l <$D/all/verified.tsv",
          0, "1\n2\n");
    gives("$E list --store $D/all.sqlite", 0, "training seed 1, 3 epochs, validation ");
}

/* The same folds, the same choice. */
TEST(what_is_chosen_over_ranks_is_what_one_process_chooses)
{
    put_configuration("select=leave-speaker");
    gives(RANKS "$E train $D/tiny.json --out $D/one >$D/one.said && ranks 2 --out $D/all "
                ">$D/all.said && cmp $D/one/folds.tsv $D/all/folds.tsv && for f in one all; do "
                "sed 's/[0-9.]* *$//; /^[cp].*: /d' $D/$f.said >$D/$f.lines; done; "
                "diff $D/one.lines $D/all.lines && grep -c 'groups left out' $D/all.said",
          0, "1\n");
    put_configuration("select=leave-speaker batch=20");
    refuses(RANKS "ranks 3 --out $D/wrong >$D/said 2>&1; code=$?; grep '^evident' $D/said; exit "
                  "$code",
            "found 18 samples, wanted a batch of 20\n");
}

TEST(what_no_rank_can_do_is_one_line_of_the_first)
{
    put_configuration("");
    put_file("checkpoint.h5", "nonsense");
    const char *const wrong[][2] = {
        {"--set speed=1", "--set: speed=1: found a name of no setting"},
        {"--set train=$D/none.h5", "none.h5: "},
        {"--engine clock-emulated", "found several ranks, wanted one, or clock-host"},
        {"--out $D/tiny.json", "tiny.json"},
        {"--resume --out $D", "checkpoint.h5: found something else, wanted a checkpoint"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char command[700];
        snprintf(command, sizeof command,
                 RANKS "ranks 3 %s >$D/said 2>&1; code=$?; grep '^evident' $D/said; exit $code",
                 wrong[k][0]);
        refuses(command, wrong[k][1]);
    }
}

/* The others are in the middle of a batch, and do not wait for it. */
TEST(a_rank_that_fails_ends_all)
{
    put_configuration("epochs=1000000");
    gives(RANKS "ranks 3 --quiet --out $D/all >/dev/null 2>$D/said & "
                "until [ -e $D/all/checkpoint.h5 ]; do sleep 0.01; done; "
                "until rm -rf $D/all 2>/dev/null; do :; done; wait $!; code=$?; "
                "grep '^evident' $D/said; exit $code",
          2, "evident train: ");
    says("checkpoint.h5: cannot write: No such file or directory\n");
}

static bool there_is_mpi(void)
{
    bool is = system("command -v mpirun >/dev/null && ldd \"$EVIDENT\" | grep -q libmpi") == 0;
    if (!is)
        puts("not run: train_ranks: no mpirun, or built without Open MPI");
    return is;
}

SUITE("train_ranks", .possible = there_is_mpi, .setup = setup, .teardown = drop_folder,
      .seconds = 120)
