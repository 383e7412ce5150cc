/* SPDX-License-Identifier: MIT */
/* t_settings.c: settings of a training: read, changed, printed, refused. */
#include "gpu/train/settings_table.h"
#include "tests/run_suite.h"
#include "tests/training_case.h"

static int parse(struct train_settings *s, const char *text, const char *directory,
                 struct case_error *error)
{
    return train_settings_parse(s, text, strlen(text), "cfg", directory, error);
}

/* ---- reading ---- */

TEST(every_setting_starts_with_its_default_and_has_help)
{
    struct train_settings s = settings_of(NULL);
    ck_assert_str_eq(s.hidden, "256");
    ck_assert_str_eq(s.loss, "voltage-integral-cross-entropy");
    ck_assert(s.batch == 32 && s.rate == 0.001 && s.beta2 == 0.999 && s.leave == -1 && s.merge);
    ck_assert(!s.blend && s.strength == 5e-10 && s.seed == 1);
    for (size_t k = 0; train_setting[k].name; k++)
        ck_assert_msg(strlen(train_setting[k].help) > 3, "%s", train_setting[k].name);
    train_settings_clear(&s);
}

TEST(a_configuration_goes_over_what_is_there)
{
    struct train_settings s = settings_of("batch=8 rate=0.5", NULL);
    struct case_error error = {""};
    ck_assert_int_eq(
        parse(&s, "{\"rate\": 0.25, \"hidden\": \"4,5\", \"blend\": true}", NULL, &error), 0);
    size_t size[TRAIN_LAYERS];
    ck_assert(s.batch == 8 && s.rate == 0.25 && s.blend);
    ck_assert_uint_eq(train_layers(&s, size), 2);
    ck_assert(size[0] == 4 && size[1] == 5);
    /* One layer may be a number. */
    ck_assert_int_eq(parse(&s, "{\"hidden\": 256}", NULL, &error), 0);
    ck_assert_uint_eq(train_layers(&s, size), 1);
    ck_assert_uint_eq(size[0], 256);
    train_settings_clear(&s);
}

TEST(data_lie_beside_the_configuration_that_names_them)
{
    struct train_settings s = settings_of(NULL);
    struct case_error error = {""};
    ck_assert_int_eq(parse(&s,
                           "{\"train\": \"a.h5\", \"test\": \"/b.h5\", \"validation\": "
                           "\"yin-yang:validation\", \"name\": \"n\"}",
                           "far/off", &error),
                     0);
    ck_assert_str_eq(s.train, "far/off/a.h5");
    ck_assert_str_eq(s.test, "/b.h5");
    ck_assert_str_eq(s.validation, "yin-yang:validation");
    ck_assert_str_eq(s.name, "n");
    ck_assert_str_eq(s.train_labels, "");
    train_settings_clear(&s);
}

TEST(a_file_is_read_and_its_folder_known)
{
    struct train_settings s = settings_of(NULL);
    struct case_error error = {""};
    FILE *out = fopen(file_at("c.json"), "w");
    fputs("{\"train\": \"tiny.jsonl\"}\n", out);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_int_eq(train_settings_read(&s, file_at("c.json"), &error), 0);
    ck_assert_str_eq(s.train, file_at("tiny.jsonl"));
    ck_assert_int_eq(train_settings_read(&s, file_at("none.json"), &error), -1);
    ck_assert_msg(strstr(error.text, "none.json: found no file that can be read, wanted a conf"),
                  "%s", error.text);
    ck_assert_int_eq(train_settings_read(&s, place, &error), -1);
    ck_assert_msg(strstr(error.text, ": found no file that can be read, wanted a conf"), "%s",
                  error.text);
    train_settings_clear(&s);
}

/* ---- printing ---- */

