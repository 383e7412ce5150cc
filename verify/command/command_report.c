/* command_report.c: `evident report`, the page of a run from its store. */
#include "verify/command/command_store.h"
#include "verify/report/report_run.h"
#include "verify/store/store_inner.h"

#include <stdlib.h>
#include <string.h>

/* ---- how the run was asked for ---- */

/* The options of a run, read as `evident verify` reads them. */
static int read_options(struct options *options, char *text)
{
    enum { MOST = 64 };
    char *word[MOST] = {(char *)"verify"};
    int words = 1 + options_cut_words(text, word + 1, MOST - 1);
    options_start(options, command_find("verify"));
    options->where = "report";
    return options_words(options, words, word, OPTIONS_VALUES) == OPTIONS_GOOD ? 0 : -1;
}

/* ---- the run ---- */

struct recorded {
    char *suite, *options, *words; /* words: options, to be cut */
    struct ver_judgement *judgement;
    size_t *position;
    size_t cases;
};

static char *copy_text(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    if (copy)
        strcpy(copy, text);
    return copy;
}

static int read_facts(struct store *store, int64_t run, struct recorded *r)
{
    sqlite3_stmt *row = store_ask(store, "SELECT suite, options FROM runs WHERE id = ?", "i", run);
    if (store_next(store, row) <= 0)
        return -1;
    r->suite = copy_text(store_column_text(row, 0));
    r->options = copy_text(store_column_text(row, 1));
    r->words = copy_text(store_column_text(row, 1));
    store_stop(row);
    return r->suite && r->options && r->words ? 0 : store_refuse(store, "memory is short");
}

static int read_positions(struct store *store, int64_t run, struct recorded *r)
{
    int64_t cases = store_count(store, "SELECT count(*) FROM cases WHERE run = ?", "i", run);
    size_t read = 0;
    int got;
    if (cases < 0)
        return -1;
    r->judgement = calloc((size_t)cases + 1, sizeof *r->judgement);
    r->position = calloc((size_t)cases + 1, sizeof *r->position);
    if (!r->judgement || !r->position)
        return store_refuse(store, "memory is short");
    sqlite3_stmt *row =
        store_ask(store, "SELECT position FROM cases WHERE run = ? ORDER BY position", "i", run);
    while ((got = store_next(store, row)) > 0)
        if (read < (size_t)cases)
            r->position[read++] = (size_t)sqlite3_column_int64(row, 0);
    r->cases = read;
    return got;
}

static int read_run(struct store *store, int64_t run, struct recorded *r)
{
    if (read_facts(store, run, r) != 0 || read_positions(store, run, r) != 0)
        return -1;
    for (size_t k = 0; k < r->cases; k++)
        if (store_judgement(store, run, r->position[k], &r->judgement[k]) != 0)
            return -1;
    return r->cases > 0 ? 0 : store_refuse(store, "run %lld has no case yet", (long long)run);
}

static void clear_run(struct recorded *r)
{
    for (size_t k = 0; k < r->cases && r->judgement; k++)
        ver_judgement_clear(&r->judgement[k]);
    free(r->judgement);
    free(r->position);
    free(r->suite);
    free(r->options);
    free(r->words);
}

static int write_run(struct store *store, int64_t number, struct recorded *r,
                     const struct options *options)
{
    char directory[1024];
    struct case_error error;
    struct ver_totals totals;
    struct options asked;
    if (options->out)
        snprintf(directory, sizeof directory, "%s", options->out);
    else
        snprintf(directory, sizeof directory, "report-%lld", (long long)number);
    struct report_run run = {.directory = directory,
                             .judgement = r->judgement,
                             .totals = &totals,
                             .facts = {r->suite, r->options, &asked.judge, options->all_checks},
                             .store = store,
                             .run = number};
    if (read_options(&asked, r->words) != 0)
        return command_refuse("report", "run %lld: its options cannot be read: %s",
                              (long long)number, r->options);
    if (ver_total(&totals, r->judgement, r->cases) != 0)
        return command_refuse("report", "the verdicts do not add up to the %zu cases", r->cases);
    if (ver_directory_make(directory, &error) != 0 || report_run(&run, &error) != 0)
        return command_refuse("report", "%s", error.text);
    printf("report: %s/index.html\n", directory);
    return COMMAND_PASS;
}

static int run(struct options *options)
{
    struct store *store = command_store_open(options, STORE_READ);
    struct recorded recorded = {NULL, NULL, NULL, NULL, NULL, 0};
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int64_t number = store_find(store, options->operands > 0 ? options->operand[0] : "latest");
    int failed = number < 0 || read_run(store, number, &recorded) != 0;
    int code = failed ? COMMAND_COULD_NOT_RUN : write_run(store, number, &recorded, options);
    clear_run(&recorded);
    if (failed)
        return command_store_end(options, store);
    store_close(store);
    return code;
}

const struct command command_report = {
    .name = "report",
    .operands = "[RUN]",
    .wants = "a run",
    .says = "its page: one file, verdict first, every failure with its picture",
    .about =
        "Writes the page of a recorded run: DIR/index.html, one file that needs nothing else, with "
        "the verdict first, then every failure with its picture and its commands, a heat map by "
        "family, the engines, orders of convergence, times, the runs before it. Its tables and "
        "pictures lie beside it. The same as evident verify --report DIR writes. Needs "
        "gnuplot.\n" COMMAND_RUN_NAMES " Without: latest.\n"
        "Exit status: 0 a page was written; 2 could not.",
    .examples = "evident report latest --store runs.sqlite -o page\n",
    .run = run,
};
