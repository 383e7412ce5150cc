/* SPDX-License-Identifier: MIT */
/* agree_move.c: how far may a program be from the truth that computes in floating point, but
 * rightly? What it prints is the exact answer to a problem whose numbers are moved by its rounding
 * (backward analysis); so the reference is asked about such problems, and what its answers move by
 * is the bound of each number (bounds.h).
 *
 * A few problems where every number is moved, up or down, give less than the bound: who agrees
 * within that agrees. For who does not, every number is moved by itself, and the sizes of all moves
 * are added up: no two of them can cancel. Where a margin moves by as much as it is wide, rounding
 * may decide otherwise, and nothing can be said. */
#include "verify/judge/judge_answer.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>

/* ---- all numbers of a result, in one row ---- */

static size_t spikes_of(const struct ref_result *r)
{
    size_t count = 0;
    for (size_t s = 0; s < r->samples; s++)
        for (size_t p = 0; p < r->populations; p++)
            for (size_t n = 0; n < r->size[p]; n++)
                count += r->sample[s].spikes[p][n].count;
    return count;
}

bool agree_same_counts(const struct ref_result *a, const struct ref_result *b)
{
    for (size_t s = 0; s < a->samples; s++)
        for (size_t p = 0; p < a->populations; p++)
            for (size_t n = 0; n < a->size[p]; n++)
                if (a->sample[s].spikes[p][n].count != b->sample[s].spikes[p][n].count)
                    return false;
    return true;
}

static void collect(arb_srcptr *row, const struct ref_result *r)
{
    *row++ = r->loss;
    for (size_t s = 0; s < r->samples; s++)
        *row++ = r->sample[s].loss;
    for (int m = 0; m < REF_MARGINS; m++)
        *row++ = r->margin[m];
    for (size_t s = 0; s < r->samples; s++)
        for (size_t p = 0; p < r->populations; p++)
            for (size_t n = 0; n < r->size[p]; n++)
                for (size_t k = 0; k < r->sample[s].spikes[p][n].count; k++)
                    *row++ = r->sample[s].spikes[p][n].at + k;
    for (size_t k = 0; k < r->parameters; k++)
        *row++ = r->gradient + k;
}

static int prepare(struct agree_move *move, const struct judge *judge)
{
    const struct ref_result *truth = judge->truth;
    size_t spikes = spikes_of(truth);
    move->numbers = 1 + truth->samples + REF_MARGINS + spikes + truth->parameters;
    move->row = calloc(move->numbers, sizeof *move->row);
    move->moved = calloc(move->numbers, sizeof *move->moved);
    move->sum = calloc(move->numbers, sizeof *move->sum);
    move->loss = calloc(move->numbers, sizeof *move->loss);
    if (!move->row || !move->moved || !move->sum || !move->loss)
        return -1;
    move->sample_loss = move->loss + 1;
    move->margin = move->sample_loss + truth->samples;
    move->spike = move->margin + REF_MARGINS;
    move->parameter = move->spike + spikes;
    collect(move->row, truth);
    return agree_terms_init(&move->terms, judge);
}

void agree_move_clear(struct agree_move *move)
{
    free(move->row);
    free(move->moved);
    free(move->sum);
    free(move->loss);
    agree_terms_clear(&move->terms);
}

/* ---- moves ---- */

/* Adds |moved - truth| times factor to the sums, from number first on. */
static void take(struct agree_move *move, const struct ref_result *moved, size_t first,
                 double factor)
{
    arb_t difference;
    arb_init(difference);
    collect(move->moved, moved);
    for (size_t k = first; k < move->numbers; k++) {
        if (!arb_is_finite(move->row[k])) /* no margin, no derivative */
            continue;
        arb_sub(difference, move->moved[k], move->row[k], MAG_BITS);
        if (arb_is_finite(difference))
            move->sum[k] += factor * fabs(middle(difference));
        else if (move->loss + k >= move->spike && !move->near)
            move->near = "a derivative that ends";
    }
    arb_clear(difference);
}

static void largest_of_sums(struct agree_move *move)
{
    for (size_t k = 0; k < move->numbers; k++) {
        move->loss[k] = fmax(move->loss[k], move->sum[k]);
        move->sum[k] = 0;
    }
}

