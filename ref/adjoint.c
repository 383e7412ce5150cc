/* adjoint.c: the backward pass of one sample: EventProp in exact event time.
 *
 * It carries p = dL/dV = -tau_mem lambda_V and q = dL/dI = -tau_syn lambda_I of every neuron back
 * through the events of the forward pass in reverse order. Over an interval of length D
 *     p <- em p + M_em,  q <- k p + es q + M_k      (propagators at D, moments M of the drive)
 * and the parameters of the flow collect p dV(D)/dtheta + q dI(D)/dtheta + M_theta. At an arrival
 * of weight w at neuron j both are continuous, and dL/dw += q,   dL/dd = dL/dt += w (q/tau_syn -
 * p/tau_mem) = w (lambda_V - lambda_I). At a spike of n at t, with G = dL/dt collected from its
 * arrivals and from the loss, G <- G - V'(t+) p(+),   p(-) = -G / V'(t-),   dL/dthreshold += G /
 * V'(t-),   q(-) = q(+) which is eq. (6) of the specification (Wunderlich and Pehle 2021) with
 * V'(t+) = V'(t-) + (threshold - reset)/tau_mem. Everything is checked against differences by
 * `evident verify`.
 *
 * p and q are kept at the marks of events (struct event) and moved to the true times, and back, by
 * the flow over mark - time, a ball around zero. What the parameters of the flow and the drive do
 * within that distance r is bounded by r times the sizes of what is there: blur(). */
#include "ref/loss.h"

#include <math.h>
#include <stdlib.h>

struct offsets {
    size_t tau_mem, tau_syn, threshold, bias; /* flat index of neuron 0 of a population */
};

struct sweep {
    struct engine *e;
    mag_t size; /* see blur */
    struct offsets *population;
    size_t *weight, *delay; /* [projections]: flat index of element [0][0] */
    size_t *inputs;         /* [populations]: flat index of the first spike time of this sample */
    arb_ptr moments;
};

/* ---- adjoints on request ---- */

static void adjoint_set(arb_t lambda_v, arb_t lambda_i, const struct neuron *n, const arb_t p,
                        const arb_t q, long prec)
{
    arb_mul(lambda_v, p, n->k->a, prec);
    arb_neg(lambda_v, lambda_v);
    arb_mul(lambda_i, q, n->k->c, prec);
    arb_neg(lambda_i, lambda_i);
}

/* p and q now are those after the event; p_minus those before it. */
static enum outcome record_adjoint(struct engine *e, const struct neuron *n, size_t event,
                                   const arb_t p_minus)
{
    static const enum ref_event kinds[] = {
        [EVENT_ARRIVAL] = REF_ARRIVAL, [EVENT_SPIKE] = REF_SPIKE, [EVENT_PROBE] = REF_PROBE};
    enum event_kind const kind = e->event[event].kind;
    if (!e->options->adjoints || kind == EVENT_START || kind == EVENT_BREAK)
        return PROVEN;
    struct ref_adjoint *a = ref_adjoint_new(e->result->sample + e->sample);
    if (!a)
        return FULL;
    a->population = n->population;
    a->neuron = n->index;
    a->event = kinds[kind];
    arb_set(a->time, e->event[event].time);
    adjoint_set(a->lambda_v_plus, a->lambda_i_plus, n, n->p, n->q, e->prec);
    adjoint_set(a->lambda_v_minus, a->lambda_i_minus, n, p_minus, n->q, e->prec);
    return PROVEN;
}

/* ---- one interval ---- */

