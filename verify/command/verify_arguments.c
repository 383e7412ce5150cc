/* SPDX-License-Identifier: MIT */
/* verify_arguments.c: the arguments of `evident verify`: how cases are judged, where options of
 * suites come between the defaults and those of the command line, which win; and which cases. */
#include "verify/command/command.h"
#include "verify/command/fit_arguments.h"
#include "verify/exec/program.h"
#include "verify/run/ranks.h"
#include "verify/run/suite_fit.h"
#include "verify/store/store.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool may_stand_in_a_suite(const char *word)
{
    size_t length = strcspn(word, "=");
    for (const struct option *row = option_table; row->name; row++)
        if (row->use & OPTION_IN_SUITE && option_is_of(row, "verify") &&
            length == strlen(row->name) + 2 && strncmp(word + 2, row->name, length - 2) == 0)
            return true;
    return false;
}

static enum options_status read_suites(struct options *options)
{
    enum { MOST = 64 };
    struct case_error error;
    const char *suite = NULL;
    char *word[MOST] = {(char *)"verify"};
    if (options_of_suites(&options->suite_options, &suite, options->operand, options->operands,
                          &error) != 0) {
        command_refuse(options->where, "%s", error.text);
        return OPTIONS_BAD;
    }
    if (!options->suite_options)
        return OPTIONS_GOOD;
    int words = 1 + options_cut_words(options->suite_options, word + 1, MOST - 1);
    snprintf(options->place, sizeof options->place, "verify: options of %.150s", suite);
    options->where = options->place; /* whose line it is, if one is wrong */
    for (int k = 1; k < words; k++)
        if (strncmp(word[k], "--", 2) == 0 && !may_stand_in_a_suite(word[k])) {
            command_refuse(options->where,
                           "found %s, wanted one of how cases are judged, such as --engine, "
                           "--every, --directions",
                           word[k]);
            return OPTIONS_BAD;
        }
    enum options_status status = options_words(options, words, word, OPTIONS_VALUES);
    options->where = options->command->name;
    options->replace_engines = options->judge.engines > 0;
    return status;
}

/* An engine on a device that was wanted only where it can be had, with a limit of memory: not. */
static void leave_out_device(struct options *options)
{
    struct ver_options *judge = &options->judge;
    const struct engine *device = options_device(judge);
    size_t kept = 0;
    if (judge->bytes == 0 || !device || !options->present ||
        strcmp(options->present, device->name) != 0)
        return;
    for (size_t e = 0; e < judge->engines; e++)
        if (judge->engine[e] != device)
            judge->engine[kept++] = judge->engine[e];
    judge->engines = kept;
    options->absent = options->present;
    options->why = "reserves address space beyond any --memory-limit";
}

/* Where the suite's engines were sent away, so is how they should have run. */
static void forget_engines(struct options *options, const struct ver_options *suite)
{
    struct ver_options *judge = &options->judge;
    struct ver_engine_options *how = &judge->how;
    if (judge->engines > 0 || !options->suite_options || suite->no_witness != judge->no_witness ||
        suite->how.step < how->step || suite->how.round_delays != how->round_delays ||
        suite->how.compat != how->compat)
        return;
    *how = (struct ver_engine_options){.defects = how->defects};
    judge->no_witness = false;
}

static bool find_like(int argc, char **argv)
{
    bool found = false;
    for (int k = 1; k < argc && strcmp(argv[k], "--") != 0; k++)
        found |= strncmp(argv[k], "--like", strlen("--like")) == 0;
    return found;
}

/* --like CASE is an operand, too: like:CASE:SEED:0-LAST. false after a line. */
static bool add_likes(struct options *options)
{
    if (!options->like && (options_given(options, "count") || options_given(options, "vary"))) {
        command_refuse(options->where, "--count and --vary want --like CASE");
        return false;
    }
    if (!options->like)
        return true;
    if (strcmp(options->like, "-") == 0) {
        command_refuse(options->where, "--like: found -, wanted a file or an address, so that the "
                                       "command that shows a case again finds it");
        return false;
    }
    size_t size = strlen(options->like) + 80;
    char *text = malloc(size), **kept = malloc(sizeof *kept);
    if (!text || !kept) {
        free(text);
        free(kept);
        command_refuse(options->where, "memory is short");
        return false;
    }
    snprintf(text, size, "%s%s:%" PRIu64 ":0-%" PRIu64,
             strcmp(options->vary, "all") == 0 ? CASE_LIKE : CASE_LIKE_WEIGHTS, options->like,
             options->judge.seed, options->count - 1);
    kept[0] = text;
    options->expanded = kept;
    options->expansions = 1;
    options->operand[options->operands++] = text; /* one of the two words of the option */
    return true;
}

