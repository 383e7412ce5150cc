/* SPDX-License-Identifier: MIT */
/* store_training.c: see store_training.h. */
#include "verify/store/store_training.h"
#include "verify/store/store_inner.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char store_training_tables[] =
    "CREATE TABLE trainings (\n"
    "  -- One training, however often it was interrupted.\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  name TEXT NOT NULL,\n"
    "  identity TEXT NOT NULL,         -- digest of all settings that must be the same to go on\n"
    "  recipe TEXT NOT NULL,           -- likewise without the seed\n"
    "  seed REAL NOT NULL,\n"
    "  settings TEXT NOT NULL,         -- all of them, as JSON\n"
    "  version TEXT NOT NULL,          -- of evident\n"
    "  program TEXT NOT NULL,          -- digest of the program's file\n"
    "  commit_id TEXT NOT NULL,        -- '' if not known\n"
    "  started TEXT NOT NULL,          -- UTC\n"
    "  chosen INTEGER,                 -- the epoch whose weights were chosen; NULL until the end\n"
    "  evaluated TEXT,                 -- 'test', 'validation' or 'training'\n"
    "  samples REAL, accuracy REAL, low REAL, high REAL, loss REAL, spikes REAL, silent REAL,\n"
    "  UNIQUE (identity, program)\n"
    ");\n"
    "CREATE TABLE epochs (\n"
    "  training INTEGER NOT NULL REFERENCES trainings ON DELETE CASCADE,\n"
    "  epoch INTEGER NOT NULL,\n"
    "  rate REAL, loss REAL, accuracy REAL, spikes REAL, silent REAL, silent_labels REAL,\n"
    "  validation_loss REAL, validation_accuracy REAL,\n"
    "  seconds REAL,\n"
    "  PRIMARY KEY (training, epoch)\n"
    ") WITHOUT ROWID";

const char *training_set_name(enum train_set set)
{
    static const char *const name[] = {"training", "validation", "test"};
    return name[set];
}

/* Of the settings that must be the same to go on with a training (train_settings_same), of any
 * seed, or its own. */
static int digest_settings(char digest[HASH_TEXT], const struct train_settings *settings,
                           bool any_seed)
{
    static char nameless[] = "";
    struct train_settings alike = *settings;
    alike.name = nameless;
    alike.verify_every = 0;
    if (strcmp(settings->schedule, "one-cycle") != 0)
        alike.epochs = 0;
    if (any_seed)
        alike.seed = 0;
    size_t size;
    char *text = train_settings_text(&alike, true, &size);
    if (text)
        hash_of(digest, text, size);
    free(text);
    return text ? 0 : -1;
}

/* ---- recording ---- */

static const char find[] = "SELECT id FROM trainings WHERE identity = ? AND program = ?";

static int64_t enter(struct store *store, const struct train *train, const char *text)
{
    static const struct ver_options none = VER_OPTIONS_DEFAULT;
    const struct ver_sources sources = {NULL, 0, 0};
    struct store_facts facts;
    char identity[HASH_TEXT], recipe[HASH_TEXT];
    if (store_facts(&facts, NULL, 0, &sources, &none) != 0 ||
        digest_settings(identity, &train->settings, false) != 0 ||
        digest_settings(recipe, &train->settings, true) != 0)
        return store_refuse(store, "memory is short");
    int64_t training = store_count(store, find, "tt", identity, facts.program);
    if (training > 0 && store_do(store, "UPDATE trainings SET settings = ? WHERE id = ?", "ti",
                                 text, training) != 0)
        return -1;
    if (training != 0)
        return training;
    if (store_do(store,
                 "INSERT INTO trainings (name, identity, recipe, seed, settings, version, program,"
                 " commit_id, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 "tttrttttt", train->settings.name, identity, recipe, train->settings.seed, text,
                 facts.version, facts.program, facts.commit, facts.started) != 0)
        return -1;
    return store_count(store, "SELECT last_insert_rowid()", "");
}

int64_t store_training_begin(struct store *store, const struct train *train)
{
    size_t size;
    char *text = train_settings_text(&train->settings, true, &size);
    if (!text)
        return store_refuse(store, "memory is short");
    int64_t training = store_lock(store) == 0 ? enter(store, train, text) : -1;
    free(text);
    if (training < 0)
        return store_undo(store);
    return store_commit(store) == 0 ? training : -1;
}

int store_training_epoch(struct store *store, int64_t training, const struct train *train)
{
    const struct train_row *row = &train->state.row[train->state.rows - 1];
    bool held = train->set[TRAIN_VALIDATE].samples > 0;
    if (store_lock(store) != 0)
        return -1;
    if (store_do(store, "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 "iirrrrrrrrr", training, (int64_t)row->epoch, row->rate, row->learn.loss,
                 row->learn.accuracy, row->learn.spikes, row->learn.silent,
                 row->learn.silent_labels, held ? row->validate.loss : VER_NAN,
                 held ? row->validate.accuracy : VER_NAN, row->seconds) != 0)
        return store_undo(store);
    return store_commit(store);
}

int store_training_end(struct store *store, int64_t training, const struct train *train,
                       const struct training_result *result)
{
    const struct train_score *score = &result->score;
    if (store_lock(store) != 0)
        return -1;
    if (store_do(store,
                 "UPDATE trainings SET chosen = ?, evaluated = ?, samples = ?, accuracy = ?,"
                 " low = ?, high = ?, loss = ?, spikes = ?, silent = ? WHERE id = ?",
                 "itrrrrrrri", (int64_t)train->state.best_epoch, training_set_name(result->set),
                 score->samples, score->accuracy, result->low, result->high, score->loss,
                 score->spikes, score->silent, training) != 0)
        return store_undo(store);
    return store_commit(store);
}

