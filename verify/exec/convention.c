/* SPDX-License-Identifier: MIT */
/* convention.c: see convention.h. A factor that is declared is taken out before anything is
 * compared, so that a program is right or wrong by what it means, not by how it counts. */
#include "verify/exec/convention.h"
#include "verify/verify.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MS_A_SECOND = 1000 };

/* ---- a factor: numbers and units, * and / ---- */

struct factor {
    const char *at;
    const struct case_problem *c; /* NULL: only whether it can be read */
    double step;
    bool bad;
};

/* The one value of all output neurons; NaN if they differ. */
static double common(const struct case_values *values)
{
    for (size_t k = 1; k < values->count; k++)
        if (values->at[k] != values->at[0])
            return VER_NAN;
    return values->count > 0 ? values->at[0] : VER_NAN;
}

static double unit_value(struct factor *f, const char *unit, size_t length)
{
    static const char *const name[] = {"tau_mem", "tau_syn", "T", "N", "dt", "step"};
    size_t k = 0, units = sizeof name / sizeof *name;
    while (k < units && (strlen(name[k]) != length || strncmp(name[k], unit, length) != 0))
        k++;
    f->bad |= k == units;
    if (f->bad || !f->c)
        return 1;
    const struct case_population *outputs = &f->c->population[f->c->loss.population];
    const double value[] = {common(&outputs->tau_mem),
                            common(&outputs->tau_syn),
                            f->c->end,
                            (double)f->c->samples,
                            f->step,
                            f->step};
    return value[k];
}

static double take_one(struct factor *f)
{
    char *end;
    f->at += strspn(f->at, " ");
    size_t letters = strspn(f->at, "abcdefghijklmnopqrstuvwxyzTN_");
    double value = letters > 0 ? unit_value(f, f->at, letters) : strtod(f->at, &end);
    f->bad |= letters == 0 && end == f->at;
    f->at = letters > 0 ? f->at + letters : end;
    f->at += strspn(f->at, " ");
    return value;
}

/* Fills *value; false if the text is no factor. */
static bool read_factor(double *value, const char *text, const struct case_problem *c, double step)
{
    struct factor f = {text, c, step, false};
    *value = take_one(&f);
    while (!f.bad && (*f.at == '*' || *f.at == '/')) {
        bool over = *f.at++ == '/';
        double next = take_one(&f);
        *value = over ? *value / next : *value * next;
    }
    return !f.bad && *f.at == '\0' && *value != 0 && !isinf(*value);
}

/* The factor on gradients for a case, sign and samples included; NaN where it has no one value. */
static double convention_factor(const struct convention *convention, const struct case_problem *c,
                                double step)
{
    double value;
    const char *scale = convention->scale[c->loss.kind];
    bool counted = strchr(scale, 'N') != NULL; /* the sum is in the scale already */
    if (convention->unread)
        value = 1;
    else if (!read_factor(&value, scale, c, step))
        return VER_NAN;
    return value * convention->sign * (convention->sum && !counted ? (double)c->samples : 1);
}

/* ---- reading ---- */

static int refuse(struct case_error *error, const char *key, const char *found, const char *wanted)
{
    snprintf(error->text, sizeof error->text, "conventions.%s: found %.100s, wanted %s", key, found,
             wanted);
    return -1;
}

static int refuse_value(struct case_error *error, const char *key, const json_t *value,
                        const char *wanted)
{
    char *found = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    int failed = refuse(error, key, found ? found : "something else", wanted);
    free(found);
    return failed;
}

/* 0: neither there nor one of them; 1: the first of the two words; 2: the second; -1 and error. */
static int one_of(const json_t *document, const char *key, const char *first, const char *second,
                  struct case_error *error)
{
    char wanted[80];
    const json_t *value = json_object_get(document, key);
    if (!value)
        return 0;
    if (json_is_string(value) && strcmp(json_string_value(value), first) == 0)
        return 1;
    if (json_is_string(value) && strcmp(json_string_value(value), second) == 0)
        return 2;
    snprintf(wanted, sizeof wanted, "\"%s\" or \"%s\"", first, second);
    return refuse_value(error, key, value, wanted);
}

void convention_default(struct convention *convention)
{
    *convention = (struct convention){.sign = 1};
    for (int kind = 0; kind < CASE_LOSS_KINDS; kind++)
        strcpy(convention->scale[kind], "1");
}

