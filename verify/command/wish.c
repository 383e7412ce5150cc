/* wish.c: the arguments of `evident verify`. */
#include "verify/store/store.h"
#include "verify/command/wish.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: evident verify [CASE|SUITE]... [options]\n"
    "\n"
    "Compares the reference with the witness: spikes and loss inside the proven enclosures, "
    "gradients\n"
    "and adjoints against differences of the loss, and everything against truths known by hand.\n"
    "\n"
    "CASE is a file in format evident-case-1, \"-\" for standard input, or an address\n"
    "FAMILY:SEED:K. SUITE is the name of a suite (smoke, ci, nightly) or a file NAME.suite with\n"
    "lines FAMILY SEED COUNT, file PATH, folder PATH, or options of this command, which say how "
    "it\n"
    "is judged; those of the command line win. Without either: the suite ci.\n"
    "\n"
    "  --seed S         of the random directions and probes (default 0); added to every seed of a\n"
    "                   suite, so that another S gives other cases\n"
    "  --directions N   random directions a case (default 4)\n"
    "  --digits N       decimal digits of the reference (default 50)\n"
    "  --cap BITS       precision at which the reference gives up (default 16384)\n"
    "  --engine NAME    also judge clock-host, clock-cuda or clock-emulated; may be repeated: "
    "then\n"
    "                   their bits are compared, too\n"
    "                   and in place of those that a suite wants; none: none of them\n"
    "  --engine-if-present NAME    likewise where it can run, or one line that it was left out\n"
    "  --engine 'exec:COMMAND'    also judge another program: it reads a case a line and answers\n"
    "                   with a result a line (verify/exec/PROTOCOL.md); may be repeated\n"
    "  --conventions FILE   of the program before it, instead of asking COMMAND --conventions:\n"
    "                   exact times or a grid, sign, scale, mean or sum, ms or s, precision\n"
    "  --engine-time-limit S    of one answer of the program before it (default 60). This and the\n"
    "                   option above may also stand before the first program, and are its own\n"
    "  --step MS        step of the engines instead of the case's own\n"
    "  --round-delays   round delays to whole steps instead of refusing the case; of a\n"
    "                   program with a grid, too\n"
    "  --compat         the published scheme instead of the clean one, judged as such: defects 1, "
    "2,\n"
    "                   4 and 5 and its conventions; not 6, 7 (gradients of time constants) and "
    "18,\n"
    "                   which --defect adds, nor the phantom spike of silent outputs\n"
    "  --defect N       plant published defect N in the engines (evident defects); repeatable\n"
    "  --no-witness     engines only, for speed\n"
    "  --every N        the costly checks (ladders of steps, invariances) on every N-th case\n"
    "                   only, chosen by its name (default 1)\n"
    "  --jobs N         processes (default: one a core); the output does not depend on it\n"
    "  --shard I/N      every N-th case only, from the I-th on: one job of an array of N\n"
    "  --time-limit S   a case that takes longer is an error of that case (default 1800)\n"
    "  --memory-limit M likewise one that takes more MiB (default 0: no limit); not with "
    "clock-cuda\n"
    "  --store FILE     record every finished case there (evident list, show, diff, ...)\n"
    "  --resume         go on with the newest run of the same program, engines, suite and options\n"
    "                   in the store (default: $EVIDENT_STORE, else evident.sqlite); without one,\n"
    "                   or with a program under test that has changed, begin a run\n"
    "  --report DIR     write tables, pictures and DIR/index.html\n"
    "  --all-checks     a row in its checks.tsv for every comparison that agrees, too\n"
    "  --require-judged N    or P%: fail if fewer cases, or fewer in a hundred, passed or failed "
    "with\n"
    "                   every engine asked for; the others were not judged\n"
    "  --summary FILE   append what a CI job should show, in Markdown; wants --store. With\n"
    "                   GITHUB_ACTIONS=true the first ten failures are annotations, too\n"
    "  --quiet          failures and the verdict line only\n"
    "\n"
    "A failure is one line: case, quantity, index, what the reference says (got), what the witness "
    "or\n"
    "the known truth says (want), their distance in units of its bound, and the command that\n"
    "reproduces it.\n"
    "\n"
    "Of an engine, every number is held against its own scheme without rounding (got: the engine, "
    "want:\n"
    "that), spikes and gradients against the reference as the step shrinks, and bits against "
    "other\n"
    "engines and against itself after changes that must not matter.\n"
    "\n"
    "Another program with exact times is held against the reference (want), every number within "
    "what\n"
    "rounding may do to it, and by direction, scale and sign; one with a grid as its step "
    "shrinks.\n"
    "What it does not provide is no evidence, an answer without any gradient is undecided; what "
    "it\n"
    "answers with not-run is counted. Asked again it must give the same bits; where it is wrong "
    "after\n"
    "other cases and right alone, that is what fails, and the command that is printed holds them.\n"
    "\n"
    "Verdicts: pass; fail; undecided (the reference cannot decide it at the precision cap, or "
    "some\n"
    "derivative has no evidence); not-run (larger than the engines allow); error.\n"
    "Exit code: 0 all pass; 1 any fail, undecided or error, or fewer judged than "
    "--require-judged;\n"
    "2 could not run, or a command of exec: cannot be started, which ends the run at once.\n";

