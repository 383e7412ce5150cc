/* SPDX-License-Identifier: MIT */
/* t_none.c: what has no derivative, and what has one all the same: arrivals that meet at T, at 0,
 * at a maximum, and a plateau of a maximum. Every parameter of every case is held to two one-sided
 * differences of the witness's loss, which share nothing with the reference; some to closed forms.
 */
#include "tests/none_case.h"
#include "tests/run_suite.h"

/* With a hidden neuron that spikes near 4.3 and sends to the outputs by two projections. */
#define HIDDEN(end, first, second, third)                                                          \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":" end "},\"populations\":["   \
    "{\"name\":\"in\",\"size\":1,\"model\":\"spike-source\"},"                                     \
    "{\"name\":\"hid\",\"size\":1,\"model\":\"lif\",\"tau_mem\":20,\"tau_syn\":5,"                 \
    "\"threshold\":1},"                                                                            \
    "{\"name\":\"out\",\"size\":2,\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":5}],"                \
    "\"projections\":[{\"source\":\"in\",\"target\":\"hid\",\"weights\":[[9]]},"                   \
    "{\"source\":\"in\",\"target\":\"out\",\"weights\":[" first "]},"                              \
    "{\"source\":\"hid\",\"target\":\"out\",\"delay\":1,\"weights\":[" second "]},"                \
    "{\"source\":\"hid\",\"target\":\"out\",\"delay\":1,\"weights\":[" third "]}],"                \
    "\"samples\":[{\"spikes\":{\"in\":[[1]]},\"target\":{\"label\":0}}],"                          \
    "\"loss\":{\"kind\":\"max-voltage-cross-entropy\",\"population\":\"out\"}}"

