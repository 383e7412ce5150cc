/* SPDX-License-Identifier: MIT */
/* scheme_closer.c: a ladder that fails while the rounding at the case's own step is right. Some
 * defects show at fine steps only (a clock in binary32 is one), so the engine is held against the
 * grid reference once more at finer steps, until something differs that has a name. */
#include "verify/judge/bounds.h"
#include "verify/judge/judge_scheme.h"

#include <stdlib.h>
#include <string.h>

/* true if something differs at this step: it has been named as far as it can be. */
static bool differs_at(struct scheme *scheme, double step)
{
    struct scheme closer = *scheme;
    struct scheme_tallies *tallies = malloc(sizeof *tallies);
    struct ref_grid_result grid;
    bool differs = false;
    closer.options.step = step;
    closer.options.trace = false; /* slopes, losses and gradients are enough to name a defect */
    closer.places = (struct scheme_places){0};
    if (tallies &&
        engine_run(scheme->engine, &closer.result, scheme->problem, &closer.options) == RESULT_OK &&
        scheme_places_make(&closer.places, scheme->problem, &closer.result) == 0) {
        int failed = scheme_against_grid(tallies, &grid, &closer, 0, NULL);
        differs = failed == 0 && tallies->differing > 0;
        if (differs)
            scheme_diagnose(&closer, &grid);
        ref_grid_clear(&grid);
    }
    if (tallies)
        result_clear(&closer.result);
    scheme_places_clear(&closer.places);
    free(tallies);
    return differs;
}

void scheme_look_closer(struct scheme *scheme)
{
    const struct judge *judge = scheme->judge;
    double cells = (double)scheme->places.cells * (double)scheme->problem->samples;
    double steps = 2 * (double)scheme->result.steps;
    /* A diagnosis from the case's own step says more; one of scale is there, too. */
    if (scheme->out->diagnosis[0] || judge->options->how.compat)
        return;
    for (; steps * cells <= VER_CLOSER_MOST; steps *= 2)
        if (differs_at(scheme, scheme->problem->end / steps)) {
            char found[sizeof scheme->out->diagnosis];
            memcpy(found, scheme->out->diagnosis, sizeof found);
            snprintf(scheme->out->diagnosis, sizeof scheme->out->diagnosis, "at %.4g ms %.160s",
                     scheme->problem->end / steps,
                     found[0] ? found : "rounding is outside its bounds");
            return;
        }
}
