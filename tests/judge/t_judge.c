/* SPDX-License-Identifier: MIT */
/* t_judge.c: whole cases with planted truths: does the judge judge? */
#include "verify/judge/bounds.h"
#include "verify/verify.h"
#include "tests/run_suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- whole cases ---- */

static const char text[] =
    "{\"format\": \"evident-case-1\", \"name\": \"judged\", \"time\": {\"end\": 30},"
    "\"populations\": ["
    " {\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},"
    " {\"name\": \"hid\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"threshold\": 1, \"reset\": 0, \"bias\": 0},"
    " {\"name\": \"out\", \"size\": 2, \"model\": \"li\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"bias\": 0}],"
    "\"projections\": ["
    " {\"source\": \"in\", \"target\": \"hid\", \"delay\": 0, \"weights\": [[9, 4], [5, 8]]},"
    " {\"source\": \"hid\", \"target\": \"out\", \"delay\": 1, \"weights\": [[1, 2], [3, -1]]}],"
    "\"samples\": [{\"spikes\": {\"in\": [[1, 9], [2.5]]}, \"target\": {\"label\": 1}}],"
    "\"loss\": {\"kind\": \"voltage-integral-cross-entropy\", \"population\": \"out\","
    "           \"weighting\": \"uniform\"}}";

static const struct ver_options defaults = VER_OPTIONS_DEFAULT;
static struct case_made made;
static struct ver_judgement judgement;

static void setup(void)
{
    struct case_error error;
    made = (struct case_made){0};
    made.problem = case_read_text(text, strlen(text), "text", NULL, &error);
    ck_assert_msg(made.problem != NULL, "%s", error.text);
}

static void teardown(void)
{
    ver_judgement_clear(&judgement);
    case_made_clear(&made);
    flint_cleanup();
    mpfr_free_cache();
}

/* Adds a known truth that the case does not have. */
static struct case_known *plant_known(enum case_known_kind kind)
{
    made.known = calloc(1, sizeof *made.known);
    ck_assert_ptr_nonnull(made.known);
    made.knowns = 1;
    made.known->kind = kind;
    made.known->population = 1;
    return made.known;
}

static const struct ver_comparison *find(const char *quantity)
{
    for (size_t k = 0; k < judgement.comparisons; k++)
        if (strcmp(judgement.comparison[k].quantity, quantity) == 0)
            return &judgement.comparison[k];
    return NULL;
}

TEST(honest_case_passes_with_evidence_of_every_kind)
{
    static const char *const quantities[] = {
        "spikes",       "loss",       "sample_loss",        "direction",   "boundary",
        "adjoint_V",    "adjoint_I",  "recorded",           "loss_digits", "margin_grazing",
        "margin_slope", "margin_end", "margin_coincidence", "threshold",   NULL};
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_msg(judgement.verdict == VER_PASS, "%s", judgement.reason);
    for (int k = 0; quantities[k]; k++) {
        const struct ver_comparison *c = find(quantities[k]);
        ck_assert_msg(c && c->outcome == VER_AGREES, "%s", quantities[k]);
    }
    ck_assert_double_ge(judgement.digits, VER_MINIMUM_DIGITS);
    ck_assert_uint_eq(judgement.neurons, 6);
    ck_assert_uint_gt(judgement.spikes, 0);
}

TEST(known_count_that_is_wrong_fails)
{
    plant_known(CASE_KNOWN_COUNT)->index = 77;
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_int_eq(find("known_count")->outcome, VER_DIFFERS);
    ck_assert_str_eq(find("known_count")->value, "77 spikes");
}

TEST(known_spike_that_is_wrong_fails)
{
    struct case_known *known = plant_known(CASE_KNOWN_SPIKE);
    mpfr_init2(known->value, 256);
    mpfr_set_ui(known->value, 3, MPFR_RNDN);
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_int_eq(find("known_spike")->outcome, VER_DIFFERS);
}

TEST(known_gradient_that_is_wrong_fails_by_its_name)
{
    struct case_known *known = plant_known(CASE_KNOWN_GRADIENT);
    mpfr_init2(known->value, 256);
    mpfr_set_ui(known->value, 1, MPFR_RNDN);
    known->parameter = 3;
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_str_eq(find("known_gradient")->index, "weights[0][1][1]");
}

TEST(decided_case_that_should_not_be_fails)
{
    made.expectation = CASE_UNDECIDED;
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_int_eq(find("status")->outcome, VER_DIFFERS);
}

