/* SPDX-License-Identifier: MIT */
/* scheme_twin.h: the fixed-step scheme once more, as plain as can be, for tests of the grid
 * reference.
 *
 * Dense arrays, loops in the documented order, one rounding an operation: numbers are doubles, and
 * with `single` every result is rounded to binary32 (53 >= 2 * 24 + 2 bits: rounding twice is
 * rounding once). exp and log are the C library's. Samples are summed as they stand. */
#ifndef EVIDENT_TESTS_SCHEME_H
#define EVIDENT_TESTS_SCHEME_H

#include "cases/time_grid.h"
#include "ref/ref.h"

#include <check.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>

struct scheme {
    const struct case_problem *c;
    struct case_grid grid;
    bool single, unflushed; /* unflushed: a step does not end with a flush */
    unsigned variant;       /* enum scheme_variant */
    const double *const *backward_weight;
    double planted;          /* relative error of kappa of the first cell; 0: none */
    uint32_t steps, longest; /* longest: delay */
    size_t cells, *first;    /* [populations]: first cell */
    double *alpha, *beta, *kappa, *kappa_back, *drive, *bias, *threshold, *reset, *height;
    /* per sample, one after the other */
    double *v, *i, *before;       /* [samples][steps][cells]: V after, I, V before a step */
    double *lambda_v, *lambda_i;  /* [samples][steps + 1][cells]: at index a, before jumps */
    double *across;               /* likewise: lambda_V - lambda_I as arrivals at a see it */
    double *slope, *rev;          /* [samples][steps][cells] of spikes */
    unsigned char **emit, **hear; /* [populations]: [samples][size][steps], number of spikes */
    double *tau_mem, *tau_syn;    /* [samples][cells] */
    double *pull;                 /* [outputs]: q, g or l */
    uint32_t *when;               /* [outputs]: of the maximum; of the first spike or UINT32_MAX */
    struct case_raster raster;
    double loss, *sample_loss, *gradient;
    size_t parameters, sample;
};

static inline double rounded(const struct scheme *s, double x)
{
    return s->single ? (double)(float)x : x;
}

/* What ends a step. */
static inline double flushed(const struct scheme *s, double x)
{
    return !s->unflushed && fabs(x) < (s->single ? 0x1p-100 : 0x1p-900) ? 0 : x;
}

static inline bool defect(const struct scheme *s, unsigned variant)
{
    return (s->variant & variant) != 0;
}

static inline double *scheme_row(const struct scheme *s, double *all, uint32_t n)
{
    return all + (s->sample * ((size_t)s->steps + 1) + n) * s->cells;
}

static inline unsigned char *scheme_train(const struct scheme *s, unsigned char *const *all,
                                          size_t p, size_t neuron)
{
    return all[p] + (s->sample * s->c->population[p].size + neuron) * s->steps;
}

#include "tests/scheme_loss.h"

/* ---- constants ---- */

static inline double nearest(const struct scheme *s, mpfr_srcptr x)
{
    return s->single ? (double)mpfr_get_flt(x, MPFR_RNDN) : mpfr_get_d(x, MPFR_RNDN);
}

/* factor end / (steps tau^power), rounded once; power 0: factor / samples instead of end. */
static inline double ratio(const struct scheme *s, double factor, double divisor, bool by_dt)
{
    mpfr_t x;
    mpfr_init2(x, 512);
    mpfr_set_d(x, factor, MPFR_RNDN);
    if (by_dt) {
        mpfr_mul_d(x, x, s->c->end, MPFR_RNDN);
        mpfr_div_ui(x, x, s->steps, MPFR_RNDN);
    }
    mpfr_div_d(x, x, divisor, MPFR_RNDN);
    mpfr_div_ui(x, x, s->c->samples, MPFR_RNDN);
    double r = nearest(s, x);
    mpfr_clear(x);
    return r;
}

