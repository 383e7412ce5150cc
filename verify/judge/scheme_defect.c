/* SPDX-License-Identifier: MIT */
/* scheme_defect.c: the published defects in engines (defect.c has them all). Each that can be
 * planted in an engine is a variant of the grid reference, too: an engine whose numbers all lie
 * within the bounds of a variant has that defect. */
#include "verify/judge/bounds.h"
#include "verify/judge/reading.h"
#include "verify/judge/defect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct engine_options scheme_options(const struct ver_engine_options *asked)
{
    struct engine_options options = ENGINE_OPTIONS_DEFAULT;
    options.step = asked->step;
    options.delays = asked->round_delays ? CASE_ROUND_DELAYS : CASE_WHOLE_DELAYS;
    options.variant = asked->compat ? (unsigned)SCHEME_COMPAT : 0;
    options.threads = 1; /* the cases run in parallel */
    for (const struct defect *d = defects; d->number > 0; d++)
        if (asked->defects >> d->number & 1)
            options.variant |= d->engine;
    return options;
}

/* ---- defect 6 ---- */

void scheme_weights_free(double **weights)
{
    for (size_t k = 0; weights && weights[k]; k++)
        free(weights[k]);
    free(weights);
}

double **scheme_newer_weights(const struct case_problem *c, const struct case_block *block,
                              size_t blocks, const double *gradient)
{
    /* The first step of Adam with the published rate: 0.001 against the sign of the gradient. */
    const double rate = 0.001;
    double **weights = calloc(c->projections + 1, sizeof *weights);
    for (size_t b = 0; weights && b < blocks && block[b].quantity == CASE_WEIGHT; b++) {
        size_t count = block[b].rows * block[b].columns;
        const double *from = c->projection[block[b].projection].weight;
        double *to = weights[block[b].projection] = malloc((count + 1) * sizeof *to);
        if (!to) {
            scheme_weights_free(weights);
            return NULL;
        }
        for (size_t k = 0; k < count; k++) {
            double slope = gradient[block[b].first + k];
            to[k] = from[k] - rate * ((slope > 0) - (slope < 0));
        }
    }
    return weights;
}

/* The newer weights by the grid reference's own gradient. */
static double **newer_by_grid(const struct scheme *scheme, const struct ref_grid_result *grid)
{
    const struct judge *judge = scheme->judge;
    double *gradient = malloc((judge->parameters + 1) * sizeof *gradient);
    for (size_t k = 0; gradient && k < judge->parameters; k++)
        gradient[k] = arf_get_d(arb_midref(grid->gradient + k), ARF_RND_NEAR);
    double **weights =
        gradient ? scheme_newer_weights(scheme->problem, judge->block, judge->blocks, gradient)
                 : NULL;
    free(gradient);
    return weights;
}

/* ---- diagnosis ---- */

/* Do all numbers of the engine lie within the bounds of this variant? */
static bool fits(struct scheme *scheme, const struct ref_grid_result *clean, unsigned variant)
{
    struct scheme_tallies *tallies = malloc(sizeof *tallies);
    struct ref_grid_result grid;
    double **weights = variant & SCHEME_STALE ? newer_by_grid(scheme, clean) : NULL;
    bool found = false;
    if (tallies && (weights || !(variant & SCHEME_STALE))) {
        int failed =
            scheme_against_grid(tallies, &grid, scheme, variant, (const double *const *)weights);
        found = failed == 0 && tallies->differing == 0;
        ref_grid_clear(&grid);
    }
    scheme_weights_free(weights);
    free(tallies);
    return found;
}

/* One factor for all parameters of a quantity: from the first of its blocks to the last. */
static void describe_quantity(char *text, size_t size, const struct scheme *scheme,
                              const struct ref_grid_result *grid, enum case_quantity quantity)
{
    const struct judge *judge = scheme->judge;
    const struct case_problem *c = scheme->problem;
    const struct reading_units units = reading_units_of(c, c->end / (double)scheme->result.steps);
    size_t first = 0, count = 0;
    for (size_t b = 0; b < judge->blocks; b++)
        if (judge->block[b].quantity == quantity) {
            first = count == 0 ? judge->block[b].first : first;
            count += judge->block[b].rows * judge->block[b].columns;
        }
    double cosine = VER_NAN;
    double factor = reading_common_factor(scheme->result.gradient + first, grid->gradient + first,
                                          grid->gradient_bound + first, count, &cosine);
    char reading[96];
    text[0] = '\0';
    if (reading_factor_text(reading, sizeof reading, factor, &units))
        snprintf(text, size, "%s %s", case_quantity_name(quantity), reading);
    else if (isfinite(factor) && count > 1 && fabs(factor - 1) >= VER_FACTOR_WORTH_NAMING)
        snprintf(text, size, "%s %.4g times the grid", case_quantity_name(quantity), factor);
    else if (isfinite(cosine) && isnan(factor))
        snprintf(text, size, "%s no multiple of the grid's, cosine %.4f",
                 case_quantity_name(quantity), cosine);
}

static void describe_factors(char *text, size_t size, const struct scheme *scheme,
                             const struct ref_grid_result *grid)
{
    size_t used = 0;
    text[0] = '\0';
    for (int q = CASE_WEIGHT; q <= CASE_TAU_SYN; q++) {
        char one[160];
        if (!scheme->result.provides[q] || !grid->provides[q])
            continue;
        describe_quantity(one, sizeof one, scheme, grid, (enum case_quantity)q);
        /* Most defects scale all quantities alike: the first one says it. */
        if (one[0] && used < size) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? "; " : "", one);
            return;
        }
    }
}

static const struct defect *defect_of(unsigned number)
{
    const struct defect *d = defects;
    while (d->number != number)
        d++;
    return d;
}

static void name(struct scheme *scheme, const char *key, const char *text)
{
    snprintf(scheme->out->diagnosis, sizeof scheme->out->diagnosis, "%s", text);
    snprintf(scheme->out->reading, sizeof scheme->out->reading, "%s", text[0] ? key : "");
}

void scheme_diagnose(struct scheme *scheme, const struct ref_grid_result *grid)
{
    char factors[160], text[sizeof scheme->out->diagnosis];
    unsigned base = scheme->judge->options->how.compat ? (unsigned)SCHEME_COMPAT : 0;
    describe_factors(factors, sizeof factors, scheme, grid);
    for (const struct reading *row = reading_table; row->key; row++) {
        const struct defect *d = row->defect > 0 ? defect_of(row->defect) : NULL;
        if (!d || (base & d->grid) || !fits(scheme, grid, base | d->grid))
            continue;
        snprintf(text, sizeof text, "matches defect %u: %s%s%s%s", d->number, d->what,
                 factors[0] ? " (" : "", factors, factors[0] ? ")" : "");
        name(scheme, row->key, text);
        return;
    }
    if (base == 0 && fits(scheme, grid, SCHEME_COMPAT))
        name(scheme, "published-scheme", "matches the published scheme (--compat)");
    else
        name(scheme, "factor", factors);
}
