/* SPDX-License-Identifier: MIT */
/* judge_backward.c: are the gradients of the reference the derivatives of the loss?
 *
 * Along a direction c the gradient says sum_k g_k c_k, the witness says (L(p + hc) - L(p - hc)) /
 * 2h. Random directions move every parameter at once, so that one wrong number anywhere shows;
 * small cases are also taken coordinate by coordinate, which names the wrong one. Where events
 * change places along a direction, each side is asked by itself: the gradient must be the
 * derivative on both. A parameter without a derivative is left out of all directions and counted;
 * what the reference says of its two sides is held against one-sided differences. */
#include "verify/judge/judge.h"

#include <math.h>
#include <string.h>

void judge_slope_init(struct judge_slope *slope)
{
    arb_init(slope->truth);
    arb_init(slope->scale);
}

void judge_slope_clear(struct judge_slope *slope)
{
    arb_clear(slope->truth);
    arb_clear(slope->scale);
}

void judge_slope_add(struct judge_slope *slope, const struct judge *judge, const arb_t derivative,
                     double coefficient)
{
    slong bits = (slong)judge->truth->precision + VER_GUARD_BITS;
    arb_t factor, term;
    arb_init(factor);
    arb_init(term);
    arb_set_d(factor, coefficient);
    arb_mul(term, derivative, factor, bits);
    arb_add(slope->truth, slope->truth, term, bits);
    arb_abs(term, term);
    arb_add(slope->scale, slope->scale, term, bits);
    arb_clear(factor);
    arb_clear(term);
}

/* ---- one difference ---- */

/* First precision: VER_PRECISION_FIRST, or more where the loss is so much larger than what any
 * parameter does to it that its rounding would hide all derivatives; see bounds.h. */
static long first_precision(const struct judge *judge, long digits)
{
    arf_t loss, all;
    arf_init(loss);
    arf_init(all);
    arb_get_abs_ubound_arf(loss, judge->truth->loss, MAG_BITS);
    arb_get_abs_lbound_arf(all, judge->all, MAG_BITS);
    bool quadrature = judge->problem->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY;
    long least = quadrature ? VER_QUADRATURE_FIRST : VER_PRECISION_FIRST;
    double need = (double)least;
    if (!arf_is_zero(all) && arf_is_finite(loss) && arf_cmp_si(loss, 1) > 0)
        need = VER_FLOOR_BITS((double)arf_abs_bound_lt_2exp_si(loss) -
                                  (double)arf_abs_bound_lt_2exp_si(all),
                              fmax(VER_SCALE_BITS, (double)digits * log2(10)));
    arf_clear(loss);
    arf_clear(all);
    if (!(need > (double)least && need < (double)judge->options->precision_cap))
        return least;
    return (lround(need) / 64 + 1) * 64;
}

/* One difference and its comparison; its place among them into *number. */
static int ask_side(struct judge *judge, const struct judge_question *question,
                    enum witness_side side, const char *where, size_t *number)
{
    struct ver_comparison *c = judge_compare(judge, question->kind, question->quantity);
    if (!c)
        return judge_no_memory(judge);
    *number = judge->out->comparisons - 1;
    snprintf(c->index, sizeof c->index, "%.90s%s", question->index, where);
    long digits = judge->options->digits * VER_WITNESS_DIGITS_PART / VER_WITNESS_DIGITS_WHOLE;
    long first = first_precision(judge, digits);
    struct witness_request request = {
        .digits = digits,
        .order_slack = VER_ORDER_SLACK,
        .precision_first = first,
        .precision_cap = VER_PRECISION_CAP + 2 * (first - VER_PRECISION_FIRST),
        .share = judge->share,
    };
    struct witness_difference difference;
    enum witness_status status =
        witness_differentiate(&difference, judge->problem, &question->direction, side, &request);
    if (status == WITNESS_OK)
        ver_compare_difference(c, question->slope->truth, question->slope->scale, judge->all,
                               judge->truth->loss, &difference);
    else
        judge->out->comparisons--; /* nothing was compared, so nothing differs */
    witness_difference_clear(&difference);
    return status == WITNESS_OK ? 0 : judge_no_witness(judge, status);
}

int judge_ask(struct judge *judge, const struct judge_question *question)
{
    size_t number, other;
    const struct witness_direction *along = &question->direction;
    if (ask_side(judge, question, question->side, "", &number) != 0)
        return -1;
    if (question->side == WITNESS_CENTRAL &&
        judge->out->comparison[number].class_ == WITNESS_ORDER_CHANGE) {
        if (ask_side(judge, question, WITNESS_FORWARD, " from above", &number) != 0 ||
            ask_side(judge, question, WITNESS_BACKWARD, " from below", &other) != 0)
            return -1;
        if (judge->out->comparison[other].outcome != VER_AGREES)
            return 0;
    }
    bool agrees = judge->out->comparison[number].outcome == VER_AGREES;
    for (size_t k = 0; agrees && k < along->nudges; k++)
        judge->covered[along->nudge[k].parameter] = true;
    return 0;
}

/* ---- directions ---- */

