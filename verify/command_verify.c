/* command_verify.c: `evident verify`, the judge on many cases. */
#include "verify/command.h"

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
    "FAMILY:SEED:K. SUITE is the name of a suite (smoke, ci) or a file NAME.suite with lines\n"
    "FAMILY SEED COUNT. Without either: the suite ci.\n"
    "\n"
    "  --seed S         of the random directions and probes (default 0); added to every seed of a\n"
    "                   suite, so that another S gives other cases\n"
    "  --directions N   random directions a case (default 4)\n"
    "  --digits N       decimal digits of the reference (default 50)\n"
    "  --cap BITS       precision at which the reference gives up (default 16384)\n"
    "  --engine NAME    also judge clock-host, clock-cuda or clock-emulated; may be repeated: "
    "then\n"
    "                   their bits are compared, too\n"
    "  --step MS        step of the engines instead of the case's own\n"
    "  --round-delays   round delays to whole steps instead of refusing the case\n"
    "  --compat         the published scheme instead of the clean one, judged as such\n"
    "  --defect N       plant a published defect in the engines: 1 2 4 5 6 7 18; may be repeated\n"
    "  --no-witness     engines only, for speed\n"
    "  --jobs N         threads (default: all cores); the output does not depend on it\n"
    "  --report DIR     write tables, pictures and DIR/index.html\n"
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
    "Verdicts: pass; fail; undecided (the reference cannot decide it at the precision cap, or "
    "nothing\n"
    "gave evidence); not-run (larger than the engines allow); error.\n"
    "Exit code: 0 all pass; 1 any fail, undecided or error; 2 could not run.\n";

static const struct command_option options[] = {
    {"seed", true},        {"directions", true},    {"digits", true},  {"cap", true},
    {"jobs", true},        {"report", true},        {"quiet", false},  {"engine", true},
    {"step", true},        {"round-delays", false}, {"compat", false}, {"defect", true},
    {"no-witness", false}, {NULL, false},
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
    OPTION_NO_WITNESS
};

/* So many failing comparisons of one case are printed; the rest is counted. */
enum { LINES_A_CASE = 8 };

/* Passing cases are named, a line each, where there are only so many. */
enum { FEW_CASES = 20 };

/* Numbers below this many digits (V and I after six terms of rounding) give too few to compare. */
enum { LEAST_DIGITS = 30, MOST_DIRECTIONS = 1000, MOST_THREADS = 4096 };

struct wish {
    struct ver_options judge;
    const char **name;
    size_t names;
    const char *report;
    int threads;
    bool quiet;
};

struct talk { /* what the listener needs */
    const struct wish *wish;
    struct progress progress;
    bool few;
};

/* ---- arguments ---- */

static bool take_engine_option(struct wish *wish, int option, const char *value)
{
    switch (option) {
    case OPTION_ENGINE:
        return command_take_engine("verify", value, &wish->judge);
    case OPTION_STEP:
        return command_take_step("verify", value, &wish->judge.clock.step);
    case OPTION_DEFECT:
        return command_take_defect("verify", value, &wish->judge.clock);
    case OPTION_ROUND_DELAYS:
        wish->judge.clock.round_delays = true;
        return true;
    case OPTION_COMPAT:
        wish->judge.clock.compat = true;
        return true;
    default:
        wish->judge.no_witness = true;
        return true;
    }
}

static bool take_option(struct wish *wish, int option, const char *value)
{
    uint64_t n = 0;
    bool good = true;
    switch (option) {
    case OPTION_SEED:
        return command_number("verify", "seed", value, 0, UINT64_MAX, &wish->judge.seed);
    case OPTION_DIRECTIONS:
        good = command_number("verify", "directions", value, 1, MOST_DIRECTIONS, &n);
        wish->judge.directions = (unsigned)n;
        return good;
    case OPTION_DIGITS:
        good = command_number("verify", "digits", value, LEAST_DIGITS, COMMAND_MOST_DIGITS, &n);
        wish->judge.digits = (long)n;
        return good;
    case OPTION_CAP:
        good = command_number("verify", "cap", value, 64, COMMAND_MOST_BITS, &n);
        wish->judge.precision_cap = (long)n;
        return good;
    case OPTION_JOBS:
        good = command_number("verify", "jobs", value, 1, MOST_THREADS, &n);
        wish->threads = (int)n;
        return good;
    case OPTION_REPORT:
        wish->report = value;
        return true;
    case OPTION_QUIET:
        wish->quiet = true;
        return true;
    default:
        return take_engine_option(wish, option, value);
    }
}

