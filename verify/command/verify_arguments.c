/* SPDX-License-Identifier: MIT */
/* verify_arguments.c: the arguments of `evident verify`: how cases are judged, where options of
 * suites come between the defaults and those of the command line, which win; and which cases. */
#include "verify/command/command.h"
#include "verify/store/store.h"

#include <fnmatch.h>
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

enum options_status verify_arguments_read(struct options *options, int argc, char **argv)
{
    enum options_status status = options_words(options, argc, argv, OPTIONS_OPERANDS);
    if (status != OPTIONS_GOOD)
        return status;
    if (options->operands == 0)
        options->operand[options->operands++] = "ci";
    if ((status = read_suites(options)) != OPTIONS_GOOD)
        return status;
    struct ver_options suite = options->judge;
    if ((status = options_words(options, argc, argv, OPTIONS_VALUES)) != OPTIONS_GOOD)
        return status;
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

int verify_sources_find(const struct options *options, struct ver_sources *sources)
{
    struct case_error error;
    for (size_t k = 0; k < options->operands; k++)
        if (ver_sources_add(sources, options->operand[k], options->judge.seed, &error) != 0)
            return command_refuse(options->where, "%s", error.text);
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