/* From just before the event of entry cursor + 1 (or T) to just after that of entry cursor. */
static void interval_back(struct sweep *s, struct neuron *n)
{
    struct engine *e = s->e;
    bool const driven = drive_moments(e, n, n->cursor, s->moments);
    if (!driven && arb_is_zero(n->p) && arb_is_zero(n->q))
        return;
    long const prec = e->prec;
    const struct entry *now = n->tape + n->cursor;
    const struct flow_memo *flow =
        flow_between(e, n, now->event, interval_end(e, n, n->cursor), COMPLETE);
    arb_srcptr x = flow->values;
    arb_ptr centred = e->scratch + 8, by_k = e->scratch + 9, sum = e->scratch + 10;
    const struct offsets *o = s->population + n->population;
    arb_ptr tau_mem = e->gradient + o->tau_mem + n->index;
    arb_ptr tau_syn = e->gradient + o->tau_syn + n->index;
    arb_ptr bias = e->gradient + o->bias + n->index;
    arb_sub(centred, now->v, n->bias, prec);
    /* dL/dtau_mem: p ((V0 - b) vm + I0 im) */
    arb_mul(sum, centred, x + P_VM, prec);
    arb_addmul(sum, now->i, x + P_IM, prec);
    arb_addmul(tau_mem, sum, n->p, prec);
    /* dL/dtau_syn: I0 (p is + q ii) */
    arb_mul(sum, n->p, x + P_IS, prec);
    arb_addmul(sum, n->q, x + P_II, prec);
    arb_addmul(tau_syn, sum, now->i, prec);
    /* dL/db: p (1 - em) */
    arb_sub_ui(sum, x + P_EM, 1, prec);
    arb_submul(bias, sum, n->p, prec);
    arb_mul(by_k, n->p, x + P_K, prec);
    arb_mul(n->q, n->q, x + P_ES, prec);
    arb_add(n->q, n->q, by_k, prec);
    arb_mul(n->p, n->p, x + P_EM, prec);
    if (!driven)
        return;
    arb_addmul(tau_mem, centred, s->moments + P_VM, prec);
    arb_addmul(tau_mem, now->i, s->moments + P_IM, prec);
    arb_addmul(tau_syn, now->i, s->moments + P_IS, prec);
    arb_add(bias, bias, s->moments + P_ONE, prec);
    arb_sub(bias, bias, s->moments + P_EM, prec);
    arb_add(n->p, n->p, s->moments + P_EM, prec);
    arb_add(n->q, n->q, s->moments + P_K, prec);
}

/* ---- between mark and true time ---- */

static void add_error(arb_t x, const mag_t error)
{
    mag_add(arb_radref(x), arb_radref(x), error);
}

static void size_add(struct sweep *s, const arb_t x)
{
    mag_t size;
    mag_init(size);
    arb_get_mag(size, x);
    mag_add(s->size, s->size, size);
    mag_clear(size);
}

/* Upper bound of |drive| of an output near an entry. */
static void drive_size(struct sweep *s, const struct neuron *n)
{
    struct engine *e = s->e;
    if (n->model != CASE_LI || n->population != e->c->loss.population)
        return;
    arb_ptr bound = e->scratch + 11;
    if (e->c->loss.kind == CASE_VOLTAGE_SQUARED_ERROR) {
        const struct case_steps *steps = e->c->sample[e->sample].voltages + n->index;
        for (size_t k = 0; k < steps->count; k++) {
            arb_set_d(bound, steps->value[k]);
            size_add(s, bound);
        }
        size_add(s, n->tape[n->cursor].v);
        mag_add(s->size, s->size, n->epsilon);
    } else if (e->c->loss.kind != CASE_MAX_VOLTAGE_CROSS_ENTROPY) {
        arb_one(bound); /* |softmax - onehot| w <= 1 */
        size_add(s, bound);
    }
    arb_set_d(bound, fmin(e->c->end, 1)); /* and 1/T */
    arb_inv(bound, bound, MAG_BITS);
    mag_t factor;
    mag_init(factor);
    arb_get_mag(factor, bound);
    mag_mul(s->size, s->size, factor);
    mag_clear(factor);
}

/* The flow acts for up to r = |mark - time| longer or shorter than at the marks: its parameters
 * gain at most r size (1 + a + c)^2 of each propagator, where size bounds (|p| + |q| + |drive|)
 * times the
 * (|V - b| + |I|) or |w| that they act on. */
static void blur(struct sweep *s, struct neuron *n, size_t event, const mag_t on)
{
    struct engine *e = s->e;
    const struct offsets *o = s->population + n->population;
    arb_ptr rates = e->scratch + 11;
    mag_t error;
    mag_init(error);
    arb_add(rates, n->k->a, n->k->c, MAG_BITS);
    arb_add_ui(rates, rates, 1, MAG_BITS);
    arb_get_mag(error, rates);
    mag_mul(error, error, error);
    mag_mul(error, error, s->size);
    mag_mul(error, error, on);
    mag_mul(error, error, arb_radref(e->event[event].time));
    mag_mul_2exp_si(error, error, 4);
    add_error(e->gradient + o->tau_mem + n->index, error);
    add_error(e->gradient + o->tau_syn + n->index, error);
    add_error(e->gradient + o->bias + n->index, error);
    mag_clear(error);
}

