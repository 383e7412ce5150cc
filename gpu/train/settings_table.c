/* SPDX-License-Identifier: MIT */
/* settings_table.c: every setting of a training. A new one: a member of struct train_settings, and
 * a row here. */
#include "gpu/train/settings_table.h"

#include <stddef.h>

#define AT(member) offsetof(struct train_settings, member)
#define TEXT_OF(member, plain, help)                                                               \
    {                                                                                              \
#member, SETTING_TEXT, AT(member), plain, 0, 0, NULL, help                                 \
    }
#define PATH_OF(member, help)                                                                      \
    {                                                                                              \
#member, SETTING_PATH, AT(member), "", 0, 0, NULL, help                                    \
    }
#define CHOICE_OF(member, words, plain, help)                                                      \
    {                                                                                              \
#member, SETTING_CHOICE, AT(member), plain, 0, 0, words, help                              \
    }
#define NUMBER_OF(member, plain, least, most, help)                                                \
    {                                                                                              \
#member, SETTING_NUMBER, AT(member), plain, least, most, NULL, help                        \
    }
#define WHOLE_OF(member, plain, least, most, help)                                                 \
    {                                                                                              \
#member, SETTING_WHOLE, AT(member), plain, least, most, NULL, help                         \
    }
#define SWITCH_OF(member, plain, help)                                                             \
    {                                                                                              \
#member, SETTING_SWITCH, AT(member), plain, 0, 1, NULL, help                               \
    }

#define ANY 1e30
#define MANY 1e9

