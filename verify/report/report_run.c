/* SPDX-License-Identifier: MIT */
/* report_run.c: tables first, then pictures of the cases that fail, then the page that is made from
 * both. `evident verify --report` and `evident report` are the same from here on.
 *
 * A failing case is drawn by this program, as a process of its own: what made it fail may crash the
 * drawing, too, and must not take the page with it. */
#include "verify/report/report_run.h"
#include "verify/options/options.h"
#include "verify/exec/program.h"
#include "verify/report/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last of them only where the store is kept. */
static const char *const tables[] = {
    "checks.tsv",  "agreement.tsv",   "cases.tsv",           "families.tsv", "engines.tsv",
    "ratios.tsv",  "ladder.tsv",      "orders.tsv",          "heat.tsv",     "counts.tsv",
    "points.tsv",  "convergence.tsv", "engine_families.tsv", "worst.tsv",    "failures.tsv",
    "against.tsv", "errors.tsv",      "summary.tsv",         "facts.tsv",    "times.tsv",
    "slowest.tsv", "trend.tsv",
};
enum { TABLES = sizeof tables / sizeof *tables, KEPT = 4 };

/* Written by an earlier run, of what may be absent from this one; and its page. */
static void remove_old(const char *directory)
{
    char path[1240];
    for (size_t k = TABLES - KEPT; k < TABLES; k++) {
        snprintf(path, sizeof path, "%s/%s", directory, tables[k]);
        unlink(path);
    }
    for (int k = 0; k < REPORT_DRAWN; k++) {
        snprintf(path, sizeof path, "%s/failure-%d.svg", directory, k);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/index.html", directory);
    unlink(path);
    snprintf(path, sizeof path, "%s/evident.html", directory);
    unlink(path);
}

static int write_table(struct report *report, const char *name, bool all_checks)
{
    struct case_file file;
    struct table table;
    if (table_open(&file, report->directory, name, NULL, report->error) != 0)
        return -1;
    int failed = 0;
    if (strcmp(name, "checks.tsv") == 0) {
        table_ask(&table, report->store, name, "ii", report->run, (int64_t)all_checks);
    } else {
        bool summary = strcmp(name, "summary.tsv") == 0;
        failed = table_keep(report->store, name, summary ? "it" : "i", report->run,
                            report->totals->digest);
        table = (struct table){.store = report->store};
        if (!failed)
            table_ask_kept(&table, report->store, name);
    }
    if (!failed && table_put(&table, TABLE_TSV, file.stream) == 0)
        return case_file_commit(&file, report->error);
    case_file_abandon(&file);
    return report_end_rows(report, &table, -1);
}

int report_tables(struct report *report, bool all_checks)
{
    for (size_t k = 0; k < (report->store->temporary ? TABLES - KEPT : TABLES); k++)
        if (write_table(report, tables[k], all_checks) != 0)
            return -1;
    return table_examples(report->directory, report->error);
}

/* ---- pictures of what fails ---- */

/* Words of the options that are about how clock engines run. */
static size_t clock_words(char *options, char **word, size_t most)
{
    static const char *const taken[] = {"--defect", "--compat", "--round-delays", "--step"};
    char *all[256];
    int words = options_cut_words(options, all, 256);
    size_t kept = 0;
    bool keep = false;
    for (int k = 0; k < words; k++) {
        if (strncmp(all[k], "--", 2) == 0) {
            keep = false;
            for (size_t t = 0; t < sizeof taken / sizeof *taken; t++)
                keep = keep || strcmp(all[k], taken[t]) == 0;
        }
        if (keep && kept < most)
            word[kept++] = all[k];
    }
    return kept;
}

static void draw_failure(const struct report *report, char *name, char *engine, int number)
{
    enum { WORDS = 24 };
    char path[1240], log[1260], options[sizeof report->facts.options];
    char *argument[WORDS + 10] = {"/proc/self/exe", "plot", name, "--out", path, "--neurons", "3"};
    snprintf(path, sizeof path, "%s/failure-%d.svg", report->directory, number);
    snprintf(log, sizeof log, "%s.log", path);
    snprintf(options, sizeof options, "%s", report->facts.options);
    if (engine[0]) {
        argument[7] = "--engine";
        argument[8] = engine;
        clock_words(options, argument + 9, WORDS);
    }
    if (report_spawn(argument, log, REPORT_DRAWING_SECONDS) != 0)
        unlink(path);
    unlink(log);
}

static int draw_failures(struct report *report)
{
    struct table table;
    int drawn = 0, got;
    report_ask(report, &table, "to draw");
    while (drawn < REPORT_DRAWN && (got = table_next(&table)) > 0)
        draw_failure(report, table.cell[0], strcmp(table.cell[1], "-") ? table.cell[1] : "",
                     drawn++);
    return report_end_rows(report, &table, drawn < REPORT_DRAWN ? got : 0);
}

int report_run(struct store *store, int64_t run, const struct ver_totals *totals,
               const char *directory, bool all_checks, struct case_error *error)
{
    struct report report = {
        .directory = directory, .store = store, .run = run, .totals = totals, .error = error};
    remove_old(directory);
    if (store_take_run(store, run, &report.facts) != 0) {
        *error = store->error;
        return -1;
    }
    if (report_tables(&report, all_checks) != 0 || draw_failures(&report) != 0)
        return -1;
    return report_page(&report);
}
