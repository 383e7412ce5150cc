/* SPDX-License-Identifier: MIT */
/* command_evaluate.c: `evident evaluate` and `evident export-case`: what came of a training. */
#include "verify/command/training.h"

#include <stdlib.h>

static int evaluate(struct options *options)
{
    struct train train;
    struct training_result result = {.confusion = NULL};
    int code = training_load(&train, options->operand[0], options);
    if (code == 0)
        code = training_put_result(stdout, &result, &train, "evaluate");
    free(result.confusion);
    train_close(&train);
    return code;
}

const struct command command_evaluate = {
    .name = "evaluate",
    .operands = "CHECKPOINT",
    .wants = "a checkpoint of evident train",
    .says = "the chosen weights of a training on validation and test set",
    .about =
        "Evaluates the weights of the epoch that the training chose, without dropout, shift or "
        "blend. --set test=FILE takes other data, with the channels and classes of the "
        "training's.\n"
        "Exit status: 0 evaluated; 2 could not run.",
    .examples = "evident evaluate trained/checkpoint.h5\n",
    .run = evaluate,
};

static int export_case(struct options *options)
{
    struct train train;
    struct case_error error;
    int code = training_load(&train, options->operand[0], options);
    size_t room = code == 0 ? (size_t)train.settings.batch : 0;
    const struct spike_set *set = &train.set[TRAIN_LEARN];
    if (code == 0 && !options->out)
        code = command_refuse("export-case", "wants --out FILE");
    if (code == 0 && (options->count > room || options->count < 1 ||
                      options->first > set->samples - options->count))
        code = command_refuse("export-case",
                              "found samples %ju to %ju, wanted at most a batch of %zu among %zu",
                              (uintmax_t)options->first,
                              (uintmax_t)(options->first + options->count) - 1, room, set->samples);
    if (code == 0) {
        struct case_problem *c = NULL;
        if (train_batch_plain(&train.batch, set, (size_t)options->first, (size_t)options->count) ==
            0)
            c = train_case(&train, 0, (size_t)options->count);
        if (!c)
            code = command_refuse("export-case", "memory is short");
        else if (case_check(c, &error) != 0 || case_write(options->out, c, &error) != 0)
            code = command_refuse("export-case", "%s", error.text);
        case_free(c);
    }
    train_close(&train);
    return code;
}

const struct command command_export_case = {
    .name = "export-case",
    .operands = "CHECKPOINT",
    .wants = "a checkpoint of evident train, --out",
    .says = "samples of a training with its last weights, as a case for verify",
    .about =
        "Writes a case of the network as the last epoch left it and of samples of the training "
        "set, the loss with its labels: everything that evident verify needs to hold any "
        "engine's gradient against the reference there.\n"
        "Exit status: 0 written; 2 could not run.",
    .examples = "evident export-case trained/checkpoint.h5 --count 2 --out trained.json\n"
                "evident verify trained.json --engine clock-host\n",
    .run = export_case,
};
