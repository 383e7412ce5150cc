/* t_precision.c: does the reference keep its digits over long trains of spikes?
 *
 * The time of a spike is uncertain by the rounding before it, and the next one starts from there.
 * In a neuron with outside input these uncertainties shrink, so a train of any length needs the
 * same precision; counted more than once a spike they would grow, and precision with the length. */
#include "ref/ref.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 16, INTERVALS = 3 };

/* Input spikes 2, 3 and 7 ms apart into one neuron, which also excites itself by loop. */
static struct case_problem *train_of(double end, double tau_mem, double tau_syn, double reset,
                                     double loop)
{
    static const double interval[INTERVALS] = {2, 3, 7};
    static char text[ROOM];
    size_t used = (size_t)snprintf(
        text, sizeof text,
        "{\"format\": \"evident-case-1\", \"name\": \"train\", \"time\": {\"end\": %.17g},"
        "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
        "{\"name\": \"out\", \"size\": 1, \"model\": \"lif\", \"tau_mem\": %.17g,"
        "\"tau_syn\": %.17g, \"threshold\": 1, \"reset\": %.17g}],"
        "\"projections\": [{\"source\": \"in\", \"target\": \"out\", \"weights\": [[4]]},"
        "{\"source\": \"out\", \"target\": \"out\", \"delay\": 1, \"weights\": [[%.17g]]}],"
        "\"loss\": {\"kind\": \"first-spike-squared-error\", \"population\": \"out\"},"
        "\"samples\": [{\"target\": {\"times\": [3]}, \"spikes\": {\"in\": [[1",
        end, tau_mem, tau_syn, reset, loop);
    double time = 1;
    for (size_t k = 0; (time += interval[k % INTERVALS]) < end; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, ", %g", time);
    used += (size_t)snprintf(text + used, sizeof text - used, "]]}}]}");
    ck_assert_uint_lt(used, sizeof text);
    struct case_error error;
    struct case_problem *c = case_read_text(text, used, "train", NULL, &error);
    ck_assert_msg(c != NULL, "%s", error.text);
    return c;
}

static long precision_of(double end, double tau_mem, double tau_syn, double reset, double loop)
{
    struct case_problem *c = train_of(end, tau_mem, tau_syn, reset, loop);
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.digits = 20;
    struct ref_result result;
    ck_assert_int_eq(ref_run(&result, c, &options), REF_OK);
    ck_assert_uint_ge(result.sample[0].spikes[1][0].count, (size_t)(end / 20));
    long precision = result.precision;
    ref_clear(&result);
    case_free(c);
    return precision;
}

START_TEST(a_long_train_needs_the_precision_of_a_short_one)
{
    static const struct {
        double tau_mem, tau_syn, reset;
    } neuron[] = {{20, 5, 0}, {20, 5, 0.5}, {20, 5, -0.5}, {5, 20, 0}, {10, 10, 0}};
    double tau_mem = neuron[_i].tau_mem, tau_syn = neuron[_i].tau_syn, reset = neuron[_i].reset;
    ck_assert_int_eq(precision_of(8000, tau_mem, tau_syn, reset, 0),
                     precision_of(100, tau_mem, tau_syn, reset, 0));
}
END_TEST

/* The voltage that an uncertain arrival adds is a difference of exponentials that nearly cancel:
 * 40 bits are lost once, not at every arrival. */
START_TEST(nearly_equal_time_constants_need_a_constant_number_of_bits_more)
{
    ck_assert_int_le(precision_of(1000, 10 + 0x1p-40, 10, 0, 0.25),
                     2 * precision_of(1000, 10, 10, 0, 0.25));
}
END_TEST

static Suite *precision_suite(void)
{
    Suite *suite = suite_create("precision");
    TCase *tests = tcase_create("trains");
    tcase_add_unchecked_fixture(tests, NULL, flint_cleanup); /* its caches */
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, a_long_train_needs_the_precision_of_a_short_one, 0, 5);
    tcase_add_test(tests, nearly_equal_time_constants_need_a_constant_number_of_bits_more);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(precision_suite());
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
