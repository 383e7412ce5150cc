/* SPDX-License-Identifier: MIT */
/* t_reference.c: what the reference promises at its edges: limits on events and bits, digits,
 * names, weights of zero whose arrival falls on a spike, and maxima that are not unique. */
#include "ref/reference/reference.h"
#include "tests/twin_case.h"
#include "tests/run_suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct case_problem *problem(const char *text)
{
    struct case_error error;
    struct case_problem *c = case_read_text(text, strlen(text), "test", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

static struct case_made made(const char *address)
{
    struct case_made made;
    struct case_error error;
    ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
    return made;
}

TEST(names_are_those_of_the_documents)
{
    ck_assert_str_eq(ref_margin_name(REF_GRAZING), "grazing");
    ck_assert_str_eq(ref_margin_name(REF_MAXIMUM_GAP), "maximum");
    ck_assert_str_eq(ref_margin_name(REF_MARGINS), "unknown");
    ck_assert_str_eq(ref_margin_name((enum ref_margin) - 1), "unknown");
    ck_assert_str_eq(ref_status_name(REF_OK), "ok");
    ck_assert_str_eq(ref_status_name(REF_CAPACITY), "capacity");
    ck_assert_str_eq(ref_status_name(REF_MEMORY), "memory");
    ck_assert_str_eq(ref_status_name((enum ref_status)(REF_MEMORY + 1)), "unknown");
    ck_assert_str_eq(ref_status_name((enum ref_status) - 1), "unknown");
}

/* The least number of events that is enough; one fewer is refused, with the number. */
TEST(a_case_has_at_most_max_events)
{
    struct case_made of = made("random-batch:1:1");
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result r;
    size_t low = 1, high = 4096;
    char wanted[80];
    while (low < high) {
        options.max_events = (low + high) / 2;
        if (ref_run(&r, of.problem, &options) == REF_OK)
            high = options.max_events;
        else
            low = options.max_events + 1;
        ref_clear(&r);
    }
    ck_assert_uint_gt(low, 10);
    ck_assert_uint_lt(low, 4000);
    options.max_events = low - 1;
    ck_assert_int_eq(ref_run(&r, of.problem, &options), REF_CAPACITY);
    snprintf(wanted, sizeof wanted, "more than %zu events in sample ", low - 1);
    ck_assert_msg(strncmp(r.reason, wanted, strlen(wanted)) == 0, "%s", r.reason);
    ref_clear(&r);
    case_made_clear(&of);
}

TEST(no_more_bits_than_the_cap)
{
    struct case_made of = made("random-feedforward:1:1");
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result r;
    options.digits = 100;
    options.precision_cap = 300;
    ck_assert_int_eq(ref_run(&r, of.problem, &options), REF_UNDECIDED);
    ck_assert_int_eq(r.precision, 300);
    ck_assert_str_eq(r.reason, "300 bits do not give 100 digits of every number");
    ref_clear(&r);
    options.precision_cap = 16384;
    ck_assert_int_eq(ref_run(&r, of.problem, &options), REF_OK);
    ck_assert_int_gt(r.precision, 332);
    ck_assert_int_lt(r.precision, 2048);
    ck_assert(r.reason[0] == '\0');
    ref_clear(&r);
    case_made_clear(&of);
}

/* ---- digits ---- */

/* A ball of a result by number; NULL past the last one. */
static arb_ptr ball(struct ref_result *r, int number)
{
    struct ref_sample *s = r->sample + r->samples - 1;
    struct ref_adjoint *a = s->adjoint;
    while (arb_contains_zero(a->lambda_v_minus) || arb_contains_zero(a->lambda_i_plus))
        a++;
    struct ref_train *train = NULL;
    for (size_t p = 0; p < r->populations; p++)
        for (size_t n = 0; n < r->size[p]; n++)
            if (s->spikes[p][n].count > 0)
                train = s->spikes[p] + n;
    arb_ptr const all[] = {r->loss,           s->loss,           train->at + train->count - 1,
                           a->lambda_v_minus, a->lambda_v_plus,  a->lambda_i_plus,
                           r->gradient,       r->probe_v,        r->probe_i,
                           r->probe_lambda_v, r->probe_lambda_i, NULL};
    return all[number];
}

static void loosen(arb_t x, const arb_t by, long bits)
{
    mag_t radius;
    mag_init(radius);
    arb_get_mag(radius, by);
    mag_mul_2exp_si(radius, radius, -bits);
    mag_add(arb_radref(x), arb_radref(x), radius);
    mag_clear(radius);
}

/* Every kind of number must have the digits, or twice as many of the largest one. */
TEST(every_number_must_have_the_digits)
{
    struct ref_probe probe = {.population = 1, .time = 11.125};
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct case_made of = made("random-feedforward:1:1");
    struct ref_result r;
    arb_t kept;
    long const bits = 40 * 3322 / 1000;
    options.adjoints = true;
    options.probe = &probe;
    options.probes = 1;
    ck_assert_int_eq(ref_run(&r, of.problem, &options), REF_OK);
    arb_init(kept);
    int number = 0;
    for (arb_ptr x; (x = ball(&r, number)) != NULL; number++) {
        ck_assert_msg(!(result_shortfall(&r, &options) > 0), "%d", number);
        ck_assert_msg(!arb_contains_zero(x), "%d", number);
        arb_set(kept, x);
        loosen(x, kept, bits + 4);
        ck_assert_msg(!(result_shortfall(&r, &options) > 0), "%d", number);
        loosen(x, kept, bits - 1);
        ck_assert_msg(result_shortfall(&r, &options) > 0, "%d", number);
        arb_indeterminate(x);
        ck_assert_msg(result_shortfall(&r, &options) > 0, "%d", number);
        arb_set(x, kept);
    }
    ck_assert_int_eq(number, 11);
    arb_zero(r.gradient); /* a number around zero: 2 digits of the largest one */
    mag_zero(arb_radref(r.gradient));
    size_t largest = 1;
    for (size_t k = 1; k < r.parameters; k++)
        if (arf_cmpabs(arb_midref(r.gradient + k), arb_midref(r.gradient + largest)) > 0)
            largest = k;
    loosen(r.gradient, r.gradient + largest, 2 * bits + 8);
    ck_assert(!(result_shortfall(&r, &options) > 0));
    loosen(r.gradient, r.gradient + largest, 2 * bits - 2);
    ck_assert(result_shortfall(&r, &options) > 0);
    arb_clear(kept);
    ref_clear(&r);
    case_made_clear(&of);
}

/* ---- weights of zero ---- */

static void run_twins(struct ref_result *r, const char *weight, const char *delay)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    char text[2048];
    snprintf(text, sizeof text, TWINS, weight, delay);
    struct case_problem *c = problem(text);
    options.digits = 30;
    ck_assert_int_eq(ref_run(r, c, &options), REF_OK);
    case_free(c);
}

/* The gradient of such a weight is the limit of later and later arrivals, and exists. Also where
 * both neurons of the second layer spike at once. */
TEST_EACH(weight_of_zero_that_arrives_on_a_spike, 0, 2)
{
    static const char *const weights[] = {"7", "5"};
    struct ref_result now, soon;
    enum { FIRST = 4, WEIGHTS = 4 }; /* between the layers, in the flat order */
    run_twins(&now, weights[_i], "0");
    run_twins(&soon, weights[_i], "9.5367431640625e-07");
    ck_assert_uint_gt(now.sample[0].spikes[2][0].count, 2);
    for (size_t k = FIRST; k < FIRST + WEIGHTS; k++) {
        double const x = middle_d(now.gradient + k), y = middle_d(soon.gradient + k);
        ck_assert_msg(x * x > 1e-8 && (x - y) * (x - y) < 1e-10 * x * x, "%zu: %g %g", k, x, y);
        ck_assert_int_ge(arb_rel_accuracy_bits(now.gradient + k), 99);
    }
    ref_clear(&now);
    ref_clear(&soon);
}

/* ---- maxima ---- */

#define LARGEST                                                                                    \
    "{\"format\":\"evident-case-1\",\"name\":\"largest\",\"time\":{\"end\":%s},\"populations\":["  \
    "{\"name\":\"in\",\"size\":2,\"model\":\"spike-source\"},"                                     \
    "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":5,\"bias\":%s}],"    \
    "\"projections\":[{\"source\":\"in\",\"target\":\"out\",\"weights\":[[%s,1],[%s,0.5]]}],"      \
    "\"loss\":{\"kind\":\"max-voltage-cross-entropy\",\"population\":\"out\"},"                    \
    "\"samples\":[{\"spikes\":{\"in\":[[%s],[%s]]},\"target\":{\"label\":0}}]}"

/* Or last for a while from the start on: t_none.c has what is not, and what follows. */
TEST(a_maximum_must_be_unique)
{
    static const struct {
        const char *end, *bias, *first, *second, *at_first, *at_second;
        enum ref_status status;
        const char *reason;
    } table[] = {
        {"40", "0", "2", "-1", "1", "30", REF_OK, ""},
        /* rises from 1 on; at 4 two arrivals end that */
        {"40", "0", "2", "-5", "1,4", "4", REF_OK, ""},
        {"40", "0", "2", "-5", "1", "4", REF_OK, ""},
        /* never above zero, where it starts, and stays until the first arrival */
        {"40", "0", "-2", "-1", "1", "2", REF_OK, ""},
        /* falls from the start on */
        {"40", "-0.5", "-2", "-1", "1", "2", REF_OK, ""},
        /* still rising at the end */
        {"3", "0", "2", "1", "1", "2", REF_OK, ""},
    };
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        struct ref_options options = REF_OPTIONS_DEFAULT;
        struct ref_result r;
        char text[2048];
        snprintf(text, sizeof text, LARGEST, table[k].end, table[k].bias, table[k].first,
                 table[k].second, table[k].at_first, table[k].at_second);
        struct case_problem *c = problem(text);
        options.precision_cap = 1024;
        ck_assert_msg(ref_run(&r, c, &options) == table[k].status, "%zu: %s", k, r.reason);
        ck_assert_str_eq(r.reason, table[k].reason);
        ref_clear(&r);
        case_free(c);
    }
}

