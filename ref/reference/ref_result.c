/* SPDX-License-Identifier: MIT */
/* ref_result.c: the memory of a result, and whether its numbers have the digits asked for. */
#include "ref/reference/reference.h"

#include <math.h>
#include <stdlib.h>

const char *ref_margin_name(enum ref_margin margin)
{
    static const char *const names[] = {"grazing", "slope", "coincidence", "end", "maximum"};
    return (unsigned)margin < REF_MARGINS ? names[margin] : "unknown";
}

const char *ref_status_name(enum ref_status status)
{
    static const char *const names[] = {"ok", "undecided", "capacity", "memory"};
    return (unsigned)status < sizeof names / sizeof *names ? names[status] : "unknown";
}

const char *ref_none_name(enum ref_none_kind kind)
{
    static const char *const names[] = {"one-sided", "birth", "order", "end", "beyond"};
    return (unsigned)kind < REF_NONE_KINDS ? names[kind] : "unknown";
}

static int by_parameter(const void *key, const void *element)
{
    size_t const parameter = *(const size_t *)key;
    size_t const other = ((const struct ref_none *)element)->parameter;
    return (parameter > other) - (parameter < other);
}

const struct ref_none *ref_none_of(const struct ref_result *r, size_t parameter)
{
    return r->nones ? bsearch(&parameter, r->none, r->nones, sizeof *r->none, by_parameter) : NULL;
}

enum outcome result_init(struct ref_result *r, const struct case_problem *c,
                         const struct ref_options *o)
{
    *r = (struct ref_result){.populations = c->populations, .probes = o->probes};
    arb_init(r->loss);
    for (int m = 0; m < REF_MARGINS; m++)
        arb_init(r->margin[m]);
    r->size = calloc(c->populations, sizeof *r->size);
    r->sample = calloc(c->samples, sizeof *r->sample);
    if (!r->size || !r->sample)
        return FULL;
    for (size_t p = 0; p < c->populations; p++)
        r->size[p] = c->population[p].model == CASE_LIF ? c->population[p].size : 0;
    while (r->samples < c->samples) {
        struct ref_sample *s = r->sample + r->samples++;
        arb_init(s->loss);
        s->spikes = calloc(c->populations, sizeof *s->spikes);
        if (!s->spikes)
            return FULL;
        for (size_t p = 0; p < c->populations; p++) {
            if (r->size[p] == 0)
                continue;
            s->spikes[p] = calloc(r->size[p], sizeof *s->spikes[p]);
            if (!s->spikes[p])
                return FULL;
        }
    }
    r->probe_v = _arb_vec_init((slong)r->probes);
    r->probe_i = _arb_vec_init((slong)r->probes);
    if (!o->gradients)
        return PROVEN;
    r->probe_lambda_v = _arb_vec_init((slong)r->probes);
    r->probe_lambda_i = _arb_vec_init((slong)r->probes);
    r->probe_none = calloc(r->probes + 1, sizeof *r->probe_none);
    return r->probe_none ? PROVEN : FULL;
}

static void adjoint_clear(struct ref_adjoint *a)
{
    arb_clear(a->time);
    arb_clear(a->lambda_v_minus);
    arb_clear(a->lambda_v_plus);
    arb_clear(a->lambda_i_minus);
    arb_clear(a->lambda_i_plus);
}

static void sample_clear(struct ref_result *r, struct ref_sample *s)
{
    arb_clear(s->loss);
    for (size_t p = 0; s->spikes && p < r->populations; p++) {
        for (size_t n = 0; s->spikes[p] && n < r->size[p]; n++) {
            const struct ref_train *train = s->spikes[p] + n;
            if (train->at)
                _arb_vec_clear(train->at, (slong)train->count);
            if (train->by_time)
                _arb_vec_clear(train->by_time, (slong)train->count);
        }
        free(s->spikes[p]);
    }
    free(s->spikes);
    for (size_t x = 0; x < s->adjoints; x++)
        adjoint_clear(s->adjoint + x);
    free(s->adjoint);
    for (size_t x = 0; x < s->maxima; x++) {
        arb_clear(s->maximum[x].time);
        arb_clear(s->maximum[x].value);
    }
    free(s->maximum);
}

void ref_clear(struct ref_result *r)
{
    arb_clear(r->loss);
    for (int m = 0; m < REF_MARGINS; m++)
        arb_clear(r->margin[m]);
    for (size_t x = 0; r->sample && x < r->samples; x++)
        sample_clear(r, r->sample + x);
    free(r->sample);
    free(r->size);
    if (r->gradient)
        _arb_vec_clear(r->gradient, (slong)r->parameters);
    for (size_t x = 0; x < r->nones; x++) {
        arb_clear(r->none[x].left);
        arb_clear(r->none[x].right);
    }
    free(r->none);
    for (size_t x = 0; x < r->edges; x++) {
        arb_clear(r->edge[x].margin);
        arb_clear(r->edge[x].time);
    }
    free(r->edge);
    free(r->probe_none);
    arb_ptr const probes[] = {r->probe_v, r->probe_i, r->probe_lambda_v, r->probe_lambda_i};
    for (size_t x = 0; x < sizeof probes / sizeof *probes; x++)
        if (probes[x])
            _arb_vec_clear(probes[x], (slong)r->probes);
    *r = (struct ref_result){.status = r->status};
}

