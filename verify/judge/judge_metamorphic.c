/* SPDX-License-Identifier: MIT */
/* judge_metamorphic.c: changes of a case (change.h) after which the reference must say the
 * same, as far as its balls reach: the ball of a number and that of the changed case must overlap.
 * They need no oracle and no witness. One a case, chosen by its key among those that apply; over a
 * suite all are met. */
#include "verify/judge/change.h"

#include <stdlib.h>
#include <string.h>

/* ---- comparing ---- */

struct match {
    size_t numbers, differ;
    char index[96]; /* of the first that differs */
};

static void compare(struct match *match, const arb_t a, const arb_t b, const char *index)
{
    match->numbers++;
    if (arb_is_finite(a) && arb_is_finite(b) && arb_overlaps(a, b))
        return;
    if (match->differ++ == 0)
        snprintf(match->index, sizeof match->index, "%s", index);
}

/* The block of the changed case that holds the same parameters. */
static const struct case_block *find_block(const struct case_block *block, size_t blocks,
                                           const struct case_block *like, size_t projection)
{
    for (size_t b = 0; b < blocks; b++)
        if (block[b].quantity == like->quantity &&
            (like->quantity <= CASE_DELAY ? block[b].projection == projection
                                          : block[b].population == like->population))
            return &block[b];
    return NULL;
}

static int compare_gradients(const struct change *change, const struct ref_result *result,
                             struct match *match)
{
    const struct judge *judge = change->judge;
    const struct case_problem *c = change->problem;
    struct case_block *block = NULL;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    arb_t sum;
    if (!block)
        return -1;
    arb_init(sum);
    for (size_t b = 0; b < judge->blocks; b++) {
        const struct case_block *mine = &judge->block[b];
        if (mine->quantity == CASE_SPIKE_TIME) /* of other trains in the changed case */
            continue;
        const struct case_block *its = find_block(block, blocks, mine, mine->projection);
        const struct case_block *half = NULL;
        if (mine->quantity == CASE_DELAY && mine->projection == change->split)
            half = find_block(block, blocks, mine, c->projections - 1);
        size_t count = mine->rows * mine->columns;
        for (size_t k = 0; its && k < count; k++) {
            char name[96];
            size_t at = change->reversed ? count - 1 - k : k;
            /* Of a weight split in two, each half alone may have none where the whole has one. */
            if (ref_none_of(judge->truth, mine->first + k) ||
                ref_none_of(result, its->first + at) ||
                (half && ref_none_of(result, half->first + at)))
                continue;
            arb_set(sum, result->gradient + its->first + at);
            if (half)
                arb_add(sum, sum, result->gradient + half->first + at, judge->truth->precision);
            if (change_turns(change, mine))
                arb_neg(sum, sum);
            case_parameter_name(name, sizeof name, judge->problem, judge->block, judge->blocks,
                                mine->first + k);
            compare(match, judge->truth->gradient + mine->first + k, sum, name);
        }
    }
    arb_clear(sum);
    free(block);
    return 0;
}

static void compare_samples(const struct change *change, const struct ref_result *result,
                            struct match *match)
{
    const struct ref_result *truth = change->judge->truth;
    compare(match, truth->loss, result->loss, "loss");
    for (size_t s = 0; s < truth->samples; s++)
        for (size_t p = 0; p < truth->populations; p++)
            for (size_t n = 0; n < truth->size[p] && truth->sample[s].spikes[p]; n++) {
                size_t at = change->reversed ? truth->size[p] - 1 - n : n;
                const struct ref_train *a = &truth->sample[s].spikes[p][n];
                const struct ref_train *b = &result->sample[s].spikes[p][at];
                char index[96];
                snprintf(index, sizeof index, "[%zu].%.40s[%zu]", s,
                         change->judge->problem->population[p].name, n);
                if (a->count != b->count && match->differ++ == 0)
                    snprintf(match->index, sizeof match->index, "%s", index);
                for (size_t k = 0; k < a->count && k < b->count; k++)
                    compare(match, a->at + k, b->at + k, index);
            }
}

static int run_changed(struct change *change, struct match *match)
{
    const struct judge *judge = change->judge;
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct ref_result result;
    ask.digits = judge->options->digits;
    ask.precision_cap = judge->options->precision_cap;
    enum ref_status status = ref_run(&result, change->problem, &ask);
    int failed = status == REF_MEMORY ? -1 : 0;
    if (status == REF_OK) {
        compare_samples(change, &result, match);
        failed = compare_gradients(change, &result, match);
    } else if (!failed && change->split != SIZE_MAX &&
               judge->problem->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        change->excluded =
            "undecided: both halves at a maximum"; /* of two arrivals, which moves it? */
    } else if (!failed) {                          /* it is as easy as it was */
        match->differ = match->numbers = 1;
        snprintf(match->index, sizeof match->index, "%.90s", result.reason);
    }
    ref_clear(&result);
    return failed;
}

int judge_change(struct judge *judge, size_t choice)
{
    struct change change = {.judge = judge, .split = SIZE_MAX};
    struct match match = {.numbers = 0};
    change.problem = case_copy(judge->problem);
    change.failed = !change.problem;
    if (!change.failed)
        change_kind[choice].make(&change);
    bool applies = !change.excluded;
    if (!change.failed && applies)
        change.failed = run_changed(&change, &match) != 0;
    case_free(change.problem);
    if (!change.failed && !applies)
        return 1;
    struct ver_comparison *c =
        change.failed ? NULL : judge_compare(judge, VER_KIND_INVARIANCE, change_kind[choice].name);
    if (!c)
        return judge_no_memory(judge);
    c->numbers = change.excluded ? 1 : match.numbers;
    c->outcome = change.excluded                      ? VER_EXCLUDED
                 : match.differ > 0 || !match.numbers ? VER_DIFFERS
                                                      : VER_AGREES;
    c->distance = match.differ > 0 ? VER_INFINITY : 0;
    snprintf(c->index, sizeof c->index, "%s", change.excluded ? change.excluded : match.index);
    return 0;
}

/* Keys of names that differ in a digit differ in few bits; their product with 2^64 / golden ratio
 * differs in the highest. */
static size_t spread(uint64_t key, size_t n)
{
    return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 40) % n;
}

/* One that applies, from a random one on. On every other case from one that applies to few cases,
 * so that each is met by a fair share of those that it can be asked of. */
int judge_metamorphic(struct judge *judge)
{
    size_t choice = spread(judge->key, 2 * CHANGES);
    if (!judge->thorough || judge->costly || !judge->truth->gradient)
        return 0;
    if (choice >= CHANGES)
        choice = CHANGES - 1 - choice % CHANGE_RARE;
    int ended = 1;
    for (size_t k = 0; k < CHANGES && ended > 0; k++)
        ended = judge_change(judge, (choice + k) % CHANGES);
    return ended < 0 ? -1 : 0;
}