static inline void scheme_constants(struct scheme *s, size_t k, const struct case_population *p,
                                    size_t n)
{
    double tau_mem = case_value(&p->tau_mem, n), tau_syn = case_value(&p->tau_syn, n);
    mpfr_t dt, em, es, x, y;
    mpfr_inits2(512, dt, em, es, x, y, (mpfr_ptr)0);
    mpfr_set_d(dt, s->c->end, MPFR_RNDN);
    mpfr_div_ui(dt, dt, s->steps, MPFR_RNDN);
    mpfr_div_d(x, dt, -tau_mem, MPFR_RNDN);
    mpfr_exp(em, x, MPFR_RNDN);
    mpfr_div_d(y, dt, -tau_syn, MPFR_RNDN);
    mpfr_exp(es, y, MPFR_RNDN);
    s->alpha[k] = nearest(s, em);
    s->beta[k] = nearest(s, es);
    mpfr_sub(es, em, es, MPFR_RNDN);
    mpfr_set_d(y, tau_mem, MPFR_RNDN);
    mpfr_sub_d(y, y, tau_syn, MPFR_RNDN);
    mpfr_div(es, es, y, MPFR_RNDN);
    mpfr_mul_d(y, es, tau_syn, MPFR_RNDN);
    mpfr_mul(x, x, em, MPFR_RNDN);
    mpfr_neg(x, x, MPFR_RNDN);
    s->kappa[k] = nearest(s, tau_mem == tau_syn ? x : y);
    mpfr_mul_d(y, es, tau_mem, MPFR_RNDN);
    s->kappa_back[k] = nearest(s, tau_mem == tau_syn ? x : y);
    mpfr_ui_sub(em, 1, em, MPFR_RNDN);
    mpfr_mul_d(em, em, case_value(&p->bias, n), MPFR_RNDN);
    s->drive[k] = nearest(s, em);
    s->bias[k] = rounded(s, case_value(&p->bias, n));
    if (p->model == CASE_LIF) {
        s->threshold[k] = rounded(s, case_value(&p->threshold, n));
        s->reset[k] = rounded(s, case_value(&p->reset, n));
        mpfr_set_d(x, case_value(&p->threshold, n), MPFR_RNDN);
        mpfr_sub_d(x, x, case_value(&p->reset, n), MPFR_RNDN);
        s->height[k] = nearest(s, x);
    }
    mpfr_clears(dt, em, es, x, y, (mpfr_ptr)0);
}

/* ---- forward ---- */

static inline void scheme_arrive(struct scheme *s, uint32_t n, double *i)
{
    for (size_t q = 0; q < s->c->projections; q++) {
        const struct case_projection *p = &s->c->projection[q];
        size_t rows = s->c->population[p->source].size, columns = s->c->population[p->target].size;
        for (uint32_t d = 0; d < n && d <= s->longest; d++)
            for (size_t from = 0; from < rows; from++)
                for (int m = scheme_train(s, s->emit, p->source, from)[n - 1 - d]; m > 0; m--)
                    for (size_t to = 0; to < columns; to++)
                        if (case_grid_delay(&s->grid, q, from * columns + to) == d) {
                            double *at = i + s->first[p->target] + to;
                            *at = rounded(s, *at + rounded(s, p->weight[from * columns + to]));
                        }
    }
}

static inline void scheme_forward(struct scheme *s)
{
    double *v = calloc(s->cells, sizeof *v), *i = calloc(s->cells, sizeof *i);
    for (uint32_t n = 0; n < s->steps; n++) {
        for (size_t k = 0; n == s->steps - 1 && defect(s, SCHEME_CLAMP) && k < s->cells; k++)
            i[k] = 0;
        scheme_arrive(s, n, i);
        for (size_t p = 0; p < s->c->populations; p++)
            for (size_t j = 0;
                 s->c->population[p].model != CASE_SPIKE_SOURCE && j < s->c->population[p].size;
                 j++) {
                size_t k = s->first[p] + j;
                scheme_row(s, s->before, n)[k] = v[k];
                scheme_row(s, s->i, n)[k] = i[k];
                v[k] = rounded(s, rounded(s, s->kappa[k] * i[k]) + rounded(s, s->alpha[k] * v[k]));
                v[k] = flushed(s, rounded(s, v[k] + s->drive[k]));
                scheme_row(s, s->v, n)[k] = v[k];
                if (s->c->population[p].model == CASE_LIF && v[k] >= s->threshold[k]) {
                    scheme_train(s, s->emit, p, j)[n] = 1;
                    scheme_row(s, s->slope, n)[k] =
                        rounded(s, rounded(s, i[k] + s->bias[k]) - v[k]);
                    v[k] = s->reset[k];
                }
                i[k] = flushed(s, rounded(s, s->beta[k] * i[k]));
            }
    }
    free(v);
    free(i);
}

/* ---- backward ---- */

static inline void scheme_across(struct scheme *s, uint32_t a, const double *v, const double *i)
{
    double *across = scheme_row(s, s->across, a);
    for (size_t k = 0; k < s->cells; k++)
        across[k] = rounded(s, v[k] - i[k]);
    for (size_t j = 0; j < s->c->population[s->c->loss.population].size; j++) {
        double *at = across + s->first[s->c->loss.population] + j;
        *at = rounded(s, *at + scheme_seen(s, j, a));
    }
}

/* 32 lanes, folded. */
static inline double scheme_dot(struct scheme *s, size_t q, size_t from, uint32_t d,
                                const double *across)
{
    const struct case_projection *p = &s->c->projection[q];
    const double *weight = defect(s, SCHEME_STALE) ? s->backward_weight[q] : p->weight;
    size_t columns = s->c->population[p->target].size, first = s->first[p->target];
    double lane[32] = {0};
    for (size_t j = 0; j < columns; j++)
        if (case_grid_delay(&s->grid, q, from * columns + j) == d) {
            double w = rounded(s, weight[from * columns + j]);
            double x = rounded(s, w * across[first + j]);
            lane[j % 32] = rounded(s, lane[j % 32] + x);
        }
    for (size_t h = 16; h > 0; h /= 2)
        for (size_t l = 0; l < h; l++)
            lane[l] = rounded(s, lane[l] + lane[l + h]);
    return lane[0];
}

