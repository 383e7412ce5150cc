/* SPDX-License-Identifier: MIT */
/* explain_text.c: an explanation for people, at most 100 columns wide. */
#include "verify/options/options.h"
#include "verify/diagnose/explain.h"
#include "verify/base/word.h"

#include <math.h>

enum { TERMS = 16 }; /* of a gradient are printed */

static const char *name_of(const struct explain *e, size_t cell)
{
    return e->scheme.problem->population[e->scheme.places.population[cell]].name;
}

static double time_of(const struct explain *e, size_t step)
{
    return e->scheme.problem->end * (double)step / (double)e->steps;
}

static double ratio(double engine, double grid, double bound)
{
    double distance = fabs(engine - grid);
    return distance > 0 ? distance / bound : 0;
}

/* ---- all quantities ---- */

static void put_place(FILE *out, const struct explain *e, enum ver_scheme_quantity q,
                      const struct scheme_tally *tally)
{
    char text[112] = "";
    if (q >= VER_SCHEME_WEIGHTS)
        case_parameter_name(text, sizeof text, e->scheme.problem, e->judge.block, e->judge.blocks,
                            tally->parameter);
    else if (q < VER_SCHEME_SAMPLE_LOSS)
        scheme_place_text(text, sizeof text, &e->scheme.places, tally->sample, tally->cell,
                          tally->step);
    fprintf(out, "  %s\n", text);
}

static void put_tallies(FILE *out, const struct explain *e)
{
    fprintf(out, "%-12s %9s %9s  %11s  %s\n", "quantity", "numbers", "outside", "error/bound",
            " the worst");
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++) {
        const struct scheme_tally *tally = &e->tallies.of[q];
        if (tally->numbers == 0)
            continue;
        fprintf(out, "%-12s %9zu %9zu  %11.4g",
                ver_scheme_quantity_name((enum ver_scheme_quantity)q), tally->numbers,
                tally->outside, tally->worst);
        put_place(out, e, (enum ver_scheme_quantity)q, tally);
    }
    fprintf(out, "%-12s %9zu %9zu\n\n", "decisions", e->tallies.decisions, e->tallies.unexplained);
}

/* ---- one event ---- */

static void put_row(FILE *out, const struct explain *e, const struct explain_event *event,
                    enum ref_grid_quantity q, uint32_t step)
{
    size_t place = explain_place(e, event->sample, step, event->cell);
    double engine = explain_engine(e, q, event->sample, step, event->cell);
    double grid = e->value[q][place], bound = e->bound[q][place];
    bool spiked = explain_spiked(e, event->sample, event->cell, step);
    fprintf(out, "  %c %8lu %10.5g  %-8s %16.9g %16.9g %10.2g %10.3g%s\n",
            step == event->step && q == event->quantity ? '>' : ' ', (unsigned long)step,
            time_of(e, (size_t)step + 1), explain_quantity_name(q), engine, grid, bound,
            ratio(engine, grid, bound), spiked && q == REF_GRID_V ? "  spike" : "");
}

static void put_traces(FILE *out, const struct explain *e, const struct explain_event *event,
                       bool back, unsigned around)
{
    uint32_t first = event->step > around ? event->step - around : 0;
    uint32_t last = event->step + around < e->steps ? event->step + around : (uint32_t)e->steps - 1;
    enum ref_grid_quantity one = back ? REF_GRID_LAMBDA_V : REF_GRID_I;
    enum ref_grid_quantity two = back ? REF_GRID_LAMBDA_I : REF_GRID_V;
    fprintf(out, "  %10s %10s  %-8s %16s %16s %10s %10s\n", "step", "until, ms", "", "engine",
            "grid", "bound", "in bounds");
    for (int k = 0; k < 2; k++)
        for (uint32_t n = first; n <= last; n++)
            put_row(out, e, event, k == 0 ? one : two, n);
    fprintf(out, "\n");
}

