/* SPDX-License-Identifier: MIT */
/* store_function.c: what the queries of this program ask for beside SQL (store_inner.h): numbers as
 * printf prints them, to the last digit; medians; texts that no format takes for markup. */
#include "verify/base/number.h"
#include "verify/base/word.h"
#include "verify/store/store_inner.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers ---- */

static double real_of(sqlite3_value *value)
{
    return sqlite3_value_type(value) == SQLITE_NULL ? VER_NAN : sqlite3_value_double(value);
}

static const char *text_of(sqlite3_value *value)
{
    const char *text = (const char *)sqlite3_value_text(value);
    return text ? text : "";
}

static void put_text(sqlite3_context *context, const char *text)
{
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

static void fixed(sqlite3_context *context, int count, sqlite3_value **value)
{
    char text[400];
    (void)count;
    snprintf(text, sizeof text, "%.*f", sqlite3_value_int(value[1]), real_of(value[0]));
    put_text(context, text);
}

static void general(sqlite3_context *context, int count, sqlite3_value **value)
{
    char text[64];
    (void)count;
    snprintf(text, sizeof text, "%.*g", sqlite3_value_int(value[1]), real_of(value[0]));
    put_text(context, text);
}

static void shortest(sqlite3_context *context, int count, sqlite3_value **value)
{
    char text[STORE_NUMBER];
    (void)count;
    store_number_text(text, real_of(value[0]));
    put_text(context, text);
}

static void put_finite(sqlite3_context *context, double x)
{
    if (isfinite(x))
        sqlite3_result_double(context, x);
}

static void number(sqlite3_context *context, int count, sqlite3_value **value)
{
    const char *text = text_of(value[0]);
    char *end;
    double x = strtod(text, &end);
    (void)count;
    if (end > text && !*end && !isnan(x))
        sqlite3_result_double(context, x);
}

static void logarithm_2(sqlite3_context *context, int count, sqlite3_value **value)
{
    (void)count;
    put_finite(context, log2(real_of(value[0])));
}

static void power_10(sqlite3_context *context, int count, sqlite3_value **value)
{
    (void)count;
    put_finite(context, pow(10, real_of(value[0])));
}

static void logarithm_10(sqlite3_context *context, int count, sqlite3_value **value)
{
    (void)count;
    put_finite(context, log10(real_of(value[0])));
}

/* ---- the median: the mean of the two middle ones of an even number, NULL of none ---- */

struct numbers {
    double *at;
    size_t count, room;
};

static void median_step(sqlite3_context *context, int count, sqlite3_value **value)
{
    struct numbers *all = sqlite3_aggregate_context(context, sizeof *all);
    (void)count;
    if (!all || sqlite3_value_type(value[0]) == SQLITE_NULL)
        return;
    if (all->count == all->room) {
        size_t room = 2 * all->room + 64;
        double *grown = realloc(all->at, room * sizeof *grown);
        if (!grown) {
            sqlite3_result_error_nomem(context);
            return;
        }
        all->at = grown;
        all->room = room;
    }
    all->at[all->count++] = sqlite3_value_double(value[0]);
}

static void median_end(sqlite3_context *context)
{
    struct numbers *all = sqlite3_aggregate_context(context, 0);
    if (!all || all->count == 0)
        return;
    qsort(all->at, all->count, sizeof *all->at, ascending);
    size_t half = all->count / 2;
    sqlite3_result_double(context,
                          all->count % 2 ? all->at[half] : (all->at[half - 1] + all->at[half]) / 2);
    free(all->at);
}

/* ---- nearest: number of the comparison that came nearest to its bound; of those as near, with
 * the fewest digits; of those alike, the first ---- */

struct nearest {
    int64_t number; /* + 1; 0: none yet */
    double distance, digits;
};

static void nearest_step(sqlite3_context *context, int count, sqlite3_value **value)
{
    struct nearest *best = sqlite3_aggregate_context(context, sizeof *best);
    int64_t number = sqlite3_value_int64(value[0]) + 1;
    double distance = real_of(value[1]), digits = real_of(value[2]);
    (void)count;
    if (!best)
        return;
    bool first = best->number == 0 || (isnan(best->distance) && !isnan(distance));
    bool alike = distance == best->distance || (isnan(distance) && isnan(best->distance));
    bool fewer = digits < best->digits || (isnan(best->digits) && !isnan(digits));
    bool like = digits == best->digits || (isnan(digits) && isnan(best->digits));
    if (first || distance > best->distance || (alike && fewer) ||
        (alike && like && number < best->number))
        *best = (struct nearest){number, distance, digits};
}

static void nearest_end(sqlite3_context *context)
{
    const struct nearest *best = sqlite3_aggregate_context(context, 0);
    if (best)
        sqlite3_result_int64(context, best->number - 1);
}

/* ---- counts: the sum of texts "BIN:COUNT ...", as an object of JSON ---- */

static void counts_step(sqlite3_context *context, int count, sqlite3_value **value)
{
    uint64_t *sum = sqlite3_aggregate_context(context, VER_RATIO_BINS * sizeof *sum);
    (void)count;
    if (sum && !record_counts(sum, text_of(value[0])))
        sqlite3_result_error(context, "damaged: counts of no bins", -1);
}

static void counts_end(sqlite3_context *context)
{
    const uint64_t *sum = sqlite3_aggregate_context(context, 0);
    char text[VER_RATIO_BINS * 32] = "{";
    size_t used = 1;
    for (int bin = 0; sum && bin < VER_RATIO_BINS; bin++)
        if (sum[bin] > 0)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s\"%d\":%" PRIu64,
                                     used > 1 ? "," : "", bin, sum[bin]);
    snprintf(text + used, sizeof text - used, "}");
    put_text(context, text);
}

