/* SPDX-License-Identifier: MIT */
/* command_generate.c: `evident generate`, `evident families` and `evident check`: cases as files.
 */
#include "verify/command/command.h"
#include "verify/command/fit_arguments.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
    fprintf(out, "  %-*s  %s\n", width, "like:CASE",
            "the network, loss and features of CASE, other numbers");
}

/* So many cases are looked at in vain, at most. */
enum { MOST_LEFT_OUT = 2000 };

/* Unless it does not fit. */
static int write_one(const struct options *options, const struct case_family *family, uint64_t k,
                     const struct case_fit *fit, uint64_t *written)
{
    char why[CASE_FIT_WHY];
    struct case_made made;
    struct case_error error;
    char path[1200];
    int length = snprintf(path, sizeof path, "%s/%s-%" PRIu64 "-%" PRIu64 ".json", options->out,
                          family->name, options->judge.seed, k);
    if (length < 0 || (size_t)length >= sizeof path)
        return command_refuse("generate", "%.300s: path too long", options->out);
    if (case_family_make(&made, family, options->judge.seed, k, &error) != 0)
        return command_refuse("generate", "%s", error.text);
    bool fits = case_fits(made.problem, fit, why);
    int failed = fits ? case_write(path, made.problem, &error) : 0;
    *written += fits && !failed;
    case_made_clear(&made);
    return failed ? command_refuse("generate", "%s", error.text) : COMMAND_PASS;
}

static int generate(struct options *options)
{
    if (!options_given(options, "seed") || !options_given(options, "count") || !options->out)
        return command_refuse("generate", "wants FAMILY, --seed, --count and --out (see evident "
                                          "generate --help)");
    const struct case_family *family = case_family_find(options->operand[0]);
    struct case_error error;
    if (!family) {
        int code = command_refuse("generate",
                                  "%s: unknown family; the families are:", options->operand[0]);
        list_families(stderr);
        return code;
    }
    struct case_fit fit;
    if (!fit_arguments_read(&fit, options))
        return COMMAND_COULD_NOT_RUN;
    uint64_t last = options->first + (options->count - 1);
    if (last < options->first || (family->limit > 0 && last >= family->limit))
        return command_refuse("generate", "%s has no case %" PRIu64 "; it has %" PRIu64,
                              family->name, last, family->limit);
    if (ver_directory_make(options->out, &error) != 0)
        return command_refuse("generate", "%s", error.text);
    struct progress progress;
    int code = COMMAND_PASS;
    uint64_t written = 0;
    progress_start(&progress, "generate", true);
    for (uint64_t k = 0; written < options->count && code == COMMAND_PASS; k++) {
        if (k - written >= MOST_LEFT_OUT ||
            (family->limit > 0 && options->first + k >= family->limit))
            break;
        code = write_one(options, family, options->first + k, &fit, &written);
        progress_say(&progress, "%" PRIu64 " of %" PRIu64 " cases", written, options->count);
    }
    progress_hide(&progress);
    if (code != COMMAND_PASS)
        return code;
    printf("%" PRIu64 " cases written to %s\n", written, options->out);
    if (written < options->count)
        return command_refuse("generate", "%s: no more cases fit", family->name);
    return COMMAND_PASS;
}

const struct command command_generate = {
    .name = "generate",
    .operands = "FAMILY --seed S --count N --out DIR",
    .wants = "FAMILY, --seed, --count and --out",
    .says = "write cases of a family as files",
    .about =
        "Writes cases K .. K+N-1 of a family (K is --first) as DIR/FAMILY-S-K.json in the "
        "canonical form of evident-case-1. The same seed and number always give the same "
        "case. --loss, --sizes and --without leave out what is not wanted: then the first N that "
        "fit, from K on. evident families lists the families.\n"
        "Exit status: 0 all written; 2 could not run.",
    .examples = "evident generate random-deep --seed 1 --count 10 --out cases\n",
    .run = generate,
};

/* ---- families ---- */

static int families(struct options *options)
{
    (void)options;
    list_families(stdout);
    return COMMAND_PASS;
}

const struct command command_families = {
    .name = "families",
    .operands = "",
    .says = "list the families of cases",
    .about = "Lists the families of cases that can be made, a line each.",
    .examples = "evident families\n",
    .run = families,
};

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

static int check(struct options *options)
{
    int code = COMMAND_PASS;
    for (size_t k = 0; k < options->operands; k++)
        if (check_one(options->operand[k]) != COMMAND_PASS)
            code = COMMAND_COULD_NOT_RUN;
    return code;
}

const struct command command_check = {
    .name = "check",
    .operands = "CASE...",
    .wants = "a case",
    .says = "say whether case files are well formed",
    .about =
        "Reads cases (files, \"-\", addresses FAMILY:SEED:K) and says of each whether it is "
        "well formed: either \"CASE: ok\" with its size, or what is wrong, where, and what was "
        "wanted.\n"
        "Exit status: 0 all are; 2 any is not.",
    .examples = "evident check cases/examples/worked.json\n",
    .run = check,
};
