/* SPDX-License-Identifier: MIT */
/* t_defects.c: the register of published defects is one: what `evident defects` prints, what
 * --defect plants and the table of ref/MATH.md are the same 18 rows. */
#include "verify/judge/defect.h"
#include "tests/run_suite.h"
#include "tests/shell.h"

enum { DEFECTS = 18 };

static const char *planted_by(const struct defect *defect)
{
    return defect->engine == 0              ? "-"
           : defect->engine & SCHEME_COMPAT ? "--defect, --compat"
                                            : "--defect";
}

TEST(numbers_run_from_1_to_18)
{
    for (unsigned k = 0; k < DEFECTS; k++) {
        ck_assert_uint_eq(defects[k].number, k + 1);
        ck_assert_int_eq(defects[k].engine != 0, defects[k].grid != 0);
    }
    ck_assert_uint_eq(defects[DEFECTS].number, 0);
}

TEST(mathematics_has_the_same_rows)
{
    char row[1024];
    size_t found = 0;
    FILE *page = fopen("ref/MATH.md", "r");
    ck_assert_msg(page != NULL, "ref/MATH.md: run in the root of the repository");
    text[fread(text, 1, sizeof text - 1, page)] = '\0';
    fclose(page);
    const char *table = strstr(text, "\n## The published system's known defects\n");
    ck_assert_ptr_nonnull(table);
    for (const struct defect *d = defects; d->number > 0; d++) {
        snprintf(row, sizeof row, "\n| %u | %s | %s | %s | %s |\n", d->number, planted_by(d),
                 d->where, d->what, d->effect);
        ck_assert_msg(strstr(table, row) != NULL, "ref/MATH.md lacks%s", row);
    }
    for (const char *line = table; (line = strchr(line + 1, '\n')) != NULL;)
        found += line[1] == '|';
    ck_assert_uint_eq(found, DEFECTS + 2); /* names of the columns, and a rule */
}

/* The words of the cells in order, whatever lines they were broken into. */
static void has_words_of(const char *line, const char *end, const char *cell)
{
    char words[512];
    snprintf(words, sizeof words, "%s", cell);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        line = strstr(line, word);
        ck_assert_msg(line != NULL && line < end, "'%s' of '%s'", word, cell);
        line += strlen(word);
    }
}

TEST(command_prints_every_row_within_100_columns)
{
    gives("$E defects", 0, "");
    const char *line = text;
    for (const struct defect *d = defects; d->number > 0; d++) {
        char start[16], next[16];
        snprintf(start, sizeof start, "\n%u ", d->number);
        snprintf(next, sizeof next, d[1].number > 0 ? "\n%u " : "\n\n", d->number + 1);
        line = strstr(line, start);
        ck_assert_msg(line != NULL, "%u: %s", d->number, text);
        const char *end = strstr(line, next);
        ck_assert_ptr_nonnull(end);
        has_words_of(line, end, planted_by(d));
        has_words_of(line, end, d->where);
        has_words_of(line, end, d->what);
        has_words_of(line, end, d->effect);
    }
    for (line = text; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= 100, "%.120s", line);
    refuses("$E defects x", "wants no argument");
}

TEST(option_takes_what_the_register_can_plant)
{
    char command[128];
    for (const struct defect *d = defects; d->number > 0; d++) {
        snprintf(command, sizeof command, "$E verify --defect %u --engine clock-host --jobs 0",
                 d->number); /* refused for its --jobs, if not before */
        refuses(command, "");
        ck_assert_msg((strstr(text, "--defect: found") == NULL) == (d->engine != 0), "%s", text);
    }
}

TEST(published_scheme_is_those_that_say_so)
{
    unsigned variants = 0;
    for (const struct defect *d = defects; d->number > 0; d++)
        variants |= d->engine;
    ck_assert_uint_eq(variants & SCHEME_COMPAT, SCHEME_DRIVE_OVER_TAU | SCHEME_MAX_OVER_T |
                                                    SCHEME_LATE_JUMP | SCHEME_BLOCKED);
}

SUITE("defects")
