/* SPDX-License-Identifier: MIT */
/* result.c: writes a result of the reference as an evident-result-1 document.
 *
 * Every number is a decimal string of proven digits: it differs from the truth by less than one
 * unit in its last place. A ball that contains zero prints as "0e-81": less than 1e-81 in size.
 * What the reference does not provide is absent, never zero; a derivative that there is not is an
 * object that says why. A row of a matrix stands on one line. */
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

/* Margins tell how far a case is from trouble; nobody needs more of them. */
enum { MARGIN_DIGITS = 6 };

struct writer {
    FILE *out;
    long digits;
    bool failed; /* memory was short */
};

static void put_name(struct writer *w, const char *name)
{
    w->failed |= !case_put_quoted(w->out, name);
}

static void put_digits(struct writer *w, const arb_t x, long digits)
{
    ver_number_write(w->out, x, digits);
}

static void put_row(struct writer *w, arb_srcptr row, size_t count)
{
    fputc('[', w->out);
    for (size_t k = 0; k < count; k++) {
        if (k > 0)
            fputs(", ", w->out);
        put_digits(w, row + k, w->digits);
    }
    fputc(']', w->out);
}

/* In place of a derivative that there is not: why, and the one-sided ones. */
static void put_none(struct writer *w, const struct ref_none *none)
{
    fprintf(w->out, "{\"none\": \"%s\"", ref_none_name(none->kind));
    if (none->known) {
        fputs(", \"left\": ", w->out);
        put_digits(w, none->left, w->digits);
        fputs(", \"right\": ", w->out);
        put_digits(w, none->right, w->digits);
    }
    fputc('}', w->out);
}

/* Derivatives by count parameters from first on. */
static void put_derivatives(struct writer *w, const struct ref_result *r, size_t first,
                            size_t count)
{
    fputc('[', w->out);
    for (size_t k = first; k < first + count; k++) {
        const struct ref_none *none = ref_none_of(r, k);
        if (k > first)
            fputs(", ", w->out);
        if (none)
            put_none(w, none);
        else
            put_digits(w, r->gradient + k, w->digits);
    }
    fputc(']', w->out);
}

/* A comma and a new line before every element but the first, then the indentation. */
static void separate(struct writer *w, bool *first, int depth)
{
    fprintf(w->out, "%s\n%*s", *first ? "" : ",", depth, "");
    *first = false;
}

static void put_spikes(struct writer *w, const struct case_problem *c, const struct ref_result *r,
                       const struct ref_sample *sample)
{
    bool first = true;
    fputs("\"spikes\": {", w->out);
    for (size_t p = 0; p < r->populations; p++) {
        if (!sample->spikes[p])
            continue;
        separate(w, &first, 4);
        put_name(w, c->population[p].name);
        fputs(": [", w->out);
        bool first_row = true;
        for (size_t n = 0; n < r->size[p]; n++) {
            separate(w, &first_row, 5);
            put_row(w, sample->spikes[p][n].at, sample->spikes[p][n].count);
        }
        fputs("]", w->out);
    }
    fputs("}", w->out);
}

static void put_samples(struct writer *w, const struct case_problem *c, const struct ref_result *r)
{
    bool first = true;
    fputs(",\n \"samples\": [", w->out);
    for (size_t s = 0; s < r->samples; s++) {
        separate(w, &first, 2);
        fputs("{\"loss\": ", w->out);
        put_digits(w, r->sample[s].loss, w->digits);
        fputs(", ", w->out);
        put_spikes(w, c, r, &r->sample[s]);
        fputs("}", w->out);
    }
    fputs("]", w->out);
}

/* "weights" and "delays": a matrix a projection, in the order of the case. */
static void put_matrices(struct writer *w, const struct ref_result *r,
                         const struct case_block *block, size_t blocks, enum case_quantity quantity)
{
    bool first = true;
    fputc('[', w->out);
    for (size_t b = 0; b < blocks; b++) {
        if (block[b].quantity != quantity)
            continue;
        separate(w, &first, 3);
        fputc('[', w->out);
        for (size_t row = 0; row < block[b].rows; row++) {
            if (row > 0)
                fputs(",\n    ", w->out);
            put_derivatives(w, r, block[b].first + row * block[b].columns, block[b].columns);
        }
        fputc(']', w->out);
    }
    fputc(']', w->out);
}

/* "tau_mem" to "bias": a row a population that has it. */
static void put_rows(struct writer *w, const struct case_problem *c, const struct ref_result *r,
                     const struct case_block *block, size_t blocks, enum case_quantity quantity)
{
    bool first = true;
    fputc('{', w->out);
    for (size_t b = 0; b < blocks; b++) {
        if (block[b].quantity != quantity)
            continue;
        separate(w, &first, 3);
        put_name(w, c->population[block[b].population].name);
        fputs(": ", w->out);
        put_derivatives(w, r, block[b].first, block[b].columns);
    }
    fputc('}', w->out);
}

/* "spike_times": for each sample, for each source population, a row a neuron. The blocks of one
 * sample and population follow one another. */
