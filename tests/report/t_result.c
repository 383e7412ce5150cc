/* SPDX-License-Identifier: MIT */
/* t_result.c: what a result document says. Results are filled in by hand, so that a fault of the
 * writer cannot hide behind the reference. */
#include "verify/verify.h"
#include "tests/run_suite.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "{\"format\": \"evident-case-1\", \"name\": \"a \\\"quoted\\\" name\", \"time\": {\"end\": 40},"
    "\"populations\": ["
    " {\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},"
    " {\"name\": \"hid\", \"size\": 3, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"threshold\": 1, \"reset\": 0, \"bias\": 0},"
    " {\"name\": \"out\", \"size\": 2, \"model\": \"li\", \"tau_mem\": 20, \"tau_syn\": 5,"
    "  \"bias\": 0}],"
    "\"projections\": ["
    " {\"source\": \"in\", \"target\": \"hid\", \"delay\": 0, \"weights\": [[1, 2, 3], [4, 5, 6]]},"
    " {\"source\": \"hid\", \"target\": \"out\", \"delay\": 1,"
    "  \"weights\": [[1, 2], [3, 4], [5, 6]]}],"
    "\"samples\": [{\"spikes\": {\"in\": [[1, 2, 3], []]}, \"target\": {\"label\": 1}},"
    "              {\"spikes\": {\"in\": [[5], [6, 7]]}, \"target\": {\"label\": 0}}],"
    "\"loss\": {\"kind\": \"voltage-integral-cross-entropy\", \"population\": \"out\","
    "           \"weighting\": \"uniform\"}}";

enum { HIDDEN = 1, HIDDEN_SIZE = 3 };

static struct case_problem *problem;
static struct ref_result result;

static void fill_samples(void)
{
    result.samples = problem->samples;
    result.populations = problem->populations;
    result.size = calloc(problem->populations, sizeof *result.size);
    result.sample = calloc(problem->samples, sizeof *result.sample);
    ck_assert(result.size && result.sample);
    result.size[HIDDEN] = HIDDEN_SIZE;
    for (size_t s = 0; s < result.samples; s++) {
        struct ref_sample *sample = &result.sample[s];
        arb_init(sample->loss);
        arb_set_ui(sample->loss, 10 + s);
        sample->spikes = calloc(problem->populations, sizeof *sample->spikes);
        ck_assert_ptr_nonnull(sample->spikes);
        sample->spikes[HIDDEN] = calloc(HIDDEN_SIZE, sizeof(struct ref_train));
        ck_assert_ptr_nonnull(sample->spikes[HIDDEN]);
        for (size_t n = 0; n < HIDDEN_SIZE; n++) {
            struct ref_train *train = &sample->spikes[HIDDEN][n];
            train->count = n;
            train->at = _arb_vec_init((slong)n);
            for (size_t k = 0; k < n; k++)
                arb_set_ui(train->at + k, 100 * s + 10 * n + k);
        }
    }
}

/* Gradient k is k, loss 1/3 at 128 bits; all margins 1/4 but for the last two. */
static void setup(void)
{
    struct case_error error;
    problem = case_read_text(text, strlen(text), "text", NULL, &error);
    ck_assert_msg(problem != NULL, "%s", error.text);
    memset(&result, 0, sizeof result);
    result.status = REF_OK;
    result.precision = 128;
    struct case_block *block = NULL;
    case_blocks(&block, &result.parameters, problem);
    free(block);
    result.gradient = _arb_vec_init((slong)result.parameters);
    for (size_t k = 0; k < result.parameters; k++)
        arb_set_ui(result.gradient + k, k);
    arb_init(result.loss);
    arb_set_ui(result.loss, 1);
    arb_div_ui(result.loss, result.loss, 3, 128);
    for (int m = 0; m < REF_MARGINS; m++) {
        arb_init(result.margin[m]);
        arb_set_d(result.margin[m], 0.25);
    }
    arb_pos_inf(result.margin[REF_END]);
    arb_pos_inf(result.margin[REF_MAXIMUM_GAP]);
    fill_samples();
}

static void teardown(void)
{
    for (size_t s = 0; s < result.samples; s++) {
        for (size_t n = 0; n < HIDDEN_SIZE; n++)
            _arb_vec_clear(result.sample[s].spikes[HIDDEN][n].at, (slong)n);
        free(result.sample[s].spikes[HIDDEN]);
        free(result.sample[s].spikes);
        arb_clear(result.sample[s].loss);
    }
    free(result.sample);
    free(result.size);
    _arb_vec_clear(result.gradient, (slong)result.parameters);
    arb_clear(result.loss);
    for (int m = 0; m < REF_MARGINS; m++)
        arb_clear(result.margin[m]);
    case_free(problem);
    flint_cleanup();
    mpfr_free_cache();
}

/* The document as text; to be freed. */
static char *document(long digits)
{
    struct ver_result_options options = {.digits = digits};
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(ver_result_write(out, problem, &result, &options), 0);
    fclose(out);
    return bytes;
}

