/* SPDX-License-Identifier: MIT */
/* store_merge.c: many stores into one.
 *
 * Everything happens in one transaction, so a store that is damaged, or contradicts another, leaves
 * the target as it was. Runs are entered in an order of their own, not that of the command line,
 * and cases go by their position: the outcome is the same whatever the order of the stores. */
#include "verify/store/store_bench.h"
#include "verify/store/store_inner.h"
#include "verify/store/store_training.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct origin { /* a run of a store to be merged */
    char fingerprint[HASH_TEXT];
    struct store_facts facts;
    size_t store;
    int64_t run, target;
};

struct merge {
    struct store *target;
    struct store **from;
    size_t stores;
    struct origin *origin;
    size_t origins, room;
};

/* ---- runs ---- */

static struct origin *add_origin(struct merge *merge)
{
    if (merge->origins == merge->room) {
        size_t room = merge->room > 0 ? 2 * merge->room : 16;
        struct origin *grown = realloc(merge->origin, room * sizeof *grown);
        if (!grown)
            return NULL;
        merge->origin = grown;
        merge->room = room;
    }
    return &merge->origin[merge->origins++];
}

static int list_runs(struct merge *merge, size_t number)
{
    struct store *from = merge->from[number];
    sqlite3_stmt *row = store_ask(from, "SELECT id FROM runs", "");
    int got;
    while ((got = store_next(from, row)) > 0) {
        struct origin *origin = add_origin(merge);
        int64_t run = sqlite3_column_int64(row, 0);
        if (!origin || store_take_run(from, run, &origin->facts) != 0) {
            store_stop(row);
            got = origin ? -1 : store_refuse(from, "memory is short");
            break;
        }
        origin->store = number;
        origin->run = run;
        store_fingerprint(origin->fingerprint, &origin->facts);
        /* A run that held one shard is to hold all of them from now on. */
        origin->facts.shard = origin->facts.shards = 0;
        origin->facts.planned = origin->facts.cases;
    }
    merge->target->error = got < 0 ? from->error : merge->target->error;
    return got;
}

static int by_age(const void *a, const void *b)
{
    const struct origin *x = a, *y = b;
    int age = strcmp(x->facts.started, y->facts.started);
    int other = strcmp(x->fingerprint, y->fingerprint);
    if (age == 0 && other == 0)
        return (x->facts.host_cores > y->facts.host_cores) -
               (x->facts.host_cores < y->facts.host_cores);
    return age != 0 ? age : other;
}

static int enter_runs(struct merge *merge)
{
    static const char sql[] = "SELECT coalesce(max(id), 0) FROM runs WHERE fingerprint = ?";
    for (size_t k = 0; k < merge->origins; k++) {
        struct origin *origin = &merge->origin[k];
        int64_t run = store_count(merge->target, sql, "t", origin->fingerprint);
        if (run == 0)
            run = store_put_run(merge->target, &origin->facts);
        if (run < 0)
            return -1;
        origin->target = run;
        if (store_do(merge->target,
                     "UPDATE runs SET shard = 0, shards = 0, planned = cases, status = 'running'"
                     " WHERE id = ? AND planned < cases",
                     "i", run) != 0)
            return -1;
    }
    return 0;
}

/* ---- cases ---- */

static int merge_case(struct merge *merge, const struct origin *origin, int64_t position)
{
    struct store *from = merge->from[origin->store], *target = merge->target;
    struct ver_judgement judgement;
    int failed = store_take_checked(from, origin->run, (size_t)position, &judgement);
    if (failed)
        target->error = from->error;
    else if (store_put_same(target, origin->target, (size_t)position, &judgement) != 0) {
        struct case_error why = target->error;
        failed = store_refuse(target, "%.150s, run %" PRId64 ": %.300s", from->path, origin->run,
                              why.text);
    }
    ver_judgement_clear(&judgement);
    return failed;
}

static int merge_cases(struct merge *merge, const struct origin *origin)
{
    struct store *from = merge->from[origin->store];
    sqlite3_stmt *row = store_ask(
        from, "SELECT position FROM cases WHERE run = ? ORDER BY position", "i", origin->run);
    int got;
    while ((got = store_next(from, row)) > 0) {
        if (merge_case(merge, origin, sqlite3_column_int64(row, 0)) != 0) {
            store_stop(row);
            return -1;
        }
    }
    if (got < 0) {
        merge->target->error = from->error;
        return -1;
    }
    int64_t missing = store_count(
        merge->target,
        "SELECT planned - (SELECT count(*) FROM cases WHERE run = id) FROM runs WHERE id = ?", "i",
        origin->target);
    return missing < 0 ? -1 : missing > 0 ? 0 : store_complete(merge->target, origin->target);
}

/* ---- the whole ---- */

static int merge_all(struct merge *merge)
{
    if (store_lock(merge->target) != 0)
        return -1;
    qsort(merge->origin, merge->origins, sizeof *merge->origin, by_age);
    int failed = enter_runs(merge);
    for (size_t k = 0; k < merge->origins && !failed; k++)
        failed = merge_cases(merge, &merge->origin[k]);
    for (size_t k = 0; k < merge->stores && !failed; k++)
        failed = store_training_merge(merge->target, merge->from[k]) != 0 ||
                 store_bench_merge(merge->target, merge->from[k]) != 0;
    return failed ? store_undo(merge->target) : store_commit(merge->target);
}

int store_merge(struct store *store, const char *const *paths, size_t count)
{
    struct merge merge = {store, calloc(count + 1, sizeof *merge.from), 0, NULL, 0, 0};
    int failed = merge.from ? 0 : store_refuse(store, "memory is short");
    for (size_t k = 0; k < count && !failed; k++) {
        merge.from[k] = store_open(paths[k], STORE_READ, &store->error);
        failed = merge.from[k] ? 0 : -1;
        merge.stores += merge.from[k] != NULL;
        failed = failed || list_runs(&merge, k) != 0;
    }
    if (!failed)
        failed = merge_all(&merge);
    for (size_t k = 0; k < merge.stores; k++)
        store_close(merge.from[k]);
    free(merge.from);
    free(merge.origin);
    return failed ? -1 : 0;
}
