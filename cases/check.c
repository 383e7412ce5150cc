/* SPDX-License-Identifier: MIT */
/* check.c: judges the values of a case by the table of the format.
 *
 * The rules hold alike for a case that was read and for one that was built in memory. Every
 * comparison is written so that NaN fails. */
#include "cases/internal.h"

#include <float.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *wanted_of(enum case_rule rule)
{
    return rule == CASE_POSITIVE       ? "a finite number > 0"
           : rule == CASE_NOT_NEGATIVE ? "a finite number >= 0"
                                       : "a finite number";
}

static int obeys(double value, enum case_rule rule)
{
    return value >= -DBL_MAX && value <= DBL_MAX &&
           ((rule != CASE_POSITIVE && rule != CASE_NOT_NEGATIVE) || value >= 0) &&
           (rule != CASE_POSITIVE || value > 0);
}

int case_is_absent(const struct case_row *row, double value)
{
    return row->optional && value >= row->absent && value <= row->absent;
}

static int refuse_number(const struct case_report *report, const struct case_place *at,
                         double value, const char *wanted)
{
    char shown[CASE_NUMBER];
    return case_refuse(report, at, case_show_number(shown, value), "%s", wanted);
}

static int judge_number(const struct case_report *report, const struct case_place *at, double value,
                        enum case_rule rule)
{
    return obeys(value, rule) ? 0 : refuse_number(report, at, value, wanted_of(rule));
}

/* Of a matrix, values are named [row][column]. */
static int judge_numbers(const struct case_report *report, const struct case_place *at,
                         const double *value, struct case_shape shape, enum case_rule rule)
{
    if (shape.full && !value)
        return case_refuse(report, at, "nothing", "%zu numbers", shape.full);
    for (size_t i = 0; i < shape.full; i++) {
        const struct case_place *row = shape.rows ? CASE_AT(at, i / shape.columns) : at;
        if (!obeys(value[i], rule))
            return refuse_number(report, CASE_AT(row, i % shape.columns), value[i],
                                 wanted_of(rule));
    }
    return 0;
}

static int judge_values(const struct case_report *report, const struct case_place *at,
                        const struct case_values *values, struct case_shape shape,
                        enum case_rule rule)
{
    char found[CASE_SHOWN];
    if (values->count == 1 && values->at)
        return judge_number(report, at, values->at[0], rule);
    if (values->count == 1 || values->count == shape.full) {
        shape.full = values->count;
        return judge_numbers(report, at, values->at, shape, rule);
    }
    snprintf(found, sizeof found, "%zu numbers", values->count);
    return shape.full == 1 ? case_refuse(report, at, found, "1")
                           : case_refuse(report, at, found, "1 or %zu", shape.full);
}

/* A name is shown in messages and in the names of parameters, so it is one short visible line. */
static int judge_name(const struct case_report *report, const struct case_place *at,
                      const char *name)
{
    static const char wanted[] = "a name of 1 to 255 bytes of UTF-8 without control characters";
    char shown[CASE_SHOWN];
    if (!name)
        return case_refuse(report, at, "nothing", "%s", wanted);
    size_t length = strlen(name);
    int bad = length == 0 || length > 255;
    for (size_t i = 0; i < length && !bad; i++)
        bad = (unsigned char)name[i] < 0x20 || name[i] == 0x7f;
    if (bad)
        return case_refuse(report, at, case_show_quoted(shown, name), "%s", wanted);
    json_t *text = json_string(name); /* NULL where it is not UTF-8 */
    json_decref(text);
    return text ? 0 : case_refuse(report, at, case_show_quoted(shown, name), "%s", wanted);
}

static int judge_text(const struct case_report *report, const struct case_place *at,
                      const char *text, enum case_rule rule)
{
    char shown[CASE_SHOWN];
    if (rule == CASE_NAME)
        return judge_name(report, at, text);
    json_t *utf8 = text ? json_string(text) : json_null();
    json_decref(utf8);
    return utf8 ? 0 : case_refuse(report, at, case_show_quoted(shown, text), "UTF-8 text");
}

