/* store_judgement.c: a judgement from its rows, bit for bit what was recorded, so that a resumed
 * run prints and draws what an uninterrupted one does.
 *
 * A name that this program does not know (a newer one wrote it) is refused, not guessed. */
#include "verify/store/store_inner.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- names back to numbers ---- */

static const char *verdict_name(int k)
{
    return ver_verdict_name((enum ver_verdict)k);
}

static const char *kind_name(int k)
{
    return ver_kind_name((enum ver_kind)k);
}

static const char *outcome_name(int k)
{
    return ver_outcome_name((enum ver_outcome)k);
}

static const char *state_name(int k)
{
    return ver_clock_state_name((enum ver_clock_state)k);
}

static const char *clock_name(int k)
{
    return ver_clock_quantity_name((enum ver_clock_quantity)k);
}

static const char *ladder_name(int k)
{
    return ver_ladder_quantity_name((enum ver_ladder_quantity)k);
}

/* Which of the names this is; -1 after an error. */
static int number_of(struct store *store, const char *text, const char *(*name)(int), int names)
{
    for (int k = 0; k < names; k++)
        if (strcmp(name(k), text) == 0)
            return k;
    return store_refuse(store, "found '%.60s', which this evident does not know", text);
}

/* ---- rows ---- */

static void copy_text(char *to, size_t size, sqlite3_stmt *row, int column)
{
    snprintf(to, size, "%s", store_column_text(row, column));
}

static size_t size_column(sqlite3_stmt *row, int column)
{
    return (size_t)sqlite3_column_int64(row, column);
}

/* An array of so many elements, all zero; one more, so that none is no error. */
static void *array(struct store *store, size_t count, size_t size)
{
    void *at = calloc(count + 1, size);
    if (!at)
        store_refuse(store, "memory is short");
    return at;
}

static int take_case(struct store *store, sqlite3_stmt *row, struct ver_judgement *j)
{
    const char *name = store_column_text(row, 0);
    int verdict = number_of(store, store_column_text(row, 2), verdict_name, VER_VERDICTS);
    j->family = store_word(store, store_column_text(row, 1));
    j->name = array(store, strlen(name), 1);
    if (verdict < 0 || !j->family || !j->name)
        return -1;
    memcpy(j->name, name, strlen(name));
    j->verdict = (enum ver_verdict)verdict;
    copy_text(j->reason, sizeof j->reason, row, 3);
    j->neurons = size_column(row, 4);
    j->parameters = size_column(row, 5);
    j->spikes = size_column(row, 6);
    j->precision = (long)sqlite3_column_int64(row, 7);
    j->margin[REF_GRAZING] = store_column_real(row, 8);
    j->margin[REF_SLOPE] = store_column_real(row, 9);
    j->margin[REF_COINCIDENCE] = store_column_real(row, 10);
    j->margin[REF_END] = store_column_real(row, 11);
    j->margin[REF_MAXIMUM_GAP] = store_column_real(row, 12);
    j->gradient_norm = store_column_real(row, 13);
    j->condition = store_column_real(row, 14);
    j->digits = store_column_real(row, 15);
    return 0;
}

static int take_comparison(struct store *store, sqlite3_stmt *row, struct ver_comparison *c)
{
    const struct store_quantity *quantity = store_quantity_at(store, sqlite3_column_int64(row, 0));
    if (!quantity)
        return store_refuse(store, "damaged: a comparison is about nothing");
    int kind = number_of(store, quantity->kind, kind_name, VER_KINDS);
    int outcome = number_of(store, store_column_text(row, 2), outcome_name, VER_EXCLUDED + 1);
    int class_ = number_of(store, store_column_text(row, 3), ver_class_name, VER_NO_CLASS + 1);
    if (kind < 0 || outcome < 0 || class_ < 0)
        return -1;
    *c = (struct ver_comparison){
        .kind = (enum ver_kind)kind,
        .outcome = (enum ver_outcome)outcome,
        .engine = strcmp(quantity->engine, "reference") == 0 ? NULL : quantity->engine,
        .class_ = class_,
        .quantity = quantity->name,
        .numbers = size_column(row, 4),
        .digits = store_column_real(row, 5),
        .order = store_column_real(row, 6),
        .step = store_column_real(row, 7),
        .precision = (long)sqlite3_column_int64(row, 8),
        .distance = store_column_real(row, 9),
    };
    copy_text(c->index, sizeof c->index, row, 1);
    copy_text(c->reference, sizeof c->reference, row, 10);
    copy_text(c->value, sizeof c->value, row, 11);
    return 0;
}

