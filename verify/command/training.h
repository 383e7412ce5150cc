/* SPDX-License-Identifier: MIT */
/* training.h: what the commands about training share. Private to verify/command/. */
#ifndef EVIDENT_VERIFY_TRAINING_H
#define EVIDENT_VERIFY_TRAINING_H

#include "gpu/train/train.h"
#include "verify/command/command.h"
#include "verify/report/training_page.h"
#include "verify/run/ranks.h"

/* The settings that the command line gives over those that are there. 0, or a line and an exit
 * code. */
int training_set(struct train_settings *settings, const struct options *options);

/* Engine, threads and data of a training. 0, or a line and an exit code; to be closed whatever
 * comes out. settings are taken over. peers: as train_open. */
int training_open(struct train *train, struct train_settings *settings,
                  const struct options *options, const struct gpu_peers *peers);

/* Opens the training of a checkpoint, with its state. As training_open. */
int training_load(struct train *train, const char *path, const struct options *options);

/* The interval of Wilson (1927) for a share of n at 95 %. */
void training_interval(double *low, double *high, double share, double n);

/* "test 81.50 % (79.85 to 83.04), loss 0.71, 14.2 spikes a neuron". */
void training_put_score(FILE *out, const char *name, const struct train_score *score);

/* Of the weights that were chosen: validation and test, each evaluated once, how they were chosen,
 * and what that means. result: of the last of these, its confusion to be freed. 0, or a line and an
 * exit code. */
int training_put_result(FILE *out, struct training_result *result, struct train *train,
                        const char *command);

/* ---- training_run.c ---- */

struct training_task {
    const char *folder;
    const struct options *options;
    struct ranks *ranks;                  /* NULL, or those that make the same call */
    size_t epochs;                        /* to be trained at most; beside those of the settings */
    const struct training_choice *choice; /* of a training that was chosen, or NULL */
    /* Of one that is left to be chosen by: what its lines are called, and where to write, for every
     * epoch, how well it does on what was held out, [epochs]. It has no test and no page. */
    const char *fold;
    double *accuracy;
    size_t held; /* so many samples, to be filled */
};

/* A training in a folder, begun or gone on with, from its data to its page. settings are taken
 * over. 0, or a line and an exit code. */
int training_run(struct train_settings *settings, struct training_task *task);

/* ---- training_select.c ---- */

/* Trains every configuration once for each group of its training set, without it; then the one that
 * did best on what was held out, on all data, to the epoch that did best. settings:
 * [configurations], in the order of the operands, taken over. 0, or a line and an exit code. */
int training_select(struct train_settings *settings, size_t configurations,
                    struct training_task *task);

/* ---- training_verify.c ---- */

/* The first sample of the last batch, before the reference. */
struct training_verified {
    double bound;  /* largest error of a weight's gradient in units of its proven bound, NaN
                    * where one is NaN or there is no bound */
    double cosine; /* of the weights' gradient to the exact one; NaN: the reference gave none */
    double length; /* of the one over that of the other */
    size_t spikes, missing, extra; /* of the exact network; neurons have fewer; have more */
    double seconds;
    char reason[256]; /* why something is NaN */
};

/* -1 if memory is short. seconds: after which the reference gives up. */
int training_verify(struct training_verified *verified, struct train *train, double seconds);
void training_put_verified(FILE *out, const struct training_verified *verified);

#endif
