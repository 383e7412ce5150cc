/* SPDX-License-Identifier: MIT */
/* watch.c: how far a pass has come, and whether it is to stop: a network that excites itself
 * without end has no last event. What stops it names the neuron that fires most. */
#include "ref/reference/reference.h"

#include <stdio.h>
#include <time.h>

/* Events between two looks at the clock: an event takes microseconds, a look a fraction of one. */
enum { EVENTS_A_LOOK = 64 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1000000000.0;
}

/* Mean ms between the spikes of the newest half of a neuron's train; 0 of fewer than two. */
static double interval_of(const struct pass *e, size_t neuron)
{
    size_t const half = e->neuron[neuron].spikes / 2;
    size_t seen = 0;
    double last = 0, first = 0;
    for (size_t x = e->spikes; x-- > e->inputs && seen <= half;)
        if (e->spike[x].neuron == neuron) {
            first = middle_d(e->spike[x].time);
            last = seen++ == 0 ? first : last;
        }
    return seen > 1 ? (last - first) / (double)(seen - 1) : 0;
}

static enum outcome stop(struct pass *e, double time, const char *why)
{
    size_t most = 0;
    for (size_t x = 1; x < e->neurons; x++)
        if (e->neuron[x].spikes > e->neuron[most].spikes)
            most = x;
    const struct neuron *n = e->neuron + most;
    if (e->neurons == 0 || n->spikes == 0)
        snprintf(e->reason, 256, "%s at t = %.6g of %.6g ms in sample %zu: no neuron has spiked",
                 why, time, e->c->end, e->sample);
    else
        snprintf(e->reason, 256,
                 "%s at t = %.6g of %.6g ms in sample %zu: of %zu spikes %zu are of neuron "
                 "%.40s[%zu], lately one every %.3g ms",
                 why, time, e->c->end, e->sample, e->spikes - e->inputs, n->spikes,
                 e->c->population[n->population].name, n->index, interval_of(e, most));
    return FULL;
}

enum outcome watch(struct pass *e, size_t ordered, bool back)
{
    const struct ref_options *o = e->options;
    double const time = ordered > 0 ? middle_d(e->event[e->order[ordered - 1]].mark) : 0;
    if (o->max_spikes > 0 && e->spikes - e->inputs > o->max_spikes)
        return stop(e, time, "the limit of spikes is reached");
    if (e->watched++ % EVENTS_A_LOOK != 0)
        return PROVEN;
    if (o->progress) {
        struct ref_progress const here = {e->prec, e->sample, e->spikes - e->inputs, time, back};
        o->progress(o->context, &here);
    }
    if (!(o->deadline > 0) || now() <= o->deadline)
        return PROVEN;
    e->result->late = true;
    return stop(e, time, back ? "time ran out on the way back" : "time ran out");
}
