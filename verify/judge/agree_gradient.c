/* SPDX-License-Identifier: MIT */
/* agree_gradient.c: gradients of another program against the reference's: every value; and
 * direction, scale and sign apart, since a program may differ in one of them and be right in the
 * others. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_answer.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- one quantity, all its blocks ---- */

struct sums {
    double across, own, squares; /* got . want, |got|^2, |want|^2 */
    double reach;                /* bound . |want| */
    size_t numbers;
};

bool answer_next_block(size_t *b, const struct judge *judge, enum case_quantity quantity)
{
    while (*b < judge->blocks && judge->block[*b].quantity != quantity)
        (*b)++;
    return *b < judge->blocks;
}

static size_t size_of(const struct case_block *block)
{
    return block->rows * block->columns;
}

/* The numbers of a quantity one after the other, those that can be judged: what has no derivative,
 * or none that the program can say, is left out. */
struct cursor {
    size_t block, next, parameter;
};

static bool next_number(struct cursor *at, const struct judge_answer *p,
                        enum case_quantity quantity)
{
    const struct judge *judge = p->judge;
    for (; answer_next_block(&at->block, judge, quantity); at->block++) {
        const struct case_block *block = &judge->block[at->block];
        at->next = at->next < block->first ? block->first : at->next;
        while (at->next < block->first + size_of(block)) {
            at->parameter = at->next++;
            if (answer_says(p, judge->truth->gradient + at->parameter))
                return true;
        }
    }
    return false;
}

/* The exponent of the largest number: sums of squares are of numbers over 2^it, as squares of 1e300
 * are none. */
static int exponent_of(const struct judge_answer *p, const double *gradient,
                       enum case_quantity quantity)
{
    double largest = 0;
    int exponent = 0;
    for (struct cursor at = {0}; next_number(&at, p, quantity);) {
        largest = fmax(largest, fabs(middle(p->judge->truth->gradient + at.parameter)));
        if (isfinite(gradient[at.parameter]))
            largest = fmax(largest, fabs(gradient[at.parameter]));
    }
    frexp(largest, &exponent);
    return exponent;
}

/* bound: of every parameter, or NULL. */
static struct sums sum_up(const struct judge_answer *p, const double *gradient,
                          enum case_quantity quantity, const double *bound)
{
    struct sums sums = {0, 0, 0, 0, 0};
    int exponent = exponent_of(p, gradient, quantity);
    for (struct cursor at = {0}; next_number(&at, p, quantity); sums.numbers++) {
        double want = ldexp(middle(p->judge->truth->gradient + at.parameter), -exponent);
        double got = ldexp(gradient[at.parameter], -exponent);
        sums.across += got * want;
        sums.own += got * got;
        sums.squares += want * want;
        sums.reach += bound ? ldexp(bound[at.parameter], -exponent) * fabs(want) : 0;
    }
    return sums;
}

struct worst {
    double ratio;
    size_t parameter;
};

double agree_ratio(double got, double want, double bound)
{
    double error = fabs(got - want);
    return error == 0 ? 0 : error / bound;
}

/* Largest |gradient - factor truth| in bounds, which grow with the factor; the factor itself is
 * known to slack. NaN is worst. */
