/* SPDX-License-Identifier: MIT */
/* t_fit.c: which cases fit, and why one does not. */
#include "cases/fit.h"
#include "tests/run_suite.h"

#include <string.h>

static const char *why_not(const char *name, const struct case_fit *fit)
{
    static char why[CASE_FIT_WHY];
    struct case_error error;
    struct case_made made = {0};
    if (strchr(name, ':'))
        ck_assert_msg(case_make(&made, name, &error) == 0, "%s", error.text);
    else
        ck_assert_msg((made.problem = case_read(name, &error)) != NULL, "%s", error.text);
    bool fits = case_fits(made.problem, fit, why);
    case_made_clear(&made);
    return fits ? "" : why;
}

#define WITHOUT(feature)                                                                           \
    {                                                                                              \
        .without[feature] = true                                                                   \
    }

static const struct {
    const char *name, *why;
    struct case_fit fit;
} row[] = {
    {"closed-chain:1:0", "", {0}},
    {"cases/examples/three-layer.json", "model li", {.models = 1u << CASE_LIF}},
    {"cases/examples/three-layer.json",
     "loss voltage-integral-cross-entropy",
     {.losses = 1u << CASE_FIRST_SPIKE_MARGIN}},
    {"cases/examples/three-layer.json", "", {.losses = 1u << CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY}},
    {"cases/examples/three-layer.json", "recurrent", WITHOUT(CASE_FIT_RECURRENT)},
    {"cases/regression/first-spikes-two-layers.json", "", WITHOUT(CASE_FIT_RECURRENT)},
    {"cases/regression/first-spikes-two-layers.json", "delays", {.delays = CASE_FIT_NO_DELAYS}},
    {"cases/regression/first-spikes-two-layers.json", "", {.delays = CASE_FIT_WHOLE_DELAYS}},
    {"random-delays:1:0", "delays of no whole number of steps", {.delays = CASE_FIT_WHOLE_DELAYS}},
    {"cases/regression/first-spikes-two-layers.json", "several samples", {.most_samples = 1}},
    {"cases/regression/first-spikes-two-layers.json", "2 layers", {.most_layers = 1}},
    {"cases/regression/first-spikes-two-layers.json",
     "2 layers",
     {.least_layers = 3, .most_layers = 9}},
    {"cases/regression/first-spikes-two-layers.json", "sizes", {.least_size = 1, .most_size = 3}},
    {"cases/regression/first-spikes-two-layers.json", "", {.least_size = 3, .most_size = 4}},
    {"cases/examples/first-spike.json", "bias", WITHOUT(CASE_FIT_BIAS)},
    {"cases/examples/first-spike.json", "reset", WITHOUT(CASE_FIT_RESET)},
    {"cases/examples/first-spike.json", "per_neuron", WITHOUT(CASE_FIT_PER_NEURON)},
    {"cases/regression/heterogeneous-delays.json", "per_neuron", WITHOUT(CASE_FIT_PER_NEURON)},
    {"closed-lambert:1:0", "equal_taus", WITHOUT(CASE_FIT_EQUAL_TAUS)},
    {"closed-quadratic:1:0", "", WITHOUT(CASE_FIT_EQUAL_TAUS)},
};

TEST_EACH(a_case_fits_or_says_why_not, 0, (int)(sizeof row / sizeof *row))
{
    ck_assert_str_eq(why_not(row[_i].name, &row[_i].fit), row[_i].why);
    ck_assert_int_eq(case_fit_is_any(&row[_i].fit), _i == 0);
}

/* Those of random-deep with connections that skip a layer say so in their note. */
TEST(a_connection_over_a_layer_is_seen)
{
    const struct case_fit fit = WITHOUT(CASE_FIT_SKIP);
    for (uint64_t k = 0; k < 20; k++) {
        struct case_made made;
        struct case_error error;
        char why[CASE_FIT_WHY];
        ck_assert_int_eq(case_family_make(&made, case_family_find("random-deep"), 1, k, &error), 0);
        ck_assert_int_eq(case_fits(made.problem, &fit, why),
                         strstr(made.problem->note, "skip") == NULL);
        case_made_clear(&made);
    }
}

SUITE("fit")