/* ---- telling ---- */

struct group {                  /* trainings that differ in the seed alone */
    char recipe[2 * HASH_TEXT]; /* and on what it was evaluated */
    double count, sum, squares;
};

/* The deviation is that of these seeds, as the field prints it. */
static void end_group(FILE *out, struct group *group)
{
    if (group->count > 1) {
        double mean = group->sum / group->count;
        double variance = group->squares / group->count - mean * mean;
        fprintf(out, "      %.0f seeds: %.2f %% +- %.2f\n", group->count, 100 * mean,
                100 * sqrt(variance > 0 ? variance : 0));
    }
    *group = (struct group){.count = 0};
}

static void put_one(FILE *out, sqlite3_stmt *row)
{
    double accuracy = store_column_real(row, 5);
    fprintf(out, "%4" PRId64 "  %s  %s seed %.0f, %" PRId64 " epochs",
            (int64_t)sqlite3_column_int64(row, 0), store_column_text(row, 1),
            store_column_text(row, 2), store_column_real(row, 3),
            (int64_t)sqlite3_column_int64(row, 4));
    if (isnan(accuracy))
        fputs(", not at its end\n", out);
    else
        fprintf(out, ", %s %.2f %% (%.2f to %.2f), epoch %" PRId64 ", %.1f spikes a neuron\n",
                store_column_text(row, 8), 100 * accuracy, 100 * store_column_real(row, 6),
                100 * store_column_real(row, 7), (int64_t)sqlite3_column_int64(row, 9),
                store_column_real(row, 10));
}

int store_training_list(struct store *store, FILE *out)
{
    struct group group = {.count = 0};
    sqlite3_stmt *row = store_ask(
        store,
        "SELECT id, started, name, seed, (SELECT count(*) FROM epochs WHERE training = id),"
        " accuracy, low, high, evaluated, chosen, spikes, recipe || coalesce(evaluated, '')"
        " FROM trainings ORDER BY name, recipe, evaluated, seed, id",
        "");
    int got;
    while ((got = store_next(store, row)) > 0) {
        char recipe[2 * HASH_TEXT];
        double accuracy = store_column_real(row, 5);
        snprintf(recipe, sizeof recipe, "%s", store_column_text(row, 11));
        if (strcmp(recipe, group.recipe) != 0)
            end_group(out, &group);
        memcpy(group.recipe, recipe, sizeof recipe);
        put_one(out, row);
        if (!isnan(accuracy)) {
            group.count++;
            group.sum += accuracy;
            group.squares += accuracy * accuracy;
        }
    }
    end_group(out, &group);
    return got;
}

/* ---- merging ---- */

static int merge_epochs(struct store *store, struct store *from, int64_t training, int64_t target)
{
    sqlite3_stmt *row = store_ask(from,
                                  "SELECT epoch, rate, loss, accuracy, spikes, silent,"
                                  " silent_labels, validation_loss, validation_accuracy, seconds"
                                  " FROM epochs WHERE training = ?",
                                  "i", training);
    int got;
    while ((got = store_next(from, row)) > 0)
        if (store_do(
                store, "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                "iirrrrrrrrr", target, (int64_t)sqlite3_column_int64(row, 0),
                store_column_real(row, 1), store_column_real(row, 2), store_column_real(row, 3),
                store_column_real(row, 4), store_column_real(row, 5), store_column_real(row, 6),
                store_column_real(row, 7), store_column_real(row, 8),
                store_column_real(row, 9)) != 0) {
            store_stop(row);
            return -1;
        }
    store->error = got < 0 ? from->error : store->error;
    return got;
}

/* The settings and what came of it; what has ended stays ended. Columns as below. */
static int64_t merge_one(struct store *store, sqlite3_stmt *row)
{
    static const char enter_new[] =
        "INSERT INTO trainings (name, identity, recipe, seed, settings, version, program,"
        " commit_id, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    static const char end[] =
        "UPDATE trainings SET chosen = ?, evaluated = ?, samples = ?, accuracy = ?, low = ?,"
        " high = ?, loss = ?, spikes = ?, silent = ? WHERE identity = ? AND program = ?";
    const char *identity = store_column_text(row, 2), *program = store_column_text(row, 7);
    if (store_do(store, enter_new, "tttrttttt", store_column_text(row, 1), identity,
                 store_column_text(row, 3), store_column_real(row, 4), store_column_text(row, 5),
                 store_column_text(row, 6), program, store_column_text(row, 8),
                 store_column_text(row, 9)) != 0)
        return -1;
    if (sqlite3_column_type(row, 10) != SQLITE_NULL &&
        store_do(store, end, "itrrrrrrrtt", (int64_t)sqlite3_column_int64(row, 10),
                 store_column_text(row, 11), store_column_real(row, 12), store_column_real(row, 13),
                 store_column_real(row, 14), store_column_real(row, 15), store_column_real(row, 16),
                 store_column_real(row, 17), store_column_real(row, 18), identity, program) != 0)
        return -1;
    return store_count(store, find, "tt", identity, program);
}

int store_training_merge(struct store *store, struct store *from)
{
    sqlite3_stmt *row =
        store_ask(from,
                  "SELECT id, name, identity, recipe, seed, settings, version, program, commit_id, "
                  "started, chosen,"
                  " evaluated, samples, accuracy, low, high, loss, spikes, silent FROM trainings"
                  " ORDER BY started, identity",
                  "");
    int got;
    while ((got = store_next(from, row)) > 0) {
        int64_t target = merge_one(store, row);
        if (target < 0 ||
            merge_epochs(store, from, (int64_t)sqlite3_column_int64(row, 0), target) != 0) {
            store_stop(row);
            return -1;
        }
    }
    store->error = got < 0 ? from->error : store->error;
    return got;
}
