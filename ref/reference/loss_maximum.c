/* SPDX-License-Identifier: MIT */
/* loss_maximum.c: where the voltage of an output is largest over [0, T], and the drive that
 * follows.
 *
 * V has kinks at arrivals and at most one maximum inside an interval. By the envelope theorem the
 * derivative of max V is that of V at the place of the maximum: a drive of amount delta(t - t_max).
 * What is not so plain, where the maximum sits at arrivals, at T, or on a whole stretch of time, is
 * in adjoint_maximum.c. The place, or the stretch, must be the only one: of two equal maxima apart
 * from each other hardly any derivative exists. */
#include "ref/reference/loss.h"

struct search {
    struct pass *e;
    const struct neuron *n;
    struct peak *best;
    bool started, fuzzy; /* fuzzy: the best one so far has no certain place */
    arb_t roof;          /* upper hull of all candidates but the best */
    double time, other;  /* about when: the best, the last that raised the roof */
};

/* A candidate replaces the best or raises the roof over the rest. */
static void offer(struct search *x, const arb_t value, enum peak_kind kind, size_t entry,
                  const arb_t offset, bool fuzzy, double time)
{
    long const prec = x->e->prec;
    bool const better = !x->started || arf_cmp(arb_midref(value), arb_midref(x->best->value)) > 0;
    arb_srcptr const lesser = better ? x->best->value : value;
    if (x->started) {
        if (!(middle_d(lesser) <= middle_d(x->roof)))
            x->other = better ? x->time : time;
        arb_max(x->roof, x->roof, lesser, prec);
    }
    if (!better)
        return;
    x->started = true;
    x->fuzzy = fuzzy;
    x->time = time;
    x->best->kind = kind;
    x->best->entry = entry;
    arb_set(x->best->value, value);
    if (offset)
        arb_set(x->best->offset, offset);
}

static void offer_interval(struct search *x, size_t entry)
{
    struct pass *e = x->e;
    const struct entry *now = x->n->tape + entry;
    arb_ptr s = e->scratch + 16, peak = e->scratch + 17, length = e->scratch + 18;
    arb_sub(length, e->event[interval_end(e, x->n, entry)].mark, e->event[now->event].mark,
            ARF_PREC_EXACT);
    /* clear of the true times of the events at both ends */
    mag_set(arb_radref(length), e->rho);
    bool inside = true;
    double time = middle_d(e->event[now->event].time);
    switch (peak_find(s, peak, x->n, now->v, now->i, e->prec)) {
    case CROSSING_NONE:
        return;
    case CROSSING_FOUND:
        if (arb_gt(s, length))
            return;
        time += middle_d(s);
        inside = arb_lt(s, length);
        arb_zero(length);
        mag_set(arb_radref(length), e->rho);
        inside = inside && arb_gt(s, length);
        break;
    case CROSSING_UNKNOWN:
        /* V0 and I0 near zero or a start near the peak: V <= max(V0, b) + |I0| bounds it */
        inside = false;
        arb_abs(s, now->i);
        arb_max(peak, now->v, x->n->bias, e->prec);
        arb_add(peak, peak, s, e->prec);
        break;
    }
    offer(x, peak, PEAK_INSIDE, entry, s, !inside, time);
}

/* Two events at one time, as a fact: equal exact times, or one spike by two ways of one delay. */
static bool same_time(const struct pass *e, const struct neuron *n, size_t x, size_t y)
{
    const struct event *one = e->event + x, *two = e->event + y;
    if (event_relation(e, x, y) == SAME)
        return true;
    if (one->kind != EVENT_ARRIVAL || two->kind != EVENT_ARRIVAL || one->spike != two->spike)
        return false;
    size_t const from = e->spike[one->spike].index;
    arb_ptr delay = e->scratch + 24, other = e->scratch + 25;
    line_delay(delay, e, one->projection, from, n->index);
    line_delay(other, e, two->projection, from, n->index);
    return arb_is_exact(delay) && arb_equal(delay, other);
}

/* One past the last entry at the time of this one. */
static size_t group_end(const struct pass *e, const struct neuron *n, size_t entry)
{
    size_t behind = entry + 1;
    while (behind < n->entries && same_time(e, n, n->tape[behind - 1].event, n->tape[behind].event))
        behind++;
    return behind;
}

/* Nothing moves V from the entry on, until something arrives: V = I = bias = 0, exactly. */
static bool flat(const struct neuron *n, size_t entry)
{
    return arb_is_zero(n->tape[entry].v) && arb_is_zero(n->tape[entry].i) && arb_is_zero(n->bias);
}

