/* SPDX-License-Identifier: MIT */
/* t_margin.c: the margins of a result, by how much its decisions hold, against those of the same
 * spikes by superposition in long double: every neuron once more, event by event, from the proven
 * times of the spikes. */
#include "ref/ref.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of long double, through some thousand operations on numbers of a few units. */
static long double const off = 0x1p-40L;

struct arrival {
    long double time;
    double weight;
    long double from; /* when a spike of the same neuron sent it; else NaN */
};

struct neuron {
    const struct case_problem *c;
    size_t sample, population, index;
    long double tau_mem, tau_syn, bias, threshold, reset;
    struct arrival *arrival;
    size_t arrivals;
    long double v, i, at; /* now */
    bool lif;
};

static long double decayed(const struct neuron *n, long double s, long double *current)
{
    long double const a = 1 / n->tau_mem, c = 1 / n->tau_syn, d = c - a;
    bool const equal = !(d < 0 || d > 0);
    long double const em = expl(-a * s), k = a * em * (equal ? s : -expm1l(-d * s) / d);
    *current = n->i * expl(-c * s);
    return n->bias + (n->v - n->bias) * em + n->i * k;
}

/* Time from now to the largest V in free flow: 0 now, INFINITY never reached. */
static long double summit(const struct neuron *n)
{
    long double const a = 1 / n->tau_mem, c = 1 / n->tau_syn, d = c - a;
    long double const rise = n->i - n->v + n->bias;
    if (!(n->i > 0))
        return n->bias > n->v ? (long double)INFINITY : 0;
    if (!(rise > 0))
        return 0;
    long double const y = rise / n->i / c;
    if (!(d < 0 || d > 0))
        return y;
    return y * d < 1 ? -log1pl(-y * d) / d : (long double)INFINITY;
}

