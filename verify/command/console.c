/* SPDX-License-Identifier: MIT */
/* console.c: what `evident verify` prints: a line a failure, with the command that shows it again,
 * and totals. */
#include "verify/command/console.h"
#include "verify/base/word.h"
#include "verify/run/ranks.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- colors ---- */

static bool wants_color(const char *choice)
{
    const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (strcmp(choice, "auto") != 0)
        return strcmp(choice, "always") == 0;
    /* mpirun gives its first process a terminal and sends what it says wherever it likes. */
    return !(none && none[0]) && isatty(STDOUT_FILENO) && !ranks_launched() &&
           !(terminal && strcmp(terminal, "dumb") == 0);
}

/* Green, red, and yellow for what is open. */
void console_verdict(const struct console *console, enum ver_verdict verdict, const char *text)
{
    static const char *const color[] = {"32", "31", "33", "33", "31"};
    if (console->colored)
        printf("\033[%sm%s\033[0m", color[verdict], text);
    else
        fputs(text, stdout);
}

/* ---- signals ---- */

static volatile sig_atomic_t caught;

static void catch (int number)
{
    caught = number;
}

void console_catch_signals(bool wanted)
{
    struct sigaction action = {.sa_handler = wanted ? catch : SIG_DFL,
                               .sa_flags = (int)SA_RESETHAND};
    struct sigaction was;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, NULL, &was) == 0 && was.sa_handler != SIG_IGN) /* nohup, a job behind */
        sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int console_caught(void)
{
    return (int)caught;
}

void console_raise(void)
{
    fflush(stdout);
    signal(caught, SIG_DFL);
    raise(caught);
}

/* Every finished case is recorded by now. The workers die with this process. */
static void end_by_signal(struct console *console, size_t done, size_t all)
{
    const struct options *options = console->options;
    bool can_resume = options->store && strcmp(options->command->name, "verify") == 0;
    progress_hide(&console->progress);
    fflush(stdout);
    command_refuse(options->where, "interrupted after %zu of %zu cases%s", done, all,
                   can_resume ? "; go on with --resume" : "");
    console_raise();
}

/* ---- a case ---- */

/* So many failing comparisons of one case are printed; the rest is counted. */
enum { LINES_A_CASE = 8 };

/* Passing cases are named, a line each, where there are only so many. */
enum { FEW_CASES = 20 };

void console_start(struct console *console, const struct options *options, size_t cases)
{
    *console = (struct console){
        .options = options, .few = cases <= FEW_CASES, .colored = wants_color(options->color)};
    progress_start(&console->progress, options->where, !options->quiet);
}

static void put_word(const char *word)
{
    fputc(' ', stdout);
    ver_word_put(stdout, word);
}

/* The cases that a program must be asked about before; false without any. */
static bool print_before(const struct ver_judgement *judgement)
{
    for (size_t e = 0; e < judgement->engines; e++) {
        char names[sizeof judgement->judged[e].before], *rest = names;
        snprintf(names, sizeof names, "%s", judgement->judged[e].before);
        for (char *name; (name = strtok_r(rest, "\n", &rest));)
            put_word(name);
        if (judgement->judged[e].before[0])
            return true;
    }
    return false;
}

static void print_command(const struct options *options, const struct ver_judgement *judgement)
{
    printf("evident %s", options->command->name);
    if (strcmp(options->command->name, "judge") == 0) /* its folder */
        put_word(options->operand[0]);
    bool after = print_before(judgement);
    put_word(judgement->name);
    options_put(stdout, options, OPTION_AGAIN);
    printf("%s\n", after ? " --jobs 1" : ""); /* one process is asked about all of them */
}

/* What an engine's wrong numbers look like; empty if that is not known. */
static const char *diagnosis(const struct ver_judgement *judgement, const struct ver_comparison *c)
{
    bool asked =
        c->kind == VER_KIND_ROUNDING || c->kind == VER_KIND_LADDER || c->kind == VER_KIND_ANSWER;
    for (size_t e = 0; e < judgement->engines && asked; e++)
        if (judgement->judged[e].engine && c->engine &&
            strcmp(judgement->judged[e].engine, c->engine) == 0)
            return judgement->judged[e].diagnosis;
    return "";
}

static void print_failure(const struct console *console, const struct ver_judgement *judgement,
                          const struct ver_comparison *c)
{
    console_verdict(console, VER_FAIL, "FAIL");
    printf(" %s %s %s got %s want %s distance %.3g bounds", judgement->name, c->quantity,
           c->index[0] ? c->index : "-", c->reference[0] ? c->reference : "-",
           c->value[0] ? c->value : "-", c->distance);
    if (c->class_ != VER_NO_CLASS)
        printf(" digits %.1f order %.4f", c->digits, c->order);
    if (c->engine)
        printf(" by %s", c->engine);
    if (diagnosis(judgement, c)[0])
        printf(" | %s", diagnosis(judgement, c));
    printf(" | ");
    print_command(console->options, judgement);
}

