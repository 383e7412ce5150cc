/* SPDX-License-Identifier: MIT */
/* judge_all.c: many cases in many processes.
 *
 * A case is judged in a process of its own kind (pool.h): one that crashes, hangs or eats
 * memory is an error of that case. Every judgement goes to the place of its source and is told in
 * the order of the sources, so that what is printed depends on no order of work. Under MPI the
 * first rank hands out the cases of all (verify/run/ranks.h). */
#include "verify/run/engines.h"
#include "verify/run/pool.h"
#include "verify/exec/program.h"
#include "verify/run/ranks.h"
#include "verify/run/record.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct board {
    struct ver_judgement *judgement;
    const struct ver_sources *sources;
    const struct ver_options *options;
    const struct ver_listener *listener;
    struct pool pool;
    struct ranks *ranks; /* NULL: this process is alone */
    bool *done;
    size_t next, finished, told, failed;
    bool halted; /* a program cannot be started: no case after this one would be judged */
};

/* ---- in a worker ---- */

static void name_judgement(struct ver_judgement *judgement, const struct ver_source *source)
{
    judgement->family = ver_source_family(source);
    judgement->name = malloc(strlen(source->name) + 1);
    if (judgement->name)
        strcpy(judgement->name, source->name);
}

static void judge_source(struct ver_judgement *judgement, const struct ver_source *source,
                         const struct ver_options *options)
{
    if (source->made) {
        ver_judge(judgement, source->name, ver_source_family(source), source->made, options);
        hash_case(judgement->case_digest, source->made->problem);
        return;
    }
    struct case_made made;
    struct case_error error;
    if (ver_source_make(&made, source, &error) == 0) {
        ver_judge(judgement, source->name, ver_source_family(source), &made, options);
        hash_case(judgement->case_digest, made.problem);
        case_made_clear(&made);
        return;
    }
    *judgement = VER_NO_JUDGEMENT;
    snprintf(judgement->reason, sizeof judgement->reason, "%.200s", error.text);
    name_judgement(judgement, source);
}

static void work(void *context, size_t job, FILE *out)
{
    const struct board *board = context;
    struct ver_judgement judgement;
    judge_source(&judgement, &board->sources->at[job], board->options);
    record_put(out, &judgement);
    ver_judgement_clear(&judgement);
}

static void end_programs(void *context)
{
    (void)context;
    program_end_all();
}

/* ---- in the process that collects ---- */

static void tell_progress(void *context)
{
    struct board *board = context;
    const struct ver_listener *listener = board->listener;
    if (listener && listener->progress)
        listener->progress(listener->context, board->finished, board->sources->count,
                           board->failed);
}

static void report_done(struct board *board, size_t number)
{
    const struct ver_listener *listener = board->listener;
    size_t cases = board->sources->count;
    board->done[number] = true;
    board->finished++;
    board->failed += board->judgement[number].verdict != VER_PASS;
    for (; board->told < cases && board->done[board->told]; board->told++)
        if (listener && listener->judged)
            listener->judged(listener->context, &board->judgement[board->told]);
    tell_progress(board);
}

/* A case whose process did not live to tell. */
static void write_off(struct board *board, size_t job, enum pool_end end, int detail)
{
    struct ver_judgement *judgement = &board->judgement[job];
    ver_judgement_clear(judgement);
    *judgement = VER_NO_JUDGEMENT;
    pool_explain(judgement->reason, sizeof judgement->reason, &board->pool, end, detail);
    name_judgement(judgement, &board->sources->at[job]);
}

const struct ver_judged *ver_no_start(const struct ver_judgement *judgement)
{
    for (size_t e = 0; e < judgement->engines; e++)
        if (judgement->judged[e].no_start)
            return &judgement->judged[e];
    return NULL;
}

static void collect(void *context, size_t job, enum pool_end end, int detail, const char *data,
                    size_t size)
{
    struct board *board = context;
    if (end != POOL_DONE)
        write_off(board, job, end, detail);
    else if (record_get(&board->judgement[job], data, size) != 0)
        write_off(board, job, POOL_LOST, 0);
    board->halted |= ver_no_start(&board->judgement[job]) != NULL;
    if (board->halted)
        return; /* one line of the command says why, none of a case */
    if (board->listener && board->listener->finished)
        board->listener->finished(board->listener->context, board->sources->at[job].position,
                                  &board->judgement[job]);
    report_done(board, job);
}

/* The next case that nobody has judged. */
static size_t next(void *context)
{
    struct board *board = context;
    if (board->halted)
        return POOL_NO_JOB;
    if (board->listener && board->listener->stop && *board->listener->stop)
        return POOL_NO_JOB;
    while (board->next < board->sources->count && board->done[board->next])
        board->next++;
    return board->next < board->sources->count ? board->next++ : POOL_NO_JOB;
}

static bool more(void *context)
{
    struct board *board = context;
    return ranks_serve(board->ranks, next, collect, board);
}

/* Cases that were judged before (a run that goes on) are told, not judged again. */
static void take_judged(struct board *board)
{
    for (size_t k = 0; k < board->sources->count; k++)
        board->done[k] = board->judgement[k].name != NULL;
    for (size_t k = 0; k < board->sources->count; k++)
        if (board->done[k])
            report_done(board, k);
}

static unsigned cores(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}

void ver_judge_all(struct ver_judgement *judgement, const struct ver_sources *sources,
                   const struct ver_options *options, int workers,
                   const struct ver_listener *listener)
{
    struct ranks *ranks = ranks_here();
    struct board board = {
        .judgement = judgement,
        .sources = sources,
        .options = options,
        .listener = listener,
        .ranks = ranks,
        .done = calloc(sources->count + 1, sizeof *board.done),
        .pool = {.workers = workers > 0 ? (unsigned)workers
                            : ranks     ? 1
                                        : cores(),
                 .seconds = options->seconds,
                 .bytes = options->bytes,
                 .context = &board,
                 .next = next,
                 .work = work,
                 .spent = ver_engine_spent,
                 .end = end_programs,
                 .done = collect,
                 .wait = tell_progress,
                 .more = ranks ? more : NULL},
    };
    if (board.done)
        take_judged(&board);
    if (!board.done || pool_run(&board.pool) != 0)
        for (size_t k = 0; k < sources->count; k++)
            if (!judgement[k].name) {
                judgement[k] = VER_NO_JUDGEMENT;
                snprintf(judgement[k].reason, sizeof judgement[k].reason, "memory is short");
                name_judgement(&judgement[k], &sources->at[k]);
            }
    free(board.done);
}

/* ---- on the other ranks ---- */

static size_t ask(void *context)
{
    struct board *board = context;
    return ranks_ask(board->ranks);
}

static void answer(void *context, size_t job, enum pool_end end, int detail, const char *data,
                   size_t size)
{
    struct board *board = context;
    ranks_answer(board->ranks, job, end, detail, data, size);
}

void ver_judge_for_others(const struct ver_sources *sources, const struct ver_options *options,
                          int workers)
{
    struct board board = {
        .sources = sources,
        .options = options,
        .ranks = ranks_here(),
        .pool = {.workers = workers > 0 ? (unsigned)workers : 1,
                 .seconds = options->seconds,
                 .bytes = options->bytes,
                 .context = &board,
                 .next = ask,
                 .work = work,
                 .spent = ver_engine_spent,
                 .end = end_programs,
                 .done = answer},
    };
    pool_run(&board.pool);
}
