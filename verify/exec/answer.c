/* SPDX-License-Identifier: MIT */
/* answer.c: see answer.h. Everything a strange program may write is refused by one line. */
#include "verify/exec/answer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct result *result;
    const struct case_problem *c;
    struct case_error *error;
    struct case_block *block;
    size_t blocks;
};

/* ---- refusals ---- */

static int refuse(struct reader *r, const char *place, const char *found, const char *wanted)
{
    snprintf(r->error->text, sizeof r->error->text, "%s: found %s, wanted %s", place, found,
             wanted);
    return -1;
}

static int refuse_memory(struct reader *r)
{
    snprintf(r->error->text, sizeof r->error->text, "memory is short");
    return -1;
}

/* What a value is, in a few words. */
static const char *describe(char text[80], const json_t *value)
{
    static const char *const kind[] = {"an object", "a list", "a string", "a number",
                                       "a number",  "true",   "false",    "null"};
    if (!value)
        snprintf(text, 80, "nothing");
    else if (json_is_array(value))
        snprintf(text, 80, "a list of %zu", json_array_size(value));
    else if (json_is_string(value))
        snprintf(text, 80, "\"%.40s\"", json_string_value(value));
    else
        snprintf(text, 80, "%s", kind[json_typeof(value)]);
    return text;
}

static int refuse_value(struct reader *r, const char *place, const json_t *value,
                        const char *wanted)
{
    char found[80];
    return refuse(r, place, describe(found, value), wanted);
}

/* ---- numbers and lists ---- */

static int read_number(double *number, struct reader *r, const char *place, const json_t *value)
{
    if (json_is_number(value)) {
        *number = json_number_value(value);
        return 0;
    }
    if (json_is_null(value)) {
        *number = (double)NAN;
        return 0;
    }
    if (json_is_string(value) && *json_string_value(value)) {
        char *end;
        *number = strtod(json_string_value(value), &end);
        if (*end == '\0')
            return 0;
    }
    return refuse_value(r, place, value, "a number");
}

/* A list of exactly so many elements. */
static int check_list(struct reader *r, const char *place, const json_t *value, size_t count,
                      const char *of)
{
    char wanted[120];
    if (json_is_array(value) && json_array_size(value) == count)
        return 0;
    snprintf(wanted, sizeof wanted, "a list of %zu %s", count, of);
    return refuse_value(r, place, value, wanted);
}

static int read_row(double *to, struct reader *r, const char *place, const json_t *value,
                    size_t count)
{
    char at[256];
    if (check_list(r, place, value, count, "numbers") != 0)
        return -1;
    for (size_t k = 0; k < count; k++) {
        snprintf(at, sizeof at, "%s[%zu]", place, k);
        if (json_is_string(json_object_get(json_array_get(value, k), "none")))
            to[k] = (double)NAN; /* no derivative there: no number */
        else if (read_number(&to[k], r, at, json_array_get(value, k)) != 0)
            return -1;
    }
    return 0;
}

/* ---- gradients ---- */

/* "weights" and "delays": a matrix a projection; a delay for all may be one number where the case
 * has one. */
static int read_matrix(struct reader *r, const struct case_block *block, const json_t *list)
{
    char place[128];
    const json_t *matrix = json_array_get(list, block->projection);
    snprintf(place, sizeof place, "gradients.%s[%zu]", case_quantity_name(block->quantity),
             block->projection);
    if (check_list(r, place, matrix, block->rows, "rows") != 0)
        return -1;
    for (size_t i = 0; i < block->rows; i++) {
        char row[160];
        snprintf(row, sizeof row, "%s[%zu]", place, i);
        if (read_row(r->result->gradient + block->first + i * block->columns, r, row,
                     json_array_get(matrix, i), block->columns) != 0)
            return -1;
    }
    return 0;
}

/* "tau_mem" to "bias": a list a population. */
static int read_population(struct reader *r, const struct case_block *block, const json_t *object)
{
    char place[256];
    const char *name = r->c->population[block->population].name;
    snprintf(place, sizeof place, "gradients.%s.%.100s", case_quantity_name(block->quantity), name);
    return read_row(r->result->gradient + block->first, r, place, json_object_get(object, name),
                    block->columns);
}

