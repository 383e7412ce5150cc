/* SPDX-License-Identifier: MIT */
/* store_baseline.c: see store_baseline.h. One line an entry, sorted, one way to write each number:
 * the same run writes the same bytes, and a change of the file in version control shows what moved.
 *
 *     # evident-baseline-1
 *     # looser: REASON (N entries)
 *     case  kind  engine  verdict  ratio  digits          (tabs between)
 */
#include "verify/store/store_baseline.h"
#include "verify/store/store_diff.h"
#include "verify/store/table.h"
#include "verify/base/word.h"

#include <stdlib.h>
#include <string.h>

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

void baseline_clear(struct baseline *baseline)
{
    for (size_t k = 0; k < baseline->entries; k++)
        free(baseline->entry[k].key);
    for (size_t k = 0; k < baseline->remarks; k++)
        free(baseline->remark[k]);
    free(baseline->entry);
    free(baseline->remark);
    *baseline = (struct baseline){NULL, 0, 0, NULL, 0, 0};
}

int baseline_add(struct baseline *baseline, const struct baseline_entry *entry)
{
    if (baseline->entries == baseline->room) {
        size_t room = baseline->room > 0 ? 2 * baseline->room : 256;
        struct baseline_entry *grown = realloc(baseline->entry, room * sizeof *grown);
        if (!grown)
            return -1;
        baseline->entry = grown;
        baseline->room = room;
    }
    struct baseline_entry *last = &baseline->entry[baseline->entries];
    *last = *entry;
    last->key = copy_text(entry->key);
    if (!last->key)
        return -1;
    baseline->entries++;
    return 0;
}

int baseline_add_remark(struct baseline *baseline, const char *remark)
{
    if (baseline->remarks == baseline->remark_room) {
        size_t room = baseline->remark_room > 0 ? 2 * baseline->remark_room : 16;
        char **grown = realloc(baseline->remark, room * sizeof *grown);
        if (!grown)
            return -1;
        baseline->remark = grown;
        baseline->remark_room = room;
    }
    char *copy = ver_clean_text(remark);
    if (!copy)
        return -1;
    baseline->remark[baseline->remarks++] = copy;
    return 0;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct baseline_entry *)a)->key, ((const struct baseline_entry *)b)->key);
}

void baseline_sort(struct baseline *baseline)
{
    if (baseline->entries > 0)
        qsort(baseline->entry, baseline->entries, sizeof *baseline->entry, by_key);
}

/* ---- from a run ---- */

/* The least number of three digits that is not below x: "%.2e" rounds to nearest, so at most one
 * step is missing. */
static double round_up(double x)
{
    char text[STORE_NUMBER];
    if (!isfinite(x) || x == 0)
        return x;
    snprintf(text, sizeof text, "%.2e", x);
    double rounded = strtod(text, NULL);
    if (rounded < x) {
        int exponent = atoi(strchr(text, 'e') + 1);
        snprintf(text, sizeof text, "%.2e", rounded + pow(10, exponent - 2));
        rounded = strtod(text, NULL);
    }
    return rounded;
}

static double round_down_to_tenths(double x)
{
    char text[64];
    snprintf(text, sizeof text, "%.1f", floor(x * 10) / 10);
    return isfinite(x) ? strtod(text, NULL) : x;
}

/* A name with a tab in it would be two columns. */
static int make_key(char **key, const char *name, const char *kind, const char *engine)
{
    char *clean = ver_clean_text(name);
    size_t size = clean ? strlen(clean) + strlen(kind) + strlen(engine) + 3 : 0;
    *key = clean ? malloc(size) : NULL;
    if (*key)
        snprintf(*key, size, "%s\t%s\t%s", clean, kind, engine);
    free(clean);
    return *key ? 0 : -1;
}

static int take_row(struct baseline *baseline, sqlite3_stmt *row)
{
    struct baseline_entry entry = {NULL, "-", store_column_real(row, 4), store_column_real(row, 5)};
    if (make_key(&entry.key, store_column_text(row, 0), store_column_text(row, 1),
                 store_column_text(row, 2)) != 0)
        return -1;
    snprintf(entry.verdict, sizeof entry.verdict, "%s", store_column_text(row, 3));
    entry.ratio = round_up(entry.ratio);
    entry.digits = isnan(entry.digits) ? VER_NAN : round_down_to_tenths(entry.digits);
    int failed = baseline_add(baseline, &entry);
    free(entry.key);
    return failed;
}

