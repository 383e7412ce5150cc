/* SPDX-License-Identifier: MIT */
/* t_write.c: is the canonical text the same for the same problem, exact, and safely written? */
#include "cases/internal.h"
#include "tests/refusals_data.h"
#include "tests/fresh_folder.h"
#include "tests/run_suite.h"

#include <jansson.h>
#include <dirent.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct case_error error;
static char path[96];

static struct case_problem *read_text(const char *text)
{
    struct case_problem *c = case_read_text(text, strlen(text), "text", NULL, &error);
    ck_assert_msg(c, "%s", error.text);
    return c;
}

static void setup(void)
{
    make_folder();
    snprintf(path, sizeof path, "%s/case.json", folder);
}

static size_t files_in_folder(void)
{
    DIR *directory = opendir(folder);
    size_t count = 0;
    ck_assert_ptr_nonnull(directory);
    for (const struct dirent *entry; (entry = readdir(directory));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count;
}

static void require_fixed_point(struct case_problem *c)
{
    char *once = case_text(c);
    ck_assert_ptr_nonnull(once);
    struct case_problem *again = read_text(once);
    char *twice = case_text(again);
    ck_assert_ptr_nonnull(twice);
    ck_assert_str_eq(once, twice);
    case_free(again);
    free(once);
    free(twice);
}

TEST_EACH(the_canonical_text_is_a_fixed_point, 0, 5)
{
    const char *const texts[] = {label, spike, times, voltages, margin};
    struct case_problem *c = read_text(texts[_i]);
    require_fixed_point(c);
    case_free(c);
}

TEST_EACH(every_loss_is_written_with_the_keys_that_it_needs, 0, 24)
{
    struct case_problem *c = read_text(_i % 2 ? spike : label);
    static const enum case_loss_kind by_voltage[] = {CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY,
                                                     CASE_INSTANTANEOUS_CROSS_ENTROPY,
                                                     CASE_MAX_VOLTAGE_CROSS_ENTROPY};
    if (_i % 2) {
        c->loss.penalty = _i / 2 % 2 ? CASE_PENALTY_RECIPROCAL : CASE_PENALTY_EXPONENTIAL;
        c->loss.silent_after = _i / 2;
    } else {
        c->loss.kind = by_voltage[_i / 2 % 3];
        c->loss.weighting = (enum case_weighting)(_i / 2 % 4);
    }
    require_fixed_point(c);
    char *text = case_text(c);
    ck_assert_ptr_nonnull(text);
    struct case_problem *again = read_text(text);
    ck_assert_int_eq(again->loss.kind, c->loss.kind);
    ck_assert_int_eq(again->loss.penalty, c->loss.penalty);
    ck_assert_mem_eq(&again->loss.silent_after, &c->loss.silent_after, sizeof(double));
    ck_assert_mem_eq(&again->loss.alpha, &c->loss.alpha, sizeof(double));
    if (c->loss.kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY)
        ck_assert_int_eq(again->loss.weighting, c->loss.weighting);
    free(text);
    case_free(again);
    case_free(c);
}

TEST(the_canonical_text_leaves_out_what_absence_means)
{
    static const char want[] =
        "{\n"
        " \"format\": \"evident-case-1\",\n"
        " \"name\": \"n\",\n"
        " \"time\": {\"end\": 40, \"step\": 0.5},\n"
        " \"populations\": [\n"
        "  {\"name\": \"in\", \"size\": 2, \"model\": \"spike-source\"},\n"
        "  {\"name\": \"hid\", \"size\": 2, \"model\": \"lif\", \"tau_mem\": 20, \"tau_syn\": 5, "
        "\"threshold\": 1},\n"
        "  {\"name\": \"out\", \"size\": 2, \"model\": \"li\", \"tau_mem\": 20, \"tau_syn\": "
        "[5, 4]}\n"
        " ],\n"
        " \"projections\": [\n"
        "  {\"source\": \"in\", \"target\": \"hid\", \"weights\": [\n"
        "   [3, 1],\n"
        "   [2, 4]]},\n"
        "  {\"source\": \"hid\", \"target\": \"out\", \"weights\": [\n"
        "   [1, 2],\n"
        "   [3, 4]]}\n"
        " ],\n"
        " \"samples\": [\n"
        "  {\"spikes\": {\"in\": [\n"
        "   [1, 9],\n"
        "   [2]]}, \"target\": {\"voltages\": [1, [[0, 1], [9, 2]]]}}\n"
        " ],\n"
        " \"loss\": {\"kind\": \"voltage-squared-error\", \"population\": \"out\"}\n"
        "}\n";
    struct case_problem *c = read_text(voltages);
    char *text = case_text(c);
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text, want);
    free(text);
    case_free(c);
}