static int read_wish(struct wish *wish, int argc, char **argv)
{
    struct command_line line = {"verify", usage, options, argc, argv, 1, false};
    const char *value;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_BAD || got == COMMAND_HELPED)
            return got;
        if (got == COMMAND_OPERAND)
            wish->name[wish->names++] = value;
        else if (!take_option(wish, got, value))
            return COMMAND_BAD;
    }
    if (wish->names == 0)
        wish->name[wish->names++] = "ci";
    const struct ver_clock_options *clock = &wish->judge.clock;
    if (wish->judge.engines == 0 && (clock->step > 0 || clock->round_delays || clock->compat ||
                                     clock->defects || wish->judge.no_witness)) {
        command_refuse("verify", "--step, --round-delays, --compat, --defect and --no-witness want "
                                 "an --engine");
        return COMMAND_BAD;
    }
    return COMMAND_END;
}

/* ---- lines ---- */

static void print_command(const struct wish *wish, const struct ver_judgement *judgement)
{
    const struct ver_options plain = VER_OPTIONS_DEFAULT, *used = &wish->judge;
    printf("evident verify %s", judgement->name);
    if (used->seed != plain.seed)
        printf(" --seed %" PRIu64, used->seed);
    if (used->directions != plain.directions)
        printf(" --directions %u", used->directions);
    if (used->digits != plain.digits)
        printf(" --digits %ld", used->digits);
    if (used->precision_cap != plain.precision_cap)
        printf(" --cap %ld", used->precision_cap);
    ver_engine_options_put(stdout, used);
    printf("\n");
}

/* What an engine's wrong numbers look like; empty if that is not known. */
static const char *diagnosis(const struct ver_judgement *judgement, const struct ver_comparison *c)
{
    bool asked = c->kind == VER_KIND_ROUNDING || c->kind == VER_KIND_LADDER;
    for (size_t e = 0; e < judgement->clocks && asked; e++)
        if (judgement->clock[e].engine && c->engine &&
            strcmp(judgement->clock[e].engine, c->engine) == 0)
            return judgement->clock[e].diagnosis;
    return "";
}

static void print_failure(const struct wish *wish, const struct ver_judgement *judgement,
                          const struct ver_comparison *c)
{
    printf("FAIL %s %s %s got %s want %s distance %.3g bounds", judgement->name, c->quantity,
           c->index[0] ? c->index : "-", c->reference[0] ? c->reference : "-",
           c->value[0] ? c->value : "-", c->distance);
    if (c->class_ != VER_NO_CLASS)
        printf(" digits %.1f order %.4f", c->digits, c->order);
    if (c->engine)
        printf(" by %s", c->engine);
    if (diagnosis(judgement, c)[0])
        printf(" | %s", diagnosis(judgement, c));
    printf(" | ");
    print_command(wish, judgement);
}

static void print_failures(const struct wish *wish, const struct ver_judgement *judgement)
{
    size_t printed = 0, left = 0;
    for (size_t k = 0; k < judgement->comparisons; k++) {
        if (judgement->comparison[k].outcome != VER_DIFFERS)
            continue;
        if (printed < LINES_A_CASE) {
            print_failure(wish, judgement, &judgement->comparison[k]);
            printed++;
        } else {
            left++;
        }
    }
    if (left > 0)
        printf("FAIL %s: %zu more comparisons of this case differ\n", judgement->name, left);
}

static void print_judgement(void *context, const struct ver_judgement *judgement)
{
    static const char *const loud[] = {"PASS", "FAIL", "UNDECIDED", "NOT-RUN", "ERROR"};
    struct talk *talk = context;
    size_t numbers = 0;
    if (judgement->verdict == VER_PASS && (!talk->few || talk->wish->quiet))
        return;
    progress_hide(&talk->progress);
    for (size_t k = 0; k < judgement->comparisons; k++)
        if (judgement->comparison[k].outcome != VER_EXCLUDED)
            numbers += judgement->comparison[k].numbers;
    if (judgement->verdict == VER_FAIL) {
        print_failures(talk->wish, judgement);
    } else if (judgement->verdict == VER_PASS) {
        printf("PASS %s: %zu numbers", judgement->name, numbers);
        if (!talk->wish->judge.no_witness)
            printf(", at least %.1f digits", judgement->digits);
        printf("\n");
    } else {
        printf("%s %s: %s | ", loud[judgement->verdict], judgement->name, judgement->reason);
        print_command(talk->wish, judgement);
    }
    fflush(stdout);
}

static void show_progress(void *context, size_t done, size_t all, size_t failed)
{
    struct talk *talk = context;
    progress_show(&talk->progress, done, all, failed);
}