/* A name that comes twice has the worst of both. */
static void join_same(struct baseline *baseline)
{
    size_t kept = 0;
    for (size_t k = 0; k < baseline->entries; k++) {
        struct baseline_entry *entry = &baseline->entry[k];
        struct baseline_entry *last = kept > 0 ? &baseline->entry[kept - 1] : NULL;
        if (!last || strcmp(last->key, entry->key) != 0) {
            baseline->entry[kept++] = *entry;
            continue;
        }
        last->ratio = fmax(last->ratio, entry->ratio);
        last->digits = fmin(last->digits, entry->digits);
        if (store_verdict_rank(entry->verdict) > store_verdict_rank(last->verdict))
            memcpy(last->verdict, entry->verdict, sizeof last->verdict);
        free(entry->key);
    }
    baseline->entries = kept;
}

int baseline_of_run(struct baseline *baseline, struct store *store, int64_t run)
{
    static const char *const query[] = {"baseline verdicts", "baseline worst"};
    *baseline = (struct baseline){NULL, 0, 0, NULL, 0, 0};
    for (int k = 0; k < 2; k++) {
        sqlite3_stmt *row = store_ask(store, table_sql(query[k]), "i", run);
        int got;
        while ((got = store_next(store, row)) > 0) {
            if (take_row(baseline, row) != 0) {
                store_stop(row);
                return store_refuse(store, "memory is short");
            }
        }
        if (got < 0)
            return -1;
    }
    baseline_sort(baseline);
    join_same(baseline);
    return 0;
}

/* ---- comparing ---- */

static const struct baseline_entry *find(const struct baseline *baseline, const char *key)
{
    struct baseline_entry wanted = {(char *)(uintptr_t)key, "", 0, 0};
    return baseline->entries > 0 ? bsearch(&wanted, baseline->entry, baseline->entries,
                                           sizeof *baseline->entry, by_key)
                                 : NULL;
}

struct teller {
    void (*tell)(void *context, const char *line);
    void *context;
    size_t told;
};

/* The key with blanks for tabs; the two "-" of a verdict are left out. */
static void say(struct teller *teller, const struct baseline_entry *entry, const char *what)
{
    char line[1200];
    const char *verdict = strstr(entry->key, "\t-\t-");
    int length = verdict ? (int)(verdict - entry->key) : (int)strlen(entry->key);
    snprintf(line, sizeof line, "%.*s: %s", length, entry->key, what);
    for (char *at = line; *at; at++)
        if (*at == '\t')
            *at = ' ';
    teller->told++;
    if (teller->tell)
        teller->tell(teller->context, line);
}

static void compare_entry(struct teller *teller, const struct baseline_entry *old,
                          const struct baseline_entry *new)
{
    char what[128];
    if (!new) {
        say(teller, old, "gone");
        return;
    }
    if (store_verdict_rank(new->verdict) > store_verdict_rank(old->verdict)) {
        snprintf(what, sizeof what, "%s -> %s", old->verdict, new->verdict);
        say(teller, old, what);
    }
    if (!isnan(old->ratio) && !(new->ratio <= old->ratio)) {
        snprintf(what, sizeof what, "ratio %.2e -> %.2e", old->ratio, new->ratio);
        say(teller, old, what);
    }
    if (!isnan(old->digits) && !(new->digits >= old->digits)) {
        snprintf(what, sizeof what, "digits %.1f -> %.1f", old->digits, new->digits);
        say(teller, old, what);
    }
}

size_t baseline_compare(const struct baseline *old, const struct baseline *new, bool strangers,
                        void (*tell)(void *context, const char *line), void *context)
{
    struct teller teller = {tell, context, 0};
    for (size_t k = 0; k < old->entries; k++)
        compare_entry(&teller, &old->entry[k], find(new, old->entry[k].key));
    for (size_t k = 0; k < new->entries &&strangers; k++) {
        const struct baseline_entry *entry = &new->entry[k];
        char what[64];
        if (strcmp(entry->verdict, "-") == 0 || strcmp(entry->verdict, "pass") == 0 ||
            find(old, entry->key))
            continue;
        snprintf(what, sizeof what, "new -> %s", entry->verdict);
        say(&teller, entry, what);
    }
    return teller.told;
}

int baseline_remark(struct baseline *new, const struct baseline *old, const char *remark)
{
    for (size_t k = 0; k < old->remarks; k++)
        if (baseline_add_remark(new, old->remark[k]) != 0)
            return -1;
    return remark ? baseline_add_remark(new, remark) : 0;
}