TEST(every_double_reads_back_to_the_same_bits_from_few_digits)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {{0.1, "0.1"},
                {1.0 / 3, "0.3333333333333333"},
                {2.0 / 3, "0.6666666666666666"},
                {0x1.8p-3, "0.1875"},
                {-0.0, "-0.0"},
                {0x1p-1074, "4.94065645841247e-324"},
                {DBL_MAX, "1.7976931348623157e+308"},
                {-DBL_MIN, "-2.2250738585072014e-308"},
                {0x1p53 + 2, "9007199254740994"},
                {1e22, "1e+22"},
                {100000, "100000"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[CASE_NUMBER];
        double back = strtod(case_show_number(text, rows[i].value), NULL);
        ck_assert_mem_eq(&back, &rows[i].value, sizeof back);
        ck_assert_str_eq(text, rows[i].text);
        struct case_problem *c = read_text(label);
        c->projection[0].weight[0] = rows[i].value;
        char *whole = case_text(c);
        ck_assert_ptr_nonnull(whole);
        struct case_problem *again = read_text(whole);
        ck_assert_mem_eq(&again->projection[0].weight[0], &rows[i].value, sizeof back);
        case_free(again);
        case_free(c);
        free(whole);
    }
}

TEST(names_and_notes_of_any_text_survive)
{
    static const char name[] = "a \"quoted\" \\ caf\303\251", note[] = "two\nlines\tand \001";
    struct case_problem *c = read_text(label);
    free(c->name);
    free(c->population[1].name);
    c->name = strdup(name);
    c->population[1].name = strdup(name);
    c->note = strdup(note);
    ck_assert(c->name && c->population[1].name && c->note);
    require_fixed_point(c);
    char *text = case_text(c);
    ck_assert_ptr_nonnull(text);
    struct case_problem *again = read_text(text);
    ck_assert_str_eq(again->name, name);
    ck_assert_str_eq(again->population[1].name, name);
    ck_assert_str_eq(again->note, note);
    case_free(again);
    case_free(c);
    free(text);
}

TEST_EACH(the_examples_are_cases_and_fixed_points, 0, 4)
{
    static const char *const names[] = {"three-layer", "first-spike", "delay-matrix",
                                        "voltage-squared-error"};
    char example[96];
    snprintf(example, sizeof example, "cases/examples/%s.json", names[_i]);
    struct case_problem *c = case_read(example, &error);
    ck_assert_msg(c, "%s", error.text);
    require_fixed_point(c);
    /* Nothing is lost: what is lost twice is a fixed point, too. The last one has numbers as
     * strings, so its text differs. */
    char *text = case_text(c);
    ck_assert_ptr_nonnull(text);
    json_t *written = json_loads(text, 0, NULL), *read = json_load_file(example, 0, NULL);
    ck_assert_msg(_i == 3 || (read && json_equal(written, read)), "%s", text);
    json_decref(written);
    json_decref(read);
    free(text);
    case_free(c);
}

TEST(a_written_file_holds_the_canonical_text_and_nothing_stays_beside_it)
{
    struct case_problem *c = read_text(times);
    struct stat status;
    for (int round = 0; round < 2; round++)
        ck_assert_msg(case_write(path, c, &error) == 0, "%s", error.text);
    struct case_problem *again = case_read(path, &error);
    ck_assert_msg(again, "%s", error.text);
    char *want = case_text(c), *got = case_text(again);
    ck_assert_str_eq(want, got);
    ck_assert_uint_eq(files_in_folder(), 1);
    mode_t mask = umask(0);
    umask(mask);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0666 & ~mask);
    ck_assert_uint_eq((size_t)status.st_size, strlen(want));
    case_free(again);
    case_free(c);
    free(want);
    free(got);
}

TEST(a_file_that_cannot_be_written_leaves_nothing_and_says_why)
{
    char place[160], want[256];
    struct case_problem *c = read_text(label);
    snprintf(place, sizeof place, "%s/none/case.json", folder);
    ck_assert_int_eq(case_write(place, c, &error), -1);
    snprintf(want, sizeof want, "%s: cannot write: No such file or directory", place);
    ck_assert_str_eq(error.text, want);
    snprintf(place, sizeof place, "%s/folder", folder);
    ck_assert_int_eq(mkdir(place, 0777), 0);
    ck_assert_int_eq(case_write(place, c, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "Is a directory"));
    ck_assert_uint_eq(files_in_folder(), 1);
    ck_assert_int_eq(rmdir(place), 0);
    case_free(c);
}

TEST(a_wrong_case_is_not_written_over_a_right_one)
{
    struct case_problem *c = read_text(label);
    ck_assert_int_eq(case_write(path, c, &error), 0);
    c->projection[1].weight[3] = (double)NAN;
    ck_assert_int_eq(case_write(path, c, &error), -1);
    ck_assert_str_eq(error.text,
                     "n: $.projections[1].weights[1][1]: found nan, wanted a finite number");
    case_free(c);
    c = case_read(path, &error);
    ck_assert_msg(c, "%s", error.text);
    case_free(c);
}

SUITE("write", .setup = setup, .teardown = drop_folder)
