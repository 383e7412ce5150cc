/* SPDX-License-Identifier: MIT */
/* command_diff.c: `evident diff`, what moved between two runs. */
#include "verify/command/command_store.h"
#include "verify/command/console.h"
#include "verify/store/store_speed.h"

enum { FEW_LINES = 20 };

struct moves { /* that were printed */
    const struct options *options;
    size_t told[STORE_TOPICS][STORE_MOVES];
};

static void print_move(void *context, enum store_topic topic, enum store_move move,
                       const char *line)
{
    static const char *const word[] = {"moved ", "better", "WORSE "};
    struct moves *moves = context;
    size_t told = moves->told[topic][move]++;
    if (moves->options->quiet)
        return;
    if (told < FEW_LINES || moves->options->all)
        printf("%s %s %s\n", word[move], store_topic_name(topic), line);
    else if (told == FEW_LINES)
        printf("%s %s ... (--all)\n", word[move], store_topic_name(topic));
}

static int print_summary(const struct store_diff *diff)
{
    size_t worse = 0;
    bool any = false;
    printf("cases in both: %zu\n", diff->pairs);
    for (int topic = 0; topic < STORE_TOPICS; topic++) {
        const size_t *count = diff->count[topic];
        char heading[16];
        snprintf(heading, sizeof heading, "%-8s ", store_topic_name((enum store_topic)topic));
        struct console_list list = {heading};
        console_item(&list, count[STORE_WORSE], "worse");
        console_item(&list, count[STORE_BETTER], "better");
        console_item(&list, count[STORE_MOVED], "moved");
        if (list.before != heading)
            printf("\n");
        any |= list.before != heading;
        worse += count[STORE_WORSE];
    }
    if (!any)
        printf("nothing moved\n");
    return worse > 0 ? COMMAND_FAIL : COMMAND_PASS;
}

static int run(struct options *options)
{
    struct moves moves = {.options = options};
    struct store_diff diff = {.ratio = options->ratio,
                              .digits = options->digits,
                              .time = options->time,
                              .bits = options->bits,
                              .tell = print_move,
                              .context = &moves};
    struct store *store = command_store_open(options, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    bool bench = store_is_bench(options->operand[0]);
    if (bench != store_is_bench(options->operand[1])) {
        store_close(store);
        return command_refuse(options->where, "a run and a bench have nothing in common");
    }
    int64_t (*find)(struct store *, const char *) = bench ? store_bench_find : store_find;
    int64_t a = find(store, options->operand[0]);
    int64_t b = a < 0 ? -1 : find(store, options->operand[1]);
    if (b < 0 || (bench ? store_speed_diff : store_diff)(store, a, b, &diff) != 0)
        return command_store_end(options, store);
    store_close(store);
    return print_summary(&diff);
}

const struct command command_diff = {
    .name = "diff",
    .operands = "RUN RUN",
    .wants = "two runs",
    .says = "what moved between two runs; exit 1 if something got worse",
    .about =
        "What moved from the first run to the second, a line each: WORSE, better or moved; then "
        "what it is about: verdict, case (its text is another), engine (did it run; digest of its "
        "numbers), ratio (largest distance in units of its bound, of a case and quantity), digits "
        "(of agreement), bits (anything that was said of a case), time.\n"
        "A verdict is worse in this order: pass, not-run, undecided, fail, error. A case that is "
        "gone, or new without passing, is worse. Runs of two stores: evident merge them "
        "first.\n" COMMAND_RUN_NAMES "\n" COMMAND_BENCH_NAMES
        " Two of them: time is worse where it is slower by more than its noise (and, with --time, "
        "by more than F times), memory where it grew by more than can be told, bits as above. "
        "Times "
        "on other hosts are not compared.\n"
        "\nExit status: 0 nothing is worse; 1 something is; 2 could not.",
    .examples = "evident diff latest-1 latest --store runs.sqlite\n"
                "evident diff bench-1 bench --time 1.02\n",
    .run = run,
};
