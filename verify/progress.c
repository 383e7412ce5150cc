/* progress.c: one line on a terminal that says how far a run is. In a pipe, cases are
 * silence; one long simulation says a line now and then. */
#include "verify/command.h"

#include <unistd.h>

/* Redrawn at most so often: a terminal over a slow line must not hold up the cases. */
enum { REDRAWS_A_SECOND = 10 };

/* A run that is over before is silent. */
enum { FIRST_SECOND = 1, SECONDS_A_LINE = 30 };

void progress_start(struct progress *progress, bool wanted)
{
    *progress = (struct progress){
        .shown = wanted && isatty(STDERR_FILENO), .started = ver_now(), .drawn = 0};
}

void progress_show(struct progress *progress, size_t done, size_t all, size_t failed)
{
    double now = ver_now(), spent = now - progress->started;
    if (!progress->shown || now - progress->drawn < 1.0 / REDRAWS_A_SECOND)
        return;
    progress->drawn = now;
    double left = done > 0 ? spent * (double)(all - done) / (double)done : 0;
    fprintf(stderr, "\r\033[K%zu of %zu cases, %zu not passed, %.0f s, %.0f s to go", done, all,
            failed, spent, left);
    fflush(stderr);
    progress->on_screen = true;
}

void progress_start_run(struct progress *progress, double end)
{
    double now = ver_now();
    *progress = (struct progress){.terminal = isatty(STDERR_FILENO), .started = now, .end = end};
    progress->drawn = now + (progress->terminal ? FIRST_SECOND - 1.0 / REDRAWS_A_SECOND : 0);
}

void progress_run(void *context, const struct ref_progress *here)
{
    struct progress *progress = context;
    double now = ver_now(), pause = progress->terminal ? 1.0 / REDRAWS_A_SECOND : SECONDS_A_LINE;
    if (now - progress->drawn < pause)
        return;
    progress->drawn = now;
    fprintf(stderr, "%s%s t = %.6g of %.6g ms of sample %zu, %zu spikes, %ld bits, %.0f s%s",
            progress->terminal ? "\r\033[K" : "evident run: ", here->back ? "back at" : "at",
            here->time, progress->end, here->sample, here->spikes, here->precision,
            now - progress->started, progress->terminal ? "" : "\n");
    fflush(stderr);
    progress->on_screen = progress->terminal;
}

void progress_hide(struct progress *progress)
{
    if (progress->on_screen)
        fputs("\r\033[K", stderr);
    progress->on_screen = false;
}
