/* SPDX-License-Identifier: MIT */
/* reading_number.c: what a program may have made of right numbers: each is a change of what the
 * reference says, or belongs to a change of the case (reading_change.c). */
#include "verify/judge/reading.h"

enum { MS_IN_A_SECOND = 1000 };

static size_t count_of(const struct case_block *block)
{
    return block->rows * block->columns;
}

static void scale(double *x, size_t count, double factor)
{
    for (size_t k = 0; k < count; k++)
        x[k] *= factor;
}

bool reading_transpose_gradient(struct reading_trial *t)
{
    const struct judge *judge = t->p->judge;
    for (size_t b = 0; t->variant % 2 == 1 && answer_next_block(&b, judge, CASE_WEIGHT); b++)
        if (reading_turns(t, judge->block[b].projection))
            reading_transposed(t->gradient + judge->block[b].first, judge->block[b].columns,
                               judge->block[b].rows);
    return true;
}

static void scale_weights(struct reading_trial *t, unsigned number, const char **name)
{
    const struct judge *judge = t->p->judge;
    for (size_t b = 0; answer_next_block(&b, judge, CASE_WEIGHT); b++) {
        const struct case_block *block = &judge->block[b];
        for (size_t k = 0; k < count_of(block); k++)
            t->gradient[block->first + k] *=
                reading_scale(judge->problem, &judge->problem->projection[block->projection],
                              k % block->columns, number, name);
    }
}

bool reading_scale_gradient(struct reading_trial *t)
{
    const char *name;
    if (t->variant % 2 == 1)
        scale_weights(t, t->variant / 2, &name);
    return true;
}

bool reading_scale_by_target(struct reading_trial *t)
{
    const char *name = "";
    scale_weights(t, t->variant, &name);
    snprintf(t->detail, sizeof t->detail, "%s", name);
    return true;
}

bool reading_scale_output_gradient(struct reading_trial *t)
{
    const struct case_problem *c = t->p->judge->problem;
    for (size_t b = 0; b < t->p->judge->blocks; b++) {
        const struct case_block *block = &t->p->judge->block[b];
        bool weights = block->quantity == CASE_WEIGHT &&
                       c->projection[block->projection].target == c->loss.population;
        bool bias = block->quantity == CASE_BIAS && block->population == c->loss.population;
        if (weights || bias)
            scale(t->gradient + block->first, count_of(block), c->end);
    }
    return true;
}

bool reading_sum_samples(struct reading_trial *t)
{
    const struct judge *judge = t->p->judge;
    t->loss *= (double)judge->problem->samples;
    if (t->variant == 1)
        scale(t->gradient, judge->parameters, (double)judge->problem->samples);
    return judge->problem->samples > 1;
}

bool reading_in_seconds(struct reading_trial *t)
{
    const struct judge *judge = t->p->judge;
    t->time /= MS_IN_A_SECOND;
    for (size_t b = 0; t->variant == 1 && b < judge->blocks; b++) {
        enum case_quantity q = judge->block[b].quantity;
        if (q != CASE_WEIGHT && q != CASE_THRESHOLD && q != CASE_BIAS)
            scale(t->gradient + judge->block[b].first, count_of(&judge->block[b]), MS_IN_A_SECOND);
    }
    return true;
}