/* How a move is taken. */
struct taking {
    size_t first;  /* number from which on it counts */
    double factor; /* by which it counts; 0: not as what rounding does */
    double share;  /* of what cancels in their derivatives: 1 of parameters that moved alone */
};

/* Asks about c, which is freed. 0, or -1 if memory is short. */
static int ask(struct agree_move *move, const struct judge_answer *p, struct case_problem *c,
               const struct taking *taking)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result moved;
    if (!c)
        return -1;
    options.digits = VER_LADDER_DIGITS;
    options.precision_cap = p->judge->options->precision_cap;
    ref_run(&moved, c, &options);
    bool good = moved.status == REF_OK && agree_same_counts(p->judge->truth, &moved);
    if (good && taking->factor > 0)
        take(move, &moved, taking->first, taking->factor);
    if (good && taking->share > 0)
        agree_terms_add(&move->terms, p->judge, c, &moved, taking->share);
    if (!good && taking->factor > 0 && !move->near)
        move->near = moved.status == REF_OK ? "spikes are born or lost" : "undecided";
    ref_clear(&moved);
    case_free(c);
    return 0;
}

/* The drive of a cross entropy of voltages is a share less one: as small as it may be, it is
 * rounded like a share. What one unit of it does to a derivative is the difference that another
 * label makes. (Of first spikes: agree_terms.c.) */
static int move_labels(struct agree_move *move, const struct judge_answer *p, bool alone)
{
    const struct case_problem *c = p->judge->problem;
    const struct taking taking = {.first = (size_t)(move->parameter - move->loss),
                                  .factor = move->nudge};
    size_t outputs = c->population[c->loss.population].size;
    if (!case_loss_is_entropy(c->loss.kind) || case_loss_is_first_spike(c->loss.kind) ||
        outputs < 2)
        return 0;
    for (size_t s = 0; s < (alone ? c->samples : 1); s++) {
        struct case_problem *other = case_copy(c);
        for (size_t k = s; other && k < (alone ? s + 1 : c->samples); k++)
            other->sample[k].label = (other->sample[k].label + 1) % outputs;
        if (ask(move, p, other, &taking) != 0)
            return -1;
    }
    return 0;
}

/* whole: all that rounding can do. In a group a parameter is told what all of the group do to the
 * terms of derivatives: more than its own. */
static int move_inputs(struct agree_move *move, const struct judge_answer *p,
                       const struct agree_design *plan, unsigned patterns, bool whole)
{
    for (unsigned pattern = 0; pattern < patterns; pattern++) {
        struct agree_design design = *plan;
        design.pattern = pattern;
        for (design.group = 0; design.group < design.groups; design.group++) {
            size_t inputs;
            bool apart;
            struct case_problem *c =
                agree_input_move(p->judge, &design, move->nudge, move->time, &inputs, &apart);
            const struct taking taking = {.factor = apart ? 0 : 1,
                                          .share = whole ? 1.0 / patterns : 0};
            if (ask(move, p, c, &taking) != 0)
                return -1;
        }
        if (move_labels(move, p, design.alone && !p->judge->many) != 0)
            return -1;
        largest_of_sums(move);
    }
    return 0;
}

/* ---- the bounds ---- */

/* Most arrivals at one neuron of a sample within its longest time constants: what is older has
 * decayed, and its rounding with it. */
static double longest_sum(const struct judge *judge)
{
    const struct case_problem *c = judge->problem;
    double most = 0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t q = 0; q < c->populations; q++) {
            const struct case_population *target = &c->population[q];
            double arrivals = 0, longest = 0;
            for (size_t k = 0; k < target->tau_mem.count; k++)
                longest = fmax(longest, target->tau_mem.at[k]);
            for (size_t k = 0; k < target->tau_syn.count; k++)
                longest = fmax(longest, target->tau_syn.at[k]);
            for (size_t k = 0; k < c->projections; k++) {
                size_t source = c->projection[k].source;
                for (size_t n = 0; c->projection[k].target == q && n < c->population[source].size;
                     n++)
                    arrivals += (double)(c->sample[s].spikes[source]
                                             ? c->sample[s].spikes[source][n].count
                                             : judge->truth->sample[s].spikes[source][n].count);
            }
            most = fmax(most, arrivals * fmin(1, VER_ANSWER_MEMORY * longest / c->end));
        }
    return most;
}