static const struct command_option options[] = {
    {"seed", true},
    {"directions", true},
    {"digits", true},
    {"cap", true},
    {"jobs", true},
    {"report", true},
    {"quiet", false},
    {"engine", true},
    {"step", true},
    {"round-delays", false},
    {"compat", false},
    {"defect", true},
    {"no-witness", false},
    {"shard", true},
    {"time-limit", true},
    {"memory-limit", true},
    {"every", true},
    {"store", true},
    {"resume", false},
    {"conventions", true},
    {"engine-time-limit", true},
    {"engine-if-present", true},
    {"summary", true},
    {"require-judged", true},
    {"all-checks", false},
    {NULL, false},
};
enum {
    OPTION_SEED,
    OPTION_DIRECTIONS,
    OPTION_DIGITS,
    OPTION_CAP,
    OPTION_JOBS,
    OPTION_REPORT,
    OPTION_QUIET,
    OPTION_ENGINE,
    OPTION_STEP,
    OPTION_ROUND_DELAYS,
    OPTION_COMPAT,
    OPTION_DEFECT,
    OPTION_NO_WITNESS,
    OPTION_SHARD,
    OPTION_TIME_LIMIT,
    OPTION_MEMORY_LIMIT,
    OPTION_EVERY,
    OPTION_STORE,
    OPTION_RESUME,
    OPTION_CONVENTIONS,
    OPTION_ENGINE_LIMIT,
    OPTION_ENGINE_IF_PRESENT,
    OPTION_SUMMARY,
    OPTION_REQUIRE_JUDGED,
    OPTION_ALL_CHECKS
};

/* Numbers below this many digits (V and I after six terms of rounding) give too few to compare. */
enum { LEAST_DIGITS = 30, MOST_DIRECTIONS = 1000, MOST_WORKERS = 4096 };
enum { MOST_SECONDS = 1000000, MOST_MEBIBYTES = 1 << 30 };

/* ---- arguments ---- */

/* "2/8": the second of eight. */
static bool take_shard(struct wish *wish, const char *value)
{
    char *slash, *end;
    errno = 0;
    bool digit = value[0] >= '0' && value[0] <= '9';
    wish->shard = digit ? strtoumax(value, &slash, 10) : 0;
    if (wish->shard > 0 && *slash == '/' && slash[1] >= '0' && slash[1] <= '9') {
        wish->shards = strtoumax(slash + 1, &end, 10);
        if (*end == '\0' && errno == 0 && wish->shard <= wish->shards)
            return true;
    }
    command_refuse(wish->command, "--shard: found \"%s\", wanted I/N with 1 <= I <= N", value);
    return false;
}

static bool take_limit(struct wish *wish, int option, const char *value)
{
    uint64_t n = 0;
    if (option == OPTION_TIME_LIMIT) {
        bool good = command_number(wish->command, "time-limit", value, 0, MOST_SECONDS, &n);
        wish->judge.seconds = (double)n;
        return good;
    }
    bool good = command_number(wish->command, "memory-limit", value, 0, MOST_MEBIBYTES, &n);
    wish->judge.bytes = (size_t)n << 20;
    return good;
}

