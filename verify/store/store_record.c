/* store_record.c: one finished case, one transaction. */
#include "verify/store/store_inner.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

_Static_assert(REF_MARGINS == 5, "the table cases has a column for each margin");

static int put_case(struct store *store, int64_t run, size_t position,
                    const struct ver_judgement *j, const struct store_extra *extra)
{
    static const char sql[] =
        "INSERT INTO cases (run, position, name, family, verdict, reason, neurons, parameters,"
        " spikes, precision, grazing, slope, coincidence, \"end\", maximum_gap,"
        " gradient_norm, condition, digits)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    if (store_do(store, sql, "izttttzzzirrrrrrrr", run, position, j->name ? j->name : "", j->family,
                 ver_verdict_name(j->verdict), j->reason, j->neurons, j->parameters, j->spikes,
                 (int64_t)j->precision, j->margin[REF_GRAZING], j->margin[REF_SLOPE],
                 j->margin[REF_COINCIDENCE], j->margin[REF_END], j->margin[REF_MAXIMUM_GAP],
                 j->gradient_norm, j->condition, j->digits) != 0)
        return -1;
    if (!extra || extra->case_digest == 0)
        return 0;
    return store_do(store, "UPDATE cases SET case_digest = ? WHERE run = ? AND position = ?", "xiz",
                    extra->case_digest, run, position);
}

/* What is known about the numbers of an engine that are wrong. */
static const char *hint_of(const struct ver_judgement *j, const struct ver_comparison *c)
{
    bool asked =
        c->kind == VER_KIND_ROUNDING || c->kind == VER_KIND_LADDER || c->kind == VER_KIND_ANSWER;
    for (size_t e = 0; e < j->clocks && asked && c->engine && c->outcome == VER_DIFFERS; e++)
        if (j->clock[e].engine && strcmp(j->clock[e].engine, c->engine) == 0)
            return j->clock[e].diagnosis[0] ? j->clock[e].diagnosis : NULL;
    return NULL;
}

static int put_comparison(struct store *store, int64_t run, size_t position, size_t number,
                          const struct ver_judgement *j)
{
    static const char sql[] =
        "INSERT INTO comparisons (run, position, number, quantity, place, outcome, class, numbers,"
        " digits, \"order\", step, precision, distance, got, want, hint)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const struct ver_comparison *c = &j->comparison[number];
    int64_t quantity = store_quantity(store, ver_kind_name(c->kind),
                                      c->engine ? c->engine : "reference", c->quantity);
    if (quantity < 0)
        return -1;
    return store_do(store, sql, "izzitttzrrrirttt", run, position, number, quantity, c->index,
                    ver_outcome_name(c->outcome), ver_class_name(c->class_), c->numbers, c->digits,
                    c->order, c->step, (int64_t)c->precision, c->distance, c->reference, c->value,
                    hint_of(j, c));
}

/* "1:3 2:10": the bins that are not empty. */
static void counts_text(char *text, size_t size, const struct ver_ratios *ratios)
{
    size_t used = 0;
    text[0] = '\0';
    for (int bin = 0; bin < VER_RATIO_BINS && used < size; bin++)
        if (ratios->count[bin] > 0)
            used += (size_t)snprintf(text + used, size - used, "%s%d:%llu", used > 0 ? " " : "",
                                     bin, (unsigned long long)ratios->count[bin]);
}

static int put_engine(struct store *store, int64_t run, size_t position, size_t number,
                      const struct ver_clock *clock)
{
    static const char sql[] =
        "INSERT INTO engines (run, position, number, engine, state, reason, digest, traced, same,"
        " decisions, near, diagnosis) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    char counts[VER_RATIO_BINS * 24];
    if (store_do(store, sql, "izztttxbbzzt", run, position, number,
                 clock->engine ? clock->engine : "", ver_clock_state_name(clock->state),
                 clock->reason, clock->digest, (int)clock->traced, (int)clock->same,
                 clock->decisions, clock->near, clock->diagnosis) != 0)
        return -1;
    for (int q = 0; q < VER_CLOCK_QUANTITIES; q++) {
        const struct ver_ratios *ratios = &clock->ratios[q];
        counts_text(counts, sizeof counts, ratios);
        if (isnan(ratios->largest) && counts[0] == '\0')
            continue;
        if (store_do(store, "INSERT INTO ratios VALUES (?, ?, ?, ?, ?, ?)", "izztrt", run, position,
                     number, ver_clock_quantity_name((enum ver_clock_quantity)q), ratios->largest,
                     counts) != 0)
            return -1;
    }
    return 0;
}

/* "12 11 11": a count a rung. */
static const char *rungs_text(char *text, size_t size, const struct ver_ladder *ladder,
                              size_t offset)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; k < ladder->rungs && used < size; k++) {
        size_t count;
        memcpy(&count, (const char *)&ladder->rung[k] + offset, sizeof count);
        used += (size_t)snprintf(text + used, size - used, "%s%zu", k > 0 ? " " : "", count);
    }
    return text;
}