static void put_event(FILE *out, const struct explain *e, bool back, unsigned around)
{
    const struct explain_event *event = back ? &e->backward : &e->forward;
    const char *way = back ? "backward" : "forward";
    if (!event->found) {
        fprintf(out, "first divergence %s in time: none, every %s is within its bound\n\n", way,
                back ? "lambda_V and lambda_I" : "V, I, slope and spike");
        return;
    }
    fprintf(out, "first divergence %s in time: %s of %.60s[%zu] in step %lu (until %.6g ms)", way,
            event->decision ? "the spike decision" : explain_quantity_name(event->quantity),
            name_of(e, event->cell), e->scheme.places.neuron[event->cell],
            (unsigned long)event->step, time_of(e, (size_t)event->step + 1));
    if (e->scheme.problem->samples > 1)
        fprintf(out, ", sample %zu", event->sample);
    fprintf(out, "\n");
    if (event->decision)
        fprintf(out, "  the engine says %s, the exact voltage %.9g says %s\n",
                event->exact > 0 ? "silence" : "spike", event->grid,
                event->exact > 0 ? "spike" : "silence");
    else
        fprintf(out, "  engine %.9g, grid %.9g: %.3g bounds apart\n", event->engine, event->grid,
                ratio(event->engine, event->grid, event->bound));
    put_traces(out, e, event, back, around);
}

/* ---- the terms of a gradient ---- */

static void put_terms(FILE *out, const struct explain *e)
{
    char name[112];
    double engine = 0, grid = 0;
    if (!e->weighed)
        return;
    case_parameter_name(name, sizeof name, e->scheme.problem, e->judge.block, e->judge.blocks,
                        e->parameter);
    fprintf(out, "the worst weight, %s: engine %.9g, grid %.9g, %.3g bounds apart\n", name,
            e->engine_gradient, e->grid_gradient,
            ratio(e->engine_gradient, e->grid_gradient, e->gradient_bound));
    fprintf(out, "  it is the sum of %.6g lambda_I over %zu arrivals:\n", e->scale, e->terms);
    if (e->terms > 0)
        fprintf(out, "  %6s %8s %8s %14s %14s %10s %14s %14s\n", "sample", "spike", "row", "engine",
                "grid", "in bounds", "sum engine", "sum grid");
    for (size_t k = 0; k < e->terms; k++) {
        const struct explain_term *t = &e->term[k];
        engine += e->scale * t->engine;
        grid += e->scale * t->grid;
        if (k < TERMS)
            fprintf(out, "  %6zu %8lu %8lu %14.7g %14.7g %10.3g %14.7g %14.7g\n", t->sample,
                    (unsigned long)t->spike, (unsigned long)t->row, t->engine, t->grid,
                    ratio(t->engine, t->grid, t->bound), engine, grid);
    }
    if (e->terms > TERMS)
        fprintf(out, "  and %zu more; in all %.7g by the engine's adjoints, %.7g by the grid's\n",
                e->terms - TERMS, engine, grid);
    fprintf(out, "\n");
}

void explain_text(FILE *out, const struct explain *e, const char *name,
                  const struct ver_options *options, unsigned around)
{
    fprintf(out, "%s\n%s, %zu steps of %.6g ms, against its scheme without rounding (grid)\n\n",
            name, options->engine[0]->name, e->steps, time_of(e, 1));
    put_tallies(out, e);
    put_event(out, e, false, around);
    put_event(out, e, true, around);
    put_terms(out, e);
    if (e->causes == 0)
        fprintf(out, "looks like: no mistake that is known here\n");
    for (size_t k = 0; k < e->causes; k++)
        fprintf(out, "%s%s\n", k == 0 ? "looks like: " : "            ", e->cause[k]);
    fputs("evident verify ", out);
    ver_word_put(out, name);
    options_put_judge(out, options, OPTION_AGAIN);
    fprintf(out, " --no-witness\n");
}
