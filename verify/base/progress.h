/* SPDX-License-Identifier: MIT */
/* progress.h: one line that says how far long work is. Private to verify/. */
#ifndef EVIDENT_VERIFY_PROGRESS_H
#define EVIDENT_VERIFY_PROGRESS_H

#include "ref/ref.h"

struct progress {
    const char *command;
    bool wanted, on_screen, terminal;
    double started, drawn; /* seconds of the monotonic clock */
    double end;            /* ms, of the case that runs */
};

void progress_start(struct progress *progress, const char *command, bool wanted);

/* A line, if it is time for one, with the seconds so far behind it. Cheap, to be called often. */
__attribute__((format(printf, 2, 3))) void progress_say(struct progress *progress,
                                                        const char *format, ...);
void progress_show(struct progress *progress, size_t done, size_t all, size_t failed);

/* Of one simulation: progress_run is for ref_options.progress, with the progress as its context. */
void progress_start_run(struct progress *progress, double end);
void progress_run(void *context, const struct ref_progress *here);

void progress_hide(struct progress *progress);

#endif
