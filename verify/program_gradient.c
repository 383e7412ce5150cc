/* program_gradient.c: gradients of another program against the reference's: every value; and
 * direction, scale and sign apart, since a program may differ in one of them and be right in the
 * others. What is wrong is named where it looks like something known. */
#include "verify/bounds.h"
#include "verify/program_judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double middle(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

const char *program_quantity_name(enum case_quantity quantity)
{
    static const char *const name[] = {"weights",   "delays", "tau_mem",    "tau_syn",
                                       "threshold", "bias",   "spike_times"};
    return name[quantity];
}

/* ---- one quantity, all its blocks ---- */

struct sums {
    double across, own, squares; /* got . want, |got|^2, |want|^2 */
    double reach;                /* bound . |want| */
    size_t numbers;
};

static bool next_block(size_t *b, const struct judge *judge, enum case_quantity quantity)
{
    while (*b < judge->blocks && judge->block[*b].quantity != quantity)
        (*b)++;
    return *b < judge->blocks;
}

static size_t size_of(const struct case_block *block)
{
    return block->rows * block->columns;
}

/* bound: of every block, or NULL. */
static struct sums sum_up(const struct judge *judge, const double *gradient,
                          enum case_quantity quantity, const double *bound)
{
    struct sums sums = {0, 0, 0, 0, 0};
    for (size_t b = 0; next_block(&b, judge, quantity); b++)
        for (size_t k = judge->block[b].first;
             k < judge->block[b].first + size_of(&judge->block[b]); k++) {
            if (ref_none_of(judge->truth, k))
                continue;
            double want = middle(judge->truth->gradient + k);
            sums.across += gradient[k] * want;
            sums.own += gradient[k] * gradient[k];
            sums.squares += want * want;
            sums.reach += bound ? bound[b] * fabs(want) : 0;
            sums.numbers++;
        }
    return sums;
}

struct worst {
    double ratio;
    size_t parameter;
};

/* Largest |gradient - factor truth| in bounds, which grow with the factor; the factor itself is
 * known to slack. NaN is worst. */
static struct worst find_worst(const struct judge *judge, const double *gradient,
                               enum case_quantity quantity, const double *bound, double factor,
                               double slack)
{
    struct worst worst = {-1, 0};
    for (size_t b = 0; next_block(&b, judge, quantity); b++)
        for (size_t k = judge->block[b].first;
             k < judge->block[b].first + size_of(&judge->block[b]); k++) {
            if (ref_none_of(judge->truth, k))
                continue;
            double want = middle(judge->truth->gradient + k);
            double error = fabs(gradient[k] - factor * want);
            double within = bound[b] * fmax(fabs(factor), 1) + slack * fabs(want);
            double ratio = error == 0 ? 0 : error / within;
#if FAULT != 143 /* no number is within its bound */
            if (!isnan(worst.ratio) && !(ratio <= worst.ratio))
#else
            if (ratio > worst.ratio)
#endif
                worst = (struct worst){ratio, k};
        }
    return worst;
}

/* ---- the comparisons ---- */

/* Names that live as long as the program: the quantity, and three parts of it. */
static const char *part_name(enum case_quantity quantity, int part)
{
    static const char *const name[CASE_QUANTITIES][3] = {
        {"weights_direction", "weights_scale", "weights_sign"},
        {"delays_direction", "delays_scale", "delays_sign"},
        {"tau_mem_direction", "tau_mem_scale", "tau_mem_sign"},
        {"tau_syn_direction", "tau_syn_scale", "tau_syn_sign"},
        {"threshold_direction", "threshold_scale", "threshold_sign"},
        {"bias_direction", "bias_scale", "bias_sign"},
        {"spike_times_direction", "spike_times_scale", "spike_times_sign"},
    };
    return name[quantity][part];
}

static struct ver_comparison *tell(struct program_case *p, const char *name, double ratio)
{
    struct ver_comparison *c = program_compare(p, VER_KIND_ANSWER, name);
    if (c) {
        c->distance = ratio;
#if FAULT != 142 /* every gradient of a program agrees */
        c->outcome = ratio <= 1 ? VER_AGREES : VER_DIFFERS;
#else
        c->outcome = VER_AGREES;
#endif
    }
    return c;
}

