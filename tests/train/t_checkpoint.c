/* SPDX-License-Identifier: MIT */
/* t_checkpoint.c: a training that stops and goes on has the bits of one that never stopped; files
 * that cannot be read or written are named in one line, and nothing is left half-written. */
#include "tests/run_suite.h"
#include "tests/training_case.h"

#include <hdf5.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define EVERYTHING                                                                                 \
    "hidden=6,5 hidden_mean=1 recurrent=true heterogeneous=true train_taus=true taps=2 tap=3 "     \
    "validate=4 select=validation shift=3 dropout=0.2 blend=true lift=0.1 input_mean=2 "           \
    "strength=1e-4 ease=1.3 decay=0.9 schedule=plateau plateau_epochs=0"

static void save(struct train *train, const char *name)
{
    struct case_error error = {""};
    ck_assert_msg(train_save(train, file_at(name), &error) == 0, "%s", error.text);
}

static void restore(struct train *train, const char *name)
{
    struct case_error error = {""};
    ck_assert_msg(train_restore(train, file_at(name), &error) == 0, "%s", error.text);
}

/* ---- bits ---- */

static const char *const trainings[] = {
    "",
    EVERYTHING,
    "schedule=one-cycle select=train",
    "loss=first-spike-cross-entropy output_mean=4 tau0=1 tau1=20 phantom=true rewire=true "
    "input_mean=1.5",
};

TEST(one_epoch_and_two_more_are_three_to_the_bit)
{
    for (size_t k = 0; k < sizeof trainings / sizeof *trainings; k++) {
        struct train whole, begun, going, read;
        open_tiny(&whole, trainings[k], 1);
        open_tiny(&begun, trainings[k], 1);
        open_tiny(&going, trainings[k], 1);
        open_tiny(&read, trainings[k], 1);
        learn(&whole, 3);
        learn(&begun, 1);
        save(&begun, "a.h5");
        restore(&going, "a.h5");
        ck_assert(same_state(&begun, &going));
        ck_assert(!same_state(&begun, &whole));
        learn(&going, 2);
        ck_assert_msg(same_state(&whole, &going), "%s", trainings[k]);
        save(&going, "a.h5");
        restore(&read, "a.h5");
        ck_assert(same_state(&whole, &read));
        ck_assert(read.state.row[1].seconds == going.state.row[1].seconds);
        train_close(&whole);
        train_close(&begun);
        train_close(&going);
        train_close(&read);
    }
}

/* What was learned since is forgotten, as after an epoch that was broken off. */
TEST(a_checkpoint_is_gone_back_to)
{
    struct train whole, back;
    open_tiny(&whole, EVERYTHING, 1);
    open_tiny(&back, EVERYTHING, 1);
    learn(&whole, 2);
    learn(&back, 1);
    save(&back, "a.h5");
    learn(&back, 3);
    restore(&back, "a.h5");
    learn(&back, 1);
    ck_assert(same_state(&whole, &back));
    train_close(&whole);
    train_close(&back);
}

TEST(threads_change_nothing)
{
    for (size_t k = 0; k < sizeof trainings / sizeof *trainings; k++) {
        struct train one, two;
        open_tiny(&one, trainings[k], 1);
        open_tiny(&two, trainings[k], 2);
        learn(&one, 2);
        learn(&two, 2);
        ck_assert_msg(same_state(&one, &two), "%s", trainings[k]);
        train_close(&one);
        train_close(&two);
    }
}

TEST(another_seed_is_another_training)
{
    struct train one, two;
    open_tiny(&one, "", 1);
    open_tiny(&two, "seed=2", 1);
    ck_assert(!same_state(&one, &two));
    train_close(&one);
    train_close(&two);
}

