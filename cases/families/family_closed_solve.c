/* family_closed_solve.c: spike times of LIF neurons where they have a formula.
 *
 * From an event at which the state is (V0, I0), s = t - event, c = threshold - bias:
 *   tau_mem = 2 tau_syn, x = e^{-s/tau_mem}:  V = bias + (V0 - bias + I0) x - I0 x^2, so
 *       I0 x^2 - (V0 - bias + I0) x + c = 0;  the root at which V rises is (A + sqrt D) / (2 I0),
 *       because dV/dx = A - 2 I0 x = -sqrt D there and x falls with time;
 *   tau_mem = tau_syn = tau, y = s/tau:  V = bias + (V0 - bias + I0 y) e^{-y}, so with
 *       z = -y - (V0 - bias)/I0:  z e^z = -(c/I0) e^{-(V0 - bias)/I0};  V rises where z > -1: the
 *       principal branch of Lambert's W. With I0 <= 0 and bias < threshold nothing crosses.
 * The derivatives of a first spike T follow from V(T; p) = threshold: dT/dp = -(dV/dp) / (dV/dt).
 */
#include "cases/families/family_closed.h"

#include <stdlib.h>

/* Newton steps of at most doubling accuracy from a start that is good to some bits. */
enum { LAMBERT_STEPS = 200 };

/* w e^w = h, principal branch. False where there is none (h < -1/e). */
static bool lambert(mpfr_t w, mpfr_srcptr h)
{
    mpfr_t e, f, slope;
    mpfr_inits2(mpfr_get_prec(w), e, f, slope, (mpfr_ptr)0);
    mpfr_set_ui(e, 1, MPFR_RNDN);
    mpfr_exp(e, e, MPFR_RNDN);
    mpfr_mul(f, e, h, MPFR_RNDN);
    mpfr_add_ui(f, f, 1, MPFR_RNDN);
    bool exists = mpfr_sgn(f) > 0;

    if (exists && mpfr_sgn(h) < 0) { /* w = -1 + p - p^2 / 3 + ..., p = sqrt(2 (e h + 1)) */
        mpfr_mul_2ui(f, f, 1, MPFR_RNDN);
        mpfr_sqrt(w, f, MPFR_RNDN);
        mpfr_div_ui(f, f, 3, MPFR_RNDN);
        mpfr_sub(w, w, f, MPFR_RNDN);
        mpfr_sub_ui(w, w, 1, MPFR_RNDN);
    } else if (exists) {
        mpfr_log1p(w, h, MPFR_RNDN);
    }
    for (int step = 0; exists && step < LAMBERT_STEPS; step++) {
        mpfr_exp(e, w, MPFR_RNDN);
        mpfr_mul(f, w, e, MPFR_RNDN);
        mpfr_add(slope, f, e, MPFR_RNDN);
        mpfr_sub(f, f, h, MPFR_RNDN);
        mpfr_div(f, f, slope, MPFR_RNDN);
        mpfr_sub(w, w, f, MPFR_RNDN);
        if (mpfr_zero_p(f) || mpfr_get_exp(f) < 16 - mpfr_get_prec(w)) {
            break;
        }
    }
    mpfr_clears(e, f, slope, (mpfr_ptr)0);
    return exists;
}

/* s / tau_mem from (V0, I0) to the upward crossing, at tau_mem = 2 tau_syn. */
static bool crossing_quadratic(mpfr_t y, const struct closed_neuron *n, mpfr_srcptr v,
                               mpfr_srcptr i)
{
    mpfr_t a, d;
    mpfr_inits2(mpfr_get_prec(y), a, d, (mpfr_ptr)0);
    mpfr_sub_d(a, v, n->bias, MPFR_RNDN);
    mpfr_add(a, a, i, MPFR_RNDN);
    mpfr_set_d(y, n->threshold, MPFR_RNDN);
    mpfr_sub_d(y, y, n->bias, MPFR_RNDN); /* c */
    bool crosses;
    if (mpfr_zero_p(i)) {
        mpfr_div(y, y, a, MPFR_RNDN);
        crosses = mpfr_sgn(a) < 0;
    } else {
        mpfr_mul(y, y, i, MPFR_RNDN);
        mpfr_mul_2ui(y, y, 2, MPFR_RNDN);
        mpfr_sqr(d, a, MPFR_RNDN);
        mpfr_sub(d, d, y, MPFR_RNDN);
        crosses = mpfr_sgn(d) > 0;
        mpfr_sqrt(d, d, MPFR_RNDN);
        mpfr_add(y, a, d, MPFR_RNDN);
        mpfr_div(y, y, i, MPFR_RNDN);
        mpfr_div_2ui(y, y, 1, MPFR_RNDN);
    }
    crosses = crosses && mpfr_sgn(y) > 0 && mpfr_cmp_ui(y, 1) < 0;
    if (crosses) {
        mpfr_log(y, y, MPFR_RNDN);
        mpfr_neg(y, y, MPFR_RNDN);
    }
    mpfr_clears(a, d, (mpfr_ptr)0);
    return crosses;
}

