/* store_schema.c: the tables, and how a store of an older version becomes one of the newest.
 *
 * The text of a step is never changed once a store may have been made by it: what is new is a new
 * step. A fresh store goes through all of them, so there is one way to what there is; its text,
 * comments included, stays in the file (`sqlite3 FILE .schema`, `evident store --schema`).
 *
 * Names of enumerations are text, so that an old program reads what a newer one wrote, as far as it
 * knows it. NaN is NULL: SQLite has none. Digests are 16 hexadecimal digits. */
#include "verify/store/store_inner.h"

static const char version_1[] =
    "CREATE TABLE runs (\n"
    "  -- One campaign, however often it was interrupted.\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  fingerprint TEXT NOT NULL, -- digest of version .. cases: if the same, same numbers\n"
    "  status TEXT NOT NULL,      -- 'running' (or interrupted) or 'complete'\n"
    "  shard INTEGER NOT NULL,    -- of shards, from 1; 0 of 0 is the whole suite\n"
    "  shards INTEGER NOT NULL,\n"
    "  planned INTEGER NOT NULL,  -- cases that make it complete\n"
    "  version TEXT NOT NULL,     -- of evident\n"
    "  program TEXT NOT NULL,     -- digest of the program's file\n"
    "  commit_id TEXT NOT NULL,   -- of what is under test; '' if not known\n"
    "  dirty INTEGER NOT NULL,    -- 1: changed since that commit\n"
    "  flags TEXT NOT NULL,       -- of the compiler\n"
    "  compiler TEXT NOT NULL,\n"
    "  libraries TEXT NOT NULL,   -- NAME VERSION, ...\n"
    "  device TEXT NOT NULL,      -- beside the processor; '' for none\n"
    "  suite TEXT NOT NULL,       -- as on the command line\n"
    "  suite_digest TEXT NOT NULL,\n"
    "  options TEXT NOT NULL,     -- as on the command line, in one order\n"
    "  engines TEXT NOT NULL,\n"
    "  cases INTEGER NOT NULL,    -- of the whole suite\n"
    "  started TEXT NOT NULL,     -- UTC; '' if not kept\n"
    "  host_cores INTEGER NOT NULL\n"
    ");\n"
    "CREATE TABLE totals (\n"
    "  -- What a complete run added up to; `evident store --check` counts again.\n"
    "  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,\n"
    "  verdict TEXT NOT NULL,\n"
    "  cases INTEGER NOT NULL,\n"
    "  PRIMARY KEY (run, verdict)\n"
    ") WITHOUT ROWID;\n"
    "CREATE TABLE cases (\n"
    "  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,\n"
    "  position INTEGER NOT NULL,     -- in the whole suite, from 0\n"
    "  name TEXT NOT NULL,            -- what `evident verify` takes: an address or a file\n"
    "  family TEXT NOT NULL,\n"
    "  case_digest TEXT,              -- of the case's canonical text; NULL if not taken\n"
    "  verdict TEXT NOT NULL,         -- pass, fail, undecided, not-run, error\n"
    "  reason TEXT NOT NULL,\n"
    "  neurons INTEGER NOT NULL,\n"
    "  parameters INTEGER NOT NULL,\n"
    "  spikes INTEGER NOT NULL,       -- by the reference\n"
    "  precision INTEGER NOT NULL,    -- bits of the reference\n"
    "  grazing REAL,                  -- the margins; Inf: nothing to measure\n"
    "  slope REAL,\n"
    "  coincidence REAL,\n"
    "  \"end\" REAL,\n"
    "  maximum_gap REAL,\n"
    "  gradient_norm REAL,\n"
    "  condition REAL,                -- largest |p dL/dp| / |L|\n"
    "  digits REAL,                   -- smallest agreement of a difference\n"
    "  content TEXT,                  -- digest of all rows of this case but for its times\n"
    "  PRIMARY KEY (run, position)\n"
    ") WITHOUT ROWID;\n"
    "CREATE TABLE quantities (\n"
    "  -- What comparisons are about.\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  kind TEXT NOT NULL,   -- spikes, losses, directions, rounding, bits, ...\n"
    "  engine TEXT NOT NULL, -- who is judged; 'reference' for the reference\n"
    "  name TEXT NOT NULL,   -- weights, adjoint_V, known_spike, ...\n"
    "  UNIQUE (kind, engine, name)\n"
    ");\n"
    "CREATE TABLE comparisons (\n"
    "  run INTEGER NOT NULL,\n"
    "  position INTEGER NOT NULL,\n"
    "  number INTEGER NOT NULL,   -- in the order of the judge, from 0\n"
    "  quantity INTEGER NOT NULL REFERENCES quantities,\n"
    "  place TEXT NOT NULL,       -- weights[0][2][1], ...\n"
    "  outcome TEXT NOT NULL,     -- pass, fail, excluded (counted, never used as evidence)\n"
    "  class TEXT NOT NULL,       -- of a difference of the loss; '-' of all others\n"
    "  numbers INTEGER NOT NULL,  -- compared here, all by the same rule\n"
    "  digits REAL,               -- of agreement\n"
    "  \"order\" REAL,              -- observed order of a difference\n"
    "  step REAL,                 -- log2 of its smallest step\n"
    "  precision INTEGER NOT NULL,\n"
    "  distance REAL,             -- in units of the bound: at most 1 agrees\n"
    "  got TEXT NOT NULL,         -- what is judged\n"
    "  want TEXT NOT NULL,        -- what is right\n"
    "  hint TEXT,                 -- what a wrong number looks like; NULL if not known\n"
    "  PRIMARY KEY (run, position, number),\n"
    "  FOREIGN KEY (run, position) REFERENCES cases ON DELETE CASCADE\n"
    ") WITHOUT ROWID;\n"
    "CREATE TABLE times (\n"
    "  -- Apart from what is judged: no digest knows them.\n"
    "  run INTEGER NOT NULL,\n"
    "  position INTEGER NOT NULL,\n"
    "  engine TEXT NOT NULL,\n"
    "  seconds REAL NOT NULL,\n"
    "  PRIMARY KEY (run, position, engine),\n"
    "  FOREIGN KEY (run, position) REFERENCES cases ON DELETE CASCADE\n"
    ") WITHOUT ROWID;\n";

