/* result.c: the memory of a result, and whether its numbers have the digits asked for. */
#include "ref/reference.h"

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
    return PROVEN;
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
        for (size_t n = 0; s->spikes[p] && n < r->size[p]; n++)
            if (s->spikes[p][n].at)
                _arb_vec_clear(s->spikes[p][n].at, (slong)s->spikes[p][n].count);
        free(s->spikes[p]);
    }
    free(s->spikes);
    for (size_t x = 0; x < s->adjoints; x++)
        adjoint_clear(s->adjoint + x);
    free(s->adjoint);
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
    arb_init(a->time);
    arb_init(a->lambda_v_minus);
    arb_init(a->lambda_v_plus);
    arb_init(a->lambda_i_minus);
    arb_init(a->lambda_i_plus);
    return a;
}

enum outcome result_spikes(struct engine *e)
{
    struct ref_sample *s = e->result->sample + e->sample;
    for (size_t x = 0; x < e->neurons; x++) {
        const struct neuron *n = e->neuron + x;
        if (n->model != CASE_LIF)
            continue;
        struct ref_train *train = s->spikes[n->population] + n->index;
        train->count = n->spikes;
        train->at = _arb_vec_init((slong)n->spikes);
#if FAULT == 23 /* the last spike of a train dropped */
        train->count -= n->spikes > 1;
#endif
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

static double largest_shortfall(arb_srcptr x, size_t count, long bits)
{
    double missing = 0;
    mag_t scale, size;
    mag_init(scale);
    mag_init(size);
    for (size_t k = 0; k < count; k++) {
        arb_get_mag_lower(size, x + k);
        mag_max(scale, scale, size);
    }
    if (mag_is_zero(scale))
        mag_one(scale);
    for (size_t k = 0; k < count; k++)
        missing = fmax(missing, shortfall(x + k, scale, bits));
    mag_clear(scale);
    mag_clear(size);
    return missing;
}

static double sample_shortfall(const struct ref_result *r, const struct ref_sample *s, long bits)
{
    double missing = largest_shortfall(s->loss, 1, bits);
    for (size_t p = 0; p < r->populations; p++)
        for (size_t n = 0; n < r->size[p]; n++)
            missing =
                fmax(missing, largest_shortfall(s->spikes[p][n].at, s->spikes[p][n].count, bits));
    for (size_t k = 0; k < s->adjoints; k++) {
        arb_srcptr const all[] = {s->adjoint[k].lambda_v_minus, s->adjoint[k].lambda_v_plus,
                                  s->adjoint[k].lambda_i_plus};
        for (size_t x = 0; x < sizeof all / sizeof *all; x++)
            missing = fmax(missing, largest_shortfall(all[x], 1, bits));
    }
    return missing;
}

double result_shortfall(const struct ref_result *r, const struct ref_options *o)
{
    long const bits = o->digits * 3322 / 1000 + 1; /* log2(10) = 3.3219 */
    double missing = largest_shortfall(r->loss, 1, bits);
    for (size_t x = 0; x < r->samples; x++)
        missing = fmax(missing, sample_shortfall(r, r->sample + x, bits));
    if (r->gradient)
        missing = fmax(missing, largest_shortfall(r->gradient, r->parameters, bits));
    arb_srcptr const probes[] = {r->probe_v, r->probe_i, r->probe_lambda_v, r->probe_lambda_i};
    for (size_t x = 0; x < sizeof probes / sizeof *probes; x++)
        if (probes[x])
            missing = fmax(missing, largest_shortfall(probes[x], r->probes, bits));
    return missing;
}
