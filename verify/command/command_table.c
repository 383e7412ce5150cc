/* SPDX-License-Identifier: MIT */
/* command_table.c: the commands of the program. A new one: a file with its row, and a line here;
 * the rows of option_table.c say what it takes. */
#include "verify/command/command.h"

#include <string.h>

extern const struct command command_run, command_verify, command_generate, command_export_cases,
    command_judge, command_families, command_check, command_shrink, command_explain, command_encode,
    command_plot, command_defects, command_list, command_show, command_diff, command_report,
    command_export, command_merge, command_baseline, command_store, command_help;

static const struct {
    const char *heading;
    const struct command *command;
} table[] = {
    {"Cases and engines:", &command_run},
    {NULL, &command_verify},
    {NULL, &command_generate},
    {NULL, &command_export_cases},
    {NULL, &command_judge},
    {NULL, &command_families},
    {NULL, &command_check},
    {NULL, &command_shrink},
    {NULL, &command_explain},
    {NULL, &command_plot},
    {NULL, &command_defects},
    {NULL, &command_encode},
    {"What runs leave in a store (evident verify --store FILE):", &command_list},
    {NULL, &command_show},
    {NULL, &command_diff},
    {NULL, &command_report},
    {NULL, &command_export},
    {NULL, &command_merge},
    {NULL, &command_baseline},
    {NULL, &command_store},
    {"About all this:", &command_help},
};

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
