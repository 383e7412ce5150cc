/* SPDX-License-Identifier: MIT */
/* store_since.c: of a summary, what moved since the run before of the same suite. */
#include "verify/store/store_diff.h"
#include "verify/store/table.h"

enum { WORSE_SHOWN = 20 };

struct since {
    FILE *out;
    size_t told;
};

/* Worse ones only, in a block of code; no control character of a line ends it. */
static void tell(void *context, enum store_topic topic, enum store_move move, const char *line)
{
    struct since *since = context;
    if (move != STORE_WORSE || since->told++ >= WORSE_SHOWN)
        return;
    fprintf(since->out, "%sworse %s ", since->told == 1 ? "```\n" : "", store_topic_name(topic));
    for (; *line; line++)
        fputc((unsigned char)*line < ' ' ? ' ' : *line, since->out);
    fputc('\n', since->out);
}

int store_since(struct store *store, int64_t run, FILE *out)
{
    struct since since = {out, 0};
    struct store_diff diff = {.ratio = 2, .digits = 1, .tell = tell, .context = &since};
    int64_t last = store_count(store, table_sql("since before"), "i", run);
    if (last <= 0)
        return last < 0 ? -1 : 0;
    fprintf(out, "\n### Since run %lld of the same suite\n\n", (long long)last);
    if (store_diff(store, last, run, &diff) != 0)
        return -1;
    if (since.told > 0)
        fputs("```\n\n", out);
    if (since.told > WORSE_SHOWN)
        fprintf(out, "and %zu more that are worse\n\n", since.told - WORSE_SHOWN);
    fputs("| what | worse | better | moved |\n|--|--|--|--|\n", out);
    for (int topic = 0; topic < STORE_TOPICS; topic++)
        fprintf(out, "| %s | %zu | %zu | %zu |\n", store_topic_name((enum store_topic)topic),
                diff.count[topic][STORE_WORSE], diff.count[topic][STORE_BETTER],
                diff.count[topic][STORE_MOVED]);
    return 0;
}