/* Every number in turn by the last place that it can have, every text with what must be escaped. */
TEST(what_is_printed_reads_back_to_the_same)
{
    static const bool all[] = {false, true};
    for (int which = 0; which < 2; which++) {
        struct train_settings s = settings_of("name=a\"b\\c\xc3\xa4 train=x.h5 blend=true "
                                              "merge=false rate=0.30000000000000004 alpha=1e-300 "
                                              "recurrent_mean=-0.1 seed=9007199254740991 "
                                              "select=train loss=first-spike-margin",
                                              NULL),
                              again = settings_of(NULL);
        struct case_error error = {""};
        char *text;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        train_settings_put(out, &s, all[which]);
        ck_assert_int_eq(fclose(out), 0);
        ck_assert_msg(train_settings_parse(&again, text, size, "again", NULL, &error) == 0, "%s",
                      error.text);
        ck_assert_str_eq(again.name, s.name);
        ck_assert(again.rate == s.rate && again.alpha == s.alpha && again.seed == s.seed);
        ck_assert_msg(train_settings_same(&again, &s, "again", &error) == 0, "%s", error.text);
        ck_assert((strstr(text, "\"batch\": 32") != NULL) == all[which]);
        free(text);
        train_settings_clear(&again);
        train_settings_clear(&s);
    }
}

TEST(without_changes_there_is_nothing_to_print)
{
    struct train_settings s = settings_of(NULL);
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    train_settings_put(out, &s, false);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(text, "{}\n");
    free(text);
    train_settings_clear(&s);
}

TEST(help_has_a_line_a_setting)
{
    char *text;
    size_t size, lines = 0, settings = 0;
    FILE *out = open_memstream(&text, &size);
    train_settings_help(out);
    ck_assert_int_eq(fclose(out), 0);
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    for (; train_setting[settings].name; settings++)
        ck_assert_msg(strstr(text, train_setting[settings].name), "%s",
                      train_setting[settings].name);
    ck_assert_uint_eq(lines, settings);
    free(text);
}

/* ---- refusals ---- */

static const struct {
    const char *text, *says;
} wrong_text[] = {
    {"[1]", "cfg: found no object, wanted one of settings"},
    {"{\"rate\": 1", "cfg: line 1: "},
    {"{\"rate\": 1, \"rate\": 2}", "cfg: line 1: duplicate object key"},
    {"{\"speed\": 1}", "cfg: speed: found a name of no setting, wanted one of `evident train "
                       "--settings`"},
    {"{\"rate\": \"x\"}", "cfg: rate: found \"x\", wanted a number"},
    {"{\"rate\": -1}", "cfg: rate: found -1, wanted a number from 0 to 1000"},
    {"{\"rate\": 1001}", "cfg: rate: found 1001, wanted a number from 0 to 1000"},
    {"{\"batch\": 1.5}", "cfg: batch: found 1.5, wanted a whole number from 1 to 65536"},
    {"{\"batch\": 0}", "cfg: batch: found 0, wanted a whole number from 1 to 65536"},
    {"{\"batch\": true}", "cfg: batch: found true, wanted a whole number"},
    {"{\"blend\": 1}", "cfg: blend: found 1, wanted true or false"},
    {"{\"hidden\": 2.5}", "cfg: hidden: found 2.5, wanted a text"},
    {"{\"train\": null}", "cfg: train: found null, wanted a text"},
    {"{\"schedule\": \"cosine\"}", "cfg: schedule: found cosine, wanted none|plateau|one-cycle"},
    {"{\"schedule\": \"\"}", "cfg: schedule: found , wanted none|plateau|one-cycle"},
    {"{\"schedule\": \"one\"}", "cfg: schedule: found one, wanted none|plateau|one-cycle"},
    {"{\"seed\": 18446744073709551616}", "cfg: line 1: too big integer"},
};