const struct train_setting train_setting[] = {
    TEXT_OF(name, "training", "what reports call it"),
    PATH_OF(train, "spikes to learn from: a file, or yin-yang:train"),
    PATH_OF(train_labels, "labels of them where they stand in a file of their own (idx)"),
    PATH_OF(validation, "spikes by which an epoch is chosen"),
    PATH_OF(validation_labels, "labels of them"),
    PATH_OF(test, "spikes for the last word"),
    PATH_OF(test_labels, "labels of them"),
    WHOLE_OF(leave, "-1", -1, MANY,
             "hold out this group (speaker) of train as validation; -1: none"),
    WHOLE_OF(validate, "0", 0, MANY, "hold out so many samples at the end of train as validation"),
    SWITCH_OF(merge, "true", "several spikes of a channel in one step count once, as published"),
    CHOICE_OF(latency, "inset|full", "inset",
              "of values as spikes (idx, yin-yang): within two steps of either end, or all of it"),
    NUMBER_OF(span, "0", 0, 1e6, "ms of these; 0: end"),
    NUMBER_OF(end, "1000", 0.001, 1e6, "ms of a trial"),
    NUMBER_OF(step, "1", 0.000001, 1e6, "ms of a step"),
    TEXT_OF(hidden, "256", "neurons of each hidden layer, with commas between"),
    SWITCH_OF(recurrent, "false", "every hidden layer also to itself"),
    WHOLE_OF(taps, "1", 1, 100, "copies of the input, each later than the one before"),
    NUMBER_OF(tap, "30", 0, 1e6, "by so many ms"),
    NUMBER_OF(delay_start, "0", 0, 1e6,
              "delays of the input at the start: uniform from 0 to so many ms, and those of taps"),
    SWITCH_OF(train_delays, "false", "delays of the input are learned, too, on whole steps"),
    NUMBER_OF(most_delay, "60", 0, 1e6, "ms; learned ones stay between 0 and this, or end"),
    NUMBER_OF(delay_rate, "0.1", 0, 1e3, "of Adam, in ms; scheduled like rate"),
    NUMBER_OF(tau_mem, "20", 0.001, 1e6, "ms, hidden"),
    NUMBER_OF(tau_syn, "5", 0.001, 1e6, "ms, hidden"),
    NUMBER_OF(tau_mem_out, "20", 0.001, 1e6, "ms, output"),
    NUMBER_OF(tau_syn_out, "5", 0.001, 1e6, "ms, output"),
    NUMBER_OF(threshold, "1", 0.000001, 1e6, "of V; reset is 0"),
    SWITCH_OF(heterogeneous, "false", "hidden time constants from a gamma distribution of shape 3"),
    SWITCH_OF(train_taus, "false", "hidden time constants are learned, too"),
    NUMBER_OF(least_tau_mem, "3", 0.001, 1e6, "ms; learned ones stay above"),
    NUMBER_OF(least_tau_syn, "1", 0.001, 1e6, "ms; learned ones stay above"),
    NUMBER_OF(input_mean, "0.03", -ANY, ANY, "weights of the input at the start: normal"),
    NUMBER_OF(input_deviation, "0.01", 0, ANY, "and their standard deviation"),
    NUMBER_OF(hidden_mean, "0.03", -ANY, ANY, "weights between hidden layers"),
    NUMBER_OF(hidden_deviation, "0.01", 0, ANY, "and their standard deviation"),
    NUMBER_OF(recurrent_mean, "0", -ANY, ANY, "recurrent weights"),
    NUMBER_OF(recurrent_deviation, "0.02", 0, ANY, "and their standard deviation"),
    NUMBER_OF(output_mean, "0", -ANY, ANY, "weights of the output"),
    NUMBER_OF(output_deviation, "0.03", 0, ANY, "and their standard deviation"),
    CHOICE_OF(loss,
              "voltage-integral-cross-entropy|instantaneous-cross-entropy|"
              "max-voltage-cross-entropy|first-spike-cross-entropy|first-spike-margin",
              "voltage-integral-cross-entropy", "as in the format of cases"),
    CHOICE_OF(weighting, "uniform|exponential|linear|sigmoid", "exponential",
              "shape of the integral loss"),
    CHOICE_OF(penalty, "exponential|reciprocal", "exponential", "of a late first spike"),
    NUMBER_OF(tau0, "1", 0.000001, 1e6, "ms, softmax of first spikes"),
    NUMBER_OF(tau1, "100", 0.000001, 1e6, "ms, penalty of a late first spike"),
    NUMBER_OF(alpha, "5e-05", 0, ANY, "strength of that penalty"),
    NUMBER_OF(margin, "1", 0, ANY, "ms, first-spike-margin"),
    NUMBER_OF(silent_after, "1", 0, ANY, "ms after end at which a silent output counts as spiking"),
    WHOLE_OF(batch, "32", 1, 65536, "samples a step of Adam"),
    WHOLE_OF(epochs, "100", 0, MANY, "passes over the training set"),
    NUMBER_OF(rate, "0.001", 0, 1e3, "of Adam"),
    NUMBER_OF(beta1, "0.9", 0, 0.9999, "of Adam"),
    NUMBER_OF(beta2, "0.999", 0, 0.9999, "of Adam"),
    NUMBER_OF(epsilon, "1e-08", 0.000000000001, 1, "of Adam, outside the root"),
    NUMBER_OF(ease, "1.05", 1, 10, "the rate starts at a thousandth and grows by this a batch"),
    NUMBER_OF(decay, "1", 0.000001, 1, "factor of the rate after every epoch but the first"),
    CHOICE_OF(schedule, "none|plateau|one-cycle", "none", "of the rate over epochs"),
    NUMBER_OF(plateau_fast, "0.8", 0, 1, "kept of the fast average of accuracy each epoch"),
    NUMBER_OF(plateau_slow, "0.85", 0, 1,
              "kept of the slow one; the rate falls where fast <= slow"),
    WHOLE_OF(plateau_epochs, "50", 0, MANY, "least epochs between two such falls"),
    NUMBER_OF(plateau_factor, "0.5", 0.000001, 1, "of the rate then"),
    NUMBER_OF(warm, "0.3", 0, 1, "share of one-cycle in which the rate grows from rate/25"),
    NUMBER_OF(strength, "5e-10", 0, ANY, "of the pull of hidden neurons towards so many spikes"),
    NUMBER_OF(spikes, "14", 0, ANY, "a trial"),
    NUMBER_OF(lift, "0", 0, ANY, "added to the input weights of neurons silent for an epoch"),
    SWITCH_OF(rewire, "false", "input weights of such neurons are drawn anew"),
    SWITCH_OF(phantom, "false",
              "a silent label is pulled as if it spiked at the end, as published"),
    SWITCH_OF(skip_silent, "false", "no gradient of a sample whose label is silent"),
    SWITCH_OF(compat, "false", "the published scheme with its defects instead of the exact one"),
    WHOLE_OF(shift, "0", 0, 65535, "channels by which a sample is moved at most, at random"),
    NUMBER_OF(dropout, "0", 0, 0.99, "share of input spikes that are left out, at random"),
    SWITCH_OF(blend, "false", "as many samples again, each from two of one class"),
    WHOLE_OF(seed, "1", 0, 9007199254740992.0, "of weights, order and augmentation"),
    CHOICE_OF(select, "validation|leave-speaker|train|last|test", "last",
              "the epoch whose weights are kept: best on these (README), or the last"),
    WHOLE_OF(verify_every, "0", 0, MANY, "batches between two that go to the reference; 0: none"),
    {NULL, SETTING_TEXT, 0, NULL, 0, 0, NULL, NULL},
};
