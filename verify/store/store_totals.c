/* SPDX-License-Identifier: MIT */
/* store_totals.c: what the cases of a run add up to. */
#include "verify/judge/bounds.h"
#include "verify/store/table.h"
#include "verify/run/engines.h"

#include <stdlib.h>
#include <string.h>

struct totalling {
    struct store *store;
    int64_t run;
    struct ver_totals *totals;
};

/* Tells take every row of a query about a run. 0, or -1. */
static int each(struct totalling *to, const char *query,
                int (*take)(struct ver_totals *totals, sqlite3_stmt *row))
{
    sqlite3_stmt *row = store_ask(to->store, table_sql(query), "i", to->run);
    int got;
    while ((got = store_next(to->store, row)) > 0)
        if (take(to->totals, row) != 0) {
            store_stop(row);
            return store_refuse(to->store, "damaged: the totals of run %lld do not add up",
                                (long long)to->run);
        }
    return got;
}

static size_t size_at(sqlite3_stmt *row, int column)
{
    return (size_t)sqlite3_column_int64(row, column);
}

/* ---- cases and comparisons ---- */

/* A verdict that this program does not know is none of its five. */
static int take_verdict(struct ver_totals *totals, sqlite3_stmt *row)
{
    if (sqlite3_column_type(row, 0) == SQLITE_NULL)
        return -1;
    totals->verdict[size_at(row, 0)] = size_at(row, 1);
    totals->cases += size_at(row, 1);
    return 0;
}

static int take_inexpressible(struct ver_totals *totals, sqlite3_stmt *row)
{
    totals->inexpressible = size_at(row, 0);
    return 0;
}

static int take_numbers(struct ver_totals *totals, sqlite3_stmt *row)
{
    size_t kind = size_at(row, 0), class_ = size_at(row, 1), numbers = size_at(row, 3);
    if (sqlite3_column_type(row, 0) == SQLITE_NULL || sqlite3_column_type(row, 1) == SQLITE_NULL)
        return -1;
    if (!sqlite3_column_int(row, 2))
        totals->compared[kind] += numbers;
    else if (class_ == VER_NO_CLASS)
        totals->apart[kind] += numbers;
    else
        totals->excluded[class_] += numbers;
    return 0;
}

static int take_differences(struct ver_totals *totals, sqlite3_stmt *row)
{
    totals->digits_minimum = store_column_real(row, 0);
    totals->digits_median = store_column_real(row, 1);
    totals->order_minimum = store_column_real(row, 2);
    totals->order_median = store_column_real(row, 3);
    totals->order_maximum = store_column_real(row, 4);
    return 0;
}

/* A single order fluctuates: the median is judged, where there are enough. */
static int take_orders(struct ver_totals *totals, sqlite3_stmt *row)
{
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++) {
        size_t ladders = totals->ladders[q] = size_at(row, 2 * q);
        double median = totals->ladder_order[q] = store_column_real(row, 2 * q + 1);
        totals->ladder_wrong[q] =
            ladders >= VER_ORDER_CASES && !(median >= VER_ORDER_LEAST && median <= VER_ORDER_MOST);
    }
    return 0;
}

/* ---- engines ---- */

static struct ver_engine_totals *engine_at(struct ver_totals *totals, sqlite3_stmt *row)
{
    size_t e = size_at(row, 0);
    if (e >= VER_ENGINES)
        return NULL;
    totals->engines = e + 1 > totals->engines ? e + 1 : totals->engines;
    return &totals->engine[e];
}

static int take_state(struct ver_totals *totals, sqlite3_stmt *row)
{
    struct ver_engine_totals *sums = engine_at(totals, row);
    if (!sums || sqlite3_column_type(row, 2) == SQLITE_NULL)
        return -1;
    const char *engine = store_column_text(row, 1);
    sums->engine = engine[0] ? record_name(engine) : sums->engine;
    sums->state[size_at(row, 2)] += size_at(row, 3);
    sums->traced += size_at(row, 4);
    sums->same += size_at(row, 5);
    sums->decisions += size_at(row, 6);
    sums->near += size_at(row, 7);
    return 0;
}