/* What a loss is rounded by that is small because its terms cancel. */
static double size_of_loss(const struct case_problem *c)
{
    double size = 0;
    if (case_loss_is_entropy(c->loss.kind))
        size = 1;
    if (c->loss.kind == CASE_FIRST_SPIKE_CROSS_ENTROPY)
        size += c->end / c->loss.tau0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t k = 0; c->sample[s].voltages && k < c->population[c->loss.population].size; k++)
            for (size_t i = 0; i < c->sample[s].voltages[k].count; i++)
                size = fmax(size,
                            c->sample[s].voltages[k].value[i] * c->sample[s].voltages[k].value[i]);
    return size;
}

/* Its own rounding, and what falls below the smallest normal number on the way to it. */
static void add_own(struct agree_move *move, const struct judge_answer *p)
{
    const struct judge *judge = p->judge;
    double loss = size_of_loss(judge->problem), largest = 1;
    /* every term of a derivative has exponentials of differences of times */
    double relative = move->nudge + move->time / convergence_shortest_constant(judge->problem);
    for (size_t k = 0; k < judge->parameters; k++)
        if (answer_says(p, judge->truth->gradient + k))
            largest = fmax(largest, fabs(middle(judge->truth->gradient + k)));
    double floor = ldexp(largest, p->single ? VER_SINGLE_FLOOR_BITS : VER_DOUBLE_FLOOR_BITS);
    for (size_t k = 0; k < move->numbers; k++) {
        double *bound = move->loss + k, size = fabs(middle(move->row[k]));
        if (bound < move->margin)
            *bound += move->nudge * fmax(size, loss);
        else if (bound >= move->parameter)
            *bound += relative * (size + move->terms.parameter[bound - move->parameter]) + floor;
        else if (bound >= move->spike)
            *bound += move->time;
        if (answer_says(p, move->row[k]) && !isfinite(*bound))
            move->near = "a number that leaves its range";
    }
}

/* A margin that its inputs can close together. */
static void look_at_margins(struct agree_move *move)
{
    for (int m = 0; m < REF_MARGINS && !move->near; m++) {
        double margin = middle(move->row[move->margin - move->loss + m]);
        if (isfinite(margin) && !(margin > move->margin[m]))
            move->near = ref_margin_name((enum ref_margin)m);
    }
}

int agree_move_measure(struct agree_move *move, const struct judge_answer *p, bool whole)
{
    struct judge *judge = p->judge;
    double unit = ldexp(1, -(p->single ? VER_SINGLE_BITS : VER_DOUBLE_BITS));
    struct agree_design design = {.groups = 0};
    unsigned patterns = judge->many ? 1 : VER_ANSWER_PATTERNS;
    size_t inputs;
    bool apart;
    *move = (struct agree_move){
        .nudge = VER_ANSWER_ROUNDINGS * (VER_ANSWER_LEAST_SUM + sqrt(longest_sum(judge))) * unit,
        .time = VER_ANSWER_TIME_ROUNDINGS * unit * judge->problem->end,
    };
    double accuracy;
    program_tolerance(p->engine, &accuracy, &design.residual);
    move->nudge += accuracy;
    move->time += accuracy * convergence_shortest_constant(judge->problem);
    if (prepare(move, judge) != 0)
        return judge_no_memory(judge);
    case_free(agree_input_move(judge, &design, 0, 0, &inputs, &apart));
    design.groups = 1;
    if (whole && inputs <= VER_ANSWER_ALONE && !judge->many) {
        design.alone = true;
        design.groups = inputs;
        patterns = 1;
    } else if (whole) {
        design.groups = judge->many ? VER_ANSWER_COSTLY_GROUPS : VER_ANSWER_GROUPS;
    }
    if (move_inputs(move, p, &design, patterns, whole) != 0)
        return judge_no_memory(judge);
    if (whole)
        look_at_margins(move);
    if (!whole)
        move->near = NULL;
    add_own(move, p);
    return 0;
}
