/* SPDX-License-Identifier: MIT */
/* options_read.c: command lines by the table of options. */
#include "verify/command/command.h"
#include "verify/base/guess.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void options_start(struct options *options, const struct command *command)
{
    *options =
        (struct options){.command = command, .where = command->name, .judge = VER_OPTIONS_DEFAULT};
    for (const struct option *row = option_table; row->name; row++)
        if (row->plain && option_is_of(row, command->name))
            option_take(row, options, row->plain);
}

void options_clear(struct options *options)
{
    free(options->operand);
    free(options->suite_options);
    for (size_t k = 0; k < options->expansions; k++)
        free(options->expanded[k]);
    free(options->expanded);
    options->expanded = NULL;
    options->expansions = 0;
    options->operand = NULL;
    options->suite_options = NULL;
}

bool options_given(const struct options *options, const char *name)
{
    for (const struct option *row = option_table; row->name; row++)
        if (options->given[row - option_table] && strcmp(row->name, name) == 0)
            return true;
    return false;
}

/* ---- words ---- */

struct words {
    int argc;
    char **argv;
    int next;
    bool only_operands;       /* after "--" */
    const char *word;         /* the last */
    const struct option *row; /* NULL: an operand */
    const char *value;
};

static enum options_status refuse(const struct options *options, const char *word, const char *what)
{
    command_refuse(options->where, "%s: %s (see evident %s --help)", word, what,
                   options->command->name);
    return OPTIONS_BAD;
}

static enum options_status refuse_unknown(const struct options *options, const char *argument)
{
    const char *word = argument + strspn(argument, "-");
    struct guess guess = {.word = word, .length = strcspn(word, "=")};
    char what[80] = "unknown option";
    for (const struct option *row = option_table; row->name; row++)
        if (option_is_of(row, options->command->name))
            guess_try(&guess, row->name);
    if (guess.name)
        snprintf(what, sizeof what, "unknown option, did you mean --%s?", guess.name);
    return refuse(options, argument, what);
}

/* "-j4", "-j 4", "-q", or "--name": where the value begins in the word, NULL if it does not. */
static const struct option *find_row(const struct options *options, const char *word,
                                     const char **value)
{
    bool is_long = word[1] == '-';
    size_t length = strcspn(word, "=");
    *value = !is_long ? word + 2 : word[length] == '=' ? word + length + 1 : NULL;
    for (const struct option *row = option_table; row->name; row++) {
        bool found = is_long ? strlen(row->name) + 2 == length &&
                                   strncmp(row->name, word + 2, length - 2) == 0
                             : row->letter == word[1] && (row->argument || !word[2]);
        if (found && option_is_of(row, options->command->name)) {
            if (!is_long && !word[2])
                *value = NULL;
            return row;
        }
    }
    return NULL;
}

static enum options_status next_option(const struct options *options, struct words *words)
{
    words->row = find_row(options, words->word, &words->value);
    if (!words->row)
        return refuse_unknown(options, words->word);
    if (!words->row->argument)
        return words->value ? refuse(options, words->word, "takes no value") : OPTIONS_GOOD;
    if (!words->value && words->next >= words->argc)
        return refuse(options, words->word, "wants a value");
    if (!words->value)
        words->value = words->argv[words->next++];
    return OPTIONS_GOOD;
}

/* The next word, with its value if it is an option. */
static enum options_status next_word(const struct options *options, struct words *words)
{
    const char *word = words->word = words->argv[words->next++];
    words->row = NULL;
    words->value = word;
    if (!words->only_operands && strcmp(word, "--") == 0) {
        words->only_operands = true;
        words->value = NULL; /* no operand */
        return OPTIONS_GOOD;
    }
    if (!words->only_operands && word[0] == '-' && word[1])
        return next_option(options, words);
    return word[0] ? OPTIONS_GOOD : refuse(options, "''", "an empty argument");
}

static enum options_status help(const struct options *options, const struct option *row)
{
    if (row->kind == OPTION_HELP)
        help_command(stdout, options->command);
    else
        help_version(stdout);
    return OPTIONS_HELPED;
}