/* ---- texts ---- */

/* Writes a text as some format wants it. */
static void put_by(sqlite3_context *context, const char *text,
                   void (*put)(FILE *out, const char *text))
{
    char *made = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&made, &size);
    if (out)
        put(out, text);
    if (!out || fclose(out) != 0)
        sqlite3_result_error_nomem(context);
    else
        sqlite3_result_text(context, made, (int)size, SQLITE_TRANSIENT);
    free(made);
}

/* One line: control characters are blanks. */
static void line(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
}

/* XML cannot say most control characters at all: they are blanks, and what is no UTF-8 is '?'. */
static void xml(FILE *out, const char *text)
{
    static const char special[] = "&<>\"";
    static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    char *clean = ver_clean_text(text);
    for (const char *at = clean ? clean : ""; *at; at++) {
        const char *found = strchr(special, *at);
        if (found)
            fputs(entity[found - special], out);
        else
            fputc(*at, out);
    }
    free(clean);
}

/* With "..." for every number that is a word: what differs in numbers alone is alike. */
static void alike(FILE *out, const char *text)
{
    for (const char *at = text; *at;) {
        bool begins = at == text || strchr(" =([,:<>", at[-1]);
        const char *digit = at + (*at == '-' || *at == '+');
        size_t length = strspn(at, "+-.0123456789eE");
        if (begins && *digit >= '0' && *digit <= '9' && !isalpha((unsigned char)at[length])) {
            fputs("...", out);
            at += length;
        } else {
            fputc(*at++, out);
        }
    }
}

enum { LONGEST = 160 /* of a text in a Markdown table */ };

/* One line, no markup: what Markdown, HTML or a table would take for its own is escaped. */
static void put_markdown(FILE *out, const char *text)
{
    size_t length = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at; at++, length++) {
        if (length >= LONGEST && (*at & 0xc0) != 0x80) {
            fputs("...", out);
            return;
        }
        if (*at == '<')
            fputs("&lt;", out);
        else if (*at == '>')
            fputs("&gt;", out);
        else if (*at == '&')
            fputs("&amp;", out);
        else if (*at < ' ' || *at == 127)
            fputc(' ', out);
        else if (strchr("\\`*_{}[]()#+!|~$@", *at))
            fprintf(out, "\\%c", *at);
        else
            fputc(*at, out);
    }
}

/* A row of a Markdown table; "-" for nothing. */
static void markdown(sqlite3_context *context, int count, sqlite3_value **value)
{
    char *made = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&made, &size);
    for (int k = 0; out && k < count; k++) {
        fputs(k > 0 ? " | " : "| ", out);
        put_markdown(out, text_of(value[k])[0] ? text_of(value[k]) : "-");
    }
    if (out)
        fputs(" |", out);
    if (!out || fclose(out) != 0)
        sqlite3_result_error_nomem(context);
    else
        sqlite3_result_text(context, made, (int)size, SQLITE_TRANSIENT);
    free(made);
}

static void text_by(sqlite3_context *context, int count, sqlite3_value **value)
{
    void (*put)(FILE * out, const char *text);
    (void)count;
    memcpy(&put, sqlite3_user_data(context), sizeof put);
    put_by(context, text_of(value[0]), put);
}

/* ---- names of enumerations ---- */