/* p and q at the true time of an event, from those at its mark; the drive in between is bounded. */
static void to_time(struct sweep *s, const struct neuron *n, size_t event, arb_t p, arb_t q)
{
    struct engine *e = s->e;
    if (arb_is_exact(e->event[event].time)) {
        arb_set(p, n->p);
        arb_set(q, n->q);
        return;
    }
    const struct flow_memo *shift = flow_shift(e, n, event, BRIEF);
    arb_mul(q, n->q, shift->values + P_ES, e->prec);
    arb_addmul(q, n->p, shift->values + P_K, e->prec);
    arb_mul(p, n->p, shift->values + P_EM, e->prec);
    mag_zero(s->size);
    drive_size(s, n);
    mag_t error;
    mag_init(error);
    mag_mul(error, s->size, arb_radref(e->event[event].time));
    mag_mul_2exp_si(error, error, 1);
    add_error(p, error);
    add_error(q, error);
    mag_clear(error);
}

/* ---- arrivals ---- */

/* A maximum of the voltage that sits at this arrival moves with it: amount V'(t-). */
static void kink_add(struct engine *e, const struct neuron *n, arb_t by_time)
{
    if (e->c->loss.kind != CASE_MAX_VOLTAGE_CROSS_ENTROPY || n->population != e->c->loss.population)
        return;
    const struct peak *peak = e->drive->peak + n->index;
    if (peak->kind != PEAK_KINK || peak->entry != n->cursor)
        return;
    const struct entry *from = n->tape + n->cursor - 1;
    arb_ptr rise = e->scratch + 11;
    arb_t span;
    arb_init(span);
    arb_sub(span, e->event[n->tape[n->cursor].event].time, e->event[from->event].mark, e->prec);
    rise_after(rise, n, from, span, e->prec);
    arb_clear(span);
    arb_mul(rise, rise, n->k->a, e->prec);
    arb_addmul(by_time, rise, e->drive->amount + n->index, e->prec);
}

/* q is continuous at a spike while p jumps: on the wrong side of it, q is off by at most the
 * distance times a times the sizes of both p. */
static void jump_blur(struct engine *e, const struct neuron *n, size_t x, size_t y, arb_t q)
{
    mag_t error, rate;
    mag_init(error);
    mag_init(rate);
    mag_add(error, arb_radref(e->event[x].time), arb_radref(e->event[y].time));
    mag_mul(error, error, n->jump);
    arb_get_mag(rate, n->k->a);
    mag_mul(error, error, rate);
    mag_mul_2exp_si(error, error, 2);
    add_error(q, error);
    mag_clear(error);
    mag_clear(rate);
}

static enum outcome unsettled_add(struct engine *e, size_t spike_event, size_t parameter)
{
    struct pending_weight *larger =
        grown(e->unsettled, e->unsettleds, &e->unsettled_room, sizeof *larger);
    if (!larger)
        return FULL;
    e->unsettled = larger;
    larger[e->unsettleds++] = (struct pending_weight){spike_event, parameter};
    return PROVEN;
}

/* dL/dw at an arrival of weight zero, which has no place on the tape: q at its time. */
static enum outcome unseen_arrival(struct engine *e, struct neuron *n, size_t event,
                                   size_t parameter)
{
    const struct event *before = e->event + n->tape[n->cursor].event;
    if (before->kind == EVENT_SPIKE &&
        event_relation(e, n->tape[n->cursor].event, event) == OVERLAP)
        return unsettled_add(e, n->tape[n->cursor].event, parameter);
    if (arb_is_zero(n->p) && arb_is_zero(n->q))
        return PROVEN;
    size_t const next = interval_end(e, n, n->cursor);
    arb_ptr values = _arb_vec_init(P_ALL), span = e->scratch + 13, q = e->scratch + 14;
    arb_sub(span, e->event[next].mark, e->event[event].time, e->prec);
    propagate(values, n->k, span, BRIEF, e->prec);
    arb_mul(q, n->p, values + P_K, e->prec);
    arb_addmul(q, n->q, values + P_ES, e->prec);
    _arb_vec_clear(values, P_ALL);
    if (e->event[next].kind == EVENT_SPIKE && event_relation(e, event, next) == OVERLAP)
        jump_blur(e, n, event, next, q);
    arb_add(e->gradient + parameter, e->gradient + parameter, q, e->prec);
    return PROVEN;
}

#if FAULT == 6 || FAULT == 7
#include "ref/fault.h"
#endif

