/* SPDX-License-Identifier: MIT */
/* bench_measure.c: see bench.h. A measurement is a job of a pool with one worker: an engine that
 * crashes or hangs ends the bench with a line, not the program. */
#include "verify/run/bench.h"
#include "verify/base/pages.h"
#include "verify/exec/program.h"
#include "verify/judge/judge_scheme.h"
#include "verify/run/engines.h"
#include "verify/run/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_ANSWERS = 100000 };

struct board {
    struct bench *bench;
    const struct ver_options *options;
    const struct bench_listener *listener;
    struct engine_options how;
    const struct case_problem **problem; /* [cases] */
    struct case_made *made;              /* [cases], of families */
    size_t *answers;                     /* [rows], in the worker: in one measurement; 0: cold */
    size_t next, job;                    /* the next one; the one that runs */
    struct case_error *error;
    bool stopped, failed;
};

struct said { /* what a worker says of a measurement */
    enum result_status status;
    char reason[200];
    uint64_t digest;
    size_t answers;
    double seconds, bytes;
    bool exact;
};

/* ---- rows ---- */

int bench_make(struct bench *bench, size_t cases, size_t engines, size_t rounds)
{
    size_t rows = cases * engines;
    *bench = (struct bench){.cases = cases,
                            .engines = engines,
                            .rounds = rounds,
                            .at = calloc(cases + 1, sizeof *bench->at),
                            .row = calloc(rows + 1, sizeof *bench->row),
                            .seconds = calloc(rows * rounds + 1, sizeof *bench->seconds)};
    return bench->at && bench->row && bench->seconds ? 0 : -1;
}

void bench_clear(struct bench *bench)
{
    for (size_t c = 0; bench->at && c < bench->cases; c++)
        free(bench->at[c].name);
    for (size_t e = 0; e < bench->engines; e++)
        free(bench->engine[e]);
    free(bench->at);
    free(bench->row);
    free(bench->seconds);
    *bench = (struct bench){.cases = 0};
}

struct bench_row *bench_row(const struct bench *bench, size_t c, size_t engine)
{
    return &bench->row[c * bench->engines + engine];
}

double *bench_seconds(const struct bench *bench, size_t c, size_t engine)
{
    return &bench->seconds[(c * bench->engines + engine) * bench->rounds];
}

/* ---- the order of jobs: rounds, in each the cases, of each the engines ---- */

struct turn {
    size_t round, c, engine; /* round 0 warms up */
};

static struct turn turn_of(const struct bench *bench, size_t job)
{
    size_t e = job % bench->engines, c = job / bench->engines % bench->cases;
    size_t round = job / bench->engines / bench->cases;
    return (struct turn){round, c, (round + c) % 2 ? bench->engines - 1 - e : e};
}

/* ---- in the worker ---- */

/* One answer, and how long it took. */
static void answer(const struct board *board, const struct turn *turn, struct said *said)
{
    const struct engine *engine = board->options->engine[turn->engine];
    struct result result;
    memset(&result, 0, sizeof result);
    double start = ver_now();
    said->status = engine_run(engine, &result, board->problem[turn->c], &board->how);
    double wall = ver_now() - start;
    said->seconds += program_of(engine) ? result.seconds : wall;
    said->digest = said->status == RESULT_OK ? result_digest(&result) : 0;
    said->bytes = engine->scheme ? (double)result.bytes : 0;
    snprintf(said->reason, sizeof said->reason, "%.190s", result.reason);
    result_clear(&result);
}

/* Twice: in the second nothing is started, and little allocated, for the first time. Memory is what
 * the engine says, else what its processes held at most: of a program all of it, of what runs in
 * this process what it grew by. */
static void warm_up(struct board *board, const struct turn *turn, struct said *said)
{
    const struct engine *engine = board->options->engine[turn->engine];
    size_t *answers = &board->answers[turn->c * board->bench->engines + turn->engine];
    double before = (double)resident_now(getpid());
    resident_forget(getpid());
    answer(board, turn, said);
    pid_t program = program_process(engine);
    double grown = (double)resident_most(getpid()) - before;
    if (said->status != RESULT_OK)
        return;
    resident_forget_group(program);
    said->seconds = 0;
    answer(board, turn, said);
    *answers = said->seconds < BENCH_SECONDS / MOST_ANSWERS
                   ? MOST_ANSWERS
                   : (size_t)ceil(BENCH_SECONDS / said->seconds);
    said->exact = said->bytes > 0;
    if (program > 0)
        said->bytes = (double)resident_most_of_group(program);
    else if (!said->exact)
        said->bytes = grown > 0 ? grown : 0;
}

static void work(void *context, size_t job, FILE *out)
{
    struct board *board = context;
    struct turn turn = turn_of(board->bench, job);
    struct said said;
    memset(&said, 0, sizeof said);
    size_t *answers = &board->answers[turn.c * board->bench->engines + turn.engine];
    if (*answers == 0)
        warm_up(board, &turn, &said);
    if (turn.round > 0 && said.status == RESULT_OK) {
        said.seconds = 0;
        for (size_t k = 0; k < *answers && said.status == RESULT_OK; k++)
            answer(board, &turn, &said);
        said.seconds /= (double)*answers;
    }
    said.answers = *answers;
    fwrite(&said, sizeof said, 1, out);
}

