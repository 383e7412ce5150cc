/* SPDX-License-Identifier: MIT */
/* explain_json.c: the same explanation for machines, one JSON document (evident-explanation-1). */
#include "verify/diagnose/explain.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

/* JSON has no infinities. */
static json_t *number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *traces(const struct explain *e, const struct explain_event *event,
                      enum ref_grid_quantity q, unsigned around)
{
    json_t *rows = json_array();
    uint32_t first = event->step > around ? event->step - around : 0;
    for (uint32_t n = first; n < e->steps && n <= event->step + around; n++) {
        size_t place = explain_place(e, event->sample, n, event->cell);
        json_array_append_new(
            rows, json_pack("{s:I, s:o, s:o, s:o, s:b}", "step", (json_int_t)n, "engine",
                            number(explain_engine(e, q, event->sample, n, event->cell)), "grid",
                            number(e->value[q][place]), "bound", number(e->bound[q][place]),
                            "spike", explain_spiked(e, event->sample, event->cell, n)));
    }
    return rows;
}

static json_t *event_of(const struct explain *e, const struct explain_event *event, bool back,
                        unsigned around)
{
    if (!event->found)
        return json_null();
    const struct scheme_places *places = &e->scheme.places;
    const char *population = e->scheme.problem->population[places->population[event->cell]].name;
    return json_pack(
        "{s:s, s:I, s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "quantity",
        event->decision ? "decision" : explain_quantity_name(event->quantity), "sample",
        (json_int_t)event->sample, "population", population, "neuron",
        (json_int_t)places->neuron[event->cell], "step", (json_int_t)event->step, "engine",
        number(event->engine), "grid", number(event->grid), "bound", number(event->bound),
        back ? "lambda_V" : "V", traces(e, event, back ? REF_GRID_LAMBDA_V : REF_GRID_V, around),
        back ? "lambda_I" : "I", traces(e, event, back ? REF_GRID_LAMBDA_I : REF_GRID_I, around));
}

static json_t *terms_of(const struct explain *e)
{
    char name[112];
    if (!e->weighed)
        return json_null();
    case_parameter_name(name, sizeof name, e->scheme.problem, e->judge.block, e->judge.blocks,
                        e->parameter);
    json_t *terms = json_array();
    for (size_t k = 0; k < e->terms; k++) {
        const struct explain_term *t = &e->term[k];
        json_array_append_new(terms,
                              json_pack("{s:I, s:I, s:I, s:o, s:o, s:o}", "sample",
                                        (json_int_t)t->sample, "spike", (json_int_t)t->spike, "row",
                                        (json_int_t)t->row, "engine", number(t->engine), "grid",
                                        number(t->grid), "bound", number(t->bound)));
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "parameter", name, "engine",
                     number(e->engine_gradient), "grid", number(e->grid_gradient), "bound",
                     number(e->gradient_bound), "scale", number(e->scale), "arrivals", terms);
}

static json_t *tallies_of(const struct explain *e)
{
    json_t *all = json_object();
    for (int q = 0; q < VER_SCHEME_QUANTITIES; q++) {
        const struct scheme_tally *tally = &e->tallies.of[q];
        if (tally->numbers > 0)
            json_object_set_new(all, ver_scheme_quantity_name((enum ver_scheme_quantity)q),
                                json_pack("{s:I, s:I, s:o}", "numbers", (json_int_t)tally->numbers,
                                          "outside", (json_int_t)tally->outside, "worst",
                                          number(tally->worst)));
    }
    return all;
}

int explain_json(FILE *out, const struct explain *e, const char *name, unsigned around)
{
    json_t *causes = json_array();
    for (size_t k = 0; k < e->causes; k++)
        json_array_append_new(causes, json_string(e->cause[k]));
    json_t *all = json_pack(
        "{s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "format", "evident-explanation-1", "case",
        name, "engine", e->out.engine, "steps", (json_int_t)e->steps, "quantities", tallies_of(e),
        "forward", event_of(e, &e->forward, false, around), "backward",
        event_of(e, &e->backward, true, around), "worst_weight", terms_of(e), "looks_like", causes);
    int failed = !all || json_dumpf(all, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) != 0 ||
                 fputc('\n', out) == EOF;
    json_decref(all);
    return failed ? -1 : 0;
}
