/* SPDX-License-Identifier: MIT */
/* t_table.c: checks.tsv has a row for all that does not agree and one for the rest of a kind, by
 * which nothing of the totals is lost; agreement.tsv counts every smooth difference. */
#include "tests/store_case.h"
#include "verify/store/table.h"

#define CHECKS                                                                                     \
    "family\tcase\tquantity\tindex\tclass\tdigits\torder\tstep\tprecision\tvalue\treference\t"     \
    "distance\tverdict\tengine\tkind\trows\tnumbers"

#define AGREES(kind_, quantity_, index_, numbers_, digits_, distance_)                             \
    {                                                                                              \
        .kind = VER_KIND_##kind_, .outcome = VER_AGREES, .class_ = WITNESS_SMOOTH,                 \
        .quantity = (quantity_), .index = index_, .numbers = (numbers_), .digits = (digits_),      \
        .order = 2, .step = -80, .precision = 256, .distance = (distance_), .value = "1.25",       \
        .reference = "1.25"                                                                        \
    }

/* Names in the order of the rows wanted; the nearest to its bound is neither first nor last. */
static struct ver_comparison comparison[] = {
    AGREES(COORDINATE, "weights", "weights[0]", 1, 50, 0.25),
    AGREES(COORDINATE, "delays", "delays[1]", 1, 44.004, 0.5),
    AGREES(DIRECTION, "direction", "0", 1, 41.23, VER_NAN),
    AGREES(COORDINATE, "weights", "weights[2]", 1, 60, 0.5),
    AGREES(COORDINATE, "weights", "weights[3]", 3, 60, VER_NAN),
    AGREES(LOSS, "loss", "-", 1, 60, 0),
    AGREES(COORDINATE, "weights", "weights[4]", 1, 3.2, 7),
    AGREES(COORDINATE, "weights", "weights[5]", 1, 12, 0.1),
    AGREES(ROUNDING, "V", "[0].hid[1]", 100, VER_NAN, 0.5),
    AGREES(ROUNDING, "I", "[0].hid[1]", 10, VER_NAN, 0.75),
    AGREES(ROUNDING, "V", "[0].hid[1]", 100, VER_NAN, 0.25),
};
enum { COMPARISONS = sizeof comparison / sizeof *comparison, DIFFERENT = 6, EXCLUDED = 7 };

static struct ver_judgement judgement = {.name = (char *)"closed-a:1:0",
                                         .family = "closed-a",
                                         .comparison = comparison,
                                         .comparisons = COMPARISONS};
static struct store *store;
static int64_t recorded;

static void setup(void)
{
    struct case_error error;
    struct store_facts facts = make_facts(1);
    comparison[DIFFERENT].outcome = VER_DIFFERS;
    comparison[EXCLUDED].outcome = VER_EXCLUDED;
    comparison[EXCLUDED].class_ = WITNESS_ORDER_CHANGE;
    comparison[5].class_ = VER_NO_CLASS;
    comparison[8].engine = "one";
    comparison[9].engine = "one";
    comparison[10].engine = "two";
    for (int k = 8; k < COMPARISONS; k++)
        comparison[k].class_ = VER_NO_CLASS;
    store = store_open(NULL, STORE_WRITE, &error);
    ck_assert_ptr_nonnull(store);
    recorded = store_begin(store, &facts, false);
    must(store, store_record(store, recorded, 0, &judgement));
}

static void teardown(void)
{
    store_close(store);
}