static int judge_whole(const struct case_report *report, const struct case_place *at, size_t whole,
                       enum case_rule rule, size_t outputs)
{
    char found[CASE_SHOWN];
    snprintf(found, sizeof found, "%zu", whole);
    if (rule == CASE_SIZE)
        return whole >= 1 && whole <= CASE_MAX_NEURONS
                   ? 0
                   : case_refuse(report, at, found, "a whole number 1 .. %zu", CASE_MAX_NEURONS);
    return whole < outputs ? 0
                           : case_refuse(report, at, found,
                                         "less than %zu, the size of the loss population", outputs);
}

static int judge_word(const struct case_report *report, const struct case_place *at, unsigned word,
                      const struct case_words *words)
{
    char found[CASE_SHOWN];
    for (unsigned i = 0; words->word[i]; i++)
        if (i == word)
            return 0;
    snprintf(found, sizeof found, "an unknown %s", words->noun);
    return case_refuse(report, at, found, "%s", words->wanted);
}

static int judge_reset(const struct case_report *report, const struct case_place *at,
                       const struct case_population *p)
{
    size_t count = p->threshold.count > p->reset.count ? p->threshold.count : p->reset.count;
    const struct case_place *place = CASE_KEY(at, "threshold");
    for (size_t n = 0; n < count; n++) {
        double threshold = case_value(&p->threshold, n), reset = case_value(&p->reset, n);
        if (threshold > reset)
            continue;
        char found[CASE_NUMBER], bound[CASE_NUMBER];
        return case_refuse(report, p->threshold.count > 1 ? CASE_AT(place, n) : place,
                           case_show_number(found, threshold), "more than the reset%s, %s",
                           p->reset.count > 1 ? " of that neuron" : "",
                           case_show_number(bound, reset));
    }
    return 0;
}

static int judge_unique_names(const struct case_report *report, const struct case_place *at,
                              const struct case_problem *c)
{
    json_t *seen = json_object();
    int status = seen ? 0 : case_refuse_memory(report);
    for (size_t p = 0; status == 0 && p < c->populations; p++) {
        char shown[CASE_SHOWN];
        if (json_object_get(seen, c->population[p].name))
            status = case_refuse(report, CASE_KEY(CASE_AT(at, p), "name"),
                                 case_show_quoted(shown, c->population[p].name),
                                 "a name that no other population has");
        else if (json_object_set_new(seen, c->population[p].name, json_true()))
            status = case_refuse_memory(report);
    }
    json_decref(seen);
    return status;
}

/* Whether a population may stand where it does. */
static int judge_end(const struct case_report *report, const struct case_place *at,
                     const struct case_problem *c, size_t population, enum case_rule rule)
{
    char found[2 * CASE_SHOWN], shown[CASE_SHOWN];
    if (population >= c->populations) {
        snprintf(found, sizeof found, "population %zu", population);
        return case_refuse(report, at, found, "less than %zu", c->populations);
    }
    const struct case_population *p = &c->population[population];
    int spikes = case_loss_is_first_spike(c->loss.kind);
    const char *wanted = rule == CASE_SENDS      ? "a spike-source or lif population"
                         : rule == CASE_RECEIVES ? "a lif or li population"
                         : spikes                ? "a lif population for this loss"
                                                 : "an li population for this loss";
    if (rule == CASE_SENDS      ? p->model != CASE_LI
        : rule == CASE_RECEIVES ? p->model != CASE_SPIKE_SOURCE
                                : p->model == (spikes ? CASE_LIF : CASE_LI))
        return 0;
    snprintf(found, sizeof found, "%s (model %s)", case_show_quoted(shown, p->name),
             case_models.word[p->model]);
    return case_refuse(report, at, found, "%s", wanted);
}

static int judge_object(const struct case_report *report, const struct case_place *at,
                        const struct case_form *form, const struct case_problem *c,
                        const void *object);

static int judge_list(const struct case_report *report, const struct case_place *at,
                      const struct case_row *row, const struct case_problem *c, const char *object)
{
    size_t count;
    const char *list;
    char found[CASE_SHOWN];
    memcpy(&count, object + row->count, sizeof count);
    memcpy(&list, object + row->place, sizeof list);
    snprintf(found, sizeof found, "no %s", row->key);
    if (row->rule != CASE_ANY && (count == 0 || !list))
        return case_refuse(report, at, found, "one at least");
    if (count && !list)
        return case_refuse(report, at, "nothing", "%zu %s", count, row->key);
    for (size_t i = 0; i < count; i++)
        if (judge_object(report, CASE_AT(at, i), row->form, c, list + i * row->form->size))
            return -1;
    return row->rule == CASE_SOME_NAMED ? judge_unique_names(report, at, c) : 0;
}

