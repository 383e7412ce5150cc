/* SPDX-License-Identifier: MIT */
/* settings.c: what is done by the table of settings: reading, checking, printing. */
#include "gpu/train/settings_table.h"

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static char **text_at(struct train_settings *s, const struct train_setting *row)
{
    return (char **)(void *)((char *)s + row->place);
}

static double *number_at(struct train_settings *s, const struct train_setting *row)
{
    return (double *)(void *)((char *)s + row->place);
}

static bool *switch_at(struct train_settings *s, const struct train_setting *row)
{
    return (bool *)(void *)((char *)s + row->place);
}

static int fail(struct case_error *error, const char *where, const char *name, const char *found,
                const char *wanted)
{
    snprintf(error->text, sizeof error->text, "%s: %s: found %.80s, wanted %s", where, name, found,
             wanted);
    return -1;
}

/* ---- one value ---- */

static bool is_word(const char *words, const char *text)
{
    size_t size = strlen(text);
    for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strncmp(at, text, size) == 0 && (at[size] == '|' || at[size] == '\0') && size > 0)
            return true;
    return false;
}

static int take_text(struct train_settings *s, const struct train_setting *row, const char *text,
                     const char *where, const char *directory, struct case_error *error)
{
    json_t *whole = json_string(text); /* else it could not be printed and read back */
    json_decref(whole);
    if (!whole)
        return fail(error, where, row->name, "no UTF-8", "text that is");
    if (row->kind == SETTING_CHOICE && !is_word(row->words, text))
        return fail(error, where, row->name, text, row->words);
    bool beside = row->kind == SETTING_PATH && directory && text[0] && text[0] != '/' &&
                  strncmp(text, "yin-yang:", 9) != 0;
    size_t size = strlen(text) + (beside ? strlen(directory) + 1 : 0) + 1;
    char *taken = malloc(size);
    if (!taken)
        return fail(error, where, row->name, "no memory", "some");
    snprintf(taken, size, "%s%s%s", beside ? directory : "", beside ? "/" : "", text);
    free(*text_at(s, row));
    *text_at(s, row) = taken;
    return 0;
}

static int take_number(struct train_settings *s, const struct train_setting *row, double value,
                       const char *shown, const char *where, struct case_error *error)
{
    char wanted[120];
    snprintf(wanted, sizeof wanted, "a %s from %.9g to %.9g",
             row->kind == SETTING_WHOLE ? "whole number" : "number", row->least, row->most);
    if (!(value >= row->least && value <= row->most) ||
        (row->kind == SETTING_WHOLE && value != floor(value)))
        return fail(error, where, row->name, shown, wanted);
    *number_at(s, row) = value;
    return 0;
}

/* From text, as in a default or NAME=VALUE. */
static int take_shown(struct train_settings *s, const struct train_setting *row, const char *text,
                      const char *where, struct case_error *error)
{
    if (row->kind == SETTING_TEXT || row->kind == SETTING_PATH || row->kind == SETTING_CHOICE)
        return take_text(s, row, text, where, NULL, error);
    if (row->kind == SETTING_SWITCH) {
        bool on = strcmp(text, "true") == 0;
        if (!on && strcmp(text, "false") != 0)
            return fail(error, where, row->name, text, "true or false");
        *switch_at(s, row) = on;
        return 0;
    }
    char *rest;
    double value = strtod(text, &rest);
    return take_number(s, row, rest == text || *rest ? (double)NAN : value, text, where, error);
}

static int take_json(struct train_settings *s, const struct train_setting *row, const json_t *value,
                     const char *where, const char *directory, struct case_error *error)
{
    static const char *const wanted[] = {"a text",   "a text",         "a text",
                                         "a number", "a whole number", "true or false"};
    char *shown = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    int failed;
    if (row->kind <= SETTING_CHOICE && json_is_string(value))
        failed = take_text(s, row, json_string_value(value), where, directory, error);
    else if (row->kind == SETTING_TEXT && json_is_integer(value) && shown) /* "hidden": 256 */
        failed = take_text(s, row, shown, where, directory, error);
    else if ((row->kind == SETTING_NUMBER || row->kind == SETTING_WHOLE) && json_is_number(value))
        failed = take_number(s, row, json_number_value(value), shown ? shown : "?", where, error);
    else if (row->kind == SETTING_SWITCH && json_is_boolean(value)) {
        *switch_at(s, row) = json_is_true(value);
        failed = 0;
    } else
        failed = fail(error, where, row->name, shown ? shown : "?", wanted[row->kind]);
    free(shown);
    return failed;
}

static const struct train_setting *find(const char *name, size_t size)
{
    for (size_t k = 0; train_setting[k].name; k++)
        if (strlen(train_setting[k].name) == size &&
            strncmp(train_setting[k].name, name, size) == 0)
            return &train_setting[k];
    return NULL;
}

