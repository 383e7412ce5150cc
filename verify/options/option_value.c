/* SPDX-License-Identifier: MIT */
/* option_value.c: one value of one option: read and checked by its row, and printed again. */
#include "verify/options/options.h"
#include "verify/base/word.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

bool command_number(const char *command, const char *option, const char *text, uint64_t least,
                    uint64_t most, uint64_t *number)
{
    char *end = NULL;
    errno = 0;
    bool digits = text[0] >= '0' && text[0] <= '9';
    uintmax_t value = digits ? strtoumax(text, &end, 10) : 0;
    if (digits && *end == '\0' && errno == 0 && value >= least && value <= most) {
        *number = value;
        return true;
    }
    command_refuse(command, "--%s: found '%s', wanted a whole number from %" PRIu64 " to %" PRIu64,
                   option, text, least, most);
    return false;
}

/* From least on; a time, which is given without: above 0. */
static bool take_real(const struct option *row, const char *where, const char *text, double *number)
{
    char *end;
    errno = 0;
    double x = strtod(text, &end), least = (double)row->least;
    bool is_time = row->kind == OPTION_TIME;
    if (end != text && *end == '\0' && errno == 0 && isfinite(x) &&
        (is_time ? x > 0 : x >= least)) {
        *number = x;
        return true;
    }
    if (is_time)
        command_refuse(where, "--%s: found '%s', wanted a time in ms, above 0", row->name, text);
    else
        command_refuse(where, "--%s: found '%s', wanted a number from %g on", row->name, text,
                       least);
    return false;
}

static bool take_choice(const struct option *row, const char *where, const char *text)
{
    char wanted[200] = "";
    for (const char *at = row->argument; *at;) {
        size_t length = strcspn(at, "|"), used = strlen(wanted);
        const char *next = at + length + (at[length] == '|');
        if (strlen(text) == length && strncmp(text, at, length) == 0)
            return true;
        snprintf(wanted + used, sizeof wanted - used, "%.*s%s", (int)length, at,
                 !*next              ? ""
                 : strchr(next, '|') ? ", "
                                     : " or ");
        at = next;
    }
    command_refuse(where, "--%s: found '%s', wanted %s", row->name, text, wanted);
    return false;
}

static void store_whole(const struct option *row, void *to, uint64_t n)
{
    switch (row->kind) {
    case OPTION_LONG:
        *(long *)to = (long)n;
        break;
    case OPTION_UNSIGNED:
        *(unsigned *)to = (unsigned)n;
        break;
    case OPTION_SECONDS:
        *(double *)to = (double)n;
        break;
    case OPTION_MEBIBYTES:
        *(size_t *)to = (size_t)n << 20;
        break;
    default:
        *(uint64_t *)to = n;
    }
}

bool option_take(const struct option *row, struct options *options, const char *value)
{
    void *to = (char *)options + row->place;
    uint64_t n = 0;
    switch (row->kind) {
    case OPTION_OTHER:
        return row->take(options, value);
    case OPTION_SWITCH:
        return *(bool *)to = true;
    case OPTION_CHOICE:
        if (!take_choice(row, options->where, value))
            return false;
        *(const char **)to = value;
        return true;
    case OPTION_TEXT:
        *(const char **)to = value;
        return true;
    case OPTION_REAL:
    case OPTION_TIME:
        return take_real(row, options->where, value, to);
    default:
        if (!command_number(options->where, row->name, value, row->least, row->most, &n))
            return false;
        store_whole(row, to, n);
        return true;
    }
}

/* ---- printing ---- */

static uint64_t load_whole(const struct option *row, const void *from)
{
    const long *whole = from;
    const unsigned *small = from;
    const double *seconds = from;
    const size_t *bytes = from;
    const uint64_t *any = from;
    switch (row->kind) {
    case OPTION_LONG:
        return (uint64_t)*whole;
    case OPTION_UNSIGNED:
        return *small;
    case OPTION_SECONDS:
        return (uint64_t)*seconds;
    case OPTION_MEBIBYTES:
        return *bytes >> 20;
    default:
        return *any;
    }
}

