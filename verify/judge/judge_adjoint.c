/* SPDX-License-Identifier: MIT */
/* judge_adjoint.c: are the adjoints of the reference what they should be?
 *
 * An impulse into V or I of a neuron asks for its adjoint there: p = dL/dV = -tau_mem lambda_V and
 * q = dL/dI = -tau_syn lambda_I. Probes are asked at random places. Adjoints recorded around a
 * spike are asked by impulses shortly before and after it; and from each event of a neuron with a
 * threshold to the next, and to the end, where they are 0, the record must follow the equations
 * between events: with s the time back from an event, and x, y, k as of V and I going forward,
 *     p(s) = p x(s)        q(s) = q y(s) + p k(s) */
#include "verify/judge/judge.h"

#include <math.h>
#include <string.h>

/* dL/dV and dL/dI of one neuron at one time. */
struct pull {
    arb_t p, q;
};

static void pull_init(struct pull *pull)
{
    arb_init(pull->p);
    arb_init(pull->q);
}

static void pull_clear(struct pull *pull)
{
    arb_clear(pull->p);
    arb_clear(pull->q);
}

static slong bits_of(const struct judge *judge)
{
    return (slong)judge->truth->precision + VER_GUARD_BITS;
}

static double tau_mem(const struct judge *judge, const struct ref_adjoint *a)
{
    return case_value(&judge->problem->population[a->population].tau_mem, a->neuron);
}

static double tau_syn(const struct judge *judge, const struct ref_adjoint *a)
{
    return case_value(&judge->problem->population[a->population].tau_syn, a->neuron);
}

static void from_lambda(struct pull *pull, const struct judge *judge, const struct ref_adjoint *a,
                        bool before)
{
    slong bits = bits_of(judge);
    arb_set_d(pull->p, -tau_mem(judge, a));
    arb_set_d(pull->q, -tau_syn(judge, a));
    arb_mul(pull->p, pull->p, before ? a->lambda_v_minus : a->lambda_v_plus, bits);
    arb_mul(pull->q, pull->q, before ? a->lambda_i_minus : a->lambda_i_plus, bits);
}

/* To a time s earlier, or, if s is negative, -s later: the flow is a group. */
static void carry_back(struct pull *pull, const struct judge *judge, const struct ref_adjoint *a,
                       const arb_t s)
{
    slong bits = bits_of(judge);
    double m = tau_mem(judge, a), n = tau_syn(judge, a);
    arb_t x, y, k;
    arb_init(x);
    arb_init(y);
    arb_init(k);
    arb_set_d(k, m);
    arb_div(x, s, k, bits);
    arb_neg(x, x);
    arb_exp(x, x, bits);
    arb_set_d(y, n);
    arb_div(y, s, y, bits);
    arb_neg(y, y);
    arb_exp(y, y, bits);
    if (m < n || m > n) { /* k = tau_syn / (tau_mem - tau_syn) (x - y) */
        arb_set_d(k, n);
        arb_t apart, difference;
        arb_init(apart);
        arb_init(difference);
        arb_set_d(apart, m);
        arb_sub(apart, apart, k, ARF_PREC_EXACT);
        arb_sub(difference, x, y, bits);
        arb_mul(k, k, difference, bits);
        arb_div(k, k, apart, bits);
        arb_clear(apart);
        arb_clear(difference);
    } else { /* k = (s / tau) x */
        arb_div(k, s, k, bits);
        arb_mul(k, k, x, bits);
    }
    arb_mul(pull->q, pull->q, y, bits);
    arb_addmul(pull->q, pull->p, k, bits);
    arb_mul(pull->p, pull->p, x, bits);
    arb_clear(x);
    arb_clear(y);
    arb_clear(k);
}

/* ---- impulses ---- */

static int ask_impulse(struct judge *judge, struct witness_impulse *impulse, const arb_t truth,
                       const char *where)
{
    struct judge_slope slope;
    struct judge_question question = {.kind = VER_KIND_ADJOINT,
                                      .quantity =
                                          impulse->port == WITNESS_V ? "adjoint_V" : "adjoint_I",
                                      .slope = &slope,
                                      .direction = {NULL, 0, impulse}};
    snprintf(question.index, sizeof question.index, "[%zu].%.20s[%zu] at %.17g%s", impulse->sample,
             judge->problem->population[impulse->population].name, impulse->neuron, impulse->time,
             where);
    if (!arb_is_finite(truth)) {
        struct ver_comparison *c = judge_compare(judge, question.kind, question.quantity);
        if (!c)
            return judge_no_memory(judge);
        c->class_ = VER_NO_DERIVATIVE;
        c->outcome = VER_EXCLUDED;
        snprintf(c->index, sizeof c->index, "%s", question.index);
        return 0;
    }
    judge_slope_init(&slope);
    judge_slope_add(&slope, judge, truth, impulse->size);
    int failed = judge_ask(judge, &question);
    judge_slope_clear(&slope);
    return failed;
}