/* ---- all ---- */

int train_settings_start(struct train_settings *settings, struct case_error *error)
{
    *settings = (struct train_settings){.name = NULL};
    for (size_t k = 0; train_setting[k].name; k++)
        if (take_shown(settings, &train_setting[k], train_setting[k].plain, "defaults", error) != 0)
            return -1;
    return 0;
}

void train_settings_clear(struct train_settings *settings)
{
    for (size_t k = 0; train_setting[k].name; k++)
        if (train_setting[k].kind <= SETTING_CHOICE) {
            free(*text_at(settings, &train_setting[k]));
            *text_at(settings, &train_setting[k]) = NULL;
        }
}

int train_settings_parse(struct train_settings *settings, const char *text, size_t size,
                         const char *where, const char *directory, struct case_error *error)
{
    json_error_t wrong;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &wrong);
    const char *name;
    json_t *value;
    int failed = 0;
    if (!root || !json_is_object(root)) {
        if (root)
            snprintf(error->text, sizeof error->text, "%s: found no object, wanted one of settings",
                     where);
        else
            snprintf(error->text, sizeof error->text, "%s: line %d: %.150s", where, wrong.line,
                     wrong.text);
        json_decref(root);
        return -1;
    }
    json_object_foreach(root, name, value)
    {
        const struct train_setting *row = find(name, strlen(name));
        failed = row ? take_json(settings, row, value, where, directory, error)
                     : fail(error, where, name, "a name of no setting",
                            "one of `evident train --settings`");
        if (failed)
            break;
    }
    json_decref(root);
    return failed;
}