static int add_words(struct store *store, const char *what, const char *(*word)(int), int words)
{
    for (int k = 0; k < words; k++)
        if (store_do(store, "INSERT OR IGNORE INTO words VALUES (?, ?, ?)", "tit", what, (int64_t)k,
                     word(k)) != 0)
            return -1;
    return 0;
}

static const char *ratio_word(int k)
{
    return ver_scheme_quantity_name((enum ver_scheme_quantity)k);
}

/* "weights" of "ladder_weights". */
static const char *ladder_word(int k)
{
    return strchr(ver_ladder_quantity_name((enum ver_ladder_quantity)k), '_') + 1;
}

static int make_words(struct store *store)
{
    if (store_script(store, "CREATE TEMP TABLE words (what TEXT, number INTEGER, name TEXT,"
                            " PRIMARY KEY (what, number)) WITHOUT ROWID") != 0)
        return -1;
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        for (size_t k = 0; k < record_table[kind].columns; k++) {
            const struct column *column = &record_table[kind].column[k];
            if (column->word && add_words(store, column->name, column->word, column->words) != 0)
                return -1;
        }
    return add_words(store, "ratio", ratio_word, VER_SCHEME_QUANTITIES) != 0 ||
                   add_words(store, "ladder", ladder_word, VER_LADDER_QUANTITIES) != 0
               ? -1
               : 0;
}

/* A row a quantity of a ladder, with a text a step. */
static int make_orders(struct store *store)
{
    char sql[4096];
    size_t used = (size_t)snprintf(sql, sizeof sql, "CREATE TEMP VIEW orders AS");
    for (int q = 0; q < VER_LADDER_QUANTITIES; q++)
        used += (size_t)snprintf(
            sql + used, sizeof sql - used,
            "%s SELECT run, position, '%s' AS quantity, order_%s AS \"order\","
            " coalesce((SELECT group_concat(agrees, '') FROM (SELECT agrees FROM rungs r"
            " WHERE r.run = l.run AND r.position = l.position ORDER BY number)), '') AS agrees,"
            " coalesce((SELECT group_concat(shortest(error), ' ') FROM (SELECT error_%s AS error"
            " FROM rungs r WHERE r.run = l.run AND r.position = l.position ORDER BY number)), '')"
            " AS errors FROM ladders l",
            q > 0 ? " UNION ALL" : "", ver_ladder_quantity_name((enum ver_ladder_quantity)q),
            ladder_word(q), ladder_word(q));
    return store_script(store, sql);
}

int store_add_functions(struct store *store)
{
    enum { PURE = SQLITE_UTF8 | SQLITE_DETERMINISTIC };
    static const struct {
        const char *name;
        int values;
        void (*call)(sqlite3_context *context, int count, sqlite3_value **value);
    } numbers[] = {{"fixed", 2, fixed},      {"general", 2, general},    {"shortest", 1, shortest},
                   {"log2", 1, logarithm_2}, {"log10", 1, logarithm_10}, {"markdown", -1, markdown},
                   {"number", 1, number},    {"exp10", 1, power_10}};
    static struct {
        const char *name;
        void (*put)(FILE *out, const char *text);
    } texts[] = {{"line", line},         {"word", ver_word_put}, {"xml", xml},
                 {"html", ver_html_put}, {"alike", alike},       {"anchor", ver_anchor_put}};
    static const struct {
        const char *name;
        int values;
        void (*step)(sqlite3_context *context, int count, sqlite3_value **value);
        void (*end)(sqlite3_context *context);
    } sums[] = {{"median", 1, median_step, median_end},
                {"nearest", 3, nearest_step, nearest_end},
                {"counts", 1, counts_step, counts_end}};
    int code = SQLITE_OK;
    for (size_t k = 0; k < sizeof sums / sizeof *sums && code == SQLITE_OK; k++)
        code = sqlite3_create_function(store->db, sums[k].name, sums[k].values, PURE, NULL, NULL,
                                       sums[k].step, sums[k].end);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers && code == SQLITE_OK; k++)
        code = sqlite3_create_function(store->db, numbers[k].name, numbers[k].values, PURE, NULL,
                                       numbers[k].call, NULL, NULL);
    for (size_t k = 0; k < sizeof texts / sizeof *texts && code == SQLITE_OK; k++)
        code = sqlite3_create_function(store->db, texts[k].name, 1, PURE, &texts[k].put, text_by,
                                       NULL, NULL);
    if (code != SQLITE_OK)
        return store_fail(store);
    return make_words(store) != 0 ? -1 : make_orders(store);
}
