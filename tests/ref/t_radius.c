/* SPDX-License-Identifier: MIT */
/* t_radius.c: the least that a radius must hold, by hand, where an uncertain time enters: sizes of
 * what happens between the mark of an event and its true time are planted, and looked for. */

#include "ref/reference/adjoint.h"
#include "tests/uncertain_case.h"
#include "tests/run_suite.h"

#include <string.h>

enum { PREC = 128 };
#define R 0x1p-60 /* radius of the time of an event */

static struct pass e;
static struct ref_result result;
static struct case_problem *problem;
static struct ref_options options = REF_OPTIONS_DEFAULT;
static size_t output; /* number of the first output */

static void begin(const char *name)
{
    size_t kind = 0;
    while (strcmp(uncertain[kind].name, name) != 0)
        kind++;
    problem = uncertain_case(kind, 0);
    ck_assert_int_eq(result_init(&result, problem, &options), PROVEN);
    ck_assert_int_eq(pass_init(&e, problem, &options, &result, PREC, 0x1p-20), PROVEN);
    ck_assert_int_eq(sample_begin(&e, 0), PROVEN);
    output = e.first[problem->loss.population];
}

static void end(void)
{
    result.gradient = e.gradient;
    result.parameters = e.parameters;
    e.gradient = NULL;
    pass_clear(&e);
    ref_clear(&result);
    case_free(problem);
}

static void spans(const arb_t x, double least, const char *what)
{
    ck_assert_msg(mag_get_d(arb_radref(x)) >= least, "%s: %g is less than %g", what,
                  mag_get_d(arb_radref(x)), least);
}

/* An event with a time of 5 +- R and a mark of 5. */
static size_t uncertain_event(void)
{
    size_t event;
    ck_assert_int_eq(event_new(&e, &event, EVENT_ARRIVAL), PROVEN);
    arb_set_d(e.event[event].time, 5);
    arb_set(e.event[event].mark, e.event[event].time);
    mag_set_d(arb_radref(e.event[event].time), R);
    return event;
}

static struct sweep sweep_of(struct offsets *offsets)
{
    struct sweep s = {.e = &e, .population = offsets};
    mag_init(s.size);
    return s;
}

/* p = q = 0 at the mark; the drive acts for up to R: p to R |drive|, q to a R^2 |drive| / 2. */
static void drive_spans(const char *name, double voltage, double epsilon, double drive)
{
    begin(name);
    struct sweep s = sweep_of(NULL);
    size_t const event = uncertain_event();
    struct neuron *n = e.neuron + output;
    arb_set_d(n->tape[0].v, voltage);
    mag_set_d(n->epsilon, epsilon);
    arb_t p, q;
    arb_init(p);
    arb_init(q);
    to_time(&s, n, event, p, q);
    spans(p, drive * R, name);
    spans(q, drive * R * R / 2 / n->k->tau_mem_d, name);
    arb_clear(p);
    arb_clear(q);
    mag_clear(s.size);
    end();
}

TEST(drive_between_mark_and_time_is_held)
{
    drive_spans("steep target", 0, 0, 1000 / 11.3);
    drive_spans("large voltage", 1000, 0, 1000 / 11.3);
    drive_spans("large voltage", 0, 7, 7 / 11.3); /* V is off by that at the mark */
    drive_spans("short trial", 0, 0, 1000 / 11.3 * 1024);
    drive_spans("integral", 0, 0, 1 / 11.3);
    drive_spans("instantaneous", 0, 0, 1 / 11.3);
}

/* What acts on 1 with an adjoint of 1 for up to R more or less: the derivatives of em, es, k. */
TEST(parameters_of_the_flow_hold_what_acts_between_mark_and_time)
{
    begin("steep target");
    struct offsets offsets[3] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 2, 0, 4}};
    struct sweep s = sweep_of(offsets);
    size_t const event = uncertain_event();
    struct neuron *n = e.neuron + output;
    double const a = 1 / n->k->tau_mem_d, c = 1 / n->k->tau_syn_d;
    mag_t on;
    mag_init(on);
    mag_one(on);
    mag_one(s.size);
    blur(&s, n, event, on);
    spans(e.gradient, a * a * R, "tau_mem");
    spans(e.gradient + 2, c * c * R, "tau_syn");
    spans(e.gradient + 4, a * R, "bias");
    /* q at a spike, of which it may lie on the wrong side, while p there is 1 */
    arb_t q;
    arb_init(q);
    mag_one(n->jump);
    jump_blur(&e, n, event, event, q);
    spans(q, 2 * a * R, "q at a spike");
    arb_clear(q);
    mag_clear(on);
    mag_clear(s.size);
    end();
}

/* The voltages are off by epsilon within R of an arrival: so is the loss, by epsilon R times how
 * much it depends on them, at least 2^-20/T in all of these cases, or epsilon at a maximum. */