static int ask_both(struct judge *judge, const struct ref_probe *at, const struct pull *pull,
                    const char *where)
{
    double least = ldexp(judge->problem->end, VER_PROBE_BITS);
    double size = judge_voltage_size(judge->problem, at->population, at->neuron);
    struct witness_impulse impulse = {at->sample, at->population, at->neuron,
                                      at->time,   size,           WITNESS_V};
    if (!(judge_probe_gap(judge, at) >= least))
        return 0;
    if (ask_impulse(judge, &impulse, pull->p, where) != 0)
        return -1;
    impulse.port = WITNESS_I;
    return ask_impulse(judge, &impulse, pull->q, where);
}

static int compare_probes(struct judge *judge)
{
    const struct ref_result *truth = judge->truth;
    struct pull pull;
    int failed = 0;
    if (!truth->probe_lambda_v || !truth->probe_lambda_i)
        return judge_end(judge, VER_ERROR, "the reference returned no adjoints");
    pull_init(&pull);
    for (size_t k = 0; k < judge->probes && !failed; k++) {
        const struct ref_probe *probe = &judge->probe[k];
        const struct ref_adjoint a = {.population = probe->population, .neuron = probe->neuron};
        arb_set_d(pull.p, -tau_mem(judge, &a));
        arb_set_d(pull.q, -tau_syn(judge, &a));
        arb_mul(pull.p, pull.p, truth->probe_lambda_v + k, bits_of(judge));
        arb_mul(pull.q, pull.q, truth->probe_lambda_i + k, bits_of(judge));
        failed = ask_both(judge, probe, &pull, "");
    }
    pull_clear(&pull);
    return failed;
}

/* ---- the record ---- */

/* As number.h has it, by way of a ball of its own: gcc 12 takes the midpoint of a time for the
 * whole time and warns of reading beyond it. */
static double middle(const arb_t x)
{
    arb_t mid;
    arb_init(mid);
    arb_get_mid_arb(mid, x);
    double value = arf_get_d(arb_midref(mid), ARF_RND_NEAR);
    arb_clear(mid);
    return value;
}

/* Is b an event of the neuron of a? */
static bool same_neuron(const struct ref_adjoint *a, const struct ref_adjoint *b)
{
    return a->population == b->population && a->neuron == b->neuron && b->event != REF_PROBE;
}

/* The record of the same neuron's next event, or of the one before; NULL if there is none. The
 * latest stand first. A probe is no event: nothing jumps there. */
static const struct ref_adjoint *beside(const struct ref_sample *sample, size_t x, bool later)
{
    const struct ref_adjoint *a = sample->adjoint;
    for (size_t y = x + 1; !later && y < sample->adjoints; y++)
        if (same_neuron(a + x, a + y))
            return a + y;
    for (size_t y = x; later && y-- > 0;)
        if (same_neuron(a + x, a + y))
            return a + y;
    return NULL;
}

/* Does what is recorded after an event lead to what is recorded before the next, or to 0? */
static bool follows(const struct judge *judge, const struct ref_adjoint *a,
                    const struct ref_adjoint *next)
{
    struct pull now, then;
    arb_t s;
    pull_init(&now);
    pull_init(&then);
    arb_init(s);
    from_lambda(&now, judge, a, false);
    if (next) {
        from_lambda(&then, judge, next, true);
        arb_sub(s, next->time, a->time, bits_of(judge));
        carry_back(&then, judge, next, s);
    }
    bool good = arb_is_finite(now.p) && arb_is_finite(now.q) && arb_overlaps(now.p, then.p) &&
                arb_overlaps(now.q, then.q);
    pull_clear(&now);
    pull_clear(&then);
    arb_clear(s);
    return good;
}

/* Has the record numbers from this event on to the next? */
static bool has_derivatives(const struct ref_adjoint *a, const struct ref_adjoint *next)
{
    return arb_is_finite(a->lambda_v_plus) && arb_is_finite(a->lambda_i_plus) &&
           (!next || (arb_is_finite(next->lambda_v_minus) && arb_is_finite(next->lambda_i_minus)));
}

