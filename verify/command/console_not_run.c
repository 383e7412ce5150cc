/* SPDX-License-Identifier: MIT */
/* console_not_run.c: what was not run, folded: a line a reason, the most frequent first, with one
 * of its cases. A program that cannot say most of a suite would bury its failures otherwise. */
#include "verify/command/console.h"
#include "verify/base/word.h"
#include "verify/store/table.h"

#include <stdlib.h>
#include <string.h>

enum { REASONS = 12 };

static void print_command(const struct options *options, const char *name)
{
    bool judges = strcmp(options->command->name, "judge") == 0;
    printf(" | evident %s ", options->command->name);
    if (judges) { /* its folder */
        ver_word_put(stdout, options->operand[0]);
        putchar(' ');
    }
    ver_word_put(stdout, name);
    options_put(stdout, options, OPTION_AGAIN);
    putchar('\n');
}

int console_not_run(const struct console *console, struct store *store, int64_t run)
{
    enum { CASES, REASON, NAME };
    struct table rows;
    size_t reasons = 0, left = 0;
    int got;
    if (console->options->quiet)
        return 0;
    table_ask(&rows, store, "not run", "i", run);
    while ((got = table_next(&rows)) > 0) {
        size_t cases = strtoull(rows.cell[CASES], NULL, 10);
        if (reasons++ >= REASONS) {
            left += cases;
            continue;
        }
        console_verdict(console, VER_NOT_RUN, "NOT-RUN");
        if (cases == 1)
            printf(" %s: %s", rows.cell[NAME], rows.cell[REASON]);
        else
            printf(" %zu cases: %s", cases, rows.cell[REASON]);
        print_command(console->options, rows.cell[NAME]);
    }
    table_end(&rows);
    if (left > 0) {
        console_verdict(console, VER_NOT_RUN, "NOT-RUN");
        printf(" %zu cases: %zu other reasons\n", left, reasons - REASONS);
    }
    return got < 0 ? -1 : 0;
}
