/* t_none.c: what has no derivative, and what has one all the same: events that meet at T, at 0, at
 * a maximum, on a plateau of a maximum, at a step of a target. Every parameter of every case is
 * held to two one-sided differences of the witness's loss, which share nothing with the reference;
 * some to closed forms. */
#include "tests/witness_case.h"

/* One output or two with one input population, `projections` between them. */
#define MAXIMUM(end, size, bias, projections, spikes)                                              \
    "{\"format\":\"evident-case-1\",\"name\":\"t\",\"time\":{\"end\":" end "},\"populations\":["   \
    "{\"name\":\"in\",\"size\":3,\"model\":\"spike-source\"},"                                     \
    "{\"name\":\"out\",\"size\":" size                                                             \
    ",\"model\":\"li\",\"tau_mem\":20,\"tau_syn\":5,\"bias\":" bias                                \
    "}],\"projections\":[" projections "],\"samples\":[{\"spikes\":{\"in\":[" spikes               \
    "]},\"target\":{\"label\":0}}],"                                                               \
    "\"loss\":{\"kind\":\"max-voltage-cross-entropy\",\"population\":\"out\"}}"
#define FROM(delay, weights)                                                                       \
    "{\"source\":\"in\",\"target\":\"out\",\"delay\":" delay ",\"weights\":[" weights "]}"

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

/* ---- differences ---- */

static void loss_of(mpfr_t loss, const struct case_problem *c, size_t parameter, double h)
{
    struct witness_nudge nudge = {parameter, h};
    struct witness_direction direction = {&nudge, 1, NULL};
    struct witness_run run;
    mpfr_t one;
    mpfr_init2(one, 64);
    mpfr_set_ui(one, 1, MPFR_RNDN);
    ck_assert_int_eq(witness_simulate(&run, c, &direction, one, 512), WITNESS_OK);
    mpfr_set(loss, run.loss, MPFR_RNDN);
    witness_run_clear(&run);
    mpfr_clear(one);
}

/* (L(h) - L(0)) / h */
static double difference(const struct case_problem *c, size_t parameter, double h)
{
    mpfr_t moved, still;
    mpfr_inits2(512, moved, still, (mpfr_ptr)NULL);
    loss_of(moved, c, parameter, h);
    loss_of(still, c, parameter, 0);
    mpfr_sub(moved, moved, still, MPFR_RNDN);
    double const value = mpfr_get_d(moved, MPFR_RNDN) / h;
    mpfr_clears(moved, still, (mpfr_ptr)NULL);
    return value;
}

static double number(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

/* Whether a parameter is at the edge of what it may be. */
static bool at_edge(const struct case_problem *c, size_t parameter)
{
    struct case_block *block;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    const struct case_block *of = case_block_of(block, blocks, parameter);
    size_t const k = parameter - of->first;
    bool const edge =
        (of->quantity == CASE_DELAY && case_value(&c->projection[of->projection].delay, k) <= 0) ||
        (of->quantity == CASE_SPIKE_TIME &&
         c->sample[of->sample].spikes[of->population][of->neuron].at[k] <= 0);
    free(block);
    return edge;
}

/* Of second order in the step: differences of first order are off by less than STEP 2^20 here. */
static double const STEP = 0x1p-60, OFF = 0x1p-40;

static void check_side(const char *what, const struct case_problem *c, size_t k, double h,
                       const arb_t want)
{
    double const got = difference(c, k, h);
    ck_assert_msg(fabs(got - number(want)) <= OFF, "%s: %zu from %s: %.15g, not %.15g", what, k,
                  h < 0 ? "below" : "above", number(want), got);
    ck_assert(mag_cmp_2exp_si(arb_radref(want), -60) < 0);
}

static void check_all(const char *what, const struct case_problem *c, const struct ref_result *r)
{
    for (size_t k = 0; k < r->parameters; k++) {
        const struct ref_none *none = ref_none_of(r, k);
        bool const edge = at_edge(c, k);
        ck_assert_msg(arb_is_finite(r->gradient + k) == !none, "%s: %zu", what, k);
        if (!none || none->known)
            check_side(what, c, k, STEP, none ? none->right : r->gradient + k);
        if ((!none || none->known) && !edge)
            check_side(what, c, k, -STEP, none ? none->left : r->gradient + k);
        bool const jointly = none && arb_equal(none->left, none->right);
        if (none && none->known && !jointly)
            ck_assert_msg(!arb_overlaps(none->left, none->right), "%s: %zu", what, k);
        if (none && none->known && !edge && !jointly)
            ck_assert_msg(fabs(difference(c, k, STEP) - difference(c, k, -STEP)) > OFF, "%s: %zu",
                          what, k);
    }
}

static enum ref_status status_of(struct ref_result *r, const struct case_problem *c)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    return ref_run(r, c, &options);
}

static void run(struct ref_result *r, const struct case_problem *c)
{
    ck_assert_msg(status_of(r, c) == REF_OK, "%s: %s", c->name, r->reason);
}

START_TEST(sides_are_those_of_the_witness)
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
END_TEST

/* ---- closed forms ---- */

static void check_closed(const struct ref_none *none, double left, double right)
{
    ck_assert_ptr_nonnull(none);
    ck_assert(none->known);
    ck_assert_msg(fabs(number(none->left) - left) < 1e-14, "%.17g", number(none->left));
    ck_assert_msg(fabs(number(none->right) - right) < 1e-14, "%.17g", number(none->right));
}

/* With p = softmax(max V), amounts p_k - [k = 0]. */
START_TEST(sides_are_those_of_closed_forms)
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
END_TEST

/* ---- losses without such points ---- */

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
START_TEST(ties_of_other_losses_are_none)
{
    struct ref_result r, moved;
    struct case_problem *c = problem("%s", smooth[_i]);
    run(&r, c);
    ck_assert_uint_eq(r.nones, 0);
    check_all(smooth[_i], c, &r);
    for (size_t spike = 0; spike < 5; spike++)
        for (int side = -1; side <= 1; side += 2) {
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
END_TEST

/* ---- what cannot be decided, and margins ---- */

/* lambda on a plateau is one-sided, too; behind it, it is 0. */
START_TEST(adjoints_on_a_plateau_are_none)
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
END_TEST

/* Two summits a long time apart, of one height to 24 bits; one at T itself, of equal constants. */
START_TEST(words_say_what_is_so)
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
END_TEST

/* A spike next to its birth at T: V(T) = w k(T), below the threshold by 1.6e-16; and one that a
 * bias would make some day. */
START_TEST(a_spike_that_T_cuts_off_has_a_margin)
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
END_TEST

int main(void)
{
    Suite *suite = suite_create("none");
    TCase *sides = tcase_create("sides");
    tcase_add_unchecked_fixture(sides, NULL, flint_cleanup);
    tcase_set_timeout(sides, 60);
    tcase_add_loop_test(sides, sides_are_those_of_the_witness, 0, sizeof ties / sizeof *ties);
    tcase_add_test(sides, sides_are_those_of_closed_forms);
    tcase_add_loop_test(sides, ties_of_other_losses_are_none, 0, sizeof smooth / sizeof *smooth);
    tcase_add_test(sides, adjoints_on_a_plateau_are_none);
    tcase_add_test(sides, words_say_what_is_so);
    tcase_add_test(sides, a_spike_that_T_cuts_off_has_a_margin);
    suite_add_tcase(suite, sides);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    int bad = srunner_ntests_failed(runner);
    srunner_free(runner);
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
