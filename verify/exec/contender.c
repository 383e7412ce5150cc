/* SPDX-License-Identifier: MIT */
/* contender.c: see contender.h. */
#include "verify/exec/contender.h"
#include "verify/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* An answer longer than this is refused: no case that is read needs more. */
#define MOST_BYTES ((size_t)1 << 30)

/* Files with numbers from here on are not looked for when all are closed in a new process. */
enum { MOST_FILES = 1024 };

static int fail(char reason[CONTENDER_REASON], const char *what, int code)
{
    snprintf(reason, CONTENDER_REASON, "%s%s%s", what, code ? ": " : "",
             code ? strerror(code) : "");
    return -1;
}

/* ---- its guard: no program outlives its judge, however that ended ---- */

/* Waits until the pipe closes, which it does when the judge is gone, and ends the group. It holds
 * nothing else open: others wait for those files to close. */
static void watch(int pipe_end, pid_t group)
{
    char nothing;
    for (int file = 0; file < MOST_FILES; file++)
        if (file != pipe_end)
            close(file);
    while (read(pipe_end, &nothing, 1) < 0 && errno == EINTR)
        continue;
    kill(-group, SIGKILL);
    _exit(0);
}

/* Without a guard (no process, no pipe) the program is judged all the same. */
static void start_guard(struct contender *c)
{
    int alive[2];
    if (pipe(alive) != 0)
        return;
    fcntl(alive[1], F_SETFD, FD_CLOEXEC);
    c->guard = fork();
    if (c->guard == 0) {
        setpgid(0, 0);
        signal(SIGINT, SIG_IGN);
        close(alive[1]);
        watch(alive[0], c->process);
    }
    close(alive[0]);
    c->alive = alive[1];
    if (c->guard < 0) {
        close(alive[1]);
        c->guard = 0;
    }
}

/* Before the group is gone and its number is another's. */
static void stop_guard(struct contender *c)
{
    if (c->guard <= 0)
        return;
    kill(c->guard, SIGKILL);
    while (waitpid(c->guard, NULL, 0) < 0 && errno == EINTR)
        continue;
    close(c->alive);
    c->guard = 0;
}

/* ---- its standard error ---- */

/* Hands on what has come, and keeps its end. */
static void overhear(struct contender *c)
{
    char block[4096];
    ssize_t got;
    while ((got = read(c->error, block, sizeof block)) > 0) {
        size_t size = (size_t)got, most = sizeof c->said;
        ssize_t put = write(STDERR_FILENO, block, size);
        (void)put; /* nobody listens: it is kept all the same */
        const char *end = size > most ? block + size - most : block;
        size = size > most ? most : size;
        size_t kept = c->said_size + size > most ? most - size : c->said_size;
        memmove(c->said, c->said + c->said_size - kept, kept);
        memcpy(c->said + kept, end, size);
        c->said_size = kept + size;
    }
}

/* Adds its last line that is not empty to a reason. */
static void quote(struct contender *c, char reason[CONTENDER_REASON])
{
    size_t end = c->said_size, begin;
    while (end > 0 && (unsigned char)c->said[end - 1] <= ' ')
        end--;
    for (begin = end; begin > 0 && c->said[begin - 1] != '\n';)
        begin--;
    for (size_t k = begin; k < end; k++)
        if ((unsigned char)c->said[k] < ' ' || c->said[k] == 127)
            c->said[k] = ' ';
    size_t used = strlen(reason);
    if (end > begin)
        snprintf(reason + used, CONTENDER_REASON - used, "; its last words: %.*s",
                 (int)(end - begin), c->said + begin);
}

/* ---- its life ---- */

