/* t_verify.c: does the judge judge? Comparisons with numbers planted by hand, whole cases with
 * planted lies, and what must not depend on threads. */
#include "verify/bounds.h"
#include "verify/verify.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- enclosures ---- */

static struct ver_comparison enclose(double middle, long radius_bits, double value, double slack)
{
    struct ver_comparison c = {.kind = VER_KIND_SPIKES, .quantity = "spikes"};
    arb_t ball;
    mpfr_t x, s;
    arb_init(ball);
    mpfr_init2(x, 200);
    mpfr_init2(s, 64);
    arb_set_d(ball, middle);
    if (radius_bits)
        mag_set_ui_2exp_si(arb_radref(ball), 1, -radius_bits);
    mpfr_set_d(x, value, MPFR_RNDN);
    mpfr_set_d(s, slack, MPFR_RNDN);
    ver_compare_enclosure(&c, ball, x, s);
    arb_clear(ball);
    mpfr_clear(x);
    mpfr_clear(s);
    return c;
}

START_TEST(value_inside_the_ball_agrees)
{
    struct ver_comparison c = enclose(1, 10, 1 + 0x1p-11, 0);
    ck_assert_int_eq(c.outcome, VER_AGREES);
    ck_assert_double_eq(c.distance, 0.5);
}
END_TEST

START_TEST(value_outside_the_ball_differs)
{
    struct ver_comparison c = enclose(1, 10, 1 - 0x1p-9, 0);
    ck_assert_int_eq(c.outcome, VER_DIFFERS);
    ck_assert_double_ge(c.distance, 1.5);
}
END_TEST

START_TEST(slack_grows_the_ball_and_no_more)
{
    ck_assert_int_eq(enclose(1, 0, 1 + 0x1p-40, 0x1p-40).outcome, VER_AGREES);
    ck_assert_int_eq(enclose(1, 0, 1 + 0x1p-40, 0x1p-41).outcome, VER_DIFFERS);
    ck_assert_int_eq(enclose(1, 0, 1, 0).outcome, VER_AGREES);
}
END_TEST

START_TEST(nan_never_lies_in_a_ball)
{
    ck_assert_int_eq(enclose(1, 1, VER_NAN, 0).outcome, VER_DIFFERS);
    ck_assert_int_eq(enclose(VER_NAN, 1, 1, 0).outcome, VER_DIFFERS);
    ck_assert_int_eq(enclose(1, 1, VER_INFINITY, 0).outcome, VER_DIFFERS);
}
END_TEST

START_TEST(ball_without_end_proves_nothing)
{
    struct ver_comparison c = {.kind = VER_KIND_LOSS, .quantity = "loss"};
    arb_t ball;
    mpfr_t x;
    arb_init(ball);
    mpfr_init2(x, 64);
    arb_zero_pm_inf(ball);
    mpfr_set_ui(x, 0, MPFR_RNDN);
    ver_compare_enclosure(&c, ball, x, x);
    ck_assert_int_eq(c.outcome, VER_DIFFERS);
    arb_clear(ball);
    mpfr_clear(x);
}
END_TEST

/* ---- differences ---- */

/* A difference of 1 + 2^-offset with an error of 2^-error, against a truth of 1 known to 2^-200. */
struct planted {
    long offset, error;
    double truth, scale, fallback, order;
    enum witness_class class_;
};

static const struct planted honest = {100, 100, 1, 1, 1, 2, WITNESS_SMOOTH};

static struct ver_comparison differ(struct planted p)
{
    struct ver_comparison c = {.kind = VER_KIND_DIRECTION, .quantity = "direction"};
    struct witness_difference d = {
        .class_ = p.class_, .order = p.order, .step = -80, .precision = 256};
    arb_t truth, scale, fallback, loss;
    arb_init(truth);
    arb_init(scale);
    arb_init(fallback);
    arb_init(loss);
    mpfr_init2(d.value, 256);
    mpfr_init2(d.error, 64);
    mpfr_set_ui_2exp(d.value, 1, -p.offset, MPFR_RNDN);
    mpfr_add_d(d.value, d.value, p.truth, MPFR_RNDN);
    mpfr_set_ui_2exp(d.error, 1, -p.error, MPFR_RNDN);
    arb_set_d(truth, p.truth);
    if (p.truth != 0)
        mag_set_ui_2exp_si(arb_radref(truth), 1, -200);
    arb_set_d(scale, p.scale);
    arb_set_d(fallback, p.fallback);
    arb_set_d(loss, 1);
    ver_compare_difference(&c, truth, scale, fallback, loss, &d);
    arb_clear(truth);
    arb_clear(scale);
    arb_clear(fallback);
    arb_clear(loss);
    mpfr_clear(d.value);
    mpfr_clear(d.error);
    return c;
}