static enum outcome arrival_back(struct sweep *s, size_t event, struct neuron *n)
{
    struct engine *e = s->e;
    struct event const now = e->event[event];
    const struct case_projection *projection = e->c->projection + now.projection;
    struct spike *spike = e->spike + now.spike;
    bool const receives = now.target == NOBODY || now.target == n->index;
    size_t const synapse = spike->index * e->c->population[projection->target].size + n->index;
    double const weight = receives ? projection->weight[synapse] : 0;
    arb_ptr by_weight = e->gradient + s->weight[now.projection] + synapse;
    if (!(weight < 0 || weight > 0) && n->model == CASE_LIF) {
        return unseen_arrival(e, n, event, s->weight[now.projection] + synapse);
    }
    interval_back(s, n);
    enum outcome const recorded = record_adjoint(e, n, event, n->p);
    if (receives) {
        arb_ptr by_time = e->scratch + 12, part = e->scratch + 13;
        arb_ptr q = e->scratch + 14, p = e->scratch + 15;
        to_time(s, n, event, p, q);
#if FAULT == 6 /* adjoints taken at the spike instead of at its arrival */
        fault_ignore_delay(e, n, case_delay(e->c, projection, spike->index, n->index), p, q);
#endif
        arb_add(by_weight, by_weight, q, e->prec);
        arb_mul(by_time, q, n->k->c, e->prec);
#if FAULT == 7 /* tau_syn of the presynaptic neuron */
        fault_source_tau(e, spike, q, by_time);
#endif
        arb_mul(part, p, n->k->a, e->prec);
#if FAULT == 4 /* lambda_V and lambda_I swapped */
        arb_swap(part, by_time);
#endif
        arb_sub(by_time, by_time, part, e->prec);
        arb_set_d(part, weight);
        arb_mul(by_time, by_time, part, e->prec);
        kink_add(e, n, by_time);
        arb_ptr by_delay = e->gradient + s->delay[now.projection] + synapse;
        arb_add(by_delay, by_delay, by_time, e->prec);
        arb_add(spike->by_time, spike->by_time, by_time, e->prec);
        if (!arb_is_exact(now.time)) {
            mag_t on;
            mag_init(on);
            mag_set_d(on, weight);
            size_add(s, p);
            size_add(s, q);
            blur(s, n, event, on);
            mag_clear(on);
        }
    }
    n->cursor--;
    return recorded;
}

/* ---- spikes ---- */

/* Weights of zero whose arrival coincides with this spike get q at it. */
static void unsettled_settle(struct engine *e, const struct neuron *n, size_t event, const arb_t q)
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

