/* SPDX-License-Identifier: MIT */
/* train.h: a training: a network, its data, an engine that stays, and everything that has to be
 * known to go on. The gradient by which it learns is the one that `evident verify` judges: any
 * sample of it becomes a case (train_case). */
#ifndef EVIDENT_GPU_TRAIN_H
#define EVIDENT_GPU_TRAIN_H

#include "gpu/train/augment.h"
#include "gpu/train/schedule.h"

enum train_set { TRAIN_LEARN, TRAIN_VALIDATE, TRAIN_TEST, TRAIN_SETS };

/* Of an epoch, or of a set that was evaluated: plain doubles, as checkpoints keep them. */
struct train_score {
    double loss, accuracy; /* means over samples */
    double spikes;         /* a hidden neuron and sample */
    double silent;         /* hidden neurons without a spike */
    double silent_labels;  /* samples whose label did not spike */
    double samples;
};

struct train_row {
    double epoch, rate, seconds; /* rate of the first step; seconds: all that was done in it */
    struct train_score learn, validate;
};

/* State: all that a training is beside its settings and data. */
struct train_state {
    struct train_schedule schedule;
    size_t epoch;      /* that comes next */
    double best;       /* accuracy by which best was chosen, -1: none yet */
    size_t best_epoch; /* whose weights stand in best */
    size_t rows;
    struct train_row *row; /* [rows] a row an epoch */
    float *kept;           /* [parameters] of the best epoch */
};

struct train {
    struct train_settings settings;
    struct spike_set set[TRAIN_SETS]; /* empty where there is none */
    double digest[2];                 /* of what is learned from and validated by */
    struct case_problem *problem;     /* room for a batch, without spikes; weights of the start */
    struct resident *engine;
    const struct engine *kind;
    size_t parameters;
    struct train_state state;
    struct train_batch batch;
    size_t *order;    /* of the present epoch */
    uint64_t *spikes; /* [hidden] counts of the present epoch */
};

/* What may look on. Each may be NULL. */
struct train_watch {
    void *context;
    /* After a batch of `batches`, of what has been learned from in this epoch; samples counts
     * them. Not 0: stop before the next one, with the state as it was before the epoch. */
    int (*batch)(void *context, const struct train *train, size_t batch, size_t batches,
                 const struct train_score *sum);
    /* Every settings.verify_every batches, after the gradient, before Adam. */
    void (*verify)(void *context, struct train *train, size_t batch);
};

/* How the clock engine runs what a training exports: delays on whole steps, the same scheme. */
struct engine_options train_engine_options(const struct train_settings *settings);

/* Full batches of an epoch: those that are learned from. */
size_t train_batches(const struct train *train);

/* Reads the data, lays the network. settings are taken over, also where it fails. 0, or -1 and
 * error. train must be closed whatever comes out. peers: NULL, or those who make the same calls, to
 * share the work of every batch; each has the whole state at any time. */
int train_open(struct train *train, struct train_settings *settings, const struct engine *engine,
               int threads, const struct gpu_peers *peers, struct case_error *error);
void train_close(struct train *train);

/* The groups (speakers) of the set to learn from, ascending, to be freed. How many; 0 and error. */
size_t train_groups(uint32_t **group, const struct train_settings *settings,
                    struct case_error *error);

/* One epoch: learns from all full batches, validates, goes by the schedule, adds a row. 0; -1 and
 * error; or what a watcher returned, with nothing changed but parameters and Adam's averages, which
 * must be put back from a checkpoint. */
int train_epoch(struct train *train, const struct train_watch *watch, struct case_error *error);

/* A set as it is, without learning. confusion: NULL, or [classes][classes] samples by label, then
 * prediction. */
int train_evaluate(struct train *train, enum train_set set, struct train_score *score,
                   size_t *confusion, struct case_error *error);

/* The weights of the chosen epoch into the engine; those of the last one where none was chosen. */
void train_choose(struct train *train);

/* The last batch's samples `first` and on as a case with the present weights, which every other
 * engine can be given. To be freed with case_free; NULL if memory is short or the engine failed. */
struct case_problem *train_case(struct train *train, size_t first, size_t samples);

/* ---- checkpoint.c: HDF5, whole or not at all ---- */

int train_save(struct train *train, const char *path, struct case_error *error);
/* Settings and data must be those of the checkpoint, but for what train_settings_same leaves
 * free. */
int train_restore(struct train *train, const char *path, struct case_error *error);
/* The settings of a checkpoint. */
int train_read_settings(struct train_settings *settings, const char *path,
                        struct case_error *error);

#endif