TEST(a_wrong_configuration_is_refused_in_one_line)
{
    for (size_t k = 0; k < sizeof wrong_text / sizeof *wrong_text; k++) {
        struct train_settings s = settings_of(NULL);
        struct case_error error = {""};
        ck_assert_msg(parse(&s, wrong_text[k].text, NULL, &error) == -1, "%s", wrong_text[k].text);
        ck_assert_msg(strncmp(error.text, wrong_text[k].says, strlen(wrong_text[k].says)) == 0,
                      "%s, wanted %s", error.text, wrong_text[k].says);
        ck_assert(is_one_line(error.text));
        train_settings_clear(&s);
    }
}

static const struct {
    const char *text, *says;
} wrong_set[] = {
    {"rate", "--set: rate: found no =, wanted NAME=VALUE"},
    {"speed=1", "--set: speed=1: found a name of no setting, wanted one of `evident train "
                "--settings`"},
    {"=1", "--set: =1: found a name of no setting, wanted one of `evident train --settings`"},
    {"rate=", "--set: rate: found , wanted a number from 0 to 1000"},
    {"rate=1x", "--set: rate: found 1x, wanted a number from 0 to 1000"},
    {"rate=nan", "--set: rate: found nan, wanted a number from 0 to 1000"},
    {"rate=inf", "--set: rate: found inf, wanted a number from 0 to 1000"},
    {"batch=2.5", "--set: batch: found 2.5, wanted a whole number from 1 to 65536"},
    {"epsilon=1e-13", "--set: epsilon: found 1e-13, wanted a number from 1e-12 to 1"},
    {"blend=yes", "--set: blend: found yes, wanted true or false"},
    {"select=best", "--set: select: found best, wanted validation|leave-speaker|train|last|test"},
    {"name=\xff", "--set: name: found no UTF-8, wanted text that is"},
};

TEST(a_wrong_change_is_refused_in_one_line_and_changes_nothing)
{
    for (size_t k = 0; k < sizeof wrong_set / sizeof *wrong_set; k++) {
        struct train_settings s = settings_of(NULL), plain = settings_of(NULL);
        struct case_error error = {""};
        ck_assert_msg(train_settings_set(&s, wrong_set[k].text, &error) == -1, "%s",
                      wrong_set[k].text);
        ck_assert_str_eq(error.text, wrong_set[k].says);
        ck_assert_int_eq(train_settings_same(&s, &plain, "plain", &error), 0);
        train_settings_clear(&s);
        train_settings_clear(&plain);
    }
}

static const struct {
    const char *set, *says;
} apart[] = {
    {"hidden=0", "training: hidden: found 0, wanted 1 to 4 sizes with commas between"},
    {"hidden=", "training: hidden: found , wanted 1 to 4 sizes with commas between"},
    {"hidden=8,", "training: hidden: found 8,, wanted 1 to 4 sizes with commas between"},
    {"hidden=8;9", "training: hidden: found 8;9, wanted 1 to 4 sizes with commas between"},
    {"hidden=-8", "training: hidden: found -8, wanted 1 to 4 sizes with commas between"},
    {"hidden=1,2,3,4,5",
     "training: hidden: found 1,2,3,4,5, wanted 1 to 4 sizes with commas between"},
    {"hidden=65537", "training: hidden: found 65537, wanted 1 to 4 sizes with commas between"},
    {"train=", "training: train: found nothing, wanted a file of spikes, or yin-yang:train"},
    {"end=1000 step=0.01", "training: step: found more than 65,535 steps a trial, wanted fewer"},
    {"phantom=true", "training: phantom: found voltage-integral-cross-entropy, wanted "
                     "first-spike-cross-entropy"},
    {"skip_silent=true loss=first-spike-margin",
     "training: skip_silent: found first-spike-margin, wanted first-spike-cross-entropy"},
    {"phantom=true skip_silent=true loss=first-spike-cross-entropy",
     "training: phantom: found skip_silent beside it, wanted one of them"},
    {"lift=0.1 rewire=true", "training: lift: found rewire beside it, wanted one of them"},
    {"leave=1 validate=5", "training: validation: found more than one of validation, leave, "
                           "validate, wanted one of them"},
    {"validation=v leave=0", "training: validation: found more than one of validation, leave, "
                             "validate, wanted one of them"},
    {"select=validation", "training: select: found validation without any, wanted validation, "
                          "leave or validate"},
    {"select=test", "training: select: found test without one, wanted test"},
};