static json_t *parsed(long digits)
{
    char *bytes = document(digits);
    json_error_t error;
    json_t *root = json_loads(bytes, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(root != NULL, "%s in %s", error.text, bytes);
    free(bytes);
    return root;
}

static const char *string_at(const json_t *row, size_t k)
{
    const char *string = json_string_value(json_array_get(row, k));
    ck_assert_ptr_nonnull(string);
    return string;
}

TEST(document_names_format_case_engine_status)
{
    json_t *root = parsed(20);
    ck_assert_str_eq(json_string_value(json_object_get(root, "format")), "evident-result-1");
    ck_assert_str_eq(json_string_value(json_object_get(root, "case")), "a \"quoted\" name");
    ck_assert_str_eq(json_string_value(json_object_get(root, "engine")), "reference");
    ck_assert_str_eq(json_string_value(json_object_get(root, "status")), "ok");
    ck_assert_int_eq(json_integer_value(json_object_get(root, "digits")), 20);
    ck_assert_int_eq(json_integer_value(json_object_get(root, "precision")), 128);
    ck_assert_str_eq(json_string_value(json_object_get(root, "loss")), "0.33333333333333333333");
    json_decref(root);
}

TEST(spikes_stand_by_sample_population_and_neuron)
{
    json_t *root = parsed(10);
    const json_t *samples = json_object_get(root, "samples");
    ck_assert_uint_eq(json_array_size(samples), 2);
    const json_t *spikes = json_object_get(json_array_get(samples, 1), "spikes");
    ck_assert_uint_eq(json_object_size(spikes), 1); /* lif populations only */
    const json_t *hidden = json_object_get(spikes, "hid");
    ck_assert_uint_eq(json_array_size(hidden), 3);
    ck_assert_uint_eq(json_array_size(json_array_get(hidden, 0)), 0);
    ck_assert_str_eq(string_at(json_array_get(hidden, 2), 1), "121.0000000");
    json_decref(root);
}

TEST(gradients_stand_where_the_case_has_the_parameter)
{
    json_t *root = parsed(5);
    const json_t *gradients = json_object_get(root, "gradients");
    const json_t *weights = json_object_get(gradients, "weights");
    const json_t *delays = json_object_get(gradients, "delays");
    ck_assert_uint_eq(json_array_size(weights), 2);
    ck_assert_uint_eq(json_array_size(delays), 2);
    const json_t *matrix = json_array_get(weights, 1); /* 3 x 2, after 6 weights */
    ck_assert_uint_eq(json_array_size(matrix), 3);
    ck_assert_str_eq(string_at(json_array_get(matrix, 2), 1), "11.000");
    matrix = json_array_get(delays, 0); /* 2 x 3, after 12 weights */
    ck_assert_uint_eq(json_array_size(matrix), 2);
    ck_assert_str_eq(string_at(json_array_get(matrix, 1), 0), "15.000");
    ck_assert_str_eq(string_at(json_object_get(json_object_get(gradients, "tau_mem"), "out"), 1),
                     "28.000");
    const json_t *threshold = json_object_get(gradients, "threshold");
    ck_assert_uint_eq(json_object_size(threshold), 1); /* li has none: absent, not zero */
    const json_t *bias = json_object_get(gradients, "bias");
    ck_assert_uint_eq(json_array_size(json_object_get(bias, "hid")), 3);
    json_decref(root);
}

/* In the place of the number, with its sides where they are known. */
TEST(what_has_no_derivative_says_why)
{
    struct ref_none none[] = {{.parameter = 11, .kind = REF_NONE_END, .known = true},
                              {.parameter = 28, .kind = REF_NONE_ORDER}};
    for (size_t k = 0; k < 2; k++) {
        arb_init(none[k].left);
        arb_init(none[k].right);
        arb_set_si(none[k].left, -3);
        arb_indeterminate(result.gradient + none[k].parameter);
    }
    result.none = none;
    result.nones = 2;
    json_t *root = parsed(5);
    const json_t *gradients = json_object_get(root, "gradients");
    const json_t *matrix = json_array_get(json_object_get(gradients, "weights"), 1);
    const json_t *end = json_array_get(json_array_get(matrix, 2), 1);
    ck_assert_str_eq(string_at(json_array_get(matrix, 2), 0), "10.000");
    ck_assert_str_eq(json_string_value(json_object_get(end, "none")), "end");
    ck_assert_str_eq(json_string_value(json_object_get(end, "left")), "-3.0000");
    ck_assert_str_eq(json_string_value(json_object_get(end, "right")), "0");
    const json_t *order =
        json_array_get(json_object_get(json_object_get(gradients, "tau_mem"), "out"), 1);
    ck_assert_str_eq(json_string_value(json_object_get(order, "none")), "order");
    ck_assert_uint_eq(json_object_size(order), 1);
    json_decref(root);
    result.none = NULL;
    result.nones = 0;
    for (size_t k = 0; k < 2; k++)
        arb_clear(none[k].left);
}

TEST(spike_time_gradients_stand_by_sample_and_neuron)
{
    json_t *root = parsed(5);
    const json_t *times = json_object_get(json_object_get(root, "gradients"), "spike_times");
    ck_assert_uint_eq(json_array_size(times), 2);
    const json_t *first = json_object_get(json_array_get(times, 0), "in");
    const json_t *second = json_object_get(json_array_get(times, 1), "in");
    ck_assert_uint_eq(json_array_size(json_array_get(first, 0)), 3);
    ck_assert_uint_eq(json_array_size(json_array_get(first, 1)), 0);
    ck_assert_uint_eq(json_array_size(json_array_get(second, 0)), 1);
    ck_assert_uint_eq(json_array_size(json_array_get(second, 1)), 2);
    char last[32];
    snprintf(last, sizeof last, "%zu.000", result.parameters - 1);
    ck_assert_str_eq(string_at(json_array_get(second, 1), 1), last);
    json_decref(root);
}

TEST(infinite_margin_is_null_and_maximum_is_absent)
{
    json_t *root = parsed(5);
    const json_t *margins = json_object_get(root, "margins");
    ck_assert_str_eq(json_string_value(json_object_get(margins, "grazing")), "0.250000");
    ck_assert(json_is_null(json_object_get(margins, "end")));
    ck_assert_ptr_null(json_object_get(margins, "maximum"));
    json_decref(root);
    arb_set_d(result.margin[REF_MAXIMUM_GAP], 0.5);
    root = parsed(5);
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(root, "margins"), "maximum")),
        "0.500000");
    json_decref(root);
}