/* The first engine of the command line replaces those of a suite; "none" replaces them by none. */
static bool take_engine(struct wish *wish, int option, const char *value)
{
    bool present = true;
    if (wish->replace_engines)
        wish->judge.engines = 0;
    wish->replace_engines = false;
    if (strcmp(value, "none") == 0)
        return true;
    if (option == OPTION_ENGINE)
        return command_take_engine(wish->command, value, &wish->judge);
    bool good = command_take_engine_if_present(wish->command, value, &wish->judge, &present);
    if (good)
        *(present ? &wish->present : &wish->absent) = value;
    return good;
}

static bool take_engine_option(struct wish *wish, int option, const char *value)
{
    switch (option) {
    case OPTION_EVERY:
        return command_number(wish->command, "every", value, 1, UINT64_MAX, &wish->judge.every);
    case OPTION_STORE:
        wish->store = value;
        return true;
    case OPTION_RESUME:
        return wish->resume = true;
    case OPTION_SHARD:
        return take_shard(wish, value);
    case OPTION_TIME_LIMIT:
    case OPTION_MEMORY_LIMIT:
        return take_limit(wish, option, value);
    case OPTION_ENGINE:
    case OPTION_ENGINE_IF_PRESENT:
        return take_engine(wish, option, value);
    case OPTION_CONVENTIONS:
        command_take_conventions(value, &wish->judge);
        return true;
    case OPTION_ENGINE_LIMIT:
        return command_take_limit(wish->command, value, &wish->judge);
    case OPTION_STEP:
        return command_take_step(wish->command, value, &wish->judge.clock.step);
    case OPTION_DEFECT:
        return command_take_defect(wish->command, value, &wish->judge.clock);
    case OPTION_ROUND_DELAYS:
        return wish->judge.clock.round_delays = true;
    case OPTION_COMPAT:
        return wish->judge.clock.compat = true;
    default:
        return wish->judge.no_witness = true;
    }
}

static bool take_option(struct wish *wish, int option, const char *value)
{
    uint64_t n = 0;
    bool good = true;
    switch (option) {
    case OPTION_SEED:
        return command_number(wish->command, "seed", value, 0, UINT64_MAX, &wish->judge.seed);
    case OPTION_DIRECTIONS:
        good = command_number(wish->command, "directions", value, 1, MOST_DIRECTIONS, &n);
        wish->judge.directions = (unsigned)n;
        return good;
    case OPTION_DIGITS:
        good =
            command_number(wish->command, "digits", value, LEAST_DIGITS, COMMAND_MOST_DIGITS, &n);
        wish->judge.digits = (long)n;
        return good;
    case OPTION_CAP:
        good = command_number(wish->command, "cap", value, 64, COMMAND_MOST_BITS, &n);
        wish->judge.precision_cap = (long)n;
        return good;
    case OPTION_JOBS:
        good = command_number(wish->command, "jobs", value, 1, MOST_WORKERS, &n);
        wish->workers = (int)n;
        return good;
    case OPTION_REPORT:
        wish->report = value;
        return true;
    case OPTION_SUMMARY:
        wish->summary = value;
        return true;
    case OPTION_REQUIRE_JUDGED:
        return command_take_judged(wish->command, value, &wish->judged, &wish->percent);
    case OPTION_ALL_CHECKS:
        return wish->all_checks = true;
    case OPTION_QUIET:
        return wish->quiet = true;
    default:
        return take_engine_option(wish, option, value);
    }
}

/* Operands are collected in a first pass, options taken in a second: suites come between. */
static int read_words(struct wish *wish, int argc, char **argv, bool operands)
{
    struct command_line line = {wish->command, usage, options, argc, argv, 1, false};
    const char *value;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_BAD || got == COMMAND_HELPED)
            return got;
        if (got == COMMAND_OPERAND && operands)
            wish->name[wish->names++] = value;
        else if (got != COMMAND_OPERAND && !operands && !take_option(wish, got, value))
            return COMMAND_BAD;
    }
    return COMMAND_END;
}

