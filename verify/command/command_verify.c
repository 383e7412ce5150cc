/* SPDX-License-Identifier: MIT */
/* command_verify.c: `evident verify`, the judge on many cases. */
#include "verify/command/console.h"
#include "verify/run/engines.h"
#include "verify/run/ranks.h"
#include "verify/report/report_run.h"
#include "verify/store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct recording {
    struct store *store;
    struct store_listener listener;
    struct ver_listener then, all;
};

static int exit_code(const struct ver_totals *totals)
{
    if (totals->verdict[VER_FAIL] + totals->verdict[VER_UNDECIDED] + totals->verdict[VER_ERROR] >
            0 ||
        console_ladder_wrong(totals))
        return COMMAND_FAIL;
    /* What a scheme cannot say is no fault of the run; the totals count it. */
    bool missing = totals->verdict[VER_NOT_RUN] > totals->inexpressible;
    bool nothing = totals->verdict[VER_PASS] == 0; /* nothing was shown: no reason to be glad */
    return missing || nothing || console_engine_absent(totals) ? COMMAND_COULD_NOT_RUN
                                                               : COMMAND_PASS;
}

/* COMMAND_PASS, or COMMAND_FAIL after a line: fewer cases were judged than must be. Judged are
 * those whose numbers were weighed, those of every engine asked for among them. */
static int require_judged(const struct options *options, const struct recording *recording,
                          size_t cases)
{
    int64_t judged = store_judged(recording->store, recording->listener.run);
    size_t wanted = (size_t)options->judged;
    if (options->percent)
        wanted = (size_t)(((__uint128_t)options->judged * cases + 99) / 100);
    if (judged < 0)
        return command_refuse(options->where, "%s", store_error(recording->store));
    if ((size_t)judged >= wanted)
        return COMMAND_PASS;
    printf("FAIL run judged - got %lld want %zu: of %zu cases, so many passed or failed with every "
           "engine\n",
           (long long)judged, wanted, cases);
    return COMMAND_FAIL;
}

/* 0, or -1 after a line. */
static int find_no_start(const struct options *options, const struct ver_judgement *judgement,
                         size_t cases)
{
    for (size_t k = 0; k < cases; k++) {
        const struct ver_judged *judged = ver_no_start(&judgement[k]);
        if (!judged)
            continue;
        command_refuse(options->where, "%s cannot be started: it %s", judged->engine,
                       judged->reason);
        return -1;
    }
    return 0;
}

/* 0, or -1 after a line. */
static int write_report(const struct options *options, const struct recording *recording,
                        const struct ver_totals *totals)
{
    struct case_error error;
    if (report_run(recording->store, recording->listener.run, totals, options->report,
                   options->all_checks, &error) != 0) {
        command_refuse(options->where, "%s", error.text);
        return -1;
    }
    printf("report: %s/index.html\n", options->report);
    return 0;
}

/* ---- the store ---- */

static int refuse_store(const struct options *options, const struct recording *recording)
{
    command_refuse(options->where, "%s", store_error(recording->store));
    return -1;
}

/* Begins or resumes a run, in a store of its own without --store; what it has is put into
 * judgement. 0, or -1 after a line. */
static int record_begin(struct recording *recording, const struct options *options,
                        const struct store_facts *facts, const struct ver_sources *sources,
                        struct ver_judgement *judgement)
{
    struct case_error error;
    recording->store = store_open(options->store, STORE_WRITE, &error);
    if (!recording->store) {
        command_refuse(options->where, "%s", error.text);
        return -1;
    }
    int64_t run = store_begin(recording->store, facts, options->resume);
    if (run < 0 || store_resume(recording->store, run, sources, judgement) < 0)
        return refuse_store(options, recording);
    recording->listener = (struct store_listener){recording->store, run, &recording->then, false};
    recording->all = store_listener(&recording->listener);
    recording->all.stop = recording->then.stop;
    return 0;
}

/* 0, or -1 after a line: what is recorded stays, the run can be resumed. */
static int record_end(const struct options *options, const struct recording *recording, bool whole)
{
    if (recording->listener.failed ||
        (whole && store_finish(recording->store, recording->listener.run) != 0))
        return refuse_store(options, recording);
    return 0;
}

/* One write at the end of the file, so that two jobs do not mix their lines. 0, or -1 after a line.
 */