static int judge_voltages(const struct case_report *report, const struct case_place *at,
                          const struct case_steps *steps, size_t outputs, double end)
{
    if (!steps)
        return case_refuse(report, at, "nothing", "a list of %zu, one each output", outputs);
    for (size_t n = 0; n < outputs; n++)
        if (case_judge_steps(report, CASE_AT(at, n), &steps[n], end))
            return -1;
    return 0;
}

/* What the variant does not have must be absent: the writer would lose it. */
static int judge_absent(const struct case_report *report, const struct case_place *at,
                        const struct case_row *row, const char *object)
{
    const struct case_population *population = (const void *)object;
    const struct case_values *values = (const void *)(object + row->place);
    void *const *list = (const void *)(object + row->place);
    char found[CASE_SHOWN];
    if ((row->type == CASE_NUMBERS || row->type == CASE_STEPS) && *list)
        return case_refuse(report, at, row->key, "none for this loss");
    if (row->type != CASE_VALUES || values->count == 0)
        return 0;
    snprintf(found, sizeof found, "%zu numbers", values->count);
    return case_refuse(report, at, found, "none for model %s", case_models.word[population->model]);
}

int case_judge_row(const struct case_report *report, const struct case_place *at,
                   const struct case_form *form, const struct case_row *row,
                   const struct case_problem *c, const void *object)
{
    const void *member = (const char *)object + row->place;
    const struct case_place *place = CASE_KEY(at, row->key);
    switch (row->type) {
    case CASE_FORMAT:
        return 0;
    case CASE_TEXT:
        return judge_text(report, place, *(char *const *)member, row->rule);
    case CASE_WHOLE:
        return judge_whole(report, place, *(const size_t *)member, row->rule,
                           case_shape_of(form, c, object).full);
    case CASE_WORD:
        return judge_word(report, place, *(const unsigned *)member, row->words);
    case CASE_POPULATION:
        return judge_end(report, place, c, *(const size_t *)member, row->rule);
    case CASE_DOUBLE:
        return case_is_absent(row, *(const double *)member)
                   ? 0
                   : judge_number(report, place, *(const double *)member, row->rule);
    case CASE_VALUES:
        if (judge_values(report, place, member, case_shape_of(form, c, object), row->rule))
            return -1;
        return row->rule == CASE_BELOW_THRESHOLD ? judge_reset(report, at, object) : 0;
    case CASE_NUMBERS:
        return judge_numbers(report, place, *(double *const *)member,
                             case_shape_of(form, c, object), row->rule);
    case CASE_STEPS:
        return judge_voltages(report, place, *(struct case_steps *const *)member,
                              case_shape_of(form, c, object).full, c->end);
    case CASE_TRAINS:
        return case_judge_spikes(report, place, c, *(struct case_train * *const *)member);
    case CASE_OBJECT:
        return judge_object(report, place, row->form, c, member);
    case CASE_LIST:
        return judge_list(report, place, row, c, object);
    }
    return -1;
}

/* The variant is asked for again at every row, since rows before tell it: what does not depend on
 * it comes first. */
static int judge_object(const struct case_report *report, const struct case_place *at,
                        const struct case_form *form, const struct case_problem *c,
                        const void *object)
{
    for (int late = 0; late < 2; late++)
        for (const struct case_row *row = form->row; row->key; row++) {
            int always = row->required == CASE_ALWAYS;
            if ((row->order == CASE_LATE) != late)
                continue;
            if (always || case_used(row, case_variant(form, c, object))
                    ? case_judge_row(report, at, form, row, c, object)
                    : judge_absent(report, CASE_KEY(at, row->key), row, object))
                return -1;
        }
    return 0;
}

int case_check(const struct case_problem *c, struct case_error *error)
{
    struct case_report report = {c->name && c->name[0] ? c->name : "case", error, 0, 0};
    return judge_object(&report, CASE_ROOT, &case_root, c, c);
}
