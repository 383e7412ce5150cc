/* SPDX-License-Identifier: MIT */
/* store_bench.c: see store_bench.h. */
#include "verify/store/store_bench.h"
#include "verify/store/store_inner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char store_bench_tables[] =
    "CREATE TABLE bench_rows (\n"
    "  -- An engine on a case.\n"
    "  bench INTEGER NOT NULL REFERENCES benches ON DELETE CASCADE,\n"
    "  position INTEGER NOT NULL,      -- of the case, from 0\n"
    "  number INTEGER NOT NULL,        -- of the engine: 0 is who was asked for\n"
    "  \"case\" TEXT NOT NULL,\n"
    "  case_digest TEXT NOT NULL,\n"
    "  engine TEXT NOT NULL,\n"
    "  ran INTEGER NOT NULL,\n"
    "  reason TEXT NOT NULL,           -- why not\n"
    "  digest TEXT NOT NULL,           -- of all its numbers\n"
    "  same INTEGER NOT NULL,          -- 1: in every round\n"
    "  answers INTEGER NOT NULL,       -- whose mean is one measurement\n"
    "  bytes REAL NOT NULL,            -- memory at its largest; 0: not known\n"
    "  said INTEGER NOT NULL,          -- 1: by the engine, exactly; 0: as the system counts\n"
    "  PRIMARY KEY (bench, position, number)\n"
    ") WITHOUT ROWID;\n"
    "CREATE TABLE bench_times (\n"
    "  bench INTEGER NOT NULL,\n"
    "  position INTEGER NOT NULL,\n"
    "  number INTEGER NOT NULL,\n"
    "  round INTEGER NOT NULL,         -- from 0\n"
    "  seconds REAL NOT NULL,          -- of one answer\n"
    "  PRIMARY KEY (bench, position, number, round),\n"
    "  FOREIGN KEY (bench, position, number) REFERENCES bench_rows ON DELETE CASCADE\n"
    ") WITHOUT ROWID";

/* ---- recording ---- */

static void digest_bench(char digest[HASH_TEXT], const struct store_facts *facts,
                         const struct bench *bench)
{
    char fingerprint[HASH_TEXT];
    struct hash *hash = hash_new();
    store_fingerprint(fingerprint, facts);
    hash_add_text(hash, fingerprint);
    hash_add_text(hash, facts->started);
    hash_add_text(hash, facts->processor);
    for (size_t k = 0; k < bench->cases * bench->engines; k++) {
        const struct bench_row *row = &bench->row[k];
        hash_add_text(hash, bench->at[k / bench->engines].name);
        hash_add_text(hash, bench->engine[k % bench->engines]);
        hash_add(hash, &row->digest, sizeof row->digest);
        hash_add(hash, &row->bytes, sizeof row->bytes);
        hash_add_text(hash, row->ran ? "ran" : row->reason);
    }
    hash_add(hash, bench->seconds,
             bench->cases * bench->engines * bench->rounds * sizeof *bench->seconds);
    hash_end(hash, digest);
}

static int put_row(struct store *store, int64_t number, const struct bench *bench, size_t c,
                   size_t e)
{
    const struct bench_row *row = bench_row(bench, c, e);
    const double *seconds = bench_seconds(bench, c, e);
    char digest[20];
    snprintf(digest, sizeof digest, "%016" PRIx64, row->digest);
    if (store_do(store, "INSERT INTO bench_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 "izztttzttzzrz", number, c, e, bench->at[c].name, bench->at[c].digest,
                 bench->engine[e], (size_t)row->ran, row->reason, digest, (size_t)row->same,
                 row->answers, row->bytes, (size_t)row->said) != 0)
        return -1;
    for (size_t r = 0; r < bench->rounds && row->ran; r++)
        if (store_do(store, "INSERT INTO bench_times VALUES (?, ?, ?, ?, ?)", "izzzr", number, c, e,
                     r, seconds[r]) != 0)
            return -1;
    return 0;
}

