/* SPDX-License-Identifier: MIT */
/* enclosure_case.h: whole cases at few bits, for t_enclosure.c. */
#ifndef EVIDENT_TESTS_ENCLOSURE_CASE_H
#define EVIDENT_TESTS_ENCLOSURE_CASE_H

#include "tests/run_suite.h"
#include "tests/uncertain_case.h"

/* Spikes of the network need their times to 2^-72 of a time constant: more bits. */
static const struct {
    const char *address;
    long first, step;
    int steps;
} whole[] = {{"closed-output:1:0", 30, 9, 8},          {"closed-output:1:1", 30, 9, 8},
             {"closed-output:1:2", 30, 9, 8},          {"closed-output:1:3", 30, 9, 8},
             {"closed-output:1:5", 30, 9, 8},          {"closed-output:1:6", 30, 9, 8},
             {"closed-output:1:8", 30, 9, 8},          {"closed-output:19:1", 30, 9, 8},
             {"random-feedforward:1:0", 80, 15, 8},    {"random-feedforward:1:3", 80, 15, 8},
             {"random-feedforward:1:7", 80, 15, 8},    {"random-recurrent:1:2", 80, 15, 8},
             {"random-delays:1:1", 80, 15, 8},         {"random-heterogeneous:1:1", 80, 15, 8},
             {"random-batch:1:1", 80, 15, 8},          {"degenerate-taus:1:2", 80, 15, 8},
             {"degenerate-inhibition:1:1", 80, 15, 8}, {"closed-chain:1:2", 80, 15, 8}};
enum { WHOLE = sizeof whole / sizeof *whole };

/* What ref_run does at one precision, whether or not its digits are many. */
static enum outcome run_once(struct ref_result *result, const struct case_problem *c,
                             const struct ref_options *options, long prec)
{
    struct pass e;
    enum outcome outcome = result_init(result, c, options);
    ck_assert_int_eq(outcome, PROVEN);
    outcome = pass_init(&e, c, options, result, prec, 0x1p-20);
    for (size_t x = 0; x < c->samples && outcome == PROVEN; x++) {
        outcome = sample_begin(&e, x);
        outcome = outcome == PROVEN ? simulate(&e) : outcome;
        outcome = outcome == PROVEN ? result_spikes(&e) : outcome;
        outcome = outcome == PROVEN ? loss_evaluate(&e, result->sample[x].loss) : outcome;
        outcome = outcome == PROVEN ? adjoint_run(&e) : outcome;
        sample_end(&e);
    }
    result->gradient = e.gradient;
    result->parameters = e.parameters;
    e.gradient = NULL;
    pass_clear(&e);
    return outcome;
}

/* A derivative that there is none of has no ball. */
static void held(arb_srcptr got, arb_srcptr truth, size_t count, const char *what)
{
    for (size_t k = 0; k < count; k++)
        if (arb_is_finite(truth + k))
            holds(got + k, truth + k, what);
}

static void results_held(const struct ref_result *got, const struct ref_result *truth,
                         const char *what)
{
    for (size_t s = 0; s < truth->samples; s++) {
        const struct ref_sample *x = got->sample + s, *y = truth->sample + s;
        holds(x->loss, y->loss, what);
        for (size_t p = 0; p < truth->populations; p++)
            for (size_t n = 0; n < truth->size[p]; n++) {
                ck_assert_uint_eq(x->spikes[p][n].count, y->spikes[p][n].count);
                held(x->spikes[p][n].at, y->spikes[p][n].at, y->spikes[p][n].count, what);
            }
        ck_assert_uint_eq(x->adjoints, y->adjoints);
        for (size_t k = 0; k < y->adjoints; k++) {
            const struct ref_adjoint *a = x->adjoint + k, *b = y->adjoint + k;
            ck_assert(a->neuron == b->neuron && a->population == b->population);
            held(a->time, b->time, 1, what);
            held(a->lambda_v_minus, b->lambda_v_minus, 1, what);
            held(a->lambda_v_plus, b->lambda_v_plus, 1, what);
            held(a->lambda_i_minus, b->lambda_i_minus, 1, what);
            held(a->lambda_i_plus, b->lambda_i_plus, 1, what);
        }
    }
    held(got->gradient, truth->gradient, truth->parameters, what);
}

