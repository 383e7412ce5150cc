/* command_verify.c: `evident verify`, the judge on many cases. */
#include "verify/run/engine.h"
#include "verify/run/ranks.h"
#include "verify/report/report_run.h"
#include "verify/store/store.h"
#include "verify/command/wish.h"

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
        command_ladder_wrong(totals))
        return COMMAND_FAIL;
    /* What a scheme cannot say is no fault of the run; the totals count it. */
    bool missing = totals->verdict[VER_NOT_RUN] > totals->inexpressible;
    bool nothing = totals->verdict[VER_PASS] == 0; /* nothing was shown: no reason to be glad */
    return missing || nothing || command_engine_absent(totals) ? COMMAND_COULD_NOT_RUN
                                                               : COMMAND_PASS;
}

/* COMMAND_PASS, or COMMAND_FAIL after a line: fewer cases were judged than must be. Judged are
 * those whose numbers were weighed, those of every engine asked for among them. */
static int require_judged(const struct wish *wish, const struct recording *recording, size_t cases)
{
    int64_t judged = store_judged(recording->store, recording->listener.run);
    size_t wanted = (size_t)wish->judged;
    if (wish->percent)
        wanted = (size_t)(((__uint128_t)wish->judged * cases + 99) / 100);
    if (judged < 0)
        return command_refuse(wish->command, "%s", store_error(recording->store));
    if ((size_t)judged >= wanted)
        return COMMAND_PASS;
    printf("FAIL run judged - got %lld want %zu: of %zu cases, so many passed or failed with every "
           "engine\n",
           (long long)judged, wanted, cases);
    return COMMAND_FAIL;
}

/* 0, or -1 after a line. */
static int find_no_start(const struct wish *wish, const struct ver_judgement *judgement,
                         size_t cases)
{
    for (size_t k = 0; k < cases; k++) {
        const struct ver_clock *clock = ver_no_start(&judgement[k]);
        if (!clock)
            continue;
        command_refuse(wish->command, "%s cannot be started: it %s", clock->engine, clock->reason);
        return -1;
    }
    return 0;
}

/* 0, or -1 after a line. */
static int write_report(const struct wish *wish, const struct recording *recording,
                        const struct ver_totals *totals)
{
    struct case_error error;
    if (report_run(recording->store, recording->listener.run, totals, wish->report,
                   wish->all_checks, &error) != 0) {
        command_refuse(wish->command, "%s", error.text);
        return -1;
    }
    printf("report: %s/index.html\n", wish->report);
    return 0;
}

/* ---- the store ---- */

static int refuse_store(const struct recording *recording)
{
    command_refuse("verify", "%s", store_error(recording->store));
    return -1;
}

/* Begins or resumes a run, in a store of its own without --store; what it has is put into
 * judgement. 0, or -1 after a line. */
static int record_begin(struct recording *recording, const struct wish *wish,
                        const struct store_facts *facts, const struct ver_sources *sources,
                        struct ver_judgement *judgement)
{
    struct case_error error;
    recording->store = store_open(wish->store, STORE_WRITE, &error);
    if (!recording->store) {
        command_refuse(wish->command, "%s", error.text);
        return -1;
    }
    int64_t run = store_begin(recording->store, facts, wish->resume);
    if (run < 0 || store_resume(recording->store, run, sources, judgement) < 0)
        return refuse_store(recording);
    recording->listener = (struct store_listener){recording->store, run, &recording->then, false};
    recording->all = store_listener(&recording->listener);
    return 0;
}

/* 0, or -1 after a line: what is recorded stays, the run can be resumed. */
static int record_end(const struct recording *recording)
{
    if (recording->listener.failed || store_finish(recording->store, recording->listener.run) != 0)
        return refuse_store(recording);
    return 0;
}

/* One write at the end of the file, so that two jobs do not mix their lines. 0, or -1 after a line.
 */
static int append_summary(const struct wish *wish, const struct recording *recording)
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
        command_refuse(wish->command, "--summary: %s", store_error(recording->store));
        return -1;
    }
    bool standard = strcmp(wish->summary, "-") == 0;
    FILE *out = standard ? stdout : fopen(wish->summary, "a");
    failed = !out || fwrite(text, 1, size, out) != size;
    if (out && (standard ? fflush(out) : fclose(out)) != 0)
        failed = 1;
    free(text);
    if (failed)
        command_refuse(wish->command, "--summary: %.300s: cannot write: %s", wish->summary,
                       strerror(errno));
    return failed ? -1 : 0;
}

