/* loss_maximum.c: where the voltage of an output is largest over [0, T], and the drive that
 * follows.
 *
 * V has kinks at arrivals and at most one maximum inside an interval. By the envelope theorem the
 * derivative of max V is that of V at the place of the maximum: a drive of amount delta(t - t_max),
 * plus, where the maximum sits at an arrival, its motion with the arrival, V'(t-) per unit of time.
 * The place must be unique: of two equal maxima the derivative does not exist. */
#include "ref/loss.h"

struct search {
    struct engine *e;
    const struct neuron *n;
    struct peak *best;
    bool started, fuzzy; /* fuzzy: the best one so far has no certain place */
    arb_t roof;          /* upper hull of all candidates but the best */
};

/* A candidate replaces the best or raises the roof over the rest. */
static void offer(struct search *x, const arb_t value, enum peak_kind kind, size_t entry,
                  const arb_t offset, bool fuzzy)
{
    long const prec = x->e->prec;
    if (x->started && arf_cmp(arb_midref(value), arb_midref(x->best->value)) <= 0) {
        arb_max(x->roof, x->roof, value, prec);
        return;
    }
    if (x->started)
        arb_max(x->roof, x->roof, x->best->value, prec);
    x->started = true;
    x->fuzzy = fuzzy;
    x->best->kind = kind;
    x->best->entry = entry;
    arb_set(x->best->value, value);
    if (offset)
        arb_set(x->best->offset, offset);
}

static void offer_interval(struct search *x, size_t entry)
{
    struct engine *e = x->e;
    const struct entry *now = x->n->tape + entry;
    arb_ptr s = e->scratch + 16, peak = e->scratch + 17, length = e->scratch + 18;
    arb_sub(length, e->event[interval_end(e, x->n, entry)].mark, e->event[now->event].mark,
            ARF_PREC_EXACT);
    /* clear of the true times of the events at both ends */
    mag_set(arb_radref(length), e->rho);
    bool inside = true;
    switch (peak_find(s, peak, x->n, now->v, now->i, e->prec)) {
    case CROSSING_NONE:
        return;
    case CROSSING_FOUND:
        if (arb_gt(s, length))
            return;
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
    offer(x, peak, PEAK_INSIDE, entry, s, !inside);
}

static bool flat(const struct neuron *n, size_t entry)
{
    return arb_is_zero(n->tape[entry].v) && arb_is_zero(n->tape[entry].i) && arb_is_zero(n->bias);
}

/* Which of two neighbouring arrivals a maximum sits at matters. */
static void neighbour_note(struct engine *e, const struct neuron *n, size_t entry)
{
    arb_ptr gap = e->scratch + 18;
    arb_sub(gap, e->event[n->tape[entry + 1].event].time, e->event[n->tape[entry].event].time,
            e->prec);
    margin_lower(e, REF_COINCIDENCE, gap);
}

/* A maximum at an arrival is one only if V rises before and falls after, and its derivative by the
 * time of the arrival exists only if no other arrival shares it. Its value is that of V at the true
 * time of the arrival. */
static enum outcome kink_settle(struct engine *e, const struct neuron *n, struct peak *peak)
{
    size_t const entry = peak->entry;
    const struct entry *from = n->tape + entry - 1, *now = n->tape + entry;
    arb_ptr rise = e->scratch + 16, fall = e->scratch + 17, span = e->scratch + 18;
    bool alone = event_relation(e, from->event, now->event) == AFTER;
    if (entry > 1) /* entry 0 is the start */
        neighbour_note(e, n, entry - 1);
    if (entry + 1 < n->entries)
        neighbour_note(e, n, entry);
    if (entry + 1 < n->entries)
        alone = alone && event_relation(e, now->event, n->tape[entry + 1].event) == AFTER;
    arb_sub(span, e->event[now->event].time, e->event[from->event].mark, e->prec);
    rise_after(rise, n, from, span, e->prec);
    arb_sub(fall, now->i, now->v, e->prec);
    arb_add(fall, fall, n->bias, e->prec);
    if (!alone || !arb_is_positive(rise) || !arb_is_negative(fall))
        return imprecise(e, "maximum: output %zu is largest where arrivals coincide", n->index);
    /* V = I + b - tau_mem V' */
    arb_mul(span, span, n->k->c, e->prec);
    arb_neg(span, span);
    arb_exp(span, span, e->prec);
    arb_mul(span, span, from->i, e->prec);
    arb_add(span, span, n->bias, e->prec);
    arb_sub(peak->value, span, rise, e->prec);
    return PROVEN;
}

enum outcome maximum_find(struct engine *e, const struct neuron *n, struct peak *peak)
{
    struct search x = {.e = e, .n = n, .best = peak};
    arb_ptr value = e->scratch + 19;
    arb_init(x.roof);
    arb_neg_inf(x.roof);
    for (size_t k = 0; k < n->entries; k++) {
        arb_set(value, n->tape[k].v);
        if (!arb_is_exact(e->event[n->tape[k].event].time))
            mag_add(arb_radref(value), arb_radref(value), n->epsilon);
        /* Where V stays at zero for a while, the derivative of the maximum by the bias, or by a
         * weight of zero, is one-sided. */
        size_t const next = interval_end(e, n, k);
        bool const certain = !flat(n, k) || arb_is_zero(e->event[next].mark);
        if (k == 0 || !flat(n, k - 1) || !certain)
            offer(&x, value, k == 0 ? PEAK_START : PEAK_KINK, k, NULL, !certain);
        offer_interval(&x, k);
    }
    size_t const last = n->entries - 1;
    if (!flat(n, last)) {
        const struct flow_memo *flow =
            flow_between(e, n, n->tape[last].event, e->end_event, COMPLETE);
        arb_sub(value, n->tape[last].v, n->bias, e->prec);
        arb_mul(value, value, flow->values + P_EM, e->prec);
        arb_addmul(value, n->tape[last].i, flow->values + P_K, e->prec);
        arb_add(value, value, n->bias, e->prec);
#if FAULT == 89 /* maximum at the end without the bias */
        arb_sub(value, value, n->bias, e->prec);
#endif
        offer(&x, value, PEAK_END, last, NULL, false);
    }
    bool const unique = !x.fuzzy && arb_gt(peak->value, x.roof);
    arb_sub(value, peak->value, x.roof, e->prec);
    if (x.fuzzy) { /* it may not be reached, or for a while: any gap down to none */
        arb_zero(e->scratch + 16);
        arb_union(value, value, e->scratch + 16, e->prec);
    }
    if (arb_is_finite(value))
        margin_lower(e, REF_MAXIMUM_GAP, value);
    arb_clear(x.roof);
    if (!unique)
        return imprecise(e, "maximum: output %zu has two largest voltages", n->index);
    return peak->kind == PEAK_KINK ? kink_settle(e, n, peak) : PROVEN;
}

bool maximum_moments(struct engine *e, const struct neuron *n, const struct peak *peak,
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
