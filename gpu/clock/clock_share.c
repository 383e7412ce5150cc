/* SPDX-License-Identifier: MIT */
/* clock_share.c: a batch over several ranks, to the bits of one. Each runs its part of the samples,
 * forward and backward. The gradient of a weight is a sum over all samples, chunk by chunk, in the
 * order of clock_gather.c: no sum of sums of ranks has its bits. So not sums are exchanged but what
 * they are of: after every chunk each rank gets the history of all samples for its part of the
 * cells, gathers into these columns of the weights, and at the end all get all columns. */
#include "gpu/clock/plan.h"

#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

static int make_room(unsigned char **bytes, size_t *room, size_t wanted)
{
    if (wanted <= *room)
        return 0;
    unsigned char *grown = realloc(*bytes, wanted);
    if (!grown)
        return -1;
    *bytes = grown;
    *room = wanted;
    return 0;
}

static int make_rooms(struct clock_share *share, size_t out, size_t in)
{
    return make_room(&share->out, &share->out_room, out + 1) != 0 ||
                   make_room(&share->in, &share->in_room, in + 1) != 0
               ? -1
               : 0;
}

struct clock_share *clock_share_make(const struct gpu_peers *peers)
{
    struct clock_share *share = calloc(1, sizeof *share);
    if (!share)
        return NULL;
    share->peers = peers;
    share->out_begin = calloc(peers->ranks + 1, sizeof *share->out_begin);
    share->in_begin = calloc(peers->ranks + 1, sizeof *share->in_begin);
    if (share->out_begin && share->in_begin)
        return share;
    clock_share_free(share);
    return NULL;
}

void clock_share_free(struct clock_share *share)
{
    if (!share)
        return;
    free(share->out);
    free(share->in);
    free(share->out_begin);
    free(share->in_begin);
    free(share);
}

/* ---- whose is what ---- */

size_t clock_first(const struct clock_run *run)
{
    const struct gpu_peers *peers = run->share ? run->share->peers : NULL;
    return peers ? gpu_peers_first(peers, run->plan->valid, peers->rank) : 0;
}

size_t clock_last(const struct clock_run *run)
{
    const struct gpu_peers *peers = run->share ? run->share->peers : NULL;
    return peers ? gpu_peers_first(peers, run->plan->valid, peers->rank + 1) : run->plan->valid;
}

/* The first column of a rank in a population of so many. */
static size_t column(const struct gpu_peers *peers, size_t padded, size_t rank)
{
    return LANES * gpu_peers_first(peers, padded / LANES, rank);
}

size_t clock_left(const struct clock_run *run, size_t padded)
{
    return run->share ? column(run->share->peers, padded, run->share->peers->rank) : 0;
}

size_t clock_right(const struct clock_run *run, size_t padded)
{
    return run->share ? column(run->share->peers, padded, run->share->peers->rank + 1) : padded;
}

/* ---- samples: a record of each, given to all ---- */

int clock_share_records(struct clock_share *share, void *record, size_t size, size_t samples)
{
    const struct gpu_peers *peers = share->peers;
    for (size_t r = 0; r <= peers->ranks; r++)
        share->in_begin[r] = size * gpu_peers_first(peers, samples, r);
    size_t first = share->in_begin[peers->rank], last = share->in_begin[peers->rank + 1];
    if (make_rooms(share, last - first, 0) != 0)
        return -1;
    if (last > first)
        memcpy(share->out, (unsigned char *)record + first, last - first);
    peers->give_all(peers->context, share->out, record, share->in_begin);
    return 0;
}

int clock_share_taus(struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    size_t kept = 2 * plan->cells, half = plan->cells * sizeof(real);
    real *all = malloc(plan->valid * kept * sizeof *all);
    if (!all)
        return -1;
    for (size_t s = clock_first(run); s < clock_last(run); s++) {
        memcpy(all + s * kept, run->sample[s].tau_mem, half);
        memcpy(all + s * kept + plan->cells, run->sample[s].tau_syn, half);
    }
    int failed = clock_share_records(run->share, all, kept * sizeof *all, plan->valid);
    for (size_t s = 0; s < plan->valid && !failed; s++) {
        memcpy(run->sample[s].tau_mem, all + s * kept, half);
        memcpy(run->sample[s].tau_syn, all + s * kept + plan->cells, half);
    }
    free(all);
    return failed;
}