static inline void scheme_receive(struct scheme *s, uint32_t a)
{
    for (size_t q = 0; q < s->c->projections; q++) {
        size_t p = s->c->projection[q].source;
        if (s->c->population[p].model != CASE_LIF)
            continue;
        for (uint32_t d = 0; d < a && d <= s->longest; d++)
            for (size_t from = 0; from < s->c->population[p].size; from++)
                if (scheme_train(s, s->hear, p, from)[a - 1 - d]) {
                    double *rev = scheme_row(s, s->rev, a - 1 - d) + s->first[p] + from;
                    *rev =
                        rounded(s, *rev + scheme_dot(s, q, from, d, scheme_row(s, s->across, a)));
                }
    }
}

static inline void scheme_jump(struct scheme *s, uint32_t n, double *v)
{
    for (size_t p = 0; p < s->c->populations; p++)
        for (size_t j = 0; s->c->population[p].model == CASE_LIF && j < s->c->population[p].size;
             j++) {
            size_t k = s->first[p] + j;
            if (!scheme_train(s, s->hear, p, j)[n])
                continue;
            double x = rounded(s, s->height[k] * v[k]);
            x = rounded(s, x + scheme_row(s, s->rev, n)[k]);
            if (p == s->c->loss.population && s->when[j] == n)
                x = rounded(s, x + s->pull[j]);
            v[k] = rounded(s, v[k] + rounded(s, x / scheme_row(s, s->slope, n)[k]));
        }
}

static inline void scheme_tau(struct scheme *s, size_t p, size_t j, uint32_t n, double v, double i)
{
    size_t k = s->first[p] + j, from = k;
    double *acc_m = s->tau_mem + s->sample * s->cells + k;
    double *acc_s = s->tau_syn + s->sample * s->cells + k;
    if (defect(s, SCHEME_TAU_PUBLISHED)) {
        if (s->steps - 1 - n > s->steps / 2 && j + 1 < s->c->population[p].size)
            from++;
        if (++n == s->steps)
            return;
    }
    double current = scheme_row(s, s->i, n)[from];
    double x = rounded(s, current + s->bias[k]);
    x = rounded(s, x - scheme_row(s, s->before, n)[from]);
    *acc_m = rounded(s, *acc_m + rounded(s, v * x));
    *acc_s = rounded(s, *acc_s + rounded(s, i * current));
}

static inline void scheme_propagate(struct scheme *s, size_t p, size_t j, uint32_t n, double *v,
                                    double *i)
{
    size_t k = s->first[p] + j;
    double l = v[k], a = 0;
    if (p != s->c->loss.population || !scheme_drive(&a, s, j, n)) {
        i[k] = rounded(s, rounded(s, s->kappa_back[k] * l) + rounded(s, s->beta[k] * i[k]));
        i[k] = flushed(s, i[k]);
        v[k] = flushed(s, rounded(s, s->alpha[k] * l));
        return;
    }
    double d = rounded(s, l - a);
    i[k] = rounded(s, s->beta[k] * rounded(s, i[k] - a));
    i[k] = rounded(s, rounded(s, a + i[k]) + rounded(s, s->kappa_back[k] * d));
    i[k] = flushed(s, i[k]);
    v[k] = flushed(s, rounded(s, a + rounded(s, s->alpha[k] * d)));
}

static inline void scheme_backward(struct scheme *s)
{
    double *v = calloc(s->cells, sizeof *v), *i = calloc(s->cells, sizeof *i);
    bool late = defect(s, SCHEME_LATE_JUMP);
    for (uint32_t a = s->steps; a > 0; a--) {
        for (size_t k = 0; k < s->cells; k++) {
            scheme_row(s, s->lambda_v, a)[k] = v[k];
            scheme_row(s, s->lambda_i, a)[k] = i[k];
        }
        scheme_across(s, a, v, i);
        if (a < s->steps)
            scheme_receive(s, a);
        for (size_t j = 0; j < s->c->population[s->c->loss.population].size; j++)
            if (s->c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY && s->when[j] == a) {
                double *at = v + s->first[s->c->loss.population] + j;
                *at = rounded(s, *at + s->pull[j]);
            }
        if (!late)
            scheme_jump(s, a - 1, v);
        for (size_t p = 0; p < s->c->populations; p++)
            for (size_t j = 0;
                 s->c->population[p].model != CASE_SPIKE_SOURCE && j < s->c->population[p].size;
                 j++) {
                scheme_tau(s, p, j, a - 1, v[s->first[p] + j], i[s->first[p] + j]);
                scheme_propagate(s, p, j, a - 1, v, i);
            }
        if (late)
            scheme_jump(s, a - 1, v);
    }
    free(v);
    free(i);
}

#include "tests/scheme_run.h"

#endif
