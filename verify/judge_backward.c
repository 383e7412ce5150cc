/* judge_backward.c: are the gradients and adjoints of the reference the derivatives of the loss?
 *
 * Along a direction c the gradient says sum_k g_k c_k, the witness says (L(p + hc) - L(p - hc)) /
 * 2h. Random directions move every parameter at once, so that one wrong number anywhere shows;
 * small cases are also taken coordinate by coordinate, which names the wrong one. An impulse into V
 * or I of a neuron asks for its adjoint: dL/dV = -tau_mem lambda_V, dL/dI = -tau_syn lambda_I. */
#include "verify/judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The slope along a direction, its natural size, and what stands in for a size of zero. */
struct slope {
    arb_t truth, scale, all;
};

static void slope_init(struct slope *slope)
{
    arb_init(slope->truth);
    arb_init(slope->scale);
    arb_init(slope->all);
}

static void slope_clear(struct slope *slope)
{
    arb_clear(slope->truth);
    arb_clear(slope->scale);
    arb_clear(slope->all);
}

static slong sum_bits(const struct judge *judge)
{
    return (slong)judge->truth->precision + VER_GUARD_BITS;
}

static void add_term(arb_t truth, arb_t scale, const arb_t gradient, double coefficient, slong bits)
{
    arb_t factor, term;
    arb_init(factor);
    arb_init(term);
    arb_set_d(factor, coefficient);
    arb_mul(term, gradient, factor, bits);
    arb_add(truth, truth, term, bits);
    arb_abs(term, term);
    arb_add(scale, scale, term, bits);
    arb_clear(factor);
    arb_clear(term);
}

static void slope_along(struct slope *slope, const struct judge *judge, size_t nudges)
{
    arb_zero(slope->truth);
    arb_zero(slope->scale);
    for (size_t k = 0; k < nudges; k++)
        add_term(slope->truth, slope->scale, judge->truth->gradient + judge->nudge[k].parameter,
                 judge->nudge[k].coefficient, sum_bits(judge));
}

/* sum over all parameters of |g| times natural size */
static void slope_of_all(struct slope *slope, const struct judge *judge)
{
    arb_t ignored;
    arb_init(ignored);
    arb_zero(slope->all);
    for (size_t k = 0; k < judge->parameters; k++)
        if (!ref_none_of(judge->truth, k))
            add_term(ignored, slope->all, judge->truth->gradient + k, judge->scale[k],
                     sum_bits(judge));
    arb_clear(ignored);
}

/* One difference and its comparison. */
static int compare_along(struct judge *judge, struct ver_comparison *comparison,
                         const struct slope *slope, const struct witness_direction *direction,
                         enum witness_side side)
{
    if (!comparison)
        return judge_no_memory(judge);
    struct witness_request request = {
        .digits = judge->options->digits * VER_WITNESS_DIGITS_PART / VER_WITNESS_DIGITS_WHOLE,
        .order_slack = VER_ORDER_SLACK,
        .precision_first = VER_PRECISION_FIRST,
        .precision_cap = VER_PRECISION_CAP,
    };
    struct witness_difference difference;
    enum witness_status status =
        witness_differentiate(&difference, judge->problem, direction, side, &request);
    int failed = 0;
    if (status == WITNESS_OK)
        ver_compare_difference(comparison, slope->truth, slope->scale, slope->all,
                               judge->truth->loss, &difference);
    else
        failed = judge_no_witness(judge, status);
    witness_difference_clear(&difference);
    return failed;
}

static int compare_directions(struct judge *judge, struct slope *slope)
{
    unsigned directions = judge->options->directions;
    if (judge->costly && directions > VER_COSTLY_DIRECTIONS)
        directions = VER_COSTLY_DIRECTIONS;
    for (unsigned d = 0; d < directions; d++) {
        struct witness_direction direction = {judge->nudge, judge_random_direction(judge, d), NULL};
        if (direction.nudges == 0)
            return 0;
        struct ver_comparison *c = judge_compare(judge, VER_KIND_DIRECTION, "direction");
        if (c)
            snprintf(c->index, sizeof c->index, "%u", d);
        slope_along(slope, judge, direction.nudges);
        if (compare_along(judge, c, slope, &direction, WITNESS_CENTRAL) != 0)
            return -1;
    }
    return 0;
}

static int compare_boundary(struct judge *judge, struct slope *slope)
{
    struct witness_direction direction = {judge->nudge, judge_boundary_direction(judge), NULL};
    if (direction.nudges == 0)
        return 0;
    slope_along(slope, judge, direction.nudges);
    struct ver_comparison *c = judge_compare(judge, VER_KIND_DIRECTION, "boundary");
    return compare_along(judge, c, slope, &direction, WITNESS_FORWARD);
}

static struct ver_comparison *compare_coordinate(struct judge *judge, size_t parameter)
{
    static const char *const quantity[CASE_QUANTITIES] = {
        "weights", "delays", "tau_mem", "tau_syn", "threshold", "bias", "spike_times",
    };
    const struct case_block *block = case_block_of(judge->block, judge->blocks, parameter);
    struct ver_comparison *c = judge_compare(judge, VER_KIND_COORDINATE, quantity[block->quantity]);
    if (c)
        case_parameter_name(c->index, sizeof c->index, judge->problem, judge->block, judge->blocks,
                            parameter);
    return c;
}

