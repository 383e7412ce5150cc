/* SPDX-License-Identifier: MIT */
/* t_store_export.c: runs as tables, JSON and JUnit. */
#include "tests/store_case.h"
#include "verify/base/word.h"

#include <jansson.h>

enum { CASES = 14, COMPARISONS = 12 };

static struct store *store;
static int64_t run;

static void setup(void)
{
    make_store_folder();
    store = must_open("s", STORE_WRITE);
    run = record_run(store, CASES, COMPARISONS);
}

static void teardown(void)
{
    store_close(store);
    drop_folder();
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        count++;
    return count;
}

/* ---- exports ---- */

TEST(every_line_of_a_table_has_the_columns_of_its_heading)
{
    static const char *const names[] = {"cases", "comparisons", "engines", "ladders", "times"};
    static const size_t rows[] = {CASES, CASES * COMPARISONS, 5, 5 * VER_LADDER_QUANTITIES, 0};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char *text = exported(store, run, STORE_TSV, names[k], false);
        size_t tabs = 0, lines = count_of(text, "\n");
        for (const char *at = text; *at != '\n'; at++)
            tabs += *at == '\t';
        ck_assert_uint_eq(lines, rows[k] + 1);
        ck_assert_uint_eq(count_of(text, "\t"), lines * tabs);
        ck_assert_ptr_null(strstr(text, "\t\t")); /* nothing is empty */
        free(text);
    }
}

TEST(table_says_nan_and_inf)
{
    char *text = exported(store, run, STORE_TSV, "cases", false);
    ck_assert_ptr_nonnull(strstr(text, "\tnan\t"));
    ck_assert_ptr_nonnull(strstr(text, "\tinf\t"));
    free(text);
}

TEST(json_parses_and_holds_every_case_and_comparison)
{
    char *text = exported(store, run, STORE_JSON, NULL, true);
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error), *first, *list;
    ck_assert_msg(root != NULL, "%d: %s", error.line, error.text);
    ck_assert_str_eq(json_string_value(json_object_get(root, "format")), "evident-run-1");
    list = json_object_get(root, "cases");
    ck_assert_uint_eq(json_array_size(list), CASES);
    first = json_array_get(list, 0);
    ck_assert_uint_eq(json_array_size(json_object_get(first, "comparisons")), COMPARISONS);
    ck_assert(json_is_null(json_object_get(first, "digits"))); /* NaN */
    ck_assert_str_eq(json_string_value(json_object_get(first, "grazing")), "inf");
    ck_assert(json_real_value(json_object_get(first, "gradient_norm")) == 1.0 / 3);
    ck_assert(json_is_array(
        json_object_get(json_array_get(json_object_get(first, "ladders"), 0), "errors")));
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(root, "totals"), "pass")),
                     CASES - 2);
    ck_assert_ptr_nonnull(json_object_get(root, "host"));
    json_decref(root);
    free(text);
}

/* By xmllint where it is installed; tags and counts everywhere. */
TEST(junit_is_well_formed_whatever_the_names_hold)
{
    char *text = exported(store, run, STORE_JUNIT, NULL, false), command[400];
    ck_assert_uint_eq(count_of(text, "<testcase "), CASES);
    ck_assert_uint_eq(count_of(text, "<testsuite "), 3);
    ck_assert_uint_eq(count_of(text, "<failure "), 2);
    ck_assert_uint_eq(count_of(text, "</failure>"), 2);
    ck_assert_uint_eq(count_of(text, "distance nan"), 2);
    ck_assert_ptr_nonnull(strstr(text, "tests=\"14\" failures=\"2\" errors=\"0\" skipped=\"0\""));
    ck_assert_ptr_nonnull(strstr(text, "odd &lt;&amp;&quot;'&gt;  ?"));
    ck_assert_uint_eq(count_of(text, "\x01") + count_of(text, "\xff"), 0);
    FILE *file = fopen(at("j.xml"), "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    free(text);
    snprintf(command, sizeof command, "! command -v xmllint >/dev/null || xmllint --noout %s",
             at("j.xml"));
    ck_assert_int_eq(system(command), 0);
}

TEST(junit_tells_undecided_from_skipped_from_error)
{
    must(store, store_script(store, "UPDATE cases SET verdict = 'undecided' WHERE position = 0;"
                                    "UPDATE cases SET verdict = 'not-run' WHERE position = 1;"
                                    "UPDATE cases SET verdict = 'error' WHERE position = 2"));
    char *text = exported(store, run, STORE_JUNIT, NULL, false);
    ck_assert_ptr_nonnull(strstr(text, "type=\"undecided\""));
    ck_assert_uint_eq(count_of(text, "<skipped "), 1);
    ck_assert_uint_eq(count_of(text, "<error "), 1);
    ck_assert_ptr_nonnull(strstr(text, "tests=\"14\" failures=\"3\" errors=\"1\" skipped=\"1\""));
    free(text);
}

TEST(numbers_read_back_to_the_same_bits)
{
    static const double some[] = {0.1, 1.0 / 3, 1e-300, 5e-324, 1.7976931348623157e308, -0.0, 12};
    char text[STORE_NUMBER];
    for (size_t k = 0; k < sizeof some / sizeof *some; k++) {
        store_number_text(text, some[k]);
        ck_assert_msg(strtod(text, NULL) == some[k], "%s", text);
    }
    store_number_text(text, 0.1);
    ck_assert_str_eq(text, "0.1");
    store_number_text(text, -VER_NAN);
    ck_assert_str_eq(text, "nan");
}

TEST(broken_characters_are_replaced_and_good_ones_kept)
{
    static const struct {
        const char *text, *clean;
    } some[] = {{"a\tb\n", "a b "},
                {"\xc3\xa4\xe2\x82\xac", "\xc3\xa4\xe2\x82\xac"},
                {"\xc3", "?"},
                {"\xc0\xaf", "??"},
                {"\xed\xa0\x80", "???"},
                {"\xef\xbf\xbf", "???"},
                {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
                {"\xf4\x90\x80\x80", "????"}};
    for (size_t k = 0; k < sizeof some / sizeof *some; k++) {
        char *clean = ver_clean_text(some[k].text);
        ck_assert_str_eq(clean, some[k].clean);
        free(clean);
    }
}

SUITE("store_export", .setup = setup, .teardown = teardown)
