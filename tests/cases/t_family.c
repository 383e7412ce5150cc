/* SPDX-License-Identifier: MIT */
/* t_family.c: every family makes sound, named, reproducible cases; addresses are read strictly. */
#include "cases/families/families.h"
#include "ref/ref.h"
#include "tests/run_suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 50 };

#define FROZEN UINT64_C(2933135297973795913)

/* Networks of hundreds of neurons are covered by the tests of the real families. */
static bool is_small(const struct case_family *f)
{
    return strncmp(f->name, "real-", 5) != 0;
}

static void address_of(char address[128], const struct case_family *f, uint64_t seed, uint64_t k)
{
    snprintf(address, 128, "%s:%" PRIu64 ":%" PRIu64, f->name, seed, k);
}

static char *text_of(const char *address)
{
    struct case_made made;
    struct case_error error;
    ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
    char *text = case_text(made.problem);
    ck_assert_ptr_nonnull(text);
    case_made_clear(&made);
    return text;
}

TEST(every_case_passes_case_check_and_is_named_by_its_address)
{
    for (const struct case_family *f = case_families; f->name != NULL; f++) {
        for (uint64_t k = 0; is_small(f) && k < CASES; k++) {
            char address[128];
            struct case_made made;
            struct case_error error;
            address_of(address, f, 1, k);
            ck_assert_msg(case_make(&made, address, &error) == 0, "%s", error.text);
            ck_assert_msg(case_check(made.problem, &error) == 0, "%s: %s", address, error.text);
            ck_assert_str_eq(made.problem->name, address);
            ck_assert_ptr_nonnull(made.problem->note);
            case_made_clear(&made);
        }
    }
}

TEST(a_case_does_not_depend_on_what_was_made_before)
{
    for (const struct case_family *f = case_families; f->name != NULL; f++) {
        char address[128];
        address_of(address, f, 5, 3);
        if (!is_small(f)) {
            continue;
        }
        char *first = text_of(address);
        for (uint64_t k = 0; k < 3; k++) {
            char other[128];
            address_of(other, f, 5, k);
            free(text_of(other));
        }
        char *again = text_of(address);
        ck_assert_str_eq(first, again);
        free(first);
        free(again);
    }
}

TEST(seeds_and_numbers_give_different_cases)
{
    for (const struct case_family *f = case_families; f->name != NULL; f++) {
        char address[128];
        if (!is_small(f)) {
            continue;
        }
        char *text[3];
        for (size_t i = 0; i < 3; i++) {
            address_of(address, f, i == 1 ? 6 : 5, i == 2 ? 14 : 3);
            text[i] = text_of(address);
        }
        /* The names differ at any rate: compare what comes behind them. */
        ck_assert_str_ne(strstr(text[0], "\"populations\""), strstr(text[1], "\"populations\""));
        ck_assert_str_ne(strstr(text[0], "\"populations\""), strstr(text[2], "\"populations\""));
        for (size_t i = 0; i < 3; i++) {
            free(text[i]);
        }
    }
}

TEST(every_random_family_meets_every_loss_with_its_variants)
{
    for (const struct case_family *f = case_families; f->name != NULL; f++) {
        unsigned kinds = 0, weightings = 0, penalties = 0;
        for (uint64_t k = 0; strncmp(f->name, "random-", 7) == 0 && k < 11; k++) {
            struct case_made made;
            ck_assert_int_eq(f->make(&made, 1, k), 0);
            const struct case_loss *loss = &made.problem->loss;
            kinds |= 1u << loss->kind;
            if (loss->kind == CASE_VOLTAGE_INTEGRAL_CROSS_ENTROPY) {
                weightings |= 1u << loss->weighting;
            }
            if (loss->kind == CASE_FIRST_SPIKE_CROSS_ENTROPY) {
                penalties |= 1u << loss->penalty;
            }
            case_made_clear(&made);
        }
        if (strncmp(f->name, "random-", 7) == 0) {
            ck_assert_uint_eq(kinds, 0x7F);
            ck_assert_uint_eq(weightings, 0xF);
            ck_assert_uint_eq(penalties, 3);
        }
    }
}

