/* SPDX-License-Identifier: MIT */
/* training.c: see training.h. */
#include "verify/command/training.h"

#include <math.h>
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
                  const struct options *options)
{
    struct case_error error;
    int threads = (int)options->jobs;
    if (train_open(train, settings, ver_engine_find(options->trainer), threads, &error) != 0)
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
        code = training_open(train, &settings, options);
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

int training_put_result(FILE *out, struct train *train, const char *command)
{
    struct case_error error;
    struct train_score score;
    const char *select = train->settings.select;
    train_choose(train);
    fprintf(out, "weights of epoch %zu, chosen by %s\n", train->state.best_epoch,
            strcmp(select, "last") == 0 ? "being the last" : select);
    for (int set = TRAIN_VALIDATE; set <= TRAIN_TEST; set++) {
        if (train->set[set].samples == 0)
            continue;
        if (train_evaluate(train, (enum train_set)set, &score, &error) != 0)
            return command_refuse(command, "%s", error.text);
        training_put_score(out, set == TRAIN_TEST ? "test" : "validation", &score);
        fputc('\n', out);
    }
    if (strcmp(select, "test") == 0)
        fputs("chosen on the test set: comparable with results of this protocol only, and no "
              "estimate of how well it generalises\n",
              out);
    return 0;
}
