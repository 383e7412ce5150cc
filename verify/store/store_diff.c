/* SPDX-License-Identifier: MIT */
/* store_diff.c: what moved between two runs.
 *
 * Cases are paired by name (the first of a name with the first, and so on), so that suites of
 * different length compare. Numbers are compared by their worst: for each case, kind, engine and
 * quantity the largest distance and the fewest digits. */
#include "verify/store/store_diff.h"
#include "verify/store/table.h"

#include <stdarg.h>
#include <string.h>

const char *store_topic_name(enum store_topic topic)
{
    static const char *const name[] = {"verdict", "case", "engine", "ratio",
                                       "digits",  "bits", "time",   "memory"};
    return name[topic];
}

int store_verdict_rank(const char *verdict)
{
    static const char *const order[] = {"pass", "not-run", "undecided", "fail", "error"};
    int rank = 0;
    while (rank < 5 && strcmp(order[rank], verdict) != 0)
        rank++;
    return rank;
}

static void tell(struct store_diff *diff, enum store_topic topic, enum store_move move,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

static void tell(struct store_diff *diff, enum store_topic topic, enum store_move move,
                 const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    diff->count[topic][move]++;
    if (diff->tell)
        diff->tell(diff->context, topic, move, line);
}

/* ---- pairs and their worst numbers, in tables of this connection only ---- */

static int make_tables(struct store *store, int64_t a, int64_t b)
{
    static const char fresh[] =
        "DROP TABLE IF EXISTS temp.pairs; DROP TABLE IF EXISTS temp.worst;"
        "CREATE TEMP TABLE pairs (name TEXT, a INTEGER, b INTEGER);"
        "CREATE TEMP TABLE worst (pair INTEGER, side INTEGER, kind TEXT, engine TEXT,"
        " quantity TEXT, ratio REAL, digits REAL,"
        " PRIMARY KEY (pair, kind, engine, quantity, side)) WITHOUT ROWID";
    /* A comparison that fails without a distance is as far off as can be. */
    return store_script(store, fresh) != 0 ||
                   store_do(store, table_sql("diff pairs"), "ii", a, b) != 0 ||
                   store_do(store, table_sql("diff worst"), "ii", (int64_t)0, a) != 0 ||
                   store_do(store, table_sql("diff worst"), "ii", (int64_t)1, b) != 0
               ? -1
               : 0;
}

/* ---- topics ---- */

static int diff_cases(struct store *store, int64_t a, int64_t b, struct store_diff *diff)
{
    sqlite3_stmt *row = store_ask(store, table_sql("diff cases"), "ii", a, b);
    int got;
    while ((got = store_next(store, row)) > 0) {
        const char *name = store_column_text(row, 0), *before = store_column_text(row, 1);
        const char *after = store_column_text(row, 2), *reason = store_column_text(row, 5);
        int was = store_verdict_rank(before), is = store_verdict_rank(after);
        diff->pairs += before[0] && after[0];
        if (!after[0]) {
            tell(diff, STORE_TOPIC_VERDICT, STORE_WORSE, "%s: %s -> gone", name, before);
            continue;
        }
        if (!before[0]) {
            tell(diff, STORE_TOPIC_VERDICT, is > 0 ? STORE_WORSE : STORE_MOVED, "%s: new -> %s%s%s",
                 name, after, reason[0] ? ": " : "", reason);
            continue;
        }
        if (was != is || strcmp(before, after) != 0)
            tell(diff, STORE_TOPIC_VERDICT,
                 is > was   ? STORE_WORSE
                 : is < was ? STORE_BETTER
                            : STORE_MOVED,
                 "%s: %s -> %s%s%s", name, before, after, reason[0] ? ": " : "", reason);
        if (sqlite3_column_int(row, 3))
            tell(diff, STORE_TOPIC_CASE, STORE_MOVED, "%s: the case itself is another", name);
        if (sqlite3_column_int(row, 4))
            tell(diff, STORE_TOPIC_BITS, diff->bits ? STORE_WORSE : STORE_MOVED, "%s", name);
    }
    return got;
}

static int diff_engines(struct store *store, int64_t a, int64_t b, struct store_diff *diff)
{
    sqlite3_stmt *row = store_ask(store, table_sql("diff engines"), "ii", a, b);
    int got;
    while ((got = store_next(store, row)) > 0) {
        const char *name = store_column_text(row, 0), *engine = store_column_text(row, 1);
        const char *before = store_column_text(row, 2), *after = store_column_text(row, 3);
        bool ran = strcmp(before, "ran") == 0, runs = strcmp(after, "ran") == 0;
        if (strcmp(before, after) != 0)
            tell(diff, STORE_TOPIC_ENGINE,
                 ran    ? STORE_WORSE
                 : runs ? STORE_BETTER
                        : STORE_MOVED,
                 "%s %s: %s -> %s", name, engine, before, after[0] ? after : "not asked");
        else
            tell(diff, STORE_TOPIC_ENGINE, diff->bits ? STORE_WORSE : STORE_MOVED,
                 "%s %s: digest %s -> %s", name, engine, store_column_text(row, 4),
                 store_column_text(row, 5));
    }
    return got;
}

/* Worse: grown by more than the factor, to where the bound is near; or a number that is none now.
 */
static void diff_ratio(struct store_diff *diff, const char *what, double before, double after)
{
    if (before == after || (isnan(before) && isnan(after)))
        return;
    bool grown = !(after <= before * diff->ratio) && !(after * diff->ratio <= 1);
    tell(diff, STORE_TOPIC_RATIO,
         isnan(before)    ? STORE_MOVED
         : grown          ? STORE_WORSE
         : after < before ? STORE_BETTER
                          : STORE_MOVED,
         "%s: %.3g -> %.3g of its bound", what, before, after);
}

static void diff_digits(struct store_diff *diff, const char *what, double before, double after)
{
    if (before == after || (isnan(before) && isnan(after)))
        return;
    tell(diff, STORE_TOPIC_DIGITS,
         isnan(before)                      ? STORE_MOVED
         : !(after > before - diff->digits) ? STORE_WORSE
         : after > before                   ? STORE_BETTER
                                            : STORE_MOVED,
         "%s: %.1f -> %.1f digits", what, before, after);
}

static int diff_numbers(struct store *store, struct store_diff *diff)
{
    sqlite3_stmt *row = store_ask(store, table_sql("diff numbers"), "");
    int got;
    while ((got = store_next(store, row)) > 0) {
        const char *what = store_column_text(row, 0);
        if (sqlite3_column_int(row, 5)) {
            tell(diff, STORE_TOPIC_RATIO, STORE_WORSE, "%s: no longer compared", what);
            continue;
        }
        diff_ratio(diff, what, store_column_real(row, 1), store_column_real(row, 2));
        diff_digits(diff, what, store_column_real(row, 3), store_column_real(row, 4));
    }
    return got;
}

static int diff_times(struct store *store, int64_t a, int64_t b, struct store_diff *diff)
{
    sqlite3_stmt *row = store_ask(store, table_sql("diff times"), "ii", a, b);
    int got;
    while ((got = store_next(store, row)) > 0) {
        double before = store_column_real(row, 1), after = store_column_real(row, 2);
        bool worse = diff->time > 0 && after > before * diff->time;
        if (before == after)
            continue;
        tell(diff, STORE_TOPIC_TIME,
             worse            ? STORE_WORSE
             : after < before ? STORE_BETTER
                              : STORE_MOVED,
             "%s: %.4g s -> %.4g s (%.2f times)", store_column_text(row, 0), before, after,
             after / before);
    }
    return got;
}

int store_diff(struct store *store, int64_t a, int64_t b, struct store_diff *diff)
{
    diff->pairs = 0;
    memset(diff->count, 0, sizeof diff->count);
    return make_tables(store, a, b) != 0 || diff_cases(store, a, b, diff) != 0 ||
                   diff_engines(store, a, b, diff) != 0 || diff_numbers(store, diff) != 0 ||
                   diff_times(store, a, b, diff) != 0
               ? -1
               : 0;
}
