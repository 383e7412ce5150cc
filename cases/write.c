/* write.c: the canonical text of a case.
 *
 * One text for one problem: keys in the order of the format, a population, a projection's matrix
 * row or a spike train a line, the shortest decimal that reads back to the same double, one plain
 * number where one number holds for all, and nothing where absent means the same. The reader maps
 * this text to the same problem, hence to the same bytes when written again. */
#include "cases/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where memory is short or the text is no UTF-8, a NUL byte marks the output as spoiled. */
static void put_string(FILE *out, const char *text)
{
    json_t *value = json_string(text);
    char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    if (quoted)
        fputs(quoted, out);
    else
        fputc(0, out);
    free(quoted);
    json_decref(value);
}

static void put_number(FILE *out, double value)
{
    char text[CASE_NUMBER];
    fputs(case_show_number(text, value), out);
}

static void put_list(FILE *out, const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ", " : "[", out);
        put_number(out, value[i]);
    }
    fputs(count ? "]" : "[]", out);
}

static void put_rows(FILE *out, const double *value, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++) {
        fputs(i ? ",\n   " : "[\n   ", out);
        put_list(out, value + i * columns, columns);
    }
    fputs("]", out);
}

static void put_values(FILE *out, const char *key, const struct case_values *values)
{
    fprintf(out, ", \"%s\": ", key);
    if (values->count == 1)
        put_number(out, values->at[0]);
    else
        put_list(out, values->at, values->count);
}

/* Whether one value of +0 stands for all, which is what an absent key means. */
static int is_default(const struct case_values *values)
{
    static const double zero = 0;
    return values->count == 1 && memcmp(values->at, &zero, sizeof zero) == 0;
}

static void put_populations(FILE *out, const struct case_problem *c)
{
    for (size_t i = 0; i < c->populations; i++) {
        const struct case_population *p = &c->population[i];
        fputs(i ? ",\n  {\"name\": " : "\n  {\"name\": ", out);
        put_string(out, p->name);
        fprintf(out, ", \"size\": %zu, \"model\": \"%s\"", p->size, case_models[p->model]);
        if (p->model != CASE_SPIKE_SOURCE) {
            put_values(out, "tau_mem", &p->tau_mem);
            put_values(out, "tau_syn", &p->tau_syn);
            if (p->model == CASE_LIF)
                put_values(out, "threshold", &p->threshold);
            if (p->model == CASE_LIF && !is_default(&p->reset))
                put_values(out, "reset", &p->reset);
            if (!is_default(&p->bias))
                put_values(out, "bias", &p->bias);
        }
        fputs("}", out);
    }
}

static void put_projections(FILE *out, const struct case_problem *c)
{
    for (size_t j = 0; j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        size_t rows = c->population[p->source].size, columns = c->population[p->target].size;
        fputs(j ? ",\n  {\"source\": " : "\n  {\"source\": ", out);
        put_string(out, c->population[p->source].name);
        fputs(", \"target\": ", out);
        put_string(out, c->population[p->target].name);
        if (p->delay.count == 1 && !is_default(&p->delay)) {
            put_values(out, "delay", &p->delay);
        } else if (p->delay.count > 1) {
            fputs(", \"delay\": ", out);
            put_rows(out, p->delay.at, rows, columns);
        }
        fputs(", \"weights\": ", out);
        put_rows(out, p->weight, rows, columns);
        fputs("}", out);
    }
}

static void put_voltages(FILE *out, const struct case_steps *steps, size_t outputs)
{
    for (size_t n = 0; n < outputs; n++) {
        fputs(n ? ", " : "[", out);
        if (steps[n].count == 1)
            put_number(out, steps[n].value[0]);
        for (size_t k = 0; steps[n].count > 1 && k < steps[n].count; k++) {
            const double step[2] = {steps[n].time[k], steps[n].value[k]};
            fputs(k ? ", " : "[", out);
            put_list(out, step, 2);
        }
        if (steps[n].count > 1)
            fputs("]", out);
    }
    fputs("]", out);
}

static void put_samples(FILE *out, const struct case_problem *c)
{
    size_t outputs = c->population[c->loss.population].size;
    for (size_t s = 0; s < c->samples; s++) {
        const struct case_sample *sample = &c->sample[s];
        fputs(s ? ",\n  {\"spikes\": {" : "\n  {\"spikes\": {", out);
        int first = 1;
        for (size_t p = 0; p < c->populations; p++) {
            if (c->population[p].model != CASE_SPIKE_SOURCE)
                continue;
            fputs(first ? "" : ", ", out);
            first = 0;
            put_string(out, c->population[p].name);
            fputs(": [", out);
            for (size_t n = 0; n < c->population[p].size; n++) {
                fputs(n ? ",\n   " : "\n   ", out);
                put_list(out, sample->spikes[p][n].at, sample->spikes[p][n].count);
            }
            fputs("]", out);
        }
        fputs("}, \"target\": {", out);
        if (case_target_of(c->loss.kind) == CASE_TARGET_LABEL) {
            fprintf(out, "\"label\": %zu", sample->label);
        } else if (case_target_of(c->loss.kind) == CASE_TARGET_TIMES) {
            fputs("\"times\": ", out);
            put_list(out, sample->times, outputs);
        } else {
            fputs("\"voltages\": ", out);
            put_voltages(out, sample->voltages, outputs);
        }
        fputs("}}", out);
    }
}