START_TEST(difference_within_its_error_agrees)
{
    struct ver_comparison c = differ(honest);
    ck_assert_int_eq(c.outcome, VER_AGREES);
    ck_assert_double_lt(c.distance, 1);
    ck_assert_double_gt(c.digits, 30); /* 2^-100 */
    ck_assert_double_lt(c.digits, 31);
}
END_TEST

START_TEST(difference_beyond_its_error_differs)
{
    struct planted p = honest;
    p.error = 102;
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
}
END_TEST

START_TEST(few_digits_differ_however_large_the_error)
{
    struct planted p = honest;
    p.offset = p.error = 60; /* 18 digits */
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
}
END_TEST

START_TEST(order_of_one_differs)
{
    struct planted p = honest;
    p.order = 1;
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
    p.order = 2 + 2 * VER_ORDER_SLACK;
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
    p.order = VER_NAN; /* undefined: the differences agree to rounding */
    ck_assert_int_eq(differ(p).outcome, VER_AGREES);
}
END_TEST

START_TEST(difference_that_is_not_smooth_is_excluded)
{
    struct planted p = honest;
    for (int class_ = WITNESS_ORDER_CHANGE; class_ < VER_CLASSES; class_++) {
        p.class_ = (enum witness_class)class_;
        ck_assert_int_eq(differ(p).outcome, VER_EXCLUDED);
    }
}
END_TEST

START_TEST(cancelled_direction_is_judged_relative_to_its_terms)
{
    struct planted p = honest;
    p.truth = 0x1p-30; /* terms of size 2^10 that nearly cancel */
    p.scale = 1024;
    struct ver_comparison c = differ(p);
    ck_assert_int_eq(c.outcome, VER_AGREES);
    ck_assert_double_gt(c.digits, 33); /* 2^-110 */
}
END_TEST

START_TEST(zero_gradient_takes_the_size_of_the_others)
{
    struct planted p = honest;
    p.truth = p.scale = 0;
    ck_assert_int_eq(differ(p).outcome, VER_AGREES);
    p.fallback = 0x1p-60; /* 12 digits of the others */
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
}
END_TEST

START_TEST(without_any_gradient_only_rounding_is_allowed)
{
    struct planted p = honest;
    p.truth = p.scale = p.fallback = 0;
    ck_assert_int_eq(differ(p).outcome, VER_DIFFERS);
    p.offset = 150; /* 2^-150 < 2^(32 - 256 + 80) */
    ck_assert_int_eq(differ(p).outcome, VER_AGREES);
}
END_TEST

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
    made = (struct case_made){NULL, CASE_DECIDED, NULL, 0};
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

