/* check.c: judges the values of a case.
 *
 * The rules are the comments of cases.h. They hold alike for a case that was read (the reader calls
 * each section's judge as soon as it has built that section, so that the first refusal is the most
 * basic one) and for one that was built in memory. Every comparison is written so that NaN fails.
 */
#include "cases/internal.h"

#include <float.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum rule { FINITE, POSITIVE, NOT_NEGATIVE };

static const char *const rule_words[] = {"a finite number", "a finite number > 0",
                                         "a finite number >= 0"};

static int obeys(double value, enum rule rule)
{
    return value >= -DBL_MAX && value <= DBL_MAX && (rule == FINITE || value >= 0) &&
           (rule != POSITIVE || value > 0);
}

static int refuse_number(const struct case_report *report, const struct case_place *at,
                         double value, const char *wanted)
{
    char shown[CASE_NUMBER];
    return case_refuse(report, at, case_show_number(shown, value), "%s", wanted);
}

static int judge_number(const struct case_report *report, const struct case_place *at, double value,
                        enum rule rule)
{
    return obeys(value, rule) ? 0 : refuse_number(report, at, value, rule_words[rule]);
}

/* columns > 0: the values are a matrix in row-major order and are named [row][column]. */
static int judge_numbers(const struct case_report *report, const struct case_place *at,
                         const double *value, size_t count, size_t columns, enum rule rule)
{
    if (count && !value)
        return case_refuse(report, at, "nothing", "%zu numbers", count);
    for (size_t i = 0; i < count; i++) {
        if (obeys(value[i], rule))
            continue;
        if (columns == 0)
            return refuse_number(report, CASE_AT(at, i), value[i], rule_words[rule]);
        return refuse_number(report, CASE_AT(CASE_AT(at, i / columns), i % columns), value[i],
                             rule_words[rule]);
    }
    return 0;
}

