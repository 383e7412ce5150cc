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

static int read_one(struct train_settings *settings, const char *name,
                    const struct options *options)
{
    struct case_error error;
    if (train_settings_start(settings, &error) != 0)
        return command_refuse("train", "%s", error.text);
    int code = read_configuration(settings, name);
    return code ? code : training_set(settings, options);
}

/* To choose among several takes what is to choose by, and names that tell them apart. */
static int read_all(struct train_settings *settings, const struct options *options)
{
    int code =
        read_one(settings, options->operands > 0 ? options->operand[0] : "yin-yang", options);
    for (size_t k = 1; k < options->operands && code == 0; k++)
        code = read_one(&settings[k], options->operand[k], options);
    for (size_t k = 0; k < options->operands && code == 0 && options->operands > 1; k++) {
        if (strcmp(settings[k].select, "leave-speaker") != 0 || settings[k].leave >= 0)
            code = command_refuse("train",
                                  "found %zu configurations, wanted one, or select=leave-speaker "
                                  "in all, to choose by",
                                  options->operands);
        for (size_t other = 0; other < k && code == 0; other++)
            if (strcmp(settings[k].name, settings[other].name) == 0)
                code =
                    command_refuse("train", "%s: found the name %s twice, wanted another for each",
                                   options->operand[k], settings[k].name);
    }
    return code;
}

static int train_all(struct train_settings *settings, const struct options *options,
                     struct ranks *ranks)
{
    char folder[300];
    snprintf(folder, sizeof folder, "training-%.200s", settings->name);
    struct training_task task = {.folder = options->out ? options->out : folder,
                                 .options = options,
                                 .ranks = ranks,
                                 .epochs = SIZE_MAX};
    size_t configurations = options->operands > 1 ? options->operands : 1;
    return strcmp(settings->select, "leave-speaker") == 0 && settings->leave < 0
               ? training_select(settings, configurations, &task)
               : training_run(settings, &task);
}

static int train(struct options *options)
{
    size_t configurations = options->operands > 1 ? options->operands : 1;
    if (options->list_settings) {
        train_settings_help(stdout);
        return COMMAND_PASS;
    }
    struct train_settings *settings = calloc(configurations, sizeof *settings);
    if (!settings)
        return command_refuse("train", "memory is short");
    struct ranks *ranks = ranks_here();
    bool first = ranks_is_first(ranks);
    /* What is wrong for all is said once. */
    int code = ranks_hear(ranks, first ? read_all(settings, options) : 0);
    if (code == 0 && !first)
        code = read_all(settings, options);
    if (code == 0)
        code = train_all(settings, options, ranks);
    for (size_t k = 0; k < configurations; k++)
        train_settings_clear(&settings[k]);
    free(settings);
    if (code)
        ranks_end(ranks, code);
    return code;
}

const struct command command_train = {
    .name = "train",
    .operands = "[CONFIG]...",
    .wants = "a configuration",
    .says = "train a network by the gradient that is proven here",
    .about =
        "Trains a network as a configuration says: a JSON file of settings (--settings lists them "
        "all), or the name of one that comes with the program. Without one it is yin-yang, which "
        "needs no data and takes about a minute. --set changes single settings.\n"
        "DIR/checkpoint.h5 is written after every epoch; with --resume a training goes on from "
        "it, to the same bits as if it had never stopped. At the end the weights of the chosen "
        "epoch (setting select) are evaluated on the test set, once.\n"
        "With select=leave-speaker every configuration is trained once for each group (speaker) of "
        "its training set, without it; that one and that epoch are chosen which do best on what "
        "was "
        "left out, on the mean over groups; a last training on all data ends there, and meets the "
        "test set once.\n"
        "mpirun -n N evident train ... shares every batch among N ranks, to the same bits; the "
        "first one alone writes and speaks.\n"
        "Exit status: 0 trained; 2 could not run.",
    .examples = "evident train\n"
                "evident train digits.json --set epochs=50 --out trained\n"
                "evident train digits.json --out trained --resume\n"
                "evident train a.json b.json --set select=leave-speaker --out chosen\n",
    .run = train,
};