/* nones: how many parameters must have no derivative, and of how many both sides are known. */
static const struct {
    const char *what, *text;
    size_t nones, known;
} ties[] = {
    {"an arrival at T, where both outputs rise",
     MAXIMUM("8", "2", "[5,3]", FROM("2", "[3,1.5],[0,0],[0,0]"), "[6],[],[]"), 3, 3},
    {"one at T that makes V fall, and one that makes V fall faster than it rises",
     MAXIMUM("8", "2", "[5,3]", FROM("2", "[-0.5,-30],[0,0],[0,0]"), "[6],[],[]"), 3, 3},
    {"two at T by two projections, two inputs, and another input",
     MAXIMUM("8", "2", "[5,3]",
             FROM("2", "[3,1.5],[-1,2],[0,0]") "," FROM("1", "[1,-0.25],[0,0],[2,1]"),
             "[6,7],[6],[3]"),
     9, 9},
    {"one at T beside a maximum before it: nothing moves",
     MAXIMUM("30", "2", "0", FROM("2", "[3,1.5],[0,0],[0,0]"), "[6,28],[],[]"), 0, 0},
    {"nothing arrives", MAXIMUM("40", "2", "0", FROM("0", "[3,-2],[0,0],[0,0]"), "[],[],[]"), 2, 2},
    {"an output that only falls",
     MAXIMUM("40", "2", "0", FROM("0", "[3,-2],[0,0],[0,0]"), "[2],[],[]"), 1, 1},
    {"weights of zero on a plateau, some of more than one spike",
     MAXIMUM("40", "2", "0", FROM("0", "[3,0],[1,0],[1,-2]"), "[2,4,9],[5.5],[12]"), 3, 3},
    {"weights of zero until T, past the largest of their effect",
     MAXIMUM("90", "2", "0", FROM("1", "[3,0],[1,0],[0,0]"), "[2,4,60],[5.5],[]"), 3, 3},
    {"weights that cancel at one time, and fall afterwards",
     MAXIMUM("40", "2", "0", FROM("1", "[3,2],[1,-2],[1,-2]"), "[2],[2],[12]"), 7, 7},
    {"weights that cancel for long",
     MAXIMUM("60", "2", "0", FROM("1", "[3,2],[1,-2],[1,-2]"), "[2],[2],[55]"), 7, 7},
    {"three that cancel at one time",
     MAXIMUM("40", "2", "0", FROM("1", "[1,5],[2,-2],[3,-3]"), "[2],[2],[2]"), 10, 10},
    {"a plateau that ends where arrivals of both signs meet",
     MAXIMUM("40", "2", "0", FROM("1", "[1,5],[2,-7],[3,0]"), "[2],[2],[3]"), 5, 5},
    {"a plateau that ends where two arrivals together hold back a third, each of them alone",
     MAXIMUM("40", "2", "0", FROM("1", "[1,4],[2,-5],[3,-6]"), "[2],[2],[2]"), 7, 7},
    {"starts to fall at 0, by two arrivals that hold back a third",
     MAXIMUM("2", "2", "[0,1]", FROM("0", "[4,1],[-5,1],[-6,0]"), "[0],[0],[0]"), 4, 0},
    {"a plateau that arrivals of one sign end",
     MAXIMUM("40", "2", "0", FROM("1", "[1,-4],[2,-5],[3,-6]"), "[2],[2],[2]"), 1, 1},
    {"a plateau until T, where something arrives",
     MAXIMUM("40", "2", "0", FROM("1", "[1,5],[2,-7],[3,0]"), "[39],[39],[3]"), 4, 4},
    {"a maximum at two arrivals",
     MAXIMUM("40", "2", "0", FROM("0", "[5,1],[-4,1],[-3,1]"), "[1],[4],[4]"), 4, 4},
    {"a maximum at two arrivals, each of which leaves it rising",
     MAXIMUM("40", "2", "0", FROM("0", "[5,1],[-1.2,1],[-1.3,1]"), "[1],[4],[4]"), 4, 4},
    {"a maximum at three arrivals of both signs, one of them twice",
     MAXIMUM("40", "2", "0", FROM("1", "[5,1],[-9,1],[3,1]") "," FROM("1", "[0,0],[-1,0],[0,0]"),
             "[1],[4],[4]"),
     5, 5},
    {"a maximum at four arrivals, two of which cancel: alone each has one derivative",
     MAXIMUM("40", "2", "0", FROM("1", "[5,1],[-9,1],[3,1]") "," FROM("1", "[0,0],[-1,0],[-3,0]"),
             "[1],[4],[4]"),
     5, 5},
    {"a maximum at one input by two projections: its time moves both",
     MAXIMUM("40", "2", "0", FROM("1", "[5,1],[-4,1],[3,1]") "," FROM("1", "[0,0],[-3,0],[0,0]"),
             "[1],[4],[20]"),
     2, 2},
    {"a maximum at an arrival beside one of weight zero",
     MAXIMUM("40", "2", "0", FROM("0", "[5,1],[-9,1],[0,1]"), "[1],[4],[4]"), 0, 0},
    {"starts to fall at 0, by one arrival",
     MAXIMUM("2", "2", "[0.5,1]", FROM("0", "[-9,1],[0,1],[0,0]"), "[0],[1],[]"), 0, 0},
    {"starts to fall at 0, by two arrivals of both signs",
     MAXIMUM("2", "2", "[0,1]", FROM("0", "[4,1],[-5,1],[0,0]"), "[0],[0],[]"), 2, 0},
    {"a maximum at a hidden spike by two projections: what moves it moves both",
     HIDDEN("40", "[3,2]", "[-2,-9]", "[0.25,3]"), 4, 4},
    {"a plateau that a hidden spike ends by two projections of both signs",
     HIDDEN("40", "[3,0]", "[1,-9]", "[0.25,3]"), 4, 4},
    {"a plateau under hidden spikes of weight zero", HIDDEN("40", "[3,0]", "[1,0]", "[0.25,0]"), 4,
     4},
};

TEST_EACH(sides_are_those_of_the_witness, 0, sizeof ties / sizeof *ties)
{
    struct case_problem *c = problem("%s", ties[_i].text);
    struct ref_result r;
    run(&r, c);
    size_t known = 0;
    for (size_t x = 0; x < r.nones; x++) {
        known += r.none[x].known;
        ck_assert(x == 0 || r.none[x - 1].parameter < r.none[x].parameter);
    }
    check_all(ties[_i].what, c, &r);
    ck_assert_msg(r.nones == ties[_i].nones && known == ties[_i].known, "%s: %zu, %zu known",
                  ties[_i].what, r.nones, known);
    ref_clear(&r);
    case_free(c);
}

/* ---- closed forms ---- */

