/* SPDX-License-Identifier: MIT */
/* augment.c: see augment.h. The published rules (Nowotny, Turner, Knight 2025), on the grid:
 * shift: all channels of a sample by one number, drawn uniformly and cut towards 0;
 * blend: of two samples of one class, each moved by what is cut off half their distance, half of
 * the spikes; the shifted samples are blended;
 * dropout: each spike by itself. Spikes beyond the edges are lost. */
#include "gpu/train/augment.h"

#include "cases/families/random.h"

#include <stdlib.h>
#include <string.h>

void train_batch_clear(struct train_batch *batch)
{
    free(batch->begin);
    free(batch->step);
    free(batch->neuron);
    free(batch->label);
    *batch = (struct train_batch){.room = 0};
}

size_t train_epoch_samples(const struct spike_set *set, const struct train_settings *settings)
{
    return settings->blend ? 2 * set->samples : set->samples;
}

/* Of a sample of an epoch; samples of a set are fewer than 2^28. */
static void start_random(struct case_random *random, const struct train_settings *settings,
                         const char *stream, size_t epoch, size_t index)
{
    case_random_init(random, (uint64_t)settings->seed, stream, (uint64_t)epoch << 32 | index);
}

void train_order(size_t *order, size_t samples, const struct train_settings *settings, size_t epoch)
{
    struct case_random random;
    start_random(&random, settings, "train order", epoch, 0);
    for (size_t k = 0; k < samples; k++)
        order[k] = k;
    for (size_t k = samples; k-- > 1;) {
        size_t other = case_random_below(&random, k + 1), held = order[k];
        order[k] = order[other];
        order[other] = held;
    }
}

/* ---- memory ---- */

static int make_room(struct train_batch *b, size_t samples)
{
    if (samples <= b->samples)
        return 0;
    size_t *begin = realloc(b->begin, (samples + 1) * sizeof *begin);
    b->begin = begin ? begin : b->begin;
    uint32_t *label = realloc(b->label, samples * sizeof *label);
    b->label = label ? label : b->label;
    if (!begin || !label)
        return -1;
    b->samples = samples;
    return 0;
}

static int make_spike_room(struct train_batch *b, size_t spikes)
{
    if (spikes <= b->room)
        return 0;
    size_t room = spikes + spikes / 2;
    uint32_t *step = realloc(b->step, room * sizeof *step);
    b->step = step ? step : b->step;
    uint32_t *neuron = realloc(b->neuron, room * sizeof *neuron);
    b->neuron = neuron ? neuron : b->neuron;
    if (!step || !neuron)
        return -1;
    b->room = room;
    return 0;
}

static void end_batch(struct train_batch *b, size_t samples)
{
    b->batch = (struct resident_batch){.samples = samples,
                                       .begin = b->begin,
                                       .step = b->step,
                                       .neuron = b->neuron,
                                       .label = b->label};
}

/* ---- samples ---- */

struct moved { /* a sample of the set, on its way */
    size_t from, to;
    long channels, steps; /* by which it is moved */
};

static struct moved start_moved(const struct spike_set *set, const struct train_settings *settings,
                                size_t sample, size_t epoch)
{
    struct moved m = {set->begin[sample], set->begin[sample + 1], 0, 0};
    struct case_random random;
    if (settings->shift > 0) {
        start_random(&random, settings, "train shift", epoch, sample);
        m.channels = (long)case_random_between(&random, -settings->shift, settings->shift);
    }
    return m;
}

/* Whether spike k is still within the trial and the channels, and where. */
static bool place(uint32_t *step, uint32_t *channel, const struct spike_set *set,
                  const struct moved *m, size_t k)
{
    long t = (long)set->step[k] + m->steps, x = (long)set->channel[k] + m->channels;
    *step = (uint32_t)t;
    *channel = (uint32_t)x;
    return t >= 0 && t < (long)set->steps && x >= 0 && x < (long)set->channels;
}

static size_t put_moved(struct train_batch *b, size_t at, const struct spike_set *set,
                        const struct moved *m, double dropout, struct case_random *random)
{
    for (size_t k = m->from; k < m->to; k++)
        if (place(&b->step[at], &b->neuron[at], set, m, k) &&
            (dropout <= 0 || !case_random_chance(random, dropout)))
            at++;
    return at;
}

/* The mean channel and step of what is left of a shifted sample. */
static void centre(double *channel, double *step, const struct spike_set *set,
                   const struct moved *m)
{
    double x = 0, t = 0, count = 0;
    for (size_t k = m->from; k < m->to; k++) {
        uint32_t at, to;
        if (!place(&at, &to, set, m, k))
            continue;
        x = x + (double)to;
        t = t + (double)at;
        count = count + 1;
    }
    *channel = count > 0 ? x / count : 0;
    *step = count > 0 ? t / count : 0;
}