/* From p and q at the true time, just before a spike, to the mark: the flow over time - mark. */
static void to_mark(struct engine *e, struct neuron *n, size_t event, const arb_t p, const arb_t q)
{
    arb_ptr values = _arb_vec_init(P_ALL);
    arb_t span;
    arb_init(span);
    arb_sub(span, e->event[event].time, e->event[event].mark, e->prec);
    propagate(values, n->k, span, BRIEF, e->prec);
    arb_mul(n->q, q, values + P_ES, e->prec);
    arb_addmul(n->q, p, values + P_K, e->prec);
    arb_mul(n->p, p, values + P_EM, e->prec);
    arb_clear(span);
    _arb_vec_clear(values, P_ALL);
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

static enum outcome spike_back(struct sweep *s, size_t event, struct neuron *n)
{
    struct engine *e = s->e;
    long const prec = e->prec;
    struct spike *spike = e->spike + e->event[event].spike;
    interval_back(s, n);
    arb_ptr rise = e->scratch + 12, p_minus = e->scratch + 13, p = e->scratch + 14;
    arb_ptr q = e->scratch + 15;
    to_time(s, n, event, p, q);
    if (n->population == e->c->loss.population && spike->ordinal == 0)
        arb_add(spike->by_time, spike->by_time, e->drive->by_spike + n->index, prec);
    /* V'(t+) = (I - reset + b)/tau_mem */
    arb_sub(rise, spike->current, n->reset, prec);
    arb_add(rise, rise, n->bias, prec);
#if FAULT != 1 /* the reset term is left out */
    arb_mul(p_minus, rise, n->k->a, prec);
    arb_submul(spike->by_time, p_minus, p, prec);
#endif
#if FAULT == 3 /* V' after instead of before the reset */
    arb_div(p_minus, spike->by_time, rise, prec);
#else
    arb_div(p_minus, spike->by_time, spike->slope, prec);
#endif
    arb_mul(p_minus, p_minus, n->k->tau_mem, prec); /* slope = tau_mem V' */
    arb_ptr threshold = e->gradient + s->population[n->population].threshold + n->index;
    arb_add(threshold, threshold, p_minus, prec);
#if FAULT != 2 /* the sign of the jump */
    arb_neg(p_minus, p_minus);
#endif
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

static enum outcome mark_back(struct sweep *s, size_t event, struct neuron *n)
{
    struct engine *e = s->e;
    interval_back(s, n);
    bool const probed = e->event[event].kind == EVENT_PROBE && e->event[event].target == n->index;
    if (probed) {
        size_t const probe = e->event[event].spike;
        adjoint_set(e->result->probe_lambda_v + probe, e->result->probe_lambda_i + probe, n, n->p,
                    n->q, e->prec);
    }
    enum outcome const recorded = probed ? record_adjoint(e, n, event, n->p) : PROVEN;
    n->cursor--;
    return recorded;
}

static enum outcome event_back(struct sweep *s, size_t event)
{
    struct engine *e = s->e;
    size_t const first = e->event[event].first, last = e->event[event].last;
    enum event_kind const kind = e->event[event].kind;
    for (size_t x = first; x < last; x++) {
        struct neuron *n = e->neuron + x;
        enum outcome outcome = PROVEN;
        if (kind == EVENT_ARRIVAL)
            outcome = arrival_back(s, event, n);
        else if (kind == EVENT_SPIKE)
            outcome = spike_back(s, event, n);
        else
            outcome = mark_back(s, event, n);
        if (outcome != PROVEN)
            return outcome;
    }
    return PROVEN;
}

static void offsets_find(struct sweep *s)
{
    struct engine *e = s->e;
    for (size_t x = e->blocks; x-- > 0;) {
        const struct case_block *b = e->block + x;
        struct offsets *o = s->population + b->population;
        switch (b->quantity) {
        case CASE_WEIGHT:
            s->weight[b->projection] = b->first;
            break;
        case CASE_DELAY:
            s->delay[b->projection] = b->first;
            break;
        case CASE_TAU_MEM:
            o->tau_mem = b->first;
            break;
        case CASE_TAU_SYN:
            o->tau_syn = b->first;
            break;
        case CASE_THRESHOLD:
            o->threshold = b->first;
            break;
        case CASE_BIAS:
            o->bias = b->first;
            break;
        default: /* of this sample, going down, the first one stays */
            if (b->sample == e->sample)
                s->inputs[b->population] = b->first;
        }
    }
}

static enum outcome sweep_back(struct sweep *s)
{
    struct engine *e = s->e;
    offsets_find(s);
    for (size_t x = 0; x < e->neurons; x++)
        e->neuron[x].cursor = e->neuron[x].entries - 1;
    enum outcome outcome = PROVEN;
    for (size_t x = e->ordered; x-- > 0 && outcome == PROVEN;)
        outcome = event_back(s, e->order[x]);
    for (size_t x = 0; x < e->neurons && outcome == PROVEN; x++)
        interval_back(s, e->neuron + x);
    /* input spikes come first in the list, neuron after neuron, in the order of the flat index */
    size_t population = SIZE_MAX, at = 0;
    for (size_t x = 0; x < e->inputs && outcome == PROVEN; x++) {
        if (e->spike[x].population != population) {
            population = e->spike[x].population;
            at = s->inputs[population];
        }
        arb_add(e->gradient + at, e->gradient + at, e->spike[x].by_time, e->prec);
        at++;
    }
    return outcome;
}

enum outcome adjoint_run(struct engine *e)
{
    const struct case_problem *c = e->c;
    struct sweep s = {.e = e};
    s.population = calloc(c->populations, sizeof *s.population);
    s.weight = calloc(c->projections + 1, sizeof *s.weight);
    s.delay = calloc(c->projections + 1, sizeof *s.delay);
    s.inputs = calloc(c->populations, sizeof *s.inputs);
    s.moments = _arb_vec_init(P_DRIVEN);
    mag_init(s.size);
    enum outcome outcome = FULL;
    if (s.population && s.weight && s.delay && s.inputs)
        outcome = sweep_back(&s);
    free(s.population);
    free(s.weight);
    free(s.delay);
    free(s.inputs);
    _arb_vec_clear(s.moments, P_DRIVEN);
    mag_clear(s.size);
    return outcome;
}
