/* SPDX-License-Identifier: MIT */
/* command_shrink.c: `evident shrink`, from a case that fails to a small one that fails alike. */
#include "verify/command/command.h"
#include "verify/shrink/shrink.h"
#include "verify/base/word.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CORES = 64 }; /* that are used unless --jobs says so */

/* A reference that gives up at once: where only rounding is judged, it is not asked. */
enum { HARDLY_ANY_BITS = 64 };

struct view { /* of the search, for the line of progress */
    struct progress progress;
    const struct shrink *shrink;
};

/* ---- names ---- */

/* "random-deep-1-0-defect-4": the last part of the name of the case, fit for a file. */
static void base_name(char *name, size_t size, const struct options *options)
{
    const char *path = case_argument(options), *slash = strrchr(path, '/');
    const char *from = slash ? slash + 1 : path;
    size_t used = 0, length = strlen(from);
    if (length > 5 && strcmp(from + length - 5, ".json") == 0)
        length -= 5;
    for (size_t k = 0; k < length && used + 1 < size; k++) {
        bool fit = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
                          from[k]) != NULL;
        name[used++] = fit ? from[k] : '-';
    }
    name[used] = '\0';
    if (strcmp(from, "-") == 0)
        snprintf(name, size, "case");
    for (unsigned k = 0; k < 32; k++)
        if (options->judge.how.defects >> k & 1) {
            used = strlen(name);
            snprintf(name + used, size - used, "-defect-%u", k);
        }
}

static void default_path(char *path, size_t size, const struct options *options)
{
    char name[200];
    base_name(name, sizeof name, options);
    bool tree = access("cases/cases.h", F_OK) == 0 && access("cases/regression", W_OK) == 0;
    snprintf(path, size, tree ? "cases/regression/%s.json" : "%s-shrunk.json", name);
}

static char *options_text(const struct ver_options *judge)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    options_put_judge(out, judge, OPTION_AGAIN);
    fclose(out);
    return text;
}

/* What the file says of itself. 0, or -1 if memory is short. */
static int put_note(struct case_problem *c, const struct options *asked,
                    const struct shrink *shrink, const struct ver_options *shown)
{
    char way[400], name[200], note[1000];
    const char *slash = strrchr(case_argument(asked), '/');
    char *options = options_text(shown);
    shrink_way_text(way, sizeof way, &shrink->way);
    base_name(name, sizeof name, asked);
    snprintf(note, sizeof note, "shrunk from %.100s. %.300s. To see it: evident verify FILE%.200s",
             slash ? slash + 1 : case_argument(asked), way, options ? options : "");
    free(options);
    free(c->note);
    free(c->name);
    c->note = malloc(strlen(note) + 1);
    c->name = malloc(strlen(name) + 1);
    if (!c->note || !c->name)
        return -1;
    strcpy(c->note, note);
    strcpy(c->name, name);
    return 0;
}

/* ---- the lines ---- */

static void put_size(const char *says, const struct case_problem *c)
{
    size_t neurons = 0, synapses = 0, spikes = 0;
    for (size_t p = 0; p < c->populations; p++)
        neurons += c->population[p].size;
    for (size_t j = 0; j < c->projections; j++)
        for (size_t k = 0; k < c->population[c->projection[j].source].size *
                                   c->population[c->projection[j].target].size;
             k++)
            synapses += c->projection[j].weight[k] < 0 || c->projection[j].weight[k] > 0;
    for (size_t s = 0; s < c->samples; s++)
        for (size_t p = 0; p < c->populations; p++)
            for (size_t n = 0; c->sample[s].spikes[p] && n < c->population[p].size; n++)
                spikes += c->sample[s].spikes[p][n].count;
    char *text = case_text(c);
    printf(
        "%s %zu samples, %zu populations, %zu neurons, %zu synapses not 0, %zu spikes, %.10g ms, "
        "%zu bytes\n",
        says, c->samples, c->populations, neurons, synapses, spikes, c->end,
        text ? strlen(text) : 0);
    free(text);
}