/* Which of two neighbouring arrivals a maximum sits at matters. */
static void neighbour_note(struct pass *e, const struct neuron *n, size_t early, size_t late)
{
    arb_ptr gap = e->scratch + 18;
    arb_sub(gap, e->event[n->tape[late].event].time, e->event[n->tape[early].event].time, e->prec);
    margin_lower(e, REF_COINCIDENCE, gap);
}

/* All other events of the neuron lie before or behind those of the group, as a fact. */
static bool apart(struct pass *e, const struct neuron *n, const struct peak *peak)
{
    size_t const group = n->tape[peak->entry].event;
    bool apart = true;
    if (peak->entry > 1) /* entry 0 is the start */
        neighbour_note(e, n, peak->entry - 1, peak->entry);
    if (peak->behind < n->entries)
        neighbour_note(e, n, peak->behind - 1, peak->behind);
    for (size_t x = 0; x < n->entries; x++)
        if (x < peak->entry)
            apart = apart && event_relation(e, n->tape[x].event, group) == AFTER;
        else if (x >= peak->behind)
            apart = apart && event_relation(e, group, n->tape[x].event) == AFTER;
    return apart;
}

/* A maximum at arrivals is one only if V rises before and falls after them, and no other arrival
 * shares their time. Its value is that of V at their true time. */
static enum outcome kink_settle(struct pass *e, const struct neuron *n, struct peak *peak)
{
    size_t const entry = peak->entry;
    const struct entry *from = n->tape + entry - 1, *now = n->tape + peak->behind - 1;
    arb_ptr fall = e->scratch + 17, span = e->scratch + 18;
    bool const alone = apart(e, n, peak);
    arb_sub(span, e->event[now->event].time, e->event[from->event].mark, e->prec);
    rise_after(peak->rise, n, from, span, e->prec);
    arb_sub(fall, now->i, now->v, e->prec);
    arb_add(fall, fall, n->bias, e->prec);
    if (!alone || !arb_is_positive(peak->rise) || !arb_is_negative(fall))
        return imprecise(e,
                         "coincidence: output %zu is largest near t = %.17g, where arrivals "
                         "cannot be put in order",
                         n->index, middle_d(e->event[now->event].time));
    /* V = I + b - tau_mem V' */
    arb_mul(span, span, n->k->c, e->prec);
    arb_neg(span, span);
    arb_exp(span, span, e->prec);
    arb_mul(span, span, from->i, e->prec);
    arb_add(span, span, n->bias, e->prec);
    arb_sub(peak->value, span, peak->rise, e->prec);
    arb_mul(peak->rise, peak->rise, n->k->a, e->prec);
    return PROVEN;
}

/* The stretch that V spends at its start, zero: it ends where something arrives, or not at all. */
static void start_settle(const struct pass *e, const struct neuron *n, struct peak *peak)
{
    peak->entry = 0;
    peak->behind = group_end(e, n, 0);
    while (peak->entry < n->entries && flat(n, peak->behind - 1)) {
        peak->kind = PEAK_PLATEAU;
        peak->entry = peak->behind;
        if (peak->entry < n->entries)
            peak->behind = group_end(e, n, peak->entry);
    }
}

static enum outcome peak_settle(struct pass *e, const struct neuron *n, struct peak *peak)
{
    arb_ptr span = e->scratch + 18;
    switch (peak->kind) {
    case PEAK_KINK:
        peak->behind = group_end(e, n, peak->entry);
        return kink_settle(e, n, peak);
    case PEAK_PLATEAU:
        if (peak->entry == n->entries || apart(e, n, peak))
            return PROVEN;
        return imprecise(e,
                         "coincidence: output %zu stays at zero until t = %.17g, where arrivals "
                         "cannot be put in order",
                         n->index, middle_d(e->event[n->tape[peak->entry].event].time));
    case PEAK_END:
        arb_sub(span, e->event[e->end_event].time, e->event[n->tape[peak->entry].event].mark,
                e->prec);
        rise_after(peak->rise, n, n->tape + peak->entry, span, e->prec);
        arb_mul(peak->rise, peak->rise, n->k->a, e->prec);
        return PROVEN;
    default:
        return PROVEN;
    }
}

bool plateau_before(const struct pass *e, const struct neuron *n, size_t entry)
{
    if (e->c->loss.kind != CASE_MAX_VOLTAGE_CROSS_ENTROPY || n->population != e->c->loss.population)
        return false;
    const struct peak *peak = e->drive->peak + n->index;
    return (peak->kind == PEAK_PLATEAU && entry < peak->entry) ||
           (peak->kind <= PEAK_PLATEAU && peak->entry < n->entries && entry < peak->behind);
}

