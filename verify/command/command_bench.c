/* SPDX-License-Identifier: MIT */
/* command_bench.c: `evident bench`, how long an engine takes for cases, and how much memory. */
#include "verify/command/command_store.h"
#include "verify/command/console.h"
#include "verify/run/bench.h"
#include "verify/store/store_inner.h"
#include "verify/store/store_speed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLOWEST_SHOWN = 3, REASONS_SHOWN = 3 };

/* ---- arguments ---- */

/* The first operand is an engine, as if given by an option before all others. */
static enum options_status read_arguments(struct options *options, int argc, char **argv)
{
    enum options_status status = options_words(options, argc, argv, OPTIONS_OPERANDS);
    if (status != OPTIONS_GOOD)
        return status;
    if (options->operands > 0 && !option_take_engine(options, options->operand[0]))
        return OPTIONS_BAD;
    if ((status = options_words(options, argc, argv, OPTIONS_VALUES)) != OPTIONS_GOOD)
        return status;
    if (options->operands == 0) {
        command_refuse(options->where, "wants an engine (see evident bench --help)");
        return OPTIONS_BAD;
    }
    if (options->operands == 1)
        options->operand[options->operands++] = "smoke";
    options->operands--; /* the cases are left */
    memmove(options->operand, options->operand + 1, options->operands * sizeof *options->operand);
    return options_engines_fit(options) ? OPTIONS_GOOD : OPTIONS_BAD;
}

/* Enough rounds for an interval of every case. 0: fewer were asked for, after a line. */
static size_t find_rounds(const struct options *options, size_t cases)
{
    size_t least = interval_least_count(interval_level_of(cases)), asked = (size_t)options->rounds;
    if (asked >= least)
        return asked;
    if (!options_given(options, "repeats"))
        return least;
    command_refuse(options->where,
                   "--repeats: found %zu, wanted at least %zu for an interval of each of %zu cases",
                   asked, least, cases);
    return 0;
}

/* ---- what is printed ---- */

struct watch {
    struct progress progress;
    size_t round, rounds;
};

static bool tell_progress(void *context, size_t round, size_t done, size_t cases)
{
    struct watch *watch = context;
    char what[40] = "warming up";
    watch->round = round;
    if (round > 0)
        snprintf(what, sizeof what, "round %zu of %zu", round, watch->rounds);
    progress_say(&watch->progress, "%s, %zu of %zu cases", what, done, cases);
    return console_caught() != 0;
}

/* A line a reason, of so many, with its count. */
static void print_not_run(const struct bench *bench, size_t e, size_t ran)
{
    size_t left = bench->cases - ran;
    for (size_t c = 0, told = 0; c < bench->cases && left > 0; c++) {
        const char *reason = bench_row(bench, c, e)->reason;
        size_t alike = 0, before = 0;
        for (size_t d = 0; d < bench->cases; d++)
            if (!bench_row(bench, d, e)->ran && strcmp(bench_row(bench, d, e)->reason, reason) == 0)
                *(d < c ? &before : &alike) += 1;
        if (bench_row(bench, c, e)->ran || before > 0)
            continue;
        if (told++ == REASONS_SHOWN) {
            printf("  not run: %zu for other reasons\n", left);
            break;
        }
        printf("  not run: %zu: %s\n", alike, reason);
        left -= alike;
    }
}

static void print_slowest(const struct bench *bench, size_t e)
{
    bool *told = calloc(bench->cases + 1, sizeof *told);
    struct console_list list = {"  the slowest: "};
    for (int k = 0; k < SLOWEST_SHOWN && told; k++) {
        size_t slowest = bench->cases;
        double most = 0;
        for (size_t c = 0; c < bench->cases; c++) {
            double time = bench_time(bench, c, e, INTERVAL_LEVEL).middle;
            if (!told[c] && bench_row(bench, c, e)->ran && time > most) {
                most = time;
                slowest = c;
            }
        }
        if (slowest == bench->cases)
            break;
        told[slowest] = true;
        printf("%s%s %.4g ms", list.before, bench->at[slowest].name, 1e3 * most);
        list.before = ", ";
    }
    if (list.before[0] == ',')
        printf("\n");
    free(told);
}

