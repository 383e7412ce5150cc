/* SPDX-License-Identifier: MIT */
/* reading_look.c: what a wrong gradient of another program looks like by itself: a factor that has
 * a name, a transposed matrix, rows of zeros, or no more than its direction. */
#include "verify/judge/bounds.h"
#include "verify/judge/reading.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>

static size_t size_of(const struct case_block *block)
{
    return block->rows * block->columns;
}

/* The factor of count numbers from first on, each known to its bound (NULL: exactly); NaN if there
 * is none. */
static double factor_of(const struct judge_answer *p, const double *gradient, size_t first,
                        size_t count, const double *bound, int bits)
{
    double cosine = VER_NAN, across = 0, squares = 0, factor = VER_NAN;
    double *got = calloc(count + 1, sizeof *got);
    arb_ptr want = _arb_vec_init((slong)count);
    mag_ptr within = _mag_vec_init((slong)count);
    size_t numbers = 0;
    double largest = 0;
    int exponent = 0;
    for (size_t k = first; k < first + count; k++)
        if (answer_says(p, p->judge->truth->gradient + k))
            largest = fmax(largest, fmax(fabs(middle(p->judge->truth->gradient + k)),
                                         isfinite(gradient[k]) ? fabs(gradient[k]) : 0));
    frexp(largest, &exponent);
    for (size_t k = first; got && k < first + count; k++) {
        if (!answer_says(p, p->judge->truth->gradient + k))
            continue;
        got[numbers] = ldexp(gradient[k], -exponent);
        arb_mul_2exp_si(want + numbers, p->judge->truth->gradient + k, -exponent);
        mag_set_d(within + numbers, bound ? ldexp(bound[k], -exponent) : 0);
        across += got[numbers] * middle(want + numbers);
        squares += middle(want + numbers) * middle(want + numbers);
        numbers++;
    }
    if (got)
        factor = reading_common_factor(got, want, within, numbers, &cosine);
    free(got);
    _arb_vec_clear(want, (slong)count);
    _mag_vec_clear(within, (slong)count);
    bool direction = numbers > 1 && 1 - fabs(cosine) <= ldexp(1, -bits);
    return isnan(factor) && bits != VER_FACTOR_BITS && direction ? across / squares : factor;
}

/* Are these the numbers of the transposed matrix, written in a row? */
static bool transposed(const struct judge_answer *p, const double *gradient,
                       const struct case_block *block, const double *bound, double common)
{
    size_t moved = 0;
    for (size_t i = 0; i < block->rows; i++)
        for (size_t j = 0; j < block->columns; j++) {
            size_t k = block->first + i * block->columns + j;
            double want = middle(p->judge->truth->gradient + k);
            double within = bound ? bound[k] : common;
            if (!(fabs(gradient[block->first + j * block->rows + i] - want) <= within))
                return false;
            moved += !(fabs(gradient[k] - want) <= within);
        }
    return moved > 0;
}

/* Of count numbers from first on; known: only a factor that has a name. */
static bool describe_part(char *text, size_t size, const struct reading_part *part,
                          const char *name, size_t first, size_t count, bool known)
{
    struct reading_units units = reading_units_of(part->p->judge->problem, part->p->step);
    units.truth = "the reference";
    units.bits = part->bits;
    double factor = factor_of(part->p, part->gradient, first, count, part->bound, part->bits);
    char reading[96];
    if (reading_factor_text(reading, sizeof reading, factor, &units))
        snprintf(text, size, "%s %s", name, reading);
    else if (!known && isfinite(factor) && count > 1 && fabs(factor - 1) >= ldexp(1, -part->bits))
        snprintf(text, size, "%s %.4g times the reference", name, factor);
    else
        return false;
    return true;
}

/* Of all blocks of a quantity, which are one behind the other. */
static bool describe_whole(char *text, size_t size, const struct reading_part *part, bool known)
{
    const struct judge *judge = part->p->judge;
    size_t first = 0, count = 0;
    for (size_t b = 0; answer_next_block(&b, judge, part->quantity); b++) {
        first = count == 0 ? judge->block[b].first : first;
        count += size_of(&judge->block[b]);
    }
    return describe_part(text, size, part, case_quantity_name(part->quantity), first, count, known);
}

bool reading_look_factor(const struct reading_part *part, char *text, size_t size)
{
    return describe_whole(text, size, part, true);
}

bool reading_look_factor_of_part(const struct reading_part *part, char *text, size_t size)
{
    const struct judge *judge = part->p->judge;
    char name[64];
    if (describe_whole(text, size, part, false))
        return true;
    for (size_t b = 0; part->quantity <= CASE_DELAY && answer_next_block(&b, judge, part->quantity);
         b++) {
        const struct case_block *block = &judge->block[b];
        snprintf(name, sizeof name, "%s[%zu]", case_quantity_name(part->quantity),
                 block->projection);
        if (describe_part(text, size, part, name, block->first, size_of(block), false))
            return true;
    }
    return false;
}