/* Inside a transaction. Its number, also of one that is there already; or -1. */
static int64_t put_bench(struct store *store, const struct store_facts *facts,
                         const struct bench *bench)
{
    char content[HASH_TEXT];
    digest_bench(content, facts, bench);
    if (!content[0])
        return store_refuse(store, "memory is short");
    int64_t number = store_count(store, "SELECT id FROM benches WHERE content = ?", "t", content);
    if (number != 0)
        return number;
    number = store_put_bench(store, facts, content, bench->rounds);
    for (size_t k = 0; k < bench->cases * bench->engines && number > 0; k++)
        if (put_row(store, number, bench, k / bench->engines, k % bench->engines) != 0)
            return -1;
    return number;
}

int64_t store_bench_record(struct store *store, const struct store_facts *facts,
                           const struct bench *bench)
{
    if (store_lock(store) != 0)
        return -1;
    int64_t number = put_bench(store, facts, bench);
    if (number < 0)
        return store_undo(store);
    return store_commit(store) == 0 ? number : -1;
}

/* ---- taking ---- */

/* A row of the query below. false: memory is short, or it does not fit the others. */
static bool take_row(struct bench *bench, sqlite3_stmt *row)
{
    size_t c = (size_t)sqlite3_column_int64(row, 0), e = (size_t)sqlite3_column_int64(row, 1);
    if (c >= bench->cases || e >= bench->engines)
        return false;
    struct bench_case *at = &bench->at[c];
    struct bench_row *to = bench_row(bench, c, e);
    if (!at->name)
        at->name = strdup(store_column_text(row, 2));
    if (!bench->engine[e])
        bench->engine[e] = strdup(store_column_text(row, 4));
    snprintf(at->digest, sizeof at->digest, "%s", store_column_text(row, 3));
    *to = (struct bench_row){.ran = sqlite3_column_int(row, 5),
                             .digest = strtoull(store_column_text(row, 7), NULL, 16),
                             .same = sqlite3_column_int(row, 8),
                             .answers = (size_t)sqlite3_column_int64(row, 9),
                             .bytes = store_column_real(row, 10),
                             .said = sqlite3_column_int(row, 11)};
    snprintf(to->reason, sizeof to->reason, "%s", store_column_text(row, 6));
    return at->name && bench->engine[e];
}

static int take_rows(struct store *store, int64_t number, struct bench *bench)
{
    sqlite3_stmt *row = store_ask(store,
                                  "SELECT position, number, \"case\", case_digest, engine, ran,"
                                  " reason, digest, same, answers, bytes, said FROM bench_rows"
                                  " WHERE bench = ? ORDER BY position, number",
                                  "i", number);
    int got;
    while ((got = store_next(store, row)) > 0)
        if (!take_row(bench, row)) {
            store_stop(row);
            return store_refuse(store, "bench %" PRId64 " does not add up", number);
        }
    return got;
}

static int take_times(struct store *store, int64_t number, struct bench *bench)
{
    sqlite3_stmt *row =
        store_ask(store, "SELECT position, number, round, seconds FROM bench_times WHERE bench = ?",
                  "i", number);
    int got;
    while ((got = store_next(store, row)) > 0) {
        size_t c = (size_t)sqlite3_column_int64(row, 0), e = (size_t)sqlite3_column_int64(row, 1);
        size_t round = (size_t)sqlite3_column_int64(row, 2);
        if (c >= bench->cases || e >= bench->engines || round >= bench->rounds) {
            store_stop(row);
            return store_refuse(store, "bench %" PRId64 " does not add up", number);
        }
        bench_seconds(bench, c, e)[round] = store_column_real(row, 3);
    }
    return got;
}

int store_bench_take(struct store *store, int64_t number, struct store_facts *facts,
                     struct bench *bench)
{
    *bench = (struct bench){.cases = 0};
    int64_t rows =
        store_count(store, "SELECT count(*) FROM bench_rows WHERE bench = ?", "i", number);
    int64_t engines = store_count(
        store, "SELECT count(DISTINCT number) FROM bench_rows WHERE bench = ?", "i", number);
    int64_t rounds = store_count(store, "SELECT rounds FROM benches WHERE id = ?", "i", number);
    if (rows < 0 || engines < 0 || rounds < 0 || store_take_bench(store, number, facts) != 0)
        return -1;
    if (engines == 0 || engines > VER_ENGINES || rows % engines != 0)
        return store_refuse(store, "bench %" PRId64 " does not add up", number);
    if (bench_make(bench, (size_t)(rows / engines), (size_t)engines, (size_t)rounds) != 0)
        return store_refuse(store, "memory is short");
    return take_rows(store, number, bench) != 0 || take_times(store, number, bench) != 0 ? -1 : 0;
}