/* What engines with a fixed step say of themselves. */
static const char version_2[] =
    "CREATE TABLE engines (\n"
    "  -- One engine on one case.\n"
    "  run INTEGER NOT NULL,\n"
    "  position INTEGER NOT NULL,\n"
    "  number INTEGER NOT NULL,    -- in the order asked for, from 0\n"
    "  engine TEXT NOT NULL,\n"
    "  state TEXT NOT NULL,        -- ran, inexpressible, large, absent, failed, unjudged\n"
    "  reason TEXT NOT NULL,\n"
    "  digest TEXT NOT NULL,       -- of all its numbers\n"
    "  traced INTEGER NOT NULL,    -- 1: of V, I and adjoints too\n"
    "  same INTEGER NOT NULL,      -- 1: bits like the first engine's that ran\n"
    "  decisions INTEGER NOT NULL, -- spike or no spike\n"
    "  near INTEGER NOT NULL,      -- of those, nearer to the threshold than rounding\n"
    "  diagnosis TEXT NOT NULL,\n"
    "  PRIMARY KEY (run, position, number),\n"
    "  FOREIGN KEY (run, position) REFERENCES cases ON DELETE CASCADE\n"
    ") WITHOUT ROWID;\n"
    "CREATE TABLE ratios (\n"
    "  -- Rounding errors of an engine in units of their bounds.\n"
    "  run INTEGER NOT NULL,\n"
    "  position INTEGER NOT NULL,\n"
    "  number INTEGER NOT NULL,  -- of the engine\n"
    "  quantity TEXT NOT NULL,\n"
    "  largest REAL,\n"
    "  counts TEXT NOT NULL,     -- BIN:COUNT ...; bin 0: above 1; bin b: 2^-b to 2^(1-b)\n"
    "  PRIMARY KEY (run, position, number, quantity),\n"
    "  FOREIGN KEY (run, position, number) REFERENCES engines ON DELETE CASCADE\n"
    ") WITHOUT ROWID;\n"
    "CREATE TABLE ladders (\n"
    "  -- A scheme against the reference as its step is halved.\n"
    "  run INTEGER NOT NULL,\n"
    "  position INTEGER NOT NULL,\n"
    "  step REAL,                -- ms, the largest; each next one is half of it\n"
    "  agrees TEXT NOT NULL,     -- a digit a step; 1: every neuron spikes as often as it should\n"
    "  \"limit\" REAL,             -- relative error of the extrapolated gradient of the weights\n"
    "  reason TEXT NOT NULL,     -- why there is none\n"
    "  PRIMARY KEY (run, position),\n"
    "  FOREIGN KEY (run, position) REFERENCES cases ON DELETE CASCADE\n"
    ") WITHOUT ROWID;\n"
    "CREATE TABLE orders (\n"
    "  run INTEGER NOT NULL,\n"
    "  position INTEGER NOT NULL,\n"
    "  quantity TEXT NOT NULL,\n"
    "  \"order\" REAL,             -- NULL: too few steps\n"
    "  errors TEXT NOT NULL,     -- a number a step\n"
    "  PRIMARY KEY (run, position, quantity),\n"
    "  FOREIGN KEY (run, position) REFERENCES ladders ON DELETE CASCADE\n"
    ") WITHOUT ROWID;\n";

/* Spikes that a step loses or makes up. */
static const char version_3[] =
    "ALTER TABLE ladders ADD COLUMN spikes TEXT /* a number a step: by the reference */;\n"
    "ALTER TABLE ladders ADD COLUMN missing TEXT /* what neurons have too few */;\n"
    "ALTER TABLE ladders ADD COLUMN extra TEXT /* too many; NULL, all three: not counted */;\n";

static const char *const steps[STORE_VERSION] = {version_1, version_2, version_3};

/* One transaction: a store is of one version or of the next, never between. Another process may
 * have done it since we looked. */
int store_migrate(struct store *store, int version)
{
    char stamp[96];
    if (store_script(store, "BEGIN IMMEDIATE") != 0)
        return -1;
    int64_t now = store_count(store, "PRAGMA user_version", "");
    for (int64_t k = now; k < version && k >= 0; k++)
        if (store_script(store, steps[k]) != 0)
            return store_undo(store);
    snprintf(stamp, sizeof stamp, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             (int)STORE_APPLICATION, version);
    if (now < 0 || (now < version && store_script(store, stamp) != 0))
        return store_undo(store);
    return store_commit(store);
}