static void check_closed(const struct ref_none *none, double left, double right)
{
    ck_assert_ptr_nonnull(none);
    ck_assert(none->known);
    ck_assert_msg(fabs(number(none->left) - left) < 1e-14, "%.17g", number(none->left));
    ck_assert_msg(fabs(number(none->right) - right) < 1e-14, "%.17g", number(none->right));
}

/* With p = softmax(max V), amounts p_k - [k = 0]. */
TEST(sides_are_those_of_closed_forms)
{
    struct case_problem *c = problem("%s", ties[0].text); /* V = bias (1 - e^(-t/20)) */
    struct ref_result r;
    run(&r, c);
    double const rise = exp(-8. / 20) / 20, v = 1 - exp(-8. / 20); /* per bias */
    double const p = 1 / (1 + exp(5 * v - 3 * v));
    check_closed(ref_none_of(&r, 6), -p * fmin(5 * rise, -3. / 20), 0); /* delays [0][0] */
    check_closed(ref_none_of(&r, 7), p * fmin(3 * rise, -1.5 / 20), 0);
    check_closed(ref_none_of(&r, r.parameters - 1), p * 3 / 20 - p * 1.5 / 20, 0);
    ck_assert_int_eq(ref_none_of(&r, 6)->kind, REF_NONE_END);
    ref_clear(&r);
    case_free(c);
    c = problem("%s", ties[4].text); /* both stay at 0 until 40 */
    run(&r, c);
    double const all = 1 - exp(-40. / 20);
    check_closed(ref_none_of(&r, r.parameters - 2), 0, -all / 2);
    check_closed(ref_none_of(&r, r.parameters - 1), 0, all / 2);
    ck_assert_int_eq(ref_none_of(&r, r.parameters - 1)->kind, REF_NONE_ONE_SIDED);
    for (size_t k = 0; k + 2 < r.parameters; k++)
        ck_assert(arb_is_zero(r.gradient + k));
    ref_clear(&r);
    case_free(c);
    c = problem("%s",
                ties[7].text); /* weights of zero: k(t - s) is largest at t - s = 5 ln 4/0.75 */
    run(&r, c);
    double const most = (pow(4, -1. / 3) - pow(4, -4. / 3)) / 3;
    double const amount = 1 - exp(-number(r.loss)); /* p_1 = 1 - p_0 */
    check_closed(ref_none_of(&r, 3), 0, amount * most);
    ref_clear(&r);
    case_free(c);
}

/* lambda on a plateau is one-sided, too; behind it, it is 0. */
TEST(adjoints_on_a_plateau_are_none)
{
    struct case_problem *c = problem("%s", ties[6].text); /* until 12 */
    struct ref_probe probes[] = {{.population = 1, .neuron = 1, .time = 11},
                                 {.population = 1, .neuron = 1, .time = 13},
                                 {.population = 1, .neuron = 0, .time = 3}};
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result r;
    options.probe = probes;
    options.probes = 3;
    options.adjoints = true;
    ck_assert_int_eq(ref_run(&r, c, &options), REF_OK);
    ck_assert(r.probe_none[0] && !r.probe_none[1] && !r.probe_none[2]);
    ck_assert(!arb_is_finite(r.probe_lambda_v) && !arb_is_finite(r.probe_lambda_i));
    ck_assert(arb_is_zero(r.probe_lambda_v + 1) && arb_is_zero(r.probe_lambda_i + 1));
    ck_assert(arb_is_nonzero(r.probe_lambda_v + 2));
    size_t before = 0;
    for (size_t k = 0; k < r.sample->adjoints; k++) {
        const struct ref_adjoint *a = r.sample->adjoint + k;
        double const time = number(a->time);
        ck_assert(a->none_minus == (a->neuron == 1 && time <= 12));
        ck_assert(a->none_plus == (a->neuron == 1 && time < 12));
        ck_assert(arb_is_finite(a->lambda_v_minus) == !a->none_minus);
        ck_assert(arb_is_finite(a->lambda_i_plus) == !a->none_plus);
        before += a->none_plus;
    }
    ck_assert_uint_gt(before, 3);
    ref_clear(&r);
    case_free(c);
}

SUITE("none", .cleanup = flint_cleanup)