static char *read_file(const char *path, size_t *size)
{
    enum { MOST = 1 << 20 };
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(MOST) : NULL;
    *size = text ? fread(text, 1, MOST, file) : 0;
    if (text && ferror(file)) { /* a directory */
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}

int train_settings_read(struct train_settings *settings, const char *path, struct case_error *error)
{
    size_t size;
    char *text = read_file(path, &size), *directory = strdup(path);
    int failed = -1;
    char *slash = directory ? strrchr(directory, '/') : NULL;
    if (slash)
        *slash = '\0';
    if (!text || !directory)
        snprintf(error->text, sizeof error->text,
                 "%s: found no file that can be read, wanted a "
                 "configuration",
                 path);
    else
        failed = train_settings_parse(settings, text, size, path, slash ? directory : NULL, error);
    free(text);
    free(directory);
    return failed;
}

int train_settings_set(struct train_settings *settings, const char *text, struct case_error *error)
{
    const char *equals = strchr(text, '=');
    const struct train_setting *row = equals ? find(text, (size_t)(equals - text)) : NULL;
    if (!equals)
        return fail(error, "--set", text, "no =", "NAME=VALUE");
    if (!row)
        return fail(error, "--set", text, "a name of no setting",
                    "one of `evident train --settings`");
    return take_shown(settings, row, equals + 1, "--set", error);
}

size_t train_layers(const struct train_settings *settings, size_t size[TRAIN_LAYERS])
{
    size_t layers = 0;
    const char *at = settings->hidden;
    while (layers < TRAIN_LAYERS) {
        char *rest;
        unsigned long neurons = strtoul(at, &rest, 10);
        if (rest == at || neurons < 1 || neurons > 65536 || *at == '-')
            return 0;
        size[layers++] = neurons;
        if (*rest == '\0')
            return layers;
        if (*rest != ',')
            return 0;
        at = rest + 1;
    }
    return 0;
}

int train_settings_check(const struct train_settings *s, struct case_error *error)
{
    size_t size[TRAIN_LAYERS];
    bool validated = s->validation[0] || s->leave >= 0 || s->validate > 0;
    if (train_layers(s, size) == 0)
        return fail(error, s->name, "hidden", s->hidden, "1 to 4 sizes with commas between");
    if (!s->train[0])
        return fail(error, s->name, "train", "nothing", "a file of spikes, or yin-yang:train");
    if (s->end / s->step > 65535)
        return fail(error, s->name, "step", "more than 65,535 steps a trial", "fewer");
    if (s->train_delays && (s->taps - 1) * s->tap + s->delay_start > s->most_delay)
        return fail(error, s->name, "most_delay", "less than the delays at the start",
                    "(taps - 1) tap + delay_start, or more");
    if ((s->phantom || s->skip_silent) && strcmp(s->loss, "first-spike-cross-entropy") != 0)
        return fail(error, s->name, s->phantom ? "phantom" : "skip_silent", s->loss,
                    "first-spike-cross-entropy");
    if (s->phantom && s->skip_silent)
        return fail(error, s->name, "phantom", "skip_silent beside it", "one of them");
    if (s->lift > 0 && s->rewire)
        return fail(error, s->name, "lift", "rewire beside it", "one of them");
    if (strcmp(s->select, "leave-speaker") == 0 && (s->validation[0] || s->validate > 0))
        return fail(error, s->name, "select", "leave-speaker beside validation or validate",
                    "neither: each group is held out in turn");
    if ((s->validation[0] != 0) + (s->leave >= 0) + (s->validate > 0) > 1)
        return fail(error, s->name, "validation", "more than one of validation, leave, validate",
                    "one of them");
    if (strcmp(s->select, "validation") == 0 && !validated)
        return fail(error, s->name, "select", "validation without any",
                    "validation, leave or validate");
    if (strcmp(s->select, "test") == 0 && !s->test[0])
        return fail(error, s->name, "select", "test without one", "test");
    return 0;
}

/* The shortest decimal that reads back to the same number. */
static void put_shortest(FILE *out, double value)
{
    char text[32];
    if (value == floor(value) && fabs(value) < 1e15) {
        fprintf(out, "%.0f", value);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    fputs(text, out);
}

static bool is_plain(struct train_settings *s, const struct train_setting *row)
{
    if (row->kind <= SETTING_CHOICE)
        return strcmp(*text_at(s, row), row->plain) == 0;
    if (row->kind == SETTING_SWITCH)
        return *switch_at(s, row) == (row->plain[0] == 't');
    return *number_at(s, row) == strtod(row->plain, NULL);
}

static void put_value(FILE *out, struct train_settings *s, const struct train_setting *row)
{
    if (row->kind <= SETTING_CHOICE)
        case_put_quoted(out, *text_at(s, row));
    else if (row->kind == SETTING_SWITCH)
        fputs(*switch_at(s, row) ? "true" : "false", out);
    else
        put_shortest(out, *number_at(s, row));
}

void train_settings_put(FILE *out, const struct train_settings *settings, bool all)
{
    struct train_settings *s = (struct train_settings *)settings; /* which is only read */
    const char *between = "{\n  ";
    for (size_t k = 0; train_setting[k].name; k++) {
        const struct train_setting *row = &train_setting[k];
        if (!all && is_plain(s, row))
            continue;
        fprintf(out, "%s\"%s\": ", between, row->name);
        between = ",\n  ";
        put_value(out, s, row);
    }
    fputs(between[0] == '{' ? "{}\n" : "\n}\n", out);
}

static bool is_same(struct train_settings *a, struct train_settings *b,
                    const struct train_setting *row)
{
    if (row->kind <= SETTING_CHOICE)
        return strcmp(*text_at(a, row), *text_at(b, row)) == 0;
    if (row->kind == SETTING_SWITCH)
        return *switch_at(a, row) == *switch_at(b, row);
    return *number_at(a, row) == *number_at(b, row);
}

/* What only looks on, the name, where data lie, and, unless the training goes by them, how many
 * epochs and what the last word is spoken on. */
static bool may_differ(const struct train_setting *row, const struct train_settings *s)
{
    bool by_epochs = strcmp(s->schedule, "one-cycle") == 0;
    bool by_test = strcmp(s->select, "test") == 0;
    return strcmp(row->name, "name") == 0 || strcmp(row->name, "verify_every") == 0 ||
           (strcmp(row->name, "epochs") == 0 && !by_epochs) ||
           (row->kind == SETTING_PATH && !(by_test && strncmp(row->name, "test", 4) == 0));
}

static void show_value(char *text, size_t size, struct train_settings *s,
                       const struct train_setting *row)
{
    FILE *out = fmemopen(text, size, "w");
    *text = '\0';
    if (out) {
        put_value(out, s, row);
        fclose(out);
    }
    text[size - 1] = '\0';
}

int train_settings_same(const struct train_settings *settings, const struct train_settings *kept,
                        const char *where, struct case_error *error)
{
    /* Both are only read. */
    struct train_settings *a = (struct train_settings *)settings,
                          *b = (struct train_settings *)kept;
    for (size_t k = 0; train_setting[k].name; k++) {
        const struct train_setting *row = &train_setting[k];
        if (may_differ(row, settings) || is_same(a, b, row))
            continue;
        char found[80], wanted[80], wish[160];
        show_value(found, sizeof found, b, row);
        show_value(wanted, sizeof wanted, a, row);
        snprintf(wish, sizeof wish, "%s, that of this training, to go on", wanted);
        return fail(error, where, row->name, found, wish);
    }
    return 0;
}

char *train_settings_text(const struct train_settings *settings, bool all, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (!out)
        return NULL;
    train_settings_put(out, settings, all);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

void train_settings_help(FILE *out)
{
    for (size_t k = 0; train_setting[k].name; k++)
        fprintf(out, "%-20s %-12.30s %s\n", train_setting[k].name,
                train_setting[k].plain[0] ? train_setting[k].plain : "-", train_setting[k].help);
}
