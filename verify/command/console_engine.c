/* console_engine.c: what `evident verify` prints of engines, over all cases. */
#include "verify/command/console.h"
#include "verify/run/engines.h"
#include "verify/exec/program.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* A program that answers nothing at all has not been judged, whatever its reasons. */
static bool ran_nowhere(const struct ver_clock_totals *clock)
{
    bool program = clock->engine && ver_engine_is_program(clock->engine);
    return clock->state[VER_CLOCK_RAN] + clock->state[VER_CLOCK_UNJUDGED] == 0 &&
           (program ? clock->state[VER_CLOCK_FAILED] == 0 : clock->state[VER_CLOCK_ABSENT] > 0);
}

bool console_engine_absent(const struct ver_totals *totals)
{
    for (size_t e = 0; e < totals->clocks; e++)
        if (ran_nowhere(&totals->clock[e]))
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

static void print_ratios(const struct ver_clock_totals *clock)
{
    uint64_t numbers = 0;
    int worst = -1;
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++) {
        uint64_t of_this = 0;
        for (size_t b = 0; b < VER_RATIO_BINS; b++)
            of_this += clock->ratios[q].count[b];
        numbers += of_this;
        if (of_this > 0 &&
            (worst < 0 || !(clock->ratios[q].largest <= clock->ratios[worst].largest)))
            worst = q;
    }
    if (worst < 0)
        return;
    printf("  rounding: %" PRIu64 " numbers, largest error / bound %.4f (%s)\n", numbers,
           clock->ratios[worst].largest, ver_clock_quantity_name((enum ver_clock_quantity)worst));
    printf("  spike decisions: %zu, nearer to the threshold than rounding: %zu\n", clock->decisions,
           clock->near);
}

/* "; a gradient not judged in 3: 2 grazing, 1 end" */
static void print_unjudged(const struct ver_clock_totals *clock)
{
    struct console_list why = {": "};
    if (clock->state[VER_CLOCK_UNJUDGED] == 0)
        return;
    printf("; a gradient not judged in %zu", clock->state[VER_CLOCK_UNJUDGED]);
    for (size_t k = 0; k < VER_UNJUDGED; k++) {
        const char *name = ver_unjudged_name(k);
        console_item(&why, clock->unjudged[k], name[0] ? name : "other");
    }
}

/* How long it takes is left out of what --quiet prints, and of all digests. */
static void print_program(const struct ver_clock_totals *clock)
{
    char conventions[200] = "";
    struct console_list not_run = {"; not run: "};
    printf("engine %s: %zu cases", clock->engine, clock->state[VER_CLOCK_RAN]);
    console_item(&not_run, clock->state[VER_CLOCK_INEXPRESSIBLE],
                 "not-run or beyond its precision");
    console_item(&not_run, clock->state[VER_CLOCK_LARGE], "left out");
    console_item(&not_run, clock->state[VER_CLOCK_ABSENT], "without answer");
    console_item(&not_run, clock->state[VER_CLOCK_FAILED], "failed");
    print_unjudged(clock);
    if (!isnan(clock->seconds))
        printf("; a case takes %.3g s (median)", clock->seconds);
    const struct engine *engine = ver_engine_find(clock->engine);
    if (engine)
        program_conventions(conventions, sizeof conventions, engine);
    printf("\n  conventions: %s\n  digest: %s\n", engine ? conventions : "not known here",
           clock->digest);
}

static void print_engine(const struct ver_totals *totals, size_t e)
{
    const struct ver_clock_totals *clock = &totals->clock[e];
    if (!clock->engine || ran_nowhere(clock)) {
        size_t asked = clock->state[VER_CLOCK_INEXPRESSIBLE];
        printf("not run: %s", clock->engine ? clock->engine : "an engine");
        if (clock->state[VER_CLOCK_ABSENT] == 0 && asked > 0) /* it answered: why is in the cases */
            printf(": %zu not-run or beyond its precision, the first", asked);
        printf(": %s\n", clock->reason[0] ? clock->reason : "no reason given");
        return;
    }
    if (ver_engine_is_program(clock->engine)) {
        print_program(clock);
        return;
    }
    struct console_list not_run = {"; not run: "};
    printf("engine %s: %zu cases, %zu with every V, I and adjoint", clock->engine,
           clock->state[VER_CLOCK_RAN], clock->traced);
    console_item(&not_run, clock->state[VER_CLOCK_INEXPRESSIBLE] - clock->delays, "inexpressible");
    console_item(&not_run, clock->delays, "inexpressible by delays");
    console_item(&not_run, clock->state[VER_CLOCK_LARGE], "large");
    console_item(&not_run, clock->state[VER_CLOCK_ABSENT], "absent");
    console_item(&not_run, clock->state[VER_CLOCK_FAILED], "failed");
    printf("\n");
    if (e > 0)
        printf("  bits: those of %s in %zu of these cases\n",
               totals->clock[0].engine ? totals->clock[0].engine : "none", clock->same);
    print_ratios(clock);
    printf("  digest: %s\n", clock->digest);
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
    for (size_t e = 0; e < totals->clocks; e++)
        print_engine(totals, e);
    print_orders(totals);
}
