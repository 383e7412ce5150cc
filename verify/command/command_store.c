/* command_store.c: `evident store`, the file itself, and what the commands on stores share. */
#include "verify/command/command_store.h"
#include "verify/store/store_inner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: evident store --schema | --check | --drop RUN | --compact  [--store FILE]\n"
    "\n"
    "  --schema         print the tables of a store, with comments, as SQL\n"
    "  --check          look for damage: pages, references, totals, and the digest of every case\n"
    "  --drop RUN       delete a run\n"
    "  --compact        give back the room of deleted runs\n" COMMAND_STORE_USAGE "\n"
    "A store is one SQLite file; any program that reads SQLite reads it.\n"
    "Exit code: 0; 2 could not, or damaged.\n";

static const struct command_option options[] = {
    {"schema", false},  {"check", false}, {"drop", true},
    {"compact", false}, {"store", true},  {NULL, false},
};
enum { OPTION_SCHEMA, OPTION_CHECK, OPTION_DROP, OPTION_COMPACT, OPTION_STORE };

/* ---- shared ---- */

struct store *command_store_open(const char *command, const char *path, enum store_mode mode)
{
    struct case_error error;
    struct store *store = store_open(path ? path : store_default_path(), mode, &error);
    if (!store)
        command_refuse(command, "%s", error.text);
    return store;
}

int command_store_end(const char *command, struct store *store)
{
    command_refuse(command, "%s", store_error(store));
    store_close(store);
    return COMMAND_COULD_NOT_RUN;
}

bool command_operand(const char *command, struct command_operands *operands, const char *value,
                     size_t most)
{
    if (operands->count == most) {
        command_refuse(command, "%s: found one argument more than is wanted", value);
        return false;
    }
    operands->at[operands->count++] = value;
    return true;
}

/* ---- the command ---- */

static int print_schema(void)
{
    struct case_error error;
    struct store *store = store_open(NULL, STORE_WRITE, &error);
    if (!store)
        return command_refuse("store", "%s", error.text);
    sqlite3_stmt *row = store_ask(store,
                                  "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
                                  " AND name NOT LIKE 'sqlite_%'",
                                  "");
    int got;
    printf("PRAGMA user_version = %d;\n", (int)STORE_VERSION);
    while ((got = store_next(store, row)) > 0)
        printf("%s;\n", store_column_text(row, 0));
    if (got < 0)
        return command_store_end("store", store);
    store_close(store);
    return COMMAND_PASS;
}

static int act(int option, const char *run_text, const char *path)
{
    if (option == OPTION_SCHEMA)
        return print_schema();
    enum store_mode mode = option == OPTION_CHECK ? STORE_READ : STORE_WRITE;
    struct store *store = command_store_open("store", path, mode);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int failed = 0;
    if (option == OPTION_CHECK) {
        failed = store_check(store);
    } else if (option == OPTION_DROP) {
        int64_t run = store_find(store, run_text);
        failed = run < 0 || store_drop(store, run) != 0;
    } else {
        failed = store_script(store, "VACUUM");
    }
    if (failed)
        return command_store_end("store", store);
    if (option == OPTION_CHECK)
        printf("%s: whole: %" PRId64 " runs, %" PRId64 " cases, %" PRId64 " comparisons\n",
               path ? path : store_default_path(),
               store_count(store, "SELECT count(*) FROM runs", ""),
               store_count(store, "SELECT count(*) FROM cases", ""),
               store_count(store, "SELECT count(*) FROM comparisons", ""));
    store_close(store);
    return COMMAND_PASS;
}

int command_store(int argc, char **argv)
{
    struct command_line line = {"store", usage, options, argc, argv, 1, false};
    const char *value, *run = NULL, *path = NULL;
    int got, option = -1;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_HELPED)
            return command_finish("store", COMMAND_PASS);
        if (got == COMMAND_BAD)
            return COMMAND_COULD_NOT_RUN;
        if (got == COMMAND_OPERAND)
            return command_refuse("store", "%s: wants no argument (see evident store --help)",
                                  value);
        if (got == OPTION_STORE) {
            path = value;
            continue;
        }
        if (option >= 0)
            return command_refuse("store", "only one thing at a time (see evident store --help)");
        option = got;
        run = value;
    }
    if (option < 0)
        return command_refuse("store", "wants --schema, --check, --drop or --compact "
                                       "(see evident store --help)");
    return command_finish("store", act(option, run, path));
}