struct ref_adjoint *ref_adjoint_new(struct ref_sample *s)
{
    /* room doubles whenever the count is a power of two */
    if ((s->adjoints & (s->adjoints - 1)) == 0) {
        size_t const room = s->adjoints ? 2 * s->adjoints : 1;
        struct ref_adjoint *larger = realloc(s->adjoint, room * sizeof *larger);
        if (!larger)
            return NULL;
        s->adjoint = larger;
    }
    struct ref_adjoint *a = s->adjoint + s->adjoints++;
    *a = (struct ref_adjoint){.none_minus = false};
    arb_init(a->time);
    arb_init(a->lambda_v_minus);
    arb_init(a->lambda_v_plus);
    arb_init(a->lambda_i_minus);
    arb_init(a->lambda_i_plus);
    return a;
}

enum outcome none_add(struct pass *e, size_t parameter, enum ref_none_kind kind, bool known,
                      const arb_t left, const arb_t right)
{
    struct ref_none *larger = grown(e->none, e->nones, &e->nones_room, sizeof *larger);
    if (!larger)
        return FULL;
    e->none = larger;
    struct ref_none *none = e->none + e->nones++;
    *none = (struct ref_none){.parameter = parameter, .kind = kind, .known = known};
    arb_init(none->left);
    arb_init(none->right);
    arb_set(none->left, left);
    arb_set(none->right, right);
    return PROVEN;
}

