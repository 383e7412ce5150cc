/* command_baseline.c: `evident baseline`, what was accepted once and can only tighten. */
#include "verify/command/command_store.h"
#include "verify/store/store_baseline.h"

#include <string.h>

static const char usage[] =
    "usage: evident baseline RUN --check FILE | --write FILE [--allow-looser REASON] [options]\n"
    "\n"
    "A baseline is a table (tabs, sorted, one way to write each number) to be kept beside the "
    "code:\n"
    "of every case its verdict and, for each kind of comparison and engine, the largest distance "
    "in\n"
    "units of its bound and the fewest digits of agreement.\n"
    "\n"
    "  --check FILE     fails on anything worse than the file says, on a case that is gone, and "
    "on\n"
    "                   a new one that does not pass\n"
    "  --write FILE     writes what the run gives; over a file that is there only if nothing gets\n"
    "                   looser and nothing is gone\n"
    "  --allow-looser REASON   writes nevertheless, and keeps the reason in the file\n"
    "  --all            every line, not only the first 40\n" COMMAND_STORE_USAGE "\n"
    "Exit code: 0; 1 something is worse (--check) or would be looser (--write); 2 could not.\n";

static const struct command_option options[] = {
    {"check", true}, {"write", true}, {"allow-looser", true},
    {"all", false},  {"store", true}, {NULL, false},
};
enum { OPTION_CHECK, OPTION_WRITE, OPTION_ALLOW, OPTION_ALL, OPTION_STORE };
enum { FEW_LINES = 40 };

struct wish {
    struct command_operands run;
    const char *check, *write, *reason, *path;
    bool all;
};

struct talk {
    const char *word;
    bool all;
    size_t told;
};

static void print_line(void *context, const char *line)
{
    struct talk *talk = context;
    if (talk->told < FEW_LINES || talk->all)
        printf("%s %s\n", talk->word, line);
    else if (talk->told == FEW_LINES)
        printf("... (--all)\n");
    talk->told++;
}

static int check(const struct baseline *now, const struct wish *wish)
{
    struct baseline old;
    struct case_error error;
    struct talk talk = {"WORSE", wish->all, 0};
    if (baseline_read(&old, wish->check, NULL, &error) != 0) {
        baseline_clear(&old);
        return command_refuse("baseline", "%s", error.text);
    }
    size_t worse = baseline_compare(&old, now, true, print_line, &talk);
    printf("%s: %zu entries, %zu worse\n", wish->check, old.entries, worse);
    baseline_clear(&old);
    return worse > 0 ? COMMAND_FAIL : COMMAND_PASS;
}

static int write_over(struct baseline *now, const struct baseline *old, const struct wish *wish)
{
    struct case_error error;
    char remark[600];
    struct talk talk = {wish->reason ? "looser" : "LOOSER", wish->all, 0};
    size_t looser = baseline_compare(old, now, false, print_line, &talk);
    if (looser > 0 && !wish->reason) {
        printf("%s: %zu entries would get looser; nothing was written (--allow-looser REASON)\n",
               wish->write, looser);
        return COMMAND_FAIL;
    }
    snprintf(remark, sizeof remark, "%.500s (%zu entries)", looser > 0 ? wish->reason : "", looser);
    if (baseline_remark(now, old, looser > 0 ? remark : NULL) != 0)
        return command_refuse("baseline", "memory is short");
    if (baseline_write(now, wish->write, &error) != 0)
        return command_refuse("baseline", "%s", error.text);
    printf("%s: %zu entries, %zu looser\n", wish->write, now->entries, looser);
    return COMMAND_PASS;
}

static int write_run(struct baseline *now, const struct wish *wish)
{
    struct baseline old;
    struct case_error error;
    bool absent = false;
    int code = COMMAND_COULD_NOT_RUN;
    if (baseline_read(&old, wish->write, &absent, &error) == 0 || absent)
        code = write_over(now, &old, wish);
    else
        command_refuse("baseline", "%s", error.text);
    baseline_clear(&old);
    return code;
}

static int act(const struct wish *wish)
{
    struct baseline now = {NULL, 0, 0, NULL, 0, 0};
    struct store *store = command_store_open("baseline", wish->path, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int64_t run = store_find(store, wish->run.at[0]);
    if (run < 0 || baseline_of_run(&now, store, run) != 0) {
        baseline_clear(&now);
        return command_store_end("baseline", store);
    }
    store_close(store);
    int code = wish->check ? check(&now, wish) : write_run(&now, wish);
    baseline_clear(&now);
    return code;
}

static bool take_option(struct wish *wish, int option, const char *value)
{
    switch (option) {
    case COMMAND_OPERAND:
        return command_operand("baseline", &wish->run, value, 1);
    case OPTION_CHECK:
        wish->check = value;
        return true;
    case OPTION_WRITE:
        wish->write = value;
        return true;
    case OPTION_ALLOW:
        wish->reason = value;
        return value[strspn(value, " \t\r\n")] != '\0' ||
               !command_refuse("baseline", "--allow-looser: wants a reason");
    case OPTION_ALL:
        wish->all = true;
        return true;
    default:
        wish->path = value;
        return true;
    }
}

int command_baseline(int argc, char **argv)
{
    struct command_line line = {"baseline", usage, options, argc, argv, 1, false};
    struct wish wish = {.check = NULL};
    const char *value;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_HELPED)
            return command_finish("baseline", COMMAND_PASS);
        if (got == COMMAND_BAD || !take_option(&wish, got, value))
            return COMMAND_COULD_NOT_RUN;
    }
    if (wish.run.count == 0)
        return command_refuse("baseline", "wants a run (see evident baseline --help)");
    if (!wish.check == !wish.write)
        return command_refuse("baseline", "wants either --check or --write");
    if (wish.reason && !wish.write)
        return command_refuse("baseline", "--allow-looser goes with --write only");
    return command_finish("baseline", act(&wish));
}