static struct worst find_worst(const struct judge_answer *p, const double *gradient,
                               enum case_quantity quantity, const double *bound, double factor,
                               double slack)
{
    struct worst worst = {-1, 0};
    for (struct cursor at = {0}; next_number(&at, p, quantity);) {
        double want = middle(p->judge->truth->gradient + at.parameter);
        double within = bound[at.parameter] * fmax(fabs(factor), 1) + slack * fabs(want);
        double ratio = agree_ratio(gradient[at.parameter], factor * want, within);
        if (!isnan(worst.ratio) && !(ratio <= worst.ratio))
            worst = (struct worst){ratio, at.parameter};
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

static struct ver_comparison *tell(struct judge_answer *p, const char *name, double ratio)
{
    struct ver_comparison *c = answer_compare(p, VER_KIND_ANSWER, name);
    if (c) {
        c->distance = ratio;
        c->outcome = ratio <= 1 ? VER_AGREES : VER_DIFFERS;
    }
    return c;
}

/* Parts of a gradient that has a direction. 0, or -1. */
static int tell_parts(struct judge_answer *p, const double *gradient, enum case_quantity quantity,
                      const struct agree_move *move, const struct sums *sums)
{
    const struct judge *judge = p->judge;
    double factor = sums->across / sums->squares;
    double cosine = sums->across / (sqrt(sums->squares) * sqrt(sums->own));
    double scale = fabs(fabs(factor) - 1) * sums->squares / sums->reach;
    struct worst worst = find_worst(p, gradient, quantity, move->parameter, factor,
                                    fmax(fabs(factor), 1) * sums->reach / sums->squares);
    struct ver_comparison *c = tell(p, part_name(quantity, 0), worst.ratio);
    if (!c)
        return judge_no_memory(p->judge);
    case_parameter_name(c->index, sizeof c->index, judge->problem, judge->block, judge->blocks,
                        worst.parameter);
    snprintf(c->value, sizeof c->value, "cosine 1");
    if (isnan(cosine)) /* whose sign says nothing */
        snprintf(c->reference, sizeof c->reference, "cosine nan");
    else
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

/* What is left out of a quantity, by number and reason. 0, or -1. */
static int tell_left_out(struct judge_answer *p, enum case_quantity quantity)
{
    const struct judge *judge = p->judge;
    const char *name = case_quantity_name(quantity);
    size_t none = 0, beyond = 0;
    for (size_t b = 0; answer_next_block(&b, judge, quantity); b++)
        for (size_t k = judge->block[b].first;
             k < judge->block[b].first + size_of(&judge->block[b]); k++) {
            bool underived = ref_none_of(judge->truth, k) != NULL;
            none += underived;
            beyond += !underived && !answer_says(p, judge->truth->gradient + k);
        }
    if (none > 0 && answer_set_apart(p, name, none, "no derivative there") != 0)
        return -1;
    return beyond > 0 ? answer_set_apart(p, name, beyond, answer_beyond(p)) : 0;
}

static bool all_zero(const struct judge *judge)
{
    for (size_t k = 0; k < judge->parameters; k++)
        if (!arb_is_zero(judge->truth->gradient + k) && !ref_none_of(judge->truth, k))
            return false;
    return true;
}

/* Of the furthest number, in units of the largest of its kind. */
static double digits_of(const struct judge_answer *p, enum case_quantity quantity)
{
    double furthest = 0;
    for (struct cursor at = {0}; next_number(&at, p, quantity);) {
        double want = middle(p->judge->truth->gradient + at.parameter);
        double off = fabs(p->answer->gradient[at.parameter] - want);
        furthest = off <= furthest ? furthest : off; /* NaN stays */
    }
    return answer_digits(furthest, p->size[quantity]);
}

static int judge_quantity(struct judge_answer *p, const struct agree_move *move,
                          enum case_quantity quantity)
{
    const struct judge *judge = p->judge;
    const double *gradient = p->answer->gradient;
    struct sums sums = sum_up(p, gradient, quantity, move->parameter);
    if (tell_left_out(p, quantity) != 0)
        return -1;
    if (sums.numbers == 0) /* an empty list says nothing */
        return 0;
    struct worst worst = find_worst(p, gradient, quantity, move->parameter, 1, 0);
    if (worst.ratio <= 1 && all_zero(judge)) {
        snprintf(p->out->reason, sizeof p->out->reason, "%s", AGREE_ALL_ZERO);
        return answer_set_apart(p, case_quantity_name(quantity), sums.numbers, AGREE_ALL_ZERO);
    }
    struct ver_comparison *c = tell(p, case_quantity_name(quantity), worst.ratio);
    if (!c)
        return judge_no_memory(p->judge);
    bool wrong = c->outcome == VER_DIFFERS;
    c->numbers = sums.numbers;
    c->digits = digits_of(p, quantity);
    case_parameter_name(c->index, sizeof c->index, judge->problem, judge->block, judge->blocks,
                        worst.parameter);
    snprintf(c->value, sizeof c->value, "%.17g", middle(judge->truth->gradient + worst.parameter));
    snprintf(c->reference, sizeof c->reference, "%.17g", gradient[worst.parameter]);
    if (wrong)
        reading_gradient(p, gradient, quantity, move->parameter, VER_FACTOR_BITS);
    return sums.squares > 0 ? tell_parts(p, gradient, quantity, move, &sums) : 0;
}

int agree_judge_gradients(struct judge_answer *p, const struct agree_move *move)
{
    for (int q = 0; q < CASE_QUANTITIES; q++)
        if (p->answer->provides[q] && judge_quantity(p, move, (enum case_quantity)q) != 0)
            return -1;
    return 0;
}

double agree_cosine(const struct judge_answer *p, const double *gradient,
                    enum case_quantity quantity)
{
    struct sums sums = sum_up(p, gradient, quantity, NULL);
    return sums.numbers > 1 ? sums.across / (sqrt(sums.squares) * sqrt(sums.own)) : VER_NAN;
}

void agree_describe(char *text, size_t size, const struct judge_answer *p, const double *gradient,
                    enum case_quantity quantity)
{
    struct sums sums = sum_up(p, gradient, quantity, NULL);
    text[0] = '\0';
    if (sums.squares > 0)
        snprintf(text, size, "cosine %.6f scale %.6g",
                 sums.across / (sqrt(sums.squares) * sqrt(sums.own)), sums.across / sums.squares);
}