/* By parameter, then by kind: the order of sums is the same everywhere. */
static int by_place(const void *one, const void *two)
{
    const struct ref_none *x = one, *y = two;
    if (x->parameter != y->parameter)
        return x->parameter < y->parameter ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

void result_nones(struct pass *e)
{
    struct ref_result *r = e->result;
    size_t kept = 0;
    if (e->nones > 1)
        qsort(e->none, e->nones, sizeof *e->none, by_place);
    for (size_t x = 0; x < e->nones; x++) {
        struct ref_none *now = e->none + x, *last = kept > 0 ? e->none + kept - 1 : NULL;
        if (last && last->parameter == now->parameter) {
            arb_add(last->left, last->left, now->left, e->prec);
            arb_add(last->right, last->right, now->right, e->prec);
            last->known = last->known && now->known;
            arb_clear(now->left);
            arb_clear(now->right);
        } else {
            e->none[kept++] = *now;
        }
    }
    for (size_t x = 0; x < kept; x++) {
        arb_ptr ordinary = r->gradient + e->none[x].parameter;
        arb_add(e->none[x].left, e->none[x].left, ordinary, e->prec);
        arb_add(e->none[x].right, e->none[x].right, ordinary, e->prec);
        arb_indeterminate(ordinary);
    }
    r->none = e->none;
    r->nones = kept;
    e->none = NULL;
    e->nones = e->nones_room = 0;
}

void result_times(struct pass *e)
{
    struct ref_sample *s = e->result->sample + e->sample;
    for (size_t x = e->inputs; x < e->spikes && e->options->gradients; x++) {
        const struct spike *k = e->spike + x;
        arb_set(s->spikes[k->population][k->index].by_time + k->ordinal, k->by_time);
    }
}

enum outcome result_spikes(struct pass *e)
{
    struct ref_sample *s = e->result->sample + e->sample;
    for (size_t x = 0; x < e->neurons; x++) {
        const struct neuron *n = e->neuron + x;
        if (n->model != CASE_LIF)
            continue;
        struct ref_train *train = s->spikes[n->population] + n->index;
        train->count = n->spikes;
        train->at = _arb_vec_init((slong)n->spikes);
        train->by_time = e->options->gradients ? _arb_vec_init((slong)n->spikes) : NULL;
    }
    for (size_t x = e->inputs; x < e->spikes; x++) {
        const struct spike *k = e->spike + x;
        arb_set(s->spikes[k->population][k->index].at + k->ordinal, k->time);
    }
    return PROVEN;
}

/* Bits by which radius <= 2^-bits |x|, or radius <= 2^(-2 bits) scale, fails; at most 0 if one
 * holds. */
static double shortfall(const arb_t x, const mag_t scale, long bits)
{
    if (!arb_is_finite(x))
        return (double)INFINITY;
    mag_t size, largest;
    mag_init(size);
    mag_init(largest);
    arb_get_mag_lower(size, x);
    mag_mul_2exp_si(size, size, -bits);
    mag_mul_2exp_si(largest, scale, -2 * bits);
    double missing = 0;
    if (mag_cmp(arb_radref(x), size) > 0 && mag_cmp(arb_radref(x), largest) > 0) {
        mag_max(size, size, largest);
        missing = mag_is_zero(size)
                      ? (double)INFINITY
                      : mag_get_d_log2_approx(arb_radref(x)) - mag_get_d_log2_approx(size);
        missing = fmax(missing, 1);
    }
    mag_clear(size);
    mag_clear(largest);
    return missing;
}

static void scale_raise(mag_t scale, const arb_t x)
{
    mag_t size;
    mag_init(size);
    arb_get_mag_lower(size, x);
    mag_max(scale, scale, size);
    mag_clear(size);
}

/* Numbers of one kind: those for which left_out[k] is false. */
static double shortfall_beside(arb_srcptr x, const bool *left_out, size_t count, long bits)
{
    double missing = 0;
    mag_t scale;
    mag_init(scale);
    for (size_t k = 0; k < count; k++)
        if (!left_out || !left_out[k])
            scale_raise(scale, x + k);
    if (mag_is_zero(scale))
        mag_one(scale);
    for (size_t k = 0; k < count; k++)
        if (!left_out || !left_out[k])
            missing = fmax(missing, shortfall(x + k, scale, bits));
    mag_clear(scale);
    return missing;
}

static double largest_shortfall(arb_srcptr x, size_t count, long bits)
{
    return shortfall_beside(x, NULL, count, bits);
}

/* Of the derivatives that there are, and of one-sided ones where they are known. */
static double gradient_shortfall(const struct ref_result *r, long bits)
{
    double missing = 0;
    mag_t scale;
    mag_init(scale);
    for (size_t k = 0; k < r->parameters; k++)
        if (!ref_none_of(r, k))
            scale_raise(scale, r->gradient + k);
    for (size_t x = 0; x < r->nones; x++)
        if (r->none[x].known) {
            scale_raise(scale, r->none[x].left);
            scale_raise(scale, r->none[x].right);
        }
    if (mag_is_zero(scale))
        mag_one(scale);
    for (size_t k = 0; k < r->parameters; k++)
        if (!ref_none_of(r, k))
            missing = fmax(missing, shortfall(r->gradient + k, scale, bits));
    for (size_t x = 0; x < r->nones; x++)
        if (r->none[x].known)
            missing = fmax(missing, fmax(shortfall(r->none[x].left, scale, bits),
                                         shortfall(r->none[x].right, scale, bits)));
    mag_clear(scale);
    return missing;
}

static double adjoint_shortfall(const struct ref_adjoint *a, long bits)
{
    double missing = a->none_minus ? 0 : largest_shortfall(a->lambda_v_minus, 1, bits);
    if (!a->none_plus)
        missing = fmax(missing, fmax(largest_shortfall(a->lambda_v_plus, 1, bits),
                                     largest_shortfall(a->lambda_i_plus, 1, bits)));
    return missing;
}

static double sample_shortfall(const struct ref_result *r, const struct ref_sample *s, long bits)
{
    double missing = largest_shortfall(s->loss, 1, bits);
    for (size_t p = 0; p < r->populations; p++)
        for (size_t n = 0; n < r->size[p]; n++)
            missing =
                fmax(missing, largest_shortfall(s->spikes[p][n].at, s->spikes[p][n].count, bits));
    return missing;
}

static double record_shortfall(const struct ref_result *r, long bits)
{
    double missing = 0;
    for (size_t x = 0; x < r->samples; x++)
        for (size_t k = 0; k < r->sample[x].adjoints; k++)
            missing = fmax(missing, adjoint_shortfall(r->sample[x].adjoint + k, bits));
    return missing;
}

double result_shortfall(struct ref_result *r, const struct ref_options *o)
{
    long const bits = o->digits * 3322 / 1000 + 1; /* log2(10) = 3.3219 */
    double const recorded = record_shortfall(r, bits);
    r->adjoints_short = recorded > 0;
    double missing = fmax(largest_shortfall(r->loss, 1, bits), o->adjoints_short ? 0 : recorded);
    for (size_t x = 0; x < r->samples; x++)
        missing = fmax(missing, sample_shortfall(r, r->sample + x, bits));
    if (r->gradient)
        missing = fmax(missing, gradient_shortfall(r, bits));
    if (r->probe_lambda_v)
        missing = fmax(missing,
                       fmax(shortfall_beside(r->probe_lambda_v, r->probe_none, r->probes, bits),
                            shortfall_beside(r->probe_lambda_i, r->probe_none, r->probes, bits)));
    return fmax(missing, fmax(largest_shortfall(r->probe_v, r->probes, bits),
                              largest_shortfall(r->probe_i, r->probes, bits)));
}
