/* SPDX-License-Identifier: MIT */
/* store_run.c: runs: begun, gone on with, ended, found. */
#include "verify/store/store_inner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int64_t store_begin(struct store *store, const struct store_facts *facts, bool resume)
{
    static const char newest[] =
        "SELECT coalesce(max(id), 0) FROM runs"
        " WHERE fingerprint = ? AND shard = ? AND shards = ? AND planned = ?";
    char fingerprint[HASH_TEXT];
    store_fingerprint(fingerprint, facts);
    if (store_lock(store) != 0)
        return -1;
    int64_t run = resume ? store_count(store, newest, "tzzz", fingerprint, facts->shard,
                                       facts->shards, facts->planned)
                         : 0;
    if (run == 0)
        run = store_put_run(store, facts);
    if (run < 0)
        return store_undo(store);
    return store_commit(store) == 0 ? run : -1;
}

int64_t store_done(struct store *store, int64_t run, bool *done, size_t cases)
{
    sqlite3_stmt *row = store_ask(store, "SELECT position FROM cases WHERE run = ?", "i", run);
    int64_t count = 0;
    int got;
    memset(done, 0, cases * sizeof *done);
    while ((got = store_next(store, row)) > 0) {
        int64_t position = sqlite3_column_int64(row, 0);
        if (position < 0 || (uint64_t)position >= cases) {
            store_stop(row);
            return store_refuse(
                store, "run %" PRId64 " has a case at %" PRId64 ", wanted at most %zu of them", run,
                position, cases);
        }
        done[position] = true;
        count++;
    }
    return got < 0 ? -1 : count;
}

/* ---- the end ---- */

int store_complete(struct store *store, int64_t run)
{
    return store_do(store,
                    "INSERT OR REPLACE INTO totals"
                    " SELECT run, verdict, count(*) FROM cases WHERE run = ? GROUP BY verdict",
                    "i", run) != 0 ||
                   store_do(store, "UPDATE runs SET status = 'complete' WHERE id = ?", "i", run) !=
                       0
               ? -1
               : 0;
}

int store_finish(struct store *store, int64_t run)
{
    if (store_lock(store) != 0)
        return -1;
    int64_t planned = store_count(store, "SELECT planned FROM runs WHERE id = ?", "i", run);
    int64_t recorded = store_count(store, "SELECT count(*) FROM cases WHERE run = ?", "i", run);
    if (planned < 0 || recorded < 0)
        return store_undo(store);
    if (planned != recorded) {
        store_refuse(store,
                     "the cases do not add up: run %" PRId64 " has %" PRId64
                     " cases, wanted %" PRId64,
                     run, recorded, planned);
        return store_undo(store);
    }
    return store_complete(store, run) == 0 ? store_commit(store) : store_undo(store);
}

/* ---- finding ---- */

static bool whole_number(const char *text, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = text[0] >= '0' && text[0] <= '9' ? strtoumax(text, &end, 10) : 0;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *number <= INT64_MAX;
}

int64_t store_find(struct store *store, const char *text)
{
    static const char latest[] = "latest";
    size_t length = strlen(latest);
    uint64_t number = 0;
    int64_t run = 0;
    if (strncmp(text, latest, length) == 0 &&
        (text[length] == '\0' ||
         (text[length] == '-' && whole_number(text + length + 1, &number)))) {
        run = store_count(store, "SELECT id FROM runs ORDER BY id DESC LIMIT 1 OFFSET ?", "z",
                          (size_t)number);
    } else if (whole_number(text, &number)) {
        run = store_count(store, "SELECT id FROM runs WHERE id = ?", "z", (size_t)number);
    } else {
        return store_refuse(store, "found run '%.60s', wanted a number, latest or latest-N", text);
    }
    if (run != 0)
        return run;
    int64_t runs = store_count(store, "SELECT count(*) FROM runs", "");
    return runs < 0 ? -1
                    : store_refuse(store,
                                   "no run %.60s among its %" PRId64 "; `evident list` names "
                                   "them",
                                   text, runs);
}

char *store_failed(struct store *store)
{
    sqlite3_stmt *row = store_ask(
        store,
        "SELECT char(10) || coalesce(group_concat(name, char(10)), '') || char(10) FROM cases"
        " WHERE run = (SELECT max(id) FROM runs) AND verdict <> 'pass'",
        "");
    if (store_next(store, row) <= 0)
        return NULL;
    char *list = malloc(strlen(store_column_text(row, 0)) + 1);
    if (list)
        strcpy(list, store_column_text(row, 0));
    else
        store_refuse(store, "memory is short");
    store_stop(row);
    return list;
}

int store_drop(struct store *store, int64_t run)
{
    if (store_lock(store) != 0)
        return -1;
    if (store_do(store, "DELETE FROM runs WHERE id = ?", "i", run) != 0)
        return store_undo(store);
    return store_commit(store);
}
