/* clock_closer.c: a ladder that fails while the rounding at the case's own step is right. Some
 * defects show at fine steps only (a clock in binary32 is one), so the engine is held against the
 * grid reference once more at finer steps, until something differs that has a name. */
#include "verify/judge/bounds.h"
#include "verify/judge/clock.h"

#include <stdlib.h>
#include <string.h>

/* true if something differs at this step: it has been named as far as it can be. */
static bool differs_at(struct clock *clock, double step)
{
    struct clock closer = *clock;
    struct clock_tallies *tallies = malloc(sizeof *tallies);
    struct ref_grid_result grid;
    bool differs = false;
    closer.options.step = step;
    closer.options.trace = false; /* slopes, losses and gradients are enough to name a defect */
    closer.places = (struct clock_places){0};
    if (tallies &&
        engine_run(clock->engine, &closer.result, clock->problem, &closer.options) == RESULT_OK &&
        clock_places_make(&closer.places, clock->problem, &closer.result) == 0) {
        int failed = clock_against_grid(tallies, &grid, &closer, 0, NULL);
        differs = failed == 0 && tallies->differing > 0;
        if (differs)
            clock_diagnose(&closer, &grid);
        ref_grid_clear(&grid);
    }
    if (tallies)
        result_clear(&closer.result);
    clock_places_clear(&closer.places);
    free(tallies);
    return differs;
}

void clock_look_closer(struct clock *clock)
{
    const struct judge *judge = clock->judge;
    double cells = (double)clock->places.cells * (double)clock->problem->samples;
    double steps = 2 * (double)clock->result.steps;
    /* A diagnosis from the case's own step says more; one of scale is there, too. */
    if (clock->out->diagnosis[0] || judge->options->clock.compat)
        return;
    for (; steps * cells <= VER_CLOSER_MOST; steps *= 2)
        if (differs_at(clock, clock->problem->end / steps)) {
            char found[sizeof clock->out->diagnosis];
            memcpy(found, clock->out->diagnosis, sizeof found);
            snprintf(clock->out->diagnosis, sizeof clock->out->diagnosis, "at %.4g ms %.160s",
                     clock->problem->end / steps,
                     found[0] ? found : "rounding is outside its bounds");
            return;
        }
}
