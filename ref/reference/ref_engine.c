/* SPDX-License-Identifier: MIT */
/* ref_engine.c: the reference as an engine among others: the midpoints of its enclosures, rounded.
 * What needs proofs asks ref_run itself. */
#include "ref/ref.h"

#include <math.h>
#include <stdio.h>

/* More than doubles hold, so that a midpoint rounds like the truth but for ties. */
enum { DIGITS = 24 };

static double middle(arb_srcptr x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

static int fill_sample(struct result *result, const struct ref_result *truth, size_t s)
{
    result->sample[s].loss = middle(truth->sample[s].loss);
    for (size_t p = 0; p < truth->populations; p++)
        for (size_t n = 0; n < truth->size[p]; n++) {
            const struct ref_train *train = &truth->sample[s].spikes[p][n];
            for (size_t k = 0; k < train->count; k++)
                if (result->spike(result, s, p, n, middle(train->at + k)) != 0)
                    return -1;
        }
    return 0;
}

static enum result_status fill(struct result *result, const struct ref_result *truth,
                               const struct case_problem *c)
{
    if (result_make(result, c, true, truth->gradient != NULL) != 0)
        return result_end(result, RESULT_SHORT, "memory is short");
    for (size_t s = 0; s < truth->samples; s++)
        if (fill_sample(result, truth, s) != 0)
            return result_end(result, RESULT_SHORT, "memory is short");
    result->loss = middle(truth->loss);
    result->has_loss = result->has_sample_loss = result->has_spikes = true;
    for (size_t k = 0; truth->gradient && k < truth->parameters; k++)
        result->gradient[k] = ref_none_of(truth, k) ? (double)NAN : middle(truth->gradient + k);
    for (int q = 0; q < CASE_QUANTITIES; q++)
        result->provides[q] = truth->gradient != NULL;
    return RESULT_OK;
}

static enum result_status run(const struct engine *engine, struct result *result,
                              const struct case_problem *c, const struct engine_options *options)
{
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct ref_result truth;
    (void)engine;
    ask.digits = DIGITS;
    ask.gradients = options->gradients;
    enum ref_status got = ref_run(&truth, c, &ask);
    enum result_status status =
        got == REF_OK
            ? fill(result, &truth, c)
            : result_end(result, got == REF_MEMORY ? RESULT_SHORT : RESULT_REFUSED, truth.reason);
    ref_clear(&truth);
    return status;
}

const struct engine ref_engine = {.abi = ENGINE_ABI,
                                  .name = "rounded-reference",
                                  .says = "the proven truth, rounded to doubles",
                                  .time = ENGINE_EXACT,
                                  .run = run};