START_TEST(honest_case_passes_with_evidence_of_every_kind)
{
    static const char *const quantities[] = {"spikes",    "loss",      "direction",   "boundary",
                                             "adjoint_V", "adjoint_I", "loss_digits", NULL};
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
END_TEST

START_TEST(known_count_that_is_wrong_fails)
{
    plant_known(CASE_KNOWN_COUNT)->index = 77;
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_int_eq(find("known_count")->outcome, VER_DIFFERS);
    ck_assert_str_eq(find("known_count")->value, "77 spikes");
}
END_TEST

START_TEST(known_spike_that_is_wrong_fails)
{
    struct case_known *known = plant_known(CASE_KNOWN_SPIKE);
    mpfr_init2(known->value, 256);
    mpfr_set_ui(known->value, 3, MPFR_RNDN);
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_int_eq(find("known_spike")->outcome, VER_DIFFERS);
}
END_TEST

START_TEST(known_gradient_that_is_wrong_fails_by_its_name)
{
    struct case_known *known = plant_known(CASE_KNOWN_GRADIENT);
    mpfr_init2(known->value, 256);
    mpfr_set_ui(known->value, 1, MPFR_RNDN);
    known->parameter = 3;
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_str_eq(find("known_gradient")->index, "weights[0][1][1]");
}
END_TEST

START_TEST(decided_case_that_should_not_be_fails)
{
    made.expectation = CASE_UNDECIDED;
    ver_judge(&judgement, "text", "file", &made, &defaults);
    ck_assert_int_eq(judgement.verdict, VER_FAIL);
    ck_assert_int_eq(find("status")->outcome, VER_DIFFERS);
}
END_TEST

START_TEST(undecided_at_the_cap_is_undecided_with_a_reason)
{
    struct ver_options options = defaults;
    options.precision_cap = 64;
    ver_judge(&judgement, "text", "file", &made, &options);
    ck_assert_int_eq(judgement.verdict, VER_UNDECIDED);
    ck_assert_int_ne(judgement.reason[0], '\0');
    ck_assert_ptr_null(strstr(judgement.reason, "no evidence")); /* the reference's own reason */
    ck_assert_uint_eq(judgement.comparisons, 0);
}
END_TEST

START_TEST(another_seed_looks_in_other_directions)
{
    struct ver_options options = defaults;
    char first[40];
    ver_judge(&judgement, "text", "file", &made, &options);
    snprintf(first, sizeof first, "%s", find("direction")->value);
    ver_judgement_clear(&judgement);
    options.seed = 1;
    ver_judge(&judgement, "text", "file", &made, &options);
    ck_assert_str_ne(find("direction")->value, first);
    ck_assert_int_eq(judgement.verdict, VER_PASS);
}
END_TEST

START_TEST(more_digits_of_the_truth_ask_more_of_the_witness)
{
    struct ver_options options = defaults;
    options.digits = 100;
    ver_judge(&judgement, "text", "file", &made, &options);
    ck_assert_int_eq(judgement.verdict, VER_PASS);
    ck_assert_double_ge(judgement.digits, 75);
}
END_TEST

/* ---- sources and totals ---- */

static char path[64];

/* Writes a suite file and reads it; the sources are to be cleared. */
static int read_suite(struct ver_sources *sources, const char *lines, struct case_error *error)
{
    snprintf(path, sizeof path, "/tmp/t_verify-%ld.suite", (long)getpid());
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(lines, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    *sources = (struct ver_sources){NULL, 0, 0};
    int status = ver_sources_add(sources, path, 5, error);
    unlink(path);
    return status;
}

START_TEST(suite_names_families_seeds_and_counts)
{
    struct ver_sources sources;
    struct case_error error;
    char lines[256], first[128];
    snprintf(lines, sizeof lines, "# comment\n\n  %s 7 3 # three\n", case_families[0].name);
    ck_assert_int_eq(read_suite(&sources, lines, &error), 0);
    ck_assert_uint_eq(sources.count, 3);
    snprintf(first, sizeof first, "%s:12:0", case_families[0].name); /* 7 + 5 */
    ck_assert_str_eq(sources.at[0].name, first);
    ver_sources_clear(&sources);
}
END_TEST

START_TEST(bad_suite_is_refused_with_its_line)
{
    static const struct {
        const char *lines, *said;
    } bad[] = {
        {"", "names no case"},
        {"# nothing\n", "names no case"},
        {"\nno-such-family 1 2\n", ".suite:2: unknown family"},
    };
    struct ver_sources sources;
    struct case_error error;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        ck_assert_int_eq(read_suite(&sources, bad[k].lines, &error), -1);
        ck_assert_msg(strstr(error.text, bad[k].said) != NULL, "%s", error.text);
        ver_sources_clear(&sources);
    }
}
END_TEST

START_TEST(unfinished_suite_line_is_refused)
{
    static const char *const rest[] = {"", " 1", " 1 x", " -1 2", " 1 2 3"};
    struct ver_sources sources;
    struct case_error error;
    for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) {
        char line[128];
        snprintf(line, sizeof line, "%s%s\n", case_families[0].name, rest[k]);
        ck_assert_int_eq(read_suite(&sources, line, &error), -1);
        ck_assert_msg(strstr(error.text, "wanted FAMILY SEED COUNT") != NULL, "%s", error.text);
        ver_sources_clear(&sources);
    }
}
END_TEST

START_TEST(unknown_suite_is_refused)
{
    struct ver_sources sources = {NULL, 0, 0};
    struct case_error error;
    ck_assert_int_eq(ver_sources_add(&sources, "no-such-suite", 0, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "no suite of that name"));
    ver_sources_clear(&sources);
}
END_TEST