/* ---- probes and adjoints ---- */

/* Of an output that shares its intervals with the others, and of each by itself. */
TEST(probes_of_two_outputs_are_those_of_each)
{
    struct case_made of = made("random-delays:1:21"); /* instantaneous, a delay for each synapse */
    double const time = 0.75 * of.problem->end;
    struct ref_probe probe[] = {{.population = 2, .neuron = 0, .time = time},
                                {.population = 2, .neuron = 1, .time = time}};
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result both, one;
    options.probe = probe;
    options.probes = 2;
    options.adjoints = true;
    ck_assert_int_eq(of.problem->loss.kind, CASE_INSTANTANEOUS_CROSS_ENTROPY);
    ck_assert_int_eq(ref_run(&both, of.problem, &options), REF_OK);
    options.probes = 1;
    for (size_t k = 0; k < 2; k++) {
        options.probe = probe + k;
        ck_assert_int_eq(ref_run(&one, of.problem, &options), REF_OK);
        arb_srcptr const x[] = {both.probe_v, both.probe_i, both.probe_lambda_v,
                                both.probe_lambda_i};
        arb_srcptr const y[] = {one.probe_v, one.probe_i, one.probe_lambda_v, one.probe_lambda_i};
        for (size_t j = 0; j < sizeof x / sizeof *x; j++) {
            ck_assert(arb_overlaps(x[j] + k, y[j]));
            ck_assert(!arb_overlaps(x[j], x[j] + 1));
        }
        ck_assert_uint_eq(both.sample->adjoints, one.sample->adjoints + 1);
        ref_clear(&one);
    }
    ref_clear(&both);
    case_made_clear(&of);
}

