/* store_digest.c: what a case, and a run, amounts to in 64 bits.
 *
 * The digest of a case is taken over its rows as SQLite gives them back, so what is digested is
 * what is stored, and a check of the store takes the very same digest again. Numbers of rows
 * elsewhere (runs, quantities) do not enter: the names they stand for do. */
#include "verify/store/store_inner.h"

#include <string.h>

uint64_t store_hash(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *byte = data;
    for (size_t k = 0; k < size; k++)
        hash = (hash ^ byte[k]) * 0x100000001b3u;
    return hash;
}

uint64_t store_hash_text(uint64_t hash, const char *text)
{
    return store_hash(hash, text, strlen(text) + 1);
}

/* Numbers go in as eight bytes from the lowest on, whatever the processor does. */
static uint64_t hash_number(uint64_t hash, uint64_t number)
{
    unsigned char byte[8];
    for (int k = 0; k < 8; k++)
        byte[k] = (unsigned char)(number >> (8 * k));
    return store_hash(hash, byte, sizeof byte);
}

static uint64_t hash_row(uint64_t hash, sqlite3_stmt *row)
{
    int columns = sqlite3_column_count(row);
    for (int k = 0; k < columns; k++) {
        int type = sqlite3_column_type(row, k);
        unsigned char tag = (unsigned char)type;
        uint64_t bits = 0;
        double real = 0;
        hash = store_hash(hash, &tag, 1);
        switch (type) {
        case SQLITE_INTEGER:
            hash = hash_number(hash, (uint64_t)sqlite3_column_int64(row, k));
            break;
        case SQLITE_FLOAT:
            real = sqlite3_column_double(row, k);
            memcpy(&bits, &real, sizeof bits);
            hash = hash_number(hash, bits);
            break;
        case SQLITE_TEXT:
            hash = store_hash_text(hash, store_column_text(row, k));
            break;
        default:
            break;
        }
    }
    return hash;
}

static const char *const parts[] = {
    "SELECT name, family, case_digest, verdict, reason, neurons, parameters, spikes, precision,"
    " grazing, slope, coincidence, \"end\", maximum_gap, gradient_norm, condition, digits"
    " FROM cases WHERE run = ? AND position = ?",

    "SELECT q.kind, q.engine, q.name, place, outcome, class, numbers, digits, \"order\", step,"
    " precision, distance, got, want, hint"
    " FROM comparisons JOIN quantities q ON q.id = quantity"
    " WHERE run = ? AND position = ? ORDER BY number",

    "SELECT engine, state, reason, digest, traced, same, decisions, near, diagnosis"
    " FROM engines WHERE run = ? AND position = ? ORDER BY number",

    "SELECT number, quantity, largest, counts FROM ratios WHERE run = ? AND position = ?"
    " ORDER BY number, quantity",

    "SELECT step, agrees, \"limit\", reason FROM ladders WHERE run = ? AND position = ?",

    "SELECT quantity, \"order\", errors FROM orders WHERE run = ? AND position = ?"
    " ORDER BY quantity",

    "SELECT spikes, missing, extra FROM ladders WHERE run = ? AND position = ?"
    " AND spikes IS NOT NULL",
};
enum { FIRST_VERSIONS = 6 }; /* parts; a later one counts where it has rows: old digests last */

int store_content(struct store *store, int64_t run, int64_t position, uint64_t *content)
{
    *content = STORE_FNV;
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        sqlite3_stmt *row = store_ask(store, parts[k], "ii", run, position);
        int got;
        if (k < FIRST_VERSIONS)
            *content = hash_number(*content, k);
        while ((got = store_next(store, row)) > 0)
            *content = hash_row(*content, row);
        if (got < 0)
            return -1;
    }
    return 0;
}

int store_digest(struct store *store, int64_t run, uint64_t *digest)
{
    sqlite3_stmt *row = store_ask(
        store, "SELECT position, content FROM cases WHERE run = ? ORDER BY position", "i", run);
    int got;
    *digest = STORE_FNV;
    while ((got = store_next(store, row)) > 0)
        *digest = hash_row(*digest, row);
    return got;
}