/* As it would be given; false where it is not given. A number that is no good value stands for
 * that, and so does 0 where it is one and there is no default, unless options->given says more. */
static bool value_text(char text[40], const struct option *row, const struct options *options)
{
    const void *from = (const char *)options + row->place;
    if (row->kind == OPTION_REAL || row->kind == OPTION_TIME) {
        double x = *(const double *)from;
        snprintf(text, 40, "%.17g", x);
        return row->plain || x > 0;
    }
    uint64_t n = load_whole(row, from);
    snprintf(text, 40, "%" PRIu64, n);
    return n >= row->least && (row->plain || n > 0 || options->given[row - option_table]);
}

void option_put(FILE *out, const struct option *row, const struct options *options, bool explicitly)
{
    const void *from = (const char *)options + row->place;
    const char *value;
    char text[40];
    switch (row->kind) {
    case OPTION_HELP:
    case OPTION_VERSION:
        return;
    case OPTION_OTHER:
        if (row->put)
            row->put(out, options);
        return;
    case OPTION_SWITCH:
        if (*(const bool *)from)
            fprintf(out, " --%s", row->name);
        return;
    case OPTION_TEXT:
    case OPTION_CHOICE:
        value = *(const char *const *)from;
        break;
    default:
        value = value_text(text, row, options) ? text : NULL;
    }
    if (!value || (row->plain && !explicitly && strcmp(value, row->plain) == 0))
        return;
    fprintf(out, " --%s ", row->name);
    ver_word_put(out, value);
}

/* ---- of a kind of their own ---- */

/* "2/8": the second of eight. */
bool option_take_shard(struct options *options, const char *value)
{
    char *slash, *end;
    errno = 0;
    bool digit = value[0] >= '0' && value[0] <= '9';
    options->shard = digit ? strtoumax(value, &slash, 10) : 0;
    if (options->shard > 0 && *slash == '/' && slash[1] >= '0' && slash[1] <= '9') {
        options->shards = strtoumax(slash + 1, &end, 10);
        if (*end == '\0' && errno == 0 && options->shard <= options->shards)
            return true;
    }
    command_refuse(options->where, "--shard: found '%s', wanted I/N with 1 <= I <= N", value);
    return false;
}

void option_put_shard(FILE *out, const struct options *options)
{
    if (options->shards > 0)
        fprintf(out, " --shard %" PRIu64 "/%" PRIu64, options->shard, options->shards);
}

/* "50" or "90%". */
bool option_take_judged(struct options *options, const char *text)
{
    char *end = NULL;
    errno = 0;
    bool digits = text[0] >= '0' && text[0] <= '9';
    uintmax_t value = digits ? strtoumax(text, &end, 10) : 0;
    bool percent = digits && *end == '%';
    if (digits && errno == 0 && end[percent] == '\0' && value <= (percent ? 100 : UINT32_MAX)) {
        options->judged = value;
        options->percent = percent;
        return true;
    }
    command_refuse(options->where,
                   "--require-judged: found '%s', wanted a number of cases, or P%% from 0%% to "
                   "100%%",
                   text);
    return false;
}

void option_put_judged(FILE *out, const struct options *options)
{
    if (options->judged > 0 || options->percent)
        fprintf(out, " --require-judged %" PRIu64 "%s", options->judged,
                options->percent ? "%" : "");
}

bool option_is_of(const struct option *row, const char *command)
{
    size_t length = strlen(command);
    if (strcmp(row->of, "*") == 0)
        return true;
    for (const char *at = row->of; (at = strstr(at, command)); at += length)
        if ((at == row->of || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

bool option_take_setting(struct options *options, const char *value)
{
    if (options->settings == SETTINGS_MOST) {
        command_refuse(options->where, "--set: more than %d of them", SETTINGS_MOST);
        return false;
    }
    options->setting[options->settings++] = value;
    return true;
}

void option_put_settings(FILE *out, const struct options *options)
{
    for (size_t k = 0; k < options->settings; k++)
        fprintf(out, " --set %s", options->setting[k]);
}