enum options_status options_words(struct options *options, int argc, char **argv,
                                  enum options_part part)
{
    struct words words = {.argc = argc, .argv = argv, .next = 1};
    if (part == OPTIONS_OPERANDS &&
        !(options->operand = calloc((size_t)argc + 1, sizeof *options->operand))) {
        command_refuse(options->where, "memory is short");
        return OPTIONS_BAD;
    }
    while (words.next < argc) {
        enum options_status status = next_word(options, &words);
        if (status != OPTIONS_GOOD)
            return status;
        if (words.row && (words.row->kind == OPTION_HELP || words.row->kind == OPTION_VERSION))
            return help(options, words.row);
        if (part == OPTIONS_OPERANDS && !words.row && words.value)
            options->operand[options->operands++] = words.value;
        if (part != OPTIONS_VALUES || !words.row)
            continue;
        options->given[words.row - option_table] = true;
        if (!option_take(words.row, options, words.value))
            return OPTIONS_BAD;
    }
    return OPTIONS_GOOD;
}

/* ---- ranges ---- */

static bool keep_operand(struct options *options, char *text)
{
    size_t size = options->operands + 1;
    const char **operand = realloc(options->operand, size * sizeof *operand);
    char **expanded = realloc(options->expanded, size * sizeof *expanded);
    options->operand = operand ? operand : options->operand;
    options->expanded = expanded ? expanded : options->expanded;
    if (!text || !operand || !expanded) {
        free(text);
        command_refuse(options->where, "memory is short");
        return false;
    }
    options->expanded[options->expansions++] = text;
    options->operand[options->operands++] = text;
    return true;
}

static char *joined(const char *text, size_t head, uint64_t number)
{
    size_t size = head + 24;
    char *name = malloc(size);
    if (name)
        snprintf(name, size, "%.*s%" PRIu64, (int)head, text, number);
    return name;
}

/* FAMILY:SEED:FIRST-LAST among the operands becomes so many of them. */
static enum options_status expand_ranges(struct options *options)
{
    enum { MOST = 1000000 };
    const char **given = options->operand;
    size_t count = options->operands;
    bool good = true;
    options->operand = NULL;
    options->operands = 0;
    for (size_t k = 0; k < count && good; k++) {
        struct case_range range;
        if (!ver_is_address(given[k]) || !case_range_read(&range, given[k])) {
            char *copy = malloc(strlen(given[k]) + 1);
            good = keep_operand(options, copy ? strcpy(copy, given[k]) : NULL);
            continue;
        }
        if (range.last - range.first >= MOST) {
            command_refuse(options->where, "%s: found more than %d cases", given[k], (int)MOST);
            good = false;
        }
        for (uint64_t n = range.first; good && n <= range.last; n++)
            good = keep_operand(options, joined(given[k], range.head, n));
    }
    free(given);
    return good ? OPTIONS_GOOD : OPTIONS_BAD;
}

static enum options_status check_operands(const struct options *options)
{
    const struct command *command = options->command;
    size_t least, most;
    command_operands(command, &least, &most);
    if (options->operands < least)
        command_refuse(options->where, "wants %s (see evident %s --help)", command->wants,
                       command->name);
    else if (options->operands > most && most == 0)
        command_refuse(options->where, "%s: wants no argument (see evident %s --help)",
                       options->operand[0], command->name);
    else if (options->operands > most && most == 1)
        command_refuse(options->where, "%s: only one%s at a time", options->operand[1],
                       strchr(command->wants, ' '));
    else if (options->operands > most)
        command_refuse(options->where, "%s: found one argument more than is wanted",
                       options->operand[most]);
    else
        return OPTIONS_GOOD;
    return OPTIONS_BAD;
}

enum options_status options_read(struct options *options, int argc, char **argv)
{
    enum options_status status = options_words(options, argc, argv, OPTIONS_OPERANDS);
    if (status == OPTIONS_GOOD)
        status = options_words(options, argc, argv, OPTIONS_VALUES);
    if (status == OPTIONS_GOOD)
        status = expand_ranges(options);
    return status == OPTIONS_GOOD ? check_operands(options) : status;
}
