/* SPDX-License-Identifier: MIT */
/* t_precision.c: does the reference keep its digits over long trains of spikes?
 *
 * The time of a spike is uncertain by the rounding before it, and the next one starts from there.
 * In a neuron with outside input these uncertainties shrink, so a train of any length needs the
 * same precision; counted more than once a spike they would grow, and precision with the length. */
#include "ref/ref.h"
#include "tests/run_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bits that the time of the last spike may lose: LOST at trains of any length, of which 12 to 16
 * were seen; ONCE more where the time constants differ by 2^-40, of which 42 and 43 were seen, as
 * tau/difference has; A_LOOP over 1,000 ms of a neuron that excites itself, of which 60 were seen,
 * and 34 at constants of 20 and 5. */
enum { ROOM = 1 << 16, INTERVALS = 3, LOST = 20, ONCE = 45, A_LOOP = 65 };

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

/* lost: bits that the last spike's time has less than the arithmetic, out; at most the value in. */
static long precision_of(double end, double tau_mem, double tau_syn, double reset, double loop,
                         long *lost)
{
    struct case_problem *c = train_of(end, tau_mem, tau_syn, reset, loop);
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.digits = 20;
    struct ref_result result;
    ck_assert_int_eq(ref_run(&result, c, &options), REF_OK);
    ck_assert_uint_ge(result.sample[0].spikes[1][0].count, (size_t)(end / 20));
    long precision = result.precision, most = *lost;
    const struct ref_train *train = &result.sample[0].spikes[1][0];
    *lost = precision - arb_rel_accuracy_bits(train->at + train->count - 1);
    ck_assert_msg(*lost <= most, "%ld bits of %ld are lost, not %ld", *lost, precision, most);
    ref_clear(&result);
    case_free(c);
    return precision;
}

TEST_EACH(a_long_train_needs_the_precision_of_a_short_one, 0, 5)
{
    static const struct {
        double tau_mem, tau_syn, reset;
    } neuron[] = {{20, 5, 0}, {20, 5, 0.5}, {20, 5, -0.5}, {5, 20, 0}, {10, 10, 0}};
    double tau_mem = neuron[_i].tau_mem, tau_syn = neuron[_i].tau_syn, reset = neuron[_i].reset;
    long lost = LOST, shorter = LOST;
    /* 20 digits are 67 bits, and 64 more for the flow: the first precision that is tried */
    ck_assert_int_eq(precision_of(8000, tau_mem, tau_syn, reset, 0, &lost), 192);
    ck_assert_int_eq(precision_of(100, tau_mem, tau_syn, reset, 0, &shorter), 192);
}

/* The voltage that an arrival adds is a difference of exponentials times tau/difference, so their
 * rounding counts that much more: once, as many bits over 100 ms as over 1,000. All else is lost to
 * the loop, at any constants: a spike moved by 1e-9 ms moves the last one by 1e-10, but balls take
 * the neuron's own spike that comes back and its V since then for independent, and know |w| where
 * the truth knows w. Radii grow by 2^0.05 a ms (precision.c foresees it). */
TEST(nearly_equal_time_constants_need_a_constant_number_of_bits_more)
{
    long near_short = ONCE + LOST, near_long = ONCE + A_LOOP, equal_short = LOST,
         equal_long = A_LOOP, apart = A_LOOP;
    ck_assert_int_eq(precision_of(1000, 10 + 0x1p-40, 10, 0, 0.25, &near_long), 320);
    ck_assert_int_eq(precision_of(100, 10 + 0x1p-40, 10, 0, 0.25, &near_short), 192);
    ck_assert_int_eq(precision_of(1000, 10, 10, 0, 0.25, &equal_long), 192);
    ck_assert_int_eq(precision_of(100, 10, 10, 0, 0.25, &equal_short), 192);
    ck_assert_int_eq(precision_of(1000, 20, 5, 0, 0.25, &apart), 192);
    ck_assert_int_le(near_long - equal_long, ONCE);
    ck_assert_int_le(near_short - equal_short, ONCE);
    ck_assert_int_ge(near_short - equal_short, ONCE - 10);
}