/* The same at tau_mem = tau_syn. */
static bool crossing_lambert(mpfr_t y, const struct closed_neuron *n, mpfr_srcptr v, mpfr_srcptr i)
{
    if (mpfr_sgn(i) <= 0) {
        return false;
    }
    mpfr_t ratio, h;
    mpfr_inits2(mpfr_get_prec(y), ratio, h, (mpfr_ptr)0);
    mpfr_sub_d(ratio, v, n->bias, MPFR_RNDN);
    mpfr_div(ratio, ratio, i, MPFR_RNDN);
    mpfr_neg(h, ratio, MPFR_RNDN);
    mpfr_exp(h, h, MPFR_RNDN);
    mpfr_set_d(y, n->bias, MPFR_RNDN);
    mpfr_sub_d(y, y, n->threshold, MPFR_RNDN);
    mpfr_mul(h, h, y, MPFR_RNDN);
    mpfr_div(h, h, i, MPFR_RNDN);
    bool crosses = lambert(y, h);
    if (crosses) {
        mpfr_add(y, y, ratio, MPFR_RNDN);
        mpfr_neg(y, y, MPFR_RNDN);
        crosses = mpfr_sgn(y) > 0;
    }
    mpfr_clears(ratio, h, (mpfr_ptr)0);
    return crosses;
}

/* (V, I) after y = s / tau_mem. */
static void advance(mpfr_t v, mpfr_t i, const struct closed_neuron *n, mpfr_srcptr y)
{
    mpfr_t x, drive;
    mpfr_inits2(mpfr_get_prec(v), x, drive, (mpfr_ptr)0);
    mpfr_neg(x, y, MPFR_RNDN);
    mpfr_exp(x, x, MPFR_RNDN);
    mpfr_mul(drive, i, x, MPFR_RNDN);
    if (closed_equal_taus(n)) {
        mpfr_set(i, drive, MPFR_RNDN);
        mpfr_mul(drive, drive, y, MPFR_RNDN);
    } else {
        mpfr_mul(i, drive, x, MPFR_RNDN);
        mpfr_sub(drive, drive, i, MPFR_RNDN);
    }
    mpfr_sub_d(v, v, n->bias, MPFR_RNDN);
    mpfr_mul(v, v, x, MPFR_RNDN);
    mpfr_add(v, v, drive, MPFR_RNDN);
    mpfr_add_d(v, v, n->bias, MPFR_RNDN);
    mpfr_clears(x, drive, (mpfr_ptr)0);
}

/* All spikes in (0, end), from arrival to arrival. */
static enum closed_status solve_train(struct closed_neuron *n, double end)
{
    enum closed_status status = CLOSED_OK;
    mpfr_t v, i, now, until, y;
    mpfr_inits2(mpfr_get_prec(n->slope), v, i, now, until, y, (mpfr_ptr)0);
    mpfr_set_zero(v, 1);
    mpfr_set_zero(i, 1);
    mpfr_set_zero(now, 1);
    n->spikes = 0;
    for (size_t a = 0; a <= n->arrivals && status == CLOSED_OK; a++) {
        mpfr_set_d(until, end, MPFR_RNDN);
        if (a < n->arrivals && mpfr_less_p(n->arrival[a].at, until)) {
            mpfr_set(until, n->arrival[a].at, MPFR_RNDN);
        }
        while (closed_equal_taus(n) ? crossing_lambert(y, n, v, i)
                                    : crossing_quadratic(y, n, v, i)) {
            mpfr_t t;
            mpfr_init2(t, mpfr_get_prec(y));
            mpfr_mul_d(t, y, n->tau_mem, MPFR_RNDN);
            mpfr_add(t, t, now, MPFR_RNDN);
            bool inside = mpfr_less_p(t, until);
            bool room = n->spikes < CLOSED_SPIKES;
            if (inside && room) {
                mpfr_set(n->spike[n->spikes++], t, MPFR_RNDN);
                advance(v, i, n, y);
                mpfr_set_d(v, n->reset, MPFR_RNDN);
                mpfr_set(now, t, MPFR_RNDN);
            }
            mpfr_clear(t);
            if (!inside || !room) {
                status = inside ? CLOSED_OUT_OF_REACH : status;
                break;
            }
        }
        mpfr_sub(y, until, now, MPFR_RNDN);
        mpfr_div_d(y, y, n->tau_mem, MPFR_RNDN);
        advance(v, i, n, y);
        mpfr_set(now, until, MPFR_RNDN);
        if (a < n->arrivals) {
            mpfr_add_d(i, i, n->arrival[a].weight, MPFR_RNDN);
        }
    }
    mpfr_clears(v, i, now, until, y, (mpfr_ptr)0);
    return status;
}