bool plateau_after(const struct pass *e, const struct neuron *n, size_t entry)
{
    return plateau_before(e, n, entry) && entry < e->drive->peak[n->index].entry;
}

static void offer_end(struct search *x, size_t last)
{
    struct pass *e = x->e;
    const struct neuron *n = x->n;
    arb_ptr value = e->scratch + 19;
    const struct flow_memo *flow = flow_between(e, n, n->tape[last].event, e->end_event, COMPLETE);
    arb_sub(value, n->tape[last].v, n->bias, e->prec);
    arb_mul(value, value, flow->values + P_EM, e->prec);
    arb_addmul(value, n->tape[last].i, flow->values + P_K, e->prec);
    arb_add(value, value, n->bias, e->prec);
    offer(x, value, PEAK_END, last, NULL, false, e->c->end);
}

/* Every time at which V may be largest: the start with its plateau, which the arrivals that end it
 * belong to; arrivals; the inside of the intervals between them; T. */
static void offer_all(struct search *x, struct peak *start)
{
    struct pass *e = x->e;
    const struct neuron *n = x->n;
    arb_ptr value = e->scratch + 19;
    start_settle(e, n, start);
    arb_zero(value);
    offer(x, value, start->kind, start->entry, NULL, false, 0);
    for (size_t k = start->entry; k < n->entries;) {
        size_t const last = group_end(e, n, k) - 1;
        arb_set(value, n->tape[last].v);
        if (!arb_is_exact(e->event[n->tape[last].event].time))
            mag_add(arb_radref(value), arb_radref(value), n->epsilon);
        if (k > start->entry)
            offer(x, value, PEAK_KINK, k, NULL, false, middle_d(e->event[n->tape[k].event].time));
        offer_interval(x, last);
        if (last + 1 == n->entries)
            offer_end(x, last);
        k = last + 1;
    }
}

enum outcome maximum_find(struct pass *e, const struct neuron *n, struct peak *peak)
{
    struct search x = {.e = e, .n = n, .best = peak};
    struct peak start = {.kind = PEAK_START};
    arb_ptr value = e->scratch + 19;
    arb_init(x.roof);
    arb_neg_inf(x.roof);
    offer_all(&x, &start);
    bool const unique = !x.fuzzy && arb_gt(peak->value, x.roof);
    arb_sub(value, peak->value, x.roof, e->prec);
    if (x.fuzzy) { /* it may not be reached: any gap down to none */
        arb_zero(e->scratch + 16);
        arb_union(value, value, e->scratch + 16, e->prec);
    }
    if (arb_is_finite(value))
        margin_lower(e, REF_MAXIMUM_GAP, value);
    arb_clear(x.roof);
    if (e->options->edges && arb_is_finite(value) && edge_of_maximum(e, n, value) != PROVEN)
        return FULL;
    if (x.fuzzy)
        return imprecise(e, "maximum: output %zu turns next to an event near t = %.17g", n->index,
                         x.time);
    if (!unique)
        return imprecise(e, "maximum: output %zu is largest near t = %.17g and t = %.17g alike",
                         n->index, x.time, x.other);
    if (peak->kind == PEAK_START || peak->kind == PEAK_PLATEAU)
        peak->behind = start.behind;
    return peak_settle(e, n, peak);
}

bool maximum_moments(struct pass *e, const struct neuron *n, const struct peak *peak,
                     size_t entry, const arb_t amount, arb_ptr moments)
{
    bool const inside = peak->kind == PEAK_INSIDE && peak->entry == entry;
    bool const at_end = (peak->kind == PEAK_END && peak->entry == entry) ||
                        (peak->kind == PEAK_KINK && peak->entry == entry + 1);
    if (inside) {
        arb_ptr values = _arb_vec_init(P_ALL);
        propagate(values, n->k, peak->offset, COMPLETE, e->prec);
        _arb_vec_scalar_mul(moments, values, P_DRIVEN, amount, e->prec);
        _arb_vec_clear(values, P_ALL);
    } else if (at_end) {
        arb_ptr values = _arb_vec_init(P_ALL);
        arb_t span;
        arb_init(span);
        size_t const to =
            interval_end(e, n, entry); /* a kink lies at the true time of its arrival */
        arb_sub(span, e->event[to].time, e->event[n->tape[entry].event].mark, e->prec);
        propagate(values, n->k, span, COMPLETE, e->prec);
        _arb_vec_scalar_mul(moments, values, P_DRIVEN, amount, e->prec);
        arb_clear(span);
        _arb_vec_clear(values, P_ALL);
    }
    return inside || at_end;
}