enum options_status verify_arguments_read(struct options *options, int argc, char **argv)
{
    enum options_status status = options_words(options, argc, argv, OPTIONS_OPERANDS);
    if (status != OPTIONS_GOOD)
        return status;
    if (options->operands == 0 && !find_like(argc, argv))
        options->operand[options->operands++] = "ci";
    if ((status = read_suites(options)) != OPTIONS_GOOD)
        return status;
    struct ver_options suite = options->judge;
    if ((status = options_words(options, argc, argv, OPTIONS_VALUES)) != OPTIONS_GOOD)
        return status;
    if (!add_likes(options))
        return OPTIONS_BAD;
    leave_out_device(options);
    forget_engines(options, &suite);
    if ((options->resume || options->last_failed) && !options->store)
        options->store = store_default_path();
    if (options->summary && !options->store) {
        command_refuse(options->where, "--summary wants a --store: it is made from there");
        return OPTIONS_BAD;
    }
    return options_engines_fit(options) ? OPTIONS_GOOD : OPTIONS_BAD;
}

/* ---- which cases ---- */

static bool matches(const struct ver_source *source, const void *pattern)
{
    return fnmatch(pattern, source->name, 0) == 0;
}

/* Of the text of store_failed: a line a name, and a newline before the first. */
static bool is_listed(const struct ver_source *source, const void *list)
{
    size_t length = strlen(source->name);
    for (const char *at = list; (at = strstr(at, source->name)); at++)
        if (at[-1] == '\n' && at[length] == '\n')
            return true;
    return false;
}

/* 0, or the exit code after a line. */
static int keep_last_failed(const struct options *options, struct ver_sources *sources)
{
    struct case_error error;
    struct store *store = store_open(options->store, STORE_READ, &error);
    if (!store)
        return command_refuse(options->where, "--last-failed: %s", error.text);
    char *list = store_failed(store);
    if (list)
        ver_sources_keep(sources, is_listed, list);
    int code = list ? 0 : command_refuse(options->where, "--last-failed: %s", store_error(store));
    free(list);
    store_close(store);
    if (code == 0 && sources->count == 0)
        return command_refuse(options->where,
                              "--last-failed: no such case did not pass in the newest run of %s",
                              options->store);
    return code;
}

/* A line a reason. */
static void tell_left_out(const struct suite_fit *fit)
{
    for (size_t k = 0; k < fit->lefts; k++)
        printf("left out: %zu cases: %s\n", fit->left[k].count, fit->left[k].why);
    if (fit->out > 0)
        printf("drawn instead of these %zu: %zu cases of the same families\n", fit->out,
               fit->drawn);
}

/* Of suites, what fits the programs under test and the command line. 0, or the exit code after a
 * line. */
static int keep_fitting(const struct options *options, struct ver_sources *sources)
{
    struct case_error error;
    struct case_fit asked;
    struct suite_fit fit = {.wants = 0};
    if (!fit_arguments_read(&asked, options))
        return COMMAND_COULD_NOT_RUN;
    if (!case_fit_is_any(&asked))
        fit.want[fit.wants++] = &asked;
    for (size_t e = 0; e < options->judge.engines; e++) {
        const struct program *program = program_of(options->judge.engine[e]);
        if (program && !case_fit_is_any(&program->convention.can))
            fit.want[fit.wants++] = &program->convention.can;
    }
    if (fit.wants == 0)
        return 0;
    if (suite_fit(sources, &fit, &error) != 0)
        return command_refuse(options->where, "%s", error.text);
    if (ranks_is_first(ranks_here()))
        tell_left_out(&fit);
    return sources->count > 0
               ? 0
               : command_refuse(options->where, "no case fits: all %zu are left out", fit.out);
}

int verify_sources_find(const struct options *options, struct ver_sources *sources)
{
    struct case_error error;
    for (size_t k = 0; k < options->operands; k++)
        if (ver_sources_add(sources, options->operand[k], options->judge.seed, &error) != 0)
            return command_refuse(options->where, "%s", error.text);
    int code = keep_fitting(options, sources);
    if (code != 0)
        return code;
    if (options->pattern) {
        char anywhere[600];
        snprintf(anywhere, sizeof anywhere, "*%.590s*", options->pattern);
        ver_sources_keep(sources, matches, anywhere);
        if (sources->count == 0)
            return command_refuse(options->where, "--match: found no case whose name holds '%s'",
                                  options->pattern);
    }
    return options->last_failed ? keep_last_failed(options, sources) : 0;
}
