/* SPDX-License-Identifier: MIT */
/* digest.c: one number for all bits that the host driver computes over cases of every family, one
 * for short trainings, to compare builds (make bits). One thread, so that it is fast under any
 * scheduler. */
#include "gpu/gpu.h"
#include "gpu/tools/digest_training.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CASES = 6 };

static const unsigned variants[] = {0, SCHEME_COMPAT, SCHEME_TAU_PUBLISHED, SCHEME_FLOAT_CLOCK};

/* Both precisions of one variant; how many ran, their digests into hash. */
static unsigned add(uint64_t *hash, const struct case_problem *c, unsigned variant)
{
    unsigned ran = 0;
    for (int precision = ENGINE_SINGLE; precision <= ENGINE_DOUBLE; precision++) {
        struct engine_options options = ENGINE_OPTIONS_DEFAULT;
        struct result r;
        options.precision = (enum engine_precision)precision;
        options.delays = CASE_ROUND_DELAYS;
        options.variant = variant;
        options.trace = c->samples == 1 && c->end < 200;
        options.threads = 1;
        enum result_status status = engine_run(&gpu_clock_host, &r, c, &options);
        *hash = (*hash ^ (status == RESULT_OK ? result_digest(&r) : 1)) * 0x100000001b3u;
        ran += status == RESULT_OK;
        if (status == RESULT_BROKEN)
            fprintf(stderr, "digest: %s\n", r.reason);
        result_clear(&r);
    }
    return ran;
}

int main(void)
{
    uint64_t hash = DIGEST_START;
    unsigned ran = 0;
    for (const struct case_family *family = case_families; family->name; family++)
        for (uint64_t k = 0; k < (strcmp(family->name, "real-digits") == 0 ? 1 : CASES); k++) {
            struct case_made made;
            if (family->make(&made, 1, k) != 0)
                return 2;
            for (size_t v = 0; v < sizeof variants / sizeof *variants; v++)
                ran += add(&hash, made.problem, variants[v]);
            case_made_clear(&made);
        }
    struct case_error error;
    uint64_t learned;
    size_t trainings = digest_trainings(&learned, &error);
    if (trainings == 0)
        fprintf(stderr, "digest: %s\n", error.text);
    printf("%016" PRIx64 " over %u runs, %016" PRIx64 " over %zu trainings\n", hash, ran, learned,
           trainings);
    return ran > 0 && trainings > 0 ? 0 : 2;
}
