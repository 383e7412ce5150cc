/* command_shrink.c: `evident shrink`, from a case that fails to a small one that fails alike. */
#include "verify/command/ask.h"
#include "verify/shrink/shrink.h"
#include "verify/base/word.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: evident shrink [BEFORE]... CASE [options]\n"
    "\n"
    "Makes a failing case as small as it gets and writes it as a case file. Samples, populations,\n"
    "projections, neurons, time, spikes, synapses, delays and digits are taken away, the largest\n"
    "parts first, as long as the case still fails in the same way: the same verdict, and of a "
    "fail\n"
    "its first comparison (who is judged, on what, by which check) differs again. A crash and an "
    "endless\n"
    "loop of an engine are ways of failing, too. In the end nothing more can be removed alone. "
    "The\n"
    "same case and options give the same bytes, unless --seconds ends the search.\n"
    "\n"
    "BEFORE are cases that exec:COMMAND is asked about before every candidate: it may keep "
    "something\n"
    "of them. They stay as they are.\n"
    "CASE is a file, \"-\" or an address FAMILY:SEED:K. What judges it, as in evident verify:\n"
    "\n" ASK_USAGE
    "  --no-witness     engines only; chosen by itself where an engine is what fails\n"
    "  --seed S         of the random directions and probes (default 0)\n"
    "  --digits N       decimal digits of the reference (default 50)\n"
    "\n"
    "  --out FILE       write there (default: cases/regression/NAME.json in the source tree, "
    "where\n"
    "                   tests and the suite ci will judge it from now on; else "
    "NAME-shrunk.json)\n"
    "  --seconds S      end the search after so long with what there is (default: no limit)\n"
    "  --time-limit S   a candidate that takes longer does not end (default 60)\n"
    "  --memory-limit M a candidate may take so many MiB (default 0: no limit); not with "
    "clock-cuda\n"
    "  --jobs N         candidates judged at once (default: one a core); changes nothing but time\n"
    "  --quiet          no progress line\n"
    "\n"
    "Exit code: 0 a case was written; 2 the case does not fail, or could not be read or written.\n";

static const struct command_option own[] = {
    {"no-witness", false}, {"seed", true},       {"digits", true},       {"out", true},
    {"seconds", true},     {"time-limit", true}, {"memory-limit", true}, {"jobs", true},
    {"quiet", false},      {NULL, false},
};
enum { NO_WITNESS, SEED, DIGITS, OUT, SECONDS, TIME_LIMIT, MEMORY_LIMIT, JOBS, QUIET };
enum { LEAST_DIGITS = 30, MOST_SECONDS = 1000000, MOST_MEBIBYTES = 1 << 30, MOST_WORKERS = 64 };

/* A reference that gives up at once: where only rounding is judged, it is not asked. */
enum { HARDLY_ANY_BITS = 64 };

struct wish {
    const char *out;
    uint64_t seconds, workers;
    bool quiet;
    struct progress progress;
    const struct shrink *shrink;
};

static bool take(struct ask *ask, int option, const char *value)
{
    struct wish *wish = ask->context;
    uint64_t n = 0;
    bool good = true;
    switch (option) {
    case NO_WITNESS:
        return ask->judge.no_witness = true;
    case SEED:
        return command_number("shrink", "seed", value, 0, UINT64_MAX, &ask->judge.seed);
    case DIGITS:
        good = command_number("shrink", "digits", value, LEAST_DIGITS, COMMAND_MOST_DIGITS, &n);
        ask->judge.digits = (long)n;
        return good;
    case OUT:
        wish->out = value;
        return true;
    case SECONDS:
        return command_number("shrink", "seconds", value, 1, MOST_SECONDS, &wish->seconds);
    case TIME_LIMIT:
        good = command_number("shrink", "time-limit", value, 1, MOST_SECONDS, &n);
        ask->judge.seconds = (double)n;
        return good;
    case MEMORY_LIMIT:
        good = command_number("shrink", "memory-limit", value, 0, MOST_MEBIBYTES, &n);
        ask->judge.bytes = (size_t)n << 20;
        return good;
    case JOBS:
        return command_number("shrink", "jobs", value, 1, MOST_WORKERS, &wish->workers);
    default:
        return wish->quiet = true;
    }
}

/* ---- names ---- */

/* "random-deep-1-0-defect-4": the last part of the name of the case, fit for a file. */
static void base_name(char *name, size_t size, const struct ask *ask)
{
    const char *slash = strrchr(ask->name, '/'), *from = slash ? slash + 1 : ask->name;
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
        if (ask->judge.clock.defects >> k & 1) {
            used = strlen(name);
            snprintf(name + used, size - used, "-defect-%u", k);
        }
}

static void default_path(char *path, size_t size, const struct ask *ask)
{
    char name[200];
    base_name(name, sizeof name, ask);
    bool tree = access("cases/cases.h", F_OK) == 0 && access("cases/regression", W_OK) == 0;
    snprintf(path, size, tree ? "cases/regression/%s.json" : "%s-shrunk.json", name);
}

static char *options_text(const struct ver_options *options)
{
    char *text = NULL;
    size_t size;
    const struct ver_options plain = VER_OPTIONS_DEFAULT;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    if (options->seed != plain.seed)
        fprintf(out, " --seed %" PRIu64, options->seed);
    if (options->digits != plain.digits)
        fprintf(out, " --digits %ld", options->digits);
    ver_engine_options_put(out, options);
    fclose(out);
    return text;
}