static int judge_values(const struct case_report *report, const struct case_place *at,
                        const struct case_values *values, size_t full, size_t columns,
                        enum rule rule)
{
    if (values->count != 1 && values->count != full) {
        char found[CASE_SHOWN];
        snprintf(found, sizeof found, "%zu numbers", values->count);
        if (full == 1)
            return case_refuse(report, at, found, "1");
        return case_refuse(report, at, found, "1 or %zu", full);
    }
    if (values->count == 1 && values->at)
        return judge_number(report, at, values->at[0], rule);
    return judge_numbers(report, at, values->at, values->count, columns, rule);
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

static int judge_size(const struct case_report *report, const struct case_place *at, size_t size)
{
    char found[CASE_SHOWN];
    if (size >= 1 && size <= CASE_MAX_NEURONS)
        return 0;
    snprintf(found, sizeof found, "%zu", size);
    return case_refuse(report, at, found, "a whole number 1 .. %zu", CASE_MAX_NEURONS);
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

/* Values that the model does not have must be absent: the writer would lose them. */
static int judge_absent(const struct case_report *report, const struct case_place *at,
                        const struct case_values *values, enum case_model model)
{
    char found[CASE_SHOWN];
    if (values->count == 0)
        return 0;
    snprintf(found, sizeof found, "%zu numbers", values->count);
    return case_refuse(report, at, found, "none for model %s", case_models[model]);
}

static int judge_population(const struct case_report *report, const struct case_place *at,
                            const struct case_population *p)
{
    if (judge_name(report, CASE_KEY(at, "name"), p->name))
        return -1;
    if (judge_size(report, CASE_KEY(at, "size"), p->size))
        return -1;
    if (p->model != CASE_SPIKE_SOURCE && p->model != CASE_LIF && p->model != CASE_LI)
        return case_refuse(report, CASE_KEY(at, "model"), "an unknown model",
                           "spike-source, lif or li");
    const struct {
        const char *key;
        const struct case_values *values;
        enum rule rule;
        int used;
    } all[] = {{"tau_mem", &p->tau_mem, POSITIVE, p->model != CASE_SPIKE_SOURCE},
               {"tau_syn", &p->tau_syn, POSITIVE, p->model != CASE_SPIKE_SOURCE},
               {"threshold", &p->threshold, POSITIVE, p->model == CASE_LIF},
               {"reset", &p->reset, FINITE, p->model == CASE_LIF},
               {"bias", &p->bias, FINITE, p->model != CASE_SPIKE_SOURCE}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const struct case_place *place = CASE_KEY(at, all[i].key);
        if (all[i].used ? judge_values(report, place, all[i].values, p->size, 0, all[i].rule)
                        : judge_absent(report, place, all[i].values, p->model))
            return -1;
    }
    return p->model == CASE_LIF ? judge_reset(report, at, p) : 0;
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

int case_judge_head(const struct case_report *report, const struct case_problem *c)
{
    const struct case_place *time = CASE_KEY(CASE_ROOT, "time");
    if (judge_name(report, CASE_KEY(CASE_ROOT, "name"), c->name))
        return -1;
    if (c->note) {
        json_t *text = json_string(c->note);
        char shown[CASE_SHOWN];
        if (!text)
            return case_refuse(report, CASE_KEY(CASE_ROOT, "note"),
                               case_show_quoted(shown, c->note), "UTF-8 text");
        json_decref(text);
    }
    if (judge_number(report, CASE_KEY(time, "end"), c->end, POSITIVE))
        return -1;
    if (c->step >= 0 && c->step <= 0) /* absent */
        return 0;
    return judge_number(report, CASE_KEY(time, "step"), c->step, POSITIVE);
}

int case_judge_populations(const struct case_report *report, const struct case_problem *c)
{
    const struct case_place *at = CASE_KEY(CASE_ROOT, "populations");
    if (c->populations == 0 || !c->population)
        return case_refuse(report, at, "no populations", "one at least");
    for (size_t p = 0; p < c->populations; p++)
        if (judge_population(report, CASE_AT(at, p), &c->population[p]))
            return -1;
    return judge_unique_names(report, at, c);
}

static int judge_end(const struct case_report *report, const struct case_place *at,
                     const struct case_problem *c, size_t population, enum case_model never,
                     const char *wanted)
{
    char found[2 * CASE_SHOWN], shown[CASE_SHOWN];
    if (population >= c->populations) {
        snprintf(found, sizeof found, "population %zu", population);
        return case_refuse(report, at, found, "less than %zu", c->populations);
    }
    const struct case_population *p = &c->population[population];
    if (p->model != never)
        return 0;
    snprintf(found, sizeof found, "%s (model %s)", case_show_quoted(shown, p->name),
             case_models[p->model]);
    return case_refuse(report, at, found, "%s", wanted);
}

int case_judge_projections(const struct case_report *report, const struct case_problem *c)
{
    const struct case_place *all = CASE_KEY(CASE_ROOT, "projections");
    if (c->projections && !c->projection)
        return case_refuse(report, all, "nothing", "%zu projections", c->projections);
    for (size_t j = 0; j < c->projections; j++) {
        const struct case_projection *p = &c->projection[j];
        const struct case_place *at = CASE_AT(all, j);
        if (judge_end(report, CASE_KEY(at, "source"), c, p->source, CASE_LI,
                      "a spike-source or lif population") ||
            judge_end(report, CASE_KEY(at, "target"), c, p->target, CASE_SPIKE_SOURCE,
                      "a lif or li population"))
            return -1;
        size_t columns = c->population[p->target].size;
        size_t synapses = c->population[p->source].size * columns; /* at most 2^48 */
        if (judge_values(report, CASE_KEY(at, "delay"), &p->delay, synapses, columns,
                         NOT_NEGATIVE) ||
            judge_numbers(report, CASE_KEY(at, "weights"), p->weight, synapses, columns, FINITE))
            return -1;
    }
    return 0;
}

int case_judge_loss(const struct case_report *report, const struct case_problem *c)
{
    const struct case_place *at = CASE_KEY(CASE_ROOT, "loss");
    const struct case_loss *loss = &c->loss;
    if ((unsigned)loss->kind > CASE_VOLTAGE_SQUARED_ERROR)
        return case_refuse(report, CASE_KEY(at, "kind"), "an unknown loss", "one of the seven");
    int first_spike = case_loss_is_first_spike(loss->kind);
    const struct case_place *place = CASE_KEY(at, "population");
    enum case_model model = first_spike ? CASE_LIF : CASE_LI;
    for (int other = CASE_SPIKE_SOURCE; other <= CASE_LI; other++)
        if (other != (int)model &&
            judge_end(report, place, c, loss->population, (enum case_model)other,
                      first_spike ? "a lif population for this loss"
                                  : "an li population for this loss"))
            return -1;
    if (loss->kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY &&
        (unsigned)loss->weighting > CASE_SIGMOID)
        return case_refuse(report, CASE_KEY(at, "weighting"), "an unknown weighting",
                           "uniform, exponential, linear or sigmoid");
    if (loss->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY) {
        if ((unsigned)loss->penalty > CASE_PENALTY_RECIPROCAL)
            return case_refuse(report, CASE_KEY(at, "penalty"), "an unknown penalty",
                               "exponential or reciprocal");
        if (judge_number(report, CASE_KEY(at, "tau0"), loss->tau0, POSITIVE) ||
            (loss->penalty == CASE_PENALTY_EXPONENTIAL &&
             judge_number(report, CASE_KEY(at, "tau1"), loss->tau1, POSITIVE)) ||
            judge_number(report, CASE_KEY(at, "alpha"), loss->alpha, FINITE))
            return -1;
    }
    if (loss->kind == CASE_FIRST_SPIKE_MARGIN &&
        judge_number(report, CASE_KEY(at, "margin"), loss->margin, FINITE))
        return -1;
    if (!first_spike)
        return 0;
    return judge_number(report, CASE_KEY(at, "silent_after"), loss->silent_after, NOT_NEGATIVE);
}
