/* SPDX-License-Identifier: MIT */
/* command_study.c: `evident study`, the studies and what they claim. */
#include "verify/command/command.h"
#include "verify/study/study.h"

static int list(void)
{
    for (size_t k = 0; study_at_place(k); k++)
        printf("%-12s %s\n", study_at_place(k)->name, study_at_place(k)->claim);
    return COMMAND_PASS;
}

static int run(struct options *options)
{
    struct case_error error;
    size_t claimed, broken;
    if (options->operands == 0)
        return list();
    const struct study *study = study_find(options->operand[0]);
    if (!study)
        return command_refuse("study",
                              "found '%s', wanted a study of the list that evident study "
                              "prints",
                              options->operand[0]);
    const char *directory = options->out ? options->out : "studies";
    if (study_execute(study, directory, options->judge.seed, options->quick, &claimed, &broken,
                      &error) != 0)
        return command_refuse("study", "%s", error.text);
    printf("%s: %zu of %zu claims hold: %s/%s/claim.tsv, index.html\n", study->name,
           claimed - broken, claimed, directory, study->name);
    return broken ? COMMAND_FAIL : COMMAND_PASS;
}

const struct command command_study = {
    .name = "study",
    .operands = "[NAME]",
    .wants = "a study",
    .says = "what losses and exact gradients do, as numbers that are tested",
    .about =
        "Without NAME, lists the studies, a line each with its claim. With it, runs one: tables "
        "(NAME/*.tsv), pictures (*.svg), a page (index.html) and claim.tsv, which holds every "
        "number that is claimed, what was measured, the range it must be in, and whether it is.\n"
        "The same seed gives the same tables, to the byte.\n"
        "Exit status: 0 all claims hold; 1 one does not; 2 could not run. Needs gnuplot.\n",
    .examples = "evident study\n"
                "evident study validity --quick --out studies\n",
    .run = run,
};
