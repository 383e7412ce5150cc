/* SPDX-License-Identifier: MIT */
/* settings.h: everything that a training is told, by one table: a row says what a setting is
 * called, what it takes, what is good and what it is for. By it a configuration (a JSON object of
 * these names) is read, one setting changed, all printed again, and help made. */
#ifndef EVIDENT_GPU_SETTINGS_H
#define EVIDENT_GPU_SETTINGS_H

#include "cases/cases.h"

#include <stdbool.h>
#include <stdio.h>

enum { TRAIN_LAYERS = 4 };

struct train_settings {
    char *name;
    /* data */
    char *train, *train_labels, *validation, *validation_labels, *test, *test_labels;
    double leave;    /* a group of the training set that is held out as validation set; -1: none */
    double validate; /* or so many samples at its end */
    bool merge;
    char *latency;
    double span, end, step; /* ms */
    /* network */
    char *hidden; /* neurons of each layer: "256" or "128,64" */
    bool recurrent;
    double taps, tap; /* copies of the input, each that many ms after the one before */
    double tau_mem, tau_syn, tau_mem_out, tau_syn_out, threshold;
    double delay_start, most_delay, delay_rate;
    bool train_delays;
    bool heterogeneous, train_taus;
    double least_tau_mem, least_tau_syn;
    double input_mean, input_deviation, hidden_mean, hidden_deviation, recurrent_mean,
        recurrent_deviation, output_mean, output_deviation;
    /* loss */
    char *loss, *weighting, *penalty;
    double tau0, tau1, alpha, margin, silent_after;
    /* optimiser */
    double batch, epochs, rate, beta1, beta2, epsilon, ease, decay;
    char *schedule;
    double plateau_fast, plateau_slow, plateau_epochs, plateau_factor, warm;
    /* rules */
    double strength, spikes, lift;
    bool rewire, phantom, skip_silent, compat;
    /* augmentation */
    double shift, dropout;
    bool blend;
    /* protocol */
    double seed;
    char *select;
    double verify_every;
};

/* With the defaults; settings must be cleared whatever comes out. */
int train_settings_start(struct train_settings *settings, struct case_error *error);
void train_settings_clear(struct train_settings *settings);

/* A configuration file over what is set; where it lies, so lie the data that it names by relative
 * paths. 0, or -1 and error: place, found, wanted. */
int train_settings_read(struct train_settings *settings, const char *path,
                        struct case_error *error);
/* The same from text; directory may be NULL. */
int train_settings_parse(struct train_settings *settings, const char *text, size_t size,
                         const char *where, const char *directory, struct case_error *error);

/* "NAME=VALUE". */
int train_settings_set(struct train_settings *settings, const char *text, struct case_error *error);

/* Whether they go together. */
int train_settings_check(const struct train_settings *settings, struct case_error *error);

/* As a configuration that reads back to the same; all: also what is as by default. */
void train_settings_put(FILE *out, const struct train_settings *settings, bool all);

/* The same as a text, to be freed; size without its end. NULL if memory is short. */
char *train_settings_text(const struct train_settings *settings, bool all, size_t *size);

/* Whether a training of the one may go on as the other: all alike but what only looks on, the name,
 * where data lie (their content is compared elsewhere), how many epochs, unless the rate goes by
 * these; and where epochs are chosen by the test set, that is the same file. 0, or -1 and error. */
int train_settings_same(const struct train_settings *settings, const struct train_settings *kept,
                        const char *where, struct case_error *error);

/* A line a setting: name, default, what it is for. */
void train_settings_help(FILE *out);

/* The neurons of the hidden layers; how many layers. */
size_t train_layers(const struct train_settings *settings, size_t size[TRAIN_LAYERS]);

#endif
