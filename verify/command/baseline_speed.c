/* SPDX-License-Identifier: MIT */
/* baseline_speed.c: `evident baseline` of a bench: times and memory that were accepted once, in a
 * file of their own (store_speed.h). */
#include "verify/command/command_store.h"
#include "verify/store/store_speed.h"

#include <stdlib.h>
#include <string.h>

struct worse {
    const char *word;
};

static void print_worse(void *context, enum store_topic topic, enum store_move move,
                        const char *line)
{
    const struct worse *worse = context;
    if (move == STORE_WORSE || (move == STORE_MOVED && strncmp(line, "not compared", 12) == 0))
        printf("%s %s %s\n", move == STORE_WORSE ? worse->word : "moved", store_topic_name(topic),
               line);
}

static size_t count_worse(const struct speed *old, const struct speed *now, const char *word,
                          double time)
{
    struct worse worse = {word};
    struct store_diff diff = {.time = time, .tell = print_worse, .context = &worse};
    speed_compare(old, now, &diff);
    size_t sum = 0;
    for (int topic = 0; topic < STORE_TOPICS; topic++)
        sum += diff.count[topic][STORE_WORSE];
    return sum;
}

static int check(const struct speed *now, const struct options *options)
{
    struct speed old;
    struct case_error error;
    if (speed_read(&old, options->check, NULL, &error) != 0) {
        speed_clear(&old);
        return command_refuse(options->where, "%s", error.text);
    }
    size_t worse = count_worse(&old, now, "WORSE", options->time);
    printf("%s: %zu entries, %zu worse\n", options->check, old.entries, worse);
    speed_clear(&old);
    return worse > 0 ? COMMAND_FAIL : COMMAND_PASS;
}

static int write_over(struct speed *now, const struct speed *old, const struct options *options)
{
    struct case_error error;
    char remark[600] = "";
    size_t slower = count_worse(old, now, options->reason ? "looser" : "LOOSER", options->time);
    if (slower > 0 && !options->reason) {
        printf("%s: %zu entries would get looser; nothing was written (--allow-looser REASON)\n",
               options->write, slower);
        return COMMAND_FAIL;
    }
    if (slower > 0)
        snprintf(remark, sizeof remark, "# slower: %.*s (%zu entries)\n",
                 (int)strcspn(options->reason, "\r\n"), options->reason, slower);
    if (speed_tighten(now, old) != 0 || speed_remark(now, remark) != 0)
        return command_refuse(options->where, "memory is short");
    if (speed_write(now, options->write, &error) != 0)
        return command_refuse(options->where, "%s", error.text);
    printf("%s: %zu entries, %zu looser\n", options->write, now->entries, slower);
    return COMMAND_PASS;
}

static int write_bench(struct speed *now, const struct options *options)
{
    struct speed old;
    struct case_error error;
    bool absent = false;
    int code = COMMAND_COULD_NOT_RUN;
    if (speed_read(&old, options->write, &absent, &error) == 0 || absent)
        code = write_over(now, &old, options);
    else
        command_refuse(options->where, "%s", error.text);
    speed_clear(&old);
    return code;
}

int baseline_speed(const struct options *options, struct store *store)
{
    struct speed now = {.entries = 0};
    int64_t number = store_bench_find(store, options->operand[0]);
    if (number < 0 || store_speed_take(store, number, &now) != 0) {
        speed_clear(&now);
        return command_store_end(options, store);
    }
    store_close(store);
    int code = options->check ? check(&now, options) : write_bench(&now, options);
    speed_clear(&now);
    return code;
}
