/* store_merge.c: many stores into one.
 *
 * Everything happens in one transaction, so a store that is damaged, or contradicts another, leaves
 * the target as it was. Runs are entered in an order of their own, not that of the command line,
 * and cases go by their position: the outcome is the same whatever the order of the stores. */
#include "verify/store/store_inner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct origin { /* a run of a store to be merged */
    char fingerprint[20];
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

static void copy(char *to, size_t size, sqlite3_stmt *row, int column)
{
    snprintf(to, size, "%s", store_column_text(row, column));
}

static void take_facts(struct store_facts *facts, sqlite3_stmt *row)
{
    *facts = (struct store_facts){.shard = 0};
    copy(facts->version, sizeof facts->version, row, 2);
    copy(facts->program, sizeof facts->program, row, 3);
    copy(facts->commit, sizeof facts->commit, row, 4);
    facts->dirty = sqlite3_column_int(row, 5) != 0;
    copy(facts->flags, sizeof facts->flags, row, 6);
    copy(facts->compiler, sizeof facts->compiler, row, 7);
    copy(facts->libraries, sizeof facts->libraries, row, 8);
    copy(facts->device, sizeof facts->device, row, 9);
    copy(facts->suite, sizeof facts->suite, row, 10);
    copy(facts->suite_digest, sizeof facts->suite_digest, row, 11);
    copy(facts->options, sizeof facts->options, row, 12);
    copy(facts->engines, sizeof facts->engines, row, 13);
    facts->cases = facts->planned = (size_t)sqlite3_column_int64(row, 14);
    copy(facts->started, sizeof facts->started, row, 15);
    facts->host_cores = (long)sqlite3_column_int64(row, 16);
}

static int list_runs(struct merge *merge, size_t number)
{
    static const char sql[] =
        "SELECT id, fingerprint, version, program, commit_id, dirty, flags, compiler, libraries,"
        " device, suite, suite_digest, options, engines, cases, started, host_cores FROM runs";
    struct store *from = merge->from[number];
    sqlite3_stmt *row = store_ask(from, sql, "");
    int got;
    while ((got = store_next(from, row)) > 0) {
        if (merge->origins == merge->room) {
            size_t room = merge->room > 0 ? 2 * merge->room : 16;
            struct origin *grown = realloc(merge->origin, room * sizeof *grown);
            if (!grown) {
                store_stop(row);
                return store_refuse(merge->target, "memory is short");
            }
            merge->origin = grown;
            merge->room = room;
        }
        struct origin *origin = &merge->origin[merge->origins++];
        origin->store = number;
        origin->run = sqlite3_column_int64(row, 0);
        copy(origin->fingerprint, sizeof origin->fingerprint, row, 1);
        take_facts(&origin->facts, row);
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
            run = store_enter_run(merge->target, &origin->facts, origin->fingerprint);
        if (run < 0)
            return -1;
        origin->target = run;
        /* A run that held one shard is to hold all of them from now on. */
        if (store_do(merge->target,
                     "UPDATE runs SET shard = 0, shards = 0, planned = cases, status = 'running'"
                     " WHERE id = ? AND planned < cases",
                     "i", run) != 0)
            return -1;
    }
    return 0;
}

/* ---- cases ---- */

/* The columns of both tables stand in the same order: run, position and the rest. */
static const struct {
    const char *from, *to;
} tables[] = {
    {"SELECT run, position, name, family, case_digest, verdict, reason, neurons, parameters,"
     " spikes, precision, grazing, slope, coincidence, \"end\", maximum_gap, gradient_norm, "
     "condition, digits"
     " FROM cases WHERE run = ? AND position = ?",
     "INSERT INTO cases (run, position, name, family, case_digest, verdict, reason, neurons,"
     " parameters, spikes, precision, grazing, slope, coincidence, \"end\", maximum_gap, "
     "gradient_norm,"
     " condition, digits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {"SELECT x.run, x.position, x.number, x.quantity, place, outcome, class, numbers, digits,"
     " \"order\", step, precision, distance, got, want, hint FROM comparisons x"
     " WHERE x.run = ? AND x.position = ?",
     "INSERT INTO comparisons VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {"SELECT * FROM engines WHERE run = ? AND position = ?",
     "INSERT INTO engines VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {"SELECT * FROM ratios WHERE run = ? AND position = ?",
     "INSERT INTO ratios VALUES (?, ?, ?, ?, ?, ?)"},
    {"SELECT * FROM ladders WHERE run = ? AND position = ?",
     "INSERT INTO ladders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {"SELECT * FROM orders WHERE run = ? AND position = ?",
     "INSERT INTO orders VALUES (?, ?, ?, ?, ?)"},
    {"SELECT * FROM times WHERE run = ? AND position = ?", "INSERT INTO times VALUES (?, ?, ?, ?)"},
};
enum { COMPARISONS = 1, QUANTITY_COLUMN = 3 };

