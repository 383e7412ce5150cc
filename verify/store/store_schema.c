/* SPDX-License-Identifier: MIT */
/* store_schema.c: the tables of a store. Those of cases are the columns of verify/run/record.c;
 * texts and comments stay in the file (`sqlite3 FILE .schema`, `evident store --schema`).
 *
 * Names of enumerations are text, so that any program reads what is there. NaN is NULL: SQLite has
 * none. */
#include "verify/store/store_inner.h"

#include <stdlib.h>

const struct column store_run_column[] = {
#define FACT(kind, name_, member, says_)                                                           \
    {                                                                                              \
        COLUMN_##kind, name_, offsetof(struct store_facts, member),                                \
            sizeof(((struct store_facts *)0)->member), .says = says_                               \
    }
    FACT(SIZE, "shard", shard, "of shards, from 1; 0 of 0 is the whole suite"),
    FACT(SIZE, "shards", shards, NULL),
    FACT(SIZE, "planned", planned, "cases that make it complete"),
    FACT(TEXT, "version", version, "of evident"),
    FACT(TEXT, "program", program, "digest of the program's file"),
    FACT(TEXT, "commit_id", commit, "of what is under test; '' if not known"),
    FACT(FLAG, "dirty", dirty, "1: changed since that commit"),
    FACT(TEXT, "flags", flags, "of the compiler"),
    FACT(TEXT, "compiler", compiler, NULL),
    FACT(TEXT, "libraries", libraries, "NAME VERSION, ..."),
    FACT(TEXT, "device", device, "beside the processor; '' for none"),
    FACT(TEXT, "suite", suite, "as on the command line"),
    FACT(TEXT, "suite_digest", suite_digest, NULL),
    FACT(TEXT, "options", options, "as on the command line, in one order"),
    FACT(TEXT, "engines", engines, NULL),
    FACT(TEXT, "who", who, "an engine a line: name, what it calls itself, version, what it gives"),
    FACT(TEXT, "programs", programs, "digest of what exec: engines are; '' without one"),
    FACT(SIZE, "cases", cases, "of the whole suite"),
    FACT(TEXT, "started", started, "UTC; '' if not kept"),
    FACT(TEXT, "host", host, NULL),
    FACT(LONG, "host_cores", host_cores, NULL),
    FACT(TEXT, "processor", processor, "of the host; '' if not known"),
};
_Static_assert(sizeof store_run_column / sizeof *store_run_column == STORE_RUN_COLUMNS, "count");

/* What no struct holds. */
static const char totals[] =
    "CREATE TABLE totals (\n"
    "  -- What a complete run added up to; `evident store --check` counts again.\n"
    "  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,\n"
    "  verdict TEXT NOT NULL,\n"
    "  cases INTEGER NOT NULL,\n"
    "  PRIMARY KEY (run, verdict)\n"
    ") WITHOUT ROWID";

static const char times[] =
    "CREATE VIEW times AS\n"
    "  -- Who took how long; what is left of a case is the judge's. No digest knows them.\n"
    "  WITH part AS (\n"
    "    SELECT run, position, 'reference' AS engine, seconds_reference AS seconds FROM cases\n"
    "    UNION ALL SELECT run, position, 'witness', seconds_witness FROM cases\n"
    "    UNION ALL SELECT e.run, e.position, e.engine, CASE e.number WHEN 0 THEN c.seconds_0\n"
    "      WHEN 1 THEN c.seconds_1 WHEN 2 THEN c.seconds_2 ELSE c.seconds_3 END\n"
    "      FROM engines e JOIN cases c USING (run, position) WHERE e.engine <> ''\n"
    "    UNION ALL SELECT run, position, 'judge', seconds - seconds_reference - seconds_witness\n"
    "      - seconds_0 - seconds_1 - seconds_2 - seconds_3 FROM cases)\n"
    "  SELECT run, position, engine, seconds FROM part WHERE seconds > 0";

