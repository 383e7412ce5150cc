/* SPDX-License-Identifier: MIT */
/* training_run.c: one training in its folder, epoch by epoch, to its page; alone or over ranks, of
 * which the first one alone writes and says anything. */
#include "verify/command/console.h"
#include "verify/command/training.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct sight { /* context of the watcher */
    const struct options *options;
    struct training_task *task;
    bool writes, speaks, lists; /* of ranks the first one only; lists: a line an epoch */
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
    progress_say(
        &sight->progress,
        "%s%sepoch %zu of %zu, batch %zu of %zu, loss %.4g, %.1f %%, %.1f spikes a neuron, "
        "%.0f trials/s, %.0f s to go",
        sight->task->fold ? sight->task->fold : "", sight->task->fold ? ", " : "",
        train->state.epoch + 1, sight->epochs, batch, batches, sum->loss / sum->samples,
        100 * sum->accuracy / sum->samples,
        sum->spikes / sum->samples / (double)(hidden > 0 ? hidden : 1),
        done * (double)batches * train->settings.batch / spent, left);
    return console_caught() ? STOPPED : 0;
}

/* Seconds that the reference may take for a sample. */
enum { VERIFY_SECONDS = 600 };

/* Adds a line to FOLDER/verified.tsv, whose heading comes first. -1: it could not be written. */
static int add_verified(const char *path, double epoch, const struct training_verified *v)
{
    bool fresh = access(path, F_OK) != 0;
    FILE *out = fopen(path, "a");
    if (!out)
        return -1;
    if (fresh)
        fputs("epoch\tbound\tcosine\tlength\tspikes\tmissing\textra\tseconds\n", out);
    fprintf(out, "%.4f\t%.6g\t%.9g\t%.6g\t%zu\t%zu\t%zu\t%.3f\n", epoch, v->bound, v->cosine,
            v->length, v->spikes, v->missing, v->extra, v->seconds);
    return fclose(out) == 0 ? 0 : -1;
}

static void verify(void *context, struct train *train, size_t batch)
{
    struct sight *sight = context;
    struct training_verified verified;
    double epoch = (double)train->state.epoch + (double)batch / (double)train_batches(train);
    char path[1200];
    int failed = training_verify(&verified, train, VERIFY_SECONDS);
    progress_hide(&sight->progress);
    if (failed) {
        command_refuse("train", "epoch %.4f: memory is short: no sample went to the reference",
                       epoch);
        return;
    }
    snprintf(path, sizeof path, "%s/verified.tsv", sight->folder);
    errno = 0;
    if (add_verified(path, epoch, &verified) != 0)
        command_refuse("train", "%s: epoch %.4f: cannot write: %s", path, epoch,
                       strerror(errno ? errno : EIO));
    if (!sight->speaks)
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
    struct train_watch watch = {sight, sight->writes ? look : NULL, sight->writes ? verify : NULL};
    struct case_error error;
    progress_start(&sight->progress, "train", sight->speaks);
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
        if (stopped || (sight->writes && train_save(train, checkpoint, &error) != 0))
            return command_refuse("train", "%s", error.text);
        if (sight->store && store_training_epoch(sight->store, sight->training, train) != 0)
            return command_refuse("train", "%s", store_error(sight->store));
        if (sight->lists)
            put_row(train);
    }
    console_catch_signals(false);
    if (sight->writes && train->state.epoch == 0 &&
        train_save(train, checkpoint, &error) != 0) /* epochs=0 */
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
    FILE *out = sight->writes ? stdout : fopen("/dev/null", "w");
    int code = training_put_result(out ? out : stdout, &result, train, "train");
    if (!sight->writes) {
        if (out)
            fclose(out);
        free(result.confusion);
        return code;
    }
    if (put) {
        fputs("evident train", put);
        for (size_t k = 0; k < options->operands; k++)
            fprintf(put, " %s", options->operand[k]);
        options_put(put, options, 0);
        fclose(put);
    }
    if (code == 0 && sight->store &&
        store_training_end(sight->store, sight->training, train, &result) != 0)
        code = command_refuse("train", "%s", store_error(sight->store));
    if (code == 0) {
        printf("checkpoint: %s\n", checkpoint);
        /* The page is made from what is whole without it. */
        if (training_page(train, &result, folder, command, sight->task->choice, &error) == 0)
            printf("page: %s/index.html\n", folder);
        else
            command_refuse("train", "%s; the training has no page, and is whole", error.text);
    }
    free(result.confusion);
    return code;
}

