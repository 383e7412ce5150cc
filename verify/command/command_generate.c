/* command_generate.c: `evident generate`, `evident families` and `evident check`: cases as files.
 */
#include "verify/command/command.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char generate_usage[] =
    "usage: evident generate FAMILY --seed S --count N --out DIR [--first K]\n"
    "\n"
    "Writes cases K .. K+N-1 of a family (K is 0 unless given) as DIR/FAMILY-S-K.json in the\n"
    "canonical form of evident-case-1; DIR is made if need be. The same seed and number always "
    "give\n"
    "the same case. `evident families` lists the families.\n"
    "\n"
    "Exit code: 0 all written; 2 could not run.\n";

static const char families_usage[] = "usage: evident families\n"
                                     "\n"
                                     "Lists the families of cases that can be made, a line each.\n";

static const char check_usage[] =
    "usage: evident check CASE...\n"
    "\n"
    "Reads cases (files, \"-\", addresses FAMILY:SEED:K) and says of each whether it is well "
    "formed:\n"
    "either \"CASE: ok\" with its size, or what is wrong, where, and what was wanted.\n"
    "\n"
    "Exit code: 0 all are; 2 any is not.\n";

static const struct command_option generate_options[] = {
    {"seed", true}, {"count", true}, {"first", true}, {"out", true}, {NULL, false},
};
enum { OPTION_SEED, OPTION_COUNT, OPTION_FIRST, OPTION_OUT };

static const struct command_option no_options[] = {{NULL, false}};

struct wish {
    const char *family, *out;
    uint64_t seed, count, first;
    bool seeded, counted;
};

/* ---- generate ---- */

static int read_wish(struct wish *wish, int argc, char **argv)
{
    struct command_line line = {"generate", generate_usage, generate_options, argc, argv, 1, false};
    const char *value;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        bool good = true;
        if (got == COMMAND_BAD || got == COMMAND_HELPED)
            return got;
        if (got == COMMAND_OPERAND && wish->family)
            good = command_refuse("generate", "%s: only one family at a time", value) == 0;
        else if (got == COMMAND_OPERAND)
            wish->family = value;
        else if (got == OPTION_SEED)
            good = command_number("generate", "seed", value, 0, UINT64_MAX, &wish->seed);
        else if (got == OPTION_COUNT)
            good = command_number("generate", "count", value, 1, UINT32_MAX, &wish->count);
        else if (got == OPTION_FIRST)
            good = command_number("generate", "first", value, 0, UINT64_MAX, &wish->first);
        else
            wish->out = value;
        wish->seeded = wish->seeded || got == OPTION_SEED;
        wish->counted = wish->counted || got == OPTION_COUNT;
        if (!good)
            return COMMAND_BAD;
    }
    if (wish->family && wish->seeded && wish->counted && wish->out)
        return COMMAND_END;
    command_refuse("generate", "wants FAMILY, --seed, --count and --out (see evident generate "
                               "--help)");
    return COMMAND_BAD;
}

static void list_families(FILE *out)
{
    int width = 0;
    for (const struct case_family *f = case_families; f->name; f++)
        width = (int)strlen(f->name) > width ? (int)strlen(f->name) : width;
    for (const struct case_family *f = case_families; f->name; f++) {
        fprintf(out, "  %-*s  %s", width, f->name, f->summary);
        if (f->limit > 0)
            fprintf(out, " (%" PRIu64 " cases)", f->limit);
        fputc('\n', out);
    }
}

static int write_one(const struct wish *wish, const struct case_family *family, uint64_t k)
{
    struct case_made made;
    struct case_error error;
    char path[1200];
    int length = snprintf(path, sizeof path, "%s/%s-%" PRIu64 "-%" PRIu64 ".json", wish->out,
                          family->name, wish->seed, k);
    if (length < 0 || (size_t)length >= sizeof path)
        return command_refuse("generate", "%.300s: path too long", wish->out);
    if (case_family_make(&made, family, wish->seed, k, &error) != 0)
        return command_refuse("generate", "%s", error.text);
    int failed = case_write(path, made.problem, &error);
    case_made_clear(&made);
    return failed ? command_refuse("generate", "%s", error.text) : COMMAND_PASS;
}

static int generate(const struct wish *wish)
{
    const struct case_family *family = case_family_find(wish->family);
    struct case_error error;
    if (!family) {
        int code =
            command_refuse("generate", "%s: unknown family; the families are:", wish->family);
        list_families(stderr);
        return code;
    }
    uint64_t last = wish->first + (wish->count - 1);
    if (last < wish->first || (family->limit > 0 && last >= family->limit))
        return command_refuse("generate", "%s has no case %" PRIu64 "; it has %" PRIu64,
                              family->name, last, family->limit);
    if (ver_directory_make(wish->out, &error) != 0)
        return command_refuse("generate", "%s", error.text);
    struct progress progress;
    int code = COMMAND_PASS;
    progress_start(&progress, "generate", true);
    for (uint64_t k = 0; k < wish->count && code == COMMAND_PASS; k++) {
        code = write_one(wish, family, wish->first + k);
        progress_say(&progress, "%" PRIu64 " of %" PRIu64 " cases", k + 1, wish->count);
    }
    progress_hide(&progress);
    if (code != COMMAND_PASS)
        return code;
    printf("%" PRIu64 " cases written to %s\n", wish->count, wish->out);
    return command_finish("generate", COMMAND_PASS);
}

int command_generate(int argc, char **argv)
{
    struct wish wish = {NULL, NULL, 0, 0, 0, false, false};
    int got = read_wish(&wish, argc, argv);
    if (got == COMMAND_HELPED)
        return command_finish("generate", COMMAND_PASS);
    return got == COMMAND_END ? generate(&wish) : COMMAND_COULD_NOT_RUN;
}

/* ---- families ---- */

int command_families(int argc, char **argv)
{
    struct command_line line = {"families", families_usage, no_options, argc, argv, 1, false};
    const char *value;
    int got = command_next(&line, &value);
    if (got == COMMAND_BAD)
        return COMMAND_COULD_NOT_RUN;
    if (got == COMMAND_OPERAND)
        return command_refuse("families", "%s: wants no argument", value);
    if (got == COMMAND_END)
        list_families(stdout);
    return command_finish("families", COMMAND_PASS);
}

/* ---- check ---- */

static int check_one(const char *name)
{
    struct case_made made;
    struct case_error error;
    if (ver_load(&made, name, &error) != 0)
        return command_refuse("check", "%s", error.text);
    const struct case_problem *c = made.problem;
    size_t neurons = 0, parameters = 0;
    struct case_block *block = NULL;
    case_blocks(&block, &parameters, c);
    for (size_t p = 0; p < c->populations; p++)
        neurons += c->population[p].size;
    printf("%s: ok, %zu populations, %zu neurons, %zu projections, %zu samples, %zu parameters\n",
           name, c->populations, neurons, c->projections, c->samples, parameters);
    free(block);
    case_made_clear(&made);
    return COMMAND_PASS;
}

int command_check(int argc, char **argv)
{
    struct command_line line = {"check", check_usage, no_options, argc, argv, 1, false};
    const char *value;
    int got, code = COMMAND_PASS;
    size_t checked = 0;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_HELPED)
            return command_finish("check", COMMAND_PASS);
        if (got == COMMAND_BAD)
            return COMMAND_COULD_NOT_RUN;
        if (check_one(value) != COMMAND_PASS)
            code = COMMAND_COULD_NOT_RUN;
        checked++;
    }
    if (checked == 0)
        return command_refuse("check", "wants a case (see evident check --help)");
    return command_finish("check", code);
}