TEST(settings_that_do_not_go_together_are_refused)
{
    struct case_error error = {""};
    struct train_settings right = settings_of("train=x", NULL);
    ck_assert_int_eq(train_settings_check(&right, &error), 0);
    train_settings_clear(&right);
    for (size_t k = 0; k < sizeof apart / sizeof *apart; k++) {
        struct train_settings s = settings_of("train=x", apart[k].set, NULL);
        ck_assert_msg(train_settings_check(&s, &error) == -1, "%s", apart[k].set);
        ck_assert_str_eq(error.text, apart[k].says);
        train_settings_clear(&s);
    }
}

/* ---- going on ---- */

/* Each setting by itself, another value than its default. */
TEST(a_training_goes_on_with_its_own_settings_alone)
{
    static const char *const free_rows[] = {"name", "epochs", "verify_every"};
    for (size_t k = 0; train_setting[k].name; k++) {
        const struct train_setting *row = &train_setting[k];
        struct train_settings a = settings_of(NULL), b = settings_of(NULL);
        struct case_error error = {""};
        bool is_free = row->kind == SETTING_PATH;
        char set[100];
        const char *bar = row->words ? strrchr(row->words, '|') + 1 : NULL;
        if (row->kind == SETTING_CHOICE && strcmp(bar, row->plain) == 0)
            snprintf(set, sizeof set, "%s=%.*s", row->name, (int)strcspn(row->words, "|"),
                     row->words);
        else if (row->kind == SETTING_CHOICE)
            snprintf(set, sizeof set, "%s=%s", row->name, bar);
        else if (row->kind == SETTING_SWITCH)
            snprintf(set, sizeof set, "%s=%s", row->name, row->plain[0] == 't' ? "false" : "true");
        else if (row->kind <= SETTING_PATH)
            snprintf(set, sizeof set, "%s=other", row->name);
        else
            snprintf(set, sizeof set, "%s=%.17g", row->name,
                     row->least == strtod(row->plain, NULL) ? row->most : row->least);
        for (size_t r = 0; r < sizeof free_rows / sizeof *free_rows; r++)
            is_free = is_free || strcmp(free_rows[r], row->name) == 0;
        ck_assert_msg(train_settings_set(&b, set, &error) == 0, "%s", error.text);
        ck_assert_msg((train_settings_same(&a, &b, "kept", &error) == 0) == is_free, "%s", set);
        if (!is_free) {
            char says[100];
            snprintf(says, sizeof says, "kept: %s: found ", row->name);
            ck_assert_msg(strncmp(error.text, says, strlen(says)) == 0, "%s", error.text);
        }
        train_settings_clear(&a);
        train_settings_clear(&b);
    }
}

TEST(epochs_and_the_test_set_are_fixed_where_the_training_goes_by_them)
{
    struct train_settings a = settings_of("schedule=one-cycle epochs=3", NULL),
                          b = settings_of("schedule=one-cycle epochs=4", NULL),
                          c = settings_of("select=test test=a", NULL),
                          d = settings_of("select=test test=b", NULL);
    struct case_error error = {""};
    ck_assert_int_eq(train_settings_same(&a, &b, "kept", &error), -1);
    ck_assert_str_eq(error.text,
                     "kept: epochs: found 4, wanted 3, that of this training, to go on");
    ck_assert_int_eq(train_settings_same(&c, &d, "kept", &error), -1);
    train_settings_clear(&a);
    train_settings_clear(&b);
    train_settings_clear(&c);
    train_settings_clear(&d);
}

SUITE("settings", .setup = open_place, .teardown = close_place, .seconds = 60)
