/* SPDX-License-Identifier: MIT */
/* hint.c: guesses in double precision that tell the event loop where to look first. They prove
 * nothing and need not be right: a wrong one costs a repeated run, never a wrong result. */
#include "ref/reference/reference.h"

#include <math.h>

static double voltage_d(const struct neuron *n, double v, double i, double s)
{
    double const a = 1 / n->k->tau_mem_d, x = s * (1 / n->k->tau_syn_d - a);
    double const em = exp(-a * s);
    double const ratio = fabs(x) > 0 ? -expm1(-x) / x : 1;
    return n->bias_d + (v - n->bias_d) * em + i * a * s * em * ratio;
}

/* Time of the maximum of V in free flow, INFINITY if V rises for ever, NAN if it has none. */
static double peak_time(const struct neuron *n, double v, double i)
{
    double const rise = i - v + n->bias_d;
    if (!(i > 0))
        return rise > 0 ? (double)INFINITY : (double)NAN;
    if (!(rise > 0))
        return (double)NAN;
    double const y = (1 - n->k->tau_syn_d / n->k->tau_mem_d) * rise / i;
    if (y >= 1)
        return (double)INFINITY;
    double const stretch = fabs(y) > 0 ? -log1p(-y) / y : 1;
    return n->k->tau_syn_d * rise / i * stretch;
}

/* V(low) < level <= V(high) stays true while the bracket is halved. */
static double bisect(const struct neuron *n, double v, double i, double level, double high,
                     int halvings)
{
    double low = 0;
    for (int iteration = 0; iteration < halvings; iteration++) {
        double const middle = low + (high - low) / 2;
        if (!(middle > low && middle < high))
            break;
        if (voltage_d(n, v, i, middle) < level)
            low = middle;
        else
            high = middle;
    }
    return low;
}

double hint_crossing(const struct neuron *n, double v, double i, double slack)
{
    double const scale = fabs(v - n->bias_d) + fabs(i) + fabs(n->bias_d) + n->threshold_d;
    double const level = n->threshold_d - slack * scale;
    if (!(v < level))
        return 0;
    if (fmax(v, n->bias_d) + fmax(i, 0) < level)
        return (double)INFINITY;
    double peak = peak_time(n, v, i);
    if (isnan(peak) && !(i < 0 && n->bias_d >= level))
        return (double)INFINITY;
    if (isnan(peak) || isinf(peak)) {
        /* rises towards the bias, perhaps after a minimum */
        if (n->bias_d < level)
            return (double)INFINITY;
        peak = fmax(n->k->tau_mem_d, n->k->tau_syn_d);
        for (int doubling = 0; doubling < 12 && voltage_d(n, v, i, peak) < level; doubling++)
            peak *= 2;
    }
    if (!(voltage_d(n, v, i, peak) >= level))
        return (double)INFINITY;
    /* Early by up to 2^-16 of the way to the peak: looking a little too early costs little. */
    return bisect(n, v, i, level, peak, 16);
}

double hint_root(const struct neuron *n, double v, double i, double end)
{
    return bisect(n, v, i, n->threshold_d, end, 100);
}

double middle_d(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}
