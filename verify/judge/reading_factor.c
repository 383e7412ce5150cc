/* SPDX-License-Identifier: MIT */
/* reading_factor.c: a gradient that is wrong by a factor has the right direction; which factor it
 * is says what was forgotten. Direction, scale and sign are told apart. */
#include "verify/judge/judge_scheme.h"
#include "verify/judge/bounds.h"
#include "verify/base/number.h"

#include <math.h>

double reading_common_factor(const double *engine, arb_srcptr truth, mag_srcptr bound, size_t count,
                             double *cosine)
{
    double across = 0, squares = 0, own = 0;
    for (size_t k = 0; k < count; k++) {
        double t = middle(truth + k);
        across += engine[k] * t;
        squares += t * t;
        own += engine[k] * engine[k];
    }
    *cosine = across / (sqrt(squares) * sqrt(own));
    double factor = across / squares;
    if (!(squares > 0) || !isfinite(factor) || factor == 0)
        return VER_NAN;
    for (size_t k = 0; k < count; k++) {
        double slack = fabs(factor) * VER_FACTOR_BOUNDS * mag_get_d(bound + k);
        slack += ldexp(fabs(engine[k]), -VER_FACTOR_BITS);
        if (!(fabs(engine[k] - factor * middle(truth + k)) <= slack))
            return VER_NAN;
    }
    return factor;
}

struct reading {
    const char *says;
    double value;
};

static bool same_factor(double a, double b, int bits)
{
    return fabs(a - b) <= ldexp(fabs(b), -bits);
}

/* The simplest reading first: one unit, then a product of two. */
static bool find_reading(char *text, size_t size, double factor, const struct reading *unit,
                         size_t units, int bits)
{
    for (size_t a = 0; a < units; a++)
        if (same_factor(factor, unit[a].value, bits)) {
            snprintf(text, size, "%s", unit[a].says);
            return true;
        }
    for (size_t a = 0; a < units; a++)
        for (size_t b = a + 1; b < units; b++)
            if (same_factor(factor, unit[a].value * unit[b].value, bits) &&
                !same_factor(unit[a].value * unit[b].value, 1, bits)) {
                snprintf(text, size, "%s and %s", unit[a].says, unit[b].says);
                return true;
            }
    return false;
}

struct reading_units reading_units_of(const struct case_problem *c, double step)
{
    const struct case_population *outputs = &c->population[c->loss.population];
    bool one_mem = outputs->tau_mem.count == 1, one_syn = outputs->tau_syn.count == 1;
    return (struct reading_units){
        .tau_mem = one_mem ? outputs->tau_mem.at[0] : VER_NAN,
        .tau_syn = one_syn ? outputs->tau_syn.at[0] : VER_NAN,
        .end = c->end,
        .step = step > 0 ? step : VER_NAN,
        .samples = (double)c->samples,
    };
}

bool reading_factor_text(char *text, size_t size, double factor, const struct reading_units *units)
{
    const struct reading unit[] = {
        {"sign", -1},
        {"1/tau_mem", 1 / units->tau_mem},
        {"tau_mem", units->tau_mem},
        {"1/tau_syn", 1 / units->tau_syn},
        {"tau_syn", units->tau_syn},
        {"1/T", 1 / units->end},
        {"T", units->end},
        {"1/N, N samples", 1 / units->samples},
        {"N samples", units->samples},
        {"dt", units->step},
        {"1/dt", 1 / units->step},
        {"dt/T", units->step / units->end},
    };
    int bits = units->bits > 0 ? units->bits : VER_FACTOR_BITS;
    char reading[64];
    if (!isfinite(factor) || same_factor(factor, 1, bits) ||
        !find_reading(reading, sizeof reading, factor, unit, sizeof unit / sizeof *unit, bits))
        return false;
    snprintf(text, size, "%.4g times %s: %s?", factor, units->truth ? units->truth : "the grid",
             reading);
    return true;
}
