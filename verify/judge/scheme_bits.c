/* SPDX-License-Identifier: MIT */
/* scheme_bits.c: are two results the same bits?
 *
 * An engine may be changed in how it runs (threads, launch shape, device) without one bit moving.
 * Where a case is changed in a way that scales numbers by powers of two, they must scale to the
 * bit. The first number that differs is named, in the order in which an engine computes: spikes,
 * slopes, V, I, losses, adjoints, gradients. */
#include "verify/judge/judge_scheme.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct comparing {
    struct scheme_difference *out;
    const struct scheme_sameness *what;
    const struct scheme_places *places;
    const struct result *a, *b;
    size_t sample; /* of a */
};

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Counts a number; true if it is the first that differs. */
static bool differs(struct comparing *c, const char *quantity, double a, double b, int exponent)
{
    double wanted = exponent == 0 ? a : ldexp(a, exponent);
    c->out->numbers++;
    if (bits_of(wanted) == bits_of(b) || (c->what->numerically && wanted == 0 && b == 0) ||
        c->out->differs)
        return false;
    c->out->differs = true;
    c->out->quantity = quantity;
    c->out->a = wanted;
    c->out->b = b;
    return true;
}

/* ---- spikes and slopes ---- */

static void same_neuron(struct comparing *c, size_t cell, const struct case_step_train *a,
                        const struct case_step_train *b, size_t other)
{
    char *index = c->out->index;
    size_t population = c->places->population[cell];
    const double *slope_a = c->a->sample[c->sample].slope[population] +
                            c->places->first[c->sample * c->places->cells + cell];
    const double *slope_b = c->b->sample[other].slope[population];
    for (size_t n = 0; n < c->places->neuron[cell]; n++)
        slope_b += c->b->raster.train[other][population][n].count;
    if (differs(c, "spikes", (double)a->count, (double)b->count, 0))
        snprintf(index, sizeof c->out->index, "[%zu].%.30s[%zu] number of spikes", c->sample,
                 c->places->problem->population[population].name, c->places->neuron[cell]);
    for (size_t k = 0; k < a->count && k < b->count; k++) {
        if (differs(c, "spikes", a->step[k], b->step[k], 0))
            snprintf(index, sizeof c->out->index, "[%zu].%.30s[%zu][%zu]", c->sample,
                     c->places->problem->population[population].name, c->places->neuron[cell], k);
        if (differs(c, "slope", slope_a[k], slope_b[k], c->what->slope))
            scheme_place_text(index, sizeof c->out->index, c->places, c->sample, cell, a->step[k]);
    }
}

static void same_spikes(struct comparing *c, size_t other)
{
    for (size_t cell = 0; cell < c->places->cells; cell++) {
        size_t population = c->places->population[cell], neuron = c->places->neuron[cell];
        const struct case_step_train *a = c->a->raster.train[c->sample][population];
        if (a)
            same_neuron(c, cell, &a[neuron], &c->b->raster.train[other][population][neuron], other);
    }
}

/* ---- traces ---- */

/* b as it would be if the outputs had not been negated. */
static double turned(const struct comparing *c, size_t population, double b)
{
    return c->what->negated && population == c->places->problem->loss.population ? -b : b;
}

static void same_trace(struct comparing *c, const char *quantity, const double *a, const double *b,
                       int exponent)
{
    size_t cells = c->places->cells, stride = c->b->cells;
    if (!a || !b)
        return;
    for (uint32_t n = 0; n < c->a->steps; n++) {
        const double *row_a = a + n * cells, *row_b = b + n * stride;
        if (exponent == 0 && memcmp(row_a, row_b, cells * sizeof *row_a) == 0) {
            c->out->numbers += cells;
            continue;
        }
        for (size_t cell = 0; cell < cells; cell++)
            if (differs(c, quantity, row_a[cell],
                        turned(c, c->places->population[cell], row_b[cell]), exponent))
                scheme_place_text(c->out->index, sizeof c->out->index, c->places, c->sample, cell,
                                  n);
    }
}

static void same_forward(struct comparing *c, size_t other)
{
    const struct result_sample *a = &c->a->sample[c->sample], *b = &c->b->sample[other];
    same_spikes(c, other);
    if (c->what->traces) {
        same_trace(c, "V", a->trace.v, b->trace.v, c->what->v);
        same_trace(c, "I", a->trace.i, b->trace.i, c->what->v);
    }
    if (c->what->losses && differs(c, "sample_loss", a->loss, b->loss, c->what->sample_loss))
        snprintf(c->out->index, sizeof c->out->index, "[%zu]", c->sample);
}

