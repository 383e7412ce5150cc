/* SPDX-License-Identifier: MIT */
/* t_read.c: does the reader take what the format allows, and refuse all else in one clear line? */
#include "cases/internal.h"
#include "tests/refusals_data.h"
#include "tests/run_suite.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct case_error error;

static struct case_problem *read_text(const char *text)
{
    error.text[0] = 0;
    return case_read_text(text, strlen(text), "case", NULL, &error);
}

/* right with the first occurrence of from replaced by to. To be freed. */
static char *altered(const char *right, const char *from, const char *to)
{
    const char *at = right ? strstr(right, from) : NULL;
    size_t before = at ? (size_t)(at - right) : 0, size = 1 + strlen(to) + (at ? strlen(right) : 0);
    char *text = malloc(size);
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(!right || at, "%s is not in the text", from);
    snprintf(text, size, "%.*s%s%s", (int)before, right ? right : "", to,
             at ? at + strlen(from) : "");
    return text;
}

static struct case_problem *read_altered(const char *right, const char *from, const char *to)
{
    char *text = altered(right, from, to);
    struct case_problem *c = read_text(text);
    free(text);
    return c;
}

TEST_EACH(a_wrong_text_is_refused_in_one_line_with_place_found_and_wanted, 0,
          (int)(sizeof refusals / sizeof refusals[0]))
{
    const struct refusal *row = &refusals[_i];
    struct case_problem *c = read_altered(row->right, row->from, row->to);
    ck_assert_msg(!c, "accepted: %s", row->to);
    ck_assert_str_eq(error.text, row->message);
}

TEST_EACH(the_right_texts_of_the_refusals_are_read, 0, 5)
{
    const char *const right[] = {label, spike, times, voltages, margin};
    struct case_problem *c = read_text(right[_i]);
    ck_assert_msg(c, "%s", error.text);
    case_free(c);
}

TEST(every_truncated_case_is_refused)
{
    for (size_t length = 0; length < strlen(label) - 1; length++) {
        if (label[length] == '\n' && length + 2 >= strlen(label))
            continue;
        ck_assert_ptr_null(case_read_text(label, length, "case", NULL, &error));
        ck_assert_ptr_nonnull(strstr(error.text, "wanted"));
    }
}