static void print_failures(const struct console *console, const struct ver_judgement *judgement)
{
    size_t printed = 0, left = 0;
    for (size_t k = 0; k < judgement->comparisons; k++) {
        if (judgement->comparison[k].outcome != VER_DIFFERS)
            continue;
        if (printed < LINES_A_CASE) {
            print_failure(console, judgement, &judgement->comparison[k]);
            printed++;
        } else {
            left++;
        }
    }
    if (left == 0)
        return;
    console_verdict(console, VER_FAIL, "FAIL");
    printf(" %s: %zu more comparisons of this case differ\n", judgement->name, left);
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

/* GitHub shows so many of a step, so they are for what is wrong. */
enum { MOST_ANNOTATIONS = 10 };

static void annotate(struct console *console, const struct ver_judgement *judgement)
{
    const char *where = getenv("GITHUB_ACTIONS");
    bool wrong = judgement->verdict == VER_FAIL || judgement->verdict == VER_ERROR;
    const struct ver_comparison *c = NULL;
    if (!wrong || !console->options->summary || !where || strcmp(where, "true") != 0 ||
        console->annotations++ >= MOST_ANNOTATIONS)
        return;
    for (size_t k = 0; k < judgement->comparisons && !c; k++)
        if (judgement->comparison[k].outcome == VER_DIFFERS)
            c = &judgement->comparison[k];
    printf("::error title=evident ");
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

static bool is_failure(enum ver_verdict verdict)
{
    return verdict == VER_FAIL || verdict == VER_UNDECIDED || verdict == VER_ERROR;
}

static void print_pass(const struct console *console, const struct ver_judgement *judgement)
{
    size_t numbers = 0;
    for (size_t k = 0; k < judgement->comparisons; k++)
        if (judgement->comparison[k].outcome != VER_EXCLUDED)
            numbers += judgement->comparison[k].numbers;
    console_verdict(console, VER_PASS, "PASS");
    printf(" %s: %zu numbers", judgement->name, numbers);
    if (!console->options->judge.no_witness)
        printf(", at least %.1f digits", judgement->digits);
    for (size_t k = 0; k < judgement->engines; k++)
        if (judgement->judged[k].state == VER_ENGINE_RAN && judgement->judged[k].reason[0])
            printf("; %s: %s", judgement->judged[k].engine, judgement->judged[k].reason);
    printf("\n");
}

void console_judged(void *context, const struct ver_judgement *judgement)
{
    struct console *console = context;
    enum ver_verdict verdict = judgement->verdict;
    console_finished(console, 0, judgement); /* one that was judged before counts, too */
    if (verdict == VER_NOT_RUN)              /* told at the end, all of one reason together */
        return;
    if (verdict == VER_PASS && (!console->few || console->options->quiet))
        return;
    progress_hide(&console->progress);
    if (verdict == VER_FAIL) {
        print_failures(console, judgement);
    } else if (verdict == VER_PASS) {
        print_pass(console, judgement);
    } else {
        console_verdict(console, verdict, verdict == VER_ERROR ? "ERROR" : "UNDECIDED");
        printf(" %s: %s | ", judgement->name, judgement->reason);
        print_command(console->options, judgement);
    }
    annotate(console, judgement);
    fflush(stdout);
}

void console_finished(void *context, size_t position, const struct ver_judgement *judgement)
{
    struct console *console = context;
    (void)position;
    console->stop |= console->options->fail_fast && is_failure(judgement->verdict);
}

void console_progress(void *context, size_t done, size_t all, size_t failed)
{
    struct console *console = context;
    console->stop |= console->broken && *console->broken;
    if (caught)
        end_by_signal(console, done, all);
    progress_show(&console->progress, done, all, failed);
}

/* ---- totals ---- */

void console_item(struct console_list *list, size_t count, const char *name)
{
    if (count == 0)
        return;
    printf("%s%zu %s", list->before, count, name);
    list->before = ", ";
}

static void print_compared(const struct ver_totals *totals)
{
    int kinds = totals->engines > 0 ? VER_KINDS : VER_KIND_ROUNDING;
    struct console_list compared = {"compared: "}, apart = {"\nexcluded of engines: "},
                        differences = {"\nexcluded differences: "};
    for (int k = 0; k < kinds; k++)
        console_item(&compared, totals->compared[k], ver_kind_name((enum ver_kind)k));
    if (compared.before[0] == 'c')
        printf("compared: nothing");
    for (int k = VER_KIND_ROUNDING; k < kinds; k++)
        console_item(&apart, totals->apart[k], ver_kind_name((enum ver_kind)k));
    for (int c = WITNESS_SMOOTH + 1; c < VER_CLASSES; c++)
        console_item(&differences, totals->excluded[c], ver_class_name(c));
    printf("\n");
}

void console_totals(const struct console *console, const struct ver_totals *totals,
                    size_t not_begun)
{
    const struct options *options = console->options;
    if (!options->quiet) {
        print_compared(totals);
        if (!isnan(totals->digits_median))
            printf("agreement of gradients and adjoints: median %.1f digits, minimum %.1f\n",
                   totals->digits_median, totals->digits_minimum);
        if (!isnan(totals->order_median))
            printf("observed order of differences: median %.4f, from %.4f to %.4f\n",
                   totals->order_median, totals->order_minimum, totals->order_maximum);
        console_engines(totals);
        printf("digest: %s\n", totals->digest);
    }
    if (options->absent)
        printf("left out: %s %s\n", options->absent,
               options->why ? options->why : "cannot run here");
    printf("cases: %zu", totals->cases + not_begun);
    for (int v = 0; v < VER_VERDICTS; v++) {
        char text[60];
        snprintf(text, sizeof text, "%zu %s", totals->verdict[v],
                 ver_verdict_name((enum ver_verdict)v));
        if (totals->verdict[v] == 0)
            continue;
        printf(", ");
        console_verdict(console, (enum ver_verdict)v, text);
    }
    if (not_begun > 0)
        printf(", %zu not begun", not_begun);
    printf("\n");
}
