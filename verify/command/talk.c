/* talk.c: what `evident verify` prints: a line a failure, the command that shows it again, totals.
 */
#include "verify/command/wish.h"
#include "verify/base/word.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* So many failing comparisons of one case are printed; the rest is counted. */
enum { LINES_A_CASE = 8 };

/* Passing cases are named, a line each, where there are only so many. */
enum { FEW_CASES = 20 };

void talk_start(struct talk *talk, const struct wish *wish, size_t cases)
{
    *talk = (struct talk){.wish = wish, .few = cases <= FEW_CASES};
    progress_start(&talk->progress, wish->command, !wish->quiet);
}

static void print_word(const char *option, const char *word)
{
    printf(" %s", option);
    ver_word_put(stdout, word);
}

/* The cases that a program must be asked about before; false without any. */
static bool print_before(const struct ver_judgement *judgement)
{
    for (size_t e = 0; e < judgement->clocks; e++) {
        char names[sizeof judgement->clock[e].before], *rest = names;
        snprintf(names, sizeof names, "%s", judgement->clock[e].before);
        for (char *name; (name = strtok_r(rest, "\n", &rest));)
            print_word("", name);
        if (judgement->clock[e].before[0])
            return true;
    }
    return false;
}

static void print_command(const struct wish *wish, const struct ver_judgement *judgement)
{
    const struct ver_options plain = VER_OPTIONS_DEFAULT, *used = &wish->judge;
    if (wish->folder) {
        printf("evident judge ");
        ver_word_put(stdout, wish->folder);
        print_word("", judgement->name);
        if (wish->answers)
            print_word("--answers ", wish->answers);
        if (wish->conventions)
            print_word("--conventions ", wish->conventions);
        printf("\n");
        return;
    }
    printf("evident verify");
    bool after = print_before(judgement);
    print_word("", judgement->name);
    if (used->seed != plain.seed)
        printf(" --seed %" PRIu64, used->seed);
    if (used->directions != plain.directions)
        printf(" --directions %u", used->directions);
    if (used->digits != plain.digits)
        printf(" --digits %ld", used->digits);
    if (used->precision_cap != plain.precision_cap)
        printf(" --cap %ld", used->precision_cap);
    /* --every is left out: alone, a case deserves every check */
    ver_engine_options_put(stdout, used);
    printf("%s\n", after ? " --jobs 1" : ""); /* one process is asked about all of them */
}

/* What an engine's wrong numbers look like; empty if that is not known. */
static const char *diagnosis(const struct ver_judgement *judgement, const struct ver_comparison *c)
{
    bool asked =
        c->kind == VER_KIND_ROUNDING || c->kind == VER_KIND_LADDER || c->kind == VER_KIND_ANSWER;
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

/* What a workflow command would take for its end, or in a title for its next property. */
static void put_escaped(const char *text, bool title)
{
    for (; *text; text++)
        if (strchr("%\r\n", *text) || (title && strchr(":,", *text)))
            printf("%%%02X", (unsigned)(unsigned char)*text);
        else
            putchar(*text);
}

/* GitHub shows so many of a step. */
enum { MOST_ANNOTATIONS = 10 };

static void annotate(struct talk *talk, const struct ver_judgement *judgement)
{
    const char *where = getenv("GITHUB_ACTIONS");
    bool wrong = judgement->verdict == VER_FAIL || judgement->verdict == VER_ERROR;
    const struct ver_comparison *c = NULL;
    if (!talk->wish->summary || !where || strcmp(where, "true") != 0 ||
        talk->annotations++ >= MOST_ANNOTATIONS)
        return;
    for (size_t k = 0; k < judgement->comparisons && !c; k++)
        if (judgement->comparison[k].outcome == VER_DIFFERS)
            c = &judgement->comparison[k];
    printf("::%s title=evident ", wrong ? "error" : "warning");
    put_escaped(judgement->name, true);
    printf("::");
    if (c) {
        char text[600];
        snprintf(text, sizeof text, "%s %s got %s want %s, %.3g bounds, by %s%s%s", c->quantity,
                 c->index, c->reference, c->value, c->distance, c->engine ? c->engine : "reference",
                 diagnosis(judgement, c)[0] ? ": " : "", diagnosis(judgement, c));
        put_escaped(text, false);
    } else {
        put_escaped(judgement->reason, false);
    }
    printf("\n");
}

void talk_judgement(void *context, const struct ver_judgement *judgement)
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
        for (size_t k = 0; k < judgement->clocks; k++)
            if (judgement->clock[k].state == VER_CLOCK_RAN && judgement->clock[k].reason[0])
                printf("; %s: %s", judgement->clock[k].engine, judgement->clock[k].reason);
        printf("\n");
    } else {
        printf("%s %s: %s | ", loud[judgement->verdict], judgement->name, judgement->reason);
        print_command(talk->wish, judgement);
    }
    if (judgement->verdict != VER_PASS)
        annotate(talk, judgement);
    fflush(stdout);
}

void talk_progress(void *context, size_t done, size_t all, size_t failed)
{
    struct talk *talk = context;
    progress_show(&talk->progress, done, all, failed);
}

void talk_totals(const struct ver_totals *totals, const struct wish *wish)
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
        printf("\n");
        if (!isnan(totals->digits_median))
            printf("agreement of gradients and adjoints: median %.1f digits, minimum %.1f\n",
                   totals->digits_median, totals->digits_minimum);
        if (!isnan(totals->order_median))
            printf("observed order of differences: median %.4f, from %.4f to %.4f\n",
                   totals->order_median, totals->order_minimum, totals->order_maximum);
        command_print_engine_totals(totals);
        printf("digest: %s\n", totals->digest);
    }
    if (wish->absent)
        printf("left out: %s %s\n", wish->absent, wish->why ? wish->why : "cannot run here");
    printf("cases: %zu", totals->cases);
    for (int v = 0; v < VER_VERDICTS; v++)
        printf(", %zu %s", totals->verdict[v], ver_verdict_name((enum ver_verdict)v));
    printf("\n");
}