/* ---- spikes of the network, which every rank lists by neuron ---- */

static size_t list_bytes(const struct clock_run *run)
{
    const struct clock_plan *plan = run->plan;
    size_t bytes = 0;
    for (size_t s = clock_first(run); s < clock_last(run); s++)
        for (size_t p = 0; p < plan->populations; p++)
            if (plan->population[p].model == CASE_LIF)
                bytes += sizeof(uint64_t) + 2 * sizeof(uint32_t) * run->sample[s].back[p].count;
    return bytes;
}

static void pack_lists(const struct clock_run *run, unsigned char *to)
{
    const struct clock_plan *plan = run->plan;
    for (size_t s = clock_first(run); s < clock_last(run); s++)
        for (size_t p = 0; p < plan->populations; p++) {
            const struct clock_list *list = &run->sample[s].back[p];
            uint64_t count = list->count;
            size_t bytes = list->count * sizeof(uint32_t);
            if (plan->population[p].model != CASE_LIF)
                continue;
            memcpy(to, &count, sizeof count);
            to += sizeof count;
            if (count > 0) {
                memcpy(to, list->step, bytes);
                memcpy(to + bytes, list->neuron, bytes);
            }
            to += 2 * bytes;
        }
}

/* Of the samples of other ranks. */
static int unpack_lists(struct clock_run *run, size_t first, size_t last, const unsigned char *from)
{
    const struct clock_plan *plan = run->plan;
    for (size_t s = first; s < last; s++)
        for (size_t p = 0; p < plan->populations; p++) {
            struct clock_list *list = &run->sample[s].spikes[p];
            uint64_t count;
            if (plan->population[p].model != CASE_LIF)
                continue;
            memcpy(&count, from, sizeof count);
            from += sizeof count;
            if (clock_list_room(list, (size_t)count) != 0)
                return -1;
            size_t bytes = (size_t)count * sizeof(uint32_t);
            if (count > 0) {
                memcpy(list->step, from, bytes);
                memcpy(list->neuron, from + bytes, bytes);
            }
            from += 2 * bytes;
            list->count = (size_t)count;
            run->sample[s].back[p] = *list;
        }
    return 0;
}

int clock_share_lists(struct clock_run *run)
{
    struct clock_share *share = run->share;
    const struct gpu_peers *peers = share->peers;
    uint64_t *size = calloc(peers->ranks, sizeof *size), sum = 0;
    if (!size)
        return -1;
    size[peers->rank] = list_bytes(run);
    int failed = clock_share_records(share, size, sizeof *size, peers->ranks);
    for (size_t r = 0; r < peers->ranks; r++) {
        share->in_begin[r] = (size_t)sum;
        sum += size[r];
    }
    share->in_begin[peers->ranks] = (size_t)sum;
    failed = failed || make_rooms(share, (size_t)size[peers->rank], (size_t)sum) != 0;
    free(size);
    if (failed)
        return -1;
    pack_lists(run, share->out);
    peers->give_all(peers->context, share->out, share->in, share->in_begin);
    for (size_t r = 0; r < peers->ranks && !failed; r++)
        if (r != peers->rank)
            failed = unpack_lists(run, gpu_peers_first(peers, run->plan->valid, r),
                                  gpu_peers_first(peers, run->plan->valid, r + 1),
                                  share->in + share->in_begin[r]);
    return failed;
}

/* ---- the history of a chunk ---- */

/* Between the history of some samples, in the columns of a rank, and a message; the end of it. */
static unsigned char *move_history(const struct clock_run *run, unsigned char *message,
                                   const size_t sample[2], size_t rank, size_t rows, bool pack)
{
    const struct clock_plan *plan = run->plan;
    for (size_t h = 0; h < plan->history; h++)
        for (size_t s = sample[0]; s < sample[1]; s++)
            for (size_t row = 0; row < rows; row++)
                for (size_t p = 0; p < plan->populations; p++) {
                    const struct clock_population *q = &plan->population[p];
                    if (q->model == CASE_SPIKE_SOURCE)
                        continue;
                    size_t left = column(run->share->peers, q->padded, rank);
                    size_t right = column(run->share->peers, q->padded, rank + 1);
                    real *at = run->history +
                               ((h * plan->samples + s) * CHUNK + row) * plan->cells + q->first +
                               left;
                    size_t bytes = (right - left) * sizeof *at;
                    if (pack)
                        memcpy(message, at, bytes);
                    else
                        memcpy(at, message, bytes);
                    message += bytes;
                }
    return message;
}

