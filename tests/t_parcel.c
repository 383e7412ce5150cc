/* t_parcel.c: judgements that travel as bytes, and runs of which some processes do not return. */
#include "verify/run/parcel.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct ver_judgement sent, got;
static char *data;
static size_t size;

static void send_one(void)
{
    FILE *out = open_memstream(&data, &size);
    ck_assert_ptr_nonnull(out);
    parcel_put(out, &sent);
    ck_assert_int_eq(fclose(out), 0);
}

static void setup(void)
{
    static const struct ver_options options = VER_OPTIONS_DEFAULT;
    struct ver_options asked = options;
    struct case_made made;
    struct case_error error;
    asked.engine[0] = ver_engine_find("clock-host");
    asked.engines = 1;
    asked.clock.round_delays = true;
    ck_assert_msg(case_make(&made, "random-recurrent:1:3", &error) == 0, "%s", error.text);
    ver_judge(&sent, "random-recurrent:1:3", "random-recurrent", &made, &asked);
    case_made_clear(&made);
    send_one();
}

static void teardown(void)
{
    ver_judgement_clear(&sent);
    ver_judgement_clear(&got);
    free(data);
    flint_cleanup();
    mpfr_free_cache();
}

START_TEST(judgement_arrives_as_it_was_sent)
{
    char a[VER_LINE + 64], b[VER_LINE + 64];
    ck_assert_int_eq(parcel_get(&got, data, size), 0);
    ck_assert_str_eq(got.name, "random-recurrent:1:3");
    ck_assert_str_eq(got.family, "random-recurrent");
    ck_assert_uint_gt(sent.comparisons, 20);
    ck_assert_uint_eq(got.comparisons, sent.comparisons);
    ver_case_line(a, sizeof a, &sent);
    ver_case_line(b, sizeof b, &got);
    ck_assert_str_eq(a, b);
    for (size_t k = 0; k < sent.comparisons; k++) {
        ver_check_line(a, sizeof a, &sent, &sent.comparison[k]);
        ver_check_line(b, sizeof b, &got, &got.comparison[k]);
        ck_assert_str_eq(a, b);
    }
    ck_assert_uint_eq(got.clocks, 1);
    ck_assert_str_eq(got.clock->engine, "clock-host");
    ck_assert_uint_eq(got.clock->digest, sent.clock->digest);
    ck_assert_mem_eq(got.ladder, sent.ladder, sizeof *sent.ladder);
}
END_TEST

START_TEST(every_cut_parcel_is_refused)
{
    for (size_t cut = 0; cut < size; cut += cut < 4096 ? 7 : 131) {
        ck_assert_msg(parcel_get(&got, data, cut) == -1, "%zu of %zu bytes", cut, size);
        ver_judgement_clear(&got);
    }
}
END_TEST

START_TEST(bytes_behind_a_parcel_are_refused)
{
    char *longer = malloc(size + 1);
    memcpy(longer, data, size);
    longer[size] = 0;
    ck_assert_int_eq(parcel_get(&got, longer, size + 1), -1);
    free(longer);
}
END_TEST

START_TEST(parcel_of_another_program_is_refused)
{
    data[sizeof(size_t)]++;
    ck_assert_int_eq(parcel_get(&got, data, size), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parcel");
    TCase *tests = tcase_create("bytes");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, judgement_arrives_as_it_was_sent);
    tcase_add_test(tests, every_cut_parcel_is_refused);
    tcase_add_test(tests, bytes_behind_a_parcel_are_refused);
    tcase_add_test(tests, parcel_of_another_program_is_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
