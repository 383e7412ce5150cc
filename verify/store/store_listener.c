/* store_listener.c: what a runner tells, recorded; what was recorded, told again. */
#include "verify/store/store_inner.h"

int64_t store_resume(struct store *store, int64_t run, const struct ver_sources *sources,
                     struct ver_judgement *judgement)
{
    int64_t taken = 0;
    for (size_t k = 0; k < sources->count; k++) {
        size_t position = sources->at[k].position;
        int64_t there =
            store_count(store, "SELECT count(*) FROM cases WHERE run = ? AND position = ?", "iz",
                        run, position);
        if (there < 0 || (there > 0 && store_judgement(store, run, position, &judgement[k]) != 0))
            return -1;
        taken += there;
    }
    return taken;
}

/* ---- recording ---- */

/* What was measured; how many. They add up to the case: the judge has what is left. */
static size_t take_times(struct store_time *time, const struct ver_judgement *judgement)
{
    const struct ver_seconds *seconds = &judgement->seconds;
    size_t times = 0;
    time[times++] = (struct store_time){"reference", seconds->reference};
    time[times++] = (struct store_time){"witness", seconds->witness};
    for (size_t e = 0; e < judgement->clocks && e < VER_ENGINES; e++)
        if (judgement->clock[e].engine)
            time[times++] = (struct store_time){judgement->clock[e].engine, seconds->engine[e]};
    size_t kept = 0;
    double left = seconds->all;
    for (size_t k = 0; k < times; left -= time[k].seconds, k++)
        if (time[k].seconds > 0)
            time[kept++] = time[k];
    if (left > 0)
        time[kept++] = (struct store_time){"judge", left};
    return kept;
}

static void finished(void *context, size_t position, const struct ver_judgement *judgement)
{
    struct store_listener *to = context;
    struct store_time time[VER_ENGINES + 3];
    struct store_extra extra = {judgement->case_digest, time, take_times(time, judgement)};
    if (!to->failed)
        to->failed = store_record(to->store, to->run, position, judgement, &extra) != 0;
    if (to->then && to->then->finished)
        to->then->finished(to->then->context, position, judgement);
}

static void judged(void *context, const struct ver_judgement *judgement)
{
    const struct ver_listener *then = ((struct store_listener *)context)->then;
    if (then && then->judged)
        then->judged(then->context, judgement);
}

static void progress(void *context, size_t done, size_t all, size_t failed)
{
    const struct ver_listener *then = ((struct store_listener *)context)->then;
    if (then && then->progress)
        then->progress(then->context, done, all, failed);
}

struct ver_listener store_listener(struct store_listener *context)
{
    return (struct ver_listener){.judged = judged,
                                 .progress = progress,
                                 .context = context,
                                 .finished = finished,
                                 .stop = &context->failed};
}
