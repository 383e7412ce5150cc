/* SPDX-License-Identifier: MIT */
/* t_check.c: does a case that was built in memory have to obey the reader's rules?
 *
 * Each row spoils a right case in one way and states the refusal. */
#include "cases/cases.h"
#include "tests/refusals_data.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct case_error error;

static void end_nan(struct case_problem *c)
{
    c->end = (double)NAN;
}

static void step_negative(struct case_problem *c)
{
    c->step = -1;
}

static void name_missing(struct case_problem *c)
{
    free(c->name);
    c->name = NULL;
}

static void name_no_utf8(struct case_problem *c)
{
    c->population[1].name[0] = (char)0xff;
}

static void note_no_utf8(struct case_problem *c)
{
    c->note = strdup("\xc0\x80");
}

static void names_equal(struct case_problem *c)
{
    memcpy(c->population[2].name, "hid", 4);
}

static void size_zero(struct case_problem *c)
{
    c->population[2].size = 0;
}

static void model_unknown(struct case_problem *c)
{
    c->population[1].model = (enum case_model)7;
}

static void count_wrong(struct case_problem *c)
{
    c->population[2].tau_syn.count = 3;
}

static void values_missing(struct case_problem *c)
{
    free(c->population[1].bias.at);
    c->population[1].bias.at = NULL;
}

static void values_unused(struct case_problem *c)
{
    c->population[2].reset.count = 1;
}

static void threshold_infinite(struct case_problem *c)
{
    c->population[1].threshold.at[0] = (double)INFINITY;
}

static void threshold_at_reset(struct case_problem *c)
{
    c->population[1].reset.at[0] = 1;
}

static void source_unknown(struct case_problem *c)
{
    c->projection[0].source = 3;
}

static void target_source(struct case_problem *c)
{
    c->projection[1].target = 0;
}

static void delay_count(struct case_problem *c)
{
    c->projection[0].delay.count = 2;
}

static void delay_nan(struct case_problem *c)
{
    c->projection[0].delay.at[0] = (double)NAN;
}

static void weight_infinite(struct case_problem *c)
{
    c->projection[1].weight[2] = -(double)INFINITY;
}

static void weights_missing(struct case_problem *c)
{
    free(c->projection[1].weight);
    c->projection[1].weight = NULL;
}

static void loss_unknown(struct case_problem *c)
{
    c->loss.kind = (enum case_loss_kind)7;
}

static void loss_population(struct case_problem *c)
{
    c->loss.population = 9;
}

static void loss_model(struct case_problem *c)
{
    c->loss.population = 1;
}

static void weighting_unknown(struct case_problem *c)
{
    c->loss.weighting = (enum case_weighting)4;
}

static void label_large(struct case_problem *c)
{
    c->sample[0].label = 2;
}

static void times_unused(struct case_problem *c)
{
    c->sample[0].times = calloc(2, sizeof(double));
}

static void voltages_unused(struct case_problem *c)
{
    c->sample[0].voltages = calloc(2, sizeof *c->sample[0].voltages);
}

static void spikes_missing(struct case_problem *c)
{
    free(c->sample[0].spikes[0][0].at);
    free(c->sample[0].spikes[0][1].at);
    free(c->sample[0].spikes[0]);
    c->sample[0].spikes[0] = NULL;
}

static void spikes_unused(struct case_problem *c)
{
    c->sample[0].spikes[1] = calloc(2, sizeof(struct case_train));
}

static void spike_nan(struct case_problem *c)
{
    c->sample[0].spikes[0][0].at[1] = (double)NAN;
}

static void spike_at_end(struct case_problem *c)
{
    c->end = 9;
}

static void spikes_unsorted(struct case_problem *c)
{
    c->sample[0].spikes[0][0].at[0] = 9.5;
}

static void no_spike_times(struct case_problem *c)
{
    free(c->sample[0].spikes[0][1].at);
    c->sample[0].spikes[0][1].at = NULL;
}

