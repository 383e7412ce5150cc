/* command_diff.c: `evident diff`, what moved between two runs. */
#include "verify/command/command_store.h"
#include "verify/store/store_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: evident diff RUN RUN [options]\n"
    "\n"
    "What moved from the first run to the second, a line each: WORSE, better or moved; then what "
    "it\n"
    "is about: verdict, case (its text is another), engine (did it run; digest of its numbers),\n"
    "ratio (largest distance in units of its bound, of a case and quantity), digits (of "
    "agreement),\n"
    "bits (anything that was said of a case), time.\n"
    "\n"
    "  --ratio F        a ratio is worse if it grew by more than F times, to above 1/F (default "
    "2)\n"
    "  --digits D       digits are worse if there are fewer by D or more (default 1)\n"
    "  --time F         a time is worse if it grew by more than F times (default: it never is)\n"
    "  --bits           every moved bit is worse\n"
    "  --all            every line, not only the first 20 about a thing\n"
    "  --quiet          the summary only\n" COMMAND_STORE_USAGE "\n"
    "A verdict is worse in this order: pass, not-run, undecided, fail, error. A case that is "
    "gone,\n"
    "or new without passing, is worse. Runs of two stores: `evident merge` them first.\n"
    "Exit code: 0 nothing is worse; 1 something is; 2 could not.\n";

static const struct command_option options[] = {
    {"ratio", true}, {"digits", true}, {"time", true},  {"bits", false},
    {"all", false},  {"quiet", false}, {"store", true}, {NULL, false},
};
enum {
    OPTION_RATIO,
    OPTION_DIGITS,
    OPTION_TIME,
    OPTION_BITS,
    OPTION_ALL,
    OPTION_QUIET,
    OPTION_STORE
};
enum { FEW_LINES = 20 };

struct talk {
    bool all, quiet;
    size_t told[STORE_TOPICS][STORE_MOVES];
};

static void print_move(void *context, enum store_topic topic, enum store_move move,
                       const char *line)
{
    static const char *const word[] = {"moved ", "better", "WORSE "};
    struct talk *talk = context;
    size_t told = talk->told[topic][move]++;
    if (talk->quiet)
        return;
    if (told < FEW_LINES || talk->all)
        printf("%s %s %s\n", word[move], store_topic_name(topic), line);
    else if (told == FEW_LINES)
        printf("%s %s ... (--all)\n", word[move], store_topic_name(topic));
}

static int print_summary(const struct store_diff *diff)
{
    size_t worse = 0;
    printf("cases in both: %zu\n", diff->pairs);
    for (int topic = 0; topic < STORE_TOPICS; topic++) {
        const size_t *count = diff->count[topic];
        printf("%-8s %zu worse, %zu better, %zu moved\n", store_topic_name((enum store_topic)topic),
               count[STORE_WORSE], count[STORE_BETTER], count[STORE_MOVED]);
        worse += count[STORE_WORSE];
    }
    return worse > 0 ? COMMAND_FAIL : COMMAND_PASS;
}

static bool take_number(const char *option, const char *text, double least, double *number)
{
    char *end;
    errno = 0;
    double x = strtod(text, &end);
    if (end != text && *end == '\0' && errno == 0 && x >= least && isfinite(x)) {
        *number = x;
        return true;
    }
    command_refuse("diff", "--%s: found '%s', wanted a number from %g on", option, text, least);
    return false;
}

static int compare(const struct command_operands *operands, const char *path,
                   struct store_diff *diff)
{
    struct store *store = command_store_open("diff", path, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int64_t a = store_find(store, operands->at[0]);
    int64_t b = a < 0 ? -1 : store_find(store, operands->at[1]);
    if (b < 0 || store_diff(store, a, b, diff) != 0)
        return command_store_end("diff", store);
    store_close(store);
    return print_summary(diff);
}

int command_diff(int argc, char **argv)
{
    struct command_line line = {"diff", usage, options, argc, argv, 1, false};
    struct command_operands operands = {{NULL}, 0};
    struct talk talk = {.all = false};
    struct store_diff diff = {.ratio = 2, .digits = 1, .tell = print_move, .context = &talk};
    const char *value, *path = NULL;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        bool good = got != COMMAND_BAD;
        if (got == COMMAND_HELPED)
            return command_finish("diff", COMMAND_PASS);
        if (got == COMMAND_OPERAND)
            good = command_operand("diff", &operands, value, 2);
        else if (got == OPTION_RATIO)
            good = take_number("ratio", value, 1, &diff.ratio);
        else if (got == OPTION_DIGITS)
            good = take_number("digits", value, 0, &diff.digits);
        else if (got == OPTION_TIME)
            good = take_number("time", value, 1, &diff.time);
        else if (got == OPTION_STORE)
            path = value;
        if (!good)
            return COMMAND_COULD_NOT_RUN;
        diff.bits = diff.bits || got == OPTION_BITS;
        talk.all = talk.all || got == OPTION_ALL;
        talk.quiet = talk.quiet || got == OPTION_QUIET;
    }
    if (operands.count != 2)
        return command_refuse("diff", "wants two runs (see evident diff --help)");
    return command_finish("diff", compare(&operands, path, &diff));
}
