/* SPDX-License-Identifier: MIT */
/* scheme_loss.h: the losses of scheme.h, in doubles, their results rounded. */
#ifndef EVIDENT_TESTS_SCHEME_LOSS_H
#define EVIDENT_TESTS_SCHEME_LOSS_H

/* p[outputs], and the cross entropy. */
static inline double scheme_softmax(double *p, const double *x, size_t outputs, size_t label)
{
    double most = x[0], sum = 0;
    for (size_t k = 1; k < outputs; k++)
        most = x[k] > most ? x[k] : most;
    for (size_t k = 0; k < outputs; k++)
        sum = sum + exp(x[k] - most);
    for (size_t k = 0; k < outputs; k++)
        p[k] = exp(x[k] - most) / sum;
    return log(sum) - (x[label] - most);
}

static inline double scheme_shape(const struct scheme *s, uint32_t n)
{
    double x = (double)n / (double)s->steps;
    switch (s->c->loss.weighting) {
    case CASE_EXPONENTIAL:
        return exp(-x);
    case CASE_LINEAR:
        return 1 - x;
    case CASE_SIGMOID:
        return 1 / (1 + exp((x - 0.5) / 0.2));
    default:
        return 1;
    }
}

static inline double scheme_target(const struct scheme *s, size_t j, uint32_t n)
{
    const struct case_steps *y = &s->c->sample[s->sample].voltages[j];
    double value = y->value[0];
    for (size_t k = 0; k < y->count; k++)
        if (y->time[k] <= (double)n * s->c->end / (double)s->steps)
            value = y->value[k];
    return rounded(s, value);
}

static inline double *scheme_outputs(const struct scheme *s, double *all, uint32_t n)
{
    return scheme_row(s, all, n) + s->first[s->c->loss.population];
}

static inline double scheme_tau_defect(const struct scheme *s, size_t j)
{
    const struct case_population *p = &s->c->population[s->c->loss.population];
    return defect(s, SCHEME_DRIVE_OVER_TAU) ? case_value(&p->tau_mem, j) : 1;
}

/* Whether output j has a drive in step n, and which. */
static inline bool scheme_drive(double *drive, const struct scheme *s, size_t j, uint32_t n)
{
    enum case_loss_kind kind = s->c->loss.kind;
    size_t outputs = s->c->population[s->c->loss.population].size;
    size_t label = s->c->sample[s->sample].label;
    if (kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
        *drive = rounded(s, s->pull[j] * rounded(s, scheme_shape(s, n)));
    } else if (kind == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        double *p = calloc(outputs, sizeof *p);
        scheme_softmax(p, scheme_outputs(s, s->v, n), outputs, label);
        *drive = rounded(s, ((j == label ? 1 : 0) - p[j]) / s->c->end / scheme_tau_defect(s, j));
        free(p);
    } else if (kind == CASE_VOLTAGE_SQUARED_ERROR) {
        double d = rounded(s, scheme_target(s, j, n) - scheme_outputs(s, s->before, n)[j]);
        *drive = rounded(s, d * rounded(s, 1 / s->c->end / scheme_tau_defect(s, j)));
    } else {
        return false;
    }
    return true;
}

static inline double scheme_first_spike(struct scheme *s, double *t, size_t outputs)
{
    const struct case_loss *l = &s->c->loss;
    const struct case_sample *sample = &s->c->sample[s->sample];
    size_t label = sample->label;
    double *by = s->pull, loss = 0, all = 0;
    if (l->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY) {
        double first = t[0], sum = 0;
        for (size_t k = 1; k < outputs; k++)
            first = t[k] < first ? t[k] : first;
        for (size_t k = 0; k < outputs; k++)
            sum = sum + exp(-(t[k] - first) / l->tau0);
        for (size_t k = 0; k < outputs; k++) {
            double p = exp(-(t[k] - first) / l->tau0) / sum;
            by[k] = k == label ? (1 - p) / l->tau0 : -p / l->tau0;
        }
        bool reciprocal = l->penalty == CASE_PENALTY_RECIPROCAL;
        double rest = 1.01 * s->c->end - t[label];
        loss = (t[label] - first) / l->tau0 + log(sum);
        loss = loss + (reciprocal ? l->alpha / rest : l->alpha * (exp(t[label] / l->tau1) - 1));
        by[label] = by[label] + (reciprocal ? l->alpha / (rest * rest)
                                            : l->alpha / l->tau1 * exp(t[label] / l->tau1));
        return loss;
    }
    for (size_t k = 0; k < outputs; k++) {
        if (l->kind == CASE_FIRST_SPIKE_SQUARED_ERROR)
            by[k] = t[k] - sample->times[k];
        else
            by[k] = k == label ? 0 : t[k] - t[label] - l->margin;
        loss = loss + by[k] * by[k];
        all = all + by[k];
    }
    if (l->kind == CASE_FIRST_SPIKE_MARGIN)
        by[label] = -all;
    return loss / 2;
}