static int append_summary(const struct options *options, const struct recording *recording)
{
    static const struct store_export how = {.format = STORE_MARKDOWN};
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    int failed = !memory || store_export(recording->store, recording->listener.run, &how, memory);
    if (memory && fclose(memory) != 0)
        failed = 1;
    if (failed) {
        free(text);
        command_refuse(options->where, "--summary: %s", store_error(recording->store));
        return -1;
    }
    bool standard = strcmp(options->summary, "-") == 0;
    FILE *out = standard ? stdout : fopen(options->summary, "a");
    failed = !out || fwrite(text, 1, size, out) != size;
    if (out && (standard ? fflush(out) : fclose(out)) != 0)
        failed = 1;
    free(text);
    if (failed)
        command_refuse(options->where, "--summary: %.300s: cannot write: %s", options->summary,
                       strerror(errno));
    return failed ? -1 : 0;
}

/* ---- the run ---- */

/* How many were judged, or were recorded before. */
static size_t count_made(const struct ver_judgement *judgement, size_t cases)
{
    size_t made = 0;
    for (size_t k = 0; k < cases; k++)
        made += judgement[k].name != NULL;
    return made;
}

static int tell_totals(const struct console *console, const struct recording *recording,
                       size_t made, size_t cases)
{
    const struct options *options = console->options;
    struct ver_totals totals;
    if (store_totals(recording->store, recording->listener.run, &totals) != 0)
        return command_refuse(options->where, "%s", store_error(recording->store));
    int code = exit_code(&totals);
    if (options->report && write_report(options, recording, &totals) != 0)
        code = COMMAND_COULD_NOT_RUN;
    if (console_not_run(console, recording->store, recording->listener.run) != 0)
        return command_refuse(options->where, "%s", store_error(recording->store));
    console_totals(console, &totals, cases - made);
    int judged = require_judged(options, recording, cases);
    return code == COMMAND_PASS || code == COMMAND_FAIL ? code | judged : code;
}

static int verify_sources(const struct options *options, const struct ver_sources *sources,
                          const struct store_facts *facts)
{
    struct ver_judgement *judgement = calloc(sources->count, sizeof *judgement);
    if (!judgement)
        return command_refuse(options->where, "memory is short");
    struct console console;
    struct recording recording = {.then = {.judged = console_judged,
                                           .progress = console_progress,
                                           .finished = console_finished,
                                           .context = &console,
                                           .stop = &console.stop}};
    int code = COMMAND_COULD_NOT_RUN;
    console_start(&console, options, sources->count);
    console.broken = &recording.listener.failed;
    if (record_begin(&recording, options, facts, sources, judgement) == 0) {
        console_catch_signals(true);
        ver_judge_all(judgement, sources, &options->judge, (int)options->jobs, &recording.all);
        console_catch_signals(false);
        progress_hide(&console.progress);
        size_t made = count_made(judgement, sources->count);
        bool started = find_no_start(options, judgement, sources->count) == 0;
        int recorded = 0;
        if (started) /* before the report of the run */
            /* Cases that nobody judged are an error, unless the run was asked to stop. */
            recorded = record_end(options, &recording, made == sources->count || !console.stop);
        if (started &&
            !recording.listener.failed) /* else it was broken off: not all cases were judged */
            code = tell_totals(&console, &recording, made, sources->count);
        if (recorded != 0 ||
            (started && options->summary && append_summary(options, &recording) != 0))
            code = COMMAND_COULD_NOT_RUN;
    }
    for (size_t k = 0; k < sources->count; k++)
        ver_judgement_clear(&judgement[k]);
    free(judgement);
    store_close(recording.store);
    return code;
}