static size_t columns(const struct clock_run *run, size_t rank)
{
    const struct clock_plan *plan = run->plan;
    size_t count = 0;
    for (size_t p = 0; p < plan->populations; p++)
        if (plan->population[p].model != CASE_SPIKE_SOURCE)
            count += column(run->share->peers, plan->population[p].padded, rank + 1) -
                     column(run->share->peers, plan->population[p].padded, rank);
    return count;
}

int clock_share_history(struct clock_run *run, uint32_t chunk)
{
    struct clock_share *share = run->share;
    const struct gpu_peers *peers = share->peers;
    const struct clock_plan *plan = run->plan;
    size_t left = plan->steps - (size_t)chunk * CHUNK, rows = left < CHUNK ? left : CHUNK;
    size_t row = plan->history * rows * sizeof(real), out = 0, in = 0;
    size_t own = clock_last(run) - clock_first(run), mine = columns(run, peers->rank);
    for (size_t r = 0; r < peers->ranks; r++) {
        size_t theirs =
            gpu_peers_first(peers, plan->valid, r + 1) - gpu_peers_first(peers, plan->valid, r);
        share->out_begin[r] = out;
        share->in_begin[r] = in;
        out += r == peers->rank ? 0 : own * columns(run, r) * row;
        in += r == peers->rank ? 0 : theirs * mine * row;
    }
    share->out_begin[peers->ranks] = out;
    share->in_begin[peers->ranks] = in;
    if (make_rooms(share, out, in) != 0)
        return -1;
    for (size_t r = 0; r < peers->ranks; r++)
        if (r != peers->rank)
            move_history(run, share->out + share->out_begin[r],
                         (size_t[]){clock_first(run), clock_last(run)}, r, rows, true);
    peers->give_each(peers->context, share->out, share->out_begin, share->in, share->in_begin);
    for (size_t r = 0; r < peers->ranks; r++)
        if (r != peers->rank)
            move_history(run, share->in + share->in_begin[r],
                         (size_t[]){gpu_peers_first(peers, plan->valid, r),
                                    gpu_peers_first(peers, plan->valid, r + 1)},
                         peers->rank, rows, false);
    return 0;
}

/* ---- the gradient ---- */

/* Between the columns of a rank and a message; the end of it. NULL: only counts. */
static size_t move_gradient(const struct clock_run *run, unsigned char *message, size_t rank,
                            bool pack)
{
    const struct clock_plan *plan = run->plan;
    size_t at = 0;
    for (size_t h = 0; h < plan->history; h++)
        for (size_t k = 0; k < plan->projections; k++) {
            const struct clock_projection *p = &plan->projection[k];
            size_t left = column(run->share->peers, p->width, rank);
            size_t bytes = (column(run->share->peers, p->width, rank + 1) - left) * sizeof(real);
            real *sum = run->gradient + h * plan->synapses + p->weight + left;
            for (size_t i = 0; i < p->rows; i++, at += bytes)
                if (message && pack)
                    memcpy(message + at, sum + i * p->width, bytes);
                else if (message)
                    memcpy(sum + i * p->width, message + at, bytes);
        }
    return at;
}

int clock_share_gradient(struct clock_run *run)
{
    struct clock_share *share = run->share;
    const struct gpu_peers *peers = share->peers;
    size_t sum = 0, own = move_gradient(run, NULL, peers->rank, true);
    for (size_t r = 0; r < peers->ranks; r++) {
        share->in_begin[r] = sum;
        sum += move_gradient(run, NULL, r, true);
    }
    share->in_begin[peers->ranks] = sum;
    if (make_rooms(share, own, sum) != 0)
        return -1;
    move_gradient(run, share->out, peers->rank, true);
    peers->give_all(peers->context, share->out, share->in, share->in_begin);
    for (size_t r = 0; r < peers->ranks; r++)
        if (r != peers->rank)
            move_gradient(run, share->in + share->in_begin[r], r, false);
    return 0;
}
