/* SPDX-License-Identifier: MIT */
/* t_train_command.c: `evident train`, `evaluate` and `export-case` from outside, on a file in the
 * layout of SHD. */
#include "tests/run_suite.h"
#include "tests/shd_case.h"

#include <signal.h>
#include <time.h>

#define TRAIN "train $D/small.json --jobs 1 "

static char kept[4096]; /* of text, to be compared with a later one */

/* ---- the whole way ---- */

/* What `evaluate` prints is what `train` printed at its end. */
TEST(from_spikes_to_a_judged_gradient)
{
    works(TRAIN "--out $D/out");
    says("small: 32 samples to learn from, 8 to validate, 40 to test; 24 channels, 4 classes");
    says("\n   11  ");
    says("chosen by validation\nvalidation ");
    says("checkpoint: ");
    strcpy(kept, strstr(text, "weights of epoch"));
    *strstr(kept, "checkpoint: ") = '\0';
    double accuracy = strtod(strstr(kept, "\ntest ") + strlen("\ntest "), NULL);
    ck_assert_msg(accuracy > 50, "%s", kept); /* 25 by chance, give or take 7 */
    works("evaluate $D/out/checkpoint.h5");
    ck_assert_str_eq(text, kept);
    works("export-case $D/out/checkpoint.h5 --first 3 --count 2 --out $D/case.json");
    ck_assert_str_eq(text, "");
    works("verify $D/case.json --engine clock-host --no-witness");
    says("PASS ");
    says("cases: 1, 1 pass\n");
    works("run $D/case.json --engine clock-host");
}

TEST(other_data_can_be_tested_and_found_elsewhere)
{
    works(TRAIN "--quiet --set epochs=2 --out $D/out");
    works("evaluate $D/out/checkpoint.h5 --set test=$D/train.h5");
    says("test ");
    ck_assert_int_eq(shell("mkdir $D/moved && mv $D/train.h5 $D/moved"), 0);
    refuses("$E evaluate $D/out/checkpoint.h5", "train.h5: ");
    works("evaluate $D/out/checkpoint.h5 --set train=$D/moved/train.h5");
}

TEST(what_has_no_epochs_is_a_network_that_can_be_exported)
{
    works(TRAIN "--set epochs=0 --out $D/out");
    works("export-case $D/out/checkpoint.h5 --out $D/case.json");
    works("evaluate $D/out/checkpoint.h5");
    says("weights as they were at the start\n");
}

TEST(a_silent_network_has_a_page)
{
    works(TRAIN "--set epochs=1 --set input_mean=0 --set input_deviation=0 --out $D/out");
    says("/index.html");
}

/* The rule of verify_every is a line of its own; the network is small enough for the reference. */
TEST(a_sample_goes_to_the_reference_now_and_then)
{
    works(TRAIN "--set epochs=1 --set verify_every=3 --out $D/out");
    const char *first = strstr(text, "    0  batch 0: error 0.");
    const char *second = strstr(text, "    0  batch 3: error 0.");
    ck_assert_msg(first && second, "%s", text);
    says(" of its proven bound; to the exact gradient: cosine ");
    works(TRAIN "--set epochs=1 --out $D/plain");
    works("evaluate $D/plain/checkpoint.h5");
    strcpy(kept, text);
    works("evaluate $D/out/checkpoint.h5");
    ck_assert_str_eq(text, kept);
}

TEST(settings_are_listed_and_those_of_the_program_found)
{
    works("train --settings");
    says("\nverify_every ");
    says("\nstrength             5e-10 ");
    works("train yin-yang --quiet --set train=yin-yang:test --set epochs=0 --out $D/out");
    ck_assert_int_eq(shell("mkdir $D/here $D/here/yin-yang && cd $D/here && "
                           "$E train yin-yang --quiet --set train=yin-yang:test --set epochs=0 "
                           "&& ls training-yin-yang"),
                     0);
    says("checkpoint.h5\n");
}

/* ---- stopping and going on ---- */

static pid_t start_training(const char *out)
{
    char config[128], into[128];
    const char *program = getenv("EVIDENT");
    snprintf(config, sizeof config, "%s", at("small.json"));
    snprintf(into, sizeof into, "%s", at(out));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        ck_assert_ptr_nonnull(freopen(in_place("said"), "w", stderr));
        ck_assert_ptr_nonnull(freopen("/dev/null", "w", stdout));
        execl(program, program, "train", config, "--jobs", "1", "--set", "epochs=1000000", "--out",
              into, (char *)NULL);
        _exit(127);
    }
    return child;
}

static void wait_for(const char *name)
{
    const struct timespec while_ = {0, 5000000};
    for (int k = 0; access(in_place(name), F_OK) != 0; k++) {
        ck_assert_int_lt(k, 12000);
        nanosleep(&while_, NULL);
    }
}

/* Interrupted in epoch K, resumed to K epochs, a training says what one of K epochs says that was
 * left alone; the bits of its checkpoint are looked at by make train-kills. */