/* One arrival more, kept in order of time. */
static bool insert(struct closed_neuron *n, const struct closed_arrival *what, mpfr_srcptr spike,
                   double delay)
{
    if (n->arrivals == CLOSED_ARRIVALS) {
        return false;
    }
    mpfr_t at;
    mpfr_init2(at, mpfr_get_prec(spike));
    mpfr_add_d(at, spike, delay, MPFR_RNDN);
    size_t a = n->arrivals++;
    for (; a > 0 && mpfr_less_p(at, n->arrival[a - 1].at); a--) {
        struct closed_arrival *to = &n->arrival[a], *from = &n->arrival[a - 1];
        mpfr_swap(to->at, from->at);
        to->projection = from->projection;
        to->pre = from->pre;
        to->spike = from->spike;
        to->neuron = from->neuron;
        to->weight = from->weight;
    }
    struct closed_arrival *to = &n->arrival[a];
    mpfr_set(to->at, at, MPFR_RNDN);
    to->projection = what->projection;
    to->pre = what->pre;
    to->spike = what->spike;
    to->neuron = what->neuron;
    to->weight = what->weight;
    mpfr_clear(at);
    return true;
}

static const struct closed_neuron *find(const struct closed *closed, size_t *neuron,
                                        size_t population, size_t index)
{
    for (size_t n = 0; n < closed->neurons; n++) {
        if (closed->neuron[n].population == population && closed->neuron[n].index == index) {
            *neuron = n;
            return &closed->neuron[n];
        }
    }
    *neuron = SIZE_MAX;
    return NULL;
}

static bool collect(struct closed *closed, struct closed_neuron *n, const struct case_problem *c)
{
    bool room = true;
    mpfr_t spike;
    mpfr_init2(spike, mpfr_get_prec(n->slope));
    n->arrivals = 0;
    for (size_t j = 0; j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        for (size_t pre = 0; p->target == n->population && pre < c->population[p->source].size;
             pre++) {
            struct closed_arrival what = {.projection = j, .pre = pre};
            what.weight = p->weight[pre * c->population[p->target].size + n->index];
            const struct case_train *train = c->sample[0].spikes[p->source];
            const struct closed_neuron *from = find(closed, &what.neuron, p->source, pre);
            size_t count = from == NULL ? train[pre].count : from->spikes;
            for (; what.spike < count; what.spike++) {
                if (from == NULL) {
                    mpfr_set_d(spike, train[pre].at[what.spike], MPFR_RNDN);
                } else {
                    mpfr_set(spike, from->spike[what.spike], MPFR_RNDN);
                }
                room = room && insert(n, &what, spike, case_delay(c, p, pre, n->index));
            }
        }
    }
    mpfr_clear(spike);
    return room;
}

enum closed_status closed_solve(struct closed *closed, const struct case_problem *c)
{
    closed->neurons = 0;
    for (size_t p = 0; p < c->populations; p++) {
        const struct case_population *population = &c->population[p];
        for (size_t i = 0; population->model == CASE_LIF && i < population->size; i++) {
            if (closed->neurons == CLOSED_NEURONS) {
                return CLOSED_OUT_OF_REACH;
            }
            struct closed_neuron *n = &closed->neuron[closed->neurons];
            n->population = p;
            n->index = i;
            n->tau_mem = case_value(&population->tau_mem, i);
            n->tau_syn = case_value(&population->tau_syn, i);
            n->threshold = case_value(&population->threshold, i);
            n->reset = case_value(&population->reset, i);
            n->bias = case_value(&population->bias, i);
            if (!collect(closed, n, c) || solve_train(n, c->end) != CLOSED_OK) {
                return CLOSED_OUT_OF_REACH;
            }
            if (n->spikes > 0) {
                closed_differentiate_spike(n);
            }
            closed->neurons++;
        }
    }
    return CLOSED_OK;
}