struct event {
    uint32_t step, neuron;
};

static int by_time(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    return (x->neuron > y->neuron) - (x->neuron < y->neuron);
}

/* Two runs of spikes become one, in order; doubles go where they are merged. SIZE_MAX: memory. */
static size_t sort_spikes(struct train_batch *b, size_t begin, size_t end, bool merge)
{
    struct event *event = malloc((end - begin + 1) * sizeof *event);
    size_t kept = begin;
    if (!event)
        return SIZE_MAX;
    for (size_t k = begin; k < end; k++)
        event[k - begin] = (struct event){b->step[k], b->neuron[k]};
    qsort(event, end - begin, sizeof *event, by_time);
    for (size_t k = 0; k < end - begin; k++) {
        if (merge && k > 0 && by_time(&event[k], &event[k - 1]) == 0)
            continue;
        b->step[kept] = event[k].step;
        b->neuron[kept++] = event[k].neuron;
    }
    free(event);
    return kept;
}

/* A sample of the same class, uniformly. */
static size_t draw_alike(const struct spike_set *set, uint32_t label, struct case_random *random)
{
    size_t alike = 0;
    for (size_t k = 0; k < set->samples; k++)
        alike += set->label[k] == label;
    size_t wanted = case_random_below(random, alike);
    for (size_t k = 0;; k++)
        if (set->label[k] == label && wanted-- == 0)
            return k;
}

/* Where the spikes of a blended sample end; SIZE_MAX if memory is short. */
static size_t put_blend(struct train_batch *b, size_t at, uint32_t *label,
                        const struct spike_set *set, const struct train_settings *settings,
                        size_t epoch, size_t index)
{
    struct case_random random;
    struct moved m[2];
    double channel[2], step[2];
    size_t begin = at;
    start_random(&random, settings, "train blend", epoch, index);
    size_t first = case_random_below(&random, set->samples);
    *label = set->label[first];
    for (int k = 0; k < 2; k++) {
        m[k] = start_moved(set, settings, draw_alike(set, *label, &random), epoch);
        centre(&channel[k], &step[k], set, &m[k]);
    }
    if (make_spike_room(b, at + (m[0].to - m[0].from) + (m[1].to - m[1].from)) != 0)
        return SIZE_MAX;
    for (int k = 0; k < 2; k++) {
        m[k].channels += (long)((channel[0] + channel[1]) / 2 - channel[k]);
        m[k].steps += (long)((step[0] + step[1]) / 2 - step[k]);
        at = put_moved(b, at, set, &m[k], 0.5, &random);
    }
    return sort_spikes(b, begin, at, settings->merge);
}

/* ---- batches ---- */

int train_batch_plain(struct train_batch *batch, const struct spike_set *set, size_t first,
                      size_t samples)
{
    size_t spikes = set->begin[first + samples] - set->begin[first];
    if (make_room(batch, samples) != 0 || make_spike_room(batch, spikes + 1) != 0)
        return -1;
    for (size_t s = 0; s <= samples; s++)
        batch->begin[s] = set->begin[first + s] - set->begin[first];
    for (size_t k = 0; k < spikes; k++) {
        batch->step[k] = set->step[set->begin[first] + k];
        batch->neuron[k] = set->channel[set->begin[first] + k];
    }
    memcpy(batch->label, set->label + first, samples * sizeof *batch->label);
    end_batch(batch, samples);
    return 0;
}

int train_batch_augmented(struct train_batch *batch, const struct spike_set *set,
                          const size_t *order, size_t samples,
                          const struct train_settings *settings, size_t epoch)
{
    size_t at = 0;
    if (make_room(batch, samples) != 0)
        return -1;
    for (size_t s = 0; s < samples; s++) {
        batch->begin[s] = at;
        if (order[s] >= set->samples) {
            at = put_blend(batch, at, &batch->label[s], set, settings, epoch, order[s]);
            if (at == SIZE_MAX)
                return -1;
            continue;
        }
        struct moved m = start_moved(set, settings, order[s], epoch);
        struct case_random random;
        if (make_spike_room(batch, at + (m.to - m.from) + 1) != 0)
            return -1;
        start_random(&random, settings, "train dropout", epoch, order[s]);
        at = put_moved(batch, at, set, &m, settings->dropout, &random);
        batch->label[s] = set->label[order[s]];
    }
    batch->begin[samples] = at;
    end_batch(batch, samples);
    return 0;
}
