/* SPDX-License-Identifier: MIT */
/* command_table.c: the commands of the program. A new one: a file with its row, and a row here;
 * the rows of option_table.c say what it takes. */
#include "verify/command/command.h"

#include <string.h>

/* COMMAND(heading above it in the help or NULL, NAME of struct command command_NAME) */
#define COMMANDS(COMMAND)                                                                          \
    COMMAND("Cases and engines:", run)                                                             \
    COMMAND(NULL, verify)                                                                          \
    COMMAND(NULL, generate)                                                                        \
    COMMAND(NULL, export_cases)                                                                    \
    COMMAND(NULL, judge)                                                                           \
    COMMAND(NULL, serve)                                                                           \
    COMMAND(NULL, families)                                                                        \
    COMMAND(NULL, check)                                                                           \
    COMMAND(NULL, shrink)                                                                          \
    COMMAND(NULL, explain)                                                                         \
    COMMAND(NULL, plot)                                                                            \
    COMMAND(NULL, bench)                                                                           \
    COMMAND(NULL, defects)                                                                         \
    COMMAND("Studies:", validity)                                                                  \
    COMMAND(NULL, study)                                                                           \
    COMMAND("Training:", encode)                                                                   \
    COMMAND(NULL, train)                                                                           \
    COMMAND(NULL, evaluate)                                                                        \
    COMMAND(NULL, export_case)                                                                     \
    COMMAND("What runs leave in a store (evident verify --store FILE):", list)                     \
    COMMAND(NULL, show)                                                                            \
    COMMAND(NULL, diff)                                                                            \
    COMMAND(NULL, report)                                                                          \
    COMMAND(NULL, export)                                                                          \
    COMMAND(NULL, merge)                                                                           \
    COMMAND(NULL, baseline)                                                                        \
    COMMAND(NULL, store)                                                                           \
    COMMAND("About all this:", help)

#define DECLARE(heading, name) extern const struct command command_##name;
COMMANDS(DECLARE)

static const struct {
    const char *heading;
    const struct command *command;
} table[] = {
#define ROW(heading, name) {heading, &command_##name},
    COMMANDS(ROW)};

const struct command *command_at(size_t k)
{
    return k < sizeof table / sizeof *table ? table[k].command : NULL;
}

const char *command_heading(size_t k)
{
    return table[k].heading;
}

const struct command *command_find(const char *name)
{
    for (size_t k = 0; command_at(k); k++)
        if (strcmp(command_at(k)->name, name) == 0)
            return command_at(k);
    return NULL;
}