/* One for every arrival and every spike of a neuron, none for a step of a target voltage. */
TEST(adjoints_are_recorded_where_something_happens)
{
    struct case_made of = made("random-feedforward:1:8");
    const struct case_problem *c = of.problem;
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result r;
    ck_assert_int_eq(c->loss.kind, CASE_VOLTAGE_SQUARED_ERROR);
    ck_assert_int_eq(ref_run(&r, c, &options), REF_OK);
    ck_assert_uint_eq(r.sample->adjoints, 0);
    ref_clear(&r);
    options.adjoints = true;
    ck_assert_int_eq(ref_run(&r, c, &options), REF_OK);
    size_t steps = 0;
    for (size_t s = 0; s < r.samples; s++)
        for (size_t k = 0; k < r.sample[s].adjoints; k++) {
            const struct ref_adjoint *a = r.sample[s].adjoint + k;
            ck_assert(a->event == REF_ARRIVAL || a->event == REF_SPIKE);
            ck_assert(!arb_is_zero(a->time));
            for (size_t j = 0;
                 a->population == c->loss.population && j < c->sample[s].voltages[a->neuron].count;
                 j++, steps++)
                ck_assert(middle_d(a->time) < c->sample[s].voltages[a->neuron].time[j] ||
                          middle_d(a->time) > c->sample[s].voltages[a->neuron].time[j]);
        }
    ck_assert_uint_gt(steps, 0);
    ref_clear(&r);
    case_made_clear(&of);
}

/* Bits that are lost at a steady rate are foretold; what fails without losing any is a margin. */
TEST(the_next_attempt_has_the_bits_that_will_be_lost)
{
    struct ref_options o = REF_OPTIONS_DEFAULT;
    struct forecast f = {.reached = 15};
    o.digits = 20;
    for (size_t x = 0; x < FORECAST_PARTS; x++)
        f.lost[x] = x < 8 ? 0 : 10 * ((double)x - 7);
    /* 80 bits at part 15, 10 a part: 240 at part 31, and 240 again on the way back */
    ck_assert_int_eq(precision_after_failure(&f, 192, &o), 640);
    o.gradients = false;
    ck_assert_int_eq(precision_after_failure(&f, 192, &o), 384);
    for (size_t x = 0; x < FORECAST_PARTS; x++)
        f.lost[x] = 1;
    ck_assert_int_eq(precision_after_failure(&f, 192, &o), 384);
    ck_assert_int_eq(precision_after_failure(&f, 256, &o), 512);
    ck_assert_int_eq(precision_after_shortfall(384, 40), 512);
    ck_assert_int_eq(precision_after_shortfall(384, 1), 448);
    ck_assert_int_eq(precision_after_shortfall(384, (double)INFINITY), 768);
    ck_assert_int_eq(precision_after_shortfall(384, 1e9), 4 * 384);
}

SUITE("reference", .cleanup = flint_cleanup)