TEST(settings_are_in_the_file_and_weights_are_plain_matrices)
{
    struct train train;
    struct train_settings kept = settings_of(NULL);
    struct case_error error = {""};
    float matrix[TINY_CHANNELS * 8];
    hsize_t shape[2] = {0, 0};
    open_tiny(&train, "rate=0.30000000000000004", 1);
    learn(&train, 1);
    save(&train, "a.h5");
    ck_assert_int_eq(train_read_settings(&kept, file_at("a.h5"), &error), 0);
    ck_assert(kept.rate == 0.30000000000000004 && strcmp(kept.train, train.settings.train) == 0);
    hid_t file = H5Fopen(file_at("a.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t set = H5Dopen2(file, "value/in-hid-0", H5P_DEFAULT), space = H5Dget_space(set);
    ck_assert_int_eq(H5Sget_simple_extent_dims(space, shape, NULL), 2);
    ck_assert(shape[0] == TINY_CHANNELS && shape[1] == 8);
    ck_assert(H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, matrix) >= 0);
    float *value = part_of(&train, RESIDENT_VALUE);
    ck_assert_mem_eq(matrix, value, sizeof matrix);
    free(value);
    H5Sclose(space);
    H5Dclose(set);
    H5Fclose(file);
    train_settings_clear(&kept);
    train_close(&train);
}

/* ---- what is no checkpoint of this training ---- */

static void refuses(const char *name, const char *more, const char *says)
{
    struct train train;
    struct case_error error = {""};
    open_tiny(&train, more, 1);
    ck_assert_msg(train_restore(&train, file_at(name), &error) == -1, "%s", name);
    ck_assert_msg(strstr(error.text, says) && strstr(error.text, name) && is_one_line(error.text),
                  "%s: %s, wanted %s", name, error.text, says);
    train_close(&train);
}

static void save_one(const char *name, const char *more)
{
    struct train train;
    open_tiny(&train, more, 1);
    learn(&train, 1);
    save(&train, name);
    train_close(&train);
}

/* At every length there is a line, and never a training. */
TEST(a_file_that_was_cut_off_is_refused)
{
    char command[400];
    struct stat whole;
    save_one("a.h5", "");
    ck_assert_int_eq(stat(file_at("a.h5"), &whole), 0);
    for (long k = 0; k < 16; k++) {
        snprintf(command, sizeof command, "head -c %ld %s >%s", (long)whole.st_size * k / 16,
                 file_at("a.h5"), file_at("cut.h5"));
        ck_assert_int_eq(system(command), 0);
        refuses("cut.h5", "", "found something else, wanted a checkpoint of evident train");
    }
    refuses("a.h5.not", "", "found no file that can be read, wanted a checkpoint");
}

TEST(what_is_no_checkpoint_is_refused)
{
    hid_t file = H5Fcreate(file_at("other.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    refuses("other.h5", "", "found something else, wanted a checkpoint of evident train");
    refuses("tiny.jsonl", "", "found something else, wanted a checkpoint of evident train");
    refuses("", "", "found something else, wanted a checkpoint of evident train");
}

TEST(a_checkpoint_without_one_of_its_parts_is_refused)
{
    static const char *const parts[] = {
        "state",          "log",   "value/in-hid-0", "mean/hid-out-1", "square/in-hid-0",
        "kept/hid-out-1", "value", "mean",           "square",         "kept"};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        save_one("a.h5", "");
        hid_t file = H5Fopen(file_at("a.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
        ck_assert_msg(H5Ldelete(file, parts[k], H5P_DEFAULT) >= 0, "%s", parts[k]);
        H5Fclose(file);
        refuses("a.h5", "", "found a checkpoint that is not whole");
    }
}

/* state[0] counts epochs, and rows; state[2] is the best of them. */
TEST(a_state_that_cannot_be_is_refused)
{
    static const double nonsense[] = {(double)NAN, -1, 0.5, 2, 1e300};
    for (size_t k = 0; k < sizeof nonsense / sizeof *nonsense; k++)
        for (int at = 0; at <= 2; at += 2) {
            double state[64];
            save_one("a.h5", "");
            hid_t file = H5Fopen(file_at("a.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
            hid_t set = H5Dopen2(file, "state", H5P_DEFAULT);
            ck_assert(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, state) >= 0);
            state[at] = nonsense[k];
            ck_assert(H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, state) >= 0);
            H5Dclose(set);
            H5Fclose(file);
            if (at == 0 || nonsense[k] != 0.5)
                refuses("a.h5", "", "found a checkpoint that is not whole");
        }
}

TEST(other_settings_and_other_data_are_refused)
{
    save_one("a.h5", "");
    refuses("a.h5", "rate=0.5", "rate: found 0.02, wanted 0.5, that of this training, to go on");
    refuses("a.h5", "hidden=9", "hidden: found \"8\", wanted \"9\", that of this training");
    refuses("a.h5", "validate=3", "validate: found 0, wanted 3, that of this training");
    write_tiny("tiny.jsonl", 1);
    refuses("a.h5", "", "found other data to learn from or validate by, wanted those of this tr");
}

/* Wherever they lie, and however long it is to go on. */
TEST(the_same_data_elsewhere_are_the_same)
{
    struct train train;
    char more[300];
    save_one("a.h5", "");
    write_tiny("copy.jsonl", 0);
    write_tiny("late.jsonl", 2);
    snprintf(more, sizeof more, "train=%s test=%s epochs=9 name=n", file_at("copy.jsonl"),
             file_at("late.jsonl"));
    open_tiny(&train, more, 1);
    restore(&train, "a.h5");
    ck_assert_uint_eq(train.state.epoch, 1);
    train_close(&train);
}

/* ---- what cannot be written ---- */

static void cannot_write(struct train *train, const char *name, const char *says)
{
    struct case_error error = {""};
    ck_assert_msg(train_save(train, file_at(name), &error) == -1, "%s", name);
    ck_assert_msg(strstr(error.text, says) && strstr(error.text, name) && is_one_line(error.text),
                  "%s: %s, wanted %s", name, error.text, says);
}

TEST(what_cannot_be_written_leaves_the_old_checkpoint_and_nothing_else)
{
    struct train train, old;
    char command[600];
    open_tiny(&train, "", 1);
    open_tiny(&old, "", 1);
    learn(&train, 1);
    learn(&old, 1);
    save(&train, "a.h5");
    learn(&train, 1);
    cannot_write(&train, "no/a.h5", "cannot write: No such file or directory");
    cannot_write(&train, "tiny.jsonl/a.h5", "cannot write: Not a directory");
    ck_assert_int_eq(mkdir(file_at("folder"), 0777), 0);
    cannot_write(&train, "folder", "cannot write: Is a directory");
    /* As on a disk that is full; check has files of its own. */
    struct case_error full = {""};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, RLIM_INFINITY});
    int failed = train_save(&train, file_at("a.h5"), &full);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    ck_assert_msg(failed == -1 && strstr(full.text, "a.h5: cannot write: File too large"), "%s",
                  full.text);
    restore(&train, "a.h5");
    ck_assert(same_state(&train, &old));
    snprintf(command, sizeof command,
             "test \"$(ls -A %s | tr '\\n' ' ')\" = "
             "'a.h5 folder tiny.jsonl '",
             place);
    ck_assert_int_eq(system(command), 0);
    save(&train, "a.h5"); /* and then there is room again */
    train_close(&train);
    train_close(&old);
}

SUITE("checkpoint", .setup = open_place, .teardown = close_place, .seconds = 120)
