/* SPDX-License-Identifier: MIT */
/* main.c: the program `evident`: finds the command, reads its options, runs it. */
#include "verify/command/command.h"

#include <signal.h>
#include <string.h>

/* argv[0] is the name of the command. */
static int run(const struct command *command, int argc, char **argv)
{
    struct options options;
    options_start(&options, command);
    enum options_status status =
        (command->read ? command->read : options_read)(&options, argc, argv);
    int code = COMMAND_COULD_NOT_RUN;
    if (status == OPTIONS_GOOD)
        code = command->run(&options);
    else if (status == OPTIONS_HELPED)
        code = COMMAND_PASS;
    options_clear(&options);
    return command_finish(command->name, code);
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        help_overview(stderr);
        return COMMAND_COULD_NOT_RUN;
    }
    if (strcmp(argv[1], "--version") == 0) {
        help_version(stdout);
        return command_finish("", COMMAND_PASS);
    }
    bool help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0;
    const struct command *command = command_find(help ? "help" : argv[1]);
    return command ? run(command, argc - 1, argv + 1) : command_refuse_unknown("", argv[1]);
}

int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a write that fails, and is told */
    int code = dispatch(argc, argv);
    flint_cleanup();
    mpfr_free_cache();
    return code;
}