/* Parts of a gradient that has a direction. 0, or -1. */
static int tell_parts(struct program_case *p, const double *gradient, enum case_quantity quantity,
                      const struct program_move *move, const struct sums *sums)
{
    const struct judge *judge = p->judge;
    double factor = sums->across / sums->squares;
    double cosine = sums->across / (sqrt(sums->squares) * sqrt(sums->own));
    double scale = fabs(fabs(factor) - 1) * sums->squares / sums->reach;
    struct worst worst = find_worst(judge, gradient, quantity, move->block, factor,
                                    fmax(fabs(factor), 1) * sums->reach / sums->squares);
    struct ver_comparison *c = tell(p, part_name(quantity, 0), worst.ratio);
    if (!c)
        return judge_no_memory(p->judge);
    case_parameter_name(c->index, sizeof c->index, judge->problem, judge->block, judge->blocks,
                        worst.parameter);
    snprintf(c->value, sizeof c->value, "cosine 1");
    snprintf(c->reference, sizeof c->reference, "cosine %.15g", cosine);
    if (!(c = tell(p, part_name(quantity, 1), scale)))
        return judge_no_memory(p->judge);
    snprintf(c->value, sizeof c->value, "1");
    snprintf(c->reference, sizeof c->reference, "%.17g", fabs(factor));
    /* The sign of what is zero but for rounding is none. */
    double turned = factor > 0 ? 0 : fabs(factor - 1) * sums->squares / sums->reach;
    if (!(c = tell(p, part_name(quantity, 2), turned)))
        return judge_no_memory(p->judge);
    snprintf(c->value, sizeof c->value, "+");
    snprintf(c->reference, sizeof c->reference, "%s", factor > 0 ? "+" : factor < 0 ? "-" : "none");
    return 0;
}

static int judge_quantity(struct program_case *p, const struct program_move *move,
                          enum case_quantity quantity)
{
    const struct judge *judge = p->judge;
    const double *gradient = p->answer->gradient;
    struct sums sums = sum_up(judge, gradient, quantity, move->block);
    if (sums.numbers == 0) /* an empty list says nothing */
        return 0;
    struct worst worst = find_worst(judge, gradient, quantity, move->block, 1, 0);
    struct ver_comparison *c = tell(p, program_quantity_name(quantity), worst.ratio);
    if (!c)
        return judge_no_memory(p->judge);
    bool wrong = c->outcome == VER_DIFFERS;
    c->numbers = sums.numbers;
    case_parameter_name(c->index, sizeof c->index, judge->problem, judge->block, judge->blocks,
                        worst.parameter);
    snprintf(c->value, sizeof c->value, "%.17g", middle(judge->truth->gradient + worst.parameter));
    snprintf(c->reference, sizeof c->reference, "%.17g", gradient[worst.parameter]);
    if (wrong)
        program_diagnose(p, gradient, quantity, move->block, VER_FACTOR_BITS);
    return sums.squares > 0 ? tell_parts(p, gradient, quantity, move, &sums) : 0;
}

int program_judge_gradients(struct program_case *p, const struct program_move *move)
{
    for (int q = 0; q < CASE_QUANTITIES; q++)
        if (p->answer->provides[q] && judge_quantity(p, move, (enum case_quantity)q) != 0)
            return -1;
    return 0;
}

void program_describe(char *text, size_t size, const struct program_case *p, const double *gradient,
                      enum case_quantity quantity)
{
    struct sums sums = sum_up(p->judge, gradient, quantity, NULL);
    text[0] = '\0';
    if (sums.squares > 0)
        snprintf(text, size, "cosine %.6f scale %.6g",
                 sums.across / (sqrt(sums.squares) * sqrt(sums.own)), sums.across / sums.squares);
}

/* ---- what it looks like ---- */

static struct clock_units units_of(const struct program_case *p, int bits)
{
    const struct case_problem *c = p->judge->problem;
    const struct case_population *outputs = &c->population[c->loss.population];
    bool one_mem = outputs->tau_mem.count == 1, one_syn = outputs->tau_syn.count == 1;
    return (struct clock_units){
        .tau_mem = one_mem ? outputs->tau_mem.at[0] : VER_NAN,
        .tau_syn = one_syn ? outputs->tau_syn.at[0] : VER_NAN,
        .end = c->end,
        .step = p->step > 0 ? p->step : VER_NAN,
        .samples = (double)c->samples,
        .truth = "the reference",
        .bits = bits,
    };
}