TEST(an_interrupted_training_goes_on_to_the_same_end)
{
    char command[1024];
    int status, epoch;
    pid_t child = start_training("out");
    wait_for("out/checkpoint.h5");
    refuses("$E " TRAIN "--resume --out $D/out", "out: another training is at work there");
    ck_assert_int_eq(kill(child, SIGINT), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    ck_assert_int_eq(shell("grep -v '^evident train: epoch' $D/said; ls $D/out"), 0);
    const char *said = strstr(text, "evident train: interrupted in epoch ");
    ck_assert_msg(said && sscanf(said, "evident train: interrupted in epoch %d of", &epoch) == 1,
                  "%s", text);
    says(" of 1000000; go on with --resume\ncheckpoint.h5\n");
    put_file("out/checkpoint.h5.part-1-0", "what a killed training left");
    snprintf(command, sizeof command, TRAIN "--quiet --set epochs=%d --out $D/out --resume", epoch);
    works(command);
    ck_assert_int_ne(access(at("out/checkpoint.h5.part-1-0"), F_OK), 0);
    works("evaluate $D/out/checkpoint.h5");
    strcpy(kept, text);
    snprintf(command, sizeof command, TRAIN "--quiet --set epochs=%d --out $D/alone", epoch);
    works(command);
    works("evaluate $D/alone/checkpoint.h5");
    ck_assert_str_eq(text, kept);
}

/* ---- refusals ---- */

TEST(what_cannot_be_trained_is_refused_in_one_line)
{
    refuses("$E train $D/none.json", "none.json: found no file that can be read, wanted a config");
    refuses("$E train nonsense",
            "nonsense: found no file that can be read, wanted a configuration, or "
            "one of digits-delays, digits, mnist, yin-yang\n");
    refuses("$E train $D", ": found no file that can be read, wanted a configuration");
    refuses("$E train a b", "b");
    refuses("$E " TRAIN "--set", "--set: wants a value");
    refuses("$E " TRAIN "--set rate", "--set: rate: found no =, wanted NAME=VALUE");
    refuses("$E " TRAIN "--set speed=1", "--set: speed=1: found a name of no setting");
    refuses("$E " TRAIN "--set rate=fast",
            "--set: rate: found fast, wanted a number from 0 to 1000");
    refuses("$E " TRAIN "--set lift=1 --set rewire=true", "lift: found rewire beside it");
    refuses("$E " TRAIN "--jobs 0", "--jobs");
    refuses("$E " TRAIN "--set train=$D/none.h5", "none.h5: ");
    refuses("$E " TRAIN "--set train=$D/small.json", "small.json");
    refuses("$E " TRAIN "--set leave=77", "leave: found 0 of 40 samples to hold out");
    refuses("$E " TRAIN "--set step=3", "wanted");
    refuses("$E " TRAIN "--set hidden=many", "hidden: found many");
    refuses("$E " TRAIN "--out $D/small.json", "small.json");
    refuses("$E " TRAIN "--out $D/small.json/under", "small.json");
    put_file("bad.json", "{\"train\": \"train.h5\", \"hidden\": 2.5}");
    refuses("$E train $D/bad.json", "bad.json: hidden: found 2.5, wanted a text");
    put_file("bad.json", "{\"train\": \"train.h5\",}");
    refuses("$E train $D/bad.json", "bad.json: line 1: ");
    ck_assert_int_ne(shell("ls -d $D/training-* training-small"), 0);
}

TEST(what_is_there_is_not_written_over)
{
    works(TRAIN "--quiet --set epochs=1 --out $D/out");
    ck_assert_int_eq(shell("cp $D/out/checkpoint.h5 $D/kept"), 0);
    refuses("$E " TRAIN "--out $D/out",
            "checkpoint.h5: a training is there already; go on with it by "
            "--resume, or take another --out");
    refuses("$E " TRAIN "--out $D/out --resume --set rate=0.5",
            "checkpoint.h5: rate: found 0.05, wanted 0.5, that of this training, to go on");
    refuses("$E train yin-yang --out $D/out --resume", "checkpoint.h5: leave: found 4, wanted -1");
    write_shd("train.h5", 3);
    refuses("$E " TRAIN "--out $D/out --resume", "checkpoint.h5: found other data to learn from");
    put_file("out/checkpoint.h5", "nothing");
    refuses("$E " TRAIN "--out $D/out --resume", "wanted a checkpoint of evident train");
    ck_assert_int_eq(shell("head -c 5000 $D/kept >$D/out/checkpoint.h5"), 0);
    refuses("$E " TRAIN "--out $D/out --resume", "wanted a checkpoint of evident train");
}

TEST(what_is_no_checkpoint_is_not_evaluated)
{
    works(TRAIN "--quiet --set epochs=1 --out $D/out");
    refuses("$E evaluate", "wants a checkpoint");
    refuses("$E evaluate $D/none.h5",
            "none.h5: found no file that can be read, wanted a checkpoint");
    refuses("$E evaluate $D/small.json", "found something else, wanted a checkpoint");
    refuses("$E evaluate $D/train.h5", "found something else, wanted a checkpoint");
    refuses("$E evaluate $D/out", "found something else, wanted a checkpoint");
    refuses("$E evaluate $D/out/checkpoint.h5 --set rate=0.5", "rate: found 0.05, wanted 0.5");
    refuses("$E evaluate $D/out/checkpoint.h5 --set test=$D/none.h5", "none.h5: ");
    refuses("$E export-case $D/out/checkpoint.h5", "wants --out FILE");
    refuses("$E export-case $D/out/checkpoint.h5 --out $D/c --count 0", "--count");
    refuses("$E export-case $D/out/checkpoint.h5 --out $D/c --count 9",
            "found samples 0 to 8, wanted at most a batch of 8 among 32");
    refuses("$E export-case $D/out/checkpoint.h5 --out $D/c --first 32",
            "found samples 32 to 32, wanted at most a batch of 8 among 32");
    refuses("$E export-case $D/out/checkpoint.h5 --out $D/c --first 18446744073709551615", "found");
    refuses("$E export-case $D/out/checkpoint.h5 --out $D/none/c", "none/c: ");
    ck_assert_int_ne(shell("ls $D/c"), 0);
}

SUITE("train_command", .setup = setup_training, .teardown = drop_folder, .seconds = 120)
