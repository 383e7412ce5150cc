/* SPDX-License-Identifier: MIT */
/* t_none_loss.c: events that meet without costing a derivative: of every other loss, at T, at steps
 * of targets, at one time; what stays undecided, and in which words; spikes that T cuts off. */
#include "tests/none_case.h"
#include "tests/whole.h"
#include "tests/run_suite.h"

#define LOSS(model, projections, spikes, target, loss)                                             \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":12},\"populations\":["        \
    "{\"name\":\"in\",\"size\":3,\"model\":\"spike-source\"},"                                     \
    "{\"name\":\"out\",\"size\":2,\"model\":" model ",\"tau_mem\":20,\"tau_syn\":5}],"             \
    "\"projections\":[" projections "],"                                                           \
    "\"samples\":[{\"spikes\":{\"in\":[" spikes "]},\"target\":{" target "}}],"                    \
    "\"loss\":{\"population\":\"out\"," loss "}}"
/* Arrivals at 4, twice, at 5 and at T = 12. */
#define MEET FROM("2", "[3,2],[-1,1],[2,-3]") "," FROM("1", "[1,-0.5],[0,0],[0.5,0.5]")
#define MEETS "[2,10],[2],[4,11]"
#define VOLTAGE(target, loss) LOSS("\"li\"", MEET, MEETS, target, loss)
#define FIRST(target, loss) LOSS("\"lif\",\"threshold\":0.25", MEET, MEETS, target, loss)

static const char *const smooth[] = {
    VOLTAGE("\"label\":0", "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"uniform\""),
    VOLTAGE("\"label\":0", "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"linear\""),
    VOLTAGE("\"label\":1",
            "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"exponential\""),
    VOLTAGE("\"label\":1", "\"kind\":\"voltage-integral-cross-entropy\",\"weighting\":\"sigmoid\""),
    VOLTAGE("\"label\":0", "\"kind\":\"instantaneous-cross-entropy\""),
    VOLTAGE("\"voltages\":[[[0,0.5],[4,-0.5],[5,1]],[[0,0.25],[6,1]]]",
            "\"kind\":\"voltage-squared-error\""),
    FIRST("\"label\":0", "\"kind\":\"first-spike-cross-entropy\",\"tau0\":5,\"tau1\":20,"
                         "\"alpha\":0.1"),
    FIRST("\"label\":0", "\"kind\":\"first-spike-cross-entropy\",\"tau0\":5,\"alpha\":0.1,"
                         "\"penalty\":\"reciprocal\""),
    FIRST("\"times\":[12,12]", "\"kind\":\"first-spike-squared-error\""),
    FIRST("\"label\":0", "\"kind\":\"first-spike-margin\",\"margin\":1"),
};

/* The spikes of the case, all later or earlier than the tie by so much. */
static void move_input(struct case_problem *c, size_t spike, double by)
{
    struct case_train *train = c->sample[0].spikes[0];
    for (size_t n = 0; n < 3; n++)
        for (size_t k = 0; k < train[n].count; k++)
            if (spike-- == 0)
                train[n].at[k] += by;
}

/* Every parameter has its derivative where events meet, and it is the limit of those nearby. */
TEST_EACH(ties_of_other_losses_are_none, 0, sizeof smooth / sizeof *smooth)
{
    struct ref_result r, moved;
    struct case_problem *c = problem("%s", smooth[_i]);
    run(&r, c);
    ck_assert_uint_eq(r.nones, 0);
    check_all(smooth[_i], c, &r);
    for (size_t spike = 0; spike < 5; spike++)
        for (int side = -1; side <= 1; side += 2) {
            if (!whole() && ((int)spike + _i) % 2 == (side > 0))
                continue;
            struct case_problem *near = problem("%s", smooth[_i]);
            move_input(near, spike, side * 0x1p-20);
            run(&moved, near);
            for (size_t k = 0; k < r.parameters; k++)
                ck_assert_msg(fabs(number(moved.gradient + k) - number(r.gradient + k)) < 1e-5,
                              "%d: %zu by %zu", _i, k, spike);
            ref_clear(&moved);
            case_free(near);
        }
    ref_clear(&r);
    case_free(c);
}

