/* SPDX-License-Identifier: MIT */
/* witness_memory.c: where the numbers of the witness live, and its agenda.
 *
 * A slab is one allocation: headers first, limbs behind them. Numbers of a slab are never cleared
 * singly, so no simulation allocates in its inner loops. The agenda is a binary heap by time; it
 * grows by doubling and keeps its times for the next sample. */
#include "ref/witness/witness.h"

#include <stdlib.h>
#include <string.h>

struct witness_slab {
    struct witness_slab *next;
    mpfr_t *at;
};

mpfr_t *witness_store_take(struct witness_store *store, size_t count, mpfr_prec_t prec)
{
    size_t limbs = mpfr_custom_get_size(prec);
    size_t head = sizeof(struct witness_slab);
    if (count > (SIZE_MAX - head) / (sizeof(mpfr_t) + limbs)) {
        return NULL;
    }
    struct witness_slab *slab = malloc(head + count * (sizeof(mpfr_t) + limbs));
    if (slab == NULL) {
        return NULL;
    }
    slab->next = store->slab;
    slab->at = (mpfr_t *)(slab + 1);
    store->slab = slab;
    char *limb = (char *)(slab->at + count);
    for (size_t i = 0; i < count; i++) {
        mpfr_custom_init(limb + i * limbs, prec);
        mpfr_custom_init_set(slab->at[i], MPFR_ZERO_KIND, 0, prec, limb + i * limbs);
    }
    return slab->at;
}

void witness_store_clear(struct witness_store *store)
{
    while (store->slab != NULL) {
        struct witness_slab *next = store->slab->next;
        free(store->slab);
        store->slab = next;
    }
}

static int agenda_grow(struct witness_agenda *agenda)
{
    size_t more = agenda->times == 0 ? 64 : agenda->times;
    if (more > SIZE_MAX / (2 * sizeof(struct witness_entry))) {
        return -1;
    }
    struct witness_entry *heap =
        realloc(agenda->heap, (agenda->times + more) * sizeof agenda->heap[0]);
    if (heap == NULL) {
        return -1;
    }
    agenda->heap = heap;
    mpfr_ptr *spare = realloc(agenda->spare, (agenda->times + more) * sizeof spare[0]);
    if (spare == NULL) {
        return -1;
    }
    agenda->spare = spare;
    mpfr_t *at = witness_store_take(agenda->store, more, agenda->prec);
    if (at == NULL) {
        return -1;
    }
    for (size_t i = 0; i < more; i++) {
        agenda->spare[agenda->spares++] = at[i];
    }
    agenda->times += more;
    return 0;
}

mpfr_ptr witness_agenda_time(struct witness_agenda *agenda)
{
    if (agenda->spares == 0 && agenda_grow(agenda) != 0) {
        return NULL;
    }
    return agenda->spare[--agenda->spares];
}

void witness_agenda_release(struct witness_agenda *agenda, mpfr_ptr time)
{
    agenda->spare[agenda->spares++] = time;
}

void witness_agenda_push(struct witness_agenda *agenda, struct witness_entry entry)
{
    size_t i = agenda->count++;
    while (i > 0 && mpfr_less_p(entry.time, agenda->heap[(i - 1) / 2].time)) {
        agenda->heap[i] = agenda->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    agenda->heap[i] = entry;
}

struct witness_entry witness_agenda_pop(struct witness_agenda *agenda)
{
    struct witness_entry top = agenda->heap[0];
    struct witness_entry last = agenda->heap[--agenda->count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= agenda->count) {
            break;
        }
        if (child + 1 < agenda->count &&
            mpfr_less_p(agenda->heap[child + 1].time, agenda->heap[child].time)) {
            child++;
        }
        if (!mpfr_less_p(agenda->heap[child].time, last.time)) {
            break;
        }
        agenda->heap[i] = agenda->heap[child];
        i = child;
    }
    if (agenda->count > 0) {
        agenda->heap[i] = last;
    }
    return top;
}

void witness_agenda_empty(struct witness_agenda *agenda)
{
    while (agenda->count > 0) {
        witness_agenda_release(agenda, agenda->heap[--agenda->count].time);
    }
}

void witness_agenda_clear(struct witness_agenda *agenda)
{
    free(agenda->heap);
    free(agenda->spare);
    memset(agenda, 0, sizeof *agenda);
}
