/* report_run.c: tables first, then pictures of the cases that fail, then the page that is made from
 * both. `evident verify --report` and `evident report` are the same from here on.
 *
 * A failing case is drawn by this program, as a process of its own: what made it fail may crash the
 * drawing, too, and must not take the page with it. */
#include "verify/report/report_run.h"
#include "verify/report/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Written by an earlier run, of what may be absent from this one. */
static void remove_old(const char *directory)
{
    static const char *const name[] = {"facts.tsv", "times.tsv", "slowest.tsv", "trend.tsv"};
    char path[1240];
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        snprintf(path, sizeof path, "%s/%s", directory, name[k]);
        unlink(path);
    }
    for (int k = 0; k < REPORT_DRAWN; k++) {
        snprintf(path, sizeof path, "%s/failure-%d.svg", directory, k);
        unlink(path);
    }
}

/* The engine whose numbers are wrong, where it is one that can be drawn; else NULL: the reference
 * alone. */
static const char *engine_to_draw(const struct ver_judgement *j)
{
    for (size_t k = 0; k < j->comparisons; k++) {
        const struct ver_comparison *c = &j->comparison[k];
        if (c->outcome == VER_DIFFERS && c->engine && !ver_engine_is_program(c->engine))
            return c->engine;
    }
    return NULL;
}

/* Words of the options that are about how clock engines run, without the engines themselves. */
static size_t put_words(const struct ver_options *options, char (*word)[32])
{
    size_t words = 0;
    for (unsigned k = 0; k < 16 && words < 16; k++)
        if (options->clock.defects >> k & 1) {
            snprintf(word[words++], sizeof *word, "--defect");
            snprintf(word[words++], sizeof *word, "%u", k);
        }
    if (options->clock.defects >> 18 & 1) {
        snprintf(word[words++], sizeof *word, "--defect");
        snprintf(word[words++], sizeof *word, "18");
    }
    if (options->clock.compat)
        snprintf(word[words++], sizeof *word, "--compat");
    if (options->clock.round_delays)
        snprintf(word[words++], sizeof *word, "--round-delays");
    if (options->clock.step > 0) {
        snprintf(word[words++], sizeof *word, "--step");
        snprintf(word[words++], sizeof *word, "%.17g", options->clock.step);
    }
    return words;
}

static void draw_failure(const struct report_run *run, const struct ver_judgement *j, int number)
{
    enum { WORDS = 24 };
    char path[1240], log[1260], word[WORDS][32];
    char *argument[WORDS + 8];
    size_t used = 0;
    const char *engine = engine_to_draw(j);
    snprintf(path, sizeof path, "%s/failure-%d.svg", run->directory, number);
    snprintf(log, sizeof log, "%s.log", path);
    argument[used++] = "/proc/self/exe";
    argument[used++] = "plot";
    argument[used++] = j->name;
    argument[used++] = "--out";
    argument[used++] = path;
    argument[used++] = "--neurons";
    argument[used++] = "3";
    if (engine) {
        size_t words = put_words(run->facts.options, word);
        argument[used++] = "--engine";
        argument[used++] = (char *)engine;
        for (size_t k = 0; k < words; k++)
            argument[used++] = word[k];
    }
    argument[used] = NULL;
    if (report_spawn(argument, log, REPORT_DRAWING_SECONDS) != 0)
        unlink(path);
    unlink(log);
}

static void draw_failures(const struct report_run *run)
{
    int drawn = 0;
    for (size_t k = 0; k < run->totals->cases && drawn < REPORT_DRAWN; k++)
        if (run->judgement[k].verdict == VER_FAIL)
            draw_failure(run, &run->judgement[k], drawn++);
}

int report_run(const struct report_run *run, struct case_error *error)
{
    remove_old(run->directory);
    if (ver_tables(run->directory, run->judgement, run->totals->cases, run->totals, &run->facts,
                   error) != 0)
        return -1;
    if (run->store && report_history(run->store, run->run, run->directory, error) != 0)
        return -1;
    draw_failures(run);
    return ver_report(run->directory, error->text, sizeof error->text);
}
