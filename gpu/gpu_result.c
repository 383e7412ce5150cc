/* result.c: memory and digest of a result. */
#include "gpu/gpu_result.h"

#include <stdlib.h>
#include <string.h>

const char *gpu_status_name(enum gpu_status status)
{
    static const char *const name[] = {"ok", "refused", "absent", "short", "broken", "fault"};
    return name[status];
}

const char *gpu_driver_name(enum gpu_driver driver)
{
    static const char *const name[] = {"clock-host", "clock-cuda", "clock-emulated"};
    return name[driver];
}

/* ---- memory ---- */

/* [populations] pointers into one array of slopes for every lif population, shaped as the raster.
 */
static int make_slopes(struct gpu_sample *sample, const struct gpu_result *result,
                       const struct case_problem *c, size_t s)
{
    sample->slope = calloc(c->populations, sizeof *sample->slope);
    for (size_t p = 0; sample->slope && p < c->populations; p++) {
        size_t spikes = 0;
        if (!result->raster.train[s][p])
            continue;
        for (size_t n = 0; n < c->population[p].size; n++)
            spikes += result->raster.train[s][p][n].count;
        sample->slope[p] = calloc(spikes + 1, sizeof **sample->slope);
        if (!sample->slope[p])
            return -1;
    }
    return sample->slope ? 0 : -1;
}

static int make_trace(struct gpu_trace *trace, const struct gpu_result *result, bool gradients)
{
    size_t all = (size_t)result->steps * result->cells;
    trace->v = calloc(all + 1, sizeof *trace->v);
    trace->i = calloc(all + 1, sizeof *trace->i);
    if (!trace->v || !trace->i)
        return -1;
    if (!gradients)
        return 0;
    trace->lambda_v = calloc(all + 1, sizeof *trace->lambda_v);
    trace->lambda_i = calloc(all + 1, sizeof *trace->lambda_i);
    return trace->lambda_v && trace->lambda_i ? 0 : -1;
}

int gpu_result_make(struct gpu_result *result, const struct case_problem *c,
                    const struct gpu_options *options,
                    size_t (*count)(const void *context, size_t sample, size_t population,
                                    size_t neuron),
                    const void *context)
{
    struct case_block *block;
    result->samples = c->samples;
    result->populations = c->populations;
    if (case_blocks(&block, &result->parameters, c) == 0)
        return -1;
    free(block);
    result->sample = calloc(c->samples, sizeof *result->sample);
    result->gradient =
        options->gradients ? calloc(result->parameters + 1, sizeof *result->gradient) : NULL;
    if (!result->sample || (options->gradients && !result->gradient) ||
        case_raster_make(&result->raster, c, CASE_LIF, count, context) != 0)
        return -1;
    for (size_t s = 0; s < c->samples; s++)
        if (make_slopes(&result->sample[s], result, c, s) != 0 ||
            (options->trace &&
             make_trace(&result->sample[s].trace, result, options->gradients) != 0))
            return -1;
    return 0;
}

void gpu_clear(struct gpu_result *result)
{
    for (size_t s = 0; result->sample && s < result->samples; s++) {
        struct gpu_sample *sample = &result->sample[s];
        for (size_t p = 0; sample->slope && p < result->populations; p++)
            free(sample->slope[p]);
        free(sample->slope);
        free(sample->trace.v);
        free(sample->trace.i);
        free(sample->trace.lambda_v);
        free(sample->trace.lambda_i);
    }
    free(result->sample);
    free(result->gradient);
    case_raster_clear(&result->raster);
    *result = (struct gpu_result){.status = GPU_REFUSED};
}

/* ---- digest ---- */

static uint64_t add(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *at = data;
    for (size_t k = 0; k < bytes; k++)
        hash = (hash ^ at[k]) * 0x100000001b3u;
    return hash;
}

static uint64_t add_numbers(uint64_t hash, const double *x, size_t count)
{
    return x ? add(hash, x, count * sizeof *x) : hash;
}

static uint64_t add_sample(uint64_t hash, const struct gpu_result *result, size_t s)
{
    const struct gpu_sample *sample = &result->sample[s];
    size_t all = (size_t)result->steps * result->cells;
    hash = add_numbers(hash, &sample->loss, 1);
    for (size_t p = 0; p < result->populations; p++) {
        size_t spikes = 0;
        for (size_t n = 0; n < result->raster.sizes[p]; n++) {
            const struct case_step_train *train = &result->raster.train[s][p][n];
            hash = add(hash, &train->count, sizeof train->count);
            hash = add(hash, train->step, train->count * sizeof *train->step);
            spikes += train->count;
        }
        hash = add_numbers(hash, sample->slope[p], spikes);
    }
    hash = add_numbers(hash, sample->trace.v, all);
    hash = add_numbers(hash, sample->trace.i, all);
    hash = add_numbers(hash, sample->trace.lambda_v, all);
    return add_numbers(hash, sample->trace.lambda_i, all);
}

uint64_t gpu_digest(const struct gpu_result *result)
{
    uint64_t hash = add_numbers(0xcbf29ce484222325u, &result->loss, 1);
    for (size_t s = 0; s < result->samples; s++)
        hash = add_sample(hash, result, s);
    return add_numbers(hash, result->gradient, result->parameters);
}
