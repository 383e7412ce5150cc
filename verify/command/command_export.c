/* command_export.c: `evident export` and `evident merge`: runs leave a store, stores become one. */
#include "verify/command/command_store.h"

#include <string.h>

/* ---- export ---- */

static const char export_usage[] =
    "usage: evident export RUN [options]\n"
    "\n"
    "  --format F       tsv (default), json, junit (the XML that CI systems read) or\n"
    "                   markdown (the summary of a job)\n"
    "  --table T        of tsv: cases, comparisons (default), engines, ladders or times\n"
    "  --times          json, junit: with times and host\n"
    "  --out FILE       write to a file, whole or not at all (default: standard "
    "output)\n" COMMAND_STORE_USAGE "\n"
    "Without times the bytes are the same for any number of threads, shards and resumptions.\n"
    "tsv: NaN is nan, infinity is inf, nothing is -. json: NaN is null, infinity is \"inf\".\n"
    "junit: a suite a family; undecided is a failure of that type, not-run is skipped.\n"
    "Exit code: 0; 2 could not.\n";

static const struct command_option export_options[] = {
    {"format", true}, {"table", true}, {"times", false},
    {"out", true},    {"store", true}, {NULL, false},
};
enum { OPTION_FORMAT, OPTION_TABLE, OPTION_TIMES, OPTION_OUT, OPTION_STORE };

struct wish {
    struct store_export how;
    struct command_operands run;
    const char *out, *path;
    bool table;
};

static bool take_format(struct store_export *how, const char *text)
{
    static const char *const name[] = {"tsv", "json", "junit", "markdown"};
    for (int k = 0; k < 4; k++) {
        if (strcmp(name[k], text) == 0) {
            how->format = (enum store_format)k;
            return true;
        }
    }
    command_refuse("export", "--format: found '%s', wanted tsv, json, junit or markdown", text);
    return false;
}

static bool take_table(struct store_export *how, const char *text)
{
    how->table = text;
    if (store_export_table(text))
        return true;
    command_refuse("export",
                   "--table: found '%s', wanted cases, comparisons, engines, ladders or times",
                   text);
    return false;
}

static bool take_option(struct wish *wish, int option, const char *value)
{
    switch (option) {
    case COMMAND_OPERAND:
        return command_operand("export", &wish->run, value, 1);
    case OPTION_FORMAT:
        return take_format(&wish->how, value);
    case OPTION_TABLE:
        wish->table = true;
        return take_table(&wish->how, value);
    case OPTION_TIMES:
        wish->how.times = true;
        return true;
    case OPTION_OUT:
        wish->out = value;
        return true;
    default:
        wish->path = value;
        return true;
    }
}

/* To a file or to standard output. 0, or -1 after a line. */
static int put(struct store *store, int64_t run, const struct wish *wish)
{
    struct ver_file file;
    struct case_error error;
    if (!wish->out && store_export(store, run, &wish->how, stdout) != 0)
        return command_refuse("export", "%s", store_error(store));
    if (!wish->out)
        return 0;
    if (ver_file_open(&file, wish->out, &error) != 0)
        return command_refuse("export", "%s", error.text);
    if (store_export(store, run, &wish->how, file.stream) != 0) {
        ver_file_abandon(&file);
        return command_refuse("export", "%s", store_error(store));
    }
    return ver_file_commit(&file, &error) == 0 ? 0 : command_refuse("export", "%s", error.text);
}

static int export_run(const struct wish *wish)
{
    struct store *store = command_store_open("export", wish->path, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int64_t run = store_find(store, wish->run.at[0]);
    if (run < 0)
        return command_store_end("export", store);
    int code = put(store, run, wish);
    store_close(store);
    return code;
}

int command_export(int argc, char **argv)
{
    struct command_line line = {"export", export_usage, export_options, argc, argv, 1, false};
    struct wish wish = {.how = {STORE_TSV, "comparisons", false}};
    const char *value;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_HELPED)
            return command_finish("export", COMMAND_PASS);
        if (got == COMMAND_BAD || !take_option(&wish, got, value))
            return COMMAND_COULD_NOT_RUN;
    }
    if (wish.run.count == 0)
        return command_refuse("export", "wants a run (see evident export --help)");
    if (wish.table && wish.how.format != STORE_TSV)
        return command_refuse("export", "--table goes with --format tsv only");
    return command_finish("export", export_run(&wish));
}

/* ---- merge ---- */

static const char merge_usage[] =
    "usage: evident merge STORE... [options]\n"
    "\n"
    "Brings the runs of all STOREs into the store, all or nothing; the outcome does not depend on\n"
    "their order. Runs of the same program, suite and options are one run: so the shards of a job\n"
    "array, each with a --store of its own, become the whole. A case that two stores tell\n"
    "differently is refused.\n"
    "\n"
    "  --store FILE     where to (default: $EVIDENT_STORE, else evident.sqlite); made if missing\n"
    "\n"
    "Exit code: 0; 2 could not, and nothing was changed.\n";

static const struct command_option merge_options[] = {{"store", true}, {NULL, false}};

int command_merge(int argc, char **argv)
{
    struct command_line line = {"merge", merge_usage, merge_options, argc, argv, 1, false};
    const char *value, *path = NULL;
    const char **from = (const char **)argv + 1; /* operands, moved together */
    size_t count = 0;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_HELPED)
            return command_finish("merge", COMMAND_PASS);
        if (got == COMMAND_BAD)
            return COMMAND_COULD_NOT_RUN;
        if (got == COMMAND_OPERAND)
            from[count++] = value;
        else
            path = value;
    }
    if (count == 0)
        return command_refuse("merge", "wants a store (see evident merge --help)");
    struct store *store = command_store_open("merge", path, STORE_WRITE);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    if (store_merge(store, from, count) != 0)
        return command_store_end("merge", store);
    store_close(store);
    return command_finish("merge", COMMAND_PASS);
}