TEST_EACH(losses_hold_what_voltages_are_off_by, 0, 4)
{
    static const struct {
        const char *name;
        double least;
    } kind[] = {{"steep target", 0x1p-20 * R},
                {"integral", 0x1p-20 * R},
                {"sigmoid", 0x1p-20 * R},
                {"instantaneous", 0x1p-20 * R}};
    begin(kind[_i].name);
    ck_assert_int_eq(simulate(&e), PROVEN);
    size_t inexact = 0;
    for (size_t x = 0; x < e.events; x++)
        if (!arb_is_exact(e.event[x].time)) {
            mag_set_d(arb_radref(e.event[x].time), R);
            inexact++;
        }
    ck_assert_uint_ge(inexact, 2);
    for (size_t x = 0; x < e.neurons; x++)
        mag_set_d(e.neuron[x].epsilon, 1);
    arb_t loss;
    arb_init(loss);
    ck_assert_int_eq(loss_evaluate(&e, loss), PROVEN);
    spans(loss, kind[_i].least, kind[_i].name);
    if (_i == 0) { /* and so are the moments of its drive */
        arb_ptr moments = _arb_vec_init(P_DRIVEN);
        struct neuron *n = e.neuron + output;
        squared_moments(&e, n, n->entries - 1, 1000, moments, NULL);
        spans(moments + P_ONE, R / 11.3, "a moment");
        _arb_vec_clear(moments, P_DRIVEN);
    }
    arb_clear(loss);
    end();
}

/* Of an arrival what is recorded is at its true time: off by R |drive| from what is at the mark. */
TEST(record_of_an_arrival_holds_what_is_at_its_time)
{
    options.adjoints = true;
    begin("steep target");
    arb_t loss;
    arb_init(loss);
    ck_assert_int_eq(simulate(&e), PROVEN);
    ck_assert_int_eq(loss_evaluate(&e, loss), PROVEN);
    for (size_t x = 0; x < e.events; x++)
        if (!arb_is_exact(e.event[x].time))
            mag_set_d(arb_radref(e.event[x].time), R);
    ck_assert_int_eq(adjoint_run(&e), PROVEN);
    size_t arrivals = 0;
    for (size_t k = 0; k < result.sample[0].adjoints; k++) {
        const struct ref_adjoint *a = &result.sample[0].adjoint[k];
        if (a->population != problem->loss.population || arb_is_exact(a->time))
            continue;
        spans(a->lambda_v_minus, 1000 / 11.3 / 20 * R, "before an arrival");
        spans(a->lambda_v_plus, 1000 / 11.3 / 20 * R, "after an arrival");
        arrivals++;
    }
    ck_assert_uint_eq(arrivals, 2);
    arb_clear(loss);
    end();
    options.adjoints = false;
}

/* cos(40 (2u - 1)) is at most 1 on the real line, e^(80 |Im u|) off it; over [0, 1] it is
 * sin(40)/40. */
static void wave(arb_ptr f, void *context, const arb_t u, long prec)
{
    (void)context;
    arb_mul_2exp_si(f, u, 1);
    arb_sub_ui(f, f, 1, prec);
    arb_mul_ui(f, f, 40, prec);
    arb_cos(f, f, prec);
}

static bool wave_bound(mag_t bound, void *context, const struct ellipse *x)
{
    (void)context;
    arb_t power;
    arb_init(power);
    arb_mul_ui(power, x->height, 80, BOUND_BITS);
    arb_exp(power, power, BOUND_BITS);
    arb_get_mag(bound, power);
    arb_clear(power);
    return true;
}

TEST(bounds_of_an_integrand_are_those_of_the_whole_ellipse)
{
    char reason[256];
    struct pass few = {.prec = 60, .reason = reason};
    struct integrand const f = {1, NULL, wave, wave_bound};
    arb_t got, truth, one;
    arb_init(got);
    arb_init(truth);
    arb_init(one);
    arb_one(one);
    ck_assert_int_eq(integrate(&few, got, &f, one, few.prec), PROVEN);
    arb_set_ui(truth, 40);
    arb_sin(truth, truth, 500);
    arb_div_ui(truth, truth, 40, 500);
    ck_assert(arb_contains(got, truth));
    rules_clear(&few);
    arb_clear(got);
    arb_clear(truth);
    arb_clear(one);
}

/* Maxima that differ by less than V is off by, and a place nearer to an arrival than arrivals are
 * certain, are none. */
TEST(what_lies_within_epsilon_or_rho_is_not_decided)
{
    arb_t loss;
    arb_init(loss);
    for (int kind = 0; kind < 3; kind++) {
        begin("maximum");
        ck_assert_int_eq(simulate(&e), PROVEN);
        for (size_t x = 0; kind == 1 && x < e.neurons; x++)
            mag_set_d(e.neuron[x].epsilon, 1);
        if (kind == 2)
            mag_set_d(e.rho, 5);
        ck_assert_int_eq(loss_evaluate(&e, loss), kind == 0 ? PROVEN : IMPRECISE);
        end();
    }
    arb_clear(loss);
}

SUITE("radius", .cleanup = flint_cleanup)