/* What is asked of one that is left to be chosen by. */
static int end_fold(const struct sight *sight, const struct train *train)
{
    struct training_task *task = sight->task;
    size_t best = 0;
    task->held = train->set[TRAIN_VALIDATE].samples;
    for (size_t e = 0; e < sight->epochs; e++) {
        task->accuracy[e] = train->state.row[e].validate.accuracy;
        best = task->accuracy[e] > task->accuracy[best] ? e : best;
    }
    const struct train_row *last = &train->state.row[sight->epochs - 1];
    struct training_result result = {.set = TRAIN_VALIDATE, .score = last->validate};
    training_interval(&result.low, &result.high, result.score.accuracy, result.score.samples);
    if (sight->store && store_training_end(sight->store, sight->training, train, &result) != 0)
        return command_refuse("train", "%s", store_error(sight->store));
    if (sight->speaks) {
        printf("%s: of %zu samples %.2f %% after epoch %.0f, most after epoch %zu: %.2f %%\n",
               task->fold, task->held, 100 * last->validate.accuracy, last->epoch, best,
               100 * task->accuracy[best]);
        fflush(stdout);
    }
    return 0;
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

static int restore(struct train *train, const char *checkpoint)
{
    struct case_error error;
    return train_restore(train, checkpoint, &error) != 0 ? command_refuse("train", "%s", error.text)
                                                         : 0;
}

/* What the first rank alone does before all go on. 1: it has gone on from a checkpoint; 0: there is
 * none; -1: a line has said what is wrong. */
static int take_folder(const struct sight *sight, struct train *train, const char *checkpoint)
{
    struct case_error error;
    if (ver_directory_make(sight->folder, &error) != 0) {
        command_refuse("train", "%s", error.text);
        return -1;
    }
    if (lock_folder(sight->folder) != 0)
        return -1;
    sweep_folder(checkpoint);
    if (access(checkpoint, F_OK) != 0)
        return 0;
    if (sight->options->resume)
        return restore(train, checkpoint) == 0 ? 1 : -1;
    command_refuse("train",
                   "%s: a training is there already; go on with it by --resume, or take another "
                   "--out",
                   checkpoint);
    return -1;
}

static int open_store(struct sight *sight, const struct train *train)
{
    struct case_error error;
    if (!sight->options->store)
        return 0;
    sight->store = store_open(sight->options->store, STORE_WRITE, &error);
    if (!sight->store)
        return command_refuse("train", "%s", error.text);
    sight->training = store_training_begin(sight->store, train);
    return sight->training < 0 ? command_refuse("train", "%s", store_error(sight->store)) : 0;
}

static int train_all(struct sight *sight, struct train *train)
{
    char checkpoint[1200];
    int there = snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint.h5", sight->folder);
    if (there < 0 || (size_t)there >= sizeof checkpoint)
        return sight->writes ? command_refuse("train", "%.300s: path too long", sight->folder)
                             : COMMAND_COULD_NOT_RUN;
    there =
        ranks_hear(sight->task->ranks, sight->writes ? take_folder(sight, train, checkpoint) : 0);
    if (there < 0)
        return COMMAND_COULD_NOT_RUN;
    if (there && !sight->writes && restore(train, checkpoint) != 0)
        return COMMAND_COULD_NOT_RUN;
    if (train->state.epoch > sight->epochs && !sight->task->fold)
        return sight->writes ? command_refuse("train",
                                              "%s: found %zu epochs trained, wanted the %zu that "
                                              "were chosen: take another --out",
                                              checkpoint, train->state.epoch, sight->epochs)
                             : COMMAND_COULD_NOT_RUN;
    sight->first = (double)train->state.epoch;
    int code = sight->writes ? open_store(sight, train) : 0;
    if (code == 0 && sight->lists)
        put_heading(train);
    if (code == 0)
        code = run_epochs(sight, train, checkpoint);
    if (code == 0)
        code = sight->task->fold ? end_fold(sight, train) : tell(sight, train, checkpoint);
    return code;
}

/* The first rank goes ahead, so that what is wrong for all is said once. */
static int open_all(struct train *train, struct train_settings *settings,
                    const struct options *options, struct ranks *ranks)
{
    bool first = ranks_is_first(ranks);
    const struct gpu_peers *peers = ranks_peers(ranks);
    int code = ranks_hear(ranks, first ? training_open(train, settings, options, peers) : 0);
    return code == 0 && !first ? training_open(train, settings, options, peers) : code;
}

int training_run(struct train_settings *settings, struct training_task *task)
{
    struct train train = {.kind = NULL};
    struct sight sight = {.options = task->options, .task = task, .folder = task->folder};
    sight.writes = ranks_is_first(task->ranks);
    sight.speaks = sight.writes && !task->options->quiet;
    sight.lists = sight.speaks && !task->fold;
    sight.epochs =
        (double)task->epochs < settings->epochs ? task->epochs : (size_t)settings->epochs;
    int code = open_all(&train, settings, task->options, task->ranks);
    if (code == 0)
        code = train_all(&sight, &train);
    store_close(sight.store);
    train_close(&train);
    return code;
}
