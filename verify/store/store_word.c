/* store_word.c: names that outlive the row they were read from, one copy each, and the table of
 * quantities in memory: a few dozen rows that every comparison points to. */
#include "verify/store/store_inner.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more element, or NULL: the array, perhaps elsewhere. */
static void *grow(void *at, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return at;
    size_t more = *room > 0 ? 2 * *room : 32;
    void *grown = realloc(at, more * size);
    if (grown)
        *room = more;
    return grown;
}

const char *store_word(struct store *store, const char *text)
{
    for (size_t k = 0; k < store->words; k++)
        if (strcmp(store->word[k], text) == 0)
            return store->word[k];
    char **grown = grow(store->word, store->words, &store->word_room, sizeof *grown);
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (grown)
        store->word = grown;
    if (!grown || !copy) {
        free(copy);
        store_refuse(store, "memory is short");
        return NULL;
    }
    memcpy(copy, text, size);
    store->word[store->words++] = copy;
    return copy;
}

void store_words_clear(struct store *store)
{
    for (size_t k = 0; k < store->words; k++)
        free(store->word[k]);
    free(store->word);
    free(store->quantity);
}

/* ---- quantities ---- */

static int keep_quantity(struct store *store, int64_t id, const char *kind, const char *engine,
                         const char *name)
{
    struct store_quantity *grown =
        grow(store->quantity, store->quantities, &store->quantity_room, sizeof *grown);
    if (!grown)
        return store_refuse(store, "memory is short");
    store->quantity = grown;
    struct store_quantity new = {id, store_word(store, kind), store_word(store, engine),
                                 store_word(store, name)};
    if (!new.kind || !new.engine || !new.name)
        return -1;
    store->quantity[store->quantities++] = new;
    return 0;
}

static int load_quantities(struct store *store)
{
    sqlite3_stmt *row = store_ask(store, "SELECT id, kind, engine, name FROM quantities", "");
    int got;
    store->quantities = 0;
    while ((got = store_next(store, row)) > 0) {
        if (keep_quantity(store, sqlite3_column_int64(row, 0), store_column_text(row, 1),
                          store_column_text(row, 2), store_column_text(row, 3)) != 0) {
            store_stop(row);
            return -1;
        }
    }
    return got;
}

void store_quantities_forget(struct store *store)
{
    store->quantities = 0;
}

/* Comparisons come in the same order in every case: the next one is mostly the next row. */
static const struct store_quantity *look_up(struct store *store, const char *kind,
                                            const char *engine, const char *name)
{
    for (size_t k = 0; k < store->quantities; k++) {
        size_t at = (store->quantity_hint + k) % store->quantities;
        const struct store_quantity *quantity = &store->quantity[at];
        if (strcmp(quantity->name, name) == 0 && strcmp(quantity->kind, kind) == 0 &&
            strcmp(quantity->engine, engine) == 0) {
            store->quantity_hint = at;
            return quantity;
        }
    }
    return NULL;
}

/* Another process may have entered it since the table was read, so it is entered if missing and
 * read again; the caller holds the lock. */
int64_t store_quantity(struct store *store, const char *kind, const char *engine, const char *name)
{
    const struct store_quantity *quantity = look_up(store, kind, engine, name);
    if (quantity)
        return quantity->id;
    if (store_do(store, "INSERT OR IGNORE INTO quantities (kind, engine, name) VALUES (?, ?, ?)",
                 "ttt", kind, engine, name) != 0 ||
        load_quantities(store) != 0)
        return -1;
    quantity = look_up(store, kind, engine, name);
    return quantity ? quantity->id : store_refuse(store, "a quantity was not kept");
}

const struct store_quantity *store_quantity_at(struct store *store, int64_t id)
{
    for (int attempt = 0; attempt < 2; attempt++) {
        for (size_t k = 0; k < store->quantities; k++) {
            size_t at = (store->quantity_hint + k) % store->quantities;
            if (store->quantity[at].id == id) {
                store->quantity_hint = at;
                return &store->quantity[at];
            }
        }
        if (attempt > 0 || load_quantities(store) != 0)
            break;
    }
    return NULL;
}