static size_t count_moved(const struct bench *bench, size_t e)
{
    size_t moved = 0;
    for (size_t c = 0; c < bench->cases; c++)
        moved += bench_row(bench, c, e)->ran && !bench_row(bench, c, e)->same;
    return moved;
}

/* false: it ran no case. */
static bool print_engine(const struct options *options, const struct bench *bench, size_t e)
{
    size_t cases;
    struct interval time = bench_total(bench, e, &cases);
    const struct bench_row *most = bench_memory(bench, e);
    size_t moved = count_moved(bench, e);
    printf("engine %s: %zu cases, %zu rounds\n", bench->engine[e], cases, bench->rounds);
    if (cases > 0)
        printf("  time: %.4g ms for one answer to each, %.4g to %.4g (95 %% interval of the "
               "median)\n",
               1e3 * time.middle, 1e3 * time.low, 1e3 * time.high);
    if (most)
        printf("  memory: %.2f MiB at most, %s\n", most->bytes * 0x1p-20,
               most->said ? "by its own count" : "resident");
    if (!options->quiet)
        print_slowest(bench, e);
    print_not_run(bench, e, cases);
    if (moved > 0)
        printf("  bits: not the same in every round in %zu cases\n", moved);
    return cases > 0;
}

/* How many cases have the same bits by both, of those that both ran. */
static size_t count_same(const struct bench *bench, size_t e)
{
    size_t same = 0;
    for (size_t c = 0; c < bench->cases; c++) {
        const struct bench_row *row = bench_row(bench, c, 0), *other = bench_row(bench, c, e);
        same += row->ran && other->ran && row->digest == other->digest;
    }
    return same;
}

/* An exit code. */
static int print_against(const struct options *options, const struct bench *bench, size_t e)
{
    size_t cases;
    char text[120];
    struct interval ratio = bench_against(bench, 0, e, &cases);
    if (cases == 0)
        return command_refuse(options->where, "there is no case that both %s and %s ran",
                              bench->engine[0], bench->engine[e]);
    size_t same = count_same(bench, e);
    speed_text(text, sizeof text, ratio);
    printf("against %s, on %zu cases: %s; the same bits in %zu of them\n", bench->engine[e], cases,
           text, same);
    return interval_larger(ratio) || (options->bits && same < cases) ? COMMAND_FAIL : COMMAND_PASS;
}

/* Exit code of an engine and those that it was timed against. */
static int print_bench(const struct options *options, const struct bench *bench)
{
    int code = COMMAND_PASS;
    for (size_t e = 0; e < bench->engines; e++) {
        bool varies = options->judge.engine[e]->varies;
        if (!print_engine(options, bench, e))
            code = COMMAND_COULD_NOT_RUN;
        else if (count_moved(bench, e) > 0 && !varies && code == COMMAND_PASS)
            code = COMMAND_FAIL;
    }
    for (size_t e = 1; e < bench->engines && code != COMMAND_COULD_NOT_RUN; e++) {
        int against = print_against(options, bench, e);
        code = against > code ? against : code;
    }
    return code;
}

/* ---- the command ---- */

/* How cases were timed, as far as it is not among the options of a judge. */
static void add_options(struct store_facts *facts, const struct options *options)
{
    size_t used = strlen(facts->options);
    snprintf(facts->options + used, sizeof facts->options - used, " --threads %u",
             options->threads);
}

/* 0, or -1 after a line. */
static int record(struct store *store, const struct options *options,
                  const struct ver_sources *sources, const struct bench *bench)
{
    struct store_facts facts;
    int64_t number = -1;
    if (store_facts(&facts, options->operand, options->operands, sources, &options->judge) == 0) {
        add_options(&facts, options);
        number = store_bench_record(store, &facts, bench);
    } else
        store_refuse(store, "memory is short");
    if (number < 0)
        command_refuse(options->where, "%s", store_error(store));
    return number < 0 ? -1 : 0;
}