/* What a suite may want: how it is judged, not where that goes or how fast. */
static bool may_stand_in_a_suite(const char *word)
{
    static const char *const may[] = {
        "engine",      "engine-if-present", "step",       "round-delays",
        "compat",      "directions",        "digits",     "cap",
        "every",       "no-witness",        "time-limit", "memory-limit",
        "conventions", "engine-time-limit"};
    size_t length = strcspn(word, "=");
    for (size_t k = 0; k < sizeof may / sizeof *may; k++)
        if (length == strlen(may[k]) + 2 && strncmp(word + 2, may[k], length - 2) == 0)
            return true;
    return false;
}

static int read_suites(struct wish *wish)
{
    enum { MOST = 64 };
    struct case_error error;
    static char place[200];
    const char *suite = NULL;
    char *word[MOST] = {(char *)"verify"};
    if (command_suite_options(&wish->suite_options, &suite, wish->name, wish->names, &error) != 0) {
        command_refuse("verify", "%s", error.text);
        return COMMAND_BAD;
    }
    if (!wish->suite_options)
        return COMMAND_END;
    int words = 1 + command_cut_words(wish->suite_options, word + 1, MOST - 1);
    const char *command = wish->command;
    snprintf(place, sizeof place, "verify: options of %.150s", suite);
    wish->command = place; /* whose line it is, if one is wrong */
    for (int k = 1; k < words; k++)
        if (strncmp(word[k], "--", 2) == 0 && !may_stand_in_a_suite(word[k])) {
            command_refuse(wish->command,
                           "found %s, wanted one of how cases are judged, such as --engine, "
                           "--every, --directions",
                           word[k]);
            return COMMAND_BAD;
        }
    int got = read_words(wish, words, word, false);
    wish->command = command;
    wish->replace_engines = wish->judge.engines > 0;
    return got;
}

/* An engine on a device that was wanted only where it can be had, with a limit of memory: not. */
static void leave_out_device(struct wish *wish)
{
    struct ver_options *judge = &wish->judge;
    const struct engine *device = command_device_engine(judge);
    size_t kept = 0;
    if (judge->bytes == 0 || !device || !wish->present ||
        strcmp(wish->present, ver_engine_name(device)) != 0)
        return;
    for (size_t e = 0; e < judge->engines; e++)
        if (judge->engine[e] != device)
            judge->engine[kept++] = judge->engine[e];
    judge->engines = kept;
    wish->absent = wish->present;
    wish->why = "reserves address space beyond any --memory-limit";
}

int wish_read(struct wish *wish, int argc, char **argv)
{
    int got = read_words(wish, argc, argv, true);
    if (got != COMMAND_END)
        return got;
    if (wish->names == 0 && !wish->folder)
        wish->name[wish->names++] = "ci";
    if ((got = read_suites(wish)) != COMMAND_END)
        return got;
    struct ver_clock_options suite = wish->judge.clock;
    bool no_witness = wish->judge.no_witness;
    if ((got = read_words(wish, argc, argv, false)) != COMMAND_END)
        return got;
    leave_out_device(wish);
    if (wish->resume && !wish->store)
        wish->store = store_default_path();
    if (wish->summary && !wish->store) {
        command_refuse("verify", "--summary wants a --store: it is made from there");
        return COMMAND_BAD;
    }
    struct ver_clock_options *clock = &wish->judge.clock;
    /* The suite's engines were sent away: so is how they should have run. */
    if (wish->judge.engines == 0 && wish->suite_options && no_witness == wish->judge.no_witness &&
        suite.step >= clock->step && suite.round_delays == clock->round_delays &&
        suite.compat == clock->compat) {
        *clock = (struct ver_clock_options){.defects = clock->defects};
        wish->judge.no_witness = false;
    }
    if (wish->judge.engines == 0 && (clock->step > 0 || clock->round_delays || clock->compat ||
                                     clock->defects || wish->judge.no_witness)) {
        command_refuse("verify", "--step, --round-delays, --compat, --defect and --no-witness want "
                                 "an --engine");
        return COMMAND_BAD;
    }
    return command_limit_fits(wish->command, &wish->judge) &&
                   command_ask_conventions("verify", &wish->judge)
               ? COMMAND_END
               : COMMAND_BAD;
}