static double number(arb_srcptr x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

static void lower(long double *margin, long double x)
{
    *margin = fminl(*margin, fabsl(x));
}

/* ---- arrivals ---- */

static int earlier(const void *x, const void *y)
{
    long double const a = ((const struct arrival *)x)->time, b = ((const struct arrival *)y)->time;
    return (a > b) - (a < b);
}

static void hear(struct neuron *n, const struct case_projection *p, size_t source, double time)
{
    size_t const targets = n->c->population[p->target].size;
    n->arrival = realloc(n->arrival, (n->arrivals + 1) * sizeof *n->arrival);
    double const delay = case_delay(n->c, p, source, n->index);
    bool const self = p->source == n->population && source == n->index;
    n->arrival[n->arrivals++] =
        (struct arrival){(long double)time + delay, p->weight[source * targets + n->index],
                         self ? (long double)time : (long double)NAN};
}

/* All that is sent to the neuron, by time. */
static void hear_all(struct neuron *n, const struct ref_result *r)
{
    const struct case_problem *c = n->c;
    for (size_t x = 0; x < c->projections; x++) {
        const struct case_projection *p = c->projection + x;
        bool const input = c->population[p->source].model == CASE_SPIKE_SOURCE;
        for (size_t j = 0; p->target == n->population && j < c->population[p->source].size; j++) {
            const struct case_train *in = input ? &c->sample[n->sample].spikes[p->source][j] : NULL;
            const struct ref_train *out = input ? NULL : &r->sample[n->sample].spikes[p->source][j];
            for (size_t k = 0; k < (input ? in->count : out->count); k++)
                hear(n, p, j, input ? in->at[k] : number(out->at + k));
        }
    }
    if (n->arrivals > 0)
        qsort(n->arrival, n->arrivals, sizeof *n->arrival, earlier);
}

/* ---- one neuron ---- */

/* The voltages of an output that could be the largest. */
struct candidates {
    long double at[1 << 14], kink; /* kink: the largest one at an arrival */
    size_t count, arrival;         /* arrival: its number */
};

static void offer(struct candidates *all, long double v)
{
    ck_assert_uint_lt(all->count, sizeof all->at / sizeof *all->at);
    all->at[all->count++] = v;
}

/* When free flow would cross, whatever comes before. */
static void crossing_note(const struct neuron *n, long double *virtual_end)
{
    long double current, low = 0, high = summit(n);
    if (isinf(high))
        for (high = n->tau_mem; decayed(n, high, &current) < n->threshold && high < 1e7L;)
            high *= 2;
    if (!(decayed(n, high, &current) >= n->threshold))
        return;
    for (int halving = 0; halving < 90; halving++) {
        long double const middle = (low + high) / 2;
        *(decayed(n, middle, &current) < n->threshold ? &low : &high) = middle;
    }
    lower(virtual_end, n->c->end - n->at - high);
}

/* A maximum before `until`, which lies in free flow. */
static void inside(const struct neuron *n, long double until, long double *margin,
                   struct candidates *all)
{
    long double current;
    long double const at = summit(n);
    if (!(at > 0 && n->at + at < until) || isinf(at))
        return;
    long double const peak = decayed(n, at, &current);
    if (n->lif)
        lower(margin + REF_GRAZING, peak - n->threshold);
    offer(all, peak);
}

static void flow_to(struct neuron *n, long double t, long double *margin, struct candidates *all)
{
    long double current;
    inside(n, t, margin, all);
    n->v = decayed(n, t - n->at, &current);
    n->i = current;
    n->at = t;
}

static void spike(struct neuron *n, long double t, long double last_arrival, long double *margin)
{
    static struct candidates none;
    long double current;
    long double const at = summit(n);
    long double const peak = isinf(at) ? n->bias : decayed(n, at, &current);
    none.count = 0;
    lower(margin + REF_GRAZING, peak - n->threshold);
    flow_to(n, t, (long double[REF_MARGINS]){0}, &none);
    lower(margin + REF_SLOPE, (n->i - n->threshold + n->bias) / n->tau_mem);
    lower(margin + REF_COINCIDENCE, t - last_arrival);
    lower(margin + REF_END, n->c->end - t);
    ck_assert_msg(fabsl(n->v - n->threshold) < off, "V %.17Lg at a spike at %.17Lg", n->v, t);
    n->v = n->reset;
}

/* Of one neuron in one sample; early: the least distance to T of what might have been. */
static void walk(struct neuron *n, const struct ref_train *train, long double *margin,
                 long double *early, struct candidates *all)
{
    long double last_arrival = -(long double)INFINITY, last_spike = -(long double)INFINITY;
    size_t k = 0;
    size_t const spikes = n->lif ? train->count : 0;
    offer(all, 0);
    for (size_t x = 0; x <= n->arrivals; x++) {
        long double const next = x < n->arrivals ? n->arrival[x].time : (long double)INFINITY;
        /* a spike's own arrival without delay comes after it */
        for (; k < spikes && (long double)number(train->at + k) <= next; k++) {
            spike(n, last_spike = number(train->at + k), last_arrival, margin);
            crossing_note(n, early);
        }
        if (x < n->arrivals)
            lower(margin + REF_END, n->c->end - next);
        if (!(next < n->c->end))
            break;
        double const w = n->arrival[x].weight;
        if (n->lif && !(w < 0 || w > 0))
            continue;
        flow_to(n, next, margin, all);
        offer(all, n->v);
        if (n->v > all->kink) {
            all->kink = n->v;
            all->arrival = x;
        }
        bool const rises = n->i - n->v + n->bias > 0;
        n->i += w;
        if (n->lif && rises && n->i - n->v + n->bias < 0)
            lower(margin + REF_GRAZING, n->v - n->threshold);
        if (n->lif && !(fabsl(n->arrival[x].from - last_spike) < off)) /* its own never swaps */
            lower(margin + REF_COINCIDENCE, next - last_spike);
        last_arrival = next;
        if (n->lif)
            crossing_note(n, early);
    }
    flow_to(n, n->c->end, margin, all);
    offer(all, n->v);
    if (n->lif && n->i - n->v + n->bias > 0) /* a spike that would be born at T */
        lower(margin + REF_GRAZING, n->v - n->threshold);
}

static int downwards(const void *x, const void *y)
{
    long double const a = *(const long double *)x, b = *(const long double *)y;
    return (a < b) - (a > b);
}

/* Of an output of the loss of maxima. Which arrival a maximum sits at matters. */
static void maximum_note(const struct neuron *n, struct candidates *all, long double *margin)
{
    const struct arrival *at = n->arrival + all->arrival;
    qsort(all->at, all->count, sizeof *all->at, downwards);
    lower(margin + REF_MAXIMUM_GAP, all->at[0] - all->at[1]);
    if (all->at[0] > all->kink)
        return;
    if (all->arrival > 0)
        lower(margin + REF_COINCIDENCE, at->time - at[-1].time);
    if (all->arrival + 1 < n->arrivals && at[1].time < n->c->end)
        lower(margin + REF_COINCIDENCE, at[1].time - at->time);
}

static void walk_all(const struct case_problem *c, const struct ref_result *r, long double *margin,
                     long double *early)
{
    static struct candidates all;
    bool const maximum = c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t j = 0; j < c->population[p].size; j++) {
                const struct case_population *of = c->population + p;
                if (of->model == CASE_SPIKE_SOURCE)
                    continue;
                struct neuron n = {.c = c,
                                   .sample = s,
                                   .population = p,
                                   .index = j,
                                   .tau_mem = case_value(&of->tau_mem, j),
                                   .tau_syn = case_value(&of->tau_syn, j),
                                   .bias = case_value(&of->bias, j),
                                   .lif = of->model == CASE_LIF};
                if (n.lif) {
                    n.threshold = case_value(&of->threshold, j);
                    n.reset = case_value(&of->reset, j);
                }
                all.count = 0;
                all.kink = -(long double)INFINITY;
                hear_all(&n, r);
                walk(&n, n.lif ? r->sample[s].spikes[p] + j : NULL, margin, early, &all);
                if (maximum && p == c->loss.population)
                    maximum_note(&n, &all, margin);
                free(n.arrival);
            }
}

