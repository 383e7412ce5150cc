/* SPDX-License-Identifier: MIT */
/* t_record.c: judgements that travel as bytes, and runs of which some processes do not return. */
#include "tests/same_judgement.h"
#include "tests/store_case.h"

static struct ver_judgement sent, got;
static char *data;
static size_t size;

static void send_one(void)
{
    FILE *out = open_memstream(&data, &size);
    ck_assert_ptr_nonnull(out);
    record_put(out, &sent);
    ck_assert_int_eq(fclose(out), 0);
}

/* Made up: every third has an engine and a ladder, the fourth has infinities, all have NaN. */
static void setup(void)
{
    sent = make_judgement(3, 300);
    memset(sent.comparison[7].index, 'x', sizeof sent.comparison[7].index - 1);
    memset(sent.reason, 'y', sizeof sent.reason - 1);
    sent.comparison[8].distance = -VER_INFINITY;
    sent.margin[1] = VER_INFINITY;
    sent.seconds = (struct ver_seconds){.all = 3, .witness = 1.5, .engine = {0.1, 0, 0, 0.2}};
    sent.judged->no_start = true;
    sent.judged->seconds = 0.7;
    snprintf(sent.judged->before, sizeof sent.judged->before, "a:1:1\nb:1:2");
    send_one();
}

static void teardown(void)
{
    ver_judgement_clear(&sent);
    ver_judgement_clear(&got);
    free(data);
    data = NULL;
}

TEST(judgement_arrives_as_it_was_sent)
{
    ck_assert_int_eq(record_get(&got, data, size), 0);
    same_judgement(&sent, &got);
}

TEST(real_judgement_arrives_as_it_was_sent)
{
    struct ver_options options = VER_OPTIONS_DEFAULT;
    struct case_made made;
    struct case_error error;
    options.engine[0] = ver_engine_find("clock-host");
    options.engines = 1;
    options.how.round_delays = true;
    ck_assert_msg(case_make(&made, "random-recurrent:1:3", &error) == 0, "%s", error.text);
    teardown();
    ver_judge(&sent, "random-recurrent:1:3", "random-recurrent", &made, &options);
    case_made_clear(&made);
    send_one();
    ck_assert_int_eq(record_get(&got, data, size), 0);
    ck_assert_uint_gt(sent.comparisons, 20);
    ck_assert_ptr_nonnull(sent.ladder);
    same_judgement(&sent, &got);
    flint_cleanup();
    mpfr_free_cache();
}

TEST(judgement_without_anything_arrives)
{
    teardown();
    sent = VER_NO_JUDGEMENT;
    snprintf(sent.reason, sizeof sent.reason, "memory is short");
    sent.name = calloc(5000, 1);
    memset(sent.name, 'n', 4999);
    send_one();
    ck_assert_int_eq(record_get(&got, data, size), 0);
    same_judgement(&sent, &got);
    ck_assert_ptr_null(got.judged);
    ck_assert_ptr_null(got.ladder);
}

TEST(every_cut_is_refused)
{
    for (size_t cut = 0; cut < size; cut += cut < 4096 ? 7 : 131) {
        ck_assert_msg(record_get(&got, data, cut) == -1, "%zu of %zu bytes", cut, size);
        ver_judgement_clear(&got);
    }
}

TEST(bytes_behind_a_judgement_are_refused)
{
    char *longer = malloc(size + 1);
    memcpy(longer, data, size);
    longer[size] = 0;
    ck_assert_int_eq(record_get(&got, longer, size + 1), -1);
    free(longer);
}

/* A byte of a type, a key or a name of an enumeration. */
TEST(bytes_that_say_something_else_are_refused)
{
    static const size_t place[] = {0, 17}; /* kind of the first row; type of its first column */
    for (size_t k = 0; k < sizeof place / sizeof *place; k++) {
        data[place[k]] ^= 0x41;
        ck_assert_msg(record_get(&got, data, size) == -1, "byte %zu", place[k]);
        ver_judgement_clear(&got);
        data[place[k]] ^= 0x41;
    }
    size_t pass = 0;
    while (pass + 5 < size && memcmp(data + pass, "\3pass", 6) != 0)
        pass++;
    ck_assert_uint_lt(pass + 5, size);
    data[pass + 1] = 'q';
    ck_assert_int_eq(record_get(&got, data, size), -1);
}

TEST(digest_knows_no_times_and_all_else)
{
    char was[HASH_TEXT], is[HASH_TEXT];
    record_digest(was, &sent);
    ck_assert_uint_eq(strlen(was), 32);
    sent.seconds.all = 99;
    sent.judged->seconds = 98;
    record_digest(is, &sent);
    ck_assert_str_eq(was, is);
    sent.comparison[299].numbers++;
    record_digest(is, &sent);
    ck_assert_str_ne(was, is);
}

SUITE("record", .setup = setup, .teardown = teardown)
