/* SPDX-License-Identifier: MIT */
/* queue.c: what comes next. A binary heap of pending arrivals by their marks, and a
 * tournament (a complete binary tree of winners) of neurons by the time at which they may spike.
 * Both orders are heuristic; the event loop proves what it takes from them. */
#include "ref/reference/reference.h"

/* Earlier midpoint first, then earlier creation: a total order, the same on every machine. */
static bool earlier(const struct pass *e, size_t x, size_t y)
{
    int const order = arf_cmp(arb_midref(e->event[x].mark), arb_midref(e->event[y].mark));
    return order != 0 ? order < 0 : x < y;
}

enum outcome queue_push(struct pass *e, size_t event)
{
    size_t *heap = grown(e->heap, e->pending, &e->heap_room, sizeof *heap);
    if (!heap)
        return FULL;
    e->heap = heap;
    size_t at = e->pending++;
    while (at > 0 && earlier(e, event, e->heap[(at - 1) / 2])) {
        e->heap[at] = e->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    e->heap[at] = event;
    return PROVEN;
}

size_t queue_pop(struct pass *e)
{
    size_t const first = e->heap[0], last = e->heap[--e->pending];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= e->pending)
            break;
        if (child + 1 < e->pending && earlier(e, e->heap[child + 1], e->heap[child]))
            child++;
        if (!earlier(e, e->heap[child], last))
            break;
        e->heap[at] = e->heap[child];
        at = child;
    }
    e->heap[at] = last;
    return first;
}

static size_t winner(const struct pass *e, size_t x, size_t y)
{
    if (y == NOBODY) /* the leaves fill from the left: x may be nobody, too */
        return x;
    const struct neuron *left = e->neuron + x, *right = e->neuron + y;
    if (left->key < right->key)
        return x;
    if (right->key < left->key)
        return y;
    if (left->crossing_known && right->crossing_known)
        return arf_cmp(arb_midref(left->crossing), arb_midref(right->crossing)) <= 0 ? x : y;
    return left->crossing_known ? y : x; /* an unknown one has to be looked at first */
}

void tournament_update(struct pass *e, size_t neuron)
{
    size_t at = e->leaves + neuron;
    e->tournament[at] = neuron;
    for (at /= 2; at > 0; at /= 2)
        e->tournament[at] = winner(e, e->tournament[2 * at], e->tournament[2 * at + 1]);
}

size_t tournament_first(const struct pass *e)
{
    return e->tournament[1];
}