static void same_backward(struct comparing *c, size_t other)
{
    const struct result_sample *a = &c->a->sample[c->sample], *b = &c->b->sample[other];
    if (c->what->traces) {
        same_trace(c, "lambda_V", a->trace.lambda_v, b->trace.lambda_v, c->what->lambda);
        same_trace(c, "lambda_I", a->trace.lambda_i, b->trace.lambda_i, c->what->lambda);
    }
}

/* ---- gradients ---- */

static const struct case_block *find_block(const struct case_block *block, size_t blocks,
                                           const struct case_block *like)
{
    for (size_t k = 0; k < blocks; k++)
        if (block[k].quantity == like->quantity && block[k].projection == like->projection &&
            block[k].population == like->population)
            return &block[k];
    return NULL;
}

static void same_block(struct comparing *c, const struct case_problem *a_case,
                       const struct case_block *all, size_t blocks, const struct case_block *a,
                       const struct case_block *b)
{
    size_t target =
        a->quantity == CASE_WEIGHT ? a_case->projection[a->projection].target : SIZE_MAX;
    for (size_t k = 0; k < a->rows * a->columns; k++)
        if (differs(c, case_quantity_name(a->quantity), c->a->gradient[a->first + k],
                    turned(c, target, c->b->gradient[b->first + k]),
                    c->what->gradient[a->quantity]))
            case_parameter_name(c->out->index, sizeof c->out->index, a_case, all, blocks,
                                a->first + k);
}

static int same_gradients(struct comparing *c, const struct case_problem *a_case,
                          const struct case_problem *b_case)
{
    struct case_block *a = NULL, *b = NULL;
    size_t parameters, blocks = case_blocks(&a, &parameters, a_case);
    size_t others = case_blocks(&b, &parameters, b_case);
    int failed = !a || !b ? -1 : 0;
    for (size_t k = 0; k < blocks && !failed && a[k].quantity <= CASE_TAU_SYN; k++) {
        const struct case_block *other = find_block(b, others, &a[k]);
        if (other && c->a->provides[a[k].quantity] && c->b->provides[a[k].quantity])
            same_block(c, a_case, a, blocks, &a[k], other);
    }
    free(a);
    free(b);
    return failed;
}

/* ---- all of it ---- */

int scheme_same(struct scheme_difference *difference, const struct case_problem *a_case,
                const struct result *a, const struct case_problem *b_case, const struct result *b,
                const struct scheme_sameness *what)
{
    struct scheme_places places;
    *difference = (struct scheme_difference){.numbers = 0};
    int failed = scheme_places_make(&places, a_case, a);
    struct comparing c = {difference, what, &places, a, b, 0};
    for (; c.sample < what->samples && !failed; c.sample++)
        same_forward(&c, what->sample ? what->sample[c.sample] : c.sample);
    c.sample = 0;
    if (!failed && what->loss)
        differs(&c, "loss", a->loss, b->loss, what->total);
    for (; c.sample < what->samples && !failed; c.sample++)
        same_backward(&c, what->sample ? what->sample[c.sample] : c.sample);
    if (!failed && what->gradients)
        failed = same_gradients(&c, a_case, b_case);
    scheme_places_clear(&places);
    return failed;
}

int scheme_judge_bits(struct scheme *scheme, const struct scheme *first)
{
    struct scheme_sameness all = {.samples = scheme->result.samples,
                                  .traces = true,
                                  .losses = true,
                                  .loss = true,
                                  .gradients = true};
    struct scheme_difference difference;
    if (scheme_same(&difference, first->problem, &first->result, scheme->problem, &scheme->result,
                    &all) != 0)
        return judge_no_memory(scheme->judge);
    struct ver_comparison *c = scheme_compare(scheme, VER_KIND_BITS, "bits");
    if (!c)
        return judge_no_memory(scheme->judge);
    c->numbers = difference.numbers;
    c->outcome = difference.differs ? VER_DIFFERS : VER_AGREES;
    c->distance = difference.differs ? VER_INFINITY : 0;
    scheme->out->same = !difference.differs;
    if (difference.differs) {
        snprintf(c->index, sizeof c->index, "%s %.80s", difference.quantity, difference.index);
        snprintf(c->reference, sizeof c->reference, "%a", difference.b);
        snprintf(c->value, sizeof c->value, "%a", difference.a);
    }
    return 0;
}