/* In a process group of its own, so that what it starts ends with it. */
static int start(struct contender *c, char reason[CONTENDER_REASON])
{
    int pipes[3][2]; /* by the number that the file has there */
    for (int k = 0; k < 3; k++)
        if (pipe(pipes[k]) != 0) {
            int number = errno;
            for (; k > 0; k--) {
                close(pipes[k - 1][0]);
                close(pipes[k - 1][1]);
            }
            return fail(reason, "no pipe", number);
        }
    fflush(NULL);
    pid_t process = fork();
    if (process == 0) {
        setpgid(0, 0);
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
        signal(SIGINT, SIG_DFL);
        for (int k = 0; k < 3; k++)
            dup2(pipes[k][k > 0], k);
        for (int file = STDERR_FILENO + 1; file < MOST_FILES; file++)
            close(file);
        execl("/bin/sh", "sh", "-c", c->command, (char *)NULL);
        _exit(127);
    }
    for (int k = 0; k < 3; k++)
        close(pipes[k][k > 0]);
    c->to = pipes[0][1];
    c->from = pipes[1][0];
    c->error = pipes[2][0];
    if (process < 0) {
        close(c->to);
        close(c->from);
        close(c->error);
        return fail(reason, "no process", errno);
    }
    setpgid(process, process);
    fcntl(c->to, F_SETFL, O_NONBLOCK);
    fcntl(c->error, F_SETFL, O_NONBLOCK);
    fcntl(c->to, F_SETFD, FD_CLOEXEC);
    fcntl(c->from, F_SETFD, FD_CLOEXEC);
    fcntl(c->error, F_SETFD, FD_CLOEXEC);
    c->process = process;
    c->size = c->said_size = 0;
    c->starts++;
    start_guard(c);
    return 0;
}

static void shut(struct contender *c)
{
    overhear(c);
    if (c->to >= 0)
        close(c->to);
    close(c->from);
    close(c->error);
}

/* Kills it and all it started; its wait status. */
static int end(struct contender *c)
{
    int status = 0;
    stop_guard(c);
    kill(-c->process, SIGKILL);
    shut(c);
    while (waitpid(c->process, &status, 0) < 0 && errno == EINTR)
        continue;
    c->process = 0;
    return status;
}

/* Statuses of the shell: found but not to be executed, not found, and its own for a wrong text. */
enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127, SHELL_ERROR = 2 };

static bool wrong_text(const char *command)
{
    int status = 0;
    pid_t process = fork();
    if (process == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        for (int file = 0; file < 3; file++)
            dup2(nowhere, file);
        execl("/bin/sh", "sh", "-n", "-c", command, (char *)NULL);
        _exit(0);
    }
    while (process > 0 && waitpid(process, &status, 0) < 0 && errno == EINTR)
        continue;
    return process > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 0;
}

static bool cannot_start(const struct contender *c, int status)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    return c->answers == 0 && (code == NOT_EXECUTABLE || code == NOT_FOUND ||
                               (code == SHELL_ERROR && wrong_text(c->command)));
}

/* Its output has closed: it has ended or is about to; a moment later it is killed. */
static int died(struct contender *c, char reason[CONTENDER_REASON])
{
    int status = 0;
    pid_t gone = 0;
    for (int k = 0; k < 100 && gone == 0; k++) {
        gone = waitpid(c->process, &status, WNOHANG);
        if (gone == 0)
            poll(NULL, 0, 10);
    }
    if (gone == c->process) {
        stop_guard(c);
        kill(-c->process, SIGKILL);
        shut(c);
        c->process = 0;
    } else {
        end(c);
        fail(reason, "closed its output without an answer", 0);
        quote(c, reason);
        return -1;
    }
    c->no_start = cannot_start(c, status);
    if (WIFSIGNALED(status))
        snprintf(reason, CONTENDER_REASON, "died of signal %d without an answer", WTERMSIG(status));
    else
        snprintf(reason, CONTENDER_REASON, "ended with status %d without an answer",
                 WEXITSTATUS(status));
    quote(c, reason);
    return -1;
}

/* ---- asking ---- */

static int grow(struct contender *c, char reason[CONTENDER_REASON])
{
    size_t room = c->room > 0 ? 2 * c->room : 1 << 16;
    char *grown = room <= MOST_BYTES ? realloc(c->line, room) : NULL;
    if (!grown) {
        end(c);
        return fail(reason, "an answer too long for memory", 0);
    }
    c->line = grown;
    c->room = room;
    return 0;
}

