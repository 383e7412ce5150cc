/* SPDX-License-Identifier: MIT */
/* store_speed.c: see store_speed.h. */
#include "verify/store/store_speed.h"
#include "verify/base/pages.h"
#include "verify/store/store_inner.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void speed_clear(struct speed *speed)
{
    for (size_t k = 0; k < speed->entries; k++)
        free(speed->entry[k].key);
    free(speed->entry);
    free(speed->remarks);
    *speed = (struct speed){.entries = 0};
}

int speed_add(struct speed *speed, const struct speed_entry *entry)
{
    if (speed->entries == speed->room) {
        size_t room = 2 * speed->room + 64;
        struct speed_entry *grown = realloc(speed->entry, room * sizeof *grown);
        if (!grown)
            return -1;
        speed->entry = grown;
        speed->room = room;
    }
    char *key = strdup(entry->key);
    if (!key)
        return -1;
    speed->entry[speed->entries] = *entry;
    speed->entry[speed->entries++].key = key;
    return 0;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct speed_entry *)a)->key, ((const struct speed_entry *)b)->key);
}

void speed_sort(struct speed *speed)
{
    if (speed->entries > 0)
        qsort(speed->entry, speed->entries, sizeof *speed->entry, by_key);
}

/* ---- of a bench ---- */

/* A name with a tab in it would be two columns. */
static int add_named(struct speed *speed, const char *name, const char *engine,
                     struct speed_entry *entry)
{
    size_t size = strlen(name) + strlen(engine) + 2;
    entry->key = malloc(size);
    if (!entry->key)
        return -1;
    snprintf(entry->key, size, "%s", name);
    for (char *at = entry->key; *at; at++)
        *at = (unsigned char)*at < ' ' ? ' ' : *at;
    size_t used = strlen(entry->key);
    snprintf(entry->key + used, size - used, "\t%s", engine);
    int failed = speed_add(speed, entry);
    free(entry->key);
    return failed;
}

static int add_case(struct speed *speed, const struct bench *bench, size_t c, size_t e)
{
    const struct bench_row *row = bench_row(bench, c, e);
    struct speed_entry entry = {.time = bench_time(bench, c, e, interval_level_of(bench->cases)),
                                .bytes = row->bytes,
                                .said = row->said,
                                .digest = row->same ? row->digest : 0};
    snprintf(entry.case_digest, sizeof entry.case_digest, "%s", bench->at[c].digest);
    return row->ran ? add_named(speed, bench->at[c].name, bench->engine[e], &entry) : 0;
}

static int add_all(struct speed *speed, const struct bench *bench, size_t e)
{
    size_t cases;
    struct speed_entry entry = {.time = bench_total(bench, e, &cases)};
    const struct bench_row *most = bench_memory(bench, e);
    char name[64];
    if (most) {
        entry.bytes = most->bytes;
        entry.said = most->said;
    }
    snprintf(name, sizeof name, SPEED_ALL " (%zu)", cases);
    return cases > 0 ? add_named(speed, name, bench->engine[e], &entry) : 0;
}

int speed_of_bench(struct speed *speed, const struct store_facts *facts, const struct bench *bench)
{
    *speed = (struct speed){.entries = 0};
    snprintf(speed->host, sizeof speed->host, "%s, %ld cores", facts->processor, facts->host_cores);
    for (size_t e = 0; e < bench->engines; e++) {
        for (size_t c = 0; c < bench->cases; c++)
            if (add_case(speed, bench, c, e) != 0)
                return -1;
        if (add_all(speed, bench, e) != 0)
            return -1;
    }
    speed_sort(speed);
    return 0;
}

/* ---- comparing ---- */

static void tell(struct store_diff *diff, enum store_topic topic, enum store_move move,
                 const struct speed_entry *entry, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static void tell(struct store_diff *diff, enum store_topic topic, enum store_move move,
                 const struct speed_entry *entry, const char *format, ...)
{
    char line[1024];
    int used = entry ? snprintf(line, sizeof line, "%.700s: ", entry->key) : 0;
    for (char *at = line; at < line + used; at++)
        *at = *at == '\t' ? ' ' : *at;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + used, sizeof line - (size_t)used, format, arguments);
    va_end(arguments);
    diff->count[topic][move]++;
    if (diff->tell)
        diff->tell(diff->context, topic, move, line);
}

/* "24.31 ms" */
static void time_text(char text[32], double seconds)
{
    static const char *const unit[] = {"s", "ms", "us"};
    int k = 0;
    for (; k < 2 && seconds < 1; k++)
        seconds *= 1000;
    snprintf(text, 32, "%.4g %s", seconds, unit[k]);
}

void speed_text(char *text, size_t size, struct interval ratio)
{
    double noise = interval_noise(ratio);
    snprintf(text, size, "%.1f %% %s, %s its noise of %.1f %%", 100 * fabs(ratio.middle - 1),
             ratio.middle < 1 ? "faster" : "slower",
             interval_larger(ratio) || interval_smaller(ratio) ? "more than" : "within",
             100 * noise);
}

/* Of all cases together; so many cases stand in its key. */
static bool is_sum(const struct speed_entry *entry)
{
    return strncmp(entry->key, SPEED_ALL, strlen(SPEED_ALL)) == 0;
}