/* "spike_times": an object a sample, by source population, a list a neuron. */
static int read_times(struct reader *r, const struct case_block *block, const json_t *list)
{
    char place[256];
    const char *name = r->c->population[block->population].name;
    const json_t *object = json_array_get(list, block->sample);
    const json_t *neurons = json_object_get(object, name);
    snprintf(place, sizeof place, "gradients.spike_times[%zu].%.100s", block->sample, name);
    if (check_list(r, place, neurons, r->c->population[block->population].size, "lists") != 0)
        return -1;
    snprintf(place, sizeof place, "gradients.spike_times[%zu].%.100s[%zu]", block->sample, name,
             block->neuron);
    return read_row(r->result->gradient + block->first, r, place,
                    json_array_get(neurons, block->neuron), block->columns);
}

static int read_quantity(struct reader *r, const json_t *gradients, enum case_quantity quantity)
{
    const json_t *value = json_object_get(gradients, case_quantity_name(quantity));
    if (!value)
        return 0;
    for (size_t b = 0; b < r->blocks; b++) {
        int failed = 0;
        if (r->block[b].quantity != quantity)
            continue;
        if (quantity <= CASE_DELAY)
            failed = read_matrix(r, &r->block[b], value);
        else if (quantity == CASE_SPIKE_TIME)
            failed = read_times(r, &r->block[b], value);
        else
            failed = read_population(r, &r->block[b], value);
        if (failed)
            return -1;
    }
    r->result->provides[quantity] = true;
    return 0;
}

static int read_gradients(struct reader *r, const json_t *gradients)
{
    const char *key;
    json_t *value;
    if (!json_is_object(gradients))
        return refuse_value(r, "gradients", gradients, "an object");
    json_object_foreach((json_t *)gradients, key, value)
    {
        bool known = false;
        for (int q = 0; q < CASE_QUANTITIES; q++)
            known |= strcmp(key, case_quantity_name((enum case_quantity)q)) == 0;
        if (!known) {
            char found[80];
            snprintf(found, sizeof found, "\"%.40s\"", key);
            return refuse(r, "gradients", found,
                          "weights, delays, tau_mem, tau_syn, threshold, "
                          "bias or spike_times");
        }
    }
    for (int q = 0; q < CASE_QUANTITIES; q++)
        if (read_quantity(r, gradients, (enum case_quantity)q) != 0)
            return -1;
    return 0;
}

/* ---- samples ---- */

static int read_trains(struct reader *r, const json_t *spikes, size_t sample)
{
    char place[256];
    const struct case_problem *c = r->c;
    for (size_t p = 0; p < c->populations; p++) {
        if (c->population[p].model != CASE_LIF)
            continue;
        const json_t *neurons = json_object_get(spikes, c->population[p].name);
        snprintf(place, sizeof place, "samples[%zu].spikes.%.100s", sample, c->population[p].name);
        if (check_list(r, place, neurons, c->population[p].size, "lists") != 0)
            return -1;
        struct case_train *train = result_train(r->result, sample, p, 0);
        for (size_t n = 0; n < c->population[p].size; n++, train++) {
            const json_t *list = json_array_get(neurons, n);
            snprintf(place, sizeof place, "samples[%zu].spikes.%.100s[%zu]", sample,
                     c->population[p].name, n);
            train->count = json_array_size(list);
            train->at = calloc(train->count + 1, sizeof *train->at);
            if (!train->at)
                return refuse_memory(r);
            if (read_row(train->at, r, place, list, train->count) != 0)
                return -1;
        }
    }
    return 0;
}