/* Two summits a long time apart, of one height to 24 bits; one at T itself, of equal constants. */
TEST(words_say_what_is_so)
{
    static const char *const texts[] = {
        MAXIMUM("999", "2", "0", FROM("1", "[3,1],[0,0],[0,0]"), "[2,500],[],[]"),
        "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":9},\"populations\":["
        "{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},{\"name\":\"out\",\"size\":1,"
        "\"model\":\"li\",\"tau_mem\":8,\"tau_syn\":8}],\"projections\":[{\"source\":\"in\","
        "\"target\":\"out\",\"weights\":[[1]]}],\"samples\":[{\"spikes\":{\"in\":[[1]]},"
        "\"target\":{\"label\":0}}],"
        "\"loss\":{\"kind\":\"max-voltage-cross-entropy\",\"population\":\"out\"}}"};
    static const char *const reasons[] = {"maximum: output 0 is largest near t = ",
                                          "maximum: output 0 turns next to an event near "};
    for (size_t k = 0; k < 2; k++) {
        struct ref_options options = REF_OPTIONS_DEFAULT;
        struct case_problem *c = problem("%s", texts[k]);
        struct ref_result r;
        options.digits = 2;
        options.precision_cap = k == 0 ? 24 : 1024;
        ck_assert_int_eq(ref_run(&r, c, &options), REF_UNDECIDED);
        ck_assert_msg(strncmp(r.reason, reasons[k], strlen(reasons[k])) == 0, "%s", r.reason);
        ck_assert(arb_contains_zero(r.margin[REF_MAXIMUM_GAP]));
        ref_clear(&r);
        case_free(c);
    }
    struct case_problem *pole =
        problem("%s", FIRST("\"label\":0",
                            "\"kind\":\"first-spike-cross-entropy\",\"tau0\":5,\"alpha\":0.1,"
                            "\"penalty\":\"reciprocal\",\"silent_after\":1"));
    pole->end = 100;
    pole->projection[0].weight[0] = pole->projection[1].weight[0] = -1;
    pole->projection[0].weight[4] = pole->projection[1].weight[4] = -1;
    struct ref_result r;
    ck_assert_int_eq(status_of(&r, pole), REF_UNDECIDED);
    ck_assert_msg(strstr(r.reason, "has its pole") != NULL, "%s", r.reason);
    ref_clear(&r);
    case_free(pole);
}

/* A spike next to its birth at T: V(T) = w k(T), below the threshold by 1.6e-16; and one that a
 * bias would make some day. */
TEST(a_spike_that_T_cuts_off_has_a_margin)
{
    static double const weights[] = {5, 0}, biases[] = {0, 1.5};
    for (size_t k = 0; k < 2; k++) {
        struct case_problem *c =
            problem(LIF_CASE("6", LIF("20", "5", ",\"bias\":%.17g"),
                             "{\"source\":\"in\",\"target\":\"lif\",\"weights\":[[%.17g]]}", "[0]"),
                    biases[k], weights[k]);
        struct ref_result r;
        double const gain = (exp(-6. / 20) - exp(-6. / 5)) / 3;
        double const v = weights[k] * gain + biases[k] * (1 - exp(-6. / 20));
        double *threshold = (double *)c->population[1].threshold.at;
        *threshold = nextafter(v, 2);
        while (status_of(&r, c) != REF_OK || r.sample->spikes[1]->count > 0) {
            ref_clear(&r);
            *threshold = nextafter(*threshold, 2);
        }
        ck_assert(arb_is_positive(r.margin[REF_GRAZING]));
        ck_assert_msg(number(r.margin[REF_GRAZING]) < 1e-15, "%g", number(r.margin[REF_GRAZING]));
        ref_clear(&r);
        case_free(c);
    }
}

SUITE("none_loss", .cleanup = flint_cleanup)