/* ---- the run ---- */

static int tell_totals(const struct wish *wish, const struct recording *recording, size_t cases)
{
    struct ver_totals totals;
    if (store_totals(recording->store, recording->listener.run, &totals) != 0)
        return command_refuse(wish->command, "%s", store_error(recording->store));
    int code = exit_code(&totals);
    if (wish->report && write_report(wish, recording, &totals) != 0)
        code = COMMAND_COULD_NOT_RUN;
    talk_totals(&totals, wish);
    int judged = require_judged(wish, recording, cases);
    return code == COMMAND_PASS || code == COMMAND_FAIL ? code | judged : code;
}

static int verify_sources(const struct wish *wish, const struct ver_sources *sources,
                          const struct store_facts *facts)
{
    struct ver_judgement *judgement = calloc(sources->count, sizeof *judgement);
    if (!judgement)
        return command_refuse(wish->command, "memory is short");
    struct talk talk;
    struct recording recording = {
        .then = {.judged = talk_judgement, .progress = talk_progress, .context = &talk}};
    int code = COMMAND_COULD_NOT_RUN;
    talk_start(&talk, wish, sources->count);
    if (record_begin(&recording, wish, facts, sources, judgement) == 0) {
        ver_judge_all(judgement, sources, &wish->judge, wish->workers, &recording.all);
        progress_hide(&talk.progress);
        /* Else it was broken off: not all cases were judged. */
        if (find_no_start(wish, judgement, sources->count) == 0 && record_end(&recording) == 0) {
            code = tell_totals(wish, &recording, sources->count);
            if (wish->summary && append_summary(wish, &recording) != 0)
                code = COMMAND_COULD_NOT_RUN;
        }
    }
    for (size_t k = 0; k < sources->count; k++)
        ver_judgement_clear(&judgement[k]);
    free(judgement);
    store_close(recording.store);
    return command_finish(wish->command, code);
}

int verify_run(const struct wish *wish, struct ver_sources *sources)
{
    struct store_facts facts;
    struct case_error error;
    struct ranks *ranks = ranks_here();
    int failed =
        wish->report && ranks_is_first(ranks) ? ver_directory_make(wish->report, &error) : 0;
    if (!failed) { /* of the whole suite, before it is cut */
        snprintf(error.text, sizeof error.text, "memory is short");
        failed = store_facts(&facts, wish->name, wish->names, sources, &wish->judge);
    }
    ver_sources_shard(sources, wish->shard, wish->shards);
    if (!failed && wish->shards > 1) {
        facts.shard = (size_t)wish->shard;
        facts.shards = (size_t)wish->shards;
        facts.planned = sources->count;
    }
    if (failed)
        return command_refuse(wish->command, "%s", error.text);
    if (sources->count == 0)
        return command_refuse(wish->command, "--shard: the run has fewer than %llu cases",
                              (unsigned long long)wish->shards);
    if (ranks_is_first(ranks))
        return verify_sources(wish, sources, &facts);
    ver_judge_for_others(sources, &wish->judge, wish->workers);
    return COMMAND_PASS;
}

/* Everything that can be wrong before the first case is said before the first case. */
static int verify_wish(const struct wish *wish)
{
    struct ver_sources sources = {NULL, 0, 0};
    struct case_error error;
    int failed = 0;
    for (size_t k = 0; k < wish->names && !failed; k++)
        failed = ver_sources_add(&sources, wish->name[k], wish->judge.seed, &error);
    int code =
        failed ? command_refuse(wish->command, "%s", error.text) : verify_run(wish, &sources);
    ver_sources_clear(&sources);
    return code;
}

int command_verify(int argc, char **argv)
{
    struct wish wish = {.command = "verify", .judge = VER_OPTIONS_DEFAULT, .shard = 1, .shards = 1};
    wish.judge.seconds = 1800; /* the largest case takes a minute */
    wish.name = calloc((size_t)argc + 1, sizeof *wish.name);
    if (!wish.name)
        return command_refuse("verify", "memory is short");
    int got = wish_read(&wish, argc, argv), code = COMMAND_COULD_NOT_RUN;
    if (got == COMMAND_HELPED)
        code = command_finish("verify", COMMAND_PASS);
    else if (got == COMMAND_END)
        code = verify_wish(&wish);
    free(wish.name);
    free(wish.suite_options);
    return code;
}