static void put_removed(const struct shrink *shrink)
{
    printf("less:");
    for (size_t k = 0; k < shrink->removals; k++)
        printf("%s %zu %s", k > 0 ? "," : "", shrink->removed[k].count, shrink->removed[k].says);
    printf("%s\ntried %zu cases in %zu rounds, kept %zu; %s\n",
           shrink->removals > 0 ? "" : " nothing", shrink->tried, shrink->rounds, shrink->adopted,
           shrink->finished ? "nothing more can be removed" : "time ran out: more might go");
}

static void show(void *context)
{
    struct view *view = context;
    const struct shrink *shrink = view->shrink;
    if (shrink->cut)
        progress_say(&view->progress, "round %zu, %s: %zu tried, %zu kept", shrink->rounds + 1,
                     shrink->cut, shrink->tried, shrink->adopted);
    else
        progress_say(&view->progress, "judging what is to be kept");
}

/* ---- the work ---- */

/* Keeps what judges less, if the case still fails in the same way. */
static bool narrow(struct shrink *shrink, struct ver_options options)
{
    struct shrink_judge judge = shrink->judge;
    judge.options = options;
    struct shrink_way way;
    shrink_judge(&way, &judge, &shrink->problem, 1);
    if (!shrink_same(&way, &shrink->way))
        return false;
    shrink->judge.options = options;
    return true;
}

/* An engine that fails needs no witness, a reference that fails no engine. *shown is what a user
 * needs to see the failure; the rest is for speed alone. */
static void narrow_all(struct shrink *shrink, struct ver_options *shown)
{
    struct ver_options less = shrink->judge.options;
    if (less.engines == 0)
        return;
    less.no_witness = true;
    if (!narrow(shrink, less)) {
        less.engines = 0;
        less.no_witness = false;
        less.how = (struct ver_engine_options){.step = 0};
        narrow(shrink, less);
    }
    *shown = shrink->judge.options;
    less = shrink->judge.options;
    less.every = UINT64_MAX;
    less.precision_cap = HARDLY_ANY_BITS;
    if (less.no_witness)
        narrow(shrink, less);
}

static int refuse_well(const struct options *options, const struct shrink_way *way, bool expected)
{
    const char *name = case_argument(options);
    if (expected)
        return command_refuse("shrink", "%s: undecided, as it is meant to be: nothing to shrink",
                              name);
    if (way->verdict == VER_NOT_RUN)
        return command_refuse("shrink", "%s: not run: %s", name, way->said);
    bool other = false;
    for (size_t e = 0; e < options->judge.engines; e++)
        other |= !options->judge.engine[e]->scheme;
    if (other && options->judge.befores == 0)
        return command_refuse("shrink",
                              "%s: passes alone: nothing to shrink; if it is wrong after another "
                              "case: evident shrink OTHER %s",
                              name, name);
    return command_refuse("shrink", "%s: passes: nothing to shrink", name);
}

static int write_result(const struct options *asked, struct shrink *shrink, const char *path,
                        const struct ver_options *shown)
{
    struct case_error error;
    struct shrink_way way;
    const struct shrink_judge judge = {.name = path, .options = *shown, .workers = 1};
    if (case_write(path, shrink->problem, &error) != 0)
        return command_refuse("shrink", "%s", error.text);
    put_size("to:  ", shrink->problem);
    put_removed(shrink);
    shrink_judge(&way, &judge, &shrink->problem, 1);
    char *options = options_text(shown);
    printf("wrote %s\nevident verify ", path);
    for (size_t k = 0; k < asked->judge.befores; k++) {
        ver_word_put(stdout, asked->operand[k]);
        fputc(' ', stdout);
    }
    ver_word_put(stdout, path);
    printf("%s%s\n", options ? options : "", asked->judge.befores > 0 ? " --jobs 1" : "");
    free(options);
    if (!shrink_same(&way, &shrink->way)) /* another name, other random directions */
        printf("careful: it fails by the random directions of %s, not by its own\n",
               case_argument(asked));
    return COMMAND_PASS;
}