static void put_pair(FILE *out, const char *key, double value)
{
    fprintf(out, ", \"%s\": ", key);
    put_number(out, value);
}

static void put_loss(FILE *out, const struct case_problem *c)
{
    const struct case_loss *loss = &c->loss;
    fprintf(out, "{\"kind\": \"%s\", \"population\": ", case_loss_kinds[loss->kind]);
    put_string(out, c->population[loss->population].name);
    if (loss->kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY)
        fprintf(out, ", \"weighting\": \"%s\"", case_weightings[loss->weighting]);
    if (loss->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY) {
        if (loss->penalty != CASE_PENALTY_EXPONENTIAL)
            fprintf(out, ", \"penalty\": \"%s\"", case_penalties[loss->penalty]);
        put_pair(out, "tau0", loss->tau0);
        if (loss->penalty == CASE_PENALTY_EXPONENTIAL)
            put_pair(out, "tau1", loss->tau1);
        put_pair(out, "alpha", loss->alpha);
    }
    if (loss->kind == CASE_FIRST_SPIKE_MARGIN)
        put_pair(out, "margin", loss->margin);
    static const double one = 1;
    if (case_loss_is_first_spike(loss->kind) && memcmp(&loss->silent_after, &one, sizeof one) != 0)
        put_pair(out, "silent_after", loss->silent_after);
    fputs("}", out);
}

static void put_case(FILE *out, const struct case_problem *c)
{
    fputs("{\n \"format\": \"evident-case-1\",\n \"name\": ", out);
    put_string(out, c->name);
    if (c->note) {
        fputs(",\n \"note\": ", out);
        put_string(out, c->note);
    }
    fputs(",\n \"time\": {\"end\": ", out);
    put_number(out, c->end);
    if (c->step > 0)
        put_pair(out, "step", c->step);
    fputs("},\n \"populations\": [", out);
    put_populations(out, c);
    fputs("\n ],\n \"projections\": [", out);
    put_projections(out, c);
    fputs(c->projections ? "\n ],\n \"samples\": [" : "],\n \"samples\": [", out);
    put_samples(out, c);
    fputs("\n ],\n \"loss\": ", out);
    put_loss(out, c);
    fputs("\n}\n", out);
}

char *case_text(const struct case_problem *c)
{
    char *text = NULL;
    size_t length;
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0); /* 0.5, never 0,5 */
    if (plain == (locale_t)0)
        return NULL;
    locale_t before = uselocale(plain);
    FILE *out = open_memstream(&text, &length);
    if (out) {
        put_case(out, c);
        int failed = ferror(out);
        if (fclose(out) || failed || strlen(text) != length) {
            free(text);
            text = NULL;
        }
    }
    uselocale(before);
    freelocale(plain);
    return text;
}

/* Opens a new file in the folder of path; its name goes to temporary. -1 and errno on failure. */
static int open_beside(char **temporary, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0, size = folder + 64;
    *temporary = malloc(size);
    if (!*temporary)
        return -1;
    for (unsigned attempt = 0;; attempt++) {
        snprintf(*temporary, size, "%.*s.evident-%ld-%u", (int)folder, path, (long)getpid(),
                 attempt);
        int descriptor = open(*temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
}

/* 0, or -1 and errno. */
static int put_bytes(int descriptor, const char *text, size_t length)
{
    while (length) {
        ssize_t written = write(descriptor, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        text += written;
        length -= (size_t)written;
    }
    return fsync(descriptor);
}

int case_write(const char *path, const struct case_problem *c, struct case_error *error)
{
    struct case_report report = {path, error, 0, 0};
    if (case_check(c, error))
        return -1;
    char *text = case_text(c), *temporary = NULL, why[128] = "an error", found[160];
    if (!text)
        return case_refuse_memory(&report);
    int descriptor = open_beside(&temporary, path), failed = descriptor < 0;
    int cause = failed ? errno : 0;
    if (!failed && put_bytes(descriptor, text, strlen(text)))
        failed = 1, cause = errno;
    if (descriptor >= 0 && close(descriptor) && !failed)
        failed = 1, cause = errno;
    if (!failed && rename(temporary, path))
        failed = 1, cause = errno;
    if (failed && descriptor >= 0)
        unlink(temporary);
    free(temporary);
    free(text);
    if (!failed)
        return 0;
    strerror_r(cause, why, sizeof why);
    snprintf(found, sizeof found, "no way to write it (%s)", why);
    return case_refuse(&report, NULL, found, "a file that can be written");
}