static const char hints[] =
    "CREATE VIEW hints AS\n"
    "  -- What the wrong numbers of a comparison look like, where that is known.\n"
    "  SELECT x.run, x.position, x.number, e.diagnosis AS hint\n"
    "  FROM comparisons x JOIN engines e USING (run, position, engine)\n"
    "  WHERE x.outcome = 'fail' AND x.kind IN ('rounding', 'ladders', 'answers')\n"
    "    AND e.diagnosis <> ''";

/* ---- tables by their columns ---- */

static void put_columns(FILE *out, const struct column *column, size_t columns)
{
    static const char *const type[] = {"INTEGER NOT NULL", "INTEGER NOT NULL", "INTEGER NOT NULL",
                                       "REAL", "TEXT NOT NULL"};
    for (size_t k = 0; k < columns; k++) {
        int sort = column[k].type < COLUMN_HEX ? (int)column[k].type : COLUMN_HEX;
        int length = fprintf(out, "  \"%s\" %s,", column[k].name, type[sort]);
        if (column[k].says)
            fprintf(out, "%*s -- %s", length < 34 ? 34 - length : 0, "", column[k].says);
        fputc('\n', out);
    }
}

static void put_table(FILE *out, const struct record_table *table)
{
    fprintf(out, "CREATE TABLE %s (\n", table->name);
    if (table->says)
        fprintf(out, "  -- %s\n", table->says);
    fprintf(out, "  run INTEGER NOT NULL%s,\n  position INTEGER NOT NULL,%s\n%s%s",
            table == record_table ? " REFERENCES runs ON DELETE CASCADE" : "",
            table == record_table ? "      -- in the whole suite, from 0" : "",
            table->keys > 0 ? "  number INTEGER NOT NULL,        -- in order, from 0\n" : "",
            table->keys > 1 ? "  quantity TEXT NOT NULL,\n" : "");
    put_columns(out, table->column, table->columns);
    if (table == record_table)
        fputs("  content TEXT NOT NULL,          -- digest of all rows of this case\n", out);
    fprintf(out, "  PRIMARY KEY (run, position%s%s)%s\n) WITHOUT ROWID;\n",
            table->keys > 0 ? ", number" : "", table->keys > 1 ? ", quantity" : "",
            table == record_table
                ? ""
                : ",\n  FOREIGN KEY (run, position) REFERENCES cases ON DELETE CASCADE");
}

static char *schema(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fputs("CREATE TABLE runs (\n"
          "  -- One campaign, however often it was interrupted.\n"
          "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
          "  fingerprint TEXT NOT NULL,      -- of version .. cases: if the same, same numbers\n"
          "  status TEXT NOT NULL,           -- 'running' (or interrupted) or 'complete'\n",
          out);
    put_columns(out, store_run_column, STORE_RUN_COLUMNS);
    fprintf(out, "  CHECK (dirty IN (0, 1))\n);\n%s;\n", totals);
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        put_table(out, &record_table[kind]);
    fprintf(out, "%s;\n%s;\n%s;\n", times, hints, store_training_tables);
    fputs("CREATE TABLE benches (\n"
          "  -- What evident bench measured at once.\n"
          "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
          "  content TEXT NOT NULL UNIQUE,   -- digest of all of it\n"
          "  rounds INTEGER NOT NULL,\n",
          out);
    put_columns(out, store_run_column, STORE_RUN_COLUMNS);
    fprintf(out, "  CHECK (dirty IN (0, 1))\n);\n%s;\n", store_bench_tables);
    fprintf(out, "PRAGMA application_id = %d;\nPRAGMA user_version = %d;\n", (int)STORE_APPLICATION,
            (int)STORE_VERSION);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* One transaction: a store has all tables or none. Another process may have made them since we
 * looked. */
int store_create(struct store *store)
{
    if (store_lock(store) != 0)
        return -1;
    int64_t version = store_count(store, "PRAGMA user_version", "");
    char *text = version == 0 ? schema() : NULL;
    int failed = version < 0;
    if (version == 0)
        failed = text ? store_script(store, text) : store_refuse(store, "memory is short");
    free(text);
    return failed ? store_undo(store) : store_commit(store);
}
