/* command_show.c: `evident show`, one run, or one case of it, for people. */
#include "verify/command/command_store.h"
#include "verify/store/store_inner.h"

#include <inttypes.h>
#include <string.h>

static const char usage[] =
    "usage: evident show RUN [CASE] [options]\n"
    "\n"
    "A run: what it was (program, commit, suite, options), its verdicts, the worst of every kind "
    "of\n"
    "comparison, and every case that did not pass.\n"
    "A case, by its name or its position in the suite: its verdict and all its comparisons, "
    "engines\n"
    "and steps.\n"
    "\n"
    "  --all            every case that did not pass, not only the first 40\n" COMMAND_STORE_USAGE
    "\n"
    "Exit code: 0; 2 could not.\n";

static const struct command_option options[] = {{"all", false}, {"store", true}, {NULL, false}};
enum { OPTION_ALL, OPTION_STORE };
enum { FEW_LINES = 40 };

/* ---- printing what a statement gives ---- */

/* A row as lines "name  value", empty ones left out. */
static int print_facts(struct store *store, sqlite3_stmt *row)
{
    int got = store_next(store, row), columns = got > 0 ? sqlite3_column_count(row) : 0;
    for (int k = 0; k < columns; k++)
        if (store_column_text(row, k)[0])
            printf("%-14s %s\n", sqlite3_column_name(row, k), store_column_text(row, k));
    if (got > 0)
        store_stop(row);
    return got;
}

/* Rows of one text each, at most so many. */
static int print_lines(struct store *store, sqlite3_stmt *row, size_t most)
{
    size_t lines = 0;
    int got;
    while ((got = store_next(store, row)) > 0) {
        if (lines < most)
            printf("%s\n", store_column_text(row, 0));
        lines++;
    }
    if (lines > most)
        printf("... and %zu more (--all)\n", lines - most);
    return got;
}

/* ---- a run ---- */

static int print_kinds(struct store *store, int64_t run)
{
    static const char sql[] =
        "SELECT x.kind, x.engine, sum(CASE x.outcome WHEN 'excluded' THEN 0 ELSE x.numbers END),"
        " sum(x.outcome = 'fail'), sum(x.outcome = 'excluded'),"
        " max(CASE x.outcome WHEN 'excluded' THEN NULL ELSE x.distance END),"
        " min(CASE x.outcome WHEN 'excluded' THEN NULL ELSE x.digits END)"
        " FROM comparisons x WHERE x.run = ?"
        " GROUP BY x.kind, x.engine ORDER BY min(x.position * 1000000 + x.number)";
    sqlite3_stmt *row = store_ask(store, sql, "i", run);
    int got;
    printf("\n%-12s %-14s %12s %8s %9s %12s %8s\n", "kind", "engine", "numbers", "differ",
           "excluded", "worst ratio", "digits");
    while ((got = store_next(store, row)) > 0)
        printf("%-12s %-14s %12lld %8lld %9lld %12.3g %8.1f\n", store_column_text(row, 0),
               store_column_text(row, 1), (long long)sqlite3_column_int64(row, 2),
               (long long)sqlite3_column_int64(row, 3), (long long)sqlite3_column_int64(row, 4),
               store_column_real(row, 5), store_column_real(row, 6));
    return got;
}

static int print_run(struct store *store, int64_t run, bool all)
{
    static const char facts[] =
        "SELECT id AS run, started, status ||"
        " printf(': %d of %d cases', (SELECT count(*) FROM cases WHERE run = id), planned) AS "
        "status,"
        " CASE shards WHEN 0 THEN '' ELSE shard || '/' || shards END AS shard, suite,"
        " suite_digest AS \"suite digest\", options, engines,"
        " commit_id || CASE dirty WHEN 0 THEN '' ELSE ' and changes' END AS \"commit\","
        " version || ' (' || program || ')' AS evident, compiler, flags, libraries, device,"
        " host_cores AS cores, fingerprint FROM runs WHERE id = ?";
    static const char families[] =
        "SELECT printf('%-28s %6d %6d %6d %9d %7d %6d', family, count(*), sum(verdict = 'pass'),"
        " sum(verdict = 'fail'), sum(verdict = 'undecided'), sum(verdict = 'not-run'),"
        " sum(verdict NOT IN ('pass', 'fail', 'undecided', 'not-run')))"
        " FROM cases WHERE run = ? GROUP BY family ORDER BY min(position)";
    static const char times[] =
        "SELECT printf('%-14s %.3f s in %d cases', engine, sum(seconds), count(*))"
        " FROM times WHERE run = ? GROUP BY engine ORDER BY engine";
    static const char bad[] = "SELECT printf('%s %s: %s', upper(verdict), name, reason) FROM cases"
                              " WHERE run = ? AND verdict <> 'pass' ORDER BY position";
    char digest[HASH_TEXT];
    if (print_facts(store, store_ask(store, facts, "i", run)) < 0 ||
        store_digest(store, run, digest) != 0)
        return -1;
    printf("%-14s %s\n", "digest", digest);
    if (print_lines(store, store_ask(store, times, "i", run), SIZE_MAX) != 0 ||
        print_kinds(store, run) != 0)
        return -1;
    printf("\n%-28s %6s %6s %6s %9s %7s %6s\n", "family", "cases", "pass", "fail", "undecided",
           "not-run", "error");
    if (print_lines(store, store_ask(store, families, "i", run), SIZE_MAX) != 0)
        return -1;
    printf("\n");
    return print_lines(store, store_ask(store, bad, "i", run), all ? SIZE_MAX : FEW_LINES);
}

