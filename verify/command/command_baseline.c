/* SPDX-License-Identifier: MIT */
/* command_baseline.c: `evident baseline`, what was accepted once and can only tighten. */
#include "verify/command/command_store.h"
#include "verify/store/store_baseline.h"
#include "verify/store/store_bench.h"

#include <string.h>

enum { FEW_LINES = 40 };

struct lines {
    const char *word;
    bool all;
    size_t told;
};

static void print_line(void *context, const char *line)
{
    struct lines *lines = context;
    if (lines->told < FEW_LINES || lines->all)
        printf("%s %s\n", lines->word, line);
    else if (lines->told == FEW_LINES)
        printf("... (--all)\n");
    lines->told++;
}

static int check(const struct baseline *now, const struct options *options)
{
    struct baseline old;
    struct case_error error;
    struct lines lines = {"WORSE", options->all, 0};
    if (baseline_read(&old, options->check, NULL, &error) != 0) {
        baseline_clear(&old);
        return command_refuse(options->where, "%s", error.text);
    }
    size_t worse = baseline_compare(&old, now, true, print_line, &lines);
    printf("%s: %zu entries, %zu worse\n", options->check, old.entries, worse);
    baseline_clear(&old);
    return worse > 0 ? COMMAND_FAIL : COMMAND_PASS;
}

static int write_over(struct baseline *now, const struct baseline *old,
                      const struct options *options)
{
    struct case_error error;
    char remark[600];
    struct lines lines = {options->reason ? "looser" : "LOOSER", options->all, 0};
    size_t looser = baseline_compare(old, now, false, print_line, &lines);
    if (looser > 0 && !options->reason) {
        printf("%s: %zu entries would get looser; nothing was written (--allow-looser REASON)\n",
               options->write, looser);
        return COMMAND_FAIL;
    }
    snprintf(remark, sizeof remark, "%.500s (%zu entries)", looser > 0 ? options->reason : "",
             looser);
    if (baseline_remark(now, old, looser > 0 ? remark : NULL) != 0)
        return command_refuse(options->where, "memory is short");
    if (baseline_write(now, options->write, &error) != 0)
        return command_refuse(options->where, "%s", error.text);
    printf("%s: %zu entries, %zu looser\n", options->write, now->entries, looser);
    return COMMAND_PASS;
}

static int write_run(struct baseline *now, const struct options *options)
{
    struct baseline old;
    struct case_error error;
    bool absent = false;
    int code = COMMAND_COULD_NOT_RUN;
    if (baseline_read(&old, options->write, &absent, &error) == 0 || absent)
        code = write_over(now, &old, options);
    else
        command_refuse(options->where, "%s", error.text);
    baseline_clear(&old);
    return code;
}

static int act(const struct options *options)
{
    struct baseline now = {NULL, 0, 0, NULL, 0, 0};
    struct store *store = command_store_open(options, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    if (store_is_bench(options->operand[0]))
        return baseline_speed(options, store);
    int64_t number = store_find(store, options->operand[0]);
    if (number < 0 || baseline_of_run(&now, store, number) != 0) {
        baseline_clear(&now);
        return command_store_end(options, store);
    }
    store_close(store);
    int code = options->check ? check(&now, options) : write_run(&now, options);
    baseline_clear(&now);
    return code;
}

static int run(struct options *options)
{
    const char *reason = options->reason;
    if (!options->check == !options->write)
        return command_refuse("baseline", "wants either --check or --write");
    if (reason && !options->write)
        return command_refuse("baseline", "--allow-looser goes with --write only");
    if (reason && reason[strspn(reason, " \t\r\n")] == '\0')
        return command_refuse("baseline", "--allow-looser: wants a reason");
    return act(options);
}

const struct command command_baseline = {
    .name = "baseline",
    .operands = "RUN --check FILE | --write FILE",
    .wants = "a run",
    .says = "what was accepted once and can only tighten",
    .about =
        "A baseline is a table (tabs, sorted, one way to write each number) to be kept beside the "
        "code: of every case its verdict and, for each kind of comparison and engine, the largest "
        "distance in units of its bound and the fewest digits of agreement. Of a bench it is a "
        "table of its own, of times with their intervals and of memory: worse is what is slower by "
        "more "
        "than its noise or takes more; times of another host are not compared, and a time within "
        "its noise is not written anew, so that small steps do not add up.\n" COMMAND_RUN_NAMES
        "\n" COMMAND_BENCH_NAMES
        "\nExit status: 0; 1 something is worse (--check) or would be looser (--write); 2 could "
        "not.",
    .examples = "evident baseline latest --write evident.baseline\n"
                "evident baseline latest --check evident.baseline\n"
                "evident baseline bench --check evident.speed --time 1.02\n",
    .run = run,
};