/* A search may take long: where its result cannot be written is known before. */
static bool can_write(const char *path)
{
    char folder[1024];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
             slash ? path : ".");
    return access(folder, W_OK) == 0;
}

static int shrink_it(const struct options *asked, struct view *view, struct shrink *shrink,
                     enum case_expectation expectation)
{
    char path[1024], text[400];
    const char *name = case_argument(asked);
    default_path(path, sizeof path, asked);
    if (asked->out)
        snprintf(path, sizeof path, "%s", asked->out);
    else if (strcmp(path, name) == 0)
        return command_refuse("shrink", "%s: would be overwritten; --out FILE says where to", name);
    if (!can_write(path))
        return command_refuse("shrink", "%s: no way to write there (%s)", path, strerror(errno));
    shrink_judge(&shrink->way, &shrink->judge, &shrink->problem, 1);
    progress_hide(&view->progress);
    bool expected = expectation == CASE_UNDECIDED && shrink->way.verdict == VER_UNDECIDED;
    if (!shrink_fails(&shrink->way) || expected)
        return refuse_well(asked, &shrink->way, expected);
    shrink_way_text(text, sizeof text, &shrink->way);
    struct ver_options shown = shrink->judge.options;
    narrow_all(shrink, &shown);
    shrink->judge.name = path;
    if (!narrow(shrink, shrink->judge.options))
        shrink->judge.name = name;
    progress_hide(&view->progress);
    printf("%s: %s\n", name, text);
    put_size("from:", shrink->problem);
    fflush(stdout);
    if (put_note(shrink->problem, asked, shrink, &shown) != 0 || shrink_search(shrink) != 0)
        return command_refuse("shrink", "memory is short");
    progress_hide(&view->progress);
    return write_result(asked, shrink, path, &shown);
}

static int run(struct options *options)
{
    struct case_made made;
    struct case_error error;
    const char *name = case_argument(options);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned workers = cores > 0 && cores < MOST_CORES ? (unsigned)cores : 1;
    if (options->jobs > 0)
        workers = (unsigned)options->jobs;
    if (ver_load(&made, name, &error) != 0)
        return command_refuse("shrink", "%s", error.text);
    struct view view;
    struct shrink shrink = {
        .judge = {name, options->judge, workers, show, &view},
        .problem = case_copy(made.problem),
        .seconds = (double)options->seconds,
    };
    view.shrink = &shrink;
    progress_start(&view.progress, "shrink", !options->quiet);
    int code = shrink.problem ? shrink_it(options, &view, &shrink, made.expectation)
                              : command_refuse("shrink", "memory is short");
    case_free(shrink.problem);
    case_made_clear(&made);
    return code;
}

const struct command command_shrink = {
    .name = "shrink",
    .operands = "[BEFORE]... CASE",
    .wants = "a case",
    .says = "make a failing case small, so that it fails in the same way",
    .about =
        "Makes a failing case as small as it gets and writes it as a case file; one in "
        "cases/regression is judged by tests and the suite ci from then on. Samples, populations, "
        "projections, neurons, time, spikes, synapses, delays and digits are taken away, the "
        "largest parts first, as long as the case still fails in the same way: the same verdict, "
        "and of a fail its first comparison (who is judged, on what, by which check) differs "
        "again. A crash and an endless loop of an engine are ways of failing, too. In the end "
        "nothing more can be removed alone. The same case and options give the same bytes, unless "
        "--seconds ends the search.\n"
        "BEFORE are cases that exec:COMMAND is asked about before every candidate: it may keep "
        "something of them. They stay as they are. CASE is a file, \"-\" or an address "
        "FAMILY:SEED:K. --no-witness is chosen by itself where an engine is what fails.\n"
        "Exit status: 0 a case was written; 2 the case does not fail, or could not be read or "
        "written.",
    .examples = "evident shrink random-deep:1:0 --engine clock-host --round-delays --defect 4\n",
    .read = case_arguments_read,
    .run = run,
};