static void end_programs(void *context)
{
    (void)context;
    program_end_all();
}

/* ---- in the process that collects ---- */

static bool is_left_out(const struct board *board, const struct turn *turn)
{
    return turn->round > 0 && !bench_row(board->bench, turn->c, turn->engine)->ran;
}

static size_t next(void *context)
{
    struct board *board = context;
    const struct bench *bench = board->bench;
    size_t jobs = (bench->rounds + 1) * bench->cases * bench->engines;
    if (board->stopped || board->failed)
        return POOL_NO_JOB;
    for (; board->next < jobs; board->next++) {
        struct turn turn = turn_of(bench, board->next);
        if (!is_left_out(board, &turn))
            return board->job = board->next++;
    }
    return POOL_NO_JOB;
}

static void tell_progress(void *context)
{
    struct board *board = context;
    struct turn turn = turn_of(board->bench, board->job);
    if (board->listener->progress)
        board->stopped |= board->listener->progress(board->listener->context, turn.round, turn.c,
                                                    board->bench->cases);
}

static void fail(struct board *board, const struct turn *turn, const char *why)
{
    board->failed = true;
    snprintf(board->error->text, sizeof board->error->text, "%.150s on %.100s: %.200s",
             board->bench->engine[turn->engine], board->bench->at[turn->c].name, why);
}

/* What a case is refused for is no fault of the engine. */
static void take(struct board *board, const struct turn *turn, const struct said *said)
{
    struct bench_row *row = bench_row(board->bench, turn->c, turn->engine);
    row->ran = said->status == RESULT_OK;
    if (!row->ran && (said->status != RESULT_REFUSED || turn->round > 0)) {
        fail(board, turn, said->reason);
        return;
    }
    snprintf(row->reason, sizeof row->reason, "%s", said->reason);
    if (turn->round == 0) {
        row->digest = said->digest;
        row->same = row->ran;
        row->answers = said->answers;
        row->bytes = said->bytes;
        row->said = said->exact;
        return;
    }
    row->same &= said->digest == row->digest;
    bench_seconds(board->bench, turn->c, turn->engine)[turn->round - 1] = said->seconds;
}

static void collect(void *context, size_t job, enum pool_end end, int detail, const char *data,
                    size_t size)
{
    struct board *board = context;
    const struct pool pool = {.seconds = board->options->seconds};
    struct turn turn = turn_of(board->bench, job);
    struct said said;
    char why[200];
    if (end == POOL_DONE && size == sizeof said) {
        memcpy(&said, data, sizeof said);
        take(board, &turn, &said);
    } else {
        pool_explain(why, sizeof why, &pool, end, detail);
        fail(board, &turn, why);
    }
    tell_progress(board);
}

/* ---- the whole ---- */

static int make_cases(struct board *board, const struct ver_sources *sources)
{
    for (size_t c = 0; c < sources->count; c++) {
        const struct ver_source *source = &sources->at[c];
        struct bench_case *at = &board->bench->at[c];
        if (source->made)
            board->problem[c] = source->made->problem;
        else if (case_family_make(&board->made[c], source->family, source->seed, source->number,
                                  board->error) == 0)
            board->problem[c] = board->made[c].problem;
        else
            return -1;
        hash_case(at->digest, board->problem[c]);
        if (!(at->name = strdup(source->name)) || !at->digest[0])
            return -1;
    }
    return 0;
}

static enum bench_end measure(struct board *board, const struct ver_sources *sources)
{
    const struct pool pool = {.workers = 1,
                              .seconds = board->options->seconds,
                              .context = board,
                              .next = next,
                              .work = work,
                              .end = end_programs,
                              .done = collect,
                              .wait = tell_progress};
    if (make_cases(board, sources) != 0 || pool_run(&pool) != 0)
        return BENCH_FAILED;
    return board->failed ? BENCH_FAILED : board->stopped ? BENCH_STOPPED : BENCH_DONE;
}

enum bench_end bench_measure(struct bench *bench, const struct ver_sources *sources,
                             const struct ver_options *options, size_t rounds, int threads,
                             const struct bench_listener *listener, struct case_error *error)
{
    size_t cases = sources->count;
    struct board board = {.bench = bench,
                          .options = options,
                          .listener = listener,
                          .how = scheme_options(&options->how),
                          .problem = calloc(cases + 1, sizeof *board.problem),
                          .made = calloc(cases + 1, sizeof *board.made),
                          .answers = calloc(cases * options->engines + 1, sizeof *board.answers),
                          .error = error};
    snprintf(error->text, sizeof error->text, "memory is short");
    board.how.threads = threads;
    int failed = bench_make(bench, cases, options->engines, rounds);
    for (size_t e = 0; e < options->engines && !failed; e++)
        failed = !(bench->engine[e] = strdup(options->engine[e]->name));
    failed = failed || !board.problem || !board.made || !board.answers;
    enum bench_end end = failed ? BENCH_FAILED : measure(&board, sources);
    for (size_t c = 0; c < cases && board.made; c++)
        case_made_clear(&board.made[c]);
    free(board.problem);
    free(board.made);
    free(board.answers);
    return end;
}