int verify_run(const struct options *options, struct ver_sources *sources)
{
    struct store_facts facts;
    struct case_error error;
    struct ranks *ranks = ranks_here();
    size_t first = strcmp(options->command->name, "judge") == 0; /* after its folder */
    int failed =
        options->report && ranks_is_first(ranks) ? ver_directory_make(options->report, &error) : 0;
    if (!failed) { /* of the whole suite, before it is cut */
        snprintf(error.text, sizeof error.text, "memory is short");
        failed = store_facts(&facts, options->operand + first, options->operands - first, sources,
                             &options->judge);
    }
    if (options->shards > 0)
        ver_sources_shard(sources, options->shard, options->shards);
    if (!failed && options->shards > 1) {
        facts.shard = (size_t)options->shard;
        facts.shards = (size_t)options->shards;
        facts.planned = sources->count;
    }
    if (failed)
        return command_refuse(options->where, "%s", error.text);
    if (sources->count == 0)
        return command_refuse(options->where, "--shard: the run has fewer than %llu cases",
                              (unsigned long long)options->shards);
    if (ranks_is_first(ranks))
        return verify_sources(options, sources, &facts);
    ver_judge_for_others(sources, &options->judge, (int)options->jobs);
    return COMMAND_PASS;
}

static int run(struct options *options)
{
    struct ver_sources sources = {NULL, 0, 0};
    int code = verify_sources_find(options, &sources);
    if (code == 0)
        code = verify_run(options, &sources);
    ver_sources_clear(&sources);
    return code;
}

const struct command command_verify = {
    .name = "verify",
    .operands = "[CASE|SUITE]...",
    .says = "hold the reference against the witness, and engines against it, over many cases",
    .about =
        "Compares the reference with the witness: spikes and loss inside the proven enclosures, "
        "gradients and adjoints against differences of the loss, and everything against truths "
        "known by hand.\n"
        "CASE is a file in format evident-case-1, \"-\" for standard input, or an address "
        "FAMILY:SEED:K. SUITE is the name of a suite (smoke, ci, nightly) or a file NAME.suite "
        "with lines FAMILY SEED COUNT, file PATH, folder PATH, or options of this command, which "
        "say how it is judged; those of the command line win. Without either: the suite ci.\n"
        "FAMILY:SEED:FIRST-LAST stands for several cases. --like CASE adds --count cases with the "
        "network, loss and features of CASE and other numbers of --seed, half of them near to "
        "something (cases/README.md); like:CASE:SEED:K is one of them.\n"
        "With --engine, engines are judged, too; given again, their bits are compared. The first "
        "of the command line takes the place of those that a suite wants; none: none of them. "
        "Every number of an engine is held against its own scheme without rounding (got: the "
        "engine, want: that), spikes and gradients against the reference as the step shrinks, and "
        "bits against other engines and against itself after changes that must not matter.\n"
        "exec:COMMAND is another program: it reads a case a line and answers with a result a line "
        "(verify/exec/PROTOCOL.md). One with exact times is held against the reference (want), "
        "every number within what rounding may do to it, and by direction, scale and sign; one "
        "with a grid as its step shrinks. What it does not provide is no evidence, an answer "
        "without any gradient is undecided; what it answers with not-run is counted. Asked again "
        "it must give the same bits; where it is wrong after other cases and right alone, that is "
        "what fails, and the command that is printed holds them. --conventions and "
        "--engine-time-limit may also stand before the first program, and are its own.\n"
        "--compat is defects 1, 2, 4 and 5 and the published conventions; not 6, 7 (gradients of "
        "time constants) and 18, which --defect adds, nor the phantom spike of silent outputs.\n"
        "--resume without --store goes on in $EVIDENT_STORE, else evident.sqlite; without such a "
        "run, or with a program under test that has changed, it begins one. With "
        "GITHUB_ACTIONS=true and --summary the first ten failures are annotations, too.\n"
        "A failure is one line: case, quantity, index, what the reference says (got), what the "
        "witness or the known truth says (want), their distance in units of its bound, and the "
        "command that reproduces it. Verdicts: pass; fail; undecided (the reference cannot decide "
        "it at the precision cap, or some derivative has no evidence); not-run (larger than the "
        "engines allow); error.\n"
        "Exit status: 0 all pass; 1 any fail, undecided or error, or fewer judged than "
        "--require-judged; 2 could not run, or a command of exec: cannot be started, which ends "
        "the run at once.",
    .examples = "evident verify smoke\n"
                "evident verify ci -k random-deep --engine clock-host --round-delays -j 8\n"
                "evident verify ci --store runs.sqlite --resume --report page\n"
                "evident verify --like mine.json --count 1000 --engine so:./mine.so\n"
                "evident verify random-deep:1:0 --engine 'exec:./simulator --fast'\n",
    .read = verify_arguments_read,
    .run = run,
};