/* One side of a parameter without a derivative, by a difference on that side; sign: -1 left. */
static int compare_side(struct judge *judge, struct slope *slope, const struct ref_none *none,
                        int sign)
{
    size_t const k = none->parameter;
    struct ver_comparison *c = compare_coordinate(judge, k);
    if (!c)
        return judge_no_memory(judge);
    size_t const named = strlen(c->index);
    snprintf(c->index + named, sizeof c->index - named, " from %s", sign < 0 ? "below" : "above");
    judge->nudge[0] = (struct witness_nudge){k, sign * judge->scale[k]};
    struct witness_direction direction = {judge->nudge, 1, NULL};
    arb_zero(slope->truth);
    arb_zero(slope->scale);
    add_term(slope->truth, slope->scale, sign < 0 ? none->left : none->right,
             judge->nudge[0].coefficient, sum_bits(judge));
    return compare_along(judge, c, slope, &direction, WITNESS_FORWARD);
}

/* What has no derivative is counted as excluded, and compared by its sides where they are known and
 * can be reached. */
static int compare_sides(struct judge *judge, struct slope *slope)
{
    const struct ref_result *truth = judge->truth;
    for (size_t x = 0; x < truth->nones && x < VER_SIDES && !judge->costly; x++) {
        const struct ref_none *none = truth->none + x;
        if (!none->known)
            continue;
        if (compare_side(judge, slope, none, 1) != 0 ||
            (!judge->boundary[none->parameter] && compare_side(judge, slope, none, -1) != 0))
            return -1;
    }
    if (truth->nones == 0)
        return 0;
    struct ver_comparison *c = judge_compare(judge, VER_KIND_COORDINATE, "no_derivative");
    if (!c)
        return judge_no_memory(judge);
    c->outcome = VER_EXCLUDED;
    c->numbers = truth->nones;
    return 0;
}

static int compare_coordinates(struct judge *judge, struct slope *slope)
{
    for (size_t k = 0; k < judge->parameters; k++) {
        if (ref_none_of(judge->truth, k))
            continue;
        struct ver_comparison *c = compare_coordinate(judge, k);
        judge->nudge[0] = (struct witness_nudge){k, judge->scale[k]};
        struct witness_direction direction = {judge->nudge, 1, NULL};
        slope_along(slope, judge, 1);
        if (compare_along(judge, c, slope, &direction,
                          judge->boundary[k] ? WITNESS_FORWARD : WITNESS_CENTRAL) != 0)
            return -1;
    }
    return 0;
}

/* ---- adjoints ---- */

static int compare_adjoint(struct judge *judge, struct slope *slope, size_t number,
                           enum witness_port port)
{
    const struct ref_probe *probe = &judge->probe[number];
    const struct case_population *population = &judge->problem->population[probe->population];
    struct witness_impulse impulse = {probe->sample, probe->population, probe->neuron, probe->time,
                                      port};
    struct witness_direction direction = {NULL, 0, &impulse};
    const struct case_values *tau = port == WITNESS_V ? &population->tau_mem : &population->tau_syn;
    arb_srcptr lambda =
        (port == WITNESS_V ? judge->truth->probe_lambda_v : judge->truth->probe_lambda_i) + number;
    arb_zero(slope->truth);
    arb_zero(slope->scale);
    add_term(slope->truth, slope->scale, lambda, -case_value(tau, probe->neuron), sum_bits(judge));
    struct ver_comparison *c =
        judge_compare(judge, VER_KIND_ADJOINT, port == WITNESS_V ? "adjoint_V" : "adjoint_I");
    if (c)
        snprintf(c->index, sizeof c->index, "[%zu].%.20s[%zu] at %.17g", probe->sample,
                 population->name, probe->neuron, probe->time);
    return compare_along(judge, c, slope, &direction, WITNESS_CENTRAL);
}

static int compare_adjoints(struct judge *judge, struct slope *slope)
{
    double least = ldexp(judge->problem->end, VER_PROBE_BITS);
    if (!judge->truth->probe_lambda_v || !judge->truth->probe_lambda_i)
        return judge_end(judge, VER_ERROR, "the reference returned no adjoints");
    for (size_t k = 0; k < judge->probes; k++) {
        if (!(judge_probe_gap(judge, &judge->probe[k]) >= least))
            continue;
        if (judge->truth->probe_none[k]) {
            struct ver_comparison *c = judge_compare(judge, VER_KIND_ADJOINT, "no_derivative");
            if (!c)
                return judge_no_memory(judge);
            c->outcome = VER_EXCLUDED;
            continue;
        }
        if (compare_adjoint(judge, slope, k, WITNESS_V) != 0 ||
            compare_adjoint(judge, slope, k, WITNESS_I) != 0)
            return -1;
    }
    return 0;
}

int judge_backward(struct judge *judge)
{
    struct slope slope;
    slope_init(&slope);
    slope_of_all(&slope, judge);
    int failed = compare_directions(judge, &slope);
    if (!failed)
        failed = compare_boundary(judge, &slope);
    if (!failed && judge->thorough && !judge->costly && judge->parameters <= VER_ALL_COORDINATES)
        failed = compare_coordinates(judge, &slope);
    if (!failed)
        failed = compare_sides(judge, &slope);
    if (!failed)
        failed = compare_adjoints(judge, &slope);
    slope_clear(&slope);
    return failed;
}
