/* SPDX-License-Identifier: MIT */
/* oracle.c: compares what `evident run` says with the oracle (tests/oracle.h), over unseen cases of
 * all families or over the cases named. Prints a line for every disagreement and for every case
 * that is set apart, with the reason, and the totals.
 *
 * Usage: [EVIDENT=build/evident] oracle [--count 500] [--seed 90210] [--parameters 7] [CASE]...
 * Exit 1 if anything disagrees or nothing was compared. */
#include "tests/oracle_compare.h"
#include "verify/command/command.h"

int main(int count, char **word)
{
    struct oracle_tally tally = {0};
    struct progress progress;
    size_t cases = 500, parameters = 7, named = 0;
    unsigned long seed = 90210;
    for (int k = 1; k < count; k++) {
        if (k + 1 < count && strcmp(word[k], "--count") == 0)
            cases = strtoul(word[++k], NULL, 10);
        else if (k + 1 < count && strcmp(word[k], "--seed") == 0)
            seed = strtoul(word[++k], NULL, 10);
        else if (k + 1 < count && strcmp(word[k], "--parameters") == 0)
            parameters = strtoul(word[++k], NULL, 10);
        else
            oracle_judge_case(&tally, word[k], parameters), named++;
    }
    progress_start(&progress, "oracle", true);
    for (unsigned long k = 0; named == 0 && tally.cases < cases; k++) {
        for (const struct case_family *f = case_families; f->name && tally.cases < cases; f++) {
            char address[128];
            progress_say(&progress, "%zu of %zu cases", tally.cases, cases);
            /* the networks of 200 neurons and more are too large for differences one by one */
            if (strncmp(f->name, "real-", 5) == 0 || (f->limit && k >= f->limit))
                continue;
            snprintf(address, sizeof address, "%s:%lu:%lu", f->name, seed, k);
            oracle_judge_case(&tally, address, parameters);
        }
    }
    printf("oracle: %zu cases: %zu compared, %zu undecided by the reference, %zu too large, %zu at "
           "a tie\n%zu spikes, %zu losses, %zu derivatives compared; set apart: %zu derivatives "
           "that there are none of, %zu where spikes or maxima change, %zu without digits\n"
           "largest distance %.3g bounds: %s\n%zu disagreements\n",
           tally.cases, tally.judged, tally.undecided, tally.large, tally.tied, tally.spikes,
           tally.losses, tally.gradients, tally.none, tally.changes, tally.rough, tally.farthest,
           tally.worst, tally.wrong);
    return tally.wrong > 0 || tally.judged == 0;
}
