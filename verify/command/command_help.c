/* SPDX-License-Identifier: MIT */
/* command_help.c: `evident help`. */
#include "verify/command/command.h"

#include <string.h>

static int run(struct options *options)
{
    const char *name = options->operands > 0 ? options->operand[0] : "help";
    const struct command *command = command_find(name);
    if (!command)
        return command_refuse_unknown("help", name);
    if (options->man)
        help_manual(stdout);
    else if (options->completion)
        help_completion(stdout);
    else if (strcmp(name, "help") == 0)
        help_overview(stdout);
    else
        help_command(stdout, command);
    return COMMAND_PASS;
}

const struct command command_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .wants = "a command",
    .says = "what a command takes; so does evident COMMAND --help",
    .about = "Without COMMAND: the commands, a line each. The manual page and the completion are "
             "installed beside the program; zsh reads the latter after bashcompinit.",
    .examples = "evident help verify\n"
                ". <(evident help --completion)\n",
    .run = run,
};