TEST(arrival_at_exactly_the_end_does_not_happen)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result result;
    struct case_made at_end;
    struct case_error wrong;
    ck_assert_msg(case_make(&at_end, "degenerate-end:1:7", &wrong) == 0, "%s", wrong.text);
    options.precision_cap = 1024;
    ck_assert_msg(ref_run(&result, at_end.problem, &options) == REF_OK, "%s", result.reason);
    /* as if the spike at 28, over a delay of 4 to the end at 32, had never been sent */
    struct case_problem *without = case_copy(at_end.problem);
    struct case_train *train = &without->sample[0].spikes[0][0];
    ck_assert(train->count == 2 && train->at[1] + 4 >= without->end);
    train->count = 1;
    struct ref_result other;
    ck_assert_int_eq(ref_run(&other, without, &options), REF_OK);
    ck_assert(arb_overlaps(result.loss, other.loss));
    ck_assert(arb_rel_accuracy_bits(result.loss) > 130 && arb_rel_accuracy_bits(other.loss) > 130);
    ref_clear(&other);
    case_free(without);
    ref_clear(&result);
    case_made_clear(&at_end);
}

/* Two outputs without input rise to their biases: V(T) = b (1 - e^(-T/tau)), largest at the end. */
TEST(maximum_at_the_end_counts_the_bias)
{
    static const char text[] =
        "{\"format\": \"evident-case-1\", \"name\": \"biases\", \"time\": {\"end\": 30},"
        "\"populations\": [{\"name\": \"in\", \"size\": 1, \"model\": \"spike-source\"},"
        "{\"name\": \"out\", \"size\": 2, \"model\": \"li\", \"tau_mem\": 20, \"tau_syn\": 5,"
        "\"bias\": [0.5, 0.25]}], \"projections\": [],"
        "\"samples\": [{\"spikes\": {\"in\": [[]]}, \"target\": {\"label\": 1}}],"
        "\"loss\": {\"kind\": \"max-voltage-cross-entropy\", \"population\": \"out\"}}";
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result result;
    struct case_error wrong;
    struct case_problem *c = case_read_text(text, strlen(text), "biases", NULL, &wrong);
    ck_assert_msg(c != NULL, "%s", wrong.text);
    options.precision_cap = 1024;
    ck_assert_msg(ref_run(&result, c, &options) == REF_OK, "%s", result.reason);
    arb_t loss;
    arb_init(loss);
    arb_set_si(loss, -3);
    arb_mul_2exp_si(loss, loss, -1); /* -T/tau */
    arb_expm1(loss, loss, 500);
    arb_mul_2exp_si(loss, loss, -2); /* V_1 - V_0 */
    arb_neg(loss, loss);
    arb_exp(loss, loss, 500);
    arb_log1p(loss, loss, 500);
    ck_assert(arb_overlaps(result.loss, loss));
    arb_clear(loss);
    ref_clear(&result);
    case_free(c);
}

TEST(probe_has_the_adjoints_that_are_recorded_there)
{
    struct case_problem *c = train_of(30, 20, 5, 0, 0);
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_probe probe = {.sample = 0, .population = 1, .neuron = 0, .time = 0.5};
    struct ref_result result;
    options.probe = &probe;
    options.probes = 1;
    options.adjoints = true;
    ck_assert_int_eq(ref_run(&result, c, &options), REF_OK);
    size_t found = 0;
    for (size_t k = 0; k < result.sample[0].adjoints; k++) {
        const struct ref_adjoint *a = &result.sample[0].adjoint[k];
        if (a->event != REF_PROBE)
            continue;
        found++;
        ck_assert(!arb_contains_zero(a->lambda_i_plus));
        ck_assert(arb_overlaps(a->lambda_v_plus, result.probe_lambda_v));
        ck_assert(arb_overlaps(a->lambda_i_plus, result.probe_lambda_i));
    }
    ck_assert_uint_eq(found, 1);
    ref_clear(&result);
    case_free(c);
}

TEST(every_gradient_has_the_digits_asked_for)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    struct ref_result result;
    struct case_made made;
    struct case_error wrong;
    /* the first precision that is tried does not give them */
    ck_assert_msg(case_make(&made, "closed-output:1:8", &wrong) == 0, "%s", wrong.text);
    options.digits = 30;
    ck_assert_int_eq(ref_run(&result, made.problem, &options), REF_OK);
    mag_t most, size;
    mag_init(most);
    mag_init(size);
    for (size_t k = 0; k < result.parameters; k++) {
        arb_get_mag(size, result.gradient + k);
        mag_max(most, most, size);
    }
    mag_mul_2exp_si(most, most, -2 * 99); /* 10^-60 of the largest one */
    for (size_t k = 0; k < result.parameters; k++)
        ck_assert(arb_rel_accuracy_bits(result.gradient + k) >= 99 ||
                  mag_cmp(arb_radref(result.gradient + k), most) <= 0);
    mag_clear(most);
    mag_clear(size);
    ref_clear(&result);
    case_made_clear(&made);
}

SUITE("precision", .cleanup = flint_cleanup)
