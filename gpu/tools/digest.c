/* digest.c: one number for all bits that the host driver computes over cases of every family, to
 * compare builds (make bits). One thread, so that it is fast under any scheduler. */
#include "gpu/gpu.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CASES = 6 };

static const unsigned variants[] = {0, GPU_COMPAT, GPU_TAU_PUBLISHED, GPU_FLOAT_CLOCK};

/* Both precisions of one variant; how many ran, their digests into hash. */
static unsigned add(uint64_t *hash, const struct case_problem *c, unsigned variant)
{
    unsigned ran = 0;
    for (int precision = GPU_SINGLE; precision <= GPU_DOUBLE; precision++) {
        struct gpu_options options = GPU_OPTIONS_DEFAULT;
        struct gpu_result r;
        options.precision = (enum gpu_precision)precision;
        options.delays = CASE_ROUND_DELAYS;
        options.variant = variant;
        options.trace = c->samples == 1 && c->end < 200;
        options.threads = 1;
        enum gpu_status status = gpu_run(&r, c, &options);
        *hash = (*hash ^ (status == GPU_OK ? gpu_digest(&r) : 1)) * 0x100000001b3u;
        ran += status == GPU_OK;
        if (status == GPU_BROKEN)
            fprintf(stderr, "digest: %s\n", r.reason);
        gpu_clear(&r);
    }
    return ran;
}

int main(void)
{
    uint64_t hash = 0xcbf29ce484222325u;
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
    printf("%016" PRIx64 " over %u runs\n", hash, ran);
    return ran > 0 ? 0 : 2;
}