TEST(only_degenerate_undecided_expects_undecided)
{
    for (const struct case_family *f = case_families; f->name != NULL; f++) {
        struct case_made made;
        if (is_small(f)) {
            ck_assert_int_eq(f->make(&made, 2, 0), 0);
            bool undecided = strcmp(f->name, "degenerate-undecided") == 0;
            ck_assert_int_eq(made.expectation, undecided ? CASE_UNDECIDED : CASE_DECIDED);
            case_made_clear(&made);
        }
    }
}

/* A reason begins with the name of a margin, and that margin is not separated from zero. What has
 * only some derivatives is decided. */
TEST(an_undecided_case_shows_the_margin_that_defeats_it)
{
    struct ref_options options = REF_OPTIONS_DEFAULT;
    options.precision_cap = 512;
    for (uint64_t k = 0; k < 24; k++) {
        struct case_made made;
        struct ref_result result;
        ck_assert_int_eq(case_family_find("degenerate-undecided")->make(&made, 1, k), 0);
        bool const plateau = k % 12 >= 10; /* costs no more than some derivatives */
        ck_assert_int_eq(ref_run(&result, made.problem, &options),
                         plateau ? REF_OK : REF_UNDECIDED);
        ck_assert_int_eq(made.expectation, plateau ? CASE_DECIDED : CASE_UNDECIDED);
        ck_assert((result.nones > 0) == plateau);
        size_t shown = plateau;
        for (int m = 0; m < REF_MARGINS; m++) {
            const char *name = ref_margin_name((enum ref_margin)m);
            if (strncmp(result.reason, name, strlen(name)) == 0) {
                shown++;
                ck_assert_msg(arb_contains_zero(result.margin[m]), "%" PRIu64 ": %s", k,
                              result.reason);
            }
        }
        ck_assert_msg(shown == 1, "%" PRIu64 ": %s", k, result.reason);
        ref_clear(&result);
        case_made_clear(&made);
    }
    flint_cleanup();
}

/* Freezes the cases of all compilers and machines: FNV-1a over the texts of a dozen cases of every
 * small family. Whoever changes a family on purpose puts in the digest that the test prints. */
TEST(the_cases_have_not_changed)
{
    uint64_t digest = 0xCBF29CE484222325u;
    for (const struct case_family *f = case_families; f->name != NULL; f++) {
        for (uint64_t k = 0; is_small(f) && k < 12; k++) {
            char address[128];
            address_of(address, f, 9, k);
            char *text = text_of(address);
            for (const char *c = text; *c != '\0'; c++) {
                digest = (digest ^ (unsigned char)*c) * 0x100000001B3u;
            }
            free(text);
        }
    }
    ck_assert_msg(digest == FROZEN, "digest %" PRIu64, digest);
}

static const char *const refused[] = {"random-deep",
                                      "random-deep:1",
                                      "random-deep:1:",
                                      "random-deep::1",
                                      "random-deep:-1:2",
                                      "random-deep:1:2:3",
                                      "random-deep:1:2 ",
                                      "random-deep:1:18446744073709551616",
                                      "random-shallow:1:2",
                                      "",
                                      ":1:2",
                                      "real-yin-yang:1:1000",
                                      "real-digits:1:8"};

TEST_EACH(a_wrong_address_is_refused_in_one_line, 0, (int)(sizeof refused / sizeof refused[0]))
{
    struct case_made made;
    struct case_error error = {""};
    ck_assert_int_eq(case_make(&made, refused[_i], &error), -1);
    ck_assert_ptr_null(made.problem);
    ck_assert(strlen(error.text) > 20);
    ck_assert_ptr_null(strchr(error.text, '\n'));
    ck_assert_ptr_nonnull(strstr(error.text, "wanted"));
}

TEST(the_largest_numbers_are_addresses)
{
    struct case_made made;
    struct case_error error;
    const char *address = "random-feedforward:18446744073709551615:18446744073709551615";
    ck_assert_int_eq(case_make(&made, address, &error), 0);
    ck_assert_str_eq(made.problem->name, address);
    case_made_clear(&made);
}

TEST(families_are_found_by_name_alone)
{
    for (const struct case_family *f = case_families; f->name != NULL; f++) {
        ck_assert_ptr_eq(case_family_find(f->name), f);
        ck_assert(strlen(f->summary) > 0);
    }
    ck_assert_ptr_null(case_family_find("random"));
}

SUITE("family")
