/* SPDX-License-Identifier: MIT */
/* command_train.c: `evident train`. */
#include "verify/command/training.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KNOWN = 300 };

/* ", or one of digits, mnist": the configurations that come with the program. */
static void list_known(char text[KNOWN])
{
    char *one = case_shared_path("cases/training/yin-yang.json", "training/yin-yang.json", NULL);
    char *slash = one ? strrchr(one, '/') : NULL;
    char pattern[1024];
    glob_t found;
    *text = '\0';
    if (slash) {
        snprintf(pattern, sizeof pattern, "%.*s/*.json", (int)(slash - one), one);
        if (glob(pattern, 0, NULL, &found) == 0) {
            for (size_t k = 0, at = 0; k < found.gl_pathc && at < KNOWN; k++) {
                const char *name = strrchr(found.gl_pathv[k], '/') + 1;
                int added = snprintf(text + at, KNOWN - at, "%s%.*s", k ? ", " : ", or one of ",
                                     (int)(strlen(name) - strlen(".json")), name);
                at += added > 0 ? (size_t)added : 0;
            }
            globfree(&found);
        }
    }
    free(one);
}

/* A configuration by its path, or by the name of one that comes with the program. */
static int read_configuration(struct train_settings *settings, const char *name)
{
    struct case_error error;
    char in_tree[300], known[KNOWN] = "";
    char *path = NULL;
    struct stat found;
    bool there = stat(name, &found) == 0 && !S_ISDIR(found.st_mode); /* not what holds its data */
    if (!there && !strchr(name, '/')) {
        snprintf(in_tree, sizeof in_tree, "cases/training/%.200s.json", name);
        path = case_shared_path(in_tree, in_tree + strlen("cases/"), NULL);
    }
    int failed = train_settings_read(settings, path ? path : name, &error);
    if (failed && !path && !there && !strchr(name, '/'))
        list_known(known);
    free(path);
    return failed ? command_refuse("train", "%s%s", error.text, known) : 0;
}

static int read_all(struct train_settings *settings, const struct options *options)
{
    struct case_error error;
    train_settings_clear(settings);
    if (train_settings_start(settings, &error) != 0)
        return command_refuse("train", "%s", error.text);
    int code =
        read_configuration(settings, options->operands > 0 ? options->operand[0] : "yin-yang");
    return code ? code : training_set(settings, options);
}

static int train(struct options *options)
{
    struct train_settings settings = {.name = NULL};
    if (options->list_settings) {
        train_settings_help(stdout);
        return COMMAND_PASS;
    }
    struct ranks *ranks = ranks_here();
    bool first = ranks_is_first(ranks);
    /* What is wrong for all is said once. */
    int code = ranks_hear(ranks, first ? read_all(&settings, options) : 0);
    if (code == 0 && !first)
        code = read_all(&settings, options);
    if (code == 0) {
        char folder[300];
        snprintf(folder, sizeof folder, "training-%.200s", settings.name);
        code = training_run(&settings, options->out ? options->out : folder, options, ranks);
    }
    train_settings_clear(&settings);
    if (code)
        ranks_end(ranks, code);
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
        "mpirun -n N evident train ... shares every batch among N ranks, to the same bits; the "
        "first one alone writes and speaks.\n"
        "Exit status: 0 trained; 2 could not run.",
    .examples = "evident train\n"
                "evident train digits.json --set epochs=50 --out trained\n"
                "evident train digits.json --out trained --resume\n",
    .run = train,
};
