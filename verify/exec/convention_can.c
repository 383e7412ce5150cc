/* SPDX-License-Identifier: MIT */
/* convention_can.c: what a program says that it can, of its conventions (PROTOCOL.md, "What a
 * program can"). What is misspelt would leave out cases, or none, in silence: it is refused. */
#include "verify/exec/convention.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static int refuse(struct case_error *error, const char *key, const json_t *value,
                  const char *wanted)
{
    char *found = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    snprintf(error->text, sizeof error->text, "conventions.can.%.40s: found %.100s, wanted %s", key,
             found ? found : "something else", wanted);
    free(found);
    return -1;
}

static const char *model_of(unsigned model)
{
    static const char *const name[] = {NULL, "lif", "li"}; /* in the order of enum case_model */
    return model < sizeof name / sizeof *name ? name[model] : NULL;
}

static const char *loss_of(unsigned kind)
{
    return kind < CASE_LOSS_KINDS ? case_loss_kind_name((enum case_loss_kind)kind) : NULL;
}

/* A list of names as bits. */
static int take_names(unsigned *bits, const char *key, const json_t *list,
                      const char *(*name_of)(unsigned), unsigned names, const char *wanted,
                      struct case_error *error)
{
    for (size_t k = 0; k < json_array_size(list); k++) {
        const char *name = json_string_value(json_array_get(list, k));
        unsigned bit = 0;
        while (bit < names && !(name && name_of(bit) && strcmp(name, name_of(bit)) == 0))
            bit++;
        if (bit == names)
            return refuse(error, key, json_array_get(list, k), wanted);
        *bits |= 1u << bit;
    }
    return *bits ? 0 : refuse(error, key, list, wanted);
}

/* MOST or [LEAST, MOST]. */
static int take_range(size_t *least, size_t *most, const char *key, const json_t *value,
                      struct case_error *error)
{
    const json_t *low = json_is_array(value) ? json_array_get(value, 0) : NULL;
    const json_t *high = json_is_array(value) ? json_array_get(value, 1) : value;
    if ((json_is_array(value) && (json_array_size(value) != 2 || !json_is_integer(low))) ||
        !json_is_integer(high) || json_integer_value(high) < 1 || json_integer_value(low) < 0 ||
        json_integer_value(low) > json_integer_value(high))
        return refuse(error, key, value, "a whole number from 1 on, or [least, most]");
    *least = (size_t)json_integer_value(low);
    *most = (size_t)json_integer_value(high);
    return 0;
}

static int take_delays(struct case_fit *can, const json_t *value, struct case_error *error)
{
    const char *text = json_string_value(value);
    if (json_is_boolean(value))
        can->delays = json_is_true(value) ? CASE_FIT_ANY_DELAYS : CASE_FIT_NO_DELAYS;
    else if (text && strcmp(text, "whole") == 0)
        can->delays = CASE_FIT_WHOLE_DELAYS;
    else
        return refuse(error, "delays", value, "true, false or \"whole\" (numbers of steps)");
    return 0;
}

static int take_feature(struct case_fit *can, const char *key, const json_t *value,
                        struct case_error *error)
{
    int feature = 0;
    while (feature < CASE_FIT_FEATURES &&
           strcmp(key, case_fit_feature_name((enum case_fit_feature)feature)) != 0)
        feature++;
    if (feature == CASE_FIT_FEATURES)
        return refuse(error, key, value,
                      "one of models, losses, delays, layers, sizes, samples, recurrent, skip, "
                      "parallel, bias, reset, per_neuron, equal_taus");
    if (!json_is_boolean(value))
        return refuse(error, key, value, "true or false");
    can->without[feature] = json_is_false(value);
    return 0;
}

int convention_take_can(struct case_fit *can, json_t *document, struct case_error *error)
{
    const char *key;
    json_t *value;
    size_t none;
    int failed = 0;
    if (document && !json_is_object(document))
        return refuse(error, "", document, "an object");
    json_object_foreach(document, key, value)
    {
        if (failed)
            break;
        if (strcmp(key, "models") == 0)
            failed = take_names(&can->models, key, value, model_of, CASE_LI + 1,
                                "a list of \"lif\" and \"li\"", error);
        else if (strcmp(key, "losses") == 0)
            failed = take_names(&can->losses, key, value, loss_of, CASE_LOSS_KINDS,
                                "a list of kinds of loss", error);
        else if (strcmp(key, "delays") == 0)
            failed = take_delays(can, value, error);
        else if (strcmp(key, "layers") == 0)
            failed = take_range(&can->least_layers, &can->most_layers, key, value, error);
        else if (strcmp(key, "sizes") == 0)
            failed = take_range(&can->least_size, &can->most_size, key, value, error);
        else if (strcmp(key, "samples") == 0)
            failed = take_range(&none, &can->most_samples, key, value, error);
        else
            failed = take_feature(can, key, value, error);
    }
    return failed;
}