/* 1: something came, 0: nothing now, -1: no more. */
static int take(struct contender *c)
{
    ssize_t got = read(c->from, c->line + c->size, c->room - c->size);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (got <= 0)
        return -1;
    c->size += (size_t)got;
    return 1;
}

static int too_slow(struct contender *c, char reason[CONTENDER_REASON])
{
    end(c);
    snprintf(reason, CONTENDER_REASON, "no answer within %g seconds", c->seconds);
    quote(c, reason);
    return -1;
}

/* Writes the document while it takes what comes, until a line has come. */
static int talk(struct contender *c, const char *document, size_t size, const char **newline,
                char reason[CONTENDER_REASON])
{
    double started = ver_now();
    bool deaf = false;
    for (size_t sent = 0;;) {
        if (c->seconds > 0 && ver_now() - started > c->seconds)
            return too_slow(c, reason);
        struct pollfd event[3] = {{c->from, POLLIN, 0},
                                  {sent < size ? c->to : -1, POLLOUT, 0},
                                  {deaf ? -1 : c->error, POLLIN, 0}};
        if (poll(event, 3, 50) < 0 && errno != EINTR)
            return fail(reason, "poll", errno);
        if (event[2].revents)
            overhear(c);
        deaf = deaf || (event[2].revents & (POLLHUP | POLLERR)); /* it has closed that file */
        if (event[1].revents) {
            ssize_t put = write(c->to, document + sent, size - sent);
            if (put > 0)
                sent += (size_t)put;
            else if (errno == EPIPE) /* it reads no more; it may have answered all the same */
                sent = size;
            else if (errno != EAGAIN && errno != EINTR)
                return died(c, reason);
        }
        if (!event[0].revents)
            continue;
        if (c->room - c->size < BUFSIZ && grow(c, reason) != 0)
            return -1;
        size_t before = c->size;
        if (take(c) < 0)
            return died(c, reason);
        *newline = memchr(c->line + before, '\n', c->size - before);
        if (*newline) {
            c->took = ver_now() - started;
            c->answers++;
            return 0;
        }
    }
}

/* What was said unasked answers nothing; a contender that died since is started again. */
static int drain(struct contender *c, char reason[CONTENDER_REASON])
{
    struct pollfd event = {c->from, POLLIN, 0};
    while (c->size = 0, poll(&event, 1, 0) > 0)
        if (take(c) < 0) {
            end(c);
            return start(c, reason);
        }
    return 0;
}

int contender_ask(struct contender *contender, const char *document, const char **answer,
                  size_t *length, char reason[CONTENDER_REASON])
{
    size_t size = strlen(document);
    char *line = malloc(size + 2);
    const char *newline = NULL;
    if (!line)
        return fail(reason, "memory is short", 0);
    memcpy(line, document, size + 1);
    for (size_t k = 0; k < size; k++)
        if (line[k] == '\n')
            line[k] = ' ';
    line[size++] = '\n';
    int failed = contender->process == 0 ? start(contender, reason) : drain(contender, reason);
    if (!failed)
        failed = talk(contender, line, size, &newline, reason);
    free(line);
    if (failed)
        return -1;
    *answer = contender->line;
    *length = (size_t)(newline - contender->line);
    return 0;
}

void contender_close(struct contender *contender)
{
    if (contender->process > 0) {
        stop_guard(contender);
        close(contender->to);
        contender->to = -1;
        for (int k = 0; k < 100 && waitpid(contender->process, NULL, WNOHANG) == 0; k++) {
            poll(NULL, 0, 10);
            overhear(contender);
        }
        kill(-contender->process, SIGKILL);
        while (waitpid(contender->process, NULL, 0) < 0 && errno == EINTR)
            continue;
        shut(contender);
    }
    free(contender->line);
    *contender = (struct contender){.command = contender->command};
}
