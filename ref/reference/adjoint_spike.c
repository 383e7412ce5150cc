/* SPDX-License-Identifier: MIT */
/* adjoint_spike.c: the jump of p at a spike (MATH.md, E12). */
#include "ref/reference/adjoint.h"

/* Weights of zero whose arrival coincides with this spike get q at it. */
static void unsettled_settle(struct pass *e, const struct neuron *n, size_t event, const arb_t q)
{
    size_t kept = 0;
    arb_ptr blurred = e->scratch + 11;
    for (size_t x = 0; x < e->unsettleds; x++) {
        struct pending_weight const now = e->unsettled[x];
        if (now.spike_event != event) {
            e->unsettled[kept++] = now;
            continue;
        }
        arb_set(blurred, q);
        jump_blur(e, n, event, event, blurred);
        arb_add(e->gradient + now.parameter, e->gradient + now.parameter, blurred, e->prec);
    }
    e->unsettleds = kept;
}

static void spike_blur(struct sweep *s, struct neuron *n, size_t event, const struct spike *spike,
                       const arb_t p, const arb_t p_minus, const arb_t q)
{
    arb_srcptr const sizes[] = {p, p_minus, q};
    arb_srcptr const acted_on[] = {n->threshold, n->reset, n->bias, spike->current};
    mag_t on, part;
    mag_init(on);
    mag_init(part);
    mag_one(on); /* for the bias itself */
    for (size_t x = 0; x < sizeof acted_on / sizeof *acted_on; x++) {
        arb_get_mag(part, acted_on[x]);
        mag_add(on, on, part);
    }
    mag_zero(s->size);
    for (size_t x = 0; x < sizeof sizes / sizeof *sizes; x++)
        size_add(s, sizes[x]);
    mag_set(n->jump, s->size);
    blur(s, n, event, on);
    mag_clear(on);
    mag_clear(part);
}

/* -p(-) with the mistakes that were asked for: by (E13) it is (tau_m G - h p(+))/S - p(+), by (E12)
 * (tau_m G - (S + h) p(+))/S, S being tau_m V'(t-) = I - theta + b. spike->by_time is G - V'(t+)
 * p(+) by now, and tau_m V'(t+) = S + h. */
static void mistaken_jump(arb_t to, const struct pass *e, const struct neuron *n,
                          const struct spike *spike, const arb_t p)
{
    unsigned const mistakes = e->options->mistakes;
    arb_t slope, height;
    arb_init(slope);
    arb_init(height);
    arb_set(slope, spike->slope);
    arb_sub(height, n->threshold, n->reset, e->prec);
    if (mistakes & REF_SLOPE_AFTER)
        arb_add(slope, slope, height, e->prec);
    if (mistakes & REF_SLOPE_CURRENT)
        arb_add(slope, slope, n->threshold, e->prec);
    if (mistakes & REF_SLOPE_NO_BIAS)
        arb_sub(slope, slope, n->bias, e->prec);
    if (mistakes & REF_SLOPE_PER_MS)
        arb_mul(slope, slope, n->k->a, e->prec);
    if (mistakes & REF_NO_SLOPE)
        arb_one(slope);
    arb_mul(to, spike->by_time, n->k->tau_mem, e->prec);
    if (mistakes & REF_NO_RESET)
        arb_addmul(to, height, p, e->prec);
    if (!(mistakes & REF_BY_E12))
        arb_addmul(to, spike->slope, p, e->prec);
    arb_div(to, to, slope, e->prec);
    if (!(mistakes & (REF_NO_CARRY | REF_BY_E12)))
        arb_sub(to, to, p, e->prec);
    arb_clear(slope);
    arb_clear(height);
}

enum outcome spike_back(struct sweep *s, size_t event, struct neuron *n)
{
    struct pass *e = s->e;
    long const prec = e->prec;
    struct spike *spike = e->spike + e->event[event].spike;
    interval_back(s, n);
    arb_ptr rise = e->scratch + 12, p_minus = e->scratch + 13, p = e->scratch + 14;
    arb_ptr q = e->scratch + 15;
    to_time(s, n, event, p, q);
    bool const first = spike->ordinal == 0 || (e->options->mistakes & REF_EVERY_SPIKE);
    if (n->population == e->c->loss.population && first)
        arb_add(spike->by_time, spike->by_time, e->drive->by_spike + n->index, prec);
    /* V'(t+) = (I - reset + b)/tau_mem */
    arb_sub(rise, spike->current, n->reset, prec);
    arb_add(rise, rise, n->bias, prec);
    arb_mul(p_minus, rise, n->k->a, prec);
    arb_submul(spike->by_time, p_minus, p, prec);
    arb_div(p_minus, spike->by_time, spike->slope, prec);
    arb_mul(p_minus, p_minus, n->k->tau_mem, prec); /* slope = tau_mem V' */
    if (e->options->mistakes)
        mistaken_jump(p_minus, e, n, spike, p);
    arb_ptr threshold = e->gradient + s->population[n->population].threshold + n->index;
    arb_add(threshold, threshold, p_minus, prec);
    arb_neg(p_minus, p_minus);
    arb_swap(n->p, p); /* for the record: both sides at the true time */
    arb_swap(n->q, q);
    enum outcome const recorded = record_adjoint(e, n, event, p_minus);
    arb_swap(n->p, p);
    arb_swap(n->q, q);
    spike_blur(s, n, event, spike, p, p_minus, q);
    unsettled_settle(e, n, event, q);
    to_mark(e, n, event, p_minus, q);
    n->cursor--;
    return recorded;
}