static inline double scheme_times(struct scheme *s, double *t, size_t outputs)
{
    size_t population = s->c->loss.population;
    for (size_t j = 0; j < outputs; j++) {
        uint32_t n = 0;
        while (n < s->steps && !scheme_train(s, s->emit, population, j)[n])
            n++;
        s->when[j] = n < s->steps ? n : UINT32_MAX;
        double index = (double)n + (defect(s, SCHEME_LABEL) ? 0 : 1);
        t[j] = n < s->steps ? index * s->c->end / (double)s->steps
                            : s->c->end + s->c->loss.silent_after;
    }
    double loss = scheme_first_spike(s, t, outputs);
    for (size_t j = 0; j < outputs; j++)
        s->pull[j] = rounded(s, s->pull[j]);
    return loss;
}

static inline void scheme_maximum(struct scheme *s, double *most, size_t outputs)
{
    bool before = defect(s, SCHEME_MAX_BEFORE);
    for (size_t j = 0; j < outputs; j++) {
        s->when[j] = 0;
        most[j] = 0;
        for (uint32_t n = 0; n < s->steps; n++) {
            double x = scheme_outputs(s, before ? s->before : s->v, n)[j];
            if (x > most[j]) {
                most[j] = x;
                s->when[j] = before ? n : n + 1;
            }
        }
    }
}

/* Sum of squares or of instantaneous cross entropies, over time. */
static inline double scheme_over_time(struct scheme *s, double *p, size_t outputs, size_t label)
{
    double sum = 0;
    if (s->c->loss.kind == CASE_INSTANTANEOUS_CROSS_ENTROPY) {
        for (uint32_t n = 0; n < s->steps; n++)
            sum = sum + scheme_softmax(p, scheme_outputs(s, s->v, n), outputs, label);
        return sum / (double)s->steps;
    }
    for (size_t j = 0; j < outputs; j++) {
        double square = 0;
        for (uint32_t n = 0; n < s->steps; n++) {
            double e = rounded(s, scheme_outputs(s, s->before, n)[j] - scheme_target(s, j, n));
            square = square + e * e;
        }
        sum = sum + square;
    }
    return sum / (2 * (double)s->steps);
}

/* The loss of a sample, not rounded; pull and when for the backward pass. */
static inline double scheme_loss(struct scheme *s)
{
    enum case_loss_kind kind = s->c->loss.kind;
    const struct case_population *population = &s->c->population[s->c->loss.population];
    size_t outputs = population->size, label = s->c->sample[s->sample].label;
    double *x = calloc(outputs, sizeof *x), *p = calloc(outputs, sizeof *p), loss;
    if (kind == CASE_INSTANTANEOUS_CROSS_ENTROPY || kind == CASE_VOLTAGE_SQUARED_ERROR) {
        loss = scheme_over_time(s, p, outputs, label);
    } else if (population->model == CASE_LIF) {
        loss = scheme_times(s, x, outputs);
    } else {
        bool maximum = kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
        for (uint32_t n = 0; !maximum && n < s->steps; n++) {
            double w = rounded(s, scheme_shape(s, n) / (double)s->steps);
            for (size_t j = 0; j < outputs; j++)
                x[j] = rounded(s, x[j] + rounded(s, w * scheme_outputs(s, s->before, n)[j]));
        }
        if (maximum)
            scheme_maximum(s, x, outputs);
        loss = scheme_softmax(p, x, outputs, label);
        for (size_t j = 0; j < outputs; j++) {
            double pull = (j == label ? 1 : 0) - p[j];
            if (maximum)
                pull = pull / case_value(&population->tau_mem, j) /
                       (defect(s, SCHEME_MAX_OVER_T) ? s->c->end : 1);
            else
                pull = pull / s->c->end / scheme_tau_defect(s, j);
            s->pull[j] = rounded(s, pull);
        }
    }
    free(x);
    free(p);
    return loss;
}

/* What arrivals at index a see of the jump of lambda_V where an output is largest. */
static inline double scheme_seen(struct scheme *s, size_t j, uint32_t a)
{
    size_t k = s->first[s->c->loss.population] + j;
    if (s->c->loss.kind != CASE_MAX_VOLTAGE_CROSS_ENTROPY || defect(s, SCHEME_MAX_STILL) ||
        s->when[j] != a || a == 0 || a == s->steps)
        return 0;
    double v = scheme_row(s, s->v, a - 1)[k];
    double old = flushed(s, rounded(s, s->beta[k] * scheme_row(s, s->i, a - 1)[k]));
    double up = rounded(s, rounded(s, old + s->bias[k]) - v);
    double down = rounded(s, rounded(s, scheme_row(s, s->i, a)[k] + s->bias[k]) - v);
    double part = 0;
    if (up > 0)
        part = down < 0 ? rounded(s, up / rounded(s, up - down)) : 1;
    return rounded(s, part * s->pull[j]);
}

#endif
