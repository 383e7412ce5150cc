/* SPDX-License-Identifier: MIT */
/* pool.c: see pool.h. A result travels as its length, with LAST of a worker that ends with it, then
 * its bytes; a worker without a result has died if its pipe closes. */
#include "verify/run/pool.h"
#include "verify/verify.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAST (~(SIZE_MAX >> 1))

/* Milliseconds between two looks at the caller's own business (pool.more) and at the clocks. */
enum { SOON = 5, LATER = 100 };

struct worker {
    pid_t process; /* 0: none */
    int to, from;  /* pipes: numbers of jobs, results */
    size_t job;    /* POOL_NO_JOB: idle */
    double started;
    char *data; /* what has come of the result so far, length first */
    size_t size, room;
};

/* ---- the worker's side ---- */

static bool write_all(int file, const void *data, size_t size)
{
    for (const char *at = data; size > 0;) {
        ssize_t put = write(file, at, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

static bool read_all(int file, void *data, size_t size)
{
    for (char *at = data; size > 0;) {
        ssize_t got = read(file, at, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

/* What the next job is. To be freed; NULL: the caller is gone, or memory is short. */
static char *take(const struct pool *pool, int jobs)
{
    size_t size;
    if (!read_all(jobs, &size, sizeof size))
        return NULL;
    char *data = malloc(size + 1);
    if (!data || !read_all(jobs, data, size)) {
        free(data);
        return NULL;
    }
    pool->take(pool->context, data, size);
    return data;
}

/* Never returns. exit_group without the caller's atexit handlers and half-filled streams. */
static void serve(const struct pool *pool, int jobs, int results)
{
    if (pool->bytes > 0) {
        struct rlimit limit = {pool->bytes, pool->bytes};
        setrlimit(RLIMIT_AS, &limit);
    }
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody is left to take what it would say */
#endif
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    signal(SIGINT, SIG_IGN); /* the caller decides */
    bool spent = false;
    for (size_t job; !spent && read_all(jobs, &job, sizeof job);) {
        char *data = NULL, *given = NULL;
        size_t size = 0, head;
        FILE *out = open_memstream(&data, &size);
        if (!out || (pool->take && !(given = take(pool, jobs))))
            _exit(1);
        pool->work(pool->context, job, out);
        if (fclose(out) != 0)
            _exit(1);
        spent = pool->spent && pool->spent(pool->context);
        head = spent ? size | LAST : size;
        if (!write_all(results, &head, sizeof head) || !write_all(results, data, size))
            _exit(1);
        free(data);
        free(given);
    }
    if (pool->end)
        pool->end(pool->context);
    _exit(0);
}

/* ---- the caller's side ---- */

/* The pipes of the others are closed in a new worker, or a dead worker's pipe would never close. */
static void close_others(const struct worker *worker, unsigned workers)
{
    for (unsigned w = 0; w < workers; w++)
        if (worker[w].process > 0) {
            close(worker[w].to);
            close(worker[w].from);
        }
}

static int start(const struct pool *pool, struct worker *all, struct worker *worker)
{
    int jobs[2], results[2];
    if (pipe(jobs) != 0)
        return -1;
    if (pipe(results) != 0) {
        close(jobs[0]);
        close(jobs[1]);
        return -1;
    }
    fflush(NULL); /* or the child would own a copy of what is not written yet */
    pid_t process = fork();
    if (process == 0) {
        close_others(all, pool->workers);
        close(jobs[1]);
        close(results[0]);
        serve(pool, jobs[0], results[1]);
    }
    close(jobs[0]);
    close(results[1]);
    if (process < 0) {
        close(jobs[1]);
        close(results[0]);
        return -1;
    }
    char *data = worker->data;
    *worker = (struct worker){.process = process,
                              .to = jobs[1],
                              .from = results[0],
                              .job = POOL_NO_JOB,
                              .data = data,
                              .room = worker->room};
    return 0;
}

/* Closes its pipes and waits for it; how it ended, as detail of POOL_CRASHED. */
static int stop(struct worker *worker)
{
    int status = 0;
    close(worker->to);
    close(worker->from);
    while (waitpid(worker->process, &status, 0) < 0 && errno == EINTR)
        continue;
    worker->process = 0;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 256 + WEXITSTATUS(status);
}

static void tell(const struct pool *pool, struct worker *worker, enum pool_end end, int detail)
{
    size_t job = worker->job;
    worker->job = POOL_NO_JOB;
    if (end == POOL_DONE)
        pool->done(pool->context, job, end, 0, worker->data + sizeof(size_t),
                   worker->size - sizeof(size_t));
    else
        pool->done(pool->context, job, end, detail, NULL, 0);
    worker->size = 0;
}

static bool send(const struct pool *pool, const struct worker *worker)
{
    size_t size;
    if (!write_all(worker->to, &worker->job, sizeof worker->job))
        return false;
    if (!pool->give)
        return true;
    const char *data = pool->give(pool->context, worker->job, &size);
    return write_all(worker->to, &size, sizeof size) && write_all(worker->to, data, size);
}

/* Hands a job to an idle worker, which is started if there is none. false: no job now. */
static bool hand_out(const struct pool *pool, struct worker *all, struct worker *worker)
{
    size_t job = pool->next(pool->context);
    if (job == POOL_NO_JOB)
        return false;
    if (worker->process == 0 && start(pool, all, worker) != 0) {
        pool->done(pool->context, job, POOL_LOST, errno, NULL, 0);
        return true;
    }
    worker->job = job;
    worker->started = ver_now();
    worker->size = 0;
    if (!send(pool, worker))
        tell(pool, worker, POOL_CRASHED, stop(worker));
    return true;
}

/* Takes what the pipe holds; tells of a whole result, and of a death. */
static void collect(const struct pool *pool, struct worker *worker)
{
    if (worker->room - worker->size < BUFSIZ) {
        size_t room = 2 * worker->room + 2 * BUFSIZ;
        char *grown = realloc(worker->data, room);
        if (!grown) {
            kill(worker->process, SIGKILL);
            stop(worker);
            tell(pool, worker, POOL_LOST, ENOMEM);
            return;
        }
        worker->data = grown;
        worker->room = room;
    }
    ssize_t got = read(worker->from, worker->data + worker->size, worker->room - worker->size);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        tell(pool, worker, POOL_CRASHED, stop(worker));
        return;
    }
    worker->size += (size_t)got;
    size_t length;
    if (worker->size < sizeof length)
        return;
    memcpy(&length, worker->data, sizeof length);
    if (worker->size - sizeof length != (length & ~LAST))
        return;
    if (length & LAST)
        stop(worker);
    tell(pool, worker, POOL_DONE, 0);
}

static void wait_for(const struct pool *pool, struct worker *all, struct pollfd *event)
{
    for (unsigned w = 0; w < pool->workers; w++)
        event[w] = (struct pollfd){all[w].job == POOL_NO_JOB ? -1 : all[w].from, POLLIN, 0};
    if (poll(event, pool->workers, pool->more ? SOON : LATER) > 0)
        for (unsigned w = 0; w < pool->workers; w++)
            if (event[w].revents)
                collect(pool, &all[w]);
    for (unsigned w = 0; w < pool->workers && pool->seconds > 0; w++)
        if (all[w].job != POOL_NO_JOB && ver_now() - all[w].started > pool->seconds) {
            kill(all[w].process, SIGKILL);
            stop(&all[w]);
            tell(pool, &all[w], POOL_SLOW, 0);
        }
}

int pool_run(const struct pool *pool)
{
    struct worker *all = calloc(pool->workers, sizeof *all);
    struct pollfd *event = calloc(pool->workers, sizeof *event);
    int failed = !all || !event;
    void (*before)(int) = signal(SIGPIPE, SIG_IGN); /* a dead worker is noticed by write */
    for (unsigned w = 0; !failed && w < pool->workers; w++)
        all[w].job = POOL_NO_JOB;
    for (bool more = !failed; more;) {
        bool busy = false;
        for (unsigned w = 0; w < pool->workers; w++) {
            while (all[w].job == POOL_NO_JOB && hand_out(pool, all, &all[w]))
                continue;
            busy |= all[w].job != POOL_NO_JOB;
        }
        more = (pool->more && pool->more(pool->context)) || busy;
        if (more)
            wait_for(pool, all, event);
        if (more && pool->wait)
            pool->wait(pool->context);
    }
    for (unsigned w = 0; all && w < pool->workers; w++) {
        if (all[w].process > 0)
            stop(&all[w]);
        free(all[w].data);
    }
    signal(SIGPIPE, before);
    free(all);
    free(event);
    return failed ? -1 : 0;
}

void pool_explain(char *text, size_t size, const struct pool *pool, enum pool_end end, int detail)
{
    if (end == POOL_SLOW)
        snprintf(text, size, "took more than %g seconds", pool->seconds);
    else if (end == POOL_LOST)
        snprintf(text, size, "no process: %s", strerror(detail));
    else if (end == POOL_CRASHED && detail < 256)
        snprintf(text, size, "killed by signal %d%s", detail,
                 pool->bytes > 0 ? " (or memory was short)" : "");
    else if (end == POOL_CRASHED)
        snprintf(text, size, "ended with status %d", detail - 256);
    else
        snprintf(text, size, "done");
}
