/* progress.c: one line on a terminal that says how far a run is; silence in a pipe. */
#include "verify/command.h"

#include <unistd.h>

/* Redrawn at most so often: a terminal over a slow line must not hold up the cases. */
enum { REDRAWS_A_SECOND = 10 };

void progress_start(struct progress *progress, bool wanted)
{
    *progress = (struct progress){wanted && isatty(STDERR_FILENO), false, ver_now(), 0};
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

void progress_hide(struct progress *progress)
{
    if (progress->on_screen)
        fputs("\r\033[K", stderr);
    progress->on_screen = false;
}