static char *written(const char *query, bool all)
{
    char *text = NULL;
    size_t size = 0;
    struct table table;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    if (strcmp(query, "checks.tsv") == 0)
        table_ask(&table, store, query, "ii", recorded, (int64_t)all);
    else
        table_ask(&table, store, query, "i", recorded);
    must(store, table_put(&table, TABLE_TSV, out));
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

static char *checks(bool all)
{
    return written("checks.tsv", all);
}

TEST(what_agrees_shares_the_row_of_the_nearest_to_its_bound)
{
    char *text = checks(false);
#define ROW(rest) "closed-a\tclosed-a:1:0\t" rest "\n"
    ck_assert_str_eq(
        text,
        CHECKS "\n" ROW("delays\tdelays[1]\tsmooth\t44.00\t2.00000\t-80.0\t256\t-\t-\t0.5\t"
                        "pass\treference\tcoordinates\t4\t6")
            ROW("direction\t0\tsmooth\t41.23\t2.00000\t-80.0\t256\t-\t-\tnan\tpass\treference\t"
                "directions\t1\t1")
                ROW("loss\t-\t-\t60.00\t2.00000\t-80.0\t256\t-\t-\t0\tpass\treference\tlosses\t1\t"
                    "1") ROW("weights\tweights[4]\tsmooth\t3.20\t2.00000\t-80.0\t256\t1.25\t1.25\t"
                             "7\tfail\treference\tcoordinates\t1\t1")
                    ROW("weights\tweights[5]\torder-change\t12.00\t2.00000\t-80.0\t256\t1.25\t"
                        "1.25\t0.1\texcluded\treference\tcoordinates\t1\t1")
                        ROW("I\t[0].hid[1]\t-\tnan\t2.00000\t-80.0\t256\t-\t-\t0.75\tpass\tone\t"
                            "rounding\t2\t110")
                            ROW("V\t[0].hid[1]\t-\tnan\t2.00000\t-80.0\t256\t-\t-\t0.25\tpass\t"
                                "two\trounding\t1\t100"));
    free(text);
}

/* Sums of the last two columns, of rows that are no heading. */
static void add_up(char *text, size_t *rows, size_t *numbers)
{
    *rows = *numbers = 0;
    for (char *line = strtok(text, "\n"); (line = strtok(NULL, "\n")) != NULL;) {
        char *last = strrchr(line, '\t'), *before = last;
        while (*--before != '\t')
            continue;
        *rows += strtoull(before, NULL, 10);
        *numbers += strtoull(last, NULL, 10);
    }
}

TEST(no_comparison_is_lost_with_all_rows_or_without)
{
    size_t rows, numbers, lines = 0;
    char *few = checks(false), *all = checks(true);
    for (const char *at = all; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_uint_eq(lines, 1 + COMPARISONS);
    ck_assert_ptr_nonnull(strstr(all, "weights[0]\tsmooth\t50.00\t2.00000\t-80.0\t256\t1.25\t1.25\t"
                                      "0.25\tpass\treference\tcoordinates\t1\t1\n"));
    add_up(few, &rows, &numbers);
    ck_assert_uint_eq(rows, COMPARISONS);
    ck_assert_uint_eq(numbers, 220);
    add_up(all, &rows, &numbers);
    ck_assert_uint_eq(rows, COMPARISONS);
    ck_assert_uint_eq(numbers, 220);
    free(few);
    free(all);
}

TEST(agreement_counts_smooth_differences_only)
{
    char *text = written("agreement.tsv", false);
    ck_assert_str_eq(
        text, "group\tdigits\tcomparisons\tshare\nclosed\t3.2\t0\t0\nclosed\t3.2\t1\t0.166667\n"
              "closed\t41.3\t2\t0.333333\nclosed\t44.0\t3\t0.500000\n"
              "closed\t50.0\t4\t0.666667\nclosed\t60.0\t6\t1.000000"
              "\n");
    free(text);
}

TEST(a_query_that_is_not_there_is_said)
{
    struct table table;
    table_ask(&table, store, "no such", "i", recorded);
    ck_assert_int_eq(table_put(&table, TABLE_TSV, stdout), -1);
    ck_assert_ptr_nonnull(strstr(store_error(store), "syntax error"));
}

TEST(medians_lie_between_the_middle_two_and_none_has_none)
{
    static const char sql[] =
        "SELECT median(x) = 2.5 AND (SELECT median(x) FROM (SELECT 3 AS x UNION"
        " SELECT 1 UNION SELECT 2 UNION SELECT NULL)) = 2 AND (SELECT"
        " median(NULL)) IS NULL FROM (SELECT 4 AS x UNION SELECT 1 UNION"
        " SELECT 2 UNION SELECT 3)";
    ck_assert_int_eq(store_count(store, sql, ""), 1);
}

TEST(numbers_are_printed_as_printf_prints_them)
{
    static const char sql[] =
        "SELECT general(0.3, 17) = '0.29999999999999999' AND fixed(2.5, 0) = '2' AND"
        " fixed(NULL, 2) = 'nan' AND general(9e999, 3) = 'inf' AND general(1e-320, 6) ="
        " '9.99989e-321' AND shortest(0.1) = '0.1' AND log2(0.25) = -2 AND log10(-1) IS NULL";
    ck_assert_int_eq(store_count(store, sql, ""), 1);
}

SUITE("table", .setup = setup, .teardown = teardown)
