/* report_history.c: what a store knows of a run beside its judgements, as tables for the page: what
 * it was, where its time went, and the complete runs of the same suite before it. */
#include "verify/report/report_run.h"
#include "verify/report/report.h"
#include "verify/store/store_inner.h"
#include "verify/report/table.h"

#include <string.h>

/* Columns of every row, tab separated. Texts of users have no tab or newline in a table. */
static int put_rows(struct store *store, sqlite3_stmt *row, FILE *out)
{
    int got;
    while ((got = store_next(store, row)) > 0) {
        int columns = sqlite3_column_count(row);
        for (int k = 0; k < columns; k++) {
            const char *text = store_column_text(row, k);
            fputs(k > 0 ? "\t" : "", out);
            fputs(*text ? "" : "-", out);
            for (; *text; text++)
                fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
        }
        fputc('\n', out);
    }
    return got;
}

/* A row as lines KEY, tab, VALUE; empty ones left out. */
static int put_facts(struct store *store, sqlite3_stmt *row, FILE *out)
{
    int got = store_next(store, row), columns = got > 0 ? sqlite3_column_count(row) : 0;
    for (int k = 0; k < columns; k++) {
        const char *text = store_column_text(row, k);
        if (*text)
            fprintf(out, "%s\t%s\n", sqlite3_column_name(row, k), text);
    }
    if (got > 0)
        store_stop(row);
    return got < 0 ? -1 : 0;
}

static int write_table(struct store *store, int64_t run, const char *directory, const char *name,
                       const char *heading, const char *sql, struct case_error *error)
{
    struct ver_file file;
    if (table_open(&file, directory, name, heading, error) != 0)
        return -1;
    sqlite3_stmt *row = store_ask(store, sql, "i", run);
    int failed = strcmp(name, "facts.tsv") == 0 ? put_facts(store, row, file.stream)
                                                : put_rows(store, row, file.stream);
    if (!failed)
        return ver_file_commit(&file, error);
    ver_file_abandon(&file);
    snprintf(error->text, sizeof error->text, "%s", store_error(store));
    return -1;
}

int report_history(struct store *store, int64_t run, const char *directory,
                   struct case_error *error)
{
    static const char facts[] =
        "SELECT id AS run, started, suite, suite_digest AS \"suite digest\", options,"
        " CASE shards WHEN 0 THEN '' ELSE shard || '/' || shards END AS shard,"
        " commit_id || CASE dirty WHEN 0 THEN '' ELSE ' and changes' END AS \"commit\","
        " version || ' (' || program || ')' AS evident, compiler, flags, libraries, device,"
        " host_cores AS cores FROM runs WHERE id = ?";
    static const char times[] =
        "SELECT engine, count(*), printf('%.3f', sum(seconds)) FROM times WHERE run = ?"
        " GROUP BY engine ORDER BY sum(seconds) DESC, engine";
    static const char slowest[] =
        "SELECT c.name, printf('%.3f', sum(t.seconds)) FROM times t JOIN cases c"
        " ON c.run = t.run AND c.position = t.position WHERE t.run = ?"
        " GROUP BY t.position ORDER BY sum(t.seconds) DESC, t.position LIMIT 10";
    /* The last dozen that can be compared: the same cases asked for in the same way. */
    static const char trend[] =
        "SELECT * FROM (SELECT r.id, r.started, substr(r.commit_id, 1, 12),"
        " (SELECT count(*) FROM cases c WHERE c.run = r.id),"
        " (SELECT count(*) FROM cases c WHERE c.run = r.id AND c.verdict = 'pass'),"
        " (SELECT count(*) FROM cases c WHERE c.run = r.id AND c.verdict = 'fail'),"
        " (SELECT count(*) FROM cases c WHERE c.run = r.id"
        "  AND c.verdict NOT IN ('pass', 'fail')),"
        " (SELECT printf('%.2f', sum(seconds)) FROM times t WHERE t.run = r.id),"
        " (SELECT printf('%.4g', max(distance)) FROM comparisons x WHERE x.run = r.id"
        "  AND x.outcome <> 'excluded'),"
        " r.program FROM runs r JOIN runs now ON now.id = ?1 WHERE r.id <= now.id"
        " AND r.suite_digest = now.suite_digest AND r.options = now.options"
        " AND r.shard = now.shard AND r.shards = now.shards AND r.status = 'complete'"
        " ORDER BY r.id DESC LIMIT 12) ORDER BY 1";
    if (write_table(store, run, directory, "facts.tsv", REPORT_FACTS, facts, error) != 0 ||
        write_table(store, run, directory, "times.tsv", REPORT_TIMES, times, error) != 0 ||
        write_table(store, run, directory, "slowest.tsv", REPORT_SLOWEST, slowest, error) != 0)
        return -1;
    return write_table(store, run, directory, "trend.tsv", REPORT_TREND, trend, error);
}
