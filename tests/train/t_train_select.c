/* SPDX-License-Identifier: MIT */
/* t_train_select.c: `evident train --set select=leave-speaker`: an epoch and a configuration chosen
 * by leaving each speaker out in turn. */
#include "tests/run_suite.h"
#include "tests/shd_case.h"

#include <math.h>
#include <signal.h>
#include <time.h>

enum { SPEAKERS = 5, EPOCHS = 12 };

#define CHOOSE "--jobs 1 --set leave=-1 --set select=leave-speaker --set epochs=12 "

/* The second learns too slowly to be chosen. */
static void setup_two(void)
{
    setup_training();
    ck_assert_int_eq(shell("sed 's/small/slow/; s/0.05/0.00001/' $D/small.json >$D/slow.json"), 0);
}

/* The held-out accuracy of one training, by epoch, from its table. */
static void read_log(double *accuracy, int speaker)
{
    char command[200];
    snprintf(command, sizeof command, "cut -f6 $D/alone-%d/log.tsv | tail -n +2", speaker);
    ck_assert_int_eq(shell(command), 0);
    char *rest = text;
    for (int e = 0; e < EPOCHS; e++)
        accuracy[e] = strtod(rest, &rest);
    ck_assert_str_eq(rest, "\n");
}

/* The epoch, by trainings that were told one by one what to leave out. */
static int choose_by_hand(double mean[EPOCHS])
{
    int best = 0;
    memset(mean, 0, EPOCHS * sizeof *mean);
    for (int s = 0; s < SPEAKERS; s++) {
        char arguments[300];
        double accuracy[EPOCHS];
        snprintf(arguments, sizeof arguments,
                 "train $D/small.json -q " CHOOSE "--set leave=%d --out $D/alone-%d", s, s);
        works(arguments);
        read_log(accuracy, s);
        for (int e = 0; e < EPOCHS; e++)
            mean[e] += accuracy[e] / SPEAKERS;
    }
    for (int e = 1; e < EPOCHS; e++)
        best = mean[e] > mean[best] + 1e-9 ? e : best;
    return best;
}

TEST(the_epoch_with_the_best_mean_is_chosen_and_trained_to)
{
    double mean[EPOCHS];
    char said[400];
    int best = choose_by_hand(mean);
    ck_assert_msg(best < EPOCHS - 1, "the last epoch is the best: nothing is chosen");
    works("train $D/slow.json $D/small.json " CHOOSE "--out $D/out --store $D/a.sqlite");
    snprintf(
        said, sizeof said,
        "small: the mean over 5 groups left out is largest after epoch %d: %.2f %%\n"
        "chosen: small, epoch %d; now all groups\nsmall: 40 samples to learn from, 0 to validate",
        best, 100 * mean[best], best);
    says(said);
    says("small without 3 (4 of 5): of 8 samples ");
    snprintf(said, sizeof said, "weights of epoch %d, chosen by leave-speaker\ntest ", best);
    says(said);
    char test[200];
    snprintf(test, sizeof test, "%.*s", (int)strcspn(strstr(text, "\ntest ") + 1, "\n"),
             strstr(text, "\ntest ") + 1);
    /* As one that was told the epoch. */
    snprintf(
        said, sizeof said,
        "train $D/small.json -q --jobs 1 --set leave=-1 --set select=last --set epochs=%d --out "
        "$D/told",
        best + 1);
    works(said);
    says(test);
    /* Every epoch of every training is in the store: 2 configurations, 5 speakers, and the last. */
    works("list --store $D/a.sqlite");
    ck_assert_int_eq(shell("$E list --store $D/a.sqlite | grep -c '12 epochs, validation'"), 0);
    ck_assert_str_eq(text, "10\n");
    snprintf(said, sizeof said, "$E list --store $D/a.sqlite | grep -c ' %d epochs, test'",
             best + 1);
    ck_assert_int_eq(shell(said), 0);
    ck_assert_str_eq(text, "1\n");
}

