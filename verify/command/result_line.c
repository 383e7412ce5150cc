/* SPDX-License-Identifier: MIT */
/* result_line.c: what a result has of a line: where on it, the slope of the loss, what decides. */
#include "verify/verify.h"

#include <inttypes.h>

void ver_number_write(FILE *out, const arb_t x, long digits)
{
    if (!arb_is_finite(x)) {
        fputs("null", out);
        return;
    }
    char *text = arb_get_str(x, digits, ARB_STR_NO_RADIUS);
    fprintf(out, "\"%s\"", text);
    flint_free(text);
}

/* "sample": 0, "population": "hid", "neuron": 2, "spike": 1 */
static void put_place(FILE *out, const struct case_problem *c, const struct ref_edge *edge)
{
    fprintf(out, "\"sample\": %zu, \"population\": ", edge->sample);
    case_put_quoted(out, c->population[edge->population].name);
    fprintf(out, ", \"neuron\": %zu, \"spike\": %zu", edge->neuron, edge->ordinal);
}

static void put_edge(FILE *out, const struct case_problem *c, const struct ref_edge *edge,
                     long digits)
{
    fprintf(out, "{\"kind\": \"%s\", ", ref_edge_name(edge->kind));
    put_place(out, c, edge);
    fputs(", \"margin\": ", out);
    ver_number_write(out, edge->margin, digits);
    fputs(", \"time\": ", out);
    ver_number_write(out, edge->time, digits);
    if (edge->kind == REF_EDGE_ORDER)
        fprintf(out, ", \"arrival\": \"%s\", \"lowers\": %s", edge->behind ? "after" : "before",
                edge->lowers ? "true" : "false");
    if (edge->from.population < c->populations) {
        fputs(", \"from\": {\"population\": ", out);
        case_put_quoted(out, c->population[edge->from.population].name);
        fprintf(out, ", \"neuron\": %zu, \"spike\": %zu, \"projection\": %zu}", edge->from.neuron,
                edge->from.ordinal, edge->from.projection);
    }
    fputs("}", out);
}

static void put_maximum(FILE *out, const struct ref_maximum *m, long digits)
{
    static const char *const places[] = {"start", "arrival", "inside", "end"};
    fprintf(out, "{\"place\": \"%s\", \"time\": ", places[m->place]);
    ver_number_write(out, m->time, digits);
    fputs(", \"value\": ", out);
    ver_number_write(out, m->value, digits);
    fputs("}", out);
}

/* dL/dt of every spike, as "spikes" has their times. */
static void put_times(FILE *out, const struct case_problem *c, const struct ref_result *r,
                      const struct ref_sample *s, long digits)
{
    const char *comma = "";
    fputs("\"by_time\": {", out);
    for (size_t p = 0; p < r->populations; p++) {
        if (r->size[p] == 0)
            continue;
        fputs(comma, out);
        case_put_quoted(out, c->population[p].name);
        fputs(": [", out);
        for (size_t n = 0; n < r->size[p]; n++) {
            fputs(n > 0 ? ", [" : "[", out);
            for (size_t k = 0; k < s->spikes[p][n].count; k++) {
                fputs(k > 0 ? ", " : "", out);
                ver_number_write(out, s->spikes[p][n].by_time + k, digits);
            }
            fputs("]", out);
        }
        fputs("]", out);
        comma = ", ";
    }
    fputs("}", out);
}

static void put_sample(FILE *out, const struct case_problem *c, const struct ref_result *r,
                       const struct ref_sample *s, long digits)
{
    fputs("\n  {\"maxima\": [", out);
    for (size_t k = 0; k < s->maxima; k++) {
        fputs(k > 0 ? ", " : "", out);
        put_maximum(out, s->maximum + k, digits);
    }
    fputs("]", out);
    if (r->gradient) {
        fputs(", ", out);
        put_times(out, c, r, s, digits);
    }
    fputs("}", out);
}

void ver_line_write(FILE *out, const struct case_problem *c, const struct ref_result *r,
                    const struct ver_result_options *how)
{
    fputs(",\n \"along\": ", out);
    case_put_quoted(out, how->along);
    fputs(", \"at\": ", out);
    case_put_quoted(out, how->at);
    if (r->status != REF_OK)
        return;
    if (r->gradient) {
        arb_t slope;
        arb_init(slope);
        bool const whole = ref_slope(slope, r, how->nudge, how->nudges);
        fputs(",\n \"slope\": ", out);
        if (!whole)
            arb_indeterminate(slope);
        ver_number_write(out, slope, how->digits);
        arb_clear(slope);
    }
    fprintf(out, ",\n \"signature\": \"%016" PRIx64 "\",\n \"edges\": [", r->signature);
    for (size_t x = 0; x < r->edges; x++) {
        fputs(x > 0 ? ",\n  " : "\n  ", out);
        put_edge(out, c, r->edge + x, how->digits);
    }
    fputs("],\n \"decided\": [", out);
    for (size_t s = 0; s < r->samples; s++) {
        fputs(s > 0 ? "," : "", out);
        put_sample(out, c, r, r->sample + s, how->digits);
    }
    fputs("]", out);
}