/* The first cases of the first family, judged on so many threads. */
static struct ver_totals judge_some(int threads)
{
    enum { SOME = 6 };
    struct ver_sources sources;
    struct ver_judgement some[SOME];
    struct ver_totals totals;
    struct case_error error;
    char line[128];
    snprintf(line, sizeof line, "%s 1 %d\n", case_families[0].name, SOME);
    ck_assert_int_eq(read_suite(&sources, line, &error), 0);
    ver_judge_all(some, &sources, &defaults, threads, NULL);
    ck_assert_int_eq(ver_total(&totals, some, SOME), 0);
    for (int k = 0; k < SOME; k++)
        ver_judgement_clear(&some[k]);
    ver_sources_clear(&sources);
    return totals;
}

START_TEST(result_does_not_depend_on_the_number_of_threads)
{
    struct ver_totals one = judge_some(1), three = judge_some(3);
    ck_assert_uint_eq(one.digest, three.digest);
    ck_assert_uint_eq(one.cases, 6);
    ck_assert_uint_eq(one.verdict[VER_PASS], 6);
}
END_TEST

START_TEST(totals_count_every_verdict_once)
{
    static char name[] = "x";
    struct ver_judgement some[VER_VERDICTS];
    struct ver_totals totals;
    for (int v = 0; v < VER_VERDICTS; v++)
        some[v] = (struct ver_judgement){
            .name = name, .family = "file", .verdict = (enum ver_verdict)v, .digits = VER_NAN};
    ck_assert_int_eq(ver_total(&totals, some, VER_VERDICTS), 0);
    for (int v = 0; v < VER_VERDICTS; v++)
        ck_assert_uint_eq(totals.verdict[v], 1);
    ck_assert(isnan(totals.digits_median));
}
END_TEST

START_TEST(median_of_an_even_number_lies_between_the_middle_two)
{
    double odd[] = {3, 1, 2}, even[] = {4, 1, 2, 3};
    ck_assert_double_eq(ver_median(odd, 3), 2);
    ck_assert_double_eq(ver_median(even, 4), 2.5);
    ck_assert(isnan(ver_median(NULL, 0)));
}
END_TEST

static TCase *numbers_tests(void)
{
    TCase *tests = tcase_create("numbers");
    tcase_add_test(tests, value_inside_the_ball_agrees);
    tcase_add_test(tests, value_outside_the_ball_differs);
    tcase_add_test(tests, slack_grows_the_ball_and_no_more);
    tcase_add_test(tests, nan_never_lies_in_a_ball);
    tcase_add_test(tests, ball_without_end_proves_nothing);
    tcase_add_test(tests, difference_within_its_error_agrees);
    tcase_add_test(tests, difference_beyond_its_error_differs);
    tcase_add_test(tests, few_digits_differ_however_large_the_error);
    tcase_add_test(tests, order_of_one_differs);
    tcase_add_test(tests, difference_that_is_not_smooth_is_excluded);
    tcase_add_test(tests, cancelled_direction_is_judged_relative_to_its_terms);
    tcase_add_test(tests, zero_gradient_takes_the_size_of_the_others);
    tcase_add_test(tests, without_any_gradient_only_rounding_is_allowed);
    return tests;
}

static TCase *case_tests(void)
{
    TCase *tests = tcase_create("cases");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, honest_case_passes_with_evidence_of_every_kind);
    tcase_add_test(tests, known_count_that_is_wrong_fails);
    tcase_add_test(tests, known_spike_that_is_wrong_fails);
    tcase_add_test(tests, known_gradient_that_is_wrong_fails_by_its_name);
    tcase_add_test(tests, decided_case_that_should_not_be_fails);
    tcase_add_test(tests, undecided_at_the_cap_is_undecided_with_a_reason);
    tcase_add_test(tests, another_seed_looks_in_other_directions);
    tcase_add_test(tests, more_digits_of_the_truth_ask_more_of_the_witness);
    return tests;
}

static TCase *many_tests(void)
{
    TCase *tests = tcase_create("many");
    tcase_add_test(tests, suite_names_families_seeds_and_counts);
    tcase_add_test(tests, bad_suite_is_refused_with_its_line);
    tcase_add_test(tests, unfinished_suite_line_is_refused);
    tcase_add_test(tests, unknown_suite_is_refused);
    tcase_add_test(tests, result_does_not_depend_on_the_number_of_threads);
    tcase_add_test(tests, totals_count_every_verdict_once);
    tcase_add_test(tests, median_of_an_even_number_lies_between_the_middle_two);
    return tests;
}

static Suite *verify_suite(void)
{
    Suite *suite = suite_create("verify");
    suite_add_tcase(suite, numbers_tests());
    suite_add_tcase(suite, case_tests());
    suite_add_tcase(suite, many_tests());
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(verify_suite());
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