/* Of one kind of loss, a text or a number. 0, or -1 and error. */
static int take_scale(struct convention *convention, int kind, const json_t *scale,
                      struct case_error *error)
{
    char *text = convention->scale[kind];
    double value;
    if (json_is_number(scale))
        snprintf(text, CONVENTION_SCALE, "%.17g", json_number_value(scale));
    else if (json_is_string(scale))
        snprintf(text, CONVENTION_SCALE, "%s", json_string_value(scale));
    else
        return refuse_value(error, "scale", scale,
                            "a text, a number, or an object of those by kind of loss");
    convention->unread |= !read_factor(&value, text, NULL, 1); /* said for people */
    return 0;
}

/* One for all, or by kind of loss: a kind that is not named has none. 0, or -1 and error. */
static int take_scales(struct convention *convention, json_t *scale, struct case_error *error)
{
    const char *name;
    json_t *value;
    int failed = 0;
    for (int kind = 0; kind < CASE_LOSS_KINDS && !failed && !json_is_object(scale); kind++)
        failed = take_scale(convention, kind, scale, error);
    json_object_foreach(scale, name, value)
    {
        int kind = 0;
        while (kind < CASE_LOSS_KINDS && strcmp(name, case_loss_kind_name((unsigned)kind)) != 0)
            kind++;
        if (kind == CASE_LOSS_KINDS)
            return refuse(error, "scale", name, "a kind of loss");
        failed = failed || take_scale(convention, kind, value, error);
    }
    return failed;
}

/* A key that is misspelt would be a convention that is not applied. */
static int refuse_unknown(json_t *document, struct case_error *error)
{
    static const char *const known[] = {
        "format",   "engine",  "version", "time",      "time_unit",          "answers_in",
        "sign",     "scale",   "loss",    "precision", "surrogate",          "repeatable",
        "provides", "refuses", "note",    "accuracy",  "threshold_residual", "can"};
    const char *key;
    json_t *value;
    json_object_foreach(document, key, value)
    {
        size_t k = 0;
        while (k < sizeof known / sizeof *known && strcmp(key, known[k]) != 0)
            k++;
        if (k < sizeof known / sizeof *known)
            continue;
        snprintf(error->text, sizeof error->text, "conventions: found %.60s, wanted one of %s", key,
                 "time, answers_in, sign, scale, loss, precision, accuracy, threshold_residual, "
                 "surrogate, repeatable, can, or what is for people: engine, version, time_unit, "
                 "provides, refuses, note");
        return -1;
    }
    return 0;
}

/* A number from 0 to below 1. 0, or -1 and error. */
static int take_tolerance(double *to, const json_t *document, const char *key,
                          struct case_error *error)
{
    const json_t *value = json_object_get(document, key);
    if (value &&
        !(json_is_number(value) && json_number_value(value) >= 0 && json_number_value(value) < 1))
        return refuse_value(error, key, value, "a number from 0 to below 1");
    *to = value ? json_number_value(value) : 0;
    return 0;
}

static int take_numbers(struct convention *convention, const json_t *document,
                        struct case_error *error)
{
    const json_t *sign = json_object_get(document, "sign");
    json_t *scale = json_object_get(document, "scale");
    if (sign && (!json_is_number(sign) || fabs(json_number_value(sign)) != 1))
        return refuse_value(error, "sign", sign, "1 or -1");
    if (sign)
        convention->sign = json_number_value(sign) < 0 ? -1 : 1;
    if (take_tolerance(&convention->accuracy, document, "accuracy", error) != 0 ||
        take_tolerance(&convention->residual, document, "threshold_residual", error) != 0)
        return -1;
    return scale ? take_scales(convention, scale, error) : 0;
}

/* What it calls itself: a line, whatever is in it. */
static void take_name(char text[CONVENTION_NAME], const json_t *document, const char *key)
{
    const char *name = json_string_value(json_object_get(document, key));
    snprintf(text, CONVENTION_NAME, "%s", name ? name : "");
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
}

int convention_read(struct convention *convention, const char *text, size_t length,
                    struct case_error *error)
{
    json_error_t where;
    json_t *document = json_loadb(text, length, 0, &where);
    const json_t *format = json_object_get(document, "format"), *surrogate;
    convention_default(convention);
    if (!json_is_string(format) ||
        strcmp(json_string_value(format), "evident-conventions-1") != 0) {
        json_decref(document);
        convention->garbled = strspn(text, " \t\r\n") < length;
        return 1;
    }
    int time = refuse_unknown(document, error);
    time = time < 0 ? -1 : one_of(document, "time", "exact", "grid", error);
    int loss = time < 0 ? -1 : one_of(document, "loss", "mean", "sum", error);
    int unit = loss < 0 ? -1 : one_of(document, "answers_in", "ms", "s", error);
    int bits = unit < 0 ? -1 : one_of(document, "precision", "float64", "float32", error);
    int failed = bits < 0 ? -1 : take_numbers(convention, document, error);
    if (!failed)
        failed = convention_take_can(&convention->can, json_object_get(document, "can"), error);
    surrogate = json_object_get(document, "surrogate");
    const json_t *repeatable = json_object_get(document, "repeatable");
    if (!failed && repeatable && !json_is_boolean(repeatable))
        failed = refuse_value(error, "repeatable", repeatable, "true or false");
    take_name(convention->name, document, "engine");
    take_name(convention->version, document, "version");
    convention->varies = json_is_false(repeatable);
    convention->known = true;
    convention->grid = time == 2;
    convention->sum = loss == 2;
    convention->seconds = unit == 2;
    convention->single = bits == 2;
    convention->surrogate = json_is_string(surrogate) && *json_string_value(surrogate);
    json_decref(document);
    return failed;
}

