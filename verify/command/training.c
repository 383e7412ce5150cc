/* SPDX-License-Identifier: MIT */
/* training.c: see training.h. */
#include "verify/command/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int training_set(struct train_settings *settings, const struct options *options)
{
    struct case_error error;
    for (size_t k = 0; k < options->settings; k++)
        if (train_settings_set(settings, options->setting[k], &error) != 0)
            return command_refuse(options->command->name, "%s", error.text);
    return 0;
}

int training_open(struct train *train, struct train_settings *settings,
                  const struct options *options, const struct gpu_peers *peers)
{
    struct case_error error;
    int threads = (int)options->jobs;
    if (train_open(train, settings, ver_engine_find(options->trainer), threads, peers, &error) != 0)
        return command_refuse(options->command->name, "%s", error.text);
    return 0;
}

int training_load(struct train *train, const char *path, const struct options *options)
{
    struct train_settings settings;
    struct case_error error;
    *train = (struct train){.kind = NULL};
    if (train_settings_start(&settings, &error) != 0 ||
        train_read_settings(&settings, path, &error) != 0) {
        train_settings_clear(&settings);
        return command_refuse(options->command->name, "%s", error.text);
    }
    int code = training_set(&settings, options);
    if (code == 0)
        code = training_open(train, &settings, options, NULL);
    train_settings_clear(&settings);
    if (code == 0 && train_restore(train, path, &error) != 0)
        code = command_refuse(options->command->name, "%s", error.text);
    return code;
}

void training_interval(double *low, double *high, double share, double n)
{
    const double z = 1.959963984540054; /* of the normal distribution, 97.5 % */
    double square = z * z / n, middle = share + square / 2;
    double half = z * sqrt(share * (1 - share) / n + square / (4 * n));
    *low = (middle - half) / (1 + square);
    *high = (middle + half) / (1 + square);
}

void training_put_score(FILE *out, const char *name, const struct train_score *score)
{
    double low, high;
    training_interval(&low, &high, score->accuracy, score->samples);
    fprintf(out, "%s %.2f %% (95 %%: %.2f to %.2f; %.0f samples), loss %.4g, %.1f spikes a neuron",
            name, 100 * score->accuracy, 100 * low, 100 * high, score->samples, score->loss,
            score->spikes);
}

/* A set with the chosen weights. */
static int evaluate(struct training_result *result, struct train *train, enum train_set set,
                    const char *command)
{
    struct case_error error;
    size_t classes = train->set[TRAIN_LEARN].classes;
    free(result->confusion);
    *result = (struct training_result){.set = set,
                                       .confusion = calloc(classes * classes, sizeof(size_t))};
    if (train_evaluate(train, set, &result->score, result->confusion, &error) != 0)
        return command_refuse(command, "%s", error.text);
    training_interval(&result->low, &result->high, result->score.accuracy, result->score.samples);
    return 0;
}

int training_put_result(FILE *out, struct training_result *result, struct train *train,
                        const char *command)
{
    const char *select = train->settings.select;
    bool held = train->set[TRAIN_VALIDATE].samples + train->set[TRAIN_TEST].samples > 0;
    *result = (struct training_result){.confusion = NULL};
    train_choose(train);
    if (train->state.rows == 0)
        fputs("weights as they were at the start\n", out);
    else
        fprintf(out, "weights of epoch %zu, chosen by %s\n", train->state.best_epoch,
                strcmp(select, "last") == 0 ? "being the last" : select);
    for (int set = held ? TRAIN_VALIDATE : TRAIN_LEARN; set <= TRAIN_TEST; set++) {
        if (train->set[set].samples == 0)
            continue;
        int code = evaluate(result, train, (enum train_set)set, command);
        if (code)
            return code;
        training_put_score(out, training_set_name((enum train_set)set), &result->score);
        fputc('\n', out);
    }
    if (strcmp(select, "test") == 0)
        fputs("chosen on the test set: comparable with results of this protocol only, and no "
              "estimate of how well it generalises\n",
              out);
    return 0;
}