bool reading_look_transposed(const struct reading_part *part, char *text, size_t size)
{
    const struct judge *judge = part->p->judge;
    double common = ldexp(part->p->size[part->quantity], -part->bits);
    for (size_t b = 0; part->quantity <= CASE_DELAY && answer_next_block(&b, judge, part->quantity);
         b++)
        if (transposed(part->p, part->gradient, &judge->block[b], part->bound, common)) {
            snprintf(text, size, "%s[%zu] transposed", case_quantity_name(part->quantity),
                     judge->block[b].projection);
            return true;
        }
    return false;
}

/* Numbers that are exactly 0, and not all are in the truth, or may be so by its rounding. */
static bool lost(const struct reading_part *part, size_t first, size_t count, double least)
{
    double largest = 0;
    for (size_t k = first; k < first + count; k++) {
        if (part->gradient[k] < 0 || part->gradient[k] > 0 || isnan(part->gradient[k]))
            return false;
        if (answer_says(part->p, part->p->judge->truth->gradient + k))
            largest = fmax(largest, fabs(middle(part->p->judge->truth->gradient + k)));
    }
    return largest > least;
}

bool reading_look_zero(const struct reading_part *part, char *text, size_t size)
{
    const struct judge *judge = part->p->judge;
    const char *name = case_quantity_name(part->quantity);
    double least = ldexp(part->p->size[part->quantity], -part->bits);
    for (size_t b = 0; part->quantity <= CASE_DELAY && answer_next_block(&b, judge, part->quantity);
         b++) {
        const struct case_block *block = &judge->block[b];
        if (lost(part, block->first, size_of(block), least)) {
            snprintf(text, size, "%s[%zu] exactly 0", name, block->projection);
            return true;
        }
        for (size_t row = 0; row < block->rows; row++)
            if (lost(part, block->first + row * block->columns, block->columns, least)) {
                snprintf(text, size, "%s[%zu] row %zu exactly 0", name, block->projection, row);
                return true;
            }
    }
    return false;
}

/* The error in the norm, relative to the norm of the reference's. */
static double part_off(const struct judge_answer *p, const double *gradient,
                       enum case_quantity quantity)
{
    const struct judge *judge = p->judge;
    double off = 0, size = 0;
    for (size_t b = 0; answer_next_block(&b, judge, quantity); b++)
        for (size_t n = 0; n < size_of(&judge->block[b]); n++) {
            size_t k = judge->block[b].first + n;
            if (!answer_says(p, judge->truth->gradient + k))
                continue;
            off = hypot(off, gradient[k] - middle(judge->truth->gradient + k));
            size = hypot(size, middle(judge->truth->gradient + k));
        }
    return off / size;
}

/* No factor, but small: by how much, if it may be what is left of right numbers. */
static bool small(const struct reading_part *part, double *off)
{
    *off = part_off(part->p, part->gradient, part->quantity);
    return *off <= ldexp(1, -VER_LOOKS_SINGLE_BITS) && part->p->engine->time == ENGINE_EXACT &&
           !part->p->single;
}

bool reading_look_solved(const struct reading_part *part, char *text, size_t size)
{
    double off;
    if (!small(part, &off) || !(off <= ldexp(1, -VER_LOOKS_SOLVED_BITS)))
        return false;
    snprintf(text, size, "%s equal to %.1e of their size, like a solver's tolerance",
             case_quantity_name(part->quantity), off);
    return true;
}

bool reading_look_single(const struct reading_part *part, char *text, size_t size)
{
    double off;
    if (!small(part, &off))
        return false;
    snprintf(text, size, "%s off by %.1e of their size: float32, and not declared?",
             case_quantity_name(part->quantity), off);
    return true;
}

bool reading_look_direction(const struct reading_part *part, char *text, size_t size)
{
    double cosine = agree_cosine(part->p, part->gradient, part->quantity);
    if (!isfinite(cosine))
        return false;
    snprintf(text, size, "%s no multiple of the reference's, cosine %.6f",
             case_quantity_name(part->quantity), cosine);
    return true;
}

void reading_gradient(struct judge_answer *p, const double *gradient, enum case_quantity quantity,
                      const double *bound, int bits)
{
    const struct reading_part part = {p, gradient, quantity, bound, bits};
    char text[160];
    for (const struct reading *row = reading_table; row->key && !p->out->diagnosis[0]; row++)
        if (row->look && row->look(&part, text, sizeof text))
            reading_name(p, row->key, false, text); /* most mistakes scale all alike */
}
