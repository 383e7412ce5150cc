/* command.c: what the commands share: reading arguments, refusing bad ones in one clear line, and
 * noticing that standard output was not taken. */
#include "verify/command/command.h"
#include "verify/base/guess.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int command_refuse(const char *command, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "evident%s%s: ", command[0] ? " " : "", command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return COMMAND_COULD_NOT_RUN;
}

static int refuse_option(const struct command_line *line, const char *argument, const char *what)
{
    command_refuse(line->command, "%s: %s (see evident %s --help)", argument, what, line->command);
    return COMMAND_BAD;
}

static int refuse_unknown(const struct command_line *line, const char *argument)
{
    const char *word = argument + strspn(argument, "-");
    struct guess guess = {.word = word, .length = strcspn(word, "=")};
    char what[80] = "unknown option";
    guess_try(&guess, "help");
    for (int k = 0; line->option[k].name; k++)
        guess_try(&guess, line->option[k].name);
    if (guess.name)
        snprintf(what, sizeof what, "unknown option, did you mean --%s?", guess.name);
    return refuse_option(line, argument, what);
}

/* "--name" or "--name=value"; a value may also be the next argument. */
static int next_option(struct command_line *line, const char *argument, const char **value)
{
    const char *name = argument + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    if (length == 4 && strncmp(name, "help", 4) == 0) {
        fputs(line->usage, stdout);
        return COMMAND_HELPED;
    }
    for (int k = 0; line->option[k].name; k++) {
        if (strlen(line->option[k].name) != length ||
            strncmp(line->option[k].name, name, length) != 0)
            continue;
        *value = equals ? equals + 1 : NULL;
        if (!line->option[k].takes_value)
            return equals ? refuse_option(line, argument, "takes no value") : k;
        if (!equals && line->next >= line->argc)
            return refuse_option(line, argument, "wants a value");
        if (!equals)
            *value = line->argv[line->next++];
        return k;
    }
    return refuse_unknown(line, argument);
}

int command_next(struct command_line *line, const char **value)
{
    *value = NULL;
    if (line->next >= line->argc)
        return COMMAND_END;
    const char *argument = line->argv[line->next++];
    if (!line->only_operands && strcmp(argument, "--") == 0) {
        line->only_operands = true;
        return command_next(line, value);
    }
    if (!line->only_operands && strcmp(argument, "-h") == 0)
        argument = "--help";
    if (!line->only_operands && strncmp(argument, "--", 2) == 0)
        return next_option(line, argument, value);
    if (!line->only_operands && argument[0] == '-' && argument[1] != '\0')
        return refuse_unknown(line, argument);
    if (argument[0] == '\0')
        return refuse_option(line, "''", "an empty argument");
    *value = argument;
    return COMMAND_OPERAND;
}

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

bool command_take_judged(const char *command, const char *text, uint64_t *judged, bool *percent)
{
    char *end = NULL;
    errno = 0;
    bool digits = text[0] >= '0' && text[0] <= '9';
    uintmax_t value = digits ? strtoumax(text, &end, 10) : 0;
    *percent = digits && *end == '%';
    if (digits && errno == 0 && end[*percent] == '\0' && value <= (*percent ? 100 : UINT32_MAX)) {
        *judged = value;
        return true;
    }
    command_refuse(command,
                   "--require-judged: found '%s', wanted a number of cases, or P%% from "
                   "0%% to 100%%",
                   text);
    return false;
}

int command_finish(const char *command, int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    return command_refuse(command, "cannot write to standard output: %s",
                          strerror(errno ? errno : EIO));
}