static int compare_record(struct judge *judge, const struct ref_result *recorded)
{
    size_t differing = 0;
    struct ver_comparison *c = judge_compare(judge, VER_KIND_ADJOINT, "recorded");
    if (!c)
        return judge_no_memory(judge);
    c->numbers = 0;
    for (size_t s = 0; s < recorded->samples; s++)
        for (size_t x = 0; x < recorded->sample[s].adjoints; x++) {
            const struct ref_adjoint *a = &recorded->sample[s].adjoint[x];
            if (judge->problem->population[a->population].model != CASE_LIF ||
                a->event == REF_PROBE)
                continue;
            const struct ref_adjoint *next = beside(&recorded->sample[s], x, true);
            if (recorded->nones > 0 && !has_derivatives(a, next))
                continue;
            c->numbers += 2;
            if (!follows(judge, a, next) && differing++ == 0)
                snprintf(c->index, sizeof c->index, "[%zu].%.20s[%zu] after %.17g", s,
                         judge->problem->population[a->population].name, a->neuron,
                         middle(a->time));
        }
    c->outcome = differing == 0 ? VER_AGREES : VER_DIFFERS;
    c->distance = differing == 0 ? 0 : VER_INFINITY;
    if (c->numbers == 0)
        judge->out->comparisons--;
    return 0;
}

/* The record of a random spike, and the gaps to its neuron's events beside it. */
static const struct ref_adjoint *choose_spike(const struct judge *judge,
                                              const struct ref_result *recorded, size_t *sample,
                                              double *before, double *after)
{
    size_t spikes = 0, seen = 0;
    for (size_t s = 0; s < recorded->samples; s++)
        for (size_t x = 0; x < recorded->sample[s].adjoints; x++)
            spikes += recorded->sample[s].adjoint[x].event == REF_SPIKE;
    size_t chosen = spikes > 0 ? judge_random_spike(judge, spikes) : 0;
    for (size_t s = 0; s < recorded->samples && spikes > 0; s++)
        for (size_t x = 0; x < recorded->sample[s].adjoints; x++) {
            const struct ref_adjoint *a = &recorded->sample[s].adjoint[x];
            if (a->event != REF_SPIKE || seen++ != chosen)
                continue;
            const struct ref_adjoint *last = beside(&recorded->sample[s], x, false);
            const struct ref_adjoint *next = beside(&recorded->sample[s], x, true);
            *sample = s;
            *before = middle(a->time) - (last ? middle(last->time) : 0);
            *after = (next ? middle(next->time) : judge->problem->end) - middle(a->time);
            return a;
        }
    return NULL;
}

/* From what is recorded before or after a spike to a time on that side of it. */
static void pull_at(struct pull *pull, const struct judge *judge, const struct ref_adjoint *a,
                    double time, bool before)
{
    arb_t since;
    arb_init(since);
    arb_set_d(since, time);
    arb_sub(since, a->time, since, bits_of(judge));
    from_lambda(pull, judge, a, before);
    carry_back(pull, judge, a, since);
    arb_clear(since);
}

static int compare_spike(struct judge *judge, const struct ref_result *recorded)
{
    double gap[2];
    struct ref_probe at = {0};
    const struct ref_adjoint *a = choose_spike(judge, recorded, &at.sample, &gap[0], &gap[1]);
    if (!a)
        return 0;
    int failed = 0;
    struct pull pull;
    pull_init(&pull);
    at.population = a->population;
    at.neuron = a->neuron;
    for (int side = 0; side < 2 && !failed; side++) {
        double reach = fmin(gap[side], fmin(tau_mem(judge, a), tau_syn(judge, a))) / 2;
        at.time = middle(a->time) + (side == 0 ? -reach : reach);
        pull_at(&pull, judge, a, at.time, side == 0);
        failed = ask_both(judge, &at, &pull, side == 0 ? " before a spike" : " after a spike");
    }
    pull_clear(&pull);
    return failed;
}

static int compare_record_of(struct judge *judge, const struct ref_result *recorded)
{
    return compare_record(judge, recorded) != 0 ? -1 : compare_spike(judge, recorded);
}

/* Every number of the record must have its digits, too: where the run that has all others falls
 * short of that, the record costs one of its own. */
static int compare_recorded(struct judge *judge)
{
    if (!judge->truth->adjoints_short)
        return compare_record_of(judge, judge->truth);
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct ref_result recorded;
    ask.digits = judge->options->digits;
    ask.precision_cap = judge->options->precision_cap;
    ask.adjoints = true;
    enum ref_status status = ref_run(&recorded, judge->problem, &ask);
    int failed = status == REF_MEMORY ? judge_no_memory(judge) : 0;
    if (status == REF_OK) {
        failed = compare_record_of(judge, &recorded);
    } else if (!failed) {
        struct ver_comparison *c = judge_compare(judge, VER_KIND_ADJOINT, "recorded");
        if (!c)
            failed = judge_no_memory(judge);
        else
            c->outcome = VER_EXCLUDED;
        if (c)
            snprintf(c->index, sizeof c->index, "%.100s", recorded.reason);
    }
    ref_clear(&recorded);
    return failed;
}

int judge_adjoints(struct judge *judge)
{
    if (compare_probes(judge) != 0)
        return -1;
    return judge->costly ? 0 : compare_recorded(judge);
}