int convention_load(struct convention *convention, const char *path, struct case_error *error)
{
    static char text[1 << 16];
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, sizeof text, file) : 0;
    int bad = !file || ferror(file) ? errno : 0;
    if (file)
        fclose(file);
    if (bad || length == sizeof text) {
        snprintf(error->text, sizeof error->text, "%.300s: %s", path,
                 bad ? strerror(bad) : "too long for conventions");
        return -1;
    }
    int got = convention_read(convention, text, length, error);
    if (got > 0)
        snprintf(error->text, sizeof error->text,
                 "%.300s: found something else, wanted a document in evident-conventions-1", path);
    return got == 0 ? 0 : -1;
}

/* ---- applying ---- */

int convention_apply(struct result *answer, const struct case_problem *c, double step,
                     const struct convention *convention, char *reason, size_t size)
{
    struct case_block *block = NULL;
    size_t parameters, blocks = case_blocks(&block, &parameters, c);
    double factor = convention_factor(convention, c, step);
    double unit = convention->seconds ? MS_A_SECOND : 1;
    if (!block || !isfinite(factor)) {
        snprintf(reason, size, "%s",
                 block ? "its declared scale has no one value in this case" : "memory is short");
        free(block);
        return -1;
    }
    for (size_t b = 0; b < blocks; b++) {
        enum case_quantity q = block[b].quantity;
        bool by_time = q != CASE_WEIGHT && q != CASE_THRESHOLD && q != CASE_BIAS;
        for (size_t k = 0; k < block[b].rows * block[b].columns; k++)
            answer->gradient[block[b].first + k] /= by_time ? factor * unit : factor;
    }
    answer->loss /= convention->sum ? (double)c->samples : 1;
    for (size_t k = 0; answer->spikes && k < answer->trains; k++)
        for (size_t i = 0; i < answer->spikes[k].count; i++)
            answer->spikes[k].at[i] *= unit;
    free(block);
    return 0;
}

/* ", scale 1/tau_mem", of all kinds of loss or of some: ", scale 1/tau_mem of first-spike-margin".
 */
static void put_scale(char *text, size_t size, const struct convention *convention, int kind)
{
    const char *scale = convention->scale[kind];
    bool all = true;
    for (int k = 0; k < CASE_LOSS_KINDS; k++)
        all = all && strcmp(convention->scale[k], convention->scale[0]) == 0;
    size_t used = strlen(text);
    if (strcmp(scale, "1") != 0 && (!all || kind == 0))
        snprintf(text + used, size - used, "%s%s%s%s", used == 0 ? ", scale " : ", ", scale,
                 all ? "" : " of ", all ? "" : case_loss_kind_name((unsigned)kind));
}

void convention_text(char *text, size_t size, const struct convention *convention)
{
    if (!convention->known) {
        snprintf(text, size, "none given%s: judged as exact, in binary64, as it answers",
                 convention->garbled ? " (what --conventions printed is no such document)" : "");
        return;
    }
    char scale[160] = "", within[80] = "";
    if (convention->accuracy > 0)
        snprintf(within, sizeof within, ", within its accuracy of %g", convention->accuracy);
    if (convention->residual > 0)
        snprintf(within + strlen(within), sizeof within - strlen(within),
                 ", within its threshold residual of %g", convention->residual);
    for (int kind = 0; kind < CASE_LOSS_KINDS; kind++)
        put_scale(scale, sizeof scale, convention, kind);
    snprintf(text, size, "%s, %s%s%s%s%s%s%s%s%s", convention->grid ? "grid" : "exact",
             convention->single ? "binary32" : "binary64", within,
             convention->sign < 0 ? ", opposite sign" : "", scale,
             convention->unread ? " (not understood, not applied)" : "",
             convention->sum ? ", sum over samples" : "", convention->seconds ? ", in s" : "",
             convention->varies ? ", not repeatable" : "",
             convention->surrogate ? ", surrogate gradient" : "");
}