/* What the file says of itself. 0, or -1 if memory is short. */
static int put_note(struct case_problem *c, const struct ask *ask, const struct shrink *shrink,
                    const struct ver_options *shown)
{
    char way[400], name[200], note[1000];
    const char *slash = strrchr(ask->name, '/');
    char *options = options_text(shown);
    shrink_way_text(way, sizeof way, &shrink->way);
    base_name(name, sizeof name, ask);
    snprintf(note, sizeof note, "shrunk from %.100s. %.300s. To see it: evident verify FILE%.200s",
             slash ? slash + 1 : ask->name, way, options ? options : "");
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
    struct wish *wish = context;
    const struct shrink *shrink = wish->shrink;
    if (shrink->cut)
        progress_say(&wish->progress, "round %zu, %s: %zu tried, %zu kept", shrink->rounds + 1,
                     shrink->cut, shrink->tried, shrink->adopted);
    else
        progress_say(&wish->progress, "judging what is to be kept");
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
        less.clock = (struct ver_clock_options){.step = 0};
        narrow(shrink, less);
    }
    *shown = shrink->judge.options;
    less = shrink->judge.options;
    less.every = UINT64_MAX;
    less.precision_cap = HARDLY_ANY_BITS;
    if (less.no_witness)
        narrow(shrink, less);
}

static int refuse_well(const struct ask *ask, const struct shrink_way *way, bool expected)
{
    if (expected)
        return command_refuse("shrink", "%s: undecided, as it is meant to be: nothing to shrink",
                              ask->name);
    if (way->verdict == VER_NOT_RUN)
        return command_refuse("shrink", "%s: not run: %s", ask->name, way->said);
    bool other = false;
    for (size_t e = 0; e < ask->judge.engines; e++)
        other |= ver_engine_is_program(ver_engine_name(ask->judge.engine[e]));
    if (other && ask->judge.befores == 0)
        return command_refuse("shrink",
                              "%s: passes alone: nothing to shrink; if it is wrong after another "
                              "case: evident shrink OTHER %s",
                              ask->name, ask->name);
    return command_refuse("shrink", "%s: passes: nothing to shrink", ask->name);
}

static int write_result(const struct ask *ask, struct shrink *shrink, const char *path,
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
    for (size_t k = 0; k < ask->judge.befores; k++) {
        ver_word_put(stdout, ask->before[k]);
        fputc(' ', stdout);
    }
    ver_word_put(stdout, path);
    printf("%s%s\n", options ? options : "", ask->judge.befores > 0 ? " --jobs 1" : "");
    free(options);
    if (!shrink_same(&way, &shrink->way)) /* another name, other random directions */
        printf("careful: it fails by the random directions of %s, not by its own\n", ask->name);
    return command_finish("shrink", COMMAND_PASS);
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

static int shrink_it(const struct ask *ask, struct wish *wish, struct shrink *shrink,
                     enum case_expectation expectation)
{
    char path[1024], text[400];
    default_path(path, sizeof path, ask);
    if (wish->out)
        snprintf(path, sizeof path, "%s", wish->out);
    else if (strcmp(path, ask->name) == 0)
        return command_refuse("shrink", "%s: would be overwritten; --out FILE says where to",
                              ask->name);
    if (!can_write(path))
        return command_refuse("shrink", "%s: no way to write there (%s)", path, strerror(errno));
    shrink_judge(&shrink->way, &shrink->judge, &shrink->problem, 1);
    progress_hide(&wish->progress);
    bool expected = expectation == CASE_UNDECIDED && shrink->way.verdict == VER_UNDECIDED;
    if (!shrink_fails(&shrink->way) || expected)
        return refuse_well(ask, &shrink->way, expected);
    shrink_way_text(text, sizeof text, &shrink->way);
    struct ver_options shown = shrink->judge.options;
    narrow_all(shrink, &shown);
    shrink->judge.name = path;
    if (!narrow(shrink, shrink->judge.options))
        shrink->judge.name = ask->name;
    progress_hide(&wish->progress);
    printf("%s: %s\n", ask->name, text);
    put_size("from:", shrink->problem);
    fflush(stdout);
    if (put_note(shrink->problem, ask, shrink, &shown) != 0 || shrink_search(shrink) != 0)
        return command_refuse("shrink", "memory is short");
    progress_hide(&wish->progress);
    return write_result(ask, shrink, path, &shown);
}

int command_shrink(int argc, char **argv)
{
    struct wish wish = {.quiet = false};
    struct ask ask = {.command = "shrink",
                      .usage = usage,
                      .own = own,
                      .take = take,
                      .context = &wish,
                      .judge = VER_OPTIONS_DEFAULT};
    struct case_made made;
    struct case_error error;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    ask.judge.seconds = 60;
    wish.workers = cores > 0 && cores < MOST_WORKERS ? (uint64_t)cores : 1;
    int got = ask_read(&ask, argc, argv);
    if (got == COMMAND_HELPED)
        return command_finish("shrink", COMMAND_PASS);
    if (got == COMMAND_BAD)
        return COMMAND_COULD_NOT_RUN;
    if (ver_load(&made, ask.name, &error) != 0)
        return command_refuse("shrink", "%s", error.text);
    struct shrink shrink = {
        .judge = {ask.name, ask.judge, (unsigned)wish.workers, show, &wish},
        .problem = case_copy(made.problem),
        .seconds = (double)wish.seconds,
    };
    wish.shrink = &shrink;
    progress_start(&wish.progress, "shrink", !wish.quiet);
    int code = shrink.problem ? shrink_it(&ask, &wish, &shrink, made.expectation)
                              : command_refuse("shrink", "memory is short");
    case_free(shrink.problem);
    case_made_clear(&made);
    return code;
}
