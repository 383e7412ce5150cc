/* SPDX-License-Identifier: MIT */
/* t_format.c: cases/case.schema.json says what the table of the format says, of every variant of
 * every object: the keys, which of them are needed, what they may be, and their defaults. */
#include "cases/format.h"
#include "tests/run_suite.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static json_t *schema;

static void setup(void)
{
    schema = json_load_file("cases/case.schema.json", 0, NULL);
    ck_assert_ptr_nonnull(schema);
}

static void teardown(void)
{
    json_decref(schema);
}

static const json_t *definition(const char *name)
{
    return json_object_get(json_object_get(schema, "$defs"), name);
}

static bool has_word(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), word) == 0)
            return true;
    return false;
}

/* Whether a schema allows a word: const or enum. */
static bool allows(const json_t *value, const char *word)
{
    const char *one = json_string_value(json_object_get(value, "const"));
    return (one && strcmp(one, word) == 0) || has_word(json_object_get(value, "enum"), word);
}

/* What a rule is called in the schema. */
static const char *const rule_names[] = {[CASE_FINITE] = "/number",
                                         [CASE_POSITIVE] = "/positive",
                                         [CASE_NOT_NEGATIVE] = "/not_negative",
                                         [CASE_BELOW_THRESHOLD] = "/number",
                                         [CASE_NAME] = "/name",
                                         [CASE_SIZE] = "/size",
                                         [CASE_LABEL] = "/label",
                                         [CASE_SENDS] = "/name",
                                         [CASE_RECEIVES] = "/name",
                                         [CASE_READ_OUT] = "/name",
                                         [CASE_SOME_NAMED] = "/population"};

static void same_value(const struct case_row *row, const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    size_t rules = sizeof rule_names / sizeof rule_names[0];
    if (row->rule < rules && rule_names[row->rule])
        ck_assert_msg(strstr(text, rule_names[row->rule]) != NULL, "%s: %s", row->key, text);
    free(text);
    const json_t *given = json_object_get(value, "default");
    bool numbers =
        row->type == CASE_VALUES || (row->type == CASE_DOUBLE && row->rule != CASE_POSITIVE);
    ck_assert_msg((given != NULL) == (row->optional && (numbers || row->type == CASE_WORD)), "%s",
                  row->key);
    if (given && numbers)
        ck_assert_msg(json_number_value(given) >= row->absent &&
                          json_number_value(given) <= row->absent,
                      "%s", row->key);
}

/* A tag that may be absent is needed where it tells the variant from the usual one. */
static void same_keys(const struct case_form *form, int variant, const json_t *object,
                      const char *needed_tag)
{
    const json_t *properties = json_object_get(object, "properties");
    const json_t *required = json_object_get(object, "required");
    int used = 0, needed = 0;
    ck_assert(json_is_false(json_object_get(object, "additionalProperties")));
    for (const struct case_row *row = form->row; row->key; row++) {
        const json_t *value = json_object_get(properties, row->key);
        bool must = (row->required & variant) || (needed_tag && strcmp(row->key, needed_tag) == 0);
        ck_assert_msg((value != NULL) == case_used(row, variant), "%s: %s", form->whose, row->key);
        ck_assert_msg(has_word(required, row->key) == must, "%s: %s", form->whose, row->key);
        if (value && row->order != CASE_TAG)
            same_value(row, value);
        used += case_used(row, variant);
        needed += must;
    }
    ck_assert_int_eq((int)json_object_size(properties), used);
    ck_assert_int_eq((int)json_array_size(required), needed);
}

static const struct case_row *row_of(const struct case_form *form, const char *key)
{
    const struct case_row *row = form->row;
    while (strcmp(row->key, key) != 0)
        row++;
    return row;
}

static const struct case_form *form_of(const char *key)
{
    return row_of(&case_root, key)->form;
}

TEST(plain_objects)
{
    const json_t *properties = json_object_get(schema, "properties");
    same_keys(&case_root, 1, schema, NULL);
    same_keys(form_of("time"), 1, json_object_get(properties, "time"), NULL);
    same_keys(form_of("projections"), 1, definition("projection"), NULL);
    same_keys(form_of("samples"), 1, definition("sample"), NULL);
    ck_assert(allows(json_object_get(properties, "format"), "evident-case-1"));
}

TEST(populations_of_every_model)
{
    const json_t *all = json_object_get(definition("population"), "oneOf");
    ck_assert_uint_eq(json_array_size(all), 3);
    for (size_t m = 0; case_models.word[m]; m++) {
        const json_t *one = json_array_get(all, m);
        same_keys(form_of("populations"), 1 << m, one, NULL);
        ck_assert(allows(json_object_get(json_object_get(one, "properties"), "model"),
                         case_models.word[m]));
    }
}

/* The loss of a kind and penalty, of which there is one; NULL if none. */
static const json_t *find_loss(const char *kind, const char *penalty)
{
    const json_t *all = json_object_get(definition("loss"), "oneOf"), *found = NULL;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *properties = json_object_get(json_array_get(all, i), "properties");
        const json_t *shape = json_object_get(properties, "penalty");
        if (!allows(json_object_get(properties, "kind"), kind) ||
            (shape && !allows(shape, penalty)))
            continue;
        ck_assert_ptr_null(found);
        found = json_array_get(all, i);
    }
    return found;
}

TEST(losses_and_targets_of_every_kind)
{
    const struct case_form *target = row_of(form_of("samples"), "target")->form;
    const json_t *targets = json_object_get(definition("target"), "oneOf");
    for (int kind = 0; kind < CASE_LOSS_KINDS; kind++) {
        const char *word = case_loss_kinds.word[kind];
        same_keys(form_of("loss"), 1 << kind, find_loss(word, "exponential"), NULL);
        size_t fits = 0;
        for (size_t i = 0; i < json_array_size(targets); i++) {
            const json_t *one = json_array_get(targets, i),
                         *required = json_object_get(one, "required");
            const char *key = json_string_value(json_array_get(required, 0));
            if (row_of(target, key)->required & 1 << kind) {
                same_keys(target, 1 << kind, one, NULL);
                fits++;
            }
        }
        ck_assert_uint_eq(fits, 1);
    }
    same_keys(form_of("loss"), 1 << CASE_LOSS_KINDS,
              find_loss("first-spike-cross-entropy", "reciprocal"), "penalty");
    const json_t *integral = json_object_get(find_loss(case_loss_kinds.word[0], ""), "properties");
    for (size_t w = 0; case_weightings.word[w]; w++)
        ck_assert(allows(json_object_get(integral, "weighting"), case_weightings.word[w]));
}

SUITE("format", .setup = setup, .teardown = teardown)
