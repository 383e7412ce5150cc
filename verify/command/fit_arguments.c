/* SPDX-License-Identifier: MIT */
/* fit_arguments.c: see fit_arguments.h. */
#include "verify/command/fit_arguments.h"

#include <stdlib.h>
#include <string.h>

typedef const char *names(unsigned k);

static const char *loss_of(unsigned kind)
{
    return case_loss_kind_name((enum case_loss_kind)kind);
}

static const char *feature_of(unsigned feature)
{
    return feature < CASE_FIT_FEATURES ? case_fit_feature_name((enum case_fit_feature)feature)
                                       : "delays";
}

static void refuse(const struct options *options, const char *option, const char *word,
                   size_t length, names *name_of, unsigned count)
{
    char known[400] = "";
    for (unsigned k = 0; k < count; k++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", k > 0 ? ", " : "", name_of(k));
    }
    command_refuse(options->where, "--%s: found '%.*s', wanted some of %s", option, (int)length,
                   word, known);
}

/* Words with commas between, as bits. false after a line. */
static bool read_words(unsigned *bits, const char *option, const char *text, names *name_of,
                       unsigned count, const struct options *options)
{
    for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        size_t length = strcspn(at, ",");
        unsigned k = 0;
        while (k < count && !(strlen(name_of(k)) == length && strncmp(name_of(k), at, length) == 0))
            k++;
        if (k == count) {
            refuse(options, option, at, length, name_of, count);
            return false;
        }
        *bits |= 1u << k;
    }
    return true;
}

static bool read_sizes(struct case_fit *fit, const struct options *options)
{
    char *end;
    const char *text = options->sizes;
    bool digit = text[0] >= '0' && text[0] <= '9';
    fit->least_size = fit->most_size = strtoull(text, &end, 10);
    if (*end == '-' && end[1] >= '0' && end[1] <= '9')
        fit->most_size = strtoull(end + 1, &end, 10);
    if (digit && *end == '\0' && fit->most_size > 0 && fit->least_size <= fit->most_size)
        return true;
    command_refuse(options->where, "--sizes: found '%s', wanted LEAST-MOST, such as 1-5", text);
    return false;
}

bool fit_arguments_read(struct case_fit *fit, const struct options *options)
{
    unsigned without = 0;
    *fit = (struct case_fit){0};
    if (options->loss &&
        !read_words(&fit->losses, "loss", options->loss, loss_of, CASE_LOSS_KINDS, options))
        return false;
    if (options->without && !read_words(&without, "without", options->without, feature_of,
                                        CASE_FIT_FEATURES + 1, options))
        return false;
    for (unsigned k = 0; k < CASE_FIT_FEATURES; k++)
        fit->without[k] = without >> k & 1;
    if (without >> CASE_FIT_FEATURES & 1)
        fit->delays = CASE_FIT_NO_DELAYS;
    return !options->sizes || read_sizes(fit, options);
}