/* What is within its noise is told of the sum alone. */
static void compare_time(const struct speed_entry *old, const struct speed_entry *new,
                         struct store_diff *diff)
{
    struct interval ratio = interval_ratio(old->time, new->time);
    bool slower = interval_larger(ratio), faster = interval_smaller(ratio);
    char before[32], after[32], text[120];
    if (!slower && !faster && !is_sum(new))
        return;
    time_text(before, old->time.middle);
    time_text(after, new->time.middle);
    speed_text(text, sizeof text, ratio);
    tell(diff, STORE_TOPIC_TIME,
         slower && !(diff->time > 0 && ratio.middle <= diff->time) ? STORE_WORSE
         : faster                                                  ? STORE_BETTER
                                                                   : STORE_MOVED,
         new, "%s -> %s, %s", before, after, text);
}

static void compare_memory(const struct speed_entry *old, const struct speed_entry *new,
                           struct store_diff *diff)
{
    double uncertain = old->said && new->said ? 0 : RESIDENT_UNCERTAIN;
    if (!(old->bytes > 0 && new->bytes > 0) || !(fabs(new->bytes - old->bytes) > uncertain))
        return;
    tell(diff, STORE_TOPIC_MEMORY, new->bytes > old->bytes ? STORE_WORSE : STORE_BETTER, new,
         "%.2f MiB -> %.2f MiB", old->bytes * 0x1p-20, new->bytes * 0x1p-20);
}

static void compare_bits(const struct speed_entry *old, const struct speed_entry *new,
                         struct store_diff *diff)
{
    if (old->case_digest[0] && new->case_digest[0] &&
        strcmp(old->case_digest, new->case_digest) != 0)
        tell(diff, STORE_TOPIC_CASE, STORE_MOVED, new, "the case itself is another");
    else if (old->digest && new->digest && old->digest != new->digest)
        tell(diff, STORE_TOPIC_BITS, diff->bits ? STORE_WORSE : STORE_MOVED, new,
             "digest %016llx -> %016llx", (unsigned long long)old->digest,
             (unsigned long long)new->digest);
}

static const struct speed_entry *find(const struct speed *speed, const char *key)
{
    struct speed_entry wanted = {.key = (char *)(uintptr_t)key};
    return speed->entries > 0
               ? bsearch(&wanted, speed->entry, speed->entries, sizeof *speed->entry, by_key)
               : NULL;
}

void speed_compare(const struct speed *old, const struct speed *new, struct store_diff *diff)
{
    bool same_host = strcmp(old->host, new->host) == 0;
    diff->pairs = 0;
    memset(diff->count, 0, sizeof diff->count);
    if (!same_host && old->entries > 0)
        tell(diff, STORE_TOPIC_TIME, STORE_MOVED, NULL, "not compared: on %s, now on %s", old->host,
             new->host);
    for (size_t k = 0; k < old->entries; k++) {
        const struct speed_entry *entry = &old->entry[k], *now = find(new, entry->key);
        if (!now) {
            if (!is_sum(entry)) /* of other cases it is another sum */
                tell(diff, STORE_TOPIC_CASE, STORE_WORSE, entry, "gone");
            continue;
        }
        diff->pairs += !is_sum(entry);
        if (same_host)
            compare_time(entry, now, diff);
        compare_memory(entry, now, diff);
        compare_bits(entry, now, diff);
    }
    for (size_t k = 0; k < new->entries; k++)
        if (!is_sum(&new->entry[k]) && !find(old, new->entry[k].key))
            tell(diff, STORE_TOPIC_CASE, STORE_MOVED, &new->entry[k], "new");
}

int speed_tighten(struct speed *new, const struct speed *old)
{
    bool same_host = strcmp(old->host, new->host) == 0;
    for (size_t k = 0; k < new->entries &&same_host; k++) {
        struct speed_entry *entry = &new->entry[k];
        const struct speed_entry *was = find(old, entry->key);
        struct interval ratio = was ? interval_ratio(was->time, entry->time) : entry->time;
        if (was && !interval_smaller(ratio) && !interval_larger(ratio))
            entry->time = was->time;
    }
    return old->remarks ? speed_remark(new, old->remarks) : 0;
}

int speed_remark(struct speed *speed, const char *text)
{
    size_t before = speed->remarks ? strlen(speed->remarks) : 0, size = before + strlen(text) + 1;
    char *grown = realloc(speed->remarks, size);
    if (!grown)
        return -1;
    strcpy(grown + before, text);
    speed->remarks = grown;
    return 0;
}

/* ---- of a store ---- */

int store_speed_take(struct store *store, int64_t number, struct speed *speed)
{
    struct store_facts facts;
    struct bench bench;
    int failed = store_bench_take(store, number, &facts, &bench);
    if (!failed && speed_of_bench(speed, &facts, &bench) != 0)
        failed = store_refuse(store, "memory is short");
    bench_clear(&bench);
    return failed;
}

int store_speed_diff(struct store *store, int64_t a, int64_t b, struct store_diff *diff)
{
    struct speed old = {.entries = 0}, new = {.entries = 0};
    int failed = store_speed_take(store, a, &old);
    if (!failed)
        failed = store_speed_take(store, b, &new);
    if (!failed)
        speed_compare(&old, &new, diff);
    speed_clear(&old);
    speed_clear(&new);
    return failed;
}
