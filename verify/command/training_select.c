/* SPDX-License-Identifier: MIT */
/* training_select.c: an epoch and a configuration chosen by leaving out each group (speaker) of the
 * training set in turn. Nothing here reads the test set: those trainings have none, and the last
 * one meets it after its end. */
#include "verify/command/training.h"

#include <stdlib.h>
#include <string.h>

/* Texts of their own; -1 if memory is short. */
static int copy_settings(struct train_settings *to, const struct train_settings *from)
{
    struct case_error error;
    size_t size;
    char *text = train_settings_text(from, true, &size);
    int failed = !text || train_settings_start(to, &error) != 0 ||
                 train_settings_parse(to, text, size, "settings", NULL, &error) != 0;
    free(text);
    return failed ? -1 : 0;
}

static int refuse(const struct training_task *task, const char *name, const char *text)
{
    return ranks_is_first(task->ranks) ? command_refuse("train", "%s: %s", name, text)
                                       : COMMAND_COULD_NOT_RUN;
}

/* ---- one configuration ---- */

static int run_fold(struct training_folds *folds, size_t k, const struct train_settings *from,
                    const struct training_task *task)
{
    struct train_settings settings = {.name = NULL};
    struct case_error error;
    char folder[1100], fold[300];
    struct training_task part = *task;
    int length = snprintf(folder, sizeof folder, "%s/%s-leave-%u", task->folder, folds->name,
                          (unsigned)folds->group[k]);
    snprintf(fold, sizeof fold, "%.200s without %u (%zu of %zu)", folds->name,
             (unsigned)folds->group[k], k + 1, folds->groups);
    part.folder = folder;
    part.fold = fold;
    part.accuracy = folds->accuracy + k * folds->epochs;
    if (length < 0 || (size_t)length >= sizeof folder)
        return refuse(task, folds->name, "path too long");
    int code =
        copy_settings(&settings, from) != 0 ? refuse(task, from->name, "memory is short") : 0;
    settings.leave = folds->group[k];
    settings.verify_every = 0;
    if (code == 0 && train_settings_set(&settings, "test=", &error) != 0)
        code = refuse(task, from->name, error.text);
    if (code == 0)
        code = training_run(&settings, &part);
    train_settings_clear(&settings);
    folds->held[k] = part.held;
    return code;
}

static void find_best(struct training_folds *folds)
{
    for (size_t e = 0; e < folds->epochs; e++) {
        double sum = 0;
        for (size_t k = 0; k < folds->groups; k++)
            sum = sum + folds->accuracy[k * folds->epochs + e];
        folds->mean[e] = sum / (double)folds->groups;
        if (folds->mean[e] > folds->mean[folds->best])
            folds->best = e;
    }
}

static int find_groups(struct training_folds *folds, const struct train_settings *settings,
                       const struct training_task *task)
{
    struct case_error error;
    folds->groups = train_groups(&folds->group, settings, &error);
    if (folds->groups == 0)
        return refuse(task, settings->name, error.text);
    if (folds->groups < 2)
        return refuse(task, settings->train,
                      "select: found leave-speaker with samples of one group, wanted two or more");
    if (settings->epochs < 1)
        return refuse(task, settings->name, "epochs: found 0, wanted some to choose from");
    return 0;
}

static int run_folds(struct training_folds *folds, const struct train_settings *settings,
                     const struct training_task *task)
{
    int code = find_groups(folds, settings, task);
    if (code)
        return code;
    folds->epochs = (size_t)settings->epochs;
    folds->name = strdup(settings->name);
    folds->held = calloc(folds->groups, sizeof *folds->held);
    folds->accuracy = calloc(folds->groups * folds->epochs, sizeof *folds->accuracy);
    folds->mean = calloc(folds->epochs, sizeof *folds->mean);
    if (!folds->name || !folds->held || !folds->accuracy || !folds->mean)
        return refuse(task, settings->name, "memory is short");
    for (size_t k = 0; k < folds->groups && code == 0; k++)
        code = run_fold(folds, k, settings, task);
    if (code == 0) {
        find_best(folds);
        if (ranks_is_first(task->ranks))
            printf("%s: the mean over %zu groups left out is largest after epoch %zu: %.2f %%\n",
                   folds->name, folds->groups, folds->best, 100 * folds->mean[folds->best]);
    }
    return code;
}

/* ---- all ---- */

static void free_choice(struct training_choice *choice)
{
    for (size_t c = 0; choice->of && c < choice->configurations; c++) {
        struct training_folds *folds = &choice->of[c];
        free(folds->name);
        free(folds->group);
        free(folds->held);
        free(folds->accuracy);
        free(folds->mean);
    }
    free(choice->of);
}

int training_select(struct train_settings *settings, size_t configurations,
                    struct training_task *task)
{
    struct training_choice choice = {.configurations = configurations};
    choice.of = calloc(configurations, sizeof *choice.of);
    struct case_error error;
    int code = choice.of ? 0 : refuse(task, settings->name, "memory is short");
    if (code == 0 && ranks_is_first(task->ranks) && ver_directory_make(task->folder, &error) != 0)
        code = command_refuse("train", "%s", error.text);
    code = ranks_hear(task->ranks, code);
    for (size_t c = 0; c < configurations && code == 0; c++) {
        code = run_folds(&choice.of[c], &settings[c], task);
        const struct training_folds *best = &choice.of[choice.chosen], *here = &choice.of[c];
        if (code == 0 && here->mean[here->best] > best->mean[best->best])
            choice.chosen = c;
    }
    if (code == 0) {
        const struct training_folds *chosen = &choice.of[choice.chosen];
        struct training_task last = *task;
        last.epochs = chosen->best + 1;
        last.choice = &choice;
        if (ranks_is_first(task->ranks))
            printf("chosen: %s, epoch %zu; now all groups\n", chosen->name, chosen->best);
        code = training_run(&settings[choice.chosen], &last);
    }
    free_choice(&choice);
    return code;
}
