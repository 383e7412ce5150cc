/* SPDX-License-Identifier: MIT */
/* command.c: what the commands share: refusing in one clear line, and noticing that standard output
 * was not taken. */
#include "verify/command/command.h"
#include "verify/base/guess.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

void command_operands(const struct command *command, size_t *least, size_t *most)
{
    *least = *most = 0;
    for (const char *at = command->operands; *at && strncmp(at, "--", 2) != 0;) {
        size_t length = strcspn(at, " ");
        bool many = length > 3 && strncmp(at + length - 3, "...", 3) == 0;
        *least += at[0] != '[';
        *most = many || *most == SIZE_MAX ? SIZE_MAX : *most + 1;
        at += length + (at[length] == ' ');
    }
}

int command_refuse_unknown(const char *command, const char *name)
{
    const char *word = name + strspn(name, "-"); /* --verify: the command was meant */
    struct guess guess = {.word = word, .length = strlen(word)};
    for (size_t k = 0; command_at(k); k++)
        guess_try(&guess, command_at(k)->name);
    return command_refuse(command, "%s: unknown command%s%s%s (see evident --help)", name,
                          guess.name ? ", did you mean " : "", guess.name ? guess.name : "",
                          guess.name ? "?" : "");
}

int command_finish(const char *command, int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    return command_refuse(command, "cannot write to standard output: %s",
                          strerror(errno ? errno : EIO));
}