static int take_engine(struct store *store, sqlite3_stmt *row, struct ver_clock *clock)
{
    int state = number_of(store, store_column_text(row, 1), state_name, VER_CLOCK_STATES);
    clock->engine = store_word(store, store_column_text(row, 0));
    if (state < 0 || !clock->engine)
        return -1;
    clock->state = (enum ver_clock_state)state;
    copy_text(clock->reason, sizeof clock->reason, row, 2);
    clock->digest = store_column_hex(row, 3);
    clock->traced = sqlite3_column_int(row, 4) != 0;
    clock->same = sqlite3_column_int(row, 5) != 0;
    clock->decisions = size_column(row, 6);
    clock->near = size_column(row, 7);
    copy_text(clock->diagnosis, sizeof clock->diagnosis, row, 8);
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++)
        clock->ratios[q].largest = VER_NAN;
    return 0;
}

static int take_ratios(struct store *store, sqlite3_stmt *row, struct ver_judgement *j)
{
    size_t number = size_column(row, 0);
    int q = number_of(store, store_column_text(row, 1), clock_name, VER_CLOCK_QUANTITIES);
    if (q < 0 || number >= j->clocks)
        return q < 0 ? -1 : store_refuse(store, "damaged: ratios of no engine");
    struct ver_ratios *ratios = &j->clock[number].ratios[q];
    ratios->largest = store_column_real(row, 2);
    const char *at = store_column_text(row, 3);
    while (*at != '\0') {
        char *end;
        unsigned long bin = strtoul(at, &end, 10);
        if (*end != ':' || bin >= VER_RATIO_BINS)
            return store_refuse(store, "damaged: found counts '%.60s'", at);
        ratios->count[bin] = strtoull(end + 1, &end, 10);
        at = *end == ' ' ? end + 1 : "";
    }
    return 0;
}

static int take_ladder(struct store *store, sqlite3_stmt *row, struct ver_ladder *ladder)
{
    const char *agrees = store_column_text(row, 1);
    ladder->rungs = strlen(agrees);
    if (ladder->rungs > VER_RUNGS)
        return store_refuse(store, "damaged: a ladder of %zu steps", ladder->rungs);
    for (size_t k = 0; k < ladder->rungs; k++) {
        ladder->rung[k].step = ldexp(store_column_real(row, 0), -(int)k);
        ladder->rung[k].agrees = agrees[k] == '1';
    }
    static const size_t offset[] = {offsetof(struct ver_rung, spikes),
                                    offsetof(struct ver_rung, missing),
                                    offsetof(struct ver_rung, extra)};
    for (int column = 0; column < 3; column++) {
        const char *at = store_column_text(row, 4 + column);
        for (size_t k = 0; k < ladder->rungs && *at; k++) {
            char *end;
            size_t count = strtoull(at, &end, 10);
            memcpy((char *)&ladder->rung[k] + offset[column], &count, sizeof count);
            at = end;
        }
    }
    ladder->limit = store_column_real(row, 2);
    copy_text(ladder->reason, sizeof ladder->reason, row, 3);
    return 0;
}

static int take_order(struct store *store, sqlite3_stmt *row, struct ver_ladder *ladder)
{
    int q = number_of(store, store_column_text(row, 0), ladder_name, VER_LADDER_QUANTITIES);
    const char *at = store_column_text(row, 2);
    if (q < 0 || !ladder)
        return q < 0 ? -1 : store_refuse(store, "damaged: an order without a ladder");
    ladder->order[q] = store_column_real(row, 1);
    for (size_t k = 0; k < ladder->rungs; k++) {
        char *end;
        double error = strtod(at, &end);
        ladder->rung[k].error[q] = isnan(error) ? VER_NAN : error;
        at = end;
    }
    return 0;
}

/* ---- the whole ---- */

struct taker { /* where the rows of one statement go */
    struct ver_judgement *out;
    size_t taken;
};

