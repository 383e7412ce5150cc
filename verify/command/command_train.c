/* SPDX-License-Identifier: MIT */
/* command_train.c: `evident train`. */
#include "verify/command/console.h"
#include "verify/command/training.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct sight { /* context of the watcher */
    const struct options *options;
    const char *folder;
    struct store *store; /* or NULL */
    int64_t training;    /* its number there */
    struct progress progress;
    size_t epochs;
    double first; /* epoch of this process */
};

enum { STOPPED = 3 };

static int look(void *context, const struct train *train, size_t batch, size_t batches,
                const struct train_score *sum)
{
    struct sight *sight = context;
    double now = ver_now(), spent = now - sight->progress.started;
    double done = (double)train->state.epoch - sight->first + (double)batch / (double)batches;
    double left = ((double)sight->epochs - sight->first - done) * spent / done;
    size_t hidden = resident_outcome(train->engine)->hidden;
    progress_say(&sight->progress,
                 "epoch %zu of %zu, batch %zu of %zu, loss %.4g, %.1f %%, %.1f spikes a neuron, "
                 "%.0f trials/s, %.0f s to go",
                 train->state.epoch + 1, sight->epochs, batch, batches, sum->loss / sum->samples,
                 100 * sum->accuracy / sum->samples,
                 sum->spikes / sum->samples / (double)(hidden > 0 ? hidden : 1),
                 done * (double)batches * train->settings.batch / spent, left);
    return console_caught() ? STOPPED : 0;
}

/* Seconds that the reference may take for a sample. */
enum { VERIFY_SECONDS = 600 };

/* Adds a line to FOLDER/verified.tsv, whose heading comes first. */
static void add_verified(const struct sight *sight, double epoch, const struct training_verified *v)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/verified.tsv", sight->folder);
    bool fresh = access(path, F_OK) != 0;
    FILE *out = fopen(path, "a");
    if (!out)
        return;
    if (fresh)
        fputs("epoch\tbound\tcosine\tlength\tspikes\tmissing\textra\tseconds\n", out);
    fprintf(out, "%.4f\t%.6g\t%.9g\t%.6g\t%zu\t%zu\t%zu\t%.3f\n", epoch, v->bound, v->cosine,
            v->length, v->spikes, v->missing, v->extra, v->seconds);
    fclose(out);
}

static void verify(void *context, struct train *train, size_t batch)
{
    struct sight *sight = context;
    struct training_verified verified;
    if (training_verify(&verified, train, VERIFY_SECONDS) != 0)
        return;
    progress_hide(&sight->progress);
    add_verified(sight, (double)train->state.epoch + (double)batch / (double)train_batches(train),
                 &verified);
    if (sight->options->quiet)
        return;
    printf("%5zu  batch %zu: ", train->state.epoch, batch);
    training_put_verified(stdout, &verified);
    putchar('\n');
    fflush(stdout);
}

static void put_row(const struct train *train)
{
    const struct train_row *row = &train->state.row[train->state.rows - 1];
    printf("%5.0f  %10.4g %7.2f", row->epoch, row->learn.loss, 100 * row->learn.accuracy);
    if (train->set[TRAIN_VALIDATE].samples > 0)
        printf("  %10.4g %7.2f", row->validate.loss, 100 * row->validate.accuracy);
    printf("  %7.1f %6.0f  %9.3g  %7.1f\n", row->learn.spikes, row->learn.silent, row->rate,
           row->seconds);
    fflush(stdout);
}

static void put_heading(const struct train *train)
{
    printf("%s: %zu samples to learn from, %zu to validate, %zu to test; %zu channels, %zu "
           "classes, %zu parameters\n",
           train->settings.name, train->set[TRAIN_LEARN].samples,
           train->set[TRAIN_VALIDATE].samples, train->set[TRAIN_TEST].samples,
           train->set[TRAIN_LEARN].channels, train->set[TRAIN_LEARN].classes, train->parameters);
    printf("epoch        loss       %%%s   spikes silent       rate  seconds\n",
           train->set[TRAIN_VALIDATE].samples > 0 ? "    validated       %" : "");
    fflush(stdout);
}

/* All epochs that are left, each into the checkpoint. */
static int run_epochs(struct sight *sight, struct train *train, const char *checkpoint)
{
    struct train_watch watch = {sight, look, verify};
    struct case_error error;
    progress_start(&sight->progress, "train", !sight->options->quiet);
    console_catch_signals(true);
    while (train->state.epoch < sight->epochs) {
        int stopped = train_epoch(train, &watch, &error);
        progress_hide(&sight->progress);
        if (stopped == STOPPED) {
            command_refuse("train", "interrupted in epoch %zu of %zu; go on with --resume",
                           train->state.epoch + 1, sight->epochs);
            signal(console_caught(), SIG_DFL);
            raise(console_caught());
        }
        if (stopped || train_save(train, checkpoint, &error) != 0)
            return command_refuse("train", "%s", error.text);
        if (sight->store && store_training_epoch(sight->store, sight->training, train) != 0)
            return command_refuse("train", "%s", store_error(sight->store));
        if (!sight->options->quiet)
            put_row(train);
    }
    console_catch_signals(false);
    if (train->state.epoch == 0 && train_save(train, checkpoint, &error) != 0) /* epochs=0 */
        return command_refuse("train", "%s", error.text);
    return 0;
}

/* Two trainings would write one checkpoint. The lock ends with the process. */
static int lock_folder(const char *folder)
{
    int descriptor = open(folder, O_RDONLY);
    if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return command_refuse("train", "%.300s: another training is at work there", folder);
    return 0;
}

