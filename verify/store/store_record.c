/* SPDX-License-Identifier: MIT */
/* store_record.c: one finished case, one transaction; and what a runner tells, recorded. */
#include "verify/store/store_inner.h"

#include <string.h>

int store_content(struct store *store, int64_t run, size_t position, char text[HASH_TEXT])
{
    sqlite3_stmt *row = store_ask(store, "SELECT content FROM cases WHERE run = ? AND position = ?",
                                  "iz", run, position);
    int got = store_next(store, row);
    snprintf(text, HASH_TEXT, "%s", got > 0 ? store_column_text(row, 0) : "");
    if (got > 0)
        store_stop(row);
    return got;
}

/* A case that is there already, from a run that was thought dead or by another process, stays, and
 * must be the same. */
int store_put_same(struct store *store, int64_t run, size_t position,
                   const struct ver_judgement *judgement)
{
    char content[HASH_TEXT], there[HASH_TEXT];
    record_digest(content, judgement);
    int got = content[0] ? store_content(store, run, position, there)
                         : store_refuse(store, "memory is short");
    if (got == 0)
        return store_put(store, run, position, judgement, content);
    if (got > 0 && strcmp(content, there) != 0)
        return store_refuse(store,
                            "case %zu (%.100s) of run %lld is recorded with another content: two "
                            "times the same program did not say the same",
                            position, judgement->name ? judgement->name : "", (long long)run);
    return got > 0 ? 0 : -1;
}

int store_record(struct store *store, int64_t run, size_t position,
                 const struct ver_judgement *judgement)
{
    if (store_lock(store) != 0)
        return -1;
    return store_put_same(store, run, position, judgement) == 0 ? store_commit(store)
                                                                : store_undo(store);
}

int store_digest(struct store *store, int64_t run, char text[HASH_TEXT])
{
    sqlite3_stmt *row = store_ask(
        store, "SELECT position || ' ' || content FROM cases WHERE run = ? ORDER BY position", "i",
        run);
    struct hash *hash = hash_new();
    int got;
    while ((got = store_next(store, row)) > 0)
        hash_add_text(hash, store_column_text(row, 0));
    hash_end(hash, text);
    return got < 0 ? -1 : text[0] ? 0 : store_refuse(store, "memory is short");
}

/* ---- a run of ver_judge_all ---- */

int64_t store_resume(struct store *store, int64_t run, const struct ver_sources *sources,
                     struct ver_judgement *judgement)
{
    char content[HASH_TEXT];
    int64_t taken = 0;
    for (size_t k = 0; k < sources->count; k++) {
        size_t position = sources->at[k].position;
        int there = store_content(store, run, position, content);
        if (there < 0 || (there > 0 && store_take(store, run, position, &judgement[k]) != 0))
            return -1;
        taken += there;
    }
    return taken;
}

static void finished(void *context, size_t position, const struct ver_judgement *judgement)
{
    struct store_listener *to = context;
    if (!to->failed)
        to->failed = store_record(to->store, to->run, position, judgement) != 0;
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