TEST(undecided_result_has_a_reason_and_no_numbers)
{
    result.status = REF_UNDECIDED;
    snprintf(result.reason, sizeof result.reason, "a \"peak\" at the threshold");
    json_t *root = parsed(5);
    ck_assert_str_eq(json_string_value(json_object_get(root, "status")), "undecided");
    ck_assert_str_eq(json_string_value(json_object_get(root, "reason")),
                     "a \"peak\" at the threshold");
    ck_assert_ptr_null(json_object_get(root, "loss"));
    ck_assert_ptr_null(json_object_get(root, "gradients"));
    json_decref(root);
}

TEST(ball_that_contains_zero_prints_as_zero_of_a_size)
{
    arb_zero(result.loss);
    mag_set_ui_2exp_si(arb_radref(result.loss), 1, -300);
    json_t *root = parsed(40); /* 2^-300 = 4.9e-91 */
    ck_assert_str_eq(json_string_value(json_object_get(root, "loss")), "0e-90");
    json_decref(root);
    arb_zero(result.loss);
    root = parsed(40);
    ck_assert_str_eq(json_string_value(json_object_get(root, "loss")), "0");
    json_decref(root);
}

/* 10^(exponent of the last printed digit) of "1.234e-5". */
static void last_place(arb_t unit, const char *printed)
{
    const char *point = strchr(printed, '.'), *e = strchr(printed, 'e');
    long exponent = e ? strtol(e + 1, NULL, 10) : 0;
    size_t length = e ? (size_t)(e - printed) : strlen(printed);
    if (point)
        exponent -= (long)(length - (size_t)(point - printed) - 1);
    arb_set_ui(unit, 10);
    arb_pow_ui(unit, unit, (ulong)labs(exponent), 2000);
    if (exponent < 0)
        arb_inv(unit, unit, 2000);
}

TEST(printed_number_is_within_one_unit_of_its_last_place)
{
    flint_rand_t random;
    arb_t printed, distance, unit;
    flint_randinit(random);
    arb_init(printed);
    arb_init(distance);
    arb_init(unit);
    for (int k = 0; k < 3000; k++) {
        arb_randtest(result.loss, random, 200, 30);
        json_t *root = parsed(1 + k % 60);
        const char *string = json_string_value(json_object_get(root, "loss"));
        arb_set_str(printed, string, 2000);
        arb_sub(distance, result.loss, printed, 2000);
        arb_abs(distance, distance);
        last_place(unit, string);
        bool exact = arb_is_zero(distance);
        ck_assert_msg(exact || arb_lt(distance, unit), "%s", string);
        json_decref(root);
    }
    arb_clear(printed);
    arb_clear(distance);
    arb_clear(unit);
    flint_randclear(random);
}

TEST(matrix_row_stands_on_one_line)
{
    char *bytes = document(5);
    ck_assert_ptr_nonnull(strstr(bytes, "[\"3.0000\", \"4.0000\", \"5.0000\"]"));
    free(bytes);
}

TEST(full_device_is_an_error)
{
    struct ver_result_options options = {.digits = 40};
    struct case_file file;
    struct case_error error;
    ck_assert_int_eq(case_file_open(&file, "/dev/full", &error), 0);
    ver_result_write(file.stream, problem, &result, &options);
    ck_assert_int_eq(case_file_commit(&file, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "/dev/full: cannot write: "));
}

TEST(file_in_a_missing_directory_is_refused)
{
    struct case_file file;
    struct case_error error;
    ck_assert_int_eq(case_file_open(&file, "/nonexistent/a/b.json", &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "No such file"));
}

SUITE("result", .setup = setup, .teardown = teardown)