static int put_ladder(struct store *store, int64_t run, size_t position,
                      const struct ver_ladder *ladder)
{
    char agrees[VER_RUNGS + 1] = "", errors[VER_RUNGS * (STORE_NUMBER + 1)], number[STORE_NUMBER];
    char counts[3][VER_RUNGS * 24];
    for (size_t k = 0; k < ladder->rungs; k++)
        agrees[k] = ladder->rung[k].agrees ? '1' : '0';
    if (store_do(store, "INSERT INTO ladders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", "izrtrtttt", run,
                 position, ladder->rungs > 0 ? ladder->rung[0].step : VER_NAN, agrees,
                 ladder->limit, ladder->reason,
                 rungs_text(counts[0], sizeof *counts, ladder, offsetof(struct ver_rung, spikes)),
                 rungs_text(counts[1], sizeof *counts, ladder, offsetof(struct ver_rung, missing)),
                 rungs_text(counts[2], sizeof *counts, ladder, offsetof(struct ver_rung, extra))) !=
        0)
        return -1;
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++) {
        size_t used = 0;
        errors[0] = '\0';
        for (size_t k = 0; k < ladder->rungs; k++) {
            store_number_text(number, ladder->rung[k].error[q]);
            used += (size_t)snprintf(errors + used, sizeof errors - used, "%s%s", k > 0 ? " " : "",
                                     number);
        }
        if (store_do(store, "INSERT INTO orders VALUES (?, ?, ?, ?, ?)", "iztrt", run, position,
                     ver_ladder_quantity_name((enum ver_ladder_quantity)q), ladder->order[q],
                     errors) != 0)
            return -1;
    }
    return 0;
}

static int put_times(struct store *store, int64_t run, size_t position,
                     const struct store_extra *extra)
{
    for (size_t k = 0; extra && k < extra->times; k++)
        if (store_do(store, "INSERT OR REPLACE INTO times VALUES (?, ?, ?, ?)", "iztr", run,
                     position, extra->time[k].engine, extra->time[k].seconds) != 0)
            return -1;
    return 0;
}

static int put_all(struct store *store, int64_t run, size_t position, const struct ver_judgement *j,
                   const struct store_extra *extra)
{
    if (put_case(store, run, position, j, extra) != 0)
        return -1;
    for (size_t k = 0; k < j->comparisons; k++)
        if (put_comparison(store, run, position, k, j) != 0)
            return -1;
    for (size_t k = 0; k < j->clocks; k++)
        if (put_engine(store, run, position, k, &j->clock[k]) != 0)
            return -1;
    if (j->ladder && put_ladder(store, run, position, j->ladder) != 0)
        return -1;
    return put_times(store, run, position, extra);
}

/* ---- the transaction ---- */

int store_seal(struct store *store, int64_t run, int64_t position)
{
    uint64_t content;
    if (store_content(store, run, position, &content) != 0)
        return -1;
    return store_do(store, "UPDATE cases SET content = ? WHERE run = ? AND position = ?", "xii",
                    content, run, position);
}

static int content_of(struct store *store, int64_t run, size_t position, uint64_t *content)
{
    sqlite3_stmt *row = store_ask(store, "SELECT content FROM cases WHERE run = ? AND position = ?",
                                  "iz", run, position);
    int got = store_next(store, row);
    *content = got > 0 ? store_column_hex(row, 0) : 0;
    if (got > 0)
        store_stop(row);
    return got;
}

/* The case is there already, from a run that was thought dead or by another process: what is there
 * stays, and must be the same. So it is written anew, compared, and the transaction undone. */
static int compare_again(struct store *store, int64_t run, size_t position,
                         const struct ver_judgement *judgement, const struct store_extra *extra,
                         uint64_t before)
{
    uint64_t again = 0;
    if (store_do(store, "DELETE FROM cases WHERE run = ? AND position = ?", "iz", run, position) !=
            0 ||
        put_all(store, run, position, judgement, extra) != 0 ||
        store_content(store, run, (int64_t)position, &again) != 0)
        return store_undo(store);
    if (again != before)
        store_refuse(store,
                     "case %zu (%.100s) of run %lld is recorded with another content: two "
                     "times the same program did not say the same",
                     position, judgement->name ? judgement->name : "", (long long)run);
    store_undo(store);
    return again == before ? 0 : -1;
}

int store_record(struct store *store, int64_t run, size_t position,
                 const struct ver_judgement *judgement, const struct store_extra *extra)
{
    uint64_t before;
    if (store_lock(store) != 0)
        return -1;
    int there = content_of(store, run, position, &before);
    if (there > 0)
        return compare_again(store, run, position, judgement, extra, before);
    if (there < 0 || put_all(store, run, position, judgement, extra) != 0 ||
        store_seal(store, run, (int64_t)position) != 0)
        return store_undo(store);
    return store_commit(store);
}
