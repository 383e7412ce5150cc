/* SPDX-License-Identifier: MIT */
/* study_line.c: directions by name, and the reference at a point of a line. */
#include "verify/study/study_line.h"
#include "cases/families/random.h"
#include "verify/base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bits at which a point gives up: near a change, as many as the distance to it asks for. */
enum { MOST_BITS = 1024, GRADIENT_DIGITS = 17 };

/* All weights, by these coefficients, of length 1; those that are zero are left out. */
static int weights_take(struct study_line *line, double *coefficient, size_t count,
                        struct case_error *error)
{
    double sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += coefficient[k] * coefficient[k];
    if (!(sum > 0)) {
        snprintf(error->text, sizeof error->text, "%s: found a direction of length zero",
                 line->name);
        return -1;
    }
    for (size_t k = 0; k < count; k++)
        if (coefficient[k] < 0 || coefficient[k] > 0)
            line->nudge[line->nudges++] = (struct ref_nudge){k, coefficient[k] / sqrt(sum)};
    return 0;
}

static int gradient_find(double *coefficient, size_t count, const struct study_line *line,
                         struct case_error *error)
{
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    struct ref_result result;
    ask.digits = GRADIENT_DIGITS;
    enum ref_status const status = ref_run(&result, line->c, &ask);
    if (status != REF_OK)
        snprintf(error->text, sizeof error->text, "gradient: %.400s", result.reason);
    for (size_t k = 0; status == REF_OK && k < count; k++)
        coefficient[k] = ref_none_of(&result, k) ? 0 : middle(result.gradient + k);
    ref_clear(&result);
    return status == REF_OK ? 0 : -1;
}

/* Weights come first in the flat order. */
static size_t weights_of(const struct case_problem *c)
{
    size_t count = 0;
    for (size_t p = 0; p < c->projections; p++)
        count += c->population[c->projection[p].source].size *
                 c->population[c->projection[p].target].size;
    return count;
}

static int parameter_find(struct study_line *line, struct case_error *error)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, line->c);
    char name[sizeof line->name];
    for (size_t k = 0; block && k < parameters && line->nudges == 0; k++) {
        case_parameter_name(name, sizeof name, line->c, block, blocks, k);
        if (strcmp(name, line->name) == 0)
            line->nudge[line->nudges++] = (struct ref_nudge){k, 1};
    }
    free(block);
    if (line->nudges > 0)
        return 0;
    snprintf(error->text, sizeof error->text,
             "found '%.100s', wanted a parameter such as weights[0][0][0] or tau_mem.NAME[0], "
             "random:SEED or gradient",
             line->name);
    return -1;
}

int study_line_find(struct study_line *line, const struct case_problem *c, const char *text,
                    struct case_error *error)
{
    size_t const count = weights_of(c);
    char *end;
    *line = (struct study_line){.c = c};
    snprintf(line->name, sizeof line->name, "%s", text);
    line->nudge = calloc(count + 1, sizeof *line->nudge);
    double *coefficient = calloc(count + 1, sizeof *coefficient);
    int failed = -1;
    if (!line->nudge || !coefficient) {
        snprintf(error->text, sizeof error->text, "memory is short");
    } else if (strcmp(text, "gradient") == 0) {
        failed = gradient_find(coefficient, count, line, error);
        failed = failed ? failed : weights_take(line, coefficient, count, error);
    } else if (strncmp(text, "random:", 7) == 0) {
        struct case_random random;
        uint64_t const seed = strtoull(text + 7, &end, 10);
        if (end == text + 7 || *end || text[7] < '0' || text[7] > '9') {
            snprintf(error->text, sizeof error->text, "found '%.100s', wanted random:SEED", text);
        } else {
            case_random_init(&random, seed, "direction", 0);
            for (size_t k = 0; k < count; k++)
                coefficient[k] = case_random_normal(&random, 0, 1);
            failed = weights_take(line, coefficient, count, error);
        }
    } else {
        failed = parameter_find(line, error);
    }
    free(coefficient);
    return failed;
}

void study_line_clear(struct study_line *line)
{
    free(line->nudge);
    line->nudge = NULL;
}

enum ref_status study_at(struct ref_result *result, const struct study_line *line, const arb_t h,
                         long digits, enum study_depth depth)
{
    struct ref_line const along = {line->nudge, line->nudges, h};
    struct ref_options ask = REF_OPTIONS_DEFAULT;
    bool const maximum = line->c->loss.kind == CASE_MAX_VOLTAGE_CROSS_ENTROPY;
    ask.digits = digits;
    ask.precision_cap = MOST_BITS;
    ask.line = &along;
    ask.edges = true;
    ask.no_loss = depth == STUDY_SPIKES && !maximum;
    ask.gradients = depth == STUDY_GRADIENT;
    return ref_run(result, line->c, &ask);
}
