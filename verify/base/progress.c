/* SPDX-License-Identifier: MIT */
/* progress.c: one line that says how far long work is. On a terminal it is drawn anew; elsewhere,
 * as in the log of a job, it is said twice a minute, so that silence means that nothing runs. */
#include "verify/base/progress.h"
#include "verify/verify.h"

#include <stdarg.h>
#include <time.h>
#include <unistd.h>

/* Redrawn at most so often: a terminal over a slow line must not hold up the cases. */
enum { REDRAWS_A_SECOND = 10 };

/* A simulation that is over before is silent. */
enum { FIRST_SECOND = 1, SECONDS_A_LINE = 30 };

double ver_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1000000000.0;
}

void progress_start(struct progress *progress, const char *command, bool wanted)
{
    double now = ver_now();
    *progress = (struct progress){
        .command = command, .wanted = wanted, .terminal = isatty(STDERR_FILENO), .started = now};
    progress->drawn = progress->terminal ? 0 : now;
}

static bool due(const struct progress *progress, double now)
{
    double pause = progress->terminal ? 1.0 / REDRAWS_A_SECOND : SECONDS_A_LINE;
    return progress->wanted && now - progress->drawn >= pause;
}

void progress_say(struct progress *progress, const char *format, ...)
{
    double now = ver_now();
    if (!due(progress, now))
        return;
    va_list arguments;
    progress->drawn = now;
    if (progress->terminal)
        fputs("\r\033[K", stderr);
    else
        fprintf(stderr, "evident %s: ", progress->command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, ", %.0f s%s", now - progress->started, progress->terminal ? "" : "\n");
    fflush(stderr);
    progress->on_screen = progress->terminal;
}

void progress_show(struct progress *progress, size_t done, size_t all, size_t failed)
{
    double spent = ver_now() - progress->started;
    char to_go[40] = "";
    if (done > 0)
        snprintf(to_go, sizeof to_go, ", %.0f s to go",
                 spent * (double)(all - done) / (double)done);
    progress_say(progress, "%zu of %zu cases, %zu not passed%s", done, all, failed, to_go);
}

void progress_start_run(struct progress *progress, double end)
{
    progress_start(progress, "run", true);
    progress->end = end;
    if (progress->terminal)
        progress->drawn = progress->started + FIRST_SECOND - 1.0 / REDRAWS_A_SECOND;
}

void progress_run(void *context, const struct ref_progress *here)
{
    struct progress *progress = context;
    progress_say(progress, "%s t = %.6g of %.6g ms of sample %zu, %zu spikes, %ld bits",
                 here->back ? "back at" : "at", here->time, progress->end, here->sample,
                 here->spikes, here->precision);
}

void progress_hide(struct progress *progress)
{
    if (progress->on_screen)
        fputs("\r\033[K", stderr);
    progress->on_screen = false;
}
