/* SPDX-License-Identifier: MIT */
/* uncertain_case.h: cases in which the time of a spike is uncertain and much hangs on it, for
 * t_enclosure.c and t_radius.c.
 *
 * A neuron just reaches its threshold, 2^-40 of it below its peak: the time of its spike is
 * uncertain by 2^20 roundings, far more than everything else is. Its arrival at an output comes
 * shortly before the end, or before another event, so that the adjoint is still small there while
 * the drive of the loss is not: what the drive does between the mark of the arrival and its true
 * time is then more than all the rest that the balls hold. */
#ifndef EVIDENT_TESTS_UNCERTAIN_CASE_H
#define EVIDENT_TESTS_UNCERTAIN_CASE_H

#include "cases/cases.h"

#include <check.h>
#include <math.h>
#include <stdio.h>

#define CONSTANTS "\"tau_mem\": %.17g, \"tau_syn\": %.17g"
#define LI_OUTPUT "\"li\", " CONSTANTS
#define LIF_OUTPUT                                                                                 \
    "\"lif\", \"threshold\": [0.25, 1000], \"reset\": 0, \"bias\": 0.0625, " CONSTANTS
#define SQUARED "\"voltage-squared-error\""
#define INTEGRAL "\"voltage-integral-cross-entropy\", \"weighting\": "
static const struct {
    const char *name, *output, *loss, *target;
    double rest;  /* ms from the arrival to the end */
    double input; /* weight of the input to the outputs */
    double tau_syn, unit;
} uncertain[] = {
    {"steep target", LI_OUTPUT, SQUARED, "\"voltages\": [1000, -1000]", 0.05, 0.5, 5, 1},
    {"a little later", LI_OUTPUT, SQUARED, "\"voltages\": [1000, -1000]", 0.5, 0.5, 5, 1},
    {"much later", LI_OUTPUT, SQUARED, "\"voltages\": [1000, -1000]", 30, 0.5, 5, 1},
    {"large voltage", LI_OUTPUT, SQUARED, "\"voltages\": [0, 0]", 0.05, 1000, 5, 1},
    {"short trial", LI_OUTPUT, SQUARED, "\"voltages\": [1000, -1000]", 0.05, 0.5, 5, 0x1p-10},
    {"integral", LI_OUTPUT, INTEGRAL "\"uniform\"", "\"label\": 1", 0.05, 0.5, 5, 1},
    {"sigmoid", LI_OUTPUT, INTEGRAL "\"sigmoid\"", "\"label\": 1", 0.05, 0.5, 5, 1},
    {"instantaneous", LI_OUTPUT, "\"instantaneous-cross-entropy\"", "\"label\": 1", 0.05, 0.5, 5,
     1},
    {"maximum", LI_OUTPUT, "\"max-voltage-cross-entropy\"", "\"label\": 1", 0.05, 0.5, 5, 1},
    /* V' at the spike is certain where I hardly decays */
    {"first spike", LIF_OUTPUT, "\"first-spike-squared-error\"", "\"times\": [1e6, 1e6]", 2, 0.25,
     1e6, 1},
};
enum { UNCERTAINS = sizeof uncertain / sizeof *uncertain, EXCESSES = 3 };

static struct case_problem *uncertain_case(size_t kind, int excess)
{
    static char text[2048];
    char output[256];
    /* with constants of 20 and 5 the peak of k is 4^(-1/3) - 4^(-4/3) over 3, at 20 ln 4 / 3 */
    double const top = (pow(4, -1. / 3) - pow(4, -4. / 3)) / 3, arrival = 2 + 20 * log(4) / 3;
    double const weight = (1 + ldexp(1 + excess / 8., -40)) / top, unit = uncertain[kind].unit;
    snprintf(output, sizeof output, uncertain[kind].output, 20 * unit,
             uncertain[kind].tau_syn * unit);
    int const used = snprintf(
        text, sizeof text,
        "{\"format\": \"evident-case-1\", \"name\": \"blur\", \"time\": {\"end\": %.17g},"
        "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
        "{\"name\": \"hid\", \"size\": 1, \"model\": \"lif\", \"tau_mem\": %.17g, "
        "\"tau_syn\": %.17g, \"threshold\": 1, \"reset\": 0},"
        "{\"name\": \"out\", \"size\": 2, \"model\": %s}],"
        "\"projections\": [{\"source\": \"in\", \"target\": \"hid\", \"weights\": [[%.17g]]},"
        "{\"source\": \"in\", \"target\": \"out\", \"weights\": [[%.17g, 0.25]]},"
        "{\"source\": \"hid\", \"target\": \"out\", \"delay\": %.17g, \"weights\": [[8, -3]]}],"
        "\"loss\": {\"population\": \"out\", \"kind\": %s},"
        "\"samples\": [{\"target\": {%s}, \"spikes\": {\"in\": [[%.17g]]}}]}",
        (arrival + uncertain[kind].rest) * unit, 20 * unit, 5 * unit, output, weight,
        uncertain[kind].input, unit, uncertain[kind].loss, uncertain[kind].target, unit);
    struct case_error error;
    struct case_problem *c = case_read_text(text, (size_t)used, "blur", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

#endif
