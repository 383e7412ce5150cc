/* SPDX-License-Identifier: MIT */
/* command_defects.c: `evident defects`: the register of published defects, as a table. */
#include "verify/command/command.h"
#include "verify/judge/defect.h"

#include <string.h>

enum { COLUMNS = 5 };
static const int width[COLUMNS] = {2, 9, 13, 34, 34};

/* As many whole words of a cell as fit; how many bytes, at least one word. */
static size_t words_that_fit(const char *cell, size_t room)
{
    size_t fit = strcspn(cell, " ");
    for (size_t next = fit; cell[next] && next <= room;) {
        next += 1 + strcspn(cell + next + 1, " ");
        fit = next <= room ? next : fit;
    }
    return fit;
}

/* One row, in as many lines as its fullest cell needs. */
static void put_row(const char *const *cells)
{
    const char *left[COLUMNS];
    bool more = true;
    memcpy(left, cells, sizeof left);
    while (more) {
        int blank = 0; /* owed: no line ends in spaces */
        more = false;
        for (int k = 0; k < COLUMNS; k++) {
            size_t length = words_that_fit(left[k], (size_t)width[k]);
            if (length > 0)
                printf("%*s%.*s", blank, "", (int)length, left[k]);
            blank = (length > 0 ? 0 : blank) + width[k] + 2 - (int)length;
            left[k] += length + (left[k][length] == ' ');
            more = more || *left[k];
        }
        putchar('\n');
    }
}

static void put_register(void)
{
    static const char *const head[COLUMNS] = {"N", "planted", "where", "what", "effect"};
    put_row(head);
    for (const struct defect *d = defects; d->number > 0; d++) {
        char number[16];
        const char *planted = d->engine == 0              ? "-"
                              : d->engine & SCHEME_COMPAT ? "--defect, --compat"
                                                          : "--defect";
        snprintf(number, sizeof number, "%u", d->number);
        const char *cells[COLUMNS] = {number, planted, d->where, d->what, d->effect};
        put_row(cells);
    }
    printf("\nC: the paper's public code. M: mlGeNN. Try: evident verify random-deep:1:0 "
           "--engine clock-host\n--round-delays --no-witness --defect 1\n");
}

static int run(struct options *options)
{
    (void)options;
    put_register();
    return COMMAND_PASS;
}

const struct command command_defects = {
    .name = "defects",
    .operands = "",
    .says = "the known defects of the published system, and which --defect N plants",
    .about = "Prints what is wrong, where (C is the paper's public code, M mlGeNN), its effect on "
             "numbers, and what plants it in an engine: --defect N, --compat (the published "
             "scheme), or nothing, if it is no part of one trial.",
    .examples = "evident defects\n",
    .run = run,
};