TEST(undecided_at_the_cap_is_undecided_with_a_reason)
{
    struct ver_options options = defaults;
    options.precision_cap = 64;
    ver_judge(&judgement, "text", "file", &made, &options);
    ck_assert_int_eq(judgement.verdict, VER_UNDECIDED);
    ck_assert_int_ne(judgement.reason[0], '\0');
    ck_assert_ptr_null(strstr(judgement.reason, "no evidence")); /* the reference's own reason */
    ck_assert_uint_eq(judgement.comparisons, 0);
}

TEST(another_seed_looks_in_other_directions)
{
    struct ver_options options = defaults;
    char first[40];
    ver_judge(&judgement, "text", "file", &made, &options);
    ck_assert_int_eq(judgement.verdict, VER_PASS);
    snprintf(first, sizeof first, "%s", find("direction")->value);
    ver_judgement_clear(&judgement);
    options.seed = 1;
    ver_judge(&judgement, "text", "file", &made, &options);
    ck_assert_str_ne(find("direction")->value, first);
    ck_assert_int_eq(judgement.verdict, VER_PASS);
}

/* How many numbers of a kind were compared, and agreed. */
static size_t agreeing(enum ver_kind kind)
{
    size_t numbers = 0;
    for (size_t k = 0; k < judgement.comparisons; k++) {
        const struct ver_comparison *c = &judgement.comparison[k];
        numbers += c->kind == kind && c->outcome == VER_AGREES ? c->numbers : 0;
    }
    return numbers;
}

/* Every spike, every parameter by itself, the impulses of all probes and of a spike. */
TEST(nothing_is_left_out)
{
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_uint_eq(agreeing(VER_KIND_SPIKES), judgement.spikes);
    ck_assert_uint_eq(agreeing(VER_KIND_COORDINATE), judgement.parameters);
    ck_assert_uint_gt(judgement.parameters, 20);
    ck_assert_uint_gt(agreeing(VER_KIND_ADJOINT), 2 * VER_PROBES + 4);
}

/* A case too large for coordinates has its evidence from directions alone; without these, what
 * agrees otherwise, impulses among it, is no evidence for its gradient. */
TEST(impulses_alone_do_not_pass)
{
    struct case_made one;
    struct case_error error;
    struct ver_options options = defaults;
    ck_assert_msg(case_make(&one, "random-deep:1:1", &error) == 0, "%s", error.text);
    ver_judge(&judgement, "deep", "family", &one, &options);
    ck_assert_int_eq(judgement.verdict, VER_PASS);
    ck_assert_uint_gt(judgement.parameters, VER_ALL_COORDINATES);
    ver_judgement_clear(&judgement);
    options.directions = 0;
    ver_judge(&judgement, "deep", "family", &one, &options);
    ck_assert_int_eq(judgement.verdict, VER_UNDECIDED);
    ck_assert_ptr_nonnull(strstr(judgement.reason, "no evidence for"));
    ck_assert_uint_gt(agreeing(VER_KIND_ADJOINT), 0);
    case_made_clear(&one);
}

/* An arrival at a step of the target: the loss has a kink there of second order only, so that each
 * side has the derivative of the reference and no central difference is of second order. */
TEST(each_side_is_asked_where_events_change_places)
{
    static const char at_a_step[] =
        "{\"format\": \"evident-case-1\", \"name\": \"step\", \"time\": {\"end\": 10},"
        "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
        " {\"name\": \"out\", \"size\": 1, \"model\": \"li\", \"tau_mem\": 10,"
        "  \"tau_syn\": 5}],"
        "\"projections\": [{\"source\": \"in\", \"target\": \"out\", \"delay\": 2,"
        "  \"weights\": [[3]]}],"
        "\"samples\": [{\"spikes\": {\"in\": [[1]]},"
        "  \"target\": {\"voltages\": [[[0, 0], [3, 1], [7.5, -1]]]}}],"
        "\"loss\": {\"kind\": \"voltage-squared-error\", \"population\": \"out\"}}";
    struct case_error error;
    case_made_clear(&made);
    made = (struct case_made){0};
    made.problem = case_read_text(at_a_step, strlen(at_a_step), "text", NULL, &error);
    ck_assert_msg(made.problem != NULL, "%s", error.text);
    ver_judge(&judgement, "step", "file", &made, &defaults);
    ck_assert_msg(judgement.verdict == VER_PASS, "%s", judgement.reason);
    ck_assert_int_eq(find("direction")->class_, WITNESS_ORDER_CHANGE);
    ck_assert_int_eq(find("direction")->outcome, VER_EXCLUDED);
    ck_assert_uint_eq(agreeing(VER_KIND_DIRECTION), 2 * (size_t)defaults.directions);
}

TEST(more_digits_of_the_truth_ask_more_of_the_witness)
{
    struct ver_options options = defaults;
    options.digits = 100;
    ver_judge(&judgement, "text", "file", &made, &options);
    ck_assert_int_eq(judgement.verdict, VER_PASS);
    ck_assert_double_ge(judgement.digits, 75);
}