static void slope_along(struct judge_slope *slope, const struct judge *judge, size_t nudges)
{
    arb_zero(slope->truth);
    arb_zero(slope->scale);
    for (size_t k = 0; k < nudges; k++)
        judge_slope_add(slope, judge, judge->truth->gradient + judge->nudge[k].parameter,
                        judge->nudge[k].coefficient);
}

static int compare_directions(struct judge *judge, struct judge_slope *slope)
{
    unsigned directions = judge->options->directions;
    if (judge->costly && directions > VER_COSTLY_DIRECTIONS)
        directions = VER_COSTLY_DIRECTIONS;
    for (unsigned d = 0; d < directions; d++) {
        size_t nudges = judge_random_direction(judge, d);
        if (nudges == 0)
            return 0;
        struct judge_question question = {.kind = VER_KIND_DIRECTION,
                                          .quantity = "direction",
                                          .slope = slope,
                                          .direction = {judge->nudge, nudges, NULL}};
        snprintf(question.index, sizeof question.index, "%u", d);
        slope_along(slope, judge, nudges);
        if (judge_ask(judge, &question) != 0)
            return -1;
    }
    return 0;
}

static int compare_boundary(struct judge *judge, struct judge_slope *slope)
{
    size_t nudges = judge_boundary_direction(judge);
    if (nudges == 0)
        return 0;
    struct judge_question question = {.kind = VER_KIND_DIRECTION,
                                      .quantity = "boundary",
                                      .slope = slope,
                                      .direction = {judge->nudge, nudges, NULL},
                                      .side = WITNESS_FORWARD};
    slope_along(slope, judge, nudges);
    return judge_ask(judge, &question);
}

/* ---- coordinates ---- */

static const char *quantity_of(const struct judge *judge, size_t parameter)
{
    return case_quantity_name(case_block_of(judge->block, judge->blocks, parameter)->quantity);
}

/* truth: the derivative, or the one of the side that is asked. */
static int compare_coordinate(struct judge *judge, struct judge_slope *slope, size_t parameter,
                              arb_srcptr truth, enum witness_side side, const char *where)
{
    char name[80];
    judge->nudge[0] = (struct ref_nudge){parameter, judge->scale[parameter]};
    struct judge_question question = {.kind = VER_KIND_COORDINATE,
                                      .quantity = quantity_of(judge, parameter),
                                      .slope = slope,
                                      .direction = {judge->nudge, 1, NULL},
                                      .side = side};
    case_parameter_name(name, sizeof name, judge->problem, judge->block, judge->blocks, parameter);
    snprintf(question.index, sizeof question.index, "%s%s", name, where);
    arb_zero(slope->truth);
    arb_zero(slope->scale);
    judge_slope_add(slope, judge, truth, judge->scale[parameter]);
    return judge_ask(judge, &question);
}

static int compare_coordinates(struct judge *judge, struct judge_slope *slope)
{
    for (size_t k = 0; k < judge->parameters; k++)
        if (!judge->none[k] &&
            compare_coordinate(judge, slope, k, judge->truth->gradient + k,
                               judge->boundary[k] ? WITNESS_FORWARD : WITNESS_CENTRAL, "") != 0)
            return -1;
    return 0;
}

/* ---- parameters without a derivative ---- */

static int tell_none(struct judge *judge, const struct ref_none *none)
{
    struct ver_comparison *c =
        judge_compare(judge, VER_KIND_COORDINATE, quantity_of(judge, none->parameter));
    if (!c)
        return judge_no_memory(judge);
    case_parameter_name(c->index, sizeof c->index, judge->problem, judge->block, judge->blocks,
                        none->parameter);
    c->class_ = VER_NO_DERIVATIVE;
    c->outcome = VER_EXCLUDED;
    snprintf(c->reference, sizeof c->reference, "none: %s", ref_none_name(none->kind));
    return 0;
}

static int compare_nones(struct judge *judge, struct judge_slope *slope)
{
    const struct ref_result *truth = judge->truth;
    size_t asked = judge->costly ? 1 : VER_ALL_COORDINATES;
    for (size_t x = 0; x < truth->nones; x++) {
        const struct ref_none *none = &truth->none[x];
        size_t k = none->parameter;
        if (tell_none(judge, none) != 0)
            return -1;
        if (!none->known || x >= asked)
            continue;
        if (compare_coordinate(judge, slope, k, none->right, WITNESS_FORWARD, " from above") != 0 ||
            (!judge->boundary[k] &&
             compare_coordinate(judge, slope, k, none->left, WITNESS_BACKWARD, " from below") != 0))
            return -1;
    }
    return 0;
}

int judge_backward(struct judge *judge)
{
    struct judge_slope slope;
    judge_slope_init(&slope);
    int failed = compare_directions(judge, &slope);
    if (!failed)
        failed = compare_boundary(judge, &slope);
    if (!failed)
        failed = compare_nones(judge, &slope);
    size_t most = judge->problem->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY &&
                          judge->problem->loss.weighting == CASE_SIGMOID
                      ? VER_QUADRATURE_COORDINATES
                      : VER_ALL_COORDINATES;
    if (!failed && !judge->costly && judge->parameters <= most)
        failed = compare_coordinates(judge, &slope);
    judge_slope_clear(&slope);
    return failed;
}