static bool holds(const arb_t ball, long double x)
{
    if (isinf(x))
        return !arb_is_finite(ball);
    return arb_is_finite(ball) &&
           fabsl(number(ball) - x) <= mag_get_d(arb_radref(ball)) + off * (1 + x);
}

TEST_EACH(margins_are_those_of_the_spikes, 0, 8)
{
    static const struct {
        const char *family;
        size_t count;
    } families[] = {{"random-feedforward", 33},   {"random-delays", 22}, {"random-recurrent", 22},
                    {"random-heterogeneous", 22}, {"random-batch", 11},  {"random-deep", 6},
                    {"degenerate-bursting", 8},   {"degenerate-taus", 8}};
    size_t finite[REF_MARGINS] = {0};
    for (size_t k = 0; k < families[_i].count; k++) {
        struct ref_options options = REF_OPTIONS_DEFAULT;
        struct ref_result r;
        struct case_made made;
        struct case_error error;
        char address[80];
        long double margin[REF_MARGINS], early = (long double)INFINITY;
        snprintf(address, sizeof address, "%s:3:%zu", families[_i].family, k);
        for (int m = 0; m < REF_MARGINS; m++)
            margin[m] = (long double)INFINITY;
        ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
        options.digits = 20;
        ck_assert_int_eq(ref_run(&r, made.problem, &options), REF_OK);
        walk_all(made.problem, &r, margin, &early);
        for (int m = 0; m < REF_MARGINS; m++) {
            double const got = number(r.margin[m]);
            bool const same = holds(r.margin[m], margin[m]);
            bool const sooner =
                m == REF_END && got < (double)margin[m] && got > (double)early - 1e-9;
            ck_assert_msg(same || sooner, "%s: %s: %.17g, not %.17Lg", address,
                          ref_margin_name((enum ref_margin)m), got, margin[m]);
            finite[m] += isfinite(margin[m]);
        }
        ref_clear(&r);
        case_made_clear(&made);
    }
    for (int m = 0; m < REF_MARGINS; m++)
        ck_assert(finite[m] > 0 || m == REF_MAXIMUM_GAP);
}

/* A probe next to a spike is no event whose place matters. */
TEST(probes_leave_margins_as_they_are)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result r, probed;
    struct ref_probe probe = {.population = 1};
    struct case_made made;
    struct case_error error;
    ck_assert_msg(case_make(&made, "random-feedforward:1:1", &error) == 0, "%s", error.text);
    ck_assert_int_eq(ref_run(&r, made.problem, &options), REF_OK);
    ck_assert_uint_gt(r.sample->spikes[1]->count, 0);
    options.probe = &probe;
    options.probes = 1;
    for (int side = -1; side <= 1; side += 2) {
        probe.time = number(r.sample->spikes[1]->at) + side * 0x1p-30;
        ck_assert_int_eq(ref_run(&probed, made.problem, &options), REF_OK);
        for (int m = 0; m < REF_MARGINS; m++)
            ck_assert(arb_overlaps(r.margin[m], probed.margin[m]));
        ref_clear(&probed);
    }
    ref_clear(&r);
    case_made_clear(&made);
}

SUITE("margin")