/* store: NULL, or where it is recorded. */
static int measure(const struct options *options, const struct ver_sources *sources, size_t rounds,
                   struct store *store)
{
    struct bench bench;
    struct case_error error;
    struct watch watch = {.rounds = rounds};
    const struct bench_listener listener = {tell_progress, &watch};
    progress_start(&watch.progress, options->where, !options->quiet);
    console_catch_signals(true);
    enum bench_end end = bench_measure(&bench, sources, &options->judge, rounds,
                                       (int)options->threads, &listener, &error);
    console_catch_signals(false);
    progress_hide(&watch.progress);
    int code = COMMAND_COULD_NOT_RUN;
    if (end == BENCH_FAILED)
        command_refuse(options->where, "%s", error.text);
    else if (end == BENCH_STOPPED)
        command_refuse(options->where, "interrupted in round %zu of %zu; nothing was recorded",
                       watch.round, rounds);
    else if ((code = print_bench(options, &bench)) != COMMAND_COULD_NOT_RUN && store &&
             record(store, options, sources, &bench) != 0)
        code = COMMAND_COULD_NOT_RUN;
    bench_clear(&bench);
    store_close(store);
    if (end == BENCH_STOPPED)
        console_raise();
    return code;
}

static int run(struct options *options)
{
    struct ver_sources sources = {NULL, 0, 0};
    int code = verify_sources_find(options, &sources);
    size_t rounds = code == 0 ? find_rounds(options, sources.count) : 0;
    struct store *store = NULL;
    if (rounds > 0 && options->store && !(store = command_store_open(options, STORE_WRITE)))
        rounds = 0; /* known before anything takes time */
    if (code == 0)
        code = rounds > 0 ? measure(options, &sources, rounds, store) : COMMAND_COULD_NOT_RUN;
    ver_sources_clear(&sources);
    return code;
}

const struct command command_bench = {
    .name = "bench",
    .operands = "ENGINE [CASE|SUITE]...",
    .wants = "an engine",
    .says = "time and memory of an engine, and of others in turn with it",
    .about =
        "ENGINE is one that verify takes: clock-host, exec:COMMAND, so:PATH, ... Without a case or "
        "suite: the suite smoke, of which only the cases are taken, not its options.\n"
        "Timed is one answer, forward and backward: of an engine of this program and of a shared "
        "object from the case in memory to its result; of a program from the first byte of the "
        "question to the last of the answer, in one process that goes on. Nothing else is: not "
        "making cases, not starting programs, not reading answers. Every case is warmed up; then "
        "every round measures every case once, the mean of as many answers as take 2 ms. The time "
        "is the median over rounds, with an interval that holds whatever disturbs the machine: "
        "between two of the measured times, as order statistics have it (95 %, for all cases "
        "together).\n"
        "Memory is what an engine counts itself (the clock engine; of a device, the device's), "
        "else resident pages: of a program all of its processes, of what runs in this process "
        "what it grew by, known to 1 MiB.\n"
        "--against times another engine in the same rounds: an old build and a new one on a "
        "machine "
        "that is never quiet; and says in how many cases both have the same bits. With --store all "
        "is recorded, and bench, bench-1, bench:3 name it for "
        "evident diff, baseline, export and store --drop: diff bench-1 bench says what got slower "
        "by more than its noise, what takes more memory, and whose numbers moved by a bit. Times "
        "are compared on one host alone.\n"
        "Exit status: 0; 1 slower than an engine of --against by more than its noise, other bits "
        "than it (with --bits), or not the same bits in every round; 2 could not run.",
    .examples = "evident bench so:./new.so smoke --against so:./old.so\n"
                "evident bench 'exec:./mine --gpu' ci -k random-deep --store runs.sqlite\n"
                "evident diff bench-1 bench --store runs.sqlite\n",
    .read = read_arguments,
    .run = run,
};