TEST(a_string_may_stand_for_any_number)
{
    static const struct {
        const char *text;
        double value;
    } rows[] = {{"\"0x1.8p-3\"", 0x1.8p-3},
                {"\"0X1P+4\"", 16},
                {"\"0x.8\"", 0.5},
                {"\"+3\"", 3},
                {"\".5\"", 0.5},
                {"\"5.\"", 5},
                {"\"1e-3\"", 1e-3},
                {"\"0.1\"", 0x1.999999999999ap-4},
                {"0.1", 0x1.999999999999ap-4},
                {"9007199254740993", 0x1p53},
                {"\"0x1.fffffffffffff7p0\"", 0x1.fffffffffffffp0},
                {"1e-400", 0},
                {"5e-324", 0x1p-1074},
                {"-0.0", -0.0},
                {"\"-0x0p0\"", -0.0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char to[64];
        snprintf(to, sizeof to, "[[%s, 1]", rows[i].text);
        struct case_problem *c = read_altered(label, "[[3, 1]", to);
        ck_assert_msg(c, "%s", error.text);
        ck_assert_mem_eq(&c->projection[0].weight[0], &rows[i].value, sizeof(double));
        case_free(c);
    }
}

TEST(sizes_and_labels_may_be_strings_too)
{
    struct case_problem *c = read_altered(label, "\"label\": 1", "\"label\": \"0x1p0\"");
    ck_assert_msg(c, "%s", error.text);
    ck_assert_uint_eq(c->sample[0].label, 1);
    case_free(c);
}

TEST(what_is_absent_has_its_default)
{
    struct case_problem *c = read_altered(spike, ", \"step\": 0.5", "");
    const double zero = 0, one = 1;
    ck_assert_msg(c, "%s", error.text);
    ck_assert_ptr_null(c->note);
    ck_assert_mem_eq(&c->step, &zero, sizeof zero);
    ck_assert_uint_eq(c->projection[1].delay.count, 1);
    ck_assert_mem_eq(c->projection[1].delay.at, &zero, sizeof zero);
    ck_assert_uint_eq(c->population[1].bias.count, 1);
    ck_assert_mem_eq(c->population[1].bias.at, &zero, sizeof zero);
    ck_assert_uint_eq(c->population[1].reset.count, 1);
    ck_assert_mem_eq(c->population[1].reset.at, &zero, sizeof zero);
    ck_assert_uint_eq(c->population[0].bias.count, 0);
    ck_assert_uint_eq(c->population[2].threshold.count, 0);
    ck_assert_mem_eq(&c->loss.silent_after, &one, sizeof one);
    ck_assert_int_eq(c->loss.penalty, CASE_PENALTY_EXPONENTIAL);
    case_free(c);
}

TEST(every_field_gets_the_value_of_its_key)
{
    struct case_problem *c = read_text(label);
    ck_assert_msg(c, "%s", error.text);
    ck_assert_str_eq(c->name, "n");
    ck_assert(c->end >= 40 && c->end <= 40 && c->step >= 0.5 && c->step <= 0.5);
    ck_assert_uint_eq(c->populations, 3);
    ck_assert_uint_eq(c->population[0].model, CASE_SPIKE_SOURCE);
    ck_assert_uint_eq(c->population[1].model, CASE_LIF);
    ck_assert_uint_eq(c->population[2].model, CASE_LI);
    ck_assert_mem_eq(c->population[2].tau_syn.at, ((const double[]){5, 4}), 2 * sizeof(double));
    ck_assert_mem_eq(c->projection[0].weight, ((const double[]){3, 1, 2, 4}), 4 * sizeof(double));
    ck_assert_uint_eq(c->projection[1].source, 1);
    ck_assert_uint_eq(c->projection[1].target, 2);
    ck_assert_uint_eq(c->sample[0].spikes[0][0].count, 2);
    ck_assert_mem_eq(c->sample[0].spikes[0][0].at, ((const double[]){1, 9}), 2 * sizeof(double));
    ck_assert_ptr_null(c->sample[0].spikes[1]);
    ck_assert_uint_eq(c->sample[0].label, 1);
    ck_assert_int_eq(c->loss.kind, CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY);
    ck_assert_int_eq(c->loss.weighting, CASE_LINEAR);
    ck_assert_uint_eq(c->loss.population, 2);
    case_free(c);
}

TEST(a_constant_target_voltage_is_one_step_from_time_zero)
{
    struct case_problem *c = read_text(voltages);
    ck_assert_msg(c, "%s", error.text);
    const struct case_steps *steps = c->sample[0].voltages;
    ck_assert_uint_eq(steps[0].count, 1);
    ck_assert_mem_eq(steps[0].time, ((const double[]){0}), sizeof(double));
    ck_assert_mem_eq(steps[0].value, ((const double[]){1}), sizeof(double));
    ck_assert_uint_eq(steps[1].count, 2);
    ck_assert_mem_eq(steps[1].time, ((const double[]){0, 9}), 2 * sizeof(double));
    ck_assert_mem_eq(steps[1].value, ((const double[]){1, 2}), 2 * sizeof(double));
    case_free(c);
}

TEST_EACH(a_megabyte_of_noise_is_refused, 1, 4)
{
    enum { SIZE = 1 << 20 };
    unsigned char *noise = malloc(SIZE);
    uint32_t state = (uint32_t)_i;
    ck_assert_ptr_nonnull(noise);
    for (size_t i = 0; i < SIZE; i++) {
        state = state * 1664525u + 1013904223u; /* Numerical Recipes, "quick and dirty" */
        noise[i] = (unsigned char)(state >> 24);
    }
    ck_assert_ptr_null(case_read_text((const char *)noise, SIZE, "noise", NULL, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "wanted"));
    ck_assert_ptr_null(strchr(error.text, '\n'));
    free(noise);
}

TEST(endless_nesting_is_refused)
{
    enum { SIZE = 100000 };
    char *deep = malloc(SIZE);
    ck_assert_ptr_nonnull(deep);
    memset(deep, '[', SIZE);
    ck_assert_ptr_null(case_read_text(deep, SIZE, "deep", NULL, &error));
    ck_assert_str_eq(error.text,
                     "deep:1:2049: found [, wanted less depth (maximum parsing depth reached)");
    free(deep);
}

TEST(a_nul_byte_is_named_as_such)
{
    ck_assert_ptr_null(case_read_text("{\"a\0b\": 1}", 10, "nul", NULL, &error));
    ck_assert_str_eq(error.text, "nul: found a NUL byte at offset 3, wanted JSON text");
}

/* A few bytes for each population and each sample must not ask for their product in pointers. */
TEST(many_samples_of_many_populations_are_refused)
{
    enum { COUNT = 5000, ROOM = 1 << 20 };
    char *text = malloc(ROOM);
    ck_assert_ptr_nonnull(text);
    int used = snprintf(text, ROOM,
                        "{\"format\": \"evident-case-1\", \"name\": \"n\", \"time\": "
                        "{\"end\": 1}, \"projections\": [], \"populations\": [");
    for (int p = 0; p < COUNT; p++)
        used += snprintf(text + used, (size_t)(ROOM - used),
                         "%s{\"name\": \"%d\", \"size\": 1, \"model\": \"li\", \"tau_mem\": 2, "
                         "\"tau_syn\": 1}",
                         p ? ", " : "", p);
    used += snprintf(text + used, (size_t)(ROOM - used), "], \"samples\": [");
    for (int s = 0; s < COUNT; s++)
        used += snprintf(text + used, (size_t)(ROOM - used), "%s{}", s ? ", " : "");
    snprintf(text + used, (size_t)(ROOM - used),
             "], \"loss\": {\"kind\": \"max-voltage-cross-entropy\", \"population\": \"0\"}}");
    ck_assert_ptr_null(read_text(text));
    ck_assert_str_eq(error.text, "case: $.samples: found 5000 samples of 5000 populations, wanted "
                                 "a product of at most 16777216");
    free(text);
}

TEST(long_and_strange_names_keep_a_refusal_on_one_short_line)
{
    char name[2001], key[2001], text[2100];
    memset(name, '\x1b', sizeof name - 1);
    memset(key, 'k', sizeof key - 1);
    name[sizeof name - 1] = key[sizeof key - 1] = 0;
    snprintf(text, sizeof text, "{\"format\": \"evident-case-1\", \"%s\": 1}", key);
    ck_assert_ptr_null(case_read_text(text, strlen(text), name, NULL, &error));
    ck_assert_ptr_nonnull(memchr(error.text, 0, sizeof error.text));
    for (const char *c = error.text; *c; c++)
        ck_assert_int_ge(*c, 0x20);
    ck_assert_ptr_nonnull(strstr(error.text, "kkk...\", wanted only the keys of a case"));
}

TEST(what_is_no_utf8_or_not_visible_is_shown_as_an_escape)
{
    static const char *const rows[][2] = {
        {"caf\303\251 \360\237\247\240", "caf\303\251 \360\237\247\240"},
        {"\303", "\\xc3"},
        {"\200a", "\\x80a"},
        {"\300\200", "\\xc0\\x80"},                   /* overlong */
        {"\355\240\200", "\\xed\\xa0\\x80"},          /* a surrogate */
        {"\364\220\200\200", "\\xf4\\x90\\x80\\x80"}, /* above U+10FFFF */
        {"\374\200\200\200", "\\xfc\\x80\\x80\\x80"}, /* no first byte */
        {"a\tb\177", "a\\u0009b\\u007f"},
        {"\302\205\342\200\250\342\200\256", "\\u0085\\u2028\\u202e"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char shown[CASE_SHOWN];
        ck_assert_str_eq(case_show(shown, sizeof shown, rows[i][0]), rows[i][1]);
    }
}

TEST(a_long_text_is_cut_between_characters)
{
    char shown[8];
    ck_assert_str_eq(case_show(shown, sizeof shown, "1234567"), "1234567");
    ck_assert_str_eq(case_show(shown, sizeof shown, "12345678"), "1234...");
    ck_assert_str_eq(case_show(shown, sizeof shown, "123\303\251\303\251"), "123\303\251\303\251");
    ck_assert_str_eq(case_show(shown, sizeof shown, "123\303\251\303\251\303\251"), "123...");
}

SUITE("read")