static void print_totals(const struct ver_totals *totals, const struct wish *wish)
{
    int kinds = totals->clocks > 0 ? VER_KINDS : VER_KIND_ROUNDING;
    if (!wish->quiet) {
        printf("compared:");
        for (int k = 0; k < kinds; k++)
            printf("%s %zu %s", k > 0 ? "," : "", totals->compared[k],
                   ver_kind_name((enum ver_kind)k));
        for (int k = VER_KIND_ROUNDING; k < kinds; k++)
            printf("%s %zu %s",
                   k > VER_KIND_ROUNDING ? "," : "\nexcluded of engines:", totals->apart[k],
                   ver_kind_name((enum ver_kind)k));
        printf("\nexcluded differences:");
        for (int c = WITNESS_SMOOTH + 1; c < VER_CLASSES; c++)
            printf("%s %zu %s", c > WITNESS_SMOOTH + 1 ? "," : "", totals->excluded[c],
                   ver_class_name(c));
        printf("\nagreement of gradients and adjoints: median %.1f digits, minimum %.1f\n",
               totals->digits_median, totals->digits_minimum);
        printf("observed order of differences: median %.4f, from %.4f to %.4f\n",
               totals->order_median, totals->order_minimum, totals->order_maximum);
        command_print_engine_totals(totals);
        printf("digest: %016" PRIx64 "\n", totals->digest);
    }
    printf("cases: %zu", totals->cases);
    for (int v = 0; v < VER_VERDICTS; v++)
        printf(", %zu %s", totals->verdict[v], ver_verdict_name((enum ver_verdict)v));
    printf("\n");
}

/* ---- the run ---- */

static int exit_code(const struct ver_totals *totals)
{
    if (totals->verdict[VER_FAIL] + totals->verdict[VER_UNDECIDED] + totals->verdict[VER_ERROR] >
            0 ||
        command_ladder_wrong(totals))
        return COMMAND_FAIL;
    /* What a scheme cannot say is no fault of the run; the totals count it. */
    bool missing = totals->verdict[VER_NOT_RUN] > totals->inexpressible;
    return missing || command_engine_absent(totals) ? COMMAND_COULD_NOT_RUN : COMMAND_PASS;
}

/* Tables first, then what is drawn from them. 0, or -1 after a line. */
static int write_report(const struct wish *wish, const struct ver_judgement *judgement,
                        const struct ver_totals *totals)
{
    struct case_error error;
    char sources[1024] = "";
    for (size_t k = 0; k < wish->names; k++) {
        size_t used = strlen(sources);
        snprintf(sources + used, sizeof sources - used, "%s%s", k > 0 ? " " : "", wish->name[k]);
    }
    struct ver_run_facts facts = {sources, &wish->judge};
    if (ver_tables(wish->report, judgement, totals->cases, totals, &facts, &error) != 0 ||
        ver_report(wish->report, error.text, sizeof error.text) != 0) {
        command_refuse("verify", "%s", error.text);
        return -1;
    }
    printf("report: %s/index.html\n", wish->report);
    return 0;
}

static int verify_sources(const struct wish *wish, const struct ver_sources *sources)
{
    struct ver_judgement *judgement = calloc(sources->count, sizeof *judgement);
    if (!judgement)
        return command_refuse("verify", "memory is short");
    struct talk talk = {.wish = wish, .few = sources->count <= FEW_CASES};
    struct ver_listener listener = {print_judgement, show_progress, &talk};
    progress_start(&talk.progress, !wish->quiet);
    ver_judge_all(judgement, sources, &wish->judge, wish->threads, &listener);
    progress_hide(&talk.progress);

    struct ver_totals totals;
    int code = COMMAND_COULD_NOT_RUN;
    if (ver_total(&totals, judgement, sources->count) == 0) {
        code = exit_code(&totals);
        if (wish->report && write_report(wish, judgement, &totals) != 0)
            code = COMMAND_COULD_NOT_RUN;
        print_totals(&totals, wish);
    } else {
        command_refuse("verify", "the verdicts do not add up to the %zu cases", sources->count);
    }
    for (size_t k = 0; k < sources->count; k++)
        ver_judgement_clear(&judgement[k]);
    free(judgement);
    return command_finish("verify", code);
}

/* Everything that can be wrong before the first case is said before the first case. */
static int verify_wish(const struct wish *wish)
{
    struct ver_sources sources = {NULL, 0, 0};
    struct case_error error;
    int failed = wish->report ? ver_directory_make(wish->report, &error) : 0;
    for (size_t k = 0; k < wish->names && !failed; k++)
        failed = ver_sources_add(&sources, wish->name[k], wish->judge.seed, &error);
    int code = failed ? command_refuse("verify", "%s", error.text) : verify_sources(wish, &sources);
    ver_sources_clear(&sources);
    return code;
}

int command_verify(int argc, char **argv)
{
    struct wish wish = {.judge = VER_OPTIONS_DEFAULT};
    wish.name = calloc((size_t)argc + 1, sizeof *wish.name);
    if (!wish.name)
        return command_refuse("verify", "memory is short");
    int got = read_wish(&wish, argc, argv), code = COMMAND_COULD_NOT_RUN;
    if (got == COMMAND_HELPED)
        code = command_finish("verify", COMMAND_PASS);
    else if (got == COMMAND_END)
        code = verify_wish(&wish);
    free(wish.name);
    return code;
}