static int each_comparison(struct store *store, sqlite3_stmt *row, struct taker *to)
{
    return take_comparison(store, row, &to->out->comparison[to->taken]);
}

static int each_engine(struct store *store, sqlite3_stmt *row, struct taker *to)
{
    return take_engine(store, row, &to->out->clock[to->taken]);
}

static int each_ratios(struct store *store, sqlite3_stmt *row, struct taker *to)
{
    return take_ratios(store, row, to->out);
}

static int each_ladder(struct store *store, sqlite3_stmt *row, struct taker *to)
{
    to->out->ladder = array(store, 1, sizeof *to->out->ladder);
    return to->out->ladder ? take_ladder(store, row, to->out->ladder) : -1;
}

static int each_order(struct store *store, sqlite3_stmt *row, struct taker *to)
{
    return take_order(store, row, to->out->ladder);
}

static int each_case(struct store *store, sqlite3_stmt *row, struct taker *to)
{
    return take_case(store, row, to->out);
}

/* Takes every row; at most so many. How many, or -1. */
static int64_t take_rows(struct store *store, sqlite3_stmt *row, struct ver_judgement *out,
                         size_t most, int (*take)(struct store *, sqlite3_stmt *, struct taker *))
{
    struct taker to = {out, 0};
    int got;
    while ((got = store_next(store, row)) > 0) {
        if (to.taken == most || take(store, row, &to) != 0) {
            if (to.taken == most)
                store_refuse(store, "damaged: more rows than were counted");
            store_stop(row);
            return -1;
        }
        to.taken++;
    }
    return got < 0 ? -1 : (int64_t)to.taken;
}

static int make_room(struct store *store, int64_t run, size_t position, struct ver_judgement *j)
{
    int64_t comparisons =
        store_count(store, "SELECT count(*) FROM comparisons WHERE run = ? AND position = ?", "iz",
                    run, position);
    int64_t engines = store_count(
        store, "SELECT count(*) FROM engines WHERE run = ? AND position = ?", "iz", run, position);
    if (comparisons < 0 || engines < 0)
        return -1;
    j->comparisons = j->room = (size_t)comparisons;
    j->clocks = (size_t)engines;
    j->comparison = array(store, j->comparisons, sizeof *j->comparison);
    j->clock = engines > 0 ? array(store, j->clocks, sizeof *j->clock) : NULL;
    return j->comparison && (j->clock || engines == 0) ? 0 : -1;
}

int store_judgement(struct store *store, int64_t run, size_t position, struct ver_judgement *j)
{
    static const char *const sql[] = {
        "SELECT name, family, verdict, reason, neurons, parameters, spikes, precision, grazing,"
        " slope, coincidence, \"end\", maximum_gap, gradient_norm, condition, digits FROM cases"
        " WHERE run = ? AND position = ?",
        "SELECT quantity, place, outcome, class, numbers, digits, \"order\", step, precision,"
        " distance, got, want FROM comparisons WHERE run = ? AND position = ? ORDER BY number",
        "SELECT engine, state, reason, digest, traced, same, decisions, near, diagnosis"
        " FROM engines WHERE run = ? AND position = ? ORDER BY number",
        "SELECT number, quantity, largest, counts FROM ratios WHERE run = ? AND position = ?",
        "SELECT step, agrees, \"limit\", reason, spikes, missing, extra FROM ladders WHERE run = ? "
        "AND position = ?",
        "SELECT quantity, \"order\", errors FROM orders WHERE run = ? AND position = ?",
    };
    int (*const take[])(struct store *, sqlite3_stmt *, struct taker *) = {
        each_case, each_comparison, each_engine, each_ratios, each_ladder, each_order};
    *j = (struct ver_judgement){.verdict = VER_ERROR};
    if (make_room(store, run, position, j) != 0)
        return -1;
    const size_t most[] = {1, j->comparisons, j->clocks, SIZE_MAX, 1, SIZE_MAX};
    for (size_t k = 0; k < sizeof sql / sizeof *sql; k++) {
        sqlite3_stmt *row = store_ask(store, sql[k], "iz", run, position);
        int64_t taken = take_rows(store, row, j, most[k], take[k]);
        if (taken < 0)
            return -1;
        if (k == 0 && taken == 0)
            return store_refuse(store, "run %lld has no case at %zu", (long long)run, position);
    }
    return 0;
}