/* Losses and spikes are there for all samples or for none. */
static int read_samples(struct reader *r, const json_t *samples)
{
    struct result *a = r->result;
    const struct case_problem *c = r->c;
    if (check_list(r, "samples", samples, c->samples, "samples") != 0)
        return -1;
    const json_t *first = json_array_get(samples, 0);
    bool spikes = a->has_spikes = json_object_get(first, "spikes");
    a->has_sample_loss = json_object_get(first, "loss");
    if (result_make(a, c, spikes, true) != 0)
        return refuse_memory(r);
    for (size_t s = 0; s < c->samples; s++) {
        char place[64];
        const json_t *sample = json_array_get(samples, s);
        snprintf(place, sizeof place, "samples[%zu].loss", s);
        if (a->has_sample_loss &&
            read_number(&a->sample[s].loss, r, place, json_object_get(sample, "loss")) != 0)
            return -1;
        if (spikes && read_trains(r, json_object_get(sample, "spikes"), s) != 0)
            return -1;
    }
    return 0;
}

/* ---- the document ---- */

static enum answer_kind say(struct reader *r, enum answer_kind kind, const char *key,
                            const json_t *value)
{
    char *text = r->error->text;
    if (!json_is_string(value)) {
        refuse_value(r, key, value, "a reason");
        return ANSWER_NONE;
    }
    snprintf(text, sizeof r->error->text, "%.255s", json_string_value(value));
    for (char *at = text; *at; at++) /* one line, whatever is in it */
        if ((unsigned char)*at < ' ')
            *at = ' ';
    return *text ? kind : ANSWER_READ;
}

static enum answer_kind read_document(struct reader *r, const json_t *document)
{
    struct result *a = r->result;
    const json_t *format = json_object_get(document, "format"), *value;
    enum answer_kind kind = ANSWER_READ;
    if (!json_is_string(format) || strcmp(json_string_value(format), "evident-result-1") != 0) {
        refuse_value(r, "format", format, "\"evident-result-1\"");
        return ANSWER_NONE;
    }
    const json_t *name = json_object_get(document, "case"); /* an answer to another question? */
    if (name && (!json_is_string(name) || strcmp(json_string_value(name), r->c->name) != 0)) {
        refuse_value(r, "case", name, r->c->name);
        return ANSWER_OTHER_CASE;
    }
    if ((value = json_object_get(document, "not-run")))
        kind = say(r, ANSWER_NOT_RUN, "not-run", value);
    if ((kind == ANSWER_READ || kind == ANSWER_NOT_RUN) &&
        (value = json_object_get(document, "error"))) {
        enum answer_kind error = say(r, ANSWER_ERROR, "error", value);
        kind = error == ANSWER_READ ? kind : error;
    }
    if (kind != ANSWER_READ)
        return kind;
    if ((value = json_object_get(document, "loss"))) {
        a->has_loss = true;
        if (read_number(&a->loss, r, "loss", value) != 0)
            return ANSWER_NONE;
    }
    if ((value = json_object_get(document, "samples")) && read_samples(r, value) != 0)
        return ANSWER_NONE;
    if ((value = json_object_get(document, "gradients")) && read_gradients(r, value) != 0)
        return ANSWER_NONE;
    return ANSWER_READ;
}

enum answer_kind answer_take(struct result *result, const json_t *document,
                             const struct case_problem *c, struct case_error *error)
{
    size_t parameters;
    struct reader r = {result, c, error, NULL, 0};
    enum answer_kind kind = ANSWER_NONE;
    *result = (struct result){.status = RESULT_REFUSED};
    r.blocks = case_blocks(&r.block, &parameters, c);
    if (r.blocks == 0 || result_make(result, c, false, true) != 0)
        refuse_memory(&r);
    else if (!json_is_object(document))
        refuse_value(&r, "$", document, "an object");
    else
        kind = read_document(&r, document);
    free(r.block);
    return kind;
}

enum answer_kind answer_read(struct result *result, const char *text, size_t length,
                             const struct case_problem *c, struct case_error *error)
{
    json_error_t where;
    json_t *document = answer_document(text, length, JSON_REJECT_DUPLICATES, &where);
    if (!document) {
        *result = (struct result){.status = RESULT_REFUSED};
        snprintf(error->text, sizeof error->text, "column %d: no JSON: %s", where.column,
                 where.text);
        return ANSWER_NONE;
    }
    enum answer_kind kind = answer_take(result, document, c, error);
    json_decref(document);
    return kind;
}