static const struct row {
    void (*spoil)(struct case_problem *c);
    const char *message;
} rows[] = {
    {end_nan, "n: $.time.end: found nan, wanted a finite number > 0"},
    {step_negative, "n: $.time.step: found -1, wanted a finite number > 0"},
    {name_missing, "case: $.name: found nothing, wanted a name of 1 to 255 bytes of UTF-8 without "
                   "control characters"},
    {name_no_utf8, "n: $.populations[1].name: found \"\\xffid\", wanted a name of 1 to 255 bytes "
                   "of UTF-8 without control characters"},
    {note_no_utf8, "n: $.note: found \"\\xc0\\x80\", wanted UTF-8 text"},
    {names_equal,
     "n: $.populations[2].name: found \"hid\", wanted a name that no other population has"},
    {size_zero, "n: $.populations[2].size: found 0, wanted a whole number 1 .. 16777216"},
    {model_unknown,
     "n: $.populations[1].model: found an unknown model, wanted spike-source, lif or li"},
    {count_wrong, "n: $.populations[2].tau_syn: found 3 numbers, wanted 1 or 2"},
    {values_missing, "n: $.populations[1].bias: found nothing, wanted 1 numbers"},
    {values_unused, "n: $.populations[2].reset: found 1 numbers, wanted none for model li"},
    {threshold_infinite, "n: $.populations[1].threshold: found inf, wanted a finite number > 0"},
    {threshold_at_reset, "n: $.populations[1].threshold: found 1, wanted more than the reset, 1"},
    {source_unknown, "n: $.projections[0].source: found population 3, wanted less than 3"},
    {target_source, "n: $.projections[1].target: found \"in\" (model spike-source), wanted a lif "
                    "or li population"},
    {delay_count, "n: $.projections[0].delay: found 2 numbers, wanted 1 or 4"},
    {delay_nan, "n: $.projections[0].delay: found nan, wanted a finite number >= 0"},
    {weight_infinite, "n: $.projections[1].weights[1][0]: found -inf, wanted a finite number"},
    {weights_missing, "n: $.projections[1].weights: found nothing, wanted 4 numbers"},
    {loss_unknown, "n: $.loss.kind: found an unknown loss, wanted one of the seven"},
    {loss_population, "n: $.loss.population: found population 9, wanted less than 3"},
    {loss_model,
     "n: $.loss.population: found \"hid\" (model lif), wanted an li population for this loss"},
    {weighting_unknown, "n: $.loss.weighting: found an unknown weighting, wanted uniform, "
                        "exponential, linear or sigmoid"},
    {label_large, "n: $.samples[0].target.label: found 2, wanted less than 2, the size of the "
                  "loss population"},
    {times_unused, "n: $.samples[0].target.times: found times, wanted none for this loss"},
    {voltages_unused, "n: $.samples[0].target.voltages: found voltages, wanted none for this loss"},
    {spikes_missing, "n: $.samples[0].spikes.in: found nothing, wanted spikes of 2 neurons"},
    {spikes_unused, "n: $.samples[0].spikes.hid: found spikes, wanted none for a lif population"},
    {spike_nan, "n: $.samples[0].spikes.in[0][1]: found nan, wanted a time in [0, 40)"},
    {spike_at_end, "n: $.samples[0].spikes.in[0][1]: found 9, wanted a time in [0, 9)"},
    {spikes_unsorted,
     "n: $.samples[0].spikes.in[0][1]: found 9, wanted ascending times, so at least 9.5"},
    {no_spike_times, "n: $.samples[0].spikes.in[1]: found nothing, wanted 1 times"},
};

TEST_EACH(a_spoiled_case_is_refused_with_the_place, 0, (int)(sizeof rows / sizeof rows[0]))
{
    struct case_problem *c = case_read_text(label, strlen(label), "label", NULL, &error);
    ck_assert_msg(c, "%s", error.text);
    ck_assert_int_eq(case_check(c, &error), 0);
    rows[_i].spoil(c);
    ck_assert_int_eq(case_check(c, &error), -1);
    ck_assert_str_eq(error.text, rows[_i].message);
    case_free(c);
}

TEST(an_empty_case_is_refused)
{
    struct case_problem c = {.name = strdup("n"), .end = 1};
    ck_assert_int_eq(case_check(&c, &error), -1);
    ck_assert_str_eq(error.text, "n: $.populations: found no populations, wanted one at least");
    free(c.name);
}

TEST(nothing_can_be_freed)
{
    case_free(NULL);
    case_free(calloc(1, sizeof(struct case_problem)));
}

SUITE("check")