/* The factor of count numbers from first on, each known to bound; NaN if there is none. */
static double factor_of(const struct program_case *p, const double *gradient, size_t first,
                        size_t count, double bound, int bits)
{
    double cosine = VER_NAN, across = 0, squares = 0;
    arb_srcptr truth = p->judge->truth->gradient + first;
    for (size_t k = 0; k < count; k++) {
        across += gradient[first + k] * middle(truth + k);
        squares += middle(truth + k) * middle(truth + k);
    }
    mag_ptr bounds = _mag_vec_init((slong)count);
    for (size_t k = 0; k < count; k++)
        mag_set_d(bounds + k, bound);
    double factor = clock_common_factor(gradient + first, truth, bounds, count, &cosine);
    _mag_vec_clear(bounds, (slong)count);
    bool direction = count > 1 && 1 - fabs(cosine) <= ldexp(1, -bits);
    return isnan(factor) && bits != VER_FACTOR_BITS && direction ? across / squares : factor;
}

/* Are these the numbers of the transposed matrix, written in a row? */
static bool transposed(const struct program_case *p, const double *gradient,
                       const struct case_block *block, double bound)
{
    size_t moved = 0;
    for (size_t i = 0; i < block->rows; i++)
        for (size_t j = 0; j < block->columns; j++) {
            double want = middle(p->judge->truth->gradient + block->first + i * block->columns + j);
            if (!(fabs(gradient[block->first + j * block->rows + i] - want) <= bound))
                return false;
            moved += !(fabs(gradient[block->first + i * block->columns + j] - want) <= bound);
        }
    return moved > 0;
}

static bool describe_part(char *text, size_t size, const struct program_case *p,
                          const double *gradient, const char *name, size_t first, size_t count,
                          double bound, int bits)
{
    const struct clock_units units = units_of(p, bits);
    double factor = factor_of(p, gradient, first, count, bound, bits);
    char reading[96];
    if (clock_factor_text(reading, sizeof reading, factor, &units))
        snprintf(text, size, "%s %s", name, reading);
    else if (isfinite(factor) && count > 1 && fabs(factor - 1) >= ldexp(1, -bits))
        snprintf(text, size, "%s %.4g times the reference", name, factor);
    else
        return false;
    return true;
}

/* A whole quantity first, then matrix by matrix, then no more than its direction. */
void program_diagnose(struct program_case *p, const double *gradient, enum case_quantity quantity,
                      const double *bound, int bits)
{
    const struct judge *judge = p->judge;
    char *text = p->out->diagnosis, name[64];
    size_t size = sizeof p->out->diagnosis, first = 0, count = 0;
    double largest = 0;
    if (text[0]) /* most mistakes scale all alike: the first one says it */
        return;
    for (size_t b = 0; next_block(&b, judge, quantity); b++) {
        first = count == 0 ? judge->block[b].first : first;
        count += size_of(&judge->block[b]);
        largest = fmax(largest, bound ? bound[b] : 0);
    }
    snprintf(name, sizeof name, "%s", program_quantity_name(quantity));
    if (describe_part(text, size, p, gradient, name, first, count, largest, bits))
        return;
    for (size_t b = 0; quantity <= CASE_DELAY && next_block(&b, judge, quantity); b++) {
        const struct case_block *block = &judge->block[b];
        double within = bound ? bound[b] : ldexp(p->size[quantity], -bits);
        snprintf(name, sizeof name, "%s[%zu]", program_quantity_name(quantity), block->projection);
        if (transposed(p, gradient, block, within)) {
            snprintf(text, size, "%s transposed", name);
            return;
        }
        if (describe_part(text, size, p, gradient, name, block->first, size_of(block),
                          bound ? bound[b] : 0, bits))
            return;
    }
    struct sums sums = sum_up(judge, gradient, quantity, NULL);
    double cosine = sums.across / (sqrt(sums.squares) * sqrt(sums.own));
    if (isfinite(cosine) && sums.numbers > 1)
        snprintf(text, size, "%s no multiple of the reference's, cosine %.6f",
                 program_quantity_name(quantity), cosine);
}