/* What came of it: on the terminal, and as a page. */
static int tell(const struct sight *sight, struct train *train, const char *checkpoint)
{
    const struct options *options = sight->options;
    const char *folder = sight->folder;
    struct training_result result;
    struct case_error error;
    char command[2000] = "";
    FILE *put = fmemopen(command, sizeof command, "w");
    int code = training_put_result(stdout, &result, train, "train");
    if (put) {
        fprintf(put, "evident train%s%s", options->operands > 0 ? " " : "",
                options->operands > 0 ? options->operand[0] : "");
        options_put(put, options, 0);
        fclose(put);
    }
    if (code == 0 && sight->store &&
        store_training_end(sight->store, sight->training, train, &result) != 0)
        code = command_refuse("train", "%s", store_error(sight->store));
    if (code == 0 && training_page(train, &result, folder, command, &error) != 0)
        code = command_refuse("train", "%s", error.text);
    free(result.confusion);
    if (code == 0)
        printf("checkpoint: %s\npage: %s/index.html\n", checkpoint, folder);
    return code;
}

/* What a killed training left half-written beside its checkpoint; nobody else is at work there. */
static void sweep_folder(const char *checkpoint)
{
    char pattern[1220];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s.part-*", checkpoint);
    if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
        for (size_t k = 0; k < found.gl_pathc; k++)
            unlink(found.gl_pathv[k]);
        globfree(&found);
    }
}

static int train_all(struct train *train, const char *folder, const struct options *options)
{
    struct case_error error;
    char checkpoint[1200];
    int length = snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint.h5", folder);
    if (length < 0 || (size_t)length >= sizeof checkpoint)
        return command_refuse("train", "%.300s: path too long", folder);
    if (ver_directory_make(folder, &error) != 0)
        return command_refuse("train", "%s", error.text);
    int code = lock_folder(folder);
    if (code)
        return code;
    sweep_folder(checkpoint);
    bool there = access(checkpoint, F_OK) == 0;
    if (there && !options->resume)
        return command_refuse("train",
                              "%s: a training is there already; go on with it by "
                              "--resume, or take another --out",
                              checkpoint);
    if (there && train_restore(train, checkpoint, &error) != 0)
        return command_refuse("train", "%s", error.text);
    struct sight sight = {.options = options,
                          .folder = folder,
                          .epochs = (size_t)train->settings.epochs,
                          .first = (double)train->state.epoch};
    if (options->store) {
        sight.store = store_open(options->store, STORE_WRITE, &error);
        if (!sight.store)
            return command_refuse("train", "%s", error.text);
        sight.training = store_training_begin(sight.store, train);
        if (sight.training < 0) {
            code = command_refuse("train", "%s", store_error(sight.store));
            store_close(sight.store);
            return code;
        }
    }
    if (!options->quiet)
        put_heading(train);
    code = run_epochs(&sight, train, checkpoint);
    if (code == 0)
        code = tell(&sight, train, checkpoint);
    store_close(sight.store);
    return code;
}

/* What comes with the program (cases/training). */
#define KNOWN ", or one of digits, digits-delays, mnist, yin-yang"

/* A configuration by its path, or by the name of one that comes with the program. */
static int read_configuration(struct train_settings *settings, const char *name)
{
    struct case_error error;
    char in_tree[300];
    char *path = NULL;
    struct stat found;
    bool there = stat(name, &found) == 0 && !S_ISDIR(found.st_mode); /* not what holds its data */
    if (!there && !strchr(name, '/')) {
        snprintf(in_tree, sizeof in_tree, "cases/training/%.200s.json", name);
        path = case_shared_path(in_tree, in_tree + strlen("cases/"), NULL);
    }
    int failed = train_settings_read(settings, path ? path : name, &error);
    bool built_in = !path && !there && !strchr(name, '/');
    free(path);
    return failed ? command_refuse("train", "%s%s", error.text, built_in ? KNOWN : "") : 0;
}

static int train(struct options *options)
{
    struct train_settings settings;
    struct case_error error;
    struct train train = {.kind = NULL};
    if (options->list_settings) {
        train_settings_help(stdout);
        return COMMAND_PASS;
    }
    int code = train_settings_start(&settings, &error);
    if (code)
        code = command_refuse("train", "%s", error.text);
    if (code == 0)
        code =
            read_configuration(&settings, options->operands > 0 ? options->operand[0] : "yin-yang");
    if (code == 0)
        code = training_set(&settings, options);
    if (code == 0) {
        char folder[300];
        snprintf(folder, sizeof folder, "training-%.200s", settings.name);
        code = training_open(&train, &settings, options);
        if (code == 0)
            code = train_all(&train, options->out ? options->out : folder, options);
        train_close(&train);
    }
    train_settings_clear(&settings);
    return code;
}

const struct command command_train = {
    .name = "train",
    .operands = "[CONFIG]",
    .wants = "a configuration",
    .says = "train a network by the gradient that is proven here",
    .about =
        "Trains a network as a configuration says: a JSON file of settings (--settings lists them "
        "all), or the name of one that comes with the program. Without one it is yin-yang, which "
        "needs no data and takes about a minute. --set changes single settings.\n"
        "DIR/checkpoint.h5 is written after every epoch; with --resume a training goes on from "
        "it, to the same bits as if it had never stopped. At the end the weights of the chosen "
        "epoch (setting select) are evaluated on the test set, once.\n"
        "Exit status: 0 trained; 2 could not run.",
    .examples = "evident train\n"
                "evident train digits.json --set epochs=50 --out trained\n"
                "evident train digits.json --out trained --resume\n",
    .run = train,
};