/* The number that a quantity of another store has in this one. */
static int64_t translate(struct store *target, struct store *from, int64_t id)
{
    const struct store_quantity *quantity = store_quantity_at(from, id);
    return quantity ? store_quantity(target, quantity->kind, quantity->engine, quantity->name)
                    : store_refuse(target, "%.200s is damaged: a comparison is about nothing",
                                   from->path);
}

static int copy_row(struct store *target, sqlite3_stmt *row, const char *sql, int64_t run,
                    int64_t quantity)
{
    int columns = sqlite3_column_count(row), code = SQLITE_OK;
    sqlite3_stmt *insert = store_ask(target, sql, "i", run);
    for (int k = 1; k < columns && insert && code == SQLITE_OK; k++)
        code = k == QUANTITY_COLUMN && quantity > 0
                   ? sqlite3_bind_int64(insert, k + 1, quantity)
                   : sqlite3_bind_value(insert, k + 1, sqlite3_column_value(row, k));
    if (code != SQLITE_OK)
        return store_fail(target);
    return store_next(target, insert);
}

static int copy_case(struct merge *merge, const struct origin *origin, int64_t position)
{
    struct store *from = merge->from[origin->store], *target = merge->target;
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
        sqlite3_stmt *row = store_ask(from, tables[k].from, "ii", origin->run, position);
        int got;
        while ((got = store_next(from, row)) > 0) {
            int64_t quantity = 0;
            if (k == COMPARISONS)
                quantity = translate(target, from, sqlite3_column_int64(row, QUANTITY_COLUMN));
            if (quantity < 0 ||
                copy_row(target, row, tables[k].to, origin->target, quantity) != 0) {
                store_stop(row);
                return -1;
            }
        }
        if (got < 0) {
            target->error = from->error;
            return -1;
        }
    }
    return store_seal(target, origin->target, position);
}

/* What the target says of a case: 0 if it has none. */
static int content_at(struct store *target, int64_t run, int64_t position, uint64_t *content)
{
    sqlite3_stmt *row = store_ask(
        target, "SELECT content FROM cases WHERE run = ? AND position = ?", "ii", run, position);
    int got = store_next(target, row);
    *content = got > 0 ? store_column_hex(row, 0) : 0;
    if (got > 0)
        store_stop(row);
    return got;
}

static int merge_case(struct merge *merge, const struct origin *origin, int64_t position,
                      uint64_t content, const char *name)
{
    uint64_t there = 0;
    struct store *target = merge->target;
    int got = content_at(target, origin->target, position, &there);
    if (got == 0 && copy_case(merge, origin, position) == 0)
        got = content_at(target, origin->target, position, &there);
    if (got <= 0)
        return -1;
    if (there != content)
        return store_refuse(target,
                            "case %" PRId64 " (%.80s) is another in run %" PRId64
                            " of %.150s: the same program did not say the same twice",
                            position, name, origin->run, merge->from[origin->store]->path);
    return 0;
}

static int merge_cases(struct merge *merge, const struct origin *origin)
{
    struct store *from = merge->from[origin->store];
    sqlite3_stmt *row =
        store_ask(from, "SELECT position, content, name FROM cases WHERE run = ? ORDER BY position",
                  "i", origin->run);
    int got;
    while ((got = store_next(from, row)) > 0) {
        if (merge_case(merge, origin, sqlite3_column_int64(row, 0), store_column_hex(row, 1),
                       store_column_text(row, 2)) != 0) {
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
