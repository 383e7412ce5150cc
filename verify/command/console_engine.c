/* SPDX-License-Identifier: MIT */
/* console_engine.c: what `evident verify` prints of engines, over all cases. */
#include "verify/command/console.h"
#include "verify/run/engines.h"
#include "verify/exec/program.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Is it held against the truth, not against the documented scheme? */
static bool is_free(const struct ver_engine_totals *sums)
{
    const struct engine *engine = sums->engine ? ver_engine_find(sums->engine) : NULL;
    return engine && !engine->scheme;
}

/* A program that answers nothing at all has not been judged, whatever its reasons. */
static bool ran_nowhere(const struct ver_engine_totals *sums)
{
    return sums->state[VER_ENGINE_RAN] + sums->state[VER_ENGINE_UNJUDGED] == 0 &&
           (is_free(sums) ? sums->state[VER_ENGINE_FAILED] == 0
                          : sums->state[VER_ENGINE_ABSENT] > 0);
}

bool console_engine_absent(const struct ver_totals *totals)
{
    for (size_t e = 0; e < totals->engines; e++)
        if (ran_nowhere(&totals->engine[e]))
            return true;
    return false;
}

bool console_ladder_wrong(const struct ver_totals *totals)
{
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        if (totals->ladder_wrong[q])
            return true;
    return false;
}

static void print_ratios(const struct ver_engine_totals *sums)
{
    uint64_t numbers = 0;
    int worst = -1;
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++) {
        uint64_t of_this = 0;
        for (size_t b = 0; b < VER_RATIO_BINS; b++)
            of_this += sums->ratios[q].count[b];
        numbers += of_this;
        if (of_this > 0 && (worst < 0 || !(sums->ratios[q].largest <= sums->ratios[worst].largest)))
            worst = q;
    }
    if (worst < 0)
        return;
    printf("  rounding: %" PRIu64 " numbers, largest error / bound %.4f (%s)\n", numbers,
           sums->ratios[worst].largest, ver_scheme_quantity_name((enum ver_scheme_quantity)worst));
    printf("  spike decisions: %zu, nearer to the threshold than rounding: %zu\n", sums->decisions,
           sums->near);
}

/* "; a gradient not judged in 3: 2 grazing, 1 end" */
static void print_unjudged(const struct ver_engine_totals *sums)
{
    struct console_list why = {": "};
    if (sums->state[VER_ENGINE_UNJUDGED] == 0)
        return;
    printf("; a gradient not judged in %zu", sums->state[VER_ENGINE_UNJUDGED]);
    for (int k = VER_CAUSE_GRAZING; k < VER_CAUSES; k++)
        console_item(&why, sums->cause[k], ver_cause_name((enum ver_cause)k));
}

/* How long it takes is left out of what --quiet prints, and of all digests. */
static void print_program(const struct ver_engine_totals *sums)
{
    char conventions[200] = "";
    struct console_list not_run = {"; not run: "};
    printf("engine %s: %zu cases", sums->engine, sums->state[VER_ENGINE_RAN]);
    console_item(&not_run, sums->state[VER_ENGINE_INEXPRESSIBLE],
                 "not-run or beyond its precision");
    console_item(&not_run, sums->state[VER_ENGINE_LARGE], "left out");
    console_item(&not_run, sums->state[VER_ENGINE_ABSENT], "without answer");
    console_item(&not_run, sums->state[VER_ENGINE_FAILED], "failed");
    print_unjudged(sums);
    if (!isnan(sums->seconds))
        printf("; a case takes %.3g s (median)", sums->seconds);
    const struct engine *engine = ver_engine_find(sums->engine);
    if (engine)
        program_conventions(conventions, sizeof conventions, engine);
    printf("\n  conventions: %s\n  digest: %s\n", engine ? conventions : "not known here",
           sums->digest);
}

static void print_engine(const struct ver_totals *totals, size_t e)
{
    const struct ver_engine_totals *sums = &totals->engine[e];
    if (!sums->engine || ran_nowhere(sums)) {
        size_t asked = sums->state[VER_ENGINE_INEXPRESSIBLE];
        printf("not run: %s", sums->engine ? sums->engine : "an engine");
        if (sums->state[VER_ENGINE_ABSENT] == 0 && asked > 0) /* it answered: why is in the cases */
            printf(": %zu not-run or beyond its precision, the first", asked);
        printf(": %s\n", sums->reason[0] ? sums->reason : "no reason given");
        return;
    }
    if (is_free(sums)) {
        print_program(sums);
        return;
    }
    struct console_list not_run = {"; not run: "};
    printf("engine %s: %zu cases, %zu with every V, I and adjoint", sums->engine,
           sums->state[VER_ENGINE_RAN], sums->traced);
    size_t delays = sums->cause[VER_CAUSE_DELAYS];
    console_item(&not_run, sums->state[VER_ENGINE_INEXPRESSIBLE] - delays, "inexpressible");
    console_item(&not_run, delays, "inexpressible by delays");
    console_item(&not_run, sums->state[VER_ENGINE_LARGE], "large");
    console_item(&not_run, sums->state[VER_ENGINE_ABSENT], "absent");
    console_item(&not_run, sums->state[VER_ENGINE_FAILED], "failed");
    printf("\n");
    if (e > 0)
        printf("  bits: those of %s in %zu of these cases\n",
               totals->engine[0].engine ? totals->engine[0].engine : "none", sums->same);
    print_ratios(sums);
    printf("  digest: %s\n", sums->digest);
}

static void print_orders(const struct ver_totals *totals)
{
    bool any = false;
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++) {
        if (totals->ladders[q] == 0)
            continue;
        const char *name = ver_ladder_quantity_name((enum ver_ladder_quantity)q);
        printf("%s %s %.3f (%zu)",
               any ? "," : "median order of convergence (cases):", strchr(name, '_') + 1,
               totals->ladder_order[q], totals->ladders[q]);
        any = true;
    }
    if (any)
        printf("\n");
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        if (totals->ladder_wrong[q])
            printf("FAIL run %s - got order %.4f want 1: the median over %zu cases\n",
                   ver_ladder_quantity_name((enum ver_ladder_quantity)q), totals->ladder_order[q],
                   totals->ladders[q]);
}

void console_engines(const struct ver_totals *totals)
{
    for (size_t e = 0; e < totals->engines; e++)
        print_engine(totals, e);
    print_orders(totals);
}
