/* SPDX-License-Identifier: MIT */
/* reading_gradient.c: what a wrong gradient of another program looks like: a factor that has a
 * reading, a transposed matrix, or no more than its direction. This names; it decides nothing. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_answer.h"
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

static bool describe_part(char *text, size_t size, const struct judge_answer *p,
                          const double *gradient, const char *name, size_t first, size_t count,
                          const double *bound, int bits)
{
    struct reading_units units = reading_units_of(p->judge->problem, p->step);
    units.truth = "the reference";
    units.bits = bits;
    double factor = factor_of(p, gradient, first, count, bound, bits);
    char reading[96];
    if (reading_factor_text(reading, sizeof reading, factor, &units))
        snprintf(text, size, "%s %s", name, reading);
    else if (isfinite(factor) && count > 1 && fabs(factor - 1) >= ldexp(1, -bits))
        snprintf(text, size, "%s %.4g times the reference", name, factor);
    else
        return false;
    return true;
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

/* No factor: how far off, by size and by direction. */
static void describe_rest(char *text, size_t size, const struct judge_answer *p,
                          const double *gradient, enum case_quantity quantity)
{
    const char *name = case_quantity_name(quantity);
    double cosine = agree_cosine(p, gradient, quantity), off = part_off(p, gradient, quantity);
    bool small =
        off <= ldexp(1, -VER_LOOKS_SINGLE_BITS) && p->engine->time == ENGINE_EXACT && !p->single;
    if (small && off <= ldexp(1, -VER_LOOKS_SOLVED_BITS))
        snprintf(text, size, "%s equal to %.1e of their size, like a solver's tolerance", name,
                 off);
    else if (small)
        snprintf(text, size, "%s off by %.1e of their size: float32, and not declared?", name, off);
    else if (isfinite(cosine))
        snprintf(text, size, "%s no multiple of the reference's, cosine %.6f", name, cosine);
}

/* A whole quantity first, then matrix by matrix, then no more than its direction. */
void reading_gradient(struct judge_answer *p, const double *gradient, enum case_quantity quantity,
                      const double *bound, int bits)
{
    const struct judge *judge = p->judge;
    char *text = p->out->diagnosis, name[64];
    size_t size = sizeof p->out->diagnosis, first = 0, count = 0;
    if (text[0]) /* most mistakes scale all alike: the first one says it */
        return;
    for (size_t b = 0; answer_next_block(&b, judge, quantity); b++) {
        first = count == 0 ? judge->block[b].first : first;
        count += size_of(&judge->block[b]);
    }
    snprintf(name, sizeof name, "%s", case_quantity_name(quantity));
    if (describe_part(text, size, p, gradient, name, first, count, bound, bits))
        return;
    for (size_t b = 0; quantity <= CASE_DELAY && answer_next_block(&b, judge, quantity); b++) {
        const struct case_block *block = &judge->block[b];
        snprintf(name, sizeof name, "%s[%zu]", case_quantity_name(quantity), block->projection);
        if (transposed(p, gradient, block, bound, ldexp(p->size[quantity], -bits))) {
            snprintf(text, size, "%s transposed", name);
            return;
        }
        if (describe_part(text, size, p, gradient, name, block->first, size_of(block), bound, bits))
            return;
    }
    describe_rest(text, size, p, gradient, quantity);
}