static void put_times(struct writer *w, const struct case_problem *c, const struct ref_result *r,
                      const struct case_block *block, size_t blocks)
{
    size_t b = 0;
    while (b < blocks && block[b].quantity != CASE_SPIKE_TIME)
        b++;
    fputc('[', w->out);
    for (size_t s = 0; s < c->samples; s++) {
        bool first = true;
        fprintf(w->out, "%s\n   {", s > 0 ? "," : "");
        while (b < blocks && block[b].sample == s) {
            size_t population = block[b].population;
            bool first_row = true;
            separate(w, &first, 4);
            put_name(w, c->population[population].name);
            fputs(": [", w->out);
            for (; b < blocks && block[b].sample == s && block[b].population == population; b++) {
                separate(w, &first_row, 5);
                put_derivatives(w, r, block[b].first, block[b].columns);
            }
            fputc(']', w->out);
        }
        fputc('}', w->out);
    }
    fputc(']', w->out);
}

static void put_gradients(struct writer *w, const struct case_problem *c,
                          const struct ref_result *r)
{
    static const char *const name[] = {
        [CASE_TAU_MEM] = "tau_mem",
        [CASE_TAU_SYN] = "tau_syn",
        [CASE_THRESHOLD] = "threshold",
        [CASE_BIAS] = "bias",
    };
    struct case_block *block = NULL;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    if (!block) {
        w->failed = true;
        return;
    }
    fputs(",\n \"gradients\": {\n  \"weights\": ", w->out);
    put_matrices(w, r, block, blocks, CASE_WEIGHT);
    fputs(",\n  \"delays\": ", w->out);
    put_matrices(w, r, block, blocks, CASE_DELAY);
    for (int quantity = CASE_TAU_MEM; quantity <= CASE_BIAS; quantity++) {
        fprintf(w->out, ",\n  \"%s\": ", name[quantity]);
        put_rows(w, c, r, block, blocks, (enum case_quantity)quantity);
    }
    fputs(",\n  \"spike_times\": ", w->out);
    put_times(w, c, r, block, blocks);
    fputs("}", w->out);
    free(block);
}

static void put_adjoint(struct writer *w, const struct case_problem *c, const struct ref_adjoint *a)
{
    static const char *const event[] = {
        [REF_ARRIVAL] = "arrival",
        [REF_SPIKE] = "spike",
        [REF_MAXIMUM] = "maximum",
        [REF_PROBE] = "probe",
    };
    fputs("{\"population\": ", w->out);
    put_name(w, c->population[a->population].name);
    fprintf(w->out, ", \"neuron\": %zu, \"event\": \"%s\", \"time\": ", a->neuron, event[a->event]);
    put_digits(w, a->time, w->digits);
    fputs(", \"lambda_V\": [", w->out);
    put_digits(w, a->lambda_v_minus, w->digits);
    fputs(", ", w->out);
    put_digits(w, a->lambda_v_plus, w->digits);
    fputs("], \"lambda_I\": [", w->out);
    put_digits(w, a->lambda_i_minus, w->digits);
    fputs(", ", w->out);
    put_digits(w, a->lambda_i_plus, w->digits);
    fputs("]}", w->out);
}

/* A list a sample; [before, after] the event. */
static void put_adjoints(struct writer *w, const struct case_problem *c, const struct ref_result *r)
{
    bool first = true, wanted = false;
    for (size_t s = 0; s < r->samples; s++)
        wanted = wanted || r->sample[s].adjoints > 0;
    if (!wanted)
        return;
    fputs(",\n \"adjoints\": [", w->out);
    for (size_t s = 0; s < r->samples; s++) {
        separate(w, &first, 2);
        fputc('[', w->out);
        bool first_event = true;
        for (size_t k = 0; k < r->sample[s].adjoints; k++) {
            separate(w, &first_event, 3);
            put_adjoint(w, c, &r->sample[s].adjoint[k]);
        }
        fputc(']', w->out);
    }
    fputs("]", w->out);
}

/* Four margins always, null where there is nothing to measure; the gap between the largest and the
 * second largest maximum only where the loss looks at maxima. */
static void put_margins(struct writer *w, const struct ref_result *r)
{
    bool first = true;
    fputs(",\n \"margins\": {", w->out);
    for (int m = 0; m < REF_MARGINS; m++) {
        if (m == REF_MAXIMUM_GAP && !arb_is_finite(r->margin[m]))
            continue;
        fprintf(w->out, "%s\"%s\": ", first ? "" : ", ",
                m == REF_MAXIMUM_GAP ? "maximum" : ref_margin_name((enum ref_margin)m));
        put_digits(w, r->margin[m], MARGIN_DIGITS);
        first = false;
    }
    fputs("}\n}\n", w->out);
}

int ver_result_write(FILE *out, const struct case_problem *c, const struct ref_result *result,
                     const struct ver_result_options *options)
{
    struct writer w = {out, options->digits, false};
    fputs("{\n \"format\": \"evident-result-1\",\n \"case\": ", out);
    put_name(&w, c->name);
    fprintf(out, ",\n \"engine\": \"reference\",\n \"status\": \"%s\"",
            result->status == REF_OK ? "ok" : "undecided");
    if (result->status != REF_OK) {
        fputs(",\n \"reason\": ", out);
        put_name(&w, result->reason);
    }
    fprintf(out, ",\n \"digits\": %ld,\n \"precision\": %ld", options->digits, result->precision);
    if (result->status == REF_OK) {
        fputs(",\n \"loss\": ", out);
        put_digits(&w, result->loss, w.digits);
        put_samples(&w, c, result);
        if (result->gradient)
            put_gradients(&w, c, result);
        put_adjoints(&w, c, result);
    }
    if (options->along)
        ver_line_write(out, c, result, options);
    put_margins(&w, result);
    return w.failed || ferror(out) ? -1 : 0;
}