/* ---- a case ---- */

static int64_t find_case(struct store *store, int64_t run, const char *name)
{
    static const char sql[] =
        "SELECT position + 1 FROM cases WHERE run = ?1"
        " AND (name = ?2 OR CAST(position AS TEXT) = ?2) ORDER BY name = ?2 DESC, position LIMIT 1";
    int64_t place = store_count(store, sql, "it", run, name);
    return place == 0 ? store_refuse(store, "run %" PRId64 " has no case %.200s", run, name)
                      : place - 1;
}

static int print_case(struct store *store, int64_t run, int64_t position)
{
    static const char facts[] =
        "SELECT name AS \"case\", position, family, verdict, reason, neurons, parameters, spikes,"
        " precision || ' bits' AS precision, grazing, slope, coincidence, \"end\", maximum_gap AS "
        "\"maximum gap\","
        " gradient_norm AS \"gradient norm\", condition, digits, case_digest AS \"case digest\","
        " content AS digest FROM cases WHERE run = ? AND position = ?";
    static const char again[] =
        "SELECT 'evident verify ' || c.name || ' ' || r.options AS again"
        " FROM cases c JOIN runs r ON r.id = c.run WHERE c.run = ? AND c.position = ?";
    static const char engines[] =
        "SELECT printf('engine %s: %s%s digest %s%s, %d decisions, %d near%s%s', engine, state,"
        " CASE reason WHEN '' THEN '' ELSE ' (' || reason || ')' END, digest,"
        " CASE traced WHEN 0 THEN '' ELSE ' with V, I and adjoints' END, decisions, near,"
        " CASE diagnosis WHEN '' THEN '' ELSE ' | ' END, diagnosis)"
        " FROM engines WHERE run = ? AND position = ? ORDER BY number";
    static const char ladders[] =
        "SELECT printf('steps from %.6g ms, %s: order %s, errors %s', r.step, o.quantity,"
        " CASE WHEN o.\"order\" IS NULL THEN '-' ELSE printf('%.3f', o.\"order\") END, o.errors)"
        " FROM orders o LEFT JOIN rungs r ON r.run = o.run AND r.position = o.position"
        " AND r.number = 0 WHERE o.run = ? AND o.position = ? ORDER BY o.quantity";
    static const char comparisons[] =
        "SELECT printf('%-8s %-12s %-12s %-16s %-28s distance %-10s digits %-6s got %s want %s%s',"
        " x.outcome, x.kind, x.engine, x.quantity, x.place,"
        " CASE WHEN x.distance IS NULL THEN '-' ELSE printf('%.4g', x.distance) END,"
        " CASE WHEN x.digits IS NULL THEN '-' ELSE printf('%.1f', x.digits) END,"
        " CASE x.got WHEN '' THEN '-' ELSE x.got END,"
        " CASE x.want WHEN '' THEN '-' ELSE x.want END, coalesce(' | ' || (SELECT hint FROM hints h"
        " WHERE h.run = x.run AND h.position = x.position AND h.number = x.number), ''))"
        " FROM comparisons x"
        " WHERE x.run = ? AND x.position = ? ORDER BY x.number";
    if (print_facts(store, store_ask(store, facts, "ii", run, position)) < 0 ||
        print_facts(store, store_ask(store, again, "ii", run, position)) < 0)
        return -1;
    printf("\n");
    return print_lines(store, store_ask(store, engines, "ii", run, position), SIZE_MAX) != 0 ||
                   print_lines(store, store_ask(store, ladders, "ii", run, position), SIZE_MAX) !=
                       0 ||
                   print_lines(store, store_ask(store, comparisons, "ii", run, position),
                               SIZE_MAX) != 0
               ? -1
               : 0;
}

/* ---- the command ---- */

static int show(const struct command_operands *operands, const char *path, bool all)
{
    struct store *store = command_store_open("show", path, STORE_READ);
    if (!store)
        return COMMAND_COULD_NOT_RUN;
    int64_t run = store_find(store, operands->at[0]);
    int64_t position = run < 0 || operands->count < 2 ? 0 : find_case(store, run, operands->at[1]);
    int failed = run < 0 || position < 0;
    if (!failed)
        failed =
            operands->count < 2 ? print_run(store, run, all) : print_case(store, run, position);
    if (failed)
        return command_store_end("show", store);
    store_close(store);
    return COMMAND_PASS;
}

int command_show(int argc, char **argv)
{
    struct command_line line = {"show", usage, options, argc, argv, 1, false};
    struct command_operands operands = {{NULL}, 0};
    const char *value, *path = NULL;
    bool all = false;
    int got;
    while ((got = command_next(&line, &value)) != COMMAND_END) {
        if (got == COMMAND_HELPED)
            return command_finish("show", COMMAND_PASS);
        if (got == COMMAND_BAD ||
            (got == COMMAND_OPERAND && !command_operand("show", &operands, value, 2)))
            return COMMAND_COULD_NOT_RUN;
        if (got == OPTION_STORE)
            path = value;
        all = all || got == OPTION_ALL;
    }
    if (operands.count == 0)
        return command_refuse("show", "wants a run (see evident show --help)");
    return command_finish("show", show(&operands, path, all));
}