static void passes(const char *address)
{
    struct case_made one;
    struct case_error error;
    ck_assert_msg(case_make(&one, address, &error) == 0, "%s", error.text);
    ver_judge(&judgement, address, "family", &one, &defaults);
    ck_assert_msg(judgement.verdict == VER_PASS, "%s: %s", address, judgement.reason);
    case_made_clear(&one);
}

TEST(gradients_that_all_vanish_keep_what_is_promised_of_zeros)
{
    passes("random-batch:1:229");
}

TEST(derivative_of_a_quadrature_may_be_less_accurate_than_its_value)
{
    passes("degenerate-twins:1:76");
}

TEST(losses_of_samples_are_compared_each)
{
    passes("random-batch:1:0");
    ck_assert_uint_gt(find("sample_loss")->numbers, 1);
    ck_assert_int_eq(find("sample_loss")->outcome, VER_AGREES);
}

/* A silent label on a long trial: the loss is e^(1010/tau1), a constant, its derivatives are not;
 * with the smaller tau1 it is beyond double precision. */
TEST(loss_beyond_all_its_gradients_is_no_obstacle)
{
    static const char silent[] =
        "{\"format\": \"evident-case-1\", \"name\": \"silent\", \"time\": {\"end\": 1000},"
        "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
        " {\"name\": \"out\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20,"
        "  \"tau_syn\": 5, \"threshold\": 1}],"
        "\"projections\": [{\"source\": \"in\", \"target\": \"out\","
        "  \"weights\": [[9, 0.5]]}],"
        "\"samples\": [{\"spikes\": {\"in\": [[2]]}, \"target\": {\"label\": 1}}],"
        "\"loss\": {\"kind\": \"first-spike-cross-entropy\", \"population\": \"out\","
        "  \"tau0\": 0.5, \"tau1\": %s, \"alpha\": 0.003}}";
    static const char *const tau1[] = {"6.4", "0.2"};
    for (int k = 0; k < 2; k++) {
        char bytes[2 * sizeof silent];
        struct case_error error;
        snprintf(bytes, sizeof bytes, silent, tau1[k]);
        case_made_clear(&made);
        ver_judgement_clear(&judgement);
        made = (struct case_made){0};
        made.problem = case_read_text(bytes, strlen(bytes), "text", NULL, &error);
        ck_assert_msg(made.problem != NULL, "%s", error.text);
        ver_judge(&judgement, "silent", "file", &made, &defaults);
        ck_assert_msg(judgement.verdict == VER_PASS, "tau1 %s: %s", tau1[k], judgement.reason);
    }
}

/* Two neurons of thresholds 2^-100 and %s. */
static const char tiny[] =
    "{\"format\": \"evident-case-1\", \"name\": \"tiny\", \"time\": {\"end\": 30},"
    "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
    "{\"name\": \"out\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "\"threshold\": [1e-30, %s], \"reset\": 0}],"
    "\"projections\": [{\"source\": \"in\", \"target\": \"out\", \"weights\": [[5e-30, %s]]}],"
    "\"samples\": [{\"spikes\": {\"in\": [[1, 2, 3]]}, \"target\": {\"times\": [5, 6]}}],"
    "\"loss\": {\"kind\": \"first-spike-squared-error\", \"population\": \"out\"}}";

static void judge_tiny(const char *threshold, const char *weight)
{
    char bytes[sizeof tiny + 64];
    struct case_error error;
    snprintf(bytes, sizeof bytes, tiny, threshold, weight);
    case_made_clear(&made);
    ver_judgement_clear(&judgement);
    made = (struct case_made){0};
    made.problem = case_read_text(bytes, strlen(bytes), "text", NULL, &error);
    ck_assert_msg(made.problem != NULL, "%s", error.text);
    ver_judge(&judgement, "tiny", "file", &made, &defaults);
}

/* Steps are measured by the voltages they move. Where they are not, a neuron of so low a threshold
 * spikes until the witness gives up: that is no difference, and no pass. */
TEST(tiny_voltages_take_tiny_steps)
{
    judge_tiny("2e-30", "7e-30");
    ck_assert_msg(judgement.verdict == VER_PASS, "%s", judgement.reason);
    judge_tiny("1", "7"); /* the mean of both weights is a step too wide for one */
    ck_assert_msg(judgement.verdict == VER_NOT_RUN, "%s", judgement.reason);
    for (size_t k = 0; k < judgement.comparisons; k++)
        ck_assert_int_ne(judgement.comparison[k].outcome, VER_DIFFERS);
}

SUITE("judge", .setup = setup, .teardown = teardown)