/* ---- finding ---- */

static const char word[] = "bench";

bool store_is_bench(const char *text)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) == 0 &&
           (!text[length] || text[length] == '-' || text[length] == ':');
}

int64_t store_bench_find(struct store *store, const char *text)
{
    const char *rest = text + strlen(word);
    char *end = NULL;
    unsigned long long number = *rest ? strtoull(rest + 1, &end, 10) : 0;
    if (*rest && (rest[1] < '0' || rest[1] > '9' || *end || number > INT32_MAX))
        return store_refuse(store, "found '%.60s', wanted bench, bench-N or bench:NUMBER", text);
    int64_t found =
        *rest == ':'
            ? store_count(store, "SELECT id FROM benches WHERE id = ?", "z", (size_t)number)
            : store_count(store, "SELECT id FROM benches ORDER BY id DESC LIMIT 1 OFFSET ?", "z",
                          (size_t)number);
    if (found != 0)
        return found;
    int64_t benches = store_count(store, "SELECT count(*) FROM benches", "");
    return benches < 0
               ? -1
               : store_refuse(store, "no %.60s among its %" PRId64 "; `evident list` names them",
                              text, benches);
}

int store_bench_drop(struct store *store, int64_t number)
{
    if (store_lock(store) != 0)
        return -1;
    if (store_do(store, "DELETE FROM benches WHERE id = ?", "i", number) != 0)
        return store_undo(store);
    return store_commit(store);
}

/* ---- all of them ---- */

static int put_line(struct store *store, int64_t number, FILE *out)
{
    struct store_facts facts;
    struct bench bench;
    int failed = store_bench_take(store, number, &facts, &bench);
    for (size_t e = 0; e < bench.engines && !failed; e++) {
        size_t cases;
        struct interval time = bench_total(&bench, e, &cases);
        fprintf(out,
                "%8" PRId64
                "  %-20s  %-12.12s%s  %4zu  %6zu  %10.4g ms  %10.4g to %-10.4g  %s, %s\n",
                number, facts.started, facts.commit[0] ? facts.commit : "-",
                facts.commit[0] && facts.dirty ? "+" : " ", cases, bench.rounds, 1e3 * time.middle,
                1e3 * time.low, 1e3 * time.high, bench.engine[e], facts.suite);
    }
    bench_clear(&bench);
    return failed;
}

static int each_bench(struct store *store, int (*act)(void *context, int64_t number), void *context)
{
    sqlite3_stmt *row = store_ask(store, "SELECT id FROM benches ORDER BY id", "");
    int got;
    while ((got = store_next(store, row)) > 0)
        if (act(context, sqlite3_column_int64(row, 0)) != 0) {
            store_stop(row);
            return -1;
        }
    return got;
}

struct listing {
    struct store *store;
    FILE *out;
    size_t lines;
};

static int list_one(void *context, int64_t number)
{
    struct listing *listing = context;
    if (listing->lines++ == 0)
        fprintf(listing->out, "%8s  %-20s  %-13s  %4s  %6s  %13s  %-24s  %s\n", "bench", "started",
                "commit", "ran", "rounds", "time", "95 % interval, ms", "engine, cases");
    return put_line(listing->store, number, listing->out);
}

int store_bench_list(struct store *store, FILE *out)
{
    struct listing listing = {store, out, 0};
    return each_bench(store, list_one, &listing);
}

struct merging {
    struct store *store, *from;
};

static int merge_one(void *context, int64_t number)
{
    const struct merging *merging = context;
    struct store_facts facts;
    struct bench bench;
    int failed = store_bench_take(merging->from, number, &facts, &bench);
    if (failed)
        merging->store->error = merging->from->error;
    else
        failed = put_bench(merging->store, &facts, &bench) < 0 ? -1 : 0;
    bench_clear(&bench);
    return failed;
}

int store_bench_merge(struct store *store, struct store *from)
{
    struct merging merging = {store, from};
    return each_bench(from, merge_one, &merging);
}