TEST(the_page_has_curves_and_a_table_of_groups)
{
    works("train $D/slow.json $D/small.json " CHOOSE "--set epochs=2 -q --out $D/out");
    says("page: ");
    ck_assert_int_eq(shell("cat $D/out/folds.tsv | cut -f1,2,6"), 0);
    ck_assert_str_eq(text,
                     "configuration\tepoch\tchosen\n1\t0\t0\n1\t1\t0\n\n\n2\t0\t1\n2\t1\t1\n");
    ck_assert_int_eq(shell("test -e $D/out/folds.svg && cat $D/out/index.html"), 0);
    says("<h2>Each speaker left out in turn</h2>");
    says("<tr><td>2</td><td>small</td>");
    says(", chosen</td></tr>");
    says("<tr><td>4</td><td>8</td><td>");
}

/* Neither settings nor files of the test set matter until all is chosen. */
TEST(what_is_chosen_does_not_look_at_the_test_set)
{
    gives("$E train $D/small.json " CHOOSE "--set test=$D/none.h5 --set epochs=2 --out $D/out", 2,
          "chosen: small, epoch ");
    says("none.h5: ");
    says("small without 4 (5 of 5): of 8 samples ");
}

static void kill_in_the_third(void)
{
    char config[128], into[128];
    const char *program = getenv("EVIDENT");
    const struct timespec while_ = {0, 1000000};
    snprintf(config, sizeof config, "%s", at("small.json"));
    snprintf(into, sizeof into, "%s", at("killed"));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        ck_assert_ptr_nonnull(freopen("/dev/null", "w", stdout));
        execl(program, program, "train", config, "--jobs", "1", "--set", "leave=-1", "--set",
              "select=leave-speaker", "--set", "epochs=12", "--out", into, (char *)NULL);
        _exit(127);
    }
    for (int k = 0; access(in_place("killed/small-leave-2/checkpoint.h5"), F_OK) != 0; k++) {
        ck_assert_int_lt(k, 60000);
        nanosleep(&while_, NULL);
    }
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

TEST(killed_and_resumed_it_chooses_the_same)
{
    works("train $D/small.json -q " CHOOSE "--out $D/whole");
    kill_in_the_third();
    refuses("$E train $D/small.json " CHOOSE "--out $D/killed",
            "small-leave-0/checkpoint.h5: a training is there already; go on with it by --resume");
    works("train $D/small.json -q " CHOOSE "--out $D/killed --resume");
    ck_assert_int_eq(
        shell("cmp $D/whole/folds.tsv $D/killed/folds.tsv && for d in whole killed; do "
              "$E evaluate $D/$d/checkpoint.h5 >$D/$d.said; done; "
              "diff $D/whole.said $D/killed.said"),
        0);
    /* What was chosen anew before what is there is no end of it. */
    works(
        "train $D/small.json -q --jobs 1 --set leave=-1 --set select=leave-speaker --set epochs=1 "
        "--out $D/one");
    ck_assert_int_eq(shell("cp $D/whole/checkpoint.h5 $D/one"), 0);
    gives("$E train $D/small.json -q " CHOOSE "--set epochs=1 --out $D/one --resume", 2,
          "epochs trained, wanted the 1 that were chosen: take another --out");
}

TEST(what_cannot_be_chosen_is_refused_in_one_line)
{
    refuses("$E train $D/small.json $D/slow.json",
            "found 2 configurations, wanted one, or select=leave-speaker in all");
    refuses("$E train $D/small.json $D/small.json " CHOOSE, "found the name small twice");
    refuses("$E train $D/small.json " CHOOSE "--set validate=4 --out $D/out",
            "select: found leave-speaker beside validation or validate, wanted neither");
    refuses("$E train $D/small.json " CHOOSE "--set epochs=0 --out $D/out", "epochs: found 0");
    refuses("$E train " CHOOSE "--set train=yin-yang:validation --out $D/out",
            "found leave-speaker with samples of one group, wanted two or more");
}

SUITE("train_select", .setup = setup_two, .teardown = drop_folder, .seconds = 120)