static int take_cause(struct ver_totals *totals, sqlite3_stmt *row)
{
    struct ver_engine_totals *sums = engine_at(totals, row);
    if (!sums || sqlite3_column_type(row, 1) == SQLITE_NULL)
        return -1;
    sums->cause[size_at(row, 1)] += size_at(row, 2);
    return 0;
}

static int take_reason(struct ver_totals *totals, sqlite3_stmt *row)
{
    struct ver_engine_totals *sums = engine_at(totals, row);
    if (!sums->reason[0])
        snprintf(sums->reason, sizeof sums->reason, "%s", store_column_text(row, 1));
    return 0;
}

static int take_ratios(struct ver_totals *totals, sqlite3_stmt *row)
{
    struct ver_engine_totals *sums = engine_at(totals, row);
    struct ver_ratios ratios = {.largest = store_column_real(row, 2)};
    bool known = sqlite3_column_type(row, 1) == SQLITE_INTEGER;
    if (!sums || !known || !record_counts(ratios.count, store_column_text(row, 3)))
        return -1;
    ver_ratios_add(&sums->ratios[size_at(row, 1)], &ratios);
    return 0;
}

static int take_seconds(struct ver_totals *totals, sqlite3_stmt *row)
{
    engine_at(totals, row)->seconds = store_column_real(row, 1);
    return 0;
}

/* Of the digests of all cases that it ran, in their order. */
static int total_digests(struct totalling *to)
{
    for (size_t e = 0; e < to->totals->engines; e++) {
        sqlite3_stmt *row =
            store_ask(to->store,
                      "SELECT digest FROM engines WHERE run = ? AND number = ? AND state = 'ran'"
                      " ORDER BY position",
                      "iz", to->run, e);
        struct hash *hash = hash_new();
        int got;
        while ((got = store_next(to->store, row)) > 0)
            hash_add_text(hash, store_column_text(row, 0));
        hash_end(hash, to->totals->engine[e].digest);
        if (got < 0)
            return -1;
    }
    return 0;
}

int store_totals(struct store *store, int64_t run, struct ver_totals *totals)
{
    static const struct {
        const char *query;
        int (*take)(struct ver_totals *totals, sqlite3_stmt *row);
    } part[] = {
        {"totals verdict", take_verdict}, {"totals inexpressible", take_inexpressible},
        {"totals numbers", take_numbers}, {"totals differences", take_differences},
        {"totals orders", take_orders},   {"totals state", take_state},
        {"totals cause", take_cause},     {"totals reason", take_reason},
        {"totals ratios", take_ratios},   {"totals seconds", take_seconds},
    };
    struct totalling to = {store, run, totals};
    *totals = (struct ver_totals){.digits_minimum = VER_NAN};
    for (size_t e = 0; e < VER_ENGINES; e++) {
        totals->engine[e].seconds = VER_NAN;
        for (int q = 0; q < VER_SCHEME_QUANTITIES; q++)
            totals->engine[e].ratios[q].largest = VER_NAN;
    }
    for (size_t k = 0; k < sizeof part / sizeof *part; k++)
        if (each(&to, part[k].query, part[k].take) != 0)
            return -1;
    return total_digests(&to) != 0 ? -1 : store_digest(store, run, totals->digest);
}

int64_t store_judged(struct store *store, int64_t run)
{
    return store_count(store,
                       "SELECT count(*) FROM cases c WHERE run = ? AND verdict IN ('pass', 'fail')"
                       " AND NOT EXISTS (SELECT 1 FROM engines e WHERE e.run = c.run"
                       " AND e.position = c.position AND e.state <> 'ran')",
                       "i", run);
}