TEST_EACH(whole_runs_hold_those_of_1000_bits, 0, WHOLE)
{
    struct case_made made;
    struct case_error error;
    struct ref_result truth, got;
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.adjoints = true;
    options.digits = TRUE_DIGITS;
    ck_assert_msg(case_make(&made, whole[_i].address, &error) == 0, "%s", error.text);
    ck_assert_int_eq(ref_run(&truth, made.problem, &options), REF_OK);
    int proven = 0;
    for (int step = 0; step < whole[_i].steps; step++) {
        long const prec = whole[_i].first + step * whole[_i].step;
        enum outcome const outcome = run_once(&got, made.problem, &options, prec);
        if (outcome == PROVEN) {
            char what[128];
            snprintf(what, sizeof what, "%s at %ld bits", whole[_i].address, prec);
            results_held(&got, &truth, what);
            proven++;
        }
        ref_clear(&got);
    }
    ck_assert_msg(proven >= 3, "%s: only %d runs were proven", whole[_i].address, proven);
    ref_clear(&truth);
    case_made_clear(&made);
}

/* Of the outputs epsilon >= 16 S R/tau_mem, S with the weights of all that arrived: see struct
 * neuron. */
TEST(epsilon_is_what_its_derivation_says)
{
    struct case_made made;
    struct case_error error;
    ck_assert_msg(case_make(&made, "random-heterogeneous:1:4", &error) == 0, "%s", error.text);
    const struct case_problem *c = made.problem;
    struct ref_options const options = REF_OPTIONS_DEFAULT;
    struct ref_result result;
    struct pass e;
    ck_assert_int_eq(result_init(&result, c, &options), PROVEN);
    ck_assert_int_eq(pass_init(&e, c, &options, &result, 192, 0x1p-20), PROVEN);
    ck_assert_int_eq(sample_begin(&e, 0), PROVEN);
    ck_assert_int_eq(simulate(&e), PROVEN);
    size_t checked = 0, population = c->loss.population;
    const struct case_population *p = c->population + population;
    for (size_t x = e.first[population]; x < e.first[population + 1]; x++) {
        const struct neuron *n = e.neuron + x;
        double size = fabs(case_value(&p->bias, n->index)), radius = 0;
        for (size_t y = 0; y < n->entries; y++) {
            const struct event *event = e.event + n->tape[y].event;
            radius = fmax(radius, mag_get_d(arb_radref(event->time)));
            if (event->kind != EVENT_ARRIVAL)
                continue;
            const struct spike *spike = e.spike + event->spike;
            size_t const synapse = spike->index * p->size + n->index;
            size += fabs(c->projection[event->projection].weight[synapse]);
        }
        double const wanted = 16 * size * radius / case_value(&p->tau_mem, n->index);
        ck_assert(wanted > 0 && mag_get_d(n->epsilon) >= wanted * (1 - 0x1p-40));
        ck_assert(mag_get_d(n->epsilon) <= wanted * (1 + 0x1p-20));
        ck_assert(mag_get_d(n->size) >= size * (1 - 0x1p-40));
        checked++;
    }
    ck_assert_uint_gt(checked, 1);
    if (e.gradient)
        _arb_vec_clear(e.gradient, (slong)e.parameters);
    e.gradient = NULL;
    pass_clear(&e);
    ref_clear(&result);
    case_made_clear(&made);
}

TEST_EACH(uncertain_arrivals_hold_what_happens_around_them, 0, UNCERTAINS)
{
    struct ref_result truth, got;
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.adjoints = true;
    int proven = 0;
    for (int excess = 0; excess < EXCESSES; excess++) {
        struct case_problem *c = uncertain_case((size_t)_i, excess);
        options.digits = 100; /* more bits than any run below has */
        ck_assert_msg(ref_run(&truth, c, &options) == REF_OK, "%s: %s", uncertain[_i].name,
                      truth.reason);
        for (long prec = 140; prec < 240; prec += 9) {
            enum outcome const outcome = run_once(&got, c, &options, prec);
            if (outcome == PROVEN) {
                char what[128];
                snprintf(what, sizeof what, "%s %d at %ld bits", uncertain[_i].name, excess, prec);
                results_held(&got, &truth, what);
                proven++;
            }
            ref_clear(&got);
        }
        ref_clear(&truth);
        case_free(c);
    }
    ck_assert_int_gt(proven, 20);
}

#endif
